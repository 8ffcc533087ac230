package resolve

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// Options of Resolve. The zero value is right.
type Options struct {
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
	r := &resolver{
		p: p, o: o, at: map[subjectKey]int{}, imported: map[string]bool{}, modules: map[string]bool{},
		owners: map[packageKey]owner{}, providers: map[string][]Candidate{}, paths: map[string][]Candidate{},
	}
	r.hints(refs)
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
	imported map[string]bool          // Python modules that are imported and not the project's own, top level
	mention  map[string][]mentionHint // by path: "# pip install X" above an import
	modules  map[string]bool          // required Go modules

	// What was found out about a name holds for all its uses.
	owners    map[packageKey]owner
	providers map[string][]Candidate // of Python modules that no mention stands above
	paths     map[string][]Candidate // of Go import paths
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

type mentionHint struct {
	end  int
	name string
}

// hints notes the comments that name a package just above an import.
func (r *resolver) hints(refs extract.References) {
	r.mention = map[string][]mentionHint{}
	for x := range refs.All() {
		if x.Kind == extract.Mention && x.Ecosystem == ecosystem.PyPI {
			r.mention[x.Path] = append(r.mention[x.Path], mentionHint{x.Span.End, ecosystem.Normalize(x.Ecosystem, x.Name)})
		}
	}
	for m := range r.p.DeclaredNames(ecosystem.Golang) {
		r.modules[m] = true
	}
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
		case ecosystem.Cargo, ecosystem.Gem, ecosystem.Maven, ecosystem.NuGet, ecosystem.Composer, ecosystem.Pub, ecosystem.Hex:
			r.other(x, d)
			return
		}
	}
	name := ecosystem.Normalize(x.Ecosystem, x.Name)
	how := Written
	cands := []Candidate{{name, how, "certain"}}
	if x.Ecosystem == ecosystem.Golang && d.Origin == project.Public && (x.Kind == extract.Command || x.Kind == extract.Mention || x.Scope == "tool") {
		cands = r.possible(name)
	}
	if x.Ecosystem == ecosystem.PyPI && x.Kind == extract.Import { // local, standard …
		cands = nil
	}
	r.add(x, d, name, cands, Use{Reference: x, How: how}, x.Kind != extract.Import && x.Kind != extract.Mention)
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
		if other.dir == "." || strings.HasPrefix(x.Path, other.dir+"/") {
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
			o.others = append(o.others, declared{reach(ref.Path), d})
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

// provided are the candidates of module m, found once where only the module
// counts.
func (r *resolver) provided(x *extract.Reference, m string) []Candidate {
	if len(r.mention[x.Path]) > 0 {
		return r.candidates(x, m)
	}
	c, ok := r.providers[m]
	if !ok {
		c = r.candidates(x, m)
		r.providers[m] = c
	}
	return c
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
	u := Use{Reference: x, How: how}
	u.Undeclared = !declared && needed(x) && r.p.HasManifest(ecosystem.NPM, x.Path)
	r.add(x, r.declaredAs(x, name, d), name, []Candidate{{name, how, conf}}, u, false)
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
	if m, ok := r.required(x.Name); ok {
		r.add(x, r.declaredAs(x, m, d), m, []Candidate{{m, Declared, "certain"}}, Use{Reference: x, How: Declared}, false)
		return
	}
	u := Use{Reference: x, How: Identity}
	u.Undeclared = needed(x) && r.p.HasManifest(ecosystem.Golang, x.Path)
	r.add(x, d, x.Name, r.possible(x.Name), u, false)
}

// required is the longest path of a required module that the import path lies
// in.
func (r *resolver) required(p string) (string, bool) {
	for i := len(p); i > 0; i = strings.LastIndexByte(p[:i], '/') {
		if r.modules[p[:i]] {
			return p[:i], true
		}
	}
	return "", false
}

// possible are the prefixes of an import path, found once.
func (r *resolver) possible(p string) []Candidate {
	out, ok := r.paths[p]
	if !ok {
		out = r.prefixes(p)
		r.paths[p] = out
	}
	return out
}

// prefixes are the module paths that an import path may lie in, longest first:
// three elements at least on the known forges.
func (r *resolver) prefixes(p string) []Candidate {
	shortest := max(1, ecosystem.ForgeDepth(p))
	var out []Candidate
	for q := shallow(p, '/'); q != "." && q != "/" && strings.Count(q, "/")+1 >= shortest; q = path.Dir(q) {
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
		if s.Ecosystem == ecosystem.PyPI && s.Origin == project.Public && (s.Declared || slices.ContainsFunc(s.Uses, func(u Use) bool { return u.How == Installed })) {
			s.Trap = r.trap(s)
		}
	}
	slices.SortStableFunc(r.subjects, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Origin, b.Origin))
	})
}

func sortStrings(s []string) { slices.Sort(s) }
