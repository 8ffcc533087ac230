package cache

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
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

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	s := Files(dir, FileOptions{Now: func() time.Time { return now }})
	s.Put(ctx, entry("a", "1", now))
	f := s.(*files)
	path := f.path(Key{"npm", "a"})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if d, err := os.Stat(filepath.Dir(path)); err != nil || d.Mode().Perm() != 0o700 {
		t.Errorf("mode of the folder %v", d.Mode())
	}
	for name, data := range map[string][]byte{
		"empty": nil, "garbage": []byte("\x00\x01"), "cut": whole[:len(whole)/2], "foreign": bytes.Replace(whole, []byte(`"a"`), []byte(`"z"`), 1),
		"no zstd": []byte("\x28\xb5\x2f\xfdnope"),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.Get(ctx, []Key{{"npm", "a"}}); len(got) != 0 {
			t.Errorf("%s: an entry was read", name)
		}
	}
	s.Put(ctx, entry("future", "1", now.Add(time.Hour)))
	if got := s.Get(ctx, []Key{{"npm", "future"}}); len(got) != 0 {
		t.Error("an entry of the future was read")
	}
	s.Put(ctx, entry("huge", strings.Repeat("x", maxEntry+1), now))
	if got := s.Get(ctx, []Key{{"npm", "huge"}}); len(got) != 0 {
		t.Error("an entry over the limit was kept")
	}
	past := now.Add(-48 * time.Hour)
	s.Put(ctx, entry("old", "1", past))
	if got := s.Get(ctx, []Key{{"npm", "old"}}); len(got) != 0 {
		t.Error("an entry past its life was read")
	}
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	s := Files(dir, FileOptions{MaxBytes: 20_000})
	for i := range 100 {
		s.Put(ctx, entry(fmt.Sprint(i), strings.Repeat("y", 300), now))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left := 0
	for i := range 100 {
		left += len(s.Get(ctx, []Key{{"npm", fmt.Sprint(i)}}))
	}
	if left == 0 || left == 100 {
		t.Errorf("%d of 100 entries are left", left)
	}
}

func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s := Files(dir, FileOptions{})
			for i := range 100 {
				k := fmt.Sprint(i % 10)
				s.Put(ctx, entry(k, "value "+k, now))
				for _, e := range s.Get(ctx, []Key{{"npm", k}}) {
					if string(e.Value) != "value "+k {
						t.Errorf("%s holds %q", k, e.Value)
					}
				}
			}
		})
	}
	wg.Wait()
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
	if info, err := os.Stat(filepath.Join(dir, "identity.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v", err)
	}
}
