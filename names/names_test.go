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
			n++
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

// TestNearSample does the same with names of the lists, whole and damaged.
func TestNearSample(t *testing.T) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.Golang, ecosystem.Cargo} {
		x := open(t, e)
		x.build()
		for i := 0; i < len(x.rows); i += 1 + len(x.rows)/8 {
			name := x.rows[i].name
			mid := len(name) / 2
			words := []string{name, name[:mid] + name[mid+1:], name[:mid] + "q" + name[mid:], name[:mid] + "_" + name[mid+1:]}
			if mid > 0 {
				words = append(words, name[:mid-1]+name[mid:mid+1]+name[mid-1:mid]+name[mid+1:]) // swapped
			}
			for _, word := range words {
				var want []Match
				for _, r := range x.rows {
					if d := Distance(r.name, word); d > 0 && d <= 2 {
						want = append(want, Match{r.name, r.rank, EditTypo, d})
					}
				}
				slices.SortFunc(want, compare)
				if got := x.Near(word, 2, []Match{}); !slices.Equal(got, want) {
					t.Errorf("%s: near %s are %v, want %v", e, word, got, want)
				}
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
	// what the buffer holds already stays and does not count
	full := make([]Match, maxConfusions)
	if got := open(t, ecosystem.PyPI).Confusions("reqeusts", full); len(got) <= maxConfusions || got[maxConfusions].Name != "requests" {
		t.Errorf("appended %v", got)
	}
	if got := open(t, ecosystem.PyPI).Confusions("reqests", nil); len(got) > maxConfusions {
		t.Errorf("%d matches", len(got))
	}
	if got := open(t, ecosystem.NPM).Confusions("abc", nil); len(got) != 0 {
		t.Errorf("a name of three letters resembles %v", got)
	}
	if got := open(t, ecosystem.NPM).Confusions(strings.Repeat("a", 5000), nil); len(got) != 0 {
		t.Errorf("a name of 5000 letters resembles %v", got)
	}
}

func TestElsewhere(t *testing.T) {
	for _, c := range []struct {
		name         string
		not          ecosystem.Ecosystem
		has, without ecosystem.Ecosystem
	}{
		{"requests", ecosystem.NPM, ecosystem.PyPI, ecosystem.NPM},
		{"express", ecosystem.PyPI, ecosystem.NPM, ecosystem.PyPI},
		{"Scikit_Learn", ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang},
		{"github.com/google/uuid", ecosystem.NPM, ecosystem.Golang, ecosystem.PyPI},
	} {
		if got := Elsewhere(c.name, c.not); !slices.Contains(got, c.has) || slices.Contains(got, c.not) || slices.Contains(got, c.without) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := Elsewhere("zzzzzz-not-there", ecosystem.Unknown); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if _, err := Open(ecosystem.NuGet); err == nil {
		t.Error("NuGet has no list")
	}
}

func BenchmarkConfusions(b *testing.B) {
	x := open(b, ecosystem.NPM)
	x.build()
	for b.Loop() {
		x.Confusions("react-hook-usestate", nil)
	}
}
