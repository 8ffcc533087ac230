package extract

import (
	"bytes"
	"slices"
	"strings"

	"figment/scanner/text"
)

// maxBindings bounds how many places that give a value to one name are looked
// at, maxOccurrences how many places where it stands.
const (
	maxBindings    = 64
	maxOccurrences = 2000
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
	s := e.s
	near := at-b.name < maxArgument && b.name-at < maxArgument
	if b.kind == handed || e.spent > e.limit {
		return near
	}
	start := text.LineStart(s, b.name)
	if !e.python {
		if b.name > at {
			return false
		}
		depth, opened := 0, false
		for k := b.name; k < at; k++ {
			switch s[k] {
			case '{':
				depth++
				opened = true
			case '}':
				if depth--; depth <= 0 && opened {
					e.spent += k - b.name
					return false
				}
			case ';', '\n':
				if depth == 0 && k > b.at && s[k] == ';' {
					return false
				}
			}
		}
		e.spent += at - b.name
		return true
	}
	head := bytes.TrimLeft(s[start:b.name], " \t")
	if !bytes.HasPrefix(head, []byte("for ")) && !bytes.HasPrefix(head, []byte("async for ")) && !bytes.HasPrefix(head, []byte("for(")) {
		return near // a comprehension
	}
	if b.name > at {
		return false
	}
	indent := b.name - start - len(head)
	e.spent += at - b.name
	for k := text.NextLine(s, start); k <= at && k < len(s); k = text.NextLine(s, k) {
		if first := text.Blank(s, k); first < len(s) && s[first] != '\n' && s[first] != '\r' && s[first] != '#' && first-k <= indent && first <= at && strings.IndexByte(")]}'\"", s[first]) < 0 {
			return false
		}
	}
	return true
}

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
	if strict && (count[unknown] > 0 || count[assigned] > 0 && (!e.python || count[assigned]+count[constant]+count[looped]+count[handed] > 1)) {
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
	if e.python && next < len(e.s) && e.s[next] == ',' { // for x in "a", "b":
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

// bindings finds the places that may give a value to a name.
func (e *evaluator) bindings(name string) []valueBinding {
	s := e.s
	word, member := strings.CutPrefix(name, ".")
	var out []valueBinding
	seen := 0
	e.spent += len(s)/8 + 1
	for from := 0; ; {
		k := bytes.Index(s[from:], []byte(word))
		if k < 0 {
			return out
		}
		k += from
		from = k + len(word)
		if k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == '$') || e.word(k) != from {
			continue
		}
		if seen++; seen > maxOccurrences || len(out) >= maxBindings || e.spent > e.limit {
			return append(out, valueBinding{kind: unknown, name: k})
		}
		e.spent += 16
		back := k
		for back > 0 && (s[back-1] == ' ' || s[back-1] == '\t') {
			back--
		}
		before := byte('\n')
		if back > 0 {
			before = s[back-1]
		}
		if (before == '.' && !(back > 1 && s[back-2] == '.')) != member {
			continue
		}
		next := e.skip(from)
		if next >= len(s) {
			continue
		}
		b, ok := e.binding(k, back, next, before)
		if ok {
			b.name = k
			out = append(out, b)
		}
	}
}

// binding looks at the word at k, behind before, what follows it at next.
func (e *evaluator) binding(k, back, next int, before byte) (b valueBinding, ok bool) {
	s := e.s
	after := byte(0)
	if next+1 < len(s) {
		after = s[next+1]
	}
	prior := ""
	if text.IsLetter(before) {
		from := back
		for from > 0 && text.IsLetter(s[from-1]) && back-from < 20 {
			from--
		}
		prior = string(s[from:back])
	}
	switch {
	case s[next] == '+' && after == '=':
		return valueBinding{kind: appended, at: next + 2}, true
	case s[next] == '.':
		at := e.skip(next + 1)
		end := e.word(at)
		switch string(s[at:end]) {
		case "append", "extend", "insert", "push", "unshift", "add", "update":
			if open := e.skip(end); open < len(s) && s[open] == '(' {
				return valueBinding{kind: appended, at: open + 1}, true
			}
		}
		return b, false
	case s[next] == '=' && after != '=' && after != '>':
		if e.python && (before == '(' || before == ',') {
			start := text.LineStart(s, k)
			head := bytes.TrimLeft(s[start:k], " \t")
			if bytes.HasPrefix(head, []byte("def ")) || bytes.HasPrefix(head, []byte("async def ")) || bytes.Contains(head, []byte("lambda")) {
				return valueBinding{kind: unknown, at: 0}, true
			}
			if before == ',' && !bytes.ContainsAny(head, "(") && e.mode == moduleValue {
				return valueBinding{kind: unknown, at: 0}, true
			}
			return b, false // an argument by keyword
		}
		if prior == "const" || before == ',' && bytes.HasPrefix(bytes.TrimLeft(s[text.LineStart(s, k):k], " \t"), []byte("const ")) {
			return valueBinding{kind: constant, at: next + 1}, true
		}
		return valueBinding{kind: assigned, at: next + 1}, true
	case e.python && s[next] == ':' && after == '=':
		return valueBinding{kind: assigned, at: next + 2}, true
	case s[next] == ':' && (e.python && (before == '\n' || before == ';') || prior == "const" || prior == "let" || prior == "var"):
		line := s[next:text.LineEnd(s, next)]
		if eq := bytes.IndexByte(line, '='); eq > 0 && (len(line) <= eq+1 || line[eq+1] != '>' && line[eq+1] != '=') {
			if prior == "const" {
				return valueBinding{kind: constant, at: next + eq + 1}, true
			}
			return valueBinding{kind: assigned, at: next + eq + 1}, true
		}
		return b, false
	case !e.python && e.has(next, "of"):
		return valueBinding{kind: looped, at: next + 2}, true
	}
	if !e.python {
		return e.parameter(k, back, next, before, prior)
	}
	if prior == "for" || before == ',' || before == '(' {
		// for x in …, for i, x in …, for (i, x) in …
		line := s[text.LineStart(s, k):k]
		if at := bytes.LastIndex(line, []byte("for")); at >= 0 && len(line)-at < 100 && bytes.IndexFunc(line[at:], func(r rune) bool { return strings.ContainsRune("=[]{}.:\"'", r) }) < 0 {
			end := text.LineEnd(s, next)
			rest := s[next:end]
			if in := bytes.Index(rest, []byte("in ")); in >= 0 && !bytes.ContainsAny(rest[:in], "=[]{}.:\"'") && (in == 0 || !text.IsLetter(rest[in-1])) {
				return valueBinding{kind: looped, at: next + in + 2}, true
			}
			if bytes.HasSuffix(bytes.TrimRight(rest, "\r"), []byte("in")) {
				return valueBinding{kind: looped, at: end}, true
			}
		}
	}
	if prior == "lambda" {
		// map(lambda x: …, […])
		if s[next] == ':' {
			open := lookBack(s, back-len("lambda"))
			if open > 0 && s[open-1] == '(' {
				if w, _ := wordBefore(s, open-1); mapper(string(s[w.start:w.end])) {
					e.depth++
					comma := e.opaque(next + 1)
					e.depth--
					if comma < len(s) && s[comma] == ',' {
						return valueBinding{kind: looped, at: comma + 1}, true
					}
				}
			}
		}
		return valueBinding{kind: unknown, at: 0}, true
	}
	if before == '(' || before == ',' {
		head := bytes.TrimLeft(s[text.LineStart(s, k):k], " \t")
		if bytes.HasPrefix(head, []byte("def ")) || bytes.HasPrefix(head, []byte("async def ")) || bytes.HasPrefix(head, []byte("lambda ")) {
			return valueBinding{kind: unknown, at: 0}, true
		}
		return b, false
	}
	switch prior {
	case "as", "global", "nonlocal", "import":
		return valueBinding{kind: unknown, at: 0}, true
	}
	return b, false
}

// mapper reports whether a function of that name hands each element of a list to
// another.
func mapper(name string) bool {
	switch name {
	case "map", "filter", "imap", "imap_unordered", "starmap", "map_async", "forEach", "flatMap", "some", "every", "find", "then", "each", "mapSeries", "reduce", "for_each", "apply_async":
		return true
	}
	return false
}

// parameter looks at a word that may be the parameter of a function which a
// method of a list calls: list.map(x => …), list.forEach(function (x) { … }).
func (e *evaluator) parameter(k, back, next int, before byte, prior string) (b valueBinding, ok bool) {
	s := e.s
	start := k
	switch {
	case bytes.HasPrefix(s[next:], []byte("=>")):
	case before == '(' && (s[next] == ')' || s[next] == ',' || s[next] == ':'), before == ',' && (s[next] == ')' || s[next] == ','):
		// The bracket before it, and what follows the one behind it.
		end := bytes.IndexByte(s[next:min(len(s), next+maxReceiver)], ')')
		if end < 0 {
			return b, false
		}
		open := back - 1
		for open > 0 && s[open] != '(' && back-open < maxReceiver {
			open--
		}
		if s[open] != '(' {
			return b, false
		}
		after := e.skip(next + end + 1)
		w, _ := wordBefore(s, open)
		f := w
		for f.start > 0 && s[f.start-1] == ' ' {
			f.start--
		}
		function := string(s[w.start:w.end]) == "function"
		if g, _ := wordBefore(s, f.start); !function && string(s[g.start:g.end]) == "function" {
			return valueBinding{kind: unknown, at: 0}, true
		}
		switch {
		case bytes.HasPrefix(s[min(after, len(s)):], []byte("=>")):
			start = open
		case function:
			start = w.start
		default:
			return b, false
		}
		if before == ',' { // an index, or what a reducer has
			return valueBinding{kind: unknown, at: 0}, true
		}
	default:
		return b, false
	}
	for start > 0 && (s[start-1] == ' ' || s[start-1] == '\n' || s[start-1] == '\t') {
		start--
	}
	if bytes.HasSuffix(s[:start], []byte("async")) {
		start = lookBack(s, start-len("async"))
	}
	if start == 0 || s[start-1] != '(' {
		return valueBinding{kind: unknown, at: 0}, true
	}
	if at, end, ok := e.receiver(start - 1); ok {
		return valueBinding{kind: handed, at: at, end: end}, true
	}
	return valueBinding{kind: unknown, at: 0}, true
}

// receiver gives the offset of the expression whose method is called by the
// bracket at open, and where that stands, if the method hands out elements.
func (e *evaluator) receiver(open int) (at, stop int, ok bool) {
	s := e.s
	w, _ := wordBefore(s, open)
	if !mapper(string(s[w.start:w.end])) {
		return 0, 0, false
	}
	k := lookBack(s, w.start)
	if k == 0 || s[k-1] != '.' {
		return 0, 0, false
	}
	end := k - 1
	if end > 0 && s[end-1] == '?' {
		end--
	}
	at, ok = e.primaryStart(end)
	return at, end, ok
}

// primaryStart gives the offset where the operand begins that ends at end.
func (e *evaluator) primaryStart(end int) (at int, ok bool) {
	s := e.s
	k := lookBack(s, end)
	for k > 0 && end-k < maxArgument {
		c := s[k-1]
		switch {
		case c == ')' || c == ']' || c == '}':
			level := 0
			for k > 0 && end-k < maxArgument {
				k--
				if c := s[k]; c == ')' || c == ']' || c == '}' {
					level++
				} else if c == '(' || c == '[' || c == '{' {
					if level--; level == 0 {
						break
					}
				}
			}
			if level != 0 {
				return 0, false
			}
			e.spent += end - k
			if c != '}' && k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == ')' || s[k-1] == ']' || s[k-1] == '.' && c != ']') {
				continue
			}
		case text.IsLetter(c) || c == '$':
			for k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == '$') {
				k--
			}
		case c == '"' || c == '\'' || c == '`':
			from := k - 1
			for from > 0 && s[from-1] != c && s[from-1] != '\n' && end-from < maxArgument {
				from--
			}
			k = max(from-1, 0)
		default:
			return k, k < end
		}
		dot := lookBack(s, k)
		if dot == 0 || s[dot-1] != '.' || dot > 1 && s[dot-2] == '.' {
			return k, k < end
		}
		k = lookBack(s, dot-1)
		if k > 0 && s[k-1] == '?' {
			k--
		}
	}
	return k, k < end
}
