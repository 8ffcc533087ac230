package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"figment/app"
	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// today is the clock of the tests.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const packageJSON = `{
  "name": "shop",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": {
    "build": "tsc"
  },
  "engines": {
    "node": ">=22"
  },
  "dependencies": {
    "react": "^19.1.0",
    "react-hook-usestate": "^1.0.2",
    "zod": "^4.1.0",
    "swr": "^2.3.0",
    "ui-tokens-kit": "^0.1.0"
  }
}
`

const requirements = `flask==3.0.0
# the rest
reqeusts-oauthlib==1.3
gunicorn
dotenv
`

// files is the sample project.
func files() map[string]string {
	return map[string]string{
		"package.json": packageJSON, "app/requirements.txt": requirements,
		"snippet.md": strings.Repeat("text\n", 30) + "import \"github.com/gorilla/mux-jwt\"\n",
	}
}

// at places a finding at a name in a file of the sample.
func at(path, kind, src, label string) scanner.Location {
	data := files()[path]
	off := strings.Index(data, src)
	line := strings.Count(data[:off], "\n") + 1
	start := strings.LastIndexByte(data[:off], '\n') + 1
	end := off + strings.IndexByte(data[off:], '\n')
	l := scanner.Location{
		Path: path, Kind: kind, Flags: []string{}, Label: label, Raw: src, Snippet: data[start:end],
		Start: text.Position{Line: line, Column: off - start + 1, Offset: off},
		End:   text.Position{Line: line, Column: off - start + 1 + len(src), Offset: off + len(src)},
	}
	return l
}

func rule(id string) *verdict.Rule { return verdict.FindRule(id) }

func pkg(e ecosystem.Ecosystem, n string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: e, Name: n}
}

// findings are those of the sample, gravest first.
func findings() []scanner.Finding {
	score := 84
	f := []scanner.Finding{
		{
			ID: "f1", Rule: rule("nonexistent-package"), Severity: verdict.Error, Confidence: verdict.Certain,
			Message: "`react-hook-usestate` does not exist on npm", Label: "not on npm", Package: pkg("npm", "react-hook-usestate"),
			Primary: at("package.json", "manifest", "react-hook-usestate", ""),
			Evidence: []verdict.Evidence{
				{Signal: "registry-absent", Text: "npm answered 404, confirmed by a second look", Source: "registry", At: today},
				{Signal: "not-locked", Text: "in package.json only, not in package-lock.json", Source: "project"},
			},
			Suggestions: []verdict.Suggestion{{Package: pkg("npm", "react"), Reason: "it exports useState", Command: "npm install react", Safe: true}},
		},
		{
			ID: "f2", Rule: rule("typosquat"), Severity: verdict.Error, Confidence: verdict.High, Score: &score,
			Message: "`reqeusts-oauthlib` looks like a typo of `requests-oauthlib`", Label: "typo of requests-oauthlib, 3 days old",
			Package: pkg("pypi", "reqeusts-oauthlib"), Primary: at("app/requirements.txt", "manifest", "reqeusts-oauthlib", ""),
			Evidence: []verdict.Evidence{{Signal: "young", Weight: 40, Text: "first published 2026-11-19, 3 days ago", Source: "registry", At: today}},
			Suggestions: []verdict.Suggestion{
				{Package: pkg("pypi", "requests-oauthlib"), Reason: "one swap away, rank 412", Command: "pip install requests-oauthlib"},
				{Package: pkg("pypi", "oauthlib"), Reason: "a part of the name", Command: "pip install oauthlib"},
			},
		},
		{
			ID: "f3", Rule: rule("young-package"), Severity: verdict.Warning, Confidence: verdict.High,
			Message: "`ui-tokens-kit` was first published 3 days ago", Label: "first published 3 days ago",
			Package: pkg("npm", "ui-tokens-kit"), Primary: at("package.json", "manifest", "ui-tokens-kit", ""),
			Evidence: []verdict.Evidence{{Text: "12 downloads in the last week", Source: "registry", At: today}},
		},
		{
			ID: "f4", Rule: rule("name-trap"), Severity: verdict.Warning, Confidence: verdict.High,
			Message: "`dotenv` is not what `import dotenv` means", Label: "not what `import dotenv` means",
			Package: pkg("pypi", "dotenv"), Primary: at("app/requirements.txt", "manifest", "dotenv", ""),
			Suggestions: []verdict.Suggestion{{Package: pkg("pypi", "python-dotenv"), Reason: "provides the module `dotenv`", Safe: true, Command: "pip install python-dotenv"}},
		},
		{
			ID: "f5", Rule: rule("conflation"), Severity: verdict.Warning, Confidence: verdict.Medium,
			Message: "`github.com/gorilla/mux-jwt` joins two known names", Label: "two known names joined",
			Package: pkg("golang", "github.com/gorilla/mux-jwt"), Primary: at("snippet.md", "import", "github.com/gorilla/mux-jwt", "fence 2"),
		},
		{
			ID: "f6", Rule: rule("undeclared-import"), Severity: verdict.Note, Confidence: verdict.High,
			Message: "import `flask` is declared nowhere", Label: "provided by PyPI project `Flask`",
			Package: pkg("pypi", "flask"), Primary: at("app/requirements.txt", "manifest", "flask", ""),
		},
	}
	return f
}

// sample is a finished report with everything in it.
func sample() *scanner.Report {
	r := &scanner.Report{
		Started: today, Elapsed: 2100 * time.Millisecond, Complete: true, Findings: findings(),
		Suppressed: []scanner.Suppressed{{
			Finding: scanner.Finding{
				ID: "s1", Rule: rule("young-package"), Severity: verdict.Warning, Package: pkg("npm", "swr"),
				Message: "`swr` was first published 9 days ago", Primary: at("package.json", "manifest", "swr", ""),
			},
			By: scanner.Suppression{Kind: "allow", Reason: "our own package", Path: ".figment.toml", Line: 3, Expires: "2027-02-20"},
		}},
		Subjects: []scanner.Judged{
			{Subject: &resolve.Subject{Ecosystem: "npm", Name: "react"}, Verdict: verdict.Verdict{Class: verdict.Clean, Status: protocol.Present}},
			{
				Subject: &resolve.Subject{Ecosystem: "npm", Name: "@acme/ui", Origin: project.Private, Decision: project.Decision{Reason: "scope @acme has its own registry", UserSaid: true}},
				Verdict: verdict.Verdict{Reason: protocol.ReasonRegistryNotAllowed},
			},
		},
	}
	r.Counts = scanner.Counts{Files: 4, References: 150, Packages: 142, Private: 1, ByEco: map[ecosystem.Ecosystem]int{"npm": 88, "pypi": 53, "golang": 1}}
	r.Count()
	return r
}

func cleanReport() *scanner.Report {
	r := sample()
	r.Findings, r.Suppressed = nil, nil
	r.Counts.Files, r.Counts.Private = 46, 2
	r.Count()
	return r
}

func unverified() []scanner.Unverified {
	var out []scanner.Unverified
	for i := range 11 {
		n := fmt.Sprintf("flask-thing-%d", i)
		l := at("app/requirements.txt", "manifest", "gunicorn", "")
		l.Start.Line = i + 1
		out = append(out, scanner.Unverified{
			Package: pkg("pypi", n), Reason: protocol.ReasonTimeout, Text: "`" + n + "` could not be checked: pypi.org did not answer (3 tries, 10 s)", Locations: []scanner.Location{l},
		})
	}
	return out
}

func partialReport() *scanner.Report {
	r := cleanReport()
	r.Unverified = unverified()
	r.Complete = false
	r.Count()
	return r
}

// unreadReport is complete but for what nobody read.
func unreadReport() *scanner.Report {
	r := sample()
	r.Findings = r.Findings[2:3]
	r.Unread = []scanner.Unread{
		{Path: "go.mod", What: "Go manifest", Why: source.TooLarge, Text: "has 5 MiB and was not read: the limit is 4 MiB (--max-file-size)", Severe: true, Touched: true},
		{Path: "requirements.txt", What: "Python requirements", Why: source.Broken, Text: "2 lines are no Python requirement and were not read", Line: 3, Severe: true},
		{Path: "ios/Podfile", What: "CocoaPods manifest", Why: source.NoReader, Text: "is a CocoaPods manifest, which figment does not read yet"},
	}
	r.Complete = false
	r.Count()
	return r
}

// oneOfEach has every count at one.
func oneOfEach() *scanner.Report {
	r := sample()
	r.Findings = []scanner.Finding{r.Findings[0], r.Findings[2], r.Findings[5]}
	r.Unverified = unverified()[:1]
	r.Unread = unreadReport().Unread[2:]
	r.Complete = false
	r.Counts.Files, r.Counts.References, r.Counts.Packages = 1, 1, 1
	r.Count()
	return r
}

// fakeChanges keeps changes in memory.
type fakeChanges struct {
	log     []string // calls that changed something
	changes []app.Diff
	fail    string // name of the call that fails
}

var errFake = errors.New("the file is read only")

func (f *fakeChanges) Preview(x *scanner.Finding, s *verdict.Suggestion) (app.Diff, error) {
	if f.fail == "preview" {
		return app.Diff{}, errFake
	}
	old := x.Primary.Snippet
	return app.Diff{
		Safe:  s.Safe,
		Hunks: []app.Hunk{{Path: x.Primary.Path, Line: x.Primary.Start.Line, Removed: []string{old}, Added: []string{strings.Replace(old, x.Package.Name, s.Package.Name, 1)}}},
		Notes: []string{s.Package.Name + ": first published 2011", "constraint kept"},
	}, nil
}

func (f *fakeChanges) Fix(x *scanner.Finding, s *verdict.Suggestion) error {
	if f.fail == "fix" {
		return errFake
	}
	d, err := f.Preview(x, s)
	if err != nil {
		return err
	}
	f.changes = append(f.changes, d)
	f.log = append(f.log, "fix "+x.Package.Name+" "+s.Package.Name)
	return nil
}

func (f *fakeChanges) Ignore(x *scanner.Finding, scope app.Scope, reason string, expires time.Time) error {
	if f.fail == "ignore" {
		return errFake
	}
	f.changes = append(f.changes, app.Diff{Hunks: []app.Hunk{{Path: ".figment.toml", Added: []string{"[[ignore]]", "package = " + x.Package.Name}}}})
	when := "for ever"
	if !expires.IsZero() {
		when = expires.Format(time.DateOnly)
	}
	f.log = append(f.log, fmt.Sprintf("ignore %s %d %q %s", x.Package.Name, scope, reason, when))
	return nil
}

func (f *fakeChanges) Undo() error {
	if len(f.changes) == 0 {
		return errors.New("nothing to undo")
	}
	f.changes = f.changes[:len(f.changes)-1]
	f.log = append(f.log, "undo")
	return nil
}

func (f *fakeChanges) Pending() (app.Diff, error) {
	var d app.Diff
	for _, c := range f.changes {
		d.Hunks = append(d.Hunks, c.Hunks...)
	}
	return d, nil
}

func (f *fakeChanges) Apply() error {
	if f.fail == "apply" {
		return errFake
	}
	f.log = append(f.log, fmt.Sprintf("apply %d", len(f.changes)))
	f.changes = nil
	return nil
}

// fixed is a scan that gives a report.
func fixed(r *scanner.Report) Scan {
	return func(context.Context, func(scanner.Event)) (*scanner.Report, error) { return r, nil }
}
