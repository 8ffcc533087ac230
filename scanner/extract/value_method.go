package extract

import (
	"figment/scanner/text"
	"strings"
)

// format fills what stands for other values in strings: %s, or braces.
func (e *evaluator) format(o, arguments outcome, end int, kind string) outcome {
	out := outcome{other: o.other}
	// Each argument by itself; a list is several of them.
	var list []outcome
	var keys []string
	if len(arguments.alts) == 1 && arguments.alts[0].isSet && !arguments.other {
		list, keys = arguments.alts[0].list, arguments.alts[0].keys
	} else {
		list = []outcome{arguments}
	}
	for _, v := range o.alts {
		if v.isSet {
			out.other = true
			continue
		}
		results := outcome{alts: []value{{}}}
		n := 0
		put := func(k int, key string, at, to int) {
			fill := outcome{other: true}
			if key != "" {
				for m := range keys {
					if keys[m] == key {
						fill = list[m]
					}
				}
			} else if k < len(list) {
				fill = list[k]
			}
			results = concatenated(results, e.placed(fill.filled(at, to), at, to))
		}
		for _, p := range v.parts {
			if p.hole {
				results = concatenated(results, outcome{alts: []value{{parts: []part{p}}}})
				continue
			}
			from := 0
			literally := func(to int) {
				if to > from {
					q := part{text: p.text[from:to], span: p.span}
					if p.verbatim {
						q.verbatim, q.span = true, text.Span{Start: p.span.Start + from, End: p.span.Start + to}
					}
					results = concatenated(results, outcome{alts: []value{{parts: []part{q}}}})
				}
			}
			place := func(from, to int) (int, int) {
				if p.verbatim {
					return p.span.Start + from, p.span.Start + to
				}
				return p.span.Start, p.span.End
			}
			for k := 0; k < len(p.text); k++ {
				switch {
				case kind == "%" && p.text[k] == '%' && k+1 < len(p.text):
					literally(k)
					to := k + 1
					key := ""
					if p.text[to] == '(' {
						if c := strings.IndexByte(p.text[to:], ')'); c > 0 {
							key, to = p.text[to+1:to+c], to+c+1
						}
					}
					for to < len(p.text) && strings.IndexByte("0123456789.-+ #", p.text[to]) >= 0 {
						to++
					}
					if to < len(p.text) && p.text[to] == '%' {
						from, k = to, to
						continue
					}
					to = min(to+1, len(p.text))
					at, behind := place(k, to)
					put(n, key, at, behind)
					n++
					from, k = to, to-1
				case kind == "{" && (p.text[k] == '{' || p.text[k] == '}') && k+1 < len(p.text) && p.text[k+1] == p.text[k]:
					literally(k)
					from, k = k+1, k+1
				case kind == "{" && p.text[k] == '{':
					c := strings.IndexByte(p.text[k:], '}')
					if c < 0 {
						continue
					}
					literally(k)
					key := p.text[k+1 : k+c]
					if cut := strings.IndexAny(key, ":!.["); cut >= 0 {
						key = key[:cut]
					}
					index := n
					if key != "" && key[0] >= '0' && key[0] <= '9' {
						index, key = int(key[0]-'0'), ""
					} else if key == "" {
						n++
					}
					at, behind := place(k, k+c+1)
					put(index, key, at, behind)
					from, k = k+c+1, k+c
				}
			}
			literally(len(p.text))
		}
		out.join(results)
	}
	return out
}

// method is what a call of a method gives.
func (e *evaluator) method(o outcome, receiver, name string, a value, start, dot, end int) outcome {
	first := outcome{other: true}
	if len(a.list) > 0 {
		first = a.list[0]
	}
	switch name {
	case "strip", "rstrip", "lstrip", "trim", "trimEnd", "trimStart", "toString", "valueOf", "encode", "decode", "copy", "values", "normalize", "lower", "toLowerCase", "slice", "filter", "flat", "reverse", "sort", "expandtabs":
		return o
	case "format":
		if !e.python {
			return outcome{other: true}
		}
		return e.format(o, outcome{alts: []value{a}}, end, "{")
	case "split", "splitlines":
		if e.python && receiver == "shlex" {
			o = first
		}
		out := outcome{other: o.other}
		for k := range o.alts {
			if o.alts[k].isSet {
				out.other = true
			} else {
				out.add(o.alts[k].split())
			}
		}
		return out
	case "join":
		list, separator := first, o
		if !e.python {
			list, separator = o, first
		}
		if e.python && receiver == "shlex" {
			return first.glued(" ")
		}
		sep := ","
		if len(separator.alts) == 1 {
			if l, ok := separator.alts[0].whole(); ok && !l.open {
				sep = l.text
			}
		} else if separator.other && len(a.list) > 0 {
			return outcome{other: true}
		}
		if list.other && len(list.alts) == 0 {
			return outcome{other: true}
		}
		return list.glued(sep)
	case "concat":
		for k := range a.list {
			o = concatenated(e.placed(o.filled(start, dot), start, dot), e.placed(a.list[k].filled(dot, end), dot, end))
		}
		return o
	case "get", "pop", "at":
		if len(first.alts) == 1 {
			if l, ok := first.alts[0].whole(); ok && !l.open {
				return o.index(l.text, -1)
			}
		}
		return o.index("", -1)
	case "resolve", "from", "freeze", "dedent", "quote", "of", "fspath", "fsencode":
		return first
	}
	return outcome{other: true}
}

// function is what a call of a function gives.
func (e *evaluator) function(name string, a value) outcome {
	if len(a.list) == 0 {
		return outcome{other: true}
	}
	switch name {
	case "str", "String", "list", "tuple", "sorted", "set", "frozenset", "reversed", "iter", "bytes", "bytearray", "compile", "dedent", "quote", "raw":
		return a.list[0]
	case "enumerate":
		return a.list[0]
	case "split":
		out := outcome{other: a.list[0].other}
		for k := range a.list[0].alts {
			if a.list[0].alts[k].isSet {
				out.other = true
			} else {
				out.add(a.list[0].alts[k].split())
			}
		}
		return out
	case "dict":
		return outcome{alts: []value{a}}
	}
	return outcome{other: true}
}
