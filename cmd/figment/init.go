package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/lazyregexp"
	"figment/internal/term"
	"figment/scanner/fix"
)

// maxTouched is the longest file that init adds a block to, in bytes.
const maxTouched = 4 << 20

func initCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write .figment.toml, and on request the blocks of other tools",
		Long: `Writes .figment.toml at the root of the repository and shows as a diff what it
writes. With --pre-commit, --action and --agents it also adds a hook to
.pre-commit-config.yaml, a workflow to .github/workflows, and five lines for
coding assistants to AGENTS.md. What exists is never overwritten: blocks stand
between markers, and a file or block that is there already is kept.`,
		Example: `  figment init --print              show what would be written
  figment init --pre-commit --agents`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd) },
	}
	addFlags(cmd, "init")
	return cmd
}

// init makes every edit before it writes the first.
func (a *cli) init(cmd *cobra.Command) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("init", given(cmd))
	if err != nil {
		return err
	}
	root := app.RepositoryRoot(a.Dir)
	files := []starter{{app.ConfigName, newFile(starterConfig)}}
	if v.On("pre-commit") {
		files = append(files, starter{".pre-commit-config.yaml", preCommit})
	}
	if ref := v.Text("action"); ref != "" {
		if ref, err = actionRef(ref); err != nil {
			return err
		}
		files = append(files, starter{".github/workflows/figment.yml", newFile(fmt.Sprintf(starterWorkflow, ref))})
	}
	if v.On("agents") {
		files = append(files, starter{"AGENTS.md", agents})
	}
	var edits []fix.Edit
	for _, s := range files {
		e, err := s.edit(root)
		var kept *keptError
		switch {
		case errors.As(err, &kept):
			a.Say("%s: %s", a.Display(filepath.Join(root, s.path)), kept.why)
			continue
		case err != nil:
			return app.Usage(err.Error(), "")
		}
		edits = append(edits, e)
	}
	for _, e := range edits {
		for line := range strings.Lines(e.Diff()) {
			if _, err := fmt.Fprintln(a.Out, term.Safe(strings.TrimSuffix(line, "\n"))); err != nil {
				return err
			}
		}
	}
	if v.On("print") {
		return nil
	}
	for _, e := range edits {
		if err := makeFolder(root, path.Dir(e.Path)); err != nil {
			return app.Failure(e.Path+": "+app.Cause(err), "")
		}
		if _, err := fix.Apply(e); err != nil {
			return app.Failure(err.Error(), "")
		}
		a.Say("wrote %s", a.Display(filepath.Join(root, filepath.FromSlash(e.Path))))
	}
	return nil
}

// A starter is a file and how it comes to hold what init adds. The function gets
// nil where there is no such file.
type starter struct {
	path string // relative to the root, with slashes
	add  func(before []byte) ([]byte, error)
}

// A keptError says why a file stays as it is.
type keptError struct{ why string }

func (e *keptError) Error() string { return e.why }

func (s starter) edit(root string) (fix.Edit, error) {
	before, err := fix.ReadBeside(root, filepath.FromSlash(s.path), maxTouched)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fix.Edit{}, err
	}
	if err == nil && before == nil {
		before = []byte{}
	}
	after, err := s.add(before)
	return fix.Edit{Root: root, Path: s.path, Before: before, After: after}, err
}

