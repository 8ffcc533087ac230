package main

import "testing"

// TestStagedOwners: a change does not make names public unseen in files that it
// does not touch.
func TestStagedOwners(t *testing.T) {
	const use = "import x from 'zz-invented-name/x'\n"
	npm := []string{"npm:zz-invented-name"}
	runChanges(t, []changeCase{
		{name: "paths", staged: true, base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "src/x.ts": "", "a.ts": use},
			now: tree{"package.json": "{}", "src/x.ts": "", "a.ts": use}, code: 1, accused: npm, says: []string{`"path": "a.ts"`}},
		{name: "paths, in a range", base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "src/x.ts": "", "a.ts": use},
			now: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{}}`, "src/x.ts": "", "a.ts": use}, code: 1, accused: npm},
		{name: "what paths lead to", staged: true, base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "src/x.ts": "", "a.ts": use},
			now: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "a.ts": use}, code: 3, says: []string{"claimed by this change: tsconfig.json"}},
		{name: "a member", staged: true, base: tree{"package.json": `{"workspaces":["p/*"]}`, "p/zz/package.json": `{"name":"zz-invented-name"}`, "a.ts": use, "run.sh": "npx zz-invented-name\n"},
			now: tree{"package.json": `{"workspaces":["p/*"]}`, "a.ts": use, "run.sh": "npx zz-invented-name\n"}, code: 1, accused: npm},
		{name: "private no longer", staged: true, base: tree{".figment.toml": "private = [\"npm:zz-*\"]\n", "a.ts": use}, now: tree{".figment.toml": "private = [\"npm:yy-*\"]\n", "a.ts": use}, code: 1, accused: npm},
		{name: "a module of Python", staged: true, base: tree{"zz_invented_name.py": "", "a.py": "import zz_invented_name\n"}, now: tree{"a.py": "import zz_invented_name\n"}, accused: []string{"pypi:zz-invented-name"}},
		{name: "a module of Go", staged: true, base: tree{"go.mod": "module zz.invented.dev/a\n", "x/x.go": "package x\n", "a.go": "package a\n\nimport _ \"zz.invented.dev/a/x\"\n"},
			now: tree{"go.mod": "module zz.invented.dev/b\n", "x/x.go": "package x\n", "a.go": "package a\n\nimport _ \"zz.invented.dev/a/x\"\n"}, says: []string{"`zz.invented.dev/a/x` does not exist", `"path": "a.go"`}},
		{name: "accepted where it stands", staged: true, base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "src/x.ts": "", "a.ts": "import x from 'zz-invented-name/x' // figment: ignore[nonexistent-package] ours, later\n"},
			now: tree{"package.json": "{}", "src/x.ts": "", "a.ts": "import x from 'zz-invented-name/x' // figment: ignore[nonexistent-package] ours, later\n"}},
		{name: "public before", staged: true, base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"yy/*":["src/*"]}}}`, "a.ts": use}, now: tree{"package.json": "{}", "a.ts": use}},
		{name: "without sources", staged: true, base: tree{"package.json": "{}", "tsconfig.json": `{"compilerOptions":{"paths":{"zz-invented-name/*":["src/*"]}}}`, "src/x.ts": "", "a.ts": use},
			now: tree{"package.json": "{}", "src/x.ts": "", "a.ts": use}, args: []string{"--no-source"}},
	})
}

