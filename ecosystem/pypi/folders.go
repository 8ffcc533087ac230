package pypi

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// folders are those that the tools of Python fill: caches, and environments by
// what is in them.
//
// Specification: https://docs.python.org/3/library/site.html (pyvenv.cfg)
func folders() []text.Folder {
	return []text.Folder{
		{Names: []string{"__pycache__", ".tox", ".nox"}},
		{Marks: []string{"pyvenv.cfg", "lib", "Lib", "lib64"}, Made: func(here map[string]bool, read func(string) []byte) string {
			if here["pyvenv.cfg"] && (here["lib"] || here["Lib"] || here["lib64"]) && hasKey(read("pyvenv.cfg"), "home") {
				return "pyvenv.cfg"
			}
			return ""
		}},
	}
}

// hasKey reports whether a file of lines "key = value" has the key.
func hasKey(data []byte, key string) bool {
	for line := range bytes.Lines(data) {
		name, value, ok := strings.Cut(string(line), "=")
		if ok && strings.EqualFold(strings.TrimSpace(name), key) && strings.TrimSpace(value) != "" {
			return true
		}
	}
	return false
}
