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
	"figment/scanner/extract/shell"
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
		vocabulary(ecosystem.JSR, "npm", []text.Known{{What: "JSR manifest", Names: []string{"jsr.json"}}}, "jsr"),
		vocabulary(ecosystem.Conda, "PyPI", conda(), "conda", "mamba", "micromamba", "pixi"),
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

// vocabulary is the adapter of an ecosystem that has no folder: the tools that
// install its packages are those of another one.
func vocabulary(e ecosystem.Ecosystem, tools string, unread []text.Known, programs ...string) adapter.Adapter {
	a := adapter.Vocabulary(e, nil, nil, unread, programs...)
	a.None["Commands"] = "its commands stand with the tools of " + tools
	return a
}

// Formats is the table of what figment reads.
func Formats() extract.Table { return adapter.Formats(Adapters()) }

// Grammar is what figment knows of commands.
func Grammar() *shell.Grammar { return adapter.Grammar(Adapters()) }
