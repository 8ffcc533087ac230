package registry_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
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

func npmQuery(route protocol.Route, name string) protocol.Query {
	return protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}, Route: route}
}

// queries asks about count names, the first absent of which are made up.
func queries(s *play.Server, count, absent int) []protocol.Query {
	var qs []protocol.Query
	for i := range count {
		name := fmt.Sprintf("made-up-%d", i)
		if i >= absent {
			name = fmt.Sprintf("real-%d", i)
			s.Play("GET /"+name+"/latest", "HTTP/1.1 200 OK\n\n"+fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, name))
		}
		qs = append(qs, npmQuery(s.Route(), name))
	}
	return qs
}

func lookupAll(t *testing.T, c registry.Client, qs []protocol.Query) (map[string]protocol.Record, registry.Summary) {
	t.Helper()
	got := map[string]protocol.Record{}
	n := 0
	sum := registry.LookupAll(t.Context(), c, qs, func(q protocol.Query, r protocol.Record) {
		got[q.Package.Name] = r
		n++
	})
	if n != len(qs) {
		t.Errorf("%d records for %d queries", n, len(qs))
	}
	return got, sum
}

func count(rs map[string]protocol.Record, s protocol.Status, why protocol.Reason) int {
	n := 0
	for _, r := range rs {
		if r.Status == s && r.Reason == why {
			n++
		}
	}
	return n
}

func client(s *play.Server, change ...func(*registry.Options)) *registry.Live {
	o := registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Clock: newClock().Clock(), Transport: s.Transport(), Timeout: hang}
	for _, c := range change {
		c(&o)
	}
	return registry.NewLive(o)
}

func TestRootThatDeniesEverything(t *testing.T) {
	for _, e := range ecosystems {
		s := play.Start(t, adapter.Find(all.Adapters(), e), nil, play.WithoutCanaries(), play.Denying())
		var qs []protocol.Query
		for i := range 8 {
			qs = append(qs, protocol.Query{Package: ecosystem.Package{Ecosystem: e, Name: fmt.Sprintf("example.test/made-up-%d", i)}, Route: s.Route()})
			if e != ecosystem.Golang {
				qs[i].Package.Name = fmt.Sprintf("made-up-%d", i)
			}
		}
		got, _ := lookupAll(t, client(s), qs)
		if n := count(got, protocol.Unknown, protocol.ReasonCanaryFailed); n != len(qs) {
			t.Errorf("%s: %d of %d are unknown: %v", e, n, len(qs), got)
		}
	}
}

func TestFileOfInventedNames(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	got, sum := lookupAll(t, client(s), queries(s, 20, 20))
	if n := count(got, protocol.Absent, protocol.ReasonNotFound); n != 20 {
		t.Errorf("%d of 20 absent: %v", n, got)
	}
	for _, r := range got {
		if !r.Confirmed {
			t.Errorf("not confirmed: %+v", r)
		}
	}
	planned(t, s, queries(s, 20, 20)...)
	// Each name twice, one control question, one of the brake.
	if sum.Requests != 42 || len(s.Requests()) != 42 {
		t.Errorf("%d requests: %v", sum.Requests, uris(s.Requests()))
	}
	brake := s.Requests()[len(s.Requests())-1]
	if brake.String() != "GET /react/latest" || !brake.Fresh() {
		t.Errorf("the brake asked %s, not for another name past the caches", brake)
	}
}

func TestMassAbsence(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	qs := queries(s, 10, 7)
	// The registry begins to deny everything once the control question is through.
	s.Inject(play.Fault{Status: 404}, func(r play.Request) bool {
		return r.Fresh() && !strings.Contains(r.URI, "made-up")
	})
	store := newMemory()
	got, _ := lookupAll(t, client(s, func(o *registry.Options) { o.Cache = store }), qs)
	if n := count(got, protocol.Unknown, protocol.ReasonMassAbsence); n != 7 {
		t.Errorf("%d of 7 are unknown: %v", n, got)
	}
	if n := count(got, protocol.Present, ""); n != 3 {
		t.Errorf("%d of 3 are present", n)
	}
	if text := store.text(); strings.Contains(text, "made-up") {
		t.Errorf("a disbelieved absence was stored:\n%s", text)
	}
	// Fewer than half: no brake.
	got, _ = lookupAll(t, client(s), queries(s, 10, 5))
	if n := count(got, protocol.Absent, protocol.ReasonNotFound); n != 5 {
		t.Errorf("%d of 5 absent: %v", n, got)
	}
}

