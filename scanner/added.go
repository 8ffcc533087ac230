package scanner

import (
	"cmp"
	"context"
	"slices"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Where a change is judged, new is what the tree before it did not have, by
// meaning: a package, with its constraint, in a kind of place, from whoever it
// came. Lines say nothing of that: a name may become a dependency because the
// key above it changed, or public because a file elsewhere no longer calls it
// private, and a line that moves is the same name. So what each file names is
// counted before and after, what another file lost is set off, and lines only
// tell which of several equal references is the one that was added.

// A change is a source that knows what it was before.
type change interface {
	source.Source
	// Before is the source as it was.
	Before() source.Source
	// Lost gives the files that were taken away.
	Lost(func(*source.File))
	// Reowns reports whether files were touched that say whose names are.
	Reowns() bool
	// Until ends reading with ctx, until stop is called.
	Until(ctx context.Context) (stop func() bool)
	// Altered gives the paths of the change that want names, also of files that
	// nothing is extracted from.
	Altered(want func(path string) bool) []string
	// Removed gives the paths of all files that are gone.
	Removed() []string
	// Beside gives files that were not touched, as context; by is told where not
	// all were read.
	Beside(ctx context.Context, by string, want func(path string, lang text.Lang) bool, keep func(path string, text []byte) bool, yield func(*source.File)) []source.Problem
}

// A meaning is what a reference says.
type meaning struct {
	eco              ecosystem.Ecosystem
	name, constraint string
	kind             extract.Kind
	from             extract.From
	origin           project.Origin
	route            string // the registry that something beside the name, or a file of the repository, names
	others           bool   // and further ones
	bound            bool   // it only limits versions: nothing is installed for it
	quoted           bool   // it stands in a text inside the file
}

// A side is one of the trees that a change lies between.
type side struct {
	decide func(*extract.Reference) project.Decision
}

func (s *scan) meaning(p side, r *extract.Reference) meaning {
	d := p.decide(r)
	m := meaning{
		eco: r.Ecosystem, name: ecosystem.Normalize(r.Ecosystem, r.Name), constraint: r.Constraint, kind: r.Kind, from: r.From,
		origin: d.Origin, others: r.Others || d.Further != project.Claim{}, quoted: r.Label != "",
		bound: r.Kind == extract.Manifest && (r.Scope == "constraint" || r.Scope == "override"),
	}
	switch {
	case d.UserSaid: // the user's settings hold before and after
	case d.Origin == project.Private:
		m.route = cmp.Or(d.Claim.URL, r.Index)
	case r.Index != "" && d.Origin == project.Public && r.Kind != extract.Lockfile && (s.Settings == nil || !s.Settings.Trusted(r.Ecosystem, r.Index)):
		m.route = r.Index
	}
	return m
}

// A comparison is what a run keeps of a change until all of it was read.
type comparison struct {
	files   map[string]*compared // by path; nil: all of it is judged
	reowned bool                 // names may be new in files that the change did not touch
	old     *project.Project     // of the tree before; nil: not read yet
	was     side                 // the same
	// indexes are the registries that stand beside names in a file of the tree
	// before, by path; "" stands for further ones.
	indexes map[string]map[string]bool
	public  map[ecosystem.Package]bool // names that were a registry's before
}

// A compared file is what a change made of it.
type compared struct {
	change *source.Change
	before [][]extract.Reference // on each side of a merge
	told   []source.Problem      // before, of a file that is as it was
}

// compare notes what a file was; nil: no change is judged. What could not be
// read of that named nothing.
func (w *Workspace) compare(f *source.File) *compared {
	if _, ok := w.o.Source.(change); !ok || f.Change == nil {
		return nil
	}
	c := &compared{change: f.Change}
	for _, old := range f.Change.Before {
		found := w.o.Formats.Read(old)
		c.before = append(c.before, found.References)
		if f.Change.Retaken {
			c.told = append(c.told, found.Problems...)
		}
	}
	c.change.Before = nil // the texts are not needed any more
	return c
}

// with adds what the file was as it is read in another way, too.
func (c *compared) with(other *compared) *compared {
	if other == nil {
		return c
	}
	out := &compared{change: c.change}
	for i := range max(len(c.before), len(other.before)) {
		var refs []extract.Reference
		for _, x := range []*compared{c, other} {
			if i < len(x.before) {
				refs = append(refs, x.before[i]...)
			}
		}
		out.before = append(out.before, refs)
	}
	return out
}

// Meanings are what one file means, counted.
type meanings map[meaning]int

func (s *scan) count(p side, refs []extract.Reference) meanings {
	t := meanings{}
	for i := range refs {
		t[s.meaning(p, &refs[i])]++
	}
	return t
}

// markOld marks the references that the change did not bring.
func (s *scan) markOld(refs extract.References) {
	src, ok := s.Source.(change)
	if !ok {
		return
	}
	for r := range refs.All() { // they may have been judged before
		r.Old = false
	}
	// Where no owner changed, it makes no difference who one is.
	is := side{s.project.Decide}
	old := is
	if s.news.reowned {
		s.before(refs)
		is, old = side{resolve.Owners(s.project, refs, adapter.Resolvers(s.Adapters))}, s.news.was
	}
	lost := meanings{}
	var fresh []*extract.Reference // with what they mean
	var means []meaning
	seen := map[string]bool{}
	for _, here := range refs {
		path := here[0].Path
		seen[path] = true
		c := s.news.files[path]
		if c == nil {
			continue
		}
		if c.change.Context && !s.news.reowned {
			for k := range here {
				here[k].Old = true
			}
			continue
		}
		if c.change.Context && !declares(here) {
			for k := range here {
				r := &here[k]
				if m := s.meaning(is, r); turnedPublic(r, old.decide(r).Origin, m.origin) {
					fresh, means = append(fresh, r), append(means, m)
				} else {
					r.Old = true
				}
			}
			continue
		}
		before := s.had(c, old, here)
		now := make([]meaning, len(here))
		at := map[meaning][]int{}
		for k := range here {
			now[k] = s.meaning(is, &here[k])
			at[now[k]] = append(at[now[k]], k)
		}
		for k := range here {
			m := now[k]
			uses := at[m]
			if uses[0] != k {
				continue // its equals were dealt with
			}
			had := before[m]
			if m.kind == extract.Lockfile && had > 0 {
				had = max(had, len(uses)) // a further copy of one version is no news
			}
			// Those on lines that the change added are the new ones, then the last.
			slices.SortStableFunc(uses, func(a, b int) int {
				return cmp.Compare(touch(c.change, &here[a]), touch(c.change, &here[b]))
			})
			for n, u := range uses {
				if here[u].Old = n < had; !here[u].Old {
					fresh, means = append(fresh, &here[u]), append(means, m)
				}
			}
		}
		for m, had := range before {
			if n := had - len(at[m]); n > 0 {
				lost[m] += n
			}
		}
	}
	for path, c := range s.news.files {
		if !seen[path] && !c.change.Context {
			for m, n := range s.had(c, old, nil) {
				lost[m] += n
			}
		}
	}
	if len(fresh) == 0 {
		return
	}
	src.Lost(func(f *source.File) {
		gone := s.Formats.Read(f).References
		for m, n := range s.count(old, gone) {
			lost[m] += n
		}
	})
	for n, r := range fresh {
		if m := means[n]; lost[m] > 0 {
			lost[m]--
			r.Old = true
		}
	}
}

// declares reports whether a file with these references is a manifest or a lock
// file.
func declares(refs []extract.Reference) bool {
	return slices.ContainsFunc(refs, func(r extract.Reference) bool {
		return (r.Kind == extract.Manifest || r.Kind == extract.Lockfile) && r.Label == ""
	})
}

func touch(c *source.Change, r *extract.Reference) int {
	if c.Touches(r.Span) {
		return 1
	}
	return 0
}

// had counts what a file meant before. What stood in any side of a merge is not
// new. A file that the change did not touch named then what it names now.
func (s *scan) had(c *compared, old side, now []extract.Reference) meanings {
	if c.change.Context {
		return s.count(old, now)
	}
	t := meanings{}
	for _, side := range c.before {
		for m, n := range s.count(old, side) {
			t[m] = max(t[m], n)
		}
	}
	return t
}

// before is the project of the tree before the change. refs are the references
// of what is read now.
func (s *scan) before(refs extract.References) *project.Project {
	if s.news.old != nil {
		return s.news.old
	}
	tree, old := s.tree(refs)
	o := s.projectOptions()
	if s.Base != nil {
		o.RepoPrivate = s.Base.Private
	}
	s.news.old, _ = project.Load(tree, old, o) // what is wrong with it is no news
	s.news.was = side{resolve.Owners(s.news.old, old, adapter.Resolvers(s.Adapters))}
	s.news.indexes, s.news.public = map[string]map[string]bool{}, map[ecosystem.Package]bool{}
	for r := range old.All() {
		at := s.news.indexes[r.Path]
		if at == nil {
			at = map[string]bool{}
			s.news.indexes[r.Path] = at
		}
		if r.Index != "" {
			at[r.Index] = true
		}
		d := s.news.old.Decide(r)
		if r.Others || d.Further != (project.Claim{}) {
			at[""] = true
		}
		if r.Kind != extract.Mention && d.Origin == project.Public {
			s.news.public[r.Package()] = true
		}
	}
	return s.news.old
}

// tree is the tree before the change with what it named.
func (s *scan) tree(refs extract.References) (source.Source, extract.References) {
	var old extract.References
	if src, ok := s.Source.(change); ok && (s.Base == nil || s.Base.Tree == nil) {
		for _, here := range refs {
			if c := s.news.files[here[0].Path]; c != nil && c.change.Context {
				old = append(old, here)
			}
		}
		for _, c := range s.news.files {
			old = append(old, c.before...)
		}
		src.Lost(func(f *source.File) {
			gone := s.Formats.Read(f).References
			old = append(old, gone)
		})
		return src.Before(), old.Sort()
	}
	old = s.filesOf(s.Base.Tree)
	for _, here := range refs { // sources that did not change since
		if c := s.news.files[here[0].Path]; c != nil && c.change.Context && !declares(here) {
			old = append(old, here)
		}
	}
	return s.Base.Tree, old.Sort()
}

// onlyNew leaves the new uses of each subject, and of the subjects those that
// have one. Old uses told how to resolve the new ones; nobody is asked about
// them.
func onlyNew(subjects []resolve.Subject) []resolve.Subject {
	isOld := func(u resolve.Use) bool { return u.Old }
	out := subjects[:0]
	for _, s := range subjects {
		if slices.ContainsFunc(s.Uses, isOld) {
			if s.Uses = slices.DeleteFunc(s.Uses, isOld); len(s.Uses) == 0 {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func countNew(refs extract.References) int {
	n := 0
	for r := range refs.All() {
		if !r.Old {
			n++
		}
	}
	return n
}
