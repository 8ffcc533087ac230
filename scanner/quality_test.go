package scanner

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/names"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

// The quality bench judges labelled names as a manifest would name them, with
// what a registry would say of packages of each kind. It prints what was found
// and what was not, and fails under the floors of docs/quality.md. Names are
// judged by what can be said of any name: none is treated apart.

var qualityNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A profile is what a registry says of a kind of package.
type profile struct {
	name      string
	age       time.Duration // 0: no date
	versions  int           // 0: not known
	downloads int64         // a week, where the registry says so; -1: not known
	bare      bool          // no repository is linked
	linked    bool          // a repository is linked
}

const qualityDay = 24 * time.Hour

var (
	squatNew    = profile{"squat-new", 3 * qualityDay, 1, 14, true, false}
	squatQuiet  = profile{"squat-quiet", 4 * 365 * qualityDay, 1, 14, true, false}
	honestYoung = profile{"honest-young", 5 * qualityDay, 4, 800, false, true}
	honestOld   = profile{"honest-old", 5 * 365 * qualityDay, 12, 2500, false, true}
	abandoned   = profile{"abandoned", 9 * 365 * qualityDay, 2, 20, true, false}
	minimal     = profile{"minimal", 0, 0, -1, false, false}
)

func (p profile) record(e ecosystem.Ecosystem, name, owner string) protocol.Record {
	r := protocol.Record{
		Package: ecosystem.Package{Ecosystem: e, Name: name}, Status: protocol.Present, Fetched: qualityNow, Latest: "1.0.0",
		Root: protocol.Root{Kind: protocol.Official},
	}
	if p.age > 0 {
		r.Created = qualityNow.Add(-p.age)
		r.Maintainers = []string{owner}
	}
	for i := range p.versions {
		r.Versions = append(r.Versions, fmt.Sprintf("0.%d.0", i+1))
	}
	if p.downloads >= 0 && e == ecosystem.NPM { // no other registry of the first three says
		r.Downloads = protocol.Count{N: p.downloads, Known: true}
	}
	switch {
	case p.bare:
		r.RepositoryKnown = protocol.No
	case p.linked:
		r.RepositoryKnown, r.Repository = protocol.Yes, "https://example.com/"+name
	}
	return r
}

// A bench judges names with one index.
type bench struct {
	index *names.Index
	eco   ecosystem.Ecosystem
	means *resolve.Rules // of imports
	cut   int            // only ranks up to this are above suspicion; 0: all
	// matches are those of names that were judged: a name is judged with many
	// profiles, and they do not change whom it resembles.
	matches map[string][]names.Match
}

func newBench(t testing.TB, e ecosystem.Ecosystem, cut int) *bench {
	t.Helper()
	x, err := names.Open(e)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{x, e, adapter.Find(all.Adapters(), e).Resolve, cut, map[string][]names.Match{}}
}

// upTo is the bench with another cut.
func (b *bench) upTo(cut int) *bench { return &bench{b.index, b.eco, b.means, cut, b.matches} }

// confusions are the names that a name resembles.
func (b *bench) confusions(name string) []names.Match {
	list, known := b.matches[name]
	if !known {
		list = b.index.Confusions(name, nil)
		b.matches[name] = list
	}
	return slices.Clone(list)
}

// facts are what a run would have learnt of a declared name.
func (b *bench) facts(name string, p profile) *verdict.Facts {
	s := &resolve.Subject{Ecosystem: b.eco, Name: name, Origin: project.Public, Declared: true,
		Candidates: []resolve.Candidate{{Name: name}},
		Uses:       []resolve.Use{{Reference: &extract.Reference{Ecosystem: b.eco, Name: name, Raw: name, Kind: extract.Manifest, Path: "m"}}}}
	f := &verdict.Facts{Subject: s, Imports: b.means, Now: qualityNow, IndexDate: b.index.Date(), Records: []protocol.Record{p.record(b.eco, name, "somebody")}}
	f.Rank, f.Known = b.index.Rank(name)
	_, f.Trusted = b.index.Trusted(name)
	if b.cut > 0 && (f.Rank == 0 || f.Rank > b.cut) {
		f.Rank, f.Known, f.Trusted = 0, false, false
	}
	if f.Trusted {
		return f
	}
	f.Matches = b.confusions(name)
	for _, target := range verdict.Wanted(f) {
		rank, _ := b.index.Rank(target)
		popular := profile{"popular", 8 * 365 * qualityDay, 60, max(1_000_000_000/int64(max(rank, 1)), 2_000), false, true}
		f.Targets = append(f.Targets, popular.record(b.eco, target, "owner of "+target))
	}
	return f
}

