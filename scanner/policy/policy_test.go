package policy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

var testKeys = []Key{
	{Name: "fail-on", Values: []string{"error", "warning", "note", "never"}, Loosens: func(v string) bool { return v != "error" && v != "warning" && v != "note" }},
	{Name: "on-unverified", Loosens: func(v string) bool { return v == "ignore" }},
	{Name: "timeout", UserOnly: true},
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		trust      Trust
		want       string // part of the error; empty: none
		hint       string
		line       int
	}{
		{name: "empty"},
		{name: "plain keys", text: "fail-on = \"warning\"\non-unverified = \"fail\"\n"},
		{name: "unknown key", text: "\nfial-on = \"note\"\n", want: "unknown key `fial-on`", hint: "`fail-on`", line: 2},
		{name: "unknown key of an entry", text: "[[allow]]\npackage = \"npm:a\"\nreasn = \"x\"\n", want: "unknown key `reasn`", hint: "`reason`", line: 3},
		{name: "unknown rule", text: "[rules]\ntyposqat = \"error\"\n", want: "unknown key `typosqat`", hint: "`typosquat`", line: 2},
		{name: "unknown rule of an ignore", text: "[[ignore]]\npackage = \"npm:a\"\nrules = [\"nope-rule\"]\nreason = \"x\"\n", want: "unknown key `nope-rule`", line: 3},
		{name: "loosening without a reason", text: "fail-on = \"never\"\n", want: "more permissive than the default", line: 1},
		{name: "no such value", text: "\nfail-on = \"high\"\n", want: "`fail-on` cannot be \"high\"", hint: "one of: error, warning, note, never", line: 2},
		{name: "no such value, with a reason", text: "fail-on = { value = \"warn\", reason = \"x\" }\n", want: "cannot be \"warn\"", hint: "one of: error", line: 1},
		{name: "a misspelt value", text: "fail-on = \"eror\"\n", want: "cannot be \"eror\"", hint: "did you mean \"error\"", line: 1},
		{name: "a value of the wrong kind", text: "fail-on = 3\n", want: "cannot be \"3\"", line: 1},
		{name: "loosening with a reason", text: "fail-on = { value = \"never\", reason = \"being adopted\" }\n"},
		{name: "the user may loosen", text: "fail-on = \"never\"\n", trust: User},
		{name: "user key in a repository", text: "timeout = \"1ms\"\n", want: "belongs in the user file", line: 1},
		{name: "user key in the user's file", text: "timeout = \"1m\"\n", trust: User},
		{name: "registries in a repository", text: "[registries.npm]\nurl = \"https://registry.example\"\n", want: "belongs in the user file", line: 1},
		{name: "level below the default", text: "[rules]\nnonexistent-package = \"note\"\n", want: "needs a reason", line: 2},
		{name: "level below the default with a reason", text: "[rules]\nnonexistent-package = { level = \"off\", reason = \"a demo\" }\n"},
		{name: "level above the default", text: "[rules]\nundeclared-import = \"error\"\n"},
		{name: "no such level", text: "[rules]\ntyposquat = \"fatal\"\n", want: "has the level", line: 2},
		{name: "allow without reason", text: "[[allow]]\npackage = \"npm:a\"\n", want: "has no reason", line: 1},
		{name: "allow everything", text: "[[allow]]\npackage = \"npm:*\"\nreason = \"x\"\n", want: "covers every package", line: 2},
		{name: "ignore without rules", text: "[[ignore]]\npackage = \"npm:a\"\nreason = \"x\"\n", want: "names no rules", line: 1},
		{name: "ignore without target", text: "[[ignore]]\nrules = [\"typosquat\"]\nreason = \"x\"\n", want: "neither a package nor paths", line: 1},
		{name: "second entry", text: "[[allow]]\npackage = \"npm:a\"\nreason = \"x\"\n\n[[allow]]\npackage = \"npm:b\"\n", want: "has no reason", line: 5},
		{name: "exclude without reason", text: "[[exclude]]\npaths = [\"x/**\"]\n", want: "has no reason", line: 1},
		{name: "private everything", text: "private = [\"*\"]\n", want: "covers every name", line: 1},
		{name: "date", text: "[[allow]]\npackage = \"npm:a\"\nreason = \"x\"\nexpires = 2027-02-20\n"},
		{name: "no date", text: "[[allow]]\npackage = \"npm:a\"\nreason = \"x\"\nexpires = \"soon\"\n", want: "must be a date", line: 4},
		{name: "no TOML", text: "fail-on = \n", want: "invalid TOML", line: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(".figment.toml", []byte(c.text), c.trust, testKeys)
			if c.want == "" {
				if err != nil {
					t.Fatalf("error %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want an *Error with %q", err, c.want)
			}
			if !strings.Contains(e.Text, c.want) || !strings.Contains(e.Hint, c.hint) || e.Line != c.line {
				t.Errorf("error %q, hint %q, line %d; want %q, hint %q, line %d", e.Text, e.Hint, e.Line, c.want, c.hint, c.line)
			}
		})
	}
}

