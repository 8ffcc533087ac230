package report

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// fixtureProjects are the projects and texts of fixtures, by name.
func fixtureProjects(t testing.TB) map[string]map[string][]byte {
	t.Helper()
	out := map[string]map[string][]byte{}
	files, err := fixtures.FS.ReadDir("projects")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		project := map[string][]byte{}
		for _, x := range txtar.Parse(fixtures.Read("projects/" + f.Name())).Files {
			project[x.Name] = x.Data
		}
		out[f.Name()] = project
	}
	for _, file := range []string{"extract/golden.jsonl", "corpus/snippets.jsonl"} {
		dec := json.NewDecoder(bytes.NewReader(fixtures.Read(file)))
		for n := 0; dec.More(); n++ {
			var c struct {
				ID, Path, Lang, Text string
				With                 map[string]string
			}
			if err := dec.Decode(&c); err != nil {
				t.Fatal(err)
			}
			if c.Path == "" {
				c.Path = "answer.md"
			}
			project := map[string][]byte{c.Path: []byte(c.Text)}
			for path, text := range c.With {
				project[path] = []byte(text)
			}
			out[fmt.Sprintf("%s %d %s", file, n, c.ID)] = project
		}
	}
	if len(out) < 41 {
		t.Fatalf("only %d fixtures", len(out))
	}
	return out
}

// scanFixture scans a project against a World that has nothing but one name of
// each ecosystem: nearly every name is a finding.
func scanFixture(t testing.TB, files map[string][]byte) *scanner.Report {
	t.Helper()
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react")
	w.Add(ecosystem.PyPI, "requests")
	w.Fault(ecosystem.NPM, "zod", "503")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := settings.Load(settings.Env{Environ: w.Env()}, adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	clock := registry.Clock{Sleep: func(ctx context.Context, d time.Duration) error { return ctx.Err() }}
	c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: play.Transport(), Clock: clock, Timeout: time.Minute})
	rep, err := scanner.Scan(context.Background(), scanner.Options{Source: source.Memory(all.Formats().Recognition(), files), Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: c, Version: "1.2.3", Now: func() time.Time { return noon(22) }})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// TestFixtures writes what is found in every fixture in every format. SARIF and
// the other machine formats meet their schemas, and a second scan gives the same
// bytes. Where Microsoft's validator is at hand it reads the SARIF, too.
func TestFixtures(t *testing.T) {
	c := newReaders(t)
	dir := t.TempDir()
	findings, written := 0, 0
	for name, files := range fixtureProjects(t) {
		rep := scanFixture(t, files)
		findings += len(rep.Findings)
		for _, format := range Names() {
			f, _ := Lookup(format)
			var b bytes.Buffer
			if err := f.Write(&b, rep, Options{}); err != nil {
				t.Fatal(err)
			}
			switch format {
			case "sarif":
				validate(t, c.schemas["sarif"], b.Bytes())
				written++
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.sarif", written)), b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				if written%10 == 1 {
					var again bytes.Buffer
					if err := f.Write(&again, scanFixture(t, files), Options{}); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(b.Bytes(), again.Bytes()) {
						t.Errorf("%s: a second scan differs:\n%s", name, cmp.Diff(b.String(), again.String()))
					}
				}
			case "json":
				validate(t, c.schemas["figment"], b.Bytes())
			case "gitlab", "osv-scanner":
				validate(t, c.schemas[format], b.Bytes())
			case "jsonl":
				for line := range bytes.Lines(b.Bytes()) {
					validate(t, c.schemas["figment"], line)
				}
			case "github":
				readCommands(t, b.String())
			case "junit":
				readJUnit(t, b.Bytes())
			case "markdown":
				readMarkdown(t, b.String())
			}
			if t.Failed() {
				t.Fatalf("%s: %s", name, format)
			}
		}
	}
	t.Logf("%d fixtures, %d findings", written, findings)
	if findings < 100 {
		t.Errorf("only %d findings", findings)
	}
	for n, o := range []Options{{}, {IncludeSuppressed: true, SARIFTime: true, Failed: true, SARIFCategory: "nightly", Revision: Revision{"git@host.example:a/b.git", strings.Repeat("a", 40), "main"}}} {
		var b bytes.Buffer
		if err := writeSARIF(&b, sample(), o); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("sample%d.sarif", n)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("multitool", func(t *testing.T) { multitool(t, dir) })
}

