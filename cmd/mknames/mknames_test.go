package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/names"
)

func noEnv(string) string { return "" }

// write makes a file in dir and gives its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func readIndex(t *testing.T, path string) *names.Index {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := names.Read(ecosystem.PyPI, string(data))
	if err == nil {
		err = x.Verify()
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestNames builds an index from each shape of list.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		name, list string
		args       []string
		want       map[string]int // -1: not there
	}{
		{"plain", "b\nA_b\n", nil, map[string]int{"b": 0, "a-b": 0, "c": -1}},
		{"ranks", "b\t2\na\t1\nc\t0\n", nil, map[string]int{"a": 1, "b": 2, "c": 0}},
		{"top", "b\t2\na\t1\nc\t0\n", []string{"--top", "1"}, map[string]int{"a": 1, "b": -1, "c": -1}},
		{"doubles keep the better rank", "a\t9\nA\t3\na\t0\n", nil, map[string]int{"a": 3}},
		{"junk", "a\t1\n-bad-\t2\n\n\t3\n", nil, map[string]int{"a": 1, "-bad-": -1}},
		{"a table with ranks", "name\tversion\tmonth\trank_among_15000_most_downloaded\tsummary\na\t1\t2024-01\t0\tx\nb\t1\t2024-01\t2\ty\n",
			[]string{"--rank-col", "rank_among_15000_most_downloaded"}, map[string]int{"a": 0, "b": 2}},
		{"a table with downloads", "name\tversion\tdownloads_a_month\tsummary\na\t1\t5\tx\nb\t1\t500\ty\nc\t1\t5\tz\n",
			[]string{"--downloads-col", "downloads_a_month"}, map[string]int{"b": 1, "a": 2, "c": 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := write(t, dir, "in", c.list), filepath.Join(dir, "out.fig")
			var first []byte
			for range 2 { // the same input gives the same bytes
				args := append([]string{"names", "--eco", "pypi", "--names", in, "--snapshot", "2026-11-01", "--trust-single", "--out", out}, c.args...)
				if err := run(args, noEnv, io.Discard, io.Discard); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(out)
				if err != nil || first != nil && !bytes.Equal(first, data) {
					t.Fatalf("the bytes differ, or %v", err)
				}
				first = data
			}
			x := readIndex(t, out)
			for name, want := range c.want {
				if rank, ok := x.Rank(name); ok != (want >= 0) || ok && rank != want {
					t.Errorf("%s: rank %d, %v; want %d", name, rank, ok, want)
				}
			}
		})
	}
}

