package extract

import (
	"strings"

	"figment/scanner/text"
)

// pyFormat fills what stands for other values in strings: %s, or braces.
func pyFormat(e *evaluator, o, arguments outcome, kind string) outcome {
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
