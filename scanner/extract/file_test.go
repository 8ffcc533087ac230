package extract_test

import (
	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/source"
)

// File is what the table of all formats finds in a file.
func File(f *source.File) ([]Reference, []source.Problem) {
	found := all.Formats().Read(f)
	return found.References, found.Problems
}
