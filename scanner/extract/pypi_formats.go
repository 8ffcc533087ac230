package extract

import "figment/ecosystem"

// pypiFormats are the files that name packages of PyPI.
func pypiFormats() []Format {
	return []Format{
		{Name: "pypi/pyproject.toml", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named("pyproject.toml"), Extract: extractPyproject, Includes: pyprojectIncludes},
		{Name: "pypi/requirements", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: matchRequirements, Extract: extractRequirements, Includes: requirementsIncludes},
		{Name: "pypi/script", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named(scriptBlock), Extract: extractScriptBlock},
		{Name: "pypi/setup.cfg", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named("setup.cfg"), Extract: extractSetupCfg, Includes: setupIncludes},
		{Name: "pypi/setup.py", Ecosystem: ecosystem.PyPI, Kind: Manifest, Match: Named("setup.py"), Extract: extractSetupPy},
	}
}
