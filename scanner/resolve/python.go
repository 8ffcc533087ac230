package resolve

import (
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// python resolves a module to the distribution that provides it.
func (r *resolver) python(x *extract.Reference, d project.Decision) {
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
	seen := map[string]bool{}
	for _, m := range modules {
		m = shallow(m, '.')
		c := r.provided(x, m)
		if len(c) == 0 || seen[c[0].Name] {
			continue
		}
		seen[c[0].Name] = true
		u := Use{Reference: x, How: c[0].How}
		if m != x.Module {
			part := *x
			part.Module = m
			u.Reference = &part
		}
		u.Undeclared = c[0].How != Declared && c[0].How != Config && needed(x) && r.p.HasManifest(ecosystem.PyPI, x.Path)
		r.add(x, r.declaredAs(x, c[0].Name, d), c[0].Name, c, u, false)
	}
}

// namespace reports whether a module is a namespace root, whose parts belong to
// many distributions.
func namespace(x *extract.Reference) bool {
	// Deep paths decide by themselves.
	return has(pythonNamespaces, x.Name) && strings.Count(x.Module, ".") < 2
}

// candidates are the distributions that may provide module m, best first. The
// order of evidence: the user's own map, what the project declares, what is
// installed beside it, the map, the name itself. Of x nothing counts but what is
// mentioned above it.
func (r *resolver) candidates(x *extract.Reference, m string) []Candidate {
	for q := m; q != ""; q, _ = parent(q) {
		if name := r.o.Imports[q]; name != "" {
			return []Candidate{{ecosystem.Normalize(ecosystem.PyPI, name), Config, "certain"}}
		}
	}
	top, _, _ := strings.Cut(m, ".")
	root := has(pythonNamespaces, top)
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
		return !namesake(name) && !stubs(name) && len(r.p.Declared(ecosystem.PyPI, name)) > 0
	}
	if best != "" && declared(best) {
		c := Candidate{best, Declared, "certain"}
		if tier != "A" {
			c.Confidence = "medium" // a weak row, but the declaration speaks for it too
		}
		return []Candidate{c}
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
	for q := m; strings.Contains(q, "."); q, _ = parent(q) {
		if n := same(q); declared(n) && (root || best == "" || r.private(n)) {
			return []Candidate{{n, Declared, "medium"}}
		}
	}
	if c, ok := r.installed(m, namesake); ok {
		if declared(c.Name) {
			c.How = Declared
		}
		return []Candidate{c}
	}

	if best != "" && tier == "A" {
		out := []Candidate{{best, Mapped, "high"}}
		for _, o := range others {
			out = append(out, Candidate{o, Mapped, "low"})
		}
		return out
	}
	if name, ok := lookupUnregistered(top); ok && !root {
		return []Candidate{{name, Mapped, "high"}}
	}
	out := []Candidate{{identity, Identity, "medium"}}
	if root { // what is imported from a part of a namespace need not be a part itself
		for q := m; strings.Count(q, ".") > 1; {
			q, _ = parent(q)
			out = append(out, Candidate{same(q), Identity, "medium"})
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

// same is the distribution named like a module. No name begins or ends with a
// separator: "_pytest" is the inside of "pytest".
func same(m string) string {
	name := ecosystem.Normalize(ecosystem.PyPI, m)
	if trimmed := strings.Trim(name, "-"); trimmed != "" {
		return trimmed
	}
	return name
}

// parent drops the last part of a dotted name: "" and false at the end.
func parent(m string) (string, bool) {
	i := strings.LastIndexByte(m, '.')
	if i < 0 {
		return "", false
	}
	return m[:i], true
}

// shallow cuts a path after its first parts: no module or package is named
// deeper, and a path of a hostile text may have no end.
func shallow(path string, sep byte) string {
	const parts = 24
	at := 0
	for range parts {
		i := strings.IndexByte(path[at:], sep)
		if i < 0 {
			return path
		}
		at += i + 1
	}
	return path[:at-1]
}

// stubs reports whether a distribution holds types only, which satisfy no
// import at run time.
func stubs(name string) bool {
	return strings.HasPrefix(name, "types-") || strings.HasSuffix(name, "-stubs")
}

// installed looks for the module among what is installed beside the project:
// the longest dotted prefix, a real provider before a namesake.
func (r *resolver) installed(m string, namesake func(string) bool) (Candidate, bool) {
	for q := m; q != ""; q, _ = parent(q) {
		var twin string
		for _, d := range r.o.Installed[q] {
			d = ecosystem.Normalize(ecosystem.PyPI, d)
			switch {
			case stubs(d):
			case namesake(d):
				twin = d
			default:
				return Candidate{d, Installed, "certain"}, true
			}
		}
		if twin != "" {
			return Candidate{twin, Installed, "high"}, true
		}
	}
	return Candidate{}, false
}

// private reports whether a declaration of a Python distribution is private.
func (r *resolver) private(name string) bool {
	return slices.ContainsFunc(r.p.Declared(ecosystem.PyPI, name), func(x *extract.Reference) bool {
		return r.p.Decide(x).Origin == project.Private
	})
}

// lookupModule finds the longest dotted prefix of m in the map; what was
// reviewed by hand goes before what was gathered.
func lookupModule(m string) (best string, others []string, tier string) {
	m = shallow(m, '.')
	for q := m; ; {
		row, known := findRow(pythonModules, q, 5)
		if fix, ok := findRow(pythonOverrides, q, 2); ok {
			if known {
				for _, o := range append([]string{row[1]}, list(row[4])...) {
					if o != fix[1] {
						others = append(others, o)
					}
				}
			}
			return fix[1], others, "A"
		}
		if known && (q == m || !isPart(q, row[1])) {
			return row[1], list(row[4]), row[3]
		}
		up, ok := parent(q)
		if q == m {
			if only := onlyBelow(m); only != "" {
				return only, nil, "A"
			}
		}
		if !ok {
			return "", nil, ""
		}
		if has(pythonNamespaces, up) && hasBelow(q) {
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
	return dotted && has(pythonNamespaces, top) && strings.HasPrefix(dist, ecosystem.Normalize(ecosystem.PyPI, q)+"-") && hasBelow(q)
}

// hasBelow reports whether the map has a module below q.
func hasBelow(q string) bool {
	for range below(pythonModules, q+".") {
		return true
	}
	return false
}

// onlyBelow is the distribution that everything below a part of a namespace
// belongs to; empty if there are several, or none.
func onlyBelow(q string) string {
	if top, _, dotted := strings.Cut(q, "."); !dotted || !has(pythonNamespaces, top) {
		return ""
	}
	only := ""
	for line := range below(pythonModules, q+".") {
		cols := strings.SplitN(line, "\t", 5)
		if len(cols) < 4 || cols[3] != "A" || only != "" && only != cols[1] {
			return ""
		}
		only = cols[1]
	}
	return only
}

func lookupUnregistered(importName string) (string, bool) {
	row, ok := findRow(pythonUnregistered, importName, 2)
	if !ok {
		return "", false
	}
	return row[1], true
}

// Provides reports whether a package is known to be the one that an import of
// module means: "yaml" and "pyyaml". Where import and package share their name
// by rule that name is the answer.
func Provides(e ecosystem.Ecosystem, module, pkg string) bool {
	if e != ecosystem.PyPI {
		return module == pkg
	}
	if dist, ok := KnownAlias(e, module); ok {
		return dist == ecosystem.Normalize(e, pkg)
	}
	best, _, tier := lookupModule(module)
	return tier == "A" && best == ecosystem.Normalize(e, pkg)
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
