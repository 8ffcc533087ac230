package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
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
		s := New(Options{})
		s.plain, s.guarded, s.proxied = way("plain"), way("guarded"), func(*url.URL) bool { return c.proxy }
		_, err := s.Do(t.Context(), Request{URL: "https://npm.example/x", Follow: true, Read: func(*Response) error { return nil }})
		if refused := FaultOf(err); (refused != nil) != (c.want == "plain") {
			t.Errorf("%s, proxy %v: %v", c.location, c.proxy, err)
		}
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
		tr := transport(1)
		if guarded {
			tr = guardedTransport(1)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		} else if f := Explain(err); f.Reason != ReasonBadAnswer || f.Temporary {
			t.Errorf("a guarded address reads %+v", f)
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
		tr := transport(1)
		tr.Proxy = http.ProxyURL(at)
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://npm.example/x", nil)
		_, err := tr.RoundTrip(req) //nolint:bodyclose // there is none
		if f := Explain(err); f.Reason != want {
			t.Errorf("%d: %+v (%v)", status, f, err)
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

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "10.0.0.1": false, "172.16.5.5": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.1.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "192.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::10.0.0.1": false, "64:ff9b::10.0.0.1": false, "2002:0a00:0001::": false, "2001:0:0a00::": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
		if err := guardDial("tcp", netip.AddrPortFrom(netip.MustParseAddr(text), 443).String(), nil); (err == nil) != want {
			t.Errorf("dialling %s: %v", text, err)
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
