package registry

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"figment/internal/web"
	"figment/registry/protocol"
)

// lookup asks the roots of q's route as its strategy says. It stores no
// absence: whether one stands may depend on others (LookupAll).
func (l *Live) lookup(ctx context.Context, q protocol.Query) protocol.Record {
	rec, d, no := l.refused(q)
	if no {
		return rec
	}
	if ctx.Err() != nil {
		rec.Root = q.Route.Roots[0]
		return l.failed(ctx, rec, protocol.ReasonInterrupted, "")
	}
	var asked []try
	for _, root := range q.Route.Roots {
		if root.Ecosystem == "" {
			root.Ecosystem = d.Ecosystem
		}
		t := l.first(ctx, d, root, q)
		asked = append(asked, t)
		if t.decides(q.Route.Strategy) {
			break
		}
	}
	rec = l.weigh(ctx, q, asked)
	if len(asked) > 1 { // those of the deciding root come last
		var others []protocol.Look
		for i := range asked {
			if asked[i].rec.Root.URL != rec.Root.URL {
				others = append(others, asked[i].rec.Looks...)
			}
		}
		rec.Looks = append(others, rec.Looks...)
	}
	return rec
}

// A try is what one root said.
type try struct {
	in     *protocol.Inquiry
	rec    protocol.Record
	proven bool // the absence was proven not long ago
}

func (l *Live) first(ctx context.Context, d *protocol.Driver, root protocol.Root, q protocol.Query) try {
	in := &protocol.Inquiry{Driver: d, Root: root, Query: q}
	if !local(root) {
		if look, ok := l.store.marked(ctx, in, docAbsent, ""); ok {
			runOf(ctx).sent(look, &l.o)
			return try{in: in, proven: true, rec: protocol.Record{
				Package: q.Package, Constraint: q.Constraint, Root: root, Status: protocol.Absent, Reason: protocol.ReasonNotFound,
				Confirmed: true, Looks: []protocol.Look{look}, Fetched: look.At,
			}}
		}
	}
	l.walk(ctx, in, nil)
	return try{in: in, rec: l.conclude(in)}
}

// decides reports whether the roots after this one need not be asked.
func (t *try) decides(s protocol.Strategy) bool {
	r := &t.rec
	switch r.Status {
	case protocol.Present:
		return s == protocol.First || r.VersionStatus != protocol.VersionAbsent
	case protocol.Absent:
		return false
	case protocol.Removed:
		return s != protocol.AllOf
	}
	switch s {
	case protocol.AllOf:
		return false
	case protocol.GoProxy:
		return !t.in.Root.FallThrough
	}
	return true
}

// weigh makes one record of what the roots said.
func (l *Live) weigh(ctx context.Context, q protocol.Query, asked []try) protocol.Record {
	for i := range asked { // there, with a version that fits
		if r := &asked[i].rec; r.Status == protocol.Present && r.VersionStatus != protocol.VersionAbsent {
			return *r
		}
	}
	if r, silent := l.silent(q, asked); silent {
		return r
	}
	for i := range asked {
		if asked[i].rec.Status == protocol.Removed {
			return asked[i].rec
		}
	}
	// Everybody denied the name or the version. Now each has to prove it.
	var lacks *protocol.Record
	for i := range asked {
		t := &asked[i]
		switch {
		case t.rec.Status == protocol.Present:
			t.rec = l.confirm(ctx, t.in, t.rec)
		case local(t.in.Root) && len(asked) > 1:
			continue // the others speak
		case !t.proven:
			t.rec = l.prove(ctx, t.in)
		}
		switch {
		case t.rec.Status == protocol.Present && t.rec.VersionStatus != protocol.VersionAbsent, t.rec.Status == protocol.Removed:
			return t.rec
		case t.rec.Status == protocol.Present && lacks == nil:
			lacks = &t.rec
		}
	}
	if r, silent := l.silent(q, asked); silent {
		return r
	}
	if lacks != nil {
		return *lacks
	}
	speaks := &asked[len(asked)-1]
	for i := len(asked) - 1; i >= 0; i-- { // the official root before a mirror before any other
		t, s := &asked[i], speaks
		official := s.in.Driver.IsOfficial(s.in.Root)
		if t.in.Driver.IsOfficial(t.in.Root) || !official && t.in.Root.Kind == protocol.Mirror && !local(t.in.Root) {
			speaks = t
		}
	}
	return l.curated(speaks)
}

