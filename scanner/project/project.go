package project

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/source"
)

// Settings are the user's own: what makes a name private, and which registries
// they trust.
type Settings interface {
	Private(ecosystem.Package) (setting string, ok bool)
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
// for any reference of the source.
type Project struct {
	src     source.Source
	o       Options
	paths   []string
	dirs    map[string]bool
	files   map[string]bool
	problem []source.Problem

	npm struct {
		names   map[string]string      // names of the project's own packages → their package.json
		aliases map[string]bool        // local names of "npm:" aliases
		tsconf  map[string][]pathAlias // by directory, cached
		imports map[string]bool        // deno.json and import maps
		bundler []string               // string aliases of bundlers
		claims  []settings.Claim
		ambient map[string]bool // modules that the project's own .d.ts files declare
		foreign map[string]bool // names that a lock file takes from another registry than the rest
	}
	gomods   map[string]goModule // by directory
	python   pythonRoots
	declared map[ecosystem.Ecosystem]map[string][]*extract.Reference
	manifest map[ecosystem.Ecosystem][]string // directories of manifests
}

type pathAlias struct {
	pattern string
	from    string
}

type goModule struct {
	path    string
	replace map[string]bool // modules that something else replaces
}

// Load reads the project's own files: manifests of packages, tsconfig.json,
// workspaces, go.mod, .npmrc. refs are the references of the whole source.
func Load(src source.Source, refs []extract.Reference, o Options) (*Project, []source.Problem) {
	p := &Project{src: src, o: o, dirs: map[string]bool{}, files: map[string]bool{}, gomods: map[string]goModule{},
		declared: map[ecosystem.Ecosystem]map[string][]*extract.Reference{}, manifest: map[ecosystem.Ecosystem][]string{}}
	p.npm.names, p.npm.aliases, p.npm.tsconf = map[string]string{}, map[string]bool{}, map[string][]pathAlias{}
	p.npm.imports, p.npm.foreign, p.npm.ambient = map[string]bool{}, map[string]bool{}, map[string]bool{}
	p.paths = src.List()
	for _, f := range p.paths {
		if d, ok := strings.CutSuffix(f, "/"); ok {
			p.dirs[d] = true
			continue
		}
		p.files[f] = true
	}
	for _, f := range p.paths {
		switch base := path.Base(f); {
		case base == "package.json":
			p.packageJSON(f)
		case base == "go.mod":
			p.goMod(f)
		case base == "deno.json" || base == "deno.jsonc":
			p.denoJSON(f)
		case base == ".npmrc":
			p.npmrc(f)
		case base == "pyproject.toml":
			p.pyproject(f)
		case base == "pnpm-workspace.yaml":
			p.pnpmWorkspace(f)
		case strings.HasSuffix(base, ".d.ts"):
			p.ambientModules(f)
		case strings.HasPrefix(base, "docusaurus.config."):
			// Docusaurus resolves these to the site and its theme.
			p.npm.bundler = append(p.npm.bundler, "@site", "@theme", "@theme-original", "@theme-init", "@generated")
		case bundlerConfig(base):
			p.bundlerAliases(f)
		}
	}
	p.python.find(p)
	for i := range refs {
		p.note(&refs[i])
	}
	p.lockHosts(refs)
	return p, p.problem
}

// note keeps what a reference declares.
func (p *Project) note(r *extract.Reference) {
	if r.Alias != "" && r.Ecosystem == ecosystem.NPM {
		p.npm.aliases[r.Alias] = true
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
		dir := path.Dir(r.Path)
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
	text, _ := source.Decode(data)
	return text, true
}

// readJSON decodes JSON with comments.
func (p *Project) readJSON(f string, into any) bool {
	text, ok := p.read(f)
	if !ok {
		return false
	}
	std, err := hujson.Standardize(slices.Clone(text))
	return err == nil && json.Unmarshal(std, into) == nil
}

func (p *Project) packageJSON(f string) {
	var m struct {
		Name string `json:"name"`
	}
	if p.readJSON(f, &m) && m.Name != "" {
		p.npm.names[m.Name] = f
	}
}

func (p *Project) denoJSON(f string) {
	var m struct {
		Name    string         `json:"name"`
		Imports map[string]any `json:"imports"`
	}
	if p.readJSON(f, &m) {
		for k := range m.Imports {
			p.npm.imports[k] = true
		}
	}
}

func (p *Project) pnpmWorkspace(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	var m struct {
		Packages []string `yaml:"packages"`
	}
	if err := yaml.Unmarshal(text, &m); err != nil {
		p.problem = append(p.problem, source.Problem{Path: f, Text: "is not valid YAML: its workspaces are not known"})
	}
}

func (p *Project) npmrc(f string) {
	if text, ok := p.read(f); ok {
		p.npm.claims = append(p.npm.claims, settings.NPMClaims(f, text)...)
	}
}

func (p *Project) goMod(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	m := goModule{path: modfile.ModulePath(text), replace: map[string]bool{}}
	// Read by hand, so that one bad line does not hide the others.
	for _, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "//")
		if left, right, ok := strings.Cut(line, "=>"); ok {
			words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(left), "replace"))
			target := strings.Fields(right)
			if len(words) > 0 && len(target) > 0 {
				m.replace[strings.Trim(words[0], `"`)] = true
			}
		}
	}
	p.gomods[path.Dir(f)] = m
}

