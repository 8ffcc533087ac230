package tui

import (
	"sync"
	"time"

	"figment/app"
	"figment/scanner"
	"figment/scanner/verdict"
)

// A ChangeSet turns decisions into changes of files. Changes collect in memory
// until Apply; the calls come from one goroutine at a time and may read files.
type ChangeSet interface {
	// Preview shows what Fix would change, and changes nothing. The error says
	// why there is no such edit.
	Preview(f *scanner.Finding, s *verdict.Suggestion) (app.Diff, error)
	// Fix collects the edit that Preview showed.
	Fix(f *scanner.Finding, s *verdict.Suggestion) error
	// Ignore collects an entry that accepts f. A zero expires is for ever.
	Ignore(f *scanner.Finding, scope app.Scope, reason string, expires time.Time) error
	// Undo takes the last collected change back.
	Undo() error
	// Pending are the collected changes, as one preview.
	Pending() (app.Diff, error)
	// Apply writes what was collected and forgets it. After an error all of it
	// is still collected.
	Apply() error
}

// oneAtATime keeps the calls of commands apart.
type oneAtATime struct {
	mu sync.Mutex
	s  ChangeSet
}

func (o *oneAtATime) do(f func(ChangeSet) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return f(o.s)
}
