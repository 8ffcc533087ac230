//go:build linux || darwin

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
)

// A hookRepo is a scratch repository in which git runs this program as a hook,
// against a world of its own.
type hookRepo struct {
	testing.TB
	dir   string
	env   []string
	world *play.World
}

// oldCommit is a work tree with a commit in which stands a name that does not
// exist, cleanCommit the same with a commit after it that has none. They are
// made once, and copied.
var (
	oldCommit = sync.OnceValues(func() (dir string, err error) {
		return commitFiles("old", map[string]string{"web/package.json": "{\n  \"dependencies\": {\n    \"old-debt-thing\": \"1\"\n  }\n}\n", "app.py": "import requests\n"})
	})
	cleanCommit = sync.OnceValues(func() (dir string, err error) {
		before, err := oldCommit()
		if err != nil {
			return "", err
		}
		if err := os.CopyFS(filepath.Join(programDir, "clean"), os.DirFS(before)); err != nil {
			return "", err
		}
		return commitFiles("clean", map[string]string{"web/package.json": `{"dependencies":{"react":"^18.0.0"}}`, "requirements.txt": "requests==2.32.0\n"})
	})
)

// commitFiles writes and commits files in a work tree, which it makes where
// there is none.
func commitFiles(name string, files map[string]string) (dir string, err error) {
	dir = filepath.Join(programDir, name)
	for file, text := range files {
		file = filepath.Join(dir, filepath.FromSlash(file))
		err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o777))
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main", "."}, {"add", "."}, {"commit", "-q", "-m", name}} {
		cmd := exec.Command("git", append(quickGit(), args...)...)
		cmd.Dir = dir
		cmd.Env = append(slices.Clone(environment), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com")
		if out, e := cmd.CombinedOutput(); e != nil {
			err = errors.Join(err, fmt.Errorf("git %v: %w\n%s", args, e, out))
		}
	}
	return dir, err
}

// newHookRepo makes one with a copy of a work tree; see oldCommit.
func newHookRepo(t testing.TB, tree func() (string, error)) *hookRepo {
	t.Helper()
	onlyLong(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: it runs the hooks of this test")
	}
	r := &hookRepo{TB: t, dir: t.TempDir(), world: play.NewWorld(all.Adapters())}
	r.world.Add(ecosystem.NPM, "react", "left-pad")
	r.world.Add(ecosystem.PyPI, "requests", "flask")
	r.world.Fault(ecosystem.NPM, "flaky-thing", "503")
	if err := r.world.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.world.Close() })
	o, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	figment(t)
	from, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(r.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[maintenance]\n\tauto = false\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	r.env = append(append(r.world.Env(), o.Env()...),
		"PATH="+os.Getenv("PATH"), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home,
		"FIGMENT_CACHE_DIR="+filepath.Join(home, "figment"), "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "PRE_COMMIT_COLOR=never",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com")
	return r
}

func (r *hookRepo) put(name, text string) {
	r.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o777); err != nil {
		r.Fatal(err)
	}
}

