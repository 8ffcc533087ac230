package scanner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A read file is what one text says, to be put together with that of the others.
type readFile struct {
	path     string
	context  bool // it is read for what others say: nothing is told of it
	counted  bool
	refs     []extract.Reference
	includes []include // files that it takes requirements from, or runs
	problems []told
	notes    *fileNotes
	compared *compared // with what it was; nil: no change is judged
	needs    bool      // it has to be read again, see extract.Found.NeedsValues
}

// told is a problem at its place.
type told struct {
	source.Problem
	line, column int // 0: the whole file
}

type include struct {
	extract.Include
	from         string // the file that names it
	line, column int
	// Of a command: to is one of the files that it may mean, more says that there
	// are others, and missing that there is none.
	to            string
	more, missing bool
	around        bool // from lies around what is judged
	spent         bool // patterns are compared with no more paths
}

// file reads one file.
func (w *Workspace) file(f *source.File) *readFile {
	found := w.o.Formats.Read(f)
	out := &readFile{
		path: f.Path, context: f.Change != nil && f.Change.Context,
		refs: found.References, compared: w.compare(f), notes: w.note(f), needs: found.NeedsValues,
	}
	if len(w.o.Only) > 0 {
		out.refs = slices.DeleteFunc(out.refs, func(x extract.Reference) bool { return !slices.Contains(w.o.Only, x.Ecosystem) })
	}
	var lines *text.Lines
	at := func(span text.Span) (line, column int) {
		if span == (text.Span{}) {
			return 0, 0
		}
		if lines == nil {
			lines = text.NewLines(f.Data)
		}
		pos := lines.At(span.Start)
		return pos.Line, pos.Column
	}
	if _, isChange := w.o.Source.(change); out.context && !isChange { // it lies around what is judged
		for i := range out.refs {
			out.refs[i].Old = true
		}
		for _, i := range found.Includes {
			out.includes = append(out.includes, include{Include: i, from: f.Path, around: true})
		}
		return out
	}
	for _, i := range found.Includes {
		if i.Values {
			continue // read with the file
		}
		line, column := at(i.Span)
		out.includes = append(out.includes, include{Include: i, from: f.Path, line: line, column: column})
	}
	if out.context {
		return out
	}
	// A text that somebody named and that nothing reads was not read.
	out.counted = !slices.ContainsFunc(found.Problems, func(p source.Problem) bool { return p.Why == source.NoReader })
	for _, p := range found.Problems {
		if out.compared != nil && slices.Contains(out.compared.told, p) {
			continue // no news
		}
		line, column := at(p.Span)
		out.problems = append(out.problems, told{p, line, column})
	}
	return out
}

// maxIncludes bounds how many files are read because others include them.
const maxIncludes = 2000

// A followed file is one that others include.
type followed struct {
	file   *readFile // nil: it was read already, or may not be
	to     string
	why    string // it was not read; empty: it was
	passed bool   // it lies in a folder that is passed over
}

// followIncludes reads the files that those already read take requirements
// from, and what these take them from: pip installs all of them together. It
// gives those files, and what is told of those that may not be read.
func (w *Workspace) followIncludes(ctx context.Context) (files []*readFile, problems []told) {
	if _, ok := w.o.Source.(change); ok {
		return nil, nil // a change knows what it takes in
	}
	follower, ok := w.o.Source.(source.Follower)
	var batch []include
	for _, f := range w.files {
		batch = append(batch, f.includes...)
	}
	type asked struct{ by, what string }
	said := map[asked]bool{}
	reached := map[string]bool{}
	for len(batch) > 0 {
		slices.SortStableFunc(batch, func(a, b include) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
		})
		var next []include
		for _, in := range w.commanded(batch) {
			to, as, why := target(w.o.Formats.Recognition(), &in)
			out := followed{why: why}
			if key := as + to; why == "" {
				if ctx.Err() != nil {
					continue
				}
				if reached[key] && w.followed[key].why == "" {
					continue
				}
				if judge, ok := w.o.Source.(interface{ Named(string) bool }); in.around && (!ok || !judge.Named(to)) {
					continue
				}
				out, reached[key] = w.follow(follower, ok, &in, to, as), true
				if out.file != nil {
					files, next = append(files, out.file), append(next, out.file.includes...)
				}
				if out.why == "" || said[asked{in.from, key}] {
					continue
				}
				said[asked{in.from, key}] = !in.more
			}
			if in.more || in.Lang != "" && out.passed {
				continue // another file may be meant, or nobody's own
			}
			p := source.Problem{Path: in.from, Why: source.NotFollowed, Span: in.Span, Dropped: true,
				Text: fmt.Sprintf("%s %s, which was not read: %s", in.verb(), in.Path, out.why)}
			if in.Command {
				p.Why, p.Dropped = w.o.Formats.Recognition().NotInstalled(p.Path)
			}
			problems = append(problems, told{p, in.line, in.column})
		}
		batch = next
	}
	return files, problems
}

