package source

import (
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTracked: an ignore rule does not hide what was committed.
func TestTracked(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{
		"evil/package.json": "{}", "evil/deep/requirements.txt": "x", "evil/untracked.py": "", "evil/logo.png": "", "a.py": "",
		"node_modules/x/package.json": "{}", "excluded/b.py": "", "evil/gone.py": "", "sub/c.py": "", "sub/go.mod": "module x",
	})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", "evil/package.json", "evil/deep", "evil/logo.png", "a.py", "node_modules", "excluded", "evil/gone.py", "sub")
	gittest.Write(t, root, map[string]string{".gitignore": "evil/\nnode_modules/\nexcluded/\n/a.py\ngo.mod\n"})
	if err := os.Remove(filepath.Join(root, "evil", "gone.py")); err != nil {
		t.Fatal(err)
	}
	o := Options{Dir: root, Exclude: []Exclude{{root, "excluded/"}}}
	wantFiles(t, open(t, o, "."), "a.py evil/deep/requirements.txt evil/package.json sub/c.py sub/go.mod")
	wantFiles(t, open(t, o, "sub"), "sub/c.py sub/go.mod")
	// From a directory below the top, which the rules above hold for.
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "sub")}, "."), "c.py go.mod")
	gittest.Run(t, root, "rm", "-q", "--cached", "sub/go.mod")
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "sub")}, "."), "c.py")

	// Without git on the machine the rules hold, and nobody complains.
	t.Setenv("PATH", t.TempDir())
	wantFiles(t, open(t, o, "."), "sub/c.py")
}

