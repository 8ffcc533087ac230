// Package tui shows a scan on a terminal while it runs, and lets a person settle
// what was found: open the place, ignore with a reason, apply a fix, scan again.
// What goes in is a function that starts a scan and an optional ChangeSet that
// knows how to change files; what comes out is the last report. It computes no
// verdicts, opens no socket, and writes no file by itself.
//
// The rules of the screen:
//
//   - Every string of a file or a registry goes through package term before it
//     is drawn, also in the window's title and in the status line.
//   - No line is wider and no frame higher than the screen. Widths are cells,
//     not runes: a name may be Chinese.
//   - Severity is a letter or a word everywhere, never a colour alone. The
//     hardware cursor sits on the selected row, for readers of screens.
//   - Update never blocks: files are read, editors started and changes written
//     by commands.
//   - The cursor stays on its finding when rows arrive above it.
//   - What was not checked is never drawn as if it were clean.
package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"figment/scanner"
)

// A Scan runs the pipeline once. It calls events while it works, as
// scanner.Options.Events says, and ends soon after ctx does, with what is known
// by then. The error is for what makes a scan pointless.
type Scan func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error)

// Options is what Run needs. Scan is required; the rest may be zero.
type Options struct {
	// Title says what is scanned, "~/code/shop".
	Title string
	Scan  Scan
	// Read gives the bytes of a scanned file by its path in the report, for the
	// lines around a finding; nil: only the line in the report is shown.
	Read func(path string) ([]byte, error)
	// File gives the path on disk of a scanned file, for the editor; nil or "":
	// there is none.
	File func(path string) string
	// Changes changes files; nil: nothing can be ignored or fixed here.
	Changes ChangeSet
	// ConfigFile is where ignores go, as it is shown; empty: .figment.toml.
	ConfigFile string
	// Env gives environment variables: EDITOR, BROWSER, LANG, FIGMENT_ASCII.
	Env func(string) string
	// Start runs a program that needs no terminal, as a browser; nil: as a
	// process of its own that is not waited for.
	Start func(args []string) error
	Now   func() time.Time // nil: time.Now

	In  io.Reader // nil: the terminal
	Out io.Writer // nil: standard output
}

// A Result is what the person leaves behind.
type Result struct {
	// Report is the last one. It is never nil without an error: of a scan that
	// was left before its end it holds what had come, and is Interrupted.
	Report *scanner.Report
}

// stopWait is how long Run waits for a scan that was told to end.
const stopWait = 100 * time.Millisecond

// Run opens the screen and returns when the person quits or ctx ends.
func Run(ctx context.Context, o Options) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, o)
	opts := []tea.ProgramOption{tea.WithoutSignalHandler()}
	if o.In != nil {
		opts = append(opts, tea.WithInput(o.In))
	}
	if o.Out != nil {
		opts = append(opts, tea.WithOutput(o.Out))
	}
	p := tea.NewProgram(m, opts...)
	go func() {
		<-ctx.Done()
		p.Quit()
	}()
	_, err := p.Run()
	rep := m.leave(stopWait)
	if err != nil && !errors.Is(err, tea.ErrProgramKilled) {
		return Result{}, err
	}
	if m.failed != nil && m.report == nil {
		return Result{}, m.failed
	}
	out := o.Out
	if out == nil {
		out = os.Stdout
	}
	if _, err := io.WriteString(out, remains(o.Title, rep)+"\n"); err != nil {
		return Result{}, err
	}
	return Result{Report: rep}, nil
}

// remains is the line that stays on the terminal once the screen is gone.
func remains(title string, r *scanner.Report) string {
	c := &r.Counts
	text := sentence(title)
	if text != "" {
		text += ": "
	}
	text += plural(c.Errors, "error") + ", " + plural(c.Warnings, "warning") + ", " + plural(c.Notes, "note") + " in " + plural(c.Packages, "name")
	if n := len(r.Unverified); n > 0 {
		text += "; " + plural(n, "name") + " unverified: neither clean nor missing"
	}
	if n := len(r.Unread); n > 0 {
		text += "; " + plural(n, "file") + " not read"
	}
	if !r.Complete || r.Interrupted {
		text += "; PARTIAL"
	}
	return text
}
