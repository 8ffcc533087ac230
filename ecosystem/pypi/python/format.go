package python

import (
	"strings"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// pyFormat fills what stands for other values in strings: %s, or braces.
func pyFormat(e *code.Evaluator, o, arguments code.Outcome, kind string) code.Outcome {
	out := code.Outcome{Other: o.Other}
	// Each argument by itself; a list is several of them.
	var list []code.Outcome
	var keys []string
	if len(arguments.Alternatives) == 1 && arguments.Alternatives[0].IsList && !arguments.Other {
		list, keys = arguments.Alternatives[0].List, arguments.Alternatives[0].Keys
	} else {
		list = []code.Outcome{arguments}
	}
	for _, v := range o.Alternatives {
		if v.IsList {
			out.Other = true
			continue
		}
		results := code.Outcome{Alternatives: []code.Value{{}}}
		n := 0
		put := func(k int, key string, at, to int) {
			fill := code.Outcome{Other: true}
			if key != "" {
				for m := range keys {
					if keys[m] == key {
						fill = list[m]
					}
				}
			} else if k < len(list) {
				fill = list[k]
			}
			results = code.Concatenated(results, e.Placed(fill.Filled(at, to), at, to))
		}
		for _, p := range v.Parts {
			if p.Hole {
				results = code.Concatenated(results, code.Outcome{Alternatives: []code.Value{{Parts: []code.Part{p}}}})
				continue
			}
			from := 0
			literally := func(to int) {
				if to > from {
					q := code.Part{Text: p.Text[from:to], Span: p.Span}
					if p.Verbatim {
						q.Verbatim, q.Span = true, text.Span{Start: p.Span.Start + from, End: p.Span.Start + to}
					}
					results = code.Concatenated(results, code.Outcome{Alternatives: []code.Value{{Parts: []code.Part{q}}}})
				}
			}
			place := func(from, to int) (int, int) {
				if p.Verbatim {
					return p.Span.Start + from, p.Span.Start + to
				}
				return p.Span.Start, p.Span.End
			}
			for k := 0; k < len(p.Text); k++ {
				switch {
				case kind == "%" && p.Text[k] == '%' && k+1 < len(p.Text):
					literally(k)
					to := k + 1
					key := ""
					if p.Text[to] == '(' {
						if c := strings.IndexByte(p.Text[to:], ')'); c > 0 {
							key, to = p.Text[to+1:to+c], to+c+1
						}
					}
					for to < len(p.Text) && strings.IndexByte("0123456789.-+ #", p.Text[to]) >= 0 {
						to++
					}
					if to < len(p.Text) && p.Text[to] == '%' {
						from, k = to, to
						continue
					}
					to = min(to+1, len(p.Text))
					at, behind := place(k, to)
					put(n, key, at, behind)
					n++
					from, k = to, to-1
				case kind == "{" && (p.Text[k] == '{' || p.Text[k] == '}') && k+1 < len(p.Text) && p.Text[k+1] == p.Text[k]:
					literally(k)
					from, k = k+1, k+1
				case kind == "{" && p.Text[k] == '{':
					c := strings.IndexByte(p.Text[k:], '}')
					if c < 0 {
						continue
					}
					literally(k)
					key := p.Text[k+1 : k+c]
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
			literally(len(p.Text))
		}
		out.Join(results)
	}
	return out
}
