package osv

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/internal/play/osvplay"
)

func must(t testing.TB, r osvplay.Record) *Advisory {
	t.Helper()
	a, err := ParseAdvisory(r.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

// affected makes a record about npm's x with the given members.
func affected(t testing.TB, e ecosystem.Ecosystem, members string) *Advisory {
	t.Helper()
	text := fmt.Sprintf(`{"id":"MAL-2026-1","affected":[{"package":{"ecosystem":%q,"name":"x"},%s}]}`, e.OSV(), members)
	a, err := ParseAdvisory([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return &a
}

func TestCover(t *testing.T) {
	const all = `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]`
	type try struct {
		version string
		want    Coverage
	}
	for _, c := range []struct {
		name    string
		eco     ecosystem.Ecosystem
		members string
		tries   []try
	}{
		{"exact version", ecosystem.NPM, `"versions":["1.2.3","2.0.0-rc.1"]`, []try{
			{"1.2.3", Covered}, {"v1.2.3", Covered}, {"=1.2.3", Covered}, {"1.2.4", NotCovered}, {"2.0.0-rc.1", Covered}, {"2.0.0", NotCovered},
			{"", Listed}, {"latest", Unclear}, {"1.x", Unclear}, {strings.Repeat("1", 300), Unclear},
		}},
		{"canonical spellings", ecosystem.PyPI, `"versions":["1.0","2.0.0rc1"]`, []try{
			{"1.0", Covered}, {"1.0.0", Covered}, {"1", Covered}, {"2.0.0-rc.1", Covered}, {"==1.0", Covered}, {"1.0.1", NotCovered}, {"2.0.0", NotCovered}, {"not a version", Unclear},
		}},
		{"range", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.5.0"}]}]`, []try{
			{"0.9.9", NotCovered}, {"1.0.0", Covered}, {"1.4.9", Covered}, {"1.5.0", NotCovered}, {"1.5.0-beta", Covered}, {"", Listed}, {"banana", Unclear},
		}},
		{"from the beginning to a fix", ecosystem.PyPI, `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}]}]`, []try{
			{"0.0.1.dev1", Covered}, {"1.9", Covered}, {"2.0", NotCovered}, {"2.0rc1", Covered}, {"", Listed},
		}},
		{"last affected", ecosystem.Cargo, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.2.0"}]}]`, []try{
			{"1.2.0", Covered}, {"1.2.1", NotCovered}, {"0.1.0", NotCovered},
		}},
		{"one version as a range, in any order", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"last_affected":"1.0.0"},{"introduced":"1.0.0"}]}]`, []try{
			{"1.0.0", Covered}, {"1.0.1", NotCovered}, {"0.9.0", NotCovered},
		}},
		{"events out of order", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.1.0"},{"introduced":"1.0.0"}]}]`, []try{
			{"1.0.5", Covered}, {"1.5.0", NotCovered}, {"2.0.0", Covered}, {"2.1.0", NotCovered}, {"0.1.0", NotCovered},
		}},
		{"both in one event", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0","fixed":"1.1.0"}]}]`, []try{{"1.0.1", Covered}, {"1.1.0", NotCovered}}},
		{"empty range", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.0.0"}]}]`, []try{{"1.0.0", NotCovered}, {"2.0.0", NotCovered}}},
		{"limit", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"limit":"2.0.0"}]}]`, []try{{"1.9.0", Covered}, {"2.0.0", NotCovered}, {"0.1.0", NotCovered}}},
		{"limits of a half", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"limit":"2.0.0"}]}]`, []try{{"1.9.0", Covered}, {"2.0.0", NotCovered}, {"", Listed}}},
		{"no limit", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"limit":"*"}]}]`, []try{{"1.9.0", CoveredOpen}, {"", CoveredOpen}}},
		{"all versions", ecosystem.NPM, all, []try{{"1.0.0", CoveredOpen}, {"0.0.0-0", CoveredOpen}, {"latest", CoveredOpen}, {"", CoveredOpen}}},
		{"all versions, in full", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0"}]}]`, []try{{"1.0.0", CoveredOpen}, {"0.0.0-0", CoveredOpen}, {"", CoveredOpen}}},
		{"no beginning", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"fixed":"1.0.0"}]}]`, []try{{"0.1.0", Unclear}, {"", Listed}}},
		{"no events", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[]}]`, []try{{"0.1.0", Unclear}}},
		{"all versions, and some by name", ecosystem.NPM, `"versions":["1.0.0"],` + all, []try{{"1.0.0", Covered}, {"2.0.0", CoveredOpen}, {"", Listed}}},
		{"all versions, and a bounded range", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]},{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.1.0"}]}]`, []try{{"1.0.0", Covered}, {"2.0.0", CoveredOpen}}},
		{"open at the top", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"}]}]`, []try{{"1.0.0", Covered}, {"9.0.0", Covered}, {"0.9.0", NotCovered}, {"", Listed}}},
		{"ranges are alternatives", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.1.0"}]},{"type":"ECOSYSTEM","events":[{"introduced":"3.0.0"},{"fixed":"3.1.0"}]}]`, []try{
			{"1.0.0", Covered}, {"2.0.0", NotCovered}, {"3.0.5", Covered},
		}},
		{"commits say nothing of versions", ecosystem.NPM, `"ranges":[{"type":"GIT","repo":"https://example.com/x","events":[{"introduced":"0"}]}]`, []try{{"1.0.0", Unclear}, {"", Unclear}}},
		{"commits beside versions", ecosystem.NPM, `"versions":["1.0.0"],"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]`, []try{{"1.0.0", Covered}, {"1.1.0", NotCovered}}},
		{"a type of tomorrow", ecosystem.NPM, `"versions":["1.0.0"],"ranges":[{"type":"VERS","events":[{"introduced":"0"}]}]`, []try{{"2.0.0", NotCovered}}},
		{"an event of tomorrow", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"forgiven":"1.1.0"},{"fixed":"2.0.0"}]}]`, []try{{"1.5.0", Covered}, {"2.0.0", NotCovered}}},
		{"nothing said", ecosystem.NPM, `"database_specific":{}`, []try{{"1.0.0", Unclear}, {"", Unclear}}},
		{"event that cannot be read", ecosystem.NPM, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"soon"}]}]`, []try{{"1.0.0", Unclear}, {"", Listed}}},
		{"Go without v", ecosystem.Golang, `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]}],"versions":["2.0.0+incompatible"]`, []try{
			{"v1.1.0", Covered}, {"1.1.0", Covered}, {"v1.2.0", NotCovered}, {"v2.0.0+incompatible", Covered}, {"v1.2.0-0.20260101000000-abcdefabcdef", Covered},
		}},
		{"Maven", ecosystem.Maven, `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0-beta9"},{"fixed":"2.15.0"}]}]`, []try{{"2.14.1", Covered}, {"2.15.0", NotCovered}, {"1.2.17", NotCovered}}},
		{"RubyGems", ecosystem.Gem, `"versions":["1.0.0.pre1","3.2.0.1"]`, []try{{"3.2.0.1", Covered}, {"1.0.0.pre1", Covered}, {"3.2.0.2", NotCovered}}},
		{"NuGet", ecosystem.NuGet, `"versions":["1.0.0"]`, []try{{"1.0.0.0", Covered}, {"1.0", Covered}, {"1.0.1", NotCovered}}},
		{"Composer", ecosystem.Composer, `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]}]`, []try{{"1.1.0", Covered}, {"v1.1.0", Covered}, {"1.2.0", NotCovered}}},
		{"pub", ecosystem.Pub, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]`, []try{{"1.1.0", Covered}, {"1.2.0", NotCovered}}},
		{"Hex", ecosystem.Hex, `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]`, []try{{"1.1.0-rc.0", Covered}, {"1.2.0", NotCovered}}},
	} {
		a := affected(t, c.eco, c.members)
		for _, x := range c.tries {
			if got := Cover(a, ecosystem.Package{Ecosystem: c.eco, Name: "x", Version: "disregarded"}, x.version); got != x.want {
				t.Errorf("%s: %q is %v, want %v", c.name, x.version, got, x.want)
			}
		}
		for _, other := range []ecosystem.Package{{Ecosystem: c.eco, Name: "y"}, {Ecosystem: ecosystem.JSR, Name: "x"}} {
			if got := Cover(a, other, "1.0.0"); got != NotCovered {
				t.Errorf("%s: %v is %v", c.name, other, got)
			}
		}
		a.Withdrawn = time.Now()
		if got := Cover(a, ecosystem.Package{Ecosystem: c.eco, Name: "x"}, "1.0.0"); got != NotCovered {
			t.Errorf("%s, withdrawn: %v", c.name, got)
		}
	}
	if Coverage(0) != Unclear || State(0) != Unknown || State(9).String() != "unknown" || Coverage(9).String() != "unclear" {
		t.Error("a zero value is not unknown")
	}
}

// TestCoverNames: names are compared in their canonical spelling, and the
// strongest of several entries holds.
func TestCoverNames(t *testing.T) {
	a := must(t, osvplay.Malware("MAL-2026-1", ecosystem.PyPI, "Flask_Thing", "1.0"))
	if got := Cover(a, ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "flask.thing"}, "1.0"); got != Covered {
		t.Errorf("another spelling is %v", got)
	}
	two, err := ParseAdvisory([]byte(`{"id":"MAL-1","affected":[
		{"package":{"ecosystem":"npm","name":"x"},"versions":["1.0.0"]},
		{"package":{"ecosystem":"npm:release","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]},
		{"package":{"ecosystem":"PyPI","name":"x"},"versions":["7"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "x"}
	for version, want := range map[string]Coverage{"1.0.0": Covered, "7.0.0": CoveredOpen, "": CoveredOpen} {
		if got := Cover(&two, p, version); got != want {
			t.Errorf("%q is %v, want %v", version, got, want)
		}
	}
	if n, of := CoversAll(&two, p, []string{"1.0.0", "2.0.0", "odd"}); n != 3 || of != 3 {
		t.Errorf("all versions: %d of %d", n, of)
	}
	if n, of := CoversAll(a, ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "flask-thing"}, []string{"0.9", "1.0.0", "1.1"}); n != 1 || of != 3 {
		t.Errorf("some versions: %d of %d", n, of)
	}
}

func TestParseAdvisory(t *testing.T) {
	a, err := ParseAdvisory([]byte(`{"schema_version":"9.9.9","id":"MAL-2026-7","tomorrow":{"x":[1]},"aliases":["GHSA-aaaa-bbbb-cccc","../../etc",7],
		"summary":"` + strings.Repeat("é", 300) + `","published":"2026-01-01T00:00:00Z","modified":"yesterday","withdrawn":null,"severity":[{"type":"CVSS_V9","score":7}],
		"affected":[{"package":{"ecosystem":"npm","name":"X","purl":1},"versions":null,"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}],"database_specific":7}]},
			{"package":{"ecosystem":"Alpaquita:stream","name":"y"}},{"ranges":[{"type":"GIT","repo":"x","events":[{"introduced":7}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if !a.Malicious || a.URL != "https://osv.dev/vulnerability/MAL-2026-7" || len(a.Summary) > 200 || !strings.HasSuffix(a.Summary, "é") ||
		a.Published.IsZero() || !a.Modified.IsZero() || !a.Withdrawn.IsZero() || len(a.Affected) != 1 || a.Affected[0].Package.Name != "X" {
		t.Errorf("%+v", a)
	}
	if len(a.Aliases) != 0 {
		t.Errorf("aliases of the wrong type: %q", a.Aliases)
	}
	if a := must(t, osvplay.Malware("GHSA-1", ecosystem.NPM, "x").With("aliases", []string{"MAL-1", "a/b", "CVE-1"})); a.Malicious || len(a.Aliases) != 2 {
		t.Errorf("%+v", a)
	}
	if a := must(t, osvplay.Malware("MAL-1", ecosystem.NPM, "x").Withdrawn()); a.Withdrawn.IsZero() {
		t.Error("a withdrawal was lost")
	}
	for name, text := range map[string]string{
		"empty": ``, "null": `null`, "list": `[]`, "page": `<!DOCTYPE html>`, "cut": `{"id":"MAL-1","aff`, "no id": `{}`, "id with a path": `{"id":"../x"}`, "id of another type": `{"id":7}`,
		"versions of another type":        `{"id":"MAL-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":"1.0.0"}]}`,
		"withdrawn without a date":        `{"id":"MAL-1","withdrawn":"yes"}`,
		"withdrawn of another type":       `{"id":"MAL-1","withdrawn":true}`,
		"event without a version":         `{"id":"MAL-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":0}]}]}]}`,
		"ranges of another type":          `{"id":"MAL-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":{}}]}`,
		"\x1b[31m in an id":               "{\"id\":\"\\u001b[31mMAL\"}",
		"larger than a record may be":     `{"id":"MAL-1","details":"` + strings.Repeat("x", maxRecord) + `"}`,
		"withdrawn at the zero of time":   `{"id":"MAL-1","withdrawn":"0001-01-01T00:00:00Z"}`,
		"id that is longer than it may":   `{"id":"` + strings.Repeat("x", 200) + `"}`,
		"member named after a hostile id": `{"id":"MAL-1","affected":{"\u001b[31m":1}}`,
	} {
		if a, err := ParseAdvisory([]byte(text)); err == nil {
			t.Errorf("%s: was read as %+v", name, a)
		} else if strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%s: the error shows foreign text: %q", name, err)
		}
	}
}

// FuzzAdvisory: no panic, and what is read survives being stored.
func FuzzAdvisory(f *testing.F) {
	f.Add(osvplay.Malware("MAL-2026-1", ecosystem.NPM, "x").JSON(), "1.0.0")
	f.Add(osvplay.Between("MAL-2026-2", ecosystem.PyPI, "x", "1.0", "2.0rc1").Withdrawn().JSON(), "1.5")
	f.Add([]byte(`{"id":"MAL-1","affected":[{"package":{"ecosystem":"Maven","name":"g:a"},"versions":["1","2"],"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0","last_affected":"3"},{"limit":"*"}]}]}]}`), "1-alpha")
	f.Fuzz(func(t *testing.T, data []byte, version string) {
		a, err := ParseAdvisory(data)
		if err != nil {
			return
		}
		if !validID(a.ID) || len(a.Summary) > maxSummary {
			t.Fatalf("%+v", a)
		}
		stored, err := json.Marshal(&a)
		if err != nil {
			return // a year that JSON cannot have
		}
		var again Advisory
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatal(err)
		}
		for _, e := range a.Affected {
			if c, d := Cover(&a, e.Package, version), Cover(&again, e.Package, version); c != d || !a.Withdrawn.IsZero() && c != NotCovered {
				t.Fatalf("%v before, %v after being stored", c, d)
			}
			CoversAll(&a, e.Package, []string{version, ""})
		}
	})
}
