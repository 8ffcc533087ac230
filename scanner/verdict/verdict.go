package verdict

import (
	"fmt"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
)

// Decide judges a subject. The order is the point: what cannot be a registry
// name is never judged, what could not be asked is never missing, and a name
// that exists is still looked at for what is wrong with it. The steps are numbered
// and stand in one function, so that this order can be read.
func Decide(f *Facts) Verdict {
	s := f.Subject
	v := Verdict{Subject: s, Package: s.Package()}

	// 1. Names that nobody was asked about.
	if s.Origin != project.Public && s.Origin != project.Private {
		v.Class = Clean
		return v
	}

	// 2. Names that cannot exist there.
	if c, bad := cannotExist(s); bad {
		if !s.Declared && !s.Ecosystem.Exact() || onlyMentioned(s) {
			v.Class = Clean // an import that is no package name is an alias or a module of some other kind
			return v
		}
		v.Class = Nonexistent
		v.add(invalidName(f, c))
		return v
	}

	v.Evidence = collect(f)
	r := decisive(f)
	if r == nil {
		if i, ok := malicious(f, nil); ok {
			v.Class = Malicious
			v.add(i)
			return v
		}
		v.unverified(f, unaskedReason(s), "")
		return v
	}
	v.Status, v.VersionStatus = r.Status, r.VersionStatus
	if r.Status == protocol.Absent && r.Confirmed {
		v.AbsentAt = r.AbsentAt
	}
	if r.Package.Name != "" {
		v.Package = r.Package
		v.Package.Version = ""
	}

	// 3. Malware records stand by themselves, whatever the registry says of the
	// name now.
	if i, ok := malicious(f, r); ok {
		if r.Status == protocol.Absent && r.Confirmed {
			v.Class = Suspicious
			v.add(takenDown(f, r, i))
			return v
		}
		v.Class = Malicious
		v.add(i)
		return v
	}

	// 4. Could not ask, or the answer proves nothing.
	switch r.Status {
	case protocol.Unknown, protocol.Blocked:
		v.unverified(f, r.Reason, r.Detail)
		return v
	case protocol.Absent:
		if !r.Confirmed {
			v.unverified(f, protocol.ReasonCanaryFailed, r.Detail)
			return v
		}
	}

	// A further index, named beside the name, may have what the first lacks.
	if otherIndexes(s) && (r.Status == protocol.Absent || versionAbsent(f)) {
		v.unverified(f, protocol.ReasonOtherSourceSilent, "the project names a further index, which was not asked")
		return v
	}

	// 5. Gone, or never there.
	switch r.Status {
	case protocol.Removed:
		v.Class = Suspicious
		v.add(removed(f, r))
		return v
	case protocol.Absent:
		if s.Guess && !s.Ecosystem.Exact() {
			v.Class = Suspicious
			v.add(unresolvedImport(f, r))
		} else {
			v.Class = Nonexistent
			v.add(nonexistent(f, r))
		}
		return v
	}

	// A constraint that could not be checked is neither satisfied nor not.
	for i := range f.Records {
		if x := &f.Records[i]; x.Constraint != "" && x.Package.Name == r.Package.Name && (x.Status == protocol.Unknown || x.Status == protocol.Blocked) {
			v.unverified(f, x.Reason, x.Detail)
			return v
		}
	}

	// 6. Present. What is still wrong with it, gravest first.
	v.Class = Clean
	v.versions(f)
	if s.Trap != nil {
		v.add(nameTrap(f))
	}

	// 7. The name and the package behind it, unless a fact above settled what
	// to think of it. What is popular is above suspicion.
	if v.Class == Clean && !f.Trusted {
		if i, ok := registeredAfter(f, r); ok {
			v.add(i)
		}
		if v.Class == Clean && !wellEstablished(f, r) {
			v.Score = weigh(f, r)
			if v.Score.Match != nil { // told with its points
				v.Evidence = slices.DeleteFunc(v.Evidence, func(e Evidence) bool { return e.Signal == "near-name" })
			}
			if i, ok := scored(f, r, v.Score); ok {
				v.add(i)
			}
		}
	}

	// 8. Notes beside whatever else is wrong.
	if i, ok := standardLibraryName(f); ok {
		v.add(i)
	}
	if uses := undeclared(s); len(uses) > 0 {
		v.add(undeclaredImport(f, uses))
	}
	if r.Deprecated != "" {
		v.add(deprecated(f, r))
	}
	if i, ok := vulnerable(f, r); ok {
		v.add(i)
	}

	// 9. Nothing is wrong with what was looked at; a version was not.
	if v.Class == Clean && slices.ContainsFunc(f.Records, func(x protocol.Record) bool {
		return x.Status == protocol.Present && x.Reason == protocol.ReasonVersionNotJudged
	}) {
		v.unverified(f, protocol.ReasonVersionNotJudged, "")
		v.Suggestions = nil // the name is not in doubt
	}
	return v
}

