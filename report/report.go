// Package report writes what a scan found, in formats for people and for
// machines. What goes in is a finished report; what comes out is text that is
// equal for equal reports. Everything that was scanned is hostile: the formats
// for people pass it through package term, the others escape it by their rules.
package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// A Format is a way to write a report.
type Format struct {
	Name  string
	Write func(io.Writer, *scanner.Report, Options) error
}

// Options of writing. The zero value is plain text without a width.
type Options struct {
	Color             bool
	Verbose           bool // all evidence, all places, all names
	Reasoning         bool // of checks: how a score came about
	Quiet             bool // findings only
	ShowSuppressed    bool
	HideUnverified    bool
	IncludeSuppressed bool   // SARIF: write accepted findings with their suppressions
	SARIFTime         bool   // SARIF: write when the run began and ended
	Workflow          bool   // a CI runner reads commands out of the output
	Failed            bool   // an incomplete run is a failed one
	MarkdownComment   bool   // Markdown: no longer than a comment may be
	Width             int    // cells of a line; 0: do not wrap
	SARIFCategory     string // SARIF: tells runs over one commit apart
	Revision          Revision
}

// A Revision is what of a repository was scanned. The zero value: not known.
type Revision struct {
	Repository string // URL of the remote; user info in it is never written
	Commit     string // in full, in hexadecimal
	Branch     string
}

