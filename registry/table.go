package registry

import (
	"slices"

	"figment/ecosystem"
	"figment/registry/settings"
)

// A driver is the protocol of one kind of registry, as pure functions over
// requests and answers. What it never does: send, wait, cache or retry.
type driver struct {
	Ecosystem ecosystem.Ecosystem
	Official  string   // the public registry's root
	PerHost   int      // requests in flight at the public registry's host
	Canaries  []string // names that every working registry of the kind has

	// Next gives the document that is still needed after what was read, or
	// false when it suffices. Given nothing but faults it stops.
	Next func(*inquiry) (request, bool)
	// Second gives the documents that must deny the name too, past every
	// cache, before it counts as absent.
	Second func(*inquiry) []request
	// Versions gives the document that lists or denies versions, past every
	// cache: the second look at a version.
	Versions func(*inquiry) request
	// Parse reads a body that came with status 200.
	Parse func(*inquiry, request, *response) reading
	// Learn says what the last reading, a present one, tells of the root's
	// ways; nil: nothing.
	Learn func(*inquiry) form
	// Plan lists every document that the others may name.
	Plan func(*inquiry) []request
}

// table has a row per registry that can be asked.
var table = []driver{
	{ecosystem.NPM, "https://registry.npmjs.org", 8, []string{"npm", "react", "lodash", "left-pad"}, npmNext, npmSecond, npmVersions, npmParse, npmLearn, npmPlan},
	{ecosystem.PyPI, "https://pypi.org/simple", 6, []string{"pip", "requests", "flask", "numpy"}, pypiNext, pypiSecond, pypiVersions, pypiParse, nil, pypiPlan},
	{ecosystem.Golang, "https://proxy.golang.org", 6, []string{"golang.org/x/mod", "github.com/stretchr/testify"}, goNext, goSecond, goVersions, goParse, nil, goPlan},
}

func find(e ecosystem.Ecosystem) *driver {
	for i := range table {
		if table[i].Ecosystem == e {
			return &table[i]
		}
	}
	return nil
}

// Supported reports whether registries of e can be asked at all.
func Supported(e ecosystem.Ecosystem) bool { return find(e) != nil }

// OfficialRoot is the base URL of the public registry of e, or "" where none
// can be asked. A root of this URL is official whatever its setting.
func OfficialRoot(e ecosystem.Ecosystem) string {
	if d := find(e); d != nil {
		return d.Official
	}
	return ""
}

// official reports whether the root speaks for the whole public registry.
func (d *driver) official(r settings.Root) bool {
	return r.Kind == settings.Official || r.URL == d.Official
}

// canaries are the control names of a root. None means that the root is taken
// at its word.
func (d *driver) canaries(r settings.Root) (names []string, none bool) {
	if len(r.Canaries) == 0 {
		return d.Canaries, false
	}
	if len(r.Canaries) == 1 && r.Canaries[0] == "none" {
		return nil, true
	}
	return r.Canaries, false
}

// Canaries are the control names of e: packages that every working registry of
// the kind has. Nil where none can be asked.
func Canaries(e ecosystem.Ecosystem) []string {
	if d := find(e); d != nil {
		return slices.Clone(d.Canaries)
	}
	return nil
}
