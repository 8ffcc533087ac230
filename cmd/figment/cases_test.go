//go:build linux || darwin

package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/registry/protocol"
)

// A caseTree is a small tree with what figment has to say about it.
// fixtures/cases/README.md says what the members mean.
type caseTree struct {
	ID, Source, Why string

	Files       map[string]string
	FilesBase64 map[string]string `json:"files_base64"`
	Links       map[string]string
	Generate    map[string]generated
	Home        map[string]string
	Git         bool
	Base        map[string]string

	Args  []string
	Cd    string
	Env   map[string]string
	Unset []string
	World map[ecosystem.Ecosystem]map[string]caseFacts

	Expect caseExpect
}

// generated is a text of Head and then N times Unit.
type generated struct {
	Head, Unit string
	N          int
}

func (g *generated) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&g.Head, &g.Unit, &g.N})
}

// caseFacts are what a registry says of a package; what is not given is that of
// an old and well used package.
type caseFacts struct {
	Exists      *bool
	AgeDays     *int `json:"age_days"`
	LastDays    *int `json:"last_days"`
	Nversions   int
	Versions    []string
	Downloads   *int64
	Maintainers []string
	Repo        *string
}

type caseExpect struct {
	List       []caseReference
	Only       bool
	NotPublic  []string `json:"not_public"`
	NotListed  []string `json:"not_listed"`
	NotAsked   []string `json:"not_asked"`
	Accused    []string
	NotAccused []string `json:"not_accused"`
	Told       []struct{ Name, Says string }
	Must       []caseFinding
	MustNot    []caseFinding `json:"must_not"`
	Says       []string
	NotSays    []string `json:"not_says"`
	NotExit    []int    `json:"not_exit"`
}

type caseReference struct {
	Ecosystem ecosystem.Ecosystem
	Name      string
	Path      string
	Line      int
	Column    int
	Kind      string
	Origin    string
	Flags     []string
	NotFlags  []string `json:"not_flags"`
}

type caseFinding struct{ Rule, Name, Severity string }

// caseReport is what list and scan wrote, as far as cases look at it.
type caseReport struct {
	list struct {
		References []struct {
			Ecosystem  ecosystem.Ecosystem
			Name, Kind string
			Path       string
			Start      struct{ Line, Column int }
			Origin     string
			Flags      []string
		}
		Asks []struct {
			Ecosystem ecosystem.Ecosystem
			Name      string
			Requests  []string
		}
	}
	scan struct {
		Findings []struct {
			Rule, Severity string
			Package        struct{ Ecosystem, Name string }
		}
	}
	// said are the problems, the rows of unread, the unverified names, and what
	// went to standard error.
	said   []string
	asked  []string // "npm:left-pad", as the registries saw it
	status int      // of scan
	output string   // how both were called and ended, for the log of a failure
}

// readCases reads one case a line; a member that nobody looks at is a mistake.
func readCases(t *testing.T, file string) []caseTree {
	t.Helper()
	var out []caseTree
	n := 0
	for line := range bytes.Lines(fixtures.Read(file)) {
		n++
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		var c caseTree
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s:%d: %v", file, n, err)
		}
		if c.ID == "" || slices.ContainsFunc(out, func(x caseTree) bool { return x.ID == c.ID }) {
			t.Fatalf("%s:%d: %q is no id of its own", file, n, c.ID)
		}
		if len(c.Files)+len(c.FilesBase64)+len(c.Links)+len(c.Generate) == 0 {
			t.Fatalf("%s:%d: %s has no tree", file, n, c.ID)
		}
		out = append(out, c)
	}
	return out
}

