package osv

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
)

// Bounds of what an archive may be.
const (
	maxArchive  = 4 << 30 // bytes
	maxUnpacked = 16 << 30
	maxRecords  = 5_000_000
)

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, 256<<10) }

// A builder writes an index beside its place and puts it there when it is whole.
type builder struct {
	header Header
	file   string
	tmp    *os.File
	w      *bufio.Writer
	sum    hash.Hash
	off    int64
	ids    map[string]bool
	names  map[string][]ref
	unread []Unreadable
	err    error
}

func newBuilder(file string, h Header) (*builder, error) {
	if h.Ecosystem.OSV() == "" {
		return nil, fmt.Errorf("cannot be of %q, for which OSV has no advisories", h.Ecosystem)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".tmp-*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	b := &builder{header: h, file: file, tmp: tmp, sum: sha256.New(), off: headSize, ids: map[string]bool{}, names: map[string][]ref{}}
	b.header.Schema = indexSchema
	b.w = bufio.NewWriterSize(io.MultiWriter(tmp, b.sum), 256<<10)
	_, b.err = tmp.Seek(headSize, io.SeekStart)
	return b, nil
}

func (b *builder) write(p []byte) {
	if b.err == nil {
		_, b.err = b.w.Write(p)
	}
	b.off += int64(len(p))
}

// add takes a record; packages of other ecosystems are left out of it. A second
// record of an id is passed over.
func (b *builder) add(a *Advisory) error {
	if b.ids[a.ID] {
		return nil
	}
	b.ids[a.ID] = true
	own := *a
	own.Affected = nil
	for _, f := range a.Affected {
		if f.Package.Ecosystem == b.header.Ecosystem && len(f.Package.Name) <= maxName {
			own.Affected = append(own.Affected, f)
		}
	}
	if len(own.Affected) == 0 {
		return nil
	}
	data, err := json.Marshal(&own)
	if err != nil {
		b.skip(a.ID, "has a date that cannot be written")
		return nil
	}
	if len(data) > maxBlock {
		b.skip(a.ID, "is too large")
		return nil
	}
	f := ref{off: b.off + frameHead, size: uint32(len(data)), sum: crc(data)}
	if malicious(a.ID) {
		f.flags |= flagMalicious
		b.header.Malicious++
	}
	if !a.Withdrawn.IsZero() {
		f.flags |= flagWithdrawn
		b.header.Withdrawn++
	}
	b.header.Records++
	if a.Modified.After(b.header.Newest) {
		b.header.Newest = a.Modified
	}
	var head [frameHead]byte
	binary.LittleEndian.PutUint32(head[:], f.size)
	binary.LittleEndian.PutUint32(head[4:], f.sum)
	b.write(head[:])
	b.write(data)
	for i, x := range own.Affected {
		if !slices.ContainsFunc(own.Affected[:i], func(y Affected) bool { return y.Package == x.Package }) {
			b.names[x.Package.Name] = append(b.names[x.Package.Name], f)
		}
	}
	if b.header.Records > maxRecords {
		return errors.New("holds too many records")
	}
	return b.err
}

// skip notes a record that could not be read.
func (b *builder) skip(name, why string) {
	b.header.Unreadable++
	if len(b.unread) < maxUnread {
		b.unread = append(b.unread, Unreadable{cleanName(name), why})
	}
}

// cleanName keeps what ids are made of.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if validID("x" + string(r)) {
			return r
		}
		return '?'
	}, s)
	return s[:min(len(s), 128)]
}

