package scanner

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/names"
	"figment/registry"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/git"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

// An inquiry is a subject while it is being asked about.
type inquiry struct {
	facts      *verdict.Facts
	candidates []string // in the order in which they are asked; empty: nobody can be
	next       int      // index of the candidate after those asked
	waiting    int      // records still to come in this round
}

// learn finds out what can be known about the subjects and hands each one's
// facts to done as soon as they are complete. Registries and OSV are asked at
// the same time. An import path may mean several modules: its candidates are
// asked one after the other until one exists, all subjects together in rounds.
// What exists and looks suspicious is asked about once more, for all that can
// be learnt, together with the packages that it resembles.
func (s *scan) learn(ctx context.Context, subjects []resolve.Subject, done func(*verdict.Facts)) {
	indexes := map[ecosystem.Ecosystem]*names.Index{}
	var open []*inquiry
	packages := map[ecosystem.Package]bool{}
	byEco := map[ecosystem.Ecosystem]int{}
	for i := range subjects {
		sub := &subjects[i]
		idx, ok := indexes[sub.Ecosystem]
		if !ok {
			idx = openIndex(sub.Ecosystem)
			indexes[sub.Ecosystem] = idx
		}
		if sub.Origin != project.Public && sub.Origin != project.Private {
			continue
		}
		q := s.inquire(sub, idx)
		if sub.Origin == project.Public && !packages[sub.Package()] {
			packages[sub.Package()] = true
			byEco[sub.Ecosystem]++
		}
		open = append(open, q)
	}
	s.rep.Counts.Packages, s.rep.Counts.ByEco = len(packages), byEco

	var ask []*inquiry
	for _, q := range open {
		if len(q.candidates) > 0 {
			ask = append(ask, q)
		}
	}
	s.tell(func(e *Event) { e.Asked = len(ask) })
	advisories := s.askOSV(ctx, open)
	finish := func(q *inquiry) {
		advisories.fill(q.facts)
		if versionless(q.facts) {
			s.mu.Lock()
			s.rep.Counts.VersionsNotJudged++
			s.mu.Unlock()
		}
		if len(q.candidates) > 0 {
			s.mu.Lock()
			s.finished++
			s.tell(func(e *Event) { e.Answered = max(e.Answered, s.finished) })
			s.mu.Unlock()
		}
		done(q.facts)
	}
	var settled, suspects []*inquiry
	settle := func(q *inquiry) {
		q.describe(indexes[q.facts.Subject.Ecosystem])
		s.ledger(q.facts)
		s.witness(q.facts)
		if verdict.Suspect(q.facts) {
			suspects = append(suspects, q)
			return
		}
		if advisories.ready(q.facts) {
			finish(q)
			return
		}
		settled = append(settled, q)
	}
	for _, q := range open {
		if len(q.candidates) == 0 {
			settle(q)
		}
	}
	for len(ask) > 0 {
		ask = s.round(ctx, ask, settle)
	}
	s.enrich(ctx, suspects)
	s.date(ctx, suspects)
	settled = append(settled, suspects...)
	told := make(chan struct{})
	slow := time.AfterFunc(slowOSV, func() {
		defer close(told)
		s.waitFor("OSV")
	})
	advisories.rest(ctx, settled)
	if !slow.Stop() {
		<-told
	}
	s.waitFor()
	for _, q := range settled {
		finish(q)
	}
	s.unasked(advisories)
}

// inquire prepares what is to be asked about a subject.
func (s *scan) inquire(sub *resolve.Subject, idx *names.Index) *inquiry {
	q := &inquiry{facts: &verdict.Facts{Subject: sub, Versions: s.versions(sub.Ecosystem), Imports: adapter.Find(s.Adapters, sub.Ecosystem).Resolve, Now: s.Now()}}
	if idx != nil {
		q.facts.IndexDate = idx.Date()
		q.facts.Rank, q.facts.Known = idx.Rank(sub.Name)
		_, q.facts.Trusted = trusted(idx, sub.Name, q.facts.Now)
	}
	for _, c := range order(sub, idx) {
		route := s.Settings.Route(ecosystem.Package{Ecosystem: sub.Ecosystem, Name: c})
		if sub.Origin == project.Private && !route.Private {
			continue // never put to a public registry
		}
		q.candidates = append(q.candidates, c)
	}
	return q
}

