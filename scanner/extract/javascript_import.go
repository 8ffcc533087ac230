package extract

import (
	"bytes"
	"strings"

	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

// The JavaScript scanner knows where code ends and text begins: comments,
// strings, templates, regular expressions, JSX. It builds no tree: it looks at
// the words import, export and require where code stands.
//
// Grammar: https://tc39.es/ecma262/#sec-modules

func matchJavaScript(f *source.Fragment) bool {
	switch f.Lang {
	case source.JavaScript, source.JSX, source.TypeScript, source.TSX:
		return true
	}
	return false
}

// maxNesting bounds the stack of brackets, templates and elements.
const maxNesting = 1000

// What a bracket on the stack was opened by.
const (
	jsBrace    = '{'
	jsParen    = '('
	jsBracket  = '['
	jsTemplate = '`' // "${" in a template
	jsElement  = '<' // "{" in the text of an element
)

type jsScanner struct {
	s      []byte
	f      *source.Fragment
	e      *Emitter
	table  *lex.Table
	jsx    bool
	refs   []Reference
	stack  []jsOpen
	prev   byte // last significant byte of code; 0 at the start
	word   span // last word, if prev ended it
	broken bool
	try    int // depth of try blocks
	depth  int // scanners around this one: code in attributes
	// endless: no comment that opens from here on is ever closed.
	endless bool
	// noRegexp: before this offset a regular expression was sought in vain.
	noRegexp int
}

type span struct{ start, end int }

type jsOpen struct {
	char byte
	ctrl bool // "(" of if, while, for, with: a regular expression may follow its end
	try  bool // "{" of try
	elem int  // open elements when it was opened
}

func extractJavaScript(f *source.Fragment, e *Emitter) error {
	j := &jsScanner{s: f.Text, f: f, e: e, table: lex.New("\"'`", "/<>;=.,:?!&|+-*%^~@#\\"), jsx: f.Lang == source.JSX || f.Lang == source.TSX}
	j.code(0)
	if j.broken || len(j.stack) > 0 {
		j.rescue()
	}
	e.all(j.refs)
	return nil
}

// code scans from i to the end.
func (j *jsScanner) code(i int) {
	s := j.s
	if bytes.HasPrefix(s, []byte("#!")) {
		i = lex.LineEnd(s, 0)
	}
	for i < len(s) {
		c := s[i]
		switch j.table[c] {
		case lex.Plain, lex.Newline:
			i++
		case lex.Letter:
			end := lex.Word(s, i)
			i = j.identifier(i, end)
		case lex.Quote:
			i = j.quoted(i)
			j.prev, j.word = '"', span{}
		case lex.Open:
			i = j.open(i)
		case lex.Close:
			i = j.close(i)
		default:
			switch {
			case c == '/' && i+1 < len(s) && s[i+1] == '/':
				i = j.lineComment(i)
			case c == '/' && i+1 < len(s) && s[i+1] == '*':
				i = j.blockComment(i)
			case c == '/' && j.regexpMayStart():
				i = j.regexp(i)
				j.prev, j.word = '"', span{}
			case c == '<' && j.jsx && j.regexpMayStart() && elementStart(s, i):
				i = j.element(i)
				j.prev, j.word = '"', span{}
			default:
				if (c == '+' || c == '-') && i+1 < len(s) && s[i+1] == c {
					i++ // "x++ / 2" divides: keep what was before
					if j.prev == ')' || j.prev == ']' || j.word.end > 0 {
						i++
						continue
					}
				}
				j.prev, j.word = c, span{}
				i++
			}
		}
	}
}

// regexpMayStart decides by the token before a slash whether it divides.
func (j *jsScanner) regexpMayStart() bool {
	if j.word.end > 0 {
		switch string(j.s[j.word.start:j.word.end]) {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof", "yield", "await":
			return true
		}
		return false
	}
	switch j.prev {
	case ')', ']', '"':
		return false
	}
	return true
}

func (j *jsScanner) regexp(i int) int {
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
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return lex.Word(s, k+1)
			}
		}
	}
	j.noRegexp = max(j.noRegexp, limit)
	return i + 1
}

