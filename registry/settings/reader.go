package settings

import (
	"figment/ecosystem"
	"figment/registry/protocol"
)

// A Reader is how the configuration of an ecosystem's own tools is read.
type Reader struct {
	Ecosystem ecosystem.Ecosystem
	Official  string // the public registry's root, as the tools use it by default
	Tool      string // whose configuration that is, mainly
	Variable  string // the variable that replaces what Read finds, "FIGMENT_REGISTRY_NPM"
	Value     string // what it holds, "a root"
	// Read finds out what the tools would ask.
	Read func(*Loader)
	// Override is the route that the variable's value stands for; the error is an
	// *Error. Nil: the value is one base URL.
	Override func(variable, value string, kind protocol.Kind) (protocol.Route, error)
	// Downloads says where counts of downloads are; nil: there are none.
	Downloads *Downloads
}

// VariablePrefix is what the variables begin with that name registries.
const VariablePrefix = "FIGMENT_REGISTRY_"

// Downloads is where counts of downloads are.
type Downloads struct {
	Variable string // names another place, or one at all where the packages come from a mirror
	Official string // base URL of the public registry's counts
}

// Found is what a Reader finds.
type Found struct {
	// Route is that of every name without a scope of its own.
	Route protocol.Route
	// Further are the roots that names are looked up at besides the default one.
	// They stay claims where a variable replaces the route: what its root lacks may
	// be there.
	Further []protocol.Root
	// Scopes are the roots of names by their scope, "@acme" in lower case. One
	// without a URL names no registry that can be asked.
	Scopes map[string]protocol.Root
	// Bind adds to a root the credential that the tools' own files hold for its
	// URL. Nil: they hold none, and .netrc is read.
	Bind func(protocol.Root) protocol.Root
}

// A Loader is what a Reader reads from, and fills.
type Loader struct {
	*Env
	*Found
	s   *Settings
	eco ecosystem.Ecosystem
}

// Notice tells the user of a setting that is left out. The text shows no value.
func (l *Loader) Notice(setting, text string) { l.s.notice(setting, text) }

// Foreign tells the user that a file of theirs is the repository's.
func (l *Loader) Foreign(file string) { l.s.foreign(file) }

// Netrc adds the credential that .netrc has for the root's host.
func (l *Loader) Netrc(r protocol.Root) protocol.Root { return l.s.withNetrc(r) }

// Trusted reports whether what was read so far makes a base URL one of the
// user's, or the public registry is there.
func (l *Loader) Trusted(url string) bool { return l.s.Trusted(l.eco, url) }

// Claim notes what configuration says that lies in the scanned tree.
func (l *Loader) Claim(claims ...Claim) { l.s.claims = append(l.s.claims, claims...) }

// Private makes the names that match private, by the user's own setting.
func (l *Loader) Private(setting string, match func(name string) bool) {
	l.s.private = append(l.s.private, l.pattern(setting, match))
}

// ClaimPrivate makes the names that match private, by the word of configuration
// that lies in the scanned tree.
func (l *Loader) ClaimPrivate(setting string, match func(name string) bool) {
	l.s.claimed = append(l.s.claimed, l.pattern(setting, match))
}

func (l *Loader) pattern(setting string, match func(name string) bool) pattern {
	return pattern{match: func(p ecosystem.Package) bool { return p.Ecosystem == l.eco && match(p.Name) }, setting: setting}
}
