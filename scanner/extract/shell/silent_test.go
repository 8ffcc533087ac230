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

// TestEachValue: what one word may be is read for each of its values.
func TestEachValue(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", "for f in g.txt h.txt; do bash inner/$f; done", "shell<inner/g.txt shell<inner/h.txt"},
		{"a.sh", "for f in g.txt h.txt; do . \"./$f\"; done", "shell<./g.txt shell<./h.txt"},
		{"a.sh", "for f in g.txt h.txt; do node $f --x; python3 -u $f; done", "javascript<g.txt javascript<h.txt python<g.txt python<h.txt"},
		{"a.sh", "for f in g h; do ./$f; done", "program<./g program<./h"},
		{"a.sh", "for f in g.txt h.txt; do pip install -r $f; done", "list<g.txt list<h.txt"},
		{"a.sh", "for f in g.txt h.txt; do pip install --requirement=r/$f; done", "list<r/g.txt list<r/h.txt"},
		{"a.sh", "for f in a b; do npx $f; done", "a b"},
		{"a.sh", "for f in pip npm; do $f install zqx; done", "zqx"},
		{"a.sh", "for f in a b; do sh -c \"npm i $f\"; done", "a b"},
		{"a.sh", "F=g.txt\n[ x ] && F=h.txt\nbash $F", "shell<g.txt shell<h.txt"},
		{"a.sh", "for f in a b; do npm i $f; done", "a b"},
		{"a.sh", "for f in a b; do node -r $f x.js; done", "import:a import:b javascript<x.js"},
		{"a.sh", "for f in a b; do bash < $f.txt; done", "shell<a.txt shell<b.txt"},
		{"a.sh", "for f in a b; do cat $f.txt | sh; done", "shell<a.txt shell<b.txt"},
		{"a.sh", "for f in a b; do eval \"$(cat $f.txt)\"; done", "shell<a.txt shell<b.txt"},
		{"a.sh", "for f in a b; do sudo -u x env A=b bash $f.txt; done", "shell<a.txt shell<b.txt"},
		{"a.sh", "bash {a,b}.txt", "shell<a.txt"},
		{"a.sh", "A=(a.txt b.txt); bash \"${A[@]}\"", "shell<a.txt"},
	})
}

// TestEachInput: what programs and other shells hand to a command one by one.
func TestEachInput(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", "echo a.txt b.txt | xargs -n1 bash", "shell<a.txt shell<b.txt"},
		{"a.sh", "echo a.txt b.txt | xargs -n 1 -P 2 bash -e", "shell<a.txt shell<b.txt"},
		{"a.sh", "echo a.txt b.txt | xargs bash", "shell<a.txt"},
		{"a.sh", "printf '%s\\n' a b | xargs -I{} npx {}", "a b"},
		{"a.sh", "echo a b | xargs -n1 npx", "a b"},
		{"a.sh", "parallel npx ::: a b", "a b"},
		{"a.ps1", "foreach ($f in 'a.txt','b.txt') { bash $f }", "shell<a.txt shell<b.txt"},
		{"a.ps1", "'a','b' | % { npx $_ }", "a b"},
		{"a.bat", "for %%f in (a b) do npx %%f", "a b"},
	})
}

// TestPatterns: files that a pattern stands for are those of the tree.
func TestPatterns(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", "for f in inner/*.step; do . \"$f\"; done", "shell<inner/*.step"},
		{"a.sh", "for f in \"$DIR\"/inner/*.step; do bash \"$f\"; done", "shell<inner/*.step"},
		{"a.sh", "for f in $DIR/*; do bash \"$f\"; done", ""},
		{"a.sh", "for f in r/*.txt; do pip install -r $f; done", "list<r/*.txt"},
		{"a.sh", "for f in $(ls inner/*.step); do bash $f; done", "shell<inner/*.step"},
		{"a.sh", "for f in $(find . -name '*.step'); do bash $f; done", "shell<./**/*.step"},
		{"a.sh", "for f in `find x -type f -name b.txt`; do node $f; done", "javascript<./**/b.txt"},
		{"a.sh", "find . -name b.txt -exec bash {} \\;", "shell<./**/b.txt"},
		{"a.sh", "find . -name b.txt -o -name c.txt -exec bash {} \\;", "shell<./**/b.txt shell<./**/c.txt"},
		{"a.sh", "find . -name '*.req' -exec pip install -r {} +", "list<./**/*.req"},
		{"a.sh", "find . -name '*.step' | xargs -n1 bash", "shell<./**/*.step"},
		{"a.sh", "find . -name '*.step' -print0 | xargs -0 -I% sh %", "shell<./**/*.step"},
		{"a.sh", "ls inner/*.step | xargs -n 1 sh", "shell<inner/*.step"},
		{"a.sh", "find . -name x -exec npm i {} \\;; ls *.tgz | xargs npm i", ""},
		{"a.sh", "bash inner/*.step", "shell<inner/*.step"},
		{"a.sh", "./inner/*", "program<./inner/*"},
	})
}
