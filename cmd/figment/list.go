package main

import (
	"errors"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/registry"
	"figment/report"
	"figment/scanner"
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
	s, err := a.open(cmd, "list", startOf(cmd, args))
	if err != nil {
		return err
	}
	src, closeSource, err := s.input(cmd.Context(), args)
	if err != nil {
		return err
	}
	defer closeSource()
	s.client = registry.NewLive(registry.Options{Known: known(nil)}) // Plan opens no socket
	if err := s.connectOSV(""); err != nil {
		return err
	}
	list, err := scanner.List(cmd.Context(), s.options(src))
	if err != nil {
		return s.sourceError(err)
	}
	if cmd.Context().Err() != nil {
		return app.Failure("interrupted", "")
	}
	err = report.WriteList(a.Out, s.values.Text("format"), list, s.render(a.Out))
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return app.Failure("the list cannot be written: "+app.Cause(err), "")
	}
	if err := s.unreadable(args, list.Files+list.References, list.Unread); err != nil {
		return err
	}
	s.sayNoNames(args, list.Files, list.References == 0)
	return nil
}
