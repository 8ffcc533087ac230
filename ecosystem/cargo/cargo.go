// Package cargo is what figment knows of crates of Rust: which packages an import may mean.
package cargo

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Cargo, &resolve.Rules{Ecosystem: ecosystem.Cargo, Packages: crate}, commands(), unread(), folder())
}

// folder is "target" where Cargo builds in it.
func folder() text.Folder {
	return text.Folder{Names: []string{"target"}, Marks: []string{".rustc_info.json"}, Made: func(here map[string]bool, read func(string) []byte) string {
		if here[".rustc_info.json"] && read("../Cargo.toml") != nil {
			return ".rustc_info.json"
		}
		return ""
	}}
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "Cargo manifest", Names: []string{"Cargo.toml"}},
		{What: "Cargo lock file", Names: []string{"Cargo.lock"}, Refresh: "cargo update --workspace"},
		{What: "Rust source", Names: []string{".rs"}, Labels: []string{"rust", "rs"}},
	}
}

// crate: the first segment of a path; "_" and "-" are one letter.
func crate(imp string) []resolve.Candidate {
	first, _, _ := strings.Cut(strings.TrimPrefix(imp, "::"), "::")
	if first = strings.TrimPrefix(first, "r#"); first == "" {
		return nil
	}
	return []resolve.Candidate{{Name: ecosystem.Normalize(ecosystem.Cargo, first), How: resolve.Identity, Confidence: "high"}}
}
