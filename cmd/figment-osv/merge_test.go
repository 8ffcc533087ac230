//go:build osv

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFigmentScanDeep runs figment itself: it starts this program, offline, over
// lock files of five ecosystems, and has the advisories in its own report, at
// the line and column of the package, beside what it says by itself.
func TestFigmentScanDeep(t *testing.T) {
	dir, bin := project(t), t.TempDir()
	figment := filepath.Join(bin, "figment")
	if out, err := exec.Command("go", "build", "-o", figment, "figment/cmd/figment").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(path string, args ...string) (string, string, int) {
		t.Helper()
		cmd := exec.Command(figment, args...)
		cmd.Dir = dir
		var stderr strings.Builder
		cmd.Stderr = &stderr
		closed := "http://127.0.0.1:1"
		cmd.Env = append(os.Environ(), "PATH="+path, "HOME="+bin, "FIGMENT_CACHE_DIR="+filepath.Join(bin, "cache"), "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY="+database(t, "osv-scanner", nil),
			"FIGMENT_REGISTRY_NPM="+closed, "FIGMENT_REGISTRY_PYPI="+closed, "FIGMENT_REGISTRY_GOLANG="+closed, "FIGMENT_OSV_URL="+closed)
		out, err := cmd.Output()
		code := 0
		if exit, ok := err.(*exec.ExitError); ok {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		return string(out), stderr.String(), code
	}

	if _, stderr, code := run(bin, "scan", "--deep", "--offline", "."); code != 2 || !strings.Contains(stderr, "figment-osv is not installed") || !strings.Contains(stderr, "go install -tags osv") {
		t.Fatalf("without the second program: %d\n%s", code, stderr)
	}
	path := filepath.Dir(program(t))
	out, stderr, code := run(path, "scan", "--deep", "--offline", "--format", "json", ".")
	var rep struct {
		Summary  struct{ Complete bool }
		Findings []struct {
			Rule, Severity, Message string
			Package                 struct{ Ecosystem, Name, Version string }
			Locations               []struct {
				Path  string
				Start struct{ Line, Column int }
				End   struct{ Column int }
			}
			Evidence []struct{ Source, Text string }
		}
		Problems []struct{ Path, Text string }
	}
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr)
	}
	ecosystems := map[string]bool{}
	malware := false
	for _, f := range rep.Findings {
		if f.Rule != "vulnerable-package" && f.Rule != "malicious-package" {
			continue
		}
		ecosystems[f.Package.Ecosystem] = true
		malware = malware || f.Rule == "malicious-package"
		if len(f.Locations) == 0 || f.Locations[0].Path == "" || f.Locations[0].Start.Line < 1 || !slices.ContainsFunc(f.Evidence, func(e struct{ Source, Text string }) bool { return e.Source == "osv" }) {
			t.Errorf("%+v", f)
			continue
		}
		// The place is that of the name in the file.
		l := f.Locations[0]
		data, err := os.ReadFile(filepath.Join(dir, l.Path))
		if err != nil {
			t.Error(err)
			continue
		}
		line := strings.Split(string(data), "\n")[l.Start.Line-1]
		if got := line[l.Start.Column-1 : l.End.Column-1]; !strings.EqualFold(strings.ReplaceAll(got, "_", "-"), f.Package.Name) {
			t.Errorf("%s: the place %s:%d:%d holds %q", f.Package.Name, l.Path, l.Start.Line, l.Start.Column, got)
		}
	}
	if len(ecosystems) < 5 || !malware || code != 1 {
		t.Errorf("exit %d, ecosystems %v, malware %v\n%s", code, ecosystems, malware, stderr)
	}
	missed := false
	for _, p := range rep.Problems {
		missed = missed || strings.Contains(p.Text, "did not cover") && strings.Contains(p.Text, "no version is known")
	}
	if !missed {
		t.Errorf("nothing says what was not covered: %+v", rep.Problems)
	}
	again, _, _ := run(path, "scan", "--deep", "--offline", "--format", "json", ".")
	if strip(again) != strip(out) {
		t.Error("two runs differ")
	}
}

// strip takes out what depends on the clock.
func strip(report string) string {
	lines := strings.Split(report, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, `"at":`) || strings.Contains(l, "elapsed_ms") }), "\n")
}
