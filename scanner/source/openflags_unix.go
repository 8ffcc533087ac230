//go:build unix

package source

import "syscall"

// openFlags keeps opening a pipe from waiting for its other end.
const openFlags = syscall.O_NONBLOCK
