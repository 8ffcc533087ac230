// Package golang is what figment knows of Go modules: the protocol of module proxies, version queries, and the
// configuration of the go command.
package golang

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.Golang, Registry: driver(), Versions: versions(), Settings: reader(), Fix: fixes(), Play: play()}
}
