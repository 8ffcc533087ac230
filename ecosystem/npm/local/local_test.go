package local

import (
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
)

// configured loads a project of a bundler's configuration and a declaration of
// types, and gives what was found out about it.
func configured(config, types string) *projects {
	var found *projects
	rules := Rules()
	rules.Begin = func(in *project.Project) *project.Tree {
		var tree *project.Tree
		found, tree = newProjects(in)
		return tree
	}
	project.Load(source.Memory(nil, map[string][]byte{"vite.config.js": []byte(config), "a.d.ts": []byte(types)}), nil, project.Options{Rules: []*project.Rules{rules}})
	return found
}

// TestScanJS: any text ends, and tokens lie inside of it.
func TestScanJS(t *testing.T) {
	for _, text := range []string{"", "/", "/*", "//", "'", "\"\\", "`${", "/[", "/\\", "a/b/c", "alias: {", "alias: [[[", "alias:{a:{", "{}}}}", "alias = { a: b, b: a }; const a = b; const b = a", strings.Repeat("alias:{", 2000), strings.Repeat("const a = a + a;\n", 500) + "x = {alias: {q: a}}"} {
		s := scanJS([]byte(text))
		for i, x := range s.tokens {
			if x.start < 0 || x.end < x.start || int(x.end) > len(text) {
				t.Errorf("%.20q: token %d is %+v", text, i, x)
			}
			s.word(i)
		}
		configured(text, text)
	}
}

// FuzzBundler: what is kept of a configuration is bounded by its text.
func FuzzBundler(f *testing.F) {
	for _, text := range []string{"export default {resolve:{alias:[{find:'x',replacement:'y'}],modules:['src']}}", "alias: {'a': f({b: 1}), // c\n d: `e`}", "const a = 'x'; alias: {q: a, r: a}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := configured(text, "")
		if n := len(p.bundler["."]) + len(p.roots["."]); n > len(text)+10 {
			t.Errorf("%d aliases of %d bytes", n, len(text))
		}
	})
}

// FuzzCatalogs: no catalog stops the reading, and each dependency on one is
// decided.
func FuzzCatalogs(f *testing.F) {
	f.Add("catalog:\n  a: npm:b@1\ncatalogs:\n  x: {c: 'file:y'}\n", "{\"catalog\": {\"a\": \"^1\"}, \"workspaces\": {\"catalogs\": {\"x\": {\"c\": \"1\"}}}}", "a", "catalog:x")
	f.Add("catalogs: [a]\ncatalog: {a: {b: c}}\n", "{\"catalogs\": 1, \"engines\": [], \"devEngines\": {\"packageManager\": [{}]}}", "b", "catalog:")
	f.Fuzz(func(t *testing.T, workspace, manifest, name, spec string) {
		var found *projects
		rules := Rules()
		rules.Begin = func(in *project.Project) *project.Tree {
			var tree *project.Tree
			found, tree = newProjects(in)
			return tree
		}
		files := map[string][]byte{"pnpm-workspace.yaml": []byte(workspace), ".yarnrc.yml": []byte(workspace), "package.json": []byte(manifest), "deno.json": []byte(manifest), "bunfig.toml": []byte(workspace), ".yarnrc": []byte(workspace)}
		project.Load(source.Memory(nil, files), nil, project.Options{Rules: []*project.Rules{rules}})
		r := extract.Reference{Ecosystem: ecosystem.NPM, Name: name, Module: catalogPrefix + spec, Path: "a/package.json"}
		if d, ok := found.decide(&r); ok && d.Reason == "" {
			t.Errorf("%q is %v without a reason", name, d.Origin)
		}
		r.Kind, r.Module, r.Path = extract.Import, name+"/"+spec, "a/b.ts"
		found.decide(&r)
		found.private(&r)
	})
}
