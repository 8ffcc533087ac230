package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A use is a call that imports what a name stands for.
type use struct {
	name  string
	at    int // the call
	value int // the offset of its arguments
	flags extract.Flags
	tell  bool
}

// A binding is what a text gives to a name.
type binding struct {
	value  int // the offset of what is assigned
	count  int // assignments
	others int // parameters, loops and whatever else gives it a value
}

// choices reads what an expression may come out as.
type choices struct {
	code.Choices
	p    *scanner
	end  int  // nothing behind it is looked at
	plus bool // a plus ends an operand
}

// choices reads the expression at i.
func (p *scanner) choices(i int) choices {
	c := choices{p: p, end: min(len(p.s), i+code.MaxArgument)}
	p.spent += c.conditional(i, 0) - i
	return c
}

// conditional reads "a if c else b" and what binds tighter.
func (c *choices) conditional(i, depth int) int {
	s := c.p.s
	if depth > code.MaxOperands {
		c.Other = true
		return c.end
	}
	i = c.operands(i, depth)
	if !text.Has(s[:c.end], i, "if") {
		return i
	}
	mark := c.Mark()
	i = c.operands(i+len("if"), depth)
	c.Reset(mark) // it only decides
	if !text.Has(s[:c.end], i, "else") {
		return i // a filter
	}
	return c.conditional(i+len("else"), depth+1)
}

// operands reads what the words or and and stand between.
func (c *choices) operands(i, depth int) int {
	s := c.p.s
	for {
		mark := c.Mark()
		i = c.operand(i, depth)
		switch {
		case i >= c.end:
			return i
		case text.Has(s, i, "and"):
			c.Reset(mark)
			i += len("and")
		case text.Has(s, i, "or"):
			i += len("or")
		default:
			return i
		}
	}
}

func (c *choices) operand(i, depth int) int {
	s := c.p.s
	i = inside(s, i)
	if i >= c.end {
		c.Other = true
		return c.end
	}
	if l, ok := constant(s, i); ok && l.Next <= c.end {
		if !l.Open && c.ends(l.Next) {
			c.Literals = append(c.Literals, l)
			return l.Next
		}
		next := c.opaque(i)
		at := strings.IndexByte(l.Text, '.')
		switch {
		case at > 0: // a method, an operator or a hole makes something else of the rest
			l.Span, l.Text, l.Open = l.Outer(0, at), l.Text[:at], true
			c.Literals = append(c.Literals, l)
		case at < 0, l.Text == "." && l.Next < len(s) && s[l.Next] == '.': // ".".join(…)
			c.Other = c.Other || l.Text != "" || !c.local(i, next)
		}
		return next
	}
	if s[i] == '(' {
		mark := c.Mark()
		if at := c.conditional(i+1, depth+1); at < c.end && s[at] == ')' {
			if at = inside(s, at+1); c.ends(at) {
				return at
			}
		}
		c.Reset(mark)
	} else if end := text.Word(s, i); end > i {
		if at := inside(s, end); c.ends(at) {
			switch c.p.normal(s[i:end]) {
			case "None", "__name__", "__package__":
			default:
				c.Names = append(c.Names, text.Span{Start: i, End: end})
			}
			return at
		}
	}
	next := c.opaque(i)
	c.Other = c.Other || !c.local(i, next)
	return next
}

// ends reports whether an operand ends at i.
func (c *choices) ends(i int) bool {
	s := c.p.s
	if i >= len(s) {
		return true
	}
	switch s[i] {
	case ')', ',', ']', '}', ':', ';', '#':
		return true
	case 'i', 'e', 'o', 'a', 'f':
		for _, w := range []string{"if", "else", "or", "and", "for"} {
			if text.Has(s, i, w) {
				return true
			}
		}
		return false
	}
	// The value of an assignment ends with its line.
	k := i
	for k > 0 && (s[k-1] == ' ' || s[k-1] == '\t') {
		k--
	}
	return k > 0 && (s[k-1] == '\n' || s[k-1] == '\r')
}

