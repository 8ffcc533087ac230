package protocol

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The statuses of a Profile. A status that a registry cannot have is answered
// with 500 there.
const (
	ProfileSecurityHolder = "security-holder" // npm
	ProfileUnpublished    = "unpublished"     // npm: without versions; elsewhere denied, as a deleted project is
	ProfileQuarantined    = "quarantined"     // PyPI
	ProfileNoFiles        = "no-files"        // without releases; a Go module without tags
	ProfileAbsent         = "absent"          // not there, whatever the lists say
)

// A Profile is what a played registry says about a package. The zero value is an old
// package that has any version.
type Profile struct {
	// Versions are all there are, oldest first. Empty: a spread from 0.0.1 to
	// 99.0.0, and AnyVersion.
	Versions []string
	// AnyVersion says that an exact version is there when it is asked for,
	// listed or not. Where only lists tell (PyPI, or npm's document with the
	// times) the spread stands in, with one version that nobody can read: no
	// version is ever proven absent.
	AnyVersion bool
	// Created is the time of first publication; zero: 2016.
	Created time.Time
	// Updated is the time of the last version, the others lie evenly before;
	// zero: a minute lies between two.
	Updated time.Time
	// Status is one of the constants, or empty for an ordinary package.
	Status string
	// Deprecated is the notice; empty: none.
	Deprecated string
	// Yanked are the versions withdrawn but still listed: yanked files at PyPI,
	// deprecated versions at npm, retractions in the go.mod file of Go modules.
	Yanked []string

	// Description is one line; empty: an ordinary one.
	Description string
	// Readme is npm's readme and PyPI's long description; empty: ordinary words.
	Readme   string
	NoReadme bool
	// Repository is a link; empty: one of the package's own.
	Repository   string
	NoRepository bool
	// Maintainers are the owners' accounts; none: an account of the package's
	// own.
	Maintainers []string
	// Organization owns the project at PyPI; empty: none.
	Organization string
	// InstallScript says that npm packages run code when they are installed.
	InstallScript bool
	// SdistOnly says that PyPI has source archives without wheels.
	SdistOnly bool
	// Provenance says that versions came with attestations.
	Provenance bool
	// Downloads are those of the last week at npm; 0: a hundred thousand,
	// negative: npm has no number.
	Downloads int64
	// Bare leaves out all but the name and the versions: no dates, no texts, no
	// owners, no older JSON.
	Bare bool
}

// Unreadable is a version that no ecosystem's rules can order.
const Unreadable = "not-a-version"

// Open reports whether any exact version is there.
func (p *Profile) Open() bool { return p.AnyVersion || len(p.Versions) == 0 }

// List is all versions in ascending order, without Unreadable.
func (p *Profile) List() []string {
	list := p.Versions
	if len(list) == 0 {
		list = Spread()
	}
	for _, v := range p.Yanked {
		if !slices.Contains(list, v) {
			list = append([]string{v}, list...)
		}
	}
	return list
}

// Latest is the last of list that is not yanked.
func (p *Profile) Latest(list []string) string {
	for i := len(list) - 1; i >= 0; i-- {
		if !slices.Contains(p.Yanked, list[i]) {
			return list[i]
		}
	}
	return list[len(list)-1]
}

// FirstPublished is the time of first publication.
func (p *Profile) FirstPublished() time.Time {
	if p.Created.IsZero() {
		return time.Date(2016, 1, 4, 9, 0, 0, 0, time.UTC)
	}
	return p.Created.UTC()
}

// Stamp is Published as registries write it.
func (p *Profile) Stamp(i int) string { return p.Published(i).Format("2006-01-02T15:04:05.000Z") }

// Published is the time of the version at place i of the list.
func (p *Profile) Published(i int) time.Time {
	step := time.Minute
	if n := len(p.Versions) - 1; n > 0 && p.Updated.After(p.FirstPublished()) {
		step = p.Updated.Sub(p.FirstPublished()) / time.Duration(n)
	}
	return p.FirstPublished().Add(time.Duration(i) * step)
}

// Summary is one line about the package.
func (p *Profile) Summary() string {
	if p.Description != "" {
		return p.Description
	}
	return "A package of a made-up world"
}

// ReadmeText is a text about the package, or empty.
func (p *Profile) ReadmeText(name string) string {
	switch {
	case p.NoReadme:
		return ""
	case p.Readme != "":
		return p.Readme
	}
	return "# " + name + "\n\nIt does what its name says.\n"
}

// Link is the link to the repository, or empty.
func (p *Profile) Link(name string) string {
	switch {
	case p.NoRepository:
		return ""
	case p.Repository != "":
		return p.Repository
	}
	return "https://github.com/made-up-world/" + url.PathEscape(strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "-"))
}

// Owners are the accounts that the registry names.
func (p *Profile) Owners(name string) []string {
	if len(p.Maintainers) > 0 {
		return p.Maintainers
	}
	return []string{"owner-of-" + name}
}

// Spread is what is listed of a package that has any version: dense where most
// versions are.
var Spread = sync.OnceValue(func() []string {
	var out []string
	for major := range 100 {
		minors, patches := 1, 1
		switch {
		case major < 10:
			minors, patches = 25, 6
		case major < 31:
			minors, patches = 10, 2
		}
		for minor := range minors {
			for patch := range patches {
				if major+minor+patch > 0 {
					out = append(out, fmt.Sprintf("%d.%d.%d", major, minor, patch))
				}
			}
		}
	}
	return out
})

// JSONString makes a JSON string.
func JSONString(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
