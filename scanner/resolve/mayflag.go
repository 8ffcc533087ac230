package resolve

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// A Flag says how much may be made of a name that its registry, confirmed, does
// not have.
type Flag uint8

// The flags, weakest first. FlagNone is the zero value: nothing may be said.
const (
	FlagNone    Flag = iota
	FlagNote         // at most a hint
	FlagWarning      // the registry denies our reading of an import, not the author's word
	FlagError        // the author wrote the package's own name
)

var flagNames = [...]string{"none", "note", "warning", "error"}

func (f Flag) String() string { return flagNames[f] }

// importFlags is what an import says about a package. An import of Go is an
// error only where anybody can look (see PublicHost); an odd first segment of
// npm is an alias and never gets here.
var importFlags = [...]struct {
	eco  ecosystem.Ecosystem
	flag Flag
}{
	{ecosystem.NPM, FlagError},     // the specifier is the name
	{ecosystem.Golang, FlagError},  // a prefix of the path is the name
	{ecosystem.Pub, FlagError},     // package:name/
	{ecosystem.JSR, FlagError},     // jsr:@scope/name
	{ecosystem.PyPI, FlagWarning},  // the distribution may be called otherwise
	{ecosystem.Cargo, FlagWarning}, // [lib] name may differ
	{ecosystem.Gem, FlagWarning},   // a file below any gem's lib
	{ecosystem.Maven, FlagNote},    // a Java package
	{ecosystem.NuGet, FlagNote},    // a namespace
	{ecosystem.Composer, FlagNote}, // a PSR-4 namespace
	{ecosystem.Hex, FlagNote},      // a module
	{ecosystem.Conda, FlagNote},    // read as Python in practice
	{ecosystem.Unknown, FlagNone},  // nobody can be asked
}

// MayFlag says how much may be made of an absent name, by the kind of place in
// which it stands. A declaration or a command is always the author's word, a
// mention never more than a note.
func MayFlag(e ecosystem.Ecosystem, k extract.Kind) Flag {
	for _, row := range importFlags {
		if row.eco != e {
			continue
		}
		switch {
		case row.flag == FlagNone:
			return FlagNone
		case k == extract.Mention:
			return FlagNote
		case k == extract.Import:
			return row.flag
		}
		return FlagError
	}
	return FlagNone
}

// PublicHost reports whether a Go path lies on a host where anybody can look:
// an import that is absent from any other host is worth a note only.
func PublicHost(path string) bool {
	host, _, _ := strings.Cut(path, "/")
	switch host {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gopkg.in", "golang.org", "google.golang.org", "k8s.io":
		return true
	}
	return false
}
