package pypi

import (
	"testing"

	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// table is what is read of this ecosystem, and of texts of any.
func table() extract.Table { return adapter.Formats([]adapter.Adapter{Adapter()}) }

// File is what the table finds in a file.
func File(f *source.File) ([]extract.Reference, []source.Problem) {
	found := table().Read(f)
	return found.References, found.Problems
}

func fuzz(f *testing.F, paths ...string) { extracttest.Fuzz(f, table(), nil, paths...) }

func FuzzRequirements(f *testing.F) { fuzz(f, "requirements.txt", "constraints.txt") }
func FuzzPyproject(f *testing.F)    { fuzz(f, "pyproject.toml") }
