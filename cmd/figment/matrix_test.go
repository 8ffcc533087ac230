package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/report"
)

// A check says what is wrong with what a format wrote; an empty text: nothing.
type check func(out []byte) string

// matrixChecks gives the check of each format. A format that is in no row fails
// the matrix.
func matrixChecks(t *testing.T) map[string]check {
	t.Helper()
	schema := func(file string) func([]byte) string {
		text := []byte(nil)
		if name, ok := strings.CutPrefix(file, "fixtures/"); ok {
			text = fixtures.Read(name)
		} else {
			var err error
			if text, err = os.ReadFile(filepath.Join("..", "..", "report", "schema", file)); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("https://schema.example/s.json", doc); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile("https://schema.example/s.json")
		if err != nil {
			t.Fatal(err)
		}
		return func(out []byte) string {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
			if err == nil {
				err = s.Validate(doc)
			}
			if err != nil {
				return err.Error()
			}
			return ""
		}
	}
	place := regexp.MustCompile(`^([^:]+:\d+:\d+: (error|warning|note)\[[a-z-]+\] .|no findings|\d+ |PARTIAL: |incomplete: )`)
	return map[string]check{
		"text": func(out []byte) string {
			if len(bytes.TrimSpace(out)) == 0 {
				return "the text says nothing"
			}
			return ""
		},
		"concise": func(out []byte) string {
			for line := range strings.Lines(string(out)) {
				if !place.MatchString(line) {
					return "not a line of concise: " + line
				}
			}
			return ""
		},
		"json": schema("figment-1.schema.json"),
		"jsonl": func(out []byte) string {
			var types []string
			for line := range bytes.Lines(out) {
				var v struct{ Type string }
				if err := json.Unmarshal(line, &v); err != nil {
					return err.Error()
				}
				types = append(types, v.Type)
			}
			if len(types) < 2 || types[0] != "start" || types[len(types)-1] != "summary" || slices.Contains(types, "") {
				return "not start … summary: " + strings.Join(types, " ")
			}
			return ""
		},
		"sarif":       schema("fixtures/schemas/sarif-schema-2.1.0.json"),
		"gitlab":      schema("gitlab-code-quality.schema.json"),
		"osv-scanner": schema("osv-scanner.schema.json"),
		"github": func(out []byte) string {
			command := regexp.MustCompile(`^::(error|warning|notice)( [^:\n]+)?::.+\n$`)
			for line := range strings.Lines(string(out)) {
				if !command.MatchString(line) {
					return "no workflow command: " + line
				}
			}
			return ""
		},
		"junit": func(out []byte) string {
			d := xml.NewDecoder(bytes.NewReader(out))
			root := ""
			for {
				tok, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					return err.Error()
				}
				if e, ok := tok.(xml.StartElement); ok && root == "" {
					root = e.Name.Local
				}
			}
			if root != "testsuites" && root != "testsuite" {
				return "the root is " + root
			}
			return ""
		},
		"markdown": func(out []byte) string {
			if !bytes.HasPrefix(out, []byte("#")) && !bytes.Contains(out, []byte("\n#")) {
				return "no heading"
			}
			return ""
		},
	}
}

// A matrixCase is a call with what it ends with, whatever the format.
type matrixCase struct {
	name string
	args []string
	code int
	zero int // the status with --exit-zero
	says string
}

