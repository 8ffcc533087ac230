package osv

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/web"
)

// Official is the address of the public service.
const Official = "https://api.osv.dev"

// Limits of asking.
const (
	maxBatch    = 1000 // queries in a request; the service takes no more
	inFlight    = 4    // batches at once
	recordsOnce = 8    // records at once
	maxPages    = 200  // of one query
	maxHits     = 5000 // of one query
	maxRepairs  = 64   // extra requests to find the bad queries of a batch
	maxAnswer   = 32 << 20
)

// Options of a client. The zero value works: the public service, malware
// records only, no cache.
type Options struct {
	// URL is the service's address, with or without /v1 at the end; empty:
	// Official. Plain http is permitted. User info becomes a credential.
	URL string
	// All asks for every advisory, not only for malware records.
	All bool
	// Cache keeps answers between runs; nil: nowhere.
	Cache cache.Store
	// Clock replaces the time.
	Clock Clock
	// Transport replaces the network; nil: the network, with the proxies of the
	// environment.
	Transport http.RoundTripper
	// Timeout bounds one request; 0: 10 seconds. A service that needs longer is
	// given up to four times as much. The run is bounded by ctx.
	Timeout time.Duration
	// UserAgent identifies figment; empty: "figment".
	UserAgent string
	// Refresh disregards what was stored before the client was made.
	Refresh bool
	// OnRequest sees every request that was sent, and every package answered
	// from the cache. May be called from several goroutines.
	OnRequest func(Look)
}

// Client asks the service. Safe for use from several goroutines.
type Client struct {
	o       Options
	send    *service
	store   *storage
	batches chan struct{}
	records chan struct{}
}

// New makes a client. Nothing is asked yet. The error says what is wrong with
// the URL, without showing it.
func New(o Options) (*Client, error) {
	text := o.URL
	if strings.TrimSpace(text) == "" {
		text = Official
	}
	base, user, err := parseBase(text)
	if err != nil {
		return nil, fmt.Errorf("the address of OSV %w", err)
	}
	base = strings.TrimRight(strings.TrimSuffix(base, "/v1"), "/")
	s := newService(base, user, web.Options{Transport: o.Transport, Clock: o.Clock, Timeout: o.Timeout, UserAgent: o.UserAgent}, o.OnRequest)
	c := &Client{o: o, send: s, batches: make(chan struct{}, inFlight), records: make(chan struct{}, recordsOnce)}
	c.store = newStorage(c)
	return c, nil
}

// Ask implements Source.
func (c *Client) Ask(ctx context.Context, pkgs []ecosystem.Package, emit func(Answer)) {
	pkgs = distinct(pkgs)
	r := &run{c: c, done: make(chan Answer, len(pkgs)), flights: map[string]*flight{}}
	waiting := make(map[ecosystem.Package]bool, len(pkgs))
	for _, p := range pkgs {
		waiting[p] = true
	}
	go r.start(ctx, pkgs)
	for len(waiting) > 0 {
		select {
		case a := <-r.done:
			delete(waiting, a.Package)
			emit(a)
			continue
		case <-ctx.Done():
		}
		break
	}
	for len(waiting) > 0 { // what is there already counts
		select {
		case a := <-r.done:
			delete(waiting, a.Package)
			emit(a)
			continue
		default:
		}
		break
	}
	for _, p := range pkgs {
		if waiting[p] {
			emit(r.unknown(p, ended(ctx)))
		}
	}
}

// A hit is what the service says of an advisory before it is read.
type hit struct {
	ID       string `json:"id"`
	Modified string `json:"modified,omitempty"`
}

// A query is one package on its way, in one spelling.
type query struct {
	pkg    ecosystem.Package
	name   string   // as it is asked
	lead   *query   // of the package's first spelling; nil: itself
	open   int      // of a lead: spellings that have no answer yet
	others []*query // of a lead: those that have theirs
	hits   []hit
	seen   map[string]bool // ids of hits
	token  string          // of the next page
	moved  bool            // the last page brought something
	pages  int
	fault  *fault
	at     time.Time
}

// A run is one call of Ask.
type run struct {
	c       *Client
	done    chan Answer // has room for all
	mu      sync.Mutex
	flights map[string]*flight // by id
}

// A flight is one record being read.
type flight struct {
	landed   chan struct{}
	advisory Advisory
	stored   bool // it came from the cache
	fault    *fault
}

func (r *run) unknown(p ecosystem.Package, f *fault) Answer {
	return Answer{Package: p, Reason: f.reason, Detail: f.detail, Source: "osv", At: r.c.o.Clock.Time()}
}

// start answers from the cache and sends the rest off.
func (r *run) start(ctx context.Context, pkgs []ecosystem.Package) {
	var ask []*query
	var usable []ecosystem.Package
	for _, p := range pkgs {
		if why := refusal(p); why != "" {
			r.done <- r.unknown(p, &fault{reason: ReasonUnsupported, detail: why})
			continue
		}
		usable = append(usable, p)
	}
	stored := r.c.store.hits(ctx, usable)
	for _, p := range usable {
		q := stored[p]
		if q == nil {
			lead := &query{pkg: p, name: p.Name, open: 1}
			ask = append(ask, lead)
			for _, other := range p.OSVNames() {
				lead.open++
				ask = append(ask, &query{pkg: p, name: other, lead: lead})
			}
			continue
		}
		if r.c.o.OnRequest != nil {
			r.c.o.OnRequest(Look{URL: p.PURL(), Names: 1, At: q.at, Cached: true})
		}
		r.settle(ctx, q, false)
	}
	for len(ask) > 0 {
		n := min(maxBatch, len(ask))
		batch := ask[:n]
		ask = ask[n:]
		go r.batch(ctx, batch)
	}
}

