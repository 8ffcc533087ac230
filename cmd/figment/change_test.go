package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
)

// A changeCase is a change between two trees, and what a gate says of it.
type changeCase struct {
	name      string
	staged    bool              // the change is what is staged
	whole     bool              // everything is scanned, with --policy-from alone
	base, now map[string]string // path → text; "-> target" is a link
	args      []string          // beside --diff and --policy-from
	code      int
	accused   []string // exactly these have a finding of warning or error
	says      []string // in the report or on standard error
	silent    []string // in neither
}

// changeRepo is a repository with two branches for each case, made by one
// process.
func changeRepo(t *testing.T, cases []changeCase) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: it makes the repository of this test")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	mark := 0
	commit := func(branch string, files map[string]string, from int) {
		mark++
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\ncommitter x <x@example.com> 1700000000 +0000\ndata 1\nx\n", branch, mark)
		if from > 0 {
			fmt.Fprintf(&b, "from :%d\ndeleteall\n", from)
		}
		for p, text := range files {
			mode := "100644"
			if target, ok := strings.CutPrefix(text, "-> "); ok {
				mode, text = "120000", target
			}
			fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", mode, p, len(text), text)
		}
	}
	for i, c := range cases {
		commit(fmt.Sprintf("base%d", i), c.base, 0)
		commit(fmt.Sprintf("now%d", i), c.now, mark)
	}
	gitAt(t, dir, nil, "init", "-q", "-b", "none", ".")
	gitAt(t, dir, &b, "fast-import", "--quiet")
	return dir
}

// quickGit are options of a git that looks after nothing once it is done, and
// gives a new repository no examples of hooks.
func quickGit() []string { return []string{"-c", "maintenance.auto=false", "-c", "init.templateDir="} }

