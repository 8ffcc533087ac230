package cache

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var ctx = context.Background()

func entry(id, value string, now time.Time) Entry {
	return Entry{Key: Key{"npm", id}, Value: []byte(value), Stored: now, Expires: now.Add(time.Hour), KeepUntil: now.Add(24 * time.Hour)}
}

func TestStores(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	for name, s := range map[string]Store{"memory": Memory(), "files": Files(t.TempDir(), FileOptions{})} {
		big := strings.Repeat("abcdefgh", 4000)
		s.Put(ctx, entry("a", "1", now), entry("b", big, now))
		got := s.Get(ctx, []Key{{"npm", "a"}, {"npm", "b"}, {"npm", "c"}, {"pypi", "a"}})
		if len(got) != 2 {
			t.Fatalf("%s: %d entries", name, len(got))
		}
		for _, e := range got {
			want := map[string]string{"a": "1", "b": big}[e.Key.ID]
			if string(e.Value) != want || !e.Expires.Equal(now.Add(time.Hour)) || !e.KeepUntil.Equal(now.Add(24*time.Hour)) {
				t.Errorf("%s: %s came back different", name, e.Key.ID)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestFiles: one entry is one file, of the user alone, packed if it is worth it.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	now := time.Now()
	s := Files(dir, FileOptions{})
	if got := s.Get(ctx, []Key{{"npm", "a"}}); len(got) != 0 || s.Close() != nil {
		t.Error("an empty store has entries, or cannot be closed")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made before anything was written")
	}
	f := s.(*files)
	for _, c := range []struct {
		size   int
		packed bool
	}{{0, false}, {100, false}, {2 << 10, false}, {4<<10 + 1, true}, {100 << 10, true}, {maxEntry, true}} {
		id := fmt.Sprint(c.size)
		value := strings.Repeat("v", c.size)
		s.Put(ctx, entry(id, value, now))
		data, err := os.ReadFile(f.path(Key{"npm", id}))
		if err != nil {
			t.Fatal(err)
		}
		if packed := bytes.HasPrefix(data, []byte("\x1f\x8b")); packed != c.packed {
			t.Errorf("%d bytes: packed %v", c.size, packed)
		}
		if got := s.Get(ctx, []Key{{"npm", id}}); len(got) != 1 || string(got[0].Value) != value {
			t.Errorf("%d bytes came back different", c.size)
		}
	}
	noise := make([]byte, maxEntry) // what cannot be packed is kept all the same
	rand.Read(noise)
	s.Put(ctx, entry("noise", string(noise), now), entry("huge", strings.Repeat("x", maxEntry+1), now))
	if got := s.Get(ctx, []Key{{"npm", "noise"}, {"npm", "huge"}}); len(got) != 1 || !bytes.Equal(got[0].Value, noise) {
		t.Errorf("%d entries at the limit", len(got))
	}
	s.Put(ctx, entry("a", "1", now))
	s.Put(ctx, entry("a", "2", now))
	if got := s.Get(ctx, []Key{{"npm", "a"}}); len(got) != 1 || string(got[0].Value) != "2" {
		t.Errorf("a second Put: %v", got)
	}
	// Keys cannot lead out of the folder.
	for _, eco := range []string{"", "..", "../../x", `a\b`, "/etc"} {
		e := entry("a", eco, now)
		e.Key.Ecosystem = eco
		s.Put(ctx, e)
		if got := s.Get(ctx, []Key{e.Key}); len(got) != 1 || string(got[0].Value) != eco {
			t.Errorf("ecosystem %q: %v", eco, got)
		}
		if rel, err := filepath.Rel(dir, f.path(e.Key)); err != nil || strings.HasPrefix(rel, "..") {
			t.Errorf("ecosystem %q is kept in %s", eco, rel)
		}
	}
	f.Identity("x")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		info, err := d.Info()
		if err != nil {
			t.Fatal(err)
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", p, info.Mode())
		}
		if strings.HasPrefix(d.Name(), ".tmp-") {
			t.Errorf("%s was left", p)
		}
		return nil
	})
	done, cancel := context.WithCancel(ctx)
	cancel()
	if got := s.Get(done, []Key{{"npm", "a"}}); len(got) != 0 {
		t.Error("an entry was read after the end")
	}
}

// TestBadFiles: what is not an entry for the key is a miss, and is replaced by
// the next Put.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	s := Files(dir, FileOptions{Now: func() time.Time { return now }})
	key := Key{"npm", "a"}
	path := s.(*files).path(key)
	s.Put(ctx, entry("a", "1", now))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Put(ctx, entry("a", strings.Repeat("abc", 10_000), now))
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	long, err := json.Marshal(onDisk{"npm", "a", now, now.Add(time.Hour), now.Add(time.Hour), make([]byte, maxEntry+1)})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "garbage": []byte("\x00\x01"), "cut": whole[:len(whole)/2], "other JSON": []byte("[]"), "null": []byte("null"), "no fields": []byte("{}"),
		"other name":      bytes.Replace(whole, []byte(`"a"`), []byte(`"z"`), 1),
		"other ecosystem": bytes.Replace(whole, []byte(`"npm"`), []byte(`"pypi"`), 1),
		"no gzip":         []byte("\x1f\x8bnope"),
		"cut gzip":        packed[:len(packed)-8],
		"broken gzip":     append(bytes.Clone(packed[:len(packed)-1]), packed[len(packed)-1]^0xff),
		"bomb":            pack(make([]byte, 64<<20)),
		"large":           append(bytes.Clone(whole), bytes.Repeat([]byte(" "), 5*maxEntry)...),
		"over the limit":  pack(long),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.Get(ctx, []Key{key}); len(got) != 0 {
			t.Errorf("%s: an entry was read", name)
		}
		s.Put(ctx, entry("a", "1", now))
		if got := s.Get(ctx, []Key{key}); len(got) != 1 {
			t.Errorf("%s: it was not replaced", name)
		}
	}
	for _, c := range []struct {
		name   string
		stored time.Duration
		want   int
	}{
		{"future", time.Hour, 0}, {"another clock", time.Minute, 1}, {"fresh", -time.Minute, 1}, {"stale", -2 * time.Hour, 1}, {"past its life", -48 * time.Hour, 0},
	} {
		s.Put(ctx, entry(c.name, "1", now.Add(c.stored)))
		if got := s.Get(ctx, []Key{{"npm", c.name}}); len(got) != c.want {
			t.Errorf("%s: %d entries", c.name, len(got))
		}
	}
	// A folder that cannot be made loses entries, and nothing else.
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = Files(filepath.Join(file, "x"), FileOptions{})
	s.Put(ctx, entry("a", "1", now))
	if got := s.Get(ctx, []Key{key}); len(got) != 0 || s.Close() != nil || s.(*files).Identity("s") == "" {
		t.Error("a store without a folder fails its caller")
	}
}

