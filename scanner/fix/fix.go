// Package fix turns findings into edits of files. What goes in is a finding, a
// package to use instead, and the source that was scanned; what comes out is an
// Edit: the bytes before and after, where a name, a constraint or one new line
// differ and nothing else does. Entries of the configuration and the baseline
// are edits as well.
//
// An edit is checked before anybody sees it: the file is read again by the
// extractors, and must name what it named before, but for what was to change.
// Nothing is written but by Apply, which refuses a file that is not what the
// edit was made from, links, lock files, and what lies outside the root. It
// runs no program and asks nobody.
package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// ErrChanged is for a file that is not what it was when it was scanned.
var ErrChanged = errors.New("the file changed since it was scanned")

// A Refusal says why there is no edit, in words that go after a path.
type Refusal struct {
	Path string
	Text string
}

func (r *Refusal) Error() string { return r.Path + ": " + r.Text }

func refuse(path, format string, args ...any) error {
	return &Refusal{path, fmt.Sprintf(format, args...)}
}

// A Change replaces bytes of a file. An empty span inserts.
type Change struct {
	Span text.Span
	Text string
}

// An Edit is what is to happen to one file.
type Edit struct {
	Root          string // absolute directory; empty where the source is no directory: it cannot be applied
	Path          string // slash-separated, relative to Root
	Before, After []byte // Before nil: the file is new
	Changes       []Change
	Safe          bool     // mechanical and unique: what fix --apply writes
	Refresh       []string // commands that bring lock files up to date afterwards

	wants   []want
	formats extract.Table
}

// A want is what the extractors must find after an edit.
type want struct {
	change int    // index of the Change that makes it
	name   string // canonical package; empty: only the text is compared
	adds   bool   // a new reference, where others were renamed
	verb   bool   // a constraint, not a name
	gone   bool   // the references in the span are to go
	eco    ecosystem.Ecosystem
}

// rooted is a source of files on disk.
type rooted interface{ Root() string }

func rootOf(src source.Source) string {
	if r, ok := src.(rooted); ok {
		return r.Root()
	}
	return ""
}

// A Planner makes edits of the files of a source.
type Planner struct {
	Source   source.Source
	Formats  extract.Table     // what the files are read by, before and after
	Adapters []adapter.Adapter // how the files of each ecosystem are edited
}

// rules are those of an ecosystem.
func rules(adapters []adapter.Adapter, e ecosystem.Ecosystem) *adapter.Fix {
	if r := adapter.Find(adapters, e).Fix; r != nil {
		return r
	}
	return &adapter.Fix{}
}

// declaration is how a file of a name of its own has declarations; nil: on lines.
func (p Planner) declaration(file string) func([]byte, text.Span) (text.Span, bool) {
	for _, a := range p.Adapters {
		if a.Fix == nil {
			continue
		}
		for _, m := range a.Fix.Manifests {
			if m.Name == path.Base(file) && m.Declaration != nil {
				return m.Declaration
			}
		}
	}
	return nil
}

// Plan makes the edit that puts a suggestion in place of what a finding is
// about, in the file of its primary place; an undeclared import gets a line in
// the nearest manifest, and a declaration beside that of the right package goes. Where the suggestion has a version, constraints are
// written anew for it with their operator kept. The error is a *Refusal, or
// wraps ErrChanged.
func (p Planner) Plan(f *scanner.Finding, s verdict.Suggestion) (Edit, error) {
	edits, refusals := p.PlanAll(f, s)
	for _, e := range edits {
		if e.Path == f.Primary.Path {
			return e, nil
		}
	}
	if len(refusals) > 0 {
		return Edit{}, refusals[0]
	}
	if len(edits) > 0 { // the line of an undeclared import
		return edits[0], nil
	}
	return Edit{}, refuse(f.Primary.Path, "there is nothing to edit")
}