func TestRequestCounts(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	qs := queries(s, 40, 0)
	qs = append(qs, qs...) // every name twice
	if _, sum := lookupAll(t, client(s), qs); sum.Requests > 40 {
		t.Errorf("%d requests for 40 names", sum.Requests)
	}
	for i := range qs {
		qs[i].Constraint = "^1.0.0"
	}
	if _, sum := lookupAll(t, client(s), qs); sum.Requests > 80 {
		t.Errorf("%d requests for 40 names with ranges", sum.Requests)
	}
	s.Forget()
	_, sum := lookupAll(t, client(s), queries(s, 100, 3))
	if sum.Requests > 97+3*2+1 {
		t.Errorf("%d requests for 97 names and 3 that are not there", sum.Requests)
	}
}

func TestIndexKnewIt(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	c := newClock()
	r, _ := ask(t, s, npmQuery(protocol.Route{}, "no-such-thing"), func(o *registry.Options) {
		o.Known, o.Clock = knownOnly("no-such-thing"), c.Clock()
	})
	if r.Status != protocol.Absent || r.Reason != protocol.ReasonIndexKnewIt || !r.Confirmed {
		t.Errorf("got %+v", r)
	}
	if !slices.Equal(c.slept, []time.Duration{2 * time.Second}) {
		t.Errorf("slept %v", c.slept)
	}
	// There again at the third look.
	s.Play("GET /no-such-thing", "HTTP/1.1 404 Not Found\n\n")
	calls := 0
	s.Inject(play.Fault{Body: `{"name":"no-such-thing","version":"1.0.0"}`}, func(r play.Request) bool {
		if r.URI == "/no-such-thing/latest" {
			calls++
		}
		return r.URI == "/no-such-thing/latest" && r.Fresh()
	})
	r, _ = ask(t, s, npmQuery(protocol.Route{}, "no-such-thing"), func(o *registry.Options) { o.Known = knownOnly("no-such-thing") })
	if r.Status != protocol.Present || calls == 0 {
		t.Errorf("got %+v", r)
	}
}

func TestCanariesOfTheUser(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.WithoutCanaries(), play.Denying())
	root := s.Root()
	root.Canaries = []string{"none"}
	r, _ := ask(t, s, npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "made-up"))
	if r.Status != protocol.Absent || !r.Confirmed {
		t.Errorf("a root taken at its word: %+v", r)
	}
	s.Play("GET /in-house/latest", "HTTP/1.1 200 OK\n\n"+`{"name":"in-house","version":"1.0.0"}`)
	root.Canaries = []string{"in-house"}
	r, _ = ask(t, s, npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "made-up"))
	if r.Status != protocol.Absent || !r.Confirmed {
		t.Errorf("a control name of the user: %+v", r)
	}
	r, _ = ask(t, s, npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "in-house-2"))
	if r.Status != protocol.Absent {
		t.Errorf("got %+v", r)
	}
	s.Play("GET /in-house/latest", "HTTP/1.1 404 Not Found\n\n")
	r, _ = ask(t, s, npmQuery(protocol.Route{Roots: []protocol.Root{root}}, "in-house"))
	if r.Status != protocol.Unknown || r.Reason != protocol.ReasonCanaryFailed {
		t.Errorf("a control name cannot vouch for itself: %+v", r)
	}
}

