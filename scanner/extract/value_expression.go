package extract

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// Expressions of Python and JavaScript, as far as values are made of literals.

// skip passes over white space and comments.
func (e *evaluator) skip(i int) int {
	end := e.space(i)
	e.spent += end - i
	return end
}

// expr reads the expression at i: what it may come out as, and where it ends.
func (e *evaluator) expr(i int) (outcome, int) {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxBracketed || e.spent > e.limit {
		return outcome{other: true}, len(e.s)
	}
	o, i := e.either(i)
	if i >= len(e.s) {
		return o, i
	}
	switch {
	case e.python && e.has(i, "if"):
		_, at := e.either(i + 2)
		if !e.has(at, "else") {
			return o, i
		}
		p, next := e.expr(at + 4)
		o.join(p)
		return o, next
	case !e.python && e.s[i] == '?' && !(i+1 < len(e.s) && e.s[i+1] == '.'):
		a, next := e.expr(i + 1)
		if next >= len(e.s) || e.s[next] != ':' {
			return outcome{other: true}, next
		}
		b, next := e.expr(next + 1)
		a.join(b)
		return a, next
	}
	return o, i
}

func (e *evaluator) has(i int, w string) bool {
	return i < len(e.s) && bytes.HasPrefix(e.s[i:], []byte(w)) && e.word(i) == i+len(w)
}

func (e *evaluator) either(i int) (outcome, int) {
	o, i := e.sum(i)
	for i < len(e.s) {
		n, drop := 0, false
		switch {
		case e.python && e.has(i, "or"), !e.python && (bytes.HasPrefix(e.s[i:], []byte("||")) || bytes.HasPrefix(e.s[i:], []byte("??"))):
			n = 2
		case e.python && e.has(i, "and"):
			n, drop = 3, true
		case !e.python && bytes.HasPrefix(e.s[i:], []byte("&&")):
			n, drop = 2, true
		default:
			return o, i
		}
		p, next := e.sum(i + n)
		if drop {
			o = p
		} else {
			o.join(p)
		}
		i = next
	}
	return o, i
}

// sum reads what pluses stand between.
func (e *evaluator) sum(i int) (outcome, int) {
	s := e.s
	start := e.skip(i)
	o, i := e.term(i)
	for i < len(s) {
		end := i
		switch {
		case s[i] == '+' && i+1 < len(s) && s[i+1] != '+' && s[i+1] != '=':
			at := e.skip(i + 1)
			p, next := e.term(i + 1)
			o = concatenated(e.placed(o.filled(start, end), start, end), e.placed(p.filled(at, max(at, next)), at, max(at, next)))
			i = next
		case s[i] == '%' && e.python:
			p, next := e.term(i + 1)
			o = e.format(e.placed(o, start, end), e.placed(p, i+1, max(i+1, next)), end, "%")
			i = next
		case strings.IndexByte("-*/%<>=!|&^~", s[i]) >= 0 && !bytes.HasPrefix(s[i:], []byte("||")) && !bytes.HasPrefix(s[i:], []byte("&&")) && !bytes.HasPrefix(s[i:], []byte("=>")),
			e.has(i, "in"), e.has(i, "is"), e.has(i, "not"), e.has(i, "instanceof"):
			k := i + 1
			for k < len(s) && (strings.IndexByte("*/<>=!|&", s[k]) >= 0 || s[k] >= 'a' && s[k] <= 'z') {
				k++
			}
			_, next := e.term(k)
			o, i = outcome{other: true}, max(next, k)
		default:
			return o, i
		}
	}
	return o, i
}

