package extract

import (
	"bytes"
)

// language is what the evaluator of values knows of JavaScript.
func (j *jsScanner) language() *language {
	s := j.s
	return &language{
		space:     j.skip,
		word:      func(i int) int { end, _ := jsWord(s, i); return end },
		literal:   func(i int) (literal, bool) { return jsString(s[:min(len(s), i+maxValueText)], i) },
		hole:      "${",
		constants: true,
		infix:     []string{"in", "instanceof"},
		begins:    jsBegins,
		ends:      func(c byte) bool { return c == '(' || c == '[' },

		conditional: jsConditional,
		choice:      jsChoice,
		suffix:      jsSuffix,
		program: func(member string) string {
			if member == "execPath" {
				return "node"
			}
			return ""
		},
		key:      jsKey,
		method:   jsMethod,
		encloses: jsEncloses,
		binding:  jsBinding,
	}
}

func jsBegins(word string) wordKind {
	switch word {
	case "await", "new", "void", "typeof":
		return prefixWord
	case "null", "undefined", "true", "false":
		return nothingWord
	case "function", "async", "class", "yield":
		return unreadWord
	}
	return nameWord
}

// jsConditional reads "? b : c" behind a condition.
func jsConditional(e *evaluator, o outcome, i int) (outcome, int) {
	s := e.s
	if s[i] != '?' || i+1 < len(s) && s[i+1] == '.' {
		return o, i
	}
	a, next := e.expr(i + 1)
	if next >= len(s) || s[next] != ':' {
		return outcome{other: true}, next
	}
	b, next := e.expr(next + 1)
	a.join(b)
	return a, next
}

func jsChoice(e *evaluator, i int) (n int, last bool) {
	if i+1 < len(e.s) {
		switch string(e.s[i : i+2]) {
		case "||", "??":
			return 2, false
		case "&&":
			return 2, true
		}
	}
	return 0, false
}

// jsSuffix passes over the assertions of TypeScript; an arrow makes a function of
// what stands before it.
func jsSuffix(e *evaluator, o outcome, i int) (p outcome, next int, done bool) {
	s := e.s
	switch {
	case s[i] == '!' && i+1 < len(s) && s[i+1] != '=':
		return o, i + 1, false
	case e.has(i, "as") || e.has(i, "satisfies"):
		return o, e.opaque(i), true
	case bytes.HasPrefix(s[i:], []byte("=>")):
		return outcome{other: true}, e.opaque(i + 2), true
	}
	return o, i, false
}

// jsKey knows {key: value} and {key}.
func jsKey(e *evaluator, i, end int, closing byte) (at int, ok bool) {
	k := e.skip(end)
	if closing != '}' || k >= len(e.s) {
		return 0, false
	}
	switch e.s[k] {
	case ':':
		return k + 1, true
	case ',', '}':
		return i, true
	}
	return 0, false
}

func jsMethod(e *evaluator, c *methodCall) (outcome, bool) {
	switch c.name {
	case "format":
		return outcome{other: true}, true
	case "join":
		return c.o.joined(c.first(), len(c.arguments.list) > 0), true
	}
	return outcome{}, false
}

// jsEncloses looks for the end of the block, or of the statement, that a loop
// runs.
func jsEncloses(e *evaluator, b valueBinding, at int) bool {
	s := e.s
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
				e.spend(k - b.name)
				return false
			}
		case ';', '\n':
			if depth == 0 && k > b.at && s[k] == ';' {
				return false
			}
		}
	}
	e.spend(at - b.name)
	return true
}

func jsBinding(e *evaluator, w *occurrence) (b valueBinding, ok bool) {
	s := e.s
	switch {
	case s[w.next] == '=' && w.after != '=' && w.after != '>':
		if w.prior == "const" || w.before == ',' && bytes.HasPrefix(e.head(w.at), []byte("const ")) {
			return valueBinding{kind: constant, at: w.next + 1}, true
		}
		return valueBinding{kind: assigned, at: w.next + 1}, true
	case s[w.next] == ':' && (w.prior == "const" || w.prior == "let" || w.prior == "var"):
		at := e.typed(w.next)
		if w.prior == "const" {
			return valueBinding{kind: constant, at: at}, at > 0
		}
		return valueBinding{kind: assigned, at: at}, at > 0
	case e.has(w.next, "of"):
		return valueBinding{kind: looped, at: w.next + 2}, true
	}
	return jsParameter(e, w)
}

// jsParameter looks at a word that may be the parameter of a function which a
// method of a list calls: list.map(x => …), list.forEach(function (x) { … }).
func jsParameter(e *evaluator, w *occurrence) (b valueBinding, ok bool) {
	s := e.s
	start := w.at
	switch {
	case bytes.HasPrefix(s[w.next:], []byte("=>")):
	case w.before == '(' && (s[w.next] == ')' || s[w.next] == ',' || s[w.next] == ':'), w.before == ',' && (s[w.next] == ')' || s[w.next] == ','):
		// The bracket w.before it, and what follows the one behind it.
		end := bytes.IndexByte(s[w.next:min(len(s), w.next+maxReceiver)], ')')
		if end < 0 {
			return b, false
		}
		open := w.back - 1
		for open > 0 && s[open] != '(' && w.back-open < maxReceiver {
			open--
		}
		if s[open] != '(' {
			return b, false
		}
		after := e.skip(w.next + end + 1)
		word, _ := wordBefore(s, open)
		f := word
		for f.Start > 0 && s[f.Start-1] == ' ' {
			f.Start--
		}
		function := string(s[word.Start:word.End]) == "function"
		if g, _ := wordBefore(s, f.Start); !function && string(s[g.Start:g.End]) == "function" {
			return valueBinding{kind: unknown, at: 0}, true
		}
		switch {
		case bytes.HasPrefix(s[min(after, len(s)):], []byte("=>")):
			start = open
		case function:
			start = word.Start
		default:
			return b, false
		}
		if w.before == ',' { // an index, or what a reducer has
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
	if at, end, ok := jsMapped(e, start-1); ok {
		return valueBinding{kind: handed, at: at, end: end}, true
	}
	return valueBinding{kind: unknown, at: 0}, true
}

// jsMapped gives the offset of the expression whose method is called by the
// bracket at open, and where that stands, if the method hands out elements.
func jsMapped(e *evaluator, open int) (at, stop int, ok bool) {
	s := e.s
	w, _ := wordBefore(s, open)
	if !mapper(string(s[w.Start:w.End])) {
		return 0, 0, false
	}
	k := lookBack(s, w.Start)
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
