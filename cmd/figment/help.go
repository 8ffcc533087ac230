package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/policy"
)

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
