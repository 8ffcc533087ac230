package registry_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/adapter/adaptertest"
	"figment/registry"
	"figment/registry/protocol"
)

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
	whole := adaptertest.Invented()
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
