// Package code is what the readers of Python and JavaScript have in common: the
// literals of code, and what is put together of them. What a loader or a runner of
// commands is given may be made of literals that stand elsewhere in the text: by
// plus, in lists, by loops over them, by names. An Evaluator reads such expressions
// where they stand, by what a Language knows of its grammar. It knows no scopes: a
// name is whatever the text gives it.
//
// It works on the bytes of one text, within the limits of this package, and knows
// no package and no registry.
package code

import (
	"slices"
	"strings"

	"figment/scanner/text"
)

// A Part is a piece of a string, and where it is written. A hole stands for
// what only the running program knows.
type Part struct {
	Text     string
	Span     text.Span
	Verbatim bool
	Hole     bool
}

// A Value is a string, or a list of values: also what an object or a dictionary
// holds, by keys.
type Value struct {
	Parts  []Part
	List   []Outcome
	Keys   []string // as long as list, where there are some
	IsList bool     // it is a list
	load   int      // how many parts and values it is made of; 0: not counted yet
}

// An Outcome is all that an expression may come out as. Other: something else may
// come out. Cut: some of that the text does say, and it was dropped for a limit. The zero Outcome is no text and no list, such as None.
type Outcome struct {
	Alternatives []Value
	Other        bool
	Cut          bool
	load         int // of all that were added
}

func (o *Outcome) add(vs ...Value) {
	for _, v := range vs {
		n := v.count()
		if len(o.Alternatives) >= MaxValues || o.load+n > maxLoad {
			o.Other, o.Cut = true, true
			return
		}
		o.load += n
		o.Alternatives = append(o.Alternatives, v)
	}
}

// Join adds what else the expression may come out as.
func (o *Outcome) Join(p Outcome) {
	o.add(p.Alternatives...)
	o.Other, o.Cut = o.Other || p.Other, o.Cut || p.Cut
}

// count is how many parts and values v is made of.
func (v *Value) count() int {
	if v.load == 0 {
		v.load = 1 + len(v.Parts) + len(v.List)
		for k := range v.List {
			for n := range v.List[k].Alternatives {
				v.load += v.List[k].Alternatives[n].count()
			}
		}
	}
	return v.load
}

// size is how many bytes a string has.
func (v *Value) size() (n int) {
	for _, p := range v.Parts {
		n += len(p.Text)
	}
	return n
}

// place makes what an expression in [start, end) came out as stand there, unless
// it does: parts of a text are in the order of their places.
func (v *Value) place(start, end int) {
	for k := range v.Parts {
		if p := &v.Parts[k]; p.Span.Start < start || p.Span.End > end {
			var b strings.Builder
			hole := false
			for _, q := range v.Parts {
				if q.Hole {
					hole = true
				}
				b.WriteString(q.Text)
			}
			if !hole {
				v.Parts = []Part{{Text: b.String(), Span: text.Span{Start: start, End: end}}}
				return
			}
			parts := make([]Part, len(v.Parts))
			for n, q := range v.Parts { // each stands for all of the place
				parts[n] = Part{Text: q.Text, Hole: q.Hole, Span: text.Span{Start: start, End: end}}
			}
			v.Parts = parts
			return
		}
	}
	for k := range v.List {
		for n := range v.List[k].Alternatives {
			v.List[k].Alternatives[n].place(start, end)
		}
	}
}

func (v Value) clone() Value {
	v.Parts = slices.Clone(v.Parts)
	v.List = slices.Clone(v.List)
	for k := range v.List {
		alts := make([]Value, len(v.List[k].Alternatives))
		for n := range alts {
			alts[n] = v.List[k].Alternatives[n].clone()
		}
		v.List[k].Alternatives = alts
	}
	return v
}

// Filled has a hole for what is not known of o.
func (o Outcome) Filled(start, end int) Outcome {
	if (o.Other || len(o.Alternatives) == 0) && len(o.Alternatives) < MaxValues {
		o.Alternatives = append(slices.Clip(o.Alternatives), Value{Parts: []Part{{Hole: true, Span: text.Span{Start: start, End: end}}}})
	}
	o.Other = false
	return o
}

// Concatenated puts what a and b may be side by side: strings, or lists.
func Concatenated(a, b Outcome) Outcome {
	out := Outcome{Cut: a.Cut || b.Cut}
	for _, x := range a.Alternatives {
		for _, y := range b.Alternatives {
			if len(out.Alternatives) >= MaxValues || out.load+x.count()+y.count() > maxLoad {
				out.Other, out.Cut = true, true
				return out
			}
			switch {
			case x.IsList && y.IsList:
				if len(x.List)+len(y.List) > MaxElements {
					out.Other, out.Cut = true, true
					continue
				}
				out.add(Value{IsList: true, List: append(slices.Clone(x.List), y.List...)})
			case x.IsList && len(x.List) < MaxElements:
				out.add(Value{IsList: true, List: append(slices.Clone(x.List), Outcome{Alternatives: []Value{y}})})
			case y.IsList && len(y.List) < MaxElements:
				out.add(Value{IsList: true, List: append([]Outcome{{Alternatives: []Value{x}}}, y.List...)})
			case x.IsList || y.IsList || x.size()+y.size() > MaxValueText:
				out.Other, out.Cut = true, true
			default:
				out.add(Value{Parts: append(slices.Clone(x.Parts), y.Parts...)})
			}
		}
	}
	out.Other = out.Other || a.Other || b.Other
	return out
}

