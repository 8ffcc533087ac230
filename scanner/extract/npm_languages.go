package extract

import "figment/ecosystem"

// npmLanguages are the languages that import packages of npm.
func npmLanguages() []Format {
	return []Format{
		{Name: "javascript/imports", Ecosystem: ecosystem.NPM, Kind: Import, Match: matchJavaScript, Extract: extractJavaScript},
	}
}