// The directories are those of matrixProjects. says is of the format text, or of
// standard error where nothing is reported.
var matrixCases = []matrixCase{
	{"clean", []string{"clean"}, app.ExitOK, app.ExitOK, "no findings"},
	{"finding", []string{"bad"}, app.ExitFindings, app.ExitOK, "error[nonexistent-package]"},
	{"finding, threshold never", []string{"--fail-on=never", "bad"}, app.ExitOK, app.ExitOK, "error[nonexistent-package]"},
	{"note only", []string{"note"}, app.ExitOK, app.ExitOK, "note["},
	{"note only, threshold note", []string{"--fail-on=note", "note"}, app.ExitFindings, app.ExitOK, "note["},
	{"offline", []string{"--offline", "clean"}, app.ExitOK, app.ExitOK, "could not be checked"},
	{"offline, to be complete", []string{"--offline", "--on-unverified=fail", "clean"}, app.ExitIncomplete, app.ExitOK, "could not be checked"},
	{"outage", []string{"flaky"}, app.ExitOK, app.ExitOK, "could not be checked"},
	{"outage, to be complete", []string{"--on-unverified=fail", "flaky"}, app.ExitIncomplete, app.ExitOK, "could not be checked"},
	{"finding and outage, to be complete", []string{"--on-unverified=fail", "bad", "flaky"}, app.ExitFindings, app.ExitOK, "could not be checked"},

	{"unknown flag", []string{"--no-such-flag", "clean"}, app.ExitUsage, app.ExitUsage, "unknown flag"},
	{"wrong value", []string{"--fail-on=sometimes", "clean"}, app.ExitUsage, app.ExitUsage, "fail-on"},
	{"wrong configuration", []string{"misconfigured"}, app.ExitUsage, app.ExitUsage, ".figment.toml"},
	{"no such path", []string{"nowhere"}, app.ExitUsage, app.ExitUsage, "nowhere"},
	{"no place for the result", []string{"--output=nowhere/out", "clean"}, app.ExitIncomplete, app.ExitIncomplete, "cannot be written"},
}

var matrixProjects = map[string]string{
	"clean/package.json":          `{"dependencies":{"a-plain-thing":"^1.0.0"}}`,
	"bad/package.json":            `{"dependencies":{"no-such-thing-here":"1.0.0"}}`,
	"note/package.json":           `{"name":"x","dependencies":{"react":"^18.0.0"}}`,
	"note/app.js":                 "import React from 'react'\nimport thing from 'a-plain-thing'\n",
	"flaky/package.json":          `{"dependencies":{"flaky-thing":"1"}}`,
	"hangs/package.json":          `{"dependencies":{"hanging-thing":"1"}}`,
	"misconfigured/.figment.toml": "fail-onn = \"error\"\n",
	"misconfigured/package.json":  `{"dependencies":{"a-plain-thing":"^1.0.0"}}`,
}

// A matrixMark is how a format shows that a name could not be checked, and that
// the run was interrupted. osv-scanner's format has no place for either.
type matrixMark struct{ unverified, partial *regexp.Regexp }

var matrixMarks = map[string]matrixMark{
	"text":     {regexp.MustCompile(`1 name unverified`), regexp.MustCompile(`PARTIAL: `)},
	"concise":  {regexp.MustCompile(`1 name unverified`), regexp.MustCompile(`PARTIAL: `)},
	"json":     {regexp.MustCompile(`"complete": ?false`), regexp.MustCompile(`"complete": ?false`)},
	"jsonl":    {regexp.MustCompile(`"type":"unverified"`), regexp.MustCompile(`"complete":false`)},
	"sarif":    {regexp.MustCompile(`"toolExecutionNotifications": ?\[\s*\{`), regexp.MustCompile(`"executionSuccessful": ?false`)},
	"github":   {regexp.MustCompile(`(?m)^::warning.*(could not be checked|unverified)`), regexp.MustCompile(`(?m)^::warning.*interrupted`)},
	"gitlab":   {regexp.MustCompile(`"check_name": ?"unverified"`), regexp.MustCompile(`"check_name": ?"incomplete"`)},
	"junit":    {regexp.MustCompile(`<skipped|<error`), regexp.MustCompile(`interrupted`)},
	"markdown": {regexp.MustCompile(`\*\*Incomplete:\*\*`), regexp.MustCompile(`\*\*Incomplete:\*\* PARTIAL`)},
}

