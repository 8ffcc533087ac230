package registry

import (
	"context"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// counts are weekly downloads by name.
type counts map[ecosystem.Package]dated

type dated struct {
	n  protocol.Count
	at time.Time
}

// put adds to a record what is known.
func (c counts) put(rec *protocol.Record) {
	if got := c[named(rec.Package)]; got.n.Known {
		rec.Downloads, rec.DownloadsAt = got.n, got.at
	}
}

func named(p ecosystem.Package) ecosystem.Package {
	return ecosystem.Package{Ecosystem: p.Ecosystem, Name: p.Name}
}

// statistics is how downloads of the query's package may be asked for, or nil.
func (l *Live) statistics(q protocol.Query) *protocol.Statistics {
	d := l.o.Drivers.Find(q.Package.Ecosystem)
	if d == nil || d.Statistics == nil || q.Want < protocol.WantAdoption || q.Route.Private || q.Route.Downloads.URL == "" || !d.Statistics.Countable(q.Package.Name) {
		return nil
	}
	for _, r := range q.Route.Roots {
		if r.Kind == protocol.Private {
			return nil
		}
	}
	return d.Statistics
}

// counted reports whether a record still wants its downloads.
func (l *Live) counted(q protocol.Query, rec *protocol.Record) bool {
	return rec.Status == protocol.Present && l.statistics(q) != nil
}

// downloadsPlan is the URL that one name alone would be asked by, or "".
func (l *Live) downloadsPlan(q protocol.Query) string {
	s := l.statistics(q)
	if _, _, no := l.refused(q); no || s == nil {
		return ""
	}
	return s.Request(q.Route.Downloads, []string{q.Package.Name}).URL
}

// recall gives a count that is stored.
func (l *Live) recall(ctx context.Context, q protocol.Query) counts {
	s := l.statistics(q)
	if s == nil {
		return nil
	}
	in := &protocol.Inquiry{Driver: s.Protocol, Root: q.Route.Downloads, Query: q}
	r, fresh := l.store.get(ctx, in, protocol.Request{Doc: protocol.DocDownloads})
	if !fresh {
		return nil
	}
	runOf(ctx).sent(r.Look, &l.o)
	return counts{named(q.Package): {r.Downloads, r.Look.At}}
}

// count asks for the downloads of all packages at once.
func (l *Live) count(ctx context.Context, qs []protocol.Query) counts {
	out := counts{}
	type batch struct {
		from  *protocol.Statistics
		eco   ecosystem.Ecosystem
		root  protocol.Root
		names []string
		bytes int
	}
	open := map[string]*batch{} // the one of a root that still has room
	var all []*batch
	seen := map[ecosystem.Package]bool{}
	for _, q := range qs {
		p := named(q.Package)
		if seen[p] {
			continue
		}
		seen[p] = true
		if got := l.recall(ctx, q); got != nil {
			out[p] = got[p]
			continue
		}
		from, root := l.statistics(q), q.Route.Downloads
		if from == nil {
			continue
		}
		if from.Alone(p.Name) {
			all = append(all, &batch{from: from, eco: p.Ecosystem, root: root, names: []string{p.Name}})
			continue
		}
		key := string(p.Ecosystem) + "\x00" + root.URL
		b := open[key]
		if b == nil || len(b.names) == from.Together || b.bytes+len(p.Name) > from.MaxBytes {
			b = &batch{from: from, eco: p.Ecosystem, root: root}
			open[key] = b
			all = append(all, b)
		}
		b.names = append(b.names, p.Name)
		b.bytes += len(p.Name) + 1
	}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for _, b := range all {
		workers.Go(func() {
			for name, got := range l.countBatch(ctx, b.from, b.root, b.names) {
				mu.Lock()
				out[ecosystem.Package{Ecosystem: b.eco, Name: name}] = got
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return out
}

func (l *Live) countBatch(ctx context.Context, from *protocol.Statistics, root protocol.Root, names []string) map[string]dated {
	if ctx.Err() != nil {
		return nil
	}
	d := from.Protocol
	in := &protocol.Inquiry{Driver: d, Root: root}
	if len(names) == 1 { // else the answer has names of its own
		in.Query.Package.Name = names[0]
	}
	r := l.fetcher.fetch(ctx, in, from.Request(root, names), nil)
	if r.Status != protocol.Present {
		return nil
	}
	out := map[string]dated{}
	for _, name := range names {
		n, known := r.Counts[name]
		one := protocol.Reading{Doc: protocol.DocDownloads, Status: protocol.Present, Look: r.Look, NoStore: r.NoStore, Downloads: protocol.Count{N: n, Known: known}}
		out[name] = dated{one.Downloads, r.Look.At}
		about := &protocol.Inquiry{Driver: d, Root: root, Query: protocol.Query{Package: ecosystem.Package{Ecosystem: d.Ecosystem, Name: name}}}
		l.store.put(ctx, about, protocol.Request{Doc: protocol.DocDownloads}, &one)
	}
	return out
}
