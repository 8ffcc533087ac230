package cache

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// FileOptions of a store of files. The zero value is right for everybody.
type FileOptions struct {
	Now      func() time.Time // nil: time.Now
	MaxBytes int64            // trimmed to four fifths of it, at most daily; 0: 100 MB
}

const (
	maxEntry      = 256 << 10 // larger values are not kept
	compressAbove = 4 << 10
	futureSlack   = 5 * time.Minute
	trimEvery     = 24 * time.Hour
)

// Dir is where answers are kept: FIGMENT_CACHE_DIR, or figment/v1 below the
// user's cache directory.
func Dir(getenv func(string) string) (string, error) {
	if dir := getenv("FIGMENT_CACHE_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "figment", "v1"), nil
}

// files keeps an entry a file: <ecosystem>/<2 hex>/<62 hex>.
type files struct {
	dir string
	o   FileOptions
	key struct {
		once sync.Once
		b    []byte
	}
}

// Files makes a store below dir, which is made when it is first written to.
func Files(dir string, o FileOptions) Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 100 << 20
	}
	return &files{dir: filepath.Clean(dir), o: o}
}

// onDisk is the form of an entry in its file.
type onDisk struct {
	Ecosystem string    `json:"ecosystem"`
	ID        string    `json:"id"`
	Stored    time.Time `json:"stored"`
	Expires   time.Time `json:"expires"`
	KeepUntil time.Time `json:"keep_until"`
	Value     []byte    `json:"value"`
}

func (f *files) path(k Key) string {
	sum := sha256.Sum256([]byte(k.Ecosystem + "\x00" + k.ID))
	h := hex.EncodeToString(sum[:])
	eco := k.Ecosystem
	if eco == "" || strings.ContainsAny(eco, `/\.`) {
		eco = "other"
	}
	return filepath.Join(f.dir, eco, h[:2], h[2:])
}

func (f *files) Get(ctx context.Context, keys []Key) []Entry {
	var out []Entry
	now := f.o.Now()
	for _, k := range keys {
		if ctx.Err() != nil {
			break
		}
		data, err := read(f.path(k))
		if err != nil || len(data) > 4*maxEntry {
			continue
		}
		if len(data) >= 2 && string(data[:2]) == "\x1f\x8b" {
			r, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				continue
			}
			if data, err = io.ReadAll(io.LimitReader(r, 4*maxEntry)); err != nil {
				continue // cut off, or its checksum does not fit
			}
		}
		var d onDisk
		if json.Unmarshal(data, &d) != nil || d.Ecosystem != k.Ecosystem || d.ID != k.ID || len(d.Value) > maxEntry {
			continue
		}
		e := Entry{Key: k, Value: d.Value, Stored: d.Stored, Expires: d.Expires, KeepUntil: d.KeepUntil}
		if e.Stored.After(now.Add(futureSlack)) || e.dead(now) {
			continue
		}
		out = append(out, e)
	}
	return out
}

func (f *files) Put(ctx context.Context, entries ...Entry) {
	for _, e := range entries {
		if len(e.Value) > maxEntry {
			continue
		}
		data, err := json.Marshal(onDisk{e.Key.Ecosystem, e.Key.ID, e.Stored, e.Expires, e.KeepUntil, e.Value})
		if err != nil {
			continue
		}
		if len(data) > compressAbove {
			data = pack(data)
		}
		write(f.path(e.Key), data)
	}
}

// pack compresses. gzip is in the program already, for the network; a better
// compressor would be a third of a megabyte more.
func pack(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is a valid one
	w.Write(data)                                   // a Buffer takes everything
	w.Close()
	return b.Bytes()
}

// read is a file, or enough of it to see that it is too large.
func read(path string) ([]byte, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, 4*maxEntry+1))
}

// write puts a file in place whole. What cannot be written is lost, which costs
// a question in the next run.
func write(path string, data []byte) { place(path, data, os.Rename) }

