package extract

import (
	"bytes"
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

// Limits of one expression.
const (
	maxValues    = 64   // alternatives
	maxElements  = 200  // of a list
	maxValueText = 4096 // bytes of a string
	maxLoad      = 1000 // parts and values in one another
	maxLookups   = 6    // names that stand for names
	maxBracketed = 30   // brackets around one another
)

// valueMode says what an expression is read for.
type valueMode uint8

const (
	moduleValue  valueMode = iota // a name counts only if the text gives it one value
	commandValue                  // all values of a name count
)

// An evaluator reads expressions of one text.
type evaluator struct {
	s      []byte
	python bool
	mode   valueMode
	space  func(int) int             // the end of white space and comments
	word   func(int) int             // the end of a name
	str    func(int) (literal, bool) // a literal; an open one ends where its first hole begins
	spent  int                       // bytes read
	limit  int                       // of spent
	depth  int
	stop   int // members from here on are not looked at; 0: all are
	names  map[string][]valueBinding
	busy   map[string]bool // names that are being looked up
	memo   map[valueUse]outcome
	cut    map[valueUse]outcome // what is known while the names around are looked up
	cuts   int                  // how often a name was not followed
}

// A valueUse is a name and where it stands; -1: wherever.
type valueUse struct {
	name string
	at   int
}

// How a text gives a value to a name.
type bindingKind uint8

const (
	assigned bindingKind = iota
	constant             // const of JavaScript
	looped               // the elements of what stands there
	appended             // more words, or more text
	handed               // a parameter of a function that a list hands its elements to
	unknown              // a parameter, or what cannot be followed
)

type valueBinding struct {
	kind bindingKind
	at   int // of the expression
	name int // the offset of the name there
	end  int // where the expression ends, if a method follows it
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

// charge counts the work that looking at all of o is.
func (e *evaluator) charge(o outcome) {
	for k := range o.alts {
		e.spent += o.alts[k].count() + o.alts[k].size()/8
	}
}

func (e *evaluator) placed(o outcome, start, end int) outcome {
	out := outcome{other: o.other, load: o.load, alts: make([]value, len(o.alts))}
	for k := range o.alts {
		e.spent += o.alts[k].count()
		out.alts[k] = o.alts[k].clone()
		out.alts[k].place(start, end)
	}
	return out
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

// command is the text of the shell that runs the value.
func (v *value) command() ([]byte, text.Map) {
	var b text.Builder
	if !v.isSet {
		v.program(&b, "$_")
		return b.Done()
	}
	at := 0
	if len(v.list) > 1 && v.list[0].other || len(v.list) > 1 && len(v.list[0].alts) == 1 && v.list[0].alts[0].hasHole() {
		// What is given the option -m is Python, whatever it is called.
		if l, ok := v.list[1].single(); ok && l == "-m" {
			start := 0
			if a := v.list[1].alts[0]; len(a.parts) > 0 {
				start = a.parts[0].span.Start
			}
			b.Escape("python", start, 0)
			v = &value{isSet: true, list: v.list[1:]}
		}
	}
	for _, e := range v.list {
		for _, a := range e.filled(at, at).alts {
			if a.isSet { // spawn("npm", ["i", "x"])
				inner := a
				for _, f := range inner.list {
					for _, g := range f.filled(at, at).alts {
						at = g.quoted(&b, at)
					}
				}
				continue
			}
			at = a.quoted(&b, at)
		}
	}
	return b.Done()
}

// single is the text of an outcome that is one string.
func (o *outcome) single() (s string, ok bool) {
	if len(o.alts) != 1 || o.other {
		return "", false
	}
	l, ok := o.alts[0].whole()
	return l.text, ok && !l.open
}

// quoted writes a string as one word of a command.
func (v *value) quoted(b *text.Builder, at int) int {
	if len(v.parts) > 0 {
		at = max(at, v.parts[0].span.Start)
	}
	if b.Len() > 0 {
		b.Escape(" ", at, 0)
	}
	special := false
	for _, p := range v.parts {
		special = special || strings.ContainsAny(p.text, " \t'\"$`;&|<>()\\\n*?#~")
	}
	if !special {
		for k := range v.parts {
			if p := &v.parts[k]; p.hole {
				b.Escape("$word", p.span.Start, p.span.Len())
			} else {
				v.write(b, p)
			}
			at = v.parts[k].span.End
		}
		return at
	}
	// The parts of a word that has to be quoted stand for themselves one by one.
	for k := range v.parts {
		p := v.parts[k]
		if p.hole {
			b.Escape("\"$word\"", p.span.Start, p.span.Len())
		} else {
			b.Escape("'", p.span.Start, 0)
			p.text = strings.ReplaceAll(p.text, "'", " ")
			v.write(b, &p)
			b.Escape("'", p.span.End, 0)
		}
		at = p.span.End
	}
	return at
}

// together makes commands of arguments of which the first is the program:
// execvp("pip", ["pip", "install", "x"]), spawn("pip", ["install", "x"]).
func (v *value) together() (out []value) {
	var list []outcome
	for k := range v.list {
		if v.keys == nil || v.keys[k] == "" || v.keys[k] == "args" || v.keys[k] == "arguments" {
			list = append(list, v.list[k])
		}
	}
	if len(list) < 2 {
		return nil
	}
	for _, first := range list[0].alts {
		if first.isSet {
			continue
		}
		program := outcome{alts: []value{first}}
		words := false
		for _, second := range list[1].alts {
			if second.isSet && len(out) < maxValues {
				rest := second.list
				if len(rest) > 1 {
					if name, ok := rest[0].single(); ok { // what the program is told that it is called
						if own, ok := program.single(); ok && own == name {
							rest = rest[1:]
						}
					}
				}
				out = append(out, value{isSet: true, list: append([]outcome{program}, rest...)})
			}
			words = words || !second.isSet
		}
		if words && len(out) < maxValues {
			out = append(out, value{isSet: true, list: append([]outcome{program}, list[1:]...)})
		}
	}
	return out
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

// skip passes over white space and comments.
func (e *evaluator) skip(i int) int {
	end := e.space(i)
	e.spent += end - i
	return end
}

// expr reads the expression at i: what it may come out as, and where it ends.
func (e *evaluator) expr(i int) (outcome, int) {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxBracketed || e.spent > e.limit {
		return outcome{other: true}, len(e.s)
	}
	o, i := e.either(i)
	if i >= len(e.s) {
		return o, i
	}
	switch {
	case e.python && e.has(i, "if"):
		_, at := e.either(i + 2)
		if !e.has(at, "else") {
			return o, i
		}
		p, next := e.expr(at + 4)
		o.join(p)
		return o, next
	case !e.python && e.s[i] == '?' && !(i+1 < len(e.s) && e.s[i+1] == '.'):
		a, next := e.expr(i + 1)
		if next >= len(e.s) || e.s[next] != ':' {
			return outcome{other: true}, next
		}
		b, next := e.expr(next + 1)
		a.join(b)
		return a, next
	}
	return o, i
}

func (e *evaluator) has(i int, w string) bool {
	return i < len(e.s) && bytes.HasPrefix(e.s[i:], []byte(w)) && e.word(i) == i+len(w)
}

func (e *evaluator) either(i int) (outcome, int) {
	o, i := e.sum(i)
	for i < len(e.s) {
		n, drop := 0, false
		switch {
		case e.python && e.has(i, "or"), !e.python && (bytes.HasPrefix(e.s[i:], []byte("||")) || bytes.HasPrefix(e.s[i:], []byte("??"))):
			n = 2
		case e.python && e.has(i, "and"):
			n, drop = 3, true
		case !e.python && bytes.HasPrefix(e.s[i:], []byte("&&")):
			n, drop = 2, true
		default:
			return o, i
		}
		p, next := e.sum(i + n)
		if drop {
			o = p
		} else {
			o.join(p)
		}
		i = next
	}
	return o, i
}

// sum reads what pluses stand between.
func (e *evaluator) sum(i int) (outcome, int) {
	s := e.s
	start := e.skip(i)
	o, i := e.term(i)
	for i < len(s) {
		end := i
		switch {
		case s[i] == '+' && i+1 < len(s) && s[i+1] != '+' && s[i+1] != '=':
			at := e.skip(i + 1)
			p, next := e.term(i + 1)
			o = concatenated(e.placed(o.filled(start, end), start, end), e.placed(p.filled(at, max(at, next)), at, max(at, next)))
			i = next
		case s[i] == '%' && e.python:
			p, next := e.term(i + 1)
			o = e.format(e.placed(o, start, end), e.placed(p, i+1, max(i+1, next)), end, "%")
			i = next
		case strings.IndexByte("-*/%<>=!|&^~", s[i]) >= 0 && !bytes.HasPrefix(s[i:], []byte("||")) && !bytes.HasPrefix(s[i:], []byte("&&")) && !bytes.HasPrefix(s[i:], []byte("=>")),
			e.has(i, "in"), e.has(i, "is"), e.has(i, "not"), e.has(i, "instanceof"):
			k := i + 1
			for k < len(s) && (strings.IndexByte("*/<>=!|&", s[k]) >= 0 || s[k] >= 'a' && s[k] <= 'z') {
				k++
			}
			_, next := e.term(k)
			o, i = outcome{other: true}, max(next, k)
		default:
			return o, i
		}
	}
	return o, i
}

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

// term reads one operand with its members, calls and subscripts.
func (e *evaluator) term(i int) (outcome, int) {
	s := e.s
	i = e.skip(i)
	if i >= len(s) || e.spent > e.limit {
		return outcome{other: true}, len(s)
	}
	e.spent += 8
	start := i
	var o outcome
	name := "" // of what is called
	if o2, next, ok := e.strings(i); ok {
		o, i = o2, next
	} else {
		switch c := s[i]; {
		case c == '(':
			o, i = e.brackets(i)
		case c == '[':
			var v value
			v, i = e.elements(i+1, ']')
			o.add(v)
		case c == '{':
			var v value
			v, i = e.elements(i+1, '}')
			o.add(v)
		case c == '-' || c == '!' || c == '~' || c == '+':
			_, next := e.term(i + 1)
			return outcome{other: true}, next
		case c == '*' || c == '.' && bytes.HasPrefix(s[i:], []byte("...")):
			for i < len(s) && (s[i] == '*' || s[i] == '.') {
				i++
			}
			return e.term(i)
		default:
			end := e.word(i)
			if end == i {
				return outcome{other: true}, i
			}
			name = string(s[i:end])
			switch name {
			case "await", "new", "void", "typeof", "not":
				p, next := e.term(end)
				return p, next
			case "None", "null", "undefined", "True", "False", "true", "false", "__name__", "__package__", "__spec__":
				i = end
			case "lambda", "function", "async", "class", "yield":
				return outcome{other: true}, e.opaque(end)
			default:
				if s[i] >= '0' && s[i] <= '9' {
					o.other = true
				} else if k := e.skip(end); k < len(s) && (s[k] == '(' || s[k] == '=' && k+1 < len(s) && s[k+1] == '>') {
					o.other = true
				} else {
					o = e.lookup(name, start)
				}
				i = end
			}
		}
	}
	for {
		k := e.trail(i)
		e.charge(o)
		if e.spent > e.limit {
			return outcome{other: true}, len(s)
		}
		if k >= len(s) || e.stop > 0 && k == e.stop {
			return o, k
		}
		switch {
		case s[k] == '!' && !e.python && k+1 < len(s) && s[k+1] != '=':
			i = k + 1
		case !e.python && (e.has(k, "as") || e.has(k, "satisfies")):
			return o, e.opaque(k)
		case !e.python && bytes.HasPrefix(s[k:], []byte("=>")):
			return outcome{other: true}, e.opaque(k + 2)
		case s[k] == '.' && k+1 < len(s) && s[k+1] != '.', bytes.HasPrefix(s[k:], []byte("?.")):
			if s[k] == '?' {
				k++
			}
			at := e.skip(k + 1)
			end := e.word(at)
			if end == at {
				if at < len(s) && (s[at] == '(' || s[at] == '[') && s[k-1] == '?' {
					i = at
					continue
				}
				return outcome{other: true}, at
			}
			member := string(s[at:end])
			i = end
			if next := e.trail(end); next < len(s) && s[next] == '(' {
				a, after := e.elements(next+1, ')')
				o = e.method(o, name, member, a, start, k, after)
				i, name = after, member
				continue
			}
			switch {
			case e.python && member == "executable":
				o = outcome{alts: []value{{parts: []part{{text: "python", span: text.Span{Start: start, End: end}}}}}}
			case member == "execPath":
				o = outcome{alts: []value{{parts: []part{{text: "node", span: text.Span{Start: start, End: end}}}}}}
			default:
				o = o.index(member, -1)
			}
			name = member
		case s[k] == '(':
			a, after := e.elements(k+1, ')')
			o = e.function(name, a)
			i, name = after, ""
		case s[k] == '[':
			v, after := e.elements(k+1, ']')
			key, n := "", -1
			if d := bytes.TrimSpace(s[k+1 : max(k+1, min(after-1, len(s)))]); len(d) > 0 && len(d) < 4 && d[0] >= '0' && d[0] <= '9' && decimal(d) {
				n = 0
				for _, c := range d {
					n = n*10 + int(c-'0')
				}
			} else if len(v.list) == 1 && len(v.list[0].alts) == 1 {
				if l, ok := v.list[0].alts[0].whole(); ok && !l.open {
					key = l.text
				}
			}
			if bytes.IndexByte(s[k:max(k, min(after, len(s)))], ':') >= 0 && key == "" {
				n = -1 // a slice: any of it
			}
			o = o.index(key, n)
			i, name = after, key
		default:
			return o, k
		}
	}
}

// trail skips to what may go on behind an operand: in Python a line end closes
// a statement outside of brackets, and here only the start of a line that goes
// on is trusted.
func (e *evaluator) trail(i int) int {
	k := e.skip(i)
	if bytes.IndexByte(e.s[i:min(k, len(e.s))], '\n') >= 0 && k < len(e.s) && e.depth <= 1 {
		if e.python || e.s[k] == '(' || e.s[k] == '[' {
			return i
		}
	}
	return k
}

// until reads the operand at i whose method stands at stop.
func (e *evaluator) until(i, stop int) outcome {
	was := e.stop
	e.stop = stop
	o, _ := e.term(i)
	e.stop = was
	return o
}

// index takes an element out of lists; all of them where it is not known which.
func (o outcome) index(key string, n int) outcome {
	out := outcome{other: o.other}
	for _, v := range o.alts {
		if !v.isSet {
			out.other = true
			continue
		}
		found := false
		for k := range v.list {
			if n >= 0 && k == n && v.keys == nil || key != "" && v.keys != nil && v.keys[k] == key || n < 0 && key == "" {
				out.join(v.list[k])
				found = true
			}
		}
		out.other = out.other || !found
	}
	return out
}

// strings reads literals side by side.
func (e *evaluator) strings(i int) (o outcome, next int, ok bool) {
	for n := 0; n < 200; n++ {
		v, after, lit := e.template(i)
		if !lit {
			break
		}
		if !ok {
			o, ok = v, true
		} else {
			o = concatenated(o, v)
		}
		next = after
		if !e.python {
			break
		}
		if i = e.skip(after); i > after && bytes.IndexByte(e.s[after:i], '\n') >= 0 && e.depth <= 1 {
			break
		}
	}
	return o, next, ok
}

// literalValue makes a value of a literal.
func (e *evaluator) literalValue(l *literal) value {
	var v value
	if l.pieces.Identity() {
		if l.text != "" {
			v.parts = []part{{text: l.text, span: l.span, verbatim: true}}
		}
	} else {
		for _, p := range l.pieces.Pieces() {
			if p.InnerLen > 0 {
				v.parts = append(v.parts, part{text: l.text[p.Inner : p.Inner+p.InnerLen], span: text.Span{Start: p.Outer, End: p.Outer + p.OuterLen}, verbatim: p.Verbatim()})
			}
		}
	}
	if len(v.parts) == 0 {
		v.parts = []part{{span: text.Span{Start: l.span.Start, End: l.span.Start}}}
	}
	return v
}

// template reads a literal, with the expressions in its holes.
func (e *evaluator) template(i int) (o outcome, next int, ok bool) {
	l, ok := e.str(i)
	if !ok {
		return o, i, false
	}
	e.spent += l.span.Len()
	if !l.open {
		return outcome{alts: []value{e.literalValue(&l)}}, l.next, true
	}
	// The quote, with its prefix, and where each hole ends.
	s := e.s
	q := i
	for q < len(s) && s[q] != '"' && s[q] != '\'' && s[q] != '`' {
		q++
	}
	quotes := s[q : q+1]
	if q+2 < len(s) && e.python && s[q+1] == s[q] && s[q+2] == s[q] {
		quotes = s[q : q+3]
	}
	o = outcome{alts: []value{e.literalValue(&l)}}
	k := l.span.End
	for n := 0; n < 100 && k < len(s); n++ {
		open := k + 1
		if !e.python {
			open = k + 2
		}
		e.depth++
		p, at := e.expr(open)
		e.depth--
		end := at
		for end < len(s) && s[end] != '}' && end < at+200 { // a format, or what was not understood
			end++
		}
		if end >= len(s) || s[end] != '}' {
			return outcome{other: true}, len(s), true
		}
		if end > at {
			if c := s[at]; c != ':' && c != '!' {
				p = outcome{other: true}
			}
		}
		o = concatenated(o, e.placed(p.filled(open, at), open, max(open, at)))
		// What stands up to the next hole, or the end.
		k = end + 1
		from := k
		done := false
		for ; k < len(s); k++ {
			if s[k] == '\\' {
				k++
				continue
			}
			if bytes.HasPrefix(s[k:], quotes) {
				done = true
				break
			}
			if e.python && s[k] == '{' && k+1 < len(s) && s[k+1] == '{' {
				k++
				continue
			}
			if e.python && s[k] == '{' || !e.python && s[k] == '$' && k+1 < len(s) && s[k+1] == '{' {
				break
			}
			if len(quotes) == 1 && s[k] == '\n' && quotes[0] != '`' {
				return outcome{other: true}, k, true
			}
		}
		k = min(k, len(s))
		if k > from {
			o = concatenated(o, outcome{alts: []value{{parts: []part{{text: string(s[from:k]), span: text.Span{Start: from, End: k}, verbatim: true}}}}})
			e.spent += k - from
		}
		if done {
			return o, k + len(quotes), true
		}
	}
	return outcome{other: true}, min(k, len(s)), true
}

// brackets reads an expression in brackets, or a tuple.
func (e *evaluator) brackets(i int) (outcome, int) {
	v, next := e.elements(i+1, ')')
	comma := bytes.HasSuffix(bytes.TrimRight(e.s[i:max(i, min(next-1, len(e.s)))], " \t\r\n"), []byte(","))
	if len(v.list) == 1 && !(comma && e.python) {
		return v.list[0], next
	}
	if !e.python && len(v.list) > 0 {
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
		key, keyed := "", false
		spread := s[i] == '*' || bytes.HasPrefix(s[i:], []byte("..."))
		// A key, or the name of an argument.
		at := i
		if closing == '}' && s[i] == '[' {
			at = i + 1
		}
		if l, ok := e.str(at); ok && !l.open && closing == '}' {
			k := e.skip(l.next)
			if at > i && k < len(s) && s[k] == ']' {
				k = e.skip(k + 1)
			}
			if k < len(s) && s[k] == ':' {
				key, keyed, i = l.text, true, k+1
			}
		} else if end := e.word(i); end > i {
			k := e.skip(end)
			switch {
			case k >= len(s):
			case closing == '}' && s[k] == ':' && !e.python, closing == ')' && e.python && s[k] == '=' && !(k+1 < len(s) && s[k+1] == '='):
				key, keyed, i = string(s[i:end]), true, k+1
			case closing == '}' && !e.python && (s[k] == ',' || s[k] == '}'):
				key, keyed = string(s[i:end]), true
			}
		}
		o, at2 := e.expr(i)
		if at2 < len(s) && s[at2] == ':' && closing != ')' { // a key that is computed, a slice
			o, at2 = e.expr(at2 + 1)
		}
		at2 = e.skip(at2)
		if e.python && (e.has(at2, "for") || e.has(at2, "async")) { // a comprehension
			at2 = e.opaque(at2)
			o.other = true
			if closing != ')' || n == 0 {
				o = outcome{other: true, alts: o.alts}
			}
		}
		if at2 < len(s) && s[at2] != closing && s[at2] != ',' || at2 <= from && at2 < len(s) {
			o = outcome{other: true}
			at2 = e.opaque(max(at2, from+1))
		}
		weight += len(o.alts)
		for k := range o.alts {
			weight += o.alts[k].count()
		}
		if len(v.list) > 0 && (len(v.list) >= maxElements || weight > maxLoad) {
			v.list[len(v.list)-1].other = true
		} else if spread && len(o.alts) == 1 && o.alts[0].isSet && !o.other && len(v.list)+len(o.alts[0].list) <= maxElements {
			in := e.placed(o, from, max(from, min(at2, len(s))))
			v.list = append(v.list, in.alts[0].list...)
			for range in.alts[0].list {
				if v.keys != nil {
					v.keys = append(v.keys, "")
				}
			}
		} else {
			if keyed && v.keys == nil {
				v.keys = make([]string, len(v.list))
			}
			if v.keys != nil {
				v.keys = append(v.keys, key)
			}
			v.list = append(v.list, e.placed(o, from, max(from, min(at2, len(s)))))
		}
		if i = at2; i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if i < len(s) && s[i] != closing {
			return v, i
		}
	}
	return v, i + 1
}

// opaque passes over what is not understood, up to a comma or a bracket that
// closes.
func (e *evaluator) opaque(i int) int {
	s := e.s
	level := 0
	from := i
	for i < len(s) && i-from < maxArgument {
		if l, ok := e.str(i); ok && strings.IndexByte("\"'`", s[i]) >= 0 {
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
