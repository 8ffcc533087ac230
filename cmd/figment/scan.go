package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"figment/internal/term"
	"figment/report"
	"figment/scanner"
	"figment/scanner/verdict"
)

func scanCommand(a *app) *cobra.Command {
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
func (a *app) scan(cmd *cobra.Command, command string, args []string) error {
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
	progress := newProgress(a.err, s.colorable(a.err))
	o.Events = progress.event
	ctx, cancel := s.deadline(cmd.Context())
	defer cancel()
	rep, err := scanner.Scan(ctx, o)
	progress.done()
	if err != nil {
		return s.sourceError(err)
	}

	if err := s.write(outputs, rep); err != nil && !errors.Is(err, syscall.EPIPE) {
		return failure("the result cannot be written: "+plainError(err), "")
	}
	s.sayAccepted()
	for _, out := range outputs {
		if text := report.Unread(rep.Unread); out.format.Name == "concise" && text != "" && !s.values.on("quiet") {
			s.say("%s", text)
		}
	}
	s.sayStopped(rep)
	if err := s.unreadable(args, rep.Counts.Files+rep.Counts.References, rep.Unread); err != nil {
		return err
	}
	s.sayNoNames(args, rep.Counts.Files, rep.Counts.References == 0)
	if rep.Counts.Files == 0 && len(rep.Problems) == 0 && len(rep.Unread) == 0 && !s.git {
		if s.values.on("require-input") {
			return usage("nothing to read was found", "figment help scan says what is read")
		}
		if !s.values.on("quiet") {
			a.say("warning: nothing to read was found")
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
	if s.git || s.dir == "" || len(args) > 1 || len(s.values.list("ecosystem")) > 0 || s.values.on("no-source") {
		return false
	}
	dir := s.app.dir
	if len(args) == 1 {
		abs, err := filepath.Abs(args[0])
		if err != nil || args[0] == "-" {
			return false
		}
		dir = abs
	}
	return dir == s.dir
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
	format := s.values.text("format")
	lookup := func(name string) (report.Format, error) {
		f, ok := report.Lookup(name)
		if !ok {
			return f, usage(fmt.Sprintf("there is no format %q", name), "formats: "+strings.Join(find("scan", "format").Values, ", "))
		}
		return f, nil
	}
	list := s.values.list("output")
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
			return nil, usage("--output names no file", "--output sarif=figment.sarif")
		case "-":
			file = ""
			stdout++
		}
		out = append(out, output{f, file})
	}
	if stdout > 1 {
		return nil, usage("two outputs go to standard output", "give one of them a file")
	}
	return out, nil
}

func (s *session) write(outputs []output, rep *scanner.Report) error {
	for _, o := range outputs {
		if o.file == "" {
			if err := writeTo(s.out, o.format, rep, s.render(s.out)); err != nil {
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
		Color:             term.UseColor(w, s.values.text("color"), s.env),
		Verbose:           s.values.on("verbose"),
		Quiet:             s.values.on("quiet"),
		ShowSuppressed:    s.values.on("show-suppressed"),
		HideUnverified:    s.values.text("on-unverified") == "ignore",
		IncludeSuppressed: s.values.on("sarif-include-suppressed"),
		SARIFCategory:     s.values.text("sarif-category"),
		SARIFTime:         s.values.on("sarif-time"),
		MarkdownComment:   s.values.on("markdown-comment"),
		Workflow:          s.env("GITHUB_ACTIONS") != "" || s.env("TF_BUILD") != "",
	}
	o.Failed = s.values.text("on-unverified") == "fail"
	if width, ok := term.Width(w); ok {
		o.Width = width
	}
	return o
}

func (s *session) colorable(w io.Writer) bool { return term.IsTerminal(w) && s.env("TERM") != "dumb" }
