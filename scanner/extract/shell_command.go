package extract

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"

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
	if !MayInstall(f.Text) && !bytes.Contains(f.Text, []byte("<<")) && !bytes.Contains(f.Text, []byte("requirements")) && !bytes.Contains(f.Text, []byte(" -")) {
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

type shellReader struct {
	f    *source.Fragment
	e    *Emitter
	c    *commandReader
	loop map[string][]word // words of for loops, by variable
}

func newCommandReader(f *source.Fragment, e *Emitter, flags Flags) *commandReader {
	c := &commandReader{table: commands(), flags: flags}
	c.emit = e.Reference
	c.shell = func(w word) {
		if len(w.offs) == 0 || !MayInstall([]byte(w.text)) {
			return
		}
		e.Fragment(derived(f, w, source.Shell), flags)
	}
	return c
}

// derived makes a fragment of a word's text.
func derived(f *source.Fragment, w word, lang source.Lang) *source.Fragment {
	var b source.Builder
	for i := 0; i < len(w.text); {
		k := i + 1
		for k < len(w.text) && w.offs[k] == w.offs[k-1]+1 {
			k++
		}
		b.Verbatim([]byte(w.text[i:k]), w.offs[i])
		i = k
	}
	text, m := b.Done()
	return f.Derive(text, m, lang)
}

func (s *shellReader) run() {
	s.c = newCommandReader(s.f, s.e, 0)
	s.loop = map[string][]word{}
	p := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true), syntax.RecoverErrors(20))
	file, err := p.Parse(bytes.NewReader(s.f.Text), "")
	broken := len(s.f.Text)
	if err != nil {
		broken = 0
		if pe, ok := err.(syntax.ParseError); ok {
			broken = lex.LineStart(s.f.Text, min(int(pe.Pos.Offset()), len(s.f.Text)))
		}
	}
	if file != nil {
		syntax.Walk(file, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				s.stmt(n)
			case *syntax.ForClause:
				s.forLoop(n)
			case *syntax.Comment:
				s.comment(n)
			case *syntax.BinaryCmd:
				s.pipe(n)
			}
			return true
		})
	}
	if err != nil {
		s.lines(broken)
	}
}

// lines reads the text from offset on line by line.
func (s *shellReader) lines(from int) {
	low := newCommandReader(s.f, s.e, Low)
	for i := from; i < len(s.f.Text); i = lex.NextLine(s.f.Text, i) {
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

func (s *shellReader) forLoop(n *syntax.ForClause) {
	iter, ok := n.Loop.(*syntax.WordIter)
	if !ok || iter.Name == nil {
		return
	}
	var ws []word
	for _, w := range iter.Items {
		x, literal := s.word(w)
		if !literal {
			return
		}
		ws = append(ws, x)
	}
	s.loop["$"+iter.Name.Value] = ws
}

// stmt reads one statement: its command, and what its redirections write.
func (s *shellReader) stmt(st *syntax.Stmt) {
	call, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	var ws []word
	for _, a := range call.Args {
		w, _ := s.word(a)
		if strings.Count(w.text, "\n") > 0 && len(ws) > 0 && s.swallowed(w.text) {
			// A quote was never closed and took lines along that are commands.
			s.lines(lex.LineStart(s.f.Text, int(a.Pos().Offset())))
			return
		}
		ws = append(ws, w)
	}
	s.redirections(st, ws)
	flags := Flags(0)
	for i := range ws {
		if items, ok := s.loop[strings.Trim(ws[i].raw, `"`)]; ok && ws[i].text == "$" {
			ws = append(append(append([]word{}, ws[:i]...), items...), ws[i+1:]...)
			flags = Dynamic
			break
		}
	}
	for i := range ws {
		if ws[i].text == "$" || !strings.HasPrefix(ws[i].raw, ">") && !strings.HasPrefix(ws[i].raw, "<") {
			ws[i].raw = ""
		}
	}
	s.interpreter(st, ws)
	s.c.flags = flags
	s.c.words(ws)
	s.c.flags = 0
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

// word takes the quotes off. literal is false where only the shell knows the
// text; "$" stands for that part.
func (s *shellReader) word(n *syntax.Word) (w word, literal bool) {
	literal = true
	lit := func(text string, at int, quoted bool) {
		for i := 0; i < len(text); i++ {
			if text[i] == '\\' && !quoted && i+1 < len(text) {
				i++
				if text[i] == '\n' {
					continue
				}
			}
			w.text += text[i : i+1]
			w.offs = append(w.offs, at+i)
		}
	}
	hole := func(p syntax.Node) {
		literal = false
		w.text += "$"
		w.offs = append(w.offs, min(int(p.Pos().Offset()), max(0, len(s.f.Text)-1)))
	}
	written := func(p syntax.Node) (string, int) {
		start, end := int(p.Pos().Offset()), int(p.End().Offset())
		if start > end || end > len(s.f.Text) {
			return "", 0
		}
		return string(s.f.Text[start:end]), start
	}
	for _, part := range n.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text, at := written(p)
			lit(text, at, false)
		case *syntax.SglQuoted:
			text, at := written(p)
			skip := 1
			if p.Dollar {
				skip = 2
			}
			if len(text) > skip {
				lit(strings.TrimSuffix(text[skip:], "'"), at+skip, true)
			}
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				if l, ok := q.(*syntax.Lit); ok {
					text, at := written(l)
					lit(text, at, !strings.Contains(text, `\"`))
				} else {
					hole(q)
				}
			}
		default:
			hole(p)
		}
	}
	w.end = int(n.End().Offset())
	if n.Pos().Offset() < n.End().Offset() && w.end <= len(s.f.Text) {
		w.raw = string(s.f.Text[n.Pos().Offset():n.End().Offset()])
	}
	return w, literal
}

