package scanner

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
		{"nothing", "nonexistent-package installed, nonexistent-package madeup, nonexistent-version kept", func(*adapter.Adapter) {}},
		{"Versions", "nonexistent-package installed, nonexistent-package madeup, unverified kept", func(a *adapter.Adapter) { a.Versions = nil }},
		{"Registry", "unverified installed, unverified kept, unverified madeup", func(a *adapter.Adapter) { a.Registry = nil }},
		{"Settings", "unverified installed, unverified kept, unverified madeup", func(a *adapter.Adapter) { a.Settings = nil }},
		{"Commands", "nonexistent-package madeup, nonexistent-version kept", func(a *adapter.Adapter) { a.Commands = nil }},
		{"Formats", "nonexistent-package installed", func(a *adapter.Adapter) { a.Formats = nil }},
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
			Source: source.Memory(adapter.Formats(adapters).Recognition(), map[string][]byte{adaptertest.Manifest: manifest, "run.sh": []byte("crates add installed\n")}), Formats: adapter.Formats(adapters), Adapters: adapters, Settings: set, Client: client,
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

// TestInventedFiles: the rows of an ecosystem are all by which its files and texts
// are found, wherever they stand, and without them nothing knows of them.
func TestInventedFiles(t *testing.T) {
	a := adaptertest.Invented()
	files := map[string]string{
		adaptertest.Manifest:           "byname =1.0.0\n",
		"sub/" + adaptertest.Named:     "bypath =1.0.0\n",
		"sub/" + adaptertest.Unread:    "nobody reads this\n",
		"inventory.LST":                "othercase =1.0.0\n",
		"README.md":                    "```inventory\nbylabel =1.0.0\n```\n\n```\n#inventory\nbycontent =1.0.0\n```\n",
		"notes.parts.inventory.backup": "backup =1.0.0\n",
	}
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		adapters []adapter.Adapter
		want     string
	}{
		{[]adapter.Adapter{a}, "bycontent, bylabel, byname, bypath, unread sub/" + adaptertest.Unread},
		{nil, ""},
	} {
		table := adapter.Formats(c.adapters)
		src, err := source.Paths([]string{dir}, source.Options{Dir: dir, Recognition: table.Recognition()})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var got []string
		problems, err := src.Files(t.Context(), func(f *source.File) {
			found := table.Read(f)
			mu.Lock()
			defer mu.Unlock()
			for _, r := range found.References {
				got = append(got, r.Name)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			got = append(got, "unread "+p.Path)
		}
		slices.Sort(got)
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%d adapters: %s; want %s", len(c.adapters), s, c.want)
		}
		known := table.Recognition()
		ours := len(c.adapters) > 0
		if _, ok := known.ParseLang("inventory"); ok != ours || known.IsLock("a/"+adaptertest.Unread) != ours {
			t.Errorf("%d adapters: --lang inventory is %v, a lock file is %v", len(c.adapters), ok, known.IsLock(adaptertest.Unread))
		}
	}
	if locks := a.Locks(); len(locks) != 1 || locks[0].File != adaptertest.Unread {
		t.Errorf("lock files are %v", locks)
	}
}