// TestMirrorWithoutVersionRoutes: 404 on /latest means nothing there, and what
// the root understands is remembered.
func TestMirrorWithoutVersionRoutes(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying(), play.WithoutCanaries())
	play := func(name string) {
		s.Play("GET /"+name, "HTTP/1.1 200 OK\n\n"+fmt.Sprintf(`{"name":%q,"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{}}}`, name))
	}
	play("npm")
	play("widget")
	play("gadget")
	root := s.Root()
	root.Kind = protocol.Mirror
	route := protocol.Route{Roots: []protocol.Root{root}}
	c := client(s)
	for _, name := range []string{"widget", "gadget"} {
		if r, _ := c.Lookup(t.Context(), npmQuery(route, name)); r.Status != protocol.Present {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r, _ := c.Lookup(t.Context(), npmQuery(route, "made-up")); r.Status != protocol.Absent || !r.Confirmed || r.Root.Kind != protocol.Mirror {
		t.Errorf("made-up: %+v", r)
	}
	want := []string{
		"GET /widget/latest", "GET /npm/latest", "GET /npm fresh", "GET /widget fresh", // the control name first in its second form
		"GET /gadget", "GET /made-up", "GET /made-up fresh",
	}
	got := uris(s.Requests())
	for i, u := range got {
		if strings.HasPrefix(u, "GET /npm") {
			got[i] = strings.Replace(u, " live", "", 1)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("requests\n got %q\nwant %q", got, want)
	}
}

// planned demands that every request that was seen was planned.
func planned(t *testing.T, s *play.Server, qs ...protocol.Query) {
	t.Helper()
	plan := map[string]bool{}
	for _, q := range qs {
		for _, a := range registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())}).Plan(q) {
			plan[a.URL] = true
		}
	}
	base := strings.TrimSuffix(s.Root().URL, "/simple")
	for _, r := range s.Requests() {
		if !plan[base+r.URI] {
			t.Errorf("%s was not planned", r)
		}
	}
}

func TestScopesWithAPlainSlash(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	root := s.Root()
	root.Kind = protocol.Private
	route := protocol.Route{Roots: []protocol.Root{root}, Private: true}
	for _, n := range []string{"a", "b"} {
		s.Play("GET /@acme/"+n+"/latest", "HTTP/1.1 200 OK\n\n"+fmt.Sprintf(`{"name":"@acme/%s","version":"1.0.0"}`, n))
		s.Play("GET /@acme%2f"+n+"/latest", "HTTP/1.1 400 Bad Request\n\n")
	}
	s.Play("GET /@acme/c", "HTTP/1.1 200 OK\n\n"+`{"name":"@acme/c","versions":{"1.0.0":{}}}`) // 404 when escaped
	c := client(s)
	for _, n := range []string{"a", "b"} {
		if r, _ := c.Lookup(t.Context(), npmQuery(route, "@acme/"+n)); r.Status != protocol.Present {
			t.Errorf("@acme/%s: %+v", n, r)
		}
	}
	if got := uris(s.Requests()); !slices.Equal(got, []string{"GET /@acme%2fa/latest", "GET /@acme/a/latest", "GET /@acme/b/latest"}) {
		t.Errorf("requests %q", got)
	}
	if r, _ := client(s).Lookup(t.Context(), npmQuery(route, "@acme/c")); r.Status != protocol.Present {
		t.Errorf("@acme/c: %+v", r)
	}
	if r, _ := client(s).Lookup(t.Context(), npmQuery(route, "@acme/made-up")); r.Status != protocol.Absent {
		t.Errorf("@acme/made-up: %+v", r)
	}
	planned(t, s, npmQuery(route, "@acme/a"), npmQuery(route, "@acme/b"), npmQuery(route, "@acme/c"), npmQuery(route, "@acme/made-up"))
}

