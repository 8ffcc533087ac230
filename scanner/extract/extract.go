package extract

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A Format is one kind of text that references packages.
type Format struct {
	Name      string              // unique, "npm/package.json"
	Ecosystem ecosystem.Ecosystem // Unknown where the text may name packages of several
	Kind      Kind                // of most of its references
	// Files are known to be of the format by their names. Where there are such names,
	// texts of the format are those that are called so, and no others.
	Files text.Files
	// Languages are those that the format reads, for it to be found: which texts in
	// them it reads, Match says.
	Languages []text.Language
	// Match says which texts are of the format where no name does.
	Match func(*text.Fragment) bool
	// Extract reports what it finds to the Emitter, spans counted in the
	// fragment's own text. An error means that the text is not well formed;
	// what was read before it has been emitted.
	Extract func(*text.Fragment, *Emitter) error
	// Includes lists the files that such a text takes requirements from; nil: it
	// takes none. Spans are those of the original file.
	Includes func(*text.Fragment) []Include
	// Commands is what the format knows of commands; nil: nothing.
	Commands Commands
}

// Commands is what is known of commands. Readers of other texts, which may hold
// commands, ask their Emitter for it.
type Commands interface {
	// Program gives the name by which a program is known: without folder, ending
	// and version.
	Program(word string) string
	// Manager reports whether the commands of a program of that name install
	// packages.
	Manager(program string) bool
	// MayName reports by one pass over the bytes whether text may name a program
	// that installs or runs packages.
	MayName(text []byte) bool
	// MayInstall does so for a command that installs or runs a package.
	MayInstall(text []byte) bool
	// MayRun reports whether the text of a shell may hold anything that is read:
	// commands that install, lists of requirements, code for an interpreter.
	MayRun(text []byte) bool
	// MayInterpret reports whether a command may run a program that is given code,
	// in a file or otherwise: bash steps.txt, python -m x.
	MayInterpret(text []byte) bool
}

// noCommands are those of a table without a format that reads commands.
type noCommands struct{}

func (noCommands) Program(word string) string { return word }
func (noCommands) Manager(string) bool        { return false }
func (noCommands) MayName([]byte) bool        { return false }
func (noCommands) MayInstall([]byte) bool     { return false }
func (noCommands) MayRun([]byte) bool         { return false }
func (noCommands) MayInterpret([]byte) bool   { return false }

// commands are those that the formats of the table know.
func (t Table) commands() Commands {
	for i := range t.rows {
		if t.rows[i].Commands != nil {
			return t.rows[i].Commands
		}
	}
	return noCommands{}
}

// Limits of one file. What is beyond is dropped with a problem.
const (
	MaxReferences = 100_000
	MaxFragments  = 10_000
)

// An Emitter takes what an extractor finds. It is made by File.
type Emitter struct {
	known    *source.Recognition
	frag     *text.Fragment
	flags    Flags
	refs     []Reference
	problems []source.Problem
	queue    []queued
	frags    int
	full     bool

	// Commands is what is known of the commands in the fragment.
	Commands Commands
	context  any                         // of the commands in the fragment, see Carry
	includes []Include                   // files that commands install from
	wrote    map[string][]*text.Fragment // what commands write into files, by their names
	settings settings
}

// An Inner is a text in another one that waits to be read. References in it get
// the flags in addition to their own.
type Inner struct {
	Fragment *text.Fragment
	Flags    Flags
}

