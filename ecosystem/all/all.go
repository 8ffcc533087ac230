// Package all lists the adapters of all ecosystems. Besides tests it alone imports
// the packages of ecosystems; whoever starts a program hands the list to those
// who need it.
package all

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/cargo"
	"figment/ecosystem/composer"
	"figment/ecosystem/gem"
	"figment/ecosystem/golang"
	"figment/ecosystem/hex"
	"figment/ecosystem/maven"
	"figment/ecosystem/npm"
	"figment/ecosystem/nuget"
	"figment/ecosystem/pub"
	"figment/ecosystem/pypi"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Adapters are those of every ecosystem, in the order of the table of ecosystems.
func Adapters() []adapter.Adapter {
	return []adapter.Adapter{
		npm.Adapter(),
		pypi.Adapter(),
		golang.Adapter(),
		cargo.Adapter(),
		gem.Adapter(),
		maven.Adapter(),
		nuget.Adapter(),
		composer.Adapter(),
		pub.Adapter(),
		hex.Adapter(),
		adapter.Vocabulary(ecosystem.JSR, nil, []text.Known{{What: "JSR manifest", Names: []string{"jsr.json"}}}, "jsr"),
		adapter.Vocabulary(ecosystem.Conda, nil, conda(), "conda", "mamba", "micromamba", "pixi"),
	}
}

// conda are the files that name packages of conda, none of which is read yet.
func conda() []text.Known {
	return []text.Known{
		{What: "conda environment", Names: []string{"environment.yml", "environment.yaml"}, Match: func(_, base string) bool {
			return (strings.HasPrefix(base, "environment-") || strings.HasPrefix(base, "environment_")) && (strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml"))
		}},
		{What: "conda lock file", Names: []string{"conda-lock.yml"}},
		{What: "conda recipe", Names: []string{"meta.yaml"}},
		{What: "pixi manifest", Names: []string{"pixi.toml"}},
		{What: "pixi lock file", Names: []string{"pixi.lock"}},
	}
}

// Formats is the table of what figment reads.
func Formats() extract.Table { return adapter.Formats(Adapters()) }
