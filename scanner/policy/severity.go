// Package policy decides what a finding means for this project: its severity
// after the kind of place it stands in, the configuration's levels, and who
// accepted it. What goes in is issues with their uses and the configuration
// files; what comes out is a severity and, where somebody accepted the finding,
// the entry that did.
//
// A configuration file in the scanned repository is hostile until shown
// otherwise: it may tighten freely, loosen only with a reason, and never sets
// what routes a request or holds a credential.
package policy

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

// Severity is what an issue weighs after the kinds and flags of the places that
// it is about: the highest among them. It does not look at configuration.
func Severity(i *verdict.Issue, s *resolve.Subject) verdict.Severity {
	best := verdict.NoSeverity
	for _, n := range indices(i, s) {
		best = max(best, at(i, s, &s.Uses[n]))
	}
	if best == verdict.NoSeverity {
		return i.Severity
	}
	return best
}

func indices(i *verdict.Issue, s *resolve.Subject) []int {
	if i.Uses != nil {
		return i.Uses
	}
	all := make([]int, len(s.Uses))
	for n := range all {
		all[n] = n
	}
	return all
}

// at is the severity at one place.
func at(i *verdict.Issue, s *resolve.Subject, u *resolve.Use) verdict.Severity {
	sev := min(i.Severity, kindCap(s, u.Kind))
	if i.Rule.ID == "malicious-package" {
		return sev
	}
	if u.Flags.Has(extract.Low) {
		sev = sev.Lower()
	}
	if u.Kind == extract.Import && u.Flags&(extract.Optional|extract.TypeOnly|extract.Dynamic) != 0 {
		sev = sev.Lower()
	}
	return sev
}

// kindCap is the most that a place of this kind can weigh.
func kindCap(s *resolve.Subject, k extract.Kind) verdict.Severity {
	switch {
	case k == extract.Mention:
		return verdict.Note
	case k != extract.Import || s.Ecosystem.Exact():
		return verdict.Error
	}
	if s.Ecosystem.Import() == ecosystem.ImportsLikely {
		if s.Declared {
			return verdict.Error
		}
		return verdict.Warning
	}
	return verdict.Note
}