// versions reads the constraints of an ecosystem, or is nil.
func (s *scan) versions(e ecosystem.Ecosystem) *ecosystem.Versions {
	return adapter.Find(s.Adapters, e).Versions
}

// order puts the candidates in the order of asking: what is declared or known
// to the index first, so that most paths need one question.
func order(sub *resolve.Subject, idx *names.Index) []string {
	if !sub.Ecosystem.Prefixes() { // only paths are open between candidates
		if ecosystem.CheckName(sub.Ecosystem, sub.Name).State == ecosystem.Invalid {
			return nil
		}
		out := []string{sub.Name}
		for _, c := range sub.Candidates { // parts of a namespace, and what a comment beside the import names
			if sub.Guess && (c.How == resolve.Declared || c.How == resolve.Identity) && c.Name != sub.Name {
				out = append(out, c.Name)
			}
		}
		return out
	}
	var known, rest []string
	for _, c := range sub.Candidates {
		if ecosystem.CheckName(sub.Ecosystem, c.Name).State == ecosystem.Invalid {
			continue
		}
		hit := c.How == resolve.Declared
		if !hit && idx != nil {
			_, hit = idx.Rank(c.Name)
		}
		if hit {
			known = append(known, c.Name)
		} else {
			rest = append(rest, c.Name)
		}
	}
	return append(known, rest...)
}

// slowOSV is how long advisories may take, when all else is known, before OSV is
// said to be waited for.
const slowOSV = 2 * time.Second

type queryKey struct {
	pkg        ecosystem.Package
	constraint string
	private    bool
}

// round asks the next candidate of each inquiry. Those that are settled go to
// done at once; the others come back for another round.
func (s *scan) round(ctx context.Context, ask []*inquiry, done func(*inquiry)) []*inquiry {
	var queries []protocol.Query
	waiters := map[queryKey][]*inquiry{}
	for _, q := range ask {
		for _, query := range s.queries(q) {
			k := queryKey{query.Package, query.Constraint, query.Route.Private}
			if waiters[k] == nil {
				queries = append(queries, query)
			}
			waiters[k] = append(waiters[k], q)
			q.waiting++
		}
		q.next++
	}
	var mu sync.Mutex
	var again []*inquiry
	sum := registry.LookupWatched(ctx, s.Client, queries, func(q protocol.Query, r protocol.Record) {
		mu.Lock()
		defer mu.Unlock()
		k := queryKey{q.Package, q.Constraint, q.Route.Private}
		for _, w := range waiters[k] {
			w.facts.Records = append(w.facts.Records, r)
			w.waiting--
			switch {
			case w.waiting > 0:
			case r.Status == protocol.Present || w.next >= len(w.candidates):
				done(w)
			default:
				again = append(again, w)
			}
		}
		delete(waiters, k)
	}, s.watch)
	s.waitFor()
	s.rep.Counts.Requests += sum.Requests
	s.rep.Counts.Cached += sum.Cached
	return again
}

// versionless reports whether a package that is there is declared or installed
// in a version that was not judged: without a constraint, by a tag or property,
// or by one that could not be compared. Imports and prose name no versions.
func versionless(f *verdict.Facts) bool {
	there := false
	for i := range f.Records {
		r := &f.Records[i]
		if r.Status != protocol.Present {
			continue
		}
		if there = true; r.Constraint != "" && r.VersionStatus == protocol.VersionUnknown {
			return true
		}
	}
	for i := range f.Subject.Uses {
		if u := &f.Subject.Uses[i]; there && u.Constraint == "" && u.Kind <= extract.Command {
			return true
		}
	}
	return false
}

