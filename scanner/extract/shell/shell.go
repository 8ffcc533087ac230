// Package shell reads the commands in texts of shells, and in texts of other
// languages that nothing else reads: which packages they install or run, which
// files they install from, and what else they run. A Format gets such a text; the
// references, files and texts inside go to its Emitter. Nothing is run and no file
// is opened: what only the shell would know is reported as not read.
package shell

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"figment/scanner/extract"
	"figment/scanner/text"
)

func matchShell(f *text.Fragment) bool {
	return f.Lang == text.Shell || f.Lang == text.Console
}

// extractShell reads the commands of a shell text. What the parser of the shell
// refuses is read line by line, and doubted.
func (g *Grammar) extractShell(f *text.Fragment, e *extract.Emitter) error {
	if f.Lang == text.Console {
		pythonSession(f, e)
	}
	if !g.MayRun(f.Text) {
		return nil
	}
	if bytes.IndexByte(f.Text, '\r') >= 0 {
		e.Fragment(withoutCR(f), 0)
		return nil
	}
	if f.Label != "" && bytes.Contains(f.Text, []byte("\u00a0")) {
		e.Fragment(withoutHardBlanks(f), 0)
		return nil
	}
	if d := g.withoutShellPrompts(f); d != nil {
		f2 := *d
		f2.Lang = text.Shell
		e.Fragment(&f2, 0)
		return nil
	}
	if f.Lang == text.Console && f.Label == "" && f.Depth == 0 {
		return g.extractLoose(f, e) // a text of no kind: only lines that are commands count
	}
	sh := &shellReader{f: f, e: e}
	sh.run()
	return nil
}

// withoutCR makes every line end LF, which is all that the shell knows.
func withoutCR(f *text.Fragment) *text.Fragment {
	var b text.Builder
	s := f.Text
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		b.Verbatim(s[i:end], i)
		if next > end {
			b.Escape("\n", end, next-end)
		}
		i = next
	}
	text, m := b.Done()
	d := f.Derive(text, m, f.Lang)
	d.Depth, d.Cut = f.Depth, f.Cut
	return d
}

// withoutHardBlanks makes blanks of those that a browser put into a text.
func withoutHardBlanks(f *text.Fragment) *text.Fragment {
	const hard = "\u00a0"
	var b text.Builder
	s := f.Text
	for i := 0; i < len(s); {
		n := bytes.Index(s[i:], []byte(hard))
		if n < 0 {
			n = len(s) - i
		}
		b.Verbatim(s[i:i+n], i)
		if i += n; i < len(s) {
			b.Escape(" ", i, len(hard))
			i += len(hard)
		}
	}
	src, m := b.Done()
	d := f.Derive(src, m, f.Lang)
	d.Depth, d.Cut = f.Depth, f.Cut
	return d
}

