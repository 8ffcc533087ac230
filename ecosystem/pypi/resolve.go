package pypi

import (
	_ "embed"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
)

// The tables of modules; data/NOTICE.md says what their columns are and where they
// come from.

//go:embed data/python-modules.tsv
var pythonModules resolve.Table

//go:embed data/python-overrides.tsv
var pythonOverrides resolve.Table

//go:embed data/python-namespaces.tsv
var pythonNamespaces resolve.Table

//go:embed data/python-import-name-traps.tsv
var pythonTraps resolve.Table

//go:embed data/python-import-name-unregistered.tsv
var pythonUnregistered resolve.Table

// resolveRules is how the imports of Python name distributions.
func resolveRules() *resolve.Rules {
	return &resolve.Rules{Ecosystem: ecosystem.PyPI, Begin: beginImports, Alias: knownAlias}
}

// imports is what the imports of one project mean.
type imports struct {
	in        resolve.Scope
	imported  map[string]bool                // modules that are imported and not the project's own, top level
	mention   map[string][]mentionHint       // by path: "# pip install X" above an import
	providers map[string][]resolve.Candidate // of modules that no mention stands above
}

// A mentionHint is a comment that names a package just above an import.
type mentionHint struct {
	end  int
	name string
}

func beginImports(in resolve.Scope) *resolve.Imports {
	r := &imports{in: in, imported: map[string]bool{}, mention: map[string][]mentionHint{}, providers: map[string][]resolve.Candidate{}}
	for x := range in.References.All() {
		if x.Kind == extract.Mention && x.Ecosystem == ecosystem.PyPI {
			r.mention[x.Path] = append(r.mention[x.Path], mentionHint{x.Span.End, ecosystem.Normalize(x.Ecosystem, x.Name)})
		}
	}
	return &resolve.Imports{Import: r.meanings, Trap: r.trap}
}

