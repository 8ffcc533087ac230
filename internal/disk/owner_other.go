//go:build !unix

package disk

import "io/fs"

// SameOwner reports whether two files belong to one user: it is not asked where
// a file has no owner in its mode.
func SameOwner(_, _ fs.FileInfo) bool { return true }
