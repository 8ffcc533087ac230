package code

import (
	"bytes"

	"figment/scanner/text"
)

// strings reads literals side by side.
func (e *Evaluator) strings(i int) (o Outcome, next int, ok bool) {
	for n := 0; n < 200; n++ {
		v, after, lit := e.template(i)
		if !lit {
			break
		}
		if !ok {
			o, ok = v, true
		} else {
			o = Concatenated(o, v)
		}
		next = after
		if !e.lang.Adjacent {
			break
		}
		if i = e.Skip(after); i > after && bytes.IndexByte(e.Source[after:i], '\n') >= 0 && e.depth <= 1 {
			break
		}
	}
	return o, next, ok
}

// literalValue makes a value of a literal.
func (e *Evaluator) literalValue(l *Literal) Value {
	var v Value
	if l.Pieces.Identity() {
		if l.Text != "" {
			v.Parts = []Part{{Text: l.Text, Span: l.Span, Verbatim: true}}
		}
	} else {
		for _, p := range l.Pieces.Pieces() {
			if p.InnerLen > 0 {
				v.Parts = append(v.Parts, Part{Text: l.Text[p.Inner : p.Inner+p.InnerLen], Span: text.Span{Start: p.Outer, End: p.Outer + p.OuterLen}, Verbatim: p.Verbatim()})
			}
		}
	}
	if len(v.Parts) == 0 {
		v.Parts = []Part{{Span: text.Span{Start: l.Span.Start, End: l.Span.Start}}}
	}
	return v
}

// template reads a literal, with the expressions in its holes.
func (e *Evaluator) template(i int) (o Outcome, next int, ok bool) {
	l, ok := e.lang.Literal(i)
	if !ok {
		return o, i, false
	}
	e.spent += l.Span.Len()
	if !l.Open {
		return Outcome{Alternatives: []Value{e.literalValue(&l)}}, l.Next, true
	}
	// The quote, with its prefix, and where each hole ends.
	s := e.Source
	q := i
	for q < len(s) && s[q] != '"' && s[q] != '\'' && s[q] != '`' {
		q++
	}
	quotes := s[q : q+1]
	if q+2 < len(s) && e.lang.Tripled && s[q+1] == s[q] && s[q+2] == s[q] {
		quotes = s[q : q+3]
	}
	o = Outcome{Alternatives: []Value{e.literalValue(&l)}}
	k := l.Span.End
	for n := 0; n < 100 && k < len(s); n++ {
		open := k + len(e.lang.Hole)
		e.depth++
		p, at := e.Read(open)
		e.depth--
		end := at
		for end < len(s) && s[end] != '}' && end < at+200 { // a format, or what was not understood
			end++
		}
		if end >= len(s) || s[end] != '}' {
			return Outcome{Other: true}, len(s), true
		}
		if end > at {
			if c := s[at]; c != ':' && c != '!' {
				p = Outcome{Other: true}
			}
		}
		o = Concatenated(o, e.Placed(p.Filled(open, at), open, max(open, at)))
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
			if e.lang.Tripled && s[k] == '{' && k+1 < len(s) && s[k+1] == '{' {
				k++
				continue
			}
			if bytes.HasPrefix(s[k:], []byte(e.lang.Hole)) {
				break
			}
			if len(quotes) == 1 && s[k] == '\n' && quotes[0] != '`' {
				return Outcome{Other: true}, k, true
			}
		}
		k = min(k, len(s))
		if k > from {
			o = Concatenated(o, Outcome{Alternatives: []Value{{Parts: []Part{{Text: string(s[from:k]), Span: text.Span{Start: from, End: k}, Verbatim: true}}}}})
			e.spent += k - from
		}
		if done {
			return o, k + len(quotes), true
		}
	}
	return Outcome{Other: true, Cut: k < len(s)}, min(k, len(s)), true
}
