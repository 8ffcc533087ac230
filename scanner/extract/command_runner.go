package extract

import (
	"strings"

	"figment/ecosystem"
)

// Programs that are given a command to run: as the rest of their words, or as
// one word that is a command line. What runs on another machine (ssh) or for
// another user (su) is installed all the same, and read as a command.

// lineRunners run command lines that are given as single words, or the rest of
// their words. npm-run-all, run-p and run-s take names of scripts, which stand in
// package.json themselves.
var lineRunners = map[string]bool{
	"concurrently": true, "conc": true, "hyperfine": true, "watchexec": true, "entr": true, "start-server-and-test": true, "start-test": true,
	"tmux": true, "screen": true, "script": true, "nodemon": true, "chokidar": true, "onchange": true, "cross-env-shell": true,
}

// noRunners have words of their own behind "--", which no program runs.
const noRunners = "git gh rg grep egrep fgrep ag ack ls rm cp mv mkdir touch cat echo printf tar diff sed awk"

// runner reads a command that runs others. ok is false where it is none.
func (c *commandReader) runner(name string, ws []word) (ok bool) {
	switch name {
	case "trap":
		rest := ws[1:]
		if len(rest) > 0 && rest[0].text == "--" {
			rest = rest[1:]
		}
		if len(rest) > 1 {
			c.line(rest[0])
		}
	case "alias":
		for _, w := range ws[1:] {
			if at := strings.IndexByte(w.text, '='); at > 0 {
				c.line(w.sub(at+1, len(w.text)))
			}
		}
	case "-c": // flock FILE -c LINE
		if len(ws) > 1 {
			c.line(ws[1])
		}
	case "find", "fd", "fdfind":
		c.found(ws[1:])
	default:
		if !lineRunners[name] {
			return c.behindDashes(name, ws[1:])
		}
		for i, w := range ws[1:] {
			if strings.ContainsAny(w.text, " \t\n") {
				c.line(w)
			} else if managers[program(w.text)] {
				c.nested(ws[i+1:])
				break
			}
		}
	}
	return true
}

// line reads a word that is a command line.
func (c *commandReader) line(w word) {
	if c.shell != nil && len(w.offs) > 0 {
		c.shell(w)
	}
}

// found reads the commands that find runs for each file.
func (c *commandReader) found(ws []word) {
	for i := 0; i < len(ws); i++ {
		switch ws[i].text {
		case "-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch":
		default:
			continue
		}
		end := i + 1
		for end < len(ws) && ws[end].text != ";" && ws[end].text != "+" {
			end++
		}
		c.nested(ws[i+1 : end])
		i = end
	}
}

// behindDashes reads "op run -- npm i x": a program of another kind that is
// given a command of a package manager.
func (c *commandReader) behindDashes(name string, ws []word) bool {
	if hasWord(noRunners, name) || c.knows(name) {
		return false
	}
	for i, w := range ws {
		if w.text == "--" && i+1 < len(ws) && managers[program(ws[i+1].text)] {
			c.nested(ws[i+1:])
			return true
		}
	}
	return false
}

// knows reports whether a row of the grammar is about the program.
func (c *commandReader) knows(name string) bool {
	for i := range c.table {
		if hasWord(c.table[i].programs, name) {
			return true
		}
	}
	return false
}

// spoken reads words that are joined by blanks and then read as a command line,
// as eval, ssh and watch do.
func (c *commandReader) spoken(ws []word) {
	plain := true
	for _, w := range ws {
		plain = plain && w.text != "" && !strings.ContainsAny(w.text, " \t\n;|&<>()'\"\\")
	}
	switch {
	case len(ws) == 1:
		c.line(ws[0])
	case plain: // the same words again, and what makes them is known
		c.nested(ws)
	default:
		var parts []word
		for i, w := range ws {
			if len(w.offs) == 0 {
				continue
			}
			if i > 0 {
				parts = append(parts, blank(ws[i-1], " "))
			}
			parts = append(parts, w)
		}
		c.line(concat(parts))
	}
}

