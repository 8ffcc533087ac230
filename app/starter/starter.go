// Package starter makes the edits of figment init: a configuration file, and the
// blocks that other tools want. What goes in is the project's root and what its
// files hold, what comes out are edits. Nothing that exists is overwritten:
// blocks stand between markers, and a file or block that is there is kept.
package starter

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"figment/app"
	"figment/internal/lazyregexp"
	"figment/scanner/fix"
)

// maxTouched is the longest file that a block is added to, in bytes.
const maxTouched = 4 << 20

// A File is a file and how it comes to hold what figment init adds.
type File struct {
	Path string // relative to the root of the project, with slashes

	add func(before []byte) ([]byte, error) // before is nil where there is no such file
}

// A KeptError says why a file stays as it is.
type KeptError struct{ Why string }

func (e *KeptError) Error() string { return e.Why }

// Config is a configuration file with every key explained.
func Config() File { return File{app.ConfigName, newFile(configText)} }

// PreCommit is the hook of pre-commit. version is that of the program; a release
// whose module path names a repository is installed from there.
func PreCommit(version string) File {
	return File{".pre-commit-config.yaml", func(before []byte) ([]byte, error) { return preCommit(before, version) }}
}

// Workflow is a workflow of GitHub that runs the action ref, OWNER/NAME@REF.
func Workflow(ref string) File {
	return File{".github/workflows/figment.yml", newFile(WorkflowText(ref))}
}

// WorkflowText is the text of Workflow.
func WorkflowText(ref string) string { return fmt.Sprintf(workflowText, ref) }

// Agents is the block for coding assistants.
func Agents() File { return File{"AGENTS.md", agents} }

// Edit is the edit that adds to the file below root. The error is a KeptError
// where the file stays as it is.
func (f File) Edit(root string) (fix.Edit, error) {
	before, err := fix.ReadBeside(root, filepath.FromSlash(f.Path), maxTouched)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fix.Edit{}, err
	}
	if err == nil && before == nil {
		before = []byte{}
	}
	after, err := f.add(before)
	return fix.Edit{Root: root, Path: f.Path, Before: before, After: after}, err
}

// MakeFolder makes a folder below dir, which no link leads out of.
func MakeFolder(dir, name string) error {
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
			return nil, &KeptError{"is there already and stays as it is"}
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

var errMarked = &KeptError{"has a block of figment already, which stays as it is"}

// asWritten gives a block the line ends of the text around it.
func asWritten(block string, around []byte) string {
	if bytes.Contains(around, []byte("\r\n")) {
		return strings.ReplaceAll(block, "\n", "\r\n")
	}
	return block
}

// preCommit adds the hook as the first of the list, which is right whatever
// follows.
func preCommit(before []byte, version string) ([]byte, error) {
	if before == nil {
		return []byte("repos:\n" + preCommitBlock("  ", version)), nil
	}
	if marked(before) {
		return nil, errMarked
	}
	at, indent, ok := reposList(before)
	if !ok {
		return nil, &KeptError{"has no list `repos` that an entry could be added to; by hand it is:\n" + preCommitBlock("  ", version)}
	}
	block := asWritten(preCommitBlock(indent, version), before)
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
func preCommitBlock(indent, version string) string {
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
	block := asWritten(agentsText, before)
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

// ActionRef is what the workflow names, OWNER/NAME@REF, for a value of
// --action. version is that of the program.
func ActionRef(value, version string) (string, error) {
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
