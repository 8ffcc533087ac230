package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
	"figment/scanner"
	"figment/tui"
)

// A surface is how a scan is shown.
type surface uint8

const (
	onPaper  surface = iota // a report on standard output
	onScreen                // the TUI
	inLines                 // its accessible mode
)

// surfaceOf decides how a scan is shown. The screen opens for figment without a
// command, and for --ui, where there is a terminal that can show it; a format
// or an output that is named wants a report.
func (a *cli) surfaceOf(cmd *cobra.Command, s *app.Session) (surface, error) {
	named := s.Values.Origin("format") != "default" || len(s.Values.List("output")) > 0
	ui := s.Values.On("ui") || s.Values.On("accessible") && s.Values.Origin("accessible") == "flag"
	if ui && named {
		return onPaper, app.Usage("--ui and --accessible show the scan instead of writing it", "leave out either them or --format and --output")
	}
	if named || !ui && cmd.Parent() != nil {
		return onPaper, nil
	}
	how := a.surface(s.Values.On("accessible"))
	if how == onPaper && ui {
		a.Say("warning: there is no terminal to show the scan on: writing text")
	}
	return how, nil
}

// surface says what the terminal can show. Bubble Tea would draw on a dumb
// terminal and fail without one, so the question is settled before.
func (a *cli) surface(accessible bool) surface {
	if !a.IsTerminal(a.Out) || !a.keyboard() || a.Env("CI") != "" {
		return onPaper
	}
	if accessible || a.Env("ACCESSIBLE") != "" {
		return inLines
	}
	if t := a.Env("TERM"); t == "dumb" || t == "" && runtime.GOOS != "windows" {
		return onPaper
	}
	return onScreen
}

// keyboard reports whether there is a terminal to read from: standard input or,
// where that is a pipe, the controlling one.
func (a *cli) keyboard() bool {
	if a.IsTerminal(a.In) {
		return true
	}
	f, err := controlling()
	if err != nil {
		return false
	}
	f.Close() // it was only tried
	return true
}

// controlling opens the terminal that the process belongs to.
func controlling() (*os.File, error) {
	if runtime.GOOS == "windows" {
		return os.OpenFile("CONIN$", os.O_RDWR, 0)
	}
	return os.OpenFile("/dev/tty", os.O_RDWR, 0)
}

// lines is where answers are typed, and how to close it.
func (a *cli) lines() (io.Reader, func()) {
	if f, ok := a.In.(*os.File); ok && term.IsTerminal(f) {
		return f, func() {}
	}
	f, err := controlling()
	if err != nil {
		return strings.NewReader(""), func() {}
	}
	return f, func() { f.Close() } // it was only read
}

// A deferredWriter keeps what would tear the screen until it is released.
type deferredWriter struct {
	to   io.Writer
	mu   sync.Mutex
	buf  bytes.Buffer
	free bool
}

// maxDeferred is the most that is kept, in bytes; what comes after it is dropped.
const maxDeferred = 1 << 20

func (d *deferredWriter) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free {
		return d.to.Write(p)
	}
	if d.buf.Len() < maxDeferred {
		d.buf.Write(p)
	}
	return len(p), nil
}

// release writes what was kept; what comes later goes througd.
func (d *deferredWriter) release() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = true
	_, err := d.buf.WriteTo(d.to)
	return err
}

// screen shows a scan, whose messages come after it.
func (a *cli) screen(ctx context.Context, how surface, o tui.Options) (*scanner.Report, error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the window was closed: leave in order
	defer stop()
	o.Env = a.Env
	if how == inLines {
		in, done := a.lines()
		defer done()
		o.In, o.Out = in, a.Out
		r, err := tui.RunAccessible(ctx, o)
		return r.Report, err
	}
	d := &deferredWriter{to: a.Err}
	a.Err = d
	r, err := tui.Run(ctx, o)
	if e := d.release(); err == nil {
		err = e
	}
	return r.Report, err
}
