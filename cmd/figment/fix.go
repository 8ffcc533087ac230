package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/report"
	"figment/scanner"
	"figment/scanner/fix"
)

func fixCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fix [PATH…]",
		Short: "Put the right names in place of wrong ones",
		Long: `Scan, and show as a diff how what was found can be fixed: names and versions in
manifests, imports and commands. With --apply the edits are written. Without
--unsafe-fixes only those are made that leave no choice: a name that does not
exist, in a manifest, and the one package that is known by it. Every name that is
put in was asked about and is clean. Lock files are never edited: the commands
that bring them up to date are printed.`,
		Example: `  figment fix                                  show what is safe
  figment fix --apply
  figment fix --unsafe-fixes --rule typosquat  show the rest of one rule`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.fix(cmd, args) },
	}
	addFlags(cmd, "fix")
	return cmd
}

func (a *cli) fix(cmd *cobra.Command, args []string) error {
	if slices.Contains(args, "-") {
		return app.Usage("standard input cannot be edited", "name files or directories")
	}
	s, err := a.open(cmd, "fix", first(args))
	if err != nil {
		return err
	}
	rules := s.values.List("rule")
	for _, id := range rules {
		if !knownRule(id) {
			return app.Usage(fmt.Sprintf("--rule: there is no rule %q", id), ruleHint(id))
		}
	}
	src, err := s.source(args)
	if err != nil {
		return err
	}
	if err := s.loadBaseline(args, src); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := s.deadline(cmd.Context())
	defer cancel()
	rep, err := scanner.Scan(ctx, s.options(src))
	if err != nil {
		return s.sourceError(err)
	}

	s.sayAccepted()
	s.sayStopped(rep)
	plan, err := s.plan(ctx, s.options(src), rep, rules)
	if err != nil {
		return app.Failure(err.Error(), "")
	}
	for _, text := range plan.refused {
		s.Say("not fixed: %s", text)
	}
	if err := s.showDiff(plan.edits); err != nil && !errors.Is(err, syscall.EPIPE) {
		return app.Failure("the result cannot be written: "+app.Cause(err), "")
	}
	if len(plan.edits) > 0 && s.values.On("apply") {
		if written := s.apply(plan.edits); written > 0 { // what remains decides
			if src, err = s.source(args); err != nil {
				return err
			}
			if rep, err = scanner.Scan(ctx, s.options(src)); err != nil {
				return s.sourceError(err)
			}
		}
	}
	s.fixSummary(plan, rep)
	return s.status(worst(rep), !rep.Complete, stopped(rep))
}

// A fixPlan is what can be done about a report.
type fixPlan struct {
	edits   []fix.Edit // what this call shows and writes
	unsafe  []string   // files that only --unsafe-fixes edits
	refused []string
}

// plan looks for a clean replacement for each finding and makes the edits.
func (s *session) plan(ctx context.Context, o scanner.Options, rep *scanner.Report, rules []string) (fixPlan, error) {
	var p fixPlan
	var findings []*scanner.Finding
	for i := range rep.Findings {
		f := &rep.Findings[i]
		if len(rules) == 0 || matchRule(rules, f.Rule.ID) {
			findings = append(findings, f)
		}
	}
	offers, err := fix.Offers(ctx, o, findings)
	if err != nil {
		return p, err
	}
	var edits []fix.Edit
	all := s.values.On("unsafe-fixes")
	for i := range offers {
		offer := &offers[i]
		if all && offer.Finding.Rule.ID == "standard-library-name" { // nothing is to be installed
			made, refusals := fix.Remove(o.Source, offer.Finding)
			edits = append(edits, made...)
			for _, err := range refusals {
				p.refused = append(p.refused, err.Error())
			}
			continue
		}
		if !offer.OK {
			if offer.Refused != "" && all {
				p.refused = append(p.refused, offer.Finding.Package.Name+": "+offer.Refused)
			}
			continue
		}
		made, refusals := fix.PlanAll(o.Source, offer.Finding, offer.Suggestion)
		for _, e := range made {
			if e.Safe || all {
				edits = append(edits, e)
			} else if !slices.Contains(p.unsafe, e.Path) {
				p.unsafe = append(p.unsafe, e.Path)
			}
		}
		for _, err := range refusals {
			if all || errors.Is(err, fix.ErrChanged) || fix.Safe(offer.Finding, offer.Suggestion) {
				p.refused = append(p.refused, err.Error())
			}
		}
	}
	var refusals []error
	p.edits, refusals = fix.Merge(edits)
	for _, err := range refusals {
		p.refused = append(p.refused, err.Error())
	}
	return p, nil
}

func matchRule(globs []string, id string) bool {
	return slices.ContainsFunc(globs, func(g string) bool { ok, err := path.Match(g, id); return ok && err == nil })
}

// showDiff writes edits as a unified diff, with whatever a terminal might obey
// written out.
func (a *cli) showDiff(edits []fix.Edit) error {
	workflow := a.Env("GITHUB_ACTIONS") != "" || a.Env("TF_BUILD") != ""
	for _, e := range edits {
		for line := range strings.Lines(e.Diff()) {
			if _, err := fmt.Fprintln(a.Out, report.Line(strings.TrimRight(line, "\r\n"), workflow)); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply writes edits and gives how many were written.
func (s *session) apply(edits []fix.Edit) int {
	n := 0
	for _, e := range edits {
		if _, err := fix.Apply(e); err != nil {
			s.Say("skipped: %s", err)
			continue
		}
		n++
	}
	return n
}

func (s *session) fixSummary(p fixPlan, rep *scanner.Report) {
	files := func(n int) string { return plural(n, "file") }
	switch {
	case len(p.edits) == 0:
		s.Say("nothing to fix")
	case s.values.On("apply"):
		var refresh []string
		for _, e := range p.edits {
			for _, r := range e.Refresh {
				if !slices.Contains(refresh, r) {
					refresh = append(refresh, r)
				}
			}
		}
		for _, r := range refresh {
			s.Say("now bring the lock file up to date: %s", r)
		}
	default:
		s.Say("%s can be edited with --apply", files(len(p.edits)))
	}
	if len(p.unsafe) > 0 {
		s.Say("more can be fixed with --unsafe-fixes, in %s", files(len(p.unsafe)))
	}
	if n := len(rep.Unverified); n > 0 {
		s.Say("names that could not be checked: %d, neither clean nor missing", n)
	}
}
