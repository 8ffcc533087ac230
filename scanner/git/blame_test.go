package git

import (
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// commitAt commits what was added, with dates of author and committer that are
// days of 2025, and gives the two.
func commitAt(t *testing.T, dir string, author, committer int) (time.Time, time.Time) {
	t.Helper()
	a := time.Date(2025, 1, author, 12, 0, 0, 0, time.UTC)
	c := time.Date(2025, 1, committer, 12, 0, 0, 0, time.UTC)
	t.Setenv("GIT_AUTHOR_DATE", fmt.Sprintf("%d +0000", a.Unix()))
	t.Setenv("GIT_COMMITTER_DATE", fmt.Sprintf("%d +0000", c.Unix()))
	gittest.Run(t, dir, "commit", "-q", "-m", "author-time 1\n\ncommitter-time 2")
	return a, c
}

// wantDates checks the dates of lines of one file. A zero time is no date.
func wantDates(t *testing.T, root, path string, want ...time.Time) {
	t.Helper()
	var asks []Line
	for i := range want {
		asks = append(asks, Line{path, i + 1})
	}
	got := Blame(t.Context(), root, asks)
	for i, a := range asks {
		if d, ok := got[a]; !d.Equal(want[i]) || ok == want[i].IsZero() {
			t.Errorf("%s:%d: %v (%v), want %v", a.Path, a.Line, d, ok, want[i])
		}
		delete(got, a)
	}
	if len(got) > 0 {
		t.Errorf("%s: dates for what was not asked: %v", path, got)
	}
}

var never time.Time

func TestBlame(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.txt": "one\ntwo\nthree\n", "sub/-b.txt": "\ufeffx\r\ny\r\n", "sub/c d\"ä.txt": "x"})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "config", "core.autocrlf", "false")
	gittest.Run(t, root, "add", ".")
	first, _ := commitAt(t, root, 1, 1)
	wantDates(t, root, "a.txt", first, first, first, never, never)
	wantDates(t, root, "sub/-b.txt", first, first, never)
	wantDates(t, root, "sub/c d\"ä.txt", first)
	wantDates(t, filepath.Join(root, "sub"), "-b.txt", first, first)

	gittest.Write(t, root, map[string]string{"a.txt": "zero\none\ntwo 2\nthree\n"})
	gittest.Run(t, root, "add", ".")
	second, _ := commitAt(t, root, 5, 5)
	wantDates(t, root, "a.txt", second, first, second, first)

	// Uncommitted lines have no date, and those around them keep theirs.
	gittest.Write(t, root, map[string]string{"a.txt": "new\nzero\none\nchanged\nthree\n\nlast", "untracked.txt": "one\n"})
	want := []time.Time{never, second, first, never, first, never, never}
	wantDates(t, root, "a.txt", want...)
	gittest.Run(t, root, "add", "a.txt") // nor has what is only in the index
	wantDates(t, root, "a.txt", want...)
	wantDates(t, root, "untracked.txt", never)
	gittest.Run(t, root, "add", "untracked.txt")
	wantDates(t, root, "untracked.txt", never)
	// Lines that changed places with others are found when there is one of each.
	gittest.Write(t, root, map[string]string{"a.txt": "three\nzero\nzero\none\n"})
	wantDates(t, root, "a.txt", first, never, never, first)

	wantDates(t, root, "gone.txt", never)
	wantDates(t, root, "sub", never)
	for _, p := range []string{"", "/etc/passwd", "../" + filepath.Base(root) + "/a.txt", "sub/../a.txt", "./a.txt", "a.txt\x00", "-L1,1"} {
		if got := Blame(t.Context(), root, []Line{{p, 1}, {"a.txt", 0}, {"a.txt", -1}}); len(got) > 0 {
			t.Errorf("%q: %v", p, got)
		}
	}
	if got := Blame(t.Context(), filepath.Join(root, "nowhere"), []Line{{"a.txt", 1}}); len(got) > 0 {
		t.Errorf("no root: %v", got)
	}
}

