package registry_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/cache"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
)

// memory is a cache.Store that a test can look into.
type memory struct {
	mu      sync.Mutex
	entries map[cache.Key]cache.Entry
}

func newMemory() *memory { return &memory{entries: map[cache.Key]cache.Entry{}} }

func (m *memory) Get(_ context.Context, keys []cache.Key) []cache.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []cache.Entry
	for _, k := range keys {
		if e, ok := m.entries[k]; ok {
			out = append(out, e)
		}
	}
	return out
}

func (m *memory) Put(_ context.Context, entries ...cache.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		m.entries[e.Key] = e
	}
}

func (m *memory) Close() error { return nil }

// text is everything the store holds, for looking for what must not be there.
func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for k, e := range m.entries {
		fmt.Fprintf(&b, "%q %q\n", k.ID, e.Value)
	}
	return b.String()
}

// clock is a time that passes only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *clock) Clock() registry.Clock { return registry.Clock{Now: c.now, Sleep: c.sleep} }

func knownOnly(names ...string) func(ecosystem.Package) (time.Time, bool) {
	date := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return func(p ecosystem.Package) (time.Time, bool) { return date, slices.Contains(names, p.Name) }
}

var ecosystems = []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang}

func exchanges(e ecosystem.Ecosystem) []byte {
	return fixtures.Read("registry/" + string(e) + ".txtar")
}

func uris(rs []play.Request) []string {
	var out []string
	for _, r := range rs {
		s := r.String()
		if r.Fresh() {
			s += " fresh"
		}
		out = append(out, s)
	}
	return out
}

// ask looks one name up at a new server.
func ask(t *testing.T, s *play.Server, q protocol.Query, change ...func(*registry.Options)) (protocol.Record, error) {
	t.Helper()
	o := registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Clock: newClock().Clock(), Transport: s.Transport(), Timeout: hang}
	for _, c := range change {
		c(&o)
	}
	q.Package.Ecosystem = s.Ecosystem
	if q.Route.Roots == nil {
		q.Route = s.Route()
	}
	return registry.NewLive(o).Lookup(t.Context(), q)
}

