package pypi

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// projectRules is by which files a project of Python says whose its names are.
func projectRules() *project.Rules {
	return &project.Rules{
		Ecosystem: ecosystem.PyPI, Begin: begin, Statement: statement, Respelled: foreignLetters, Module: isModule,
		Languages: []text.Lang{text.Python},
	}
}

func begin(in *project.Project) *project.Tree {
	p := &projects{
		Project: in, projects: map[string]*pythonProject{}, names: map[string]bool{}, at: map[string]map[string]moduleKind{}, marked: map[string]bool{},
		lists: map[string][]string{}, roots: map[string][]string{}, editable: map[string][]string{},
	}
	return &project.Tree{Reader: p.reader, Complete: p.index, Learn: p.learn, Decide: p.decide}
}

func (p *projects) reader(f string) func(string) {
	if path.Base(f) == "pyproject.toml" {
		return p.pyproject
	}
	return nil
}

// learn notes the files that may change where modules are looked for.
func (p *projects) learn(refs extract.References) {
	for r := range refs.All() {
		if r.Kind == extract.Import && r.Ecosystem == ecosystem.PyPI && r.Label == "" && (r.Name == "sys" || r.Name == "site") {
			if n := len(p.sysUsers); n == 0 || p.sysUsers[n-1] != r.Path {
				p.sysUsers = append(p.sysUsers, r.Path)
			}
		}
	}
}

// isModule reports by its path whether a file may be a module.
func isModule(file string) bool {
	switch path.Ext(file) {
	case ".py", ".pyi", ".pyx", ".so", ".pyd", ".ipynb":
		return true
	}
	return false
}

// foreignLetters reports whether a text has letters that Python takes for others.
func foreignLetters(text []byte) bool {
	return slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
}

// projects is what a source says about Python, by directory.
type projects struct {
	*project.Project
	projects map[string]*pythonProject
	names    map[string]bool // of all projects, to find out quickly that a name is none
	at       map[string]map[string]moduleKind
	marked   map[string]bool // directories with a file that makes them a root
	lists    map[string][]string
	roots    map[string][]string // by directory, found once
	editable map[string][]string // by requirements file, found once
	sysUsers []string            // files that import sys or site
	sysPaths map[string][]string // by project; nil: not looked for yet
}

// A pythonProject is a directory with a pyproject.toml.
type pythonProject struct {
	dir      string
	name     string   // normalised
	roots    []string // directories that modules are imported from
	beside   []string // directories of path dependencies
	modules  []string // extension modules that only the build makes
	members  []string // globs of a uv workspace
	exclude  []string
	external map[string]string // normalised names that [tool.uv.sources] takes from elsewhere, whatever the platform
}

// A moduleKind says what makes a name importable from a directory.
type moduleKind uint8

const (
	moduleFile moduleKind = 1 << iota
	regularPackage
	folderOfPython // without __init__.py: a portion of a namespace
)

// index notes which names can be imported from which directory.
func (p *projects) index() {
	mark := func(dir, name string, k moduleKind) {
		if p.at[dir] == nil {
			p.at[dir] = map[string]moduleKind{}
		}
		p.at[dir][name] |= k
	}
	for _, f := range p.Paths() {
		if strings.HasSuffix(f, "/") {
			continue
		}
		dir, base := path.Dir(f), path.Base(f)
		switch base {
		case "pyproject.toml", "setup.py", "setup.cfg", "manage.py", "Pipfile":
			p.marked[dir] = true
		}
		if strings.HasSuffix(base, ".txt") || strings.HasSuffix(base, ".in") {
			if strings.Contains(base, "require") || path.Base(dir) == "requirements" {
				p.lists[dir] = append(p.lists[dir], f)
				if strings.HasPrefix(base, "require") {
					p.marked[dir] = true
				}
				if path.Base(dir) == "requirements" {
					p.lists[path.Dir(dir)] = append(p.lists[path.Dir(dir)], f)
				}
			}
		}
		name, _, _ := strings.Cut(base, ".")
		if !isModule(base) {
			continue
		}
		mark(dir, name, moduleFile)
		if name == "__init__" && dir != "." {
			mark(path.Dir(dir), path.Base(dir), regularPackage)
		}
		if path.Ext(base) == ".ipynb" {
			continue
		}
		for d := dir; d != "." && d != "/"; d = path.Dir(d) {
			if p.at[path.Dir(d)][path.Base(d)]&folderOfPython != 0 {
				break
			}
			mark(path.Dir(d), path.Base(d), folderOfPython)
		}
	}
}

