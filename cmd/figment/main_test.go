package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"figment/ecosystem"
	"figment/fixtures"
	"figment/osv/osvtest"
	"figment/registry/registrytest"
)

var update = flag.Bool("update", false, "rewrite generated documents and goldens")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"figment": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"mkpack":  mkpack,
	})
}

// TestScripts runs every script against a World with a few names in it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			w := registrytest.NewWorld()
			w.Add(ecosystem.NPM, "react", "left-pad", "@types/react", "express")
			w.Add(ecosystem.PyPI, "requests", "pyyaml", "dotenv", "python-dotenv")
			w.Add(ecosystem.Golang, "golang.org/x/mod")
			w.Fault(ecosystem.NPM, "flaky-thing", "503")
			if err := w.Start(); err != nil {
				return err
			}
			e.Defer(func() { w.Close() })
			o, err := osvtest.New(
				osvtest.Malware("MAL-2026-1", ecosystem.NPM, "left-pad", "6.6.6"),
				osvtest.Malware("MAL-2026-2", ecosystem.PyPI, "evil-thing"),
			)
			if err != nil {
				return err
			}
			e.Defer(func() { o.Close() })
			e.Vars = append(append(e.Vars, w.Env()...), o.Env()...)
			e.Vars = append(e.Vars, "FIGMENT_CACHE_DIR="+filepath.Join(e.WorkDir, ".cache"), "HOME="+e.WorkDir, "XDG_CONFIG_HOME="+filepath.Join(e.WorkDir, ".config"))
			return nil
		},
	})
}

// TestBudgets measures the program as a release is built: under 20 MB
// stripped; figment version under 10 ms of CPU time.
func TestBudgets(t *testing.T) {
	bin := build(t)
	t.Run("size", func(t *testing.T) { budgetSize(t, bin) })
	t.Run("start", func(t *testing.T) { budgetStart(t, bin) })
}

// build makes the program as a release does.
func build(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "figment")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return out
}

func budgetSize(t *testing.T, bin string) {
	info, err := os.Stat(bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() >= 20_000_000 {
		t.Errorf("the binary has %d bytes, the budget is 20 MB", info.Size())
	}
}

// budgetStart also reports every init that takes more than 0.5 ms.
func budgetStart(t *testing.T, bin string) {
	if runtime.GOOS == "windows" {
		t.Skip("CPU times of processes are too coarse on Windows: start-up was not measured")
	}
	best := time.Hour
	for range 15 {
		cmd := exec.Command(bin, "version")
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		best = min(best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	t.Logf("%v of CPU time at best", best)
	if best >= 10*time.Millisecond {
		t.Errorf("figment version took %v of CPU time at best, the budget is 10 ms", best)
	}
	cmd := exec.Command(bin, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(trace.String()) {
		f := strings.Fields(line) // init PKG @0.1 ms, 0.02 ms clock, …
		if len(f) < 6 || f[0] != "init" {
			continue
		}
		n++
		d, err := time.ParseDuration(f[4] + f[5][:2])
		if err == nil && d > 500*time.Microsecond {
			t.Logf("init of %s took %v", f[1], d) // a slow machine, or a slow package: the sum above decides
		}
	}
	if n == 0 {
		t.Error("no init was traced")
	}
}

// TestGoreleaser holds goreleaser.yaml against the schema of goreleaser.
func TestGoreleaser(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(fixtures.Read("schemas/goreleaser-v2-schema.json")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("goreleaser.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("goreleaser.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	inst, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(inst); err != nil {
		t.Error(err)
	}
}

// TestDependencies keeps what only the deep scan may link out of the program.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "figment/scanner\n") {
		t.Fatal("go list gave no dependencies")
	}
	for _, bad := range []string{"osv-scalibr", "osv-scanner", "grpc", "figment/fixtures", "testscript", "teatest", "atotto/clipboard"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("cmd/figment links %s", bad)
		}
	}
}

// TestConfigurationPage: docs/configuration.md says what the table of options
// says.
func TestConfigurationPage(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "configuration.md")
	want := configurationPage()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/configuration.md is stale: go test ./cmd/figment -run ConfigurationPage -update")
	}
}

// configurationPage makes the page from the table.
func configurationPage() string {
	var b strings.Builder
	b.WriteString("# Options, variables, configuration keys\n\nMade from the table in `cmd/figment/options.go`. A flag wins over a variable, a\nvariable over the project's `.figment.toml`, that over the user's file.\n")
	for _, g := range groups {
		b.WriteString("\n## " + g.Title + "\n\n| flag | variable | key | commands | meaning | default |\n| --- | --- | --- | --- | --- | --- |\n")
		for i := range options {
			o := &options[i]
			if o.Group != g.Name {
				continue
			}
			flag, v, key, cmds, def := "`--"+o.Name+"`", "", "", strings.Join(o.takers(), ", "), ""
			if o.Short != "" {
				flag = "`-" + o.Short + "`, " + flag
			}
			if name := o.variable(); name != "" {
				v = "`" + name + "`"
			}
			if o.Config {
				key = "`" + o.Name + "`"
				if o.UserOnly {
					key += " (user's file)"
				}
			}
			if o.Commands == "*" {
				cmds = "all"
			}
			if o.Default != "" && o.Default != "0" {
				def = "`" + o.Default + "`"
			}
			b.WriteString("| " + strings.Join([]string{flag, v, key, cmds, o.Doc, def}, " | ") + " |\n")
		}
	}
	b.WriteString("\n## Read as well\n\n| variable | meaning |\n| --- | --- |\n")
	for _, v := range variables {
		b.WriteString("| `" + v.Name + "` | " + v.Doc + " |\n")
	}
	for _, t := range topics {
		if t.name == "config" {
			b.WriteString("\n## Configuration files\n\n```text\n" + t.text + "```\n")
		}
	}
	return b.String()
}
