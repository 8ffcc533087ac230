package shell_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A spelling is a text and what found writes down of it.
type spelling struct{ path, text, want string }

func checkSpellings(t *testing.T, all []spelling) {
	t.Helper()
	for _, c := range all {
		got, want := strings.Fields(found(c.path, c.text)), strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s: %q:\n got %s\nwant %s", c.path, c.text, g, w)
		}
	}
}

// chain makes functions that pass their arguments on, n in one another.
func chain(n int, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "f%d() { f%d \"$@\"; }\n", i, i+1)
	}
	fmt.Fprintf(&b, "f%d() { %s; }\nf0 zqx\n", n, last)
	return b.String()
}

// TestFunctionsInOneAnother: what functions pass on is read, or the limit told.
func TestFunctionsInOneAnother(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", chain(5, `npm i "$@"`), "zqx"},
		{"a.sh", chain(60, `npm i $1`), "zqx"},
		{"a.sh", chain(5, `pip install "$*"`), "zqx"},
		{"a.sh", chain(5, `for p in "$@"; do npm i "$p"; done`), "zqx"},
		{"a.sh", chain(150, `npm i "$@"`), "?"},
		{"a.sh", "f() { npm i $1; shift; f \"$@\"; }\nf a b c d e f g h\n", "a b c d e f g h ?"},
		{"a.sh", "f() { \"$@\" || f \"$@\"; }\nf npm i x\n", "x"},
		{"a.sh", "f() { f \"x$1\"; }\nf a; npm i y\n", "? y"},
		{"a.sh", "f() { f \"$@\" \"$@\"; npm i $1; }\nf a\n", "?"},
		{"a.sh", "f() { n=$(( $1 - 1 )); echo $n; f $n; }\nf 9\nnpm i x", "x"},
	})
}