func (b *bench) judge(name string, p profile) verdict.Verdict {
	return verdict.Decide(b.facts(name, p))
}

// worst is the gravest issue.
func worst(v verdict.Verdict) (verdict.Severity, string) {
	sev, rule := verdict.NoSeverity, ""
	for _, i := range v.Issues {
		if i.Severity > sev {
			sev, rule = i.Severity, i.Rule.ID
		}
	}
	return sev, rule
}

// A tally counts severities.
type tally struct {
	n     int
	count [verdict.Error + 1]int
	rules map[string]int
	shown []string
}

func (c *tally) add(name string, v verdict.Verdict) {
	sev, rule := worst(v)
	c.n++
	c.count[sev]++
	if c.rules == nil {
		c.rules = map[string]int{}
	}
	if rule != "" {
		c.rules[rule]++
	}
	if sev >= verdict.Warning && len(c.shown) < 12 {
		score := -1
		if v.Score != nil {
			score = v.Score.Total
		}
		c.shown = append(c.shown, fmt.Sprintf("%s (%v %s %d)", name, sev, rule, score))
	}
}

func (c *tally) rate(s verdict.Severity) float64 { return float64(c.count[s]) / float64(max(c.n, 1)) }

func (c *tally) String() string {
	return fmt.Sprintf("%6d names: %4d errors (%.2f %%), %4d warnings (%.2f %%), %5d notes (%.2f %%) %v",
		c.n, c.count[verdict.Error], 100*c.rate(verdict.Error), c.count[verdict.Warning], 100*c.rate(verdict.Warning), c.count[verdict.Note], 100*c.rate(verdict.Note), c.rules)
}

// TestQualityHonest: honest names stay unharmed, whatever list they are on.
func TestQualityHonest(t *testing.T) {
	hard, long := loadHardNegatives(t), loadLongtail(t)
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		whole := newBench(t, e, 0)
		for _, cut := range []int{0, 5000} {
			if testing.Short() && cut > 0 {
				continue
			}
			b := whole.upTo(cut)
			run := func(what string, p profile, list []string, check func(*tally) string) {
				var c tally
				for _, name := range list {
					c.add(name, b.judge(name, p))
				}
				t.Logf("%s, exempt %s, %-9s %-12s %v", e, map[int]string{0: "all", 5000: "5,000"}[cut], what, p.name, &c)
				if why := check(&c); why != "" {
					t.Errorf("%s, exemption %d, %s as %s: %s: %s", e, cut, what, p.name, why, strings.Join(c.shown, ", "))
				}
			}
			var popular, hardNames, longNames []string
			for name := range b.index.Each {
				popular = append(popular, name)
			}
			for _, h := range hard {
				if h.Ecosystem == e {
					hardNames = append(hardNames, h.Name)
				}
			}
			for _, l := range long {
				if l.Ecosystem == e {
					longNames = append(longNames, l.Name)
				}
			}
			noError := func(c *tally) string {
				if c.count[verdict.Error] > 0 {
					return fmt.Sprintf("%d errors", c.count[verdict.Error])
				}
				return ""
			}
			longtail := func(c *tally) string {
				if c.rate(verdict.Error) > 0.001 || c.rate(verdict.Warning) > 0.01 || c.rate(verdict.Note) > 0.04 {
					return "over 0.1 % errors, 1 % warnings or 4 % notes"
				}
				return ""
			}
			run("popular", honestOld, popular, noError)
			run("hard", honestOld, hardNames, noError)
			run("popular", minimal, popular, noError)
			run("longtail", honestOld, longNames, longtail)
			run("longtail", abandoned, longNames, longtail)
			run("longtail", minimal, longNames, noError)
			run("longtail", honestYoung, longNames, noError)
			run("longtail", squatQuiet, longNames, noError)
			run("popular", honestYoung, popular, noError)
		}
	}
}

