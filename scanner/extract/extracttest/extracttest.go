// Package extracttest holds what is true of every reader of references, for tests.
package extracttest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"figment/fixtures"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Check fails where a reference lies outside of its file, has no name, or there
// are more of them than the file can hold.
func Check(t testing.TB, f *source.File, refs []extract.Reference) {
	t.Helper()
	for _, r := range refs {
		if r.Span.Start < 0 || r.Span.End > len(f.Data) || r.Span.Start >= r.Span.End {
			t.Fatalf("%s: span %v of %q lies outside %d bytes", f.Path, r.Span, r.Name, len(f.Data))
		}
		if r.Name == "" {
			t.Fatalf("%s: a reference without a name at %v", f.Path, r.Span)
		}
	}
	if limit := 20 + 2*len(f.Data); len(refs) > limit {
		t.Fatalf("%s: %d references from %d bytes", f.Path, len(refs), len(f.Data))
	}
}

// Listed writes references as "line:column name[=alias][(from)]", joined by
// commas.
func Listed(data string, refs []extract.Reference) string {
	var out []string
	lines := text.NewLines([]byte(data))
	for _, r := range refs {
		s := r.Name
		if r.Alias != "" {
			s += "=" + r.Alias
		}
		if r.From != extract.FromRegistry {
			s += "(" + r.From.String() + ")"
		}
		p := lines.At(r.Span.Start)
		out = append(out, fmt.Sprintf("%d:%d %s", p.Line, p.Column, s))
	}
	return strings.Join(out, ", ")
}

// Fuzz seeds a target with the golden texts and with seeds, and reads what it
// makes of them as each of the paths.
func Fuzz(f *testing.F, table extract.Table, seeds []string, paths ...string) {
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read("extract/golden.jsonl")))
	for dec.More() {
		var c struct{ Text string }
		if err := dec.Decode(&c); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(c.Text))
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range paths {
			file := &source.File{Path: p, Data: data}
			Check(t, file, table.Read(file).References)
		}
	})
}

// Spellings are commands, a line each, with what they install behind a tab.
//
//go:embed testdata/spellings.txt
var Spellings string

// Commands are those of Spellings: seeds for fuzzing.
func Commands() (commands []string) {
	for line := range strings.Lines(Spellings) {
		command, _, _ := strings.Cut(line, "\t")
		commands = append(commands, strings.ReplaceAll(command, `\n`, "\n"))
	}
	return commands
}

// Nightly skips a test that compares with a real tool where nobody asked for it.
func Nightly(t testing.TB) {
	t.Helper()
	if os.Getenv("FIGMENT_NIGHTLY") != "1" {
		t.Skip("compares generated inputs with the real tool: set FIGMENT_NIGHTLY=1; its finds stand in the ordinary tests")
	}
}

// A Generator makes inputs from a seed.
type Generator struct{ *rand.Rand }

// Pick gives one of a list.
func (g Generator) Pick(list ...string) string { return list[g.IntN(len(list))] }

// Maybe gives s once in n times, and nothing otherwise.
func (g Generator) Maybe(n int, s string) string {
	if g.IntN(n) == 0 {
		return s
	}
	return ""
}