// run gives all that a program prints.
func (r *hookRepo) run(name string, args ...string) (out string, code int) {
	r.Helper()
	if name == "figment" { // PATH is that of the hooks
		name = figment(r)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	text, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		r.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func (r *hookRepo) must(name string, args ...string) string {
	r.Helper()
	out, code := r.run(name, args...)
	if code != 0 {
		r.Fatalf("%s %v: status %d\n%s", name, args, code, out)
	}
	return strings.TrimSpace(out)
}

// commit stages a file and commits, and says whether the commit is there.
func (r *hookRepo) commit(name, text string) (out string, done bool) {
	r.Helper()
	before := r.must("git", "rev-parse", "HEAD")
	r.put(name, text)
	r.must("git", "add", name)
	out, code := r.run("git", "commit", "-m", "x")
	done = r.must("git", "rev-parse", "HEAD") != before
	if done != (code == 0) {
		r.Errorf("git commit: status %d, and the commit is there: %v\n%s", code, done, out)
	}
	return out, done
}

const (
	planted  = "{\n  \"dependencies\": {\n    \"react\": \"18\",\n    \"react-codeshift-pro\": \"1\",\n    \"old-debt-thing\": \"1\"\n  }\n}\n"
	repaired = "{\n  \"dependencies\": {\n    \"react\": \"18\",\n    \"left-pad\": \"1\",\n    \"old-debt-thing\": \"1\"\n  }\n}\n"
	unknown  = "{\n  \"dependencies\": {\n    \"react\": \"18\",\n    \"flaky-thing\": \"1\",\n    \"old-debt-thing\": \"1\"\n  }\n}\n"
)

// TestPreCommit commits with pre-commit and the row of its hooks file.
func TestPreCommit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Skip("pre-commit is not installed (apt-get install pre-commit): the row of its hooks file was not run")
	}
	r := newHookRepo(t, oldCommit)
	config, err := yaml.Marshal(map[string]any{"repos": []any{map[string]any{"repo": "local", "hooks": []any{hookRow(t, "figment-system")}}}})
	if err != nil {
		t.Fatal(err)
	}
	r.put(".pre-commit-config.yaml", string(config))
	r.must("git", "add", ".pre-commit-config.yaml")
	r.must("git", "commit", "-q", "-m", "configure")
	r.must("pre-commit", "install")

	out, done := r.commit("web/package.json", planted)
	if done || !strings.Contains(out, "web/package.json:4:6: error[nonexistent-package] `react-codeshift-pro`") || strings.Contains(out, "old-debt-thing") {
		t.Errorf("a commit with an invented name (done: %v):\n%s", done, out)
	}
	// What is on disk does not count: pre-commit puts it away.
	r.put("web/package.json", planted)
	r.must("git", "reset", "-q", "--hard")
	out, done = r.commit("web/package.json", repaired)
	if !done || !strings.Contains(out, "Passed") || strings.Contains(out, "old-debt-thing") {
		t.Errorf("a commit beside an old name (done: %v):\n%s", done, out)
	}
	// A file that figment does not read.
	if out, done = r.commit("notes.xyz", "npm install react-codeshift-pro\n"); !done || !strings.Contains(out, "Skipped") {
		t.Errorf("a file of no interest (done: %v):\n%s", done, out)
	}
	// What could not be checked passes, and not in silence.
	if out, done = r.commit("web/package.json", unknown); !done || !strings.Contains(out, "1 name unverified: neither clean nor missing") {
		t.Errorf("a name that cannot be checked (done: %v):\n%s", done, out)
	}
	// Part of what was changed.
	r.put("web/package.json", planted)
	r.put("app.py", "import requests\nimport flask\n")
	if out, code := r.run("git", "commit", "-m", "x", "--", "app.py"); code != 0 {
		t.Errorf("git commit FILE: status %d\n%s", code, out)
	}
	r.must("git", "checkout", "-q", "--", ".")

	out, code := r.run("pre-commit", "run", "--all-files")
	if code != 1 || !strings.Contains(out, "`old-debt-thing` does not exist") {
		t.Errorf("--all-files: status %d\n%s", code, out)
	}
	// A push, through the hook that pre-commit would install for it.
	r.put("web/package.json", planted)
	r.must("git", "add", ".")
	r.must("git", "commit", "-q", "--no-verify", "-m", "unseen")
	out, code = r.run("pre-commit", "run", "--hook-stage", "push", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
	if code != 1 || !strings.Contains(out, "react-codeshift-pro") || strings.Contains(out, "old-debt-thing") {
		t.Errorf("a push: status %d\n%s", code, out)
	}
	if out, code = r.run("pre-commit", "run", "--hook-stage", "push", "--from-ref", "HEAD~2", "--to-ref", "HEAD~1"); code != 0 {
		t.Errorf("a push of what passed: status %d\n%s", code, out)
	}
}

// TestGitHook commits and merges with a hook of one line.
func TestGitHook(t *testing.T) {
	t.Parallel()
	r := newHookRepo(t, oldCommit)
	for _, hook := range []string{"pre-commit", "pre-merge-commit"} {
		r.put(".git/hooks/"+hook, "#!/bin/sh\nexec figment scan --staged --format concise\n")
	}
	if out, done := r.commit("web/package.json", planted); done || !strings.Contains(out, "react-codeshift-pro") || strings.Contains(out, "old-debt-thing") {
		t.Errorf("a commit with an invented name (done: %v):\n%s", done, out)
	}
	if out, done := r.commit("web/package.json", repaired); !done {
		t.Errorf("a commit beside an old name:\n%s", out)
	}
	r.put("web/package.json", planted)
	if out, code := r.run("git", "commit", "-m", "x", "-a"); code != 1 || !strings.Contains(out, "react-codeshift-pro") {
		t.Errorf("git commit -a: status %d\n%s", code, out)
	}
	r.put("app.py", "import requests\nimport flask\n")
	if out, code := r.run("git", "commit", "-m", "x", "--only", "app.py"); code != 0 {
		t.Errorf("git commit FILE: status %d\n%s", code, out)
	}
	r.must("git", "reset", "-q", "--hard")
	// A merge brings no name that one of its sides has not.
	r.must("git", "checkout", "-q", "-b", "other", "HEAD~1")
	r.put("b.json", "{}")
	r.put("api/package.json", `{"dependencies":{"debt-of-others":"1"}}`)
	r.must("git", "add", ".")
	r.must("git", "commit", "-q", "--no-verify", "-m", "theirs")
	r.must("git", "checkout", "-q", "main")
	if out, code := r.run("git", "merge", "-q", "--no-edit", "other"); code != 0 || strings.Contains(out, "debt-of-others") {
		t.Errorf("a merge: status %d\n%s", code, out)
	}
	// A linked work tree has its index elsewhere.
	linked := filepath.Join(t.TempDir(), "linked")
	r.must("git", "worktree", "add", "-q", linked)
	r.dir = linked
	if out, done := r.commit("web/package.json", planted); done || !strings.Contains(out, "react-codeshift-pro") {
		t.Errorf("in a linked work tree (done: %v):\n%s", done, out)
	}
}

// TestPreCommitPage runs every command that docs/pre-commit.md shows.
func TestPreCommitPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "pre-commit.md"))
	if err != nil {
		t.Fatal(err)
	}
	r := newHookRepo(t, oldCommit)
	r.put("web/package.json", repaired)
	r.put("src/app.py", "import flask\n")
	r.must("git", "add", ".")
	r.must("git", "commit", "-q", "-m", "x")
	if _, done := r.commit("web/package.json", planted); !done {
		t.Fatal("there is no hook yet")
	}
	r.put("web/package.json", repaired)
	r.put("src/app.py", "import requests\n")
	r.must("git", "add", ".")
	commands := regexp.MustCompile("(?m)figment (?:scan|list) [^\"`#\n]+").FindAllString(string(page), -1)
	if len(commands) < 12 {
		t.Fatalf("only %d commands", len(commands))
	}
	for _, c := range commands {
		if strings.Contains(c, "--on-unverified") {
			r.put("web/package.json", unknown)
			r.must("git", "add", ".")
		}
		out, code := r.run("sh", "-c", strings.ReplaceAll(c, "{staged_files}", "web/package.json"))
		want := app.ExitOK
		switch {
		case strings.Contains(c, "--on-unverified fail"):
			want = app.ExitIncomplete
		case strings.Contains(c, "HEAD~1..HEAD"), strings.Contains(c, "--all-names"):
			want = app.ExitFindings
		}
		if code != want {
			t.Errorf("%s: status %d, want %d\n%s", c, code, want, out)
		}
	}
}

