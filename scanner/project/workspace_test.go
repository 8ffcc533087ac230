package project_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A workspaceCase is a tree with packages/b, which depends on something, and
// what the tools do about it: "o" they take a member, "a" they ask the registry,
// in the order npm, Yarn 1, Yarn berry, Bun, and pnpm with linkWorkspacePackages.
// Without that setting pnpm asks for everything. Seen with npm 11.19, Yarn 1.22
// and 4.18, Bun 1.4 and pnpm 10 against a registry of our own.
type workspaceCase struct {
	name  string
	files map[string]string
	dep   string // in file
	file  string
	want  string
}

func workspaceCases() []workspaceCase {
	const root = `{"name":"rootname","version":"1.0.0","private":true,"workspaces":["packages/*"]}`
	var out []workspaceCase
	add := func(name, dep, file, want string, files map[string]string) {
		if files["package.json"] == "" {
			files["package.json"] = root
		}
		out = append(out, workspaceCase{name, files, dep, file, want})
	}
	member := func(spec, version, more string) map[string]string {
		if version != "" {
			version = `,"version":"` + version + `"`
		}
		return map[string]string{"packages/a/package.json": `{"name":"mem-a"` + version + more + `}`,
			"packages/b/package.json": `{"name":"mem-b","version":"1.0.0","dependencies":{"mem-a":"` + spec + `"}}`}
	}
	const b = "packages/b/package.json"
	for spec, want := range map[string]string{"^1.0.0": "ooooo", "^2.0.0": "aaaaa", "*": "ooooo", "latest": "aaaaa", "next": "aaaaa", "": "oooao", "1.x": "ooooo"} {
		add("member "+spec, "mem-a", b, want, member(spec, "1.0.0", ""))
	}
	// Yarn 1 asks here; a reference does not tell the two spellings apart.
	add("npm: alias", "mem-a", b, "o oo ", member("npm:mem-a@^1.0.0", "1.0.0", ""))
	// By another name npm asks: what is linked goes by the names of dependencies.
	renamed := member("^1.0.0", "1.0.0", "")
	renamed[b] = `{"name":"mem-b","version":"1.0.0","dependencies":{"x":"npm:mem-a@^1.0.0"}}`
	add("npm: alias of another name", "mem-a", b, "a    ", renamed)
	for spec, want := range map[string]string{"^1.0.0": "ooooo", "^2.0.0": "oaaaa", "latest": "oaaoa", "*": "ooooo"} {
		files := member("^1.0.0", "1.0.0", "")
		files["package.json"] = strings.Replace(root, `"private"`, `"dependencies":{"mem-a":"`+spec+`"},"private"`, 1)
		add("root "+spec, "mem-a", "package.json", want, files)
	}
	add("no version *", "mem-a", b, "oaao ", member("*", "", ""))
	add("no version ^1.0.0", "mem-a", b, "aaaaa", member("^1.0.0", "", ""))
	add("no version 0.0.0", "mem-a", b, "aaaaa", member("0.0.0", "", ""))
	add("prerelease ^1.0.0", "mem-a", b, "aaaaa", member("^1.0.0", "1.1.0-beta.1", ""))
	add("prerelease *", "mem-a", b, "oaao ", member("*", "1.1.0-beta.1", ""))
	add("the root from a member", "rootname", b, "aaoaa", map[string]string{b: `{"name":"mem-b","version":"1.0.0","dependencies":{"rootname":"^1.0.0"}}`})
	add("itself", "mem-b", b, "ooooo", map[string]string{b: `{"name":"mem-b","version":"1.0.0","dependencies":{"mem-b":"^1.0.0"}}`})
	add("outside of the globs", "mem-a", b, "aaaaa", map[string]string{"other/package.json": `{"name":"mem-a","version":"1.0.0"}`, b: member("^1.0.0", "1", "")[b]})
	for _, globs := range []string{`{"packages":["packages/*"]}`, `["packages/**"]`, `["./packages/*/"]`, `["packages/{a,b}"]`} {
		files := member("^1.0.0", "1.0.0", "")
		files["package.json"] = `{"name":"r","version":"1.0.0","workspaces":` + globs + `}`
		add("globs "+globs, "mem-a", b, "ooooo", files)
	}
	not := member("^1.0.0", "1.0.0", "")
	not["package.json"] = `{"name":"r","version":"1.0.0","workspaces":["packages/*","!packages/a"]}`
	add("excluded", "mem-a", b, "a aaa", not) // Yarn 1 does not know the mark
	add("a member of a member", "mem-s", b, "aa aa", map[string]string{"packages/a/package.json": `{"name":"mem-a","version":"1.0.0","workspaces":["sub/*"]}`,
		"packages/a/sub/s/package.json": `{"name":"mem-s","version":"1.0.0"}`, b: `{"name":"mem-b","version":"1.0.0","dependencies":{"mem-s":"^1.0.0"}}`})
	add("another workspace of the tree", "mem-a", b, "aaaaa", map[string]string{"tools/package.json": `{"name":"t","workspaces":["x/*"]}`,
		"tools/x/a/package.json": `{"name":"mem-a","version":"1.0.0"}`, b: member("^1.0.0", "1", "")[b]})
	add("alone", "rootname", "package.json", "aa aa", map[string]string{"package.json": `{"name":"rootname","version":"1.0.0","dependencies":{"rootname":"^1.0.0"}}`})
	return out
}

