package source

import (
	"cmp"
	"context"
	"figment/scanner/git"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// cutRange splits A..B and A...B. An empty end is HEAD.
func cutRange(r string) (a, b string, ok bool) {
	if a, b, ok = strings.Cut(r, "..."); !ok {
		a, b, ok = strings.Cut(r, "..")
	}
	return cmp.Or(a, "HEAD"), cmp.Or(b, "HEAD"), ok
}

// between compares two commits.
func (s *Changes) between(ctx context.Context, a, b string, parted bool, only map[string]bool) error {
	to, err := s.repo.Resolve(ctx, b)
	if err != nil {
		return err
	}
	tree, err := s.repo.Tree(ctx, to)
	if err != nil {
		return err
	}
	s.take(tree)
	if len(a) >= 40 && git.NoObject(a) { // a push of a new branch: there was nothing
		s.tree = map[string]git.Entry{}
		for p, f := range tree {
			s.touched[p] = true
			s.change(git.Change{Path: p, New: f, Status: 'A'}, nil, only)
		}
		return nil
	}
	from, err := s.repo.Resolve(ctx, a)
	if err != nil {
		return err
	}
	if parted {
		if from, err = s.repo.MergeBase(ctx, from, to); err != nil {
			return err
		}
	}
	s.from = from
	changes, err := s.repo.Diff(ctx, from, to)
	if err != nil {
		return err
	}
	for _, c := range changes {
		s.was[c.Path] = c.Old
		s.touched[c.Path] = true
	}
	for _, c := range changes {
		var before []string
		if object, ok := s.oldContent(c.Path); ok {
			before = append(before, object)
		}
		s.change(c, before, only)
	}
	return nil
}

// since compares a commit with the files on disk. git is not asked to: it would
// run filters. A file is unchanged when its bytes have the name of the blob.
func (s *Changes) since(ctx context.Context, rev string, only map[string]bool) error {
	s.onDisk = true
	from, err := s.repo.Resolve(ctx, rev)
	if err != nil {
		return err
	}
	head, err := s.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return err
	}
	if from, err = s.repo.MergeBase(ctx, from, head); err != nil {
		return err
	}
	s.from = from
	old, err := s.repo.Tree(ctx, from)
	if err != nil {
		return err
	}
	index, err := s.repo.Index(ctx)
	if err != nil {
		return err
	}
	others, err := s.repo.Untracked(ctx)
	if err != nil {
		return err
	}
	untracked := map[string]bool{}
	for _, p := range others {
		index[p] = git.Entry{}
		untracked[p] = true
	}
	side := make(map[string]git.Entry, len(index))
	for p := range index {
		info, err := s.disk.mounts[0].root.Lstat(filepath.FromSlash(p))
		switch {
		case err != nil:
		case info.Mode().IsRegular():
			side[p] = git.Entry{Mode: "100644"}
		case info.Mode()&fs.ModeSymlink != 0:
			side[p] = git.Entry{Mode: git.LinkMode}
		}
	}
	s.tree, s.untracked = old, untracked
	s.take(side)
	for p, f := range index {
		if f.Mode == git.SubmoduleMode && old[p] != f {
			s.submodule(p, only)
		}
	}
	for p := range side {
		if s.rec().owns(p) && !s.sameAsBefore(p) {
			s.touched[p] = true
		}
	}
	for p := range side {
		if ctx.Err() != nil {
			s.problems = append(s.problems, stopped())
			break
		}
		if s.isFile(side[p]) && within(only, p) && !s.disk.excluded(p, false) {
			s.differs(p)
		}
	}
	if err := s.goneFromDisk(ctx, old, index); err != nil {
		return err
	}
	for p := range old {
		if _, there := side[p]; s.rec().owns(p) && !there && !s.leftOut[p] {
			s.touched[p] = true
		}
	}
	return nil
}

// goneFromDisk notes the files of old that are neither tracked nor there any
// more. What a sparse checkout left out is not gone.
func (s *Changes) goneFromDisk(ctx context.Context, old, index map[string]git.Entry) error {
	var missing map[string]bool
	for p, f := range old {
		if _, there := s.side[p]; there || !f.There() {
			continue
		}
		if _, tracked := index[p]; tracked && missing == nil {
			deleted, err := s.repo.Deleted(ctx)
			if err != nil {
				return err
			}
			missing = map[string]bool{}
			for _, p := range deleted {
				missing[p] = true
			}
		}
		switch _, tracked := index[p]; {
		case tracked && !missing[p]:
			s.leftOut[p] = true
		case f.Regular() && s.rec().Interesting(p) && !s.skipped(p):
			s.gone = append(s.gone, goneFile{path: p, object: f.Object})
		}
	}
	return nil
}

// sameOnDisk reports whether a file has the bytes of a blob.
func (s *Changes) sameOnDisk(p, object string) bool {
	same, err := s.repo.SameFile(s.disk.mounts[0].root, filepath.FromSlash(p), object)
	return err == nil && same // else reading it will say why
}

// differs takes a file of the work tree, if it is not as it was.
func (s *Changes) differs(p string) {
	behind, kind := "", ""
	switch {
	case s.skippedDir(path.Dir(p)):
		if behind = s.marked(p); behind == "" || s.untracked[p] || !s.rec().worthARow(p) {
			return
		}
	default:
		if kind = s.rec().knownKind(p); kind == "" && !s.wanted(p) {
			return
		}
	}
	f := changedFile{path: p, whole: s.o.Whole}
	if object, ok := s.oldContent(p); ok {
		if s.sameOnDisk(p, object) {
			return
		}
		f.before = []string{object}
	}
	if behind != "" {
		s.behind[behind] = append(s.behind[behind], strings.TrimPrefix(p, behind+"/"))
		return
	}
	if kind != "" {
		s.problems = append(s.problems, noReader(p, kind))
	}
	if s.wanted(p) {
		s.judged = append(s.judged, f)
	}
}
