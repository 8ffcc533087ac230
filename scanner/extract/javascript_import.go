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