// TestBlameRebase: author dates outlive a rebase, and the later date counts,
// whichever it is.
func TestBlameRebase(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.txt": "base\n"})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", ".")
	base, _ := commitAt(t, root, 1, 1)
	gittest.Run(t, root, "branch", "trunk")
	gittest.Write(t, root, map[string]string{"b.txt": "feature\n"})
	gittest.Run(t, root, "add", ".")
	commitAt(t, root, 2, 2)
	gittest.Run(t, root, "branch", "topic")
	gittest.Run(t, root, "reset", "-q", "--hard", "trunk")
	gittest.Write(t, root, map[string]string{"c.txt": "main\n"})
	gittest.Run(t, root, "add", ".")
	commitAt(t, root, 3, 3)
	gittest.Run(t, root, "branch", "-f", "trunk")
	gittest.Run(t, root, "checkout", "-q", "topic")
	rebased := time.Date(2025, 1, 20, 12, 0, 0, 0, time.UTC)
	t.Setenv("GIT_COMMITTER_DATE", fmt.Sprintf("%d +0000", rebased.Unix()))
	os.Unsetenv("GIT_AUTHOR_DATE")
	gittest.Run(t, root, "rebase", "-q", "trunk")
	wantDates(t, root, "a.txt", base)
	wantDates(t, root, "b.txt", rebased)

	gittest.Write(t, root, map[string]string{"d.txt": "future\n"})
	gittest.Run(t, root, "add", ".")
	author, _ := commitAt(t, root, 25, 21)
	wantDates(t, root, "d.txt", author)
}

// TestBlameShallow: where history is cut off, the cut is the date.
func TestBlameShallow(t *testing.T) {
	gittest.Isolate(t)
	origin := gittest.Tree(t, map[string]string{"a.txt": "one\n"})
	gittest.Run(t, origin, "init", "-q", ".")
	gittest.Run(t, origin, "add", ".")
	commitAt(t, origin, 1, 1)
	gittest.Write(t, origin, map[string]string{"a.txt": "one\ntwo\n"})
	gittest.Run(t, origin, "add", ".")
	commitAt(t, origin, 2, 2)
	gittest.Write(t, origin, map[string]string{"b.txt": "x\n"})
	gittest.Run(t, origin, "add", ".")
	cut, _ := commitAt(t, origin, 3, 3)
	gittest.Write(t, origin, map[string]string{"a.txt": "one\ntwo\nthree\n"})
	gittest.Run(t, origin, "add", ".")
	last, _ := commitAt(t, origin, 4, 4)
	dir := filepath.Join(t.TempDir(), "shallow")
	gittest.Run(t, origin, "clone", "-q", "--depth", "2", "file://"+origin, dir)
	wantDates(t, dir, "a.txt", cut, cut, last)
}

func TestBlameRenamed(t *testing.T) {
	gittest.Isolate(t)
	text := "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\n"
	root := gittest.Tree(t, map[string]string{"old.txt": text})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", ".")
	first, _ := commitAt(t, root, 1, 1)
	gittest.Run(t, root, "mv", "old.txt", "new.txt")
	gittest.Write(t, root, map[string]string{"new.txt": text + "eta\n"})
	gittest.Run(t, root, "add", ".")
	second, _ := commitAt(t, root, 2, 2)
	wantDates(t, root, "new.txt", first, first, first, first, first, first, second)
	wantDates(t, root, "old.txt", never)
}

