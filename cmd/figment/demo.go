package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/app/demo"
	"figment/scanner"
	"figment/scanner/source"
	"figment/tui"
)

func demoCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See every kind of finding in a built-in project, without network or set-up",
		Long: `Show what figment finds in a small project that comes with it, against registries
that the program plays itself: nobody is asked anything.
The project lies in a temporary directory, so that it can be edited; it is gone
when the demonstration ends. The exit status is 0 whatever is found.`,
		Example: `  figment demo                 on the screen
  figment demo --format text   as a report`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd) },
	}
	addFlags(cmd, "demo")
	return cmd
}

// demo shows or writes a scan of the sample.
func (a *cli) demo(cmd *cobra.Command) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("demo", given(cmd))
	if err != nil {
		return err
	}
	how := onPaper
	if v.Text("format") == "" {
		how = a.surface(v.On("accessible"))
	}
	d, err := demo.New(a.Call)
	if err != nil {
		return app.Failure("the demonstration cannot be set up: "+app.Cause(err), "")
	}
	defer d.Close()
	if how != onPaper {
		return a.showDemo(cmd.Context(), d, how)
	}
	rep, err := d.Scan(cmd.Context(), nil)
	if err != nil {
		return app.Failure(err.Error(), "")
	}
	outputs, err := v.Outputs()
	if err != nil {
		return err
	}
	return app.Written(a.Write(rep, outputs, v))
}

// demoLatency is how long the played registries take to answer on the screen.
const demoLatency = 60 * time.Millisecond

// showDemo opens the screen over the sample.
func (a *cli) showDemo(ctx context.Context, d *demo.Project, how surface) error {
	if how == onScreen {
		d.SetLatency(demoLatency) // or nobody would see the rows arrive
	}
	target := func() app.Target {
		o, err := d.Options()
		if err != nil {
			o = scanner.Options{Source: source.Memory(nil, nil)} // in which there is nothing to edit
		}
		return app.Target{Options: o, ConfigFile: filepath.Join(d.Dir, app.ConfigName)}
	}
	_, err := a.screen(ctx, how, tui.Options{
		Title:   "a shop, as an assistant wrote it",
		Changes: app.NewChangeSet(target, nil),
		Scan:    d.Scan,
		Read:    d.Root.ReadFile,
		File:    func(path string) string { return filepath.Join(d.Dir, filepath.FromSlash(path)) },
	})
	if err != nil {
		return app.Failure(err.Error(), "")
	}
	return nil
}
