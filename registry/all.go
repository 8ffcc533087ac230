package registry

import (
	"context"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/registry/settings"
)

// A batcher proves absences that belong together.
type batcher interface {
	lookup(context.Context, Query) Record                             // stores no absence
	settle(context.Context, Query, *Record)                           // stores what was proven
	recheck(context.Context, ecosystem.Ecosystem, settings.Root) bool // the brake's question
	crowd(Query) int                                                  // queries worth having under way at the first root
	doubted(Query, *Record) (Record, bool)                            // a mirror that proved to be curated since
	count(context.Context, []Query) counts                            // downloads, together
}

// A group is the queries that go to the same roots.
type group struct {
	eco     ecosystem.Ecosystem
	roots   []settings.Root
	total   int
	settled int
	there   int // settled other than as absent
	held    []answered
	letGo   bool // the root is proven: absences pass
	asking  bool
}

type answered struct {
	group *group
	q     Query
	rec   Record
	final bool
}

// LookupAll asks about all of qs at once, within the hosts' limits, and hands
// every record to emit exactly once, from the calling goroutine, in no
// particular order. A query that could not be asked gets a record that says so;
// when ctx ends the rest do. Absences are held until their root is proven: when
// more than half of at least five names are absent at a root it is asked once
// more for a control name, and if that fails all of them are unknown. Records
// whose downloads are wanted come last, because these are asked for together.
func LookupAll(ctx context.Context, c Client, qs []Query, emit func(Query, Record)) Summary {
	ctx, this := withRun(ctx)
	b, _ := c.(batcher)
	groups := map[string]*group{}
	waiting := map[*group][]Query{}
	var order []*group
	for _, q := range qs {
		key := groupKey(q)
		g := groups[key]
		if g == nil {
			g = &group{eco: q.Package.Ecosystem, roots: q.Route.Roots}
			groups[key] = g
			order = append(order, g)
		}
		g.total++
		waiting[g] = append(waiting[g], q)
	}
	results := make(chan answered)
	var workers sync.WaitGroup
	for _, g := range order {
		list := waiting[g]
		n := 1
		if b != nil {
			n = b.crowd(list[0])
		}
		next := make(chan Query, len(list))
		for _, q := range list {
			next <- q
		}
		close(next)
		for range min(n, len(list)) {
			workers.Go(func() {
				for q := range next {
					a := answered{group: g, q: q}
					if b != nil {
						a.rec = b.lookup(ctx, q)
					} else {
						a.rec, _ = c.Lookup(ctx, q) // the record says it all
						a.final = true
					}
					results <- a
				}
			})
		}
	}
	var late []answered
	for left := len(qs); left > 0; {
		if left == len(late) {
			asked := make([]Query, len(late))
			for i := range late {
				asked[i] = late[i].q
			}
			got := b.count(ctx, asked)
			for _, a := range late {
				got.put(&a.rec)
				emit(a.q, a.rec)
			}
			break
		}
		a := <-results
		g := a.group
		pass := func(a answered) {
			if b != nil {
				b.settle(ctx, a.q, &a.rec)
				if counted(a.q, &a.rec) {
					late = append(late, a)
					return
				}
			}
			left--
			emit(a.q, a.rec)
		}
		if a.final {
			pass(a)
			continue
		}
		g.settled++
		if a.rec.Status == Absent && !g.letGo {
			g.held = append(g.held, a)
		} else {
			if a.rec.Status != Absent {
				g.there++
			}
			pass(a)
		}
		switch {
		case len(g.held) == 0 || g.asking || g.letGo:
		case g.early():
			g.letGo = true
			for _, h := range g.held {
				pass(h)
			}
			g.held = nil
		case g.settled == g.total:
			g.asking = true
			workers.Go(func() { release(ctx, b, g, results) })
		}
	}
	workers.Wait()
	this.mu.Lock()
	defer this.mu.Unlock()
	return Summary{Requests: this.requests, Cached: this.cached}
}

// early reports whether no later answer can arm the brake, nor show that the
// root is a curated mirror.
func (g *group) early() bool {
	for _, r := range g.roots {
		if r.Kind == settings.Mirror {
			return false
		}
	}
	return g.total < massFrom || 2*g.there >= g.total
}

// release lets the absences of a group go when its roots pass the brake.
func release(ctx context.Context, b batcher, g *group, results chan<- answered) {
	passed := true
	if g.total >= massFrom && 2*len(g.held) > g.total {
		for _, r := range g.roots {
			passed = passed && b.recheck(ctx, g.eco, r)
		}
	}
	for _, h := range g.held {
		h.final = true
		switch doubt, is := b.doubted(h.q, &h.rec); {
		case !passed && ctx.Err() != nil:
			over := ended(ctx, request{})
			h.rec.Status, h.rec.Reason, h.rec.Detail, h.rec.Confirmed = Unknown, over.Reason, over.Detail, false
		case !passed:
			h.rec.Status, h.rec.Reason, h.rec.Confirmed = Unknown, ReasonMassAbsence, false
			h.rec.Detail = "it denied most names, and then it denied a package that surely exists or did not answer"
		case is:
			h.rec = doubt
		}
		results <- h
	}
}

func groupKey(q Query) string {
	var b strings.Builder
	b.WriteString(string(q.Package.Ecosystem))
	for _, r := range q.Route.Roots {
		b.WriteByte(0)
		b.WriteString(r.URL)
	}
	return b.String()
}

// crowd is twice what the first root's host takes at once: while half of them
// wait for the network the others are in the cache.
func (l *Live) crowd(q Query) int {
	d := find(q.Package.Ecosystem)
	if d == nil || len(q.Route.Roots) == 0 {
		return 1
	}
	return 2 * l.sender.limit(d, q.Route.Roots[0])
}

// doubted looks again at an absence, now that everything was asked.
func (l *Live) doubted(q Query, rec *Record) (Record, bool) {
	d := find(q.Package.Ecosystem)
	if d == nil || rec.Root.Kind != settings.Mirror || d.official(rec.Root) {
		return *rec, false
	}
	if l.root(&inquiry{Driver: d, Root: rec.Root, Query: q}).lacks("") < curatedAbsent {
		return *rec, false
	}
	return lacking(*rec), true
}
