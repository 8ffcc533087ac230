package npm

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// formats are the files of npm, pnpm, Yarn and Bun that name packages.
func formats() []extract.Format {
	return []extract.Format{
		{
			Name: "npm/package.json", Ecosystem: ecosystem.NPM, Kind: extract.Manifest,
			Files:   text.Files{Names: []string{"package.json"}, Lang: text.JSON, What: "npm manifest", Runs: true, Sniff: text.Sniff{At: text.ByStructure, Is: looksPackageJSON}},
			Extract: extractPackageJSON, Includes: entries,
		},
		{
			Name: "npm/package-lock.json", Ecosystem: ecosystem.NPM, Kind: extract.Lockfile,
			Files:   text.Files{Names: []string{"package-lock.json", "npm-shrinkwrap.json"}, Lang: text.JSON, What: "npm lock file", Refresh: "npm install", Sniff: text.Sniff{At: text.ByStructure, Is: looksPackageLock}},
			Extract: extractPackageLock,
		},
		{
			Name: "npm/pnpm-workspace.yaml", Ecosystem: ecosystem.NPM, Kind: extract.Manifest,
			Files:   text.Files{Names: []string{"pnpm-workspace.yaml", ".yarnrc.yml"}, Lang: text.YAML, What: "workspace manifest"},
			Extract: extractPnpmWorkspace,
		},
		{
			Name: "npm/tsconfig.json", Ecosystem: ecosystem.NPM, Kind: extract.Import,
			Files:   text.Files{Paths: isTSConfig, Extensions: []string{".json"}, Patterns: []string{`[jt]sconfig([-._][^/]*)?\.json`}, Lang: text.JSON, What: "TypeScript configuration"},
			Extract: extractTSConfig,
		},
	}
}

// unread are the files of its tools that no format reads.
func unread() []text.Known {
	return []text.Known{
		{What: "pnpm lock file", Names: []string{"pnpm-lock.yaml"}, Refresh: "pnpm install"},
		{What: "Yarn lock file", Names: []string{"yarn.lock"}, Refresh: "yarn install"},
		{What: "Bun lock file", Names: []string{"bun.lock", "bun.lockb"}, Refresh: "bun install"},
		{What: "Deno lock file", Names: []string{"deno.lock"}, Refresh: "deno install"},
		{What: "Deno manifest", Names: []string{"deno.json", "deno.jsonc"}},
		{What: "Bower manifest", Names: []string{"bower.json"}},
		{What: "file of pnpm hooks", Names: []string{".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js", "pnpmfile.cjs"}},
	}
}

// looksPackageLock: a version of the format, and what it lists.
func looksPackageLock(s *text.Sample) bool {
	keys, ok := s.JSON()
	return ok && keys["lockfileVersion"] != 0 && (keys["packages"] != 0 || keys["dependencies"] != 0)
}

// looksPackageJSON: a table of dependencies, or scripts and a name, which a
// composer.json has as well.
func looksPackageJSON(s *text.Sample) bool {
	keys, ok := s.JSON()
	if !ok || looksPackageLock(s) {
		return false
	}
	for _, k := range []string{"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"} {
		if keys[k] == '{' {
			return true
		}
	}
	return keys["scripts"] == '{' && keys["name"] == 's' && keys["require"] == 0 && keys["autoload"] == 0
}

// programs are those with which a line of a shell may begin that installs or runs
// its packages.
func programs() []string {
	return []string{"npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "deno", "ni", "nlx", "corepack", "node"}
}
