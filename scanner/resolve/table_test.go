package resolve

import (
	"slices"
	"strings"
	"testing"
)

// tables are the embedded ones, with the number of their columns.
func tables() map[string]struct {
	text string
	cols int
} {
	type table = struct {
		text string
		cols int
	}
	return map[string]table{
		"modules":      {pythonModules, 4},
		"overrides":    {pythonOverrides, 3},
		"namespaces":   {pythonNamespaces, 1},
		"traps":        {pythonTraps, 8},
		"unregistered": {pythonUnregistered, 2},
		"gem":          {gemRequires, 2},
		"maven":        {mavenPackages, 2},
		"hex":          {hexModules, 2},
	}
}

// TestTables: sorted, without doubles, whole, and every line can be found.
func TestTables(t *testing.T) {
	for name, table := range tables() {
		last := ""
		lines := strings.Split(strings.TrimSuffix(table.text, "\n"), "\n")
		for _, line := range lines {
			key := column(line)
			if key <= last {
				t.Errorf("%s: %q stands after %q", name, key, last)
			}
			last = key
			if strings.Count(line, "\t") < table.cols-1 {
				t.Errorf("%s: %q has too few columns", name, line)
			}
			if got, ok := findLine(table.text, key); !ok || got != line {
				t.Errorf("%s: %q is not found: %q", name, key, got)
			}
		}
		for _, key := range []string{"", "\t", "\n", "zzzzzzzz", "!", "no such line", last + "x"} {
			if got, ok := findLine(table.text, key); ok {
				t.Errorf("%s: found %q: %q", name, key, got)
			}
		}
	}
}

// TestBelow holds the search against reading every line.
func TestBelow(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(pythonModules, "\n"), "\n")
	for _, prefix := range []string{"google.", "google.cloud.", "azure.mgmt.", "zz", "a", "opentelemetry.exporter.otlp.", "ruamel.", "no.such.", "google"} {
		var want []string
		for _, l := range lines {
			if strings.HasPrefix(l, prefix) {
				want = append(want, l)
			}
		}
		if got := slices.Collect(below(pythonModules, prefix)); !slices.Equal(got, want) {
			t.Errorf("%s: %d lines, want %d", prefix, len(got), len(want))
		}
		if q, ok := strings.CutSuffix(prefix, "."); ok && hasBelow(q) != (len(want) > 0) {
			t.Errorf("hasBelow(%s)", q)
		}
	}
	for range below(pythonModules, "") {
		t.Fatal("everything lies below nothing")
	}
	for _, text := range []string{"", "a", "a\n", "a\tb", "a\nb\n"} {
		got := slices.Collect(below(text, "a"))
		if len(got) != min(len(text), 1) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// FuzzLookup: any module name, and any text as a table, comes back without a
// panic and with what it promises.
func FuzzLookup(f *testing.F) {
	for _, s := range []string{"yaml", "google.cloud.storage", "a..b", ".", "", "azure.", "x\ty", "\x00", strings.Repeat("a.", 300)} {
		f.Add(s, pythonOverrides)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, m, text string) {
		best, others, tier := lookupModule(m)
		if (best == "") != (tier == "") || best == "" && len(others) > 0 {
			t.Errorf("%q: %q %q %q", m, best, others, tier)
		}
		if line, ok := findLine(text, m); ok && column(line) != m {
			t.Errorf("%q found %q", m, line)
		}
		for line := range below(text, m) {
			if !strings.HasPrefix(line, m) {
				t.Errorf("%q below %q", line, m)
			}
		}
		for _, e := range packageEcosystems {
			for _, c := range Packages(e, m) {
				if c.Name == "" {
					t.Errorf("%s %q: an empty candidate", e, m)
				}
			}
		}
		parseTrap(text)
	})
}

func BenchmarkLookupModule(b *testing.B) {
	for b.Loop() {
		lookupModule("google.cloud.nothing.like.that")
	}
}

func BenchmarkHasBelow(b *testing.B) {
	for b.Loop() {
		hasBelow("zzz.none")
	}
}

// TestDeep: a path without end is resolved in no time.
func TestDeep(t *testing.T) {
	deep := strings.Repeat("a.", 200_000) + "b"
	if best, _, _ := lookupModule("google.cloud.storage." + deep); best != "google-cloud-storage" {
		t.Error(best)
	}
	first(t, deep)
	if got := (&resolver{}).prefixes("github.com/" + strings.ReplaceAll(deep, ".", "/")); len(got) > 24 {
		t.Errorf("%d candidates", len(got))
	}
	for _, e := range packageEcosystems {
		if got := Packages(e, deep); got != nil {
			t.Errorf("%s: %d candidates", e, len(got))
		}
	}
	for path, want := range map[string]string{"": "", "a": "a", "a.b": "a.b", strings.Repeat(".", 30): strings.Repeat(".", 23)} {
		if got := shallow(path, '.'); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}
