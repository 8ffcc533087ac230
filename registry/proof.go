package registry

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// The proof of an absence: a definitive status of a root that knows what surely
// exists, twice. A single 404 is a candidate and no more.

const (
	maxSteps      = 8 // documents of one inquiry; no driver needs more
	witnessFor    = freshCanary
	retryCanary   = 30 * time.Second
	thirdLook     = 2 * time.Second // before the third look at a name that the index knows
	massFrom      = 5               // names at one root, from which on the brake is armed
	curatedAbsent = 3               // names of the index absent at a mirror make it a curated one
)

// rootState is what this client learnt of a root.
type rootState struct {
	turn chan struct{} // held by whoever asks the control questions

	mu      sync.Mutex
	witness time.Time // when it last said that something is there
	failed  time.Time // when the control questions last failed
	failure string
	used    string // the control name that was there
	form    protocol.Form
	lacking map[string]bool // names of the index that it lacks
}

func (s *rootState) witnessed(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.After(s.witness) {
		s.witness = at
	}
}

// lacks counts a name of the index that a mirror lacks, and says how many.
func (s *rootState) lacks(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lacking == nil {
		s.lacking = map[string]bool{}
	}
	if name != "" && len(s.lacking) < 1000 {
		s.lacking[name] = true
	}
	return len(s.lacking)
}

// walk reads documents until the driver has enough.
func (l *Live) walk(ctx context.Context, in *protocol.Inquiry, how func(protocol.Request) protocol.Request) {
	s := l.root(in)
	s.mu.Lock()
	in.Form = s.form
	s.mu.Unlock()
	defer func() { l.keepOpen(ctx, in) }()
	for range maxSteps {
		rq, more := in.Driver.Next(in)
		if !more {
			return
		}
		if how != nil {
			rq = how(rq)
		}
		r := l.read(ctx, in, rq)
		r.Extra = rq.Extra
		in.Read = append(in.Read, r)
		l.learn(in, s)
	}
}

// keepOpen stores answers that settled nothing by themselves (a list without
// tags), once another has shown that the package is there.
func (l *Live) keepOpen(ctx context.Context, in *protocol.Inquiry) {
	if !slices.ContainsFunc(in.Read, func(r protocol.Reading) bool { return r.Status == protocol.Present && !r.Extra }) {
		return
	}
	for i := range in.Read {
		if r := &in.Read[i]; r.Open && !r.Look.Cached {
			l.store.putOpen(ctx, in, r)
		}
	}
}

func (l *Live) learn(in *protocol.Inquiry, s *rootState) {
	if in.Driver.Learn == nil {
		return
	}
	if r := in.Last(); r == nil || r.Status != protocol.Present {
		return
	}
	in.Form = in.Driver.Learn(in)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.form.NoVersions = s.form.NoVersions || in.Form.NoVersions
	s.form.Literal = s.form.Literal || in.Form.Literal
}

func live(r protocol.Request) protocol.Request { r.Live = true; return r }

// knows asks whether a control name is there, in each form that the driver has.
// The reading is the one that decided.
func (l *Live) knows(ctx context.Context, d *protocol.Driver, root protocol.Root, name string, how func(protocol.Request) protocol.Request) (protocol.Status, protocol.Record) {
	in := control(d, root, name)
	l.walk(ctx, in, how)
	rec := l.conclude(in)
	if rec.Status != protocol.Absent {
		return rec.Status, rec
	}
	for _, rq := range d.Second(in) {
		r := l.read(ctx, in, rq)
		in.Read = append(in.Read, r)
		if r.Status == protocol.Present {
			l.learn(in, l.root(in))
			return protocol.Present, l.conclude(in)
		}
		if r.Status != protocol.Absent && !r.Unrouted() {
			return r.Status, l.conclude(in)
		}
	}
	return protocol.Absent, rec
}

// vouch makes sure that the root knows something at all. The text says why it
// could not be made sure; empty: it could.
func (l *Live) vouch(ctx context.Context, in *protocol.Inquiry) string {
	names, none := in.Driver.ControlNames(in.Root)
	if none || local(in.Root) {
		return ""
	}
	s := l.root(in)
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "the run was over"
	}
	defer func() { <-s.turn }()
	now := l.o.now()
	s.mu.Lock()
	seen, failed, failure := s.witness, s.failed, s.failure
	s.mu.Unlock()
	if !seen.IsZero() && now.Sub(seen) < witnessFor {
		return ""
	}
	if !failed.IsZero() && now.Sub(failed) < retryCanary {
		return failure
	}
	place := &protocol.Inquiry{Driver: in.Driver, Root: in.Root} // the mark is about the root
	if look, ok := l.store.marked(ctx, place, docCanary, ""); ok {
		s.witnessed(look.At)
		return ""
	}
	why := l.control(ctx, in, s, names)
	if ctx.Err() != nil {
		return "the run was over"
	}
	s.mu.Lock()
	if s.failure = why; why != "" {
		s.failed = l.o.now()
	}
	s.mu.Unlock()
	if why == "" {
		l.store.mark(ctx, place, docCanary, "", protocol.Look{At: l.o.now()}, freshCanary)
	}
	return why
}

// control asks for the control names in turn until one is there.
func (l *Live) control(ctx context.Context, in *protocol.Inquiry, s *rootState, names []string) string {
	asked := 0
	for _, n := range names {
		if n = control(in.Driver, in.Root, n).Query.Package.Name; n == in.Query.Package.Name {
			continue
		}
		asked++
		switch status, rec := l.knows(ctx, in.Driver, in.Root, n, live); status {
		case protocol.Present:
			s.mu.Lock()
			s.used = n
			s.mu.Unlock()
			s.witnessed(l.o.now())
			return ""
		case protocol.Absent, protocol.Removed:
		default:
			return fmt.Sprintf("it denied the name, and the control question about %s failed: %s", n, orReason(rec))
		}
	}
	if asked == 0 {
		return "it denied the name, and there is no other control name to ask for"
	}
	return "it denied the name, but also packages that surely exist"
}

