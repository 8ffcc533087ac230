package source

import (
	"context"
	"figment/scanner/git"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// TreeOf gives what a repository holds at a commit below a directory (absolute),
// as a source:
// its manifests and lock files, and what else is asked for by its path.
func TreeOf(r *git.Revision, dir string, rec *Recognition) *RevisionTree {
	t := &RevisionTree{rev: r, rec: rec, dirs: map[string]bool{}}
	if at, ok := r.Path(dir); ok && at != "." {
		t.prefix = at + "/"
	}
	for p, f := range r.Files() {
		rel, ok := strings.CutPrefix(p, t.prefix)
		if !ok || !f.Regular() && f.Mode != git.LinkMode {
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
	rev    *git.Revision
	rec    *Recognition
	prefix string
	list   []string
	dirs   map[string]bool
}

// Files gives the manifests and lock files.
func (t *RevisionTree) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	n := 0
	for _, p := range t.list {
		if kind, _ := t.rec.classify(p); kind != ManifestFile && kind != LockFile || n >= maxContext || ctx.Err() != nil {
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
	data, err := t.rev.Read(t.prefix+p, t.rec.limitOf(p, 0))
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

func (t *RevisionTree) Exists(p string) bool {
	p = strings.TrimSuffix(p, "/")
	f, ok := t.rev.Files()[t.prefix+p]
	return ok && (f.Regular() || f.Mode == git.LinkMode) || p == "." || t.dirs[p]
}

func (t *RevisionTree) List() []string { return t.list }

// Touched reports whether the file on disk is not the one of the commit.
func (t *RevisionTree) Touched(p string) bool { return !t.rev.OnDisk(t.prefix + p) }
