package scanner

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/fixtures"
)

// The labels of fixtures/corpus/nonexistent.tsv, which fixtures/NOTICE.md
// explains.
const (
	labelHallucinated   = "hallucinated"
	labelThenRegistered = "hallucinated_then_registered"
	labelUnreviewed     = "unreviewed_nonexistent"
	labelExists         = "exists"
	labelImportName     = "import_name"
	labelStdlib         = "stdlib"
	labelNoise          = "extraction_noise"
)

// corpusNonexistent is a row of nonexistent.tsv.
type corpusNonexistent struct {
	Name      string // as it was collected
	Ecosystem ecosystem.Ecosystem
	Label     string
	Category  string
	Real      []string // distributions that were meant, the first is the best; often none
	// Exists is "no", "unknown", "yes" or the month of the newest release
	// ("2026-10"), as of November 2026.
	Exists string
	// Elsewhere is another ecosystem that has a package of the name.
	Elsewhere ecosystem.Ecosystem
	Source    string
	Note      string // why the label differs from the source's
}

// corpusSquat is a row of typosquats.tsv.
type corpusSquat struct {
	Name       string
	Ecosystem  ecosystem.Ecosystem
	Target     string
	Technique  string
	Distance   int // optimal string alignment
	TargetRank int // 0: unranked
	Source     string
	Note       string
}

// corpusHardNegative is a row of hard-negatives.tsv: a legitimate package.
type corpusHardNegative struct {
	Name                string
	Ecosystem           ecosystem.Ecosystem
	LooksLike           string
	Distance            int
	Rank, LooksLikeRank int
}

// corpusLongtail is a row of longtail.tsv: a legitimate package that few use.
type corpusLongtail struct {
	Name      string
	Ecosystem ecosystem.Ecosystem
	Month     string // PyPI: of the newest release, "2019-07"
	Downloads int    // npm: a month
}

// corpusRows reads a list: its rows as a function from the name of a column to
// the cell.
func corpusRows(t testing.TB, file string, columns string) []func(string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(fixtures.Read("corpus/"+file)), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	if strings.Join(header, " ") != columns {
		t.Fatalf("%s has the columns %q", file, header)
	}
	var rows []func(string) string
	for n, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(header) || cells[0] == "" {
			t.Fatalf("%s:%d: %d cells", file, n+2, len(cells))
		}
		rows = append(rows, func(column string) string { return cells[slices.Index(header, column)] })
	}
	return rows
}