func TestCuratedMirror(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil, play.Denying())
	root := s.Root()
	root.Kind = protocol.Mirror
	route := protocol.Route{Roots: []protocol.Root{root}}
	c := client(s, func(o *registry.Options) { o.Known = knownOnly("known-1", "known-2", "known-3") })
	r, err := c.Lookup(t.Context(), npmQuery(route, "known-1"))
	if r.Status != protocol.Unknown || r.Reason != protocol.ReasonNotOnMirror || !strings.Contains(r.Detail, "2026-11-01") || err == nil {
		t.Errorf("a known name: %+v", r)
	}
	r, _ = c.Lookup(t.Context(), npmQuery(route, "made-up"))
	if r.Status != protocol.Absent || !r.Confirmed {
		t.Errorf("one lacking name does not make a mirror curated: %+v", r)
	}
	got, _ := lookupAll(t, c, []protocol.Query{npmQuery(route, "other"), npmQuery(route, "known-2"), npmQuery(route, "known-3"), npmQuery(route, "more")})
	if n := count(got, protocol.Unknown, protocol.ReasonNotOnMirror); n != 4 {
		t.Errorf("%d of 4 doubted: %v", n, got)
	}
}

func TestStrategies(t *testing.T) {
	type roots struct{ first, second string } // a status line each, empty: the package is there
	const there, missing, ill, walled, private = "", "404 Not Found", "503 Service Unavailable", "403 Forbidden", "401 Unauthorized"
	for _, c := range []struct {
		strategy protocol.Strategy
		fall     bool
		roots    roots
		status   protocol.Status
		reason   protocol.Reason
		asked    int // roots
	}{
		{protocol.First, false, roots{there, missing}, protocol.Present, "", 1},
		{protocol.First, false, roots{missing, there}, protocol.Present, "", 2},
		{protocol.First, false, roots{ill, there}, protocol.Unknown, protocol.ReasonServerError, 1},
		{protocol.First, false, roots{private, there}, protocol.Unknown, protocol.ReasonAuth, 1},
		{protocol.First, false, roots{walled, there}, protocol.Blocked, protocol.ReasonForbidden, 1},
		{protocol.First, false, roots{missing, ill}, protocol.Unknown, protocol.ReasonServerError, 2},
		{protocol.First, false, roots{missing, missing}, protocol.Absent, protocol.ReasonNotFound, 2},
		{protocol.AllOf, false, roots{there, ill}, protocol.Present, "", 1},
		{protocol.AllOf, false, roots{ill, there}, protocol.Present, "", 2},
		{protocol.AllOf, false, roots{missing, ill}, protocol.Unknown, protocol.ReasonOtherSourceSilent, 2},
		{protocol.AllOf, false, roots{walled, missing}, protocol.Unknown, protocol.ReasonOtherSourceSilent, 2},
		{protocol.AllOf, false, roots{ill, ill}, protocol.Unknown, protocol.ReasonServerError, 2},
		{protocol.AllOf, false, roots{missing, missing}, protocol.Absent, protocol.ReasonNotFound, 2},
		{protocol.GoProxy, false, roots{missing, there}, protocol.Present, "", 2},
		{protocol.GoProxy, false, roots{ill, there}, protocol.Unknown, protocol.ReasonServerError, 1},
		{protocol.GoProxy, true, roots{ill, there}, protocol.Present, "", 2},
		{protocol.GoProxy, true, roots{ill, missing}, protocol.Unknown, protocol.ReasonServerError, 2},
		{protocol.GoProxy, false, roots{walled, there}, protocol.Blocked, protocol.ReasonForbidden, 1},
		{protocol.GoProxy, false, roots{missing, missing}, protocol.Absent, protocol.ReasonNotFound, 2},
	} {
		t.Run(fmt.Sprintf("%d %v %v", c.strategy, c.fall, c.roots), func(t *testing.T) {
			var servers []*play.Server
			route := protocol.Route{Strategy: c.strategy}
			for _, line := range []string{c.roots.first, c.roots.second} {
				s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), nil)
				answer := "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + `{"meta":{"api-version":"1.1"},"name":"x","versions":["1.0"],"files":[{"filename":"x-1.0.tar.gz"}]}`
				if line != "" {
					answer = "HTTP/1.1 " + line + "\n\n"
				}
				s.Play("GET /simple/x/", answer)
				s.Play("GET /pypi/x/json", answer)
				root := s.Root()
				root.FallThrough = c.fall
				servers, route.Roots = append(servers, s), append(route.Roots, root)
			}
			q := protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}, Route: route}
			r, _ := client(servers[0]).Lookup(t.Context(), q)
			if r.Status != c.status || r.Reason != c.reason {
				t.Errorf("got %v %q (%s)", r.Status, r.Reason, r.Detail)
			}
			asked := 0
			for _, s := range servers {
				if len(s.Requests()) > 0 {
					asked++
				}
			}
			if asked != c.asked {
				t.Errorf("%d roots were asked, want %d", asked, c.asked)
			}
			if c.status == protocol.Absent && !r.Confirmed {
				t.Errorf("not confirmed: %+v", r)
			}
		})
	}
}