// tableAt looks up nested tables of a decoded TOML text.
func tableAt(m map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		m, _ = m[k].(map[string]any)
	}
	return m
}

func src(v any) string { s, _ := v.(string); return s }

func (p *projects) pyproject(f string) {
	data, ok := p.ReadText(f)
	if !ok || p.TooDeep(f, data, text.TOML) {
		return
	}
	var m map[string]any
	// What does not decode is not known; the extractor reports what is wrong.
	if toml.Unmarshal(data, &m) != nil {
		m = nil
	}
	dir := path.Dir(f)
	t := &pythonProject{dir: dir, external: map[string]string{}}
	tool := tableAt(m, "tool")
	for _, n := range []string{src(tableAt(tool, "poetry")["name"]), src(tableAt(m, "project")["name"])} {
		if n != "" {
			t.name = ecosystem.Normalize(ecosystem.PyPI, n)
			p.names[t.name] = true
		}
	}
	add := func(d string) {
		if d = path.Join(dir, d); len(t.roots) < 200 && d != ".." && !strings.HasPrefix(d, "../") && !strings.HasPrefix(d, "/") {
			t.roots = append(t.roots, d)
		}
	}
	for _, d := range tableAt(tool, "setuptools", "package-dir") {
		if s, ok := d.(string); ok {
			add(s)
		}
	}
	for _, w := range project.Strings(tableAt(tool, "setuptools", "packages", "find")["where"]) {
		add(w)
	}
	if list, ok := tableAt(tool, "poetry")["packages"].([]any); ok {
		for _, x := range list {
			if o, ok := x.(map[string]any); ok && src(o["from"]) != "" {
				add(src(o["from"]))
			}
		}
	}
	for _, target := range []string{"wheel", "sdist"} {
		b := tableAt(tool, "hatch", "build", "targets", target)
		for _, s := range append(project.Strings(b["packages"]), project.Strings(b["sources"])...) {
			add(path.Dir(path.Clean(s)))
			add(s)
		}
	}
	for _, s := range project.Strings(tableAt(tool, "hatch", "build")["sources"]) {
		add(s)
	}
	if s := src(tableAt(tool, "maturin")["python-source"]); s != "" {
		add(s)
	}
	if s := src(tableAt(tool, "uv", "build-backend")["module-root"]); s != "" {
		add(s)
	}
	switch x := tableAt(tool, "pytest", "ini_options")["pythonpath"].(type) {
	case string:
		for _, w := range strings.Fields(x) {
			add(w)
		}
	case []any:
		for _, w := range project.Strings(x) {
			add(w)
		}
	}
	slices.Sort(t.roots)
	if s := src(tableAt(tool, "maturin")["module-name"]); s != "" {
		name, _, _ := strings.Cut(s, ".")
		t.modules = append(t.modules, name)
	}
	if builds(m) && t.name != "" {
		t.modules = append(t.modules, strings.ReplaceAll(t.name, "-", "_"))
	}
	t.members = project.Globs(project.Strings(tableAt(tool, "uv", "workspace")["members"]))
	t.exclude = project.Globs(project.Strings(tableAt(tool, "uv", "workspace")["exclude"]))
	for name, v := range tableAt(tool, "uv", "sources") {
		p.uvSource(t, name, v)
	}
	for _, group := range poetryTables(tool) {
		for _, v := range group {
			if o, ok := v.(map[string]any); ok && src(o["path"]) != "" {
				t.besides(src(o["path"]))
			}
		}
	}
	slices.Sort(t.beside)
	p.projects[dir] = t
}

// builds reports whether the build makes modules that are no files of Python.
func builds(m map[string]any) bool {
	words := append(project.Strings(tableAt(m, "build-system")["requires"]), src(tableAt(m, "build-system")["build-backend"]))
	for _, w := range words {
		w = strings.ToLower(w)
		for _, b := range []string{"maturin", "meson", "scikit-build", "scikit_build", "setuptools-rust", "setuptools_rust", "cython", "pybind11", "nanobind", "cffi", "sip"} {
			if strings.HasPrefix(w, b) {
				return true
			}
		}
	}
	return false
}

