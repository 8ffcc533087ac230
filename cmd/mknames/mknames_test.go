package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, in string
		args     []string
		want     string
	}{
		{"plain", "b\t2\na\nB\t1\n", []string{"names"}, "B\t1\na\t0\nb\t2\n"},
		{"first of two", "a\t3\na\t1\n", []string{"names"}, "a\t3\n"},
		{"blank lines", "\n\na\t1\n\n", []string{"names"}, "a\t1\n"},
		{"header", "rank\tx\tname\n1\t-\tb\n2\t-\ta\n", []string{"names", "-header"}, "a\t2\nb\t1\n"},
		{"header without ranks", "name\nb\na\n", []string{"names", "-header"}, "a\t0\nb\t0\n"},
		{"columns", "pkg\tn\nb\t1\n", []string{"names", "-header", "-name-col", "pkg", "-rank-col", "n"}, "b\t1\n"},
		{"top", "a\t1\nb\t3\nc\t0\nd\t2\n", []string{"names", "-top", "2"}, "a\t1\nd\t2\n"},
		{"table", "b\t2\na-b\t1\na\t3\t4\nb\t1\n", []string{"table"}, "a\t3\t4\na-b\t1\nb\t2\nb\t1\n"},
		{"table with header", "k\tv\nb\t2\na\t1\n", []string{"table", "-header"}, "a\t1\nb\t2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
			if err := os.WriteFile(in, []byte(c.in), 0o644); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the same input gives the same bytes
				if err := run(append(c.args, "-in", in, "-out", out), io.Discard); err != nil {
					t.Fatal(err)
				}
				got, err := os.ReadFile(out)
				if err != nil || string(got) != c.want {
					t.Fatalf("%q, %v; want %q", got, err, c.want)
				}
			}
		})
	}
}

func TestRunErrors(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	if err := os.WriteFile(in, []byte("a\tmany\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	for _, args := range [][]string{
		nil,
		{"nope", "-in", in, "-out", out},
		{"names", "-in", in, "-out", out},
		{"names", "-in", in, "-out", out, "-header"},
		{"names", "-in", filepath.Join(dir, "absent"), "-out", out},
		{"names", "-in", in, "-out", out, "-header", "-name-col", "nope"},
		{"names", "-bad-flag"},
	} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: wrote a file", args)
		}
	}
}

// TestSorted asks that the embedded files are as this program makes them.
func TestSorted(t *testing.T) {
	for _, glob := range []string{"../../names/data/*.tsv", "../../scanner/resolve/data/*.tsv", "../../ecosystem/data/*.tsv"} {
		files, _ := filepath.Glob(glob)
		if len(files) == 0 {
			t.Fatalf("nothing is at %s", glob)
		}
		for _, f := range files {
			out := filepath.Join(t.TempDir(), "out")
			if err := run([]string{"table", "-in", f, "-out", out}, io.Discard); err != nil {
				t.Fatal(err)
			}
			a, _ := os.ReadFile(f)
			b, _ := os.ReadFile(out)
			if string(a) != string(b) {
				t.Errorf("%s is not sorted by its first column", f)
			}
		}
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
		if err := run([]string{"names", "-in", f, "-out", out}, io.Discard); err != nil {
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
