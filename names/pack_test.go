package names

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/FastFilter/xorfilter"

	"figment/ecosystem"
)

var packDay = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func packOf(t testing.TB, m PackMeta, list ...string) *Pack {
	t.Helper()
	data, err := BuildPack(list, m)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPack(data)
	if err == nil {
		err = p.Verify()
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func manyNames(n int, prefix string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	return list
}

// TestPackHolds: whatever the number of names, each of them is found, and the
// search in place says what the library says.
func TestPackHolds(t *testing.T) {
	sizes := []int{997, 5000, 40000}
	for n := 1; n <= 70; n++ {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		list := manyNames(n, "held")
		p := packOf(t, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true}, list...)
		if p.Len() != n {
			t.Errorf("%d names: the pack counts %d", n, p.Len())
		}
		oracle := xorfilter.BinaryFuse[uint16]{
			Seed: p.seed, SegmentLength: p.segment, SegmentLengthMask: p.segment - 1,
			SegmentCount: p.span / p.segment, SegmentCountLength: p.span,
		}
		for i := range len(p.body) / 2 {
			oracle.Fingerprints = append(oracle.Fingerprints, p.slot(uint32(i)))
		}
		for _, name := range list {
			if !p.Has(name) || p.Answer(name) != Existed {
				t.Errorf("%d names: %s is not found", n, name)
			}
		}
		for _, name := range manyNames(2000, "other") {
			if got, want := p.Has(name), oracle.Contains(packKey(name)); got != want {
				t.Fatalf("%d names: %s is %v, the library says %v", n, name, got, want)
			}
		}
	}
}

// TestPackDeterministic: order and doubles do not show, and the bytes are those
// of the format's first day on every machine.
func TestPackDeterministic(t *testing.T) {
	m := PackMeta{Ecosystem: ecosystem.NPM, Snapshot: packDay, Complete: true, Source: "a test"}
	list := manyNames(3000, "@scope/name")
	before := slices.Clone(list)
	first, err := BuildPack(list, m)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(list, before) {
		t.Error("the caller's list was changed")
	}
	again := append(slices.Clone(list), list[:100]...)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
	second, err := BuildPack(again, m)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("the same names gave other bytes")
	}
	sum := sha256.Sum256(first)
	if got, want := fmt.Sprintf("%x", sum), "8c5f7c873e4f400acb21594b2c647bf6058940c6356901d3ff4347e8234588d9"; got != want {
		t.Errorf("the pack's sum is %s, was %s: files of this format would no longer be reproducible", got, want)
	}
}

// TestPackFalsePositives: about one name in 65,536 that is not in the list.
func TestPackFalsePositives(t *testing.T) {
	p := packOf(t, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true}, manyNames(50000, "held")...)
	wrong, asked := 0, 1_000_000
	for i := range asked {
		if p.Has(fmt.Sprintf("absent-%d", i)) {
			wrong++
		}
	}
	t.Logf("%d of %d", wrong, asked)
	if wrong > asked/65536*2+10 {
		t.Errorf("%d of %d absent names are found", wrong, asked)
	}
}

func TestPackAnswer(t *testing.T) {
	whole := packOf(t, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true}, "flask", "requests")
	part := packOf(t, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay}, "flask", "requests")
	var none *Pack
	for _, c := range []struct {
		pack *Pack
		name string
		want Answer
	}{
		{whole, "flask", Existed},
		{whole, "flask-nowhere", Unseen},
		{whole, "", Nothing},
		{part, "flask", Existed},
		{part, "flask-nowhere", Nothing},
		{none, "flask", Nothing},
	} {
		if got := c.pack.Answer(c.name); got != c.want {
			t.Errorf("%q: %v, want %v", c.name, got, c.want)
		}
	}
	// No name whatever makes a partial pack say Unseen.
	for i := range 100000 {
		if got := part.Answer(fmt.Sprintf("n%d", i)); got == Unseen {
			t.Fatalf("a partial pack calls n%d unseen", i)
		}
	}
	if !whole.Complete() || part.Complete() || whole.Ecosystem() != ecosystem.PyPI || !whole.Date().Equal(packDay) {
		t.Error("the meta is not what was built")
	}
}

