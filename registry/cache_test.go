package registry_test

import (
	"io"
	"log"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func TestCache(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	store, c := newMemory(), newClock()
	lookup := func(name, constraint string, want protocol.Want, change ...func(*registry.Options)) (protocol.Record, []string) {
		t.Helper()
		s.Forget()
		q := npmQuery(protocol.Route{}, name)
		q.Constraint, q.Want = constraint, want
		r, _ := ask(t, s, q, append([]func(*registry.Options){func(o *registry.Options) {
			o.Cache, o.Clock = store, c.Clock()
		}}, change...)...)
		return r, uris(s.Requests())
	}
	expect := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: requests %q, want %q", what, got, want)
		}
	}

	_, got := lookup("widget", "", 0)
	expect("first", got, "GET /widget/latest")
	r, got := lookup("widget", "", 0)
	expect("fresh", got)
	if !r.Looks[0].Cached || r.Looks[0].Stale || r.Latest != "3.1.0" || r.Provenance != protocol.Yes {
		t.Errorf("from the cache: %+v", r)
	}
	_, got = lookup("widget", "", 0, func(o *registry.Options) { c.add(time.Second); o.Refresh = true })
	expect("refreshed", got, "GET /widget/latest")

	c.add(23 * time.Hour)
	_, got = lookup("widget", "", 0)
	expect("after 23 hours", got)
	c.add(2 * time.Hour)
	r, got = lookup("widget", "", 0)
	expect("after 25 hours", got, "GET /widget/latest")
	if r.Looks[0].Status != 304 || r.Looks[0].Cached || r.Latest != "3.1.0" {
		t.Errorf("revalidated: %+v", r)
	}
	_, got = lookup("widget", "", 0)
	expect("fresh again", got)

	// In trouble the old answer stands, marked, for a week.
	c.add(3 * 24 * time.Hour)
	s.Inject(play.Fault{Status: 503}, func(play.Request) bool { return true })
	r, _ = lookup("widget", "", 0)
	if r.Status != protocol.Present || !r.Looks[0].Stale || c.now().Sub(r.Fetched) < 72*time.Hour {
		t.Errorf("stale: %+v", r)
	}
	c.add(6 * 24 * time.Hour)
	if r, _ = lookup("widget", "", 0); r.Status != protocol.Unknown {
		t.Errorf("after nine days: %+v", r)
	}
	s.Heal()
	s.Inject(play.Fault{Status: 404}, func(play.Request) bool { return false })

	// Absence: a quarter of an hour, with its proof; never stale.
	r, got = lookup("no-such-thing", "", 0)
	expect("absent", got, "GET /no-such-thing/latest", "GET /npm/latest", "GET /no-such-thing fresh")
	if r.Status != protocol.Absent || !r.Confirmed {
		t.Errorf("absent: %+v", r)
	}
	c.add(14 * time.Minute)
	r, got = lookup("no-such-thing", "^1.0.0", 0)
	expect("absent, stored", got)
	if r.Status != protocol.Absent || !r.Confirmed || !r.Looks[0].Cached {
		t.Errorf("absent, stored: %+v", r)
	}
	c.add(2 * time.Minute)
	s.Inject(play.Fault{Status: 503}, func(play.Request) bool { return true })
	if r, _ = lookup("no-such-thing", "", 0); r.Status != protocol.Unknown {
		t.Errorf("an absence is never stale: %+v", r)
	}
	s.Heal()
	if text := store.text(); !strings.Contains(text, "history") || !strings.Contains(text, "First") {
		t.Errorf("no history:\n%s", text)
	}

	// A version that nothing satisfies: as long as an absence.
	_, got = lookup("widget", "^9.0.0", 0)
	expect("version absent", got, "GET /widget/latest", "GET /widget/9.0.0", "GET /widget", "GET /widget fresh")
	r, got = lookup("widget", "^9.0.0", 0)
	expect("version absent, stored", got, "GET /widget/9.0.0")
	if r.VersionStatus != protocol.VersionAbsent {
		t.Errorf("version absent, stored: %+v", r)
	}
	c.add(16 * time.Minute)
	_, got = lookup("widget", "^9.0.0", 0)
	expect("version absent, later", got, "GET /widget/9.0.0", "GET /widget fresh")

	// One exact version: a month, while the newest has to be asked for daily.
	_, _ = lookup("widget", "2.0.0", 0)
	c.add(29 * 24 * time.Hour)
	_, got = lookup("widget", "2.0.0", 0)
	expect("exact version", got, "GET /widget/latest")

	// A young package: six hours.
	_, _ = lookup("freshling", "", protocol.WantAge)
	c.at = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	store2 := newMemory()
	store = store2
	_, _ = lookup("freshling", "", protocol.WantAge)
	c.add(5 * time.Hour)
	_, got = lookup("freshling", "", protocol.WantAge)
	expect("young, five hours", got)
	c.add(2 * time.Hour)
	_, got = lookup("freshling", "", protocol.WantAge)
	expect("young, seven hours", got, "GET /freshling")

	// Removed and blocked.
	_, _ = lookup("heldname", "", 0)
	c.add(5 * time.Hour)
	_, got = lookup("heldname", "", 0)
	expect("removed", got)
	c.add(2 * time.Hour)
	_, got = lookup("heldname", "", 0)
	expect("removed, later", got, "GET /heldname/latest")
	_, _ = lookup("forbidden", "", 0)
	_, got = lookup("forbidden", "", 0)
	expect("blocked", got)
	c.add(11 * time.Minute)
	_, got = lookup("forbidden", "", 0)
	expect("blocked, later", got, "GET /forbidden/latest")

	// Trouble leaves no trace.
	for _, name := range []string{"broken", "limited", "garbage", "portal", "liar"} {
		_, _ = lookup(name, "", 0)
		if text := store.text(); strings.Contains(text, name) {
			t.Errorf("trouble was stored: %s", text)
		}
	}
}

