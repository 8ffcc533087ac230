// Package registry asks package registries whether a name exists and reads
// their answers. What goes in is a canonical name with a route; what comes out
// is a Record. Trouble never becomes absence: an answer that could not be had,
// or that proves nothing, leaves the status Unknown with a reason.
//
// The drivers are handed in (Options): a driver builds requests and interprets
// answers as pure functions over the types of registry/protocol; transport,
// retries, breaker, cache and the proof of absence are shared.
package registry

import (
	"context"
	"fmt"

	"figment/registry/protocol"
)

// An Error says why a registry could not be asked. Its URL is redacted.
type Error struct {
	Reason    protocol.Reason
	Status    int // HTTP status; 0: none
	Temporary bool
	URL       string
	Text      string // our own words
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s: %s answered %d", e.Reason, e.URL, e.Status)
	}
	return fmt.Sprintf("%s: %s", e.Reason, e.Text)
}

// An Ask is one request that Lookup would make.
type Ask struct {
	Method string
	URL    string // no credential
	When   string // condition, "if absent"; empty: always
	// Control is set for a question about a name that surely exists: it is asked
	// once for a registry, whatever the number of names.
	Control bool
}

// String is the form that figment list prints.
func (a Ask) String() string {
	s := a.Method + " " + a.URL
	if a.When != "" {
		s += " (" + a.When + ")"
	}
	return s
}

// Client has two implementations: Live, which asks, and Offline, which answers
// from the cache and the index.
type Client interface {
	// Lookup asks about q. A name the registry does not know is not an error:
	// the record's status is Absent, and Confirmed says that the proof is
	// complete. The error (*Error) is non-nil only with status Unknown.
	Lookup(ctx context.Context, q protocol.Query) (protocol.Record, error)

	// Plan says what Lookup would ask; no I/O.
	Plan(q protocol.Query) []Ask
}

// A Summary counts what LookupAll did.
type Summary struct {
	Requests int // sent
	Cached   int // answered from the cache
}
