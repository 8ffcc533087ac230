package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/scanner/extract"
)

// malicious judges by malware records. Nothing else is ever called malicious.
// A record is matched by version: by the version that a constraint resolves to,
// or, where none is known, by what the record claims of all of them. r may be
// nil or say that the registry could not be asked: a record stands by itself.
func malicious(f *Facts, r *protocol.Record) (Issue, bool) {
	var best *Issue
	for i := range f.OSV.Advisories {
		a := &f.OSV.Advisories[i]
		if !a.Malicious || !a.Withdrawn.IsZero() {
			continue
		}
		issue, ok := malware(f, r, a)
		if !ok {
			continue
		}
		switch {
		case best == nil, issue.Severity > best.Severity:
			ids := issue.Advisories
			if best != nil {
				ids = append(ids, best.Advisories...)
			}
			best = &issue
			best.Advisories = ids
		default:
			best.Advisories = append(best.Advisories, issue.Advisories...)
			best.Evidence = append(best.Evidence, issue.Evidence...)
		}
	}
	if best == nil {
		return Issue{}, false
	}
	return *best, true
}

// malware judges by one record.
func malware(f *Facts, r *protocol.Record, a *osv.Advisory) (Issue, bool) {
	s := f.Subject
	i := Issue{Rule: FindRule("malicious-package"), Severity: Error, Confidence: Certain, Label: "malicious: " + a.ID, Advisories: []string{a.ID}, Suggestions: suggest(f)}
	name := ecosystem.Package{Ecosystem: s.Ecosystem, Name: canonicalName(f, r)}
	record := func(text string) {
		i.Evidence = append(i.Evidence, Evidence{Signal: "osv-malware", Text: fmt.Sprintf("OSV record %s%s %s", a.ID, published(a), text), Source: "osv", At: f.OSV.At})
	}
	if r != nil && reused(f, r, a, name) {
		return Issue{}, false
	}

	// Versions that are written down, or that a constraint resolves to.
	worst, any, known := osv.NotCovered, "", false
	for _, use := range versionsUsed(f) {
		known = true
		c := osv.Cover(a, name, use.version)
		if c == osv.Unclear {
			c = osv.Listed
		}
		if c != osv.NotCovered {
			i.Uses = append(i.Uses, use.uses...)
		}
		if c > worst {
			worst, any = c, use.version
			i.Constraint = use.constraint
		}
	}
	// One that nobody can judge may be any that the record lists.
	unjudged := slices.ContainsFunc(f.Records, func(x protocol.Record) bool { return x.Reason == protocol.ReasonVersionNotJudged })
	if known {
		switch worst {
		case osv.Covered:
			i.Message = fmt.Sprintf("`%s` %s is malicious: %s", s.Name, any, a.ID)
			record("covers version " + any)
			return i, true
		case osv.CoveredOpen:
			i.open(f, r, a, record)
			return i, true
		case osv.NotCovered:
			if unjudged {
				break
			}
			return Issue{}, false // a record about other versions; told as evidence
		}
	}

	// No version is known: what does the record say of those published?
	i.Uses = nil
	var versions []string
	if r != nil {
		versions = r.Versions
	}
	covered, of := osv.CoversAll(a, name, versions)
	switch c := osv.Cover(a, name, ""); {
	case of > 0 && covered == 0 && c != osv.CoveredOpen && (!unjudged || c == osv.NotCovered):
		return Issue{}, false // none of the published versions is meant
	case c == osv.CoveredOpen:
		i.open(f, r, a, record)
		return i, true
	case of > 0 && covered == of:
		i.Message = fmt.Sprintf("`%s` is malicious: %s covers every version", s.Name, a.ID)
		record(fmt.Sprintf("covers all of %s", count(of, "published version", "published versions")))
		return i, true
	}
	if newest := newestOf(r); newest != "" && osv.Cover(a, name, newest) == osv.Covered {
		i.Message = fmt.Sprintf("`%s` is malicious: %s covers the newest version, %s", s.Name, a.ID, newest)
		record("covers the newest version, " + newest)
		return i, true
	}
	i.Severity, i.Confidence = Warning, Medium
	i.Message = fmt.Sprintf("some versions of `%s` are malicious: %s", s.Name, a.ID)
	text := "covers some versions; which one is used is not known"
	if of > 0 {
		text = fmt.Sprintf("covers %d of %s; which one is used is not known", covered, count(of, "published version", "published versions"))
	}
	record(text)
	return i, true
}

// open settles a record that claims every version, from the beginning and
// without an end: true of a package that was made for the purpose, and often an
// error of import for one that has served others for years.
func (i *Issue) open(f *Facts, r *protocol.Record, a *osv.Advisory, record func(string)) {
	name := f.Subject.Name
	if f.Trusted || r != nil && r.Status == protocol.Present && longLived(f, r) {
		i.Severity, i.Confidence = Warning, Medium
		i.Message = fmt.Sprintf("a malware record claims every version of `%s`, which is long established: %s", name, a.ID)
		record("claims every version; records of this shape have been errors of import")
		return
	}
	i.Message = fmt.Sprintf("`%s` is malicious: %s covers every version", name, a.ID)
	record("covers every version")
}

