package registry

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// A batcher proves absences that belong together.
type batcher interface {
	lookup(context.Context, protocol.Query) protocol.Record           // stores no absence
	settle(context.Context, protocol.Query, *protocol.Record)         // stores what was proven
	recheck(context.Context, ecosystem.Ecosystem, protocol.Root) bool // the brake's question
	crowd(protocol.Query) int                                         // queries worth having under way at the first root
	doubted(protocol.Query, *protocol.Record) (protocol.Record, bool) // a mirror that proved to be curated since
	counted(protocol.Query, *protocol.Record) bool                    // a record that still wants its downloads
	count(context.Context, []protocol.Query) counts                   // downloads, together
}

// A group is the queries that go to the same roots.
type group struct {
	eco     ecosystem.Ecosystem
	roots   []protocol.Root
	total   int
	settled int
	there   int // settled other than as absent
	held    []answered
	letGo   bool // the root is proven: absences pass
	asking  bool
	// released are those of held that are through, while asking.
	released int
	last     time.Time // of the last answer
}

type answered struct {
	group *group
	q     protocol.Query
	rec   protocol.Record
	final bool
}

// LookupAll asks about all of qs at once, within the hosts' limits, and hands
// every record to emit exactly once, from the calling goroutine, in no
// particular order. A query that could not be asked gets a record that says so;
// when ctx ends the rest do. Absences are held until their root is proven: when
// more than half of at least five names are absent at a root it is asked once
// more for a control name, and if that fails all of them are unknown. Records
// whose downloads are wanted come last, because these are asked for together.
func LookupAll(ctx context.Context, c Client, qs []protocol.Query, emit func(protocol.Query, protocol.Record)) Summary {
	return LookupWatched(ctx, c, qs, emit, func(Progress) {})
}

// A Progress says how far a batch of lookups is, between two records.
type Progress struct {
	Held    int                   // answers that are there and wait for the proof of their root
	Waiting []ecosystem.Ecosystem // whose registries have answered nothing for a while, in the order of the queries
}

const (
	quietAfter = 2 * time.Second // without an answer, until a registry is said to be waited for
	quietTick  = time.Second
)

// LookupWatched is LookupAll for callers who show how far it is: watch is called
// from the calling goroutine whenever something of a Progress may have changed. One
// loop takes the answers of all workers, so that the groups need no lock.
func LookupWatched(ctx context.Context, c Client, qs []protocol.Query, emit func(protocol.Query, protocol.Record), watch func(Progress)) Summary {
	ctx, this := withRun(ctx)
	b, _ := c.(batcher)
	groups := map[string]*group{}
	pending := map[*group][]protocol.Query{}
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
		pending[g] = append(pending[g], q)
	}
	results := make(chan answered)
	var workers sync.WaitGroup
	for _, g := range order {
		list := pending[g]
		n := 1
		if b != nil {
			n = b.crowd(list[0])
		}
		next := make(chan protocol.Query, len(list))
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
	var progress Progress
	tick := time.NewTicker(quietTick)
	defer tick.Stop()
	for _, g := range order {
		g.last = time.Now()
	}
	for left := len(qs); left > 0; {
		if left == len(late) {
			asked := make([]protocol.Query, len(late))
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
		var a answered
		select {
		case a = <-results:
		case <-tick.C:
			if quiet := waiting(order); !slices.Equal(quiet, progress.Waiting) {
				progress.Waiting = quiet
				watch(progress)
			}
			continue
		}
		g := a.group
		g.last = time.Now()
		if slices.Contains(progress.Waiting, g.eco) {
			progress.Waiting = waiting(order)
			watch(progress)
		}
		pass := func(a answered) {
			if b != nil {
				b.settle(ctx, a.q, &a.rec)
				if b.counted(a.q, &a.rec) {
					late = append(late, a)
					return
				}
			}
			left--
			emit(a.q, a.rec)
		}
		if a.final {
			if g.asking {
				g.released++
				progress.Held--
			} else {
				g.settled++
			}
			pass(a)
			continue
		}
		g.settled++
		if a.rec.Status == protocol.Absent && !g.letGo {
			g.held = append(g.held, a)
			progress.Held++
			watch(progress)
		} else {
			if a.rec.Status != protocol.Absent {
				g.there++
			}
			pass(a)
		}
		switch {
		case len(g.held) == 0 || g.asking || g.letGo:
		case g.early():
			g.letGo = true
			progress.Held -= len(g.held)
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

// waiting lists the ecosystems of the groups that have had no answer for a while.
func waiting(groups []*group) []ecosystem.Ecosystem {
	var out []ecosystem.Ecosystem
	for _, g := range groups {
		if g.open() && time.Since(g.last) >= quietAfter && !slices.Contains(out, g.eco) {
			out = append(out, g.eco)
		}
	}
	return out
}

// open reports whether something is still asked of the group's roots.
func (g *group) open() bool { return g.settled < g.total || g.asking && g.released < len(g.held) }

// early reports whether no later answer can arm the brake, nor show that the
// root is a curated mirror.
func (g *group) early() bool {
	for _, r := range g.roots {
		if r.Kind == protocol.Mirror {
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
			over := ended(ctx, protocol.Request{})
			h.rec.Status, h.rec.Reason, h.rec.Detail, h.rec.Confirmed = protocol.Unknown, over.Reason, over.Detail, false
		case !passed:
			h.rec.Status, h.rec.Reason, h.rec.Confirmed = protocol.Unknown, protocol.ReasonMassAbsence, false
			h.rec.Detail = "it denied most names, and then it denied a package that surely exists or did not answer"
		case is:
			h.rec = doubt
		}
		results <- h
	}
}

func groupKey(q protocol.Query) string {
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
func (l *Live) crowd(q protocol.Query) int {
	d := l.o.Drivers.Find(q.Package.Ecosystem)
	if d == nil || len(q.Route.Roots) == 0 {
		return 1
	}
	return 2 * l.fetcher.limit(d, q.Route.Roots[0])
}

// doubted looks again at an absence, now that everything was asked.
func (l *Live) doubted(q protocol.Query, rec *protocol.Record) (protocol.Record, bool) {
	d := l.o.Drivers.Find(q.Package.Ecosystem)
	if d == nil || rec.Root.Kind != protocol.Mirror || d.IsOfficial(rec.Root) {
		return *rec, false
	}
	if l.root(&protocol.Inquiry{Driver: d, Root: rec.Root, Query: q}).lacks("") < curatedAbsent {
		return *rec, false
	}
	return lacking(*rec), true
}
