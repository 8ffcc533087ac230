// Package gittest makes directories and repositories for tests, apart from the
// settings of whoever runs them. Tests are skipped where git is not installed.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tree writes files below a new directory and gives its path, without links in
// it.
func Tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	Write(t, root, files)
	return root
}

// Write writes files below a directory, by path. A final slash makes a
// directory, a text that begins with "-> " a symbolic link.
func Write(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			err = os.Symlink(target, p)
		} else if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(p, 0o755)
		} else {
			err = os.WriteFile(p, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Isolate keeps the settings of whoever runs the tests out of them.
func Isolate(t testing.TB) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_GLOBAL", "")
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_INDEX_FILE" || strings.HasPrefix(name, "GITHEAD_") {
			t.Setenv(name, "") // so that it is put back
			os.Unsetenv(name)
		}
	}
}

// Run runs git in a directory.
func Run(t testing.TB, dir string, args ...string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed: it makes the repositories of this test")
	}
	cmd := exec.Command(git, append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// Output runs git in a directory and gives what it says.
func Output(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// Repository is a repository with one commit of the files, on main.
func Repository(t testing.TB, files map[string]string) string {
	t.Helper()
	Isolate(t)
	root := Tree(t, files)
	Run(t, root, "init", "-q", "-b", "main", ".")
	Run(t, root, "config", "core.autocrlf", "false")
	Run(t, root, "add", ".")
	Run(t, root, "commit", "-q", "-m", "x", "--allow-empty")
	return root
}
