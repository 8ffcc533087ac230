// Package project decides, before anything is asked, which names are not
// registry names: modules of the standard library, modules and packages of the
// project itself, aliases, workspace members, git, path and URL dependencies,
// private names, placeholders. What goes in is references and the project's own
// files; what comes out is an origin for every reference, with the reason for
// it. It opens no socket and runs nothing.
package project

// Origin says whose a name is.
type Origin uint8

// The origins. Undecided is the zero value and never leaves the machine; only
// Public, and Private with a trusted route, reach a registry.
const (
	Undecided   Origin = iota
	Public             // a name of a public registry
	Private            // belongs to a private registry
	Local              // the project's own
	Standard           // the language's or platform's own
	External           // git, URL, path, workspace
	Placeholder        // "your-package"
)

var originNames = [...]string{"undecided", "public", "private", "local", "standard", "external", "placeholder"}

func (o Origin) String() string { return originNames[o] }

// A Decision is an origin with the reason that figment list prints.
type Decision struct {
	Origin Origin
	Reason string // "module of the standard library", "tsconfig.json paths @app/*"
	// UserSaid: a private name by the user's own settings. Private names by the
	// scanned repository's word alone end as unverified, registry-not-allowed.
	UserSaid bool
	// Own: a document tells its readers to install the project that it belongs to.
	Own bool
	// Claim is what of the scanned repository makes the name private, or its own
	// by nothing but its word; zero where something else decides.
	Claim Claim
	// Further names a registry that a file of the tree has a public name looked up
	// at too: absence at the public one then proves nothing. Its zero value: there
	// is none.
	Further Claim
}

// A Claim is the place at which a repository says that names are not a public
// registry's, and that nothing else of it bears out.
type Claim struct {
	Path    string // of the file; empty: the configuration
	Line    int    // 0: not known
	Text    string // what it says: "@acme:registry"
	URL     string // the registry that it names; may be empty
	Pattern string // of private names, or the alias; may be empty
}
