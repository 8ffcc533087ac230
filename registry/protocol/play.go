package protocol

import (
	"fmt"
	"net/http"

	"figment/ecosystem"
)

// A Play is how registries of an ecosystem are played on loopback, for tests and
// demonstrations: which requests they understand and what they answer, as pure
// functions. It serves nothing; internal/play does.
type Play struct {
	// Folder is where the registry stands in a world of several, "/npm". Every
	// document is below it.
	Folder string
	// Root is where its root is below the folder; empty: at the folder.
	Root string
	// Type is the content type of its documents.
	Type string
	// Ask reads a raw path below the folder; ok is false when no document has it.
	Ask func(path string) (rq PlayRequest, ok bool)
	// Answer is what the registry says to a request about a package; found says
	// that the package is there.
	Answer func(rq PlayRequest, p Profile, found bool) PlayAnswer
	// Control are the documents about a control package, by their requests below
	// the folder ("GET /npm").
	Control func(name string) map[string]string
	// Truncated is the beginning of a document, Other one about another package in
	// each of its forms, and Empty one that holds nothing.
	Truncated, Other, Empty string
	// Counts is how its counts of downloads are played; nil: there are none.
	Counts *PlayCounts
}

// PlayCounts is how counts of downloads are played.
type PlayCounts struct {
	Folder string // where they stand in a world, "/npm-downloads"
	// Ask reads the names in a raw path below the folder; ok is false when no
	// document has it.
	Ask func(path string) (names []string, ok bool)
	// Answer is what is said about names.
	Answer func(names []string, find func(name string) (Profile, bool)) PlayAnswer
}

// A PlayRequest is what one request to a played registry asks for.
type PlayRequest struct {
	Given   string // name as it was written
	Name    string // canonical
	Doc     Doc    // each registry has its own
	Version string
	Accept  string // the header
	Forbid  bool   // what is missing is to be answered with 403, where a registry may do that
}

// A PlayAnswer is the answer of a played registry.
type PlayAnswer struct {
	Status int
	Type   string // content type
	Header map[string]string
	Body   string
}

// The content types that registries share.
const (
	TypeText = "text/plain; charset=utf-8"
	TypeHTML = "text/html; charset=utf-8"
	TypeJSON = "application/json"
)

// NoSuchStatus answers about a status that the registry does not have.
func NoSuchStatus(e ecosystem.Ecosystem, p Profile) PlayAnswer {
	return PlayAnswer{Status: http.StatusInternalServerError, Type: TypeText, Body: fmt.Sprintf("no package of %s can be %q\n", e, p.Status)}
}

// PlayReply is an answer without further headers.
func PlayReply(status int, kind, body string) PlayAnswer {
	return PlayAnswer{Status: status, Type: kind, Body: body}
}
