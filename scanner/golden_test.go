package scanner

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/registry"
	"figment/registry/settings"
	"figment/scanner/source"
)

// goldenCase is one labelled text of fixtures/extract/golden.jsonl.
type goldenCase struct {
	ID   string
	Path string
	Text string
	With map[string]string
	Want []struct {
		Ecosystem, Name, Kind, Raw, Constraint, Scope, Alias, Origin, Module, From, Index, Marker string
		Line, Column, UTF16, Offset, Length                                                       int
		Flags, Extras                                                                             []string
		Hint                                                                                      bool
	}
	MustNot  []string `json:"must_not"`
	NotAsked []string `json:"not_asked"`
	Allow    []string
}

// goldenElsewhere are the cases of formats that figment does not read yet.
var goldenElsewhere = map[string]string{
	"js-14-html-cdn": "HTML", "sh-05-docker": "Dockerfile", "rb-01": "Ruby", "java-01": "Java", "php-01": "PHP", "mcp-01": "MCP configuration", "gha-01": "workflow",
}

func goldenCases(t *testing.T) []goldenCase {
	t.Helper()
	var out []goldenCase
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read("extract/golden.jsonl")))
	for dec.More() {
		var c goldenCase
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if len(out) != 40 {
		t.Fatalf("%d golden cases, want 40", len(out))
	}
	return out
}

func offlineOptions(t *testing.T, src source.Source) Options {
	t.Helper()
	s, err := settings.Load(settings.Env{}, adapter.Readers(all.Adapters()))
	if err != nil {
		t.Fatal(err)
	}
	return Options{Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters())})}
}

func TestGolden(t *testing.T) {
	ran := 0
	for _, c := range goldenCases(t) {
		if goldenElsewhere[c.ID] != "" {
			continue
		}
		ran++
		t.Run(c.ID, func(t *testing.T) {
			files := map[string][]byte{c.Path: []byte(c.Text)}
			for p, text := range c.With {
				files[p] = []byte(text)
			}
			list, err := List(context.Background(), offlineOptions(t, source.Memory(all.Formats().Recognition(), files)))
			if err != nil {
				t.Fatal(err)
			}
			items := slices.Collect(list.Items)
			matched := make([]bool, len(items))
			for _, w := range c.Want {
				at := slices.IndexFunc(items, func(i ListItem) bool {
					return i.Path == c.Path && i.Kind == w.Kind && i.Start.Offset == w.Offset
				})
				if at < 0 {
					t.Errorf("no %s of %s at offset %d", w.Kind, w.Name, w.Offset)
					continue
				}
				matched[at] = true
				i := items[at]
				if string(i.Ecosystem) != w.Ecosystem || i.Raw != w.Raw || !w.Hint && i.Name != w.Name {
					t.Errorf("got %s:%s (%q), want %s:%s (%q)", i.Ecosystem, i.Name, i.Raw, w.Ecosystem, w.Name, w.Raw)
				}
				if i.Start.Line != w.Line || i.Start.Column != w.Column || i.Start.UTF16 != w.UTF16 || i.End.Offset-i.Start.Offset != w.Length {
					t.Errorf("%s stands at %+v to %+v, want line %d column %d utf16 %d length %d", w.Name, i.Start, i.End, w.Line, w.Column, w.UTF16, w.Length)
				}
				if got := strings.ReplaceAll(i.Constraint, " ", ""); w.Constraint != "" && got != strings.ReplaceAll(w.Constraint, " ", "") {
					t.Errorf("%s has the constraint %q, want %q", w.Name, i.Constraint, w.Constraint)
				}
				flags := slices.DeleteFunc(slices.Clone(i.Flags), func(f string) bool { return f == "low" })
				if w.Flags == nil {
					w.Flags = []string{}
				}
				if slices.Sort(w.Flags); !slices.Equal(sortedCopy(flags), w.Flags) {
					t.Errorf("%s has the flags %v, want %v", w.Name, flags, w.Flags)
				}
				if w.Origin != "" && i.Origin != w.Origin {
					t.Errorf("%s has the origin %s, want %s", w.Name, i.Origin, w.Origin)
				}
			}
			for n, i := range items {
				if i.Path != c.Path || matched[n] {
					continue
				}
				quiet := i.Origin == "standard" || i.Origin == "local" || i.Origin == "external" || i.Origin == "private" || i.Origin == "placeholder"
				switch {
				case slices.Contains(c.MustNot, i.Name) || slices.Contains(c.MustNot, i.Raw):
					if i.Kind != "mention" {
						t.Errorf("%s (%s) must not be reported", i.Name, i.Kind)
					}
				case slices.Contains(c.NotAsked, i.Name) || slices.Contains(c.NotAsked, i.Raw):
					if !quiet {
						t.Errorf("%s would be asked: origin %s", i.Name, i.Origin)
					}
				case slices.Contains(c.Allow, i.Name) || i.Kind == "mention":
				default:
					t.Errorf("unexpected %s of %s at %d:%d (origin %s)", i.Kind, i.Name, i.Start.Line, i.Start.Column, i.Origin)
				}
			}
		})
	}
	if ran != 40-len(goldenElsewhere) {
		t.Errorf("%d cases ran", ran)
	}
}

func sortedCopy(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
