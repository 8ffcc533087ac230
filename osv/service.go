package osv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"figment/internal/web"
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

// A fault says why there is no answer. detail is our own text: a server's words
// are foreign.
type fault struct {
	reason, detail string
	status         int
	at             int // 400: the query it names, or -1
}

func (f *fault) Error() string { return f.detail }

// A service is one base address that is asked.
type service struct {
	base      string // without a slash at the end
	user      *url.Userinfo
	web       *web.Client
	onRequest func(Look)
}

func newService(base string, user *url.Userinfo, o web.Options, onRequest func(Look)) *service {
	o.PerHost = inFlight + recordsOnce
	return &service{base: base, user: user, web: web.New(o), onRequest: onRequest}
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

// A call is one request.
type call struct {
	method, path string
	body         []byte
	max          int64 // of the answer, in bytes
	names        int
	idle         time.Duration // not 0: the answer may take its time as long as it moves
}

// do sends a call and returns the body of a 200.
func (s *service) do(ctx context.Context, c call) (data []byte, f *fault) {
	f = s.ask(ctx, c, func(r *web.Response) (err error) {
		data, err = r.All()
		return err
	})
	if f != nil {
		return nil, f
	}
	return data, nil
}

// ask sends a call and has a 200 read. No redirect is followed. The error of
// read is a *fault or of the network.
func (s *service) ask(ctx context.Context, c call, read func(*web.Response) error) *fault {
	rq := web.Request{
		Method: c.method, URL: s.base + c.path, Body: c.body, Max: c.max, Idle: c.idle,
		Root: s.base, Authorization: web.Basic(s.user),
		Read: func(r *web.Response) error {
			switch r.Status {
			case http.StatusOK:
				return read(r)
			case http.StatusBadRequest:
				head, _ := io.ReadAll(io.LimitReader(r.Body, 4<<10)) // what came of it must do
				return &fault{reason: ReasonRejected, detail: "it answered 400", status: r.Status, at: queryIndex(head)}
			}
			return web.Refused(r.Status)
		},
		Sent: func(l web.Sent) {
			if s.onRequest != nil {
				s.onRequest(Look{Method: l.Method, URL: l.URL, Names: c.names, Status: l.Status, At: l.At})
			}
		},
	}
	if c.body != nil {
		rq.Header = http.Header{"Content-Type": {"application/json"}}
	}
	_, err := s.web.Do(ctx, rq)
	return faultOf(err)
}

// faultOf is an error of a call as a fault.
func faultOf(err error) *fault {
	if err == nil {
		return nil
	}
	var own *fault
	if errors.As(err, &own) {
		return own
	}
	w := web.FaultOf(err)
	if w == nil {
		w = web.Explain(err)
	}
	f := &fault{reason: string(w.Reason), detail: w.Text, status: w.Status, at: -1}
	if w.Tries > 0 {
		f.detail += fmt.Sprintf(", %d times", w.Tries)
	}
	return f
}

// ended says that the run was over before an answer came.
func ended(ctx context.Context) *fault { return faultOf(web.Ended(ctx)) }

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