// TestTrim: the oldest entries go, once a day, and no file of anybody else.
func TestTrim(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	o := FileOptions{MaxBytes: 20_000, Now: func() time.Time { return now }}
	s := Files(dir+string(filepath.Separator), o) // not clean
	id := s.(*files).Identity("s")
	fill := func() {
		for i := range 100 {
			s.Put(ctx, entry(fmt.Sprint(i), strings.Repeat("y", 300), now))
			at := now.Add(time.Duration(i-100) * time.Minute)
			if err := os.Chtimes(s.(*files).path(Key{"npm", fmt.Sprint(i)}), at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	old := now.Add(-1000 * time.Hour)
	foreign := []string{"letter.txt", "npm/letter.txt", "npm/ab/letter.txt", "photos/2024/a.jpg", "x/ab/cd/deep"}
	for _, name := range foreign {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, make([]byte, 50_000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(p, old, old); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (out []int) {
		for i := range 100 {
			if len(s.Get(ctx, []Key{{"npm", fmt.Sprint(i)}})) == 1 {
				out = append(out, i)
			}
		}
		return out
	}
	closed := func() {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fill()
	closed()
	got := left()
	if len(got) == 0 || len(got) == 100 || got[0] != 100-len(got) {
		t.Errorf("left are %v", got)
	}
	var size int64
	for _, i := range got {
		if info, err := os.Stat(s.(*files).path(Key{"npm", fmt.Sprint(i)})); err == nil {
			size += info.Size()
		}
	}
	if size > o.MaxBytes*4/5 || size < o.MaxBytes*3/5 {
		t.Errorf("%d bytes are left", size)
	}
	for _, name := range foreign {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Errorf("a file of somebody else is gone: %v", err)
		}
	}
	if Files(dir, o).(*files).Identity("s") != id {
		t.Error("the key was trimmed")
	}
	fill()
	closed()
	if n := len(left()); n != 100 {
		t.Errorf("trimmed twice in a day: %d are left", n)
	}
	now = now.Add(25 * time.Hour)
	closed()
	fill()
	far := now.Add(1000 * time.Hour) // by a clock that was wrong
	if err := os.Chtimes(filepath.Join(dir, "trimmed"), far, far); err != nil {
		t.Fatal(err)
	}
	closed()
	if n := len(left()); n == 100 {
		t.Error("a stamp of the future stops trimming")
	}
	s = Files(t.TempDir(), FileOptions{Now: o.Now})
	fill()
	closed()
	if n := len(left()); n != 100 {
		t.Errorf("below the limit %d are left", n)
	}
}

// worker is what every goroutine of every process does in TestConcurrent. It
// returns the identity it used.
func worker(dir string) (string, error) {
	s := Files(dir, FileOptions{MaxBytes: 10_000})
	id := s.(*files).Identity("secret")
	now := time.Now()
	for i := range 60 {
		k := fmt.Sprint(i % 10)
		value := strings.Repeat("value "+k+" ", 1+i%3*700) // three lengths, packed and not
		s.Put(ctx, entry(k, value, now))
		for _, e := range s.Get(ctx, []Key{{"npm", k}}) {
			if strings.ReplaceAll(string(e.Value), "value "+k+" ", "") != "" || len(e.Value) == 0 {
				return id, fmt.Errorf("%s holds %.40q", k, e.Value)
			}
		}
		if i%20 == 0 {
			s.(*files).trim()
		}
	}
	return id, s.Close()
}

// workers runs eight at once and returns their one identity.
func workers(dir string) (string, error) {
	var ids [8]string
	var errs [8]error
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() { ids[i], errs[i] = worker(dir) })
	}
	wg.Wait()
	for i := range ids {
		if errs[i] != nil {
			return "", errs[i]
		}
		if ids[i] != ids[0] {
			return "", fmt.Errorf("identities %s and %s", ids[0], ids[i])
		}
	}
	return ids[0], nil
}

const workerDir = "FIGMENT_TEST_CACHE_WORKER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(workerDir); dir != "" {
		id, err := workers(dir)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(id)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestConcurrent: four processes of eight goroutines use one folder.
func TestConcurrent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "cache")
	var ids [4]string
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			if i == 0 {
				id, err := workers(dir)
				if err != nil {
					t.Error(err)
				}
				ids[i] = id
				return
			}
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), workerDir+"="+dir)
			var out, text strings.Builder
			cmd.Stdout, cmd.Stderr = &out, &text
			if err := cmd.Run(); err != nil {
				t.Errorf("%v: %s", err, text.String())
			}
			ids[i] = out.String()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("identities %q", ids)
		}
	}
}

