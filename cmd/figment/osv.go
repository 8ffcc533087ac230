package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/app/advisories"
	"figment/osv"
	"figment/scanner/policy"
)

func osvCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "osv",
		Short: "Keep a local copy of OSV's advisories, for checks without a network",
		Long: `Keep a local copy of OSV's advisories, for checks without a network.

The indexes lie in the cache folder, one for each ecosystem. Where there is
none, an archive that osv-scanner has downloaded serves.`,
		Example: `  figment osv update npm pypi
  figment osv update npm --from all.zip
  figment osv status`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.Usage("figment osv wants a command", "one of: status, update, clear")
			}
			hint := "one of: status, update, clear"
			if near := policy.Nearest(args[0], []string{"status", "update", "clear"}); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return app.Usage(fmt.Sprintf("figment osv has no command %q", args[0]), hint)
		},
	}
	addFlags(cmd, "osv")
	for _, c := range []*cobra.Command{a.osvStatus(), a.osvUpdate(), a.osvClear()} {
		c.Args = cobra.ArbitraryArgs
		c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
			return app.Usage(err.Error(), "see figment help osv "+c.Name())
		})
		c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, e := range osv.Ecosystems() {
				out = append(out, string(e))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		}
		addFlags(c, "osv "+c.Name())
		cmd.AddCommand(c)
	}
	return cmd
}

func (a *cli) osvStatus() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status [ECO…]",
		Short: "Say what advisories there are on this machine, and of when",
		Long: `Say what advisories there are on this machine, and of when. Each index is read
to its end and compared with its checksum; one that cannot be used makes the
exit status 3.

  -f, --format FORMAT            text or json (default text)`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.osv(cmd, args, func(c *advisories.Copy) error { return c.Status(cmd.Context(), format) })
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "how to write the result: text or json")
	return cmd
}

func (a *cli) osvUpdate() *cobra.Command {
	var o advisories.UpdateOptions
	cmd := &cobra.Command{
		Use:   "update [ECO…]",
		Short: "Bring the advisories on this machine up to date",
		Long: `Bring the advisories on this machine up to date: those of the ecosystems named,
or of all that are here already. Only what changed is read where that will do.

      --from FILE.zip|DIR|URL    an archive of OSV, or a tree of them; the
                                 default is OSV's own, FIGMENT_OSV_DATA_URL
                                 another one
      --full                     read everything anew`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Given = cmd.Flags().Changed("from")
			return a.osv(cmd, args, func(c *advisories.Copy) error { return c.Update(cmd.Context(), o) })
		},
	}
	cmd.Flags().StringVar(&o.From, "from", "", "where the data comes from")
	cmd.Flags().BoolVar(&o.Full, "full", false, "read everything anew")
	return cmd
}

func (a *cli) osvClear() *cobra.Command {
	return &cobra.Command{
		Use:   "clear [ECO…]",
		Short: "Remove the advisories from this machine",
		Long: `Remove the advisories from this machine: those of the ecosystems named, or all.
What osv-scanner has downloaded stays.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.osv(cmd, args, (*advisories.Copy).Clear) },
	}
}

// osv runs an action of the command on the local copy of advisories.
func (a *cli) osv(cmd *cobra.Command, args []string, action func(*advisories.Copy) error) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	c, err := advisories.Open(a.Call, args)
	if err != nil {
		return err
	}
	return action(c)
}
