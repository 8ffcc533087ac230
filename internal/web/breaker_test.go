package web

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

const base = 10 * time.Second

func TestFailing(t *testing.T) {
	var b Breaker
	now := start
	ctx := t.Context()
	for i := 1; i < breakAfter; i++ {
		if b.Judge(ctx, now, Failing, base, base) || !b.Admits(now) {
			t.Fatalf("open after %d", i)
		}
	}
	if b.Judge(ctx, now, Silent, base, base) || b.Judge(ctx, now, Late, base, base) {
		t.Error("what says nothing opened it")
	}
	if !b.Judge(ctx, now, Failing, base, base) || b.Admits(now) || b.Admits(now.Add(breakFor-1)) {
		t.Error("it did not open")
	}
	now = now.Add(breakFor)
	if !b.Admits(now) || !b.Judge(ctx, now, Failing, base, base) || b.Admits(now) {
		t.Error("still failing, and it did not open again at once")
	}
	now = now.Add(breakFor)
	if b.Judge(ctx, now, Answered, base, base) || !b.Admits(now) {
		t.Error("an answer did not close it")
	}
	for range breakAfter - 1 {
		b.Judge(ctx, now, Failing, base, base)
		b.Judge(ctx, now, Late, base, base) // neither adds to the row nor ends it
	}
	if !b.Admits(now) {
		t.Error("late ones counted")
	}
	if !b.Judge(ctx, now, Failing, base, base) {
		t.Error("late ones ended the row")
	}
}

// TestLate: a host that is slow is asked on, with more time each; one to which
// no connection comes about is given up after half of the time to the deadline.
func TestLate(t *testing.T) {
	slow := func(reached bool, limit time.Duration) (until time.Duration) {
		var b Breaker
		ctx := t.Context()
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, start.Add(limit))
			defer cancel()
		}
		b.Begin(ctx, start)
		if reached {
			b.reach()
		}
		for now := start; now.Sub(start) < time.Hour; {
			spent := b.Patience(base)
			now = now.Add(spent)
			if b.Judge(ctx, now, Late, base, spent) {
				return now.Sub(start)
			}
		}
		if got := b.Patience(base); got != maxPatience*base {
			t.Errorf("patience %v", got)
		}
		return 0
	}
	if got := slow(true, 0); got != 0 {
		t.Errorf("a slow host was put aside after %v", got)
	}
	if got := slow(true, 2*time.Minute); got != 0 {
		t.Errorf("a slow host was put aside after %v", got)
	}
	// 10, 20, then 40 s each: five count after the first minute.
	if got := slow(false, 0); got != 230*time.Second {
		t.Errorf("an unreachable host was put aside after %v", got)
	}
	if got := slow(false, 20*time.Minute); got != 230*time.Second {
		t.Errorf("an unreachable host was put aside after %v", got)
	}
	if got := slow(false, 40*time.Second); got != 190*time.Second {
		t.Errorf("an unreachable host was put aside after %v", got)
	}
	var b Breaker // requests at the same time teach once
	for range 8 {
		b.Judge(t.Context(), start, Late, base, base)
	}
	if got := b.Patience(base); got != 2*base {
		t.Errorf("patience %v", got)
	}
	if got := (&Breaker{}).Patience(base); got != base {
		t.Errorf("patience %v", got)
	}
}

// TestReached: a connection is noticed, whatever becomes of the request.
func TestReached(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	closed.Close()
	for url, want := range map[string]bool{s.URL: true, nobody: false} {
		var b Breaker
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(b.Begin(ctx, start), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
		}()
		for reached := false; want && !reached; {
			b.mu.Lock()
			reached = b.reached
			b.mu.Unlock()
			time.Sleep(time.Millisecond)
		}
		if want {
			cancel()
		}
		<-done
		cancel()
		if b.reached != want {
			t.Errorf("%s: reached %v", url, b.reached)
		}
	}
}
