package resolve

import (
	"cmp"
	_ "embed"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

//go:embed data/python-modules.tsv
var pythonModules string

//go:embed data/python-namespaces.tsv
var pythonNamespaces string

//go:embed data/python-import-name-traps.tsv
var pythonTraps string

//go:embed data/python-import-name-unregistered.tsv
var pythonUnregistered string

// Options of Resolve. The zero value is right.
type Options struct{}

// Resolve gathers references into subjects. Subjects of one package are one;
// the same name of another origin is another subject.
func Resolve(p *project.Project, refs []extract.Reference, _ Options) []Subject {
	r := &resolver{p: p, at: map[subjectKey]int{}, imported: map[string]bool{}}
	r.hints(refs)
	for i := range refs {
		r.reference(&refs[i])
	}
	r.finish()
	return r.subjects
}

type subjectKey struct {
	eco    ecosystem.Ecosystem
	name   string
	origin project.Origin
}

type resolver struct {
	p        *project.Project
	subjects []Subject
	at       map[subjectKey]int
	imported map[string]bool          // Python modules that are imported, top level
	mention  map[string][]mentionHint // by path: "# pip install X" above an import
	modules  []string                 // required Go modules, longest first
}

type mentionHint struct {
	end  int
	name string
}

// hints notes the comments that name a package just above an import.
func (r *resolver) hints(refs []extract.Reference) {
	r.mention = map[string][]mentionHint{}
	for i := range refs {
		x := &refs[i]
		if x.Kind == extract.Mention && x.Ecosystem == ecosystem.PyPI {
			r.mention[x.Path] = append(r.mention[x.Path], mentionHint{x.Span.End, ecosystem.Normalize(x.Ecosystem, x.Name)})
		}
		if x.Kind == extract.Import && x.Ecosystem == ecosystem.PyPI {
			r.imported[x.Name] = true
		}
	}
	r.modules = r.p.GoModules()
}

func (r *resolver) reference(x *extract.Reference) {
	d := r.p.Decide(x)
	if d.Origin == project.Public && x.Kind == extract.Import {
		switch x.Ecosystem {
		case ecosystem.PyPI:
			r.python(x, d)
			return
		case ecosystem.NPM:
			r.npm(x, d)
			return
		case ecosystem.Golang:
			r.golang(x, d)
			return
		}
	}
	name := ecosystem.Normalize(x.Ecosystem, x.Name)
	how := Written
	cands := []Candidate{{name, how, "certain"}}
	if x.Ecosystem == ecosystem.Golang && d.Origin == project.Public && (x.Kind == extract.Command || x.Kind == extract.Mention || x.Scope == "tool") {
		cands = r.prefixes(name)
	}
	if x.Ecosystem == ecosystem.PyPI && x.Kind == extract.Import { // local, standard …
		cands = nil
	}
	r.add(x, d, name, cands, Use{Reference: *x, How: how}, x.Kind != extract.Import && x.Kind != extract.Mention)
}

// declaredAs is whose an imported package is by what declares it: private if
// anything says so, public if a registry is to be asked for any of its
// declarations, else what they say.
func (r *resolver) declaredAs(e ecosystem.Ecosystem, name string, d project.Decision) project.Decision {
	var other *project.Decision
	public := false
	for _, ref := range r.p.Declared(e, name) {
		x := r.p.Decide(ref)
		switch x.Origin {
		case project.Private:
			return x
		case project.Public:
			public = true
		default:
			if other == nil {
				other = &x
			}
		}
	}
	if !public && other != nil {
		return *other
	}
	return d
}

// add puts a use under its subject.
func (r *resolver) add(x *extract.Reference, d project.Decision, name string, cands []Candidate, u Use, declared bool) {
	k := subjectKey{x.Ecosystem, name, d.Origin}
	i, ok := r.at[k]
	if !ok {
		i = len(r.subjects)
		r.at[k] = i
		r.subjects = append(r.subjects, Subject{Ecosystem: x.Ecosystem, Name: name, Origin: d.Origin, Decision: d, Candidates: cands, Guess: true})
	}
	s := &r.subjects[i]
	s.Uses = append(s.Uses, u)
	s.Declared = s.Declared || declared
	if x.Kind != extract.Import {
		s.Guess = false
		if s.Candidates == nil {
			s.Candidates = cands
		}
	}
	if len(cands) > 0 && cands[0].How == Declared && len(s.Candidates) > 0 && s.Candidates[0].How != Declared {
		s.Candidates = cands
	}
	s.Decision.UserSaid = s.Decision.UserSaid || d.UserSaid
}

// npm: the package is written in the specifier.
func (r *resolver) npm(x *extract.Reference, d project.Decision) {
	name := x.Name
	how, conf := Identity, "certain"
	declared := len(r.p.Declared(ecosystem.NPM, name)) > 0
	if !declared {
		types := typesPackage(name)
		if len(r.p.Declared(ecosystem.NPM, types)) > 0 && (x.Flags.Has(extract.TypeOnly) || strings.HasSuffix(x.Path, ".d.ts")) {
			name, declared = types, true // a declaration package stands for it
		}
	}
	if declared {
		how = Declared
	}
	u := Use{Reference: *x, How: how}
	u.Undeclared = !declared && needed(x) && r.p.HasManifest(ecosystem.NPM, x.Path)
	r.add(x, r.declaredAs(ecosystem.NPM, name, d), name, []Candidate{{name, how, conf}}, u, false)
}

// needed reports whether an import ought to be declared: snippets have no
// manifest, and what may be missing need not stand in one.
func needed(x *extract.Reference) bool {
	return x.Label == "" && !x.Flags.Has(extract.Optional) && !x.Flags.Has(extract.TypeOnly)
}

// typesPackage is where DefinitelyTyped keeps the types of a package.
func typesPackage(name string) string {
	if scope, pkg, ok := strings.Cut(strings.TrimPrefix(name, "@"), "/"); ok && strings.HasPrefix(name, "@") {
		return "@types/" + scope + "__" + pkg
	}
	return "@types/" + name
}

// golang: the path may lie in any module whose path is a prefix of it.
func (r *resolver) golang(x *extract.Reference, d project.Decision) {
	for _, m := range r.modules {
		if x.Name == m || strings.HasPrefix(x.Name, m+"/") {
			r.add(x, r.declaredAs(ecosystem.Golang, m, d), m, []Candidate{{m, Declared, "certain"}}, Use{Reference: *x, How: Declared}, false)
			return
		}
	}
	u := Use{Reference: *x, How: Identity}
	u.Undeclared = needed(x) && r.p.HasManifest(ecosystem.Golang, x.Path)
	r.add(x, d, x.Name, r.prefixes(x.Name), u, false)
}

// prefixes are the module paths that an import path may lie in, longest first:
// three elements at least on the known forges.
func (r *resolver) prefixes(p string) []Candidate {
	shortest := 1
	switch host, _, _ := strings.Cut(p, "/"); host {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org":
		shortest = 3
	case "gopkg.in", "golang.org", "google.golang.org":
		shortest = 2
	}
	var out []Candidate
	for q := p; q != "." && q != "/" && strings.Count(q, "/")+1 >= shortest; q = path.Dir(q) {
		if module.CheckPath(q) == nil {
			out = append(out, Candidate{q, Identity, "high"})
		}
		if !strings.Contains(q, "/") {
			break
		}
	}
	if len(out) == 0 {
		out = []Candidate{{p, Identity, "low"}}
	}
	return out
}

// python resolves a module to the distribution that provides it.
func (r *resolver) python(x *extract.Reference, d project.Decision) {
	modules := []string{x.Module}
	if r.namespace(x) {
		modules = nil
		for _, n := range x.Names {
			m := x.Module + "." + n
			if strings.Contains(x.Module, ".") && strings.ToLower(n) != n {
				m = x.Module // a class, not a module
			}
			modules = append(modules, m)
		}
		if len(modules) == 0 {
			modules = []string{x.Module}
		}
	}
	if x.Module == "" {
		modules = []string{x.Name}
	}
	seen := map[string]bool{}
	for _, m := range modules {
		c := r.candidates(x, m)
		if len(c) == 0 || seen[c[0].Name] {
			continue
		}
		seen[c[0].Name] = true
		u := Use{Reference: *x, How: c[0].How}
		u.Module = m
		u.Undeclared = c[0].How != Declared && needed(x) && r.p.HasManifest(ecosystem.PyPI, x.Path)
		r.add(x, r.declaredAs(ecosystem.PyPI, c[0].Name, d), c[0].Name, c, u, false)
	}
}

// namespace reports whether a module is a namespace root, whose parts belong to
// many distributions.
func (r *resolver) namespace(x *extract.Reference) bool {
	_, ok := findLine(pythonNamespaces, x.Name)
	if !ok {
		return false
	}
	// Deep paths decide by themselves.
	return strings.Count(x.Module, ".") < 2
}

// candidates are the distributions that may provide module m, best first.
func (r *resolver) candidates(x *extract.Reference, m string) []Candidate {
	top, _, _ := strings.Cut(m, ".")
	identity := ecosystem.Normalize(ecosystem.PyPI, top)
	_, root := findLine(pythonNamespaces, top)
	if root {
		identity = ecosystem.Normalize(ecosystem.PyPI, m)
	}
	best, others, tier := lookupModule(m)
	trap, trapped := findTrap(top)
	twin := trapped && !root && trap.project == identity

	declared := func(name string) bool {
		if twin && name == identity && best != "" && best != identity {
			return false // a declared twin alone does not count as providing it
		}
		return len(r.p.Declared(ecosystem.PyPI, name)) > 0
	}
	if best != "" && declared(best) {
		return []Candidate{{best, Declared, "certain"}}
	}
	for _, o := range others {
		if declared(o) {
			return []Candidate{{o, Declared, "high"}}
		}
	}
	if declared(identity) {
		return []Candidate{{identity, Declared, "high"}}
	}
	// Any declared part of the namespace that leads to the module. What the map
	// does not know may be a namespace too, and a private part always counts.
	for q := m; strings.Contains(q, "."); q = q[:strings.LastIndexByte(q, '.')] {
		if n := ecosystem.Normalize(ecosystem.PyPI, q); declared(n) && (root || best == "" || r.private(n)) {
			return []Candidate{{n, Declared, "medium"}}
		}
	}
	switch {
	case best != "" && tier == "A":
		out := []Candidate{{best, Mapped, "high"}}
		for _, o := range others {
			out = append(out, Candidate{o, Mapped, "low"})
		}
		return out
	case trapped && !root:
		return []Candidate{{trap.intended, Mapped, "high"}}
	}
	if name, ok := lookupUnregistered(top); ok && !root {
		return []Candidate{{name, Mapped, "high"}}
	}
	out := []Candidate{{identity, Identity, "medium"}}
	if root { // what is imported from a part of a namespace need not be a part itself
		for q := m; strings.Count(q, ".") > 1; {
			q = q[:strings.LastIndexByte(q, '.')]
			out = append(out, Candidate{ecosystem.Normalize(ecosystem.PyPI, q), Identity, "medium"})
		}
	}
	for _, h := range r.mention[x.Path] { // "# pip install X" above the import
		if d := x.Span.Start - h.end; d > 0 && d < 40 && h.name != identity {
			out = append(out, Candidate{h.name, Declared, "medium"})
		}
	}
	if best != "" {
		out = append(out, Candidate{best, Mapped, "low"})
	}
	return out
}

// private reports whether a declaration of a Python distribution is private.
func (r *resolver) private(name string) bool {
	return slices.ContainsFunc(r.p.Declared(ecosystem.PyPI, name), func(x *extract.Reference) bool {
		return r.p.Decide(x).Origin == project.Private
	})
}

// lookupModule finds the longest dotted prefix of m in the map.
func lookupModule(m string) (best string, others []string, tier string) {
	for q := m; ; {
		if line, ok := findLine(pythonModules, q); ok {
			cols := strings.Split(line, "\t")
			if len(cols) >= 4 && (q == m || !isPart(q, cols[1])) {
				if len(cols) > 4 && cols[4] != "" {
					others = strings.Split(cols[4], ";")
				}
				return cols[1], others, cols[3]
			}
		}
		i := strings.LastIndexByte(q, '.')
		if i < 0 {
			return "", nil, ""
		}
		below := q
		q = q[:i]
		if _, root := findLine(pythonNamespaces, q); root && hasBelow(below) {
			return "", nil, "" // a part of the namespace, which the root's own distribution does not provide
		}
	}
}

// isPart reports whether dist, which the map gives for module q, is only one of
// the parts of q: google-cloud-ndb of google.cloud. What else lies below q is
// then another's.
func isPart(q, dist string) bool {
	top, _, dotted := strings.Cut(q, ".")
	_, root := findLine(pythonNamespaces, top)
	return root && dotted && strings.HasPrefix(dist, ecosystem.Normalize(ecosystem.PyPI, q)+"-") && hasBelow(q)
}

// hasBelow reports whether the map has a module below q.
func hasBelow(q string) bool { return strings.Contains(pythonModules, "\n"+q+".") }

// A trap row: an import name whose namesake is another project.
type trapRow struct {
	intended, project string
	rank              int // of the intended distribution
	twin              bool
}

func findTrap(importName string) (trapRow, bool) {
	line, ok := findLine(pythonTraps, importName)
	if !ok {
		return trapRow{}, false
	}
	cols := strings.Split(line, "\t")
	if len(cols) < 6 {
		return trapRow{}, false
	}
	rank, _ := strconv.Atoi(cols[2])
	return trapRow{intended: cols[1], project: cols[3], rank: rank, twin: cols[5] == "yes"}, true
}

func lookupUnregistered(importName string) (string, bool) {
	line, ok := findLine(pythonUnregistered, importName)
	if !ok {
		return "", false
	}
	cols := strings.Split(line, "\t")
	if len(cols) < 2 {
		return "", false
	}
	return cols[1], true
}

// KnownAlias gives the package that a name stands for when it is really the
// name of a module: "cv2" → "opencv-python".
func KnownAlias(e ecosystem.Ecosystem, name string) (string, bool) {
	if e != ecosystem.PyPI {
		return "", false
	}
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_")} {
		if dist, ok := lookupUnregistered(n); ok {
			return dist, true
		}
		if best, _, tier := lookupModule(n); best != "" && tier == "A" && best != ecosystem.Normalize(e, n) {
			return best, true
		}
	}
	return "", false
}

