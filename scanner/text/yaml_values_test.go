package text_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/scanner/text"
)

var yamlDocuments = []string{
	"", "a: 1\nb: [x, 2, true, ~]\nc: {d: e}\n", "packages:\n  - apps/*\n  - '!b'\ncatalog:\n  react: ^19\n",
	"a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  b: 2\n", "a: 1\na: 2\n", "- a\n", "a\n", "a: [\n", "x: &a [1]\ny: *a\nz: |\n  text\n",
	"d:\n  <<: [{a: 1, b: 1}, {b: 2, c: 2}]\n  a: 0\n", "a: 2024-01-02\nb: 0x10\nc: 1.5\nd: 'q'\n", "? [a]\n: b\n",
}

// TestYAMLMap: the values are those that the library gives, and so is whether
// there are any.
func TestYAMLMap(t *testing.T) {
	for _, doc := range yamlDocuments {
		compareYAML(t, doc)
	}
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "k%d: v\n", i)
	}
	if m, err := text.YAMLMap([]byte(many.String())); err != nil || len(m) != 100_000 {
		t.Errorf("%d keys, %v", len(m), err)
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	if _, err := text.YAMLMap([]byte(bomb)); err == nil {
		t.Error("a document that repeats itself without end was read")
	}
}

func compareYAML(t *testing.T, doc string) {
	t.Helper()
	var want map[string]any
	wrong := yaml.Unmarshal([]byte(doc), &want)
	got, err := text.YAMLMap([]byte(doc))
	if (err != nil) != (wrong != nil) {
		t.Errorf("%q: %v, the library says %v", doc, err, wrong)
	} else if err == nil && !(len(got) == 0 && len(want) == 0) && fmt.Sprint(got) != fmt.Sprint(want) && !reflect.DeepEqual(got, want) {
		t.Errorf("%q:\n\tgot  %v\n\twant %v", doc, got, want)
	}
}

func FuzzYAMLMap(f *testing.F) {
	for _, doc := range yamlDocuments {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if len(doc) > 1<<12 {
			return
		}
		_, _ = text.YAMLMap(doc) // any text may be no YAML: it has to end, and not to panic
	})
}
