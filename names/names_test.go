package names

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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

var embeddedEcosystems = []ecosystem.Ecosystem{
	ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang, ecosystem.Cargo, ecosystem.Gem, ecosystem.Maven, ecosystem.Composer, ecosystem.Hex,
}

// TestRank finds every name of the lists that the files were made from, and
// nothing else.
func TestRank(t *testing.T) {
	total := 0
	for _, e := range embeddedEcosystems {
		x := open(t, e)
		if err := x.Verify(); err != nil {
			t.Errorf("%s: %v", e, err)
		}
		total += x.Size()
		data, err := os.ReadFile("build/lists/" + string(e) + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			want, _ := strconv.Atoi(value)
			name = ecosystem.Normalize(e, name)
			n++
			if rank, ok := x.Rank(name); !ok || rank != want {
				t.Fatalf("%s: %s has rank %d, %v; want %s", e, name, rank, ok, value)
			}
			if rank, ok := x.Trusted(name); ok != (want > 0) || rank != want {
				t.Fatalf("%s: %s is trusted with rank %d, %v", e, name, rank, ok)
			}
		}
		if n < 100 || n != x.Len() {
			t.Errorf("%s: %d names in the list, %d in the index", e, n, x.Len())
		}
		for _, bad := range []string{"", "zzzzzzzzzzzzzzzz-not-there", "a\tb", "\n", strings.Repeat("x", 300)} {
			if _, ok := x.Rank(bad); ok {
				t.Errorf("%s knows %q", e, bad)
			}
		}
		each := 0
		for name, rank := range x.Each {
			if got, ok := x.Rank(name); !ok || got != rank {
				t.Fatalf("%s: Each gives %s %d, Rank %d, %v", e, name, rank, got, ok)
			}
			each++
		}
		if each != x.Len() {
			t.Errorf("%s: Each gives %d of %d names", e, each, x.Len())
		}
	}
	if total > 6<<20 {
		t.Errorf("all indexes are %d bytes; the budget is 6 MB", total)
	}
}

func TestAliasesAreNoPackages(t *testing.T) {
	x := open(t, ecosystem.PyPI)
	for _, alias := range []string{"cv2", "awssdk"} {
		if _, ok := x.Rank(alias); ok {
			t.Errorf("%s has a rank", alias)
		}
	}
	for name := range x.Each {
		if name == "cv2" {
			t.Error("Each gives an alias")
		}
	}
}

// compareNear holds Near against a scan of everything by plain distance.
func compareNear(t *testing.T, x *Index, all []string, word string, k int) {
	t.Helper()
	var want, got []string
	for _, name := range all {
		if len(name)-len(word) > k || len(word)-len(name) > k {
			continue
		}
		if d := Distance(word, name); d > 0 && d <= k {
			want = append(want, name)
		}
	}
	for _, m := range x.Near(word, k, nil) {
		got = append(got, m.Name)
		if m.Distance != Distance(word, m.Name) {
			t.Errorf("%q: distance %d to %s, plain %d", word, m.Distance, m.Name, Distance(word, m.Name))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%q within %d: %v, want %v", word, k, got, want)
	}
}

func everyName(x *Index) []string {
	var all []string
	for name := range x.Each {
		all = append(all, name)
	}
	return all
}

// mutate makes one to three random edits.
func mutate(r *rand.Rand, name string) string {
	b := []byte(name)
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.@/"
	for range 1 + r.IntN(3) {
		i := r.IntN(len(b) + 1)
		switch c := letters[r.IntN(len(letters))]; r.IntN(4) {
		case 0:
			b = slices.Insert(b, i, c)
		case 1:
			if i < len(b) && len(b) > 1 {
				b = slices.Delete(b, i, i+1)
			}
		case 2:
			if i < len(b) {
				b[i] = c
			}
		case 3:
			if i+1 < len(b) {
				b[i], b[i+1] = b[i+1], b[i]
			}
		}
	}
	return string(b)
}

func TestNear(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM, ecosystem.Golang} {
		x := open(t, e)
		all := everyName(x)
		for _, word := range []string{"requests", "reqeusts", "flsk", "x", "", "@babel/cor", strings.Repeat("ab", 40), strings.Repeat("z", 214)} {
			compareNear(t, x, all, word, 1)
			compareNear(t, x, all, word, 2)
		}
		for range 40 {
			compareNear(t, x, all, mutate(r, all[r.IntN(len(all))]), 2)
		}
	}
}

