package main

import (
	"github.com/spf13/cobra"

	"figment/app"
	"figment/report"
	"figment/scanner"
)

func checkCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check SPEC… | -- COMMAND…",
		Short: "Check single names, or those that a command would install",
		Long: `Check single names. A SPEC is npm:left-pad, pypi:flask==3.0, npm:@scope/x@^2,
golang:golang.org/x/mod or a package URL. After -- the words are one command as
a program gets them, or one word with blanks is a line of the shell, and the
names that it would install are checked. With - one SPEC a line is read from
standard input.`,
		Example: `  figment check npm:react pypi:requests==2.32.0
  figment check -- npm install react-codeshift
  figment check -- "cd web && npm install react-codeshift"
  figment check --ecosystem npm left-pad`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd, args) },
	}
	addFlags(cmd, "check")
	return cmd
}

func (a *cli) check(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, app.Request{Command: "check"})
	if err != nil {
		return err
	}
	defer s.Close()
	read := s.Specs
	switch dash := cmd.ArgsLenAtDash(); {
	case dash > 0:
		return app.Usage("give either names or, after --, a command", "")
	case dash == 0:
		read = s.CommandReferences
	}
	refs, err := read(args)
	if err != nil {
		return err
	}
	if len(refs) == 0 && !s.Values.On("quiet") && s.Values.Text("format") == "text" {
		a.Say("the command installs nothing that a registry would be asked for")
	}
	if len(refs) == 0 && s.Values.Text("format") != "json" {
		return nil
	}
	var results []scanner.Result
	if len(refs) > 0 {
		if results, err = s.Check(cmd.Context(), refs); err != nil {
			return err
		}
	}
	if err := app.Written(report.WriteCheck(a.Out, s.Values.Text("format"), results, a.ReportOptions(a.Out, s.Values))); err != nil {
		return err
	}
	return s.CheckStatus(results)
}
