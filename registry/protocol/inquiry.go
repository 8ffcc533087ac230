package protocol

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"figment/ecosystem"
)

// A Doc is a kind of document. It is part of the cache key.
type Doc string

// The documents that the client knows by their kind. Drivers have more.
const (
	DocLatest    Doc = "latest"    // the newest version's metadata
	DocVersion   Doc = "version"   // one exact version's metadata: absent is about the version
	DocDownloads Doc = "downloads" // statistics of a week
)

// Bounds of a document in bytes, after decompression.
const (
	MaxBody   = 8 << 20
	MaxStream = 64 << 20 // of one that is read as it comes
)

// AcceptJSON is the Accept header of documents that have one form.
const AcceptJSON = "application/json"

// A Request is one document to ask for.
type Request struct {
	Doc     Doc
	URL     string
	Accept  string
	Version string // what DocVersion is about
	Max     int64  // bytes of the body, after decompression
	Fresh   bool   // past every cache, ours and others'
	Live    bool   // past our cache
	Extra   bool   // adds facts to a package that is there: a failure changes nothing
	Once    bool   // not worth a second try, and no sign of its host's health
	When    string // for Plan: the condition; empty: always
	// Immutable: it is about one exact version, which never changes, so that the
	// answer is kept for long.
	Immutable bool
}

// PastCaches is the request past every cache, ours and others'.
func (r Request) PastCaches() Request { r.Fresh = true; return r }

// AsExtra is the request for no more than further facts.
func (r Request) AsExtra() Request { r.Extra = true; return r }

// If is the request under a condition, which Plan shows.
func (r Request) If(when string) Request { r.When = when; return r }

// A Response is an answer with status 200.
type Response struct {
	Header http.Header
	Body   io.Reader // bounded; ends with an error beyond the bound
}

// A Version is one published version.
type Version struct {
	V      string `json:"v"`
	Yanked bool   `json:"y,omitempty"`
}

// Ascending gives the versions of a list in ascending order; those that cannot be
// read come first.
func Ascending(e ecosystem.Ecosystem, list []Version) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = v.V
	}
	return e.Ascending(texts)
}

// A Reading is what one document said, reduced to what is kept. Its status is
// about the name, except that an absent DocVersion is about the version.
type Reading struct {
	Doc    Doc
	Status Status
	Reason Reason `json:",omitempty"`
	Detail string `json:",omitempty"`
	Look   Look
	// Open: a proper answer that settles nothing (a Go module without tags).
	Open      bool `json:",omitempty"`
	Temporary bool `json:"-"`
	Extra     bool `json:"-"` // of the request

	Name               string            `json:",omitempty"`
	Version            string            `json:",omitempty"` // of DocVersion
	Versions           []Version         `json:",omitempty"`
	Complete           bool              `json:",omitempty"` // Versions lists all there are
	Tags               map[string]string `json:",omitempty"`
	Latest             string            `json:",omitempty"`
	LatestAt, Created  time.Time         `json:",omitzero"`
	KnownSince         time.Time         `json:",omitzero"` // the oldest date of all, whatever Created is worth
	Repository         string            `json:",omitempty"`
	Deprecated         string            `json:",omitempty"`
	Replacement        string            `json:",omitempty"`
	Maintainers        []string          `json:",omitempty"`
	Organization       string            `json:",omitempty"`
	RepositoryKnown    Tri               `json:",omitempty"`
	Readme             Tri               `json:",omitempty"`
	Parked             Tri               `json:",omitempty"`
	SdistOnly          Tri               `json:",omitempty"`
	Provenance         Tri               `json:",omitempty"`
	InstallScript      Tri               `json:",omitempty"`
	Retracted          [][2]string       `json:",omitempty"` // versions that were taken back: from and to, both included
	Downloads          Count             `json:",omitzero"`
	Counts             map[string]int64  `json:"-"` // of DocDownloads, by name
	ETag, LastModified string            `json:",omitempty"`
	NoStore            bool              `json:"-"`
}

// A Form is what was learnt of a root's ways.
type Form struct {
	NoVersions bool // npm: no routes for single versions
	Literal    bool // npm: scopes need a plain slash
}

// An Inquiry is one question at one root, with what was read so far.
type Inquiry struct {
	Driver *Driver
	Root   Root
	Query  Query
	Form   Form
	Read   []Reading
}

// Got finds the last reading of a document.
func (in *Inquiry) Got(docs ...Doc) *Reading {
	for i := len(in.Read) - 1; i >= 0; i-- {
		if slices.Contains(docs, in.Read[i].Doc) {
			return &in.Read[i]
		}
	}
	return nil
}

// Last is the last reading, or nil.
func (in *Inquiry) Last() *Reading {
	if len(in.Read) == 0 {
		return nil
	}
	return &in.Read[len(in.Read)-1]
}

// Unrouted reports whether the answer means no more than that the root does not
// understand this form of the question.
func (r *Reading) Unrouted() bool {
	return r.Status == Unknown && (r.Look.Status == 400 || r.Look.Status == 405 || r.Look.Status == 501)
}

// Segment escapes one element of a path. It refuses what would climb out of the
// root's path.
func Segment(s string) string {
	switch s {
	case "", ".", "..":
		return "%00" // nothing has this name, and no server takes it for a path
	}
	return url.PathEscape(s)
}
