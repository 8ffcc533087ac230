//go:build unix

package cache

import (
	"io/fs"
	"os"
	"syscall"
)

// open opens a file for reading without waiting for the other end of a FIFO and
// without following a link.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
}

// owner is the user whose file it is; ok is false where that is not known.
func owner(info fs.FileInfo) (uid int, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
