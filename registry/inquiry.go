package registry

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/registry/settings"
)

// A doc is a kind of document. It is part of the cache key.
type doc string

// The documents of the drivers.
const (
	docLatest      doc = "latest"      // the newest version's metadata
	docVersion     doc = "version"     // one exact version's metadata: absent is about the version
	docAbbreviated doc = "abbreviated" // every version, what an installer needs
	docFull        doc = "full"        // every version, with times
	docSimple      doc = "simple"      // PyPI's index page
	docLegacy      doc = "legacy"      // PyPI's older JSON
	docList        doc = "list"        // a Go module's tags
	docMod         doc = "mod"         // the go.mod file of a version
	docDownloads   doc = "downloads"   // npm's statistics of a week
)

const (
	maxBody      = 8 << 20  // bytes of a document, after decompression
	maxPackument = 64 << 20 // npm's document with every version; streamed
)

// A request is one document to ask for.
type request struct {
	Doc     doc
	URL     string
	Accept  string
	Version string // what docVersion is about
	Max     int64  // bytes of the body, after decompression
	Fresh   bool   // past every cache, ours and others'
	Live    bool   // past our cache
	Extra   bool   // adds facts to a package that is there: a failure changes nothing
	Once    bool   // not worth a second try, and no sign of its host's health
	When    string // for Plan: the condition; empty: always
}

func (r request) fresh() request { r.Fresh = true; return r }

func (r request) extra() request { r.Extra = true; return r }

func (r request) when(w string) request { r.When = w; return r }

// A response is an answer with status 200.
type response struct {
	Header http.Header
	Body   io.Reader // bounded; ends with an error beyond the bound
}

// A version is one published version.
type version struct {
	V      string `json:"v"`
	Yanked bool   `json:"y,omitempty"`
}

// A reading is what one document said, reduced to what is kept. Its status is
// about the name, except that an absent docVersion is about the version.
type reading struct {
	Doc    doc
	Status Status
	Reason Reason `json:",omitempty"`
	Detail string `json:",omitempty"`
	Look   Look
	// Open: a proper answer that settles nothing (a Go module without tags).
	Open      bool `json:",omitempty"`
	Temporary bool `json:"-"`
	Extra     bool `json:"-"` // of the request

	Name               string            `json:",omitempty"`
	Version            string            `json:",omitempty"` // of docVersion
	Versions           []version         `json:",omitempty"`
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
	Retracted          [][2]string       `json:",omitempty"` // docMod: from and to, both included
	Downloads          Count             `json:",omitzero"`
	Counts             map[string]int64  `json:"-"` // docDownloads, of several names
	ETag, LastModified string            `json:",omitempty"`
	NoStore            bool              `json:"-"`
}

func fault(rq request, reason Reason, detail string) reading {
	return reading{Doc: rq.Doc, Version: rq.Version, Reason: reason, Detail: detail}
}

func badAnswer(rq request, detail string) reading { return fault(rq, ReasonBadAnswer, detail) }

// A form is what was learnt of a root's ways.
type form struct {
	NoVersions bool // npm: no routes for single versions
	Literal    bool // npm: scopes need a plain slash
}

// An inquiry is one question at one root, with what was read so far.
type inquiry struct {
	Driver *driver
	Root   settings.Root
	Query  Query
	Form   form
	Read   []reading
}

// got finds the last reading of a document.
func (in *inquiry) got(docs ...doc) *reading {
	for i := len(in.Read) - 1; i >= 0; i-- {
		if slices.Contains(docs, in.Read[i].Doc) {
			return &in.Read[i]
		}
	}
	return nil
}

func (in *inquiry) last() *reading {
	if len(in.Read) == 0 {
		return nil
	}
	return &in.Read[len(in.Read)-1]
}

// unrouted reports whether the answer means no more than that the root does not
// understand this form of the question.
func (r *reading) unrouted() bool {
	return r.Status == Unknown && (r.Look.Status == 400 || r.Look.Status == 405 || r.Look.Status == 501)
}

