// Package npm is what figment knows of npm: its registry, the ranges of its versions, and its configuration.
package npm

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.NPM, Registry: driver(), Versions: versions(), Settings: reader(), Fix: fixes(), Play: play()}
}
