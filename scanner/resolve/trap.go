package resolve

import (
	"slices"
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

// ParseTrapKind reads the word of a kind.
func ParseTrapKind(word string) TrapKind {
	return TrapKind(max(0, slices.Index(trapKindNames[:], word)))
}
