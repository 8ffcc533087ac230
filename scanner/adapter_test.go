package scanner

import (
	"context"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
)

// TestFacetsLeftOut: an ecosystem without Versions has its versions unverified,
// and one without Registry is unsupported, one without Settings is asked of nobody;
// none is clean.
func TestFacetsLeftOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		leave  func(*adapter.Adapter)
		reason protocol.Reason
	}{
		{"nothing", func(*adapter.Adapter) {}, ""},
		{"Versions", func(a *adapter.Adapter) { a.Versions = nil }, protocol.ReasonVersionNotJudged},
		{"Registry", func(a *adapter.Adapter) { a.Registry = nil }, protocol.ReasonUnsupported},
		{"Settings", func(a *adapter.Adapter) { a.Settings = nil }, protocol.ReasonNoRegistry},
	} {
		w := play.NewWorld(all.Adapters())
		w.Add(ecosystem.NPM, "left-pad")
		o := world(t, w, settings.Env{}, map[string][]byte{"package.json": []byte(`{"dependencies": {"left-pad": "1.2.3"}}`)})
		adapters := all.Adapters()
		c.leave(&adapters[0])
		var err error
		if o.Settings, err = settings.Load(settings.Env{Environ: w.Env()}, adapter.Readers(adapters)); err != nil {
			t.Fatal(err)
		}
		o.Adapters = adapters
		o.Client = registry.NewLive(registry.Options{Drivers: adapter.Drivers(adapters), Versions: adapter.Versions(adapters), Transport: play.Transport()})
		r, err := Scan(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if c.reason == "" {
			if len(r.Unverified)+len(r.Findings) != 0 {
				t.Errorf("%s left out: %+v %+v", c.name, r.Unverified, r.Findings)
			}
			continue
		}
		if len(r.Findings) != 0 || len(r.Unverified) != 1 || r.Unverified[0].Reason != c.reason || r.Unverified[0].Unsupported != (c.reason == protocol.ReasonUnsupported) {
			t.Errorf("%s left out: %+v %+v", c.name, r.Unverified, r.Findings)
		}
	}
}
