package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A role says what a function does with its argument.
type role uint8

const (
	none         role = iota
	moduleLoader      // it imports the module of that name
	runner            // it runs the command
	evaluator         // it runs the code
	pipRunner         // it runs pip with the arguments
	variable          // it is no function, but a variable that tools take options from
)

// roleOf is the role of a function of that name.
func roleOf(name string) role {
	if loader(name) {
		return moduleLoader
	}
	switch name {
	case "system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput", "create_subprocess_shell", "create_subprocess_exec",
		"spawn", "exec_command", "execvp", "execvpe", "execlp", "execlpe", "execv", "execve", "execl", "execle", "posix_spawn", "posix_spawnp", "startfile",
		"spawnlp", "spawnlpe", "spawnvp", "spawnvpe", "spawnl", "spawnv", "spawnle", "spawnve":
		return runner
	case "exec", "eval":
		return evaluator
	}
	return none
}

// A given is what a function of a role is given, to be read once all of the
// text is known.
type given struct {
	role   role
	at     int // the function
	value  int // the offset of its arguments
	flags  extract.Flags
	spread bool // the arguments stand behind the function itself: map(f, [...])
	each   bool // the value is a list of commands
	input  int  // the offset of the arguments that are its standard input; 0: none
	fed    bool // only what it reads from its standard input counts
	rest   bool // the value is an expression, not arguments
	tell   bool
	based  bool      // a relative name, and the package that it starts from
	by     parameter // the parameter that is the command
}

func (p *scanner) give(g given) {
	if g.role != moduleLoader && !p.installs() {
		if g.role != evaluator && g.role != variable {
			return
		}
	}
	if len(p.given) >= code.MaxGiven {
		p.runTime(g.at, g.role == moduleLoader && g.tell)
		if g.role != moduleLoader {
			p.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.ManyGiven, false)
		}
		return
	}
	g.flags |= extract.Dynamic | p.flags()
	p.given = append(p.given, g)
}

// installs reports whether a package manager or an interpreter is spoken of at all.
func (p *scanner) installs() bool {
	if p.mayRun == 0 {
		p.mayRun = 1
		if p.e.Commands.MayName(p.s) || bytes.Contains(p.s, []byte("executable")) || p.e.Commands.MayInterpret(p.s) {
			p.mayRun = 2
		}
	}
	return p.mayRun == 2
}

// role is what the function called name does here.
func (p *scanner) role(name string) role {
	if r := p.loaders[name]; r != none {
		return r
	}
	return roleOf(name)
}

// evaluator reads expressions of the text.
func (p *scanner) evaluator(mode code.Mode) *code.Evaluator {
	if p.eval[mode] == nil {
		p.eval[mode] = code.NewEvaluator(p.s, p.language(), mode)
	}
	return p.eval[mode]
}

// resolveGiven reads what functions were given.
func (p *scanner) resolveGiven() {
	overspent := func() bool {
		for _, e := range p.eval {
			if e != nil && e.Exhausted() {
				return true
			}
		}
		return false
	}
	some := -1
	runs := false
	for n := range p.given {
		switch g := &p.given[n]; g.role {
		case moduleLoader:
			p.loadGiven(g)
		case evaluator:
			continue
		case variable:
			p.setVariable(g)
			continue
		default:
			p.runGiven(g)
			runs = true
			continue
		}
		some = n
	}
	if some < 0 && runs && p.e.Commands.MayInstall(append(bytes.Clone(p.s), ' ')) {
		some = 0
	}
	if some >= 0 && overspent() {
		p.e.Once(text.Span{Start: p.given[some].at, End: p.given[some].at + 1}, code.ManyGiven, false)
	}
	for n := range p.given { // most of them are given what no literal spells out
		if g := &p.given[n]; g.role == evaluator {
			some = n
			p.evaluateGiven(g)
		}
	}
	if some >= 0 && overspent() && p.quotesImport() {
		p.e.Once(text.Span{Start: p.given[some].at, End: p.given[some].at + 1}, code.ManyGiven, false)
	}
}

// quotesImport reports whether a literal seems to hold an import.
func (p *scanner) quotesImport() bool {
	for _, w := range []string{"'import", "\"import", "'from ", "\"from ", "'__import__", "\"__import__", ";import", "; import"} {
		if bytes.Contains(p.s, []byte(w)) {
			return true
		}
	}
	for _, l := range p.lines {
		if bytes.Contains(p.s[l.Start:l.End], []byte("\nimport ")) || bytes.Contains(p.s[l.Start:l.End], []byte("\nfrom ")) {
			return true
		}
	}
	return false
}

// arguments reads what g gives.
func (p *scanner) arguments(g *given, mode code.Mode) (v code.Value, whole bool) {
	e := p.evaluator(mode)
	if g.rest {
		return code.Value{IsList: true, List: []code.Outcome{e.Expression(g.value)}}, !e.Exhausted()
	}
	v, _ = e.Arguments(g.value)
	return v, !e.Exhausted()
}

