package fix

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// laboratory starts registries and OSV on loopback and gives options for a scan.
func laboratory(t *testing.T, w *play.World, src source.Source, records ...osvplay.Record) scanner.Options {
	t.Helper()
	o, err := osvplay.New(records...)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close(); o.Close() })
	s, err := settings.Load(settings.Env{Home: "/home/u", Environ: w.Env(), ReadFile: func(string) ([]byte, error) { return nil, os.ErrNotExist }}, adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	sleep := func(ctx context.Context, d time.Duration) error { return ctx.Err() }
	advisories, err := osv.New(osv.Options{URL: o.URL(), Clock: osv.Clock{Sleep: sleep}})
	if err != nil {
		t.Fatal(err)
	}
	client := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: play.Transport(), Timeout: time.Minute, Clock: registry.Clock{Sleep: sleep}})
	return scanner.Options{Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: client, OSV: advisories}
}

// TestOffers: a replacement is offered when it was asked about and is clean; a
// constraint that it cannot satisfy is written for its newest version.
func TestOffers(t *testing.T) {
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "fine", "evil")
	w.Set(ecosystem.NPM, "other-versions", protocol.Profile{Versions: []string{"1.0.0", "3.2.1"}})
	w.Set(ecosystem.NPM, "holder", protocol.Profile{Status: protocol.ProfileSecurityHolder})
	w.Fault(ecosystem.NPM, "flaky", "503")
	files := map[string]string{"package.json": `{"dependencies":{"wrong":"^9.0.0"}}`, "a.js": "require('wrong')\n"}
	dir, src := disk(t, files)
	o := laboratory(t, w, src, osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil"))
	npm := func(name string) verdict.Suggestion {
		return verdict.Suggestion{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}}
	}
	for _, c := range []struct {
		name    string
		suggest []verdict.Suggestion
		want    string
		version string
	}{
		{"clean", []verdict.Suggestion{npm("fine")}, "fine", ""},
		{"newest version", []verdict.Suggestion{npm("other-versions")}, "other-versions", "3.2.1"},
		{"missing, then clean", []verdict.Suggestion{npm("no-such-name-there"), npm("fine")}, "fine", ""},
		{"safe first", []verdict.Suggestion{npm("other-versions"), {Package: npm("fine").Package, Safe: true}}, "fine", ""},
		{"malware", []verdict.Suggestion{npm("evil")}, "", ""},
		{"removed", []verdict.Suggestion{npm("holder")}, "", ""},
		{"could not be asked", []verdict.Suggestion{npm("flaky")}, "", ""},
		{"another ecosystem", []verdict.Suggestion{{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "fine"}}}, "", ""},
		{"itself", []verdict.Suggestion{npm("wrong")}, "", ""},
		{"nothing", nil, "", ""},
	} {
		f := findingOf(t, bytesOf(files), "nonexistent-package", spec(t, "npm:wrong"))
		f.Suggestions = c.suggest
		offers, err := Offers(t.Context(), o, []*scanner.Finding{f})
		if err != nil {
			t.Fatal(err)
		}
		got := offers[0]
		if got.OK != (c.want != "") || got.OK && (got.Suggestion.Package.Name != c.want || got.Suggestion.Package.Version != c.version) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if !got.OK && len(c.suggest) > 0 && c.name != "itself" && got.Refused == "" {
			t.Errorf("%s: no reason is given", c.name)
		}
		if c.version == "" {
			continue
		}
		e, err := planner(src).Plan(f, got.Suggestion)
		if want := `{"dependencies":{"other-versions":"^3.2.1"}}`; err != nil || string(e.After) != want && e.Path == "package.json" {
			t.Errorf("%s: %q, %v", c.name, e.After, err)
		}
	}

	o.OSV = nil // nobody to ask about malware
	f := findingOf(t, bytesOf(files), "nonexistent-package", spec(t, "npm:wrong"))
	f.Suggestions = []verdict.Suggestion{npm("fine")}
	if offers, err := Offers(t.Context(), o, []*scanner.Finding{f}); err != nil || offers[0].OK || offers[0].Refused == "" {
		t.Errorf("%+v, %v", offers, err)
	}
	if got := content(t, filepath.Join(dir, "package.json")); got != files["package.json"] {
		t.Errorf("planning wrote %q", got)
	}
}

// TestScanAndFix runs the way from a scan to a file that is clean.
func TestScanAndFix(t *testing.T) {
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.PyPI, "pyyaml", "opencv-python")
	files := map[string]string{"requirements.txt": "yaml==6.0\r\ncv2\r\n", "app.py": "import yaml\nimport cv2\n", "poetry.lock": ""}
	dir, src := disk(t, files)
	o := laboratory(t, w, src)
	rep, err := scanner.Scan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var list []*scanner.Finding
	for i := range rep.Findings {
		list = append(list, &rep.Findings[i])
	}
	offers, err := Offers(t.Context(), o, list)
	if err != nil {
		t.Fatal(err)
	}
	var edits []Edit
	for _, offer := range offers {
		if !offer.OK {
			continue
		}
		made, refusals := planner(src).PlanAll(offer.Finding, offer.Suggestion)
		edits = append(edits, made...)
		for _, err := range refusals {
			t.Error(err)
		}
	}
	merged, refusals := Merge(edits)
	if len(merged) != 1 || len(refusals) != 0 || !merged[0].Safe || merged[0].Root != dir || len(merged[0].Refresh) != 1 {
		t.Fatalf("%+v, %v", merged, refusals)
	}
	if _, err := Apply(all.Formats().Recognition(), merged[0]); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, filepath.Join(dir, "requirements.txt")), "pyyaml==6.0\r\nopencv-python\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := planner(src).Plan(list[0], offers[0].Suggestion); !errors.Is(err, ErrChanged) {
		t.Errorf("an old finding was planned for: %v", err)
	}
	if rep, err = scanner.Scan(t.Context(), o); err != nil || len(rep.Findings) != 0 {
		t.Errorf("%+v, %v", rep.Findings, err)
	}
}
