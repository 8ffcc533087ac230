// Package all lists the adapters of all ecosystems. Besides tests it alone imports
// the packages of ecosystems; whoever starts a program hands the list to those
// who need it.
package all

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/golang"
	"figment/ecosystem/npm"
	"figment/ecosystem/pypi"
)

// Adapters are those of every ecosystem, in the order of the table of ecosystems.
func Adapters() []adapter.Adapter {
	return []adapter.Adapter{
		npm.Adapter(),
		pypi.Adapter(),
		golang.Adapter(),
		vocabulary(ecosystem.Cargo),
		vocabulary(ecosystem.Gem),
		vocabulary(ecosystem.Maven),
		vocabulary(ecosystem.NuGet),
		vocabulary(ecosystem.Composer),
		vocabulary(ecosystem.Pub),
		vocabulary(ecosystem.Hex),
		vocabulary(ecosystem.JSR),
		vocabulary(ecosystem.Conda),
	}
}

// vocabulary is the adapter of an ecosystem of which figment knows names and
// advisories only. Its versions are compared by those of advisories
// (ecosystem.System), where no constraint of a manifest is read.
func vocabulary(e ecosystem.Ecosystem) adapter.Adapter {
	return adapter.Adapter{Ecosystem: e, None: adapter.None{
		"Registry": "no driver asks its registry",
		"Versions": "without a registry there is no version to compare constraints with",
		"Settings": "without a registry there is nothing to route",
		"Play":     "nobody asks its registry",
		"Fix":      "without a registry no replacement is known to be clean",
	}}
}
