package play

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
)

func start(t *testing.T) *World {
	t.Helper()
	w := NewWorld(all.Adapters())
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// fetch asks a world and follows nothing.
func fetch(t *testing.T, w *World, path, accept string) (int, http.Header, string) {
	t.Helper()
	base := strings.TrimSuffix(w.Roots()[ecosystem.NPM], "/npm")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	tr := Transport()
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return 0, nil, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// hang is the limit of what comes at once on an idle machine: it only guards
// against waiting for ever.
const hang = time.Minute

// live is a client whose time passes at once when it sleeps.
func live(timeout time.Duration) *registry.Live {
	var slept atomic.Int64
	return registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()),
		Transport: Transport(),
		Timeout:   timeout,
		Clock: registry.Clock{
			Now: func() time.Time { return time.Now().Add(time.Duration(slept.Load())) },
			Sleep: func(ctx context.Context, d time.Duration) error {
				slept.Add(int64(d))
				return ctx.Err()
			},
		},
	})
}

// lookup asks the world's registry about a name.
func (w *World) lookup(t *testing.T, c *registry.Live, eco ecosystem.Ecosystem, name, constraint string, want protocol.Want) protocol.Record {
	t.Helper()
	root := protocol.Root{Ecosystem: eco, URL: w.Roots()[eco], Kind: protocol.Official, Setting: "test"}
	r, _ := c.Lookup(t.Context(), protocol.Query{
		Package:    ecosystem.Package{Ecosystem: eco, Name: name},
		Constraint: constraint,
		Want:       want,
		Route:      protocol.Route{Roots: []protocol.Root{root}},
	})
	return r
}

