package tui

import (
	"time"

	"figment/app"
	"figment/scanner"
	"figment/scanner/verdict"
)

// Messages of the scan. gen tells scans apart: what an earlier one still sends
// is dropped.
type (
	batchMsg struct {
		gen                    int
		files, asked, answered int
		findings               []*scanner.Finding
		unverified             []*scanner.Unverified
		problems               []*scanner.Problem
		unread                 []*scanner.Unread
		waiting                []string // services, as people call them
	}
	doneMsg struct {
		gen    int
		report *scanner.Report
		err    error
	}
	tickMsg struct{ gen int }
)

// Messages of commands.
type (
	excerptMsg struct {
		path  string
		lines []string // nil: the file cannot be shown
	}
	previewMsg struct {
		at   int // of the queue
		diff app.Diff
		err  error
	}
	settledMsg struct {
		ids  []string // what became a collected change, in order
		how  string
		kept bool // whether the dialog stays open
		err  error
	}
	undoneMsg struct {
		n   int
		err error
	}
	pendingMsg struct {
		diff app.Diff
		err  error
	}
	writtenMsg struct {
		quit bool
		err  error
	}
	editedMsg  struct{ err error }
	startedMsg struct {
		what string
		err  error
	}
)

// Messages of dialogs.
type (
	closeMsg  struct{}
	ignoreMsg struct {
		items   []*item
		scope   app.Scope
		reason  string
		expires time.Time
	}
	fixMsg struct {
		f    *scanner.Finding
		s    *verdict.Suggestion
		kept bool
	}
	writeMsg   struct{ quit bool }
	quitNowMsg struct{}
)
