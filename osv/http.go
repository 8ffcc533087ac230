package osv

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"figment/internal/web"
)

// Manners of the transport.
const (
	tries        = 3
	firstBackoff = 500 * time.Millisecond
	maxWait      = 30 * time.Second // of Retry-After; beyond, it is given up
	dialTimeout  = 5 * time.Second
	callTimeout  = 10 * time.Second
	maxDrain     = 64 << 10
)

// A Look is one request that was answered or failed, or one answer of the cache.
type Look struct {
	Method string
	URL    string // without user info; of a cached answer what it answers
	Names  int    // asked about in it
	Status int    // HTTP status; 0: no answer
	At     time.Time
	Cached bool
}

// A fault says why there is no answer. detail is our own text: an error of the
// transport quotes addresses, and a server's words are foreign.
type fault struct {
	reason, detail string
	status         int
	temporary      bool
	machine        bool          // this machine could not ask: no sign of the service's health
	wait           time.Duration // the server asks for it
	at             int           // 400: the query it names, or -1
}

func (f *fault) Error() string { return f.detail }

// A sender sends requests to one base address.
type sender struct {
	base      string // without a slash at the end
	user      *url.Userinfo
	transport http.RoundTripper
	clock     Clock
	timeout   time.Duration
	agent     string
	onRequest func(Look)
	breaker   web.Breaker

	mu    sync.Mutex
	pause time.Time // it asked to be left alone until then
}

// parseBase reads a base address. The error, in our own words, does not show it.
func parseBase(text string) (base string, user *url.Userinfo, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "", nil, errors.New("is not a web address")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", nil, errors.New("has an unknown scheme: it must be https or http")
	case u.Host == "" || u.Hostname() == "":
		return "", nil, errors.New("names no host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#"):
		return "", nil, errors.New("has a query or a fragment")
	}
	user, u.User = u.User, nil
	return strings.TrimRight(u.String(), "/"), user, nil
}

func newTransport(perHost int) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true, // a dialer of one's own turns it off
		MaxIdleConns:        perHost,
		MaxIdleConnsPerHost: perHost,
		IdleConnTimeout:     30 * time.Second,
		TLSHandshakeTimeout: time.Minute, // the time for a request ends it sooner
	}
}

// A call is one request.
type call struct {
	method, path string
	body         []byte
	max          int64 // of the answer, in bytes
	names        int
}

// do sends a call, again where the fault may pass, and returns the body of a 200.
func (s *sender) do(ctx context.Context, c call) ([]byte, *fault) {
	var data []byte
	f := s.insist(ctx, func() *fault {
		ctx, cancel := context.WithTimeout(ctx, s.breaker.Patience(s.timeout))
		defer cancel()
		resp, f := s.send(ctx, c)
		if f != nil {
			return f
		}
		defer drain(resp)
		var err error
		data, err = io.ReadAll(io.LimitReader(resp.Body, c.max+1))
		switch {
		case err != nil:
			return failure(ctx, err)
		case int64(len(data)) > c.max:
			return &fault{reason: ReasonTooLarge, detail: "its answer was too large", status: resp.StatusCode}
		}
		return nil
	})
	if f != nil {
		return nil, f
	}
	return data, nil
}

// insist tries up to three times.
func (s *sender) insist(ctx context.Context, attempt func() *fault) *fault {
	for try := 1; ; try++ {
		if !s.breaker.Admits(s.clock.now()) {
			return &fault{reason: ReasonUnreachable, detail: "it failed several times in a row and is left alone for a while"}
		}
		if wait := s.resting(); wait > 0 && s.clock.sleep(ctx, wait) != nil {
			return ended(ctx)
		}
		patience := s.breaker.Patience(s.timeout)
		f := attempt()
		if f != nil && ctx.Err() != nil {
			return ended(ctx)
		}
		s.breaker.Judge(ctx, s.clock.now(), outcome(f), s.timeout, patience)
		switch {
		case f == nil || !f.temporary:
			return f
		case f.wait > maxWait:
			s.breaker.Open(s.clock.now())
			f.reason, f.detail = ReasonRateLimited, "it asks to be left alone for longer than half a minute"
			return f
		case try == tries:
			f.detail += fmt.Sprintf(", %d times", try)
			return f
		}
		if f.wait > 0 {
			s.rest(f.wait)
			continue
		}
		if s.clock.sleep(ctx, time.Duration(rand.Float64()*float64(firstBackoff<<(try-1)))) != nil {
			return ended(ctx)
		}
	}
}

