package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/scanner/container"
	"figment/scanner/source"
)

const hooksFile = ".pre-commit-hooks.yaml"

// A namePattern is a pattern of file names that no single string of the program
// spells. It is in the hooks' pattern when its example is read.
type namePattern struct{ example, pattern string }

var namePatterns = []namePattern{
	{"requirements-dev.txt", `(?i:[^/]*(requirements|constraints)[^/]*\.txt)`},
	{"requirements/dev.txt", `requirements/([^/]+/)*[^/]+\.txt`},
	{"dev-reqs.txt", `(?i:([^/]*[-_.])?reqs([-_.][^/]*)?\.txt)`},
	{"dev-requirements.pip", `(?i:[^/]*(requirements|constraints)[^/]*\.pip)`},
	{"requirements/dev.pip", `requirements/[^/]+\.pip`},
	{"requirements.lock", `(?i:requirements[^/]*\.lock)`},
	{"tsconfig.base.json", `[jt]sconfig([-._][^/]*)?\.json`},
	{"requirements.in", `[^/]+\.in`}, // of any name beside a list of requirements
	{"Makefile", `[^/.]+`},           // a script may be called anything: its first line decides
	{"Dockerfile.dev", `Dockerfile\.[^/]+`},
	{"dev.Dockerfile", `[^/]+\.[Dd]ockerfile`},
	{"Containerfile.dev", `Containerfile[^/]*`},
	{"pylock.dev.toml", `pylock\.[^/]+\.toml`},
	{".github/workflows/ci.yml", `\.github/workflows/[^/]+\.ya?ml`},
	{".devcontainer/devcontainer.json", `\.devcontainer/([^/]+/)?devcontainer\.json`},
	{".cursor/mcp.json", `\.cursor/mcp\.json`},
	{".vscode/mcp.json", `\.vscode/mcp\.json`},
}

// literals are the words in strings of the program that tell formats by their
// names.
func literals(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "scanner", "source", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join("..", "..", "scanner", "extract", "formats.go"))
	var out []string
	for _, c := range container.Containers() {
		out = append(append(out, c.Files...), c.Extensions...)
	}
	word := regexp.MustCompile(`^[A-Za-z0-9._-]*[A-Za-z0-9]$`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil && word.MatchString(s) {
					out = append(out, s)
				}
			}
			return true
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// filesPattern makes the regular expression of the names that figment reads, in
// the form that both Python and Go understand.
func filesPattern(words []string) string {
	var names, extensions []string
	var patterns []string
	for _, p := range namePatterns {
		if source.Interesting(p.example) {
			patterns = append(patterns, p.pattern)
		}
	}
	covered := regexp.MustCompile("^(" + strings.Join(patterns, "|") + ")$")
	for _, w := range words {
		switch {
		case strings.HasPrefix(w, ".") && source.Interesting("any"+w) && !source.Interesting("any.nothing"):
			extensions = append(extensions, regexp.QuoteMeta(w[1:]))
		case source.Interesting(w) && strings.Contains(w, ".") && !covered.MatchString(w) && !source.Interesting("any"+filepath.Ext(w)):
			names = append(names, regexp.QuoteMeta(w))
		}
	}
	parts := append(append(names, `[^/]+\.(?i:`+strings.Join(extensions, "|")+`)`), patterns...)
	return `(^|/)(` + strings.Join(parts, "|") + `)$`
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
	words := literals(t)
	pattern := filesPattern(words)
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
	for _, w := range words {
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
		if is, match := source.Interesting(p), re.MatchString(p); is && !match {
			t.Errorf("%s is read, and %s does not match it: add a row to namePatterns", p, pattern)
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