// quoted skips a string, or enters a template.
func (j *jsScanner) quoted(i int) int {
	s := j.s
	q := s[i]
	if q == '`' {
		return j.template(i + 1)
	}
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			if k+2 < len(s) && s[k+1] == '\r' && s[k+2] == '\n' {
				k++
			}
			k++
		case q:
			return k + 1
		case '\n', '\r':
			j.broken = true
			return k
		}
	}
	j.broken = true
	return len(s)
}

// template skips the text of a template up to its end or a hole.
func (j *jsScanner) template(i int) int {
	s := j.s
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '`':
			return k + 1
		case '$':
			if k+1 < len(s) && s[k+1] == '{' && j.push(jsOpen{char: jsTemplate}) {
				j.prev, j.word = '{', span{}
				return k + 2
			}
		}
	}
	j.broken = true
	return len(s)
}

func (j *jsScanner) push(o jsOpen) bool {
	if len(j.stack) >= maxNesting {
		j.broken = true
		return false
	}
	j.stack = append(j.stack, o)
	return true
}

func (j *jsScanner) open(i int) int {
	o := jsOpen{char: j.s[i]}
	if w := j.word; w.end > 0 {
		switch string(j.s[w.start:w.end]) {
		case "if", "while", "for", "with":
			o.ctrl = o.char == jsParen
		case "try":
			o.try = o.char == jsBrace
		}
	}
	if o.try {
		j.try++
	}
	j.push(o)
	j.prev, j.word = j.s[i], span{}
	return i + 1
}

func (j *jsScanner) close(i int) int {
	c := j.s[i]
	n := len(j.stack)
	if n == 0 {
		j.broken = true
		j.prev, j.word = c, span{}
		return i + 1
	}
	o := j.stack[n-1]
	match := c == ')' && o.char == jsParen || c == ']' && o.char == jsBracket || c == '}' && (o.char == jsBrace || o.char == jsTemplate || o.char == jsElement)
	if !match {
		j.broken = true
		// A stray bracket closes what it fits, if that is near.
		for k := n - 1; k >= 0 && k >= n-3; k-- {
			if p := j.stack[k].char; c == ')' && p == jsParen || c == ']' && p == jsBracket || c == '}' && p == jsBrace {
				j.stack = j.stack[:k]
				break
			}
		}
		j.prev, j.word = c, span{}
		return i + 1
	}
	j.stack = j.stack[:n-1]
	if o.try {
		j.try--
	}
	switch o.char {
	case jsTemplate:
		next := j.template(i + 1)
		if len(j.stack) == 0 || j.stack[len(j.stack)-1].char != jsTemplate || j.s[min(next, len(j.s))-1] == '`' {
			j.prev, j.word = '"', span{}
		}
		return next
	case jsElement:
		return j.children(i+1, o.elem)
	}
	j.prev, j.word = c, span{}
	if o.ctrl {
		j.prev = ';'
	}
	if c == '}' {
		j.prev = ';'
	}
	return i + 1
}

// elementStart tells an element from a comparison or a type argument.
func elementStart(s []byte, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	if s[i+1] == '>' {
		return true // fragment
	}
	end := i + 1
	for end < len(s) && (lex.IsLetter(s[end]) || s[end] == '.' || s[end] == '-' || s[end] == ':') {
		end++
	}
	if end == i+1 || end >= len(s) {
		return false
	}
	at := lex.White(s, end)
	if at >= len(s) {
		return false
	}
	if s[end] == ',' || lex.Has(s, at, "extends") {
		return false // <T,> and <T extends X> are type parameters
	}
	switch s[at] {
	case '>', '/', '{':
		if s[at] == '>' && at+1 < len(s) && s[at+1] == '(' {
			// <T>(x) is a generic unless it closes
			return bytes.Contains(s[at:min(len(s), at+8<<10)], append([]byte("</"), s[i+1:end]...))
		}
		return true
	}
	return at > end && lex.IsLetter(s[at])
}

// element reads an element from its "<".
func (j *jsScanner) element(i int) int {
	next, open := j.tag(i)
	if !open {
		return next
	}
	return j.children(next, 1)
}

