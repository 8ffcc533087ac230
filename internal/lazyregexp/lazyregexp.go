// Package lazyregexp has regular expressions that are compiled when they are
// first used: a program that starts compiles none.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New gives a function that compiles an expression once. It panics, when called,
// on one that is not of the syntax of package regexp.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
