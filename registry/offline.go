package registry

import (
	"context"

	"figment/registry/protocol"
)

// Offline answers from the cache and the index; it opens no socket. What is in
// neither is unknown: a list may say that a name is known, never that it is
// made up.
type Offline struct{ l *Live }

// NewOffline makes a client that asks nobody. Of the options it uses Drivers, Versions, Known,
// Cache, Clock and OnRequest.
func NewOffline(o Options) *Offline {
	o.Refresh = false
	return &Offline{l: NewLive(o)}
}

// Lookup implements Client. Present answers count while they are kept, marked
// stale after their time, proven absences while they are fresh.
func (f *Offline) Lookup(ctx context.Context, q protocol.Query) (protocol.Record, error) {
	rec, d, no := f.l.refused(q)
	if no {
		return rec, asError(&rec)
	}
	ctx, _ = withRun(ctx)
	denied := 0
	for _, root := range q.Route.Roots {
		in := &protocol.Inquiry{Driver: d, Root: root, Query: q}
		if look, ok := f.l.store.marked(ctx, in, docAbsent, ""); ok {
			runOf(ctx).sent(look, &f.l.o)
			denied++
			rec = protocol.Record{
				Package: q.Package, Constraint: q.Constraint, Root: root, Status: protocol.Absent, Reason: protocol.ReasonNotFound,
				Confirmed: true, Looks: []protocol.Look{look}, Fetched: look.At,
			}
			continue
		}
		got := f.stored(ctx, in)
		if got.Status == protocol.Unknown {
			continue
		}
		got.AbsentAt = f.l.store.absentAt(ctx, d, q)
		if f.l.counted(q, &got) {
			f.l.recall(ctx, q).put(&got)
		}
		return got, nil
	}
	if denied == len(q.Route.Roots) && q.Route.Unusable == "" {
		rec.AbsentAt = f.l.store.absentAt(ctx, d, q)
		return rec, nil
	}
	rec = protocol.Record{Package: q.Package, Constraint: q.Constraint, Root: q.Route.Roots[0], Reason: protocol.ReasonOffline, Detail: "the run is offline"}
	if date, ok := f.l.o.known(q.Package); ok && q.Route.Roots[0].Kind != protocol.Private {
		rec.Status, rec.Reason, rec.Fetched = protocol.Present, unreadable(f.l.versions(q.Package.Ecosystem), q.Constraint), date
		rec.Detail = "from the index of popular names"
		rec.AbsentAt = f.l.store.absentAt(ctx, d, q)
		return rec, nil
	}
	return rec, asError(&rec)
}

// stored concludes from the documents that the cache holds.
func (f *Offline) stored(ctx context.Context, in *protocol.Inquiry) protocol.Record {
	for range maxSteps {
		rq, more := in.Driver.Next(in)
		if !more {
			break
		}
		r, fresh := f.l.store.get(ctx, in, rq)
		if r == nil && rq.Doc == protocol.DocVersion { // the list of all may tell
			r, fresh = f.l.store.get(ctx, in, in.Driver.Versions(in))
		}
		if r == nil || r.Status == protocol.Blocked || !fresh && r.Status != protocol.Present {
			if len(in.Read) == 0 {
				return protocol.Record{Status: protocol.Unknown, Reason: protocol.ReasonOffline}
			}
			break
		}
		r.Look.Stale, r.Extra = !fresh, rq.Extra
		runOf(ctx).sent(r.Look, &f.l.o)
		in.Read = append(in.Read, *r)
	}
	rec := f.l.conclude(in)
	if rec.VersionStatus == protocol.VersionAbsent {
		if _, ok := f.l.store.marked(ctx, in, docVersionAbsent, in.Query.Constraint); !ok {
			rec.VersionStatus = protocol.VersionUnknown // a stored list may lag behind
		}
	}
	return rec
}

// Plan implements Client: nothing is asked.
func (f *Offline) Plan(protocol.Query) []Ask { return nil }
