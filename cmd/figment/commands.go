package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/policy"
)

// A cli is one call of the command line.
type cli struct{ *app.Call }

// Main runs the command line and returns the exit status. Nothing outside it
// ends the process.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of the write, and no failure
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := &cli{&app.Call{In: in, Out: out, Err: errw, Env: os.Getenv, Version: version}}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	caught := make(chan os.Signal, 1)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals) // a second one ends at once
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			caught <- s
			cancel()
		case <-ctx.Done():
		}
	}()

	code := a.run(ctx, args)
	select {
	case s := <-caught:
		if s == syscall.SIGTERM {
			return 143
		}
		return 130
	default:
	}
	return code
}

func (a *cli) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	return a.Finish(root.ExecuteContext(ctx))
}

// actionOf takes the word off the arguments that says what a command is to do;
// none means def.
func actionOf(command string, actions []string, def string, args []string) (string, []string, error) {
	if len(args) == 0 {
		return def, nil, nil
	}
	if slices.Contains(actions, args[0]) {
		return args[0], args[1:], nil
	}
	hint := "one of: " + strings.Join(actions, ", ")
	if near := policy.Nearest(args[0], actions); near != "" {
		hint = fmt.Sprintf("did you mean `figment %s %s`?", command, near)
	}
	return "", nil, app.Usage(fmt.Sprintf("figment %s does not know %q", command, args[0]), hint)
}

// root builds the command tree. It is built anew for each call: no state
// outlives it.
func (a *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "figment [PATH…]",
		Short: "Find package names that do not exist, or are not what you mean",
		Long: `figment reads manifests, lock files, imports, commands and text, asks the
registries that your own tools would ask, and says at which line a package name
is made up, misspelt or not the package you mean, and what to use instead.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if on, _ := cmd.Flags().GetBool("version"); on {
				return a.printVersion()
			}
			if err := a.mistypedCommand(cmd, args); err != nil {
				return err
			}
			return a.scan(cmd, args)
		},
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(a.help)
	root.SetUsageFunc(func(*cobra.Command) error { return nil })
	root.CompletionOptions.HiddenDefaultCmd = false
	addFlags(root, "scan")
	root.Flags().BoolP("version", "V", false, "print the version") // people try it before they read help
	root.SetHelpCommand(helpCommand(a))
	for _, c := range commands {
		root.AddCommand(c.build(a))
	}
	for _, t := range topics {
		root.AddCommand(&cobra.Command{Use: t.name, Short: t.short, Annotations: map[string]string{"topic": t.name}})
	}
	return root
}

// commands is the table of subcommands, in the order of help.
var commands = []struct{ build func(*cli) *cobra.Command }{
	{scanCommand}, {listCommand}, {checkCommand}, {fixCommand}, {explainCommand}, {demoCommand}, {allowCommand}, {baselineCommand}, {indexCommand}, {osvCommand},
	{initCommand}, {versionCommand}, {manCommand},
}

// mistypedCommand tells a misspelt command from a path.
func (a *cli) mistypedCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := os.Lstat(args[0]); err == nil || args[0] == "-" || strings.ContainsAny(args[0], `/\`) {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	if near := policy.Nearest(args[0], known); near != "" {
		return app.Usage(fmt.Sprintf("%q is neither a path nor a command", args[0]), fmt.Sprintf("did you mean the command `%s`?", near))
	}
	return nil
}

// enter moves to the directory that --chdir names and notes where the call
// works.
func (a *cli) enter(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("chdir"); f != nil && f.Changed {
		if err := os.Chdir(f.Value.String()); err != nil {
			return app.Usage(fmt.Sprintf("cannot work in %s: %s", f.Value.String(), app.Cause(err)), "")
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return app.Failure("the working directory cannot be found: "+app.Cause(err), "")
	}
	a.Dir = dir
	return nil
}

// open makes the session of a command.
func (a *cli) open(cmd *cobra.Command, r app.Request) (*app.Session, error) {
	if err := a.enter(cmd); err != nil {
		return nil, err
	}
	r.Flags = given(cmd)
	return a.Open(cmd.Context(), r)
}
