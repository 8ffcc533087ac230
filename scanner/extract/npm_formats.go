package extract

import "figment/ecosystem"

// npmFormats are the files of npm, pnpm, Yarn and Bun that name packages.
func npmFormats() []Format {
	return []Format{
		{Name: "npm/package.json", Ecosystem: ecosystem.NPM, Kind: Manifest, Match: Named("package.json"), Extract: extractPackageJSON},
		{Name: "npm/package-lock.json", Ecosystem: ecosystem.NPM, Kind: Lockfile, Match: Named("package-lock.json", "npm-shrinkwrap.json"), Extract: extractPackageLock},
		{Name: "npm/pnpm-workspace.yaml", Ecosystem: ecosystem.NPM, Kind: Manifest, Match: Named("pnpm-workspace.yaml", ".yarnrc.yml"), Extract: extractPnpmWorkspace},
		{Name: "npm/tsconfig.json", Ecosystem: ecosystem.NPM, Kind: Import, Match: matchTSConfig, Extract: extractTSConfig},
	}
}
