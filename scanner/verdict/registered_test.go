package verdict

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// TestRegisteredAfter has each source of a reference, what makes it count, and
// what does not.
func TestRegisteredAfter(t *testing.T) {
	const d = 24 * time.Hour
	ref := func(source string, age time.Duration) Reference {
		return Reference{At: now.Add(-age), Source: source, Path: "a.txt", Line: 3}
	}
	for _, c := range []struct {
		name string
		age  time.Duration // of the package
		refs []Reference
		make func(*Facts)
		want string // "severity: text of the evidence"
	}{
		{"ledger", 3 * d, []Reference{ref("ledger", 10*d)}, nil, "error: the baseline confirmed on"},
		{"earlier absence", 3 * d, []Reference{ref("cache", 10*d)}, nil, "error: the registry confirmed on"},
		{"line", 3 * d, []Reference{ref("git", 10*d)}, nil, "error: line 3 of a.txt was committed on"},
		{"the strongest counts", 3 * d, []Reference{ref("git", 100*d), ref("ledger", 10*d), ref("cache", 50*d)}, nil, "error: the baseline confirmed on"},
		{"written after", 3 * d, []Reference{ref("ledger", 2*d), ref("cache", 2*d), ref("git", 2*d)}, nil, ""},
		{"within a day", 3 * d, []Reference{ref("ledger", 3*d+23*time.Hour)}, nil, ""},
		{"a day apart", 3 * d, []Reference{ref("ledger", 4*d)}, nil, "error: the baseline confirmed on"},
		{"no reference", 3 * d, nil, nil, ""},
		{"no date of birth, proven absent", 0, []Reference{ref("cache", 10*d)}, nil, "error: the registry confirmed on"},
		{"no date of birth, a line", 0, []Reference{ref("git", 10*d)}, nil, ""},
		{"an older list had it", 3 * d, []Reference{ref("ledger", 10*d)}, func(f *Facts) { f.ExistedAt = now.Add(-20 * d) }, ""},
		{"a younger list had it", 3 * d, []Reference{ref("ledger", 10*d)}, func(f *Facts) { f.ExistedAt = now.Add(-2 * d) }, "error: the baseline confirmed on"},
		{"popular", 3 * d, []Reference{ref("ledger", 10*d)}, func(f *Facts) { f.Trusted = true }, ""},
		{"a private registry's dates", 3 * d, []Reference{ref("ledger", 10*d)}, func(f *Facts) { f.Records[0].Root.Kind = protocol.Private }, ""},
		{"Go, proven absent", 3 * d, []Reference{ref("cache", 10*d)}, func(f *Facts) { f.Records[0].Package.Ecosystem = ecosystem.Golang }, "error: the registry confirmed on"},
		{"Go, a line", 3 * d, []Reference{ref("git", 10*d)}, func(f *Facts) { f.Records[0].Package.Ecosystem = ecosystem.Golang }, ""},
		{"a line, but established since", 400 * d, []Reference{ref("git", 500*d)}, func(f *Facts) { f.Records[0].Versions = make([]string, 9) }, "note: line 3 of a.txt was committed on"},
	} {
		f := suspect(c.age, nil, func(r *protocol.Record) { r.Versions = make([]string, 4) })
		f.Referred = c.refs
		if c.make != nil {
			c.make(f)
		}
		got := ""
		if i, ok := registeredAfter(f, decisive(f)); ok && !f.Trusted {
			got = i.Severity.String() + ": " + i.Evidence[0].Text
		}
		if f.Trusted {
			if v := Decide(f); ruleOf(v) != "" {
				t.Errorf("%s: %s", c.name, ruleOf(v))
			}
			continue
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestPure: the package opens no file and no socket and reads no clock.
func TestPure(t *testing.T) {
	set := token.NewFileSet()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, i := range f.Imports {
			if slices.Contains([]string{`"os"`, `"net"`, `"net/http"`, `"os/exec"`, `"io/fs"`}, i.Path.Value) {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since" || s.Sel.Name == "Until") {
					t.Errorf("%s reads the clock", set.Position(s.Pos()))
				}
			}
			return true
		})
	}
	if files < 5 {
		t.Errorf("only %d files were looked at", files)
	}
}
