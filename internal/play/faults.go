package play

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"figment/registry/protocol"
)

// A Fault is one way in which asking goes wrong. The zero value is an empty
// answer with status 200.
type Fault struct {
	Name   string
	Status int // 0: 200
	Header map[string]string
	Body   string
	Delay  time.Duration // before the status line
	// Err is returned by the server's Transport, and the request never arrives.
	Err error
	// Serve replaces all of the above but Name and Err.
	Serve http.HandlerFunc

	// Want is what a client must make of it: the status and the reason. The
	// status is never present or absent.
	Want   protocol.Status
	Reason protocol.Reason
}

func (f *Fault) serve(w http.ResponseWriter, r *http.Request) {
	if f.Serve != nil {
		f.Serve(w, r)
		return
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	_, _ = io.WriteString(w, f.Body) // the client may have gone
}

const page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome to our network</h1>" +
	`<a href="/login?next=%2Fsimple%2Fx">continue</a></body></html>`

// Faults are all that a name, real or made up, must survive without becoming
// nonexistent or clean, at a registry that is played so.
func Faults(p *protocol.Play) []Fault {
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	return []Fault{
		{Name: "dns", Err: &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "registry.invalid", IsNotFound: true}}, Reason: protocol.ReasonNetwork},
		{Name: "refused", Err: &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, Reason: protocol.ReasonNetwork},
		{Name: "reset", Err: &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, Reason: protocol.ReasonNetwork},
		{Name: "tls", Err: x509.UnknownAuthorityError{}, Reason: protocol.ReasonTLS},
		{Name: "timeout", Err: context.DeadlineExceeded, Reason: protocol.ReasonTimeout},
		{Name: "418", Status: 418, Reason: protocol.ReasonBadAnswer},
		{Name: "401", Status: 401, Reason: protocol.ReasonAuth},
		{Name: "402", Status: 402, Reason: protocol.ReasonAuth},
		{Name: "403", Status: 403, Want: protocol.Blocked, Reason: protocol.ReasonForbidden},
		{Name: "403 firewall", Status: 403, Body: "Blocked by your company's curation service", Want: protocol.Blocked, Reason: protocol.ReasonPolicy},
		{Name: "404 firewall", Status: 404, Header: html, Body: "<p>Policies <b>violated</b></p>", Want: protocol.Blocked, Reason: protocol.ReasonPolicy},
		{Name: "407", Status: 407, Reason: protocol.ReasonAuth},
		{Name: "408", Status: 408, Reason: protocol.ReasonServerError},
		{Name: "425", Status: 425, Reason: protocol.ReasonServerError},
		{Name: "429", Status: 429, Reason: protocol.ReasonRateLimited},
		{Name: "429 retry soon", Status: 429, Header: map[string]string{"Retry-After": "1"}, Reason: protocol.ReasonRateLimited},
		{Name: "429 retry late", Status: 429, Header: map[string]string{"Retry-After": "3600"}, Reason: protocol.ReasonRateLimited},
		{Name: "500", Status: 500, Reason: protocol.ReasonServerError},
		{Name: "502", Status: 502, Header: html, Body: page, Reason: protocol.ReasonServerError},
		{Name: "503", Status: 503, Reason: protocol.ReasonServerError},
		{Name: "504", Status: 504, Reason: protocol.ReasonServerError},
		{Name: "204", Status: 204, Reason: protocol.ReasonBadAnswer},
		{Name: "html", Header: html, Body: page, Reason: protocol.ReasonBadAnswer},
		{Name: "html as json", Header: map[string]string{"Content-Type": "application/json"}, Body: page, Reason: protocol.ReasonBadAnswer},
		{Name: "empty body", Reason: protocol.ReasonBadAnswer},
		{Name: "truncated json", Header: map[string]string{"Content-Type": p.Type}, Body: p.Truncated, Reason: protocol.ReasonBadAnswer},
		{Name: "wrong name", Header: map[string]string{"Content-Type": p.Type}, Body: p.Other, Reason: protocol.ReasonBadAnswer},
		{Name: "empty list", Header: map[string]string{"Content-Type": p.Type}, Body: p.Empty, Reason: protocol.ReasonBadAnswer},
		{Name: "redirect to the portal", Status: 302, Header: map[string]string{"Location": "http://portal.invalid/login"}, Reason: protocol.ReasonBadAnswer},
		{Name: "redirect loop", Serve: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.EscapedPath())
			w.WriteHeader(http.StatusFound)
		}, Reason: protocol.ReasonBadAnswer},
		{Name: "broken off", Serve: BreakOff, Reason: protocol.ReasonBadAnswer},
	}
}

// BreakOff announces more than it sends.
func BreakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, `{"name":`) // cut off on purpose
}

// Drip sends one byte at a time for as long as the client listens.
func Drip(every time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(every):
			}
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
		}
	}
}

// Oversized sends n bytes of JSON that never ends.
func Oversized(n int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { flood(w, n) }
}

// Bomb sends n bytes of JSON as a small gzip stream.
func Bomb(n int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		flood(z, n)
		_ = z.Close() // the client may have gone
	}
}

func flood(w io.Writer, n int64) {
	if _, err := io.WriteString(w, `{"name":"`); err != nil {
		return
	}
	block := strings.Repeat("a", 64<<10)
	for ; n > 0; n -= int64(len(block)) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
}

// RetryAfter is a fault that asks for a pause of so many seconds.
func RetryAfter(seconds int) Fault {
	return Fault{
		Name: "retry after " + strconv.Itoa(seconds), Status: http.StatusTooManyRequests,
		Header: map[string]string{"Retry-After": strconv.Itoa(seconds)}, Reason: protocol.ReasonRateLimited,
	}
}
