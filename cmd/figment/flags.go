package main

import (
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/policy"
)

// addFlags gives cmd the flags that the table of options has for a command.
func addFlags(cmd *cobra.Command, command string) {
	cmd.Flags().SortFlags = false
	for _, o := range app.Options(command) {
		switch o.Kind {
		case app.Toggle:
			cmd.Flags().BoolP(o.Name, o.Short, false, o.Doc)
		case app.List:
			cmd.Flags().StringArrayP(o.Name, o.Short, nil, o.Doc)
		default:
			cmd.Flags().StringP(o.Name, o.Short, o.Default, o.Doc)
			cmd.Flags().Lookup(o.Name).NoOptDefVal = o.Bare
		}
		complete := cobra.FixedCompletions(o.Values, cobra.ShellCompDirectiveNoFileComp)
		if o.Words != nil {
			complete = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return o.Words(), cobra.ShellCompDirectiveNoFileComp
			}
		}
		if o.Values != nil || o.Words != nil {
			// The error is for a flag that does not exist, which this one does.
			_ = cmd.RegisterFlagCompletionFunc(o.Name, complete)
		}
	}
}

// given are the flags of the table that were written on the command line.
func given(cmd *cobra.Command) app.Flags {
	flags := app.Flags{}
	for _, o := range app.Options("") {
		f := cmd.Flags().Lookup(o.Name)
		if f == nil || !f.Changed {
			continue
		}
		flags[o.Name] = []string{f.Value.String()}
		if list, err := cmd.Flags().GetStringArray(o.Name); err == nil {
			flags[o.Name] = list
		}
	}
	return flags
}

// flagError says which flag was meant.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	hint := "see figment help " + cmd.Name()
	if _, bad, ok := strings.Cut(text, "unknown flag: --"); ok {
		command := cmd.Name()
		if cmd.Parent() == nil {
			command = "scan"
		}
		var known []string
		for _, o := range app.Options(command) {
			known = append(known, o.Name)
		}
		if near := policy.Nearest(bad, known); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return app.Usage(text, hint)
}
