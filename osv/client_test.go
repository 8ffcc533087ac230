package osv

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/play/osvplay"
	"figment/internal/web"
)

func npm(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}
}

// a shift is a clock that sleeps at once and remembers for how long.
type shift struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func (s *shift) clock() Clock {
	return Clock{
		Now: func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.at },
		Sleep: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.at = s.at.Add(d)
			s.slept = append(s.slept, d)
			return ctx.Err()
		},
	}
}

func (s *shift) pass(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.at = s.at.Add(d) }

// hang is the limit of what comes at once on an idle machine: it only guards
// against waiting for ever.
const hang = time.Minute

func start(t testing.TB, records ...osvplay.Record) *osvplay.Server {
	t.Helper()
	s, err := osvplay.New(records...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// frozen is a memory that lives at the moment at which the clocks of these tests
// start: by the machine's clock everything in it would be of the past.
func frozen() cache.Store {
	return cache.MemoryAt(func() time.Time { return time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC) })
}

func client(t testing.TB, s *osvplay.Server, o Options) (*Client, *shift) {
	t.Helper()
	clock := &shift{at: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)}
	if o.URL == "" {
		o.URL = s.URL()
	}
	if o.Clock.Now == nil {
		o.Clock = clock.clock()
	}
	tr := web.Loopback()
	t.Cleanup(tr.CloseIdleConnections)
	if o.Transport == nil {
		o.Transport = tr
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

// ask collects the answers and checks that each package has one.
func ask(t testing.TB, s Source, pkgs ...ecosystem.Package) map[ecosystem.Package]Answer {
	t.Helper()
	return askIn(t, t.Context(), s, pkgs...)
}

func askIn(t testing.TB, ctx context.Context, s Source, pkgs ...ecosystem.Package) map[ecosystem.Package]Answer {
	t.Helper()
	out := map[ecosystem.Package]Answer{}
	s.Ask(ctx, pkgs, func(a Answer) {
		if _, twice := out[a.Package]; twice {
			t.Errorf("%v was answered twice", a.Package)
		}
		if (a.State == Unknown) != (a.Reason != "") || (a.Reason == "") != (a.Detail == "") || a.State == Found != (len(a.Advisories) > 0) && a.State != Unknown {
			t.Errorf("%+v contradicts itself", a)
		}
		out[a.Package] = a
	})
	for _, p := range pkgs {
		p.Version = ""
		if _, ok := out[p]; !ok {
			t.Errorf("%v was not answered", p)
		}
	}
	return out
}

func ids(a Answer) string {
	var out []string
	for _, x := range a.Advisories {
		out = append(out, x.ID)
	}
	return strings.Join(out, " ")
}

// some are the records most tests run against.
func some() []osvplay.Record {
	return []osvplay.Record{
		osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil-exact", "1.0.0", "1.0.1"),
		osvplay.Malware("MAL-2026-2", ecosystem.NPM, "evil-all"),
		osvplay.Between("MAL-2026-3", ecosystem.NPM, "evil-range", "2.0.0", "2.1.0"),
		osvplay.Malware("MAL-2026-4", ecosystem.NPM, "forgiven", "1.0.0").Withdrawn(),
		osvplay.Malware("MAL-2026-5", ecosystem.PyPI, "Evil_Py", "0.1"),
		osvplay.Between("GHSA-aaaa-bbbb-cccc", ecosystem.NPM, "merely-vulnerable", "0", "3.0.0"),
		osvplay.Between("GHSA-aaaa-bbbb-dddd", ecosystem.NPM, "evil-range", "0", "1.0.0"),
		osvplay.Between("GO-2026-1", ecosystem.Golang, "stdlib", "0", "1.99.0"),
		osvplay.Malware("MAL-2026-6", ecosystem.NPM, "tomorrow", "1.0.0").With("schema_version", "12.0").With("verdicts", []int{1}).With("severity", "high"),
	}
}

func TestClient(t *testing.T) {
	s := start(t, some()...)
	c, _ := client(t, s, Options{UserAgent: "figment/test"})
	exact := npm("evil-exact")
	exact.Version = "9.9.9"
	got := ask(t, c, exact, npm("evil-exact"), npm("evil-all"), npm("evil-range"), npm("forgiven"), npm("clean"), npm("merely-vulnerable"), npm("tomorrow"), npm("Evil-All"),
		ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "evil-py"}, ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "stdlib"},
		ecosystem.Package{Ecosystem: ecosystem.Conda, Name: "x"}, ecosystem.Package{}, npm("no name"), npm(strings.Repeat("x", 2000)), ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: "a\x00b"})
	for name, want := range map[string]string{"evil-exact": "MAL-2026-1", "evil-all": "MAL-2026-2", "evil-range": "MAL-2026-3", "tomorrow": "MAL-2026-6"} {
		a := got[npm(name)]
		if a.State != Found || ids(a) != want || !a.Advisories[0].Malicious || a.Source != "osv" || a.At.IsZero() {
			t.Errorf("%s: %+v", name, a)
		}
	}
	for _, name := range []string{"forgiven", "clean", "merely-vulnerable", "Evil-All"} {
		if a := got[npm(name)]; a.State != None {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := got[ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "evil-py"}]; a.State != Found {
		t.Errorf("%+v", a)
	}
	for _, p := range []ecosystem.Package{{Ecosystem: ecosystem.Conda, Name: "x"}, {}, npm("no name"), npm(strings.Repeat("x", 2000)), {Ecosystem: ecosystem.Cargo, Name: "a\x00b"}} {
		if a := got[p]; a.State != Unknown || a.Reason != ReasonUnsupported {
			t.Errorf("%.20v: %+v", p, a)
		}
	}
	// The versions of a record are matched here.
	for version, want := range map[string]Coverage{"1.0.0": Covered, "1.0.2": NotCovered, "": Listed} {
		if c := Cover(&got[npm("evil-exact")].Advisories[0], npm("evil-exact"), version); c != want {
			t.Errorf("%q is %v", version, c)
		}
	}
	requests := s.Requests()
	if n := len(requests); n != 6 { // one batch, five records
		t.Errorf("%d requests", n)
	}
	for _, r := range requests {
		if r.Header.Get("User-Agent") != "figment/test" || strings.Contains(r.Body, "purl") || strings.Contains(r.Body, "version") || strings.Contains(r.Body, "9.9.9") {
			t.Errorf("%+v", r)
		}
	}
	// All advisories.
	s.Forget()
	c, _ = client(t, s, Options{All: true})
	got = ask(t, c, npm("merely-vulnerable"), npm("evil-range"), ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "stdlib"})
	if ids(got[npm("evil-range")]) != "GHSA-aaaa-bbbb-dddd MAL-2026-3" || got[npm("merely-vulnerable")].State != Found || got[ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "stdlib"}].State != Found {
		t.Errorf("%+v", got)
	}
	if a := ask(t, c); len(a) != 0 {
		t.Error("nothing asked was answered")
	}
}

