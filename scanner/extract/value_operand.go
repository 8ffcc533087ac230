package extract

import (
	"bytes"
	"strconv"

	"figment/scanner/text"
)

// term reads one operand with its members, calls and subscripts.
func (e *evaluator) term(i int) (outcome, int) {
	s := e.s
	unknown := false // an operator makes something else of it
	for {
		i = e.skip(i)
		if i >= len(s) || e.spent > e.limit {
			return outcome{other: true}, len(s)
		}
		e.spent += 8
		next, other := e.prefix(i)
		if next == i {
			break
		}
		i, unknown = next, unknown || other
	}
	o, name, next, done := e.primary(i)
	if !done {
		o, next = e.members(o, name, i, next)
	}
	if unknown {
		o = outcome{other: true}
	}
	return o, next
}

// prefix passes over an operator before an operand. other: it makes something else
// of the operand.
func (e *evaluator) prefix(i int) (next int, other bool) {
	s := e.s
	switch c := s[i]; {
	case c == '-' || c == '!' || c == '~' || c == '+':
		return i + 1, true
	case c == '*' || c == '.' && bytes.HasPrefix(s[i:], []byte("...")):
		for i < len(s) && (s[i] == '*' || s[i] == '.') {
			i++
		}
		return i, false
	}
	if end := e.lang.word(i); end > i && e.lang.begins(string(s[i:end])) == prefixWord {
		return end, false
	}
	return i, false
}

// primary reads an operand without what follows it, and gives its name if it has
// one. done: nothing can follow it.
func (e *evaluator) primary(i int) (o outcome, name string, next int, done bool) {
	s := e.s
	if o, next, ok := e.strings(i); ok {
		return o, "", next, false
	}
	switch s[i] {
	case '(':
		o, next = e.brackets(i)
		return o, "", next, false
	case '[':
		v, next := e.elements(i+1, ']')
		o.add(v)
		return o, "", next, false
	case '{':
		v, next := e.elements(i+1, '}')
		o.add(v)
		return o, "", next, false
	}
	end := e.lang.word(i)
	if end == i {
		return outcome{other: true}, "", i, true
	}
	name = string(s[i:end])
	switch kind := e.lang.begins(name); {
	case kind == nothingWord:
	case kind == unreadWord:
		return outcome{other: true}, "", e.opaque(end), true
	case s[i] >= '0' && s[i] <= '9':
		o.other = true
	default:
		if k := e.skip(end); k < len(s) && (s[k] == '(' || s[k] == '=' && k+1 < len(s) && s[k+1] == '>') {
			o.other = true
		} else {
			o = e.lookup(name, i)
		}
	}
	return o, name, end, false
}

// members reads the members, calls and subscripts at i behind the operand o, which
// begins at start.
func (e *evaluator) members(o outcome, name string, start, i int) (outcome, int) {
	s := e.s
	for {
		k := e.trail(i)
		e.charge(o)
		if e.spent > e.limit {
			return outcome{other: true}, len(s)
		}
		if k >= len(s) || e.stop > 0 && k == e.stop {
			return o, k
		}
		if e.lang.suffix != nil {
			if p, next, done := e.lang.suffix(e, o, k); done {
				return p, next
			} else if next > k {
				i = next
				continue
			}
		}
		switch {
		case s[k] == '.' && k+1 < len(s) && s[k+1] != '.', bytes.HasPrefix(s[k:], []byte("?.")):
			if s[k] == '?' {
				k++
			}
			at := e.skip(k + 1)
			end := e.lang.word(at)
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
				o = e.method(&methodCall{o: o, receiver: name, name: member, arguments: a, start: start, dot: k, end: after})
				i, name = after, member
				continue
			}
			if program := e.lang.program(member); program != "" {
				o = outcome{alts: []value{{parts: []part{{text: program, span: text.Span{Start: start, End: end}}}}}}
			} else {
				o = o.index(member, -1)
			}
			name = member
		case s[k] == '(':
			a, after := e.elements(k+1, ')')
			o = e.function(name, a)
			i, name = after, ""
		case s[k] == '[':
			o, name, i = e.subscript(o, k)
		default:
			return o, k
		}
	}
}

// subscript takes out of o what the subscript at i names; key is empty where that
// is no text.
func (e *evaluator) subscript(o outcome, i int) (element outcome, key string, after int) {
	s := e.s
	v, after := e.elements(i+1, ']')
	n := -1
	if d := bytes.TrimSpace(s[i+1 : max(i+1, min(after-1, len(s)))]); len(d) > 0 && len(d) < 4 && d[0] >= '0' && d[0] <= '9' {
		if number, err := strconv.Atoi(string(d)); err == nil {
			n = number
		}
	} else if len(v.list) == 1 && len(v.list[0].alts) == 1 {
		if l, ok := v.list[0].alts[0].whole(); ok && !l.open {
			key = l.text
		}
	}
	if bytes.IndexByte(s[i:max(i, min(after, len(s)))], ':') >= 0 && key == "" {
		n = -1 // a slice: any of it
	}
	return o.index(key, n), key, after
}

// trail skips to what may go on behind an operand: outside of brackets a line end
// may close the statement.
func (e *evaluator) trail(i int) int {
	k := e.skip(i)
	if bytes.IndexByte(e.s[i:min(k, len(e.s))], '\n') >= 0 && k < len(e.s) && e.depth <= 1 && e.lang.ends(e.s[k]) {
		return i
	}
	return k
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
