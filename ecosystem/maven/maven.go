// Package maven is what figment knows of Maven: which packages an import may mean.
package maven

import (
	_ "embed"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
)

//go:embed data/maven-packages.tsv
var mavenPackages resolve.Table

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Maven, &resolve.Rules{Ecosystem: ecosystem.Maven, Packages: artifacts, Related: related}, nil)
}

// artifacts: the longest Java package that the map has. Nothing else can be
// read from a package name, which is no hint of a group.
func artifacts(imp string) []resolve.Candidate {
	imp = strings.TrimSuffix(strings.TrimPrefix(imp, "static "), ".*")
	if row, ok := mavenPackages.Longest(imp, ".", 3); ok {
		return resolve.MappedRow(row)
	}
	return nil
}

// related takes a group for the Java packages below it.
func related(imp, name string) int {
	if group, _, ok := strings.Cut(name, ":"); ok && resolve.Within(imp, group, ".") {
		return len(group)
	}
	return 0
}
