package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/ecosystem"
	"figment/scanner/fix"
	"figment/scanner/policy"
	"figment/scanner/verdict"
)

func allowCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "allow SPEC --reason TEXT",
		Short: "Accept a name, in the project's configuration file",
		Long: `Append an entry to .figment.toml that accepts the name of a package, with the
reason for it. Where there is such an entry it gets the new reason and date. With --rule or --path the entry accepts those rules, or at those
paths, and is an [[ignore]]. The rest of the file stays as it is.

Only a person may accept a name: the command works on a terminal, and not in one
that a coding assistant drives.`,
		Example: `  figment allow npm:@acme/ui-tokens --reason "our own package"
  figment allow pypi:yaml --rule undeclared-import --path "examples/**" --reason "not installed"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.allow(cmd, args) },
	}
	addFlags(cmd, "allow")
	return cmd
}

func (a *cli) allow(cmd *cobra.Command, args []string) error {
	if err := a.person(); err != nil {
		return err
	}
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("allow", given(cmd))
	if err != nil {
		return err
	}
	e, err := acceptance(v, args, time.Now())
	if err != nil {
		return err
	}
	file, err := a.configToEdit()
	if err != nil {
		return err
	}
	c, err := fix.ReadConfig(filepath.Dir(file), filepath.Base(file), app.Keys())
	if err != nil {
		return app.Usage(err.Error(), "")
	}
	entry := fix.Allow
	if e.Kind == "ignore" {
		entry = fix.Ignore
	}
	edit, err := entry(c, e)
	if err != nil {
		var bad *policy.Error
		if errors.As(err, &bad) {
			return bad
		}
		return app.Usage(err.Error(), "")
	}
	if string(edit.After) == string(edit.Before) && edit.Before != nil {
		a.Say("%s accepts it already", a.Display(file))
	} else if _, err := fix.Apply(edit); err != nil {
		return app.Failure(err.Error(), "")
	}
	if err := a.showDiff([]fix.Edit{edit}); err != nil {
		return app.Failure("the result cannot be written: "+app.Cause(err), "")
	}
	if err := a.remember(&e, file); err != nil {
		a.Say("warning: the decision cannot be kept on this machine: %s", app.Cause(err))
	}
	return nil
}

// acceptance reads the entry that the call asks for.
func acceptance(v *app.Values, args []string, now time.Time) (policy.Entry, error) {
	e := policy.Entry{Kind: "allow", Reason: strings.TrimSpace(v.Text("reason")), Rules: v.List("rule"), Paths: v.List("path"), Advisory: v.Text("advisory")}
	if len(args) != 1 {
		return e, app.Usage("figment allow takes one name", `figment allow npm:left-pad --reason "why it is right"`)
	}
	spec, err := ecosystem.ParseSpec(args[0], ecosystem.Unknown)
	switch {
	case err != nil:
		return e, app.Usage(fmt.Sprintf("%s: %s", args[0], err), "a name is written npm:left-pad or pkg:npm/left-pad")
	case spec.Constraint != "":
		return e, app.Usage("a name is accepted in all its versions", "leave the version out: "+string(spec.Package.Ecosystem)+":"+spec.Package.Name)
	case e.Reason == "":
		return e, app.Usage("figment allow needs a reason", `--reason "why it is right"`)
	}
	e.Ecosystem, e.Package = spec.Package.Ecosystem, spec.Package.Name
	for _, id := range e.Rules {
		if verdict.FindRule(id) == nil {
			return e, app.Usage(fmt.Sprintf("--rule: there is no rule %q", id), ruleHint(id))
		}
	}
	if word := v.Text("expires"); word != "" {
		if e.Expires, err = time.Parse(time.DateOnly, word); err != nil {
			return e, app.Usage(fmt.Sprintf("--expires: %q is not a date", word), "--expires 2027-02-20")
		}
		if e.Expired(now) {
			return e, app.Usage("--expires: the day is over", "")
		}
	}
	if len(e.Rules) > 0 || len(e.Paths) > 0 {
		e.Kind = "ignore"
		if len(e.Rules) == 0 { // there, whatever is said of the name
			for i := range verdict.Rules {
				if verdict.Rules[i].AboutName {
					e.Rules = append(e.Rules, verdict.Rules[i].ID)
				}
			}
		}
	}
	return e, nil
}

// configToEdit is the project's configuration file, or where it would be.
func (a *cli) configToEdit() (string, error) {
	if flag := a.Env("FIGMENT_CONFIG"); flag != "" && flag != "none" {
		file, err := filepath.Abs(flag)
		if err != nil {
			return "", app.Usage("FIGMENT_CONFIG: "+app.Cause(err), "")
		}
		return file, nil
	}
	if file := a.findConfig(""); file != "" {
		return file, nil
	}
	return filepath.Join(repositoryRoot(a.Dir), configName), nil
}

// person refuses whoever is not one: a pipe, a job, a coding assistant.
func (a *cli) person() error {
	if !a.IsTerminal(a.In) || !a.IsTerminal(a.Out) {
		return app.Usage("figment allow works on a terminal only: a person accepts a name", "run it yourself, in a terminal")
	}
	if name := assistant(os.Environ()); name != "" {
		return app.Usage("figment allow refuses to run under a coding assistant ("+name+" is set)", "run it yourself, in a terminal of your own")
	}
	return nil
}

// assistants are the variables that coding assistants set for the commands that
// they run. A final * stands for any rest.
var assistants = []string{"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CODEX_*", "GEMINI_CLI", "CURSOR_*", "COPILOT_CLI", "OPENCODE", "WINDSURF_*"}

// settingsOfPeople begin alike and are set by people in their profiles.
var settingsOfPeople = []string{"CODEX_HOME", "CODEX_API_KEY"}

// assistant gives the variable by which a coding assistant shows; empty if none
// does.
func assistant(environ []string) string {
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" || slices.Contains(settingsOfPeople, name) {
			continue
		}
		for _, a := range assistants {
			if prefix, ok := strings.CutSuffix(a, "*"); name == a || ok && strings.HasPrefix(name, prefix) {
				return name
			}
		}
	}
	return ""
}

// acceptedName is the file in the user's data directory that keeps the digests
// of the entries that a person accepted on this machine.
const acceptedName = "accepted"

// remember notes that a person accepted an entry, so that it counts where only
// committed entries would.
func (a *cli) remember(e *policy.Entry, file string) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, acceptedName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(e.Digest(file) + "\n")
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// dataDir is where figment keeps what the user decided.
func (a *cli) dataDir() (string, error) {
	if dir := a.Env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "figment"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "figment"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "figment"), err
}
