// Package nuget is what figment knows of NuGet: which packages an import may mean.
package nuget

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.NuGet, &resolve.Rules{Ecosystem: ecosystem.NuGet, Packages: dotnet, Related: related}, commands())
}

// dotnet: a namespace is often the id of its package, or begins with it; ids
// are compared without case.
func dotnet(imp string) []resolve.Candidate {
	var out []resolve.Candidate
	for q := imp; q != ""; q, _ = resolve.Parent(q) {
		out = append(out, resolve.Candidate{Name: strings.ToLower(q), How: resolve.Identity, Confidence: "low"})
	}
	return out
}

// related takes an id for the namespaces below it; case does not count.
func related(imp, name string) int {
	if name = strings.ToLower(name); resolve.Within(strings.ToLower(imp), name, ".") {
		return len(name)
	}
	return 0
}
