package text

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func utf16Bytes(s string, big, mark bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func TestDecode(t *testing.T) {
	const text = "import réquests\r\nimport 𝒳\n"
	plain := strings.Repeat("pip install x\n", 5)
	for _, c := range []struct {
		name, want string
		raw        []byte
		offset     int // of the first byte of "install" or "import 𝒳" in raw
		find       string
	}{
		{"plain", text, []byte(text), 18, "import 𝒳"},
		{"mark", text, []byte("\xef\xbb\xbf" + text), 21, "import 𝒳"},
		{"little", text, utf16Bytes(text, false, true), 36, "import 𝒳"},
		{"big", text, utf16Bytes(text, true, true), 36, "import 𝒳"},
		{"little, no mark", plain, utf16Bytes(plain, false, false), 8, "install"},
		{"big, no mark", plain, utf16Bytes(plain, true, false), 8, "install"},
	} {
		got, m := Decode(c.raw)
		if string(got) != c.want {
			t.Errorf("%s: %q", c.name, got)
			continue
		}
		checkMap(t, m, got, c.raw)
		if s := m.Outer(Span{strings.Index(c.want, c.find), len(c.want)}); s.Start != c.offset || s.End != len(c.raw) {
			t.Errorf("%s: %v, want %d to %d", c.name, s, c.offset, len(c.raw))
		}
	}
	for _, raw := range []string{"", "\xff\xfe", "\xfe\xff\x00", "\xff\xfe\x00\xd8", "\xff\xfe\x00\xd8a", "\x00\x00\x00\x00", "\x00"} {
		text, m := Decode([]byte(raw))
		checkMap(t, m, text, []byte(raw))
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "plain", "\xef\xbb\xbfx", "\xff\xfea\x00\x00\xd8\x00\xdc", "\xfe\xff\xd8\x00", "a\x00b\x00c\x00d\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<12 {
			return
		}
		text, m := Decode(raw)
		checkMap(t, m, text, raw)
		l := NewLines(raw)
		last := Position{}
		for off := 0; off <= len(raw); off++ {
			p := l.At(off)
			if p.Line < 1 || p.Line > l.Count() || p.Column < 1 || p.UTF16 < 1 || p.UTF16 > p.Column || p.Line < last.Line {
				t.Fatalf("offset %d is at %+v after %+v of %d lines", off, p, last, l.Count())
			}
			last = p
		}
		if IsUTF16(raw) && !utf8.Valid(text) {
			t.Fatalf("%q is no UTF-8", text)
		}
	})
}

func TestLines(t *testing.T) {
	raw := []byte("\xef\xbb\xbfa\tb\r\nsecond 𝒳 x\rthird\n\nlast")
	l := NewLines(raw)
	if l.Count() != 5 || l.Text(2) != "second 𝒳 x" || l.Text(4) != "" || l.Text(5) != "last" || l.Text(0) != "" || l.Text(6) != "" {
		t.Fatalf("%d lines: %q %q %q", l.Count(), l.Text(2), l.Text(4), l.Text(5))
	}
	for _, c := range []struct {
		find string
		want Position
	}{
		{"a\t", Position{1, 1, 1, 3}},
		{"b\r", Position{1, 3, 3, 5}},
		{"𝒳", Position{2, 8, 8, 15}},
		{"x\r", Position{2, 13, 11, 20}},
		{"third", Position{3, 1, 1, 22}},
		{"last", Position{5, 1, 1, 29}},
	} {
		if got := l.At(bytes.Index(raw, []byte(c.find))); got != c.want {
			t.Errorf("%q is at %+v, want %+v", c.find, got, c.want)
		}
	}
	if got := l.At(len(raw) + 100); got.Line != 5 || got.Column != 5 {
		t.Errorf("beyond the end: %+v", got)
	}
	long := NewLines([]byte("x\n" + strings.Repeat("ab𝒳", 5000) + "z\nlast"))
	if got, want := long.At(2+6*5000), (Position{2, 6*5000 + 1, 4*5000 + 1, 2 + 6*5000}); got != want {
		t.Errorf("in a long line: %+v, want %+v", got, want)
	}
	if got, want := long.At(2+6*1111), (Position{2, 6*1111 + 1, 4*1111 + 1, 2 + 6*1111}); got != want {
		t.Errorf("in a long line: %+v, want %+v", got, want)
	}
	wide := NewLines(utf16Bytes("é = 1\nimport x\n", false, true))
	if got := wide.At(2 + 2*len("é = 1\nimport ") - 2); got != (Position{2, 8, 8, 28}) {
		t.Errorf("UTF-16: %+v", got)
	}
}
