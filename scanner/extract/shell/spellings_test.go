package shell_test

import (
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
	"figment/scanner/text"
)

// TestSpellings runs every command by itself and inside a Markdown fence.
func TestSpellings(t *testing.T) {
	n := 0
	for line := range strings.Lines(extracttest.Spellings) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") && !strings.Contains(line, "\t") {
			continue
		}
		command, want, ok := strings.Cut(line, "\t")
		if !ok {
			t.Fatalf("no tab in %q", line)
		}
		command = strings.ReplaceAll(command, `\n`, "\n")
		n++
		t.Run(command, func(t *testing.T) {
			spelled(t, "run.sh", text.Shell, command+"\n", want)
			spelled(t, "answer.md", text.Undecided, "Do this:\n\n```sh\n"+command+"\n```\n", want)
		})
	}
	if n < 110 {
		t.Errorf("only %d spellings", n)
	}
}

func spelled(t *testing.T, path string, lang text.Lang, text string, want string) {
	t.Helper()
	refs, _ := File(&source.File{Path: path, Data: []byte(text), Lang: lang})
	var got []string
	for _, r := range refs {
		if text[r.Span.Start:r.Span.End] != r.Raw {
			t.Errorf("%s: the span of %s holds %q, not %q", path, r.Name, text[r.Span.Start:r.Span.End], r.Raw)
		}
		if r.Kind != Mention {
			got = append(got, r.Name+"|"+r.Constraint)
		}
	}
	var wanted []string
	if want != "-" {
		wanted = strings.Fields(want)
	}
	if len(got) != len(wanted) {
		t.Errorf("%s: got %v, want %v", path, got, wanted)
		return
	}
	for i, w := range wanted {
		at := strings.IndexAny(w, "=<>~")
		ok := slices.ContainsFunc(got, func(g string) bool {
			name, constraint, _ := strings.Cut(g, "|")
			if at < 0 {
				return name == w
			}
			return name == w[:at] && constraint == w[at:]
		})
		if !ok {
			t.Errorf("%s: got %v, want %v (%d)", path, got, wanted, i)
		}
	}
}