// decideIn is the decision about a dependency of a file.
func decideIn(t *testing.T, files map[string]string, file, name string) project.Decision {
	t.Helper()
	m := map[string][]byte{}
	var refs []extract.Reference
	for p, text := range files {
		m[p] = []byte(text)
		r := all.Formats().Read(&source.File{Path: p, Data: []byte(text)}).References
		refs = append(refs, r...)
	}
	p, problems := project.Load(source.Memory(all.Formats().Recognition(), m), extract.References{refs}, project.Options{Rules: rules()})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range refs {
		if refs[i].Path == file && refs[i].Name == name && refs[i].Kind == extract.Manifest {
			return p.Decide(&refs[i])
		}
	}
	t.Fatalf("%s is not referenced in %s", name, file)
	return project.Decision{}
}

func TestWorkspaces(t *testing.T) {
	for _, c := range workspaceCases() {
		for i, mark := range []map[string]string{nil, {"yarn.lock": "# yarn lockfile v1\n"}, {"yarn.lock": "__metadata:\n  version: 8\n"}, {"bun.lock": "{}"}, {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}} {
			if c.want[i] == ' ' {
				continue
			}
			files := map[string]string{}
			for p, text := range c.files {
				files[p] = text
			}
			for p, text := range mark {
				files[p] = text
			}
			if i == 4 {
				var root struct{ Workspaces any }
				if err := json.Unmarshal([]byte(files["package.json"]), &root); err != nil {
					t.Fatal(err)
				}
				if o, ok := root.Workspaces.(map[string]any); ok {
					root.Workspaces = o["packages"]
				}
				globs, _ := json.Marshal(root.Workspaces)
				files["pnpm-workspace.yaml"] = "linkWorkspacePackages: true\npackages: " + string(globs) + "\n"
			}
			d := decideIn(t, files, c.file, c.dep)
			if got, want := d.Origin, map[byte]project.Origin{'o': project.Local, 'a': project.Public}[c.want[i]]; got != want {
				t.Errorf("%s, manager %d: %s is %s (%s), want %s", c.name, i, c.dep, got, d.Reason, want)
			}
			if i == 4 {
				files["pnpm-workspace.yaml"] = strings.Replace(files["pnpm-workspace.yaml"], "true", "false", 1)
				if d := decideIn(t, files, c.file, c.dep); d.Origin != project.Public {
					t.Errorf("%s: pnpm is said to link without being told to: %s (%s)", c.name, d.Origin, d.Reason)
				}
			}
		}
	}
	// A private member whose version does not match is nobody's to publish.
	files := map[string]string{"package.json": `{"workspaces":["p/*"]}`, "p/a/package.json": `{"name":"a","version":"1.0.0","private":true}`, "p/b/package.json": `{"name":"b","dependencies":{"a":"^2"}}`}
	if d := decideIn(t, files, "p/b/package.json", "a"); d.Origin != project.Private || d.UserSaid || !strings.Contains(d.Reason, "member-version-mismatch") {
		t.Errorf("%+v", d)
	}
}

