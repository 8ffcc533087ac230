// Package protocol holds what a driver of a package registry sees and what the
// client's answers are made of: roots and routes, questions and records, the
// documents that are asked for and what was read in them. What an ecosystem
// fills in is a Driver: pure functions over requests and answers. It sends
// nothing and stores nothing; registry does.
package protocol

import (
	"slices"

	"figment/ecosystem"
)

// A Driver is the protocol of one kind of registry, as pure functions over
// requests and answers. What it never does: send, wait, cache or retry.
type Driver struct {
	Ecosystem ecosystem.Ecosystem
	Official  string   // the public registry's root
	PerHost   int      // requests in flight at the public registry's host
	Canaries  []string // names that every working registry of the kind has

	// Next gives the document that is still needed after what was read, or
	// false when it suffices. Given nothing but faults it stops.
	Next func(*Inquiry) (Request, bool)
	// Second gives the documents that must deny the name too, past every
	// cache, before it counts as absent.
	Second func(*Inquiry) []Request
	// Versions gives the document that lists or denies versions, past every
	// cache: the second look at a version.
	Versions func(*Inquiry) Request
	// Parse reads a body that came with status 200.
	Parse func(*Inquiry, Request, *Response) Reading
	// Learn says what the last reading, a present one, tells of the root's
	// ways; nil: nothing.
	Learn func(*Inquiry) Form
	// Retracts reports whether a reading that has Retracted takes an exact
	// version back. Nil where no document does.
	Retracts func(*Reading, string) bool
	// Statistics is how the registry's counts of downloads are asked for; nil:
	// there are none.
	Statistics *Statistics
	// Plan lists every document that the others may name.
	Plan func(*Inquiry) []Request
}

// IsOfficial reports whether the root speaks for the whole public registry.
func (d *Driver) IsOfficial(r Root) bool {
	return r.Kind == Official || r.URL == d.Official
}

// ControlNames are the control names of a root. None means that the root is taken
// at its word.
func (d *Driver) ControlNames(r Root) (names []string, none bool) {
	if len(r.Canaries) == 0 {
		return d.Canaries, false
	}
	if len(r.Canaries) == 1 && r.Canaries[0] == "none" {
		return nil, true
	}
	return r.Canaries, false
}

// A Statistics is how the counts of downloads are asked for, of many names at
// once.
type Statistics struct {
	// Protocol is asked for DocDownloads: of it Ecosystem, Official, PerHost and
	// Parse count.
	Protocol *Driver
	Together int // names of one request
	MaxBytes int // of the names in one URL
	// Countable reports whether downloads of a name can be asked for.
	Countable func(name string) bool
	// Alone reports whether a name cannot be asked for together with others.
	Alone func(name string) bool
	// Request asks for the downloads of names.
	Request func(root Root, names []string) Request
}

// Drivers are those of the registries that can be asked.
type Drivers []*Driver

// Find gives the driver of an ecosystem, or nil where no registry can be asked.
func (ds Drivers) Find(e ecosystem.Ecosystem) *Driver {
	for _, d := range ds {
		if d != nil && d.Ecosystem == e {
			return d
		}
	}
	return nil
}

// Supported reports whether registries of e can be asked at all.
func (ds Drivers) Supported(e ecosystem.Ecosystem) bool { return ds.Find(e) != nil }

// OfficialRoot is the base URL of the public registry of e, or "" where none
// can be asked. A root of this URL is official whatever its setting.
func (ds Drivers) OfficialRoot(e ecosystem.Ecosystem) string {
	if d := ds.Find(e); d != nil {
		return d.Official
	}
	return ""
}

// Canaries are the control names of e: packages that every working registry of
// the kind has. Nil where none can be asked.
func (ds Drivers) Canaries(e ecosystem.Ecosystem) []string {
	if d := ds.Find(e); d != nil {
		return slices.Clone(d.Canaries)
	}
	return nil
}