func poetryTables(tool map[string]any) []map[string]any {
	poetry := tableAt(tool, "poetry")
	out := []map[string]any{tableAt(poetry, "dependencies"), tableAt(poetry, "dev-dependencies")}
	for _, g := range tableAt(poetry, "group") {
		if o, ok := g.(map[string]any); ok {
			out = append(out, tableAt(o, "dependencies"))
		}
	}
	return out
}

func (t *pythonProject) besides(dir string) {
	if d := path.Join(t.dir, dir); !strings.HasPrefix(dir, "/") && d != ".." && !strings.HasPrefix(d, "../") && len(t.beside) < 500 {
		t.beside = append(t.beside, d)
	}
}

// uvSource notes where uv takes a name from. A source with a marker holds for
// one platform, and on the others the name is a registry's.
func (p *projects) uvSource(t *pythonProject, name string, v any) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	kind := ""
	for _, x := range list {
		o, _ := x.(map[string]any)
		if src(o["path"]) != "" {
			t.besides(src(o["path"]))
		}
		if o["marker"] != nil || o["extra"] != nil || o["group"] != nil {
			kind = ""
			break
		}
		for _, k := range []string{"workspace", "path", "git", "url"} {
			if v := o[k]; v != nil && v != false {
				kind = k
			}
		}
	}
	if kind != "" {
		t.external[ecosystem.Normalize(ecosystem.PyPI, name)] = kind
	}
}

// uvRoot is the project whose uv workspace a directory belongs to; nil: none.
func (p *projects) uvRoot(dir string) *pythonProject {
	var found *pythonProject
	project.Up(dir, func(d string) bool {
		t := p.projects[d]
		if t != nil && len(t.members) > 0 && (d == dir || project.Covers(t.members, d, dir) && !project.Covers(t.exclude, d, dir)) {
			found = t
		}
		return found == nil
	})
	return found
}

// nearestPython is the directory of the project that a file belongs to.
func (p *projects) nearestPython(file string) string {
	found := "."
	project.Up(path.Dir(file), func(d string) bool {
		if p.marked[d] {
			found = d
			return false
		}
		return true
	})
	return found
}

// pythonRoots are the directories below dir that modules are imported from where
// dir is a project, dir itself first.
func (p *projects) pythonRoots(dir string) []string {
	if out, ok := p.roots[dir]; ok {
		return out
	}
	own := func(dir string) []string {
		out := []string{dir}
		if t := p.projects[dir]; t != nil {
			out = append(out, t.roots...)
			for _, r := range t.roots {
				out = append(out, path.Join(r, "src"), path.Join(r, "lib"), path.Join(r, "python"))
			}
		}
		return append(out, path.Join(dir, "src"), path.Join(dir, "lib"), path.Join(dir, "python"))
	}
	out := own(dir)
	if t := p.projects[dir]; t != nil {
		for _, d := range t.beside {
			out = append(out, own(d)...)
		}
	}
	if w := p.uvRoot(dir); w != nil {
		var dirs []string
		for d := range p.projects {
			if d != dir && (d == w.dir || project.Covers(w.members, w.dir, d) && !project.Covers(w.exclude, w.dir, d)) {
				dirs = append(dirs, d)
			}
		}
		slices.Sort(dirs)
		for _, d := range dirs {
			out = append(out, own(d)...)
		}
	}
	for _, f := range p.lists[dir] {
		for _, d := range p.editables(f) {
			out = append(out, own(d)...)
		}
	}
	kept, seen := out[:0], map[string]bool{}
	for _, d := range out {
		if len(p.at[d]) > 0 && !seen[d] {
			seen[d] = true
			kept = append(kept, d)
		}
	}
	p.roots[dir] = kept
	return kept
}

