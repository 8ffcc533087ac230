package code

import "figment/scanner/text"

// A Literal is a string that code spells out, with its escapes decoded and its
// parts joined.
type Literal struct {
	Text string    // the value
	Span text.Span // from the first byte of the content to the last, as written
	Next int       // the offset after it
	// Open says that something follows which is no constant, so that Text is only
	// how the value begins.
	Open bool
	// Pieces maps offsets of Text to the code. The identity: Text stands at Span byte
	// for byte.
	Pieces text.Map
}

// A Decoder makes the literal of a string while its grammar is read. What nothing
// replaces is taken as it is.
type Decoder struct {
	s           []byte
	start, from int // of the content; of what was not taken yet
	b           text.Builder
}

// Decode begins with the content of the string in s at start.
func Decode(s []byte, start int) Decoder { return Decoder{s: s, start: start, from: start} }

// Replace takes value for the n bytes at i.
func (d *Decoder) Replace(value string, i, n int) {
	d.b.Verbatim(d.s[d.from:i], d.from)
	d.b.Escape(value, i, n)
	d.from = i + n
}

// Literal is the string whose content ends at end; next is the offset after it.
func (d *Decoder) Literal(end, next int, open bool) Literal {
	l := Literal{Span: text.Span{Start: d.start, End: end}, Next: next, Open: open}
	if d.from == d.start {
		l.Text = string(d.s[d.start:end])
		return l
	}
	d.b.Verbatim(d.s[d.from:end], d.from)
	src, m := d.b.Done()
	l.Text, l.Pieces = string(src), m
	return l
}

// Outer gives the place in the code of the bytes [start, end) of the value.
func (l *Literal) Outer(start, end int) text.Span {
	if l.Pieces.Identity() {
		return text.Span{Start: l.Span.Start + start, End: l.Span.Start + end}
	}
	return l.Pieces.Outer(text.Span{Start: start, End: end})
}

// Fragment makes a text of its own of the value.
func (l *Literal) Fragment(f *text.Fragment, lang text.Lang) *text.Fragment {
	if l.Pieces.Identity() {
		return f.Child(l.Span, lang)
	}
	return f.Derive([]byte(l.Text), l.Pieces, lang)
}

// Join appends the value of another literal that stands behind l.
func (l *Literal) Join(s []byte, o *Literal) {
	if o.Span.Len() == 0 {
		l.Next, l.Open = o.Next, o.Open
		return
	}
	if l.Span.Len() == 0 {
		*l = *o
		return
	}
	var b text.Builder
	for _, part := range []*Literal{l, o} {
		if part.Pieces.Identity() {
			b.Verbatim(s[part.Span.Start:part.Span.End], part.Span.Start)
			continue
		}
		for _, p := range part.Pieces.Pieces() {
			inner := part.Text[p.Inner : p.Inner+p.InnerLen]
			if p.InnerLen == p.OuterLen && !p.Decoded {
				b.Verbatim([]byte(inner), p.Outer)
			} else {
				b.Escape(inner, p.Outer, p.OuterLen)
			}
		}
	}
	src, m := b.Done()
	*l = Literal{Text: string(src), Pieces: m, Span: text.Span{Start: l.Span.Start, End: o.Span.End}, Next: o.Next, Open: o.Open}
}