// TestSpellings: a crate is found under whichever separator it was registered.
func TestSpellings(t *testing.T) {
	s := start(t, osvplay.Malware("MAL-1", ecosystem.Cargo, "evil_crate_one"), osvplay.Malware("MAL-2", ecosystem.Cargo, "evil-crate-two"))
	c, _ := client(t, s, Options{Cache: frozen()})
	crate := func(name string) ecosystem.Package { return ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: name} }
	pkgs := []ecosystem.Package{crate("evil-crate-one"), crate("evil_crate-two"), crate("plain"), crate("fine-crate")}
	for range 2 { // the second time from the cache
		got := ask(t, c, pkgs...)
		if ids(got[pkgs[0]]) != "MAL-1" || ids(got[pkgs[1]]) != "MAL-2" || got[pkgs[2]].State != None || got[pkgs[3]].State != None {
			t.Errorf("%+v", got)
		}
	}
	if n := len(s.Requests()); n != 3 || len(s.Requests()[0].Names) != 8 {
		t.Errorf("%d requests, %v", n, s.Requests()[0].Names)
	}
	// One spelling that cannot be asked is enough not to know.
	s.Inject(osvplay.Fault{Status: 400, Body: `{"message":"error in query at index 1"}`, Times: 1}, nil)
	c, _ = client(t, s, Options{})
	if a := ask(t, c, crate("fine-crate"))[crate("fine-crate")]; a.State != Unknown || a.Reason != ReasonRejected {
		t.Errorf("%+v", a)
	}
}

// TestWithdrawn: a record that is withdrawn after its id was named is no hit.
func TestWithdrawn(t *testing.T) {
	s := start(t, osvplay.Malware("MAL-1", ecosystem.NPM, "x", "1.0.0"))
	c, _ := client(t, s, Options{})
	s.Inject(osvplay.Fault{Body: string(osvplay.Malware("MAL-1", ecosystem.NPM, "x", "1.0.0").Withdrawn().JSON())}, osvplay.Path("/v1/vulns/"))
	if a := ask(t, c, npm("x"))[npm("x")]; a.State != None {
		t.Errorf("%+v", a)
	}
}

