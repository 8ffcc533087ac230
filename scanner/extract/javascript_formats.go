package extract

import "figment/ecosystem"

// JavaScript is code of JavaScript and TypeScript.
func JavaScript() []Format {
	return []Format{
		{Name: "javascript/imports", Ecosystem: ecosystem.NPM, Kind: Import, Match: matchJavaScript, Extract: extractJavaScript},
	}
}
