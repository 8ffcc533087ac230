package registry

import (
	"figment/registry/protocol"
	"strings"
)

// Resolved is the version that an installer would take for the record's
// constraint: the exact version it names, or the highest published one that
// satisfies it, pre-releases only if nothing else does. Empty where there is no
// constraint or where it cannot be told.
func Resolved(r *protocol.Record) string {
	if r.Constraint == "" {
		return ""
	}
	e := r.Package.Ecosystem
	if v := exactVersion(e, r.Constraint); v != "" {
		return v
	}
	pre := ""
	for i := len(r.Versions) - 1; i >= 0; i-- { // sorted, newest last
		v := r.Versions[i]
		if !matches(e, r.Constraint, v) {
			continue
		}
		if !strings.ContainsAny(v, "-") && !strings.ContainsAny(strings.ToLower(v), "abr") {
			return v
		}
		if pre == "" {
			pre = v
		}
	}
	if pre == "" && r.Latest != "" && matches(e, r.Constraint, r.Latest) {
		return r.Latest
	}
	return pre
}