// conclude says what the readings amount to. A fault outweighs everything: what
// could not be asked to the end is unknown. An absence is a candidate, Confirmed
// is never set here.
func (in *inquiry) conclude() Record {
	q := in.Query
	rec := Record{Package: q.Package, Constraint: q.Constraint, Root: in.Root}
	var trouble, gone *reading
	var present, open, absent, denied, found bool
	var all, mod *reading
	var extra []Look
	for i := range in.Read {
		r := &in.Read[i]
		if r.Extra {
			extra = append(extra, r.Look)
		} else {
			rec.Looks = append(rec.Looks, r.Look)
		}
		if r.Look.At.After(rec.Fetched) {
			rec.Fetched = r.Look.At
		}
		if i < len(in.Read)-1 && r.unrouted() || r.Extra && r.Status != Present {
			continue
		}
		switch r.Status {
		case Present:
			present = true
			if r.Doc == docVersion {
				found = found || matches(q.Package.Ecosystem, q.Constraint, r.Version)
			}
			rec.take(r, r.Doc != docVersion || isExact(q.Package.Ecosystem, q.Constraint))
			if r.Complete && (all == nil || !r.Extra) {
				all = r
			}
			if r.Doc == docMod {
				mod = r
			}
		case Absent:
			if r.Doc == docVersion {
				denied = true
			} else {
				absent = true
				rec.Reason = r.Reason
			}
		case Removed:
			gone = r
			rec.take(r, true)
		default:
			if r.Open {
				open = true
			} else {
				trouble = r
			}
		}
	}
	rec.Looks = append(extra, rec.Looks...)
	if !in.Driver.official(in.Root) {
		rec.Created = time.Time{}
	}
	if rec.Repository != "" {
		rec.RepositoryKnown = Yes
	}
	switch {
	case trouble != nil:
		rec.Status, rec.Reason, rec.Detail = trouble.Status, trouble.Reason, trouble.Detail
		if present {
			rec.Detail = "the package is there, but its versions could not be asked about: " + rec.Detail
		}
		return rec
	case gone != nil:
		rec.Status, rec.Reason, rec.Detail = Removed, gone.Reason, gone.Detail
		return rec
	case !present && (open || !absent):
		rec.Status, rec.Reason, rec.Detail = Unknown, ReasonBadAnswer, "it lists no version and knows no latest one, which proves nothing"
		return rec
	case !present:
		rec.Status = Absent
		return rec
	}
	rec.Status, rec.Reason = Present, ""
	rec.VersionStatus = in.versionStatus(&rec, all, found, denied)
	if rec.VersionStatus == VersionPresent && mod != nil && mod.retracts(q.Constraint) {
		rec.VersionStatus = VersionYanked
	}
	if all != nil {
		rec.Versions = sorted(q.Package.Ecosystem, all.Versions)
		if allYanked(all.Versions) && rec.VersionStatus != VersionYanked {
			rec.Status, rec.Reason, rec.VersionStatus = Removed, ReasonAllYanked, VersionUnknown
			return rec
		}
	}
	if q.Constraint != "" && rec.VersionStatus == VersionUnknown {
		rec.Reason = unreadable(q)
	}
	return rec
}

func (in *inquiry) versionStatus(rec *Record, all *reading, found, denied bool) VersionStatus {
	q := in.Query
	if q.Constraint == "" {
		return VersionUnknown
	}
	if found {
		return VersionPresent
	}
	if all != nil {
		return satisfy(q.Package.Ecosystem, q.Constraint, all.Versions, all.Tags)
	}
	if rec.Latest != "" && (matches(q.Package.Ecosystem, q.Constraint, rec.Latest) || q.Package.Ecosystem == ecosystem.NPM && q.Constraint == "latest") {
		return VersionPresent
	}
	if denied && isExact(q.Package.Ecosystem, q.Constraint) {
		return VersionAbsent
	}
	return VersionUnknown
}

// take fills what the record does not know yet.
func (rec *Record) take(r *reading, whole bool) {
	set := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	if r.Name != "" {
		rec.Package.Name = r.Name
	}
	set(&rec.Latest, r.Latest)
	set(&rec.Repository, r.Repository)
	set(&rec.Replacement, r.Replacement)
	if rec.LatestAt.IsZero() {
		rec.LatestAt = r.LatestAt
	}
	if rec.Created.IsZero() {
		rec.Created = r.Created
	}
	if t := r.KnownSince; !t.IsZero() && (rec.KnownSince.IsZero() || t.Before(rec.KnownSince)) {
		rec.KnownSince = t
	}
	if rec.Maintainers == nil {
		rec.Maintainers = r.Maintainers
	}
	set(&rec.Organization, r.Organization)
	if !whole {
		return
	}
	set(&rec.Deprecated, r.Deprecated)
	for _, x := range []struct {
		to   *Tri
		from Tri
	}{
		{&rec.Provenance, r.Provenance}, {&rec.InstallScript, r.InstallScript}, {&rec.RepositoryKnown, r.RepositoryKnown},
		{&rec.Readme, r.Readme}, {&rec.Parked, r.Parked}, {&rec.SdistOnly, r.SdistOnly},
	} {
		if *x.to == NotKnown {
			*x.to = x.from
		}
	}
}

func allYanked(vs []version) bool {
	for _, v := range vs {
		if !v.Yanked {
			return false
		}
	}
	return len(vs) > 0
}

// segment escapes one element of a path. It refuses what would climb out of the
// root's path.
func segment(s string) string {
	switch s {
	case "", ".", "..":
		return "%00" // nothing has this name, and no server takes it for a path
	}
	return url.PathEscape(s)
}

// clip bounds foreign text that is kept.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max], "")
}

func plural(n int, one string) string {
	switch n {
	case 1:
		return one + " once"
	case 2:
		return one + " twice"
	case 3:
		return one + " three times"
	}
	return fmt.Sprintf("%s %d times", one, n)
}
