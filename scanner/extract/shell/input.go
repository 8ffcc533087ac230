package shell

import (
	"slices"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A placeholder is what xargs and parallel put their input in the place of;
// empty: behind the words.
func placeholder(ws []Word) (string, bool) {
	for i, w := range ws {
		t := w.Text
		switch {
		case t == "-a" || strings.HasPrefix(t, "--arg-file"):
			return "", true
		case t == "-I" && i+1 < len(ws):
			return ws[i+1].Text, false
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
func (c *Reader) overInput(name string, all []Word) {
	ws := SkipFlags(all[1:], "-n -I -P -L -d -a -s -E --max-args --max-procs --delimiter --replace --arg-file -j --jobs")
	mark, file := placeholder(all[1 : len(all)-len(ws)])
	var in []Word
	known := c.input != nil && !file
	if known {
		in = inputWords(c.input)
	}
	if name == "parallel" {
		if mark == "" {
			mark = "{}"
		}
		for i, w := range ws {
			if w.Text == "::::" { // files
				ws, known = ws[:i], false
				break
			}
			if w.Text == ":::" {
				ws, in, known = ws[:i], ws[i+1:], true
				break
			}
		}
		if len(ws) == 0 {
			for _, w := range in {
				c.Line(w)
			}
			return
		}
	}
	if len(ws) == 0 || len(all[0].offs) == 0 {
		return
	}
	if !known {
		in = []Word{{Text: "$", offs: all[0].offs[:1], end: all[0].end, Hole: "$(" + name + ")"}}
	}
	marked := false
	for _, w := range ws {
		marked = marked || mark != "" && strings.Contains(w.Text, mark)
	}
	switch {
	case !marked && mark != "" && name != "parallel":
		c.Nested(ws)
	case !marked:
		if name == "parallel" || oneByOne(all[1:]) {
			in = slices.Clone(in)
			for i := range in {
				in[i].also = i > 0
			}
		}
		c.Nested(append(append([]Word{}, ws...), in...))
	default:
		for _, x := range in[:min(len(in), maxInputs)] {
			made := make([]Word, len(ws))
			for i, w := range ws {
				made[i] = replaced(w, mark, x)
			}
			c.Nested(made)
		}
	}
}

// oneByOne reports whether xargs or parallel start a command for each of the
// words that they read.
func oneByOne(ws []Word) bool {
	for i, w := range ws {
		switch t := w.Text; {
		case t == "-n1", t == "-L1", t == "--max-args=1", t == "--max-lines=1":
			return true
		case t == "-n", t == "-L", t == "--max-args":
			return i+1 < len(ws) && ws[i+1].Text == "1"
		case t == "" || t[0] != '-':
			return false
		}
	}
	return false
}

// replaced puts a word in the place of each mark in w.
func replaced(w Word, mark string, x Word) Word {
	if w.Text == mark {
		return x
	}
	at := strings.Index(w.Text, mark)
	if at < 0 {
		return w
	}
	out := Word{end: w.end, Hole: w.Hole}
	var letters []byte
	for i := 0; i < len(w.Text); {
		if !strings.HasPrefix(w.Text[i:], mark) {
			letters = append(letters, w.Text[i])
			out.offs, out.ends = append(out.offs, w.offs[i]), append(out.ends, w.endAt(i))
			i++
			continue
		}
		start, end := w.offs[i], w.endAt(i+len(mark)-1)
		letters = append(letters, x.Text...)
		for range len(x.Text) {
			out.offs, out.ends = append(out.offs, start), append(out.ends, end)
		}
		if out.Hole == "" {
			out.Hole = x.Hole
		}
		i += len(mark)
	}
	out.Text = string(letters)
	return out
}

// inputWords are the words of a text that xargs reads.
func inputWords(input []Word) []Word {
	var out []Word
	for _, in := range input {
		if in.file && len(in.offs) > 0 {
			out = append(out, Word{Text: "$", offs: in.offs[:1], end: in.end, Hole: "$(cat)"})
			continue
		}
		if in.Hole != "" && len(in.offs) > 0 {
			out = append(out, Word{Text: "$", offs: in.offs[:1], end: in.end, Hole: in.Hole})
			continue
		}
		for i := 0; i < len(in.Text); {
			k := i
			for k < len(in.Text) && strings.IndexByte(" \t\n\r\x00'\"", in.Text[k]) < 0 {
				k++
			}
			if k > i {
				out = append(out, in.Sub(i, k))
			}
			i = k + 1
		}
	}
	return out
}

// Requirements reads a word that names a list of requirements: a file, the
// standard input of the command, or what another command writes.
func (c *Reader) Requirements(w Word) {
	switch w.Text {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		if c.input != nil {
			c.list(c.input)
			return
		}
		c.toldList(w)
	default:
		if !strings.HasPrefix(w.Hole, "<(") {
			if c.include != nil {
				c.include(w, false)
			}
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

func (c *Reader) list(texts []Word) {
	for _, w := range texts {
		if w.file && c.include != nil {
			c.include(w, false)
			continue
		}
		if c.file != nil && len(w.offs) > 0 {
			c.file(w)
		}
	}
}

// toldList tells of requirements that only the shell knows.
func (c *Reader) toldList(w Word) {
	if c.unread != nil && !c.told && len(w.offs) > 0 {
		c.told = true
		c.unread(w)
	}
}

// writtenPath is the path in a word as far as the text says it: what follows
// the last part that only the shell knows. known is false where that is no name.
func writtenPath(w Word) (name string, known bool) {
	name = w.Text
	if strings.Contains(name, "://") {
		return name, true
	}
	at := strings.LastIndexAny(name, "$%`{}<>")
	if at < 0 && (w.Hole == "" || source.Pattern(name)) {
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
	name = name[slash+1:]
	if strings.Trim(name, "*?[]") == "" {
		return "", false // everything in a folder that is not known
	}
	return name, true
}

// takesList takes a word of a command that names a list of requirements.
func takesList(f *text.Fragment, e *extract.Emitter, w Word, constraint bool) {
	if len(w.offs) == 0 || w.Text == "" {
		return
	}
	span := w.Span(0, len(w.offs))
	switch name, known := writtenPath(w); {
	case known:
		e.Include(extract.Include{Path: name, Constraint: constraint, Span: span})
	case strings.ContainsAny(w.Text, "<>") && e.Known().Document(f.Path): // to be filled in by the reader
	default:
		e.NotFollowed(span, "installs what a file lists whose name is made at run time: what it lists was not read")
	}
}

// runsFile takes a word of a command that names a file which the command runs as
// code. What is not in the tree is nothing to be told: most programs are not.
func runsFile(e *extract.Emitter, w Word, lang text.Lang) {
	if len(w.offs) == 0 || w.Text == "" {
		return
	}
	name, known := writtenPath(w)
	if !known || lang == text.JavaScript && isData(name) || strings.Contains(name, "://") || name[len(name)-1] == '/' || strings.ContainsAny(name, "\n\x00") {
		return
	}
	if lang == text.Undecided {
		lang = source.Program
	}
	e.Include(extract.Include{Path: name, Lang: lang, Span: w.Span(0, len(w.offs))})
}
