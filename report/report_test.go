package report

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"figment/docs"
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

var update = flag.Bool("update", false, "rewrite the goldens")

const evil = "evil\x1b[31m\u202egnp\u200b\x9b\u009b[a](1){0}\t`x"

// at locates name in a line of a file.
func at(path, kind string, line int, before, src, name string) scanner.Location {
	i := strings.Index(src, name)
	if i < 0 {
		panic(name)
	}
	units := func(s string) int { return len([]rune(s)) }
	return scanner.Location{
		Path: path, Kind: kind, Flags: []string{}, Snippet: src, Before: before, HasBefore: line > 1, Raw: name,
		Start: text.Position{Line: line, Column: i + 1, UTF16: units(src[:i]) + 1, Offset: 100 + i},
		End:   text.Position{Line: line, Column: i + len(name) + 1, UTF16: units(src[:i+len(name)]) + 1, Offset: 100 + i + len(name)},
	}
}

func noon(day int) time.Time { return time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC) }

// sample is a report in which strangers chose what could be chosen.
func sample() *scanner.Report {
	score := 72
	eco := func(e ecosystem.Ecosystem, name, version string) ecosystem.Package {
		return ecosystem.Package{Ecosystem: e, Name: name, Version: version}
	}
	long := `{"a":"` + strings.Repeat("é包", 150) + `","react-codeshift":"^1.0.0","b":"` + strings.Repeat("x", 300) + `"}`
	r := &scanner.Report{
		Version: "1.2.3", Started: noon(22), Elapsed: 2100 * time.Millisecond,
		Counts: scanner.Counts{Files: 9, References: 180, Packages: 142, Private: 2, Cached: 31, Requests: 120,
			ByEco: map[ecosystem.Ecosystem]int{"npm": 88, "pypi": 53, "golang": 1}},
		Findings: []scanner.Finding{
			{
				ID: "00000000000000a1", Rule: verdict.FindRule("typosquat"), Severity: verdict.Error, Confidence: verdict.High, Score: &score,
				Message: "`reqeusts-oauthlib` looks like a typo of `requests-oauthlib`",
				Label:   "one swap (`eu` for `ue`) from a name of rank 412",
				Package: eco("pypi", "reqeusts-oauthlib", "==1.3"),
				Primary: at("app/requirements.txt", "manifest", 3, "flask==3.0.0", "reqeusts-oauthlib==1.3", "reqeusts-oauthlib"),
				Related: []scanner.Location{
					at("app/auth.py", "import", 3, "", "import reqeusts_oauthlib", "reqeusts_oauthlib"),
					at("app/b c#d.py", "import", 4, "", "import reqeusts_oauthlib", "reqeusts_oauthlib"),
					at("app/c.py", "import", 5, "", "import reqeusts_oauthlib", "reqeusts_oauthlib"),
					at("app/d.py", "import", 6, "", "import reqeusts_oauthlib", "reqeusts_oauthlib"),
					at("README.md", "mention", 7, "", "reqeusts-oauthlib", "reqeusts-oauthlib"),
				},
				Evidence: []verdict.Evidence{
					{Signal: "young", Weight: 30, Text: "first published 2026-11-19, 3 days ago", Source: "registry", At: noon(22)},
					{Signal: "few-versions", Weight: 10, Text: "1 version", Source: "registry", At: noon(22)},
					{Signal: "near-popular", Weight: 32, Text: "`requests-oauthlib` has rank 412", Source: "index", At: noon(1)},
				},
				Suggestions: []verdict.Suggestion{{Package: eco("pypi", "requests-oauthlib", ""), Safe: true, Command: "pip install requests-oauthlib"}},
				LineHash:    "c129715d7a2bc9a3:1",
			},
			{
				ID: "00000000000000a2", Rule: verdict.FindRule("nonexistent-package"), Severity: verdict.Error, Confidence: verdict.Certain,
				Message: "`react-codeshift` does not exist on npm", Label: "no such package",
				Package: eco("npm", "react-codeshift", "^1.0.0"),
				Primary: at("package.json", "manifest", 14, "{", long, "react-codeshift"),
				Evidence: []verdict.Evidence{
					{Signal: "registry-absent", Text: "npm answered that there is none", Source: "registry", At: noon(22)},
				},
				Suggestions: []verdict.Suggestion{{Package: eco("npm", "jscodeshift", ""), Reason: "the tool that the name alludes to", Command: "npm install jscodeshift"}},
			},
			{
				ID: "00000000000000a3", Rule: verdict.FindRule("invalid-name"), Severity: verdict.Error, Confidence: verdict.Certain,
				Message: "`" + evil + "` cannot be a name on npm", Label: "::error::" + evil,
				Package: eco("npm", evil, "\x1b]0;owned\a"),
				Primary: at("::error file=a::src/\x1b]0;x\a\u2028\n##[error]##vso[task.complete]", "command", 7,
					"\t\x1b[2J##[group]x", "\tnpm i 包"+evil+" \xff\u202e ##[command] ##VSO[x]", evil),
				Related:     []scanner.Location{at("/abs/\u202e[x](2).md", "mention", 1, "", evil, evil)},
				Evidence:    []verdict.Evidence{{Signal: "charset", Text: "::warning::" + evil, Source: "text"}},
				Suggestions: []verdict.Suggestion{{Package: eco("npm", evil+"2", ""), Reason: evil, Command: "npm i '" + evil + "'", Safe: true}},
			},
			{
				ID: "00000000000000a4", Rule: verdict.FindRule("unused-ignore"), Severity: verdict.Warning,
				Message: "the entry for `" + strings.Repeat("x", 2000) + "` matched nothing",
				Package: eco("", "x", ""),
				Primary: scanner.Location{Path: ".figment.toml"},
			},
			{
				ID: "00000000000000a5", Rule: verdict.FindRule("undeclared-import"), Severity: verdict.Note, Confidence: verdict.High,
				Message: "import `yaml` is declared nowhere", Label: "provided by PyPI project `PyYAML`",
				Package:     eco("pypi", "pyyaml", ""),
				Primary:     at("app/auth.py", "import", 5, "", "import yaml", "yaml"),
				Suggestions: []verdict.Suggestion{{Package: eco("pypi", "PyYAML", ""), Reason: "provides `yaml`: add it to the manifest"}},
			},
		},
		Unverified: []scanner.Unverified{
			{Package: eco("conda", "numpy", ""), Reason: protocol.ReasonUnsupported, Unsupported: true, Text: "figment has no driver for conda", Locations: []scanner.Location{at("environment.yml", "manifest", 4, "", "  - numpy", "numpy")}},
			{Package: eco("npm", evil, ""), Reason: protocol.ReasonTimeout, Text: "registry.npmjs.org did not answer in time", Locations: []scanner.Location{at("a\rb.json", "manifest", 2, "", evil, evil)}},
			{Package: eco("pypi", "flaks", ""), Reason: protocol.ReasonTimeout, Text: "pypi.org did not answer in time", Locations: []scanner.Location{at("app/requirements.txt", "manifest", 4, "", "flaks", "flaks")},
				Suggestions: []verdict.Suggestion{{Package: eco("pypi", "flask", "")}}},
		},
		Unread: []scanner.Unread{
			{Path: "requirements.txt", What: "Python requirements", Why: source.Binary, Text: "holds a NUL, as binary files do, and was not read", Severe: true, Touched: true},
			{Path: "x/" + evil, Why: source.NotFollowed, Text: "was not followed: it leads to " + evil, Line: 3, Severe: true},
			{Path: "a/Podfile", What: "CocoaPods manifest", Why: source.NoReader, Text: "is a CocoaPods manifest, which figment does not read yet"},
			{Path: "b/Podfile", What: "CocoaPods manifest", Why: source.NoReader, Text: "is a CocoaPods manifest, which figment does not read yet"},
			{Path: "big.sh", Why: source.TooLarge, Text: "has 5 MiB and was not read", Severe: true}, {Path: "wide.txt", Why: source.Encoding, Text: "is in an encoding", Severe: true},
			{Path: "deep.json", Why: source.NestedTooDeep, Text: "nests too deep", Severe: true}, {Path: "b.js", Why: source.LongLines, Text: "has a long line", Line: 1},
			{Path: "c.toml", Why: source.Broken, Text: "invalid TOML", Line: 2, Severe: true}, {Path: "d.sh", Why: source.Crashed, Text: "a reader of figment failed", Severe: true},
			{Path: "venv", Why: source.SkippedDirectory, Text: "was passed over for pyvenv.cfg", Severe: true}, {Path: "out", Why: source.Ignored, Text: "a .gitignore names it"},
			{Path: "locked.py", Why: source.Unreadable, Text: "cannot be read: permission denied", Severe: true},
		},
		Problems: []scanner.Problem{
			{Path: "a.json", Line: 3, Text: "not JSON: " + evil, Fatal: true},
			{Text: "##[error]::error::\r\nwhether 3 names are malware was not checked"},
		},
	}
	r.Suppressed = []scanner.Suppressed{{
		Finding: scanner.Finding{
			ID: "00000000000000a6", Rule: verdict.FindRule("young-package"), Severity: verdict.Warning, Confidence: verdict.Medium,
			Message: "`our-new-lib` was first published 4 days ago", Package: eco("npm", "our-new-lib", ""),
			Primary: at("package.json", "manifest", 9, "", `  "our-new-lib": "1.0.0"`, "our-new-lib"),
		},
		By: scanner.Suppression{Kind: "baseline", Reason: "ours " + evil, Expires: "2027-01-01", Path: ".figment.toml", Line: 3},
	}}
	r.Findings[0].Primary.Constraint = "==1.3"
	r.Findings[0].Advisories = []string{"MAL-2026-2", "MAL-2026-1"}
	use := func(e ecosystem.Ecosystem, name, constraint string, kind extract.Kind, path string) resolve.Use {
		return resolve.Use{Reference: &extract.Reference{Ecosystem: e, Name: name, Constraint: constraint, Kind: kind, Path: path}}
	}
	subject := func(e ecosystem.Ecosystem, name string, o project.Origin, c verdict.Class, uses ...resolve.Use) scanner.Judged {
		return scanner.Judged{Subject: &resolve.Subject{Ecosystem: e, Name: name, Origin: o, Uses: uses}, Verdict: verdict.Verdict{Class: c}}
	}
	r.Subjects = []scanner.Judged{
		subject("npm", "react", project.Public, verdict.Clean, use("npm", "react", "^18.0.0", extract.Manifest, "package.json"), use("npm", "react", "18.2.0", extract.Lockfile, "package-lock.json"), use("npm", "react", "", extract.Import, "a.js")),
		subject("npm", evil, project.Public, verdict.Unverified, use("npm", evil, "1.0.0", extract.Lockfile, "::error::\x1b.json"), use("npm", evil, "1.0.0\x1b", extract.Lockfile, "x.json")),
		subject("npm", "@acme/secret", project.Private, verdict.Clean, use("npm", "@acme/secret", "1.0.0", extract.Lockfile, "package-lock.json")),
		subject("npm", "react-codeshift", project.Public, verdict.Nonexistent, use("npm", "react-codeshift", "1.0.0", extract.Lockfile, "package-lock.json")),
		subject("pypi", "flask", project.Public, verdict.Unverified, use("pypi", "flask", "==3.0.0", extract.Manifest, "app/requirements.txt"), use("pypi", "flask", ">=3", extract.Manifest, "b.txt")),
		subject("golang", "golang.org/x/mod", project.Public, verdict.Clean, use("golang", "golang.org/x/mod", "v0.20.0", extract.Manifest, "go.mod")),
		subject("cargo", "serde", project.Public, verdict.Clean, use("cargo", "serde", "1.0.0", extract.Manifest, "Cargo.toml"), use("cargo", "serde", "1.0.219", extract.Lockfile, "Cargo.lock")),
	}
	r.Count()
	return r
}