// opaque passes over an operand that is no literal.
func (c *choices) opaque(i int) int {
	s := c.p.s
	level := 0
	for i < c.end {
		switch ch := s[i]; {
		case ch == '"' || ch == '\'':
			i = c.pastString(i)
			continue
		case ch == '#':
			i = text.LineEnd(s, i)
			continue
		case level == 0 && (ch == '\n' || ch == '\r') && c.ends(inside(s, i)):
			return inside(s, i)
		case level == 0 && (c.ends(i) || ch == '+' && c.plus):
			return i
		case ch == '(' || ch == '[' || ch == '{':
			level++
		case ch == ')' || ch == ']' || ch == '}':
			level--
		}
		if end := text.Word(s, i); end > i {
			i = end
			for i < c.end && (s[i] == ' ' || s[i] == '\t') {
				i++
			}
			continue
		}
		i++
	}
	return c.end
}

// pastString gives the offset after the string whose quote stands at i. Nothing
// in it is read: the scanner comes to it by itself.
func (c *choices) pastString(i int) int {
	s := c.p.s[:c.end]
	if formatted(s, i) {
		probe := scanner{s: s, f: c.p.f, e: c.p.e, table: c.p.table, lowFrom: len(s) + 1}
		if end := probe.formatted(i, 0); end > 0 {
			return end
		}
	}
	if i+2 < len(s) && s[i+1] == s[i] && s[i+2] == s[i] {
		if end := tripleEnd(s, i); end > 0 {
			return end
		}
		return c.end
	}
	end, _ := code.StringEnd(s, i)
	return end
}

// local reports whether the operand in [i, end) is put together from the name
// of the package that it stands in.
func (c *choices) local(i, end int) bool {
	operand := c.p.s[i:min(end, len(c.p.s))]
	for _, w := range []string{"__package__", "__name__"} {
		for at := wordFrom(operand, w, 0); at >= 0; at = wordFrom(operand, w, at+len(w)) {
			if at == 0 || operand[at-1] != '.' {
				return true
			}
		}
	}
	return false
}

// bind notes, of a word that a call imports by, whether the text gives it a
// value here.
func (p *scanner) bind(start, end int) {
	s := p.s
	b := p.wanted[p.normal(s[start:end])]
	if b == nil {
		return
	}
	from, before := code.LookBack(s, start), ""
	if from > 0 {
		before = string(s[from-1 : from])
		if k := from; text.IsLetter(s[k-1]) {
			for k > 0 && text.IsLetter(s[k-1]) && k > from-20 {
				k--
			}
			before = string(s[k:from])
		}
	}
	at := p.gap(end)
	next, after := byte(0), byte(0)
	if at < len(s) {
		next = s[at]
	}
	if at+1 < len(s) {
		after = s[at+1]
	}
	switch {
	case before == ".":
	case p.inDef, before == "lambda", before == "for", before == "as", before == "global", before == "nonlocal", before == "del", text.Has(s, at, "in"):
		b.others++
	case next == ':' && after == '=', after == '=' && strings.IndexByte("+-*/%@&|^", next) >= 0, p.depth == 0 && next == ',':
		b.others++
	case p.depth > 0:
	case next == ':': // with a type
		line := s[at:text.LineEnd(s, at)]
		if k := bytes.IndexByte(line, '='); k >= 0 {
			b.count++
			b.value = at + k + 1
		}
	case next == '=' && after != '=':
		if before == "," {
			b.others++
			return
		}
		b.count++
		b.value = at + 1
	}
}

// resolveUses reads the constants that calls waited for.
func (p *scanner) resolveUses() {
	for _, u := range p.uses {
		if !p.constUse(u.name, 0) {
			p.give(given{role: moduleLoader, at: u.at, value: u.value, flags: u.flags, tell: u.tell})
		}
	}
}

// constUse imports what the constant called name stands for. It reports whether
// that is all.
func (p *scanner) constUse(name string, depth int) bool {
	b := p.wanted[name]
	if b == nil || b.count != 1 || b.others > 0 || depth > 4 {
		return false
	}
	c := p.choices(b.value)
	for k := range c.Literals {
		p.loadLiteral(c.Literals[k])
	}
	all := !c.Other
	for _, other := range c.Names {
		all = p.constUse(p.normal(p.s[other.Start:other.End]), depth+1) && all
	}
	return all
}

// runTime notes the first call that imports what no literal names.
func (p *scanner) runTime(at int, tell bool) {
	if tell && p.told == 0 {
		p.told = at + 1
	}
}

// tellRunTime tells of it, see the scanner of JavaScript.
func (p *scanner) tellRunTime() {
	if p.told > 0 {
		p.e.Once(text.Span{Start: p.told - 1, End: p.told}, code.RunTimeModule, false)
	}
}
