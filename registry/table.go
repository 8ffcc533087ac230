package registry

import (
	"figment/ecosystem"
	"figment/registry/protocol"
)

// table has a row per registry that can be asked.
var table = protocol.Drivers{npmDriver(), pypiDriver(), goDriver()}

func find(e ecosystem.Ecosystem) *protocol.Driver { return table.Find(e) }

// Supported reports whether registries of e can be asked at all.
func Supported(e ecosystem.Ecosystem) bool { return table.Supported(e) }

// OfficialRoot is the base URL of the public registry of e, or "" where none
// can be asked. A root of this URL is official whatever its setting.
func OfficialRoot(e ecosystem.Ecosystem) string { return table.OfficialRoot(e) }

// Canaries are the control names of e: packages that every working registry of
// the kind has. Nil where none can be asked.
func Canaries(e ecosystem.Ecosystem) []string { return table.Canaries(e) }
