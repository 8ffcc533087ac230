package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Code takes requirements, and other code, from files that it reads itself:
// open("r.txt").read(), Path("r.txt").read_text(). Such files are followed where
// the text spells out how they are called.

// maxContents bounds how many names, one given by the other, are followed to the
// file that is read.
const maxContents = 6

// contents is what an expression reads from files.
type contents struct {
	p     *scanner
	files []code.Literal // how they are called
	open  bool           // a file is read of which the name is not known
	seen  map[string]bool
}

// places are where a text gives values to names, for the search for files.
type places struct {
	values map[string][]int       // offsets of expressions
	bodies map[string][]text.Span // of functions
}

// where collects the assignments, loops, with statements and functions of the
// text.
func (p *scanner) where() *places {
	if p.places != nil {
		return p.places
	}
	w := &places{values: map[string][]int{}, bodies: map[string][]text.Span{}}
	p.places = w
	s := p.s
	give := func(name []byte, at int) {
		if n := string(name); n != "" && (len(w.values) < code.MaxAliases || w.values[n] != nil) && len(w.values[n]) < code.MaxAlternatives {
			w.values[n] = append(w.values[n], at)
		}
	}
	probe := &scanner{s: s, f: p.f, e: p.e, table: p.table, lowFrom: len(s) + 1}
	with, loop := 0, text.Span{}
	for i := 0; i < len(s); {
		switch c := s[i]; p.table[c] {
		case text.Letter:
			end := text.Word(s, i)
			at := text.Blank(s, end)
			switch string(s[i:end]) {
			case "with":
				with = at
			case "as":
				if with > 0 {
					stop := text.Word(s, at)
					give(s[at:stop], with)
					if k := inside(s, stop); k < len(s) && s[k] == ',' {
						with = k + 1
					} else {
						with = 0
					}
				}
			case "for":
				loop = text.Span{Start: at, End: text.Word(s, at)}
			case "in":
				if loop.Len() > 0 {
					give(s[loop.Start:loop.End], at)
				}
				loop = text.Span{}
			case "def":
				stop := text.Word(s, at)
				if n := string(s[at:stop]); len(w.bodies) < code.MaxAliases && len(w.bodies[n]) < 4 {
					w.bodies[n] = append(w.bodies[n], text.Span{Start: stop, End: blockEnd(s, i)})
				}
			default:
				if at+1 < len(s) && s[at] == '=' && s[at+1] != '=' {
					give(s[i:end], at+1)
				}
			}
			i = end
		case text.Quote:
			i = max(probe.str(i), i+1)
		default:
			if c == '#' {
				i = text.LineEnd(s, i)
			} else {
				i++
			}
		}
	}
	return w
}

// maxBody bounds what of the body of a function is looked at.
const maxBody = 4000

// blockEnd gives the end of the block whose head stands at i.
func blockEnd(s []byte, i int) int {
	start := text.LineStart(s, i)
	indent := text.Blank(s, start) - start
	end := min(len(s), i+maxBody)
	for k := text.NextLine(s, i); k < end; k = text.NextLine(s, k) {
		first := text.Blank(s, k)
		if first < len(s) && s[first] != '\n' && s[first] != '\r' && s[first] != '#' && first-k <= indent && s[first] != ')' {
			return k
		}
	}
	return end
}

// contentsOf looks for the files that the code in [i, end) reads.
func (p *scanner) contentsOf(i, end int) *contents {
	c := &contents{p: p, seen: map[string]bool{}}
	c.look(i, min(end, len(p.s)), 0, nil)
	return c
}

