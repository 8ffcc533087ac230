package extract

import "strings"

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
