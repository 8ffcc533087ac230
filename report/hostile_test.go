package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"figment/ecosystem"
	"figment/fixtures"
	"figment/internal/term"
	"figment/registry/protocol"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// hostileNames are the strings of fixtures/hostile-names.txt, and such that are
// too long to stand there.
func hostileNames(t testing.TB) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(string(fixtures.Read("hostile-names.txt"))) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, s)
	}
	if len(out) < 100 {
		t.Fatalf("only %d hostile names", len(out))
	}
	return append(out, strings.Repeat("a", 5000), strings.Repeat("`", 5000), strings.Repeat("\x1b[31m", 2000), strings.Repeat("包", 3000), strings.Repeat("|\\", 1000), strings.Repeat("e\u0301", 3000))
}

// hostile is a report in which everything that a stranger can choose is s.
func hostile(s string) *scanner.Report {
	score := 40
	line := "  " + s + " x"
	place := func(path, kind string) scanner.Location {
		return scanner.Location{
			Path: path, Kind: kind, Flags: []string{}, Snippet: line, Before: line, HasBefore: true, Raw: s, Constraint: s, Label: "fence " + s,
			Start: text.Position{Line: 2, Column: 3, UTF16: 3, Offset: 12}, End: text.Position{Line: 2, Column: 3 + len(s), UTF16: 3 + units(s), Offset: 12 + len(s)},
		}
	}
	pkg := ecosystem.Package{Ecosystem: ecosystem.NPM, Name: s, Version: s}
	finding := func(n int, rule string, sev verdict.Severity) scanner.Finding {
		return scanner.Finding{
			ID: fmt.Sprintf("%016x", n), Rule: verdict.FindRule(rule), Severity: sev, Confidence: verdict.High, Score: &score,
			Message: "`" + s + "` is like `" + s + "`, and " + s, Label: "like " + s, Package: pkg,
			Primary: place("a/"+s, "manifest"), Related: []scanner.Location{place(s, "import"), place("b.md", "mention")},
			Evidence:    []verdict.Evidence{{Signal: "x", Text: "`" + s + "` is " + s, Source: "registry", At: noon(2)}},
			Suggestions: []verdict.Suggestion{{Package: pkg, Reason: s, Command: "npm install " + s, Safe: true}, {Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: s}, Reason: "provides `" + s + "`"}},
			Advisories:  []string{"MAL-2026-1"}, LineHash: "c129715d7a2bc9a3:1",
		}
	}
	r := &scanner.Report{
		Version: "1.2.3", Started: noon(1), Counts: scanner.Counts{Packages: 1, Private: 1, ByEco: map[ecosystem.Ecosystem]int{ecosystem.NPM: 1}},
		Findings: []scanner.Finding{finding(1, "malicious-package", verdict.Error), finding(2, "typosquat", verdict.Warning), finding(3, "unused-ignore", verdict.Note)},
		Unverified: []scanner.Unverified{
			{Package: pkg, Reason: protocol.ReasonTimeout, Text: "`" + s + "`: " + s, Locations: []scanner.Location{place("c/"+s, "manifest")}, Suggestions: []verdict.Suggestion{{Package: pkg}}},
			{Package: pkg, Reason: protocol.ReasonUnsupported, Unsupported: true, Text: s},
		},
		Unread:   []scanner.Unread{{Path: "u/" + s, What: s, Why: source.Broken, Text: s, Line: 2, Severe: true}, {Path: s, Why: source.NoReader, Text: s}},
		Problems: []scanner.Problem{{Path: "d/" + s, Line: 3, Text: s, Fatal: true}, {Text: "x " + s}},
		Subjects: []scanner.Judged{{Subject: &resolve.Subject{Ecosystem: ecosystem.NPM, Name: s, Origin: project.Public, Uses: []resolve.Use{
			{Reference: &extract.Reference{Ecosystem: ecosystem.NPM, Name: s, Constraint: "1.0.0", Kind: extract.Lockfile, Path: s}},
			{Reference: &extract.Reference{Ecosystem: ecosystem.NPM, Name: s, Constraint: s, Kind: extract.Lockfile, Path: "e"}},
		}}}},
	}
	r.Suppressed = []scanner.Suppressed{{Finding: finding(4, "young-package", verdict.Warning), By: scanner.Suppression{Kind: "ignore", Reason: s, Path: s, Line: 1}}}
	r.Count()
	return r
}