// look goes over the code in [i, end). given are the literals that the function
// around it was called with.
func (c *contents) look(i, end, depth int, given []code.Literal) {
	s := c.p.s
	if depth > maxContents || c.p.spent > c.p.patience() {
		return
	}
	c.p.spent += end - i
	reads := false
	for _, w := range []string{"read", "open", "lines"} {
		reads = reads || bytes.Contains(s[i:end], []byte(w))
	}
	if code := s[i:end]; reads && bytes.Contains(code, []byte(".read_")) && !bytes.Contains(code, []byte("Path")) && bytes.IndexByte(code, '\n') < 0 {
		c.file(i, given, false) // (here / "r.txt").read_text()
	}
	for i < end {
		switch ch := s[i]; {
		case ch == '#':
			i = text.LineEnd(s, i)
			continue
		case ch == '"' || ch == '\'':
			if l, ok := readString(s[:min(len(s), i+code.MaxValueText)], i); ok && !l.Open {
				i = max(l.Next, i+1)
			} else {
				i++
			}
			continue
		case !text.IsLetter(ch):
			i++
			continue
		}
		stop := text.Word(s, i)
		if stop == i {
			i++
			continue
		}
		name := string(s[i:stop])
		member := i > 0 && s[i-1] == '.'
		at := inside(s, stop)
		call := at < end && s[at] == '('
		switch {
		case call && name == "open" && (!member || !opensItself(s[:i-1])), call && name == "parse_requirements":
			c.file(at+1, given, false)
		case call && reads && (name == "Path" || name == "PurePath" || name == "PosixPath"):
			c.file(i, given, false) // Path("a") / "b.txt"
		case call && !member && c.p.where().bodies[name] != nil:
			if !c.seen[name+"("] {
				c.seen[name+"("] = true
				literals := argumentLiterals(s, at+1)
				for _, b := range c.p.where().bodies[name] {
					c.look(b.Start, b.End, depth+1, literals)
				}
			}
		case !call && !member && (at >= end || s[at] != '='):
			if c.seen[name] {
				break
			}
			c.seen[name] = true
			for _, v := range c.p.where().values[name] {
				k := inside(s, v)
				next := c.expressionEnd(k)
				if reads && bytes.Contains(s[k:next], []byte("Path")) {
					c.file(k, given, true)
					continue
				}
				c.look(k, next, depth+1, given)
			}
		}
		i = stop
	}
}

// opensItself reports whether what ends s is no module with a function open: the
// method of a path.
func opensItself(s []byte) bool {
	w, _ := code.WordBefore(s, len(s))
	switch string(s[w.Start:w.End]) {
	case "io", "codecs", "tokenize", "builtins", "gzip":
		return false
	}
	return true
}

// argumentLiterals are the first literals of a call whose arguments begin at i.
func argumentLiterals(s []byte, i int) (out []code.Literal) {
	for range 4 {
		i = inside(s, i)
		l, ok := constant(s[:min(len(s), i+code.MaxArgument)], i)
		if !ok || l.Open {
			return out
		}
		out = append(out, l)
		if l.Next >= len(s) || s[l.Next] != ',' {
			return out
		}
		i = l.Next + 1
	}
	return out
}

// expressionEnd gives the end of the expression at i.
func (c *contents) expressionEnd(i int) int {
	p := &choices{p: c.p, end: min(len(c.p.s), i+code.MaxArgument)}
	for k := i; k < p.end; {
		next := p.opaque(k)
		if next <= k || !text.IsLetter(c.p.s[min(next, len(c.p.s)-1)]) {
			return max(next, i)
		}
		k = text.Word(c.p.s, next) // for, if, else: of the same expression
	}
	return p.end
}

// file takes the name of the file that the first argument at i gives.
func (c *contents) file(i int, given []code.Literal, line bool) {
	l, ok := c.name(i, given, 0, line)
	if !ok {
		c.open = true
		return
	}
	if len(c.files) < code.MaxAlternatives {
		c.files = append(c.files, l)
	}
}

