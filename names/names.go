// Package names is the embedded index of popular package names: which names are
// known and how popular they are, which popular names a given one resembles and
// how, and in which other ecosystem a name is known. The lists are part of the
// program and are searched in place: opening one looks at its directory and
// copies nothing.
//
// A list may say "known", never "made up": a name that is not in it proves
// nothing, and a likeness proves nothing either. Distance explains and
// suggests; facts about a package decide.
//
// The files are made by names/build from plain lists; docs/names.md says where
// those come from and how they are renewed.
package names

//go:generate go run figment/cmd/mknames names --eco pypi --names build/lists/pypi.tsv --aliases build/lists/pypi.aliases.tsv --aliases ../ecosystem/pypi/data/python-import-name-traps.tsv --aliases ../ecosystem/pypi/data/python-import-name-unregistered.tsv --aliases build/lists/brands.aliases.tsv --snapshot 2026-11-01 --trust-single --source "30-day downloads, agreeing as a set with hugovk/top-pypi-packages of June 2026" --out data/pypi.fig
//go:generate go run figment/cmd/mknames names --eco npm --names build/lists/npm.tsv --aliases build/lists/npm.aliases.tsv --aliases build/lists/brands.aliases.tsv --snapshot 2026-11-01 --trust-single --source "monthly downloads, November 2026" --out data/npm.fig
//go:generate go run figment/cmd/mknames names --eco golang --names build/lists/golang.tsv --snapshot 2026-11-01 --trust-single --source "references from top-starred repositories, DataDog/guarddog (Apache-2.0)" --out data/golang.fig
//go:generate go run figment/cmd/mknames names --eco cargo --names build/lists/cargo.tsv --snapshot 2026-11-01 --trust-single --source "google/oss-rebuild and rust-playground" --out data/cargo.fig
//go:generate go run figment/cmd/mknames names --eco gem --names build/lists/gem.tsv --snapshot 2026-11-01 --trust-single --source "google/oss-rebuild, deps.dev data (CC-BY 4.0)" --out data/gem.fig
//go:generate go run figment/cmd/mknames names --eco maven --names build/lists/maven.tsv --snapshot 2026-11-01 --trust-single --source "google/oss-rebuild, deps.dev data (CC-BY 4.0)" --out data/maven.fig
//go:generate go run figment/cmd/mknames names --eco composer --names build/lists/composer.tsv --snapshot 2026-11-01 --trust-single --source "Roave/SecurityAdvisories (MIT)" --out data/composer.fig
//go:generate go run figment/cmd/mknames names --eco hex --names build/lists/hex.tsv --snapshot 2026-11-01 --trust-single --source "link texts of awesome-elixir (MIT)" --out data/hex.fig

import (
	_ "embed"
	"fmt"

	"figment/ecosystem"
)

// A Match is a popular name that resembles the one asked about.
type Match struct {
	Name     string // canonical; empty for a brand without a package
	Rank     int    // 1 is the most popular; 0: known but unranked
	Edit     Edit
	Distance int    // edits; 0 where the names differ by a rule
	Via      string // the brand or module by which people call Name; empty for none
	Other    string // with EditConflate: the other name that was joined
	Trusted  bool   // popular by two lists, or the index was built to do with one
}

//go:embed data/pypi.fig
var pypi string

//go:embed data/npm.fig
var npm string

//go:embed data/golang.fig
var golang string

//go:embed data/cargo.fig
var cargo string

//go:embed data/gem.fig
var gem string

//go:embed data/maven.fig
var maven string

//go:embed data/composer.fig
var composer string

//go:embed data/hex.fig
var hex string

// embedded is the index file of an ecosystem, which is called like it; empty for
// none.
func embedded(e ecosystem.Ecosystem) string {
	switch e + ".fig" {
	case "pypi.fig":
		return pypi
	case "npm.fig":
		return npm
	case "golang.fig":
		return golang
	case "cargo.fig":
		return cargo
	case "gem.fig":
		return gem
	case "maven.fig":
		return maven
	case "composer.fig":
		return composer
	case "hex.fig":
		return hex
	}
	return ""
}

// Open gives the index of an ecosystem. The error says that none is embedded.
func Open(e ecosystem.Ecosystem) (*Index, error) {
	data := embedded(e)
	if data == "" {
		return nil, fmt.Errorf("no popular names of %s are embedded", e)
	}
	return Read(e, data)
}

// Elsewhere lists the other ecosystems whose index has the name.
func Elsewhere(name string, not ecosystem.Ecosystem) []ecosystem.Ecosystem {
	var out []ecosystem.Ecosystem
	for _, e := range ecosystem.All() {
		if e == not {
			continue
		}
		if x, err := Open(e); err == nil {
			if _, ok := x.Rank(ecosystem.Normalize(e, name)); ok {
				out = append(out, e)
			}
		}
	}
	return out
}