// TestHostile feeds every format with every hostile name, and reads what it
// wrote as the reader of that format would: the structure has to be the one
// that a harmless name gives.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("a sweep: it runs without -short")
	}
	c := newReaders(t)
	for _, s := range hostileNames(t) {
		t.Run(fmt.Sprintf("%.60q", s), func(t *testing.T) { c.all(t, s) })
	}
}

func FuzzFormats(f *testing.F) {
	c := newReaders(f)
	delete(c.schemas, "sarif") // takes ten times as long as all else together
	for n, s := range hostileNames(f) {
		if n%8 == 0 && len(s) < 200 { // TestHostile has them all
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 5000 {
			c.all(t, s)
		}
	})
}

// readers hold what each format gives for a harmless name.
type readers struct {
	schemas map[string]*jsonschema.Schema
	want    map[string]string
}

func newReaders(t testing.TB) *readers {
	c := &readers{schemas: schemas(t), want: map[string]string{}}
	for format, shape := range c.shapes(t, "left-pad", false) {
		c.want[format] = shape
	}
	return c
}

func (c *readers) all(t *testing.T, s string) {
	t.Helper()
	for _, workflow := range []bool{false, true} {
		for format, shape := range c.shapes(t, s, workflow) {
			if want := c.want[format]; shape != want {
				t.Errorf("%s has another structure:\n%s\nwant:\n%s", format, shape, want)
			}
		}
	}
}

// shapes writes every format and describes the structure of each.
func (c *readers) shapes(t testing.TB, s string, workflow bool) map[string]string {
	t.Helper()
	out := map[string]string{}
	o := Options{Workflow: workflow, Verbose: true, ShowSuppressed: true, IncludeSuppressed: true, Failed: true}
	for _, f := range formats() {
		var b bytes.Buffer
		if err := f.Write(&b, hostile(s), o); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.Bytes(), false, workflow && f.Name != "github")
		switch f.Name {
		case "text":
			// Evidence is grouped, and an empty name has no frame: lines differ.
		case "concise":
			out[f.Name] = strconv.Itoa(bytes.Count(b.Bytes(), []byte("\n")))
		case "json", "gitlab", "osv-scanner", "sarif":
			name := map[string]string{"json": "figment"}[f.Name]
			if name == "" {
				name = f.Name
			}
			if s := c.schemas[name]; s != nil && !(f.Name == "sarif" && workflow) {
				validate(t, s, b.Bytes())
			}
			if f.Name == "sarif" {
				out[f.Name] = readSARIF(t, b.Bytes())
			}
			if f.Name == "gitlab" {
				out[f.Name] = readGitLab(t, b.Bytes())
			}
		case "jsonl":
			var types []string
			for line := range bytes.Lines(b.Bytes()) {
				validate(t, c.schemas["figment"], line)
				var doc struct{ Type string }
				if err := json.Unmarshal(line, &doc); err != nil {
					t.Fatal(err)
				}
				types = append(types, doc.Type)
			}
			out[f.Name] = strings.Join(types, " ")
		case "github":
			out[f.Name] = readCommands(t, b.String())
		case "junit":
			out[f.Name] = readJUnit(t, b.Bytes())
		case "markdown":
			out[f.Name] = readMarkdown(t, b.String())
		default:
			t.Errorf("%s: nobody reads this format", f.Name)
		}
	}
	list := []scanner.ListItem{{Ecosystem: ecosystem.NPM, Name: s, Raw: s, Constraint: s, Kind: "manifest", Path: s, Origin: "private", Why: s}}
	check := []scanner.Result{{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: s, Version: s}, AdvisoryState: "unknown", Verdict: verdict.Verdict{Class: verdict.Unverified, Reason: protocol.ReasonTimeout, Detail: s}}}
	for _, format := range []string{"text", "json", "jsonl"} {
		var b bytes.Buffer
		if err := WriteList(&b, format, &scanner.Listing{Items: slices.Values(list), Asks: slices.Values([]scanner.NameAsks{{Ecosystem: ecosystem.NPM, Name: s, Requests: []string{"GET https://x/" + s}}}), Unread: hostile(s).Unread, Problems: hostile(s).Problems}, o); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.Bytes(), false, workflow)
		switch format {
		case "json":
			validate(t, c.schemas["figment"], b.Bytes())
		case "jsonl":
			for line := range bytes.Lines(b.Bytes()) {
				validate(t, c.schemas["figment"], line)
			}
			continue
		}
		b.Reset()
		if err := WriteCheck(&b, format, check, o); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.Bytes(), false, workflow)
	}
	return out
}

