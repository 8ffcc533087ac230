package term

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"left-pad", "left-pad"},
		{"a\tb", "a\tb"},
		{"\x1b[31mred", `\x1b[31mred`},
		{"a\r\nb", `a\x0d\x0ab`},
		{"a\x7fb\x00", `a\x7fb\x00`},
		{"\u009b31m", "<U+009B>31m"},
		{"\xff\xe2\x82", `\xff\xe2\x82`},
		{"abc\u202egnp", "abc<U+202E>gnp"},
		{"a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"},
		{"a\u2028b\u2029", "a<U+2028>b<U+2029>"},
		{"a\u00adb", "a<U+00AD>b"},
		{"x\U000E0041", "x<U+E0041>"},
		{"e\u0301\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301<U+0301><U+0301>"},
		{"naïve 包", "naïve 包"},
		{"a\ufffdb", "a\ufffdb"},
		{"\u3164", "<U+3164>"},
	} {
		if got := Safe(c.in); got != c.want {
			t.Errorf("Safe(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSafeName(t *testing.T) {
	if got := SafeName("a\tb"); got != `a\x09b` {
		t.Errorf("tab: %q", got)
	}
	for _, s := range []string{strings.Repeat("x", 1000), strings.Repeat("包", 1000), strings.Repeat("\x1b", 1<<20), strings.Repeat("e\u0301", 5000)} {
		got := SafeName(s)
		if n := Cells(got); n > 214 || n < 212 {
			t.Errorf("%d cells", n)
		}
		if !strings.HasSuffix(got, "…") {
			t.Errorf("%q is not marked as cut", got)
		}
	}
	whole := strings.Repeat("x", 214)
	if SafeName(whole) != whole {
		t.Error("a name of 214 cells was cut")
	}
}

func TestCells(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "包": 2, "e\u0301": 1, "a\tb": 6, "ｆ": 2, "é": 1} {
		if got := Cells(s); got != want {
			t.Errorf("Cells(%q) = %d, want %d", s, got, want)
		}
	}
	if got := CutLeft("abcdef", 4); got != "…def" {
		t.Errorf("CutLeft: %q", got)
	}
	if got := Cut("abcdef", 4); got != "abc…" {
		t.Errorf("Cut: %q", got)
	}
}

func TestUseColor(t *testing.T) {
	for _, c := range []struct {
		when string
		env  map[string]string
		want bool
	}{
		{"auto", nil, false}, // a buffer is no terminal
		{"always", map[string]string{"NO_COLOR": "1"}, true},
		{"never", map[string]string{"FORCE_COLOR": "1"}, false},
		{"auto", map[string]string{"FORCE_COLOR": "1"}, true},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "TERM": "dumb"}, true},
		{"auto", map[string]string{"FORCE_COLOR": "0"}, false},
		{"auto", map[string]string{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
		{"", map[string]string{"FORCE_COLOR": "1", "FIGMENT_NO_COLOR": "1"}, false},
	} {
		if got := UseColor(&bytes.Buffer{}, c.when, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s %v: %v", c.when, c.env, got)
		}
	}
	f, err := os.Create(t.TempDir() + "/f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if IsTerminal(f) {
		t.Error("a file is no terminal")
	}
	if _, ok := Width(f); ok {
		t.Error("a file has no width")
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\x1b\u202e\xff\u0301\u0301\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if r != '\t' && Hidden(r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if Safe(got) != got {
			t.Fatalf("not settled: %q", got)
		}
		if n := Cells(SafeName(s)); n > nameCells {
			t.Fatalf("%d cells", n)
		}
	})
}
