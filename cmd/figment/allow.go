package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/fix"
	"figment/scanner/policy"
)

func allowCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "allow SPEC --reason TEXT",
		Short: "Accept a name, in the project's configuration file",
		Long: `Append an entry to .figment.toml that accepts the name of a package, with the
reason for it. Where there is such an entry it gets the new reason and date. With --rule or --path the entry accepts those rules, or at those
paths, and is an [[ignore]]. The rest of the file stays as it is.

Only a person may accept a name: the command works on a terminal, and not in one
that a coding assistant drives.`,
		Example: `  figment allow npm:@acme/ui-tokens --reason "our own package"
  figment allow pypi:yaml --rule undeclared-import --path "examples/**" --reason "not installed"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.allow(cmd, args) },
	}
	addFlags(cmd, "allow")
	return cmd
}

func (a *cli) allow(cmd *cobra.Command, args []string) error {
	if err := a.person(); err != nil {
		return err
	}
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("allow", given(cmd))
	if err != nil {
		return err
	}
	e, err := app.Acceptance(v, args, time.Now())
	if err != nil {
		return err
	}
	file := a.ConfigToEdit()
	c, err := fix.ReadConfig(filepath.Dir(file), filepath.Base(file), app.Keys())
	if err != nil {
		return app.Usage(err.Error(), "")
	}
	entry := fix.Allow
	if e.Kind == "ignore" {
		entry = fix.Ignore
	}
	edit, err := entry(c, e)
	if err != nil {
		var bad *policy.Error
		if errors.As(err, &bad) {
			return bad
		}
		return app.Usage(err.Error(), "")
	}
	if string(edit.After) == string(edit.Before) && edit.Before != nil {
		a.Say("%s accepts it already", a.Display(file))
	} else if _, err := fix.Apply(app.Recognition(), edit); err != nil {
		return app.Failure(err.Error(), "")
	}
	if err := a.ShowDiff([]fix.Edit{edit}); err != nil {
		return app.Failure("the result cannot be written: "+app.Cause(err), "")
	}
	if err := a.Remember(&e, file); err != nil {
		a.Say("warning: the decision cannot be kept on this machine: %s", app.Cause(err))
	}
	return nil
}

// person refuses whoever is not one: a pipe, a job, a coding assistant.
func (a *cli) person() error {
	if !a.IsTerminal(a.In) || !a.IsTerminal(a.Out) {
		return app.Usage("figment allow works on a terminal only: a person accepts a name", "run it yourself, in a terminal")
	}
	if name := app.Assistant(os.Environ()); name != "" {
		return app.Usage("figment allow refuses to run under a coding assistant ("+name+" is set)", "run it yourself, in a terminal of your own")
	}
	return nil
}
