//go:build unix

package source

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestIrregular: a pipe by the name of a manifest is told, and never opened; one
// whose name says nothing is no row.
func TestIrregular(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"package.json", "Podfile", "notes", "requirements.txt"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Skip("no pipes can be made here: ", err)
		}
	}
	src, err := Paths([]string{dir}, Options{Recognition: recognition})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := src.Files(t.Context(), func(f *File) { t.Errorf("%s was read", f.Path) })
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, p := range problems {
		if p.Why != Unreadable || !p.Dropped {
			t.Errorf("%+v", p)
		}
		told = append(told, p.Path)
	}
	if len(told) != 3 || told[0] != "Podfile" || told[1] != "package.json" || told[2] != "requirements.txt" {
		t.Errorf("told of %q", told)
	}
}
