//go:build osv

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	scalibrlog "github.com/google/osv-scalibr/log"
	"github.com/google/osv-scanner/v2/pkg/osvscanner"

	"figment/internal/deep"
)

const maxProblems = 1000

// A collector takes what osv-scanner logs. Much of what goes wrong there is
// logged and nothing else: warnings, errors and anything that was skipped or
// disabled become problems.
type collector struct {
	log   io.Writer
	place func(file string) (string, bool) // spells an absolute path; false: outside of what is scanned

	mu       sync.Mutex
	problems []deep.Problem
	dropped  int
}

// install makes c the log of osv-scanner. Its own handler swallows "Disabling
// plugin", so the library below it gets c directly.
func (c *collector) install() {
	osvscanner.SetLogger(c)
	scalibrlog.SetLogger(scalibrLog{c})
}

// Enabled, Handle, WithAttrs and WithGroup make c a slog.Handler.
func (c *collector) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle takes one record.
func (c *collector) Handle(_ context.Context, r slog.Record) error {
	c.take(r.Level, r.Message)
	return nil
}

// WithAttrs ignores attributes: osv-scanner formats its messages itself.
func (c *collector) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup ignores groups.
func (c *collector) WithGroup(string) slog.Handler { return c }

func (c *collector) take(level slog.Level, text string) {
	fmt.Fprintf(c.log, "%s %s\n", level, deep.Redact(text))
	if level < slog.LevelWarn && !leftOut(text) {
		return
	}
	if body, ok := strings.CutPrefix(text, "Error during extraction: (extracting as "); ok {
		plugin, files, _ := strings.Cut(body, ") ")
		for line := range strings.Lines(files) {
			if line = strings.TrimSpace(line); line != "" {
				path, rest := c.split(line)
				c.add(deep.Problem{Path: path, Text: "osv-scanner, " + plugin + ": " + rest})
			}
		}
		return
	}
	c.add(deep.Problem{Text: "osv-scanner: " + text})
}

// leftOut reports whether a message says that something was not done.
func leftOut(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"disabling plugin", "plugin disabled", "skipping", "skipped"}, func(s string) bool {
		return strings.Contains(text, s)
	})
}

// split takes the path off "path: message". Paths there are relative to the root
// of the file system.
func (c *collector) split(line string) (path, rest string) {
	for i := 0; i < len(line) && i < 4096; i++ {
		if !strings.HasPrefix(line[i:], ": ") {
			continue
		}
		file := filepath.FromSlash(line[:i])
		if !filepath.IsAbs(file) {
			file = string(filepath.Separator) + file
		}
		if _, err := os.Lstat(file); err != nil {
			continue
		}
		if p, ok := c.place(file); ok {
			return p, line[i+2:]
		}
	}
	return "", line
}

func (c *collector) add(p deep.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.Text = deep.Redact(p.Text)
	switch {
	case slices.Contains(c.problems, p):
	case len(c.problems) >= maxProblems:
		c.dropped++
	default:
		c.problems = append(c.problems, p)
	}
}

// all gives the problems so far.
func (c *collector) all() []deep.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(c.problems)
	if c.dropped > 0 {
		out = append(out, deep.Problem{Text: fmt.Sprintf("and %d more problems", c.dropped)})
	}
	return out
}

// scalibrLog is the log of the library under osv-scanner.
type scalibrLog struct{ c *collector }

func (l scalibrLog) Errorf(f string, a ...any) { l.c.take(slog.LevelError, fmt.Sprintf(f, a...)) }
func (l scalibrLog) Error(a ...any)            { l.c.take(slog.LevelError, fmt.Sprint(a...)) }
func (l scalibrLog) Warnf(f string, a ...any)  { l.c.take(slog.LevelWarn, fmt.Sprintf(f, a...)) }
func (l scalibrLog) Warn(a ...any)             { l.c.take(slog.LevelWarn, fmt.Sprint(a...)) }
func (l scalibrLog) Infof(f string, a ...any)  { l.c.take(slog.LevelInfo, fmt.Sprintf(f, a...)) }
func (l scalibrLog) Info(a ...any)             { l.c.take(slog.LevelInfo, fmt.Sprint(a...)) }
func (l scalibrLog) Debugf(string, ...any)     {}
func (l scalibrLog) Debug(...any)              {}
