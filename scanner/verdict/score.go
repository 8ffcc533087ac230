package verdict

import (
	"fmt"
	"time"

	"figment/names"
	"figment/registry/protocol"
)

// A Group of signals. Points of one group alone never make an error.
type Group uint8

// The groups. GroupFact, the zero value, has no points: it is told and weighs
// nothing.
const (
	GroupFact Group = iota
	GroupName
	GroupReputation
	GroupRelief
)

var groupNames = [...]string{"fact", "name", "reputation", "relief"}

func (g Group) String() string { return groupNames[g] }

// A Basis says what a weight rests on.
type Basis string

// The bases.
const (
	Measured Basis = "measured" // fitted on, or checked against, labelled names; docs/quality.md has the figures
	Argued   Basis = "argued"   // follows from what the sign means, or from published studies
	Judged   Basis = "judged"   // our judgement, for want of data
)

// A Score is the weighing of a name that exists.
type Score struct {
	Total                    int // 0–100
	Name, Reputation, Relief int // points by group; Relief is negative
	// Match is the popular name that the name points are about; nil for none.
	Match  *names.Match
	Points []Point  // what was weighed
	Gates  []string // what capped the sum, or took points away, in words
}

// A Point is a piece of evidence with what its weight rests on.
type Point struct {
	Evidence
	Group Group
	Basis Basis
	Why   string // the weight is what it is
}

// Thresholds of the score.
const (
	scoreError   = 60
	scoreWarning = 30
	scoreNote    = 10
)

// Days that the signals speak of.
const (
	day         = 24 * time.Hour
	veryYoung   = 7 * day
	young       = 30 * day
	youngish    = 90 * day
	established = 365 * day
	seasoned    = 730 * day
)

// bands are how popular a match is.
const (
	topBand  = 500
	highBand = 5000
)

func band(rank int) int {
	switch {
	case rank <= topBand:
		return 0
	case rank <= highBand:
		return 1
	}
	return 2
}

// A nameWeight is what a likeness is worth against a name of the top 500, the
// top 5,000, and beyond.
type nameWeight struct {
	edits  []names.Edit
	points [3]int
	basis  Basis
	gates  bool // counts toward the gates
	why    string
}

// nameWeights is the table of likenesses.
var nameWeights = []nameWeight{
	{[]names.Edit{names.EditSeparator, names.EditOrder, names.EditSkeleton, names.EditPlural, names.EditSwap, names.EditDouble,
		names.EditKey, names.EditLook, names.EditVowel, names.EditInner}, [3]int{30, 20, 10}, Measured, true,
		"one in 150 (PyPI) to 300 (npm) honest little-used names is so close to a popular one, half of the known squats are"},
	{[]names.Edit{names.EditWeak, names.EditTwo}, [3]int{15, 10, 5}, Measured, true,
		"two edits and chance replacements catch a quarter more of the known squats, and many times as many honest names"},
	{[]names.Edit{names.EditCompound, names.EditAffix}, [3]int{20, 15, 5}, Measured, true,
		"a popular name with a generic word more or less is rare among honest names and common among squats"},
	{[]names.Edit{names.EditDigits}, [3]int{10, 5, 0}, Measured, true,
		"versions glued to a name are a habit of squatters and of honest forks"},
	{[]names.Edit{names.EditScope}, [3]int{20, 20, 20}, Argued, true,
		"a scope is an owner: the same name without it, or in one spelled nearly alike, belongs to somebody else"},
	{[]names.Edit{names.EditAlias}, [3]int{20, 20, 20}, Argued, true,
		"what people call a package attracts those who ask for it by that word"},
	{[]names.Edit{names.EditConflate}, [3]int{15, 15, 15}, Measured, true,
		"most honest names join known words as well: it is worth something only with youth"},
	{[]names.Edit{names.EditOwner}, [3]int{5, 5, 5}, Measured, false,
		"one in ten popular modules shares its repository's name with another owner's, honestly"},
	{[]names.Edit{names.EditContains}, [3]int{5, 5, 5}, Measured, false,
		"one in eighteen honest names holds a popular one as a word"},
}

// namePoints is what a match is worth; gates says that it counts toward the
// gates.
func namePoints(m *names.Match) (points int, w *nameWeight) {
	if !m.Trusted || m.Rank == 0 && m.Name != "" {
		return 0, nil
	}
	for i := range nameWeights {
		for _, e := range nameWeights[i].edits {
			if e == m.Edit {
				return nameWeights[i].points[band(max(m.Rank, 1))], &nameWeights[i]
			}
		}
	}
	return 0, nil
}

