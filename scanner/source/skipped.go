package source

import (
	"bytes"
	"figment/internal/disk"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"figment/scanner/text"

	"figment/scanner/git"
)

// Directories that tools made are passed over: what they hold was installed or
// built, and is named elsewhere. Anybody can make a directory look like one. So
// a marker has to be plausible, and what git tracks behind it is told.

// neverEntered reports whether a directory holds what tools made, by its name
// alone.
func (r *Recognition) neverEntered(name string) bool { return r.closed[name] }

// A mark is by what a directory shows that a tool filled it. The zero mark is none.
type mark struct {
	by    string
	whole bool // a manifest beside it names all that it holds
}

// madeByTools says which mark makes of a directory one that tools filled. here
// are the names in it; read gives a file by its path from the directory, nil where
// there is none that can be read.
func (r *Recognition) madeByTools(p string, here map[string]bool, read func(string) []byte) mark {
	for i := range r.filled {
		f := &r.filled[i]
		if len(f.Names) > 0 && !slices.Contains(f.Names, path.Base(p)) {
			continue
		}
		if by := f.Made(here, read); by != "" {
			return mark{by, f.Whole}
		}
	}
	return mark{}
}

// marks gives the names that madeByTools looks for in a directory.
func (r *Recognition) marks(p string) []string {
	var out []string
	for i := range r.filled {
		if f := &r.filled[i]; len(f.Names) == 0 || slices.Contains(f.Names, path.Base(p)) {
			out = append(out, f.Marks...)
		}
	}
	return out
}

// worthARow reports whether a file that was passed over is worth telling.
func (r *Recognition) worthARow(p string) bool {
	kind, _ := r.classify(p)
	return kind != NoFile && kind != Sniffed || r.knownKind(p) != ""
}

// tellHidden tells, outside of git, which files the tree's own rules pass over:
// nobody knows there whether they are part of the project. One row a directory.
func (w *walker) tellHidden() {
	for dir, names := range w.hidden {
		slices.Sort(names)
		p, text := path.Join(dir, names[0]), "a .gitignore names it, and without git nobody knows whether it belongs to the project: name it, or --no-gitignore"
		if n := len(names); n > 1 {
			p, text = dir, fmt.Sprintf("%s: a .gitignore names them, and without git nobody knows whether they belong to the project: name them, or --no-gitignore", listed(names))
		}
		w.problem(Problem{Path: p, Why: Ignored, Text: text})
	}
}

// listed joins the first few of names.
func listed(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// maxPeek bounds how many entries of a directory that is not entered are looked
// at to see whether anything in it is worth telling.
const maxPeek = 2000

// tellBarred tells which directories were passed over although they hold files
// that are read elsewhere: in a work tree those that git tracks, outside of one
// whatever is there.
func (w *walker) tellBarred() {
	for _, p := range slices.Sorted(func(yield func(string) bool) {
		for p := range w.barred {
			if !yield(p) {
				return
			}
		}
	}) {
		b := w.barred[p]
		switch {
		case b.by == "" || w.inBarred(path.Dir(p)) || b.frame == nil:
		case isVersionControl(path.Base(p)):
		case w.untold(b.frame):
			if found := w.peek(p); len(found) > 0 {
				w.problem(Problem{Path: p, Why: Ignored, Text: fmt.Sprintf("was passed over for %s, and holds %s: name the directory to have it read", b.by, listed(found))})
			}
		default:
			if found := w.trackedBelow(b.frame.tree, p); len(found) > 0 {
				w.problem(Problem{Path: p, Why: SkippedDirectory, Dropped: !b.whole,
					Text: fmt.Sprintf("was passed over for %s although git tracks %s in it: name the directory to have it read", b.by, listed(found))})
			}
		}
	}
}

func isVersionControl(name string) bool { return name == ".git" || name == ".hg" || name == ".svn" }

func (w *walker) inBarred(p string) bool {
	for ; p != "."; p = path.Dir(p) {
		if _, ok := w.barred[p]; ok {
			return true
		}
	}
	return false
}

// peek finds files below a directory that a row would read, without entering
// more than a few directories.
func (w *walker) peek(p string) []string {
	var found []string
	queue, looked := []string{p}, 0
	for len(queue) > 0 && looked < maxPeek && len(found) < 3 {
		at := queue[0]
		queue = queue[1:]
		dir, err := w.open(at)
		if err != nil {
			continue // it cannot be entered: nothing is known of it
		}
		entries, err := readDir(dir.root)
		dir.release()
		if err != nil {
			continue
		}
		for _, e := range entries {
			if looked++; looked > maxPeek {
				break
			}
			child := path.Join(at, e.Name())
			if e.IsDir() && !isVersionControl(e.Name()) {
				queue = append(queue, child)
			} else if e.Type().IsRegular() && w.rec().worthARow(child) {
				found = append(found, strings.TrimPrefix(child, p+"/"))
			}
		}
	}
	slices.Sort(found)
	return found
}

// trackedBelow lists files below a directory that git tracks and a row would
// read.
func (w *walker) trackedBelow(t *git.WorkTree, p string) []string {
	tracked, err := t.Tracked()
	if err != nil {
		return nil // readTracked told
	}
	m, name := w.s.locate(p)
	if m == nil {
		return nil
	}
	prefix := disk.Rel(t.Top, filepath.Join(m.abs, filepath.FromSlash(name))) + "/"
	var found []string
	i, _ := slices.BinarySearch(tracked, prefix)
	for ; i < len(tracked) && strings.HasPrefix(tracked[i], prefix); i++ {
		if w.rec().worthARow(tracked[i]) {
			found = append(found, tracked[i][len(prefix):])
		}
	}
	return found
}

// unreadProblem says of a file why it was not read. Named: it was given on the
// command line.
func (r *Recognition) unreadProblem(p string, err error, named bool) Problem {
	out := Problem{Path: p, Why: Unreadable, Text: err.Error(), Dropped: true}
	if e, ok := err.(*openError); ok && e.why != "" {
		out.Why = e.why
		out.Dropped = named || r.Severe(p)
	}
	return out
}

// noReader is the row of a file of a known kind that nothing reads.
func noReader(p, what string) Problem {
	return Problem{Path: p, Why: NoReader, Text: fmt.Sprintf("is a %s, which figment does not read yet", what)}
}

// longLines gives the lines of a text that a program wrote for a browser:
// nobody reads them, and the names in them were in its sources.
func longLines(p string, data []byte) []text.Span {
	if !mayBeMinified(p) || text.IsUTF16(data) || !minified(data) {
		return nil
	}
	var out []text.Span
	for i := 0; i < len(data); {
		end := len(data)
		if n := bytes.IndexByte(data[i:], '\n'); n >= 0 {
			end = i + n
		}
		if end-i > longestLine {
			out = append(out, text.Span{Start: i, End: end})
		}
		i = end + 1
	}
	return out
}

func longLinesProblem(f *File) Problem {
	n := len(f.Skip)
	text := fmt.Sprintf("has a line of %s that a program seems to have written: it was not read; name the file to have it read", disk.Size(int64(f.Skip[0].Len())))
	if n > 1 {
		text = fmt.Sprintf("has %d long lines that a program seems to have written: they were not read; name the file to have them read", n)
	}
	return Problem{Path: f.Path, Why: LongLines, Span: f.Skip[0], Text: text}
}
