package javascript

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// Formats are code of JavaScript and TypeScript.
func Formats() []extract.Format {
	return []extract.Format{
		{Name: "javascript/imports", Ecosystem: ecosystem.NPM, Kind: extract.Import, Match: matchJavaScript, Extract: extractJavaScript},
	}
}
