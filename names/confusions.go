package names

import (
	"cmp"
	"slices"
	"strings"

	"figment/names/internal/fig"
)

// Bands of popularity: the closer a target is to the top, the likelier it is
// meant, and the likelier it is imitated.
const (
	bandTop    = 500
	bandHigh   = 5000
	bandWhole  = 1000 // a whole name inside another says something
	bandOwner  = 5000 // owners of the two halves of a conflation
	maxMatches = 8    // that Confusions gives
)

// Confusions appends to buf the popular names that name may be mistaken for, by
// every rule that the package knows, the likeliest first, at most eight. The
// rules give reasons to look closer, and explanations for a name that does not
// exist; none of them is evidence of guilt.
//
// name is canonical. Names that are popular themselves are compared all the
// same: whether to ask is the caller's business.
func (x *Index) Confusions(name string, buf []Match) []Match {
	if len(name) < 2 || len(name) > fig.MaxName {
		return buf
	}
	c := confuser{x: x, name: name, out: buf, from: len(buf)}
	c.n = fig.Tokens(name, &c.words)
	if x.shape.Flat() {
		c.keys()
		c.edits()
		c.scopes()
		c.compound()
		c.conflation()
	} else {
		c.components()
	}
	c.known()
	got := c.out[c.from:]
	slices.SortFunc(got, likelier)
	kept := got[:0]
	for _, m := range got {
		if len(kept) < maxMatches && !slices.ContainsFunc(kept, func(o Match) bool { return o.Name == m.Name && (m.Name != "" || o.Via == m.Via) }) {
			kept = append(kept, m)
		}
	}
	return c.out[:c.from+len(kept)]
}

// likelier puts matches into order: by how hard a chance of this kind is to
// come by at that popularity, then by popularity.
func likelier(a, b Match) int {
	return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a.Edit, b.Edit),
		cmp.Compare(a.Distance, b.Distance), cmp.Compare(popularity(a.Rank), popularity(b.Rank)), strings.Compare(a.Name, b.Name), strings.Compare(a.Via, b.Via))
}

// weight orders kinds of matches across bands; only comparisons matter.
func weight(m Match) int {
	band := 2
	switch {
	case m.Rank == 0:
		band = 3
	case m.Rank <= bandTop:
		band = 0
	case m.Rank <= bandHigh:
		band = 1
	}
	switch {
	case m.Edit.Strong():
		return [...]int{30, 20, 10, 6}[band]
	case m.Edit == EditAlias && m.Distance == 0:
		return 28
	case m.Edit == EditScope, m.Edit == EditAlias:
		return [...]int{22, 20, 9, 5}[band]
	case m.Edit == EditCompound, m.Edit == EditAffix:
		return [...]int{20, 15, 5, 3}[band]
	case m.Edit == EditWeak:
		return [...]int{15, 10, 5, 3}[band]
	case m.Edit == EditTwo:
		return [...]int{14, 9, 4, 2}[band]
	case m.Edit == EditConflate:
		return 8
	case m.Edit == EditDigits:
		return [...]int{10, 5, 1, 1}[band]
	}
	return 1
}

// A confuser is one search.
type confuser struct {
	x     *Index
	name  string
	words [fig.MaxTokens]string
	n     int
	out   []Match
	from  int
}

func (c *confuser) add(name string, rank uint32, e Edit, dist int) {
	if rank&fig.NameScope != 0 {
		return
	}
	m := Match{Name: name, Rank: rankOf(rank), Edit: e, Distance: dist, Trusted: rank&fig.NameUnranked == 0 && c.x.trusts(rank)}
	if rank&fig.NameAlias != 0 {
		m.Via = name
		m.Name, rank = c.x.meant(name)
		m.Trusted = m.Name == "" || rank&fig.NameUnranked == 0 && c.x.trusts(rank)
		if m.Edit != EditNone && e != EditTwo {
			m.Edit = EditAlias
		}
	}
	if m.Name != c.name {
		c.out = append(c.out, m)
	}
}

