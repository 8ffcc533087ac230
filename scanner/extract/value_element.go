package extract

import (
	"bytes"
	"strings"
)

// brackets reads an expression in brackets, or a tuple.
func (e *evaluator) brackets(i int) (outcome, int) {
	v, next := e.elements(i+1, ')')
	comma := bytes.HasSuffix(bytes.TrimRight(e.s[i:max(i, min(next-1, len(e.s)))], " \t\r\n"), []byte(","))
	if len(v.list) == 1 && !(comma && e.lang.tuples) {
		return v.list[0], next
	}
	if !e.lang.tuples && len(v.list) > 0 {
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
		spread := s[i] == '*' || bytes.HasPrefix(s[i:], []byte("..."))
		key, keyed, i2 := e.elementKey(i, closing)
		o, at := e.expr(i2)
		if at < len(s) && s[at] == ':' && closing != ')' { // a key that is computed, a slice
			o, at = e.expr(at + 1)
		}
		at = e.skip(at)
		if e.hasOne(at, e.lang.loops) {
			at = e.opaque(at)
			o.other = true
			if closing != ')' || n == 0 {
				o = outcome{other: true, alts: o.alts}
			}
		}
		if at < len(s) && s[at] != closing && s[at] != ',' || at <= from && at < len(s) {
			o = outcome{other: true}
			at = e.opaque(max(at, from+1))
		}
		weight += len(o.alts)
		for k := range o.alts {
			weight += o.alts[k].count()
		}
		if len(v.list) > 0 && (len(v.list) >= maxElements || weight > maxLoad) {
			v.list[len(v.list)-1].other = true
		} else {
			o = e.placed(o, from, max(from, min(at, len(s))))
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
func (v *value) append(o outcome, key string, keyed, spread bool) {
	if spread && len(o.alts) == 1 && o.alts[0].isSet && !o.other && len(v.list)+len(o.alts[0].list) <= maxElements {
		v.list = append(v.list, o.alts[0].list...)
		if v.keys != nil {
			v.keys = append(v.keys, make([]string, len(o.alts[0].list))...)
		}
		return
	}
	if keyed && v.keys == nil {
		v.keys = make([]string, len(v.list))
	}
	if v.keys != nil {
		v.keys = append(v.keys, key)
	}
	v.list = append(v.list, o)
}

// elementKey reads the key of the element at i, or the name of an argument, and
// gives the offset of its value.
func (e *evaluator) elementKey(i int, closing byte) (key string, keyed bool, value int) {
	s := e.s
	at := i
	if closing == '}' && s[i] == '[' {
		at = i + 1
	}
	if l, ok := e.lang.literal(at); ok && !l.open && closing == '}' {
		k := e.skip(l.next)
		if at > i && k < len(s) && s[k] == ']' {
			k = e.skip(k + 1)
		}
		if k < len(s) && s[k] == ':' {
			return l.text, true, k + 1
		}
	} else if end := e.lang.word(i); end > i {
		if value, ok := e.lang.key(e, i, end, closing); ok {
			return string(s[i:end]), true, value
		}
	}
	return "", false, i
}

// opaque passes over what is not understood, up to a comma or a bracket that
// closes.
func (e *evaluator) opaque(i int) int {
	s := e.s
	level := 0
	from := i
	for i < len(s) && i-from < maxArgument {
		if l, ok := e.lang.literal(i); ok && strings.IndexByte("\"'`", s[i]) >= 0 {
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
