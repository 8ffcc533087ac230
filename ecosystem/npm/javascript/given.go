package javascript

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// roleOf is the role of a function of child_process, vm or the language that
// runs commands or code.
func roleOf(name string) role {
	switch name {
	case "exec", "execSync", "execFile", "execFileSync", "execa", "execaSync", "execaCommand", "execaCommandSync", "spawn", "spawnSync":
		return runner
	case "eval", "Function", "constructor", "runInNewContext", "runInThisContext", "runInContext", "compileFunction", "Script", "_compile", "setTimeout", "setInterval", "Worker":
		return codeRunner
	}
	return none
}

// A given is what a function of a role is given, to be read once all of the
// text is known.
type given struct {
	role  role
	at    int // the call
	value int // the offset of its arguments, or of the list that hands them out
	flags extract.Flags
	list  bool // each element of the value is an argument
	stop  int  // where the method stands that hands them out
	rest  bool // the value is an expression, not arguments
	after bool // the first arguments are none: f.call(require, null, "x")
	tell  tell
	name  string // of a variable
}

func (j *scanner) give(g given) {
	if g.role == runner && !j.installs() && !j.starts() {
		return
	}
	if len(j.given) >= code.MaxGiven {
		if g.role == require {
			j.runTime(g.at, g.tell)
		} else {
			j.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.ManyGiven, false)
		}
		return
	}
	j.given = append(j.given, g)
}

// installs reports whether a package manager is spoken of at all.
func (j *scanner) installs() bool {
	if j.known.mayRun == 0 {
		j.known.mayRun = 1
		if j.e.Commands.MayName(j.s) {
			j.known.mayRun = 2
		}
	}
	return j.known.mayRun == 2
}

// evaluator reads expressions of the text.
func (j *scanner) evaluator(mode code.Mode) *code.Evaluator {
	if j.eval[mode] == nil {
		j.eval[mode] = code.NewEvaluator(j.s, j.language(), mode)
	}
	return j.eval[mode]
}

// resolveGiven reads what functions were given.
func (j *scanner) resolveGiven() {
	overspent := func(at int) {
		for _, e := range j.eval {
			if e != nil && e.Exhausted() {
				j.e.Once(text.Span{Start: at, End: at + 1}, code.ManyGiven, false)
			}
		}
	}
	for n := range j.given {
		switch g := &j.given[n]; g.role {
		case require:
			j.loadGiven(g)
			overspent(g.at)
		case fork:
			v := j.arguments(g, code.CommandValue)
			j.options(&v)
		case variable:
			j.variable(g.name, j.evaluator(code.CommandValue).Expression(g.value))
		case runner:
			j.runGiven(g)
			if e := j.eval[code.CommandValue]; e.Exhausted() && j.e.Commands.MayInstall(append(bytes.Clone(j.s), ' ')) {
				overspent(g.at)
			}
		}
	}
	for n := range j.given {
		if g := &j.given[n]; g.role == codeRunner {
			j.codeGiven(g)
			if j.quotesLoad() {
				overspent(g.at)
			}
		}
	}
}

// quotesLoad reports whether a literal seems to hold code that loads a module.
func (j *scanner) quotesLoad() bool {
	for _, w := range []string{"require(", "import(", "require('", "return require", "return import"} {
		for at := 0; ; {
			k := bytes.Index(j.s[at:], []byte(w))
			if k < 0 {
				break
			}
			if at += k; at > 0 && strings.IndexByte("'\"`", j.s[at-1]) >= 0 {
				return true
			}
			at += len(w)
		}
	}
	return false
}

// arguments reads what g gives.
func (j *scanner) arguments(g *given, mode code.Mode) code.Value {
	e := j.evaluator(mode)
	var v code.Value
	if g.rest {
		if g.list {
			o := e.Operand(g.value, g.stop)
			v = code.Value{IsList: true}
			for _, a := range o.Alternatives {
				if a.IsList {
					v.List = append(v.List, a.List...)
				} else {
					v.List = append(v.List, code.Outcome{Alternatives: []code.Value{a}})
				}
			}
			if o.Other {
				v.List = append(v.List, code.Outcome{Other: true, Cut: o.Cut})
			}
			return v
		}
		return code.Value{IsList: true, List: []code.Outcome{e.Expression(g.value)}}
	}
	v, _ = e.Arguments(g.value)
	if g.after && len(v.List) > 0 { // what is this in the function
		v.List, v.Keys = v.List[1:], nil
	}
	return v
}

// loadGiven loads the modules that a loader is given.
func (j *scanner) loadGiven(g *given) {
	v := j.arguments(g, code.ModuleValue)
	known := len(v.List) > 0
	for k, o := range v.List {
		if k > 0 && !g.list && !g.after {
			break
		}
		if g.after {
			o = o.EachOrSelf()
		}
		known = known && !o.Other
		for n := range o.Alternatives {
			l, ok := o.Alternatives[n].Literal()
			if !ok || l.Open && !local(l.Text) && !cutToPackage(&l) {
				known = false
				continue
			}
			if !l.Open || !local(l.Text) {
				j.load(l, g.flags)
			}
		}
	}
	if !known || j.eval[code.ModuleValue].Exhausted() {
		j.runTime(g.at, g.tell)
	}
}

