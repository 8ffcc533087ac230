package names

import (
	"strings"

	"figment/names/internal/fig"
)

// An Edit says how a name differs from the popular name it resembles.
type Edit uint8

// The edits. A Match has the likeliest one; EditNone, the zero value, is the
// same name. The first group are equal keys and strong single edits, what a slip of
// the finger or a forger makes; the others are weaker.
const (
	EditNone      Edit = iota
	EditSeparator      // the same but for separators
	EditOrder          // the same words in another order
	EditSkeleton       // the same but for look-alike characters
	EditPlural         // with or without a plural s
	EditSwap           // two neighbours swapped
	EditDouble         // a letter repeated, or a repetition dropped
	EditKey            // a neighbouring key
	EditLook           // a character that looks alike
	EditVowel          // one vowel for another
	EditInner          // a letter too many or too few, not at an end

	EditScope    // a scope dropped, swapped or faked
	EditAlias    // what people call the package: a brand, or a module it provides
	EditCompound // one edit from it once generic words are removed
	EditAffix    // a generic word added or missing

	EditWeak     // another single edit: first letter, an end, a digit, a chance replacement
	EditTwo      // two edits
	EditConflate // joins its words with those of another name
	EditDigits   // the same but for digits
	EditOwner    // a known repository or artifact under another owner
	EditContains // holds the whole name as a word
)

// Strong reports whether the edit is one that slips and forgers make, or an
// equal key: a name that differs so is hardly different by chance.
func (e Edit) Strong() bool { return e >= EditSeparator && e <= EditInner }

var editWords = [...]string{
	"same", "separator", "order", "skeleton", "plural", "swap", "double", "key", "look-alike", "vowel", "inner", "scope", "alias",
	"compound", "affix", "weak", "two-edits", "conflation", "digits", "owner", "contains",
}

// String is a word for tables and tests.
func (e Edit) String() string { return editWords[e] }

// keyboard is where the letters are on a QWERTY keyboard, row by row.
var keyboard = [...]string{"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// neighbours reports whether two keys touch.
func neighbours(a, b byte) bool {
	ra, ca := key(a)
	rb, cb := key(b)
	if ra < 0 || rb < 0 {
		return false
	}
	switch rb - ra {
	case 0:
		return ca-cb == 1 || cb-ca == 1
	case 1: // the row below is shifted to the right by half a key
		return ca == cb || ca == cb+1
	case -1:
		return ca == cb || cb == ca+1
	}
	return false
}

func key(c byte) (row, col int) {
	for r := range keyboard {
		if i := strings.IndexByte(keyboard[r], c); i >= 0 {
			return r, i
		}
	}
	return -1, -1
}

func looksAlike(a, b byte) bool {
	switch [2]byte{min(a, b), max(a, b)} {
	case [2]byte{'0', 'o'}, [2]byte{'1', 'l'}, [2]byte{'1', 'i'}, [2]byte{'i', 'l'}, [2]byte{'5', 's'}:
		return true
	}
	return false
}

func vowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// classify says how name was made of target, dist edits away.
func classify(name, target string, dist int) Edit {
	switch {
	case dist == 0:
		return EditNone
	case dist > 1:
		return EditTwo
	}
	// What is equal at both ends is not the edit.
	start := 0
	for start < len(name) && start < len(target) && name[start] == target[start] {
		start++
	}
	a, b := name[start:], target[start:]
	end := 0
	for end < len(a) && end < len(b) && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	a, b = a[:len(a)-end], b[:len(b)-end]
	if len(name) < 5 {
		return EditWeak
	}
	first, last := start == 0, end == 0
	switch {
	case len(a) == 2 && len(b) == 2:
		if fig.Sep(a[0]) || fig.Sep(a[1]) {
			return EditSeparator
		}
		if digit(a[0]) && digit(a[1]) {
			return EditWeak
		}
		return EditSwap
	case len(a) == 1 && len(b) == 1:
		x, y := fold(a[0]), fold(b[0])
		switch {
		case x == y: // capitals
			return EditSkeleton
		case fig.Sep(x) && fig.Sep(y):
			return EditSeparator
		case looksAlike(x, y):
			return EditLook
		case first || digit(x) || digit(y) || fig.Sep(x) || fig.Sep(y):
			return EditWeak
		case vowel(x) && vowel(y):
			return EditVowel
		case neighbours(x, y):
			return EditKey
		}
		return EditWeak
	}
	// One character too many or too few.
	longer, c := name, a
	if len(b) == 1 {
		longer, c = target, b
	}
	if len(c) != 1 {
		return EditWeak
	}
	ch := c[0]
	switch {
	case fig.Sep(ch):
		return EditSeparator
	case digit(ch):
		return EditWeak
	case start > 0 && longer[start-1] == ch, start+1 < len(longer) && longer[start+1] == ch:
		return EditDouble
	case last && ch == 's':
		return EditPlural
	case first || last:
		return EditWeak
	}
	return EditInner
}