// multitool lets Microsoft's SARIF validator read the files of dir under the
// rules of GitHub. It ends with 0 even where there are errors: what it wrote
// decides.
func multitool(t *testing.T, dir string) {
	tool := os.Getenv("FIGMENT_SARIF_MULTITOOL")
	if tool == "" {
		t.Skip("sarif-multitool not installed: GitHub ingestion rules not checked")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.sarif"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	// Notes about taste; SARIF2009 wants rule ids like ABC1234, SARIF2012 a help URI.
	permitted := []string{"SARIF2002", "SARIF2003", "SARIF2006", "SARIF2009", "SARIF2010", "SARIF2011", "SARIF2012"}
	for _, file := range files {
		out := file + ".out"
		cmd := exec.Command(tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "-o", out, "--log", "ForceOverwrite")
		cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		var log struct {
			Runs []struct {
				Results []struct {
					RuleID, Level string
					Message       struct{ Text string }
				}
				Invocations []struct{ ExecutionSuccessful bool }
			}
		}
		if err := json.Unmarshal(bytes.TrimPrefix(readFile(t, out), []byte("\ufeff")), &log); err != nil {
			t.Fatal(err)
		}
		if len(log.Runs) == 0 {
			t.Fatalf("%s: no run", file)
		}
		for _, r := range log.Runs[0].Results {
			if r.RuleID == "SARIF2005" {
				continue // it wants the tool's home page, which there is not yet
			}
			if r.Level != "note" || !slices.Contains(permitted, r.RuleID) {
				t.Errorf("%s: %s %s: %s", filepath.Base(file), r.Level, r.RuleID, r.Message.Text)
			}
		}
	}
}

// many is a report of n findings: errors, warnings and notes in turn, sorted.
func many(n int) *scanner.Report {
	r := &scanner.Report{Version: "1.0.0", Complete: true}
	for sev := verdict.Error; sev >= verdict.Note; sev-- {
		for i := range n {
			if i%3 == 3-int(sev) {
				f := sample0(i)
				f.Severity = sev
				r.Findings = append(r.Findings, f)
			}
		}
	}
	r.Count()
	return r
}

func writeAs(t testing.TB, format string, r *scanner.Report, o Options) string {
	t.Helper()
	f, ok := Lookup(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGitHubLimits: no more annotations of a kind than GitHub shows, and the
// last one says what was left out.
func TestGitHubLimits(t *testing.T) {
	for _, c := range []struct{ n, commands, left int }{{0, 0, 0}, {3, 3, 0}, {27, 27, 0}, {30, 28, 3}, {30000, 28, 29973}} {
		text := writeAs(t, "github", many(c.n), Options{})
		if got := strings.Count(text, "\n"); got != c.commands {
			t.Errorf("%d findings: %d commands, want %d", c.n, got, c.commands)
		}
		if strings.Contains(text, "not shown here") != (c.left > 0) {
			t.Errorf("%d findings: %q", c.n, text)
		}
		if c.n == 30 && !strings.Contains(text, "::notice title=figment::1 error, 1 warning, 1 note not shown here") {
			t.Errorf("what was left out: %q", text)
		}
	}
	r := many(30000)
	r.Unverified, r.Problems, r.Complete = sample().Unverified, sample().Problems, false
	for _, hide := range []bool{false, true} {
		text := writeAs(t, "github", r, Options{HideUnverified: hide})
		for kind, most := range map[string]int{"::error ": 9, "::warning ": 10, "::notice ": 10} {
			if n := strings.Count(text, kind); n == 0 || n > most {
				t.Errorf("%d of %s", n, kind)
			}
		}
		if !strings.Contains(text, "neither clean nor missing") {
			t.Errorf("unverified names do not show (hide: %v)", hide)
		}
	}
	f := sample0(1)
	f.Primary.End = text.Position{Line: f.Primary.Start.Line + 1, Column: 4, UTF16: 4}
	if text := annotation(&f); strings.Contains(text, "endColumn") || !strings.Contains(text, "endLine=3,") {
		t.Errorf("over two lines: %s", text)
	}
}

// TestMarkdownLimits: neither a summary nor a comment is too long, however much
// was found; the end is at a finding, is said, and what was not checked stays.
func TestMarkdownLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("a sweep: it runs without -short")
	}
	long := strings.Repeat("包é|`<", 200)
	wild := many(3000)
	for i := range wild.Findings {
		f := &wild.Findings[i]
		f.Message, f.Package.Name, f.Primary.Path = long, long, long
		for range 100 {
			f.Related = append(f.Related, f.Primary)
			f.Evidence = append(f.Evidence, verdict.Evidence{Signal: long, Text: long, Source: long, At: noon(len(f.Evidence)%28 + 1)})
		}
	}
	silent := many(30000)
	for i := range 30000 {
		silent.Unverified = append(silent.Unverified, scanner.Unverified{Package: ecosystem.Package{Ecosystem: "npm", Name: fmt.Sprint(long, i)}, Reason: protocol.ReasonTimeout, Text: long})
		silent.Problems = append(silent.Problems, scanner.Problem{Path: long, Text: long, Fatal: true})
		silent.Suppressed = append(silent.Suppressed, scanner.Suppressed{Finding: silent.Findings[i], By: scanner.Suppression{Kind: "ignore", Reason: long}})
	}
	silent.Count()
	for name, r := range map[string]*scanner.Report{"many": many(30000), "wild": wild, "silent": silent} {
		for _, comment := range []bool{false, true} {
			text := writeAs(t, "markdown", r, Options{MarkdownComment: comment, ShowSuppressed: true, Verbose: true})
			n, limit := len(text), 1<<20
			if comment {
				n, limit = len(utf16.Encode([]rune(text))), 65536
			}
			t.Logf("%s: %d of %d", name, n, limit)
			if n > limit || name != "wild" && n < limit/2 {
				t.Errorf("%s: %d of %d", name, n, limit)
			}
			if open, end := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != end || open < 1 {
				t.Errorf("%s: %d details begin, %d end", name, open, end)
			}
			if !strings.Contains(text, fmt.Sprintf(" of %d findings are shown", len(r.Findings))) {
				t.Errorf("%s: it is not said that findings are missing", name)
			}
			if name == "silent" && (!strings.Contains(text, "**Incomplete:** 30000 names could not be checked: neither clean nor missing") || !strings.Contains(text, "30000 findings suppressed")) {
				t.Errorf("what was not checked does not show")
			}
			readMarkdown(t, text)
		}
	}
}

// TestSilence: no format takes a run that could not ask for a clean one.
func TestSilence(t *testing.T) {
	clean := &scanner.Report{Complete: true}
	outage := &scanner.Report{Unverified: []scanner.Unverified{{Package: ecosystem.Package{Ecosystem: "npm", Name: "x"}, Reason: protocol.ReasonTimeout, Text: "no answer"}}}
	outage.Count()
	unread := &scanner.Report{Problems: []scanner.Problem{{Path: "a.json", Text: "too large", Fatal: true}}}
	unknown := &scanner.Report{} // says only that it is not complete
	for _, format := range Names() {
		if format == "osv-scanner" || format == "concise" { // no room for it; the summary line, tested elsewhere
			continue
		}
		base := writeAs(t, format, clean, Options{})
		for name, r := range map[string]*scanner.Report{"outage": outage, "unread": unread, "unknown": unknown} {
			for _, o := range []Options{{}, {HideUnverified: true}} {
				got := writeAs(t, format, r, o)
				if format == "text" && name == "unknown" {
					continue // every gap of a real report is a name or a problem
				}
				if got == base {
					t.Errorf("%s: %s reads like clean (%+v)", format, name, o)
				}
			}
		}
	}
	for format, want := range map[string]string{"github": "", "gitlab": "[]\n"} {
		if got := writeAs(t, format, clean, Options{}); got != want {
			t.Errorf("%s: a clean run writes %q", format, got)
		}
	}
	for _, o := range []Options{{}, {Failed: true}} {
		text := writeAs(t, "junit", outage, o)
		var doc struct {
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Skipped  int `xml:"skipped,attr"`
		}
		if err := xml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Failures != 0 || doc.Errors+doc.Skipped != 2 || doc.Errors == 1 != o.Failed {
			t.Errorf("%+v of %s", doc, text)
		}
	}
}

// TestStopped: where a change must not pass because of what is not known, no
// format calls the run a success, whatever was asked for.
func TestStopped(t *testing.T) {
	row := scanner.Unread{Path: "go.mod", Why: source.TooLarge, Text: "is large", Severe: true}
	touched := row
	touched.Touched = true
	for _, c := range []struct {
		name string
		r    scanner.Report
		want bool
	}{
		{"a row", scanner.Report{Unread: []scanner.Unread{row}}, false},
		{"a row of the change", scanner.Report{Unread: []scanner.Unread{touched}}, true},
		{"a claim", scanner.Report{Claims: []scanner.Claim{{}}, Unverified: []scanner.Unverified{{Package: ecosystem.Package{Ecosystem: "npm", Name: "x"}}}}, true},
	} {
		for format, mark := range map[string]string{"junit": `<error type="incomplete"`, "sarif": `"executionSuccessful": false`} {
			if got := strings.Contains(writeAs(t, format, &c.r, Options{}), mark); got != c.want {
				t.Errorf("%s: %s calls it failed: %v", c.name, format, got)
			}
		}
	}
	// The line with the rows is left to the caller, that there are some is not.
	if got := writeAs(t, "concise", &scanner.Report{Unread: []scanner.Unread{row}}, Options{}); !strings.HasSuffix(got, "\nincomplete: not everything could be read or asked\n") {
		t.Errorf("concise reads as complete: %q", got)
	}
}

// TestGitLabFingerprints are unique even where ids are not.
func TestGitLabFingerprints(t *testing.T) {
	r := &scanner.Report{Findings: []scanner.Finding{sample0(1), sample0(1), sample0(1)}, Complete: true}
	r.Problems = []scanner.Problem{{Text: "x", Fatal: true}, {Text: "x", Fatal: true}}
	if shape := readGitLab(t, []byte(writeAs(t, "gitlab", r, Options{}))); strings.Count(shape, "nonexistent-package critical") != 3 || strings.Count(shape, "incomplete info") != 2 {
		t.Error(shape)
	}
	for _, c := range []struct {
		rule string
		sev  verdict.Severity
		want string
	}{{"malicious-package", verdict.Error, "blocker"}, {"malicious-package", verdict.Warning, "major"}, {"typosquat", verdict.Error, "critical"}, {"typosquat", verdict.Note, "minor"}, {"typosquat", verdict.NoSeverity, "minor"}} {
		if got := gitlabSeverity(&scanner.Finding{Rule: verdict.FindRule(c.rule), Severity: c.sev}); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.rule, c.sev, got, c.want)
		}
	}
}