// TestBadQuery: of a thousand names one is refused, and one alone is unknown.
func TestBadQuery(t *testing.T) {
	s := start(t, osvplay.Malware("MAL-1", ecosystem.NPM, "pkg-999"))
	var pkgs []ecosystem.Package
	for i := range 1000 {
		pkgs = append(pkgs, npm(fmt.Sprintf("pkg-%d", i)))
	}
	for name, message := range map[string]func(int) string{
		"with its index": func(i int) string {
			return fmt.Sprintf(`{"code":3,"message":"error in query at index %d: Invalid ecosystem"}`, i)
		},
		"without": func(int) string { return `{"code":3,"message":"Invalid request"}` },
		"with an index that is none": func(int) string {
			return `{"code":3,"message":"error in query at index 5000"}`
		},
	} {
		// The server refuses the name wherever it stands.
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := new(strings.Builder)
			if _, err := io.Copy(body, r.Body); err != nil {
				t.Error(err)
			}
			var b struct{ Queries []wireQuery }
			if r.Method == http.MethodPost && json.Unmarshal([]byte(body.String()), &b) == nil {
				if i := slices.IndexFunc(b.Queries, func(q wireQuery) bool { return q.Package.Name == "pkg-437" }); i >= 0 {
					w.WriteHeader(http.StatusBadRequest)
					fmt.Fprint(w, message(i))
					return
				}
			}
			r.Body = io.NopCloser(strings.NewReader(body.String()))
			s.ServeHTTP(w, r)
		})
		front := httptest.NewServer(h)
		c, _ := client(t, s, Options{URL: front.URL})
		for p, a := range ask(t, c, pkgs...) {
			switch p.Name {
			case "pkg-437":
				if a.State != Unknown || a.Reason != ReasonRejected {
					t.Errorf("%s: %+v", name, a)
				}
			case "pkg-999":
				if a.State != Found {
					t.Errorf("%s: %+v", name, a)
				}
			default:
				if a.State != None {
					t.Fatalf("%s: %+v", name, a)
				}
			}
		}
		front.Close()
	}
	// A server that refuses everything is not asked for ever.
	s.Forget()
	s.Inject(osvplay.Fault{Status: 400, Body: `{"message":"no"}`}, nil)
	c, _ := client(t, s, Options{})
	for _, a := range ask(t, c, pkgs...) {
		if a.State != Unknown || a.Reason != ReasonRejected {
			t.Fatalf("%+v", a)
		}
	}
	if n := len(s.Requests()); n > 150 {
		t.Errorf("%d requests to a server that refuses all", n)
	}
}

// TestPaging: pages are read to their end, those with a token only too.
func TestPaging(t *testing.T) {
	var records []osvplay.Record
	var pkgs []ecosystem.Package
	for i := range 5 {
		pkgs = append(pkgs, npm(fmt.Sprintf("p%d", i)))
		for j := range 7 {
			records = append(records, osvplay.Malware(fmt.Sprintf("MAL-%d-%d", i, j), ecosystem.NPM, fmt.Sprintf("p%d", i), "1.0.0"))
		}
	}
	s := start(t, records...)
	pkgs = append(pkgs, npm("clean"))
	for _, c := range [][3]int{{1000, 3000, 0}, {3, 3000, 0}, {3, 4, 0}, {1, 1, 0}, {2, 6, 3}} {
		s.Paging(c[0], c[1], c[2])
		s.Forget()
		cl, _ := client(t, s, Options{})
		got := ask(t, cl, pkgs...)
		for _, p := range pkgs[:5] {
			if a := got[p]; len(a.Advisories) != 7 || a.State != Found {
				t.Errorf("%v: %s has %d: %+v", c, p, len(a.Advisories), a)
			}
		}
		if got[npm("clean")].State != None {
			t.Errorf("%v: %+v", c, got[npm("clean")])
		}
	}
	// Trouble on a later page: what was learnt is kept, and the rest unknown.
	s.Paging(3, 3000, 0)
	s.Inject(osvplay.Fault{Status: 403}, func(r osvplay.Request) bool { return strings.Contains(r.Body, "page_token") })
	cl, _ := client(t, s, Options{Cache: frozen()})
	if a := ask(t, cl, npm("p1"))[npm("p1")]; a.State != Unknown || len(a.Advisories) != 3 || a.Reason != ReasonForbidden {
		t.Errorf("%+v", a)
	}
	s.Heal()
	if a := ask(t, cl, npm("p1"))[npm("p1")]; a.State != Found || len(a.Advisories) != 7 {
		t.Errorf("half an answer was stored: %+v", a)
	}
	// Pages without end.
	for _, body := range []string{`{"results":[{"next_page_token":"again"}]}`, ``} {
		n := 0
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n++
			if body != "" {
				io.WriteString(w, body)
				return
			}
			fmt.Fprintf(w, `{"results":[{"next_page_token":"%d"}]}`, n)
		}))
		cl, _ = client(t, s, Options{URL: front.URL})
		if a := ask(t, cl, npm("p1"))[npm("p1")]; a.State != Unknown || n > maxPages+1 {
			t.Errorf("%d pages: %+v", n, a)
		}
		front.Close()
	}
}

