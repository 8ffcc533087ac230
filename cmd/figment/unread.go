package main

import (
	"fmt"
	"os"
	"path/filepath"

	"figment/app"
	"figment/scanner"
)

// unreadable is the error of a call that named files, of which none could be
// read: it asked for something that did not happen.
func (s *session) unreadable(args []string, read int, rows []scanner.Unread) error {
	if s.git || read > 0 || len(rows) == 0 || len(args) == 0 {
		return nil
	}
	for _, a := range args {
		if a == "-" {
			continue
		}
		if !filepath.IsAbs(a) {
			a = filepath.Join(s.cli.Dir, a)
		}
		if info, err := os.Stat(a); err != nil || info.IsDir() {
			return nil
		}
	}
	u := &rows[0]
	text := u.Path + " " + u.Text
	if n := len(rows) - 1; n > 0 {
		text = fmt.Sprintf("%s, and %d more", text, n)
	}
	if u.Path == "-" {
		return app.Usage("standard input "+u.Text, "--stdin-filename or --lang says what it is")
	}
	return app.Usage("nothing of what was named could be read: "+text, "figment help scan says what is read")
}

// sayNoNames says of a text that was piped in and read that nothing in it looked
// like the name of a package: silence would read as clean.
func (s *session) sayNoNames(args []string, files int, none bool) {
	if none && files > 0 && len(args) == 1 && args[0] == "-" && s.piped > 0 && !s.values.On("quiet") {
		s.Say("no package name was found in standard input")
	}
}