// stagedRepo is a repository of a thousand committed files in which twenty are
// staged, one with a name that does not exist.
func stagedRepo(tb testing.TB) *bigRepo {
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("git is not installed: nothing can be staged")
	}
	repo := newBigRepo(tb, 1000, 100)
	repo.env = append(repo.env, "GIT_CONFIG_NOSYSTEM=1")
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "gc.auto=0"}, args...)...)
		cmd.Dir, cmd.Env = repo.dir, repo.env
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q", ".")
	git("add", ".")
	git("commit", "-q", "-m", "x")
	git("gc", "-q")
	staged := 0
	add := func(glob string, n int, change func([]byte) []byte) {
		files, err := filepath.Glob(filepath.Join(repo.dir, glob))
		if err != nil || len(files) < n {
			tb.Fatal(glob, len(files), err)
		}
		for _, f := range files[:n] {
			data, err := os.ReadFile(f)
			if err != nil {
				tb.Fatal(err)
			}
			if err := os.WriteFile(f, change(data), 0o666); err != nil {
				tb.Fatal(err)
			}
			staged++
		}
	}
	add("area0/*/mod*.py", 8, func(b []byte) []byte { return append(b, "\nimport flask\nimport pandas\n"...) })
	add("area0/*/mod*.ts", 8, func(b []byte) []byte { return append(b, "\nimport { z } from 'zod'\nimport c from 'chalk'\n"...) })
	add("area*/package.json", 2, func(b []byte) []byte {
		return bytes.Replace(b, []byte(`"dependencies": {`), []byte("\"dependencies\": {\n    \"rxjs\": \"1.0.1\","), 1)
	})
	add("requirements.txt", 1, func(b []byte) []byte { return append(b, "invented-just-now\n"...) })
	add("go.mod", 1, func(b []byte) []byte {
		return append(b, "\nrequire go.warehouse.dev/warehouse/part1 v1.1.0\n"...)
	})
	if staged != 20 {
		tb.Fatalf("%d files are staged", staged)
	}
	git("add", ".")
	return repo
}

// BenchmarkStaged is a warm run over 20 staged files in one process, git beside
// it.
func BenchmarkStaged(b *testing.B) {
	repo := stagedRepo(b)
	for _, v := range repo.env {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "FIGMENT_") || strings.HasPrefix(name, "GIT_") || name == "HOME" || strings.HasPrefix(name, "XDG_") {
			b.Setenv(name, value)
		}
	}
	scan := func() {
		if code := Main([]string{"scan", "--chdir", repo.dir, "--staged"}, strings.NewReader(""), io.Discard, io.Discard); code != app.ExitFindings {
			b.Fatalf("status %d", code)
		}
	}
	scan()
	b.ReportAllocs()
	for b.Loop() {
		scan()
	}
}
