package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/policy"
)

// topics are the pages of help that belong to no command.
var topics = []struct{ name, short, text string }{
	{"exit-codes", "what the exit status means", `The exit status is the same for every output format.

  0    nothing at or above --fail-on (default: error)
  1    findings
  2    wrong usage or configuration
  3    incomplete, where --on-unverified=fail asks for completeness; a change that
       keeps its own names from being checked, or touches a file that was not
       read; internal failure
  130, 143   ended by a signal

1 wins over 3. --exit-zero makes 0 of 1 and of 3, for jobs that only upload.
Names that could not be checked are neither clean nor missing: they are counted,
listed, and make a 3 only where that was asked for.
`},
	{"config", "the configuration files", `The project's file is .figment.toml, the nearest from the scanned path up to the
root of the repository. The user's file is figment/config.toml in the user's
configuration directory. A flag wins over a variable, a variable over the
project's file, that over the user's.

  fail-on = "error"
  on-unverified = "warn"
  private = ["npm:@acme/*"]          # never sent to a public registry

  [rules]
  deprecated-package = { level = "off", reason = "handled elsewhere" }

  [[allow]]                          # the name is right
  package = "npm:@acme/ui-tokens"
  reason = "our own package"         # required
  expires = 2027-02-20               # optional

  [[ignore]]                         # this rule, here
  package = "pypi:yaml"              # package, paths or both
  paths = ["examples/**"]
  rules = ["undeclared-import"]      # required
  reason = "examples are not installed"

  [[exclude]]
  paths = ["fixtures/**"]
  reason = "bait for tests"

A comment accepts a finding at its line, or on the line below:

  import yaml  # figment: ` + `ignore[undeclared-import] comes with the platform

A project's file may make things stricter freely, and more permissive
only with a reason.
It can not set what routes a request:
those keys belong in the user's file.

With --policy-from the exceptions of the repository are those of a commit, not of
the files on disk: entries, excludes, lowered levels and settings, the baseline
and comments. What makes things stricter counts from disk all the same, and so
does an entry that you made with figment allow on this machine. A file outside of
the repository, named with --config or --baseline, counts as it is. What only the
files on disk accept is named: "accepted by this change: ...".

With --staged, --diff or --policy-from a change does not keep its own new names
from being checked: what it alone calls private, or takes from another registry,
stays unverified and makes the exit status 3. Where that is right:

  accept-claims = ["npm:@acme/*"]    # in the user's file, or committed before
`},
	{"environment", "the environment variables", ""},
}

// helpCommand prints the page of a command or a topic, and says so when there is
// none of that name.
func helpCommand(a *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Explain a command or a topic",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return subjects(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || found == nil || len(args) > 0 && (found == cmd.Root() || len(rest) > 0) {
				word := strings.Join(args, " ")
				hint := "figment help lists the commands"
				if near := policy.Nearest(args[0], subjects(cmd.Root())); near != "" && near != args[0] {
					hint = fmt.Sprintf("did you mean `figment help %s`?", near)
				}
				return app.Usage(fmt.Sprintf("there is no help about %q", word), hint)
			}
			a.help(found, nil)
			return nil
		},
	}
}

// subjects are the words that help knows.
func subjects(root *cobra.Command) []string {
	var out []string
	for _, c := range root.Commands() {
		if !c.Hidden && c.Name() != "help" {
			out = append(out, c.Name())
		}
	}
	return out
}

// help prints the page of a command: what it does, its subcommands, and its
// options by group.
func (a *cli) help(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	if topic := cmd.Annotations["topic"]; topic != "" {
		helpTopic(w, topic)
		return
	}
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n  %s\n", strings.TrimSpace(text), cmd.UseLine())
	name := cmd.Name()
	if cmd.Parent() == nil {
		name = "scan"
		fmt.Fprint(w, "\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.Annotations["topic"] == "" && c.Name() != "help" && !c.Hidden {
				fmt.Fprintf(w, "  %-12s %s\n", c.Name(), c.Short)
			}
		}
	} else if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, c := range cmd.Commands() {
			fmt.Fprintf(w, "  %-12s %s\n", c.Name(), c.Short)
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	for _, g := range app.Groups() {
		first := true
		for _, o := range app.Options(name) {
			if o.Group != g.Name {
				continue
			}
			if first {
				fmt.Fprintf(w, "\n%s:\n", g.Title)
				first = false
			}
			helpOption(w, o)
		}
	}
	if cmd.Parent() == nil {
		fmt.Fprint(w, "\nMore: figment help COMMAND")
		for _, t := range topics {
			fmt.Fprintf(w, ", figment help %s", t.name)
		}
		fmt.Fprintln(w)
	}
}

func helpOption(w io.Writer, o *app.Option) {
	flag := "    --" + o.Name
	if o.Short != "" {
		flag = "-" + o.Short + ", --" + o.Name
	}
	flag += o.Argument()
	doc := o.Doc
	if o.Default != "" && o.Default != "0" {
		doc += " (default " + o.Default + ")"
	}
	if len(flag) > 30 {
		fmt.Fprintf(w, "  %s\n", flag)
		flag = ""
	}
	for i, line := range wrap(doc, 46) {
		if i > 0 {
			flag = ""
		}
		fmt.Fprintf(w, "  %-30s %s\n", flag, line)
	}
}

// wrap breaks text at blanks so that lines have at most width bytes where words
// allow it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func helpTopic(w io.Writer, name string) {
	for _, t := range topics {
		if t.name == name && t.text != "" {
			fmt.Fprint(w, t.text)
			return
		}
	}
	fmt.Fprint(w, "Every option below has a variable. A flag wins over it, and it wins over the\nconfiguration files.\n\n")
	seen := map[string]bool{}
	for _, o := range app.Options("") {
		v := o.Variable()
		if v == "" || seen[v] {
			continue
		}
		seen[v] = true
		fmt.Fprintf(w, "  %-32s --%s\n", v, o.Name)
	}
	fmt.Fprint(w, "\nRead as well:\n\n")
	for _, v := range app.Variables() {
		fmt.Fprintf(w, "  %s\n", v.Name)
		for _, line := range wrap(v.Doc, 72) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
}