// FuzzNear compares the search with plain dynamic programming over 15,000 names.
func FuzzNear(f *testing.F) {
	x := open(f, ecosystem.PyPI)
	all := everyName(x)
	for _, s := range []string{"requests", "numpyy", "tensrflow", "a", "", "pyton-dateutil", "\xff\xfe", strings.Repeat("w", 70)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if len(word) > 100 {
			return
		}
		compareNear(t, x, all, word, 1)
		compareNear(t, x, all, word, 2)
	})
}

// FuzzDistance compares the bit-parallel distance with the plain one.
func FuzzDistance(f *testing.F) {
	f.Add("requests", "reqeusts")
	f.Add("ca", "abc")
	f.Add("", "abc")
	f.Add(strings.Repeat("ab", 32), strings.Repeat("ba", 32))
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 300 || len(b) > 300 {
			return
		}
		var p pattern
		p.set(a)
		if got, want := p.distance(b), Distance(a, b); got != want {
			t.Errorf("%q, %q: %d, want %d", a, b, got, want)
		}
		if Distance(a, b) != Distance(b, a) {
			t.Errorf("%q, %q: not symmetric", a, b)
		}
	})
}

// FuzzRead opens damaged files and asks them everything.
func FuzzRead(f *testing.F) {
	f.Add(uint32(0), byte(0), "requests")
	f.Add(uint32(20), byte(255), "reqeusts")
	f.Add(uint32(28), byte(200), "x-y")
	f.Add(uint32(80), byte(127), "flask-login")
	f.Fuzz(func(t *testing.T, at uint32, value byte, word string) {
		for _, e := range []ecosystem.Ecosystem{ecosystem.Gem, ecosystem.Maven} {
			data := []byte(embedded(e))
			data[int(at)%len(data)] = value
			x, err := Read(e, string(data))
			if err != nil {
				continue
			}
			x.Rank(word)
			x.Near(word, 2, nil)
			x.Confusions(word, nil)
			for range x.Each {
			}
			if err := x.Verify(); err == nil && string(data) != embedded(e) && int(at)%len(data) >= 40 {
				t.Error("damage was not noticed")
			}
		}
	})
}

func TestReadRefuses(t *testing.T) {
	good := embedded(ecosystem.Gem)
	for name, data := range map[string]string{
		"empty": "", "text": strings.Repeat("name\t1\n", 50), "cut": good[:len(good)/2], "head only": good[:72], "future": good[:4] + "\x02\x00" + good[6:],
	} {
		if x, err := Read(ecosystem.Gem, data); err == nil {
			t.Errorf("%s: opened, %d names", name, x.Len())
		}
	}
	data := []byte(good)
	data[len(data)-1] ^= 1
	x, err := Read(ecosystem.Gem, string(data))
	if err == nil {
		err = x.Verify()
	}
	if err == nil {
		t.Error("a changed byte was not noticed")
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name, target string
		want         Edit
	}{
		{"reqeusts", "requests", EditSwap},
		{"requestss", "requests", EditDouble},
		{"expres", "express", EditDouble},
		{"lodahs", "lodash", EditSwap},
		{"requesta", "requests", EditKey},
		{"c0lors", "colors", EditLook},
		{"f1ask", "flask", EditLook},
		{"beautifulsaup", "beautifulsoup", EditVowel},
		{"expreess", "express", EditDouble},
		{"rquests", "requests", EditInner},
		{"request", "requests", EditPlural},
		{"requests-", "requests", EditSeparator},
		{"djangox", "django", EditWeak},
		{"yrequests", "requests", EditWeak},
		{"bequests", "requests", EditWeak},
		{"flask2", "flask", EditWeak},
		{"fla", "flu", EditWeak},
		{"reqests", "requests", EditInner},
		{"jsonstream", "JSONStream", EditTwo},
		{"Express", "express", EditSkeleton},
	} {
		if got := classify(c.name, c.target, Distance(c.name, c.target)); got != c.want {
			t.Errorf("%s for %s: %v, want %v", c.name, c.target, got, c.want)
		}
	}
}

