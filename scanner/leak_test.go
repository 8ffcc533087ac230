package scanner

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"figment/ecosystem"
)

// A leakLabel is a labelled name that no rule and no data may know.
type leakLabel struct {
	eco   ecosystem.Ecosystem
	label string
	// spellings, as written first. Python has three of one name.
	spellings []string
}

func leakLabels(t testing.TB) []leakLabel {
	t.Helper()
	var out []leakLabel
	add := func(e ecosystem.Ecosystem, name, label, target string) {
		l := leakLabel{e, label, []string{name}}
		if e == ecosystem.PyPI {
			canonical := ecosystem.Normalize(e, name)
			l.spellings = append(l.spellings, canonical, strings.ReplaceAll(canonical, "-", "_"))
		}
		l.spellings = slices.DeleteFunc(l.spellings, func(s string) bool { return s == target })
		out = append(out, l)
	}
	for _, r := range loadNonexistent(t) {
		switch r.Label {
		case labelHallucinated, labelThenRegistered, labelUnreviewed:
			add(r.Ecosystem, r.Name, r.Label, "")
		}
	}
	for _, r := range loadSquats(t) {
		add(r.Ecosystem, r.Name, "squat", r.Target)
	}
	return out
}

// leakWords are labelled names that are also words of their own, each with what
// it means in code. As such they may stand in a text; as a package they may not:
// "pypi:python" and a cell of a list are still hits.
var leakWords = map[string]string{
	"python":             "the language and its interpreter",
	"--legacy-peer-deps": "an option of npm",
	"@ember/component":   "a module of Ember's documented interface, which ember-source brings",
}

// leakScanned reports whether a file, by its path in the repository, may hold
// no labelled name: code that is no test, data that is embedded, configuration.
// Documentation, fixtures and goldens show invented names as examples.
func leakScanned(p string) bool {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if b := path.Base(dir); b == "testdata" || b == ".git" || dir == "fixtures" || dir == "docs" || dir == "dist" {
			return false
		}
	}
	switch base := path.Base(p); {
	case strings.HasSuffix(base, ".fig"): // made of the lists, as a test of cmd/mknames holds
		return false
	case strings.HasSuffix(base, "_test.go"), strings.HasSuffix(base, ".md"), base == "LICENSE", base == "go.mod", base == "go.sum":
		return false
	}
	return true
}

// leakList reports whether a file is a list of names: embedded, or what the
// embedded indexes are made of.
func leakList(p string) bool {
	dir := path.Base(path.Dir(p))
	return dir == "data" || dir == "lists"
}

// leakEcosystem is the ecosystem whose names a data file holds; Unknown: of any.
func leakEcosystem(p string) ecosystem.Ecosystem {
	if !leakList(p) {
		return ecosystem.Unknown
	}
	word, _, _ := strings.Cut(strings.TrimSuffix(path.Base(p), path.Ext(p)), "-")
	word, _, _ = strings.Cut(word, ".")
	if word == "node" {
		return ecosystem.NPM
	}
	e, _ := ecosystem.Lookup(word)
	return e
}

// findLeaks gives the places of a file that name a label, as "path:line: text".
func findLeaks(p string, data []byte, labels []leakLabel) []string {
	if path.Ext(p) == ".go" {
		return literalLeaks(p, data, labels)
	}
	var hits []string
	if leakList(p) {
		return cellLeaks(p, data, labels)
	}
	text := string(data)
	for _, l := range labels {
		if at := l.in(text); at >= 0 {
			hits = append(hits, l.at(p, 1+strings.Count(text[:at], "\n")))
		}
	}
	return hits
}

func (l *leakLabel) at(p string, line int) string {
	return fmt.Sprintf("%s:%d: %s:%s (%s)", p, line, l.eco, l.spellings[0], l.label)
}

// literalLeaks looks at the string literals of a Go file.
func literalLeaks(p string, data []byte, labels []leakLabel) []string {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, p, data, 0)
	if err != nil {
		return []string{err.Error()}
	}
	var hits []string
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			return true
		}
		for i := range labels {
			if at := labels[i].in(text); at >= 0 {
				hits = append(hits, labels[i].at(p, set.Position(lit.Pos()).Line))
			}
		}
		return true
	})
	return hits
}

