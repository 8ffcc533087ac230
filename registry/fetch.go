package registry

import (
	"context"
	"io"
	"net/http"
	"strings"

	"figment/internal/web"
	"figment/registry/protocol"
)

// perHost is how many requests may be in flight at a host where the table says
// nothing.
const perHost = 8

// A fetcher asks roots for documents.
type fetcher struct {
	o   *Options
	web *web.Client
}

func newFetcher(o *Options) *fetcher {
	return &fetcher{o: o, web: web.New(web.Options{
		Transport: o.Transport, Clock: o.Clock, Timeout: o.Timeout, UserAgent: o.UserAgent,
		PerHost: max(perHost, o.MaxPerHost), Notice: o.Notice,
	})}
}

// limit is how many requests may be in flight at the root's host.
func (f *fetcher) limit(d *protocol.Driver, root protocol.Root) int {
	switch {
	case f.o.MaxPerHost > 0:
		return f.o.MaxPerHost
	case web.SameOrigin(root.URL, d.Official):
		return d.PerHost
	}
	return perHost
}

// fetch asks for one document. stored, if not nil, is an earlier reading to be
// confirmed by its validators.
func (f *fetcher) fetch(ctx context.Context, in *protocol.Inquiry, rq protocol.Request, stored *protocol.Reading) protocol.Reading {
	var r protocol.Reading
	header := http.Header{}
	if rq.Fresh {
		header.Set("Cache-Control", "no-cache")
		header.Set("Pragma", "no-cache")
	} else if stored != nil {
		if stored.ETag != "" {
			header.Set("If-None-Match", stored.ETag)
		} else if stored.LastModified != "" {
			header.Set("If-Modified-Since", stored.LastModified)
		}
	}
	var credential web.Authorization
	if c := in.Root.Credential; c.Value.Set() {
		credential = web.Authorize(c.Scheme, c.Value.Reveal())
	}
	res, err := f.web.Do(ctx, web.Request{
		URL: rq.URL, Header: header, Accept: rq.Accept, Max: rq.Max, Once: rq.Once, Follow: true,
		Root: in.Root.URL, Authorization: credential, PerHost: f.limit(in.Driver, in.Root),
		Sent: func(s web.Sent) { runOf(ctx).sent(protocol.Look{URL: s.URL, Status: s.Status, At: s.At}, f.o) },
		Read: func(resp *web.Response) error {
			r = receive(in, rq, resp, stored)
			return trouble(&r)
		},
	})
	if fault := web.FaultOf(err); fault != nil {
		r = protocol.FromFault(rq, fault)
		if fault.Tries > 0 && fault.Status != 0 {
			r.Detail = plural(fault.Tries, r.Detail)
		}
	}
	if res.At.IsZero() {
		return f.look(rq, r)
	}
	r.Look = protocol.Look{URL: web.Redact(rq.URL), Status: res.Status, At: res.At}
	return r
}

// look gives a reading that no request was sent for the place it is about.
func (f *fetcher) look(rq protocol.Request, r protocol.Reading) protocol.Reading {
	r.Look = protocol.Look{URL: web.Redact(rq.URL), At: f.o.now()}
	return r
}

// receive reads an answer.
func receive(in *protocol.Inquiry, rq protocol.Request, resp *web.Response, stored *protocol.Reading) (r protocol.Reading) {
	switch resp.Status {
	case http.StatusOK:
		r = in.Driver.Parse(in, rq, &protocol.Response{Header: resp.Header, Body: resp.Body})
		if err := resp.Broken(); err != nil && r.Status != protocol.Unknown {
			r = protocol.Unread(rq, err)
		}
		r.ETag = protocol.Clip(resp.Header.Get("ETag"), 256)
		r.LastModified = protocol.Clip(resp.Header.Get("Last-Modified"), 64)
	case http.StatusNotModified:
		if stored == nil {
			return protocol.BadAnswer(rq, "it says that nothing has changed, but nothing was known")
		}
		r = *stored
	default:
		head, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what came of it must do
		r = interpret(rq, resp.Status, head)
	}
	for directive := range strings.SplitSeq(strings.ToLower(resp.Header.Get("Cache-Control")), ",") {
		r.NoStore = r.NoStore || strings.TrimSpace(directive) == "no-store"
	}
	return r
}

// trouble is a reading as a fault of the request, if it is one.
func trouble(r *protocol.Reading) error {
	if r.Status != protocol.Unknown || r.Open {
		return nil
	}
	return &web.Fault{Reason: web.Reason(r.Reason), Text: r.Detail, Temporary: r.Temporary}
}
