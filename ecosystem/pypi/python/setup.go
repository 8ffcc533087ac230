package python

import (
	"bytes"
	"fmt"
	"strings"

	"figment/ecosystem/pypi/pep508"
	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// The requirements of setuptools: what setup.cfg lists, and what setup.py spells
// out. setup.py is a program, and what it computes is told.
//
// Specification: https://setuptools.pypa.io/en/latest/references/keywords.html
// and https://setuptools.pypa.io/en/latest/userguide/declarative_config.html

// setupKeyword gives the flags and the scope of what a keyword of setup()
// requires. ok is false for all other words.
func setupKeyword(name string) (flags extract.Flags, scope string, ok bool) {
	switch name {
	case "install_requires":
		return 0, "", true
	case "setup_requires":
		return 0, "build", true
	case "tests_require":
		return extract.Dev, "test", true
	case "extras_require":
		return extract.Optional, "extra", true
	}
	return 0, "", false
}

// setupProblem is told of requirements that setup.py makes at run time.
const setupProblem = "requirements are made at run time and were not read: list them in setup.py itself or in pyproject.toml"

// A setupReader collects what one manifest of setuptools requires.
type setupReader struct {
	f     *text.Fragment
	e     *extract.Emitter
	p     *scanner         // only to pass over strings
	names map[string][]int // what is assigned to a name: the offsets of the values
	seen  map[string]bool  // names that are being read, or were
	flags extract.Flags
	scope string
	spent int // bytes of values that were read, some of them again and again
	bad   int
	first text.Span
}

// extractSetupPy reads the imports of setup.py and the requirements in it.
func extractSetupPy(f *text.Fragment, e *extract.Emitter) error {
	err := extractPython(f, e)
	r := &setupReader{f: f, e: e, names: map[string][]int{}, seen: map[string]bool{}}
	r.p = &scanner{s: f.Text, f: f, e: e, table: text.NewTable(`"'`, "#\\;:%!"), lowFrom: len(f.Text) + 1}
	r.keywords()
	r.tell()
	return err
}

// keywords finds the values of keywords, and those that names are assigned.
func (r *setupReader) keywords() {
	s := r.f.Text
	var values []int
	var keys []string
	depth := 0
	for i := 0; i < len(s); {
		switch c := s[i]; r.p.table[c] {
		case text.Letter:
			end := text.Word(s, i)
			name := string(s[i:end])
			at := r.assigned(end)
			if _, _, ok := setupKeyword(name); ok && at > 0 {
				values, keys = append(values, at), append(keys, name)
			}
			if at > 0 && depth == 0 && len(r.names) < code.MaxAliases && len(r.names[name]) < code.MaxAlternatives {
				r.names[name] = append(r.names[name], at)
			}
			i = end
		case text.Quote:
			if l, ok := readString(s, i); ok && !l.Open {
				if _, _, ok := setupKeyword(l.Text); ok {
					at := inside(s, l.Next)
					if at < len(s) && s[at] == ']' {
						at = inside(s, at+1)
					}
					if at+1 < len(s) && (s[at] == ':' || s[at] == '=' && s[at+1] != '=') {
						values, keys = append(values, at+1), append(keys, l.Text)
					}
				}
			}
			i = max(r.p.str(i), i+1)
		case text.Open:
			depth++
			i++
		case text.Close:
			depth = max(0, depth-1)
			i++
		default:
			if c == '#' {
				i = text.LineEnd(s, i)
			} else {
				i++
			}
		}
	}
	for k, at := range values {
		clear(r.seen)
		r.flags, r.scope, _ = setupKeyword(keys[k])
		if k >= code.MaxUses {
			r.computed(at)
			return
		}
		r.value(at, 0)
	}
}

// assigned gives the offset of what the name that ends at i is given, or added
// to it; 0: nothing.
func (r *setupReader) assigned(i int) int {
	s := r.f.Text
	at := inside(s, i)
	if at+1 >= len(s) {
		return 0
	}
	switch {
	case s[at] == '=' && s[at+1] != '=':
		return at + 1
	case s[at] == '+' && s[at+1] == '=':
		return at + 2
	case s[at] == '.':
		for _, w := range []string{".append(", ".extend(", ".update("} {
			if bytes.HasPrefix(s[at:], []byte(w)) {
				return at + len(w)
			}
		}
	}
	return 0
}

// value reads an expression that lists requirements, and gives the offset of
// what ends it.
func (r *setupReader) value(i, depth int) int {
	s := r.f.Text
	for {
		i = r.operand(i, depth)
		if i >= len(s) || s[i] != '+' && s[i] != '|' {
			break
		}
		i++
	}
	if text.Has(s, i, "if") { // [...] if c else [...]
		c := r.choices(i)
		i = c.opaque(i + len("if"))
		for text.Has(s, i, "or") || text.Has(s, i, "and") {
			i = c.opaque(i + 2)
		}
		if text.Has(s, i, "else") && depth < code.MaxOperands {
			return r.value(i+len("else"), depth+1)
		}
	}
	return i
}

func (r *setupReader) choices(i int) *choices {
	return &choices{p: r.p, end: min(len(r.f.Text), i+code.MaxArgument)}
}

func (r *setupReader) operand(i, depth int) int {
	s := r.f.Text
	i = inside(s, i)
	for i < len(s) && s[i] == '*' { // what is spread out
		i = inside(s, i+1)
	}
	if i >= len(s) {
		return i
	}
	if depth > code.MaxOperands {
		r.computed(i)
		return r.choices(i).opaque(i)
	}
	if l, ok := constant(s, i); ok {
		next := l.Next
		if next < len(s) && strings.IndexByte(".%*[", s[next]) >= 0 {
			l.Open = true
		}
		r.requirement(&l)
		if l.Open {
			next = max(r.choices(i).opaque(i), next)
		}
		return next
	}
	switch s[i] {
	case '[', '(', '{':
		if s[i] == '(' {
			if end := r.choices(i).opaque(i); bytes.Contains(s[i:end], []byte(".read_")) && r.fromFiles(i, end) {
				return end
			}
		}
		at := r.list(i+1, depth+1)
		if at < len(s) && (s[at] == '.' || s[at] == '[') {
			if !r.fromFiles(i, at) {
				r.computed(i)
			}
			return r.choices(at).opaque(at)
		}
		return at
	}
	end := text.Word(s, i)
	at := inside(s, end)
	name := string(s[i:end])
	switch {
	case end == i:
	case at < len(s) && s[at] == '(':
		switch name {
		case "list", "tuple", "set", "sorted", "dict", "frozenset":
			return r.list(at+1, depth+1)
		}
	case at >= len(s) || s[at] == '+' || s[at] == '|' || r.choices(i).ends(at):
		if name == "None" {
			return at
		}
		if len(r.names[name]) > 0 && !r.seen[name] {
			r.seen[name] = true
			for _, v := range r.names[name] {
				if r.spent > 8*len(s)+1<<16 {
					r.computed(i)
					break
				}
				r.spent += r.value(v, depth+1) - v
			}
		} else if !r.seen[name] && !r.fromFiles(i, end) {
			r.computed(i)
		}
		return at
	}
	rest := r.choices(i)
	rest.plus = true
	next := max(rest.opaque(i), i+1)
	if !r.fromFiles(i, next) && !namesList(r.e, s[i:min(next, len(s))]) {
		r.computed(i)
	}
	return next
}

// list reads the parts of a list or a dictionary, and gives the offset after the
// bracket that closes it. The keys of a dictionary are names of extras.
func (r *setupReader) list(i, depth int) int {
	s := r.f.Text
	for i < len(s) {
		i = inside(s, i)
		switch {
		case i >= len(s):
			return i
		case s[i] == ')' || s[i] == ']' || s[i] == '}':
			return inside(s, i+1)
		case s[i] == ',' || s[i] == ':' || s[i] == '=':
			i++
			continue
		case text.Has(s, i, "for") || text.Has(s, i, "if") || text.Has(s, i, "or") || text.Has(s, i, "and") || text.Has(s, i, "else"):
			next := max(r.choices(i).opaque(i+2), i+2)
			if !r.fromFiles(i, next) {
				r.computed(i)
			}
			i = next
			continue
		}
		if l, ok := constant(s, i); ok && !l.Open && l.Next < len(s) && s[l.Next] == ':' {
			i = l.Next + 1
			continue
		}
		if end := text.Word(s, i); end > i { // dict(test=[...])
			if at := inside(s, end); at < len(s) && (s[at] == ':' || s[at] == '=') {
				i = at + 1
				continue
			}
		}
		i = max(r.value(i, depth), i+1)
	}
	return i
}

// fromFiles follows the files that the code in [i, end) takes requirements from. It
// reports whether it found some, and they are all.
func (r *setupReader) fromFiles(i, end int) bool {
	c := r.p.contentsOf(i, end)
	for n := range c.files {
		r.p.include(&c.files[n], text.Undecided)
	}
	return len(c.files) > 0 && !c.open
}

// namesList reports whether code reads a list of requirements by its name: that
// file is read by itself.
func namesList(e *extract.Emitter, code []byte) bool {
	for i := 0; i < len(code); i++ {
		if code[i] != '"' && code[i] != '\'' {
			continue
		}
		l, ok := readString(code, i)
		if !ok {
			return false
		}
		if e.SameFormat(l.Text, "requirements.txt") {
			return true
		}
		i = max(l.Next-1, i)
	}
	return false
}

// computed tells of what is made at run time.
func (r *setupReader) computed(at int) {
	if r.f.Label != "" {
		return
	}
	r.e.Once(text.Span{Start: at, End: min(at+1, len(r.f.Text))}, setupProblem, true)
}

// requirement reads a literal: a requirement, or several lines of them. Of one
// that goes on with what is no literal the name is read, if it is complete.
func (r *setupReader) requirement(l *code.Literal) {
	for at := 0; at < len(l.Text); {
		end := len(l.Text)
		if k := strings.IndexByte(l.Text[at:], '\n'); k >= 0 {
			end = at + k
		}
		r.line(l.Text[at:end], l.Open && end == len(l.Text), func(start, stop int) text.Span { return l.Outer(at+start, at+stop) })
		at = end + 1
	}
	if l.Open && l.Text == "" {
		r.computed(l.Span.Start)
	}
}

// line reads one requirement. open says that it goes on with what is not known.
func (r *setupReader) line(text string, open bool, place func(start, end int) text.Span) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] == '#' {
		return
	}
	req, ok := pep508.Parse(text)
	if open && (!ok || req.End == len(text) || strings.ContainsAny(req.Name, "%{")) {
		if end := req.End; end == 0 || end == len(text) || strings.IndexByte("<>=!~[(;@ ", text[end]) < 0 {
			r.computed(place(0, 1).Start)
			return
		}
		ok = true
	}
	switch {
	case !ok || pep508.LoneEquals(req.Constraint) && !open:
		if strings.ContainsAny(text, "{}<$%") {
			return // a template's hole
		}
		if r.bad++; r.bad == 1 {
			r.first = place(0, len(text))
		}
		return
	case open || strings.ContainsAny(req.Constraint, "%{"):
		req.Constraint, req.Marker = "", ""
	}
	ref := req.Reference(0, extract.Manifest)
	ref.Flags, ref.Scope, ref.Span = r.flags, r.scope, place(req.Start, req.End)
	r.e.Reference(ref)
}

