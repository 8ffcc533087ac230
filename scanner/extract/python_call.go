package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"figment/scanner/text"
)

// normal is a dotted name as Python compares it: without blanks and
// continuation lines, each identifier in the normal form NFKC.
//
// Specification: https://docs.python.org/3/reference/lexical_analysis.html#identifiers
func (p *pyScanner) normal(name []byte) string {
	plain := true
	for _, c := range name {
		plain = plain && (c == '.' || c < 0x80 && text.IsLetter(c))
	}
	if plain {
		return string(name)
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		switch c := name[i]; {
		case c == ' ' || c == '\t' || c == '\f' || c == '\\' || c == '\n' || c == '\r':
			i++
		case c >= 0x80 && p.latin:
			b.WriteRune(rune(c))
			i++
		default:
			_, n := utf8.DecodeRune(name[i:])
			b.Write(name[i : i+n])
			i += n
		}
	}
	return norm.NFKC.String(b.String())
}

// loader reports whether a function of that name imports what its first
// argument names.
func loader(name string) bool {
	switch name {
	case "__import__", "import_module", "importorskip", "find_spec", "run_module", "_gcd_import":
		return true
	}
	return false
}

// alias notes another name of a loader.
func (p *pyScanner) alias(name string) {
	if name == "" || loader(name) || p.loaders == nil || p.loaders[name] || len(p.loaders) >= maxAliases {
		return
	}
	p.loaders[name] = true
	p.grown = true
}

// named looks at a word that may be a loader and is given another name:
// load = importlib.import_module.
func (p *pyScanner) named(start, end int) {
	s := p.s
	if name := string(s[start:end]); name == "pytest_plugins" {
		p.plugins(end)
		return
	} else if name != "__import__" && name != "import_module" && !p.loaders[name] {
		return
	}
	at := p.gap(end)
	if p.depth > 0 {
		at = inside(s, end) // in brackets a call may begin on the next line
	}
	if at < len(s) && (s[at] == '(' || s[at] == '.' || s[at] == '=') {
		return
	}
	k := start
	for { // over the modules before it, and brackets
		k = lookBack(s, k)
		if k == 0 {
			return
		}
		if s[k-1] == '(' {
			if k--; k > 0 && text.IsLetter(s[k-1]) {
				return // a call
			}
			continue
		}
		if s[k-1] != '.' {
			break
		}
		if k = lookBack(s, k-1); k == 0 || !text.IsLetter(s[k-1]) {
			return
		}
		for k > 0 && text.IsLetter(s[k-1]) {
			k--
		}
	}
	for k > 0 && s[k-1] == '=' && (k == 1 || strings.IndexByte("=<>!", s[k-2]) < 0) { // a = b = …
		k--
		if k > 0 && s[k-1] == ':' {
			k--
		}
		k = lookBack(s, k)
		from := k
		for from > 0 && text.IsLetter(s[from-1]) {
			from--
		}
		p.alias(p.normal(s[from:k]))
		k = lookBack(s, from)
	}
}

