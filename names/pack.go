package names

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/FastFilter/xorfilter"

	"figment/ecosystem"
)

// A Pack is an existence pack: a filter over the names that a registry had on
// one day. It may answer "existed then" for a name that did not, once in about
// 65,000 names, and never the other way round. Safe for concurrent use.
//
// The file, little-endian:
//
//	 0  "FIGF"
//	 4  format u16 = 1
//	 6  flags u16; bit 0: complete; the others are 0
//	 8  ecosystem, 16 bytes, padded with zeros
//	24  day of the list, seconds since 1970, u64
//	32  names u32
//	36  length of a segment u32, a power of two
//	40  segments u32, of three-way overlap: slots = (segments+2)·length
//	44  length of the source's text u32
//	48  seed u64
//	56  SHA-256 of everything before and behind these 32 bytes
//	88  source, UTF-8
//	    fingerprints u16, one a slot
//
// A name's key is the 64-bit FNV-1a of its canonical spelling. The filter is a
// 3-wise binary fuse filter (Graf and Lemire 2022, https://arxiv.org/abs/2201.01174)
// with the mixing of github.com/FastFilter/xorfilter.
type Pack struct {
	eco      ecosystem.Ecosystem
	data     []byte
	body     []byte // fingerprints
	snapshot time.Time
	names    int
	complete bool
	source   string
	seed     uint64
	segment  uint32 // length of a segment, in slots
	span     uint32 // slots in which the first of three may be
}

const (
	packMagic   = "FIGF"
	packFormat  = 1
	packHeader  = 88
	packSum     = 56 // offset of the checksum
	packEco     = 16 // bytes for the ecosystem
	maxSource   = 200
	maxSegment  = 1 << 18
	packEnding  = ".fuse16"
	flagWhole   = 1
	earliestDay = 946684800 // 2000-01-01
)

// MaxPack is the size of the largest pack that is read, in bytes: room for some
// 29 million names.
const MaxPack = 64 << 20

// PackMeta is what a pack says of itself.
type PackMeta struct {
	Ecosystem ecosystem.Ecosystem
	Snapshot  time.Time // when the list was taken, to the second
	Complete  bool      // the list has every name of the registry
	Source    string    // where the list is from, one line; may be empty
}

// Answer is what a pack may say of a name. The zero value says nothing.
type Answer uint8

// The answers.
const (
	Nothing Answer = iota // no pack, or a partial one without the name
	Existed               // the registry had the name at the snapshot; never "safe": squatters register too
	Unseen                // a complete list did not have it: absent then, new or absent today
)

func (a Answer) String() string {
	switch a {
	case Existed:
		return "existed"
	case Unseen:
		return "unseen"
	}
	return "nothing"
}

// errPack says that a pack is not what its header says.
var errPack = errors.New("the existence pack is damaged")

// packKey is the key of a canonical name: 64-bit FNV-1a.
func packKey(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	return h
}

// BuildPack makes the pack of a list of canonical names. Order and doubles do
// not matter: the same names and meta give the same bytes. The error says which
// name is not canonical, or what the meta lacks.
func BuildPack(names []string, m PackMeta) ([]byte, error) {
	if _, ok := ecosystem.Lookup(string(m.Ecosystem)); !ok || !listed(m.Ecosystem) {
		return nil, fmt.Errorf("%q is no ecosystem", m.Ecosystem)
	}
	if s := m.Snapshot.Unix(); s < earliestDay || s > 1<<36 {
		return nil, fmt.Errorf("the day of the list, %v, cannot be right", m.Snapshot)
	}
	if len(m.Source) > maxSource || !oneLine(m.Source) {
		return nil, fmt.Errorf("the source must be one line of at most %d bytes", maxSource)
	}
	keys := make([]uint64, 0, len(names))
	for _, name := range names {
		if name == "" || ecosystem.Normalize(m.Ecosystem, name) != name {
			return nil, fmt.Errorf("%q is no canonical name of %s", name, m.Ecosystem)
		}
		keys = append(keys, packKey(name))
	}
	// The library derives its seeds from a counter that starts anew for each
	// filter, so that sorted keys without doubles decide every byte.
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return nil, errors.New("a pack without names would call every name unseen")
	}
	if len(keys) > MaxPack/2 {
		return nil, fmt.Errorf("%d names are more than a pack holds", len(keys))
	}
	filter, err := xorfilter.NewBinaryFuse[uint16](slices.Clone(keys))
	if err != nil {
		return nil, fmt.Errorf("the filter cannot be built: %w", err)
	}

	b := make([]byte, packHeader, packHeader+len(m.Source)+2*len(filter.Fingerprints))
	copy(b, packMagic)
	binary.LittleEndian.PutUint16(b[4:], packFormat)
	if m.Complete {
		binary.LittleEndian.PutUint16(b[6:], flagWhole)
	}
	copy(b[8:8+packEco], m.Ecosystem)
	binary.LittleEndian.PutUint64(b[24:], uint64(m.Snapshot.Unix()))
	binary.LittleEndian.PutUint32(b[32:], uint32(len(keys)))
	binary.LittleEndian.PutUint32(b[36:], filter.SegmentLength)
	binary.LittleEndian.PutUint32(b[40:], filter.SegmentCount)
	binary.LittleEndian.PutUint32(b[44:], uint32(len(m.Source)))
	binary.LittleEndian.PutUint64(b[48:], filter.Seed)
	b = append(b, m.Source...)
	for _, f := range filter.Fingerprints {
		b = binary.LittleEndian.AppendUint16(b, f)
	}
	sum := checksum(b)
	copy(b[packSum:packHeader], sum[:])

	// What is written must be readable, and hold every name.
	p, err := ReadPack(b)
	if err != nil {
		return nil, fmt.Errorf("the pack cannot be read back: %w", err)
	}
	for _, k := range keys {
		if !p.has(k) {
			return nil, errors.New("the filter lost a name")
		}
	}
	return b, nil
}