// term reads one operand with its members, calls and subscripts.
func (e *evaluator) term(i int) (outcome, int) {
	s := e.s
	i = e.skip(i)
	if i >= len(s) || e.spent > e.limit {
		return outcome{other: true}, len(s)
	}
	e.spent += 8
	start := i
	var o outcome
	name := "" // of what is called
	if o2, next, ok := e.strings(i); ok {
		o, i = o2, next
	} else {
		switch c := s[i]; {
		case c == '(':
			o, i = e.brackets(i)
		case c == '[':
			var v value
			v, i = e.elements(i+1, ']')
			o.add(v)
		case c == '{':
			var v value
			v, i = e.elements(i+1, '}')
			o.add(v)
		case c == '-' || c == '!' || c == '~' || c == '+':
			_, next := e.term(i + 1)
			return outcome{other: true}, next
		case c == '*' || c == '.' && bytes.HasPrefix(s[i:], []byte("...")):
			for i < len(s) && (s[i] == '*' || s[i] == '.') {
				i++
			}
			return e.term(i)
		default:
			end := e.word(i)
			if end == i {
				return outcome{other: true}, i
			}
			name = string(s[i:end])
			switch name {
			case "await", "new", "void", "typeof", "not":
				p, next := e.term(end)
				return p, next
			case "None", "null", "undefined", "True", "False", "true", "false", "__name__", "__package__", "__spec__":
				i = end
			case "lambda", "function", "async", "class", "yield":
				return outcome{other: true}, e.opaque(end)
			default:
				if s[i] >= '0' && s[i] <= '9' {
					o.other = true
				} else if k := e.skip(end); k < len(s) && (s[k] == '(' || s[k] == '=' && k+1 < len(s) && s[k+1] == '>') {
					o.other = true
				} else {
					o = e.lookup(name, start)
				}
				i = end
			}
		}
	}
	for {
		k := e.trail(i)
		e.charge(o)
		if e.spent > e.limit {
			return outcome{other: true}, len(s)
		}
		if k >= len(s) || e.stop > 0 && k == e.stop {
			return o, k
		}
		switch {
		case s[k] == '!' && !e.python && k+1 < len(s) && s[k+1] != '=':
			i = k + 1
		case !e.python && (e.has(k, "as") || e.has(k, "satisfies")):
			return o, e.opaque(k)
		case !e.python && bytes.HasPrefix(s[k:], []byte("=>")):
			return outcome{other: true}, e.opaque(k + 2)
		case s[k] == '.' && k+1 < len(s) && s[k+1] != '.', bytes.HasPrefix(s[k:], []byte("?.")):
			if s[k] == '?' {
				k++
			}
			at := e.skip(k + 1)
			end := e.word(at)
			if end == at {
				if at < len(s) && (s[at] == '(' || s[at] == '[') && s[k-1] == '?' {
					i = at
					continue
				}
				return outcome{other: true}, at
			}
			member := string(s[at:end])
			i = end
			if next := e.trail(end); next < len(s) && s[next] == '(' {
				a, after := e.elements(next+1, ')')
				o = e.method(o, name, member, a, start, k, after)
				i, name = after, member
				continue
			}
			switch {
			case e.python && member == "executable":
				o = outcome{alts: []value{{parts: []part{{text: "python", span: text.Span{Start: start, End: end}}}}}}
			case member == "execPath":
				o = outcome{alts: []value{{parts: []part{{text: "node", span: text.Span{Start: start, End: end}}}}}}
			default:
				o = o.index(member, -1)
			}
			name = member
		case s[k] == '(':
			a, after := e.elements(k+1, ')')
			o = e.function(name, a)
			i, name = after, ""
		case s[k] == '[':
			v, after := e.elements(k+1, ']')
			key, n := "", -1
			if d := bytes.TrimSpace(s[k+1 : max(k+1, min(after-1, len(s)))]); len(d) > 0 && len(d) < 4 && d[0] >= '0' && d[0] <= '9' && decimal(d) {
				n = 0
				for _, c := range d {
					n = n*10 + int(c-'0')
				}
			} else if len(v.list) == 1 && len(v.list[0].alts) == 1 {
				if l, ok := v.list[0].alts[0].whole(); ok && !l.open {
					key = l.text
				}
			}
			if bytes.IndexByte(s[k:max(k, min(after, len(s)))], ':') >= 0 && key == "" {
				n = -1 // a slice: any of it
			}
			o = o.index(key, n)
			i, name = after, key
		default:
			return o, k
		}
	}
}

// trail skips to what may go on behind an operand: in Python a line end closes
// a statement outside of brackets, and here only the start of a line that goes
// on is trusted.
func (e *evaluator) trail(i int) int {
	k := e.skip(i)
	if bytes.IndexByte(e.s[i:min(k, len(e.s))], '\n') >= 0 && k < len(e.s) && e.depth <= 1 {
		if e.python || e.s[k] == '(' || e.s[k] == '[' {
			return i
		}
	}
	return k
}

// until reads the operand at i whose method stands at stop.
func (e *evaluator) until(i, stop int) outcome {
	was := e.stop
	e.stop = stop
	o, _ := e.term(i)
	e.stop = was
	return o
}

