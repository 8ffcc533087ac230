package javascript

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Grammar of white space, identifiers and string literals:
// https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar

// space gives the length of the white space or line end at i beyond ASCII,
// and of the blanks VT and FF; 0 for anything else.
func space(s []byte, i int) int {
	switch c := s[i]; {
	case c == '\v', c == '\f':
		return 1
	case c < 0x80:
		return 0
	}
	switch r, n := utf8.DecodeRune(s[i:]); r {
	case 0xa0, 0x1680, 0x202f, 0x205f, 0x3000, 0xfeff, 0x2028, 0x2029:
		return n
	default:
		if r >= 0x2000 && r <= 0x200a {
			return n
		}
	}
	return 0
}

// white skips white space and line ends.
func white(s []byte, i int) int {
	for {
		i = text.White(s, i)
		if i >= len(s) || s[i] > ' ' && s[i] < 0x80 {
			return i
		}
		n := space(s, i)
		if n == 0 {
			return i
		}
		i += n
	}
}

// lineEnd gives the offset of the next line terminator: LF, CR, U+2028 or
// U+2029.
func lineEnd(s []byte, i int) int {
	end := text.LineEnd(s, i)
	for k := i; k < end; {
		at := bytes.IndexByte(s[k:end], 0xe2)
		if at < 0 {
			break
		}
		k += at
		if separator(s, k) {
			return k
		}
		k++
	}
	return end
}

// separator reports whether U+2028 or U+2029 stands at i.
func separator(s []byte, i int) bool {
	return i+2 < len(s) && s[i] == 0xe2 && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8
}

// wordEnd gives the end of the identifier at i, and whether it is written with
// escapes.
func wordEnd(s []byte, i int) (end int, escaped bool) {
	for i < len(s) {
		c := s[i]
		switch {
		case c < 0x80 && text.IsLetter(c) || c == '$':
			i++
		case c >= 0x80:
			if space(s, i) > 0 {
				return i, escaped
			}
			i++
			for i < len(s) && s[i]&0xc0 == 0x80 {
				i++
			}
		case c == '\\':
			_, n, ok := readUnicode(s, i)
			if !ok {
				return i, escaped
			}
			escaped = true
			i += n
		default:
			return i, escaped
		}
	}
	return i, escaped
}

// decodedName is the identifier [i, end) with its escapes decoded.
func decodedName(s []byte, i, end int, escaped bool) string {
	if !escaped {
		return string(s[i:end])
	}
	var b []byte
	for i < end {
		if s[i] == '\\' {
			if r, n, ok := readUnicode(s, i); ok {
				b = utf8.AppendRune(b, r)
				i += n
				continue
			}
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}

// has reports whether word stands at i, whole.
func has(s []byte, i int, word string) bool {
	end := i + len(word)
	if i < 0 || end > len(s) || string(s[i:end]) != word {
		return false
	}
	next, _ := wordEnd(s, end)
	return next == end
}

// readUnicode reads the escape \uXXXX or \u{…} at i.
func readUnicode(s []byte, i int) (r rune, n int, ok bool) {
	if i+2 >= len(s) || s[i] != '\\' || s[i+1] != 'u' {
		return 0, 0, false
	}
	if s[i+2] != '{' {
		r, ok = code.Hexadecimal(s, i+2, 4)
		return r, 6, ok
	}
	for k := i + 3; k < len(s); k++ {
		if s[k] == '}' {
			return r, k + 1 - i, k > i+3
		}
		d := code.HexDigit(s[k])
		if d < 0 || r > 0x10ffff>>4 && r<<4|rune(d) > 0x10ffff {
			return 0, 0, false
		}
		r = r<<4 | rune(d)
	}
	return 0, 0, false
}

// readString reads the string or template at i. A template with a hole is open:
// its value begins with what stands before the hole.
func readString(s []byte, i int) (l code.Literal, ok bool) {
	if i >= len(s) || s[i] != '"' && s[i] != '\'' && s[i] != '`' {
		return l, false
	}
	q := s[i]
	d := code.Decode(s, i+1)
	for k := i + 1; k < len(s); {
		switch c := s[k]; {
		case c == q || c == '$' && q == '`' && k+1 < len(s) && s[k+1] == '{':
			return d.Literal(k, k+1, c != q), true
		case (c == '\n' || c == '\r') && q != '`':
			return l, false
		case c == '\r': // in a template CR and CRLF are LF
			n := 1
			if k+1 < len(s) && s[k+1] == '\n' {
				n = 2
			}
			d.Replace("\n", k, n)
			k += n
		case c == '\\':
			text, n, ok := escape(s, k, q == '`')
			if !ok {
				return l, false
			}
			d.Replace(text, k, n)
			k += n
		default:
			k++
		}
	}
	return l, false
}

// escape decodes the escape at i.
func escape(s []byte, i int, template bool) (text string, n int, ok bool) {
	if i+1 >= len(s) {
		return "", 0, false
	}
	switch c := s[i+1]; c {
	case 'n':
		return "\n", 2, true
	case 't':
		return "\t", 2, true
	case 'r':
		return "\r", 2, true
	case 'b':
		return "\b", 2, true
	case 'f':
		return "\f", 2, true
	case 'v':
		return "\v", 2, true
	case '\n':
		return "", 2, true
	case '\r':
		if i+2 < len(s) && s[i+2] == '\n' {
			return "", 3, true
		}
		return "", 2, true
	case 'x':
		r, ok := code.Hexadecimal(s, i+2, 2)
		return string(r), 4, ok
	case 'u':
		r, n, ok := readUnicode(s, i)
		if ok && utf16.IsSurrogate(r) {
			if low, m, ok := readUnicode(s, i+n); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return string(both), n + m, true
				}
			}
		}
		return string(r), n, ok
	case '0', '1', '2', '3', '4', '5', '6', '7':
		r, n := rune(c-'0'), 2
		for n < 4 && i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '7' && r<<3|rune(s[i+n]-'0') <= 0377 {
			r = r<<3 | rune(s[i+n]-'0')
			n++
		}
		if template && (n > 2 || c != '0' || i+2 < len(s) && s[i+2] >= '0' && s[i+2] <= '9') {
			return "", 0, false
		}
		return string(r), n, true
	default:
		if c < 0x80 {
			return string(rune(c)), 2, true
		}
		if separator(s, i+1) {
			return "", 4, true
		}
		_, n := utf8.DecodeRune(s[i+1:])
		return string(s[i+1 : i+1+n]), 1 + n, true
	}
}

