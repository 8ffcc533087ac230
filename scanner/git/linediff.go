package git

import "figment/scanner/text"

// Limits of comparing lines. Beyond them a line counts as added where the old
// text has none like it.
const (
	maxDiffLines = 20_000 // of either text
	maxDiffEdits = 1000   // lines that both have, in another order
)

// AddedLines says of each line of now, from 0, whether a change from before to
// now adds it. Line ends do not count.
func AddedLines(before, now *text.Lines) []bool {
	added := make([]bool, now.Count())
	ids := map[string]int32{}
	number := func(l *text.Lines) []int32 {
		out := make([]int32, l.Count())
		for i := range out {
			text := l.Text(i + 1)
			id, ok := ids[text]
			if !ok {
				id = int32(len(ids))
				ids[text] = id
			}
			out[i] = id
		}
		return out
	}
	a := number(before)
	known := int32(len(ids))
	b := number(now)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		for i, id := range b {
			added[head+i] = id >= known
		}
		return added
	}
	// Lines that only one of them has match nothing.
	inA, inB := make([]bool, len(ids)), make([]bool, len(ids))
	for _, id := range a {
		inA[id] = true
	}
	for _, id := range b {
		inB[id] = true
	}
	both := a[:0:0]
	for _, id := range a {
		if inB[id] {
			both = append(both, id)
		}
	}
	var rest []int32
	var at []int
	for i, id := range b {
		if !inA[id] {
			added[head+i] = true
			continue
		}
		rest = append(rest, id)
		at = append(at, head+i)
	}
	for _, i := range insertions(both, rest) {
		added[at[i]] = true
	}
	return added
}

// insertions gives the indices of b that a shortest edit from a to b inserts;
// none where that takes more than maxDiffEdits edits.
//
// E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986
func insertions(a, b []int32) []int {
	n, m := len(a), len(b)
	most := min(n+m, maxDiffEdits)
	v := make([]int32, 2*most+2) // furthest x on diagonal k, at k+most
	var trace [][]int32          // of each number of edits d: diagonals -d … d
	for d := 0; d <= most; d++ {
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && v[most+k-1] < v[most+k+1] {
				x = int(v[most+k+1])
			} else {
				x = int(v[most+k-1]) + 1
			}
			if d == 0 {
				x = 0
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			v[most+k] = int32(x)
			if x >= n && x-k >= m {
				return backtrack(trace, d, k)
			}
		}
		trace = append(trace, append([]int32(nil), v[most-d:most+d+1]...))
	}
	return nil
}

// backtrack follows an edit of d steps that ends on diagonal k to its start.
func backtrack(trace [][]int32, d, k int) []int {
	var out []int
	for ; d > 0; d-- {
		v := trace[d-1]
		get := func(k int) int {
			if i := k + d - 1; i >= 0 && i < len(v) {
				return int(v[i])
			}
			return -1
		}
		if k == -d || k != d && get(k-1) < get(k+1) {
			k++ // one of b was inserted below the end of that path
			out = append(out, get(k)-k)
		} else {
			k--
		}
	}
	return out
}
