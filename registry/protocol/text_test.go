package protocol

import (
	"strings"
	"testing"
)

func TestParked(t *testing.T) {
	for text, want := range map[string]bool{
		"":                         false,
		"Security holding package": true,
		"security-holding-package": true,
		"This name is RESERVED.":   true,
		"reserved for future use":  true,
		"A placeholder package":    true,
		"(Placeholder, package; pending release)": true,
		"This is a placeholder":                   true,
		"Part of a security research. Harmless.":  true,
		"dependency confusion test":               true,
		"package is parked":                       true,
		"Parked cars, from images":                false,
		"Placeholder images for your site":        false,
		"An input with a placeholder":             false,
		"Tools for operations research":           false,
		"Lists the reserved words of SQL":         false,
		"Check if a package name is available":    false,
		"Finds dependency confusion":              false,
		"for educational and research purposes":   false,
		"hold down the key":                       false,
	} {
		if got := Parked(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	// A long readme speaks of other things too.
	for n, want := range map[int]Tri{0: Yes, ShortText: No, 10 * ShortText: No} {
		var r Reading
		r.Describe("a tool", "This is a placeholder package. "+strings.Repeat("x ", n/2))
		if r.Parked != want || r.Readme != Yes {
			t.Errorf("%d more bytes: parked %v, readme %v", n, r.Parked, r.Readme)
		}
	}
}

func TestForge(t *testing.T) {
	for link, want := range map[string]bool{
		"https://github.com/a/b": true, "http://www.github.com/a/b/": true, "https://gitlab.acme.example/a/b": true, "https://codeberg.org/a/b": true,
		"https://github.com/a": false, "https://github.com.evil.example/a/b": false, "github.com/a/b": false, "https://example.com/a/b": false, "": false, "%zz": false,
	} {
		if got := OnForge(link); got != want {
			t.Errorf("%q: %v", link, got)
		}
	}
}
