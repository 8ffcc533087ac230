package scanner

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/source"
)

// A gitRepo is a scratch repository.
type gitRepo struct {
	*testing.T
	dir string
}

// newRepo makes a repository whose configuration is nobody's.
func newRepo(t *testing.T, init ...string) *gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: it makes the repositories of this test")
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") || strings.HasPrefix(name, "GITHEAD_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &gitRepo{t, dir}
	r.git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	r.git("config", "user.name", "x")
	r.git("config", "user.email", "x@example.com")
	r.git("config", "core.autocrlf", "false")
	return r
}

func (r *gitRepo) git(args ...string) string {
	r.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// put writes files given as path, text, path, text …
func (r *gitRepo) put(files ...string) {
	r.Helper()
	for i := 0; i < len(files); i += 2 {
		p := filepath.Join(r.dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			r.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(files[i+1]), 0o666); err != nil {
			r.Fatal(err)
		}
	}
}

// stage writes files and adds them.
func (r *gitRepo) stage(files ...string) {
	r.Helper()
	r.put(files...)
	for i := 0; i < len(files); i += 2 {
		r.git("add", "--", files[i])
	}
}

func (r *gitRepo) commit(files ...string) string {
	r.Helper()
	r.stage(files...)
	r.git("commit", "-q", "-m", "x", "--allow-empty")
	return r.git("rev-parse", "HEAD")
}

// names gives what is new in a change, as "path:name" or, where there is one,
// "path:name constraint", and checks that nothing went wrong.
func (r *gitRepo) names(o source.ChangeOptions) []string {
	r.Helper()
	names, problems := r.read(o)
	if len(problems) > 0 {
		r.Errorf("problems: %v", problems)
	}
	return names
}

func (r *gitRepo) read(o source.ChangeOptions) (names []string, problems []string) {
	r.Helper()
	if o.Dir == "" {
		o.Dir = r.dir
	}
	if o.Includes == nil {
		o.Includes = func(f *source.File) (out []source.Include) {
			for _, in := range all.Formats().Includes(f) {
				out = append(out, source.Include{Path: in.Path, Constraint: in.Constraint})
			}
			return out
		}
	}
	o.Recognition = all.Formats().Recognition()
	src, err := source.Changed(r.Context(), o)
	if err != nil {
		r.Fatal(err)
	}
	defer src.Close()
	set, err := settings.Load(settings.Env{}, adapter.Readers(all.Adapters()))
	if err != nil {
		r.Fatal(err)
	}
	w, err := Open(r.Context(), Options{Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: set})
	if err != nil {
		r.Fatal(err)
	}
	if err := w.Change("a.js", nil); !errors.Is(err, errors.ErrUnsupported) {
		r.Errorf("a change is changed: %v", err)
	}
	s, refs := w.begin(r.Context())
	s.resolve(refs)
	for ref := range refs.All() {
		if ref.Old {
			continue
		}
		names = append(names, strings.TrimSpace(ref.Path+":"+ref.Name+" "+ref.Constraint))
		data, err := src.Read(ref.Path)
		if err != nil || string(data[ref.Span.Start:ref.Span.End]) != ref.Raw {
			r.Errorf("%s: the span of %q does not point at it: %v", ref.Path, ref.Raw, err)
		}
	}
	for _, p := range s.rep.Problems {
		problems = append(problems, p.Path+": "+p.Text)
	}
	for _, u := range s.rep.Unread {
		problems = append(problems, u.Path+": "+u.Text)
	}
	slices.Sort(names)
	return names, problems
}

func (r *gitRepo) want(o source.ChangeOptions, want ...string) {
	r.Helper()
	if got := r.names(o); !slices.Equal(got, want) {
		r.Errorf("new names: %q, want %q", got, want)
	}
}

var staged = source.ChangeOptions{}

// TestStaged: the index is read, not the work tree, and only what a change adds
// is new.
func TestStaged(t *testing.T) {
	r := newRepo(t)

	// the first commit: there is no HEAD
	r.stage("requirements.txt", "flask==3.0\nold-thing\n", "a.py", "import flask\n", "empty.py", "")
	r.want(staged, "a.py:flask", "requirements.txt:flask ==3.0", "requirements.txt:old-thing")
	r.git("commit", "-q", "-m", "x")
	r.want(staged)

	// in the index only, in the work tree only
	r.stage("requirements.txt", "flask==3.0\nold-thing\nindex-only\n")
	r.put("requirements.txt", "flask==3.0\nold-thing\ntree-only\n", "untracked.py", "import untracked\n")
	r.want(staged, "requirements.txt:index-only")
	r.git("rm", "-q", "-f", "--cached", "requirements.txt")
	r.want(staged)
	r.git("reset", "-q", "--hard")

	// a line that moved, was indented, got another line end; another version
	r.stage("requirements.txt", "  old-thing\r\nflask==3.0\r\n")
	r.want(staged)
	r.stage("requirements.txt", "flask==3.1\nold-thing\n")
	r.want(staged, "requirements.txt:flask ==3.1")
	r.git("reset", "-q", "--hard")

	// the same name in another file, and another kind of place, is new
	r.stage("b.py", "import old_thing\nimport flask\n", "README.md", "```sh\npip install old-thing\n```\n")
	r.want(staged, "README.md:old-thing", "b.py:flask", "b.py:old_thing")
	r.git("commit", "-q", "-m", "x")

	// only some files; a directory; from below
	r.stage("b.py", "import one\n", "sub/c.py", "import two\n", "sub/d.py", "import three\n")
	r.want(source.ChangeOptions{Files: []string{"sub/c.py", "a.py"}}, "sub/c.py:two")
	r.want(source.ChangeOptions{Files: []string{"sub"}}, "sub/c.py:two", "sub/d.py:three")
	r.want(source.ChangeOptions{Files: []string{filepath.Join(r.dir, "b.py")}}, "b.py:one")
	r.want(source.ChangeOptions{Options: source.Options{Dir: filepath.Join(r.dir, "sub")}, Files: []string{"d.py"}}, "sub/d.py:three")
	r.want(source.ChangeOptions{Options: source.Options{Dir: filepath.Join(r.dir, "sub")}}, "b.py:one", "sub/c.py:two", "sub/d.py:three")
	r.want(source.ChangeOptions{Options: source.Options{Exclude: []source.Exclude{{Glob: "sub"}}}}, "b.py:one")
	r.want(source.ChangeOptions{Options: source.Options{NoSource: true}})
	r.want(source.ChangeOptions{Whole: true}, "b.py:one", "sub/c.py:two", "sub/d.py:three")
	r.stage("b.py", "import flask\nimport one\n")
	r.want(source.ChangeOptions{Files: []string{"b.py"}}, "b.py:one")
	r.want(source.ChangeOptions{Files: []string{"b.py"}, Whole: true}, "b.py:flask", "b.py:one")
	r.git("commit", "-q", "-m", "x")

	// a mode, a link, a deletion
	r.git("update-index", "--chmod=+x", "b.py")
	r.git("rm", "-q", "sub/c.py")
	if err := os.Symlink("b.py", filepath.Join(r.dir, "link.py")); err == nil {
		r.git("add", "link.py")
	}
	r.want(staged)
	r.git("commit", "-q", "-m", "x")

	// what tools made is not looked into
	r.stage("node_modules/x/package.json", `{"dependencies":{"deep":"1"}}`, "go.mod", "module a.example/b\n\nrequire c.example/d v1.0.0\n", "vendor/modules.txt", "# c.example/d v1.0.0\n## explicit\n", "vendor/y.py", "import vendored\n", "bin/tool", "#!/usr/bin/env python3\nimport tool_thing\n", "LICENSE", "import nothing\n")
	names, problems := r.read(staged)
	if got := strings.Join(names, " "); got != "bin/tool:tool_thing go.mod:c.example/d v1.0.0" || len(problems) != 2 {
		t.Errorf("new names: %s, problems %q", got, problems) // what the change touches there is told
	}
}

// TestStagedLines: in code, an added line counts; in lock files the key alone.
func TestStagedLines(t *testing.T) {
	r := newRepo(t)
	r.commit("package.json", "{\n  \"scripts\": {\n    \"foo\": \"1\"\n  },\n  \"dependencies\": {\n    \"react\": \"^18\"\n  }\n}\n",
		"doc.md", "```text\nnpm install sudden\n```\n",
		"package-lock.json", `{"lockfileVersion":3,"packages":{"node_modules/react":{"version":"18.0.0","resolved":"https://registry.npmjs.org/react/-/react-18.0.0.tgz"}}}`)
	// A line that comes under another key is added there.
	r.stage("package.json", "{\n  \"scripts\": {\n  },\n  \"dependencies\": {\n    \"foo\": \"1\",\n    \"react\": \"^18\"\n  }\n}\n")
	r.want(staged, "package.json:foo 1")
	// A comma more is no new name.
	r.stage("package.json", "{\n  \"dependencies\": {\n    \"react\":   \"^18\",\n    \"vue\": \"3\"\n  }\n}\n")
	r.want(staged, "package.json:vue 3")
	// The label of the fence changed, the command did not.
	r.stage("doc.md", "```sh\nnpm install sudden\n```\n")
	r.want(staged, "package.json:vue 3")
	r.git("commit", "-q", "-m", "x")
	// A lock file on one line.
	r.stage("package-lock.json", `{"lockfileVersion":3,"packages":{"node_modules/react":{"version":"18.0.0","resolved":"https://registry.npmjs.org/react/-/react-18.0.0.tgz"},"node_modules/left-pad":{"version":"1.3.0","resolved":"https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz"}}}`)
	r.want(staged, "package-lock.json:left-pad 1.3.0")
}

// TestStagedMove: what was in a file that the change takes away is not new.
func TestStagedMove(t *testing.T) {
	r := newRepo(t)
	r.commit("old.py", "import flask\nimport requests\n", "other.txt", "x\n", "requirements.txt", "flask\n")
	r.git("mv", "old.py", "new.py")
	r.git("mv", "requirements.txt", "requirements-dev.txt")
	r.want(staged)
	r.stage("new.py", "import flask\nimport fresh\n")
	r.want(staged, "new.py:fresh")
	// What stood where nobody looks was never judged.
	r.git("reset", "-q", "--hard")
	r.commit("node_modules/x/package.json", `{"dependencies":{"never-seen":"1"}}`, "__pycache__/a.py", "import never_seen_either\n")
	r.git("mv", "node_modules/x", "sub")
	r.git("mv", "__pycache__/a.py", "a.py")
	r.want(staged, "a.py:never_seen_either", "sub/package.json:never-seen 1")
	// A copy is another place.
	r.git("reset", "-q", "--hard")
	r.stage("copy.py", "import flask\n")
	r.want(staged, "copy.py:flask")
}

// TestStagedMerge: what either side of a merge has is not new, also before
// MERGE_HEAD is written.
func TestStagedMerge(t *testing.T) {
	r := newRepo(t)
	r.commit("a.txt", "1\n", "requirements.txt", "base\n\n\n\n\n")
	r.git("checkout", "-q", "-b", "other")
	r.commit("b.py", "import theirs\n", "requirements.txt", "base\n\n\n\n\ntheirs\n")
	r.git("checkout", "-q", "main")
	r.commit("c.py", "import ours\n", "requirements.txt", "ours\nbase\n\n\n\n\n")
	r.git("merge", "-q", "--no-commit", "other")
	r.want(staged)
	r.stage("requirements.txt", "ours\nbase\nevil\ntheirs\n")
	r.want(staged, "requirements.txt:evil")

	// in conflict
	r.git("reset", "-q", "--hard")
	r.git("checkout", "-q", "other")
	r.commit("c.py", "import conflict\n")
	r.git("checkout", "-q", "main")
	if out, err := exec.Command("git", "-C", r.dir, "merge", "-q", "other").CombinedOutput(); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	names, problems := r.read(staged)
	if len(names) > 0 || len(problems) != 1 || !strings.HasPrefix(problems[0], "c.py: is in conflict") {
		t.Errorf("names %q, problems %q", names, problems)
	}
	r.stage("c.py", "import ours\nimport conflict\nimport resolved\n")
	r.want(staged, "c.py:resolved")

	// The hook of a merge without conflict has GITHEAD_ and no MERGE_HEAD.
	head := r.git("rev-parse", "MERGE_HEAD")
	if err := os.Remove(filepath.Join(r.dir, ".git", "MERGE_HEAD")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHEAD_"+head, "other")
	r.want(staged, "c.py:resolved")
	t.Setenv("GITHEAD_--upload-pack", "other")
	r.want(staged, "c.py:resolved")
}

// TestStagedIntentToAdd: git add -N stages nothing.
func TestStagedIntentToAdd(t *testing.T) {
	r := newRepo(t)
	r.commit("requirements.txt", "flask\n")
	r.put("package.json", `{"dependencies":{"soon":"1"}}`)
	r.git("add", "-N", "package.json")
	r.want(staged)
	// and hides nothing from a run over all files
	r.want(source.ChangeOptions{Files: []string{"requirements.txt"}}, "requirements.txt:flask")
}

// TestStagedAllFiles: where nothing is staged, named files are read whole.
func TestStagedAllFiles(t *testing.T) {
	r := newRepo(t)
	r.commit("requirements.txt", "flask\n", "sub/package.json", `{"dependencies":{"react":"1"}}`, "x.bin", "x", "LICENSE", "x")
	r.put("requirements.txt", "tree-only\n")
	all := source.ChangeOptions{Files: []string{"requirements.txt", "sub/package.json", "x.bin", "LICENSE"}}
	r.want(all, "requirements.txt:flask", "sub/package.json:react 1")
	r.want(source.ChangeOptions{Files: []string{"."}}) // nothing is staged, and nothing but everything is named
	r.put("untracked.py", "import untracked\n")
	names, problems := r.read(source.ChangeOptions{Files: []string{"untracked.py", "requirements.txt"}})
	if !slices.Equal(names, []string{"requirements.txt:flask"}) || len(problems) != 1 || !strings.HasPrefix(problems[0], "untracked.py: is not in git's index") {
		t.Errorf("names %q, problems %q", names, problems)
	}
	// With something staged, only that counts.
	r.stage("b.py", "import staged_thing\n")
	r.want(all)
}

// TestStagedIndexFile: git commit FILE makes an index of its own for the hook.
func TestStagedIndexFile(t *testing.T) {
	r := newRepo(t)
	r.commit("a.py", "import flask\n", "b.py", "import flask\n")
	r.stage("a.py", "import flask\nimport first\n", "b.py", "import flask\nimport second\n")
	r.want(staged, "a.py:first", "b.py:second")
	file := filepath.Join(r.dir, ".git", "partial")
	t.Setenv("GIT_INDEX_FILE", file)
	r.git("read-tree", "HEAD")
	r.git("add", "b.py")
	r.want(staged, "b.py:second")
	t.Setenv("GIT_INDEX_FILE", ".git/partial") // as git gives it
	r.want(staged, "b.py:second")
	r.want(source.ChangeOptions{Options: source.Options{Recognition: all.Formats().Recognition(), Dir: r.dir}}, "b.py:second")
}

// TestStagedSHA256: objects with long names.
func TestStagedSHA256(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	r.stage("a.py", "import flask\n")
	r.want(staged, "a.py:flask")
	first := r.commit()
	r.put("e.py", "")
	r.git("add", "-N", "e.py")
	r.stage("a.py", "import flask\nimport second\n")
	r.want(staged, "a.py:second")
	r.want(source.ChangeOptions{Range: first}, "a.py:second")
	second := r.commit()
	r.want(source.ChangeOptions{Range: first + ".." + second}, "a.py:second")
}

// TestDiffRange: between commits, since histories parted, and up to the files on
// disk.
func TestDiffRange(t *testing.T) {
	r := newRepo(t)
	first := r.commit("a.py", "import flask\n", "gone.py", "import gone\n", ".gitignore", "ignored.py\n")
	r.git("checkout", "-q", "-b", "topic")
	r.commit("a.py", "import flask\nimport topic\n")
	r.git("checkout", "-q", "main")
	r.commit("b.py", "import main_thing\n")
	r.want(source.ChangeOptions{Range: first + "..main"}, "b.py:main_thing")
	r.want(source.ChangeOptions{Range: "main..topic"}, "a.py:topic")
	r.want(source.ChangeOptions{Range: "main...topic"}, "a.py:topic")
	r.want(source.ChangeOptions{Range: "topic...main"}, "b.py:main_thing")
	r.want(source.ChangeOptions{Range: "topic..."}, "b.py:main_thing")
	r.want(source.ChangeOptions{Range: strings.Repeat("0", 40) + "..topic"}, "a.py:flask", "a.py:topic", "gone.py:gone")
	r.want(source.ChangeOptions{Range: "main...topic", Whole: true}, "a.py:flask", "a.py:topic")
	r.want(source.ChangeOptions{Range: "main...topic", Files: []string{"b.py"}})

	// The work tree: what is staged, what is not, what is untracked, what moved.
	r.git("checkout", "-q", "topic")
	r.stage("s.py", "import staged_thing\n")
	r.put("a.py", "import flask\r\nimport topic\r\nimport unstaged\r\n", "untracked.py", "import untracked\n", "ignored.py", "import ignored\n")
	if err := os.Rename(filepath.Join(r.dir, "gone.py"), filepath.Join(r.dir, "here.py")); err != nil {
		t.Fatal(err)
	}
	r.want(source.ChangeOptions{Range: "main"}, "a.py:topic", "a.py:unstaged", "s.py:staged_thing", "untracked.py:untracked")
	r.want(source.ChangeOptions{Range: "HEAD"}, "a.py:unstaged", "s.py:staged_thing", "untracked.py:untracked")
	r.want(source.ChangeOptions{Range: "HEAD", Files: []string{"a.py"}}, "a.py:unstaged")
	r.want(source.ChangeOptions{Range: "HEAD", Files: []string{"a.py"}, Whole: true}, "a.py:flask", "a.py:topic", "a.py:unstaged")
}

// TestDiffSparse: what a sparse checkout left out was not taken away.
func TestDiffSparse(t *testing.T) {
	r := newRepo(t)
	r.commit("in/a.py", "import flask\n", "out/b.py", "import elsewhere\n")
	r.git("sparse-checkout", "set", "--cone", "in")
	if _, err := os.Stat(filepath.Join(r.dir, "out", "b.py")); err == nil {
		t.Fatal("nothing was left out")
	}
	r.put("in/c.py", "import elsewhere\n")
	r.want(source.ChangeOptions{Range: "HEAD"}, "in/c.py:elsewhere")
	r.git("add", "in")
	r.want(staged, "in/c.py:elsewhere")
}

// TestStagedContext: files that did not change resolve names and are not judged
// themselves.
func TestStagedContext(t *testing.T) {
	r := newRepo(t)
	r.commit("requirements.txt", "PyYAML\ninvented-long-ago\n", "own/mod.py", "import yaml\n", "package.json", `{"name":"mine","dependencies":{"old-lib":"1"}}`, "broken/package.json", "{")
	r.stage("main.py", "import yaml\nimport own.mod\nimport nowhere_declared\n")
	s, refs := r.open()
	got := map[string]string{}
	for _, sub := range s.resolve(refs) {
		for _, u := range sub.Uses {
			got[u.Path+":"+sub.Name] = sub.Origin.String()
			if u.Undeclared {
				got[u.Path+":"+sub.Name] += " undeclared"
			}
		}
	}
	want := map[string]string{"main.py:pyyaml": "public", "main.py:own": "local", "main.py:nowhere-declared": "public undeclared"}
	if len(got) != len(want) {
		t.Errorf("subjects %v, want %v", got, want)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %q, want %q", k, got[k], v)
		}
	}
	if len(s.rep.Problems) > 0 {
		t.Errorf("problems of files that are not judged: %v", s.rep.Problems)
	}
	if s.rep.Counts.Files != 1 || s.rep.Counts.References != 3 {
		t.Errorf("counts %+v", s.rep.Counts)
	}
}

// open reads what is staged, to be resolved without settings of a user.
func (r *gitRepo) open() (*scan, extract.References) {
	r.Helper()
	src, err := source.Changed(r.Context(), source.ChangeOptions{Options: source.Options{Recognition: all.Formats().Recognition(), Dir: r.dir}})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { src.Close() })
	set, err := settings.Load(settings.Env{}, adapter.Readers(all.Adapters()))
	if err != nil {
		r.Fatal(err)
	}
	w, err := Open(r.Context(), Options{Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: set})
	if err != nil {
		r.Fatal(err)
	}
	if err := w.Change("a.js", nil); !errors.Is(err, errors.ErrUnsupported) {
		r.Errorf("a change is changed: %v", err)
	}
	s, refs := w.begin(r.Context())
	return s, refs
}

// TestStagedPrivate: a file of settings that git does not track keeps names in
// all the same.
func TestStagedPrivate(t *testing.T) {
	r := newRepo(t)
	r.commit(".gitignore", ".npmrc\n")
	r.put(".npmrc", "@acme:registry=https://npm.acme.example/\n")
	r.stage("web/package.json", `{"dependencies":{"@acme/secret":"1"}}`)
	s, refs := r.open()
	subjects := s.resolve(refs)
	if len(subjects) != 1 || subjects[0].Origin.String() != "private" {
		t.Errorf("subjects %+v", subjects)
	}
}
