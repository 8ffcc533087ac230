package javascript

import (
	"bytes"

	"figment/scanner/text"
)

// elementStart tells an element from a comparison or a type argument.
func elementStart(s []byte, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	if s[i+1] == '>' {
		return true // fragment
	}
	end := i + 1
	for end < len(s) && (text.IsLetter(s[end]) || s[end] == '.' || s[end] == '-' || s[end] == ':') {
		end++
	}
	if end == i+1 || end >= len(s) {
		return false
	}
	at := text.White(s, end)
	if at >= len(s) {
		return false
	}
	if s[end] == ',' || text.Has(s, at, "extends") {
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
	return at > end && text.IsLetter(s[at])
}

// element reads an element from its "<".
func (j *scanner) element(i int) int {
	next, open := j.tag(i)
	if !open {
		return next
	}
	return j.children(next, 1)
}

// tag reads one tag with its attributes and tells whether it opens an element.
func (j *scanner) tag(i int) (next int, opens bool) {
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
func (j *scanner) nested(i int) int {
	if len(j.stack) >= maxNesting {
		j.broken = true
		return i + 1
	}
	if j.depth >= maxAttributes {
		j.e.TooDeep()
		return min(braceEnd(j.s, i)+1, len(j.s))
	}
	inner := &scanner{s: j.s, f: j.f, e: j.e, table: j.table, jsx: j.jsx, script: j.script, known: j.known, try: j.try, depth: j.depth + 1, endless: j.endless, noRegexp: j.noRegexp, context: context{nestedCode: true}}
	inner.outside.inside = j.function()
	o := inner.next(brace)
	o.expr, o.at = true, i
	inner.push()
	inner.prev = '('
	inner.code(i + 1)
	j.refs = append(j.refs, inner.refs...)
	j.texts = append(j.texts, inner.texts...)
	j.endless, j.noRegexp = min(j.endless, inner.endless), max(j.noRegexp, inner.noRegexp)
	if inner.stop == 0 {
		j.broken = true
		return len(j.s)
	}
	j.broken = j.broken || inner.broken
	return inner.stop
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
				k = text.LineEnd(s, k)
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
func (j *scanner) children(i, depth int) int {
	s := j.s
	for i < len(s) {
		k := bytes.IndexAny(s[i:], "<{")
		if k < 0 {
			j.broken = true
			return len(s)
		}
		i += k
		if s[i] == '{' {
			j.next(element).elem = depth
			if j.push() {
				j.prev, j.word = '{', text.Span{}
				return i + 1 // code goes on; its closing brace comes back here
			}
			i++
			continue
		}
		closing := i+1 < len(s) && s[i+1] == '/'
		if !closing && (i+1 >= len(s) || !text.IsLetter(s[i+1]) && s[i+1] != '>') {
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
			j.prev, j.word = '"', text.Span{}
			return i
		}
	}
	return i
}
