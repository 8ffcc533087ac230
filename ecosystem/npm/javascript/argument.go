package javascript

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// What a module is loaded by may be an expression: literals between which a
// condition decides, or a constant. Whatever else it comes out as is told, once
// a file, but for what plainly is a file of the project.

// choices reads what an expression may come out as.
type choices struct {
	code.Choices
	j   *scanner
	end int // nothing behind it is looked at
	// declared: the brackets hold parameters, not arguments.
	declared bool
}

// choices reads the expression at i and gives the offset of what ends it.
func (j *scanner) choices(i int) (c choices, next int) {
	c = choices{j: j, end: min(len(j.s), i+code.MaxArgument)}
	next = c.conditional(i, 0)
	j.spent += next - i
	return c, next
}

// conditional reads "a ? b : c" and what binds tighter.
func (c *choices) conditional(i, depth int) int {
	if depth > code.MaxOperands {
		c.Other = true
		return c.end
	}
	mark := c.Mark()
	i = c.operands(i, depth)
	if i >= c.end || c.j.s[i] != '?' {
		return i
	}
	c.Reset(mark) // it only decides
	i = c.j.skip(i + 1)
	if i < c.end && strings.IndexByte(":,)=", c.j.s[i]) >= 0 {
		c.declared = true // an optional parameter
		return i
	}
	if i = c.conditional(i, depth+1); i >= c.end || c.j.s[i] != ':' {
		c.Other = true
		return i
	}
	return c.conditional(i+1, depth+1)
}

// operands reads what ||, && and ?? stand between.
func (c *choices) operands(i, depth int) int {
	s := c.j.s
	for {
		mark := c.Mark()
		i = c.operand(i, depth)
		if i+1 >= c.end {
			return i
		}
		switch string(s[i : i+2]) {
		case "&&":
			c.Reset(mark) // it only decides
		case "||", "??":
		default:
			return i
		}
		i += 2
	}
}