func TestBuildPackRefuses(t *testing.T) {
	good := PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true}
	for _, c := range []struct {
		what string
		list []string
		m    PackMeta
	}{
		{"no names", nil, good},
		{"an empty name", []string{"a", ""}, good},
		{"a name that is not canonical", []string{"Flask_Login"}, good},
		{"no ecosystem", []string{"a"}, PackMeta{Snapshot: packDay}},
		{"an alias of an ecosystem", []string{"a"}, PackMeta{Ecosystem: "python", Snapshot: packDay}},
		{"no day", []string{"a"}, PackMeta{Ecosystem: ecosystem.PyPI}},
		{"a source of two lines", []string{"a"}, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Source: "a\nb"}},
		{"a long source", []string{"a"}, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Source: strings.Repeat("x", 201)}},
	} {
		if _, err := BuildPack(c.list, c.m); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
}

func TestReadPackRefuses(t *testing.T) {
	data, err := BuildPack(manyNames(100, "held"), PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Source: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if _, err := ReadPack(data[:n]); err == nil {
			t.Fatalf("cut to %d bytes: no error", n)
		}
	}
	put32 := func(at int, v uint32) func([]byte) {
		return func(b []byte) { binary.LittleEndian.PutUint32(b[at:], v) }
	}
	for _, c := range []struct {
		what   string
		change func([]byte)
	}{
		{"magic", func(b []byte) { b[0] = 'X' }},
		{"a future format", func(b []byte) { b[4] = 2 }},
		{"an unknown flag", func(b []byte) { b[6] |= 4 }},
		{"an unknown ecosystem", func(b []byte) { copy(b[8:], "nowhere") }},
		{"text behind the ecosystem", func(b []byte) { b[20] = 'x' }},
		{"no day", func(b []byte) { clear(b[24:32]) }},
		{"a day beyond time", func(b []byte) { b[31] = 0xff }},
		{"no names", put32(32, 0)},
		{"more names than slots", put32(32, 1<<31)},
		{"no segment", put32(36, 0)},
		{"a segment that is no power of two", put32(36, 3)},
		{"a huge segment", put32(36, 1<<31)},
		{"no segments", put32(40, 0)},
		{"many segments", put32(40, 1<<32-1)},
		{"a long source", put32(44, 1<<32-1)},
		{"a source with a line end", func(b []byte) { b[packHeader] = '\n' }},
	} {
		bad := bytes.Clone(data)
		c.change(bad)
		if _, err := ReadPack(bad); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
	// A flipped bit anywhere does not go unnoticed by the checksum.
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if p, err := ReadPack(bad); err == nil && p.Verify() == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
}

func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	if packs, err := OpenInstalled(filepath.Join(dir, "nowhere")); len(packs) != 0 || err != nil {
		t.Errorf("no folder: %v, %v", packs, err)
	}
	put := func(e ecosystem.Ecosystem, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, PackFile(e)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := BuildPack([]string{"flask"}, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	put(ecosystem.PyPI, data)
	put(ecosystem.NPM, data) // of another ecosystem
	put(ecosystem.Gem, []byte("junk"))
	packs, err := OpenInstalled(dir)
	if len(packs) != 1 || packs[0].Ecosystem() != ecosystem.PyPI {
		t.Errorf("opened %d packs", len(packs))
	}
	for _, want := range []string{"npm.fuse16", "gem.fuse16"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
	x := NewInstalled(dir)
	for _, c := range []struct {
		e    ecosystem.Ecosystem
		name string
		want Answer
	}{
		{ecosystem.PyPI, "flask", Existed}, {ecosystem.PyPI, "nowhere", Unseen},
		{ecosystem.NPM, "flask", Nothing}, {ecosystem.Gem, "flask", Nothing}, {ecosystem.Hex, "flask", Nothing}, {"../x", "flask", Nothing},
	} {
		got, day := x.Answer(c.e, c.name)
		if got != c.want || day.IsZero() != (got == Nothing) {
			t.Errorf("%s %s: %v of %v, want %v", c.e, c.name, got, day, c.want)
		}
	}
	var none *Installed
	if a, _ := none.Answer(ecosystem.PyPI, "flask"); a != Nothing {
		t.Errorf("no packs say %v", a)
	}
}

// FuzzReadPack: no bytes make a panic, and none make a partial pack say Unseen.
func FuzzReadPack(f *testing.F) {
	for _, n := range []int{1, 2, 30} {
		data, err := BuildPack(manyNames(n, "held"), PackMeta{Ecosystem: ecosystem.NPM, Snapshot: packDay, Complete: n == 2, Source: "x"})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "held-0")
	}
	f.Add([]byte("FIGF"), "")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		p, err := ReadPack(data)
		if err != nil {
			return
		}
		if a := p.Answer(name); a == Unseen && !p.Complete() {
			t.Error("a partial pack says unseen")
		}
		for _, other := range []string{name + "x", "held-1", strings.Repeat("y", 300)} {
			p.Has(other)
		}
		if p.Size() != len(data) || p.Len() < 1 || len(p.Source()) > maxSource {
			t.Error("the header is not that of the data")
		}
		_ = p.Verify() // whatever it says, it says it
	})
}