// Suspect reports whether the name or the age of a package that exists gives
// reason to ask for all that can be learnt of it, and for the records of the
// names that it resembles: Wanted names those.
func Suspect(f *Facts) bool {
	r := decisive(f)
	if r == nil || r.Status != protocol.Present || f.Trusted {
		return false
	}
	age, known := age(f, r)
	if known && age < young {
		return true
	}
	m, points := closest(f)
	switch {
	case m == nil || points < scoreNote:
		return false
	}
	if old, known := oldness(f, r); known && old >= established && len(r.Versions) >= 5 {
		return m.Edit.Strong() && m.Rank <= topBand
	}
	return true
}

// Wanted are the names whose records help to judge f: the closest matches.
func Wanted(f *Facts) []string {
	var out []string
	for i := range f.Matches {
		m := &f.Matches[i]
		if p, w := namePoints(m); p > 0 && w.gates && m.Name != "" && len(out) < 2 {
			out = append(out, m.Name)
		}
	}
	return out
}

// closest is the match with the most points that no fact acquits. The points
// are those that count toward the gates.
func closest(f *Facts) (*names.Match, int) {
	var best *names.Match
	most := 0
	for i := range f.Matches {
		m := &f.Matches[i]
		p, w := namePoints(m)
		if w == nil || !w.gates || p <= most {
			continue
		}
		if why := acquitted(f, m); why != "" {
			continue
		}
		best, most = m, p
	}
	return best, most
}

// acquitted says why a likeness means nothing: the package is of the same
// owner, came first, or has an audience of its own. Empty: nothing says so. A
// link to a repository is what the package says of itself, and acquits nothing.
func acquitted(f *Facts, m *names.Match) string {
	r := decisive(f)
	t := target(f, m)
	if r == nil || t == nil {
		return ""
	}
	switch {
	case protocol.SameOwner(r, t):
		return fmt.Sprintf("`%s` and `%s` have an owner in common", r.Package.Name, m.Name)
	case !t.Created.IsZero() && (!r.Created.IsZero() && r.Created.Before(t.Created) || !r.KnownSince.IsZero() && r.KnownSince.Before(t.Created)):
		return fmt.Sprintf("`%s` was published before `%s`", r.Package.Name, m.Name)
	case r.Downloads.Known && t.Downloads.Known && t.Downloads.N > 0 && r.Downloads.N*100 >= t.Downloads.N:
		return fmt.Sprintf("`%s` has at least a hundredth of the downloads of `%s`", r.Package.Name, m.Name)
	}
	return ""
}

// target is the record of a match; nil if it was not asked for or not had.
func target(f *Facts, m *names.Match) *protocol.Record {
	for i := range f.Targets {
		if t := &f.Targets[i]; t.Package.Name == m.Name && t.Status == protocol.Present {
			return t
		}
	}
	return nil
}

// age of the package. Unknown is not young and not old.
func age(f *Facts, r *protocol.Record) (time.Duration, bool) {
	if r.Created.IsZero() {
		return 0, false
	}
	return f.Now.Sub(r.Created), true
}

// oldness is an age that the package has at least; unknown is not old. It serves
// where dates of birth are not to be trusted, but older dates are.
func oldness(f *Facts, r *protocol.Record) (time.Duration, bool) {
	since := r.Created
	if since.IsZero() {
		since = r.KnownSince
	}
	if since.IsZero() {
		return 0, false
	}
	return f.Now.Sub(since), true
}

// wellEstablished reports whether a package has a history that no squat has:
// a year, five releases, and no name that one slip makes of a very popular one
// without any use to show for it.
func wellEstablished(f *Facts, r *protocol.Record) bool {
	if a, known := oldness(f, r); !known || a < established || len(r.Versions) < 5 {
		return false
	}
	for i := range f.Matches {
		m := &f.Matches[i]
		if !m.Edit.Strong() || m.Rank == 0 || m.Rank > topBand || acquitted(f, m) != "" {
			continue
		}
		t := target(f, m)
		switch {
		case t != nil && r.Downloads.Known && t.Downloads.Known:
			if r.Downloads.N*1000 < t.Downloads.N {
				return false
			}
		case !f.Known:
			return false // nothing says that anybody uses it
		}
	}
	return true
}

// hardlyUsed reports whether little use is known of, or few releases.
func hardlyUsed(r *protocol.Record) bool {
	return r.Downloads.Known && r.Downloads.N < tinyDownloads || n(r) > 0 && n(r) <= 3
}

// n is the number of versions; 0 if it is not known.
func n(r *protocol.Record) int { return len(r.Versions) }

