package extract

import "figment/scanner/source"

// File is what the table of all formats finds in a file.
func File(f *source.File) ([]Reference, []source.Problem) {
	found := Builtin().Read(f)
	return found.References, found.Problems
}
