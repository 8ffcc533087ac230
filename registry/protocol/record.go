package protocol

import (
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/internal/web"
)

// Status of a name at a registry.
type Status uint8

// The statuses. Unknown is the zero value.
const (
	Unknown Status = iota
	Present
	Absent
	Removed // unpublished, security holder, quarantined, every version yanked
	Blocked // by policy; says nothing about existence
)

var statusNames = [...]string{"unknown", "present", "absent", "removed", "blocked"}

func (s Status) String() string { return statusNames[s] }

// VersionStatus of a constraint at a registry.
type VersionStatus uint8

// The version statuses. VersionUnknown is the zero value.
const (
	VersionUnknown VersionStatus = iota
	VersionPresent
	VersionAbsent
	VersionYanked // an exact pin to a yanked, unlisted or retracted version
)

var versionStatusNames = [...]string{"unknown", "present", "absent", "yanked"}

func (s VersionStatus) String() string { return versionStatusNames[s] }

// A Reason says why a status is what it is; reports carry it verbatim.
type Reason string

// The reasons.
const (
	// with Unknown
	ReasonNetwork            Reason = Reason(web.ReasonNetwork)
	ReasonTimeout            Reason = Reason(web.ReasonTimeout)
	ReasonTLS                Reason = Reason(web.ReasonTLS)
	ReasonAuth               Reason = Reason(web.ReasonAuth)
	ReasonRateLimited        Reason = Reason(web.ReasonRateLimited)
	ReasonServerError        Reason = Reason(web.ReasonServerError)
	ReasonBadAnswer          Reason = Reason(web.ReasonBadAnswer)
	ReasonTooLarge           Reason = Reason(web.ReasonTooLarge)
	ReasonUnreachable        Reason = Reason(web.ReasonUnreachable)
	ReasonDeadline           Reason = Reason(web.ReasonDeadline)
	ReasonOffline            Reason = "offline"
	ReasonCanaryFailed       Reason = "canary-failed"
	ReasonMassAbsence        Reason = "mass-absence"
	ReasonOtherSourceSilent  Reason = "other-source-silent"
	ReasonRegistryNotAllowed Reason = "registry-not-allowed"
	ReasonNotOnMirror        Reason = "not-on-mirror"
	ReasonNoRegistry         Reason = "no-registry"
	ReasonUnsupported        Reason = "unsupported"
	ReasonInterrupted        Reason = Reason(web.ReasonInterrupted)
	ReasonClaimed            Reason = "claimed-by-change" // only the change that is judged keeps it from being asked about
	// with Blocked
	ReasonPolicy    Reason = "policy"
	ReasonForbidden Reason = Reason(web.ReasonForbidden)
	// with Removed
	ReasonUnpublished    Reason = "unpublished"
	ReasonSecurityHolder Reason = "security-holder"
	ReasonQuarantined    Reason = "quarantined"
	ReasonAllYanked      Reason = "all-yanked"
	ReasonNoFiles        Reason = "no-files"
	ReasonLegal          Reason = "legal"
	// with Absent
	ReasonNotFound    Reason = "not-found"
	ReasonGone        Reason = "gone"
	ReasonIndexKnewIt Reason = "index-knew-it"
	// with Present: the constraint could not be compared with the versions
	ReasonVersionNotJudged Reason = "version-not-judged"
)

// Want says how much of a package must be learnt.
type Want uint8

// The wants, each including those before it.
const (
	WantExistence Want = iota
	WantVersions
	WantAge      // first publication
	WantAdoption // who publishes it, how much it is used, what it says of itself: for suspects
)

// A Query is one question.
type Query struct {
	Package    ecosystem.Package // canonical; public, or private with a trusted route
	Written    string            // the name as it is written; empty: not known. Answers are kept under the canonical one
	Constraint string            // as written; empty: any version
	Want       Want
	Route      Route
}

// Spelling is the name as it is written, for registries that want their own
// spelling, as crates.io does. It is the canonical one where what is written is
// not known or names another package.
func (q *Query) Spelling() string {
	if q.Written != "" && ecosystem.Normalize(q.Package.Ecosystem, q.Written) == q.Package.Name {
		return q.Written
	}
	return q.Package.Name
}

// A Count is a number that may not be known.
type Count struct {
	N     int64
	Known bool
}

// Tri is yes, no, or not known (the zero value).
type Tri uint8

// The values of Tri.
const (
	NotKnown Tri = iota
	Yes
	No
)

// A Look is one request that was answered, or failed.
type Look struct {
	URL    string // redacted
	Status int    // HTTP status; 0: no answer
	At     time.Time
	Cached bool
	Stale  bool
}

// A Record is what a registry said. Zero fields mean unknown, never "none" or
// "old". All times are UTC.
type Record struct {
	Package       ecosystem.Package // the registry's own spelling
	Constraint    string            // of the query
	Status        Status
	VersionStatus VersionStatus
	Reason        Reason
	Detail        string // one clause for people, our own words: "answered 503 three times"; no foreign text
	Confirmed     bool   // absence proven: definitive answer, witness, second look
	Root          Root
	Versions      []string
	// Maintainers are the accounts that the registry itself lists as owners;
	// what a package says of its authors is not among them.
	Maintainers  []string
	Organization string // the registry's account that owns the project (PyPI)
	Downloads    Count  // a week, as of DownloadsAt
	Looks        []Look // those that only add facts come first

	// Created is when the name was first published. It is zero where that is
	// not sure: at mirrors and private registries, whose dates may be those of
	// their own copies, where old releases seem to be deleted, and for Go.
	Created time.Time
	// KnownSince is a time at which the package was there at the latest, as the
	// root tells it: Created, or else the oldest date it has. It proves an age,
	// never a youth.
	KnownSince time.Time
	// AbsentAt is the latest time at which the name was proven absent at the
	// official root, of the last 400 days. It is set on present records too: the
	// name was registered since.
	AbsentAt           time.Time
	LatestAt, Fetched  time.Time
	DownloadsAt        time.Time
	Latest, Repository string
	Replacement        string // package the registry points to
	Deprecated         string // the registry's notice: foreign text, never printed unescaped
	RepositoryKnown    Tri    // Yes: a link to a repository is given; No: none is
	Readme             Tri    // No: there is none, or an empty one
	Parked             Tri    // Yes: its own text says that it is a placeholder or a test of others
	SdistOnly          Tri    // PyPI: the newest version has to be built, which runs its code
	Provenance         Tri
	InstallScript      Tri
}

// SameOwner reports whether the registry vouches that a and b belong together:
// an account or an organization owns both, or they share a scope. What is
// not known of either is no such proof.
func SameOwner(a, b *Record) bool {
	if a == nil || b == nil || a.Package.Ecosystem != b.Package.Ecosystem {
		return false
	}
	if a.Package.Ecosystem.Shape().Scoped {
		x, _, scoped := strings.Cut(a.Package.Name, "/")
		y, _, too := strings.Cut(b.Package.Name, "/")
		if scoped && too && x == y && strings.HasPrefix(x, "@") {
			return true
		}
	}
	if a.Organization != "" && strings.EqualFold(a.Organization, b.Organization) {
		return true
	}
	for _, x := range a.Maintainers {
		if x != "" && slices.ContainsFunc(b.Maintainers, func(y string) bool { return strings.EqualFold(x, y) }) {
			return true
		}
	}
	return false
}
