package osv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sort"
	"time"

	"figment/ecosystem"
)

// The file of an index, little-endian, one for each ecosystem:
//
//	head     4096 bytes: magic, u32 length and u32 checksum of the Header as JSON
//	records  frames: u32 length, u32 checksum, the Advisory as JSON
//	names    for each name: u16 length, name, u32 count, references to frames
//	table    pages of 4096 bytes: u16 count, u16 0, u32 checksum, entries in
//	         ascending order of their first 16 bytes, SHA-256 of the name
//	unread   the records that could not be read, as JSON, with u32 checksum before
//
// It is written once and never changed, looked up with ReadAt, and every byte
// that an answer depends on has a checksum (CRC-32C): damage is an error and
// never an absence.
const (
	indexMagic  = "FIGMOSV\x01"
	indexSchema = 1
	headSize    = 4096
	pageSize    = 4096
	pageHead    = 8
	entrySize   = 32 // 16 digest, u64 offset, u32 length, u32 checksum
	perPage     = (pageSize - pageHead) / entrySize
	frameHead   = 8
	refSize     = 20 // u64 offset, u32 length, u32 checksum, u32 flags
	maxBlock    = 64 << 20
	maxUnread   = 1000 // that are named; all are counted

	flagMalicious = 1
	flagWithdrawn = 2
)