// cellLeaks looks at the cells of a list. The lists of popular names are no
// exception while none of them holds a label; when a release makes a labelled
// name popular, its label is what has become wrong.
func cellLeaks(p string, data []byte, labels []leakLabel) []string {
	e := leakEcosystem(p)
	byName := map[string]*leakLabel{}
	for i := range labels {
		if l := &labels[i]; e == ecosystem.Unknown || e == l.eco {
			for _, s := range l.spellings {
				byName[s] = l
			}
		}
	}
	var hits []string
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		for _, cell := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\t\r\n ;,|", r) }) {
			if l := byName[cell]; l != nil && !(leakWords[cell] != "" && strings.HasSuffix(p, ".aliases.tsv")) { // a brand is no package
				hits = append(hits, l.at(p, line))
			}
		}
	}
	return hits
}

// in gives where a text has the name as a whole word, or -1.
func (l *leakLabel) in(text string) int {
	for _, s := range l.spellings {
		word := leakWords[s] != ""
		for from := 0; ; {
			i := strings.Index(text[from:], s)
			if i < 0 {
				break
			}
			i += from
			from = i + 1
			if !wholeWord(text, i, i+len(s)) {
				continue
			}
			if word && !strings.HasSuffix(text[:i], string(l.eco)+":") && !strings.HasSuffix(text[:i], "pkg:"+string(l.eco)+"/") {
				continue
			}
			return i
		}
	}
	return -1
}

// wholeWord reports whether the characters around a piece of text make no longer
// name of it: a full stop does only when something follows it, a slash never.
func wholeWord(text string, start, end int) bool {
	inName := func(i int) bool {
		if i < 0 || i >= len(text) {
			return false
		}
		c := text[i]
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c >= 0x80
	}
	if inName(start-1) || inName(end) {
		return false
	}
	if start > 0 && (text[start-1] == '.' || text[start-1] == '@') && inName(start-2) {
		return false
	}
	return !(end < len(text) && text[end] == '.' && inName(end+1))
}