// TestDifferentialWorkspaces lets npm install the same trees.
func TestDifferentialWorkspaces(t *testing.T) {
	if os.Getenv("FIGMENT_NIGHTLY") != "1" {
		t.Skip("starts npm for every tree: set FIGMENT_NIGHTLY=1")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not there")
	}
	var mu sync.Mutex
	asked := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
		mu.Lock()
		asked[name] = true
		mu.Unlock()
		http.NotFound(w, r)
	}))
	defer server.Close()
	for _, c := range workspaceCases() {
		if c.want[0] == ' ' {
			continue
		}
		dir := t.TempDir()
		for p, text := range c.files {
			p = filepath.Join(dir, filepath.FromSlash(p))
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		mu.Lock()
		clear(asked)
		mu.Unlock()
		cmd := exec.Command(npm, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=0", "--registry", server.URL)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		out, _ := cmd.CombinedOutput() // it fails where it asks
		mu.Lock()
		got := asked[c.dep]
		mu.Unlock()
		if ours := decideIn(t, c.files, c.file, c.dep).Origin == project.Public; got != ours {
			t.Errorf("%s: npm asks for %s: %v, and figment: %v\n%s", c.name, c.dep, got, ours, out)
		}
	}
}

func TestWorkspaceGlobs(t *testing.T) {
	for _, c := range []struct {
		globs string
		dir   string
		want  bool
	}{
		{"packages/*", "packages/a", true}, {"packages/*", "packages/a/b", false}, {"packages/**", "packages/a/b", true}, {"**", "a/b/c", true},
		{"./packages/*/", "packages/a", true}, {"packages/{a,b}", "packages/b", true}, {"packages/{a,b}", "packages/c", false}, {"{a,b}/{c,d}", "b/c", true},
		{"packages/* !packages/a", "packages/a", false}, {"!packages/a packages/*", "packages/a", true}, {"**/node_modules/x", "a/node_modules/x", false}, {"**", "node_modules/x", false},
		{".", ".", true}, {"..", "a", false}, {"../*", "a", true}, {"a/**/b/**/c", "a/x/b/y/z/c", true}, {"a/**/b/**/c", "a/x/b/y/z", false}, {"[", "a", false},
	} {
		if got := project.Covers(project.Globs(strings.Fields(c.globs)), ".", c.dir); got != c.want {
			t.Errorf("%s and %s: %v", c.globs, c.dir, got)
		}
	}
	if n := len(project.Globs([]string{strings.Repeat("{a,b}", 20)})); n > 128 {
		t.Errorf("%d globs of one", n)
	}
}

func ref(eco ecosystem.Ecosystem, kind extract.Kind, file, name string) *extract.Reference {
	r := &extract.Reference{Ecosystem: eco, Kind: kind, Path: file, Name: name}
	if kind == extract.Import {
		r.Module = name
	}
	return r
}

// TestElsewhere: what lies elsewhere in the tree makes no name the project's own.
func TestElsewhere(t *testing.T) {
	files := map[string]string{
		"docs/x/pyproject.toml":       "[project]\nname = \"evil\"\n[tool.poetry]\nname = \"evil2\"\n",
		"pyproject.toml":              "[project]\nname = \"mine\"\noptional-dependencies = {all = [\"mine[dev]\"]}\ndependencies = [\"evil\"]\n",
		"requirements.txt":            "evil\nevil2\n",
		"dev/requirements.txt":        "-e ..\nmine[dev]\nevil\n",
		"testdata/package.json":       `{"name": "evil", "imports": {"#x": "./x.js"}}`,
		"testdata/deno.json":          `{"name": "@evil/deno", "imports": {"evil-map": "./x.ts"}}`,
		"testdata/x.d.ts":             `declare module "evil-types" {}`,
		"testdata/vite.config.js":     `export default {resolve: {alias: {"evil-alias": "/x"}}}`,
		"testdata/evil.js":            "",
		"testdata/mod/go.mod":         "module github.com\n\nreplace evil.dev/x => ./x\n",
		"testdata/go.work":            "go 1.22\n\nuse ./mod\n",
		"package.json":                `{"name": "root", "exports": "./src/a.ts", "dependencies": {"evil": "1"}}`,
		"go.mod":                      "module shop.dev/x\n",
		"celery.py":                   "import celery\n",
		"evil_dir/main.py":            "",
		"testdata/evil_py.py":         "",
		"testdata/pyproject.toml":     "[project]\nname = \"testdata\"\n",
		"app/web/src/index.ts":        "",
		"app/web/package.json":        `{"name": "web", "exports": {"import": "./dist/index.js"}}`,
		"testdata/alias/package.json": `{"dependencies": {"evil-local": "npm:x@1"}}`,
	}
	m := map[string][]byte{}
	var refs []extract.Reference
	for p, text := range files {
		m[p] = []byte(text)
		r := all.Formats().Read(&source.File{Path: p, Data: []byte(text)}).References
		refs = append(refs, r...)
	}
	p, problems := project.Load(source.Memory(all.Formats().Recognition(), m), extract.References{refs}, project.Options{Rules: rules()})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		r    *extract.Reference
		want project.Origin
	}{
		{ref(ecosystem.PyPI, extract.Manifest, "requirements.txt", "evil"), project.Public},
		{ref(ecosystem.PyPI, extract.Manifest, "requirements.txt", "mine"), project.Public},
		{ref(ecosystem.PyPI, extract.Manifest, "pyproject.toml", "evil"), project.Public},
		{ref(ecosystem.PyPI, extract.Manifest, "pyproject.toml", "Mine"), project.Local},       // its own extras
		{ref(ecosystem.PyPI, extract.Manifest, "dev/requirements.txt", "mine"), project.Local}, // -e .. in the same file
		{ref(ecosystem.PyPI, extract.Manifest, "dev/requirements.txt", "evil"), project.Public},
		{ref(ecosystem.PyPI, extract.Lockfile, "poetry.lock", "evil"), project.Public},
		{ref(ecosystem.PyPI, extract.Import, "a.py", "evil"), project.Public},
		{ref(ecosystem.PyPI, extract.Import, "celery.py", "celery"), project.Public},
		{ref(ecosystem.PyPI, extract.Import, "tasks.py", "celery"), project.Local},
		{ref(ecosystem.PyPI, extract.Import, "evil_dir/main.py", "evil_dir"), project.Public},
		{ref(ecosystem.PyPI, extract.Import, "a.py", "evil_py"), project.Public},
		{ref(ecosystem.NPM, extract.Manifest, "package.json", "evil"), project.Public},
		{ref(ecosystem.NPM, extract.Manifest, "package.json", "root"), project.Public}, // npm asks for it
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "evil"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "@evil/deno"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "evil-map"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "evil-alias"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "evil-local"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "testdata/a.ts", "evil-alias"), project.Local},
		{ref(ecosystem.NPM, extract.Import, "testdata/a.ts", "evil"), project.Public}, // it has no exports
		{ref(ecosystem.NPM, extract.Import, "testdata/a.d.ts", "evil-types"), project.Local},
		{ref(ecosystem.NPM, extract.Import, "testdata/a.ts", "evil-types"), project.Public}, // types make no module
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "evil-types"), project.Public},
		{ref(ecosystem.NPM, extract.Import, "src/a.ts", "root"), project.Local},
		{ref(ecosystem.NPM, extract.Import, "app/web/src/index.ts", "root"), project.Public}, // another package
		{ref(ecosystem.NPM, extract.Import, "app/web/src/index.ts", "web"), project.Local},
		{ref(ecosystem.Golang, extract.Manifest, "go.mod", "github.com/evil/x"), project.Public},
		{ref(ecosystem.Golang, extract.Import, "main.go", "github.com/evil/x"), project.Public},
		{ref(ecosystem.Golang, extract.Import, "testdata/mod/a.go", "github.com/evil/x"), project.Public}, // nobody owns a forge
		{ref(ecosystem.Golang, extract.Import, "main.go", "evil.dev/x"), project.Public},
		{ref(ecosystem.Golang, extract.Import, "testdata/mod/a.go", "evil.dev/x"), project.External},
		{ref(ecosystem.Golang, extract.Import, "main.go", "shop.dev/x/y"), project.Local},
		{ref(ecosystem.Golang, extract.Manifest, "go.mod", "shop.dev/x/y"), project.Public}, // a module of its own, which go fetches
		{ref(ecosystem.Golang, extract.Import, "main.go", "myapp/models"), project.Local},
		{ref(ecosystem.Golang, extract.Import, "main.go", "encoding/yaml"), project.Public},
	} {
		if d := p.Decide(c.r); d.Origin != c.want {
			t.Errorf("%s of %s in %s is %s (%s), want %s", c.r.Kind, c.r.Name, c.r.Path, d.Origin, d.Reason, c.want)
		}
	}
}

