// Package deep is the bridge to figment-osv, a second program that links
// osv-scanner: the words both speak, and the starting of the one by the other.
// A Request goes in as one JSON document on standard input, an Answer comes back
// as one JSON document on standard output; standard error is log.
//
// The package opens no connection and reads no scanned file. What comes back was
// read from files of strangers and from advisories: names, versions, paths and
// summaries are foreign text, to be made safe before anybody sees them.
package deep

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Protocol is the version of the words. Both programs must speak the same.
const Protocol = 1

// Limits of what is read from the other side.
const (
	MaxRequest = 64 << 20
	MaxAnswer  = 256 << 20
)

// A Request says what to scan. Its zero value asks nobody and finds nothing.
type Request struct {
	Version     int       `json:"version"`                // of the protocol; Run fills it in
	Build       string    `json:"build,omitempty"`        // version of the asking program, which figment-osv must have too; empty: any
	Paths       []string  `json:"paths"`                  // files and directories; answers spell paths beginning like these
	Recursive   bool      `json:"recursive,omitempty"`    // also the directories below
	NoGitignore bool      `json:"no_gitignore,omitempty"` // also what .gitignore leaves out
	SkipDirs    []string  `json:"skip_dirs,omitempty"`    // names of directories to leave out, "node_modules"
	Mode        Mode      `json:"mode"`
	LocalDB     string    `json:"local_db,omitempty"` // Offline: directory that holds {Ecosystem}/all.zip, or osv-scanner/ or osv-scalibr/ with them
	OSVURL      string    `json:"osv_url,omitempty"`  // Online: root of the OSV service
	Ask         []Package `json:"ask,omitempty"`      // Online: what may be named to the service, by ecosystem and name; all else is withheld
	TimeoutMS   int64     `json:"timeout_ms,omitempty"`
}

// Mode says what to do with the packages that were found.
type Mode string

// The modes. Inventory is the zero value.
const (
	Inventory Mode = ""        // list them, ask nothing: all come back as not covered
	Offline   Mode = "offline" // match them against a local advisory database; no network
	Online    Mode = "online"  // ask the OSV service about those in Ask
)

// An Answer is what was found. Lists are sorted and never null.
type Answer struct {
	Version    int          `json:"version"`
	Build      string       `json:"build"`       // version of figment-osv
	Scanner    string       `json:"osv_scanner"` // version of osv-scanner; empty: unknown
	Packages   []Package    `json:"packages"`    // matched against advisories
	NotCovered []NotCovered `json:"not_covered"` // found, not matched: nothing is known about them
	Databases  []Database   `json:"databases"`   // Offline: what was matched against
	Problems   []Problem    `json:"problems"`
	Empty      bool         `json:"empty"`    // no package was found at all
	Complete   bool         `json:"complete"` // no problem: everything that could be read was
}

// A Package is one package in one file, matched against advisories. There are no
// lines: of a package that a file names twice osv-scanner keeps one at random.
type Package struct {
	Ecosystem  string     `json:"ecosystem"` // purl type: npm, pypi, golang, cargo
	Name       string     `json:"name"`      // OSV's spelling
	Version    string     `json:"version,omitempty"`
	Path       string     `json:"path,omitempty"`       // slashes; begins like the path of the request
	Advisories []Advisory `json:"advisories,omitempty"` // empty: none of the consulted ones covers this version
}

// An Advisory is a record of OSV that covers the package's version.
type Advisory struct {
	ID        string   `json:"id"`
	Aliases   []string `json:"aliases,omitempty"`
	Summary   string   `json:"summary,omitempty"`
	Severity  string   `json:"severity,omitempty"` // low, medium, high, critical; empty: not rated
	Score     float64  `json:"score,omitempty"`    // CVSS base score, highest of the aliases; 0: unknown
	Fixed     []string `json:"fixed,omitempty"`    // versions that mend it, in the order of the record
	URL       string   `json:"url"`
	Malicious bool     `json:"malicious,omitempty"` // a MAL- record
	// EveryVersion: the record lists no versions and its ranges begin at 0 and
	// never end. Records of that shape are known to be import errors at times.
	EveryVersion bool `json:"every_version,omitempty"`
}

// NotCovered is a package that no advisory was looked up for.
type NotCovered struct {
	Ecosystem string `json:"ecosystem,omitempty"` // purl type; empty: unknown
	Name      string `json:"name"`
	Version   string `json:"version,omitempty"`
	Path      string `json:"path,omitempty"`
	Why       Why    `json:"why"`
}

// Why says why a package was not covered.
type Why string

// The reasons.
const (
	Listed      Why = "listed"       // the request was for an inventory
	NoVersion   Why = "no-version"   // no version is known
	Range       Why = "range"        // a range stands there, not a version
	Commit      Why = "commit"       // pinned to a commit, which is not asked about
	NoEcosystem Why = "no-ecosystem" // OSV has no such ecosystem
	NoDatabase  Why = "no-database"  // no usable local database of the ecosystem
	Withheld    Why = "withheld"     // not among those that may be asked about
	NotAsked    Why = "not-asked"    // the service could not be asked
)

// Text is w in words.
func (w Why) Text() string {
	switch w {
	case Listed:
		return "only listed"
	case NoVersion:
		return "no version is known"
	case Range:
		return "a range of versions, not one version"
	case Commit:
		return "pinned to a commit, not to a version"
	case NoEcosystem:
		return "OSV has no advisories for this ecosystem"
	case NoDatabase:
		return "no local advisory database of this ecosystem"
	case Withheld:
		return "not a public name: not asked"
	case NotAsked:
		return "the OSV service could not be asked"
	}
	return "not covered"
}