// finish sorts everything and finds the traps.
func (r *resolver) finish() {
	for i := range r.subjects {
		s := &r.subjects[i]
		slices.SortStableFunc(s.Uses, func(a, b Use) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start))
		})
		if s.Ecosystem == ecosystem.PyPI && s.Declared && s.Origin == project.Public {
			s.Trap = r.trap(s)
		}
	}
	slices.SortStableFunc(r.subjects, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Origin, b.Origin))
	})
}

// trap reports whether a declared package is the namesake of an import that
// means another one.
func (r *resolver) trap(s *Subject) *Trap {
	for _, word := range []string{s.Name, strings.ReplaceAll(s.Name, "-", "_")} {
		t, ok := findTrap(word)
		if !ok || t.project != s.Name || t.intended == s.Name {
			continue
		}
		if best, _, tier := lookupModule(word); tier == "A" && best == s.Name {
			continue // the map says that the namesake provides it
		}
		imported := r.imported[word]
		if len(r.p.Declared(ecosystem.PyPI, t.intended)) > 0 {
			imported = false
		}
		if best, others, _ := lookupModule(word); imported && best != "" {
			for _, o := range append(others, best) {
				if o != s.Name && len(r.p.Declared(ecosystem.PyPI, o)) > 0 {
					imported = false
				}
			}
		}
		if !imported {
			continue // harmless where nothing imports it: many namesakes are meant
		}
		return &Trap{Import: word, Intended: t.intended, Imported: imported, Twin: t.twin}
	}
	return nil
}

// findLine finds the line of sorted text whose first column is key.
func findLine(text, key string) (string, bool) {
	if key == "" || strings.ContainsAny(key, "\t\n") {
		return "", false
	}
	lineAt := func(off int) string {
		start := strings.LastIndexByte(text[:off], '\n') + 1
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			return text[start:]
		}
		return text[start : start+end]
	}
	i := sort.Search(len(text), func(off int) bool {
		first, _, _ := strings.Cut(lineAt(off), "\t")
		return first >= key
	})
	if i == len(text) {
		return "", false
	}
	line := lineAt(i)
	first, _, _ := strings.Cut(line, "\t")
	return line, first == key
}

func sortStrings(s []string) { slices.Sort(s) }
