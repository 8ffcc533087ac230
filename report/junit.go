package report

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"figment/scanner"
	"figment/scanner/verdict"
)

// A junitCase is one test: what a failure or a skipped test has to say is in
// the fields after Line.
type junitCase struct {
	class, name string
	file        string
	line        int
	outcome     string // failure, error, skipped, system-out; empty: passed without a word
	kind        string // type of a failure
	message     string
	text        []string // lines of the failure
}

// writeJUnit writes JUnit's XML as CI servers read it: a suite for each file, a
// case for each place of a finding, which has failed unless it is a note or only
// mentions the name: servers make a failed run of any failed case. A name that could not be checked is a
// skipped case. The first case of all passes only if the run was complete, so
// that no report is empty and an outage is never a success.
// https://github.com/testmoapp/junitxml
func writeJUnit(w io.Writer, r *scanner.Report, o Options) error {
	suites := map[string][]junitCase{}
	add := func(path string, c junitCase) {
		c.class, c.file = path, path
		if path == "" {
			c.class = "figment"
		}
		suites[path] = append(suites[path], c)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		for n, l := range f.Locations() {
			c := junitCase{
				name: ruleID(f.Rule) + ": " + spec(f.Package), line: l.Start.Line, outcome: "failure", kind: ruleID(f.Rule),
				message: f.Severity.String() + ": " + foreign(f.Message), text: []string{"place: " + place(&l)},
			}
			if f.Severity < verdict.Warning || l.Kind == "mention" {
				c.outcome, c.kind = "system-out", "" // it fails no run
				c.text, c.message = append([]string{c.message}, c.text...), ""
			}
			if n == 0 {
				for _, text := range evidence(f.Evidence, o.Verbose) {
					c.text = append(c.text, "evidence: "+text)
				}
				for i := range f.Suggestions {
					c.text = append(c.text, "help: "+foreign(help(ruleID(f.Rule), f.Package, &f.Suggestions[i])))
				}
			}
			add(relative(l.Path), c)
		}
	}
	for i := range r.Unverified {
		u := &r.Unverified[i]
		c := junitCase{
			name: "unverified: " + spec(u.Package), outcome: "skipped",
			message: "neither clean nor missing: " + foreign(cmp.Or(string(u.Reason), "unknown")+": "+u.Text),
		}
		if len(u.Locations) == 0 {
			add("", c)
		}
		for _, l := range u.Locations {
			c.line = l.Start.Line
			add(relative(l.Path), c)
		}
	}
	for i := range r.Unread {
		u := &r.Unread[i]
		add(relative(u.Path), junitCase{name: "unread: " + foreign(string(u.Why)), line: u.Line, outcome: "skipped", message: unreadText(u)})
	}

	whole := junitCase{class: "figment", name: "every name was checked and everything was read"}
	silent, unread := gaps(r)
	if gap := append(silent, unread...); len(gap) > 0 {
		whole.outcome, whole.message = "skipped", strings.Join(gap, "; ")
		if failed(r, o) {
			whole.outcome, whole.kind = "error", "incomplete"
		}
	}
	paths := slices.Sorted(maps.Keys(suites))
	if _, ok := suites[""]; !ok {
		paths = slices.Insert(paths, 0, "")
	}
	suites[""] = slices.Insert(suites[""], 0, whole)

	p := newPrinter(w, Options{}) // x escapes what a runner would obey
	x := junitText{o.Workflow}
	p.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	var all []junitCase
	for _, path := range paths {
		all = append(all, suites[path]...)
	}
	p.line(`<testsuites name="figment"` + junitCounts(all) + `>`)
	for _, path := range paths {
		cases := suites[path]
		number(cases)
		p.line(`  <testsuite name="` + x.escape(foreign(cmp.Or(path, "figment"))) + `"` + junitCounts(cases) + `>`)
		for i := range cases {
			x.write(p.w, &cases[i])
		}
		p.line(`  </testsuite>`)
	}
	p.line(`</testsuites>`)
	return p.flush()
}

// number tells the cases of one name in a suite apart. Lines are no part of a
// name: servers compare the names of two runs.
func number(cases []junitCase) {
	seen := map[string]int{}
	for i := range cases {
		c := &cases[i]
		seen[c.name]++
		if n := seen[c.name]; n > 1 {
			c.name += " #" + strconv.Itoa(n)
		}
	}
}

func junitCounts(cases []junitCase) string {
	count := map[string]int{}
	for i := range cases {
		count[cases[i].outcome]++
	}
	return fmt.Sprintf(` tests="%d" failures="%d" errors="%d" skipped="%d"`, len(cases), count["failure"], count["error"], count["skipped"])
}

// junitText escapes text for XML 1.0, and for a CI runner if set.
type junitText struct{ workflow bool }

func (x junitText) escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // what XML forbids becomes U+FFFD
	s = b.String()
	if !x.workflow || !strings.Contains(s, "##") {
		return s
	}
	b.Reset()
	for i := 0; i < len(s); i++ {
		if runnerMark(s[i:]) {
			b.WriteString("&#35;&#35;")
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (x junitText) write(w *bufio.Writer, c *junitCase) {
	attr := func(key, value string) { w.WriteString(" " + key + `="` + x.escape(value) + `"`) }
	w.WriteString("    <testcase")
	attr("classname", foreign(c.class))
	attr("name", c.name)
	if c.file != "" {
		attr("file", foreign(c.file))
	}
	if c.line > 0 {
		attr("line", strconv.Itoa(c.line))
	}
	if c.outcome == "" {
		w.WriteString("/>\n")
		return
	}
	w.WriteString(">\n      <" + c.outcome)
	if c.kind != "" {
		attr("type", c.kind)
	}
	if c.message != "" {
		attr("message", c.message)
	}
	if len(c.text) == 0 {
		w.WriteString("/>\n")
	} else {
		w.WriteString(">" + x.escape(c.text[0]))
		for _, line := range c.text[1:] {
			w.WriteString("\n" + x.escape(line))
		}
		w.WriteString("</" + c.outcome + ">\n")
	}
	w.WriteString("    </testcase>\n")
}

// ecosystemList names ecosystems, sorted.
func ecosystemList(set map[string]bool) string {
	return foreign(strings.Join(slices.Sorted(maps.Keys(set)), ", "))
}
