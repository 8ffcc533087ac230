package shell

import (
	"bytes"
	"slices"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/text"
)

func matchOtherShell(f *text.Fragment) bool {
	return f.Lang == text.PowerShell || f.Lang == text.Cmd
}

// An otherReader reads PowerShell and batch files line by line.
type otherReader struct {
	f     *text.Fragment
	e     *extract.Emitter
	c     *Reader
	power bool
	vars  map[string][]Word // what the text assigns to names
	spent int
}

// extractOtherShell reads PowerShell and batch files line by line.
func (g *Grammar) extractOtherShell(f *text.Fragment, e *extract.Emitter) error {
	if !g.MayName(f.Text) && !g.MayRun(f.Text) {
		return nil
	}
	r := &otherReader{f: f, e: e, c: newReader(f, e, 0), power: f.Lang == text.PowerShell, vars: map[string][]Word{}}
	joiner, comment := byte('`'), "#"
	if r.power {
		r.c.dotted = text.PowerShell
	} else {
		joiner, comment = '^', "::"
	}
	r.c.shell = func(w Word) {
		if len(w.offs) > 0 && g.MayRun([]byte(w.Text)) {
			defer e.Carry(r.c.env)()
			e.Fragment(derived(f, w, f.Lang), r.c.flags)
		}
	}
	r.c.env, _ = e.Context().(environment)
	s := f.Text
	for i := 0; i < len(s) && !e.Full(); {
		end := text.LineEnd(s, i)
		if n, sure := g.shellPrompt(s[i:end]); sure && bytes.IndexByte(s[i:i+n], '>') >= 0 {
			i += n // PS C:\x>
		}
		var b text.Builder
		for end > i && s[end-1] == joiner && end < len(s) {
			b.Verbatim(s[i:end-1], i)
			b.Escape(" ", end-1, 1)
			i = text.NextLine(s, end)
			end = text.LineEnd(s, i)
		}
		b.Verbatim(s[i:end], i)
		i = text.NextLine(s, end)
		src, m := b.Done()
		line := strings.TrimSpace(string(src))
		if strings.HasPrefix(line, comment) || strings.HasPrefix(strings.ToUpper(line), "REM ") || line == "" {
			continue
		}
		before := []Word{}
		var groups [][]Word
		for _, ws := range splitLine(src, 0, "`") {
			if n := len(groups); r.power && n > 0 && opensList(groups[n-1]) { // @('a', 'b')
				last := groups[n-1]
				if last[len(last)-1].Text == "@" {
					last = last[:len(last)-1]
				}
				groups[n-1] = append(last, ws...)
				continue
			}
			groups = append(groups, ws)
		}
		for _, ws := range groups {
			for k := range ws {
				for n := range ws[k].offs {
					ws[k].offs[n] = m.Outer(text.Span{Start: ws[k].offs[n], End: ws[k].offs[n] + 1}).Start
				}
				if len(ws[k].offs) > 0 {
					ws[k].end = ws[k].offs[len(ws[k].offs)-1] + 1
				}
			}
			r.command(ws, before)
			before = ws
		}
	}
	return nil
}

// command reads the words of one command. before are those that stand before it
// in the line: what a pipe or a loop hands to it.
func (r *otherReader) command(ws, before []Word) {
	if len(ws) == 0 {
		return
	}
	if r.power {
		r.powerCommand(ws, before)
	} else {
		r.batchCommand(ws, before)
	}
}

// batchCommand reads a command of a batch file.
func (r *otherReader) batchCommand(ws, before []Word) {
	ws[0] = ws[0].Sub(len(ws[0].Text)-len(strings.TrimLeft(ws[0].Text, "@")), len(ws[0].Text))
	if ws[0].Text == "" {
		if ws = ws[1:]; len(ws) == 0 {
			return
		}
	}
	if strings.EqualFold(ws[0].Text, "if") || strings.EqualFold(ws[0].Text, "else") {
		for i := range ws { // the condition has no length that is known
			if r.c.g.managers[program(ws[i].Text)] || HasWord(interpreters, program(ws[i].Text)) {
				ws = ws[i:]
				break
			}
		}
	}
	switch strings.ToLower(ws[0].Text) {
	case "set", "setx":
		for _, w := range ws[1:] {
			if at := strings.IndexByte(w.Text, '='); at > 0 {
				name, v := w.Text[:at], w.Sub(at+1, len(w.Text))
				value := append([]Word{v}, ws[len(ws):]...)
				for k := range ws {
					if ws[k].end == w.end {
						value = append(value, ws[k+1:]...)
					}
				}
				r.assign("%"+strings.ToLower(name)+"%", value)
				r.c.sets(name, spaced(value))
				return
			}
			if !strings.HasPrefix(w.Text, "/") { // setx A b
				if len(ws) > 2 && strings.EqualFold(ws[0].Text, "setx") {
					r.c.sets(w.Text, ws[2])
				}
				return
			}
		}
		return
	case "for": // for %p in (a b) do …: the list is cut off, and comes next
		for _, w := range ws {
			if strings.HasPrefix(w.Text, "%") {
				r.vars["for"] = []Word{w}
			}
		}
		return
	case "do":
		if of := r.vars["for"]; len(of) > 0 {
			r.assign(strings.ReplaceAll(of[0].Text, "%%", "%"), inTurn(before))
		}
		ws = ws[1:]
	case "start":
		ws = ws[1:]
		for len(ws) > 0 && (strings.HasPrefix(ws[0].Text, "/") || ws[0].Text == "" || strings.IndexByte(ws[0].Text, ' ') >= 0 || len(ws) > 1 && strings.HasPrefix(ws[1].Text, "/") || len(ws) > 1 && !r.c.g.managers[program(ws[0].Text)] && r.c.g.managers[program(ws[1].Text)]) {
			ws = ws[1:]
		}
	}
	r.run(ws)
}

