package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/app/starter"
	"figment/internal/term"
	"figment/scanner/fix"
)

func initCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write .figment.toml, and on request the blocks of other tools",
		Long: `Writes .figment.toml at the root of the repository and shows as a diff what it
writes. With --pre-commit, --action and --agents it also adds a hook to
.pre-commit-config.yaml, a workflow to .github/workflows, and five lines for
coding assistants to AGENTS.md. What exists is never overwritten: blocks stand
between markers, and a file or block that is there already is kept.`,
		Example: `  figment init --print              show what would be written
  figment init --pre-commit --agents`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd) },
	}
	addFlags(cmd, "init")
	return cmd
}

// init makes every edit before it writes the first.
func (a *cli) init(cmd *cobra.Command) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("init", given(cmd))
	if err != nil {
		return err
	}
	root := app.RepositoryRoot(a.Dir)
	files := []starter.File{starter.Config()}
	if v.On("pre-commit") {
		files = append(files, starter.PreCommit(a.Version))
	}
	if ref := v.Text("action"); ref != "" {
		if ref, err = starter.ActionRef(ref, a.Version); err != nil {
			return err
		}
		files = append(files, starter.Workflow(ref))
	}
	if v.On("agents") {
		files = append(files, starter.Agents())
	}
	var edits []fix.Edit
	for _, f := range files {
		e, err := f.Edit(root)
		var kept *starter.KeptError
		switch {
		case errors.As(err, &kept):
			a.Say("%s: %s", a.Display(filepath.Join(root, f.Path)), kept.Why)
			continue
		case err != nil:
			return app.Usage(err.Error(), "")
		}
		edits = append(edits, e)
	}
	for _, e := range edits {
		for line := range strings.Lines(e.Diff()) {
			if _, err := fmt.Fprintln(a.Out, term.Safe(strings.TrimSuffix(line, "\n"))); err != nil {
				return err
			}
		}
	}
	if v.On("print") {
		return nil
	}
	for _, e := range edits {
		if err := starter.MakeFolder(root, path.Dir(e.Path)); err != nil {
			return app.Failure(e.Path+": "+app.Cause(err), "")
		}
		if _, err := fix.Apply(app.Recognition(), e); err != nil {
			return app.Failure(err.Error(), "")
		}
		a.Say("wrote %s", a.Display(filepath.Join(root, filepath.FromSlash(e.Path))))
	}
	return nil
}
