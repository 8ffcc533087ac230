package ecosystem

import (
	_ "embed"
	"sort"
	"strings"
)

//go:embed data/python-stdlib.tsv
var pythonStdlib string

//go:embed data/node-builtins.tsv
var nodeBuiltins string

//go:embed data/go-std.txt
var goStd string

// A Module is a module of a standard library.
type Module struct {
	Name string
	Of   string // "the Python standard library", "Node.js", "the Go standard library"
	// Backport says that the package of this name is an honest backport for
	// versions that lack the module.
	Backport bool
	// PrefixOnly (Node.js): the name is the builtin only behind "node:"; without
	// it it is an npm package.
	PrefixOnly bool
	Gone       string // version that removed the module, "3.12"; empty if it is still there
}

// pythonBackports are projects that bring a newer module to older versions. The
// list is public knowledge of the projects themselves.
var pythonBackports = []string{
	"asyncio", "configparser", "contextlib2", "dataclasses", "enum34", "futures", "graphlib_backport", "importlib_metadata",
	"importlib_resources", "ipaddress", "pathlib2", "selectors2", "statistics", "tomllib", "typing_extensions", "unittest2", "zoneinfo",
}

// Standard finds the standard module called name: a top-level module of Python,
// a builtin of Node.js with or without "node:", a package of Go. The second
// result is false for anything else.
func Standard(e Ecosystem, name string) (Module, bool) {
	if r := find(e); r != nil && r.Stdlib != nil {
		return r.Stdlib(name)
	}
	return Module{}, false
}

func pythonModule(name string) (Module, bool) {
	switch name {
	case "_typeshed":
		return Module{Name: name, Of: "the stubs of type checkers"}, true
	case "__pypy__":
		return Module{Name: name, Of: "PyPy"}, true
	}
	line, ok := findLine(pythonStdlib, name)
	if !ok {
		return Module{}, false
	}
	m := Module{Name: name, Of: "the Python standard library"}
	cols := strings.Split(line, "\t")
	versions := []string{"2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}
	last := 0
	for i := 1; i < len(cols) && i <= len(versions); i++ {
		if cols[i] == "1" {
			last = i
		}
	}
	if last > 0 && last < len(versions) {
		m.Gone = versions[last]
	}
	for _, b := range pythonBackports {
		m.Backport = m.Backport || b == name
	}
	return m, true
}

func nodeBuiltin(name string) (Module, bool) {
	bare, prefixed := strings.CutPrefix(name, "node:")
	line, ok := findLine(nodeBuiltins, bare)
	if !ok {
		return Module{}, false
	}
	m := Module{Name: bare, Of: "Node.js", PrefixOnly: !strings.HasSuffix(line, "\tyes")}
	return m, prefixed || !m.PrefixOnly
}

func goPackage(name string) (Module, bool) {
	_, ok := findLine(goStd, name)
	return Module{Name: name, Of: "the Go standard library"}, ok
}

// findLine finds the line of sorted text whose first column is key.
func findLine(text, key string) (string, bool) {
	if key == "" || strings.ContainsAny(key, "\t\n") {
		return "", false
	}
	lineAt := func(off int) (int, string) {
		start := strings.LastIndexByte(text[:off], '\n') + 1
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			return start, text[start:]
		}
		return start, text[start : start+end]
	}
	i := sort.Search(len(text), func(off int) bool {
		_, line := lineAt(off)
		first, _, _ := strings.Cut(line, "\t")
		return first >= key
	})
	if i == len(text) {
		return "", false
	}
	_, line := lineAt(i)
	first, _, _ := strings.Cut(line, "\t")
	return line, first == key
}
