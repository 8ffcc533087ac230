// Package fig is the layout of a FIG1 file, the popular names of one ecosystem
// in a form that is searched in place, and the keys under which names that can
// be confused are equal. names reads such files, names/build writes them.
//
// All numbers are little-endian; all offsets count from the start of the file
// and are multiples of 8.
//
//	 0  "FIG1"
//	 4  u16 format, u16 ecosystem
//	 8  u32 snapshot (Unix seconds), u32 number of names
//	16  u32 flags, u32 offset and u32 length of the source text
//	28  u32 number of buckets, u32 number of tables, u32 zero
//	40  SHA-256 of everything behind it
//	72  buckets: u32 length of the names, u32 number, u32 offset, u32 zero
//	    tables:  u32 kind, u32 number, u32 offset, u32 zero
//
// A bucket holds all names of one length, sorted: n signatures (u64), n ranks
// with flags (u32), n names. A table holds n hashes (u32, sorted) and n ids
// (u32). An id is the length of the name (8 bits) over its place in the bucket
// (24 bits).
package fig

import "math/bits"

// Sizes and limits of the layout.
const (
	Magic      = "FIG1"
	Format     = 1
	HeaderSize = 72
	SumOffset  = 40
	RowSize    = 16  // of the two directories
	MaxName    = 214 // bytes; npm's limit. Longer names are not kept
	IndexBits  = 24  // of an id
	RankMask   = 1<<24 - 1
)

// Flags of a file.
const (
	Partial     = 1 << iota // the list is not all of the registry's popular names
	Unranked                // no name has a rank
	TrustSingle             // one list was enough to trust a name
)

// Flags of a name, in the high 8 bits beside its rank.
const (
	NameUnranked = 1 << (24 + iota)
	NameDeprecated
	NameMulti // also in an earlier list
	NameAlias // no package: a brand or a module, with the rank of the package meant
	NameScope // no package: an npm scope with its sign, with the rank of its best package
)

// A Kind is a table.
type Kind uint32

// The tables. A key kind holds the hash of each name's key; the others hold
// hashes of parts of names.
const (
	Separator Kind = iota + 1 // separators and scope removed
	Order                     // words sorted
	Skeleton                  // look-alike characters folded
	Plural                    // plural s removed from each word
	Digits                    // digits removed
	Affix                     // generic words removed from the ends
	Base                      // name without scope; Go: repository; Maven: artifact
	Token                     // each word, best rank first
	Prefix                    // beginnings of solid words, best owner only
	Suffix                    // ends of solid words, best owner only
	Meant                     // hash of an alias → id of the package meant
	Kinds                     // one more than the last
)

// Keys are the kinds under which Key gives a key for a whole name.
var keyKinds = [...]Kind{Separator, Order, Skeleton, Plural, Digits, Affix, Base}

// Hash is FNV-1a in 32 bits.
func Hash[T string | []byte](s T) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h ^= uint32(s[i])
		h *= 16777619
	}
	return h
}

// Signature has a bit for each letter and digit that a name holds, one for
// anything else, and one for each letter that it holds twice. Inserting or
// deleting a character flips at most one bit, replacing one two, swapping none.
func Signature(s string) uint64 {
	var sig uint64
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= 'a' && c <= 'z':
			bit := uint64(1) << (c - 'a')
			if sig&bit != 0 {
				bit <<= 37
			}
			sig |= bit
		case c >= '0' && c <= '9':
			sig |= 1 << (26 + c - '0')
		default:
			sig |= 1 << 36
		}
	}
	return sig
}

// Apart is the number of bits in which two signatures differ.
func Apart(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// ID joins a bucket and a place in it.
func ID(length, place int) uint32 { return uint32(length)<<IndexBits | uint32(place) }
