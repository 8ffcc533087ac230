package javascript

import (
	"bytes"
	"figment/scanner/extract/code"
)

// language is what the evaluator of values knows of JavaScript.
func (j *scanner) language() *code.Language {
	s := j.s
	return &code.Language{
		Space:     j.skip,
		Word:      func(i int) int { end, _ := wordEnd(s, i); return end },
		Literal:   func(i int) (code.Literal, bool) { return readString(s[:min(len(s), i+code.MaxValueText)], i) },
		Hole:      "${",
		Constants: true,
		Infix:     []string{"in", "instanceof"},
		Begins:    begins,
		Ends:      func(c byte) bool { return c == '(' || c == '[' },

		Conditional: conditional,
		Choice:      choice,
		Suffix:      suffix,
		Program: func(member string) string {
			if member == "execPath" {
				return "node"
			}
			return ""
		},
		Key:      key,
		Method:   method,
		Encloses: encloses,
		Binding:  binding,
	}
}

func begins(word string) code.WordKind {
	switch word {
	case "await", "new", "void", "typeof":
		return code.PrefixWord
	case "null", "undefined", "true", "false":
		return code.NothingWord
	case "function", "async", "class", "yield":
		return code.UnreadWord
	}
	return code.NameWord
}

// conditional reads "? b : c" behind a condition.
func conditional(e *code.Evaluator, o code.Outcome, i int) (code.Outcome, int) {
	s := e.Source
	if s[i] != '?' || i+1 < len(s) && s[i+1] == '.' {
		return o, i
	}
	a, next := e.Read(i + 1)
	if next >= len(s) || s[next] != ':' {
		return code.Outcome{Other: true}, next
	}
	b, next := e.Read(next + 1)
	a.Join(b)
	return a, next
}

func choice(e *code.Evaluator, i int) (n int, last bool) {
	if i+1 < len(e.Source) {
		switch string(e.Source[i : i+2]) {
		case "||", "??":
			return 2, false
		case "&&":
			return 2, true
		}
	}
	return 0, false
}

// suffix passes over the assertions of TypeScript; an arrow makes a function of
// what stands before it.
func suffix(e *code.Evaluator, o code.Outcome, i int) (p code.Outcome, next int, done bool) {
	s := e.Source
	switch {
	case s[i] == '!' && i+1 < len(s) && s[i+1] != '=':
		return o, i + 1, false
	case e.Has(i, "as") || e.Has(i, "satisfies"):
		return o, e.Opaque(i), true
	case bytes.HasPrefix(s[i:], []byte("=>")):
		return code.Outcome{Other: true}, e.Opaque(i + 2), true
	}
	return o, i, false
}

// key knows {key: value} and {key}.
func key(e *code.Evaluator, i, end int, closing byte) (at int, ok bool) {
	k := e.Skip(end)
	if closing != '}' || k >= len(e.Source) {
		return 0, false
	}
	switch e.Source[k] {
	case ':':
		return k + 1, true
	case ',', '}':
		return i, true
	}
	return 0, false
}

func method(e *code.Evaluator, c *code.MethodCall) (code.Outcome, bool) {
	switch c.Name {
	case "format":
		return code.Outcome{Other: true}, true
	case "join":
		return c.Of.Joined(c.First(), len(c.Arguments.List) > 0), true
	}
	return code.Outcome{}, false
}

// encloses looks for the end of the block, or of the statement, that a loop
// runs.
func encloses(e *code.Evaluator, b code.Binding, at int) bool {
	s := e.Source
	if b.Name > at {
		return false
	}
	depth, opened := 0, false
	for k := b.Name; k < at; k++ {
		switch s[k] {
		case '{':
			depth++
			opened = true
		case '}':
			if depth--; depth <= 0 && opened {
				e.Spend(k - b.Name)
				return false
			}
		case ';', '\n':
			if depth == 0 && k > b.At && s[k] == ';' {
				return false
			}
		}
	}
	e.Spend(at - b.Name)
	return true
}