// TestFaults: whatever goes wrong, nothing ends as none.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  osvplay.Fault
		reason string
		sent   int // requests
	}{
		{"401", osvplay.Fault{Status: 401}, ReasonAuth, 1},
		{"403", osvplay.Fault{Status: 403}, ReasonForbidden, 1},
		{"404", osvplay.Fault{Status: 404}, ReasonBadAnswer, 1},
		{"408", osvplay.Fault{Status: 408}, ReasonServerError, 3},
		{"429", osvplay.Fault{Status: 429}, ReasonRateLimited, 3},
		{"429 soon", osvplay.Fault{Status: 429, RetryAfter: "7"}, ReasonRateLimited, 3},
		{"429 late", osvplay.Fault{Status: 429, RetryAfter: "3600"}, ReasonRateLimited, 1},
		{"429 at a date", osvplay.Fault{Status: 429, RetryAfter: "Sat, 01 Aug 2026 18:00:00 GMT"}, ReasonRateLimited, 1},
		{"500", osvplay.Fault{Status: 500}, ReasonServerError, 3},
		{"501", osvplay.Fault{Status: 501}, ReasonServerError, 1},
		{"503", osvplay.Fault{Status: 503, RetryAfter: "2"}, ReasonServerError, 3},
		{"302", osvplay.Fault{Status: 302}, ReasonBadAnswer, 1},
		{"204", osvplay.Fault{Status: 204}, ReasonBadAnswer, 1},
		{"a page", osvplay.Fault{Body: "<!DOCTYPE html><title>Sign in</title>"}, ReasonBadAnswer, 1},
		{"nothing", osvplay.Fault{Times: 9}, ReasonBadAnswer, 1},
		{"{}", osvplay.Fault{Body: "{}"}, ReasonBadAnswer, 1},
		{"null", osvplay.Fault{Body: "null"}, ReasonBadAnswer, 1},
		{"too few results", osvplay.Fault{Body: `{"results":[]}`}, ReasonBadAnswer, 1},
		{"too many results", osvplay.Fault{Body: `{"results":[{},{}]}`}, ReasonBadAnswer, 1},
		{"a result that is null", osvplay.Fault{Body: `{"results":[null]}`}, ReasonBadAnswer, 1},
		{"a result of another type", osvplay.Fault{Body: `{"results":["none"]}`}, ReasonBadAnswer, 1},
		{"an advisory without id", osvplay.Fault{Body: `{"results":[{"vulns":[{}]}]}`}, ReasonBadAnswer, 1},
		{"cut", osvplay.Fault{Truncate: true}, ReasonNetwork, 3},
		{"broken off", osvplay.Fault{BreakOff: true}, ReasonNetwork, 3},
	} {
		s := start(t, some()...)
		memory := frozen()
		cl, clock := client(t, s, Options{Cache: memory, Timeout: hang})
		s.Inject(c.fault, osvplay.Path("/v1/querybatch"))
		a := ask(t, cl, npm("evil-all"))[npm("evil-all")]
		if a.State != Unknown || a.Reason != c.reason {
			t.Errorf("%s: %+v", c.name, a)
		}
		if n := len(s.Requests()); n != c.sent && c.fault.Status != 0 || n < c.sent {
			t.Errorf("%s: %d requests, want %d", c.name, n, c.sent)
		}
		for i, d := range clock.slept {
			if c.fault.RetryAfter != "" && (d < 2*time.Second || d > 7*time.Second) || c.fault.RetryAfter == "" && d > 500*time.Millisecond<<i {
				t.Errorf("%s: slept %v", c.name, clock.slept)
			}
		}
		s.Heal()
		clock.pass(time.Minute)
		if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != Found {
			t.Errorf("%s: a fault was stored: %+v", c.name, a)
		}
		// The same of the record: it is known that there is one, so never none.
		cl, _ = client(t, s, Options{Timeout: hang})
		s.Inject(c.fault, osvplay.Path("/v1/vulns/"))
		if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != Unknown || a.Detail == "" {
			t.Errorf("%s of the record: %+v", c.name, a)
		}
	}
	// One bad answer passes.
	s := start(t, some()...)
	s.Inject(osvplay.Fault{Status: 503, Times: 1}, nil)
	cl, clock := client(t, s, Options{})
	if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != Found || len(clock.slept) != 1 {
		t.Errorf("%+v after %v", a, clock.slept)
	}
}

