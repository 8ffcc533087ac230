package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/internal/term"
	"figment/scanner/policy"
)

// Exit statuses, the same for every output format.
const (
	exitOK         = 0
	exitFindings   = 1
	exitUsage      = 2
	exitIncomplete = 3 // also: internal failure
)

// An exit is an error that carries its status. Without text nothing is printed.
type exit struct {
	code int
	text string
	hint string
}

func (e *exit) Error() string { return e.text }

func usage(text, hint string) error { return &exit{exitUsage, text, hint} }

func failure(text, hint string) error { return &exit{exitIncomplete, text, hint} }

// An app is one call of the command, with everything it touches.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	dir      string // the working directory

	terminal func(any) bool // whether a stream is one; nil: ask the system
}

// Main runs the command line and returns the exit status. Nothing outside it
// ends the process.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of the write, and no failure
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := &app{in: in, out: out, err: errw, env: os.Getenv}
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

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return exitOK
	}
	code, text, hint := exitUsage, err.Error(), ""
	var e *exit
	var c *policy.Error
	switch {
	case errors.As(err, &e):
		code, text, hint = e.code, e.text, e.hint
	case errors.As(err, &c):
		hint = c.Hint
	}
	if text != "" {
		fmt.Fprintf(a.err, "figment: error: %s\n", term.Safe(text))
		if hint != "" {
			fmt.Fprintf(a.err, "figment: hint: %s\n", term.Safe(hint))
		}
	}
	return code
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
	return "", nil, usage(fmt.Sprintf("figment %s does not know %q", command, args[0]), hint)
}

// say writes a line for people to standard error.
func (a *app) say(format string, args ...any) {
	fmt.Fprintf(a.err, "figment: %s\n", term.Safe(fmt.Sprintf(format, args...)))
}

// root builds the command tree. It is built anew for each call: no state
// outlives it.
func (a *app) root() *cobra.Command {
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
			return a.scan(cmd, "scan", args)
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
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
var commands = []struct{ build func(*app) *cobra.Command }{
	{scanCommand}, {listCommand}, {checkCommand}, {fixCommand}, {explainCommand}, {demoCommand}, {allowCommand}, {baselineCommand}, {indexCommand}, {osvCommand},
	{initCommand}, {versionCommand}, {manCommand},
}

// mistypedCommand tells a misspelt command from a path.
func (a *app) mistypedCommand(cmd *cobra.Command, args []string) error {
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
		return usage(fmt.Sprintf("%q is neither a path nor a command", args[0]), fmt.Sprintf("did you mean the command `%s`?", near))
	}
	return nil
}

// flagError says which flag was meant.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	hint := "see figment help " + cmd.Name()
	if _, bad, ok := strings.Cut(text, "unknown flag: --"); ok {
		var known []string
		for i := range options {
			if options[i].of(cmd.Name()) || cmd.Parent() == nil && options[i].of("scan") {
				known = append(known, options[i].Name)
			}
		}
		if near := policy.Nearest(bad, known); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return usage(text, hint)
}

// enter moves to the directory that --chdir names and notes where the call
// works.
func (a *app) enter(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("chdir"); f != nil && f.Changed {
		if err := os.Chdir(f.Value.String()); err != nil {
			return usage(fmt.Sprintf("cannot work in %s: %s", f.Value.String(), plainError(err)), "")
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return failure("the working directory cannot be found: "+plainError(err), "")
	}
	a.dir = dir
	return nil
}

// plainError is the cause of an error of the operating system without the path
// and the call around it.
func plainError(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// display is a path as messages show it: relative to the working directory
// where it lies below it.
func (a *app) display(path string) string {
	if rel, err := filepath.Rel(a.dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}
