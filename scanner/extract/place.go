package extract

import (
	"path"
	"strings"

	"figment/ecosystem"
)

// PlaceOf says what becomes of a name where a reference stands: which words can
// be placeholders there.
func PlaceOf(r *Reference) ecosystem.Place {
	switch {
	case r.Path == "": // the words of a call
		return ecosystem.Installed
	case r.Kind == Mention:
		return ecosystem.Example
	case strings.HasPrefix(r.Label, "fence") || strings.HasPrefix(r.Label, "indented code"):
		return ecosystem.Example
	case r.Label == "" && (r.Kind == Manifest || r.Kind == Lockfile):
		return ecosystem.Installed
	}
	base := path.Base(r.Path)
	switch strings.ToLower(path.Ext(base)) {
	case ".md", ".markdown", ".mdown", ".mkd", ".mdx", ".mdc", ".qmd", ".rmd", ".rst", ".adoc", ".asciidoc", ".org", ".txt", ".tex", ".html", ".htm":
		return ecosystem.Example
	case ".sh", ".bash", ".zsh", ".ksh", ".fish", ".bats", ".envrc", ".ps1", ".psm1", ".bat", ".cmd":
		return ecosystem.Script
	case "":
		if base == "-" || base == strings.ToUpper(base) { // an answer on standard input, README
			return ecosystem.Example
		}
	}
	return ecosystem.Installed
}
