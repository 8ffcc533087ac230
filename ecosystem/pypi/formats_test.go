package pypi

import (
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/npm"
	"figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// table is what is read of this ecosystem, and of texts of any.
// table reads the ecosystem's files, and commands of npm in them besides its own.
func table() extract.Table {
	return adapter.Formats([]adapter.Adapter{Adapter(), {Ecosystem: ecosystem.NPM, Commands: npm.Adapter().Commands}})
}

// File is what the table finds in a file.
func File(f *source.File) ([]extract.Reference, []source.Problem) {
	found := table().Read(f)
	return found.References, found.Problems
}

func fuzz(f *testing.F, paths ...string) { extracttest.Fuzz(f, table(), nil, paths...) }

func FuzzRequirements(f *testing.F) { fuzz(f, "requirements.txt", "constraints.txt") }
func FuzzPyproject(f *testing.F)    { fuzz(f, "pyproject.toml") }
