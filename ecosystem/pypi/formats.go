package pypi

import (
	"figment/ecosystem"
	"figment/ecosystem/pypi/python"
	"figment/scanner/extract"
)

// formats are the files that name packages of PyPI.
func formats() []extract.Format {
	return []extract.Format{
		{Name: "pypi/pyproject.toml", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: extract.Named("pyproject.toml"), Extract: extractPyproject, Includes: pyprojectIncludes},
		{Name: "pypi/requirements", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: matchRequirements, Extract: extractRequirements, Includes: requirementsIncludes},
		{Name: "pypi/script", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: extract.Named(python.ScriptBlock), Extract: extractScriptBlock},
	}
}
