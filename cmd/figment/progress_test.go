package main

import (
	"strings"
	"testing"
	"time"

	"figment/scanner"
)

// TestProgress: one line that says how far the scan is, and whom it waits for.
func TestProgress(t *testing.T) {
	for _, c := range []struct {
		e    scanner.Event
		want string
	}{
		{scanner.Event{Files: 12}, "reading: 12 files"},
		{scanner.Event{Files: 12, Asked: 300, Answered: 12}, "checking: 12 of 300 names, "},
		{scanner.Event{Files: 12, Asked: 300, Answered: 12, Waiting: []string{"npm", "OSV"}}, "checking: 12 of 300 names, waiting for npm, OSV"},
	} {
		for _, on := range []bool{true, false} {
			var b strings.Builder
			p := newProgress(&b, on)
			p.start = p.start.Add(-time.Minute)
			p.event(c.e)
			if got := strings.TrimPrefix(b.String(), "\r\x1b[K"); on && !strings.HasPrefix(got, c.want) || !on && got != "" {
				t.Errorf("%+v: %q", c.e, got)
			}
			p.done()
			if on && !strings.HasSuffix(b.String(), "\r\x1b[K") {
				t.Errorf("the line stays: %q", b.String())
			}
		}
	}
}
