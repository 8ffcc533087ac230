package source

import (
	"bytes"
	"context"
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
)

// Limits of what is read, in bytes.
const (
	MaxFile  = 4 << 20  // source, manifests, Markdown; Options.MaxFileSize replaces it
	MaxLock  = 64 << 20 // lock files
	MaxStdin = 10 << 20
)

// An Exclude is a glob of paths that are not read, counted from Dir.
type Exclude struct{ Dir, Glob string }

// Options of reading paths. The zero Options read what lies in the current
// directory.
type Options struct {
	Dir         string // absolute: paths are reported relative to it
	Exclude     []Exclude
	NoGitignore bool
	NoSource    bool                         // manifests and lock files only
	MaxFileSize int64                        // of anything but lock files; 0: MaxFile
	MatchPath   func(glob, path string) bool // how Exclude matches; nil: nothing is excluded
}

// A PathError is a named path that cannot be read at all.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.Path + ": " + e.Err.Error() }

func (e *PathError) Unwrap() error { return e.Err }

// paths reads directories and files below one root.
type paths struct {
	o     Options
	base  string // absolute directory of the root
	root  *os.Root
	named []string // relative to base, slash-separated; "." is all of it

	mu   sync.Mutex
	list []string
}

// Paths makes a source of files and directories. What lies below o.Dir is
// reported relative to it; if any path lies elsewhere, all are read from their
// common directory.
func Paths(args []string, o Options) (Source, error) {
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	var abs []string
	for _, a := range args {
		p := a
		if !filepath.IsAbs(p) {
			p = filepath.Join(o.Dir, p)
		}
		if _, err := os.Stat(p); err != nil {
			return nil, &PathError{a, err}
		}
		abs = append(abs, filepath.Clean(p))
	}
	base := o.Dir
	for _, p := range abs {
		if !below(base, p) {
			base = common(abs)
			break
		}
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		return nil, &PathError{base, err}
	}
	s := &paths{o: o, base: base, root: root}
	for _, p := range abs {
		rel, err := filepath.Rel(base, p)
		if err != nil {
			return nil, &PathError{p, err}
		}
		s.named = append(s.named, filepath.ToSlash(rel))
	}
	return s, nil
}

func below(dir, p string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// common is the deepest directory that holds all of abs.
func common(abs []string) string {
	dir := abs[0]
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	for _, p := range abs {
		for !below(dir, p) {
			dir = filepath.Dir(dir)
		}
	}
	return dir
}

// job is a file to be read.
type job struct {
	path  string
	named bool
}

func (s *paths) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	jobs := make(chan job, 256)
	var mu sync.Mutex
	var problems []Problem
	report := func(p Problem) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, p)
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range jobs {
				if ctx.Err() != nil {
					continue
				}
				if f, p := s.load(j); p != nil {
					report(*p)
				} else if f != nil {
					yield(f)
				}
			}
		})
	}
	w := &walker{paths: s, ctx: ctx, jobs: jobs, report: report, seen: map[string]bool{}}
	for _, n := range s.named {
		w.start(n)
	}
	close(jobs)
	wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.list)
	s.list = slices.Compact(s.list)
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Path+"\x00"+a.Text, b.Path+"\x00"+b.Text) })
	return problems, nil
}