// finish writes the rest and puts the file in place.
func (b *builder) finish() (Header, error) {
	h := &b.header
	h.Sections[0] = b.off
	type entry struct {
		key [16]byte
		off int64
		len uint32
		sum uint32
	}
	names := make([]string, 0, len(b.names))
	for name := range b.names {
		names = append(names, name)
	}
	slices.Sort(names)
	h.Names = len(names)
	entries := make([]entry, 0, len(names))
	for _, name := range names {
		block := binary.LittleEndian.AppendUint16(nil, uint16(len(name)))
		block = append(block, name...)
		block = binary.LittleEndian.AppendUint32(block, uint32(len(b.names[name])))
		for _, f := range b.names[name] {
			block = binary.LittleEndian.AppendUint64(block, uint64(f.off))
			block = binary.LittleEndian.AppendUint32(block, f.size)
			block = binary.LittleEndian.AppendUint32(block, f.sum)
			block = binary.LittleEndian.AppendUint32(block, f.flags)
		}
		if len(block) > maxBlock {
			return Header{}, errors.New("holds too many records about one name")
		}
		entries = append(entries, entry{digest(name), b.off, uint32(len(block)), crc(block)})
		b.write(block)
	}
	h.Sections[1] = b.off
	slices.SortFunc(entries, func(x, y entry) int { return bytes.Compare(x.key[:], y.key[:]) })
	number := int64(0)
	for part := range slices.Chunk(entries, perPage) {
		page := make([]byte, pageSize)
		binary.LittleEndian.PutUint16(page, uint16(len(part)))
		for i, e := range part {
			at := page[pageHead+i*entrySize:]
			copy(at, e.key[:])
			binary.LittleEndian.PutUint64(at[16:], uint64(e.off))
			binary.LittleEndian.PutUint32(at[24:], e.len)
			binary.LittleEndian.PutUint32(at[28:], e.sum)
		}
		binary.LittleEndian.PutUint32(page[4:], pageSum(page, number))
		b.write(page)
		number++
	}
	h.Sections[2] = b.off
	if b.unread == nil {
		b.unread = []Unreadable{}
	}
	list, err := json.Marshal(b.unread)
	if err != nil {
		return Header{}, err
	}
	b.write(binary.LittleEndian.AppendUint32(nil, crc(list)))
	b.write(list)
	h.Sections[3] = b.off
	if err := cmpErr(b.err, b.w.Flush()); err != nil {
		return Header{}, err
	}
	h.Sum = hex.EncodeToString(b.sum.Sum(nil))
	text, err := json.Marshal(h)
	if err != nil || len(text) > headSize-16 {
		return Header{}, cmpErr(err, errors.New("has a date that cannot be written"))
	}
	head := make([]byte, headSize)
	copy(head, indexMagic)
	binary.LittleEndian.PutUint32(head[8:], uint32(len(text)))
	binary.LittleEndian.PutUint32(head[12:], crc(text))
	copy(head[16:], text)
	if _, err := b.tmp.WriteAt(head, 0); err != nil {
		return Header{}, err
	}
	if err := cmpErr(b.tmp.Sync(), b.tmp.Close(), os.Rename(b.tmp.Name(), b.file)); err != nil {
		return Header{}, err
	}
	return *h, nil
}

// abandon removes what was written; after finish it does nothing that matters.
func (b *builder) abandon() {
	b.tmp.Close()
	os.Remove(b.tmp.Name())
}

// BuildIndex makes the index file of an ecosystem from an archive in the form
// of OSV's all.zip: a record of the schema in each .json file. Of h it takes
// Ecosystem, Date, Full, Origin, Size and Mtime. Records that cannot be read are
// counted and named. The error says what is wrong with the archive, or is of
// the file system; then the file is as before.
func BuildIndex(ctx context.Context, file string, archive io.ReaderAt, size int64, h Header) (Header, error) {
	h, err := buildIndex(ctx, file, archive, size, h)
	var path *os.PathError
	var link *os.LinkError
	if err != nil && ctx.Err() == nil && !errors.As(err, &path) && !errors.As(err, &link) {
		err = fmt.Errorf("the archive %w", err)
	}
	return h, err
}

