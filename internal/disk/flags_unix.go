//go:build unix

package disk

import "syscall"

// openFlags keeps opening a pipe from waiting for its other end.
const openFlags = syscall.O_NONBLOCK