// TestCases runs every case of fixtures/cases through figment list and figment
// scan. One case: go test ./cmd/figment -run 'Cases/a02' -v
//
// What stands in later is expected to fail, and has to leave the list when it
// passes.
func TestCases(t *testing.T) {
	onlyLong(t)
	exe := figment(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not there: the cases were not run")
	}
	all := play.NewWorld(all.Adapters())
	for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
		list, err := os.Open(filepath.Join("..", "..", "names", "build", "lists", string(e)+".tsv"))
		if err != nil {
			t.Fatal(err)
		}
		err = all.Load(e, list)
		if err := cmp.Or(err, list.Close()); err != nil {
			t.Fatal(err)
		}
	}
	advisories, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { advisories.Close() })

	cases := append(readCases(t, "cases/cases.jsonl"), readCases(t, "cases/own.jsonl")...)
	open := maps.Clone(later)
	for i := range cases {
		c := &cases[i]
		reason, failing := open[c.ID]
		delete(open, c.ID)
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			r := c.run(t, exe, all.Above(), advisories)
			wrong := c.Expect.hold(r)
			switch {
			case failing && len(wrong) == 0:
				t.Error("the case passes: take it off the list `later`")
			case failing:
				t.Logf("expected to fail (%s):\n%s\n\n%s", reason, strings.Join(wrong, "\n"), r)
			case len(wrong) > 0:
				t.Errorf("%s\n%s\n\n%s", c.Why, strings.Join(wrong, "\n"), r)
			}
		})
	}
	for id := range open {
		t.Errorf("the list `later` names %q, which is no case", id)
	}
}

// run writes the tree and gives what figment says about it.
func (c *caseTree) run(t *testing.T, exe string, world *play.World, advisories *osvplay.Server) *caseReport {
	t.Helper()
	for e, list := range c.World {
		for name, facts := range list {
			world.Set(e, name, facts.profile(time.Now()))
		}
	}
	if err := world.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)

	temp := t.TempDir()
	home, dir := filepath.Join(temp, "home"), filepath.Join(temp, "tree")
	for _, d := range []string{home, dir, filepath.Join(temp, "tmp")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": home, "TMPDIR": filepath.Join(temp, "tmp"), "LANG": "C.UTF-8",
		"GIT_AUTHOR_NAME": "case", "GIT_AUTHOR_EMAIL": "case@example.com", "GIT_COMMITTER_NAME": "case", "GIT_COMMITTER_EMAIL": "case@example.com",
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": temp,
	}
	for _, v := range append(world.Env(), advisories.Env()...) {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	roots := world.Roots()
	fill := strings.NewReplacer("{npm}", roots[ecosystem.NPM], "{pypi}", roots[ecosystem.PyPI], "{home}", home)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append(quickGit(), args...)...)
		cmd.Dir, cmd.Env = dir, environ(env)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	commit := func() {
		git("add", "-A")
		git("commit", "-q", "--allow-empty", "-m", "the tree")
	}

	putFiles(t, home, c.Home)
	if c.Git || c.Base != nil {
		git("init", "-q", "-b", "main")
	}
	if c.Base != nil {
		putFiles(t, dir, c.Base)
		commit()
		git("checkout", "-q", "-b", "pr")
	}
	c.plant(t, dir)
	if c.Git || c.Base != nil {
		commit()
	}

	for name, value := range c.Env {
		env[name] = fill.Replace(value)
	}
	for _, name := range c.Unset {
		delete(env, name)
	}
	args := c.Args
	if args == nil {
		args = []string{"."}
	}
	r := &caseReport{}
	call := func(command string, into any) int {
		words := []string{command, "-f", "json"}
		for _, a := range args {
			// list shows all there is: no policy applies to it
			if command != "list" || !strings.HasPrefix(a, "--policy-from") {
				words = append(words, fill.Replace(a))
			}
		}
		cmd := exec.CommandContext(t.Context(), exe, words...)
		cmd.Dir, cmd.Env = filepath.Join(dir, filepath.FromSlash(c.Cd)), environ(env)
		var out, errw bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errw
		var ended *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
			t.Fatal(err)
		}
		r.output += fmt.Sprintf("$ figment %s (status %d)\n%s", strings.Join(words, " "), cmd.ProcessState.ExitCode(), excerpt(errw.String()))
		for line := range strings.Lines(errw.String()) {
			r.said = append(r.said, strings.TrimSpace(line))
		}
		var notes struct {
			Problems   []struct{ Path, Text string }
			Unread     []struct{ Path, What, Why string }
			Unverified []struct {
				Package      struct{ Ecosystem, Name string }
				Reason, Text string
				Locations    []struct{ Path string }
			}
		}
		if out.Len() > 0 { // wrong usage writes no report
			if err := errors.Join(json.Unmarshal(out.Bytes(), into), json.Unmarshal(out.Bytes(), &notes)); err != nil {
				t.Fatalf("figment %s: %v\n%s", strings.Join(words, " "), err, r.output)
			}
		}
		for _, p := range notes.Problems {
			r.said = append(r.said, p.Path+": "+p.Text)
		}
		for _, u := range notes.Unread {
			r.said = append(r.said, u.Path+": "+u.What+": "+u.Why)
		}
		for _, u := range notes.Unverified {
			text := u.Package.Ecosystem + ":" + u.Package.Name + ": " + u.Reason + ": " + u.Text
			for _, l := range u.Locations {
				text += " " + l.Path
			}
			r.said = append(r.said, text)
		}
		return cmd.ProcessState.ExitCode()
	}
	call("list", &r.list)
	r.status = call("scan", &r.scan)
	r.asked = world.Asked()
	return r
}

