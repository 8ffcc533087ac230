package registry

import (
	"context"

	"figment/registry/settings"
)

// Offline answers from the cache and the index; it opens no socket. What is in
// neither is unknown: a list may say that a name is known, never that it is
// made up.
type Offline struct{ l *Live }

// NewOffline makes a client that asks nobody. Of the options it uses Known,
// Cache, Clock and OnRequest.
func NewOffline(o Options) *Offline {
	o.Refresh = false
	return &Offline{l: NewLive(o)}
}

// Lookup implements Client. Present answers count while they are kept, marked
// stale after their time, proven absences while they are fresh.
func (f *Offline) Lookup(ctx context.Context, q Query) (Record, error) {
	rec, d, no := refused(q)
	if no {
		return rec, asError(&rec)
	}
	ctx, _ = withRun(ctx)
	denied := 0
	for _, root := range q.Route.Roots {
		in := &inquiry{Driver: d, Root: root, Query: q}
		if look, ok := f.l.store.marked(ctx, in, docAbsent, ""); ok {
			runOf(ctx).sent(look, &f.l.o)
			denied++
			rec = Record{
				Package: q.Package, Constraint: q.Constraint, Root: root, Status: Absent, Reason: ReasonNotFound,
				Confirmed: true, Looks: []Look{look}, Fetched: look.At,
			}
			continue
		}
		got := f.stored(ctx, in)
		if got.Status == Unknown {
			continue
		}
		got.AbsentAt = f.l.store.absentAt(ctx, d, q)
		if counted(q, &got) {
			f.l.recall(ctx, q).put(&got)
		}
		return got, nil
	}
	if denied == len(q.Route.Roots) && q.Route.Unusable == "" {
		rec.AbsentAt = f.l.store.absentAt(ctx, d, q)
		return rec, nil
	}
	rec = Record{Package: q.Package, Constraint: q.Constraint, Root: q.Route.Roots[0], Reason: ReasonOffline, Detail: "the run is offline"}
	if date, ok := f.l.o.known(q.Package); ok && q.Route.Roots[0].Kind != settings.Private {
		rec.Status, rec.Reason, rec.Fetched = Present, unreadable(q), date
		rec.Detail = "from the index of popular names"
		rec.AbsentAt = f.l.store.absentAt(ctx, d, q)
		return rec, nil
	}
	return rec, asError(&rec)
}

// stored concludes from the documents that the cache holds.
func (f *Offline) stored(ctx context.Context, in *inquiry) Record {
	for range maxSteps {
		rq, more := in.Driver.Next(in)
		if !more {
			break
		}
		r, fresh := f.l.store.get(ctx, in, rq)
		if r == nil && rq.Doc == docVersion { // the list of all may tell
			r, fresh = f.l.store.get(ctx, in, in.Driver.Versions(in))
		}
		if r == nil || r.Status == Blocked || !fresh && r.Status != Present {
			if len(in.Read) == 0 {
				return Record{Status: Unknown, Reason: ReasonOffline}
			}
			break
		}
		r.Look.Stale, r.Extra = !fresh, rq.Extra
		runOf(ctx).sent(r.Look, &f.l.o)
		in.Read = append(in.Read, *r)
	}
	rec := in.conclude()
	if rec.VersionStatus == VersionAbsent {
		if _, ok := f.l.store.marked(ctx, in, docVersionAbsent, in.Query.Constraint); !ok {
			rec.VersionStatus = VersionUnknown // a stored list may lag behind
		}
	}
	return rec
}

// Plan implements Client: nothing is asked.
func (f *Offline) Plan(Query) []Ask { return nil }
