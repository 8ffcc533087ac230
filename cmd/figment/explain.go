package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/docs"
	"figment/report"
	"figment/scanner/verdict"
)

func explainCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [RULE|SPEC]",
		Short: "Explain a rule, or everything that is known of one name",
		Example: `  figment explain                        the rules
  figment explain nonexistent-package
  figment explain pypi:dotenv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd, args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for i := range verdict.Rules {
				ids = append(ids, verdict.Rules[i].ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	addFlags(cmd, "explain")
	return cmd
}

func (a *cli) explain(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, app.Request{Command: "explain"})
	if err != nil {
		return err
	}
	defer s.Close()
	o := a.ReportOptions(a.Out, s.Values)
	if len(args) == 0 {
		return app.Written(report.WriteRules(a.Out, s.Values.Text("format"), verdict.Rules, o))
	}
	if rule := verdict.FindRule(args[0]); rule != nil {
		return app.Written(report.WriteRule(a.Out, s.Values.Text("format"), rule, docs.Rule(rule.ID), o))
	}
	if !strings.ContainsAny(args[0], ":/") && len(s.Values.List("ecosystem")) == 0 {
		return app.Usage(fmt.Sprintf("there is no rule %q", args[0]), app.RuleHint(args[0])+"; a name is written npm:left-pad")
	}
	refs, err := s.Specs(args)
	if err != nil {
		return err
	}
	results, err := s.Check(cmd.Context(), refs)
	if err != nil {
		return err
	}
	o.Verbose, o.Reasoning = true, true
	return app.Written(report.WriteCheck(a.Out, s.Values.Text("format"), results, o))
}
