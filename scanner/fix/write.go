package fix

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"figment/scanner/source"
)

// maxEdited is the longest file that is edited, in bytes.
const maxEdited = 64 << 20

// An Undo takes an applied edit back. The zero Undo has nothing to take back.
type Undo struct {
	known *source.Recognition
	edit  Edit
}

// Path is the file that the undo is about, relative to its root.
func (u Undo) Path() string { return u.edit.Path }

// Do puts the file back as it was before. It refuses, with ErrChanged, where the
// file is no longer what the edit made of it.
func (u Undo) Do() error {
	e := u.edit
	if e.Root == "" {
		return errors.New("there is nothing to undo")
	}
	if e.Before == nil {
		return remove(u.known, e)
	}
	_, err := Apply(u.known, Edit{Root: e.Root, Path: e.Path, Before: e.After, After: e.Before})
	return err
}

// Apply writes an edit: into a new file in the same folder, which then takes the
// old one's name and mode, so that an interrupted write leaves the old file
// whole. It refuses a file that is not what the edit was made from
// (ErrChanged), what is known as a lock file, links and whatever else is no regular file, on the
// way there too, and what lies outside the root (*Refusal).
func Apply(known *source.Recognition, e Edit) (Undo, error) {
	root, err := open(known, e)
	if err != nil {
		return Undo{}, err
	}
	defer root.Close()
	name := filepath.FromSlash(e.Path)
	mode := fs.FileMode(0) // of a new file: what the user's mask leaves
	if e.Before != nil {
		if mode, err = unchanged(root, e); err != nil {
			return Undo{}, err
		}
	} else if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return Undo{}, fmt.Errorf("%s: %w: it exists now", e.Path, ErrChanged)
	}
	tmp, err := temporary(root, e, mode)
	if err != nil {
		return Undo{}, refuse(e.Path, "cannot be written: %s", reason(err))
	}
	if e.Before != nil {
		if _, err = unchanged(root, e); err == nil { // what came in while it was written
			err = wrapWrite(e, root.Rename(tmp, name))
		}
	} else {
		err = create(root, e, tmp, name)
	}
	if err != nil {
		root.Remove(tmp) // best effort: the old file is whole
		return Undo{}, err
	}
	if dir, err := root.Open(filepath.Dir(name)); err == nil {
		dir.Sync() // not everywhere possible; the rename itself is done
		dir.Close()
	}
	return Undo{known, e}, nil
}

func wrapWrite(e Edit, err error) error {
	if err == nil {
		return nil
	}
	return refuse(e.Path, "cannot be written: %s", reason(err))
}

// create gives the temporary file its name where no other has it by now.
func create(root *os.Root, e Edit, tmp, name string) error {
	err := root.Link(tmp, name)
	switch {
	case err == nil:
		return wrapWrite(e, root.Remove(tmp))
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w: it exists now", e.Path, ErrChanged)
	}
	return wrapWrite(e, root.Rename(tmp, name)) // a file system without links
}

// open opens the root and checks the way to the file.
func open(known *source.Recognition, e Edit) (*os.Root, error) {
	switch {
	case e.Root == "":
		return nil, refuse(e.Path, "does not come from a directory and cannot be written")
	case !fs.ValidPath(e.Path) || e.Path == ".":
		return nil, refuse(e.Path, "lies outside the directory")
	case known.IsLock(e.Path):
		return nil, refuse(e.Path, "is a lock file: its own tool writes it")
	case strings.EqualFold(strings.SplitN(e.Path, "/", 2)[0], ".git") || strings.Contains(strings.ToLower(e.Path), "/.git/"):
		return nil, refuse(e.Path, "belongs to git")
	}
	root, err := os.OpenRoot(e.Root)
	if err != nil {
		return nil, refuse(e.Path, "cannot be written: %s", reason(err))
	}
	for dir := path.Dir(e.Path); dir != "."; dir = path.Dir(dir) {
		info, err := root.Lstat(filepath.FromSlash(dir))
		if err != nil || !info.IsDir() {
			root.Close()
			return nil, refuse(e.Path, "is reached through `%s`, which is no plain folder", dir)
		}
	}
	return root, nil
}

// unchanged gives the mode of a file that still is what the edit was made from.
func unchanged(root *os.Root, e Edit) (fs.FileMode, error) {
	name := filepath.FromSlash(e.Path)
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Errorf("%s: %w: it is gone", e.Path, ErrChanged)
	case err != nil:
		return 0, refuse(e.Path, "cannot be read: %s", reason(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return 0, refuse(e.Path, "is a link: edit the file that it leads to")
	case !info.Mode().IsRegular():
		return 0, refuse(e.Path, "is no regular file")
	case info.Size() != int64(len(e.Before)):
		return 0, fmt.Errorf("%s: %w", e.Path, ErrChanged)
	case info.Size() > maxEdited:
		return 0, refuse(e.Path, "is too long to be edited")
	}
	f, err := root.Open(name)
	if err != nil {
		return 0, refuse(e.Path, "cannot be read: %s", reason(err))
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return 0, fmt.Errorf("%s: %w", e.Path, ErrChanged)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxEdited+1))
	if err != nil {
		return 0, refuse(e.Path, "cannot be read: %s", reason(err))
	}
	if !bytes.Equal(data, e.Before) {
		return 0, fmt.Errorf("%s: %w", e.Path, ErrChanged)
	}
	return info.Mode().Perm(), nil
}

// temporary writes the new text beside the file and gives its name.
func temporary(root *os.Root, e Edit, mode fs.FileMode) (string, error) {
	var word [8]byte
	rand.Read(word[:]) // never fails
	tmp := filepath.Join(filepath.Dir(filepath.FromSlash(e.Path)), ".figment-"+hex.EncodeToString(word[:])+".tmp")
	first := fs.FileMode(0o600)
	if e.Before == nil {
		first = 0o666
	}
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, first)
	if err != nil {
		return "", err
	}
	_, err = f.Write(e.After)
	if err == nil && e.Before != nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		root.Remove(tmp) // the first error counts
		return "", err
	}
	return tmp, nil
}

// remove takes back a file that an edit made.
func remove(known *source.Recognition, e Edit) error {
	root, err := open(known, e)
	if err != nil {
		return err
	}
	defer root.Close()
	made := e
	made.Before = e.After
	if _, err := unchanged(root, made); err != nil {
		return err
	}
	return wrapWrite(e, root.Remove(filepath.FromSlash(e.Path)))
}

// reason is the cause of an error of the operating system, without paths.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err.Error()
	}
	return err.Error()
}