// TestBlameNoAnswer: without git, a repository or a commit there are no dates.
func TestBlameNoAnswer(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.txt": "one\n"})
	wantDates(t, root, "a.txt", never)
	gittest.Run(t, root, "init", "-q", ".")
	wantDates(t, root, "a.txt", never)
	gittest.Run(t, root, "add", ".")
	wantDates(t, root, "a.txt", never)
	first, _ := commitAt(t, root, 1, 1)
	wantDates(t, root, "a.txt", first)

	// Variables of a hook that git started speak of another repository.
	t.Setenv("GIT_DIR", filepath.Join(t.TempDir(), "none"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(t.TempDir(), "none"))
	wantDates(t, root, "a.txt", first)
	os.Unsetenv("GIT_DIR")
	os.Unsetenv("GIT_INDEX_FILE")

	gittest.Write(t, root, map[string]string{"in/.git/HEAD": "nonsense", "in/a.txt": "one\n"})
	wantDates(t, root, "in/a.txt", never) // the one above is not asked instead
	t.Setenv("PATH", t.TempDir())
	wantDates(t, root, "a.txt", never)
}

// TestBlameNested: a repository inside another dates its own files.
func TestBlameNested(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.txt": "one\n", "in/b.txt": "one\n", "in/d/c.txt": "one\n", "link": "-> in/d"})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", "a.txt")
	outer, _ := commitAt(t, root, 1, 1)
	gittest.Run(t, filepath.Join(root, "in"), "init", "-q", ".")
	gittest.Run(t, filepath.Join(root, "in"), "add", ".")
	inner, _ := commitAt(t, filepath.Join(root, "in"), 2, 2)
	wantDates(t, root, "a.txt", outer)
	wantDates(t, root, "in/b.txt", inner)
	wantDates(t, root, "link/c.txt", inner)

	// A link out of the root is not followed.
	out := gittest.Tree(t, map[string]string{"x.txt": "one\n"})
	gittest.Run(t, out, "init", "-q", ".")
	gittest.Run(t, out, "add", ".")
	commitAt(t, out, 3, 3)
	gittest.Write(t, root, map[string]string{"out": "-> " + out, "x.txt": "-> " + filepath.Join(out, "x.txt")})
	wantDates(t, root, "out/x.txt", never)
	wantDates(t, root, "x.txt", never)
}