// takenDown is a name that is free now and was used for malware.
func takenDown(f *Facts, r *protocol.Record, i Issue) Issue {
	i.Rule = FindRule("removed-package")
	i.Confidence = High
	i.Message = fmt.Sprintf("`%s` was used for malware and taken down from %s: %s", f.Subject.Name, registryName(r), strings.Join(i.Advisories, ", "))
	i.Label = "used for malware and taken down"
	i.Severity = Error
	i.Uses = nil
	i.Constraint = ""
	return i
}

func (v *Verdict) add(i Issue) {
	if v.Class == Clean && i.Severity >= Warning {
		v.Class = Suspicious
	}
	v.Issues = append(v.Issues, i)
}

func (v *Verdict) unverified(f *Facts, reason protocol.Reason, detail string) {
	v.Class = Unverified
	v.Reason = reason
	v.Detail = reasonWords(reason, detail)
	v.Suggestions = nearSuggestions(f)
}

// unaskedReason says why there is no record of a public or private subject.
func unaskedReason(s *resolve.Subject) protocol.Reason {
	if s.Origin == project.Private {
		return protocol.ReasonRegistryNotAllowed
	}
	return protocol.ReasonUnsupported
}

func otherIndexes(s *resolve.Subject) bool {
	for i := range s.Uses {
		if s.Uses[i].Others || s.Uses[i].Further {
			return true
		}
	}
	return false
}

func versionAbsent(f *Facts) bool {
	for i := range f.Records {
		if f.Records[i].VersionStatus == protocol.VersionAbsent {
			return true
		}
	}
	return false
}

// decisive picks the record that settles existence: a present one of any
// candidate; else, when every candidate is absent, the first absence; else the
// first that could not be settled. Removal counts before absence.
func decisive(f *Facts) *protocol.Record {
	var open, removed, absent *protocol.Record
	for i := range f.Records {
		r := &f.Records[i]
		switch r.Status {
		case protocol.Present:
			return r
		case protocol.Removed:
			if removed == nil {
				removed = r
			}
		case protocol.Absent:
			if !r.Confirmed && open == nil {
				open = r
			}
			if absent == nil {
				absent = r
			}
		default:
			if open == nil || open.Status == protocol.Absent {
				open = r
			}
		}
	}
	switch {
	case removed != nil:
		return removed
	case open != nil:
		return open
	}
	return absent
}

// onlyMentioned reports whether the name stands in prose only, where a word may
// be anything.
func onlyMentioned(s *resolve.Subject) bool {
	for i := range s.Uses {
		if s.Uses[i].Kind != extract.Mention {
			return false
		}
	}
	return len(s.Uses) > 0
}

// cannotExist reports whether no package that the subject may mean can exist.
func cannotExist(s *resolve.Subject) (ecosystem.Check, bool) {
	c := ecosystem.CheckName(s.Ecosystem, s.Name)
	if c.State != ecosystem.Invalid || s.Origin != project.Public {
		return c, false
	}
	if s.Ecosystem.Prefixes() { // an import path need not be a module path
		for _, m := range s.Candidates {
			if ecosystem.CheckName(s.Ecosystem, m.Name).State != ecosystem.Invalid {
				return c, false
			}
		}
	}
	return c, true
}

