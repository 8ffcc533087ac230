package web

import (
	"context"
	"sync"
	"time"
)

// A host is what is known of an origin.
type host struct {
	slots   chan struct{} // as many as requests may be in flight
	every   time.Duration // between two requests, at least
	breaker breaker

	mu       sync.Mutex
	pause    time.Time // it asked to be left alone until then
	next     time.Time // when the next request may be sent
	notified bool
}

// host is the state of the request's host; the first request sets its limits.
func (c *Client) host(rq *Request) *host {
	key := origin(rq.URL)
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[key]
	if h == nil {
		n := c.o.PerHost
		if rq.PerHost > 0 {
			n = rq.PerHost
		}
		h = &host{slots: make(chan struct{}, n), every: rq.Every}
		c.hosts[key] = h
	}
	return h
}

// rest keeps everybody from asking the host until then.
func (h *host) rest(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.pause) {
		h.pause = until
	}
}

func (h *host) resting(now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pause.Sub(now)
}

// turn is how long to wait before the next request. It takes the turn.
func (h *host) turn(now time.Time) time.Duration {
	if h.every <= 0 {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := now
	if h.next.After(at) {
		at = h.next
	}
	h.next = at.Add(h.every)
	return at.Sub(now)
}

// acquire takes a place at the host and one in all, and waits until the host
// may be asked. release gives both back.
func (c *Client) acquire(ctx context.Context, h *host) error {
	for wait := h.resting(c.o.Clock.Time()); wait > 0; wait = h.resting(c.o.Clock.Time()) {
		if err := c.o.Clock.Wait(ctx, wait); err != nil {
			return err
		}
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if wait := h.turn(c.o.Clock.Time()); wait > 0 {
		if err := c.o.Clock.Wait(ctx, wait); err != nil {
			<-h.slots
			return err
		}
	}
	select {
	case c.all <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-h.slots
		return ctx.Err()
	}
}

func (c *Client) release(h *host) {
	<-c.all
	<-h.slots
}
