package resolve

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// Options of Resolve.
type Options struct {
	// Rules are those of each ecosystem. Where there are none, an import is taken for
	// the name of a package.
	Rules []*Rules
	// Imports is the user's own map of Python modules (the longest dotted prefix
	// counts) to distributions. It goes before everything else.
	Imports map[string]string
	// Installed maps Python modules to the distributions that provide them in
	// the environment beside the project. Nil: not known.
	Installed map[string][]string
}

// Resolve gathers references into subjects. Subjects of one package are one;
// the same name of another origin is another subject. Their uses point into
// refs, which is to stay as it is.
func Resolve(p *project.Project, refs extract.References, o Options) []Subject {
	r := newResolver(p, refs, o)
	for x := range refs.All() {
		r.reference(x)
	}
	r.finish()
	return r.subjects
}

func newResolver(p *project.Project, refs extract.References, o Options) *resolver {
	r := &resolver{p: p, o: o, at: map[subjectKey]int{}, owners: map[packageKey]owner{}, imports: map[ecosystem.Ecosystem]*Imports{}}
	for _, rules := range o.Rules {
		r.imports[rules.Ecosystem] = rules.begin(Scope{Project: p, References: refs, Options: o})
	}
	return r
}

type subjectKey struct {
	eco    ecosystem.Ecosystem
	name   string
	origin project.Origin
}

type resolver struct {
	p        *project.Project
	o        Options
	subjects []Subject
	at       map[subjectKey]int
	imports  map[ecosystem.Ecosystem]*Imports
	owners   map[packageKey]owner // what was found out about a package holds for all its uses
}

type packageKey struct {
	eco  ecosystem.Ecosystem
	name string
}

// An owner is whose a package is by what declares it.
type owner struct {
	private project.Decision // of the first declaration that is private
	kept    bool             // there is one
	public  bool             // a registry is to be asked for one of them
	others  []declared       // what is neither, the deepest directory first
}

// A declared package comes from elsewhere than a registry, for the files below
// a directory.
type declared struct {
	dir      string
	decision project.Decision
}

func (r *resolver) reference(x *extract.Reference) {
	d := r.p.Decide(x)
	in := r.imports[x.Ecosystem]
	if in != nil && d.Origin == project.Public && x.Kind == extract.Import {
		for _, m := range in.Import(x) {
			r.means(x, d, m)
		}
		return
	}
	name := ecosystem.Normalize(x.Ecosystem, x.Name)
	how := Written
	cands := []Candidate{{name, how, "certain"}}
	if in != nil {
		switch {
		case x.Kind == extract.Import && !x.Ecosystem.Exact(): // local, standard …: it names no package
			cands = nil
		case d.Origin == project.Public && in.Open != nil:
			if open := in.Open(x); open != nil {
				cands = open
			}
		}
	}
	r.add(x, d, name, cands, Use{Reference: x, How: how}, x.Kind != extract.Import && x.Kind != extract.Mention)
}

// means adds one package that an import means.
func (r *resolver) means(x *extract.Reference, d project.Decision, m Meaning) {
	if len(m.Candidates) == 0 { // nobody can be asked about words that name no package
		r.add(x, project.Decision{Reason: "no package is known to hold it"}, m.Name, nil, Use{Reference: x, How: Identity}, false)
		return
	}
	u := Use{Reference: x, How: m.Candidates[0].How}
	if m.Module != "" && m.Module != x.Module {
		part := *x
		part.Module = m.Module
		u.Reference = &part
	}
	u.Undeclared = m.Undeclared && needed(x) && r.p.HasManifest(x.Ecosystem, x.Path)
	r.add(x, r.declaredAs(x, m.Name, d), m.Name, m.Candidates, u, false)
}

// declaredAs is whose a package is that a file (x) imports, by what declares it:
// private if anything says so, public if a registry is to be asked for any of
// its declarations, else what the nearest one says that the file lies in the
// reach of. What a manifest elsewhere in the tree takes from a directory says
// nothing about the file.
func (r *resolver) declaredAs(x *extract.Reference, name string, d project.Decision) project.Decision {
	k := packageKey{x.Ecosystem, name}
	o, ok := r.owners[k]
	if !ok {
		o = r.owner(k)
		r.owners[k] = o
	}
	switch {
	case o.kept:
		return o.private
	case o.public:
		return d
	}
	for _, other := range o.others {
		if other.dir == "." || strings.HasPrefix(r.p.Place(x.Path), other.dir+"/") {
			return other.decision
		}
	}
	return d
}

func (r *resolver) owner(k packageKey) owner {
	var o owner
	for _, ref := range r.p.Declared(k.eco, k.name) {
		d := r.p.Decide(ref)
		switch d.Origin {
		case project.Private:
			if !o.kept {
				o.private, o.kept = d, true
			}
		case project.Public:
			o.public = true
		default:
			o.others = append(o.others, declared{reach(r.p.Place(ref.Path)), d})
		}
	}
	slices.SortStableFunc(o.others, func(a, b declared) int {
		return cmp.Compare(strings.Count(b.dir, "/"), strings.Count(a.dir, "/"))
	})
	return o
}

// beside are directories whose manifests are about the directory above them.
var beside = []string{"requirements", "reqs", "deps", "dependencies", "constraints", "pip", "conda", "envs", ".github", "workflows", ".devcontainer", "docker", ".docker", "ci", ".ci", ".circleci", "build", "scripts"}

// reach is the directory that a manifest speaks for.
func reach(file string) string {
	dir := path.Dir(file)
	for dir != "." && slices.Contains(beside, path.Base(dir)) {
		dir = path.Dir(dir)
	}
	return dir
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
	u.Further = d.Further != project.Claim{}
	s.Uses = append(s.Uses, u)
	s.Decision.Own = s.Decision.Own && d.Own
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

// needed reports whether an import ought to be declared: snippets have no
// manifest, and what may be missing need not stand in one, nor what a command runs,
// a tool of the environment.
func needed(x *extract.Reference) bool {
	return x.Label == "" && !x.Flags.Has(extract.Optional) && !x.Flags.Has(extract.TypeOnly) && !x.Flags.Has(extract.Runs)
}

// finish sorts everything and finds the traps.
func (r *resolver) finish() {
	for i := range r.subjects {
		s := &r.subjects[i]
		slices.SortStableFunc(s.Uses, func(a, b Use) int {
			if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
				return c
			}
			if c := strings.Compare(a.Path, b.Path); c != 0 {
				return c
			}
			return cmp.Compare(a.Span.Start, b.Span.Start)
		})
		if in := r.imports[s.Ecosystem]; in != nil && in.Trap != nil && s.Origin == project.Public && (s.Declared || slices.ContainsFunc(s.Uses, func(u Use) bool { return u.How == Installed })) {
			s.Trap = in.Trap(s)
		}
	}
	slices.SortStableFunc(r.subjects, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Origin, b.Origin))
	})
}
