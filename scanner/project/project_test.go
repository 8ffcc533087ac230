package project_test

import (
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
)

// rules are those of every ecosystem.
func rules() []*project.Rules { return adapter.Projects(all.Adapters()) }

// fakeSettings makes names private by prefix, and trusts one host.
type fakeSettings map[string]string // "npm:@acme/" → setting

func (f fakeSettings) Private(p ecosystem.Package) (string, bool) {
	for prefix, setting := range f {
		if strings.HasPrefix(p.String(), prefix) {
			return setting, true
		}
	}
	return "", false
}

func (f fakeSettings) Claimed(ecosystem.Package) (string, bool) { return "", false }

func (f fakeSettings) Trusted(_ ecosystem.Ecosystem, url string) bool {
	return strings.Contains(url, "trusted.example") || strings.Contains(url, "registry.npmjs.org")
}

// load reads a project given as path, text, path, text …
func load(t *testing.T, o project.Options, files ...string) (*project.Project, []extract.Reference) {
	t.Helper()
	m := map[string][]byte{}
	var refs []extract.Reference
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = []byte(files[i+1])
		r := all.Formats().Read(&source.File{Path: files[i], Data: []byte(files[i+1])}).References
		refs = append(refs, r...)
	}
	o.Rules = rules()
	p, problems := project.Load(source.Memory(all.Formats().Recognition(), m), extract.References{refs}, o)
	for _, problem := range problems {
		t.Errorf("%+v", problem)
	}
	return p, refs
}

// want is "name origin" pairs, by the module as written where there is one.
func check(t *testing.T, p *project.Project, refs []extract.Reference, file string, want map[string]project.Origin) {
	t.Helper()
	got := map[string]project.Decision{}
	for i := range refs {
		r := &refs[i]
		if r.Path != file || r.Kind == extract.Mention {
			continue
		}
		key := r.Name
		if r.Module != "" {
			key = r.Module
		}
		got[key] = p.Decide(r)
	}
	for name, origin := range want {
		d, ok := got[name]
		if !ok {
			t.Errorf("%s: %s is not referenced (of %v)", file, name, got)
			continue
		}
		if d.Origin != origin {
			t.Errorf("%s: %s is %s (%s), want %s", file, name, d.Origin, d.Reason, origin)
		}
		if d.Reason == "" {
			t.Errorf("%s: %s has no reason", file, name)
		}
	}
}

