package extract

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// language is what the evaluator of values knows of Python.
func (p *pyScanner) language() *language {
	s := p.s
	return &language{
		space:    func(i int) int { return inside(s, i) },
		word:     func(i int) int { return text.Word(s, i) },
		literal:  func(i int) (literal, bool) { return pyString(s[:min(len(s), i+maxValueText)], i) },
		hole:     "{",
		tripled:  true,
		adjacent: true,
		tuples:   true,
		loops:    []string{"for", "async"},
		infix:    []string{"in", "is", "not"},
		begins:   pyBegins,
		ends:     func(byte) bool { return true },

		conditional: pyConditional,
		choice:      pyChoice,
		operator:    pyOperator,
		program: func(member string) string {
			if member == "executable" { // sys.executable
				return "python"
			}
			return ""
		},
		key:      pyKey,
		method:   pyMethod,
		encloses: pyEncloses,
		binding:  pyGives,
	}
}

func pyBegins(word string) wordKind {
	switch word {
	case "await", "not":
		return prefixWord
	case "None", "True", "False", "__name__", "__package__", "__spec__":
		return nothingWord
	case "lambda", "async", "class", "yield":
		return unreadWord
	}
	return nameWord
}

// pyConditional reads "if c else b" behind a value.
func pyConditional(e *evaluator, o outcome, i int) (outcome, int) {
	if !e.has(i, "if") {
		return o, i
	}
	_, at := e.either(i + 2)
	if !e.has(at, "else") {
		return o, i
	}
	p, next := e.expr(at + 4)
	o.join(p)
	return o, next
}

func pyChoice(e *evaluator, i int) (n int, last bool) {
	switch {
	case e.has(i, "or"):
		return 2, false
	case e.has(i, "and"):
		return 3, true
	}
	return 0, false
}

// pyOperator reads the values that a percent sign puts into a string.
func pyOperator(e *evaluator, o outcome, start, i int) (outcome, int) {
	if e.s[i] != '%' {
		return o, i
	}
	p, next := e.term(i + 1)
	return pyFormat(e, e.placed(o, start, i), e.placed(p, i+1, max(i+1, next)), "%"), max(next, i+1)
}

// pyKey knows f(name=value).
func pyKey(e *evaluator, _, end int, closing byte) (at int, ok bool) {
	k := e.skip(end)
	if closing != ')' || k >= len(e.s) || e.s[k] != '=' || k+1 < len(e.s) && e.s[k+1] == '=' {
		return 0, false
	}
	return k + 1, true
}

func pyMethod(e *evaluator, c *methodCall) (outcome, bool) {
	switch c.name {
	case "format":
		return pyFormat(e, c.o, outcome{alts: []value{c.arguments}}, "{"), true
	case "split", "splitlines":
		if c.receiver == "shlex" {
			return c.first().words(), true
		}
	case "join":
		if c.receiver == "shlex" {
			return c.first().glued(" "), true
		}
		return c.first().joined(c.o, len(c.arguments.list) > 0), true
	}
	return outcome{}, false
}

// pyEncloses looks for the line on which the indented block of a loop has ended.
func pyEncloses(e *evaluator, b valueBinding, at int) bool {
	s := e.s
	head := e.head(b.name)
	if !bytes.HasPrefix(head, []byte("for ")) && !bytes.HasPrefix(head, []byte("async for ")) && !bytes.HasPrefix(head, []byte("for(")) {
		return b.near(at) // a comprehension
	}
	if b.name > at {
		return false
	}
	start := text.LineStart(s, b.name)
	indent := b.name - start - len(head)
	e.spend(at - b.name)
	for k := text.NextLine(s, start); k <= at && k < len(s); k = text.NextLine(s, k) {
		if first := text.Blank(s, k); first < len(s) && s[first] != '\n' && s[first] != '\r' && s[first] != '#' && first-k <= indent && first <= at && strings.IndexByte(")]}'\"", s[first]) < 0 {
			return false
		}
	}
	return true
}

// pyGives tells whether a word is given a value where it stands.
func pyGives(e *evaluator, w *occurrence) (b valueBinding, ok bool) {
	s := e.s
	switch {
	case s[w.next] == '=' && w.after != '=' && w.after != '>':
		if w.before == '(' || w.before == ',' {
			head := e.head(w.at)
			if pyDefines(head) || bytes.Contains(head, []byte("lambda")) || w.before == ',' && !bytes.ContainsAny(head, "(") && e.mode == moduleValue {
				return valueBinding{kind: unknown}, true
			}
			return b, false // an argument by keyword
		}
		return valueBinding{kind: assigned, at: w.next + 1}, true
	case s[w.next] == ':' && w.after == '=':
		return valueBinding{kind: assigned, at: w.next + 2}, true
	case s[w.next] == ':' && (w.before == '\n' || w.before == ';'):
		at := e.typed(w.next)
		return valueBinding{kind: assigned, at: at}, at > 0
	}
	if w.prior == "for" || w.before == ',' || w.before == '(' {
		if at := pyLoop(e, w); at > 0 {
			return valueBinding{kind: looped, at: at}, true
		}
	}
	switch {
	case w.prior == "lambda":
		return pyLambda(e, w), true
	case w.before == '(' || w.before == ',':
		head := e.head(w.at)
		return valueBinding{kind: unknown}, pyDefines(head) || bytes.HasPrefix(head, []byte("lambda "))
	}
	switch w.prior {
	case "as", "global", "nonlocal", "import":
		return valueBinding{kind: unknown}, true
	}
	return b, false
}

// pyDefines reports whether a line begins the head of a function.
func pyDefines(line []byte) bool {
	return bytes.HasPrefix(line, []byte("def ")) || bytes.HasPrefix(line, []byte("async def "))
}

// pyLoop gives the offset of what a loop over the word runs through: for x in …,
// for i, x in …, for (i, x) in …; 0: it is no word of a loop.
func pyLoop(e *evaluator, w *occurrence) int {
	s := e.s
	line := s[text.LineStart(s, w.at):w.at]
	at := bytes.LastIndex(line, []byte("for"))
	if at < 0 || len(line)-at >= 100 || bytes.IndexFunc(line[at:], func(r rune) bool { return strings.ContainsRune("=[]{}.:\"'", r) }) >= 0 {
		return 0
	}
	end := text.LineEnd(s, w.next)
	rest := s[w.next:end]
	if in := bytes.Index(rest, []byte("in ")); in >= 0 && !bytes.ContainsAny(rest[:in], "=[]{}.:\"'") && (in == 0 || !text.IsLetter(rest[in-1])) {
		return w.next + in + 2
	}
	if bytes.HasSuffix(bytes.TrimRight(rest, "\r"), []byte("in")) {
		return end
	}
	return 0
}

// pyLambda looks at the parameter of a function that a list hands its elements to:
// map(lambda x: …, […]).
func pyLambda(e *evaluator, w *occurrence) valueBinding {
	s := e.s
	if s[w.next] != ':' {
		return valueBinding{kind: unknown}
	}
	open := lookBack(s, w.back-len("lambda"))
	if open == 0 || s[open-1] != '(' {
		return valueBinding{kind: unknown}
	}
	if f, _ := wordBefore(s, open-1); mapper(string(s[f.Start:f.End])) {
		if comma := e.pastElement(w.next + 1); comma < len(s) && s[comma] == ',' {
			return valueBinding{kind: looped, at: comma + 1}
		}
	}
	return valueBinding{kind: unknown}
}
