package code

import (
	"slices"
)

// lookup is what the text gives to a name. A dot before it: a member of
// something.
func (e *Evaluator) lookup(name string, at int) Outcome {
	if e.busy == nil {
		e.busy, e.memo, e.cut, e.names = map[string]bool{}, map[use]Outcome{}, map[use]Outcome{}, map[string][]Binding{}
	}
	if len(e.busy) == 0 {
		clear(e.cut)
	}
	for _, use := range []use{{name, -1}, {name, at}} {
		if o, ok := e.memo[use]; ok {
			return o
		}
		if o, ok := e.cut[use]; ok {
			return o
		}
	}
	if e.busy[name] || len(e.busy) >= maxLookups || e.spent > e.limit || len(name) > 100 {
		e.cuts++
		return Outcome{Other: true, Cut: !e.busy[name]}
	}
	depth := e.depth
	e.depth, e.busy[name] = 0, true
	defer func() {
		e.depth = depth
		delete(e.busy, name)
	}()
	list, ok := e.names[name]
	if !ok {
		list = e.bindings(name)
		e.names[name] = list
	}
	loops := e.around(list, at)
	cuts := e.cuts
	o := e.bound(loops)
	use := use{name, -1}
	if len(loops) != len(list) {
		use.at = at
	}
	if len(e.busy) == 1 || cuts == e.cuts {
		e.memo[use] = o
	} else { // a name around it was not looked up again
		e.cut[use] = o
	}
	return o
}

// around leaves of the loops over a name those that at stands in, if there are
// some.
func (e *Evaluator) around(list []Binding, at int) []Binding {
	loops := 0
	var out []Binding
	for n, b := range list {
		if b.Kind == Constant && e.Mode == ModuleValue && b.Name < at && !e.sameBlock(b.Name, at) {
			b.Kind = Unknown
			list = append(slices.Clone(list[:n]), append([]Binding{b}, list[n+1:]...)...)
		}
		if b.Kind != Looped && b.Kind != Handed {
			out = append(out, b)
			continue
		}
		if loops++; e.encloses(b, at) {
			out = append(out, b)
		}
	}
	if loops == 0 || len(out) == len(list)-loops {
		return list
	}
	return out
}

// encloses reports whether the body of a loop goes on at at.
func (e *Evaluator) encloses(b Binding, at int) bool {
	if b.Kind == Handed || e.spent > e.limit {
		return b.Near(at)
	}
	return e.lang.Encloses(e, b, at)
}

// Near reports whether at is not far from where the name is given its value.
func (b *Binding) Near(at int) bool { return at-b.Name < MaxArgument && b.Name-at < MaxArgument }

// sameBlock reports whether the block around from goes on at to.
func (e *Evaluator) sameBlock(from, to int) bool {
	depth := 0
	e.spent += (to - from) / 4
	for _, c := range e.Source[from:to] {
		if c == '{' {
			depth++
		} else if c == '}' {
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return true
}

// bound is what the places that give a value to a name make of it.
func (e *Evaluator) bound(list []Binding) Outcome {
	var o Outcome
	count := map[BindingKind]int{}
	for _, b := range list {
		count[b.Kind]++
	}
	if len(list) == 0 {
		return Outcome{Other: true}
	}
	strict := e.Mode == ModuleValue
	if strict && (count[Unknown] > 0 || count[Assigned] > 0 && (e.lang.Constants || count[Assigned]+count[Constant]+count[Looped]+count[Handed] > 1)) {
		o.Other = true
	}
	for _, b := range list {
		switch b.Kind {
		case Assigned, Constant:
			if strict && (o.Other || count[Assigned]+count[Constant] > 1 || count[Looped]+count[Handed] > 0) {
				o.Other = true
				continue
			}
			o.Join(e.once(b.At, func() Outcome { p, _ := e.Read(b.At); return p }))
		case Looped:
			o.Join(e.once(b.At, func() Outcome { return e.loop(b.At) }))
		case Handed:
			p := e.until(b.At, b.End)
			o.Join(p.EachOrSelf())
		case Unknown:
			o.Other, o.Cut = true, o.Cut || b.cut && len(o.Alternatives) > 0
		}
	}
	for _, b := range list { // cmd = [...]; cmd.append(x)
		if b.Kind != appended || strict && o.Other {
			continue
		}
		e.depth++ // it stands in brackets, or ends with its line
		p, end := e.Read(b.At)
		e.depth--
		end = max(b.At+1, min(end, len(e.Source)))
		sum := Concatenated(Outcome{Alternatives: o.Alternatives}, p.Filled(b.At, end))
		for k := range sum.Alternatives {
			if !ordered(&sum.Alternatives[k]) {
				sum.Alternatives[k] = sum.Alternatives[k].clone()
				sum.Alternatives[k].place(b.At, end)
			}
		}
		o = Outcome{Alternatives: sum.Alternatives, Other: o.Other || sum.Other, Cut: o.Cut || sum.Cut}
	}
	return o
}

// once reads the value at i unless it was read before.
func (e *Evaluator) once(i int, read func() Outcome) Outcome {
	use := use{"", i}
	if o, ok := e.memo[use]; ok {
		return o
	}
	if o, ok := e.cut[use]; ok {
		return o
	}
	cuts := e.cuts
	o := read()
	if len(e.busy) == 1 || cuts == e.cuts {
		e.memo[use] = o
	} else {
		e.cut[use] = o
	}
	return o
}

// ordered reports whether the parts of a value are in the order of their places.
func ordered(v *Value) bool {
	at := 0
	var walk func(v *Value) bool
	walk = func(v *Value) bool {
		for _, p := range v.Parts {
			if p.Span.Start < at {
				return false
			}
			at = p.Span.End
		}
		for k := range v.List {
			for n := range v.List[k].Alternatives {
				if !walk(&v.List[k].Alternatives[n]) {
					return false
				}
			}
		}
		return true
	}
	return walk(v)
}

// loop is what the elements of the expression at i may be, tuples taken apart.
func (e *Evaluator) loop(i int) Outcome {
	p, next := e.Read(i)
	o := Outcome{}
	next = e.Skip(next)
	if e.lang.Tuples && next < len(e.Source) && e.Source[next] == ',' { // for x in "a", "b":
		o.Join(p)
		for next < len(e.Source) && e.Source[next] == ',' && len(o.Alternatives) < MaxValues {
			p, next = e.Read(next + 1)
			o.Join(p)
			next = e.Skip(next)
		}
		if next < len(e.Source) && e.Source[next] == ',' {
			o.Other, o.Cut = true, true
		}
		return o
	}
	o = p.Each()
	return o.EachOrSelf()
}

// EachOrSelf is what a function gets that a method hands elements to: those of a
// list, or what a promise gives.
func (o Outcome) EachOrSelf() Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut}
	for _, v := range o.Alternatives {
		if !v.IsList {
			out.add(v)
			continue
		}
		for _, part := range v.List {
			out.Join(part)
		}
	}
	return out
}