// A Database is a local archive of advisories.
type Database struct {
	Ecosystem string    `json:"ecosystem"` // OSV's word: npm, PyPI, Go, crates.io
	Records   int       `json:"records"`   // in the archive
	Lenient   int       `json:"lenient"`   // osv-scanner would have dropped these silently: read without what it does not know
	Unread    int       `json:"unread"`    // could not be read at all; a problem tells
	Modified  time.Time `json:"modified"`  // of the file
}

// A Problem is something that was left out or went wrong.
type Problem struct {
	Path string `json:"path,omitempty"` // empty: of no single file
	Text string `json:"text"`           // partly foreign
}

// Sort puts a into the order in which answers are given, without duplicates and
// without null lists, and sets Complete.
func (a *Answer) Sort() {
	slices.SortStableFunc(a.Packages, comparePackages)
	out := make([]Package, 0, len(a.Packages))
	for _, p := range a.Packages {
		if n := len(out); n > 0 && comparePackages(out[n-1], p) == 0 {
			out[n-1].Advisories = append(out[n-1].Advisories, p.Advisories...)
			continue
		}
		p.Advisories = slices.Clone(p.Advisories)
		out = append(out, p)
	}
	for i := range out {
		advisories := out[i].Advisories
		slices.SortStableFunc(advisories, func(a, b Advisory) int { return cmp.Compare(a.ID, b.ID) })
		out[i].Advisories = slices.CompactFunc(advisories, func(a, b Advisory) bool { return a.ID == b.ID })
		for j := range out[i].Advisories {
			a := &out[i].Advisories[j]
			a.Aliases = slices.Compact(slices.Sorted(slices.Values(a.Aliases)))
		}
	}
	a.Packages = out

	a.NotCovered = sorted(a.NotCovered, func(a, b NotCovered) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Version, b.Version), cmp.Compare(a.Why, b.Why))
	})
	a.Databases = sorted(a.Databases, func(a, b Database) int { return cmp.Compare(a.Ecosystem, b.Ecosystem) })
	a.Problems = sorted(a.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	a.Complete = len(a.Problems) == 0
}

// comparePackages orders by file first.
func comparePackages(a, b Package) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Version, b.Version))
}

func sorted[T any](list []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(list, compare)
	list = slices.CompactFunc(list, func(a, b T) bool { return compare(a, b) == 0 })
	if list == nil {
		list = []T{}
	}
	return list
}

// ReadRequest reads the one request in r. It accepts members that it does not
// know, and no other version of the protocol.
func ReadRequest(r io.Reader) (Request, error) {
	var q Request
	if err := decode(r, MaxRequest, &q); err != nil {
		return Request{}, fmt.Errorf("request: %w", err)
	}
	if q.Version != Protocol {
		return Request{}, fmt.Errorf("request: protocol %d, not %d", q.Version, Protocol)
	}
	switch q.Mode {
	case Inventory, Offline:
	case Online:
		if q.OSVURL == "" {
			return Request{}, errors.New("request: online without the root of an OSV service")
		}
	default:
		return Request{}, errors.New("request: unknown mode")
	}
	if len(q.Paths) == 0 {
		return Request{}, errors.New("request: nothing to scan")
	}
	return q, nil
}

// WriteRequest writes q.
func WriteRequest(w io.Writer, q Request) error {
	q.Version = Protocol
	return json.NewEncoder(w).Encode(q)
}

// ReadAnswer reads the one answer in r and sorts it.
func ReadAnswer(r io.Reader) (Answer, error) {
	var a Answer
	if err := decode(r, MaxAnswer, &a); err != nil {
		return Answer{}, fmt.Errorf("answer: %w", err)
	}
	if a.Version != Protocol {
		return Answer{}, fmt.Errorf("answer: protocol %d, not %d", a.Version, Protocol)
	}
	complete := a.Complete
	a.Sort()
	a.Complete = a.Complete && complete
	return a, nil
}

// WriteAnswer sorts and writes a.
func WriteAnswer(w io.Writer, a Answer) error {
	a.Version = Protocol
	a.Sort()
	return json.NewEncoder(w).Encode(a)
}

// decode reads one JSON document and nothing after it.
func decode(r io.Reader, limit int64, into any) error {
	d := json.NewDecoder(io.LimitReader(r, limit+1))
	if err := d.Decode(into); err != nil {
		if d.InputOffset() > limit {
			return fmt.Errorf("more than %d bytes", limit)
		}
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("empty")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return errors.New("cut short")
		case errors.As(err, &syntax):
			return fmt.Errorf("not JSON, at byte %d", syntax.Offset)
		}
		return errors.New("not of the expected shape")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the document")
	}
	return nil
}

// VersionLine is what "figment-osv --version" prints, without the line end.
func VersionLine(build, scanner string) string {
	return fmt.Sprintf("figment-osv %s (protocol %d, osv-scanner %s)", word(build), Protocol, word(scanner))
}

func word(s string) string {
	if f := strings.Fields(s); len(f) == 1 {
		return f[0]
	}
	return "unknown"
}

// readVersion reads a VersionLine.
func readVersion(line []byte) (build string, protocol int, ok bool) {
	line, _, _ = bytes.Cut(line, []byte("\n"))
	f := strings.Fields(string(line))
	if len(f) != 6 || f[0] != "figment-osv" || f[2] != "(protocol" || f[4] != "osv-scanner" || !strings.HasSuffix(f[3], ",") {
		return "", 0, false
	}
	protocol, err := strconv.Atoi(strings.TrimSuffix(f[3], ","))
	return f[1], protocol, err == nil && protocol > 0
}
