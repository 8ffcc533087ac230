// Package verdict turns facts about a subject into evidence, and evidence into
// one verdict. What goes in is values (records of registries, names from the
// index, the clock's time); what comes out is a class, a rule, dated reasons
// and suggestions. It opens no file and no socket and never reads the clock.
package verdict

import (
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
	"figment/scanner/resolve"
)

// Class says what a name turned out to be.
type Class uint8

// The classes. Unverified is the zero value: it is neither clean nor missing.
const (
	Unverified Class = iota
	Clean
	Suspicious
	Nonexistent
	Malicious
)

var classNames = [...]string{"unverified", "clean", "suspicious", "nonexistent", "malicious"}

func (c Class) String() string { return classNames[c] }

// Severity of a finding.
type Severity uint8

// The severities. NoSeverity is the zero value and below all.
const (
	NoSeverity Severity = iota
	Note
	Warning
	Error
)

var severityNames = [...]string{"none", "note", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// Lower is one step down, never below Note.
func (s Severity) Lower() Severity {
	if s > Note {
		return s - 1
	}
	return s
}

// ParseSeverity reads the word of a severity; "never" and "off" are NoSeverity.
func ParseSeverity(word string) (Severity, bool) {
	for i, n := range severityNames {
		if n == word {
			return Severity(i), true
		}
	}
	return NoSeverity, word == "never" || word == "off"
}

// Confidence in a verdict. Certain only for an authoritative answer.
type Confidence uint8

// The confidences, weakest first. Low is the zero value.
const (
	Low Confidence = iota
	Medium
	High
	Certain
)

var confidenceNames = [...]string{"low", "medium", "high", "certain"}

func (c Confidence) String() string { return confidenceNames[c] }

// Facts is everything learnt about a subject. Zero fields mean not known.
type Facts struct {
	Subject *resolve.Subject
	// Versions reads constraints of the subject's ecosystem; nil: none is read.
	Versions *ecosystem.Versions
	// Imports is how imports of that ecosystem name packages; nil: not known.
	Imports *resolve.Rules
	Records []protocol.Record // one for each candidate and constraint that was asked, candidates in order
	Matches []names.Match     // popular names that resemble the subject's, best first
	// Rank is the subject's own place in the popular index: known says that the
	// index has it, 0 that it is unranked there.
	Rank  int
	Known bool
	// Trusted says that two lists hold the name to be popular: nothing about
	// its spelling can make it suspect.
	Trusted   bool
	Targets   []protocol.Record     // records of packages that Matches names, as far as they were asked for
	Referred  []Reference           // times at which a reference to the name provably existed
	ExistedAt time.Time             // a complete list of the registry of that day had the name; zero: none says so
	UnseenAt  time.Time             // a complete list of that day did not have it; zero: none says so
	OSV       osv.Answer            // advisories; its zero value: not asked
	Elsewhere []ecosystem.Ecosystem // other ecosystems whose index has the name
	IndexDate time.Time             // of the embedded lists
	Now       time.Time
}

// A Reference is a time at which the name was provably written somewhere.
type Reference struct {
	At     time.Time
	Source string // ledger: confirmed absent then, by the project's baseline; cache: by this machine; git: the line's commit
	Path   string // with git: the line
	Line   int
}

// Evidence is one reason that a person can check.
type Evidence struct {
	Signal string // "registry-absent"
	Weight int    // points; 0 for facts that decide by themselves
	Text   string // our own words, names escaped by the printer
	Source string // registry, osv, index, project, git, text
	At     time.Time
}

// A Suggestion is a package to use instead.
type Suggestion struct {
	Package ecosystem.Package
	Reason  string // "provides the module cv2"
	Safe    bool   // mechanical and unique: fix --apply would write it
	Command string // what to run; empty where there is none
}

// A Verdict is the judgement of one subject, or of one version of it.
type Verdict struct {
	Subject       *resolve.Subject
	Class         Class
	Status        protocol.Status
	VersionStatus protocol.VersionStatus
	Reason        protocol.Reason // with Unverified: why
	Detail        string          // with Unverified: a sentence for people
	Issues        []Issue         // what is wrong, gravest first; empty for clean and unverified
	Evidence      []Evidence      // facts that hold whatever is wrong
	Suggestions   []Suggestion    // with Unverified: near names as a hint
	Package       ecosystem.Package
	// AbsentAt is when the name was proven absent at the official registry; zero
	// where it was not.
	AbsentAt time.Time
	// Score is how the points came about; nil where nothing was weighed, since
	// another fact decided.
	Score *Score
}

// An Issue is one thing that is wrong with a subject.
type Issue struct {
	Rule        *Rule
	Severity    Severity
	Confidence  Confidence
	Constraint  string // rules about a version: the constraint they are about
	Message     string // one sentence without place, no full stop
	Label       string // a few words to stand under the name in a code frame
	Score       *int   // 0–100, only for rules by score
	Evidence    []Evidence
	Suggestions []Suggestion // at most three
	// Uses are the indices of the subject's uses that the issue is about; nil
	// means all of them.
	Uses []int
	// Advisories are the ids of the records that the issue rests on.
	Advisories []string
}
