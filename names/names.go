// Package names is the embedded index of popular package names: which names are
// known and how popular they are, which popular names are near a given one, and
// in which other ecosystem a name is known. The lists are part of the program
// and are opened without I/O.
//
// A list may say "known", never "made up": a name that is not in it proves
// nothing.
package names

import "figment/ecosystem"

// Edit says how a name differs from a match.
type Edit string

// The edits. EditNone is the same name.
const (
	EditNone      Edit = ""
	EditTypo      Edit = "edit"      // optimal string alignment distance 1 or 2
	EditSeparator Edit = "separator" // the same but for - _ . and scope
	EditOrder     Edit = "order"     // the same words in another order
	EditAffix     Edit = "affix"     // a generic word added or missing
)

// A Match is a popular name that resembles the one asked about. Rank 1 is the
// most popular; 0 means known but unranked.
type Match struct {
	Name     string
	Rank     int
	Edit     Edit
	Distance int
}

// placeholder until the index is written
var _ = ecosystem.Unknown
