package source

import (
	"cmp"
	"context"
	"errors"
	"figment/internal/disk"
	"figment/scanner/git"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Limits of a walk. Trees beyond them are loops, mistakes or attacks.
const (
	maxDirDepth = 256
	maxEntries  = 2_000_000
	maxLinks    = 40 // links followed to reach one file
	queueLength = 64 // files waiting to be read
)

// A job is a file to be read.
type job struct {
	dir     *openDir
	name    string // in dir
	path    string
	named   bool
	context bool // read for what it says of others
}

// An openDir is a directory that stays open while files in it wait to be read.
type openDir struct {
	root *os.Root
	uses atomic.Int32
}

func (d *openDir) release() {
	if d.uses.Add(-1) == 0 {
		d.root.Close() // only read from
	}
}

// A frame is a directory to be walked.
type frame struct {
	path   string // relative to the root
	depth  int
	asked  bool          // it was named: what would keep it out does not hold
	tree   *git.WorkTree // nil: none
	inTree string        // path relative to the work tree, or, without one, to the root
	lists  []*git.IgnoreList
}

// A walker finds the files of one call of Files.
type walker struct {
	s     *paths
	ctx   context.Context
	jobs  chan<- job
	stack []frame

	seen    map[string]bool     // files handed over
	entered map[string]bool     // directories walked, or listed
	inside  map[string]*frame   // the directories walked, with the rules that hold in them
	barred  map[string]bar      // directories that are never entered
	hidden  map[string][]string // outside of git: by directory, what its rules pass over and a row would read
	links   []link
	trees   map[string]*git.WorkTree
	rules   int
	list    []string
	noGit   bool // nobody can say what git tracks
	quiet   bool // what is walked lies around what was named: nothing is read or told

	mu       sync.Mutex
	problems []Problem
}

func (w *walker) rec() *Recognition { return w.s.o.Recognition }

func (s *paths) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	jobs := make(chan job, queueLength)
	w := &walker{
		s: s, ctx: ctx, jobs: jobs, rules: git.MaxIgnoreRules,
		seen: map[string]bool{}, entered: map[string]bool{}, inside: map[string]*frame{}, barred: map[string]bar{},
		hidden: map[string][]string{}, trees: map[string]*git.WorkTree{},
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range jobs {
				if ctx.Err() == nil {
					w.read(j, yield)
				}
				j.dir.release()
			}
		})
	}
	w.noGit = !git.Installed()
	w.walk()
	w.tellHidden()
	w.tellBarred()
	w.around()
	close(jobs)
	wg.Wait()

	slices.Sort(w.list)
	w.list = slices.Compact(w.list)
	s.mu.Lock()
	s.list, s.walk = w.list, w
	s.mu.Unlock()
	if ctx.Err() != nil {
		w.keep(stopped())
	}
	slices.SortFunc(w.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return w.problems, nil
}

// problem tells of what is met on the way.
func (w *walker) problem(p Problem) {
	if !w.quiet {
		w.keep(p)
	}
}

// keep tells of what was read; several goroutines call it.
func (w *walker) keep(p Problem) {
	w.mu.Lock()
	w.problems = append(w.problems, p)
	w.mu.Unlock()
}

// read runs on several goroutines.
func (w *walker) read(j job, yield func(*File)) {
	data, err := w.rec().load(j.dir.root, j.name, j.path, j.named, w.rec().limitOf(j.path, w.s.o.MaxFileSize))
	if errors.Is(err, errSkipped) {
		return
	}
	if err != nil {
		w.keep(w.rec().unreadProblem(j.path, err, j.named))
		return
	}
	f := &File{Path: j.path, Data: data}
	if j.context {
		f.Change = &Change{Context: true}
	} else if j.named {
		f.Origin = Named
	} else if skip := longLines(j.path, data); len(skip) > 0 {
		f.Skip = skip
		w.keep(longLinesProblem(f))
	}
	yield(f)
}

// walk goes through everything that was named: files first, so that they count
// as named wherever else they are met.
func (w *walker) walk() {
	for _, n := range w.s.named {
		if !n.dir {
			w.list = append(w.list, n.path)
			w.single(n.path, true)
		}
		w.listAbove(n.path)
	}
	for _, n := range w.s.named {
		if n.dir {
			w.stack = append(w.stack, w.start(n.path))
		}
	}
	for len(w.stack) > 0 && w.ctx.Err() == nil {
		f := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		w.directory(&f)
	}
	w.readTracked()
	w.followLinks()
}

