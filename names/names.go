// Package names is the embedded index of popular package names: which names are
// known and how popular they are, which popular names are near a given one, and
// in which other ecosystem a name is known. The lists are part of the program
// and are searched in place.
//
// A list may say "known", never "made up": a name that is not in it proves
// nothing.
package names

import (
	_ "embed"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
)

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

//go:embed data/pypi.tsv
var pypi string

//go:embed data/npm.tsv
var npm string

//go:embed data/go.tsv
var golang string

//go:embed data/crates.tsv
var cargo string

//go:embed data/rubygems.tsv
var gem string

//go:embed data/maven.tsv
var maven string

//go:embed data/packagist.tsv
var composer string

//go:embed data/hex.tsv
var hex string

// date of the embedded lists.
const date = "2026-11-01"

// list is the embedded text of an ecosystem.
func list(e ecosystem.Ecosystem) string {
	switch e {
	case ecosystem.PyPI:
		return pypi
	case ecosystem.NPM:
		return npm
	case ecosystem.Golang:
		return golang
	case ecosystem.Cargo:
		return cargo
	case ecosystem.Gem:
		return gem
	case ecosystem.Maven:
		return maven
	case ecosystem.Composer:
		return composer
	case ecosystem.Hex:
		return hex
	}
	return ""
}

// An Index is the popular names of one ecosystem. Safe for concurrent use.
type Index struct {
	text string
	once sync.Once
	rows []row // made at the first search for near names
}

type row struct {
	name string
	rank int
	sig  uint64
}

// Open gives the index of an ecosystem. Nothing is read or built yet. The error
// says that there is none.
func Open(e ecosystem.Ecosystem) (*Index, error) {
	text := list(e)
	if text == "" {
		return nil, fmt.Errorf("no popular names of %s are embedded", e)
	}
	return &Index{text: text}, nil
}

// Date is the day of which the lists are.
func (x *Index) Date() time.Time {
	t, _ := time.Parse(time.DateOnly, date)
	return t
}

// Rank finds a canonical name. ok with rank 0 means known, unranked.
func (x *Index) Rank(name string) (rank int, ok bool) {
	if name == "" || strings.ContainsAny(name, "\t\n") {
		return 0, false
	}
	lineAt := func(off int) string {
		start := strings.LastIndexByte(x.text[:off], '\n') + 1
		end := strings.IndexByte(x.text[start:], '\n')
		if end < 0 {
			return x.text[start:]
		}
		return x.text[start : start+end]
	}
	i := sort.Search(len(x.text), func(off int) bool {
		key, _, _ := strings.Cut(lineAt(off), "\t")
		return key >= name
	})
	if i == len(x.text) {
		return 0, false
	}
	key, value, _ := strings.Cut(lineAt(i), "\t")
	if key != name {
		return 0, false
	}
	rank, _ = strconv.Atoi(value)
	return rank, true
}

func (x *Index) build() {
	x.once.Do(func() {
		x.rows = make([]row, 0, strings.Count(x.text, "\n"))
		for line := range strings.Lines(x.text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			rank, _ := strconv.Atoi(value)
			x.rows = append(x.rows, row{name, rank, signature(name)})
		}
	})
}

// signature has a bit for each letter that a name holds. An insertion or a
// deletion flips at most one of them, a substitution two.
func signature(s string) uint64 {
	var sig uint64
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			sig |= 1 << (c - 'a')
		case c >= '0' && c <= '9':
			sig |= 1 << (26 + c - '0')
		default:
			sig |= 1 << 36
		}
	}
	return sig
}

