//go:build linux || darwin

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/internal/term"
	"figment/report"
	"figment/scanner/source"
	"figment/scanner/text"
)

// unreadReasons are the constants of type Why of package source, as reports
// spell them: there is no other list that a new reason could not be missing in.
func unreadReasons(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "scanner", "source", "unread.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Why" {
			lit, ok := spec.Values[0].(*ast.BasicLit)
			if !ok { // the only one that package text says first
				out = append(out, text.NestedTooDeep)
				return true
			}
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, value)
		}
		return true
	})
	if len(out) < 12 {
		t.Fatalf("only %d reasons were found: %q", len(out), out)
	}
	return out
}

// unreadTree writes the project of fixtures/projects/unread.txtar with what an
// archive cannot hold.
func unreadTree(t *testing.T, dir string) {
	t.Helper()
	for _, f := range txtar.Parse(fixtures.Read("projects/unread.txtar")).Files {
		putFile(t, dir, f.Name, string(f.Data))
	}
	c := caseTree{
		Files: map[string]string{
			"crash.sh":                "TOTAL=$(( -o 2\npip install flask\n", // mvdan.cc/sh 3 panics
			"binary/requirements.txt": "flask\x00\n",
			"x|`y`\x1b[2J/Podfile":    "pod 'AFNetworking'\n",
			"web/bundle.js":           "require('react');" + strings.Repeat("x", 6000) + "\nrequire('react')\n",
			"deep/package.json":       `{"dependencies": ` + strings.Repeat(`{"a":`, text.MaxLevels) + "1" + strings.Repeat("}", text.MaxLevels) + "}\n",
		},
		Generate: map[string]generated{"large/requirements.txt": {"", "# words, words.\n", (source.MaxFile + 1<<20) / 16}},
		Links:    map[string]string{"linked/requirements.txt": "../../elsewhere/base.txt", "linked/cache": "../cache"},
	}
	c.plant(t, dir)
}

// unreadForms are the ways to read what was found, each with how it spells a
// reason. Those of figment scan are the formats of package report and besides
// them text with -v and, with concise, standard error; no-reader is "no reader"
// where people read it.
var unreadForms = map[string]func(why string) string{
	"text": inWords("(", ")"), "verbose": inWords("(", ")"), "stderr": inWords("(", ")"), "github": inWords("(", ")"),
	"sarif": inWords("not read (", ")"), "gitlab": inWords("not read (", ")"), "markdown": inWords("`: ", ""),
	"json": func(why string) string { return `"why": "` + why + `"` }, "jsonl": func(why string) string { return `"why":"` + why + `"` },
	"junit":     func(why string) string { return `name="unread: ` + why },
	"list text": inWords("(", ")"), "list json": func(why string) string { return `"why": "` + why + `"` }, "list jsonl": func(why string) string { return `"why":"` + why + `"` },
}

func inWords(before, after string) func(string) string {
	return func(why string) string { return before + strings.ReplaceAll(why, "-", " ") + after }
}

// unreadSilent are the formats that have no room for what was not read: the
// first leaves it to standard error, the second claims nothing.
var unreadSilent = []string{"concise", "osv-scanner"}

