package scanner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"figment/scanner/extract"
	"figment/scanner/source"
)

// A reading collects the references of the files that a source hands out, from
// several goroutines at once.
type reading struct {
	*scan
	mu   sync.Mutex
	refs extract.References
	// includes are the files that those read take requirements from.
	includes []include
	listed   *source.Listed
}

type include struct {
	extract.Include
	from *source.File
	// Of a command: to is one of the files that it may mean, more says that there
	// are others, and missing that there is none.
	to            string
	more, missing bool
}

// file reads one file.
func (r *reading) file(f *source.File) {
	read := r.Formats.Read(f)
	found, bad, includes := read.References, read.Problems, read.Includes
	compared := r.compare(f)
	notes := r.note(f)
	r.mu.Lock()
	defer r.mu.Unlock()
	compared()
	r.notes[f.Path] = notes
	for _, i := range includes {
		r.includes = append(r.includes, include{Include: i, from: f})
	}
	if len(r.Only) > 0 {
		found = slices.DeleteFunc(found, func(x extract.Reference) bool { return !slices.Contains(r.Only, x.Ecosystem) })
	}
	if len(found) > 0 {
		r.refs = append(r.refs, found)
	}
	if f.Change != nil && f.Change.Context {
		return
	}
	// A text that somebody named and that nothing reads was not read.
	if !slices.ContainsFunc(bad, func(p source.Problem) bool { return p.Why == source.NoReader }) {
		r.rep.Counts.Files++
	}
	for _, p := range bad {
		r.problem(p, f.Data)
	}
	r.tell(func(e *Event) { e.Files++ })
}

// maxIncludes bounds how many files are read because others include them.
const maxIncludes = 2000

// followIncludes reads the files that those already read take requirements
// from, and what these take them from: pip installs all of them together.
func (r *reading) followIncludes(ctx context.Context) {
	if _, ok := r.Source.(change); ok {
		return // a change knows what it takes in
	}
	follower, ok := r.Source.(source.Follower)
	seen := map[string]bool{}
	for n := 0; len(r.includes) > 0; n++ {
		batch := r.includes
		r.includes = nil
		slices.SortStableFunc(batch, func(a, b include) int {
			return cmp.Or(cmp.Compare(a.from.Path, b.from.Path), cmp.Compare(a.Span.Start, b.Span.Start))
		})
		batch = r.commanded(batch)
		for i := range batch {
			in := &batch[i]
			to, as, why := target(r.Formats.Recognition(), in)
			if why == "" && (seen[as+to] || ctx.Err() != nil) {
				continue
			}
			seen[as+to] = true
			var f *source.File
			passed := false
			switch {
			case why != "":
			case !ok:
				why = "there are no files beside this text"
			case len(seen) > maxIncludes:
				why = fmt.Sprintf("more than %d files are included", maxIncludes)
			default:
				var err error
				if f, err = follower.Follow(in.from.Path, to, as); err != nil {
					why = err.Error()
					var e *source.FollowError
					passed = in.Lang != "" && errors.As(err, &e) && e.PassedOver
				}
			}
			if why != "" && (in.more || passed) {
				continue // another file may be meant, or nobody's own
			} else if why != "" {
				p := source.Problem{Path: in.from.Path, Why: source.NotFollowed, Span: in.Span, Dropped: true,
					Text: fmt.Sprintf("%s %s, which was not read: %s", in.verb(), in.Path, why)}
				if in.Command {
					p.Why, p.Dropped = r.Formats.Recognition().NotInstalled(p.Path)
				}
				r.problem(p, in.from.Data)
			} else if f != nil {
				r.file(f)
			}
		}
	}
}

// commanded puts in the place of what a command names the files of the tree that
// it may mean.
func (r *reading) commanded(batch []include) []include {
	var out []include
	for _, in := range batch {
		if !in.Command || strings.Contains(in.Path, "://") {
			out = append(out, in)
			continue
		}
		if r.listed == nil {
			r.listed = source.NewListed(r.Source.List())
		}
		to := source.Installed(in.from.Path, in.Path, r.Source.Exists, r.listed)
		if in.Lang != "" {
			for _, p := range r.Formats.Recognition().ToRun(in.from.Path, in.Path, in.Lang, to, r.listed) {
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
		if in.missing = len(to) == 0; in.missing && !in.Written && !r.Formats.Recognition().Document(in.from.Path) {
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
		to = path.Join(path.Dir(in.from.Path), p)
	}
	if in.Lang != "" {
		return to, known.ReadAs(to, in.Lang), ""
	}
	as = path.Join(path.Dir(to), "requirements.txt")
	if in.Constraint {
		as = path.Join(path.Dir(to), "constraints.txt")
	}
	return to, as, ""
}