// split gives the words of a string as a list.
func (v *Value) split() Value {
	out := Value{IsList: true}
	var current Value
	flush := func() {
		switch n := len(out.List); {
		case len(current.Parts) == 0:
		case n < MaxElements:
			out.List = append(out.List, Outcome{Alternatives: []Value{current}})
		default:
			out.List[n-1].Other, out.List[n-1].Cut = true, true
		}
		current = Value{}
	}
	for _, p := range v.Parts {
		if p.Hole || !strings.ContainsAny(p.Text, " \t\r\n") {
			current.Parts = append(current.Parts, p)
			continue
		}
		from := 0
		for k := 0; k <= len(p.Text); k++ {
			if k < len(p.Text) && strings.IndexByte(" \t\r\n", p.Text[k]) < 0 {
				continue
			}
			if k > from {
				q := Part{Text: p.Text[from:k], Span: p.Span}
				if p.Verbatim {
					q.Verbatim, q.Span = true, text.Span{Start: p.Span.Start + from, End: p.Span.Start + k}
				}
				current.Parts = append(current.Parts, q)
			}
			if k < len(p.Text) {
				flush()
			}
			from = k + 1
		}
	}
	flush()
	return out
}

// Each is what the elements of the lists may be.
func (o Outcome) Each() Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut}
	for _, v := range o.Alternatives {
		if !v.IsList {
			out.Other = true
			continue
		}
		for _, e := range v.List {
			out.Join(e)
		}
	}
	return out
}

// Glued joins the elements of lists to a string with a separator between them.
func (o Outcome) Glued(separator string) Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut}
	for _, v := range o.Alternatives {
		if !v.IsList {
			out.Other = true
			continue
		}
		var whole Value
		for k, e := range v.List {
			for n, a := range e.Alternatives {
				if (k > 0 || n > 0) && len(whole.Parts) > 0 {
					last := whole.Parts[len(whole.Parts)-1]
					whole.Parts = append(whole.Parts, Part{Text: separator, Span: text.Span{Start: last.Span.End, End: last.Span.End}})
				}
				if a.IsList {
					out.Other = true
				}
				whole.Parts = append(whole.Parts, a.Parts...)
			}
			out.Cut = out.Cut || e.Cut
			if e.Other {
				at := 0
				if n := len(whole.Parts); n > 0 {
					at = whole.Parts[n-1].Span.End
				}
				whole.Parts = append(whole.Parts, Part{Text: separator, Span: text.Span{Start: at, End: at}}, Part{Hole: true, Span: text.Span{Start: at, End: at}})
			}
		}
		if whole.size() > MaxValueText {
			out.Other, out.Cut = true, true
			continue
		}
		out.add(whole)
	}
	return out
}

// Literal is the text of a string without holes.
func (v *Value) Literal() (l Literal, ok bool) {
	if v.IsList || len(v.Parts) == 0 {
		return l, false
	}
	for k := range v.Parts {
		if v.Parts[k].Hole {
			l.Open = true
			break
		}
	}
	var b text.Builder
	for k := range v.Parts {
		p := &v.Parts[k]
		if p.Hole {
			break
		}
		v.write(&b, p)
	}
	src, m := b.Done()
	l.Text, l.Pieces = string(src), m
	l.Span = text.Span{Start: v.Parts[0].Span.Start, End: v.Parts[len(v.Parts)-1].Span.End}
	return l, true
}

func (v *Value) write(b *text.Builder, p *Part) {
	if p.Verbatim {
		b.Verbatim([]byte(p.Text), p.Span.Start)
	} else {
		b.Escape(p.Text, p.Span.Start, p.Span.Len())
	}
}

// program writes the text that the string is, with hole for what is not known.
func (v *Value) program(b *text.Builder, hole string) {
	for k := range v.Parts {
		if p := &v.Parts[k]; p.Hole {
			b.Escape(hole, p.Span.Start, p.Span.Len())
		} else {
			v.write(b, p)
		}
	}
}

// hasHole reports whether something in the value is not known.
func (v *Value) hasHole() bool {
	for k := range v.Parts {
		if v.Parts[k].Hole {
			return true
		}
	}
	for _, e := range v.List {
		if e.Other {
			return true
		}
		for k := range e.Alternatives {
			if e.Alternatives[k].hasHole() {
				return true
			}
		}
	}
	return false
}

// Cut reports whether something in the value was dropped for a limit.
func (v *Value) Cut() bool {
	for k := range v.List {
		if v.List[k].Cut {
			return true
		}
		for n := range v.List[k].Alternatives {
			if v.List[k].Alternatives[n].Cut() {
				return true
			}
		}
	}
	return false
}

// Argument is the argument n, or the one that is given by one of the names.
func (v *Value) Argument(n int, names ...string) Outcome {
	for k, key := range v.Keys {
		for _, name := range names {
			if key == name {
				return v.List[k]
			}
		}
	}
	if n < len(v.List) && (v.Keys == nil || v.Keys[n] == "") {
		return v.List[n]
	}
	return Outcome{}
}