// TestGoTree: replacements by version, and a workspace.
func TestGoTree(t *testing.T) {
	p, refs := load(t, project.Options{},
		"go.work", "go 1.22\n\nuse (\n\t./a\n\t./b // the other\n)\n\nreplace work.dev/r => ./r\n",
		"a/go.mod", "module shop.dev/a\n\nrequire (\n\tshop.dev/b v9.9.9\n\tone.dev/x v1.0.0\n\tone.dev/y v1.0.0\n\tshop.dev/c v1.0.0\n\twork.dev/r v1.0.0\n)\n\nreplace one.dev/x v1.9.9 => ./x\n\nreplace one.dev/y v1.0.0 => ./y\n",
		"a/main.go", "package a\n\nimport (\n\t_ \"shop.dev/b/p\"\n\t_ \"one.dev/x/p\"\n\t_ \"one.dev/y/p\"\n\t_ \"shop.dev/c/p\"\n\t_ \"work.dev/r/p\"\n)\n",
		"b/go.mod", "module shop.dev/b\n", "c/go.mod", "module shop.dev/c\n\nrequire shop.dev/b v1.0.0\n")
	check(t, p, refs, "a/go.mod", map[string]project.Origin{"shop.dev/b": project.Local, "one.dev/x": project.Public, "one.dev/y": project.External, "shop.dev/c": project.Public, "work.dev/r": project.External})
	check(t, p, refs, "a/main.go", map[string]project.Origin{"shop.dev/b/p": project.Local, "one.dev/x/p": project.Public, "one.dev/y/p": project.External, "shop.dev/c/p": project.Public, "work.dev/r/p": project.External})
	check(t, p, refs, "c/go.mod", map[string]project.Origin{"shop.dev/b": project.Public}) // go.work does not use it
}

