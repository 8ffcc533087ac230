package adapter

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// A Fix is how the files of an ecosystem are edited, where the ecosystem decides
// it. The zero Fix replaces names and constraints where they stand; it adds
// nothing and changes no import. What goes in are the bytes of a file and places
// in it, what comes out are places and texts: scanner/fix makes the edit, and
// reads the file again before anybody sees it.
type Fix struct {
	// Manifests are the files with a form of their own, in the order in which one
	// is looked for that takes a new dependency.
	Manifests []Manifest
	// Import is an import of a package, written for another one. The text that
	// says why it is not known is empty where it is. Nil: an import is not that of
	// a package.
	Import func(raw, from, to string) (text, refused string)
	// Provides reports whether a package provides what an import names, so that the
	// import is right as it is. Nil: an import names the package itself.
	Provides func(raw, name string) bool
	// Hashed reports whether the declaration of the name at a place goes on to a
	// hash of the package: that of another package would be another. Nil: none
	// does.
	Hashed func(data []byte, name text.Span) bool
	// Lead are the words that may stand before a name on the line that declares it
	// and nothing else, such as go.mod's "require".
	Lead []string
	// Exactly is the operator of a constraint that one version satisfies; empty:
	// "=".
	Exactly string
	// V says that a version in a constraint begins with a "v".
	V bool
}

// A Manifest is a file that has a form of its own.
type Manifest struct {
	Name string // of the file, without its folder
	// Add finds where a new dependency goes and how it is written there. References
	// are those of the file. Nil: none is added.
	Add func(data []byte, refs []extract.Reference, p ecosystem.Package) (at int, insert string, ok bool)
	// Declaration is the place that declares the name at a place and nothing else.
	// Nil: it is a line.
	Declaration func(data []byte, name text.Span) (text.Span, bool)
}

// ImportByName writes imports that are the name of a package, or a path below it.
func ImportByName(raw, from, to string) (text, refused string) {
	if rest, ok := strings.CutPrefix(raw, from); ok && (rest == "" || rest[0] == '/') {
		return to + rest, ""
	}
	return "", NotOfPackage(raw)
}

// NotOfPackage says of an import that it is not that of a package.
func NotOfPackage(raw string) string {
	return "the import `" + raw + "` is not that of a package: edit it by hand"
}