func listing() *scanner.Listing {
	list := []scanner.ListItem{
		{Ecosystem: "npm", Name: "react-codeshift", Raw: "react-codeshift", Constraint: "^1.0.0", Kind: "manifest", Path: "package.json",
			Start: text.Position{Line: 14, Column: 6, UTF16: 6, Offset: 302}, End: text.Position{Line: 14, Column: 21, UTF16: 21, Offset: 317},
			Origin: "public"},
		{Ecosystem: "pypi", Name: "opencv-python", Raw: "cv2", Kind: "import", Path: "a.py", Flags: []string{"low"}, Origin: "public",
			Start: text.Position{Line: 1, Column: 8, UTF16: 8, Offset: 7}, End: text.Position{Line: 1, Column: 11, UTF16: 11, Offset: 10},
			Candidates: []resolve.Candidate{{Name: "opencv-python", How: resolve.Mapped, Confidence: "high"}, {Name: "cv2", How: resolve.Identity, Confidence: "low"}}},
		{Ecosystem: "npm", Name: evil, Raw: evil + "'", Constraint: evil, Kind: "mention", Path: "::warning::\x1bx", Origin: "private", Why: evil,
			Start: text.Position{Line: 1, Column: 1, UTF16: 1}, End: text.Position{Line: 1, Column: 9, UTF16: 9, Offset: 8}},
	}
	asks := []scanner.NameAsks{
		{Ecosystem: "npm", Name: evil, Requests: []string{"GET https://x/" + evil}},
		{Ecosystem: "npm", Name: "react-codeshift", Requests: []string{"GET https://registry.npmjs.org/react-codeshift", "GET https://registry.npmjs.org/-/x (if absent)"}},
	}
	return &scanner.Listing{Items: slices.Values(list), Asks: slices.Values(asks), Files: 3, References: len(list), Unread: sample().Unread, Problems: sample().Problems}
}