// TestStagedAliases: a change does not make its own names local by its word.
func TestStagedAliases(t *testing.T) {
	const name = "zz-invented-name"
	const use = "import x from 'zz-invented-name'\n"
	npm := []string{"npm:" + name}
	base := tree{"package.json": `{"name":"app"}`, "src/x.ts": ""}
	with := func(files ...string) tree {
		out := tree{"package.json": `{"name":"app"}`, "src/x.ts": "", "a.ts": use}
		for i := 0; i < len(files); i += 2 {
			out[files[i]] = files[i+1]
		}
		return out
	}
	claim := func(place string) []string { return []string{"claimed by this change: " + place, "claimed-by-change"} }
	runChanges(t, []changeCase{
		{name: "imports without a mark", staged: true, base: base, now: with("package.json", `{"name":"app","imports":{"zz-invented-name":"./src/x.ts"}}`), code: 1, accused: npm},
		{name: "paths to nothing", staged: true, base: base, now: with("tsconfig.json", "{\"compilerOptions\":{\"paths\":{\n\"zz-invented-name\":[\"./nowhere\"]}}}"), code: 3, says: claim("tsconfig.json:2: paths zz-invented-name")},
		{name: "paths with a star to nothing", base: base, now: with("jsconfig.json", `{"compilerOptions":{"baseUrl":"src","paths":{"zz-*":["./no/*"]}}}`), code: 3, says: claim("jsconfig.json:1")},
		{name: "paths to its package", staged: true, base: base, now: with("tsconfig.json", `{"compilerOptions":{"paths":{"zz-invented-name":["./node_modules/zz-invented-name"]}}}`), code: 1, accused: npm},
		{name: "paths out of the repository", staged: true, base: base, now: with("tsconfig.json", `{"compilerOptions":{"paths":{"zz-invented-name":["../x"]}}}`), code: 3, says: claim("tsconfig.json")},
		{name: "a bundler's alias to nothing", staged: true, base: base, now: with("vite.config.ts", `export default {resolve: {alias: {"zz-invented-name": "./nowhere"}}}`), code: 3, says: claim("vite.config.ts:1: alias zz-invented-name")},
		{name: "a bundler's alias in a comment", staged: true, base: base, now: with("vite.config.ts", "// resolve: {alias: {\"zz-invented-name\": \"./src/x.ts\"}}\nexport default {}\n"), code: 1, accused: npm},
		{name: "a bundler's alias in a text", staged: true, base: base, now: with("webpack.config.js", "const s = `alias: {\"zz-invented-name\": \"./src/x.ts\"}`\n"), code: 1, accused: npm},
		{name: "a bundler's alias of another package", staged: true, base: base, now: with("rollup.config.js", `export default {alias: {"zz-invented-name": "zz-other-name"}}`), code: 3, says: claim("rollup.config.js")},
		{name: "a bundler's alias to what a program says", staged: true, base: base, now: with("jest.config.js", `module.exports = {moduleNameMapper: {"zz-invented-name": find()}}`), code: 3, says: claim("jest.config.js")},
		{name: "types", staged: true, base: base, now: with("x.d.ts", `declare module "zz-invented-name" {}`), code: 1, accused: npm},
		{name: "types of types", staged: true, base: base, now: with("x.d.ts", `declare module "zz-invented-name" {}`, "a.ts", "import type {T} from 'zz-invented-name'\n"), code: 3, says: claim("x.d.ts:1")},
		{name: "its own name", staged: true, base: base, now: with("package.json", `{"name":"zz-invented-name"}`), code: 1, accused: npm},
		{name: "its own name, private", staged: true, base: base, now: with("package.json", `{"name":"zz-invented-name","private":true}`), code: 3, says: claim("package.json:1: name zz-invented-name")},
		{name: "its own name, with exports to nothing", staged: true, base: base, now: with("package.json", `{"name":"zz-invented-name","exports":"./nowhere.js"}`), code: 3, says: claim("package.json:1")},
		{name: "an import map to nothing", staged: true, base: base, now: with("deno.json", `{"imports":{"zz-invented-name":"./nowhere.ts"}}`), code: 3, says: claim("deno.json:1")},
		{name: "an import map to another registry", staged: true, base: base, now: with("deno.json", `{"imports":{"zz-invented-name":"jsr:@zz/x"}}`), code: 3, says: claim("deno.json:1")},
		{name: "an import map to its package", staged: true, base: base, now: with("deno.json", `{"imports":{"zz-invented-name":"npm:zz-invented-name@1"}}`), code: 1, accused: npm},
		{name: "a site", staged: true, base: base, now: with("docusaurus.config.js", "module.exports = {}\n", "a.ts", "import '@theme/zz-invented'\n"), code: 3, says: claim("docusaurus.config.js")},
		{name: "a module that a build makes", staged: true, base: base, now: with("pyproject.toml", "[tool.maturin]\nmodule-name = \"zz_invented_name\"\n", "a.ts", "", "a.py", "import zz_invented_name\n"), code: 3, says: claim("pyproject.toml")},
		{name: "an alias of a document", staged: true, base: base, now: with("README.md", "```sh\nnpm install zz-invented-name@npm:react\n```\n"), code: 1, accused: npm},

		// what is no claim
		{name: "paths to a file", staged: true, base: base, now: with("tsconfig.json", `{"compilerOptions":{"paths":{"zz-invented-name":["./src/x"]}}}`), silent: []string{"claimed"}},
		{name: "a bundler's alias to a directory", staged: true, base: base, now: with("vite.config.ts", `export default {resolve: {alias: {"zz-invented-name": path.resolve(__dirname, "src")}}}`), silent: []string{"claimed"}},
		{name: "exports", staged: true, base: base, now: with("package.json", `{"name":"zz-invented-name","exports":"./src/x.ts"}`), silent: []string{"claimed"}},
		{name: "paths to nothing, before", staged: true, base: tree{"tsconfig.json": `{"compilerOptions":{"paths":{"zz-*":["./nowhere/*"]}}}`}, now: tree{"tsconfig.json": `{"compilerOptions":{"paths":{"zz-*":["./nowhere/*"]}}}`, "a.ts": use}, silent: []string{"claimed"}},
		{name: "types, before", staged: true, base: tree{"x.d.ts": `declare module "zz-invented-name" {}`}, now: tree{"x.d.ts": `declare module "zz-invented-name" {}`, "a.ts": "import type {T} from 'zz-invented-name'\n"}, silent: []string{"claimed"}},
		{name: "accepted", staged: true, base: base, now: with("tsconfig.json", `{"compilerOptions":{"paths":{"zz-invented-name":["./nowhere"]}}}`), args: []string{"--accept-claims", "npm:zz-*"}, silent: []string{"claimed"}},
	})
}