// TestSlow: a service that is too slow is asked three times, of no answer of
// which a none is made.
func TestSlow(t *testing.T) {
	for _, path := range []string{"/v1/querybatch", "/v1/vulns/"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := osvplay.Handler(some()...)
				s.Inject(osvplay.Fault{Delay: time.Minute}, osvplay.Path(path))
				cl, err := New(Options{URL: "http://osv.invalid", Transport: direct(s), Timeout: time.Second})
				if err != nil {
					t.Fatal(err)
				}
				a := ask(t, cl, npm("evil-all"))[npm("evil-all")]
				if a.State != Unknown || a.Reason != ReasonTimeout {
					t.Errorf("%+v", a)
				}
				slow := 0
				for _, r := range s.Requests() {
					if strings.Contains(r.Path, path) {
						slow++
					}
				}
				if slow != 3 {
					t.Errorf("asked %d times", slow)
				}
				s.Heal()
				if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != Found {
					t.Errorf("afterwards: %+v", a)
				}
			})
		})
	}
}

// direct answers from a handler without a network, so that it works in a
// bubble; what the context of a request ends has no answer.
func direct(h http.Handler) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return w.Result(), nil
	}
}

// TestRecordFaults: one record of several cannot be read.
func TestRecordFaults(t *testing.T) {
	s := start(t, osvplay.Malware("MAL-1", ecosystem.NPM, "x", "1.0.0"), osvplay.Malware("MAL-2", ecosystem.NPM, "x", "2.0.0"))
	for name, body := range map[string]string{
		"another record":           string(osvplay.Malware("MAL-3", ecosystem.NPM, "x").JSON()),
		"garbage":                  "garbage",
		"about another package":    string(osvplay.Malware("MAL-2", ecosystem.NPM, "y").JSON()),
		"a version list of no use": `{"id":"MAL-2","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":7}]}`,
	} {
		s.Heal()
		s.Inject(osvplay.Fault{Body: body}, osvplay.Path("/v1/vulns/MAL-2"))
		cl, _ := client(t, s, Options{Cache: frozen()})
		a := ask(t, cl, npm("x"))[npm("x")]
		if a.State != Unknown || ids(a) != "MAL-1" || strings.Contains(a.Detail, "garbage") {
			t.Errorf("%s: %+v", name, a)
		}
		s.Heal()
		if a := ask(t, cl, npm("x"))[npm("x")]; a.State != Found || ids(a) != "MAL-1 MAL-2" {
			t.Errorf("%s, healed: %+v", name, a)
		}
	}
	// An id that would lead elsewhere is not asked for.
	s.Heal()
	s.Forget()
	s.Inject(osvplay.Fault{Body: `{"results":[{"vulns":[{"id":"MAL-../../admin"}]}]}`}, osvplay.Path("/v1/querybatch"))
	cl, _ := client(t, s, Options{})
	if a := ask(t, cl, npm("x"))[npm("x")]; a.State != Unknown || len(s.Requests()) != 1 {
		t.Errorf("%+v after %d requests", a, len(s.Requests()))
	}
}

// TestBreaker: a service that keeps failing is left alone.
func TestBreaker(t *testing.T) {
	var records []osvplay.Record
	var pkgs []ecosystem.Package
	for i := range 200 {
		name := fmt.Sprintf("p%d", i)
		records = append(records, osvplay.Malware(fmt.Sprintf("MAL-%d", i), ecosystem.NPM, name))
		pkgs = append(pkgs, npm(name))
	}
	s := start(t, records...)
	s.Inject(osvplay.Fault{Status: 500}, osvplay.Path("/v1/vulns/"))
	cl, clock := client(t, s, Options{})
	for p, a := range ask(t, cl, pkgs...) {
		if a.State != Unknown || a.Reason != ReasonServerError && a.Reason != ReasonUnreachable {
			t.Fatalf("%v: %+v", p, a)
		}
	}
	if n := len(s.Requests()); n > 40 {
		t.Errorf("%d requests to a service that fails", n)
	}
	s.Heal()
	if a := ask(t, cl, pkgs[0])[pkgs[0]]; a.Reason != ReasonUnreachable {
		t.Errorf("%+v", a)
	}
	clock.pass(31 * time.Second)
	if a := ask(t, cl, pkgs...)[pkgs[0]]; a.State != Found {
		t.Errorf("%+v", a)
	}
}

