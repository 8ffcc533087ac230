package python

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Lexical analysis: https://docs.python.org/3/reference/lexical_analysis.html

// str skips the string whose quote stands at i and gives the offset after it.
// Calls in the braces of an f-string or t-string are read.
func (p *scanner) str(i int) int {
	s := p.s
	q := s[i]
	triple := i+2 < len(s) && s[i+1] == q && s[i+2] == q
	if formatted(s, i) && p.wasted <= p.patience() {
		p.opens = p.opens[:0]
		if end := p.formatted(i, 0); end > 0 {
			// What a call is made of may be strings with braces of their own:
			// the list is finished before the first is read.
			opens := p.opens
			p.opens = nil
			for _, at := range opens {
				p.call(at.Start, at.End)
			}
			if bytes.IndexByte(s[i:end], '\n') >= 0 {
				p.lines = append(p.lines, text.Span{Start: i, End: end})
			}
			return end
		}
	}
	if triple {
		if end := tripleEnd(s, i); end > 0 {
			p.lines = append(p.lines, text.Span{Start: i, End: end})
			return end
		}
		// It never closes: noise. What follows is read, and doubted.
		p.broken = true
		p.lowFrom = min(p.lowFrom, i)
		return i + 3
	}
	end, closed := code.StringEnd(s, i)
	if !closed {
		p.broken = true
	} else if bytes.ContainsAny(s[i:end], "\r\n") {
		p.lines = append(p.lines, text.Span{Start: i, End: end})
	}
	return end
}

// tripleEnd gives the offset after the string in three quotes at i; 0: it is never
// closed.
func tripleEnd(s []byte, i int) int {
	for k := i + 3; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case s[i]:
			if k+2 < len(s) && s[k+1] == s[i] && s[k+2] == s[i] {
				return k + 3
			}
		}
	}
	return 0
}

// patience is how many bytes may be read in search of ends of f-strings in
// vain.
func (p *scanner) patience() int { return 8*len(p.s) + 1<<16 }

// formatted reports whether the string whose quote stands at i has a prefix of
// f-strings or t-strings.
func formatted(s []byte, i int) bool {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		switch s[k] | 0x20 {
		case 'f', 't':
			return k == 0 || !text.IsLetter(s[k-1]) || k == i-1 && s[k-1]|0x20 == 'r' && (k == 1 || !text.IsLetter(s[k-2]))
		case 'r', 'b', 'u':
		default:
			return false
		}
	}
	return false
}

// maxFormatted is how deep f-strings nest: CPython allows 150.
const maxFormatted = 150

// formatted skips an f-string or t-string as Python reads it since 3.12: in
// its braces stands code, with the same quotes, comments and line ends. It
// collects the brackets in that code and gives the offset after the string, or 0
// where that reading fails.
func (p *scanner) formatted(i, nested int) (end int) {
	s := p.s
	defer func() {
		if end == 0 && nested == 0 {
			p.wasted += p.reached - i
		}
	}()
	if nested > maxFormatted {
		return 0
	}
	q, quotes := s[i], 1
	if i+2 < len(s) && s[i+1] == q && s[i+2] == q {
		quotes = 3
	}
	raw := i > 0 && s[i-1]|0x20 == 'r' || i > 1 && s[i-2]|0x20 == 'r'
	for k := i + quotes; k < len(s); k++ {
		p.reached = max(k, i)
		switch c := s[k]; {
		case c == '\\' && !raw && k+2 < len(s) && s[k+1] == 'N' && s[k+2] == '{':
			if at := bytes.IndexByte(s[k:min(len(s), k+100)], '}'); at > 0 {
				k += at
			}
		case c == '\\' && k+1 < len(s) && s[k+1] != '{' && s[k+1] != '}':
			k++
		case (c == '\n' || c == '\r') && quotes == 1:
			return 0
		case c == q && (quotes == 1 || k+2 < len(s) && s[k+1] == q && s[k+2] == q):
			return k + quotes
		case c == '{' && k+1 < len(s) && s[k+1] == '{', c == '}' && k+1 < len(s) && s[k+1] == '}':
			k++
		case c == '{':
			next := p.field(k+1, nested, q, quotes)
			if next == 0 {
				return 0
			}
			k = next - 1
		}
	}
	return 0
}

