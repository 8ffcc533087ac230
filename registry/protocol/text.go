package protocol

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
)

// What a package says of itself: evidence about suspects, never more.

// ShortText is as long as a readme may be, in bytes, to be taken for a notice: a
// longer one speaks of other things too.
const ShortText = 1000

// Describe judges a package's one-line description and its readme, of which at
// least the first 2 * ShortText bytes are given.
func (r *Reading) Describe(line, readme string) {
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
	if r.Parked = No; Parked(line) || len(readme) <= ShortText && Parked(readme) {
		r.Parked = Yes
	}
}

// Parked reports whether a text says that its package only holds a name, or
// tests who installs it. The words come in phrases: a library may well be about
// research, parking or placeholders.
func Parked(text string) bool {
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

// OnForge reports whether a link leads to a project of a public forge.
func OnForge(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(strings.Trim(u.Path, "/"), "/") {
		return false
	}
	return ecosystem.Forge(u.Hostname())
}

// Clip bounds foreign text that is kept.
func Clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max], "")
}

// Given is Yes for a text that is not empty, and else No.
func Given(s string) Tri {
	if s == "" {
		return No
	}
	return Yes
}

// CleanRepository drops a user name and password that somebody left in.
func CleanRepository(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, slash := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + host + path
}

// People reads a list of maintainers.
func People(j *JSONReader) []string {
	var out []string
	for range j.Elements() {
		name := ""
		switch j.Peek() {
		case '{':
			for key := range j.Members() {
				if key == "name" {
					name = j.TextOr(100)
				} else {
					j.Skip()
				}
			}
		default:
			name = j.TextOr(100)
		}
		if name != "" && len(out) < 100 {
			out = append(out, name)
		}
	}
	return out
}

// Timestamp reads RFC 3339; what is none is the zero time, which is unknown.
func Timestamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