func TestNPM(t *testing.T) {
	p, refs := load(t, project.Options{},
		"package.json", `{"name": "shop", "workspaces": ["packages/*"], "dependencies": {
			"react": "^18", "lodash-old": "npm:lodash@^4", "@shop/ui": "workspace:*", "kit": "file:./kit", "hub": "someone/hub", "JSONStream": "1"}}`,
		"packages/ui/package.json", `{"name": "@shop/ui", "version": "1.0.0"}`,
		"conf/tsconfig.deep.json", `{"compilerOptions": {"paths": {"@deep/*": ["../src/*"],}}}`,
		"tsconfig.base.json", "{ // shared\n \"extends\": \"./conf/tsconfig.deep\", \"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"@app/*\": [\"src/*\"], \"shared\": [\"src/shared.ts\"]}}}",
		"tsconfig.json", `{"extends": "./tsconfig.base.json"}`,
		"vite.config.ts", `export default { resolve: { alias: { "~parts": "/src/parts", assets: "/src/assets" } } }`,
		"virtual.d.ts", `declare module "virtual-thing" { const x: string; export default x }`,
		"lib/based/x.ts", `export const x = 1`,
		"tools/helper.ts", `export const x = 1`,
		"src/util.ts", "", "src/x.vue", "", "src/shared.ts", "", "src/parts/a/index.tsx", "", "src/assets/logo.ios.js", "",
		"src/app.ts", strings.Join([]string{
			`import a from "react"`, `import b from "react/jsx-runtime"`, `import c from "fs"`, `import e from "sqlite"`,
			`import f from "lodash-old"`, `import g from "@shop/ui"`, `import h from "@app/util"`, `import i from "shared"`, `import j from "@deep/x"`,
			`import k from "tools/helper"`, `import m from "assets/logo"`, `import type n from "virtual-thing"`,
			`import o from "JSONStream"`, `import p from "express"`, `import q from "fs/promises"`, `import r from "Components/x"`, `import s from "@app"`,
			`import u from "based/x"`,
		}, "\n"))
	check(t, p, refs, "src/app.ts", map[string]project.Origin{
		"react": project.Public, "react/jsx-runtime": project.Public, "fs": project.Standard, "sqlite": project.Public, "fs/promises": project.Standard,
		"lodash-old": project.Local, "@shop/ui": project.Local, "@app/util": project.Local, "shared": project.Local, "@deep/x": project.Local, "tools/helper": project.Local,
		"assets/logo": project.Local, "virtual-thing": project.Local, "JSONStream": project.Public, "express": project.Public, "Components/x": project.Local, "based/x": project.Public, // a folder that happens to be called so
	})
	check(t, p, refs, "package.json", map[string]project.Origin{
		"react": project.Public, "lodash": project.Public, "@shop/ui": project.External, "kit": project.External, "hub": project.External, "JSONStream": project.Public,
	})
	for spec, want := range map[string]project.Origin{"node:test": project.Standard, "node:fs": project.Standard, "~parts/a": project.Local, "test": project.Public, "bench": project.Public, "hub/sub": project.Public} {
		r := extract.Reference{Ecosystem: ecosystem.NPM, Name: strings.TrimSuffix(strings.TrimSuffix(spec, "/sub"), "/a"), Module: spec, Kind: extract.Import, Path: "src/app.ts"}
		if d := p.Decide(&r); d.Origin != want {
			t.Errorf("%s is %s (%s), want %s", spec, d.Origin, d.Reason, want)
		}
	}
	if len(p.Declared(ecosystem.NPM, "react")) != 1 || len(p.DeclaredNames(ecosystem.NPM)) < 5 {
		t.Error("declarations are lost")
	}
	if !p.HasManifest(ecosystem.NPM, "src/app.ts") || p.HasManifest(ecosystem.PyPI, "src/app.ts") {
		t.Error("HasManifest")
	}
}

// TestAliases: an alias makes a name the project's own where it leads to
// something. One that leads to nothing, and one whose end is not written down,
// says so in a claim.
func TestAliases(t *testing.T) {
	const claimed = 100 // beside an origin: with a claim
	tree := []string{"src/thing.ts", "", "src/lib/index.ts", "", "src/ui/button.native.tsx", "", "src/data.json", "{}", "node_modules/x.txt", ""}
	alias := func(text string) []string { return []string{"vite.config.ts", text} }
	paths := func(text string) []string {
		return []string{"tsconfig.json", `{"compilerOptions": {"paths": ` + text + `}}`}
	}
	for _, c := range []struct {
		name  string
		files []string
		spec  string
		want  int
	}{
		{"paths", paths(`{"zz/*": ["./src/*"]}`), "zz/thing", int(project.Local)},
		{"paths to a directory", paths(`{"zz": ["./src/lib"]}`), "zz", int(project.Local)},
		{"paths, what TypeScript makes", paths(`{"zz/*": ["./src/*"]}`), "zz/thing.js", int(project.Local)},
		{"paths to nothing", paths(`{"zz": ["./nowhere"]}`), "zz", int(project.Private) + claimed},
		{"paths with a star to nothing", paths(`{"zz*": ["./src/no*"]}`), "zz", int(project.Private) + claimed},
		{"paths to packages", paths(`{"zz": ["./node_modules/zz"]}`), "zz", int(project.Public)},
		{"paths without an end", paths(`{"zz": []}`), "zz", int(project.Public)},
		{"paths that are none", paths(`{"zz": "src/lib"}`), "zz", int(project.Public)},
		{"paths that lead out", paths(`{"zz": ["../libs/zz"]}`), "zz", int(project.Local) + claimed},
		{"paths from baseUrl", []string{"tsconfig.json", `{"compilerOptions": {"baseUrl": "src", "paths": {"zz": ["lib"]}}}`}, "zz", int(project.Local)},
		{"paths that are inherited", []string{"tsconfig.json", `{"extends": "./conf/base.json", "compilerOptions": {"baseUrl": "src"}}`, "conf/base.json", `{"compilerOptions": {"paths": {"zz": ["lib"]}}}`}, "zz", int(project.Local)},
		{"paths from ${configDir}", []string{"tsconfig.json", `{"extends": "./conf/base.json"}`, "conf/base.json", `{"compilerOptions": {"paths": {"zz/*": ["${configDir}/src/*"]}}}`}, "zz/lib", int(project.Local)},
		{"paths in a comment", []string{"tsconfig.json", `{"compilerOptions": {/* "paths": {"zz": ["./src/lib"]} */}}`}, "zz", int(project.Public)},
		{"everything", paths(`{"*": ["./src/*"]}`), "thing", int(project.Local)},
		{"everything else", paths(`{"*": ["./src/*"]}`), "zz", int(project.Public)},
		{"declared", append(paths(`{"zz": ["./nowhere"]}`), "package.json", `{"dependencies": {"zz": "1"}}`), "zz", int(project.Public)},
		{"paths to what is built", append(paths(`{"zz": ["./dist/zz"]}`), "projects/zz/package.json", `{"name": "zz"}`), "zz", int(project.Local) + claimed},
		{"paths through a link", append(paths(`{"zz": ["./linked/zz"]}`), "linked", ""), "zz", int(project.Local) + claimed},
		{"paths through a file", paths(`{"zz": ["./src/thing.ts/zz"]}`), "zz", int(project.Private) + claimed},
		{"no name", paths(`{"@/*": ["./nowhere/*"]}`), "@/zz", int(project.Local)},

		{"alias", alias(`export default {resolve: {alias: {zz: "./src/lib"}}}`), "zz", int(project.Local)},
		{"alias of a folder", alias(`export default {resolve: {alias: {zz: path.resolve(__dirname, "src")}}}`), "zz/thing", int(project.Local)},
		{"alias by URL", alias(`const a = {alias: {"zz": fileURLToPath(new URL('./src', import.meta.url))}}`), "zz/thing", int(project.Local)},
		{"alias by a variable", alias("const src = path.join(__dirname, 'src')\nexport default {resolve: {alias: {zz: path.join(src, 'lib')}}}"), "zz", int(project.Local)},
		{"alias for a platform", alias(`x = {alias: {zz: "/src/ui"}}`), "zz/button", int(project.Local)},
		{"alias of the root", alias(`x = {alias: {zz: __dirname}}`), "zz/src/thing", int(project.Local)},
		{"alias in a list", alias(`x = {alias: [{find: /^yy/, replacement: "./no"}, {find: "zz", replacement: "./src/lib"}]}`), "zz", int(project.Local)},
		{"mapper", []string{"jest.config.js", `module.exports = {moduleNameMapper: {"^zz/(.*)$": "<rootDir>/src/$1"}}`}, "zz/lib", int(project.Local)},
		{"mapper to nothing", []string{"jest.config.js", `module.exports = {moduleNameMapper: {"^zz/(.*)$": "<rootDir>/no/$1"}}`}, "zz/lib", int(project.Private) + claimed},
		{"alias to nothing", alias(`export default {resolve: {alias: {zz: "./nowhere"}}}`), "zz", int(project.Private) + claimed},
		{"alias to itself", alias(`export default {resolve: {alias: {zz: "zz"}}}`), "zz", int(project.Public)},
		{"alias to its package", alias(`export default {resolve: {alias: {zz: path.resolve("./node_modules/zz")}}}`), "zz", int(project.Public)},
		{"alias to another package", alias(`export default {resolve: {alias: {zz: "yy/compat"}}}`), "zz", int(project.Private) + claimed},
		{"alias to a declared package", append(alias(`export default {resolve: {alias: {zz: "yy/compat"}}}`), "package.json", `{"dependencies": {"yy": "1"}}`), "zz", int(project.Local)},
		{"alias to what a program says", alias(`export default {resolve: {alias: {zz: where()}}}`), "zz", int(project.Local) + claimed},
		{"alias to what another file says", alias("const paths = require('./src/lib')\nexport default {resolve: {alias: {zz: paths.zz}}}"), "zz", int(project.Local) + claimed},
		{"alias in a comment", alias("// alias: {zz: './src/lib'}\nexport default {}"), "zz", int(project.Public)},
		{"alias in a long comment", alias("/* resolve: { alias: {zz: './src/lib'} } */"), "zz", int(project.Public)},
		{"a key in a comment", alias("x = {alias: {/* zz: './src/lib', */ yy: './src/lib'}}"), "zz", int(project.Public)},
		{"alias in a text", alias("const s = \"alias: {zz: './src/lib'}\"; const t = `alias: {zz: './src/lib'}`"), "zz", int(project.Public)},
		{"alias after an expression", alias("const r = /['\"]/; x = {alias: {zz: './src/lib'}}"), "zz", int(project.Local)},
		{"roots in a comment", alias("// modules: ['src']"), "lib", int(project.Public)},

		{"its own name", []string{"package.json", `{"name": "zz"}`}, "zz", int(project.Public)},
		{"its own name, private", []string{"package.json", `{"name": "zz", "private": true}`}, "zz", int(project.Private) + claimed},
		{"its own name, with exports", []string{"package.json", `{"name": "zz", "exports": {".": {"import": "./src/lib/index.ts"}}}`}, "zz", int(project.Local)},
		{"its own name, with what is built", []string{"package.json", `{"name": "zz", "exports": "./dist/index.js"}`}, "zz", int(project.Local) + claimed},
		{"its own name, exports nothing", []string{"package.json", `{"name": "zz", "exports": null}`}, "zz", int(project.Public)},
		{"imports without a mark", []string{"package.json", `{"name": "x", "imports": {"zz": "./src/lib/index.ts"}}`}, "zz", int(project.Public)},
		{"types", []string{"x.d.ts", `declare module "zz" {}`}, "zz", int(project.Public)},
		{"types of a comment", []string{"x.d.ts", `// declare module "zz"`}, "zz", int(project.Public)},

		{"import map", []string{"deno.json", `{"imports": {"zz": "./src/lib/index.ts"}}`}, "zz", int(project.Local)},
		{"import map of a folder", []string{"deno.json", `{"imports": {"zz/": "./src/"}}`}, "zz/thing.ts", int(project.Local)},
		{"import map to nothing", []string{"deno.json", `{"imports": {"zz": "./nowhere.ts"}}`}, "zz", int(project.Private) + claimed},
		{"import map to itself", []string{"deno.json", `{"imports": {"zz": "npm:zz@^1"}}`}, "zz", int(project.Public)},
		{"import map to another", []string{"deno.json", `{"imports": {"zz": "jsr:@a/zz"}}`}, "zz", int(project.Local) + claimed},
		{"the name of a Deno package", []string{"deno.json", `{"name": "zz", "exports": "./src/thing.ts"}`}, "zz", int(project.Local)},
		{"the name of a Deno package without exports", []string{"deno.json", `{"name": "zz"}`}, "zz", int(project.Public)},
		{"a name that a document installs", []string{"README.md", "```sh\nnpm i zz@npm:react\n```\n"}, "zz", int(project.Public)},
	} {
		p, refs := load(t, project.Options{}, append(append([]string{"src/app.ts", "import x from '" + c.spec + "'\n"}, tree...), c.files...)...)
		for i := range refs {
			if r := &refs[i]; r.Path == "src/app.ts" && r.Kind == extract.Import {
				d := p.Decide(r)
				got := int(d.Origin)
				if d.Claim != (project.Claim{}) {
					got += claimed
				}
				if got != c.want {
					t.Errorf("%s: %s is %s (%s), claim %+v", c.name, c.spec, d.Origin, d.Reason, d.Claim)
				}
			}
		}
	}
	// Types alone, by the project's own word.
	p, refs := load(t, project.Options{}, "x.d.ts", "/* c */ declare module 'zz';", "a.ts", "import type {T} from 'zz'\n")
	for i := range refs {
		if d := p.Decide(&refs[i]); refs[i].Path == "a.ts" && (d.Origin != project.Local || d.Claim.Path != "x.d.ts") {
			t.Errorf("types: %+v", d)
		}
	}
}

