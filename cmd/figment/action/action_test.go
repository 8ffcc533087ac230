// Package action has tests only: they play the steps of action.yml as a runner
// does, with the real program, over made-up repositories and a loopback world.
package action

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
)

// built is where the program lies that the tests of this run share, pulled the
// folder of what pullRequest copies.
var built, pulled string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "figment-action")
	if err != nil {
		panic(err)
	}
	built, pulled = filepath.Join(dir, "figment"), filepath.Join(dir, "pulled")
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

var build = sync.OnceValues(func() ([]byte, error) {
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", built, "figment/cmd/figment")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd.CombinedOutput()
})

// program is figment, built once.
func program(t *testing.T) string {
	t.Helper()
	if out, err := build(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return built
}

// An action is what the test reads of action.yml.
type action struct {
	Inputs map[string]struct {
		Description string
		Default     string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	ID, Name, If, Shell, Run, Uses string
	Env, With                      map[string]string
	ContinueOnError                bool `yaml:"continue-on-error"`
}

func readAction(t *testing.T) *action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Runs.Steps) == 0 {
		t.Fatal("action.yml has no steps")
	}
	return &a
}

// TestActionIsClosed: no input or context becomes part of a command, what is
// used is pinned to a commit, and every script has the variables it reads.
func TestActionIsClosed(t *testing.T) {
	a := readAction(t)
	run := regexp.MustCompile(`^"\$GITHUB_ACTION_PATH/\.github/action/([a-z]+\.sh)"$`)
	used := map[string]bool{}
	for _, s := range a.Runs.Steps {
		for _, e := range expressions(s) {
			for input := range strings.FieldsSeq(regexp.MustCompile(`[^a-z0-9._-]`).ReplaceAllString(e, " ")) {
				if name, ok := strings.CutPrefix(input, "inputs."); ok {
					used[name] = true
					if _, ok := a.Inputs[name]; !ok {
						t.Errorf("step %s reads the input %s, which does not exist", s.Name, name)
					}
				}
			}
		}
		if s.Uses != "" {
			if !regexp.MustCompile(`^[a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40}$`).MatchString(s.Uses) {
				t.Errorf("step %s uses %s: pin it to a commit", s.Name, s.Uses)
			}
			continue
		}
		m := run.FindStringSubmatch(s.Run)
		if m == nil || s.Shell != "bash" {
			t.Errorf("step %s runs %q with %q: a script in .github/action, and bash", s.Name, s.Run, s.Shell)
			continue
		}
		script, err := os.ReadFile(filepath.Join("..", "..", "..", ".github", "action", m[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range regexp.MustCompile(`\bIN_[A-Z_]+`).FindAllString(string(script), -1) {
			if _, ok := s.Env[v]; !ok {
				t.Errorf("%s reads %s, which step %s does not set", m[1], v, s.Name)
			}
		}
		for v := range s.Env {
			if strings.HasPrefix(v, "IN_") && !strings.Contains(string(script), v) {
				t.Errorf("step %s sets %s, which %s does not read", s.Name, v, m[1])
			}
		}
		for _, bad := range []string{"mapfile", "readarray", "declare -A", "local -A", ",,}", "^^}", "&>>", "|&"} {
			if strings.Contains(string(script), bad) {
				t.Errorf("%s has %q, which bash 3.2 of macOS does not know", m[1], bad)
			}
		}
	}
	for name := range a.Inputs {
		if !used[name] {
			t.Errorf("the input %s is not used", name)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "action.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(slices.Collect(maps.Keys(a.Inputs)), slices.Collect(maps.Keys(a.Outputs))...) {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/action.md says nothing of %s", name)
		}
	}
}

// expressions are the texts of a step in which GitHub evaluates expressions.
func expressions(s actionStep) []string {
	out := []string{s.If}
	for _, v := range s.Env {
		out = append(out, v)
	}
	for _, v := range s.With {
		out = append(out, v)
	}
	return out
}

// A runner does with an action what a runner of GitHub does: evaluates if, env
// and with, runs the scripts in bash, and reads what they write to its files.
type runner struct {
	t         *testing.T
	dir       string // of everything
	workspace string
	action    string // GITHUB_ACTION_PATH
	env       map[string]string
	github    map[string]string // contexts, github.event.before
	inputs    map[string]string
	bin       string // first on PATH
	uploads   string // outcome of sending SARIF
}

// A result is what came of a run.
type result struct {
	code    int
	log     string
	outputs map[string]string
	with    map[string]map[string]string // arguments of the actions that were used
	summary string
	args    []string // of figment scan
}

const (
	actionSHA  = "1111111111111111111111111111111111111111"
	stubFailed = 7
)

func newRunner(t *testing.T) *runner {
	t.Helper()
	if testing.Short() {
		t.Skip("runs without -short: scripts that start the program")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the runner of this test is written for Unix: the action was not tried")
	}
	for _, tool := range []string{"bash", "git", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: the action was not tried", tool)
		}
	}
	dir := t.TempDir()
	r := &runner{t: t, dir: dir, workspace: filepath.Join(dir, "work dir"), action: filepath.Join(dir, "_actions", "example", "figment", "v1"),
		bin: filepath.Join(dir, "bin"), inputs: map[string]string{}, uploads: "success"}
	for _, d := range []string{r.workspace, r.bin, filepath.Join(dir, "temp dir"), filepath.Join(r.action, ".github", "action")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	scripts, _ := filepath.Glob(filepath.Join("..", "..", "..", ".github", "action", "*"))
	for _, s := range scripts {
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		r.write(filepath.Join(r.action, ".github", "action", filepath.Base(s)), string(text))
	}
	r.env = map[string]string{
		"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": filepath.Join(dir, "temp dir"),
		"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": r.workspace, "GITHUB_ACTION_PATH": r.action,
		"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "someone/project", "GITHUB_ACTOR": "someone",
		"GITHUB_SHA": actionSHA, "GITHUB_EVENT_NAME": "push", "HOME": dir, "LC_ALL": "C.UTF-8",
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": filepath.Join(dir, "gitconfig"),
		"PATH": r.bin + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	r.github = map[string]string{"github.action_repository": "example/figment", "github.token": "not-a-token", "github.event.before": "",
		"github.event.merge_group.base_sha": "", "github.event.pull_request.head.repo.full_name": "", "github.event.pull_request.number": "",
		"runner.temp": r.env["RUNNER_TEMP"], "runner.os": "Linux"}
	return r
}

func (r *runner) write(file, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// release puts an archive with a program called figment where the stub of curl
// finds it, and its hash into the action's table.
func (r *runner) release(version, program string) {
	r.t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "figment", Mode: 0o755, Size: int64(len(program))}); err != nil {
		r.t.Fatal(err)
	}
	w.Write([]byte(program))
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		r.t.Fatal(err)
	}
	name := "figment_" + version + "_linux_amd64.tar.gz"
	sum := sha256.Sum256(b.Bytes())
	r.write(filepath.Join(r.dir, "releases", "example", "figment", "releases", "download", "v"+version, name), b.String())
	table := filepath.Join(r.action, ".github", "action", "checksums.txt")
	text, err := os.ReadFile(table)
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(table, string(text)+hex.EncodeToString(sum[:])+"  "+name+"\n")
	r.write(filepath.Join(r.bin, "curl"), `#!/usr/bin/env bash
while [ $# -gt 0 ]; do
	case $1 in
	--output) out=$2; shift ;;
	https://github.example/*) from=${1#https://github.example/} ;;
	esac
	shift
done
cp "`+filepath.Join(r.dir, "releases")+`/$from" "$out"
`)
}

// figment is the program of this test run, behind a script that notes the
// arguments.
func (r *runner) figment() string {
	r.t.Helper()
	bin := program(r.t)
	return "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\" >'" + filepath.Join(r.dir, "args") + "'\nexec '" + bin + "' \"$@\"\n"
}

// world starts a registry and OSV, both on loopback.
func (r *runner) world(fault string) {
	r.t.Helper()
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "react", "left-pad")
	if fault != "" {
		w.Fault(ecosystem.NPM, "react", fault)
	}
	if err := w.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { w.Close() })
	o, err := osvplay.New()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { o.Close() })
	for _, v := range append(w.Env(), o.Env()...) {
		name, value, _ := strings.Cut(v, "=")
		r.env[name] = value
	}
}