// ambientModules notes the modules that a declaration file makes up:
// declare module "virtual-thing".
func (p *Project) ambientModules(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	const mark = "declare module "
	for rest := string(text); ; {
		i := strings.Index(rest, mark)
		if i < 0 {
			return
		}
		rest = rest[i+len(mark):]
		if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'') {
			if name, _, ok := strings.Cut(rest[1:], rest[:1]); ok && len(name) < 300 {
				p.npm.ambient[name] = true
			}
		}
	}
}

// bundlerConfig reports whether a file may set aliases in code.
func bundlerConfig(base string) bool {
	for _, b := range []string{"vite.config.", "vitest.config.", "webpack.config.", "babel.config.", "jest.config.", "rollup.config.", "next.config.", "metro.config.", "astro.config.", "nuxt.config.", "svelte.config.", "electron.vite.config."} {
		if strings.HasPrefix(base, b) {
			return true
		}
	}
	return false
}

// bundlerAliases finds string keys in the alias tables of a configuration that
// is code: it is searched, never run.
func (p *Project) bundlerAliases(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	re := regexp.MustCompile(`(?:alias|moduleNameMapper|paths|find)\s*[:=]\s*`)
	key := regexp.MustCompile(`['"\x60]?\^?([@~#$A-Za-z0-9_./-]+?)(?:/\(?[.*$)]*)?['"\x60]?\s*:|find:\s*['"\x60]([^'"\x60]+)['"\x60]`)
	for _, at := range re.FindAllIndex(text, 20) {
		block := text[at[1]:min(len(text), at[1]+4000)]
		depth, end := 0, len(block)
		for i, c := range block {
			if c == '{' || c == '[' {
				depth++
			} else if c == '}' || c == ']' {
				if depth--; depth <= 0 {
					end = i
					break
				}
			}
		}
		for _, m := range key.FindAllSubmatch(block[:end], 200) {
			name := string(m[1]) + string(m[2])
			if name = strings.Trim(name, "/*$^"); name != "" {
				p.npm.bundler = append(p.npm.bundler, name)
			}
		}
	}
}

// tsPaths are the path aliases that hold for a file: of the nearest tsconfig or
// jsconfig above it, with what it extends.
func (p *Project) tsPaths(file string) []pathAlias {
	dir := path.Dir(file)
	if a, ok := p.npm.tsconf[dir]; ok {
		return a
	}
	var out []pathAlias
	for d := dir; ; d = path.Dir(d) {
		for _, name := range []string{"tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json"} {
			if f := path.Join(d, name); p.src.Exists(f) {
				out = append(out, p.tsconfig(f, 0)...)
			}
		}
		if d == "." || d == "/" {
			break
		}
	}
	p.npm.tsconf[dir] = out
	return out
}

