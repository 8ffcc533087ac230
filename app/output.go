package app

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"figment/internal/term"
	"figment/report"
	"figment/scanner"
)

// An Output is a report format and where it goes. An empty file is standard
// output.
type Output struct {
	Format report.Format
	File   string
}

// Outputs reads --format and every --output.
func (v *Values) Outputs() ([]Output, error) {
	format := cmp.Or(v.Text("format"), "text")
	lookup := func(name string) (report.Format, error) {
		f, ok := report.Lookup(name)
		if !ok {
			return f, Usage(fmt.Sprintf("there is no format %q", name), "formats: "+strings.Join(FindOption("scan", "format").Values, ", "))
		}
		return f, nil
	}
	list := v.List("output")
	if len(list) == 0 {
		list = []string{"-"}
	}
	var out []Output
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
			return nil, Usage("--output names no file", "--output sarif=figment.sarif")
		case "-":
			file = ""
			stdout++
		}
		out = append(out, Output{f, file})
	}
	if stdout > 1 {
		return nil, Usage("two outputs go to standard output", "give one of them a file")
	}
	return out, nil
}

// Write writes a report to every output. A file is made anew. The error may be
// one of the reader of standard output, which Written knows.
func (c *Call) Write(rep *scanner.Report, outputs []Output, v *Values) error {
	for _, o := range outputs {
		if o.File == "" {
			if err := writeTo(c.Out, o.Format, rep, c.ReportOptions(c.Out, v)); err != nil {
				return err
			}
			continue
		}
		f, err := os.Create(c.Abs(o.File))
		if err != nil {
			return err
		}
		err = writeTo(f, o.Format, rep, c.ReportOptions(f, v))
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

// ReportOptions are the options of writing a report to w.
func (c *Call) ReportOptions(w io.Writer, v *Values) report.Options {
	o := report.Options{
		Color:             term.UseColor(w, v.Text("color"), c.Env),
		Verbose:           v.On("verbose"),
		Quiet:             v.On("quiet"),
		ShowSuppressed:    v.On("show-suppressed"),
		HideUnverified:    v.Text("on-unverified") == "ignore",
		IncludeSuppressed: v.On("sarif-include-suppressed"),
		SARIFCategory:     v.Text("sarif-category"),
		SARIFTime:         v.On("sarif-time"),
		MarkdownComment:   v.On("markdown-comment"),
		Workflow:          c.Env("GITHUB_ACTIONS") != "" || c.Env("TF_BUILD") != "",
	}
	o.Failed = v.Text("on-unverified") == "fail"
	if width, ok := term.Width(w); ok {
		o.Width = width
	}
	return o
}
