package registry_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/cache"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
)

func world(t *testing.T) (*play.World, *settings.Settings) {
	t.Helper()
	w := play.NewWorld(all.Adapters())
	w.SetNow(newClock().now())
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	s, err := settings.Load(settings.Env{Environ: w.Env()}, adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

func worldClient(store cache.Store, c *clock, change ...func(*registry.Options)) *registry.Live {
	o := registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: play.Transport(), Cache: store, Clock: c.Clock(), Timeout: hang}
	for _, f := range change {
		f(&o)
	}
	return registry.NewLive(o)
}

func suspect(s *settings.Settings, e ecosystem.Ecosystem, name string) protocol.Query {
	p := ecosystem.Package{Ecosystem: e, Name: name}
	return protocol.Query{Package: p, Want: protocol.WantAdoption, Route: s.Route(p)}
}

// foreseen demands that every request was planned. Several names in one request
// for downloads count as one each.
func foreseen(t *testing.T, w *play.World, qs ...protocol.Query) {
	t.Helper()
	var plan []string
	for _, q := range qs {
		for _, a := range registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())}).Plan(q) {
			u, err := url.Parse(a.URL)
			if err != nil {
				t.Fatal(err)
			}
			plan = append(plan, a.Method+" "+u.EscapedPath())
		}
	}
	for _, r := range w.Requests() {
		i := strings.LastIndexByte(r, '/') + 1
		each := []string{r}
		if strings.Contains(r, ",") {
			each = nil
			for _, name := range strings.Split(r[i:], ",") {
				each = append(each, r[:i]+name)
			}
		}
		for _, one := range each {
			if mod, ok := strings.CutSuffix(one, ".mod"); ok {
				one = mod[:strings.LastIndexByte(mod, '/')+1] + "VERSION.mod"
			}
			if !slices.Contains(plan, one) {
				t.Errorf("%s was not planned", one)
			}
		}
	}
}

// TestKinds: what is learnt of each kind of package, of a suspect.
func TestKinds(t *testing.T) {
	const day = 24 * time.Hour
	const yes, no, none = protocol.Yes, protocol.No, protocol.NotKnown
	w, set := world(t)
	names := func(e ecosystem.Ecosystem, kind string) string {
		if e == ecosystem.Golang {
			return "example.test/" + kind
		}
		return kind
	}
	for _, e := range ecosystems {
		for _, k := range play.Kinds() {
			if err := w.SetKind(e, names(e, k), k); err != nil {
				t.Fatal(err)
			}
		}
	}
	now := newClock().now()
	var qs []protocol.Query
	for _, e := range ecosystems {
		for _, c := range []struct {
			kind       string
			status     protocol.Status
			age        time.Duration // 0: not known
			versions   int
			downloads  int64 // -1: not known
			repository protocol.Tri
			text       protocol.Tri // readme
		}{
			{"squat-new", protocol.Present, 3 * day, 1, 14, no, yes},
			{"squat-quiet", protocol.Present, 4 * 365 * day, 1, 3, yes, yes},
			{"honest-young", protocol.Present, 5 * day, 4, 800, yes, yes},
			{"honest-old", protocol.Present, 6 * 365 * day, 12, 20_000, yes, yes},
			{"abandoned", protocol.Present, 9 * 365 * day, 2, 40, yes, yes},
			{"minimal", protocol.Present, 0, 1, -1, none, none},
			{"absent", protocol.Absent, 0, 0, -1, none, none},
		} {
			q := suspect(set, e, names(e, c.kind))
			qs = append(qs, q)
			r, _ := worldClient(nil, newClock()).Lookup(t.Context(), q)
			if r.Status != c.status || len(r.Versions) != c.versions {
				t.Errorf("%s %s: %v %q, versions %q", e, c.kind, r.Status, r.Detail, r.Versions)
				continue
			}
			if e == ecosystem.Golang {
				if !r.Created.IsZero() || !r.KnownSince.IsZero() || r.Downloads.Known {
					t.Errorf("%s %s: a tag's date is no birth: %+v", e, c.kind, r)
				}
				continue
			}
			created := time.Time{}
			if c.age != 0 {
				created = now.Add(-c.age)
			}
			if !r.Created.Equal(created) || !r.KnownSince.Equal(created) || c.age != 0 && r.LatestAt.Before(created) {
				t.Errorf("%s %s: created %v, known since %v, latest %v", e, c.kind, r.Created, r.KnownSince, r.LatestAt)
			}
			if r.RepositoryKnown != c.repository || (r.Repository != "") != (c.repository == yes) || r.Readme != c.text || r.Parked == yes || (r.Parked == no) != (c.text == yes) {
				t.Errorf("%s %s: repository %v %q, readme %v, parked %v", e, c.kind, r.RepositoryKnown, r.Repository, r.Readme, r.Parked)
			}
			if e == ecosystem.NPM && (r.Downloads.Known != (c.downloads >= 0) || r.Downloads.Known && r.Downloads.N != c.downloads || r.DownloadsAt.IsZero() == r.Downloads.Known) {
				t.Errorf("%s %s: downloads %+v at %v", e, c.kind, r.Downloads, r.DownloadsAt)
			}
			if e == ecosystem.PyPI && r.Downloads.Known {
				t.Errorf("%s %s: downloads %+v", e, c.kind, r.Downloads)
			}
			owners := []string{"owner-of-" + c.kind}
			switch c.kind {
			case "squat-new":
				owners = []string{"stranger"}
			case "minimal", "absent":
				owners = nil
			}
			if !slices.Equal(r.Maintainers, owners) {
				t.Errorf("%s %s: owners %q", e, c.kind, r.Maintainers)
			}
		}
	}
	foreseen(t, w, qs...)
	if w.SetKind(ecosystem.NPM, "x", "squat") == nil {
		t.Error("an unknown kind was taken")
	}
}