// PlanAll makes the edits of every file that a finding stands in, in the order
// of its places, and says why there is none for some. Mentions, lock files and
// places that somebody accepted are passed over.
func (p Planner) PlanAll(f *scanner.Finding, s verdict.Suggestion) ([]Edit, []error) {
	if err := usable(f, s); err != nil {
		return nil, []error{err}
	}
	var edits []Edit
	var refusals []error
	places := map[string][]scanner.Location{}
	var order []string
	declared := false
	for _, l := range f.Locations() {
		if l.Path == "" || l.Accepted || l.Kind == "mention" || l.Kind == "lockfile" || p.Formats.Recognition().IsLock(l.Path) {
			continue
		}
		declared = declared || l.Kind == "manifest"
		if places[l.Path] == nil {
			order = append(order, l.Path)
		}
		places[l.Path] = append(places[l.Path], l)
	}
	if p.adds(f, s, declared) {
		e, err := p.add(f, s)
		if err != nil {
			return nil, []error{err}
		}
		return []Edit{e}, nil
	}
	for _, name := range order {
		e, err := p.file(f, s, name, places[name])
		switch {
		case err != nil:
			refusals = append(refusals, err)
		case len(e.Changes) > 0:
			edits = append(edits, e)
		}
	}
	return edits, refusals
}

// usable reports whether a suggestion can be written at all. Names come from
// indexes and registries: only the plain letters of a name go into a file.
func usable(f *scanner.Finding, s verdict.Suggestion) error {
	switch {
	case f.Rule == nil:
		return refuse(f.Primary.Path, "the finding has no rule")
	case s.Package.Ecosystem != f.Package.Ecosystem:
		return refuse(f.Primary.Path, "`%s` is a package of %s, not of %s", s.Package.Name, s.Package.Ecosystem.Registry(), f.Package.Ecosystem.Registry())
	case !plainName(s.Package.Name) || ecosystem.CheckName(s.Package.Ecosystem, s.Package.Name).State == ecosystem.Invalid:
		return refuse(f.Primary.Path, "the suggested name is not one that can be written")
	case s.Package.Version != "" && !plainVersion(s.Package.Version):
		return refuse(f.Primary.Path, "the suggested version is not one that can be written")
	}
	return nil
}

func plainName(s string) bool {
	return s != "" && len(s) <= 214 && !strings.Contains(s, "..") && !strings.HasPrefix(s, "-") && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@/._-~", r))
	})
}

func plainVersion(s string) bool {
	return len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-+!", r))
	})
}

// adds reports whether a finding is mended by declaring something: the import
// is right, and no manifest has what provides it.
func (p Planner) adds(f *scanner.Finding, s verdict.Suggestion, declared bool) bool {
	if f.Rule.ID == "undeclared-import" {
		return true
	}
	if declared || f.Primary.Kind != "import" {
		return false
	}
	provides := rules(p.Adapters, f.Package.Ecosystem).Provides
	return provides != nil && provides(f.Primary.Raw, s.Package.Name)
}

// read gives the bytes of a file, if they are those that were scanned.
func read(src source.Source, p string, sum uint64) ([]byte, error) {
	data, err := src.Read(p)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w: it is gone", p, ErrChanged)
		}
		return nil, refuse(p, "cannot be read again")
	}
	if sum != 0 && scanner.Sum(data) != sum {
		return nil, fmt.Errorf("%s: %w", p, ErrChanged)
	}
	if _, m := text.Decode(data); !m.Identity() && !bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return nil, refuse(p, "is UTF-16: edit it by hand")
	}
	return data, nil
}

// file edits the places of one file.
func (p Planner) file(f *scanner.Finding, s verdict.Suggestion, name string, places []scanner.Location) (Edit, error) {
	data, err := read(p.Source, name, places[0].Sum)
	if err != nil {
		return Edit{}, err
	}
	e := Edit{Root: rootOf(p.Source), Path: name, Before: data, Safe: true, formats: p.Formats}
	refs := p.Formats.Read(&source.File{Path: name, Data: data}).References
	done := map[text.Span]bool{}
	manifest := false
	for i := range places {
		l := &places[i]
		span := text.Span{Start: l.Start.Offset, End: l.End.Offset}
		if span.Start < 0 || span.End > len(data) || span.Start >= span.End {
			return Edit{}, fmt.Errorf("%s: %w", name, ErrChanged)
		}
		if string(data[span.Start:span.End]) != l.Raw {
			return Edit{}, refuse(name, "`%s` is written with escapes there: edit it by hand", l.Raw)
		}
		if done[span] {
			continue
		}
		done[span] = true
		if err := p.place(&e, f, s, l, span, refs); err != nil {
			return Edit{}, err
		}
		manifest = manifest || l.Kind == "manifest"
		e.Safe = e.Safe && l.Kind == "manifest"
	}
	e.Safe = e.Safe && Safe(f, s)
	if len(e.Changes) == 0 {
		return e, nil
	}
	if manifest {
		e.Refresh = p.refresh(name, f.Package.Ecosystem)
	}
	return e, e.finish()
}