func TestWorldAnswers(t *testing.T) {
	w := start(t)
	npm, pypi, golang := ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang
	w.Add(npm, "there", "@scope/there")
	w.Add(pypi, "There.Too", "there")
	w.Add(golang, "github.com/Big/there", "github.com/a/there/v3", "gopkg.in/there.v2")
	born := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	w.Set(npm, "two", protocol.Profile{Versions: []string{"1.0.0", "1.2.0"}, Created: born, Deprecated: `no "more"`})
	w.Set(npm, "held", protocol.Profile{Status: protocol.ProfileSecurityHolder})
	w.Set(npm, "gone", protocol.Profile{Status: protocol.ProfileUnpublished})
	w.Set(npm, "young", protocol.Profile{Created: born})
	w.Set(pypi, "two", protocol.Profile{Versions: []string{"1.0", "1.2", "1.3"}, Created: born, Yanked: []string{"1.3"}, Deprecated: "no more"})
	w.Set(pypi, "locked", protocol.Profile{Status: protocol.ProfileQuarantined})
	w.Set(pypi, "void", protocol.Profile{Status: protocol.ProfileNoFiles})
	w.Set(pypi, "gone", protocol.Profile{Status: protocol.ProfileUnpublished})
	w.Set(golang, "example.org/two", protocol.Profile{Versions: []string{"1.0.0", "v1.2.0"}})
	w.Set(golang, "example.org/untagged", protocol.Profile{Status: protocol.ProfileNoFiles})
	w.Set(npm, "odd", protocol.Profile{Status: "quarantened"})

	const none, yes, no, yanked = protocol.VersionUnknown, protocol.VersionPresent, protocol.VersionAbsent, protocol.VersionYanked
	c := live(5 * time.Second)
	for _, x := range []struct {
		eco              ecosystem.Ecosystem
		name, constraint string
		want             protocol.Want
		status           protocol.Status
		reason           protocol.Reason
		version          protocol.VersionStatus
	}{
		{npm, "there", "", protocol.WantExistence, protocol.Present, "", none},
		{npm, "there", "7.77.777", protocol.WantExistence, protocol.Present, "", yes},
		{npm, "there", "^17.0.2", protocol.WantExistence, protocol.Present, "", yes},
		{npm, "there", "<2", protocol.WantExistence, protocol.Present, "", yes},
		{npm, "there", "next", protocol.WantVersions, protocol.Present, "", yes},
		{npm, "there", "^4.17.3", protocol.WantAge, protocol.Present, "", yes},
		{npm, "there", "1.2.3", protocol.WantAge, protocol.Present, "", yes},
		{npm, "@scope/there", "1.x", protocol.WantExistence, protocol.Present, "", yes},
		{npm, "made-up", "", protocol.WantExistence, protocol.Absent, protocol.ReasonNotFound, none},
		{npm, "@scope/made-up", "^1.0.0", protocol.WantAge, protocol.Absent, protocol.ReasonNotFound, none},
		{npm, "two", "^1.1.0", protocol.WantAge, protocol.Present, "", yes},
		{npm, "two", "3.0.0", protocol.WantExistence, protocol.Present, "", no},
		{npm, "held", "", protocol.WantExistence, protocol.Removed, protocol.ReasonSecurityHolder, none},
		{npm, "held", "", protocol.WantAge, protocol.Removed, protocol.ReasonSecurityHolder, none},
		{npm, "gone", "", protocol.WantExistence, protocol.Removed, protocol.ReasonUnpublished, none},
		{npm, "left-pad", "^1.3.0", protocol.WantExistence, protocol.Present, "", yes},
		{npm, "odd", "", protocol.WantExistence, protocol.Unknown, protocol.ReasonServerError, none},
		{pypi, "there-too", "", protocol.WantExistence, protocol.Present, "", none},
		{pypi, "there", "==2.21.0", protocol.WantAge, protocol.Present, "", yes},
		{pypi, "there", ">=2023.7.22", protocol.WantAge, protocol.Present, "", yes},
		{pypi, "there", "~=1.4", protocol.WantExistence, protocol.Present, "", yes},
		{pypi, "there", "==7.77.777", protocol.WantExistence, protocol.Present, "", none},
		{pypi, "made-up", "", protocol.WantExistence, protocol.Absent, protocol.ReasonNotFound, none},
		{pypi, "two", ">=1.1", protocol.WantAge, protocol.Present, "", yes},
		{pypi, "two", "==1.3", protocol.WantAge, protocol.Present, "", yanked},
		{pypi, "two", "==9", protocol.WantAge, protocol.Present, "", no},
		{pypi, "locked", "", protocol.WantExistence, protocol.Removed, protocol.ReasonQuarantined, none},
		{pypi, "void", "", protocol.WantExistence, protocol.Removed, protocol.ReasonNoFiles, none},
		{pypi, "gone", "", protocol.WantExistence, protocol.Absent, protocol.ReasonNotFound, none},
		{golang, "github.com/Big/there", "", protocol.WantExistence, protocol.Present, "", none},
		{golang, "github.com/Big/there", "v1.777.0", protocol.WantExistence, protocol.Present, "", yes},
		{golang, "github.com/Big/there", "v0.0.0-20240102030405-0123456789ab", protocol.WantExistence, protocol.Present, "", yes},
		{golang, "github.com/big/there", "", protocol.WantExistence, protocol.Absent, protocol.ReasonNotFound, none},
		{golang, "github.com/made/up", "v1.0.0", protocol.WantExistence, protocol.Absent, protocol.ReasonNotFound, none},
		{golang, "example.org/two", "v1.2.0", protocol.WantExistence, protocol.Present, "", yes},
		{golang, "example.org/two", "v1.3.0", protocol.WantExistence, protocol.Present, "", no},
		{golang, "example.org/untagged", "", protocol.WantExistence, protocol.Present, "", none},
		{golang, "github.com/stretchr/testify", "v1.9.0", protocol.WantExistence, protocol.Present, "", yes},
	} {
		r := w.lookup(t, c, x.eco, x.name, x.constraint, x.want)
		if r.Status != x.status || r.Reason != x.reason || r.VersionStatus != x.version || r.Status == protocol.Absent && !r.Confirmed {
			t.Errorf("%s:%s@%s want %d: %v %q, version %v, confirmed %v (%s)", x.eco, x.name, x.constraint, x.want, r.Status, r.Reason, r.VersionStatus, r.Confirmed, r.Detail)
		}
	}
	for eco, notice := range map[ecosystem.Ecosystem]string{npm: `no "more"`, pypi: "the project is deprecated: no more"} {
		if r := w.lookup(t, c, eco, "two", "", protocol.WantAge); !r.Created.Equal(born) || r.Deprecated != notice || r.Latest != map[ecosystem.Ecosystem]string{npm: "1.2.0", pypi: "1.2"}[eco] {
			t.Errorf("%s: created %v, deprecated %q, latest %q", eco, r.Created, r.Deprecated, r.Latest)
		}
	}
	if r := w.lookup(t, c, npm, "young", "", protocol.WantAge); !r.Created.Equal(born) || r.Latest != "99.0.0" {
		t.Errorf("young: created %v, latest %q", r.Created, r.Latest)
	}
	for name, major := range map[string]string{"github.com/a/there/v3": "v3.", "gopkg.in/there.v2": "v2."} {
		r := w.lookup(t, c, golang, name, "", protocol.WantVersions)
		if r.Status != protocol.Present || len(r.Versions) == 0 || slices.ContainsFunc(r.Versions, func(v string) bool { return !strings.HasPrefix(v, major) }) {
			t.Errorf("%s: %v %.10q", name, r.Status, r.Versions)
		}
	}
	w.Go403()
	if r := w.lookup(t, live(hang), golang, "github.com/made/up2", "", protocol.WantExistence); r.Status != protocol.Blocked {
		t.Errorf("a mirror that forbids: %v %q", r.Status, r.Reason)
	}
}