// loadGiven imports the modules that a loader is given.
func (p *scanner) loadGiven(g *given) {
	v, whole := p.arguments(g, code.ModuleValue)
	known := whole
	take := func(o code.Outcome) {
		known = known && !o.Other
		for k := range o.Alternatives {
			l, ok := o.Alternatives[k].Literal()
			if !ok {
				known = false
				continue
			}
			if l.Open {
				at := strings.IndexByte(l.Text, '.')
				if at < 0 {
					known = false
					continue
				}
				l.Text, l.Span = l.Text[:at], l.Outer(0, at)
				l.Pieces = text.Map{}
			}
			p.loadLiteralAt(l, g.flags)
		}
	}
	switch {
	case g.based:
		base := v.Argument(1, "package")
		if len(base.Alternatives) == 0 && !base.Other {
			return
		}
		take(base)
	case g.spread: // map(f, ["a"]), submit(f, "a"), Thread(target=f, args=("a",))
		some := false
		for k := range v.List {
			if v.Keys != nil && v.Keys[k] != "" && v.Keys[k] != "args" && v.Keys[k] != "iterable" {
				continue
			}
			o := v.List[k]
			some = true
			if g.tell { // each element of lists
				take(o.Each())
				continue
			}
			take(code.Outcome{Alternatives: o.EachOrSelf().Alternatives})
		}
		known = known && some
	default:
		o := v.Argument(0, "name", "modname", "mod_name")
		take(o)
		known = known && (len(o.Alternatives) > 0 || !o.Other)
	}
	if !known {
		p.runTime(g.at, g.tell)
	}
}

// runGiven hands over the commands that a runner is given.
func (p *scanner) runGiven(g *given) {
	v, _ := p.arguments(g, code.CommandValue)
	var tries []code.Value
	if p.runInput(g, &v); g.fed {
		return
	}
	if g.each {
		tries = v.List[0].Each().Alternatives
	} else if g.spread {
		for k := range v.List {
			tries = append(tries, v.List[k].EachOrSelf().Alternatives...)
			tries = append(tries, v.List[k].Alternatives...)
		}
	} else {
		names := []string{"args", "cmd", "command", "popenargs", "argv"}
		if g.by.name != "" {
			names = append([]string{g.by.name}, names...)
		}
		o := v.Argument(g.by.index, names...)
		tries = append(append(tries, o.Alternatives...), v.Commands()...)
	}
	if len(tries) == 0 && !g.rest { // an f-string that was not understood
		if l, ok := constant(p.s, inside(p.s, g.value)); ok && l.Open {
			p.commandTemplate(l.Span.Start)
		}
	}
	installs := false
	for k := range tries {
		if k >= code.MaxValues {
			p.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.ManyGiven, false)
			return
		}
		if p.runValue(&tries[k], g) {
			installs = true
		}
	}
	// Many functions are called run: what is cut of a command that installs nothing
	// as far as it is known is told where not much is known.
	if (installs || len(tries) == 0 || len(tries) > 100) && v.Cut() {
		p.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.CutValues, true)
	}
}

// runInput hands over what a command is given as its standard input, as a text of
// the shell that gives it so.
func (p *scanner) runInput(g *given, v *code.Value) {
	var in code.Outcome
	if g.input > 0 {
		given, _ := p.evaluator(code.CommandValue).Arguments(g.input)
		in = given.Argument(0, "input", "data")
	} else if v.Keys != nil {
		in = v.Argument(len(v.List), "input")
	}
	for k := range in.Alternatives {
		for n, program := range v.Argument(0, "args").Alternatives {
			if in.Alternatives[k].IsList || k*n >= code.MaxValues {
				continue
			}
			src, m := in.Alternatives[k].Command()
			words, _ := program.Command()
			if len(src) == 0 || len(m.Pieces()) == 0 || len(words) == 0 || bytes.Contains(src, []byte(inputEnd)) || bytes.IndexByte(words, '\n') >= 0 {
				continue
			}
			var b text.Builder
			at := m.Pieces()[0].Outer
			b.Escape(string(words)+" <<'"+inputEnd+"'\n", at, 0)
			end := at
			for _, q := range m.Pieces() {
				if t := src[q.Inner : q.Inner+q.InnerLen]; q.Verbatim() {
					b.Verbatim(t, q.Outer)
				} else {
					b.Escape(string(t), q.Outer, q.OuterLen)
				}
				end = q.Outer + q.OuterLen
			}
			b.Escape("\n"+inputEnd+"\n", end, 0)
			all, places := b.Done()
			p.hand(p.f.Derive(all, places, text.Shell), g.flags)
		}
	}
}

// inputEnd ends what a command reads from its standard input.
const inputEnd = "END_OF_INPUT"

func (p *scanner) runValue(v *code.Value, g *given) bool {
	src, m := v.Command()
	if g.role == pipRunner {
		var b text.Builder
		at := g.at
		if len(m.Pieces()) > 0 {
			at = m.Pieces()[0].Outer
		}
		b.Escape("pip ", at, 0)
		for _, q := range m.Pieces() {
			if t := src[q.Inner : q.Inner+q.InnerLen]; q.Verbatim() {
				b.Verbatim(t, q.Outer)
			} else {
				b.Escape(string(t), q.Outer, q.OuterLen)
			}
		}
		src, m = b.Done()
	}
	if len(src) > 0 && p.mayRunText(append(bytes.Clone(src), ' ')) {
		p.hand(p.f.Derive(src, m, text.Shell), g.flags)
		return true
	}
	return false
}

