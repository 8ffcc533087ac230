package registry

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/internal/web"
	"figment/registry/settings"
)

// Manners of the transport.
const (
	tries        = 3
	firstBackoff = 500 * time.Millisecond
	maxWait      = 30 * time.Second // of Retry-After; beyond, the name is given up
	inFlight     = 24               // in all
	perHost      = 8                // where the table says nothing
	maxErrorBody = 64 << 10
	maxRedirects = 5
	dialTimeout  = 5 * time.Second
	callTimeout  = 10 * time.Second
)

// A sender sends requests with the manners that registries ask for.
type sender struct {
	o       *Options
	plain   http.RoundTripper // to roots that the user's settings name
	guarded http.RoundTripper // to where a redirect points
	proxied func(*url.URL) bool
	all     chan struct{}

	mu    sync.Mutex
	hosts map[string]*host // by origin
}

// A host is what is known of an origin.
type host struct {
	slots   chan struct{}
	breaker web.Breaker

	mu       sync.Mutex
	pause    time.Time // it asked to be left alone until then
	notified bool
}

func newSender(o *Options) *sender {
	s := &sender{o: o, proxied: proxied, all: make(chan struct{}, inFlight), hosts: map[string]*host{}}
	if o.Transport != nil {
		s.plain, s.guarded = o.Transport, o.Transport
		s.proxied = func(*url.URL) bool { return false }
		return s
	}
	s.plain, s.guarded = transport(o, false), transport(o, true)
	return s
}

func transport(o *Options, guard bool) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true, // a dialer of one's own turns it off
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: max(perHost, o.MaxPerHost),
		IdleConnTimeout:     30 * time.Second,
		// The time for a request ends everything sooner; this is for connections
		// whose request is over. A busy machine may need seconds for its part.
		TLSHandshakeTimeout: time.Minute,
	}
	if guard {
		dialer.Control = guardDial
		return t // no proxy: its address would be guarded instead of the target's
	}
	t.Proxy = http.ProxyFromEnvironment
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return proxyError(res.StatusCode)
		}
		return nil
	}
	return t
}

func (s *sender) host(d *driver, root settings.Root) *host {
	key := origin(root.URL)
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hosts[key]
	if h == nil {
		n := perHost
		if key == origin(d.Official) {
			n = d.PerHost
		}
		if s.o.MaxPerHost > 0 {
			n = s.o.MaxPerHost
		}
		h = &host{slots: make(chan struct{}, n)}
		s.hosts[key] = h
	}
	return h
}

// limit is how many requests may be in flight at the root's host.
func (s *sender) limit(d *driver, root settings.Root) int { return cap(s.host(d, root).slots) }

// fetch asks for one document, again where the fault may pass. stored, if not
// nil, is an earlier reading to be confirmed by its validators.
func (s *sender) fetch(ctx context.Context, in *inquiry, rq request, stored *reading) reading {
	h := s.host(in.Driver, in.Root)
	var r reading
	for try := 1; ; try++ {
		if !h.breaker.Admits(s.o.now()) {
			if try == 1 {
				r = temporary(rq, ReasonUnreachable, "it failed several times in a row and is left alone for a while")
			}
			return s.look(rq, r)
		}
		var wait, spent time.Duration
		r, wait, spent = s.attempt(ctx, h, in, rq, stored)
		if ctx.Err() != nil && r.Status == Unknown && !r.Open {
			return s.look(rq, ended(ctx, rq))
		}
		if r.Reason == ReasonUnreachable {
			return s.look(rq, r)
		}
		if rq.Once {
			return r
		}
		s.judge(ctx, h, in.Root, &r, spent)
		if !r.Temporary || r.Status != Unknown {
			return r
		}
		if try == tries {
			if r.Look.Status != 0 {
				r.Detail = plural(try, r.Detail)
			}
			return r
		}
		if wait > maxWait {
			r.Reason, r.Detail = ReasonRateLimited, "it asks to be left alone for longer than half a minute"
			return r
		}
		if wait > 0 {
			h.rest(s.o.now().Add(wait))
		} else {
			wait = time.Duration(rand.Float64() * float64(firstBackoff<<(try-1)))
		}
		if s.o.sleep(ctx, wait) != nil {
			return s.look(rq, ended(ctx, rq))
		}
	}
}