// keys finds the names with the same key.
func (c *confuser) keys() {
	var mine, theirs [2 * fig.MaxName]byte
	for _, k := range c.x.shape.KeyKinds() {
		if k == fig.Base {
			continue
		}
		key := c.x.shape.Key(mine[:0], k, c.name)
		if len(key) == 0 {
			continue
		}
		first, end := c.x.lookup(k, fig.Hash(key))
		for i := first; i < min(end, first+4); i++ {
			name, rank, ok := c.x.at(k, i)
			if !ok || name == c.name || string(c.x.shape.Key(theirs[:0], k, name)) != string(key) {
				continue
			}
			e := EditSeparator
			switch k {
			case fig.Order:
				e = EditOrder
			case fig.Skeleton:
				e = EditSkeleton
			case fig.Plural:
				e = EditPlural
			case fig.Digits:
				e = EditDigits
			case fig.Affix:
				e = EditAffix
			}
			if k != fig.Affix && k != fig.Digits && scopeOf(name) != scopeOf(c.name) {
				e = EditScope
			}
			dist := 0
			if k == fig.Affix && string(c.x.shape.Key(theirs[:0], fig.Separator, name)) != string(key) {
				dist = 1 // has another generic word itself
			}
			c.add(name, rank, e, dist)
		}
	}
}

// allowed is the number of edits that the length rule allows.
func allowed(length int) int {
	switch {
	case length <= 3:
		return 0
	case length <= 7:
		return 1
	}
	return 2
}

// edits finds the names a few edits away.
func (c *confuser) edits() {
	k := allowed(len(c.name))
	if k == 0 {
		return
	}
	var p pattern
	p.set(c.name)
	var room [64]hit
	reach := k
	if len(c.name) >= 5 {
		reach = 2 // a separator beside the one edit that a shorter name may have
	}
	for _, h := range c.x.near(&p, reach, room[:0]) {
		if h.rank&fig.NameScope != 0 || h.dist == 2 && c.family(h.name) {
			continue
		}
		if h.dist > k || len(h.name) <= 3 {
			c.apart(h)
			continue
		}
		e := classify(c.name, h.name, h.dist)
		if scope := scopeOf(h.name); scope != "" && h.name[len(scope):] == c.name[max(0, len(c.name)-len(h.name)+len(scope)):] {
			e = EditScope
		}
		c.add(h.name, h.rank, e, h.dist)
	}
}

// apart takes a name two edits away of which one is a separator.
func (c *confuser) apart(h hit) {
	if separators(h.name) == separators(c.name) || h.dist != 2 {
		return
	}
	var mine, theirs [2 * fig.MaxName]byte
	a := c.x.shape.Key(mine[:0], fig.Separator, c.name)
	b := c.x.shape.Key(theirs[:0], fig.Separator, h.name)
	if len(a) >= 5 && len(b) >= 5 {
		c.add(h.name, h.rank, EditCompound, 2)
	}
}

func separators(name string) int {
	n := 0
	for i := 0; i < len(name); i++ {
		if fig.Sep(name[i]) {
			n++
		}
	}
	return n
}

// family reports whether two names are brothers by design: the same first word
// or scope, and different second words long enough to be told apart.
func (c *confuser) family(other string) bool {
	var words [fig.MaxTokens]string
	n := fig.Tokens(other, &words)
	if n < 2 || c.n < 2 || n != c.n || words[0] != c.words[0] {
		return false
	}
	for i := 1; i < n; i++ {
		if words[i] != c.words[i] {
			return len(words[i]) >= 5 && len(c.words[i]) >= 5 && Distance(words[i], c.words[i]) > 1
		}
	}
	return false
}