func bits(x uint64) int {
	n := 0
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

// Near appends to buf the names within k edits (optimal string alignment, k at
// most 2) of name, nearest and most popular first. name itself is left out.
func (x *Index) Near(name string, k int, buf []Match) []Match {
	x.build()
	sig := signature(name)
	n := len(buf)
	for i := range x.rows {
		r := &x.rows[i]
		d := len(r.name) - len(name)
		if d < 0 {
			d = -d
		}
		if d > k || bits(r.sig^sig) > 2*(k-d)+d {
			continue
		}
		if dist := Distance(r.name, name); dist > 0 && dist <= k {
			buf = append(buf, Match{r.name, r.rank, EditTypo, dist})
		}
	}
	slices.SortFunc(buf[n:], compare)
	return buf
}

// better ranks come first; unranked names last.
func compare(a, b Match) int {
	if a.Distance != b.Distance {
		return a.Distance - b.Distance
	}
	ra, rb := a.Rank, b.Rank
	if ra == 0 {
		ra = 1 << 30
	}
	if rb == 0 {
		rb = 1 << 30
	}
	if ra != rb {
		return ra - rb
	}
	return strings.Compare(a.Name, b.Name)
}

// generic words are added to names without changing what is meant.
var generic = map[string]bool{"js": true, "py": true, "python": true, "node": true, "sdk": true, "lib": true, "api": true, "client": true, "cli": true, "core": true, "django": true, "react": true, "go": true}

// maxConfusions is how many matches Confusions gives.
const maxConfusions = 5

// Confusions appends to buf popular names that name may be confused with, the
// likeliest first: equal but for separators, for the order of words, for a
// generic word; then near names by the length rule (names of up to three letters
// none, four to seven one edit, longer two).
func (x *Index) Confusions(name string, buf []Match) []Match {
	if len(name) > 100 {
		return buf
	}
	limit := len(buf) + maxConfusions
	x.build()
	sep, order, affix := squash(name), sorted(name), affixless(name)
	var found []Match
	for i := range x.rows {
		r := &x.rows[i]
		if r.name == name {
			continue
		}
		switch {
		case len(sep) > 3 && squash(r.name) == sep:
			found = append(found, Match{r.name, r.rank, EditSeparator, 0})
		case order != "" && len(r.name) == len(name) && sorted(r.name) == order:
			found = append(found, Match{r.name, r.rank, EditOrder, 1})
		case len(affix) > 3 && r.rank > 0 && r.rank <= 5000 && affix == r.name:
			found = append(found, Match{r.name, r.rank, EditAffix, 2})
		}
	}
	slices.SortFunc(found, compare)
	k := 2
	switch {
	case len(name) <= 3:
		k = 0
	case len(name) <= 7:
		k = 1
	}
	if k > 0 {
		near := x.Near(name, k, nil)
		found = append(found, near...)
	}
	for _, m := range found {
		if len(buf) < limit && !slices.ContainsFunc(buf, func(o Match) bool { return o.Name == m.Name }) {
			buf = append(buf, m)
		}
	}
	return buf
}

// squash removes separators and the scope's sign.
func squash(s string) string {
	if !strings.ContainsAny(s, "-_.@/") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '-' && c != '_' && c != '.' && c != '@' && c != '/' {
			b.WriteByte(c)
		}
	}
	return strings.ToLower(b.String())
}

func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune("-_.@/", r) })
}

// sorted is the words of a name in order; empty for one word.
func sorted(s string) string {
	if !strings.ContainsAny(s, "-_.") {
		return ""
	}
	t := tokens(s)
	if len(t) < 2 {
		return ""
	}
	slices.Sort(t)
	return strings.Join(t, " ")
}

// affixless is the name without generic words; empty if there are none.
func affixless(s string) string {
	t := tokens(s)
	if len(t) < 2 {
		return ""
	}
	kept := slices.DeleteFunc(slices.Clone(t), func(w string) bool { return generic[w] })
	if len(kept) == 0 || len(kept) == len(t) {
		return ""
	}
	return strings.Join(kept, "-")
}

// Elsewhere lists the other ecosystems whose index has the name.
func Elsewhere(name string, not ecosystem.Ecosystem) []ecosystem.Ecosystem {
	var out []ecosystem.Ecosystem
	for _, e := range ecosystem.All() {
		if e == not {
			continue
		}
		if x, err := Open(e); err == nil {
			if _, ok := x.Rank(ecosystem.Normalize(e, name)); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// Distance is the optimal string alignment of two byte strings: insertions,
// deletions, substitutions, and swaps of neighbours, each costing one.
func Distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
