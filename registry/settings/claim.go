package settings

import (
	"fmt"
	"strings"

	"figment/ecosystem"
)

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