// start prepares the walk of a directory that was named: the rules of all
// directories above it hold, up to the top of its work tree.
func (w *walker) start(p string) frame {
	f := frame{path: p, asked: true}
	m, name := w.s.locate(p) // of a directory that was named, or of one above it
	abs := filepath.Join(m.abs, filepath.FromSlash(name))
	top := m.abs
	if !w.s.o.NoGitignore {
		// The trees are kept by their top, so that git is asked once for each.
		if t := git.FindWorkTree(abs, w.rules); t != nil {
			if known := w.trees[t.Top]; known != nil {
				t = known
			}
			w.trees[t.Top] = t
			f.tree, top = t, t.Top
			f.lists = t.Rules
		}
	}
	rel := disk.Rel(top, abs)
	if rel == "." {
		return f
	}
	f.inTree = rel
	if w.s.o.NoGitignore {
		return f
	}
	for at := ""; ; {
		if data, err := disk.ReadHead(filepath.Join(top, filepath.FromSlash(at), ".gitignore"), git.MaxIgnoreFile); err == nil {
			f.lists = w.withRules(f.lists, at, data, f.tree)
		}
		rest := strings.TrimPrefix(rel[len(at):], "/")
		next, _, more := strings.Cut(rest, "/")
		if !more {
			return f
		}
		at = path.Join(at, next)
	}
}

// withRules puts the rules of a directory in front of those above it.
func (w *walker) withRules(lists []*git.IgnoreList, base string, data []byte, t *git.WorkTree) []*git.IgnoreList {
	l := git.ParseIgnore(base, data, t != nil && t.FoldsCase, w.rules)
	if l.Len() == 0 {
		return lists
	}
	if w.rules -= l.Len(); w.rules <= 0 {
		w.problem(Problem{Text: fmt.Sprintf("there are more than %d ignore rules: the rest do not hold", git.MaxIgnoreRules)})
	}
	return append([]*git.IgnoreList{l}, lists...)
}

// listAbove lists what lies beside a named path and in the directories above:
// what is local to a file is decided there.
func (w *walker) listAbove(p string) {
	for p != "." {
		p = path.Dir(p)
		if w.entered[p+"/"] {
			return
		}
		w.entered[p+"/"] = true
		dir, err := w.open(p)
		if err != nil {
			continue // it may not be read: only what was named may
		}
		if entries, err := readDir(dir.root); err == nil {
			for _, e := range entries {
				if !e.IsDir() || !w.rec().neverEntered(e.Name()) {
					w.note(path.Join(p, e.Name()), e.IsDir())
				}
			}
		}
		dir.release()
	}
}

func (w *walker) note(p string, dir bool) {
	if dir {
		p += "/"
	}
	w.list = append(w.list, p)
}

// open opens a directory of the root. The caller releases it.
func (w *walker) open(p string) (*openDir, error) {
	m, name, err := w.s.in("open", p)
	if err != nil {
		return nil, err
	}
	if m.only != "" {
		name = "."
	}
	root, err := m.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	d := &openDir{root: root}
	d.uses.Store(1)
	return d, nil
}