func checked() []scanner.Result {
	r := sample()
	f := r.Findings[2]
	return []scanner.Result{
		{Package: ecosystem.Package{Ecosystem: "npm", Name: "react", Version: "18.0.0"}, AdvisoryState: "none",
			Verdict: verdict.Verdict{Class: verdict.Clean, Status: protocol.Present, VersionStatus: protocol.VersionPresent, Evidence: []verdict.Evidence{{Signal: "rank", Text: "rank 12", Source: "index", At: noon(1)}}}},
		{Package: f.Package, Severity: verdict.Error, AdvisoryState: "unknown",
			Verdict: verdict.Verdict{Class: verdict.Nonexistent, Status: protocol.Absent, Reason: protocol.ReasonNotFound,
				Issues: []verdict.Issue{{Rule: f.Rule, Severity: f.Severity, Confidence: f.Confidence, Message: f.Message, Score: r.Findings[0].Score, Evidence: f.Evidence, Suggestions: f.Suggestions}}}},
		{Package: ecosystem.Package{Ecosystem: "pypi", Name: evil}, AdvisoryState: "unknown",
			Verdict: verdict.Verdict{Class: verdict.Unverified, Reason: protocol.ReasonTimeout, Detail: "pypi.org did not answer in time", Suggestions: []verdict.Suggestion{{Package: ecosystem.Package{Ecosystem: "pypi", Name: evil}}}}},
	}
}

