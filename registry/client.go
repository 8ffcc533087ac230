package registry

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/web"
	"figment/registry/protocol"
)

// Options of a client. The zero value works and asks nobody: no driver, no cache,
// the real clock, the real network, default limits.
type Options struct {
	// Drivers are those of the registries that can be asked. An ecosystem without
	// one is unsupported.
	Drivers protocol.Drivers
	// Versions read the constraints of each ecosystem. Where there is none no
	// version is judged.
	Versions []*ecosystem.Versions
	// Known says whether the embedded index has a name, and of which date the
	// index is. Nil: no name is known.
	Known func(ecosystem.Package) (time.Time, bool)
	// Cache keeps answers between runs; nil: nowhere.
	Cache cache.Store
	// Clock replaces the time; nil functions mean the real one.
	Clock Clock
	// Transport replaces the network (tests); it then has to guard what a
	// redirect reaches. Nil: the network, with the proxies of the environment.
	Transport http.RoundTripper
	// Timeout bounds one request; 0: 10 seconds. A registry that needs longer is
	// given up to four times as much. The run is bounded by ctx.
	Timeout time.Duration
	// UserAgent identifies figment; empty: "figment".
	UserAgent string
	// Refresh disregards what was stored before the client was made.
	Refresh bool
	// MaxPerHost replaces the number of requests in flight at each host; 0: the
	// registries' own limits.
	MaxPerHost int
	// Notice takes a sentence for the user, such as a registry being given up
	// for a while. May be called from several goroutines.
	Notice func(string)
	// OnRequest sees every request that was sent, and every document taken from
	// the cache. May be called from several goroutines.
	OnRequest func(protocol.Look)
}

// A Clock is time that tests can drive. Nil functions mean the real one.
type Clock = web.Clock

func (o *Options) now() time.Time { return o.Clock.Time() }

func (o *Options) known(p ecosystem.Package) (time.Time, bool) {
	if o.Known == nil {
		return time.Time{}, false
	}
	return o.Known(ecosystem.Package{Ecosystem: p.Ecosystem, Name: p.Name})
}

// Live asks registries over the network. Safe for use from several goroutines.
// It keeps what it learns of the registries themselves (that they work, how
// they want to be asked) for ten minutes, and of packages nothing beyond its
// cache.
type Live struct {
	o       Options
	store   *storage
	fetcher *fetcher
	flights singleflight.Group

	mu    sync.Mutex
	roots map[string]*rootState
}

// NewLive makes a client. Nothing is asked yet.
func NewLive(o Options) *Live {
	l := &Live{o: o, roots: map[string]*rootState{}}
	l.store = newStorage(&l.o)
	l.fetcher = newFetcher(&l.o)
	return l
}

// versions reads the constraints of an ecosystem; nil, which reads none, where
// there is nothing of the kind.
func (l *Live) versions(e ecosystem.Ecosystem) *ecosystem.Versions {
	return ecosystem.FindVersions(l.o.Versions, e)
}

func (l *Live) conclude(in *protocol.Inquiry) protocol.Record {
	return conclude(in, l.versions(in.Query.Package.Ecosystem))
}

// A run is what belongs to one batch of lookups: counts, and documents that
// were read already.
type run struct {
	mu       sync.Mutex
	requests int
	cached   int
	memo     map[string]protocol.Reading
}

type runKey struct{}

// withRun gives the context a run, unless it has one.
func withRun(ctx context.Context) (context.Context, *run) {
	if r, ok := ctx.Value(runKey{}).(*run); ok {
		return ctx, r
	}
	r := &run{memo: map[string]protocol.Reading{}}
	return context.WithValue(ctx, runKey{}, r), r
}

func runOf(ctx context.Context) *run {
	_, r := withRun(ctx)
	return r
}