func crc(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

var errDamaged = errors.New("is damaged")

// A Header says what an index holds.
type Header struct {
	Schema    int                 `json:"schema"`
	Ecosystem ecosystem.Ecosystem `json:"ecosystem"`
	// Date is of the data: when it was downloaded, or of the file it is from.
	Date time.Time `json:"date"`
	// Full is when all of it was last read; Date may be of a later update.
	Full time.Time `json:"full"`
	// Newest is the latest change that is in it.
	Newest     time.Time `json:"newest,omitzero"`
	Records    int       `json:"records"`
	Malicious  int       `json:"malicious"`
	Withdrawn  int       `json:"withdrawn"` // kept, but no answer
	Names      int       `json:"names"`
	Unreadable int       `json:"unreadable"`     // records that could not be read
	Origin     string    `json:"origin"`         // bulk, file or osv-scanner
	Size       int64     `json:"size,omitempty"` // of the file it was made from
	Mtime      time.Time `json:"mtime,omitzero"` // of the file it was made from
	Sections   [4]int64  `json:"sections"`       // ends of records, names, table, unread
	Sum        string    `json:"sum"`            // SHA-256 of everything behind the head
}

// An Unreadable is a record that an index could not take.
type Unreadable struct {
	Name string `json:"name"` // the id as the file's name has it; cleaned
	Why  string `json:"why"`  // in our own words
}

// An Index is an open file of advisories. Safe for use from several goroutines.
type Index struct {
	r      io.ReaderAt
	close  func() error
	header Header
	pages  int64
}

// OpenIndex opens a file. The error is of the file system, or says that the file
// is damaged or of another version.
func OpenIndex(file string) (*Index, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errDamaged
	}
	var x *Index
	if err == nil {
		x, err = NewIndex(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	x.close = f.Close
	return x, nil
}

// NewIndex reads the head of an index of size bytes.
func NewIndex(r io.ReaderAt, size int64) (*Index, error) {
	head := make([]byte, headSize)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, errDamaged
	}
	if string(head[:7]) != indexMagic[:7] {
		return nil, errDamaged
	}
	if head[7] != indexMagic[7] {
		return nil, errors.New("is of another version")
	}
	n := binary.LittleEndian.Uint32(head[8:])
	if n > headSize-16 {
		return nil, errDamaged
	}
	text := head[16 : 16+n]
	x := &Index{r: r, close: func() error { return nil }}
	if crc(text) != binary.LittleEndian.Uint32(head[12:]) || json.Unmarshal(text, &x.header) != nil {
		return nil, errDamaged
	}
	h := &x.header
	if h.Schema != indexSchema {
		return nil, errors.New("is of another version")
	}
	at := int64(headSize)
	for _, end := range h.Sections {
		if end < at || end > size {
			return nil, errDamaged
		}
		at = end
	}
	table := h.Sections[2] - h.Sections[1]
	if at != size || table%pageSize != 0 || h.Ecosystem.OSV() == "" || h.Date.IsZero() {
		return nil, errDamaged
	}
	x.pages = table / pageSize
	if want := (int64(h.Names) + perPage - 1) / perPage; h.Names < 0 || x.pages != want {
		return nil, errDamaged
	}
	return x, nil
}

// Close releases the file.
func (x *Index) Close() error { return x.close() }

// Header says what the index holds.
func (x *Index) Header() Header { return x.header }

// A ref points to a record.
type ref struct {
	off   int64
	size  uint32
	sum   uint32
	flags uint32
}

func digest(name string) (d [16]byte) {
	sum := sha256.Sum256([]byte(name))
	copy(d[:], sum[:])
	return d
}

// page reads one page of the table.
func (x *Index) page(i int64, buf []byte) ([]byte, error) {
	if _, err := x.r.ReadAt(buf, x.header.Sections[1]+i*pageSize); err != nil {
		return nil, errDamaged
	}
	n := int(binary.LittleEndian.Uint16(buf))
	want := perPage
	if i == x.pages-1 {
		want = x.header.Names - int(i)*perPage
	}
	if n != want || pageSum(buf, i) != binary.LittleEndian.Uint32(buf[4:]) {
		return nil, errDamaged
	}
	return buf[pageHead : pageHead+n*entrySize], nil
}

// pageSum is the checksum of a page without itself, and of where it stands.
func pageSum(page []byte, number int64) uint32 {
	t := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Checksum(binary.LittleEndian.AppendUint64(nil, uint64(number)), t)
	return crc32.Update(crc32.Update(sum, t, page[:4]), t, page[pageHead:])
}

// find gives the references of a name in canonical spelling.
func (x *Index) find(name string) ([]ref, error) {
	key := digest(name)
	buf := make([]byte, pageSize)
	var fail error
	// The first page whose last entry is not before the key.
	at := sort.Search(int(x.pages), func(i int) bool {
		if fail != nil {
			return true
		}
		entries, err := x.page(int64(i), buf)
		if err != nil {
			fail = err
			return true
		}
		return bytes.Compare(entries[len(entries)-entrySize:][:16], key[:]) >= 0
	})
	if fail != nil {
		return nil, fail
	}
	if at == int(x.pages) {
		return nil, nil
	}
	entries, err := x.page(int64(at), buf)
	if err != nil {
		return nil, err
	}
	i := sort.Search(len(entries)/entrySize, func(i int) bool { return bytes.Compare(entries[i*entrySize:][:16], key[:]) >= 0 })
	if i == len(entries)/entrySize || !bytes.Equal(entries[i*entrySize:][:16], key[:]) {
		return nil, nil
	}
	e := entries[i*entrySize+16:]
	off, size, sum := binary.LittleEndian.Uint64(e), binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:])
	block, err := x.read(off, size, sum, x.header.Sections[0], x.header.Sections[1])
	if err != nil {
		return nil, err
	}
	return x.refs(block, name)
}

// read gets a checked piece of the section between from and to.
func (x *Index) read(off uint64, size, sum uint32, from, to int64) ([]byte, error) {
	if size > maxBlock || off < uint64(from) || off > uint64(to) || uint64(size) > uint64(to)-off {
		return nil, errDamaged
	}
	b := make([]byte, size)
	if _, err := x.r.ReadAt(b, int64(off)); err != nil || crc(b) != sum {
		return nil, errDamaged
	}
	return b, nil
}

