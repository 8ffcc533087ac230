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
	"errors"
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

// ErrRelative refuses a folder that depends on where figment is started: in a
// repository it would be one that the repository has filled.
var ErrRelative = errors.New("the folder for answers is a relative path: set FIGMENT_CACHE_DIR to an absolute one")

// Dir is where answers are kept: FIGMENT_CACHE_DIR, or figment/v1 below the
// user's cache directory. A relative path is ErrRelative.
func Dir(getenv func(string) string) (string, error) {
	dir := getenv("FIGMENT_CACHE_DIR")
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(base, "figment", "v1")
	}
	if !filepath.IsAbs(dir) {
		return "", ErrRelative
	}
	return filepath.Clean(dir), nil
}

// files keeps an entry a file: <ecosystem>/<2 hex>/<62 hex>.
type files struct {
	dir string
	o   FileOptions
	key struct {
		once sync.Once
		b    []byte
	}
	// swept are the folders that were looked through for temporary files of
	// processes that were killed.
	swept sync.Map
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

// Get implements Store. It returns when ctx ends, also where the file system
// does not answer (a network mount): what is not read by then is a miss.
func (f *files) Get(ctx context.Context, keys []Key) []Entry {
	if ctx.Err() != nil {
		return nil
	}
	done := make(chan []Entry, 1)
	go func() {
		var out []Entry
		now := f.o.Now()
		for _, k := range keys {
			if ctx.Err() != nil {
				break
			}
			data, err := f.read(f.path(k))
			if err != nil {
				continue
			}
			if e, ok := decode(k, data, now); ok {
				out = append(out, e)
			}
		}
		done <- out
	}()
	select {
	case out := <-done:
		return out
	case <-ctx.Done():
		return nil
	}
}

// decode reads an entry as it stands in its file, and reports whether it is one
// for the key that may be used now. What a packed entry unpacks to is bounded.
func decode(k Key, data []byte, now time.Time) (Entry, bool) {
	if len(data) > 4*maxEntry {
		return Entry{}, false
	}
	if len(data) >= 2 && string(data[:2]) == "\x1f\x8b" {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return Entry{}, false
		}
		if data, err = io.ReadAll(io.LimitReader(r, 4*maxEntry)); err != nil {
			return Entry{}, false // cut off, or its checksum does not fit
		}
	}
	var d onDisk
	if json.Unmarshal(data, &d) != nil || d.Ecosystem != k.Ecosystem || d.ID != k.ID || len(d.Value) > maxEntry {
		return Entry{}, false
	}
	e := Entry{Key: k, Value: d.Value, Stored: d.Stored, Expires: d.Expires, KeepUntil: d.KeepUntil}
	return e, !e.Stored.After(now.Add(futureSlack)) && !e.dead(now)
}

// lateWrite is how long a write may go on after the run has ended, so that what
// was learnt last is not lost.
const lateWrite = time.Second

// Put implements Store. Where the file system does not answer it returns soon
// after ctx has ended.
func (f *files) Put(ctx context.Context, entries ...Entry) {
	done := make(chan struct{})
	go func() {
		defer close(done)
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
			path := f.path(e.Key)
			write(path, data)
			f.sweep(filepath.Dir(path))
		}
	}()
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	late := time.NewTimer(lateWrite)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
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

// read is a file, or enough of it to see that it is too large. What is not a
// plain file is refused without waiting for it, and so is the file of somebody
// who could not have made the folder: it would be a stranger's word on what
// exists.
func (f *files) read(path string) ([]byte, error) {
	r, err := open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > 4*maxEntry {
		return nil, fs.ErrInvalid
	}
	if uid, known := owner(info); known && uid != 0 && uid != os.Geteuid() {
		base, err := os.Stat(f.dir)
		if err != nil {
			return nil, err
		}
		if of, _ := owner(base); of != uid {
			return nil, fs.ErrPermission
		}
	}
	return io.ReadAll(io.LimitReader(r, 4*maxEntry+1))
}

// write puts a file in place whole. What cannot be written is lost, which costs
// a question in the next run.
func write(path string, data []byte) { place(path, data, os.Rename) }

// temporary begins the names of files that are being written. A process that is
// killed leaves them.
const (
	temporary    = ".tmp-"
	temporaryFor = time.Hour // after which nobody is writing it any more
	maxSweep     = 256       // names of a folder that are looked at
)

// sweep removes the temporary files of a folder that a process left, once in
// the life of the store.
func (f *files) sweep(dir string) {
	if _, had := f.swept.LoadOrStore(dir, true); had {
		return
	}
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	list, _ := d.ReadDir(maxSweep) // what came of it must do
	for _, e := range list {
		f.left(filepath.Join(dir, e.Name()), e)
	}
}

// left removes a temporary file that a process left, and reports whether it did.
func (f *files) left(path string, d fs.DirEntry) bool {
	if !strings.HasPrefix(d.Name(), temporary) || !f.owns(path) {
		return false
	}
	info, err := d.Info()
	if err != nil || f.o.Now().Sub(info.ModTime()) < temporaryFor {
		return false
	}
	return os.Remove(path) == nil
}

// place writes a file beside its place and lets put move it there.
func place(path string, data []byte, put func(tmp, path string) error) {
	dir := filepath.Dir(path)
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(dir, temporary+"*") // made with mode 0600
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
			b, err := f.read(name)
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
	if len(parts) != 3 || len(parts[1]) != 2 || strings.Trim(parts[1], hexDigits) != "" {
		return false
	}
	return strings.HasPrefix(parts[2], temporary) || len(parts[2]) == 62 && strings.Trim(parts[2], hexDigits) == ""
}

const hexDigits = "0123456789abcdef"

// foreign reports whether a folder can hold no entry of ours, however deep.
func (f *files) foreign(p string) bool {
	rel, err := filepath.Rel(f.dir, p)
	if err != nil {
		return true
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	return len(parts) > 2 || len(parts) == 2 && (len(parts[1]) != 2 || strings.Trim(parts[1], hexDigits) != "")
}

// trim removes what processes left, and the oldest files until four fifths of
// the limit are left.
func (f *files) trim() {
	type file struct {
		path string
		size int64
		at   time.Time
	}
	var all []file
	var total int64
	filepath.WalkDir(f.dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir():
			if f.foreign(p) {
				return fs.SkipDir
			}
			return nil
		case !f.owns(p) || f.left(p, d):
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
