package javascript

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// identifier looks at a word of code and gives the offset to go on from.
func (j *jsScanner) identifier(i, end int, escaped bool) int {
	s := j.s
	prev, before := j.prev, j.word
	member := prev == '.'
	expression := false
	switch end - i {
	case len("class"), len("function"):
		switch string(s[i:end]) {
		case "class", "function", "async":
			expression = j.operandNext() && !(before.End > 0 && string(s[before.Start:before.End]) == "default")
		}
	}
	j.follow(i, end, prev, before)
	j.prev, j.word, j.member = s[end-1], text.Span{Start: i, End: end}, member
	if prev == '#' && s[i-1] == '#' { // a private name
		j.member = true
		return end
	}
	if j.decl != 0 && j.name.End == 0 && (before.End > 0 || prev == ',') {
		j.name = text.Span{Start: i, End: end}
	}
	c := s[i]
	if escaped { // no keyword may be written so
		return j.named(i, end, jsName(s, i, end, true), before)
	}
	switch c {
	case 'i':
		if !member && end-i == 6 && string(s[i:end]) == "import" {
			return j.importWord(i, end, prev)
		}
	case 'e':
		if !member && end-i == 6 && string(s[i:end]) == "export" {
			return j.exportWord(end)
		}
		switch string(s[i:end]) {
		case "exec", "execSync", "execFile", "execFileSync", "execa", "execaSync", "execaCommand", "execaCommandSync":
			j.role(i, end, jsRunner)
		case "eval":
			j.role(i, end, jsCode)
		}
	case 's':
		switch string(s[i:end]) {
		case "spawn", "spawnSync":
			j.role(i, end, jsRunner)
		case "setTimeout", "setInterval":
			j.role(i, end, jsCode)
		}
	case 'F', 'W', 'S':
		switch string(s[i:end]) {
		case "Function", "Worker", "Script":
			j.role(i, end, jsCode)
		}
	case 'r', '_':
		switch string(s[i:end]) {
		case "require", "_load":
			return j.named(i, end, string(s[i:end]), before)
		case "__non_webpack_require__", "register", "rewire":
			j.loads(i, end, member)
		case "runInNewContext", "runInThisContext", "runInContext", "_compile":
			j.role(i, end, jsCode)
		}
	case 'c', 'l', 'v', 'f':
		switch string(s[i:end]) {
		case "const", "let", "var":
			if !member {
				j.decl, j.name = c, text.Span{}
				j.endArrows()
			}
		case "fork":
			if at := j.skip(end); at < len(s) && s[at] == '(' {
				j.forks(at + 1)
			}
		case "class", "function":
			if !member {
				if j.head&jsAsync != 0 && c == 'f' {
					expression = j.expression
				}
				j.body, j.bodyAt = statement, len(j.stack)
				if expression {
					j.body = operand
				}
				if c == 'c' {
					j.body |= classBody
				}
			}
		case "constructor":
			if member {
				j.role(i, end, jsCode)
			}
		case "compileFunction":
			j.role(i, end, jsCode)
		case "createRequire", "createRequireFromPath":
			return j.named(i, end, "createRequire", before)
		}
	case 'a':
		if string(s[i:end]) == "async" {
			j.expression = expression
		}
	case 'p':
		if end-i == len("proxyquire") {
			j.loads(i, end, member)
		}
	case 'm':
		if end-i == 6 && !member && prev == '=' && string(s[i:end]) == "module" {
			if at := j.skip(end); at >= len(s) || s[at] != '.' && s[at] != '[' && s[at] != '(' && s[at] != '=' {
				j.assign(jsModule)
			}
		}
	}
	if member && j.testing() && testLoader(string(s[i:end])) {
		j.literalCall(end, extract.Dev)
	}
	if j.known.names != nil {
		switch k := j.known.find(string(s[i:end]), i, member); {
		case k.helper:
			j.helps(k, end, before)
		case k.role != jsNone && k.role != jsModule:
			j.use(end, k.role, tellSure)
			if k.role == jsRunner {
				j.handedOn(i, end, k.role, tellNever)
			}
		}
	}
	return end
}