// TestNPMNever asks about specifiers that are never names of packages.
func TestNPMNever(t *testing.T) {
	p, refs := load(t, project.Options{}, "package.json", `{"name": "x"}`, "a.ts",
		`import a from "@/lib/a"; import b from "#internal"; import c from "~/c"; import d from "$lib/d"; import e from "./e"; import f from "virtual:f"; import g from "/g"; import h from "data:text/javascript,1"; import i from "https://a.example/b.js"`)
	for i := range refs {
		if d := p.Decide(&refs[i]); refs[i].Kind == extract.Import && d.Origin == project.Public {
			t.Errorf("%s is public", refs[i].Raw)
		}
	}
	// whatever the extractor hands on
	for _, spec := range []string{"@/lib/a", "#internal", "~/c", "$lib/d"} {
		r := extract.Reference{Ecosystem: ecosystem.NPM, Name: spec, Module: spec, Kind: extract.Import, Path: "a.ts"}
		if d := p.Decide(&r); d.Origin == project.Public {
			t.Errorf("%s is public", spec)
		}
	}
}

func TestPrivate(t *testing.T) {
	s := fakeSettings{"npm:@acme/": "@acme:registry in ~/.npmrc", "golang:git.acme.dev/": "GOPRIVATE"}
	files := []string{
		".npmrc", "@claimed:registry=https://npm.corp.dev/\n@fine:registry=https://trusted.example/\n",
		"package.json", `{"dependencies": {"@acme/a": "1", "@claimed/b": "1", "@fine/c": "1", "@mine/d": "1", "@theirs/e": "1", "plain": "1"}}`,
		"go.mod", "module shop.dev/x\n\nrequire git.acme.dev/lib v1.0.0\n",
		"main.go", "package main\n\nimport (\n\t_ \"git.acme.dev/lib/sub\"\n\t_ \"github.com/google/uuid\"\n)\n",
		"a.ts", `import a from "@acme/undeclared"; import b from "@claimed/other"; import c from "plain"`,
	}
	o := project.Options{Settings: s, UserPrivate: []string{"npm:@mine/*"}, RepoPrivate: []string{"@theirs/**"}}
	p, refs := load(t, o, files...)
	check(t, p, refs, "package.json", map[string]project.Origin{"@acme/a": project.Private, "@claimed/b": project.Private, "@fine/c": project.Public, "@mine/d": project.Private, "@theirs/e": project.Private, "plain": project.Public})
	check(t, p, refs, "a.ts", map[string]project.Origin{"@acme/undeclared": project.Private, "@claimed/other": project.Private, "plain": project.Public})
	check(t, p, refs, "go.mod", map[string]project.Origin{"git.acme.dev/lib": project.Private})
	check(t, p, refs, "main.go", map[string]project.Origin{"git.acme.dev/lib/sub": project.Private, "github.com/google/uuid": project.Public})
	said := map[string]bool{"@acme/a": true, "@mine/d": true, "@claimed/b": false, "@theirs/e": false}
	for i := range refs {
		if want, ok := said[refs[i].Name]; ok {
			d := p.Decide(&refs[i])
			if d.UserSaid != want {
				t.Errorf("%s: UserSaid %v", refs[i].Name, d.UserSaid)
			}
			if refs[i].Name == "@claimed/b" && !strings.Contains(d.Reason, ".npmrc:1 @claimed:registry") {
				t.Errorf("the reason is %q", d.Reason)
			}
		}
	}
	// by the user's word alone
	o.PrivateFromUserOnly = true
	p, refs = load(t, o, files...)
	check(t, p, refs, "package.json", map[string]project.Origin{"@acme/a": project.Private, "@mine/d": project.Private, "@claimed/b": project.Public, "@theirs/e": project.Public})
	// a default registry of a directory holds below it
	p, refs = load(t, project.Options{Settings: s}, "sub/.npmrc", "registry=https://npm.corp.dev/\n", "sub/package.json", `{"dependencies": {"inner": "1"}}`, "package.json", `{"dependencies": {"outer": "1"}}`)
	check(t, p, refs, "sub/package.json", map[string]project.Origin{"inner": project.Private})
	check(t, p, refs, "package.json", map[string]project.Origin{"outer": project.Public})
	// an index beside the requirement
	p, refs = load(t, project.Options{Settings: s}, "requirements.txt", "--index-url https://pypi.corp.dev/simple\ninternal-lib==1\n")
	check(t, p, refs, "requirements.txt", map[string]project.Origin{"internal-lib": project.Private})
}