// name reads the path that an argument comes out as, from the last part on that
// only the running program knows. line: it ends with the line, outside brackets.
func (c *contents) name(i int, given []code.Literal, depth int, line bool) (out code.Literal, ok bool) {
	s := c.p.s
	if c.p.spent > c.p.patience() {
		return out, false
	}
	defer func(start int) { c.p.spent += i - start }(i)
	var parts []code.Literal
	unknown := false // the last part is
	level, sum := 0, false
	add := func(l code.Literal) {
		if sum && len(parts) > 0 && !unknown {
			last := &parts[len(parts)-1]
			last.Text += l.Text
			last.Span.End = l.Span.End
		} else {
			if unknown {
				parts = parts[:0]
			}
			parts = append(parts, l)
		}
		unknown = false
	}
	end := min(len(s), i+code.MaxArgument)
scan:
	for i < end {
		if level > 0 || !line {
			i = inside(s, i)
		} else {
			i = c.p.gap(i)
		}
		if i >= end {
			break
		}
		switch ch := s[i]; {
		case ch == '(' || ch == '[' || ch == '{':
			level++
			i++
			continue
		case ch == ')' || ch == ']' || ch == '}':
			if level--; level < 0 {
				break scan
			}
			i++
			continue
		case ch == ',' && level == 0, ch == '\n', ch == '\r', ch == '#', ch == ';', ch == ':':
			break scan
		case ch == '.':
			word := text.Word(s, i+1)
			switch string(s[i+1 : word]) {
			case "read_text", "read_bytes", "open", "read":
				break scan
			case "format", "parent", "parents", "resolve", "absolute", "path", "join", "joinpath", "dirname", "abspath", "realpath", "getcwd", "cwd":
			default:
				if string(s[i+1:word]) != "" && len(parts) > 0 && string(s[i+1:word]) != "Path" {
					unknown = true // a method makes something else of it
				}
			}
			i = max(word, i+1)
			continue
		case ch == '%':
			return out, false
		case text.Word(s, i) > i:
			if l, lit := readString(s[:end], i); lit { // with a prefix
				if l, lit = wholeString(s[:end], i, l); lit {
					add(l)
				} else {
					unknown = true
				}
				i = max(l.Next, i+1)
				sum = false
				continue
			}
			word := text.Word(s, i)
			at := inside(s, word)
			switch name := string(s[i:word]); {
			case at < end && (s[at] == '(' || s[at] == '.'):
			case at < end && s[at] == '=' && (at+1 >= end || s[at+1] != '='): // file="r.txt"
				at++
				word = at
			default:
				found := false
				if depth < maxContents && !c.seen["/"+name] {
					c.seen["/"+name] = true
					if v := c.p.where().values[name]; len(v) == 1 {
						if l, ok := c.name(v[0], given, depth+1, true); ok {
							add(l)
							found = true
						}
					}
					delete(c.seen, "/"+name)
				}
				if !found {
					unknown = true
				}
			}
			i = word
			sum = false
			continue
		case ch == '"' || ch == '\'':
			l, lit := readString(s[:end], i)
			if !lit {
				return out, false
			}
			if l, lit = wholeString(s[:end], i, l); lit {
				add(l)
			} else {
				unknown = true
			}
			i = max(l.Next, i+1)
			sum = false
			continue
		}
		sum = s[i] == '+'
		i++
	}
	if unknown && len(given) > 0 && depth == 0 { // the parameter of the function around it
		l := given[0]
		return l, pathName(l.Text)
	}
	if unknown || len(parts) == 0 {
		return out, false
	}
	out = parts[len(parts)-1]
	var whole []string
	for _, l := range parts {
		whole = append(whole, strings.Trim(strings.ReplaceAll(l.Text, `\`, "/"), "/"))
	}
	out.Text = strings.TrimPrefix(strings.Join(whole, "/"), "./")
	return out, pathName(out.Text)
}

// wholeString gives the end of a string with holes behind the last one: what of a
// path is known.
func wholeString(s []byte, i int, l code.Literal) (code.Literal, bool) {
	if !l.Open {
		return l, true
	}
	quote := l.Span.Start - 1
	end := plainEnd(s, quote)
	if end == 0 {
		return l, false
	}
	tail := s[l.Span.Start : end-1]
	at := bytes.LastIndexByte(tail, '}')
	if at < 0 || at+2 >= len(tail) || tail[at+1] != '/' {
		l.Next = end
		return l, false
	}
	from := l.Span.Start + at + 2
	return code.Literal{Text: string(tail[at+2:]), Span: text.Span{Start: from, End: end - 1}, Next: end}, true
}

// pathName reports whether a text may be the path of a file.
func pathName(s string) bool {
	return s != "" && len(s) < 300 && !strings.ContainsAny(s, "\n\r\x00*?<>|{}%") && s[len(s)-1] != '/' && s[len(s)-1] != '.' && !strings.Contains(s, "://")
}

// include takes the file that a literal names.
func (p *scanner) include(l *code.Literal, lang text.Lang) {
	if p.included[l.Text] || len(p.included) > code.MaxAliases {
		return
	}
	if p.included == nil {
		p.included = map[string]bool{}
	}
	p.included[l.Text] = true
	p.e.Include(extract.Include{Path: l.Text, Lang: lang, Span: l.Span})
}

// A read is a call that runs files as code.
type read struct {
	value int  // the offset of its arguments
	path  bool // they name the file; else they are what it holds
}

// runFiles follows the files that calls run as code.
func (p *scanner) runFiles() {
	for _, r := range p.reads {
		if r.path {
			p.runsPath(r.value)
		} else {
			p.runsContents(r.value)
		}
	}
}

// reading notes a call that runs files as code.
func (p *scanner) reading(value int, path bool) {
	if len(p.reads) < code.MaxGiven {
		p.reads = append(p.reads, read{value, path})
	}
}

// runsContents follows the files whose content is run as code by a call whose
// arguments begin at i.
func (p *scanner) runsContents(i int) {
	c, k := &contents{p: p}, inside(p.s, i)
	found := p.contentsOf(k, c.expressionEnd(k))
	for n := range found.files {
		p.include(&found.files[n], text.Python)
	}
}

// runsPath follows the file that a call runs whose arguments begin at i:
// runpy.run_path("f.txt").
func (p *scanner) runsPath(i int) {
	c := &contents{p: p, seen: map[string]bool{}}
	if l, ok := c.name(inside(p.s, i), nil, 0, false); ok {
		p.include(&l, text.Python)
	}
}