// TestHostileRepository: its configuration starts nothing.
func TestHostileRepository(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.py": "", "b.py": ""})
	gittest.Run(t, root, "init", "-q", ".")
	gittest.Run(t, root, "add", "a.py")
	mark := filepath.Join(root, "started")
	script := filepath.Join(root, "evil.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+mark+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"core.fsmonitor", "core.pager", "pager.ls-files", "diff.external", "filter.x.clean", "filter.x.smudge", "core.sshCommand", "core.editor", "alias.ls-files"} {
		gittest.Run(t, root, "config", key, script)
	}
	gittest.Write(t, root, map[string]string{".gitignore": "*.py\n", ".gitattributes": "* filter=x\n"})
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman"} {
		if err := os.Symlink(script, filepath.Join(root, ".git", "hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	wantFiles(t, open(t, Options{Dir: root}, "."), "a.py evil.sh")
	if _, err := os.Lstat(mark); err == nil {
		t.Error("a program that the repository names was started")
	}
}

// TestBrokenRepository: git cannot answer, which is said once and hides nothing
// else; and the one above is not asked instead.
func TestBrokenRepository(t *testing.T) {
	gittest.Isolate(t)
	top := gittest.Tree(t, map[string]string{"in/a.py": "", "in/b.py": "", "in/.gitignore": "a.py", "in/.git/HEAD": "nonsense"})
	gittest.Run(t, top, "init", "-q", ".")
	root := filepath.Join(top, "in")
	files, problems := read(t, open(t, Options{Dir: root}, "."))
	if strings.Join(files, " ") != "b.py" || len(problems) != 1 || !strings.Contains(problems[0], "git cannot say") || !strings.Contains(problems[0], "(dropped: false)") {
		t.Errorf("read %q, problems %q", files, problems)
	}
}

func TestRulesAbove(t *testing.T) {
	gittest.Isolate(t)
	top := gittest.Tree(t, map[string]string{
		".gitignore": "*.gen.py\n/a/only.py\n/b.py\nx/y.py\n", "a/.gitignore": "local.py\n",
		"a/b/c.gen.py": "", "a/b/local.py": "", "a/b/b.py": "", "a/only.py": "", "a/b/x/y.py": "", "a/b/d.py": "",
	})
	dir := filepath.Join(top, "a", "b")
	// No work tree: rules above the root do not hold.
	wantFiles(t, open(t, Options{Dir: dir}, "."), "b.py c.gen.py d.py local.py x/y.py")
	wantFiles(t, open(t, Options{Dir: top}, "a/b"), "a/b/b.py a/b/d.py a/b/x/y.py")
	gittest.Run(t, top, "init", "-q", ".")
	wantFiles(t, open(t, Options{Dir: dir}, "."), "b.py d.py x/y.py")
	wantFiles(t, open(t, Options{Dir: top}, "."), "a/b/b.py a/b/d.py a/b/x/y.py")
	wantFiles(t, open(t, Options{Dir: top, NoGitignore: true}, "a/b"), "a/b/b.py a/b/c.gen.py a/b/d.py a/b/local.py a/b/x/y.py")

	// A repository in it has rules of its own.
	gittest.Write(t, top, map[string]string{"inner/e.gen.py": "", "inner/f.py": "", "inner/.gitignore": "f.py"})
	gittest.Run(t, filepath.Join(top, "inner"), "init", "-q", ".")
	wantFiles(t, open(t, Options{Dir: top}, "."), "a/b/b.py a/b/d.py a/b/x/y.py inner/e.gen.py")
}

func TestOtherRules(t *testing.T) {
	gittest.Isolate(t)
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	gittest.Write(t, config, map[string]string{"git/ignore": "global.py\n"})
	top := gittest.Tree(t, map[string]string{"global.py": "", "info.py": "", "UPPER.py": "", "a.py": "", ".gitignore": "upper.py"})
	gittest.Run(t, top, "init", "-q", ".")
	gittest.Write(t, top, map[string]string{".git/info/exclude": "info.py\n"})
	wantFiles(t, open(t, Options{Dir: top}, "."), "UPPER.py a.py")
	gittest.Run(t, top, "config", "core.ignorecase", "true")
	wantFiles(t, open(t, Options{Dir: top}, "."), "a.py")

	// A linked work tree keeps its rules with the first one.
	gittest.Run(t, top, "add", "a.py")
	gittest.Run(t, top, "commit", "-q", "-m", "x")
	linked := filepath.Join(t.TempDir(), "linked")
	gittest.Run(t, top, "worktree", "add", "-q", linked)
	gittest.Write(t, linked, map[string]string{"info.py": "", "b.py": ""})
	wantFiles(t, open(t, Options{Dir: linked}, "."), "a.py b.py")

	gittest.Write(t, config, map[string]string{"git/config": "[user]\n\tname = x\n[core] ; c\n\texcludesFile = \"" + filepath.ToSlash(filepath.Join(config, "mine")) + "\" # c\n", "mine": "a.py\n"})
	wantFiles(t, open(t, Options{Dir: linked}, "."), "a.py b.py") // a.py is tracked
	wantFiles(t, open(t, Options{Dir: top}, "."), "a.py global.py")
}

// BenchmarkWalk reads and splits a tree of 2,000 files.
func BenchmarkWalk(b *testing.B) {
	files := map[string]string{".gitignore": "*.gen.py\nbuild/\n"}
	src := strings.Repeat("import os\n\n\ndef f(x):\n    return x  # a line of code\n\n", 80)
	for i := range 2000 {
		name := filepath.ToSlash(filepath.Join("pkg", string(rune('a'+i%20)), string(rune('a'+i%7)), "file"+string(rune('a'+i%26))+strings.Repeat("x", i%50)))
		if i%10 == 0 {
			files[name+".md"] = "# T\n\n```python\n" + src + "```\n"
			continue
		}
		files[name+".py"] = src
	}
	root := gittest.Tree(b, files)
	total := 0
	for _, t := range files {
		total += len(t)
	}
	b.SetBytes(int64(total))
	for b.Loop() {
		s := open(b, Options{Dir: root}, ".")
		if _, err := s.Files(b.Context(), func(f *File) { recognition.Split(f, func(*text.Fragment) {}) }); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPipesOfRules: rules are not waited for where a pipe stands in their place.
func TestPipesOfRules(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{"a.py": "", "sub/b.py": "", "sub/CACHEDIR.TAG/": "", ".git/HEAD": "ref: x\n", ".git/info/": ""})
	for _, p := range []string{".gitignore", "sub/.gitignore", ".git/info/exclude", ".git/config", ".git/commondir"} {
		if err := exec.Command("mkfifo", filepath.Join(root, filepath.FromSlash(p))).Run(); err != nil {
			t.Skip("pipes cannot be made here")
		}
	}
	done := make(chan []string, 1)
	go func() {
		files, _ := read(t, open(t, Options{Dir: root}, "sub", "."))
		done <- files
	}()
	select {
	case files := <-done:
		if strings.Join(files, " ") != "a.py sub/b.py" {
			t.Errorf("read %q", files)
		}
	case <-time.After(time.Minute):
		t.Fatal("the scan waits for a pipe")
	}
}
