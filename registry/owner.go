package registry

import (
	"slices"
	"strings"

	"figment/ecosystem"
)

// SameOwner reports whether the registry itself shows an owner that two packages
// have in common: an account, an organisation, or an npm scope. What is not
// known is not the same. Links to a repository are what packages say of
// themselves, and do not count.
func SameOwner(a, b *Record) bool {
	if a.Package.Ecosystem != b.Package.Ecosystem {
		return false
	}
	if a.Organization != "" && a.Organization == b.Organization {
		return true
	}
	if a.Package.Ecosystem == ecosystem.NPM {
		x, _, scopedA := strings.Cut(a.Package.Name, "/")
		y, _, scopedB := strings.Cut(b.Package.Name, "/")
		if scopedA && scopedB && x == y {
			return true
		}
	}
	return slices.ContainsFunc(a.Maintainers, func(m string) bool { return m != "" && slices.Contains(b.Maintainers, m) })
}
