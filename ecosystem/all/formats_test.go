package all

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"figment/internal/golden"
	"figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
	"figment/scanner/text"
)

var _ = flag.Bool("update", false, "rewrite the section want of the archives")

// ofFiles reports whether a format reads files: the others read only what stands
// inside of them.
func ofFiles(row *extract.Format) bool {
	return len(row.Files.Names) > 0 || row.Files.Paths != nil || slices.ContainsFunc(row.Languages, func(l text.Language) bool { return len(l.Files)+len(l.Extensions) > 0 })
}

// watched is a table that notes which formats read something: a whole file, where
// they read files.
func watched() (extract.Table, func(name string) bool) {
	read := map[string]bool{}
	table := Formats()
	rows := table.Rows()
	for i := range rows {
		row := rows[i]
		rows[i].Extract = func(f *text.Fragment, e *extract.Emitter) error {
			if !ofFiles(&row) || f.Depth == 0 && f.Label == "" {
				read[row.Name] = true
			}
			return row.Extract(f, e)
		}
	}
	return table, func(name string) bool { return read[name] }
}

// TestFormats reads the archives of every ecosystem, and of the formats that
// belong to none: what the walk of their files finds, and what comes out of it in
// the section "want", a line a reference. A format that no file leads to fails.
func TestFormats(t *testing.T) {
	table, read := watched()
	var folders []string
	for _, room := range []string{"shell", "prose"} {
		folders = append(folders, filepath.Join("..", "..", "scanner", "extract", room))
	}
	for _, a := range Adapters() {
		if len(a.Formats)+len(a.Languages) > 0 {
			folders = append(folders, filepath.Join("..", string(a.Ecosystem)))
		}
	}
	for _, folder := range folders {
		golden.Txtar(t, filepath.Join(folder, "testdata", "*.txtar"), func(t *testing.T, a *txtar.Archive) string {
			return found(t, table, a)
		})
	}
	for _, row := range table.Rows() {
		if !read(row.Name) {
			t.Errorf("no file of an archive in testdata is read by %s: write one, which shows that the walk finds such files", row.Name)
		}
	}
}

// found walks the files of an archive and writes what the table reads in them.
func found(t *testing.T, table extract.Table, a *txtar.Archive) string {
	root := t.TempDir()
	var order []string
	for _, f := range a.Files {
		if f.Name == "want" {
			continue
		}
		order = append(order, f.Name)
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	src, err := source.Paths([]string{root}, source.Options{Recognition: table.Recognition()})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	files := map[string]*source.File{}
	problems, err := src.Files(t.Context(), func(f *source.File) {
		mu.Lock()
		defer mu.Unlock()
		rel := strings.TrimPrefix(f.Path, filepath.ToSlash(root)+"/")
		files[rel] = f
	})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	var b strings.Builder
	for _, name := range order {
		f := files[name]
		if f == nil {
			t.Errorf("the walk does not find %s", name)
			continue
		}
		what := table.Read(f)
		extracttest.Check(t, f, what.References)
		lines := text.NewLines(f.Data)
		for _, r := range what.References {
			p := lines.At(r.Span.Start)
			fmt.Fprintf(&b, "%s:%d:%d %s %s:%s", name, p.Line, p.Column, r.Kind, r.Ecosystem, r.Name)
			for _, x := range []struct{ k, v string }{{"constraint", r.Constraint}, {"flags", strings.Join(r.Flags.Names(), ",")}, {"scope", r.Scope}, {"alias", r.Alias}, {"index", r.Index}, {"extras", strings.Join(r.Extras, ",")}, {"marker", r.Marker}} {
				if x.v != "" {
					fmt.Fprintf(&b, " %s=%q", x.k, x.v)
				}
			}
			if r.From != extract.FromRegistry {
				fmt.Fprintf(&b, " from=%s", r.From)
			}
			b.WriteByte('\n')
		}
		for _, in := range what.Includes {
			fmt.Fprintf(&b, "%s includes %s\n", name, in.Path)
		}
		for _, p := range what.Problems {
			fmt.Fprintf(&b, "%s problem: %s\n", name, p.Text)
		}
	}
	return b.String()
}

// TestLeads: the names and the languages of a row lead to it.
func TestLeads(t *testing.T) {
	table := Formats()
	known := table.Recognition()
	for i, row := range table.Rows() {
		for _, name := range row.Files.Names {
			if got := known.Format("a/" + name); got != i {
				t.Errorf("%s is a file of %s and leads to row %d", name, row.Name, got)
			}
			if !known.Interesting("a/" + name) {
				t.Errorf("%s is a file of %s and is passed over", name, row.Name)
			}
		}
		if row.Files.Sniff.Is != nil && len(row.Files.Names) == 0 {
			t.Errorf("%s knows its texts by their content, and has no name for them", row.Name)
		}
		for _, l := range row.Languages {
			names := slices.Clone(l.Files)
			for _, ext := range l.Extensions {
				names = append(names, "any"+ext)
			}
			for _, folder := range l.Folders {
				names = append(names, folder+"/any")
			}
			for _, name := range names {
				if got := known.LangOf("a/" + name); got != l.Lang {
					t.Errorf("%s is in %s by %s, and is taken for %q", name, l.Lang, row.Name, got)
				}
			}
			for _, label := range l.Labels {
				if got, ok := known.ParseLang(label); !ok || got.Lang != l.Lang {
					t.Errorf("%s is a label of %s by %s, and is taken for %q", label, l.Lang, row.Name, got)
				}
			}
			if f := (&text.Fragment{Lang: l.Lang, Depth: 1}); !row.Match(f) {
				t.Errorf("%s does not read %s", row.Name, l.Lang)
			}
		}
	}
}

// TestRows: the rows of an ecosystem are its own and are told apart by name.
func TestRows(t *testing.T) {
	var names []string
	for _, row := range Formats().Rows() {
		names = append(names, row.Name)
		byName := len(row.Files.Names) > 0 || row.Files.Paths != nil
		if row.Extract == nil || row.Name == "" || byName == (row.Match != nil) {
			t.Errorf("%q has no Extract, or no name, or neither names of files nor Match, or both", row.Name)
		}
		if byName && (row.Files.Lang == "" || row.Files.What == "") {
			t.Errorf("%s does not say in which language its files are, or what they are", row.Name)
		}
		if (row.Files.Paths == nil) != (len(row.Files.Extensions) == 0) || (row.Files.Paths == nil) != (len(row.Files.Patterns) == 0) {
			t.Errorf("%s: Paths, Extensions and Patterns go together", row.Name)
		}
	}
	for _, a := range Adapters() {
		for _, row := range slices.Concat(a.Formats, a.Languages) {
			if row.Ecosystem != a.Ecosystem {
				t.Errorf("%s of %s is a row of %s", row.Name, a.Ecosystem, row.Ecosystem)
			}
		}
	}
	slices.Sort(names)
	if once := slices.Compact(slices.Clone(names)); len(once) != len(names) {
		t.Errorf("names of formats are not unique: %v", names)
	}
}
