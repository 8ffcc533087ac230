package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Limits of what is read, in bytes.
const (
	MaxFile  = 4 << 20  // source, manifests, Markdown; Options.MaxFileSize replaces it
	MaxLock  = 64 << 20 // lock files
	MaxStdin = 10 << 20 // standard input
)

const (
	headSize   = 8 << 10 // where a NUL says that a file is binary
	sniffSize  = 256     // of a file without extension, to see its shebang
	minifyHead = 64 << 10
)

// errSkipped is for a file that nothing reads: binary, minified, no script.
var errSkipped = errors.New("nothing to read in it")

// errIrregular is for what is neither a file nor a directory.
var errIrregular = errors.New("is no regular file; pipe it in and name it - instead")

// An openError is a file's trouble in words that go after its path.
type openError struct {
	text string
	err  error
}

func (e *openError) Error() string { return e.text }

func (e *openError) Unwrap() error { return e.err }

// openFile opens a regular file below root, never waiting for one that is a
// pipe or a device by the time it is opened.
func openFile(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, &openError{"cannot be read: " + cause(err), err}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		f.Close() // nothing was written
		return nil, nil, &openError{"cannot be read: " + cause(err), err}
	}
	return f, info, nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(root *os.Root, name string, limit int64) ([]byte, error) {
	f, info, err := openFile(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, info.Size(), limit)
}

func readAll(f *os.File, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	data := make([]byte, size+1) // one more, to see the end without another read
	n, err := io.ReadFull(f, data)
	switch err {
	case io.EOF, io.ErrUnexpectedEOF:
		return data[:n], nil
	case nil: // it grew meanwhile
		rest, err := io.ReadAll(io.LimitReader(f, limit-size))
		if err != nil {
			return nil, &openError{"cannot be read: " + cause(err), err}
		}
		if data = append(data, rest...); int64(len(data)) > limit {
			return nil, tooLarge(int64(len(data)), limit)
		}
		return data, nil
	}
	return nil, &openError{"cannot be read: " + cause(err), err}
}

func tooLarge(size, limit int64) error {
	return &openError{fmt.Sprintf("has %s and was not read: the limit is %s (--max-file-size)", byteCount(size), byteCount(limit)), nil}
}

func byteCount(n int64) string {
	switch {
	case n >= 10<<20 || n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// limitOf is how long a file of that name may be.
func limitOf(p string, maxFile int64) int64 {
	if maxFile <= 0 {
		maxFile = MaxFile
	}
	if k, _ := classify(p); k == lockFile {
		return max(MaxLock, maxFile)
	}
	return maxFile
}

// load reads what is to be scanned. errSkipped is for a file passed over in
// silence; named files never are.
func load(root *os.Root, name, p string, named bool, limit int64) ([]byte, error) {
	f, info, err := openFile(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind, _ := classify(p)
	if !named && (kind == sniffed || info.Size() > limit) {
		skip, err := passOver(f, p, kind)
		if err != nil {
			return nil, &openError{"cannot be read: " + cause(err), err}
		}
		if skip {
			return nil, errSkipped
		}
	}
	data, err := readAll(f, info.Size(), limit)
	if err != nil {
		return nil, err
	}
	if err := vet(data, p, named); err != nil {
		return nil, err
	}
	return data, nil
}

// vet says why a text that was read is not to be scanned. errSkipped is for one
// that is passed over in silence.
func vet(data []byte, p string, named bool) error {
	switch {
	case isUTF16(data):
		if len(data) > MaxFile {
			return tooLarge(int64(len(data)), MaxFile)
		}
	case bytes.IndexByte(data[:min(len(data), headSize)], 0) >= 0:
		if !named {
			return errSkipped
		}
		return &openError{"is a binary file and was not read", nil}
	case len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs")):
		return &openError{"is a pointer of Git LFS and not the file: git lfs pull fetches it", nil}
	}
	if !named && mayBeMinified(p) && minified(data) {
		return errMinified
	}
	return nil
}

// errMinified is errSkipped for what a program wrote for a browser.
var errMinified = fmt.Errorf("minified: %w", errSkipped)

// passOver looks at the beginning of a file and says whether it is worth
// reading, or worth a complaint that it is too long.
func passOver(f *os.File, p string, kind fileKind) (bool, error) {
	head := make([]byte, minifyHead)
	if kind == sniffed {
		head = head[:sniffSize]
	}
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return false, err
	}
	return passOverHead(head[:n], p, kind), nil
}

// passOverHead is passOver for the beginning of a text.
func passOverHead(head []byte, p string, kind fileKind) bool {
	if kind == sniffed {
		return shebang(head) == Undecided
	}
	binary := !isUTF16(head) && bytes.IndexByte(head[:min(len(head), headSize)], 0) >= 0
	return binary || mayBeMinified(p) && minified(head)
}

func isUTF16(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true
	}
	_, ok := looksUTF16(data)
	return ok
}

func mayBeMinified(p string) bool {
	switch path.Ext(p) {
	case ".js", ".mjs", ".cjs", ".css", ".html":
		return true
	}
	return false
}

// minified guesses that a program wrote a text for a browser: nobody reads it,
// and the names in it were in its sources.
func minified(data []byte) bool {
	const longest, mean = 5000, 500
	lines, long := 1, false
	for rest := data; len(rest) > 0; lines++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			long = long || len(rest) > longest
			break
		}
		long = long || i > longest
		rest = rest[i+1:]
	}
	return long && len(data)/lines > mean
}

// cause is an error in its own words, without the path and the call.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return strings.TrimPrefix(p.Err.Error(), "path ")
	}
	return err.Error()
}