// index takes an element out of lists; all of them where it is not known which.
func (o outcome) index(key string, n int) outcome {
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.other = true
			continue
		}
		found := false
		for k := range v.list {
			if n >= 0 && k == n && v.keys == nil || key != "" && v.keys != nil && v.keys[k] == key || n < 0 && key == "" {
				out.join(v.list[k])
				found = true
			}
		}
		out.other = out.other || !found
	}
	return out
}

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
		if !e.python {
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
	l, ok := e.str(i)
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
	if q+2 < len(s) && e.python && s[q+1] == s[q] && s[q+2] == s[q] {
		quotes = s[q : q+3]
	}
	o = outcome{alts: []value{e.literalValue(&l)}}
	k := l.span.End
	for n := 0; n < 100 && k < len(s); n++ {
		open := k + 1
		if !e.python {
			open = k + 2
		}
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
			if e.python && s[k] == '{' && k+1 < len(s) && s[k+1] == '{' {
				k++
				continue
			}
			if e.python && s[k] == '{' || !e.python && s[k] == '$' && k+1 < len(s) && s[k+1] == '{' {
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

// brackets reads an expression in brackets, or a tuple.
func (e *evaluator) brackets(i int) (outcome, int) {
	v, next := e.elements(i+1, ')')
	comma := bytes.HasSuffix(bytes.TrimRight(e.s[i:max(i, min(next-1, len(e.s)))], " \t\r\n"), []byte(","))
	if len(v.list) == 1 && !(comma && e.python) {
		return v.list[0], next
	}
	if !e.python && len(v.list) > 0 {
		return v.list[len(v.list)-1], next
	}
	return outcome{alts: []value{v}}, next
}

// elements reads what commas stand between, up to the bracket that closes them.
func (e *evaluator) elements(i int, closing byte) (v value, next int) {
	s := e.s
	v.isSet = true
	weight := 0
	e.depth++
	defer func() { e.depth-- }()
	for n := 0; ; n++ {
		i = e.skip(i)
		if i >= len(s) || e.depth > maxBracketed || e.spent > e.limit {
			v.list = append(v.list, outcome{other: true})
			return v, len(s)
		}
		if s[i] == closing {
			break
		}
		if s[i] == ',' {
			i++
			continue
		}
		from := i
		key, keyed := "", false
		spread := s[i] == '*' || bytes.HasPrefix(s[i:], []byte("..."))
		// A key, or the name of an argument.
		at := i
		if closing == '}' && s[i] == '[' {
			at = i + 1
		}
		if l, ok := e.str(at); ok && !l.open && closing == '}' {
			k := e.skip(l.next)
			if at > i && k < len(s) && s[k] == ']' {
				k = e.skip(k + 1)
			}
			if k < len(s) && s[k] == ':' {
				key, keyed, i = l.text, true, k+1
			}
		} else if end := e.word(i); end > i {
			k := e.skip(end)
			switch {
			case k >= len(s):
			case closing == '}' && s[k] == ':' && !e.python, closing == ')' && e.python && s[k] == '=' && !(k+1 < len(s) && s[k+1] == '='):
				key, keyed, i = string(s[i:end]), true, k+1
			case closing == '}' && !e.python && (s[k] == ',' || s[k] == '}'):
				key, keyed = string(s[i:end]), true
			}
		}
		o, at2 := e.expr(i)
		if at2 < len(s) && s[at2] == ':' && closing != ')' { // a key that is computed, a slice
			o, at2 = e.expr(at2 + 1)
		}
		at2 = e.skip(at2)
		if e.python && (e.has(at2, "for") || e.has(at2, "async")) { // a comprehension
			at2 = e.opaque(at2)
			o.other = true
			if closing != ')' || n == 0 {
				o = outcome{other: true, alts: o.alts}
			}
		}
		if at2 < len(s) && s[at2] != closing && s[at2] != ',' || at2 <= from && at2 < len(s) {
			o = outcome{other: true}
			at2 = e.opaque(max(at2, from+1))
		}
		weight += len(o.alts)
		for k := range o.alts {
			weight += o.alts[k].count()
		}
		if len(v.list) > 0 && (len(v.list) >= maxElements || weight > maxLoad) {
			v.list[len(v.list)-1].other = true
		} else if spread && len(o.alts) == 1 && o.alts[0].isSet && !o.other && len(v.list)+len(o.alts[0].list) <= maxElements {
			in := e.placed(o, from, max(from, min(at2, len(s))))
			v.list = append(v.list, in.alts[0].list...)
			for range in.alts[0].list {
				if v.keys != nil {
					v.keys = append(v.keys, "")
				}
			}
		} else {
			if keyed && v.keys == nil {
				v.keys = make([]string, len(v.list))
			}
			if v.keys != nil {
				v.keys = append(v.keys, key)
			}
			v.list = append(v.list, e.placed(o, from, max(from, min(at2, len(s)))))
		}
		if i = at2; i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if i < len(s) && s[i] != closing {
			return v, i
		}
	}
	return v, i + 1
}

// opaque passes over what is not understood, up to a comma or a bracket that
// closes.
func (e *evaluator) opaque(i int) int {
	s := e.s
	level := 0
	from := i
	for i < len(s) && i-from < maxArgument {
		if l, ok := e.str(i); ok && strings.IndexByte("\"'`", s[i]) >= 0 {
			if l.open {
				if _, next, ok := e.template(i); ok && next > i {
					i = next
					continue
				}
			}
			i = max(l.next, i+1)
			continue
		}
		if at := e.skip(i); at > i {
			if level == 0 && e.depth <= 1 && bytes.IndexByte(s[i:at], '\n') >= 0 {
				break
			}
			i = at
			continue
		}
		switch s[i] {
		case '(', '[', '{':
			level++
		case ')', ']', '}':
			if level--; level < 0 {
				e.spent += i - from
				return i
			}
		case ',', ';':
			if level == 0 {
				e.spent += i - from
				return i
			}
		}
		i++
	}
	e.spent += i - from
	return i
}
