package scanner

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner/source"
)

// slowly answers that everything is there, after a while.
type slowly map[ecosystem.Ecosystem]time.Duration

func (s slowly) Lookup(ctx context.Context, q protocol.Query) (protocol.Record, error) {
	select {
	case <-time.After(s[q.Package.Ecosystem]):
	case <-ctx.Done():
	}
	return protocol.Record{Package: q.Package, Constraint: q.Constraint, Status: protocol.Present}, nil
}

func (slowly) Plan(protocol.Query) []registry.Ask { return nil }

// slowOSVSource knows of no advisory, after a while.
type slowOSVSource time.Duration

func (s slowOSVSource) Ask(_ context.Context, pkgs []ecosystem.Package, emit func(osv.Answer)) {
	time.Sleep(time.Duration(s))
	for _, p := range pkgs {
		emit(osv.Answer{Package: p, State: osv.None})
	}
}

// TestWaiting: a scan says whom it waits for, and no longer than that is so.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set, err := settings.Load(settings.Env{}, adapter.Readers(all.Adapters()))
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var said []string
		var last []string
		var end Event
		files := map[string][]byte{
			"requirements.txt": []byte("aaaa-first\nbbbb-second\n"),
			"package.json":     []byte(`{"dependencies": {"cccc-third": ""}}`),
		}
		_, err = Scan(t.Context(), Options{
			Source: source.Memory(all.Formats().Recognition(), files), Formats: all.Formats(), Adapters: all.Adapters(), Settings: set, Client: slowly{ecosystem.PyPI: 5 * time.Second, ecosystem.NPM: time.Second}, OSV: slowOSVSource(20 * time.Second),
			Events: func(e Event) {
				if end = e; !slices.Equal(e.Waiting, last) {
					last = e.Waiting
					said = append(said, fmt.Sprint(e.Waiting, time.Since(begun).Round(time.Second)))
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		// Each package is asked about twice: a new name is a suspect.
		want := []string{"[PyPI] 2s", "[] 5s", "[PyPI] 7s", "[] 10s", "[OSV] 12s", "[] 20s"}
		if !slices.Equal(said, want) || len(end.Waiting) > 0 || end.Asked != 3 || end.Answered != 3 {
			t.Errorf("said %q, want %q; in the end %+v", said, want, end)
		}
	})
}
