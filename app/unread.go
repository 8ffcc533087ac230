package app

import (
	"fmt"
	"os"

	"figment/scanner"
)

// NothingRead is the error of a call that named files, of which none could be
// read: it asked for something that did not happen. read counts what was read.
func (s *Session) NothingRead(read int, rows []scanner.Unread) error {
	paths := s.request.Paths
	if s.git || read > 0 || len(rows) == 0 || len(paths) == 0 {
		return nil
	}
	for _, p := range paths {
		if p == "-" {
			continue
		}
		if info, err := os.Stat(s.Abs(p)); err != nil || info.IsDir() {
			return nil
		}
	}
	u := &rows[0]
	text := u.Path + " " + u.Text
	if n := len(rows) - 1; n > 0 {
		text = fmt.Sprintf("%s, and %d more", text, n)
	}
	if u.Path == "-" {
		return Usage("standard input "+u.Text, "--stdin-filename or --lang says what it is")
	}
	return Usage("nothing of what was named could be read: "+text, "figment help scan says what is read")
}

// SayNoNames says of a text that was piped in and read that nothing in it looked
// like the name of a package: silence would read as clean.
func (s *Session) SayNoNames(files, references int) {
	if references == 0 && files > 0 && s.request.stdin() && s.piped > 0 && !s.Values.On("quiet") {
		s.Say("no package name was found in standard input")
	}
}