// weigh adds up the points of a package that exists, and applies the gates.
func weigh(f *Facts, r *protocol.Record) *Score {
	s := &Score{}
	points := map[Group]int{}
	signs := 0 // of reputation, beside youth
	for _, sig := range signals {
		if sig.Group == GroupFact {
			continue
		}
		for _, e := range sig.Func(f) {
			e.Signal = sig.Name
			points[sig.Group] += e.Weight
			s.Points = append(s.Points, point(f, sig, e))
			if sig.Group == GroupReputation && sig.Name != "young" && !(sig.Name == "little-used" && !r.Downloads.Known) {
				signs++ // no rank is what any new package has
			}
		}
	}
	m, gated := closest(f)
	s.Match = m
	s.Name, s.Reputation, s.Relief = points[GroupName], points[GroupReputation], points[GroupRelief]
	for i := range f.Matches {
		if p, w := namePoints(&f.Matches[i]); p > 0 && w.gates {
			if why := acquitted(f, &f.Matches[i]); why != "" {
				s.Gates = append(s.Gates, why+": the likeness counts for nothing")
			}
		}
	}
	s.Total = min(max(s.Name+s.Reputation+s.Relief, 0), 100)
	atMost := func(limit int, why string) {
		if s.Total > limit {
			s.Gates = append(s.Gates, fmt.Sprintf("at most %d: %s", limit, why))
			s.Total = limit
		}
	}
	a, known := age(f, r)
	if gated == 0 {
		switch {
		case !known || a >= young:
			atMost(0, "the name resembles no popular one, and the package is not known to be young")
		case !hardlyUsed(r):
			atMost(0, "young, but with several releases, and not known to be unused")
		default:
			atMost(scoreError-1, "youth alone makes no error")
		}
		return s
	}
	if gated < scoreNote || s.Reputation < 25 {
		atMost(scoreError-1, "an error needs a likeness of 10 points and 25 points against the package")
	}
	if signs == 0 {
		atMost(scoreError-1, "nothing but its youth speaks against the package")
		if gated < 20 {
			atMost(scoreWarning-1, "nothing but its youth and a weak likeness speaks against the package")
		}
	}
	if !(known && a < youngish) && !(m.Edit.Strong() && m.Rank > 0 && m.Rank <= 100 && r.Downloads.Known && r.Downloads.N < tinyDownloads) {
		atMost(scoreWarning-1, "a warning about a name needs a package younger than 90 days, or an unused one that a slip makes of a top-100 name")
		if gated < 20 {
			atMost(scoreNote-1, "a note about a name that is not known to be young needs a likeness of 20 points")
		}
	}
	return s
}

// point says what the weight of a piece of evidence rests on: for a likeness the
// table of likenesses does, for anything else the signal's row.
func point(f *Facts, sig signal, e Evidence) Point {
	p := Point{Evidence: e, Group: sig.Group, Basis: sig.Basis, Why: sig.Why}
	if sig.Name == "name" {
		if m, _ := closest(f); m != nil {
			if _, w := namePoints(m); w != nil {
				p.Basis, p.Why = w.basis, w.why
			}
		}
	}
	return p
}

// severity that a score stands for.
func (s *Score) severity() Severity {
	switch {
	case s.Total >= scoreError:
		return Error
	case s.Total >= scoreWarning:
		return Warning
	case s.Total >= scoreNote:
		return Note
	}
	return NoSeverity
}

// scored is the issue that a score makes; ok is false under the lowest
// threshold.
func scored(f *Facts, r *protocol.Record, s *Score) (Issue, bool) {
	sev := s.severity()
	if sev == NoSeverity {
		return Issue{}, false
	}
	name := f.Subject.Name
	i := Issue{Severity: sev, Score: &s.Total}
	if s.Match == nil || s.Match.Edit == names.EditConflate {
		i.Severity = min(i.Severity, Warning) // never alone an error
	}
	i.Confidence = [...]Confidence{Note: Low, Warning: Medium, Error: High}[i.Severity]
	for _, p := range s.Points {
		i.Evidence = append(i.Evidence, p.Evidence)
	}
	born := ""
	if a, known := age(f, r); known && a < established {
		born = ", first published " + ago(a)
	}
	m := s.Match
	switch {
	case m == nil:
		i.Rule = FindRule("young-package")
		i.Message = fmt.Sprintf("`%s` is a new package%s and hardly used", name, born)
		i.Label = "new and hardly used"
		return i, true
	case m.Edit == names.EditScope:
		i.Rule = FindRule("scope-confusion")
	case m.Edit == names.EditConflate:
		i.Rule = FindRule("conflation")
	default:
		i.Rule = FindRule("typosquat")
	}
	i.Message = fmt.Sprintf("`%s`%s %s", name, born, difference(f.Subject.Name, *m))
	if born != "" {
		i.Message = fmt.Sprintf("`%s`%s, %s", name, born, difference(f.Subject.Name, *m))
	}
	i.Label = difference(f.Subject.Name, *m)
	i.Suggestions = nearSuggestions(f)
	return i, true
}
