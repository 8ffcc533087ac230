package npm

import (
	"strings"
	"testing"

	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestPnpmWorkspace: names out of pnpm-workspace.yaml, at their own places.
func TestPnpmWorkspace(t *testing.T) {
	for _, c := range []struct{ text, want, told string }{
		{"packages:\n  - apps/*\ncatalog:\n  react: ^19.0.0\n  safe: npm:execa@^9.5.0\ncatalogs:\n  legacy:\n    old: npm:@mui/material@^4\n", "4:3 react, 5:13 execa=safe, 8:14 @mui/material=old", ""},
		{"overrides:\n  'express>qs@>=6.0.0': 6.13.0\n  \"a@1\": '2'\n  gone: '-'\n  loc: link:../x\n  ? multi\n  : '1'\n", "2:12 qs, 3:4 a, 5:3 loc(path), 6:5 multi", ""},
		{"catalog: {a: '1', \"b\": 'npm:c@1'}\r\ncatalogs: {x: {d: 1}}\r\n", "1:11 a, 1:29 c=b, 2:16 d", ""},
		{"configDependencies:\n  conf: 1.0.0+sha512-abc==\npackageExtensions:\n  'x@1':\n    dependencies:\n      evil: '1'\n    peerDependencies:\n      p: '*'\n", "2:3 conf, 4:4 x, 6:7 evil, 8:7 p", ""},
		{"base: &b\n  a: '1'\ncatalog:\n  <<: *b\n  c: '2'\n", "2:3 a, 5:3 c", ""},
		{"# caf\u00e9\ncatalog:\n  'caf\u00e9': '1'\n  a: '1'\nother:\n  no: '1'\n", "3:4 caf\u00e9, 4:3 a", ""},
		{"\"c\\x61talog\":\n  \"l\\x6fdash\": '1'\n", "2:4 lodash", ""},
		{"catalog:\n  a: '1'\n bad: [\n", "", "invalid YAML"},
		{"catalog: " + strings.Repeat("[", 2000), "", "deeper than 1000 levels"},
		{"catalog: &c {é: '1', a: '1'}\ncatalogs: {x: *c, y: {b: 1}}\n", "1:14 é, 1:23 a, 2:23 b", ""},
		{"", "", ""}, {"- a\n- b\n", "", ""}, {"catalog: *a\n", "", "invalid YAML"},
	} {
		file := &source.File{Path: "pnpm-workspace.yaml", Data: []byte(c.text)}
		refs, problems := File(file)
		extracttest.Check(t, file, refs)
		if got := extracttest.Listed(c.text, refs); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
		told := ""
		for _, p := range problems {
			told += p.Text
		}
		if (c.told == "") != (told == "") || !strings.Contains(told, c.told) {
			t.Errorf("%.80s\ntold %q, want %q", c.text, told, c.told)
		}
	}
}

// TestPnpmWorkspaceLong: a text on one line takes no more steps for each value
// the longer it is.
func TestPnpmWorkspaceLong(t *testing.T) {
	const n = 40_000
	text := "catalog: {" + strings.Repeat("a: '1', ", n) + "b: '1'}\n"
	refs, _ := File(&source.File{Path: "pnpm-workspace.yaml", Data: []byte(text)})
	if len(refs) != n+1 || refs[n].Name != "b" || text[refs[n].Span.Start:refs[n].Span.End] != "b" {
		t.Errorf("%d references", len(refs))
	}
}

func FuzzPnpmWorkspace(f *testing.F) { fuzz(f, "pnpm-workspace.yaml") }
