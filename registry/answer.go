package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"figment/internal/web"
)

// This file is the only place where a status code or a transport's error is
// read. What is not clearly an answer about the package proves nothing.

// errTooLarge ends a body that exceeds its bound.
var errTooLarge = errors.New("larger than a registry's answer may be")

// interpret reads an answer other than 200 and 304. The body is at most the
// first bytes of it.
func interpret(rq request, status int, body []byte) reading {
	r := reading{Doc: rq.Doc, Version: rq.Version}
	r.Look.Status = status
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		if policy(body) {
			r.Status, r.Reason, r.Detail = Blocked, ReasonPolicy, fmt.Sprintf("it answered %d and named a policy", status)
			return r
		}
		r.Status, r.Reason = Absent, ReasonNotFound
		if status == http.StatusGone {
			r.Reason = ReasonGone
		}
		return r
	case status == http.StatusUnavailableForLegalReasons:
		r.Status, r.Reason = Removed, ReasonLegal
		return r
	case status == http.StatusForbidden:
		r.Status, r.Reason, r.Detail = Blocked, ReasonForbidden, "it answered 403, which may mean missing, private or forbidden"
		if policy(body) {
			r.Reason, r.Detail = ReasonPolicy, "it answered 403 and named a policy"
		}
		return r
	case status == http.StatusUnauthorized || status == http.StatusPaymentRequired || status == http.StatusProxyAuthRequired:
		r.Reason = ReasonAuth
	case status == http.StatusTooManyRequests:
		r.Reason, r.Temporary = ReasonRateLimited, true
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500 && status < 600:
		r.Reason, r.Temporary = ReasonServerError, true
		if status == http.StatusNotImplemented || status == http.StatusHTTPVersionNotSupported {
			r.Temporary = false
		}
	default:
		r.Reason = ReasonBadAnswer
	}
	r.Detail = fmt.Sprintf("it answered %d", status)
	return r
}

// policy reports whether the page of an error speaks of a firewall or a rule
// that hides the package. The bare word "policy" does not count: error pages
// link to privacy policies.
func policy(body []byte) bool {
	text := strings.ToLower(stripTags(body))
	for _, w := range []string{"quarantin", "curation", "firewall", "blocked by"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	const near = 40
	for _, w := range []string{"policy", "policies"} {
		for at, from := 0, 0; ; from = at + len(w) {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			at = from + i
			around := text[max(0, at-near):min(len(text), at+len(w)+near)]
			for _, verb := range []string{"violat", "block", "den"} {
				if word(around, verb) {
					return true
				}
			}
		}
	}
	return false
}

// word reports whether a word of the text begins with prefix.
func word(text, prefix string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], prefix)
		if i < 0 {
			return false
		}
		at := from + i
		if at == 0 || text[at-1] < 'a' || text[at-1] > 'z' {
			return true
		}
		from = at + len(prefix)
	}
}

// stripTags drops what stands between angle brackets.
func stripTags(b []byte) string {
	b = b[:min(len(b), 4<<10)]
	out := make([]byte, 0, len(b))
	in := false
	for _, c := range b {
		switch {
		case c == '<':
			in = true
		case c == '>' && in:
			in = false
			out = append(out, ' ')
		case !in:
			out = append(out, c)
		}
	}
	return string(out)
}

// unread says why a body could not be read to its end.
func unread(rq request, err error) reading {
	switch {
	case errors.Is(err, errTooLarge):
		return fault(rq, ReasonTooLarge, "its answer was too large")
	case errors.Is(err, errJSON):
		return badAnswer(rq, "its answer is not what a registry says")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		r := badAnswer(rq, "its answer was cut short")
		r.Temporary = true
		return r
	}
	return failure(rq, err)
}

// A proxyError is the refusal of a proxy to open a tunnel.
type proxyError int

func (e proxyError) Error() string { return fmt.Sprintf("the proxy answered %d", int(e)) }

// A refusal is a redirect or an address that must not be followed.
type refusal string

func (e refusal) Error() string { return string(e) }

// failure says why no answer was had. The texts are our own: a transport's error
// quotes URLs and addresses.
func failure(rq request, err error) reading {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var op *net.OpError
	var proxy proxyError
	var refused refusal
	var timeout net.Error
	switch {
	case errors.As(err, &refused):
		return badAnswer(rq, string(refused))
	case errors.As(err, &proxy):
		if proxy == http.StatusProxyAuthRequired {
			return fault(rq, ReasonAuth, "the proxy wants credentials")
		}
		return temporary(rq, ReasonNetwork, proxy.Error())
	case errors.As(err, &dns):
		if dns.IsTimeout {
			return temporary(rq, ReasonTimeout, "its host's name could not be looked up in time")
		}
		return temporary(rq, ReasonNetwork, "its host's name could not be looked up")
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return fault(rq, ReasonTLS, "its certificate was not accepted")
	case errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch):
		return fault(rq, ReasonTLS, "no secure connection came about")
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // a TLS alert
		return fault(rq, ReasonTLS, "no secure connection came about")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return temporary(rq, ReasonTimeout, "it did not answer in time")
	case web.Exhausted(err):
		r := temporary(rq, ReasonNetwork, "this machine has no room for another connection")
		r.Machine = true
		return r
	case errors.Is(err, syscall.ECONNREFUSED):
		return temporary(rq, ReasonNetwork, "it refused the connection")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return temporary(rq, ReasonNetwork, "it broke the connection off")
	}
	return temporary(rq, ReasonNetwork, "the network failed")
}

func temporary(rq request, reason Reason, detail string) reading {
	r := fault(rq, reason, detail)
	r.Temporary = true
	return r
}

// ended says that the run was over before an answer came.
func ended(ctx context.Context, rq request) reading {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault(rq, ReasonDeadline, "the time for the run was over")
	}
	return fault(rq, ReasonInterrupted, "the run was interrupted")
}

// inTrouble reports whether the reason is the registry's or the network's
// passing trouble, in which an older answer may stand in.
func inTrouble(r Reason) bool {
	switch r {
	case ReasonNetwork, ReasonTimeout, ReasonTLS, ReasonRateLimited, ReasonServerError, ReasonUnreachable, ReasonDeadline:
		return true
	}
	return false
}