func (p *Project) tsconfig(f string, depth int) []pathAlias {
	if depth > 8 {
		return nil
	}
	var m struct {
		Extends         any `json:"extends"`
		CompilerOptions struct {
			BaseURL *string             `json:"baseUrl"`
			Paths   map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if !p.readJSON(f, &m) {
		return nil
	}
	var out []pathAlias
	for pattern := range m.CompilerOptions.Paths {
		out = append(out, pathAlias{pattern, f + " paths " + pattern})
	}
	if b := m.CompilerOptions.BaseURL; b != nil {
		out = append(out, pathAlias{"\x00" + path.Join(path.Dir(f), *b), f + " baseUrl"})
	}
	var parents []string
	switch e := m.Extends.(type) {
	case string:
		parents = []string{e}
	case []any:
		for _, x := range e {
			if s, ok := x.(string); ok {
				parents = append(parents, s)
			}
		}
	}
	for _, e := range parents {
		target := path.Join(path.Dir(f), e)
		if !strings.HasPrefix(e, ".") {
			target = p.inNodeModules(path.Dir(f), e)
		}
		if target == "" || strings.HasPrefix(target, "..") {
			continue
		}
		for _, t := range []string{target, target + ".json", path.Join(target, "tsconfig.json")} {
			if path.Ext(t) == ".json" && p.src.Exists(t) {
				out = append(out, p.tsconfig(t, depth+1)...)
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b pathAlias) int { return strings.Compare(a.pattern, b.pattern) })
	return out
}

func (p *Project) inNodeModules(dir, name string) string {
	for d := dir; ; d = path.Dir(d) {
		t := path.Join(d, "node_modules", name)
		for _, c := range []string{t, t + ".json"} {
			if p.src.Exists(c) {
				return t
			}
		}
		if d == "." || d == "/" {
			return ""
		}
	}
}

// lockHosts notes names that a lock file takes from another registry than most
// of its entries: the file as a whole may have been made through a mirror.
func (p *Project) lockHosts(refs []extract.Reference) {
	hosts := map[string]map[string]int{}
	for i := range refs {
		if r := &refs[i]; r.Kind == extract.Lockfile && r.From == extract.FromRegistry {
			if hosts[r.Path] == nil {
				hosts[r.Path] = map[string]int{}
			}
			hosts[r.Path][r.Index]++
		}
	}
	for i := range refs {
		r := &refs[i]
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
			p.npm.foreign[r.Name] = true
		}
	}
}

// pythonRoots are where the project's own modules lie.
type pythonRoots struct {
	roots   []string
	names   map[string]bool // own distributions, as modules
	modules map[string]bool // top-level modules at the roots
}

func (p *Project) pyproject(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	var m struct {
		Project struct{ Name string }
		Tool    struct {
			Poetry struct {
				Name     string
				Packages []struct{ From, Include string }
			}
			Setuptools struct {
				PackageDir map[string]string `toml:"package-dir"`
				Packages   any
			}
			Pytest struct {
				IniOptions struct {
					Pythonpath any `toml:"pythonpath"`
				} `toml:"ini_options"`
			}
			Hatch any
		}
	}
	// What does not decode is not known; the extractor reports what is wrong.
	_ = toml.Unmarshal(text, &m)
	dir := path.Dir(f)
	if p.python.names == nil {
		p.python.names = map[string]bool{}
	}
	for _, n := range []string{m.Project.Name, m.Tool.Poetry.Name} {
		if n != "" {
			p.python.names[ecosystem.Normalize(ecosystem.PyPI, n)] = true
		}
	}
	add := func(d string) { p.python.roots = append(p.python.roots, path.Join(dir, d)) }
	add(".")
	for _, d := range m.Tool.Setuptools.PackageDir {
		add(d)
	}
	for _, x := range m.Tool.Poetry.Packages {
		if x.From != "" {
			add(x.From)
		}
	}
	if t, ok := m.Tool.Setuptools.Packages.(map[string]any); ok {
		if find, ok := t["find"].(map[string]any); ok {
			if where, ok := find["where"].([]any); ok {
				for _, w := range where {
					if s, ok := w.(string); ok {
						add(s)
					}
				}
			}
		}
	}
	switch x := m.Tool.Pytest.IniOptions.Pythonpath.(type) {
	case string:
		add(x)
	case []any:
		for _, w := range x {
			if s, ok := w.(string); ok {
				add(s)
			}
		}
	}
}

// find lists the top-level modules at every root.
func (r *pythonRoots) find(p *Project) {
	if r.names == nil {
		r.names = map[string]bool{}
	}
	r.modules = map[string]bool{}
	roots := map[string]bool{".": true}
	for _, d := range r.roots {
		roots[d] = true
	}
	for _, d := range []string{"src", "lib", "python"} {
		roots[d] = true
	}
	for _, d := range r.roots {
		for _, s := range []string{"src", "lib", "python"} {
			roots[path.Join(d, s)] = true
		}
	}
	for _, f := range p.paths {
		dir := strings.HasSuffix(f, "/")
		f = strings.TrimSuffix(f, "/")
		if !roots[path.Dir(f)] {
			continue
		}
		base := path.Base(f)
		if dir {
			if p.hasPython(f) {
				r.modules[base] = true
			}
		} else if ext := path.Ext(base); ext == ".py" || ext == ".pyi" || ext == ".pyx" || ext == ".so" || ext == ".pyd" {
			name, _, _ := strings.Cut(base, ".")
			r.modules[name] = true
		}
	}
}

// hasPython reports whether a Python file lies anywhere below dir: with or
// without __init__.py it is then a package.
func (p *Project) hasPython(dir string) bool {
	i, _ := slices.BinarySearch(p.paths, dir+"/")
	for ; i < len(p.paths) && strings.HasPrefix(p.paths[i], dir+"/"); i++ {
		switch path.Ext(p.paths[i]) {
		case ".py", ".pyi", ".pyx":
			return true
		}
	}
	return false
}

func describe(format string, args ...any) string { return fmt.Sprintf(format, args...) }
