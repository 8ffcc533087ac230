package source

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
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
	stop := context.AfterFunc(ctx, s.repo.cat.interrupt)
	defer stop()
	problems := slices.Clone(s.problems)
	files := make(chan *File, queueLength)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				if ctx.Err() == nil {
					f.Change.compare(f)
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
		data, err := s.load(c.path, c.object)
		if err == nil {
			s.keep(c.path, data)
			change, bad := s.old(c)
			problems = append(problems, bad...)
			files <- &File{Path: c.path, Data: data, Change: change}
		} else if !errors.Is(err, errSkipped) && ctx.Err() == nil {
			problems = append(problems, unreadProblem(c.path, err, false))
		}
	}
	for _, p := range s.context {
		if ctx.Err() != nil {
			break
		}
		if data, err := s.load(p, s.side[p].object); err == nil {
			s.keep(p, data)
			files <- &File{Path: p, Data: data, Change: &Change{Context: true}}
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

// load reads a file of the new side.
func (s *Changes) load(p, object string) ([]byte, error) {
	limit := limitOf(p, s.o.MaxFileSize)
	if s.onDisk {
		return load(s.disk.mounts[0].root, filepath.FromSlash(p), p, false, limit)
	}
	data, size, err := s.repo.cat.read(object, limit)
	if err != nil {
		return nil, err
	}
	if kind, _ := classify(p); size == 0 || kind == sniffed && shebang(data[:min(len(data), sniffSize)]) == Undecided {
		return nil, errSkipped
	}
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	return data, vet(data)
}

// old says what a file was; nil where all of it is judged.
func (s *Changes) old(c *changedFile) (*Change, []Problem) {
	if c.whole {
		return nil, nil
	}
	change := &Change{}
	limit := limitOf(c.path, s.o.MaxFileSize)
	for _, object := range c.before {
		data, size, err := s.repo.cat.read(object, limit)
		if err == nil && size > limit {
			err = tooLarge(size, limit)
		}
		if err != nil {
			// Names that were there before may then count as new, not the other way round.
			return &Change{}, []Problem{{Path: c.path, Text: "as it was before the change " + err.Error() + "; all of its names are judged"}}
		}
		change.Before = append(change.Before, &File{Path: c.path, Data: data})
	}
	if c.fresh {
		change.Moved = s.moved(c)
	}
	return change, nil
}

// moved gives the files that are gone and that a new one may have been: the one
// with the same bytes, else those that are called like it, else those of its
// kind.
func (s *Changes) moved(c *changedFile) []*File {
	var like, kind []goneFile
	for _, g := range s.gone {
		if g.object == c.object {
			like, kind = []goneFile{g}, nil
			break
		}
		if path.Base(g.path) == path.Base(c.path) {
			like = append(like, g)
		} else if path.Ext(g.path) == path.Ext(c.path) {
			kind = append(kind, g)
		}
	}
	like = append(like, kind...)
	var out []*File
	for _, g := range like[:min(len(like), maxMoved)] {
		limit := limitOf(g.path, s.o.MaxFileSize)
		if data, size, err := s.repo.cat.read(g.object, limit); err == nil && size <= limit {
			out = append(out, &File{Path: g.path, Data: data})
		}
	}
	return out
}

// compare finds the lines that the change added.
func (c *Change) compare(f *File) {
	if c == nil || c.Context || len(c.Before) == 0 {
		return
	}
	if kind, _ := classify(f.Path); kind == lockFile {
		return
	}
	c.lines = NewLines(f.Data)
	for i, b := range c.Before {
		added := addedLines(NewLines(b.Data), c.lines)
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
	f, there := s.side[p]
	switch {
	case s.settings[p] || there && s.onDisk:
		return s.disk.Read(p)
	case !there || !f.regular():
		return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	}
	limit := limitOf(p, s.o.MaxFileSize)
	data, size, err := s.repo.cat.read(f.object, limit)
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
func (s *Changes) Root() string { return s.repo.top }

// From is the commit that the change is held against; empty where there was
// nothing before.
func (s *Changes) From() string { return s.from }

// Judged is how many files are judged.
func (s *Changes) Judged() int { return len(s.judged) }

// Dates gives since when lines have stood where they are, as Blame does. Lines
// that are about to be committed have no date.
func (s *Changes) Dates(ctx context.Context, asks []BlameAsk) map[BlameAsk]time.Time {
	if !s.onDisk {
		return nil
	}
	return Blame(ctx, s.repo.top, asks)
}

func (s *Changes) Close() error {
	s.repo.cat.Close()
	return s.disk.mounts[0].root.Close()
}
