package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
	"figment/scanner/fix"
	"figment/scanner/policy"
)

func baselineCommand(a *cli) *cobra.Command {
	actions := []string{"create", "prune", "show"}
	cmd := &cobra.Command{
		Use:   "baseline create|prune|show [PATH…]",
		Short: "Accept what is there already, and report only what is new",
		Long: `Keep the findings of today in .figment-baseline.json, so that only new ones are
reported. The file is also a ledger: it holds when a name was proven not to
exist, and a name in it that exists later was registered by somebody else.

create writes the file, prune drops what no longer occurs, show prints it. Where
there is a baseline, create accepts what is new only with --overwrite. Only a
person accepts: create refuses to run under a coding assistant.`,
		Example: `  figment baseline create
  figment baseline prune
  figment baseline show`,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: actions,
		RunE: func(cmd *cobra.Command, args []string) error {
			action, args, err := actionOf("baseline", actions, "show", args)
			if err != nil {
				return err
			}
			return a.baseline(cmd, action, args)
		},
	}
	addFlags(cmd, "baseline")
	return cmd
}

func (a *cli) baseline(cmd *cobra.Command, action string, args []string) error {
	if slices.Contains(args, "-") {
		return app.Usage("standard input has no baseline", "name files or directories")
	}
	if name := app.Assistant(os.Environ()); action == "create" && name != "" {
		return app.Usage("figment baseline create refuses to run under a coding assistant ("+name+" is set): a person accepts what is there", "run it yourself, in a terminal of your own")
	}
	s, err := a.open(cmd, app.Request{Command: "baseline", Paths: args, FilesOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	file, data, err := s.BaselineFile(action == "create")
	if err != nil {
		return err
	}
	if action != "create" && data == nil {
		return app.Usage("there is no baseline", "figment baseline create makes "+policy.BaselineName)
	}
	old := &policy.Baseline{File: s.Display(file)}
	if data != nil {
		if old, err = policy.ParseBaseline(s.Display(file), data); err != nil {
			return err
		}
	}
	if action == "show" {
		return app.Written(a.showBaseline(old))
	}
	if err := s.Input(cmd.Context()); err != nil {
		return err
	}
	s.UseBaseline(old, filepath.Dir(file))
	if err := s.Connect(); err != nil {
		return err
	}
	return writeBaseline(cmd.Context(), s, action == "create", old, file, data)
}

// writeBaseline scans, and writes the baseline that comes of it in place of data.
func writeBaseline(ctx context.Context, s *app.Session, create bool, old *policy.Baseline, file string, data []byte) error {
	rep, err := s.Scan(ctx, nil)
	if err != nil {
		return err
	}
	if rep.Interrupted {
		return app.Failure("the scan was interrupted: the baseline was left as it is", "")
	}
	now, malicious := s.NewBaseline(old, rep, create)
	if n := app.Added(old, now); create && data != nil && n > 0 && !s.Values.On("overwrite") {
		return app.Usage(fmt.Sprintf("%s is there already, and does not accept %s", s.Display(file), plural(n, "finding")),
			"figment scan shows what is new; figment baseline create --overwrite accepts it")
	}
	edit := fix.WriteBaseline(filepath.Dir(file), filepath.Base(file), data, now)
	if data == nil || string(edit.After) != string(data) {
		if _, err := fix.Apply(app.Recognition(), edit); err != nil {
			return app.Failure(err.Error(), "")
		}
	}
	s.Say("%s: %s", s.Display(file), baselineCount(now))
	if malicious > 0 {
		s.Say("malicious packages are not accepted: %d (--include-malicious)", malicious)
	}
	if why := app.CutShort(rep); why != "" {
		s.Say("nothing was dropped: %s", why)
	}
	if n := len(rep.Unverified); n > 0 {
		s.Say("names that could not be checked: %d; what the baseline held of them stays", n)
	}
	return nil
}

// plural is "1 file", "2 files".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func baselineCount(b *policy.Baseline) string {
	places, ledger := 0, 0
	for i := range b.Entries {
		places += len(b.Entries[i].Paths)
		if !b.Entries[i].AbsentAt.IsZero() {
			ledger++
		}
	}
	entries := plural(len(b.Entries), "entry")
	if len(b.Entries) != 1 {
		entries = fmt.Sprintf("%d entries", len(b.Entries))
	}
	return fmt.Sprintf("%s, accepted at %s, %d of them in the ledger of absent names", entries, plural(places, "place"), ledger)
}

func (a *cli) showBaseline(b *policy.Baseline) error {
	for i := range b.Entries {
		e := &b.Entries[i]
		line := e.Rule + " " + e.Package
		if e.AbsentAt.IsZero() {
			line += ", accepted on " + e.Added.Format(time.DateOnly)
		} else {
			line += ", did not exist on " + e.AbsentAt.Format(time.DateOnly)
		}
		if _, err := fmt.Fprintln(a.Out, term.Safe(line)); err != nil {
			return err
		}
		for _, p := range e.Paths {
			if _, err := fmt.Fprintln(a.Out, "  "+term.Safe(p)); err != nil {
				return err
			}
		}
	}
	a.Say("%s: %s", b.File, baselineCount(b))
	return nil
}
