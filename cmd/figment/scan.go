package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
	"figment/report"
	"figment/scanner"
	"figment/scanner/verdict"
)

func scanCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan [PATH…|-]",
		Short: "Check every package name in files, directories or standard input",
		Example: `  figment scan                      the directory you are in
  figment scan -f sarif -o out.sarif .
  figment scan --staged             what the next commit adds, as a git hook
  figment scan --diff origin/main   what this branch adds, and what is not committed yet
  pbpaste | figment scan -          an answer of an assistant`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd, "scan", args) },
	}
	addFlags(cmd, "scan")
	return cmd
}

// scan runs the pipeline, writes every output that was asked for, and ends with
// the run's status.
func (a *cli) scan(cmd *cobra.Command, command string, args []string) error {
	s, err := a.open(cmd, command, startOf(cmd, args))
	if err != nil {
		return err
	}
	if how, err := s.surface(cmd); err != nil {
		return err
	} else if how != onPaper {
		return s.show(cmd, args, how)
	}
	outputs, err := s.outputs()
	if err != nil {
		return err
	}
	src, closeSource, err := s.input(cmd.Context(), args)
	if err != nil {
		return err
	}
	defer closeSource()
	s.compare(cmd, startOf(cmd, args), src)
	if err := s.loadBaseline(args, src); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	defer s.close()

	o := s.options(src)
	o.Whole = s.whole(args)
	if o.Deep, err = s.deepScan(args); err != nil {
		return err
	}
	progress := newProgress(a.Err, s.colorable(a.Err))
	o.Events = progress.event
	ctx, cancel := s.deadline(cmd.Context())
	defer cancel()
	rep, err := scanner.Scan(ctx, o)
	progress.done()
	if err != nil {
		return s.sourceError(err)
	}

	if err := s.write(outputs, rep); err != nil && !errors.Is(err, syscall.EPIPE) {
		return app.Failure("the result cannot be written: "+app.Cause(err), "")
	}
	s.sayAccepted()
	for _, out := range outputs {
		if text := report.Unread(rep.Unread); out.format.Name == "concise" && text != "" && !s.values.On("quiet") {
			s.Say("%s", text)
		}
	}
	s.sayStopped(rep)
	if err := s.unreadable(args, rep.Counts.Files+rep.Counts.References, rep.Unread); err != nil {
		return err
	}
	s.sayNoNames(args, rep.Counts.Files, rep.Counts.References == 0)
	if rep.Counts.Files == 0 && len(rep.Problems) == 0 && len(rep.Unread) == 0 && !s.git {
		if s.values.On("require-input") {
			return app.Usage("nothing to read was found", "figment help scan says what is read")
		}
		if !s.values.On("quiet") {
			a.Say("warning: nothing to read was found")
		}
	}
	return s.status(worst(rep), !rep.Complete, stopped(rep))
}

func first(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return ""
}

// whole reports whether the scan covers everything that the project's
// configuration speaks of.
func (s *session) whole(args []string) bool {
	if s.git || s.Dir == "" || len(args) > 1 || len(s.values.List("ecosystem")) > 0 || s.values.On("no-source") {
		return false
	}
	dir := s.cli.Dir
	if len(args) == 1 {
		abs, err := filepath.Abs(args[0])
		if err != nil || args[0] == "-" {
			return false
		}
		dir = abs
	}
	return dir == s.Dir
}

func worst(r *scanner.Report) verdict.Severity {
	sev := verdict.NoSeverity
	for i := range r.Findings {
		sev = max(sev, r.Findings[i].Severity)
	}
	return sev
}

// An output is a format and where it goes; an empty file is standard output.
type output struct {
	format report.Format
	file   string
}

// outputs reads --format and every --output.
func (s *session) outputs() ([]output, error) {
	format := cmp.Or(s.values.Text("format"), "text")
	lookup := func(name string) (report.Format, error) {
		f, ok := report.Lookup(name)
		if !ok {
			return f, app.Usage(fmt.Sprintf("there is no format %q", name), "formats: "+strings.Join(app.FindOption("scan", "format").Values, ", "))
		}
		return f, nil
	}
	list := s.values.List("output")
	if len(list) == 0 {
		list = []string{"-"}
	}
	var out []output
	stdout := 0
	for _, spec := range list {
		name, file := format, spec
		if before, after, ok := strings.Cut(spec, "="); ok {
			if _, known := report.Lookup(before); known {
				name, file = before, after
			}
		}
		f, err := lookup(name)
		if err != nil {
			return nil, err
		}
		switch file {
		case "":
			return nil, app.Usage("--output names no file", "--output sarif=figment.sarif")
		case "-":
			file = ""
			stdout++
		}
		out = append(out, output{f, file})
	}
	if stdout > 1 {
		return nil, app.Usage("two outputs go to standard output", "give one of them a file")
	}
	return out, nil
}

func (s *session) write(outputs []output, rep *scanner.Report) error {
	for _, o := range outputs {
		if o.file == "" {
			if err := writeTo(s.Out, o.format, rep, s.render(s.Out)); err != nil {
				return err
			}
			continue
		}
		f, err := os.Create(o.file)
		if err != nil {
			return err
		}
		err = writeTo(f, o.format, rep, s.render(f))
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeTo(w io.Writer, f report.Format, rep *scanner.Report, o report.Options) error {
	b := bufio.NewWriter(w)
	if err := f.Write(b, rep, o); err != nil {
		return err
	}
	return b.Flush()
}

// render are the options of writing to w.
func (s *session) render(w io.Writer) report.Options {
	o := report.Options{
		Color:             term.UseColor(w, s.values.Text("color"), s.Env),
		Verbose:           s.values.On("verbose"),
		Quiet:             s.values.On("quiet"),
		ShowSuppressed:    s.values.On("show-suppressed"),
		HideUnverified:    s.values.Text("on-unverified") == "ignore",
		IncludeSuppressed: s.values.On("sarif-include-suppressed"),
		SARIFCategory:     s.values.Text("sarif-category"),
		SARIFTime:         s.values.On("sarif-time"),
		MarkdownComment:   s.values.On("markdown-comment"),
		Workflow:          s.Env("GITHUB_ACTIONS") != "" || s.Env("TF_BUILD") != "",
	}
	o.Failed = s.values.Text("on-unverified") == "fail"
	if width, ok := term.Width(w); ok {
		o.Width = width
	}
	return o
}

func (s *session) colorable(w io.Writer) bool { return term.IsTerminal(w) && s.Env("TERM") != "dumb" }
