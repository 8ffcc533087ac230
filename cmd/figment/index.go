package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/app/packs"
	"figment/ecosystem"
	"figment/internal/cache"
	"figment/names"
)

func indexCommand(a *cli) *cobra.Command {
	actions := []string{"status", "update", "clear"}
	cmd := &cobra.Command{
		Use:   "index [status|update|clear] [ECO…]",
		Short: "Show, install or remove lists of the names that registries have",
		Long: `figment holds lists of popular names. An existence pack is a filter over every
name that a registry had on one day: with it figment can say offline that a name
existed, or that it did not exist that day.

  status   what is there, and how old it is
  update   installs the packs that --from offers: a folder or URL with index.json
  clear    removes the packs of these ecosystems; without any, all packs and
           the key of their maker`,
		Example: `  figment index
  figment index update --from ./packs pypi npm
  figment index update --from https://packs.example/ --key maker.pem`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			action, args, err := actionOf("index", actions, "status", args)
			if err != nil {
				return err
			}
			return a.index(cmd, action, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return actions, cobra.ShellCompDirectiveNoFileComp
			}
			var ecos []string
			for _, e := range ecosystem.All() {
				ecos = append(ecos, string(e))
			}
			return ecos, cobra.ShellCompDirectiveNoFileComp
		},
	}
	addFlags(cmd, "index")
	return cmd
}

// index does what the first word of the command says to the packs of some
// ecosystems; of all, if none is named.
func (a *cli) index(cmd *cobra.Command, action string, words []string) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("index", given(cmd))
	if err != nil {
		return err
	}
	var ecos []ecosystem.Ecosystem
	for _, w := range words {
		e, ok := ecosystem.Lookup(w)
		if !ok {
			return app.Usage(fmt.Sprintf("%q is not an ecosystem figment knows", w), "known: "+app.Ecosystems())
		}
		if !slices.Contains(ecos, e) {
			ecos = append(ecos, e)
		}
	}
	for _, name := range []string{"from", "key", "unsigned"} {
		if action != "update" && cmd.Flags().Changed(name) {
			return app.Usage(fmt.Sprintf("--%s belongs to figment index update", name), "")
		}
	}
	base, err := cache.Dir(a.Env)
	if err != nil {
		return app.Failure("there is no folder for packs: "+app.Cause(err), "set FIGMENT_CACHE_DIR")
	}
	dir := names.PackDir(base)
	switch action {
	case "update":
		return packs.Update(cmd.Context(), a.Call, v, dir, ecos)
	case "clear":
		return packs.Clear(a.Call, dir, ecos)
	}
	return packs.Status(a.Call, v.Text("format"), dir, ecos)
}