// longLived is a history that no package made for malware has, whatever its
// name.
func longLived(f *Facts, r *protocol.Record) bool {
	a, known := oldness(f, r)
	return known && a >= established && len(r.Versions) >= 5
}

// reused reports whether a record is about an earlier package of the name: it
// was published before the present one was born, and none of the versions it
// lists is there.
func reused(f *Facts, r *protocol.Record, a *osv.Advisory, name ecosystem.Package) bool {
	if r.Status != protocol.Present || r.Created.IsZero() || a.Published.IsZero() || !a.Published.Before(r.Created) {
		return false
	}
	if osv.Cover(a, name, "") == osv.CoveredOpen {
		return true // what it claimed was claimed of a package that is no more
	}
	n, of := osv.CoversAll(a, name, r.Versions)
	return of > 0 && n == 0
}

// otherMalware tells of records that do not cover what is used.
func otherMalware(f *Facts) []Evidence {
	var out []Evidence
	r := decisive(f)
	for i := range f.OSV.Advisories {
		a := &f.OSV.Advisories[i]
		if !a.Malicious || !a.Withdrawn.IsZero() {
			continue
		}
		if _, ok := malware(f, r, a); ok {
			continue
		}
		text := fmt.Sprintf("OSV record %s%s is about other versions", a.ID, published(a))
		if r != nil && reused(f, r, a, ecosystem.Package{Ecosystem: f.Subject.Ecosystem, Name: canonicalName(f, r)}) {
			text = fmt.Sprintf("OSV record %s%s is about an earlier package of the name", a.ID, published(a))
		}
		out = append(out, Evidence{Signal: "osv-other", Text: text, Source: "osv", At: f.OSV.At})
	}
	return out
}

func published(a *osv.Advisory) string {
	if a.Published.IsZero() {
		return ""
	}
	return " of " + a.Published.Format(time.DateOnly)
}

func canonicalName(f *Facts, r *protocol.Record) string {
	if r != nil && r.Status == protocol.Present && r.Package.Name != "" {
		return r.Package.Name
	}
	return f.Subject.Name
}

func newestOf(r *protocol.Record) string {
	if r == nil {
		return ""
	}
	return latest(r)
}

// A versionUse is a version that is used, and by which uses.
type versionUse struct {
	version, constraint string
	uses                []int
}

// versionsUsed are the versions that the constraints of a subject resolve to.
func versionsUsed(f *Facts) []versionUse {
	var out []versionUse
	s := f.Subject
	for i := range s.Uses {
		u := &s.Uses[i]
		if u.Constraint == "" || u.Kind == extract.Mention {
			continue
		}
		if n := slices.IndexFunc(out, func(v versionUse) bool { return v.constraint == u.Constraint }); n >= 0 {
			out[n].uses = append(out[n].uses, i)
			continue
		}
		if v := resolvedVersion(f, u.Constraint); v != "" {
			out = append(out, versionUse{v, u.Constraint, []int{i}})
		}
	}
	return out
}

// resolvedVersion is what a constraint resolves to; empty if it is not known.
func resolvedVersion(f *Facts, constraint string) string {
	for i := range f.Records {
		if r := &f.Records[i]; r.Constraint == constraint {
			if v := registry.Resolved(f.Versions, r); v != "" {
				return v
			}
		}
	}
	return registry.Resolved(f.Versions, &protocol.Record{Package: f.Subject.Package(), Constraint: constraint})
}

// vulnerable makes a note of the advisories, other than malware, that cover a
// version that is used.
func vulnerable(f *Facts, r *protocol.Record) (Issue, bool) {
	s := f.Subject
	name := ecosystem.Package{Ecosystem: s.Ecosystem, Name: canonicalName(f, r)}
	i := Issue{Rule: FindRule("vulnerable-package"), Severity: Note, Confidence: High}
	for n := range f.OSV.Advisories {
		a := &f.OSV.Advisories[n]
		if a.Malicious || !a.Withdrawn.IsZero() {
			continue
		}
		for _, use := range versionsUsed(f) {
			if c := osv.Cover(a, name, use.version); c != osv.Covered && c != osv.CoveredOpen {
				continue
			}
			i.Advisories = append(i.Advisories, a.ID)
			i.Constraint = use.constraint
			i.Uses = append(i.Uses, use.uses...)
			i.Evidence = append(i.Evidence, Evidence{Signal: "osv-advisory", Source: "osv", At: f.OSV.At,
				Text: fmt.Sprintf("OSV record %s%s covers version %s", a.ID, published(a), use.version)})
			break
		}
	}
	if len(i.Advisories) == 0 {
		return Issue{}, false
	}
	slices.Sort(i.Uses)
	i.Uses = slices.Compact(i.Uses)
	shown := i.Advisories
	more := ""
	if len(shown) > 5 {
		shown, more = shown[:5], fmt.Sprintf(" and %d more", len(i.Advisories)-5)
	}
	i.Message = fmt.Sprintf("`%s` has known vulnerabilities: %s%s", s.Name, strings.Join(shown, ", "), more)
	i.Label = count(len(i.Advisories), "known vulnerability", "known vulnerabilities")
	return i, true
}
