package container

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// mixed hands on a piece of code in which commands of a shell stand beside the
// code that uses what they install: both are read, each as what it is.
func (m *markdown) mixed(c *text.Fragment) {
	var of []owner
	switch family(c.Lang) {
	case text.Python, text.JavaScript, text.Go:
		of = m.besideCode(c)
	case text.Shell:
		of = m.besideCommands(c)
	}
	if of == nil {
		m.s.Split(c)
		return
	}
	lang := c.Lang
	for _, part := range []owner{commands, ofCode, ofPython, ofJavaScript} {
		var b text.Builder
		i := 0
		for n := 0; i < len(c.Text) && n < len(of); n++ {
			_, next := text.LineBounds(c.Text, i)
			if of[n] == part {
				b.Verbatim(c.Text[i:next], i)
			}
			i = next
		}
		if b.Len() == 0 {
			continue
		}
		src, mp := b.Done()
		d := c.Derive(src, mp, lang)
		d.Depth, d.Cut = c.Depth, c.Cut
		switch part {
		case commands:
			if family(lang) != text.Shell {
				d.Lang = text.Shell
			} else {
				d.Name = c.Name
			}
		case ofPython:
			d.Lang = text.Python
		case ofJavaScript:
			d.Lang = text.JSX
		case ofCode:
			if d.Name = c.Name; family(lang) == text.Shell {
				d.Name, d.Lang = m.s.recognize.Content(src)
				m.ipython(d)
			}
		}
		m.s.Split(d)
	}
}

// An owner says to which of the texts a line belongs.
type owner uint8

const (
	ofCode owner = iota
	commands
	ofPython     // behind a prompt of its own
	ofJavaScript // the same
)

// besideCode finds the commands among lines of code. nil: there are none.
func (m *markdown) besideCode(c *text.Fragment) []owner {
	var of []owner
	found, goesOn := false, false
	text.EachLine(c.Text, func(line []byte) bool {
		who := ofCode
		if goesOn {
			who = commands
		} else if is, installs := m.s.recognize.Command(string(line[:min(len(line), 1000)])); is {
			who = commands
			found = found || installs
		}
		goesOn = who == commands && bytes.HasSuffix(bytes.TrimRight(line, " \t\r"), []byte(`\`))
		of = append(of, who)
		return true
	})
	if !found {
		return nil
	}
	return of
}

// besideCommands finds code among the commands of a shell: lines with the prompts
// of Python and of node, and code that follows the commands. nil: there is none.
func (m *markdown) besideCommands(c *text.Fragment) []owner {
	var of []owner
	found, session := false, ofCode
	before, tries := shellSoFar{}, 0
	for i := 0; i < len(c.Text); {
		end, next := text.LineBounds(c.Text, i)
		line := bytes.TrimSpace(c.Text[i:end])
		who := commands
		switch {
		case bytes.HasPrefix(line, []byte(">>>")):
			who, session = ofPython, ofPython
		case session == ofPython && bytes.HasPrefix(line, []byte("...")):
			who = ofPython
		case bytes.HasPrefix(line, []byte("> ")) && (bytes.Contains(line, []byte("require(")) || bytes.Contains(line, []byte("import(")) || bytes.HasPrefix(line, []byte("> import "))):
			who = ofJavaScript
		default:
			session = ofCode
		}
		if !found && who == commands && i > 0 && tries < maxStarts && startsCode(line) && before.closed() {
			tries++
			if rest := m.codeBehind(c.Text[i:]); rest != nil {
				return append(of, rest...)
			}
		}
		found = found || who != commands
		of = append(of, who)
		before.line(line)
		i = next
	}
	if !found {
		return nil
	}
	return of
}

// maxStarts bounds how many lines of one text are taken for the first of code: for
// each, all that follows is looked at.
const maxStarts = 4

// codeBehind parts a text that begins with a line of code. nil: it is none.
func (m *markdown) codeBehind(src []byte) []owner {
	var of []owner
	var code []byte
	text.EachLine(src, func(line []byte) bool {
		who := ofCode
		if is, _ := m.s.recognize.Command(string(line[:min(len(line), 1000)])); is {
			who = commands
		} else {
			code = append(append(code, line...), '\n')
		}
		of = append(of, who)
		return true
	})
	switch _, lang := m.s.recognize.Content(code); family(lang) {
	case text.Python, text.JavaScript, text.Go:
		return of
	}
	return nil
}

// startsCode reports whether a line may be the first of code in which packages are
// imported.
func startsCode(line []byte) bool {
	word, _, ok := strings.Cut(string(line[:min(len(line), 100)]), " ")
	switch word {
	case "import", "from", "const", "package", "var":
		return ok
	}
	return false
}

// shellSoFar is what is known of the lines of a shell above one.
type shellSoFar struct {
	single, double int // quotes
	reads, goesOn  bool
}

func (b *shellSoFar) line(line []byte) {
	b.single += bytes.Count(line, []byte("'"))
	b.double += bytes.Count(line, []byte(`"`))
	b.reads = b.reads || bytes.Contains(line, []byte("<<"))
	if len(line) > 0 {
		b.goesOn = bytes.HasSuffix(line, []byte(`\`))
	}
}

// closed reports whether no quote is open and no command goes on, and nothing
// above is a text for a command to read.
func (b *shellSoFar) closed() bool {
	return b.single%2 == 0 && b.double%2 == 0 && !b.reads && !b.goesOn
}
