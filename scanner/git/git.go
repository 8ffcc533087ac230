// Package git asks the program git, and reads the files that it leaves, about
// what is scanned: what it tracks and ignores, what a change brings, what a
// commit holds, and since when lines have stood where they are.
//
// A repository and its configuration are hostile. git is told to start nothing,
// to fetch nothing and to ask nobody; it lists and hands out objects, and never
// compares the content of the work tree, for which it would run the filters that
// are configured. Whatever it says is bounded in size and time.
package git

import (
	"bytes"
	"figment/internal/disk"
	"os/exec"
	"strings"
	"time"
)

// A Trouble is why git could not say what was changed.
type Trouble uint8

// The troubles. Failed is the zero value.
const (
	Failed       Trouble = iota // git is missing, broke off, or did not answer in time
	Untrusted                   // somebody else owns the repository
	NoRepository                // there is none, or none with a work tree
	NoRevision                  // a revision that was named is not there
	NoBase                      // two revisions have no common ancestor here
)

// A Error says why git could not say what was changed. Text and Hint are
// sentences for people; both may quote git.
type Error struct {
	Trouble Trouble
	Text    string
	Hint    string // what to do; may be empty
}

func (e *Error) Error() string { return e.Text }

// failure makes an error of git's own words.
func failure(command string, err error, stderr string) *Error {
	words := strings.TrimPrefix(firstLine([]byte(strings.TrimSpace(stderr))), "fatal: ")
	switch {
	case strings.Contains(stderr, "dubious ownership"), strings.Contains(stderr, "unsafe repository"):
		e := &Error{Untrusted, "git does not trust this repository, so nothing was checked: " + words, "git config --global --add safe.directory DIRECTORY, if it is yours"}
		for line := range strings.Lines(stderr) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "git config --global --add safe.directory ") {
				e.Hint = line + ", if it is yours"
			}
		}
		return e
	case strings.Contains(stderr, "not a git repository"), strings.Contains(stderr, "must be run in a work tree"), strings.Contains(stderr, "cannot use bare repository"):
		return &Error{NoRepository, "there is no git work tree here: " + words, "name the files to scan, or work in a clone"}
	case words != "":
		return &Error{Text: "git " + command + ": " + words}
	}
	return &Error{Text: "git " + command + ": " + disk.Cause(err)}
}

// Limits of what is taken from git.
const (
	maxOutput   = 64 << 20 // bytes of a list
	maxAnswer   = 8 << 10  // bytes of a name, a setting, and of words of trouble
	maxCompared = 64 << 20 // bytes of a file that is compared with what was committed
	timeout     = 30 * time.Second
)

// Installed reports whether git is on this machine.
func Installed() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

// A limitedBuffer keeps what is written to it up to its limit.
type limitedBuffer struct {
	data  []byte
	limit int
	full  bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), b.limit-len(b.data))
	b.data = append(b.data, p[:n]...)
	b.full = b.full || n < len(p)
	return len(p), nil
}

// firstLine is the first line of what a program says, without blanks around it.
func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimSpace(string(line))
}
