package source

import (
	"cmp"
	"context"
	"errors"
	"figment/scanner/git"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// isFile reports whether the new side has a file of that entry that can be read.
func (s *Changes) isFile(f git.Entry) bool {
	return f.Regular() || s.onDisk && f.Mode == "100644"
}

// A view is one of the two trees that a change lies between.
type view struct {
	at     func(string) (git.Entry, bool)
	target func(string, git.Entry) (string, error) // what a link holds
	text   func(string) ([]byte, bool)
}

func (s *Changes) newView() view { return view{s.now, s.newTarget, s.newText} }

func (s *Changes) oldView() view { return view{s.old, s.oldTarget, s.oldText} }

// now is what the new side has at a path.
func (s *Changes) now(p string) (git.Entry, bool) {
	f, ok := s.side[p]
	return f, ok
}

// old is what the old side had at a path: the side of the branch where two are
// merged.
func (s *Changes) old(p string) (git.Entry, bool) {
	if s.tree != nil {
		f, ok := s.tree[p]
		return f, ok
	}
	if f, ok := s.was[p]; ok {
		return f, f.There()
	}
	f, ok := s.side[p]
	return f, ok
}

// oldContent is the object that a path led to before: a file, or the file at the
// end of a link.
func (s *Changes) oldContent(p string) (object string, ok bool) {
	f, ok := s.old(p)
	if ok && f.Mode == git.LinkMode {
		target, err := follow(p, s.oldView())
		if err != nil {
			return "", false
		}
		f, ok = s.old(target)
	}
	return f.Object, ok && f.Regular()
}

// sameAsBefore reports whether a file of the new side has the content that was
// there before.
func (s *Changes) sameAsBefore(p string) bool {
	object, ok := s.oldContent(p)
	f := s.side[p]
	if !ok || !s.isFile(f) {
		return false
	}
	if s.onDisk {
		return s.sameOnDisk(p, object)
	}
	return f.Object == object
}

// Touched reports whether the change brings a file, or another content of it.
func (s *Changes) Touched(p string) bool {
	if s.touched[p] {
		return true
	}
	f, ok := s.side[p]
	return ok && s.onDisk && s.isFile(f) && !s.sameAsBefore(p)
}

// owners are the files by which it is decided whose a name is, and which
// registry has it.
var owners = []string{
	"package.json", ".npmrc", "pnpm-workspace.yaml", ".yarnrc", ".yarnrc.yml", "bunfig.toml", "deno.json", "deno.jsonc",
	"pyproject.toml", "uv.toml", "go.mod", "go.work", ".figment.toml",
}

func (r *Recognition) owns(p string) bool {
	return slices.Contains(owners, path.Base(p)) || r.isList(p)
}

// Reowns reports whether the change touches a file that decides whose names
// are: then names may be new whose lines did not change.
func (s *Changes) Reowns() bool { return s.owner() != "" }

// owner is the first such file; empty: there is none.
func (s *Changes) owner() string {
	first := ""
	for p := range s.touched {
		if s.rec().owns(p) && (first == "" || p < first) {
			first = p
		}
	}
	return first
}

// Words for what is wrong with a link.
var (
	errLeadsOut   = errors.New("leads out of the repository")
	errLoop       = errors.New("leads through too many links")
	errDirectory  = errors.New("leads to a directory")
	errUntracked  = errors.New("leads to what git does not track")
	errPassedOver = errors.New("leads to what is passed over")
)

// follow gives the path that a link leads to in a tree, through any links on the
// way. It looks at what the tree has, never at the disk.
func follow(p string, v view) (string, error) {
	rest := strings.Split(p, "/")
	here := "."
	for hops := 0; len(rest) > 0; {
		next := rest[0]
		rest = rest[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			if here == "." {
				return "", errLeadsOut
			}
			here = path.Dir(here)
			continue
		}
		step := path.Join(here, next)
		f, ok := v.at(step)
		if !ok || f.Mode != git.LinkMode {
			here = step
			continue
		}
		if hops++; hops > maxLinks {
			return "", errLoop
		}
		to, err := v.target(step, f)
		if err != nil {
			return "", err
		}
		if path.IsAbs(to) || filepath.IsAbs(to) || len(rest) > maxLinks*maxLinks {
			return "", errLeadsOut
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return here, nil
}

// oldTarget is what a link of the repository holds.
func (s *Changes) oldTarget(_ string, f git.Entry) (string, error) {
	data, size, err := s.repo.Read(f.Object, headSize)
	if err == nil && size > int64(len(data)) {
		err = errLeadsOut
	}
	return string(data), err
}

// newTarget is what a link of the new side holds.
func (s *Changes) newTarget(p string, f git.Entry) (string, error) {
	if !s.onDisk {
		return s.oldTarget(p, f)
	}
	to, err := s.disk.mounts[0].root.Readlink(filepath.FromSlash(p))
	return filepath.ToSlash(to), err
}

// leadsTo gives the file that a link of the new side leads to. What git does not
// track is not read through a link that it does track.
func (s *Changes) leadsTo(p string) (string, error) {
	target, err := follow(p, s.newView())
	if err != nil {
		return "", err
	}
	f, ok := s.side[target]
	switch {
	case s.dirs[target]:
		return "", errDirectory
	case !ok || !s.isFile(f) || s.untracked[target] && !s.untracked[p]:
		return "", errUntracked
	case s.skipped(target):
		return "", errPassedOver
	}
	return target, nil
}

// links adds the links of the new side that are read as files.
func (s *Changes) links(only map[string]bool) {
	for p, f := range s.side {
		if f.Mode != git.LinkMode || !s.wanted(p) || s.skipped(p) {
			continue
		}
		kind, _ := s.rec().classify(p)
		target, err := s.leadsTo(p)
		if err != nil {
			_, linked := s.old(p)
			if kind != Sniffed && within(only, p) && (s.touched[p] || s.onDisk && !linked) {
				s.problems = append(s.problems, Problem{Path: p, Why: NotFollowed, Text: "is a link that " + err.Error() + " and was not followed", Dropped: true})
			}
			continue
		}
		if s.rec().sameReading(p, target) && s.wanted(target) {
			continue // it is read there
		}
		s.linked[p] = target
		c := changedFile{path: p, real: target, object: s.side[target].Object}
		if object, ok := s.oldContent(p); ok {
			c.before = []string{object}
		}
		s.follows(c, within(only, p) || within(only, target))
	}
}

// follows takes a file that is read because another one leads to it: it is
// judged where its content was not read so before, and the options want it.
func (s *Changes) follows(c changedFile, wanted bool) {
	same := slices.ContainsFunc(c.before, func(object string) bool {
		if s.onDisk {
			return s.sameOnDisk(cmp.Or(c.real, c.path), object)
		}
		return object == c.object
	})
	c.whole = s.o.Whole || s.whole
	if wanted && (!same || c.whole) {
		s.judged = append(s.judged, c)
		return
	}
	if kind, _ := s.rec().classify(c.readAs()); kind == ManifestFile && len(s.context) < maxContext {
		s.context = append(s.context, c)
	}
}

// Before is the source as it was before the change: nothing of it is judged.
func (s *Changes) Before() Source {
	t := &oldTree{s: s, dirs: map[string]bool{}}
	add := func(p string) {
		f, _ := s.old(p)
		_, ok := s.oldContent(p)
		if !ok && !s.settings[p] && f.Mode != git.LinkMode && f.Mode != git.SubmoduleMode || s.leftOut[p] || s.skippedDir(path.Dir(p)) {
			return
		}
		t.list = append(t.list, p)
		for d := path.Dir(p); d != "." && !t.dirs[d]; d = path.Dir(d) {
			t.dirs[d] = true
			t.list = append(t.list, d+"/")
		}
	}
	if s.tree != nil {
		for p := range s.tree {
			add(p)
		}
	} else {
		for p := range s.side {
			add(p)
		}
		for p := range s.was {
			if _, ok := s.side[p]; !ok {
				add(p)
			}
		}
	}
	for p := range s.settings {
		add(p)
	}
	slices.Sort(t.list)
	return t
}

// An oldTree is what a repository held before a change.
type oldTree struct {
	s    *Changes
	list []string
	dirs map[string]bool
}

func (t *oldTree) Files(context.Context, func(*File)) ([]Problem, error) { return nil, nil }

func (t *oldTree) Read(p string) ([]byte, error) {
	if t.s.settings[p] {
		return t.s.disk.Read(p)
	}
	missing := &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	object, ok := t.s.oldContent(p)
	if !ok {
		return nil, missing
	}
	limit := t.s.rec().limitOf(p, t.s.o.MaxFileSize)
	data, size, err := t.s.repo.Read(object, limit)
	if err == nil && size > limit {
		err = tooLarge(size, limit)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

func (t *oldTree) Exists(p string) bool {
	p = strings.TrimSuffix(p, "/")
	_, ok := t.s.oldContent(p)
	return ok && !t.s.leftOut[p] || p == "." || t.dirs[p] || t.s.settings[p]
}

func (t *oldTree) List() []string { return t.list }

// Base is what the repository held before the change. It is open as long as s
// is, and empty where there was no commit.
func (s *Changes) Base() *git.Revision {
	files := s.tree
	if files == nil {
		files = maps.Clone(s.side)
		for p, f := range s.was {
			if delete(files, p); f.There() {
				files[p] = f
			}
		}
	}
	return s.repo.Holding(s.from, files)
}