// readCommands reads lines as GitHub's runner does (ActionCommand.TryParseV2 of
// https://github.com/actions/runner) and gives the commands with the keys of
// their properties and the number of lines of their text.
func readCommands(t testing.TB, text string) string {
	t.Helper()
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if low := strings.ToLower(line); strings.Contains(low, "##[") || strings.Contains(low, "##vso[") {
			t.Errorf("an older runner obeys %q", line)
		}
		rest, ok := strings.CutPrefix(line, "::")
		info, data, ok2 := strings.Cut(rest, "::")
		if !ok || !ok2 {
			t.Errorf("no command: %q", line)
			continue
		}
		name, props, _ := strings.Cut(info, " ")
		keys := []string{name}
		for prop := range strings.SplitSeq(props, ",") {
			key, value, ok := strings.Cut(prop, "=")
			if !ok {
				t.Errorf("no property: %q in %q", prop, line)
			}
			keys = append(keys, key)
			value = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
			if strings.ContainsFunc(value, term.Hidden) {
				t.Errorf("property %s is %q", key, value)
			}
		}
		data = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data)
		if strings.ContainsFunc(strings.ReplaceAll(data, "\n", ""), term.Hidden) {
			t.Errorf("text %q", data)
		}
		for line := range strings.SplitSeq(data, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("a line of the text is a command: %q", line)
			}
		}
		out = append(out, fmt.Sprintf("%s %d", strings.Join(keys, " "), strings.Count(data, "\n")))
	}
	return strings.Join(out, "\n")
}

// readSARIF checks URIs and embedded links, and gives the number of both.
func readSARIF(t testing.TB, text []byte) string {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	checkURI := func(a sarifArtifact) {
		u, err := url.Parse(a.URI)
		switch {
		case err != nil:
			t.Errorf("URI %q: %v", a.URI, err)
		case a.Base != "" && (u.Scheme != "" || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || strings.HasPrefix(u.Path, "/")):
			t.Errorf("URI %q is not relative", a.URI)
		case a.Base == "" && u.Scheme != "file":
			t.Errorf("URI %q is not absolute", a.URI)
		}
	}
	var out []string
	for _, r := range run.Results {
		links := sarifLinks(t, r.Message.Text)
		for n, l := range r.Related {
			checkURI(l.Physical.Artifact)
			if n >= len(links) || links[n] != strconv.Itoa(l.ID) {
				t.Errorf("links %v in %q", links, r.Message.Text)
			}
			if len(sarifLinks(t, l.Message.Text)) > 0 {
				t.Errorf("link in %q", l.Message.Text)
			}
		}
		for _, l := range r.Locations {
			checkURI(l.Physical.Artifact)
		}
		out = append(out, fmt.Sprintf("%s %s %d links, %d related", r.RuleID, r.Level, len(links), len(r.Related)))
	}
	for _, n := range run.Invocations[0].Notifications {
		for _, l := range n.Locations {
			checkURI(l.Physical.Artifact)
		}
		out = append(out, fmt.Sprintf("%s %v", n.Level, sarifLinks(t, n.Message.Text)))
	}
	return strings.Join(out, "\n")
}

