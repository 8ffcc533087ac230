package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/names"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// world starts a World and gives the options of a scan against it.
func world(t *testing.T, w *play.World, env settings.Env, files map[string][]byte) Options {
	t.Helper()
	return worldWithin(t, time.Minute, w, env, files)
}

// worldWithin is world with a limit of each request.
func worldWithin(t *testing.T, timeout time.Duration, w *play.World, env settings.Env, files map[string][]byte) Options {
	t.Helper()
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	env.Environ = append(env.Environ, w.Env()...)
	s, err := settings.Load(env, adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	known := func(p ecosystem.Package) (time.Time, bool) {
		idx, err := names.Open(p.Ecosystem)
		if err != nil {
			return time.Time{}, false
		}
		_, ok := idx.Rank(p.Name)
		return idx.Date(), ok
	}
	clock := registry.Clock{Sleep: func(ctx context.Context, d time.Duration) error { return ctx.Err() }}
	c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Known: known, Transport: play.Transport(), Clock: clock, Timeout: timeout})
	return Options{Source: source.Memory(all.Formats().Recognition(), files), Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: c, Config: policy.Config{}}
}

// project reads a txtar of a project: its files, and the sections that say what
// is wanted.
func projectFiles(t *testing.T, name string, sections ...string) (files map[string][]byte, want map[string]string) {
	t.Helper()
	files, want = map[string][]byte{}, map[string]string{}
	for _, f := range txtar.Parse(fixtures.Read("projects/" + name)).Files {
		if slices.Contains(sections, f.Name) {
			want[f.Name] = string(f.Data)
		} else {
			files[f.Name] = f.Data
		}
	}
	return files, want
}

func TestTrapProject(t *testing.T) {
	files, want := projectFiles(t, "traps.txtar", "want", "unverified", "asked")
	w := play.NewWorld(all.Adapters())
	for line := range strings.Lines(want["asked"]) {
		e, name, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name != "expresss" && name != "react-hook-usestate" {
			w.Add(ecosystem.Ecosystem(e), name)
		}
	}
	w.Add(ecosystem.NPM, "express")
	w.Set(ecosystem.NPM, "axios", protocol.Profile{Versions: []string{"0.27.2", "1.7.9"}})
	w.Set(ecosystem.NPM, "crossenv", protocol.Profile{Status: "security-holder"})
	o := world(t, w, settings.Env{
		Home:     "/home/u",
		ReadFile: func(f string) ([]byte, error) { return []byte("@acme:registry=https://npm.acme.example\n"), nil },
		Environ:  []string{"GOPRIVATE=git.acme.example", "GOENV=off"},
	}, files)
	rep, err := Scan(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	var got, unverified []string
	for _, f := range rep.Findings {
		got = append(got, fmt.Sprintf("%s:%d:%d: %s[%s] %s", f.Primary.Path, f.Primary.Start.Line, f.Primary.Start.Column, f.Severity, f.Rule.ID, f.Message))
	}
	for _, u := range rep.Unverified {
		unverified = append(unverified, fmt.Sprintf("%s:%s %s", u.Package.Ecosystem, u.Package.Name, u.Reason))
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(want["want"]), "\n"), got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(want["unverified"]), "\n"), unverified); diff != "" {
		t.Errorf("unverified (-want +got):\n%s", diff)
	}
	var asked []string
	for _, a := range w.Asked() {
		e, name, _ := strings.Cut(a, ":")
		if !slices.Contains(adapter.Drivers(all.Adapters()).Canaries(ecosystem.Ecosystem(e)), name) || strings.Contains(want["asked"], a+"\n") {
			asked = append(asked, a)
		}
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(want["asked"]), "\n"), asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for _, p := range rep.Problems {
		t.Errorf("problem: %s: %s", p.Path, p.Text)
	}
	if rep.Counts.Private != 1 {
		t.Errorf("%d private names, want 1", rep.Counts.Private)
	}
	for _, f := range rep.Findings {
		if f.Package.Name == "expresss" && (len(f.Suggestions) == 0 || f.Suggestions[0].Package.Name != "express") {
			t.Errorf("expresss: suggestions %+v", f.Suggestions)
		}
		if f.Package.Name == "axios" && (len(f.Suggestions) == 0 || f.Suggestions[0].Package.Version != "1.7.9") {
			t.Errorf("axios: suggestions %+v", f.Suggestions)
		}
	}
}

