// Package npm is what figment knows of npm: its registry, the ranges of its versions, and its configuration.
package npm

import (
	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/npm/javascript"
	"figment/ecosystem/npm/local"
	"figment/scanner/text"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Adapter{Ecosystem: ecosystem.NPM, Formats: formats(), Languages: javascript.Formats(), Commands: commands(), Unread: unread(), Folders: folders(), Registry: driver(), Versions: versions(), Settings: reader(), Project: local.Rules(), Resolve: resolveRules(), Fix: fixes(), Play: play()}
}

// folders are those that npm, its like and Bower install into.
func folders() []text.Folder {
	return []text.Folder{{Names: []string{"node_modules", "bower_components"}}}
}