// sarifLinks gives the targets of the links in a message, and fails on
// placeholders. SARIF 2.1.0, 3.11.5 and 3.11.6.
func sarifLinks(t testing.TB, text string) []string {
	t.Helper()
	var out []string
	plain := strings.NewReplacer("{{", "", "}}", "").Replace(text)
	if strings.ContainsAny(plain, "{}") {
		t.Errorf("a placeholder in %q", text)
	}
	open := -1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			open = i
		case ']':
			rest := text[i+1:]
			if open >= 0 && strings.HasPrefix(rest, "(") {
				if end := strings.IndexByte(rest, ')'); end > 0 {
					out = append(out, rest[1:end])
				}
			}
			open = -1
		}
	}
	return out
}

func readGitLab(t testing.TB, text []byte) string {
	t.Helper()
	var list []gitlabIssue
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for _, i := range list {
		if seen[i.Fingerprint] {
			t.Errorf("fingerprint %s twice", i.Fingerprint)
		}
		seen[i.Fingerprint] = true
		out = append(out, i.CheckName+" "+i.Severity)
	}
	return strings.Join(out, "\n")
}

// readJUnit reads strictly, compares the counts with what is there, and gives
// the number of elements of each kind. Suites go by path: their number differs.
func readJUnit(t testing.TB, text []byte) string {
	t.Helper()
	count, declared := map[string]int{}, map[string]int{}
	total := map[string]int{}
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			count[tok.Name.Local]++
			for _, a := range tok.Attr {
				if !slices.Contains([]string{"name", "tests", "failures", "errors", "skipped", "classname", "file", "line", "type", "message"}, a.Name.Local) {
					t.Errorf("attribute %s", a.Name.Local)
				}
				if n, err := strconv.Atoi(a.Value); err == nil && a.Name.Local != "name" && a.Name.Local != "line" {
					switch tok.Name.Local {
					case "testsuites":
						total[a.Name.Local] += n
					case "testsuite":
						declared[a.Name.Local] += n
					}
				}
			}
		case xml.Directive, xml.Comment:
			t.Errorf("%T in a report", tok)
		}
	}
	for _, c := range []struct{ attr, element string }{{"tests", "testcase"}, {"failures", "failure"}, {"errors", "error"}, {"skipped", "skipped"}} {
		if total[c.attr] != count[c.element] || declared[c.attr] != count[c.element] {
			t.Errorf("%s: %d in all, %d by suite, %d elements", c.attr, total[c.attr], declared[c.attr], count[c.element])
		}
	}
	delete(count, "testsuite")
	return fmt.Sprint(count)
}

var (
	markdownSummary = regexp.MustCompile(`^<details><summary>[a-z]+: [a-z-]+ <code>([^<>]*)</code></summary>$`)
	markdownLink    = regexp.MustCompile(`\[C\]\(https://(www\.npmjs\.com/package|pypi\.org/project|pkg\.go\.dev|crates\.io/crates|rubygems\.org/gems|central\.sonatype\.com/artifact|www\.nuget\.org/packages|packagist\.org/packages|pub\.dev/packages|hex\.pm/packages|jsr\.io)/[A-Za-z0-9._/@~-]+\)`)
	markdownOwn     = regexp.MustCompile(`gh-\d|:[a-z]+:|mailto:|xmpp:`) // what GitHub makes of words
	markdownText    = regexp.MustCompile(`^[\pL\p{Nd} .,;:()'"/%+=…’-]*$`)
)