// TestUnreadTree scans one tree with every kind of text that is not read, and
// holds what each format says of it. The tree is scanned outside of git, where
// what a marker or a rule hides is "ignored", inside of a work tree, where what
// git tracks there is "skipped-directory", and as what the next commit adds,
// where the content of a file is missing in the clone, which is "unreadable" for
// every user.
func TestUnreadTree(t *testing.T) {
	onlyLong(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: it holds what the tree is scanned in")
	}
	said := map[string]*strings.Builder{}
	for form := range unreadForms {
		said[form] = &strings.Builder{}
	}
	for _, name := range []string{"plain", "tracked", "staged"} {
		t.Run(name, func(t *testing.T) {
			out := unreadScan(t, name)
			for form, text := range out {
				if said[form] != nil {
					said[form].WriteString(text)
				}
			}
			unreadHold(t, out)
			unreadGolden(t, name, out)
		})
	}
	reasons := unreadReasons(t)
	for form, spell := range unreadForms {
		for _, why := range reasons {
			if !strings.Contains(said[form].String(), spell(why)) {
				t.Errorf("%s says nowhere %q", form, spell(why))
			}
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range reasons {
		if !bytes.Contains(page, []byte("| `"+why+"` |")) {
			t.Errorf("docs/formats.md has no row for %s", why)
		}
	}
}

// unreadScan makes the tree, scans and lists it, and gives what was written by
// its form.
func unreadScan(t *testing.T, how string) map[string]string {
	t.Helper()
	world := play.NewWorld(all.Adapters())
	world.Add(ecosystem.NPM, "react")
	world.Add(ecosystem.PyPI, "flask")
	if err := world.Start(); err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	advisories, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	defer advisories.Close()
	temp := t.TempDir()
	dir, home := filepath.Join(temp, "tree"), filepath.Join(temp, "home")
	for _, d := range []string{dir, home} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := append(append(world.Env(), advisories.Env()...), "PATH="+os.Getenv("PATH"), "HOME="+home, "XDG_CONFIG_HOME="+home, "LANG=C.UTF-8",
		"FIGMENT_DEADLINE=10m", "FIGMENT_TIMEOUT=5m", "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+temp, "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com")
	run := func(program string, args ...string) (out, errw string, status int) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir, cmd.Env = dir, append(env, "FIGMENT_CACHE_DIR="+t.TempDir())
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		var ended *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
			t.Fatal(err)
		}
		return o.String(), e.String(), cmd.ProcessState.ExitCode()
	}
	git := func(args ...string) string {
		t.Helper()
		out, errw, status := run("git", args...)
		if status != 0 {
			t.Fatalf("git %s: %s", strings.Join(args, " "), errw)
		}
		return strings.TrimSpace(out)
	}
	if how != "plain" {
		git("init", "-q", "-b", "main")
	}
	if how == "staged" {
		git("commit", "-q", "--allow-empty", "-m", "nothing")
	}
	unreadTree(t, dir)
	what := []string{"."}
	switch how {
	case "tracked":
		git("add", "-f", ".")
		git("commit", "-q", "-m", "the tree")
	case "staged":
		putFile(t, dir, "lost/package.json", "{\n  \"dependencies\": {\n    \"react\": \"^18.2.1\"\n  }\n}\n")
		git("add", "-f", ".")
		object := git("rev-parse", ":lost/package.json")
		if err := os.Remove(filepath.Join(dir, ".git", "objects", object[:2], object[2:])); err != nil {
			t.Fatal(err)
		}
		what = []string{"--staged"}
	}

	out := map[string]string{}
	exe := figment(t)
	results := t.TempDir()
	words := []string{"scan", "-o", "concise=-"}
	for _, format := range report.Names() {
		if format != "concise" {
			words = append(words, "-o", format+"="+filepath.Join(results, format))
		}
	}
	concise, errw, status := run(exe, append(words, what...)...)
	out["concise"], out["stderr"] = concise, errw+"status "+strconv.Itoa(status)+"\n"
	for _, format := range report.Names() {
		if format != "concise" {
			text, err := os.ReadFile(filepath.Join(results, format))
			if err != nil {
				t.Fatalf("%v\n%s", err, errw)
			}
			out[format] = string(text)
		}
	}
	if out["verbose"], errw, _ = run(exe, append([]string{"scan", "-v"}, what...)...); out["verbose"] == "" {
		t.Fatal(errw)
	}
	for _, format := range []string{"text", "json", "jsonl"} {
		text, errw, status := run(exe, append([]string{"list", "-f", format}, what...)...)
		if status != 0 {
			t.Fatalf("status %d: %s", status, errw)
		}
		out["list "+format] = text
	}
	return out
}

// unreadHold checks what holds of every tree: each format has all rows, none
// reads as clean, and nothing in them is obeyed by a terminal.
func unreadHold(t *testing.T, out map[string]string) {
	t.Helper()
	checks := matrixChecks(t)
	for form, text := range out {
		if check := checks[form]; check != nil {
			if wrong := check([]byte(text)); wrong != "" {
				t.Errorf("%s: %s", form, wrong)
			}
		} else if form == "list json" {
			if wrong := checks["json"]([]byte(text)); wrong != "" {
				t.Errorf("%s: %s", form, wrong)
			}
		}
		if unreadForms[form] == nil && !slices.Contains(unreadSilent, form) {
			t.Errorf("it is not known how %s spells a reason", form)
		}
		for i, r := range text {
			if r != '\n' && term.Hidden(r) {
				t.Errorf("%s writes %U, after %q", form, r, text[max(0, i-30):i])
				break
			}
		}
	}
	var rep struct {
		Summary struct {
			Unread   int
			Complete bool
		}
		Unread []struct{ Path, What, Why, Text string }
	}
	if err := json.Unmarshal([]byte(out["json"]), &rep); err != nil {
		t.Fatal(err)
	}
	n := len(rep.Unread)
	if n == 0 || rep.Summary.Unread != n || rep.Summary.Complete {
		t.Errorf("%d rows, and the summary says %+v", n, rep.Summary)
	}
	for form, mark := range map[string]string{
		"jsonl": `"type":"unread"`, "sarif": `"text": "not read (`, "gitlab": `"check_name": "unread"`, "junit": `name="unread: `, "verbose": "\nnot read: ",
		"list jsonl": `"type":"unread"`,
	} {
		if got := strings.Count(out[form], mark); got != n {
			t.Errorf("%s has %d rows, json %d", form, got, n)
		}
	}
	for form, mark := range map[string]string{
		"text": "\nincomplete: ", "verbose": "\nincomplete: ", "concise": "\nincomplete: ", "github": "::warning title=figment%3A incomplete::",
		"junit": ` message="not read: `, "markdown": "**Incomplete:** ", "jsonl": `"complete":false`,
	} {
		if !strings.Contains(out[form], mark) {
			t.Errorf("%s reads as complete: there is no %q", form, mark)
		}
	}
	// The list has a name once among what is asked, whatever refers to it.
	var list struct {
		References []struct{ Ecosystem, Name, Origin, Reason, Path string }
		Asks       []struct{ Ecosystem, Name string }
	}
	if err := json.Unmarshal([]byte(out["list json"]), &list); err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, a := range list.Asks {
		asked[a.Ecosystem+":"+a.Name]++
	}
	for _, r := range list.References {
		if r.Reason == "" || asked[r.Ecosystem+":"+r.Name] != 1 {
			t.Errorf("%s: %s:%s (%s) has the reason %q, and is asked about %d times", r.Path, r.Ecosystem, r.Name, r.Origin, r.Reason, asked[r.Ecosystem+":"+r.Name])
		}
	}
	// A run that ends with 3 is no success in the formats that know of such.
	stopped := strings.Contains(out["stderr"], "status 3\n")
	for form, mark := range map[string]string{"sarif": `"executionSuccessful": false`, "junit": `<error type="incomplete"`} {
		if strings.Contains(out[form], mark) != stopped {
			t.Errorf("the run was stopped: %v, and %s says otherwise", stopped, form)
		}
	}
}

// unreadTimes is how long a scan took.
var unreadTimes = regexp.MustCompile(`\b\d+\.\ds\b|("elapsed_ms": ?)\d+`)

// unreadGolden compares what was written of a tree with
// testdata/unread/NAME.txtar. The rules of SARIF are left out, which are the
// same in every report, and so is how long the scan took.
func unreadGolden(t *testing.T, name string, out map[string]string) {
	t.Helper()
	a := &txtar.Archive{Comment: []byte("What is said of the tree of TestUnreadTree: go test ./cmd/figment -run UnreadTree -update\n")}
	for _, form := range []string{"text", "verbose", "concise", "stderr", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"} {
		text := out[form]
		if form == "sarif" {
			text = unreadNoRules(t, text)
		}
		a.Files = append(a.Files, txtar.File{Name: form, Data: []byte(unreadTimes.ReplaceAllString(text, "${1}0"))})
	}
	got := txtar.Format(a)
	file := filepath.Join("testdata", "unread", name+".txtar")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got, -update rewrites):\n%s", file, diff)
	}
}

func unreadNoRules(t *testing.T, text string) string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	delete(doc["runs"].([]any)[0].(map[string]any)["tool"].(map[string]any)["driver"].(map[string]any), "rules")
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
