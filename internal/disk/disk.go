// Package disk opens regular files that anybody may have put there, without ever
// waiting for a pipe or a device in the place of one, and says where paths lie
// in relation to one another.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrIrregular is for what is neither a file nor a directory, in words that go
// after its path.
var ErrIrregular = errors.New("is no regular file; pipe it in and name it - instead")

// Open opens a regular file below root. It does not wait for one that is a pipe
// or a device by the time it is opened. The error may be ErrIrregular.
func Open(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, err
	}
	return regular(f)
}

// ReadHead reads the first bytes, at most limit, of a regular file anywhere on
// disk. A path that is not absolute is fs.ErrNotExist.
func ReadHead(file string, limit int64) ([]byte, error) {
	if file == "" || !filepath.IsAbs(file) {
		return nil, fs.ErrNotExist
	}
	f, err := os.OpenFile(file, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	if f, _, err = regular(f); err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// regular closes f unless it is a regular file.
func regular(f *os.File) (*os.File, fs.FileInfo, error) {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrIrregular
	}
	if err != nil {
		f.Close() // nothing was written
		return nil, nil, err
	}
	return f, info, nil
}

// Within reports whether p is dir or lies in it. Both are of one form: absolute,
// or relative to the same directory.
func Within(dir, p string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && filepath.IsLocal(rel)
}

// Rel is p counted from base, with slashes: "." for base itself. A path on
// another volume is given from its top.
func Rel(base, p string) string {
	if rel, err := filepath.Rel(base, p); err == nil && base != "" {
		return filepath.ToSlash(rel)
	}
	return strings.TrimPrefix(strings.ReplaceAll(filepath.ToSlash(p), ":", ""), "/")
}

// Resolve is the path without links, or itself where that cannot be found out.
func Resolve(p string) string {
	if real, err := filepath.EvalSymlinks(p); err == nil {
		return real
	}
	return p
}

// Cause is an error in its own words, without the path and the call.
func Cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return strings.TrimPrefix(p.Err.Error(), "path ")
	}
	return err.Error()
}

// Size is a number of bytes in words: "4 MiB".
func Size(n int64) string {
	switch {
	case n >= 10<<20 || n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
