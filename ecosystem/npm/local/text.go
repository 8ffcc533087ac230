package local

import "unicode/utf8"

// A jsText is a text of JavaScript or TypeScript in tokens, without comments:
// what is searched for declarations and for tables of aliases.
type jsText struct {
	src    []byte
	tokens []jsToken
	once   map[string]int // first token of what a variable is set to; -1: it is set more than once
	spent  int            // tokens that were looked at for the values of variables
}

type jsToken struct {
	start, end int32
	kind       jsKind
}

type jsKind uint8

const (
	jsPunct  jsKind = iota // one byte
	jsWord                 // an identifier, keyword or number
	jsString               // with its quotes
	jsRegexp
)

// scanJS splits a text. What is not closed ends with the text, or its line.
func scanJS(src []byte) *jsText {
	t := &jsText{src: src}
	for i := 0; i < len(src); {
		start := i
		switch c := src[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '/' && i+1 < len(src) && src[i+1] == '/':
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
			continue
		case c == '/' && i+1 < len(src) && src[i+1] == '*':
			for i += 2; i < len(src) && (src[i] != '*' || i+1 >= len(src) || src[i+1] != '/'); i++ {
			}
			i = min(i+2, len(src))
			continue
		case c == '\'' || c == '"' || c == '`':
			for i++; i < len(src) && src[i] != c && (c == '`' || src[i] != '\n'); i++ {
				if src[i] == '\\' {
					i++
				}
			}
			i = min(i+1, len(src))
			t.add(start, i, jsString)
		case c == '/' && t.operand():
			class := false
			for i++; i < len(src) && src[i] != '\n' && (class || src[i] != '/'); i++ {
				switch src[i] {
				case '\\':
					i++
				case '[':
					class = true
				case ']':
					class = false
				}
			}
			i = min(i+1, len(src))
			t.add(start, i, jsRegexp)
		case inWord(c):
			for i < len(src) && inWord(src[i]) {
				i++
			}
			t.add(start, i, jsWord)
		default:
			i++
			t.add(start, i, jsPunct)
		}
	}
	return t
}

func (t *jsText) add(start, end int, k jsKind) {
	t.tokens = append(t.tokens, jsToken{int32(start), int32(end), k})
}

// operand reports whether an operand comes next, so that a slash begins a
// regular expression and divides nothing.
func (t *jsText) operand() bool {
	n := len(t.tokens) - 1
	if n < 0 {
		return true
	}
	switch x := t.tokens[n]; x.kind {
	case jsPunct:
		c := t.src[x.start]
		return c != ')' && c != ']' && c != '}'
	case jsWord:
		w := t.text(x)
		return w == "return" || w == "typeof" || w == "case"
	}
	return false
}

func inWord(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

func (t *jsText) text(x jsToken) string { return string(t.src[x.start:x.end]) }

// word is what token i says, a string without its quotes; empty where there is
// none, and for punctuation.
func (t *jsText) word(i int) string {
	if i < 0 || i >= len(t.tokens) {
		return ""
	}
	switch x := t.tokens[i]; x.kind {
	case jsWord:
		return t.text(x)
	case jsString:
		s := t.src[x.start+1 : x.end]
		if n := len(s) - 1; n >= 0 && s[n] == t.src[x.start] {
			s = s[:n]
		}
		return string(s)
	}
	return ""
}

// punct is the byte of token i; 0 where it is no punctuation.
func (t *jsText) punct(i int) byte {
	if i < 0 || i >= len(t.tokens) || t.tokens[i].kind != jsPunct {
		return 0
	}
	return t.src[t.tokens[i].start]
}

// end is the token that closes the bracket at token i, or the last one that is
// looked at.
func (t *jsText) end(i int) int {
	depth := 0
	last := min(len(t.tokens), i+maxTable)
	for ; i < last; i++ {
		switch t.punct(i) {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			if depth--; depth <= 0 {
				return i
			}
		}
	}
	return last
}

// assigned are the variables that are declared with a value.
func (t *jsText) assigned() map[string]int {
	if t.once == nil {
		t.once = map[string]int{}
		for i := range t.tokens {
			w := t.word(i)
			if w != "const" && w != "let" && w != "var" || t.tokens[i].kind != jsWord || t.punct(i+2) != '=' {
				continue
			}
			name := t.word(i + 1)
			if _, ok := t.once[name]; ok {
				t.once[name] = -1
			} else {
				t.once[name] = i + 3
			}
		}
	}
	return t.once
}

// statement is where the value at token i ends.
func (t *jsText) statement(i int) int {
	last := min(len(t.tokens), i+60)
	for ; i < last; i++ {
		switch t.punct(i) {
		case ';':
			return i
		case '{', '[', '(':
			i = t.end(i)
		}
		if i+1 < last {
			if w := t.word(i + 1); t.tokens[i+1].kind == jsWord && (w == "const" || w == "let" || w == "var" || w == "export" || w == "module") {
				return i + 1
			}
		}
	}
	return min(last, i)
}
