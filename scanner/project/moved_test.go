package project_test

import (
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
)

// TestMoves: what says whose names are moves them, and nothing else does.
func TestMoves(t *testing.T) {
	text := func(s string) project.Text { return project.Text{Data: []byte(s), There: s != "-"} }
	for _, c := range []struct {
		file, before, now string
		want              ecosystem.Ecosystem // Unknown: none
	}{
		{"package.json", `{"dependencies":{"a":"1"}}`, `{"dependencies":{"a":"2","b":"^1"},"scripts":{"x":"y"}}`, ecosystem.Unknown},
		{"package.json", `{"dependencies":{"a":"file:./a"}}`, `{"dependencies":{"a":"1"}}`, ecosystem.NPM},
		{"package.json", `{"dependencies":{"a":"npm:b@1"}}`, `{"dependencies":{}}`, ecosystem.NPM},
		{"package.json", `{"name":"a"}`, `{"name":"b"}`, ecosystem.NPM},
		{"package.json", `{"workspaces":["a"]}`, `{"workspaces":{"packages":["b"]}}`, ecosystem.NPM},
		{"package.json", `{"exports":"./a"}`, `{"exports":null}`, ecosystem.NPM},
		{"package.json", `{`, `{"x"`, ecosystem.NPM},
		{"package.json", "-", `{}`, ecosystem.NPM},
		{"pnpm-workspace.yaml", "packages: [a]\ncatalog: {x: 1}\n", "packages: [a]\ncatalog: {x: 2}\n", ecosystem.Unknown},
		{"pnpm-workspace.yaml", "packages: [a]\n", "packages: [b]\n", ecosystem.NPM},
		{"yarn.lock", "a", "b", ecosystem.Unknown},
		{"yarn.lock", "-", "b", ecosystem.NPM},
		{"package-lock.json", `{"extends":1}`, `{"extends":2}`, ecosystem.Unknown},
		{"a/tsconfig.build.json", `{"compilerOptions":{"strict":true}}`, `{"compilerOptions":{"strict":false}}`, ecosystem.Unknown},
		{"a/tsconfig.build.json", `{"compilerOptions":{"paths":{"a":["b"]}}}`, `{"compilerOptions":{}}`, ecosystem.NPM},
		{"conf/any.json", `{"compilerOptions":{"baseUrl":"."}}`, "-", ecosystem.NPM},
		{"conf/any.json", `{"compiler\u004fptions":{"baseUrl":"."}}`, "{}", ecosystem.NPM},
		{"locales/en.json", `{"a":"b"}`, `{"a":"c"}`, ecosystem.Unknown},
		{"vite.config.mts", "a", "b", ecosystem.NPM},
		{"docusaurus.config.js", "a", "-", ecosystem.NPM},
		{"eslint.config.js", "a", "b", ecosystem.Unknown},
		{".npmrc", "a=b", "a=c", ecosystem.NPM},
		{"deno.jsonc", "{}", `{"imports":{}}`, ecosystem.NPM},
		{"x.d.ts", `declare module "a" {}`, `declare module "b" {}`, ecosystem.NPM},
		{"x.d.ts", `declare module "a" {}`, `declare module "a" { const x: 1 }`, ecosystem.Unknown},
		{"x.d.ts", "-", `export {}`, ecosystem.Unknown},
		{"pyproject.toml", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b\"]\n", "[project]\nname = \"a\"\nversion = \"2\"\ndependencies = [\"b>1\", \"c\"]\n[tool.ruff]\nx = 1\n", ecosystem.Unknown},
		{"pyproject.toml", "[tool.poetry.dependencies]\na = {version = \"1\", extras = [\"x\"]}\n", "[tool.poetry.dependencies]\na = {version = \"2\"}\n", ecosystem.Unknown},
		{"pyproject.toml", "[tool.poetry.dependencies]\na = {path = \"../a\"}\n", "[tool.poetry.dependencies]\na = \"1\"\n", ecosystem.PyPI},
		{"pyproject.toml", "[tool.pytest.ini_options]\npythonpath = [\"a\"]\n", "", ecosystem.PyPI},
		{"setup.py", "a", "b", ecosystem.Unknown},
		{"setup.cfg", "a", "-", ecosystem.PyPI},
		{"requirements.txt", "a==1\n", "a==2 --hash=x\n  --hash=sha256:y\nb\n", ecosystem.Unknown},
		{"requirements/dev.txt", "-e ../lib\n", "", ecosystem.PyPI},
		{"conftest.py", "import sys\nsys . path.append('x')\n", "import sys\n", ecosystem.PyPI},
		{"a.py", "import a\n", "import b\n", ecosystem.Unknown},
		{"go.mod", "module a.b/c\n\nrequire d.e/f v1.0.0\n", "module a.b/c\n\nrequire d.e/f v1.1.0\n", ecosystem.Unknown},
		{"go.mod", "module a.b/c\n", "module a.b/d\n", ecosystem.Golang},
		{"go.mod", "module a.b/c\n\nreplace d.e/f => ./f\n", "module a.b/c\n", ecosystem.Golang},
		{"go.work", "use ./a\n", "use ./b\n", ecosystem.Golang},
		{"go.sum", "a", "b", ecosystem.Unknown},
	} {
		some := c.want != ecosystem.Unknown
		if got, ok := project.Moves(rules(), c.file, text(c.before), text(c.now)); got != c.want || ok != some {
			t.Errorf("%s from %q to %q: %v, want %v", c.file, c.before, c.now, got, c.want)
		}
		if some && !project.Owns(rules(), c.file) {
			t.Errorf("%s is not looked at", c.file)
		}
		// What cannot be read may have said anything.
		if got, _ := project.Moves(rules(), c.file, project.Text{There: true, Unread: true}, text(c.now)); some && got != c.want {
			t.Errorf("%s that cannot be read: %v", c.file, got)
		}
	}
}

// FuzzConfigured: no configuration stops the reading of it.
func FuzzConfigured(f *testing.F) {
	for _, s := range []string{`{"compilerOptions":{"paths":{"a*":["${configDir}/*"]}},"extends":["./x"]}`, "export default {resolve: {alias: [{find: /a/, replacement: b}]}}", "declare module 'a'", "[tool.uv.sources]\na={path='b'}", "packages:\n- a\n", "module a\nreplace b => c\n", `{"imports":{"a":"npm:a@1"},"exports":{"a":["b"]}}`, "x={alias:{a:b}};const b=b"} {
		f.Add([]byte(s), []byte(s[:len(s)/2]))
	}
	names := []string{"package.json", "tsconfig.json", "x.json", "vite.config.ts", "deno.json", "a.d.ts", "pyproject.toml", "pnpm-workspace.yaml", "go.mod", "requirements.txt", "a.py"}
	f.Fuzz(func(t *testing.T, before, now []byte) {
		files := map[string][]byte{}
		for _, n := range names {
			files[n] = now
			project.Moves(rules(), n, project.Text{Data: before, There: true}, project.Text{Data: now, There: true})
		}
		p, _ := project.Load(source.Memory(all.Formats().Recognition(), files), nil, project.Options{Rules: rules()})
		p.AliasWords(ecosystem.NPM)
		for _, r := range []string{"a", "a/b", "@a/b"} {
			p.Decide(ref(ecosystem.NPM, extract.Import, "a.ts", r))
		}
	})
}