func TestParseValues(t *testing.T) {
	doc, err := Parse("f", []byte(`
fail-on = { value = "never", reason = "being adopted" }
private = ["npm:@acme/*", "acme-*"]
[rules]
undeclared-import = "warning"
[[ignore]]
package = "pypi:yaml"
paths = ["examples/**"]
rules = ["undeclared-import"]
reason = "not installed"
expires = 2027-02-20
`), Repository, testKeys)
	if err != nil {
		t.Fatal(err)
	}
	if s := doc.Settings["fail-on"]; s.Values[0] != "never" || s.Reason != "being adopted" || s.Line != 2 {
		t.Errorf("fail-on is %+v", s)
	}
	if len(doc.RepoPrivate) != 2 || doc.UserPrivate != nil {
		t.Errorf("private is %v and %v", doc.RepoPrivate, doc.UserPrivate)
	}
	if l := doc.Levels["undeclared-import"]; l.Severity != verdict.Warning {
		t.Errorf("level is %+v", l)
	}
	e := doc.Entries[0]
	if e.Ecosystem != ecosystem.PyPI || e.Package != "yaml" || e.Line != 6 || e.Expires.Format(time.DateOnly) != "2027-02-20" {
		t.Errorf("entry is %+v", e)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("fail-on = \"note\"\n[[allow]]\npackage=\"npm:x\"\nreason=\"y\"\n"))
	f.Add([]byte("[rules]\ntyposquat = {level=\"off\"}"))
	f.Add([]byte("a.b.c = [[1,2],{x=1}]\n[[ignore]]\n[ignore.x]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if doc, err := Parse("f", data, Repository, testKeys); err == nil {
			for _, e := range doc.Entries {
				if strings.TrimSpace(e.Reason) == "" {
					t.Fatalf("an entry without a reason was taken: %+v", e)
				}
			}
		}
	})
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		glob, path string
		want       bool
	}{
		{"fixtures/**", "fixtures/a.py", true},
		{"fixtures/**", "fixtures/a/b/c.py", true},
		{"fixtures/**", "src/fixtures/a.py", false},
		{"**/testdata/**", "a/b/testdata/c.txt", true},
		{"**/testdata/**", "testdata/c.txt", true},
		{"fixtures", "fixtures/a.py", true},
		{"fixtures/", "fixtures/a.py", true},
		{"*.md", "docs/a.md", true},
		{"docs/*.md", "docs/a.md", true},
		{"docs/*.md", "docs/sub/a.md", false},
		{"docs/**/a.md", "docs/x/y/a.md", true},
		{"docs/**/a.md", "docs/a.md", true},
		{"./docs", "docs/a.md", true},
		{"a", "b", false},
		{"", "b", false},
	} {
		if got := MatchPath(c.glob, c.path); got != c.want {
			t.Errorf("MatchPath(%q, %q) = %v", c.glob, c.path, got)
		}
	}
}

func TestMatchPackage(t *testing.T) {
	npm := func(n string) ecosystem.Package { return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: n} }
	for _, c := range []struct {
		eco     ecosystem.Ecosystem
		pattern string
		p       ecosystem.Package
		want    bool
	}{
		{ecosystem.NPM, "@acme/*", npm("@acme/x"), true},
		{ecosystem.NPM, "@acme/*", npm("@acme"), false},
		{ecosystem.Unknown, "acme-*", npm("acme-ui"), true},
		{ecosystem.PyPI, "acme-*", npm("acme-ui"), false},
		{ecosystem.NPM, "acme-*", npm("@x/acme-ui"), false},
		{ecosystem.Golang, "git.acme.example/**", ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "git.acme.example/a/b"}, true},
		{ecosystem.PyPI, "PyYAML", ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "pyyaml"}, true},
	} {
		if got := MatchPackage(c.eco, c.pattern, c.p); got != c.want {
			t.Errorf("MatchPackage(%q, %q, %v) = %v", c.eco, c.pattern, c.p, got)
		}
	}
}

func use(k extract.Kind, f extract.Flags) resolve.Use {
	return resolve.Use{Reference: &extract.Reference{Kind: k, Flags: f}}
}

