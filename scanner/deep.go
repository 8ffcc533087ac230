package scanner

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/internal/deep"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// Deep starts the second program, which knows every lock format that osv-scanner
// knows and matches whole trees of dependencies against OSV.
type Deep struct {
	Request deep.Request // paths are absolute
	Run     func(context.Context, deep.Request) (deep.Answer, error)
}

// startDeep begins the deep scan and gives a function that waits for it. The
// service is asked only about names that figment holds to be public: those it
// has found itself, and of the others in lock files that it does not read, those
// that nothing calls private.
func (s *scan) startDeep(ctx context.Context, subjects []resolve.Subject) func() (*deep.Answer, error) {
	if s.Deep == nil {
		return func() (*deep.Answer, error) { return nil, nil }
	}
	type result struct {
		a   deep.Answer
		err error
	}
	done := make(chan result, 1)
	go func() {
		q := s.Deep.Request
		if q.Mode == deep.Online {
			list := q
			list.Mode, list.OSVURL = deep.Inventory, ""
			found, err := s.Deep.Run(ctx, list)
			if err != nil {
				done <- result{err: err}
				return
			}
			q.Ask = s.askable(subjects, &found)
		}
		a, err := s.Deep.Run(ctx, q)
		done <- result{a, err}
	}()
	return func() (*deep.Answer, error) {
		r := <-done
		if r.err != nil {
			return nil, r.err
		}
		return &r.a, nil
	}
}

// askable are the packages of an inventory that may be named to the service.
func (s *scan) askable(subjects []resolve.Subject, found *deep.Answer) []deep.Package {
	origin := s.origins(subjects)
	ask := map[[2]string]bool{}
	for _, p := range found.NotCovered {
		if origin(p.Ecosystem, p.Name, p.Path) == project.Public {
			ask[[2]string{p.Ecosystem, p.Name}] = true
		}
	}
	out := make([]deep.Package, 0, len(ask))
	for _, p := range slices.SortedFunc(maps.Keys(ask), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		out = append(out, deep.Package{Ecosystem: p[0], Name: p[1]})
	}
	return out
}

// origins gives a function that says whose a name of the deep scan is: what the
// scan itself decided, else what the project's rules say of a lock file's entry.
func (s *scan) origins(subjects []resolve.Subject) func(eco, name, path string) project.Origin {
	known := map[ecosystem.Package]project.Origin{}
	for i := range subjects {
		known[subjects[i].Package()] = subjects[i].Origin
	}
	return func(eco, name, path string) project.Origin {
		e := ecosystem.Ecosystem(eco)
		key := ecosystem.Package{Ecosystem: e, Name: ecosystem.Normalize(e, name)}
		if o, ok := known[key]; ok {
			return o
		}
		return s.project.Decide(&extract.Reference{Ecosystem: e, Name: key.Name, Raw: name, Kind: extract.Lockfile, Path: s.relative(path)}).Origin
	}
}

// relative is an absolute path as references spell it.
func (s *scan) relative(path string) string {
	root := ""
	if r, ok := s.Source.(interface{ Root() string }); ok {
		root = r.Root()
	}
	if rel, err := filepath.Rel(root, filepath.FromSlash(path)); err == nil && root != "" && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return path
}

