package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
)

// manCommand writes manual pages, for packages.
func manCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:    "man [DIR]",
		Short:  "Print the manual page, or write every page into a directory",
		Hidden: true,
		Args:   cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.enter(cmd); err != nil {
				return err
			}
			pages := manPages(cmd.Root())
			if len(args) == 0 {
				_, err := a.Out.Write(pages[0].text)
				return err
			}
			for _, p := range pages {
				if err := os.WriteFile(filepath.Join(args[0], p.name), p.text, 0o644); err != nil {
					return app.Failure(args[0]+": "+app.Cause(err), "")
				}
			}
			return nil
		},
	}
	addFlags(cmd, "man")
	return cmd
}

// A manPage is a page in roff.
type manPage struct {
	name string // of the file, figment-scan.1
	text []byte
}

// manPages makes a page for the program and one for each command, the program's
// first.
func manPages(root *cobra.Command) []manPage {
	pages := []manPage{manPageOf(root, "scan")}
	for _, c := range manCommands(root) {
		pages = append(pages, manPageOf(c, c.Name()))
	}
	return pages
}

// manCommands are the subcommands that have a page.
func manCommands(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.Annotations["topic"] == "" && c.Name() != "help" && !c.Hidden {
			out = append(out, c)
		}
	}
	return out
}

// manPageOf writes the page of a command. options is the name under which the
// table of options knows it.
func manPageOf(cmd *cobra.Command, options string) manPage {
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	r := &roff{}
	r.macro("TH", strings.ToUpper(name), "1", "", "figment "+version, "figment")
	r.macro("SH", "NAME")
	r.text(name + " - " + strings.ToLower(cmd.Short[:1]) + cmd.Short[1:])
	r.macro("SH", "SYNOPSIS")
	r.macro("B", cmd.UseLine())
	r.macro("SH", "DESCRIPTION")
	if cmd.Long != "" {
		r.paragraphs(cmd.Long)
	} else {
		r.text(cmd.Short + ".")
	}
	if list := manCommands(cmd); len(list) > 0 {
		r.macro("SH", "COMMANDS")
		for _, c := range list {
			r.macro("TP")
			r.macro("B", c.Name())
			r.text(c.Short + ".")
		}
	}
	r.options(options)
	if cmd.Example != "" {
		r.macro("SH", "EXAMPLES")
		r.literal(cmd.Example)
	}
	for _, t := range topics {
		if cmd.Parent() != nil && t.name != "exit-codes" {
			continue
		}
		r.macro("SH", manTitles[t.name])
		var b bytes.Buffer
		helpTopic(&b, t.name)
		r.literal(b.String())
	}
	r.macro("SH", "SEE ALSO")
	var see []string
	if p := cmd.Parent(); p != nil {
		see = append(see, strings.ReplaceAll(p.CommandPath(), " ", "-")+"(1)")
	}
	if cmd.Parent() == nil {
		for _, c := range manCommands(cmd) {
			see = append(see, name+"-"+c.Name()+"(1)")
		}
	}
	r.text(strings.Join(see, ", "))
	return manPage{name + ".1", r.Bytes()}
}

// manTitles are the sections of the topics of help.
var manTitles = map[string]string{"exit-codes": "EXIT STATUS", "config": "FILES", "environment": "ENVIRONMENT"}

// A roff is a page being written, in the macros of man(7).
type roff struct{ bytes.Buffer }

func (r *roff) macro(name string, args ...string) {
	r.WriteString("." + name)
	for _, a := range args {
		r.WriteString(` "` + strings.ReplaceAll(roffEscape(a), `"`, `\(dq`) + `"`)
	}
	r.WriteByte('\n')
}

// text writes running text.
func (r *roff) text(s string) {
	for line := range strings.Lines(s) {
		io.WriteString(r, roffLine(strings.TrimSuffix(line, "\n"))+"\n")
	}
}

// paragraphs writes text whose paragraphs are parted by empty lines.
func (r *roff) paragraphs(s string) {
	for i, p := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			r.macro("PP")
		}
		r.text(p)
	}
}

// literal writes text whose lines stay as they are.
func (r *roff) literal(s string) {
	r.macro("nf")
	r.text(strings.TrimRight(s, "\n"))
	r.macro("fi")
}

// options writes the options of a command, by group.
func (r *roff) options(command string) {
	any := false
	for _, g := range app.Groups() {
		first := true
		for _, o := range app.Options(command) {
			if o.Group != g.Name {
				continue
			}
			if !any {
				r.macro("SH", "OPTIONS")
				any = true
			}
			if first {
				r.macro("SS", g.Title)
				first = false
			}
			flag := "--" + o.Name + o.Argument()
			if o.Short != "" {
				flag = "-" + o.Short + ", " + flag
			}
			r.macro("TP")
			r.macro("B", flag)
			doc := strings.ToUpper(o.Doc[:1]) + o.Doc[1:] + "."
			if o.Default != "" && o.Default != "0" {
				doc += fmt.Sprintf(" Default: %s.", o.Default)
			}
			if v := o.Variable(); v != "" {
				doc += " Variable: " + v + "."
			}
			r.text(doc)
		}
	}
}

// roffEscape protects what roff would read as commands.
func roffEscape(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	return strings.ReplaceAll(s, "-", `\-`)
}

// roffLine is a line of text: a point or quote in front would be a macro.
func roffLine(s string) string {
	s = roffEscape(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