// follow reads the file that an include leads to, once.
func (w *Workspace) follow(follower source.Follower, ok bool, in *include, to, as string) followed {
	if out, again := w.followed[as+to]; again {
		return out
	}
	out := followed{to: to}
	switch {
	case !ok:
		out.why = "there are no files beside this text"
	case len(w.followed) >= maxIncludes:
		out.why = fmt.Sprintf("more than %d files are included", maxIncludes)
	default:
		f, err := follower.Follow(in.from, to, as)
		if err != nil {
			out.why = err.Error()
			var e *source.FollowError
			out.passed = errors.As(err, &e) && e.PassedOver
		} else if f != nil {
			f.Beside = w.besideOf(f.Path)
			out.file = w.file(f)
			w.progress(out.file)
		}
	}
	w.followed[as+to] = out
	return out
}

// commanded puts in the place of what a command names the files of the tree that
// it may mean.
func (w *Workspace) commanded(batch []include) []include {
	var out []include
	for _, in := range batch {
		if !in.Command || strings.Contains(in.Path, "://") {
			out = append(out, in)
			continue
		}
		if w.listed == nil {
			w.listed = source.NewListed(w.o.Source.List())
		}
		to := w.o.Formats.Recognition().Installed(in.from, in.Path, w.o.Source.Exists, w.listed)
		if source.Pattern(in.Path) && w.listed.Spent() {
			in.spent = true
			out = append(out, in)
			continue
		}
		if in.Lang != "" {
			for _, p := range w.o.Formats.Recognition().ToRun(in.from, in.Path, in.Lang, to, w.listed) {
				in.to = p
				out = append(out, in)
			}
			continue
		}
		for i, p := range to {
			in.to, in.more = p, i+1 < len(to)
			out = append(out, in)
		}
		// What a document names and is not there is its reader's own file.
		if in.missing = len(to) == 0; in.missing && !in.Written && !w.o.Formats.Recognition().Document(in.from) {
			out = append(out, in)
		}
	}
	return out
}

// verb says what a file does with one that it names.
func (in *include) verb() string {
	if in.Lang != "" {
		return "runs"
	}
	return "takes requirements from"
}

// target is the path that an include leads to, as its file names it, and the
// name by which it is read; why says that it leads nowhere.
func target(known *source.Recognition, in *include) (to, as, why string) {
	p := strings.ReplaceAll(in.Path, "\\", "/")
	switch {
	case strings.Contains(p, "://"):
		return "", "", "it lies on another machine"
	case in.spent:
		return "", "", "it is a pattern beside too many others"
	case in.missing:
		return "", "", "there is no such file here"
	case in.to != "":
		p = in.to
	case strings.Contains(p, "${"):
		return "", "", "its path is made of variables"
	case path.IsAbs(p), len(p) > 1 && p[1] == ':':
		return "", "", "it leads out of what is scanned"
	}
	if to = p; in.to == "" {
		to = path.Join(path.Dir(in.from), p)
	}
	if in.Lang != "" {
		return to, known.ReadAs(to, in.Lang), ""
	}
	return to, path.Join(path.Dir(to), known.ListName(in.Constraint)), ""
}

// besideOf reads the files of the tree that a file takes values from: by their
// paths from its folder or one above it.
func (w *Workspace) besideOf(by string) func(string) []byte {
	follower, ok := w.o.Source.(source.Follower)
	if !ok {
		return nil
	}
	return func(name string) []byte {
		for _, p := range source.BesidePaths(by, name) {
			if !w.o.Source.Exists(p) {
				continue
			}
			switch f, err := follower.Follow(by, p, w.o.Formats.Recognition().ReadAs(p, text.Shell)); {
			case err != nil:
				return nil // nobody's own
			case f != nil:
				return f.Data
			}
			data, err := w.o.Source.Read(p)
			if err != nil {
				return nil
			}
			return data
		}
		return nil
	}
}
