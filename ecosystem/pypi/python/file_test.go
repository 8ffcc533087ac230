package python_test

import (
	"testing"

	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// File is what the table of all formats finds in a file.
func File(f *source.File) ([]Reference, []source.Problem) {
	found := all.Formats().Read(f)
	return found.References, found.Problems
}

func imported(t *testing.T, path, text string) []string {
	t.Helper()
	return extracttest.Imported(t, all.Formats(), path, text)
}

func shown(t *testing.T, path, text string, own ...string) string {
	t.Helper()
	return extracttest.Shown(t, all.Formats(), path, text, own...)
}

func FuzzPython(f *testing.F) {
	extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), "a.py")
}
