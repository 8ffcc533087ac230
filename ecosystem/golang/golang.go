// Package golang is what figment knows of Go modules: the protocol of module proxies, version queries, and the
// configuration of the go command.
package golang

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.Golang, Formats: formats(), Languages: languages(), Commands: commands(), Unread: unread(), Folders: folders(), Registry: driver(), Versions: versions(), Settings: reader(), Project: projectRules(), Resolve: resolveRules(), Fix: fixes(), Play: play()}
}