// silent is the record when a root that counts said neither yes nor no.
func (l *Live) silent(q protocol.Query, asked []try) (protocol.Record, bool) {
	var first *protocol.Record
	spoke := false
	for i := range asked {
		r := &asked[i].rec
		if r.Status == protocol.Unknown || r.Status == protocol.Blocked {
			if first == nil {
				first = r
			}
			continue
		}
		spoke = true
	}
	if first == nil && q.Route.Unusable != "" {
		rec := asked[len(asked)-1].rec
		rec.Status, rec.VersionStatus, rec.Reason, rec.Confirmed = protocol.Unknown, protocol.VersionUnknown, protocol.ReasonOtherSourceSilent, false
		rec.Detail = "it may be at a source that cannot be asked: " + q.Route.Unusable + " names one that is not understood"
		return rec, true
	}
	if first == nil {
		return protocol.Record{}, false
	}
	rec := *first
	if q.Route.Strategy == protocol.AllOf && spoke {
		why := rec.Detail
		rec.Status, rec.Reason = protocol.Unknown, protocol.ReasonOtherSourceSilent
		rec.Detail = "one index lacks it, and another that may have it did not say"
		if why != "" {
			rec.Detail += ": " + why
		}
	}
	return rec, true
}

// curated disbelieves the absences of a mirror that was filled by hand.
func (l *Live) curated(t *try) protocol.Record {
	rec := t.rec
	if t.in.Root.Kind != protocol.Mirror || t.in.Driver.IsOfficial(t.in.Root) || rec.Status != protocol.Absent {
		return rec
	}
	s := l.root(t.in)
	date, known := l.o.known(t.in.Query.Package)
	switch {
	case known:
		s.lacks(t.in.Query.Package.Name)
		rec.Status, rec.Reason, rec.Confirmed = protocol.Unknown, protocol.ReasonNotOnMirror, false
		rec.Detail = fmt.Sprintf("this mirror has no `%s`; it was on the public registry", rec.Package.Name)
		if !date.IsZero() {
			rec.Detail += " on " + date.UTC().Format("2006-01-02")
		}
	case s.lacks("") >= curatedAbsent:
		rec = lacking(rec)
	}
	return rec
}

func lacking(rec protocol.Record) protocol.Record {
	rec.Status, rec.Reason, rec.Confirmed = protocol.Unknown, protocol.ReasonNotOnMirror, false
	rec.Detail = "this mirror lacks popular packages too, so what it lacks may well exist"
	return rec
}

// settle stores what was proven: the absence for a short while, and its date
// for long where the official root said so.
//
// It also tells the record when the name was last proven absent.
func (l *Live) settle(ctx context.Context, q protocol.Query, rec *protocol.Record) {
	d := l.o.Drivers.Find(q.Package.Ecosystem)
	if d == nil || len(rec.Looks) == 0 {
		return
	}
	l.keep(ctx, d, q, rec)
	rec.AbsentAt = l.store.absentAt(ctx, d, q)
	if rec.Status == protocol.Absent && rec.Confirmed && d.IsOfficial(rec.Root) && rec.Fetched.After(rec.AbsentAt) {
		rec.AbsentAt = rec.Fetched
	}
}

func (l *Live) keep(ctx context.Context, d *protocol.Driver, q protocol.Query, rec *protocol.Record) {
	look := rec.Looks[len(rec.Looks)-1]
	look.Cached, look.Stale = false, false
	switch {
	case rec.Status == protocol.Absent && rec.Confirmed:
		for _, root := range q.Route.Roots {
			in := &protocol.Inquiry{Driver: d, Root: root, Query: q}
			if local(root) {
				continue
			}
			if _, ok := l.store.marked(ctx, in, docAbsent, ""); ok {
				continue
			}
			l.store.mark(ctx, in, docAbsent, "", look, freshAbsent)
			if d.IsOfficial(root) {
				l.store.absentNow(ctx, in)
			}
		}
	case rec.Status == protocol.Present && rec.VersionStatus == protocol.VersionAbsent:
		in := &protocol.Inquiry{Driver: d, Root: rec.Root, Query: q}
		if _, ok := l.store.marked(ctx, in, docVersionAbsent, q.Constraint); !ok {
			l.store.mark(ctx, in, docVersionAbsent, q.Constraint, look, freshAbsent)
		}
	}
}

// local reports whether a root is a directory (GOPROXY=file://…).
func local(r protocol.Root) bool { return strings.HasPrefix(r.URL, "file://") }

// open reads a document of a root that is a directory. What is not there is
// absent, which for such a root is never proof.
func (l *Live) open(in *protocol.Inquiry, rq protocol.Request) protocol.Reading {
	r := protocol.Reading{Doc: rq.Doc, Version: rq.Version}
	u, err := url.Parse(rq.URL)
	if err != nil {
		return protocol.BadAnswer(rq, "its address cannot be read")
	}
	f, err := os.Open(u.Path)
	switch {
	case os.IsNotExist(err):
		r.Status, r.Reason = protocol.Absent, protocol.ReasonNotFound
	case err != nil:
		r = protocol.Fault(rq, protocol.ReasonNetwork, "a file of the proxy cannot be read")
	default:
		defer func() { _ = f.Close() }() // nothing was written
		if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
			r = protocol.Fault(rq, protocol.ReasonBadAnswer, "the proxy's directory holds something other than a file")
			break
		}
		r = in.Driver.Parse(in, rq, &protocol.Response{Body: web.Bound(f, rq.Max)})
	}
	r.Look = protocol.Look{URL: web.Redact(rq.URL), At: l.o.now()}
	return r
}
