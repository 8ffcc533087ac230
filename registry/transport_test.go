package registry_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
)

// hang is the limit of what comes at once on an idle machine: it only guards
// against waiting for ever.
const hang = time.Minute

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, status int, body string, headers ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

func far(path string) protocol.Route {
	return protocol.Route{Roots: []protocol.Root{{Ecosystem: ecosystem.NPM, URL: "https://npm.example" + path, Kind: protocol.Official}}}
}

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name     string
		statuses []int
		after    string
		requests int
		least    time.Duration
		most     time.Duration
		status   protocol.Status
		reason   protocol.Reason
	}{
		{"comes back", []int{503, 200}, "", 2, 0, 500 * time.Millisecond, protocol.Present, ""},
		{"comes back late", []int{500, 502, 200}, "", 3, 0, 1500 * time.Millisecond, protocol.Present, ""},
		{"stays away", []int{503, 503, 503, 200}, "", 3, 0, 1500 * time.Millisecond, protocol.Unknown, protocol.ReasonServerError},
		{"asks for patience", []int{429, 200}, "7", 2, 7 * time.Second, 8 * time.Second, protocol.Present, ""},
		{"asks until a date", []int{503, 200}, "Sat, 01 Jan 2000 00:00:20 GMT", 2, 20 * time.Second, 21 * time.Second, protocol.Present, ""},
		{"asks for too much", []int{429, 200}, "31", 1, 0, 0, protocol.Unknown, protocol.ReasonRateLimited},
		{"asks for far too much", []int{503, 200}, "99999999999999999999", 1, 0, 0, protocol.Unknown, protocol.ReasonRateLimited},
		{"talks nonsense", []int{429, 200}, "soon", 2, 0, 500 * time.Millisecond, protocol.Present, ""},
		{"is not asked again", []int{401, 200}, "", 1, 0, 0, protocol.Unknown, protocol.ReasonAuth},
		{"nor here", []int{403, 200}, "", 1, 0, 0, protocol.Blocked, protocol.ReasonForbidden},
		{"nor here either", []int{418, 200}, "", 1, 0, 0, protocol.Unknown, protocol.ReasonBadAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // begins at midnight, 1 January 2000
				sent := 0
				transport := roundTrip(func(r *http.Request) (*http.Response, error) {
					status := c.statuses[sent]
					sent++
					if status == 200 {
						return answer(r, 200, `{"name":"x","version":"1.0.0"}`), nil
					}
					return answer(r, status, "", "Retry-After", c.after), nil
				})
				start := time.Now()
				r, _ := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}).Lookup(t.Context(), npmQuery(far(""), "x"))
				took := time.Since(start)
				if r.Status != c.status || r.Reason != c.reason || sent != c.requests || took < c.least || took > c.most {
					t.Errorf("%v %q after %d requests and %v", r.Status, r.Reason, sent, took)
				}
			})
		})
	}
}

func TestSleepEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) { return answer(r, 429, "", "Retry-After", "30"), nil })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		r, _ := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}).Lookup(ctx, npmQuery(far(""), "x"))
		if took := time.Since(start); took != time.Second || r.Reason != protocol.ReasonDeadline {
			t.Errorf("%v %q after %v", r.Status, r.Reason, took)
		}
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		r, _ := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}).Lookup(t.Context(), npmQuery(far(""), "x"))
		if took := time.Since(start); r.Reason != protocol.ReasonTimeout || took < 70*time.Second || took > 72*time.Second {
			t.Errorf("%v %q after %v, want ten, twenty and forty seconds", r.Status, r.Reason, took)
		}
	})
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		var ill atomic.Bool
		ill.Store(true)
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			sent.Add(1)
			if ill.Load() {
				return answer(r, 503, ""), nil
			}
			return answer(r, 200, fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, strings.Split(r.URL.Path, "/")[1])), nil
		})
		var notices []string
		c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport, Notice: func(s string) { notices = append(notices, s) }})
		ask := func(name string) protocol.Record {
			r, _ := c.Lookup(t.Context(), npmQuery(far(""), name))
			return r
		}
		ask("a") // three faults
		if r := ask("b"); r.Reason != protocol.ReasonServerError || sent.Load() != 5 {
			t.Errorf("%q after %d requests", r.Reason, sent.Load())
		}
		if r := ask("c"); r.Status != protocol.Unknown || r.Reason != protocol.ReasonUnreachable || sent.Load() != 5 {
			t.Errorf("%q after %d requests", r.Reason, sent.Load())
		}
		time.Sleep(31 * time.Second)
		if r := ask("d"); r.Reason != protocol.ReasonServerError || sent.Load() != 6 {
			t.Errorf("still ill: %q after %d requests", r.Reason, sent.Load())
		}
		time.Sleep(31 * time.Second)
		ill.Store(false)
		for _, n := range []string{"e", "f"} {
			if r := ask(n); r.Status != protocol.Present {
				t.Errorf("well again: %+v", r)
			}
		}
		if len(notices) != 1 || !strings.Contains(notices[0], "https://npm.example") {
			t.Errorf("notices %q", notices)
		}
	})
}

