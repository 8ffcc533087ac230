// Package pypi is what figment knows of PyPI: its index, the specifiers of Python packaging and of Poetry, and the
// configuration of pip and uv.
package pypi

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/pypi/local"
	"figment/ecosystem/pypi/python"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.PyPI, Formats: formats(), Languages: python.Formats(), Commands: commands(), Unread: unread(), Folders: folders(), Registry: driver(), Versions: versions(), Settings: reader(), Project: local.Rules(isRequirements, readList), Resolve: resolveRules(), Fix: fixes(), Play: play()}
}
