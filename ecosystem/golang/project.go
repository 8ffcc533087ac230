package golang

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// projectRules is by which files a project of Go says whose its names are.
func projectRules() *project.Rules {
	return &project.Rules{
		Ecosystem: ecosystem.Golang, Begin: begin, Statement: statement, Workspace: workspace, Made: made,
		Languages: []text.Lang{text.Go}, Module: func(file string) bool { return path.Ext(file) == ".go" }, Folders: true,
	}
}

func begin(in *project.Project) *project.Tree {
	p := &projects{Project: in, modules: map[string]*goModule{}, works: map[string]*goWork{}}
	return &project.Tree{Reader: p.reader, Decide: p.decide}
}

func (p *projects) reader(f string) func(string) {
	switch path.Base(f) {
	case "go.mod":
		return p.goMod
	case "go.work":
		return p.goWork
	}
	return nil
}

// statement is how what a file says of owners is compared before and after a
// change.
func statement(file string) *project.Statement {
	switch path.Base(file) {
	case "go.mod":
		return &project.Statement{Owners: func(text []byte) any {
			m := newGoModule(text)
			return []any{m.path, m.replace}
		}}
	case "go.work":
		return &project.Statement{}
	}
	return nil
}

// projects is what a source says about Go, by directory.
type projects struct {
	*project.Project
	modules map[string]*goModule
	works   map[string]*goWork
}

// A goModule is a directory with a go.mod or go.work.
type goModule struct {
	path    string
	replace map[string][]string // module → the versions that something else replaces; "" is every version
}

func newGoModule(text []byte) *goModule {
	m := &goModule{path: modfile.ModulePath(text), replace: map[string][]string{}}
	// Read by hand, so that one bad line does not hide the others.
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		left, right, ok := strings.Cut(line, "=>")
		if !ok || strings.TrimSpace(right) == "" {
			continue
		}
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(left), "replace"))
		if len(words) == 0 || len(words) > 2 {
			continue
		}
		version := ""
		if len(words) == 2 {
			version = words[1]
		}
		name := strings.Trim(words[0], "\"`")
		m.replace[name] = append(m.replace[name], version)
	}
	return m
}

// replaces reports whether a version of a module is taken from elsewhere.
// Without a version only a replacement of all versions counts.
func (m *goModule) replaces(name, version string) bool {
	for _, v := range m.replace[name] {
		if v == "" || v == version {
			return true
		}
	}
	return false
}

// A goWork is the workspace of a go.work: its modules are taken from their
// directories, whatever version is required.
type goWork struct {
	goModule
	use []string // directories
}

func (p *projects) goMod(f string) {
	if text, ok := p.ReadText(f); ok {
		p.modules[path.Dir(f)] = newGoModule(text)
	}
}

func (p *projects) goWork(f string) {
	text, ok := p.ReadText(f)
	if !ok {
		return
	}
	dir := path.Dir(f)
	w := &goWork{goModule: *newGoModule(text)}
	for _, used := range usedModules(text) {
		if used = path.Join(dir, used); !project.Outside(used) && !strings.HasPrefix(used, "/") {
			w.use = append(w.use, used)
		}
	}
	p.works[dir] = w
}

// made gives the go.mod that a command writes: go mod init x.
func made(dir string, words []string) []project.MadeFile {
	if len(words) < 4 || words[0] != "go" || words[1] != "mod" || words[2] != "init" {
		return nil
	}
	if name := project.Arguments(words[3:]); len(name) > 0 {
		return []project.MadeFile{{Path: path.Join(dir, "go.mod"), Text: []byte("module " + name[0] + "\n")}}
	}
	return nil
}

// usedModules are the directories that a go.work uses, as it writes them.
func usedModules(text []byte) []string {
	var out []string
	block := false
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = false
			continue
		case words[0] == "use" && len(words) > 1:
			if words = words[1:]; words[0] == "(" {
				block = true
				continue
			}
		case words[0] == "use(":
			block = true
			continue
		case !block:
			continue
		}
		out = append(out, strings.Trim(words[0], "\"`"))
	}
	return out
}

// workspace reports whether a go.work uses the module in directory member, or one
// above it.
func workspace(file string, src []byte, member string) bool {
	if file != "go.work" {
		return false
	}
	src, _ = text.Decode(src)
	for _, used := range usedModules(src) {
		if used = path.Clean(used); used == "." || used == member || strings.HasPrefix(member, used+"/") {
			return true
		}
	}
	return false
}

// goScope is what holds for a file of Go: its module, and the modules that are
// taken from the tree beside it.
type goScope struct {
	dir    string
	module *goModule
	work   *goWork
	beside []string // directories of the workspace's modules
}

func (p *projects) goScope(file string) goScope {
	var s goScope
	project.Up(path.Dir(file), func(dir string) bool {
		if m, ok := p.modules[dir]; ok && s.module == nil {
			s.dir, s.module = dir, m
		}
		if w, ok := p.works[dir]; ok && s.work == nil {
			// A go.work counts for the modules it uses, and for files in none.
			if s.module == nil || slices.Contains(w.use, s.dir) {
				s.work, s.beside = w, w.use
			}
			return false
		}
		return true
	})
	return s
}

