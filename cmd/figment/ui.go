package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/tui"
)

// A surface is how a scan is shown.
type surface uint8

const (
	onPaper  surface = iota // a report on standard output
	onScreen                // the TUI
	inLines                 // its accessible mode
)

// surface decides how a scan is shown. The screen opens for figment without a
// command, and for --ui, where there is a terminal that can show it; a format
// or an output that is named wants a report.
func (s *session) surface(cmd *cobra.Command) (surface, error) {
	named := s.values.Origin("format") != "default" || len(s.values.List("output")) > 0
	ui := s.values.On("ui") || s.values.On("accessible") && s.values.Origin("accessible") == "flag"
	if ui && named {
		return onPaper, app.Usage("--ui and --accessible show the scan instead of writing it", "leave out either them or --format and --output")
	}
	if named || !ui && cmd.Parent() != nil {
		return onPaper, nil
	}
	how := s.cli.surface(s.values.On("accessible"))
	if how == onPaper && ui {
		s.Say("warning: there is no terminal to show the scan on: writing text")
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

// lines is where answers are typed, and how to let go of it.
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

// A held writer keeps what would tear the screen until it is released.
type held struct {
	to   io.Writer
	mu   sync.Mutex
	buf  bytes.Buffer
	free bool
}

const heldBytes = 1 << 20

func (h *held) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free {
		return h.to.Write(p)
	}
	if h.buf.Len() < heldBytes {
		h.buf.Write(p)
	}
	return len(p), nil
}

// release writes what was kept; what comes later goes through.
func (h *held) release() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free = true
	_, err := h.buf.WriteTo(h.to)
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
	h := &held{to: a.Err}
	a.Err = h
	r, err := tui.Run(ctx, o)
	if e := h.release(); err == nil {
		err = e
	}
	return r.Report, err
}

// shown is what the screen scans; a new scan reads configuration and files
// anew.
type shown struct {
	mu   sync.Mutex
	s    *session
	src  source.Source
	next func() (*session, source.Source, error) // nil: the first still counts
}

// begin gives the session and the source of the next scan.
func (w *shown) begin(again bool) (*session, source.Source, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if again && w.next != nil {
		s, src, err := w.next()
		if err != nil {
			return nil, nil, err
		}
		w.s.close()
		w.s, w.src = s, src
	}
	return w.s, w.src, nil
}

func (w *shown) read(path string) ([]byte, error) {
	w.mu.Lock()
	src := w.src
	w.mu.Unlock()
	return src.Read(path)
}

// show opens the screen over a scan of the arguments.
func (s *session) show(cmd *cobra.Command, args []string, how surface) error {
	src, err := s.source(args)
	if err != nil {
		return err
	}
	if err := s.loadBaseline(args, src); err != nil {
		return err
	}
	deep, err := s.deepScan(args)
	if err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	w := &shown{s: s, src: src}
	defer func() { w.s.close() }()
	w.next = func() (*session, source.Source, error) {
		n, err := s.cli.open(cmd, "scan", first(args))
		if err != nil {
			return nil, nil, err
		}
		from := src // of standard input there is no second reading
		if len(args) != 1 || args[0] != "-" {
			if from, err = n.source(args); err != nil {
				return nil, nil, err
			}
		}
		if err := n.loadBaseline(args, from); err != nil {
			return nil, nil, err
		}
		return n, from, n.connect()
	}
	var settle tui.Settler
	config := ""
	if len(args) != 1 || args[0] != "-" { // standard input cannot be edited
		if config, err = s.configFile(cmd); err != nil {
			return err
		}
		settle = &settler{
			now: func() (source.Source, scanner.Options, string) {
				w.mu.Lock()
				defer w.mu.Unlock()
				return w.src, w.s.options(w.src), config
			},
			accepted: func(e *policy.Entry, file string) {
				if err := s.cli.remember(e, file); err != nil {
					s.Say("warning: the decision cannot be kept on this machine: %s", app.Cause(err))
				}
			},
		}
	}
	scans := 0
	rep, err := s.cli.screen(cmd.Context(), how, tui.Options{
		Title: s.title(args),
		Scan: func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
			scans++
			n, from, err := w.begin(scans > 1)
			if err != nil {
				return nil, err
			}
			o := n.options(from)
			o.Whole, o.Deep, o.Events = n.whole(args), deep, events
			ctx, cancel := n.deadline(ctx)
			defer cancel()
			return scanner.Scan(ctx, o)
		},
		Read:    w.read,
		File:    func(path string) string { return s.cli.onDisk(args, path) },
		Settler: settle, ConfigFile: shownConfig(s.cli, config),
	})
	if err != nil {
		return s.sourceError(err)
	}
	w.s.sayAccepted()
	w.s.sayStopped(rep)
	if !rep.Interrupted {
		if err := w.s.unreadable(args, rep.Counts.Files+rep.Counts.References, rep.Unread); err != nil {
			return err
		}
	}
	if rep.Counts.Files == 0 && len(rep.Problems) == 0 && !rep.Interrupted && s.values.On("require-input") {
		return app.Usage("nothing to read was found", "figment help scan says what is read")
	}
	return s.status(worst(rep), !rep.Complete, stopped(rep))
}

// configFile is where an accepted finding is written: the file that was read,
// or the one that will be; empty where none is to be read.
func (s *session) configFile(cmd *cobra.Command) (string, error) {
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		if f.Value.String() == "none" {
			return "", nil
		}
		return filepath.Abs(f.Value.String())
	}
	if s.Env("FIGMENT_CONFIG") == "none" {
		return "", nil
	}
	if s.Dir != "" && s.Env("FIGMENT_CONFIG") == "" {
		return filepath.Join(s.Dir, configName), nil
	}
	return s.cli.configToEdit()
}

func shownConfig(a *cli, file string) string {
	if file == "" {
		return "none: no configuration is read"
	}
	return a.Display(file)
}

// title says what is scanned, with the home directory as ~.
func (s *session) title(args []string) string {
	if len(args) == 1 && args[0] == "-" {
		return "standard input"
	}
	dir := s.cli.Dir
	if home, err := os.UserHomeDir(); err == nil {
		if rel, err := filepath.Rel(home, dir); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			dir = "~/" + filepath.ToSlash(rel)
		}
	}
	dir = strings.TrimSuffix(dir, "/.")
	if len(args) > 0 && (len(args) > 1 || args[0] != ".") {
		dir += "  " + strings.Join(args, " ")
	}
	return dir
}

// onDisk is where a path of the report lies; empty where it lies nowhere.
func (a *cli) onDisk(args []string, path string) string {
	if len(args) == 1 && args[0] == "-" || path == "" {
		return ""
	}
	dirs := []string{a.Dir}
	for _, arg := range args {
		abs := filepath.Clean(arg)
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(a.Dir, arg)
		}
		if rel, err := filepath.Rel(a.Dir, abs); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			dirs = append([]string{abs, filepath.Dir(abs)}, dirs...) // paths count from there then
		}
	}
	for _, dir := range dirs {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}
