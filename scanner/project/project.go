package project

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Settings are the user's own: what makes a name private, and which registries
// they trust. Claimed is what configuration says that the user's variables name
// and that lies in the scanned tree.
type Settings interface {
	Private(ecosystem.Package) (setting string, ok bool)
	Claimed(ecosystem.Package) (setting string, ok bool)
	Trusted(e ecosystem.Ecosystem, url string) bool
}

// Options of Load. Settings may be nil.
type Options struct {
	Settings            Settings
	UserPrivate         []string // patterns of the user, "npm:@acme/*"
	RepoPrivate         []string // patterns of the repository
	PrivateFromUserOnly bool     // disregard what the repository calls private
}

// A Project is what a source says of itself. It is read once and then answers
// for any reference of the source. What it knows it knows by directory: a file
// makes names the project's own where the tool that reads the file would, and
// nowhere else.
type Project struct {
	src     source.Source
	o       Options
	paths   []string
	dirs    map[string]bool
	files   map[string]bool
	problem []source.Problem

	userPrivate, repoPrivate []ecosystem.PrivatePattern

	npm      npmTree
	golang   goTree
	python   pythonTree
	declared map[ecosystem.Ecosystem]map[string][]*extract.Reference
	manifest map[ecosystem.Ecosystem][]string // directories of manifests
}

// Load reads the project's own files: manifests of packages, tsconfig.json,
// workspaces, go.mod, .npmrc. refs are the references of the whole source.
func Load(src source.Source, refs extract.References, o Options) (*Project, []source.Problem) {
	p := &Project{src: src, o: o, dirs: map[string]bool{}, files: map[string]bool{},
		declared: map[ecosystem.Ecosystem]map[string][]*extract.Reference{}, manifest: map[ecosystem.Ecosystem][]string{}}
	p.npm = npmTree{packages: map[string]*npmPackage{}, names: map[string]bool{}, deno: map[string]*denoPackage{}, aliases: map[string]map[string]bool{}, tsconf: map[string][]pathAlias{},
		bundler: map[string][]bundlerAlias{}, roots: map[string][]string{}, ambient: map[string]map[string]string{}, foreign: map[string]map[string]bool{}}
	p.golang = goTree{modules: map[string]*goModule{}, works: map[string]*goWork{}}
	p.python = pythonTree{projects: map[string]*pythonProject{}, names: map[string]bool{}, at: map[string]map[string]moduleKind{}, marked: map[string]bool{},
		lists: map[string][]string{}, roots: map[string][]string{}, editable: map[string][]string{}}
	p.userPrivate, p.repoPrivate = p.patterns(o.UserPrivate), p.patterns(o.RepoPrivate)
	if p.paths = src.List(); !slices.IsSorted(p.paths) {
		p.paths = slices.Sorted(slices.Values(p.paths))
	}
	for _, f := range p.paths {
		if d, ok := strings.CutSuffix(f, "/"); ok {
			p.dirs[d] = true
			continue
		}
		p.files[f] = true
	}
	// Which package a declaration of types belongs to is known once every
	// package is.
	var later []string
	for _, f := range p.paths {
		var read func(string)
		switch base := path.Base(f); {
		case strings.HasSuffix(f, "/"):
		case base == "package.json":
			read = p.packageJSON
		case base == "go.mod":
			read = p.goMod
		case base == "go.work":
			read = p.goWork
		case base == "deno.json" || base == "deno.jsonc":
			read = p.denoJSON
		case base == ".npmrc":
			read = p.npmrc
		case base == "pyproject.toml":
			read = p.pyproject
		case base == "pnpm-workspace.yaml":
			read = p.pnpmWorkspace
		case strings.HasSuffix(base, ".d.ts"):
			later = append(later, f)
		case strings.HasPrefix(base, "docusaurus.config."):
			// Docusaurus resolves these to the site and its theme.
			dir := path.Dir(f)
			p.npm.bundler[dir] = append(p.npm.bundler[dir], bundlerAlias{name: "@site", file: f, targets: []string{""}})
			for _, name := range []string{"@theme", "@theme-original", "@theme-init", "@generated"} {
				p.npm.bundler[dir] = append(p.npm.bundler[dir], bundlerAlias{name: name, file: f, hidden: true})
			}
		case bundlerConfig(base):
			read = p.bundlerAliases
		}
		if read != nil {
			p.guard(f, read)
		}
	}
	slices.Sort(p.npm.dirs)
	slices.SortStableFunc(p.npm.claims, func(a, b settings.Claim) int { // the nearest first
		return cmp.Or(cmp.Compare(strings.Count(b.Path, "/"), strings.Count(a.Path, "/")), cmp.Compare(a.Path, b.Path))
	})
	for _, f := range later {
		p.guard(f, p.ambientModules)
	}
	p.python.index(p.paths)
	for r := range refs.All() {
		p.note(r)
	}
	p.lockHosts(refs)
	return p, p.problem
}

