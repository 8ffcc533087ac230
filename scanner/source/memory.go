package source

import (
	"context"
	"errors"
	"figment/internal/disk"
	"figment/scanner/text"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// memory is a source of texts at hand.
type memory struct {
	rec   *Recognition
	files map[string]*File
	list  []string
}

// Memory makes a source of the given files, by slash-separated path. As on a
// disk, files that nothing reads are listed and not handed out. Without a
// Recognition those are all but documents.
func Memory(r *Recognition, files map[string][]byte) Source {
	if r == nil {
		r = Recognize(Rows{})
	}
	m := &memory{rec: r, files: make(map[string]*File, len(files))}
	for p, data := range files {
		m.add(&File{Path: p, Data: data})
	}
	slices.Sort(m.list)
	m.list = slices.Compact(m.list)
	return m
}

func (m *memory) add(f *File) {
	m.files[f.Path] = f
	m.list = append(m.list, f.Path)
	for d := path.Dir(f.Path); d != "." && d != "/"; d = path.Dir(d) {
		m.list = append(m.list, d+"/")
	}
}

// Stdin makes a source of one text. name is what its file would be called and
// label what it is; both may be empty, and then its content decides. What is
// longer than MaxStdin is cut off, with a problem.
func Stdin(r *Recognition, data []byte, name string, label Label) Source {
	m := &memory{rec: r, files: map[string]*File{}}
	m.add(&File{Path: stdinPath(name), Data: data, As: label.Name, Lang: label.Lang, Origin: FromStdin})
	slices.Sort(m.list)
	return m
}

// stdinPath makes a path relative to some root of the name of standard input.
func stdinPath(name string) string {
	name = filepath.ToSlash(strings.TrimPrefix(name, filepath.VolumeName(name)))
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "-"
	}
	return name
}

func (m *memory) Files(ctx context.Context, yield func(*File)) ([]Problem, error) {
	var problems []Problem
	for _, p := range m.list {
		f, ok := m.files[p]
		if !ok || f.Origin != FromStdin && !m.rec.Readable(f) {
			continue
		}
		if ctx.Err() != nil {
			return append(problems, stopped()), nil
		}
		if f.Origin == FromStdin && len(f.Data) > MaxStdin {
			problems = append(problems, Problem{Path: p, Why: TooLarge, Dropped: true,
				Text: fmt.Sprintf("has more than %s: the rest was not read", disk.Size(MaxStdin))})
			short := *f
			short.Data = cutAtLine(f.Data[:MaxStdin])
			f = &short
		}
		yield(f)
	}
	return problems, nil
}

// Readable reports whether a walk would read a file, by its name and first line.
func (r *Recognition) Readable(f *File) bool {
	kind, _ := r.classify(f.Path)
	return kind != NoFile && (kind != Sniffed || r.shebang(f.Data) != text.Undecided)
}

// cutAtLine drops the last line when it has no end.
func cutAtLine(data []byte) []byte {
	if i := strings.LastIndexAny(string(data[max(0, len(data)-headSize):]), "\r\n"); i >= 0 {
		return data[:max(0, len(data)-headSize)+i+1]
	}
	return data
}

// stopped is the problem of a scan that ended before everything was read.
func stopped() Problem {
	return Problem{Text: "the scan was stopped before every file was read", Dropped: true}
}

func (m *memory) Read(p string) ([]byte, error) {
	if f, ok := m.files[p]; ok {
		return f.Data, nil
	}
	return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
}

// Follow is a Follower's.
func (m *memory) Follow(_, to, as string) (*File, error) {
	f, ok := m.files[to]
	switch {
	case !ok:
		return nil, errors.New("there is nothing where it leads")
	case m.rec.Readable(f) && m.rec.sameReading(to, as):
		return nil, nil
	}
	return &File{Path: to, As: as, Data: f.Data}, nil
}

func (m *memory) Exists(p string) bool {
	if p == "." {
		return true
	}
	if _, ok := m.files[p]; ok {
		return true
	}
	_, found := slices.BinarySearch(m.list, strings.TrimSuffix(p, "/")+"/")
	return found
}

func (m *memory) List() []string { return m.list }