// readMarkdown takes the code spans out of every line, as CommonMark finds them,
// and gives how the lines begin. What remains must be words and what figment
// itself writes.
func readMarkdown(t testing.TB, text string) string {
	t.Helper()
	var out []string
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		kind := ""
		switch {
		case line == "", line == "</details>":
			out = append(out, line)
			continue
		case n == 0:
			if line != "<!-- figment -->" {
				t.Errorf("first line %q", line)
			}
			continue
		case markdownSummary.MatchString(line):
			out = append(out, "details")
			continue
		case strings.HasPrefix(line, "| "):
			cells := tableCells(line)
			if len(cells) != 5 {
				t.Errorf("%d cells in %q", len(cells), line)
			}
			for _, c := range cells {
				checkWords(t, c, line)
			}
			out = append(out, "row")
			continue
		case strings.HasPrefix(line, "## "), strings.HasPrefix(line, "### "):
			kind, line, _ = strings.Cut(line, " ")
		case strings.HasPrefix(line, "- "):
			kind, line = "-", line[2:]
			if line[0] != '`' && !(line[0] >= '0' && line[0] <= '9') && !(line[0] >= 'a' && line[0] <= 'z') {
				t.Errorf("a list item begins with %q", line)
			}
		case strings.HasPrefix(line, "**Incomplete:** "):
			kind, line = "incomplete", strings.TrimPrefix(line, "**Incomplete:** ")
		case !(line[0] >= 'a' && line[0] <= 'z') && !(line[0] >= '0' && line[0] <= '9'):
			t.Errorf("a line begins with %q", line)
		}
		checkWords(t, line, line)
		out = append(out, kind)
	}
	return strings.Join(out, "\n")
}

func checkWords(t testing.TB, s, line string) {
	t.Helper()
	rest := markdownLink.ReplaceAllString(withoutSpans(s), "C")
	low := strings.ToLower(rest)
	if !markdownText.MatchString(rest) || strings.Contains(low, "://") || strings.Contains(low, "www.") || markdownOwn.MatchString(low) {
		t.Errorf("outside of code: %q\nof %q", rest, line)
	}
}

// withoutSpans replaces code spans by C: a run of backticks opens one if a run
// of the same length follows.
func withoutSpans(s string) string {
	run := func(i int) int {
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		return n
	}
	var b strings.Builder
scan:
	for i := 0; i < len(s); {
		n := run(i)
		if n == 0 {
			b.WriteByte(s[i])
			i++
			continue
		}
		for j := i + n; j < len(s); {
			m := run(j)
			if m == n {
				b.WriteString("C")
				i = j + m
				continue scan
			}
			j += max(m, 1)
		}
		b.WriteString(s[i : i+n]) // no span: the backticks stand for themselves
		i += n
	}
	return b.String()
}

// tableCells splits a row as cmark-gfm does: a backslash takes the next
// character along, and a bar behind one loses it.
func tableCells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	var out []string
	start := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			out = append(out, line[start:i])
			start = i + 1
		}
	}
	out = append(out, line[start:])
	for i := range out {
		out[i] = strings.TrimSpace(strings.ReplaceAll(out[i], `\|`, "|"))
	}
	return out
}

// TestSpan: what a code span shows is the text.
func TestSpan(t *testing.T) {
	for s, want := range map[string]string{
		"a": "`a`", "": "`(empty)`", "`": "`` ` ``", "a`b": "``a`b``", "``": "``` `` ```", " ": "` `", " a ": "`  a  `", " a": "` a`", `a\`: "`a\\`", "a``b`": "``` a``b` ```",
	} {
		if got := span(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	for s, want := range map[string]string{"a|b": "`a\\|b`", `a\|b`: `¬a\\x7cb¬`, "||": "`\\|\\|`", `\||`: `¬\\x7c\|¬`} {
		if got := cell(s); got != strings.ReplaceAll(want, "¬", "`") {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	for s, want := range map[string]string{
		"`a` does not exist on npm": "`a` does not exist on npm", "plain": "plain", "a`b": "``a`b``", "`a``b`": "``` `a``b` ```",
		"see https://x.example": "`see https://x.example`", "by @octocat": "`by @octocat`", "GH-1 is": "`GH-1 is`", "a high-risk name": "a high-risk name", "at deadbeef12 so": "`at deadbeef12 so`", "`a`b`c`": "`a`b`c`", "x *y*": "`x *y*`", "": "",
	} {
		if got := prose(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}
