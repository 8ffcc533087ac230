package fix

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"figment/scanner/text"
)

// diffContext is how many lines are shown around a change.
const diffContext = 3

// maxDiffLine is how much of a line is shown, in bytes.
const maxDiffLine = 1000

// Diff is the edit as a unified diff. It holds text of the file, which is not
// safe to print as it is. It is empty where nothing changes.
func (e Edit) Diff() string {
	changes := e.Changes
	if changes == nil {
		changes = difference(e.Before, e.After)
	}
	if len(changes) == 0 {
		return ""
	}
	old := splitLines(e.Before)
	starts := make([]int, len(old)+1)
	for i, l := range old {
		starts[i+1] = starts[i] + len(l)
	}
	groups := group(e.Before, changes, starts)
	var b strings.Builder
	from, to := diffPath("a/"+e.Path), diffPath("b/"+e.Path)
	if e.Before == nil {
		from = "/dev/null"
	}
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, to)
	shift := 0
	for i := 0; i < len(groups); {
		j := i + 1
		for j < len(groups) && groups[j].first-groups[j-1].last <= 2*diffContext {
			j++
		}
		shift += hunk(&b, old, groups[i:j], shift)
		i = j
	}
	return b.String()
}

// diffPath quotes a path that would not stand on one line.
func diffPath(p string) string {
	if strings.ContainsFunc(p, unicode.IsControl) {
		return strconv.Quote(p)
	}
	return p
}

// A lineGroup is old lines [first, last) that become new ones.
type lineGroup struct {
	first, last int
	lines       [][]byte
}

// group turns changes of bytes into changes of whole lines.
func group(before []byte, changes []Change, starts []int) []lineGroup {
	lineOf := func(off int) int { // the line that holds the byte
		lo, hi := 0, len(starts)-1
		for lo < hi {
			mid := (lo + hi + 1) / 2
			if starts[mid] <= off {
				lo = mid
			} else {
				hi = mid - 1
			}
		}
		return lo
	}
	var out []lineGroup
	for i := 0; i < len(changes); {
		first := lineOf(changes[i].Span.Start)
		last := lineAfter(changes[i], starts, lineOf)
		var src []byte
		j := i + 1
		for {
			for j < len(changes) && lineOf(changes[j].Span.Start) < last {
				last = max(last, lineAfter(changes[j], starts, lineOf))
				j++
			}
			part := make([]Change, 0, j-i)
			for _, c := range changes[i:j] {
				part = append(part, Change{text.Span{Start: c.Span.Start - starts[first], End: c.Span.End - starts[first]}, c.Text})
			}
			src = splice(before[starts[first]:starts[last]], part)
			if n := len(src); n == 0 || src[n-1] == '\n' {
				break
			}
			// The line end went: what follows joins the line.
			switch {
			case last < len(starts)-1:
				last++
				continue
			case j < len(changes):
				j++
				continue
			}
			break
		}
		now := splitLines(src)
		line := func(n int) []byte { return before[starts[n]:starts[n+1]] }
		for len(now) > 0 && first < last && bytes.Equal(now[0], line(first)) { // a line put before it leaves a line as it is
			now, first = now[1:], first+1
		}
		for len(now) > 0 && first < last && bytes.Equal(now[len(now)-1], line(last-1)) {
			now, last = now[:len(now)-1], last-1
		}
		out = append(out, lineGroup{first, last, now})
		i = j
	}
	return out
}

// lineAfter is the line behind those that a change touches. Whole lines that
// are put between two touch neither.
func lineAfter(c Change, starts []int, lineOf func(int) int) int {
	first := lineOf(c.Span.Start)
	if c.Span.Len() == 0 && starts[first] == c.Span.Start && (first == len(starts)-1 || strings.HasSuffix(c.Text, "\n")) {
		return first
	}
	return min(lineOf(max(c.Span.Start, c.Span.End-1))+1, len(starts)-1)
}

func hunk(b *strings.Builder, old [][]byte, groups []lineGroup, shift int) (grown int) {
	first := max(groups[0].first-diffContext, 0)
	last := min(groups[len(groups)-1].last+diffContext, len(old))
	for _, g := range groups {
		grown += len(g.lines) - (g.last - g.first)
	}
	number := func(start, n int) string {
		if n == 0 {
			return fmt.Sprintf("%d,0", start)
		}
		return fmt.Sprintf("%d,%d", start+1, n)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", number(first, last-first), number(first+shift, last-first+grown))
	at := first
	for _, g := range groups {
		for ; at < g.first; at++ {
			diffLine(b, ' ', old[at])
		}
		for ; at < g.last; at++ {
			diffLine(b, '-', old[at])
		}
		for _, l := range g.lines {
			diffLine(b, '+', l)
		}
	}
	for ; at < last; at++ {
		diffLine(b, ' ', old[at])
	}
	return grown
}

func diffLine(b *strings.Builder, sign byte, line []byte) {
	b.WriteByte(sign)
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	if len(text) > maxDiffLine {
		b.Write(text[:maxDiffLine])
		b.WriteString("…")
	} else {
		b.Write(text)
	}
	b.WriteByte('\n')
	if !whole {
		b.WriteString("\\ No newline at end of file\n")
	}
}

// splitLines cuts a text behind its line ends.
func splitLines(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	return lines
}

// difference is the one change between two texts, in whole lines.
func difference(before, after []byte) []Change {
	if bytes.Equal(before, after) {
		return nil
	}
	a, b := splitLines(before), splitLines(after)
	head, start := 0, 0
	for head < min(len(a), len(b)) && bytes.Equal(a[head], b[head]) {
		start += len(a[head])
		head++
	}
	tail, cut := 0, 0
	for tail < min(len(a), len(b))-head && bytes.Equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		cut += len(a[len(a)-1-tail])
		tail++
	}
	return []Change{{text.Span{Start: start, End: len(before) - cut}, string(after[start : len(after)-cut])}}
}
