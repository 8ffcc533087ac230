package scanner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/git"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// finding puts an issue at its places. ok is false where the configuration
// switches it off.
func (s *scan) finding(v *verdict.Verdict, i *verdict.Issue) (*Finding, bool) {
	sub := v.Subject
	sev, ok := s.Config.Level(i.Rule, policy.Severity(i, sub))
	if !ok || i.Confidence < s.Config.MinConfidence {
		return nil, false
	}
	uses := sub.Uses
	if i.Uses != nil {
		uses = make([]resolve.Use, len(i.Uses))
		for n, u := range i.Uses {
			uses[n] = sub.Uses[u]
		}
	}
	locations := s.locations(uses)
	f := &Finding{
		Rule: i.Rule, Severity: sev, Confidence: i.Confidence, Message: i.Message, Label: i.Label,
		Package: v.Package, Score: i.Score,
		Evidence:    append(slices.Clone(i.Evidence), v.Evidence...),
		Suggestions: i.Suggestions,
		Advisories:  i.Advisories,
		AbsentAt:    v.AbsentAt,
	}
	if len(locations) > 0 {
		f.Primary, f.Related = locations[0], locations[1:]
		f.Package.Version = f.Primary.Constraint
		f.LineHash = s.lines.hash(f.Primary.Path, f.Primary.Start.Line)
	}
	if i.Constraint != "" {
		f.Package.Version = i.Constraint
	}
	f.ID = Fingerprint(f.Rule, f.Package, f.Primary.Path)
	return f, true
}

