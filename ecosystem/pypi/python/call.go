package python

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// normal is a dotted name as Python compares it: without blanks and
// continuation lines, each identifier in the normal form NFKC.
//
// Specification: https://docs.python.org/3/reference/lexical_analysis.html#identifiers
func (p *scanner) normal(name []byte) string {
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
	case "__import__", "import_module", "importorskip", "find_spec", "run_module", "_run_module_as_main", "_gcd_import",
		"find_loader", "get_loader", "find_module", "load_module", "resolve_name":
		return true
	}
	return false
}

// alias notes another name of a loader.
func (p *scanner) alias(name string) { p.aliasOf(name, moduleLoader) }

// aliasOf notes another name of a function of a role. What it was found to be
// first holds.
func (p *scanner) aliasOf(name string, role role) {
	if name == "" || roleOf(name) != none || p.loaders == nil || p.loaders[name] != none || len(p.loaders) >= code.MaxAliases {
		return
	}
	p.loaders[name] = role
	p.grown = true
}

// named looks at a word that may be a loader and is given another name:
// load = importlib.import_module.
func (p *scanner) named(start, end int) {
	s := p.s
	if name := string(s[start:end]); name == "pytest_plugins" {
		p.plugins(end)
		return
	} else if name != "__import__" && name != "import_module" && p.loaders[name] != moduleLoader {
		return
	}
	at := p.gap(end)
	if p.depth > 0 {
		at = inside(s, end) // in brackets a call may begin on the next line
	}
	if at < len(s) && (s[at] == '(' || s[at] == '.' || s[at] == '=') {
		return
	}
	p.handedOn(moduleLoader, start, at)
	k := start
	for { // over the modules before it, and brackets
		k = code.LookBack(s, k)
		if k == 0 {
			return
		}
		if bytes.HasSuffix(s[:k], []byte("return")) {
			p.runTime(start, true) // what calls it gives is not followed
			return
		}
		if s[k-1] == '(' {
			if k--; k > 0 && text.IsLetter(s[k-1]) {
				w, _ := code.WordBefore(s, k)
				if string(s[w.Start:w.End]) != "partial" {
					return // a call
				}
				k = w.Start
			} else if k = code.LookBack(s, k); k > 0 && s[k-1] == ')' {
				p.runTime(start, true) // (lambda f: f(x))(__import__)
				return
			}
			continue
		}
		if s[k-1] == ':' || s[k-1] == ',' { // {"f": __import__}, setattr(x, "f", __import__)
			if q := code.LookBack(s, k-1); q > 0 && (s[q-1] == '"' || s[q-1] == '\'') {
				w, _ := code.WordBefore(s, q)
				p.alias(p.normal(s[w.Start:w.End]))
			}
			return
		}
		if s[k-1] != '.' {
			break
		}
		if k = code.LookBack(s, k-1); k == 0 || !text.IsLetter(s[k-1]) {
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
		k = code.LookBack(s, k)
		from := k
		for from > 0 && text.IsLetter(s[from-1]) {
			from--
		}
		p.alias(p.normal(s[from:k]))
		k = code.LookBack(s, from)
		for p.depth == 0 && k > 0 && s[k-1] == ',' { // a, b = f, g
			k = code.LookBack(s, k-1)
			from = k
			for from > 0 && text.IsLetter(s[from-1]) {
				from--
			}
			if from == k {
				break
			}
			p.alias(p.normal(s[from:k]))
			k = code.LookBack(s, from)
		}
	}
}

// calleeEnd gives the end of the token before i, over the comments that stand
// together there.
func (p *scanner) calleeEnd(i int) int {
	end := code.LookBack(p.s, i)
	if end > 0 && end == p.comment.End {
		end = code.LookBack(p.s, p.comment.Start)
	}
	return end
}

// skipComment passes over the comment at i.
func (p *scanner) skipComment(i int) int {
	start := i
	if p.comment.End > 0 && code.LookBack(p.s, i) == p.comment.End {
		start = p.comment.Start
	}
	i = text.LineEnd(p.s, i)
	p.comment = text.Span{Start: start, End: i}
	return i
}

// call looks at the callee that ends at end, before the bracket at i: imports, code
// and commands that are made of literals. It runs for every bracket of a text, so
// that what a callee is not is found out in the order of what that costs.
func (p *scanner) call(i, end int) {
	s := p.s
	if end == 0 {
		return
	}
	word, wrapped := text.Span{}, false
	if c := s[end-1]; text.IsLetter(c) || c == ')' || c == ']' {
		word, wrapped = code.WordBefore(s, end)
	}
	name := string(s[word.Start:word.End])
	if name == "__call__" && word.Start > 1 && s[word.Start-1] == '.' {
		end = word.Start - 1
		word, wrapped = code.WordBefore(s, end)
		name = string(s[word.Start:word.End])
	}
	if wrapped && !loader(name) && p.loaders[name] == none || word.Start == word.End {
		if end == 0 || s[end-1] != ')' && s[end-1] != ']' {
			return
		}
		switch p.calleeRole(end) {
		case moduleLoader:
			p.load(i+1, text.Span{Start: end - 1, End: end}, true)
		case evaluator:
			p.evaluate(i)
		case runner:
			p.runs(i)
		case pipRunner:
			p.pipCall(i)
		default:
			if name == "main" && p.pip {
				p.pipCall(i)
			}
		}
		return
	}
	if name[0] >= 0x80 || strings.IndexFunc(name, func(r rune) bool { return r >= 0x80 }) >= 0 {
		name = p.normal(s[word.Start:word.End])
	}
	switch {
	case p.loaders[name] == runner:
		if by := p.passes[name]; by.index > 0 {
			p.passedOn(p.head(), runner, i+1)
			p.give(given{role: runner, at: i, value: i + 1, by: by})
		} else {
			p.runsBy(i, by)
		}
		return
	case p.loaders[name] == evaluator:
		p.evaluate(i)
		return
	case p.loaders[name] == pipRunner:
		p.pipCall(i)
		return
	case loader(name) && (!wrapped || name == "__import__" || name == "import_module") && (surely(name) || name == "find_spec" || p.mayTell(word.Start)), p.loaders[name] == moduleLoader:
		p.load(i+1, word, p.loaders[name] == moduleLoader || surely(name) && p.mayTell(word.Start))
		return
	case wrapped:
		return
	}
	before := s[:word.Start]
	switch name {
	case "exec", "eval":
		if bytes.HasSuffix(before, []byte("def ")) || bytes.HasSuffix(before, []byte(".")) && !bytes.HasSuffix(before, []byte("builtins.")) && !bytes.HasSuffix(before, []byte("builtins__.")) {
			return
		}
		p.evaluate(i)
	case "run_path", "execfile":
		if !bytes.HasSuffix(before, []byte("def ")) {
			p.reading(i+1, true)
		}
	case "runsource", "timeit":
		p.give(given{role: evaluator, at: word.Start, value: i + 1})
	case "map", "imap", "imap_unordered", "submit", "partial", "Thread", "Process", "starmap", "filter", "apply_async", "run_in_executor", "to_thread", "Timer", "map_async", "call_soon", "apply":
		p.firstFunction(i)
	case "system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput", "create_subprocess_shell", "spawn", "sudo", "local", "exec_command", "runv", "split":
		if name == "split" {
			p.command(i + 1)
		} else {
			p.runs(i)
		}
	case "communicate", "write":
		if p.started > 0 && (name == "communicate" || bytes.HasSuffix(before, []byte("stdin."))) {
			p.give(given{role: runner, at: i, value: p.started, input: i + 1, fed: true})
		}
	case "execv", "execve":
		p.give(given{role: runner, at: word.Start, value: i + 1, by: parameter{index: 1}})
	case "execvp", "execvpe", "execlp", "spawnlp", "spawnvp", "posix_spawnp", "create_subprocess_exec", "startfile":
		p.give(given{role: runner, at: word.Start, value: i + 1})
	case "main", "_main", "pipmain", "run_pip":
		if bytes.Contains(before[max(0, len(before)-60):], []byte("pip")) || name != "main" || p.pip {
			p.pipCall(i)
		}
	case "install":
		if p.session(before) {
			p.argumentsOf("pip install ", i+1)
		} else if k := bytes.TrimSuffix(before, []byte(".pip.")); len(k) < len(before) {
			p.argumentsOf("pip install ", i+1)
		}
	case "conda_install":
		if p.session(before) {
			p.argumentsOf("conda install ", i+1)
		}
	case "run_always", "run_install":
		if p.session(before) {
			p.runs(i)
		}
	default:
		switch {
		case (p.programs || bytes.HasSuffix(before, []byte("sh."))) && p.e.Commands.Manager(strings.Clone(name)): // sh.pip("install", "x")
			p.argumentsOf(name+" ", i+1)
		case p.pip:
			if at := inside(s, i+1); at < len(s) && s[at] == '[' {
				if l, ok := constant(s, at+1); ok && (l.Text == "install" || l.Text == "download" || l.Text == "wheel") {
					p.argumentsOf("pip ", i+1)
				}
			}
		}
	}
}

// mayTell reports whether the loader whose name stands at i is called here, and
// not a method or a function that the text itself calls so.
func (p *scanner) mayTell(i int) bool {
	before := bytes.TrimRight(p.s[max(0, i-20):i], " \t")
	for _, w := range []string{"def", "self.", "cls.", "super()."} {
		if bytes.HasSuffix(before, []byte(w)) {
			return false
		}
	}
	return true
}

// load notes the modules that the arguments at i of the callee may name.
func (p *scanner) load(i int, callee text.Span, tell bool) {
	s := p.s
	i = inside(s, i)
	if i >= len(s) || s[i] == ')' {
		return
	}
	if p.spent > p.patience() {
		p.runTime(callee.Start, tell)
		return
	}
	at := namedArgument(s, i)
	for q := at; q < len(s) && q < at+4; q++ {
		if c := s[q]; c == '"' || c == '\'' {
			if q+1 < len(s) && s[q+1] == '.' { // the package that it starts from is what is loaded
				p.give(given{role: moduleLoader, at: callee.Start, value: i, tell: tell, based: true})
			}
			break
		}
	}
	c := p.choices(at)
	for k := range c.Literals {
		p.loadLiteral(c.Literals[k])
	}
	if c.Other {
		p.give(given{role: moduleLoader, at: callee.Start, value: i, tell: tell})
		tell = false
	}
	for _, name := range c.Names {
		if len(p.uses) >= code.MaxUses {
			p.runTime(callee.Start, tell)
			return
		}
		p.uses = append(p.uses, use{p.normal(s[name.Start:name.End]), callee.Start, i, p.flags(), tell})
	}
}

// loadLiteral notes the module that a literal names.
func (p *scanner) loadLiteral(l code.Literal) { p.loadLiteralAt(l, extract.Dynamic) }

func (p *scanner) loadLiteralAt(l code.Literal, flags extract.Flags) {
	if colon := strings.IndexByte(l.Text, ':'); colon > 0 { // resolve_name("a.b:c")
		l.Span, l.Text, l.Pieces = l.Outer(0, colon), l.Text[:colon], text.Map{}
	}
	if l.Text == "" {
		return
	}
	for part := range strings.SplitSeq(l.Text, ".") {
		if part == "" || part[0] >= '0' && part[0] <= '9' || text.Word([]byte(part), 0) != len(part) {
			return
		}
	}
	p.module(l.Text, l.Outer(0, len(l.Text)), nil, flags)
}

// namedArgument gives the offset of the value of the argument name, where it is
// given by keyword or spread out of a list or a dictionary.
func namedArgument(s []byte, i int) int {
	if bytes.HasPrefix(s[i:], []byte("**")) {
		at := inside(s, i+2)
		if at >= len(s) || s[at] != '{' {
			return i
		}
		key, ok := constant(s, at+1)
		if !ok || key.Text != "name" || key.Next >= len(s) || s[key.Next] != ':' {
			return i
		}
		return inside(s, key.Next+1)
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
		comma := bytes.IndexByte(s[value:min(len(s), value+code.MaxReceiver)], ',')
		if comma < 0 {
			break
		}
		k = inside(s, value+comma+1)
	}
	return i
}

// hand keeps a text inside this one, to be read once this one has been.
func (p *scanner) hand(f *text.Fragment, flags extract.Flags) {
	if len(p.texts) <= extract.MaxFragments { // the first that is too many is told
		p.texts = append(p.texts, extract.Inner{Fragment: f, Flags: flags})
	}
}

// surely reports whether a function of that name is hardly anything else.
func surely(name string) bool {
	switch name {
	case "find_spec", "find_loader", "get_loader", "find_module", "load_module", "resolve_name":
		return false
	}
	return true
}

// session reports whether code ends with the session of nox and a dot: the word
// session, or the first parameter of the function.
func (p *scanner) session(before []byte) bool {
	receiver, ok := bytes.CutSuffix(before, []byte("."))
	if !ok {
		return false
	}
	w, _ := code.WordBefore(receiver, len(receiver))
	name := string(receiver[w.Start:w.End])
	return name == "session" || bytes.Contains(p.s, []byte("nox")) && len(p.head().parameters) > 0 && name == p.head().parameters[0]
}

// actions gives the list of commands that a task of doit has, behind the key that
// ends at i.
func (p *scanner) actions(i int) {
	if i = inside(p.s, i); i >= len(p.s) || p.s[i] != ':' || !bytes.Contains(p.s, []byte("def task_")) {
		return
	}
	p.give(given{role: runner, at: i, value: i + 1, rest: true, each: true})
}

// runs reads the command that a function is given by the bracket at i.
func (p *scanner) runs(i int) { p.runsBy(i, parameter{}) }

// runsBy does so for a function of the text that passes a parameter on.
func (p *scanner) runsBy(i int, by parameter) {
	p.passedOn(p.head(), runner, i+1)
	p.started = i + 1
	if !p.command(i + 1) {
		p.give(given{role: runner, at: i, value: i + 1, by: by})
	} else if wordFrom(p.s[i:min(len(p.s), i+code.MaxReceiver)], "input", 0) >= 0 {
		p.give(given{role: runner, at: i, value: i + 1, fed: true})
	}
}

// pipCall reads the arguments of pip in the brackets at i.
func (p *scanner) pipCall(i int) {
	if !p.argumentsOf("pip ", i+1) {
		p.give(given{role: pipRunner, at: i, value: i + 1})
	}
}

// evaluate reads the code that a function is given by the bracket at i.
func (p *scanner) evaluate(i int) {
	l, ok := constant(p.s, i+1)
	if ok && !l.Open && l.Next < len(p.s) && (p.s[l.Next] == ')' || p.s[l.Next] == ',') {
		if strings.Contains(l.Text, "import") {
			p.hand(l.Fragment(p.f, text.Python), extract.Dynamic)
		}
		return
	}
	if at := inside(p.s, i+1); at < len(p.s) && p.s[at] != ')' {
		p.passedOn(p.head(), evaluator, at)
		p.reading(at, false)
		p.give(given{role: evaluator, at: i, value: i + 1})
	}
}

// firstFunction looks for a function of a role that the call at i is given:
// map(os.system, [...]).
func (p *scanner) firstFunction(i int) {
	s := p.s
	k := inside(s, i+1)
	if text.Has(s, k, "target") {
		if at := inside(s, k+len("target")); at < len(s) && s[at] == '=' {
			k = inside(s, at+1)
		}
	}
	end := k
	for end < len(s) && (text.IsLetter(s[end]) || s[end] == '.') {
		end++
	}
	dot := bytes.LastIndexByte(s[k:end], '.')
	name := string(s[k+dot+1 : end])
	if role := p.role(name); role != none && name != "__import__" && name != "import_module" {
		p.handedOn(role, k, inside(s, end))
	}
	w, _ := code.WordBefore(s, i)
	if (name == "import_module" || name == "__import__" || p.loaders[name] == moduleLoader) && code.HandsOut(string(s[w.Start:w.End])) {
		if at := inside(s, end); at < len(s) && s[at] == ',' {
			p.give(given{role: moduleLoader, at: k, value: at + 1, spread: true, tell: true})
		}
	}
}
