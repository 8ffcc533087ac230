package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/internal/play/osvplay"
)

var update = flag.Bool("update", false, "rewrite generated documents and goldens")

// hang is the limit of what comes at once on an idle machine: it only guards
// against waiting for ever.
const hang = time.Minute

// quickRace keeps a process under the race detector from waiting a second at
// its end.
const quickRace = "GORACE=atexit_sleep_ms=0"

// environment is that of the go command that started the tests.
var environment = os.Environ()

// programDir is the folder of the program that the tests of this run share. It is on
// PATH.
var programDir string

// TestMain makes the test binary two programs where it is called so: mkpack, and
// figment as it was built for the tests; see itself.
func TestMain(m *testing.M) {
	name, value, _ := strings.Cut(quickRace, "=")
	os.Setenv(name, value) // a test main has no t.Setenv
	dir, err := os.MkdirTemp("", "figment-built")
	if err != nil {
		panic(err)
	}
	programDir = dir
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	testscript.Main(cleanRun{m, dir}, map[string]func(){
		"figment-itself": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"mkpack":         mkpack,
	})
}

// cleanRun are all tests, and then the end of a folder.
type cleanRun struct {
	*testing.M
	dir string
}

func (r cleanRun) Run() int {
	defer os.RemoveAll(r.dir)
	return r.M.Run()
}

// onlyLong skips, under -short, what starts the program over and over. The
// program is the same whether or not the tests run under the race detector,
// which sees nothing of another process: .ci/run runs these without it.
func onlyLong(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs without -short: scripts, hooks and trees that start the program")
	}
}

// build makes the program as people run it. It starts in half the time that this
// test binary needs, and in a tenth of that under the race detector.
var build = sync.OnceValues(func() ([]byte, error) {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-s -w", "-o", program(), "figment/cmd/figment")
	cmd.Env = append(slices.Clone(environment), "CGO_ENABLED=0")
	return cmd.CombinedOutput()
})

// figment is the path of the program, built once.
func figment(t testing.TB) string {
	t.Helper()
	if out, err := build(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program()
}

// program is where it lies.
func program() string {
	name := "figment"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(programDir, name)
}

// itself is the path of this test binary as figment: under the race detector if
// the tests are. It is for what signals and keys reach while goroutines run.
func itself(t testing.TB) string {
	t.Helper()
	bin, err := exec.LookPath("figment-itself")
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// TestScripts runs every script against a World with a few names in it.
func TestScripts(t *testing.T) {
	onlyLong(t)
	figment(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			w := play.NewWorld(all.Adapters())
			w.Add(ecosystem.NPM, "react", "left-pad", "@types/react", "express")
			w.Add(ecosystem.PyPI, "requests", "pyyaml", "dotenv", "python-dotenv")
			w.Add(ecosystem.Golang, "golang.org/x/mod")
			w.Fault(ecosystem.NPM, "flaky-thing", "503")
			if err := w.Start(); err != nil {
				return err
			}
			e.Defer(func() { w.Close() })
			o, err := osvplay.New(
				osvplay.Malware("MAL-2026-1", ecosystem.NPM, "left-pad", "6.6.6"),
				osvplay.Malware("MAL-2026-2", ecosystem.PyPI, "evil-thing"),
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
	b.WriteString("# Options, variables, configuration keys\n\nMade from the table in `app/options.go`. A flag wins over a variable, a\nvariable over the project's `.figment.toml`, that over the user's file.\n")
	for _, g := range app.Groups() {
		b.WriteString("\n## " + g.Title + "\n\n| flag | variable | key | commands | meaning | default |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, o := range app.Options("") {
			if o.Group != g.Name {
				continue
			}
			flag, v, key, cmds, def := "`--"+o.Name+"`", "", "", strings.Join(o.Takers(), ", "), ""
			if o.Short != "" {
				flag = "`-" + o.Short + "`, " + flag
			}
			if name := o.Variable(); name != "" {
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
	for _, v := range app.Variables() {
		b.WriteString("| `" + v.Name + "` | " + v.Doc + " |\n")
	}
	for _, t := range topics {
		if t.name == "config" {
			b.WriteString("\n## Configuration files\n\n```text\n" + t.text + "```\n")
		}
	}
	return b.String()
}