func buildIndex(ctx context.Context, file string, archive io.ReaderAt, size int64, h Header) (Header, error) {
	if size > maxArchive {
		return Header{}, errors.New("is larger than 4 GiB")
	}
	z, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // paths are not used
		return Header{}, errors.New("is not a zip archive, or is cut short")
	}
	b, err := newBuilder(file, h)
	if err != nil {
		return Header{}, err
	}
	defer b.abandon()
	var total int64
	var buf bytes.Buffer
	seen := 0
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return Header{}, err
		}
		if !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		seen++
		name := strings.TrimSuffix(path.Base(f.Name), ".json")
		n, err := unpack(f, &buf)
		if total += n; total > maxUnpacked {
			return Header{}, errors.New("unpacks to more than 16 GiB")
		}
		if err != nil {
			b.skip(name, err.Error())
			continue
		}
		a, err := ParseAdvisory(buf.Bytes())
		if err == nil && a.ID != name {
			err = errors.New("has another id than its file")
		}
		if err != nil {
			b.skip(name, err.Error())
			continue
		}
		if err := b.add(&a); err != nil {
			return Header{}, err
		}
	}
	if b.header.Records == 0 {
		if seen == 0 {
			return Header{}, errors.New("holds no records")
		}
		return Header{}, fmt.Errorf("holds no record about packages of %s", h.Ecosystem.Title())
	}
	return b.finish()
}

// unpack reads one file of an archive. The error is in our own words.
func unpack(f *zip.File, into *bytes.Buffer) (int64, error) {
	into.Reset()
	r, err := f.Open()
	if err != nil {
		return 0, errors.New("cannot be unpacked")
	}
	defer r.Close()
	n, err := into.ReadFrom(io.LimitReader(r, maxRecord+1))
	switch {
	case err != nil:
		return n, errors.New("cannot be unpacked")
	case n > maxRecord:
		return n, errors.New("is larger than 16 MiB")
	}
	return n, nil
}

// Import makes the index of e below dir from an archive on disk, in the form of
// OSV's all.zip. The data is of the file's date. With an error the index is as
// it was.
func Import(ctx context.Context, dir string, e ecosystem.Ecosystem, archive string) (Header, error) {
	return buildFromFile(ctx, indexFile(dir, e), archive, Header{Ecosystem: e, Origin: "file"})
}

func buildFromFile(ctx context.Context, file, archive string, h Header) (Header, error) {
	f, err := os.Open(archive)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Header{}, err
	}
	if !info.Mode().IsRegular() {
		return Header{}, errors.New("the archive is not a regular file")
	}
	h.Size, h.Mtime = info.Size(), info.ModTime().UTC()
	if h.Date.IsZero() {
		h.Date = h.Mtime.Truncate(time.Second)
	}
	h.Full = h.Date
	return BuildIndex(ctx, file, f, info.Size(), h)
}

// patch makes a new index from an old one: the records of changed ids are left
// out, those of fresh are added, and what of them could not be read is noted. It
// closes the old one.
func patch(ctx context.Context, file string, old *Index, changed map[string]bool, fresh []Advisory, unread []Unreadable, date time.Time) (Header, error) {
	h := old.Header()
	bad, err := old.Unreadable()
	if err != nil {
		return Header{}, err
	}
	b, err := newBuilder(file, Header{Ecosystem: h.Ecosystem, Date: date, Full: h.Full, Newest: h.Newest, Origin: h.Origin, Size: h.Size, Mtime: h.Mtime})
	if err != nil {
		return Header{}, err
	}
	defer b.abandon()
	hidden := h.Unreadable - len(bad) // counted, but not named
	for _, u := range bad {
		if !changed[u.Name] {
			b.skip(u.Name, u.Why)
		}
	}
	b.header.Unreadable += hidden
	for _, u := range unread {
		b.skip(u.Name, u.Why)
	}
	err = old.frames(ctx, func(a *Advisory) error {
		if changed[a.ID] {
			return nil
		}
		return b.add(a)
	})
	if err != nil {
		return Header{}, err
	}
	for i := range fresh {
		if err := b.add(&fresh[i]); err != nil {
			return Header{}, err
		}
	}
	old.Close() // some systems do not replace an open file
	return b.finish()
}