func (r *run) sent(l protocol.Look, o *Options) {
	r.mu.Lock()
	if l.Cached {
		r.cached++
	} else {
		r.requests++
	}
	r.mu.Unlock()
	if o.OnRequest != nil {
		o.OnRequest(l)
	}
}

func (r *run) recall(key string) (protocol.Reading, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got, ok := r.memo[key]
	return got, ok
}

func (r *run) remember(key string, got protocol.Reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.memo[key] = got
}

// read gets one document: from this run, from the cache, or from the registry.
// Callers who want the same document at once share one request.
func (l *Live) read(ctx context.Context, in *protocol.Inquiry, rq protocol.Request) protocol.Reading {
	key := l.store.id(in, rq)
	mode := ""
	switch {
	case rq.Fresh:
		mode = "fresh"
	case rq.Live:
		mode = "live"
	}
	flight := mode + "\x00" + key + "\x00" + rq.URL
	this := runOf(ctx)
	for {
		if got, ok := this.recall(flight); ok {
			return got
		}
		answer := l.flights.DoChan(flight, func() (any, error) {
			if got, ok := this.recall(flight); ok { // the last flight landed meanwhile
				return got, nil
			}
			got := l.obtain(ctx, in, rq)
			if !over(&got) {
				this.remember(flight, got)
			}
			return got, nil
		})
		select {
		case <-ctx.Done():
			return l.fetcher.look(rq, ended(ctx, rq))
		case res := <-answer:
			got := res.Val.(protocol.Reading)
			if over(&got) && ctx.Err() == nil {
				continue // it was somebody else's run that ended
			}
			if !over(&got) {
				this.remember(flight, got)
			}
			return got
		}
	}
}

// over reports whether the run ended before there was an answer.
func over(r *protocol.Reading) bool {
	return r.Status == protocol.Unknown && (r.Reason == protocol.ReasonInterrupted || r.Reason == protocol.ReasonDeadline)
}

// obtain gets a document from the cache or else from the registry, and stores
// what may be stored.
func (l *Live) obtain(ctx context.Context, in *protocol.Inquiry, rq protocol.Request) protocol.Reading {
	if local(in.Root) {
		return l.open(in, rq)
	}
	var stored *protocol.Reading
	if !rq.Fresh && !rq.Live {
		got, fresh := l.store.get(ctx, in, rq)
		if fresh {
			runOf(ctx).sent(got.Look, &l.o)
			return *got
		}
		stored = got
	}
	r := l.fetcher.fetch(ctx, in, rq, stored)
	if r.Status == protocol.Unknown && !r.Open && inTrouble(r.Reason) && stored != nil && stored.Status == protocol.Present {
		old := *stored
		old.Look.Cached, old.Look.Stale = true, true
		runOf(ctx).sent(old.Look, &l.o)
		return old
	}
	if r.Status == protocol.Present && !r.Look.Cached && !rq.Extra {
		l.root(in).witnessed(l.o.now())
	}
	l.store.put(ctx, in, rq, &r)
	return r
}

// root is the state of the inquiry's root.
func (l *Live) root(in *protocol.Inquiry) *rootState {
	key := string(in.Driver.Ecosystem) + "\x00" + in.Root.URL + "\x00" + l.store.identity(in.Root)
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.roots[key]
	if s == nil {
		s = &rootState{turn: make(chan struct{}, 1)}
		l.roots[key] = s
	}
	return s
}

// Lookup implements Client. Without roots the record is unknown for the route's
// reason. An absence is Confirmed or it is not reported as one.
func (l *Live) Lookup(ctx context.Context, q protocol.Query) (protocol.Record, error) {
	ctx, _ = withRun(ctx)
	rec := l.lookup(ctx, q)
	l.settle(ctx, q, &rec)
	if l.counted(q, &rec) {
		l.count(ctx, []protocol.Query{q}).put(&rec)
	}
	return rec, asError(&rec)
}