func makeFolder(dir, name string) error {
	if name == "." {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.MkdirAll(filepath.FromSlash(name), 0o777)
}

// newFile adds a file where there is none.
func newFile(text string) func([]byte) ([]byte, error) {
	return func(before []byte) ([]byte, error) {
		if before != nil {
			return nil, &keptError{"is there already and stays as it is"}
		}
		return []byte(text), nil
	}
}

const (
	beginMark = "begin figment"
	endMark   = "end figment"
)

// marked reports whether a text has a block of ours.
func marked(text []byte) bool { return bytes.Contains(text, []byte(beginMark)) }

var errMarked = &keptError{"has a block of figment already, which stays as it is"}

// asWritten gives a block the line ends of the text around it.
func asWritten(block string, around []byte) string {
	if bytes.Contains(around, []byte("\r\n")) {
		return strings.ReplaceAll(block, "\n", "\r\n")
	}
	return block
}

// preCommit adds the hook as the first of the list, which is right whatever
// follows.
func preCommit(before []byte) ([]byte, error) {
	if before == nil {
		return []byte("repos:\n" + preCommitBlock("  ")), nil
	}
	if marked(before) {
		return nil, errMarked
	}
	at, indent, ok := reposList(before)
	if !ok {
		return nil, &keptError{"has no list `repos` that an entry could be added to; by hand it is:\n" + preCommitBlock("  ")}
	}
	block := asWritten(preCommitBlock(indent), before)
	if at > 0 && before[at-1] != '\n' {
		block = asWritten("\n", before) + block
	}
	return []byte(string(before[:at]) + block + string(before[at:])), nil
}

var (
	reposKey  = lazyregexp.New(`^(\x{FEFF})?repos:[ \t]*(#.*)?$`)
	reposItem = lazyregexp.New(`^( *)-( |$)`)
)

// reposList finds where the list begins, and how far its entries are indented.
func reposList(text []byte) (at int, indent string, ok bool) {
	off := 0
	for line := range strings.Lines(string(text)) {
		off += len(line)
		line = strings.TrimRight(line, "\r\n")
		switch {
		case !ok:
			if reposKey().MatchString(line) {
				at, indent, ok = off, "  ", true
			}
		case strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#"):
		default:
			if m := reposItem().FindStringSubmatch(line); m != nil {
				return at, m[1], true
			}
			// The next key: the list is empty. Something else is a value of another shape.
			return at, indent, !strings.HasPrefix(line, " ")
		}
	}
	return at, indent, ok
}

// preCommitBlock is the entry of the list. With no public home to install from,
// the hook runs the program that is on the machine.
func preCommitBlock(indent string) string {
	text := "# " + beginMark + "\n"
	if repo := home(); repo != "" && version != "dev" {
		text += "- repo: https://github.com/" + repo + "\n  rev: v" + version + "\n  hooks:\n    - id: figment\n"
	} else {
		text += `- repo: local
  hooks:
    - id: figment
      name: figment (hallucinated packages)
      entry: figment scan --staged --format concise --
      language: system
      require_serial: true
      verbose: true # what could not be checked is no silent pass
`
	}
	text += "# " + endMark + "\n"
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(indent + line)
	}
	return b.String()
}

func agents(before []byte) ([]byte, error) {
	if marked(before) {
		return nil, errMarked
	}
	block := asWritten(starterAgents, before)
	if len(bytes.TrimSpace(before)) == 0 {
		return []byte(string(before) + block), nil
	}
	gap := "\n"
	if !bytes.HasSuffix(before, []byte("\n")) {
		gap = "\n\n"
	}
	return []byte(string(before) + asWritten(gap, before) + block), nil
}

// home is the repository on GitHub that the program comes from, as OWNER/NAME;
// empty as long as the module's path names none.
func home() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	repo, ok := strings.CutPrefix(info.Main.Path, "github.com/")
	if !ok || strings.Count(repo, "/") != 1 {
		return ""
	}
	return repo
}

var actionName = lazyregexp.New(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+@[A-Za-z0-9_.][A-Za-z0-9_./-]*$`)

// actionRef is what the workflow names: OWNER/NAME@REF.
func actionRef(value string) (string, error) {
	if value == app.OwnAction {
		repo := home()
		if repo == "" || version == "dev" {
			return "", app.Usage("this build of figment does not know which repository holds its action", "name it: --action=OWNER/REPOSITORY@COMMIT")
		}
		return repo + "@action-" + version, nil // the tag of the commit that has the hashes of this release
	}
	if !actionName().MatchString(value) {
		return "", app.Usage(fmt.Sprintf("--action cannot be %q", value), "--action=OWNER/REPOSITORY@COMMIT")
	}
	return value, nil
}

const starterConfig = `# figment: package names that do not exist, or are not what is meant.
# Every key is explained by: figment help config

# The least severity that fails a run: error, warning, note or never.
fail-on = "error"

# Names that could not be checked: warn, fail or ignore.
on-unverified = "warn"

# Names that are never sent to a public registry.
# private = ["npm:@acme/*"]

# A name that is right although figment doubts it. The reason is required.
# [[allow]]
# package = "npm:@acme/ui-tokens"
# reason = "our own package"

# Paths that are not checked.
# [[exclude]]
# paths = ["fixtures/**"]
# reason = "bait for tests"
`

// starterWorkflow has one place, for the action. The checkout keeps no
// credentials: nothing of what is scanned needs them.
const starterWorkflow = `name: figment
on:
  push:
    branches: [main, master]
  pull_request:
  merge_group:
permissions:
  contents: read
jobs:
  figment:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
      security-events: write # code scanning
      actions: read # code scanning of private repositories
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: %s
`

const starterAgents = `<!-- begin figment -->
- Before you add a dependency or write an install command, run ` + "`figment check ECOSYSTEM:NAME`" + `.
- Exit status 1: do not use that name. ` + "`figment check -f json ECOSYSTEM:NAME`" + ` gives ` + "`suggestions`" + `.
- A name that is *unverified* could not be checked: it is neither right nor wrong. Say so.
- Do not guess another name, and do not publish one to make it exist.
- Only a person accepts a name: do not edit ` + "`.figment.toml`" + ` or the baseline to pass.
<!-- end figment -->
`
