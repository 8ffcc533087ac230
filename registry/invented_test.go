package registry_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry"
	"figment/registry/protocol"
)

// The documents of the invented registry: a list of versions, and the same list
// elsewhere, which confirms an absence.
const (
	docOwn   protocol.Doc = "own"
	docOther protocol.Doc = "other"
)

// invented is an adapter of a registry that nobody runs, with as little as an
// adapter needs: a document holds the name and then its versions, as words.
func invented() adapter.Adapter {
	request := func(in *protocol.Inquiry, d protocol.Doc) protocol.Request {
		return protocol.Request{Doc: d, URL: in.Root.URL + "/" + string(d) + "/" + protocol.Segment(in.Query.Spelling()), Max: protocol.MaxBody}
	}
	return adapter.Adapter{
		Ecosystem: ecosystem.Cargo,
		Registry: &protocol.Driver{
			Ecosystem: ecosystem.Cargo, Official: "https://crates.example", PerHost: 4, Canaries: []string{"serde", "rand"},
			Next: func(in *protocol.Inquiry) (protocol.Request, bool) {
				return request(in, docOwn), len(in.Read) == 0
			},
			Second: func(in *protocol.Inquiry) []protocol.Request {
				return []protocol.Request{request(in, docOther).PastCaches()}
			},
			Versions: func(in *protocol.Inquiry) protocol.Request { return request(in, docOwn).PastCaches() },
			Parse: func(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
				var b strings.Builder
				buf := make([]byte, 512)
				for {
					n, err := resp.Body.Read(buf)
					b.Write(buf[:n])
					if err != nil {
						break
					}
				}
				words := strings.Fields(b.String())
				if len(words) == 0 || ecosystem.Normalize(ecosystem.Cargo, words[0]) != in.Query.Package.Name {
					return protocol.BadAnswer(rq, "its answer is about another package")
				}
				r := protocol.Reading{Doc: rq.Doc, Status: protocol.Present, Name: words[0], Complete: true}
				for _, v := range words[1:] {
					r.Versions = append(r.Versions, protocol.Version{V: v})
					r.Latest = v
				}
				return r
			},
			Plan: func(in *protocol.Inquiry) []protocol.Request {
				return []protocol.Request{request(in, docOwn), request(in, docOther).If("if absent")}
			},
		},
		Versions: &ecosystem.Versions{
			Ecosystem: ecosystem.Cargo,
			Parse: func(text string) (ecosystem.Match, bool) {
				v, ok := strings.CutPrefix(text, "=")
				return func(x string) (yes, known bool) { return x == v, true }, ok
			},
			Exact: func(text string) string { v, _ := strings.CutPrefix(text, "="); return v },
		},
	}
}

// TestInvented: an adapter is all that an ecosystem needs to be asked about, and
// each facet that is left out is safe.
func TestInvented(t *testing.T) {
	var asked []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Path)
		switch name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; name {
		case "serde_json": // and not serde-json, as at crates.io
			return answer(r, http.StatusOK, name+" 1.0.0 1.0.1"), nil
		case "serde", "rand":
			return answer(r, http.StatusOK, name+" 1.0.0"), nil
		}
		return answer(r, http.StatusNotFound, ""), nil
	})
	route := protocol.Route{Roots: []protocol.Root{{Ecosystem: ecosystem.Cargo, URL: "https://crates.example"}}}
	query := func(written, constraint string) protocol.Query {
		return protocol.Query{
			Package: ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: ecosystem.Normalize(ecosystem.Cargo, written)},
			Written: written, Constraint: constraint, Want: protocol.WantVersions, Route: route,
		}
	}
	store := newMemory()
	lookup := func(q protocol.Query, adapters ...adapter.Adapter) protocol.Record {
		c := registry.NewLive(registry.Options{
			Drivers: adapter.Drivers(adapters), Versions: adapter.Versions(adapters), Transport: transport, Clock: newClock().Clock(), Cache: store,
		})
		rec, _ := c.Lookup(context.Background(), q)
		return rec
	}
	whole := invented()
	for _, c := range []struct {
		name, text string
		status     protocol.Status
		version    protocol.VersionStatus
		reason     protocol.Reason
	}{
		{"serde_json", "=1.0.1", protocol.Present, protocol.VersionPresent, ""},
		{"serde_json", "=9.0.0", protocol.Present, protocol.VersionAbsent, ""},
		{"serde_json", "^1", protocol.Present, protocol.VersionUnknown, protocol.ReasonVersionNotJudged},
		{"serde_json", "", protocol.Present, protocol.VersionUnknown, ""},
		{"made_up", "=1.0.0", protocol.Absent, protocol.VersionUnknown, protocol.ReasonNotFound},
	} {
		r := lookup(query(c.name, c.text), whole)
		if r.Status != c.status || r.VersionStatus != c.version || r.Reason != c.reason || r.Confirmed != (c.status == protocol.Absent) {
			t.Errorf("%s %s: %v, %v, %q, confirmed %v", c.name, c.text, r.Status, r.VersionStatus, r.Reason, r.Confirmed)
		}
	}
	if slices.Contains(asked, "/own/serde-json") {
		t.Error("the registered spelling was not asked for")
	}
	// Another spelling finds the answer that is kept.
	before := len(asked)
	if r := lookup(query("Serde-JSON", "=1.0.1"), whole); r.VersionStatus != protocol.VersionPresent || len(asked) != before {
		t.Errorf("%v after %d more requests", r.VersionStatus, len(asked)-before)
	}

	without := whole
	without.Versions = nil
	for _, text := range []string{"=1.0.1", "=9.0.0", "1"} {
		if r := lookup(query("serde_json", text), without); r.Status != protocol.Present || r.VersionStatus != protocol.VersionUnknown || r.Reason != protocol.ReasonVersionNotJudged {
			t.Errorf("without Versions, %s: %v, %v, %q", text, r.Status, r.VersionStatus, r.Reason)
		}
	}
	without = whole
	without.Registry = nil
	before = len(asked)
	for _, adapters := range [][]adapter.Adapter{{without}, nil} {
		if r := lookup(query("serde_json", ""), adapters...); r.Status != protocol.Unknown || r.Reason != protocol.ReasonUnsupported || len(asked) != before {
			t.Errorf("without Registry: %v, %q", r.Status, r.Reason)
		}
	}
}