// repositoryFiles gives the files that are looked for leaks.
func repositoryFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := ".."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		p := filepath.ToSlash(rel)
		if d.IsDir() {
			if p != "." && !leakScanned(p+"/x") {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !leakScanned(p) {
			return nil
		}
		data, err := os.ReadFile(file)
		files[p] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestNoLeak: no label is in code, in embedded data or in configuration, and no
// list of labels is read to make them.
func TestNoLeak(t *testing.T) {
	labels := leakLabels(t)
	lists := []leakLabel{{"", "list of labels", []string{"nonexistent.tsv", "typosquats.tsv", "hard-negatives.tsv", "longtail.tsv", "fixtures/corpus"}}}
	files := repositoryFiles(t)
	size := 0
	var code strings.Builder
	for p, data := range files {
		size += len(data)
		for _, hit := range slices.Concat(findLeaks(p, data, labels), findLeaks(p, data, lists)) {
			t.Error(hit)
		}
		code.Write(data)
	}
	for w := range leakWords {
		if !strings.Contains(code.String(), w) {
			t.Errorf("%q is no longer in the code: drop it from leakWords", w)
		}
	}
	// What has to be looked at was.
	for _, p := range []string{
		"names/build/lists/npm.tsv", "names/build/lists/pypi.aliases.tsv", "ecosystem/pypi/data/python-modules.tsv", "ecosystem/data/go-std.txt",
		"scanner/verdict/verdict.go", "cmd/mknames/main.go", ".figment.toml", ".github/workflows/ci.yml", "goreleaser.yaml",
	} {
		if len(files[p]) == 0 {
			t.Errorf("%s was not looked at", p)
		}
	}
	if len(labels) < 450 || len(files) < 100 {
		t.Errorf("%d names looked for in %d files", len(labels), len(files))
	}
	t.Logf("%d names looked for in %d files of %d KiB", len(labels), len(files), size>>10)
}

// TestLeakIsFound plants names and looks for them.
func TestLeakIsFound(t *testing.T) {
	labels := leakLabels(t)
	by := func(e ecosystem.Ecosystem, label string, fits func(string) bool) string {
		for _, l := range labels {
			if l.eco == e && l.label == label && fits(l.spellings[0]) {
				return l.spellings[0]
			}
		}
		t.Fatalf("no %s of %s to plant", label, e)
		return ""
	}
	dashed := func(s string) bool { return strings.Contains(s, "-") }
	plain := func(s string) bool { return !strings.ContainsAny(s, "-_./@") && s == strings.ToLower(s) }
	made := by(ecosystem.PyPI, labelHallucinated, dashed)
	module := by(ecosystem.Golang, labelHallucinated, func(string) bool { return true })
	claimed := by(ecosystem.NPM, labelUnreviewed, dashed)
	squat := by(ecosystem.PyPI, "squat", plain)
	npmSquat := by(ecosystem.NPM, "squat", plain)

	go1 := func(text string) string { return "package p\n\n// " + made + "\nvar x = " + text + "\n" }
	for name, c := range map[string]struct {
		path, text string
		hits       int
	}{
		"literal":           {"names/x.go", go1(strconv.Quote(made)), 1},
		"raw literal":       {"names/x.go", go1("`a\n" + squat + " b`"), 1},
		"two of one file":   {"names/x.go", go1(strconv.Quote(made) + " + " + strconv.Quote(squat)), 2},
		"spelled otherwise": {"names/x.go", go1(strconv.Quote(strings.ReplaceAll(made, "-", "_"))), 1},
		"purl":              {"report/x.go", go1(strconv.Quote("pkg:npm/" + claimed + "@1.0.0")), 1},
		"in a sentence":     {"report/x.go", go1(strconv.Quote("no " + claimed + ".")), 1},
		"import path":       {"cmd/figment/x.go", go1(strconv.Quote(module + "/v2/sub")), 1},
		"comment only":      {"names/x.go", go1(`"y"`), 0},
		"part of a name":    {"names/x.go", go1(strconv.Quote("x-" + made + " " + made + "-x " + made + ".js " + made + "2")), 0},
		"not Go":            {"names/x.go", "package", 1},
		"list":              {"names/build/lists/pypi.tsv", "aa\t1\n" + made + "\t2\n", 1},
		"other column":      {"ecosystem/pypi/data/python-modules.tsv", "m\ta\t\tA\tb;" + squat + ";c\n", 1},
		"own list":          {"scanner/verdict/data/names.txt", "a\n" + npmSquat + "\n", 1},
		"another's list":    {"names/build/lists/pypi.tsv", npmSquat + "\t1\n", 0},
		"configuration":     {".figment.toml", "names = [\"" + made + "\"]\n", 1},
		"workflow":          {".github/workflows/ci.yml", "run: pip install " + squat + "\n", 1},
		"JSON":              {"report/schema/x.json", `{"examples":["` + claimed + `"]}`, 1},
		"word of the code":  {"names/x.go", go1(`"python"`), 0},
		"as a package":      {"names/x.go", go1(`"pypi:python"`), 1},
		"as a cell":         {"names/build/lists/pypi.tsv", "python\t5\n", 1},
		"target of a squat": {"names/x.go", go1(`"my-package"`), 0},
		"popular":           {"names/build/lists/pypi.tsv", "requests\t5\n", 0},
	} {
		if got := findLeaks(c.path, []byte(c.text), labels); len(got) != c.hits {
			t.Errorf("%s: %d hits, want %d: %q", name, len(got), c.hits, got)
		}
		if !leakScanned(c.path) {
			t.Errorf("%s: %s is not looked at", name, c.path)
		}
	}
	for _, p := range []string{
		"names/names_test.go", "docs/rules/typosquat.md", "docs/x.go", "fixtures/corpus/typosquats.tsv", "report/testdata/scan.json",
		"scanner/extract/testdata/fuzz/x/1", "README.md", "names/data/NOTICE.md", ".git/config",
	} {
		if leakScanned(p) {
			t.Errorf("%s is looked at", p)
		}
	}
}