// git runs git in the workspace, or elsewhere.
func (r *runner) git(dir string, args ...string) string {
	r.t.Helper()
	out, err := git(dir, args...)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// git runs git with nothing of the user's configuration. It looks after nothing
// once it is done, and gives a new repository no examples of hooks.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always",
		"-c", "maintenance.auto=false", "-c", "init.templateDir="}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// run plays the steps and gives what came of them.
func (r *runner) run() result {
	r.t.Helper()
	a := readAction(r.t)
	ctx := maps.Clone(r.github)
	for name, in := range a.Inputs {
		ctx["inputs."+name] = in.Default
	}
	for name, v := range r.inputs {
		if _, ok := a.Inputs[name]; !ok {
			r.t.Fatalf("there is no input %s", name)
		}
		ctx["inputs."+name] = v
	}
	res := result{with: map[string]map[string]string{}, outputs: map[string]string{}}
	summary := filepath.Join(r.dir, "summary")
	var log strings.Builder
	for _, s := range a.Runs.Steps {
		if s.If != "" && !truth(r.t, s.If, ctx) {
			ctx["steps."+s.ID+".outcome"] = "skipped"
			continue
		}
		if s.Uses != "" {
			name, _, _ := strings.Cut(s.Uses, "@")
			with := map[string]string{}
			for k, v := range s.With {
				with[k] = expand(r.t, v, ctx)
			}
			res.with[name] = with
			outcome := "success"
			if strings.Contains(name, "upload-sarif") {
				outcome = r.uploads
				if _, err := os.Stat(with["sarif_file"]); err != nil {
					r.t.Errorf("what is sent is not there: %v", err)
				}
			}
			ctx["steps."+s.ID+".outcome"] = outcome
			if outcome == "failure" && !s.ContinueOnError {
				r.t.Fatalf("step %s failed and ended the run", s.Name)
			}
			continue
		}
		out := filepath.Join(r.dir, "output")
		r.write(out, "")
		script := filepath.Join(r.dir, "step.sh")
		r.write(script, s.Run)
		cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
		cmd.Dir = r.workspace
		for k, v := range r.env {
			cmd.Env = append(cmd.Env, k+"="+v)
		}
		for k, v := range s.Env {
			cmd.Env = append(cmd.Env, k+"="+expand(r.t, v, ctx))
		}
		cmd.Env = append(cmd.Env, "GITHUB_OUTPUT="+out, "GITHUB_STEP_SUMMARY="+summary)
		cmd.Stdout, cmd.Stderr = &log, &log
		err := cmd.Run()
		text, _ := os.ReadFile(out)
		for line := range strings.Lines(string(text)) {
			k, v, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			if !ok {
				r.t.Errorf("step %s writes the output line %q", s.Name, line)
			}
			ctx["steps."+s.ID+".outputs."+k] = v
		}
		if s.ID != "" {
			ctx["steps."+s.ID+".outcome"] = "success"
		}
		if err != nil && !s.ContinueOnError {
			var e *exec.ExitError
			if !errors.As(err, &e) {
				r.t.Fatal(err)
			}
			res.code = e.ExitCode()
			break
		}
	}
	for name, o := range a.Outputs {
		res.outputs[name] = expand(r.t, o.Value, ctx)
	}
	res.log = log.String()
	text, _ := os.ReadFile(summary)
	res.summary = string(text)
	if text, err := os.ReadFile(filepath.Join(r.dir, "args")); err == nil {
		res.args = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	return res
}

var (
	expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)
	comparison = regexp.MustCompile(`^([a-z][A-Za-z0-9._-]*) == '([^']*)'$`)
)

