package settings

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"figment/ecosystem"
	"figment/internal/disk"
)

// within reports whether file lies in a scanned work tree, as it is named or
// where it really is: whoever wrote the tree then wrote the file, or chose it.
func (e *Env) within(file string) bool {
	if file == "" || len(e.Trees) == 0 {
		return false
	}
	if len(e.trees) != len(e.Trees) {
		e.trees = nil
		for _, tree := range e.Trees {
			e.trees = append(e.trees, e.real(tree))
		}
	}
	real := e.real(file)
	for i, tree := range e.Trees {
		if inside(tree, file, e.GOOS) || inside(e.trees[i], real, e.GOOS) {
			return true
		}
	}
	return false
}

// Above gives the directories above a scanned work tree, the nearest first. Tools
// that look upward read configuration there; who wrote it is not known, so that it
// may keep names in and route none.
func (e *Env) Above(tree string) []string {
	var out []string
	for dir := filepath.Dir(tree); len(out) < maxAbove; dir = filepath.Dir(dir) {
		if dir == tree || len(out) > 0 && dir == out[len(out)-1] {
			break
		}
		out = append(out, dir)
	}
	return out
}

// maxAbove bounds the directories that are looked into above a tree.
const maxAbove = 100

// real is the path without links; of what does not exist, with the links of the
// longest part that does.
func (e *Env) real(file string) string {
	if e.RealPath == nil {
		return file
	}
	if p, err := e.RealPath(file); err == nil {
		return p
	}
	dir := filepath.Dir(file)
	if dir == file {
		return file
	}
	return filepath.Join(e.real(dir), filepath.Base(file))
}

// inside reports whether file is dir or lies below it.
func inside(dir, file, goos string) bool {
	var err error
	if file, err = filepath.Abs(file); err != nil {
		return true // nothing is known of it
	}
	if goos == "windows" || goos == "darwin" { // one file has many spellings
		dir, file = strings.ToLower(dir), strings.ToLower(file)
	}
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Read gives a file of the user's own. A file of the scanned work tree is none,
// whatever variable names it.
func (e *Env) Read(file string) (string, bool) {
	if e.within(file) {
		return "", false
	}
	return e.text(file)
}

// Claims gives a configuration file that the user's variables name and that
// lies in the scanned work tree: what it says is the repository's word.
func (e *Env) Claims(file string) (string, bool) {
	if !e.within(file) {
		return "", false
	}
	return e.text(file)
}

func (e *Env) text(file string) (string, bool) {
	if file == "" || e.ReadFile == nil {
		return "", false
	}
	data, err := e.ReadFile(file)
	switch {
	case err == nil && len(data) > maxFile:
		e.missed(file, "is larger than 1 MiB")
	case errors.Is(err, disk.ErrIrregular):
		e.missed(file, "is no regular file")
	case errors.Is(err, fs.ErrPermission):
		e.missed(file, "may not be read")
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
		e.missed(file, "could not be read")
	}
	if err != nil || len(data) > maxFile {
		return "", false
	}
	return strings.TrimPrefix(string(data), "\xef\xbb\xbf"), true
}

// missed keeps a file that could not be read, once.
func (e *Env) missed(file, reason string) {
	u := unread{file, reason}
	if !slices.Contains(e.unread, u) {
		e.unread = append(e.unread, u)
	}
}

// foreign tells the user that a file of theirs is the repository's.
func (s *Settings) foreign(file string) {
	s.notice(file, "lies in the scanned tree: what it says keeps names in and routes none")
}

// Claimed reports whether configuration that lies in the scanned work tree
// makes a name private, and which does. It keeps the name in and routes it
// nowhere.
func (s *Settings) Claimed(p ecosystem.Package) (setting string, ok bool) {
	for _, c := range s.claims {
		if c.Ecosystem != p.Ecosystem || c.URL == "" || s.Trusted(p.Ecosystem, c.URL) {
			continue
		}
		if c.Covers(p.Name) {
			return c.Setting(), true
		}
	}
	for _, g := range s.claimed {
		if g.match(p) {
			return g.setting, true
		}
	}
	return "", false
}

// Within reports whether a file, as it is named or where it really is, lies in
// one of the scanned work trees.
func Within(file string, trees ...string) bool {
	e := ownerOf(trees)
	return e.within(file)
}

// ownerOf is what it takes to say whose a file is.
func ownerOf(trees []string) Env {
	return Env{GOOS: runtime.GOOS, RealPath: filepath.EvalSymlinks, Trees: trees}
}

// SafePath drops from a list of directories, as in PATH, those that are not
// absolute and those that lie in a scanned work tree: a program found there is
// the repository's.
func SafePath(list string, trees ...string) string {
	var kept []string
	e := ownerOf(trees)
	for _, dir := range filepath.SplitList(list) {
		if filepath.IsAbs(dir) && !e.within(dir) {
			kept = append(kept, dir)
		}
	}
	return strings.Join(kept, string(filepath.ListSeparator))
}