func orReason(r protocol.Record) string {
	if r.Detail != "" {
		return r.Detail
	}
	return string(r.Reason)
}

// prove completes the proof of a candidate absence, or finds that there is
// none.
func (l *Live) prove(ctx context.Context, in *protocol.Inquiry) protocol.Record {
	rec := l.conclude(in)
	if local(in.Root) {
		rec.Status, rec.Reason = protocol.Unknown, protocol.ReasonNotOnMirror
		rec.Detail = "a proxy of files proves only what it holds"
		return rec
	}
	if why := l.vouch(ctx, in); why != "" {
		return l.failed(ctx, rec, protocol.ReasonCanaryFailed, why)
	}
	looks := rec.Looks
	seconds := in.Driver.Second(in)
	for i, rq := range seconds {
		r := l.read(ctx, in, rq)
		looks = append(looks, r.Look)
		if r.Status == protocol.Absent || i > 0 && r.Unrouted() {
			continue
		}
		return l.revise(ctx, in, r, looks)
	}
	known := in.Driver.IsOfficial(in.Root)
	if known {
		_, known = l.o.known(in.Query.Package)
	}
	if known {
		// The index has seen it: time for a lagging or regional copy to come round.
		if l.o.Clock.Wait(ctx, thirdLook) != nil {
			return l.failed(ctx, rec, protocol.ReasonInterrupted, "")
		}
		again := &protocol.Inquiry{Driver: in.Driver, Root: in.Root, Query: in.Query, Form: in.Form}
		if rq, ok := again.Driver.Next(again); ok {
			// Past this run's memory too: the first look is what may have been wrong.
			r := l.obtain(ctx, again, rq.PastCaches())
			looks = append(looks, r.Look)
			if r.Status != protocol.Absent {
				return l.revise(ctx, in, r, looks)
			}
		}
		rec.Reason = protocol.ReasonIndexKnewIt
	}
	rec.Looks, rec.Confirmed = looks, true
	rec.Fetched = looks[len(looks)-1].At
	return rec
}

// revise concludes anew from an answer that contradicts an absence.
func (l *Live) revise(ctx context.Context, in *protocol.Inquiry, r protocol.Reading, looks []protocol.Look) protocol.Record {
	in.Read = append(in.Read, r)
	l.learn(in, l.root(in))
	last := len(in.Read) - 1
	in.Read = append(slices.DeleteFunc(in.Read[:last], func(r protocol.Reading) bool { return r.Doc != protocol.DocVersion }), r)
	if r.Status == protocol.Present {
		n := len(in.Read)
		l.walk(ctx, in, nil)
		for _, r := range in.Read[n:] {
			looks = append(looks, r.Look)
		}
	}
	rec := l.conclude(in)
	rec.Looks = looks
	if rec.Status == protocol.Absent { // one document denied the version, none the name
		rec.Status, rec.Reason, rec.Detail = protocol.Unknown, protocol.ReasonBadAnswer, "its answers contradict each other"
	}
	if rec.VersionStatus == protocol.VersionAbsent && rec.Status == protocol.Present {
		return l.confirm(ctx, in, rec)
	}
	return rec
}

// failed makes a record unknown: because the run ended, if it did.
func (l *Live) failed(ctx context.Context, rec protocol.Record, reason protocol.Reason, why string) protocol.Record {
	if ctx.Err() != nil {
		over := ended(ctx, protocol.Request{})
		reason, why = over.Reason, over.Detail
	}
	rec.Status, rec.VersionStatus, rec.Reason, rec.Detail, rec.Confirmed = protocol.Unknown, protocol.VersionUnknown, reason, why, false
	return rec
}

// confirm takes a second look, past every cache, at a version that nobody lists:
// copies of a list lag behind a release by minutes.
func (l *Live) confirm(ctx context.Context, in *protocol.Inquiry, rec protocol.Record) protocol.Record {
	if _, ok := l.store.marked(ctx, in, docVersionAbsent, in.Query.Constraint); ok {
		return rec
	}
	looks := rec.Looks
	r := l.read(ctx, in, in.Driver.Versions(in))
	looks = append(looks, r.Look)
	if r.Status == protocol.Absent && r.Doc != protocol.DocVersion {
		return l.failed(ctx, rec, protocol.ReasonBadAnswer, "its answers contradict each other")
	}
	in.Read = append(in.Read, r)
	rec = l.conclude(in)
	rec.Looks = looks
	if rec.Status == protocol.Unknown && ctx.Err() != nil {
		return l.failed(ctx, rec, "", "")
	}
	return rec
}

// recheck is the brake's question: does the root still tell names apart? It
// asks for another control name than before, past every cache.
func (l *Live) recheck(ctx context.Context, e ecosystem.Ecosystem, root protocol.Root) bool {
	d := l.o.Drivers.Find(e)
	if d == nil {
		return false
	}
	names, none := d.ControlNames(root)
	if none || local(root) {
		return true
	}
	s := l.root(&protocol.Inquiry{Driver: d, Root: root})
	s.mu.Lock()
	used := s.used
	s.mu.Unlock()
	order := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == used })
	if used != "" {
		order = append(order, used)
	}
	for _, n := range order {
		switch status, _ := l.knows(ctx, d, root, n, protocol.Request.PastCaches); status {
		case protocol.Present:
			return true
		case protocol.Absent, protocol.Removed:
		default:
			return false
		}
	}
	return false
}
