package local

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// A List is what a list of requirements says besides its requirements, in its
// order.
type List []Option

// An Option is a line of a list that is none of a requirement.
type Option struct {
	Kind  OptionKind
	Value string // a URL without userinfo, or the path of an include as written
	Line  int
}

// An OptionKind says what an Option does.
type OptionKind uint8

// The kinds.
const (
	IndexURL OptionKind = iota
	ExtraIndexURL
	NoIndex
	FindLinks
	Included
)

// String is the option as pip spells it.
func (k OptionKind) String() string {
	return [...]string{"--index-url", "--extra-index-url", "--no-index", "--find-links", "--requirement"}[k]
}

// runs are the lists of requirements of a tree by what they include. pip reads a
// list with all that it includes as one run: its options count for every line of
// it, whichever file they stand in.
type runs struct {
	lists    map[string]List
	includes map[string][]string // without what lists include twice
	sums     map[string]*indexes // what the run says that begins with a list; nil: it is being found
	indexes  map[string]*indexes // what the runs say that a list is part of
}

// run gives what the runs say in which pip reads a file; nil: nothing.
func (p *projects) run(file string) *indexes {
	if p.runs == nil {
		p.runs = p.readRuns()
	}
	return p.runs.indexes[file]
}

// readRuns reads each list once. Of the runs that a list is part of, the first by
// its path counts that says something.
func (p *projects) readRuns() *runs {
	r := &runs{lists: map[string]List{}, includes: map[string][]string{}, sums: map[string]*indexes{}, indexes: map[string]*indexes{}}
	var queue []string
	for _, f := range p.Paths() {
		if p.isList(f) {
			queue = append(queue, f)
		}
	}
	options := false
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		if _, done := r.lists[f]; done {
			continue
		}
		data, ok := p.ReadText(f)
		if !ok {
			continue
		}
		r.lists[f] = p.readList(data)
		once := map[string]bool{}
		for _, o := range r.lists[f] {
			if o.Kind != Included {
				options = true
				continue
			}
			if to := includedPath(f, o.Value); p.IsFile(to) && !once[to] {
				once[to] = true
				r.includes[f] = append(r.includes[f], to)
				queue = append(queue, to)
			}
		}
	}
	if !options {
		return r
	}
	files := slices.Sorted(maps.Keys(r.lists))
	for _, f := range files {
		r.sum(p, f)
	}
	for _, part := range []struct {
		has  func(*indexes) bool
		take func(into, from *indexes)
	}{
		{func(x *indexes) bool { return x.primary != (project.Claim{}) }, func(into, from *indexes) { into.primary = from.primary }},
		{func(x *indexes) bool { return x.none != (project.Claim{}) }, func(into, from *indexes) { into.none = from.none }},
		{func(x *indexes) bool { return len(x.further) > 0 }, func(into, from *indexes) { into.further = from.further }},
	} {
		seen := map[string]bool{}
		for _, top := range files {
			if x := r.sums[top]; part.has(x) {
				r.spread(top, seen, func(into *indexes) { part.take(into, x) })
			}
		}
	}
	return r
}

// includedPath is the path that an include of a list leads to.
func includedPath(list, to string) string {
	return path.Join(path.Dir(list), strings.ReplaceAll(to, `\`, "/"))
}

// spread sets what holds for a list and all that it includes, but for what was
// set before.
func (r *runs) spread(top string, seen map[string]bool, set func(*indexes)) {
	for queue := []string{top}; len(queue) > 0; queue = queue[1:] {
		f := queue[0]
		if seen[f] {
			continue
		}
		seen[f] = true
		if r.indexes[f] == nil {
			r.indexes[f] = &indexes{}
		}
		set(r.indexes[f])
		queue = append(queue, r.includes[f]...)
	}
}

// sum takes the options of a run in the order in which pip meets them: a later
// --index-url takes the place of one before it. An index that the user trusts has
// no names kept in.
func (r *runs) sum(p *projects, file string) *indexes {
	if x, ok := r.sums[file]; ok {
		return x
	}
	r.sums[file] = nil
	x := &indexes{}
	for _, o := range r.lists[file] {
		at := project.Claim{Path: file, Line: o.Line, Text: o.Kind.String(), URL: o.Value}
		further := func(list ...project.Claim) {
			if len(x.further) == 0 && len(list) > 0 {
				x.further = list[:1]
			}
		}
		switch o.Kind {
		case Included:
			in := r.sum(p, includedPath(file, o.Value))
			if in == nil {
				continue // it includes itself
			}
			if in.chosen {
				x.primary, x.chosen = in.primary, true
			}
			if in.none != (project.Claim{}) {
				x.none = in.none
			}
			further(in.further...)
		case IndexURL:
			x.primary, x.chosen = at, true
			if ecosystem.PublicRegistry(ecosystem.PyPI, o.Value) || p.Trusted(ecosystem.PyPI, o.Value) {
				x.primary = project.Claim{}
			}
		case ExtraIndexURL, FindLinks:
			if !ecosystem.PublicRegistry(ecosystem.PyPI, o.Value) && !p.Trusted(ecosystem.PyPI, o.Value) {
				further(at)
			}
		case NoIndex:
			x.none = at
		}
	}
	r.sums[file] = x
	return x
}

// byRun says which file of its run keeps a requirement of a list from the public
// index.
func (p *projects) byRun(r *extract.Reference) (project.Decision, bool) {
	x := p.run(r.Path)
	if x == nil {
		return project.Decision{}, false
	}
	c, ok := x.instead(p)
	if !ok {
		return project.Decision{}, false
	}
	return project.Decision{Origin: project.Private, Reason: fmt.Sprintf("%s in %s, which pip reads in one run with %s", c.Text, p.place(c), p.Shown(r.Path)), Claim: c}, true
}

// place is where a claim stands, for people.
func (p *projects) place(c project.Claim) string {
	if c.Line == 0 {
		return p.Shown(c.Path)
	}
	return fmt.Sprintf("%s:%d", p.Shown(c.Path), c.Line)
}