// operand reads one operand, up to what may follow it.
func (c *choices) operand(i, depth int) int {
	j, s := c.j, c.j.s
	i = j.skip(i)
	if i >= c.end {
		c.Other = true
		return c.end
	}
	if l, ok := j.constant(i); ok && l.Next <= c.end {
		switch {
		case l.Open:
			if !local(l.Text) {
				if cutToPackage(&l) {
					c.Literals = append(c.Literals, l)
				} else if l.Text != "" || !c.local(i, c.opaque(i)) {
					c.Other = true
				}
			}
		case c.ends(l.Next):
			c.Literals = append(c.Literals, l)
			return l.Next
		default:
			c.Other = c.Other || !local(l.Text)
		}
		return c.opaque(i)
	}
	if s[i] == '(' {
		mark := c.Mark()
		at := c.conditional(i+1, depth+1)
		for at < c.end && s[at] == ',' {
			c.Reset(mark) // what stands before a comma is dropped
			at = c.conditional(at+1, depth+1)
		}
		if at < c.end && s[at] == ')' {
			if at = j.skip(at + 1); at < c.end && c.ends(at) {
				return at
			}
		}
		c.Reset(mark)
		c.declared = false
	} else if end, _ := wordEnd(s, i); end > i {
		at := j.skip(end)
		if at < len(s) && s[at] == '!' && !(at+1 < len(s) && s[at+1] == '=') {
			at = j.skip(at + 1) // an assertion of TypeScript
		}
		as := has(s, at, "as") || has(s, at, "satisfies")
		if c.ends(at) || as {
			if string(s[i:end]) != "undefined" && string(s[i:end]) != "null" {
				c.Names = append(c.Names, text.Span{Start: i, End: end})
			}
			if as {
				return c.opaque(at)
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
	s := c.j.s
	if i >= len(s) {
		return true
	}
	switch s[i] {
	case ')', ',', ':', ']', '}', ';':
		return true
	case '?':
		return i+1 >= len(s) || s[i+1] != '.'
	case '|', '&':
		return i+1 < len(s) && s[i+1] == s[i]
	case '\n', '\r':
		return true
	}
	return false
}

// opaque passes over an operand that is no literal.
func (c *choices) opaque(i int) int {
	j, s := c.j, c.j.s
	var open []byte
	for i < c.end {
		if at := j.skip(i); at > i {
			i = at
			continue
		}
		ch := s[i]
		if len(open) > 0 && open[len(open)-1] == '`' { // the text of a template
			switch {
			case ch == '\\':
				i++
			case ch == '`':
				open = open[:len(open)-1]
			case ch == '$' && i+1 < len(s) && s[i+1] == '{':
				open = append(open, '}')
				i++
			}
			i++
			continue
		}
		switch ch {
		case '"', '\'':
			l, ok := readString(s[:c.end], i)
			if !ok {
				return c.end
			}
			i = l.Next
			continue
		case '`':
			open = append(open, '`')
		case '(':
			open = append(open, ')')
		case '[':
			open = append(open, ']')
		case '{':
			open = append(open, '}')
		default:
			if len(open) == 0 && c.ends(i) {
				return i
			}
			if n := len(open); n > 0 && ch == open[n-1] {
				open = open[:n-1]
			}
		}
		if len(open) > code.MaxOperands {
			break
		}
		if ch == '?' && i+1 < len(s) && s[i+1] == '.' {
			i++
		}
		i++
	}
	return c.end
}

// local reports whether the operand in [i, end) makes the path of a file: it is
// put together from the place of the program, or resolved already.
func (c *choices) local(i, end int) bool {
	s := c.j.s
	if last := bytes.TrimRight(s[i:end], " \t\r\n"); bytes.Contains(last, []byte("][")) { // an element of a list
	} else if len(last) == 0 || s[i] == '[' && last[len(last)-1] == ']' || s[i] == '{' && last[len(last)-1] == '}' {
		return true // a list or an object is no name, and loaders of the browser take lists
	}
	for i < end {
		if at := c.j.skip(i); at > i {
			i = at
			continue
		}
		if q := s[i]; q == '"' || q == '\'' {
			l, ok := readString(s[:end], i)
			if !ok {
				return false
			}
			i = l.Next
			continue
		}
		w, _ := wordEnd(s, i)
		switch string(s[i:w]) {
		case "__dirname", "__filename", "cwd", "dirname", "pathToFileURL", "fileURLToPath", "resolve":
			return true
		case "meta":
			return bytes.HasSuffix(bytes.TrimRight(s[:i], " "), []byte("import."))
		case "join":
			// The first part decides: join("pkg", "x") is a module of pkg.
			at := c.j.skip(w)
			if at < end && s[at] == '(' {
				l, ok := readString(s[:end], c.j.skip(at+1))
				return !ok || local(l.Text)
			}
		}
		i = max(w, i+1)
	}
	return false
}

// local reports whether a specifier that begins so is no package.
func local(text string) bool {
	for _, p := range []string{".", "/", "#", "@/", "~", "$", "file:", "node:", "data:", "blob:"} {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return len(text) > 2 && text[1] == ':' && text[2] == '\\'
}

// computed reads the argument at i of a call that loads a module and that is no
// literal by itself. at is the call.
func (j *scanner) computed(i, at int, flags extract.Flags, tell tell) {
	if k := j.skip(i); k >= len(j.s) || j.s[k] == ')' || j.s[k] == '=' {
		return
	}
	if j.spent > 8*len(j.s)+1<<16 {
		j.runTime(at, tell)
		return
	}
	c, next := j.choices(i)
	if c.declared || next < len(j.s) && (j.s[next] == ':' || j.s[next] == '=') {
		return // parameters of a declaration
	}
	if next < c.end && j.s[next] == ')' {
		if k := j.skip(next + 1); k < len(j.s) && (j.s[k] == '{' || j.s[k] == ':' && j.ternary == 0) {
			return // a method of that name
		}
	}
	for k := range c.Literals {
		j.load(c.Literals[k], flags)
	}
	if c.Other {
		j.give(given{role: require, at: at, value: i, rest: true, flags: flags, tell: tell})
		tell = tellNever
	}
	for _, name := range c.Names {
		if len(j.uses) >= code.MaxUses {
			j.runTime(at, tell)
			return
		}
		j.uses = append(j.uses, use{name: name, at: at, flags: flags, inside: j.parameter(name), tell: tell})
	}
}

// listed notes that require is handed to a function which calls it with each
// part of a list: names.map(require).
func (j *scanner) listed(start, end int) {
	o := j.around()
	if k := j.skip(end); o.char != paren || k >= len(j.s) || j.s[k] != ')' && j.s[k] != ',' || len(bytes.TrimSpace(j.s[o.at+1:start])) > 0 {
		return
	}
	for _, w := range []string{".map", ".forEach", ".flatMap", ".filter", ".then"} {
		if !bytes.HasSuffix(j.s[:o.at], []byte(w)) {
			continue
		}
		if at, stop, ok := mapped(j.evaluator(code.ModuleValue), o.at); ok {
			j.give(given{role: require, at: start, value: at, stop: stop, rest: true, list: true, flags: j.inTry(extract.Dynamic), tell: j.trust()})
		} else {
			j.runTime(start, j.trust())
		}
	}
}