func TestSeverity(t *testing.T) {
	rule := verdict.FindRule("nonexistent-package")
	for _, c := range []struct {
		name     string
		eco      ecosystem.Ecosystem
		declared bool
		uses     []resolve.Use
		want     verdict.Severity
	}{
		{"manifest", ecosystem.PyPI, true, []resolve.Use{use(extract.Manifest, 0)}, verdict.Error},
		{"development dependency", ecosystem.NPM, true, []resolve.Use{use(extract.Manifest, extract.Dev)}, verdict.Error},
		{"optional manifest", ecosystem.NPM, true, []resolve.Use{use(extract.Manifest, extract.Optional)}, verdict.Error},
		{"rescued", ecosystem.NPM, true, []resolve.Use{use(extract.Manifest, extract.Low)}, verdict.Warning},
		{"npm import", ecosystem.NPM, false, []resolve.Use{use(extract.Import, 0)}, verdict.Error},
		{"npm type import", ecosystem.NPM, false, []resolve.Use{use(extract.Import, extract.TypeOnly)}, verdict.Warning},
		{"python import", ecosystem.PyPI, false, []resolve.Use{use(extract.Import, 0)}, verdict.Warning},
		{"python optional import", ecosystem.PyPI, false, []resolve.Use{use(extract.Import, extract.Optional)}, verdict.Note},
		{"python import, also in a command", ecosystem.PyPI, true, []resolve.Use{use(extract.Import, 0), use(extract.Command, 0)}, verdict.Error},
		{"php import", ecosystem.Composer, false, []resolve.Use{use(extract.Import, 0)}, verdict.Note},
		{"mention", ecosystem.NPM, false, []resolve.Use{use(extract.Mention, 0)}, verdict.Note},
		{"mention and rescued command", ecosystem.NPM, true, []resolve.Use{use(extract.Mention, 0), use(extract.Command, extract.Low)}, verdict.Warning},
		{"named on the command line", ecosystem.NPM, true, nil, verdict.Error},
	} {
		s := &resolve.Subject{Ecosystem: c.eco, Declared: c.declared, Uses: c.uses}
		if got := Severity(&verdict.Issue{Rule: rule, Severity: verdict.Error}, s); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAccept(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	site := func(rule, name string, paths ...string) Site {
		return Site{Rule: verdict.FindRule(rule), Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}, Paths: paths}
	}
	allow := Entry{Kind: "allow", Ecosystem: ecosystem.NPM, Package: "left-pat", Reason: "x"}
	ignore := Entry{Kind: "ignore", Paths: []string{"examples/**"}, Rules: []string{"nonexistent-*"}, Reason: "x"}
	for _, c := range []struct {
		name  string
		entry Entry
		site  Site
		want  bool
	}{
		{"allow", allow, site("nonexistent-package", "left-pat", "a"), true},
		{"allow, other name", allow, site("nonexistent-package", "left-pad", "a"), false},
		{"allow never silences a version", allow, site("nonexistent-version", "left-pat", "a"), false},
		{"allow never silences a removal", allow, site("removed-package", "left-pat", "a"), false},
		{"allow never silences malware", allow, site("malicious-package", "left-pat", "a"), false},
		{"ignore", ignore, site("nonexistent-package", "x", "examples/a.json"), true},
		{"ignore, other rule", ignore, site("removed-package", "x", "examples/a.json"), false},
		{"ignore, a new place", ignore, site("nonexistent-package", "x", "examples/a.json", "package.json"), false},
		{"ignore of malware wants the advisory", Entry{Kind: "ignore", Package: "x", Rules: []string{"malicious-package"}}, site("malicious-package", "x", "a"), false},
		{"expires today", Entry{Kind: "allow", Package: "x", Expires: now.Truncate(24 * time.Hour)}, site("nonexistent-package", "x", "a"), true},
		{"expired yesterday", Entry{Kind: "allow", Package: "x", Expires: now.AddDate(0, 0, -1).Truncate(24 * time.Hour)}, site("nonexistent-package", "x", "a"), false},
	} {
		cfg := Config{Entries: []Entry{c.entry}}
		if got := cfg.Accept(c.site, now) == 0; got != c.want {
			t.Errorf("%s: accepted %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLevel(t *testing.T) {
	rule := verdict.FindRule("nonexistent-package")
	cfg := Config{Levels: map[string]Level{"nonexistent-package": {Severity: verdict.Warning}, "typosquat": {Off: true}}}
	if sev, ok := cfg.Level(rule, verdict.Error); sev != verdict.Warning || !ok {
		t.Errorf("lowered to %v, %v", sev, ok)
	}
	if sev, _ := cfg.Level(rule, verdict.Note); sev != verdict.Note {
		t.Errorf("a mention was lifted to %v", sev)
	}
	if _, ok := cfg.Level(verdict.FindRule("typosquat"), verdict.Warning); ok {
		t.Error("a rule that is off was reported")
	}
	only := Config{Select: []string{"nonexistent-*"}, Ignore: []string{"nonexistent-version"}}
	for id, want := range map[string]bool{"nonexistent-package": true, "nonexistent-version": false, "typosquat": false} {
		if _, ok := only.Level(verdict.FindRule(id), verdict.Error); ok != want {
			t.Errorf("%s: reported %v", id, ok)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"fail-on", "format", "exclude"}
	for word, want := range map[string]string{"fial-on": "fail-on", "frmat": "format", "exclude": "exclude", "zzz": "", "x": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