type output struct {
	name   string
	schema string
	write  func(io.Writer) error
}

func outputs() []output {
	scan := func(format string, o Options) func(io.Writer) error {
		return func(w io.Writer) error {
			f, ok := Lookup(format)
			if !ok {
				return errors.New("no format " + format)
			}
			return f.Write(w, sample(), o)
		}
	}
	list := func(format string, o Options) func(io.Writer) error {
		return func(w io.Writer) error {
			return WriteList(w, format, listing(), o)
		}
	}
	check := func(format string, o Options) func(io.Writer) error {
		return func(w io.Writer) error { return WriteCheck(w, format, checked(), o) }
	}
	all := Options{Verbose: true, ShowSuppressed: true, IncludeSuppressed: true, SARIFTime: true, Failed: true, Workflow: true, SARIFCategory: "nightly"}
	rule := verdict.FindRule("typosquat")
	return []output{
		{"text.txt", "", scan("text", Options{})},
		{"text-all.txt", "", scan("text", all)},
		{"text-narrow.txt", "", scan("text", Options{Width: 60})},
		{"text-quiet.txt", "", scan("text", Options{Quiet: true, HideUnverified: true})},
		{"text-color.txt", "", scan("text", Options{Color: true})},
		{"concise.txt", "", scan("concise", Options{})},
		{"concise-workflow.txt", "", scan("concise", all)},
		{"scan.json", "figment", scan("json", Options{})},
		{"scan-workflow.json", "figment", scan("json", all)},
		{"scan.sarif", "sarif", scan("sarif", Options{})},
		{"scan-all.sarif", "sarif", scan("sarif", all)},
		{"scan.jsonl", "figment", scan("jsonl", Options{})},
		{"scan-workflow.jsonl", "figment", scan("jsonl", all)},
		{"github.txt", "", scan("github", Options{})},
		{"github-all.txt", "", scan("github", Options{Workflow: true, HideUnverified: true})},
		{"gitlab.json", "gitlab", scan("gitlab", Options{})},
		{"gitlab-workflow.json", "gitlab", scan("gitlab", all)},
		{"junit.xml", "", scan("junit", Options{})},
		{"junit-all.xml", "", scan("junit", all)},
		{"summary.md", "", scan("markdown", Options{})},
		{"summary-all.md", "", scan("markdown", all)},
		{"summary-hidden.md", "", scan("markdown", Options{HideUnverified: true, MarkdownComment: true})},
		{"osv-scanner.json", "osv-scanner", scan("osv-scanner", Options{})},
		{"list.jsonl", "figment", list("jsonl", Options{})},
		{"list.txt", "", list("text", Options{})},
		{"list-all.txt", "", list("text", all)},
		{"list.json", "figment", list("json", Options{})},
		{"check.txt", "", check("text", Options{})},
		{"check-all.txt", "", check("text", all)},
		{"check.json", "figment", check("json", all)},
		{"rules.txt", "", func(w io.Writer) error { return WriteRules(w, "text", verdict.Rules[:6], Options{}) }},
		{"rules.json", "figment", func(w io.Writer) error { return WriteRules(w, "json", verdict.Rules[:2], Options{}) }},
		{"rule.txt", "", func(w io.Writer) error { return WriteRule(w, "text", rule, "# page\n\ntext\n", Options{}) }},
		{"rule.json", "figment", func(w io.Writer) error { return WriteRule(w, "json", rule, docs.Rule(rule.ID), Options{}) }},
	}
}

