package project

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// An npmManager is the program that installs a workspace.
type npmManager uint8

// The managers. npm is the zero value: it is asked for where nothing says
// otherwise.
const (
	npmItself npmManager = iota
	yarnClassic
	yarnBerry
	pnpm
	bun
)

// An npmPackage is a directory with a package.json, or with the file of a
// workspace.
type npmPackage struct {
	dir, file     string
	name, version string
	private       bool
	workspaces    []string // globs of the members; nil: no workspace
	manager       npmManager
	links         bool        // pnpm takes members for plain ranges too
	exports       destination // where its exports lead: elsewhere if it has none

	members map[string]*npmPackage // by name; nil: not looked for yet
}

// A denoPackage is a directory with a deno.json.
type denoPackage struct {
	dir, file  string
	name       string
	workspaces []string
	imports    map[string]string
	exports    destination
	members    map[string]string // name → file; nil: not looked for yet
}

// npmTree is what the files of a source say about JavaScript, by directory.
type npmTree struct {
	packages map[string]*npmPackage
	dirs     []string        // of packages, sorted
	names    map[string]bool // of packages, wherever they lie
	deno     map[string]*denoPackage
	aliases  map[string]map[string]bool // local names of "npm:" aliases, by directory, or by file where they hold in it alone
	tsconf   map[string][]pathAlias
	bundler  map[string][]bundlerAlias
	roots    map[string][]string          // where bundlers look for bare specifiers besides node_modules
	ambient  map[string]map[string]string // modules that the .d.ts files of a package declare, with the file
	foreign  map[string]map[string]bool   // names that a lock file takes from another registry than the rest
	claims   []settings.Claim             // nearest first
}

func (p *Project) packageJSON(f string) {
	var m struct {
		Name       any `json:"name"`
		Version    any `json:"version"`
		Private    any `json:"private"`
		Workspaces any `json:"workspaces"`
		Manager    any `json:"packageManager"`
		Exports    any `json:"exports"`
	}
	if !p.readJSON(f, &m) {
		return
	}
	pkg := p.npmAt(path.Dir(f))
	pkg.file = f
	pkg.name, _ = m.Name.(string)
	pkg.version, _ = m.Version.(string)
	p.npm.names[pkg.name] = true
	pkg.private, _ = m.Private.(bool)
	left := 500
	pkg.exports = p.exported(pkg.dir, m.Exports, &left)
	globs := texts(m.Workspaces)
	if o, ok := m.Workspaces.(map[string]any); ok {
		globs = texts(o["packages"])
	}
	pkg.workspaces = workspaceGlobs(globs)
	manager, _ := m.Manager.(string)
	pkg.manager, pkg.links = p.manager(pkg.dir, manager)
}

// exported is where the exports of a package lead: what is built later is not
// there yet.
func (p *Project) exported(dir string, v any, left *int) destination {
	if *left--; *left < 0 {
		return untold
	}
	found := elsewhere
	switch x := v.(type) {
	case string:
		x, _, _ = strings.Cut(x, "*")
		if found = p.leads(path.Join(dir, x), found); found == nowhere {
			found = untold
		}
	case []any:
		for _, e := range x {
			found = max(found, p.exported(dir, e, left))
		}
	case map[string]any:
		for _, e := range x {
			found = max(found, p.exported(dir, e, left))
		}
	}
	return found
}

// npmAt is the package of a directory, made if there is none.
func (p *Project) npmAt(dir string) *npmPackage {
	pkg := p.npm.packages[dir]
	if pkg == nil {
		pkg = &npmPackage{dir: dir}
		p.npm.packages[dir] = pkg
		p.npm.dirs = append(p.npm.dirs, dir)
	}
	return pkg
}