// place writes a file beside its place and lets put move it there.
func place(path string, data []byte, put func(tmp, path string) error) {
	dir := filepath.Dir(path)
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(dir, ".tmp-*") // made with mode 0600
	if err != nil {
		return
	}
	_, err = tmp.Write(data)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = put(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
}

// Identity is a keyed digest of a credential: it tells answers got with one
// from others without helping anybody to guess it. The key is made at first use
// and stays in the cache's folder.
func (f *files) Identity(secret string) string {
	f.key.once.Do(func() {
		name := filepath.Join(f.dir, "identity.key")
		have := func() bool {
			b, err := read(name)
			if err == nil && len(b) == 32 {
				f.key.b = b
			}
			return err == nil && len(b) == 32
		}
		if have() {
			return
		}
		f.key.b = make([]byte, 32)
		rand.Read(f.key.b)
		// Of processes that start together one makes the key: a link, unlike a
		// rename, does not replace what another has put there.
		place(name, f.key.b, func(tmp, path string) error {
			if os.Link(tmp, path) == nil {
				return os.Remove(tmp)
			}
			if have() {
				return fs.ErrExist
			}
			return os.Rename(tmp, path) // no links here, or a broken key
		})
	})
	mac := hmac.New(sha256.New, f.key.b)
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Close trims the folder when that is due.
func (f *files) Close() error {
	stamp := filepath.Join(f.dir, "trimmed")
	now := f.o.Now()
	if info, err := os.Stat(stamp); err == nil {
		if age := now.Sub(info.ModTime()); age > -futureSlack && age < trimEvery {
			return nil
		}
	}
	if _, err := os.Stat(f.dir); err != nil {
		return nil
	}
	write(stamp, []byte(now.UTC().Format(time.RFC3339)+"\n"))
	f.trim()
	return nil
}

// owns reports whether a file is an entry, or the beginning of one. Others are
// not touched: FIGMENT_CACHE_DIR may name a folder that holds more.
func (f *files) owns(p string) bool {
	rel, err := filepath.Rel(f.dir, p)
	if err != nil {
		return false
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	if len(parts) != 3 || len(parts[1]) != 2 || strings.Trim(parts[1], "0123456789abcdef") != "" {
		return false
	}
	return strings.HasPrefix(parts[2], ".tmp-") || len(parts[2]) == 62 && strings.Trim(parts[2], "0123456789abcdef") == ""
}

// trim removes the oldest files until four fifths of the limit are left.
func (f *files) trim() {
	type file struct {
		path string
		size int64
		at   time.Time
	}
	var all []file
	var total int64
	filepath.WalkDir(f.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !f.owns(p) {
			return nil
		}
		if info, err := d.Info(); err == nil {
			all = append(all, file{p, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	if total <= f.o.MaxBytes {
		return
	}
	slices.SortFunc(all, func(a, b file) int { return a.at.Compare(b.at) })
	for _, x := range all {
		if total <= f.o.MaxBytes*4/5 {
			return
		}
		if os.Remove(x.path) == nil {
			total -= x.size
		}
	}
}

// memory keeps entries for one run.
type memory struct {
	now func() time.Time
	mu  sync.Mutex
	m   map[Key]Entry
}

// Memory makes a store that ends with the process.
func Memory() Store { return MemoryAt(time.Now) }

// MemoryAt is Memory by another clock.
func MemoryAt(now func() time.Time) Store { return &memory{now: now, m: map[Key]Entry{}} }

func (m *memory) Get(_ context.Context, keys []Key) []Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Entry
	now := m.now()
	for _, k := range keys {
		e, ok := m.m[k]
		switch {
		case !ok:
		case e.dead(now):
			delete(m.m, k)
		case !e.Stored.After(now.Add(futureSlack)):
			out = append(out, e)
		}
	}
	return out
}

func (m *memory) Put(_ context.Context, entries ...Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		m.m[e.Key] = e
	}
}

func (m *memory) Close() error { return nil }

// Identity tells credentials apart within the run.
func (m *memory) Identity(secret string) string {
	sum := sha256.Sum256([]byte("memory\x00" + secret))
	return hex.EncodeToString(sum[:16])
}