func TestIdentity(t *testing.T) {
	type identifier interface{ Identity(string) string }
	dir := t.TempDir()
	a, b := Files(dir, FileOptions{}).(identifier), Files(dir, FileOptions{}).(identifier)
	if a.Identity("s1") != b.Identity("s1") || a.Identity("s1") == a.Identity("s2") || strings.Contains(a.Identity("s1"), "s1") {
		t.Error("identities of one folder do not tell secrets apart")
	}
	if other := Files(t.TempDir(), FileOptions{}).(identifier); other.Identity("s1") == a.Identity("s1") {
		t.Error("two folders share a key")
	}
	name := filepath.Join(dir, "identity.key")
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v", err)
	}
	// A broken key is replaced, for all that come later.
	if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, d := Files(dir, FileOptions{}).(identifier), Files(dir, FileOptions{}).(identifier)
	if c.Identity("s1") != d.Identity("s1") || c.Identity("s1") == a.Identity("s1") {
		t.Error("a broken key was not replaced")
	}
	m := Memory().(identifier)
	if id := m.Identity("s1"); id != m.Identity("s1") || id == m.Identity("s2") {
		t.Error("identities in memory do not tell secrets apart")
	}
}

func TestDir(t *testing.T) {
	want := filepath.Join(t.TempDir(), "x")
	if got, err := Dir(func(string) string { return want + "/" }); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	// A folder below the working directory may be one that a repository filled.
	for _, dir := range []string{"relative", "./x", "../x", "."} {
		if got, err := Dir(func(string) string { return dir }); !errors.Is(err, ErrRelative) {
			t.Errorf("%s: %q, %v", dir, got, err)
		}
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return
	}
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", ".")
	if got, err := Dir(func(string) string { return "" }); err == nil {
		t.Errorf("a relative home directory: %q", got)
	}
}