// TestBlameHostile: the configuration of a repository starts nothing, and does
// not make dates earlier.
func TestBlameHostile(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.py": "one\n"})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", "a.py")
	commitAt(t, root, 1, 1)
	gittest.Write(t, root, map[string]string{"a.py": "one changed\n"})
	gittest.Run(t, root, "add", "a.py")
	date, _ := commitAt(t, root, 2, 2)
	head, err := exec.Command("git", "-C", root, "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(root, "started")
	script := filepath.Join(root, "evil.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+mark+"'\nexec cat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	gittest.Write(t, root, map[string]string{
		".gitattributes": "* filter=x diff=x\n", "ignored": string(head), "a.py": "one changed\ntwo\n",
		".mailmap": "x <x@example.com> y <z@example.com>\n",
	})
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "pager.blame", "diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "filter.x.smudge", "filter.x.process",
		"core.sshCommand", "core.editor", "alias.blame", "alias.cat-file", "gpg.program", "credential.helper",
	} {
		gittest.Run(t, root, "config", key, script)
	}
	gittest.Run(t, root, "config", "blame.ignoreRevsFile", "ignored")
	gittest.Run(t, root, "config", "mailmap.file", "/dev/zero")
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman", "reference-transaction"} {
		if err := os.Symlink(script, filepath.Join(root, ".git", "hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	wantDates(t, root, "a.py", date, never)
	gittest.Run(t, root, "config", "--add", "blame.ignoreRevsFile", "/dev/zero")
	wantDates(t, root, "a.py", never, never)
	gittest.Run(t, root, "config", "--unset-all", "blame.ignoreRevsFile")
	wantDates(t, root, "a.py", date, never)
	if _, err := os.Lstat(mark); err == nil {
		t.Error("a program that the repository names was started")
	}

	// One that lacks objects does not fetch them.
	gittest.Run(t, root, "config", "core.repositoryFormatVersion", "1")
	gittest.Run(t, root, "config", "extensions.partialClone", "origin")
	gittest.Run(t, root, "config", "remote.origin.promisor", "true")
	gittest.Run(t, root, "config", "remote.origin.url", root)
	fetch := filepath.Join(root, "fetch.sh")
	if err := os.WriteFile(fetch, []byte("#!/bin/sh\ntouch '"+mark+"'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	gittest.Run(t, root, "config", "remote.origin.uploadpack", fetch)
	gittest.Run(t, root, "config", "protocol.allow", "always")
	gittest.Run(t, root, "config", "protocol.file.allow", "always")
	blob, err := exec.Command("git", "-C", root, "rev-parse", "HEAD:a.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.TrimSpace(string(blob))
	if err := os.Remove(filepath.Join(root, ".git", "objects", hash[:2], hash[2:])); err != nil {
		t.Fatal(err)
	}
	wantDates(t, root, "a.py", never, never)
	if _, err := os.Lstat(mark); err == nil {
		t.Error("a program that the repository names was started to fetch objects")
	}
	// Not forbidden, it would be: the test tests something.
	_ = exec.Command("git", "-C", root, "cat-file", "blob", hash).Run() // fails: there is no answer in the script
	if _, err := os.Lstat(mark); err != nil {
		t.Log("this git starts nothing even when nobody forbids it")
	}
}

func TestBlameLimit(t *testing.T) {
	gittest.Isolate(t)
	text := strings.Repeat("same\n", 150)
	root := gittest.Tree(t, map[string]string{"a.txt": text, "b.txt": text})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", ".")
	commitAt(t, root, 1, 1)
	var asks []Line
	for _, p := range []string{"a.txt", "b.txt", "a.txt"} {
		for n := range 150 {
			asks = append(asks, Line{p, n + 1})
		}
	}
	got := Blame(t.Context(), root, asks)
	if _, ok := got[Line{"b.txt", 50}]; len(got) != maxLines || !ok {
		t.Errorf("%d lines have dates", len(got))
	}
}

func TestParseBlame(t *testing.T) {
	const commit = "0123456789012345678901234567890123456789"
	entry := func(head, meta string) string { return head + "\n" + meta + "\tauthor-time 7\n" }
	times := "author x\nauthor-time 100\nauthor-tz +0000\ncommitter x\ncommitter-time 200\nsummary author-time 900\n"
	for name, c := range map[string]struct {
		out  string
		line int
		want int64 // 0: no date
	}{
		"plain":              {entry(commit+" 1 3 1", times), 3, 200},
		"author later":       {entry(commit+" 1 3 1", "author-time 300\ncommitter-time 200\n"), 3, 300},
		"boundary":           {entry(commit+" 1 3 1", times+"boundary\nfilename x\n"), 3, 200},
		"sha256":             {entry(commit+"012345678901234567890123 1 3 1", times), 3, 200},
		"not committed":      {entry(strings.Repeat("0", 40)+" 1 3 1", times), 3, 0},
		"one date":           {entry(commit+" 1 3 1", "committer-time 200\n"), 3, 0},
		"no number":          {entry(commit+" 1 3 1", "author-time 1e9\ncommitter-time 200\n"), 3, 0},
		"before 1970":        {entry(commit+" 1 3 1", "author-time -5\ncommitter-time -6\n"), 3, 0},
		"no date of ours":    {entry(commit+" 1 3 1", "author-time 1\ncommitter-time 9223372036854775807\n"), 3, 0},
		"cut off":            {strings.TrimSuffix(entry(commit+" 1 3 1", times), "\n"), 3, 0},
		"no line":            {entry(commit+" 1", times), 1, 0},
		"error":              {"fatal: no such path 'x' in HEAD\n", 1, 0},
		"second after first": {entry(strings.Repeat("0", 40)+" 1 2 1", times) + entry(commit+" 1 3", times), 3, 200},
	} {
		got, ok := parseBlame([]byte(c.out))[c.line]
		if ok != (c.want != 0) || ok && got.Unix() != c.want {
			t.Errorf("%s: %v %v, want %d", name, got, ok, c.want)
		}
	}
}

func FuzzParseBlame(f *testing.F) {
	f.Add([]byte("0123456789012345678901234567890123456789 1 1 1\nauthor-time 5\ncommitter-time 6\nboundary\n\tx\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		for n, d := range parseBlame(out) {
			if n < 1 || d.Unix() <= 0 || d.Year() > 9999 {
				t.Fatalf("line %d has the date %v", n, d)
			}
		}
	})
}

func FuzzCarry(f *testing.F) {
	f.Add([]byte("a\nb\rc\n"), []byte("a\r\nx\nb\nc"))
	f.Fuzz(func(t *testing.T, now, then []byte) {
		a, b := text.NewLines(now), text.NewLines(then)
		var all []int
		for n := range a.Count() + 2 {
			all = append(all, n)
		}
		for n, m := range carry(a, b, all) {
			lines := strings.Split(string(b.Whole()), "\n")
			if m < 1 || m > len(lines) || !strings.Contains(lines[m-1], a.Text(n)) {
				t.Fatalf("line %d of %q is line %d of %q", n, now, m, then)
			}
		}
	})
}
