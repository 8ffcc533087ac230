package extract_test

import (
	. "figment/scanner/extract"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"figment/scanner/source"
)

// TestTruncated: a text that is cut off yields what stands before the cut.
func TestTruncated(t *testing.T) {
	for name, text := range map[string]string{
		"package.json":     "{\"dependencies\":{\"aa-a\":\"1\",\"bb-b\":\"2\",\"cc-c\":\"3\"}}",
		"requirements.txt": "aa-a==1\nbb-b>=2\ncc-c\n",
		"pyproject.toml":   "[project]\ndependencies = [\n\"aa-a\",\n]\n[build-system]\nrequires = [\"bb-b\"]\n",
		"go.mod":           "module x.y/z\n\nrequire x.y/aa-a v1.0.0\nrequire x.y/bb-b v1.0.0\n",
		"a.py":             "import aa_a\nfrom bb_b import c\nimport cc_c\n",
		"a.ts":             "import a from \"aa-a\";\nimport { b } from \"bb-b\";\nrequire(\"cc-c\");\n",
		"a.go":             "package p\n\nimport (\n\t\"x.y/aa-a\"\n\t\"x.y/bb-b\"\n)\n",
	} {
		whole, _ := File(&source.File{Path: name, Data: []byte(text)})
		if len(whole) < 2 {
			t.Errorf("%s: only %d references", name, len(whole))
		}
		for cut := range len(text) {
			got, _ := File(&source.File{Path: name, Data: []byte(text[:cut])})
			have := map[int]bool{}
			for _, r := range got {
				have[r.Span.Start] = true
			}
			for _, r := range whole {
				line := strings.IndexByte(text[r.Span.End:], '\n')
				if name == "package.json" {
					line = 4
				}
				if name == "pyproject.toml" && r.Span.Start < 40 {
					line = 4 // the array has to close
				}
				if r.Span.End+line < cut && !have[r.Span.Start] {
					t.Errorf("%s cut at %d: %s is lost", name, cut, r.Name)
				}
			}
		}
	}
}

func TestEmitterLimits(t *testing.T) {
	many := "requirements\n" + strings.Repeat("aa\n", MaxReferences+10)
	refs, problems := File(&source.File{Path: "requirements.txt", Data: []byte(many)})
	if len(refs) > MaxReferences || len(problems) != 1 || !problems[0].Dropped {
		t.Errorf("%d references, problems %v", len(refs), problems)
	}
	if diff := cmp.Diff("aa", refs[5].Name); diff != "" {
		t.Error(diff)
	}
}
