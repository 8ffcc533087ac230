// Package gem is what figment knows of RubyGems: which packages an import may mean.
package gem

import (
	_ "embed"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

//go:embed data/gem-requires.tsv
var gemRequires resolve.Table

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Gem, &resolve.Rules{Ecosystem: ecosystem.Gem, Packages: gems}, commands(), unread(), folder())
}

// folder is "vendor" where Bundler fills it.
func folder() text.Folder {
	return text.Folder{Names: []string{"vendor"}, Marks: []string{"bundle"}, Made: func(here map[string]bool, read func(string) []byte) string {
		if here["bundle"] && (read("../Gemfile") != nil || read("../gems.rb") != nil) {
			return "vendor/bundle beside Gemfile"
		}
		return ""
	}}
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "Bundler manifest", Names: []string{"Gemfile", "gems.rb"}, Labels: []string{"gemfile"}},
		{What: "Bundler lock file", Names: []string{"Gemfile.lock"}, Refresh: "bundle lock"},
		{What: "Bundler lock file", Names: []string{"gems.locked"}},
		{What: "gem specification", Names: []string{".gemspec"}},
		{What: "Ruby source", Names: []string{".rb"}, Labels: []string{"ruby", "rb", "irb"}},
	}
}

// gems: what a require path may belong to. The map knows what is called
// otherwise; else the whole path with dashes, its first segment, and both with
// dashes for underscores. What the index knows goes first.
func gems(imp string) []resolve.Candidate {
	imp = strings.Trim(strings.TrimSuffix(imp, ".rb"), "/")
	if row, ok := gemRequires.Longest(imp, "/", 3); ok {
		// "a/b" of a mapped "a" may still be a gem of its own: "rack-b".
		out := resolve.MappedRow(row)
		if whole := strings.ReplaceAll(imp, "/", "-"); row[0] != imp && whole != row[1] {
			if resolve.Known(ecosystem.Gem, whole) {
				return append([]resolve.Candidate{{Name: whole, How: resolve.Identity, Confidence: "medium"}}, out...)
			}
			out = append(out, resolve.Candidate{Name: whole, How: resolve.Identity, Confidence: "low"})
		}
		return out
	}
	first, _, deep := strings.Cut(imp, "/")
	var words []string
	if deep {
		words = append(words, strings.ReplaceAll(imp, "/", "-"))
	}
	words = append(words, first)
	for _, w := range slices.Clone(words) {
		if strings.Contains(w, "_") {
			words = append(words, strings.ReplaceAll(w, "_", "-"))
		}
	}
	var out, rest []resolve.Candidate
	for _, w := range words {
		switch {
		case w == "":
		case resolve.Known(ecosystem.Gem, w):
			out = append(out, resolve.Candidate{Name: w, How: resolve.Identity, Confidence: "high"})
		default:
			rest = append(rest, resolve.Candidate{Name: w, How: resolve.Identity, Confidence: "medium"})
		}
	}
	return append(out, rest...)
}