// editables are the directories that a requirements file installs from.
func (p *projects) editables(f string) []string {
	if out, ok := p.editable[f]; ok {
		return out
	}
	var out []string
	data, _ := p.ReadText(f)
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		for _, flag := range []string{"--editable=", "--editable ", "-e "} {
			if rest, ok := strings.CutPrefix(line, flag); ok {
				line = "./" + strings.Trim(strings.TrimSpace(rest), `"'`)
				break
			}
		}
		line, _, _ = strings.Cut(line, ";")
		line, _, _ = strings.Cut(line, "[")
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, ".") || strings.Contains(line, "://") || len(out) == 500 {
			continue
		}
		// pip reads a path as seen from where it is started, which is mostly the
		// project's root: both are taken where a project lies there.
		for _, from := range []string{path.Dir(f), ".", path.Dir(path.Dir(f))} {
			d := path.Join(from, line)
			if d != ".." && !strings.HasPrefix(d, "../") && p.marked[d] && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	p.editable[f] = out
	return out
}

func (p *projects) decide(r *extract.Reference) (project.Decision, bool) {
	switch r.Kind {
	case extract.Manifest:
		return p.pythonRequired(r)
	case extract.Import:
	case extract.Lockfile:
		if t := p.projects[path.Dir(r.Path)]; r.Span.Len() == 0 && t != nil && t.name == ecosystem.Normalize(ecosystem.PyPI, r.Name) {
			return project.Decision{Origin: project.Local, Reason: "the project itself"}, true
		}
		return project.Decision{}, false
	default:
		return project.Decision{}, false
	}
	if m, ok := ecosystem.Standard(ecosystem.PyPI, r.Name); ok {
		reason := "module of " + m.Of
		if m.Gone != "" {
			reason += ", removed in Python " + m.Gone
		}
		return project.Decision{Origin: project.Standard, Reason: reason}, true
	}
	if r.Path == "-" {
		return project.Decision{}, false // a text alone has no files beside it
	}
	declared := len(p.Declared(ecosystem.PyPI, ecosystem.Normalize(ecosystem.PyPI, r.Name))) > 0
	var found string
	var said project.Claim
	project.Up(path.Dir(r.Path), func(dir string) bool {
		for i, root := range p.pythonRoots(dir) {
			if p.importable(root, r, declared, i > 0, i > 0 || dir == "." || p.marked[dir]) {
				found = path.Join(root, r.Name)
				return false
			}
		}
		if t := p.projects[dir]; t != nil && slices.Contains(t.modules, r.Name) {
			found = path.Join(dir, r.Name) + ", which the build makes"
			said = project.Claim{Path: path.Join(dir, "pyproject.toml"), Text: "the build makes " + r.Name}
			return false
		}
		return true
	})
	if found == "" && !declared {
		for _, root := range p.sysPath(r.Path) {
			if p.importable(root, r, declared, true, true) {
				found = path.Join(root, r.Name)
				break
			}
		}
	}
	if found == "" {
		return project.Decision{}, false
	}
	return project.Decision{Origin: project.Local, Reason: "a module of the project, " + found, Claim: said}, true
}

// importable reports whether a module is found in root. The importing file is no
// proof of its own name. Where the name is declared as a dependency, that is what
// is meant unless the module lies where a project's own modules lie (project),
// and always before a folder without __init__.py, as in Python itself. source
// says that root holds nothing but modules.
func (p *projects) importable(root string, r *extract.Reference, declared, source, project bool) bool {
	k := p.at[root][r.Name]
	if k == 0 || declared && !project {
		return false
	}
	if k&regularPackage != 0 {
		return true
	}
	stem, _, _ := strings.Cut(path.Base(r.Path), ".")
	if k&moduleFile != 0 && (path.Dir(r.Path) != root || stem != r.Name) {
		return true
	}
	if k&folderOfPython == 0 || declared {
		return false
	}
	inside := path.Join(root, r.Name)
	if source || !strings.HasPrefix(r.Path, inside+"/") {
		return true
	}
	// A file inside of the folder does not see the folder, unless something in
	// it is imported through it.
	if _, rest, ok := strings.Cut(r.Module, "."); ok {
		next, _, _ := strings.Cut(rest, ".")
		return p.at[inside][next] != 0
	}
	return slices.ContainsFunc(r.Names, func(n string) bool { return p.at[inside][n] != 0 })
}

