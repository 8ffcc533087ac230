package source

import (
	"cmp"
	"context"
	"figment/internal/disk"
	"figment/scanner/git"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Exclude is a glob of paths that a walk passes over, counted from Dir.
type Exclude struct {
	Dir  string // absolute; empty: Options.Dir
	Glob string // as a line of .gitignore, unless Options.MatchPath says otherwise
}

// Options of reading paths. But for Recognition, the zero
// Options read as figment does by default.
type Options struct {
	Recognition *Recognition // which files are read, and as what; without one nothing is
	Dir         string       // absolute directory that relative paths and reports count from; empty: the current one
	Exclude     []Exclude
	NoGitignore bool
	NoSource    bool                         // manifests and lock files only
	MaxFileSize int64                        // bytes, of anything but lock files; 0: MaxFile
	MatchPath   func(glob, path string) bool // how Exclude matches a path relative to its Dir; nil: as git does
	// Above gives the directory whose tree says what the names in a directory mean;
	// both are absolute. Nil: that which is named stands alone.
	Above func(dir string) string
}

// A PathError is a path that was named and cannot be read at all: Err says why.
type PathError struct {
	Path string // as it was given
	Err  error
}

func (e *PathError) Error() string { return e.Path + ": " + disk.Cause(e.Err) }

func (e *PathError) Unwrap() error { return e.Err }

// paths is a source of files and directories on disk.
type paths struct {
	o        Options
	mounts   []mount
	named    []namedPath
	excludes []exclude
	dir      string   // of the tree, that paths are shown relative to; empty: the tree's own
	around   []string // directories of the tree whose content is listed besides what was named

	mu        sync.Mutex
	list      []string
	walk      *walker           // of the last call of Files, once it is over
	followed  map[string]string // links that may be read → where they lead
	following sync.Mutex        // held while Follow asks what the walk knows
}

func (s *paths) rec() *Recognition { return s.o.Recognition }

// A mount is a directory that may be read, and under which name: below prefix,
// which is empty for the root. With only set it gives a single file, whose name
// in the directory that is, at exactly prefix.
type mount struct {
	prefix string
	abs    string
	root   *os.Root
	only   string
}

// A namedPath is one that was given: relative to the root.
type namedPath struct {
	path string
	dir  bool
}

// Paths makes a source of files and directories. Where they lie below o.Dir,
// that is the root; else the directory of them all is, and no more of it may be
// read than was named. The error is a *PathError for a path that is not there,
// or is neither file nor directory.
func Paths(args []string, o Options) (Source, error) {
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	if o.Recognition == nil {
		return nil, errNothing
	}
	o.Dir = filepath.Clean(o.Dir)
	s := &paths{o: o}
	var found []location
	for _, a := range args {
		l, err := locate(o.Dir, a)
		if err != nil {
			return nil, &PathError{a, err}
		}
		found = append(found, l)
	}
	base, dirs := roots(o.Dir, found)
	base, dirs = s.widen(base, dirs, found)
	for _, d := range dirs {
		if err := s.mount(disk.Rel(base, d), d, ""); err != nil {
			return nil, &PathError{d, err}
		}
	}
	for _, l := range found {
		rel := disk.Rel(base, l.abs)
		s.named = append(s.named, namedPath{rel, l.dir})
		if err := s.reach(rel, l); err != nil {
			return nil, &PathError{l.arg, err}
		}
	}
	s.compileExcludes()
	if s.dir != "" {
		return &part{s, s.dir}, nil
	}
	return s, nil
}

// widen finds the trees in which the paths lie that were found. One that is larger than
// the base takes its place.
func (s *paths) widen(base string, dirs []string, found []location) (string, []string) {
	if s.o.Above == nil || len(dirs) != 1 || base != dirs[0] {
		return base, dirs
	}
	var tops []string
	given := base
	for _, l := range found {
		dir := l.abs
		if !l.dir {
			dir = filepath.Dir(l.abs)
		}
		top := s.o.Above(dir)
		switch {
		case disk.Within(base, top):
		case disk.Within(top, base):
			s.dir, base = disk.Rel(top, given), top // that of the others lies in it, or is it
		default:
			continue
		}
		tops = append(tops, top)
	}
	for _, top := range tops {
		if rel := disk.Rel(base, top); disk.Within(base, top) && !slices.Contains(s.around, rel) {
			s.around = append(s.around, rel)
		}
	}
	return base, []string{base}
}

// A location is a path that was given, found on disk.
type location struct {
	arg, abs string
	dir      bool
}

func locate(dir, arg string) (location, error) {
	if arg == "" {
		return location{}, fs.ErrNotExist
	}
	abs := filepath.Clean(arg)
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(dir, abs)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return location{}, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return location{}, disk.ErrIrregular
	}
	return location{arg, abs, info.IsDir()}, nil
}