// Safe reports whether a suggestion is mechanical and unique: a name that does
// not exist, and the only package that is known by it.
func Safe(f *scanner.Finding, s verdict.Suggestion) bool {
	n := 0
	for _, o := range f.Suggestions {
		if o.Safe {
			n++
		}
	}
	return s.Safe && n == 1 && f.Rule != nil && (f.Rule.ID == "nonexistent-package" || f.Rule.ID == "invalid-name")
}

// place adds the changes of one place.
func (p Planner) place(e *Edit, f *scanner.Finding, s verdict.Suggestion, l *scanner.Location, span text.Span, refs []extract.Reference) error {
	eco, target := f.Package.Ecosystem, s.Package.Name
	canonical := ecosystem.Normalize(eco, target)
	how := rules(p.Adapters, eco)
	if f.Rule.ID != "nonexistent-version" {
		if l.Kind == "import" {
			text, right, err := importText(how, f, s, l)
			if err != nil || right {
				return err
			}
			e.change(Change{span, text}, want{eco: eco})
			return nil
		}
		text := target
		if eco.Prefixes() && l.Raw != f.Package.Name {
			rest, ok := strings.CutPrefix(l.Raw, f.Package.Name+"/")
			if !ok {
				return refuse(e.Path, "`%s` is not the path of a module: edit it by hand", l.Raw)
			}
			text, canonical = target+"/"+rest, ""
		}
		for i := range refs {
			r := &refs[i]
			if r.Span == span && r.Alias != "" && r.Raw == r.Alias {
				return refuse(e.Path, "`%s` is an alias there: edit it by hand", l.Raw)
			}
			if r.Kind == extract.Manifest && l.Kind == "manifest" && r.Ecosystem == eco && r.Package().Name == canonical && r.Span != span && r.Scope == scopeAt(refs, span) && r.Flags == flagsAt(refs, span) {
				return p.remove(e, eco, span, refs) // the right one is declared there already
			}
		}
		if l.Kind == "manifest" && how.Hashed != nil && how.Hashed(e.Before, span) {
			return refuse(e.Path, "`%s` is pinned by a hash: edit it by hand", l.Raw)
		}
		e.change(Change{span, text}, want{name: canonical, eco: eco})
	}
	if s.Package.Version == "" || l.Constraint == "" || l.Kind == "import" {
		return nil
	}
	at, ok := constraintAt(e.Before, span, l.Constraint)
	if !ok {
		return refuse(e.Path, "the version of `%s` stands elsewhere: edit it by hand", l.Raw)
	}
	text, ok := newConstraint(how, l.Constraint, s.Package.Version)
	if !ok {
		return refuse(e.Path, "`%s` cannot be written for version %s by rule: edit it by hand", l.Constraint, s.Package.Version)
	}
	e.change(Change{at, text}, want{verb: true, eco: eco})
	return nil
}

func scopeAt(refs []extract.Reference, span text.Span) string {
	for i := range refs {
		if refs[i].Span == span {
			return refs[i].Scope
		}
	}
	return ""
}

func flagsAt(refs []extract.Reference, span text.Span) extract.Flags {
	for i := range refs {
		if refs[i].Span == span {
			return refs[i].Flags
		}
	}
	return 0
}

func (e *Edit) change(c Change, w want) {
	w.change = len(e.Changes)
	e.Changes = append(e.Changes, c)
	e.wants = append(e.wants, w)
}

