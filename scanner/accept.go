package scanner

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// What somebody accepted is decided in three steps: comments where the finding
// stands, entries of the configuration, the baseline. Comments and the baseline
// accept places; a finding with a place left is reported there, and the
// accepted places are among the related ones.

// fileNotes is what a scan keeps of a file that it read.
type fileNotes struct {
	sum     uint64
	inlines []policy.Inline
	used    []bool // of this run
}

// seed makes sums of this process comparable, and those of no other.
var seed = maphash.MakeSeed()

// Sum identifies the bytes of a file within this process. It is never 0.
func Sum(data []byte) uint64 { return max(maphash.Bytes(seed, data), 1) }

func (w *Workspace) note(f *source.File) *fileNotes {
	n := &fileNotes{sum: Sum(f.Data)}
	if w.o.NoInline || f.Change != nil && f.Change.Context && !w.reowned {
		return n
	}
	if text, _ := text.Decode(f.Data); policy.MayInline(text) {
		n.inlines = policy.Inlines(f.Path, text)
		if f.Change != nil { // old comments that do not count are no news
			n.inlines = slices.DeleteFunc(n.inlines, func(in policy.Inline) bool { return in.Fault != "" && !f.Change.TouchesLine(in.Line) })
		}
		if w.o.Inlines != nil && len(n.inlines) > 0 {
			n.inlines = w.o.Inlines(f.Path, text, n.inlines)
		}
	}
	return n
}

func (n *fileNotes) sumOf() uint64 {
	if n == nil {
		return 0
	}
	return n.sum
}

// decide makes the finding of an issue; nil where the configuration switches it
// off. by says who accepted it, if somebody did.
func (s *scan) decide(v *verdict.Verdict, i *verdict.Issue) (f *Finding, by *Suppression) {
	whole, ok := s.finding(v, i)
	if !ok {
		return nil, nil
	}
	open := uses(v.Subject, i)
	left, by := s.inlined(v.Subject, i.Rule, open)
	if len(open) > 0 && len(left) == 0 {
		return whole, by
	}
	rest := s.at(v, i, whole, len(open), left)
	if n := s.accept(rest); n >= 0 {
		by := suppression(&s.Config.Entries[n])
		return rest, &by
	}
	if e := s.Baseline.Find(i.Rule, rest.Package); e != nil {
		after := left[:0:0]
		for _, n := range left {
			if !s.Baseline.Covers(e, v.Subject.Uses[n].Path) {
				after = append(after, n)
			}
		}
		if len(after) == 0 && len(left) > 0 {
			return rest, &Suppression{Kind: "baseline", Path: s.Baseline.File, Reason: "accepted on " + e.Added.Format("2006-01-02")}
		}
		left = after
	}
	return s.at(v, i, whole, len(open), left), nil
}

// at is the finding of an issue at the uses left of its all: the places of the
// others come last among the related ones.
func (s *scan) at(v *verdict.Verdict, i *verdict.Issue, whole *Finding, all int, left []int) *Finding {
	if len(left) == all {
		return whole
	}
	part := *i
	part.Uses = left
	f, ok := s.finding(v, &part)
	if !ok {
		return whole
	}
	seen := map[[3]any]bool{}
	key := func(l *Location) [3]any { return [3]any{l.Path, l.Start.Offset, l.Kind} }
	for _, l := range f.Locations() {
		seen[key(&l)] = true
	}
	for _, l := range whole.Locations() {
		if !seen[key(&l)] {
			l.Accepted = true
			f.Related = append(f.Related, l)
		}
	}
	return f
}

// uses are the indices of the subject's uses that an issue is about.
func uses(sub *resolve.Subject, i *verdict.Issue) []int {
	if i.Uses != nil {
		return i.Uses
	}
	out := make([]int, len(sub.Uses))
	for n := range out {
		out[n] = n
	}
	return out
}

// inlined gives the uses that no comment accepts, and the first comment that
// accepts one of the others.
func (s *scan) inlined(sub *resolve.Subject, rule *verdict.Rule, open []int) (left []int, by *Suppression) {
	for _, n := range open {
		u := &sub.Uses[n]
		notes := s.notes[u.Path]
		if notes == nil || len(notes.inlines) == 0 {
			left = append(left, n)
			continue
		}
		line := 0
		if lines := s.lines.of(u.Path); lines != nil {
			line = lines.At(u.Span.Start).Line
		}
		hit := -1
		for k := range notes.inlines {
			if notes.inlines[k].Accepts(rule, line) {
				hit = k
				notes.used[k] = true
			}
		}
		if hit < 0 {
			left = append(left, n)
			continue
		}
		if in := &notes.inlines[hit]; by == nil {
			by = &Suppression{Kind: "inline", Reason: in.Reason, Path: u.Path, Line: in.Line}
		}
	}
	return left, by
}

// unusedInlines notes the comments that do not count, and, when the whole
// project was scanned, those that matched nothing.
func (s *scan) unusedInlines() {
	rule := verdict.FindRule("unused-ignore")
	sev, ok := s.Config.Level(rule, rule.Severity)
	if !ok || s.rep.Interrupted {
		return
	}
	for path, notes := range s.notes {
		for k := range notes.inlines {
			in := &notes.inlines[k]
			msg, label := "", "matched nothing"
			switch {
			case in.Fault != "":
				msg, label = "this figment: ignore comment "+in.Fault+" and does not count", in.Fault
			case notes.used[k] || !s.Whole:
				continue
			default:
				msg = fmt.Sprintf("the figment: ignore comment for `%s` matched nothing", strings.Join(in.Rules, ", "))
			}
			pos := text.Position{Line: in.Line, Column: 1, UTF16: 1}
			f := Finding{
				Rule: rule, Severity: sev, Confidence: verdict.Certain, Message: msg, Label: label,
				Primary: Location{Path: path, Kind: "mention", Flags: []string{}, Start: pos, End: pos, Sum: notes.sum},
			}
			s.lines.fill(&f.Primary)
			f.ID = Fingerprint(rule, ecosystem.Package{Name: strings.Join(in.Rules, ",")}, path)
			s.rep.Findings = append(s.rep.Findings, f)
		}
	}
}

// ledger adds what the baseline remembers: a name that exists now and was
// proven absent then has been registered since.
func (s *scan) ledger(f *verdict.Facts) {
	if s.Baseline == nil || f.Subject.Origin != project.Public {
		return
	}
	for i := range f.Records {
		r := &f.Records[i]
		if r.Status != protocol.Present {
			continue
		}
		at := s.Baseline.AbsentAt(ecosystem.Package{Ecosystem: f.Subject.Ecosystem, Name: ecosystem.Normalize(f.Subject.Ecosystem, r.Package.Name)}, f.Now)
		if at.IsZero() {
			at = s.Baseline.AbsentAt(f.Subject.Package(), f.Now)
		}
		if !at.IsZero() {
			f.Referred = append(f.Referred, verdict.Reference{At: at, Source: "ledger"})
		}
		return
	}
}