func render(t *testing.T, o output) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := o.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGoldens holds every output to its golden, to its schema, to itself on a
// second run, and to be free of what a terminal or a runner would obey.
func TestGoldens(t *testing.T) {
	schemas := schemas(t)
	for _, o := range outputs() {
		t.Run(o.name, func(t *testing.T) {
			got := render(t, o)
			if again := render(t, o); !bytes.Equal(got, again) {
				t.Error("a second run differs")
			}
			workflow := strings.Contains(o.name, "all") || strings.Contains(o.name, "workflow")
			harmless(t, got, strings.Contains(o.name, "color"), workflow && !strings.Contains(o.name, "github"))
			switch s := schemas[o.schema]; {
			case s != nil && strings.HasSuffix(o.name, ".jsonl"):
				for line := range bytes.Lines(got) {
					validate(t, s, line)
				}
			case s != nil:
				validate(t, s, got)
			}
			shown := got
			if o.schema == "sarif" { // the pages have their own home
				shown = withoutPages(t, got)
			}
			file := filepath.Join("testdata", o.name)
			if *update {
				if err := os.WriteFile(file, shown, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := readFile(t, file); !bytes.Equal(shown, want) {
				t.Errorf("%s differs (-want +got, -update rewrites):\n%s", file, cmp.Diff(string(want), string(shown)))
			}
		})
	}
}

// schemas are those of the machine formats, by name.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	return map[string]*jsonschema.Schema{
		"figment":     compile(t, readFile(t, "schema/figment-1.schema.json")),
		"gitlab":      compile(t, readFile(t, "schema/gitlab-code-quality.schema.json")),
		"osv-scanner": compile(t, readFile(t, "schema/osv-scanner.schema.json")),
		"sarif":       compile(t, fixtures.Read("schemas/sarif-schema-2.1.0.json")),
	}
}

