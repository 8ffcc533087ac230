package extract_test

import (
	"sync"

	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/source"
)

var formats = sync.OnceValue(all.Formats)

// File is what the table of all formats finds in a file.
func File(f *source.File) ([]Reference, []source.Problem) {
	found := formats().Read(f)
	return found.References, found.Problems
}
