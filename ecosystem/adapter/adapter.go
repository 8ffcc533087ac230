// Package adapter holds the type Adapter: all that figment knows of one
// ecosystem. The types of its facets belong to the packages that use them, the
// values to the packages of the ecosystems, and ecosystem/all lists them. Code
// that is handed adapters asks for a facet, never for an ecosystem by name.
package adapter

import (
	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/extract/prose"
	"figment/scanner/extract/shell"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

// An Adapter is what is known of one ecosystem. Each facet may be missing, and
// what that means is safe; None then says why it is.
type Adapter struct {
	Ecosystem ecosystem.Ecosystem
	// Formats are its manifests and lock files. Missing: none is read, and one that
	// is known by its name is told as not read.
	Formats []extract.Format
	// Languages are the languages whose code imports its packages. Missing: no
	// import is read.
	Languages []extract.Format
	// Commands are the tools whose commands install or run its packages. Missing: no
	// command names any.
	Commands *shell.Tools
	// Unread are its files, and texts in its languages, that are known and that
	// nothing reads; a report says so. Missing: there are none.
	Unread []text.Known
	// Folders are those that its tools fill with what they install or build, and that
	// are passed over. Missing: each is walked.
	Folders []text.Folder
	// Registry is the protocol of its registries. Missing: no package of the
	// ecosystem can be asked about, which reads as unsupported.
	Registry *protocol.Driver
	// Versions is how its constraints are read. Missing: no version is judged.
	Versions *ecosystem.Versions
	// Settings is how the configuration of its tools is read. Missing: no name is
	// routed to a registry.
	Settings *settings.Reader
	// Project is by which files a project says whose its names are. Missing: no name
	// is taken for the project's own.
	Project *project.Rules
	// Resolve is how its imports name packages. Missing: an import is taken for the
	// name of a package.
	Resolve *resolve.Rules
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

// Formats is the table of what is read: exact base names before languages, which
// come before what may name packages of any ecosystem.
func Formats(all []Adapter) extract.Table {
	var rows []extract.Format
	unread, folders, grammar := elsewhere(), foldersElsewhere(), Grammar(all)
	for _, a := range all {
		rows = append(rows, a.Formats...)
		unread, folders = append(unread, a.Unread...), append(folders, a.Folders...)
	}
	for _, a := range all {
		rows = append(rows, a.Languages...)
	}
	rows = append(append(rows, grammar.Formats()...), prose.Formats()...)
	return extract.NewTable(rows, unread, folders, grammar.Programs())
}

// Grammar is what the tools of all ecosystems make of commands.
func Grammar(all []Adapter) *shell.Grammar {
	var tools []*shell.Tools
	for _, a := range all {
		if a.Commands != nil {
			tools = append(tools, a.Commands)
		}
	}
	return shell.New(tools)
}

// A Lock is a file that a tool writes to keep what it resolved.
type Lock struct {
	File    string // base name
	Refresh string // the command that brings it up to date
}

// Locks are the lock files of the ecosystem's tools.
func (a *Adapter) Locks() []Lock {
	var out []Lock
	add := func(names []string, refresh string) {
		if refresh != "" {
			for _, name := range names {
				out = append(out, Lock{name, refresh})
			}
		}
	}
	for _, f := range a.Formats {
		add(f.Files.Names, f.Files.Refresh)
	}
	for _, k := range a.Unread {
		add(k.Names, k.Refresh)
	}
	return out
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

// Projects are the rules of projects.
func Projects(all []Adapter) []*project.Rules {
	var out []*project.Rules
	for _, a := range all {
		if a.Project != nil {
			out = append(out, a.Project)
		}
	}
	return out
}

// Resolvers are the rules of imports.
func Resolvers(all []Adapter) []*resolve.Rules {
	var out []*resolve.Rules
	for _, a := range all {
		if a.Resolve != nil {
			out = append(out, a.Resolve)
		}
	}
	return out
}

// Vocabulary is the adapter of an ecosystem of which figment knows names, imports,
// commands, folders and advisories only; imports and commands may be nil. Its
// versions are compared by those of advisories (ecosystem.System), where no
// constraint of a manifest is read.
func Vocabulary(e ecosystem.Ecosystem, imports *resolve.Rules, commands *shell.Tools, unread []text.Known, folders ...text.Folder) Adapter {
	a := Adapter{Ecosystem: e, Resolve: imports, Commands: commands, Unread: unread, Folders: folders, None: None{
		"Formats":   "no manifest of it is read yet",
		"Languages": "no import of it is read yet",
		"Registry":  "no driver asks its registry",
		"Versions":  "without a registry there is no version to compare constraints with",
		"Settings":  "without a registry there is nothing to route",
		"Project":   "without a registry no name has to be kept from it",
		"Play":      "nobody asks its registry",
		"Fix":       "without a registry no replacement is known to be clean",
	}}
	if unread == nil {
		a.None["Unread"] = "no file is known to name its packages"
	}
	if folders == nil {
		a.None["Folders"] = "no folder is known that its tools fill in a project"
	}
	if imports == nil {
		a.None["Resolve"] = "no import of it is known to name another package"
	}
	if commands == nil {
		a.None["Commands"] = "no command is known that installs a package by its name"
	}
	return a
}
