package policy

import (
	"reflect"
	"strings"
	"testing"

	"figment/scanner/verdict"
)

func TestInlines(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []Inline
	}{
		{"same line", "r.txt", "x # figment: ignore[typosquat] ours\n", []Inline{{Rules: []string{"typosquat"}, Reason: "ours", Line: 1, Covers: 1}}},
		{"line above", "a.js", "// figment: ignore[name-trap, typosquat]: ours\nx\n", []Inline{{Rules: []string{"name-trap", "typosquat"}, Reason: "ours", Line: 1, Covers: 2}}},
		{"two above", "a.py", "  # figment: ignore[name-trap] a\r\n  # figment: ignore[typosquat] b\r\n  x\r\n", []Inline{
			{Rules: []string{"name-trap"}, Reason: "a", Line: 1, Covers: 3}, {Rules: []string{"typosquat"}, Reason: "b", Line: 2, Covers: 3}}},
		{"above and on the line", "a.py", "# figment: ignore[name-trap] a\nx # figment: ignore[typosquat] b\n", []Inline{
			{Rules: []string{"name-trap"}, Reason: "a", Line: 1, Covers: 2}, {Rules: []string{"typosquat"}, Reason: "b", Line: 2, Covers: 2}}},
		{"a line between", "a.py", "# figment: ignore[name-trap] a\n\nx\n", []Inline{{Rules: []string{"name-trap"}, Reason: "a", Line: 1, Covers: 2}}},
		{"at the end", "a.py", "# figment: ignore[name-trap] a", []Inline{{Rules: []string{"name-trap"}, Reason: "a", Line: 1, Covers: 1}}},
		{"markup", "a.md", "<!-- figment: ignore[typosquat] ours -->\nx", []Inline{{Rules: []string{"typosquat"}, Reason: "ours", Line: 1, Covers: 2}}},
		{"other signs", "a.sql", "-- figment: ignore[typosquat] a\nx ; figment: ignore[typosquat] b\n", []Inline{
			{Rules: []string{"typosquat"}, Reason: "a", Line: 1, Covers: 2}, {Rules: []string{"typosquat"}, Reason: "b", Line: 2, Covers: 2}}},
		{"behind another comment", "go.mod", "x v1 // indirect // figment: ignore[typosquat] a", []Inline{{Rules: []string{"typosquat"}, Reason: "a", Line: 1, Covers: 1}}},
		{"code without a blank", "a.js", "f();// figment: ignore[typosquat] a", []Inline{{Rules: []string{"typosquat"}, Reason: "a", Line: 1, Covers: 1}}},
		{"quoted", "a.py", "x = \"# figment: ignore[typosquat] a\"\ny = `// figment: ignore[typosquat] a`\nhttp://figment: ignore[typosquat] a", nil},
		{"no sign", "a.py", "figment: ignore[typosquat] a", nil},
		{"another word", "a.py", "# figment: ignored[typosquat] a\n# figment: skip", nil},
		{"JSON", "package.JSON", "// figment: ignore[typosquat] a", nil},
		{"no reason", "a.py", "# figment: ignore[typosquat] --", []Inline{{Rules: []string{"typosquat"}, Line: 1, Covers: 1, Fault: "gives no reason"}}},
		{"no rule", "a.py", "# figment: ignore ours", []Inline{{Line: 1, Covers: 1, Fault: "names no rule"}}},
		{"empty list", "a.py", "# figment: ignore[ , ] ours", []Inline{{Reason: "ours", Line: 1, Covers: 1, Fault: "names no rule"}}},
		{"no end", "a.py", "# figment: ignore[typosquat ours", []Inline{{Line: 1, Covers: 1, Fault: "names no rule"}}},
		{"unknown rule", "a.py", "# figment: ignore[*] ours", []Inline{{Rules: []string{"*"}, Reason: "ours", Line: 1, Covers: 1, Fault: "names a rule that does not exist"}}},
		{"malware", "a.py", "# figment: ignore[malicious-package] ours", []Inline{{Rules: []string{"malicious-package"}, Reason: "ours", Line: 1, Covers: 1,
			Fault: "cannot accept malicious-package: that takes an [[ignore]] entry with the advisory's id"}}},
	} {
		if got := Inlines(c.file, []byte(c.text)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestInlineAccepts(t *testing.T) {
	rule := verdict.FindRule("typosquat")
	in := Inline{Rules: []string{"typosquat"}, Reason: "x", Line: 3, Covers: 4}
	for line, want := range map[int]bool{0: false, 2: false, 3: true, 4: true, 5: false} {
		if in.Accepts(rule, line) != want {
			t.Errorf("line %d: %v", line, !want)
		}
	}
	if in.Accepts(verdict.FindRule("name-trap"), 3) {
		t.Error("another rule was accepted")
	}
	in.Fault = "gives no reason"
	if in.Accepts(rule, 3) {
		t.Error("a comment that does not count accepted something")
	}
}

func FuzzInlines(f *testing.F) {
	f.Add("a.py", []byte("x # figment: ignore[typosquat] ours\n"))
	f.Add("a.md", []byte("<!-- figment: ignore[typosquat -->\r\r\n// figment:ignore[ ]"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		lines := strings.Count(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n") + strings.Count(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r") + 1
		for _, in := range Inlines(name, data) {
			if in.Line < 1 || in.Line > lines || in.Covers < in.Line || in.Covers > lines {
				t.Fatalf("%+v of %d lines", in, lines)
			}
			if in.Fault == "" && (in.Reason == "" || len(in.Rules) == 0) {
				t.Fatalf("%+v counts", in)
			}
		}
	})
}