// look gives a reading that no request was sent for the place it is about.
func (s *sender) look(rq request, r reading) reading {
	if r.Look.URL == "" {
		r.Look = Look{URL: redact(rq.URL), At: s.o.now()}
	}
	return r
}

func (h *host) rest(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.pause) {
		h.pause = until
	}
}

// outcome is what a reading tells of its host's health.
func outcome(r *reading) web.Outcome {
	switch {
	case r.Status != Unknown || r.Open || !inTrouble(r.Reason):
		return web.Answered
	case r.Machine:
		return web.Silent
	case r.Reason == ReasonTimeout:
		return web.Late
	}
	return web.Failing
}

// judge tells the breaker, and the user when it opens.
func (s *sender) judge(ctx context.Context, h *host, root settings.Root, r *reading, spent time.Duration) {
	if !h.breaker.Judge(ctx, s.o.now(), outcome(r), s.o.timeout(), spent) {
		return
	}
	h.mu.Lock()
	tell := !h.notified
	h.notified = true
	h.mu.Unlock()
	if tell && s.o.Notice != nil {
		s.o.Notice(redact(root.URL) + " failed several times in a row and is left alone for half a minute: " + r.Detail)
	}
}

// acquire takes a place at the host and one in all.
func (s *sender) acquire(ctx context.Context, h *host) error {
	for {
		h.mu.Lock()
		wait := h.pause.Sub(s.o.now())
		h.mu.Unlock()
		if wait <= 0 {
			break
		}
		if err := s.o.sleep(ctx, wait); err != nil {
			return err
		}
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case s.all <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-h.slots
		return ctx.Err()
	}
}

// attempt sends the request once. The wait is what the answer asks for; spent is
// how long the request was allowed to take.
func (s *sender) attempt(ctx context.Context, h *host, in *inquiry, rq request, stored *reading) (r reading, wait, spent time.Duration) {
	if err := s.acquire(ctx, h); err != nil {
		return ended(ctx, rq), 0, 0
	}
	defer func() { <-s.all; <-h.slots }()
	if !h.breaker.Admits(s.o.now()) { // it opened while this one queued
		return s.look(rq, temporary(rq, ReasonUnreachable, "it failed several times in a row and is left alone for a while")), 0, 0
	}
	spent = h.breaker.Patience(s.o.timeout())
	call, cancel := context.WithTimeout(ctx, spent)
	defer cancel()
	at := s.o.now()
	r, wait = s.exchange(h.breaker.Begin(call, at), in, rq, stored)
	if r.Status == Unknown && !r.Open && r.Look.Status == 0 && ctx.Err() == nil && call.Err() != nil {
		r = temporary(rq, ReasonTimeout, "it did not answer in time")
	}
	r.Look = Look{URL: redact(rq.URL), Status: r.Look.Status, At: at}
	return r, wait, spent
}

func (s *sender) exchange(ctx context.Context, in *inquiry, rq request, stored *reading) (reading, time.Duration) {
	resp, err := s.send(ctx, in.Root, rq, stored, rq.Accept)
	if err == nil && resp.StatusCode == http.StatusNotAcceptable && rq.Accept != "" {
		drain(resp)
		resp, err = s.send(ctx, in.Root, rq, stored, "")
	}
	if err != nil {
		return failure(rq, err), 0
	}
	defer drain(resp)
	r, wait := s.receive(in, rq, resp, stored)
	r.Look.Status = resp.StatusCode
	for directive := range strings.SplitSeq(strings.ToLower(resp.Header.Get("Cache-Control")), ",") {
		r.NoStore = r.NoStore || strings.TrimSpace(directive) == "no-store"
	}
	return r, wait
}

