package ecosystem

import (
	"strings"

	"deps.dev/util/semver"
)

// System is how the ecosystem orders versions and reads constraints. Pub and Hex
// follow semver.org, as anything unknown is taken to.
func (e Ecosystem) System() semver.System {
	if r := find(e); r != nil {
		return r.System
	}
	return semver.DefaultSystem
}

// BareVersion is a version as OSV writes it: without the equals signs that tools
// write before one, and without a v where the ecosystem's versions may have one.
func (e Ecosystem) BareVersion(v string) string {
	v = strings.TrimLeft(strings.TrimSpace(v), "= ")
	if has(e, func(r *row) bool { return r.VPrefix }) {
		v = strings.TrimPrefix(v, "v")
	}
	return v
}

// Pinned is the one version that a constraint names, as OSV writes it, or "". A
// lock file names versions; elsewhere a bare number is a range in most
// ecosystems.
func (e Ecosystem) Pinned(constraint string, locked bool) string {
	v, ok := strings.TrimPrefix(strings.TrimSpace(constraint), "v"), locked
	if r := find(e); r != nil && r.Pin != nil {
		v, ok = r.Pin(strings.TrimSpace(constraint), locked)
	}
	if !ok || v == "" || len(v) > maxPin || v[0] < '0' || v[0] > '9' {
		return ""
	}
	for i := 0; i < len(v); i++ {
		c := v[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte(".+-_!", c) < 0 {
			return ""
		}
	}
	return v
}

// maxPin is more than the longest version in use, in bytes.
const maxPin = 128

func pinPyPI(v string, locked bool) (string, bool) {
	return strings.TrimSpace(strings.TrimLeft(v, "=")), locked || strings.HasPrefix(v, "==")
}

func pinNPM(v string, _ bool) (string, bool) {
	v = strings.TrimLeft(v, "=v ")
	return v, threeNumbers(v)
}

func pinGo(v string, locked bool) (string, bool) {
	core, ok := strings.CutPrefix(v, "v")
	return core, (ok || locked) && threeNumbers(core)
}

// threeNumbers reports whether v begins like a full semantic version.
func threeNumbers(v string) bool {
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		v = v[:i]
	}
	return strings.Count(v, ".") == 2 && strings.Trim(v, "0123456789.") == "" && !strings.Contains("."+v+".", "..")
}
