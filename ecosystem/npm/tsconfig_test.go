package npm

import (
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestTSConfig: the packages that the TypeScript compiler loads.
func TestTSConfig(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"tsconfig.json", `{"extends":"@s/base/tsconfig.json","files":["x"],"references":[{"path":"./y"}]}`, "@s/base"},
		{"tsconfig.app.json", `{"extends":["a/b.json","./c.json","../d"]}`, "a"},
		{"tsconfig.json", `{"compilerOptions":{"types":["node","v/client","./l"],"jsxImportSource":"p","plugins":[{"name":"q"},{"transform":"r/x","name2":"s"}],"paths":{"t":["u"]},"lib":["dom"]}}`, "node(type) v(type) p q r"},
		{"tsconfig.json", `{"compilerOptions":{"types":["own"],"typeRoots":["./types"],"plugins":[{"name":"q"}]}}`, "q"},
		{"jsconfig.json", `{ // comment
			"compilerOptions":{"jsxImportSource":"p",}, }`, "p"},
		{"x.json", `{"extends":"a"}`, ""},
		{".yarnrc.yml", "packageExtensions:\n  'a@*':\n    peerDependencies: {b: '1'}\nplugins:\n  - spec: '@yarnpkg/c'\nnpmScopes: {d: {}}\ncatalogs: {e: {f: '2'}}\n", "a b f"},
		{"pnpm-workspace.yaml", "patchedDependencies:\n  '@s/a@1.0.0': x.patch\n  b: y.patch\n", "@s/a b"},
	} {
		file := &source.File{Path: c.path, Data: []byte(c.text)}
		refs, problems := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			s := r.Name
			if r.Flags.Has(TypeOnly) {
				s += "(type)"
			}
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != c.want || len(problems) > 0 {
			t.Errorf("%s: %s:\n got %s %v\nwant %s", c.path, c.text, g, problems, c.want)
		}
	}
}
