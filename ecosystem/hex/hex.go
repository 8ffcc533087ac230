// Package hex is what figment knows of Hex: which packages an import may mean.
package hex

import (
	_ "embed"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

//go:embed data/hex-modules.tsv
var hexModules resolve.Table

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Hex, &resolve.Rules{Ecosystem: ecosystem.Hex, Packages: hexPackages, Related: related}, commands(), unread(), folders()...)
}

// folders are those of Mix: what it fetched, and what it built.
func folders() []text.Folder {
	marks := []string{"dev", "test", "prod"}
	made := func(name string) func(map[string]bool, func(string) []byte) string {
		return func(here map[string]bool, read func(string) []byte) string {
			if read("../mix.exs") != nil && (name == "deps" && read("../mix.lock") != nil || here["dev"] || here["test"] || here["prod"]) {
				return name + " beside mix.exs"
			}
			return ""
		}
	}
	return []text.Folder{
		{Names: []string{"deps"}, Marks: marks, Made: made("deps")},
		{Names: []string{"_build"}, Marks: marks, Made: made("_build")},
	}
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "Mix manifest", Names: []string{"mix.exs"}},
		{What: "Mix lock file", Names: []string{"mix.lock"}, Refresh: "mix deps.get"},
		{What: "Rebar manifest", Names: []string{"rebar.config"}, Labels: []string{"erlang"}},
		{What: "Rebar lock file", Names: []string{"rebar.lock"}},
		{What: "Gleam manifest", Names: []string{"gleam.toml"}},
		{What: "Elixir source", Names: []string{".ex", ".exs"}, Labels: []string{"elixir", "ex", "exs", "iex"}},
	}
}

// hexPackages: the longest module that the map has, else the first segment in
// snake case.
func hexPackages(imp string) []resolve.Candidate {
	if row, ok := hexModules.Longest(imp, ".", 3); ok {
		return resolve.MappedRow(row)
	}
	first, _, _ := strings.Cut(imp, ".")
	if s := resolve.SplitCase(first, '_'); s != "" {
		return []resolve.Candidate{{Name: s, How: resolve.Identity, Confidence: "low"}}
	}
	return nil
}

// related takes a package for the modules that begin with its name.
func related(imp, name string) int {
	name = strings.ToLower(name)
	if first, _, _ := strings.Cut(imp, "."); strings.ReplaceAll(name, "_", "") == strings.ToLower(first) {
		return len(name)
	}
	return 0
}