// TestVersionInAnotherRoot: pip takes versions from every index.
func TestVersionInAnotherRoot(t *testing.T) {
	page := func(v string) string {
		return "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + fmt.Sprintf(`{"meta":{"api-version":"1.1"},"name":"x","versions":[%q],"files":[{"filename":"x-%s.tar.gz"}]}`, v, v)
	}
	a, b := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), nil), play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), nil)
	a.Play("GET /simple/x/", page("1.0"))
	b.Play("GET /simple/x/", page("2.0"))
	for _, c := range []struct {
		strategy protocol.Strategy
		want     protocol.VersionStatus
	}{{protocol.AllOf, protocol.VersionPresent}, {protocol.First, protocol.VersionAbsent}} {
		q := protocol.Query{
			Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}, Constraint: "==2.0",
			Route: protocol.Route{Strategy: c.strategy, Roots: []protocol.Root{a.Root(), b.Root()}},
		}
		if r, _ := client(a).Lookup(t.Context(), q); r.VersionStatus != c.want {
			t.Errorf("%v: %+v", c.strategy, r)
		}
	}
	b.Inject(play.Fault{Status: 503}, func(play.Request) bool { return true })
	q := protocol.Query{
		Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}, Constraint: "==2.0",
		Route: protocol.Route{Strategy: protocol.AllOf, Roots: []protocol.Root{a.Root(), b.Root()}},
	}
	if r, _ := client(a).Lookup(t.Context(), q); r.Status != protocol.Unknown || r.Reason != protocol.ReasonOtherSourceSilent {
		t.Errorf("the other index is silent: %+v", r)
	}
}

func TestGoProxyOfFiles(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "example.test", "!local", "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "list"), []byte("v1.0.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.Golang), exchanges(ecosystem.Golang))
	files := protocol.Root{Ecosystem: ecosystem.Golang, URL: "file://" + filepath.ToSlash(dir), Kind: protocol.Mirror}
	lookup := func(name string, roots ...protocol.Root) protocol.Record {
		r, _ := client(s).Lookup(t.Context(), protocol.Query{
			Package: ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name},
			Route:   protocol.Route{Strategy: protocol.GoProxy, Roots: roots},
		})
		return r
	}
	if r := lookup("example.test/Local", files); r.Status != protocol.Present || len(s.Requests()) != 0 {
		t.Errorf("got %+v, requests %v", r, s.Requests())
	}
	if r := lookup("example.test/missing", files); r.Status != protocol.Unknown || r.Reason != protocol.ReasonNotOnMirror {
		t.Errorf("files prove presence only: %+v", r)
	}
	if r := lookup("example.test/widget", files, s.Root()); r.Status != protocol.Present {
		t.Errorf("got %+v", r)
	}
	if r := lookup("example.test/missing", files, s.Root()); r.Status != protocol.Absent || !r.Confirmed || r.Root.Kind != protocol.Official {
		t.Errorf("got %+v", r)
	}
}