// TestTrust: without a second list a rank is trusted only if one says so, with
// an earlier index only if the name is in both.
func TestTrust(t *testing.T) {
	dir := t.TempDir()
	first := write(t, dir, "first", "a\t1\nb\t2\n")
	second := write(t, dir, "second", "a\t1\nc\t2\n")
	old, out := filepath.Join(dir, "old.fig"), filepath.Join(dir, "new.fig")
	build := func(args ...string) string {
		t.Helper()
		var log bytes.Buffer
		if err := run(append([]string{"names", "--eco", "pypi", "--snapshot", "2026-11-01"}, args...), noEnv, io.Discard, &log); err != nil {
			t.Fatal(err)
		}
		return log.String()
	}
	if log := build("--names", first, "--out", old); !strings.Contains(log, "no rank will be trusted") {
		t.Errorf("nothing said about trust: %s", log)
	}
	if _, ok := readIndex(t, old).Trusted("a"); ok {
		t.Error("a list that nothing confirms is trusted")
	}
	log := build("--names", second, "--prev", old, "--out", out)
	x := readIndex(t, out)
	if _, ok := x.Trusted("a"); !ok {
		t.Error("a name of both lists is not trusted")
	}
	if _, ok := x.Trusted("c"); ok {
		t.Error("a name of one list is trusted")
	}
	for _, want := range []string{"1 added, 1 dropped", "top 100: c (rank 2) is new", "+ c 2", "- b 2"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	var diff bytes.Buffer
	if err := run([]string{"diff", old, out}, noEnv, &diff, io.Discard); err != nil || !strings.Contains(diff.String(), "+ c 2") {
		t.Errorf("diff: %v\n%s", err, diff.String())
	}
}

// TestFuse writes an existence pack beside the index, and alone.
func TestFuse(t *testing.T) {
	dir := t.TempDir()
	in, pack := write(t, dir, "in", "a\t1\nB_c\nbad name\n"), filepath.Join(dir, "pypi.fuse16")
	for _, more := range [][]string{{"--complete"}, nil} {
		if err := run(append([]string{"names", "--eco", "pypi", "--names", in, "--snapshot", "2026-11-01", "--fuse", pack}, more...), noEnv, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		p, err := names.OpenPack(pack)
		if err != nil {
			t.Fatal(err)
		}
		want := names.Nothing // a partial list never says that a name was not there
		if len(more) > 0 {
			want = names.Unseen
		}
		if p.Answer("b-c") != names.Existed || p.Answer("never-seen-here") != want || p.Len() != 2 {
			t.Errorf("%v: %d names, %v, %v", more, p.Len(), p.Answer("b-c"), p.Answer("never-seen-here"))
		}
	}
}

// TestHygiene: a popular name that the registry's own list lacks is dropped.
func TestHygiene(t *testing.T) {
	dir := t.TempDir()
	all, ranks := write(t, dir, "all", "a\nb\nc\n"), write(t, dir, "ranks", "a\t1\nghost\t2\nB\t3\n")
	out := filepath.Join(dir, "out.fig")
	var log bytes.Buffer
	env := func(k string) string {
		if k == "FIGMENT_MKNAMES_PYPI" {
			return all
		}
		return ""
	}
	if err := run([]string{"names", "--eco", "pypi", "--ranks", ranks, "--snapshot", "2026-11-01", "--out", out}, env, io.Discard, &log); err != nil {
		t.Fatal(err)
	}
	x := readIndex(t, out)
	if _, ok := x.Rank("ghost"); ok || x.Len() != 2 || !strings.Contains(log.String(), "dropped ghost") {
		t.Errorf("%d names, log %s", x.Len(), log.String())
	}
}

func TestRunErrors(t *testing.T) {
	dir := t.TempDir()
	in := write(t, dir, "in", "a\tmany\n")
	out := filepath.Join(dir, "out")
	base := []string{"names", "--eco", "pypi", "--snapshot", "2026-11-01", "--names", in, "--out", out}
	for _, args := range [][]string{
		nil,
		{"nope"},
		base,
		{"names", "--eco", "nope", "--snapshot", "2026-11-01", "--names", in},
		{"names", "--eco", "pypi", "--names", in},
		{"names", "--eco", "pypi", "--snapshot", "yesterday", "--names", in},
		{"names", "--eco", "pypi", "--snapshot", "2026-11-01"},
		append(base, "--name-col", "nope"),
		append(base, "--downloads-col", "nope"),
		append(base, "--prev", in),
		{"names", "--eco", "pypi", "--snapshot", "2026-11-01", "--names", filepath.Join(dir, "absent")},
		{"names", "-bad-flag"},
		{"diff", in},
		{"diff", in, in},
		{"table", "--in", filepath.Join(dir, "absent"), "--out", out},
	} {
		if err := run(args, noEnv, io.Discard, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	in, out := write(t, dir, "in", "k\tv\nb\t2\na-b\t1\na\t3\t4\nb\t1\n"), filepath.Join(dir, "out")
	if err := run([]string{"table", "--header", "--in", in, "--out", out}, noEnv, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(out); string(got) != "a\t3\t4\na-b\t1\nb\t2\nb\t1\n" {
		t.Errorf("%q", got)
	}
}

// TestEmbeddedIndexes: the files in the program are those that its lists give.
func TestEmbeddedIndexes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every index")
	}
	source, err := os.ReadFile("../../names/names.go")
	if err != nil {
		t.Fatal(err)
	}
	dir, n := t.TempDir(), 0
	for line := range strings.Lines(string(source)) {
		args, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:generate go run figment/cmd/mknames ")
		if !ok {
			continue
		}
		n++
		words := split(args)
		var committed string
		for i, w := range words {
			switch {
			case i > 0 && words[i-1] == "--out":
				committed = filepath.Join("../../names", w)
				words[i] = filepath.Join(dir, "built.fig")
			case i > 0 && (words[i-1] == "--names" || words[i-1] == "--aliases"):
				words[i] = filepath.Join("../../names", w)
			}
		}
		if err := run(words, noEnv, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		want, err1 := os.ReadFile(committed)
		got, err2 := os.ReadFile(filepath.Join(dir, "built.fig"))
		if err1 != nil || err2 != nil || !bytes.Equal(want, got) {
			t.Errorf("%s is not what its list gives: run go generate ./names", committed)
		}
	}
	if n < 8 {
		t.Errorf("only %d indexes are generated", n)
	}
}

// split splits a command at spaces outside quotes.
func split(s string) []string {
	var out []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}
