package extract_test

import (
	"strings"
	"testing"

	"figment/scanner/source"
	"figment/scanner/text"
)

// TestWrittenDocument: a document that a command writes is taken apart like one
// that lies in a file, as deep as any.
func TestWrittenDocument(t *testing.T) {
	recipe := "doc:\n\tcat > README.md <<EOF\n\t~~~sh\n\tnpm install left-pad\n\t~~~\n\tEOF\n"
	refs, problems := File(&source.File{Path: "x", Lang: text.Makefile, Data: []byte(recipe)})
	if len(refs) != 1 || refs[0].Name != "left-pad" || refs[0].Span.Start != strings.Index(recipe, "left-pad") || len(problems) > 0 {
		t.Errorf("%+v, problems %+v", refs, problems)
	}
	// A script that writes a document with a script in it that writes one, and so on.
	deep := "npm install left-pad\n"
	for n := range 6 {
		mark, fence := "END"+strings.Repeat("X", n), strings.Repeat("`", 3+n)
		deep = "cat > a.md <<'" + mark + "'\n" + fence + "sh\n" + deep + fence + "\n" + mark + "\n"
	}
	refs, problems = File(&source.File{Path: "a.sh", Data: []byte(deep)})
	if len(refs) > 0 || len(problems) != 1 || problems[0].Why != source.NestedTooDeep || !problems[0].Dropped {
		t.Errorf("too deep: %+v, problems %+v", refs, problems)
	}
}