// MayRun reports whether a shell text may hold anything that is read: commands
// that install, lists of requirements, code for an interpreter.
func (g *Grammar) MayRun(text []byte) bool {
	if g.mayInstallQuoted(text) {
		return true
	}
	for _, w := range g.starters {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}

// mayInstallQuoted is MayInstall for a text in which quotes and escapes may
// stand inside the words.
func (g *Grammar) mayInstallQuoted(text []byte) bool {
	if g.MayInstall(text) {
		return true
	}
	if !bytes.ContainsAny(text, "'\"\\{$") {
		return false
	}
	if bytes.Contains(text, []byte("$'")) {
		return true
	}
	if bytes.ContainsAny(text, "{$") { // the name of a program may be made of pieces
		for _, w := range g.doers {
			if bytes.Contains(text, w) {
				return true
			}
		}
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == '\\' && i+1 < len(text) && text[i+1] == '\n' {
			i++
		} else if c != '\'' && c != '"' && c != '\\' {
			plain = append(plain, c)
		}
	}
	return g.MayInstall(plain)
}

type shellReader struct {
	f         *text.Fragment
	e         *extract.Emitter
	c         *Reader
	vars      map[string]*variable    // what the script assigns to names as literals
	input     map[*syntax.Stmt][]Word // what a statement reads from its pipe, as far as the text says it
	done      map[*syntax.Stmt]bool
	made      map[int][]Word     // what the command in <(…) writes, by its offset
	files     map[int][]Word     // the files whose content a $(…) stands for, by its offset
	self      map[text.Lang]bool // the languages in which the file is read again
	plain     map[string]Word    // what is assigned to variables that tools take options from
	outer     []environment      // around the subshells that are read
	allExport bool               // set -a
	flags     extract.Flags      // of the command being read

	spent, nesting int
	turns          int // words that were read again for the values of others
	overspent      bool
	spilled        bool // the rest was read line by line: a quote in it is never closed

	aliases   map[string]Word // what the script gives to names by alias
	functions map[string]*shellFunction
	called    int // bytes of bodies that were read for calls
	calls     int // functions around the statement that is read
}

// maxOpen bounds how many brackets a text may open, and how many pipes and lists
// it may have: the parser goes down one level for each, and its stack ends before
// the memory does.
const maxOpen = 20_000

func newReader(f *text.Fragment, e *extract.Emitter, flags extract.Flags) *Reader {
	c := &Reader{g: grammarOf(e), flags: flags, guess: true}
	c.emit = e.Reference
	c.full = e.Full
	c.env, _ = e.Context().(environment)
	c.shell = func(w Word) {
		defer e.Carry(c.env)()
		if len(w.offs) == 0 || !c.g.MayRun([]byte(w.Text)) {
			return
		}
		e.Fragment(derived(f, w, text.Shell), c.flags)
	}
	c.code = func(w Word) {
		e.Fragment(derived(f, w, text.Other), c.flags)
	}
	c.file = func(w Word) {
		d := derived(f, w, text.Text)
		d.Name = e.Known().ListName(false)
		e.Fragment(d, flags)
	}
	c.include = func(w Word, constraint bool) { takesList(f, e, w, constraint) }
	c.run = func(w Word, lang text.Lang) { runsFile(e, w, lang) }
	c.values = func(w Word) { takesValues(e, w) }
	c.modules = true
	c.deep = e.TooDeep
	c.unread = func(w Word) {
		e.NameMissed()
		span := text.Span{Start: w.offs[0], End: w.endAt(len(w.offs) - 1)}
		if span.Start >= span.End {
			span = text.Span{Start: w.offs[0], End: w.offs[0] + 1}
		}
		e.Problem(span, "the package name is made at run time and was not read: write the name out, or check it by hand", f.Label == "")
	}
	return c
}

// problem reports what of the text at a place was not read.
func (s *shellReader) problem(at int, src string) {
	span := text.Span{}
	if at < len(s.f.Text) {
		span = text.Span{Start: at, End: at + 1}
	}
	s.e.Problem(span, src, s.f.Label == "")
}

func (s *shellReader) run() {
	s.c = newReader(s.f, s.e, 0)
	s.vars = map[string]*variable{}
	s.c.set = func(name string) bool { return s.vars[name] != nil }
	s.input = map[*syntax.Stmt][]Word{}
	s.made = map[int][]Word{}
	s.c.made = func(w Word) ([]Word, bool) {
		if len(w.offs) == 0 {
			return nil, false
		}
		out, ok := s.made[w.offs[0]]
		return out, ok
	}
	s.files, s.self = map[int][]Word{}, map[text.Lang]bool{}
	run, shell := s.c.run, s.c.shell
	s.c.run = func(w Word, lang text.Lang) {
		if s.isSelf(w) {
			s.own(lang)
			return
		}
		run(w, lang)
	}
	s.c.shell = func(w Word) {
		s.contents(w, text.Shell)
		shell(w)
	}
	s.done = map[*syntax.Stmt]bool{}
	if n := bytes.Count(s.f.Text, []byte("(")) + bytes.Count(s.f.Text, []byte("`")) + bytes.Count(s.f.Text, []byte("${")) + bytes.Count(s.f.Text, []byte("|")) + bytes.Count(s.f.Text, []byte("&&")); n > maxOpen {
		s.e.Problem(text.Span{}, "more brackets and pipes than the shell parser is given: the text was read line by line", s.f.Label == "")
		s.lines(0)
		return
	}
	defer func() {
		if recover() != nil {
			s.e.Crashed("the shell parser")
			s.lines(0)
		}
	}()
	variant := syntax.LangBash
	if strings.HasSuffix(s.f.Name, ".bats") {
		variant = syntax.LangBats
	}
	p := syntax.NewParser(syntax.Variant(variant), syntax.KeepComments(true), syntax.RecoverErrors(20))
	file, err := p.Parse(bytes.NewReader(s.f.Text), "")
	broken := len(s.f.Text)
	if err != nil {
		broken = 0
		if pe, ok := err.(syntax.ParseError); ok {
			broken = text.LineStart(s.f.Text, min(int(pe.Pos.Offset()), len(s.f.Text)))
		}
	}
	if file != nil {
		s.assignments(file)
		s.defined(file)
		s.walk(file)
	}
	if err != nil {
		s.lines(broken)
	}
}

// walk reads the statements in a part of the syntax.
func (s *shellReader) walk(n syntax.Node) {
	var around []syntax.Node
	syntax.Walk(n, func(n syntax.Node) (in bool) {
		if n == nil {
			s.leave(around[len(around)-1])
			around = around[:len(around)-1]
			return false
		}
		defer func() {
			if in {
				around = append(around, n)
				s.enter(n)
			}
		}()
		if at, ok := unclosed(n); ok && !s.spilled {
			s.spilled = true
			s.lines(text.NextLine(s.f.Text, int(at.Offset())))
		}
		switch n := n.(type) {
		case *syntax.Stmt:
			s.stmt(n)
		case *syntax.Comment:
			s.comment(n)
		case *syntax.BinaryCmd:
			s.pipe(n)
		case *syntax.Assign:
			s.sets(n)
		case *syntax.DeclClause:
			s.exports(n)
		case *syntax.FuncDecl:
			return !s.e.Full() && !s.onlyCalled(n)
		}
		return !s.e.Full()
	})
}

// unclosed tells of a quote or an expression that the text never closes, and
// where it begins: to the parser, what follows is no statement.
func unclosed(n syntax.Node) (at syntax.Pos, ok bool) {
	switch n := n.(type) {
	case *syntax.SglQuoted:
		return n.Left, n.Right.IsRecovered()
	case *syntax.DblQuoted:
		return n.Left, n.Right.IsRecovered()
	case *syntax.ArithmExp:
		return n.Left, n.Right.IsRecovered()
	case *syntax.ArithmCmd:
		return n.Left, n.Right.IsRecovered()
	case *syntax.ParamExp:
		return n.Dollar, n.Rbrace.IsRecovered()
	}
	return syntax.Pos{}, false
}

// lines reads the text from offset on line by line.
func (s *shellReader) lines(from int) {
	low := newReader(s.f, s.e, extract.Low)
	for i := from; i < len(s.f.Text) && !s.e.Full(); i = text.NextLine(s.f.Text, i) {
		end := text.LineEnd(s.f.Text, i)
		for _, ws := range splitLine(s.f.Text[i:end], i, `\`) {
			low.Words(ws)
		}
	}
}

func (s *shellReader) comment(n *syntax.Comment) {
	start := int(n.Hash.Offset()) + 1
	end := start + len(n.Text)
	if end <= len(s.f.Text) && s.c.g.MayInstall(s.f.Text[start:end]) {
		s.e.Fragment(s.f.Child(text.Span{Start: start, End: end}, text.Prose), 0)
	}
}

// callWords gives the words of a command.
func (s *shellReader) callWords(call *syntax.CallExpr) []Word {
	var ws []Word
	for _, a := range call.Args {
		ws = append(ws, s.words(a)...)
	}
	return ws
}

// stmt reads one statement: its command, what it is given to read, and what its
// redirections write.
func (s *shellReader) stmt(st *syntax.Stmt) {
	call, ok := st.Cmd.(*syntax.CallExpr)
	if ok && len(call.Args) == 0 {
		s.assigned(call)
	}
	if !ok || len(call.Args) == 0 {
		if st.Cmd != nil && len(st.Redirs) > 0 {
			s.redirections(st, nil, s.output(st, 0))
		}
		return
	}
	s.flags = 0
	for _, a := range call.Args {
		src, at := s.source(a)
		if strings.IndexByte(src, '\n') >= 0 && a != call.Args[0] && s.swallowed(s.one(a).Text) {
			// A quote was never closed and took lines along that are commands.
			s.spilled = true
			s.lines(text.LineStart(s.f.Text, at))
			return
		}
	}
	ws := s.callWords(call)
	if len(ws) == 0 {
		return
	}
	if all := s.turned(ws); len(all) > 1 {
		defer s.c.eachOnce()()
		flags := s.flags
		for _, ws := range all {
			s.flags = flags
			s.command(st, call, ws)
		}
		return
	}
	s.command(st, call, ws)
}

// command reads the words of a statement.
func (s *shellReader) command(st *syntax.Stmt, call *syntax.CallExpr, ws []Word) {
	s.shift(ws)
	if s.aliased(call, ws) {
		return
	}
	before := s.c.env
	defer func() { s.c.env = before }()
	if len(call.Assigns) > 0 {
		for _, a := range call.Assigns {
			if a.Name != nil && a.Value != nil && s.isOption(a.Name.Value) && !long(a.Value) {
				s.c.environ(a.Name.Value, s.one(a.Value))
			}
		}
	} else if s.unsets(ws) {
		before = s.c.env
	}
	s.call(ws)
	s.redirections(st, ws, s.output(st, 0))
	for i := range ws {
		if ws[i].Hole != "" || !strings.HasPrefix(ws[i].Raw, ">") && !strings.HasPrefix(ws[i].Raw, "<") {
			ws[i].Raw = ""
		}
	}
	inner := s.c.peel(ws)
	if len(inner) > 0 && inner[0].Text == "$" && inner[0].Hole != "" {
		if w := s.namedProgram(inner[0]); w.Hole == "" {
			inner = append([]Word{w}, inner[1:]...)
			ws = inner
		} else {
			s.e.NameMissed()
		}
	}
	in := s.stdin(st)
	if !s.interpreter(inner, in) {
		s.c.flags, s.c.input = s.flags, in
		s.c.managed = false // which peel may have set
		s.c.Words(ws)
		s.c.flags, s.c.input = 0, nil
	}
	s.flags = 0
}

// namedProgram takes "$PIP" and "${NPM_BIN}" for the program of that name.
func (s *shellReader) namedProgram(w Word) Word {
	for _, part := range strings.FieldsFunc(strings.ToLower(w.Hole), func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch part {
		case "shell":
			part = "sh"
		case "interpreter", "interp":
			part = "python"
		}
		if s.c.g.managers[part] || part == "npx" || HasWord(shells, part) || HasWord("node nodejs tsx", part) {
			w.Text, w.Hole = part, ""
			at := w.offs[0]
			w.offs = nil
			for range part {
				w.offs = append(w.offs, at)
			}
			w.ends = nil
			return w
		}
	}
	return w
}

func (s *shellReader) swallowed(text string) bool {
	for _, line := range strings.Split(text, "\n")[1:] {
		if f := strings.Fields(line); len(f) > 1 {
			switch program(f[0]) {
			case "pip", "npm", "npx", "yarn", "pnpm", "go", "uv", "poetry":
				return s.c.g.MayInstall([]byte(line + " "))
			}
		}
	}
	return false
}
