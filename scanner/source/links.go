package source

import (
	"figment/scanner/git"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A link, and every path that a file of the project names, leads only to what
// the walk itself would read: a regular file inside of the root, that no rule
// ignores, not below a directory that is passed over, and, where git tracks the
// link or the file that names the path, one that git tracks too. A link in a
// repository is its author's, and the file that it leads to may be the reader's:
// a token that lies ignored in a checkout must not be printed, or asked of a
// registry, because somebody committed a link to it.

// followLinks reads the files that links point to under the links' own names.
// Links to directories are not entered.
func (w *walker) followLinks() {
	slices.SortFunc(w.links, func(a, b link) int { return strings.Compare(a.path, b.path) })
	for _, l := range w.links {
		if w.rec().neverEntered(path.Base(l.path)) {
			continue // installed or built, wherever it lies
		}
		end := w.s.evaluate(l.path)
		if end.dir {
			if w.aims(l.path, end.path) {
				continue // what it leads to is walked by itself
			}
			w.problem(Problem{Path: l.path, Why: NotFollowed, Text: "is a link to a directory, and those are not followed"})
			continue
		}
		if !w.wanted(l.path) && w.rec().knownKind(l.path) == "" && !w.rec().isBeside(path.Base(l.path)) {
			continue // nothing reads it, wherever it leads
		}
		target, why := w.allowed(l.path, l.in, end)
		switch {
		case why != "":
			w.problem(w.rec().notFollowed(l.path, why))
		case !w.wanted(l.path) && !w.rec().isBeside(path.Base(l.path)):
			w.problem(noReader(l.path, w.rec().knownKind(l.path)))
		case w.seen[target] && w.rec().sameReading(l.path, target):
			// read once already
		default:
			w.s.follow(l.path, target)
			w.single(l.path, false)
		}
	}
}

// notFollowed is the row of a link. One without an extension rarely leads to a
// script.
func (r *Recognition) notFollowed(p, why string) Problem {
	kind, _ := r.classify(p)
	return Problem{Path: p, Why: NotFollowed, Text: "was not followed: " + why, Dropped: kind != Sniffed || r.knownKind(p) != ""}
}

// aims reports whether a directory that a link leads to is walked by itself.
func (w *walker) aims(_, target string) bool { return target != "" && w.inside[target] != nil }

// mayBeDirectory reports whether a name without an extension may be that of a
// link to a directory: others would be told at every link.
func (w *walker) mayBeDirectory(p string) bool { return path.Ext(p) == "" || w.s.evaluate(p).dir }

// An end is where a path leads once every link in it was followed.
type end struct {
	path    string // relative to the root
	dir     bool
	trouble string // why there is none
}

// evaluate follows the links of a path by hand, and never out of its root. Each
// directory is opened in the one above it: a name that counts from the root would
// be looked up from there at each step.
func (s *paths) evaluate(p string) end {
	m, name, err := s.in("open", p)
	if err != nil {
		return end{trouble: "it leads out of what is scanned"}
	}
	rest := strings.Split(filepath.ToSlash(name), "/")
	at, dir := ".", m.root // dir is at; nil: not opened yet
	to := func(next *os.Root) {
		if dir != nil && dir != m.root {
			_ = dir.Close() // nothing was written
		}
		dir = next
	}
	defer to(nil)
	for hops := 0; len(rest) > 0; {
		next := rest[0]
		rest = rest[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			if at == "." {
				return end{trouble: "it leads out of what is scanned"}
			}
			at = path.Dir(at)
			to(nil)
			continue
		}
		if dir == nil {
			above, err := m.root.OpenRoot(filepath.FromSlash(at))
			if err != nil {
				return end{trouble: "there is nothing where it leads"}
			}
			to(above)
		}
		here := path.Join(at, next)
		info, err := dir.Lstat(next)
		if err != nil {
			return end{trouble: "there is nothing where it leads"}
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			if len(rest) > 0 && !info.IsDir() {
				return end{trouble: "there is nothing where it leads"}
			}
			if len(rest) == 0 && !info.Mode().IsRegular() && !info.IsDir() {
				return end{trouble: "it leads to what is no regular file"}
			}
			if len(rest) == 0 {
				return end{path: path.Join(m.prefix, here), dir: info.IsDir()}
			}
			below, err := dir.OpenRoot(next)
			if err != nil {
				return end{trouble: "there is nothing where it leads"}
			}
			at = here
			to(below)
			continue
		}
		target, err := dir.Readlink(next)
		if hops++; err != nil || hops > maxLinks {
			return end{trouble: "it leads in a circle"}
		}
		if filepath.IsAbs(target) {
			rel, err := filepath.Rel(m.abs, target)
			if err != nil || !filepath.IsLocal(rel) {
				return end{trouble: "it leads out of what is scanned"}
			}
			at, target = ".", rel
			to(m.root)
		}
		rest = append(strings.Split(filepath.ToSlash(target), "/"), rest...)
	}
	return end{path: path.Join(m.prefix, at), dir: true}
}

// allowed says which file the path p, written in the project or a link of it,
// leads to, or why it may not be followed. from is the frame of the directory
// that p lies in, nil where it is not known.
func (w *walker) allowed(p string, from *frame, e end) (target, why string) {
	if e.trouble != "" {
		return "", e.trouble
	}
	if e.dir {
		return "", "it leads to a directory"
	}
	return e.path, w.barring(p, from, e.path, false)
}

// barring says why what p leads to may not be read; empty: it may. Outside of git
// nothing tells a file of the project from one of whoever scans it: a link leads
// only to what is read by its name, and an include to what is not hidden.
func (w *walker) barring(p string, from *frame, target string, included bool) string {
	if from == nil {
		from = w.frameOf(path.Dir(p))
	}
	to := w.frameOf(path.Dir(target))
	switch {
	case to == nil || from == nil:
		return "it leads to " + w.s.shown(target) + ", which lies in a directory that is not read"
	case slices.Contains(strings.Split(target, "/"), ".git"):
		return "it leads into .git"
	}
	tracked, inGit := w.isTracked(to, target)
	if !tracked && w.hides(to, target, path.Base(target), false) {
		return "it leads to " + w.s.shown(target) + ", which is ignored"
	}
	if inGit {
		if mine, asked := w.isTracked(from, p); asked && mine && !tracked {
			return "it leads to " + w.s.shown(target) + ", which git does not track"
		}
		return ""
	}
	if included && !hidden(target) {
		return ""
	}
	if from.tree == nil && !w.wanted(target) && w.rec().knownKind(target) == "" && !w.rec().isBeside(path.Base(target)) && p != target {
		return "it leads to " + w.s.shown(target) + ", which nothing would read by its name"
	}
	return ""
}

// hidden reports whether a path has a component that begins with a dot.
func hidden(p string) bool { return strings.HasPrefix(p, ".") || strings.Contains(p, "/.") }

// isTracked reports whether git tracks a path. known is false outside of a work
// tree and where git cannot be asked.
func (w *walker) isTracked(f *frame, p string) (tracked, known bool) {
	if f.tree == nil {
		return false, false
	}
	f.tree.Ask(w.ctx)
	list, err := f.tree.Tracked()
	if err != nil || list == nil {
		return false, false
	}
	_, tracked = slices.BinarySearch(list, path.Join(f.inTree, path.Base(p)))
	return tracked, true
}

// frameOf gives the rules of a directory; nil where the walk would not enter
// it.
func (w *walker) frameOf(dir string) *frame {
	if f, ok := w.inside[dir]; ok {
		return f
	}
	for d := dir; d != "."; d = path.Dir(d) {
		if _, out := w.barred[d]; out || w.rec().neverEntered(path.Base(d)) {
			return nil
		}
	}
	if w.s.excluded(dir, true) {
		return nil
	}
	if info, ok := w.directoryAt(dir); !ok || !info {
		return nil
	}
	f := w.start(dir)
	if f.inTree != "" && w.hiddenAbove(&f) {
		return nil
	}
	w.inside[dir] = &f
	return &f
}

// hiddenAbove reports whether a rule ignores the directory of a frame, or one
// above it.
func (w *walker) hiddenAbove(f *frame) bool {
	fold := f.tree != nil && f.tree.FoldsCase
	for p := f.inTree; p != "." && p != ""; p = path.Dir(p) {
		if len(f.lists) > 0 && git.Ignored(f.lists, p, true, fold) {
			return true
		}
	}
	return false
}

func (w *walker) directoryAt(p string) (isDir, ok bool) {
	m, name, err := w.s.in("stat", p)
	if err != nil {
		return false, false
	}
	info, err := m.root.Lstat(name)
	if err != nil {
		return false, false
	}
	return info.IsDir(), true
}

// follow remembers that the path of a link may be read.
func (s *paths) follow(p, target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.followed == nil {
		s.followed = map[string]string{}
	}
	s.followed[p] = target
}

// throughLinks reports whether a path may be read although links lie on it: it
// was named, the walk followed it, or it leads to installed packages, whose
// managers make links of them, from among those.
func (s *paths) throughLinks(p string) bool {
	e := s.evaluate(p)
	if e.trouble != "" {
		return false
	}
	if e.path == p {
		return true
	}
	s.mu.Lock()
	_, ok := s.followed[p]
	s.mu.Unlock()
	return ok || s.wasNamed(p, e.path) || installed(p) && installed(e.path)
}

// shown is a path of the tree as it is shown.
func (s *paths) shown(p string) string {
	if s.dir == "" {
		return p
	}
	return Outward(s.dir, p)
}

func installed(p string) bool { return slices.Contains(strings.Split(p, "/"), "node_modules") }

// wasNamed reports whether a path leads to target by links of a path alone that
// was given.
func (s *paths) wasNamed(p, target string) bool {
	for at, rest := p, ""; ; at, rest = path.Dir(at), path.Join(path.Base(at), rest) {
		if slices.ContainsFunc(s.named, func(n namedPath) bool { return n.path == at && at != "." }) && path.Join(s.evaluate(at).path, rest) == target {
			return true
		}
		if at == "." {
			return false
		}
	}
}

// A FollowError says why what a file names is not read.
type FollowError struct {
	Text string
	// PassedOver: a walk passes over it, and git does not track it or the options
	// exclude it. It is no file of the project.
	PassedOver bool
}

func (e *FollowError) Error() string { return e.Text }

// passedOver reports whether a walk passes over a path, and nothing says that it
// belongs to the project.
func (w *walker) passedOver(p string) bool {
	if w.s.excluded(p, false) {
		return true
	}
	for d := path.Dir(p); ; d = path.Dir(d) {
		if f := w.inside[d]; f != nil {
			if f.tree == nil {
				return d != path.Dir(p)
			}
			f.tree.Ask(w.ctx)
			list, err := f.tree.Tracked()
			rest := p
			if d != "." {
				rest = strings.TrimPrefix(p, d+"/")
			}
			_, tracked := slices.BinarySearch(list, path.Join(f.inTree, rest))
			return err == nil && !tracked
		}
		if d == "." || d == "/" {
			return false
		}
	}
}

// Follow is a Follower's. What a file names is held to the rule of links.
func (s *paths) Follow(from, to, as string) (*File, error) {
	s.mu.Lock()
	w := s.walk
	s.mu.Unlock()
	if w == nil {
		return nil, fmt.Errorf("the scan has not read its files yet")
	}
	if !fs.ValidPath(to) {
		return nil, fmt.Errorf("it leads out of what is scanned")
	}
	s.following.Lock()
	defer s.following.Unlock()
	e := s.evaluate(to)
	target, why := "", e.trouble
	switch {
	case why != "":
	case e.dir:
		why = "it leads to a directory"
	default:
		// A list includes files whatever they are called.
		target, why = e.path, w.barring(from, nil, e.path, s.rec().isList(as))
	}
	if why == "" && e.path != to {
		target, why = w.allowed(to, nil, e)
	}
	if why == "" && w.s.excluded(to, false) {
		why = "the configuration excludes it"
	}
	if why != "" {
		return nil, &FollowError{why, w.passedOver(e.path)}
	}
	if w.seen[to] && s.rec().sameReading(to, as) || w.seen[target] && s.rec().sameReading(target, as) {
		return nil, nil
	}
	m, name, err := s.in("open", target)
	if err != nil {
		return nil, err
	}
	data, err := s.rec().load(m.root, name, as, true, s.rec().limitOf(as, s.o.MaxFileSize))
	if err != nil {
		return nil, err
	}
	s.follow(to, target)
	return &File{Path: to, As: as, Data: data}, nil
}
