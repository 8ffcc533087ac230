package registry

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"figment/internal/web"
	"figment/registry/protocol"
)

// This file is the only place where a status code is read. What is not clearly
// an answer about the package proves nothing.

// interpret reads an answer other than 200 and 304. The body is at most the
// first bytes of it.
func interpret(rq protocol.Request, status int, body []byte) protocol.Reading {
	r := protocol.Reading{Doc: rq.Doc, Version: rq.Version}
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		if policy(body) {
			r.Status, r.Reason, r.Detail = protocol.Blocked, protocol.ReasonPolicy, fmt.Sprintf("it answered %d and named a policy", status)
			return r
		}
		r.Status, r.Reason = protocol.Absent, protocol.ReasonNotFound
		if status == http.StatusGone {
			r.Reason = protocol.ReasonGone
		}
		return r
	case status == http.StatusUnavailableForLegalReasons:
		r.Status, r.Reason = protocol.Removed, protocol.ReasonLegal
		return r
	case status == http.StatusForbidden:
		r.Status, r.Reason, r.Detail = protocol.Blocked, protocol.ReasonForbidden, "it answered 403, which may mean missing, private or forbidden"
		if policy(body) {
			r.Reason, r.Detail = protocol.ReasonPolicy, "it answered 403 and named a policy"
		}
		return r
	}
	return protocol.FromFault(rq, web.Refused(status))
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

// ended says that the run was over before an answer came.
func ended(ctx context.Context, rq protocol.Request) protocol.Reading {
	return protocol.FromFault(rq, web.Ended(ctx))
}

// inTrouble reports whether the reason is the registry's or the network's
// passing trouble, in which an older answer may stand in.
func inTrouble(r protocol.Reason) bool {
	switch r {
	case protocol.ReasonNetwork, protocol.ReasonTimeout, protocol.ReasonTLS, protocol.ReasonRateLimited, protocol.ReasonServerError, protocol.ReasonUnreachable, protocol.ReasonDeadline:
		return true
	}
	return false
}
