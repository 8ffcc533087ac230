package shell

import (
	"bytes"
	"path"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/text"
)

// Programs that run code: of a file that they name, of an argument, or of their
// standard input. What they run is read in their language, whatever the file is
// called.

const shells = "bash sh zsh dash ksh ash mksh yash rbash fish"

// runtimes are the shells.
var runtimes = []Runtime{
	{Programs: shells, Lang: text.Shell, Values: "-o +o -O +O --rcfile --init-file", Without: true},
	{Programs: "pwsh powershell", Lang: text.PowerShell, Values: "-ExecutionPolicy -ep -ex -WindowStyle -w -Version -InputFormat -OutputFormat -ConfigurationName -WorkingDirectory -wd",
		Code: "-Command -c -EncodedCommand -e -ec", File: "-File -f", Without: true},
	{Programs: ". source", Lang: text.Shell, Without: true},
}

// MayInterpret reports by one pass over the bytes whether a command may run a
// program that is given code: one of a runtime, or a file by its path.
func (g *Grammar) MayInterpret(text []byte) bool {
	for i := 0; i < len(text); {
		if !inPath[text[i]] {
			i++
			continue
		}
		start, base := i, i // of the word, and behind its last slash
		for i < len(text) && inPath[text[i]] {
			if text[i] == '/' || text[i] == '\\' {
				base = i + 1
			}
			i++
		}
		w := text[start:i]
		if w[0] == '.' && (bytes.HasPrefix(w, []byte("./")) || bytes.HasPrefix(w, []byte("../"))) {
			return true
		}
		name := text[base:i]
		if len(name) < 2 || len(name) > 100 || g.runs[name[0]][name[1]>>6]&(1<<(name[1]&63)) == 0 {
			continue
		}
		plain := name
		for len(plain) > 0 && (plain[len(plain)-1] >= '0' && plain[len(plain)-1] <= '9' || plain[len(plain)-1] == '.') {
			plain = plain[:len(plain)-1]
		}
		if g.runners[string(plain)] || bytes.IndexByte(plain, '.') > 0 && g.runners[program(string(name))] {
			return true
		}
	}
	return false
}