func invalidName(f *Facts, c ecosystem.Check) Issue {
	s := f.Subject
	text := c.Text
	if text == "" {
		text = "is not a name that the registry could hold"
	}
	return Issue{
		Rule: FindRule("invalid-name"), Severity: Error, Confidence: Certain,
		Message:     fmt.Sprintf("`%s` cannot be a package of %s: it %s", s.Name, s.Ecosystem.Registry(), text),
		Label:       text,
		Evidence:    []Evidence{{Signal: "invalid-name", Text: fmt.Sprintf("the name %s, which the rules of %s refuse", text, s.Ecosystem.Registry()), Source: "text", At: f.Now}},
		Suggestions: suggest(f),
	}
}

func removed(f *Facts, r *protocol.Record) Issue {
	s := f.Subject
	return Issue{
		Rule: FindRule("removed-package"), Severity: Error, Confidence: High,
		Message:     fmt.Sprintf("`%s` was removed from %s: it is %s", s.Name, registryName(r), removedWords(r.Reason)),
		Label:       "removed: " + strings.TrimPrefix(removedWords(r.Reason), "a "),
		Suggestions: suggest(f),
	}
}

func nonexistent(f *Facts, r *protocol.Record) Issue {
	s := f.Subject
	if s.Decision.Own && r.Root.Kind == protocol.Official {
		return Issue{
			Rule: FindRule("claimable-private-name"), Severity: Warning, Confidence: Certain,
			Message: fmt.Sprintf("your name `%s` is free on %s, and your documents tell people to install it: claim it, or tell them another way", s.Name, s.Ecosystem.Registry()),
			Label:   "your own name is free on " + s.Ecosystem.Registry() + ": claim it",
		}
	}
	i := Issue{
		Rule: FindRule("nonexistent-package"), Severity: Error, Confidence: Certain,
		Message:     absentMessage(s.Name, r),
		Label:       "no such package",
		Suggestions: suggest(f),
	}
	if r.Root.Kind != protocol.Official || s.Ecosystem.PrivateHint() != "" || r.Reason == protocol.ReasonIndexKnewIt {
		i.Confidence = High // a mirror speaks for itself
	}
	if cause := cause(f); cause != "" {
		i.Label = cause
	}
	if hint := s.Ecosystem.PrivateHint(); hint != "" {
		i.Evidence = append(i.Evidence, Evidence{Signal: "go-private", Source: "text", At: f.Now, Text: hint})
		if s.Guess && ecosystem.ForgeDepth(s.Name) == 0 {
			i.Severity, i.Confidence = Note, Low // a host that may serve modules to others only
		}
	}
	return i
}

// absentMessage says who lacks the name. Only the official registry may be
// spoken for as a whole.
func absentMessage(name string, r *protocol.Record) string {
	if r.Root.Kind == protocol.Official {
		return fmt.Sprintf("`%s` does not exist on %s", name, r.Package.Ecosystem.Registry())
	}
	msg := fmt.Sprintf("`%s` is not on %s", name, host(r.Root.URL))
	if r.Root.Setting != "" {
		msg += fmt.Sprintf(" (registry set by %s)", r.Root.Setting)
	}
	if r.Root.Kind == protocol.Private {
		return msg
	}
	return msg + fmt.Sprintf("; %s was not asked", r.Package.Ecosystem.PublicRegistry())
}

func unresolvedImport(f *Facts, r *protocol.Record) Issue {
	s := f.Subject
	word := s.Name
	if u := firstImport(s); u != nil {
		word = u.Name
	}
	if c := s.Candidates; len(c) > 0 && c[0].How == resolve.Mapped && c[0].Confidence == "high" {
		// The import is right; what is missing is the package it came from.
		return Issue{
			Rule: FindRule("unresolved-import"), Severity: Note, Confidence: Medium,
			Message: fmt.Sprintf("import `%s`: `%s` is known to provide it, and %s has none", word, s.Name, registryName(r)),
			Label:   "its package is not there",
		}
	}
	return Issue{
		Rule: FindRule("unresolved-import"), Severity: Warning, Confidence: Medium,
		Message:     fmt.Sprintf("import `%s`: no declared or known package provides it, and %s has no `%s`", word, registryName(r), s.Name),
		Label:       "provided by no known package",
		Suggestions: suggest(f),
	}
}