func gitAt(t *testing.T, dir string, in *bytes.Buffer, args ...string) {
	t.Helper()
	cmd := exec.Command("git", slices.Concat(quickGit(), []string{"-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "core.autocrlf=false"}, args)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	if in != nil {
		cmd.Stdin = in
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// changeWorld sets the environment of a run: registries on loopback, a home of
// its own, and nothing of git's.
func changeWorld(t *testing.T) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") || strings.HasPrefix(name, "GITHEAD_") || strings.HasPrefix(name, "PRE_COMMIT") || strings.HasPrefix(name, "FIGMENT_") || strings.HasPrefix(name, "GITHUB_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react", "left-pad")
	w.Add(ecosystem.PyPI, "requests", "flask")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	o, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	home := t.TempDir()
	for _, v := range append(append(w.Env(), o.Env()...), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home, "GIT_CONFIG_NOSYSTEM=1") {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// runChanges runs every case and holds what came of it against what is right.
func runChanges(t *testing.T, cases []changeCase) {
	changeWorld(t)
	dir := changeRepo(t, cases)
	t.Chdir(dir)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			base, now := fmt.Sprintf("base%d", i), fmt.Sprintf("now%d", i)
			gitAt(t, dir, nil, "checkout", "-q", "-f", "--detach", now)
			how := []string{"--diff", base + "..." + now, "--policy-from", base}
			switch {
			case c.staged:
				gitAt(t, dir, nil, "reset", "-q", "--soft", base)
				how = []string{"--staged"}
			case c.whole:
				how = []string{"--policy-from", base}
			}
			args := append(append([]string{"scan", "-f", "json"}, how...), c.args...)
			var out, err bytes.Buffer
			code := Main(args, strings.NewReader(""), &out, &err)
			var rep struct {
				Findings []struct {
					Severity string
					Package  struct{ Ecosystem, Name string }
				}
			}
			if e := json.Unmarshal(out.Bytes(), &rep); e != nil {
				t.Fatalf("%v\n%s%s", e, &out, &err)
			}
			var accused []string
			for _, f := range rep.Findings {
				if f.Severity != "note" {
					accused = append(accused, f.Package.Ecosystem+":"+f.Package.Name)
				}
			}
			slices.Sort(accused)
			text := err.String() + out.String()
			if code != c.code || !slices.Equal(slices.Compact(accused), c.accused) {
				t.Errorf("status %d, accused %q; want %d, %q\n%s", code, accused, c.code, c.accused, text)
			}
			for _, s := range c.says {
				if !strings.Contains(text, s) {
					t.Errorf("nothing says %q\n%s", s, text)
				}
			}
			for _, s := range c.silent {
				if strings.Contains(text, s) {
					t.Errorf("%q is said\n%s", s, text)
				}
			}
		})
	}
}

type tree = map[string]string

// TestChangeMeaning: new is what the tree before did not have, by meaning.
func TestChangeMeaning(t *testing.T) {
	const absent = "zz-invented-name"
	one := func(text string) tree { return tree{"package.json": text} }
	py := func(text string) tree { return tree{"pyproject.toml": text} }
	req := func(text string) tree { return tree{"requirements.txt": text} }
	npm := []string{"npm:" + absent}
	pypi := []string{"pypi:" + absent}
	runChanges(t, []changeCase{
		// the line did not move, and what stands around it did
		{name: "key", base: one("{\"x-dependencies\":{\n\"zz-invented-name\":\"*\"\n}}"), now: one("{\"dependencies\":{\n\"zz-invented-name\":\"*\"\n}}"), code: 1, accused: npm},
		{name: "table header", base: py("[tool.notes]\ndependencies = [\n  \"zz-invented-name\",\n]\n"), now: py("[project]\ndependencies = [\n  \"zz-invented-name\",\n]\n"), code: 1, accused: pypi},
		{name: "continued comment", base: req("requests --no-binary \\\nzz-invented-name\n"), now: req("requests --no-binary :all:\nzz-invented-name\n"), code: 1, accused: pypi},
		{name: "opening quote", base: tree{"a.py": "x = \"\"\"\nimport zz_invented_name\n\"\"\"\n"}, now: tree{"a.py": "x = \"\"\"\"\"\"\nimport zz_invented_name\ny = \"\"\"\"\"\"\n"}, code: 0, accused: []string{"pypi:zz-invented-name"}},
		{name: "comment marks", base: tree{"a.js": "/*\nimport 'zz-invented-name'\n*/\n"}, now: tree{"a.js": "/**/\nimport 'zz-invented-name'\n/**/\n"}, code: 1, accused: npm},
		{name: "constraint becomes requirement", base: py("[tool.uv]\nconstraint-dependencies = [\n  \"zz-invented-name\",\n]\n"), now: py("[project]\ndependencies = [\n  \"zz-invented-name\",\n]\n"), code: 1, accused: pypi},
		{name: "include", base: tree{"requirements.txt": "requests\n", "deps.lst": "zz-invented-name\n"}, now: tree{"requirements.txt": "requests\n-r deps.lst\n", "deps.lst": "zz-invented-name\n"}, code: 1, accused: pypi},

		// whose the name is changed, and not its line
		{name: "scope no longer private", base: tree{".npmrc": "@acme:registry=https://npm.acme.example/\n", "web/package.json": `{"dependencies":{"@acme/zz-secret":"1"}}`},
			now: tree{"web/package.json": `{"dependencies":{"@acme/zz-secret":"1"}}`}, code: 1, accused: []string{"npm:@acme/zz-secret"}},
		{name: "private no longer", base: tree{".figment.toml": "private = [\"npm:@acme/*\"]\n", "package.json": `{"dependencies":{"@acme/zz-secret":"1"}}`},
			now: tree{".figment.toml": "private = [\"npm:@other/*\"]\n", "package.json": `{"dependencies":{"@acme/zz-secret":"1"}}`}, code: 1, accused: []string{"npm:@acme/zz-secret"}},
		{name: "replace deleted", base: tree{"go.mod": "module example.com/m\n\ngo 1.26\n\nrequire zz.invented.dev/thing v1.0.0\n\nreplace zz.invented.dev/thing => ./thing\n", "thing/go.mod": "module zz.invented.dev/other\n"},
			now: tree{"go.mod": "module example.com/m\n\ngo 1.26\n\nrequire zz.invented.dev/thing v1.0.0\n", "thing/go.mod": "module zz.invented.dev/other\n"}, code: 1, accused: []string{"golang:zz.invented.dev/thing"}},
		{name: "uv source deleted", base: py("[project]\ndependencies = [\"zz-invented-name\"]\n[tool.uv.sources]\nzz-invented-name = { path = \"../x\" }\n"),
			now: py("[project]\ndependencies = [\"zz-invented-name\"]\n"), code: 1, accused: pypi},
		{name: "index deleted", base: req("--index-url https://pypi.acme.example/simple\nzz-invented-name\n"), now: req("zz-invented-name\n"), code: 1, accused: pypi},

		// what is no news
		{name: "moved to another folder", base: req("zz-invented-name\nflask\n"), now: tree{"reqs/requirements.txt": "zz-invented-name\nflask\n"}},
		{name: "moved to another file", base: tree{"requirements.txt": "zz-invented-name\nflask\n", "requirements-dev.txt": "requests\n"}, now: tree{"requirements.txt": "flask\n", "requirements-dev.txt": "requests\nzz-invented-name\n"}},
		{name: "moved into an include", base: req("zz-invented-name\nflask\n"), now: tree{"requirements.txt": "-r deps.lst\nflask\n", "deps.lst": "zz-invented-name\n"}},
		{name: "an include is renamed", base: tree{"requirements.txt": "-r a.lst\n", "a.lst": "zz-invented-name\n"}, now: tree{"requirements.txt": "-r b.lst\n", "b.lst": "zz-invented-name\n"}},
		{name: "moved once and copied once", base: tree{"requirements.txt": "zz-invented-name\n", "requirements-dev.txt": "flask\n"}, now: tree{"requirements-a.txt": "zz-invented-name\n", "requirements-b.txt": "zz-invented-name\n", "requirements-dev.txt": "flask\n"}, code: 1, accused: pypi},
		{name: "order and blanks", base: req("zz-invented-name\nflask\nrequests\n"), now: req("requests\n\n  zz-invented-name   # why\nflask\n")},
		{name: "from quotes to a script", base: tree{"a.md": "```sh\nnpm install zz-invented-name\n```\n"}, now: tree{"a.sh": "npm install zz-invented-name\n"}, code: 1, accused: npm},
	})
}

// TestChangeFollows: what leads to a text is a change of that text.
func TestChangeFollows(t *testing.T) {
	runChanges(t, []changeCase{
		{name: "a link is added", base: tree{"reqs.lst": "requests\nzz-invented-name\n"}, now: tree{"reqs.lst": "requests\nzz-invented-name\n", "requirements.txt": "-> reqs.lst"}, code: 1, accused: []string{"pypi:zz-invented-name"}, says: []string{`"path": "requirements.txt"`}},
		{name: "what a link leads to changes", base: tree{"reqs.lst": "requests\n", "requirements.txt": "-> reqs.lst"}, now: tree{"reqs.lst": "requests\nzz-invented-name\n", "requirements.txt": "-> reqs.lst"}, code: 1, accused: []string{"pypi:zz-invented-name"}},
		{name: "a link leads elsewhere", base: tree{"a/one": "{}", "a/two": `{"dependencies":{"zz-invented-name":"1"}}`, "package.json": "-> a/one"}, now: tree{"a/one": "{}", "a/two": `{"dependencies":{"zz-invented-name":"1"}}`, "package.json": "-> b/../a/two"}, code: 1, accused: []string{"npm:zz-invented-name"}},
		{name: "a file becomes a link", base: tree{"package.json": "{}", "x.data": `{"dependencies":{"zz-invented-name":"1"}}`}, now: tree{"package.json": "-> x.data", "x.data": `{"dependencies":{"zz-invented-name":"1"}}`}, code: 1, accused: []string{"npm:zz-invented-name"}},
		{name: "through a folder that is a link", base: tree{"real/reqs.lst": "zz-invented-name\n", "dir": "-> real"}, now: tree{"real/reqs.lst": "zz-invented-name\n", "dir": "-> real", "requirements.txt": "-> dir/reqs.lst"}, code: 1, accused: []string{"pypi:zz-invented-name"}},
		{name: "out of the repository", base: tree{"a.py": "\n"}, now: tree{"a.py": "\n", "requirements.txt": "-> ../../etc/passwd"}, code: 3, says: []string{"requirements.txt"}},
		{name: "to an absolute path", base: tree{"a.py": "\n"}, now: tree{"a.py": "\n", "package.json": "-> /etc/passwd"}, code: 3, says: []string{"package.json"}},
		{name: "in a circle", base: tree{"a.py": "\n"}, now: tree{"a.py": "\n", "package.json": "-> x", "x": "-> package.json"}, code: 3, says: []string{"package.json"}},
		{name: "to nothing that git tracks", base: tree{".gitignore": ".token\n"}, now: tree{".gitignore": ".token\n", "requirements.txt": "-> .token"}, code: 3, says: []string{"requirements.txt"}},
		{name: "two names of one document", base: tree{"AGENTS.md": "`npm install zz-invented-name`\n"}, now: tree{"AGENTS.md": "`npm install zz-invented-name`\n", "CLAUDE.md": "-> AGENTS.md"}},

		{name: "an include changes", base: tree{"deps.lst": "requests\n", "requirements.txt": "-r deps.lst\n"}, now: tree{"deps.lst": "requests\nzz-invented-name\n", "requirements.txt": "-r deps.lst\n"}, code: 1, accused: []string{"pypi:zz-invented-name"}},
		{name: "an include of an include", base: tree{"a.lst": "--constraint=c/b\n", "c/b": "requests\n", "requirements.txt": "--requirement a.lst\n"}, now: tree{"a.lst": "--constraint=c/b\n", "c/b": "requests\nzz-invented-name\n", "requirements.txt": "--requirement a.lst\n"}, code: 1, accused: []string{"pypi:zz-invented-name"}},
		{name: "an include over two lines", base: tree{"deps.lst": "zz-invented-name\n", "requirements.txt": "flask\n"}, now: tree{"deps.lst": "zz-invented-name\n", "requirements.txt": "# a \\\n-r \\\ndeps.lst\n"}, code: 1, accused: []string{"pypi:zz-invented-name"}},
		{name: "an include that is not there", base: tree{"requirements.txt": "flask\n"}, now: tree{"requirements.txt": "flask\n-r ../secret.lst\n"}, code: 3, says: []string{"requirements.txt"}},

		{name: "a NUL", base: tree{"requirements.txt": "requests\n"}, now: tree{"requirements.txt": "# \x00\nrequests\nzz-invented-name\n"}, code: 3, says: []string{"requirements.txt"}},
		{name: "a NUL in a script", base: tree{"a.sh": "true\n"}, now: tree{"a.sh": "true \x00\nnpm install zz-invented-name\n"}, code: 3, says: []string{"a.sh"}},
		{name: "too long", base: tree{"package.json": "{}"}, now: tree{"package.json": strings.Repeat(" ", 4<<20) + `{"dependencies":{"zz-invented-name":"1"}}`}, code: 3, says: []string{"package.json"}},
		{name: "a NUL that was there", base: tree{"requirements.txt": "# \x00\n", "a.py": "\n"}, now: tree{"requirements.txt": "# \x00\n", "a.py": "import flask\n"}},
	})
}

// TestChangeClaims: a change does not keep its own names from being checked.
func TestChangeClaims(t *testing.T) {
	manifest := func(name string) string { return `{"dependencies":{"` + name + `":"1"}}` }
	runChanges(t, []changeCase{
		{name: "private", base: tree{"requirements.txt": "requests\n"}, now: tree{".figment.toml": "private = [\"pypi:zz*\"]\n", "requirements.txt": "requests\nzz-invented-name\n"}, code: 3,
			says: []string{"claimed by this change: .figment.toml:1", `accept-claims = ["pypi:zz-invented-name"]`, "claimed-by-change"}},
		{name: "registry", base: tree{"package.json": "{}"}, now: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": manifest("zz-invented-name")}, code: 3, says: []string{".npmrc:1", "npm:zz-invented-name"}},
		{name: "scope", base: tree{"package.json": "{}"}, now: tree{"sub/.npmrc": "# x\n@zz:registry=https://x.invalid/\n", "sub/package.json": manifest("@zz/thing")}, code: 3, says: []string{"sub/.npmrc:2"}},
		{name: "index", base: tree{"requirements.txt": "requests\n"}, now: tree{"requirements.txt": "--index-url https://x.invalid/simple\nrequests\nzz-invented-name\n"}, code: 3, says: []string{"requirements.txt:1"}},
		{name: "further index", base: tree{"requirements.txt": "requests\n"}, now: tree{"requirements.txt": "--extra-index-url https://x.invalid/simple\nrequests\nzz-invented-name\n"}, code: 3, says: []string{"requirements.txt"}},
		{name: "uv index", base: tree{"pyproject.toml": "[project]\nname = \"m\"\n"}, now: tree{"pyproject.toml": "[project]\nname = \"m\"\ndependencies = [\"zz-invented-name\"]\n[tool.uv.sources]\nzz-invented-name = { index = \"corp\" }\n"}, code: 3, says: []string{"pyproject.toml"}},
		{name: "the lock file alone", base: tree{"package-lock.json": lockOf("react", "https://registry.npmjs.org/react/-/react-1.0.0.tgz", "left-pad", "https://registry.npmjs.org/left-pad/-/left-pad-1.0.0.tgz")},
			now:  tree{"package-lock.json": lockOf("react", "https://registry.npmjs.org/react/-/react-1.0.0.tgz", "left-pad", "https://registry.npmjs.org/left-pad/-/left-pad-1.0.0.tgz", "zz-invented-name", "https://x.invalid/zz-invented-name/-/zz-invented-name-1.0.0.tgz")},
			code: 3, says: []string{"package-lock.json", "claimed-by-change"}},
		{name: "what was a registry's becomes a member", base: tree{"package.json": manifest("zz-invented-name")}, now: tree{"package.json": `{"dependencies":{"zz-invented-name":"workspace:*"}}`}, code: 3, says: []string{"claimed-by-change"}},
		{name: "with ignore", base: tree{"requirements.txt": "requests\n"}, now: tree{".figment.toml": "private = [\"pypi:zz*\"]\n", "requirements.txt": "requests\nzz-invented-name\n"}, args: []string{"--on-unverified", "ignore"}, code: 3},

		// what is no claim of the change
		{name: "claimed before", base: tree{".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": "{}"}, now: tree{".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": manifest("@zz/thing")}, silent: []string{"claimed"}},
		{name: "private before", base: tree{".figment.toml": "private = [\"npm:@zz/*\"]\n", "package.json": "{}"}, now: tree{".figment.toml": "private = [\"npm:@zz/*\"]\n", "package.json": manifest("@zz/thing")}, silent: []string{"claimed"}},
		{name: "the same index", base: tree{"requirements.txt": "-i https://x.invalid/simple\nrequests\n"}, now: tree{"requirements.txt": "-i https://x.invalid/simple\nrequests\nzz-invented-name\n"}, silent: []string{"claimed"}},
		{name: "a known name", base: tree{"requirements.txt": "flask\n"}, now: tree{"requirements.txt": "flask\nrequests\n", ".figment.toml": "private = [\"pypi:requests\"]\n"}, silent: []string{"claimed"}},
		{name: "a new member", base: tree{"package.json": `{"workspaces":["packages/*"]}`}, now: tree{"package.json": `{"workspaces":["packages/*"]}`, "packages/a/package.json": `{"name":"zz-a"}`, "packages/b/package.json": `{"name":"zz-b","dependencies":{"zz-a":"workspace:*"}}`}, silent: []string{"claimed"}},

		// without a range
		{name: "staged", staged: true, base: tree{"package.json": "{}"}, now: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": manifest("zz-invented-name")}, code: 3, says: []string{"claimed by this change: .npmrc:1"}},
		{name: "staged, claimed before", staged: true, base: tree{".figment.toml": "private = [\"npm:@zz/*\"]\n", "package.json": "{}"}, now: tree{".figment.toml": "private = [\"npm:@zz/*\"]\n", "package.json": manifest("@zz/thing")}, silent: []string{"claimed"}},
		{name: "staged, a scope no longer private", staged: true, base: tree{".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": manifest("@zz/thing")}, now: tree{"package.json": manifest("@zz/thing")}, code: 1, accused: []string{"npm:@zz/thing"}},
		{name: "everything", whole: true, base: tree{"package.json": "{}"}, now: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": manifest("zz-invented-name")}, code: 3, says: []string{"claimed by this change: .npmrc:1"}},
		{name: "everything, claimed before", whole: true, base: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": "{}"}, now: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": manifest("zz-invented-name")}, silent: []string{"claimed"}},

		// accepted, and by whom
		{name: "accepted by the call", base: tree{"package.json": "{}"}, now: tree{".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": manifest("@zz/thing")}, args: []string{"--accept-claims", "npm:@zz/*"}, silent: []string{"claimed"}},
		{name: "accepted in the base", base: tree{".figment.toml": "accept-claims = [\"npm:@zz/*\"]\n", "package.json": "{}"}, now: tree{".figment.toml": "accept-claims = [\"npm:@zz/*\"]\n", ".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": manifest("@zz/thing")}, silent: []string{"claimed"}},
		{name: "accepted by itself", base: tree{"package.json": "{}"}, now: tree{".figment.toml": "accept-claims = [\"npm:@zz/*\"]\n", ".npmrc": "@zz:registry=https://x.invalid/\n", "package.json": manifest("@zz/thing")}, code: 3, says: []string{"claimed by this change: .npmrc:1"}},
		{name: "accepted for another name", base: tree{"package.json": "{}"}, now: tree{".npmrc": "registry=https://x.invalid/\n", "package.json": `{"dependencies":{"zz-one":"1","zz-two":"1"}}`}, args: []string{"--accept-claims", "npm:zz-one"}, code: 3, says: []string{`accept-claims = ["npm:zz-two"]`}, silent: []string{`accept-claims = ["npm:zz-one"]`}},
	})
}

// lockOf is a lock file of names and where they come from.
func lockOf(words ...string) string {
	packages := map[string]any{}
	for i := 0; i < len(words); i += 2 {
		packages["node_modules/"+words[i]] = map[string]string{"version": "1.0.0", "resolved": words[i+1]}
	}
	text, _ := json.Marshal(map[string]any{"lockfileVersion": 3, "packages": packages}) // of strings
	return string(text)
}
