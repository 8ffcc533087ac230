package registry_test

import (
	"os"
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

// TestLive asks the registries that the user's npm and Go settings name about
// packages that surely exist. It runs with FIGMENT_LIVE=1 only and sends at most
// ten requests. That a name is absent is tested on loopback, never here.
func TestLive(t *testing.T) {
	if os.Getenv("FIGMENT_LIVE") != "1" {
		t.Skip("FIGMENT_LIVE=1 asks the live registries")
	}
	set, err := settings.Load(settings.OSEnv(), adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	const budget = 10
	var sent atomic.Int32
	c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()),
		Timeout: 20 * time.Second,
		Cache:   identified{newMemory()}, // what one question learns the next need not ask
		OnRequest: func(l protocol.Look) {
			if !l.Cached {
				sent.Add(1)
			}
			t.Logf("%d after %d requests", l.Status, sent.Load()) // no URL: it may name a private mirror
		},
	})
	for _, x := range []struct {
		eco              ecosystem.Ecosystem
		name, constraint string
		version          protocol.VersionStatus
		unverified       bool // a mirror that does not say is right too
		requests         int32
	}{
		{ecosystem.NPM, "react", "", protocol.VersionUnknown, false, 1},
		{ecosystem.NPM, "@types/react", "", protocol.VersionUnknown, false, 1},
		{ecosystem.NPM, "react", "99.99.99", protocol.VersionAbsent, false, 3}, // the version, all, all once more
		{ecosystem.Golang, "golang.org/x/mod", "", protocol.VersionUnknown, false, 1},
		{ecosystem.Golang, "golang.org/x/exp", "", protocol.VersionUnknown, false, 2}, // it has no tags
		{ecosystem.Golang, "golang.org/x/mod", "v0.9999.0", protocol.VersionAbsent, true, 2},
	} {
		if sent.Load()+x.requests > budget {
			t.Logf("%s@%s: not asked, the requests are used up", x.name, x.constraint)
			continue
		}
		p := ecosystem.Package{Ecosystem: x.eco, Name: x.name}
		r, _ := c.Lookup(t.Context(), protocol.Query{Package: p, Constraint: x.constraint, Route: set.Route(p)})
		switch {
		case r.Status == protocol.Present && r.VersionStatus == x.version:
		case x.unverified && (r.Status == protocol.Unknown || r.Status == protocol.Blocked):
		case r.Reason == protocol.ReasonNotOnMirror, r.Status == protocol.Absent && r.Root.Kind == protocol.Mirror:
			t.Skipf("the mirror has no %s", x.name)
		default:
			t.Errorf("%s@%s: %v, version %v, %q (%s)", x.name, x.constraint, r.Status, r.VersionStatus, r.Reason, r.Detail)
		}
	}
	if n := sent.Load(); n > budget {
		t.Errorf("%d requests, at most %d are allowed", n, budget)
	}
}