// The content types that npm and PyPI have of their own.
const (
	typeAbbreviated = "application/vnd.npm.install-v1+json"
	typeSimpleJSON  = "application/vnd.pypi.simple.v1+json"
	typeSimpleHTML  = "application/vnd.pypi.simple.v1+html"
)

// TestWorldForms looks at what the drivers do not ask for, or do not tell apart.
func TestWorldForms(t *testing.T) {
	w := start(t)
	w.Add(ecosystem.NPM, "@s/x")
	w.Set(ecosystem.PyPI, "a-b", protocol.Profile{Versions: []string{"1.0", "2.0"}, Yanked: []string{"2.0"}, Deprecated: `<"old">`})
	w.Set(ecosystem.Golang, "example.org/M", protocol.Profile{Versions: []string{"v1.0.0", "v1.1.0"}, Yanked: []string{"v1.0.0"}, Deprecated: "use\nanother"})
	for _, x := range []struct {
		path, accept string
		status       int
		kind, has    string
	}{
		{"/npm/@s%2fx", "", 200, protocol.TypeJSON, `"time":{"created":"2016-`},
		{"/npm/@s/x", typeAbbreviated + "; q=1.0, application/json; q=0.8", 200, typeAbbreviated, `"99.0.0":{"name":"@s/x"`},
		{"/npm/@s%2Fx/3.1.4", "", 200, protocol.TypeJSON, `"version":"3.1.4"`},
		{"/npm/@s/x/latest", "", 200, protocol.TypeJSON, `"version":"99.0.0"`},
		{"/npm/@s/x/no-tag", "", 404, protocol.TypeJSON, `"version not found: no-tag"`},
		{"/npm/nothing", "", 404, protocol.TypeJSON, `{"error":"Not found"}`},
		{"/npm/-/v1/search", "", 501, protocol.TypeText, ""},
		{"/pypi/simple/a-b/", typeSimpleJSON, 200, typeSimpleJSON, `"api-version":"1.4"`},
		{"/pypi/simple/a-b/", typeSimpleJSON + ", " + typeSimpleHTML + ";q=0.1, text/html;q=0.01", 200, typeSimpleJSON, `"versions":["1.0","2.0"]`},
		{"/pypi/simple/a-b/", typeSimpleJSON + ";q=0.2, text/html", 200, protocol.TypeHTML, ">a_b-1.0.tar.gz</a>"},
		{"/pypi/simple/a-b/", "", 200, protocol.TypeHTML, `a_b-2.0.tar.gz" data-yanked="">`},
		{"/pypi/simple/a-b/", typeSimpleHTML, 200, typeSimpleHTML, `content="&lt;&#34;old&#34;&gt;"`},
		{"/pypi/simple/a-b/", "image/png", 406, protocol.TypeText, ""},
		{"/pypi/simple/A_b/", "", 301, protocol.TypeText, ""},
		{"/pypi/simple/a-b", "", 301, protocol.TypeText, ""},
		{"/pypi/simple/nothing/", typeSimpleJSON, 404, protocol.TypeHTML, "404 Not Found"},
		{"/pypi/pypi/a-b/json", "", 200, protocol.TypeJSON, `"name":"a-b"`},
		{"/pypi/pypi/nothing/json", "", 404, protocol.TypeJSON, `{"message": "Not Found"}`},
		{"/pypi/simple/", "", 501, protocol.TypeText, ""},
		{"/go/example.org/!m/@v/list", "", 200, protocol.TypeText, "v1.0.0\nv1.1.0\n"},
		{"/go/example.org/!m/@latest", "", 200, protocol.TypeJSON, `"Version":"v1.1.0"`},
		{"/go/example.org/!m/@v/v1.1.0.mod", "", 200, protocol.TypeText, "// Deprecated: use another\nmodule example.org/M\n\nretract v1.0.0"},
		{"/go/example.org/!m/@v/v1.2.0.info", "", 404, protocol.TypeText, "unknown revision v1.2.0"},
		{"/go/example.org/m/@v/list", "", 404, protocol.TypeText, "could not read Username"},
		{"/go/example.org/M/@v/list", "", 501, protocol.TypeText, ""},
		{"/elsewhere", "", 501, protocol.TypeText, ""},
	} {
		status, h, body := fetch(t, w, x.path, x.accept)
		if status != x.status || h.Get("Content-Type") != x.kind || !strings.Contains(body, x.has) {
			t.Errorf("%s (%s): %d %s %.300q", x.path, x.accept, status, h.Get("Content-Type"), body)
		}
		if status == 301 && h.Get("Location") != "/pypi/simple/a-b/" {
			t.Errorf("%s: to %q", x.path, h.Get("Location"))
		}
	}
	if got, want := w.Asked(), []string{"golang:example.org/M", "golang:example.org/m", "npm:@s/x", "npm:nothing", "pypi:a-b", "pypi:nothing"}; !slices.Equal(got, want) {
		t.Errorf("asked: %q", got)
	}
	if got := w.Requests(); got[0] != "GET /npm/@s%2fx" || got[2] != "GET /npm/@s%2Fx/3.1.4" {
		t.Errorf("requests: %q", got)
	}
}

