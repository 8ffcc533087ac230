package extracttest

import (
	"os"
	"strings"
	"testing"
	"time"

	"figment/scanner/extract"
	"figment/scanner/source"
)

// A Unit is a path and what a text of that path repeats to be slow.
type Unit [2]string

// Hostile reads what units make: a text ends in references inside it, whatever it
// repeats. One that takes quadratic time does not end within the limit, which is
// far from what the longest takes; Growth compares times.
func Hostile(t *testing.T, table extract.Table, units []Unit) {
	t.Helper()
	const hang = 5 * time.Minute
	size := 1 << 18
	switch {
	case testing.Short():
		size = 1 << 16
	case os.Getenv("FIGMENT_NIGHTLY") != "":
		size = 1 << 20
	}
	for _, u := range units {
		done := make(chan struct{})
		go func() {
			defer close(done)
			file := &source.File{Path: u[0], Data: []byte(strings.Repeat(u[1], size/len(u[1])))}
			Check(t, file, table.Read(file).References)
		}()
		select {
		case <-done:
		case <-time.After(hang):
			t.Fatalf("%s of %q does not end", u[0], u[1])
		}
	}
}