func (r *setupReader) tell() {
	if r.bad > 0 && r.f.Label == "" {
		text := "1 string is no Python requirement and was not read"
		if r.bad > 1 {
			text = fmt.Sprintf("%d strings are no Python requirements and were not read", r.bad)
		}
		r.e.Problem(r.first, text, true)
	}
}

// extractSetupCfg reads the requirements of setup.cfg.
func extractSetupCfg(f *text.Fragment, e *extract.Emitter) error {
	r := &setupReader{f: f, e: e}
	setupOptions(f.Text, func(section, key string, lines []text.Span) {
		switch {
		case section == "options.extras_require":
			r.flags, r.scope = extract.Optional, "extra"
		case section == "options":
			var ok bool
			if r.flags, r.scope, ok = setupKeyword(key); !ok || key == "extras_require" {
				return
			}
		default:
			return
		}
		if bytes.HasPrefix(bytes.TrimSpace(f.Text[lines[0].Start:lines[0].End]), []byte("file:")) {
			return // an include
		}
		for _, v := range lines {
			for at := v.Start; at < v.End; {
				end := v.End
				if k := bytes.IndexByte(f.Text[at:end], ';'); k >= 0 && len(lines) == 1 {
					end = at + k // of a value of one line it parts the requirements, and begins no marker
				}
				r.line(string(f.Text[at:end]), false, func(start, stop int) text.Span {
					return text.Span{Start: at + start, End: at + stop}
				})
				at = end + 1
			}
		}
	})
	r.tell()
	return nil
}

