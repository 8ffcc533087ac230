// Package docs holds the pages about the rules, for figment explain and for the
// help texts of SARIF.
package docs

import "embed"

//go:embed rules/*.md
var pages embed.FS

// Rule is the page of the rule called id, in Markdown; empty if there is none.
func Rule(id string) string {
	text, err := pages.ReadFile("rules/" + id + ".md")
	if err != nil {
		return ""
	}
	return string(text)
}
