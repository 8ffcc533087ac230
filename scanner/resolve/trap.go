package resolve

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"figment/ecosystem"
)

// A TrapKind says what a project is that has the name of an import without
// being the package that the import means.
type TrapKind uint8

// The kinds. TrapUnknown is the zero value: nobody has looked.
const (
	TrapUnknown TrapKind = iota
	TrapAlias            // it depends on the intended package: harmless
	TrapOther            // it has nothing to do with the import
	TrapTwin             // it is another project and installs a module of the same name
)

var trapKindNames = [...]string{"unknown", "alias", "other", "twin"}

func (k TrapKind) String() string { return trapKindNames[k] }

// A Trap is a package that has the name of an import without being the package
// that the import means.
type Trap struct {
	Import       string // the import name
	Intended     string // the distribution that is meant
	IntendedRank int    // its place among the popular packages; 0: unranked
	Rank         int    // the place of the trap project; 0: unranked
	Imported     bool   // the project imports the module, and nothing declared or installed provides the intended one
	Twin         bool   // the trap project is known to install a module of the same name
	Kind         TrapKind
	Reviewed     bool // a person decided Kind, not the generator
	// Warn says that this deserves a warning; else it is worth a note at most.
	Warn bool
}

// A trapRow is a row of the trap table.
type trapRow struct {
	module, intended, project string
	intendedRank, rank        int
	provides                  bool // the project was seen to install the module
	kind                      TrapKind
	reviewed                  bool
}

// provider reports whether a declaration of the trap project may be meant to
// provide the module: an alias brings the intended package along, and a project
// that many use and that has the module may be what the author wants, as long
// as nobody found that it is not.
func (t trapRow) provider() bool {
	return t.kind == TrapAlias || t.kind == TrapUnknown && t.provides && t.rank > 0
}

func parseTrap(line string) (trapRow, bool) {
	c := strings.Split(line, "\t")
	if len(c) < 8 {
		return trapRow{}, false
	}
	t := trapRow{module: c[0], intended: c[1], project: c[3], provides: c[5] == "yes", reviewed: c[7] == "reviewed"}
	t.intendedRank, _ = strconv.Atoi(c[2])
	t.rank, _ = strconv.Atoi(c[4])
	if i := slices.Index(trapKindNames[:], c[6]); i > 0 {
		t.kind = TrapKind(i)
	}
	return t, true
}

// findTrap is the row of an import name.
func findTrap(importName string) (trapRow, bool) {
	line, ok := findLine(pythonTraps, importName)
	if !ok {
		return trapRow{}, false
	}
	return parseTrap(line)
}

// trapsOf are the rows of each project that is a trap.
var trapsOf = sync.OnceValue(func() map[string][]trapRow {
	out := map[string][]trapRow{}
	for line := range strings.Lines(pythonTraps) {
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
func (r *resolver) trap(s *Subject) *Trap {
	var found *Trap
	for _, t := range trapsOf()[s.Name] {
		best, others, tier := lookupModule(t.module)
		if t.intended == s.Name || tier == "A" && best == s.Name {
			continue // the map says that the namesake provides it
		}
		imported := r.imported[t.module]
		provided := slices.ContainsFunc(append(others, best, t.intended), func(o string) bool {
			return o != s.Name && !stubs(o) && r.has(o)
		})
		out := &Trap{
			Import: t.module, Intended: t.intended, IntendedRank: t.intendedRank, Rank: t.rank,
			Imported: imported && !provided && t.kind != TrapAlias,
			Twin:     t.kind == TrapTwin || t.kind == TrapUnknown && t.provides,
			Kind:     t.kind, Reviewed: t.reviewed,
		}
		switch {
		case provided:
			if t.kind != TrapTwin {
				continue // needless, but it does no harm
			}
			// Two packages write the same module: which one wins is chance.
		case t.kind == TrapAlias:
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
func (r *resolver) has(name string) bool {
	if len(r.p.Declared(ecosystem.PyPI, name)) > 0 {
		return true
	}
	for _, dists := range r.o.Installed {
		if slices.ContainsFunc(dists, func(d string) bool { return ecosystem.Normalize(ecosystem.PyPI, d) == name }) {
			return true
		}
	}
	return false
}
