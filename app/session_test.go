package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/scanner/source"
)

// newCall is a call in a directory of its own, against loopback registries that
// have react and requests. What it says goes into the buffers.
func newCall(t *testing.T) (c *app.Call, out, errs *bytes.Buffer) {
	t.Helper()
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react")
	w.Add(ecosystem.PyPI, "requests")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	o, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	home := t.TempDir()
	for _, kv := range append(append(w.Env(), o.Env()...), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "FIGMENT_CACHE_DIR="+filepath.Join(home, "cache")) {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	return &app.Call{In: strings.NewReader(""), Out: out, Err: errs, Env: os.Getenv, Dir: t.TempDir(), Version: "test"}, out, errs
}

// open is a session that is closed with the test.
func open(t *testing.T, c *app.Call, r app.Request) *app.Session {
	t.Helper()
	s, err := c.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestFrontEnd: a front end without a command line checks names, scans text that
// lies nowhere and scans a directory, and gets the exit status of each.
func TestFrontEnd(t *testing.T) {
	c, out, errs := newCall(t)
	for spec, want := range map[string]int{"npm:react": app.ExitOK, "npm:no-such-thing-here": app.ExitFindings, "pypi:requests": app.ExitOK} {
		s := open(t, c, app.Request{Command: "check"})
		refs, err := s.Specs([]string{spec})
		if err != nil {
			t.Fatal(err)
		}
		results, err := s.Check(t.Context(), refs)
		if err != nil || len(results) != 1 {
			t.Fatal(results, err)
		}
		if got := c.Finish(s.CheckStatus(results)); got != want {
			t.Errorf("%s: exit status %d, want %d", spec, got, want)
		}
	}

	s := open(t, c, app.Request{Command: "scan"})
	s.UseSource(source.Memory(all.Formats().Recognition(), map[string][]byte{"package.json": []byte(`{"dependencies":{"no-such-thing-here":"1"}}`)}))
	if err := s.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	rep, err := s.Scan(t.Context(), nil)
	if err != nil || len(rep.Findings) != 1 || c.Finish(s.Status(rep)) != app.ExitFindings {
		t.Errorf("%+v, %v", rep, err)
	}

	// The directory of the call counts, not that of the process.
	if err := os.WriteFile(filepath.Join(c.Dir, "requirements.txt"), []byte("no-such-thing-here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, c, app.Request{Command: "scan", Flags: app.Flags{"format": {"json"}, "output": {"concise=-", "json=out.json"}}})
	outputs, err := s.Values.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err = s.Scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(rep, outputs, s.Values); err != nil {
		t.Fatal(err)
	}
	if code := c.Finish(s.Conclude(rep, outputs)); code != app.ExitFindings || !strings.Contains(out.String(), "requirements.txt:1:1") || errs.Len() > 0 {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if text, err := os.ReadFile(filepath.Join(c.Dir, "out.json")); err != nil || !bytes.Contains(text, []byte("no-such-thing-here")) {
		t.Errorf("%q %v", text, err)
	}

	list, err := open(t, c, app.Request{Command: "list"}).List(t.Context())
	if err != nil || list.References != 1 {
		t.Errorf("%+v %v", list, err)
	}
	s.Close() // as the test does again
}

// TestOpenErrors: what is wrong with a request is wrong usage, and says what to
// do.
func TestOpenErrors(t *testing.T) {
	c, _, errs := newCall(t)
	for _, r := range []struct {
		request app.Request
		want    string
	}{
		{app.Request{Command: "scan", Flags: app.Flags{"config": {"nowhere.toml"}}}, "--config nowhere.toml: no such file"},
		{app.Request{Command: "scan", Flags: app.Flags{"fail-on": {"errror"}}}, `did you mean "error"?`},
		{app.Request{Command: "scan", Flags: app.Flags{"select": {"typosqat"}}}, `did you mean "typosquat"?`},
		{app.Request{Command: "scan", Flags: app.Flags{"ecosystem": {"npn"}}}, "is not an ecosystem"},
		{app.Request{Command: "check", Flags: app.Flags{"deadline": {"-1s"}}}, "must be a duration"},
		{app.Request{Command: "scan", Flags: app.Flags{"max-file-size": {"big"}}}, "must be a size"},
	} {
		errs.Reset()
		_, err := c.Open(t.Context(), r.request)
		if code := c.Finish(err); code != app.ExitUsage || !strings.Contains(errs.String(), r.want) {
			t.Errorf("%+v: %d %q", r.request, code, errs)
		}
	}
	s := open(t, c, app.Request{Command: "scan", Paths: []string{"nowhere"}})
	errs.Reset()
	if code := c.Finish(s.Prepare(t.Context())); code != app.ExitUsage || !strings.Contains(errs.String(), "nowhere") {
		t.Errorf("%d %q", code, errs)
	}
}
