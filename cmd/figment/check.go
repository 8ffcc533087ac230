package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/ecosystem"
	"figment/report"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

func checkCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check SPEC… | -- COMMAND…",
		Short: "Check single names, or those that a command would install",
		Long: `Check single names. A SPEC is npm:left-pad, pypi:flask==3.0, npm:@scope/x@^2,
golang:golang.org/x/mod or a package URL. After -- the words are one command as
a program gets them, or one word with blanks is a line of the shell, and the
names that it would install are checked. With - one SPEC a line is read from
standard input.`,
		Example: `  figment check npm:react pypi:requests==2.32.0
  figment check -- npm install react-codeshift
  figment check -- "cd web && npm install react-codeshift"
  figment check --ecosystem npm left-pad`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd, args) },
	}
	addFlags(cmd, "check")
	return cmd
}

func (a *cli) check(cmd *cobra.Command, args []string) error {
	s, err := a.open(cmd, "check", "")
	if err != nil {
		return err
	}
	refs, err := s.specs(args, cmd.ArgsLenAtDash())
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		if !s.values.On("quiet") && s.values.Text("format") == "text" {
			a.Say("the command installs nothing that a registry would be asked for")
		}
		if s.values.Text("format") == "json" {
			return s.results(nil)
		}
		return nil
	}
	results, err := s.judge(cmd, refs)
	if err != nil {
		return err
	}
	if err := s.results(results); err != nil {
		return err
	}
	sev, incomplete := verdict.NoSeverity, false
	for i := range results {
		sev = max(sev, results[i].Severity)
		incomplete = incomplete || results[i].Unchecked()
	}
	return s.status(sev, incomplete, false)
}

// judge asks and judges the references.
func (s *session) judge(cmd *cobra.Command, refs []extract.Reference) ([]scanner.Result, error) {
	if err := s.connect(); err != nil {
		return nil, err
	}
	defer s.close()
	ctx, cancel := s.deadline(cmd.Context())
	defer cancel()
	results, err := scanner.Check(ctx, refs, s.options(source.Memory(nil)))
	if err != nil {
		return nil, app.Failure(err.Error(), "")
	}
	return results, nil
}

func (s *session) results(results []scanner.Result) error {
	err := report.WriteCheck(s.Out, s.values.Text("format"), results, s.render(s.Out))
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return app.Failure("the result cannot be written: "+app.Cause(err), "")
	}
	return nil
}

// specs reads what is to be checked. dash is the number of arguments before --,
// or -1.
func (s *session) specs(args []string, dash int) ([]extract.Reference, error) {
	if dash >= 0 {
		if dash > 0 {
			return nil, app.Usage("give either names or, after --, a command", "")
		}
		return s.command(args)
	}
	if len(args) == 1 && args[0] == "-" {
		args = nil
		lines := bufio.NewScanner(s.In)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
				args = append(args, line)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, app.Failure("standard input cannot be read: "+app.Cause(err), "")
		}
	} else if len(args) == 0 {
		return nil, app.Usage("figment check needs a name", "figment check npm:left-pad, or figment check -- npm install left-pad")
	}
	def := ecosystem.Unknown
	if e := s.values.List("ecosystem"); len(e) == 1 {
		def, _ = ecosystem.Lookup(e[0])
	}
	var refs []extract.Reference
	for _, arg := range args {
		spec, err := ecosystem.ParseSpec(arg, def)
		if err != nil {
			return nil, app.Usage(fmt.Sprintf("%s: %s", arg, err), "a name is written npm:left-pad, pypi:flask==3.0 or pkg:npm/left-pad@1.3.0")
		}
		refs = append(refs, extract.Reference{
			Ecosystem: spec.Package.Ecosystem, Name: spec.Package.Name, Raw: spec.Package.Name,
			Constraint: spec.Constraint, Kind: extract.Command,
		})
	}
	return refs, nil
}

// command gives what a command would install: the words of one, or one word with
// blanks, which is a line of the shell. Nothing is an answer only where every
// program was understood.
func (s *session) command(args []string) ([]extract.Reference, error) {
	line := strings.Join(args, " ")
	if strings.TrimSpace(line) == "" {
		return nil, app.Usage("figment check -- needs a command", "figment check -- npm install left-pad")
	}
	read, known := extract.CommandLine, extract.KnownCommand
	if len(args) == 1 && strings.ContainsAny(args[0], " \t\n") {
		read = func([]string) ([]extract.Reference, []source.Problem) {
			return extract.File(&source.File{Path: "-", Data: []byte(line), Lang: source.Shell})
		}
		known = func([]string) bool { return extract.KnownShell(line) }
	}
	refs, problems := read(args)
	for _, p := range problems {
		s.Say("warning: %s", p.Text)
	}
	out := refs[:0]
	for _, r := range refs {
		if r.Kind != extract.Mention {
			r.Path = ""
			out = append(out, r)
		}
	}
	if len(out) == 0 && (len(problems) > 0 || !known(args)) {
		return nil, app.Usage(fmt.Sprintf("what `%s` installs cannot be told", line), "name the packages: figment check npm:left-pad")
	}
	return out, nil
}
