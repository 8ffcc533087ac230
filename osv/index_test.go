package osv

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"figment/ecosystem"
	"figment/internal/play/osvplay"
	"figment/internal/web"
)

// build makes an index of npm out of records.
func build(t testing.TB, records ...osvplay.Record) (file string, h Header) {
	t.Helper()
	return buildZip(t, osvplay.Handler(records...).Archive(ecosystem.NPM))
}

func buildZip(t testing.TB, archive []byte) (file string, h Header) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "npm.index")
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	h, err := BuildIndex(t.Context(), file, bytes.NewReader(archive), int64(len(archive)), Header{Ecosystem: ecosystem.NPM, Date: now, Full: now, Origin: "bulk"})
	if err != nil {
		t.Fatal(err)
	}
	return file, h
}

func open(t testing.TB, file string) *Index {
	t.Helper()
	x, err := OpenIndex(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func lookup(t testing.TB, x *Index, name string, all bool) string {
	t.Helper()
	list, err := x.Lookup(name, all)
	if err != nil {
		t.Fatal(err)
	}
	return ids(Answer{Advisories: list})
}

// TestIndex: the index says what the records say, of every name.
func TestIndex(t *testing.T) {
	var records []osvplay.Record
	want, wantAll := map[string][]string{}, map[string][]string{}
	for i := range 3000 {
		name := fmt.Sprintf("pkg-%d", i%700)
		id := fmt.Sprintf("MAL-2026-%05d", i)
		if i%3 == 1 {
			id = fmt.Sprintf("GHSA-%05d", i)
		}
		r := osvplay.Malware(id, ecosystem.NPM, name, "1.0.0")
		switch {
		case i%11 == 0:
			r = r.Withdrawn()
		case malicious(id):
			want[name] = append(want[name], id)
			fallthrough
		default:
			wantAll[name] = append(wantAll[name], id)
		}
		records = append(records, r)
	}
	for _, m := range []map[string][]string{want, wantAll} {
		for _, list := range m {
			slices.Sort(list)
		}
	}
	// Two packages of one record, and one of another ecosystem.
	records = append(records, osvplay.Record{"id": "MAL-2026-99999", "modified": "2026-07-07T00:00:00Z", "affected": []any{
		map[string]any{"package": map[string]any{"ecosystem": "npm", "name": "@scope/one"}, "versions": []string{"1.0.0"}},
		map[string]any{"package": map[string]any{"ecosystem": "npm", "name": "two"}, "versions": []string{"2.0.0"}},
		map[string]any{"package": map[string]any{"ecosystem": "npm", "name": "two"}, "versions": []string{"3.0.0"}},
		map[string]any{"package": map[string]any{"ecosystem": "PyPI", "name": "three"}, "versions": []string{"2.0.0"}},
	}})
	file, h := build(t, records...)
	x := open(t, file)
	if h.Records != 3001 || h.Names != 702 || h.Withdrawn != 273 || h.Malicious != 2001 || h.Unreadable != 0 || h.Newest.Format(time.DateOnly) != "2026-07-07" || x.Header().Sum != h.Sum {
		t.Errorf("%+v", h)
	}
	for i := range 800 {
		name := fmt.Sprintf("pkg-%d", i)
		if got := lookup(t, x, name, false); got != strings.Join(want[name], " ") {
			t.Fatalf("%s: %s, want %v", name, got, want[name])
		}
		if got := lookup(t, x, name, true); got != strings.Join(wantAll[name], " ") {
			t.Fatalf("%s: %s, want %v", name, got, wantAll[name])
		}
	}
	list, err := x.Lookup("two", false)
	if err != nil || len(list) != 1 || len(list[0].Affected) != 3 || Cover(&list[0], npm("two"), "3.0.0") != Covered || lookup(t, x, "@scope/one", false) != "MAL-2026-99999" || lookup(t, x, "three", true) != "" || lookup(t, x, "", true) != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	n := 0
	if err := x.frames(t.Context(), func(*Advisory) error { n++; return nil }); err != nil || n != h.Records {
		t.Errorf("%d frames, %v", n, err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Verify(done); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestUnreadable: what cannot be read is counted and named, and the rest is
// there.
func TestUnreadable(t *testing.T) {
	s := osvplay.Handler(osvplay.Malware("MAL-1", ecosystem.NPM, "x"))
	s.Extra("MAL-2.json", []byte("garbage"))
	s.Extra("MAL-3.json", osvplay.Malware("MAL-4", ecosystem.NPM, "x").JSON())
	s.Extra("a\x1b[31m/../b.json", []byte("{}"))
	s.Extra("README.txt", []byte("not a record"))
	s.Extra("huge.json", bytes.Repeat([]byte(" "), maxRecord+10))
	file, h := buildZip(t, s.Archive(ecosystem.NPM))
	x := open(t, file)
	list, err := x.Unreadable()
	if err != nil || h.Unreadable != 4 || len(list) != 4 || h.Records != 1 {
		t.Fatalf("%+v, %v, %v", h, list, err)
	}
	if got := fmt.Sprint(list); got != "[{MAL-2 is not a JSON object} {MAL-3 has another id than its file} {b has no usable id} {huge is larger than 16 MiB}]" {
		t.Error(got)
	}
	if lookup(t, x, "x", false) != "MAL-1" {
		t.Error("the others are gone")
	}
	if cleanName("a\x1b[31m/é") != "a??31m??" && strings.ContainsAny(cleanName("a\x1b[31m/é"), "\x1b[/") {
		t.Error(cleanName("a\x1b[31m/é"))
	}
	s = osvplay.Handler(osvplay.Malware("MAL-1", ecosystem.NPM, "x"))
	for i := range maxUnread + 50 {
		s.Extra(fmt.Sprintf("BAD-%d.json", i), nil)
	}
	file, h = buildZip(t, s.Archive(ecosystem.NPM))
	if list, err := open(t, file).Unreadable(); err != nil || len(list) != maxUnread || h.Unreadable != maxUnread+50 {
		t.Errorf("%d named, %+v, %v", len(list), h, err)
	}
}

// TestBadArchives: what is no archive of the ecosystem leaves things as they
// were.
func TestBadArchives(t *testing.T) {
	file, _ := build(t, some()...)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	good := osvplay.Handler(some()...).Archive(ecosystem.NPM)
	var none bytes.Buffer
	if err := zip.NewWriter(&none).Close(); err != nil {
		t.Fatal(err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		data []byte
		eco  ecosystem.Ecosystem
	}{
		{"empty", t.Context(), nil, ecosystem.NPM}, {"a page", t.Context(), []byte("<!DOCTYPE html>"), ecosystem.NPM}, {"cut", t.Context(), good[:len(good)-30], ecosystem.NPM},
		{"no records", t.Context(), none.Bytes(), ecosystem.NPM}, {"another ecosystem", t.Context(), good, ecosystem.Cargo}, {"no ecosystem of OSV", t.Context(), good, ecosystem.Conda},
		{"interrupted", done, good, ecosystem.NPM},
	} {
		if _, err := BuildIndex(c.ctx, file, bytes.NewReader(c.data), int64(len(c.data)), Header{Ecosystem: c.eco, Date: time.Now()}); err == nil {
			t.Errorf("%s was taken", c.name)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Error("the index changed")
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v were left, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// answers is all that an index says of some names; damaged where it says so.
func answers(x *Index, names []string) string {
	var b strings.Builder
	for _, name := range names {
		list, err := x.Lookup(name, true)
		if err != nil {
			fmt.Fprintf(&b, "%s: damaged\n", name)
			continue
		}
		fmt.Fprintf(&b, "%s: %+v\n", name, list)
	}
	return b.String()
}

// TestDamage: a changed byte anywhere makes an error or changes no answer.
func TestDamage(t *testing.T) {
	var records []osvplay.Record
	var names []string
	for i := range 150 { // two pages
		names = append(names, fmt.Sprintf("p%d", i))
		records = append(records, osvplay.Malware(fmt.Sprintf("MAL-%d", i), ecosystem.NPM, names[i], "1.0.0"))
	}
	names = append(names[:20:20], "absent", "another")
	file, _ := build(t, records...)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	x, err := NewIndex(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	right := strings.Split(answers(x, names), "\n")
	same, caught := 0, 0
	for at := 0; at < len(data); at += 1 + at%7*25 {
		bad := bytes.Clone(data)
		bad[at] ^= 1 << (at % 8)
		x, err := NewIndex(bytes.NewReader(bad), int64(len(bad)))
		if err != nil {
			caught++
			continue
		}
		for i, line := range strings.Split(answers(x, names), "\n") {
			if line != right[i] && !strings.HasSuffix(line, ": damaged") {
				t.Fatalf("byte %d: %s, was %s", at, line, right[i])
			}
		}
		if at >= headSize {
			if x.Verify(t.Context()) == nil {
				t.Fatalf("byte %d: the checksum is right", at)
			}
			caught++
		} else {
			same++ // behind the text of the head
		}
	}
	if caught < 100 {
		t.Errorf("%d caught, %d without effect", caught, same)
	}
	for _, n := range []int{0, 1, 16, headSize - 1, headSize, len(data) / 2, len(data) - 1} {
		if _, err := NewIndex(bytes.NewReader(data[:n]), int64(n)); err == nil {
			t.Errorf("the first %d bytes were taken", n)
		}
	}
	if _, err := NewIndex(bytes.NewReader(append(bytes.Clone(data), 0)), int64(len(data))+1); err == nil {
		t.Error("a longer file was taken")
	}
	old := bytes.Clone(data)
	old[7] = 9
	if _, err := NewIndex(bytes.NewReader(old), int64(len(old))); err == nil || err.Error() != "is of another version" {
		t.Error(err)
	}
	if _, err := OpenIndex(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
	// Two whole pages in each other's place have right checksums of their own.
	table := x.header.Sections[1]
	swapped := bytes.Clone(data)
	copy(swapped[table:], data[table+pageSize:table+2*pageSize])
	copy(swapped[table+pageSize:], data[table:table+pageSize])
	if x, err := NewIndex(bytes.NewReader(swapped), int64(len(swapped))); err == nil && strings.Contains(answers(x, names), ": []") {
		t.Error("swapped pages make names disappear")
	}
}

// FuzzIndex: no bytes make a panic.
func FuzzIndex(f *testing.F) {
	file, _ := build(f, some()...)
	data, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, uint32(0), byte(0), false)
	f.Add(data, uint32(headSize+3), byte(1), true)
	f.Add(data[:headSize], uint32(9), byte(7), true)
	f.Fuzz(func(t *testing.T, data []byte, at uint32, change byte, mend bool) {
		data = bytes.Clone(data)
		if len(data) > 0 {
			data[int(at)%len(data)] ^= change
		}
		if mend && len(data) >= headSize { // so that what the head says is believed
			n := int(data[8]) | int(data[9])<<8
			if n <= headSize-16 {
				sum := crc(data[16 : 16+n])
				data[12], data[13], data[14], data[15] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
			}
		}
		x, err := NewIndex(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		answers(x, []string{"evil-exact", "evil-range", "clean", ""})
		_, _ = x.Unreadable()
		_ = x.Verify(t.Context())
		_ = x.frames(t.Context(), func(*Advisory) error { return nil })
	})
}

// counting counts what is read of a file.
type counting struct {
	io.ReaderAt
	mu    sync.Mutex
	reads int
	bytes int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	c.bytes += n
	return n, err
}

// synthetic makes an index of n records, one for each name.
func synthetic(t testing.TB, n int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "npm.index")
	b, err := newBuilder(file, Header{Ecosystem: ecosystem.NPM, Date: time.Now(), Full: time.Now(), Origin: "bulk"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.abandon()
	for i := range n {
		id := fmt.Sprintf("MAL-2026-%d", i)
		a := Advisory{ID: id, Malicious: true, Summary: "Malicious code in a package made up for measuring", Published: time.Unix(1.7e9, 0).UTC(), Modified: time.Unix(1.7e9+int64(i), 0).UTC(),
			Affected: []Affected{{Package: npm(fmt.Sprintf("made-up-%d", i)), Versions: []string{"1.0.0", "1.0.1"}}}}
		if err := b.add(&a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.finish(); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestIndexReads: a look-up reads a few pages of an index, however many records
// there are, and a check of a hundred names a few for each.
func TestIndexReads(t *testing.T) {
	const records, names = 50_000, 100
	file := synthetic(t, records)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	c := &counting{ReaderAt: f}
	x, err := NewIndex(c, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	reads, size := 0, 0
	for i := range 2 * names {
		c.reads, c.bytes = 0, 0
		want := ""
		if n := i * records / names; n < records { // half are there
			want = fmt.Sprintf("MAL-2026-%d", n)
		}
		if got := lookup(t, x, fmt.Sprintf("made-up-%d", i*records/names), false); got != want {
			t.Fatalf("%q, not %q", got, want)
		}
		if c.reads > 20 || c.bytes > 80_000 {
			t.Fatalf("%d reads of %d bytes", c.reads, c.bytes)
		}
		reads, size = max(reads, c.reads), max(size, c.bytes)
	}
	t.Logf("%d bytes; a look-up takes at most %d reads, of %d bytes", info.Size(), reads, size)

	dir := t.TempDir()
	if err := os.Rename(file, filepath.Join(dir, "npm.index")); err != nil {
		t.Fatal(err)
	}
	var pkgs []ecosystem.Package
	for i := range names {
		pkgs = append(pkgs, npm(fmt.Sprintf("made-up-%d", 2*i*records/names)))
	}
	l := NewLocal(LocalOptions{Dir: dir})
	found := 0
	l.Ask(t.Context(), pkgs, func(a Answer) {
		if a.State == Found {
			found++
		}
	})
	if err := l.Close(); err != nil || found != names/2 {
		t.Fatalf("%d found, %v", found, err)
	}
}

func BenchmarkLookup(b *testing.B) {
	x := open(b, synthetic(b, 200_000))
	i := 0
	for b.Loop() {
		i = (i + 7919) % 200_000
		if list, err := x.Lookup(fmt.Sprintf("made-up-%d", i), false); err != nil || len(list) != 1 {
			b.Fatal(list, err)
		}
	}
}

func BenchmarkLookupAbsent(b *testing.B) {
	x := open(b, synthetic(b, 200_000))
	for b.Loop() {
		if list, err := x.Lookup("left-pad", false); err != nil || len(list) != 0 {
			b.Fatal(list, err)
		}
	}
}

func BenchmarkCheck100(b *testing.B) {
	dir := b.TempDir()
	if err := os.Rename(synthetic(b, 50_000), filepath.Join(dir, "npm.index")); err != nil {
		b.Fatal(err)
	}
	var pkgs []ecosystem.Package
	for i := range 100 {
		pkgs = append(pkgs, npm(fmt.Sprintf("made-up-%d", i*900)))
	}
	for b.Loop() {
		l := NewLocal(LocalOptions{Dir: dir})
		l.Ask(b.Context(), pkgs, func(Answer) {})
		l.Close()
	}
}

func BenchmarkBuild(b *testing.B) {
	var records []osvplay.Record
	for i := range 5000 {
		records = append(records, osvplay.Malware(fmt.Sprintf("MAL-2026-%d", i), ecosystem.NPM, fmt.Sprintf("made-up-%d", i), "1.0.0"))
	}
	archive := osvplay.Handler(records...).Archive(ecosystem.NPM)
	file := filepath.Join(b.TempDir(), "npm.index")
	b.ReportMetric(float64(len(records)), "records")
	for b.Loop() {
		if _, err := BuildIndex(b.Context(), file, bytes.NewReader(archive), int64(len(archive)), Header{Ecosystem: ecosystem.NPM, Date: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
}

// bulk makes an updater of dir from s.
func bulk(t testing.TB, s *osvplay.Server, dir string, full bool) (*Bulk, *shift) {
	t.Helper()
	clock := &shift{at: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)}
	tr := web.Loopback()
	t.Cleanup(tr.CloseIdleConnections)
	b, err := NewBulk(BulkOptions{Base: s.DataURL() + "/", Dir: dir, Full: full, Clock: clock.clock(), Transport: tr, Timeout: hang})
	if err != nil {
		t.Fatal(err)
	}
	return b, clock
}

func TestUpdate(t *testing.T) {
	s := start(t, some()...)
	s.Extra("MAL-BAD.json", []byte("garbage"))
	dir := filepath.Join(t.TempDir(), "a", "osv")
	b, clock := bulk(t, s, dir, false)
	u, err := b.Update(t.Context(), ecosystem.NPM)
	if err != nil || !u.Full || u.Header.Records != 7 || u.Header.Unreadable != 1 || u.Header.Withdrawn != 1 || !u.Header.Date.Equal(clock.at) {
		t.Fatalf("%+v, %v", u, err)
	}
	local := func() map[ecosystem.Package]Answer {
		l := NewLocal(LocalOptions{Dir: dir})
		defer l.Close()
		return ask(t, l, npm("evil-all"), npm("evil-exact"), npm("forgiven"), npm("clean"), npm("newcomer"))
	}
	got := local()
	if got[npm("evil-all")].State != Found || got[npm("forgiven")].State != None || got[npm("clean")].State != None || got[npm("evil-all")].Source != "local" || !got[npm("clean")].At.Equal(clock.at) {
		t.Errorf("%+v", got)
	}
	// The day after: one is new, one was withdrawn, one came back, one is broken.
	clock.pass(24 * time.Hour)
	later := func(r osvplay.Record) osvplay.Record { return r.With("modified", "2026-08-02T00:00:00Z") }
	s.Add(later(osvplay.Malware("MAL-2026-50", ecosystem.NPM, "newcomer")), later(osvplay.Malware("MAL-2026-2", ecosystem.NPM, "evil-all").Withdrawn()), later(osvplay.Malware("MAL-2026-4", ecosystem.NPM, "forgiven", "1.0.0")),
		later(osvplay.Malware("MAL-2026-60", ecosystem.NPM, "broken")))
	s.Inject(osvplay.Fault{Body: "garbage"}, osvplay.Path("/bulk/npm/MAL-2026-60.json"))
	s.Forget()
	u, err = b.Update(t.Context(), ecosystem.NPM)
	if err != nil || u.Full || u.Changed != 3 || u.Header.Records != 8 || u.Header.Unreadable != 2 || u.Header.Withdrawn != 1 || !u.Header.Date.Equal(clock.at) || u.Header.Full.Equal(u.Header.Date) {
		t.Fatalf("%+v, %v", u, err)
	}
	for _, r := range s.Requests() {
		if strings.HasSuffix(r.Path, "zip") {
			t.Errorf("%s was asked for", r.Path)
		}
	}
	got = local()
	if got[npm("evil-all")].State != None || got[npm("forgiven")].State != Found || got[npm("newcomer")].State != Found || got[npm("evil-exact")].State != Found {
		t.Errorf("%+v", got)
	}
	st := NewLocal(LocalOptions{Dir: dir}).Status(t.Context(), ecosystem.NPM, true)
	if fmt.Sprint(st.Unreadable) != "[{MAL-BAD is not a JSON object} {MAL-2026-60 is not a JSON object}]" || st.Trouble != "" || !st.Present || st.Bytes == 0 || st.Age(clock.at.Add(time.Hour)) != time.Hour {
		t.Errorf("%+v", st)
	}
	// Mended, it is no longer named.
	s.Heal()
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || u.Full || u.Header.Unreadable != 1 || u.Header.Records != 9 {
		t.Errorf("%+v, %v", u, err)
	}
	// The same again changes nothing.
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || u.Full || u.Changed != 0 || u.Header.Records != 9 {
		t.Errorf("%+v, %v", u, err)
	}
	// A list that cannot be relied on, or a month: everything is read.
	s.Inject(osvplay.Fault{Body: "time,id\n", Times: 1}, osvplay.Path("/bulk/npm/modified_id.csv"))
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || !u.Full {
		t.Errorf("%+v, %v", u, err)
	}
	clock.pass(31 * 24 * time.Hour)
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || !u.Full || u.Header.Unreadable != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	b, _ = bulk(t, s, dir, true)
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || !u.Full {
		t.Errorf("%+v, %v", u, err)
	}
	// A damaged index is made anew.
	if err := os.WriteFile(indexFile(dir, ecosystem.NPM), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := local()[npm("evil-exact")]; a.State != Unknown || a.Reason != ReasonBadIndex {
		t.Errorf("%+v", a)
	}
	b, _ = bulk(t, s, dir, false)
	if u, err = b.Update(t.Context(), ecosystem.NPM); err != nil || !u.Full {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := b.Update(t.Context(), ecosystem.Conda); err == nil {
		t.Error("conda was updated")
	}
	if _, err := b.Update(t.Context(), ecosystem.Cargo); err == nil {
		t.Error("what is not there was updated")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestUpdateFaults: whatever goes wrong, the index is as it was.
func TestUpdateFaults(t *testing.T) {
	s := start(t, some()...)
	dir := t.TempDir()
	b, _ := bulk(t, s, dir, false)
	if _, err := b.Update(t.Context(), ecosystem.NPM); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(indexFile(dir, ecosystem.NPM))
	if err != nil {
		t.Fatal(err)
	}
	s.Add(osvplay.Malware("MAL-9", ecosystem.NPM, "new").With("modified", "2026-08-01T00:00:00Z"))
	for name, f := range map[string]osvplay.Fault{
		"503": {Status: 503}, "403": {Status: 403}, "404": {Status: 404}, "page": {Body: "<html>"}, "cut": {Truncate: true}, "broken off": {BreakOff: true}, "late": {Status: 429, RetryAfter: "3600"},
	} {
		for _, full := range []bool{false, true} {
			for _, path := range []string{"/bulk/npm/all.zip", "/bulk/npm/MAL-9.json"} {
				if full != strings.HasSuffix(path, "zip") || !full && (name == "404" || name == "page") {
					continue
				}
				s.Heal()
				s.Inject(f, osvplay.Path(path))
				b, _ := bulk(t, s, dir, full)
				if u, err := b.Update(t.Context(), ecosystem.NPM); err == nil {
					t.Errorf("%s of %s: %+v", name, path, u)
				}
				after, err := os.ReadFile(indexFile(dir, ecosystem.NPM))
				if err != nil || !bytes.Equal(before, after) {
					t.Errorf("%s of %s changed the index", name, path)
				}
			}
		}
	}
	s.Heal()
	s.Inject(osvplay.Fault{Delay: time.Hour}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	stopped := make(chan error, 1)
	go func() {
		_, err := b.Update(ctx, ecosystem.NPM)
		stopped <- err
	}()
	select { // sooner than its own time limit would end it
	case err := <-stopped:
		if err == nil {
			t.Error("an update that was stopped succeeded")
		}
	case <-time.After(hang / 2):
		t.Error("an update goes on after the end of the run")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	// A disk that takes nothing.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.Heal()
	b, _ = bulk(t, s, filepath.Join(file, "x"), false)
	if _, err := b.Update(t.Context(), ecosystem.NPM); err == nil {
		t.Error("an index below a file")
	}
}

func TestNewBulk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"ftp://x", "https://u:secret@x?y", file, filepath.Join(file, "x"), "https://"} {
		if _, err := NewBulk(BulkOptions{Base: base}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", base, err)
		}
	}
	if b, err := NewBulk(BulkOptions{}); err != nil || b.send.base != OfficialData {
		t.Errorf("%v, %v", b, err)
	}
}

// TestFolder: a tree in a folder is as good as one on a server.
func TestFolder(t *testing.T) {
	tree, dir := t.TempDir(), t.TempDir()
	s := osvplay.Handler(some()...)
	s.Add(osvplay.Malware("MAL-77", ecosystem.Cargo, "evil_crate"))
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.Cargo} {
		if err := os.MkdirAll(filepath.Join(tree, e.OSV()), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tree, e.OSV(), "all.zip"), s.Archive(e), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := NewBulk(BulkOptions{Base: tree, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.Cargo} {
		if u, err := b.Update(t.Context(), e); err != nil || !u.Full || u.Header.Origin != "file" || u.Header.Date.IsZero() {
			t.Errorf("%+v, %v", u, err)
		}
	}
	if _, err := b.Update(t.Context(), ecosystem.NPM); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	l := NewLocal(LocalOptions{Dir: dir})
	defer l.Close()
	py, crate := ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "evil-py"}, ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: "evil_crate"}
	got := ask(t, l, py, crate, npm("x"), ecosystem.Package{Ecosystem: ecosystem.JSR, Name: "@a/b"})
	if got[py].State != Found || got[crate].State != Found || Cover(&got[crate].Advisories[0], crate, "1.0.0") != CoveredOpen || got[npm("x")].Reason != ReasonNoIndex {
		t.Errorf("%+v", got)
	}
}

// TestScannerCache: osv-scanner's archive is read, never written, and read again
// when it is another.
func TestScannerCache(t *testing.T) {
	base, dir := t.TempDir(), t.TempDir()
	scanner := ScannerDir(func(name string) string {
		if name == "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY" {
			return base
		}
		return ""
	})
	folder := filepath.Join(base, "osv-scanner", "npm")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(folder, "all.zip")
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	put := func(at time.Time, records ...osvplay.Record) {
		if err := os.WriteFile(archive, osvplay.Handler(records...).Archive(ecosystem.NPM), 0o400); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(archive, at, at); err != nil {
			t.Fatal(err)
		}
	}
	answer := func() Answer {
		l := NewLocal(LocalOptions{Dir: dir, Scanner: scanner})
		defer l.Close()
		return ask(t, l, npm("x"))[npm("x")]
	}
	if a := answer(); a.Reason != ReasonNoIndex {
		t.Errorf("%+v", a)
	}
	put(at, osvplay.Malware("MAL-1", ecosystem.NPM, "x"))
	if a := answer(); ids(a) != "MAL-1" || !a.At.Equal(at) {
		t.Errorf("%+v", a)
	}
	made := scannerIndex(dir, ecosystem.NPM)
	first, err := os.Stat(made)
	if err != nil {
		t.Fatal(err)
	}
	answer()
	if second, err := os.Stat(made); err != nil || !os.SameFile(first, second) {
		t.Error("the index was made again")
	}
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	put(at.Add(time.Hour), osvplay.Malware("MAL-2", ecosystem.NPM, "x"))
	if a := answer(); ids(a) != "MAL-2" {
		t.Errorf("%+v", a)
	}
	l := NewLocal(LocalOptions{Dir: dir, Scanner: scanner})
	if st := l.Status(t.Context(), ecosystem.NPM, true); st.File != made || st.Header.Origin != "osv-scanner" || st.Trouble != "" {
		t.Errorf("%+v", st)
	}
	l.Close()
	// A broken archive is trouble and not an empty one.
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(archive, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := answer(); a.State != Unknown || a.Reason != ReasonBadIndex {
		t.Errorf("%+v", a)
	}
	// Our own index comes first.
	file, _ := build(t, osvplay.Malware("MAL-3", ecosystem.NPM, "x"))
	if err := os.Rename(file, indexFile(dir, ecosystem.NPM)); err != nil {
		t.Fatal(err)
	}
	if a := answer(); ids(a) != "MAL-3" {
		t.Errorf("%+v", a)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if n, err := Clear(dir, []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.Conda, "../x"}); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := os.Stat(archive); err != nil {
		t.Error("the archive is gone")
	}
	// The index of another ecosystem under this one's name.
	file, _ = build(t, osvplay.Malware("MAL-3", ecosystem.NPM, "x"))
	if err := os.Rename(file, indexFile(dir, ecosystem.PyPI)); err != nil {
		t.Fatal(err)
	}
	l = NewLocal(LocalOptions{Dir: dir})
	defer l.Close()
	if a := ask(t, l, ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}); a[ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}].Reason != ReasonBadIndex {
		t.Errorf("%+v", a)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if a := askIn(t, done, l, npm("y"))[npm("y")]; a.Reason != ReasonInterrupted {
		t.Errorf("%+v", a)
	}
}

// TestFallback: what the service could not say the index says, and nothing that
// was learnt is lost.
func TestFallback(t *testing.T) {
	s := start(t, osvplay.Malware("MAL-1", ecosystem.NPM, "x", "1.0.0"), osvplay.Malware("MAL-2", ecosystem.NPM, "x", "2.0.0"))
	s.Inject(osvplay.Fault{Status: 403}, osvplay.Path("/v1/vulns/MAL-2"))
	c, _ := client(t, s, Options{})
	dir := t.TempDir()
	l := NewLocal(LocalOptions{Dir: dir})
	defer l.Close()
	if a := ask(t, Fallback(c, l), npm("x"), npm("clean")); a[npm("x")].State != Unknown || ids(a[npm("x")]) != "MAL-1" || a[npm("x")].Reason != ReasonForbidden || a[npm("clean")].Source != "osv" {
		t.Errorf("%+v", a)
	}
	file, _ := build(t, osvplay.Malware("MAL-2", ecosystem.NPM, "x", "2.0.0"))
	if err := os.Rename(file, filepath.Join(dir, "npm.index")); err != nil {
		t.Fatal(err)
	}
	l = NewLocal(LocalOptions{Dir: dir})
	defer l.Close()
	if a := ask(t, Fallback(c, l), npm("x"), npm("clean")); a[npm("x")].State != Found || ids(a[npm("x")]) != "MAL-1 MAL-2" || a[npm("x")].Source != "local" {
		t.Errorf("%+v", a)
	}
	s.Inject(osvplay.Fault{Status: 403}, nil)
	if a := ask(t, Fallback(c, l), npm("clean"))[npm("clean")]; a.State != None || a.Source != "local" {
		t.Errorf("%+v", a)
	}
}

// TestSlowDownload: an archive may take its time as long as it moves.
func TestSlowDownload(t *testing.T) {
	archive := osvplay.Handler(some()...).Archive(ecosystem.NPM)
	synctest.Test(t, func(t *testing.T) {
		transport := roundTripper(func(r *http.Request) (*http.Response, error) {
			read, write := io.Pipe()
			go func() {
				for part := range slices.Chunk(archive, len(archive)/5+1) {
					time.Sleep(idleTimeout * 9 / 10)
					if _, err := write.Write(part); err != nil {
						return
					}
				}
				write.Close()
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: read, ContentLength: int64(len(archive)), Request: r}, nil
		})
		b, err := NewBulk(BulkOptions{Base: "http://osv.invalid", Dir: t.TempDir(), Timeout: time.Second, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		if u, err := b.Update(t.Context(), ecosystem.NPM); err != nil || u.Header.Records != 7 {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

func FuzzChange(f *testing.F) {
	f.Add([]byte("2026-01-01T00:00:00Z,MAL-1"))
	f.Fuzz(func(t *testing.T, line []byte) {
		if c, ok := parseChange(line); ok && !validID(c.id) {
			t.Errorf("%+v", c)
		}
	})
}
