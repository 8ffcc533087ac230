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
	"net/url"
	"os"
	"syscall"
	"testing"
)

// TestExplain: what errors of the network read as, and what they say of a host.
func TestExplain(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		err       error
		reason    Reason
		text      string
		temporary bool
		outcome   outcome
	}{
		{refusal("it redirects to nowhere"), ReasonBadAnswer, "it redirects to nowhere", false, answered},
		{dial(refusal("it redirects into the local network")), ReasonBadAnswer, "it redirects into the local network", false, answered},
		{ErrTooLarge, ReasonTooLarge, "its answer was too large", false, answered},
		{proxyError(407), ReasonAuth, "the proxy wants credentials", false, answered},
		{proxyError(502), ReasonNetwork, "the proxy answered 502", true, failing},
		{dial(&net.DNSError{Err: "no such host", IsNotFound: true}), ReasonNetwork, "its host's name could not be looked up", true, failing},
		{dial(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), ReasonTimeout, "its host's name could not be looked up in time", true, late},
		{x509.UnknownAuthorityError{}, ReasonTLS, "its certificate was not accepted", false, failing},
		{&tls.CertificateVerificationError{Err: errors.New("x")}, ReasonTLS, "its certificate was not accepted", false, failing},
		{x509.CertificateInvalidError{}, ReasonTLS, "its certificate was not accepted", false, failing},
		{tls.RecordHeaderError{}, ReasonTLS, "no secure connection came about", false, failing},
		{http.ErrSchemeMismatch, ReasonTLS, "no secure connection came about", false, failing},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: x")}, ReasonTLS, "no secure connection came about", false, failing},
		{context.DeadlineExceeded, ReasonTimeout, "it did not answer in time", true, late},
		{dial(os.ErrDeadlineExceeded), ReasonTimeout, "it did not answer in time", true, late},
		{dial(os.NewSyscallError("socket", syscall.EMFILE)), ReasonNetwork, "this machine has no room for another connection", true, silent},
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), ReasonNetwork, "it refused the connection", true, failing},
		{&url.Error{Op: "Get", URL: "https://h.example/?secret", Err: syscall.ECONNRESET}, ReasonNetwork, "it broke the connection off", true, failing},
		{fmt.Errorf("x: %w", io.ErrUnexpectedEOF), ReasonNetwork, "it broke the connection off", true, failing},
		{errors.New("10.0.0.7 said so"), ReasonNetwork, "the network failed", true, failing},
	} {
		f := Explain(c.err)
		if f.Reason != c.reason || f.Text != c.text || f.Temporary != c.temporary || f.outcome() != c.outcome {
			t.Errorf("%v: %+v, outcome %d", c.err, f, f.outcome())
		}
	}
}

// TestRefused: what a status that is not wanted reads as.
func TestRefused(t *testing.T) {
	for status, want := range map[int]struct {
		reason    Reason
		temporary bool
		outcome   outcome
	}{
		400: {ReasonBadAnswer, false, answered}, 401: {ReasonAuth, false, answered}, 402: {ReasonAuth, false, answered}, 407: {ReasonAuth, false, answered},
		403: {ReasonForbidden, false, answered}, 451: {ReasonForbidden, false, answered}, 404: {ReasonBadAnswer, false, answered}, 204: {ReasonBadAnswer, false, answered},
		429: {ReasonRateLimited, true, failing}, 408: {ReasonServerError, true, failing}, 425: {ReasonServerError, true, failing},
		500: {ReasonServerError, true, failing}, 503: {ReasonServerError, true, failing}, 599: {ReasonServerError, true, failing},
		501: {ReasonServerError, false, failing}, 505: {ReasonServerError, false, failing}, 600: {ReasonBadAnswer, false, answered},
	} {
		f := Refused(status)
		if f.Reason != want.reason || f.Temporary != want.temporary || f.outcome() != want.outcome || f.Text != fmt.Sprintf("it answered %d", status) || f.Status != status {
			t.Errorf("%d: %+v, outcome %d", status, f, f.outcome())
		}
	}
	var none *Fault
	if none.outcome() != answered || FaultOf(nil) != nil || FaultOf(io.EOF) != nil {
		t.Error("no fault is one")
	}
	for _, r := range []Reason{ReasonUnreachable, ReasonDeadline, ReasonInterrupted} {
		if (&Fault{Reason: r}).outcome() != silent {
			t.Errorf("%s tells of the host", r)
		}
	}
}
