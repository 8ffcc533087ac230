package local

import (
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// bins are the commands whose package is called otherwise, with the packages that
// bring them: where one of those is installed, npx and its like run that and ask no
// registry. Source: the member bin of each package's manifest.
var bins = []struct{ command, packages string }{
	{"api-extractor", "@microsoft/api-extractor"},
	{"babel", "@babel/cli babel-cli"},
	{"babel-node", "@babel/node"},
	{"biome", "@biomejs/biome"},
	{"cap", "@capacitor/cli"},
	{"changeset", "@changesets/cli"},
	{"commitlint", "@commitlint/cli"},
	{"cucumber-js", "@cucumber/cucumber"},
	{"depcruise", "dependency-cruiser"},
	{"docusaurus", "@docusaurus/core"},
	{"eas", "eas-cli"},
	{"electron-forge", "@electron-forge/cli"},
	{"ember", "ember-cli"},
	{"firebase", "firebase-tools"},
	{"graphql-codegen", "@graphql-codegen/cli"},
	{"grunt", "grunt-cli"},
	{"json2ts", "json-schema-to-typescript"},
	{"lhci", "@lhci/cli"},
	{"markdownlint", "markdownlint-cli"},
	{"marp", "@marp-team/marp-cli"},
	{"mikro-orm", "@mikro-orm/cli"},
	{"mmdc", "@mermaid-js/mermaid-cli"},
	{"ncu", "npm-check-updates"},
	{"nest", "@nestjs/cli"},
	{"netlify", "netlify-cli"},
	{"ng", "@angular/cli"},
	{"openapi-generator-cli", "@openapitools/openapi-generator-cli"},
	{"pbjs", "protobufjs-cli"},
	{"pbts", "protobufjs-cli"},
	{"playwright", "@playwright/test"},
	{"postcss", "postcss-cli"},
	{"react-native", "@react-native-community/cli"},
	{"react-router", "@react-router/dev"},
	{"redocly", "@redocly/cli"},
	{"remix", "@remix-run/dev"},
	{"run-p", "npm-run-all npm-run-all2"},
	{"run-s", "npm-run-all npm-run-all2"},
	{"rush", "@microsoft/rush"},
	{"sb", "storybook"},
	{"sentry-cli", "@sentry/cli"},
	{"sequelize", "sequelize-cli"},
	{"slidev", "@slidev/cli"},
	{"sls", "serverless"},
	{"spectral", "@stoplight/spectral-cli"},
	{"svelte-kit", "@sveltejs/kit"},
	{"swc", "@swc/cli"},
	{"tailwindcss", "@tailwindcss/cli"},
	{"ts-node-esm", "ts-node"},
	{"tsc", "typescript"},
	{"tsserver", "typescript"},
	{"typeorm-ts-node-commonjs", "typeorm"},
	{"typeorm-ts-node-esm", "typeorm"},
	{"vsce", "@vscode/vsce"},
	{"vue", "@vue/cli"},
	{"vue-cli-service", "@vue/cli-service"},
	{"wdio", "@wdio/cli"},
}

// installedBin decides the name of a command that another package brings, which the
// project declares or the same text installs.
func (p *projects) installedBin(r *extract.Reference) (project.Decision, bool) {
	if r.Kind != extract.Command && r.Kind != extract.Mention || r.Scope != extract.BinScope || r.Constraint != "" || r.Alias != "" {
		return project.Decision{}, false
	}
	for _, b := range bins {
		if b.command != r.Name {
			continue
		}
		for _, name := range strings.Fields(b.packages) {
			if by := p.installs(r, name); by != "" {
				return project.Decision{Origin: project.Local, Reason: "a command of " + name + ", in " + by}, true
			}
		}
	}
	return project.Decision{}, false
}

// installs gives the file that declares a package where a command runs, or whose
// text installs it; empty: there is none.
func (p *projects) installs(r *extract.Reference, name string) string {
	list := p.Declared(ecosystem.NPM, name)
	i := slices.IndexFunc(list, func(d *extract.Reference) bool {
		switch d.Kind {
		case extract.Command:
			return d.Path == r.Path && !d.Flags.Has(extract.Runs)
		case extract.Manifest:
			return d.Path == r.Path || d.Label == "" && under(path.Dir(p.Place(d.Path)), p.Place(r.Path))
		}
		return false
	})
	if i < 0 {
		return ""
	}
	return list[i].Path
}
