package source

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
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

// revision finds a commit that was named.
func (s *Changes) revision(ctx context.Context, rev string) (string, error) {
	if name := s.repo.commit(ctx, rev); name != "" {
		return name, nil
	}
	return "", &GitError{GitNoRevision, fmt.Sprintf("git knows no commit %q", rev), s.repo.shallow(ctx)}
}

// shallow is the hint for what a clone without history lacks.
func (r *gitRepo) shallow(ctx context.Context) string {
	if out, err := r.ask(ctx, headSize, "rev-parse", "--is-shallow-repository"); err == nil && strings.HasPrefix(string(out), "true") {
		return "this clone is shallow: git fetch --unshallow, or fetch-depth: 0 in a workflow"
	}
	return ""
}

// base is the commit at which two histories part.
func (s *Changes) base(ctx context.Context, a, b string) (string, error) {
	out, err := s.repo.ask(ctx, headSize, "merge-base", a, b)
	if name := strings.TrimSpace(string(out)); err == nil && isObject(name) {
		return name, nil
	}
	return "", &GitError{GitNoBase, "there is no commit that both sides of the range come from", s.repo.shallow(ctx)}
}

// between compares two commits.
func (s *Changes) between(ctx context.Context, a, b string, parted bool, only map[string]bool) error {
	to, err := s.revision(ctx, b)
	if err != nil {
		return err
	}
	tree, err := s.repo.tree(ctx, "ls-tree", "-r", "-z", "--full-tree", to)
	if err != nil {
		return err
	}
	s.take(tree)
	if len(a) >= 40 && noObject(a) { // a push of a new branch: there was nothing
		s.tree = map[string]treeFile{}
		for p, f := range tree {
			s.touched[p] = true
			s.change(rawChange{path: p, new: f, status: 'A'}, nil, only)
		}
		return nil
	}
	from, err := s.revision(ctx, a)
	if err != nil {
		return err
	}
	if parted {
		if from, err = s.base(ctx, from, to); err != nil {
			return err
		}
	}
	s.from = from
	changes, err := s.repo.diff(ctx, "diff-tree", "-r", from, to)
	if err != nil {
		return err
	}
	for _, c := range changes {
		s.was[c.path] = c.old
		s.touched[c.path] = true
	}
	for _, c := range changes {
		var before []string
		if object, ok := s.oldContent(c.path); ok {
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
	from, err := s.revision(ctx, rev)
	if err != nil {
		return err
	}
	head, err := s.revision(ctx, "HEAD")
	if err != nil {
		return err
	}
	if from, err = s.base(ctx, from, head); err != nil {
		return err
	}
	s.from = from
	old, err := s.repo.tree(ctx, "ls-tree", "-r", "-z", "--full-tree", from)
	if err != nil {
		return err
	}
	index, err := s.repo.index(ctx)
	if err != nil {
		return err
	}
	out, err := s.repo.ask(ctx, maxGitOutput, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return err
	}
	untracked := map[string]bool{}
	for p := range strings.SplitSeq(string(out), "\x00") {
		if gitPath(p) { // another repository ends in a slash
			index[p] = treeFile{}
			untracked[p] = true
		}
	}
	side := make(map[string]treeFile, len(index))
	for p := range index {
		info, err := s.disk.mounts[0].root.Lstat(filepath.FromSlash(p))
		switch {
		case err != nil:
		case info.Mode().IsRegular():
			side[p] = treeFile{mode: "100644"}
		case info.Mode()&fs.ModeSymlink != 0:
			side[p] = treeFile{mode: linkMode}
		}
	}
	s.tree, s.untracked = old, untracked
	s.take(side)
	for p, f := range index {
		if f.mode == submoduleMode && old[p] != f {
			s.submodule(p, only)
		}
	}
	for p := range side {
		if owns(p) && !s.sameAsBefore(p) {
			s.touched[p] = true
		}
	}
	for p := range side {
		if ctx.Err() != nil {
			s.problems = append(s.problems, stopped())
			break
		}
		if !s.isFile(side[p]) || !s.wanted(p) || !within(only, p) || s.skipped(p) {
			continue
		}
		f := changedFile{path: p, whole: s.o.Whole}
		if object, ok := s.oldContent(p); ok {
			if s.sameOnDisk(p, object) {
				continue
			}
			f.before = []string{object}
		}
		s.judged = append(s.judged, f)
	}
	if err := s.goneFromDisk(ctx, old, index); err != nil {
		return err
	}
	for p := range old {
		if _, there := side[p]; owns(p) && !there && !s.leftOut[p] {
			s.touched[p] = true
		}
	}
	return nil
}

// goneFromDisk notes the files of old that are neither tracked nor there any
// more. What a sparse checkout left out is not gone.
func (s *Changes) goneFromDisk(ctx context.Context, old, index map[string]treeFile) error {
	var missing map[string]bool
	for p, f := range old {
		if _, there := s.side[p]; there || !f.there() {
			continue
		}
		if _, tracked := index[p]; tracked && missing == nil {
			out, err := s.repo.ask(ctx, maxGitOutput, "ls-files", "--deleted", "-z")
			if err != nil {
				return err
			}
			missing = map[string]bool{}
			for p := range strings.SplitSeq(string(out), "\x00") {
				missing[p] = true
			}
		}
		switch _, tracked := index[p]; {
		case tracked && !missing[p]:
			s.leftOut[p] = true
		case f.regular() && Interesting(p) && !s.skipped(p):
			s.gone = append(s.gone, goneFile{path: p, object: f.object})
		}
	}
	return nil
}

// sameOnDisk reports whether a file has the bytes of a blob.
func (s *Changes) sameOnDisk(p, object string) bool {
	same, err := s.repo.sameFile(s.disk.mounts[0].root, filepath.FromSlash(p), object)
	return err == nil && same // else reading it will say why
}

// sameFile reports whether a file on disk has the bytes of a blob.
func (r *gitRepo) sameFile(root *os.Root, name, object string) (bool, error) {
	f, info, err := openFile(root, name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if info.Size() > MaxLock {
		return false, nil
	}
	h := r.hash()
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if n, err := io.Copy(h, io.LimitReader(f, MaxLock+1)); err != nil || n != info.Size() {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == object, nil
}
