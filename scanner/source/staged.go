package source

import (
	"cmp"
	"context"
	"errors"
	"figment/internal/disk"
	"figment/scanner/git"
	"figment/scanner/text"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Change says what of a file a change brought.
type Change struct {
	// Context says that the change did not touch the file, or nothing of it is
	// judged: it is read to resolve the names of others.
	Context bool
	// Before is the file as it was, on each side of a merge. What stands in any
	// of them is not new.
	Before []*File

	// Retaken says that the file is as it was, and that one was touched which it
	// takes values of variables from: only what comes of that is told.
	Retaken bool

	lines *text.Lines
	added []bool // by line, from 0; nil: every line counts
}

// Touches reports whether the change added a line that the span of the file
// lies in. Of a file that was not there before, and of lock files, which
// programs write, every line counts.
func (c *Change) Touches(span text.Span) bool {
	if c.Context {
		return false
	}
	if c.added == nil {
		return true
	}
	first, last := c.lines.At(span.Start).Line, c.lines.At(span.End).Line
	for n := first; n <= last && n <= len(c.added); n++ {
		if c.added[n-1] {
			return true
		}
	}
	return false
}

// TouchesLine is Touches for a line, from 1.
func (c *Change) TouchesLine(n int) bool {
	return !c.Context && (c.added == nil || n >= 1 && n <= len(c.added) && c.added[n-1])
}

// ChangeOptions say which change is read, and what of it. The zero value reads
// what is staged in the repository around the current directory.
type ChangeOptions struct {
	Options // NoGitignore does not count: what git tracks is read
	// Range is a change between commits, "A..B" or "A...B" (since they parted),
	// or "A": since HEAD parted from A, up to the files on disk, with those that
	// git neither tracks nor ignores. Empty: what is staged.
	Range string
	// Files limits what is judged to files and what lies below directories.
	// Where nothing at all is staged, the files named are judged whole: a hook
	// that is run over all files would pass without having looked. Empty: all.
	Files []string
	// Includes reads which files a list of requirements includes; nil: none is
	// followed.
	Includes func(*File) []Include
	// Whole judges all names of the files that were changed.
	Whole bool
}

// Limits of what is read beside the files that are judged.
const (
	maxContext = 2000     // manifests
	maxGone    = 500      // files taken away, in which the names of new ones may have stood
	maxKept    = 64 << 20 // bytes of texts that are kept for reading them again
)

// Changes is a source of the files that git says were changed. Paths count from
// the top of the work tree. Judged files come out of the index or a commit,
// never off the disk, unless the range ends there.
type Changes struct {
	o      ChangeOptions
	repo   *git.Repo
	disk   *paths // the work tree, and the globs that exclude
	onDisk bool   // the new side is the work tree

	side         map[string]git.Entry // the new side
	was          map[string]git.Entry // the paths that the change touches, as they were
	tree         map[string]git.Entry // the whole old side, where it was listed
	whole        bool                 // nothing is staged: the named files are judged whole
	touched      map[string]bool      // by the change itself, and not by what is merged
	untracked    map[string]bool      // of the new side, where that is on disk
	linked       map[string]string    // links of the new side that are read, with the files that they lead to
	list         []string
	dirs         map[string]bool
	passed       map[string]bool // directories that are not looked into, as far as was asked
	seed         maphash.Seed
	includesRead map[textAs][]Include // of texts that were asked already
	marks        map[string]mark      // of those, which look as if tools had made them, and by what
	behind       map[string][]string  // changed files in them that are read elsewhere
	inputs       map[string]bool      // directories in which any .in is a list of requirements
	judged       []changedFile
	context      []changedFile
	gone         []goneFile
	settings     map[string]bool // files that are read off the disk although git does not track them
	leftOut      map[string]bool // what a sparse checkout does not have on disk
	problems     []Problem
	takers       map[string][]string // files that take values from others, by the paths of those, on the side that was looked at last
	from         string              // the commit of the old side; empty: there is none

	mostBeside int // files that the change does not touch and that are read beside it

	mu   sync.Mutex
	kept map[string][]byte
	size int
}

type changedFile struct {
	path   string
	real   string   // where its text lies; empty: at path
	name   string   // what it is read as; empty: what its path says
	object string   // of the new side; empty: on disk
	before []string // objects of the old sides
	whole  bool     // all names are judged
	// retaken says that the file is as it was, and that one was touched which it
	// takes values from.
	retaken bool
}

func (s *Changes) rec() *Recognition { return s.o.Recognition }

// readAs is the name that decides how the file is read.
func (c *changedFile) readAs() string { return cmp.Or(c.name, c.path) }

type goneFile struct {
	path, object string
	name         string // as of a changedFile
}

// Changed asks git what was changed. It is to be closed. Errors are a *git.Error
// or a *PathError.
func Changed(ctx context.Context, o ChangeOptions) (*Changes, error) {
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	o.Dir = filepath.Clean(o.Dir)
	if o.Recognition == nil {
		return nil, errNothing
	}
	repo, err := git.Open(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Changes{
		o: o, repo: repo, disk: &paths{o: o.Options}, kept: map[string][]byte{},
		dirs: map[string]bool{}, passed: map[string]bool{}, marks: map[string]mark{}, seed: maphash.MakeSeed(), includesRead: map[textAs][]Include{}, behind: map[string][]string{}, inputs: map[string]bool{}, settings: map[string]bool{}, leftOut: map[string]bool{}, mostBeside: maxBeside,
		was: map[string]git.Entry{}, touched: map[string]bool{}, linked: map[string]string{},
	}
	if err := s.disk.mount("", repo.Top, ""); err != nil {
		return nil, &git.Error{Text: repo.Top + " cannot be opened: " + disk.Cause(err)}
	}
	s.disk.compileExcludes()
	if err := s.find(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// find fills in what was changed.
func (s *Changes) find(ctx context.Context) error {
	only, err := s.only()
	if err != nil {
		return err
	}
	switch old, since, ok := cutRange(s.o.Range); {
	case s.o.Range == "":
		err = s.staged(ctx, only)
	case ok:
		err = s.between(ctx, old, since, strings.Contains(s.o.Range, "..."), only)
	default:
		err = s.since(ctx, s.o.Range, only)
	}
	if err != nil {
		return err
	}
	for p := range only {
		_, there := s.side[p]
		if _, err := os.Lstat(filepath.Join(s.repo.Top, filepath.FromSlash(p))); !there && !s.dirs[p] && err != nil && !slices.ContainsFunc(s.gone, func(g goneFile) bool { return g.path == p }) {
			return &PathError{p, fs.ErrNotExist}
		}
	}
	s.links(only)
	s.included(only)
	slices.SortFunc(s.judged, func(a, b changedFile) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(s.gone, func(a, b goneFile) int { return strings.Compare(a.path, b.path) })
	for i := range s.judged {
		s.touched[s.judged[i].path] = true
	}
	s.tellMarked()
	s.around()
	return nil
}

// only gives the paths that the options name; nil: everything.
func (s *Changes) only() (map[string]bool, error) {
	only := map[string]bool{}
	for _, a := range s.o.Files {
		abs := filepath.Clean(filepath.FromSlash(a))
		if a == "" {
			return nil, &PathError{a, fs.ErrNotExist}
		}
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(s.o.Dir, abs)
		}
		if !disk.Within(s.repo.Top, abs) {
			abs = filepath.Join(disk.Resolve(filepath.Dir(abs)), filepath.Base(abs))
		}
		if !disk.Within(s.repo.Top, abs) {
			if abs = disk.Resolve(abs); !disk.Within(s.repo.Top, abs) {
				return nil, &PathError{a, errors.New("lies outside of the repository")}
			}
		}
		rel := disk.Rel(s.repo.Top, abs)
		if rel == "." {
			return nil, nil
		}
		only[rel] = true
	}
	if len(only) == 0 {
		return nil, nil
	}
	return only, nil
}

func within(only map[string]bool, p string) bool {
	if only == nil {
		return true
	}
	for ; p != "."; p = path.Dir(p) {
		if only[p] {
			return true
		}
	}
	return false
}

// staged compares the index with HEAD, and with what is being merged.
func (s *Changes) staged(ctx context.Context, only map[string]bool) error {
	var changes []git.Change
	var differs error
	var both sync.WaitGroup
	head := s.repo.Commit(ctx, "HEAD")
	if head != "" {
		s.from = head
		both.Go(func() { changes, differs = s.repo.Staged(ctx, head) })
	}
	index, err := s.repo.Index(ctx)
	both.Wait()
	if err = cmp.Or(err, differs); err != nil {
		return err
	}
	s.take(index)
	if head == "" { // the first commit
		s.tree = map[string]git.Entry{}
		for p, f := range index {
			changes = append(changes, git.Change{Path: p, New: f, Status: 'A'})
		}
	}
	// git add -N leaves an entry without content.
	empty := s.repo.BlobName(nil)
	changes = slices.DeleteFunc(changes, func(c git.Change) bool { return c.Status == 'A' && c.New.Object == empty })
	if len(changes) == 0 && only != nil {
		return s.allOf(only)
	}
	merged, err := s.merged(ctx)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Status == 'U' {
			if s.wanted(c.Path) && within(only, c.Path) {
				s.problems = append(s.problems, Problem{Path: c.Path, Text: "is in conflict: nothing of it is staged", Dropped: true})
			}
			continue
		}
		before, known := []string{}, false
		s.was[c.Path] = c.Old
		if object, ok := s.oldContent(c.Path); ok {
			before = append(before, object)
		}
		for _, side := range merged {
			old, differs := side[c.Path]
			known = known || !differs // it is as the other side has it
			if old.Regular() {
				before = append(before, old.Object)
			}
		}
		if !known {
			s.touched[c.Path] = true
			s.change(c, before, only)
		}
	}
	return nil
}

// merged gives, for each commit that is being merged, what it has at the paths
// where the index differs from it.
func (s *Changes) merged(ctx context.Context) ([]map[string]git.Entry, error) {
	heads, err := s.repo.Merging()
	if err != nil {
		return nil, err
	}
	var sides []map[string]git.Entry
	for _, h := range heads {
		changes, err := s.repo.Staged(ctx, h)
		if err != nil {
			return nil, err
		}
		side := make(map[string]git.Entry, len(changes))
		for _, c := range changes {
			side[c.Path] = c.Old
		}
		sides = append(sides, side)
	}
	return sides, nil
}

// allOf judges the named files whole, as they are in the index.
func (s *Changes) allOf(only map[string]bool) error {
	s.whole = true
	for p, f := range s.side {
		if f.Regular() && s.wanted(p) && within(only, p) && !s.skipped(p) {
			s.judged = append(s.judged, changedFile{path: p, object: f.Object, whole: true})
		}
	}
	for p := range only {
		if _, ok := s.side[p]; !ok && !s.dirs[p] && s.wanted(p) {
			if _, err := os.Lstat(filepath.Join(s.repo.Top, filepath.FromSlash(p))); err == nil {
				s.problems = append(s.problems, Problem{Path: p, Text: "is not in git's index and was not read: git add it, or scan it without --staged", Dropped: true})
			}
		}
	}
	return nil
}

// submodule tells of another repository's commit that the change brings.
func (s *Changes) submodule(p string, only map[string]bool) {
	if within(only, p) && !s.skipped(p) && !s.disk.excluded(p, true) {
		s.problems = append(s.problems, Problem{Path: p, Why: NotFollowed, Dropped: true,
			Text: "is a submodule: what its commit brings was not read; scan it in its own repository, or exclude it"})
	}
}

// change takes one change of a diff.
func (s *Changes) change(c git.Change, before []string, only map[string]bool) {
	if !c.New.Regular() {
		if c.New.Mode == git.SubmoduleMode {
			s.submodule(c.Path, only)
		}
		// What was passed over was never judged, and may not stand for what is new.
		if c.Status == 'D' && c.Old.Regular() && s.rec().Interesting(c.Path) && !s.skipped(c.Path) {
			s.gone = append(s.gone, goneFile{path: c.Path, object: c.Old.Object})
		}
		return
	}
	if !within(only, c.Path) || s.disk.excluded(c.Path, false) || !s.o.Whole && slices.Contains(before, c.New.Object) {
		return
	}
	if s.skippedDir(path.Dir(c.Path)) {
		if d := s.marked(c.Path); d != "" && s.rec().worthARow(c.Path) {
			s.behind[d] = append(s.behind[d], strings.TrimPrefix(c.Path, d+"/"))
		}
		return
	}
	if what := s.rec().knownKind(c.Path); what != "" {
		s.problems = append(s.problems, noReader(c.Path, what))
	}
	if !s.wanted(c.Path) {
		return
	}
	s.judged = append(s.judged, changedFile{path: c.Path, object: c.New.Object, before: before, whole: s.o.Whole})
}

// take notes what the new side has.
func (s *Changes) take(side map[string]git.Entry) {
	s.side = side
	for p := range side {
		if s.rec().leads(p) {
			s.inputs[path.Dir(p)] = true
		}
		for d := path.Dir(p); d != "." && !s.dirs[d]; d = path.Dir(d) {
			s.dirs[d] = true
		}
	}
	for p := range side {
		if !s.skippedDir(path.Dir(p)) {
			s.list = append(s.list, p)
		}
	}
	for d := range s.dirs {
		if !s.skippedDir(d) {
			s.list = append(s.list, d+"/")
		}
	}
	slices.Sort(s.list)
}

// wanted reports whether the options read a file of that name.
func (s *Changes) wanted(p string) bool {
	kind, _ := s.rec().classify(p)
	switch {
	case kind == NoFile:
		return s.rec().isBeside(path.Base(p)) && s.inputs[path.Dir(p)]
	case kind == Sniffed && s.rec().knownKind(p) != "":
		return false
	case s.o.NoSource:
		return kind == ManifestFile || kind == LockFile
	}
	return true
}

// skipped reports whether a walk would pass over a file.
func (s *Changes) skipped(p string) bool {
	return s.disk.excluded(p, false) || s.skippedDir(path.Dir(p))
}

func (s *Changes) skippedDir(d string) bool {
	if d == "." {
		return false
	}
	out, known := s.passed[d]
	if !known {
		out = s.skippedDir(path.Dir(d)) || s.disk.excluded(d, true)
		if !out {
			if made := s.madeByTools(d); made.by != "" {
				s.marks[d], out = made, true
			}
		}
		s.passed[d] = out
	}
	return out
}

// marked gives the directory above a path that is passed over as one that tools
// made; empty where the options exclude it.
func (s *Changes) marked(p string) string {
	for d := path.Dir(p); d != "."; d = path.Dir(d) {
		if s.marks[d].by != "" {
			return d
		}
	}
	return ""
}

// tellMarked tells which directories are passed over although the change touches
// files in them that are read elsewhere.
func (s *Changes) tellMarked() {
	for d, names := range s.behind {
		if isVersionControl(path.Base(d)) {
			continue
		}
		slices.Sort(names)
		s.touched[d] = !s.marks[d].whole
		s.problems = append(s.problems, Problem{Path: d, Why: SkippedDirectory, Dropped: s.touched[d],
			Text: fmt.Sprintf("was passed over for %s although the change touches %s in it: scan the directory by its name", s.marks[d].by, listed(names))})
	}
}

// madeByTools is what a walk asks of a directory, here of a listing.
func (s *Changes) madeByTools(d string) mark {
	if s.rec().neverEntered(path.Base(d)) {
		return mark{by: path.Base(d)}
	}
	here := map[string]bool{}
	for _, name := range s.rec().marks(d) {
		_, file := s.side[d+"/"+name]
		here[name] = file || s.dirs[d+"/"+name]
	}
	return s.rec().madeByTools(d, here, func(name string) []byte {
		data, err := s.Read(path.Join(d, name))
		if err != nil {
			return nil
		}
		return data
	})
}

// around chooses what is read beside the judged files: manifests, and the lock
// files in their directories and above.
func (s *Changes) around() {
	beside := s.context // what links and includes lead to
	s.context = nil
	if len(s.judged) == 0 && len(s.touched) == 0 && len(s.gone) == 0 {
		return
	}
	judged, above := map[string]bool{}, map[string]bool{".": true}
	climb := func(p string) {
		for d := path.Dir(p); !above[d]; d = path.Dir(d) {
			above[d] = true
		}
	}
	for _, f := range s.judged {
		judged[f.path] = true
		climb(f.path)
	}
	for p := range s.touched {
		if s.rec().owns(p) {
			climb(p)
		}
	}
	s.context = beside
	left := 0
	for _, f := range beside {
		judged[f.path] = true
	}
	for _, p := range s.list {
		f, ok := s.side[p]
		if !ok || judged[p] || !s.isFile(f) || s.disk.excluded(p, false) {
			continue
		}
		switch kind, _ := s.rec().classify(p); {
		case kind == ManifestFile && len(s.context) < maxContext || kind == LockFile && above[path.Dir(p)]:
			s.context = append(s.context, changedFile{path: p, object: f.Object})
		case kind == ManifestFile:
			left++
		}
	}
	if by := s.owner(); left > 0 && by != "" {
		s.problems = append(s.problems, Problem{Path: by, Why: TooLarge, Dropped: true,
			Text: fmt.Sprintf("was changed and says whose names are, and %d manifests that may use them were not read: scan the repository whole", left)})
	}
	// A file with credentials is rarely tracked. It can make names private, and
	// those must not be asked of anybody because git does not know the file.
	for d := range above {
		p := path.Join(d, ".npmrc")
		if _, ok := s.side[p]; ok {
			continue
		}
		if info, err := s.disk.mounts[0].root.Lstat(filepath.FromSlash(p)); err == nil && info.Mode().IsRegular() {
			s.settings[p] = true
			s.list = append(s.list, p)
		}
	}
	slices.Sort(s.list)
}
