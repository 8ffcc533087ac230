package golang

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

var goModFiles = []struct{ text, want string }{
	{"module x.y/m\n\nrequire x.y/a v1.0.0\n\nreplace x.y/a v1.9.9 => ./x\n", "3:9 x.y/a"},
	{"module x.y/m\n\nrequire x.y/a v1.0.0\n\nreplace x.y/a v1.0.0 => ./x\n", "3:9 x.y/a(path)"},
	{"module x.y/m\n\nrequire x.y/a v1.0.0\n\nreplace x.y/a => ./x\n", "3:9 x.y/a(path)"},
	{"module x.y/m\n\nrequire x.y/a v1.0.0\n\nreplace (\n\tx.y/a v1.0.0 => x.y/b v1.2.0\n\tx.y/a => x.y/c v1.3.0 // x.y/c v0\n)\n", "3:9 x.y/a(path), 6:18 x.y/b, 7:11 x.y/c"},
	{"module \"x.y/m\"\n\nrequire (\n\t\"x.y/a\" v1.0.0 // indirect\n\t`x.y/b` v1.0.0 // x.y/z v1 )\n\t\"x.y/\\x63\" v1.0.0\n)\n", "4:3 x.y/a, 5:3 x.y/b, 6:3 x.y/c"},
	{"module x.y/m // replace x.y/a => ./x\n\nrequire(\n\tx.y/a v1.0.0\n)\n\n// require x.y/no v1.0.0\nexclude x.y/e v1.0.0\nretract [v1.0.0, v1.0.5] // x.y/r v1\n", "4:2 x.y/a"},
	{"module (\n\tx.y/m\n)\n\ngo 1.24.0 // keep\n\ntoolchain go1.25.1\n\ngodebug default=go1.21\n\ntool (\n\tx.y/t/cmd/s\n)\n\nrequire x.y/t v1.0.0\n", "12:2 x.y/t/cmd/s, 15:9 x.y/t"},
	{"module x.y/m\n\nrequire x.y/a/v2 v2.0.0-20240101000000-abcdefabcdef\n\nrequire x.y/b v1.0.0+incompatible\n", "3:9 x.y/a/v2, 5:9 x.y/b"},
	// What the parser refuses is read line by line.
	{"module x.y/m\nrequire x.y/a latest\nreplace x.y/a v1.9.9 => ./x\nrequire \"x.y/b\" master\n", "2:9 x.y/a, 4:10 x.y/b"},
	{"module x.y/m\nfrobnicate\nrequire (\n\t\"x.y/\\x63\" v1.0.0\n\t`x.y/d` v1.0.0\n)\nreplace x.y/d => x.y/e v1.0.0\n", "4:3 x.y/c, 5:3 x.y/d(path), 7:18 x.y/e"},
}

// TestGoModFiles: names, places and sources of go.mod.
func TestGoModFiles(t *testing.T) {
	for _, c := range goModFiles {
		file := &source.File{Path: "go.mod", Data: []byte(c.text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		if got := extracttest.Listed(c.text, refs); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestGoModOracle compares the same files with what the go command reads.
func TestGoModOracle(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("go is not on the path: go.mod was not compared with it")
	}
	compared := 0
	for _, c := range goModFiles {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(goTool, "mod", "edit", "-json")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "GOPROXY=off")
		out, err := cmd.Output()
		if err != nil {
			continue // refused; the go command installs nothing from it
		}
		var m struct {
			Require []struct{ Path, Version string }
			Replace []struct {
				New struct{ Path, Version string }
			}
			Tool []struct{ Path string }
		}
		if err := json.Unmarshal(out, &m); err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, r := range m.Require {
			want = append(want, r.Path+" "+r.Version)
		}
		for _, r := range m.Replace {
			if r.New.Version != "" {
				want = append(want, r.New.Path+" "+r.New.Version)
			}
		}
		for _, r := range m.Tool {
			want = append(want, r.Path+" ")
		}
		refs, _ := File(&source.File{Path: "go.mod", Data: []byte(c.text)})
		for _, r := range refs {
			got = append(got, r.Name+" "+r.Constraint)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %s\nwant %s", c.text, strings.Join(got, ", "), strings.Join(want, ", "))
		}
		compared++
	}
	if compared < 6 {
		t.Errorf("only %d files were compared", compared)
	}
}