// TestWorldFaults: neither a real name nor a made-up one gets an answer.
func TestWorldFaults(t *testing.T) {
	for eco, pair := range map[ecosystem.Ecosystem][2]string{
		ecosystem.NPM: {"there", "made-up"}, ecosystem.PyPI: {"there", "made-up"}, ecosystem.Golang: {"example.org/there", "example.org/made-up"},
	} {
		for _, kind := range append(FaultKinds(), "misspelt") {
			t.Run(string(eco)+" "+kind, func(t *testing.T) {
				t.Parallel()
				timeout := hang
				if kind == "timeout" {
					timeout = 20 * time.Millisecond
				}
				w := start(t)
				w.Add(eco, pair[0])
				w.Fault(eco, "", kind)
				for _, name := range pair {
					r := w.lookup(t, live(timeout), eco, name, "", protocol.WantExistence)
					if r.Status != protocol.Unknown && r.Status != protocol.Blocked {
						t.Errorf("%s: %v %q", name, r.Status, r.Reason)
					}
				}
				w.Fault(eco, "", "")
				w.Fault(eco, pair[1], kind) // this one alone
				if r := w.lookup(t, live(hang), eco, pair[0], "", protocol.WantExistence); r.Status != protocol.Present {
					t.Errorf("a name without a fault: %v %q", r.Status, r.Reason)
				}
			})
		}
	}
}

func TestWorldSettings(t *testing.T) {
	w := NewWorld(all.Adapters())
	if w.Env() != nil || w.Roots() != nil {
		t.Error("a world that is not served has an address")
	}
	for _, a := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.org:0", "127.0.0.1"} {
		if err := w.Listen(a); err == nil {
			t.Errorf("%s is listened on", a)
			w.Close()
		}
	}
	if err := w.Listen("localhost:0"); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Start(); err == nil {
		t.Error("started twice")
	}
	t.Setenv("HOME", t.TempDir())
	for _, v := range w.Env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	s, err := settings.Load(settings.OSEnv(), adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	for eco, url := range w.Roots() {
		p := ecosystem.Package{Ecosystem: eco, Name: adapter.Drivers(all.Adapters()).Canaries(eco)[0]}
		r, err := live(hang).Lookup(t.Context(), protocol.Query{Package: p, Route: s.Route(p)})
		if err != nil || r.Status != protocol.Present || r.Root.URL != url || r.Root.Kind != protocol.Official {
			t.Errorf("%s: %v %q at %q: %v", eco, r.Status, r.Reason, r.Root.URL, err)
		}
	}
	const wait = 60 * time.Millisecond
	w.SetLatency(wait)
	begin := time.Now()
	if status, _, _ := fetch(t, w, "/npm/npm", ""); status != 200 || time.Since(begin) < wait {
		t.Errorf("status %d after %v", status, time.Since(begin))
	}
}