// fields cuts a word into words at blanks, quotes taken off, as env -S and the
// options of node do.
func fields(w word) []word {
	var out []word
	var x word
	open, quote := false, byte(0)
	flush := func() {
		if open {
			x.end, x.hole = w.end, w.hole
			out = append(out, x)
		}
		x, open = word{}, false
	}
	for i := 0; i < len(w.text); i++ {
		ch := w.text[i]
		switch {
		case quote != 0 && ch == quote:
			quote = 0
			continue
		case quote != 0:
		case ch == '"' || ch == '\'':
			quote, open = ch, true
			continue
		case ch == ' ' || ch == '\t' || ch == '\n':
			flush()
			continue
		case ch == '\\' && i+1 < len(w.text):
			i++
		}
		open = true
		x.text += w.text[i : i+1]
		x.offs, x.ends = append(x.offs, w.offs[i]), append(x.ends, w.endAt(i))
	}
	flush()
	return out
}

// splitString gives the words behind those of env: "env -S 'A=b pip install' x".
// nil: it has no such option.
func splitString(ws []word) []word {
	for i := 1; i < len(ws); i++ {
		t := ws[i].text
		switch {
		case t == "-S" || t == "--split-string" || t == "-vS" || t == "-iS":
			if i+1 < len(ws) {
				return append(fields(ws[i+1]), ws[i+2:]...)
			}
		case strings.HasPrefix(t, "-S") || strings.HasPrefix(t, "--split-string="):
			w := ws[i].sub(strings.IndexAny(t, "S=")+1, len(t))
			return append(fields(w), ws[i+1:]...)
		case t == "-u" || t == "-C":
			i++
		case !strings.HasPrefix(t, "-") && !isAssignment(t):
			return nil
		}
	}
	return nil
}

// A placeholder is what xargs and parallel put their input in the place of;
// empty: behind the words.
func placeholder(ws []word) (string, bool) {
	for i, w := range ws {
		t := w.text
		switch {
		case t == "-a" || strings.HasPrefix(t, "--arg-file"):
			return "", true
		case t == "-I" && i+1 < len(ws):
			return ws[i+1].text, false
		case strings.HasPrefix(t, "-I"):
			return t[2:], false
		case t == "-i" || t == "--replace":
			return "{}", false
		case strings.HasPrefix(t, "-i") || strings.HasPrefix(t, "--replace="):
			return t[strings.IndexAny(t, "i=")+1:], false
		}
	}
	return "", false
}

// maxInputs bounds how many commands are made of one for its inputs.
const maxInputs = 1000

// overInput reads the command of xargs or parallel with what it reads. Where the
// text does not say that, a word stands for it which only the shell knows.
func (c *commandReader) overInput(name string, all []word) {
	ws := skipFlags(all[1:], "-n -I -P -L -d -a -s -E --max-args --max-procs --delimiter --replace --arg-file -j --jobs")
	mark, file := placeholder(all[1 : len(all)-len(ws)])
	var in []word
	known := c.input != nil && !file
	if known {
		in = inputWords(c.input)
	}
	if name == "parallel" {
		if mark == "" {
			mark = "{}"
		}
		for i, w := range ws {
			if w.text == ":::" {
				ws, in, known = ws[:i], ws[i+1:], true
				break
			}
		}
		if len(ws) == 0 {
			for _, w := range in {
				c.line(w)
			}
			return
		}
	}
	if len(ws) == 0 || len(all[0].offs) == 0 {
		return
	}
	if !known {
		in = []word{{text: "$", offs: all[0].offs[:1], end: all[0].end, hole: "$(" + name + ")"}}
	}
	marked := false
	for _, w := range ws {
		marked = marked || mark != "" && strings.Contains(w.text, mark)
	}
	switch {
	case !marked && mark != "" && name != "parallel":
		c.nested(ws)
	case !marked:
		c.nested(append(append([]word{}, ws...), in...))
	default:
		for _, x := range in[:min(len(in), maxInputs)] {
			made := make([]word, len(ws))
			for i, w := range ws {
				made[i] = replaced(w, mark, x)
			}
			c.nested(made)
		}
	}
}