// setupOptions visits the options of a file that Python's configparser reads:
// its section, its key, and the lines of its value, of which the later ones are
// indented. Comments are lines of their own.
//
// Format: https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
func setupOptions(s []byte, visit func(section, key string, lines []text.Span)) {
	section, key := "", ""
	var value []text.Span
	flush := func() {
		if key != "" {
			visit(section, key, value)
		}
		key, value = "", nil
	}
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		line := bytes.TrimSpace(s[i:end])
		switch {
		case len(line) == 0, line[0] == '#', line[0] == ';':
		case (s[i] == ' ' || s[i] == '\t') && key != "":
			value = append(value, text.Span{Start: i, End: end})
		case line[0] == '[':
			flush()
			if at := bytes.IndexByte(line, ']'); at > 0 {
				section = strings.TrimSpace(string(line[1:at]))
			}
		default:
			flush()
			if at := bytes.IndexAny(s[i:end], "=:"); at > 0 {
				key = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(string(s[i:i+at]))), "-", "_")
				value = append(value, text.Span{Start: i + at + 1, End: end})
			}
		}
		i = next
	}
	flush()
}

// setupIncludes lists the files that setup.cfg takes requirements from.
func setupIncludes(f *text.Fragment) []extract.Include {
	var out []extract.Include
	setupOptions(f.Text, func(section, key string, lines []text.Span) {
		_, _, ok := setupKeyword(key)
		first := f.Text[lines[0].Start:lines[0].End]
		at := bytes.Index(first, []byte("file:"))
		if section != "options.extras_require" && (section != "options" || !ok) || at < 0 || len(bytes.TrimSpace(first[:at])) > 0 {
			return
		}
		lines[0].Start += at + len("file:")
		for _, v := range lines {
			for at := v.Start; at < v.End; {
				end := v.End
				if k := bytes.IndexByte(f.Text[at:end], ','); k >= 0 {
					end = at + k
				}
				if name := strings.TrimSpace(string(f.Text[at:end])); name != "" {
					start := at + bytes.Index(f.Text[at:end], []byte(name))
					out = append(out, extract.Include{Path: name, Span: f.Map.Outer(text.Span{Start: start, End: start + len(name)})})
				}
				at = end + 1
			}
		}
	})
	return out
}