// mergeDeep takes what the deep scan found into the report. What figment has
// found itself is not told twice.
func (s *scan) mergeDeep(wait func() (*deep.Answer, error), subjects []resolve.Subject) {
	a, err := wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		text := "the deep scan failed: " + err.Error()
		var e *deep.Error
		if errors.As(err, &e) && e.Hint != "" {
			text += " (" + e.Hint + ")"
		}
		s.problemLine(Problem{Text: text, Fatal: true})
		return
	}
	if a == nil {
		return
	}
	told := map[string]bool{} // package and id of what figment reports by itself
	for i := range s.rep.Findings {
		f := &s.rep.Findings[i]
		for _, id := range f.Advisories {
			told[f.Package.Ecosystem.Title()+" "+f.Package.Name+" "+id] = true
		}
	}
	uses := map[ecosystem.Package][]*resolve.Use{}
	for i := range subjects {
		for n := range subjects[i].Uses {
			uses[subjects[i].Package()] = append(uses[subjects[i].Package()], &subjects[i].Uses[n])
		}
	}
	type group struct {
		pkg   ecosystem.Package
		found []*deep.Package
	}
	var groups []*group
	at := map[ecosystem.Package]*group{}
	origin := s.origins(subjects)
	for i := range a.Packages {
		p := &a.Packages[i]
		if len(p.Advisories) == 0 {
			continue
		}
		if o := origin(p.Ecosystem, p.Name, p.Path); o != project.Public && o != project.Private {
			continue // a member of the workspace, or from elsewhere: its namesake is meant
		}
		e := ecosystem.Ecosystem(p.Ecosystem)
		key := ecosystem.Package{Ecosystem: e, Name: ecosystem.Normalize(e, p.Name), Version: p.Version}
		if at[key] == nil {
			at[key] = &group{pkg: key}
			groups = append(groups, at[key])
		}
		at[key].found = append(at[key].found, p)
	}
	for _, g := range groups {
		for _, malware := range []bool{true, false} {
			f := s.deepFinding(g.pkg, g.found, malware, uses[ecosystem.Package{Ecosystem: g.pkg.Ecosystem, Name: g.pkg.Name}], told)
			if f == nil {
				continue
			}
			if n := s.accept(f); n >= 0 {
				s.rep.Suppressed = append(s.rep.Suppressed, Suppressed{Finding: *f, By: suppression(&s.Config.Entries[n])})
				continue
			}
			s.rep.Findings = append(s.rep.Findings, *f)
			s.send(Event{Finding: f})
		}
	}
	s.deepProblems(a)
}

