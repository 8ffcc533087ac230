package extract

import "figment/scanner/text"

// A literal is a string that code spells out, with its escapes decoded and its
// parts joined.
type literal struct {
	text string    // the value
	span text.Span // from the first byte of the content to the last, as written
	next int       // the offset after it
	// open: something that is no constant follows, so that text is only how the
	// value begins.
	open bool
	// pieces maps offsets of text to the code. The identity: text stands at span
	// byte for byte.
	pieces text.Map
}

// outer gives the place in the code of the bytes [start, end) of the value.
func (l *literal) outer(start, end int) text.Span {
	if l.pieces.Identity() {
		return text.Span{Start: l.span.Start + start, End: l.span.Start + end}
	}
	return l.pieces.Outer(text.Span{Start: start, End: end})
}

// fragment makes a text of its own of the value.
func (l *literal) fragment(f *text.Fragment, lang text.Lang) *text.Fragment {
	if l.pieces.Identity() {
		return f.Child(l.span, lang)
	}
	return f.Derive([]byte(l.text), l.pieces, lang)
}

// join appends the value of another literal that stands behind l.
func (l *literal) join(s []byte, o *literal) {
	if o.span.Len() == 0 {
		l.next, l.open = o.next, o.open
		return
	}
	if l.span.Len() == 0 {
		*l = *o
		return
	}
	var b text.Builder
	for _, part := range []*literal{l, o} {
		if part.pieces.Identity() {
			b.Verbatim(s[part.span.Start:part.span.End], part.span.Start)
			continue
		}
		for _, p := range part.pieces.Pieces() {
			inner := part.text[p.Inner : p.Inner+p.InnerLen]
			if p.InnerLen == p.OuterLen && !p.Decoded {
				b.Verbatim([]byte(inner), p.Outer)
			} else {
				b.Escape(inner, p.Outer, p.OuterLen)
			}
		}
	}
	src, m := b.Done()
	*l = literal{text: string(src), pieces: m, span: text.Span{Start: l.span.Start, End: o.span.End}, next: o.next, open: o.open}
}