// TestFaults: no fault, for an existing or a missing name, reads as nonexistent
// or clean.
func TestFaults(t *testing.T) {
	kinds := []string{"401", "403", "407", "408", "429", "429-retry-after", "500", "502", "503", "html", "truncated", "wrong-name", "empty", "reset", "timeout"}
	files := map[string][]byte{
		"package.json":     []byte(`{"dependencies":{"real-thing-here":"^1.0.0","made-up-thing-here":"^1.0.0"}}`),
		"requirements.txt": []byte("real-thing-here>=1\nmade-up-thing-here\n"),
		"go.mod":           []byte("module example.org/m\n\nrequire (\n\tgithub.com/real/thing v1.0.0\n\tgithub.com/made/up v1.0.0\n)\n"),
	}
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := play.NewWorld(all.Adapters())
			for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
				w.Add(e, "real-thing-here", "github.com/real/thing")
				for _, name := range []string{"real-thing-here", "made-up-thing-here", "github.com/real/thing", "github.com/made/up"} {
					w.Fault(e, name, kind)
				}
			}
			timeout := time.Minute
			if kind == "timeout" {
				timeout = time.Second
			}
			rep, err := Scan(context.Background(), worldWithin(t, timeout, w, settings.Env{}, files))
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Findings) != 0 {
				t.Errorf("findings: %+v", rep.Findings)
			}
			if len(rep.Unverified) != 6 || rep.Complete {
				t.Errorf("%d unverified, complete %v; want 6 and false", len(rep.Unverified), rep.Complete)
			}
			for _, u := range rep.Unverified {
				if u.Reason == "" || len(u.Locations) == 0 || !strings.Contains(u.Text, "could not be checked") {
					t.Errorf("unverified %+v says neither why nor where", u)
				}
			}
			for _, s := range rep.Subjects {
				if s.Verdict.Class != verdict.Unverified {
					t.Errorf("%s is %v", s.Subject.Name, s.Verdict.Class)
				}
			}
		})
	}
}

// TestUnreachable: nobody listens, and a name that does not resolve.
func TestUnreachable(t *testing.T) {
	for _, root := range []string{"http://127.0.0.1:1", "http://registry.invalid"} {
		s, err := settings.Load(settings.Env{Environ: []string{"FIGMENT_REGISTRY_NPM=" + root, "FIGMENT_REGISTRY_KIND=official"}}, adapter.Readers(all.Adapters()))
		if err != nil {
			t.Fatal(err)
		}
		clock := registry.Clock{Sleep: func(ctx context.Context, d time.Duration) error { return ctx.Err() }}
		c := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Transport: play.Transport(), Clock: clock})
		rep, err := Scan(context.Background(), Options{Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: c,
			Source: source.Memory(all.Formats().Recognition(), map[string][]byte{"package.json": []byte(`{"dependencies":{"left-pad":"1"}}`)})})
		if err != nil {
			t.Fatal(err)
		}
		if len(rep.Unverified) != 1 || len(rep.Findings) != 0 || rep.Complete {
			t.Errorf("%s: %d unverified, %d findings, complete %v", root, len(rep.Unverified), len(rep.Findings), rep.Complete)
		}
	}
}

// TestGo403: a proxy that answers 403 for what it lacks denies nothing.
func TestGo403(t *testing.T) {
	w := play.NewWorld(all.Adapters())
	w.Go403()
	rep, err := Scan(context.Background(), world(t, w, settings.Env{}, map[string][]byte{
		"go.mod": []byte("module example.org/m\n\nrequire github.com/made/up v1.0.0\n"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Findings) != 0 || len(rep.Unverified) != 1 || rep.Unverified[0].Reason != protocol.ReasonForbidden {
		t.Errorf("findings %+v, unverified %+v", rep.Findings, rep.Unverified)
	}
}