// TestWorldFacts: what a test can set is what a client learns.
func TestWorldFacts(t *testing.T) {
	w, set := world(t)
	born := newClock().now().Add(-400 * 24 * time.Hour)
	p := protocol.Profile{
		Versions: []string{"1.0.0"}, Created: born, Description: "This is a placeholder.", NoReadme: true, Repository: "https://git.example/x",
		Maintainers: []string{"ann", "bob"}, Organization: "acme", InstallScript: true, SdistOnly: true, Provenance: true, Downloads: 7,
	}
	w.Set(ecosystem.NPM, "x", p)
	w.Set(ecosystem.PyPI, "x", p)
	for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI} {
		r, _ := worldClient(nil, newClock()).Lookup(t.Context(), suspect(set, e, "x"))
		if r.Parked != protocol.Yes || r.Readme != protocol.No || r.Repository != p.Repository || !slices.Equal(r.Maintainers, p.Maintainers) || r.Provenance != protocol.Yes || !r.Created.Equal(born) {
			t.Errorf("%s: %+v", e, r)
		}
		if e == ecosystem.NPM && (r.InstallScript != protocol.Yes || r.Downloads != protocol.Count{N: 7, Known: true}) {
			t.Errorf("%s: %+v", e, r)
		}
		if e == ecosystem.PyPI && (r.Organization != "acme" || r.SdistOnly != protocol.Yes) {
			t.Errorf("%s: %+v", e, r)
		}
	}
	w.Add(ecosystem.NPM, "plain")
	w.Add(ecosystem.PyPI, "plain")
	r, _ := worldClient(nil, newClock()).Lookup(t.Context(), suspect(set, ecosystem.NPM, "plain"))
	if r.InstallScript != protocol.No || r.Provenance != protocol.No || r.Downloads.N != 100_000 {
		t.Errorf("an ordinary package: %+v", r)
	}
	r, _ = worldClient(nil, newClock()).Lookup(t.Context(), suspect(set, ecosystem.PyPI, "plain"))
	if r.SdistOnly != protocol.No || r.Organization != "" || r.Created.Year() != 2016 {
		t.Errorf("an ordinary project: %+v", r)
	}
}