// TestSlowService: a service that is only slow is asked on, with more time each.
func TestSlowService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			answer := `{"results":[{}]}`
			if strings.HasPrefix(r.URL.Path, "/v1/vulns/") {
				answer = `{"id":"MAL-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p9"},"versions":["1.0.0"]}]}`
			} else if body, err := io.ReadAll(r.Body); err == nil && strings.Contains(string(body), `"p9"`) {
				answer = `{"results":[{"vulns":[{"id":"MAL-1"}]}]}`
			}
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(15 * time.Second):
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
			}
		})
		cl, err := New(Options{Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			p := npm(fmt.Sprintf("p%d", i))
			want := None
			if i == 9 {
				want = Found
			}
			if a := ask(t, cl, p)[p]; a.State != want {
				t.Errorf("%+v", a)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCache(t *testing.T) {
	s := start(t, some()...)
	clock := &shift{at: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)}
	store := cache.MemoryAt(func() time.Time { return clock.clock().Now() })
	cl, _ := client(t, s, Options{Cache: store, Clock: clock.clock()})
	pkgs := []ecosystem.Package{npm("evil-all"), npm("clean"), npm("forgiven")}
	sent := func() int { n := len(s.Requests()); s.Forget(); return n }
	first := ask(t, cl, pkgs...)
	if n := sent(); n != 2 {
		t.Errorf("%d requests", n)
	}
	at := clock.at
	clock.pass(59 * time.Minute)
	again := ask(t, cl, pkgs...)
	if n := sent(); n != 0 {
		t.Errorf("%d requests for what is known", n)
	}
	for _, p := range pkgs {
		if again[p].State != first[p].State || ids(again[p]) != ids(first[p]) || !again[p].At.Equal(at) || len(again[p].Advisories) > 0 && again[p].Advisories[0].URL == "" {
			t.Errorf("%+v became %+v", first[p], again[p])
		}
	}
	clock.pass(2 * time.Minute) // names without malware are asked again after an hour
	ask(t, cl, pkgs...)
	if r := s.Requests(); len(r) != 1 || !slices.Equal(r[0].Names, []string{"clean", "forgiven"}) {
		t.Errorf("%+v", r)
	}
	s.Forget()
	clock.pass(23 * time.Hour) // malware after a day
	ask(t, cl, npm("evil-all"))
	if n := sent(); n != 2 {
		t.Errorf("%d requests after a day", n)
	}
	// Refresh disregards what is stored, and stores anew.
	clock.pass(time.Second)
	cl, _ = client(t, s, Options{Cache: store, Refresh: true, Clock: clock.clock()})
	ask(t, cl, npm("evil-all"))
	ask(t, cl, npm("evil-all"))
	if n := sent(); n != 2 {
		t.Errorf("%d requests with refresh", n)
	}
	// Other questions and other places have other answers.
	cl, _ = client(t, s, Options{Cache: store, All: true, Clock: clock.clock()})
	if a := ask(t, cl, npm("merely-vulnerable"))[npm("merely-vulnerable")]; a.State != Found {
		t.Errorf("%+v", a)
	}
	other := start(t)
	cl, _ = client(t, other, Options{Cache: store, Clock: clock.clock()})
	if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != None {
		t.Errorf("another service: %+v", a)
	}
	// A record that changed is read again although it is stored.
	cl, _ = client(t, s, Options{Cache: store, Clock: clock.clock()})
	s.Add(osvplay.Malware("MAL-2026-2", ecosystem.NPM, "evil-all", "6.6.6").With("modified", "2026-07-31T00:00:00Z"))
	clock.pass(24*time.Hour + time.Second)
	if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; len(a.Advisories) != 1 || len(a.Advisories[0].Affected[0].Versions) != 1 {
		t.Errorf("%+v", a)
	}
	// What is not ours in the store is a miss.
	for _, value := range []string{"", "null", "{}", `{"hits":7}`, "[]"} {
		bad := frozen()
		cl, clock := client(t, s, Options{Cache: bad})
		now := clock.at
		bad.Put(t.Context(), cache.Entry{Key: cl.store.hitsKey(npm("evil-all")), Value: []byte(value), Stored: now, Expires: now.Add(time.Hour), KeepUntil: now.Add(time.Hour)})
		if a := ask(t, cl, npm("evil-all"))[npm("evil-all")]; a.State != Found {
			t.Errorf("stored %q: %+v", value, a)
		}
	}
}

// TestCacheFiles: two clients share a folder, and what is seen is reported.
func TestCacheFiles(t *testing.T) {
	s := start(t, some()...)
	dir := t.TempDir()
	var mu sync.Mutex
	var looks []Look
	for range 2 {
		cl, _ := client(t, s, Options{Cache: cache.Files(dir, cache.FileOptions{Now: func() time.Time { return time.Date(2026, 8, 1, 12, 0, 1, 0, time.UTC) }}), OnRequest: func(l Look) {
			mu.Lock()
			defer mu.Unlock()
			looks = append(looks, l)
		}})
		if got := ask(t, cl, npm("evil-all"), npm("clean")); got[npm("evil-all")].State != Found || got[npm("clean")].State != None {
			t.Errorf("%+v", got)
		}
	}
	if n := len(s.Requests()); n != 2 || len(looks) != 4 || looks[0].Names != 2 || looks[0].Status != 200 || !looks[3].Cached {
		t.Errorf("%d requests, %+v", n, looks)
	}
}

// TestCancel: the answers are there soon after the end, whatever the service
// does, and those that were had before are kept. By the clock of a bubble: only
// waiting takes time.
func TestCancel(t *testing.T) {
	const end = 50 * time.Millisecond
	s := osvplay.Handler(some()...)
	s.Inject(osvplay.Fault{Delay: time.Minute}, nil)
	for name, transport := range map[string]http.RoundTripper{
		"a server that waits": direct(s),
		"a transport that does not listen": roundTripper(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Minute)
			return nil, io.EOF
		}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl, err := New(Options{URL: "http://osv.invalid", Transport: transport})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(end, cancel)
				begin := time.Now()
				got := askIn(t, ctx, cl, npm("evil-all"), npm("clean"), npm("no name"))
				if d := time.Since(begin); d > end+100*time.Millisecond {
					t.Errorf("it took %v", d)
				}
				for _, n := range []string{"evil-all", "clean"} {
					if a := got[npm(n)]; a.State != Unknown || a.Reason != ReasonInterrupted {
						t.Errorf("%s: %+v", n, a)
					}
				}
				if got[npm("no name")].Reason != ReasonUnsupported {
					t.Errorf("%+v", got[npm("no name")])
				}
				time.Sleep(time.Hour) // what did not listen ends as well
			})
		})
	}
	t.Run("answers are kept", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := osvplay.Handler(some()...)
			s.Inject(osvplay.Fault{Delay: time.Minute}, osvplay.Path("/v1/vulns/"))
			cl, err := New(Options{URL: "http://osv.invalid", Transport: direct(s)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			got := askIn(t, ctx, cl, npm("evil-all"), npm("clean"))
			if got[npm("clean")].State != None || got[npm("evil-all")].Reason != ReasonDeadline {
				t.Errorf("%+v", got)
			}
			time.Sleep(time.Hour)
		})
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestManners: at most four batches and eight records at once, and real time
// passes between tries.
func TestManners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var records []osvplay.Record
		var pkgs []ecosystem.Package
		for i := range 9000 {
			name := fmt.Sprintf("p%d", i)
			if i%100 == 0 {
				records = append(records, osvplay.Malware(fmt.Sprintf("MAL-%d", i), ecosystem.NPM, name))
			}
			pkgs = append(pkgs, npm(name))
		}
		s := osvplay.Handler(records...)
		var mu sync.Mutex
		now, most := map[string]int{}, map[string]int{}
		tr := roundTripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			now[r.Method]++
			most[r.Method] = max(most[r.Method], now[r.Method])
			mu.Unlock()
			time.Sleep(time.Second)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			mu.Lock()
			now[r.Method]--
			mu.Unlock()
			return w.Result(), nil
		})
		c, err := New(Options{URL: "http://osv.invalid", Transport: tr})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		found := 0
		c.Ask(t.Context(), pkgs, func(a Answer) {
			if a.State == Unknown {
				t.Errorf("%+v", a)
			}
			if a.State == Found {
				found++
			}
		})
		if found != 90 || most["POST"] != 4 || most["GET"] != 8 {
			t.Errorf("%d found, at most %v at once", found, most)
		}
		if d := time.Since(begin); d > 16*time.Second { // three rounds of batches, twelve of records
			t.Errorf("it took %v", d)
		}
		s.Inject(osvplay.Fault{Status: 429, RetryAfter: "20", Times: 1}, nil)
		begin = time.Now()
		c.Ask(t.Context(), pkgs[:1], func(a Answer) {
			if a.State != Found {
				t.Errorf("%+v", a)
			}
		})
		if d := time.Since(begin); d != 23*time.Second {
			t.Errorf("it took %v", d)
		}
		s.Inject(osvplay.Fault{Status: 503}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second/2)
		defer cancel()
		begin = time.Now()
		c.Ask(ctx, pkgs[1:2], func(a Answer) {
			if a.Reason != ReasonDeadline {
				t.Errorf("%+v", a)
			}
		})
		if d := time.Since(begin); d != 3*time.Second/2 {
			t.Errorf("it took %v", d)
		}
		synctest.Wait()
		time.Sleep(time.Minute)
	})
}