// replaced puts a word in the place of each mark in w.
func replaced(w word, mark string, x word) word {
	if w.text == mark {
		return x
	}
	at := strings.Index(w.text, mark)
	if at < 0 {
		return w
	}
	out := word{end: w.end, hole: w.hole}
	for i := 0; i < len(w.text); {
		if !strings.HasPrefix(w.text[i:], mark) {
			out.text += w.text[i : i+1]
			out.offs, out.ends = append(out.offs, w.offs[i]), append(out.ends, w.endAt(i))
			i++
			continue
		}
		start, end := w.offs[i], w.endAt(i+len(mark)-1)
		out.text += x.text
		for range len(x.text) {
			out.offs, out.ends = append(out.offs, start), append(out.ends, end)
		}
		if out.hole == "" {
			out.hole = x.hole
		}
		i += len(mark)
	}
	return out
}

// inputWords are the words of a text that xargs reads.
func inputWords(input []word) []word {
	var out []word
	for _, in := range input {
		if in.hole != "" {
			out = append(out, word{text: "$", offs: in.offs[:1], end: in.end, hole: in.hole})
			continue
		}
		for i := 0; i < len(in.text); {
			k := i
			for k < len(in.text) && strings.IndexByte(" \t\n\r\x00'\"", in.text[k]) < 0 {
				k++
			}
			if k > i {
				out = append(out, in.sub(i, k))
			}
			i = k + 1
		}
	}
	return out
}

// preloads are the programs that load modules before their script, with the
// options for it.
var preloads = map[string]string{
	"node": nodePreloads, "nodejs": nodePreloads, "ts-node": nodePreloads, "ts-node-dev": nodePreloads, "tsx": nodePreloads, "nodemon": nodePreloads,
	"mocha": nodePreloads, "nyc": nodePreloads, "c8": nodePreloads, "electron": nodePreloads, "bun": "-r --preload --require --import",
}

const nodePreloads = "-r --require --import --loader --experimental-loader"

// preload reads the modules that node is told to load: -r x, --import=x.
func (c *commandReader) preload(name string, ws []word) {
	options := preloads[name]
	for i := 0; i < len(ws); i++ {
		t := ws[i].text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case listed(options, t) && i+1 < len(ws):
			i++
			c.module(ws[i])
		case joined && strings.HasPrefix(t, "--") && listed(options, flag):
			c.module(ws[i].sub(len(flag)+1, len(t)))
		case !strings.HasPrefix(t, "-") && (name == "node" || name == "nodejs"):
			return // the script, and its arguments
		}
	}
}

// nodeOptions reads NODE_OPTIONS, which holds options of node.
func (c *commandReader) nodeOptions(value word) { c.preload("node", fields(value)) }

// nodeVariable is the variable that node takes options from.
const nodeVariable = "NODE_OPTIONS="

// module reads a word as the specifier of a module.
func (c *commandReader) module(w word) {
	if w.hole != "" || strings.Contains(w.text, "$") {
		return // most often a path
	}
	specifiers(w.text, func(p specifier) {
		r := Reference{Ecosystem: p.eco, Name: p.name, Constraint: p.constraint, Kind: Import, Flags: c.flags, Span: w.span(p.start, p.end)}
		if whole := w.text[p.start:p.end]; whole != p.name {
			r.Module = whole
		}
		if r.Span.Start < r.Span.End && !ecosystem.Markup(p.name) {
			c.emit(r)
		}
	})
}

// requirements reads a list of requirements that a command is given to read and
// that is no file: its standard input, or what another command writes. It
// reports whether the word is one.
func (c *commandReader) requirements(w word) {
	switch w.text {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		if c.input != nil {
			c.list(c.input)
			return
		}
		c.toldList(w)
	default:
		if !strings.HasPrefix(w.hole, "<(") {
			return
		}
		if c.made != nil {
			if out, ok := c.made(w); ok {
				c.list(out)
				return
			}
		}
		c.toldList(w)
	}
}

func (c *commandReader) list(texts []word) {
	for _, w := range texts {
		if c.file != nil && len(w.offs) > 0 {
			c.file(w, "requirements.txt")
		}
	}
}

// toldList tells of requirements that only the shell knows.
func (c *commandReader) toldList(w word) {
	if c.unread != nil && !c.told && len(w.offs) > 0 {
		c.told = true
		c.unread(w)
	}
}
