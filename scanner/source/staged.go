package source

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Change says what of a file a change brought.
type Change struct {
	// Context says that the change did not touch the file, or nothing of it is
	// judged: it is read to resolve the names of others.
	Context bool
	// Before is the file as it was, on each side of a merge. What stands in any
	// of them is not new.
	Before []*File
	// Moved are files that the change took away and that this one may have
	// been: there was no file of its path.
	Moved []*File

	lines *Lines
	added []bool // by line, from 0; nil: every line counts
}

// Touches reports whether the change added a line that the span of the file
// lies in. Of a file that was not there before, and of lock files, which
// programs write, every line counts.
func (c *Change) Touches(span Span) bool {
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
	// Whole judges all names of the files that were changed.
	Whole bool
}

// Limits of what is read beside the files that are judged.
const (
	maxContext = 2000     // manifests
	maxMoved   = 32       // files taken away that a new one is compared with
	maxKept    = 64 << 20 // bytes of texts that are kept for reading them again
)

// Changes is a source of the files that git says were changed. Paths count from
// the top of the work tree. Judged files come out of the index or a commit,
// never off the disk, unless the range ends there.
type Changes struct {
	o      ChangeOptions
	repo   *gitRepo
	disk   *paths // the work tree, and the globs that exclude
	onDisk bool   // the new side is the work tree

	side     map[string]treeFile // the new side
	list     []string
	dirs     map[string]bool
	passed   map[string]bool // directories that are not looked into, as far as was asked
	inputs   map[string]bool // directories in which any .in is a list of requirements
	judged   []changedFile
	context  []string
	gone     []goneFile
	settings map[string]bool // files that are read off the disk although git does not track them
	problems []Problem
	from     string // the commit of the old side; empty: there is none

	mu   sync.Mutex
	kept map[string][]byte
	size int
}

type changedFile struct {
	path   string
	object string   // of the new side; empty: on disk
	before []string // objects of the old sides
	fresh  bool     // it was not there before
	whole  bool     // all names are judged
}

type goneFile struct{ path, object string }

