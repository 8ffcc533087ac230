package javascript

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// importWord reads what follows the word import.
func (j *scanner) importWord(start, i int, prev byte) int {
	s := j.s
	at := j.skip(i)
	if at >= len(s) {
		return i
	}
	switch c := s[at]; {
	case c == '(':
		flags := extract.Flags(extract.Dynamic)
		if prev == ':' || prev == '=' && j.typeAlias(start) || prev == '<' || prev == '|' || prev == '&' || j.after(start, "typeof") {
			flags = extract.TypeOnly
		}
		if l, ok := j.argument(at + 1); ok && (!l.Open || cutToPackage(&l)) {
			if flags == extract.TypeOnly && prev == ':' && !j.typeMember(l.Next) {
				flags = extract.Dynamic
			}
			j.load(l, flags)
		} else if flags == extract.Dynamic {
			j.passedOn(at+1, require)
			j.computed(at+1, start, flags, tellSure)
		}
		return i
	case c == '.':
		at = j.skip(at + 1)
		if has(s, at, "meta") {
			j.known.module = true
			at = j.skip(at + 4)
			if at < len(s) && s[at] == '.' {
				at = j.skip(at + 1)
				if has(s, at, "resolve") {
					j.literalCall(at+len("resolve"), extract.Dynamic)
				}
			}
		} else if has(s, at, "defer") || has(s, at, "source") {
			j.literalCall(text.Word(s, at), extract.Dynamic)
		}
		return i
	case c == '"' || c == '\'':
		if l, ok := readString(s, at); ok && j.clauseEnd(l.Next) {
			j.known.module = true
			j.add(&l, 0)
			j.prev, j.word = ';', text.Span{}
			return l.Next
		}
		return i
	}
	if l, flags, ok := j.clause(at); ok {
		j.known.module = true
		j.add(&l, flags)
		j.prev, j.word = ';', text.Span{}
		return l.Next
	}
	return i
}

// typeAlias reports whether "type T =" stands before i.
func (j *scanner) typeAlias(i int) bool {
	from := max(0, i-1000) // a line may be long
	line := j.s[from+text.LineStart(j.s[from:], i-from) : i]
	t := bytes.TrimSpace(line)
	return bytes.HasPrefix(t, []byte("type ")) || bytes.HasPrefix(t, []byte("export type ")) || bytes.HasPrefix(t, []byte("declare type "))
}

// typeMember reports whether ".T" or the end of a type follows import("m") at
// its closing bracket.
func (j *scanner) typeMember(i int) bool {
	i = text.Blank(j.s, i+1)
	if i >= len(j.s) {
		return true
	}
	if j.s[i] == '.' {
		return !text.Has(j.s, i+1, "then") && !text.Has(j.s, i+1, "catch")
	}
	return false
}

func (j *scanner) after(i int, word string) bool {
	k := i
	for k > 0 && (j.s[k-1] == ' ' || j.s[k-1] == '\t') {
		k--
	}
	return k >= len(word) && string(j.s[k-len(word):k]) == word
}

// clauseEnd: nothing but the end of the statement, or attributes, may follow.
func (j *scanner) clauseEnd(i int) bool {
	s := j.s
	at := i
	for at < len(s) {
		if n := space(s, at); n > 0 && !separator(s, at) {
			at += n
		} else if s[at] == ' ' || s[at] == '\t' {
			at++
		} else {
			break
		}
	}
	if at >= len(s) || separator(s, at) {
		return true
	}
	switch s[at] {
	case ';', '\n', '\r', '/', '}', ',', '<':
		return true
	}
	return has(s, at, "with") || has(s, at, "assert") || has(s, at, "import") || has(s, at, "export")
}

