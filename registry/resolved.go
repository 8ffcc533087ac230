package registry

import (
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// Resolved is the version that an installer would take for the record's
// constraint: the exact version it names, or the highest published one that
// satisfies it, pre-releases only if nothing else does. Empty where there is no
// constraint or where it cannot be told. vs reads the ecosystem's constraints.
func Resolved(vs *ecosystem.Versions, r *protocol.Record) string {
	if r.Constraint == "" {
		return ""
	}
	if v := vs.One(r.Constraint); v != "" {
		return v
	}
	pre := ""
	for i := len(r.Versions) - 1; i >= 0; i-- { // sorted, newest last
		v := r.Versions[i]
		if !vs.Matches(r.Constraint, v) {
			continue
		}
		if !strings.ContainsAny(v, "-") && !strings.ContainsAny(strings.ToLower(v), "abr") {
			return v
		}
		if pre == "" {
			pre = v
		}
	}
	if pre == "" && r.Latest != "" && vs.Matches(r.Constraint, r.Latest) {
		return r.Latest
	}
	return pre
}