// field reads the code after a brace of an f-string and gives the offset after
// the closing brace, or 0.
func (p *scanner) field(i, nested int, q byte, quotes int) int {
	s := p.s
	if nested > maxFormatted {
		return 0
	}
	depth := 0
	for k := i; k < len(s); k++ {
		p.reached = max(p.reached, k)
		switch c := s[k]; c {
		case '(', '[', '{':
			if c == '(' {
				p.opens = append(p.opens, text.Span{Start: k, End: p.calleeEnd(k)})
			}
			depth++
		case ')', ']':
			depth--
		case '}':
			if depth == 0 {
				return k + 1
			}
			depth--
		case '#':
			k = p.skipComment(k)
		case '"', '\'':
			end := 0
			if formatted(s, k) {
				end = p.formatted(k, nested+1)
			} else {
				end = plainEnd(s, k)
			}
			if end == 0 {
				return 0
			}
			k = end - 1
		case ':':
			if depth != 0 {
				continue
			}
			// A format: text, with braces of its own.
			for k++; k < len(s); k++ {
				p.reached = max(p.reached, k)
				switch f := s[k]; {
				case f == '}':
					return k + 1
				case f == '{':
					next := p.field(k+1, nested+1, q, quotes)
					if next == 0 {
						return 0
					}
					k = next - 1
				case quotes == 1 && (f == q || f == '\n' || f == '\r'):
					return 0
				case f == q && k+2 < len(s) && s[k+1] == q && s[k+2] == q:
					return 0
				}
			}
			return 0
		}
		if depth < 0 {
			return 0
		}
	}
	return 0
}

// plainEnd gives the offset after the string without braces at i, or 0.
func plainEnd(s []byte, i int) int {
	if i+2 < len(s) && s[i+1] == s[i] && s[i+2] == s[i] {
		return tripleEnd(s, i)
	}
	end, closed := code.StringEnd(s, i)
	if !closed {
		return 0
	}
	return end
}

// readString reads the string literal at i, prefix and all, with its escapes
// decoded. An f-string or t-string with a hole is open.
func readString(s []byte, i int) (l code.Literal, ok bool) {
	raw, holes, bytewise := false, false, false
prefix:
	for n := 0; i < len(s) && n < 3; n++ {
		switch s[i] | 0x20 {
		case 'r':
			raw = true
		case 'f', 't':
			holes = true
		case 'b':
			bytewise = true
		case 'u':
		default:
			break prefix
		}
		i++
	}
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return l, false
	}
	q, quotes := s[i], 1
	if i+2 < len(s) && s[i+1] == q && s[i+2] == q {
		quotes = 3
	}
	d := code.Decode(s, i+quotes)
	for k := i + quotes; k < len(s); {
		switch c := s[k]; {
		case c == q && (quotes == 1 || k+2 < len(s) && s[k+1] == q && s[k+2] == q):
			return d.Literal(k, k+quotes, false), true
		case c == '\\' && raw:
			k += 2
		case c == '\\':
			text, n, ok := escape(s, k, bytewise)
			if !ok {
				return l, false
			}
			d.Replace(text, k, n)
			k += n
		case quotes == 1 && (c == '\n' || c == '\r'):
			return l, false
		case holes && c == '{' && k+1 < len(s) && s[k+1] == '{', holes && c == '}' && k+1 < len(s) && s[k+1] == '}':
			d.Replace(string(c), k, 2)
			k += 2
		case holes && c == '{':
			return d.Literal(k, k, true), true
		default:
			k++
		}
	}
	return l, false
}

