package main

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
)

// TestDiskFaults: a disk that is full, read-only or in the way loses no finding,
// and is no success where the result could not be written.
func TestDiskFaults(t *testing.T) {
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o, err := osvplay.New()
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
		{"a file where the cache should be", inTheWay, nil, app.ExitFindings, "nonexistent-package", ""},
		{"a cache below a file", filepath.Join(inTheWay, "x"), nil, app.ExitFindings, "nonexistent-package", ""},
		{"an output in no folder", filepath.Join(dir, "c"), []string{"-o", filepath.Join("no", "such", "folder", "out.txt")}, app.ExitIncomplete, "", "cannot be written"},
		{"an output that is a folder", filepath.Join(dir, "c"), []string{"-o", dir}, app.ExitIncomplete, "", "cannot be written"},
		{"a full disk", filepath.Join(dir, "c"), []string{"-f", "json", "-o", "/dev/full"}, app.ExitIncomplete, "", "cannot be written"},
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
		a := &cli{&app.Call{In: strings.NewReader(""), Out: &out, Err: &errw, Env: func(k string) string { return env[k] }, Dir: dir}}
		if got := a.run(t.Context(), append([]string{"scan", "package.json"}, c.args...)); got != c.want {
			t.Errorf("%s: status %d, want %d\n%s%s", c.name, got, c.want, out.String(), errw.String())
		}
		if !strings.Contains(out.String(), c.out) || !strings.Contains(errw.String(), c.err) {
			t.Errorf("%s: %q, %q", c.name, out.String(), errw.String())
		}
	}
}