// rest keeps everybody from sending for a while, and resting is how long that
// still is.
func (s *sender) rest(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := s.clock.now().Add(d); until.After(s.pause) {
		s.pause = until
	}
}

func (s *sender) resting() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pause.Sub(s.clock.now())
}

// outcome is what a fault tells of the service's health; nil: it answered.
func outcome(f *fault) web.Outcome {
	switch {
	case f == nil || !f.temporary && f.reason != ReasonTLS:
		return web.Answered
	case f.machine:
		return web.Silent
	case f.reason == ReasonTimeout:
		return web.Late
	}
	return web.Failing
}

// send sends a call once. The response is a 200 whose body is to be closed.
func (s *sender) send(ctx context.Context, c call) (*http.Response, *fault) {
	var body io.Reader
	if c.body != nil {
		body = bytes.NewReader(c.body)
	}
	req, err := http.NewRequestWithContext(s.breaker.Begin(ctx, s.clock.now()), c.method, s.base+c.path, body)
	if err != nil {
		return nil, &fault{reason: ReasonBadAnswer, detail: "its address cannot be used"}
	}
	req.Header.Set("User-Agent", s.agent)
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.user != nil {
		password, _ := s.user.Password()
		req.SetBasicAuth(s.user.Username(), password)
	}
	look := Look{Method: c.method, URL: s.base + c.path, Names: c.names, At: s.clock.now()}
	resp, err := s.transport.RoundTrip(req) // no redirects
	if err == nil {
		look.Status = resp.StatusCode
	}
	if s.onRequest != nil {
		s.onRequest(look)
	}
	if err != nil {
		return nil, failure(ctx, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer drain(resp)
	f := &fault{status: resp.StatusCode, detail: fmt.Sprintf("it answered %d", resp.StatusCode), at: -1}
	switch code := resp.StatusCode; {
	case code == http.StatusBadRequest:
		f.reason = ReasonRejected
		head, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what came of it must do
		f.at = queryIndex(head)
	case code == http.StatusUnauthorized, code == http.StatusPaymentRequired, code == http.StatusProxyAuthRequired:
		f.reason = ReasonAuth
	case code == http.StatusForbidden, code == http.StatusUnavailableForLegalReasons:
		f.reason = ReasonForbidden
	case code == http.StatusTooManyRequests:
		f.reason, f.temporary = ReasonRateLimited, true
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500 && code < 600:
		f.reason, f.temporary = ReasonServerError, code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported
	default:
		f.reason = ReasonBadAnswer
	}
	if f.temporary {
		f.wait = retryAfter(resp.Header.Get("Retry-After"), s.clock.now())
	}
	return nil, f
}

// queryIndex reads the number after "query at index"; -1 if there is none.
func queryIndex(body []byte) int {
	_, rest, ok := bytes.Cut(bytes.ToLower(body), []byte("query at index"))
	if !ok {
		return -1
	}
	rest = bytes.TrimLeft(rest, " :")
	n := 0
	for n < len(rest) && n < 6 && '0' <= rest[n] && rest[n] <= '9' {
		n++
	}
	i, err := strconv.Atoi(string(rest[:n]))
	if err != nil {
		return -1
	}
	return i
}

// retryAfter reads seconds or a date; 0 is nothing to go by.
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

// failure says in our own words why a request got no answer.
func failure(ctx context.Context, err error) *fault {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host):
		return &fault{reason: ReasonTLS, detail: "its certificate was not accepted"}
	case errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch):
		return &fault{reason: ReasonTLS, detail: "no secure connection came about"}
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &fault{reason: ReasonTimeout, detail: "it did not answer in time", temporary: true}
	case errors.As(err, &dns):
		return &fault{reason: ReasonNetwork, detail: "its host's name could not be looked up", temporary: true}
	case web.Exhausted(err):
		return &fault{reason: ReasonNetwork, detail: "this machine has no room for another connection", temporary: true, machine: true}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &fault{reason: ReasonNetwork, detail: "it refused the connection", temporary: true}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{reason: ReasonNetwork, detail: "it broke the connection off", temporary: true}
	}
	return &fault{reason: ReasonNetwork, detail: "the network failed", temporary: true}
}

// ended says that the run was over before an answer came.
func ended(ctx context.Context) *fault {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &fault{reason: ReasonDeadline, detail: "the time for the run was over"}
	}
	return &fault{reason: ReasonInterrupted, detail: "the run was interrupted"}
}

// drain reads a little of what is left, so that the connection can be used
// again, and closes the body.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxDrain) // the rest does not matter
	_ = resp.Body.Close()
}
