package fix

import (
	"context"

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
// could not be asked about is not offered. Safe suggestions are tried first.
// Options are those of the scan.
func Offers(ctx context.Context, o scanner.Options, findings []*scanner.Finding) ([]Offer, error) {
	type candidate struct{ offer, suggestion int }
	var refs []extract.Reference
	var of []candidate
	out := make([]Offer, len(findings))
	tried := make([][]verdict.Suggestion, len(findings))
	for n, f := range findings {
		out[n].Finding = f
		if !fixable(f) {
			continue
		}
		for _, safe := range []bool{true, false} {
			for _, s := range f.Suggestions {
				if s.Safe != safe {
					continue
				}
				if err := usable(f, s); err != nil {
					out[n].Refused = err.(*Refusal).Text
					continue
				}
				if f.Rule.ID != "nonexistent-version" && s.Package.Name == f.Package.Name && f.Rule.ID != "undeclared-import" {
					continue
				}
				tried[n] = append(tried[n], s)
				for _, c := range wanted(f, s) {
					refs = append(refs, extract.Reference{Ecosystem: s.Package.Ecosystem, Name: s.Package.Name, Raw: s.Package.Name, Constraint: c, Kind: extract.Command})
					of = append(of, candidate{n, len(tried[n]) - 1})
				}
			}
		}
	}
	if len(refs) == 0 {
		return out, nil
	}
	o.Source, o.Events, o.Config, o.Whole, o.Only = source.Memory(nil), nil, policy.Config{UserPrivate: o.Config.UserPrivate}, false, nil
	results, err := scanner.Check(ctx, refs, o)
	if err != nil {
		return nil, err
	}
	for n := range out {
		for k, s := range tried[n] {
			ok, why := true, ""
			for i := range results {
				if of[i] != (candidate{n, k}) {
					continue
				}
				if !acceptable(&results[i], &s, out[n].Finding.Rule.ID != "nonexistent-version") {
					ok, why = false, refusal(&results[i], s.Package.Name)
				}
				if out[n].Finding.Rule.ID == "undeclared-import" && s.Package.Version == "" && plainVersion(results[i].Latest) {
					s.Package.Version = results[i].Latest
				}
			}
			if ok {
				out[n].Suggestion, out[n].OK, out[n].Refused = s, true, ""
				break
			}
			out[n].Refused = why
		}
	}
	return out, nil
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
func wanted(f *scanner.Finding, s verdict.Suggestion) []string {
	if s.Package.Version != "" {
		if c, ok := newConstraint(s.Package.Ecosystem, f.Package.Version, s.Package.Version); ok {
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