// TestLockHosts: one entry from elsewhere is private, a mirror for all is not.
func TestLockHosts(t *testing.T) {
	lock := func(hosts ...string) string {
		var b strings.Builder
		b.WriteString(`{"name": "x", "lockfileVersion": 3, "packages": {"": {"name": "x"}`)
		for i, h := range hosts {
			n := string(rune('p' + i))
			b.WriteString(`, "node_modules/pkg-` + n + `": {"version": "1.0.0", "resolved": "https://` + h + `/pkg-` + n + `/-/pkg-` + n + `-1.0.0.tgz"}`)
		}
		return b.String() + "}}"
	}
	p, refs := load(t, project.Options{}, "package-lock.json", lock("registry.npmjs.org", "registry.npmjs.org", "npm.corp.dev"))
	check(t, p, refs, "package-lock.json", map[string]project.Origin{"pkg-p": project.Public, "pkg-q": project.Public, "pkg-r": project.Private})
	p, refs = load(t, project.Options{}, "package-lock.json", lock("mirror.dev", "mirror.dev", "mirror.dev"))
	check(t, p, refs, "package-lock.json", map[string]project.Origin{"pkg-p": project.Public, "pkg-q": project.Public, "pkg-r": project.Public})
}

func TestPlaceholders(t *testing.T) {
	p, _ := load(t, project.Options{Settings: fakeSettings{"golang:git.example.com/": "GOPRIVATE"}}, "requirements.txt", "foo==1\n")
	for _, c := range []struct {
		path, label string
		e           ecosystem.Ecosystem
		kind        extract.Kind
		name        string
		want        project.Origin
	}{
		{"README.md", "fence 1", ecosystem.PyPI, extract.Command, "your-package", project.Placeholder},
		{"README.md", "", ecosystem.NPM, extract.Command, "my-package", project.Placeholder},
		{"-", "", ecosystem.NPM, extract.Command, "my-package", project.Placeholder},
		{"a.py", "", ecosystem.NPM, extract.Mention, "<name>", project.Placeholder},
		{"a.py", "", ecosystem.PyPI, extract.Mention, "your-lib", project.Placeholder},
		{"docs/a.rst", "", ecosystem.Golang, extract.Command, "github.com/user/repo", project.Placeholder},
		{"README", "", ecosystem.PyPI, extract.Command, "foo", project.Placeholder},
		{"README.md", "fence 1", ecosystem.PyPI, extract.Command, "flask", project.Public},
		{"README.md", "fence 1", ecosystem.NPM, extract.Manifest, "your-lib", project.Placeholder}, // an example of a manifest
		{"README.md", "fence 1", ecosystem.PyPI, extract.Import, "baz", project.Placeholder},
		{"README.md", "fence 1", ecosystem.Golang, extract.Import, "example.com/greetings", project.Placeholder},
		{"README.md", "fence 1", ecosystem.Golang, extract.Import, "git.example.com/lib", project.Private}, // the user's word
		{"README.md", "fence 1", ecosystem.PyPI, extract.Import, "foo", project.Public},                    // declared
		// Where something is installed, or run, a name is a name.
		{"requirements.txt", "", ecosystem.PyPI, extract.Manifest, "your-lib", project.Public},
		{"requirements.txt", "", ecosystem.PyPI, extract.Manifest, "foo", project.Public},
		{"package.json", "", ecosystem.NPM, extract.Manifest, "@your-org/x", project.Public},
		{"poetry.lock", "", ecosystem.PyPI, extract.Lockfile, "example", project.Public},
		{".github/workflows/a.yml", "", ecosystem.PyPI, extract.Command, "your-sdk", project.Public},
		{".github/workflows/a.yml", "", ecosystem.PyPI, extract.Command, "<name>", project.Placeholder},
		{"Dockerfile", "", ecosystem.NPM, extract.Command, "my-app", project.Public},
		{"package.json", "script build", ecosystem.NPM, extract.Command, "my-app", project.Public},
		{"", "", ecosystem.NPM, extract.Command, "your-sdk", project.Public}, // figment check
		{"", "", ecosystem.NPM, extract.Command, "${X}", project.Placeholder},
		{"a.py", "", ecosystem.PyPI, extract.Import, "your_package", project.Public},
		{"main.go", "", ecosystem.Golang, extract.Import, "github.com/yourname/x", project.Public},
		// In a script a closed list of words stands for a name.
		{"install.sh", "", ecosystem.PyPI, extract.Command, "package_name", project.Placeholder},
		{"install.sh", "", ecosystem.Golang, extract.Command, "github.com/user/repo", project.Placeholder},
		{"install.sh", "", ecosystem.PyPI, extract.Command, "your-sdk", project.Public},
		{"install.ps1", "", ecosystem.NPM, extract.Command, "my-app", project.Public},
	} {
		r := extract.Reference{Ecosystem: c.e, Kind: c.kind, Name: c.name, Path: c.path, Label: c.label}
		if d := p.Decide(&r); d.Origin != c.want {
			t.Errorf("%s %s: %s %s:%s is %s (%s), want %s", c.path, c.label, c.kind, c.e, c.name, d.Origin, d.Reason, c.want)
		}
	}
}