// expand replaces the expressions in a text. Outputs that were never written
// are empty; other unknown contexts are an error.
func expand(t *testing.T, text string, ctx map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(e string) string { return value(t, expression.FindStringSubmatch(e)[1], ctx) })
}

func value(t *testing.T, name string, ctx map[string]string) string {
	t.Helper()
	v, ok := ctx[name]
	if !ok && !strings.HasPrefix(name, "steps.") {
		t.Fatalf("the runner of this test knows no %q", name)
	}
	return v
}

func truth(t *testing.T, text string, ctx map[string]string) bool {
	t.Helper()
	m := comparison.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the runner of this test does not understand the condition %q", text)
	}
	return value(t, m[1], ctx) == m[2]
}

func (res *result) want(t *testing.T, code int, in ...string) {
	t.Helper()
	if res.code != code {
		t.Errorf("the action ended with %d, not %d", res.code, code)
	}
	for _, s := range in {
		if !strings.Contains(res.log, s) {
			t.Errorf("the log says nothing of %q", s)
		}
	}
	if t.Failed() {
		t.Logf("outputs %v\nlog:\n%s", res.outputs, res.log)
	}
}

const (
	cleanManifest = `{"dependencies":{"react":"1.0.0"}}`
	badManifest   = `{"dependencies":{"react":"1.0.0","recat-hooks-usestat":"1"}}`
)

