package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/ecosystem/all"
	"figment/scanner/container"
	"figment/scanner/extract"
)

const hooksFile = ".pre-commit-hooks.yaml"

// named are the names of files by which the rows of what is read know them.
type named struct{ files, extensions, patterns []string }

func namesOf(table extract.Table) (n named) {
	for _, row := range table.Rows() {
		f := row.Files
		n.files = append(n.files, f.Names...)
		n.patterns = append(n.patterns, f.Patterns...)
		if f.Beside != nil {
			n.patterns = append(n.patterns, f.Beside.Pattern)
		}
		for _, l := range row.Languages {
			n.files = append(n.files, l.Files...)
			n.extensions = append(n.extensions, l.Extensions...)
		}
	}
	for _, c := range container.Containers() {
		n.files = append(n.files, c.Files...)
		n.extensions = append(n.extensions, c.Extensions...)
	}
	slices.Sort(n.files)
	slices.Sort(n.extensions)
	return n
}

// noExtension are the names of which the first line of the file decides.
const noExtension = `[^/.]+`

// filesPattern makes the regular expression of the names that figment reads, in
// the form that both Python and Go understand.
func filesPattern(n named) string {
	var parts, extensions []string
	patterns := append(n.patterns, noExtension)
	covered := regexp.MustCompile("^(" + strings.Join(patterns, "|") + ")$")
	for _, name := range n.files {
		if !covered.MatchString(name) && !slices.Contains(n.extensions, filepath.Ext(name)) {
			parts = append(parts, regexp.QuoteMeta(name))
		}
	}
	for _, ext := range n.extensions {
		extensions = append(extensions, regexp.QuoteMeta(strings.TrimPrefix(ext, ".")))
	}
	parts = append(parts, `[^/]+\.(?i:`+strings.Join(extensions, "|")+`)`)
	return `(^|/)(` + strings.Join(append(parts, patterns...), "|") + `)$`
}

func hooksPage(pattern string) string {
	hook := func(id, name, language, note string) string {
		return fmt.Sprintf(`- id: %s
  name: %s
  description: Block package names that do not exist or imitate real ones
  entry: figment scan --staged --format concise --
  language: %s%s
  files: '%s'
  require_serial: true
  verbose: true  # what could not be checked is no silent pass
  minimum_pre_commit_version: 3.2.0
  stages: [pre-commit, pre-merge-commit, pre-push, manual]
`, id, name, language, note, pattern)
	}
	return "# Made by go test ./cmd/figment -run Hooks -update: files holds the names that figment reads.\n" +
		hook("figment", "figment (hallucinated packages)", "golang", "") +
		hook("figment-system", "figment (hallucinated packages)", "system", "  # the figment on PATH")
}

// TestHooks: the hooks are run for the files that figment reads, and for no
// others.
func TestHooks(t *testing.T) {
	table := all.Formats()
	known := namesOf(table)
	pattern := filesPattern(known)
	want := hooksPage(pattern)
	file := filepath.Join("..", "..", hooksFile)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is stale (%v): go test ./cmd/figment -run Hooks -update", hooksFile, err)
	}
	re := regexp.MustCompile(pattern)
	var paths []string
	for _, w := range append(slices.Concat(known.files, known.extensions), table.Recognition().Known()...) {
		paths = append(paths, w, "any"+w, "any/"+w, w+".txt", w+".json", "any/ANY"+strings.ToUpper(w))
	}
	section := regexp.MustCompile(`(?m)^-- (\S+) --$|"path": ?"([^"]+)"`)
	for _, pattern := range []string{"scanner/*/testdata/*", "fixtures/projects/*", "fixtures/extract/*", "fixtures/corpus/*", "cmd/figment/testdata/script/*"} {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil {
				for _, m := range section.FindAllStringSubmatch(string(data), -1) {
					paths = append(paths, m[1]+m[2])
				}
			}
		}
	}
	if len(paths) < 500 {
		t.Fatalf("only %d names to compare", len(paths))
	}
	byNeighbour := regexp.MustCompile(`(?i)\.(in|txt)$`) // what lies beside them decides
	for _, p := range paths {
		if is, match := table.Recognition().Interesting(p), re.MatchString(p); is && !match {
			t.Errorf("%s is read, and %s does not match it: the Patterns of its row do not say so", p, pattern)
		} else if match && !is && !byNeighbour.MatchString(p) {
			t.Errorf("%s matches %s, and nothing reads it", p, pattern)
		}
	}
}

// hookRow is the row of the hooks as a repository of its own would have it, for
// pre-commit of Debian 12: that one does not know the names of stages yet.
func hookRow(t *testing.T, id string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", hooksFile))
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := yaml.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row["id"] == id {
			delete(row, "stages")
			delete(row, "minimum_pre_commit_version")
			return row
		}
	}
	t.Fatalf("there is no hook %s", id)
	return nil
}