// String is the log of a failure.
func (r *caseReport) String() string {
	var b strings.Builder
	b.WriteString(r.output)
	for i := range r.list.References {
		g := &r.list.References[i]
		fmt.Fprintf(&b, "%s:%d:%d: %s:%s, %s, %s %s\n", g.Path, g.Start.Line, g.Start.Column, g.Ecosystem, g.Name, g.Kind, g.Origin, strings.Join(g.Flags, " "))
	}
	for _, f := range r.scan.Findings {
		fmt.Fprintf(&b, "%s[%s] %s:%s\n", f.Severity, f.Rule, f.Package.Ecosystem, f.Package.Name)
	}
	fmt.Fprintf(&b, "said: %s\nasked: %s\n", excerpt(strings.Join(r.said, "; ")), excerpt(strings.Join(r.asked, " ")))
	return b.String()
}

// excerpt keeps the log of a failure readable.
func excerpt(text string) string {
	const most = 2000
	if len(text) > most {
		return text[:most] + "\n[…]\n"
	}
	return text
}

func environ(env map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		out = append(out, name+"="+env[name])
	}
	return out
}

func putFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for path, text := range files {
		putFile(t, dir, path, text)
	}
}

func putFile(t *testing.T, dir, path, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// plant writes the case's own tree.
func (c *caseTree) plant(t *testing.T, dir string) {
	t.Helper()
	putFiles(t, dir, c.Files)
	for path, text := range c.FilesBase64 {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		putFile(t, dir, path, string(data))
	}
	for path, g := range c.Generate {
		putFile(t, dir, path, g.Head+strings.Repeat(g.Unit, g.N))
	}
	for path, target := range c.Links {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(target, file); err != nil {
			t.Fatal(err)
		}
	}
}

// profile is what the played registry says.
func (f *caseFacts) profile(now time.Time) protocol.Profile {
	const day = 24 * time.Hour
	if f.Exists != nil && !*f.Exists {
		return protocol.Profile{Status: protocol.ProfileAbsent}
	}
	p := protocol.Profile{Versions: f.Versions, Maintainers: f.Maintainers}
	for n := len(p.Versions); n < f.Nversions; n++ {
		p.Versions = append(p.Versions, fmt.Sprintf("%d.0.0", n+1))
	}
	if f.AgeDays != nil {
		p.Created = now.Add(-time.Duration(*f.AgeDays) * day)
	}
	if f.LastDays != nil {
		p.Updated = now.Add(-time.Duration(*f.LastDays) * day)
	}
	if f.Downloads != nil {
		p.Downloads = cmp.Or(*f.Downloads, -1)
	}
	if f.Repo != nil {
		p.Repository, p.NoRepository = *f.Repo, *f.Repo == ""
	}
	return p
}

// hold gives what does not hold.
func (e *caseExpect) hold(r *caseReport) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, "- "+fmt.Sprintf(format, args...)) }
	listed := make([]bool, len(r.list.References))
	for _, want := range e.List {
		found := false
		for i := range r.list.References {
			g := &r.list.References[i]
			if (want.Ecosystem == "" || want.Ecosystem == g.Ecosystem) &&
				(want.Name == "" || sameName(g.Ecosystem, want.Name, g.Name)) &&
				(want.Path == "" || want.Path == g.Path) &&
				(want.Line == 0 || want.Line == g.Start.Line) &&
				(want.Column == 0 || want.Column == g.Start.Column) &&
				(want.Kind == "" || want.Kind == g.Kind) &&
				(want.Origin == "" || want.Origin == g.Origin) &&
				!slices.ContainsFunc(want.Flags, func(f string) bool { return !slices.Contains(g.Flags, f) }) &&
				!slices.ContainsFunc(want.NotFlags, func(f string) bool { return slices.Contains(g.Flags, f) }) {
				found, listed[i] = true, true
			}
		}
		if !found {
			fail("list: %+v is not there", want)
		}
	}
	away := func(origin string) bool { return origin == "public" || origin == "private" }
	for i := range r.list.References {
		g := &r.list.References[i]
		if e.Only && !listed[i] && away(g.Origin) && g.Kind != "mention" {
			fail("only: %s:%s at %s:%d:%d is %s as well", g.Ecosystem, g.Name, g.Path, g.Start.Line, g.Start.Column, g.Origin)
		}
		for _, name := range e.NotPublic {
			if away(g.Origin) && sameName(g.Ecosystem, name, g.Name) {
				fail("not_public: %s:%s at %s:%d is %s", g.Ecosystem, g.Name, g.Path, g.Start.Line, g.Origin)
			}
		}
		for _, spec := range e.NotListed {
			if eco, name := splitSpec(spec); eco == g.Ecosystem && sameName(eco, name, g.Name) {
				fail("not_listed: %s is, at %s:%d", spec, g.Path, g.Start.Line)
			}
		}
	}
	for _, spec := range e.NotAsked {
		eco, name := splitSpec(spec)
		for _, a := range r.list.Asks {
			if eco == a.Ecosystem && sameName(eco, name, a.Name) && slices.ContainsFunc(a.Requests, func(q string) bool { return strings.HasPrefix(q, "GET ") }) {
				fail("not_asked: list would ask about %s", spec)
			}
		}
		if slices.Contains(r.asked, string(eco)+":"+ecosystem.Normalize(eco, name)) {
			fail("not_asked: a registry was asked about %s", spec)
		}
	}
	accused := func(spec string) bool {
		eco, name := splitSpec(spec)
		for _, f := range r.scan.Findings {
			if f.Severity != "note" && f.Package.Ecosystem == string(eco) && sameName(eco, name, f.Package.Name) {
				return true
			}
		}
		return false
	}
	says := func(pattern string) bool { return slices.ContainsFunc(r.said, regexp.MustCompile(pattern).MatchString) }
	for _, spec := range e.Accused {
		if !accused(spec) {
			fail("accused: %s is not", spec)
		}
	}
	for _, spec := range e.NotAccused {
		if accused(spec) {
			fail("not_accused: %s is", spec)
		}
	}
	for _, x := range e.Told {
		if !accused(x.Name) && !says(x.Says) {
			fail("told: neither is %s accused nor does anything say %q", x.Name, x.Says)
		}
	}
	finding := func(x caseFinding) string {
		for _, f := range r.scan.Findings {
			if (x.Rule == "" || x.Rule == f.Rule) && (x.Severity == "" || x.Severity == f.Severity) &&
				(x.Name == "" || sameName(ecosystem.Ecosystem(f.Package.Ecosystem), x.Name, f.Package.Name)) {
				return fmt.Sprintf("%s[%s] %s:%s", f.Severity, f.Rule, f.Package.Ecosystem, f.Package.Name)
			}
		}
		return ""
	}
	for _, x := range e.Must {
		if finding(x) == "" {
			fail("must: no finding is %+v", x)
		}
	}
	for _, x := range e.MustNot {
		if f := finding(x); f != "" {
			fail("must_not: %+v: %s", x, f)
		}
	}
	for _, pattern := range e.Says {
		if !says(pattern) {
			fail("says: nothing says %q", pattern)
		}
	}
	for _, pattern := range e.NotSays {
		if says(pattern) {
			fail("not_says: something says %q", pattern)
		}
	}
	if slices.Contains(e.NotExit, r.status) {
		fail("not_exit: the status is %d", r.status)
	}
	return wrong
}

