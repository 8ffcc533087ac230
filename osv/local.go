package osv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
)

// MaxAge is how old local data may be before it is a problem worth a line.
const MaxAge = 7 * 24 * time.Hour

// Dir is where indexes are kept below figment's cache folder.
func Dir(cacheDir string) string { return filepath.Join(cacheDir, "osv") }

// ScannerDir is where osv-scanner keeps the archives it has downloaded; empty if
// the user has no such place. They are read and never written.
func ScannerDir(getenv func(string) string) string {
	base := getenv("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY")
	if base == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		base = dir
	}
	return filepath.Join(base, "osv-scanner")
}

func indexFile(dir string, e ecosystem.Ecosystem) string {
	return filepath.Join(dir, string(e)+".index")
}

// scannerIndex is the index made from osv-scanner's archive.
func scannerIndex(dir string, e ecosystem.Ecosystem) string {
	return filepath.Join(dir, "osv-scanner", string(e)+".index")
}

// LocalOptions of local answers.
type LocalOptions struct {
	// Dir holds the indexes; see Dir.
	Dir string
	// Scanner is osv-scanner's folder, used for ecosystems without an index of
	// our own; empty: it is not looked at. See ScannerDir.
	Scanner string
	// All answers with every advisory, not only malware records.
	All bool
}

// Local answers from indexes on disk. It opens no socket. Indexes are opened
// when the first package of their ecosystem is asked about. Safe for use from
// several goroutines.
type Local struct {
	o    LocalOptions
	mu   sync.Mutex
	open map[ecosystem.Ecosystem]*opened
}

// opened is an index, or why there is none.
type opened struct {
	index          *Index
	reason, detail string
}

// NewLocal makes a source. Nothing is opened yet.
func NewLocal(o LocalOptions) *Local {
	return &Local{o: o, open: map[ecosystem.Ecosystem]*opened{}}
}

// Close closes the indexes.
func (l *Local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var first error
	for _, o := range l.open {
		if o.index != nil {
			first = cmpErr(first, o.index.Close())
		}
	}
	clear(l.open)
	return first
}

// Ask implements Source. Where osv-scanner's archive serves, the first question
// about its ecosystem makes an index of it, which takes seconds.
func (l *Local) Ask(ctx context.Context, pkgs []ecosystem.Package, emit func(Answer)) {
	for _, p := range distinct(pkgs) {
		emit(l.answer(ctx, p))
	}
}

func (l *Local) answer(ctx context.Context, p ecosystem.Package) Answer {
	a := Answer{Package: p, Source: "local"}
	if why := refusal(p); why != "" {
		a.Reason, a.Detail = ReasonUnsupported, why
		return a
	}
	if ctx.Err() != nil {
		f := ended(ctx)
		a.Reason, a.Detail = f.reason, f.detail
		return a
	}
	o := l.index(ctx, p.Ecosystem)
	if o.index == nil {
		a.Reason, a.Detail = o.reason, o.detail
		return a
	}
	a.At = o.index.header.Date
	list, err := o.index.Lookup(p.Name, l.o.All)
	switch {
	case err != nil:
		a.Reason, a.Detail = ReasonBadIndex, "the local index of "+p.Ecosystem.Title()+" "+err.Error()
	case len(list) == 0:
		a.State = None
	default:
		a.State, a.Advisories = Found, list
	}
	return a
}

// index opens the ecosystem's index once. Trouble that ends with the run is not
// kept.
func (l *Local) index(ctx context.Context, e ecosystem.Ecosystem) *opened {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.open[e]; o != nil {
		return o
	}
	o := &opened{}
	x, err := OpenIndex(indexFile(l.o.Dir, e))
	if errors.Is(err, fs.ErrNotExist) {
		x, err = l.scanner(ctx, e)
	}
	switch {
	case err == nil && x.header.Ecosystem != e:
		x.Close()
		o.reason, o.detail = ReasonBadIndex, "the local index of "+e.Title()+" is of another ecosystem"
	case err == nil:
		o.index = x
	case ctx.Err() != nil:
		f := ended(ctx)
		return &opened{reason: f.reason, detail: f.detail}
	case errors.Is(err, fs.ErrNotExist):
		o.reason, o.detail = ReasonNoIndex, "there is no local index of "+e.Title()
	default:
		o.reason, o.detail = ReasonBadIndex, "the local index of "+e.Title()+" "+plainError(err)
	}
	l.open[e] = o
	return o
}

