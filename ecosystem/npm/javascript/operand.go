package javascript

import (
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// What a slash is follows from what stands before it: behind an operand it
// divides, elsewhere a regular expression begins.
//
// Grammar: https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar

// function says what a function makes of the words await and yield.
type function uint8

const (
	async     function = 1 << iota // await is an operator
	generator                      // yield is an operator
	top                            // outside of all functions: await is an operator in a module
	block                          // a head of switch or catch: the function around goes on in its block
	asyncCall                      // brackets behind the word async: parameters, if an arrow follows
)

// context is what the scanner knows of the tokens before.
type context struct {
	prior   text.Span // the word before the last, where both stand side by side
	breakAt int       // the offset of the last line end
	tokenAt int       // the offset after the last bracket, string or regular expression
	head    function  // of a function that begins with the last word
	starred function  // the same before the last asterisk
	arrowFn function  // of the last arrow
	bodyFn  function  // of the function whose head is being read
	list    int       // one more than the depth at which a list of declarations goes on; 0: none
	bare    bool      // the last word is declared by it, or a label: an operator cannot follow
	keyword bool      // the last word is the of of a for
	// nestedCode: the text ends with the brace that closes; stop is the offset
	// after that.
	nestedCode bool
	stop       int
}

// function is the innermost function.
func (j *scanner) function() function {
	if o := j.around(); o.inArrow {
		return o.arrowFn
	} else {
		return o.inside
	}
}

// follow looks at what stands before the word [i, end).
func (j *scanner) follow(i, end int, prev byte, before text.Span) {
	s := j.s
	if prev == '.' {
		j.keyword, j.bare, j.head, j.prior = false, false, 0, text.Span{}
		return
	}
	keyword := j.keyword
	j.keyword, j.bare = false, false
	if before.End == 0 {
		head := function(0)
		if prev == '*' {
			head = j.starred | generator
		}
		j.head, j.prior = head, text.Span{}
		switch prev {
		case ',':
			j.bare = j.list == len(j.stack)+1
		case ')', ']', '"', ';':
			j.begins(i, end, prev, j.breakAt >= j.tokenAt && j.breakAt > 0)
		}
		return
	}
	broken := j.breakAt >= before.End
	head, operand := function(0), true
	if !j.member {
		switch word := s[before.Start:before.End]; string(word) {
		case "async":
			if !broken {
				head = async
			}
			operand = !keyword && !j.operator(word)
		case "function":
			head = j.head
			operand = !keyword && !j.operator(word)
		case "let", "const", "var":
			j.bare, j.list = true, len(j.stack)+1
			operand = false
		case "break", "continue":
			j.bare = !broken
		default:
			operand = !keyword && !j.operator(word)
		}
	}
	j.head, j.prior = head, before
	if operand {
		j.begins(i, end, prev, broken)
	}
}

// begins looks at the word [i, end) behind an operand: one of a few operators, or
// the begin of a statement.
func (j *scanner) begins(i, end int, prev byte, broken bool) {
	s := j.s
	switch string(s[i:end]) {
	case "of":
		if o := j.around(); o.ctrl && !o.of {
			o.of, j.keyword = true, true
		}
		return
	case "in", "instanceof", "as", "satisfies":
		return
	}
	if o := j.around(); (broken || prev == ';') && (o.char == brace || len(j.stack) == 0) { // a statement begins
		if j.list == len(j.stack)+1 && !j.bare {
			j.list = 0
		}
		if o.inArrow {
			j.endArrows()
		}
	}
}

// naming gives the function that begins with a string or a bracket here, which
// are names of methods.
func (j *scanner) naming() function {
	switch w := j.word; {
	case j.prev == '*':
		return j.starred | generator
	case w.End > 0 && !j.member && string(j.s[w.Start:w.End]) == "async":
		return async
	}
	return 0
}

// heading gives the function whose parameters begin here.
func (j *scanner) heading() function {
	switch w := j.word; {
	case j.prev == '*':
		return j.starred | generator
	case w.End > 0 && !j.member && string(j.s[w.Start:w.End]) == "async":
		return j.head | asyncCall
	case w.End > 0 || j.prev == ']' || j.prev == '"':
		return j.head
	}
	return 0
}

// asterisk notes what stands before one.
func (j *scanner) asterisk() {
	j.starred = 0
	if w := j.word; w.End > 0 && !j.member {
		switch string(j.s[w.Start:w.End]) {
		case "async":
			j.starred = async
		case "function":
			j.starred = j.head & async
		}
	}
}

// postfix reports whether an operand stands before, on the same line.
func (j *scanner) postfix() bool {
	at := j.tokenAt
	switch w := j.word; {
	case w.End > 0:
		if !j.member && (j.bare || j.operator(j.s[w.Start:w.End])) {
			return false
		}
		at = w.End
	case j.prev != ')' && j.prev != ']':
		return false
	}
	return j.breakAt < at || j.breakAt == 0
}

// operandNext decides by the token before a brace or function whether an
// operand may stand here.
func (j *scanner) operandNext() bool {
	if w := j.word; w.End > 0 {
		if j.member || j.bare || !j.operator(j.s[w.Start:w.End]) {
			return false
		}
		switch string(j.s[w.Start:w.End]) {
		case "return", "yield": // they end with their line
			return j.breakAt < w.End
		}
		return true
	}
	switch j.prev {
	case ')', ']', '"', ';', '}', 0:
		return false
	case '{': // the code in a template or an element is an expression
		o := j.around()
		return o.char == template || o.char == element
	case ':':
		o := j.around()
		return o.char != 0 && (o.char != brace || o.expr && !o.body)
	}
	return true
}

// operator reports whether an operand follows the last word, which is no member.
func (j *scanner) operator(w []byte) bool {
	switch string(w) {
	case "return", "typeof", "case", "in", "delete", "void", "throw", "new", "instanceof", "default", "extends":
		return true
	case "of":
		return j.keyword
	case "yield":
		return !j.script || j.function()&generator != 0
	case "await":
		fn := j.function()
		if fn&top != 0 && !j.known.module {
			j.known.waits = true
			return !j.script
		}
		return !j.script || fn&(async|top) != 0
	}
	return false
}

// regexpMayStart decides by the token before a slash whether it divides.
func (j *scanner) regexpMayStart() bool {
	if w := j.word; w.End > 0 {
		if j.member {
			return false
		}
		switch string(j.s[w.Start:w.End]) {
		case "else", "do", "break", "continue", "debugger":
			return true
		}
		return j.bare || j.operator(j.s[w.Start:w.End])
	}
	switch j.prev {
	case ')', ']', '"':
		return false
	}
	return true
}

func (j *scanner) regexp(i int) int {
	s := j.s
	class := false
	limit := len(s)
	if i < j.noRegexp {
		limit = min(limit, i+200) // the line was searched already
	}
	for k := i + 1; k < limit; k++ {
		switch s[k] {
		case '\\':
			k++
		case '\n', '\r':
			j.noRegexp = max(j.noRegexp, k)
			return i + 1 // it was no regular expression
		case 0xe2:
			if separator(s, k) {
				j.noRegexp = max(j.noRegexp, k)
				return i + 1
			}
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				end, _ := wordEnd(s, k+1)
				return end
			}
		}
	}
	j.noRegexp = max(j.noRegexp, limit)
	return i + 1
}

// quoted skips a string, or enters a template.
func (j *scanner) quoted(i int) int {
	s := j.s
	if s[i] == '`' {
		return j.template(i + 1)
	}
	end, closed := code.StringEnd(s, i)
	j.broken = j.broken || !closed
	return end
}

// template skips the text of a template up to its end or a hole.
func (j *scanner) template(i int) int {
	s := j.s
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '`':
			return k + 1
		case '$':
			if k+1 >= len(s) || s[k+1] != '{' {
				continue
			}
			j.next(template)
			if j.push() {
				j.prev, j.word = '{', text.Span{}
				return k + 2
			}
		}
	}
	j.broken = true
	return len(s)
}

// decimal reports whether a dot behind the word is one of a number.
func decimal(w []byte) bool {
	for _, c := range w {
		if (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return w[0] != '_'
}
