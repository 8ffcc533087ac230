package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// A Reason says what kind of trouble kept an answer away. Reports carry the word
// verbatim.
type Reason string

// The reasons.
const (
	ReasonNetwork     Reason = "network"
	ReasonTimeout     Reason = "timeout"
	ReasonTLS         Reason = "tls"
	ReasonAuth        Reason = "auth"
	ReasonForbidden   Reason = "forbidden"
	ReasonRateLimited Reason = "rate-limited"
	ReasonServerError Reason = "server-error"
	ReasonBadAnswer   Reason = "bad-answer"
	ReasonTooLarge    Reason = "too-large"
	ReasonUnreachable Reason = "registry-unreachable" // it keeps failing and is left alone
	ReasonDeadline    Reason = "deadline"             // of the run
	ReasonInterrupted Reason = "interrupted"          // the run
)

const leaveAlone = "it asks to be left alone for longer than half a minute"

// A Fault says why there is no answer.
type Fault struct {
	Reason    Reason
	Text      string // a clause about the host, in our own words: "it answered 503"
	Status    int    // of the answer; 0: there was none
	Temporary bool   // it may pass
	Tries     int    // how often that happened in a row, where no further try is made

	machine bool // this machine could not ask: no sign of the host's health
	unsent  bool // the host is left alone
	wait    time.Duration
}

func (f *Fault) Error() string { return f.Text }

// FaultOf is the fault that an error is or wraps; nil if there is none.
func FaultOf(err error) *Fault {
	var f *Fault
	errors.As(err, &f)
	return f
}

// outcome is what a fault tells of the host's health; nil: it answered.
func (f *Fault) outcome() outcome {
	if f == nil {
		return answered
	}
	switch f.Reason {
	case ReasonNetwork, ReasonTLS, ReasonRateLimited, ReasonServerError:
		if f.machine {
			return silent
		}
		return failing
	case ReasonTimeout:
		return late
	case ReasonUnreachable, ReasonDeadline, ReasonInterrupted:
		return silent
	}
	return answered
}

// Refused is the fault of an answer by a status that is not wanted (RFC 9110, 15; RFC 6585).
func Refused(status int) *Fault {
	f := &Fault{Reason: ReasonBadAnswer, Status: status, Text: fmt.Sprintf("it answered %d", status)}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusProxyAuthRequired:
		f.Reason = ReasonAuth
	case status == http.StatusForbidden, status == http.StatusUnavailableForLegalReasons:
		f.Reason = ReasonForbidden
	case status == http.StatusTooManyRequests:
		f.Reason, f.Temporary = ReasonRateLimited, true
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500 && status < 600:
		f.Reason = ReasonServerError
		f.Temporary = status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported
	}
	return f
}

// A proxyError is the refusal of a proxy to open a tunnel.
type proxyError int

func (e proxyError) Error() string { return fmt.Sprintf("the proxy answered %d", int(e)) }

// A refusal is a redirect or an address that must not be followed.
type refusal string

func (e refusal) Error() string { return string(e) }

// Explain says why a request got no answer or an answer no end. The texts are
// our own: a transport's error quotes URLs and addresses.
func Explain(err error) *Fault {
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
		return &Fault{Reason: ReasonBadAnswer, Text: string(refused)}
	case errors.Is(err, ErrTooLarge):
		return &Fault{Reason: ReasonTooLarge, Text: "its answer was too large"}
	case errors.As(err, &proxy):
		if proxy == http.StatusProxyAuthRequired {
			return &Fault{Reason: ReasonAuth, Text: "the proxy wants credentials"}
		}
		return passing(ReasonNetwork, proxy.Error())
	case errors.As(err, &dns):
		if dns.IsTimeout {
			return passing(ReasonTimeout, "its host's name could not be looked up in time")
		}
		return passing(ReasonNetwork, "its host's name could not be looked up")
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return &Fault{Reason: ReasonTLS, Text: "its certificate was not accepted"}
	case errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch),
		errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // a TLS alert
		return &Fault{Reason: ReasonTLS, Text: "no secure connection came about"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return passing(ReasonTimeout, "it did not answer in time")
	case exhausted(err):
		f := passing(ReasonNetwork, "this machine has no room for another connection")
		f.machine = true
		return f
	case errors.Is(err, syscall.ECONNREFUSED):
		return passing(ReasonNetwork, "it refused the connection")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return passing(ReasonNetwork, "it broke the connection off")
	}
	return passing(ReasonNetwork, "the network failed")
}

func passing(r Reason, text string) *Fault { return &Fault{Reason: r, Text: text, Temporary: true} }

// exhausted reports whether an error says that this machine has run out of
// something: descriptors, ports, memory.
func exhausted(err error) bool {
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Ended says that the run was over before an answer came.
func Ended(ctx context.Context) *Fault {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Fault{Reason: ReasonDeadline, Text: "the time for the run was over"}
	}
	return &Fault{Reason: ReasonInterrupted, Text: "the run was interrupted"}
}
