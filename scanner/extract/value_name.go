package extract

import (
	"slices"
)

// lookup is what the text gives to a name. A dot before it: a member of
// something.
func (e *evaluator) lookup(name string, at int) outcome {
	if e.busy == nil {
		e.busy, e.memo, e.cut, e.names = map[string]bool{}, map[valueUse]outcome{}, map[valueUse]outcome{}, map[string][]valueBinding{}
	}
	if len(e.busy) == 0 {
		clear(e.cut)
	}
	for _, use := range []valueUse{{name, -1}, {name, at}} {
		if o, ok := e.memo[use]; ok {
			return o
		}
		if o, ok := e.cut[use]; ok {
			return o
		}
	}
	if e.busy[name] || len(e.busy) >= maxLookups || e.spent > e.limit || len(name) > 100 {
		e.cuts++
		return outcome{other: true}
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
	use := valueUse{name, -1}
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
func (e *evaluator) around(list []valueBinding, at int) []valueBinding {
	loops := 0
	var out []valueBinding
	for n, b := range list {
		if b.kind == constant && e.mode == moduleValue && b.name < at && !e.sameBlock(b.name, at) {
			b.kind = unknown
			list = append(slices.Clone(list[:n]), append([]valueBinding{b}, list[n+1:]...)...)
		}
		if b.kind != looped && b.kind != handed {
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
func (e *evaluator) encloses(b valueBinding, at int) bool {
	if b.kind == handed || e.spent > e.limit {
		return b.near(at)
	}
	return e.lang.encloses(e, b, at)
}

// near reports whether at is not far from where the name is given its value.
func (b *valueBinding) near(at int) bool { return at-b.name < maxArgument && b.name-at < maxArgument }

// sameBlock reports whether the block around from goes on at to.
func (e *evaluator) sameBlock(from, to int) bool {
	depth := 0
	e.spent += (to - from) / 4
	for _, c := range e.s[from:to] {
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
func (e *evaluator) bound(list []valueBinding) outcome {
	var o outcome
	count := map[bindingKind]int{}
	for _, b := range list {
		count[b.kind]++
	}
	if len(list) == 0 {
		return outcome{other: true}
	}
	strict := e.mode == moduleValue
	if strict && (count[unknown] > 0 || count[assigned] > 0 && (e.lang.constants || count[assigned]+count[constant]+count[looped]+count[handed] > 1)) {
		o.other = true
	}
	for _, b := range list {
		switch b.kind {
		case assigned, constant:
			if strict && (o.other || count[assigned]+count[constant] > 1 || count[looped]+count[handed] > 0) {
				o.other = true
				continue
			}
			o.join(e.once(b.at, func() outcome { p, _ := e.expr(b.at); return p }))
		case looped:
			o.join(e.once(b.at, func() outcome { return e.loop(b.at) }))
		case handed:
			p := e.until(b.at, b.end)
			o.join(p.eachOrSelf())
		case unknown:
			o.other = true
		}
	}
	for _, b := range list { // cmd = [...]; cmd.append(x)
		if b.kind != appended || strict && o.other {
			continue
		}
		e.depth++ // it stands in brackets, or ends with its line
		p, end := e.expr(b.at)
		e.depth--
		end = max(b.at+1, min(end, len(e.s)))
		sum := concatenated(outcome{alts: o.alts}, p.filled(b.at, end))
		for k := range sum.alts {
			if !ordered(&sum.alts[k]) {
				sum.alts[k] = sum.alts[k].clone()
				sum.alts[k].place(b.at, end)
			}
		}
		o = outcome{alts: sum.alts, other: o.other || sum.other}
	}
	return o
}

// once reads the value at i unless it was read before.
func (e *evaluator) once(i int, read func() outcome) outcome {
	use := valueUse{"", i}
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
func ordered(v *value) bool {
	at := 0
	var walk func(v *value) bool
	walk = func(v *value) bool {
		for _, p := range v.parts {
			if p.span.Start < at {
				return false
			}
			at = p.span.End
		}
		for k := range v.list {
			for n := range v.list[k].alts {
				if !walk(&v.list[k].alts[n]) {
					return false
				}
			}
		}
		return true
	}
	return walk(v)
}

// loop is what the elements of the expression at i may be, tuples taken apart.
func (e *evaluator) loop(i int) outcome {
	p, next := e.expr(i)
	o := outcome{}
	next = e.skip(next)
	if e.lang.tuples && next < len(e.s) && e.s[next] == ',' { // for x in "a", "b":
		o.join(p)
		for next < len(e.s) && e.s[next] == ',' && len(o.alts) < maxValues {
			p, next = e.expr(next + 1)
			o.join(p)
			next = e.skip(next)
		}
		return o
	}
	o = p.each()
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.add(v)
			continue
		}
		for _, part := range v.list {
			out.join(part)
		}
	}
	return out
}

// eachOrSelf is what a function gets that a method hands elements to: those of a
// list, or what a promise gives.
func (o outcome) eachOrSelf() outcome {
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.add(v)
			continue
		}
		for _, part := range v.list {
			out.join(part)
		}
	}
	return out
}