// scopes finds scoped packages whose scope was dropped or faked.
func (c *confuser) scopes() {
	if !c.x.shape.Scoped {
		return
	}
	scope := scopeOf(c.name)
	if scope == "" {
		if len(c.name) < 5 || fig.Generic(c.name) {
			return
		}
		// @x/y written y, where nothing else of that name is popular.
		first, end := c.x.lookup(fig.Base, fig.Hash(c.name))
		if end-first == 1 {
			name, rank, ok := c.x.at(fig.Base, first)
			if _, base := c.x.shape.Split(name); ok && rankOf(rank) <= bandHigh && base == c.name {
				c.add(name, rank, EditScope, 0)
			}
		}
		var room [fig.MaxName + 8]byte
		core := append(append(append(room[:0], '@'), c.name...), "/core"...)
		if name, rank, ok := c.spelled(core); ok && rankOf(rank) <= bandHigh {
			c.add(name, rank, EditScope, 0)
		}
		return
	}
	if r, known := c.x.find(scope); len(scope) < 5 || known && r&fig.NameScope != 0 {
		return
	}
	var p pattern
	p.set(scope)
	var hits [64]hit
	for _, h := range c.x.near(&p, 1, hits[:0]) {
		if h.rank&fig.NameScope == 0 {
			continue
		}
		var room [2 * fig.MaxName]byte
		if name, rank, ok := c.spelled(append(append(room[:0], h.name...), c.name[len(scope):]...)); ok {
			c.add(name, rank, EditScope, 1)
		}
	}
}

// spelled finds a name given as bytes.
func (c *confuser) spelled(name []byte) (string, uint32, bool) {
	l := len(name)
	if l == 0 || l > c.x.longest {
		return "", 0, false
	}
	b := &c.x.buckets[l]
	lo, hi := 0, b.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if c.x.name(l, mid) < string(name) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < b.n && c.x.name(l, lo) == string(name) {
		return c.x.name(l, lo), c.x.rank(l, lo), true
	}
	return "", 0, false
}

// compound finds names one edit away once generic words and separators are
// removed.
func (c *confuser) compound() {
	var room [2 * fig.MaxName]byte
	reduced := c.x.shape.Key(room[:0], fig.Affix, c.name)
	if len(reduced) < 5 || string(reduced) == c.name {
		return
	}
	text := ""
	if i := strings.Index(c.name, string(reduced)); i >= 0 {
		text = c.name[i : i+len(reduced)]
	} else {
		text = string(reduced)
	}
	var p pattern
	p.set(text)
	var hits [64]hit
	for _, h := range c.x.near(&p, 1, hits[:0]) {
		if h.rank&fig.NameScope != 0 {
			continue
		}
		if e := classify(p.text, h.name, 1); e.Strong() {
			c.add(h.name, h.rank, EditCompound, 1)
		}
	}
}

// conflation finds two popular names whose words the name joins, and whole
// popular names inside it.
func (c *confuser) conflation() {
	if c.n < 2 || c.n == fig.MaxTokens {
		return
	}
	var a, b string // the first and the last word that say something
	for _, w := range c.words[:c.n] {
		if len(w) < 3 || fig.Generic(w) {
			continue
		}
		if a == "" {
			a = w
		} else {
			b = w
		}
		if rank, ok := c.x.find(w); ok && len(w) >= 4 && rank&(fig.NameUnranked|fig.NameScope|fig.NameAlias) == 0 && rankOf(rank) <= bandWhole {
			c.add(w, rank, EditContains, 0)
		}
	}
	if b == "" || a == b || strings.HasPrefix(c.name, "@") {
		return
	}
	x, xr, ok := c.owner(a, fig.Prefix)
	if !ok {
		return
	}
	y, yr, ok := c.owner(b, fig.Suffix)
	if !ok || x == y || strings.Contains(x, b) || strings.Contains(y, a) || c.together(a, b) {
		return
	}
	if rankOf(xr) > bandOwner || rankOf(yr) > bandOwner {
		return
	}
	// The more popular name is the likelier to be meant, unless its word is so
	// common that the other says more.
	if popularity(rankOf(xr)) < popularity(rankOf(yr)) == (c.holders(a) < 200) {
		x, xr, y, yr = y, yr, x, xr
	}
	c.out = append(c.out, Match{Name: y, Rank: rankOf(yr), Edit: EditConflate, Other: x, Trusted: c.x.trusts(xr) && c.x.trusts(yr)})
}

