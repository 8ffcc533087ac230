package scanner

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

// A besideCase is a change after which a registry is asked for names of files
// that it does not touch.
type besideCase struct {
	name   string
	before map[string]string
	now    map[string]string // what differs; "-" takes a file away
	want   []string
}

func besideCases() []besideCase {
	type tree = map[string]string
	paths := `{"compilerOptions":{"paths":{"@app/*":["src/*"],"libs":["src/lib/main.ts"]}}}`
	use := "import a from '@app/thing'\nimport b from 'libs'\nimport c from 'react'\n"
	ts := func(more tree) tree {
		out := tree{"package.json": `{"dependencies":{"react":"18"}}`, "tsconfig.json": paths, "src/thing.ts": "", "src/lib/main.ts": "", "web/use.ts": use}
		for p, text := range more {
			out[p] = text
		}
		return out
	}
	py := func(more tree) tree {
		out := tree{"requirements.txt": "flask\n", "app.py": "import flask\nimport utils\n"}
		for p, text := range more {
			out[p] = text
		}
		return out
	}
	return []besideCase{
		{"paths deleted", ts(nil), tree{"tsconfig.json": "-"}, []string{"web/use.ts:@app/thing", "web/use.ts:libs"}},
		{"paths edited", ts(nil), tree{"tsconfig.json": strings.Replace(paths, `"libs"`, `"old"`, 1)}, []string{"web/use.ts:libs"}},
		{"paths lead elsewhere", ts(nil), tree{"tsconfig.json": strings.Replace(paths, "src/*", "node_modules/@app/*", 1)}, []string{"web/use.ts:@app/thing"}},
		{"an option of the compiler", ts(nil), tree{"tsconfig.json": strings.Replace(paths, `"paths"`, `"strict":true,"paths"`, 1)}, nil},
		{"what paths lead to", ts(nil), tree{"src/thing.ts": "-"}, []string{"web/use.ts:@app/thing"}},
		{"what one of the paths leads to", ts(nil), tree{"src/lib/main.ts": "-"}, []string{"web/use.ts:libs"}},
		{"what paths lead to, moved", ts(nil), tree{"src/thing.ts": "-", "src/lib/thing.ts": ""}, []string{"web/use.ts:@app/thing"}},
		{"what paths lead to in a folder", ts(tree{"tsconfig.json": `{"compilerOptions":{"paths":{"@app/*":["src/*/impl.ts"]}}}`, "src/thing/impl.ts": "", "src/thing/x.css": "", "web/use.ts": "import '@app/thing'\n"}),
			tree{"src/thing/impl.ts": "-"}, []string{"web/use.ts:@app/thing"}},
		{"a link that paths lead through", ts(tree{"tsconfig.json": `{"compilerOptions":{"paths":{"@app/*":["linked/*"]}}}`, "linked": "-> src", "web/use.ts": "import '@app/thing'\n"}),
			tree{"linked": "-"}, []string{"web/use.ts:@app/thing"}},
		{"another module", ts(tree{"src/other.ts": ""}), tree{"src/other.ts": "-"}, nil},
		{"a base with another name", ts(tree{"tsconfig.json": `{"extends":"./conf/common.json"}`, "conf/common.json": `{"compilerOptions":{"paths":{"@app/*":["../src/*"]}}}`, "web/use.ts": "import a from '@app/thing'\n"}),
			tree{"conf/common.json": "{}"}, []string{"web/use.ts:@app/thing"}},
		{"baseUrl", tree{"package.json": "{}", "jsconfig.json": `{"compilerOptions":{"baseUrl":"src"}}`, "src/parts/a.js": "", "b.mjs": "import 'parts/a'\n"}, tree{"jsconfig.json": `{"compilerOptions":{}}`}, []string{"b.mjs:parts"}},
		{"a bundler's alias", tree{"package.json": "{}", "vite.config.ts": "export default {resolve: {alias: {parts: '/src/parts'}}}", "src/parts/index.ts": "", "b.tsx": "import 'parts'\n"},
			tree{"vite.config.ts": "export default {resolve: { /* alias: {parts: '/src/parts'} */ }}"}, []string{"b.tsx:parts"}},
		{"a bundler's roots", tree{"package.json": "{}", "webpack.config.js": "module.exports = {resolve: {modules: ['src', 'node_modules']}}", "src/parts/index.js": "", "b.js": "require('parts')\n"},
			tree{"webpack.config.js": "-"}, []string{"b.js:parts"}},
		{"types", tree{"package.json": "{}", "x.d.ts": "declare module 'zz' {}\n", "b.ts": "import type {T} from 'zz'\n"}, tree{"x.d.ts": "declare module 'yy' {}\n"}, []string{"b.ts:zz"}},
		{"types removed", tree{"package.json": "{}", "x.d.ts": "declare module 'zz' {}\n", "y.d.ts": "export {}", "b.ts": "import type {T} from 'zz'\n"}, tree{"x.d.ts": "-"}, []string{"b.ts:zz"}},
		{"its own name", tree{"package.json": `{"name":"zz","exports":"./a.js"}`, "a.js": "", "b.js": "import 'zz'\n"}, tree{"package.json": `{"name":"yy","exports":"./a.js"}`}, []string{"b.js:zz"}},
		{"exports", tree{"package.json": `{"name":"zz","exports":"./a.js"}`, "a.js": "", "b.js": "import 'zz'\n"}, tree{"package.json": `{"name":"zz"}`}, []string{"b.js:zz"}},
		{"a version", tree{"package.json": `{"name":"zz","exports":"./a.js","dependencies":{"react":"1"}}`, "a.js": "", "b.js": "import 'zz'\n"}, tree{"package.json": `{"name":"zz","exports":"./a.js","dependencies":{"react":"2"}}`}, []string{"package.json:react 2"}},
		{"a member", tree{"package.json": `{"workspaces":["p/*"]}`, "p/a/package.json": `{"name":"@zz/a"}`, "p/b/package.json": `{"name":"@zz/b"}`, "p/b/b.js": "import '@zz/a'\n", "run.sh": "npx @zz/a\n"},
			tree{"p/a/package.json": "-"}, []string{"p/b/b.js:@zz/a", "run.sh:@zz/a"}},
		{"the globs of members", tree{"package.json": `{"workspaces":["p/*"]}`, "p/a/package.json": `{"name":"@zz/a"}`, "p/b/package.json": `{"name":"@zz/b"}`, "p/b/b.js": "import '@zz/a'\n"},
			tree{"package.json": `{"workspaces":["p/b"]}`}, []string{"p/b/b.js:@zz/a"}},
		{"a dependency on a directory", tree{"package.json": `{"dependencies":{"kit":"file:./kit"}}`, "kit/x.js": "", "b.js": "import 'kit'\n"}, tree{"package.json": `{"dependencies":{}}`}, []string{"b.js:kit"}},
		{"an npm: alias", tree{"package.json": `{"dependencies":{"zz":"npm:react@18"}}`, "b.js": "import 'zz'\n"}, tree{"package.json": `{"dependencies":{"react":"18"}}`}, []string{"b.js:zz"}},
		{"a scope's registry", tree{"package.json": "{}", ".npmrc": "@zz:registry=https://x.invalid/\n", "b.js": "import '@zz/a'\n"}, tree{".npmrc": "-"}, []string{"b.js:@zz/a"}},
		{"an import map", tree{"deno.json": `{"imports":{"zz":"./a.ts"}}`, "a.ts": "", "b.ts": "import 'zz'\n"}, tree{"deno.json": `{"imports":{"yy":"./a.ts"}}`}, []string{"b.ts:zz"}},

		{"a module", py(tree{"utils.py": ""}), tree{"utils.py": "-"}, []string{"app.py:utils"}},
		{"a package", py(tree{"utils/__init__.py": "", "utils/x.py": ""}), tree{"utils/__init__.py": "-", "utils/x.py": "-"}, []string{"app.py:utils"}},
		{"a module that moves", py(tree{"utils.py": ""}), tree{"utils.py": "-", "core/utils.py": ""}, []string{"app.py:utils"}},
		{"a module that becomes a package", py(tree{"utils.py": ""}), tree{"utils.py": "-", "utils/__init__.py": ""}, nil},
		{"a module of the build", py(tree{"utils.pyx": ""}), tree{"utils.pyx": "-"}, []string{"app.py:utils"}},
		{"the source root", py(tree{"code/utils.py": "", "pyproject.toml": "[tool.setuptools.packages.find]\nwhere = [\"code\"]\n"}), tree{"pyproject.toml": "[project]\nname = \"x\"\n"}, []string{"app.py:utils"}},
		{"the path of modules", py(tree{"code/utils.py": "", "conftest.py": "import sys\nsys.path.insert(0, 'code')\n"}), tree{"conftest.py": "import sys\n"}, []string{"app.py:utils"}},
		{"an editable project", py(tree{"requirements.txt": "flask\n-e ./code\n", "code/setup.py": "", "code/utils.py": ""}), tree{"requirements.txt": "flask\n"}, []string{"app.py:utils"}},
		{"a script without extension", tree{"requirements.txt": "flask\n", "tool": "#!/usr/bin/env python3\nimport utils\n", "utils.py": ""}, tree{"utils.py": "-"}, []string{"tool:utils"}},
		{"public before", py(tree{"other.py": ""}), tree{"other.py": "-"}, nil},

		{"the module's path", tree{"go.mod": "module example.org/a\n", "x/x.go": "package x\n", "b.go": "package a\n\nimport _ \"example.org/a/x\"\n"}, tree{"go.mod": "module example.org/b\n"}, []string{"b.go:example.org/a/x"}},
		{"a replacement", tree{"go.mod": "module example.org/a\n\nrequire example.org/r v1.0.0\n\nreplace example.org/r => ./r\n", "r/go.mod": "module example.org/r\n", "b.go": "package a\n\nimport _ \"example.org/r/x\"\n"},
			tree{"go.mod": "module example.org/a\n"}, []string{"b.go:example.org/r/x"}},
		{"a workspace", tree{"go.work": "go 1.26\n\nuse ./a\nuse ./b\n", "a/go.mod": "module example.org/a\n", "b/go.mod": "module example.org/b\n", "b/b.go": "package b\n\nimport _ \"example.org/a\"\n"},
			tree{"go.work": "go 1.26\n\nuse ./b\n"}, []string{"b/b.go:example.org/a"}},
		{"a module of its own", tree{"go.mod": "module example.org/a\n", "x/x.go": "package x\n\nimport _ \"example.org/a/y\"\n", "y/y.go": "package y\n"}, tree{"x/go.mod": "module example.org/x\n"}, []string{"x/x.go:example.org/a/y"}},
		{"a version of Go", tree{"go.mod": "module example.org/a\n\ngo 1.25\n", "b.go": "package a\n\nimport _ \"example.org/a/x\"\n"}, tree{"go.mod": "module example.org/a\n\ngo 1.26\n"}, nil},
	}
}