// TestDownloadsTogether: as few requests as npm allows, of what is there only,
// and none of what is stored.
func TestDownloadsTogether(t *testing.T) {
	w, set := world(t)
	store, c := newMemory(), newClock()
	var qs []protocol.Query
	for i := range 300 {
		name := fmt.Sprintf("p%d", i)
		w.Set(ecosystem.NPM, name, protocol.Profile{Versions: []string{"1.0.0"}, Downloads: int64(i + 1)})
		qs = append(qs, suspect(set, ecosystem.NPM, name))
	}
	w.Set(ecosystem.NPM, "uncounted", protocol.Profile{Downloads: -1})
	w.Set(ecosystem.NPM, "holder", protocol.Profile{Status: protocol.ProfileSecurityHolder})
	w.Set(ecosystem.NPM, "@s/one", protocol.Profile{Downloads: 1001})
	w.Set(ecosystem.NPM, "@s/two", protocol.Profile{Downloads: -1})
	w.Add(ecosystem.NPM, "not-suspected")
	w.Add(ecosystem.PyPI, "p0")
	for _, name := range []string{"uncounted", "holder", "@s/one", "@s/two", "made-up"} {
		qs = append(qs, suspect(set, ecosystem.NPM, name))
	}
	aged := suspect(set, ecosystem.NPM, "not-suspected")
	aged.Want = protocol.WantAge
	constrained := suspect(set, ecosystem.NPM, "p0")
	constrained.Constraint = "^1.0.0"
	qs = append(qs, aged, suspect(set, ecosystem.PyPI, "p0"))

	got, _ := lookupAll(t, worldClient(store, c), qs[:len(qs)-1])
	for i := range 300 {
		if r := got[fmt.Sprintf("p%d", i)]; r.Status != protocol.Present || r.Downloads != (protocol.Count{N: int64(i + 1), Known: true}) || !r.DownloadsAt.Equal(c.now()) {
			t.Fatalf("p%d: %+v", i, r)
		}
	}
	if r := got["@s/one"]; r.Downloads != (protocol.Count{N: 1001, Known: true}) {
		t.Errorf("@s/one: %+v", r)
	}
	for name, status := range map[string]protocol.Status{"uncounted": protocol.Present, "@s/two": protocol.Present, "made-up": protocol.Absent, "holder": protocol.Removed, "not-suspected": protocol.Present} {
		if r := got[name]; r.Downloads.Known || r.Status != status {
			t.Errorf("%s: %v, %+v", name, r.Status, r.Downloads)
		}
	}
	counting := func() (n, names int) {
		for _, r := range w.Requests() {
			if rest, ok := strings.CutPrefix(r, "GET /npm-downloads/downloads/point/last-week/"); ok {
				n++
				names += len(strings.Split(rest, ","))
				for _, never := range []string{"made-up", "holder", "not-suspected"} {
					if strings.Contains(rest, never) {
						t.Errorf("asked for downloads of %s", never)
					}
				}
			}
		}
		return n, names
	}
	if n, names := counting(); n != 3+2 || names != 303 {
		t.Errorf("%d requests about %d names", n, names)
	}
	foreseen(t, w, qs...)

	// Two constraints are one name; what is stored is not asked again.
	before := len(w.Requests())
	n := 0
	registry.LookupAll(t.Context(), worldClient(store, c), append(qs[:303:303], constrained), func(_ protocol.Query, r protocol.Record) {
		if r.Status == protocol.Present {
			n++
		}
		if strings.HasPrefix(r.Package.Name, "p") && !r.Downloads.Known {
			t.Errorf("%s: not known any more", r.Package.Name)
		}
	})
	if n != 303 || len(w.Requests()) != before {
		t.Errorf("%d present, requests %q", n, w.Requests()[before:])
	}
	// Known numbers stand for a day, that there are none for an hour.
	c.add(2 * time.Hour)
	r, _ := worldClient(store, c).Lookup(t.Context(), suspect(set, ecosystem.NPM, "p1"))
	if !r.Downloads.Known || !r.DownloadsAt.Equal(c.now().Add(-2*time.Hour)) || len(w.Requests()) != before {
		t.Errorf("after two hours: %+v at %v", r.Downloads, r.DownloadsAt)
	}
	w.Set(ecosystem.NPM, "uncounted", protocol.Profile{Downloads: 5})
	if r, _ = worldClient(store, c).Lookup(t.Context(), suspect(set, ecosystem.NPM, "uncounted")); r.Downloads.N != 5 {
		t.Errorf("counted since: %+v", r.Downloads)
	}
	// Offline they come from the cache alone.
	off := registry.NewOffline(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: store, Clock: c.Clock(), Transport: refuseAll{t}})
	if r, _ = off.Lookup(t.Context(), suspect(set, ecosystem.NPM, "p1")); r.Downloads.N != 2 || r.Status != protocol.Present {
		t.Errorf("offline: %+v", r)
	}
	c.add(25 * time.Hour)
	if r, _ = off.Lookup(t.Context(), suspect(set, ecosystem.NPM, "p1")); r.Downloads.Known {
		t.Errorf("offline, a day later: %+v", r)
	}
}

