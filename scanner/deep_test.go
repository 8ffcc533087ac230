package scanner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/deep"
	"figment/internal/play/osvplay"
	"figment/registry/protocol"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// TestDeepMerges: what the second program finds joins the report once, at the
// place that figment knows better; it is told no private name.
func TestDeepMerges(t *testing.T) {
	c := newCourt(t, osvplay.Malware("MAL-9", ecosystem.NPM, "figment-evil-dep", "1.0.0"))
	c.env = []string{"GOPRIVATE=git.acme.example"}
	c.world.Add(ecosystem.NPM, "left-pad")
	c.world.Set(ecosystem.NPM, "figment-evil-dep", protocol.Profile{Versions: []string{"1.0.0", "2.0.0"}})
	lock := `{"name":"self","lockfileVersion":3,"packages":{"":{"name":"self"},
"node_modules/left-pad":{"version":"1.3.0","resolved":"https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz"},
"node_modules/figment-evil-dep":{"version":"1.0.0","resolved":"https://registry.npmjs.org/figment-evil-dep/-/figment-evil-dep-1.0.0.tgz"}}}`
	o := c.options(source.Memory(all.Formats().Recognition(), map[string][]byte{"package.json": []byte(`{"name":"self"}`), "package-lock.json": []byte(lock), "Cargo.lock": []byte("[[package]]\nname = \"fixture-zeta\"\nversion = \"0.3.0\"\n")}))
	var asked []string
	o.Deep = &Deep{Request: deep.Request{Mode: deep.Online, Paths: []string{"/x"}}, Run: func(_ context.Context, q deep.Request) (deep.Answer, error) {
		if q.Mode == deep.Inventory {
			return deep.Answer{NotCovered: []deep.NotCovered{
				{Ecosystem: "npm", Name: "left-pad", Path: "package-lock.json"}, {Ecosystem: "npm", Name: "self", Path: "package-lock.json"},
				{Ecosystem: "golang", Name: "git.acme.example/secret/mod", Path: "go.sum"}, {Ecosystem: "cargo", Name: "fixture-zeta", Path: "Cargo.lock"},
			}}, nil
		}
		for _, p := range q.Ask {
			asked = append(asked, p.Ecosystem+":"+p.Name)
		}
		return deep.Answer{
			Packages: []deep.Package{
				{Ecosystem: "npm", Name: "left-pad", Version: "1.3.0", Path: "package-lock.json", Advisories: []deep.Advisory{{ID: "GHSA-1", Severity: "high", Fixed: []string{"1.3.1"}}}},
				{Ecosystem: "npm", Name: "figment-evil-dep", Version: "1.0.0", Path: "package-lock.json", Advisories: []deep.Advisory{{ID: "MAL-9", Malicious: true}}},
				{Ecosystem: "cargo", Name: "fixture-zeta", Version: "0.3.0", Path: "Cargo.lock", Advisories: []deep.Advisory{{ID: "RUSTSEC-1"}, {ID: "MAL-10", Malicious: true, EveryVersion: true}}},
				{Ecosystem: "cargo", Name: "fixture-eta", Version: "0.3.0", Path: "Cargo.lock"},
			},
			NotCovered: []deep.NotCovered{{Ecosystem: "pypi", Name: "bare", Why: deep.NoVersion}},
			Complete:   true,
		}, nil
	}}
	rep, err := Scan(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(asked)
	if want := []string{"cargo:fixture-zeta", "npm:left-pad"}; !slices.Equal(asked, want) {
		t.Errorf("the service would be asked about %v, want %v", asked, want)
	}
	var got []string
	for _, f := range rep.Findings {
		if f.Severity == verdict.Note && f.Rule.ID != "vulnerable-package" {
			continue
		}
		got = append(got, f.Severity.String()+" "+f.Rule.ID+" "+f.Package.Name+" "+strings.Join(f.Advisories, ","))
		if f.Primary.Start.Line < 2 || f.Primary.Snippet == "" {
			t.Errorf("%s: %+v", f.Package.Name, f.Primary)
		}
	}
	slices.Sort(got)
	if want := []string{"error malicious-package figment-evil-dep MAL-9", "note vulnerable-package fixture-zeta RUSTSEC-1", "note vulnerable-package left-pad GHSA-1", "warning malicious-package fixture-zeta MAL-10"}; !slices.Equal(got, want) {
		t.Errorf("findings %q", got)
	}
	if len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].Text, "did not cover 1 package (bare)") {
		t.Errorf("problems %+v", rep.Problems)
	}
}

// TestDeepFails: a second program that fails leaves the rest of the report, which
// says so.
func TestDeepFails(t *testing.T) {
	c := newCourt(t)
	c.world.Add(ecosystem.PyPI, "requests")
	o := c.options(source.Memory(all.Formats().Recognition(), manifest("requests", "figment-no-such-thing")))
	o.Deep = &Deep{Run: func(context.Context, deep.Request) (deep.Answer, error) {
		return deep.Answer{}, &deep.Error{Text: "figment-osv was killed", Err: errors.New("x")}
	}}
	rep, err := Scan(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].Text, "figment-osv was killed") || rep.Complete || len(rep.Findings) != 1 {
		t.Errorf("complete %v, problems %+v, findings %+v", rep.Complete, rep.Problems, rep.Findings)
	}
}

// TestDeepBroken: a file that figment itself could not read is told once.
func TestDeepBroken(t *testing.T) {
	c := newCourt(t)
	c.world.Add(ecosystem.PyPI, "requests")
	files := manifest("requests")
	files["package.json"] = []byte("{\n  \"dependencies\": [\"a\"]\n}\n")
	o := c.options(source.Memory(all.Formats().Recognition(), files))
	o.Deep = &Deep{Run: func(context.Context, deep.Request) (deep.Answer, error) {
		return deep.Answer{Problems: []deep.Problem{{Path: "package.json", Text: "cannot be parsed"}, {Path: "other.lock", Text: "cannot be parsed"}}}, nil
	}}
	rep, err := Scan(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Problems) != 1 || rep.Problems[0].Path != "other.lock" {
		t.Errorf("problems %+v", rep.Problems)
	}
	if len(rep.Unread) != 1 || rep.Unread[0].Line != 2 || rep.Unread[0].Column != 19 {
		t.Errorf("unread %+v", rep.Unread)
	}
}
