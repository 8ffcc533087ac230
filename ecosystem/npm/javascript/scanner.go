// Package javascript reads what code in JavaScript and TypeScript loads, and the
// commands that it runs. It runs nothing: broken text yields what can be read.
package javascript

import (
	"bytes"
	"strings"

	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// The JavaScript scanner knows where code ends and text begins: comments,
// strings, templates, regular expressions, JSX. It builds no tree: it looks at
// the words import, export and require where code stands.
//
// Grammar: https://tc39.es/ecma262/#sec-modules

func matchJavaScript(f *text.Fragment) bool {
	switch f.Lang {
	case text.JavaScript, text.JSX, text.TypeScript, text.TSX:
		return true
	}
	return false
}

// maxNesting bounds the stack of brackets, templates and elements.
const maxNesting = 1000

// What a bracket on the stack was opened by.
const (
	brace    = '{'
	paren    = '('
	bracket  = '['
	template = '`' // "${" in a template
	element  = '<' // "{" in the text of an element
)

type scanner struct {
	s      []byte
	f      *text.Fragment
	e      *extract.Emitter
	table  *text.Table
	jsx    bool
	script bool // comments of HTML are comments, unless the text is a module
	known  *aliases
	refs   []extract.Reference
	texts  []extract.Inner // texts inside this one
	given  []given
	eval   [2]*code.Evaluator // by their modes
	loose  bool               // require, or a runner, stands somewhere as a value
	stack  []opened
	prev   byte      // last significant byte of code; 0 at the start
	word   text.Span // last word, if prev ended it
	broken bool
	try    int // depth of try blocks
	depth  int // scanners around this one: code in attributes
	// endless: no comment that opens from this offset on is ever closed.
	endless int
	// starFrom, star: the next end of a comment for what opens between them.
	starFrom, star int
	// noRegexp: before this offset a regular expression was sought in vain.
	noRegexp int

	member  bool      // word stands behind a dot
	recv    text.Span // the word before the last dot
	inner   text.Span // the last word in the brackets that were closed last
	comment text.Span // the last block comment
	target  target    // what is assigned to
	decl    byte      // as target.kind, while a declaration lasts
	name    text.Span // the name that was declared last
	typed   bool      // its type follows
	ternary int       // question marks that wait for their colon, outside of brackets
	body    body      // of the function or class whose head is being read
	bodyAt  int       // the depth of brackets where its brace stands
	factory int       // the offset of the arguments of a createRequire
	// expression: a function behind the last word async is one of an expression.
	expression bool
	context

	consts []constant
	uses   []use
	// told and toldPlain are one more than the offset of the first call of
	// import, or a name for require, and of require itself, that loads what is
	// made at run time; 0: none.
	told, toldPlain int
	spent           int                  // bytes of arguments that were read, some of them again and again
	params          text.Span            // what stands in the brackets that were closed last
	files           map[string]text.Span // that are loaded or run, see file
	order           []string             // their names
	helping         bool                 // the call is one of a helper
	listEnd         int                  // what stands before it was read as a list of words
	outside         opened               // what is outside of all brackets
}

// arrow is what prev is after =>.
const arrow = 1

// A body says what the next brace of a head opens.
type body uint8

const (
	noBody    body = 0
	statement body = 1 // of a declaration: a regular expression may follow it
	operand   body = 2 // of an expression: a slash behind it divides
	classBody body = 4 // besides: of a class
)

type opened struct {
	char     byte
	ctrl     bool     // "(" of if, while, for, with: a regular expression may follow its end
	call     bool     // "(" behind an operand
	try      bool     // "{" of try
	expr     bool     // "{" of an object, or of a function in an expression
	body     bool     // "{" of a function
	owns     bool     // "{" of a block that has names for require
	of       bool     // "(" of for: its word of was read, or it has none
	own      bool     // a parameter of a function around it is called require
	ownArrow bool     // as arrows
	decl     byte     // "{" of a pattern: of the declaration that it stands in
	inside   function // the function around what stands in it
	head     function // "(" and "[": of the function whose parameters or name it holds
	inArrow  bool     // a function without braces goes on, see arrowFn
	arrowFn  function
	inBody   body // as bodyAt
	elem     int  // open elements when it was opened
	at       int  // its offset
	made     int  // "(" of the arguments of createRequire
	// consts is the last of its declarations with const, from 1.
	consts int
	params text.Span // "{" of a function: its parameters
	// arrows has the parameters of the functions without braces in it, up to the
	// next comma or semicolon.
	arrows   text.Span
	arrowsAt int
	list     int // as context.list, outside of it
	// What the scanner knew outside of it.
	ternary int
	bodyAt  int
	target  target
}

func extractJavaScript(f *text.Fragment, e *extract.Emitter) error {
	table := text.NewTable("\"'`", "/<>;=.,:?!&|+-*%^~@#\\")
	table['$'] = text.Letter
	known := &aliases{module: strings.HasSuffix(f.Path, ".mjs")}
	var j *scanner
	for round := 0; ; round++ {
		module := known.module
		known.grown = false
		j = &scanner{s: f.Text, f: f, e: e, table: table, known: known, endless: len(f.Text) + 1,
			jsx: f.Lang == text.JSX || f.Lang == text.TSX, script: f.Lang == text.JavaScript || f.Lang == text.JSX}
		j.outside.inside = top
		j.code(0)
		if !known.grown && (module == known.module || !known.comment && !known.waits) {
			break
		}
		if round == code.MaxRounds {
			e.Problem(text.Span{}, "names for require are made of one another too often: calls of some were not read", true)
			break
		}
	}
	if len(known.names) >= code.MaxAliases {
		e.Problem(text.Span{}, "more than 1000 names for require: calls of the others were not read", true)
	}
	if j.broken || len(j.stack) > 0 {
		j.rescue()
	}
	j.resolveUses()
	j.resolveGiven()
	for _, t := range j.texts {
		e.Fragment(t.Fragment, t.Flags)
	}
	e.All(j.refs)
	for _, name := range j.order {
		e.Include(extract.Include{Path: name, Lang: text.JavaScript, Span: j.files[name]})
	}
	j.tellRunTime()
	return nil
}

// code scans from i to the end.
func (j *scanner) code(i int) {
	s := j.s
	if i == 0 && bytes.HasPrefix(s, []byte("#!")) {
		i = lineEnd(s, 0)
	}
	for i < len(s) {
		c := s[i]
		switch j.table[c] {
		case text.Plain:
			for i++; i < len(s) && s[i] == ' '; i++ {
			}
		case text.Newline:
			j.breakAt = i
			for i++; i < len(s) && s[i] == ' '; i++ {
			}
		case text.Letter:
			if c >= 0x80 {
				if n := space(s, i); n > 0 {
					if separator(s, i) {
						j.breakAt = i
					}
					i += n
					continue
				}
			}
			end, escaped := i, false
			all := byte(0)
			for end < len(s) && text.IsLetter(s[end]) {
				all |= s[end]
				end++
			}
			if all >= 0x80 || end < len(s) && (s[end] == '$' || s[end] == '\\') {
				end, escaped = wordEnd(s, i)
			}
			i = j.identifier(i, end, escaped)
		case text.Quote:
			open := len(j.stack)
			j.head = j.naming()
			from := i
			if c == '`' {
				j.tagged(i)
			}
			i = j.quoted(i)
			if c != '`' {
				j.wordList(from, i)
			}
			if len(j.stack) == open { // otherwise the code in a template follows
				j.prev, j.word, j.tokenAt = '"', text.Span{}, i
			}
		case text.Open:
			i = j.open(i)
		case text.Close:
			i = j.close(i)
		default:
			i = j.mark(i)
		}
	}
}

// mark reads a punctuator, a comment, a regular expression or an element.
func (j *scanner) mark(i int) int {
	s := j.s
	c := s[i]
	next := byte(0)
	if i+1 < len(s) {
		next = s[i+1]
	}
	switch c {
	case '/':
		switch {
		case next == '/':
			return j.lineComment(i)
		case next == '*':
			return j.blockComment(i)
		case j.regexpMayStart():
			i = j.regexp(i)
			j.prev, j.word, j.tokenAt = '"', text.Span{}, i
			return i
		}
	case '<':
		if next == '!' && j.htmlOpen(i) {
			return lineEnd(s, i)
		}
		if j.jsx && j.regexpMayStart() && elementStart(s, i) {
			open := len(j.stack)
			i = j.element(i)
			if len(j.stack) == open { // otherwise the code in its text follows
				j.prev, j.word, j.tokenAt = '"', text.Span{}, i
			}
			return i
		}
	case '+', '-':
		if next != c {
			break
		}
		if c == '-' && i+2 < len(s) && s[i+2] == '>' && j.firstOnLine(i) && j.htmlClose(i) {
			return lineEnd(s, i)
		}
		i++
		if j.postfix() { // "x++ / 2" divides: keep what was before
			return i + 1
		}
	case '!':
		if next != '=' && !j.script && j.postfix() { // an assertion of TypeScript
			return i + 1
		}
	case '*':
		j.asterisk()
	case '\\':
		if _, _, ok := readUnicode(s, i); ok {
			end, escaped := wordEnd(s, i)
			return j.identifier(i, end, escaped)
		}
	case '.':
		return j.period(i)
	case '?':
		if next == '.' && !(i+2 < len(s) && s[i+2] >= '0' && s[i+2] <= '9') {
			j.dot()
			return i + 2
		}
		if next == '?' {
			i++
		} else {
			j.ternary++
		}
	case ':':
		if j.colon() {
			return i + 1
		}
	case '=':
		switch next {
		case '>':
			j.arrow(i)
			j.prev, j.word = arrow, text.Span{}
			return i + 2
		case '=':
			for i+1 < len(s) && s[i+1] == '=' {
				i++
			}
			j.prev, j.word = '=', text.Span{}
			return i + 1
		}
		if j.prev == '!' || j.prev == '<' || j.prev == '>' {
			break
		}
		j.equals(i)
	case ';':
		j.semicolon()
	case ',':
		j.endArrows()
		if j.target.depth == len(j.stack) {
			j.target = target{}
		}
		j.name = text.Span{}
	}
	j.prev, j.word = c, text.Span{}
	return i + 1
}

// colon looks at one: of a condition, behind which it reports an operand, of a type,
// or of a member.
func (j *scanner) colon() bool {
	if j.ternary > 0 {
		if j.prev == '?' { // an optional member of a type
			j.ternary = 0
		} else {
			j.ternary--
			j.prev, j.word = '?', text.Span{} // what follows is an operand
			return true
		}
	}
	if j.word.End > 0 {
		if j.word == j.name {
			j.typed = true
		} else if n := len(j.stack); n > 0 && j.stack[n-1].char == brace {
			j.target = target{name: j.word, member: true, depth: n}
		}
	}
	return false
}

// equals notes what the sign at i assigns to.
func (j *scanner) equals(i int) {
	w := j.word
	if j.typed {
		w = j.name
	}
	j.typed = false
	j.target = target{}
	if w.End == 0 {
		return
	}
	j.target = target{name: w, member: j.member && w == j.word, depth: len(j.stack)}
	if j.target.member {
		j.target.global = holder(j.receiver())
		if string(j.receiver()) == "env" {
			j.setsVariable(string(j.s[w.Start:w.End]), i+1)
		}
	}
	j.ownRequire(w, i+1)
	if w == j.name {
		j.target.kind = j.decl
		if j.decl == 'c' {
			j.declare(w, i+1)
		}
	}
}

// semicolon ends a statement.
func (j *scanner) semicolon() {
	j.endArrows()
	j.around().of = true
	if j.list == len(j.stack)+1 {
		j.list = 0
	}
	j.target, j.decl, j.typed, j.ternary, j.body = target{}, 0, false, 0, noBody
}

// period reads the three dots of a spread, that of a number, or that of a member.
func (j *scanner) period(i int) int {
	s := j.s
	if i+2 < len(s) && s[i+1] == '.' && s[i+2] == '.' {
		j.prev, j.word = ',', text.Span{}
		return i + 3
	}
	if w := j.word; w.End == i && !j.member && decimal(s[w.Start:w.End]) { // "1." is a number
		j.word.End, j.member = i+1, true
		return i + 1
	}
	j.dot()
	return i + 1
}

// dot notes what the dot of a member stands behind.
func (j *scanner) dot() {
	j.recv = j.word
	if j.prev == ')' {
		j.recv = j.inner
	}
	j.prev, j.word = '.', text.Span{}
}

// add notes the module of a specifier.
func (j *scanner) add(l *code.Literal, flags extract.Flags) {
	specifier.Packages(l.Text, func(p specifier.Package) {
		r := extract.Reference{
			Ecosystem: p.Ecosystem, Name: p.Name, Constraint: p.Constraint, Kind: extract.Import, Flags: flags,
			Span: l.Outer(p.Start, p.End),
		}
		if whole := l.Text[p.Start:p.End]; whole != p.Name {
			r.Module = whole
		}
		if len(j.refs) > extract.MaxReferences { // the first that is too many is told
			return
		}
		if j.refs == nil {
			j.refs = make([]extract.Reference, 0, code.FewImports)
		}
		j.refs = append(j.refs, r)
	})
}

// rescue is the second pass over broken text: physical lines that hold a whole
// import clause.
func (j *scanner) rescue() {
	have := map[int]bool{}
	for i := range j.refs {
		have[j.refs[i].Span.Start] = true
	}
	second := &scanner{s: j.s, f: j.f, e: j.e, table: j.table, known: &aliases{}, endless: len(j.s) + 1}
	for i := 0; i < len(j.s); i = text.NextLine(j.s, i) {
		at := text.Blank(j.s, i)
		switch {
		case text.Has(j.s, at, "import"):
			second.importWord(at, at+len("import"), 0)
		case text.Has(j.s, at, "export"):
			second.exportWord(at + len("export"))
		case text.Has(j.s, at, "const") || text.Has(j.s, at, "let") || text.Has(j.s, at, "var"):
			line := j.s[at:text.LineEnd(j.s, at)]
			if eq := bytes.Index(line, []byte("= require(")); eq >= 0 {
				second.use(at+eq+len("= require"), require, tellNever)
			}
		}
	}
	for _, r := range second.refs {
		if !have[r.Span.Start] {
			r.Flags |= extract.Low
			j.refs = append(j.refs, r)
		}
	}
}