// TestDownloadsInTrouble: whatever becomes of the statistics, the record is what
// it would be without them, and nobody else is the worse for it.
func TestDownloadsInTrouble(t *testing.T) {
	for _, kind := range play.FaultKinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w, set := world(t)
			w.Add(ecosystem.NPM, "a", "b", "@s/a", "@s/b", "@s/c", "@s/d", "@s/e", "@s/f", "@s/g", "later")
			w.Fault(play.Downloads(ecosystem.NPM), "", kind)
			var qs []protocol.Query
			for _, n := range []string{"a", "b", "@s/a", "@s/b", "@s/c", "@s/d", "@s/e", "@s/f", "@s/g", "made-up"} {
				qs = append(qs, suspect(set, ecosystem.NPM, n))
			}
			store, c := newMemory(), newClock()
			var notices []string
			client := worldClient(store, c, func(o *registry.Options) {
				if kind == "timeout" {
					o.Timeout = 2 * time.Second // the other requests have to come through within it
				}
				o.Notice = func(s string) { notices = append(notices, s) }
			})
			start := c.now()
			got, _ := lookupAll(t, client, qs)
			for name, r := range got {
				want := protocol.Present
				if name == "made-up" {
					want = protocol.Absent
				}
				if r.Status != want || r.Downloads.Known || len(r.Maintainers) == 0 && want == protocol.Present || r.Detail != "" {
					t.Errorf("%s: %+v", name, r)
				}
			}
			// All on one host: its breaker must not have counted them.
			if r, _ := client.Lookup(t.Context(), suspect(set, ecosystem.NPM, "later")); r.Status != protocol.Present || r.Downloads.Known || len(notices) != 0 {
				t.Errorf("afterwards: %+v, notices %q", r, notices)
			}
			if waited := c.now().Sub(start); waited != 0 && kind != "timeout" {
				t.Errorf("waited %v for numbers", waited)
			}
			if strings.Contains(store.text(), "\x00downloads") || strings.Contains(store.text(), `"Doc":"downloads"`) {
				t.Error("trouble was stored")
			}
		})
	}
}

// TestDownloadsStayHome: no name goes to the statistics that must not.
func TestDownloadsStayHome(t *testing.T) {
	w, set := world(t)
	w.Add(ecosystem.NPM, "a", "@acme/a")
	private := suspect(set, ecosystem.NPM, "@acme/a")
	private.Route.Private = true
	own := suspect(set, ecosystem.NPM, "@acme/a")
	own.Route.Roots = slices.Clone(own.Route.Roots)
	own.Route.Roots[0].Kind = protocol.Private
	nobody := suspect(set, ecosystem.NPM, "a")
	nobody.Route.Downloads = protocol.Root{}
	for _, q := range []protocol.Query{private, own, nobody} {
		if r, _ := worldClient(nil, newClock()).Lookup(t.Context(), q); r.Status != protocol.Present || r.Downloads.Known {
			t.Errorf("%+v", r)
		}
		for _, a := range registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())}).Plan(q) {
			if strings.Contains(a.URL, "downloads") {
				t.Errorf("%s is planned", a)
			}
		}
	}
	for _, r := range w.Requests() {
		if strings.Contains(r, "downloads") {
			t.Errorf("%s was sent", r)
		}
	}
	// The credential of the registry is not that of the statistics.
	var seen []string
	q := suspect(set, ecosystem.NPM, "a")
	q.Route.Roots = slices.Clone(q.Route.Roots)
	q.Route.Roots[0].Credential = protocol.Credential{Scheme: "Bearer", Value: protocol.NewSecret("t0k")}
	transport := play.Transport()
	r, _ := worldClient(nil, newClock(), func(o *registry.Options) {
		o.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			if req.Header.Get("Authorization") != "" {
				seen = append(seen, req.URL.Path)
			}
			return transport.RoundTrip(req)
		})
	}).Lookup(t.Context(), q)
	if !r.Downloads.Known || !slices.Equal(seen, []string{"/npm/a"}) {
		t.Errorf("the credential went to %q, downloads %+v", seen, r.Downloads)
	}
}

