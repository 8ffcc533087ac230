package osv

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/internal/web"
)

// OfficialData is where OSV publishes its data, https://google.github.io/osv.dev/data/.
const OfficialData = "https://storage.googleapis.com/osv-vulnerabilities"

const (
	maxList     = 256 << 20 // bytes that are read of modified_id.csv
	maxChanged  = 5000      // more changes than this, and the whole archive is read
	overlap     = 48 * time.Hour
	fullEvery   = 30 * 24 * time.Hour // deletions show only in the archive
	idleTimeout = time.Minute         // of a download that stands still
)

// BulkOptions say where data comes from and goes to.
type BulkOptions struct {
	// Base is the address of the tree, or a folder that holds one; empty:
	// OfficialData. In it are <ecosystem>/all.zip, <ecosystem>/modified_id.csv and
	// <ecosystem>/<id>.json, with OSV's words for ecosystems.
	Base string
	// Dir holds the indexes.
	Dir string
	// Full reads the whole archive even where the changes would do.
	Full bool
	// Clock, Transport, Timeout, UserAgent and OnRequest are as in Options. The
	// timeout is not for the archive, which may take its time as long as it moves.
	Clock     Clock
	Transport http.RoundTripper
	Timeout   time.Duration
	UserAgent string
	OnRequest func(Look)
}

// Bulk keeps local indexes up to date.
type Bulk struct {
	o    BulkOptions
	dir  string // the tree as a folder; empty: send
	send *service
}

// NewBulk checks the options. Nothing is read yet. The error says what is wrong
// with Base, without showing it.
func NewBulk(o BulkOptions) (*Bulk, error) {
	b := &Bulk{o: o}
	text := strings.TrimSpace(o.Base)
	if text == "" {
		text = OfficialData
	}
	if !strings.Contains(text, "://") {
		info, err := os.Stat(text)
		switch {
		case err != nil:
			return nil, errors.New("the source of OSV's data is neither a web address nor a folder")
		case !info.IsDir():
			return nil, errors.New("the source of OSV's data is a file, not a folder")
		}
		b.dir = text
		return b, nil
	}
	base, user, err := parseBase(text)
	if err != nil {
		return nil, fmt.Errorf("the address of OSV's data %w", err)
	}
	b.send = newService(base, user, web.Options{Transport: o.Transport, Clock: o.Clock, Timeout: o.Timeout, UserAgent: o.UserAgent}, o.OnRequest)
	return b, nil
}

// An Update says what was done.
type Update struct {
	Header  Header
	Full    bool // the whole archive was read
	Changed int  // records that came new, unless Full
}

// Update brings the index of e up to date: with the records that changed since,
// or, if there is no usable index, with the whole archive. With an error the
// index is as it was.
func (b *Bulk) Update(ctx context.Context, e ecosystem.Ecosystem) (Update, error) {
	if e.OSV() == "" {
		return Update{}, fmt.Errorf("OSV has no advisories for %s", e.Title())
	}
	file := indexFile(b.o.Dir, e)
	old, err := OpenIndex(file)
	if err != nil || b.dir != "" || b.o.Full {
		if err == nil {
			old.Close()
		}
		return b.full(ctx, e, file)
	}
	defer old.Close()
	u, again, err := b.incremental(ctx, e, file, old)
	if again {
		return b.full(ctx, e, file)
	}
	return u, err
}