// TestSlow: a registry that is only slow is waited for and never put aside,
// whatever the reason: it, the line, or a machine that is busy.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(25 * time.Second):
				return answer(r, 200, fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, strings.Split(r.URL.Path, "/")[1])), nil
			}
		})
		var qs []protocol.Query
		for i := range 16 {
			qs = append(qs, npmQuery(far(""), fmt.Sprint("p", i)))
		}
		c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport, Notice: func(s string) { t.Errorf("notice %q", s) }})
		registry.LookupAll(t.Context(), c, qs, func(q protocol.Query, r protocol.Record) {
			if r.Status != protocol.Present {
				t.Errorf("%s: %v %q: %s", q.Package.Name, r.Status, r.Reason, r.Detail)
			}
		})
	})
}

// TestWatched: a registry that answers nothing for a while is named until it
// does, and absences that wait for their proof count as answers.
func TestWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			name := strings.Split(r.URL.Path, "/")[1]
			if r.URL.Host == "npm.example" {
				if strings.HasPrefix(name, "no") {
					return answer(r, 404, `{}`), nil
				}
				if name == "slow" {
					time.Sleep(6 * time.Second)
				}
				return answer(r, 200, fmt.Sprintf(`{"name":%q,"version":"1.0.0","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{}}}`, name)), nil
			}
			return answer(r, 404, ""), nil
		})
		var qs []protocol.Query
		for i := range 50 {
			qs = append(qs, npmQuery(far(""), fmt.Sprint("no", i)))
		}
		qs = append(qs, npmQuery(far(""), "slow"))
		begun := time.Now()
		held, records := 0, 0
		var said []string
		registry.LookupWatched(t.Context(), registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}), qs, func(protocol.Query, protocol.Record) { records++ }, func(p registry.Progress) {
			if p.Held < 0 || p.Held+records > len(qs) {
				t.Errorf("%d held beside %d records", p.Held, records)
			}
			held = max(held, p.Held)
			if line := fmt.Sprint(p.Waiting, time.Since(begun).Round(time.Second)); len(said) == 0 && len(p.Waiting) > 0 || len(said) > 0 && line != said[len(said)-1] {
				said = append(said, line)
			}
		})
		if records != len(qs) || held != 50 {
			t.Errorf("%d records, %d held", records, held)
		}
		if got := fmt.Sprint(said); got != "[[npm] 2s [] 6s]" {
			t.Errorf("said %s", got)
		}
	})
}

// TestSilentHost: to a host behind a firewall that drops packets no connection
// comes about. The run ends, with and without a deadline, and long before every
// name has waited its three times.
func TestSilentHost(t *testing.T) {
	for _, limit := range []time.Duration{0, 2 * time.Minute, 20 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			var sent atomic.Int32
			transport := roundTrip(func(r *http.Request) (*http.Response, error) {
				sent.Add(1)
				select {
				case <-r.Context().Done():
					return nil, r.Context().Err()
				case <-time.After(5 * time.Second):
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
				}
			})
			var qs []protocol.Query
			for i := range 3000 {
				qs = append(qs, npmQuery(far(""), fmt.Sprint("p", i)))
			}
			ctx, most := t.Context(), 2*time.Minute
			if limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, limit)
				defer cancel()
				most = limit
			}
			reasons := map[protocol.Reason]int{}
			begun := time.Now()
			registry.LookupAll(ctx, registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}), qs, func(_ protocol.Query, r protocol.Record) {
				if r.Status != protocol.Unknown {
					t.Errorf("%+v", r)
				}
				reasons[r.Reason]++
			})
			if took := time.Since(begun); took > most || sent.Load() > 200 || reasons[protocol.ReasonUnreachable] < 2000 {
				t.Errorf("deadline %v: %v, %d requests, %v", limit, took, sent.Load(), reasons)
			}
		})
	}
}

