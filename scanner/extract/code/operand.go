package code

import (
	"bytes"
	"strconv"
	"strings"

	"figment/scanner/text"
)

// Term reads one operand with its members, calls and subscripts.
func (e *Evaluator) Term(i int) (Outcome, int) {
	s := e.Source
	unknown := false // an operator makes something else of it
	for {
		i = e.Skip(i)
		if i >= len(s) || e.spent > e.limit {
			return Outcome{Other: true}, len(s)
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
		o = Outcome{Other: true, Cut: o.Cut}
	}
	return o, next
}

// prefix passes over an operator before an operand. other: it makes something else
// of the operand.
func (e *Evaluator) prefix(i int) (next int, other bool) {
	s := e.Source
	switch c := s[i]; {
	case c == '-' || c == '!' || c == '~' || c == '+':
		return i + 1, true
	case c == '*' || c == '.' && bytes.HasPrefix(s[i:], []byte("...")):
		for i < len(s) && (s[i] == '*' || s[i] == '.') {
			i++
		}
		return i, false
	}
	if end := e.lang.Word(i); end > i && e.lang.Begins(string(s[i:end])) == PrefixWord {
		return end, false
	}
	return i, false
}

// primary reads an operand without what follows it, and gives its name if it has
// one. done: nothing can follow it.
func (e *Evaluator) primary(i int) (o Outcome, name string, next int, done bool) {
	s := e.Source
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
	end := e.lang.Word(i)
	if end == i {
		quote := strings.IndexByte("'\"`", s[i]) >= 0 // of a literal that is too long
		return Outcome{Other: true, Cut: quote}, "", i, true
	}
	name = string(s[i:end])
	switch kind := e.lang.Begins(name); {
	case kind == NothingWord:
	case kind == UnreadWord:
		return Outcome{Other: true}, "", e.Opaque(end), true
	case s[i] >= '0' && s[i] <= '9':
		o.Other = true
	default:
		if k := e.Skip(end); k < len(s) && (s[k] == '(' || s[k] == '=' && k+1 < len(s) && s[k+1] == '>') {
			o.Other = true
		} else {
			o = e.lookup(name, i)
		}
	}
	return o, name, end, false
}

// members reads the members, calls and subscripts at i behind the operand o, which
// begins at start.
func (e *Evaluator) members(o Outcome, name string, start, i int) (Outcome, int) {
	s := e.Source
	for {
		k := e.trail(i)
		e.charge(o)
		if e.spent > e.limit {
			return Outcome{Other: true}, len(s)
		}
		if k >= len(s) || e.stop > 0 && k == e.stop {
			return o, k
		}
		if e.lang.Suffix != nil {
			if p, next, done := e.lang.Suffix(e, o, k); done {
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
			at := e.Skip(k + 1)
			end := e.lang.Word(at)
			if end == at {
				if at < len(s) && (s[at] == '(' || s[at] == '[') && s[k-1] == '?' {
					i = at
					continue
				}
				return Outcome{Other: true}, at
			}
			member := string(s[at:end])
			i = end
			if next := e.trail(end); next < len(s) && s[next] == '(' {
				a, after := e.elements(next+1, ')')
				o = e.method(&MethodCall{Of: o, Receiver: name, Name: member, Arguments: a, start: start, dot: k, end: after})
				i, name = after, member
				continue
			}
			if program := e.lang.Program(member); program != "" {
				o = Outcome{Alternatives: []Value{{Parts: []Part{{Text: program, Span: text.Span{Start: start, End: end}}}}}}
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
func (e *Evaluator) subscript(o Outcome, i int) (element Outcome, key string, after int) {
	s := e.Source
	v, after := e.elements(i+1, ']')
	n := -1
	if d := bytes.TrimSpace(s[i+1 : max(i+1, min(after-1, len(s)))]); len(d) > 0 && len(d) < 4 && d[0] >= '0' && d[0] <= '9' {
		if number, err := strconv.Atoi(string(d)); err == nil {
			n = number
		}
	} else if len(v.List) == 1 && len(v.List[0].Alternatives) == 1 {
		if l, ok := v.List[0].Alternatives[0].Literal(); ok && !l.Open {
			key = l.Text
		}
	}
	if bytes.IndexByte(s[i:max(i, min(after, len(s)))], ':') >= 0 && key == "" {
		n = -1 // a slice: any of it
	}
	return o.index(key, n), key, after
}

// trail skips to what may go on behind an operand: outside of brackets a line end
// may close the statement.
func (e *Evaluator) trail(i int) int {
	k := e.Skip(i)
	if bytes.IndexByte(e.Source[i:min(k, len(e.Source))], '\n') >= 0 && k < len(e.Source) && e.depth <= 1 && e.lang.Ends(e.Source[k]) {
		return i
	}
	return k
}

// index takes an element out of lists; all of them where it is not known which.
func (o Outcome) index(key string, n int) Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut}
	for _, v := range o.Alternatives {
		if !v.IsList {
			out.Other = true
			continue
		}
		found := false
		for k := range v.List {
			if n >= 0 && k == n && v.Keys == nil || key != "" && v.Keys != nil && v.Keys[k] == key || n < 0 && key == "" {
				out.Join(v.List[k])
				found = true
			}
		}
		out.Other = out.Other || !found
	}
	return out
}
