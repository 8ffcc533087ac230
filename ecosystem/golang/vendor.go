package golang

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"figment/scanner/text"
)

// folders are those that the go command fills.
func folders() []text.Folder {
	return []text.Folder{{Names: []string{"vendor"}, Marks: []string{"modules.txt"}, Whole: true, Made: func(here map[string]bool, read func(string) []byte) string {
		if here["modules.txt"] && vendorAgrees(read("modules.txt"), read("../go.mod")) {
			return "vendor/modules.txt, as go.mod has it"
		}
		return ""
	}}}
}

// vendorAgrees reports whether modules.txt lists what go.mod requires, no more
// and no less, as the go command itself wants it before it builds from the
// directory.
//
// Specification: https://go.dev/ref/mod#vendoring
func vendorAgrees(modules, mod []byte) bool {
	f, err := modfile.ParseLax("go.mod", mod, nil)
	if err != nil || len(f.Require) == 0 {
		return false
	}
	required := map[string]bool{}
	for _, r := range f.Require {
		required[r.Mod.Path+" "+r.Mod.Version] = true
	}
	explicit := map[string]bool{}
	last, any := "", false
	for line := range bytes.Lines(modules) {
		text := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(text, "## "):
			if last != "" && slices.Contains(strings.FieldsFunc(text[3:], func(r rune) bool { return r == ';' || r == ' ' }), "explicit") {
				explicit[last] = true
			}
		case strings.HasPrefix(text, "# "):
			last = ""
			if words := strings.Fields(text[2:]); len(words) >= 2 && words[1] != "=>" {
				last, any = words[0]+" "+words[1], true
			}
		}
	}
	if !any || len(explicit) == 0 {
		return false
	}
	for m := range required {
		if !explicit[m] {
			return false
		}
	}
	for m := range explicit {
		if !required[m] {
			return false
		}
	}
	return true
}