// clause reads "x, {a as b}, * as n from 'm'", "type …" and "x = require('m')".
// Names are told apart as the grammar does: what breaks it ends the search, so
// that a text of nothing but clauses that never end is read once.
func (j *scanner) clause(i int) (l code.Literal, flags extract.Flags, ok bool) {
	s := j.s
	typed, values, named := false, 0, 0
	word := func(i int) string {
		end, _ := wordEnd(s, i)
		return string(s[i:end])
	}
	switch w := word(i); w {
	case "type", "typeof", "defer", "source":
		// It is the word of the grammar unless it is itself what is imported.
		after := j.skip(i + len(w))
		if after >= len(s) || s[after] == ',' || s[after] == '=' {
			break
		}
		if next := word(after); next == "from" && word(j.skip(after+4)) != "from" {
			if k := j.skip(after + 4); k < len(s) && (s[k] == '"' || s[k] == '\'') || w[0] != 't' {
				break
			}
		}
		typed = w[0] == 't'
		i = after
	}
	// The default import.
	if end, _ := wordEnd(s, i); end > i {
		values++
		at := j.skip(end)
		switch {
		case at < len(s) && s[at] == '=':
			at = j.skip(at + 1)
			if !has(s, at, "require") {
				return l, 0, false
			}
			at = j.skip(at + len("require"))
			if at >= len(s) || s[at] != '(' {
				return l, 0, false
			}
			if l, ok = j.argument(at + 1); !ok || l.Open {
				return l, 0, false
			}
			if typed {
				flags = extract.TypeOnly
			}
			return l, flags, true
		case at < len(s) && s[at] == ',':
			i = j.skip(at + 1)
			if i >= len(s) || s[i] != '{' && s[i] != '*' {
				return l, 0, false
			}
		default:
			return j.from(at, typed)
		}
	}
	if i >= len(s) {
		return l, 0, false
	}
	switch s[i] {
	case '*':
		values++
		at := j.skip(i + 1)
		if word(at) == "as" {
			at = j.skip(at + 2)
			if at < len(s) && (s[at] == '"' || s[at] == '\'') {
				name, lit := readString(s, at)
				if !lit {
					return l, 0, false
				}
				at = name.Next
			} else {
				at, _ = wordEnd(s, at)
			}
		}
		i = j.skip(at)
	case '{':
		var some int
		if i, some, named, ok = j.entries(i + 1); !ok {
			return l, 0, false
		}
		values += some
	default:
		return l, 0, false
	}
	return j.from(i, typed || values == 0 && named > 0)
}

// entries reads the names in the braces of a clause, from i on, and counts those
// that are values.
func (j *scanner) entries(i int) (next, values, named int, ok bool) {
	s := j.s
	for {
		i = j.skip(i)
		if i >= len(s) {
			return i, 0, 0, false
		}
		switch s[i] {
		case '}':
			return j.skip(i + 1), values, named, true
		case ',':
			i++
			continue
		}
		next, value, ok := j.entry(i)
		if !ok {
			return i, 0, 0, false
		}
		i = next
		named++
		if value {
			values++
		}
	}
}

// entry reads one name: [type] name [as name], a name being a word or a string.
func (j *scanner) entry(i int) (next int, value, ok bool) {
	s := j.s
	var words [4]text.Span
	n := 0
	for i < len(s) && s[i] != ',' && s[i] != '}' {
		at := i
		if s[i] == '"' || s[i] == '\'' {
			name, lit := readString(s, i)
			if !lit {
				return i, false, false
			}
			i = name.Next
		} else if i, _ = wordEnd(s, i); i == at {
			return i, false, false
		}
		if n == len(words) {
			return i, false, false
		}
		words[n] = text.Span{Start: at, End: i}
		n++
		i = j.skip(i)
	}
	if n == 0 {
		return i, false, false
	}
	word := func(k int) string { return string(s[words[k].Start:words[k].End]) }
	if word(0) != "type" && word(0) != "typeof" || n == 1 || n == 3 && word(1) == "as" {
		value = true
		if n == 2 || n == 3 && word(1) != "as" || n == 4 {
			return i, false, false
		}
	}
	if n >= 3 && word(n-2) == "as" {
		switch name := word(n - 3); {
		case name == "createRequire":
			j.known.add(word(n-1), alias{role: factory, owner: -1})
		case roleOf(name) != none:
			j.known.add(word(n-1), alias{role: roleOf(name), owner: -1})
		}
	}
	return i, value, true
}

// from reads "from 'm'" at the end of a clause.
func (j *scanner) from(i int, typed bool) (l code.Literal, flags extract.Flags, ok bool) {
	s := j.s
	if !has(s, i, "from") {
		return l, 0, false
	}
	at := j.skip(i + len("from"))
	if at >= len(s) || s[at] == '`' {
		return l, 0, false
	}
	l, ok = readString(s, at)
	if !ok || l.Text == "" || !j.clauseEnd(l.Next) {
		return l, 0, false
	}
	if typed {
		flags = extract.TypeOnly
	}
	return l, flags, true
}

// exportWord reads "export … from 'm'".
func (j *scanner) exportWord(i int) int {
	s := j.s
	at := j.skip(i)
	if at >= len(s) {
		return i
	}
	typed := false
	if has(s, at, "type") {
		after := j.skip(at + 4)
		if after < len(s) && (s[after] == '{' || s[after] == '*') {
			typed = true
			at = after
		}
	}
	if has(s, at, "import") {
		return at // export import x = require("m")
	}
	switch s[at] {
	case '{', '*':
		j.known.module = true
	default:
		w, _ := wordEnd(s, at)
		j.known.module = j.known.module || w > at
		return i
	}
	if l, flags, ok := j.clause(at); ok {
		if typed {
			flags = extract.TypeOnly
		}
		j.add(&l, flags)
		j.prev, j.word = ';', text.Span{}
		return l.Next
	}
	return i
}