// role looks at the word [i, end), a function that runs commands or code.
func (j *jsScanner) role(i, end int, role jsRole) {
	if !j.renamed(end, role, false) {
		j.use(end, role, tellNever)
		if role == jsRunner {
			j.handedOn(i, end, role, tellNever)
		}
	}
}

// named looks at a word that may be written with escapes.
func (j *jsScanner) named(i, end int, name string, before text.Span) int {
	member := j.member
	if before.End > 0 && string(j.s[before.Start:before.End]) == "function" {
		j.known.own = j.known.own || name == "require"
		return end
	}
	role, tell := jsNone, tellSure
	switch name {
	case "require":
		switch {
		case !member:
			if j.renamed(end, jsRequire, true) {
				return end
			}
			role, tell = jsRequire, j.trust()
			j.listed(i, end)
			j.handedOn(i, end, role, tell)
		case jsHolder(j.receiver()):
			role = jsRequire
			j.handedOn(i, end, role, tell)
		case j.recv.End > 0 && j.known.names != nil && j.known.role(string(j.receiver()), i, false) == jsModule:
			role = jsRequire
		case j.recv.End == 0:
			if near := j.s[max(0, i-100):i]; bytes.Contains(near, []byte("require.cache[")) || bytes.Contains(near, []byte(".children[")) {
				role = jsRequire
			}
		}
	case "_load":
		if member {
			role = jsRequire
		} else if j.renamed(end, jsRequire, false) {
			return end
		}
	case "createRequire":
		role = jsFactory
		if at := j.skip(end); at < len(j.s) && j.s[at] == ':' && j.ternary == 0 { // {createRequire: make} = …
			at = j.skip(at + 1)
			if w, escaped := jsWord(j.s, at); w > at {
				j.known.add(jsName(j.s, at, w, escaped), jsAlias{role: jsFactory, owner: -1})
			}
			return end
		}
	}
	if role == jsNone {
		role = j.known.role(name, i, member)
	}
	if role != jsNone && role != jsModule {
		j.use(end, role, tell)
	}
	return end
}

func (j *jsScanner) inTry(f extract.Flags) extract.Flags {
	if j.try > 0 {
		f |= extract.Optional
	}
	return f
}