// listed reports whether e is the purl type itself and not an alias.
func listed(e ecosystem.Ecosystem) bool { return slices.Contains(ecosystem.All(), e) }

func oneLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7F || r == '\uFFFD' })
}

func checksum(b []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(b[:packSum])
	h.Write(b[packHeader:])
	return [sha256.Size]byte(h.Sum(nil))
}

// ReadPack opens a pack that is in memory. data is kept and searched in place,
// and must not change; only the header is looked at. The error says that it is
// no pack, that it is newer than this program, or that it is damaged.
func ReadPack(data []byte) (*Pack, error) {
	switch {
	case len(data) < packHeader || string(data[:4]) != packMagic:
		return nil, errors.New("this is no existence pack")
	case len(data) > MaxPack:
		return nil, fmt.Errorf("the existence pack is larger than %d bytes", MaxPack)
	}
	if f := binary.LittleEndian.Uint16(data[4:]); f != packFormat {
		return nil, fmt.Errorf("the existence pack has format %d; this program reads format %d", f, packFormat)
	}
	flags := binary.LittleEndian.Uint16(data[6:])
	if flags&^flagWhole != 0 {
		return nil, errors.New("the existence pack has flags that this program does not know")
	}
	eco, padding, _ := strings.Cut(string(data[8:8+packEco]), "\x00")
	if !listed(ecosystem.Ecosystem(eco)) || strings.Trim(padding, "\x00") != "" {
		return nil, fmt.Errorf("the existence pack is of an ecosystem that this program does not know, %q", eco)
	}
	at := binary.LittleEndian.Uint64(data[24:])
	count := binary.LittleEndian.Uint32(data[32:])
	length := uint64(binary.LittleEndian.Uint32(data[36:]))
	segments := uint64(binary.LittleEndian.Uint32(data[40:]))
	source := uint64(binary.LittleEndian.Uint32(data[44:]))
	// All of them are below 2^32: neither product nor sum runs over.
	slots := (segments + 2) * length
	switch {
	case at < earliestDay || at > 1<<36,
		length == 0 || length > maxSegment || length&(length-1) != 0,
		segments == 0 || slots > MaxPack/2,
		count == 0 || uint64(count) > slots,
		source > maxSource,
		uint64(len(data)) != packHeader+source+2*slots:
		return nil, errPack
	}
	text := string(data[packHeader : packHeader+source])
	if !oneLine(text) {
		return nil, errPack
	}
	return &Pack{
		eco: ecosystem.Ecosystem(eco), data: data, body: data[packHeader+source:],
		snapshot: time.Unix(int64(at), 0).UTC(), names: int(count), complete: flags&flagWhole != 0, source: text,
		seed: binary.LittleEndian.Uint64(data[48:]), segment: uint32(length), span: uint32(segments * length),
	}, nil
}

// OpenPack reads a pack from a file. The error is that of the file system or
// that of ReadPack.
func OpenPack(path string) (*Pack, error) {
	info, err := os.Stat(path) // before opening: a pipe would wait for a writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	if info.Size() > MaxPack {
		return nil, fmt.Errorf("the existence pack is larger than %d bytes", MaxPack)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	return ReadPack(data)
}