// TestActionPush runs the real program over a checked-out branch.
func TestActionPush(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, manifest, fault string
		inputs                map[string]string
		uploads               string
		code                  int
		outputs               map[string]string
		log                   []string
		annotated             bool
	}{
		{name: "clean", manifest: cleanManifest, outputs: map[string]string{"findings": "0", "errors": "0", "unverified": "0", "complete": "true", "exit-code": "0"}},
		{name: "findings", manifest: badManifest, code: 1, outputs: map[string]string{"findings": "1", "errors": "1", "complete": "true", "exit-code": "1"},
			log: []string{"nonexistent-package", "figment: findings at or above error"}},
		{name: "findings, only reported", manifest: badManifest, inputs: map[string]string{"fail-on": "never"}, outputs: map[string]string{"errors": "1", "exit-code": "0"}},
		{name: "annotations asked for", manifest: badManifest, inputs: map[string]string{"annotations": "true"}, code: 1, annotated: true},
		{name: "code scanning is off", manifest: badManifest, uploads: "failure", code: 1, annotated: true,
			log: []string{"::notice title=figment::the findings could not be sent to code scanning"}},
		{name: "no code scanning wanted", manifest: badManifest, inputs: map[string]string{"sarif": "false"}, code: 1, annotated: true},
		{name: "outage", manifest: cleanManifest, fault: "503", outputs: map[string]string{"findings": "0", "unverified": "1", "complete": "false", "exit-code": "0"},
			log: []string{"::warning title=figment::not everything could be checked (1 names unverified)"}},
		{name: "outage that fails", manifest: cleanManifest, fault: "503", inputs: map[string]string{"on-unverified": "fail"}, code: 3,
			outputs: map[string]string{"unverified": "1", "complete": "false", "exit-code": "3"}, log: []string{"::error title=figment::figment did not finish"}},
		{name: "configuration that does not exist", manifest: cleanManifest, inputs: map[string]string{"config": "no.toml"}, code: 2,
			outputs: map[string]string{"findings": "", "complete": "false", "exit-code": "2", "sarif-file": ""}, log: []string{"::error title=figment::figment was called wrongly"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t)
			r.world(c.fault)
			r.release("0.9.1", "#!/bin/sh\nexit 9\n")
			r.release("1.2.3", r.figment())
			r.git(r.workspace, "init", "-q")
			r.write(filepath.Join(r.workspace, "package.json"), c.manifest)
			maps.Copy(r.inputs, c.inputs)
			if c.uploads != "" {
				r.uploads = c.uploads
			}
			res := r.run()
			res.want(t, c.code, c.log...)
			for k, v := range c.outputs {
				if res.outputs[k] != v {
					t.Errorf("output %s is %q, not %q", k, res.outputs[k], v)
				}
			}
			if upload, sent := res.with["github/codeql-action/upload-sarif"], c.inputs["sarif"] != "false" && c.code != 2; sent != (upload != nil) {
				t.Errorf("sent to code scanning: %v", upload)
			}
			report, _ := os.ReadFile(filepath.Join(r.env["RUNNER_TEMP"], "figment-1", "annotations.txt"))
			if shown := len(report) > 0 && strings.Contains(res.log, string(report)); shown != c.annotated && c.code != 2 {
				t.Errorf("annotations shown: %v", shown)
			}
			if c.code != 2 && res.summary == "" {
				t.Error("there is no summary")
			}
			if slices.Contains(res.args, "--diff") || slices.Contains(res.args, "--policy-from") {
				t.Errorf("called with %q", res.args)
			}
			if strings.Contains(res.log, "not-a-token") {
				t.Error("the token is in the log")
			}
		})
	}
}

// A pull is a repository at a server, whose main branch moved on after a pull
// request was made, and a workspace with the merge checked out the way
// actions/checkout does: one commit deep. Both lie in the folder pulled.
type pull struct{ base, merge string }

// makePull makes it once; each case has a copy.
var makePull = sync.OnceValues(func() (p pull, err error) {
	server, workspace := filepath.Join(pulled, "server"), filepath.Join(pulled, "workspace")
	run := func(dir string, args ...string) (out string) {
		if err == nil {
			out, err = git(dir, args...)
		}
		return out
	}
	commit := func(file, manifest string) string {
		file = filepath.Join(server, file)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(manifest), 0o755))
		run(server, "add", "-A")
		run(server, "commit", "-q", "-m", "change")
		return run(server, "rev-parse", "HEAD")
	}
	err = errors.Join(os.MkdirAll(server, 0o755), os.MkdirAll(workspace, 0o755))
	run(server, "init", "-q", "-b", "main")
	run(server, "config", "uploadpack.allowAnySHA1InWant", "true")
	commit("package.json", cleanManifest)
	run(server, "checkout", "-q", "-b", "topic")
	commit("web/package.json", `{"dependencies":{"nothing-calld-this":"1"}}`)
	run(server, "checkout", "-q", "main")
	p.base = commit("package.json", badManifest) // added by others meanwhile
	run(server, "merge", "-q", "--no-ff", "-m", "merge", "topic")
	p.merge = run(server, "rev-parse", "HEAD")
	run(server, "update-ref", "refs/pull/7/merge", p.merge)
	run(server, "reset", "-q", "--hard", p.base)
	run(workspace, "init", "-q")
	run(workspace, "fetch", "-q", "--no-tags", "--depth=1", "file://"+server, "refs/pull/7/merge")
	run(workspace, "checkout", "-q", "FETCH_HEAD")
	return p, err
})

