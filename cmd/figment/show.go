package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/tui"
)

// rescans is what the screen scans. Each scan after the first reads configuration
// and files anew, in a session of its own.
type rescans struct {
	mu    sync.Mutex
	s     *app.Session // of the latest scan
	stdin bool         // standard input is scanned: there is no second reading
	begun bool
}

// session gives the session of the present scan.
func (r *rescans) session() *app.Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.s
}

// next gives the session of the scan that begins.
func (r *rescans) next(ctx context.Context) (*app.Session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun {
		r.begun = true
		return r.s, nil
	}
	s, err := r.s.Reopen(ctx)
	if err != nil {
		return nil, err
	}
	if r.stdin {
		s.UseSource(r.s.Source())
	}
	if err := s.Prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	r.s.Close()
	r.s = s
	return s, nil
}

// show opens the screen over a scan of the arguments.
func (a *cli) show(cmd *cobra.Command, s *app.Session, args []string, how surface) error {
	s.ReadFilesOnly()
	if err := s.Prepare(cmd.Context()); err != nil {
		return err
	}
	r := &rescans{s: s, stdin: len(args) == 1 && args[0] == "-"}
	defer func() { r.session().Close() }()
	var changes tui.ChangeSet
	config := ""
	if !r.stdin { // standard input cannot be edited
		config = s.ConfigToEdit()
		target := func() app.Target {
			return app.Target{Options: r.session().Options(), ConfigFile: config}
		}
		changes = app.NewChangeSet(target, func(e *policy.Entry, file string) {
			if err := a.Remember(e, file); err != nil {
				a.Say("warning: the decision cannot be kept on this machine: %s", app.Cause(err))
			}
		})
	}
	rep, err := a.screen(cmd.Context(), how, tui.Options{
		Title: a.title(args),
		Scan: func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
			s, err := r.next(cmd.Context())
			if err != nil {
				return nil, err
			}
			return s.Scan(ctx, events)
		},
		Read:    func(path string) ([]byte, error) { return r.session().Source().Read(path) },
		File:    func(path string) string { return a.onDisk(args, path) },
		Changes: changes, ConfigFile: a.shownConfig(config),
	})
	if err != nil {
		return err
	}
	return r.session().ConcludeShown(rep)
}

// shownConfig is a configuration file as the screen shows it.
func (a *cli) shownConfig(file string) string {
	if file == "" {
		return "none: no configuration is read"
	}
	return a.Display(file)
}

// title says what is scanned, with the home directory as ~.
func (a *cli) title(args []string) string {
	if len(args) == 1 && args[0] == "-" {
		return "standard input"
	}
	dir := a.Dir
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
		abs := a.Abs(arg)
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
