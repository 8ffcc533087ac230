package extract

import (
	"slices"
	"strings"

	"figment/scanner/text"
)

// What a loader or a runner of commands is given may be put together of
// literals that stand elsewhere in the text: by plus, in lists, by loops over
// them, by names. An evaluator reads such expressions of Python and JavaScript
// where they stand. It knows no scopes: a name is whatever the text gives it.

// A part is a piece of a string, and where it is written. A hole stands for
// what only the running program knows.
type part struct {
	text     string
	span     text.Span
	verbatim bool
	hole     bool
}

// A value is a string, or a list of values: also what an object or a dictionary
// holds, by keys.
type value struct {
	parts []part
	list  []outcome
	keys  []string // as long as list, where there are some
	isSet bool     // it is a list
	load  int      // how many parts and values it is made of; 0: not counted yet
}

// An outcome is all that an expression may come out as. other: something else
// may come out.
type outcome struct {
	alts  []value
	other bool
	load  int // of all that were added
}

func (o *outcome) add(vs ...value) {
	for _, v := range vs {
		n := v.count()
		if len(o.alts) >= maxValues || o.load+n > maxLoad {
			o.other = true
			return
		}
		o.load += n
		o.alts = append(o.alts, v)
	}
}

func (o *outcome) join(p outcome) {
	o.add(p.alts...)
	o.other = o.other || p.other
}

// count is how many parts and values v is made of.
func (v *value) count() int {
	if v.load == 0 {
		v.load = 1 + len(v.parts) + len(v.list)
		for k := range v.list {
			for n := range v.list[k].alts {
				v.load += v.list[k].alts[n].count()
			}
		}
	}
	return v.load
}

// size is how many bytes a string has.
func (v *value) size() (n int) {
	for _, p := range v.parts {
		n += len(p.text)
	}
	return n
}

// place makes what an expression in [start, end) came out as stand there, unless
// it does: parts of a text are in the order of their places.
func (v *value) place(start, end int) {
	for k := range v.parts {
		if p := &v.parts[k]; p.span.Start < start || p.span.End > end {
			var b strings.Builder
			hole := false
			for _, q := range v.parts {
				if q.hole {
					hole = true
				}
				b.WriteString(q.text)
			}
			if !hole {
				v.parts = []part{{text: b.String(), span: text.Span{Start: start, End: end}}}
				return
			}
			parts := make([]part, len(v.parts))
			for n, q := range v.parts { // each stands for all of the place
				parts[n] = part{text: q.text, hole: q.hole, span: text.Span{Start: start, End: end}}
			}
			v.parts = parts
			return
		}
	}
	for k := range v.list {
		for n := range v.list[k].alts {
			v.list[k].alts[n].place(start, end)
		}
	}
}

func (v value) clone() value {
	v.parts = slices.Clone(v.parts)
	v.list = slices.Clone(v.list)
	for k := range v.list {
		alts := make([]value, len(v.list[k].alts))
		for n := range alts {
			alts[n] = v.list[k].alts[n].clone()
		}
		v.list[k].alts = alts
	}
	return v
}

// filled has a hole for what is not known of o.
func (o outcome) filled(start, end int) outcome {
	if (o.other || len(o.alts) == 0) && len(o.alts) < maxValues {
		o.alts = append(slices.Clip(o.alts), value{parts: []part{{hole: true, span: text.Span{Start: start, End: end}}}})
	}
	o.other = false
	return o
}

// concatenated puts what a and b may be side by side: strings, or lists.
func concatenated(a, b outcome) outcome {
	var out outcome
	for _, x := range a.alts {
		for _, y := range b.alts {
			if len(out.alts) >= maxValues || out.load+x.count()+y.count() > maxLoad {
				out.other = true
				return out
			}
			switch {
			case x.isSet && y.isSet:
				if len(x.list)+len(y.list) > maxElements {
					out.other = true
					continue
				}
				out.add(value{isSet: true, list: append(slices.Clone(x.list), y.list...)})
			case x.isSet && len(x.list) < maxElements:
				out.add(value{isSet: true, list: append(slices.Clone(x.list), outcome{alts: []value{y}})})
			case y.isSet && len(y.list) < maxElements:
				out.add(value{isSet: true, list: append([]outcome{{alts: []value{x}}}, y.list...)})
			case x.isSet || y.isSet || x.size()+y.size() > maxValueText:
				out.other = true
			default:
				out.add(value{parts: append(slices.Clone(x.parts), y.parts...)})
			}
		}
	}
	out.other = out.other || a.other || b.other
	return out
}

