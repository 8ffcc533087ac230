package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/docs"
	"figment/report"
	"figment/scanner/verdict"
)

func explainCommand(a *app) *cobra.Command {
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

func (a *app) explain(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, "explain", "")
	if err != nil {
		return err
	}
	o := s.render(a.out)
	if len(args) == 0 {
		return quietly(report.WriteRules(a.out, s.values.text("format"), verdict.Rules, o))
	}
	if rule := verdict.FindRule(args[0]); rule != nil {
		return quietly(report.WriteRule(a.out, s.values.text("format"), rule, docs.Rule(rule.ID), o))
	}
	if !strings.ContainsAny(args[0], ":/") && len(s.values.list("ecosystem")) == 0 {
		return usage(fmt.Sprintf("there is no rule %q", args[0]), ruleHint(args[0])+"; a name is written npm:left-pad")
	}
	refs, err := s.specs(args, -1)
	if err != nil {
		return err
	}
	results, err := s.judge(cmd, refs)
	if err != nil {
		return err
	}
	o.Verbose, o.Reasoning = true, true
	return quietly(report.WriteCheck(a.out, s.values.text("format"), results, o))
}

// quietly makes success of a pipe that was closed.
func quietly(err error) error {
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return failure("the result cannot be written: "+plainError(err), "")
	}
	return nil
}
