package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// maxFiles is how many files of product code a folder may have: of more, nobody
// finds by name what they look for.
const maxFiles = 25

// maxLines is how long a function may be without a reason.
const maxLines = 100

// longFunctions are those that are longer, with the reason.
var longFunctions = map[string]string{
	"cmd/mknames/main.go runNames":                      "one check of each option after the other, then the run",
	"ecosystem/npm/javascript/identifier.go identifier": "one switch over the words of the language, run for each word of a text",
	"ecosystem/npm/manifest.go visit":                   "one switch over the paths of a package.json, in their order",
	"ecosystem/npm/configurations.go configurations":    "one list of files and variables in the order in which they count",
	"ecosystem/npm/registry.go parsePackument":          "one loop over keys that come in any order, and what is known once all were seen",
	"ecosystem/pypi/python/call.go call":                "one order of what a callee may be, by what each question costs",
	"ecosystem/pypi/python/contents.go name":            "one switch over what an expression may be",
	"ecosystem/pypi/settings.go readSettings":           "one list of files and variables in the order in which they count",
	"registry/all.go LookupWatched":                     "one loop that takes the answers of all workers, so that nothing needs a lock",
	"scanner/text/json.go run":                          "one state machine",
	"scanner/verdict/verdict.go Decide":                 "one order of steps, numbered, so that it can be read",
}

// TestSizes: folders and functions are as small as a reader needs them.
func TestSizes(t *testing.T) {
	root := filepath.Join("..", "..")
	files, long := map[string]int{}, map[string]bool{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != root:
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files[filepath.ToSlash(filepath.Dir(rel))]++
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || set.Position(fn.End()).Line-set.Position(fn.Pos()).Line < maxLines {
				continue
			}
			name := rel + " " + fn.Name.Name
			if long[name] = true; longFunctions[name] == "" {
				t.Errorf("%s has more than %d lines: split it, or give its reason here", name, maxLines)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range longFunctions {
		if !long[name] {
			t.Errorf("%s is short: it needs no reason", name)
		}
	}
	if files["scanner"] == 0 || len(long) == 0 {
		t.Error("nothing was measured")
	}
	for dir, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d files, more than %d: cut it by topic", dir, n, maxFiles)
		}
	}
}