// TestQualitySquats: known squats are found while they are days old, and the
// name they imitate is named.
func TestQualitySquats(t *testing.T) {
	floors := map[ecosystem.Ecosystem]float64{ecosystem.PyPI: 0.90, ecosystem.NPM: 0.85}
	first, third, known := 0, 0, 0
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		b := newBench(t, e, 0)
		n, found, errors, hit1, hit3, indexed := 0, 0, 0, 0, 0, 0
		for _, s := range loadSquats(t) {
			name := ecosystem.Normalize(e, s.Name)
			if s.Ecosystem != e || name == ecosystem.Normalize(e, s.Target) {
				continue // the same name, differently spelled, is no other package
			}
			n++
			v := b.judge(name, squatNew)
			sev, rule := worst(v)
			ok := sev >= verdict.Warning && slices.Contains([]string{"typosquat", "scope-confusion", "conflation", "invalid-name"}, rule)
			if ok {
				found++
			}
			if sev == verdict.Error {
				errors++
			}
			var offered []string
			for _, i := range v.Issues {
				for _, g := range i.Suggestions {
					offered = append(offered, g.Package.Name)
				}
			}
			at := -1
			if _, there := b.index.Rank(s.Target); there {
				indexed++
				at = slices.Index(offered, s.Target)
				if at == 0 {
					hit1++
				}
				if at >= 0 && at < 3 {
					hit3++
				}
			}
			if !ok || at != 0 {
				t.Logf("%s: %s for %s: %v %s, offers %v", e, s.Name, s.Target, sev, rule, offered)
			}
		}
		first, third, known = first+hit1, third+hit3, known+indexed
		t.Logf("%s: found %d of %d (%.1f %%), %d as errors; target first %d, in three %d of %d", e, found, n, 100*float64(found)/float64(n), errors, hit1, hit3, indexed)
		if float64(found) < floors[e]*float64(n) {
			t.Errorf("%s: found %d of %d squats, the floor is %.0f %%", e, found, n, 100*floors[e])
		}
	}
	t.Logf("right target first %d, in three %d of %d", first, third, known)
	if float64(first) < 0.85*float64(known) || float64(third) < 0.93*float64(known) {
		t.Errorf("right target first %d, in three %d of %d; the floors are 85 %% and 93 %%", first, third, known)
	}
}

var updateCalibration = flag.Bool("update-calibration", false, "rewrite scanner/verdict/calibration.tsv")

// A scoredName is a labelled name with its score.
type scoredName struct {
	score int
	bad   bool
}

// scoredNames are the labelled names with the profiles that go with their
// labels, in a fixed order that mixes them.
func scoredNames(t testing.TB) []scoredName {
	var out []scoredName
	add := func(b *bench, name string, p profile, bad bool) {
		if v := b.judge(name, p); v.Score != nil {
			out = append(out, scoredName{v.Score.Total, bad})
		}
	}
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		b := newBench(t, e, 0)
		cut := b.upTo(5000)
		for _, s := range loadSquats(t) {
			if name := ecosystem.Normalize(e, s.Name); s.Ecosystem == e && name != ecosystem.Normalize(e, s.Target) {
				add(b, name, squatNew, true)
				add(b, name, squatQuiet, true)
			}
		}
		for _, n := range loadNonexistent(t) {
			if n.Ecosystem == e && (n.Label == labelThenRegistered || n.Label == labelHallucinated) {
				add(b, ecosystem.Normalize(e, n.Name), squatNew, true)
			}
		}
		for _, h := range loadHardNegatives(t) {
			if h.Ecosystem == e {
				add(cut, h.Name, honestOld, false)
			}
		}
		for i, l := range loadLongtail(t) {
			if l.Ecosystem == e {
				add(b, l.Name, []profile{honestOld, abandoned, minimal, honestYoung}[i%4], false)
			}
		}
	}
	r := rand.New(rand.NewPCG(20261124, 1))
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// isotonic pools neighbouring scores until the share of bad names only rises
// (pool adjacent violators), and then bins too small to speak of.
func isotonic(list []scoredName) []verdict.Bin {
	var at [101]verdict.Bin
	for _, s := range list {
		at[s.score].N++
		if s.bad {
			at[s.score].Bad++
		}
	}
	var bins []verdict.Bin
	next := 0
	for score, b := range at {
		if b.N == 0 {
			continue
		}
		b.Low, b.High = next, score
		next = score + 1
		bins = append(bins, b)
		for len(bins) > 1 {
			x, y := &bins[len(bins)-2], &bins[len(bins)-1]
			if x.Bad*y.N < y.Bad*x.N && x.N >= 20 && y.N >= 20 {
				break
			}
			if x.Bad*y.N < y.Bad*x.N && y.N < 20 && score < 100 && x.N >= 20 {
				break // it may grow with the next score
			}
			*x = verdict.Bin{Low: x.Low, High: y.High, N: x.N + y.N, Bad: x.Bad + y.Bad}
			bins = bins[:len(bins)-1]
		}
	}
	if n := len(bins); n > 0 {
		bins[n-1].High = 100
	}
	return bins
}

