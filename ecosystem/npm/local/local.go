// Package local says whose the names are that a project of JavaScript uses: its
// packages, workspaces, aliases and declarations of types, and what its files say of
// registries.
package local

import (
	"bytes"
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// Rules is by which files a project of JavaScript says whose its names are.
func Rules() *project.Rules {
	return &project.Rules{
		Ecosystem: ecosystem.NPM, Also: []ecosystem.Ecosystem{ecosystem.JSR}, // deno.json speaks of both
		Begin: begin, Statement: statement, Workspace: workspace, Respelled: escaped, Called: called,
		Languages: []text.Lang{text.JavaScript, text.JSX, text.TypeScript, text.TSX},
	}
}

func begin(in *project.Project) *project.Tree {
	_, tree := newProjects(in)
	return tree
}

func newProjects(in *project.Project) (*projects, *project.Tree) {
	p := &projects{
		Project: in, packages: map[string]*npmPackage{}, names: map[string]bool{}, deno: map[string]*denoPackage{}, aliases: map[string]map[string]string{}, tsconf: map[string][]pathAlias{}, compilers: map[string][]string{},
		bundler: map[string][]bundlerAlias{}, roots: map[string][]string{}, ambient: map[string]map[string]string{}, foreign: map[string]map[string]bool{}, managed: map[string]Managers{}, jsr: map[string]map[string]string{}, claims: map[string]map[string][]claim{}, hosts: map[hostAt]string{}, hostFiles: map[string]string{}, maps: map[string][]*importMap{}, proved: map[string]map[string]bool{}, cataloged: map[string][]catalog{},
	}
	return p, &project.Tree{Reader: p.reader, Complete: p.complete, Learn: p.learn, Decide: p.decide, Private: p.private, Named: p.named, Aliases: p.aliasWords}
}

// projects is what the files of a source say about JavaScript, by directory.
type projects struct {
	*project.Project
	packages  map[string]*npmPackage
	folders   []string        // of packages, sorted
	names     map[string]bool // of packages, wherever they lie
	deno      map[string]*denoPackage
	aliases   map[string]map[string]string // local names of "npm:" aliases, by directory, or by file where they hold in it alone, with the file that says so
	tsconf    map[string][]pathAlias
	compilers map[string][]string // files of compilers' options, by directory
	bundler   map[string][]bundlerAlias
	roots     map[string][]string           // where bundlers look for bare specifiers besides node_modules
	ambient   map[string]map[string]string  // modules that the .d.ts files of a package declare, with the file
	jsr       map[string]map[string]string  // names that are JSR's, by directory or file, with the file that says so
	cataloged map[string][]catalog          // by directory
	maps      map[string][]*importMap       // of applications of Rails, by directory
	pages     map[string][]*importMap       // of pages, by directory
	proved    map[string]map[string]bool    // names that a lock file has from the public registry
	foreign   map[string]map[string]bool    // names that a lock file takes from another registry than the rest
	claims    map[string]map[string][]claim // by directory and scope in lower case
	hosts     map[hostAt]string             // what shows that a directory's code runs in a host
	hostFiles map[string]string             // files that a host runs, by what they import
	managed   map[string]Managers           // which programs install what a directory asks for
	later     []string                      // declarations of types: which package each belongs to is known once every package is
}

// reader gives the reader of a file that says whose names are.
func (p *projects) reader(f string) func(string) {
	switch base := path.Base(f); {
	case base == "package.json":
		return p.packageJSON
	case base == "deno.json" || base == "deno.jsonc":
		return p.denoJSON
	case base == ".npmrc" || base == ".yarnrc" || base == "bunfig.toml":
		return p.configuration
	case base == ".yarnrc.yml":
		return p.yarnBerry
	case base == "pnpm-workspace.yaml":
		return p.pnpmWorkspace
	case f == "config/importmap.rb" || strings.HasSuffix(f, "/config/importmap.rb"):
		return p.railsMap
	case strings.HasSuffix(base, ".d.ts"):
		p.later = append(p.later, f)
	case strings.HasPrefix(base, "docusaurus.config."):
		return p.docusaurus
	case bundlerConfig(base):
		return p.bundlerAliases
	}
	return nil
}

// complete reads what can be read once every package is known.
func (p *projects) complete() {
	slices.Sort(p.folders)
	for _, f := range p.later {
		p.Guard(f, p.ambientModules)
	}
}

// learn notes the local names of aliases, and names that a lock file takes from
// another registry than most of its entries: the file as a whole may have been
// made through a mirror.
func (p *projects) learn(refs extract.References) {
	hosts := map[string]map[string]int{}
	for r := range refs.All() {
		p.noteHost(r)
		if r.Ecosystem == ecosystem.JSR && r.Kind <= extract.Command {
			at := r.Path // a command or an example holds where it is written
			if r.Kind != extract.Command && r.Label == "" {
				at = path.Dir(r.Path)
			}
			say(p.jsr, at, cmp.Or(r.Alias, r.Name), r.Path)
		}
		if r.Alias != "" && r.Ecosystem == ecosystem.NPM {
			if (r.Kind == extract.Manifest || r.Kind == extract.Lockfile) && r.Label == "" {
				say(p.aliases, path.Dir(r.Path), r.Alias, r.Path)
			} else {
				say(p.aliases, r.Path, r.Alias, r.Path) // a command or an example holds where it is written
			}
		}
		if r.Kind == extract.Lockfile && r.From == extract.FromRegistry {
			if hosts[r.Path] == nil {
				hosts[r.Path] = map[string]int{}
			}
			hosts[r.Path][r.Index]++
		}
	}
	for r := range refs.All() {
		if r.Public && r.Ecosystem == ecosystem.NPM {
			add(p.proved, path.Dir(r.Path), r.Name)
		}
		if r.Kind != extract.Lockfile || r.Index == "" {
			continue
		}
		most, n := "", 0
		for h, c := range hosts[r.Path] {
			if c > n || c == n && h < most {
				most, n = h, c
			}
		}
		if r.Index != most {
			add(p.foreign, path.Dir(r.Path), r.Name)
		}
	}
}

// private decides names that an .npmrc or a lock file takes from another
// registry than the public one.
func (p *projects) private(r *extract.Reference) (project.Decision, bool) {
	if r.Ecosystem != ecosystem.NPM {
		return project.Decision{}, false
	}
	if spokenAbove(p.proved, r.Path, r.Name) {
		return project.Decision{}, false // whatever a file of the same repository says
	}
	var by Managers
	if r.Kind != extract.Command { // which says itself what installs
		by = p.managersOf(path.Dir(r.Path))
	}
	if c := p.claimed(r.Path, r.Name, by); c != nil && !p.Trusted(ecosystem.NPM, c.URL) {
		shown := *c
		shown.Path = p.Shown(c.Path)
		reason := shown.Setting()
		if u, err := url.Parse(c.URL); err == nil && u.Host != "" && c.Scope == "" {
			reason += "; if that is a mirror of npm: --allow-registry " + u.Host
		}
		return project.Decision{Origin: project.Private, Reason: reason, Claim: project.Claim{Path: c.Path, Line: c.Line, Text: c.Setting(), URL: c.URL}}, true
	}
	if spokenAbove(p.foreign, r.Path, r.Name) {
		return project.Decision{Origin: project.Private, Reason: "the lock file takes it from another registry than the rest",
			Claim: project.Claim{Path: r.Path, Text: "another registry than the rest of the lock file", URL: r.Index}}, true
	}
	return project.Decision{}, false
}

func under(dir, file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

// escaped reports whether a text may spell names with escapes.
func escaped(text []byte) bool {
	return bytes.Contains(text, []byte(`\u`)) || bytes.Contains(text, []byte(`\x`)) || bytes.Contains(text, []byte("\\\n"))
}

// decide says whose a name is.
func (p *projects) decide(r *extract.Reference) (project.Decision, bool) {
	if r.Ecosystem == ecosystem.JSR {
		if r.Kind != extract.Import {
			return project.Decision{}, false
		}
		return p.denoOwn(r, r.Name)
	}
	switch {
	case r.Kind == extract.Lockfile:
		if r.Span.Len() == 0 { // another program's list of a lock file has the project itself
			if pkg := p.nearestNPM(path.Dir(r.Path)); pkg != nil && pkg.name == r.Name {
				return project.Decision{Origin: project.Local, Reason: "the package it belongs to, " + p.Shown(pkg.file)}, true
			}
			return p.npmOwn(r)
		}
		return project.Decision{}, false
	case r.Kind == extract.Manifest:
		if strings.HasPrefix(r.Module, catalogPrefix) {
			return p.fromCatalog(r)
		}
		if r.Label == "" {
			return p.npmMember(r)
		}
		return p.npmOwn(r) // a fragment of a manifest in a document
	case r.Kind != extract.Import:
		if d, ok := p.npmOwn(r); ok {
			return d, true
		}
		return p.installedBin(r)
	}
	spec := r.Module
	if spec == "" {
		spec = r.Name
	}
	if m, ok := ecosystem.Standard(ecosystem.NPM, spec); ok {
		return project.Decision{Origin: project.Standard, Reason: "builtin module of " + m.Of}, true
	}
	if _, ok := ecosystem.Standard(ecosystem.NPM, r.Name); ok {
		return project.Decision{Origin: project.Standard, Reason: "builtin module of Node.js"}, true
	}
	if d, ok := p.npmOwn(r); ok {
		return d, true
	}
	if d, ok := p.denoOwn(r, spec); ok {
		return d, true
	}
	declared := len(p.Declared(ecosystem.NPM, r.Name)) > 0
	if d, ok := p.hosted(r, spec); ok {
		return d, true
	}
	if d, ok := p.jsAlias(r, spec, declared); ok {
		return d, true
	}
	if pkg := p.nearestNPM(path.Dir(r.Path)); pkg != nil && pkg.name == r.Name && pkg.private && !declared && asked(r.Name) {
		return word(project.Private, "the package it belongs to, "+p.Shown(pkg.file)+", which is private and has no exports",
			project.Claim{Path: pkg.file, Text: "name " + pkg.name, Pattern: pkg.name}), true
	}
	if c := ecosystem.CheckName(ecosystem.NPM, r.Name); c.State == ecosystem.Invalid || c.Legacy && !declared && strings.ToLower(r.Name) != r.Name {
		return project.Decision{Origin: project.Local, Reason: "no npm name can look like this: an alias"}, true
	}
	return project.Decision{}, false
}

// named reports whether a name is that of the package that a file belongs to.
func (p *projects) named(r *extract.Reference) bool {
	pkg := p.nearestNPM(path.Dir(r.Path))
	return r.Ecosystem == ecosystem.NPM && pkg != nil && pkg.name == r.Name
}

// npmOwn decides a name that a file uses: of the package it belongs to, or of a
// member of that package's workspace.
func (p *projects) npmOwn(r *extract.Reference) (project.Decision, bool) {
	dir := path.Dir(r.Path)
	if pkg := p.nearestNPM(dir); pkg != nil {
		// Code finds its own package by name where that has exports; a document
		// shows what its users write.
		if pkg.name == r.Name && r.Kind == extract.Import {
			reason := "the package it belongs to, " + p.Shown(pkg.file)
			switch {
			case r.Label != "" || pkg.exports == there:
				return project.Decision{Origin: project.Local, Reason: reason}, true
			case pkg.exports == untold:
				return word(project.Local, reason, project.Claim{Path: pkg.file, Text: "name " + pkg.name, Pattern: pkg.name}), true
			}
		}
		dir = pkg.dir
	}
	for _, w := range p.workspacesOf(dir) {
		// "b": "npm:a@1" and a command that names a version ask the registry for a.
		// So does one that installs for the whole machine.
		if m := p.memberOf(w, r.Name); m != nil && r.Alias == "" && (r.Kind != extract.Command || r.Constraint == "" && r.Scope != extract.GlobalScope) {
			return project.Decision{Origin: project.Local, Reason: "a member of the workspace, " + p.Shown(m.file)}, true
		}
	}
	return project.Decision{}, false
}
