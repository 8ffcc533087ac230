package extract

import "figment/ecosystem"

// pypiLanguages are the languages that import packages of PyPI.
func pypiLanguages() []Format {
	return []Format{
		{Name: "python/imports", Ecosystem: ecosystem.PyPI, Kind: Import, Match: matchPython, Extract: extractPython},
	}
}