func TestDrivers(t *testing.T) {
	const (
		present = protocol.Present
		absent  = protocol.Absent
		removed = protocol.Removed
		blocked = protocol.Blocked
		unknown = protocol.Unknown
	)
	const (
		none = protocol.VersionUnknown
		yes  = protocol.VersionPresent
		no   = protocol.VersionAbsent
		gone = protocol.VersionYanked
	)
	for _, c := range []struct {
		eco        ecosystem.Ecosystem
		name       string
		constraint string
		want       protocol.Want
		status     protocol.Status
		version    protocol.VersionStatus
		reason     protocol.Reason
		requests   string // without control questions
	}{
		// npm
		{ecosystem.NPM, "widget", "", 0, present, none, "", "/widget/latest"},
		{ecosystem.NPM, "widget", "^3.0.0", 0, present, yes, "", "/widget/latest"},
		{ecosystem.NPM, "widget", "latest", 0, present, yes, "", "/widget/latest"},
		{ecosystem.NPM, "widget", "*", 0, present, yes, "", "/widget/latest"},
		{ecosystem.NPM, "widget", "^2.0.0", 0, present, yes, "", "/widget/latest /widget/2.0.0"},
		{ecosystem.NPM, "widget", "2.0.0", 0, present, yes, "", "/widget/latest /widget/2.0.0"},
		{ecosystem.NPM, "widget", "~2.1.0 || ^2.1.0", 0, present, yes, "", "/widget/latest /widget/2.1.0 /widget"},
		{ecosystem.NPM, "widget", ">=4.0.0-beta.1 <4.0.0", 0, present, yes, "", "/widget/latest /widget/4.0.0-beta.1 /widget"},
		{ecosystem.NPM, "widget", "next", 0, present, yes, "", "/widget/latest /widget"},
		{ecosystem.NPM, "widget", "canary", 0, present, none, "", "/widget/latest /widget"},
		{ecosystem.NPM, "widget", "what is: this", 0, present, none, protocol.ReasonVersionNotJudged, "/widget/latest"},
		{ecosystem.NPM, "widget", "9.0.0", 0, present, no, "", "/widget/latest /widget/9.0.0 /widget /widget!"},
		{ecosystem.NPM, "widget", "^9.0.0", 0, present, no, "", "/widget/latest /widget/9.0.0 /widget /widget!"},
		{ecosystem.NPM, "widget", "", protocol.WantVersions, present, none, "", "/widget"},
		{ecosystem.NPM, "widget", "^9.0.0", protocol.WantAge, present, no, "", "/widget /widget!"},
		{ecosystem.NPM, "@acme/gear", "", 0, present, none, "", "/@acme%2fgear/latest"},
		{ecosystem.NPM, "oldlib", "", 0, present, none, "", "/oldlib/latest"},
		{ecosystem.NPM, "freshling", "^0.0.1", protocol.WantAge, present, yes, "", "/freshling"},
		{ecosystem.NPM, "mixed", "", protocol.WantAge, present, none, "", "/mixed"},
		{ecosystem.NPM, "moved", "", 0, present, none, "", "/moved/latest /moved-here/latest"},
		{ecosystem.NPM, "picky", "", 0, present, none, "", "/picky/latest /picky/latest"},
		{ecosystem.NPM, "recovers", "", 0, present, none, "", "/recovers/latest /recovers/latest"},
		{ecosystem.NPM, "no-such-thing", "", 0, absent, none, protocol.ReasonNotFound, "/no-such-thing/latest /no-such-thing!"},
		{ecosystem.NPM, "no-such-thing", "^1.0.0", 0, absent, none, protocol.ReasonNotFound, "/no-such-thing/latest /no-such-thing!"},
		{ecosystem.NPM, "no-such-thing", "", protocol.WantAge, absent, none, protocol.ReasonNotFound, "/no-such-thing /no-such-thing!"},
		{ecosystem.NPM, "gone-thing", "", 0, absent, none, protocol.ReasonGone, "/gone-thing/latest /gone-thing!"},
		{ecosystem.NPM, "plain404", "", 0, absent, none, protocol.ReasonNotFound, "/plain404/latest /plain404!"},
		{ecosystem.NPM, "@acme/no-such", "", 0, absent, none, protocol.ReasonNotFound, "/@acme%2fno-such/latest /@acme%2fno-such!"},
		{ecosystem.NPM, "heldname", "", 0, removed, none, protocol.ReasonSecurityHolder, "/heldname/latest"},
		{ecosystem.NPM, "heldname", "1.0.0", protocol.WantAge, removed, none, protocol.ReasonSecurityHolder, "/heldname"},
		{ecosystem.NPM, "goneware", "", 0, removed, none, protocol.ReasonUnpublished, "/goneware/latest /goneware!"},
		{ecosystem.NPM, "goneware", "", protocol.WantAge, removed, none, protocol.ReasonUnpublished, "/goneware"},
		{ecosystem.NPM, "legalware", "", 0, removed, none, protocol.ReasonLegal, "/legalware/latest"},
		{ecosystem.NPM, "firewalled", "", 0, blocked, none, protocol.ReasonPolicy, "/firewalled/latest"},
		{ecosystem.NPM, "forbidden", "", 0, blocked, none, protocol.ReasonForbidden, "/forbidden/latest"},
		{ecosystem.NPM, "limited", "", 0, unknown, none, protocol.ReasonRateLimited, "/limited/latest /limited/latest /limited/latest"},
		{ecosystem.NPM, "broken", "", 0, unknown, none, protocol.ReasonServerError, "/broken/latest /broken/latest /broken/latest"},
		{ecosystem.NPM, "garbage", "", 0, unknown, none, protocol.ReasonBadAnswer, "/garbage/latest /garbage/latest /garbage/latest"},
		{ecosystem.NPM, "portal", "", 0, unknown, none, protocol.ReasonBadAnswer, "/portal/latest"},
		{ecosystem.NPM, "liar", "", 0, unknown, none, protocol.ReasonBadAnswer, "/liar/latest"},

		// PyPI
		{ecosystem.PyPI, "widget", "", 0, present, none, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", ">=1.0,<2", 0, present, yes, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", "==2.1rc1", 0, present, yes, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", ">2.0", 0, present, yes, "", "/simple/widget/"}, // a pre-release suffices
		{ecosystem.PyPI, "widget", "==1.5", 0, present, gone, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", "==2.0.0", 0, present, yes, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", "^2.0", 0, present, yes, "", "/simple/widget/"},
		{ecosystem.PyPI, "widget", "==99.0", 0, present, no, "", "/simple/widget/ /simple/widget/!"},
		{ecosystem.PyPI, "widget", "${WIDGET}", 0, present, none, "", "/simple/widget/"},
		{ecosystem.PyPI, "My_Dashed.Name", "==1.2", 0, present, yes, "", "/simple/my-dashed-name/"},
		{ecosystem.PyPI, "my-dashed-name", "~=1.10", 0, present, yes, "", "/simple/my-dashed-name/"},
		{ecosystem.PyPI, "calver", "", protocol.WantAge, present, none, "", "/simple/calver/"},
		{ecosystem.PyPI, "pages", "==1.0", 0, present, yes, "", "/simple/pages/"},
		{ecosystem.PyPI, "pages", "==1.1", 0, present, gone, "", "/simple/pages/"},
		{ecosystem.PyPI, "pages", "==9.9", 0, present, no, "", "/simple/pages/ /simple/pages/!"},
		{ecosystem.PyPI, "retired", "", 0, present, none, "", "/simple/retired/"},
		{ecosystem.PyPI, "moved", "", 0, present, none, "", "/simple/moved/ /simple/moved-here/"},
		{ecosystem.PyPI, "shadow", "==1.0", 0, present, yes, "", "/simple/shadow/ /pypi/shadow/json!"},
		{ecosystem.PyPI, "no-such-thing", "", 0, absent, none, protocol.ReasonNotFound, "/simple/no-such-thing/ /pypi/no-such-thing/json!"},
		{ecosystem.PyPI, "gone-thing", "", 0, absent, none, protocol.ReasonGone, "/simple/gone-thing/ /pypi/gone-thing/json!"},
		{ecosystem.PyPI, "heldup", "", 0, removed, none, protocol.ReasonQuarantined, "/simple/heldup/"},
		{ecosystem.PyPI, "hollow", "", 0, removed, none, protocol.ReasonNoFiles, "/simple/hollow/"},
		{ecosystem.PyPI, "recalled", "", 0, removed, none, protocol.ReasonAllYanked, "/simple/recalled/"},
		{ecosystem.PyPI, "recalled", "==1.0", 0, present, gone, "", "/simple/recalled/"},
		{ecosystem.PyPI, "legalware", "", 0, removed, none, protocol.ReasonLegal, "/simple/legalware/"},
		{ecosystem.PyPI, "forbidden", "", 0, blocked, none, protocol.ReasonForbidden, "/simple/forbidden/"},
		{ecosystem.PyPI, "limited", "", 0, unknown, none, protocol.ReasonRateLimited, "/simple/limited/ /simple/limited/ /simple/limited/"},
		{ecosystem.PyPI, "broken", "", 0, unknown, none, protocol.ReasonServerError, "/simple/broken/ /simple/broken/ /simple/broken/"},
		{ecosystem.PyPI, "garbage", "", 0, unknown, none, protocol.ReasonBadAnswer, "/simple/garbage/"},
		{ecosystem.PyPI, "portal", "", 0, unknown, none, protocol.ReasonBadAnswer, "/simple/portal/"},
		{ecosystem.PyPI, "liar", "", 0, unknown, none, protocol.ReasonBadAnswer, "/simple/liar/"},

		// Go
		{ecosystem.Golang, "example.test/widget", "", 0, present, none, "", "/example.test/widget/@v/list"},
		{ecosystem.Golang, "example.test/widget", "v1.2.0", 0, present, yes, "", "/example.test/widget/@v/v1.2.0.info"},
		{ecosystem.Golang, "example.test/widget", "v0.0.0-20240101000000-abcdefabcdef", 0, present, yes, "", "/example.test/widget/@v/v0.0.0-20240101000000-abcdefabcdef.info"},
		{ecosystem.Golang, "example.test/widget", "latest", 0, present, none, "", "/example.test/widget/@v/list"},
		{ecosystem.Golang, "example.test/widget", "v1", 0, present, yes, "", "/example.test/widget/@v/list"},
		{ecosystem.Golang, "example.test/widget", "v9.0.0", 0, present, no, "", "/example.test/widget/@v/v9.0.0.info /example.test/widget/@v/list /example.test/widget/@v/v9.0.0.info!"},
		{ecosystem.Golang, "example.test/widget", "v1.5.0", 0, blocked, none, protocol.ReasonForbidden, "/example.test/widget/@v/v1.5.0.info"},
		{ecosystem.Golang, "example.test/Caps", "", 0, present, none, "", "/example.test/!caps/@v/list"},
		{ecosystem.Golang, "example.test/untagged", "", 0, present, none, "", "/example.test/untagged/@v/list /example.test/untagged/@latest"},
		{ecosystem.Golang, "example.test/odd", "v1.0.0", 0, present, yes, "", "/example.test/odd/@v/v1.0.0.info"},
		{ecosystem.Golang, "example.test/odd", "", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/odd/@v/list /example.test/odd/@latest"},
		{ecosystem.Golang, "example.test/odd", "v2.0.0+incompatible", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/odd/@v/v2.0.0+incompatible.info /example.test/odd/@v/list /example.test/odd/@latest"},
		{ecosystem.Golang, "example.test/listless", "", 0, present, none, "", "/example.test/listless/@v/list /example.test/listless/@latest"},
		{ecosystem.Golang, "example.test/missing", "", 0, absent, none, protocol.ReasonNotFound, "/example.test/missing/@v/list /example.test/missing/@latest /example.test/missing/@v/list! /example.test/missing/@latest!"},
		{ecosystem.Golang, "example.test/missing", "v1.0.0", 0, absent, none, protocol.ReasonNotFound, "/example.test/missing/@v/v1.0.0.info /example.test/missing/@v/list /example.test/missing/@latest /example.test/missing/@v/list!"},
		{ecosystem.Golang, "example.test/gone", "", 0, absent, none, protocol.ReasonGone, "/example.test/gone/@v/list /example.test/gone/@latest /example.test/gone/@v/list! /example.test/gone/@latest!"},
		{ecosystem.Golang, "example.test/walled", "", 0, blocked, none, protocol.ReasonForbidden, "/example.test/walled/@v/list"},
		{ecosystem.Golang, "example.test/walled", "v1.0.0", 0, blocked, none, protocol.ReasonForbidden, "/example.test/walled/@v/v1.0.0.info"},
		{ecosystem.Golang, "example.test/legalware", "", 0, removed, none, protocol.ReasonLegal, "/example.test/legalware/@v/list"},
		{ecosystem.Golang, "example.test/limited", "", 0, unknown, none, protocol.ReasonRateLimited, "/example.test/limited/@v/list /example.test/limited/@v/list /example.test/limited/@v/list"},
		{ecosystem.Golang, "example.test/broken", "", 0, unknown, none, protocol.ReasonServerError, "/example.test/broken/@v/list /example.test/broken/@v/list /example.test/broken/@v/list"},
		{ecosystem.Golang, "example.test/garbage", "", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/garbage/@v/list"},
		{ecosystem.Golang, "example.test/garbage", "v1.0.0", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/garbage/@v/v1.0.0.info"},
		{ecosystem.Golang, "example.test/portal", "", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/portal/@v/list"},
		{ecosystem.Golang, "example.test/liar", "v1.0.0", 0, unknown, none, protocol.ReasonBadAnswer, "/example.test/liar/@v/v1.0.0.info"},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.eco, c.name, c.constraint), func(t *testing.T) {
			s := play.Start(t, adapter.Find(all.Adapters(), c.eco), exchanges(c.eco))
			q := protocol.Query{Package: ecosystem.Package{Ecosystem: c.eco, Name: c.name}, Constraint: c.constraint, Want: c.want}
			r, err := ask(t, s, q)
			if r.Status != c.status || r.VersionStatus != c.version || r.Reason != c.reason {
				t.Errorf("got %v, version %v, reason %q (%s); want %v, %v, %q", r.Status, r.VersionStatus, r.Reason, r.Detail, c.status, c.version, c.reason)
			}
			if (err != nil) != (c.status == unknown) {
				t.Errorf("error %v with status %v", err, c.status)
			}
			if r.Confirmed != (c.status == absent) {
				t.Errorf("confirmed is %v with status %v", r.Confirmed, r.Status)
			}
			var got []string
			q.Route = s.Route()
			plan := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())}).Plan(q)
			for _, req := range s.Requests() {
				if !slices.ContainsFunc(plan, func(a registry.Ask) bool { return strings.HasSuffix(a.URL, req.URI) && a.Method == req.Method }) && !strings.Contains(req.URI, "moved-here") {
					t.Errorf("request %s was not planned", req)
				}
				if slices.ContainsFunc(adapter.Drivers(all.Adapters()).Canaries(c.eco), func(n string) bool { return strings.Contains(req.URI+"/", "/"+n+"/") }) {
					continue
				}
				uri := req.URI
				if req.Fresh() {
					uri += "!"
				}
				got = append(got, uri)
			}
			if g := strings.Join(got, " "); g != c.requests {
				t.Errorf("requests\n got %s\nwant %s", g, c.requests)
			}
			if len(r.Looks) == 0 || r.Fetched.IsZero() || r.Root.URL != s.Root().URL {
				t.Errorf("record says nothing of where it comes from: %+v", r)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	npm := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	pypi := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
	golang := play.Start(t, adapter.Find(all.Adapters(), ecosystem.Golang), exchanges(ecosystem.Golang))
	day := func(s string) time.Time { d, _ := time.Parse(time.RFC3339, s); return d }
	pkg := func(n string) protocol.Query { return protocol.Query{Package: ecosystem.Package{Name: n}} }
	aged := func(n string) protocol.Query { q := pkg(n); q.Want = protocol.WantAge; return q }
	pinned := func(n, v string) protocol.Query { q := pkg(n); q.Constraint = v; return q }

	r, _ := ask(t, npm, pkg("widget"))
	if r.Latest != "3.1.0" || r.Repository != "git+https://git.example/acme/widget.git" || r.InstallScript != protocol.Yes ||
		r.Provenance != protocol.Yes || r.Maintainers != nil || !r.Created.IsZero() || r.Downloads.Known {
		t.Errorf("widget: %+v", r)
	}
	r, _ = ask(t, npm, aged("widget"))
	if want := []string{"1.0.0", "2.0.0", "2.5.0", "3.1.0", "4.0.0-beta.2"}; !slices.Equal(r.Versions, want) {
		t.Errorf("widget's versions: %v", r.Versions)
	}
	if !r.Created.Equal(day("2015-03-04T05:06:07Z")) || !r.LatestAt.Equal(day("2025-05-05T00:00:00Z")) {
		t.Errorf("widget's times: %v %v", r.Created, r.LatestAt)
	}
	r, _ = ask(t, npm, pkg("oldlib"))
	if r.Deprecated != "oldlib is no longer maintained" {
		t.Errorf("oldlib: %+v", r)
	}
	r, _ = ask(t, npm, pinned("widget", "2.0.0"))
	if r.Deprecated != "use 3" {
		t.Errorf("the pinned version is deprecated: %+v", r)
	}
	r, _ = ask(t, npm, pinned("widget", "^2.0.0"))
	if r.Deprecated != "" {
		t.Errorf("the version a range was written from is not the one installed: %+v", r)
	}
	r, _ = ask(t, npm, aged("freshling"))
	if !r.Created.Equal(day("2026-11-01T00:00:00Z")) || len(r.Versions) != 2 {
		t.Errorf("freshling: %+v", r)
	}
	r, _ = ask(t, pypi, pkg("widget"))
	if !r.Created.Equal(day("2014-01-02T03:04:05Z")) || r.Latest != "2.0" || r.Provenance != protocol.Yes {
		t.Errorf("pypi widget: %+v", r)
	}
	r, _ = ask(t, pypi, pkg("calver"))
	if !r.Created.Equal(day("2011-01-01T00:00:00Z")) || r.Latest != "2026.1" {
		t.Errorf("calver: %+v", r)
	}
	r, _ = ask(t, pypi, pkg("retired"))
	if r.Deprecated != "the project is archived" {
		t.Errorf("retired: %+v", r)
	}
	r, _ = ask(t, golang, pkg("example.test/widget"))
	if r.Latest != "v1.10.0" {
		t.Errorf("go widget: %+v", r)
	}
	r, _ = ask(t, golang, pinned("example.test/widget", "v1.2.0"))
	if r.Repository != "https://git.example/widget" || !r.Created.IsZero() {
		t.Errorf("go widget pinned: %+v", r)
	}
}

// TestFaults is the table that the project rests on: no fault of any kind, at
// any moment, makes a name nonexistent or lets garbage vouch for it.
func TestFaults(t *testing.T) {
	subject := map[ecosystem.Ecosystem][3]string{ // there, not there, version that is not
		ecosystem.NPM:    {"widget", "no-such-thing", "9.0.0"},
		ecosystem.PyPI:   {"widget", "no-such-thing", "==99.0"},
		ecosystem.Golang: {"example.test/widget", "example.test/missing", "v9.0.0"},
	}
	for _, e := range ecosystems {
		names := subject[e]
		about := func(name string) func(play.Request) bool {
			return func(r play.Request) bool { return strings.Contains(r.URI, name) }
		}
		control := func(r play.Request) bool {
			return slices.ContainsFunc(adapter.Drivers(all.Adapters()).Canaries(e), func(n string) bool { return strings.Contains(r.URI+"/", "/"+n+"/") })
		}
		for _, f := range play.Faults(adapter.Find(all.Adapters(), e).Play) {
			for _, stage := range []string{"first look", "canary", "second look", "version", "version list", "everything"} {
				for _, name := range names[:2] {
					t.Run(fmt.Sprintf("%s/%s/%s/%s", e, f.Name, stage, name), func(t *testing.T) {
						s := play.Start(t, adapter.Find(all.Adapters(), e), exchanges(e))
						q := protocol.Query{Package: ecosystem.Package{Ecosystem: e, Name: name}}
						status, reason := f.Want, f.Reason
						exists := name == names[0]
						switch stage {
						case "first look":
							s.Inject(f, func(r play.Request) bool { return about(name)(r) && !r.Fresh() })
						case "everything":
							s.Inject(f, func(play.Request) bool { return true })
						case "canary":
							s.Inject(f, control)
							status, reason = protocol.Unknown, protocol.ReasonCanaryFailed
							if exists {
								status, reason = protocol.Present, ""
							}
						case "second look":
							s.Inject(f, func(r play.Request) bool { return about(name)(r) && r.Fresh() })
							if exists {
								status, reason = protocol.Present, ""
							}
						case "version", "version list":
							if !exists {
								t.Skip("a version needs a package")
							}
							q.Constraint = names[2]
							// Present is then not enough: the version was not to be had.
							s.Inject(f, func(r play.Request) bool {
								if stage == "version" {
									return about(name)(r) && r.Fresh()
								}
								return about(name)(r) && !strings.HasSuffix(r.URI, "/latest") && !strings.HasSuffix(r.URI, ".info") && !r.Fresh()
							})
						}
						r, err := ask(t, s, q)
						if r.Status == protocol.Absent || r.Confirmed || r.VersionStatus == protocol.VersionAbsent {
							t.Fatalf("absent: %+v", r)
						}
						if r.Status == protocol.Present && (reason != "" || status != protocol.Present) {
							t.Fatalf("present: %+v", r)
						}
						if r.Status != status || r.Reason != reason {
							t.Errorf("got %v %q (%s), want %v %q", r.Status, r.Reason, r.Detail, status, reason)
						}
						if r.Status == protocol.Unknown && (err == nil || r.Detail == "") {
							t.Errorf("nothing says why: error %v, detail %q", err, r.Detail)
						}
					})
				}
			}
		}
	}
}
