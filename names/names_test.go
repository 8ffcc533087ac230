package names

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"figment/ecosystem"
)

func open(t testing.TB, e ecosystem.Ecosystem) *Index {
	t.Helper()
	x, err := Open(e)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestRank finds every name of every list, and nothing else.
func TestRank(t *testing.T) {
	for _, e := range ecosystem.All() {
		x, err := Open(e)
		if err != nil {
			continue
		}
		n, last := 0, ""
		for line := range strings.Lines(x.text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if name <= last {
				t.Fatalf("%s: %q stands after %q", e, name, last)
			}
			last = name
			if n++; n%7 != 0 {
				continue
			}
			rank, ok := x.Rank(name)
			if want, _ := strconv.Atoi(value); !ok || rank != want {
				t.Fatalf("%s: %s has rank %d, %v; want %s", e, name, rank, ok, value)
			}
			if c := ecosystem.CheckName(e, name); c.State == ecosystem.Invalid {
				t.Errorf("%s: %s is called invalid: %s", e, name, c.Text)
			}
			if norm := ecosystem.Normalize(e, name); e == ecosystem.PyPI && norm != name {
				t.Errorf("%s is not canonical: %s", name, norm)
			}
		}
		if n < 100 {
			t.Errorf("%s: only %d names", e, n)
		}
		for _, bad := range []string{"", "zzzzzzzzzzzzzzzz-not-there", "a\tb", "\n"} {
			if _, ok := x.Rank(bad); ok {
				t.Errorf("%s knows %q", e, bad)
			}
		}
	}
}

// TestNear compares with a scan of everything by plain distance.
func TestNear(t *testing.T) {
	x := open(t, ecosystem.PyPI)
	x.build()
	for _, word := range []string{"requests", "reqeusts", "numpyy", "flsk", "djang", "scikit-lern", "tensorflo", "x", "pyyaml"} {
		for k := 1; k <= 2; k++ {
			var want []string
			for i := range x.rows {
				if d := Distance(x.rows[i].name, word); d > 0 && d <= k {
					want = append(want, x.rows[i].name)
				}
			}
			var got []string
			for _, m := range x.Near(word, k, nil) {
				got = append(got, m.Name)
				if m.Distance != Distance(m.Name, word) {
					t.Errorf("%s: distance %d to %s", word, m.Distance, m.Name)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s within %d: %v, want %v", word, k, got, want)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "abcd", 1}, {"ca", "abc", 3}, {"reqeusts", "requests", 1}, {"", "abc", 3}} {
		if got := Distance(c.a, c.b); got != c.want || got != Distance(c.b, c.a) {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestConfusions(t *testing.T) {
	for _, c := range []struct {
		e          ecosystem.Ecosystem
		name, want string
		edit       Edit
	}{
		{ecosystem.PyPI, "reqeusts", "requests", EditTypo},
		{ecosystem.PyPI, "scikitlearn", "scikit-learn", EditSeparator},
		{ecosystem.PyPI, "dateutil-python", "python-dateutil", EditOrder},
		{ecosystem.PyPI, "python-requests", "requests", EditAffix},
		{ecosystem.NPM, "expresss", "express", EditTypo},
		{ecosystem.NPM, "types-react", "@types/react", EditSeparator},
	} {
		got := open(t, c.e).Confusions(c.name, nil)
		if len(got) == 0 || got[0].Name != c.want || got[0].Edit != c.edit {
			t.Errorf("%s: %+v, want %s (%s) first", c.name, got, c.want, c.edit)
		}
	}
	if got := open(t, ecosystem.NPM).Confusions("abc", nil); len(got) != 0 {
		t.Errorf("a name of three letters resembles %v", got)
	}
	if got := open(t, ecosystem.NPM).Confusions(strings.Repeat("a", 5000), nil); len(got) != 0 {
		t.Errorf("a name of 5000 letters resembles %v", got)
	}
}

func TestElsewhere(t *testing.T) {
	if got := Elsewhere("requests", ecosystem.NPM); !slices.Contains(got, ecosystem.PyPI) || slices.Contains(got, ecosystem.NPM) {
		t.Errorf("%v", got)
	}
}

func BenchmarkConfusions(b *testing.B) {
	x := open(b, ecosystem.NPM)
	x.build()
	for b.Loop() {
		x.Confusions("react-hook-usestate", nil)
	}
}
