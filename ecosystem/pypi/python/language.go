package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// language is what the evaluator of values knows of Python.
func (p *scanner) language() *code.Language {
	s := p.s
	return &code.Language{
		Space:    func(i int) int { return inside(s, i) },
		Word:     func(i int) int { return text.Word(s, i) },
		Literal:  func(i int) (code.Literal, bool) { return readString(s[:min(len(s), i+code.MaxValueText)], i) },
		Hole:     "{",
		Tripled:  true,
		Adjacent: true,
		Tuples:   true,
		Loops:    []string{"for", "async"},
		Infix:    []string{"in", "is", "not"},
		Begins:   begins,
		Ends:     func(byte) bool { return true },

		Conditional: conditional,
		Choice:      choice,
		Operator:    operator,
		Program: func(member string) string {
			if member == "executable" { // sys.executable
				return "python"
			}
			return ""
		},
		Key:      key,
		Method:   method,
		Encloses: encloses,
		Binding:  gives,
	}
}

func begins(word string) code.WordKind {
	switch word {
	case "await", "not":
		return code.PrefixWord
	case "None", "True", "False", "__name__", "__package__", "__spec__":
		return code.NothingWord
	case "lambda", "async", "class", "yield":
		return code.UnreadWord
	}
	return code.NameWord
}

// conditional reads "if c else b" behind a value.
func conditional(e *code.Evaluator, o code.Outcome, i int) (code.Outcome, int) {
	if !e.Has(i, "if") {
		return o, i
	}
	_, at := e.Either(i + 2)
	if !e.Has(at, "else") {
		return o, i
	}
	p, next := e.Read(at + 4)
	o.Join(p)
	return o, next
}

func choice(e *code.Evaluator, i int) (n int, last bool) {
	switch {
	case e.Has(i, "or"):
		return 2, false
	case e.Has(i, "and"):
		return 3, true
	}
	return 0, false
}

// operator reads the values that a percent sign puts into a string.
func operator(e *code.Evaluator, o code.Outcome, start, i int) (code.Outcome, int) {
	if e.Source[i] != '%' {
		return o, i
	}
	p, next := e.Term(i + 1)
	return format(e, e.Placed(o, start, i), e.Placed(p, i+1, max(i+1, next)), "%"), max(next, i+1)
}

// key knows f(name=value).
func key(e *code.Evaluator, _, end int, closing byte) (at int, ok bool) {
	k := e.Skip(end)
	if closing != ')' || k >= len(e.Source) || e.Source[k] != '=' || k+1 < len(e.Source) && e.Source[k+1] == '=' {
		return 0, false
	}
	return k + 1, true
}

func method(e *code.Evaluator, c *code.MethodCall) (code.Outcome, bool) {
	switch c.Name {
	case "format":
		return format(e, c.Of, code.Outcome{Alternatives: []code.Value{c.Arguments}}, "{"), true
	case "split", "splitlines":
		if c.Receiver == "shlex" {
			return c.First().Words(), true
		}
	case "join":
		if c.Receiver == "shlex" {
			return c.First().Glued(" "), true
		}
		return c.First().Joined(c.Of, len(c.Arguments.List) > 0), true
	}
	return code.Outcome{}, false
}

// encloses looks for the line on which the indented block of a loop has ended.
func encloses(e *code.Evaluator, b code.Binding, at int) bool {
	s := e.Source
	head := e.LineHead(b.Name)
	if !bytes.HasPrefix(head, []byte("for ")) && !bytes.HasPrefix(head, []byte("async for ")) && !bytes.HasPrefix(head, []byte("for(")) {
		return b.Near(at) // a comprehension
	}
	if b.Name > at {
		return false
	}
	start := text.LineStart(s, b.Name)
	indent := b.Name - start - len(head)
	e.Spend(at - b.Name)
	for k := text.NextLine(s, start); k <= at && k < len(s); k = text.NextLine(s, k) {
		if first := text.Blank(s, k); first < len(s) && s[first] != '\n' && s[first] != '\r' && s[first] != '#' && first-k <= indent && first <= at && strings.IndexByte(")]}'\"", s[first]) < 0 {
			return false
		}
	}
	return true
}