// texts gives the strings of a list.
func texts(v any) []string {
	var out []string
	if list, ok := v.([]any); ok {
		for _, x := range list {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// manager finds out which program installs the workspace of a directory, and
// whether pnpm then links members for plain ranges: up to version 8 it does
// unless it is told not to, since version 9 only where it is told to.
func (p *Project) manager(dir, field string) (npmManager, bool) {
	name, version, _ := strings.Cut(field, "@")
	has := func(name string) bool { return p.files[path.Join(dir, name)] }
	starts := func(file, word string) bool {
		text, ok := p.read(path.Join(dir, file))
		return ok && strings.Contains(string(text[:min(len(text), 400)]), word)
	}
	old := strings.HasPrefix(version, "6.") || strings.HasPrefix(version, "7.") || strings.HasPrefix(version, "8.")
	switch {
	case name == "npm":
		return npmItself, false
	case name == "bun":
		return bun, false
	case name == "pnpm":
		return pnpm, old
	case name == "yarn" && strings.HasPrefix(version, "1."):
		return yarnClassic, false
	case name == "yarn", has(".yarnrc.yml"):
		return yarnBerry, false
	case has("pnpm-lock.yaml"):
		return pnpm, starts("pnpm-lock.yaml", "lockfileVersion: 5") || starts("pnpm-lock.yaml", "lockfileVersion: '6")
	case has("pnpm-workspace.yaml"):
		return pnpm, false
	case has("yarn.lock"):
		if starts("yarn.lock", "__metadata:") {
			return yarnBerry, false
		}
		return yarnClassic, false
	case has("bun.lock"), has("bun.lockb"):
		return bun, false
	}
	return npmItself, false
}

// pnpmWorkspace reads the file that makes a directory the root of a workspace of
// pnpm.
func (p *Project) pnpmWorkspace(f string) {
	src, ok := p.read(f)
	if !ok || p.deep(f, src, text.YAML) {
		return
	}
	var m map[string]any
	if err := yaml.Unmarshal(src, &m); err != nil {
		p.problem = append(p.problem, source.Problem{Path: f, Text: "is not valid YAML: its workspaces are not known"})
		return
	}
	pkg := p.npmAt(path.Dir(f))
	globs := workspaceGlobs(texts(m["packages"]))
	if pkg.manager != pnpm && pkg.file != "" || len(globs) == 0 {
		return // its package.json says that another program installs it
	}
	pkg.manager, pkg.workspaces = pnpm, globs
	switch m["linkWorkspacePackages"] {
	case true, "true", "deep":
		pkg.links = true
	case false, "false":
		pkg.links = false
	default:
		if text, ok := p.read(path.Join(pkg.dir, ".npmrc")); ok {
			for line := range strings.Lines(string(text)) {
				if k, v, ok := strings.Cut(line, "="); ok && strings.TrimSpace(k) == "link-workspace-packages" {
					v = strings.TrimSpace(v)
					pkg.links = v == "true" || v == "deep"
				}
			}
		}
	}
}

// nearestNPM is the package that a directory belongs to.
func (p *Project) nearestNPM(dir string) *npmPackage {
	var found *npmPackage
	up(dir, func(d string) bool {
		if pkg := p.npm.packages[d]; pkg != nil && pkg.file != "" {
			found = pkg
		}
		return found == nil
	})
	return found
}

// workspacesOf are the packages whose workspace a directory belongs to, nearest
// first.
func (p *Project) workspacesOf(dir string) []*npmPackage {
	var out []*npmPackage
	up(dir, func(d string) bool {
		if w := p.npm.packages[d]; w != nil && len(w.workspaces) > 0 && (d == dir || covers(w.workspaces, d, dir)) {
			out = append(out, w)
		}
		return true
	})
	return out
}

// memberOf is the member of a workspace that has a name; of several with one
// name the first by path.
func (p *Project) memberOf(w *npmPackage, name string) *npmPackage {
	if w.members == nil {
		w.members = map[string]*npmPackage{}
		prefix := w.dir + "/"
		if w.dir == "." {
			prefix = ""
		}
		i, _ := slices.BinarySearch(p.npm.dirs, prefix)
		for ; i < len(p.npm.dirs) && strings.HasPrefix(p.npm.dirs[i], prefix); i++ {
			m := p.npm.packages[p.npm.dirs[i]]
			if m == w || m.name == "" || w.members[m.name] != nil || !covers(w.workspaces, w.dir, m.dir) {
				continue
			}
			w.members[m.name] = m
		}
		if w.manager == yarnBerry && w.name != "" && w.members[w.name] == nil {
			w.members[w.name] = w // the root is a workspace like the others
		}
	}
	return w.members[name]
}

// takes reports whether the manager of workspace w takes member m for what a
// package.json asks for, rather than ask the registry. It is what npm 11, Yarn
// 1.22 and 4, pnpm 10 and Bun 1 were seen to do against a registry of our own.
func (w *npmPackage) takes(m *npmPackage, atRoot, alias bool, spec string) bool {
	spec = strings.TrimSpace(spec)
	whatever := spec == "" || spec == "*"
	switch w.manager {
	case yarnClassic:
		return !alias && satisfies(m.version, spec)
	case yarnBerry:
		return satisfies(m.version, spec)
	case pnpm:
		return w.links && satisfies(m.version, spec)
	case bun:
		return spec == "*" || atRoot && isTag(spec) || spec != "" && satisfies(m.version, spec)
	}
	return !alias && (atRoot || whatever || satisfies(m.version, spec))
}

// isTag reports whether a spec is a tag of a registry, not a range.
func isTag(spec string) bool {
	_, err := ecosystem.NPM.System().ParseConstraint(spec)
	return spec != "" && err != nil
}

// satisfies reports whether a version lies in a range. No version lies in none.
func satisfies(version, spec string) bool {
	if version == "" || len(spec) > 500 || len(version) > 500 {
		return false
	}
	if spec == "" {
		spec = "*"
	}
	c, err := ecosystem.NPM.System().ParseConstraint(spec)
	return err == nil && c.Match(version)
}

// npmMember decides a dependency that a package.json declares on a member of
// its own workspace.
func (p *Project) npmMember(r *extract.Reference) (Decision, bool) {
	dir := path.Dir(r.Path)
	for _, w := range p.workspacesOf(dir) {
		m := p.memberOf(w, r.Name)
		switch {
		case m == nil:
			continue
		case w.takes(m, w.dir == dir && r.Scope != "override", r.Alias != "", r.Constraint): // an override is for what members ask for
			return Decision{Origin: Local, Reason: "a member of the workspace, " + m.file}, true
		case m.private:
			return Decision{Origin: Private, Reason: describe("member-version-mismatch: %s is version %s and private", m.file, orNone(m.version))}, true
		}
		return Decision{}, false
	}
	return Decision{}, false
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// npmOwn decides a name that a file uses: of the package it belongs to, or of a
// member of that package's workspace.
func (p *Project) npmOwn(r *extract.Reference) (Decision, bool) {
	dir := path.Dir(r.Path)
	if pkg := p.nearestNPM(dir); pkg != nil {
		// Code finds its own package by name where that has exports; a document
		// shows what its users write.
		if pkg.name == r.Name && r.Kind == extract.Import {
			reason := "the package it belongs to, " + pkg.file
			switch {
			case r.Label != "" || pkg.exports == there:
				return Decision{Origin: Local, Reason: reason}, true
			case pkg.exports == untold:
				return word(Local, reason, Claim{Path: pkg.file, Text: "name " + pkg.name, Pattern: pkg.name}), true
			}
		}
		dir = pkg.dir
	}
	for _, w := range p.workspacesOf(dir) {
		// "b": "npm:a@1" and a command that names a version ask the registry for a.
		// So does one that installs for the whole machine.
		if m := p.memberOf(w, r.Name); m != nil && r.Alias == "" && (r.Kind != extract.Command || r.Constraint == "" && r.Scope != extract.GlobalScope) {
			return Decision{Origin: Local, Reason: "a member of the workspace, " + m.file}, true
		}
	}
	return Decision{}, false
}

func (p *Project) denoJSON(f string) {
	var m struct {
		Name      any `json:"name"`
		Workspace any `json:"workspace"`
		Imports   any `json:"imports"`
		Exports   any `json:"exports"`
	}
	if !p.readJSON(f, &m) {
		return
	}
	d := &denoPackage{dir: path.Dir(f), file: f, imports: map[string]string{}}
	left := 500
	d.exports = p.exported(d.dir, m.Exports, &left)
	d.name, _ = m.Name.(string)
	globs := texts(m.Workspace)
	if o, ok := m.Workspace.(map[string]any); ok {
		globs = texts(o["members"])
	}
	d.workspaces = workspaceGlobs(globs)
	if imports, ok := m.Imports.(map[string]any); ok {
		for k, v := range imports {
			d.imports[k], _ = v.(string)
		}
	}
	p.npm.deno[d.dir] = d
}

// denoOwn decides a name by the deno.json files above a file: an entry of an
// import map, the package itself, or a member of its workspace.
func (p *Project) denoOwn(r *extract.Reference, spec string) (Decision, bool) {
	var d Decision
	nearest := ""
	up(path.Dir(r.Path), func(dir string) bool {
		m := p.npm.deno[dir]
		if m == nil {
			return true
		}
		first := nearest == ""
		if first {
			nearest = dir
		}
		mapped, ok := p.denoImport(m, r, spec)
		switch {
		case ok:
			d = mapped
		case first && m.name == r.Name && m.name != "" && m.exports == there:
			d = Decision{Origin: Local, Reason: "the package it belongs to, " + m.file}
		case first && m.name == r.Name && m.name != "" && m.exports == untold:
			d = word(Local, "the package it belongs to, "+m.file, Claim{Path: m.file, Text: "name " + m.name, Pattern: m.name})
		case len(m.workspaces) > 0 && (nearest == dir || covers(m.workspaces, dir, nearest)):
			if file := p.denoMember(m, r.Name); file != "" {
				d = Decision{Origin: Local, Reason: "a member of the workspace, " + file}
			}
		}
		return d.Reason == ""
	})
	return d, d.Reason != ""
}

// denoImport decides a name by an import map: an entry leads to the project's own
// files, or says which package of which registry is meant.
func (p *Project) denoImport(m *denoPackage, r *extract.Reference, spec string) (Decision, bool) {
	for _, key := range []string{spec, r.Name, r.Name + "/"} {
		to, ok := m.imports[key]
		if !ok || to == "" {
			continue
		}
		rest := ""
		if len(spec) > len(key) && strings.HasPrefix(spec, key) {
			rest = "/" + spec[len(key):]
		}
		reason := "an entry of the import map in " + m.file
		claim := Claim{Path: m.file, Text: "imports " + key, Pattern: key}
		registry, name, remote := strings.Cut(to, ":")
		switch {
		case remote && registry == string(r.Ecosystem):
			name = strings.TrimPrefix(name, "/")
			if at := strings.LastIndexByte(name, '@'); at > 0 {
				name = name[:at]
			}
			if packageOf(name) == r.Name {
				continue // under its own name
			}
			return word(Local, reason, claim), true
		case remote:
			return word(Local, reason, claim), true
		}
		switch p.leads(path.Join(m.dir, to)+rest, elsewhere) {
		case there:
			return Decision{Origin: Local, Reason: reason}, true
		case untold:
			return word(Local, reason, claim), true
		}
		if len(p.Declared(ecosystem.NPM, r.Name)) == 0 && asked(r.Name) {
			return word(Private, reason+", which leads to nothing in the tree", claim), true
		}
	}
	return Decision{}, false
}

func (p *Project) denoMember(w *denoPackage, name string) string {
	if w.members == nil {
		w.members = map[string]string{}
		for dir, m := range p.npm.deno {
			if m.name != "" && covers(w.workspaces, w.dir, dir) && (w.members[m.name] == "" || m.file < w.members[m.name]) {
				w.members[m.name] = m.file
			}
		}
	}
	return w.members[name]
}

func (p *Project) npmDecision(r *extract.Reference) (Decision, bool) {
	switch {
	case r.Kind == extract.Lockfile:
		if r.Span.Len() == 0 { // another program's list of a lock file has the project itself
			if pkg := p.nearestNPM(path.Dir(r.Path)); pkg != nil && pkg.name == r.Name {
				return Decision{Origin: Local, Reason: "the package it belongs to, " + pkg.file}, true
			}
			return p.npmOwn(r)
		}
		return Decision{}, false
	case r.Kind == extract.Manifest:
		if r.Label == "" {
			return p.npmMember(r)
		}
		return p.npmOwn(r) // a fragment of a manifest in a document
	case r.Kind != extract.Import:
		return p.npmOwn(r)
	}
	spec := r.Module
	if spec == "" {
		spec = r.Name
	}
	if m, ok := ecosystem.Standard(ecosystem.NPM, spec); ok {
		return Decision{Origin: Standard, Reason: "builtin module of " + m.Of}, true
	}
	if _, ok := ecosystem.Standard(ecosystem.NPM, r.Name); ok {
		return Decision{Origin: Standard, Reason: "builtin module of Node.js"}, true
	}
	if d, ok := p.npmOwn(r); ok {
		return d, true
	}
	if d, ok := p.denoOwn(r, spec); ok {
		return d, true
	}
	declared := len(p.Declared(ecosystem.NPM, r.Name)) > 0
	if d, ok := p.jsAlias(r, spec, declared); ok {
		return d, true
	}
	if pkg := p.nearestNPM(path.Dir(r.Path)); pkg != nil && pkg.name == r.Name && pkg.private && !declared && asked(r.Name) {
		return word(Private, "the package it belongs to, "+pkg.file+", which is private and has no exports",
			Claim{Path: pkg.file, Text: "name " + pkg.name, Pattern: pkg.name}), true
	}
	if c := ecosystem.CheckName(ecosystem.NPM, r.Name); c.State == ecosystem.Invalid || c.Legacy && !declared && strings.ToLower(r.Name) != r.Name {
		return Decision{Origin: Local, Reason: "no npm name can look like this: an alias"}, true
	}
	return Decision{}, false
}