// TestExhausted: a machine that has no room for another connection says nothing
// of the registry.
func TestExhausted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := true
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			if full {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)}
			}
			return answer(r, 200, `{"name":"x","version":"1.0.0"}`), nil
		})
		c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport, Notice: func(s string) { t.Errorf("notice %q", s) }})
		for i := range 5 {
			if r, _ := c.Lookup(t.Context(), npmQuery(far(""), fmt.Sprint("p", i))); r.Status != protocol.Unknown || r.Reason != protocol.ReasonNetwork {
				t.Errorf("%+v", r)
			}
		}
		full = false
		if r, _ := c.Lookup(t.Context(), npmQuery(far(""), "x")); r.Status != protocol.Present {
			t.Errorf("%+v", r)
		}
	})
}

// TestSecrets: a credential goes to its own origin and path, and nowhere else.
func TestSecrets(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	evil := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was contacted: %s", r.URL)
	}))
	defer evil.Close()
	for _, c := range []struct {
		name     string
		location string // of a redirect
		reach    bool   // the target is asked
		secret   bool   // with the credential
	}{
		{"within the path", "/npm/other", true, true},
		{"outside the path", "/elsewhere", true, false},
		{"path trick", "/npm/../elsewhere", true, false},
		{"path prefix of a name", "/npm-evil/x", true, false},
		{"another host", "https://evil.example/npm/x", false, false},
		{"a sub-domain", "https://cdn.npm.example/npm/x", false, false},
		{"another port", "https://npm.example:444/npm/x", false, false},
		{"without tls", "http://npm.example/npm/x", false, false},
		{"a file", "file:///etc/passwd", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var hops []*http.Request
			transport := roundTrip(func(r *http.Request) (*http.Response, error) {
				hops = append(hops, r)
				if len(hops) == 1 {
					return answer(r, 302, "", "Location", c.location), nil
				}
				return answer(r, 200, `{"name":"x","version":"1.0.0"}`), nil
			})
			route := far("/npm")
			route.Roots[0].Credential = protocol.Credential{Scheme: "Bearer", Value: protocol.NewSecret(secret)}
			store := newMemory()
			r, err := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport, Cache: store}).Lookup(t.Context(), npmQuery(route, "x"))
			if got := hops[0].Header.Get("Authorization"); got != "Bearer "+secret {
				t.Errorf("the root got %q", got)
			}
			if reached := len(hops) > 1; reached != c.reach {
				t.Errorf("reached %v, record %+v", reached, r)
			}
			if len(hops) > 1 {
				if got := hops[1].Header.Get("Authorization") != ""; got != c.secret {
					t.Errorf("credential sent: %v", got)
				}
				if ref := hops[1].Header.Get("Referer"); ref != "" {
					t.Errorf("referer %q", ref)
				}
			} else if r.Status != protocol.Unknown || r.Reason != protocol.ReasonBadAnswer {
				t.Errorf("got %+v", r)
			}
			all := fmt.Sprintf("%+v %#v %v %s", r, r, err, store.text())
			if strings.Contains(all, secret) {
				t.Errorf("the secret shows: %s", all)
			}
		})
	}
}

// TestRedirectGuard: without a credential another host may be followed, by https
// and into the open internet only.
func TestRedirectGuard(t *testing.T) {
	for location, follows := range map[string]bool{
		"https://cdn.example/x":               true,
		"https://user:pw@cdn.example/x":       true,
		"http://cdn.example/x":                false,
		"https://127.0.0.1/x":                 false,
		"https://localhost/x":                 false,
		"https://a.localhost./x":              false,
		"https://169.254.169.254/latest":      false,
		"https://10.1.2.3/x":                  false,
		"https://100.64.0.1/x":                false,
		"https://[::1]/x":                     false,
		"https://[::ffff:10.0.0.1]/x":         false,
		"https://[fd00::1]/x":                 false,
		"https://[64:ff9b::a00:1]/x":          false,
		"https://0.0.0.0/x":                   false,
		"javascript:alert(1)":                 false,
		"https://npm.example/again/and/again": true,
	} {
		n := 0
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return answer(r, 307, "", "Location", location), nil
			}
			if r.URL.User != nil || r.Header.Get("Authorization") != "" {
				t.Errorf("%s: asked with credentials", location)
			}
			return answer(r, 200, `{"name":"x","version":"1.0.0"}`), nil
		})
		r, _ := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}).Lookup(t.Context(), npmQuery(far(""), "x"))
		if got := n > 1; got != follows || got != (r.Status == protocol.Present) {
			t.Errorf("%s: followed %v, %+v", location, got, r)
		}
	}
}

