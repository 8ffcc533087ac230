package shell

import (
	"strings"

	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

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
