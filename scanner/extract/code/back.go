package code

import (
	"figment/scanner/text"
)

// LookBack gives the end of the token before i, over white space, line ends and
// continuation lines.
func LookBack(s []byte, i int) int {
	for i > 0 {
		switch s[i-1] {
		case ' ', '\t', '\f', '\n', '\r', '\\':
			i--
		default:
			return i
		}
	}
	return 0
}

// WordBefore gives the word that ends at i, over the brackets and quotes around
// it: a callee such as (f) or getattr(m, "f"). wrapped tells that there were
// some.
func WordBefore(s []byte, i int) (word text.Span, wrapped bool) {
	end := i
	for end > 0 && end > i-MaxReceiver {
		switch s[end-1] {
		case ')', ']', '"', '\'', ' ', '\t', '\n', '\r', '\f', '\\':
			end--
			wrapped = true
			continue
		}
		break
	}
	start := end
	for start > 0 && text.IsLetter(s[start-1]) {
		start--
	}
	return text.Span{Start: start, End: end}, wrapped
}

// OperandStart gives the offset where the operand begins that ends at end.
func (e *Evaluator) OperandStart(end int) (at int, ok bool) {
	s := e.Source
	k := LookBack(s, end)
	if e.spent > e.limit {
		return 0, false
	}
	defer func() { e.spent += end - k }()
	for k > 0 && end-k < maxOperand {
		c := s[k-1]
		switch {
		case c == ')' || c == ']' || c == '}':
			level := 0
			for k > 0 && end-k < maxOperand {
				k--
				if c := s[k]; c == ')' || c == ']' || c == '}' {
					level++
				} else if c == '(' || c == '[' || c == '{' {
					if level--; level == 0 {
						break
					}
				}
			}
			if level != 0 {
				return 0, false
			}
			if c != '}' && k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == ')' || s[k-1] == ']' || s[k-1] == '.' && c != ']') {
				continue
			}
		case text.IsLetter(c) || c == '$':
			for k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == '$') {
				k--
			}
		case c == '"' || c == '\'' || c == '`':
			from := k - 1
			for from > 0 && s[from-1] != c && s[from-1] != '\n' && end-from < MaxArgument {
				from--
			}
			k = max(from-1, 0)
		default:
			return k, k < end
		}
		dot := LookBack(s, k)
		if dot == 0 || s[dot-1] != '.' || dot > 1 && s[dot-2] == '.' {
			return k, k < end
		}
		k = LookBack(s, dot-1)
		if k > 0 && s[k-1] == '?' {
			k--
		}
	}
	return k, k < end
}

// HandsOut reports whether a function of that name hands each element of a list to
// another.
func HandsOut(name string) bool {
	switch name {
	case "map", "filter", "imap", "imap_unordered", "starmap", "map_async", "forEach", "flatMap", "some", "every", "find", "then", "each", "mapSeries", "reduce", "for_each", "apply_async":
		return true
	}
	return false
}
