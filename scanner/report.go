package scanner

import (
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// A Location is a place in a file, ready to be shown: Start and End (exclusive)
// as people count, and the lines around it.
type Location struct {
	Path       string
	Kind       string   // manifest, lockfile, command, import, mention
	Flags      []string // never nil
	Start, End text.Position
	Snippet    string // the one source line, unchanged, without line end
	Before     string // the line before it, for a code frame
	HasBefore  bool
	Label      string // "fence 1"; empty for a plain file
	Raw        string // the name as written
	Constraint string
	Accepted   bool   // somebody accepted the finding here; it is reported for its other places
	Sum        uint64 // of the file as it was read: see Sum; 0: not known
}

// A Finding is an issue with the places it is about.
type Finding struct {
	ID          string // fingerprint: see Fingerprint
	Rule        *verdict.Rule
	Severity    verdict.Severity
	Confidence  verdict.Confidence
	Message     string            // one sentence, no full stop; names in it are foreign text
	Label       string            // for the caret line of a code frame
	Package     ecosystem.Package // Version is the constraint as written
	Primary     Location
	Related     []Location // the other places, strongest kind first
	Score       *int
	Evidence    []verdict.Evidence
	Suggestions []verdict.Suggestion
	Advisories  []string  // ids of the records that it rests on
	LineHash    string    // of the primary line: GitHub's primaryLocationLineHash; empty where it is not known
	AbsentAt    time.Time // the name was proven absent at the official registry then; zero: it was not
}

// Locations are all the places of f, the primary one first.
func (f *Finding) Locations() []Location {
	return append([]Location{f.Primary}, f.Related...)
}

// An Unverified is a name that could not be checked: neither clean nor missing.
type Unverified struct {
	Package     ecosystem.Package
	Reason      protocol.Reason
	Text        string // one sentence for people
	Unsupported bool   // for want of a driver: shown as a note, alone never makes a run incomplete
	Locations   []Location
	Suggestions []verdict.Suggestion // near names, as a hint
}

// A Suppressed is a finding that somebody accepted.
type Suppressed struct {
	Finding
	By Suppression
}

// A Suppression says who accepted a finding.
type Suppression struct {
	Kind    string // allow, ignore, exclude, inline, baseline, osv-scanner
	Reason  string
	Expires string // date, or empty
	Path    string // of the file the entry stands in
	Line    int
}

// A Problem is something that could not be read as it should have been.
type Problem struct {
	Path  string
	Line  int // 0: the whole file
	Text  string
	Fatal bool // content that may name packages was not read: the report is incomplete
}

// An Unread is a text that names packages, or seems to, and that was not read,
// or not whole. Nothing of it is in the report's findings: it is neither clean
// nor missing.
type Unread struct {
	Path string
	What string // what kind of file it is: "npm lock file"; empty: its name does not say
	Why  source.Why
	Text string // a sentence's rest for people, after the path: what happened and what to do; never empty
	Line int    // where it begins; 0: the whole file
	// Column counts bytes from 1; 0: the whole line.
	Column int
	// Severe: the report is incomplete for it.
	Severe bool
	// Touched: the change that is judged touches it, and a gate must not pass.
	Touched bool
}

// Counts sums a report up.
type Counts struct {
	Files      int // read
	Unread     int // rows of Unread
	References int
	Packages   int // distinct public names
	ByEco      map[ecosystem.Ecosystem]int
	Errors     int
	Warnings   int
	Notes      int
	Unverified int
	Private    int // names not sent anywhere
	Suppressed int
	Claims     int // names that only the change itself keeps from being checked
	Cached     int // answers from the cache
	Requests   int
	// VersionsNotJudged counts packages that are there and are used in a version
	// that was not compared with those published.
	VersionsNotJudged int
}

// A Report is what a scan found. Its slices are sorted; two runs over the same
// input and answers give equal reports but for Started and Elapsed.
type Report struct {
	Version    string // of figment
	Started    time.Time
	Elapsed    time.Duration
	Counts     Counts
	Findings   []Finding    // by severity, path, line, rule
	Unverified []Unverified // by ecosystem and name
	Suppressed []Suppressed
	Problems   []Problem
	Claims     []Claim  // by path and line
	Unread     []Unread // severe ones first, then by path
	Complete   bool     // every name was checked and everything was read
	// Interrupted: a signal ended the run; what is here is what was known.
	Interrupted bool
	// Hosts says for each root asked how its settings came about.
	Subjects []Judged // every public or private subject with its verdict, for list-like views; sorted
}

// Judged is a subject with its verdict.
type Judged struct {
	Subject *resolve.Subject
	Verdict verdict.Verdict
}

// Count fills r.Counts from the report's slices where they decide.
func (r *Report) Count() {
	r.Counts.Errors, r.Counts.Warnings, r.Counts.Notes = 0, 0, 0
	for i := range r.Findings {
		switch r.Findings[i].Severity {
		case verdict.Error:
			r.Counts.Errors++
		case verdict.Warning:
			r.Counts.Warnings++
		case verdict.Note:
			r.Counts.Notes++
		}
	}
	r.Counts.Unverified = len(r.Unverified)
	r.Counts.Unread = len(r.Unread)
	r.Counts.Suppressed = len(r.Suppressed)
}

// ListItem is one reference as figment list shows it.
type ListItem struct {
	Ecosystem  ecosystem.Ecosystem
	Name       string // as the registry normalises it; for imports the best candidate
	Raw        string // as written
	Constraint string
	Kind       string
	Flags      []string
	Path       string
	Start, End text.Position
	Origin     string
	Why        string // what decided the origin
	Candidates []resolve.Candidate
}

// Result is the judgement of one SPEC of figment check.
type Result struct {
	Package       ecosystem.Package
	Verdict       verdict.Verdict
	Severity      verdict.Severity
	AdvisoryState string // none, found, unknown
	Latest        string // newest version, as the registry says; empty: not known
}
