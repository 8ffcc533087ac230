package verdict

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
	"figment/scanner/extract"
)

// suspect makes a package that exists, of an age, with a likeness.
func suspect(age time.Duration, m *names.Match, change ...func(*protocol.Record)) *Facts {
	r := protocol.Record{Status: protocol.Present, Latest: "1.0.0", Versions: []string{"1.0.0"}, Fetched: now, Root: protocol.Root{Kind: protocol.Official}}
	if age > 0 {
		r.Created = now.Add(-age)
	}
	for _, c := range change {
		c(&r)
	}
	f := facts(ecosystem.NPM, "figment-suspect", r)
	if m != nil {
		f.Matches = []names.Match{*m}
	}
	return f
}

func likeness(e names.Edit, rank int) *names.Match {
	return &names.Match{Name: "popular", Rank: rank, Edit: e, Distance: 1, Trusted: true, Other: "other"}
}

// points are those of a signal.
func points(f *Facts, signal string) int {
	for _, p := range weigh(f, decisive(f)).Points {
		if p.Signal == signal {
			return p.Weight
		}
	}
	return 0
}

// TestPoints has for each weight a case that has it and a near miss.
func TestPoints(t *testing.T) {
	const d = 24 * time.Hour
	year := 365 * d
	yes := func(field func(*protocol.Record) *protocol.Tri, v protocol.Tri) func(*protocol.Record) {
		return func(r *protocol.Record) { *field(r) = v }
	}
	repository := func(r *protocol.Record) *protocol.Tri { return &r.RepositoryKnown }
	readme := func(r *protocol.Record) *protocol.Tri { return &r.Readme }
	script := func(r *protocol.Record) *protocol.Tri { return &r.InstallScript }
	sdist := func(r *protocol.Record) *protocol.Tri { return &r.SdistOnly }
	park := func(r *protocol.Record) *protocol.Tri { return &r.Parked }
	versions := func(n int) func(*protocol.Record) {
		return func(r *protocol.Record) { r.Versions = make([]string, n) }
	}
	downloads := func(n int64) func(*protocol.Record) {
		return func(r *protocol.Record) { r.Downloads = protocol.Count{N: n, Known: true} }
	}
	since := func(age time.Duration) func(*protocol.Record) {
		return func(r *protocol.Record) { r.KnownSince = now.Add(-age) }
	}
	proven := func(org string) func(*protocol.Record) {
		return func(r *protocol.Record) { r.Provenance, r.Organization = protocol.Yes, org }
	}
	for _, c := range []struct {
		signal string
		f      *Facts
		want   int
	}{
		{"name", suspect(year, likeness(names.EditSwap, 500)), 30},
		{"name", suspect(year, likeness(names.EditSwap, 501)), 20},
		{"name", suspect(year, likeness(names.EditSeparator, 5001)), 10},
		{"name", suspect(year, likeness(names.EditWeak, 1)), 15},
		{"name", suspect(year, likeness(names.EditTwo, 5000)), 10},
		{"name", suspect(year, likeness(names.EditTwo, 9000)), 5},
		{"name", suspect(year, likeness(names.EditCompound, 1)), 20},
		{"name", suspect(year, likeness(names.EditAffix, 3000)), 15},
		{"name", suspect(year, likeness(names.EditDigits, 1)), 10},
		{"name", suspect(year, likeness(names.EditDigits, 9000)), 0},
		{"name", suspect(year, likeness(names.EditScope, 9000)), 20},
		{"name", suspect(year, likeness(names.EditAlias, 9000)), 20},
		{"name", suspect(year, likeness(names.EditConflate, 9000)), 15},
		{"name", suspect(year, &names.Match{Via: "a brand", Edit: names.EditAlias, Trusted: true}), 20},
		{"name", suspect(year, &names.Match{Name: "known", Edit: names.EditSwap}), 0}, // unranked
		{"name", suspect(year, &names.Match{Name: "popular", Rank: 3, Edit: names.EditSwap}), 0},
		{"name", suspect(year, likeness(names.EditContains, 1)), 0},
		{"contains", suspect(year, likeness(names.EditContains, 1)), 5},
		{"contains", suspect(year, likeness(names.EditOwner, 1)), 5},
		{"contains", suspect(year, likeness(names.EditSwap, 1)), 0},
		{"young", suspect(6*d, nil), 35},
		{"young", suspect(8*d, nil), 25},
		{"young", suspect(31*d, nil), 10},
		{"young", suspect(91*d, nil), 0},
		{"young", suspect(0, nil), 0},
		{"few-versions", suspect(year, nil), 10},
		{"few-versions", suspect(year, nil, versions(3)), 5},
		{"few-versions", suspect(year, nil, versions(4)), 0},
		{"few-versions", suspect(year, nil, versions(0)), 0}, // not known
		{"little-used", suspect(year, nil, downloads(99)), 10},
		{"little-used", suspect(year, nil, downloads(100)), 0},
		{"little-used", suspect(year, nil), 0}, // npm says, so what is not said is not known
		{"no-repository", suspect(year, nil, yes(repository, protocol.No)), 10},
		{"no-repository", suspect(year, nil), 0},
		{"empty-readme", suspect(year, nil, yes(readme, protocol.No)), 10},
		{"empty-readme", suspect(year, nil, yes(readme, protocol.Yes)), 0},
		{"install-script", suspect(year, nil, yes(script, protocol.Yes)), 15},
		{"install-script", suspect(year, nil, yes(sdist, protocol.Yes)), 15},
		{"install-script", suspect(year, nil, yes(script, protocol.No)), 0},
		{"parked", suspect(year, nil, yes(park, protocol.Yes)), 30},
		{"parked", suspect(year, nil, yes(park, protocol.No)), 0},
		{"old", suspect(2*year, nil), -20},
		{"old", suspect(year, nil), -10},
		{"old", suspect(364*d, nil), 0},
		{"old", suspect(0, nil, since(3*year)), -20}, // an older date proves an age
		{"young", suspect(0, nil, since(2*d)), 0},    // and never a youth
		{"proven", suspect(year, nil, proven("acme")), -20},
		{"proven", suspect(year, nil, proven("")), 0},
	} {
		if got := points(c.f, c.signal); got != c.want {
			t.Errorf("%s of %+v: %d points, want %d", c.signal, c.f.Matches, got, c.want)
		}
	}
}

