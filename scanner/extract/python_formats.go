package extract

import "figment/ecosystem"

// Python are the files that the reader of Python reads: code, and the two manifests of setuptools.
func Python() []Format {
	return []Format{
		{Name: "pypi/setup.cfg", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named("setup.cfg"), Extract: extractSetupCfg, Includes: setupIncludes},
		{Name: "pypi/setup.py", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named("setup.py"), Extract: extractSetupPy},
		{Name: "python/imports", Ecosystem: ecosystem.PyPI, Kind: Import, Match: matchPython, Extract: extractPython},
	}
}