func TestWorldLoad(t *testing.T) {
	for _, x := range []struct {
		text, err string
		has, not  []string
	}{
		{"a\nb\r\n\n# c\nname", "", []string{"a", "b", "name"}, []string{"", "# c"}},
		{"name\trank\r\na\t1\n@s/b\t2\n", "", []string{"a", "@s/b"}, []string{"name", "1"}},
		{"\ufeffname\n", "", []string{"name"}, nil},
		{"a\t9\nb", "", []string{"a", "b"}, nil},
		{"a\nb c\n", "line 2", []string{"a"}, nil},
		{"name,rank\n", "line 1", nil, nil},
		{"a\n\t3\n", "line 2", nil, nil},
	} {
		w := NewWorld(all.Adapters())
		err := w.Load(ecosystem.NPM, strings.NewReader(x.text))
		if (err == nil) != (x.err == "") || err != nil && !strings.Contains(err.Error(), x.err) {
			t.Errorf("%q: %v", x.text, err)
		}
		for _, n := range x.has {
			if _, ok := w.profile(ecosystem.NPM, n); !ok {
				t.Errorf("%q: without %q", x.text, n)
			}
		}
		for _, n := range x.not {
			if _, ok := w.profile(ecosystem.NPM, n); ok {
				t.Errorf("%q: with %q", x.text, n)
			}
		}
	}
	if err := NewWorld(all.Adapters()).Load("cargo", strings.NewReader("a")); err == nil {
		t.Error("names of a registry that is not played")
	}
	var b bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&b, "some.package_%d\n", i)
	}
	w := NewWorld(all.Adapters())
	if err := w.Load(ecosystem.PyPI, &b); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.profile(ecosystem.PyPI, "some-package-99999"); !ok || len(w.names[ecosystem.PyPI]) != 100_000 {
		t.Errorf("found %v among %d", ok, len(w.names[ecosystem.PyPI]))
	}
}

// TestNoFlags: a program that plays a world gets no flags that it did not ask
// for.
func TestNoFlags(t *testing.T) {
	flag.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			t.Errorf("flag -%s", f.Name)
		}
	})
}

func TestWorldDownloads(t *testing.T) {
	w := start(t)
	w.Add(ecosystem.NPM, "a", "@s/a")
	w.Set(ecosystem.NPM, "b", protocol.Profile{Downloads: 7})
	w.Set(ecosystem.NPM, "none", protocol.Profile{Downloads: -1})
	many := strings.Repeat("a,", 128) + "a"
	const path = "/npm-downloads/downloads/point/last-week/"
	for _, x := range []struct {
		names  string
		status int
		has    string
	}{
		{"b", 200, `{"downloads":7,`}, {"@s/a", 200, `"package":"@s/a"}`}, {"@s%2fa", 200, `"package":"@s/a"}`},
		{"none", 404, `{"error":"package not found"}`}, {"made-up", 404, `not found`},
		{"b,none,made-up", 200, `"none":null,"made-up":null}`}, {"b,@s/a", 400, "error"}, {many, 400, "error"}, {"", 501, ""}, {"a,,b", 501, ""},
	} {
		status, _, body := fetch(t, w, path+x.names, "")
		if status != x.status || !strings.Contains(body, x.has) {
			t.Errorf("%.40s: %d %.200s", x.names, status, body)
		}
	}
	if got := w.Asked(); !slices.Contains(got, "npm:@s/a") || !slices.Contains(got, "npm:made-up") {
		t.Errorf("asked: %q", got)
	}
	w.Fault(Downloads(ecosystem.NPM), "", "500")
	if status, _, _ := fetch(t, w, path+"b", ""); status != 500 {
		t.Errorf("a fault of the statistics: %d", status)
	}
	if status, _, _ := fetch(t, w, "/npm/b", ""); status != 200 {
		t.Errorf("the registry beside it: %d", status)
	}
}

// TestKindsOfPackages: by the given time, and the real one.
func TestKindsOfPackages(t *testing.T) {
	w := start(t)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, today := range []time.Time{now, {}} {
		w.SetNow(today)
		if today.IsZero() {
			today = time.Now()
		}
		if err := w.SetKind(ecosystem.NPM, "young", "honest-young"); err != nil {
			t.Fatal(err)
		}
		p, _ := w.profile(ecosystem.NPM, "young")
		if d := today.Sub(p.Created) - 5*24*time.Hour; d < 0 || d > time.Minute {
			t.Errorf("created %v at %v", p.Created, today)
		}
		if first, last := p.Published(0), p.Published(3); !first.Equal(p.Created) || last.Sub(p.Updated).Abs() > time.Second {
			t.Errorf("from %v to %v", first, last)
		}
	}
	w.Add(ecosystem.NPM, "listed")
	if err := w.SetKind(ecosystem.NPM, "listed", "absent"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := fetch(t, w, "/npm/listed", ""); status != 404 {
		t.Errorf("absent: %d", status)
	}
	for _, k := range Kinds() {
		if _, ok := Kind(k, now); !ok {
			t.Errorf("%s is unknown", k)
		}
	}
}
