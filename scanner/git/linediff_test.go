package git

import (
	"figment/scanner/text"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAddedLines compares with the shortest edit found by brute force: as few
// lines are added, and without them the old text is a subsequence.
func TestAddedLines(t *testing.T) {
	show := func(added []bool) (s string) {
		for _, a := range added {
			s += map[bool]string{true: "+", false: "."}[a]
		}
		return s
	}
	for _, c := range []struct{ before, now, want string }{
		{"", "", "."},
		{"a\nb\n", "a\r\nb\r\n", "..."},
		{"a\nb\n", "a\nx\nb\n", ".+.."},
		{"a\nb\nc\n", "c\na\nb\n", "+..."},
		{"a\n", "b\n", "+."},
		{"a", "a\nb", ".+"},
		{"a\na\n", "a\na\na\n", "..+."},
		{"\ufeffa\n", "a\n", ".."},
		{"x\ry\rz", "x\nz", ".."},
	} {
		if got := show(AddedLines(text.NewLines([]byte(c.before)), text.NewLines([]byte(c.now)))); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.before, c.now, got, c.want)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		src := func() []string {
			out := make([]string, rnd.IntN(9))
			for i := range out {
				out[i] = string(rune('a' + rnd.IntN(4)))
			}
			return out
		}
		a, b := src(), src()
		lines := func(s []string) *text.Lines { return text.NewLines([]byte(strings.Join(s, "\n"))) }
		added := AddedLines(lines(a), lines(b))
		if len(a) == 0 {
			a = []string{""}
		}
		if len(b) == 0 {
			b = []string{""}
		}
		var kept []string
		for i, is := range added {
			if !is {
				kept = append(kept, b[i])
			}
		}
		if !subsequence(kept, a) || len(kept) != common(a, b) {
			t.Fatalf("%q → %q: kept %q, the longest has %d", a, b, kept, common(a, b))
		}
	}
	// Beyond the limits, what the old text has is not added.
	many := make([]string, maxDiffLines+2)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	now := slices.Clone(many)
	slices.Reverse(now)
	now = append(now, "new")
	for _, n := range []int{len(many), maxDiffEdits * 3} {
		part := now[len(now)-n-1:]
		added := AddedLines(text.NewLines([]byte(strings.Join(many, "\n"))), text.NewLines([]byte(strings.Join(part, "\n"))))
		if slices.Index(added, true) != n {
			t.Errorf("%d lines: the first one added is %d", n, slices.Index(added, true))
		}
	}
}

func subsequence(s, of []string) bool {
	for _, e := range of {
		if len(s) > 0 && s[0] == e {
			s = s[1:]
		}
	}
	return len(s) == 0
}

func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if a[0] == b[0] {
		return 1 + common(a[1:], b[1:])
	}
	return max(common(a[1:], b), common(a, b[1:]))
}

// FuzzAddedLines: whatever the texts are, every line has an answer, and equal
// texts add nothing.
func FuzzAddedLines(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\rd"), []byte("\xff\xfea\x00\n\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		la, lb := text.NewLines(a), text.NewLines(b)
		added := AddedLines(la, lb)
		if len(added) != lb.Count() {
			t.Fatalf("%d answers for %d lines", len(added), lb.Count())
		}
		if slices.Contains(AddedLines(la, la), true) {
			t.Error("a text adds to itself")
		}
	})
}
