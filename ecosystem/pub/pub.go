// Package pub is what figment knows of pub: which packages an import may mean.
package pub

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Pub, &resolve.Rules{Ecosystem: ecosystem.Pub, Packages: dart}, commands())
}

// dart: "package:x/y.dart" names x.
func dart(imp string) []resolve.Candidate {
	imp = strings.TrimPrefix(imp, "package:")
	first, _, _ := strings.Cut(imp, "/")
	if first == "" || strings.Contains(first, ":") {
		return nil
	}
	return []resolve.Candidate{{Name: ecosystem.Normalize(ecosystem.Pub, first), How: resolve.Identity, Confidence: "certain"}}
}
