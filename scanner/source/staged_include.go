package source

import (
	"errors"
	"figment/scanner/text"
	"hash/maphash"
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
	bad := map[string]Problem{}
	scripts := s.installing()
	now := s.inclusions(s.newView(), scripts, func(by string, in *Include, err error) {
		if _, told := bad[by]; told || !s.Touched(by) {
			return
		}
		p := Problem{Path: by, Why: NotFollowed, Text: "includes " + in.Path + ", which " + err.Error() + " and was not followed", Dropped: true}
		if in.Command {
			p.Text = in.verb() + in.Path + ", which " + err.Error() + " and was not read"
			p.Why, p.Dropped = s.rec().NotInstalled(by)
		}
		bad[by] = p
	})
	for by, p := range bad {
		if within(only, by) {
			s.problems = append(s.problems, p)
		}
	}
	takers := s.takers
	was := s.inclusions(s.oldView(), scripts, nil)
	var more []changedFile
	read := map[string]int{}
	for i := range s.judged {
		read[s.judged[i].path] = i
	}
	for p, in := range now {
		c := changedFile{path: p, name: in.as, object: s.side[p].Object}
		wanted := within(only, p) || slices.ContainsFunc(in.by, func(by string) bool { return within(only, by) })
		if _, ok := was[p]; ok {
			if object, ok := s.oldContent(p); ok {
				c.before = []string{object}
			}
		}
		if i, ok := read[p]; ok { // its own name lets it be read as something else
			c.whole = s.judged[i].whole
			if kind, _ := s.rec().classify(p); kind != NoFile && kind != Sniffed && !s.isList(p) {
				more = append(more, c) // and it is read as that besides
			} else {
				s.judged[i] = c
			}
			continue
		}
		s.follows(c, wanted)
	}
	s.judged = append(s.judged, more...)
	s.retaken(takers, now, only)
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
// scripts are texts whose commands may name lists.
func (s *Changes) inclusions(v view, scripts []string, bad func(by string, in *Include, err error)) map[string]*inclusion {
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
	for _, p := range scripts {
		if _, ok := v.at(p); ok && !seen[p] {
			seen[p] = true
			queue = append(queue, p)
		}
	}
	slices.Sort(queue)
	s.takers = map[string][]string{}
	var listed *Listed
	for len(queue) > 0 && len(out) < maxIncluded {
		by := queue[0]
		queue = queue[1:]
		data, ok := v.text(by)
		if !ok {
			continue
		}
		includes := s.includesOf(by, data, out[by])
		for i := range includes {
			in := &includes[i]
			if in.Values {
				for _, p := range s.valuesAt(by, in.Path, v) {
					s.takers[p] = append(s.takers[p], by)
				}
				continue
			}
			if in.Command && listed == nil {
				listed = s.listed(v)
			}
			found, err := s.includes(by, in, v, listed)
			if err != nil && bad != nil {
				bad(by, in, err)
			}
			for _, p := range found {
				switch {
				case s.isList(p) && in.Lang == "":
				case out[p] != nil:
					out[p].by = append(out[p].by, by)
				case len(out) < maxIncluded:
					out[p] = &inclusion{as: in.as(p, s.rec()), by: []string{by}}
					if !seen[p] {
						seen[p] = true
						queue = append(queue, p)
					}
				}
			}
		}
	}
	return out
}

// isList reports whether a path is read as a list of requirements by its name.
func (s *Changes) isList(p string) bool {
	return s.rec().isList(p) || s.rec().isBeside(path.Base(p)) && s.inputs[path.Dir(p)]
}

// takesIn reports whether a path is, by its name, one of those that include
// others.
func (s *Changes) takesIn(p string) bool { return s.isList(p) || s.rec().NamesLists(p) }

var errElsewhere = errors.New("lies on another machine")

// Words for what is wrong with a file that a command names.
var (
	errMissing  = errors.New("is not there")
	errPatterns = errors.New("is a pattern beside too many others")
)

// includes gives the files of a tree that a list or a command names: none where
// that is a name to be filled in, several where a command may mean any of them.
func (s *Changes) includes(by string, in *Include, v view, listed *Listed) (found []string, err error) {
	name := in.Path
	switch {
	case strings.Contains(name, "://"):
		return nil, errElsewhere
	case in.Command:
		to := s.rec().Installed(by, name, func(p string) bool { _, ok := v.at(p); return ok }, listed)
		if Pattern(name) && listed.Spent() {
			return nil, errPatterns
		}
		if in.Lang != "" {
			to = s.rec().ToRun(by, name, in.Lang, to, listed)
		} else if len(to) == 0 && !in.Written && !s.rec().Document(by) {
			return nil, errMissing
		}
		for _, p := range to {
			target, wrong := s.mayInclude(by, p, v)
			if wrong == nil {
				found = append(found, target)
			} else {
				err = wrong
			}
		}
		if len(found) > 0 {
			err = nil
		}
		return found, err
	case strings.ContainsAny(name, "{}<$%"):
		return nil, nil
	}
	p := path.Join(path.Dir(by), name)
	if path.IsAbs(name) || p == ".." || strings.HasPrefix(p, "../") {
		return nil, errLeadsOut
	}
	if p, err = s.mayInclude(by, p, v); err != nil {
		return nil, err
	}
	return []string{p}, nil
}

// mayInclude follows the links of a path that a file names, and says why what
// they lead to may not be read.
func (s *Changes) mayInclude(by, p string, v view) (string, error) {
	p, err := follow(p, v)
	if err != nil {
		return "", err
	}
	f, ok := v.at(p)
	switch {
	case !ok || !f.Regular() && !s.isFile(f) || s.untracked[p] && !s.untracked[by]:
		return "", errUntracked
	case s.skipped(p):
		return "", errPassedOver
	}
	return p, nil
}

// newText and oldText read a list of requirements.
func (s *Changes) newText(p string) ([]byte, bool) {
	data, err := s.load(&changedFile{path: p, object: s.side[p].Object, name: s.rec().ListName(false)}) // any name may be that of a list
	if err != nil {
		return nil, false
	}
	text, _ := text.Decode(data)
	return text, true
}

func (s *Changes) oldText(p string) ([]byte, bool) {
	object, ok := s.oldContent(p)
	if !ok {
		return nil, false
	}
	data, size, err := s.repo.Read(object, MaxFile)
	if err != nil || size > MaxFile {
		return nil, false
	}
	text, _ := text.Decode(data)
	return text, true
}

// An Include is a file that a list of requirements takes more of them from.
type Include struct {
	Path       string // as written, relative to the list's directory
	Constraint bool
	Command    bool      // a command names it: the directory in which that is run is not known
	Written    bool      // the same file writes it
	Values     bool      // only values of variables are taken from it
	Lang       text.Lang // a command runs it as a text in this language; empty: it is a list
}

// as is the name by which the file at a path is read.
func (in *Include) as(p string, r *Recognition) string {
	if in.Lang != "" {
		return r.ReadAs(p, in.Lang)
	}
	return r.ListName(in.Constraint)
}

// verb says what a command does with the file.
func (in *Include) verb() string {
	if in.Lang != "" {
		return "runs "
	}
	return "takes requirements from "
}

// includesOf reads what a file includes. made is what another one makes of it;
// nil: none does.
func (s *Changes) includesOf(p string, text []byte, made *inclusion) []Include {
	if s.o.Includes == nil {
		return nil
	}
	f := &File{Path: p, Data: text}
	switch {
	case made != nil:
		f.As = made.as
	case s.isList(p):
		f.As = s.rec().ListName(false)
	}
	key := textAs{p, f.As, maphash.Bytes(s.seed, text)} // most files are the same on both sides
	out, ok := s.includesRead[key]
	if !ok {
		out = s.o.Includes(f)
		s.includesRead[key] = out
	}
	return out
}

// textAs is a text of a path, by its hash, that is read as what a name says.
type textAs struct {
	path, as string
	text     uint64
}

// valuesAt gives the files of a tree that one may take values from by a path: the
// first that is there, and those that would go before it.
func (s *Changes) valuesAt(by, name string, v view) (out []string) {
	for _, p := range BesidePaths(by, name) {
		out = append(out, p)
		if _, ok := v.at(p); ok {
			break
		}
	}
	return out
}

// besideOf reads the files of one side that a file takes values from.
func (s *Changes) besideOf(by string, v view) func(string) []byte {
	return func(name string) []byte {
		for _, p := range BesidePaths(by, name) {
			if _, ok := v.at(p); !ok {
				continue
			}
			if p, err := s.mayInclude(by, p, v); err == nil {
				data, _ := v.text(p)
				return data
			}
			return nil
		}
		return nil
	}
}

// retaken judges the files that take values from one that the change touches,
// though they are as they were. takers are those, by the paths of the others.
func (s *Changes) retaken(takers map[string][]string, now map[string]*inclusion, only map[string]bool) {
	read := map[string]bool{}
	for i := range s.judged {
		read[s.judged[i].path] = true
	}
	for p := range s.values() {
		for _, by := range takers[p] {
			if read[by] || !within(only, by) && !within(only, p) {
				continue
			}
			c := changedFile{path: by, object: s.side[by].Object, retaken: true, whole: s.o.Whole || s.whole}
			if in := now[by]; in != nil {
				c.name = in.as
			}
			if object, ok := s.oldContent(by); ok {
				c.before = []string{object}
			}
			read[by] = true
			s.judged = append(s.judged, c)
		}
	}
}

// values gives the paths whose content the change touches.
func (s *Changes) values() map[string]bool {
	out := map[string]bool{}
	for p := range s.was {
		out[p] = true
	}
	for i := range s.judged {
		out[s.judged[i].path] = true
	}
	return out
}
