// Package ecosystem is the vocabulary that everything else speaks: ecosystems
// (named by their purl type), package names in their canonical spelling, and
// package URLs. It does no I/O and knows nothing of files or registries.
//
// Specifications: purl (https://github.com/package-url/purl-spec), PEP 503 and
// PEP 508 for Python names, npm's validate-npm-package-name rules, and
// golang.org/x/mod/module for Go paths.
package ecosystem

// An Ecosystem is a world of package names, written as its purl type. The zero
// value means that it is not known which one a name belongs to.
type Ecosystem string

// The ecosystems figment reads. Those without a registry driver are listed all
// the same and end as unverified, reason "unsupported".
const (
	Unknown  Ecosystem = ""
	NPM      Ecosystem = "npm"
	PyPI     Ecosystem = "pypi"
	Golang   Ecosystem = "golang"
	Cargo    Ecosystem = "cargo"
	Gem      Ecosystem = "gem"
	Maven    Ecosystem = "maven"
	NuGet    Ecosystem = "nuget"
	Composer Ecosystem = "composer"
	Pub      Ecosystem = "pub"
	Hex      Ecosystem = "hex"
	JSR      Ecosystem = "jsr"
	Conda    Ecosystem = "conda"
)

// A Package names a package of an ecosystem. Name is in the ecosystem's
// canonical spelling (see Normalize) unless a comment says otherwise; Version
// is empty when no particular version is meant.
type Package struct {
	Ecosystem Ecosystem
	Name      string
	Version   string
}

// String writes p the way commands take it, "npm:left-pad@1.3.0".
func (p Package) String() string {
	s := string(p.Ecosystem) + ":" + p.Name
	if p.Version != "" {
		s += "@" + p.Version
	}
	return s
}

// JSRScope is npm's scope for the packages of JSR, which its own registry serves:
// "@jsr/std__path" is "@std/path" there.
const JSRScope = "@jsr"
