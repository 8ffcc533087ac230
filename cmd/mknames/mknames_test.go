package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestBuild: both shapes of a list build, sorted, and twice the same.
func TestBuild(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text string
		args []string
		want string
	}{
		"plain":  {"b\na\nb\n", nil, "a\t0\nb\t0\n"},
		"ranked": {"b\t1\na\t2\n", nil, "a\t2\nb\t1\n"},
		"header": {"name\tversion\tplace\nb\t1.0\t7\na\t2.0\t0\n", []string{"-header", "-rank-col", "place"}, "a\t0\nb\t7\n"},
		"top":    {"b\t1\na\t2\nc\t9\n", []string{"-top", "2"}, "a\t2\nb\t1\n"},
	} {
		in, out := filepath.Join(dir, name), filepath.Join(dir, name+".out")
		if err := os.WriteFile(in, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := run(append(append([]string{"names"}, c.args...), "-in", in, "-out", out), os.Stderr); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(out)
			if err != nil || string(got) != c.want {
				t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
			}
		}
	}
	if err := run([]string{"names", "-in", filepath.Join(dir, "ranked"), "-out", filepath.Join(dir, "x"), "-header", "-name-col", "nope"}, os.Stderr); err == nil {
		t.Error("a column that does not exist was taken")
	}
}

// TestEmbedded: building the shipped files from themselves changes nothing.
func TestEmbedded(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "names", "data", "*.tsv"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		out := filepath.Join(t.TempDir(), "out")
		if err := run([]string{"names", "-in", f, "-out", out}, os.Stderr); err != nil {
			t.Fatal(err)
		}
		a, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s is not as mknames builds it (%v)", f, err)
		}
	}
}
