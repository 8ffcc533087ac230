package resolve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tables are those of the ecosystems.
func tables(tb testing.TB) map[string]Table {
	tb.Helper()
	files, err := filepath.Glob("../../ecosystem/*/data/*.tsv")
	if err != nil || len(files) < 8 {
		tb.Fatalf("%d tables, %v", len(files), err)
	}
	out := map[string]Table{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".tsv")] = Table(data)
	}
	return out
}

// columns are the numbers of columns of the tables that have more than two.
var columns = map[string]int{"python-modules": 4, "python-overrides": 3, "python-namespaces": 1, "python-import-name-traps": 8}

// TestTables: sorted, without doubles, whole, and every line can be found.
func TestTables(t *testing.T) {
	for name, table := range tables(t) {
		last := ""
		want := columns[name]
		if want == 0 {
			want = 2
		}
		for _, line := range strings.Split(strings.TrimSuffix(string(table), "\n"), "\n") {
			key := column(line)
			if key <= last {
				t.Errorf("%s: %q stands after %q", name, key, last)
			}
			last = key
			if strings.Count(line, "\t") < want-1 {
				t.Errorf("%s: %q has too few columns", name, line)
			}
			if got, ok := table.Line(key); !ok || got != line {
				t.Errorf("%s: %q is not found: %q", name, key, got)
			}
		}
		for _, key := range []string{"", "\t", "\n", "zzzzzzzz", "!", "no such line", last + "x"} {
			if got, ok := table.Line(key); ok {
				t.Errorf("%s: found %q: %q", name, key, got)
			}
		}
	}
}

// TestBelow holds the search against reading every line.
func TestBelow(t *testing.T) {
	modules := tables(t)["python-modules"]
	lines := strings.Split(strings.TrimSuffix(string(modules), "\n"), "\n")
	for _, prefix := range []string{"google.", "google.cloud.", "azure.mgmt.", "zz", "a", "opentelemetry.exporter.otlp.", "ruamel.", "no.such.", "google"} {
		var want []string
		for _, l := range lines {
			if strings.HasPrefix(l, prefix) {
				want = append(want, l)
			}
		}
		if got := slices.Collect(modules.Below(prefix)); !slices.Equal(got, want) {
			t.Errorf("%s: %d lines, want %d", prefix, len(got), len(want))
		}
	}
	for range modules.Below("") {
		t.Fatal("everything lies below nothing")
	}
	for _, text := range []Table{"", "a", "a\n", "a\tb", "a\nb\n"} {
		got := slices.Collect(text.Below("a"))
		if len(got) != min(len(text), 1) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// FuzzTable: any text as a table is searched without a panic, and what is found
// is what was asked for.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"yaml", "google.cloud.storage", "a..b", ".", "", "azure.", "x\ty", "\x00", strings.Repeat("a.", 300)} {
		f.Add(s, string(tables(f)["python-overrides"]))
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		table := Table(text)
		if line, ok := table.Line(key); ok && column(line) != key {
			t.Errorf("%q found %q", key, line)
		}
		for line := range table.Below(key) {
			if !strings.HasPrefix(line, key) {
				t.Errorf("%q below %q", line, key)
			}
		}
		table.Longest(key, ".", 3)
	})
}

func TestShallow(t *testing.T) {
	for path, want := range map[string]string{"": "", "a": "a", "a.b": "a.b", strings.Repeat(".", 30): strings.Repeat(".", 23)} {
		if got := Shallow(path, '.'); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}