// TestJUnitOutcomes: what fails no run fails no test.
func TestJUnitOutcomes(t *testing.T) {
	for _, c := range []struct {
		sev  verdict.Severity
		kind string
		fail bool
	}{{verdict.Error, "manifest", true}, {verdict.Warning, "import", true}, {verdict.Note, "manifest", false}, {verdict.Error, "mention", false}} {
		f := sample0(1)
		f.Severity, f.Primary.Kind = c.sev, c.kind
		text := writeAs(t, "junit", &scanner.Report{Findings: []scanner.Finding{f}, Complete: true}, Options{})
		if strings.Contains(text, `<failure type="nonexistent-package"`) != c.fail || strings.Contains(text, "<system-out>") == c.fail {
			t.Errorf("%s in a %s: %s", c.sev, c.kind, text)
		}
	}
}

// TestRevision: no credential and no local path of a remote is written.
func TestRevision(t *testing.T) {
	for remote, want := range map[string]string{
		"https://user:secret@host.example/a/b.git?token=secret#secret": "https://host.example/a/b.git",
		"git@host.example:a/b.git":                                     "ssh://host.example/a/b.git",
		"ssh://git:secret@host.example/":                               "ssh://host.example/",
		"secret@host.example:/a":                                       "ssh://host.example/a",
		"/home/secret/repo":                                            "", "file:///home/secret": "", "C:/secret": "", `C:\secret`: "", "": "", "ext::sh -c secret": "", "https://": "", "http://[::1": "",
	} {
		if got := repositoryURI(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
	s := compile(t, fixtures.Read("schemas/sarif-schema-2.1.0.json"))
	for commit, want := range map[string]bool{strings.Repeat("a", 40): true, strings.Repeat("1", 64): true, "HEAD": false, strings.Repeat("g", 40): false} {
		text := writeAs(t, "sarif", sample(), Options{Revision: Revision{"https://u:secret@host.example/x", commit, "main\x1b[31m"}})
		validate(t, s, []byte(text))
		if strings.Contains(text, "secret") || strings.Contains(text, `"revisionId": "`+commit) != want || !strings.Contains(text, `"repositoryUri": "https://host.example/x"`) {
			t.Errorf("commit %s", commit)
		}
	}
}

// TestNotifications are limited, and the last one says so.
func TestNotifications(t *testing.T) {
	r := &scanner.Report{}
	for i := range 3000 {
		r.Unverified = append(r.Unverified, scanner.Unverified{Package: ecosystem.Package{Ecosystem: "npm", Name: fmt.Sprint("x", i)}, Reason: protocol.ReasonTimeout})
		r.Problems = append(r.Problems, scanner.Problem{Text: "x"})
	}
	list := notifications(r)
	if last := list[len(list)-1]; len(list) != sarifNotes+1 || last.Message.Text != "5000 more notifications were left out." {
		t.Errorf("%d, the last %+v", len(list), last)
	}
}

// TestLate: a writer that breaks after a while is an error in every format.
func TestLate(t *testing.T) {
	r := many(3000)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Advisories, f.Primary.Constraint = []string{"MAL-1"}, "1.0.0"
	}
	for _, format := range Names() {
		if format == "github" {
			continue // shorter than the writer lasts
		}
		f, _ := Lookup(format)
		if err := f.Write(&breaking{left: 10000}, r, Options{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

type breaking struct{ left int }

func (b *breaking) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}
