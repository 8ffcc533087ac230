package registry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/registry/settings"
)

type via func(*http.Request) (*http.Response, error)

func (f via) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestRedirectsTakeTheGuardedWay: what a registry points to is dialled with the
// guard, unless a proxy does the dialling; bare addresses are then refused.
func TestRedirectsTakeTheGuardedWay(t *testing.T) {
	for _, c := range []struct {
		location string
		proxy    bool
		want     string // the hops
	}{
		{"https://cdn.example/x", false, "plain guarded"},
		{"https://cdn.example/x", true, "plain plain"},
		{"https://8.8.8.8/x", false, "plain guarded"},
		{"https://8.8.8.8/x", true, "plain"},
		{"/elsewhere", false, "plain plain"},
	} {
		var hops []string
		way := func(name string) via {
			return func(r *http.Request) (*http.Response, error) {
				hops = append(hops, name)
				if len(hops) == 1 {
					return &http.Response{StatusCode: 302, Header: http.Header{"Location": {c.location}}, Body: http.NoBody}, nil
				}
				return &http.Response{StatusCode: 404, Header: http.Header{}, Body: http.NoBody}, nil
			}
		}
		s := newSender(&Options{})
		s.plain, s.guarded, s.proxied = way("plain"), way("guarded"), func(*url.URL) bool { return c.proxy }
		d := find(ecosystem.NPM)
		in := &inquiry{Driver: d, Root: settings.Root{URL: "https://npm.example"}, Query: Query{Package: ecosystem.Package{Ecosystem: d.Ecosystem, Name: "x"}}}
		rq, _ := d.Next(in)
		s.fetch(t.Context(), in, rq, nil)
		if got := strings.Join(hops, " "); got != c.want {
			t.Errorf("%s, proxy %v: %s, want %s", c.location, c.proxy, got, c.want)
		}
	}
}

// TestGuardedTransport: the guard sees the address, whatever the name was.
func TestGuardedTransport(t *testing.T) {
	hit := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	defer server.Close()
	for guarded, want := range map[bool]bool{false: true, true: false} {
		hit = false
		tr := transport(&Options{}, guarded)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		} else if r := failure(request{}, err); r.Reason != ReasonBadAnswer || r.Temporary {
			t.Errorf("a guarded address reads %+v", r)
		}
		if hit != want {
			t.Errorf("guarded %v: reached %v", guarded, hit)
		}
		tr.CloseIdleConnections()
	}
}

func TestProxyThatRefuses(t *testing.T) {
	for status, want := range map[int]Reason{407: ReasonAuth, 503: ReasonNetwork} {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		at, _ := url.Parse(proxy.URL)
		tr := transport(&Options{}, false)
		tr.Proxy = http.ProxyURL(at)
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://npm.example/x", nil)
		_, err := tr.RoundTrip(req) //nolint:bodyclose // there is none
		if r := failure(request{}, err); r.Reason != want {
			t.Errorf("%d: %+v (%v)", status, r, err)
		}
		tr.CloseIdleConnections()
		proxy.Close()
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		root, url string
		want      bool
	}{
		{"https://h/npm", "https://h/npm/x", true}, {"https://h/npm", "https://h/npm", true}, {"https://h", "https://h:443/x", true}, {"https://H/npm", "https://h/npm/x", true},
		{"https://h/npm", "https://h/npmx", false}, {"https://h/npm", "https://h/", false}, {"https://h/npm", "http://h/npm/x", false},
		{"https://h/npm", "https://h:8443/npm/x", false}, {"https://h/npm", "https://h.evil/npm/x", false}, {"https://h/npm", "https://h/npm/../x", false},
		{"https://h/npm", "https://h/npm/%2e%2E/x", false}, {"https://h/npm", "https://h/npm/@s%2fx", true},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := within(c.root, u); got != c.want {
			t.Errorf("%s within %s: %v", c.url, c.root, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, " 5 ": 5 * time.Second, "-5": 0, "x": 0, "1.5": 0,
		"Thu, 01 Jan 2026 00:00:09 GMT": 9 * time.Second, "Wed, 31 Dec 2025 00:00:00 GMT": 0, "99999999999999": time.Hour,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