// TestPythonTree: what uv, Poetry and programs themselves say of where modules
// lie.
func TestPythonTree(t *testing.T) {
	p, refs := load(t, project.Options{},
		"pyproject.toml", "[project]\nname = \"root\"\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\nexclude = [\"packages/out\"]\n[tool.uv.sources]\nmember-lib = {workspace = true}\nby-git = {git = \"https://git.example/x\"}\nmarked = {path = \"x\", marker = \"sys_platform == 'win32'\"}\n",
		"packages/app/pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"member-lib\", \"by-git\", \"marked\", \"other\"]\n",
		"packages/app/app/main.py", "import member_lib\nimport other\nimport out_lib\nimport rusty\n",
		"packages/lib/pyproject.toml", "[project]\nname = \"member-lib\"\n", "packages/lib/src/member_lib/__init__.py", "",
		"packages/out/pyproject.toml", "[project]\nname = \"out\"\n", "packages/out/src/out_lib/__init__.py", "",
		"poetry/pyproject.toml", "[tool.poetry]\nname = \"p\"\n[tool.poetry.dependencies]\nbeside = {path = \"../beside-dir\", develop = true}\n",
		"poetry/a.py", "import beside_mod\n", "beside-dir/beside_mod.py", "",
		"rust/pyproject.toml", "[build-system]\nrequires = [\"maturin>=1\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"rusty-thing\"\n", "rust/tests/test_a.py", "import rusty_thing\nimport another_thing\n",
		"scripts/run.py", "import sys, os\nHERE = os.path.dirname(__file__)\nsys.path.insert(0, os.path.join(HERE, '..', 'backend', \"inner\"))\nimport hidden_mod\nimport not_there\n",
		"backend/inner/hidden_mod.py", "",
	)
	check(t, p, refs, "packages/app/pyproject.toml", map[string]project.Origin{"member-lib": project.External, "by-git": project.External, "marked": project.Public, "other": project.Public})
	check(t, p, refs, "packages/app/app/main.py", map[string]project.Origin{"member_lib": project.Local, "other": project.Public, "out_lib": project.Public, "rusty": project.Public})
	check(t, p, refs, "poetry/a.py", map[string]project.Origin{"beside_mod": project.Local})
	check(t, p, refs, "rust/tests/test_a.py", map[string]project.Origin{"rusty_thing": project.Local, "another_thing": project.Public})
	check(t, p, refs, "scripts/run.py", map[string]project.Origin{"hidden_mod": project.Local, "not_there": project.Public})
}