// evaluateGiven hands over the code that exec and eval are given.
func (p *scanner) evaluateGiven(g *given) {
	v, _ := p.arguments(g, code.CommandValue)
	if v.Cut() && p.quotesImport() {
		p.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.CutValues, true)
	}
	for k := range v.List {
		if k > 0 && (v.Keys == nil || v.Keys[k] != "setup") { // what it runs in
			continue
		}
		for n := range v.List[k].Alternatives {
			a := &v.List[k].Alternatives[n]
			if a.IsList {
				continue
			}
			d, told := code.CodeOf(p.f, a, text.Python)
			if told {
				p.runTime(g.at, true)
			}
			if d != nil && bytes.Contains(d.Text, []byte("import")) {
				p.hand(d, g.flags)
			}
		}
	}
}

// calleeRole is the role of a callee in brackets, which ends at end: it holds the
// name of a function, or a text that is one.
func (p *scanner) calleeRole(end int) role {
	s := p.s
	e := p.evaluator(code.ModuleValue)
	if end > 0 && (s[end-1] == ')' || s[end-1] == ']') {
		if p.spent > p.patience() {
			return none
		}
		start, ok := e.OperandStart(end)
		if !ok || end-start > code.MaxReceiver {
			return none
		}
		p.spent += end - start
		for i := start; i < end; {
			if text.Has(s, i, "getattr") {
				open := inside(s, i+len("getattr"))
				if open < end && s[open] == '(' {
					v, next := e.Arguments(open + 1)
					if len(v.List) > 1 && next == end {
						for _, a := range v.List[1].Alternatives {
							if l, ok := a.Literal(); ok && !l.Open {
								return p.role(l.Text)
							}
						}
						return none
					}
				}
			}
			if w := text.Word(s, i); w > i {
				if k := inside(s, w); k >= end || s[k] != '(' || p.loaders[string(s[i:w])] != none {
					switch r := p.role(string(s[i:w])); {
					case r == moduleLoader && (s[i] == '_' || string(s[i:w]) == "import_module" || p.loaders[string(s[i:w])] != none):
						return r
					case r == evaluator || r == runner:
						if i > start && (s[i-1] == '"' || s[i-1] == '\'' || s[i-1] == '[' || s[i-1] == '(' || s[i-1] == '.') {
							return r
						}
					}
				}
				i = w
				continue
			}
			i++
		}
	}
	return none
}

// assigned looks at the value behind the = at i: a function under another name.
func (p *scanner) assigned(i int) {
	s := p.s
	if at := p.gap(i + 1); text.Has(s, at, "lambda") && p.passes != nil {
		k := code.LookBack(s, i)
		from := k
		for from > 0 && text.IsLetter(s[from-1]) {
			from--
		}
		p.passedByLambda(p.normal(s[from:k]), at)
		return
	}
	end := min(text.LineEnd(s[:min(len(s), i+code.MaxReceiver)], i), len(s))
	if hash := bytes.IndexByte(s[i:end], '#'); hash >= 0 {
		end = i + hash
	}
	if semi := bytes.IndexByte(s[i:end], ';'); semi >= 0 {
		end = i + semi
	}
	w, wrapped := code.WordBefore(s, end)
	if w.Start <= i || w.End == w.Start {
		return
	}
	name := string(s[w.Start:w.End])
	role := p.role(name)
	if name == "main" && (p.pip || bytes.Contains(s[i:w.Start], []byte("pip"))) {
		role = pipRunner
	}
	if role == none {
		return
	}
	right := bytes.TrimSpace(s[i+1 : w.Start])
	plain := len(right) == 0
	if !plain {
		plain = true
		for _, c := range right {
			plain = plain && (text.IsLetter(c) || c == '.')
		}
		plain = plain && right[len(right)-1] == '.'
	}
	if wrapped && bytes.HasSuffix(bytes.TrimSpace(s[w.End:end]), []byte(")")) || !plain {
		ok := false
		for _, mark := range []string{"getattr", "globals", "vars(", "__dict__", "__builtins__", "partial("} {
			ok = ok || bytes.Contains(right, []byte(mark))
		}
		if !ok {
			return
		}
	}
	k := code.LookBack(s, i)
	from := k
	for from > 0 && text.IsLetter(s[from-1]) {
		from--
	}
	p.aliasOf(p.normal(s[from:k]), role)
}

// handedOn looks at the function of a role that is an argument of another call:
// map(f, [...]). The word ends at end; s[at] follows it.
func (p *scanner) handedOn(role role, start, at int) {
	s := p.s
	if at >= len(s) || s[at] != ',' {
		return
	}
	p.give(given{role: role, at: start, value: at + 1, spread: true})
}