// goOther are the roots of the standard library that are no package themselves.
var goOther = []string{"archive", "cmd", "compress", "container", "database", "debug", "go", "index", "internal", "plugin", "runtime", "text", "unsafe", "vendor"}

// decide says whose a name is.
func (p *projects) decide(r *extract.Reference) (project.Decision, bool) {
	first, _, _ := strings.Cut(r.Name, "/")
	if r.Kind == extract.Import {
		if _, ok := ecosystem.Standard(ecosystem.Golang, r.Name); ok {
			return project.Decision{Origin: project.Standard, Reason: "package of the Go standard library"}, true
		}
		if first == "cmd" || first == "internal" || first == "vendor" || first == "runtime" || first == "unsafe" || first == "plugin" {
			return project.Decision{Origin: project.Standard, Reason: "internal to the Go distribution"}, true
		}
	}
	s := p.goScope(r.Path)
	if s.module != nil && p.goInside(s.dir, s.module, r) {
		return project.Decision{Origin: project.Local, Reason: "module " + s.module.path + " in " + path.Join(s.dir, "go.mod")}, true
	}
	for _, dir := range s.beside {
		if m := p.modules[dir]; m != nil && dir != s.dir && p.goInside(dir, m, r) {
			return project.Decision{Origin: project.Local, Reason: "module " + m.path + " of the workspace, in " + path.Join(dir, "go.mod")}, true
		}
	}
	if r.Scope != "replace" && s.replaced(p, r) {
		return project.Decision{Origin: project.External, Reason: "replaced in go.mod"}, true
	}
	if r.Kind == extract.Import && p.IsShown() && p.shows(r.Name) {
		return project.Decision{Origin: project.Local, Reason: "a package of a module of its own"}, true
	}
	if r.Kind == extract.Import && !strings.Contains(first, ".") && !goRoot(first) {
		return project.Decision{Origin: project.Local, Reason: "a path without a host, which nobody can fetch"}, true
	}
	return project.Decision{}, false
}

// goRoot reports whether paths of the standard library begin with a word.
func goRoot(first string) bool {
	_, ok := ecosystem.Standard(ecosystem.Golang, first)
	return ok || slices.Contains(goOther, first)
}

// goInside reports whether module m, in dir, is what the go command takes for
// the name. What a go.mod requires is fetched even where its path continues that
// of the module: only the module itself is not. An import inside the module's
// path is its own; the path of a forge or an account is too short to own what
// lies below, and there a directory has to be there.
func (p *projects) goInside(dir string, m *goModule, r *extract.Reference) bool {
	if m.path == "" {
		return false
	}
	if r.Name == m.path {
		return true
	}
	rest, ok := strings.CutPrefix(r.Name, m.path+"/")
	if !ok || r.Kind == extract.Manifest && r.Scope != "tool" || r.Kind == extract.Lockfile {
		return false
	}
	return p.IsDir(path.Join(dir, rest)) || !tooShort(m.path)
}

// tooShort reports whether a path ends above the repositories of its forge.
func tooShort(modulePath string) bool {
	return strings.Count(modulePath, "/")+1 < ecosystem.ForgeDepth(modulePath)
}

// replaced reports whether something else is taken for the name.
func (s *goScope) replaced(p *projects, r *extract.Reference) bool {
	mods := []*goModule{s.module}
	if s.work != nil {
		mods = append(mods, &s.work.goModule)
		for _, dir := range s.beside {
			mods = append(mods, p.modules[dir])
		}
	}
	for _, m := range mods {
		if m == nil || len(m.replace) == 0 {
			continue
		}
		if m.replaces(r.Name, r.Constraint) {
			return true
		}
		if r.Kind != extract.Import {
			continue
		}
		for _, v := range p.required(path.Join(s.dir, "go.mod"), r.Name) {
			if m.replaces(r.Name, v) {
				return true
			}
		}
		for q := r.Name; ; {
			i := strings.LastIndexByte(q, '/')
			if i < 0 {
				break
			}
			q = q[:i]
			for _, v := range append(p.required(path.Join(s.dir, "go.mod"), q), "") {
				if m.replaces(q, v) {
					return true
				}
			}
		}
	}
	return false
}

// shows reports whether a document imports a package of the module that it is
// about, and whose go.mod it does not show: an internal one, or one of a directory
// that it does show, below what the path of a repository takes.
func (p *projects) shows(name string) bool {
	elements := strings.Split(name, "/")
	for i := max(1, ecosystem.ForgeDepth(name)); i < len(elements); i++ {
		if elements[i] == "internal" || p.IsDir(strings.Join(elements[i:], "/")) {
			return true
		}
	}
	return false
}

// required are the versions of a module that a go.mod requires.
func (p *projects) required(file, name string) []string {
	var out []string
	for _, r := range p.Declared(ecosystem.Golang, name) {
		if r.Path == file && r.Kind == extract.Manifest && r.Scope != "replace" {
			out = append(out, r.Constraint)
		}
	}
	return out
}
