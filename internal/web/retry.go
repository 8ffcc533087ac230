package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Result says what was sent for a request.
type Result struct {
	At     time.Time // when the last try began; zero: there is nothing to tell of
	Status int       // of the last answer; 0: there was none
}

// Do sends a request, again where the fault may pass: up to three times, with
// growing random pauses or as long as the host asks for. The error is nil, a
// *Fault, or what the request's reader returned. Trouble of the run's context
// is a Fault too: ReasonDeadline or ReasonInterrupted.
func (c *Client) Do(ctx context.Context, rq Request) (Result, error) {
	h := c.host(&rq)
	var last Result
	var fault *Fault
	for try := 1; ; try++ {
		res, spent, err := c.attempt(ctx, h, &rq)
		if err != nil && ctx.Err() != nil {
			return Result{}, Ended(ctx)
		}
		var f *Fault
		if errors.As(err, &f); f != nil && f.unsent {
			if fault != nil { // it tells more
				return last, fault
			}
			return Result{}, f
		}
		if rq.Once {
			return res, err
		}
		c.judge(ctx, h, &rq, f, spent)
		if f == nil || !f.Temporary {
			return res, err
		}
		if f.wait > maxWait {
			h.breaker.leave(c.o.Clock.Time())
			f.Reason, f.Text = ReasonRateLimited, leaveAlone
			return res, f
		}
		if try == tries {
			f.Tries = try
			return res, f
		}
		wait := f.wait
		if wait > 0 {
			h.rest(c.o.Clock.Time().Add(wait))
		} else {
			wait = time.Duration(c.o.Random() * float64(firstBackoff<<(try-1)))
		}
		if c.o.Clock.Wait(ctx, wait) != nil {
			return Result{}, Ended(ctx)
		}
		last, fault = res, f
	}
}

// judge tells the breaker, and the user when it opens.
func (c *Client) judge(ctx context.Context, h *host, rq *Request, f *Fault, spent time.Duration) {
	if !h.breaker.judge(ctx, c.o.Clock.Time(), f.outcome(), c.o.Timeout, spent) {
		return
	}
	h.mu.Lock()
	tell := !h.notified
	h.notified = true
	h.mu.Unlock()
	if tell && c.o.Notice != nil {
		c.o.Notice(Redact(rq.root()) + " failed several times in a row and is left alone for half a minute: " + f.Text)
	}
}

// aside says that the host is left alone, if it is.
func (c *Client) aside(h *host) *Fault {
	ok, asked := h.breaker.admits(c.o.Clock.Time())
	switch {
	case ok:
		return nil
	case asked:
		return &Fault{Reason: ReasonRateLimited, Text: leaveAlone, Temporary: true, unsent: true}
	}
	return &Fault{Reason: ReasonUnreachable, Text: "it failed several times in a row and is left alone for a while", Temporary: true, unsent: true}
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); 0 is nothing to go by.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return time.Hour
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