// inPath are the bytes of the paths of programs.
var inPath = func() (t [256]bool) {
	for c := range t {
		t[c] = extract.IsAlnum(byte(c)) || strings.IndexByte(`_-./\`, byte(c)) >= 0
	}
	return t
}()

// subcommands of runtimes that run no file.
const noFiles = "add install i a remove rm update upgrade x create init link unlink pm publish outdated patch audit info why exec repl dev test build list stop restart delete logs " +
	"fmt lint doc eval jupyter task types uninstall completions coverage lsp vendor clean deploy outdated compile bundle help"

// A run is what a command runs as code.
type run struct {
	lang   text.Lang
	script *Word  // the file; nil: none is named
	code   []Word // arguments that are code
	stdin  bool   // it runs what it reads from its standard input
}

// invoked says what words run, the first of which is a program. nil: it is none
// that runs code.
func (g *Grammar) invoked(ws []Word) *run {
	if len(ws) == 0 {
		return nil
	}
	name := program(ws[0].Text)
	rt := g.runtime(name)
	if rt == nil {
		return nil
	}
	r := &run{lang: rt.Lang}
	shell, ready := rt.Lang == text.Shell && len(rt.Values) > 0, rt.Without
	same := func(list, t string) bool {
		return listed(list, t) || rt.Lang == text.PowerShell && t != "" && listed(strings.ToLower(list), strings.ToLower(t))
	}
	for i := 1; i < len(ws); i++ {
		t := ws[i].Text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case t == "" || isStdin(t):
			r.stdin = ready && t != ""
			return r
		case t == "--":
			if i+1 < len(ws) && ready {
				r.script = &ws[i+1]
			} else {
				r.stdin = ready && shell
			}
			return r
		case same(rt.Code, t):
			if i+1 < len(ws) {
				if rt.Lang == text.PowerShell && ws[i+1].Text == "-" {
					r.stdin = true
					return r
				}
				r.code = append(r.code, ws[i+1])
			}
			return r
		case joined && same(rt.Code, flag):
			r.code = append(r.code, ws[i].Sub(len(flag)+1, len(t)))
			return r
		case same(rt.File, t):
			if i+1 < len(ws) {
				r.script = &ws[i+1]
			}
			return r
		case same(rt.Values, t):
			i++
		case len(t) > 1 && (t[0] == '-' || t[0] == '+' && shell):
			switch letters := strings.TrimLeft(t, "-+"); {
			case strings.HasPrefix(t, "--"):
			case shell && strings.IndexByte(letters, 'c') >= 0:
				return r // its commands are an argument, and read as such
			case shell && strings.IndexByte(letters, 's') >= 0:
				r.stdin = true
				return r
			case shell && (t[len(t)-1] == 'o' || t[len(t)-1] == 'O'):
				i++
			case rt.Lang == text.Python && !rt.Command:
				if done := r.pythonFlags(ws, i); done {
					return r
				}
			}
		case rt.Subs != "" && listed(rt.Subs, t) && (i == 1 || !ready):
			ready = true
		case !ready, rt.Subs != "" && rt.Lang == text.TypeScript && i == 1 && HasWord(noFiles, t):
			return r
		case strings.Contains(t, "://"), strings.HasPrefix(t, "npm:"), strings.HasPrefix(t, "jsr:"):
			return r
		case rt.Command:
			return r // a command, which is read as one
		default:
			r.script = &ws[i]
			return r
		}
	}
	r.stdin = ready && !HasWord(". source", name)
	return r
}

// pythonFlags reads letters of python behind one dash: -c takes code and -m a
// module, as the rest of the word or as the next one.
func (r *run) pythonFlags(ws []Word, i int) (done bool) {
	t := ws[i].Text
	for k := 1; k < len(t); k++ {
		switch t[k] {
		case 'c':
			if k+1 < len(t) {
				r.code = append(r.code, ws[i].Sub(k+1, len(t)))
			} else if i+1 < len(ws) {
				r.code = append(r.code, ws[i+1])
			}
			return true
		case 'm':
			return true
		case 'W', 'X':
			return false // the rest is its value
		}
	}
	return false
}

// isStdin reports whether a word is the standard input by one of its names.
func isStdin(t string) bool {
	switch t {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	return false
}

// runs hands over the file that a command runs.
func (c *Reader) runs(ws []Word) {
	if c.run == nil || len(ws) == 0 {
		return
	}
	r := c.g.invoked(ws)
	if r != nil && r.lang == text.Shell {
		c.startFiles(ws)
	}
	switch {
	case r == nil:
		// A program that is named by its path.
		if t := strings.ReplaceAll(ws[0].Text, `\`, "/"); strings.IndexByte(t, '/') > 0 && t[len(t)-1] != '/' && !strings.Contains(t, "://") {
			c.run(ws[0], text.Undecided)
		}
	case r.script != nil && !strings.HasPrefix(r.script.Hole, "<("):
		if r.lang == text.Shell && c.dotted != "" && ws[0].Text == "." {
			r.lang = c.dotted
		}
		c.run(*r.script, r.lang)
	}
}

// startFiles hands over what a shell reads before it asks for commands.
func (c *Reader) startFiles(ws []Word) {
	for i := 1; i+1 < len(ws) && len(ws[i].Text) > 0 && ws[i].Text[0] == '-'; i++ {
		if t := ws[i].Text; t == "--rcfile" || t == "--init-file" {
			i++
			c.run(ws[i], text.Shell)
		}
	}
}

// moduleRun reads the module that python -m runs. One that runs in the environment
// of a project is declared there.
func (c *Reader) moduleRun(w Word) {
	if !c.modules || c.managed || w.Hole != "" || len(w.offs) == 0 || c.knows(program(w.Text)) {
		return
	}
	for _, t := range c.g.tools {
		if t.Module != nil {
			t.Module(c, w)
		}
	}
}

// Import reports a module that a program is told to load or to run.
func (c *Reader) Import(r extract.Reference) {
	r.Kind = extract.Import
	r.Flags |= c.flags
	if r.Span.Start < r.Span.End {
		c.emit(r)
	}
}

// maxInside is how many words of a command are looked at for another one.
const maxInside = 100

// inside gives the command that a package manager runs from a package: "npx tsx
// x", "uv run python -".
func (c *Reader) inside(ws []Word) []Word {
	ws = ws[:min(len(ws), maxInside)]
	for n := 0; n < 4 && len(ws) > 1; n++ {
		if HasWord("pnpm yarn yarnpkg npm", program(ws[0].Text)) { // what is installed
			i := 1
			for i < len(ws) && (ws[i].Text == "exec" || ws[i].Text == "--" || ws[i].Text == "-s") {
				i++
			}
			if c.g.invoked(ws[i:]) != nil {
				ws = ws[i:]
				continue
			}
		}
		cmd, rest := c.row(program(ws[0].Text), ws[1:])
		if cmd == nil || !cmd.Flags.Has(extract.Runs) || cmd.Built {
			break
		}
		next := -1
		for _, a := range Leading(rest, cmd) {
			if a.Flag != "" {
				continue
			}
			for k := range ws {
				if next < 0 && ws[k].end == a.Word.end && a.Word.Text != "" && !isStdin(a.Word.Text) {
					next = k
				}
			}
			break
		}
		if next < 0 {
			break
		}
		inner := append([]Word{}, ws[next:]...)
		if tool, _ := extract.CutVersion(inner[0].Text); tool != "" {
			inner[0] = inner[0].Sub(0, len(tool))
		}
		ws = inner
	}
	return ws
}

// NoCode reports whether a path is, by its ending, nothing that node takes for
// code.
func NoCode(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".json", ".node", ".wasm", ".css", ".scss", ".sass", ".less", ".html", ".svg", ".png", ".map", ".md", ".vue", ".svelte", ".astro":
		return true
	}
	return false
}

// Preload reads the modules that a program is told to load: -r x, --import=x.
func (c *Reader) Preload(name string, ws []Word) {
	l := c.g.loader(name)
	if l == nil {
		return
	}
	for i := 0; i < len(ws); i++ {
		t := ws[i].Text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case listed(l.Options, t) && i+1 < len(ws):
			i++
			l.Load(c, ws[i])
		case joined && strings.HasPrefix(t, "--") && listed(l.Options, flag):
			l.Load(c, ws[i].Sub(len(flag)+1, len(t)))
		case !strings.HasPrefix(t, "-") && HasWord(l.Script, name):
			return // the script, and its arguments
		}
	}
}

// isData reports whether node takes a path that it is told to run for something
// else than code. It runs what has any other ending.
func isData(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".json", ".node", ".wasm":
		return true
	}
	return false
}