// runGiven hands over the commands that a runner is given.
func (j *scanner) runGiven(g *given) {
	v := j.arguments(g, code.CommandValue)
	var tries []code.Value
	switch {
	case g.list || g.after:
		for k := range v.List {
			tries = append(tries, v.List[k].EachOrSelf().Alternatives...)
		}
	default:
		if len(v.List) > 0 {
			tries = append(tries, v.List[0].Alternatives...)
		}
	}
	tries = append(tries, v.Commands()...)
	if k := j.skip(g.value); len(tries) == 0 && !g.rest && k < len(j.s) && j.s[k] == '`' { // a template that was not understood
		j.commandTemplate(k)
	}
	j.options(&v)
	told := v.Cut() && j.installs() && (g.list || !bytes.HasSuffix(bytes.TrimRight(j.s[:g.at+1], "(?. \t\n"), []byte(".exec"))) // of a regular expression
	if told {
		j.cut(g.at)
	}
	for k := range tries {
		if k >= code.MaxValues {
			j.e.Once(text.Span{Start: g.at, End: g.at + 1}, code.ManyGiven, false)
			return
		}
		if src, m := tries[k].Command(); len(src) > 0 && j.worthReading(src) {
			j.hand(j.f.Derive(src, m, text.Shell), extract.Dynamic)
			if v.Cut() && j.installs() && !told {
				told = true
				j.cut(g.at)
			}
		}
	}
}

// codeGiven hands over the code that eval and its like are given.
func (j *scanner) codeGiven(g *given) {
	v := j.arguments(g, code.CommandValue)
	j.options(&v)
	if v.Cut() && j.quotesLoad() {
		j.cut(g.at)
	}
	for k := range v.List {
		for n := range v.List[k].Alternatives {
			a := &v.List[k].Alternatives[n]
			if a.IsList {
				continue
			}
			d, told := code.CodeOf(j.f, a, j.f.Lang)
			if told {
				j.runTime(g.at, tellSure)
			}
			if d != nil && loads(d.Text) {
				j.hand(d, g.flags)
			}
		}
	}
}

// loads reports whether code in a literal may load a module.
func loads(code []byte) bool {
	return bytes.ContainsAny(code, "(\\'\"") && (bytes.Contains(code, []byte("require")) || bytes.Contains(code, []byte("import")) || bytes.Contains(code, []byte("_load")))
}

// runs reads the command that a function is given by the arguments at i.
func (j *scanner) runs(i int) {
	if !j.commandCall(i) {
		j.give(given{role: runner, at: i - 1, value: i})
	}
}

// runsCode reads the code that a function is given by the arguments at i.
func (j *scanner) runsCode(i int) {
	at := j.skip(i)
	if at >= len(j.s) || j.s[at] == ')' {
		return
	}
	l, ok := j.argument(i)
	if !ok || l.Open {
		if k := j.s[at]; k == '(' || k == '{' || bytes.HasPrefix(j.s[at:], []byte("function")) || bytes.HasPrefix(j.s[at:], []byte("async")) || bytes.HasPrefix(j.s[at:], []byte("new ")) {
			return // a function
		}
		if w := j.s[j.word.Start:j.word.End]; len(w) == 0 || w[0] != 's' { // setTimeout is given functions by name
			j.give(given{role: codeRunner, at: i - 1, value: i, flags: extract.Dynamic})
		}
		return
	}
	if loads([]byte(l.Text)) {
		j.hand(l.Fragment(j.f, j.f.Lang), extract.Dynamic)
	} else if string(j.s[j.word.Start:j.word.End]) == "Worker" {
		j.file(&l)
		if next := j.skip(l.Next); next < len(j.s) && j.s[next] == ',' {
			j.give(given{role: fork, at: i - 1, value: i})
		}
	} else if next := l.Next; next < len(j.s) && j.s[next] == ',' {
		j.give(given{role: codeRunner, at: i - 1, value: i, flags: extract.Dynamic})
	}
	// eval("require")("x"), Function("return require")()("x")
	if w := strings.TrimRight(l.Text, "; \n\t"); strings.HasSuffix(w, "require") || strings.HasSuffix(w, "_load") {
		if k := j.skip(l.Next); k < len(j.s) && j.s[k] == ')' {
			k = j.skip(k + 1)
			if k+1 < len(j.s) && j.s[k] == '(' && strings.Contains(w, "return") {
				if k = j.skip(k + 1); k < len(j.s) && j.s[k] == ')' {
					k = j.skip(k + 1)
				}
			}
			if k < len(j.s) && j.s[k] == '(' {
				j.use(k, require, tellSure)
				return
			}
			j.use(k, require, tellSure)
		}
	}
}
