package pypi

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/scanner/resolve"
)

// A trapRow is a row of the trap table.
type trapRow struct {
	module, intended, project string
	intendedRank, rank        int
	provides                  bool // the project was seen to install the module
	kind                      resolve.TrapKind
	reviewed                  bool
}

// provider reports whether a declaration of the trap project may be meant to
// provide the module: an alias brings the intended package along, and a project
// that many use and that has the module may be what the author wants, as long
// as nobody found that it is not.
func (t trapRow) provider() bool {
	return t.kind == resolve.TrapAlias || t.kind == resolve.TrapUnknown && t.provides && t.rank > 0
}

func parseTrap(line string) (trapRow, bool) {
	c := strings.Split(line, "\t")
	if len(c) < 8 {
		return trapRow{}, false
	}
	t := trapRow{module: c[0], intended: c[1], project: c[3], provides: c[5] == "yes", reviewed: c[7] == "reviewed"}
	t.intendedRank, _ = strconv.Atoi(c[2])
	t.rank, _ = strconv.Atoi(c[4])
	t.kind = resolve.ParseTrapKind(c[6])
	return t, true
}

// findTrap is the row of an import name.
func findTrap(importName string) (trapRow, bool) {
	line, ok := pythonTraps.Line(importName)
	if !ok {
		return trapRow{}, false
	}
	return parseTrap(line)
}

// trapsOf are the rows of each project that is a trap.
var trapsOf = sync.OnceValue(func() map[string][]trapRow {
	out := map[string][]trapRow{}
	for line := range strings.Lines(string(pythonTraps)) {
		if t, ok := parseTrap(strings.TrimSuffix(line, "\n")); ok && !slices.Contains(out[t.project], t) {
			out[t.project] = append(out[t.project], t)
		}
	}
	return out
})

// popularTarget is how popular an intended package has to be for its namesake
// to be worth a word where nothing imports the module.
const popularTarget = 5000

// trap reports whether a package that the project uses is the namesake of an
// import that means another one.
func (r *imports) trap(s *resolve.Subject) *resolve.Trap {
	var found *resolve.Trap
	for _, t := range trapsOf()[s.Name] {
		best, others, tier := lookupModule(t.module)
		if t.intended == s.Name || tier == "A" && best == s.Name {
			continue // the map says that the namesake provides it
		}
		imported := r.imported[t.module]
		provided := slices.ContainsFunc(append(others, best, t.intended), func(o string) bool {
			return o != s.Name && !stubs(o) && r.has(o)
		})
		out := &resolve.Trap{
			Import: t.module, Intended: t.intended, IntendedRank: t.intendedRank, Rank: t.rank,
			Imported: imported && !provided && t.kind != resolve.TrapAlias,
			Twin:     t.kind == resolve.TrapTwin || t.kind == resolve.TrapUnknown && t.provides,
			Kind:     t.kind, Reviewed: t.reviewed,
		}
		switch {
		case provided:
			if t.kind != resolve.TrapTwin {
				continue // needless, but it does no harm
			}
			// Two packages write the same module: which one wins is chance.
		case t.kind == resolve.TrapAlias:
			if !imported {
				continue
			}
		case imported:
			out.Warn = !t.provider()
		case t.reviewed:
			out.Warn = true
		default:
			// Nothing imports it: what many use is meant, and so is the namesake
			// of what hardly anybody uses.
			if t.rank > 0 || t.intendedRank == 0 || t.intendedRank > popularTarget {
				continue
			}
		}
		if found == nil || out.Warn && !found.Warn {
			found = out
		}
	}
	return found
}

// has reports whether a Python distribution is declared or installed.
func (r *imports) has(name string) bool {
	if len(r.in.Declared(ecosystem.PyPI, name)) > 0 {
		return true
	}
	for _, dists := range r.in.Installed {
		if slices.ContainsFunc(dists, func(d string) bool { return ecosystem.Normalize(ecosystem.PyPI, d) == name }) {
			return true
		}
	}
	return false
}
