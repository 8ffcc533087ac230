package code

import (
	"bytes"
	"strings"
)

// brackets reads an expression in brackets, or a tuple.
func (e *Evaluator) brackets(i int) (Outcome, int) {
	v, next := e.elements(i+1, ')')
	comma := bytes.HasSuffix(bytes.TrimRight(e.Source[i:max(i, min(next-1, len(e.Source)))], " \t\r\n"), []byte(","))
	if len(v.List) == 1 && !(comma && e.lang.Tuples) {
		return v.List[0], next
	}
	if !e.lang.Tuples && len(v.List) > 0 {
		return v.List[len(v.List)-1], next
	}
	return Outcome{Alternatives: []Value{v}}, next
}

// elements reads what commas stand between, up to the bracket that closes them.
func (e *Evaluator) elements(i int, closing byte) (v Value, next int) {
	s := e.Source
	v.IsList = true
	weight := 0
	e.depth++
	defer func() { e.depth-- }()
	for n := 0; ; n++ {
		i = e.Skip(i)
		if i >= len(s) || e.depth > maxBracketed || e.spent > e.limit {
			v.List = append(v.List, Outcome{Other: true, Cut: i < len(s)})
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
		spread := s[i] == '*' || bytes.HasPrefix(s[i:], []byte("..."))
		key, keyed, i2 := e.elementKey(i, closing)
		o, at := e.Read(i2)
		if at < len(s) && s[at] == ':' && closing != ')' { // a key that is computed, a slice
			o, at = e.Read(at + 1)
		}
		at = e.Skip(at)
		if e.hasOne(at, e.lang.Loops) {
			at = e.Opaque(at)
			o.Other = true
			if closing != ')' || n == 0 {
				o = Outcome{Other: true, Cut: o.Cut, Alternatives: o.Alternatives}
			}
		}
		if at < len(s) && s[at] != closing && s[at] != ',' || at <= from && at < len(s) {
			o = Outcome{Other: true}
			at = e.Opaque(max(at, from+1))
		}
		weight += len(o.Alternatives)
		for k := range o.Alternatives {
			weight += o.Alternatives[k].count()
		}
		if len(v.List) > 0 && (len(v.List) >= MaxElements || weight > maxLoad) {
			last := &v.List[len(v.List)-1]
			last.Other, last.Cut = true, true
		} else {
			o = e.Placed(o, from, max(from, min(at, len(s))))
			v.append(o, key, keyed, spread)
		}
		if i = at; i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if i < len(s) && s[i] != closing {
			return v, i
		}
	}
	return v, i + 1
}

// append adds an element to a list, or the elements of one that is spread out.
func (v *Value) append(o Outcome, key string, keyed, spread bool) {
	if spread && len(o.Alternatives) == 1 && o.Alternatives[0].IsList && !o.Other && len(v.List)+len(o.Alternatives[0].List) <= MaxElements {
		v.List = append(v.List, o.Alternatives[0].List...)
		if v.Keys != nil {
			v.Keys = append(v.Keys, make([]string, len(o.Alternatives[0].List))...)
		}
		return
	}
	if keyed && v.Keys == nil {
		v.Keys = make([]string, len(v.List))
	}
	if v.Keys != nil {
		v.Keys = append(v.Keys, key)
	}
	v.List = append(v.List, o)
}

// elementKey reads the key of the element at i, or the name of an argument, and
// gives the offset of its value.
func (e *Evaluator) elementKey(i int, closing byte) (key string, keyed bool, value int) {
	s := e.Source
	at := i
	if closing == '}' && s[i] == '[' {
		at = i + 1
	}
	if l, ok := e.lang.Literal(at); ok && !l.Open && closing == '}' {
		k := e.Skip(l.Next)
		if at > i && k < len(s) && s[k] == ']' {
			k = e.Skip(k + 1)
		}
		if k < len(s) && s[k] == ':' {
			return l.Text, true, k + 1
		}
	} else if end := e.lang.Word(i); end > i {
		if value, ok := e.lang.Key(e, i, end, closing); ok {
			return string(s[i:end]), true, value
		}
	}
	return "", false, i
}

// Opaque passes over what is not understood, up to a comma or a bracket that
// closes.
func (e *Evaluator) Opaque(i int) int {
	s := e.Source
	level := 0
	from := i
	for i < len(s) && i-from < MaxArgument {
		if l, ok := e.lang.Literal(i); ok && strings.IndexByte("\"'`", s[i]) >= 0 {
			if l.Open {
				if _, next, ok := e.template(i); ok && next > i {
					i = next
					continue
				}
			}
			i = max(l.Next, i+1)
			continue
		}
		if at := e.Skip(i); at > i {
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
