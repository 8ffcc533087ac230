// Package scanner is the pipeline: it reads a source, finds the package names
// in it, decides which of them may be asked about, asks, judges, and reports
// what is wrong at which line. A caller that wants to watch gets events while
// it works.
//
//	source → extract → project → resolve → facts → verdict → policy → report
package scanner

import (
	"context"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/names"
	"figment/osv"
	"figment/registry"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// Options is what a scan needs. Source, Formats,
// Settings, Client and Adapters are required.
type Options struct {
	Source   source.Source
	Formats  extract.Table // what files are read by
	Settings *settings.Settings
	Client   registry.Client
	// Adapters is what is known of each ecosystem.
	Adapters []adapter.Adapter
	OSV      osv.Source                     // nil: advisories are not asked for
	OSVAsk   func(ecosystem.Package) string // what OSV would be asked, for a list; nil: nothing
	Deep     *Deep                          // the second program; nil: it is not started
	Packs    *names.Installed               // complete lists of registries on a day; nil: none
	Config   policy.Config
	Baseline *policy.Baseline // accepted old debt, and the ledger of absent names; nil: none
	Version  string           // of figment, for the report
	Now      func() time.Time // nil: time.Now
	// Only names the ecosystems that are looked at; nil: all.
	Only []ecosystem.Ecosystem
	// Whole says that everything the configuration speaks of was scanned, so
	// that an entry which matched nothing is worth a note.
	Whole bool
	// NoInline disregards comments in the scanned files that accept findings:
	// where an assistant's own words are judged, it must not excuse itself.
	NoInline bool
	// Inlines, if set, is given the text (UTF-8) of each file with comments that
	// accept findings, and those comments; it gives back the ones that count.
	// It is called by several goroutines at once.
	Inlines func(path string, text []byte, found []policy.Inline) []policy.Inline
	// Base is what the source is held against where it says of itself what is to
	// be believed; nil: its own word counts.
	Base *Base
	// UserPrivacyOnly disregards what the scanned repository calls private.
	UserPrivacyOnly bool
	// Events, if set, is called while the scan works: never by two goroutines
	// at once, and it must not block for long.
	Events func(Event)
}

// An Event says how far a scan has come. Exactly one of the pointers is set, or
// none for a change of the counts.
type Event struct {
	Files    int // read so far
	Asked    int // subjects to be asked about in all; 0 while reading
	Answered int // of those; absences count before they are proven
	// Waiting are the services that have answered nothing for a while, as people
	// call them.
	Waiting    []string
	Finding    *Finding
	Unverified *Unverified
	Problem    *Problem
	Unread     *Unread
}

// Scan runs the whole pipeline. What could not be read or asked is in the
// report; the error is for what makes the run pointless: a named path that does
// not exist. When ctx ends the report holds what was known by then, and
// Interrupted is set if it ended other than by its deadline.
func Scan(ctx context.Context, o Options) (*Report, error) {
	w, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return w.Diagnose(ctx)
}

// scan is the state of one run.
type scan struct {
	Options
	started time.Time
	project *project.Project
	lines   *lineCache

	mu       sync.Mutex
	progress Event
	finished int // subjects whose facts are complete
	rep      Report
	used     []bool // configuration entries that accepted something
	notes    map[string]*fileNotes
	news     comparison
	moved    map[ecosystem.Ecosystem]*moved
	claimed  map[*resolve.Subject]Claim
}

func begin(o Options) *scan {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &scan{
		Options: o, started: o.Now(), lines: newLineCache(o.Source),
		used:  make([]bool, len(o.Config.Entries)),
		notes: map[string]*fileNotes{},
		news:  comparison{files: map[string]*compared{}},
		rep:   Report{Version: o.Version},
	}
}

// resolve decides whose the names are and which packages they mean.
func (s *scan) resolve(refs extract.References) []resolve.Subject {
	proj, _ := project.Load(s.Source, refs, s.projectOptions())
	s.project = proj
	s.markOld(refs)
	s.rep.Counts.References = countNew(refs)
	subjects := onlyNew(resolve.Resolve(proj, refs, resolve.Options{Rules: adapter.Resolvers(s.Adapters)}))
	s.claims(refs, subjects)
	for _, p := range proj.Problems() {
		s.problem(p)
	}
	return subjects
}

func (o *Options) projectOptions() project.Options {
	out := project.Options{
		Rules:               adapter.Projects(o.Adapters),
		UserPrivate:         o.Config.UserPrivate,
		RepoPrivate:         o.Config.RepoPrivate,
		PrivateFromUserOnly: o.UserPrivacyOnly,
		Recognition:         o.Formats.Recognition(),
	}
	if o.Settings != nil {
		out.Settings = o.Settings
	}
	return out
}

// judged takes one verdict into the report.
func (s *scan) judged(v verdict.Verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claimedNow(&v)
	s.rep.Subjects = append(s.rep.Subjects, Judged{Subject: v.Subject, Verdict: v})
	if v.Class == verdict.Unverified {
		u := s.unverified(&v)
		if u == nil {
			s.rep.Counts.Private++
			return
		}
		s.rep.Unverified = append(s.rep.Unverified, *u)
		s.send(Event{Unverified: u})
	}
	for i := range v.Issues {
		f, by := s.decide(&v, &v.Issues[i])
		switch {
		case f == nil:
			continue
		case by != nil:
			s.rep.Suppressed = append(s.rep.Suppressed, Suppressed{Finding: *f, By: *by})
			continue
		}
		s.rep.Findings = append(s.rep.Findings, *f)
		s.send(Event{Finding: f})
	}
}

// report sorts and counts.
func (s *scan) report(ctx context.Context) *Report {
	r := &s.rep
	s.unusedEntries()
	s.unusedInlines()
	r.Started, r.Elapsed = s.started, s.Now().Sub(s.started)
	r.Interrupted = ctx.Err() == context.Canceled
	r.sort()
	r.number()
	r.Count()
	r.Complete = !r.Interrupted
	for i := range r.Unverified {
		r.Complete = r.Complete && r.Unverified[i].Unsupported
	}
	for _, p := range r.Problems {
		r.Complete = r.Complete && !p.Fatal
	}
	for i := range r.Unread {
		// Where nothing at all was read, what has no reader is all there is.
		r.Complete = r.Complete && !r.Unread[i].Severe && r.Counts.Files > 0
	}
	return r
}

// tell updates the progress and sends it.
func (s *scan) tell(change func(*Event)) {
	if s.Events == nil {
		return
	}
	change(&s.progress)
	s.Events(s.progress)
}

// send sends what was found together with the progress.
func (s *scan) send(e Event) {
	if s.Events == nil {
		return
	}
	e.Files, e.Asked, e.Answered, e.Waiting = s.progress.Files, s.progress.Asked, s.progress.Answered, s.progress.Waiting
	s.Events(e)
}

// indexes are opened once a run, for the ecosystems that occur.
func openIndex(e ecosystem.Ecosystem) *names.Index {
	idx, err := names.Open(e)
	if err != nil {
		return nil // popularity is then not known, which is never "not popular"
	}
	return idx
}
