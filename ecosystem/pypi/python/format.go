package python

import (
	"strings"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// format fills what stands for other values in strings: %s, or braces.
func format(e *code.Evaluator, o, arguments code.Outcome, kind string) code.Outcome {
	out := code.Outcome{Other: o.Other}
	// Each argument by itself; a list is several of them.
	f := formatter{e: e, list: []code.Outcome{arguments}}
	if len(arguments.Alternatives) == 1 && arguments.Alternatives[0].IsList && !arguments.Other {
		f.list, f.keys = arguments.Alternatives[0].List, arguments.Alternatives[0].Keys
	}
	for _, v := range o.Alternatives {
		if v.IsList {
			out.Other = true
			continue
		}
		f.n, f.results = 0, code.Outcome{Alternatives: []code.Value{{}}}
		for _, p := range v.Parts {
			f.part, f.from = p, 0
			switch {
			case p.Hole:
				f.add(p)
				continue
			case kind == "%":
				f.percents()
			default:
				f.braces()
			}
			f.literally(len(p.Text))
		}
		out.Join(f.results)
	}
	return out
}

// A formatter fills the parts of one string.
type formatter struct {
	e       *code.Evaluator
	list    []code.Outcome
	keys    []string
	n       int // arguments that were put in
	results code.Outcome
	part    code.Part
	from    int // what stands before it in the part is done
}

func (f *formatter) add(p code.Part) {
	f.results = code.Concatenated(f.results, code.Outcome{Alternatives: []code.Value{{Parts: []code.Part{p}}}})
}

// literally takes the text up to to as it stands.
func (f *formatter) literally(to int) {
	if to <= f.from {
		return
	}
	p := code.Part{Text: f.part.Text[f.from:to], Span: f.part.Span}
	if f.part.Verbatim {
		p.Verbatim, p.Span = true, f.place(f.from, to)
	}
	f.add(p)
}

// place is where [from, to) of the part stands in the code.
func (f *formatter) place(from, to int) text.Span {
	if f.part.Verbatim {
		return text.Span{Start: f.part.Span.Start + from, End: f.part.Span.Start + to}
	}
	return f.part.Span
}

// put fills [from, to) of the part with the argument of that key, or the k-th.
func (f *formatter) put(k int, key string, from, to int) {
	fill := code.Outcome{Other: true}
	if key != "" {
		for m := range f.keys {
			if f.keys[m] == key {
				fill = f.list[m]
			}
		}
	} else if k < len(f.list) {
		fill = f.list[k]
	}
	at := f.place(from, to)
	f.results = code.Concatenated(f.results, f.e.Placed(fill.Filled(at.Start, at.End), at.Start, at.End))
}

// percents fills %s, %(key)s and their like.
func (f *formatter) percents() {
	s := f.part.Text
	for k := 0; k+1 < len(s); k++ {
		if s[k] != '%' {
			continue
		}
		f.literally(k)
		to, key := k+1, ""
		if s[to] == '(' {
			if c := strings.IndexByte(s[to:], ')'); c > 0 {
				key, to = s[to+1:to+c], to+c+1
			}
		}
		for to < len(s) && strings.IndexByte("0123456789.-+ #", s[to]) >= 0 {
			to++
		}
		if to < len(s) && s[to] == '%' {
			f.from, k = to, to
			continue
		}
		to = min(to+1, len(s))
		f.put(f.n, key, k, to)
		f.n++
		f.from, k = to, to-1
	}
}

// braces fills {}, {0} and {key}.
func (f *formatter) braces() {
	s := f.part.Text
	for k := 0; k < len(s); k++ {
		switch {
		case s[k] != '{' && s[k] != '}':
		case k+1 < len(s) && s[k+1] == s[k]:
			f.literally(k)
			f.from, k = k+1, k+1
		case s[k] == '{':
			c := strings.IndexByte(s[k:], '}')
			if c < 0 {
				continue
			}
			f.literally(k)
			key := s[k+1 : k+c]
			if cut := strings.IndexAny(key, ":!.["); cut >= 0 {
				key = key[:cut]
			}
			index := f.n
			if key != "" && key[0] >= '0' && key[0] <= '9' {
				index, key = int(key[0]-'0'), ""
			} else if key == "" {
				f.n++
			}
			f.put(index, key, k, k+c+1)
			f.from, k = k+c+1, k+c
		}
	}
}
