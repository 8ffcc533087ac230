package osv

import (
	"slices"
	"strings"

	"deps.dev/util/semver"

	"figment/ecosystem"
)

// Coverage says whether an advisory is about a version.
type Coverage uint8

// The kinds of coverage. Unclear is the zero value: the version or the record
// could not be understood, or the record does not say which versions it means.
const (
	Unclear     Coverage = iota
	NotCovered           // about other versions, or not about the package
	Listed               // no version is known, and the record is about some
	CoveredOpen          // only by "everything from the beginning, without an end"
	Covered              // listed, or inside a range that has bounds
)

var coverageWords = [...]string{"unclear", "not covered", "listed", "covered by an open range", "covered"}

// String is for tests and logs.
func (c Coverage) String() string {
	if int(c) < len(coverageWords) {
		return coverageWords[c]
	}
	return coverageWords[Unclear]
}

// rank orders what several entries of one record say: the stronger word holds.
var rank = [...]int{Unclear: 1, NotCovered: 0, Listed: 2, CoveredOpen: 3, Covered: 4}

// Cover says whether a is about version of p; p's own version is disregarded.
// An empty version is one that is not known: then the coverage is CoveredOpen
// if the record claims every version and lists none, else Listed. Withdrawn
// records cover nothing.
//
// A version is covered if versions has it, compared as the ecosystem compares,
// or one SEMVER or ECOSYSTEM range contains it; GIT ranges are passed over. A
// version that cannot be read is compared as text with versions only and
// otherwise Unclear.
func Cover(a *Advisory, p ecosystem.Package, version string) Coverage {
	return matcher(a, p).cover(version)
}

// CoversAll counts how many of the published versions a covers, with or without
// an end of its range.
func CoversAll(a *Advisory, p ecosystem.Package, published []string) (n, of int) {
	m := matcher(a, p)
	for _, v := range published {
		if c := m.cover(v); c == Covered || c == CoveredOpen {
			n++
		}
	}
	return n, len(published)
}

// A match is an advisory made ready for many versions of one package.
type match struct {
	eco     ecosystem.Ecosystem
	entries []matchEntry
}

type matchEntry struct {
	listed map[string]bool
	parsed []*semver.Version // ascending, of those in listed that can be read
	ready  bool
	ranges []matchRange
}

type matchRange struct {
	events []matchEvent // ascending, without limits
	limits []matchEvent
	always bool // from the beginning without an end
	unread bool // it cannot be understood
}

type matchEvent struct {
	kind EventKind
	zero bool // before every version
	v    *semver.Version
}

func matcher(a *Advisory, p ecosystem.Package) *match {
	m := &match{eco: p.Ecosystem}
	if !a.Withdrawn.IsZero() {
		return m
	}
	name := ecosystem.Normalize(p.Ecosystem, p.Name)
	for i := range a.Affected {
		f := &a.Affected[i]
		if f.Package.Ecosystem != p.Ecosystem || f.Package.Name != name {
			continue
		}
		e := matchEntry{listed: make(map[string]bool, len(f.Versions))}
		for _, v := range f.Versions {
			e.listed[m.eco.BareVersion(v)] = true
		}
		for j := range f.Ranges {
			if f.Ranges[j].registry() {
				e.ranges = append(e.ranges, readRange(m.eco, &f.Ranges[j]))
			}
		}
		m.entries = append(m.entries, e)
	}
	return m
}

func (m *match) cover(version string) Coverage {
	version = m.eco.BareVersion(version)
	var v *semver.Version
	if version != "" {
		v = parse(m.eco, version)
	}
	best := NotCovered
	for i := range m.entries {
		if c := m.entries[i].cover(m.eco, version, v); rank[c] > rank[best] {
			best = c
		}
	}
	return best
}

func (e *matchEntry) cover(eco ecosystem.Ecosystem, version string, v *semver.Version) Coverage {
	if len(e.listed) == 0 && len(e.ranges) == 0 {
		return Unclear
	}
	always := slices.ContainsFunc(e.ranges, func(r matchRange) bool { return r.always })
	if version == "" {
		if always && len(e.listed) == 0 {
			return CoveredOpen
		}
		return Listed
	}
	if e.listed[version] || v != nil && e.has(eco, v) {
		return Covered
	}
	unclear := v == nil
	for i := range e.ranges {
		r := &e.ranges[i]
		switch {
		case r.always:
		case r.unread:
			unclear = true
		case v != nil && r.contains(v):
			return Covered
		}
	}
	switch {
	case always:
		return CoveredOpen
	case unclear:
		return Unclear
	}
	return NotCovered
}

// has looks v up among the listed versions by value.
func (e *matchEntry) has(eco ecosystem.Ecosystem, v *semver.Version) bool {
	if !e.ready {
		e.ready = true
		for s := range e.listed {
			if p := parse(eco, s); p != nil {
				e.parsed = append(e.parsed, p)
			}
		}
		slices.SortFunc(e.parsed, (*semver.Version).Compare)
	}
	_, ok := slices.BinarySearchFunc(e.parsed, v, (*semver.Version).Compare)
	return ok
}

func readRange(eco ecosystem.Ecosystem, r *Range) matchRange {
	var out matchRange
	zero, others, begun := false, false, false
	for _, e := range r.Events {
		x := matchEvent{kind: e.Kind}
		begun = begun || e.Kind == Introduced
		switch {
		case e.Kind == Limit && e.Version == "*":
			continue
		case e.Kind == Introduced && e.Version != "" && strings.Trim(e.Version, "0.") == "": // "0", and 0.0.0 means no other
			x.zero, zero = true, true
		case e.Kind < Introduced || e.Kind > Limit:
			continue
		default:
			if e.Kind != Introduced {
				others = true
			}
			if x.v = parse(eco, eco.BareVersion(e.Version)); x.v == nil {
				out.unread = true
				continue
			}
		}
		if e.Kind == Limit {
			out.limits = append(out.limits, x)
		} else {
			out.events = append(out.events, x)
		}
	}
	out.always = zero && !others
	out.unread = out.unread || !begun // it says where it ends, or nothing
	// In order of versions. Events of one version keep the record's order, but
	// its last affected version comes after that it was introduced in it.
	slices.SortStableFunc(out.events, func(a, b matchEvent) int {
		switch {
		case a.zero || b.zero:
			return boolCompare(!a.zero, !b.zero)
		case a.v.Compare(b.v) != 0:
			return a.v.Compare(b.v)
		}
		return boolCompare(a.kind == LastAffected, b.kind == LastAffected)
	})
	return out
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// contains follows https://ossf.github.io/osv-schema/#evaluation.
func (r *matchRange) contains(v *semver.Version) bool {
	if len(r.limits) > 0 && !slices.ContainsFunc(r.limits, func(l matchEvent) bool { return v.Compare(l.v) < 0 }) {
		return false
	}
	in := false
	for _, e := range r.events {
		order := 1
		if !e.zero {
			order = v.Compare(e.v)
		}
		switch {
		case e.kind == Introduced && order >= 0:
			in = true
		case e.kind == Fixed && order >= 0, e.kind == LastAffected && order > 0:
			in = false
		}
	}
	return in
}

const maxVersion = 256 // bytes; longer ones are not read

// parse reads a version by the ecosystem's rules; nil if it is none.
func parse(eco ecosystem.Ecosystem, v string) *semver.Version {
	if v == "" || len(v) > maxVersion {
		return nil
	}
	sys := eco.System()
	if sys == semver.Go {
		v = "v" + v
	}
	p, err := sys.Parse(v)
	if err != nil || p.IsWildcard() {
		return nil
	}
	return p
}
