package protocol

import (
	"fmt"
	"log/slog"

	"figment/ecosystem"
)

// Kind says what a root's answers are worth.
type Kind uint8

// The kinds. Mirror is the zero value: the least is believed of an unknown root.
const (
	Mirror   Kind = iota // replaces the official root: its absences are about itself
	Official             // the public registry, or a root declared to be a full replica
	Private              // serves a named part: a scope, an index, GOPRIVATE
)

// Strategy says how several roots are asked.
type Strategy uint8

// The strategies.
const (
	First   Strategy = iota // in order; 404 goes on, anything else decides
	AllOf                   // any present is present; absent needs all (pip)
	GoProxy                 // in order; Root.FallThrough says what goes on
)

// A Secret never shows itself in text, JSON or logs. Reveal is for the one
// place that sends it.
//
// The value stands behind a pointer, because the printing functions reach
// unexported fields without asking for methods.
type Secret struct{ value *string }

// NewSecret keeps v.
func NewSecret(v string) Secret { return Secret{&v} }

// Reveal gives the value.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set reports whether there is a value.
func (s Secret) Set() bool { return s.value != nil && *s.value != "" }

// String redacts, as do Format, GoString, MarshalText and LogValue.
func (s Secret) String() string { return "[redacted]" }

// GoString redacts.
func (s Secret) GoString() string { return "[redacted]" }

// Format redacts under every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[redacted]") }

// MarshalText redacts.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// LogValue redacts.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// A Credential is what a root gets in the Authorization header, and nowhere
// else. The zero value is none. It is bound to the origin and path prefix of
// the root that holds it.
type Credential struct {
	Scheme string // "Bearer" or "Basic"
	Value  Secret // as it stands in the header after the scheme
}

// A Root is a base URL to ask, without userinfo, query, fragment or trailing
// slash.
type Root struct {
	Ecosystem  ecosystem.Ecosystem
	URL        string
	Kind       Kind
	Credential Credential
	Setting    string // where it comes from, for people: "~/.npmrc:1", "PIP_INDEX_URL", "built-in"
	// FallThrough (Go only): any error goes on to the next root ("|"), not only
	// 404 and 410 (",").
	FallThrough bool
	// Canaries replaces the driver's canaries (user configuration): empty means
	// the driver's, a single "none" takes the root at its word.
	Canaries []string
}

// A Route says who is asked about a name. Without roots nobody is; Reason then
// says why ("no-registry", "registry-not-allowed").
type Route struct {
	Roots    []Root
	Strategy Strategy
	Private  bool // the name belongs to a private registry and must reach no other
	Reason   string
	Setting  string // what decided: ".npmrc:3 @acme:registry"
	// Unusable names the setting of a further source that cannot be asked, such
	// as an index whose URL is none. What the roots lack may be there, so that
	// nothing is absent. Empty: there is none.
	Unusable string
	// Downloads answers how much public npm packages are used. Without a URL
	// nobody is asked.
	Downloads Root
}