func binding(e *code.Evaluator, w *code.Occurrence) (b code.Binding, ok bool) {
	s := e.Source
	switch {
	case s[w.Next] == '=' && w.After != '=' && w.After != '>':
		if w.Prior == "const" || w.Before == ',' && bytes.HasPrefix(e.LineHead(w.At), []byte("const ")) {
			return code.Binding{Kind: code.Constant, At: w.Next + 1}, true
		}
		return code.Binding{Kind: code.Assigned, At: w.Next + 1}, true
	case s[w.Next] == ':' && (w.Prior == "const" || w.Prior == "let" || w.Prior == "var"):
		at := e.Typed(w.Next)
		if w.Prior == "const" {
			return code.Binding{Kind: code.Constant, At: at}, at > 0
		}
		return code.Binding{Kind: code.Assigned, At: at}, at > 0
	case e.Has(w.Next, "of"):
		return code.Binding{Kind: code.Looped, At: w.Next + 2}, true
	}
	return parameter(e, w)
}

// parameter looks at a word that may be the parameter of a function which a
// method of a list calls: list.map(x => …), list.forEach(function (x) { … }).
func parameter(e *code.Evaluator, w *code.Occurrence) (b code.Binding, ok bool) {
	s := e.Source
	start := w.At
	switch {
	case bytes.HasPrefix(s[w.Next:], []byte("=>")):
	case w.Before == '(' && (s[w.Next] == ')' || s[w.Next] == ',' || s[w.Next] == ':'), w.Before == ',' && (s[w.Next] == ')' || s[w.Next] == ','):
		// The bracket w.before it, and what follows the one behind it.
		end := bytes.IndexByte(s[w.Next:min(len(s), w.Next+code.MaxReceiver)], ')')
		if end < 0 {
			return b, false
		}
		open := w.Back - 1
		for open > 0 && s[open] != '(' && w.Back-open < code.MaxReceiver {
			open--
		}
		if s[open] != '(' {
			return b, false
		}
		after := e.Skip(w.Next + end + 1)
		word, _ := code.WordBefore(s, open)
		f := word
		for f.Start > 0 && s[f.Start-1] == ' ' {
			f.Start--
		}
		function := string(s[word.Start:word.End]) == "function"
		if g, _ := code.WordBefore(s, f.Start); !function && string(s[g.Start:g.End]) == "function" {
			return code.Binding{Kind: code.Unknown, At: 0}, true
		}
		switch {
		case bytes.HasPrefix(s[min(after, len(s)):], []byte("=>")):
			start = open
		case function:
			start = word.Start
		default:
			return b, false
		}
		if w.Before == ',' { // an index, or what a reducer has
			return code.Binding{Kind: code.Unknown, At: 0}, true
		}
	default:
		return b, false
	}
	for start > 0 && (s[start-1] == ' ' || s[start-1] == '\n' || s[start-1] == '\t') {
		start--
	}
	if bytes.HasSuffix(s[:start], []byte("async")) {
		start = code.LookBack(s, start-len("async"))
	}
	if start == 0 || s[start-1] != '(' {
		return code.Binding{Kind: code.Unknown, At: 0}, true
	}
	if at, end, ok := mapped(e, start-1); ok {
		return code.Binding{Kind: code.Handed, At: at, End: end}, true
	}
	return code.Binding{Kind: code.Unknown, At: 0}, true
}

// mapped gives the offset of the expression whose method is called by the
// bracket at open, and where that stands, if the method hands out elements.
func mapped(e *code.Evaluator, open int) (at, stop int, ok bool) {
	s := e.Source
	w, _ := code.WordBefore(s, open)
	if !code.HandsOut(string(s[w.Start:w.End])) {
		return 0, 0, false
	}
	k := code.LookBack(s, w.Start)
	if k == 0 || s[k-1] != '.' {
		return 0, 0, false
	}
	end := k - 1
	if end > 0 && s[end-1] == '?' {
		end--
	}
	at, ok = e.OperandStart(end)
	return at, end, ok
}
