package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"figment/ecosystem"
	"figment/names"
)

// version and commit are set by the linker for releases.
var (
	version = "dev"
	commit  = ""
)

func versionCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.enter(cmd); err != nil {
				return err
			}
			v, err := resolveValues(cmd, "version", a.env, nil, nil)
			if err != nil {
				return err
			}
			if v.text("format") == "json" {
				return a.versionJSON()
			}
			_, err = fmt.Fprintf(a.out, "figment %s%s\n", version, commitSuffix())
			return err
		},
	}
	addFlags(cmd, "version")
	return cmd
}

func revision() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return ""
}

func commitSuffix() string {
	if r := revision(); r != "" {
		return " (" + r[:min(12, len(r))] + ")"
	}
	return ""
}

func (a *app) versionJSON() error {
	dates := map[string]string{}
	for _, e := range ecosystem.All() {
		if idx, err := names.Open(e); err == nil {
			dates[string(e)] = idx.Date().Format(time.DateOnly)
		}
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"version": version, "commit": revision(), "go": runtime.Version(), "schema_version": "1", "index": dates,
	})
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Sprintf("figment %s takes no arguments, not %q", cmd.Name(), args[0]), "")
	}
	return nil
}
