package source

import (
	"context"
	"figment/internal/disk"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxLinksFollowed is how many links of a commit one path leads through.
const maxLinksFollowed = 8

// A Revision is what a repository holds at a commit. Nothing of it is checked
// out, and no program is run that the repository's configuration names.
type Revision struct {
	repo  *gitRepo
	files map[string]treeFile
	name  string
	// commit is its full name.
	commit string
	shared bool // the repository is somebody else's to close
}

// Base is what the repository held before the change. It is open as long as s
// is, and empty where there was no commit.
func (s *Changes) Base() *Revision {
	files := s.tree
	if files == nil {
		files = maps.Clone(s.side)
		for p, f := range s.was {
			if delete(files, p); f.there() {
				files[p] = f
			}
		}
	}
	return &Revision{repo: s.repo, files: files, name: s.from, commit: s.from, shared: true}
}

// Revised opens the repository around dir (absolute) at the first of the
// revisions that is a commit. With orEmpty a repository that has none of them
// is one that holds nothing; else that is a *GitError, as is everything that
// git says no to. It is to be closed.
func Revised(ctx context.Context, dir string, orEmpty bool, revisions ...string) (*Revision, error) {
	repo, err := openRepo(ctx, filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	r := &Revision{repo: repo}
	for _, rev := range revisions {
		commit := repo.commit(ctx, rev)
		if commit == "" {
			continue
		}
		r.name, r.commit = rev, commit
		if r.files, err = repo.tree(ctx, "ls-tree", "-r", "-z", "--full-tree", commit); err != nil {
			return nil, err
		}
		return r, nil
	}
	// A repository without a commit is known by a HEAD that names a branch which
	// is not there yet; anything else may be git not answering.
	if orEmpty {
		if _, err := repo.ask(ctx, headSize, "symbolic-ref", "--quiet", "HEAD"); err != nil {
			return nil, err
		}
		return r, nil
	}
	return nil, &GitError{GitNoRevision, fmt.Sprintf("git knows no commit %q", strings.Join(revisions, ", ")), repo.shallow(ctx)}
}

// Name is the revision that was found; empty where the repository holds nothing.
func (r *Revision) Name() string { return r.name }

// Path gives an absolute path as the repository writes it, "." for its top; ok
// is false for what lies outside. Links in the directories are followed.
func (r *Revision) Path(abs string) (p string, ok bool) {
	abs = filepath.Clean(abs)
	if !disk.Within(r.repo.top, abs) {
		abs = filepath.Join(disk.Resolve(filepath.Dir(abs)), filepath.Base(abs))
	}
	if !disk.Within(r.repo.top, abs) {
		if abs = disk.Resolve(abs); !disk.Within(r.repo.top, abs) {
			return "", false
		}
	}
	return disk.Rel(r.repo.top, abs), true
}

// Abs is the inverse of Path.
func (r *Revision) Abs(p string) string {
	return filepath.Join(r.repo.top, filepath.FromSlash(p))
}

// Read gives the content of a file of at most limit bytes. A link is followed
// within the repository. What is not there, or is no file, is fs.ErrNotExist.
func (r *Revision) Read(p string, limit int64) ([]byte, error) {
	for range maxLinksFollowed {
		f, ok := r.files[p]
		switch {
		case ok && f.regular():
			data, size, err := r.repo.cat.read(f.object, limit)
			if err == nil && size > limit {
				err = &openError{"is larger than " + disk.Size(limit), nil, TooLarge}
			}
			if err != nil {
				return nil, err
			}
			return data, nil
		case !ok || f.mode != "120000":
			return nil, fs.ErrNotExist
		}
		target, size, err := r.repo.cat.read(f.object, headSize)
		if err != nil {
			return nil, err
		}
		if p = path.Join(path.Dir(p), string(target)); size > int64(len(target)) || path.IsAbs(string(target)) || !gitPath(p) {
			return nil, fs.ErrNotExist
		}
	}
	return nil, fs.ErrNotExist
}

// Close ends what reads the repository.
func (r *Revision) Close() {
	if !r.shared {
		r.repo.cat.Close()
	}
}

// Commit is the full name of the commit; empty where the repository holds
// nothing.
func (r *Revision) Commit() string { return r.commit }

// Tree gives what the repository holds below a directory (absolute) as a source:
// its manifests and lock files, and what else is asked for by its path.
func (r *Revision) Tree(dir string) *RevisionTree {
	t := &RevisionTree{rev: r, dirs: map[string]bool{}}
	if at, ok := r.Path(dir); ok && at != "." {
		t.prefix = at + "/"
	}
	for p, f := range r.files {
		rel, ok := strings.CutPrefix(p, t.prefix)
		if !ok || !f.regular() && f.mode != linkMode {
			continue
		}
		t.list = append(t.list, rel)
		for d := path.Dir(rel); d != "." && !t.dirs[d]; d = path.Dir(d) {
			t.dirs[d] = true
			t.list = append(t.list, d+"/")
		}
	}
	slices.Sort(t.list)
	return t
}

// A RevisionTree is what a commit has below a directory.
type RevisionTree struct {
	rev    *Revision
	prefix string
	list   []string
	dirs   map[string]bool
}

// Files gives the manifests and lock files.
func (t *RevisionTree) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	n := 0
	for _, p := range t.list {
		if kind, _ := classify(p); kind != manifestFile && kind != lockFile || n >= maxContext || ctx.Err() != nil {
			continue
		}
		if data, err := t.Read(p); err == nil && vet(data) == nil {
			n++
			yield(&File{Path: p, Data: data})
		}
	}
	return nil, nil
}

func (t *RevisionTree) Read(p string) ([]byte, error) {
	data, err := t.rev.Read(t.prefix+p, limitOf(p, 0))
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

func (t *RevisionTree) Exists(p string) bool {
	p = strings.TrimSuffix(p, "/")
	f, ok := t.rev.files[t.prefix+p]
	return ok && (f.regular() || f.mode == linkMode) || p == "." || t.dirs[p]
}

func (t *RevisionTree) List() []string { return t.list }

// Touched reports whether the file on disk is not the one of the commit.
func (t *RevisionTree) Touched(p string) bool {
	f, ok := t.rev.files[t.prefix+p]
	if !ok || !f.regular() {
		return true
	}
	root, err := os.OpenRoot(t.rev.repo.top)
	if err != nil {
		return true
	}
	defer root.Close()
	same, err := t.rev.repo.sameFile(root, filepath.FromSlash(t.prefix+p), f.object)
	return err != nil || !same
}