// roots gives the directory that paths are reported relative to, and the
// directories that are opened. What lies below dir is moved there when only
// links make it look otherwise.
func roots(dir string, found []location) (base string, dirs []string) {
	real := disk.Resolve(dir)
	for i := range found {
		l := &found[i]
		container := l.abs
		if !l.dir {
			container = filepath.Dir(l.abs)
		}
		if !disk.Within(dir, l.abs) {
			if rel, err := filepath.Rel(real, disk.Resolve(container)); err == nil && disk.Within(real, disk.Resolve(container)) {
				container = filepath.Join(dir, rel)
				l.abs = container
				if !l.dir {
					l.abs = filepath.Join(container, filepath.Base(l.arg))
				}
			}
		}
		if disk.Within(dir, l.abs) {
			container = dir
		}
		dirs = append(dirs, container)
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	dirs = slices.DeleteFunc(dirs, func(d string) bool {
		return slices.ContainsFunc(dirs, func(e string) bool { return d != e && disk.Within(e, d) })
	})
	if len(dirs) == 0 {
		return dir, []string{dir}
	}
	base = dirs[0]
	for _, d := range dirs[1:] {
		for !disk.Within(base, d) {
			up := filepath.Dir(base)
			if up == base {
				return "", dirs // on another volume
			}
			base = up
		}
	}
	return base, dirs
}

func (s *paths) mount(prefix, dir, only string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	if prefix == "." {
		prefix = ""
	}
	s.mounts = append(s.mounts, mount{prefix, dir, root, only})
	return nil
}

// reach opens what was named when a link leads out of the directory that it
// stands in: whoever names a link wants what is behind it.
func (s *paths) reach(rel string, l location) error {
	m, name := s.locate(rel)
	if m == nil {
		return fs.ErrNotExist
	}
	real := disk.Resolve(l.abs)
	if disk.Within(disk.Resolve(m.abs), real) {
		if _, err := m.root.Stat(name); err == nil {
			return nil
		}
	}
	if l.dir {
		return s.mount(rel, real, "")
	}
	return s.mount(rel, filepath.Dir(real), filepath.Base(real))
}

// locate finds the mount of a path and the name that the path has in it. The
// mount is nil for a path that may not be read.
func (s *paths) locate(p string) (*mount, string) {
	var best *mount
	for i := range s.mounts {
		m := &s.mounts[i]
		if best != nil && len(m.prefix) <= len(best.prefix) {
			continue
		}
		if m.prefix == "" || p == m.prefix || m.only == "" && strings.HasPrefix(p, m.prefix+"/") {
			best = m
		}
	}
	switch {
	case best == nil:
		return nil, ""
	case best.only != "":
		return best, best.only
	case best.prefix == "":
		return best, p
	case p == best.prefix:
		return best, "."
	}
	return best, p[len(best.prefix)+1:]
}

// in gives the mount and local name of a path from outside the package.
func (s *paths) in(op, p string) (*mount, string, error) {
	if !fs.ValidPath(p) {
		return nil, "", &fs.PathError{Op: op, Path: p, Err: fs.ErrInvalid}
	}
	m, name := s.locate(p)
	if m == nil {
		return nil, "", &fs.PathError{Op: op, Path: p, Err: fs.ErrNotExist}
	}
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, "", &fs.PathError{Op: op, Path: p, Err: err}
	}
	return m, local, nil
}

