package app

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"figment/scanner"
	"figment/scanner/policy"
)

// NewBaseline makes a baseline of the one that a scan went by and its report. It
// drops what no longer occurs, as far as the scan can say. With create it also
// accepts every finding, malicious packages only where the option
// include-malicious is on; refused counts those that it did not accept.
func (s *Session) NewBaseline(old *policy.Baseline, rep *scanner.Report, create bool) (now *policy.Baseline, refused int) {
	b := s.baselineBuilder(old, rep)
	now = b.build(create, s.Values.On("include-malicious"), time.Now())
	return now, b.malicious
}

// CutShort says why a report is no ground for dropping anything; empty if it is.
func CutShort(rep *scanner.Report) string {
	for _, p := range rep.Problems {
		if p.Fatal && p.Path == "" {
			return p.Text
		}
	}
	return ""
}

// A baselineBuilder makes a baseline of an old one and a report.
type baselineBuilder struct {
	old        *policy.Baseline
	rep        *scanner.Report
	scanned    []string        // paths below which everything was read, as the baseline writes them; "." for all
	unreadable map[string]bool // paths
	unverified map[string]bool // purls
	short      bool            // nothing may be dropped
	malicious  int
}

func (s *Session) baselineBuilder(old *policy.Baseline, rep *scanner.Report) *baselineBuilder {
	b := &baselineBuilder{old: old, rep: rep, short: CutShort(rep) != "", unreadable: map[string]bool{}, unverified: map[string]bool{}}
	paths := s.request.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	root := rootOf(s.src, s.Dir)
	for _, p := range paths {
		rel, err := filepath.Rel(root, s.Abs(p))
		if err != nil {
			continue
		}
		if own, ok := old.Own(filepath.ToSlash(rel)); ok {
			b.scanned = append(b.scanned, own)
		} else if rel = filepath.ToSlash(rel); rel == "." || rel+"/" == old.Strip { // the baseline's folder lies in what was scanned
			b.scanned = append(b.scanned, ".")
		}
	}
	for _, p := range rep.Problems {
		if own, ok := old.Own(p.Path); ok && p.Fatal {
			b.unreadable[own] = true
		}
	}
	for i := range rep.Unverified {
		p := rep.Unverified[i].Package
		p.Version = ""
		b.unverified[p.PURL()] = true
	}
	return b
}

// build gives the new baseline: what the old one has and still occurs and, with
// create, every finding.
func (b *baselineBuilder) build(create, malicious bool, now time.Time) *policy.Baseline {
	type key struct{ rule, purl string }
	found := map[key]*policy.BaselineEntry{}
	take := func(f *scanner.Finding) {
		if f.Rule.ID == "unused-ignore" {
			return
		}
		e := policy.BaselineEntry{ID: f.ID, Rule: f.Rule.ID, Package: policy.PackageOf(f.Rule, f.Package), Added: now.UTC(), AbsentAt: f.AbsentAt}
		for _, l := range f.Locations() {
			if own, ok := b.old.Own(l.Path); ok {
				e.Paths = append(e.Paths, own)
			}
		}
		k := key{e.Rule, e.Package}
		if have := found[k]; have != nil {
			have.Paths = append(have.Paths, e.Paths...)
			return
		}
		found[k] = &e
	}
	for i := range b.rep.Findings {
		take(&b.rep.Findings[i])
	}
	for i := range b.rep.Suppressed {
		if s := &b.rep.Suppressed[i]; s.By.Kind == "baseline" {
			take(&s.Finding)
		}
	}
	out := &policy.Baseline{File: b.old.File, Add: b.old.Add, Strip: b.old.Strip}
	for _, o := range b.old.Entries {
		f := found[key{o.Rule, o.Package}]
		e := o
		e.Paths = nil
		for _, p := range o.Paths {
			if f != nil && slices.Contains(f.Paths, p) || b.unjudged(o.Package, p) {
				e.Paths = append(e.Paths, p)
			}
		}
		if len(e.Paths) > 0 || !e.AbsentAt.IsZero() {
			out.Entries = append(out.Entries, e)
		}
	}
	if !create {
		return out
	}
	for _, f := range found {
		if f.Rule == "malicious-package" && !malicious && !b.held(f) {
			b.malicious++
			continue
		}
		if len(f.Paths) > 0 {
			out.Entries = append(out.Entries, *f)
		}
	}
	return out
}

// held reports whether the old baseline had an entry.
func (b *baselineBuilder) held(e *policy.BaselineEntry) bool {
	return slices.ContainsFunc(b.old.Entries, func(o policy.BaselineEntry) bool { return o.Rule == e.Rule && o.Package == e.Package })
}

// unjudged reports whether a place was not looked at, or its name not checked.
func (b *baselineBuilder) unjudged(purl, path string) bool {
	if b.short || b.unreadable[path] || b.unverified[purl] {
		return true
	}
	return !slices.ContainsFunc(b.scanned, func(dir string) bool {
		return dir == "." || dir == path || strings.HasPrefix(path, dir+"/")
	})
}

// Added counts the findings that a new baseline accepts at a place where the old
// one does not.
func Added(old, now *policy.Baseline) int {
	n := 0
	for i := range now.Entries {
		e := &now.Entries[i]
		if slices.ContainsFunc(e.Paths, func(p string) bool {
			return !slices.ContainsFunc(old.Entries, func(o policy.BaselineEntry) bool {
				return o.Rule == e.Rule && o.Package == e.Package && slices.Contains(o.Paths, p)
			})
		}) {
			n++
		}
	}
	return n
}