func TestPython(t *testing.T) {
	p, refs := load(t, project.Options{},
		"pyproject.toml", "[project]\nname = \"My.Shop\"\ndependencies = [\"flask\"]\n[tool.pytest.ini_options]\npythonpath = [\"testlib\"]\n[tool.setuptools.packages.find]\nwhere = [\"code\"]\n",
		"rootmod.py", "", "src/shop/__init__.py", "", "src/single.py", "", "testlib/fakes.py", "", "code/core/x.py", "",
		"nsdir/deep/inner/mod.py", "", "docs/readme.txt", "", "lib/stub.pyi", "", "tools/beside.py", "",
		"tools/pkg/use.py", strings.Join([]string{"import json", "import distutils", "import rootmod", "import shop.db", "import single", "import fakes", "import core", "import nsdir.deep",
			"import docs", "import beside", "import stub", "import flask", "import sibling", "import my_shop"}, "\n"),
		"tools/pkg/sibling.py", "",
		"other/use.py", "import beside\nimport sibling\n",
		"README.md", "```python\nimport rootmod\nimport json\n```\n")
	check(t, p, refs, "tools/pkg/use.py", map[string]project.Origin{
		"json": project.Standard, "distutils": project.Standard, "rootmod": project.Local, "shop.db": project.Local, "single": project.Local, "fakes": project.Local, "core": project.Local, "nsdir.deep": project.Local,
		"docs": project.Public, "beside": project.Local, "stub": project.Local, "flask": project.Public, "sibling": project.Local, "my_shop": project.Public, // a name alone makes no module
	})
	check(t, p, refs, "other/use.py", map[string]project.Origin{"beside": project.Public, "sibling": project.Public})
	for i := range refs {
		if r := &refs[i]; r.Name == "distutils" && !strings.Contains(p.Decide(r).Reason, "removed in Python 3.12") {
			t.Errorf("the reason is %q", p.Decide(r).Reason)
		}
	}
	check(t, p, refs, "README.md", map[string]project.Origin{"rootmod": project.Local, "json": project.Standard}) // a README imports what the project has
}