// escape decodes the escape at i. An unknown one stands for itself.
func escape(s []byte, i int, bytewise bool) (text string, n int, ok bool) {
	if i+1 >= len(s) {
		return "", 0, false
	}
	wide := func(digits int) (string, int, bool) {
		r, ok := code.Hexadecimal(s, i+2, digits)
		return string(r), 2 + digits, ok && r <= utf8.MaxRune && r >= 0
	}
	switch c := s[i+1]; c {
	case '\n':
		return "", 2, true
	case '\r':
		if i+2 < len(s) && s[i+2] == '\n' {
			return "", 3, true
		}
		return "", 2, true
	case '\\', '\'', '"':
		return string(rune(c)), 2, true
	case 'a', 'b', 'f', 'n', 'r', 't', 'v':
		r, _, _, err := strconv.UnquoteChar(string(s[i:i+2]), 0)
		return string(r), 2, err == nil
	case 'x':
		return wide(2)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		r, n := rune(c-'0'), 2
		for n < 4 && i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '7' {
			r = r<<3 | rune(s[i+n]-'0')
			n++
		}
		return string(r), n, true
	case 'u', 'U':
		if bytewise {
			break
		}
		if c == 'u' {
			return wide(4)
		}
		return wide(8)
	case 'N':
		if bytewise || i+2 >= len(s) || s[i+2] != '{' {
			break
		}
		end := bytes.IndexByte(s[i:min(len(s), i+100)], '}')
		if end < 0 {
			return "", 0, false
		}
		r, ok := characterNamed(string(s[i+3 : i+end]))
		return string(r), end + 1, ok
	}
	return string(s[i : i+1]), 1, true
}

// characterNamed knows by name the characters that names of modules are made
// of.
func characterNamed(name string) (rune, bool) {
	name = string(bytes.ToUpper([]byte(name)))
	for prefix, first := range map[string]rune{"LATIN SMALL LETTER ": 'a', "LATIN CAPITAL LETTER ": 'A'} {
		if len(name) == len(prefix)+1 && name[:len(prefix)] == prefix && name[len(prefix)] >= 'A' && name[len(prefix)] <= 'Z' {
			return first + rune(name[len(prefix)]-'A'), true
		}
	}
	switch name {
	case "LOW LINE", "UNDERSCORE":
		return '_', true
	case "FULL STOP", "PERIOD":
		return '.', true
	}
	for i, digit := range []string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"} {
		if name == "DIGIT "+digit {
			return '0' + rune(i), true
		}
	}
	return '?', true // no name of a module has it
}

// inside skips white space, line ends, continuation lines and comments between
// the tokens in brackets.
func inside(s []byte, i int) int {
	for i < len(s) {
		switch s[i] {
		case ' ', '\t', '\f', '\n', '\r':
			i++
		case '#':
			i = text.LineEnd(s, i)
		case '\\':
			if i+1 >= len(s) || s[i+1] != '\n' && s[i+1] != '\r' {
				return i
			}
			i++
		default:
			return i
		}
	}
	return i
}

// constant reads an expression that is a string: literals side by side or
// joined by plus, in brackets or not. What follows a literal and is no constant
// makes it open.
func constant(s []byte, i int) (l code.Literal, ok bool) {
	parens, first := 0, true
	i = inside(s, i)
	for {
		for i < len(s) && s[i] == '(' && parens < code.MaxParens {
			parens++
			i = inside(s, i+1)
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
		at := inside(s, l.Next)
		for parens > 0 && at < len(s) && s[at] == ')' {
			parens--
			at = inside(s, at+1)
		}
		l.Next = at
		switch {
		case at >= len(s):
			return l, parens == 0
		case s[at] == '+':
			i = inside(s, at+1)
		case s[at] == '"' || s[at] == '\'':
			i = at
		case text.IsLetter(s[at]):
			// A literal with a prefix stands here, or a word that ends it all.
			if _, lit := readString(s, at); !lit {
				return l, parens == 0
			}
			i = at
		default:
			return l, parens == 0
		}
	}
}

// literal reads the plain string literal at i: its content's span, and the
// offset after it. ok is false for anything but one complete string without
// escapes or holes.
func literal(s []byte, i int) (content text.Span, next int, ok bool) {
	l, ok := readString(s, i)
	if !ok || l.Open || !l.Pieces.Identity() {
		return content, i, false
	}
	return l.Span, l.Next, true
}