func firstImport(s *resolve.Subject) *resolve.Use {
	for i := range s.Uses {
		if s.Uses[i].Kind == extract.Import {
			return &s.Uses[i]
		}
	}
	return nil
}

// versions adds what is wrong with the constraints under which the package is
// used.
func (v *Verdict) versions(f *Facts) {
	s := f.Subject
	for i := range f.Records {
		r := &f.Records[i]
		if r.Status != protocol.Present || r.Constraint == "" {
			continue
		}
		switch r.VersionStatus {
		case protocol.VersionAbsent:
			issue := Issue{
				Rule: FindRule("nonexistent-version"), Severity: Error, Confidence: Certain, Constraint: r.Constraint,
				Message: fmt.Sprintf("no version of `%s` satisfies `%s`", s.Name, r.Constraint),
				Label:   "no version satisfies " + r.Constraint,
				Uses:    usesOf(s, r.Constraint),
			}
			if r.Root.Kind != protocol.Official || s.Ecosystem.PrivateHint() != "" {
				issue.Confidence = High
			}
			if newest := latest(r); doubtful(f, r) {
				issue.Suggestions = suggest(f) // no version of it is advice
			} else if newest != "" {
				issue.Label = fmt.Sprintf("no version satisfies %s; the newest is %s", r.Constraint, newest)
				issue.Suggestions = []Suggestion{{
					Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: v.Package.Name, Version: newest},
					Reason:  "the newest published version",
					Command: s.Ecosystem.Install(v.Package.Name, newest),
				}}
			}
			v.VersionStatus = protocol.VersionAbsent
			v.Class = Nonexistent
			v.add(issue)
		case protocol.VersionYanked:
			v.VersionStatus = protocol.VersionYanked
			v.add(Issue{
				Rule: FindRule("deprecated-package"), Severity: Note, Confidence: High, Constraint: r.Constraint,
				Message: fmt.Sprintf("version `%s` of `%s` was withdrawn (yanked) by its authors", r.Constraint, s.Name),
				Label:   "withdrawn version",
				Uses:    usesOf(s, r.Constraint),
			})
		}
	}
}

// doubtful reports whether a package that is there would be a finding by itself.
func doubtful(f *Facts, r *protocol.Record) bool {
	if f.Trusted {
		return false
	}
	if _, ok := registeredAfter(f, r); ok {
		return true
	}
	if wellEstablished(f, r) {
		return false
	}
	_, ok := scored(f, r, weigh(f, r))
	return ok
}

func latest(r *protocol.Record) string {
	if r.Latest != "" {
		return r.Latest
	}
	if n := len(r.Versions); n > 0 {
		return r.Versions[n-1]
	}
	return ""
}

func usesOf(s *resolve.Subject, constraint string) []int {
	var out []int
	for i := range s.Uses {
		if s.Uses[i].Constraint == constraint && s.Uses[i].Kind != extract.Mention {
			out = append(out, i)
		}
	}
	return out
}

func nameTrap(f *Facts) Issue {
	s, t := f.Subject, f.Subject.Trap
	i := Issue{Rule: FindRule("name-trap"), Severity: Note, Confidence: Medium}
	if t.Warn {
		i.Severity, i.Confidence = Warning, High
	}
	if t.Kind == resolve.TrapAlias {
		i.Confidence = High
		i.Message = fmt.Sprintf("`%s` only brings `%s` along, which provides `import %s`", s.Name, t.Intended, t.Import)
		i.Label = fmt.Sprintf("an alias of `%s`", t.Intended)
		i.Evidence = []Evidence{{Signal: "name-trap", Text: fmt.Sprintf("`%s` depends on `%s` and holds nothing else of note", s.Name, t.Intended), Source: "index", At: f.IndexDate}}
		i.Suggestions = []Suggestion{{
			Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: t.Intended},
			Reason:  "what it stands for", Command: s.Ecosystem.Install(t.Intended, ""),
		}}
		return i
	}
	i.Message = fmt.Sprintf("`%s` is not the package that `import %s` means", s.Name, t.Import)
	i.Label = fmt.Sprintf("`import %s` means `%s`", t.Import, t.Intended)
	text := fmt.Sprintf("the module `%s` is usually provided by `%s`; `%s` is another project", t.Import, t.Intended, s.Name)
	if t.Twin {
		text += " that installs a module of the same name"
	}
	i.Evidence = []Evidence{{Signal: "name-trap", Text: text, Source: "index", At: f.IndexDate}}
	i.Suggestions = []Suggestion{{
		Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: t.Intended},
		Reason:  fmt.Sprintf("provides the module `%s`", t.Import),
		Command: s.Ecosystem.Install(t.Intended, ""),
	}}
	return i
}