// matrixWorld enters a directory with the projects, and makes everything that is
// asked be asked of loopback.
func matrixWorld(t *testing.T) *play.World {
	t.Helper()
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react", "a-plain-thing", "flaky-thing", "hanging-thing")
	w.Fault(ecosystem.NPM, "flaky-thing", "403")
	w.Fault(ecosystem.NPM, "hanging-thing", "timeout")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	o, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	onLoopback(t, append(w.Env(), o.Env()...))
	dir := t.TempDir()
	for file, text := range matrixProjects {
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return w
}

// onLoopback sets the variables of a World and of an OSV server, takes away those
// of the caller that would change what figment does, and gives it a home and a
// cache of its own.
func onLoopback(t *testing.T, env []string) {
	t.Helper()
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "FIGMENT_") || strings.HasPrefix(name, "GITHUB_") || strings.HasPrefix(strings.ToLower(name), "npm_config_") || name == "TF_BUILD" || name == "CI" {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	home := t.TempDir()
	env = append(slices.Clone(env), "HOME="+home, "USERPROFILE="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "XDG_CACHE_HOME="+filepath.Join(home, ".cache"), "FIGMENT_CACHE_DIR="+filepath.Join(home, "cache"))
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// TestMatrix: the exit status is that of the case and not of the format, every
// report is well-formed, and a call that reports nothing writes nothing to
// standard output.
func TestMatrix(t *testing.T) {
	checks := matrixChecks(t)
	if have := slices.Sorted(maps.Keys(checks)); !slices.Equal(have, slices.Sorted(slices.Values(report.Names()))) {
		t.Fatalf("formats with a check: %q; formats: %q", have, report.Names())
	}
	matrixWorld(t)
	for _, c := range matrixCases {
		for _, format := range report.Names() {
			for _, zero := range []bool{false, true} {
				args, want := append([]string{"scan", "--no-cache", "--format=" + format}, c.args...), c.code
				if zero {
					args, want = slices.Insert(args, 1, "--exit-zero"), c.zero
				}
				var out, errw bytes.Buffer
				code := Main(args, strings.NewReader(""), &out, &errw)
				if code != want {
					t.Errorf("%s: %q: status %d, want %d\n%s%s", c.name, args, code, want, out.Bytes(), errw.Bytes())
					continue
				}
				if c.code == app.ExitUsage || strings.HasPrefix(c.name, "no place") {
					if out.Len() > 0 || !strings.HasPrefix(errw.String(), "figment: error: ") || !strings.Contains(errw.String(), c.says) {
						t.Errorf("%s: %q: %q on standard output, %q on the other", c.name, args, out.String(), errw.String())
					}
					continue
				}
				if bad := checks[format](out.Bytes()); bad != "" {
					t.Errorf("%s: %q: %s\n%s", c.name, args, bad, out.Bytes())
				}
				open := c.says == "could not be checked"
				if mark := matrixMarks[format]; format != "osv-scanner" && mark.unverified.Match(out.Bytes()) != open {
					t.Errorf("%s: %q: %s is shown: %v\n%s", c.name, args, mark.unverified, !open, out.Bytes())
				}
				if format == "text" && !strings.Contains(out.String(), c.says) {
					t.Errorf("%s: %q does not say %q:\n%s", c.name, args, c.says, out.Bytes())
				}
			}
		}
	}
}

// TestMatrixInterrupted: a signal while a registry is asked ends with 130 and a
// report that is well-formed and says that it is not whole.
func TestMatrixInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no way to send an interrupt to one process: it was not tried")
	}
	exe := itself(t)
	checks := matrixChecks(t)
	w := matrixWorld(t)
	seen := 0
	for _, format := range report.Names() {
		for _, zero := range []string{"--exit-zero=false", "--exit-zero"} {
			args := []string{"scan", "--no-cache", zero, "--format=" + format, "hangs"}
			cmd := exec.Command(exe, args...)
			var out, errw bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errw
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			asked := func() int {
				n := 0
				for _, r := range w.Requests() {
					if strings.Contains(r, "hanging-thing") {
						n++
					}
				}
				return n
			}
			limit := time.Now().Add(hang)
			for asked() == seen && time.Now().Before(limit) {
				time.Sleep(time.Millisecond)
			}
			if asked() == seen {
				cmd.Process.Kill()
				cmd.Wait()
				t.Fatalf("%q asked nobody\n%s", args, errw.Bytes())
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
				t.Errorf("%q: %v, want status 130\n%s%s", args, err, out.Bytes(), errw.Bytes())
			}
			seen = asked()
			if bad := checks[format](out.Bytes()); bad != "" {
				t.Errorf("%q: %s\n%s", args, bad, out.Bytes())
			}
			if mark := matrixMarks[format]; format != "osv-scanner" && !mark.partial.Match(out.Bytes()) {
				t.Errorf("%q does not show %s\n%s", args, mark.partial, out.Bytes())
			}
		}
	}
}