// TestMemoryForgets: by the clock it was given, an entry is of use until it may
// not even be revalidated.
func TestMemoryForgets(t *testing.T) {
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	now := start
	s := MemoryAt(func() time.Time { return now })
	key := Key{"npm", "a"}
	s.Put(ctx, entry("a", "1", start)) // expires after an hour, kept for a day
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Hour, 1}, {2 * time.Hour, 1}, {24 * time.Hour, 1}, {24*time.Hour + 1, 0}, {0, 0}} {
		now = start.Add(c.after)
		if got := len(s.Get(ctx, []Key{key})); got != c.want {
			t.Errorf("after %v: %d entries, want %d", c.after, got, c.want)
		}
	}
	// One that is never kept beyond its expiry, and one from the future.
	now = start
	s.Put(ctx, Entry{Key: key, Stored: start, Expires: start.Add(time.Minute)}, entry("b", "2", start.Add(time.Hour)))
	if got := s.Get(ctx, []Key{key, {"npm", "b"}}); len(got) != 1 || got[0].Key != key {
		t.Errorf("got %v", got)
	}
	now = start.Add(2 * time.Minute)
	if got := s.Get(ctx, []Key{key}); len(got) != 0 {
		t.Errorf("expired: %v", got)
	}
}

// TestKilled: what a process left that was killed while it wrote goes with the
// next write beside it, or with the daily look; what is being written stays.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	o := FileOptions{Now: func() time.Time { return now }}
	s := Files(dir, o)
	s.Put(ctx, entry("a", "1", now))
	beside := filepath.Dir(s.(*files).path(Key{"npm", "a"}))
	elsewhere := filepath.Join(dir, "pypi", "00")
	foreign := filepath.Join(dir, "npm", "notes") // no folder of ours
	leave := func(folder, name string, age time.Duration) string {
		t.Helper()
		p := filepath.Join(folder, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(p, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return p
	}
	old, young := leave(beside, ".tmp-1", 2*time.Hour), leave(beside, ".tmp-2", time.Minute)
	far, theirs := leave(elsewhere, ".tmp-3", 2*time.Hour), leave(foreign, ".tmp-4", 2*time.Hour)
	there := func(p string) bool { _, err := os.Lstat(p); return err == nil }
	s = Files(dir, o) // the next process
	s.Put(ctx, entry("a", "2", now))
	if there(old) || !there(young) || !there(far) || !there(theirs) {
		t.Errorf("after a write: old %v, young %v, elsewhere %v, foreign %v", there(old), there(young), there(far), there(theirs))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !there(young) || there(far) || !there(theirs) {
		t.Errorf("after the daily look: young %v, elsewhere %v, foreign %v", there(young), there(far), there(theirs))
	}
	if got := s.Get(ctx, []Key{{"npm", "a"}}); len(got) != 1 || string(got[0].Value) != "2" {
		t.Errorf("got %v", got)
	}
}

// FuzzDecode: no bytes in an entry's file give more than an entry may hold, nor
// an entry of another key or another time.
func FuzzDecode(f *testing.F) {
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, id := range []string{"a", "b\x00c"} {
		for _, value := range []string{"", "1", strings.Repeat("abc", 3000)} {
			e := entry(id, value, now)
			data, err := json.Marshal(onDisk{e.Key.Ecosystem, id, e.Stored, e.Expires, e.KeepUntil, e.Value})
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, id)
			f.Add(pack(data), id)
		}
	}
	f.Add([]byte(`{"ecosystem":"npm","id":"a","stored":"9999-12-31T23:59:59Z"}`), "a")
	f.Fuzz(func(t *testing.T, data []byte, id string) {
		k := Key{"npm", id}
		e, ok := decode(k, data, now)
		if !ok {
			return
		}
		if e.Key != k || len(e.Value) > maxEntry || e.Stored.After(now.Add(futureSlack)) || now.After(e.Expires) && now.After(e.KeepUntil) {
			t.Errorf("%d bytes as %+v", len(e.Value), e)
		}
	})
}