func TestNobodyToAsk(t *testing.T) {
	c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: refuseAll{t}})
	for _, x := range []struct {
		q    protocol.Query
		want protocol.Reason
	}{
		{protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "x"}}, protocol.ReasonNoRegistry},
		{protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "x"}, Route: protocol.Route{Reason: "registry-not-allowed", Private: true}}, protocol.ReasonRegistryNotAllowed},
		{protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.Conda, Name: "x"}, Route: protocol.Route{Roots: []protocol.Root{{URL: "https://x.invalid"}}}}, protocol.ReasonUnsupported},
		{protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.Conda, Name: "x"}}, protocol.ReasonUnsupported},
		{npmQuery(protocol.Route{Roots: []protocol.Root{{URL: "https://x.invalid"}}}, "../../secret"), protocol.ReasonUnsupported},
		{npmQuery(protocol.Route{Roots: []protocol.Root{{URL: "https://x.invalid"}}}, "a/../b"), protocol.ReasonUnsupported},
		{npmQuery(protocol.Route{Roots: []protocol.Root{{URL: "https://x.invalid"}}}, "a b"), protocol.ReasonUnsupported},
		{npmQuery(protocol.Route{Roots: []protocol.Root{{URL: "https://x.invalid"}}}, strings.Repeat("a", 10000)), protocol.ReasonUnsupported},
	} {
		r, err := c.Lookup(t.Context(), x.q)
		if r.Status != protocol.Unknown || r.Reason != x.want || err == nil {
			t.Errorf("%v: %v %q %v", x.q.Package, r.Status, r.Reason, err)
		}
		if len(c.Plan(x.q)) != 0 {
			t.Errorf("%v: plans %v", x.q.Package, c.Plan(x.q))
		}
	}
}

type refuseAll struct{ t *testing.T }

func (r refuseAll) RoundTrip(req *http.Request) (*http.Response, error) {
	r.t.Errorf("a request was sent to %s", req.URL)
	return nil, http.ErrHandlerTimeout
}

// TestCancel: whoever waits is free at the end of the run, whatever the registry
// does, and every name has its record. By the clock of a bubble: only waiting
// takes time.
func TestCancel(t *testing.T) {
	const end = 50 * time.Millisecond
	for name, transport := range map[string]roundTrip{
		"a server that waits": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"a transport that does not listen": func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Minute)
			return nil, io.EOF
		},
	} {
		for want, stop := range map[protocol.Reason]func(context.Context) (context.Context, context.CancelFunc){
			protocol.ReasonInterrupted: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(end, cancel)
				return ctx, cancel
			},
			protocol.ReasonDeadline: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, end)
			},
		} {
			t.Run(name+", "+string(want), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := stop(t.Context())
					defer cancel()
					var qs []protocol.Query
					for i := range 300 {
						qs = append(qs, npmQuery(far(""), fmt.Sprintf("n%d", i)))
					}
					start := time.Now()
					n := 0
					registry.LookupAll(ctx, registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}), qs, func(_ protocol.Query, r protocol.Record) {
						n++
						if r.Status != protocol.Unknown || r.Reason != want {
							t.Errorf("got %v %q, want %q", r.Status, r.Reason, want)
						}
					})
					if took := time.Since(start); took > end+100*time.Millisecond {
						t.Errorf("came back %v after the end", took-end)
					}
					if n != 300 {
						t.Errorf("%d records of 300", n)
					}
					cancel()
					time.Sleep(time.Hour) // what did not listen ends as well
				})
			})
		}
	}
}

// TestBudget: a thousand names, 50 ms away, within 1.3 times what the number of
// connections allows; by the clock of a bubble, where only waiting counts.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const latency, connections, names = 50 * time.Millisecond, 8, 1000
		var under, most atomic.Int32
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			n := under.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			defer under.Add(-1)
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
			name := strings.Split(r.URL.Path, "/")[1]
			return answer(r, 200, fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, name)), nil
		})
		route := protocol.Route{Roots: []protocol.Root{{Ecosystem: ecosystem.NPM, URL: "https://npm.example", Kind: protocol.Mirror}}}
		var qs []protocol.Query
		for i := range names {
			qs = append(qs, npmQuery(route, fmt.Sprintf("n%d", i)))
		}
		start := time.Now()
		got, _ := lookupAll(t, registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: transport}), qs)
		took := time.Since(start)
		if limit := latency * time.Duration(names) / connections * 13 / 10; took > limit {
			t.Errorf("took %v, the budget is %v", took, limit)
		}
		if n := count(got, protocol.Present, ""); n != names || most.Load() > connections {
			t.Errorf("%d present, %d at once", n, most.Load())
		}
	})
}
