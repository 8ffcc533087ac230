// Package web is figment's one way to the network. A request goes in, as a URL
// with what it wants of the answer; the answer is handed to the caller's own
// reader, and what comes out is nil, what that reader said, or a Fault: a reason
// of one vocabulary with a clause for people.
//
// The sender tries again where a fault may pass, waits as long as a host asks
// it to, leaves a host alone that keeps failing, keeps to limits for each host,
// follows redirects only where they may lead, and bounds what is read of an
// answer. What callers do not share is in Options and in the fields of Request.
//
// It never sends a credential to another origin or outside its root's path,
// never goes from https to http, never follows a redirect into the user's own
// network, and never quotes an address, a URL or a server's words in a fault.
//
// Specifications: RFC 9110 (status codes, Retry-After, redirects), RFC 6585
// (429), RFC 6890 (addresses that are not of the open internet).
package web

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Manners of the transport.
const (
	tries        = 3
	firstBackoff = 500 * time.Millisecond
	maxWait      = 30 * time.Second // of Retry-After; beyond, the question is given up
	inFlight     = 24               // in all
	perHost      = 8                // where nothing else is said
	maxErrorBody = 64 << 10         // of an answer other than 200
	maxRedirects = 5
	maxHeaders   = 1 << 20
	dialTimeout  = 5 * time.Second
	callTimeout  = 10 * time.Second
)

// Options of a client. The zero value works: the real clock, the real network,
// default limits.
type Options struct {
	// Transport replaces the network (tests); it then has to guard what a
	// redirect reaches. Nil: the network, with the proxies of the environment.
	Transport http.RoundTripper
	// Clock replaces the time.
	Clock Clock
	// Random replaces the jitter of what is waited between tries: at least 0,
	// less than 1. Nil: real randomness.
	Random func() float64
	// Timeout bounds one request; 0: 10 seconds. A host that needs longer is
	// given up to four times as much. The run is bounded by its context.
	Timeout time.Duration
	// UserAgent identifies the program; empty: "figment".
	UserAgent string
	// PerHost is how many requests may be in flight at a host whose requests say
	// nothing of that; 0: 8. There are never more than 24 in all.
	PerHost int
	// Notice takes a sentence for the user: a host is left alone for a while. It
	// may be called from several goroutines.
	Notice func(string)
}

// A Clock is time that tests can drive. Nil functions mean the real one.
type Clock struct {
	Now func() time.Time
	// Sleep waits, or returns the context's error as soon as that ends.
	Sleep func(context.Context, time.Duration) error
}

// Time is the time in UTC.
func (c Clock) Time() time.Time {
	if c.Now != nil {
		return c.Now().UTC()
	}
	return time.Now().UTC()
}

// Wait sleeps, or returns the context's error as soon as that ends.
func (c Clock) Wait(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A Client sends requests. Safe for use from several goroutines. It keeps what
// it learns of hosts: that they fail, are slow, or want to be left alone.
type Client struct {
	o       Options
	plain   http.RoundTripper // to where the caller says
	guarded http.RoundTripper // to where a redirect points
	proxied func(*url.URL) bool
	all     chan struct{}

	mu    sync.Mutex
	hosts map[string]*host // by origin
}

// New makes a client. Nothing is sent yet.
func New(o Options) *Client {
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Timeout <= 0 {
		o.Timeout = callTimeout
	}
	if o.UserAgent == "" {
		o.UserAgent = "figment"
	}
	if o.PerHost <= 0 {
		o.PerHost = perHost
	}
	c := &Client{o: o, proxied: proxied, all: make(chan struct{}, inFlight), hosts: map[string]*host{}}
	if o.Transport != nil {
		c.plain, c.guarded = o.Transport, o.Transport
		c.proxied = func(*url.URL) bool { return false }
		return c
	}
	c.plain, c.guarded = transport(o.PerHost), guardedTransport(o.PerHost)
	return c
}
