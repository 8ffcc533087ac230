package report

import (
	"io"

	"figment/scanner"
)

// writeConcise writes a finding a line, in the form that grep, the quickfix
// lists of editors and problem matchers read, and the summary.
func writeConcise(w io.Writer, r *scanner.Report, o Options) error {
	p := newPrinter(w, o)
	for i := range r.Findings {
		f := &r.Findings[i]
		at := ""
		if f.Primary.Path != "" {
			l := f.Primary
			l.Start.Line = max(l.Start.Line, 1)
			at = place(&l) + ": "
		}
		word := p.paint(severityStyle(f.Severity), f.Severity.String()+"["+ruleID(f.Rule)+"]")
		p.line(at + word + " " + foreign(f.Message))
	}
	p.summary(r, false) // what was not read is no finding: the caller says it elsewhere
	return p.flush()
}