// standardLibraryName fires where a module of the standard library is declared
// or installed as a package.
func standardLibraryName(f *Facts) (Issue, bool) {
	s := f.Subject
	taken, wanted := s.Ecosystem.StandardNames()
	if !taken {
		return Issue{}, false
	}
	if wanted && f.Known {
		return Issue{}, false // buffer, events, url: wanted, for programs that run in browsers
	}
	module := ""
	var uses []int
	for i := range s.Uses {
		u := &s.Uses[i]
		if u.Kind > extract.Command {
			continue
		}
		if n, ok := ecosystem.Standard(s.Ecosystem, u.Name); ok && !n.Backport {
			module = u.Name
			uses = append(uses, i)
		}
	}
	if module == "" {
		return Issue{}, false
	}
	n, _ := ecosystem.Standard(s.Ecosystem, module)
	return Issue{
		Rule: FindRule("standard-library-name"), Severity: Warning, Confidence: High, Uses: uses,
		Message:  fmt.Sprintf("`%s` is part of %s; the package of that name is a backport or somebody else's", module, n.Of),
		Label:    "part of " + n.Of,
		Evidence: []Evidence{{Signal: "standard-library", Text: fmt.Sprintf("`%s` is a module of %s: it needs no installation", module, n.Of), Source: "index", At: f.IndexDate}},
	}, true
}

func undeclared(s *resolve.Subject) []int {
	var out []int
	for i := range s.Uses {
		if s.Uses[i].Undeclared {
			out = append(out, i)
		}
	}
	return out
}

func undeclaredImport(f *Facts, uses []int) Issue {
	s := f.Subject
	u := &s.Uses[uses[0]]
	i := Issue{
		Rule: FindRule("undeclared-import"), Severity: Note, Confidence: High, Uses: uses,
		Message: fmt.Sprintf("import `%s` is declared nowhere", u.Raw),
		Label:   fmt.Sprintf("provided by `%s`", s.Name),
		Evidence: []Evidence{{Signal: "undeclared", Source: "project", At: f.Now,
			Text: fmt.Sprintf("no manifest in reach declares `%s`, which provides it", s.Name)}},
		Suggestions: []Suggestion{{
			Package: s.Package(), Reason: fmt.Sprintf("provides `%s`: add it to the manifest", u.Raw),
			Command: s.Ecosystem.Install(s.Name, ""),
		}},
	}
	if u.How != resolve.Mapped && !s.Ecosystem.Exact() { // a package of the module's name may be a stranger's
		i.Confidence, i.Label, i.Suggestions = Medium, "not declared", nil
		i.Evidence[0].Text = fmt.Sprintf("no manifest in reach declares `%s`, and no module `%s` is in the project", s.Name, u.Raw)
	}
	return i
}

func deprecated(f *Facts, r *protocol.Record) Issue {
	s := f.Subject
	i := Issue{
		Rule: FindRule("deprecated-package"), Severity: Note, Confidence: High,
		Message: fmt.Sprintf("`%s` is marked as deprecated by its authors", s.Name),
		Label:   "deprecated",
	}
	if r.Replacement != "" {
		i.Suggestions = []Suggestion{{
			Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: r.Replacement},
			Reason:  "named as the replacement by the registry",
		}}
	}
	return i
}
