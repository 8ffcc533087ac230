package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers is who may import whom: a package imports only rows above its own.
// Rows of a name with "/*" hold every package below it.
var layers = [][]string{
	{"ecosystem", "fixtures", "docs", "internal/cache", "internal/deep", "internal/disk", "internal/golden", "internal/lazyregexp", "internal/term", "internal/web", "names/internal/fig", "scanner/git/gittest"},
	{"names", "scanner/text", "registry/protocol"},
	{"osv", "registry/settings", "scanner/git", "scanner/container", "scanner/extract/code"},
	{"scanner/source"},
	{"registry", "names/build", "scanner/extract"},
	{"scanner/project", "scanner/extract/extracttest", "scanner/extract/shell", "ecosystem/npm/specifier", "ecosystem/pypi/pep508"},
	{"scanner/resolve", "ecosystem/npm/local", "ecosystem/npm/javascript", "ecosystem/pypi/local", "ecosystem/pypi/python", "scanner/extract/prose"},
	{"scanner/verdict"},
	{"scanner/policy"},
	{"ecosystem/adapter"},
	{"ecosystem/npm", "ecosystem/pypi", "ecosystem/golang", "ecosystem/cargo", "ecosystem/gem", "ecosystem/maven", "ecosystem/nuget", "ecosystem/composer", "ecosystem/pub", "ecosystem/hex", "scanner", "ecosystem/adapter/adaptertest"},
	{"report", "scanner/fix", "ecosystem/all"},
	{"internal/play", "internal/play/osvplay"},
	{"app"},
	{"app/advisories", "app/demo", "app/packs", "app/starter"},
	{"tui", "integrations/*"},
	{"cmd/*"},
}

// modules says where each module of go.mod may be imported by a program.
// docs/design.md has the reasons.
var modules = map[string][]string{
	"github.com/spf13/cobra":               {"cmd/*"},
	"github.com/package-url/packageurl-go": {"ecosystem"},
	"deps.dev/util/semver":                 {"ecosystem", "ecosystem/npm", "ecosystem/pypi", "osv"},
	"golang.org/x/mod":                     {"ecosystem", "ecosystem/golang", "ecosystem/npm", "cmd/*"},
	"mvdan.cc/sh/v3":                       {"scanner/extract/shell"},
	"github.com/tailscale/hujson":          {"ecosystem/npm", "scanner/project"},
	"github.com/pelletier/go-toml/v2":      {"ecosystem/pypi/*", "scanner/policy", "scanner/text"},
	"go.yaml.in/yaml/v3":                   {"scanner/text"},
	"github.com/mattn/go-runewidth":        {"internal/term"},
	"github.com/FastFilter/xorfilter":      {"names"},
	"github.com/rogpeppe/go-internal":      {"internal/play", "internal/golden", "app/demo", "cmd/*"},
	"github.com/google/go-cmp":             {"internal/golden"},
	"golang.org/x/sync":                    {"*"},
	"golang.org/x/time":                    {"*"},
	"golang.org/x/text":                    {"*"},
	"golang.org/x/term":                    {"internal/term"},
	"golang.org/x/sys":                     {"internal/*", "scanner/source"},
	"github.com/google/osv-scanner/v2":     {"cmd/figment-osv"},
	"github.com/google/osv-scalibr":        {"cmd/figment-osv"}, // osv-scanner's own library: its log, which osv-scanner filters, and what stood in a requirements file
	"github.com/ossf/osv-schema":           {"cmd/figment-osv"}, // the records in osv-scanner's answers
	"google.golang.org/protobuf":           {"cmd/figment-osv"}, // reads them as osv-scanner does
	"charm.land/bubbletea/v2":              {"tui"},
	"charm.land/bubbles/v2":                {"tui"},
	"charm.land/lipgloss/v2":               {"tui", "internal/term"},
	"github.com/charmbracelet/x/ansi":      {"tui"},
}