// TestRealNetworkFaults: the faults as the operating system and the TLS library
// tell them, through the client's own transport.
func TestRealNetworkFaults(t *testing.T) {
	quiet := func(s *httptest.Server) *httptest.Server { t.Cleanup(s.Close); return s }
	secure := quiet(httptest.NewUnstartedServer(http.NotFoundHandler()))
	secure.Config.ErrorLog = discard()
	secure.StartTLS()
	plain := quiet(httptest.NewServer(http.NotFoundHandler()))
	closed := httptest.NewServer(nil)
	closed.Close()
	old := quiet(httptest.NewUnstartedServer(http.NotFoundHandler()))
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	old.Config.ErrorLog = discard()
	old.StartTLS()
	slow := quiet(httptest.NewServer(play.Drip(20 * time.Millisecond)))
	for _, c := range []struct {
		name, url string
		want      protocol.Reason
	}{
		{"unknown authority", secure.URL, protocol.ReasonTLS},
		{"no tls at all", strings.Replace(plain.URL, "http:", "https:", 1), protocol.ReasonTLS},
		{"old tls", old.URL, protocol.ReasonTLS},
		{"refused", closed.URL, protocol.ReasonNetwork},
		{"slow drip", slow.URL, protocol.ReasonTimeout},
	} {
		root := protocol.Root{Ecosystem: ecosystem.NPM, URL: c.url, Kind: protocol.Official}
		timeout := hang
		if c.want == protocol.ReasonTimeout {
			timeout = 300 * time.Millisecond
		}
		r, err := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Clock: newClock().Clock(), Timeout: timeout}).
			Lookup(t.Context(), npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "x"))
		if r.Status != protocol.Unknown || r.Reason != c.want {
			t.Errorf("%s: %v %q (%s)", c.name, r.Status, r.Reason, r.Detail)
		}
		var e *registry.Error
		if !errors.As(err, &e) || e.Reason != c.want {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}

func TestLargeAnswers(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	for name, serve := range map[string]http.HandlerFunc{
		"oversized": play.Oversized(9 << 20),
		"bomb":      play.Bomb(1 << 30),
	} {
		s.Inject(play.Fault{Serve: serve}, func(r play.Request) bool { return strings.Contains(r.URI, name) })
		r, _ := ask(t, s, npmQuery(protocol.Route{}, name))
		if r.Status != protocol.Unknown || r.Reason != protocol.ReasonTooLarge {
			t.Errorf("%s: %v %q (%s)", name, r.Status, r.Reason, r.Detail)
		}
	}
	// A document for installers may be larger: 20 MB of versions are streamed.
	s.Inject(play.Fault{Serve: func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"name":"grown","dist-tags":{"latest":"1.0.9"},"versions":{`)
		for i := range 200 {
			_, _ = fmt.Fprintf(w, `"1.0.%d":{"name":"grown","readme":"%s"},`, i, strings.Repeat("x", 100_000))
		}
		_, _ = io.WriteString(w, `"2.0.0":{"name":"grown"}}}`)
	}}, func(r play.Request) bool { return r.URI == "/grown" })
	q := npmQuery(protocol.Route{}, "grown")
	q.Want, q.Constraint = protocol.WantAge, "^2.0.0"
	if r, _ := ask(t, s, q); r.Status != protocol.Present || len(r.Versions) != 201 || r.VersionStatus != protocol.VersionPresent {
		t.Errorf("grown: %v %q, %d versions", r.Status, r.Reason, len(r.Versions))
	}
}

// TestHeaders: what registries ask of clients.
func TestHeaders(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
	_, _ = ask(t, s, protocol.Query{Package: ecosystem.Package{Name: "no-such-thing"}}, func(o *registry.Options) { o.UserAgent = "figment/1.2 (+https://example.org)" })
	for _, r := range s.Requests() {
		if r.Method != http.MethodGet || r.Header.Get("User-Agent") != "figment/1.2 (+https://example.org)" || r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s %v", r, r.Header)
		}
		if strings.HasPrefix(r.URI, "/simple/") && !strings.HasPrefix(r.Header.Get("Accept"), "application/vnd.pypi.simple.v1+json,") {
			t.Errorf("accept %q", r.Header.Get("Accept"))
		}
	}
}

func TestPlanShowsNoSecret(t *testing.T) {
	root := protocol.Root{Ecosystem: ecosystem.NPM, URL: "https://user:pw@npm.example/npm?token=abc", Kind: protocol.Mirror}
	for _, a := range registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())}).Plan(npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "x")) {
		u, err := url.Parse(a.URL)
		if err != nil || u.User != nil || u.RawQuery != "" || strings.Contains(a.String(), "pw") {
			t.Errorf("plan: %s", a)
		}
	}
}