// pullRequest gives the runner a pull of its own.
func (r *runner) pullRequest() (base, merge string) {
	r.t.Helper()
	p, err := makePull()
	if err != nil {
		r.t.Fatal(err)
	}
	server := filepath.Join(r.dir, "server", "someone", "project")
	if err := errors.Join(os.CopyFS(server, os.DirFS(filepath.Join(pulled, "server"))), os.CopyFS(r.workspace, os.DirFS(filepath.Join(pulled, "workspace")))); err != nil {
		r.t.Fatal(err)
	}
	r.env["GITHUB_SERVER_URL"] = "file://" + filepath.Join(r.dir, "server")
	r.env["GITHUB_EVENT_NAME"], r.env["GITHUB_SHA"] = "pull_request", p.merge
	r.github["github.event.pull_request.number"] = "7"
	r.github["github.event.pull_request.head.repo.full_name"] = "someone/project"
	return p.base, p.merge
}

// after is the argument behind flag.
func after(args []string, flag string) string {
	if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

// fromSource lets the action build figment: by a stand-in for go.
func (r *runner) fromSource() {
	r.write(filepath.Join(r.dir, "built"), r.figment())
	r.write(filepath.Join(r.bin, "go"), `#!/usr/bin/env bash
[ "$PWD" = "$GITHUB_ACTION_PATH" ] && [ "$1" = build ] && [ "${!#}" = ./cmd/figment ] || exit 1
while [ "$1" != -o ]; do shift; done
cp "`+filepath.Join(r.dir, "built")+`" "$2"
`)
}

// TestActionPullRequest: only what the change adds is judged, held against the
// first parent of the merge.
func TestActionPullRequest(t *testing.T) {
	t.Parallel()
	t.Run("same repository", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		base, merge := r.pullRequest()
		r.fromSource()
		r.inputs["accept-claims"] = "npm:@acme/*\r\n\npypi:a b"
		res := r.run()
		res.want(t, 1)
		if joined := strings.Join(res.args, "\n"); !strings.Contains(joined, "--accept-claims\nnpm:@acme/*\n--accept-claims\npypi:a b\n") {
			t.Errorf("called with %q", res.args)
		}
		if got := after(res.args, "--diff"); got != base+".."+merge {
			t.Errorf("compared %q, not %s..%s", got, base, merge)
		}
		if after(res.args, "--policy-from") != base {
			t.Errorf("called with %q", res.args)
		}
		if res.outputs["findings"] != "1" {
			t.Errorf("%s findings, the change adds one", res.outputs["findings"])
		}
		if res.with["github/codeql-action/upload-sarif"] == nil {
			t.Error("nothing was sent to code scanning")
		}
	})
	t.Run("fork without permission", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		base, merge := r.pullRequest()
		r.fromSource()
		r.github["github.event.pull_request.head.repo.full_name"] = "stranger/project"
		r.inputs["comment"] = "true"
		r.write(filepath.Join(r.bin, "gh"), "#!/bin/sh\nexit 1\n")
		res := r.run()
		res.want(t, 1, "::notice title=figment::this run may not write to code scanning", "may not comment on the pull request of a fork")
		if res.with["github/codeql-action/upload-sarif"] != nil {
			t.Error("a fork may not send to code scanning")
		}
		if after(res.args, "--diff") != base+".."+merge || after(res.args, "--policy-from") != base {
			t.Errorf("called with %q", res.args)
		}
		report, _ := os.ReadFile(filepath.Join(r.env["RUNNER_TEMP"], "figment-1", "annotations.txt"))
		if len(report) == 0 || !strings.Contains(res.log, string(report)) {
			t.Error("the findings are not shown as annotations")
		}
	})
	t.Run("fork, everything", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		base, _ := r.pullRequest()
		r.fromSource()
		r.github["github.event.pull_request.head.repo.full_name"] = "" // deleted meanwhile
		r.inputs["mode"] = "full"
		res := r.run()
		res.want(t, 1)
		if slices.Contains(res.args, "--diff") || after(res.args, "--policy-from") != base {
			t.Errorf("called with %q", res.args)
		}
	})
	t.Run("fork without a base", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		r.pullRequest()
		r.fromSource()
		r.github["github.event.pull_request.head.repo.full_name"] = "stranger/project"
		r.env["GITHUB_SERVER_URL"] = "file://" + filepath.Join(r.dir, "nowhere")
		res := r.run()
		res.want(t, 3, "::error title=figment::the commit that this pull request is based on cannot be found")
	})
	t.Run("without a base", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		r.pullRequest()
		r.fromSource()
		r.env["GITHUB_SERVER_URL"] = "file://" + filepath.Join(r.dir, "nowhere")
		res := r.run()
		res.want(t, 3, "::error title=figment::the commit that this pull request is based on cannot be found")
	})
	t.Run("everything", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		base, _ := r.pullRequest()
		r.fromSource()
		r.inputs["mode"] = "full"
		res := r.run()
		res.want(t, 1)
		if slices.Contains(res.args, "--diff") || after(res.args, "--policy-from") != base {
			t.Errorf("called with %q", res.args)
		}
	})
	t.Run("a claim of the change", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		_, merge := r.pullRequest()
		r.fromSource()
		server := filepath.Join(r.dir, "server", "someone", "project")
		r.git(server, "checkout", "-q", merge)
		r.write(filepath.Join(server, ".figment.toml"), "private = [\"npm:nothing-*\"]\n")
		r.git(server, "add", "-A")
		r.git(server, "commit", "-q", "--amend", "-m", "merge")
		claim := r.git(server, "rev-parse", "HEAD")
		r.git(r.workspace, "fetch", "-q", "--no-tags", "--depth=1", "file://"+server, claim)
		r.git(r.workspace, "checkout", "-q", "FETCH_HEAD")
		r.env["GITHUB_SHA"] = claim
		res := r.run()
		res.want(t, 3, "claimed by this change: .figment.toml:1")
		r.inputs["accept-claims"] = "npm:nothing-calld-this"
		res = r.run()
		res.want(t, 0)
	})
	t.Run("nothing added", func(t *testing.T) {
		r := newRunner(t)
		r.world("")
		_, merge := r.pullRequest()
		r.fromSource()
		r.env["GITHUB_EVENT_NAME"] = "merge_group"
		r.github["github.event.merge_group.base_sha"] = merge
		res := r.run()
		res.want(t, 0)
	})
}

