package golang

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

func FuzzGoMod(f *testing.F) { fuzz(f, "go.mod") }
func FuzzGo(f *testing.F)    { fuzz(f, "a.go") }
