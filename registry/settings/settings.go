// Package settings finds the registry that the user's own tools would ask. It
// reads the configuration of npm, pip and the go command, and the FIGMENT_*
// variables, the way those tools read them.
//
// Trust: only the user's own settings route. What a scanned repository sets can
// make a name private (Claim), never choose a host or release a credential. No
// helper program named by a configuration is ever run.
package settings

// An Error is a setting that cannot be used. Commands end with exit 2.
type Error struct {
	Setting string // "FIGMENT_REGISTRY_NPM"
	Text    string // "has a query"; never the value's userinfo
	Hint    string
}

func (e *Error) Error() string { return e.Setting + " " + e.Text }
