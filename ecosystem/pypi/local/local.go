// Package local says whose the names are that a project of Python uses: its own
// distributions and modules, those that it installs from paths, and those that its
// search path leads to.
package local

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// Rules is by which files a project of Python says whose its names are. isList
// reports whether a path is called like a list of requirements, and readList reads
// one.
func Rules(isList func(path string) bool, readList func(data []byte) List) *project.Rules {
	return &project.Rules{
		Ecosystem: ecosystem.PyPI, Begin: func(in *project.Project) *project.Tree { return begin(in, isList, readList) }, Workspace: workspace, Made: made, Respelled: foreignLetters, Module: isModule,
		Languages: []text.Lang{text.Python},
		Statement: func(file string) *project.Statement { return statement(file, isList) },
	}
}

func begin(in *project.Project, isList func(string) bool, readList func([]byte) List) *project.Tree {
	p := &projects{
		Project: in, isList: isList, readList: readList, uvTomls: map[string]*indexes{}, setups: map[string][]string{}, projects: map[string]*manifest{}, names: map[string]bool{}, at: map[string]map[string]moduleKind{}, marked: map[string]bool{},
		lists: map[string][]string{}, roots: map[string][]string{}, editable: map[string][]string{},
	}
	return &project.Tree{Reader: p.reader, Complete: p.index, Learn: p.learn, Decide: p.decide, Private: p.byIndex, Further: p.further, Named: p.named}
}

func (p *projects) reader(f string) func(string) {
	switch path.Base(f) {
	case "pyproject.toml":
		return p.pyproject
	case "uv.toml":
		return p.uvToml
	case "setup.py":
		return p.setupPy
	case "setup.cfg":
		return p.setupCfg
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
	isList   func(path string) bool
	readList func(data []byte) List
	uvTomls  map[string]*indexes // by directory
	setups   map[string][]string // directories that setup.py and setup.cfg name, by directory
	runs     *runs               // nil: not read yet
	projects map[string]*manifest
	names    map[string]bool // of all projects, to find out quickly that a name is none
	at       map[string]map[string]moduleKind
	marked   map[string]bool // directories with a file that makes them a root
	lists    map[string][]string
	roots    map[string][]string // by directory, found once
	editable map[string][]string // by requirements file, found once
	sysUsers []string            // files that import sys or site
	sysPaths map[string][]string // by project; nil: not looked for yet
}

// A moduleKind says what makes a name importable from a directory.
type moduleKind uint8

const (
	moduleFile moduleKind = 1 << iota
	regularPackage
	folder // without __init__.py: a portion of a namespace
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
			if p.at[path.Dir(d)][path.Base(d)]&folder != 0 {
				break
			}
			mark(path.Dir(d), path.Base(d), folder)
		}
	}
}