// TestGates has for each gate a case that it caps and one that it lets through.
func TestGates(t *testing.T) {
	const d = 24 * time.Hour
	bare := func(r *protocol.Record) { r.RepositoryKnown = protocol.No }
	four := func(r *protocol.Record) { r.Versions = make([]string, 4) }
	tiny := func(r *protocol.Record) { r.Downloads = protocol.Count{N: 3, Known: true} }
	used := func(r *protocol.Record) { r.Downloads = protocol.Count{N: 5000, Known: true} }
	for _, c := range []struct {
		name string
		f    *Facts
		want string // "severity rule", empty for nothing
	}{
		{"likeness, youth and more", suspect(3*d, likeness(names.EditSwap, 10), bare), "error typosquat"},
		{"faint likeness, youth and more", suspect(3*d, likeness(names.EditTwo, 9000), bare), "warning typosquat"},
		{"likeness and nothing but youth", suspect(3*d, likeness(names.EditSwap, 10), four, used), "warning typosquat"},
		{"weak likeness and nothing but youth", suspect(3*d, likeness(names.EditWeak, 10), four, used), "note typosquat"},
		{"likeness to an old package", suspect(400*d, likeness(names.EditSwap, 10), bare), "note typosquat"},
		{"slip of a top-100 name without use", suspect(400*d, likeness(names.EditSwap, 10), bare, tiny), "warning typosquat"},
		{"slip of a lesser name without use", suspect(400*d, likeness(names.EditSwap, 101), bare, tiny), "note typosquat"},
		{"weak likeness to an old package", suspect(400*d, likeness(names.EditWeak, 10), bare), ""},
		{"likeness, age not known", suspect(0, likeness(names.EditSwap, 10), bare), "note typosquat"},
		{"no likeness, young, hardly used", suspect(3*d, nil, bare), "warning young-package"},
		{"no likeness, young, several releases", suspect(3*d, nil, four, used), ""},
		{"no likeness, 31 days", suspect(31*d, nil, bare), ""},
		{"no likeness, age not known", suspect(0, nil, bare, tiny), ""},
		{"conflation, young and suspicious", suspect(3*d, likeness(names.EditConflate, 10), bare, tiny), "warning conflation"},
		{"conflation, old", suspect(400*d, likeness(names.EditConflate, 10), bare, tiny), ""},
		{"scope", suspect(3*d, likeness(names.EditScope, 10), bare), "error scope-confusion"},
		{"established", suspect(800*d, likeness(names.EditTwo, 10), func(r *protocol.Record) { r.Versions = make([]string, 9) }), ""},
		{"popular itself", func() *Facts { f := suspect(3*d, likeness(names.EditSwap, 10), bare); f.Trusted = true; return f }(), ""},
	} {
		v := Decide(c.f)
		got := ""
		if len(v.Issues) > 0 {
			got = v.Issues[0].Severity.String() + " " + v.Issues[0].Rule.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%+v)", c.name, got, c.want, v.Score)
		}
	}
}

