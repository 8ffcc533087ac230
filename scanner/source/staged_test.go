package source

import (
	"context"
	"errors"
	"figment/scanner/git"
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func changed(t *testing.T, o ChangeOptions) *Changes {
	t.Helper()
	o.Recognition = recognition
	s, err := Changed(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func at(dir string) ChangeOptions {
	return ChangeOptions{Options: Options{Recognition: recognition, Dir: dir}}
}

// TestStagedErrors: what stands in the way is said, and which kind it is.
func TestStagedErrors(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n", "sub/b.py": "import b\n"})
	plain := gittest.Tree(t, nil)
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(plain))
	want := func(o ChangeOptions, trouble git.Trouble, words ...string) {
		t.Helper()
		_, err := Changed(t.Context(), o)
		var e *git.Error
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
	want(at(plain), git.NoRepository, "no git work tree")
	want(with("nowhere"), git.NoRevision, `"nowhere"`)
	want(with("--output=x"), git.NoRevision)
	want(with("-h..HEAD"), git.NoRevision)
	want(with("HEAD..nowhere"), git.NoRevision)
	want(with("HEAD:a.py"), git.NoRevision)
	want(at(filepath.Join(root, ".git")), git.NoRepository, "no git work tree")

	gittest.Run(t, root, "checkout", "-q", "--orphan", "alone")
	gittest.Run(t, root, "commit", "-q", "-m", "another beginning")
	want(with("main...alone"), git.NoBase, "both sides")
	want(with("main"), git.NoBase)
	gittest.Run(t, root, "checkout", "-q", "main")

	// A clone without history.
	gittest.Write(t, root, map[string]string{"c.py": "import c\n"})
	gittest.Run(t, root, "add", ".")
	gittest.Run(t, root, "commit", "-q", "-m", "y")
	gittest.Run(t, root, "branch", "tip")
	shallow := filepath.Join(t.TempDir(), "shallow")
	gittest.Run(t, root, "clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(root), shallow)
	o := at(shallow)
	o.Range = "main~1"
	want(o, git.NoRevision, "fetch-depth: 0")

	// Somebody else's.
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	want(at(root), git.Untrusted, "safe.directory "+root)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "0")

	// A work tree that lies elsewhere.
	gittest.Run(t, root, "config", "core.worktree", plain)
	want(at(root), git.NoRepository, "work tree is "+plain)
	gittest.Run(t, root, "config", "--unset", "core.worktree")

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
	want(at(root), git.Failed, "not installed")
}

// TestStagedHostile: a repository's configuration starts nothing.
func TestStagedHostile(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n", "requirements.txt": "flask\n", ".gitattributes": "* filter=evil diff=evil\n"})
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	gittest.Write(t, root, map[string]string{"a.py": "import a\nimport b\n", "new.py": "import c\n"})
	gittest.Run(t, root, "add", "a.py")
	blob := gittest.Output(t, root, "rev-parse", ":a.py")
	for _, key := range []string{
		"core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
		"core.pager", "core.sshCommand", "core.editor", "uploadpack.packObjectsHook", "core.askPass", "credential.helper", "alias.diff-index",
	} {
		gittest.Run(t, root, "config", key, script)
	}
	gittest.Run(t, root, "config", "remote.origin.url", "ext::"+script)
	gittest.Run(t, root, "config", "remote.origin.promisor", "true")
	gittest.Run(t, root, "config", "extensions.partialClone", "origin")
	gittest.Run(t, root, "config", "protocol.ext.allow", "always")
	hooks := filepath.Join(root, ".git", "hooks")
	for _, h := range []string{"post-index-change", "fsmonitor-watchman", "pre-commit", "reference-transaction"} {
		gittest.Write(t, hooks, map[string]string{h: "#!/bin/sh\ntouch " + mark + "\n"})
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

// TestSubmoduleOfAChange: what comes with another repository's commit is not
// read, and a gate does not pass over it, whatever .gitmodules says.
func TestSubmoduleOfAChange(t *testing.T) {
	lib := gittest.Repository(t, map[string]string{"requirements.txt": "zzq-a\n"})
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n"})
	gittest.Run(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib, "deps/lib")
	gittest.Run(t, root, "config", "-f", ".gitmodules", "submodule.deps/lib.ignore", "all")
	gittest.Run(t, root, "add", ".gitmodules")
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
	gittest.Run(t, root, "commit", "-q", "-m", "with a submodule")
	commit := at(root)
	for _, r := range []string{"HEAD~1", "HEAD~1..HEAD"} {
		commit.Range = r
		submodule(commit, true)
	}
	commit.Exclude = []Exclude{{Glob: "deps/"}}
	submodule(commit, false)

	// Another commit of it.
	gittest.Run(t, filepath.Join(root, "deps/lib"), "commit", "-q", "--allow-empty", "-m", "more")
	submodule(at(root), false)
	gittest.Run(t, root, "add", "deps/lib")
	submodule(at(root), true)
}

// TestStagedTexts: what is too long, binary, minified or a pointer is told, what
// is no script is passed over, and reading goes on after it.
func TestStagedTexts(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"keep.py": "import keep\n", "was.py": strings.Repeat("#\n", 2000)})
	gittest.Write(t, root, map[string]string{
		"big.py": strings.Repeat("x = 1\n", 1000), "big.js": "\x00" + strings.Repeat("x", 4000), "bin.py": "a\x00b",
		"lfs.py": "version https://git-lfs.github.com/spec/v1\noid sha256:x\n", "min.js": strings.Repeat("x", 2500), "Makefile": strings.Repeat("all:\n", 1000),
		"z.py": "import z\n", "was.py": "import was\n", "empty.py": "", "l\xe4tin.py": "import latin\n", "bl ank\n.py": "import blank\n",
	})
	gittest.Run(t, root, "add", ".")
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
	if got := s.Dates(t.Context(), []git.Line{{Path: "keep.py", Line: 1}}); len(got) > 0 {
		t.Errorf("dates of what is staged: %v", got)
	}
	o.Range = "HEAD"
	if got := changed(t, o).Dates(t.Context(), []git.Line{{Path: "keep.py", Line: 1}}); len(got) != 1 {
		t.Errorf("dates of the work tree: %v", got)
	}
}

// TestStagedStopped: an object that never comes does not hold a run up, and what
// was not read is said.
func TestStagedStopped(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n"})
	gittest.Write(t, root, map[string]string{"b.py": "import b\n"})
	gittest.Run(t, root, "add", ".")
	blob := gittest.Output(t, root, "rev-parse", ":b.py")
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

// FuzzTouches: no span and no line is beyond what a change can be asked about.
func FuzzTouches(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\rd"), []byte("\xff\xfea\x00\n\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		lb := text.NewLines(b)
		c := Change{lines: lb, added: git.AddedLines(text.NewLines(a), lb)}
		c.Touches(text.Span{Start: 0, End: len(b)})
		c.TouchesLine(lb.Count() + 1)
	})
}