// TestOwners: the older JSON adds facts, and takes none away.
func TestOwners(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
	about := func(name string) protocol.Query {
		return protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: name}, Want: protocol.WantAdoption}
	}
	r, _ := ask(t, s, about("owned"))
	if r.Organization != "acme" || !slices.Equal(r.Maintainers, []string{"ann", "bob"}) || r.Repository != "https://git.acme.example/owned" || r.RepositoryKnown != protocol.Yes ||
		r.Readme != protocol.Yes || r.Parked != protocol.No || r.SdistOnly != protocol.No || !r.Created.Equal(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) || r.Latest != "1.0" {
		t.Errorf("owned: %+v", r)
	}
	if n := len(r.Looks); n != 2 || !strings.HasSuffix(r.Looks[1].URL, "/simple/owned/") {
		t.Errorf("the look that decides does not come last: %v", r.Looks)
	}
	if r, _ = ask(t, s, about("lonely")); r.RepositoryKnown != protocol.No || r.Readme != protocol.No || r.Parked != protocol.Yes || r.SdistOnly != protocol.Yes || r.Organization != "" {
		t.Errorf("lonely: %+v", r)
	}
	if r, _ = ask(t, s, about("calver")); r.Status != protocol.Present || r.RepositoryKnown != protocol.NotKnown || r.Looks[len(r.Looks)-1].Status != 200 {
		t.Errorf("calver, which the older JSON denies: %+v", r)
	}
	for _, f := range play.Faults(adapter.Find(all.Adapters(), ecosystem.PyPI).Play) {
		s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
		s.Inject(f, func(r play.Request) bool { return strings.HasPrefix(r.URI, "/pypi/") })
		r, err := ask(t, s, about("owned"))
		if r.Status != protocol.Present || r.Reason != "" || r.Detail != "" || err != nil || r.Maintainers != nil || r.RepositoryKnown != protocol.NotKnown || r.Created.IsZero() {
			t.Errorf("%s: %+v", f.Name, r)
		}
	}
	// What a mirror has of it is as good; a private index is not asked.
	s = play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
	for kind, want := range map[protocol.Kind]int{protocol.Mirror: 2, protocol.Private: 1} {
		q := about("owned")
		q.Route = s.Route()
		q.Route.Roots[0].Kind = kind
		s.Forget()
		if r, _ := ask(t, s, q); (r.Organization != "") != (kind == protocol.Mirror) || len(s.Requests()) != want {
			t.Errorf("kind %d: %+v, requests %q", kind, r, uris(s.Requests()))
		}
		planned(t, s, q)
	}
}

// TestMirrorDates: what a mirror says of dates proves an age and no youth.
func TestMirrorDates(t *testing.T) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI} {
		s := play.Start(t, adapter.Find(all.Adapters(), e), exchanges(e))
		for _, kind := range []protocol.Kind{protocol.Official, protocol.Mirror, protocol.Private} {
			q := protocol.Query{Package: ecosystem.Package{Ecosystem: e, Name: "widget"}, Want: protocol.WantAge, Route: s.Route()}
			q.Route.Roots[0].Kind = kind
			r, _ := ask(t, s, q)
			if r.Status != protocol.Present || r.KnownSince.IsZero() || r.Created.IsZero() != (kind != protocol.Official) || kind == protocol.Official && !r.Created.Equal(r.KnownSince) {
				t.Errorf("%s, kind %d: created %v, known since %v", e, kind, r.Created, r.KnownSince)
			}
		}
	}
}

// TestNPMWords: what npm's full document tells and what it does not.
func TestNPMWords(t *testing.T) {
	const yes, no, none = protocol.Yes, protocol.No, protocol.NotKnown
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	for _, c := range []struct {
		name                                           string
		repository, readme, parked, script, provenance protocol.Tri
		owner                                          string
		year                                           int
	}{
		{"widget", none, yes, no, yes, yes, "ann", 2015},
		{"reborn", no, no, no, no, none, "eve", 2026},
		{"mute", no, no, no, no, no, "eve", 2026},
		{"kept", yes, yes, yes, no, yes, "ann", 2020},
		{"stripped", none, none, none, none, none, "", 1},
	} {
		q := npmQuery(protocol.Route{}, c.name)
		q.Want = protocol.WantAdoption // the route names no statistics
		r, _ := ask(t, s, q)
		got := [...]protocol.Tri{r.RepositoryKnown, r.Readme, r.Parked, r.InstallScript, r.Provenance}
		if want := [...]protocol.Tri{c.repository, c.readme, c.parked, c.script, c.provenance}; got != want {
			t.Errorf("%s: repository, readme, parked, script, provenance %v, want %v", c.name, got, want)
		}
		if strings.Join(r.Maintainers, " ") != c.owner || r.Created.Year() != c.year {
			t.Errorf("%s: %q, created %v", c.name, r.Maintainers, r.Created)
		}
	}
}

