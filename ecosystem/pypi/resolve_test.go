package pypi

import (
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/scanner/resolve"
)

// TestOverrides: every override changes an answer and names a reason.
func TestOverrides(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSuffix(string(pythonOverrides), "\n"), "\n") {
		cols := strings.Split(line, "\t")
		if len(cols) != 3 || cols[2] == "" || cols[1] != ecosystem.Normalize(ecosystem.PyPI, cols[1]) {
			t.Errorf("%q", line)
			continue
		}
		best, others, tier := lookupModule(cols[0])
		row, _ := pythonModules.Row(cols[0], 5)
		if best != cols[1] || tier != "A" || row != nil && (row[1] == best || !slices.Contains(others, row[1])) {
			t.Errorf("%s: %s %s %v", cols[0], best, tier, others)
		}
	}
}

// TestLookupRules: what the map says of dotted names, parts and weak rows.
func TestLookupRules(t *testing.T) {
	for _, c := range []struct{ name, module, best, tier string }{
		{"longest prefix", "google.cloud.storage.blob.x", "google-cloud-storage", "A"},
		{"a part of a namespace that the map lacks", "google.cloud.madeup", "", ""},
		{"the root alone", "google", "", ""},
		{"everything below is one distribution's", "google.rpc", "googleapis-common-protos", "A"},
		{"below are several", "google.cloud.aiplatformx", "", ""},
		{"below are several, at a listed part", "azure.mgmt", "", ""},
		{"a root with a distribution of its own", "airflow.models", "apache-airflow", "A"},
		{"a weak row", "AFQ", "pyafq", "B"},
		{"an override", "psycopg2.extras", "psycopg2", "A"},
		{"case counts", "pil", "", ""},
		{"nothing", "quite.made.up", "", ""},
		{"empty", "", "", ""},
	} {
		if best, _, tier := lookupModule(c.module); best != c.best || tier != c.tier {
			t.Errorf("%s: %s: %q %q, want %q %q", c.name, c.module, best, tier, c.best, c.tier)
		}
	}
}

// TestTrapTable: every row can be read and says something.
func TestTrapTable(t *testing.T) {
	kinds := map[resolve.TrapKind]int{}
	for _, line := range strings.Split(strings.TrimSuffix(string(pythonTraps), "\n"), "\n") {
		row, ok := parseTrap(line)
		if !ok || row.module == "" || row.intended == "" || row.project == "" || row.intended == row.project || row.intendedRank == 0 {
			t.Errorf("%q", line)
			continue
		}
		if cols := strings.Split(line, "\t"); cols[6] != row.kind.String() {
			t.Errorf("kind %q", cols[6])
		}
		if row.reviewed && row.kind == resolve.TrapUnknown {
			t.Errorf("%s is reviewed and unknown", row.module)
		}
		kinds[row.kind]++
		if !slices.Contains(trapsOf()[row.project], row) {
			t.Errorf("%s is not found by its project", row.module)
		}
	}
	if kinds[resolve.TrapAlias] < 10 || kinds[resolve.TrapOther] < 4 || kinds[resolve.TrapTwin] < 10 {
		t.Errorf("%v", kinds)
	}
	if got := trapsOf()["no-such-project"]; got != nil {
		t.Error(got)
	}
	// A distribution that is only ever intended is no trap.
	if got := trapsOf()["python-dotenv"]; got != nil {
		t.Error(got)
	}
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

// TestHasBelow: a module has what begins with its name and a dot.
func TestHasBelow(t *testing.T) {
	for q, want := range map[string]bool{"google": true, "google.cloud": true, "azure.mgmt": true, "zz": false, "ruamel": true, "no.such": false} {
		if hasBelow(q) != want {
			t.Errorf("hasBelow(%s)", q)
		}
	}
}

// FuzzLookupModule: any module name, and any text as a row of traps, comes back
// without a panic and with what it promises.
func FuzzLookupModule(f *testing.F) {
	for _, s := range []string{"yaml", "google.cloud.storage", "a..b", ".", "", "azure.", "x\ty", "\x00", strings.Repeat("a.", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, m string) {
		best, others, tier := lookupModule(m)
		if (best == "") != (tier == "") || best == "" && len(others) > 0 {
			t.Errorf("%q: %q %q %q", m, best, others, tier)
		}
		parseTrap(m)
	})
}

// TestDeep: a path without end is looked up in no time.
func TestDeep(t *testing.T) {
	if best, _, _ := lookupModule("google.cloud.storage." + strings.Repeat("a.", 200_000) + "b"); best != "google-cloud-storage" {
		t.Error(best)
	}
}

// TestProvides: what is imported under its own name or another.
func TestProvides(t *testing.T) {
	for module, pkg := range map[string]string{"yaml": "PyYAML", "cv2": "opencv-python", "google.cloud.storage": "google-cloud-storage"} {
		if !provides(module, pkg) || provides(module, "flask") {
			t.Errorf("%s", module)
		}
	}
}
