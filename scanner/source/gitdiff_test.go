package source

import (
	"bytes"
	"context"
	"errors"
	"figment/scanner/text"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// scratch is a repository with one commit of the files.
func scratch(t testing.TB, files map[string]string) string {
	t.Helper()
	if tt, ok := t.(*testing.T); ok {
		quietGit(tt)
		for _, v := range os.Environ() {
			if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GITHEAD_") {
				tt.Setenv(name, "")
				os.Unsetenv(name)
			}
		}
		root := tree(t, files)
		gitIn(tt, root, "init", "-q", "-b", "main", ".")
		gitIn(tt, root, "config", "core.autocrlf", "false")
		gitIn(tt, root, "add", ".")
		gitIn(tt, root, "commit", "-q", "-m", "x", "--allow-empty")
		return root
	}
	return ""
}

func changed(t *testing.T, o ChangeOptions) *Changes {
	t.Helper()
	s, err := Changed(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func at(dir string) ChangeOptions { return ChangeOptions{Options: Options{Dir: dir}} }

// TestStagedErrors: what stands in the way is said, and which kind it is.
func TestStagedErrors(t *testing.T) {
	root := scratch(t, map[string]string{"a.py": "import a\n", "sub/b.py": "import b\n"})
	plain := tree(t, nil)
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(plain))
	want := func(o ChangeOptions, trouble GitTrouble, words ...string) {
		t.Helper()
		_, err := Changed(t.Context(), o)
		var e *GitError
		if !errors.As(err, &e) || e.Trouble != trouble {
			t.Errorf("error %v, want trouble %d", err, trouble)
			return
		}
		for _, w := range words {
			if !strings.Contains(e.Text+"\n"+e.Hint, w) {
				t.Errorf("%q, hint %q: want %q in it", e.Text, e.Hint, w)
			}
		}
	}
	with := func(r string) ChangeOptions { o := at(root); o.Range = r; return o }
	want(at(plain), GitNoRepository, "no git work tree")
	want(with("nowhere"), GitNoRevision, `"nowhere"`)
	want(with("--output=x"), GitNoRevision)
	want(with("-h..HEAD"), GitNoRevision)
	want(with("HEAD..nowhere"), GitNoRevision)
	want(with("HEAD:a.py"), GitNoRevision)
	want(at(filepath.Join(root, ".git")), GitNoRepository, "no git work tree")

	gitIn(t, root, "checkout", "-q", "--orphan", "alone")
	gitIn(t, root, "commit", "-q", "-m", "another beginning")
	want(with("main...alone"), GitNoBase, "both sides")
	want(with("main"), GitNoBase)
	gitIn(t, root, "checkout", "-q", "main")

	// A clone without history.
	plant(t, root, map[string]string{"c.py": "import c\n"})
	gitIn(t, root, "add", ".")
	gitIn(t, root, "commit", "-q", "-m", "y")
	gitIn(t, root, "branch", "tip")
	shallow := filepath.Join(t.TempDir(), "shallow")
	gitIn(t, root, "clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(root), shallow)
	o := at(shallow)
	o.Range = "main~1"
	want(o, GitNoRevision, "fetch-depth: 0")

	// Somebody else's.
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	want(at(root), GitUntrusted, "safe.directory "+root)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "0")

	// A work tree that lies elsewhere.
	gitIn(t, root, "config", "core.worktree", plain)
	want(at(root), GitNoRepository, "work tree is "+plain)
	gitIn(t, root, "config", "--unset", "core.worktree")

	for _, bad := range []string{"nothing.py", "", plain, "../x.py"} {
		o := at(root)
		o.Files = []string{"a.py", bad}
		var p *PathError
		if _, err := Changed(t.Context(), o); !errors.As(err, &p) {
			t.Errorf("%q: %v, want an error of the path", bad, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Changed(ctx, at(root)); err == nil {
		t.Error("no error although it was cancelled")
	}
	t.Setenv("PATH", plain)
	want(at(root), GitFailed, "not installed")
}

// TestStagedHostile: a repository's configuration starts nothing.
func TestStagedHostile(t *testing.T) {
	root := scratch(t, map[string]string{"a.py": "import a\n", "requirements.txt": "flask\n", ".gitattributes": "* filter=evil diff=evil\n"})
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	plant(t, root, map[string]string{"a.py": "import a\nimport b\n", "new.py": "import c\n"})
	gitIn(t, root, "add", "a.py")
	blob := outOf(t, root, "rev-parse", ":a.py")
	for _, key := range []string{
		"core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
		"core.pager", "core.sshCommand", "core.editor", "uploadpack.packObjectsHook", "core.askPass", "credential.helper", "alias.diff-index",
	} {
		gitIn(t, root, "config", key, script)
	}
	gitIn(t, root, "config", "remote.origin.url", "ext::"+script)
	gitIn(t, root, "config", "remote.origin.promisor", "true")
	gitIn(t, root, "config", "extensions.partialClone", "origin")
	gitIn(t, root, "config", "protocol.ext.allow", "always")
	hooks := filepath.Join(root, ".git", "hooks")
	for _, h := range []string{"post-index-change", "fsmonitor-watchman", "pre-commit", "reference-transaction"} {
		plant(t, hooks, map[string]string{h: "#!/bin/sh\ntouch " + mark + "\n"})
		if err := os.Chmod(filepath.Join(hooks, h), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(mark) // what this test's own git did
	// The index is as young as the files, so git would have to compare them.
	now := time.Now().Add(time.Hour)
	for _, f := range []string{"a.py", "requirements.txt", ".git/index"} {
		if err := os.Chtimes(filepath.Join(root, f), now, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []string{"", "HEAD", "HEAD..", "HEAD..."} {
		o := at(root)
		o.Range = r
		s := changed(t, o)
		files, problems := read(t, s)
		if len(problems) > 0 || r == "" && !slices.Equal(files, []string{"a.py", "requirements.txt"}) || r == "HEAD" && !slices.Equal(files, []string{"a.py", "new.py", "requirements.txt"}) {
			t.Errorf("%q: files %q, problems %q", r, files, problems)
		}
	}
	ran := func(when string) {
		t.Helper()
		if _, err := os.Stat(mark); err == nil {
			t.Errorf("a program of the repository was started, %s", when)
		}
	}
	ran("by reading")
	// An object that is not there is not fetched.
	if err := os.Remove(filepath.Join(root, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	if _, problems := read(t, changed(t, at(root))); len(problems) != 1 || !strings.Contains(problems[0], "a.py: is not in this clone") || !strings.Contains(problems[0], "dropped: true") {
		t.Errorf("problems %q", problems)
	}
	ran("by what is missing")

	// The traps work: git left alone walks into them.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "status")
	cmd.Dir, cmd.WaitDelay = root, time.Second
	cmd.Run() // it may fail, or wait for its filter
	if _, err := os.Stat(mark); err != nil {
		t.Error("git status started nothing either: this test shows nothing")
	}
}

func outOf(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestSubmoduleOfAChange: what comes with another repository's commit is not
// read, and a gate does not pass over it, whatever .gitmodules says.
func TestSubmoduleOfAChange(t *testing.T) {
	lib := scratch(t, map[string]string{"requirements.txt": "zzq-a\n"})
	root := scratch(t, map[string]string{"a.py": "import a\n"})
	gitIn(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib, "deps/lib")
	gitIn(t, root, "config", "-f", ".gitmodules", "submodule.deps/lib.ignore", "all")
	gitIn(t, root, "add", ".gitmodules")
	submodule := func(o ChangeOptions, want bool) {
		t.Helper()
		_, problems := readWhole(t, changed(t, o))
		i := slices.IndexFunc(problems, func(p Problem) bool { return p.Path == "deps/lib" })
		if (i >= 0) != want {
			t.Errorf("told %v, want %v: %v", i >= 0, want, problems)
		} else if want && (problems[i].Why != NotFollowed || !problems[i].Dropped) {
			t.Errorf("%+v", problems[i])
		}
	}
	submodule(at(root), true)
	gitIn(t, root, "commit", "-q", "-m", "with a submodule")
	commit := at(root)
	for _, r := range []string{"HEAD~1", "HEAD~1..HEAD"} {
		commit.Range = r
		submodule(commit, true)
	}
	commit.Exclude = []Exclude{{Glob: "deps/"}}
	submodule(commit, false)

	// Another commit of it.
	gitIn(t, filepath.Join(root, "deps/lib"), "commit", "-q", "--allow-empty", "-m", "more")
	submodule(at(root), false)
	gitIn(t, root, "add", "deps/lib")
	submodule(at(root), true)
}

// TestStagedTexts: what is too long, binary, minified or a pointer is told, what
// is no script is passed over, and reading goes on after it.
func TestStagedTexts(t *testing.T) {
	root := scratch(t, map[string]string{"keep.py": "import keep\n", "was.py": strings.Repeat("#\n", 2000)})
	plant(t, root, map[string]string{
		"big.py": strings.Repeat("x = 1\n", 1000), "big.js": "\x00" + strings.Repeat("x", 4000), "bin.py": "a\x00b",
		"lfs.py": "version https://git-lfs.github.com/spec/v1\noid sha256:x\n", "min.js": strings.Repeat("x", 2500), "Makefile": strings.Repeat("all:\n", 1000),
		"z.py": "import z\n", "was.py": "import was\n", "empty.py": "", "l\xe4tin.py": "import latin\n", "bl ank\n.py": "import blank\n",
	})
	gitIn(t, root, "add", ".")
	o := at(root)
	o.MaxFileSize = 3000
	s := changed(t, o)
	files, problems := told(t, s)
	if want := []string{"bl ank\n.py", "l\xe4tin.py", "min.js", "was.py", "z.py"}; !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	want := []string{
		"Makefile: is a Makefile, which figment does not read yet",
		"big.js: has 4001 bytes and was not read: the limit is 3000 bytes (--max-file-size)",
		"big.py: has 6000 bytes and was not read: the limit is 3000 bytes (--max-file-size)",
		"bin.py: holds a NUL, as binary files do, and was not read",
		"lfs.py: is a pointer of Git LFS and not the file: git lfs pull fetches it",
		"was.py: as it was before the change has 4000 bytes and was not read: the limit is 3000 bytes (--max-file-size); all of its names are judged",
	}
	if !slices.Equal(problems, want) {
		t.Errorf("problems %q, want %q", problems, want)
	}
	if !s.Exists("keep.py") || !s.Exists(".") || s.Exists("nothing") || !slices.Contains(s.List(), "keep.py") {
		t.Error("what did not change is not listed")
	}
	for p, text := range map[string]string{"keep.py": "import keep\n", "z.py": "import z\n"} {
		if data, err := s.Read(p); err != nil || string(data) != text {
			t.Errorf("%s: %q, %v", p, data, err)
		}
	}
	for _, p := range []string{"nothing", "../x", "/etc/passwd", ""} {
		if _, err := s.Read(p); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", p, err)
		}
	}
	if got := s.Dates(t.Context(), []BlameAsk{{"keep.py", 1}}); len(got) > 0 {
		t.Errorf("dates of what is staged: %v", got)
	}
	o.Range = "HEAD"
	if got := changed(t, o).Dates(t.Context(), []BlameAsk{{"keep.py", 1}}); len(got) != 1 {
		t.Errorf("dates of the work tree: %v", got)
	}
}

// TestBlobReader: it outlives what is too long to be read over, says when git is
// gone, and ends when it is told.
func TestBlobReader(t *testing.T) {
	root := scratch(t, map[string]string{"a.py": "import a\n"})
	r, err := openRepo(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer r.cat.Close()
	blob := outOf(t, root, "rev-parse", "HEAD:a.py")
	if r.blobName([]byte("import a\n")) != blob {
		t.Error("the name of a blob is not git's")
	}
	for range 3 {
		if data, size, err := r.cat.read(blob, 100); err != nil || size != 9 || string(data) != "import a\n" {
			t.Fatalf("%q, %d, %v", data, size, err)
		}
		if _, size, err := r.cat.read(blob, 3); err != nil || size != 9 {
			t.Fatalf("%d, %v", size, err)
		}
		for _, name := range []string{strings.Repeat("0", 40), strings.Repeat("1", 40), "HEAD", "", outOf(t, root, "rev-parse", "HEAD")} {
			if _, _, err := r.cat.read(name, 100); !errors.Is(err, errNoBlob) {
				t.Fatalf("%q: %v", name, err)
			}
		}
	}
	r.cat.interrupt()
	if _, _, err := r.cat.read(blob, 100); err == nil {
		t.Error("no error after it was interrupted")
	}
	r.cat.Close()
	r.cat.Close()
}

// TestStagedStopped: an object that never comes does not hold a run up, and what
// was not read is said.
func TestStagedStopped(t *testing.T) {
	root := scratch(t, map[string]string{"a.py": "import a\n"})
	plant(t, root, map[string]string{"b.py": "import b\n"})
	gitIn(t, root, "add", ".")
	blob := outOf(t, root, "rev-parse", ":b.py")
	object := filepath.Join(root, ".git", "objects", blob[:2], blob[2:])
	if err := os.Remove(object); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mkfifo", object).Run(); err != nil {
		t.Skip("there are no named pipes here: ", err)
	}
	s := changed(t, at(root))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		problems, err := s.Files(ctx, func(f *File) { t.Errorf("%s was read", f.Path) })
		if err != nil || len(problems) != 1 || !problems[0].Dropped {
			t.Errorf("%v, %v", problems, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute): // a guard against waiting for ever
		t.Fatal("the run waits for a pipe")
	}
}

// TestAddedLines compares with the shortest edit found by brute force: as few
// lines are added, and without them the old text is a subsequence.
func TestAddedLines(t *testing.T) {
	show := func(added []bool) (s string) {
		for _, a := range added {
			s += map[bool]string{true: "+", false: "."}[a]
		}
		return s
	}
	for _, c := range []struct{ before, now, want string }{
		{"", "", "."},
		{"a\nb\n", "a\r\nb\r\n", "..."},
		{"a\nb\n", "a\nx\nb\n", ".+.."},
		{"a\nb\nc\n", "c\na\nb\n", "+..."},
		{"a\n", "b\n", "+."},
		{"a", "a\nb", ".+"},
		{"a\na\n", "a\na\na\n", "..+."},
		{"\ufeffa\n", "a\n", ".."},
		{"x\ry\rz", "x\nz", ".."},
	} {
		if got := show(addedLines(text.NewLines([]byte(c.before)), text.NewLines([]byte(c.now)))); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.before, c.now, got, c.want)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		src := func() []string {
			out := make([]string, rnd.IntN(9))
			for i := range out {
				out[i] = string(rune('a' + rnd.IntN(4)))
			}
			return out
		}
		a, b := src(), src()
		lines := func(s []string) *text.Lines { return text.NewLines([]byte(strings.Join(s, "\n"))) }
		added := addedLines(lines(a), lines(b))
		if len(a) == 0 {
			a = []string{""}
		}
		if len(b) == 0 {
			b = []string{""}
		}
		var kept []string
		for i, is := range added {
			if !is {
				kept = append(kept, b[i])
			}
		}
		if !subsequence(kept, a) || len(kept) != common(a, b) {
			t.Fatalf("%q → %q: kept %q, the longest has %d", a, b, kept, common(a, b))
		}
	}
	// Beyond the limits, what the old text has is not added.
	many := make([]string, maxDiffLines+2)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	now := slices.Clone(many)
	slices.Reverse(now)
	now = append(now, "new")
	for _, n := range []int{len(many), maxDiffEdits * 3} {
		part := now[len(now)-n-1:]
		added := addedLines(text.NewLines([]byte(strings.Join(many, "\n"))), text.NewLines([]byte(strings.Join(part, "\n"))))
		if slices.Index(added, true) != n {
			t.Errorf("%d lines: the first one added is %d", n, slices.Index(added, true))
		}
	}
}

func subsequence(s, of []string) bool {
	for _, e := range of {
		if len(s) > 0 && s[0] == e {
			s = s[1:]
		}
	}
	return len(s) == 0
}

func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if a[0] == b[0] {
		return 1 + common(a[1:], b[1:])
	}
	return max(common(a[1:], b), common(a, b[1:]))
}

// FuzzGitAnswers: what git says is foreign too.
func FuzzGitAnswers(f *testing.F) {
	object := strings.Repeat("1", 40)
	f.Add([]byte("100644 " + object + " 0\ta.py\x00100644 blob " + object + "\tb/c.py\x00"))
	f.Add([]byte(":100644 100644 " + object + " " + object + " M\x00a.py\x00:000000 100644 " + strings.Repeat("0", 40) + " " + object + " A\x00b\nc\x00"))
	f.Add([]byte("100644 " + object + " 2\t../../etc/passwd\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := parseTree(data)
		for p, file := range files {
			if !gitPath(p) || p == ".." || strings.HasPrefix(p, "../") || file.object != "" && !isObject(file.object) || err == nil && !bytes.Contains(data, []byte(p)) {
				t.Errorf("%q: %+v", p, file)
			}
		}
		changes, _ := parseRaw(data)
		for _, c := range changes {
			if !gitPath(c.path) || !isObject(c.new.object) || !isObject(c.old.object) {
				t.Errorf("%+v", c)
			}
		}
		if len(files)+len(changes) > len(data) {
			t.Error("more than was said")
		}
	})
}

// FuzzAddedLines: whatever the texts are, every line has an answer, and equal
// texts add nothing.
func FuzzAddedLines(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\rd"), []byte("\xff\xfea\x00\n\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		la, lb := text.NewLines(a), text.NewLines(b)
		added := addedLines(la, lb)
		if len(added) != lb.Count() {
			t.Fatalf("%d answers for %d lines", len(added), lb.Count())
		}
		if slices.Contains(addedLines(la, la), true) {
			t.Error("a text adds to itself")
		}
		c := Change{lines: lb, added: added}
		c.Touches(text.Span{Start: 0, End: len(b)})
		c.TouchesLine(lb.Count() + 1)
	})
}
