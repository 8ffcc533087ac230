package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"figment/scanner"
	"figment/scanner/verdict"
)

// githubShown is how many annotations of each kind are written. GitHub shows ten
// of a kind for each step; the tenth says what is missing.
const githubShown = 9

// writeGitHub writes workflow commands, which GitHub's runner turns into
// annotations: the most severe findings, and a last one with how many were left
// out. A clean and complete run writes nothing.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func writeGitHub(w io.Writer, r *scanner.Report, o Options) error {
	b := bufio.NewWriter(w)
	var shown, left [verdict.Error + 1]int
	for i := range r.Findings {
		f := &r.Findings[i]
		if shown[f.Severity] == githubShown {
			left[f.Severity]++
			continue
		}
		shown[f.Severity]++
		b.WriteString(annotation(f))
	}

	silent, gap := gaps(r)
	var last []string
	if o.HideUnverified {
		last = append(last, silent...)
	} else {
		gap = append(silent, gap...)
	}
	if len(gap) > 0 {
		b.WriteString(workflowCommand("warning", [][2]string{{"title", "figment: incomplete"}}, strings.Join(gap, "\n")))
	}
	if _, others := weighUnread(r.Unread); len(others) > 0 { // the warning has the severe ones
		last = append(last, "not read: "+unreadLine(others))
	}
	if n := drivers(r); n > 0 {
		last = append(last, plural(n, "name")+" not checked for want of a driver ("+reasons(r.Unverified, true)+")")
	}
	c := scanner.Counts{Errors: left[verdict.Error], Warnings: left[verdict.Warning], Notes: left[verdict.Note] + left[verdict.NoSeverity]}
	if c.Errors+c.Warnings+c.Notes > 0 {
		last = append(last, counted(&c)+" not shown here: of each kind only "+strconv.Itoa(githubShown)+" are")
	}
	if len(last) > 0 {
		b.WriteString(workflowCommand("notice", [][2]string{{"title", "figment"}}, strings.Join(last, "\n")))
	}
	return b.Flush()
}

// annotation is the command for a finding.
func annotation(f *scanner.Finding) string {
	var props [][2]string
	add := func(key, value string) { props = append(props, [2]string{key, value}) }
	if l := &f.Primary; l.Path != "" {
		add("file", foreign(relative(l.Path)))
		if l.Start.Line > 0 {
			end := max(l.End.Line, l.Start.Line)
			add("line", strconv.Itoa(l.Start.Line))
			add("col", strconv.Itoa(max(l.Start.UTF16, 1)))
			add("endLine", strconv.Itoa(end))
			if end == l.Start.Line {
				add("endColumn", strconv.Itoa(max(l.End.UTF16, l.Start.UTF16, 1)))
			}
		}
	}
	add("title", ruleID(f.Rule)+": "+spec(f.Package))
	text := foreign(f.Message)
	if len(f.Suggestions) > 0 {
		text += "\nhelp: " + foreign(help(ruleID(f.Rule), f.Package, &f.Suggestions[0]))
	}
	if len(f.Related) > 0 {
		text += "\nalso at: " + places(f.Related, shownPlaces)
	}
	kind := f.Severity.String()
	if f.Severity < verdict.Warning {
		kind = "notice"
	}
	return workflowCommand(kind, props, text)
}

// workflowCommand writes one command. Text is free of controls but for the line
// feeds between its lines, which are escaped like the runner wants it.
func workflowCommand(kind string, props [][2]string, text string) string {
	var b strings.Builder
	b.WriteString("::" + kind)
	for i, p := range props {
		sep := ","
		if i == 0 {
			sep = " "
		}
		fmt.Fprintf(&b, "%s%s=%s", sep, p[0], property(p[1]))
	}
	b.WriteString("::" + data(text))
	line := b.String()
	return line[:2] + defuse(line[2:]) + "\n" // the older runners look for ##[ anywhere
}

// data and property escape what ends a command, and what ends a property of it.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