// owner is the most popular name that a word stands for: the name itself, one
// that has it as a word, or a solid one that begins or ends with it.
func (c *confuser) owner(word string, part fig.Kind) (string, uint32, bool) {
	best, bestRank, ok := "", uint32(0), false
	take := func(name string, rank uint32) {
		if rank&(fig.NameScope|fig.NameAlias|fig.NameUnranked) == 0 && (!ok || rankOf(rank) < rankOf(bestRank)) {
			best, bestRank, ok = name, rank, true
		}
	}
	if rank, found := c.x.find(word); found {
		if take(word, rank); ok && rankOf(bestRank) <= bandOwner {
			return best, bestRank, ok
		}
	}
	if first, end := c.x.lookup(fig.Token, fig.Hash(word)); first < end {
		if name, rank, found := c.x.at(fig.Token, first); found {
			take(name, rank)
		}
	}
	if first, end := c.x.lookup(part, fig.Hash(word)); first < end {
		if name, rank, found := c.x.at(part, first); found && strings.Contains(name, word) {
			take(name, rank)
		}
	}
	return best, bestRank, ok
}

// holders counts the popular names that have a word.
func (c *confuser) holders(word string) int {
	first, end := c.x.lookup(fig.Token, fig.Hash(word))
	return end - first
}

// together reports whether a popular name holds both words: then the author may
// have meant its family, and nothing was joined.
func (c *confuser) together(a, b string) bool {
	if c.holders(a) > c.holders(b) {
		a, b = b, a
	}
	first, end := c.x.lookup(fig.Token, fig.Hash(a))
	for i := first; i < min(end, first+64); i++ {
		if name, _, ok := c.x.at(fig.Token, i); ok && strings.Contains(name, b) {
			return true
		}
	}
	return false
}

// known finds the package that an alias means, spelled exactly so.
func (c *confuser) known() {
	if r, ok := c.x.find(c.name); ok && r&fig.NameAlias != 0 {
		m := Match{Edit: EditAlias, Via: c.name, Rank: rankOf(r), Trusted: true}
		m.Name, _ = c.x.meant(c.name)
		c.out = append(c.out, m)
	}
}

// components compares paths part by part: the host or group exactly, the others
// by the length rule of each. A known last part under an unknown owner is a
// match of its own, of little weight: repositories share names honestly.
func (c *confuser) components() {
	var p pattern
	p.set(c.name)
	var room [64]hit
	for _, h := range c.x.near(&p, 2, room[:0]) {
		if e, ok := c.byPart(h.name); ok {
			c.add(h.name, h.rank, e, h.dist)
		}
	}
	owner, base := c.x.shape.Split(c.name)
	if len(base) < 4 {
		return
	}
	first, end := c.x.lookup(fig.Base, fig.Hash(base))
	best, bestRank := "", uint32(0)
	for i := first; i < min(end, first+64); i++ {
		name, rank, ok := c.x.at(fig.Base, i)
		of, part := c.x.shape.Split(name)
		if !ok || part != base {
			continue
		}
		if of == owner {
			return // another module of the same repository
		}
		if best == "" {
			best, bestRank = name, rank
		}
	}
	if best != "" {
		c.add(best, bestRank, EditOwner, 0)
	}
}

// byPart reports whether two paths of the same shape differ in one part by as
// few edits as its length allows. A major version is no difference in the name.
func (c *confuser) byPart(other string) (Edit, bool) {
	a, b := c.name, other
	edit, found := EditNone, false
	for i := 0; a != "" || b != ""; i++ {
		var pa, pb string
		pa, a, _ = strings.Cut(a, c.x.shape.Separator)
		pb, b, _ = strings.Cut(b, c.x.shape.Separator)
		if pa == pb {
			continue
		}
		if i == 0 && c.x.shape.Hosted || pa == "" || pb == "" || found {
			return 0, false
		}
		d := Distance(pa, pb)
		if d > allowed(min(len(pa), len(pb))) || version(pa) && version(pb) {
			return 0, false
		}
		edit, found = classify(pa, pb, d), true
	}
	return edit, found
}

// version reports whether a part of a Go path is a major version.
func version(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}
