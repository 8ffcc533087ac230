// Package npm is what figment knows of npm: its registry, the ranges of its versions, and its configuration.
package npm

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/npm/javascript"
	"figment/ecosystem/npm/local"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.NPM, Formats: formats(), Languages: javascript.Formats(), Commands: commands(), Unread: unread(), Programs: programs(), Registry: driver(), Versions: versions(), Settings: reader(), Project: local.Rules(), Resolve: resolveRules(), Fix: fixes(), Play: play()}
}
