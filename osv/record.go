package osv

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"figment/ecosystem"
)

const (
	maxRecord  = 16 << 20 // bytes of one record
	maxSummary = 200
	maxAliases = 64
)

// record is the part of the schema that is read. What does not decide anything
// is raw, so that a surprise in it costs only itself.
type record struct {
	ID        string          `json:"id"`
	Aliases   json.RawMessage `json:"aliases"`
	Summary   json.RawMessage `json:"summary"`
	Published json.RawMessage `json:"published"`
	Modified  json.RawMessage `json:"modified"`
	Withdrawn *string         `json:"withdrawn"`
	Affected  []struct {
		Package *struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Versions []string `json:"versions"`
		Ranges   []struct {
			Type   string                       `json:"type"`
			Events []map[string]json.RawMessage `json:"events"`
		} `json:"ranges"`
	} `json:"affected"`
}

// eventWords are the members of an event, in the order in which those of one
// object take effect.
var eventWords = []struct {
	Word string
	Kind EventKind
}{{"introduced", Introduced}, {"fixed", Fixed}, {"last_affected", LastAffected}, {"limit", Limit}}

// ParseAdvisory reads a record of the OSV schema. Members and words it does not
// know are passed over. The error, in our own words, is for what cannot be
// judged: no JSON, no id, or a version list, range or withdrawal that is not of
// the schema's form. Packages of ecosystems figment does not know are left out.
func ParseAdvisory(data []byte) (Advisory, error) {
	if len(data) > maxRecord {
		return Advisory{}, errors.New("is larger than 16 MiB")
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) && typ.Field != "" {
			return Advisory{}, fmt.Errorf("has a member of the wrong type: %s", member(typ.Field))
		}
		return Advisory{}, errors.New("is not a JSON object")
	}
	if !validID(r.ID) {
		return Advisory{}, errors.New("has no usable id")
	}
	a := Advisory{ID: r.ID, Malicious: malicious(r.ID), URL: page(r.ID), Summary: clip(text(r.Summary), maxSummary)}
	a.Published, _ = time.Parse(time.RFC3339, text(r.Published)) // zero is unknown
	a.Modified, _ = time.Parse(time.RFC3339, text(r.Modified))
	if r.Withdrawn != nil && *r.Withdrawn != "" {
		t, err := time.Parse(time.RFC3339, *r.Withdrawn)
		if err != nil || t.IsZero() {
			return Advisory{}, errors.New("has a withdrawal without a readable date")
		}
		a.Withdrawn = t.UTC()
	}
	a.Published, a.Modified = a.Published.UTC(), a.Modified.UTC()
	var aliases []string
	if json.Unmarshal(r.Aliases, &aliases) == nil {
		for _, x := range aliases[:min(len(aliases), maxAliases)] {
			if validID(x) {
				a.Aliases = append(a.Aliases, x)
			}
		}
	}
	for _, f := range r.Affected {
		if f.Package == nil {
			continue // about a repository
		}
		eco := ecosystem.FromOSV(f.Package.Ecosystem)
		if eco == ecosystem.Unknown || f.Package.Name == "" {
			continue
		}
		entry := Affected{Package: ecosystem.Package{Ecosystem: eco, Name: ecosystem.Normalize(eco, f.Package.Name)}, Versions: f.Versions}
		for _, g := range f.Ranges {
			out := Range{Type: g.Type}
			if out.registry() {
				for _, e := range g.Events {
					for _, w := range eventWords {
						raw, ok := e[w.Word]
						if !ok {
							continue
						}
						var v string
						if err := json.Unmarshal(raw, &v); err != nil {
							return Advisory{}, errors.New("has an event without a version")
						}
						out.Events = append(out.Events, Event{w.Kind, v})
					}
				}
			}
			entry.Ranges = append(entry.Ranges, out)
		}
		a.Affected = append(a.Affected, entry)
	}
	return a, nil
}

// registry reports whether the range is about published versions.
func (r *Range) registry() bool { return r.Type == "SEMVER" || r.Type == "ECOSYSTEM" }

// text is a JSON string; empty if it is none.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// clip cuts to at most n bytes of whole characters.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// member keeps of a field's path what the schema says, not what a record does.
func member(path string) string {
	first, _, _ := strings.Cut(path, ".")
	switch first {
	case "id", "withdrawn", "affected":
		return first
	}
	return "other"
}

// about reports whether the advisory names the package.
func (a *Advisory) about(p ecosystem.Package) bool {
	name := ecosystem.Normalize(p.Ecosystem, p.Name)
	for i := range a.Affected {
		if q := a.Affected[i].Package; q.Ecosystem == p.Ecosystem && q.Name == name {
			return true
		}
	}
	return false
}
