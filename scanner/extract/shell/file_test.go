package shell_test

import (
	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
	"testing"
)

// File is what the table of all formats finds in a file.
func File(f *source.File) ([]Reference, []source.Problem) {
	found := all.Formats().Read(f)
	return found.References, found.Problems
}

func FuzzShell(f *testing.F) { extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), "a.sh") }
func FuzzPowerShell(f *testing.F) {
	extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), "a.ps1", "a.cmd")
}