// Lookup gives the format called name.
func Lookup(name string) (Format, bool) {
	for _, f := range formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// formats is the table of formats.
func formats() []Format {
	return []Format{
		{"text", writeText},
		{"concise", writeConcise},
		{"json", writeJSON},
		{"jsonl", writeJSONL},
		{"sarif", writeSARIF},
		{"github", writeGitHub},
		{"gitlab", writeGitLab},
		{"junit", writeJUnit},
		{"markdown", writeMarkdown},
		{"osv-scanner", writeOSVScanner},
	}
}

// Names gives the names of all formats, in the order in which help shows them.
func Names() []string {
	var out []string
	for _, f := range formats() {
		out = append(out, f.Name)
	}
	return out
}

// Cells.
const (
	wrapCells    = 100  // no text is set wider
	frameCells   = 200  // of a source line
	messageCells = 1000 // of one sentence with foreign names in it
)

// Styles, as the numbers of an SGR sequence.
const (
	styleError   = "1;31"
	styleWarning = "1;33"
	styleNote    = "1;36"
	styleGutter  = "1;34"
	styleBold    = "1"
	styleGood    = "1;32"
)

func severityStyle(s verdict.Severity) string {
	switch s {
	case verdict.Error:
		return styleError
	case verdict.Warning:
		return styleWarning
	}
	return styleNote
}

// A printer writes lines for people. Errors of the writer stay in w until flush.
type printer struct {
	w *bufio.Writer
	o Options
}

func newPrinter(w io.Writer, o Options) *printer { return &printer{bufio.NewWriter(w), o} }

func (p *printer) flush() error { return p.w.Flush() }

// line writes a finished line.
func (p *printer) line(s string) {
	if p.o.Workflow {
		s = defuse(s)
	}
	p.w.WriteString(s)
	p.w.WriteByte('\n')
}

func (p *printer) paint(style, s string) string {
	if !p.o.Color || s == "" || style == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// wrapped writes text behind prefix. On a terminal it is broken between words,
// and the lines after the first are indented by indent cells.
func (p *printer) wrapped(prefix, style string, indent int, text, textStyle string) {
	lines := []string{text}
	if p.o.Width > 0 {
		width := min(p.o.Width, wrapCells)
		lines = wrap(text, max(width-term.Cells(prefix), 20), max(width-indent, 20))
	}
	for i, l := range lines {
		lead := p.paint(style, prefix)
		if i > 0 {
			lead = spaces(indent)
		}
		p.line(lead + p.paint(textStyle, l))
	}
}

// wrap breaks text between words; the first line may have first cells, the
// others rest. A word that is longer than a line stays whole.
func wrap(text string, first, rest int) []string {
	var lines []string
	line, used, limit := "", 0, first
	for i, word := range strings.Split(text, " ") {
		n := term.Cells(word)
		if i > 0 && used+1+n > limit && used > 0 {
			lines = append(lines, line)
			line, used, limit = word, n, rest
			continue
		}
		if i > 0 {
			line += " "
			used++
		}
		line += word
		used += n
	}
	return append(lines, line)
}

// note writes a line that hangs on a gutter of the given number of digits.
func (p *printer) note(gutter int, key, text string) {
	p.wrapped(spaces(gutter+2)+"= "+key+": ", styleGutter, gutter+4, text, "")
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// foreign makes text of strangers, or a sentence with such text in it, fit for
// a line.
func foreign(s string) string {
	if len(s) > 16*messageCells {
		s = s[:16*messageCells]
	}
	return term.Cut(strings.ReplaceAll(term.Safe(s), "\t", `\x09`), messageCells)
}

// Line makes a line of a stranger's file fit for a terminal and, with workflow,
// for the log of a CI runner, which takes some of what is printed for commands.
func Line(s string, workflow bool) string {
	if s = term.Safe(s); workflow {
		s = defuse(s)
	}
	return s
}

// code sets a name in backticks.
func code(name string) string { return "`" + term.SafeName(name) + "`" }

// defuse breaks what the runners of GitHub and Azure would take for a command:
// two colons where a line begins, and ##[ or ##vso[ anywhere.
func defuse(line string) string {
	at := 0
	for at < len(line) {
		if line[at] == ' ' || line[at] == '\t' {
			at++
			continue
		}
		if n := sgr(line[at:]); n > 0 {
			at += n
			continue
		}
		break
	}
	if strings.HasPrefix(line[at:], "::") {
		line = line[:at] + `\x3a` + line[at+1:]
	}
	if !strings.Contains(line, "##") {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if runnerMark(line[i:]) {
			b.WriteString(`#\x23`)
			i++
			continue
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

// runnerMark reports whether s begins with what opens a command of a runner.
func runnerMark(s string) bool {
	return strings.HasPrefix(s, "##[") || len(s) >= 6 && s[0] == '#' && strings.EqualFold(s[:6], "##vso[")
}

// sgr is the length of the colour sequence that s begins with.
func sgr(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	return strings.IndexByte(s, 'm') + 1
}

// plural counts things, "1 error", "2 errors".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// place is where l begins, as editors take it.
func place(l *scanner.Location) string {
	if l.Start.Line < 1 {
		return foreign(l.Path)
	}
	return fmt.Sprintf("%s:%d:%d", foreign(l.Path), l.Start.Line, max(l.Start.Column, 1))
}

// places lists at most limit locations, and how many more there are.
func places(list []scanner.Location, limit int) string {
	var out []string
	for i := range list {
		if i == limit {
			out = append(out, fmt.Sprintf("+%d more", len(list)-limit))
			break
		}
		out = append(out, place(&list[i]))
	}
	return strings.Join(out, ", ")
}

// help says what to do about a finding on p in one clause. It holds foreign
// text: names are cut and visible, reason and command are as they came.
func help(rule string, p ecosystem.Package, s *verdict.Suggestion) string {
	same := s.Package.Ecosystem == p.Ecosystem
	name := s.Package.Name
	if !same && s.Package.Ecosystem != "" {
		name = string(s.Package.Ecosystem) + ":" + name
	}
	var text string
	switch {
	case same && s.Package.Name == p.Name && s.Package.Version != "":
		text = "use version " + code(s.Package.Version)
	case rule == "undeclared-import" || rule == "unresolved-import":
		if strings.HasPrefix(s.Reason, "provides ") {
			return code(name) + " " + s.Reason + command(s)
		}
		text = "add " + code(name)
	default:
		text = "replace with " + code(name)
	}
	if s.Reason != "" {
		text += ": " + s.Reason
	}
	return text + command(s)
}

func command(s *verdict.Suggestion) string {
	if s.Command == "" {
		return ""
	}
	return " (" + s.Command + ")"
}

// gaps says in sentences what the run does not know: why nobody may take its
// silence for clean. Names without a driver are told apart. A report that is
// complete has no gap.
func gaps(r *scanner.Report) (silent, unread []string) {
	n := 0
	for i := range r.Unverified {
		if !r.Unverified[i].Unsupported {
			n++
		}
	}
	if n > 0 {
		silent = append(silent, plural(n, "name")+" could not be checked: neither clean nor missing ("+reasons(r.Unverified, false)+")")
	}
	if r.Interrupted {
		unread = append(unread, "PARTIAL: the run was interrupted, this is what was known")
	}
	n = 0
	first := ""
	for i := range r.Problems {
		if q := &r.Problems[i]; q.Fatal {
			if n++; n == 1 {
				first = problem(q)
			}
		}
	}
	switch {
	case n == 1:
		unread = append(unread, "not everything could be read: "+first)
	case n > 1:
		unread = append(unread, fmt.Sprintf("not everything could be read: %s, and %s more", first, plural(n-1, "problem")))
	}
	if list, _ := weighUnread(r.Unread); len(list) > 0 {
		unread = append(unread, "not read: "+unreadLine(list))
	}
	if !r.Complete && len(silent)+len(unread) == 0 {
		unread = append(unread, "the result is incomplete")
	}
	return silent, unread
}

// problem is a problem with its place, in one line.
func problem(q *scanner.Problem) string {
	if q.Path == "" {
		return foreign(q.Text)
	}
	return place(problemPlace(q)) + ": " + foreign(q.Text)
}

func problemPlace(q *scanner.Problem) *scanner.Location {
	return &scanner.Location{Path: q.Path, Start: text.Position{Line: q.Line, Column: 1}}
}

// drivers is how many names were not checked for want of a driver.
func drivers(r *scanner.Report) int {
	n := 0
	for i := range r.Unverified {
		if r.Unverified[i].Unsupported {
			n++
		}
	}
	return n
}

// sentence is a finding in one line: what is wrong, and what to do about it.
func sentence(f *scanner.Finding) string {
	text := foreign(f.Message)
	if len(f.Suggestions) > 0 {
		text += "; " + foreign(help(ruleID(f.Rule), f.Package, &f.Suggestions[0]))
	}
	return text
}

// relative takes the "./" off a path.
func relative(path string) string {
	for strings.HasPrefix(path, "./") {
		path = strings.TrimLeft(path[2:], "/")
	}
	return path
}

// evidence sets reasons as lines: those learnt from one source on one day stand
// together, each by itself where all is to be told.
func evidence(list []verdict.Evidence, verbose bool) []string {
	var out, texts []string
	last := ""
	flush := func() {
		if len(texts) > 0 {
			out = append(out, foreign(strings.Join(texts, "; "))+last)
		}
		texts = nil
	}
	for i := range list {
		e := &list[i]
		origin := e.Source
		if !e.At.IsZero() {
			if origin != "" {
				origin += ", "
			}
			origin += e.At.UTC().Format("2006-01-02")
		}
		if origin != "" {
			origin = " (" + foreign(origin) + ")"
		}
		if verbose {
			weight := ""
			if e.Weight != 0 {
				weight = fmt.Sprintf(" %+d", e.Weight)
			}
			origin = " [" + foreign(e.Signal) + weight + "]" + origin
		}
		if origin != last || verbose {
			flush()
		}
		last = origin
		texts = append(texts, e.Text)
	}
	flush()
	return out
}