func splitSpec(spec string) (ecosystem.Ecosystem, string) {
	eco, name, _ := strings.Cut(spec, ":")
	return ecosystem.Ecosystem(eco), name
}

func sameName(e ecosystem.Ecosystem, a, b string) bool {
	return a == b || ecosystem.Normalize(e, a) == ecosystem.Normalize(e, b)
}

// TestCaseExpectations: every member of expect can fail.
func TestCaseExpectations(t *testing.T) {
	var r caseReport
	if err := json.Unmarshal([]byte(`{"references": [
		{"ecosystem": "pypi", "name": "a-b", "kind": "manifest", "path": "r.txt", "start": {"line": 2, "column": 3}, "origin": "public", "flags": ["dev"]},
		{"ecosystem": "npm", "name": "m", "kind": "mention", "origin": "public"},
		{"ecosystem": "npm", "name": "l", "kind": "import", "origin": "local"}],
		"asks": [{"ecosystem": "pypi", "name": "a-b", "requests": ["GET https://x/a-b"]}]}`), &r.list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"findings": [
		{"rule": "nonexistent-package", "severity": "error", "package": {"ecosystem": "pypi", "name": "a-b"}},
		{"rule": "typosquat", "severity": "note", "package": {"ecosystem": "npm", "name": "m"}}]}`), &r.scan); err != nil {
		t.Fatal(err)
	}
	r.said, r.asked, r.status = []string{"Podfile: no reader"}, []string{"npm:m"}, 1
	for _, c := range []struct {
		good, bad string // a value of expect that holds, and one that does not
	}{
		{`{"list": [{"ecosystem": "pypi", "name": "A_b", "path": "r.txt", "line": 2, "column": 3, "kind": "manifest", "origin": "public", "flags": ["dev"], "not_flags": ["low"]}]}`, `{"list": [{"ecosystem": "npm", "name": "a-b"}]}`},
		{`{"list": [{}]}`, `{"list": [{"path": "q.txt"}]}`},
		{`{"list": [{"line": 2}]}`, `{"list": [{"line": 3}]}`},
		{`{"list": [{"column": 3}]}`, `{"list": [{"column": 2}]}`},
		{`{"list": [{"kind": "mention"}]}`, `{"list": [{"kind": "command"}]}`},
		{`{"list": [{"origin": "local"}]}`, `{"list": [{"origin": "private"}]}`},
		{`{"list": [{"flags": []}]}`, `{"list": [{"flags": ["low"]}]}`},
		{`{"list": [{"name": "m", "not_flags": ["dev"]}]}`, `{"list": [{"name": "a-b", "not_flags": ["dev"]}]}`},
		{`{"only": true, "list": [{"name": "a-b"}]}`, `{"only": true, "list": [{"name": "m"}]}`},
		{`{"not_public": ["l"]}`, `{"not_public": ["a_b"]}`},
		{`{"not_listed": ["pypi:l"]}`, `{"not_listed": ["npm:l"]}`},
		{`{"not_asked": ["npm:l"]}`, `{"not_asked": ["npm:m"]}`},
		{`{"not_asked": ["npm:a-b"]}`, `{"not_asked": ["pypi:a-b"]}`},
		{`{"accused": ["pypi:a-b"]}`, `{"accused": ["npm:m"]}`},
		{`{"not_accused": ["npm:m"]}`, `{"not_accused": ["pypi:a-b"]}`},
		{`{"told": [{"name": "pypi:a-b", "says": "x"}, {"name": "npm:x", "says": "Podfile"}]}`, `{"told": [{"name": "npm:x", "says": "Pipfile"}]}`},
		{`{"must": [{"rule": "typosquat", "name": "m", "severity": "note"}]}`, `{"must": [{"rule": "typosquat", "severity": "error"}]}`},
		{`{"must_not": [{"severity": "warning"}]}`, `{"must_not": [{}]}`},
		{`{"says": ["^Podfile"]}`, `{"says": ["Gemfile"]}`},
		{`{"not_says": ["Gemfile"]}`, `{"not_says": ["Podfile"]}`},
		{`{"not_exit": [0, 3]}`, `{"not_exit": [1]}`},
	} {
		var good, bad caseExpect
		if err := errors.Join(json.Unmarshal([]byte(c.good), &good), json.Unmarshal([]byte(c.bad), &bad)); err != nil {
			t.Fatal(err)
		}
		if wrong := good.hold(&r); len(wrong) > 0 {
			t.Errorf("%s: %q", c.good, wrong)
		}
		if wrong := bad.hold(&r); len(wrong) != 1 {
			t.Errorf("%s: %q", c.bad, wrong)
		}
	}
}

// later are the cases that are known to fail, and why: "open" is to come now,
// the others belong to work that has not begun.
var later = map[string]string{
	"m09-catalog-alias":         "the case counts one column too many: execa begins at 22",
	"o04-my-prefix-in-workflow": "open",
	"o08-link-to-env-file":      "open",
}