// split gives the words of a string as a list.
func (v *value) split() value {
	out := value{isSet: true}
	var current value
	flush := func() {
		if len(current.parts) > 0 && len(out.list) < maxElements {
			out.list = append(out.list, outcome{alts: []value{current}})
		}
		current = value{}
	}
	for _, p := range v.parts {
		if p.hole || !strings.ContainsAny(p.text, " \t\r\n") {
			current.parts = append(current.parts, p)
			continue
		}
		from := 0
		for k := 0; k <= len(p.text); k++ {
			if k < len(p.text) && strings.IndexByte(" \t\r\n", p.text[k]) < 0 {
				continue
			}
			if k > from {
				q := part{text: p.text[from:k], span: p.span}
				if p.verbatim {
					q.verbatim, q.span = true, text.Span{Start: p.span.Start + from, End: p.span.Start + k}
				}
				current.parts = append(current.parts, q)
			}
			if k < len(p.text) {
				flush()
			}
			from = k + 1
		}
	}
	flush()
	return out
}

// each is what the elements of the lists may be.
func (o outcome) each() outcome {
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.other = true
			continue
		}
		for _, e := range v.list {
			out.join(e)
		}
	}
	return out
}

// glued joins the elements of lists to a string with a separator between them.
func (o outcome) glued(separator string) outcome {
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.other = true
			continue
		}
		var whole value
		for k, e := range v.list {
			for n, a := range e.alts {
				if (k > 0 || n > 0) && len(whole.parts) > 0 {
					last := whole.parts[len(whole.parts)-1]
					whole.parts = append(whole.parts, part{text: separator, span: text.Span{Start: last.span.End, End: last.span.End}})
				}
				if a.isSet {
					out.other = true
				}
				whole.parts = append(whole.parts, a.parts...)
			}
			if e.other {
				at := 0
				if n := len(whole.parts); n > 0 {
					at = whole.parts[n-1].span.End
				}
				whole.parts = append(whole.parts, part{text: separator, span: text.Span{Start: at, End: at}}, part{hole: true, span: text.Span{Start: at, End: at}})
			}
		}
		if whole.size() > maxValueText {
			out.other = true
			continue
		}
		out.add(whole)
	}
	return out
}

// whole is the text of a string without holes.
func (v *value) whole() (l literal, ok bool) {
	if v.isSet || len(v.parts) == 0 {
		return l, false
	}
	for k := range v.parts {
		if v.parts[k].hole {
			l.open = true
			break
		}
	}
	var b text.Builder
	for k := range v.parts {
		p := &v.parts[k]
		if p.hole {
			break
		}
		v.write(&b, p)
	}
	src, m := b.Done()
	l.text, l.pieces = string(src), m
	l.span = text.Span{Start: v.parts[0].span.Start, End: v.parts[len(v.parts)-1].span.End}
	return l, true
}

func (v *value) write(b *text.Builder, p *part) {
	if p.verbatim {
		b.Verbatim([]byte(p.text), p.span.Start)
	} else {
		b.Escape(p.text, p.span.Start, p.span.Len())
	}
}

// program writes the text that the string is, with hole for what is not known.
func (v *value) program(b *text.Builder, hole string) {
	for k := range v.parts {
		if p := &v.parts[k]; p.hole {
			b.Escape(hole, p.span.Start, p.span.Len())
		} else {
			v.write(b, p)
		}
	}
}

// hasHole reports whether something in the value is not known.
func (v *value) hasHole() bool {
	for k := range v.parts {
		if v.parts[k].hole {
			return true
		}
	}
	for _, e := range v.list {
		if e.other {
			return true
		}
		for k := range e.alts {
			if e.alts[k].hasHole() {
				return true
			}
		}
	}
	return false
}

// argument is the argument n, or the one that is given by one of the names.
func (v *value) argument(n int, names ...string) outcome {
	for k, key := range v.keys {
		for _, name := range names {
			if key == name {
				return v.list[k]
			}
		}
	}
	if n < len(v.list) && (v.keys == nil || v.keys[n] == "") {
		return v.list[n]
	}
	return outcome{}
}