// wordBefore gives the word that ends at i, over the brackets and quotes around
// it: a callee such as (f) or getattr(m, "f"). wrapped tells that there were
// some.
func wordBefore(s []byte, i int) (word span, wrapped bool) {
	end := i
	for end > 0 && end > i-maxReceiver {
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
	return span{start, end}, wrapped
}

// calleeEnd gives the end of the token before i, over the comments that stand
// together there.
func (p *pyScanner) calleeEnd(i int) int {
	end := lookBack(p.s, i)
	if end > 0 && end == p.comment.end {
		end = lookBack(p.s, p.comment.start)
	}
	return end
}

// skipComment passes over the comment at i.
func (p *pyScanner) skipComment(i int) int {
	start := i
	if p.comment.end > 0 && lookBack(p.s, i) == p.comment.end {
		start = p.comment.start
	}
	i = text.LineEnd(p.s, i)
	p.comment = span{start, i}
	return i
}

// call looks at the callee that ends at end, before the bracket at i: imports, code and commands
// that are made of literals.
func (p *pyScanner) call(i, end int) {
	s := p.s
	if end == 0 {
		return
	}
	word, wrapped := span{}, false
	if c := s[end-1]; text.IsLetter(c) || c == ')' || c == ']' {
		word, wrapped = wordBefore(s, end)
	}
	if word.start == word.end {
		return
	}
	name := string(s[word.start:word.end])
	if name[0] >= 0x80 || strings.IndexFunc(name, func(r rune) bool { return r >= 0x80 }) >= 0 {
		name = p.normal(s[word.start:word.end])
	}
	switch {
	case loader(name) && (!wrapped || name == "__import__" || name == "import_module"), p.loaders[name]:
		p.load(i+1, word, p.loaders[name] || name != "find_spec" && p.mayTell(word.start))
		return
	case wrapped:
		return
	}
	before := s[:word.start]
	switch name {
	case "exec", "eval":
		if bytes.HasSuffix(before, []byte(".")) && !bytes.HasSuffix(before, []byte("builtins.")) {
			return
		}
		if l, ok := pyConstant(s, i+1); ok && !l.open && strings.Contains(l.text, "import") {
			p.hand(l.fragment(p.f, text.Python), Dynamic)
		}
	case "system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput", "create_subprocess_shell", "spawn", "sudo", "local", "exec_command", "runv", "split":
		p.command(i + 1)
	case "main", "_main", "pipmain", "run_pip":
		if bytes.Contains(before[max(0, len(before)-60):], []byte("pip")) || name != "main" || p.pip {
			p.argumentsOf("pip ", i+1)
		}
	case "install":
		if bytes.HasSuffix(before, []byte("session.")) { // of nox
			p.argumentsOf("pip install ", i+1)
		} else if k := bytes.TrimSuffix(before, []byte(".pip.")); len(k) < len(before) {
			p.argumentsOf("pip install ", i+1)
		}
	default:
		switch {
		case managers[name]: // sh.pip("install", "x")
			p.argumentsOf(name+" ", i+1)
		case p.pip:
			if at := inside(s, i+1); at < len(s) && s[at] == '[' {
				if l, ok := pyConstant(s, at+1); ok && (l.text == "install" || l.text == "download" || l.text == "wheel") {
					p.argumentsOf("pip ", i+1)
				}
			}
		}
	}
}

// mayTell reports whether the loader whose name stands at i is called here, and
// not a method or a function that the text itself calls so.
func (p *pyScanner) mayTell(i int) bool {
	before := bytes.TrimRight(p.s[max(0, i-20):i], " \t")
	for _, w := range []string{"def", "self.", "cls.", "super()."} {
		if bytes.HasSuffix(before, []byte(w)) {
			return false
		}
	}
	return true
}

// load notes the modules that the arguments at i of the callee may name.
func (p *pyScanner) load(i int, callee span, tell bool) {
	s := p.s
	i = inside(s, i)
	if i >= len(s) || s[i] == ')' {
		return
	}
	if p.spent > p.patience() {
		p.runTime(callee.start, tell)
		return
	}
	c := p.choices(namedArgument(s, i))
	for k := range c.literals {
		p.loadLiteral(c.literals[k])
	}
	if c.other {
		p.runTime(callee.start, tell)
		tell = false
	}
	for _, name := range c.names {
		if len(p.uses) >= maxUses {
			p.runTime(callee.start, tell)
			return
		}
		p.uses = append(p.uses, pyUse{name, callee.start, tell})
	}
}

// loadLiteral notes the module that a literal names.
func (p *pyScanner) loadLiteral(l literal) {
	if l.text == "" {
		return
	}
	for part := range strings.SplitSeq(l.text, ".") {
		if part == "" || part[0] >= '0' && part[0] <= '9' || text.Word([]byte(part), 0) != len(part) {
			return
		}
	}
	p.module(l.text, l.outer(0, len(l.text)), nil, Dynamic)
}

// namedArgument gives the offset of the value of the argument name, where it is
// given by keyword or spread out of a list or a dictionary.
func namedArgument(s []byte, i int) int {
	if bytes.HasPrefix(s[i:], []byte("**")) {
		at := inside(s, i+2)
		if at >= len(s) || s[at] != '{' {
			return i
		}
		key, ok := pyConstant(s, at+1)
		if !ok || key.text != "name" || key.next >= len(s) || s[key.next] != ':' {
			return i
		}
		return inside(s, key.next+1)
	}
	if bytes.HasPrefix(s[i:], []byte("*")) {
		if at := inside(s, i+1); at < len(s) && (s[at] == '[' || s[at] == '(') {
			return inside(s, at+1)
		}
		return i
	}
	for k, n := i, 0; n < 8; n++ {
		end := text.Word(s, k)
		at := inside(s, end)
		if end == k || at+1 >= len(s) || s[at] != '=' || s[at+1] == '=' {
			break
		}
		value := inside(s, at+1)
		if word := string(s[k:end]); word == "name" || word == "modname" || word == "mod_name" {
			return value
		}
		comma := bytes.IndexByte(s[value:min(len(s), value+maxReceiver)], ',')
		if comma < 0 {
			break
		}
		k = inside(s, value+comma+1)
	}
	return i
}

// hand keeps a text inside this one, to be read once this one has been.
func (p *pyScanner) hand(f *text.Fragment, flags Flags) {
	p.texts = append(p.texts, pending{f, flags})
}
