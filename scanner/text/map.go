package text

import "sort"

// A Piece maps InnerLen bytes at Inner to OuterLen bytes at Outer. Equal
// lengths mean that the bytes are equal too, one for one, unless Decoded is set;
// unequal lengths, and Decoded, mean an escape or a character that was decoded,
// which maps as a whole.
type Piece struct {
	Inner, Outer, InnerLen, OuterLen int
	Decoded                          bool
}

// Verbatim reports whether the piece stands in both texts byte by byte.
func (p Piece) Verbatim() bool { return p.InnerLen == p.OuterLen && !p.Decoded }

// A Map takes offsets of a fragment's text to offsets of the text it was cut
// from. The zero Map is the identity. Pieces are sorted, monotone and do not
// overlap; bytes of the outer text that no piece covers were removed (fence
// indents, quote marks, continuation lines).
type Map struct{ pieces []Piece }

// MapOf makes a map of pieces in order. Neighbours that continue each other
// verbatim are joined.
func MapOf(pieces ...Piece) Map {
	var m Map
	for _, p := range pieces {
		m.add(p)
	}
	return m
}

func (m *Map) add(p Piece) {
	if p.InnerLen == 0 {
		return
	}
	if n := len(m.pieces); n > 0 {
		q := &m.pieces[n-1]
		if q.Verbatim() && p.Verbatim() && q.Inner+q.InnerLen == p.Inner && q.Outer+q.OuterLen == p.Outer {
			q.InnerLen += p.InnerLen
			q.OuterLen += p.OuterLen
			return
		}
	}
	m.pieces = append(m.pieces, p)
}

// Identity reports whether m changes nothing.
func (m Map) Identity() bool { return m.pieces == nil }

// Pieces returns the pieces in order; nil for the identity. The caller must not
// change them.
func (m Map) Pieces() []Piece { return m.pieces }

// find gives the index of the piece that holds the inner byte off, or of the
// last one before it.
func (m Map) find(off int) int {
	i := sort.Search(len(m.pieces), func(i int) bool { return m.pieces[i].Inner > off }) - 1
	if i < 0 {
		i = 0
	}
	return i
}

// Outer maps a span: its start through the piece that holds the byte at Start,
// its end through the piece that holds the byte at End-1. An empty span maps to
// an empty one.
func (m Map) Outer(s Span) Span {
	if len(m.pieces) == 0 {
		return s
	}
	start := m.start(s.Start)
	if s.End <= s.Start {
		return Span{start, start}
	}
	p := m.pieces[m.find(s.End-1)]
	end := p.Outer + p.OuterLen
	if p.Verbatim() {
		end = min(p.Outer+(s.End-p.Inner), end)
	}
	return Span{start, max(start, end)}
}

func (m Map) start(off int) int {
	p := m.pieces[m.find(off)]
	d := off - p.Inner
	switch {
	case d <= 0:
		return p.Outer
	case p.Verbatim():
		return p.Outer + min(d, p.OuterLen)
	case d >= p.InnerLen:
		return p.Outer + p.OuterLen
	}
	return p.Outer
}

// Slice is the map of the text's piece span, its offsets counted from 0.
func (m Map) Slice(s Span) Map {
	if len(m.pieces) == 0 {
		return Map{pieces: []Piece{{Outer: s.Start, InnerLen: s.Len(), OuterLen: s.Len()}}}
	}
	var out Map
	m.cut(s, -s.Start, &out)
	return out.anchored(m.start(s.Start))
}

// cut adds the pieces of m inside s to out, their inner offsets moved by shift.
func (m Map) cut(s Span, shift int, out *Map) {
	for i := m.find(s.Start); i < len(m.pieces) && m.pieces[i].Inner < s.End; i++ {
		p := m.pieces[i]
		lo, hi := max(p.Inner, s.Start), min(p.Inner+p.InnerLen, s.End)
		if lo >= hi {
			continue
		}
		q := Piece{Inner: lo + shift, Outer: p.Outer, InnerLen: hi - lo, OuterLen: p.OuterLen, Decoded: !p.Verbatim()}
		if p.Verbatim() {
			q.Outer, q.OuterLen = p.Outer+lo-p.Inner, hi-lo
		}
		out.add(q)
	}
}

// anchored makes sure that the map of an empty text is not the identity.
func (m Map) anchored(outer int) Map {
	if len(m.pieces) == 0 {
		m.pieces = []Piece{{Outer: outer}}
	}
	return m
}

// Then composes: m maps a text to a middle one, outer maps the middle one on.
func (m Map) Then(outer Map) Map {
	if len(outer.pieces) == 0 {
		return m
	}
	if len(m.pieces) == 0 {
		return outer
	}
	var out Map
	for _, p := range m.pieces {
		middle := Span{p.Outer, p.Outer + p.OuterLen}
		if p.Verbatim() {
			outer.cut(middle, p.Inner-p.Outer, &out)
			continue
		}
		s := outer.Outer(middle)
		out.add(Piece{p.Inner, s.Start, p.InnerLen, s.Len(), true})
	}
	return out.anchored(outer.start(m.pieces[0].Outer))
}

// A Builder puts a derived text together and keeps its map. The zero Builder is
// ready for use.
type Builder struct {
	text []byte
	m    Map
}

// Verbatim appends the outer bytes p, which stand at offset outer.
func (b *Builder) Verbatim(p []byte, outer int) {
	b.m.add(Piece{Inner: len(b.text), Outer: outer, InnerLen: len(p), OuterLen: len(p)})
	b.text = append(b.text, p...)
}

// Escape appends text that stands for outerLen bytes at outer: a decoded
// escape, or a replacement.
func (b *Builder) Escape(text string, outer, outerLen int) {
	b.m.add(Piece{len(b.text), outer, len(text), outerLen, true})
	b.text = append(b.text, text...)
}

// Len is the length of the text so far.
func (b *Builder) Len() int { return len(b.text) }

// Done returns the text and its map. The map of an empty text is not the
// identity.
func (b *Builder) Done() ([]byte, Map) { return b.text, b.m.anchored(0) }
