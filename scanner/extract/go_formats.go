package extract

import "figment/ecosystem"

// goFormats are the files of Go that name modules.
func goFormats() []Format {
	return []Format{
		{Name: "golang/go.mod", Ecosystem: ecosystem.Golang, Kind: Manifest, Match: Named("go.mod"), Extract: extractGoMod},
	}
}

// goLanguages are the languages that import packages of Go modules.
func goLanguages() []Format {
	return []Format{
		{Name: "golang/imports", Ecosystem: ecosystem.Golang, Kind: Import, Match: matchGo, Extract: extractGo},
	}
}
