package source

import (
	"bytes"
	"figment/internal/disk"
	"strings"
	"time"
)

// A GitTrouble is why git could not say what was changed.
type GitTrouble uint8

// The troubles. GitFailed is the zero value.
const (
	GitFailed       GitTrouble = iota // git is missing, broke off, or did not answer in time
	GitUntrusted                      // somebody else owns the repository
	GitNoRepository                   // there is none, or none with a work tree
	GitNoRevision                     // a revision that was named is not there
	GitNoBase                         // two revisions have no common ancestor here
)

// A GitError says why git could not say what was changed. Text and Hint are
// sentences for people; both may quote git.
type GitError struct {
	Trouble GitTrouble
	Text    string
	Hint    string // what to do; may be empty
}

func (e *GitError) Error() string { return e.Text }

// gitSays makes an error of git's own words.
func gitSays(command string, err error, stderr string) *GitError {
	words := strings.TrimPrefix(firstLine([]byte(strings.TrimSpace(stderr))), "fatal: ")
	switch {
	case strings.Contains(stderr, "dubious ownership"), strings.Contains(stderr, "unsafe repository"):
		e := &GitError{GitUntrusted, "git does not trust this repository, so nothing was checked: " + words, "git config --global --add safe.directory DIRECTORY, if it is yours"}
		for line := range strings.Lines(stderr) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "git config --global --add safe.directory ") {
				e.Hint = line + ", if it is yours"
			}
		}
		return e
	case strings.Contains(stderr, "not a git repository"), strings.Contains(stderr, "must be run in a work tree"), strings.Contains(stderr, "cannot use bare repository"):
		return &GitError{GitNoRepository, "there is no git work tree here: " + words, "name the files to scan, or work in a clone"}
	case words != "":
		return &GitError{Text: "git " + command + ": " + words}
	}
	return &GitError{Text: "git " + command + ": " + disk.Cause(err)}
}

// Limits of what is taken from git.
const (
	maxGitOutput = 64 << 20 // bytes of a list
	maxAnswer    = 8 << 10  // bytes of a name, a setting, and of words of trouble
	maxCompared  = 64 << 20 // bytes of a file that is compared with what was committed
	gitTimeout   = 30 * time.Second
)

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
func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimSpace(string(line))
}
