//go:build unix

package disk

import (
	"io/fs"
	"syscall"
)

// SameOwner reports whether two files belong to one user, and nobody else may
// write the second.
func SameOwner(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, known := b.Sys().(*syscall.Stat_t)
	return ok && known && x.Uid == y.Uid && b.Mode().Perm()&0o002 == 0
}
