// Package app is what every front end of figment shares: the table of options,
// the configuration, sessions, scans, checks and their exit status.
//
// A front end makes a Call, which holds its streams, environment and working
// directory, and opens a Session for a Request: a command of the table of
// options, the flags that were given, and paths. The session resolves flags,
// variables, the project's and the user's configuration; it then scans, lists or
// checks, writes reports, and says with which exit status the call ends. A
// front end without a command line gives no flags, and gets the values of the
// environment, the configuration files and the defaults.
//
// The package starts no process but git and figment-osv, contacts only the
// registries and advisory services that the user's own settings name, and never
// ends the process: errors carry their exit status (ExitError).
package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"figment/internal/term"
)

// A Call is one call of figment and everything it touches. Its fields are set
// before it is used.
type Call struct {
	In       io.Reader
	Out, Err io.Writer                // results; messages for people
	Env      func(name string) string // an environment variable; empty: not set
	Dir      string                   // the working directory, absolute
	Version  string                   // of the program, as reports and requests name it: "1.2.0", "dev"

	// Terminal reports whether a stream is a terminal; nil: ask the system.
	Terminal func(stream any) bool
}

// Say writes a line for people to standard error, without what a terminal might
// obey.
func (c *Call) Say(format string, args ...any) {
	fmt.Fprintf(c.Err, "figment: %s\n", term.Safe(fmt.Sprintf(format, args...)))
}

// Display is a path as messages show it, with slashes: relative to the working
// directory where it lies below it.
func (c *Call) Display(path string) string {
	if rel, err := filepath.Rel(c.Dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// IsTerminal reports whether a stream of the call is a terminal.
func (c *Call) IsTerminal(stream any) bool {
	if c.Terminal != nil {
		return c.Terminal(stream)
	}
	w, ok := stream.(io.Writer)
	return ok && term.IsTerminal(w)
}

// Abs is a path of the command line as an absolute one: relative paths count
// from the working directory.
func (c *Call) Abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Dir, path)
}

// Cause is the cause of an error of the operating system, without the path and
// the call around it.
func Cause(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