func corpusNumber(t testing.TB, s string) int {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func loadNonexistent(t testing.TB) []corpusNonexistent {
	t.Helper()
	var out []corpusNonexistent
	for _, c := range corpusRows(t, "nonexistent.tsv", "name ecosystem label category real_package exists_2026_11 exists_in_other_ecosystem source note") {
		r := corpusNonexistent{
			Name: c("name"), Ecosystem: ecosystem.Ecosystem(c("ecosystem")), Label: c("label"), Category: c("category"),
			Exists: c("exists_2026_11"), Elsewhere: ecosystem.Ecosystem(c("exists_in_other_ecosystem")), Source: c("source"), Note: c("note"),
		}
		if real := c("real_package"); real != "" {
			r.Real = strings.Split(real, "|")
		}
		out = append(out, r)
	}
	return out
}

func loadSquats(t testing.TB) []corpusSquat {
	t.Helper()
	var out []corpusSquat
	for _, c := range corpusRows(t, "typosquats.tsv", "name ecosystem target classification osa_distance target_rank source note") {
		out = append(out, corpusSquat{
			Name: c("name"), Ecosystem: ecosystem.Ecosystem(c("ecosystem")), Target: c("target"), Technique: c("classification"),
			Distance: corpusNumber(t, c("osa_distance")), TargetRank: corpusNumber(t, c("target_rank")), Source: c("source"), Note: c("note"),
		})
	}
	return out
}

func loadHardNegatives(t testing.TB) []corpusHardNegative {
	t.Helper()
	var out []corpusHardNegative
	for _, c := range corpusRows(t, "hard-negatives.tsv", "name ecosystem label looks_like osa_distance rank looks_like_rank") {
		out = append(out, corpusHardNegative{
			Name: c("name"), Ecosystem: ecosystem.Ecosystem(c("ecosystem")), LooksLike: c("looks_like"),
			Distance: corpusNumber(t, c("osa_distance")), Rank: corpusNumber(t, c("rank")), LooksLikeRank: corpusNumber(t, c("looks_like_rank")),
		})
	}
	return out
}

func loadLongtail(t testing.TB) []corpusLongtail {
	t.Helper()
	var out []corpusLongtail
	for _, c := range corpusRows(t, "longtail.tsv", "name ecosystem label month_or_downloads") {
		r := corpusLongtail{Name: c("name"), Ecosystem: ecosystem.Ecosystem(c("ecosystem"))}
		if r.Ecosystem == ecosystem.NPM {
			r.Downloads = corpusNumber(t, c("month_or_downloads"))
		} else {
			r.Month = c("month_or_downloads")
		}
		out = append(out, r)
	}
	return out
}

// TestCorpus: the labelled lists agree with themselves and with each other.
func TestCorpus(t *testing.T) {
	// Data of ecosystems that figment does not read is kept for completeness.
	known := func(e ecosystem.Ecosystem) bool {
		return e == "githubactions" || slices.Contains(ecosystem.All(), e)
	}
	key := func(e ecosystem.Ecosystem, name string) string {
		return ecosystem.Package{Ecosystem: e, Name: ecosystem.Normalize(e, name)}.String()
	}
	bad := map[string]bool{}
	labels := map[string]int{}
	for _, r := range loadNonexistent(t) {
		k := key(r.Ecosystem, r.Name)
		if !known(r.Ecosystem) || r.Source == "" || r.Category == "" {
			t.Errorf("%s: row is not whole: %+v", r.Name, r)
		}
		if bad[k] {
			t.Errorf("%s stands twice among the names that do not exist", k)
		}
		labels[r.Label]++
		switch r.Label {
		case labelHallucinated, labelThenRegistered, labelUnreviewed:
			bad[k] = true
			if r.Label != labelThenRegistered && r.Exists != "no" && r.Exists != "unknown" {
				t.Errorf("%s is called nonexistent and exists: %s", k, r.Exists)
			}
		case labelImportName:
			if len(r.Real) == 0 {
				t.Errorf("%s: no distribution", k)
			}
		case labelStdlib:
			top, _, _ := strings.Cut(r.Name, ".")
			if _, ok := ecosystem.Standard(ecosystem.PyPI, top); !ok {
				t.Errorf("%s is no module of Python's library", r.Name)
			}
		case labelExists, labelNoise:
		default:
			t.Errorf("%s has the label %q", k, r.Label)
		}
	}
	t.Logf("%v", labels)
	for _, r := range loadSquats(t) {
		k := key(r.Ecosystem, r.Name)
		if !known(r.Ecosystem) || r.Target == "" || r.Technique == "" || r.Source == "" {
			t.Errorf("%s: row is not whole: %+v", r.Name, r)
		}
		if bad[k] {
			t.Errorf("%s is a squat and called nonexistent, or stands twice", k)
		}
		if k == key(r.Ecosystem, r.Target) && r.Note == "" {
			t.Errorf("%s squats on itself", k)
		}
		bad[k] = true
	}
	good := map[string]bool{}
	for _, r := range loadHardNegatives(t) {
		k := key(r.Ecosystem, r.Name)
		if !known(r.Ecosystem) || r.LooksLike == "" || r.Distance < 1 || r.Distance > 2 || r.Rank <= r.LooksLikeRank || r.LooksLikeRank < 1 {
			t.Errorf("%s: row is not whole: %+v", r.Name, r)
		}
		if bad[k] || good[k] {
			t.Errorf("%s has two labels", k)
		}
		good[k] = true
	}
	for _, r := range loadLongtail(t) {
		k := key(r.Ecosystem, r.Name)
		if r.Ecosystem == ecosystem.NPM && r.Downloads < 1 || r.Ecosystem == ecosystem.PyPI && len(r.Month) != len("2026-11") || !known(r.Ecosystem) {
			t.Errorf("%s: row is not whole: %+v", r.Name, r)
		}
		if bad[k] || good[k] {
			t.Errorf("%s has two labels", k)
		}
		good[k] = true
	}
	if labels[labelHallucinated] < 200 || labels[labelUnreviewed] < 150 || labels[labelImportName] < 90 || labels[labelNoise] < 20 || len(good) < 5000 {
		t.Errorf("too few rows: %v, %d legitimate ones", labels, len(good))
	}
}
