//go:build !unix

package disk

// openFlags is nothing where opening never waits.
const openFlags = 0