// Changed asks git what was changed. It is to be closed. Errors are a *GitError
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
	repo, err := openRepo(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Changes{
		o: o, repo: repo, disk: &paths{o: o.Options}, kept: map[string][]byte{},
		dirs: map[string]bool{}, passed: map[string]bool{}, inputs: map[string]bool{}, settings: map[string]bool{},
	}
	if err := s.disk.mount("", repo.top, ""); err != nil {
		return nil, &GitError{Text: repo.top + " cannot be opened: " + cause(err)}
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
		if _, err := os.Lstat(filepath.Join(s.repo.top, filepath.FromSlash(p))); !there && !s.dirs[p] && err != nil && !slices.ContainsFunc(s.gone, func(g goneFile) bool { return g.path == p }) {
			return &PathError{p, fs.ErrNotExist}
		}
	}
	slices.SortFunc(s.judged, func(a, b changedFile) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(s.gone, func(a, b goneFile) int { return strings.Compare(a.path, b.path) })
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
		if !below(s.repo.top, abs) {
			abs = filepath.Join(evaluated(filepath.Dir(abs)), filepath.Base(abs))
		}
		if !below(s.repo.top, abs) {
			if abs = evaluated(abs); !below(s.repo.top, abs) {
				return nil, &PathError{a, errors.New("lies outside of the repository")}
			}
		}
		rel := slashRel(s.repo.top, abs)
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

// cutRange splits A..B and A...B. An empty end is HEAD.
func cutRange(r string) (a, b string, ok bool) {
	if a, b, ok = strings.Cut(r, "..."); !ok {
		a, b, ok = strings.Cut(r, "..")
	}
	return cmp.Or(a, "HEAD"), cmp.Or(b, "HEAD"), ok
}

// staged compares the index with HEAD, and with what is being merged.
func (s *Changes) staged(ctx context.Context, only map[string]bool) error {
	index, err := s.repo.index(ctx)
	if err != nil {
		return err
	}
	s.take(index)
	var changes []rawChange
	if head := s.repo.commit(ctx, "HEAD"); head != "" {
		s.from = head
		if changes, err = s.repo.diff(ctx, "diff-index", "--cached", head); err != nil {
			return err
		}
	} else { // the first commit
		for p, f := range index {
			changes = append(changes, rawChange{path: p, new: f, status: 'A'})
		}
	}
	// git add -N leaves an entry without content.
	empty := s.repo.blobName(nil)
	changes = slices.DeleteFunc(changes, func(c rawChange) bool { return c.status == 'A' && c.new.object == empty })
	if len(changes) == 0 && only != nil {
		return s.allOf(only)
	}
	merged, err := s.merged(ctx)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.status == 'U' {
			if s.wanted(c.path) && within(only, c.path) {
				s.problems = append(s.problems, Problem{Path: c.path, Text: "is in conflict: nothing of it is staged", Dropped: true})
			}
			continue
		}
		before, known := []string{}, false
		if c.old.regular() {
			before = append(before, c.old.object)
		}
		for _, side := range merged {
			old, differs := side[c.path]
			known = known || !differs // it is as the other side has it
			if old.regular() {
				before = append(before, old.object)
			}
		}
		if !known {
			s.change(c, before, only)
		}
	}
	return nil
}

// merged gives, for each commit that is being merged, what it has at the paths
// where the index differs from it.
func (s *Changes) merged(ctx context.Context) ([]map[string]treeFile, error) {
	var heads []string
	data, err := readSmall(filepath.Join(s.repo.dir, "MERGE_HEAD"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &GitError{Text: "MERGE_HEAD cannot be read: " + cause(err)}
	}
	for line := range strings.Lines(string(data)) {
		heads = append(heads, strings.TrimSpace(line))
	}
	// When the hook pre-merge-commit runs, the file is not there yet; git merge
	// leaves GITHEAD_<commit> in the environment.
	for _, v := range os.Environ() {
		if rest, ok := strings.CutPrefix(v, "GITHEAD_"); ok {
			name, _, _ := strings.Cut(rest, "=")
			heads = append(heads, name)
		}
	}
	slices.Sort(heads)
	var sides []map[string]treeFile
	for _, h := range slices.Compact(heads) {
		if !isObject(h) {
			continue
		}
		changes, err := s.repo.diff(ctx, "diff-index", "--cached", h)
		if err != nil {
			return nil, err
		}
		side := make(map[string]treeFile, len(changes))
		for _, c := range changes {
			side[c.path] = c.old
		}
		sides = append(sides, side)
	}
	return sides, nil
}

// allOf judges the named files whole, as they are in the index.
func (s *Changes) allOf(only map[string]bool) error {
	for p, f := range s.side {
		if f.regular() && s.wanted(p) && within(only, p) && !s.skipped(p) {
			s.judged = append(s.judged, changedFile{path: p, object: f.object, whole: true})
		}
	}
	for p := range only {
		if _, ok := s.side[p]; !ok && !s.dirs[p] && s.wanted(p) {
			if _, err := os.Lstat(filepath.Join(s.repo.top, filepath.FromSlash(p))); err == nil {
				s.problems = append(s.problems, Problem{Path: p, Text: "is not in git's index and was not read: git add it, or scan it without --staged", Dropped: true})
			}
		}
	}
	return nil
}

// change takes one change of a diff.
func (s *Changes) change(c rawChange, before []string, only map[string]bool) {
	if !c.new.regular() {
		if c.status == 'D' && c.old.regular() && Interesting(c.path) {
			s.gone = append(s.gone, goneFile{c.path, c.old.object})
		}
		return
	}
	if !s.wanted(c.path) || !within(only, c.path) || s.skipped(c.path) || !s.o.Whole && slices.Contains(before, c.new.object) {
		return
	}
	s.judged = append(s.judged, changedFile{path: c.path, object: c.new.object, before: before, fresh: len(before) == 0, whole: s.o.Whole})
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
		for p, f := range tree {
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
		var before []string
		if c.old.regular() {
			before = append(before, c.old.object)
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
	for p := range strings.SplitSeq(string(out), "\x00") {
		if gitPath(p) { // another repository ends in a slash
			index[p] = treeFile{}
		}
	}
	side := make(map[string]treeFile, len(index))
	for p := range index {
		if info, err := s.disk.mounts[0].root.Lstat(filepath.FromSlash(p)); err == nil && info.Mode().IsRegular() {
			side[p] = treeFile{mode: "100644"}
		}
	}
	s.take(side)
	for p := range side {
		if ctx.Err() != nil {
			s.problems = append(s.problems, stopped())
			break
		}
		if !s.wanted(p) || !within(only, p) || s.skipped(p) {
			continue
		}
		f := changedFile{path: p, whole: s.o.Whole}
		if was := old[p]; was.regular() {
			if s.sameOnDisk(p, was.object) {
				continue
			}
			f.before = []string{was.object}
		}
		f.fresh = len(f.before) == 0
		s.judged = append(s.judged, f)
	}
	return s.goneFromDisk(ctx, old, index)
}

// goneFromDisk notes the files of old that are neither tracked nor there any
// more. What a sparse checkout left out is not gone.
func (s *Changes) goneFromDisk(ctx context.Context, old, index map[string]treeFile) error {
	var missing map[string]bool
	for p, f := range old {
		if _, there := s.side[p]; there || !f.regular() || !Interesting(p) {
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
		if _, tracked := index[p]; !tracked || missing[p] {
			s.gone = append(s.gone, goneFile{p, f.object})
		}
	}
	return nil
}

// sameOnDisk reports whether a file has the bytes of a blob.
func (s *Changes) sameOnDisk(p, object string) bool {
	f, info, err := openFile(s.disk.mounts[0].root, filepath.FromSlash(p))
	if err != nil || info.Size() > MaxLock {
		return false // reading it will say why
	}
	defer f.Close()
	h := s.repo.hash()
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if n, err := io.Copy(h, io.LimitReader(f, MaxLock+1)); err != nil || n != info.Size() {
		return false
	}
	return hex.EncodeToString(h.Sum(nil)) == object
}

// take notes what the new side has.
func (s *Changes) take(side map[string]treeFile) {
	s.side = side
	for p := range side {
		if strings.HasSuffix(p, ".txt") && IsRequirements(p) {
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
	kind, _ := classify(p)
	switch {
	case kind == noFile:
		return isInput(path.Base(p)) && s.inputs[path.Dir(p)]
	case s.o.NoSource:
		return kind == manifestFile || kind == lockFile
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
		out = s.skippedDir(path.Dir(d)) || s.madeByTools(d) || s.disk.excluded(d, true)
		s.passed[d] = out
	}
	return out
}

// madeByTools is what a walk asks of a directory, here of a listing.
func (s *Changes) madeByTools(d string) bool {
	up, base := path.Dir(d), path.Base(d)
	beside := map[string]bool{}
	for _, name := range []string{"Cargo.toml", "pom.xml", "mix.exs"} {
		_, beside[name] = s.side[path.Join(up, name)]
	}
	if neverEntered(base, beside) {
		return true
	}
	if _, ok := s.side[d+"/pyvenv.cfg"]; ok {
		return true
	}
	_, modules := s.side[d+"/modules.txt"]
	return base == "vendor" && (modules || s.dirs[d+"/composer"] || s.dirs[d+"/bundle"])
}

// around chooses what is read beside the judged files: manifests, and the lock
// files in their directories and above.
func (s *Changes) around() {
	if len(s.judged) == 0 {
		return
	}
	judged, above := map[string]bool{}, map[string]bool{".": true}
	for _, f := range s.judged {
		judged[f.path] = true
		for d := path.Dir(f.path); !above[d]; d = path.Dir(d) {
			above[d] = true
		}
	}
	for _, p := range s.list {
		f, ok := s.side[p]
		if !ok || judged[p] || !s.onDisk && !f.regular() || s.disk.excluded(p, false) {
			continue
		}
		if kind, _ := classify(p); kind == manifestFile && len(s.context) < maxContext || kind == lockFile && above[path.Dir(p)] {
			s.context = append(s.context, p)
		}
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

// Files gives the changed files, and with them, marked as context, the
// manifests that did not change.
func (s *Changes) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	stop := context.AfterFunc(ctx, s.repo.cat.interrupt)
	defer stop()
	problems := slices.Clone(s.problems)
	files := make(chan *File, queueLength)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				if ctx.Err() == nil {
					f.Change.compare(f)
					yield(f)
				}
			}
		})
	}
	for i := range s.judged {
		if ctx.Err() != nil {
			break
		}
		c := &s.judged[i]
		data, err := s.load(c.path, c.object)
		if err == nil {
			s.keep(c.path, data)
			change, bad := s.old(c)
			problems = append(problems, bad...)
			files <- &File{Path: c.path, Data: data, Change: change}
		} else if !errors.Is(err, errSkipped) && ctx.Err() == nil {
			problems = append(problems, Problem{Path: c.path, Text: err.Error(), Dropped: true})
		}
	}
	for _, p := range s.context {
		if ctx.Err() != nil {
			break
		}
		if data, err := s.load(p, s.side[p].object); err == nil {
			s.keep(p, data)
			files <- &File{Path: p, Data: data, Change: &Change{Context: true}}
		}
	}
	close(files)
	wg.Wait()
	if ctx.Err() != nil {
		problems = append(problems, stopped())
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return problems, nil
}

// load reads a file of the new side.
func (s *Changes) load(p, object string) ([]byte, error) {
	limit := limitOf(p, s.o.MaxFileSize)
	if s.onDisk {
		return load(s.disk.mounts[0].root, filepath.FromSlash(p), p, false, limit)
	}
	data, size, err := s.repo.cat.read(object, limit)
	if err != nil {
		return nil, err
	}
	kind, _ := classify(p)
	if size == 0 || (kind == sniffed || size > limit) && passOverHead(data, p, kind) {
		return nil, errSkipped
	}
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	return data, vet(data, p, false)
}

// old says what a file was; nil where all of it is judged.
func (s *Changes) old(c *changedFile) (*Change, []Problem) {
	if c.whole {
		return nil, nil
	}
	change := &Change{}
	limit := limitOf(c.path, s.o.MaxFileSize)
	for _, object := range c.before {
		data, size, err := s.repo.cat.read(object, limit)
		if err == nil && size > limit {
			err = tooLarge(size, limit)
		}
		if err != nil {
			// Names that were there before may then count as new, not the other way round.
			return &Change{}, []Problem{{Path: c.path, Text: "as it was before the change " + err.Error() + "; all of its names are judged"}}
		}
		change.Before = append(change.Before, &File{Path: c.path, Data: data})
	}
	if c.fresh {
		change.Moved = s.moved(c)
	}
	return change, nil
}

// moved gives the files that are gone and that a new one may have been: the one
// with the same bytes, else those that are called like it, else those of its
// kind.
func (s *Changes) moved(c *changedFile) []*File {
	var like, kind []goneFile
	for _, g := range s.gone {
		if g.object == c.object {
			like, kind = []goneFile{g}, nil
			break
		}
		if path.Base(g.path) == path.Base(c.path) {
			like = append(like, g)
		} else if path.Ext(g.path) == path.Ext(c.path) {
			kind = append(kind, g)
		}
	}
	like = append(like, kind...)
	var out []*File
	for _, g := range like[:min(len(like), maxMoved)] {
		limit := limitOf(g.path, s.o.MaxFileSize)
		if data, size, err := s.repo.cat.read(g.object, limit); err == nil && size <= limit {
			out = append(out, &File{Path: g.path, Data: data})
		}
	}
	return out
}

// compare finds the lines that the change added.
func (c *Change) compare(f *File) {
	if c == nil || c.Context || len(c.Before) == 0 {
		return
	}
	if kind, _ := classify(f.Path); kind == lockFile {
		return
	}
	c.lines = NewLines(f.Data)
	for i, b := range c.Before {
		added := addedLines(NewLines(b.Data), c.lines)
		if i == 0 {
			c.added = added
			continue
		}
		for n := range c.added {
			c.added[n] = c.added[n] && added[n]
		}
	}
}

// keep holds on to a text, so that the same bytes are shown that were judged.
func (s *Changes) keep(p string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size += len(data); s.size <= maxKept {
		s.kept[p] = data
	}
}

func (s *Changes) Read(p string) ([]byte, error) {
	s.mu.Lock()
	data, ok := s.kept[p]
	s.mu.Unlock()
	if ok {
		return data, nil
	}
	f, there := s.side[p]
	switch {
	case s.settings[p] || there && s.onDisk:
		return s.disk.Read(p)
	case !there || !f.regular():
		return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	}
	limit := limitOf(p, s.o.MaxFileSize)
	data, size, err := s.repo.cat.read(f.object, limit)
	if err == nil && size > limit {
		err = tooLarge(size, limit)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: p, Err: err}
	}
	return data, nil
}

func (s *Changes) Exists(p string) bool {
	p = strings.TrimSuffix(p, "/")
	_, ok := s.side[p]
	return ok || p == "." || s.dirs[p] || s.settings[p]
}

func (s *Changes) List() []string { return s.list }

// Root is the directory that paths count from.
func (s *Changes) Root() string { return s.repo.top }

// From is the commit that the change is held against; empty where there was
// nothing before.
func (s *Changes) From() string { return s.from }

// Judged is how many files are judged.
func (s *Changes) Judged() int { return len(s.judged) }

// Dates gives since when lines have stood where they are, as Blame does. Lines
// that are about to be committed have no date.
func (s *Changes) Dates(ctx context.Context, asks []BlameAsk) map[BlameAsk]time.Time {
	if !s.onDisk {
		return nil
	}
	return Blame(ctx, s.repo.top, asks)
}

func (s *Changes) Close() error {
	s.repo.cat.Close()
	return s.disk.mounts[0].root.Close()
}