func readDir(root *os.Root) ([]fs.DirEntry, error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// directory walks one directory: its files are handed over, its directories
// are put on the stack.
func (w *walker) directory(f *frame) {
	if w.entered[f.path] {
		return
	}
	w.entered[f.path] = true
	dir, err := w.open(f.path)
	if err != nil {
		w.problem(Problem{Path: f.path, Text: "cannot be entered: " + disk.Cause(err), Dropped: true})
		return
	}
	defer dir.release()
	entries, err := readDir(dir.root)
	if err != nil {
		w.problem(Problem{Path: f.path, Text: "cannot be listed: " + disk.Cause(err), Dropped: true})
		return
	}
	if len(w.list)+len(entries) > maxEntries {
		w.problem(Problem{Path: f.path, Text: fmt.Sprintf("the tree has more than %d files: this directory and others were not read", maxEntries), Dropped: true})
		return
	}
	here := make(map[string]bool, len(entries))
	for _, e := range entries {
		here[e.Name()] = true
	}
	w.rulesOf(f, here, dir.root)
	if !f.asked {
		if made := w.rec().madeByTools(f.path, here, w.reader(f.path)); made.by != "" {
			w.bar(f, f.path, made)
			return
		}
	}
	w.inside[f.path] = f
	requirements := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return w.rec().leads(path.Join(f.path, e.Name()))
	})
	for _, e := range entries {
		name := e.Name()
		p := path.Join(f.path, name)
		switch mode := e.Type(); {
		case mode.IsDir():
			w.subdirectory(f, p, name, here)
		case mode.IsRegular():
			w.note(p, false)
			read, what := w.wanted(p) || requirements && w.rec().isBeside(name), w.rec().knownKind(p)
			switch {
			case !read && what == "", w.s.excluded(p, false):
			case w.hides(f, p, name, false):
				if w.untold(f) && w.rec().worthARow(p) {
					w.hidden[f.path] = append(w.hidden[f.path], name)
				}
			default:
				if what != "" {
					w.problem(noReader(p, what))
				}
				if read {
					w.hand(dir, name, p, false)
				}
			}
		case mode&fs.ModeSymlink != 0:
			w.note(p, false)
			if (w.wanted(p) || requirements && w.rec().isBeside(name) || w.rec().knownKind(p) != "" || w.mayBeDirectory(p)) && !w.s.excluded(p, false) && !w.hides(f, p, name, false) {
				w.links = append(w.links, link{p, f})
			}
		case w.rec().worthARow(p) && !w.s.excluded(p, false) && !w.hides(f, p, name, false):
			// A pipe, a socket, a device: reading one may never end.
			w.problem(Problem{Path: p, Why: Unreadable, Text: disk.ErrIrregular.Error(), Dropped: w.rec().Severe(p)})
		}
	}
}

func (w *walker) subdirectory(f *frame, p, name string, here map[string]bool) {
	switch {
	case w.rec().neverEntered(name):
		w.bar(f, p, mark{by: name})
	case w.s.excluded(p, true):
		w.barred[p] = bar{} // the user's own word: nothing to tell
	case w.hides(f, p, name, true):
		if w.untold(f) {
			w.barred[p] = bar{mark{by: "an ignore rule"}, f}
		}
	case f.depth >= maxDirDepth:
		w.problem(Problem{Path: p, Why: NestedTooDeep, Text: "lies too deep and was not entered", Dropped: true})
	default:
		w.note(p, true)
		w.stack = append(w.stack, frame{
			path: p, depth: f.depth + 1, tree: f.tree, inTree: path.Join(f.inTree, name), lists: f.lists,
		})
	}
}

// A bar says why a directory is not entered: by is its name or mark, empty
// where the user wants it so. What git tracks below it is told.
type bar struct {
	mark
	frame *frame // of the directory that it lies in, or its own
}

// A link is a symbolic link that a row would read, or that may lead to a
// directory.
type link struct {
	path string
	in   *frame
}

// untold reports whether it is not known what belongs to the project in a
// directory: outside of a work tree, or without git to ask.
func (w *walker) untold(f *frame) bool { return f.tree == nil || w.noGit }

// bar remembers a directory that is passed over.
func (w *walker) bar(f *frame, p string, by mark) {
	w.barred[p] = bar{by, f}
	if f.tree != nil && !w.quiet {
		f.tree.Ask(w.ctx)
	}
}

// reader gives the beginning of files beside and below a directory, to see
// whether what marks it is what it pretends to be.
func (w *walker) reader(dir string) func(name string) []byte {
	return func(name string) []byte {
		m, local, err := w.s.in("open", path.Join(dir, name))
		if err != nil {
			return nil
		}
		data, err := readFile(m.root, local, git.MaxIgnoreFile)
		if err != nil {
			return nil
		}
		return data
	}
}

// rulesOf adds the ignore rules of a directory. The top of another work tree
// begins anew.
func (w *walker) rulesOf(f *frame, here map[string]bool, root *os.Root) {
	if w.s.o.NoGitignore {
		return
	}
	if here[".git"] && (f.tree == nil || f.inTree != "") {
		m, name := w.s.locate(f.path)
		abs := filepath.Join(m.abs, filepath.FromSlash(name))
		if gitDir, ok := git.Dir(abs); ok && len(w.trees) < maxTrees {
			t := w.trees[abs]
			if t == nil {
				t = git.OpenWorkTree(abs, gitDir, w.rules)
				w.trees[abs] = t
			}
			f.tree, f.inTree, f.lists = t, "", t.Rules
		}
	}
	if !here[".gitignore"] {
		return
	}
	data, err := readFile(root, ".gitignore", git.MaxIgnoreFile)
	if err != nil {
		w.problem(Problem{Path: path.Join(f.path, ".gitignore"), Text: err.Error() + "; its rules do not hold"})
		return
	}
	f.lists = w.withRules(f.lists, f.inTree, data, f.tree)
}

