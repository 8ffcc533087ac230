package golang

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/resolve"
)

// resolveRules is how import paths name modules: a path may lie in any module
// whose path is a prefix of it.
func resolveRules() *resolve.Rules {
	return &resolve.Rules{Ecosystem: ecosystem.Golang, Begin: func(in resolve.Scope) *resolve.Imports {
		r := &imports{modules: map[string]bool{}, paths: map[string][]resolve.Candidate{}}
		for name, at := range in.DeclaredNames(ecosystem.Golang) {
			r.modules[name] = slices.ContainsFunc(at, namesModule)
		}
		return &resolve.Imports{Import: r.meanings, Open: r.open}
	}}
}

// namesModule reports whether a declaration names a module. Commands and the tools
// of go.mod name packages, which lie in one.
func namesModule(x *extract.Reference) bool {
	return (x.Kind == extract.Manifest || x.Kind == extract.Lockfile) && x.Scope != "tool"
}

// imports is what the imports of one project mean.
type imports struct {
	modules map[string]bool                // that are required
	paths   map[string][]resolve.Candidate // of import paths, found once
}

func (r *imports) meanings(x *extract.Reference) []resolve.Meaning {
	if m, ok := r.required(x.Name); ok {
		return []resolve.Meaning{{Name: m, Candidates: []resolve.Candidate{{Name: m, How: resolve.Declared, Confidence: "certain"}}}}
	}
	return []resolve.Meaning{{Name: x.Name, Candidates: r.possible(x.Name), Undeclared: true}}
}

// open is what a path that a command names may lie in.
func (r *imports) open(x *extract.Reference) []resolve.Candidate {
	if x.Kind == extract.Command || x.Kind == extract.Mention || x.Scope == "tool" {
		return r.possible(ecosystem.Normalize(x.Ecosystem, x.Name))
	}
	return nil
}

// required is the longest path of a required module that the import path lies
// in.
func (r *imports) required(p string) (string, bool) {
	for i := len(p); i > 0; i = strings.LastIndexByte(p[:i], '/') {
		if r.modules[p[:i]] {
			return p[:i], true
		}
	}
	return "", false
}

// possible are the prefixes of an import path, found once.
func (r *imports) possible(p string) []resolve.Candidate {
	out, ok := r.paths[p]
	if !ok {
		out = prefixes(p)
		r.paths[p] = out
	}
	return out
}

// prefixes are the module paths that an import path may lie in, longest first:
// three elements at least on the known forges.
func prefixes(p string) []resolve.Candidate {
	shortest := max(1, ecosystem.ForgeDepth(p))
	var out []resolve.Candidate
	for q := resolve.Shallow(p, '/'); q != "." && q != "/" && strings.Count(q, "/")+1 >= shortest; q = path.Dir(q) {
		if module.CheckPath(q) == nil {
			out = append(out, resolve.Candidate{Name: q, How: resolve.Identity, Confidence: "high"})
		}
		if !strings.Contains(q, "/") {
			break
		}
	}
	if len(out) == 0 {
		out = []resolve.Candidate{{Name: p, How: resolve.Identity, Confidence: "low"}}
	}
	return out
}