// tag reads one tag with its attributes and tells whether it opens an element.
func (j *jsScanner) tag(i int) (next int, opens bool) {
	s := j.s
	closing := i+1 < len(s) && s[i+1] == '/'
	for k := i + 1; k < len(s); {
		switch c := s[k]; c {
		case '>':
			return k + 1, !closing && s[k-1] != '/'
		case '"', '\'':
			end := bytes.IndexByte(s[k+1:], c)
			if end < 0 {
				j.broken = true
				return len(s), false
			}
			k += end + 2
		case '{':
			k = j.nested(k)
		default:
			k++
		}
	}
	j.broken = true
	return len(s), false
}

// maxAttributes is how deep code in attributes of elements in code nests.
const maxAttributes = 30

// nested scans the code in the braces of an attribute and gives the offset
// after them.
func (j *jsScanner) nested(i int) int {
	if len(j.stack) >= maxNesting {
		j.broken = true
		return i + 1
	}
	end := braceEnd(j.s, i)
	inner := &jsScanner{s: j.s[:end], f: j.f, e: j.e, table: j.table, jsx: j.jsx, try: j.try, depth: j.depth + 1, endless: j.endless, noRegexp: j.noRegexp}
	if inner.depth <= maxAttributes {
		inner.code(min(i+1, end))
	}
	j.refs = append(j.refs, inner.refs...)
	return min(end+1, len(j.s))
}

// braceEnd finds the brace that closes the one at i, skipping strings and
// comments in a simple way.
func braceEnd(s []byte, i int) int {
	depth := 0
	for k := i; k < len(s); k++ {
		switch c := s[k]; c {
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return k
			}
		case '"', '\'', '`':
			for k++; k < len(s) && s[k] != c; k++ {
				if s[k] == '\\' {
					k++
				} else if s[k] == '\n' && c != '`' {
					break
				}
			}
		case '/':
			if k+1 < len(s) && s[k+1] == '/' {
				k = lex.LineEnd(s, k)
			} else if k+1 < len(s) && s[k+1] == '*' {
				if end := bytes.Index(s[k+2:], []byte("*/")); end >= 0 {
					k += end + 3
				}
			}
		}
	}
	return len(s)
}

// children reads what stands between tags: text, elements, and code in braces.
// depth is the number of elements that are open.
func (j *jsScanner) children(i, depth int) int {
	s := j.s
	for i < len(s) {
		k := bytes.IndexAny(s[i:], "<{")
		if k < 0 {
			j.broken = true
			return len(s)
		}
		i += k
		if s[i] == '{' {
			if j.push(jsOpen{char: jsElement, elem: depth}) {
				j.prev, j.word = '{', span{}
				return i + 1 // code goes on; its closing brace comes back here
			}
			i++
			continue
		}
		closing := i+1 < len(s) && s[i+1] == '/'
		if !closing && (i+1 >= len(s) || !lex.IsLetter(s[i+1]) && s[i+1] != '>') {
			i++
			continue
		}
		next, opens := j.tag(i)
		i = next
		if closing {
			depth--
		} else if opens {
			depth++
		}
		if depth <= 0 {
			j.prev, j.word = '"', span{}
			return i
		}
	}
	return i
}

func (j *jsScanner) blockComment(i int) int {
	s := j.s
	end := -1
	if !j.endless {
		end = bytes.Index(s[i+2:], []byte("*/"))
	}
	if end < 0 {
		j.broken, j.endless = true, true
		return i + 2
	}
	end += i + 2
	body := s[i:end]
	for _, mark := range []string{"import(", "@import ", "@jsxImportSource "} {
		if at := bytes.Index(body, []byte(mark)); at >= 0 {
			j.docComment(i, end)
			break
		}
	}
	return end + 2
}

// docComment reads the imports of types that JSDoc knows.
func (j *jsScanner) docComment(i, end int) {
	s := j.s
	for k := i; k < end; k++ {
		switch {
		case bytes.HasPrefix(s[k:end], []byte("{import(")) || bytes.HasPrefix(s[k:end], []byte(" import(")):
			if c, _, ok := jsLiteral(s[:end], k+len("{import(")); ok {
				j.add(c, TypeOnly, "")
			}
		case bytes.HasPrefix(s[k:end], []byte("@import ")):
			line := s[k:min(end, lex.LineEnd(s, k))]
			if at := bytes.LastIndex(line, []byte("from ")); at >= 0 {
				if c, _, ok := jsLiteral(s[:end], lex.Blank(s, k+at+5)); ok {
					j.add(c, TypeOnly, "")
				}
			}
		case bytes.HasPrefix(s[k:end], []byte("@jsxImportSource ")):
			at := lex.Blank(s, k+len("@jsxImportSource "))
			stop := at
			for stop < end && s[stop] > ' ' && s[stop] != '*' {
				stop++
			}
			if stop > at {
				j.add(source.Span{Start: at, End: stop}, 0, "")
			}
		}
	}
}