// pythonRequired decides a requirement: of the project itself, of what the same
// requirements file installs from a directory, or of what the root of a uv
// workspace takes from elsewhere.
func (p *projects) pythonRequired(r *extract.Reference) (project.Decision, bool) {
	if r.Label != "" {
		return project.Decision{}, false
	}
	name, dir := ecosystem.Normalize(ecosystem.PyPI, r.Name), path.Dir(r.Path)
	if path.Base(r.Path) == "pyproject.toml" {
		if t := p.projects[dir]; t != nil && t.name == name {
			return project.Decision{Origin: project.Local, Reason: "the project itself"}, true
		}
		if w := p.uvRoot(dir); w != nil && w.dir != dir && r.Index == "" {
			if kind, ok := w.external[name]; ok {
				return project.Decision{Origin: project.External, Reason: fmt.Sprintf("tool.uv.sources of %s: %s", path.Join(w.dir, "pyproject.toml"), kind)}, true
			}
		}
		return project.Decision{}, false
	}
	if !p.names[name] {
		return project.Decision{}, false
	}
	for _, d := range p.editables(r.Path) {
		if t := p.projects[d]; t != nil && t.name == name {
			return project.Decision{Origin: project.Local, Reason: "the project in " + d + ", which the same file installs"}, true
		}
	}
	return project.Decision{}, false
}

// pathCall is where a program changes the list of directories that modules are
// imported from.
var pathCall = lazyregexp.New(`\b(?:sys\s*\.\s*path\s*(?:\.\s*(?:insert|append|extend)\s*\(|\+=|=|\[[^\]\n]*\]\s*=)|site\s*\.\s*addsitedir\s*\()`)

var (
	literal      = lazyregexp.New(`'([^'\n]*)'|"([^"\n]*)"`)
	pythonWord   = lazyregexp.New(`[A-Za-z_][A-Za-z0-9_]*`)
	pythonAssign = lazyregexp.New(`(?m)^[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?::[^=\n]*)?=[ \t]*([^=\n][^\n]*)$`)
)

// sysPath are the directories that programs of a file's project put on the path
// of modules: what their string literals name. The files are read again the
// first time that a module is found nowhere else.
func (p *projects) sysPath(file string) []string {
	if p.sysPaths == nil {
		p.sysPaths = map[string][]string{}
		for _, f := range p.sysUsers {
			home := p.nearestPython(f)
			for _, d := range p.pathChanges(f) {
				if list := p.sysPaths[home]; len(list) < 500 && !slices.Contains(list, d) {
					p.sysPaths[home] = append(list, d)
				}
			}
		}
	}
	return p.sysPaths[p.nearestPython(file)]
}

func (p *projects) pathChanges(f string) []string {
	data, ok := p.ReadText(f)
	if !ok {
		return nil
	}
	calls := pathCall().FindAllIndex(data, 50)
	if len(calls) == 0 {
		return nil
	}
	assigned, times := map[string]string{}, map[string]int{}
	for _, m := range pythonAssign().FindAllSubmatch(data, 5000) {
		assigned[string(m[1])] = string(m[2])
		times[string(m[1])]++
	}
	var out []string
	for _, at := range calls {
		argument := string(data[at[1]:min(len(data), at[1]+500)])
		depth := 1
		for i := range len(argument) {
			switch argument[i] {
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			}
			if depth == 0 || argument[i] == '\n' && depth == 1 && data[at[1]-1] == '=' {
				argument = argument[:i]
				break
			}
		}
		// Names that are assigned once stand for what they are.
		for range 3 {
			folded := pythonWord().ReplaceAllStringFunc(argument, func(w string) string {
				if times[w] == 1 && len(assigned[w]) < 300 {
					return assigned[w]
				}
				return w
			})
			if folded == argument || len(folded) > 4000 {
				break
			}
			argument = folded
		}
		var words []string
		for _, m := range literal().FindAllStringSubmatch(argument, 50) {
			words = append(words, m[1]+m[2])
		}
		for i := range words {
			for _, w := range []string{words[i], path.Join(words[i:]...)} {
				project.Up(path.Dir(f), func(dir string) bool {
					d := path.Join(dir, strings.TrimPrefix(w, "/"))
					if d != "." && p.IsDir(d) && !slices.Contains(out, d) {
						out = append(out, d)
						return false
					}
					return true
				})
			}
		}
	}
	return out
}