// TestActionRange: what other events are held against.
func TestActionRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, event, mode, before string // before: base, zeros, gone
		diff                      bool
		log                       string
		sent                      bool
	}{
		{name: "merge group", event: "merge_group", mode: "auto", before: "base", diff: true, sent: true},
		{name: "push is whole", event: "push", mode: "auto", before: "base", sent: true},
		{name: "push, only what is new", event: "push", mode: "diff", before: "base", diff: true, log: "::notice title=figment::the result of a part would close"},
		{name: "new branch", event: "push", mode: "diff", before: "zeros", log: "::notice title=figment::the branch is new: everything is checked", sent: true},
		{name: "base is gone", event: "push", mode: "diff", before: "gone", log: "::warning title=figment::the commit to compare with cannot be found", sent: true},
		{name: "no commit", event: "push", mode: "diff", before: "$(touch pwned)", log: "::warning title=figment::the commit to compare with cannot be found", sent: true},
		{name: "schedule", event: "schedule", mode: "diff", log: "::notice title=figment::the event schedule changes nothing", sent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t)
			r.world("")
			base, merge := r.pullRequest()
			r.fromSource()
			r.env["GITHUB_EVENT_NAME"] = c.event
			before := map[string]string{"base": base, "zeros": strings.Repeat("0", 40), "gone": strings.Repeat("ab", 20)}[c.before]
			if before == "" {
				before = c.before
			}
			r.github["github.event.before"], r.github["github.event.merge_group.base_sha"] = before, before
			r.inputs["mode"] = c.mode
			r.inputs["fail-on"] = "never"
			res := r.run()
			res.want(t, 0, c.log)
			want := ""
			if c.diff {
				want = base + ".." + merge
			}
			if got := after(res.args, "--diff"); got != want {
				t.Errorf("compared %q, not %q", got, want)
			}
			if sent := res.with["github/codeql-action/upload-sarif"] != nil; sent != c.sent {
				t.Errorf("sent to code scanning: %v", sent)
			}
			if _, err := os.Stat(filepath.Join(r.workspace, "pwned")); err == nil {
				t.Error("a value was executed")
			}
		})
	}
}