// deepFinding makes one finding of the advisories about a version: those of
// malware, or the others.
func (s *scan) deepFinding(p ecosystem.Package, found []*deep.Package, malware bool, uses []*resolve.Use, told map[string]bool) *Finding {
	var ids []string
	var evidence []verdict.Evidence
	open := true
	fixed := ""
	for _, d := range found {
		for i := range d.Advisories {
			adv := &d.Advisories[i]
			if adv.Malicious != malware || slices.Contains(ids, adv.ID) || told[p.Ecosystem.Title()+" "+p.Name+" "+adv.ID] {
				continue
			}
			ids = append(ids, adv.ID)
			open = open && adv.EveryVersion
			text := fmt.Sprintf("OSV record %s covers version %s", adv.ID, p.Version)
			if adv.Severity != "" {
				text += ", severity " + adv.Severity
			}
			if len(adv.Fixed) > 0 {
				fixed = adv.Fixed[len(adv.Fixed)-1]
				text += "; fixed in " + strings.Join(adv.Fixed, ", ")
			}
			evidence = append(evidence, verdict.Evidence{Signal: "osv-advisory", Text: text, Source: "osv", At: s.Now()})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	issue := &verdict.Issue{Rule: verdict.FindRule("vulnerable-package"), Severity: verdict.Note, Confidence: verdict.High}
	list := strings.Join(ids[:min(len(ids), 5)], ", ")
	if len(ids) > 5 {
		list += fmt.Sprintf(" and %d more", len(ids)-5)
	}
	issue.Message = fmt.Sprintf("`%s` %s has known vulnerabilities: %s", p.Name, p.Version, list)
	issue.Label = "known vulnerabilities"
	if malware {
		issue.Rule, issue.Severity, issue.Confidence = verdict.FindRule("malicious-package"), verdict.Error, verdict.Certain
		issue.Message = fmt.Sprintf("`%s` %s is malicious: %s", p.Name, p.Version, list)
		issue.Label = "malicious: " + ids[0]
		if open {
			issue.Severity, issue.Confidence = verdict.Warning, verdict.Medium
			issue.Message = fmt.Sprintf("a malware record claims every version of `%s`: %s", p.Name, list)
		}
	}
	sub := &resolve.Subject{Ecosystem: p.Ecosystem, Name: p.Name, Origin: project.Public}
	f := &Finding{Rule: issue.Rule, Confidence: issue.Confidence, Message: issue.Message, Label: issue.Label, Package: p, Evidence: evidence, Advisories: ids}
	if fixed != "" {
		f.Suggestions = []verdict.Suggestion{{Package: ecosystem.Package{Ecosystem: p.Ecosystem, Name: p.Name, Version: fixed}, Reason: "the version that mends it, by the record"}}
	}
	for _, d := range found {
		l, kind := s.deepLocation(d, uses)
		sub.Uses = append(sub.Uses, resolve.Use{Reference: &extract.Reference{Kind: kind}})
		if f.Primary.Path == "" {
			f.Primary = l
		} else {
			f.Related = append(f.Related, l)
		}
	}
	sev, ok := s.Config.Level(issue.Rule, policy.Severity(issue, sub))
	if !ok || issue.Confidence < s.Config.MinConfidence {
		return nil
	}
	f.Severity = sev
	f.LineHash = s.lines.hash(f.Primary.Path, f.Primary.Start.Line)
	f.ID = Fingerprint(f.Rule, f.Package, f.Primary.Path)
	return f
}

// deepLocation is where a package stands: at the column that figment's own
// reader knows, else where the name first stands in the file: the lines of
// osv-scanner are random where a package stands twice.
func (s *scan) deepLocation(d *deep.Package, uses []*resolve.Use) (Location, extract.Kind) {
	path := s.relative(d.Path)
	for _, u := range uses {
		if u.Path == path && (u.Constraint == "" || strings.Contains(u.Constraint, d.Version)) {
			return s.location(u.Reference), u.Kind
		}
	}
	l := Location{Path: path, Kind: extract.Lockfile.String(), Flags: []string{}, Raw: d.Name, Constraint: d.Version}
	lines := s.lines.of(path)
	if lines == nil {
		l.Start = text.Position{Line: 1, Column: 1, UTF16: 1}
		l.End = l.Start
		return l, extract.Lockfile
	}
	text, start := lines.Whole(), 0
	if i := bytes.Index(folded(text), folded([]byte(d.Name))); i >= 0 {
		start = i
	}
	l.Start, l.End = lines.At(start), lines.At(min(start+len(d.Name), len(text)))
	s.lines.fill(&l)
	return l, extract.Lockfile
}

// folded is text in which two spellings of a name are one, byte for byte.
func folded(text []byte) []byte {
	out := make([]byte, len(text))
	for i, c := range text {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '_' || c == '.':
			c = '-'
		}
		out[i] = c
	}
	return out
}

// deepProblems tells what the deep scan left out.
func (s *scan) deepProblems(a *deep.Answer) {
	broken := map[string]bool{}
	for i := range s.rep.Unread {
		if u := &s.rep.Unread[i]; u.Why == source.Broken {
			broken[u.Path] = true
		}
	}
	for _, p := range a.Problems {
		if p.Path != "" && broken[s.relative(p.Path)] {
			continue // said, with the place
		}
		s.problemLine(Problem{Path: s.relative(p.Path), Text: "deep scan: " + p.Text, Fatal: true})
	}
	left := map[deep.Why][]string{}
	for _, p := range a.NotCovered {
		left[p.Why] = append(left[p.Why], p.Name)
	}
	for _, why := range slices.Sorted(maps.Keys(left)) {
		list := left[why]
		slices.Sort(list)
		list = slices.Compact(list)
		shown := strings.Join(list[:min(len(list), 3)], ", ")
		if len(list) > 3 {
			shown += ", …"
		}
		n := "1 package"
		if len(list) > 1 {
			n = fmt.Sprintf("%d packages", len(list))
		}
		s.problemLine(Problem{Text: fmt.Sprintf("the deep scan did not cover %s (%s): %s", n, shown, why.Text()), Fatal: why == deep.NotAsked || why == deep.NoDatabase})
	}
}

func (s *scan) problemLine(p Problem) {
	s.rep.Problems = append(s.rep.Problems, p)
	s.send(Event{Problem: &p})
}
