package pypi

import (
	"figment/ecosystem"
	"figment/ecosystem/pypi/python"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// formats are the files that name packages of PyPI.
func formats() []extract.Format {
	return []extract.Format{
		{
			Name: "pypi/pyproject.toml", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest,
			Files:   text.Files{Names: []string{"pyproject.toml"}, Lang: text.TOML, What: "Python manifest", Lists: true, Owns: true, Sniff: text.Sniff{At: text.ByHeaders, Is: looksPyproject}},
			Extract: extractPyproject, Includes: pyprojectIncludes,
		},
		{
			Name: "pypi/requirements", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest,
			Files: text.Files{
				Names: []string{"requirements.txt"},
				Paths: isRequirements, Extensions: []string{".txt", ".in", ".pip", ".lock", ""},
				Patterns: []string{
					`(?i:[^/]*(requirements|constraints)[^/]*\.txt)`, `requirements/([^/]+/)*[^/]+\.txt`, `(?i:([^/]*[-_.])?reqs([-_.][^/]*)?\.txt)`,
					`(?i:[^/]*(requirements|constraints)[^/]*\.pip)`, `requirements/[^/]+\.pip`, `(?i:requirements[^/]*\.lock)`,
				},
				Beside: &text.Beside{Leads: leadsInputs, Is: isInput, Pattern: `[^/]+\.in`},
				List:   "requirements.txt", Limits: "constraints.txt",
				Lang: text.Text, What: "Python requirements", Owns: true,
				Labels: []string{"requirements", "requirements.txt", "pip-requirements"},
				Sniff:  text.Sniff{At: text.ByLines, Is: looksRequirements},
			},
			Extract: extractRequirements, Includes: requirementsIncludes,
		},
		{Name: "pypi/script", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Match: extract.Named(python.ScriptBlock), Extract: extractScriptBlock},
	}
}

// unread are the files of its tools that no format reads.
func unread() []text.Known {
	return []text.Known{
		{What: "uv lock file", Names: []string{"uv.lock"}, Refresh: "uv lock"},
		{What: "Poetry lock file", Names: []string{"poetry.lock"}, Refresh: "poetry lock"},
		{What: "PDM lock file", Names: []string{"pdm.lock"}, Refresh: "pdm lock"},
		{What: "Pipenv lock file", Names: []string{"Pipfile.lock"}, Refresh: "pipenv lock"},
		{What: "Python lock file", Names: []string{"pylock.toml"}, Refresh: "uv export -o pylock.toml"},
		{What: "Pipenv manifest", Names: []string{"Pipfile"}},
		{Names: []string{"uv.toml"}, Owns: true},
		{What: "tox configuration", Names: []string{"tox.ini", "tox.toml"}},
	}
}
