package names

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"figment/names/internal/fig"
)

// A pattern is a name prepared for comparing it with many.
type pattern struct {
	text string
	sig  uint64
	peq  [256]uint64 // for each byte, its places in text; only of a text of up to 64 bytes
}

func (p *pattern) set(text string) {
	p.text, p.sig = text, fig.Signature(text)
	if len(text) <= 64 {
		for i := 0; i < len(text); i++ {
			p.peq[text[i]] |= 1 << i
		}
	}
}

// distance is the optimal string alignment distance to s: insertions,
// deletions, replacements, and swaps of neighbours none of which is edited
// again, each costing one.
//
// H. Hyyrö, A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit
// Distances, Nordic Journal of Computing 10 (2003).
func (p *pattern) distance(s string) int {
	m := len(p.text)
	if m > 64 {
		return Distance(p.text, s)
	}
	if m == 0 {
		return len(s)
	}
	plus, minus := ^uint64(0), uint64(0) // where a column's values rise and fall
	var diagonal, before uint64
	last := uint64(1) << (m - 1)
	score := m
	for i := 0; i < len(s); i++ {
		eq := p.peq[s[i]]
		swap := (^diagonal & eq << 1) & before
		diagonal = ((eq & plus) + plus) ^ plus | eq | minus | swap
		rise := minus | ^(diagonal | plus)
		fall := diagonal & plus
		if rise&last != 0 {
			score++
		}
		if fall&last != 0 {
			score--
		}
		rise = rise<<1 | 1
		fall <<= 1
		plus = fall | ^(diagonal | rise)
		minus = rise & diagonal
		before = eq
	}
	return score
}

// hit is a name found near another.
type hit struct {
	name string
	rank uint32 // with flags
	dist int
}

// near appends what lies within k edits of p, in no order. Aliases and scopes
// are among it. p's own name is not.
func (x *Index) near(p *pattern, k int, buf []hit) []hit {
	for d := -k; d <= k; d++ {
		l := len(p.text) + d
		if l < 1 || l > x.longest {
			continue
		}
		b := &x.buckets[l]
		limit := 2*(k-max(d, -d)) + max(d, -d)
		sigs := x.data[b.sigs : b.sigs+8*b.n]
		i := 0
		for ; i+4 <= b.n; i += 4 { // four at a time: one check of bounds for all
			s := sigs[8*i : 8*i+32]
			s0, s1, s2, s3 := u64(s, 0), u64(s, 8), u64(s, 16), u64(s, 24)
			a0, a1, a2, a3 := fig.Apart(s0, p.sig), fig.Apart(s1, p.sig), fig.Apart(s2, p.sig), fig.Apart(s3, p.sig)
			if min(a0, a1, a2, a3) > limit {
				continue
			}
			for j, apart := range [4]int{a0, a1, a2, a3} {
				if apart <= limit {
					buf = x.closer(p, l, i+j, k, buf)
				}
			}
		}
		for ; i < b.n; i++ {
			if fig.Apart(u64(sigs, 8*i), p.sig) <= limit {
				buf = x.closer(p, l, i, k, buf)
			}
		}
	}
	return buf
}

// closer compares a name whose signature may fit.
func (x *Index) closer(p *pattern, l, i, k int, buf []hit) []hit {
	name := x.name(l, i)
	if dist := p.distance(name); dist <= k && dist > 0 {
		buf = append(buf, hit{name, x.rank(l, i), dist})
	}
	return buf
}

// Near appends to buf the names within k edits (optimal string alignment, k at
// most 2) of name: nearest first, then by class of edit, then the most popular.
// name itself is left out.
func (x *Index) Near(name string, k int, buf []Match) []Match {
	if len(name) > fig.MaxName+2 {
		return buf
	}
	var p pattern
	p.set(name)
	var room [64]hit
	n := len(buf)
	for _, h := range x.near(&p, min(k, 2), room[:0]) {
		if h.rank&(fig.NameAlias|fig.NameScope) == 0 {
			buf = append(buf, Match{Name: h.name, Rank: rankOf(h.rank), Edit: classify(name, h.name, h.dist), Distance: h.dist})
		}
	}
	slices.SortFunc(buf[n:], func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Edit, b.Edit), cmp.Compare(popularity(a.Rank), popularity(b.Rank)), strings.Compare(a.Name, b.Name))
	})
	return buf
}

// popularity orders ranks, unranked names last.
func popularity(rank int) int {
	if rank == 0 {
		return math.MaxInt
	}
	return rank
}

// Distance is the optimal string alignment distance of two byte strings by
// plain dynamic programming; it is what the bit-parallel search must agree
// with.
func Distance(a, b string) int {
	var room [3][fig.MaxName + 3]int
	prev2, prev, cur := room[0][:], room[1][:], room[2][:]
	if len(b) >= len(cur) {
		prev2, prev, cur = make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	}
	for j := range len(b) + 1 {
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
