package source

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"figment/scanner/git"
	"figment/scanner/text"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Files gives the changed files, and with them, marked as context, the
// manifests that did not change.
func (s *Changes) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	defer s.Until(ctx)()
	problems := slices.Clone(s.problems)
	files := make(chan *File, queueLength)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				if ctx.Err() == nil {
					f.Change.compare(f, s.rec())
					yield(f)
				}
			}
		})
	}
	for i := range s.judged {
		if ctx.Err() != nil {
			break
		}
		c := &s.judged[i]
		data, err := s.load(c)
		if err == nil {
			s.keep(c.path, data)
			change, bad := s.before(c)
			problems = append(problems, bad...)
			f := &File{Path: c.path, As: c.name, Data: data, Change: change, Beside: s.besideOf(c.path, s.newView())}
			if f.Skip = longLines(c.readAs(), data); len(f.Skip) > 0 {
				problems = append(problems, longLinesProblem(f))
			}
			files <- f
		} else if !errors.Is(err, errSkipped) && ctx.Err() == nil {
			problems = append(problems, s.rec().unreadProblem(c.path, err, false))
		}
	}
	for i := range s.context {
		if ctx.Err() != nil {
			break
		}
		c := &s.context[i]
		if data, err := s.load(c); err == nil {
			s.keep(c.path, data)
			files <- &File{Path: c.path, As: c.name, Data: data, Change: &Change{Context: true}}
		}
	}
	close(files)
	wg.Wait()
	if ctx.Err() != nil {
		problems = append(problems, stopped())
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return problems, nil
}

// load reads a file of the new side. errSkipped is for an empty one, and for one
// that is no script by its first line: a change does not pass over anything else
// in silence.
func (s *Changes) load(c *changedFile) ([]byte, error) {
	name := c.readAs()
	limit := s.rec().limitOf(name, s.o.MaxFileSize)
	kind, _ := s.rec().classify(name)
	data, size, err := s.bytes(c, limit)
	switch {
	case err != nil:
		return nil, err
	case size == 0, kind == Sniffed && s.rec().shebang(data[:min(len(data), sniffSize)]) == text.Undecided:
		return nil, errSkipped
	case size > limit:
		return nil, tooLarge(size, limit)
	case kind == Sniffed && bytes.IndexByte(data, 0) >= 0:
		return nil, errSkipped
	}
	return data, vet(data)
}

// bytes gives the content of a file of the new side, or the beginning of one
// that is longer than limit, and its length.
func (s *Changes) bytes(c *changedFile, limit int64) (data []byte, size int64, err error) {
	if !s.onDisk {
		return s.repo.Read(c.object, limit)
	}
	f, info, err := openFile(s.disk.mounts[0].root, filepath.FromSlash(cmp.Or(c.real, c.path)))
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if info.Size() > limit {
		data = make([]byte, sniffSize)
		n, err := f.ReadAt(data, 0)
		return data[:n], info.Size(), err
	}
	data, err = readAll(f, info.Size(), limit)
	return data, int64(len(data)), err
}

// before says what a file was; nil where all of it is judged.
func (s *Changes) before(c *changedFile) (*Change, []Problem) {
	if c.whole {
		return nil, nil
	}
	change := &Change{Retaken: c.retaken}
	limit := s.rec().limitOf(c.readAs(), s.o.MaxFileSize)
	for _, object := range c.before {
		data, size, err := s.repo.Read(object, limit)
		if err == nil && size > limit {
			err = tooLarge(size, limit)
		}
		if err != nil {
			// Names that were there before may then count as new, not the other way round.
			return &Change{}, []Problem{{Path: c.path, Text: "as it was before the change " + err.Error() + "; all of its names are judged"}}
		}
		if kind, _ := s.rec().classify(c.readAs()); kind == Sniffed && s.rec().shebang(data[:min(len(data), sniffSize)]) == text.Undecided {
			continue // it was no script: nobody read it
		}
		change.Before = append(change.Before, &File{Path: c.path, As: c.name, Data: data, Beside: s.besideOf(c.path, s.oldView())})
	}
	return change, nil
}

// Lost gives the files that the change takes away, as they were: what stood in
// them may stand elsewhere now.
func (s *Changes) Lost(yield func(*File)) {
	for _, g := range s.gone[:min(len(s.gone), maxGone)] {
		limit := s.rec().limitOf(cmp.Or(g.name, g.path), s.o.MaxFileSize)
		if data, size, err := s.repo.Read(g.object, limit); err == nil && size <= limit {
			yield(&File{Path: g.path, As: g.name, Data: data, Beside: s.besideOf(g.path, s.oldView())})
		}
	}
}

// compare finds the lines that the change added.
func (c *Change) compare(f *File, r *Recognition) {
	if c == nil || c.Context || len(c.Before) == 0 {
		return
	}
	if kind, _ := r.classify(cmp.Or(f.As, f.Path)); kind == LockFile {
		return
	}
	c.lines = text.NewLines(f.Data)
	for i, b := range c.Before {
		added := git.AddedLines(text.NewLines(b.Data), c.lines)
		if i == 0 {
			c.added = added
			continue
		}
		for n := range c.added {
			c.added[n] = c.added[n] && added[n]
		}
	}
}

// keep holds on to a text, so that the same bytes are shown that were judged.
func (s *Changes) keep(p string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size += len(data); s.size <= maxKept {
		s.kept[p] = data
	}
}

func (s *Changes) Read(p string) ([]byte, error) {
	s.mu.Lock()
	data, ok := s.kept[p]
	s.mu.Unlock()
	if ok {
		return data, nil
	}
	if target, ok := s.linked[p]; ok {
		p = target
	}
	f, there := s.side[p]
	switch {
	case s.settings[p] || there && s.onDisk && s.isFile(f):
		return s.disk.Read(p)
	case !there || !f.Regular():
		return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	}
	limit := s.rec().limitOf(p, s.o.MaxFileSize)
	data, size, err := s.repo.Read(f.Object, limit)
	if err == nil && size > limit {
		err = tooLarge(size, limit)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

func (s *Changes) Exists(p string) bool {
	p = strings.TrimSuffix(p, "/")
	_, ok := s.side[p]
	return ok || p == "." || s.dirs[p] || s.settings[p]
}

func (s *Changes) List() []string { return s.list }

// Root is the directory that paths count from.
func (s *Changes) Root() string { return s.repo.Top }

// From is the commit that the change is held against; empty where there was
// nothing before.
func (s *Changes) From() string { return s.from }

// Judged is how many files are judged.
func (s *Changes) Judged() int { return len(s.judged) }

// Dates gives since when lines have stood where they are, as Blame does. Lines
// that are about to be committed have no date.
func (s *Changes) Dates(ctx context.Context, asks []git.Line) map[git.Line]time.Time {
	if !s.onDisk {
		return nil
	}
	return git.Blame(ctx, s.repo.Top, asks)
}

func (s *Changes) Close() error {
	s.repo.Close()
	return s.disk.mounts[0].root.Close()
}