func TestGo(t *testing.T) {
	p, refs := load(t, project.Options{},
		"go.mod", "module shop.dev/x\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.0.0\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/old/one v1.0.0\n)\n\nreplace github.com/a/b => ../b\n\nreplace (\n\tgithub.com/old/one v1.0.0 => github.com/new/two v1.1.0\n)\n",
		"tools/go.mod", "module shop.dev/tools\n",
		"main.go", "package main\n\nimport (\n\t_ \"fmt\"\n\t_ \"net/https\"\n\t_ \"shop.dev/x/internal/y\"\n\t_ \"shop.dev/tools/z\"\n\t_ \"shop.dev/xy\"\n\t_ \"github.com/a/b/c\"\n\t_ \"github.com/google/uuid\"\n\t_ \"github.com/old/one/p\"\n)\n",
		"tools/t.go", "package t\n\nimport _ \"github.com/a/b/c\"\n")
	check(t, p, refs, "main.go", map[string]project.Origin{
		"fmt": project.Standard, "net/https": project.Public, "shop.dev/x/internal/y": project.Local, "shop.dev/tools/z": project.Public, "shop.dev/xy": project.Public,
		"github.com/a/b/c": project.External, "github.com/google/uuid": project.Public, "github.com/old/one/p": project.External,
	})
	check(t, p, refs, "tools/t.go", map[string]project.Origin{"github.com/a/b/c": project.Public}) // a replace holds in its own module
	two := false
	for i := range refs {
		if r := &refs[i]; r.Name == "github.com/new/two" {
			two = true
			if d := p.Decide(r); d.Origin != project.Public {
				t.Errorf("the replacement is %s", d.Origin)
			}
		}
	}
	if !two {
		t.Error("the replacement is not referenced")
	}
}

