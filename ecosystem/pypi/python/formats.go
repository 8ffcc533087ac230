package python

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// Formats are the files that the reader of Python reads: code, and the two manifests of setuptools.
func Formats() []extract.Format {
	return []extract.Format{
		{Name: "pypi/setup.cfg", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: extract.Named("setup.cfg"), Extract: extractSetupCfg, Includes: setupIncludes},
		{Name: "pypi/setup.py", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: extract.Named("setup.py"), Extract: extractSetupPy},
		{Name: "python/imports", Ecosystem: ecosystem.PyPI, Kind: extract.Import, Match: matchPython, Extract: extractPython},
	}
}
