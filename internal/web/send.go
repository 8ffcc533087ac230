package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// A Request is one question to a host.
type Request struct {
	Method string // empty: GET
	URL    string
	Header http.Header
	// Accept is what is wanted of the answer. A host that refuses it (406) is
	// asked once more without. What must not be given up belongs in Header.
	Accept string
	Body   []byte // nil: none

	// Root is the part of the host that URL belongs to, without a slash at the
	// end: only there does Authorization go. Empty: URL's origin.
	Root          string
	Authorization Authorization

	// Follow follows redirects, within URL's origin, and out of it by https into
	// the open internet if there is no Authorization. Without it a redirect is
	// an answer like another. A request with a body is never redirected.
	Follow bool
	// May, if not nil, has to permit every redirect that would be followed. Its
	// error is a clause for people.
	May func(to *url.URL) error

	// Max is how many bytes of the body of an answer with 200 or 206 are read,
	// after decompression.
	Max int64
	// Idle, if not 0, takes the place of the client's Timeout: the answer may
	// take its time as long as it keeps coming.
	Idle time.Duration
	// Once: not worth a second try, and no sign of the host's health.
	Once bool
	// PerHost is how many requests may be in flight at the host, Every the least
	// time between two of them. The first request to a host decides. 0: the
	// client's PerHost, and no pause.
	PerHost int
	Every   time.Duration

	// Sent, if not nil, hears of every request that was sent, redirects and
	// further tries too, on the calling goroutine.
	Sent func(Sent)
	// Read reads an answer, whatever its status. Its error ends the request; a
	// *Fault that is Temporary is tried again. It may be called several times,
	// on the calling goroutine, and the time for the request runs meanwhile.
	Read func(*Response) error
}

// Sent is one request that was answered or failed.
type Sent struct {
	Method string
	URL    string // redacted
	Status int    // 0: no answer
	At     time.Time
}

func (rq *Request) method() string {
	if rq.Method == "" {
		return http.MethodGet
	}
	return rq.Method
}

func (rq *Request) root() string {
	if rq.Root == "" {
		return origin(rq.URL)
	}
	return rq.Root
}

// attempt sends the request once and has the answer read. spent is how long it
// was allowed to take.
func (c *Client) attempt(ctx context.Context, h *host, rq *Request) (res Result, spent time.Duration, err error) {
	if f := c.aside(h); f != nil {
		return res, 0, f
	}
	if c.acquire(ctx, h) != nil {
		return res, 0, Ended(ctx)
	}
	defer c.release(h)
	if f := c.aside(h); f != nil { // since this one queued
		return res, 0, f
	}
	spent = h.breaker.patient(c.o.Timeout)
	t := begin(ctx, spent, rq.Idle)
	defer t.cancel()
	res.At = c.o.Clock.Time()
	err = c.exchange(h.breaker.begin(t.ctx, res.At), t, rq, &res)
	return res, spent, err
}

// exchange sends the request and has the answer read.
func (c *Client) exchange(ctx context.Context, t *timer, rq *Request, res *Result) error {
	resp, err := c.send(ctx, rq, rq.Accept)
	if err == nil && resp.StatusCode == http.StatusNotAcceptable && rq.Accept != "" {
		drain(resp)
		resp, err = c.send(ctx, rq, "")
	}
	if err != nil {
		return Explain(t.late(err))
	}
	defer drain(resp)
	res.Status = resp.StatusCode
	err = rq.Read(newResponse(resp, t, rq.Max))
	if f := FaultOf(err); f != nil {
		f.Status = resp.StatusCode
		if f.Temporary && resp.StatusCode != http.StatusOK {
			f.wait = retryAfter(resp.Header.Get("Retry-After"), c.o.Clock.Time())
		}
	}
	return err
}

// send sends the request and follows redirects where they may lead.
func (c *Client) send(ctx context.Context, rq *Request, accept string) (*http.Response, error) {
	at, err := url.Parse(rq.URL)
	if err != nil {
		return nil, refusal("its address cannot be read")
	}
	from, via := at, c.plain
	for hop := 0; ; hop++ {
		var body io.Reader
		if rq.Body != nil {
			body = bytes.NewReader(rq.Body)
		}
		req, err := http.NewRequestWithContext(ctx, rq.method(), at.String(), body)
		if err != nil {
			return nil, refusal("its address cannot be read")
		}
		if rq.Header != nil {
			req.Header = rq.Header.Clone()
		}
		req.Header.Set("User-Agent", c.o.UserAgent)
		if accept != "" {
			req.Header.Set("Accept", accept)
		}
		if rq.Authorization.set() && within(rq.root(), at) {
			req.Header.Set("Authorization", rq.Authorization.reveal())
		}
		sent := Sent{Method: req.Method, URL: Redact(at.String()), At: c.o.Clock.Time()}
		resp, err := via.RoundTrip(req)
		if err == nil {
			sent.Status = resp.StatusCode
		}
		if rq.Sent != nil {
			rq.Sent(sent)
		}
		if err != nil {
			return nil, err
		}
		if !rq.Follow || rq.Body != nil || !redirects(resp.StatusCode) {
			return resp, nil
		}
		location := resp.Header.Get("Location")
		drain(resp)
		if hop == maxRedirects && location != "" {
			return nil, refusal("it redirects without end")
		}
		if at, via, err = c.follow(rq, from, at, location); err != nil {
			return nil, err
		}
	}
}