// receive reads an answer.
func (s *sender) receive(in *inquiry, rq request, resp *http.Response, stored *reading) (reading, time.Duration) {
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if stored == nil {
			return badAnswer(rq, "it says that nothing has changed, but nothing was known"), 0
		}
		return *stored, 0
	default:
		head, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what came of it must do
		r := interpret(rq, resp.StatusCode, head)
		if r.Temporary {
			return r, retryAfter(resp.Header.Get("Retry-After"), s.o.now())
		}
		return r, 0
	}
	body := &bounded{r: resp.Body, left: rq.Max}
	r := in.Driver.Parse(in, rq, &response{Header: resp.Header, Body: body})
	if body.err != nil && r.Status != Unknown {
		r = unread(rq, body.err)
	}
	r.ETag = clip(resp.Header.Get("ETag"), 256)
	r.LastModified = clip(resp.Header.Get("Last-Modified"), 64)
	return r, 0
}

// send sends one request and follows where it may.
func (s *sender) send(ctx context.Context, root settings.Root, rq request, stored *reading, accept string) (*http.Response, error) {
	at, err := url.Parse(rq.URL)
	if err != nil {
		return nil, refusal("its address cannot be read")
	}
	from, via := at, s.plain
	for hop := 0; ; hop++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, refusal("its address cannot be read")
		}
		req.Header.Set("User-Agent", s.o.agent())
		if accept != "" {
			req.Header.Set("Accept", accept)
		}
		if rq.Fresh {
			req.Header.Set("Cache-Control", "no-cache")
			req.Header.Set("Pragma", "no-cache")
		} else if stored != nil {
			if stored.ETag != "" {
				req.Header.Set("If-None-Match", stored.ETag)
			} else if stored.LastModified != "" {
				req.Header.Set("If-Modified-Since", stored.LastModified)
			}
		}
		c := root.Credential
		bound := within(root.URL, at)
		if c.Value.Set() && bound {
			req.Header.Set("Authorization", c.Scheme+" "+c.Value.Reveal())
		}
		look := Look{URL: redact(at.String()), At: s.o.now()}
		resp, err := via.RoundTrip(req)
		if err == nil {
			look.Status = resp.StatusCode
		}
		runOf(ctx).sent(look, s.o)
		if err != nil {
			return nil, err
		}
		next := resp.Header.Get("Location")
		switch resp.StatusCode {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		default:
			return resp, nil
		}
		drain(resp)
		if next == "" {
			return nil, refusal("it redirects to nowhere")
		}
		if hop == maxRedirects {
			return nil, refusal("it redirects without end")
		}
		to, err := at.Parse(next)
		if err != nil {
			return nil, refusal("it redirects to an address that cannot be read")
		}
		to.User, to.Fragment = nil, ""
		if err := s.follow(from, at, to, c.Value.Set()); err != nil {
			return nil, err
		}
		if via = s.plain; originOf(to) != originOf(from) {
			if via = s.guarded; s.proxied(to) {
				if literal(to.Hostname()) {
					return nil, refusal("it redirects to a bare address")
				}
				via = s.plain
			}
		}
		at = to
	}
}

// follow reports whether a redirect may be followed: never from https to http,
// never with a credential to another origin, and to another origin only by https
// and to a public address.
func (s *sender) follow(from, at, to *url.URL, secret bool) error {
	if to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return refusal("it redirects to something other than a web address")
	}
	if at.Scheme == "https" && to.Scheme != "https" {
		return refusal("it redirects from https to http")
	}
	if originOf(to) == originOf(from) {
		return nil
	}
	if secret {
		return refusal("it redirects to another host, where the credential must not go")
	}
	if to.Scheme != "https" {
		return refusal("it redirects to another host without https")
	}
	return guardHost(to.Hostname())
}

// drain reads a little of what is left, so that the connection can be used
// again, and closes the body.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody) // the rest does not matter
	_ = resp.Body.Close()
}

// bounded ends with errTooLarge beyond its bound, and remembers how it ended.
type bounded struct {
	r    io.Reader
	left int64
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		b.err = errTooLarge
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		b.err = errTooLarge
		return 0, errTooLarge
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// retryAfter reads seconds or a date; 0 is nothing to go by.
func retryAfter(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 31); err == nil {
		return time.Duration(n) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return time.Hour
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
