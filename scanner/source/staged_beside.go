package source

import (
	"cmp"
	"context"
	"errors"
	"figment/scanner/git"
	"figment/scanner/text"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Limits of what is read of files that a change does not touch.
const (
	maxBeside      = 20_000    // files
	maxBesideBytes = 256 << 20 // of their texts
)

// Until ends all reading of the repository's objects with ctx, until stop is
// called.
func (s *Changes) Until(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, s.repo.Interrupt)
}

// Removed gives the paths of files that the change takes away or moves, sorted.
// A link and another repository, below which anything may have been found, end in
// a slash.
func (s *Changes) Removed() []string {
	var out []string
	add := func(p string, f git.Entry) {
		if _, there := s.side[p]; !there && f.There() && !s.leftOut[p] && !s.skipped(p) {
			s.touched[p] = true
			if f.Mode == git.LinkMode || f.Mode == git.SubmoduleMode {
				p += "/"
			}
			out = append(out, p)
		}
	}
	if s.onDisk {
		for p, f := range s.tree {
			add(p, f)
		}
	} else {
		for p, f := range s.was {
			if s.touched[p] {
				add(p, f)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Altered gives the paths that the change adds, edits, or takes away, sorted, of
// those that want names.
func (s *Changes) Altered(want func(path string) bool) []string {
	seen := map[string]bool{}
	for p := range s.touched {
		seen[p] = true
	}
	if s.onDisk { // nobody listed what the options do not read
		for p, f := range s.side {
			if len(s.o.Files) == 0 && s.wanted(p) {
				continue // it would be judged
			}
			if !seen[p] && want(p) && s.isFile(f) && !s.sameAsBefore(p) {
				seen[p] = true
			}
		}
	}
	for _, p := range s.Removed() {
		seen[strings.TrimSuffix(p, "/")] = true
	}
	var out []string
	for p := range seen {
		if want(p) && !s.skipped(p) {
			s.touched[p] = true
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// Beside gives, marked as context, the files that the change does not touch and
// that hold code, commands or prose, of those that want names and whose text
// keep wants. by is the path that is told where not all of them were read. What
// cannot be read was not read before the change either: that is told and says
// nothing against it.
func (s *Changes) Beside(ctx context.Context, by string, want func(path string, lang text.Lang) bool, keep func(path string, text []byte) bool, yield func(*File)) []Problem {
	if s.o.NoSource {
		return nil
	}
	read := map[string]bool{}
	for i := range s.judged {
		read[s.judged[i].path] = true
	}
	for i := range s.context {
		read[s.context[i].path] = true
	}
	defer s.Until(ctx)()
	var problems []Problem
	files := make(chan *File, queueLength)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				if ctx.Err() == nil {
					yield(f)
				}
			}
		})
	}
	n, size, left := 0, 0, false
	for _, p := range s.list {
		f, ok := s.side[p]
		kind, lang := s.rec().classify(p)
		if !ok || read[p] || !s.isFile(f) || kind != SourceFile && kind != ScriptFile && kind != DocFile && kind != Sniffed || s.rec().knownKind(p) != "" || !want(p, lang) || s.disk.excluded(p, false) {
			continue
		}
		if n == s.mostBeside || size > maxBesideBytes || ctx.Err() != nil {
			left = true
			continue
		}
		c := &changedFile{path: p, object: f.Object}
		data, err := s.load(c)
		if err != nil {
			if ctx.Err() != nil {
				left = true
			} else if !errors.Is(err, errSkipped) {
				problem := s.rec().unreadProblem(p, err, false)
				problem.Dropped = false
				problems = append(problems, problem)
			}
			continue
		}
		n, size = n+1, size+len(data)
		if !keep(p, data) {
			continue
		}
		s.keep(p, data)
		out := &File{Path: p, Data: data, Change: &Change{Context: true}}
		out.Skip = longLines(p, data)
		files <- out
	}
	close(files)
	wg.Wait()
	if left || ctx.Err() != nil {
		problems = append(problems, Problem{Path: by, Why: TooLarge, Dropped: true,
			Text: "was changed and says whose names are, and not every file that may use them was read: scan the repository whole"})
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return problems
}
