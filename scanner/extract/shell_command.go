package extract

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"figment/internal/lazyregexp"
	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

func matchShell(f *source.Fragment) bool {
	return f.Lang == source.Shell || f.Lang == source.Console
}

func matchOtherShell(f *source.Fragment) bool {
	return f.Lang == source.PowerShell || f.Lang == source.Cmd
}

// extractShell reads the commands of a shell text. What the parser of the shell
// refuses is read line by line, and doubted.
func extractShell(f *source.Fragment, e *Emitter) error {
	if !mayRun(f.Text) {
		return nil
	}
	if bytes.IndexByte(f.Text, '\r') >= 0 {
		e.Fragment(withoutCR(f), 0)
		return nil
	}
	if d := withoutShellPrompts(f); d != nil {
		f2 := *d
		f2.Lang = source.Shell
		e.Fragment(&f2, 0)
		return nil
	}
	if f.Lang == source.Console && f.Label == "" && f.Depth == 0 {
		return extractLoose(f, e) // a text of no kind: only lines that are commands count
	}
	sh := &shellReader{f: f, e: e}
	sh.run()
	return nil
}

// withoutCR makes every line end LF, which is all that the shell knows.
func withoutCR(f *source.Fragment) *source.Fragment {
	var b source.Builder
	s := f.Text
	for i := 0; i < len(s); {
		end, next := lex.LineEnd(s, i), lex.NextLine(s, i)
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

// mayRun reports whether a shell text may hold anything that is read: commands
// that install, lists of requirements, code for an interpreter.
func mayRun(text []byte) bool {
	return mayInstallQuoted(text) || bytes.Contains(text, []byte("<<")) || bytes.Contains(text, []byte("requirements")) || bytes.Contains(text, []byte(" -")) || bytes.Contains(text, []byte(nodeVariable))
}

// mayInstallQuoted is MayInstall for a text in which quotes and escapes may
// stand inside the words.
func mayInstallQuoted(text []byte) bool {
	if MayInstall(text) {
		return true
	}
	if !bytes.ContainsAny(text, "'\"\\{$") {
		return false
	}
	if bytes.Contains(text, []byte("$'")) {
		return true
	}
	if bytes.ContainsAny(text, "{$") { // the name of a program may be made of pieces
		for _, w := range doers {
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
	return MayInstall(plain)
}

type shellReader struct {
	f     *source.Fragment
	e     *Emitter
	c     *commandReader
	vars  map[string]*variable    // what the script assigns to names as literals
	input map[*syntax.Stmt][]word // what a statement reads from its pipe, as far as the text says it
	done  map[*syntax.Stmt]bool
	made  map[int][]word // what the command in <(…) writes, by its offset
	flags Flags          // of the command being read

	spent, nesting int
	overspent      bool
}

// maxOpen bounds how many brackets a text may open: the parser goes down one
// level for each, and its stack ends before the memory does.
const maxOpen = 20_000

func newCommandReader(f *source.Fragment, e *Emitter, flags Flags) *commandReader {
	c := &commandReader{table: commands(), flags: flags}
	c.emit = e.Reference
	c.full = func() bool { return e.full }
	c.shell = func(w word) {
		if len(w.offs) == 0 || !mayRun([]byte(w.text)) {
			return
		}
		e.Fragment(derived(f, w, source.Shell), flags)
	}
	c.file = func(w word, name string) {
		d := derived(f, w, source.Text)
		d.Name = name
		e.Fragment(d, flags)
	}
	c.unread = func(w word) {
		span := source.Span{Start: w.offs[0], End: w.endAt(len(w.offs) - 1)}
		if span.Start >= span.End {
			span = source.Span{Start: w.offs[0], End: w.offs[0] + 1}
		}
		e.Problem(span, "the package name is made at run time and was not read: write the name out, or check it by hand", f.Label == "")
	}
	return c
}

// derived makes a fragment of a word's text.
func derived(f *source.Fragment, w word, lang source.Lang) *source.Fragment {
	var b source.Builder
	for i := 0; i < len(w.text); {
		k := i + 1
		if at, end := w.offs[i], w.endAt(i); end != at+1 {
			for k < len(w.text) && w.offs[k] == at && w.endAt(k) == end {
				k++
			}
			b.Escape(w.text[i:k], at, end-at)
			i = k
			continue
		}
		written := func(k int) bool { return w.offs[k] < len(f.Text) && f.Text[w.offs[k]] == w.text[k] }
		if !written(i) {
			b.Escape(w.text[i:k], w.offs[i], 1)
			i = k
			continue
		}
		for k < len(w.text) && w.offs[k] == w.offs[k-1]+1 && w.endAt(k) == w.offs[k]+1 && written(k) {
			k++
		}
		b.Verbatim([]byte(w.text[i:k]), w.offs[i])
		i = k
	}
	text, m := b.Done()
	d := f.Derive(text, m, lang)
	d.Cut = f.Cut && len(w.offs) > 0 && w.endAt(len(w.offs)-1) == len(f.Text)
	return d
}

// problem reports what of the text at a place was not read.
func (s *shellReader) problem(at int, text string) {
	span := source.Span{}
	if at < len(s.f.Text) {
		span = source.Span{Start: at, End: at + 1}
	}
	s.e.Problem(span, text, s.f.Label == "")
}

func (s *shellReader) run() {
	s.c = newCommandReader(s.f, s.e, 0)
	s.vars = map[string]*variable{}
	s.c.set = func(name string) bool { return s.vars[name] != nil }
	s.input = map[*syntax.Stmt][]word{}
	s.made = map[int][]word{}
	s.c.made = func(w word) ([]word, bool) {
		if len(w.offs) == 0 {
			return nil, false
		}
		out, ok := s.made[w.offs[0]]
		return out, ok
	}
	s.done = map[*syntax.Stmt]bool{}
	if n := bytes.Count(s.f.Text, []byte("(")) + bytes.Count(s.f.Text, []byte("`")) + bytes.Count(s.f.Text, []byte("${")); n > maxOpen {
		s.e.Problem(source.Span{}, "more brackets than the shell parser is given: the text was read line by line", s.f.Label == "")
		s.lines(0)
		return
	}
	defer func() {
		if recover() != nil {
			s.e.Problem(source.Span{}, "the shell parser failed: the rest was read line by line", false)
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
			broken = lex.LineStart(s.f.Text, min(int(pe.Pos.Offset()), len(s.f.Text)))
		}
	}
	if file != nil {
		s.assignments(file)
		syntax.Walk(file, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				s.stmt(n)
			case *syntax.Comment:
				s.comment(n)
			case *syntax.BinaryCmd:
				s.pipe(n)
			case *syntax.Assign:
				s.nodeOptions(n)
			}
			return !s.e.full
		})
	}
	if err != nil {
		s.lines(broken)
	}
}

// lines reads the text from offset on line by line.
func (s *shellReader) lines(from int) {
	low := newCommandReader(s.f, s.e, Low)
	for i := from; i < len(s.f.Text) && !s.e.full; i = lex.NextLine(s.f.Text, i) {
		end := lex.LineEnd(s.f.Text, i)
		for _, ws := range splitLine(s.f.Text[i:end], i, `\`) {
			low.words(ws)
		}
	}
}

func (s *shellReader) comment(n *syntax.Comment) {
	start := int(n.Hash.Offset()) + 1
	end := start + len(n.Text)
	if end <= len(s.f.Text) && MayInstall(s.f.Text[start:end]) {
		s.e.Fragment(s.f.Child(source.Span{Start: start, End: end}, source.Prose), 0)
	}
}

// assignments collects what the script assigns to names. A name that gets
// several values stands for each of them.
func (s *shellReader) assignments(file *syntax.File) {
	unknown := func(name string) {
		v := s.variable(name)
		v.unknown = true
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				for _, a := range n.Assigns {
					s.assign(a)
				}
				return true
			}
			switch name := n.Args[0].Lit(); name {
			case "read", "mapfile", "readarray", "printf":
				for i, a := range n.Args[1:] {
					if lit := a.Lit(); lit != "" && lit[0] != '-' && (name != "printf" || n.Args[i].Lit() == "-v") {
						unknown(lit)
					}
				}
			case "set":
				if len(n.Args) > 1 && n.Args[1].Lit() == "--" {
					v := s.variable("@")
					v.array = true
					var ws []word
					for _, a := range n.Args[2:] {
						ws = append(ws, s.words(a)...)
					}
					v.add(ws)
				}
			}
		case *syntax.DeclClause:
			for _, a := range n.Args {
				if a.Name != nil && !a.Naked {
					s.assign(a)
				}
			}
		case *syntax.FuncDecl:
			unknown("@") // a function has arguments of its own
		case *syntax.ForClause:
			if it, ok := n.Loop.(*syntax.WordIter); ok && it.Name != nil {
				v := s.variable(it.Name.Value)
				if !it.InPos.IsValid() {
					v.unknown = true
				}
				v.loop = true
				for _, item := range it.Items {
					for _, w := range s.words(item) {
						v.add([]word{w})
					}
				}
			}
		}
		return true
	})
}

func (s *shellReader) variable(name string) *variable {
	v := s.vars[name]
	if v == nil {
		v = &variable{}
		s.vars[name] = v
	}
	return v
}

// add adds a possible value.
func (v *variable) add(ws []word) {
	for _, w := range ws {
		if w.hole != "" {
			v.unknown = true
			if !v.array {
				return
			}
		}
	}
	limit := maxAlternatives
	if v.loop {
		limit = MaxReferences
	}
	if len(v.alts) >= limit {
		v.unknown = true
		return
	}
	if v.array && len(v.alts) == 1 {
		v.alts[0] = append(v.alts[0], ws...)
		return
	}
	v.alts = append(v.alts, ws)
}

func (s *shellReader) assign(a *syntax.Assign) {
	if a.Name == nil {
		return
	}
	var ws []word
	switch {
	case a.Array != nil:
		for _, x := range a.Array.Elems {
			if x.Value != nil {
				ws = append(ws, s.words(x.Value)...)
			}
		}
		v := s.variable(a.Name.Value)
		v.array = true
		v.add(ws)
	case a.Value != nil:
		w := s.one(a.Value)
		v := s.variable(a.Name.Value)
		if a.Append && !v.array && len(v.alts) == 1 && len(v.alts[0]) == 1 {
			before := &v.alts[0][0]
			if w.hole != "" || !s.spend(len(before.text)/8) {
				v.unknown = true
				return
			}
			*before = joined(*before, w)
			return
		}
		v.array = v.array || a.Index != nil
		v.add([]word{w})
	}
}

// joined puts two words together. Where the second stands before the first, its
// bytes count as those at the end of the first: spans never run backwards.
func joined(a, b word) word {
	out := word{text: a.text + b.text, end: b.end, hole: a.hole}
	if out.hole == "" {
		out.hole = b.hole
	}
	out.offs = make([]int, 0, len(out.text))
	out.ends = make([]int, 0, len(out.text))
	for i := range a.offs {
		out.offs, out.ends = append(out.offs, a.offs[i]), append(out.ends, a.endAt(i))
	}
	at, end := 0, 0
	if n := len(a.offs); n > 0 {
		at, end = a.offs[n-1], a.endAt(n-1)
	}
	for i := range b.offs {
		if b.offs[i] >= end {
			at, end = b.offs[i], b.endAt(i)
		}
		out.offs, out.ends = append(out.offs, at), append(out.ends, end)
	}
	return out
}

// callWords gives the words of a command.
func (s *shellReader) callWords(call *syntax.CallExpr) []word {
	var ws []word
	for _, a := range call.Args {
		ws = append(ws, s.words(a)...)
	}
	return ws
}

// stmt reads one statement: its command, what it is given to read, and what its
// redirections write.
func (s *shellReader) stmt(st *syntax.Stmt) {
	call, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		if st.Cmd != nil && len(st.Redirs) > 0 {
			s.redirections(st, nil, s.output(st, 0))
		}
		return
	}
	s.flags = 0
	for _, a := range call.Args {
		text, at := s.source(a)
		if strings.IndexByte(text, '\n') >= 0 && a != call.Args[0] && s.swallowed(s.one(a).text) {
			// A quote was never closed and took lines along that are commands.
			s.lines(lex.LineStart(s.f.Text, at))
			return
		}
	}
	ws := s.callWords(call)
	if len(ws) == 0 {
		return
	}
	s.redirections(st, ws, s.output(st, 0))
	for i := range ws {
		if ws[i].hole != "" || !strings.HasPrefix(ws[i].raw, ">") && !strings.HasPrefix(ws[i].raw, "<") {
			ws[i].raw = ""
		}
	}
	if ws[0].text == "$" && ws[0].hole != "" {
		ws[0] = namedProgram(ws[0])
	}
	inner := s.c.peel(ws)
	in := s.stdin(st)
	if !s.interpreter(inner, in) {
		s.c.flags, s.c.input = s.flags, in
		s.c.words(ws)
		s.c.flags, s.c.input = 0, nil
	}
	s.flags = 0
}

// nodeOptions reads NODE_OPTIONS where it is given a value.
func (s *shellReader) nodeOptions(a *syntax.Assign) {
	if a.Name != nil && a.Value != nil && a.Name.Value+"=" == nodeVariable {
		if w := s.one(a.Value); len(w.offs) > 0 {
			s.c.nodeOptions(w)
		}
	}
}

// namedProgram takes "$PIP" and "${NPM_BIN}" for the program of that name.
func namedProgram(w word) word {
	for _, part := range strings.FieldsFunc(strings.ToLower(w.hole), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if managers[part] || part == "npx" {
			w.text, w.hole = part, ""
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
				return MayInstall([]byte(line + " "))
			}
		}
	}
	return false
}

// redirections reads "foo>=1.0", which the shell takes for a redirection, and
// the files that a command writes.
func (s *shellReader) redirections(st *syntax.Stmt, ws, out []word) {
	for _, r := range st.Redirs {
		if r.Word == nil {
			continue
		}
		target := s.one(r.Word)
		at := int(r.OpPos.Offset())
		if r.N == nil && (r.Op == syntax.RdrOut || r.Op == syntax.RdrIn) && len(target.text) > 0 && (target.text[0] == '=' || target.text[0] >= '0' && target.text[0] <= '9') {
			for i := range ws {
				if ws[i].end == at {
					end := at
					for end < len(s.f.Text) && s.f.Text[end] > ' ' && s.f.Text[end] != ';' && s.f.Text[end] != '&' && s.f.Text[end] != '|' && s.f.Text[end] != ')' {
						end++
					}
					ws[i].raw = string(s.f.Text[at:end])
				}
			}
			continue
		}
		if (r.Op == syntax.RdrOut || r.Op == syntax.AppOut || r.Op == syntax.RdrClob) && target.text != "" {
			s.written(target.text, out)
		}
	}
	if len(ws) > 1 {
		if inner := s.c.peel(ws); len(inner) > 1 && program(inner[0].text) == "tee" {
			for _, w := range inner[1:] {
				if !strings.HasPrefix(w.text, "-") {
					s.written(w.text, out)
					break
				}
			}
		}
	}
}

// written reads what a command writes into a file of a known name.
func (s *shellReader) written(name string, out []word) {
	for _, w := range out {
		if len(w.offs) == 0 {
			continue
		}
		c := derived(s.f, w, source.Undecided)
		c.Name = name
		if lang := source.LangOf(name); lang != source.Text || w.ends != nil {
			c.Lang = lang
		}
		s.e.Fragment(c, 0)
	}
}

// maxOutput bounds how deep the statements may stand whose output is followed.
const maxOutput = 8

// output gives what a statement writes to its standard output, as far as the
// text says it.
func (s *shellReader) output(st *syntax.Stmt, depth int) []word {
	if depth > maxOutput {
		return nil
	}
	list := func(stmts []*syntax.Stmt) (out []word) {
		for _, x := range stmts {
			out = append(out, s.output(x, depth+1)...)
		}
		if len(out) > 1 && len(out) < 100 {
			all := out[0]
			for _, w := range out[1:] {
				if !s.spend(len(all.text) / 8) {
					return out
				}
				all = joined(all, w)
			}
			out = []word{all}
		}
		return out
	}
	switch cmd := st.Cmd.(type) {
	case *syntax.Block:
		return list(cmd.Stmts)
	case *syntax.Subshell:
		return list(cmd.Stmts)
	case *syntax.BinaryCmd:
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			if s.input[cmd.Y] == nil {
				s.input[cmd.Y] = s.output(cmd.X, depth+1)
			}
			return s.output(cmd.Y, depth+1)
		}
		return list([]*syntax.Stmt{cmd.X, cmd.Y})
	case *syntax.CallExpr:
		if len(cmd.Args) == 0 {
			return nil
		}
		switch program(cmd.Args[0].Lit()) {
		case "sudo", "env", "command", "cat", "tee", "echo", "printf", "tac", "sort", "uniq":
		default:
			return nil
		}
		ws := s.c.peel(s.callWords(cmd))
		if len(ws) == 0 {
			return nil
		}
		switch program(ws[0].text) {
		case "echo", "printf":
			return written(ws)
		case "cat", "tee", "tac", "sort", "uniq":
			if program(ws[0].text) == "cat" {
				for _, w := range ws[1:] {
					if w.text != "-" && !strings.HasPrefix(w.text, "-") {
						return nil // a file
					}
				}
			}
			return s.stdin(st)
		}
	}
	return nil
}

// stdin gives what a statement reads: a here-document, a here-string, or what
// stands before it in a pipe. nil: something that the text does not say.
func (s *shellReader) stdin(st *syntax.Stmt) []word {
	for _, r := range st.Redirs {
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			if w, ok := s.body(r); ok {
				return []word{w}
			}
			return []word{} // an empty one
		case syntax.WordHdoc:
			if r.Word != nil {
				return []word{s.one(r.Word)}
			}
		}
	}
	return s.input[st]
}

func (s *shellReader) body(r *syntax.Redirect) (word, bool) {
	if r.Hdoc == nil {
		return word{}, false
	}
	start, end := int(r.Hdoc.Pos().Offset()), int(r.Hdoc.End().Offset())
	if start >= end || end > len(s.f.Text) {
		return word{}, false
	}
	// Where the text ends with the delimiter, the parser takes it along.
	if r.Word != nil {
		if stop := s.one(r.Word); stop.text != "" && bytes.HasSuffix(s.f.Text[start:end], []byte("\n"+stop.text)) {
			end -= len(stop.text)
		}
	}
	return plainWord(string(s.f.Text[start:end]), start), true
}

// interpreter hands over code given to an interpreter, as an argument or to its
// standard input. It reports whether the command was one that runs its input.
func (s *shellReader) interpreter(ws, in []word) bool {
	if len(ws) == 0 {
		return false
	}
	feed := func(lang source.Lang) {
		for _, w := range in {
			if len(w.offs) > 0 {
				s.e.Fragment(derived(s.f, w, lang), s.flags)
			}
		}
	}
	name := program(ws[0].text)
	var lang source.Lang
	flag := "-c"
	switch name {
	case "python", "pypy", "py":
		lang = source.Python
	case "node", "nodejs":
		lang, flag = source.JavaScript, "-e"
	case "deno":
		if len(ws) > 2 && ws[1].text == "eval" && len(ws[2].offs) > 0 {
			s.e.Fragment(derived(s.f, ws[2], source.TypeScript), 0)
		}
		return false
	case "bash", "sh", "zsh", "dash", "ksh", "ash", "su":
		for _, w := range ws[1:] {
			t := w.text
			if t == "-s" || t == "-" || t == "--" || t == "/dev/stdin" {
				break
			}
			if strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "--") && strings.HasSuffix(t, "c") {
				return false // its commands are an argument
			}
			if !strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "+") && name != "su" {
				return false // a script
			}
		}
		feed(source.Shell)
		return len(in) > 0
	case "ssh":
		feed(source.Shell)
		return false
	case ".", "source":
		if len(ws) > 1 && ws[1].text == "/dev/stdin" {
			feed(source.Shell)
		}
		return false
	default:
		return false
	}
	for i, w := range ws {
		if i > 0 && (w.text == flag || lang == source.JavaScript && (w.text == "--eval" || w.text == "-p" || w.text == "-pe" || w.text == "--print")) && i+1 < len(ws) && len(ws[i+1].offs) > 0 {
			s.e.Fragment(derived(s.f, ws[i+1], lang), 0)
			return false
		}
		if i > 0 && w.text == "-m" {
			return false
		}
	}
	feed(lang)
	return false
}

// pipe remembers what the right side of a pipe reads.
func (s *shellReader) pipe(n *syntax.BinaryCmd) {
	if n.Op != syntax.Pipe && n.Op != syntax.PipeAll || n.X == nil || n.Y == nil || s.input[n.Y] != nil {
		return
	}
	if out := s.output(n.X, 0); out != nil {
		s.input[n.Y] = out
	}
}

// written gives the text that echo and printf write.
func written(ws []word) []word {
	args := ws[1:]
	if program(ws[0].text) == "echo" {
		decode := false
		for len(args) > 0 && len(args[0].text) > 1 && strings.Trim(args[0].text, "neE") == "-" && args[0].text[0] == '-' {
			decode = decode || strings.Contains(args[0].text, "e")
			args = args[1:]
		}
		if len(args) == 0 {
			return nil
		}
		out := args[0]
		if len(args) > 1 {
			var parts []word
			for i, w := range args {
				if i > 0 {
					parts = append(parts, blank(args[i-1], " "))
				}
				parts = append(parts, w)
			}
			out = concat(parts)
		}
		if decode {
			out = decoded(out)
		}
		return []word{concat([]word{out, blank(args[len(args)-1], "\n")})}
	}
	if len(args) > 0 && args[0].text == "--" {
		args = args[1:]
	}
	if len(args) == 0 || strings.HasPrefix(args[0].text, "-") {
		return nil
	}
	format := decoded(args[0])
	args = args[1:]
	var parts []word
	for first := true; first || len(args) > 0; first = false {
		used := false
		for i := 0; i < len(format.text); {
			k := strings.IndexByte(format.text[i:], '%')
			if k < 0 {
				parts = append(parts, format.sub(i, len(format.text)))
				break
			}
			parts = append(parts, format.sub(i, i+k))
			i += k + 1
			for i < len(format.text) && strings.IndexByte("-+ #0123456789.", format.text[i]) >= 0 {
				i++
			}
			if i == len(format.text) {
				break
			}
			if format.text[i] == '%' {
				parts = append(parts, format.sub(i, i+1))
			} else {
				used = true
				if len(args) > 0 {
					w := args[0]
					if format.text[i] == 'b' {
						w = decoded(w)
					}
					parts = append(parts, w)
					args = args[1:]
				}
			}
			i++
		}
		if !used {
			break
		}
	}
	return []word{concat(parts)}
}

// blank is text that stands behind a word without being written there.
func blank(after word, text string) word {
	at := max(0, after.end-1)
	w := word{end: after.end}
	for i := range text {
		w.text += text[i : i+1]
		w.offs = append(w.offs, at)
	}
	return w
}

// concat puts words together in order, see joined.
func concat(ws []word) word {
	var out word
	n := 0
	for _, w := range ws {
		n += len(w.text)
	}
	text := make([]byte, 0, n)
	out.offs, out.ends = make([]int, 0, n), make([]int, 0, n)
	at, end := 0, 0
	for k := range ws {
		w := &ws[k]
		if out.hole == "" {
			out.hole = w.hole
		}
		text = append(text, w.text...)
		for i := range w.offs {
			if w.offs[i] >= end {
				at, end = w.offs[i], w.endAt(i)
			}
			out.offs, out.ends = append(out.offs, at), append(out.ends, end)
		}
		out.end = max(out.end, w.end)
	}
	out.text = string(text)
	return out
}

// decoded gives a word with the escapes of echo -e and printf taken off.
func decoded(w word) word {
	if strings.IndexByte(w.text, '\\') < 0 {
		return w
	}
	out := word{end: w.end, hole: w.hole}
	var text []byte
	for i := 0; i < len(w.text); {
		n, t := 1, w.text[i:i+1]
		if w.text[i] == '\\' && i+1 < len(w.text) {
			var k int
			t, k = escape(w.text[i+1:])
			n = 1 + k
		}
		for k := 0; k < len(t); k++ {
			text = append(text, t[k])
			out.offs = append(out.offs, w.offs[i])
			out.ends = append(out.ends, w.endAt(i+n-1))
		}
		i += n
	}
	out.text = string(text)
	return out
}

// splitLine splits a line into simple commands and words, with quotes and
// escapes taken off. It is for text that is no shell's, or is broken.
func splitLine(line []byte, base int, escape string) [][]word {
	var out [][]word
	var ws []word
	var w word
	open := false
	flush := func(end int) {
		if open {
			w.end = base + end
			ws = append(ws, w)
		}
		w, open = word{}, false
	}
	next := func(end int) {
		flush(end)
		if len(ws) > 0 {
			out = append(out, ws)
		}
		ws = nil
	}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
				continue
			}
		case c == '"' || c == '\'':
			quote, open = c, true
			continue
		case c == ' ' || c == '\t' || c == '\r':
			flush(i)
			continue
		case c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '{' || c == '}':
			next(i)
			continue
		case c == '#' && !open:
			next(i)
			return out
		case strings.IndexByte(escape, c) >= 0 && i+1 < len(line):
			i++
		}
		open = true
		w.text += string(line[i : i+1])
		w.offs = append(w.offs, base+i)
	}
	next(len(line))
	return out
}

// extractOtherShell reads PowerShell and batch files line by line.
func extractOtherShell(f *source.Fragment, e *Emitter) error {
	if !MayInstall(f.Text) {
		return nil
	}
	c := newCommandReader(f, e, 0)
	joiner, comment := byte('`'), "#"
	if f.Lang == source.Cmd {
		joiner, comment = '^', "::"
	}
	s := f.Text
	for i := 0; i < len(s); {
		end := lex.LineEnd(s, i)
		if n, sure := shellPrompt(s[i:end]); sure && bytes.IndexByte(s[i:i+n], '>') >= 0 {
			i += n // PS C:\x>
		}
		var b source.Builder
		for end > i && s[end-1] == joiner && end < len(s) {
			b.Verbatim(s[i:end-1], i)
			b.Escape(" ", end-1, 1)
			i = lex.NextLine(s, end)
			end = lex.LineEnd(s, i)
		}
		b.Verbatim(s[i:end], i)
		i = lex.NextLine(s, end)
		text, m := b.Done()
		line := strings.TrimSpace(string(text))
		if strings.HasPrefix(line, comment) || strings.HasPrefix(strings.ToUpper(line), "REM ") || line == "" {
			continue
		}
		for _, ws := range splitLine(text, 0, "`") {
			for k := range ws {
				for n := range ws[k].offs {
					ws[k].offs[n] = m.Outer(source.Span{Start: ws[k].offs[n], End: ws[k].offs[n] + 1}).Start
				}
			}
			c.words(ws)
		}
	}
	return nil
}

// extractLoose reads a text of no known kind: lines that begin with a manager.
func extractLoose(f *source.Fragment, e *Emitter) error {
	s := f.Text
	for i := 0; i < len(s); i = lex.NextLine(s, i) {
		end := lex.LineEnd(s, i)
		at := lex.Blank(s, i)
		first, _, _ := strings.Cut(string(s[at:min(end, at+200)]), " ")
		if managers[program(first)] && MayInstall(s[at:end]) {
			for end > at && s[end-1] == '\\' && end < len(s) {
				end = lex.LineEnd(s, lex.NextLine(s, end))
			}
			c := f.Child(source.Span{Start: at, End: end}, source.Shell)
			e.Fragment(c, 0)
			i = end
			continue
		}
		if MayInstall(s[i:end]) {
			e.Fragment(f.Child(source.Span{Start: i, End: end}, source.Prose), 0)
		}
	}
	return nil
}

// managers are programs whose commands install packages.
var managers = map[string]bool{
	"pip": true, "python": true, "uv": true, "uvx": true, "pipx": true, "poetry": true, "pdm": true, "rye": true, "pipenv": true, "conda": true, "mamba": true,
	"npm": true, "npx": true, "pnpm": true, "pnpx": true, "yarn": true, "bun": true, "bunx": true, "deno": true, "ni": true, "go": true, "cargo": true,
	"gem": true, "bundle": true, "composer": true, "dotnet": true, "dart": true, "flutter": true, "mix": true, "sudo": true, "py": true, "easy_install": true,
}

// Prompts as shells and their themes write them.
var (
	// root@id:/app#, me@mac dir %, [me@host dir]$, (venv) u@h:~$, bash-5.2#, PS>
	namedPrompt = lazyregexp.New(`^(?:\([\w .-]+\) ?)?(?:\[[\w.-]+@[\w.-]+[ :][^\]]*\] ?[$#%]|[\w.-]+@[\w.-]+(?:[: ][^ $#%=\x27"]*)? ?[$#%]|(?:ba|da|z|k|a)?sh-\d[\d.]*[$#]|PS ?>) +`)
	// ➜  dir git:(main) ✗
	arrowPrompt = lazyregexp.New(`^➜ +[^ ]+ +(?:git:\([^)]*\) +)?(?:✗ +)?`)
	// ~/app $, /app #
	folderPrompt = lazyregexp.New(`^[~/][^ ]* ?[$#%❯] +`)
)

// shellPrompt gives the length of a prompt at the start of a line. sure is
// false for signs that are no prompt by themselves.
func shellPrompt(line []byte) (n int, sure bool) {
	t := bytes.TrimLeft(line, " \t")
	lead := len(line) - len(t)
	if m := namedPrompt().FindIndex(t[:min(len(t), 160)]); m != nil {
		return lead + m[1], true
	}
	if m := arrowPrompt().FindIndex(t[:min(len(t), 160)]); m != nil && startsManager(t[m[1]:]) {
		return lead + m[1], true
	}
	if m := folderPrompt().FindIndex(t[:min(len(t), 160)]); m != nil && startsManager(t[m[1]:]) {
		return lead + m[1], true
	}
	for _, p := range []string{"$ ", "% ", "❯ ", "➜ ", "> "} {
		if bytes.HasPrefix(t, []byte(p)) {
			return lead + len(p), p != "> " || startsManager(t[2:])
		}
	}
	if bytes.HasPrefix(t, []byte("# ")) {
		return lead + 2, false
	}
	if at := bytes.Index(t[:min(len(t), 60)], []byte(") ")); at > 0 && t[0] == '(' { // (venv) C:\x>
		if n, sure := windowsPrompt(t[at+2:]); sure {
			return lead + at + 2 + n, true
		}
	}
	if n, sure := windowsPrompt(t); sure {
		return lead + n, true
	}
	// (venv) user@host:~/x$
	if at := bytes.Index(t, []byte("$ ")); at > 0 && at < 120 {
		head := string(t[:at])
		if i := strings.LastIndexByte(head, ' '); i >= 0 && strings.HasPrefix(head, "(") && strings.HasSuffix(head[:i], ")") {
			head = head[i+1:]
		}
		if strings.Contains(head, "@") && !strings.ContainsAny(head, " ='\"") || strings.HasPrefix(string(t), "(") && !strings.ContainsAny(head, " ='\"") {
			return lead + at + 2, true
		}
	}
	return 0, false
}

// windowsPrompt gives the length of a prompt of PowerShell or of the command
// interpreter: "PS C:\\x> ", "C:\\x>".
func windowsPrompt(t []byte) (n int, sure bool) {
	if !bytes.HasPrefix(t, []byte("PS ")) && !(len(t) > 3 && t[1] == ':' && t[2] == '\\') {
		return 0, false
	}
	at := bytes.IndexByte(t, '>')
	if at <= 0 || at >= 120 {
		return 0, false
	}
	at++
	if at < len(t) && t[at] == ' ' {
		at++
	}
	return at, true
}

func startsManager(t []byte) bool {
	first, _, _ := strings.Cut(string(t[:min(len(t), 200)]), " ")
	return managers[program(first)] || MayInstall(t)
}

// installLine reports whether a line without a prompt begins as a command of a
// package manager that installs: "npm i", "pip install", and no word of output.
func installLine(line []byte) bool {
	f := bytes.Fields(line[:min(len(line), 300)])
	if len(f) < 3 || !managers[string(f[0])] {
		return false
	}
	switch string(f[1]) {
	case "install", "i", "add", "get", "dlx", "exec":
		return true
	}
	return string(f[0]) == "npx" || string(f[0]) == "uvx"
}

// withoutShellPrompts takes the prompts off a transcript and leaves the output
// out. It gives nil for a text without prompts.
func withoutShellPrompts(f *source.Fragment) *source.Fragment {
	s := f.Text
	prompts := false
	for i := 0; i < len(s) && !prompts; i = lex.NextLine(s, i) {
		_, sure := shellPrompt(s[i:lex.LineEnd(s, i)])
		prompts = sure
	}
	if !prompts {
		return nil
	}
	var b source.Builder
	more := false
	for i := 0; i < len(s); {
		end, next := lex.LineEnd(s, i), lex.NextLine(s, i)
		line := s[i:end]
		n, sure := shellPrompt(line)
		if n > 0 && !sure && bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# ")) && !startsManager(bytes.TrimLeft(line, " \t")[2:]) {
			n = 0
		}
		switch {
		case more:
			b.Verbatim(s[i:next], i)
		case n > 0 && (sure || bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# "))):
			b.Verbatim(s[i+n:next], i+n)
		case installLine(line):
			b.Verbatim(s[i:next], i) // between the prompts, but no output
		default:
			i = next
			continue
		}
		more = bytes.HasSuffix(bytes.TrimRight(line, " \t"), []byte(`\`))
		i = next
	}
	text, m := b.Done()
	d := f.Derive(text, m, f.Lang)
	d.Depth, d.Cut = f.Depth, f.Cut
	if d.Depth < source.MaxDepth {
		d.Depth++
	}
	for i := 0; i < len(text); i = lex.NextLine(text, i) {
		if _, sure := shellPrompt(text[i:lex.LineEnd(text, i)]); sure {
			return nil // a prompt behind a prompt: leave it alone
		}
	}
	return d
}
