//go:build !unix

package source

// openFlags is nothing where opening never waits.
const openFlags = 0
