package main

import (
	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
)

func scanCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan [PATH…|-]",
		Short: "Check every package name in files, directories or standard input",
		Example: `  figment scan                      the directory you are in
  figment scan -f sarif -o out.sarif .
  figment scan --staged             what the next commit adds, as a git hook
  figment scan --diff origin/main   what this branch adds, and what is not committed yet
  pbpaste | figment scan -          an answer of an assistant`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd, args) },
	}
	addFlags(cmd, "scan")
	return cmd
}

// scan runs the pipeline, writes every output that was asked for, and ends with
// the run's status. The screen takes its place where one is wanted.
func (a *cli) scan(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, app.Request{Command: "scan", Paths: args})
	if err != nil {
		return err
	}
	defer s.Close()
	if how, err := a.surfaceOf(cmd, s); err != nil {
		return err
	} else if how != onPaper {
		return a.show(cmd, s, args, how)
	}
	outputs, err := s.Values.Outputs()
	if err != nil {
		return err
	}
	if err := s.Prepare(cmd.Context()); err != nil {
		return err
	}
	progress := newProgress(a.Err, term.IsTerminal(a.Err) && a.Env("TERM") != "dumb")
	rep, err := s.Scan(cmd.Context(), progress.event)
	progress.done()
	if err != nil {
		return err
	}
	if err := app.Written(a.Write(rep, outputs, s.Values)); err != nil {
		return err
	}
	return s.Conclude(rep, outputs)
}