// TestGoMod: retractions and deprecation, of the newest version's go.mod file.
func TestGoMod(t *testing.T) {
	const yes, gone, none = protocol.VersionPresent, protocol.VersionYanked, protocol.VersionUnknown
	for _, c := range []struct {
		name, constraint string
		want             protocol.Want
		version          protocol.VersionStatus
		deprecated       string
		requests         string
	}{
		{"regrets", "v1.1.0", protocol.WantExistence, yes, "", "v1.1.0.info"},
		{"regrets", "v1.1.0", protocol.WantVersions, yes, "use example.test/better instead.", "v1.1.0.info list v1.3.0.mod"},
		{"regrets", "v1.2.0", protocol.WantVersions, gone, "use example.test/better instead.", "v1.2.0.info list v1.3.0.mod"},
		{"regrets", "v1.0.1-0.20200101000000-abcdefabcdef", protocol.WantVersions, gone, "use example.test/better instead.", "v1.0.1-0.20200101000000-abcdefabcdef.info list v1.3.0.mod"},
		{"regrets", "", protocol.WantVersions, none, "use example.test/better instead.", "list v1.3.0.mod"},
		{"regrets", "", protocol.WantAdoption, none, "use example.test/better instead.", "list v1.3.0.mod"},
		{"regrets", "latest", protocol.WantVersions, none, "use example.test/better instead.", "list v1.3.0.mod"},
		{"widget", "v1.2.0", protocol.WantVersions, yes, "", "v1.2.0.info list v1.10.0.mod"},
		{"forked", "v1.0.0", protocol.WantVersions, yes, "", "v1.0.0.info list v1.0.0.mod"},
		{"old", "v3.0.0+incompatible", protocol.WantVersions, gone, "", "v3.0.0+incompatible.info list v1.0.0.mod"},
		{"untagged", "", protocol.WantVersions, none, "", "list @latest v0.0.0-20260101000000-abcdefabcdef.mod"},
		{"secretive", "v1.0.0", protocol.WantVersions, yes, "", "v1.0.0.info list @latest"},
	} {
		s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.Golang), exchanges(ecosystem.Golang))
		if c.name == "secretive" {
			s.Play("GET /example.test/secretive/@latest", "HTTP/1.1 403 Forbidden\n\n")
		}
		q := protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "example.test/" + c.name}, Constraint: c.constraint, Want: c.want, Route: s.Route()}
		r, err := ask(t, s, q)
		if r.Status != protocol.Present || r.VersionStatus != c.version || r.Deprecated != c.deprecated || err != nil {
			t.Errorf("%s@%s: %v, %v, %q, %v", c.name, c.constraint, r.Status, r.VersionStatus, r.Deprecated, err)
		}
		var got []string
		for _, u := range uris(s.Requests()) {
			got = append(got, u[strings.LastIndexByte(u, '/')+1:])
		}
		if g := strings.Join(got, " "); g != c.requests {
			t.Errorf("%s@%s: requests %q, want %q", c.name, c.constraint, g, c.requests)
		}
		if last := r.Looks[len(r.Looks)-1]; last.Status != 200 {
			t.Errorf("%s@%s: the look that decides does not come last: %v", c.name, c.constraint, r.Looks)
		}
	}
	// Faults of what is only wanted besides change nothing.
	for _, f := range play.Faults(adapter.Find(all.Adapters(), ecosystem.Golang).Play) {
		for _, part := range []string{"/@v/list", ".mod"} {
			s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.Golang), exchanges(ecosystem.Golang), play.Denying())
			s.Inject(f, func(r play.Request) bool { return strings.HasSuffix(r.URI, part) })
			q := protocol.Query{Package: ecosystem.Package{Name: "example.test/regrets"}, Constraint: "v1.2.0", Want: protocol.WantVersions}
			if r, err := ask(t, s, q); r.Status != protocol.Present || r.VersionStatus != yes || err != nil || r.Deprecated != "" {
				t.Errorf("%s of %s: %v %v %q %v", f.Name, part, r.Status, r.VersionStatus, r.Reason, err)
			}
		}
	}
}

// TestTagless: a module without tags is not asked about anew on every run.
func TestTagless(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.Golang), exchanges(ecosystem.Golang))
	store, c := newMemory(), newClock()
	lookup := func(name string) (protocol.Record, []string) {
		s.Forget()
		r, _ := ask(t, s, protocol.Query{Package: ecosystem.Package{Name: "example.test/" + name}}, func(o *registry.Options) { o.Cache, o.Clock = store, c.Clock() })
		return r, uris(s.Requests())
	}
	for i, want := range []int{2, 0} {
		if r, got := lookup("untagged"); r.Status != protocol.Present || len(got) != want {
			t.Errorf("run %d: %v %q, requests %q", i, r.Status, r.Detail, got)
		}
	}
	c.add(25 * time.Hour)
	if r, got := lookup("untagged"); r.Status != protocol.Present || len(got) != 2 {
		t.Errorf("a day later: %v, requests %q", r.Status, got)
	}
	// Where nothing was shown to be there, nothing is kept.
	for range 2 {
		if r, got := lookup("odd"); r.Status != protocol.Unknown || len(got) != 2 {
			t.Errorf("odd: %v, requests %q", r.Status, got)
		}
	}
	off := registry.NewOffline(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: store, Clock: c.Clock()})
	q := protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.Golang, Name: "example.test/untagged"}, Route: s.Route()}
	if r, _ := off.Lookup(t.Context(), q); r.Status != protocol.Present {
		t.Errorf("offline: %+v", r)
	}
}