func TestNoStore(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), nil)
	s.Play("GET /x/latest", "HTTP/1.1 200 OK\nCache-Control: private, No-Store\n\n"+`{"name":"x","version":"1.0.0"}`)
	store := newMemory()
	r, _ := ask(t, s, npmQuery(protocol.Route{}, "x"), func(o *registry.Options) { o.Cache = store })
	if r.Status != protocol.Present || store.text() != "" {
		t.Errorf("got %+v, stored %s", r, store.text())
	}
}

func TestForeignEntries(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	store, c := newMemory(), newClock()
	opt := func(o *registry.Options) { o.Cache, o.Clock = store, c.Clock() }
	_, _ = ask(t, s, npmQuery(protocol.Route{}, "widget"), opt)
	spoil := func(change func(value string) (string, time.Time)) {
		store.mu.Lock()
		defer store.mu.Unlock()
		for k, e := range store.entries {
			v, at := change(string(e.Value))
			e.Value, e.Stored = []byte(v), at
			store.entries[k] = e
		}
	}
	for name, change := range map[string]func(string) (string, time.Time){
		"corrupt":         func(v string) (string, time.Time) { return v[:len(v)/2], c.now() },
		"empty":           func(string) (string, time.Time) { return "", c.now() },
		"of another kind": func(string) (string, time.Time) { return `{"Doc":"full","Status":1}`, c.now() },
		"unknown":         func(string) (string, time.Time) { return `{"Doc":"latest","Status":0}`, c.now() },
		"no status":       func(string) (string, time.Time) { return `{"Doc":"latest","Status":77}`, c.now() },
		"future":          func(v string) (string, time.Time) { return v, c.now().Add(time.Hour) },
	} {
		spoil(change)
		s.Forget()
		r, _ := ask(t, s, npmQuery(protocol.Route{}, "widget"), opt)
		if r.Status != protocol.Present || len(s.Requests()) != 1 {
			t.Errorf("%s: %+v, requests %q", name, r, uris(s.Requests()))
		}
	}
}

// identified is a store that can name a secret.
type identified struct{ *memory }

func (identified) Identity(secret string) string { return "id-of-" + secret[len(secret)-1:] }

