package verdict

import (
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// facts makes a public subject that a manifest declares.
func facts(e ecosystem.Ecosystem, name string, records ...protocol.Record) *Facts {
	s := &resolve.Subject{Ecosystem: e, Name: name, Origin: project.Public, Declared: true,
		Candidates: []resolve.Candidate{{Name: name}},
		Uses:       []resolve.Use{{Reference: &extract.Reference{Ecosystem: e, Name: name, Raw: name, Kind: extract.Manifest, Path: "m"}}}}
	for i := range records {
		records[i].Package = ecosystem.Package{Ecosystem: e, Name: name}
		if records[i].Root.Kind == protocol.Mirror && records[i].Root.URL == "" {
			records[i].Root.Kind = protocol.Official
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
	present = protocol.Record{Status: protocol.Present, Latest: "2.0.0", Fetched: now}
	absent  = protocol.Record{Status: protocol.Absent, Reason: protocol.ReasonNotFound, Confirmed: true, Fetched: now}
)

func with(r protocol.Record, change func(*protocol.Record)) protocol.Record {
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
		{"absent, not confirmed", facts(ecosystem.NPM, "made-up", with(absent, func(r *protocol.Record) { r.Confirmed = false })), Unverified, ""},
		{"present", facts(ecosystem.NPM, "left-pad", present), Clean, ""},
		{"nobody asked", facts(ecosystem.NPM, "left-pad"), Unverified, ""},
		{"unknown", facts(ecosystem.NPM, "left-pad", protocol.Record{Reason: protocol.ReasonTimeout}), Unverified, ""},
		{"blocked", facts(ecosystem.NPM, "left-pad", protocol.Record{Status: protocol.Blocked, Reason: protocol.ReasonForbidden}), Unverified, ""},
		{"local", local, Clean, ""},
		{"removed", facts(ecosystem.NPM, "holder", protocol.Record{Status: protocol.Removed, Reason: protocol.ReasonSecurityHolder}), Suspicious, "removed-package"},
		{"no version", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "^99", protocol.VersionAbsent })), Nonexistent, "nonexistent-version"},
		{"version there", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "^1", protocol.VersionPresent })), Clean, ""},
		{"version not known", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint = "next" })), Clean, ""},
		{"a version that nobody can judge", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.Reason = "1.2.3.4", protocol.ReasonVersionNotJudged })), Unverified, ""},
		{"one of two versions that nobody can judge", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "^1", protocol.VersionPresent }), with(present, func(r *protocol.Record) { r.Constraint, r.Reason = "1.2.3.4", protocol.ReasonVersionNotJudged })), Unverified, ""},
		{"another version is missing", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "^99", protocol.VersionAbsent }), with(present, func(r *protocol.Record) { r.Constraint, r.Reason = "1.2.3.4", protocol.ReasonVersionNotJudged })), Nonexistent, "nonexistent-version"},
		{"one of two constraints could not be asked", facts(ecosystem.NPM, "axios", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "^1", protocol.VersionPresent }), protocol.Record{Constraint: "^2", Reason: protocol.ReasonTimeout}), Unverified, ""},
		{"withdrawn", facts(ecosystem.PyPI, "x", with(present, func(r *protocol.Record) { r.Constraint, r.VersionStatus = "==1", protocol.VersionYanked })), Clean, "deprecated-package"},
		{"deprecated", facts(ecosystem.NPM, "request", with(present, func(r *protocol.Record) { r.Deprecated = "no longer" })), Clean, "deprecated-package"},
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
	rec := func(name string, s protocol.Status) protocol.Record {
		return protocol.Record{Package: ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name}, Status: s, Confirmed: s == protocol.Absent, Root: protocol.Root{Kind: protocol.Official}}
	}
	for _, c := range []struct {
		name    string
		records []protocol.Record
		want    Class
	}{
		{"the longest is missing, the next exists", []protocol.Record{rec("h.io/a/b/c", protocol.Absent), rec("h.io/a/b", protocol.Present)}, Clean},
		{"all missing", []protocol.Record{rec("h.io/a/b/c", protocol.Absent), rec("h.io/a/b", protocol.Absent)}, Nonexistent},
		{"one missing, one not known", []protocol.Record{rec("h.io/a/b/c", protocol.Absent), rec("h.io/a/b", protocol.Unknown)}, Unverified},
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
	r := with(absent, func(r *protocol.Record) {
		r.Root = protocol.Root{URL: "https://npm.corp.example/x", Kind: protocol.Mirror, Setting: "~/.npmrc:1"}
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
	f.Imports = &resolve.Rules{Alias: func(name string) (string, bool) { return "opencv-python", name == "cv2" }}
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