func (j *jsScanner) lineComment(i int) int {
	s := j.s
	end := lex.LineEnd(s, i)
	if bytes.HasPrefix(s[i:end], []byte("///")) && bytes.Contains(s[i:end], []byte("<reference")) {
		if at := bytes.Index(s[i:end], []byte("types=")); at >= 0 {
			if c, _, ok := jsLiteral(s[:end], i+at+len("types=")); ok {
				j.add(c, TypeOnly, "")
			}
		}
		return end
	}
	start := i
	for start < end && (s[start] == '/' || s[start] == ' ' || s[start] == '\t') {
		start++
	}
	if start < end && MayInstall(s[start:end]) {
		j.e.Fragment(j.f.Child(source.Span{Start: start, End: end}, source.Prose), 0)
	}
	return end
}

// jsLiteral reads the string literal at i, without escapes or holes.
func jsLiteral(s []byte, i int) (content source.Span, next int, ok bool) {
	if i >= len(s) || s[i] != '"' && s[i] != '\'' && s[i] != '`' {
		return content, i, false
	}
	q := s[i]
	for k := i + 1; k < len(s); k++ {
		switch c := s[k]; {
		case c == q:
			return source.Span{Start: i + 1, End: k}, k + 1, k > i+1
		case c == '\\' || c == '\n' || c == '\r', c == '$' && q == '`' && k+1 < len(s) && s[k+1] == '{':
			return content, k, false
		}
	}
	return content, len(s), false
}

// maxInnerComment is how long a comment between the words of a clause may be:
// the search for its end is not to run to the end of the file each time.
const maxInnerComment = 4 << 10

// closesWithin reports whether a comment ends within that length.
func closesWithin(s []byte) bool {
	return bytes.Contains(s[:min(len(s), maxInnerComment)], []byte("*/"))
}

// jsSkip passes over white space and comments.
func jsSkip(s []byte, i int) int {
	for {
		i = lex.White(s, i)
		switch {
		case i+1 < len(s) && s[i] == '/' && s[i+1] == '/':
			i = lex.LineEnd(s, i)
		case i+1 < len(s) && s[i] == '/' && s[i+1] == '*':
			end := bytes.Index(s[i+2:min(len(s), i+2+maxInnerComment)], []byte("*/"))
			if end < 0 {
				return len(s)
			}
			i += end + 4
		default:
			return i
		}
	}
}

// identifier looks at a word of code and gives the offset to go on from.
func (j *jsScanner) identifier(i, end int) int {
	s := j.s
	prev := j.prev
	j.prev, j.word = s[end-1], span{i, end}
	member := prev == '.' && !(i >= 3 && s[i-1] == '.' && s[i-2] == '.' && s[i-3] == '.')
	switch s[i] {
	case 'i':
		if !member && end-i == 6 && string(s[i:end]) == "import" {
			return j.importWord(i, end, prev)
		}
	case 'e':
		if !member && end-i == 6 && string(s[i:end]) == "export" {
			return j.exportWord(end)
		}
		if end < len(s) && s[end] == '(' && !member || prev == '.' {
			switch string(s[i:end]) {
			case "exec", "execSync", "execFile", "execFileSync", "execa", "execaSync":
				j.commandCall(end)
			}
		}
	case 's':
		if string(s[i:end]) == "spawn" || string(s[i:end]) == "spawnSync" {
			j.commandCall(end)
		}
	case '$':
	case 'r':
		if end-i == 7 && !member && string(s[i:end]) == "require" {
			return j.require(end)
		}
	case 'm', 'u', 'd':
		if member {
			switch string(s[i:end]) {
			case "mock", "unmock", "doMock":
				if before := j.receiver(i); before == "jest" || before == "vi" {
					j.literalCall(end, Dev)
				}
			}
		}
	}
	return end
}

