package tui

import (
	"sync"
	"time"

	"figment/scanner"
	"figment/scanner/verdict"
)

// A Scope says how much an ignore accepts.
type Scope uint8

// The scopes of an ignore.
const (
	ScopePackage Scope = iota // the finding's rule, for its package
	ScopePath                 // the rule, for its package in the file of the finding only
	ScopeName                 // the name is right: every rule about names
)

// A Settler turns decisions into changes of files. Changes collect in memory
// until Apply; the calls come from one goroutine at a time and may read files.
type Settler interface {
	// Preview shows what Fix would change, and changes nothing. The error says
	// why there is no such edit.
	Preview(f *scanner.Finding, s *verdict.Suggestion) (Diff, error)
	// Fix collects the edit that Preview showed.
	Fix(f *scanner.Finding, s *verdict.Suggestion) error
	// Ignore collects an entry that accepts f. A zero expires is for ever.
	Ignore(f *scanner.Finding, scope Scope, reason string, expires time.Time) error
	// Undo takes the last collected change back.
	Undo() error
	// Pending are the collected changes, as one preview.
	Pending() (Diff, error)
	// Apply writes what was collected and forgets it. After an error all of it
	// is still collected.
	Apply() error
}

// A Diff is an edit as it is shown. Its strings may be foreign.
type Diff struct {
	Hunks []Hunk
	Safe  bool     // mechanical and unique; the zero value is an edit that wants a look
	Notes []string // sentences: what is known of the new name, what became of the constraint
}

// A Hunk is one place of a Diff.
type Hunk struct {
	Path    string
	Line    int // of the first removed line, from 1; 0: a new file or its end
	Removed []string
	Added   []string
}

// oneAtATime keeps the calls of commands apart.
type oneAtATime struct {
	mu sync.Mutex
	s  Settler
}

func (o *oneAtATime) do(f func(Settler) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return f(o.s)
}