// guard reads a file of the project. A reader that panics costs what the file
// says, not the run.
func (p *Project) guard(f string, read func(string)) {
	defer func() {
		if recover() != nil {
			p.problem = append(p.problem, source.Problem{Path: f, Why: source.Crashed, Dropped: true,
				Text: "a reader of figment failed: what it says of the project is not known; please report the file"})
		}
	}()
	read(f)
}

// patterns reads patterns of private names. Whoever gives them has checked them;
// one that cannot be meant is a problem, since it protects nothing.
func (p *Project) patterns(list []string) []ecosystem.PrivatePattern {
	var out []ecosystem.PrivatePattern
	for _, text := range list {
		pattern, err := ecosystem.ParsePrivate(text)
		if err != nil {
			p.problem = append(p.problem, source.Problem{Text: fmt.Sprintf("private = %q %s", text, err)})
			continue
		}
		out = append(out, pattern)
	}
	return out
}

// note keeps what a reference declares.
func (p *Project) note(r *extract.Reference) {
	dir := path.Dir(r.Path)
	if r.Alias != "" && r.Ecosystem == ecosystem.NPM {
		if (r.Kind == extract.Manifest || r.Kind == extract.Lockfile) && r.Label == "" {
			add(p.npm.aliases, dir, r.Alias)
		} else {
			add(p.npm.aliases, r.Path, r.Alias) // a command or an example holds where it is written
		}
	}
	if r.Kind == extract.Import && r.Ecosystem == ecosystem.PyPI && r.Label == "" && (r.Name == "sys" || r.Name == "site") {
		if n := len(p.python.sysUsers); n == 0 || p.python.sysUsers[n-1] != r.Path {
			p.python.sysUsers = append(p.python.sysUsers, r.Path)
		}
	}
	if r.Kind == extract.Manifest || r.Kind == extract.Lockfile || r.Kind == extract.Command {
		m := p.declared[r.Ecosystem]
		if m == nil {
			m = map[string][]*extract.Reference{}
			p.declared[r.Ecosystem] = m
		}
		name := ecosystem.Normalize(r.Ecosystem, r.Name)
		m[name] = append(m[name], r)
	}
	if r.Kind == extract.Manifest && r.Label == "" {
		if !slices.Contains(p.manifest[r.Ecosystem], dir) {
			p.manifest[r.Ecosystem] = append(p.manifest[r.Ecosystem], dir)
		}
	}
}

// Declared gives the references that declare a package: manifests, lock files
// and commands.
func (p *Project) Declared(e ecosystem.Ecosystem, name string) []*extract.Reference {
	return p.declared[e][name]
}

// DeclaredNames lists what is declared in an ecosystem.
func (p *Project) DeclaredNames(e ecosystem.Ecosystem) map[string][]*extract.Reference {
	return p.declared[e]
}

// HasManifest reports whether a manifest of the ecosystem lies in the directory
// of file or above it.
func (p *Project) HasManifest(e ecosystem.Ecosystem, file string) bool {
	for _, dir := range p.manifest[e] {
		if dir == "." || file == dir || strings.HasPrefix(file, dir+"/") {
			return true
		}
	}
	return false
}

func (p *Project) read(f string) ([]byte, bool) {
	data, err := p.src.Read(f)
	if err != nil || len(data) > source.MaxFile {
		return nil, false
	}
	text, _ := text.Decode(data)
	return text, true
}

// Problems are what could not be read of the project's own files so far: some
// are read only when a name asks for them.
func (p *Project) Problems() []source.Problem { return p.problem }

// deep reports whether a text nests too deep to be parsed, and says so.
func (p *Project) deep(f string, src []byte, lang text.Lang) bool {
	if !text.TooDeep(src, lang) {
		return false
	}
	p.problem = append(p.problem, source.Problem{Path: f, Why: source.NestedTooDeep, Text: fmt.Sprintf("nests deeper than %d levels: what it says of the project is not known", text.MaxLevels), Dropped: true})
	return true
}

// readJSON decodes JSON with comments.
func (p *Project) readJSON(f string, into any) bool {
	src, ok := p.read(f)
	if !ok || p.deep(f, src, text.JSON) {
		return false
	}
	std, err := hujson.Standardize(slices.Clone(src))
	return err == nil && json.Unmarshal(std, into) == nil
}

func (p *Project) npmrc(f string) {
	if text, ok := p.read(f); ok {
		p.npm.claims = append(p.npm.claims, settings.NPMClaims(f, text)...)
	}
}

// lockHosts notes names that a lock file takes from another registry than most
// of its entries: the file as a whole may have been made through a mirror.
func (p *Project) lockHosts(refs extract.References) {
	hosts := map[string]map[string]int{}
	for r := range refs.All() {
		if r.Kind == extract.Lockfile && r.From == extract.FromRegistry {
			if hosts[r.Path] == nil {
				hosts[r.Path] = map[string]int{}
			}
			hosts[r.Path][r.Index]++
		}
	}
	for r := range refs.All() {
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
			add(p.npm.foreign, path.Dir(r.Path), r.Name)
		}
	}
}

func describe(format string, args ...any) string { return fmt.Sprintf(format, args...) }