// constant reads an expression that is a string: literals, joined by plus, in
// brackets or not. What follows a literal and is no constant makes it open.
func (j *scanner) constant(i int) (l code.Literal, ok bool) {
	s := j.s
	parens, first := 0, true
	i = j.skip(i)
	for {
		for i < len(s) && s[i] == '(' && parens < code.MaxParens {
			parens++
			i = j.skip(i + 1)
			if w := text.Word(s, i); w > i && s[i] >= '0' && s[i] <= '9' { // (0, "x")
				if at := j.skip(w); at < len(s) && s[at] == ',' {
					i = j.skip(at + 1)
				}
			}
		}
		part, lit := readString(s, i)
		switch {
		case !lit && first:
			return l, false
		case !lit:
			l.Open = true
			return l, true
		case first:
			l, first = part, false
		default:
			l.Join(s, &part)
		}
		if l.Open || len(l.Text) > code.MaxConstant {
			l.Open = true
			return l, true
		}
		at := j.skip(l.Next)
		for parens > 0 && at < len(s) && s[at] == ')' {
			parens--
			at = j.skip(at + 1)
		}
		l.Next = at
		if at >= len(s) || s[at] != '+' || at+1 < len(s) && (s[at+1] == '+' || s[at+1] == '=') {
			return l, parens == 0
		}
		i = j.skip(at + 1)
	}
}

// argument reads a constant that is the first or only argument of a call.
func (j *scanner) argument(i int) (l code.Literal, ok bool) {
	l, ok = j.constant(i)
	if !ok || l.Open {
		return l, ok
	}
	s := j.s
	at := l.Next
	if at < len(s) && s[at] == '!' { // the assertions of TypeScript
		at = j.skip(at + 1)
	}
	return l, at < len(s) && (s[at] == ')' || s[at] == ',') || has(s, at, "as") || has(s, at, "satisfies")
}

// cutToPackage cuts an open specifier down to the package that it certainly begins
// with: "pkg/" + x names pkg.
func cutToPackage(l *code.Literal) bool {
	if !l.Open {
		return true
	}
	segments, at := 1, 0
	if len(l.Text) > 0 && l.Text[0] == '@' {
		segments = 2
	}
	for k := 0; k < len(l.Text); k++ {
		switch l.Text[k] {
		case ':', '!', '?':
			return false
		case '/':
			if segments--; segments == 0 {
				at = k
			}
		}
		if at > 0 {
			break
		}
	}
	if at == 0 {
		return false
	}
	l.Span, l.Text = l.Outer(0, at), l.Text[:at]
	return true
}
