package git

import (
	"context"
	"figment/internal/disk"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxLinksFollowed is how many links of a commit one path leads through.
const maxLinksFollowed = 8

// A Revision is what a repository holds at a commit. Nothing of it is checked
// out, and no program is run that the repository's configuration names.
type Revision struct {
	repo  *Repo
	files map[string]Entry
	name  string
	// commit is its full name.
	commit string
	shared bool // the repository is somebody else's to close
}

// OpenRevision opens the repository around dir (absolute) at the first of the
// revisions that is a commit. With orEmpty a repository that has none of them
// is one that holds nothing; else that is a *Error, as is everything that
// git says no to. It is to be closed.
func OpenRevision(ctx context.Context, dir string, orEmpty bool, revisions ...string) (*Revision, error) {
	repo, err := Open(ctx, filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	r := &Revision{repo: repo}
	for _, rev := range revisions {
		commit := repo.Commit(ctx, rev)
		if commit == "" {
			continue
		}
		r.name, r.commit = rev, commit
		if r.files, err = repo.Tree(ctx, commit); err != nil {
			return nil, err
		}
		return r, nil
	}
	// A repository without a commit is known by a HEAD that names a branch which
	// is not there yet; anything else may be git not answering.
	if orEmpty {
		if _, err := repo.ask(ctx, maxAnswer, "symbolic-ref", "--quiet", "HEAD"); err != nil {
			return nil, err
		}
		return r, nil
	}
	return nil, &Error{NoRevision, fmt.Sprintf("git knows no commit %q", strings.Join(revisions, ", ")), repo.shallow(ctx)}
}

// Name is the revision that was found; empty where the repository holds nothing.
func (r *Revision) Name() string { return r.name }

// Path gives an absolute path as the repository writes it, "." for its top; ok
// is false for what lies outside. Links in the directories are followed.
func (r *Revision) Path(abs string) (p string, ok bool) {
	abs = filepath.Clean(abs)
	if !disk.Within(r.repo.Top, abs) {
		abs = filepath.Join(disk.Resolve(filepath.Dir(abs)), filepath.Base(abs))
	}
	if !disk.Within(r.repo.Top, abs) {
		if abs = disk.Resolve(abs); !disk.Within(r.repo.Top, abs) {
			return "", false
		}
	}
	return disk.Rel(r.repo.Top, abs), true
}

// Abs is the inverse of Path.
func (r *Revision) Abs(p string) string {
	return filepath.Join(r.repo.Top, filepath.FromSlash(p))
}

// Read gives the content of a file of at most limit bytes. A link is followed
// within the repository. What is not there, or is no file, is fs.ErrNotExist.
func (r *Revision) Read(p string, limit int64) ([]byte, error) {
	for range maxLinksFollowed {
		f, ok := r.files[p]
		switch {
		case ok && f.Regular():
			data, size, err := r.repo.Read(f.Object, limit)
			if err == nil && size > limit {
				err = &objectError{"is larger than " + disk.Size(limit), nil}
			}
			if err != nil {
				return nil, err
			}
			return data, nil
		case !ok || f.Mode != "120000":
			return nil, fs.ErrNotExist
		}
		target, size, err := r.repo.Read(f.Object, maxAnswer)
		if err != nil {
			return nil, err
		}
		if p = path.Join(path.Dir(p), string(target)); size > int64(len(target)) || path.IsAbs(string(target)) || !validPath(p) {
			return nil, fs.ErrNotExist
		}
	}
	return nil, fs.ErrNotExist
}

// Close ends what reads the repository.
func (r *Revision) Close() {
	if !r.shared {
		r.repo.Close()
	}
}

// Commit is the full name of the commit; empty where the repository holds
// nothing.
func (r *Revision) Commit() string { return r.commit }

// Files is what the repository holds by path. The map is not to be changed.
func (r *Revision) Files() map[string]Entry { return r.files }

// OnDisk reports whether the file on disk at a path has the bytes that the
// commit has there.
func (r *Revision) OnDisk(p string) bool {
	f, ok := r.files[p]
	if !ok || !f.Regular() {
		return false
	}
	root, err := os.OpenRoot(r.repo.Top)
	if err != nil {
		return false
	}
	defer root.Close()
	same, err := r.repo.SameFile(root, filepath.FromSlash(p), f.Object)
	return err == nil && same
}