// A queued text waits to be read, with the context of the command that it stands
// in.
type queued struct {
	Inner
	context any
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
			e.unread(source.TooLarge, "names packages more than 100000 times: the rest was not read")
		}
		return
	}
	if f := e.frag; f.Cut && r.Span.End == len(f.Text) {
		if r.Kind != Mention {
			e.unread(source.Broken, "breaks off in the middle of a name, which was not judged: "+r.Name)
		}
		return
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
func (e *Emitter) All(refs []Reference) {
	e.Room(len(refs))
	for i := range refs {
		e.Reference(refs[i])
	}
}

// room makes room for n references.
func (e *Emitter) Room(n int) { e.refs = slices.Grow(e.refs, min(n, MaxReferences)) }

// Fragment hands over a text inside the one being read, to be read by the
// format it matches. Its references get flags in addition to their own.
func (e *Emitter) Fragment(f *text.Fragment, flags Flags) {
	if f.Depth > text.MaxDepth || e.frags >= MaxFragments {
		e.unread(source.NestedTooDeep, "holds texts nested too deep, or too many of them: some were not read")
		return
	}
	e.frags++
	e.queue = append(e.queue, queued{Inner{f, e.flags | flags}, e.context})
}

// Carry hands a context over with the fragments that are handed over, until the
// function that it gives is called: what a reader of commands knows of those
// around a text.
func (e *Emitter) Carry(context any) func() {
	before := e.context
	e.context = context
	return func() { e.context = before }
}

// Context is what was carried to the fragment being read; nil: nothing.
func (e *Emitter) Context() any { return e.context }

// Full reports that no more references are taken.
func (e *Emitter) Full() bool { return e.full }

// Problem reports that something could not be read. The span counts in the text
// of the fragment being read; dropped says that names may have been missed.
func (e *Emitter) Problem(span text.Span, src string, dropped bool) {
	if span != (text.Span{}) {
		span = e.frag.Map.Outer(span)
	}
	e.problems = append(e.problems, source.Problem{Path: e.frag.Path, Span: span, Text: src, Dropped: dropped})
}

// Once is Problem for what is told once a file.
func (e *Emitter) Once(span text.Span, src string, dropped bool) {
	for i := range e.problems {
		if e.problems[i].Text == src {
			return
		}
	}
	e.Problem(span, src, dropped)
}

// unread reports, once a file for each reason, that the fragment being read was
// not read whole.
func (e *Emitter) unread(why source.Why, src string) { e.Unread(text.Span{}, why, src) }

// TooDeep reports that code or commands inside one another were not all read.
func (e *Emitter) TooDeep() { e.unread(source.NestedTooDeep, DeepText) }

// DeepText is the text of such a problem.
const DeepText = "nests code or commands in one another too deep: some were not read"

// unreadAt is unread for what begins at a place of the fragment.
func (e *Emitter) Unread(at text.Span, why source.Why, text string) {
	if at.Len() > 0 {
		at = e.frag.Map.Outer(at)
	}
	for i := range e.problems {
		if e.problems[i].Why == why {
			return
		}
	}
	e.problems = append(e.problems, source.Problem{Path: e.frag.Path, Span: at, Why: why, Text: text, Dropped: true})
}

// A Table is the formats that files are read by, in the order in which they are
// tried, and by what files and texts are recognised. The zero Table reads nothing.
type Table struct {
	rows  []Format
	known *source.Recognition
}

// NewTable makes a table of formats, of what is known and not read, and of the
// programs with which lines of a shell may begin that install packages.
func NewTable(rows []Format, known []text.Known, folders []text.Folder, programs []string) Table {
	in := source.Rows{Known: known, Folders: folders, Programs: programs}
	for i := range rows {
		in.Formats = append(in.Formats, source.Row{Kind: fileKinds[rows[i].Kind], Files: rows[i].Files, Languages: rows[i].Languages})
		if c := rows[i].Commands; c != nil && in.Installs == nil {
			in.Installs = c.MayInstall
		}
	}
	return Table{rows, source.Recognize(in)}
}

// fileKinds are the kinds of the files that hold mostly references of one.
var fileKinds = [...]source.FileKind{Manifest: source.ManifestFile, Lockfile: source.LockFile, Command: source.ScriptFile, Import: source.SourceFile, Mention: source.DocFile}

// Rows are the formats of the table.
func (t Table) Rows() []Format { return t.rows }

// Recognition is by what files and texts are recognised.
func (t Table) Recognition() *source.Recognition {
	if t.known == nil {
		return source.Recognize(source.Rows{})
	}
	return t.known
}

func (t Table) find(f *text.Fragment) *Format {
	return t.first(f, func(*Format) bool { return true })
}

// first is the first format that f is of and for which ok holds.
func (t Table) first(f *text.Fragment, ok func(*Format) bool) *Format {
	named := -1
	if f.Name != "" {
		named = t.known.Format(f.Name)
	}
	for i := range t.rows {
		if r := &t.rows[i]; (i == named || r.Match != nil && r.Match(f)) && ok(r) {
			return r
		}
	}
	return nil
}

// Known is by what files and texts are recognised.
func (e *Emitter) Known() *source.Recognition { return e.known }

// SameFormat reports whether two names are those of files of one format.
func (e *Emitter) SameFormat(a, b string) bool {
	i := e.known.Format(a)
	return i >= 0 && i == e.known.Format(b)
}

// A Found is what a file gave.
type Found struct {
	References  []Reference
	Problems    []source.Problem
	Includes    []Include // what it takes requirements from
	NeedsValues bool      // a name was missed that may stand in a file which it takes values from, and File.Beside is nil
}

// Read reads a whole file: containers are taken apart, each fragment is read by
// its format, and the references come back sorted by offset with spans in the
// original file. It never fails: what could not be read is a problem, and a
// reader that panics costs the fragment, of which the lines are then read one
// by one.
func (t Table) Read(f *source.File) (found Found) {
	t.known = t.Recognition()
	e := &Emitter{known: t.known, Commands: t.commands(), settings: settings{beside: f.Beside}}
	defer func() {
		if r := recover(); r != nil { // of what takes containers apart
			found = Found{sorted(e.refs), append(e.problems, crashed(f.Path, "the file was not read whole")), e.includes, false}
		}
	}()
	var next queued
	parts := t.known.NewSplitter(f, func(frag *text.Fragment) {
		e.queue = append(e.queue, queued{Inner{frag, next.Flags}, next.context})
	})
	parts.File()
	if line := firstLine(f, e.queue); line != nil {
		e.queue = append(e.queue, queued{Inner: Inner{line, 0}})
	}
	for len(e.queue) > 0 || e.readWritten() {
		next = e.queue[0]
		e.queue = e.queue[1:]
		if parts.Fragment(next.Fragment) { // a document that a command writes
			continue
		}
		format := t.find(next.Fragment)
		if format != nil && f.Origin == source.Named && whole(next.Fragment) && t.known.Guessed(f.Path) {
			e.problems = append(e.problems, noReader(t.known, next.Fragment))
		}
		if format == nil {
			if f.Origin != source.Walked && whole(next.Fragment) && len(bytes.TrimSpace(next.Fragment.Text)) > 0 {
				e.problems = append(e.problems, noReader(t.known, next.Fragment))
			}
			continue
		}
		e.frag, e.flags, e.context = next.Fragment, next.Flags, next.context
		e.extract(format)
	}
	if format, whole := t.including(f); format != nil {
		e.includes = append(e.includes, format.Includes(whole)...)
	}
	return Found{sorted(e.refs), weigh(t.known, f, append(parts.Problems(), e.problems...)), e.includes, e.settings.missed && f.Beside == nil}
}

// weigh decides which problems make a report incomplete: in sources a program
// wrote half of what cannot be read, and only a change of them counts.
func weigh(known *source.Recognition, f *source.File, problems []source.Problem) []source.Problem {
	if f.Origin != source.Walked || known.Severe(cmp.Or(f.As, f.Path)) {
		return problems
	}
	for i := range problems {
		problems[i].Dropped = problems[i].Dropped && problems[i].Why == ""
	}
	return problems
}

// whole reports whether a fragment is all of its file.
func whole(f *text.Fragment) bool { return f.Label == "" && f.Depth == 0 }

// noReader is the row of a text that somebody named, or piped in, and that no
// format reads.
func noReader(known *source.Recognition, f *text.Fragment) source.Problem {
	text := "is of no kind that figment reads"
	if what := known.What(f.Path); what != "" {
		text = "is a " + what + ", which figment does not read yet"
	}
	return source.Problem{Path: f.Path, Why: source.NoReader, Text: text}
}

// extract reads the fragment by its format. A snippet is rarely whole: that it
// breaks off is no news.
func (e *Emitter) extract(format *Format) {
	frag, before := e.frag, len(e.queue)
	if err, ok := e.try(format, frag); !ok {
		e.queue = e.queue[:before] // the lines are read instead
		e.Crashed(format.Name)
		e.lines(format, frag)
	} else if err != nil && frag.Label == "" {
		e.problems = append(e.problems, problemOf(frag, err))
	}
}

func words(f *text.Fragment) string {
	if f.Label != "" {
		return f.Label
	}
	return "it"
}

// Crashed reports that a parser of the fragment being read failed, and that its
// lines are read one by one instead.
func (e *Emitter) Crashed(parser string) {
	e.problems = append(e.problems, crashed(e.frag.Path, parser+" could not read "+words(e.frag)+", which was read line by line instead"))
}

func crashed(path, text string) source.Problem {
	return source.Problem{Path: path, Why: source.Crashed, Text: "a reader of figment failed: " + text + "; please report the file", Dropped: true}
}

// firstLine gives the command by which a script says what runs it: the packages
// that it names are installed.
func firstLine(f *source.File, parts []queued) *text.Fragment {
	if !bytes.HasPrefix(f.Data, []byte("#!")) || len(parts) != 1 || !whole(parts[0].Fragment) || !bytes.HasPrefix(parts[0].Fragment.Text, []byte("#!")) {
		return nil
	}
	frag := parts[0].Fragment
	return frag.Child(text.Span{Start: 2, End: text.LineEnd(frag.Text, 2)}, text.Shell)
}

// try runs a format; ok is false where it panicked.
func (e *Emitter) try(format *Format, frag *text.Fragment) (err error, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			err, ok = nil, false
		}
	}()
	return format.Extract(frag, e), true
}