// benchNames reads the list that FIGMENT_BENCH_NAMES names: one name a line, or
// in the first column; a first line "name…" is a header.
func benchNames(b *testing.B) []string {
	file := os.Getenv("FIGMENT_BENCH_NAMES")
	if file == "" {
		b.Skip("FIGMENT_BENCH_NAMES names no list")
	}
	f, err := os.Open(file)
	if err != nil {
		b.Skip(err)
	}
	defer f.Close()
	var list []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "\t")
		if name != "" && (len(list) > 0 || name != "name") {
			list = append(list, ecosystem.Normalize(ecosystem.PyPI, name))
		}
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	return list
}

// BenchmarkPack measures a pack of a whole registry: FIGMENT_BENCH_NAMES is a
// list of names.
func BenchmarkPack(b *testing.B) {
	list := benchNames(b)
	data, err := BuildPack(list, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay, Complete: true})
	if err != nil {
		b.Fatal(err)
	}
	p, err := ReadPack(data)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := BuildPack(list, PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: packDay}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(8*len(data))/float64(p.Len()), "bits/name")
		b.ReportMetric(float64(p.Len()), "names")
	})
	b.Run("open", func(b *testing.B) {
		file := filepath.Join(b.TempDir(), "x")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := OpenPack(file); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if err := p.Verify(); err != nil {
				b.Fatal(err)
			}
		}
	})
	r := rand.New(rand.NewPCG(1, 2))
	asked := make([]string, 1<<12)
	for i := range asked {
		asked[i] = strings.Clone(list[r.IntN(len(list))])
		if i%2 == 1 {
			asked[i] += "-zzq"
		}
	}
	b.Run("lookup", func(b *testing.B) {
		i := 0
		for b.Loop() {
			p.Has(asked[i&(len(asked)-1)])
			i++
		}
	})
	b.Run("wrong", func(b *testing.B) {
		real := make(map[string]bool, len(list))
		for _, name := range list {
			real[name] = true
		}
		wrong, n := 0, 0
		for b.Loop() {
			for _, end := range []string{"-zzq", "x9", ".", "-of-nothing", "-3"} {
				for _, name := range list {
					if other := name + end; !real[other] {
						n++
						if p.Has(other) {
							wrong++
						}
					}
				}
			}
		}
		b.ReportMetric(float64(wrong)/float64(n)*1e6, "wrong/million")
	})
}
