package main

import (
	"slices"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner"
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
	s, err := a.open(cmd, app.Request{Command: "fix", Paths: args, FilesOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, id := range s.Values.List("rule") {
		if err := app.CheckRule("--rule", id); err != nil {
			return err
		}
	}
	if err := s.Prepare(cmd.Context()); err != nil {
		return err
	}
	rep, err := s.Scan(cmd.Context(), nil)
	if err != nil {
		return err
	}
	s.SayAccepted()
	s.SayBlocked(rep)
	plan, err := s.PlanFixes(cmd.Context(), rep)
	if err != nil {
		return err
	}
	for _, text := range plan.Refused {
		s.Say("not fixed: %s", text)
	}
	if err := app.Written(a.ShowDiff(plan.Edits)); err != nil {
		return err
	}
	if len(plan.Edits) > 0 && s.Values.On("apply") && s.ApplyFixes(plan.Edits) > 0 { // what remains decides
		if err := s.Input(cmd.Context()); err != nil {
			return err
		}
		if rep, err = s.Scan(cmd.Context(), nil); err != nil {
			return err
		}
	}
	fixSummary(s, plan, rep)
	return s.Status(rep)
}

// fixSummary says what was done, and what can be done.
func fixSummary(s *app.Session, p app.FixPlan, rep *scanner.Report) {
	files := func(n int) string { return plural(n, "file") }
	switch {
	case len(p.Edits) == 0:
		s.Say("nothing to fix")
	case s.Values.On("apply"):
		var refresh []string
		for _, e := range p.Edits {
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
		s.Say("%s can be edited with --apply", files(len(p.Edits)))
	}
	if len(p.Unsafe) > 0 {
		s.Say("more can be fixed with --unsafe-fixes, in %s", files(len(p.Unsafe)))
	}
	if n := len(rep.Unverified); n > 0 {
		s.Say("names that could not be checked: %d, neither clean nor missing", n)
	}
}