// watch tells how far a round is, between two of its records.
func (s *scan) watch(p registry.Progress) {
	var names []string
	for _, e := range p.Waiting {
		names = append(names, e.Registry())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(func(e *Event) {
		e.Waiting = names
		e.Answered = max(e.Answered, min(e.Asked, s.finished+p.Held))
	})
}

// waitFor tells which services are waited for; none: nobody is any more.
func (s *scan) waitFor(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(names) > 0 || len(s.progress.Waiting) > 0 {
		s.tell(func(e *Event) { e.Waiting = names })
	}
}

// queries are the questions about the inquiry's next candidate: one for each
// constraint, or one without.
func (s *scan) queries(q *inquiry) []protocol.Query {
	sub := q.facts.Subject
	p := ecosystem.Package{Ecosystem: sub.Ecosystem, Name: q.candidates[q.next]}
	query := protocol.Query{Package: p, Written: written(sub, p.Name), Route: s.Settings.Route(p)}
	query.Route.Private = sub.Origin == project.Private
	if !q.facts.Known && !sub.Ecosystem.Undated() {
		query.Want = protocol.WantAge
	}
	constraints := sub.Constraints()
	if len(constraints) == 0 {
		return []protocol.Query{query}
	}
	out := make([]protocol.Query, len(constraints))
	for i, c := range constraints {
		out[i] = query
		out[i].Constraint = c
		out[i].Want = max(out[i].Want, protocol.WantVersions)
	}
	return out
}

// written is how the first use that names a package itself spells it; empty: none
// does.
func written(s *resolve.Subject, name string) string {
	for i := range s.Uses {
		if given := s.Uses[i].Name; ecosystem.Normalize(s.Ecosystem, given) == name {
			return given
		}
	}
	return ""
}

// staleIndex is the age at which an index no longer says that a name of its
// lower ranks is popular: by then some have been given up and taken over.
const (
	staleIndex = 180 * 24 * time.Hour
	staleRanks = 5000
)

func trusted(idx *names.Index, name string, now time.Time) (int, bool) {
	rank, ok := idx.Trusted(name)
	return rank, ok && (now.Sub(idx.Date()) < staleIndex || rank <= staleRanks)
}

// describe adds what the index says of the name, and what this machine
// remembers of it. Popular names resemble each other, and nothing follows.
func (q *inquiry) describe(idx *names.Index) {
	f := q.facts
	there := false
	for i := range f.Records {
		r := &f.Records[i]
		there = there || r.Status == protocol.Present
		if r.Status == protocol.Present && !r.AbsentAt.IsZero() {
			f.Referred = append(f.Referred, verdict.Reference{At: r.AbsentAt, Source: "cache"})
			break
		}
	}
	if idx == nil || f.Trusted || f.Subject.Origin != project.Public {
		return
	}
	f.Matches = idx.Confusions(f.Subject.Name, nil)
	if !there && !f.Known {
		f.Elsewhere = names.Elsewhere(f.Subject.Name, f.Subject.Ecosystem)
	}
}

// witness adds what a complete list of an earlier day says: a name that was on
// it existed then, whatever came of it.
func (s *scan) witness(f *verdict.Facts) {
	sub := f.Subject
	if sub.Origin != project.Public {
		return
	}
	p := s.Packs.Pack(sub.Ecosystem)
	if p == nil || !p.Complete() {
		return
	}
	switch p.Answer(sub.Name) {
	case names.Existed:
		f.ExistedAt = p.Date()
	case names.Unseen:
		f.UnseenAt = p.Date()
	}
}

// enrich learns all that can be had about the suspects, and about the packages
// that they resemble.
func (s *scan) enrich(ctx context.Context, suspects []*inquiry) {
	var queries []protocol.Query
	waiting := map[ecosystem.Package][]func(protocol.Record){}
	ask := func(p ecosystem.Package, take func(protocol.Record)) {
		if waiting[p] == nil {
			queries = append(queries, protocol.Query{Package: p, Want: protocol.WantAdoption, Route: s.Settings.Route(p)})
		}
		waiting[p] = append(waiting[p], take)
	}
	for _, q := range suspects {
		f := q.facts
		sub := f.Subject
		if sub.Origin != project.Public {
			continue
		}
		ask(sub.Package(), func(r protocol.Record) { adopt(f, &r) })
		for _, name := range verdict.Wanted(f) {
			ask(ecosystem.Package{Ecosystem: sub.Ecosystem, Name: name}, func(r protocol.Record) { f.Targets = append(f.Targets, r) })
		}
	}
	if len(queries) == 0 {
		return
	}
	sum := registry.LookupWatched(ctx, s.Client, queries, func(q protocol.Query, r protocol.Record) {
		for _, take := range waiting[q.Package] {
			take(r)
		}
	}, func(p registry.Progress) { s.watch(registry.Progress{Waiting: p.Waiting}) })
	s.waitFor()
	s.rep.Counts.Requests += sum.Requests
	s.rep.Counts.Cached += sum.Cached
	for _, q := range suspects {
		slices.SortFunc(q.facts.Targets, func(a, b protocol.Record) int { return cmp.Compare(a.Package.Name, b.Package.Name) })
	}
}

// adopt takes what was learnt of a suspect into the records that its verdict
// looks at. What could not be learnt changes nothing.
func adopt(f *verdict.Facts, r *protocol.Record) {
	if r.Status != protocol.Present {
		return
	}
	for i := range f.Records {
		old := &f.Records[i]
		if old.Status != protocol.Present || old.Package.Name != r.Package.Name {
			continue
		}
		full := *r
		full.Constraint, full.VersionStatus, full.Reason, full.Looks = old.Constraint, old.VersionStatus, old.Reason, append(old.Looks, r.Looks...)
		if len(full.Versions) == 0 {
			full.Versions = old.Versions
		}
		if full.Created.IsZero() {
			full.Created = old.Created
		}
		if full.AbsentAt.IsZero() {
			full.AbsentAt = old.AbsentAt
		}
		*old = full
	}
}

// recent is the age up to which the date of a line is looked up: a package that
// is older was there before most lines, and a question costs a call of git.
const recent = 400 * 24 * time.Hour

// A Dater knows since when lines have stood where they are. It is a source of
// files under version control.
type Dater interface {
	Dates(ctx context.Context, asks []git.Line) map[git.Line]time.Time
}

// date finds out since when references to young packages have been there.
func (s *scan) date(ctx context.Context, suspects []*inquiry) {
	dater, ok := s.Source.(Dater)
	if !ok {
		return
	}
	var asks []git.Line
	of := map[*inquiry][]git.Line{}
	for _, q := range suspects {
		if q.facts.Subject.Ecosystem.Undated() || !youngerThan(q.facts, recent) {
			continue
		}
		for i := range q.facts.Subject.Uses {
			u := &q.facts.Subject.Uses[i]
			if lines := s.lines.of(u.Path); u.Path != "" && lines != nil {
				of[q] = append(of[q], git.Line{Path: u.Path, Line: lines.At(u.Span.Start).Line})
			}
		}
		asks = append(asks, of[q]...)
	}
	if len(asks) == 0 {
		return
	}
	dates := dater.Dates(ctx, asks)
	for q, list := range of {
		best := verdict.Reference{Source: "git"}
		for _, a := range list {
			if at, ok := dates[a]; ok && (best.At.IsZero() || at.Before(best.At)) {
				best.At, best.Path, best.Line = at, a.Path, a.Line
			}
		}
		if !best.At.IsZero() {
			q.facts.Referred = append(q.facts.Referred, best)
		}
	}
}

func youngerThan(f *verdict.Facts, limit time.Duration) bool {
	for i := range f.Records {
		if r := &f.Records[i]; r.Status == protocol.Present && !r.Created.IsZero() && f.Now.Sub(r.Created) < limit {
			return true
		}
	}
	return false
}