// redirections reads "foo>=1.0", which the shell takes for a redirection, and
// the files that a command writes.
func (s *shellReader) redirections(st *syntax.Stmt, ws []word) {
	for _, r := range st.Redirs {
		if r.Word == nil {
			continue
		}
		target, _ := s.word(r.Word)
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
		if (r.Op == syntax.RdrOut || r.Op == syntax.AppOut || r.Op == syntax.RdrClob) && target.text != "" && len(ws) > 0 {
			s.written(target.text, st, ws)
		}
	}
	if len(ws) > 1 && program(ws[0].text) == "tee" {
		for _, w := range ws[1:] {
			if !strings.HasPrefix(w.text, "-") {
				s.written(w.text, st, nil)
				break
			}
		}
	}
}

// written reads what a command writes into a file of a known name: a heredoc,
// or the words of echo and printf.
func (s *shellReader) written(name string, st *syntax.Stmt, ws []word) {
	if doc := heredoc(st); doc != nil {
		if c := s.body(doc, source.Undecided); c != nil {
			c.Name = name
			if lang := source.LangOf(name); lang != source.Text {
				c.Lang = lang
			}
			s.e.Fragment(c, 0)
		}
		return
	}
	if len(ws) < 2 || program(ws[0].text) != "echo" && program(ws[0].text) != "printf" {
		return
	}
	for _, w := range ws[1:] {
		if len(w.offs) == 0 || strings.HasPrefix(w.text, "-") && len(w.text) < 4 {
			continue
		}
		c := derived(s.f, w, source.LangOf(name))
		c.Name = name
		s.e.Fragment(c, 0)
	}
}

func heredoc(st *syntax.Stmt) *syntax.Redirect {
	for _, r := range st.Redirs {
		if (r.Op == syntax.Hdoc || r.Op == syntax.DashHdoc) && r.Hdoc != nil {
			return r
		}
	}
	return nil
}

func (s *shellReader) body(r *syntax.Redirect, lang source.Lang) *source.Fragment {
	start, end := int(r.Hdoc.Pos().Offset()), int(r.Hdoc.End().Offset())
	if start >= end || end > len(s.f.Text) {
		return nil
	}
	// Where the text ends with the delimiter, the parser takes it along.
	if stop, _ := s.word(r.Word); stop.text != "" && bytes.HasSuffix(s.f.Text[start:end], []byte("\n"+stop.text)) {
		end -= len(stop.text)
	}
	return s.f.Child(source.Span{Start: start, End: end}, lang)
}

// interpreter hands over code given to an interpreter, and heredocs given to a
// shell.
func (s *shellReader) interpreter(st *syntax.Stmt, ws []word) {
	if len(ws) == 0 {
		return
	}
	name := program(ws[0].text)
	var lang source.Lang
	flag := "-c"
	switch name {
	case "python", "pypy", "py":
		lang = source.Python
	case "node":
		lang, flag = source.JavaScript, "-e"
	case "deno":
		if len(ws) > 2 && ws[1].text == "eval" {
			s.e.Fragment(derived(s.f, ws[2], source.TypeScript), 0)
		}
		return
	case "bash", "sh", "zsh", "cat":
		if doc := heredoc(st); doc != nil && name != "cat" {
			if c := s.body(doc, source.Shell); c != nil {
				s.e.Fragment(c, 0)
			}
		}
		return
	default:
		return
	}
	for i, w := range ws {
		if i > 0 && (w.text == flag || lang == source.JavaScript && (w.text == "--eval" || w.text == "-p")) && i+1 < len(ws) && len(ws[i+1].offs) > 0 {
			s.e.Fragment(derived(s.f, ws[i+1], lang), 0)
			return
		}
	}
	if doc := heredoc(st); doc != nil {
		if c := s.body(doc, lang); c != nil {
			s.e.Fragment(c, 0)
		}
	}
}

// pipe reads "… | sh" with a heredoc or words on its left, and "echo a b |
// xargs npm i".
func (s *shellReader) pipe(n *syntax.BinaryCmd) {
	if n.Op != syntax.Pipe && n.Op != syntax.PipeAll || n.X == nil || n.Y == nil {
		return
	}
	right, ok := n.Y.Cmd.(*syntax.CallExpr)
	if !ok || len(right.Args) == 0 {
		return
	}
	left, ok := n.X.Cmd.(*syntax.CallExpr)
	if !ok || len(left.Args) == 0 {
		return
	}
	var rw, lw []word
	for _, a := range right.Args {
		w, _ := s.word(a)
		rw = append(rw, w)
	}
	for _, a := range left.Args {
		w, _ := s.word(a)
		lw = append(lw, w)
	}
	switch program(rw[0].text) {
	case "sh", "bash", "zsh":
		if doc := heredoc(n.X); doc != nil {
			if c := s.body(doc, source.Shell); c != nil {
				s.e.Fragment(c, 0)
			}
		} else if program(lw[0].text) == "echo" && len(lw) == 2 {
			s.c.shell(lw[1])
		}
	case "xargs":
		if program(lw[0].text) == "echo" && len(lw) > 1 {
			rest := skipFlags(rw[1:], "-n -I -P -L -d -a -s -E")
			s.c.words(append(append([]word{}, rest...), lw[1:]...))
		}
	}
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

// shellPrompt gives the length of a prompt at the start of a line. sure is
// false for signs that are no prompt by themselves.
func shellPrompt(line []byte) (n int, sure bool) {
	t := bytes.TrimLeft(line, " \t")
	lead := len(line) - len(t)
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
