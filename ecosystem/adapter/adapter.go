// Package adapter holds the type Adapter: all that figment knows of one
// ecosystem. The types of its facets belong to the packages that use them, the
// values to the packages of the ecosystems, and ecosystem/all lists them. Code
// that is handed adapters asks for a facet, never for an ecosystem by name.
package adapter

import (
	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/registry/settings"
)

// An Adapter is what is known of one ecosystem. Each facet may be missing, and
// what that means is safe; None then says why it is.
type Adapter struct {
	Ecosystem ecosystem.Ecosystem
	// Registry is the protocol of its registries. Missing: no package of the
	// ecosystem can be asked about, which reads as unsupported.
	Registry *protocol.Driver
	// Versions is how its constraints are read. Missing: no version is judged.
	Versions *ecosystem.Versions
	// Settings is how the configuration of its tools is read. Missing: no name is
	// routed to a registry.
	Settings *settings.Reader
	// Fix is how its files are edited. Missing: names and constraints are replaced
	// where they stand, and no more.
	Fix *Fix
	// Play is how its registries are played for tests and demonstrations. Missing:
	// they are not.
	Play *protocol.Play
	// None says of each facet that is missing, by the field's name, why it is.
	None None
}

// None gives the reasons of missing facets by their names.
type None map[string]string

// Find gives the adapter of an ecosystem, or one that has no facet.
func Find(all []Adapter, e ecosystem.Ecosystem) Adapter {
	for _, a := range all {
		if a.Ecosystem == e {
			return a
		}
	}
	return Adapter{Ecosystem: e}
}

// Drivers are the protocols of the registries that can be asked.
func Drivers(all []Adapter) protocol.Drivers {
	var out protocol.Drivers
	for _, a := range all {
		if a.Registry != nil {
			out = append(out, a.Registry)
		}
	}
	return out
}

// Versions are the readers of constraints.
func Versions(all []Adapter) []*ecosystem.Versions {
	var out []*ecosystem.Versions
	for _, a := range all {
		if a.Versions != nil {
			out = append(out, a.Versions)
		}
	}
	return out
}

// Readers are the readers of settings.
func Readers(all []Adapter) []*settings.Reader {
	var out []*settings.Reader
	for _, a := range all {
		if a.Settings != nil {
			out = append(out, a.Settings)
		}
	}
	return out
}