// TestBeside: names count as new that the change makes public in files that it
// does not touch.
func TestBeside(t *testing.T) {
	r := newRepo(t)
	cases := besideCases()
	var b bytes.Buffer // one process makes all trees
	mark := 0
	commit := func(branch string, from int, files ...map[string]string) {
		mark++
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\ncommitter x <x@example.com> 1700000000 +0000\ndata 1\nx\n", branch, mark)
		if from > 0 {
			fmt.Fprintf(&b, "from :%d\n", from)
		}
		for _, m := range files {
			for p, text := range m {
				mode := "100644"
				if to, ok := strings.CutPrefix(text, "-> "); ok {
					mode, text = "120000", to
				}
				if text == "-" {
					fmt.Fprintf(&b, "D %s\n", p)
				} else {
					fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", mode, p, len(text), text)
				}
			}
		}
	}
	for i, c := range cases {
		commit(fmt.Sprintf("base%d", i), 0, c.before)
		commit(fmt.Sprintf("now%d", i), mark, c.now)
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = r.dir, &b
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &gitRepo{t, r.dir}
			base, now := fmt.Sprintf("base%d", i), fmt.Sprintf("now%d", i)
			ranges := []string{base + ".." + now}
			if i%8 == 0 { // they differ in how the change is found
				r.git("checkout", "-q", "-f", "--detach", now)
				r.git("reset", "-q", "--soft", base)
				ranges = append(ranges, "", base)
			}
			for _, between := range ranges {
				names, problems := r.read(source.ChangeOptions{Range: between})
				problems = slices.DeleteFunc(problems, func(p string) bool { return strings.Contains(p, "which figment does not read yet") })
				if !slices.Equal(names, c.want) || len(problems) > 0 {
					t.Errorf("range %q: new names %q, want %q; problems %q", between, names, c.want, problems)
				}
			}
		})
	}
}