func TestNew(t *testing.T) {
	for in, want := range map[string]string{
		"": Official, "  ": Official, "http://127.0.0.1:1": "http://127.0.0.1:1", "http://127.0.0.1:1/": "http://127.0.0.1:1", "https://osv.example/v1": "https://osv.example",
		"https://osv.example/v1/": "https://osv.example", "https://osv.example/a/b/": "https://osv.example/a/b", "https://osv.example/proxy/v1": "https://osv.example/proxy",
		"https://user:secret@osv.example": "https://osv.example",
	} {
		c, err := New(Options{URL: in})
		if err != nil || c.send.base != want {
			t.Errorf("%q: %v, %v", in, c, err)
		}
	}
	for _, in := range []string{"osv.example", "ftp://osv.example", "https://", "https:///v1", "https://osv.example?x=1", "https://osv.example#x", "https://osv.example#", "https://user:secret@osv.example?x", "http://[::1", "\x00"} {
		if _, err := New(Options{URL: in}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestCredential: user info goes to the service and nowhere else.
func TestCredential(t *testing.T) {
	s := start(t, some()...)
	dir := t.TempDir()
	var looks []Look
	var mu sync.Mutex
	cl, _ := client(t, s, Options{URL: strings.Replace(s.URL(), "://", "://me:hunter2@", 1), Cache: cache.Files(dir, cache.FileOptions{}), OnRequest: func(l Look) {
		mu.Lock()
		defer mu.Unlock()
		looks = append(looks, l)
	}})
	ask(t, cl, npm("clean"))
	r := s.Requests()
	if user, password, ok := (&http.Request{Header: r[0].Header}).BasicAuth(); !ok || user != "me" || password != "hunter2" {
		t.Errorf("%v", r[0].Header)
	}
	if fmt.Sprint(looks) == "[]" || strings.Contains(fmt.Sprint(looks, cl.store.hitsKey(npm("clean"))), "hunter2") {
		t.Errorf("%v", looks)
	}
	plain, _ := client(t, s, Options{})
	if plain.store.root == cl.store.root {
		t.Error("the answers of a credential are those of everybody")
	}
}

// TestLarge: an answer beyond the limit is no answer.
func TestLarge(t *testing.T) {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		block := strings.Repeat(" ", 1<<20)
		for range 40 {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}))
	defer front.Close()
	cl, _ := client(t, start(t), Options{URL: front.URL})
	for _, a := range ask(t, cl, npm("a"), npm("b")) {
		if a.Reason != ReasonTooLarge {
			t.Errorf("%+v", a)
		}
	}
}

// TestTooMany: more advisories than are read are not none.
func TestTooMany(t *testing.T) {
	var b strings.Builder
	for i := range maxHits + 1 {
		fmt.Fprintf(&b, `{"id":"MAL-%d"},`, i)
	}
	s := start(t)
	s.Inject(osvplay.Fault{Body: `{"results":[{"vulns":[` + strings.TrimSuffix(b.String(), ",") + `]}]}`}, nil)
	cl, _ := client(t, s, Options{})
	if a := ask(t, cl, npm("a"))[npm("a")]; a.State != Unknown || a.Reason != ReasonTooLarge || len(s.Requests()) != 1 {
		t.Errorf("%+v after %d requests", a, len(s.Requests()))
	}
}

// FuzzBatch: no answer of the service makes a panic or a contradiction.
func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"results":[{"vulns":[{"id":"MAL-1","modified":"2026-01-01T00:00:00Z"}]},{"next_page_token":"x"}]}`))
	f.Add([]byte(`{"results":[{},null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := New(Options{URL: "http://osv.invalid", Clock: (&shift{at: time.Unix(1e9, 0)}).clock(), Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, c, npm("a"), npm("b"))
	})
}
