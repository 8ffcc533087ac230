package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNightlyReachesFuzzTargets: the packages of .ci/nightly are all that have a
// fuzz target in a test file, also behind a build constraint.
func TestNightlyReachesFuzzTargets(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed: the list of .ci/nightly was not made")
	}
	root := filepath.Join("..", "..")
	targets := 0
	var want []string
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				targets++
				want = append(want, path.Join("figment", filepath.ToSlash(rel)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if targets < 40 {
		t.Fatalf("only %d fuzz targets were found", targets)
	}
	cmd := exec.Command("bash", ".ci/nightly", "packages")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(out))
	slices.Sort(want)
	for _, pkg := range slices.Compact(want) {
		if !slices.Contains(got, pkg) {
			t.Errorf("%s has a fuzz target that .ci/nightly does not run", pkg)
		}
	}
}