// full reads the whole archive.
func (b *Bulk) full(ctx context.Context, e ecosystem.Ecosystem, file string) (Update, error) {
	h := Header{Ecosystem: e, Origin: "bulk"}
	if b.dir != "" {
		h.Origin = "file"
		h, err := buildFromFile(ctx, file, filepath.Join(b.dir, e.OSV(), "all.zip"), h)
		return Update{Header: h, Full: true}, err
	}
	if err := os.MkdirAll(b.o.Dir, 0o700); err != nil {
		return Update{}, err
	}
	tmp, err := os.CreateTemp(b.o.Dir, ".tmp-*")
	if err != nil {
		return Update{}, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	h.Date = b.o.Clock.Time().Truncate(time.Second)
	h.Full = h.Date
	size, f := b.download(ctx, treePath(e, "all.zip"), tmp)
	if f != nil {
		return Update{}, notHad(f)
	}
	h, err = BuildIndex(ctx, file, tmp, size, h)
	return Update{Header: h, Full: true}, err
}

// notHad is a fault as an error.
func notHad(f *fault) error { return fmt.Errorf("OSV's data could not be had: %w", f) }

func treePath(e ecosystem.Ecosystem, name string) string {
	return "/" + url.PathEscape(e.OSV()) + "/" + url.PathEscape(name)
}

// download writes an answer to a file as long as it keeps coming.
func (b *Bulk) download(ctx context.Context, path string, to *os.File) (size int64, f *fault) {
	f = b.send.ask(ctx, call{method: http.MethodGet, path: path, max: maxArchive, idle: idleTimeout}, func(r *web.Response) error {
		if _, err := to.Seek(0, io.SeekStart); err != nil {
			return &fault{reason: ReasonTooLarge, detail: "its answer could not be stored"}
		}
		var err error
		w := &target{w: to}
		size, err = io.Copy(w, r.Body)
		switch {
		case w.err != nil:
			return &fault{reason: ReasonTooLarge, detail: "its answer could not be stored"}
		case errors.Is(err, web.ErrTooLarge):
			return &fault{reason: ReasonTooLarge, detail: "its archive is larger than 4 GiB"}
		case err != nil:
			return web.Explain(err)
		}
		return nil
	})
	return size, f
}

// target tells a full disk from a broken connection.
type target struct {
	w   io.Writer
	err error
}

func (t *target) Write(p []byte) (n int, err error) {
	n, t.err = t.w.Write(p)
	return n, t.err
}

// A change is a line of modified_id.csv.
type change struct {
	id string
	at time.Time
}

// incremental reads what has changed. again says that the whole archive is to be
// read instead.
func (b *Bulk) incremental(ctx context.Context, e ecosystem.Ecosystem, file string, old *Index) (u Update, again bool, err error) {
	h := old.Header()
	now := b.o.Clock.Time().Truncate(time.Second)
	if h.Origin != "bulk" || h.Newest.IsZero() || now.Sub(h.Full) > fullEvery || now.Before(h.Full) {
		return u, true, nil
	}
	changes, complete, f := b.changes(ctx, e, h.Newest.Add(-overlap))
	if f != nil {
		return u, false, notHad(f)
	}
	if !complete {
		return u, true, nil
	}
	have := make(map[string]time.Time, h.Records)
	if err := old.frames(ctx, func(a *Advisory) error { have[a.ID] = a.Modified; return nil }); err != nil {
		if ctx.Err() != nil {
			return u, false, notHad(ended(ctx))
		}
		return u, true, nil // damaged
	}
	var ask []string
	changed := map[string]bool{}
	for _, c := range changes {
		at, ok := have[c.id]
		if (!ok || at.Before(c.at.Truncate(time.Second))) && !changed[c.id] {
			changed[c.id] = true
			ask = append(ask, c.id)
		}
	}
	if len(ask) > maxChanged {
		return u, true, nil
	}
	fresh, unread, f := b.records(ctx, e, ask)
	if f != nil {
		return u, false, notHad(f)
	}
	header, err := patch(ctx, file, old, changed, fresh, unread, now)
	if errors.Is(err, errDamaged) {
		return u, true, nil
	}
	return Update{Header: header, Changed: len(fresh)}, false, err
}

// changes reads the list of changes, newest first, until since. complete is
// false if it cannot be relied on.
func (b *Bulk) changes(ctx context.Context, e ecosystem.Ecosystem, since time.Time) (out []change, complete bool, f *fault) {
	f = b.send.ask(ctx, call{method: http.MethodGet, path: treePath(e, "modified_id.csv"), max: maxList, idle: idleTimeout}, func(r *web.Response) error {
		out, complete = nil, true
		s := bufio.NewScanner(r.Body)
		lines := 0
		for s.Scan() {
			lines++
			c, ok := parseChange(s.Bytes())
			if !ok {
				complete = false
				return nil
			}
			if c.at.Before(since) {
				return nil
			}
			if out = append(out, c); len(out) > 4*maxChanged {
				complete = false
				return nil
			}
		}
		if err := s.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) && !errors.Is(err, web.ErrTooLarge) {
			return web.Explain(err)
		}
		complete = s.Err() == nil && lines > 0
		return nil
	})
	return out, complete, f
}

// parseChange reads "time,id".
func parseChange(line []byte) (c change, ok bool) {
	at, id, found := bytes.Cut(bytes.TrimSpace(line), []byte(","))
	if !found || !validID(string(id)) {
		return c, false
	}
	t, err := time.Parse(time.RFC3339, string(at))
	return change{string(id), t.UTC()}, err == nil
}

// records reads records one by one, several at once. One that is not there or
// cannot be read is named; trouble of the server is a fault.
func (b *Bulk) records(ctx context.Context, e ecosystem.Ecosystem, ids []string) (out []Advisory, unread []Unreadable, f *fault) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := 0
	for range min(recordsOnce, len(ids)) {
		wg.Go(func() {
			for {
				mu.Lock()
				if next == len(ids) || f != nil {
					mu.Unlock()
					return
				}
				id := ids[next]
				next++
				mu.Unlock()
				data, trouble := b.send.do(ctx, call{method: http.MethodGet, path: treePath(e, id+".json"), max: maxRecord})
				var a Advisory
				var why string
				switch {
				case trouble == nil:
					var err error
					if a, err = ParseAdvisory(data); err != nil {
						why = err.Error()
					} else if a.ID != id {
						why = "has another id than its file"
					}
				case trouble.status == http.StatusNotFound:
					why = "is in the list of changes, but not there"
				case trouble.reason == ReasonTooLarge:
					why = "is larger than 16 MiB"
				}
				mu.Lock()
				switch {
				case why != "":
					unread = append(unread, Unreadable{id, why})
				case trouble == nil:
					out = append(out, a)
				case f == nil:
					f = trouble
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(out, func(a, b Advisory) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(unread, func(a, b Unreadable) int { return strings.Compare(a.Name, b.Name) })
	return out, unread, f
}
