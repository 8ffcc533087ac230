// Package source decides what is read and hands it on as text in one language:
// it walks directories within limits and ignore rules, reads files and standard
// input, and takes containers such as Markdown apart into fragments, each with
// a map from its own bytes back to the bytes of the file it came from.
//
// It never runs anything it finds, never follows a link out of the root, and
// does not know what a package is.
package source

import "figment/scanner/text"

// Origin says where a file's bytes came from.
type Origin uint8

// The origins. Walked is the zero value.
const (
	Walked    Origin = iota // found below a directory
	Named                   // given on the command line
	FromStdin               // standard input
)

// A File is one text as it was read. Data holds the original bytes; positions
// anywhere in figment are offsets into them.
type File struct {
	Path   string // slash-separated, relative to the root; "-" for stdin without a name
	As     string // the name that decides how it is read, where that is not Path: a link's own, Recognition.ListName for what a list includes
	Data   []byte
	Lang   text.Lang // set by --lang; empty: decided by name and content
	Origin Origin
	Change *Change     // what of it is new; nil: all of it is judged
	Skip   []text.Span // of Data: lines too long to be anybody's writing, read as blanks
	// Beside gives a file of the tree that this one takes values of variables from,
	// by the path that it writes; nil: none can be read.
	Beside func(name string) []byte
}

// A Problem is something that could not be read as it should have been. The
// scan goes on; a report with a problem that dropped content is incomplete.
// With a Why it is a text that names packages and was not read.
type Problem struct {
	Path    string
	Why     Why
	Span    text.Span // zero: the whole file
	Text    string    // what happened and what to do
	Dropped bool      // content that may name packages was not read
}
