package extract

import (
	"bytes"
	"cmp"
	"fmt"
	"path"

	"figment/scanner/source"
	"figment/scanner/text"
)

// An Include is a file that another one takes requirements from.
type Include struct {
	Path       string    // as written, relative to the directory of the manifest; a URL where the tool would fetch one
	Constraint bool      // its names limit versions and are not installed by themselves
	Command    bool      // a command names it: where that is run the text does not say
	Written    bool      // the same file writes it, and what it writes was read
	Values     bool      // only values of variables are taken from it
	Lang       text.Lang // a command runs it in that language; empty: it is a list of requirements
	Span       text.Span
}

// Includes are those of a file as it was read: of a manifest, and of a text whose
// commands install what a file lists.
func (t Table) Includes(f *source.File) []Include {
	if t.mayInclude(f.Data) {
		return t.Read(f).Includes
	}
	t.known = t.Recognition()
	if format, whole := t.including(f); format != nil {
		return format.Includes(whole)
	}
	return nil
}

// including gives the format by which f takes requirements from other files, and
// f as one fragment; nil where it takes none.
func (t Table) including(f *source.File) (*Format, *text.Fragment) {
	whole := &text.Fragment{Path: f.Path, Name: cmp.Or(f.As, f.Path)}
	format := t.first(whole, func(r *Format) bool { return r.Includes != nil })
	if format == nil {
		return nil, nil
	}
	whole.Text, whole.Map = text.Decode(f.Data)
	return format, whole
}

// mayInclude reports by one pass over the bytes whether the text may name files
// that are read besides it.
func (t Table) mayInclude(src []byte) bool {
	for _, w := range []string{`"bin"`, `"main"`, "exec", "run_path", "_require"} {
		if bytes.Contains(src, []byte(w)) {
			return true
		}
	}
	return t.commands().MayRun(src)
}

// Limits of the files that the commands of one file name.
const (
	maxListed      = 1000
	maxNotFollowed = 10
)

// Include takes a file that a command of the text installs from or runs. Its Span
// counts in the text of the fragment being read; Command is filled in here.
func (e *Emitter) Include(in Include) {
	if in.Span.Start < 0 || in.Span.Start >= in.Span.End || in.Span.End > len(e.frag.Text) {
		return
	}
	switch {
	case in.Lang != text.Undecided, in.Values:
	case e.known.NamesLists(in.Path):
		return // read by its name
	}
	if len(e.includes) >= maxListed {
		e.unread(source.TooLarge, fmt.Sprintf("names more than %d files that commands read or run: the rest was not read", maxListed))
		return
	}
	in.Command, in.Span = true, e.frag.Map.Outer(in.Span)
	e.includes = append(e.includes, in)
}

// NotFollowed reports, a few times a file, that names are missed which stand in
// a file that the text does not name. The span counts as that of a Reference.
func (e *Emitter) NotFollowed(span text.Span, src string) {
	if span.Start < 0 || span.Start >= span.End || span.End > len(e.frag.Text) {
		return
	}
	n := 0
	p := source.Problem{Path: e.frag.Path, Why: source.NotFollowed, Span: e.frag.Map.Outer(span), Dropped: true, Text: src}
	if e.Known().Document(e.frag.Path) {
		p.Why, p.Dropped = "", false
	}
	for i := range e.problems {
		if e.problems[i].Text == p.Text {
			if n++; n >= maxNotFollowed || e.problems[i].Span == p.Span {
				return
			}
		}
	}
	e.problems = append(e.problems, p)
}

// Written notes what a command writes into a file: another one may install from
// that.
func (e *Emitter) Written(name string, f *text.Fragment) {
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
		if !ok || e.includes[i].Written || e.includes[i].Values {
			continue
		}
		e.includes[i].Written = true
		if e.SameFormat(name, e.known.ListName(false)) {
			continue // it was read for its name
		}
		delete(e.wrote, name)
		for k := range e.includes {
			if path.Clean(e.includes[k].Path) == name {
				e.includes[k].Written = true
			}
		}
		as := e.known.ListName(e.includes[i].Constraint)
		for _, f := range texts {
			c := *f
			c.Name, c.Lang = as, text.Text
			e.frags++
			e.queue = append(e.queue, queued{Inner: Inner{&c, 0}})
		}
	}
	return len(e.queue) > 0
}