// gives tells whether a word is given a value where it stands.
func gives(e *code.Evaluator, w *code.Occurrence) (b code.Binding, ok bool) {
	s := e.Source
	switch {
	case s[w.Next] == '=' && w.After != '=' && w.After != '>':
		if w.Before == '(' || w.Before == ',' {
			head := e.LineHead(w.At)
			if defines(head) || bytes.Contains(head, []byte("lambda")) || w.Before == ',' && !bytes.ContainsAny(head, "(") && e.Mode == code.ModuleValue {
				return code.Binding{Kind: code.Unknown}, true
			}
			return b, false // an argument by keyword
		}
		return code.Binding{Kind: code.Assigned, At: w.Next + 1}, true
	case s[w.Next] == ':' && w.After == '=':
		return code.Binding{Kind: code.Assigned, At: w.Next + 2}, true
	case s[w.Next] == ':' && (w.Before == '\n' || w.Before == ';'):
		at := e.Typed(w.Next)
		return code.Binding{Kind: code.Assigned, At: at}, at > 0
	}
	if w.Prior == "for" || w.Before == ',' || w.Before == '(' {
		if at := loop(e, w); at > 0 {
			return code.Binding{Kind: code.Looped, At: at}, true
		}
	}
	switch {
	case w.Prior == "lambda":
		return lambda(e, w), true
	case w.Before == '(' || w.Before == ',':
		head := e.LineHead(w.At)
		return code.Binding{Kind: code.Unknown}, defines(head) || bytes.HasPrefix(head, []byte("lambda "))
	}
	switch w.Prior {
	case "as", "global", "nonlocal", "import":
		return code.Binding{Kind: code.Unknown}, true
	}
	return b, false
}

// defines reports whether a line begins the head of a function.
func defines(line []byte) bool {
	return bytes.HasPrefix(line, []byte("def ")) || bytes.HasPrefix(line, []byte("async def "))
}

// loop gives the offset of what a loop over the word runs through: for x in …,
// for i, x in …, for (i, x) in …; 0: it is no word of a loop.
func loop(e *code.Evaluator, w *code.Occurrence) int {
	s := e.Source
	line := s[text.LineStart(s, w.At):w.At]
	at := bytes.LastIndex(line, []byte("for"))
	if at < 0 || len(line)-at >= 100 || bytes.IndexFunc(line[at:], func(r rune) bool { return strings.ContainsRune("=[]{}.:\"'", r) }) >= 0 {
		return 0
	}
	end := text.LineEnd(s, w.Next)
	rest := s[w.Next:end]
	if in := bytes.Index(rest, []byte("in ")); in >= 0 && !bytes.ContainsAny(rest[:in], "=[]{}.:\"'") && (in == 0 || !text.IsLetter(rest[in-1])) {
		return w.Next + in + 2
	}
	if bytes.HasSuffix(bytes.TrimRight(rest, "\r"), []byte("in")) {
		return end
	}
	return 0
}

// lambda looks at the parameter of a function that a list hands its elements to:
// map(lambda x: …, […]).
func lambda(e *code.Evaluator, w *code.Occurrence) code.Binding {
	s := e.Source
	if s[w.Next] != ':' {
		return code.Binding{Kind: code.Unknown}
	}
	open := code.LookBack(s, w.Back-len("lambda"))
	if open == 0 || s[open-1] != '(' {
		return code.Binding{Kind: code.Unknown}
	}
	if f, _ := code.WordBefore(s, open-1); code.HandsOut(string(s[f.Start:f.End])) {
		if comma := e.PastElement(w.Next + 1); comma < len(s) && s[comma] == ',' {
			return code.Binding{Kind: code.Looped, At: comma + 1}
		}
	}
	return code.Binding{Kind: code.Unknown}
}