// importWord reads what follows the word import.
func (j *jsScanner) importWord(start, i int, prev byte) int {
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
		if l, ok := j.argument(at + 1); ok && (!l.Open || jsPackage(&l)) {
			if flags == extract.TypeOnly && prev == ':' && !j.typeMember(l.Next) {
				flags = extract.Dynamic
			}
			j.load(l, flags)
		} else if flags == extract.Dynamic {
			j.passedOn(at+1, jsRequire)
			j.computed(at+1, start, flags, tellSure)
		}
		return i
	case c == '.':
		at = j.skip(at + 1)
		if jsHas(s, at, "meta") {
			j.known.module = true
			at = j.skip(at + 4)
			if at < len(s) && s[at] == '.' {
				at = j.skip(at + 1)
				if jsHas(s, at, "resolve") {
					j.literalCall(at+len("resolve"), extract.Dynamic)
				}
			}
		} else if jsHas(s, at, "defer") || jsHas(s, at, "source") {
			j.literalCall(text.Word(s, at), extract.Dynamic)
		}
		return i
	case c == '"' || c == '\'':
		if l, ok := jsString(s, at); ok && j.clauseEnd(l.Next) {
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
func (j *jsScanner) typeAlias(i int) bool {
	from := max(0, i-1000) // a line may be long
	line := j.s[from+text.LineStart(j.s[from:], i-from) : i]
	t := bytes.TrimSpace(line)
	return bytes.HasPrefix(t, []byte("type ")) || bytes.HasPrefix(t, []byte("export type ")) || bytes.HasPrefix(t, []byte("declare type "))
}

// typeMember reports whether ".T" or the end of a type follows import("m") at
// its closing bracket.
func (j *jsScanner) typeMember(i int) bool {
	i = text.Blank(j.s, i+1)
	if i >= len(j.s) {
		return true
	}
	if j.s[i] == '.' {
		return !text.Has(j.s, i+1, "then") && !text.Has(j.s, i+1, "catch")
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
	at := i
	for at < len(s) {
		if n := jsSpace(s, at); n > 0 && !jsSeparator(s, at) {
			at += n
		} else if s[at] == ' ' || s[at] == '\t' {
			at++
		} else {
			break
		}
	}
	if at >= len(s) || jsSeparator(s, at) {
		return true
	}
	switch s[at] {
	case ';', '\n', '\r', '/', '}', ',', '<':
		return true
	}
	return jsHas(s, at, "with") || jsHas(s, at, "assert") || jsHas(s, at, "import") || jsHas(s, at, "export")
}

// clause reads "x, {a as b}, * as n from 'm'", "type …" and "x = require('m')".
// Names are told apart as the grammar does: what breaks it ends the search, so
// that a text of nothing but clauses that never end is read once.
func (j *jsScanner) clause(i int) (l code.Literal, flags extract.Flags, ok bool) {
	s := j.s
	typed, values, named := false, 0, 0
	word := func(i int) string {
		end, _ := jsWord(s, i)
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
	if end, _ := jsWord(s, i); end > i {
		values++
		at := j.skip(end)
		switch {
		case at < len(s) && s[at] == '=':
			at = j.skip(at + 1)
			if !jsHas(s, at, "require") {
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
				name, lit := jsString(s, at)
				if !lit {
					return l, 0, false
				}
				at = name.Next
			} else {
				at, _ = jsWord(s, at)
			}
		}
		i = j.skip(at)
	case '{':
		i++
	names:
		for {
			i = j.skip(i)
			if i >= len(s) {
				return l, 0, false
			}
			switch s[i] {
			case '}':
				i = j.skip(i + 1)
				break names
			case ',':
				i++
				continue
			}
			// One entry: [type] name [as name], a name being a word or a string.
			var words [4]text.Span
			n := 0
			for i < len(s) && s[i] != ',' && s[i] != '}' {
				at := i
				if s[i] == '"' || s[i] == '\'' {
					name, lit := jsString(s, i)
					if !lit {
						return l, 0, false
					}
					i = name.Next
				} else if i, _ = jsWord(s, i); i == at {
					return l, 0, false
				}
				if n == len(words) {
					return l, 0, false
				}
				words[n] = text.Span{Start: at, End: i}
				n++
				i = j.skip(i)
			}
			if n == 0 {
				return l, 0, false
			}
			text := func(k int) string { return string(s[words[k].Start:words[k].End]) }
			named++
			if text(0) != "type" && text(0) != "typeof" || n == 1 || n == 3 && text(1) == "as" {
				values++
				if n == 2 || n == 3 && text(1) != "as" || n == 4 {
					return l, 0, false
				}
			}
			if n >= 3 && text(n-2) == "as" {
				switch name := text(n - 3); {
				case name == "createRequire":
					j.known.add(text(n-1), jsAlias{role: jsFactory, owner: -1})
				case jsRoleOf(name) != jsNone:
					j.known.add(text(n-1), jsAlias{role: jsRoleOf(name), owner: -1})
				}
			}
		}
	default:
		return l, 0, false
	}
	return j.from(i, typed || values == 0 && named > 0)
}

// from reads "from 'm'" at the end of a clause.
func (j *jsScanner) from(i int, typed bool) (l code.Literal, flags extract.Flags, ok bool) {
	s := j.s
	if !jsHas(s, i, "from") {
		return l, 0, false
	}
	at := j.skip(i + len("from"))
	if at >= len(s) || s[at] == '`' {
		return l, 0, false
	}
	l, ok = jsString(s, at)
	if !ok || l.Text == "" || !j.clauseEnd(l.Next) {
		return l, 0, false
	}
	if typed {
		flags = extract.TypeOnly
	}
	return l, flags, true
}

// exportWord reads "export … from 'm'".
func (j *jsScanner) exportWord(i int) int {
	s := j.s
	at := j.skip(i)
	if at >= len(s) {
		return i
	}
	typed := false
	if jsHas(s, at, "type") {
		after := j.skip(at + 4)
		if after < len(s) && (s[after] == '{' || s[after] == '*') {
			typed = true
			at = after
		}
	}
	if jsHas(s, at, "import") {
		return at // export import x = require("m")
	}
	switch s[at] {
	case '{', '*':
		j.known.module = true
	default:
		w, _ := jsWord(s, at)
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
