package scanner

import (
	"context"
	"sync"

	"figment/ecosystem"
	"figment/names"
	"figment/registry"
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
// facts to done as soon as they are complete. An import path may mean several
// modules: its candidates are asked one after the other until one exists, all
// subjects together in rounds.
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
	for _, q := range open {
		if len(q.candidates) == 0 {
			q.describe(indexes[q.facts.Subject.Ecosystem])
			done(q.facts)
		}
	}
	for len(ask) > 0 {
		ask = s.round(ctx, ask, func(q *inquiry) {
			q.describe(indexes[q.facts.Subject.Ecosystem])
			s.mu.Lock()
			s.tell(func(e *Event) { e.Answered++ })
			s.mu.Unlock()
			done(q.facts)
		})
	}
}

// inquire prepares what is to be asked about a subject.
func (s *scan) inquire(sub *resolve.Subject, idx *names.Index) *inquiry {
	q := &inquiry{facts: &verdict.Facts{Subject: sub, Now: s.Now()}}
	if idx != nil {
		q.facts.IndexDate = idx.Date()
		q.facts.Rank, q.facts.Known = idx.Rank(sub.Name)
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

// order puts the candidates in the order of asking: what is declared or known
// to the index first, so that most paths need one question.
func order(sub *resolve.Subject, idx *names.Index) []string {
	if sub.Ecosystem != ecosystem.Golang { // only Go paths are open between candidates
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

type queryKey struct {
	pkg        ecosystem.Package
	constraint string
	private    bool
}

// round asks the next candidate of each inquiry. Those that are settled go to
// done at once; the others come back for another round.
func (s *scan) round(ctx context.Context, ask []*inquiry, done func(*inquiry)) []*inquiry {
	var queries []registry.Query
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
	sum := registry.LookupAll(ctx, s.Client, queries, func(q registry.Query, r registry.Record) {
		mu.Lock()
		defer mu.Unlock()
		k := queryKey{q.Package, q.Constraint, q.Route.Private}
		for _, w := range waiters[k] {
			w.facts.Records = append(w.facts.Records, r)
			w.waiting--
			switch {
			case w.waiting > 0:
			case r.Status == registry.Present || w.next >= len(w.candidates):
				done(w)
			default:
				again = append(again, w)
			}
		}
		delete(waiters, k)
	})
	s.rep.Counts.Requests += sum.Requests
	s.rep.Counts.Cached += sum.Cached
	return again
}

// queries are the questions about the inquiry's next candidate: one for each
// constraint, or one without.
func (s *scan) queries(q *inquiry) []registry.Query {
	sub := q.facts.Subject
	p := ecosystem.Package{Ecosystem: sub.Ecosystem, Name: q.candidates[q.next]}
	query := registry.Query{Package: p, Route: s.Settings.Route(p)}
	query.Route.Private = sub.Origin == project.Private
	if !q.facts.Known && sub.Ecosystem != ecosystem.Golang {
		query.Want = registry.WantAge
	}
	constraints := sub.Constraints()
	if len(constraints) == 0 {
		return []registry.Query{query}
	}
	out := make([]registry.Query, len(constraints))
	for i, c := range constraints {
		out[i] = query
		out[i].Constraint = c
		out[i].Want = max(out[i].Want, registry.WantVersions)
	}
	return out
}

// describe adds what the index says of the name. It is asked only about names
// that something may be wrong with.
func (q *inquiry) describe(idx *names.Index) {
	f := q.facts
	if idx == nil || f.Known {
		return
	}
	for i := range f.Records {
		if f.Records[i].Status == registry.Present {
			return
		}
	}
	f.Matches = idx.Confusions(f.Subject.Name, nil)
	f.Elsewhere = names.Elsewhere(f.Subject.Name, f.Subject.Ecosystem)
}
