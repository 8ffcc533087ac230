package verdict

import (
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
)

// TestUnjudgedMalware: a version that nobody can judge may be any that a malware
// record lists, also where the registry no longer has those, and beside another
// use in a version that is not meant.
func TestUnjudgedMalware(t *testing.T) {
	record := func(versions ...string) osv.Answer {
		return osv.Answer{State: osv.Found, Advisories: []osv.Advisory{{ID: "MAL-2026-1", Malicious: true, Affected: []osv.Affected{{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "some-lib"}, Versions: versions}}}}}
	}
	unjudged := with(present, func(r *protocol.Record) {
		r.Constraint, r.Reason, r.Versions = "1.2.3.4", protocol.ReasonVersionNotJudged, []string{"1.0.0", "2.0.0"}
	})
	judged := with(present, func(r *protocol.Record) {
		r.Constraint, r.VersionStatus, r.Versions = "1.0.0", protocol.VersionPresent, []string{"1.0.0", "2.0.0"}
	})
	for _, c := range []struct {
		name    string
		records []protocol.Record
		osv     osv.Answer
		class   Class
		rule    string
		sev     Severity
	}{
		{"not judged", []protocol.Record{unjudged}, record("6.6.6"), Malicious, "malicious-package", Warning},
		{"beside another version", []protocol.Record{judged, unjudged}, record("6.6.6"), Malicious, "malicious-package", Warning},
		{"all are meant", []protocol.Record{unjudged}, record("1.0.0", "2.0.0"), Malicious, "malicious-package", Error},
		{"no record", []protocol.Record{unjudged}, osv.Answer{}, Unverified, "", NoSeverity},
		{"judged", []protocol.Record{judged}, record("6.6.6"), Clean, "", NoSeverity},
		{"the registry did not answer", []protocol.Record{{Constraint: "1.2.3.4", Reason: protocol.ReasonTimeout}}, record("6.6.6"), Malicious, "malicious-package", Warning},
		{"the registry did not answer about a version that is meant", []protocol.Record{{Constraint: "6.6.6", Reason: protocol.ReasonTimeout}}, record("6.6.6"), Malicious, "malicious-package", Error},
	} {
		f := facts(ecosystem.NPM, "some-lib", c.records...)
		f.Versions = &ecosystem.Versions{Ecosystem: ecosystem.NPM, Exact: func(text string) string {
			if strings.Count(text, ".") != 2 {
				return ""
			}
			return text
		}}
		use := f.Subject.Uses[0]
		f.Subject.Uses = nil
		for _, r := range c.records {
			u := use
			ref := *use.Reference
			ref.Constraint = r.Constraint
			u.Reference = &ref
			f.Subject.Uses = append(f.Subject.Uses, u)
		}
		f.OSV = c.osv
		v := Decide(f)
		sev := NoSeverity
		if len(v.Issues) > 0 {
			sev = v.Issues[0].Severity
		}
		if v.Class != c.class || ruleOf(v) != c.rule || sev != c.sev {
			t.Errorf("%s: %v %q %v", c.name, v.Class, ruleOf(v), sev)
		}
		if c.class == Unverified && (v.Reason != protocol.ReasonVersionNotJudged || v.Detail == "") {
			t.Errorf("%s: %q %q", c.name, v.Reason, v.Detail)
		}
	}
}

// TestNoVersionOfASuspect: where a package is itself in doubt, none of its
// versions is recommended.
func TestNoVersionOfASuspect(t *testing.T) {
	missing := func(age time.Duration, m *names.Match) *Facts {
		f := suspect(age, m)
		r := &f.Records[0]
		r.Constraint, r.VersionStatus, r.Latest, r.Versions = "^9.0.0", protocol.VersionAbsent, "2.1.4", []string{"2.1.4"}
		return f
	}
	const d = 24 * time.Hour
	for _, c := range []struct {
		name    string
		f       *Facts
		version string // suggested
		likely  string
	}{
		{"a young squat", missing(4*d, likeness(names.EditSwap, 3)), "", "popular"},
		{"an old package", missing(3000*d, nil), "2.1.4", ""},
		{"a young package", missing(2*d, nil), "", ""},
	} {
		v := Decide(c.f)
		if v.Class != Nonexistent || len(v.Issues) == 0 || v.Issues[0].Rule.ID != "nonexistent-version" {
			t.Fatalf("%s: %v %q", c.name, v.Class, ruleOf(v))
		}
		version, likely := "", ""
		for _, s := range v.Issues[0].Suggestions {
			if s.Package.Name == c.f.Subject.Name {
				version = s.Package.Version
			} else {
				likely = s.Package.Name
			}
		}
		if version != c.version || likely != c.likely {
			t.Errorf("%s: version %q, instead %q", c.name, version, likely)
		}
	}
}