// TestAcquitted: what makes a likeness mean nothing, and what does not.
func TestAcquitted(t *testing.T) {
	const d = 24 * time.Hour
	target := func(change func(*protocol.Record)) protocol.Record {
		r := protocol.Record{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "popular"}, Status: protocol.Present, Created: now.Add(-3000 * d),
			Maintainers: []string{"owner"}, Downloads: protocol.Count{N: 1_000_000, Known: true}, Root: protocol.Root{Kind: protocol.Official}}
		change(&r)
		return r
	}
	nothing := func(*protocol.Record) {}
	for _, c := range []struct {
		name   string
		own    func(*protocol.Record)
		target func(*protocol.Record)
		want   bool
	}{
		{"a stranger's", nothing, nothing, false},
		{"same account", func(r *protocol.Record) { r.Maintainers = []string{"x", "owner"} }, nothing, true},
		{"same organisation", func(r *protocol.Record) { r.Organization = "acme" }, func(r *protocol.Record) { r.Organization = "acme" }, true},
		{"no account known of either", nothing, func(r *protocol.Record) { r.Maintainers = nil }, false},
		{"published before", func(r *protocol.Record) { r.Created = now.Add(-4000 * d) }, nothing, true},
		{"published after", func(r *protocol.Record) { r.Created = now.Add(-2000 * d) }, nothing, false},
		{"target's date not known", func(r *protocol.Record) { r.Created = now.Add(-4000 * d) }, func(r *protocol.Record) { r.Created = time.Time{} }, false},
		{"a hundredth of its use", func(r *protocol.Record) { r.Downloads = protocol.Count{N: 10_000, Known: true} }, nothing, true},
		{"less than a hundredth", func(r *protocol.Record) { r.Downloads = protocol.Count{N: 9_999, Known: true} }, nothing, false},
		{"target's use not known", func(r *protocol.Record) { r.Downloads = protocol.Count{N: 10_000, Known: true} }, func(r *protocol.Record) { r.Downloads = protocol.Count{} }, false},
		{"a link to the target's repository", func(r *protocol.Record) {
			r.Repository, r.RepositoryKnown = "https://example.com/popular", protocol.Yes
		}, func(r *protocol.Record) { r.Repository = "https://example.com/popular" }, false},
	} {
		f := suspect(3*d, likeness(names.EditSwap, 10), c.own)
		f.Targets = []protocol.Record{target(c.target)}
		m, _ := closest(f)
		if got := m == nil; got != c.want {
			t.Errorf("%s: acquitted %v, want %v", c.name, got, c.want)
		}
	}
}

// randomFacts makes a package that exists, with this and that known.
func randomFacts(r *rand.Rand) *Facts {
	const d = 24 * time.Hour
	tri := func() protocol.Tri { return protocol.Tri(r.IntN(3)) }
	var m *names.Match
	if r.IntN(4) > 0 {
		m = likeness(names.Edit(1+r.IntN(int(names.EditContains))), 1+r.IntN(12000))
	}
	f := suspect(time.Duration(r.IntN(1500))*d, m, func(rec *protocol.Record) {
		rec.Versions = make([]string, r.IntN(8))
		rec.RepositoryKnown, rec.Readme, rec.InstallScript, rec.Parked, rec.Provenance = tri(), tri(), tri(), tri(), tri()
		if r.IntN(2) == 0 {
			rec.Downloads = protocol.Count{N: int64(r.IntN(3000)), Known: true}
		}
	})
	return f
}