// receiver is the word before the dot before i.
func (j *jsScanner) receiver(i int) string {
	k := i - 1
	if k < 0 || j.s[k] != '.' {
		return ""
	}
	start := k
	for start > 0 && lex.IsLetter(j.s[start-1]) {
		start--
	}
	return string(j.s[start:k])
}

// literalCall takes the literal first argument of a call whose bracket follows.
func (j *jsScanner) literalCall(i int, flags Flags) bool {
	s := j.s
	i = lex.White(s, i)
	if i >= len(s) || s[i] != '(' {
		return false
	}
	c, next, ok := jsLiteral(s, jsSkip(s, i+1))
	if !ok {
		return false
	}
	next = jsSkip(s, next)
	if next < len(s) && (s[next] == ')' || s[next] == ',') {
		j.add(c, flags, "")
		return true
	}
	return false
}

func (j *jsScanner) require(i int) int {
	s := j.s
	at := lex.White(s, i)
	if at < len(s) && s[at] == '.' {
		at = lex.White(s, at+1)
		if lex.Has(s, at, "resolve") {
			j.literalCall(at+len("resolve"), j.inTry(Dynamic))
		}
		return i
	}
	if at < len(s) && s[at] == '<' { // require<T>("m")
		if end := bytes.IndexByte(s[at:min(len(s), at+200)], '>'); end > 0 {
			at += end + 1
		}
	}
	j.literalCall(at, j.inTry(0))
	return i
}

func (j *jsScanner) inTry(f Flags) Flags {
	if j.try > 0 {
		f |= Optional
	}
	return f
}

// importWord reads what follows the word import.
func (j *jsScanner) importWord(start, i int, prev byte) int {
	s := j.s
	at := jsSkip(s, i)
	if at >= len(s) {
		return i
	}
	switch c := s[at]; {
	case c == '(':
		flags := Flags(Dynamic)
		if prev == ':' || prev == '=' && j.typeAlias(start) || prev == '<' || prev == '|' || prev == '&' || j.after(start, "typeof") {
			flags = TypeOnly
		}
		lit := jsSkip(s, at+1)
		if c, next, ok := jsLiteral(s, lit); ok {
			next = jsSkip(s, next)
			if next < len(s) && (s[next] == ')' || s[next] == ',') {
				if flags == TypeOnly && prev == ':' && !j.typeMember(next) {
					flags = Dynamic
				}
				j.add(c, flags, "")
			}
		}
		return i
	case c == '.':
		at = jsSkip(s, at+1)
		if lex.Has(s, at, "meta") {
			at = jsSkip(s, at+4)
			if at < len(s) && s[at] == '.' && lex.Has(s, at+1, "resolve") {
				j.literalCall(at+1+len("resolve"), Dynamic)
			}
		} else if lex.Has(s, at, "defer") || lex.Has(s, at, "source") {
			j.literalCall(lex.Word(s, at), Dynamic)
		}
		return i
	case c == '"' || c == '\'':
		if c, next, ok := jsLiteral(s, at); ok && j.clauseEnd(next) {
			j.add(c, 0, "")
			return next
		}
		return i
	}
	if c, next, flags, ok := j.clause(at); ok {
		j.add(c, flags, "")
		j.prev, j.word = '"', span{}
		return next
	}
	return i
}

// typeAlias reports whether "type T =" stands before i.
func (j *jsScanner) typeAlias(i int) bool {
	line := j.s[lex.LineStart(j.s, i):i]
	t := bytes.TrimSpace(line)
	return bytes.HasPrefix(t, []byte("type ")) || bytes.HasPrefix(t, []byte("export type ")) || bytes.HasPrefix(t, []byte("declare type "))
}

// typeMember reports whether ".T" or the end of a type follows import("m") at
// its closing bracket.
func (j *jsScanner) typeMember(i int) bool {
	i = lex.Blank(j.s, i+1)
	if i >= len(j.s) {
		return true
	}
	if j.s[i] == '.' {
		return !lex.Has(j.s, i+1, "then") && !lex.Has(j.s, i+1, "catch")
	}
	return false
}