// Plan implements Client. It holds the control questions too, which are asked
// once per root, when a name is absent and the root has shown nothing yet.
func (l *Live) Plan(q protocol.Query) []Ask { return l.plan(q) }

// asError is the error of a record that is unknown.
func asError(r *protocol.Record) error {
	if r.Status != protocol.Unknown {
		return nil
	}
	e := &Error{Reason: r.Reason, Text: r.Detail, Temporary: inTrouble(r.Reason)}
	if n := len(r.Looks); n > 0 {
		e.Status, e.URL = r.Looks[n-1].Status, r.Looks[n-1].URL
	}
	if e.Text == "" {
		e.Text = "nobody could be asked"
	}
	return e
}

// refused says why a query is not put to anybody, if so.
func (l *Live) refused(q protocol.Query) (protocol.Record, *protocol.Driver, bool) {
	rec := protocol.Record{Package: q.Package, Constraint: q.Constraint}
	if len(q.Route.Roots) == 0 && q.Route.Reason != "" && q.Route.Reason != string(protocol.ReasonUnsupported) {
		rec.Reason, rec.Detail = protocol.Reason(q.Route.Reason), ""
		return rec, nil, true
	}
	d := l.o.Drivers.Find(q.Package.Ecosystem)
	switch {
	case d == nil:
		rec.Reason, rec.Detail = protocol.ReasonUnsupported, "figment cannot ask registries of this ecosystem yet"
	case len(q.Route.Roots) == 0:
		rec.Reason, rec.Detail = protocol.ReasonNoRegistry, "the settings name no registry for it"
	case ecosystem.CheckName(q.Package.Ecosystem, q.Package.Name).State == ecosystem.Invalid || !askable(q.Package.Name):
		rec.Reason, rec.Detail = protocol.ReasonUnsupported, "this name cannot be put to a registry"
	default:
		return rec, d, false
	}
	return rec, nil, true
}

// askable reports whether a name can stand in a URL and mean itself.
func askable(name string) bool {
	if name == "" || len(name) > 2048 {
		return false
	}
	element := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			if name[i] <= ' ' || name[i] == 0x7f || name[i] == '\\' {
				return false
			}
			continue
		}
		switch name[element:i] {
		case "", ".", "..":
			return false
		}
		element = i + 1
	}
	return true
}

// plan lists what may be asked about q.
func (l *Live) plan(q protocol.Query) []Ask {
	_, d, no := l.refused(q)
	if no {
		return nil
	}
	var out []Ask
	seen := map[string]bool{}
	add := func(in *protocol.Inquiry, before string, control bool) {
		for _, r := range d.Plan(in) {
			when := r.When
			if before != "" {
				when = before
				if r.When != "" {
					when += ": " + r.When
				}
			}
			if u := web.Redact(r.URL); !seen[u] {
				seen[u] = true
				out = append(out, Ask{Method: http.MethodGet, URL: u, When: when, Control: control})
			}
		}
	}
	for i, root := range q.Route.Roots {
		before := ""
		if i > 0 {
			before = "if the registry before has not settled it"
		}
		add(&protocol.Inquiry{Driver: d, Root: root, Query: q}, before, false)
	}
	if u := l.downloadsPlan(q); u != "" {
		out = append(out, Ask{Method: http.MethodGet, URL: web.Redact(u), When: "if present, together with other names"})
	}
	for _, root := range q.Route.Roots {
		names, _ := d.ControlNames(root)
		if local(root) {
			continue
		}
		for _, n := range names {
			add(control(d, root, n), "control question, once, if absent", true)
		}
	}
	return out
}

// control is the inquiry about a name that the root must know.
func control(d *protocol.Driver, root protocol.Root, name string) *protocol.Inquiry {
	p := ecosystem.Package{Ecosystem: d.Ecosystem, Name: ecosystem.Normalize(d.Ecosystem, name)}
	return &protocol.Inquiry{Driver: d, Root: root, Query: protocol.Query{Package: p}}
}
