package resolve_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
)

// corpus reads a table of the corpus: lines of at least n columns, comments
// left out.
func corpus(t *testing.T, name string, n int) [][]string {
	t.Helper()
	var out [][]string
	for _, line := range strings.Split(string(fixtures.Read("corpus/"+name)), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(line, "\t")
		for len(cols) < n {
			cols = append(cols, "")
		}
		out = append(out, cols)
	}
	return out
}

// first is the first answer for a module that is imported where nothing is
// declared: only the map and identity can answer.
func first(t *testing.T, module string) (string, resolve.How) {
	t.Helper()
	top, _, _ := strings.Cut(module, ".")
	refs := []extract.Reference{{Ecosystem: ecosystem.PyPI, Kind: extract.Import, Name: top, Module: module, Path: "-"}}
	p, _ := project.Load(source.Memory(nil, nil), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	s := resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())})
	if len(s) != 1 || len(s[0].Candidates) == 0 {
		t.Errorf("%s: %d subjects", module, len(s))
		return "", ""
	}
	return s[0].Candidates[0].Name, s[0].Candidates[0].How
}

// TestImportsLabelled is the floor of import → distribution on the labelled
// names: 97 % right first answers. What is wrong is printed.
func TestImportsLabelled(t *testing.T) {
	rows := corpus(t, "imports-labelled.tsv", 3)
	if len(rows) < 90 {
		t.Fatalf("%d rows", len(rows))
	}
	right, strict := 0, 0
	for _, row := range rows {
		got, how := first(t, row[0])
		wants := strings.Split(row[1], "|")
		switch {
		case got == wants[0]:
			strict++
			right++
		case slices.Contains(wants, got):
			right++
		default:
			t.Logf("%s: %s (%s), want %s", row[0], got, how, row[1])
		}
	}
	t.Logf("%d of %d right (%.1f %%), %d by the first label alone", right, len(rows), 100*float64(right)/float64(len(rows)), strict)
	if float64(right) < 0.97*float64(len(rows)) {
		t.Errorf("%d of %d are under 97 %%", right, len(rows))
	}
}

// TestImportsTop300: the modules of the most popular projects lead to them, and
// the table has every one of those.
func TestImportsTop300(t *testing.T) {
	covered := map[string]bool{}
	n := 0
	for _, row := range corpus(t, "imports-top300.tsv", 4) {
		dist, module, also, note := row[0], row[1], row[2], row[3]
		covered[dist] = true
		if module == "-" {
			if note == "" {
				t.Errorf("%s has no module and no reason", dist)
			}
			continue
		}
		if also != "" && note == "" {
			t.Errorf("%s: %s may be another and does not say why", dist, module)
		}
		n++
		if got, how := first(t, module); got != dist && !slices.Contains(resolve.List(also), got) {
			t.Errorf("%s: %s (%s), want %s", module, got, how, dist)
		}
	}
	index, err := os.ReadFile("../../names/build/lists/pypi.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(index), "\n") {
		name, rank, _ := strings.Cut(line, "\t")
		var r int
		if fmt.Sscan(rank, &r); r > 0 && r <= 300 && !covered[name] {
			t.Errorf("%s, rank %d, is not in the table", name, r)
		}
	}
	if n < 340 || len(covered) < 300 {
		t.Errorf("%d modules of %d projects", n, len(covered))
	}
}

// TestWeakRows: a row of the community maps alone suggests and nothing more.
func TestWeakRows(t *testing.T) {
	for _, c := range []struct{ requires, want string }{
		{"flask\n", "afq identity medium, pyafq map low"},
		{"pyafq\n", "pyafq declared medium"}, // the declaration speaks for it too
		{"afq\n", "afq declared high"},
	} {
		var got []string
		for _, s := range resolved(t, resolve.Options{}, "requirements.txt", c.requires, "a.py", "import AFQ\n") {
			if s.Name != "flask" {
				for _, x := range s.Candidates {
					got = append(got, fmt.Sprint(x.Name, " ", x.How, " ", x.Confidence))
				}
			}
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%q: %s, want %s", c.requires, g, c.want)
		}
	}
}