func (j *jsScanner) after(i int, word string) bool {
	k := i
	for k > 0 && (j.s[k-1] == ' ' || j.s[k-1] == '\t') {
		k--
	}
	return k >= len(word) && string(j.s[k-len(word):k]) == word
}

// clauseEnd: nothing but the end of the statement, or attributes, may follow.
func (j *jsScanner) clauseEnd(i int) bool {
	s := j.s
	at := lex.Blank(s, i)
	if at >= len(s) {
		return true
	}
	switch s[at] {
	case ';', '\n', '\r', '/', '}', ',', '<':
		return true
	}
	return lex.Has(s, at, "with") || lex.Has(s, at, "assert") || lex.Has(s, at, "import") || lex.Has(s, at, "export")
}

// clause reads "x, {a as b}, * as n from 'm'", "type …" and "x = require('m')".
func (j *jsScanner) clause(i int) (content source.Span, next int, flags Flags, ok bool) {
	s := j.s
	typed, values, named := false, 0, 0
	if w := lex.Word(s, i); string(s[i:w]) == "type" || string(s[i:w]) == "typeof" {
		after := jsSkip(s, w)
		if !lex.Has(s, after, "from") || lex.Has(s, jsSkip(s, after+4), "from") {
			if after < len(s) && s[after] != ',' && s[after] != '=' {
				typed = true
				i = after
			}
		}
	} else if string(s[i:w]) == "defer" || string(s[i:w]) == "source" {
		if after := jsSkip(s, w); after < len(s) && (s[after] == '*' || lex.IsLetter(s[after]) && !lex.Has(s, after, "from")) {
			i = after
		}
	}
	limit := min(len(s), i+64<<10)
	for steps := 0; i < limit && steps < 10_000; steps++ {
		i = jsSkip(s, i)
		if i >= limit {
			break
		}
		c := s[i]
		switch {
		case c == '{':
			i++
			for i < limit {
				i = jsSkip(s, i)
				if i >= limit {
					return content, 0, 0, false
				}
				if s[i] == '}' {
					i++
					break
				}
				if s[i] == ',' {
					i++
					continue
				}
				if s[i] == '"' || s[i] == '\'' {
					_, n, lit := jsLiteral(s, i)
					if !lit {
						return content, 0, 0, false
					}
					i = n
					continue
				}
				w := lex.Word(s, i)
				if w == i && s[i] != '$' {
					return content, 0, 0, false
				}
				for w < limit && (s[w] == '$' || lex.IsLetter(s[w])) {
					w++
				}
				word := string(s[i:w])
				i = w
				if word == "as" {
					continue
				}
				if word == "type" {
					if n := jsSkip(s, i); n < limit && s[n] != ',' && s[n] != '}' && !lex.Has(s, n, "as") {
						i = n
						w = lex.Word(s, i)
						for w < limit && (s[w] == '$' || lex.IsLetter(s[w])) {
							w++
						}
						i = max(w, i+1)
						named++
						continue
					}
				}
				named++
				values++
			}
		case c == '*':
			values++
			i++
		case c == ',':
			i++
		case c == '=':
			i = jsSkip(s, i+1)
			if !lex.Has(s, i, "require") {
				return content, 0, 0, false
			}
			i = jsSkip(s, i+len("require"))
			if i >= len(s) || s[i] != '(' {
				return content, 0, 0, false
			}
			c, n, lit := jsLiteral(s, jsSkip(s, i+1))
			if !lit {
				return content, 0, 0, false
			}
			if typed {
				flags = TypeOnly
			}
			return c, n, flags, true
		case lex.IsLetter(c) || c == '$':
			w := i
			for w < limit && (s[w] == '$' || lex.IsLetter(s[w])) {
				w++
			}
			if string(s[i:w]) == "from" {
				at := jsSkip(s, w)
				c, n, lit := jsLiteral(s, at)
				if lit && s[at] != '`' && j.clauseEnd(n) {
					if typed || values == 0 && named > 0 {
						flags = TypeOnly
					}
					return c, n, flags, true
				}
				if at < len(s) && (s[at] == ',' || lex.Has(s, at, "from")) {
					i = w // a default import called from
					values++
					continue
				}
				return content, 0, 0, false
			}
			if string(s[i:w]) != "as" {
				values++
			}
			i = w
		default:
			return content, 0, 0, false
		}
	}
	return content, 0, 0, false
}