// TestConfusions has a row for each rule, one that fires and one that is near
// and does not.
func TestConfusions(t *testing.T) {
	for _, c := range []struct {
		rule string
		eco  ecosystem.Ecosystem
		name string
		want string // "edit target", or "- target": it must not be among the matches
	}{
		{"separator", ecosystem.PyPI, "scikitlearn", "separator scikit-learn"},
		{"separator", ecosystem.NPM, "lodash-merge", "separator lodash.merge"},
		{"order", ecosystem.PyPI, "dateutil-python", "order python-dateutil"},
		{"order needs the same words", ecosystem.PyPI, "dateutil-pythonic", "- python-dateutil"},
		{"skeleton", ecosystem.PyPI, "dj4ngo-c1ient", "- django"},
		{"skeleton", ecosystem.NPM, "rnornent", "skeleton moment"},
		{"plural", ecosystem.NPM, "react-routers-doms", "plural react-router-dom"},
		{"digits", ecosystem.PyPI, "requests2024", "digits requests"},
		{"affix", ecosystem.PyPI, "python-requests", "affix requests"},
		{"module", ecosystem.PyPI, "dateutil", "alias python-dateutil"},
		{"affix both ways", ecosystem.PyPI, "multipart", "affix python-multipart"},
		{"scope dropped", ecosystem.NPM, "types-node", "scope @types/node"},
		{"scope faked", ecosystem.NPM, "@bable/core", "scope @babel/core"},
		{"a scope of one's own", ecosystem.NPM, "@acme-inc/core", "- @babel/core"},
		{"brand", ecosystem.PyPI, "hugging-face", "alias huggingface-hub"},
		{"compound", ecosystem.PyPI, "py-reqeusts", "compound requests"},
		{"swap", ecosystem.PyPI, "reqeusts", "swap requests"},
		{"three letters", ecosystem.NPM, "vua", "- vue"},
		{"families", ecosystem.PyPI, "types-bicycle", "- types-requests"},
		{"conflation", ecosystem.NPM, "react-codeshift", "conflation jscodeshift"},
		{"no conflation of a family", ecosystem.NPM, "react-router-dom-v9", "- react"},
		{"go owner", ecosystem.Golang, "github.com/sirupsenn/logrus", "double github.com/sirupsen/logrus"},
		{"go repository", ecosystem.Golang, "github.com/gorilla/muxx", "- github.com/gorilla/mux"},
		{"go host is exact", ecosystem.Golang, "githib.com/sirupsen/logrus", "- github.com/sirupsen/logrus"},
		{"go repository under another owner", ecosystem.Golang, "github.com/somebody-else/logrus", "owner github.com/sirupsen/logrus"},
		{"another major version", ecosystem.Golang, "github.com/jackc/pgx/v4", "- github.com/jackc/pgx/v5"},
		{"maven", ecosystem.Maven, "org.slf4i:slf4j-api", "key org.slf4j:slf4j-api"},
	} {
		x := open(t, c.eco)
		edit, target, _ := strings.Cut(c.want, " ")
		got := x.Confusions(c.name, nil)
		i := slices.IndexFunc(got, func(m Match) bool { return m.Name == target })
		switch {
		case edit == "-" && i >= 0 && got[i].Edit != EditContains && got[i].Edit != EditConflate && got[i].Edit != EditOwner:
			t.Errorf("%s: %s matches %+v", c.rule, c.name, got[i])
		case edit != "-" && i < 0:
			t.Errorf("%s: %s: no %s among %+v", c.rule, c.name, target, got)
		case edit != "-" && got[i].Edit.String() != edit:
			t.Errorf("%s: %s: %s is %v, want %s", c.rule, c.name, target, got[i].Edit, edit)
		}
	}
}

