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
	var b breaker
	now := start
	ctx := t.Context()
	for i := 1; i < breakAfter; i++ {
		if b.judge(ctx, now, failing, base, base) || !admits(&b, now) {
			t.Fatalf("open after %d", i)
		}
	}
	if b.judge(ctx, now, silent, base, base) || b.judge(ctx, now, late, base, base) {
		t.Error("what says nothing opened it")
	}
	if !b.judge(ctx, now, failing, base, base) || admits(&b, now) || admits(&b, now.Add(breakFor-1)) {
		t.Error("it did not open")
	}
	now = now.Add(breakFor)
	if !admits(&b, now) || !b.judge(ctx, now, failing, base, base) || admits(&b, now) {
		t.Error("still failing, and it did not open again at once")
	}
	now = now.Add(breakFor)
	if b.judge(ctx, now, answered, base, base) || !admits(&b, now) {
		t.Error("an answer did not close it")
	}
	for range breakAfter - 1 {
		b.judge(ctx, now, failing, base, base)
		b.judge(ctx, now, late, base, base) // neither adds to the row nor ends it
	}
	if !admits(&b, now) {
		t.Error("late ones counted")
	}
	if !b.judge(ctx, now, failing, base, base) {
		t.Error("late ones ended the row")
	}
}

// TestLate: a host that is slow is asked on, with more time each; one to which
// no connection comes about is given up after half of the time to the deadline.
func TestLate(t *testing.T) {
	slow := func(reached bool, limit time.Duration) (until time.Duration) {
		var b breaker
		ctx := t.Context()
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, start.Add(limit))
			defer cancel()
		}
		b.begin(ctx, start)
		if reached {
			b.reach()
		}
		for now := start; now.Sub(start) < time.Hour; {
			spent := b.patient(base)
			now = now.Add(spent)
			if b.judge(ctx, now, late, base, spent) {
				return now.Sub(start)
			}
		}
		if got := b.patient(base); got != maxPatience*base {
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
	var b breaker // requests at the same time teach once
	for range 8 {
		b.judge(t.Context(), start, late, base, base)
	}
	if got := b.patient(base); got != 2*base {
		t.Errorf("patience %v", got)
	}
	if got := (&breaker{}).patient(base); got != base {
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
		var b breaker
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(b.begin(ctx, start), http.MethodGet, url, nil)
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

func admits(b *breaker, now time.Time) bool {
	ok, _ := b.admits(now)
	return ok
}