// load reads one file within its limits. Both results are nil for a file that
// holds nothing to read.
func (s *paths) load(j job) (*File, *Problem) {
	info, err := s.root.Stat(j.path)
	if err != nil {
		return nil, &Problem{Path: j.path, Text: "cannot be read: " + cause(err), Dropped: true}
	}
	if !info.Mode().IsRegular() {
		if j.named {
			return nil, &Problem{Path: j.path, Text: "is not a regular file and was not read", Dropped: true}
		}
		return nil, nil
	}
	limit := s.o.MaxFileSize
	if limit <= 0 {
		limit = MaxFile
	}
	if isLock(j.path) {
		limit = MaxLock
	}
	if info.Size() > limit {
		return nil, &Problem{Path: j.path, Dropped: true,
			Text: fmt.Sprintf("has %d bytes, more than the limit of %d, and was not read (--max-file-size)", info.Size(), limit)}
	}
	f, err := s.root.Open(j.path)
	if err != nil {
		return nil, &Problem{Path: j.path, Text: "cannot be read: " + cause(err), Dropped: true}
	}
	defer f.Close()
	if path.Ext(j.path) == "" && !j.named && !knownName(j.path) {
		head := make([]byte, 256)
		n, _ := io.ReadFull(f, head)
		if shebang(head[:n]) == Undecided {
			return nil, nil
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, &Problem{Path: j.path, Text: "cannot be read: " + cause(err), Dropped: true}
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || int64(len(data)) > limit {
		return nil, &Problem{Path: j.path, Text: "cannot be read whole", Dropped: true}
	}
	if _, utf16 := looksUTF16(data); !utf16 && !bytes.HasPrefix(data, []byte("\xff\xfe")) && !bytes.HasPrefix(data, []byte("\xfe\xff")) &&
		bytes.IndexByte(data[:min(len(data), 8192)], 0) >= 0 {
		if j.named {
			return nil, &Problem{Path: j.path, Text: "is a binary file and was not read", Dropped: true}
		}
		return nil, nil
	}
	out := &File{Path: j.path, Data: data, Origin: Walked}
	if j.named {
		out.Origin = Named
	} else if minified(j.path, data) {
		return nil, nil
	}
	return out, nil
}

// cause is an error's own words without path and call.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// minified guesses that a script was made by a program for a browser: nobody
// reads it, and its names were in the sources.
func minified(p string, data []byte) bool {
	switch path.Ext(p) {
	case ".js", ".mjs", ".cjs", ".css", ".html":
	default:
		return false
	}
	longest, lines := 0, 1
	for i, start := 0, 0; i <= len(data); i++ {
		if i == len(data) || data[i] == '\n' {
			longest = max(longest, i-start)
			start = i + 1
			lines++
		}
	}
	return longest > 5000 && len(data)/lines > 500
}

func (s *paths) Read(p string) ([]byte, error) {
	if !fs.ValidPath(p) {
		return nil, fs.ErrNotExist
	}
	f, err := s.root.Open(filepath.FromSlash(p))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > MaxLock {
		return nil, fs.ErrInvalid
	}
	return io.ReadAll(io.LimitReader(f, MaxLock))
}

func (s *paths) Exists(p string) bool {
	if !fs.ValidPath(p) {
		return false
	}
	_, err := s.root.Stat(filepath.FromSlash(p))
	return err == nil
}

func (s *paths) List() []string { return s.list }

// memory is a source of texts at hand.
type memory struct {
	files map[string]*File
	list  []string
}

// Memory makes a source of the given files, by path.
func Memory(files map[string][]byte) Source {
	m := &memory{files: map[string]*File{}}
	dirs := map[string]bool{}
	for p, data := range files {
		m.files[p] = &File{Path: p, Data: data}
		m.list = append(m.list, p)
		for d := path.Dir(p); d != "." && d != "/" && !dirs[d]; d = path.Dir(d) {
			dirs[d] = true
			m.list = append(m.list, d+"/")
		}
	}
	slices.Sort(m.list)
	return m
}

// Stdin makes a source of one text. name is what the text would be called, lang
// its language; both may be empty. A text over MaxStdin is a problem.
func Stdin(data []byte, name string, lang Lang) Source {
	p := name
	if p == "" {
		p = "-"
	}
	p = strings.TrimPrefix(filepath.ToSlash(p), "./")
	return &memory{files: map[string]*File{p: {Path: p, Data: data, Lang: lang, Origin: FromStdin}}, list: []string{p}}
}

func (m *memory) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	var problems []Problem
	for _, p := range m.list {
		f, ok := m.files[p]
		if !ok || ctx.Err() != nil {
			continue
		}
		switch {
		case f.Origin == FromStdin && len(f.Data) > MaxStdin:
			problems = append(problems, Problem{Path: p, Text: "standard input has more than 10 MiB and was not read", Dropped: true})
		case f.Origin == FromStdin || Interesting(p) && (path.Ext(p) != "" || knownName(p) || shebang(f.Data) != Undecided):
			yield(f)
		}
	}
	return problems, nil
}

func (m *memory) Read(p string) ([]byte, error) {
	if f, ok := m.files[p]; ok {
		return f.Data, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memory) Exists(p string) bool {
	if _, ok := m.files[p]; ok {
		return true
	}
	_, found := slices.BinarySearch(m.list, p+"/")
	return found
}

func (m *memory) List() []string { return m.list }
