package app

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"figment/report"
	"figment/scanner"
	"figment/scanner/fix"
)

// A FixPlan is what can be done about a report.
type FixPlan struct {
	Edits   []fix.Edit // what this call shows and writes, one for each file
	Unsafe  []string   // files that only the option unsafe-fixes edits
	Refused []string   // why a finding is not fixed
}

// PlanFixes looks for a clean replacement for each finding, asks about it, and
// makes the edits. The option rule limits it to some rules.
func (s *Session) PlanFixes(ctx context.Context, rep *scanner.Report) (FixPlan, error) {
	ctx, cancel := s.Deadline(ctx)
	defer cancel()
	var p FixPlan
	o, rules := s.Options(), s.Values.List("rule")
	var findings []*scanner.Finding
	for i := range rep.Findings {
		f := &rep.Findings[i]
		if len(rules) == 0 || matchRule(rules, f.Rule.ID) {
			findings = append(findings, f)
		}
	}
	offers, err := fix.Offers(ctx, o, findings)
	if err != nil {
		return p, Failure(err.Error(), "")
	}
	planner := fix.Planner{Source: o.Source, Formats: o.Formats, Adapters: o.Adapters}
	var edits []fix.Edit
	all := s.Values.On("unsafe-fixes")
	for i := range offers {
		offer := &offers[i]
		if all && offer.Finding.Rule.ID == "standard-library-name" { // nothing is to be installed
			made, refusals := planner.Remove(offer.Finding)
			edits = append(edits, made...)
			for _, err := range refusals {
				p.Refused = append(p.Refused, err.Error())
			}
			continue
		}
		if !offer.OK {
			if offer.Refused != "" && all {
				p.Refused = append(p.Refused, offer.Finding.Package.Name+": "+offer.Refused)
			}
			continue
		}
		made, refusals := planner.PlanAll(offer.Finding, offer.Suggestion)
		for _, e := range made {
			if e.Safe || all {
				edits = append(edits, e)
			} else if !slices.Contains(p.Unsafe, e.Path) {
				p.Unsafe = append(p.Unsafe, e.Path)
			}
		}
		for _, err := range refusals {
			if all || errors.Is(err, fix.ErrChanged) || fix.Safe(offer.Finding, offer.Suggestion) {
				p.Refused = append(p.Refused, err.Error())
			}
		}
	}
	var refusals []error
	p.Edits, refusals = fix.Merge(edits)
	for _, err := range refusals {
		p.Refused = append(p.Refused, err.Error())
	}
	return p, nil
}

func matchRule(globs []string, id string) bool {
	return slices.ContainsFunc(globs, func(g string) bool { ok, err := path.Match(g, id); return ok && err == nil })
}

// ShowDiff writes edits as a unified diff, with whatever a terminal might obey
// written out.
func (c *Call) ShowDiff(edits []fix.Edit) error {
	workflow := c.Env("GITHUB_ACTIONS") != "" || c.Env("TF_BUILD") != ""
	for _, e := range edits {
		for line := range strings.Lines(e.Diff()) {
			if _, err := fmt.Fprintln(c.Out, report.Line(strings.TrimRight(line, "\r\n"), workflow)); err != nil {
				return err
			}
		}
	}
	return nil
}

// ApplyFixes writes edits, says which could not be written, and gives how many
// were. The files are read anew after it.
func (s *Session) ApplyFixes(edits []fix.Edit) int {
	n := 0
	for _, e := range edits {
		if _, err := fix.Apply(s.formats.Recognition(), e); err != nil {
			s.Say("skipped: %s", err)
			continue
		}
		n++
	}
	if n > 0 {
		s.src = nil
	}
	return n
}
