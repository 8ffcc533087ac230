package golang

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// formats are the files of Go that name modules.
func formats() []extract.Format {
	return []extract.Format{
		{Name: "golang/go.mod", Ecosystem: ecosystem.Golang, Kind: extract.Manifest, Match: extract.Named("go.mod"), Extract: extractGoMod},
	}
}

// languages are the languages that import packages of Go modules.
func languages() []extract.Format {
	return []extract.Format{
		{Name: "golang/imports", Ecosystem: ecosystem.Golang, Kind: extract.Import, Match: matchGo, Extract: extractGo},
	}
}
