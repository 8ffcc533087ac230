package local

import (
	"fmt"
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

// Limits of the lists of a tree whose options are looked at together.
const (
	maxLists    = 2000
	maxIncludes = 5000
)

// runs are the lists of requirements of a tree by what they include. pip reads a
// list with all that it includes as one run: its options count for every line of
// it, whichever file they stand in.
type runs struct {
	lists    map[string]List
	includes map[string][]string
	by       map[string][]string // the lists that include one
	options  bool                // any list names an index
	indexes  map[string]*indexes // of the runs that a list is part of, found once
}

// run gives what the runs say in which pip reads a file; nil: nothing.
func (p *projects) run(file string) *indexes {
	if p.runs == nil {
		p.runs = p.readRuns()
	}
	r := p.runs
	if !r.options {
		return nil
	}
	if out, ok := r.indexes[file]; ok {
		return out
	}
	out := &indexes{}
	for _, top := range r.reach(file, r.by) {
		one := &indexes{}
		r.collect(top, one, map[string]bool{})
		out.add(one)
	}
	r.indexes[file] = out
	return out
}

func (p *projects) readRuns() *runs {
	r := &runs{lists: map[string]List{}, includes: map[string][]string{}, by: map[string][]string{}, indexes: map[string]*indexes{}}
	var queue []string
	for _, f := range p.Paths() {
		if p.isList(f) && len(queue) < maxLists {
			queue = append(queue, f)
		}
	}
	edges := 0
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		if _, done := r.lists[f]; done || len(r.lists) >= maxLists {
			continue
		}
		data, ok := p.ReadText(f)
		if !ok {
			continue
		}
		r.lists[f] = p.readList(data)
		for _, o := range r.lists[f] {
			if o.Kind != Included {
				r.options = true
				continue
			}
			to := path.Join(path.Dir(f), strings.ReplaceAll(o.Value, `\`, "/"))
			if !p.IsFile(to) || edges >= maxIncludes || slices.Contains(r.includes[f], to) {
				continue
			}
			edges++
			r.includes[f], r.by[to] = append(r.includes[f], to), append(r.by[to], f)
			queue = append(queue, to)
		}
	}
	return r
}

// reach gives the files that links lead to from a file, itself among them, sorted.
func (r *runs) reach(file string, links map[string][]string) []string {
	out := []string{file}
	seen := map[string]bool{file: true}
	for i := 0; i < len(out); i++ {
		for _, to := range links[out[i]] {
			if !seen[to] {
				seen[to] = true
				out = append(out, to)
			}
		}
	}
	slices.Sort(out)
	return out
}

// collect takes the options of a run in the order in which pip meets them: a later
// --index-url takes the place of one before it.
func (r *runs) collect(file string, into *indexes, seen map[string]bool) {
	if seen[file] {
		return
	}
	seen[file] = true
	for _, o := range r.lists[file] {
		at := project.Claim{Path: file, Line: o.Line, Text: o.Kind.String(), URL: o.Value}
		switch o.Kind {
		case Included:
			r.collect(path.Join(path.Dir(file), strings.ReplaceAll(o.Value, `\`, "/")), into, seen)
		case IndexURL:
			into.primary = at
			if ecosystem.PublicRegistry(ecosystem.PyPI, o.Value) {
				into.primary = project.Claim{}
			}
		case ExtraIndexURL:
			if !ecosystem.PublicRegistry(ecosystem.PyPI, o.Value) {
				into.further = append(into.further, at)
			}
		case FindLinks:
			into.further = append(into.further, at)
		case NoIndex:
			into.none = at
		}
	}
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
