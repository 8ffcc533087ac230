package scanner

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/adapter"
	"figment/ecosystem/adapter/adaptertest"
	"figment/registry"
	"figment/registry/settings"
	"figment/scanner/source"
)

// TestInvented: what an adapter brings is all that an ecosystem needs to be read,
// asked about and judged, and each facet that is left out is safe.
func TestInvented(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name := path.Base(r.URL.Path); name {
		case "serde", "rand", "kept":
			fmt.Fprint(w, name+" 1.0.0 1.0.1")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	manifest := []byte("kept =1.0.1\nkept =9.0.0\nmadeup =1.0.0\n")
	for _, c := range []struct {
		without, want string
		leave         func(*adapter.Adapter)
	}{
		{"nothing", "nonexistent-package madeup, nonexistent-version kept", func(*adapter.Adapter) {}},
		{"Versions", "nonexistent-package madeup, unverified kept", func(a *adapter.Adapter) { a.Versions = nil }},
		{"Registry", "unverified kept, unverified madeup", func(a *adapter.Adapter) { a.Registry = nil }},
		{"Settings", "unverified kept, unverified madeup", func(a *adapter.Adapter) { a.Settings = nil }},
		{"Formats", "", func(a *adapter.Adapter) { a.Formats = nil }},
		{"Project", "an error", func(a *adapter.Adapter) { a.Project = nil }},
	} {
		a := adaptertest.Invented()
		c.leave(&a)
		adapters := []adapter.Adapter{a}
		set, err := settings.Load(settings.Env{Environ: []string{"FIGMENT_REGISTRY_INVENTED=" + server.URL}}, adapter.Readers(adapters))
		if err != nil {
			t.Fatal(err)
		}
		client := registry.NewLive(registry.Options{Drivers: adapter.Drivers(adapters), Versions: adapter.Versions(adapters)})
		rep, err := Scan(context.Background(), Options{
			Source: source.Memory(adapter.Formats(adapters).Recognition(), map[string][]byte{adaptertest.Manifest: manifest}), Formats: adapter.Formats(adapters), Adapters: adapters, Settings: set, Client: client,
		})
		if a.Project == nil {
			if err == nil {
				t.Error("names are asked about although nothing says whose they are")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range rep.Findings {
			got = append(got, f.Rule.ID+" "+f.Package.Name)
		}
		for _, u := range rep.Unverified {
			got = append(got, "unverified "+u.Package.Name)
		}
		for _, u := range rep.Unread {
			got = append(got, "unread "+u.Path)
		}
		slices.Sort(got)
		if s := strings.Join(slices.Compact(got), ", "); s != c.want {
			t.Errorf("without %s: %s; want %s", c.without, s, c.want)
		}
	}
}
