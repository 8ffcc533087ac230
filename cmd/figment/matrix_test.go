package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/osv/osvtest"
	"figment/registry/registrytest"
	"figment/report"
)

// TestExitMatrix: the status of a run says the same in every format, and what is
// written is well formed whatever happened.
func TestExitMatrix(t *testing.T) {
	w := registrytest.NewWorld()
	w.Add(ecosystem.NPM, "react", "left-pad")
	w.Set(ecosystem.NPM, "request", registrytest.Profile{Deprecated: "no longer maintained"})
	w.Fault(ecosystem.NPM, "flaky-thing", "503")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o, err := osvtest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"clean/package.json":   `{"dependencies":{"react":"*"}}`,
		"finding/package.json": `{"dependencies":{"figment-made-up-thing":"*","react":"*"}}`,
		"note/package.json":    `{"dependencies":{"request":"*"}}`,
		"flaky/package.json":   `{"dependencies":{"flaky-thing":"*","react":"*"}}`,
		"bad/package.json":     `{"dependencies":{"react":"*"}}`,
		"bad/.figment.toml":    "fail-onn = \"error\"\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"HOME": dir, "XDG_CONFIG_HOME": filepath.Join(dir, ".config"), "FIGMENT_CACHE_DIR": filepath.Join(dir, ".cache"), "PATH": os.Getenv("PATH")}
	for _, v := range append(w.Env(), o.Env()...) {
		k, value, _ := strings.Cut(v, "=")
		env[k] = value
		t.Setenv(k, value)
	}
	for k, v := range env { // settings of registries are read from the process
		t.Setenv(k, v)
	}

	stopped, stop := context.WithCancel(context.Background())
	stop()
	for _, c := range []struct {
		name string
		ctx  context.Context
		args []string
		want int
	}{
		{"clean", nil, []string{"clean"}, exitOK},
		{"finding", nil, []string{"finding"}, exitFindings},
		{"finding, to be uploaded", nil, []string{"--exit-zero", "finding"}, exitOK},
		{"finding, below the threshold", nil, []string{"--fail-on", "never", "finding"}, exitOK},
		{"note only", nil, []string{"note"}, exitOK},
		{"note, at the threshold", nil, []string{"--fail-on", "note", "note"}, exitFindings},
		{"wrong flag", nil, []string{"--no-such-flag", "clean"}, exitUsage},
		{"wrong configuration", nil, []string{"bad"}, exitUsage},
		{"no such path", nil, []string{"nowhere"}, exitUsage},
		{"offline", nil, []string{"--offline", "--no-cache", "clean"}, exitOK},
		{"offline, completeness wanted", nil, []string{"--offline", "--no-cache", "--on-unverified", "fail", "flaky"}, exitIncomplete},
		{"outage", nil, []string{"flaky"}, exitOK},
		{"outage, completeness wanted", nil, []string{"--on-unverified", "fail", "flaky"}, exitIncomplete},
		{"finding wins over outage", nil, []string{"--on-unverified", "fail", "finding", "flaky"}, exitFindings},
		{"cancelled", stopped, []string{"--on-unverified", "fail", "clean"}, exitIncomplete},
	} {
		for _, format := range report.Names() {
			ctx := c.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			var out, errw bytes.Buffer
			a := &app{in: strings.NewReader(""), out: &out, err: &errw, env: func(k string) string { return env[k] }, dir: dir}
			t.Chdir(dir)
			got := a.run(ctx, append([]string{"scan", "--format", format}, c.args...))
			if got != c.want {
				t.Errorf("%s as %s: status %d, want %d\n%s", c.name, format, got, c.want, errw.String())
			}
			if c.want == exitUsage {
				if out.Len() > 0 || !strings.Contains(errw.String(), "figment: error: ") {
					t.Errorf("%s as %s: %q, %q", c.name, format, out.String(), errw.String())
				}
				continue
			}
			if err := wellFormed(format, out.Bytes()); err != nil {
				t.Errorf("%s as %s: %v\n%s", c.name, format, err, out.String())
			}
		}
	}
}

// TestDiskFaults: a disk that is full, read-only or in the way loses no finding,
// and is no success where the result could not be written.
func TestDiskFaults(t *testing.T) {
	w := registrytest.NewWorld()
	w.Add(ecosystem.NPM, "react")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o, err := osvtest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"dependencies":{"figment-made-up-thing":"*","react":"*"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	inTheWay := filepath.Join(dir, "a-file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HOME": dir, "XDG_CONFIG_HOME": filepath.Join(dir, ".config"), "PATH": os.Getenv("PATH")}
	for _, v := range append(w.Env(), o.Env()...) {
		k, value, _ := strings.Cut(v, "=")
		env[k] = value
	}
	for k, v := range env {
		t.Setenv(k, v)
	}
	t.Chdir(dir)
	for _, c := range []struct {
		name, cache string
		args        []string
		want        int
		out, err    string
	}{
		{"a file where the cache should be", inTheWay, nil, exitFindings, "nonexistent-package", ""},
		{"a cache below a file", filepath.Join(inTheWay, "x"), nil, exitFindings, "nonexistent-package", ""},
		{"an output in no folder", filepath.Join(dir, "c"), []string{"-o", filepath.Join("no", "such", "folder", "out.txt")}, exitIncomplete, "", "cannot be written"},
		{"an output that is a folder", filepath.Join(dir, "c"), []string{"-o", dir}, exitIncomplete, "", "cannot be written"},
		{"a full disk", filepath.Join(dir, "c"), []string{"-f", "json", "-o", "/dev/full"}, exitIncomplete, "", "cannot be written"},
	} {
		if strings.Contains(strings.Join(c.args, " "), "/dev/full") {
			if _, err := os.Stat("/dev/full"); err != nil {
				t.Logf("no /dev/full: %s was not tried", c.name)
				continue
			}
		}
		env["FIGMENT_CACHE_DIR"] = c.cache
		t.Setenv("FIGMENT_CACHE_DIR", c.cache)
		var out, errw bytes.Buffer
		a := &app{in: strings.NewReader(""), out: &out, err: &errw, env: func(k string) string { return env[k] }, dir: dir}
		if got := a.run(t.Context(), append([]string{"scan", "package.json"}, c.args...)); got != c.want {
			t.Errorf("%s: status %d, want %d\n%s%s", c.name, got, c.want, out.String(), errw.String())
		}
		if !strings.Contains(out.String(), c.out) || !strings.Contains(errw.String(), c.err) {
			t.Errorf("%s: %q, %q", c.name, out.String(), errw.String())
		}
	}
}

// wellFormed reads a report as a machine would.
func wellFormed(format string, data []byte) error {
	switch format {
	case "json", "sarif", "gitlab", "osv-scanner":
		var v any
		return json.Unmarshal(data, &v)
	case "jsonl":
		for line := range bytes.Lines(data) {
			var v any
			if err := json.Unmarshal(line, &v); err != nil {
				return err
			}
		}
	case "junit":
		for d := xml.NewDecoder(bytes.NewReader(data)); ; {
			if _, err := d.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}