func predict(bins []verdict.Bin, score int) float64 {
	for _, b := range bins {
		if score >= b.Low && score <= b.High {
			return float64(b.Bad) / float64(max(b.N, 1))
		}
	}
	return 0
}

// TestCalibration: the published probabilities are those that the labelled
// names give, and hold for names that they were not fitted on.
func TestCalibration(t *testing.T) {
	list := scoredNames(t)
	bins := isotonic(list)
	var text strings.Builder
	text.WriteString("# Made by go test ./scanner -run Calibration -update-calibration. Of n labelled names that score from low to high, bad were bad.\n")
	for _, b := range bins {
		fmt.Fprintf(&text, "%d\t%d\t%d\t%d\n", b.Low, b.High, b.N, b.Bad)
	}
	if *updateCalibration {
		if err := os.WriteFile("verdict/calibration.tsv", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !slices.Equal(verdict.Calibration(), bins) {
		t.Errorf("the calibration is stale; it would be\n%s", text.String())
	}

	// Ten folds: each tenth is predicted by the others.
	const folds = 10
	type cell struct {
		n, bad int
		sum    float64
	}
	var reliability [10]cell
	brier := 0.0
	for k := range folds {
		var fit, held []scoredName
		for i, s := range list {
			if i%folds == k {
				held = append(held, s)
			} else {
				fit = append(fit, s)
			}
		}
		bins := isotonic(fit)
		for _, s := range held {
			p := predict(bins, s.score)
			y := 0.0
			c := &reliability[min(int(p*10), 9)]
			c.n++
			c.sum += p
			if s.bad {
				y = 1
				c.bad++
			}
			brier += (p - y) * (p - y)
		}
	}
	ece := 0.0
	for _, c := range reliability {
		if c.n > 0 {
			ece += math.Abs(c.sum-float64(c.bad)) / float64(len(list))
		}
	}
	t.Logf("%d labelled scores, %d bins, expected calibration error %.4f, Brier %.4f (10 folds)\n%s", len(list), len(bins), ece, brier/float64(len(list)), text.String())
	if ece > 0.05 {
		t.Errorf("expected calibration error %.4f, the floor is 0.05", ece)
	}
}

// TestQualityRegistered: names that models made up and that somebody registered
// since are warned of while they are new, whatever they resemble.
func TestQualityRegistered(t *testing.T) {
	n, warned, errors := 0, 0, 0
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM} {
		b := newBench(t, e, 0)
		for _, r := range loadNonexistent(t) {
			if r.Ecosystem != e || r.Label != labelThenRegistered {
				continue
			}
			n++
			v := b.judge(ecosystem.Normalize(e, r.Name), squatNew)
			sev, rule := worst(v)
			if sev >= verdict.Warning {
				warned++
			}
			if sev == verdict.Error {
				errors++
			}
			t.Logf("%s:%s: %v %s", e, r.Name, sev, rule)
		}
	}
	t.Logf("%d names, %d warned, %d errors", n, warned, errors)
	if n == 0 || warned < n {
		t.Errorf("%d of %d are warned of", warned, n)
	}
}
