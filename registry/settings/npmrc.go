package settings

import (
	"encoding/json"
	"fmt"
	"strings"

	"figment/ecosystem"
)

// An NPMEntry is one line of an .npmrc.
type NPMEntry struct {
	Key, Value string
	Line       int // from 1
}

// ParseNPMRC reads the ini form of an .npmrc. Values are expanded by expand;
// nil leaves them as they are.
func ParseNPMRC(text string, expand func(string) string) []NPMEntry {
	var out []NPMEntry
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			break // what follows belongs to a section, which npm does not read
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = unquoteNPM(key), unquoteNPM(value)
		if expand != nil {
			key, value = expand(key), expand(value)
		}
		out = append(out, NPMEntry{key, value, n + 1})
	}
	return out
}

// unquoteNPM reads a key or a value: quotes go, ; and # begin a comment, and a
// backslash takes their meaning away.
func unquoteNPM(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		var text string
		if s[0] == '"' && json.Unmarshal([]byte(s), &text) == nil {
			return text
		}
		return s[1 : len(s)-1]
	}
	var b strings.Builder
	for i := 0; i < len(s) && s[i] != ';' && s[i] != '#'; i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\;#`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}

// A Claim is what a scanned repository says of where names come from. It can
// make names private; it never routes.
type Claim struct {
	Ecosystem ecosystem.Ecosystem
	Scope     string // "@acme"; empty: every name
	URL       string // without userinfo
	Path      string
	Line      int
	Key       string // the setting, where it is not npm's registry
}

// Covers reports whether the claim is about a name of its ecosystem.
func (c *Claim) Covers(name string) bool {
	if c.Scope == "" {
		return true
	}
	scope, _, scoped := strings.Cut(name, "/")
	return scoped && strings.EqualFold(c.Scope, scope)
}

// Setting is where the claim stands, for people.
func (c *Claim) Setting() string {
	key := "registry"
	switch {
	case c.Key != "":
		key = c.Key
	case c.Scope != "":
		key = c.Scope + ":registry"
	}
	return fmt.Sprintf("%s:%d %s", c.Path, c.Line, key)
}

// NPMClaims reads a repository's .npmrc, without expanding anything.
func NPMClaims(file string, data []byte) []Claim {
	var out []Claim
	for _, e := range ParseNPMRC(string(data), nil) {
		switch {
		case e.Key == "registry":
			out = append(out, Claim{Ecosystem: ecosystem.NPM, URL: MakeRoot(ecosystem.NPM, e.Value, "").URL, Path: file, Line: e.Line})
		case strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry"):
			out = append(out, Claim{Ecosystem: ecosystem.NPM, Scope: strings.TrimSuffix(e.Key, ":registry"), URL: MakeRoot(ecosystem.NPM, e.Value, "").URL, Path: file, Line: e.Line})
		}
	}
	return out
}