func (x *Index) refs(block []byte, name string) ([]ref, error) {
	if len(block) < 2 {
		return nil, errDamaged
	}
	n := int(binary.LittleEndian.Uint16(block))
	block = block[2:]
	if len(block) < n+4 || string(block[:n]) != name {
		return nil, errDamaged
	}
	count := binary.LittleEndian.Uint32(block[n:])
	block = block[n+4:]
	if uint64(len(block)) != uint64(count)*refSize {
		return nil, errDamaged
	}
	out := make([]ref, count)
	for i := range out {
		b := block[i*refSize:]
		out[i] = ref{int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])}
	}
	return out, nil
}

// Lookup gives the advisories about a name of the index's ecosystem, withdrawn
// ones left out, sorted by id; only malware records unless all. The error says
// that the index is damaged: then nothing is known.
func (x *Index) Lookup(name string, all bool) ([]Advisory, error) {
	refs, err := x.find(ecosystem.Normalize(x.header.Ecosystem, name))
	if err != nil {
		return nil, err
	}
	var out []Advisory
	for _, f := range refs {
		if f.flags&flagWithdrawn != 0 || !all && f.flags&flagMalicious == 0 {
			continue
		}
		b, err := x.read(uint64(f.off), f.size, f.sum, headSize, x.header.Sections[0])
		if err != nil {
			return nil, err
		}
		var a Advisory
		if json.Unmarshal(b, &a) != nil || !validID(a.ID) {
			return nil, errDamaged
		}
		a.Malicious, a.URL = malicious(a.ID), page(a.ID)
		out = append(out, a)
	}
	sortAdvisories(out)
	return out, nil
}

// Unreadable names the records that the index could not take, at most the first
// thousand; the header counts all.
func (x *Index) Unreadable() ([]Unreadable, error) {
	from, to := x.header.Sections[2], x.header.Sections[3]
	if to-from < 4 || to-from > maxBlock {
		return nil, errDamaged
	}
	b := make([]byte, to-from)
	if _, err := x.r.ReadAt(b, from); err != nil || crc(b[4:]) != binary.LittleEndian.Uint32(b) {
		return nil, errDamaged
	}
	var out []Unreadable
	if json.Unmarshal(b[4:], &out) != nil {
		return nil, errDamaged
	}
	return out, nil
}

// Verify reads the whole file and compares its checksum.
func (x *Index) Verify(ctx context.Context) error {
	sum := sha256.New()
	r := io.NewSectionReader(x.r, headSize, x.header.Sections[3]-headSize)
	if _, err := io.Copy(sum, &untilDone{ctx, r}); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errDamaged
	}
	if hex.EncodeToString(sum.Sum(nil)) != x.header.Sum {
		return errDamaged
	}
	return nil
}

// frames reads all records in the order of the file.
func (x *Index) frames(ctx context.Context, each func(*Advisory) error) error {
	r := io.NewSectionReader(x.r, headSize, x.header.Sections[0]-headSize)
	buf := newReader(&untilDone{ctx, r})
	var head [frameHead]byte
	for {
		if _, err := io.ReadFull(buf, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return cmpErr(ctx.Err(), errDamaged)
		}
		n := binary.LittleEndian.Uint32(head[:])
		if n > maxBlock || int64(n) > x.header.Sections[0] {
			return errDamaged
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(buf, b); err != nil || crc(b) != binary.LittleEndian.Uint32(head[4:]) {
			return cmpErr(ctx.Err(), errDamaged)
		}
		var a Advisory
		if json.Unmarshal(b, &a) != nil || !validID(a.ID) {
			return errDamaged
		}
		a.Malicious, a.URL = malicious(a.ID), page(a.ID)
		if err := each(&a); err != nil {
			return err
		}
	}
}

// cmpErr is the first error that is one.
func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// untilDone ends with the context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// String is for messages: what and of when.
func (h *Header) String() string {
	return fmt.Sprintf("%d advisories of %s", h.Records, h.Date.Format(time.DateOnly))
}
