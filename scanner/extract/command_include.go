package extract

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Commands install what a file lists: pip install -r deps.lst. The file may have
// any name, and only this command says what it is.

// listValues are the options of pip-sync and pip-compile that take a value.
const listValues = "-i --index-url --extra-index-url -f --find-links --trusted-host --cert --client-cert --config --pip-args --python-executable -a --max-rounds " +
	"-o --output-file -c --constraint --extra -P --upgrade-package --unsafe-package --resolver --newline --annotation-style --cache-dir --color --build-deps-for --group --only-binary --no-binary"

// listOf reads an option that names a list of requirements or of constraints.
func (c *commandReader) listOf(cmd *command, a arg) {
	if a.value == nil || cmd.eco != ecosystem.PyPI {
		return
	}
	switch a.flag {
	case "-r", "--requirement", "--requirements", "--with-requirements":
		c.requirements(*a.value)
		return
	case "-c":
		if !strings.HasPrefix(cmd.programs, "pip") && cmd.programs != "uv" {
			return // a channel of conda
		}
	case "-b":
		if cmd.programs != "uv" {
			return
		}
	case "--constraint", "--constraints", "--build-constraint", "--build-constraints", "--override", "--overrides":
	default:
		return
	}
	if c.include != nil {
		c.include(*a.value, true)
	}
}

// readLists reads the words of a command that are lists of requirements.
func readLists(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			c.requirements(a.word)
		} else {
			c.listOf(cmd, a)
		}
	}
}

// MayInclude reports by one pass over the bytes whether a command of the text
// may name a list of requirements.
func MayInclude(text []byte) bool {
	return MayRun(text) || bytes.Contains(text, []byte(`"bin"`)) || bytes.Contains(text, []byte(`"main"`))
}

// Limits of the lists that the commands of one file name.
const (
	maxListed     = 1000
	maxToldListed = 10
)

// include takes a word of a command that names a list of requirements.
func (e *Emitter) include(w word, constraint bool) {
	if len(w.offs) == 0 || w.text == "" {
		return
	}
	span := text.Span{Start: w.offs[0], End: w.endAt(len(w.offs) - 1)}
	if span.Start < 0 || span.Start >= span.End || span.End > len(e.frag.Text) {
		return
	}
	name, known := writtenPath(w)
	switch base := path.Base(name); {
	case !known:
		if strings.ContainsAny(w.text, "<>") && e.Known().Document(e.frag.Path) {
			return // to be filled in by the reader
		}
		e.toldInclude(span)
		return
	case base == "pyproject.toml", base == "setup.py", base == "setup.cfg", strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml"):
		return // read, or told, by its name
	case len(e.includes) >= maxListed:
		e.unread(source.TooLarge, fmt.Sprintf("names more than %d files that commands read or run: the rest was not read", maxListed))
		return
	}
	e.includes = append(e.includes, Include{Path: name, Constraint: constraint, Command: true, Span: e.frag.Map.Outer(span)})
}

// runs takes a word of a command that names a file which the command runs as
// code. What is not in the tree is nothing to be told: most programs are not.
func (e *Emitter) runs(w word, lang text.Lang) {
	if len(w.offs) == 0 || w.text == "" {
		return
	}
	span := text.Span{Start: w.offs[0], End: w.endAt(len(w.offs) - 1)}
	name, known := writtenPath(w)
	switch {
	case span.Start < 0 || span.Start >= span.End || span.End > len(e.frag.Text) || !known:
		return
	case lang == text.JavaScript && NoCode(name), strings.Contains(name, "://"), name[len(name)-1] == '/', strings.ContainsAny(name, "\n\x00"):
		return
	case len(e.includes) >= maxListed:
		e.unread(source.TooLarge, fmt.Sprintf("names more than %d files that commands read or run: the rest was not read", maxListed))
		return
	}
	if lang == text.Undecided {
		lang = source.Program
	}
	e.includes = append(e.includes, Include{Path: name, Command: true, Lang: lang, Span: e.frag.Map.Outer(span)})
}

// writtenPath is the path in a word as far as the text says it: what follows
// the last part that only the shell knows. known is false where that is no name.
func writtenPath(w word) (name string, known bool) {
	name = w.text
	if strings.Contains(name, "://") {
		return name, true
	}
	at := strings.LastIndexAny(name, "$%`{}<>*?")
	if at < 0 && w.hole == "" {
		return name, true
	}
	name = strings.ReplaceAll(name[at+1:], `\`, "/")
	slash := strings.IndexByte(name, '/')
	if at < 0 {
		slash = strings.LastIndexByte(name, '/') // where the unknown part ends is not known
	}
	if slash < 0 || slash+1 == len(name) {
		return "", false
	}
	return name[slash+1:], true
}

// toldInclude tells of a list whose name only the shell knows.
func (e *Emitter) toldInclude(span text.Span) {
	n := 0
	p := source.Problem{Path: e.frag.Path, Why: source.NotFollowed, Span: e.frag.Map.Outer(span), Dropped: true,
		Text: "installs what a file lists whose name is made at run time: what it lists was not read"}
	if e.Known().Document(e.frag.Path) {
		p.Why, p.Dropped = "", false
	}
	for i := range e.problems {
		if e.problems[i].Text == p.Text {
			if n++; n >= maxToldListed || e.problems[i].Span == p.Span {
				return
			}
		}
	}
	e.problems = append(e.problems, p)
}

// written notes what a command writes into a file: another one may install from
// that.
func (e *Emitter) written(name string, f *text.Fragment) {
	if e.wrote == nil {
		e.wrote = map[string][]*text.Fragment{}
	}
	if len(e.wrote) < maxListed {
		e.wrote[path.Clean(name)] = append(e.wrote[path.Clean(name)], f)
	}
}

// readWritten queues, once, what the commands of the file write into lists that
// other commands of it install from.
func (e *Emitter) readWritten() bool {
	for i := range e.includes {
		name := path.Clean(e.includes[i].Path)
		texts, ok := e.wrote[name]
		if !ok || e.includes[i].Written {
			continue
		}
		e.includes[i].Written = true
		if e.SameFormat(name, "requirements.txt") {
			continue // it was read for its name
		}
		delete(e.wrote, name)
		for k := range e.includes {
			if path.Clean(e.includes[k].Path) == name {
				e.includes[k].Written = true
			}
		}
		as := "requirements.txt"
		if e.includes[i].Constraint {
			as = "constraints.txt"
		}
		for _, f := range texts {
			c := *f
			c.Name, c.Lang = as, text.Text
			e.frags++
			e.queue = append(e.queue, queued{pending: pending{&c, 0}})
		}
	}
	return len(e.queue) > 0
}
