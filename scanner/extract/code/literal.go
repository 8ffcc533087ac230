package code

import "figment/scanner/text"

// A Literal is a string that code spells out, with its escapes decoded and its
// parts joined.
type Literal struct {
	Text string    // the value
	Span text.Span // from the first byte of the content to the last, as written
	Next int       // the offset after it
	// open: something that is no constant follows, so that text is only how the
	// value begins.
	Open bool
	// pieces maps offsets of text to the code. The identity: text stands at span
	// byte for byte.
	Pieces text.Map
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
