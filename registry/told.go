package registry

import (
	"figment/ecosystem"
	"net/url"
	"slices"
	"strings"
)

// What a package says of itself: evidence about suspects, never more.

// shortText is as long as a readme may be, in bytes, to be taken for a notice: a
// longer one speaks of other things too.
const shortText = 1000

// describe judges a package's one-line description and its readme, of which at
// least the first 2 * shortText bytes are given.
func (r *reading) describe(line, readme string) {
	readme = strings.TrimSpace(readme)
	switch readme {
	case "", "UNKNOWN", "ERROR: No README data found!": // what tools fill in
		r.Readme, readme = No, ""
	default:
		r.Readme = Yes
	}
	if r.Parked == Yes {
		return
	}
	if r.Parked = No; parked(line) || len(readme) <= shortText && parked(readme) {
		r.Parked = Yes
	}
}

// parked reports whether a text says that its package only holds a name, or
// tests who installs it. The words come in phrases: a library may well be about
// research, parking or placeholders.
func parked(text string) bool {
	var b strings.Builder
	b.WriteByte(' ')
	gap := true
	for _, c := range strings.ToLower(text) {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			b.WriteRune(c)
			gap = false
		} else if !gap && c != '\'' {
			b.WriteByte(' ')
			gap = true
		}
	}
	b.WriteByte(' ')
	words := b.String()
	return slices.ContainsFunc([]string{
		"parked package", "parked name", "parked project", "parking package", "name parking", "package parking", "package is parked", "name is parked", "parking this name", "parking the name",
		"reserved package", "package reserved", "package is reserved", "name is reserved", "name reserved", "reserved for future", "reserved for security",
		"reserve the name", "reserve this name", "reserve the package", "reserving the name", "reserving this name", "reserves the name", "reserves this name", "name reservation", "namespace reservation", "package reservation",
		"placeholder package", "package placeholder", "placeholder project", "placeholder module", "placeholder release", "name placeholder", "placeholder for future", "this is a placeholder", "just a placeholder", "only a placeholder", "placeholder to prevent", "placeholder to avoid", "security placeholder",
		"security holding package", "security hold", "defensive registration", "published to prevent", "registered to prevent", "uploaded to prevent",
		"security research purposes", "security research package", "part of security research", "part of a security research", "dependency confusion test", "dependency confusion poc", "dependency confusion research", "dependency confusion proof", "test for dependency confusion", "bug bounty poc", "bug bounty research", "supply chain research",
	}, func(phrase string) bool { return strings.Contains(words, " "+phrase+" ") })
}

// forge reports whether a link leads to a project of a public forge.
func forge(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(strings.Trim(u.Path, "/"), "/") {
		return false
	}
	return ecosystem.Forge(u.Hostname())
}