// inTurn marks words as what a variable stands for one by one.
func inTurn(ws []Word) []Word {
	ws = slices.Clone(ws)
	for i := range ws {
		ws[i].also = i > 0
	}
	return ws
}

// assign notes what a name stands for from here on.
func (r *otherReader) assign(name string, ws []Word) {
	if len(r.vars) < maxNames {
		r.vars[name] = ws
	}
}

// run reads a command with the values of its variables in their places.
func (r *otherReader) run(ws []Word) {
	var out []Word
	for _, w := range ws {
		name, values := w.Text, []Word(nil)
		if r.power {
			name = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(w.Text, "@"), "$"))
			if len(w.Text) > 1 && (w.Text[0] == '$' || w.Text[0] == '@') {
				values = r.vars[name]
			}
		} else if strings.HasPrefix(w.Text, "%") {
			if values = r.vars[strings.ToLower(strings.ReplaceAll(name, "%%", "%"))]; values == nil && len(w.Text) > 1 {
				w.Text, w.Hole = strings.ReplaceAll(w.Text, "%", "$"), w.Text
			}
		}
		if values == nil {
			out = append(out, w)
			continue
		}
		if r.spent += len(values); r.spent > 1000+len(r.f.Text) {
			r.e.Problem(text.Span{}, "variables make more words than are read: write the names out", r.f.Label == "")
			r.spent = -1 << 40
			return
		}
		out = append(out, values...)
	}
	r.c.Words(out)
}

// powerCommand reads a command of PowerShell.
func (r *otherReader) powerCommand(ws, before []Word) {
	first := ws[0].Text
	if name, ok := strings.CutPrefix(first, "$"); ok && len(ws) > 0 {
		rest, at := ws[1:], strings.IndexByte(name, '=')
		switch {
		case len(rest) > 1 && strings.EqualFold(rest[0].Text, "in"): // foreach ($p in 'a','b')
			r.assign(strings.ToLower(name), inTurn(powerList(rest[1:])))
			return
		case at > 0: // $a='x'
			v := ws[0].Sub(at+2, len(first))
			name, rest = name[:at], append([]Word{v}, rest...)
		case len(rest) > 0 && rest[0].Text == "+=":
			rest = append(slices.Clone(r.vars[strings.ToLower(name)]), rest[1:]...)
		case len(rest) > 0 && rest[0].Text == "=":
			rest = rest[1:]
		case len(rest) > 0 && strings.HasPrefix(rest[0].Text, "=") && !strings.HasPrefix(rest[0].Text, "=="):
			rest = append([]Word{rest[0].Sub(1, len(rest[0].Text))}, rest[1:]...)
		default:
			r.run(ws)
			return
		}
		list := powerList(rest)
		if env, ok := cutFold(name, "env:"); ok {
			if len(rest) > 0 {
				r.c.sets(env, spaced(rest))
			}
			return
		}
		r.assign(strings.ToLower(name), list)
		if len(rest) > 0 {
			r.run(rest) // $x = npm i x
		}
		return
	}
	switch strings.ToLower(first) {
	case "iex", "invoke-expression":
		if rest := powerArguments(ws[1:], "-command"); len(rest) > 0 {
			r.c.spoken(rest)
		} else if len(before) > 0 {
			r.c.spoken(before)
		}
		return
	case "start-process", "saps", "start":
		r.run(powerList(powerArguments(ws[1:], "-filepath -argumentlist -args -argument")))
		return
	case "%", "foreach-object", "foreach":
		if len(ws) == 1 {
			r.assign("_", inTurn(powerList(before)))
			return
		}
	}
	r.run(ws)
}

// opensList reports whether words end where a list of PowerShell in brackets
// follows.
func opensList(ws []Word) bool {
	switch ws[len(ws)-1].Text {
	case "@", "=", ",", "in":
		return true
	}
	return false
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) <= len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// powerList cuts words at commas, as PowerShell does to make lists.
func powerList(ws []Word) (out []Word) {
	for _, w := range ws {
		for _, part := range CommaWords(&w) {
			out = append(out, Fields(part)...)
		}
	}
	return out
}

// powerArguments leaves the words of a command and the values of some of its
// options, in the order in which they stand.
func powerArguments(ws []Word, options string) (out []Word) {
	for i, w := range ws {
		t := strings.ToLower(w.Text)
		switch {
		case strings.HasPrefix(t, "-") && (i == 0 || !HasWord(options, strings.ToLower(ws[i-1].Text))):
		case t == "@":
		default:
			out = append(out, w)
		}
	}
	return out
}

// extractLoose reads a text of no known kind: lines that begin with a manager.
func (g *Grammar) extractLoose(f *text.Fragment, e *extract.Emitter) error {
	s := f.Text
	for i := 0; i < len(s); i = text.NextLine(s, i) {
		end := text.LineEnd(s, i)
		at := text.Blank(s, i)
		first, _, _ := strings.Cut(string(s[at:min(end, at+200)]), " ")
		if g.managers[program(first)] && g.MayInstall(s[at:end]) {
			for end > at && s[end-1] == '\\' && end < len(s) {
				end = text.LineEnd(s, text.NextLine(s, end))
			}
			c := f.Child(text.Span{Start: at, End: end}, text.Shell)
			e.Fragment(c, 0)
			i = end
			continue
		}
		if g.MayInstall(s[i:end]) {
			e.Fragment(f.Child(text.Span{Start: i, End: end}, text.Prose), 0)
		}
	}
	return nil
}