// exportWord reads "export … from 'm'".
func (j *jsScanner) exportWord(i int) int {
	s := j.s
	at := jsSkip(s, i)
	if at >= len(s) {
		return i
	}
	typed := false
	if lex.Has(s, at, "type") {
		after := jsSkip(s, at+4)
		if after < len(s) && (s[after] == '{' || s[after] == '*') {
			typed = true
			at = after
		}
	}
	if lex.Has(s, at, "import") {
		return at // export import x = require("m")
	}
	if s[at] != '{' && s[at] != '*' {
		return i
	}
	if c, next, flags, ok := j.clause(at); ok {
		if typed {
			flags = TypeOnly
		}
		j.add(c, flags, "")
		j.prev, j.word = '"', span{}
		return next
	}
	return i
}

// commandCall hands over the literal command of exec, spawn and their like.
func (j *jsScanner) commandCall(i int) {
	s := j.s
	i = lex.White(s, i)
	if i >= len(s) || s[i] != '(' {
		return
	}
	c, next, ok := jsLiteral(s, jsSkip(s, i+1))
	if !ok {
		return
	}
	next = jsSkip(s, next)
	if next < len(s) && s[next] == ',' {
		at := jsSkip(s, next+1)
		if at < len(s) && s[at] == '[' {
			var b source.Builder
			b.Verbatim(s[c.Start:c.End], c.Start)
			at++
			for words := 0; words < 200; words++ {
				at = jsSkip(s, at)
				if at >= len(s) {
					return
				}
				if s[at] == ']' {
					break
				}
				w, n, lit := jsLiteral(s, at)
				if !lit {
					return
				}
				b.Escape(" ", at, 0)
				b.Verbatim(s[w.Start:w.End], w.Start)
				at = jsSkip(s, n)
				if at < len(s) && s[at] == ',' {
					at++
				}
			}
			if text, m := b.Done(); MayInstall(text) {
				j.e.Fragment(j.f.Derive(text, m, source.Shell), Dynamic)
			}
			return
		}
	}
	if MayInstall(s[c.Start:c.End]) {
		j.e.Fragment(j.f.Child(c, source.Shell), Dynamic)
	}
}

// add notes the module whose specifier has the span c.
func (j *jsScanner) add(c source.Span, flags Flags, scope string) {
	specifiers(string(j.s[c.Start:c.End]), func(p specifier) {
		r := Reference{
			Ecosystem: p.eco, Name: p.name, Constraint: p.constraint, Kind: Import, Flags: flags, Scope: scope,
			Span: source.Span{Start: c.Start + p.start, End: c.Start + p.end},
		}
		if whole := string(j.s[r.Span.Start:r.Span.End]); whole != p.name {
			r.Module = whole
		}
		if j.refs == nil {
			j.refs = make([]Reference, 0, fewImports)
		}
		j.refs = append(j.refs, r)
	})
}

// rescue is the second pass over broken text: physical lines that hold a whole
// import clause.
func (j *jsScanner) rescue() {
	have := map[int]bool{}
	for i := range j.refs {
		have[j.refs[i].Span.Start] = true
	}
	second := &jsScanner{s: j.s, f: j.f, e: j.e, table: j.table}
	for i := 0; i < len(j.s); i = lex.NextLine(j.s, i) {
		at := lex.Blank(j.s, i)
		switch {
		case lex.Has(j.s, at, "import"):
			second.importWord(at, at+len("import"), 0)
		case lex.Has(j.s, at, "export"):
			second.exportWord(at + len("export"))
		case lex.Has(j.s, at, "const") || lex.Has(j.s, at, "let") || lex.Has(j.s, at, "var"):
			line := j.s[at:lex.LineEnd(j.s, at)]
			if eq := bytes.Index(line, []byte("= require(")); eq >= 0 {
				second.require(at + eq + len("= require"))
			}
		}
	}
	for _, r := range second.refs {
		if !have[r.Span.Start] {
			r.Flags |= Low
			j.refs = append(j.refs, r)
		}
	}
}

// trimQuery cuts "?raw" and "#hash" off.
func trimQuery(s string) string {
	if i := strings.IndexByte(s, '?'); i >= 0 {
		s = s[:i]
	}
	return s
}
