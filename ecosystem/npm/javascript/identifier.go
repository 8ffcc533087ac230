package javascript

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/text"
)

// identifier looks at a word of code and gives the offset to go on from. It is one
// switch over the words of the language, by their length: most words of a text end
// it at once, and it runs for each of them.
func (j *scanner) identifier(i, end int, escaped bool) int {
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
		return j.named(i, end, decodedName(s, i, end, true), before)
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
			j.role(i, end, runner)
		case "eval":
			j.role(i, end, codeRunner)
		}
	case 's':
		switch string(s[i:end]) {
		case "spawn", "spawnSync":
			j.role(i, end, runner)
		case "setTimeout", "setInterval":
			j.role(i, end, codeRunner)
		}
	case 'F', 'W', 'S':
		switch string(s[i:end]) {
		case "Function", "Worker", "Script":
			j.role(i, end, codeRunner)
		}
	case 'r', '_':
		switch string(s[i:end]) {
		case "require", "_load":
			return j.named(i, end, string(s[i:end]), before)
		case "__non_webpack_require__", "register", "rewire":
			j.loads(i, end, member)
		case "runInNewContext", "runInThisContext", "runInContext", "_compile":
			j.role(i, end, codeRunner)
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
				j.classOrFunction(c, expression)
			}
		case "constructor":
			if member {
				j.role(i, end, codeRunner)
			}
		case "compileFunction":
			j.role(i, end, codeRunner)
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
				j.assign(module)
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
		case k.role != none && k.role != module:
			j.use(end, k.role, tellSure)
			if k.role == runner {
				j.handedOn(i, end, k.role, tellNever)
			}
		}
	}
	return end
}

// classOrFunction notes which body the head of a class or a function leads to.
func (j *scanner) classOrFunction(c byte, expression bool) {
	if j.head&async != 0 && c == 'f' {
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

// role looks at the word [i, end), a function that runs commands or code.
func (j *scanner) role(i, end int, role role) {
	if !j.renamed(end, role, false) {
		j.use(end, role, tellNever)
		if role == runner {
			j.handedOn(i, end, role, tellNever)
		}
	}
}

// named looks at a word that may be written with escapes.
func (j *scanner) named(i, end int, name string, before text.Span) int {
	member := j.member
	if before.End > 0 && string(j.s[before.Start:before.End]) == "function" {
		j.known.own = j.known.own || name == "require"
		return end
	}
	role, tell := none, tellSure
	switch name {
	case "require":
		switch {
		case !member:
			if j.renamed(end, require, true) {
				return end
			}
			role, tell = require, j.trust()
			j.listed(i, end)
			j.handedOn(i, end, role, tell)
		case holder(j.receiver()):
			role = require
			j.handedOn(i, end, role, tell)
		case j.recv.End > 0 && j.known.names != nil && j.known.role(string(j.receiver()), i, false) == module:
			role = require
		case j.recv.End == 0:
			if near := j.s[max(0, i-100):i]; bytes.Contains(near, []byte("require.cache[")) || bytes.Contains(near, []byte(".children[")) {
				role = require
			}
		}
	case "_load":
		if member {
			role = require
		} else if j.renamed(end, require, false) {
			return end
		}
	case "createRequire":
		role = factory
		if at := j.skip(end); at < len(j.s) && j.s[at] == ':' && j.ternary == 0 { // {createRequire: make} = …
			at = j.skip(at + 1)
			if w, escaped := wordEnd(j.s, at); w > at {
				j.known.add(decodedName(j.s, at, w, escaped), alias{role: factory, owner: -1})
			}
			return end
		}
	}
	if role == none {
		role = j.known.role(name, i, member)
	}
	if role != none && role != module {
		j.use(end, role, tell)
	}
	return end
}

func (j *scanner) inTry(f extract.Flags) extract.Flags {
	if j.try > 0 {
		f |= extract.Optional
	}
	return f
}
