package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"figment/scanner"
	"figment/scanner/verdict"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// writeGitLab writes a code quality report: an issue for each finding at its
// first place. The format has no room for a run that is incomplete, and an empty
// list reads as clean; what could not be checked is an issue of severity info.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func writeGitLab(w io.Writer, r *scanner.Report, o Options) error {
	list := []gitlabIssue{}
	seen := map[string]int{}
	add := func(i gitlabIssue) {
		if i.Location.Path = relative(i.Location.Path); i.Location.Path == "" {
			i.Location.Path = "-"
		}
		i.Location.Lines.Begin = max(i.Location.Lines.Begin, 1)
		seen[i.Fingerprint]++
		if n := seen[i.Fingerprint]; n > 1 {
			i.Fingerprint = fmt.Sprintf("%s-%d", i.Fingerprint, n)
		}
		list = append(list, i)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		add(gitlabIssue{sentence(f), ruleID(f.Rule), f.ID, gitlabSeverity(f), gitlabLocation{f.Primary.Path, gitlabLines{f.Primary.Start.Line}}})
	}
	for _, g := range groups(r.Unverified) {
		first, by := g.names[0], g.names
		ecosystems := map[string]bool{}
		for _, u := range by {
			ecosystems[string(u.Package.Ecosystem)] = true
		}
		issue := gitlabIssue{CheckName: "unverified", Severity: "info", Fingerprint: gitlabFingerprint("unverified", string(g.reason), fmt.Sprint(g.unsupported))}
		issue.Description = fmt.Sprintf("%s could not be checked, neither clean nor missing: %s (%s)", plural(len(by), "name"), foreign(cmp.Or(string(g.reason), "unknown")), ecosystemList(ecosystems))
		if len(first.Locations) > 0 {
			issue.Location = gitlabLocation{first.Locations[0].Path, gitlabLines{first.Locations[0].Start.Line}}
		}
		add(issue)
	}
	for i := range r.Problems {
		if q := &r.Problems[i]; q.Fatal {
			add(gitlabIssue{"not everything could be read: " + foreign(q.Text), "incomplete", gitlabFingerprint("incomplete", q.Path, q.Text), "info", gitlabLocation{q.Path, gitlabLines{q.Line}}})
		}
	}
	for i := range r.Unread {
		u := &r.Unread[i]
		add(gitlabIssue{unreadText(u), "unread", gitlabFingerprint("unread", u.Path, string(u.Why)), "info", gitlabLocation{u.Path, gitlabLines{u.Line}}})
	}
	silent, unread := gaps(r)
	if r.Interrupted || len(list) == 0 && len(silent)+len(unread) > 0 {
		add(gitlabIssue{foreign(strings.Join(unread, "; ")), "incomplete", gitlabFingerprint("incomplete"), "info", gitlabLocation{}})
	}
	return encode(w, list, o)
}

func gitlabSeverity(f *scanner.Finding) string {
	switch {
	case f.Severity >= verdict.Error && ruleID(f.Rule) == "malicious-package":
		return "blocker"
	case f.Severity >= verdict.Error:
		return "critical"
	case f.Severity == verdict.Warning:
		return "major"
	}
	return "minor"
}

// gitlabFingerprint tells issues apart that are no findings.
func gitlabFingerprint(words ...string) string {
	sum := sha256.Sum256([]byte("figment/v1\x00" + strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:8])
}