func TestUndecided(t *testing.T) {
	p, _ := load(t, project.Options{})
	for _, c := range []struct {
		r    extract.Reference
		want project.Origin
	}{
		{extract.Reference{Name: "x"}, project.Undecided},
		{extract.Reference{Ecosystem: ecosystem.Cargo, Name: "serde"}, project.Public},
		{extract.Reference{Ecosystem: ecosystem.Cargo, Name: "serde", From: extract.FromGit}, project.External},
		{extract.Reference{Ecosystem: ecosystem.Cargo, Name: "serde", From: extract.FromURL}, project.External},
		{extract.Reference{Ecosystem: ecosystem.Cargo, Name: "serde", From: extract.FromPath}, project.External},
		{extract.Reference{Ecosystem: ecosystem.Cargo, Name: "serde", From: extract.FromWorkspace}, project.External},
	} {
		if d := p.Decide(&c.r); d.Origin != c.want || d.Reason == "" {
			t.Errorf("%+v: %s (%s), want %s", c.r, d.Origin, d.Reason, c.want)
		}
	}
}

// TestBroken: nothing that a repository writes stops the reading of it.
func TestBroken(t *testing.T) {
	m := map[string][]byte{"package.json": []byte("{"), "tsconfig.json": []byte(`{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"": []}}}`), "go.mod": []byte("module\nreplace =>\n"),
		"pyproject.toml": []byte("[[["), "pnpm-workspace.yaml": []byte("a: [b"), ".npmrc": []byte("=\n@x:registry"), "deno.json": []byte("null"), "vite.config.js": []byte("alias: {{{"), "a.d.ts": []byte("declare module \"")}
	p, problems := project.Load(source.Memory(all.Formats().Recognition(), m), nil, project.Options{Rules: rules()})
	if len(problems) != 1 || problems[0].Path != "pnpm-workspace.yaml" {
		t.Errorf("%+v", problems)
	}
	r := extract.Reference{Ecosystem: ecosystem.NPM, Name: "react", Module: "react", Kind: extract.Import, Path: "a.ts"}
	if d := p.Decide(&r); d.Origin != project.Public {
		t.Errorf("react is %s (%s)", d.Origin, d.Reason)
	}
}