// maxTrees bounds how many repositories inside one another are looked at, and
// so how often git is started.
const maxTrees = 32

// hides reports whether the ignore rules pass over an entry of a directory.
func (w *walker) hides(f *frame, p, name string, dir bool) bool {
	if len(f.lists) == 0 || !git.Ignored(f.lists, path.Join(f.inTree, name), dir, f.tree != nil && f.tree.FoldsCase) {
		return false
	}
	if f.tree != nil && !w.quiet {
		f.tree.Ask(w.ctx)
	}
	return true
}

// wanted reports whether the options read a file of that name.
func (w *walker) wanted(p string) bool {
	kind, _ := w.rec().classify(p)
	if w.s.o.NoSource {
		return kind == ManifestFile || kind == LockFile
	}
	return kind != NoFile && (kind != Sniffed || w.rec().knownKind(p) == "")
}

// hand queues a file, once.
func (w *walker) hand(dir *openDir, name, p string, named bool) {
	if !w.quiet {
		w.queue(dir, job{name: name, path: p, named: named})
	}
}

func (w *walker) queue(dir *openDir, j job) {
	if w.seen[j.path] {
		return
	}
	w.seen[j.path] = !j.context
	dir.uses.Add(1)
	j.dir = dir
	select {
	case w.jobs <- j:
	case <-w.ctx.Done():
		dir.release()
	}
}

// single queues a file apart from the walk of its directory.
func (w *walker) single(p string, named bool) {
	m, name, err := w.s.in("open", p)
	if err != nil {
		return
	}
	root, err := m.root.OpenRoot(".")
	if err != nil {
		w.problem(Problem{Path: p, Text: "cannot be read: " + disk.Cause(err), Dropped: true})
		return
	}
	d := &openDir{root: root}
	d.uses.Store(1)
	w.hand(d, name, p, named)
	d.release()
}

// readTracked reads what git tracks although its rules ignore it.
func (w *walker) readTracked() {
	for top, t := range w.trees {
		if !t.Asked() {
			continue
		}
		tracked, err := t.Tracked()
		if err != nil {
			if w.ctx.Err() == nil {
				w.problem(Problem{Path: w.rootPath(top), Text: "git cannot say which ignored files it tracks, so those were not read: " + err.Error()})
			}
			continue
		}
		for _, rel := range tracked {
			p := w.rootPath(filepath.Join(top, filepath.FromSlash(rel)))
			if p == "" || w.seen[p] || !w.walked(p) || w.s.excluded(p, false) {
				continue
			}
			read, what := w.wanted(p), w.rec().knownKind(p)
			if !read && what == "" || w.inside[path.Dir(p)] != nil && !w.ignores(p) {
				continue // nothing reads it, or its directory was read
			}
			if m, name, err := w.s.in("stat", p); err != nil {
				continue
			} else if info, err := m.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
				continue // deleted, or a link, which is met elsewhere
			}
			w.note(p, false)
			if what != "" {
				w.problem(noReader(p, what))
			}
			if read {
				w.single(p, false)
			}
		}
	}
}

// ignores reports whether the rules of a walked directory pass over a file.
func (w *walker) ignores(p string) bool {
	f := w.inside[path.Dir(p)]
	return f != nil && w.hides(f, p, path.Base(p), false)
}

// rootPath is an absolute path relative to the root, or empty outside of it.
func (w *walker) rootPath(abs string) string {
	for _, m := range w.s.mounts {
		if m.only == "" && disk.Within(m.abs, abs) {
			return path.Join(m.prefix, disk.Rel(m.abs, abs))
		}
	}
	return ""
}

// walked reports whether a path lies below a directory that was named and not
// in one that is never entered.
func (w *walker) walked(p string) bool {
	for d := path.Dir(p); ; d = path.Dir(d) {
		if _, out := w.barred[d]; out || w.rec().neverEntered(path.Base(d)) && !w.entered[d] {
			return false
		}
		if slices.Contains(w.s.named, namedPath{d, true}) {
			return true
		}
		if d == "." {
			return false
		}
	}
}