// maxRescued bounds how many lines are read one by one.
const maxRescued = 20_000

// lines reads the lines of a fragment one by one, each for itself: a statement
// over several lines is lost, and what is found is doubted.
func (e *Emitter) lines(format *Format, frag *text.Fragment) {
	flags := e.flags
	defer func() { e.frag, e.flags = frag, flags }()
	e.flags |= Low
	for i, n := 0, 0; i < len(frag.Text) && n < maxRescued; n++ {
		next := text.NextLine(frag.Text, i)
		child := frag.Child(text.Span{Start: i, End: text.LineEnd(frag.Text, i)}, frag.Lang)
		child.Name, child.Depth = frag.Name, frag.Depth
		before := len(e.queue)
		e.frag = child
		if _, ok := e.try(format, child); !ok {
			e.queue = e.queue[:before]
		}
		if next <= i {
			break
		}
		i = next
	}
}

// sorted brings references into the order of their places.
func sorted(refs []Reference) []Reference {
	sort.SliceStable(refs, func(i, j int) bool { return less(&refs[i], &refs[j]) })
	return dedupe(refs)
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

func problemOf(f *text.Fragment, err error) source.Problem {
	p := source.Problem{Path: f.Path, Why: source.Broken, Text: err.Error(), Dropped: true}
	if s, ok := err.(*text.SyntaxError); ok {
		p.Span = f.Map.Outer(s.Span)
		p.Dropped = s.Lost
		switch {
		case s.Why != "":
			p.Why = source.Why(s.Why)
		case !s.Lost:
			p.Why = ""
		}
	}
	if !utf8.ValidString(p.Text) {
		p.Text = "text is not valid UTF-8"
	}
	return p
}