// land takes note that a spelling has its answer, and settles its package with
// the last of them.
func (r *run) land(ctx context.Context, q *query) {
	lead := q.lead
	if lead == nil {
		lead = q
	}
	r.mu.Lock()
	if lead != q {
		lead.others = append(lead.others, q)
	}
	lead.open--
	last := lead.open == 0
	r.mu.Unlock()
	if !last {
		return
	}
	for _, o := range lead.others {
		for _, h := range o.hits {
			lead.add(h)
		}
		if lead.fault == nil {
			lead.fault = o.fault
		}
	}
	r.settle(ctx, lead, true)
}

// settle answers a query whose hits are known. fresh are those that came from
// the service just now.
func (r *run) settle(ctx context.Context, q *query, fresh bool) {
	if len(q.hits) > maxHits && q.fault == nil {
		q.fault = &fault{reason: ReasonTooLarge, detail: "it has more advisories than are read"}
	}
	if len(q.hits) == 0 || len(q.hits) > maxHits {
		r.answer(ctx, q, nil, q.fault, fresh)
		return
	}
	go func() {
		list, f := r.read(ctx, q)
		if q.fault != nil {
			f = q.fault
		}
		r.answer(ctx, q, list, f, fresh)
	}()
}

// answer emits what is known of a query, and stores it if it is whole.
func (r *run) answer(ctx context.Context, q *query, list []Advisory, f *fault, fresh bool) {
	a := Answer{Package: q.pkg, State: None, Source: "osv", At: q.at}
	for _, x := range list {
		switch {
		case !x.Withdrawn.IsZero():
		case !x.about(q.pkg):
			if f == nil {
				f = &fault{reason: ReasonBadAnswer, detail: "it named an advisory that says nothing of the package"}
			}
		default:
			a.Advisories = append(a.Advisories, x)
		}
	}
	sortAdvisories(a.Advisories)
	if len(a.Advisories) > 0 {
		a.State = Found
	}
	if f != nil {
		a.State, a.Reason, a.Detail, a.At = Unknown, f.reason, f.detail, r.c.o.Clock.Time()
	} else if fresh {
		r.c.store.putHits(ctx, q, a.State == Found)
	}
	r.done <- a
}

// read gets the records of a query's hits. The fault is of the first that could
// not be had.
func (r *run) read(ctx context.Context, q *query) (list []Advisory, f *fault) {
	flights := make([]*flight, len(q.hits))
	for i, h := range q.hits {
		flights[i] = r.flight(ctx, h)
	}
	for _, l := range flights {
		select {
		case <-l.landed:
		case <-ctx.Done():
			return list, ended(ctx)
		}
		switch {
		case l.fault == nil:
			list = append(list, l.advisory)
			if !l.stored && l.advisory.about(q.pkg) {
				r.c.store.putRecord(ctx, &l.advisory)
			}
		case f == nil:
			f = &fault{reason: l.fault.reason, detail: "an advisory about it could not be read: " + l.fault.detail}
			if l.fault.reason == ReasonBadAnswer || l.fault.reason == ReasonRejected {
				f.reason = ReasonUnread
			}
		}
	}
	return list, f
}

// flight reads a record, once for all packages it is about.
func (r *run) flight(ctx context.Context, h hit) *flight {
	r.mu.Lock()
	l, ok := r.flights[h.ID]
	if !ok {
		l = &flight{landed: make(chan struct{})}
		r.flights[h.ID] = l
	}
	r.mu.Unlock()
	if ok {
		return l
	}
	if a, ok := r.c.store.record(ctx, h); ok {
		l.advisory, l.stored = a, true
		close(l.landed)
		return l
	}
	select {
	case r.c.records <- struct{}{}:
	case <-ctx.Done():
		l.fault = ended(ctx)
		close(l.landed)
		return l
	}
	go func() {
		defer close(l.landed)
		defer func() { <-r.c.records }()
		l.advisory, l.fault = r.c.fetch(ctx, h)
	}()
	return l
}

// fetch asks for one record.
func (c *Client) fetch(ctx context.Context, h hit) (Advisory, *fault) {
	if !validID(h.ID) {
		return Advisory{}, &fault{reason: ReasonBadAnswer, detail: "its id is none"}
	}
	data, f := c.send.do(ctx, call{method: http.MethodGet, path: "/v1/vulns/" + h.ID, max: maxRecord})
	if f != nil {
		return Advisory{}, f
	}
	a, err := ParseAdvisory(data)
	switch {
	case err != nil:
		return Advisory{}, &fault{reason: ReasonBadAnswer, detail: "it " + err.Error()}
	case a.ID != h.ID:
		return Advisory{}, &fault{reason: ReasonBadAnswer, detail: "another one came instead"}
	}
	return a, nil
}
