//go:build linux || darwin

package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/play/osvplay"
)

// pageCommands gives the figment commands of a page of Markdown: those in blocks
// of sh and console, and those in code spans anywhere else.
func pageCommands(page string) []string {
	var out []string
	var prose strings.Builder
	fence, lang := "", ""
	words := regexp.MustCompile(`^(?:exec )?(figment|go run \./cmd/figment)( .*)?$`)
	add := func(line string) {
		line = strings.Join(strings.Fields(line), " ")
		if m := words.FindStringSubmatch(line); m != nil {
			out = append(out, "figment"+m[2])
		}
	}
	for line := range strings.Lines(page) {
		text := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasPrefix(text, "```"):
			lang = strings.TrimLeft(text, "`")
			fence = text[:len(text)-len(lang)]
		case fence != "" && text == fence:
			fence = ""
		case fence == "":
			prose.WriteString(line)
		case lang == "console":
			if c, ok := strings.CutPrefix(text, "$ "); ok {
				add(c)
			}
		case lang == "sh":
			c, _, _ := strings.Cut(text, " # ")
			add(c)
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(prose.String(), -1) {
		add(strings.ReplaceAll(m[1], `\|`, "|"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A shownCommand is a command of the pages that is not run as it stands in a
// clean project to end with 0.
type shownCommand struct {
	command string
	why     string   // why it is not; with neither run nor parse it is run as it stands
	run     []string // lines of the shell that are run in its stead
	parse   string   // the line is only held against the commands and flags there are
	code    int      // the status of the last that is run; those before end with 0
	says    string   // what the last prints, among other things
	shown   string   // the page that has says word for word; empty: none
	setup   func(t *testing.T, r *hookRepo)
}

var shownCommands = []shownCommand{
	{command: "figment allow npm:@acme/ui-tokens --reason \"our own package\"", why: "only a person may accept, on a terminal", parse: "figment allow npm:@acme/ui-tokens --reason ours", run: []string{"figment allow npm:@acme/ui-tokens --reason \"our own package\""}, code: app.ExitUsage, says: "works on a terminal only"},
	{command: "figment allow SPEC --reason …", why: "placeholder; needs a terminal", parse: "figment allow npm:left-pad --reason ours"},
	{command: "figment baseline create", why: "there has to be something to accept", setup: withFinding, run: []string{"figment baseline create", "figment scan"}, says: "no findings"},
	{command: "figment baseline create [PATH…]", why: "placeholder", setup: withFinding, run: []string{"figment baseline create web"}, says: ".figment-baseline.json"},
	{command: "figment baseline prune [PATH…]", why: "placeholder; needs a baseline", setup: withFinding, run: []string{"figment baseline create", "figment baseline prune", "figment baseline prune web"}, says: ".figment-baseline.json"},
	{command: "figment baseline show", why: "needs a baseline", setup: withFinding, run: []string{"figment baseline create", "figment baseline show"}, says: "no-such-thing-here"},
	{command: "figment baseline create|prune|show", why: "placeholder", setup: withFinding, run: []string{"figment baseline create", "figment baseline prune", "figment baseline show"}},
	{command: "figment check", why: "names the command; it needs a name", run: []string{"figment check -f json npm:react", "figment check"}, code: app.ExitUsage, says: "needs a name"},
	{command: "figment check -- COMMAND…", why: "placeholder", run: []string{"figment check -- npm install react"}, says: "react"},
	{command: "figment check SPEC…", why: "placeholder", run: []string{"figment check npm:react pypi:flask==3.0 pkg:npm/react@18.0.0"}, says: "flask"},
	{command: "figment check npm:react npm:@types/react golang:golang.org/x/mod", why: "the world has to have them", setup: func(t *testing.T, r *hookRepo) {
		r.world.Add(ecosystem.NPM, "@types/react")
		r.world.Add(ecosystem.Golang, "golang.org/x/mod")
	}, says: "golang.org/x/mod"},
	{command: "figment completion", why: "names the command; it wants a shell", run: []string{"figment completion", "figment completion bash"}, says: "figment"},
	{command: "figment demo", why: "shows findings, and ends with 0 all the same", says: "error[nonexistent-package]"},
	{command: "figment explain [RULE|SPEC]", why: "placeholder", run: []string{"figment explain", "figment explain nonexistent-package", "figment explain npm:react"}, says: "react"},
	{command: "figment explain npm:NAME", why: "placeholder", run: []string{"figment explain npm:react"}, says: "react"},
	{command: "figment fix", why: "prints what the page shows", shown: "fix.md", setup: withYAML, code: app.ExitFindings, says: "--- a/requirements.txt\n+++ b/requirements.txt\n@@ -1,2 +1,2 @@\n-yaml>=6  # configuration\n+pyyaml>=6  # configuration\n requests==2.32.0\nfigment: 1 file can be edited with --apply\n"},
	{command: "figment fix --apply", why: "there has to be something to mend", setup: withYAML, run: []string{"figment fix --apply", "grep pyyaml requirements.txt && figment scan"}, says: "no findings"},
	{command: "figment fix [PATH…]", why: "placeholder", run: []string{"figment fix", "figment fix web"}},
	{command: "figment index status|update|clear", why: "placeholder", setup: withPacks, run: []string{"figment index update --from packs", "figment index status", "figment index clear"}},
	{command: "figment index update --from ./packs", why: "there has to be a pack", setup: withPacks, says: "npm: installed 2 names"},
	{command: "figment index update --from https://packs.example/ --key maker.pem", why: "there is no such site", parse: "figment index update --from https://packs.example/ --key maker.pem"},
	{command: "figment index update --from https://packs.example/ pypi npm", why: "there is no such site", parse: "figment index update --from https://packs.example/ pypi npm"},
	{command: "figment init --action=OWNER/figment@COMMIT", why: "placeholder", run: []string{"figment init --action=example/figment@0123456789012345678901234567890123456789", "cat .github/workflows/*"}, says: "uses: example/figment@0123456789012345678901234567890123456789"},
	{command: `figment list -f jsonl . | jq -r 'select(.type == "asks") | .requests[]'`, why: "goes through jq", run: []string{`figment list -f jsonl . | jq -r 'select(.type == "asks") | .requests[]'`}, says: "react"},
	{command: `figment list -f json . | jq -r '.unread[] | "\(.path): \(.why)"'`, why: "needs something that is not read", setup: func(t *testing.T, r *hookRepo) { r.put("Podfile", "pod 'x'\n") }, run: []string{`figment list -f json . | jq -r '.unread[] | "\(.path): \(.why)"'`}, says: "Podfile: no-reader"},
	{command: "figment list [PATH…|-]", why: "placeholder", run: []string{"figment list web", "echo npm install react | figment list -"}, says: "react"},
	{command: "figment osv status|update|clear", why: "placeholder", setup: withAdvisory, run: []string{"figment osv update npm", "figment osv status", "figment osv clear"}},
	{command: "figment scan --deep", why: "needs the second program", parse: "figment scan --deep", run: []string{"figment scan --deep"}, code: app.ExitUsage, says: "figment-osv"},
	{command: "figment scan -o sarif=figment.sarif -o markdown=summary.md -o github=- .", why: "writes files", run: []string{"figment scan -o sarif=figment.sarif -o markdown=summary.md -o github=- .", "test -s figment.sarif && cat summary.md"}, says: "no findings"},
	{command: "figment scan [PATH…|-]", why: "placeholder", run: []string{"figment scan web requirements.txt", "echo npm install react | figment scan -"}, says: "no findings"},
}

// withFinding adds a name that does not exist.
func withFinding(t *testing.T, r *hookRepo) {
	r.put("web/package.json", `{"dependencies":{"no-such-thing-here":"1"}}`)
}

// withYAML makes the project that docs/fix.md mends.
func withYAML(t *testing.T, r *hookRepo) {
	r.world.Add(ecosystem.PyPI, "pyyaml")
	r.put("requirements.txt", "yaml>=6  # configuration\nrequests==2.32.0\n")
}

// withPacks makes a folder with a pack of names.
func withPacks(t *testing.T, r *hookRepo) {
	if err := makePack(filepath.Join(r.dir, "packs"), ecosystem.NPM, time.Now().UTC().Format(time.DateOnly), false, "", []string{"react", "left-pad"}); err != nil {
		t.Fatal(err)
	}
}

// withAdvisory makes OSV know something.
func withAdvisory(t *testing.T, r *hookRepo) {
	o, err := osvplay.New(osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil-thing"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	r.env = append(r.env, o.Env()...) // the last of a name counts
}

// TestShownCommands runs every figment command that README.md and docs/*.md
// show: as it stands, in a clean project, to end with 0, or as its row says.
func TestShownCommands(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	where, text := map[string]string{}, map[string]string{}
	for _, file := range append(pages, filepath.Join("..", "..", "README.md")) {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text[filepath.Base(file)] = string(page)
		for _, c := range pageCommands(string(page)) {
			if filepath.Base(file) != "pre-commit.md" { // which has a test of its own, of scan and list
				where[c] = filepath.Base(file)
			} else if !regexp.MustCompile(`^figment (scan|list) `).MatchString(c) {
				t.Errorf("pre-commit.md: nobody runs %s", c)
			}
		}
	}
	if len(where) < 40 {
		t.Fatalf("only %d commands were found", len(where))
	}
	rows := map[string]shownCommand{}
	for _, row := range shownCommands {
		if where[row.command] == "" {
			t.Errorf("no page shows %s", row.command)
		}
		if row.shown != "" && !strings.Contains(text[row.shown], row.says) {
			t.Errorf("%s does not show what %s prints", row.shown, row.command)
		}
		rows[row.command] = row
	}
	placeholder := regexp.MustCompile(`[…|<\[]|\b[A-Z]{3,}\b`)
	for _, c := range slices.Sorted(maps.Keys(where)) {
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			row, ok := rows[c]
			if !ok && placeholder.MatchString(c) {
				t.Fatalf("%s: a placeholder, and no row says what it stands for", where[c])
			}
			if row.parse != "" {
				parseShown(t, strings.Fields(row.parse)[1:])
				if row.run == nil {
					return
				}
			}
			r := newHookRepo(t, cleanCommit)
			if row.setup != nil {
				row.setup(t, r)
			}
			run := row.run
			if run == nil {
				run = []string{c}
			}
			for i, line := range run {
				if _, err := exec.LookPath("jq"); err != nil && strings.Contains(line, "| jq ") {
					t.Skip("jq is not installed: the command was not run")
				}
				want := app.ExitOK
				if i == len(run)-1 {
					want = row.code
				}
				out, code := r.run("sh", "-c", line)
				if code != want {
					t.Fatalf("%s: %s: status %d, want %d\n%s", where[c], line, code, want, out)
				}
				if i == len(run)-1 && !strings.Contains(out, row.says) {
					t.Errorf("%s: %s does not say %q:\n%s", where[c], line, row.says, out)
				}
			}
		})
	}
}

// parseShown holds arguments against the commands and their flags, and runs
// nothing.
func parseShown(t *testing.T, args []string) {
	t.Helper()
	root := commandTree()
	cmd, rest, err := root.Find(args)
	if err != nil {
		t.Fatal(err)
	}
	if cmd == root {
		t.Fatalf("%q names no command", args)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Fatal(err)
	}
}

// TestPageCommands: what is taken for a command of a page.
func TestPageCommands(t *testing.T) {
	page := "`figment scan\n-` and `figment.toml`, `a \\| figment x`, | `figment a\\|b` |\n" +
		"```sh\nfigment one  # says `figment no`\nexec figment two\ngo run ./cmd/figment three\ngo run ./cmd/figment-osv\n```\n" +
		"   ```console\n   $ figment four\n   figment: no\n   ```\n```text\nfigment no\n```\n"
	want := []string{"figment a|b", "figment four", "figment one", "figment scan -", "figment three", "figment two"}
	if got := pageCommands(page); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
