package source

import (
	"errors"
	"path"
	"slices"
	"strings"
)

// maxIncluded bounds the files that lists of requirements lead to.
const maxIncluded = 1000

// An inclusion is a file that lists of requirements name.
type inclusion struct {
	as string   // what it is read as
	by []string // the lists that name it, directly
}

// included adds the files that lists of requirements include and that their own
// names would not let be read so. What nothing included before is new as a
// whole, and what nothing includes any more is taken away.
func (s *Changes) included(only map[string]bool) {
	bad := map[string]string{}
	now := s.inclusions(s.newView(), func(by, p string, err error) {
		if bad[by] == "" && s.Touched(by) {
			bad[by] = "includes " + p + ", which " + err.Error() + " and was not followed"
		}
	})
	for by, text := range bad {
		if within(only, by) {
			s.problems = append(s.problems, Problem{Path: by, Why: NotFollowed, Text: text, Dropped: true})
		}
	}
	was := s.inclusions(s.oldView(), nil)
	read := map[string]int{}
	for i := range s.judged {
		read[s.judged[i].path] = i
	}
	for p, in := range now {
		c := changedFile{path: p, name: in.as, object: s.side[p].object}
		wanted := within(only, p) || slices.ContainsFunc(in.by, func(by string) bool { return within(only, by) })
		if _, ok := was[p]; ok {
			if object, ok := s.oldContent(p); ok {
				c.before = []string{object}
			}
		}
		if i, ok := read[p]; ok { // its own name lets it be read as something else
			c.whole = s.judged[i].whole
			s.judged[i] = c
			continue
		}
		s.follows(c, wanted)
	}
	for p, in := range was {
		if _, ok := now[p]; ok {
			continue
		}
		if object, ok := s.oldContent(p); ok {
			s.gone = append(s.gone, goneFile{path: p, object: object, name: in.as})
		}
	}
}

// inclusions finds what the lists of requirements of a tree include. A file that
// is called like a list is one by itself and is no inclusion.
func (s *Changes) inclusions(v view, bad func(by, p string, err error)) map[string]*inclusion {
	out := map[string]*inclusion{}
	var queue []string
	seen := map[string]bool{}
	add := func(p string) {
		if !seen[p] && s.takesIn(p) && !s.skipped(p) {
			if _, ok := v.at(p); ok {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	for p := range s.side {
		add(p)
	}
	for p := range s.was {
		add(p)
	}
	for p := range s.tree {
		add(p)
	}
	slices.Sort(queue)
	for len(queue) > 0 && len(out) < maxIncluded {
		by := queue[0]
		queue = queue[1:]
		data, ok := v.text(by)
		if !ok {
			continue
		}
		for _, in := range s.includesOf(by, data) {
			p, err := s.includes(by, in.Path, v)
			switch {
			case err != nil:
				if bad != nil {
					bad(by, in.Path, err)
				}
			case p == "" || s.isList(p):
			case out[p] != nil:
				out[p].by = append(out[p].by, by)
			default:
				as := "requirements.txt"
				if in.Constraint {
					as = "constraints.txt"
				}
				out[p] = &inclusion{as: as, by: []string{by}}
				queue = append(queue, p)
			}
		}
	}
	return out
}

// isList reports whether a path is read as a list of requirements by its name.
func (s *Changes) isList(p string) bool {
	return IsRequirements(p) || isInput(path.Base(p)) && s.inputs[path.Dir(p)]
}

// takesIn reports whether a path is, by its name, one of those that include
// others: a list, or pyproject.toml.
func (s *Changes) takesIn(p string) bool { return s.isList(p) || path.Base(p) == "pyproject.toml" }

var errElsewhere = errors.New("lies on another machine")

// includes gives the file of a tree that a list names; empty where that is a
// name to be filled in.
func (s *Changes) includes(by, name string, v view) (string, error) {
	p := path.Join(path.Dir(by), name)
	switch {
	case strings.Contains(name, "://"):
		return "", errElsewhere
	case strings.ContainsAny(name, "{}<$%"):
		return "", nil
	case path.IsAbs(name) || p == ".." || strings.HasPrefix(p, "../"):
		return "", errLeadsOut
	}
	p, err := follow(p, v)
	if err != nil {
		return "", err
	}
	f, ok := v.at(p)
	switch {
	case !ok || !f.regular() && !s.isFile(f) || s.untracked[p] && !s.untracked[by]:
		return "", errUntracked
	case s.skipped(p):
		return "", errPassedOver
	}
	return p, nil
}

// newText and oldText read a list of requirements.
func (s *Changes) newText(p string) ([]byte, bool) {
	data, err := s.load(&changedFile{path: p, object: s.side[p].object})
	if err != nil {
		return nil, false
	}
	text, _ := Decode(data)
	return text, true
}

func (s *Changes) oldText(p string) ([]byte, bool) {
	object, ok := s.oldContent(p)
	if !ok {
		return nil, false
	}
	data, size, err := s.repo.cat.read(object, MaxFile)
	if err != nil || size > MaxFile {
		return nil, false
	}
	text, _ := Decode(data)
	return text, true
}

// An Include is a file that a list of requirements takes more of them from.
type Include struct {
	Path       string // as written, relative to the list's directory
	Constraint bool
}

func (s *Changes) includesOf(p string, text []byte) []Include {
	if s.o.Includes == nil {
		return nil
	}
	f := &File{Path: p, Data: text}
	if !s.takesIn(p) {
		f.As = "requirements.txt" // another list made it one
	}
	return s.o.Includes(f)
}