// scanner opens the index made from osv-scanner's archive, and makes it if the
// archive is another than then. Without an archive the error is ErrNotExist.
func (l *Local) scanner(ctx context.Context, e ecosystem.Ecosystem) (*Index, error) {
	if l.o.Scanner == "" || e.OSV() == "" {
		return nil, fs.ErrNotExist
	}
	archive := filepath.Join(l.o.Scanner, e.OSV(), "all.zip")
	info, err := os.Stat(archive)
	if err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	file := scannerIndex(l.o.Dir, e)
	if x, err := OpenIndex(file); err == nil {
		h := x.Header()
		if h.Ecosystem == e && h.Size == info.Size() && h.Mtime.Equal(info.ModTime()) {
			return x, nil
		}
		x.Close()
	}
	if _, err := buildFromFile(ctx, file, archive, Header{Ecosystem: e, Origin: "osv-scanner"}); err != nil {
		return nil, err
	}
	return OpenIndex(file)
}

// plainError is the cause of an error of the operating system without the path
// and the call around it.
func plainError(err error) string {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return "cannot be used: " + p.Err.Error()
	case errors.As(err, &l):
		return "cannot be used: " + l.Err.Error()
	}
	return err.Error()
}

// A Status says what there is of one ecosystem's index.
type Status struct {
	Ecosystem ecosystem.Ecosystem
	Present   bool
	File      string // where the index is, or would be
	Bytes     int64  // of the file
	Header    Header // zero if it is not present or not usable
	Trouble   string // why it cannot be used, in our own words; empty if it can
	// Unreadable names records that the index could not take, at most the first
	// thousand of Header.Unreadable.
	Unreadable []Unreadable
}

// Age is how old the data is; 0 without an index.
func (s *Status) Age(now time.Time) time.Duration {
	if s.Header.Date.IsZero() {
		return 0
	}
	return max(0, now.Sub(s.Header.Date))
}

// Status tells of the index that answers for e. verify reads all of it and
// compares its checksum.
func (l *Local) Status(ctx context.Context, e ecosystem.Ecosystem, verify bool) Status {
	s := Status{Ecosystem: e, File: indexFile(l.o.Dir, e)}
	o := l.index(ctx, e)
	if o.index == nil {
		s.Present = o.reason != ReasonNoIndex
		if s.Present {
			s.Trouble = o.detail
		}
		return s
	}
	s.Present, s.Header = true, o.index.Header()
	if s.Header.Origin == "osv-scanner" {
		s.File = scannerIndex(l.o.Dir, e)
	}
	s.Bytes = s.Header.Sections[3]
	list, err := o.index.Unreadable()
	s.Unreadable = list
	if err == nil && verify {
		err = o.index.Verify(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("was not read to its end: " + ended(ctx).detail)
		}
		s.Trouble = "the local index of " + e.Title() + " " + plainError(err)
	}
	return s
}

// Clear removes the indexes of the ecosystems, those made from osv-scanner's
// archives too, and what an update may have left half done. It reports how many
// files went.
func Clear(dir string, ecosystems []ecosystem.Ecosystem) (int, error) {
	n := 0
	remove := func(file string) error {
		switch err := os.Remove(file); {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return nil
	}
	for _, e := range ecosystems {
		if e.OSV() == "" {
			continue
		}
		for _, file := range []string{indexFile(dir, e), scannerIndex(dir, e)} {
			if err := remove(file); err != nil {
				return n, err
			}
		}
	}
	for _, sub := range []string{dir, filepath.Join(dir, "osv-scanner")} {
		entries, err := os.ReadDir(sub)
		if err != nil {
			continue // there is none
		}
		for _, d := range entries {
			if info, err := d.Info(); err == nil && strings.HasPrefix(d.Name(), ".tmp-") && d.Type().IsRegular() && time.Since(info.ModTime()) > time.Hour {
				os.Remove(filepath.Join(sub, d.Name())) // an update may be at work on a younger one
			}
		}
	}
	return n, nil
}