// TestTooDeep: what nests too deep is told, not parsed.
func TestTooDeep(t *testing.T) {
	deep := strings.Repeat("[", 650_000)
	m := map[string][]byte{"tsconfig.json": []byte(deep), "package.json": []byte(`{"a":` + strings.Repeat(`{"a":`, 300_000)), "deno.json": []byte(deep), "pyproject.toml": []byte("a = " + deep),
		"pnpm-workspace.yaml": []byte("packages: " + deep), "a/pnpm-workspace.yaml": []byte(strings.Repeat("- ", 100_000)), "a/pyproject.toml": []byte(strings.Repeat("a.", 100_000) + "a = 1")}
	p, problems := project.Load(source.Memory(all.Formats().Recognition(), m), nil, project.Options{Rules: rules()})
	p.Decide(ref(ecosystem.NPM, extract.Import, "a.ts", "x"))
	if len(problems) != len(m)-1 || len(p.Problems()) != len(m) { // tsconfig.json is read when it is asked about
		t.Errorf("%d problems: %+v", len(p.Problems()), p.Problems())
	}
	for _, src := range []string{`{"a": "[[[[`, strings.Repeat("[]", 5000), strings.Repeat(`"[",`, 5000)} {
		if text.TooDeep([]byte(src), text.JSON) {
			t.Errorf("%.20q nests too deep", src)
		}
	}
}

// FuzzLoad: nothing that a repository writes stops the reading of it, and what
// is not in a name's reach does not make it the project's own.
func FuzzLoad(f *testing.F) {
	seeds := map[string][]string{
		"package.json":        {`{"name":"x","version":"1.0.0","workspaces":["p/*"],"packageManager":"pnpm@9.0.0"}`, `{"workspaces":{"packages":["**"]}}`, `{"name":[],"workspaces":"x"}`},
		"p/a/package.json":    {`{"name":"a","version":"1","private":true}`},
		"tsconfig.json":       {`{"extends":["./tsconfig.json"],"compilerOptions":{"baseUrl":".","paths":{"@/*":["x"]}}}`},
		"pnpm-workspace.yaml": {"packages: ['p/*', '!x']\nlinkWorkspacePackages: true\n", "a: &a [*a]"},
		"go.mod":              {"module x.dev/y\nreplace a.dev/b v1 => ./c\n"},
		"go.work":             {"use (\n./a\n)\nreplace x => y z\n"},
		"pyproject.toml":      {"[project]\nname='x'\n[tool.uv.sources]\ny={workspace=true}\n[tool.uv.workspace]\nmembers=['p/*']\n[tool.setuptools.packages.find]\nwhere=['src']\n"},
		"deno.json":           {`{"workspace":["./p"],"imports":{"x":"./y"}}`},
		".npmrc":              {"@x:registry=https://x.example\n"},
		"vite.config.js":      {"export default {resolve:{alias:[{find:'x',replacement:'y'}],modules:['src']}}", "alias: {'a': f({b: 1}), // c\n d: `e`}"},
		"requirements.txt":    {"-e .\n./x[y]\n"},
		"run.py":              {"import sys\nA='src'\nsys.path.insert(0, A + B)\nB=A\n"},
		"a.d.ts":              {`declare module "x" {}`},
	}
	var names []string
	for name, texts := range seeds {
		for _, text := range texts {
			f.Add(name, text, "x")
		}
		names = append(names, name)
	}
	f.Fuzz(func(t *testing.T, file, text, name string) {
		m := map[string][]byte{"src/x.py": nil, "p/a/index.ts": nil, "a/go.mod": []byte("module x.dev/a\n")}
		for _, n := range names {
			m[n] = []byte(seeds[n][0])
		}
		if seeds[file] == nil {
			return
		}
		m[file] = []byte(text)
		var refs []extract.Reference
		for p, data := range m {
			r := all.Formats().Read(&source.File{Path: p, Data: data}).References
			refs = append(refs, r...)
		}
		p, _ := project.Load(source.Memory(all.Formats().Recognition(), m), extract.References{refs}, project.Options{Rules: rules(), RepoPrivate: []string{text}})
		for _, eco := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang, ecosystem.JSR} {
			for _, kind := range []extract.Kind{extract.Manifest, extract.Lockfile, extract.Command, extract.Import, extract.Mention} {
				for _, at := range []string{"p/a/index.ts", "run.py", "package.json", "p/a/package.json", "pyproject.toml", "requirements.txt", "go.mod", "", "-", "a/b/c/d.go"} {
					r := ref(eco, kind, at, name)
					if d := p.Decide(r); d.Reason == "" {
						t.Errorf("%+v has no reason", r)
					}
				}
			}
		}
	})
}
