package text

import (
	"bytes"
	"testing"
)

// checkMap checks what holds for every map of text, which was made from outer:
// pieces are in order, inside both texts, cover all of text, and verbatim ones
// have equal bytes.
func checkMap(t *testing.T, m Map, text, outer []byte) {
	t.Helper()
	if m.Identity() {
		if !bytes.Equal(text, outer) {
			t.Fatalf("the identity maps %q to %q", text, outer)
		}
		return
	}
	inner, out := 0, 0
	var before Piece
	for i, p := range m.Pieces() {
		if p.Inner != inner || p.InnerLen < 0 || p.OuterLen < 0 || p.InnerLen == 0 && len(text) > 0 {
			t.Fatalf("piece %d %+v does not begin at %d", i, p, inner)
		}
		// Only what was decoded may be cut: both parts then map to all of it.
		if cut := p.Decoded && before.Decoded && p.Outer >= before.Outer; p.Outer < out && !cut || p.Outer+p.OuterLen > len(outer) {
			t.Fatalf("piece %d %+v overlaps or leaves the outer text (%d, %d)", i, p, out, len(outer))
		}
		if p.Verbatim() && !bytes.Equal(text[p.Inner:p.Inner+p.InnerLen], outer[p.Outer:p.Outer+p.OuterLen]) {
			t.Fatalf("piece %d %+v: %q is not %q", i, p, text[p.Inner:p.Inner+p.InnerLen], outer[p.Outer:p.Outer+p.OuterLen])
		}
		before, inner, out = p, p.Inner+p.InnerLen, max(out, p.Outer+p.OuterLen)
	}
	if inner != len(text) {
		t.Fatalf("pieces cover %d of %d bytes", inner, len(text))
	}
	last := 0
	for i := 0; i <= len(text); i++ {
		s := m.Outer(Span{i, min(i+1, len(text))})
		if s.Start < last || s.End < s.Start || s.End > len(outer) {
			t.Fatalf("offset %d maps to %+v after %d", i, s, last)
		}
		last = s.Start
	}
}

func TestMap(t *testing.T) {
	outer := []byte("> a\\nb\n> c\n")
	var b Builder
	b.Verbatim(outer[2:3], 2)
	b.Escape("\n", 3, 2)
	b.Verbatim(outer[5:7], 5)
	b.Verbatim(outer[9:11], 9)
	text, m := b.Done()
	if string(text) != "a\nb\nc\n" {
		t.Fatalf("text %q", text)
	}
	checkMap(t, m, text, outer)
	for _, c := range []struct {
		in, want Span
	}{
		{Span{0, 1}, Span{2, 3}},
		{Span{1, 2}, Span{3, 5}},  // the escape as a whole
		{Span{0, 3}, Span{2, 6}},  // over the escape
		{Span{2, 5}, Span{5, 10}}, // over the gap
		{Span{4, 5}, Span{9, 10}},
		{Span{4, 4}, Span{9, 9}},
		{Span{6, 6}, Span{11, 11}},
	} {
		if got := m.Outer(c.in); got != c.want {
			t.Errorf("Outer(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestMapSliceAndThen(t *testing.T) {
	// A string in a string: both escapes are undone, and the name is found.
	file := []byte(`{"cmd": "echo \\\"left-pad\\\""}`)
	unescape := func(f []byte, from, to int) ([]byte, Map) {
		var b Builder
		for i := from; i < to; {
			if f[i] == '\\' && i+1 < to {
				b.Escape(string(f[i+1:i+2]), i, 2)
				i += 2
				continue
			}
			b.Verbatim(f[i:i+1], i)
			i++
		}
		return b.Done()
	}
	once, m1 := unescape(file, 9, len(file)-2)
	twice, m2 := unescape(once, 0, len(once))
	m := m2.Then(m1)
	checkMap(t, m, twice, file)
	i := bytes.Index(twice, []byte("left-pad"))
	if s := m.Outer(Span{i, i + 8}); string(file[s.Start:s.End]) != "left-pad" {
		t.Errorf("left-pad maps to %q", file[s.Start:s.End])
	}
	cut := Span{i, len(twice)}
	checkMap(t, m.Slice(cut), twice[cut.Start:cut.End], file)
}

func TestMapEmpty(t *testing.T) {
	for _, m := range []Map{
		func() Map { var b Builder; _, m := b.Done(); return m }(),
		MapOf(Piece{Outer: 7, InnerLen: 3, OuterLen: 3}).Slice(Span{3, 3}),
		Map{}.Slice(Span{5, 5}),
	} {
		if m.Identity() {
			t.Error("the map of an empty text is the identity")
		}
		s := m.Outer(Span{0, 0})
		if s.Start != s.End {
			t.Errorf("an empty span maps to %v", s)
		}
		m.Then(MapOf(Piece{Outer: 1, InnerLen: 9, OuterLen: 9})).Outer(Span{0, 1})
	}
	_, m := Decode([]byte("\xff\xfe"))
	if s := m.Outer(Span{0, 0}); s != (Span{0, 0}) && s != (Span{2, 2}) {
		t.Errorf("nothing but a mark maps to %v", s)
	}
}

// derive makes a text from another as told by ops: bytes kept, dropped, or
// replaced.
func derive(outer, ops []byte) ([]byte, Map) {
	var b Builder
	for i, at := 0, 0; i < len(outer) && at < len(ops); at++ {
		n := min(int(ops[at]>>2)+1, len(outer)-i)
		switch ops[at] & 3 {
		case 0, 1:
			b.Verbatim(outer[i:i+n], i)
		case 2:
			b.Escape("é\n"[:min(3, n)], i, n)
		}
		i += n
	}
	return b.Done()
}

func FuzzMap(f *testing.F) {
	f.Add([]byte("hello, wide world of text"), []byte{0x10, 2, 0x13, 0x20, 6, 0xff}, []byte{0, 7, 2, 0x33, 9}, 1, 9)
	f.Fuzz(func(t *testing.T, file, ops1, ops2 []byte, from, to int) {
		if len(file) > 4096 {
			return
		}
		one, m1 := derive(file, ops1)
		checkMap(t, m1, one, file)
		two, m2 := derive(one, ops2)
		checkMap(t, m2, two, one)
		m := m2.Then(m1)
		checkMap(t, m, two, file)
		if from < 0 || to > len(two) || from > to {
			return
		}
		cut := m.Slice(Span{from, to})
		checkMap(t, cut, two[from:to], file)
		for i := from; i < to; i++ {
			if a, b := cut.Outer(Span{i - from, i - from + 1}), m.Outer(Span{i, i + 1}); a != b {
				t.Fatalf("byte %d maps to %v through the slice and to %v without", i, a, b)
			}
		}
	})
}
