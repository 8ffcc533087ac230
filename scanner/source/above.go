package source

import (
	"cmp"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"figment/internal/disk"
	"figment/scanner/git"
)

// A scan of a directory that is a part of something larger means what the same
// scan means from its top: workspaces, registries and modules are looked for
// upward, as the tools do. What lies around is listed and read as context; only
// what was named is judged.

// Above gives the directory whose tree says what the names in dir mean: the top
// of the git work tree that dir (absolute) lies in; outside of git the nearest
// one that has a manifest, or that of the workspace which takes dir for a member,
// by workspace. It is dir itself where there is none. The way up ends below the
// user's home, and at a directory of another owner or that anybody may write.
func (r *Recognition) Above(dir string, workspace func(file string, data []byte, member string) bool) string {
	home, _ := os.UserHomeDir()
	here, err := os.Stat(dir)
	if err != nil {
		return dir
	}
	found, near := dir, false
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil || at != dir && !disk.SameOwner(here, info) || home != "" && disk.Within(at, home) || at == filepath.Dir(at) {
			return found
		}
		if _, ok := git.Dir(at); ok {
			return at
		}
		entries, err := os.ReadDir(at)
		if err != nil {
			return found
		}
		for _, e := range entries {
			kind, _ := r.classify(e.Name())
			if kind != ManifestFile || !e.Type().IsRegular() {
				continue
			}
			if !near {
				found, near = at, true
				continue
			}
			if workspace == nil || at == dir {
				continue
			}
			if data, err := disk.ReadHead(filepath.Join(at, e.Name()), MaxFile); err == nil && workspace(e.Name(), data, disk.Rel(at, dir)) {
				found = at
			}
		}
	}
}

// A part is a source whose paths count from a directory of its tree: files
// around that directory have names that begin with "../".
type part struct {
	*paths
	dir string // of the tree
}

// Outward gives the path, counted from directory dir of a tree, of a file of the
// tree.
func Outward(dir, p string) string {
	slash := strings.HasSuffix(p, "/")
	rel, err := filepath.Rel(filepath.FromSlash("/"+dir), filepath.FromSlash("/"+p))
	if err != nil {
		return p
	}
	if rel = filepath.ToSlash(rel); slash {
		rel += "/"
	}
	return rel
}

// Dir is the directory of the source's tree that its paths count from: joined
// with one of them it gives the place in the tree.
func (s *part) Dir() string { return s.dir }

func (s *part) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	problems, err := s.paths.Files(ctx, func(f *File) {
		// Folders above may say what a file is: "requirements/web.txt".
		f.As = cmp.Or(f.As, f.Path)
		f.Path = Outward(s.dir, f.Path)
		yield(f)
	})
	for i := range problems {
		if problems[i].Path != "" {
			problems[i].Path = Outward(s.dir, problems[i].Path)
		}
	}
	return problems, err
}

// Named is that of paths.
func (s *part) Named(p string) bool { return s.paths.Named(path.Join(s.dir, p)) }

func (s *part) Read(p string) ([]byte, error) { return s.paths.Read(path.Join(s.dir, p)) }

func (s *part) Exists(p string) bool { return s.paths.Exists(path.Join(s.dir, p)) }

func (s *part) List() []string {
	list := s.paths.List()
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, Outward(s.dir, p))
	}
	slices.Sort(out)
	return out
}

func (s *part) Follow(from, to, as string) (*File, error) {
	f, err := s.paths.Follow(path.Join(s.dir, from), path.Join(s.dir, to), path.Join(s.dir, as))
	if f != nil {
		f.Path = Outward(s.dir, f.Path)
	}
	return f, err
}

func (s *part) Root() string {
	return filepath.Join(s.paths.base(), filepath.FromSlash(s.dir))
}

func (s *part) Dates(ctx context.Context, asks []git.Line) map[git.Line]time.Time {
	return git.Blame(ctx, s.Root(), asks)
}

// around lists the trees in which named paths lie, and hands over the manifests
// and lock files of the directories above those as context. What is wrong there
// is told only of what is read.
func (w *walker) around() {
	w.quiet = true
	for _, top := range w.s.around {
		w.stack = append(w.stack, w.start(top))
		for len(w.stack) > 0 && w.ctx.Err() == nil {
			f := w.stack[len(w.stack)-1]
			w.stack = w.stack[:len(w.stack)-1]
			w.directory(&f)
		}
	}
	done := map[string]bool{}
	for _, n := range w.s.named {
		for at := path.Dir(n.path); !done[at] && w.inside[at] != nil; at = path.Dir(at) {
			done[at] = true
			w.contextOf(at)
			if slices.Contains(w.s.around, at) {
				break
			}
		}
	}
}

// contextOf hands over the manifests and lock files of a directory.
func (w *walker) contextOf(at string) {
	dir, err := w.open(at)
	if err != nil {
		return
	}
	defer dir.release()
	entries, err := readDir(dir.root)
	if err != nil {
		return
	}
	f := w.inside[at]
	for _, e := range entries {
		p := path.Join(at, e.Name())
		kind, _ := w.rec().classify(p)
		if (kind != ManifestFile && kind != LockFile) || !e.Type().IsRegular() || w.s.excluded(p, false) || w.hides(f, p, e.Name(), false) {
			continue
		}
		w.queue(dir, job{name: e.Name(), path: p, context: true})
	}
}
