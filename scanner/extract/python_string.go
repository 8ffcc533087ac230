package extract

import (
	"figment/scanner/source"
)

// str skips the string whose quote stands at i and gives the offset after it.
func (p *pyScanner) str(i int) int {
	s := p.s
	q := s[i]
	if i+2 < len(s) && s[i+1] == q && s[i+2] == q {
		for k := i + 3; k < len(s); k++ {
			switch s[k] {
			case '\\':
				k++
			case q:
				if k+2 < len(s) && s[k+1] == q && s[k+2] == q {
					return k + 3
				}
			}
		}
		// It never closes: noise. What follows is read, and doubted.
		p.broken = true
		p.lowFrom = min(p.lowFrom, i)
		return i + 3
	}
	if k := i - 1; k >= 0 && (s[k]|0x20 == 'f' || s[k]|0x20 == 't' || s[k]|0x20 == 'r' && k > 0 && (s[k-1]|0x20 == 'f' || s[k-1]|0x20 == 't')) {
		if end := formatted(s, i, 0); end > 0 {
			return end
		}
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
			p.broken = true
			return k
		}
	}
	p.broken = true
	return len(s)
}

// formatted skips a one-line f-string or t-string, in whose braces the same
// quotes may stand since Python 3.12. It gives 0 where that reading fails.
func formatted(s []byte, i, nested int) int {
	if nested > 8 {
		return 0
	}
	q := s[i]
	braces := 0
	for k := i + 1; k < len(s); k++ {
		c := s[k]
		switch {
		case c == '\\':
			k++
		case c == '\n' || c == '\r':
			return 0
		case braces == 0 && c == q:
			return k + 1
		case c == '{':
			if braces == 0 && k+1 < len(s) && s[k+1] == '{' {
				k++
				continue
			}
			braces++
		case c == '}' && braces > 0:
			braces--
		case braces > 0 && (c == '"' || c == '\''):
			end := formatted(s, k, nested+1)
			if end == 0 {
				return 0
			}
			k = end - 1
		}
	}
	return 0
}

// literal reads the plain string literal at i: its content's span, and the
// offset after it. ok is false for anything but one complete string without
// escapes or holes.
func pyLiteral(s []byte, i int) (content source.Span, next int, ok bool) {
	for i < len(s) && (s[i]|0x20 == 'r' || s[i]|0x20 == 'u' || s[i]|0x20 == 'b') {
		i++
	}
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return content, i, false
	}
	q := s[i]
	quotes := 1
	if i+2 < len(s) && s[i+1] == q && s[i+2] == q {
		quotes = 3
	}
	start := i + quotes
	for k := start; k < len(s); k++ {
		switch {
		case s[k] == '\\':
			return content, k, false
		case quotes == 1 && (s[k] == '\n' || s[k] == '\r'):
			return content, k, false
		case s[k] == q && (quotes == 1 || k+2 < len(s) && s[k+1] == q && s[k+2] == q):
			return source.Span{Start: start, End: k}, k + quotes, true
		}
	}
	return content, len(s), false
}