// TestActionInstall: nothing runs whose hash the action does not know.
func TestActionInstall(t *testing.T) {
	t.Parallel()
	stub := "#!/bin/sh\n[ \"$1\" = version ] || exit " + fmt.Sprint(stubFailed) + "\n"
	for _, c := range []struct {
		name   string
		inputs map[string]string
		change func(*runner)
		code   int
		log    string
	}{
		{name: "tampered", change: func(r *runner) {
			r.write(filepath.Join(r.dir, "releases", "example", "figment", "releases", "download", "v1.2.3", "figment_1.2.3_linux_amd64.tar.gz"), "other bytes")
		}, code: 3, log: "it is not run"},
		{name: "no such release at the server", change: func(r *runner) { os.RemoveAll(filepath.Join(r.dir, "releases")) }, code: 3, log: "cannot be downloaded"},
		{name: "unknown version", inputs: map[string]string{"version": "9.9.9"}, code: 2, log: "does not know the hash of figment_9.9.9"},
		{name: "version that is none", inputs: map[string]string{"version": "1.2.3/../../x"}, code: 2, log: "input version cannot be"},
		{name: "version with a command", inputs: map[string]string{"version": "1.2.3\n::error::x"}, code: 2, log: "1.2.3%0A::error::x"},
		{name: "unknown mode", inputs: map[string]string{"mode": "$(touch pwned)"}, code: 2, log: "input mode cannot be"},
		{name: "category with a blank", inputs: map[string]string{"category": "a b"}, code: 2, log: "input category"},
		{name: "boolean that is none", inputs: map[string]string{"sarif": "yes"}, code: 2, log: "input sarif cannot be"},
		{name: "pull_request_target", change: func(r *runner) { r.env["GITHUB_EVENT_NAME"] = "pull_request_target" }, code: 2, log: "does not run on pull_request_target"},
		{name: "other processor", change: func(r *runner) { r.env["RUNNER_ARCH"] = "ARM64" }, code: 2, log: "does not know the hash of figment_1.2.3_linux_arm64"},
		{name: "system without figment", change: func(r *runner) { r.env["RUNNER_ARCH"] = "S390X" }, code: 2, log: "there is no figment for S390X"},
		{name: "repository from the path", change: func(r *runner) { r.github["github.action_repository"] = "" }, code: stubFailed, log: ""},
		{name: "origin that verifies", change: func(r *runner) {
			r.env["GITHUB_SERVER_URL"] = "https://github.com"
			text, _ := os.ReadFile(filepath.Join(r.bin, "curl"))
			r.write(filepath.Join(r.bin, "curl"), strings.ReplaceAll(string(text), "github.example", "github.com"))
			r.write(filepath.Join(r.bin, "gh"), "#!/bin/sh\n[ \"$2\" = --help ] || [ \"$*\" = 'attestation verify figment_1.2.3_linux_amd64.tar.gz --repo example/figment' ]\n")
		}, code: stubFailed},
		{name: "origin that does not verify", change: func(r *runner) {
			r.env["GITHUB_SERVER_URL"] = "https://github.com"
			text, _ := os.ReadFile(filepath.Join(r.bin, "curl"))
			r.write(filepath.Join(r.bin, "curl"), strings.ReplaceAll(string(text), "github.example", "github.com"))
			r.write(filepath.Join(r.bin, "gh"), "#!/bin/sh\n[ \"$2\" = --help ]\n")
		}, code: 3, log: "the origin of figment_1.2.3_linux_amd64.tar.gz cannot be verified"},
		{name: "from source without go", inputs: map[string]string{"install": "source"}, change: func(r *runner) {
			r.write(filepath.Join(r.bin, "go"), "#!/bin/sh\nexit 1\n")
		}, code: 3, log: "figment cannot be built"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t)
			r.release("1.2.3", stub)
			r.git(r.workspace, "init", "-q")
			maps.Copy(r.inputs, c.inputs)
			if c.change != nil {
				c.change(r)
			}
			res := r.run()
			res.want(t, c.code, c.log)
			for _, line := range strings.Split(res.log, "\n") {
				if strings.HasPrefix(line, "::error::") {
					t.Errorf("an input became a command: %q", line)
				}
			}
			if _, err := os.Stat(filepath.Join(r.workspace, "pwned")); err == nil {
				t.Error("an input was executed")
			}
		})
	}
}

