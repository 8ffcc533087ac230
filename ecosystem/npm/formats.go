package npm

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// formats are the files of npm, pnpm, Yarn and Bun that name packages.
func formats() []extract.Format {
	return []extract.Format{
		{Name: "npm/package.json", Ecosystem: ecosystem.NPM, Kind: extract.Manifest, Match: extract.Named("package.json"), Extract: extractPackageJSON, Includes: entries},
		{Name: "npm/package-lock.json", Ecosystem: ecosystem.NPM, Kind: extract.Lockfile, Match: extract.Named("package-lock.json", "npm-shrinkwrap.json"), Extract: extractPackageLock},
		{Name: "npm/pnpm-workspace.yaml", Ecosystem: ecosystem.NPM, Kind: extract.Manifest, Match: extract.Named("pnpm-workspace.yaml", ".yarnrc.yml"), Extract: extractPnpmWorkspace},
		{Name: "npm/tsconfig.json", Ecosystem: ecosystem.NPM, Kind: extract.Import, Match: matchTSConfig, Extract: extractTSConfig},
	}
}
