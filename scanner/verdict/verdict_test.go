package verdict

import (
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/registry"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// facts makes a public subject that a manifest declares.
func facts(e ecosystem.Ecosystem, name string, records ...registry.Record) *Facts {
	s := &resolve.Subject{Ecosystem: e, Name: name, Origin: project.Public, Declared: true,
		Candidates: []resolve.Candidate{{Name: name}},
		Uses:       []resolve.Use{{Reference: &extract.Reference{Ecosystem: e, Name: name, Raw: name, Kind: extract.Manifest, Path: "m"}}}}
	for i := range records {
		records[i].Package = ecosystem.Package{Ecosystem: e, Name: name}
		if records[i].Root.Kind == settings.Mirror && records[i].Root.URL == "" {
			records[i].Root.Kind = settings.Official
		}
	}
	return &Facts{Subject: s, Records: records, Now: now, IndexDate: now}
}

func imported(f *Facts) *Facts {
	f.Subject.Declared = false
	f.Subject.Guess = true
	f.Subject.Uses[0].Kind = extract.Import
	return f
}

func ruleOf(v Verdict) string {
	var ids []string
	for _, i := range v.Issues {
		ids = append(ids, i.Rule.ID)
	}
	return strings.Join(ids, " ")
}

var (
	present = registry.Record{Status: registry.Present, Latest: "2.0.0", Fetched: now}
	absent  = registry.Record{Status: registry.Absent, Reason: registry.ReasonNotFound, Confirmed: true, Fetched: now}
)

func with(r registry.Record, change func(*registry.Record)) registry.Record {
	change(&r)
	return r
}

// TestDecide has for each rule a case that fires and near misses that do not.
func TestDecide(t *testing.T) {
	undeclaredUse := imported(facts(ecosystem.NPM, "zod", present))
	undeclaredUse.Subject.Uses[0].Undeclared = true
	declaredUse := imported(facts(ecosystem.NPM, "zod", present))
	trap := facts(ecosystem.PyPI, "dotenv", present)
	trap.Subject.Trap = &resolve.Trap{Import: "dotenv", Intended: "python-dotenv", Imported: true, Warn: true}
	mention := facts(ecosystem.NPM, "not a name")
	mention.Subject.Uses[0].Kind = extract.Mention
	others := facts(ecosystem.PyPI, "acme-thing", absent)
	others.Subject.Uses[0].Others = true
	local := facts(ecosystem.NPM, "ours", absent)
	local.Subject.Origin = project.Local
	popularBuiltin := facts(ecosystem.NPM, "buffer", present)
	popularBuiltin.Known = true
	goGuess := imported(facts(ecosystem.Golang, "git.internal.example.co/a/b", absent))

	for _, c := range []struct {
		name  string
		f     *Facts
		class Class
		rules string
	}{
		{"absent", facts(ecosystem.NPM, "made-up", absent), Nonexistent, "nonexistent-package"},
		{"absent, not confirmed", facts(ecosystem.NPM, "made-up", with(absent, func(r *registry.Record) { r.Confirmed = false })), Unverified, ""},
		{"present", facts(ecosystem.NPM, "left-pad", present), Clean, ""},
		{"nobody asked", facts(ecosystem.NPM, "left-pad"), Unverified, ""},
		{"unknown", facts(ecosystem.NPM, "left-pad", registry.Record{Reason: registry.ReasonTimeout}), Unverified, ""},
		{"blocked", facts(ecosystem.NPM, "left-pad", registry.Record{Status: registry.Blocked, Reason: registry.ReasonForbidden}), Unverified, ""},
		{"local", local, Clean, ""},
		{"removed", facts(ecosystem.NPM, "holder", registry.Record{Status: registry.Removed, Reason: registry.ReasonSecurityHolder}), Suspicious, "removed-package"},
		{"no version", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "^99", registry.VersionAbsent })), Nonexistent, "nonexistent-version"},
		{"version there", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "^1", registry.VersionPresent })), Clean, ""},
		{"version not known", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint = "next" })), Clean, ""},
		{"a version that nobody can judge", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.Reason = "1.2.3.4", registry.ReasonVersionNotJudged })), Unverified, ""},
		{"one of two versions that nobody can judge", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "^1", registry.VersionPresent }), with(present, func(r *registry.Record) { r.Constraint, r.Reason = "1.2.3.4", registry.ReasonVersionNotJudged })), Unverified, ""},
		{"another version is missing", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "^99", registry.VersionAbsent }), with(present, func(r *registry.Record) { r.Constraint, r.Reason = "1.2.3.4", registry.ReasonVersionNotJudged })), Nonexistent, "nonexistent-version"},
		{"one of two constraints could not be asked", facts(ecosystem.NPM, "axios", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "^1", registry.VersionPresent }), registry.Record{Constraint: "^2", Reason: registry.ReasonTimeout}), Unverified, ""},
		{"withdrawn", facts(ecosystem.PyPI, "x", with(present, func(r *registry.Record) { r.Constraint, r.VersionStatus = "==1", registry.VersionYanked })), Clean, "deprecated-package"},
		{"deprecated", facts(ecosystem.NPM, "request", with(present, func(r *registry.Record) { r.Deprecated = "no longer" })), Clean, "deprecated-package"},
		{"invalid", facts(ecosystem.PyPI, "requests\u0430"), Nonexistent, "invalid-name"},
		{"invalid, but only mentioned", mention, Clean, ""},
		{"invalid, imported in Python", imported(facts(ecosystem.PyPI, "-x-")), Clean, ""},
		{"old capital name", facts(ecosystem.NPM, "JSONStream", present), Clean, ""},
		{"guess denied", imported(facts(ecosystem.PyPI, "some-module", absent)), Suspicious, "unresolved-import"},
		{"import of an exact ecosystem denied", imported(facts(ecosystem.NPM, "some-module", absent)), Nonexistent, "nonexistent-package"},
		{"standard library", facts(ecosystem.PyPI, "pathlib", present), Suspicious, "standard-library-name"},
		{"backport", facts(ecosystem.PyPI, "dataclasses", present), Clean, ""},
		{"popular npm package named like a builtin", popularBuiltin, Clean, ""},
		{"trap", trap, Suspicious, "name-trap"},
		{"undeclared", undeclaredUse, Clean, "undeclared-import"},
		{"declared", declaredUse, Clean, ""},
		{"another index may have it", others, Unverified, ""},
		{"Go path of an unknown host", goGuess, Nonexistent, "nonexistent-package"},
	} {
		v := Decide(c.f)
		if v.Class != c.class || ruleOf(v) != c.rules {
			t.Errorf("%s: %v %q (%s), want %v %q", c.name, v.Class, ruleOf(v), v.Detail, c.class, c.rules)
		}
		if v.Class == Unverified && v.Detail == "" {
			t.Errorf("%s: unverified without a word why", c.name)
		}
	}
	if v := Decide(goGuess); v.Issues[0].Severity != Note {
		t.Errorf("a Go path of an unknown host is %v, want a note", v.Issues[0].Severity)
	}
}

