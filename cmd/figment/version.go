package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"

	"figment/app"
	"figment/ecosystem"
	"figment/names"
)

// version and commit are set by the linker for releases.
var (
	version = "dev"
	commit  = ""
)

func versionCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.enter(cmd); err != nil {
				return err
			}
			v, err := a.Values("version", given(cmd))
			if err != nil {
				return err
			}
			if v.Text("format") == "json" {
				return a.versionJSON()
			}
			return a.printVersion()
		},
	}
	addFlags(cmd, "version")
	return cmd
}

// A built is what is known of how the program was made. What nobody knows is
// empty.
type built struct {
	version  string // "1.2.0"; "dev" of a build that is no release
	revision string
	time     string // of the commit, RFC 3339
	modified bool   // the files were not those of the commit
}

// buildOf takes what the linker was told, and for what it was not told what the
// go command notes: the version of a module that was installed by its path, the
// commit of a clone.
func buildOf(version, commit string, info *debug.BuildInfo) built {
	b := built{version: version, revision: commit}
	if info == nil {
		return b
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if revision := settings["vcs.revision"]; b.revision == "" || b.revision == revision {
		b.revision, b.time, b.modified = revision, settings["vcs.time"], settings["vcs.modified"] == "true"
	}
	v, _, _ := strings.Cut(info.Main.Version, "+dirty")
	if version == "dev" && v != "" && v != "(devel)" && (b.revision == "" || !module.IsPseudoVersion(v)) { // else the commit says it better
		b.version = strings.TrimPrefix(v, "v")
	}
	return b
}

func thisBuild() built {
	info, _ := debug.ReadBuildInfo()
	return buildOf(version, commit, info)
}

// String is "1.2.0 (0123456789ab, 2026-11-30, modified)", as far as it is known.
func (b built) String() string {
	var about []string
	if b.revision != "" {
		about = append(about, b.revision[:min(12, len(b.revision))])
	}
	if day, _, ok := strings.Cut(b.time, "T"); ok {
		about = append(about, day)
	}
	if b.modified {
		about = append(about, "modified")
	}
	if len(about) == 0 {
		return b.version
	}
	return b.version + " (" + strings.Join(about, ", ") + ")"
}

func (a *cli) printVersion() error {
	_, err := fmt.Fprintf(a.Out, "figment %s\n", thisBuild())
	return err
}

func (a *cli) versionJSON() error {
	dates := map[string]string{}
	for _, e := range ecosystem.All() {
		if idx, err := names.Open(e); err == nil {
			dates[string(e)] = idx.Date().Format(time.DateOnly)
		}
	}
	b := thisBuild()
	enc := json.NewEncoder(a.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"version": b.version, "commit": b.revision, "time": b.time, "modified": b.modified, "go": runtime.Version(), "schema_version": "1", "index": dates,
	})
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return app.Usage(fmt.Sprintf("figment %s takes no arguments, not %q", cmd.Name(), args[0]), "")
	}
	return nil
}
