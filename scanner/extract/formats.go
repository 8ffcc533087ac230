package extract

import "figment/ecosystem"

// Builtin is the table of what figment reads: exact base names before languages.
// Each Match looks at Fragment.Name first, then Lang.
func Builtin() Table {
	return Table{
		{"npm/package.json", ecosystem.NPM, Manifest, named("package.json"), extractPackageJSON},
		{"npm/package-lock.json", ecosystem.NPM, Lockfile, named("package-lock.json", "npm-shrinkwrap.json"), extractPackageLock},
		{"npm/pnpm-workspace.yaml", ecosystem.NPM, Manifest, named("pnpm-workspace.yaml", ".yarnrc.yml"), extractPnpmWorkspace},
		{"npm/tsconfig.json", ecosystem.NPM, Import, matchTSConfig, extractTSConfig},
		{"pypi/pyproject.toml", ecosystem.PyPI, Manifest, named("pyproject.toml"), extractPyproject},
		{"pypi/requirements", ecosystem.PyPI, Manifest, matchRequirements, extractRequirements},
		{"pypi/script", ecosystem.PyPI, Manifest, named(scriptBlock), extractScriptBlock},
		{"pypi/setup.cfg", ecosystem.PyPI, Manifest, named("setup.cfg"), extractSetupCfg},
		{"pypi/setup.py", ecosystem.PyPI, Manifest, named("setup.py"), extractSetupPy},
		{"golang/go.mod", ecosystem.Golang, Manifest, named("go.mod"), extractGoMod},
		{"python/imports", ecosystem.PyPI, Import, matchPython, extractPython},
		{"javascript/imports", ecosystem.NPM, Import, matchJavaScript, extractJavaScript},
		{"golang/imports", ecosystem.Golang, Import, matchGo, extractGo},
		{"shell/commands", ecosystem.Unknown, Command, matchShell, extractShell},
		{"powershell/commands", ecosystem.Unknown, Command, matchOtherShell, extractOtherShell},
		{"lines/commands", ecosystem.Unknown, Command, matchLines, extractLines},
		{"prose/mentions", ecosystem.Unknown, Mention, matchProse, extractProse},
	}
}