// TestActionArguments: lines are arguments, whatever they hold.
func TestActionArguments(t *testing.T) {
	r := newRunner(t)
	r.world("")
	r.release("1.2.3", r.figment())
	r.git(r.workspace, "init", "-q")
	name := `a b; $(touch pwned) "x" 'y' -q`
	r.write(filepath.Join(r.workspace, name, "package.json"), badManifest)
	r.inputs["paths"] = name + "\r\n\n-dash"
	r.write(filepath.Join(r.workspace, "-dash", "package.json"), cleanManifest)
	r.inputs["args"] = "--exclude\n* *.lock\n"
	r.inputs["category"] = "web/part"
	r.inputs["config"] = "none"
	res := r.run()
	res.want(t, 1)
	i := slices.Index(res.args, "--exclude")
	if i < 0 || !slices.Equal(res.args[i:], []string{"--exclude", "* *.lock", "--", name, "-dash"}) {
		t.Errorf("called with %q", res.args)
	}
	if after(res.args, "--sarif-category") != "web/part" || after(res.args, "--config") != "none" {
		t.Errorf("called with %q", res.args)
	}
	if _, err := os.Stat(filepath.Join(r.workspace, "pwned")); err == nil {
		t.Error("an input was executed")
	}
}

// TestActionLog: the report cannot speak to the runner, and a program that
// leaves no report is no clean one.
func TestActionLog(t *testing.T) {
	r := newRunner(t)
	r.release("1.2.3", "#!/bin/sh\n[ \"$1\" = version ] && exit 0\necho '::error::planted'\nprintf '::set-output name=x::y'\n")
	r.git(r.workspace, "init", "-q")
	res := r.run()
	res.want(t, 3, "::error title=figment::figment did not finish its work (exit status 3)")
	m := regexp.MustCompile(`(?s)::stop-commands::([0-9a-f]{32})\n.*::error::planted.*\n::([0-9a-f]{32})::\n`).FindStringSubmatch(res.log)
	if m == nil || m[1] != m[2] {
		t.Errorf("commands were not stopped:\n%s", res.log)
	}
	if res.outputs["complete"] != "false" || res.outputs["findings"] != "" {
		t.Errorf("outputs %v", res.outputs)
	}
}

// TestActionComment: one comment, only the action's own is changed.
func TestActionComment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, want string
		clean           bool
	}{
		{name: "first", want: "POST repos/someone/project/issues/7/comments"},
		{name: "again", old: "42", want: "PATCH repos/someone/project/issues/comments/42"},
		{name: "clean, none before", clean: true},
		{name: "clean, one before", clean: true, old: "42", want: "PATCH repos/someone/project/issues/comments/42"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t)
			r.world("")
			r.pullRequest()
			r.fromSource()
			r.inputs["comment"] = "true"
			r.inputs["fail-on"] = "never"
			if c.clean {
				r.inputs["paths"] = "README.md"
				r.write(filepath.Join(r.workspace, "README.md"), "nothing\n")
			}
			r.write(filepath.Join(r.bin, "gh"), `#!/usr/bin/env bash
if [ "$1 $2" = "api --paginate" ]; then
	echo "`+c.old+`"
	exit
fi
method=$4 path=$5 body=${7#body=@}
printf '%s %s\n' "$method" "$path" >>"`+filepath.Join(r.dir, "calls")+`"
head -n 1 "$body" >>"`+filepath.Join(r.dir, "calls")+`"
`)
			res := r.run()
			res.want(t, 0)
			calls, _ := os.ReadFile(filepath.Join(r.dir, "calls"))
			want := ""
			if c.want != "" {
				want = c.want + "\n<!-- figment -->\n"
			}
			if string(calls) != want {
				t.Errorf("gh was called with %q, not %q", calls, want)
			}
		})
	}
}

// TestMatcher: the expressions for editors and runners read what the format
// concise writes.
func TestMatcher(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", ".github", "figment-matcher.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ProblemMatcher []struct {
			Owner, Severity string
			Pattern         []struct {
				Regexp                                      string
				File, Line, Column, Severity, Code, Message int
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	r := newRunner(t)
	r.world("")
	r.write(filepath.Join(r.workspace, "web", "package.json"), badManifest)
	r.write(filepath.Join(r.workspace, ".figment.toml"), "[[allow]]\npackage = \"npm:never-used\"\nreason = \"gone\"\n")
	cmd := exec.Command(program(t), "scan", "--exit-zero", "-f", "concise", ".")
	cmd.Dir = r.workspace
	for k, v := range r.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		for _, m := range doc.ProblemMatcher {
			p := m.Pattern[0]
			if f := regexp.MustCompile(p.Regexp).FindStringSubmatch(strings.TrimSuffix(line, "\n")); f != nil {
				severity := m.Severity
				if p.Severity > 0 {
					severity = f[p.Severity]
				}
				got = append(got, strings.Join([]string{severity, f[p.File], f[p.Line], f[p.Column], f[p.Code]}, " "))
			}
		}
	}
	want := []string{"error web/package.json 1 35 nonexistent-package", "notice .figment.toml 1 1 unused-ignore"}
	if !slices.Equal(got, want) {
		t.Errorf("read %q, not %q, of\n%s", got, want, out)
	}
}