// TestCandidates: several modules that a Go path may lie in.
func TestCandidates(t *testing.T) {
	rec := func(name string, s registry.Status) registry.Record {
		return registry.Record{Package: ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name}, Status: s, Confirmed: s == registry.Absent, Root: settings.Root{Kind: settings.Official}}
	}
	for _, c := range []struct {
		name    string
		records []registry.Record
		want    Class
	}{
		{"the longest is missing, the next exists", []registry.Record{rec("h.io/a/b/c", registry.Absent), rec("h.io/a/b", registry.Present)}, Clean},
		{"all missing", []registry.Record{rec("h.io/a/b/c", registry.Absent), rec("h.io/a/b", registry.Absent)}, Nonexistent},
		{"one missing, one not known", []registry.Record{rec("h.io/a/b/c", registry.Absent), rec("h.io/a/b", registry.Unknown)}, Unverified},
	} {
		f := imported(facts(ecosystem.Golang, "h.io/a/b/c"))
		f.Records = c.records
		if v := Decide(f); v.Class != c.want {
			t.Errorf("%s: %v, want %v", c.name, v.Class, c.want)
		}
	}
}

// TestMirror: only the official registry may be spoken for as a whole.
func TestMirror(t *testing.T) {
	r := with(absent, func(r *registry.Record) {
		r.Root = settings.Root{URL: "https://npm.corp.example/x", Kind: settings.Mirror, Setting: "~/.npmrc:1"}
	})
	v := Decide(facts(ecosystem.NPM, "made-up", r))
	msg := v.Issues[0].Message
	if strings.Contains(msg, "does not exist") || !strings.Contains(msg, "is not on npm.corp.example") || !strings.Contains(msg, "~/.npmrc:1") || v.Issues[0].Confidence != High {
		t.Errorf("%q, %v", msg, v.Issues[0].Confidence)
	}
	if v := Decide(facts(ecosystem.NPM, "made-up", absent)); !strings.Contains(v.Issues[0].Message, "does not exist on npm") || v.Issues[0].Confidence != Certain {
		t.Errorf("%q, %v", v.Issues[0].Message, v.Issues[0].Confidence)
	}
}

func TestSuggestions(t *testing.T) {
	f := facts(ecosystem.PyPI, "cv2", absent)
	f.Matches = []names.Match{{Name: "cvs", Rank: 900, Edit: names.EditKey, Distance: 1}}
	f.Elsewhere = []ecosystem.Ecosystem{ecosystem.NPM}
	s := Decide(f).Issues[0].Suggestions
	if len(s) != 3 || s[0].Package.Name != "opencv-python" || !s[0].Safe || s[1].Package.Ecosystem != ecosystem.NPM || s[2].Package.Name != "cvs" || s[1].Safe || s[2].Safe {
		t.Errorf("suggestions %+v", s)
	}
	for _, x := range s {
		if x.Reason == "" || x.Command == "" {
			t.Errorf("%+v says neither why nor how", x)
		}
	}
}

// TestRules: the table is complete and its ids are used once.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || seen[r.Name] {
			t.Errorf("%s stands twice", r.ID)
		}
		seen[r.ID], seen[r.Name] = true, true
		if r.Short == "" || len(r.Short) >= 100 || !strings.HasSuffix(r.Short, ".") || r.SecuritySeverity == "" || r.Precision == "" || r.Severity == NoSeverity {
			t.Errorf("%s is not complete: %+v", r.ID, r)
		}
		if FindRule(r.ID).Name != r.Name {
			t.Errorf("%s is not found", r.ID)
		}
	}
}
