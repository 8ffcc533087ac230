package extract

import (
	"slices"
	"sort"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/scanner/source"
)

// A Format is one kind of text that references packages.
type Format struct {
	Name      string              // unique, "npm/package.json"
	Ecosystem ecosystem.Ecosystem // Unknown where the text may name packages of several
	Kind      Kind                // of most of its references
	Match     func(*source.Fragment) bool
	// Extract reports what it finds to the Emitter, spans counted in the
	// fragment's own text. An error means that the text is not well formed;
	// what was read before it has been emitted.
	Extract func(*source.Fragment, *Emitter) error
}

// Limits of one file. What is beyond is dropped with a problem.
const (
	MaxReferences = 100_000
	MaxFragments  = 10_000
)

// fewImports is what the lists of scanners begin with: most files have no more,
// and references are large to move.
const fewImports = 16

// An Emitter takes what an extractor finds. It is made by File.
type Emitter struct {
	frag     *source.Fragment
	flags    Flags
	refs     []Reference
	problems []source.Problem
	queue    []pending
	frags    int
	full     bool
}

type pending struct {
	frag  *source.Fragment
	flags Flags
}

// Reference reports one reference. Its Span counts in the text of the fragment
// being read; Path, Raw and Label are filled in here.
func (e *Emitter) Reference(r Reference) {
	if r.Name == "" || r.Span.Start < 0 || r.Span.End > len(e.frag.Text) || r.Span.Start >= r.Span.End {
		return
	}
	if len(e.refs) >= MaxReferences {
		if !e.full {
			e.full = true
			e.Problem(source.Span{}, "more than 100000 references: the rest was not read", true)
		}
		return
	}
	if f := e.frag; f.Cut && r.Span.End == len(f.Text) {
		return // the name may be cut
	}
	r.Path, r.Label = e.frag.Path, e.frag.Label
	if r.Kind < Import && r.From == FromRegistry && ecosystem.Placeholder(r.Ecosystem, r.Name, PlaceOf(&r)) {
		return // stands for a name that the reader fills in
	}
	switch raw := e.frag.Text[r.Span.Start:r.Span.End]; { // most are the name or the module: one copy will do
	case string(raw) == r.Name:
		r.Raw = r.Name
	case string(raw) == r.Module:
		r.Raw = r.Module
	default:
		r.Raw = string(raw)
	}
	r.Flags |= e.flags
	r.Span = e.frag.Map.Outer(r.Span)
	e.refs = append(e.refs, r)
}

// all reports references that a scanner collected.
func (e *Emitter) all(refs []Reference) {
	e.refs = slices.Grow(e.refs, min(len(refs), MaxReferences))
	for i := range refs {
		e.Reference(refs[i])
	}
}

// Fragment hands over a text inside the one being read, to be read by the
// format it matches. Its references get flags in addition to their own.
func (e *Emitter) Fragment(f *source.Fragment, flags Flags) {
	if f.Depth > source.MaxDepth || e.frags >= MaxFragments {
		e.Problem(source.Span{}, "texts nested too deep or too many: some were not read", true)
		return
	}
	e.frags++
	e.queue = append(e.queue, pending{f, e.flags | flags})
}

// Problem reports that something could not be read. The span counts in the text
// of the fragment being read; dropped says that names may have been missed.
func (e *Emitter) Problem(span source.Span, text string, dropped bool) {
	if span != (source.Span{}) {
		span = e.frag.Map.Outer(span)
	}
	e.problems = append(e.problems, source.Problem{Path: e.frag.Path, Span: span, Text: text, Dropped: dropped})
}

// Formats returns the table of formats in the order in which they are tried.
// The first whose Match holds reads the fragment.
func Formats() []Format { return formats() }

// Find gives the format that reads f, or nil.
func Find(f *source.Fragment) *Format { return find(formats(), f) }

func find(table []Format, f *source.Fragment) *Format {
	for i := range table {
		if table[i].Match(f) {
			return &table[i]
		}
	}
	return nil
}

// File reads a whole file: containers are taken apart, each fragment is read by
// its format, and the references come back sorted by offset with spans in the
// original file. It never fails: what could not be read is a problem.
func File(f *source.File) ([]Reference, []source.Problem) {
	e := &Emitter{}
	table := formats()
	problems := source.Split(f, func(frag *source.Fragment) {
		e.queue = append(e.queue, pending{frag, 0})
	})
	for len(e.queue) > 0 {
		next := e.queue[0]
		e.queue = e.queue[1:]
		format := find(table, next.frag)
		if format == nil {
			continue
		}
		e.frag, e.flags = next.frag, next.flags
		// A snippet is rarely whole: that it breaks off is no news.
		if err := format.Extract(next.frag, e); err != nil && next.frag.Label == "" {
			e.problems = append(e.problems, problemOf(next.frag, err))
		}
	}
	sort.SliceStable(e.refs, func(i, j int) bool { return less(&e.refs[i], &e.refs[j]) })
	return dedupe(e.refs), append(problems, e.problems...)
}

func less(a, b *Reference) bool {
	if a.Span.Start != b.Span.Start {
		return a.Span.Start < b.Span.Start
	}
	if a.Kind != b.Kind {
		return a.Kind < b.Kind
	}
	return a.Name < b.Name
}

// dedupe keeps one of several references to one name at one place: the one
// without Low, which sorts no later.
func dedupe(refs []Reference) []Reference {
	out := refs[:0]
	for _, r := range refs {
		if n := len(out); n > 0 {
			p := &out[n-1]
			if p.Span == r.Span && p.Name == r.Name && p.Kind == r.Kind && p.Module == r.Module && p.Constraint == r.Constraint {
				p.Flags &= r.Flags | ^Low
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// A SyntaxError says where a text stops being well formed. Span counts in the
// text of the fragment.
type SyntaxError struct {
	Span source.Span
	Text string // "invalid JSON: unexpected end", no place, no capital
	// Lost says that references after the place may have been missed.
	Lost bool
}

func (e *SyntaxError) Error() string { return e.Text }

func problemOf(f *source.Fragment, err error) source.Problem {
	p := source.Problem{Path: f.Path, Text: err.Error(), Dropped: true}
	if s, ok := err.(*SyntaxError); ok {
		p.Span = f.Map.Outer(s.Span)
		p.Dropped = s.Lost
	}
	if !utf8.ValidString(p.Text) {
		p.Text = "text is not valid UTF-8"
	}
	return p
}