// meanings are the distributions that provide the modules of an import.
func (r *imports) meanings(x *extract.Reference) []resolve.Meaning {
	r.imported[x.Name] = true
	modules := []string{x.Module}
	if namespace(x) {
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
	var out []resolve.Meaning
	seen := map[string]bool{}
	for _, m := range modules {
		m = resolve.Shallow(m, '.')
		c := r.provided(x, m)
		if len(c) == 0 || seen[c[0].Name] {
			continue
		}
		seen[c[0].Name] = true
		out = append(out, resolve.Meaning{Name: c[0].Name, Module: m, Candidates: c, Undeclared: c[0].How != resolve.Declared && c[0].How != resolve.Config})
	}
	return out
}

// provided are the candidates of module m, found once where only the module
// counts.
func (r *imports) provided(x *extract.Reference, m string) []resolve.Candidate {
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

// namespace reports whether a module is a namespace root, whose parts belong to
// many distributions.
func namespace(x *extract.Reference) bool {
	// Deep paths decide by themselves.
	return pythonNamespaces.Has(x.Name) && strings.Count(x.Module, ".") < 2
}

// candidates are the distributions that may provide module m, best first. The
// order of evidence: the user's own map, what the project declares, what is
// installed beside it, the map, the name itself. Of x nothing counts but what is
// mentioned above it.
func (r *imports) candidates(x *extract.Reference, m string) []resolve.Candidate {
	for q := m; q != ""; q, _ = resolve.Parent(q) {
		if name := r.in.Imports[q]; name != "" {
			return []resolve.Candidate{{Name: ecosystem.Normalize(ecosystem.PyPI, name), How: resolve.Config, Confidence: "certain"}}
		}
	}
	top, _, _ := strings.Cut(m, ".")
	root := pythonNamespaces.Has(top)
	identity := same(top)
	if root {
		identity = same(m)
	}
	best, others, tier := lookupModule(m)
	trap, trapped := findTrap(top)
	trapped = trapped && !root
	if trapped && best == "" {
		best, tier = trap.intended, "A"
	}

	// A namesake that is another project does not provide the module, even if it
	// installs one of that name.
	namesake := func(name string) bool {
		return trapped && name == trap.project && name == identity && best != identity && !trap.provider()
	}
	declared := func(name string) bool {
		return !namesake(name) && !stubs(name) && len(r.in.Declared(ecosystem.PyPI, name)) > 0
	}
	if best != "" && declared(best) {
		c := resolve.Candidate{Name: best, How: resolve.Declared, Confidence: "certain"}
		if tier != "A" {
			c.Confidence = "medium" // a weak row, but the declaration speaks for it too
		}
		return []resolve.Candidate{c}
	}
	for _, o := range others {
		if declared(o) {
			return []resolve.Candidate{{Name: o, How: resolve.Declared, Confidence: "high"}}
		}
	}
	if declared(identity) {
		return []resolve.Candidate{{Name: identity, How: resolve.Declared, Confidence: "high"}}
	}
	// Any declared part of the namespace that leads to the module. What the map
	// does not know may be a namespace too, and a private part always counts.
	for q := m; strings.Contains(q, "."); q, _ = resolve.Parent(q) {
		if n := same(q); declared(n) && (root || best == "" || r.private(n)) {
			return []resolve.Candidate{{Name: n, How: resolve.Declared, Confidence: "medium"}}
		}
	}
	if c, ok := r.installed(m, namesake); ok {
		if declared(c.Name) {
			c.How = resolve.Declared
		}
		return []resolve.Candidate{c}
	}

	if best != "" && tier == "A" {
		out := []resolve.Candidate{{Name: best, How: resolve.Mapped, Confidence: "high"}}
		for _, o := range others {
			out = append(out, resolve.Candidate{Name: o, How: resolve.Mapped, Confidence: "low"})
		}
		return out
	}
	if name, ok := lookupUnregistered(top); ok && !root {
		return []resolve.Candidate{{Name: name, How: resolve.Mapped, Confidence: "high"}}
	}
	out := []resolve.Candidate{{Name: identity, How: resolve.Identity, Confidence: "medium"}}
	if root { // what is imported from a part of a namespace need not be a part itself
		for q := m; strings.Count(q, ".") > 1; {
			q, _ = resolve.Parent(q)
			out = append(out, resolve.Candidate{Name: same(q), How: resolve.Identity, Confidence: "medium"})
		}
	}
	for _, h := range r.mention[x.Path] { // "# pip install X" above the import
		if d := x.Span.Start - h.end; d > 0 && d < 40 && h.name != identity {
			out = append(out, resolve.Candidate{Name: h.name, How: resolve.Declared, Confidence: "medium"})
		}
	}
	if best != "" {
		out = append(out, resolve.Candidate{Name: best, How: resolve.Mapped, Confidence: "low"})
	}
	return out
}

// same is the distribution named like a module. No name begins or ends with a
// separator: "_pytest" is the inside of "pytest".
func same(m string) string {
	name := ecosystem.Normalize(ecosystem.PyPI, m)
	if trimmed := strings.Trim(name, "-"); trimmed != "" {
		return trimmed
	}
	return name
}

// stubs reports whether a distribution holds types only, which satisfy no
// import at run time.
func stubs(name string) bool {
	return strings.HasPrefix(name, "types-") || strings.HasSuffix(name, "-stubs")
}

// installed looks for the module among what is installed beside the project:
// the longest dotted prefix, a real provider before a namesake.
func (r *imports) installed(m string, namesake func(string) bool) (resolve.Candidate, bool) {
	for q := m; q != ""; q, _ = resolve.Parent(q) {
		var twin string
		for _, d := range r.in.Installed[q] {
			d = ecosystem.Normalize(ecosystem.PyPI, d)
			switch {
			case stubs(d):
			case namesake(d):
				twin = d
			default:
				return resolve.Candidate{Name: d, How: resolve.Installed, Confidence: "certain"}, true
			}
		}
		if twin != "" {
			return resolve.Candidate{Name: twin, How: resolve.Installed, Confidence: "high"}, true
		}
	}
	return resolve.Candidate{}, false
}

// private reports whether a declaration of a Python distribution is private.
func (r *imports) private(name string) bool {
	return slices.ContainsFunc(r.in.Declared(ecosystem.PyPI, name), func(x *extract.Reference) bool {
		return r.in.Decide(x).Origin == project.Private
	})
}

// lookupModule finds the longest dotted prefix of m in the map; what was
// reviewed by hand goes before what was gathered.
func lookupModule(m string) (best string, others []string, tier string) {
	m = resolve.Shallow(m, '.')
	for q := m; ; {
		row, known := pythonModules.Row(q, 5)
		if fix, ok := pythonOverrides.Row(q, 2); ok {
			if known {
				for _, o := range append([]string{row[1]}, resolve.List(row[4])...) {
					if o != fix[1] {
						others = append(others, o)
					}
				}
			}
			return fix[1], others, "A"
		}
		if known && (q == m || !isPart(q, row[1])) {
			return row[1], resolve.List(row[4]), row[3]
		}
		up, ok := resolve.Parent(q)
		if q == m {
			if only := onlyBelow(m); only != "" {
				return only, nil, "A"
			}
		}
		if !ok {
			return "", nil, ""
		}
		if pythonNamespaces.Has(up) && hasBelow(q) {
			return "", nil, "" // a part of the namespace, which the root's own distribution does not provide
		}
		q = up
	}
}

// isPart reports whether dist, which the map gives for module q, is only one of
// the parts of q: google-cloud-ndb of google.cloud. What else lies below q is
// then another's.
func isPart(q, dist string) bool {
	top, _, dotted := strings.Cut(q, ".")
	return dotted && pythonNamespaces.Has(top) && strings.HasPrefix(dist, ecosystem.Normalize(ecosystem.PyPI, q)+"-") && hasBelow(q)
}

// hasBelow reports whether the map has a module below q.
func hasBelow(q string) bool {
	for range pythonModules.Below(q + ".") {
		return true
	}
	return false
}

// onlyBelow is the distribution that everything below a part of a namespace
// belongs to; empty if there are several, or none.
func onlyBelow(q string) string {
	if top, _, dotted := strings.Cut(q, "."); !dotted || !pythonNamespaces.Has(top) {
		return ""
	}
	only := ""
	for line := range pythonModules.Below(q + ".") {
		cols := strings.SplitN(line, "\t", 5)
		if len(cols) < 4 || cols[3] != "A" || only != "" && only != cols[1] {
			return ""
		}
		only = cols[1]
	}
	return only
}

func lookupUnregistered(importName string) (string, bool) {
	row, ok := pythonUnregistered.Row(importName, 2)
	if !ok {
		return "", false
	}
	return row[1], true
}

// provides reports whether a package is known to be the one that an import of a
// module means: "yaml" and "pyyaml".
func provides(module, pkg string) bool {
	if dist, ok := knownAlias(module); ok {
		return dist == ecosystem.Normalize(ecosystem.PyPI, pkg)
	}
	best, _, tier := lookupModule(module)
	return tier == "A" && best == ecosystem.Normalize(ecosystem.PyPI, pkg)
}

// knownAlias gives the package that a name stands for when it is really the
// name of a module: "cv2" → "opencv-python".
func knownAlias(name string) (string, bool) {
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_")} {
		if dist, ok := lookupUnregistered(n); ok {
			return dist, true
		}
		if best, _, tier := lookupModule(n); best != "" && tier == "A" && best != ecosystem.Normalize(ecosystem.PyPI, n) {
			return best, true
		}
	}
	return "", false
}