// importText is what an import is changed to. right says that the import is
// what it should be: only the declaration is wrong.
func importText(how *adapter.Fix, f *scanner.Finding, s verdict.Suggestion, l *scanner.Location) (text string, right bool, err error) {
	if how.Provides != nil && (how.Provides(l.Raw, s.Package.Name) || f.Rule.ID == "name-trap") {
		return "", true, nil
	}
	refused := adapter.NotOfPackage(l.Raw)
	if how.Import != nil {
		text, refused = how.Import(l.Raw, f.Package.Name, s.Package.Name)
	}
	if refused != "" {
		return "", false, &Refusal{l.Path, refused}
	}
	return text, false, nil
}

// finish puts the changes in order, makes the new text and checks it.
func (e *Edit) finish() error {
	order := make([]int, len(e.Changes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := e.Changes[a], e.Changes[b]
		return cmp.Or(cmp.Compare(x.Span.Start, y.Span.Start), cmp.Compare(x.Span.End, y.Span.End), cmp.Compare(x.Text, y.Text))
	})
	changes, wants := make([]Change, len(order)), make([]want, 0, len(e.wants))
	for to, from := range order {
		changes[to] = e.Changes[from]
		for _, w := range e.wants {
			if w.change == from {
				w.change = to
				wants = append(wants, w)
			}
		}
	}
	for i := 1; i < len(changes); i++ {
		if changes[i].Span.Start < changes[i-1].Span.End {
			return refuse(e.Path, "two edits overlap: apply one and scan again")
		}
	}
	e.Changes, e.wants = changes, wants
	e.After = splice(e.Before, changes)
	return e.verify()
}

// splice replaces the spans of changes, which are sorted and disjoint, from the
// end backwards.
func splice(before []byte, changes []Change) []byte {
	out := slices.Clone(before)
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		out = slices.Replace(out, c.Span.Start, c.Span.End, []byte(c.Text)...)
	}
	return out
}

// Merge joins edits into one for each file, in the order of their paths. An
// edit that cannot go together with those before it is left out, and said.
func Merge(edits []Edit) ([]Edit, []error) {
	var out []Edit
	var refusals []error
	for _, e := range edits {
		i := slices.IndexFunc(out, func(o Edit) bool { return o.Root == e.Root && o.Path == e.Path })
		if i < 0 {
			out = append(out, e)
			continue
		}
		both, err := out[i].with(e)
		if err != nil {
			refusals = append(refusals, err)
			continue
		}
		out[i] = both
	}
	slices.SortStableFunc(out, func(a, b Edit) int { return cmp.Compare(a.Path, b.Path) })
	return out, refusals
}

// with is e and o as one edit.
func (e Edit) with(o Edit) (Edit, error) {
	if !bytes.Equal(e.Before, o.Before) {
		return Edit{}, fmt.Errorf("%s: %w", e.Path, ErrChanged)
	}
	sum := e
	sum.Changes, sum.wants = slices.Clone(e.Changes), slices.Clone(e.wants)
	for i, c := range o.Changes {
		if c.Span.Len() > 0 && slices.Contains(sum.Changes, c) {
			continue // two findings about one place agree
		}
		for _, w := range o.wants {
			if w.change == i {
				w.change = len(sum.Changes)
				sum.wants = append(sum.wants, w)
			}
		}
		sum.Changes = append(sum.Changes, c)
	}
	sum.Safe = e.Safe && o.Safe
	sum.Refresh = slices.Clone(e.Refresh)
	for _, r := range o.Refresh {
		if !slices.Contains(sum.Refresh, r) {
			sum.Refresh = append(sum.Refresh, r)
		}
	}
	return sum, sum.finish()
}

// refresh are the commands that bring the lock files of a manifest up to date:
// those of the nearest folder that has any.
func (p Planner) refresh(manifest string, eco ecosystem.Ecosystem) []string {
	var out []string
	of := adapter.Find(p.Adapters, eco)
	for dir := path.Dir(manifest); ; dir = path.Dir(dir) {
		for _, l := range of.Locks() {
			if p.Source.Exists(path.Join(dir, l.File)) && !slices.Contains(out, l.Refresh) {
				out = append(out, l.Refresh)
			}
		}
		if len(out) > 0 || dir == "." || dir == "/" {
			break
		}
	}
	if len(out) == 0 {
		out = eco.Tidy()
	}
	return out
}