func (s *paths) Read(p string) ([]byte, error) {
	m, name, err := s.in("read", p)
	if err != nil {
		return nil, err
	}
	if !s.throughLinks(p) {
		return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	}
	data, err := readFile(m.root, name, s.rec().limitOf(p, s.o.MaxFileSize))
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

// Named reports whether a path was given, or lies in a directory that was.
func (s *paths) Named(p string) bool {
	return slices.ContainsFunc(s.named, func(n namedPath) bool {
		return n.path == p || n.dir && (n.path == "." || strings.HasPrefix(p, n.path+"/"))
	})
}

func (s *paths) Exists(p string) bool {
	m, name, err := s.in("stat", strings.TrimSuffix(p, "/"))
	if err != nil {
		return false
	}
	_, err = m.root.Stat(name)
	return err == nil
}

func (s *paths) List() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list
}

// An exclude is an Exclude ready for matching.
type exclude struct {
	glob string
	rule git.IgnoreRule
	// A path below cut is matched without it; to others add is put in front.
	// Both are empty where the glob counts from the root.
	cut, add string
}

func (s *paths) compileExcludes() {
	base := s.base()
	for _, x := range s.o.Exclude {
		dir := cmp.Or(x.Dir, s.o.Dir)
		if !disk.Within(base, dir) && !disk.Within(dir, base) {
			if real := disk.Resolve(dir); disk.Within(disk.Resolve(base), real) || disk.Within(real, disk.Resolve(base)) {
				base, dir = disk.Resolve(base), real
			} else {
				continue // it speaks of another place
			}
		}
		e := exclude{glob: strings.TrimPrefix(x.Glob, "./")}
		var ok bool
		if e.rule, ok = git.ParseIgnoreRule(e.glob, false); !ok && s.o.MatchPath == nil {
			continue
		}
		switch rel := disk.Rel(base, dir); {
		case rel == ".":
		case disk.Within(base, dir):
			e.cut = rel + "/"
		default:
			e.add = disk.Rel(dir, base) + "/"
		}
		s.excludes = append(s.excludes, e)
	}
}

// Root is the absolute directory that paths count from.
func (s *paths) Root() string { return s.base() }

// base is the absolute directory of the root.
func (s *paths) base() string {
	for _, m := range s.mounts {
		if m.prefix == "" {
			return m.abs
		}
	}
	for _, m := range s.mounts {
		if base, ok := strings.CutSuffix(filepath.ToSlash(m.abs), "/"+m.prefix); ok && m.only == "" {
			return filepath.FromSlash(cmp.Or(base, "/"))
		}
	}
	return s.o.Dir
}

// excluded reports whether the options pass over a path.
func (s *paths) excluded(p string, dir bool) bool {
	out := false
	for i := range s.excludes {
		e := &s.excludes[i]
		rel := e.add + p
		if e.cut != "" {
			var ok bool
			if rel, ok = strings.CutPrefix(p, e.cut); !ok {
				continue
			}
		}
		if s.o.MatchPath != nil {
			out = out || s.o.MatchPath(e.glob, rel)
			continue
		}
		if e.rule.Matches(rel, rel[strings.LastIndexByte(rel, '/')+1:], dir, false) {
			out = !e.rule.Negated
		}
	}
	return out
}

// Dates gives since when lines have stood where they are, as Blame does.
func (s *paths) Dates(ctx context.Context, asks []git.Line) map[git.Line]time.Time {
	return git.Blame(ctx, s.base(), asks)
}