// TestConfusionsAllocate: a search uses the caller's buffer. Only a name of
// several words costs one string, the words written together.
func TestConfusionsAllocate(t *testing.T) {
	x := open(t, ecosystem.NPM)
	buf := make([]Match, 0, 128)
	for _, name := range []string{"reqeusts", "react-codeshift", "@bable/core", "python-requests", "types-node"} {
		allowed := 0.0
		if name == "react-codeshift" {
			allowed = 1
		}
		if n := testing.AllocsPerRun(20, func() { x.Confusions(name, buf) }); n > allowed {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func FuzzConfusions(f *testing.F) {
	for _, s := range []string{"", "a", "--", "@", "@/", "@a/", "a/@b", "react-codeshift", "\x00\xff", strings.Repeat("a-", 100), "github.com/a/b/v2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, e := range embeddedEcosystems {
			x := open(t, e)
			got := x.Confusions(name, nil)
			if len(got) > maxMatches {
				t.Errorf("%s %q: %d matches", e, name, len(got))
			}
			for _, m := range got {
				if m.Name == name && m.Via == "" {
					t.Errorf("%s %q resembles itself", e, name)
				}
				if _, ok := x.Rank(m.Name); !ok && m.Name != "" {
					t.Errorf("%s %q: %q is not in the index", e, name, m.Name)
				}
			}
		}
	})
}

// percentiles runs ask over words, often, and reports what one word takes: of
// each word the fastest time counts, since other programs share the machine.
func percentiles(b *testing.B, words []string, ask func(string)) {
	b.ReportAllocs()
	took := make([]float64, len(words))
	for i := range took {
		took[i] = math.Inf(1)
	}
	for b.Loop() {
		for i, w := range words {
			start := time.Now()
			ask(w)
			took[i] = min(took[i], float64(time.Since(start)))
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "p50-ns")
	b.ReportMetric(took[len(took)*99/100], "p99-ns")
	b.ReportMetric(took[len(took)-1], "max-ns")
}

// words are names of the index, and the same with edits.
func words(x *Index, n int) []string {
	r := rand.New(rand.NewPCG(7, 7))
	all := everyName(x)
	var out []string
	for range n {
		name := all[r.IntN(len(all))]
		out = append(out, name, mutate(r, name))
	}
	return out
}

func BenchmarkRank(b *testing.B) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		b.Run(string(e), func(b *testing.B) {
			x := open(b, e)
			percentiles(b, words(x, 1000), func(w string) { x.Rank(w) })
		})
	}
}

func BenchmarkNear(b *testing.B) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		b.Run(string(e), func(b *testing.B) {
			x := open(b, e)
			buf := make([]Match, 0, 256)
			percentiles(b, words(x, 1000), func(w string) { x.Near(w, 2, buf) })
		})
	}
}

func BenchmarkConfusions(b *testing.B) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM, ecosystem.Golang} {
		b.Run(string(e), func(b *testing.B) {
			x := open(b, e)
			buf := make([]Match, 0, 256)
			percentiles(b, words(x, 1000), func(w string) { x.Confusions(w, buf) })
		})
	}
}

// BenchmarkOpen opens every embedded index.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range embeddedEcosystems {
			if _, err := Open(e); err != nil {
				b.Fatal(err)
			}
		}
	}
}
