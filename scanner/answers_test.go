package scanner

import (
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/registry/protocol"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// answerCase is a labelled answer of an assistant, of fixtures/corpus/answers.jsonl.
type answerCase struct {
	ID, Title, Text string
	// Names are the packages that the answer installs, declares, imports, runs or
	// calls packages.
	Names []answerName
}

type answerName struct {
	Ecosystem ecosystem.Ecosystem
	Name      string
	Is        string // real or invented
	// Aside: the answer only speaks of it, takes it away or shows it unchanged in
	// a patch. It may be asked about or not.
	Aside bool
}

// TestAnswers holds the reading of whole answers to its floor: 98 % of the names
// found, 98 % of what is asked about named by the answer, each invented name an
// error or a warning (a note, where nothing but a sentence names it), and no finding
// about any other.
func TestAnswers(t *testing.T) {
	const floor = 0.98
	var total score
	invented := 0
	cases := jsonCases[answerCase](t, "corpus/answers.jsonl")
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			court := newCourt(t)
			for _, n := range c.Names {
				if n.Is == "real" {
					court.world.Set(n.Ecosystem, n.Name, protocol.Profile{AnyVersion: true})
				}
			}
			files := map[string][]byte{"answer.md": []byte(c.Text)}
			items := listed(t, "answer.md", c.Text, nil)
			s := measureAnswer(t, &c, items)
			t.Log(s)
			total.add(s)

			rep := court.scan(source.Memory(all.Formats().Recognition(), files))
			for _, n := range c.Names {
				if n.Is != "invented" {
					continue
				}
				invented++
				least := verdict.Note
				if slices.ContainsFunc(items, func(i ListItem) bool { return i.Kind != "mention" && n.is(packageOf(&i)) }) {
					least = verdict.Warning
				}
				if !slices.ContainsFunc(rep.Findings, func(f Finding) bool { return n.is(f.Package) && f.Severity >= least }) {
					t.Errorf("%s:%s is invented, and nobody says so", n.Ecosystem, n.Name)
				}
			}
			for _, f := range rep.Findings {
				if !slices.ContainsFunc(c.Names, func(n answerName) bool { return n.Is == "invented" && n.is(f.Package) }) {
					t.Errorf("%d: %s: %s of %s", f.Primary.Start.Line, f.Severity, f.Rule.ID, f.Package)
				}
			}
			for _, u := range rep.Unverified {
				t.Errorf("unverified: %s: %s", u.Package, u.Reason)
			}
		})
	}
	t.Logf("%d answers, %d invented names: %s", len(cases), invented, total)
	if total.recall() < floor || total.precision() < floor {
		t.Errorf("below the floor: %s", total)
	}
	if len(cases) < 10 || invented < 20 || total.wanted < 100 {
		t.Errorf("%d answers, %d invented names", len(cases), invented)
	}
}

// is reports whether a package is the one named: a Go import may name a folder of
// it.
func (n *answerName) is(p ecosystem.Package) bool {
	return p.Ecosystem == n.Ecosystem && namesPackage(&ListItem{Ecosystem: p.Ecosystem, Name: p.Name}, n.Name)
}

// measureAnswer counts names, each once.
func measureAnswer(t *testing.T, c *answerCase, items []ListItem) score {
	t.Helper()
	var s score
	for _, n := range c.Names {
		if n.Aside {
			continue
		}
		s.wanted++
		if slices.ContainsFunc(items, func(i ListItem) bool {
			return public(&i) && n.is(ecosystem.Package{Ecosystem: i.Ecosystem, Name: i.Name})
		}) {
			s.found++
		} else {
			t.Logf("not found: %s:%s", n.Ecosystem, n.Name)
		}
	}
	counted := map[string]bool{}
	for _, i := range items {
		k := slices.IndexFunc(c.Names, func(n answerName) bool { return n.is(packageOf(&i)) })
		id := packageOf(&i).String()
		if k >= 0 {
			id = c.Names[k].Name
		}
		if !public(&i) || counted[id] || k >= 0 && c.Names[k].Aside {
			continue
		}
		counted[id] = true
		s.reported++
		if k >= 0 {
			s.right++
		} else {
			t.Logf("wrong: %d:%d: %s of %s:%s (%q)", i.Start.Line, i.Start.Column, i.Kind, i.Ecosystem, i.Name, strings.TrimSpace(i.Raw))
		}
	}
	return s
}

func packageOf(i *ListItem) ecosystem.Package {
	return ecosystem.Package{Ecosystem: i.Ecosystem, Name: i.Name}
}

// public reports whether a registry would be asked about an item.
func public(i *ListItem) bool {
	switch i.Origin {
	case "standard", "local", "external", "placeholder", "private":
		return false
	}
	return i.Ecosystem != ecosystem.Unknown
}