func TestCredentialsInTheCache(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	root := func(token string) protocol.Route {
		r := s.Root()
		if token != "" {
			r.Credential = protocol.Credential{Scheme: "Bearer", Value: protocol.NewSecret(token)}
		}
		return protocol.Route{Roots: []protocol.Root{r}}
	}
	plain := newMemory()
	_, _ = ask(t, s, npmQuery(root("t0k-a"), "widget"), func(o *registry.Options) { o.Cache = plain })
	if plain.text() != "" {
		t.Errorf("a store that cannot name secrets kept %s", plain.text())
	}
	store := identified{newMemory()}
	with := func(o *registry.Options) { o.Cache = store }
	requests := func(token string) int {
		s.Forget()
		_, _ = ask(t, s, npmQuery(root(token), "widget"), with)
		return len(s.Requests())
	}
	for i, c := range []struct {
		token string
		want  int
	}{{"t0k-a", 1}, {"t0k-a", 0}, {"t0k-b", 1}, {"", 1}, {"t0k-b", 0}} {
		if got := requests(c.token); got != c.want {
			t.Errorf("%d: %d requests with %q, want %d", i, got, c.token, c.want)
		}
	}
	if strings.Contains(store.text(), "t0k") {
		t.Errorf("the store holds a secret: %s", store.text())
	}
}

func TestOffline(t *testing.T) {
	s := play.Start(t, adapter.Find(all.Adapters(), ecosystem.NPM), exchanges(ecosystem.NPM))
	store, c := newMemory(), newClock()
	opt := func(o *registry.Options) { o.Cache, o.Clock = store, c.Clock() }
	for _, q := range []protocol.Query{
		npmQuery(protocol.Route{}, "widget"), npmQuery(protocol.Route{}, "no-such-thing"),
		{Package: ecosystem.Package{Name: "widget"}, Constraint: "^9.0.0"},
		{Package: ecosystem.Package{Name: "heldname"}},
	} {
		_, _ = ask(t, s, q, opt)
	}
	off := registry.NewOffline(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: store, Clock: c.Clock(), Known: knownOnly("popular"), Transport: refuseAll{t}})
	check := func(name, constraint string, status protocol.Status, version protocol.VersionStatus, reason protocol.Reason) protocol.Record {
		t.Helper()
		q := npmQuery(s.Route(), name)
		q.Constraint = constraint
		r, err := off.Lookup(t.Context(), q)
		if r.Status != status || r.VersionStatus != version || r.Reason != reason || (err != nil) != (status == protocol.Unknown) {
			t.Errorf("%s %s: %v %v %q %v", name, constraint, r.Status, r.VersionStatus, r.Reason, err)
		}
		return r
	}
	check("widget", "", protocol.Present, protocol.VersionUnknown, "")
	check("widget", "^3.0.0", protocol.Present, protocol.VersionPresent, "")
	check("widget", "^9.0.0", protocol.Present, protocol.VersionAbsent, "")
	check("widget", "^8.0.0", protocol.Present, protocol.VersionUnknown, "")
	check("no-such-thing", "", protocol.Absent, protocol.VersionUnknown, protocol.ReasonNotFound)
	check("heldname", "", protocol.Removed, protocol.VersionUnknown, protocol.ReasonSecurityHolder)
	check("popular", "", protocol.Present, protocol.VersionUnknown, "")
	check("never-heard-of", "", protocol.Unknown, protocol.VersionUnknown, protocol.ReasonOffline)
	c.add(3 * 24 * time.Hour)
	if r := check("widget", "", protocol.Present, protocol.VersionUnknown, ""); !r.Looks[0].Stale {
		t.Errorf("not marked as stale: %+v", r)
	}
	check("no-such-thing", "", protocol.Unknown, protocol.VersionUnknown, protocol.ReasonOffline)
	check("heldname", "", protocol.Unknown, protocol.VersionUnknown, protocol.ReasonOffline)
	if len(off.Plan(npmQuery(s.Route(), "x"))) != 0 {
		t.Error("it plans to ask")
	}
	got, _ := lookupAll(t, off, []protocol.Query{npmQuery(s.Route(), "widget"), npmQuery(s.Route(), "no-such-thing")})
	if got["widget"].Status != protocol.Present || got["no-such-thing"].Status != protocol.Unknown {
		t.Errorf("all: %v", got)
	}
}
