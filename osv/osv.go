// Package osv finds out which advisories there are about packages, malware
// records (ids that begin with MAL-) above all. Package names go in, advisories
// come out: from the service at api.osv.dev (Client) or from a local index of
// its published data (Local). Which versions an advisory covers is decided here
// (Cover), never by the service: its versioned queries miss malware records.
//
// It asks about names only, never with a purl, which the service answers with
// 200 and nothing when it is misspelt. It asks only about what it is given:
// keeping private names out is the caller's part. What could not be asked ends
// as Unknown with a reason, never as None.
//
// Formats: https://ossf.github.io/osv-schema/ (version 1.7),
// https://google.github.io/osv.dev/api/ (v1) and
// https://google.github.io/osv.dev/data/ (the bulk tree).
package osv

import (
	"context"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/internal/web"
)

// A State says what is known of a package's advisories.
type State uint8

// The states. Unknown is the zero value.
const (
	Unknown State = iota
	None          // asked, and there is none
	Found
)

var stateWords = [...]string{"unknown", "none", "found"}

// String is the word that reports use.
func (s State) String() string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return stateWords[Unknown]
}

// An EventKind is what happens at a version of a range. The zero value is
// something this package does not know; it changes nothing.
type EventKind uint8

// The kinds of events of the schema.
const (
	Introduced   EventKind = iota + 1 // from here on, inclusive; "0" is before every version
	Fixed                             // until here, exclusive
	LastAffected                      // until here, inclusive
	Limit                             // nothing counts from here on; "*" is no limit
)

// An Event is one turn of a range.
type Event struct {
	Kind    EventKind `json:"k"`
	Version string    `json:"v"`
}

// A Range is a set of versions. Type is SEMVER, ECOSYSTEM, GIT or a later word;
// only the first two say anything of published versions.
type Range struct {
	Type   string  `json:"type"`
	Events []Event `json:"events"`
}

// Affected is one package that an advisory is about. Package has no version,
// its name is canonical. With neither Versions nor Ranges it is not said which
// versions are meant.
type Affected struct {
	Package  ecosystem.Package `json:"package"`
	Versions []string          `json:"versions,omitempty"`
	Ranges   []Range           `json:"ranges,omitempty"`
}

// An Advisory is a record of OSV, reduced. Zero times are not known, except
// Withdrawn, which is zero while the record stands.
type Advisory struct {
	ID        string     `json:"id"`
	Aliases   []string   `json:"aliases,omitempty"`
	Malicious bool       `json:"malicious,omitempty"` // the id begins with MAL-
	Summary   string     `json:"summary,omitempty"`   // foreign text: data, never printed unescaped; cut to 200 bytes
	Published time.Time  `json:"published,omitzero"`
	Modified  time.Time  `json:"modified,omitzero"`
	Withdrawn time.Time  `json:"withdrawn,omitzero"`
	Affected  []Affected `json:"affected,omitempty"` // packages of ecosystems figment knows
	URL       string     `json:"-"`                  // for people, built from the id
}

// Why an answer is Unknown. The words are those of the registries, with three
// of our own at the end.
const (
	ReasonNetwork     = string(web.ReasonNetwork)
	ReasonTimeout     = string(web.ReasonTimeout)
	ReasonTLS         = string(web.ReasonTLS)
	ReasonAuth        = string(web.ReasonAuth)
	ReasonForbidden   = string(web.ReasonForbidden)
	ReasonRateLimited = string(web.ReasonRateLimited)
	ReasonServerError = string(web.ReasonServerError)
	ReasonBadAnswer   = string(web.ReasonBadAnswer)
	ReasonTooLarge    = string(web.ReasonTooLarge)
	ReasonUnreachable = string(web.ReasonUnreachable)
	ReasonDeadline    = string(web.ReasonDeadline)
	ReasonInterrupted = string(web.ReasonInterrupted)
	ReasonUnsupported = "unsupported"     // OSV has no such ecosystem, or no package can have this name
	ReasonRejected    = "query-rejected"  // the service refused this query
	ReasonNoIndex     = "no-index"        // there is no local index of the ecosystem
	ReasonBadIndex    = "index-unusable"  // the local index is damaged or of another version
	ReasonUnread      = "advisory-unread" // it is known that there are advisories, but not what they say
)

// An Answer says what advisories there are about one package.
type Answer struct {
	Package ecosystem.Package // as asked, without version
	State   State
	// Advisories do not hold withdrawn ones and are sorted by id. With Unknown
	// they may hold some that were learnt before the trouble: these count, but
	// there may be others.
	Advisories []Advisory
	Reason     string    // with Unknown: one of the Reason words
	Detail     string    // with Unknown: a clause for people, in our own words
	Source     string    // "osv" or "local"
	At         time.Time // when it was learnt; of a local index the date of its data
}

// A Source answers about packages. It has two implementations, Client and Local.
type Source interface {
	// Ask answers every package once, in any order, calling emit from the
	// calling goroutine. Versions are disregarded and packages that differ in
	// nothing else are one. Names are spelt as their registry spells them. It
	// returns soon after ctx ends; what was not known by then is Unknown.
	Ask(ctx context.Context, pkgs []ecosystem.Package, emit func(Answer))
}

// Fallback asks second about what first could not answer. What first learnt is
// kept where second does not know either.
func Fallback(first, second Source) Source { return fallback{first, second} }

type fallback struct{ first, second Source }

func (f fallback) Ask(ctx context.Context, pkgs []ecosystem.Package, emit func(Answer)) {
	open := map[ecosystem.Package]Answer{}
	var again []ecosystem.Package
	f.first.Ask(ctx, pkgs, func(a Answer) {
		if a.State != Unknown {
			emit(a)
			return
		}
		open[a.Package] = a
		again = append(again, a.Package)
	})
	if len(again) == 0 {
		return
	}
	f.second.Ask(ctx, again, func(a Answer) {
		old := open[a.Package]
		switch {
		case a.State == Unknown:
			old.Advisories = union(old.Advisories, a.Advisories)
			a = old
		case len(old.Advisories) > 0:
			a.Advisories, a.State = union(a.Advisories, old.Advisories), Found
		}
		emit(a)
	})
}

// union holds each id once, as a has it if it does.
func union(a, b []Advisory) []Advisory {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.ContainsFunc(a, func(y Advisory) bool { return y.ID == x.ID }) {
			out = append(out, x)
		}
	}
	sortAdvisories(out)
	return out
}

func sortAdvisories(list []Advisory) {
	slices.SortFunc(list, func(a, b Advisory) int { return strings.Compare(a.ID, b.ID) })
}

// A Clock is time that tests can drive. Nil functions mean the real one.
type Clock = web.Clock

// distinct gives each package once, without version, in the order of pkgs.
func distinct(pkgs []ecosystem.Package) []ecosystem.Package {
	seen := make(map[ecosystem.Package]bool, len(pkgs))
	out := make([]ecosystem.Package, 0, len(pkgs))
	for _, p := range pkgs {
		p.Version = ""
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}