// TestAbsentAt: when a name was last proven absent outlives that somebody
// registers it, and asking anew; it is no absence itself.
func TestAbsentAt(t *testing.T) {
	w, set := world(t)
	store, c := newMemory(), newClock()
	const name = "claimed-since"
	lookup := func(change ...func(*registry.Options)) protocol.Record {
		t.Helper()
		r, _ := worldClient(store, c, change...).Lookup(t.Context(), suspect(set, ecosystem.NPM, name))
		return r
	}
	refresh := func(o *registry.Options) { o.Refresh = true }
	if r := lookup(); r.Status != protocol.Absent || !r.AbsentAt.Equal(c.now()) {
		t.Errorf("absent: %v at %v", r.Status, r.AbsentAt)
	}
	c.add(10 * 24 * time.Hour)
	second := c.now()
	if r := lookup(); r.Status != protocol.Absent || !r.AbsentAt.Equal(second) {
		t.Errorf("absent again: %v at %v", r.Status, r.AbsentAt)
	}
	// A fault is no absence and moves nothing.
	c.add(20 * 24 * time.Hour)
	w.Fault(ecosystem.NPM, name, "500")
	if r := lookup(); r.Status != protocol.Unknown || !r.AbsentAt.Equal(second) {
		t.Errorf("in trouble: %v at %v", r.Status, r.AbsentAt)
	}
	w.Fault(ecosystem.NPM, name, "")
	w.Set(ecosystem.NPM, name, protocol.Profile{Created: c.now().Add(-time.Hour)})
	for i, change := range []func(*registry.Options){func(*registry.Options) {}, refresh, func(o *registry.Options) { c.add(48 * time.Hour) }} {
		if r := lookup(change); r.Status != protocol.Present || !r.AbsentAt.Equal(second) || !r.Created.After(r.AbsentAt) {
			t.Errorf("registered, %d: %v at %v", i, r.Status, r.AbsentAt)
		}
	}
	got, _ := lookupAll(t, worldClient(store, c), []protocol.Query{suspect(set, ecosystem.NPM, name), suspect(set, ecosystem.NPM, "npm")})
	if !got[name].AbsentAt.Equal(second) || !got["npm"].AbsentAt.IsZero() {
		t.Errorf("all: %v and %v", got[name].AbsentAt, got["npm"].AbsentAt)
	}
	off := registry.NewOffline(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: store, Clock: c.Clock()})
	if r, _ := off.Lookup(t.Context(), suspect(set, ecosystem.NPM, name)); r.Status != protocol.Present || !r.AbsentAt.Equal(second) {
		t.Errorf("offline: %v at %v", r.Status, r.AbsentAt)
	}
	w.Set(ecosystem.NPM, name, protocol.Profile{Status: protocol.ProfileSecurityHolder})
	c.add(48 * time.Hour)
	if r := lookup(); r.Status != protocol.Removed || !r.AbsentAt.Equal(second) {
		t.Errorf("removed: %v at %v", r.Status, r.AbsentAt)
	}
	c.add(400 * 24 * time.Hour)
	if r := lookup(); !r.AbsentAt.IsZero() {
		t.Errorf("after 400 days: %v", r.AbsentAt)
	}
	// Real files keep it too, and --refresh of an absence keeps the first date.
	c = newClock()
	files := cache.Files(t.TempDir(), cache.FileOptions{Now: c.now})
	ask := func(name string, change ...func(*registry.Options)) protocol.Record {
		r, _ := worldClient(files, c, change...).Lookup(t.Context(), suspect(set, ecosystem.NPM, name))
		return r
	}
	first := c.now()
	ask("to-be")
	c.add(time.Minute)
	if r := ask("to-be", refresh); !r.AbsentAt.Equal(first.Add(time.Minute)) {
		t.Errorf("refreshed: %v", r.AbsentAt)
	}
	c.add(time.Hour)
	w.Add(ecosystem.NPM, "to-be")
	if r := ask("to-be"); r.Status != protocol.Present || !r.AbsentAt.Equal(first.Add(time.Minute)) {
		t.Errorf("from files: %v at %v", r.Status, r.AbsentAt)
	}
	// What a mirror lacks says nothing about the public registry.
	q := suspect(set, ecosystem.NPM, "elsewhere")
	q.Route.Roots = slices.Clone(q.Route.Roots)
	q.Route.Roots[0].Kind = protocol.Mirror
	if r, _ := worldClient(newMemory(), c).Lookup(t.Context(), q); r.Status != protocol.Absent || !r.AbsentAt.IsZero() {
		t.Errorf("mirror: %v at %v", r.Status, r.AbsentAt)
	}
	if r, _ := worldClient(nil, c).Lookup(t.Context(), suspect(set, ecosystem.NPM, "elsewhere")); !r.AbsentAt.Equal(c.now()) {
		t.Errorf("without a cache: %v", r.AbsentAt)
	}
}