// TestOneGroupMakesNoError: a likeness alone, or a bad reputation alone, is
// never an error.
func TestOneGroupMakesNoError(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		f := randomFacts(r)
		if r.IntN(2) == 0 {
			f.Matches = nil
		} else {
			f.Records[0] = protocol.Record{Package: f.Records[0].Package, Status: protocol.Present, Fetched: now}
		}
		for _, i := range Decide(f).Issues {
			if i.Severity == Error {
				t.Fatalf("%s: %+v", i.Message, f.Records[0])
			}
		}
	}
}

// TestUnknownIsNothing: forgetting a fact that speaks for a package never makes
// the verdict harsher than knowing nothing, and facts that are not known change
// no class.
func TestUnknownIsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		f := randomFacts(r)
		before := Decide(f)
		g := *f
		g.Targets = append(g.Targets, protocol.Record{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "popular"}, Status: protocol.Unknown})
		g.OSV = osv.Answer{State: osv.Unknown, Reason: osv.ReasonNetwork}
		g.Referred = []Reference{{Source: "git"}}
		g.Referred = g.Referred[:0]
		if after := Decide(&g); after.Class != before.Class || ruleOf(after) != ruleOf(before) {
			t.Fatalf("%v %s becomes %v %s", before.Class, ruleOf(before), after.Class, ruleOf(after))
		}
	}
}

// TestScoreIsExplained: every point and every gate of a finding says what it
// rests on, and the evidence holds the deciding values.
func TestScoreIsExplained(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		f := randomFacts(r)
		v := Decide(f)
		if v.Score == nil {
			continue
		}
		for _, p := range v.Score.Points {
			if p.Basis == "" || p.Why == "" || p.Text == "" || p.Weight == 0 || p.At.IsZero() {
				t.Fatalf("%+v", p)
			}
		}
		if v.Score.Total < 0 || v.Score.Total > 100 {
			t.Fatalf("%+v", v.Score)
		}
		for _, i := range v.Issues {
			if i.Rule.ByScore && (i.Score == nil || *i.Score != v.Score.Total || len(i.Evidence) == 0) {
				t.Fatalf("%+v", i)
			}
		}
	}
}

// TestMentionsStayNotes is policy's part, but the verdict must not need it: a
// mention alone gives the same class and no invented use.
func TestMentionsKeepTheirUses(t *testing.T) {
	f := suspect(3*24*time.Hour, likeness(names.EditSwap, 10))
	f.Subject.Uses[0].Kind = extract.Mention
	for _, i := range Decide(f).Issues {
		if len(i.Uses) > 0 {
			t.Errorf("%+v", i)
		}
	}
}

func TestProbability(t *testing.T) {
	last := -1.0
	for score := range 101 {
		p, b, ok := Probability(score)
		if !ok {
			continue
		}
		if p < last || p <= 0 || p >= 1 || b.N < 20 || score < b.Low || score > b.High {
			t.Errorf("%d: %.3f of %+v after %.3f", score, p, b, last)
		}
		last = p
	}
	if last < 0.5 {
		t.Errorf("the highest probability is %.3f", last)
	}
	if bins := parseBins("# x\n1\t2\t3\t4\nbad\n5\t6\t7\n"); len(bins) != 1 {
		t.Errorf("%+v", bins)
	}
}

func TestSignalsAreTagged(t *testing.T) {
	for _, s := range signals {
		if s.Group != GroupFact && s.Why == "" || s.Group > GroupName && s.Basis == "" {
			t.Errorf("%s says not what its weight rests on", s.Name)
		}
	}
	for _, w := range nameWeights {
		if w.why == "" || w.basis == "" || strings.HasSuffix(w.why, ".") {
			t.Errorf("%v: %q %q", w.edits, w.basis, w.why)
		}
	}
}
