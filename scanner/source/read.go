package source

import (
	"bytes"
	"errors"
	"figment/internal/disk"
	"figment/scanner/text"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Limits of what is read, in bytes.
const (
	MaxFile  = 4 << 20  // source, manifests, Markdown; Options.MaxFileSize replaces it
	MaxLock  = 64 << 20 // lock files
	MaxStdin = 10 << 20 // standard input
)

const (
	headSize  = 8 << 10 // of a program's words of trouble
	sniffSize = 256     // of a file without extension, to see its shebang
)

// errSkipped is for a file that nothing reads: it has no extension and is no
// script.
var errSkipped = errors.New("nothing to read in it")

// An openError is a file's trouble in words that go after its path.
type openError struct {
	text string
	err  error
	why  Why // empty: the system's trouble
}

func (e *openError) Error() string { return e.text }

func (e *openError) Unwrap() error { return e.err }

// openFile opens a regular file below root, never waiting for one that is a
// pipe or a device by the time it is opened.
func openFile(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, info, err := disk.Open(root, name)
	if err != nil {
		return nil, nil, &openError{"cannot be read: " + disk.Cause(err), err, ""}
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
			return nil, &openError{"cannot be read: " + disk.Cause(err), err, ""}
		}
		if data = append(data, rest...); int64(len(data)) > limit {
			return nil, tooLarge(int64(len(data)), limit)
		}
		return data, nil
	}
	return nil, &openError{"cannot be read: " + disk.Cause(err), err, ""}
}

func tooLarge(size, limit int64) error {
	return &openError{fmt.Sprintf("has %s and was not read: the limit is %s (--max-file-size)", disk.Size(size), disk.Size(limit)), nil, TooLarge}
}

// limitOf is how long a file of that name may be.
func (r *Recognition) limitOf(p string, maxFile int64) int64 {
	if maxFile <= 0 {
		maxFile = MaxFile
	}
	if k, _ := r.classify(p); k == LockFile {
		return max(MaxLock, maxFile)
	}
	return maxFile
}

// load reads what is to be scanned. errSkipped is for a file without extension
// that is no script, which is passed over in silence; named files never are.
func (r *Recognition) load(root *os.Root, name, p string, named bool, limit int64) ([]byte, error) {
	f, info, err := openFile(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if kind, _ := r.classify(p); kind == Sniffed && !named {
		head := make([]byte, sniffSize)
		n, err := f.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return nil, &openError{"cannot be read: " + disk.Cause(err), err, ""}
		}
		if r.shebang(head[:n]) == text.Undecided {
			return nil, errSkipped
		}
	}
	data, err := readAll(f, info.Size(), limit)
	if err != nil {
		return nil, err
	}
	return data, vet(data)
}

// vet says why a text that was read is not to be scanned.
func vet(data []byte) error {
	switch {
	case text.IsUTF16(data), text.IsUTF32(data):
		if len(data) > MaxFile {
			return tooLarge(int64(len(data)), MaxFile)
		}
	case bytes.IndexByte(data, 0) >= 0:
		if _, ok := text.Appended(data); ok {
			return nil // what stands before is read
		}
		return &openError{"holds a NUL, as binary files do, and was not read", nil, Binary}
	case len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs")):
		return &openError{"is a pointer of Git LFS and not the file: git lfs pull fetches it", nil, NotFollowed}
	}
	return nil
}

func mayBeMinified(p string) bool {
	switch path.Ext(p) {
	case ".js", ".mjs", ".cjs", ".css", ".html":
		return true
	}
	return false
}

// longestLine is how long a line may be that somebody wrote.
const longestLine = 5000

// minified guesses that a program wrote a text for a browser: nobody reads it,
// and the names in it were in its sources.
func minified(data []byte) bool {
	const mean = 500
	lines, long := 1, false
	for rest := data; len(rest) > 0; lines++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			long = long || len(rest) > longestLine
			break
		}
		long = long || i > longestLine
		rest = rest[i+1:]
	}
	return long && len(data)/lines > mean
}
