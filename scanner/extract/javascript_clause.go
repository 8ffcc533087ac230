package extract

import (
	"bytes"

	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

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