func withoutPages(t *testing.T, text []byte) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	driver := doc["runs"].([]any)[0].(map[string]any)["tool"].(map[string]any)["driver"].(map[string]any)
	delete(driver, "rules")
	var b bytes.Buffer
	if err := encode(&b, doc, Options{Workflow: true}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compile(t testing.TB, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const url = "https://schema.example/s.json"
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, s *jsonschema.Schema, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("no JSON: %v", err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
}

// harmless looks at the bytes as a terminal and a runner would.
func harmless(t testing.TB, text []byte, color, workflow bool) {
	t.Helper()
	s := string(text)
	if !utf8.ValidString(s) {
		t.Error("no UTF-8")
	}
	if color {
		for _, code := range []string{styleError, styleWarning, styleNote, styleGutter, styleBold, styleGood, "0"} {
			s = strings.ReplaceAll(s, "\x1b["+code+"m", "")
		}
	}
	for i, r := range s {
		if r != '\n' && term.Hidden(r) {
			t.Fatalf("%U is written, after %q", r, s[max(0, i-30):i])
		}
	}
	if !workflow {
		return
	}
	for line := range strings.Lines(s) {
		low := strings.ToLower(strings.TrimSpace(line))
		if strings.HasPrefix(low, "::") || strings.Contains(low, "##[") || strings.Contains(low, "##vso[") {
			t.Errorf("a runner would obey %q", line)
		}
	}
}

// TestJSONMeaning checks that escaping does not change what is said.
func TestJSONMeaning(t *testing.T) {
	for _, o := range []Options{{}, {Workflow: true}} {
		var b bytes.Buffer
		if err := writeJSON(&b, sample(), o); err != nil {
			t.Fatal(err)
		}
		var doc jsonReport
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		want := strings.ToValidUTF8(evil, "\ufffd")
		if got := doc.Findings[2].Package.Name; got != want {
			t.Errorf("name %q, want %q", got, want)
		}
		if got := doc.Findings[2].Locations[0].Path; got != sample().Findings[2].Primary.Path {
			t.Errorf("path %q", got)
		}
		if s := doc.Findings[1].Locations[0].Snippet; len(s) > snippetBytes || !strings.Contains(s, "react-codeshift") || !utf8.ValidString(s) {
			t.Errorf("snippet %q", s)
		}
	}
	var b bytes.Buffer
	if err := writeJSON(&b, &scanner.Report{}, Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("null in %s", b.String())
	}
}

// TestFrames draws carets under names in lines of any kind.
func TestFrames(t *testing.T) {
	for _, c := range []struct{ line, name string }{
		{"import yaml", "yaml"}, {"\tx\tyaml", "yaml"}, {"包包 yaml", "yaml"}, {"e\u0301\u202e yaml", "yaml"}, {"\xff\xfeyaml", "yaml"},
		{strings.Repeat("包", 1000) + "yaml" + strings.Repeat("x", 1000), "yaml"},
		{strings.Repeat("y", 199) + "yaml", "yaml"}, {"yaml" + strings.Repeat(" x", 1<<20), "yaml"},
		{strings.Repeat("\x1b", 5000) + "yaml", "yaml"}, {"a 包装 b", "包装"},
	} {
		for _, limit := range []int{20, 60, 200} {
			i := strings.LastIndex(c.line, c.name)
			v := window(c.line, i, i+len(c.name), limit)
			if n := term.Cells(v.text); n > limit {
				t.Errorf("%.30q: %d cells of %d", c.line, n, limit)
			}
			rest := v.text
			for term.Cells(v.text[:len(v.text)-len(rest)]) < v.at {
				_, size := utf8.DecodeRuneInString(rest)
				rest = rest[size:]
			}
			rest = strings.TrimLeft(rest, "\u0301")
			if !strings.HasPrefix(rest, c.name) || v.width != term.Cells(c.name) {
				t.Errorf("%.30q in %d: carets at %d, %d wide, under %.30q", c.line, limit, v.at, v.width, rest)
			}
		}
	}
	for _, limit := range []int{20, 200} {
		line := strings.Repeat("包", 4000)
		if v := window(line, 30, len(line), limit); term.Cells(v.text) > limit || v.at+v.width > limit {
			t.Errorf("a span beyond the frame: %+v", v)
		}
	}
}

// TestSARIFForGitHub checks what the schema does not ask for, but GitHub does.
func TestSARIFForGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := writeSARIF(&b, sample(), Options{}); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs", len(log.Runs))
	}
	run := log.Runs[0]
	rules := run.Tool.Driver.Rules
	if len(rules) != len(verdict.Rules) {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		if r.Help.Text == "" || r.Short.Text == "" || len(r.Short.Text) >= 100 || len([]rune(r.Full.Text)) > 1024 || len(r.Name) > 255 || len(r.Properties.Tags) > 10 {
			t.Errorf("%s: a text is missing or too long", r.ID)
		}
	}
	if len(run.Results) != len(sample().Findings) {
		t.Errorf("%d results", len(run.Results))
	}
	for _, r := range run.Results {
		if rules[*r.RuleIndex].ID != r.RuleID || len(r.Suppressions) > 0 {
			t.Errorf("%s: wrong", r.RuleID)
		}
		if len(r.Locations) != 1 {
			t.Fatalf("%s: %d locations", r.RuleID, len(r.Locations))
		}
		p := r.Locations[0].Physical
		if p.Region == nil || p.Region.StartLine < 1 || p.Region.EndLine > p.Region.StartLine || p.Artifact.URI == "" || strings.HasPrefix(p.Artifact.URI, "./") {
			t.Errorf("%s: place %+v", r.RuleID, p)
		}
		for _, l := range r.Related {
			if !strings.Contains(r.Message.Text, fmt.Sprintf("](%d)", l.ID)) {
				t.Errorf("%s: place %d is not linked", r.RuleID, l.ID)
			}
		}
	}
	for path, want := range map[string]string{"./a b#?%é.txt": "a%20b%23%3F%25%C3%A9.txt", "/x/y": "file:///x/y", "": "-", "c:d": "c%3Ad", ".//x": "x", "//host/x": "file:///host/x"} {
		if got := artifact(path).URI; got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
	if got := sarifEscape(`a[b](1) \ {0}`); got != `a\[b\](1) \\ {{0}}` {
		t.Errorf("escaped: %s", got)
	}
}

// TestMany writes thirty thousand findings.
func TestMany(t *testing.T) {
	if testing.Short() {
		t.Skip("a sweep: it runs without -short")
	}
	r := &scanner.Report{Version: "1.0.0", Complete: true}
	for i := range 30000 {
		f := sample0(i)
		if i%2 == 0 {
			f.Severity = verdict.Note
		}
		r.Findings = append(r.Findings, f)
	}
	r.Count()
	for _, f := range formats() {
		var b bytes.Buffer
		if err := f.Write(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", f.Name, b.Len())
		if f.Name != "sarif" {
			continue
		}
		var log sarifLog
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, res := range log.Runs[0].Results {
			count[res.Level]++
		}
		if count["error"] != 15000 || count["note"] != 10000 {
			t.Errorf("kept %v", count)
		}
		n := log.Runs[0].Invocations[0].Notifications
		if len(n) != 1 || !strings.Contains(n[0].Message.Text, "5000 results were left out") {
			t.Errorf("notifications %+v", n)
		}
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		zw.Write(b.Bytes())
		zw.Close()
		if z.Len() > 10<<20 {
			t.Errorf("%d bytes gzipped", z.Len())
		}
	}
}

func sample0(i int) scanner.Finding {
	name := fmt.Sprintf("no-such-%d", i)
	return scanner.Finding{
		ID: fmt.Sprintf("%016x", i), Rule: verdict.FindRule("nonexistent-package"), Severity: verdict.Error, Confidence: verdict.Certain,
		Message: "`" + name + "` does not exist on npm", Package: ecosystem.Package{Ecosystem: "npm", Name: name},
		Primary:  at("package.json", "manifest", i+1, "{", `    "`+name+`": "^1.0.0",`, name),
		Evidence: []verdict.Evidence{{Signal: "registry-absent", Text: "there is none", Source: "registry", At: noon(22)}},
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestErrors hands on what the writer says, and knows the formats.
func TestErrors(t *testing.T) {
	for _, o := range outputs() {
		if err := o.write(closed{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", o.name, err)
		}
	}
	if _, ok := Lookup("xml"); ok {
		t.Error("xml is no format")
	}
	for _, err := range []error{
		WriteList(io.Discard, "xml", nil, Options{}), WriteCheck(io.Discard, "sarif", nil, Options{}),
		WriteRules(io.Discard, "", nil, Options{}), WriteRule(io.Discard, "x", verdict.FindRule("typosquat"), "", Options{}),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
}

// TestPartial says that a run was cut short, in every format.
func TestPartial(t *testing.T) {
	r := &scanner.Report{Interrupted: true, Complete: true}
	wants := map[string]string{
		"text": "PARTIAL", "concise": "PARTIAL", "json": `"complete": false`, "jsonl": `"complete":false`, "sarif": `"executionSuccessful": false`,
		"github": "::warning title=figment%3A incomplete::PARTIAL", "gitlab": "PARTIAL", "junit": "<skipped message=\"PARTIAL", "markdown": "**Incomplete:** PARTIAL",
	}
	for _, format := range Names() {
		f, _ := Lookup(format)
		want, ok := wants[format]
		if !ok && format != "osv-scanner" { // which has no room for it
			t.Errorf("%s: it is not tested whether an interrupted run shows", format)
		}
		var b bytes.Buffer
		if err := f.Write(&b, r, Options{Quiet: true}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s does not say %s", format, want)
		}
	}
}