// Ecosystem is whose names these are.
func (p *Pack) Ecosystem() ecosystem.Ecosystem { return p.eco }

// Date is when the list was taken.
func (p *Pack) Date() time.Time { return p.snapshot }

// Len is the number of names.
func (p *Pack) Len() int { return p.names }

// Size is the size of the pack in bytes.
func (p *Pack) Size() int { return len(p.data) }

// Complete reports whether the list had every name of the registry: only then
// can a name be Unseen.
func (p *Pack) Complete() bool { return p.complete }

// Source says where the list is from, as the pack's maker wrote it; may be
// empty. It is foreign text.
func (p *Pack) Source() string { return p.source }

// Verify compares the checksum. Reading does not: it would cost more than every
// question of a run. Whoever installs a pack does.
func (p *Pack) Verify() error {
	if checksum(p.data) != [sha256.Size]byte(p.data[packSum:packHeader]) {
		return errPack
	}
	return nil
}

// Has reports whether the filter holds a canonical name. False means something
// only if the pack is complete: see Answer.
func (p *Pack) Has(name string) bool { return p.has(packKey(name)) }

func (p *Pack) has(key uint64) bool {
	h := key + p.seed
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	// Three slots in three neighbouring segments; together they hold the
	// fingerprint.
	first, _ := bits.Mul64(h, uint64(p.span))
	i, mask := uint32(first), p.segment-1
	j := (i + p.segment) ^ uint32(h>>18)&mask
	k := (i + 2*p.segment) ^ uint32(h)&mask
	return uint16(h^h>>32) == p.slot(i)^p.slot(j)^p.slot(k)
}

func (p *Pack) slot(i uint32) uint16 { return binary.LittleEndian.Uint16(p.body[2*i:]) }

// Answer is what the pack may say of a canonical name. A partial pack never
// says Unseen, and no pack says anything.
func (p *Pack) Answer(name string) Answer {
	switch {
	case p == nil || name == "":
		return Nothing
	case p.Has(name):
		return Existed
	case p.complete:
		return Unseen
	}
	return Nothing
}

// PackDir is the folder of installed packs below the cache's folder.
func PackDir(cache string) string { return filepath.Join(cache, "packs") }

// PackFile is the name of an ecosystem's pack in that folder.
func PackFile(e ecosystem.Ecosystem) string { return string(e) + packEnding }

// OpenInstalled opens the packs in dir, in the order of ecosystem.All. A folder
// that does not exist has none. The error joins what is wrong with packs that
// could not be opened; the others are given all the same.
func OpenInstalled(dir string) ([]*Pack, error) {
	var packs []*Pack
	var bad []error
	for _, e := range ecosystem.All() {
		p, err := openInstalled(dir, e)
		switch {
		case err != nil:
			bad = append(bad, fmt.Errorf("%s: %w", PackFile(e), err))
		case p != nil:
			packs = append(packs, p)
		}
	}
	return packs, errors.Join(bad...)
}

// openInstalled gives nil where there is no pack.
func openInstalled(dir string, e ecosystem.Ecosystem) (*Pack, error) {
	p, err := OpenPack(filepath.Join(dir, PackFile(e)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case p.eco != e:
		return nil, fmt.Errorf("the pack is of %s", p.eco)
	}
	return p, nil
}

// Installed answers from the packs in a folder, each of which is read when its
// ecosystem is first asked about. A pack that cannot be used says nothing. Nil
// has no packs. Safe for concurrent use.
type Installed struct {
	dir   string
	mu    sync.Mutex
	packs map[ecosystem.Ecosystem]*Pack // nil: looked for in vain
}

// NewInstalled answers from the packs in dir. Nothing is read yet.
func NewInstalled(dir string) *Installed {
	return &Installed{dir: dir, packs: map[ecosystem.Ecosystem]*Pack{}}
}

// Pack gives the pack of an ecosystem; nil if there is none that can be used.
func (i *Installed) Pack(e ecosystem.Ecosystem) *Pack {
	if i == nil || !listed(e) {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	p, ok := i.packs[e]
	if !ok {
		p, _ = openInstalled(i.dir, e) // figment index status tells what is wrong with it
		i.packs[e] = p
	}
	return p
}

// Answer is what the ecosystem's pack says of a canonical name, and the day of
// its list. The day is zero if the answer is Nothing.
func (i *Installed) Answer(e ecosystem.Ecosystem, name string) (Answer, time.Time) {
	p := i.Pack(e)
	a := p.Answer(name)
	if a == Nothing {
		return Nothing, time.Time{}
	}
	return a, p.snapshot
}
