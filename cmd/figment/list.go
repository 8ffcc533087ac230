package main

import (
	"errors"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/report"
)

func listCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [PATH…|-]",
		Short: "Show what is referenced and who would be asked about it, without asking",
		Args:  cobra.ArbitraryArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.list(cmd, args) },
	}
	addFlags(cmd, "list")
	return cmd
}

func (a *cli) list(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, app.Request{Command: "list", Paths: args})
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.List(cmd.Context())
	if err != nil {
		return err
	}
	err = report.WriteList(a.Out, s.Values.Text("format"), list, a.ReportOptions(a.Out, s.Values))
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return app.Failure("the list cannot be written: "+app.Cause(err), "")
	}
	if err := s.NothingRead(list.Files+list.References, list.Unread); err != nil {
		return err
	}
	s.SayNoNames(list.Files, list.References)
	return nil
}