// eachProgramFile visits every Go file that is no test, whatever its build
// constraints, with its package folder.
func eachProgramFile(t *testing.T, root string, mode parser.Mode, visit func(pkg, file string, f *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name != "." && (strings.HasPrefix(name, ".") || name == "testdata") && file != root {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, mode)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(rel), file, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// programImports are the imports of every Go file that is no test, by package
// folder.
func programImports(t *testing.T, root string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	eachProgramFile(t, root, parser.ImportsOnly, func(pkg, _ string, f *ast.File) {
		for _, i := range f.Imports {
			out[pkg] = append(out[pkg], strings.Trim(i.Path.Value, `"`))
		}
		if out[pkg] == nil {
			out[pkg] = []string{}
		}
	})
	return out
}

func rowOf(pkg string) int {
	return slices.IndexFunc(layers, func(row []string) bool {
		return slices.ContainsFunc(row, func(p string) bool { return covers(p, pkg) })
	})
}

func covers(pattern, pkg string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(pkg+"/", prefix)
	}
	return pattern == pkg
}

func TestLayers(t *testing.T) {
	imports := programImports(t, filepath.Join("..", ".."))
	if len(imports) < 10 {
		t.Fatalf("only %d packages found", len(imports))
	}
	for pkg, list := range imports {
		row := rowOf(pkg)
		if row < 0 {
			t.Errorf("package %s has no row in the table of layers", pkg)
			continue
		}
		for _, imp := range list {
			inner, ok := strings.CutPrefix(imp, "figment/")
			if !ok {
				continue
			}
			if tests := strings.HasSuffix(pkg, "test"); (inner == "fixtures" || strings.HasSuffix(inner, "test")) && !tests {
				t.Errorf("%s imports %s, which only tests may", pkg, inner)
			}
			if r := rowOf(inner); r >= row {
				t.Errorf("%s (row %d) imports %s (row %d): a package imports only rows above its own", pkg, row+1, inner, r+1)
			}
		}
	}
}

// TestEcosystems: generic code asks an adapter and knows no ecosystem's package.
func TestEcosystems(t *testing.T) {
	n := 0
	for pkg, list := range programImports(t, filepath.Join("..", "..")) {
		for _, imp := range list {
			inner, ok := strings.CutPrefix(imp, "figment/ecosystem/")
			if !ok || inner == "adapter" || inner == "all" {
				continue
			}
			owner := "ecosystem/all"
			if whole := path.Dir(inner); whole != "." { // a part of an ecosystem's package
				owner = "ecosystem/" + whole
			}
			part := owner != "ecosystem/all" && strings.HasPrefix(pkg, owner+"/")
			if n++; pkg != owner && !part {
				t.Errorf("%s imports %s: only %s may", pkg, imp, owner)
			}
		}
	}
	if n == 0 {
		t.Error("no package of an ecosystem was found")
	}
}

// TestModules keeps every dependency where its reason is.
func TestModules(t *testing.T) {
	for pkg, list := range programImports(t, filepath.Join("..", "..")) {
		for _, imp := range list {
			first, _, _ := strings.Cut(imp, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(imp, "figment/") {
				continue // standard library or this module
			}
			mod, allowed := moduleOf(imp)
			if mod == "" {
				t.Errorf("%s imports %s, which is in no row of the table of modules", pkg, imp)
				continue
			}
			if !slices.ContainsFunc(allowed, func(p string) bool { return covers(p, pkg) }) {
				t.Errorf("%s imports %s, which only %s may", pkg, mod, strings.Join(allowed, ", "))
			}
		}
	}
}

func moduleOf(imp string) (string, []string) {
	for dir := imp; dir != "."; dir = path.Dir(dir) {
		if a, ok := modules[dir]; ok {
			return dir, a
		}
	}
	return "", nil
}

// TestNetwork keeps sockets out of the packages that work on values.
func TestNetwork(t *testing.T) {
	may := []string{"internal/web", "registry", "registry/protocol", "internal/play", "osv", "internal/play/osvplay", "internal/cache", "app/demo", "app/packs", "cmd/*"}
	pure := []string{"scanner/verdict"}
	for pkg, list := range programImports(t, filepath.Join("..", "..")) {
		for _, imp := range list {
			if (imp == "net" || imp == "net/http") && !slices.ContainsFunc(may, func(p string) bool { return covers(p, pkg) }) {
				t.Errorf("%s imports %s: only %s speak to the network", pkg, imp, strings.Join(may, ", "))
			}
			if slices.Contains(pure, pkg) && (imp == "os" || imp == "net/http" || imp == "io/fs") {
				t.Errorf("%s imports %s: it works on values only", pkg, imp)
			}
		}
	}
}

// TestComments: every exported name of a program package says what it means.
func TestComments(t *testing.T) {
	root := filepath.Join("..", "..")
	n := 0
	for pkg := range programImports(t, root) {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				n++
				for _, name := range uncommented(d) {
					t.Errorf("%s: %s has no comment", file, name)
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d declarations were looked at", n)
	}
}

// uncommented gives the exported names of a declaration that no comment
// explains: one on a group explains all of it.
func uncommented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() || d.Doc != nil {
			return nil
		}
		if d.Recv != nil {
			switch d.Name.Name {
			case "Error", "String", "Unwrap", "Close", "ServeHTTP", "Files", "Read", "Exists", "List", "Get", "Put", "Lookup", "Plan":
				return nil // the interface says it
			}
			if id, ok := receiver(d.Recv.List[0].Type); !ok || !ast.IsExported(id) {
				return nil
			}
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		if d.Doc != nil || d.Tok == token.IMPORT {
			return nil
		}
		var out []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil {
					out = append(out, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc == nil && s.Comment == nil {
						out = append(out, name.Name)
					}
				}
			}
		}
		return out
	}
	return nil
}

func receiver(e ast.Expr) (string, bool) {
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}