// TestUnusableSource: with an index that cannot be asked nothing is absent.
func TestUnusableSource(t *testing.T) {
	for _, strategy := range []protocol.Strategy{protocol.First, protocol.AllOf, protocol.GoProxy} {
		s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.PyPI), exchanges(ecosystem.PyPI))
		route := s.Route()
		route.Strategy, route.Unusable = strategy, "PIP_EXTRA_INDEX_URL"
		store, c := newMemory(), newClock()
		opt := func(o *registry.Options) { o.Cache, o.Clock = store, c.Clock() }
		for _, x := range []struct {
			name, constraint string
			status           protocol.Status
		}{{"widget", "", protocol.Present}, {"widget", ">=1.0", protocol.Present}, {"widget", "==99.0", protocol.Unknown}, {"no-such-thing", "", protocol.Unknown}, {"heldup", "", protocol.Unknown}} {
			q := protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: x.name}, Constraint: x.constraint, Route: route}
			r, err := ask(t, s, q, opt)
			if r.Status != x.status || (r.Reason == protocol.ReasonOtherSourceSilent) != (x.status == protocol.Unknown) || (err != nil) != (x.status == protocol.Unknown) || r.Confirmed {
				t.Errorf("%d: %s%s: %+v", strategy, x.name, x.constraint, r)
			}
			if x.status == protocol.Unknown && !strings.Contains(r.Detail, "PIP_EXTRA_INDEX_URL") {
				t.Errorf("%d: %s: %q", strategy, x.name, r.Detail)
			}
		}
		// An absence that was stored when all could be asked is none now.
		known := protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "no-such-thing"}, Route: s.Route()}
		if r, _ := ask(t, s, known, opt); r.Status != protocol.Absent {
			t.Errorf("%d: %+v", strategy, r)
		}
		known.Route = route
		if r, _ := ask(t, s, known, opt); r.Status != protocol.Unknown || r.Reason != protocol.ReasonOtherSourceSilent || r.Confirmed {
			t.Errorf("%d: %+v", strategy, r)
		}
		off := registry.NewOffline(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: store, Clock: c.Clock()})
		if r, _ := off.Lookup(t.Context(), known); r.Status != protocol.Unknown {
			t.Errorf("%d: offline: %+v", strategy, r)
		}
	}
}

func TestSameOwner(t *testing.T) {
	rec := func(e ecosystem.Ecosystem, name, organization string, owners ...string) *protocol.Record {
		return &protocol.Record{Package: ecosystem.Package{Ecosystem: e, Name: name}, Organization: organization, Maintainers: owners}
	}
	npm, pypi, golang := ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang
	for _, c := range []struct {
		a, b *protocol.Record
		want bool
	}{
		{rec(npm, "a", "", "ann", "bob"), rec(npm, "b", "", "Bob"), true},
		{rec(npm, "a", "", "ann"), rec(npm, "b", "", "bob"), false},
		{rec(npm, "a", ""), rec(npm, "b", ""), false},
		{rec(npm, "a", "", ""), rec(npm, "b", "", ""), false},
		{rec(npm, "@s/a", ""), rec(npm, "@s/b", ""), true},
		{rec(npm, "@s/a", ""), rec(npm, "@t/b", ""), false},
		{rec(npm, "@s/a", ""), rec(npm, "s", ""), false},
		{rec(pypi, "a", "acme"), rec(pypi, "b", "ACME"), true},
		{rec(pypi, "a", "acme", "ann"), rec(pypi, "b", "other", "eve"), false},
		{rec(pypi, "a", "", "ann"), rec(npm, "a", "", "ann"), false},
		{rec(golang, "github.com/a/x", ""), rec(golang, "github.com/a/y", ""), false},
		{nil, rec(npm, "a", "", "ann"), false},
		{rec(npm, "a", "", "ann"), nil, false},
		{&protocol.Record{}, &protocol.Record{}, false},
	} {
		if got := protocol.SameOwner(c.a, c.b); got != c.want {
			t.Errorf("%+v and %+v: %v", c.a, c.b, got)
		}
	}
}
