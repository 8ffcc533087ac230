package extract

import (
	"bytes"

	"figment/scanner/text"
)

// strings reads literals side by side.
func (e *evaluator) strings(i int) (o outcome, next int, ok bool) {
	for n := 0; n < 200; n++ {
		v, after, lit := e.template(i)
		if !lit {
			break
		}
		if !ok {
			o, ok = v, true
		} else {
			o = concatenated(o, v)
		}
		next = after
		if !e.lang.adjacent {
			break
		}
		if i = e.skip(after); i > after && bytes.IndexByte(e.s[after:i], '\n') >= 0 && e.depth <= 1 {
			break
		}
	}
	return o, next, ok
}

// literalValue makes a value of a literal.
func (e *evaluator) literalValue(l *literal) value {
	var v value
	if l.pieces.Identity() {
		if l.text != "" {
			v.parts = []part{{text: l.text, span: l.span, verbatim: true}}
		}
	} else {
		for _, p := range l.pieces.Pieces() {
			if p.InnerLen > 0 {
				v.parts = append(v.parts, part{text: l.text[p.Inner : p.Inner+p.InnerLen], span: text.Span{Start: p.Outer, End: p.Outer + p.OuterLen}, verbatim: p.Verbatim()})
			}
		}
	}
	if len(v.parts) == 0 {
		v.parts = []part{{span: text.Span{Start: l.span.Start, End: l.span.Start}}}
	}
	return v
}

// template reads a literal, with the expressions in its holes.
func (e *evaluator) template(i int) (o outcome, next int, ok bool) {
	l, ok := e.lang.literal(i)
	if !ok {
		return o, i, false
	}
	e.spent += l.span.Len()
	if !l.open {
		return outcome{alts: []value{e.literalValue(&l)}}, l.next, true
	}
	// The quote, with its prefix, and where each hole ends.
	s := e.s
	q := i
	for q < len(s) && s[q] != '"' && s[q] != '\'' && s[q] != '`' {
		q++
	}
	quotes := s[q : q+1]
	if q+2 < len(s) && e.lang.tripled && s[q+1] == s[q] && s[q+2] == s[q] {
		quotes = s[q : q+3]
	}
	o = outcome{alts: []value{e.literalValue(&l)}}
	k := l.span.End
	for n := 0; n < 100 && k < len(s); n++ {
		open := k + len(e.lang.hole)
		e.depth++
		p, at := e.expr(open)
		e.depth--
		end := at
		for end < len(s) && s[end] != '}' && end < at+200 { // a format, or what was not understood
			end++
		}
		if end >= len(s) || s[end] != '}' {
			return outcome{other: true}, len(s), true
		}
		if end > at {
			if c := s[at]; c != ':' && c != '!' {
				p = outcome{other: true}
			}
		}
		o = concatenated(o, e.placed(p.filled(open, at), open, max(open, at)))
		// What stands up to the next hole, or the end.
		k = end + 1
		from := k
		done := false
		for ; k < len(s); k++ {
			if s[k] == '\\' {
				k++
				continue
			}
			if bytes.HasPrefix(s[k:], quotes) {
				done = true
				break
			}
			if e.lang.tripled && s[k] == '{' && k+1 < len(s) && s[k+1] == '{' {
				k++
				continue
			}
			if bytes.HasPrefix(s[k:], []byte(e.lang.hole)) {
				break
			}
			if len(quotes) == 1 && s[k] == '\n' && quotes[0] != '`' {
				return outcome{other: true}, k, true
			}
		}
		k = min(k, len(s))
		if k > from {
			o = concatenated(o, outcome{alts: []value{{parts: []part{{text: string(s[from:k]), span: text.Span{Start: from, End: k}, verbatim: true}}}}})
			e.spent += k - from
		}
		if done {
			return o, k + len(quotes), true
		}
	}
	return outcome{other: true}, min(k, len(s)), true
}
