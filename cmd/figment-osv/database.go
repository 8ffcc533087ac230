//go:build osv

package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ossf/osv-schema/bindings/go/osvschema"
	"google.golang.org/protobuf/encoding/protojson"

	"figment/internal/deep"
)

// maxRecord is the size of the largest record that is read; the largest real
// ones have some 2 MB.
const maxRecord = 32 << 20

// An overlay is a directory of databases in the layout that osv-scanner reads,
// {dir}/osv-scalibr/{Ecosystem}/all.zip. It is needed because osv-scanner ends
// its matching at the first ecosystem without a database, makes directories
// where it looks for them, and drops records that it cannot parse.
type overlay struct {
	dir       string
	usable    map[string]bool // by OSV's word
	databases []deep.Database
}

// overlay makes one for the ecosystems that were found. Those without a package
// to be matched get an empty archive.
func (r *run) overlay(ecosystems map[string]bool) overlay {
	o := overlay{dir: r.tmp, usable: map[string]bool{}}
	for _, e := range slices.Sorted(maps.Keys(ecosystems)) {
		dir := filepath.Join(o.dir, "osv-scalibr", e)
		if !filepath.IsLocal(e) {
			continue
		}
		if !ecosystems[e] {
			if err := writeZip(filepath.Join(dir, "all.zip"), nil, nil); err != nil {
				r.log.add(deep.Problem{Text: "cannot write: " + err.Error()})
			}
			continue
		}
		db, err := r.database(e, dir)
		if err != nil {
			r.log.add(deep.Problem{Text: err.Error()})
			if err := writeZip(filepath.Join(dir, "all.zip"), nil, nil); err != nil {
				r.log.add(deep.Problem{Text: "cannot write: " + err.Error()})
			}
			continue
		}
		o.usable[e] = true
		o.databases = append(o.databases, db)
	}
	return o
}

// database puts the archive of one ecosystem into dir, mended if need be, after
// counting what osv-scanner can read of it.
func (r *run) database(ecosystem, dir string) (deep.Database, error) {
	file, modified, err := findArchive(r.q.LocalDB, ecosystem)
	if err != nil {
		return deep.Database{}, err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return deep.Database{}, fmt.Errorf("the advisory database of %s cannot be read", ecosystem)
	}
	defer z.Close()
	c := check(z.File)
	db := deep.Database{
		Ecosystem: ecosystem, Records: c.records, Lenient: len(c.mended), Unread: len(c.unread), Modified: modified.UTC().Truncate(time.Second),
	}
	if n := len(c.unread); n > 0 {
		names := c.unread[:min(n, 5)]
		more := ""
		if n > len(names) {
			more = ", …"
		}
		r.log.add(deep.Problem{Text: fmt.Sprintf("%d of %d advisories of %s cannot be read: %s%s", n, c.records, ecosystem, strings.Join(names, ", "), more)})
	}
	target := filepath.Join(dir, "all.zip")
	if len(c.mended) > 0 || len(c.unread) > 0 {
		return db, writeZip(target, z.File, c.replaced)
	}
	return db, link(file, target)
}

// findArchive looks for the newest archive of an ecosystem under local, in the
// layouts of osv-scanner's versions and in a plain one.
func findArchive(local, ecosystem string) (file string, modified time.Time, err error) {
	if local != "" {
		for _, layout := range []string{"osv-scalibr", "osv-scanner", ""} {
			f := filepath.Join(local, layout, ecosystem, "all.zip")
			info, err := os.Stat(f)
			if err == nil && info.Mode().IsRegular() && (file == "" || info.ModTime().After(modified)) {
				file, modified = f, info.ModTime()
			}
		}
	}
	if file == "" {
		return "", time.Time{}, fmt.Errorf("no local advisory database of %s", ecosystem)
	}
	return file, modified, nil
}

// A checked archive: what osv-scanner would read as it is, what it can read when
// mended, and what nobody can.
type checked struct {
	records  int
	mended   map[string][]byte // by the name in the archive: the record without what osv-scanner does not know
	unread   []string          // names in the archive, sorted
	replaced map[string][]byte // mended, and nil for what is to be left out
}

// check reads every record the way osv-scanner does, which is strictly: a member
// or an enumerated value that is newer than the program makes it drop the record
// without a word.
func check(files []*zip.File) checked {
	c := checked{mended: map[string][]byte{}, replaced: map[string][]byte{}}
	jobs := make(chan *zip.File)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range jobs {
				mended, err := record(f)
				if err == nil && mended == nil {
					continue
				}
				mu.Lock()
				if err != nil {
					c.unread = append(c.unread, f.Name)
				} else {
					c.mended[f.Name] = mended
				}
				c.replaced[f.Name] = mended
				mu.Unlock()
			}
		})
	}
	for _, f := range files {
		if isRecord(f) {
			c.records++
			jobs <- f
		}
	}
	close(jobs)
	wg.Wait()
	slices.Sort(c.unread)
	return c
}

func isRecord(f *zip.File) bool { return strings.HasSuffix(f.Name, ".json") }

// record gives nil for a record that is fine, and its mended text for one that
// can be read with what is unknown left out.
func record(f *zip.File) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	text, err := io.ReadAll(io.LimitReader(rc, maxRecord+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxRecord {
		return nil, errors.New("too large")
	}
	return mend(text)
}

// mend gives nil for a record that osv-scanner can read, else one that it can.
func mend(text []byte) ([]byte, error) {
	v := &osvschema.Vulnerability{}
	if protojson.Unmarshal(text, v) == nil {
		if v.GetId() == "" {
			return nil, errors.New("no id")
		}
		return nil, nil
	}
	v.Reset()
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, v); err != nil {
		return nil, err
	}
	if v.GetId() == "" {
		return nil, errors.New("no id")
	}
	return protojson.Marshal(v)
}

// writeZip writes the records of files, those in replaced with their new text or,
// if that is nil, not at all.
func writeZip(target string, files []*zip.File, replaced map[string][]byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := zip.NewWriter(out)
	for _, f := range files {
		text, other := replaced[f.Name]
		switch {
		case !isRecord(f), other && text == nil:
		case !other:
			if err := w.Copy(f); err != nil {
				return err
			}
		default:
			part, err := w.Create(f.Name)
			if err != nil {
				return err
			}
			if _, err := part.Write(text); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// link puts file at target without copying it where the system can.
func link(file, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if os.Symlink(abs, target) == nil || os.Link(abs, target) == nil {
		return nil
	}
	in, err := os.Open(abs)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
