package web

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

// outcome says what a request tells of its host's health.
type outcome uint8

// The outcomes. silent is the zero value: it tells nothing.
const (
	// silent: this side could not ask, or the run ended.
	silent outcome = iota
	// answered: the host answered, whatever it said of the question.
	answered
	// failing: the host said that it cannot answer (5xx, 429), or it or the way
	// to it refused (connection refused or broken off, no such host, TLS).
	failing
	// late: no answer had come when this side stopped waiting. On a busy machine
	// or a slow line that says nothing of the host.
	late
)

const (
	breakAfter = 5 // failing in a row
	breakFor   = 30 * time.Second
	// unreachedFor is how long a host to which no connection comes about (a
	// firewall that drops packets) is tried before being late counts as
	// failing; with a deadline half of the time to it, if that is less.
	unreachedFor = time.Minute
	maxPatience  = 4 // times the time for one request
)

// A breaker decides whether a host is asked. It opens when the host is failing
// several times in a row, stays open for half a minute, and then lets through
// until the next outcome. A host that is only slow is asked on, with more time
// for each request. The zero value is closed; it must not be copied. Safe for
// use from several goroutines.
type breaker struct {
	mu       sync.Mutex
	failing  int       // in a row
	open     time.Time // until then
	asked    bool      // it is open because the host asked for it
	first    time.Time // when the host was first asked
	reached  bool      // a connection came about
	patience int       // times the time for one request; 0: once
}

// admits reports whether the host may be asked and, if not, whether it wants
// that itself.
func (b *breaker) admits(now time.Time) (ok, asked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !now.Before(b.open), b.asked
}

// begin takes note that the host is asked now. The context is for the request:
// it notices a connection that comes about.
func (b *breaker) begin(ctx context.Context, now time.Time) context.Context {
	b.mu.Lock()
	if b.first.IsZero() {
		b.first = now
	}
	b.mu.Unlock()
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				b.reach()
			}
		},
		GotConn: func(httptrace.GotConnInfo) { b.reach() },
	})
}

func (b *breaker) reach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reached = true
}

// patient is how long a request may take where base is the usual time: longer
// once requests to the host were late.
func (b *breaker) patient(base time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return base * time.Duration(max(1, b.patience))
}

// judge counts an outcome of a request that was given the time spent. ctx is the
// run's. It reports whether the breaker is open because of it.
func (b *breaker) judge(ctx context.Context, now time.Time, o outcome, base, spent time.Duration) (open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if o == late {
		if spent >= base*time.Duration(max(1, b.patience)) { // not what began before it grew
			b.patience = min(maxPatience, 2*max(1, b.patience))
		}
		if !b.unreachable(ctx, now) {
			return false
		}
		o = failing
	}
	switch o {
	case answered:
		b.failing, b.open, b.reached = 0, time.Time{}, true
	case failing:
		b.failing++
		if b.failing >= breakAfter {
			b.open, b.asked = now.Add(breakFor), false
			return true
		}
	}
	return false
}

// unreachable reports whether no connection to the host came about in all the
// time that is given to that.
func (b *breaker) unreachable(ctx context.Context, now time.Time) bool {
	if b.reached || b.first.IsZero() {
		return false
	}
	limit := unreachedFor
	if end, ok := ctx.Deadline(); ok && end.After(b.first) { // else two clocks differ
		limit = min(limit, end.Sub(b.first)/2)
	}
	return now.Sub(b.first) >= limit
}

// leave opens the breaker at once: the host asked to be left alone.
func (b *breaker) leave(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open, b.asked = now.Add(breakFor), true
}
