package fix

import (
	"context"

	"figment/ecosystem/adapter"
	"figment/osv"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// An Offer is what could be put in place of what a finding is about. Without a
// Suggestion, Refused says why there is nothing.
type Offer struct {
	Finding    *scanner.Finding
	Suggestion verdict.Suggestion // its name was asked about and is clean; with Version set, constraints must be written anew
	OK         bool
	Refused    string // one clause; empty: the finding suggests nothing
}

// Offers looks for each finding's first suggestion that may be written: a
// package that was asked about, exists, and has nothing wrong with it. What
// could not be asked about is not offered. Safe suggestions are tried first, and
// a further one only where those before it will not do. Options are those of
// the scan.
func Offers(ctx context.Context, o scanner.Options, findings []*scanner.Finding) ([]Offer, error) {
	out := make([]Offer, len(findings))
	tries := make([][]verdict.Suggestion, len(findings))
	for n, f := range findings {
		out[n].Finding = f
		tries[n], out[n].Refused = candidates(f)
	}
	o.Source, o.Events, o.Config, o.Whole, o.Only = source.Memory(nil, nil), nil, policy.Config{UserPrivate: o.Config.UserPrivate}, false, nil
	for k := 0; ; k++ {
		var refs []extract.Reference
		var of []int // the offer that each is for
		for n := range out {
			if out[n].OK || k >= len(tries[n]) {
				continue
			}
			s := &tries[n][k]
			for _, c := range wanted(o.Adapters, out[n].Finding, *s) {
				refs = append(refs, extract.Reference{Ecosystem: s.Package.Ecosystem, Name: s.Package.Name, Raw: s.Package.Name, Constraint: c, Kind: extract.Command})
				of = append(of, n)
			}
		}
		if len(refs) == 0 {
			return out, nil
		}
		results, err := scanner.Check(ctx, refs, o)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(results); {
			n, first := of[i], i
			for i < len(results) && of[i] == n {
				i++
			}
			out[n].judge(tries[n][k], results[first:i])
		}
	}
}

// candidates are the suggestions of a finding that could be written, in the
// order of trying. why is what speaks against the others.
func candidates(f *scanner.Finding) (list []verdict.Suggestion, why string) {
	if !fixable(f) {
		return nil, ""
	}
	for _, safe := range []bool{true, false} {
		for _, s := range f.Suggestions {
			if s.Safe != safe {
				continue
			}
			if err := usable(f, s); err != nil {
				why = err.(*Refusal).Text
				continue
			}
			if same := s.Package.Name == f.Package.Name; same && f.Rule.ID != "nonexistent-version" && f.Rule.ID != "undeclared-import" {
				continue
			}
			list = append(list, s)
		}
	}
	return list, why
}

// judge takes a suggestion that nothing in the results speaks against.
func (o *Offer) judge(s verdict.Suggestion, results []scanner.Result) {
	rule := o.Finding.Rule.ID
	for i := range results {
		r := &results[i]
		if !acceptable(r, &s, rule != "nonexistent-version") {
			o.Refused = refusal(r, s.Package.Name)
			return
		}
		if rule == "undeclared-import" && s.Package.Version == "" && plainVersion(r.Latest) {
			s.Package.Version = r.Latest
		}
	}
	o.Suggestion, o.OK, o.Refused = s, true, ""
}

// fixable reports whether a finding is of a kind that an edit can mend.
func fixable(f *scanner.Finding) bool {
	if f.Rule == nil {
		return false
	}
	switch f.Rule.ID {
	case "deprecated-package", "vulnerable-package", "unused-ignore", "standard-library-name", "claimable-private-name":
		return false
	}
	return true
}

// wanted are the constraints under which a suggestion is to be looked at:
// those that it would stand beside, and none.
func wanted(adapters []adapter.Adapter, f *scanner.Finding, s verdict.Suggestion) []string {
	if s.Package.Version != "" {
		if c, ok := newConstraint(rules(adapters, s.Package.Ecosystem), f.Package.Version, s.Package.Version); ok {
			return []string{c}
		}
		return []string{""}
	}
	out := []string{""}
	seen := map[string]bool{"": true}
	for _, l := range f.Locations() {
		if l.Kind != "manifest" && l.Kind != "command" || seen[l.Constraint] {
			continue
		}
		seen[l.Constraint] = true
		out = append(out, l.Constraint)
	}
	return out
}

// acceptable reports whether a result lets a suggestion be written. A
// constraint that nothing satisfies is no obstacle where the newest version is
// known and wanted: it is taken into the suggestion.
func acceptable(r *scanner.Result, s *verdict.Suggestion, newest bool) bool {
	if r.AdvisoryState != osv.None.String() {
		return false
	}
	again := false
	for i := range r.Verdict.Issues {
		issue := &r.Verdict.Issues[i]
		if issue.Rule.ID == "nonexistent-version" && newest && r.Latest != "" && plainVersion(r.Latest) {
			s.Package.Version, again = r.Latest, true
			continue
		}
		if issue.Severity >= verdict.Warning {
			return false
		}
	}
	return r.Verdict.Class == verdict.Clean || r.Verdict.Class == verdict.Nonexistent && again
}

func refusal(r *scanner.Result, name string) string {
	switch {
	case r.Verdict.Class == verdict.Unverified:
		return "`" + name + "` could not be checked"
	case r.Verdict.Class == verdict.Clean && r.AdvisoryState == osv.Unknown.String():
		return "`" + name + "` could not be checked for malware"
	}
	return "`" + name + "` is not clean itself"
}