// Fingerprint identifies a finding across runs: it holds neither line number
// nor line text, and the version only for rules about a version, so that moving
// a line or bumping a version does not resurrect accepted debt.
func Fingerprint(rule *verdict.Rule, p ecosystem.Package, path string) string {
	if !rule.AboutVersion {
		p.Version = ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{"figment/v1", rule.ID, p.PURL(), path}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// unverified reports a name that could not be checked; nil for a private name
// that the user's own settings keep in: it is counted, not reported.
func (s *scan) unverified(v *verdict.Verdict) *Unverified {
	sub := v.Subject
	if sub.Origin == project.Private && sub.Decision.UserSaid && v.Reason == protocol.ReasonRegistryNotAllowed {
		return nil
	}
	u := &Unverified{
		Package: v.Package, Reason: v.Reason, Suggestions: v.Suggestions,
		Unsupported: v.Reason == protocol.ReasonUnsupported,
		Text:        fmt.Sprintf("`%s` could not be checked: %s", sub.Name, v.Detail),
		Locations:   s.locations(sub.Uses),
	}
	if sub.Origin == project.Private && v.Reason == protocol.ReasonClaimed {
		u.Text = fmt.Sprintf("`%s` was not asked anywhere: %s", sub.Name, v.Detail)
	} else if sub.Origin == project.Private && v.Reason != protocol.ReasonVersionNotJudged {
		u.Text = fmt.Sprintf("`%s` was not asked anywhere: %s", sub.Name, sub.Decision.Reason)
	}
	return u
}

// accept gives the index of the configuration entry that accepts f, or -1.
func (s *scan) accept(f *Finding) int {
	site := policy.Site{Rule: f.Rule, Package: ecosystem.Package{Ecosystem: f.Package.Ecosystem, Name: f.Package.Name}, Advisories: f.Advisories}
	for _, l := range f.Locations() {
		site.Paths = append(site.Paths, l.Path)
	}
	n := s.Config.Accept(site, s.Now())
	if n >= 0 {
		s.used[n] = true
	}
	return n
}

func suppression(e *policy.Entry) Suppression {
	by := Suppression{Kind: e.Kind, Reason: e.Reason, Path: e.File, Line: e.Line}
	if !e.Expires.IsZero() {
		by.Expires = e.Expires.Format("2006-01-02")
	}
	return by
}

// unusedEntries notes the configuration entries that matched nothing or have
// expired.
func (s *scan) unusedEntries() {
	if !s.Whole {
		return
	}
	for n := range s.Config.Entries {
		e := &s.Config.Entries[n]
		if s.used[n] || s.rep.Interrupted {
			continue
		}
		what := e.Package
		if what == "" {
			what = strings.Join(e.Paths, ", ")
		}
		msg := fmt.Sprintf("the [[%s]] entry for `%s` matched nothing", e.Kind, what)
		if e.Expired(s.Now()) {
			msg = fmt.Sprintf("the [[%s]] entry for `%s` expired on %s", e.Kind, what, e.Expires.Format("2006-01-02"))
		}
		rule := verdict.FindRule("unused-ignore")
		sev, ok := s.Config.Level(rule, rule.Severity)
		if !ok {
			continue
		}
		pos := text.Position{Line: e.Line, Column: 1, UTF16: 1}
		f := Finding{
			Rule: rule, Severity: sev, Confidence: verdict.Certain, Message: msg, Label: "matched nothing",
			Package: ecosystem.Package{Ecosystem: e.Ecosystem, Name: e.Package},
			Primary: Location{Path: e.File, Kind: "manifest", Flags: []string{}, Start: pos, End: pos},
		}
		s.lines.fill(&f.Primary)
		f.ID = Fingerprint(rule, f.Package, e.File)
		s.rep.Findings = append(s.rep.Findings, f)
	}
}

// problem takes a problem that nothing was told of yet into the report.
func (s *scan) problem(p source.Problem) {
	t := told{Problem: p}
	if p.Span != (text.Span{}) {
		if l := s.lines.of(p.Path); l != nil {
			at := l.At(p.Span.Start)
			t.line, t.column = at.Line, at.Column
		}
	}
	s.take(t)
	problem, unread := s.row(t)
	s.send(Event{Problem: problem, Unread: unread})
}

// take takes a problem into the report.
func (s *scan) take(t told) {
	if problem, unread := s.row(t); unread != nil {
		s.rep.Unread = append(s.rep.Unread, *unread)
	} else {
		s.rep.Problems = append(s.rep.Problems, *problem)
	}
}

// row makes a row of a report of a problem: of a text that was not read, if it
// is one.
func (o *Options) row(t told) (*Problem, *Unread) {
	if t.Why == "" {
		return &Problem{Path: t.Path, Line: t.line, Text: t.Text, Fatal: t.Dropped}, nil
	}
	row := &Unread{Path: t.Path, What: o.Formats.Recognition().What(t.Path), Why: t.Why, Text: t.Text, Line: t.line, Column: t.column, Severe: t.Dropped}
	if c, ok := o.Source.(interface{ Touched(string) bool }); ok && t.Why.Gated() && c.Touched(t.Path) {
		row.Touched, row.Severe = true, true
	} else if !ok && o.Base != nil && o.Base.Touched != nil && t.Why.Gated() && t.Path != "" && o.Base.Touched(t.Path) {
		row.Touched, row.Severe = true, true
	}
	return nil, row
}

// locations puts uses into the order of reports: strongest kind first, then
// path, then offset.
func (s *scan) locations(uses []resolve.Use) []Location {
	sorted := slices.Clone(uses)
	slices.SortStableFunc(sorted, func(a, b resolve.Use) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	out := make([]Location, 0, len(sorted))
	for i := range sorted {
		r := sorted[i].Reference
		if r.Path == "" {
			continue // a name given on the command line stands nowhere
		}
		out = append(out, s.location(r))
	}
	return out
}

func (s *scan) location(r *extract.Reference) Location {
	l := Location{Sum: s.notes[r.Path].sumOf(), Path: r.Path, Kind: r.Kind.String(), Flags: r.Flags.Names(), Label: r.Label, Raw: r.Raw, Constraint: r.Constraint}
	if lines := s.lines.of(r.Path); lines != nil {
		l.Start, l.End = lines.At(r.Span.Start), lines.At(r.Span.End)
		s.lines.fill(&l)
	}
	return l
}

// lineCache keeps the line indexes of the files that findings stand in.
type lineCache struct {
	src source.Source

	mu     sync.Mutex
	files  map[string]*text.Lines
	shown  map[lineKey]string // as reports show them
	hashes map[string][]string
}

func newLineCache(src source.Source) *lineCache {
	return &lineCache{src: src, files: map[string]*text.Lines{}, shown: map[lineKey]string{}, hashes: map[string][]string{}}
}

// of gives the lines of a file, or nil if it can no longer be read.
func (c *lineCache) of(path string) *text.Lines {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l, ok := c.files[path]; ok {
		return l
	}
	if len(c.files) > 512 {
		clear(c.files) // a scan with findings in more files than that re-reads some
	}
	var l *text.Lines
	if data, err := c.src.Read(path); err == nil {
		l = text.NewLines(data)
	}
	c.files[path] = l
	return l
}

// fill adds the line and the one before it.
func (c *lineCache) fill(l *Location) {
	lines := c.of(l.Path)
	if lines == nil {
		return
	}
	l.Snippet = c.show(lines, l.Path, l.Start.Line)
	if l.Start.Line > 1 {
		l.Before, l.HasBefore = c.show(lines, l.Path, l.Start.Line-1), true
	}
}

type lineKey struct {
	path string
	line int
}

// show gives a line as reports show it. Thousands of names may stand on one:
// they share its text.
func (c *lineCache) show(lines *text.Lines, path string, line int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := lineKey{path, line}
	text, ok := c.shown[k]
	if !ok {
		if len(c.shown) > 1000 {
			clear(c.shown)
		}
		text = withoutCredentials(lines.Text(line))
		c.shown[k] = text
	}
	return text
}

// hash is GitHub's hash of a line.
func (c *lineCache) hash(path string, line int) string {
	lines := c.of(path)
	if lines == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.hashes[path]
	if !ok {
		h = git.LineHashes(lines.Whole())
		c.hashes[path] = h
	}
	if line < 1 || line > len(h) {
		return ""
	}
	return h[line-1]
}

// sort puts the report's slices into their order.
func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortStableFunc(r.Suppressed, func(a, b Suppressed) int { return compareFindings(a.Finding, b.Finding) })
	slices.SortStableFunc(r.Unverified, func(a, b Unverified) int {
		return cmp.Or(comparePackages(a.Package, b.Package), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Text, b.Text))
	})
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	sortClaims(r.Claims)
	slices.SortStableFunc(r.Unread, func(a, b Unread) int {
		severe := func(u *Unread) int {
			switch {
			case u.Touched:
				return 0
			case u.Severe:
				return 1
			}
			return 2
		}
		return cmp.Or(cmp.Compare(severe(&a), severe(&b)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Text, b.Text))
	})
	type reason struct {
		path string
		why  source.Why
	}
	said := map[reason]bool{} // one row a file for each reason
	r.Unread = slices.DeleteFunc(r.Unread, func(u Unread) bool {
		at := reason{u.Path, u.Why}
		again := said[at]
		said[at] = true
		return again
	})
	slices.SortStableFunc(r.Subjects, func(a, b Judged) int {
		return cmp.Or(comparePackages(a.Subject.Package(), b.Subject.Package()), cmp.Compare(a.Subject.Origin, b.Subject.Origin))
	})
}

func compareFindings(a, b Finding) int {
	return cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Primary.Path, b.Primary.Path),
		cmp.Compare(a.Primary.Start.Line, b.Primary.Start.Line), cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(a.Primary.Start.Offset, b.Primary.Start.Offset), comparePackages(a.Package, b.Package))
}

func comparePackages(a, b ecosystem.Package) int {
	return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
}

// number tells equal fingerprints apart.
func (r *Report) number() {
	seen := map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		seen[f.ID]++
		if n := seen[f.ID]; n > 1 {
			f.ID = fmt.Sprintf("%s-%d", f.ID, n)
		}
	}
}
