package project

import (
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// Decide says whose the name of a reference is. The first rule that matches
// wins.
func (p *Project) Decide(r *extract.Reference) Decision {
	switch r.From {
	case extract.FromWorkspace:
		return Decision{Origin: External, Reason: "a workspace member"}
	case extract.FromPath:
		return Decision{Origin: External, Reason: "comes from a directory"}
	case extract.FromGit:
		return Decision{Origin: External, Reason: "comes from git"}
	case extract.FromURL:
		return Decision{Origin: External, Reason: "comes from a URL"}
	}
	if r.Ecosystem == ecosystem.Unknown {
		return Decision{Reason: "it is not known which ecosystem it belongs to"}
	}
	inManifest := r.Kind == extract.Manifest || r.Kind == extract.Lockfile
	if r.Kind != extract.Import && ecosystem.Placeholder(r.Ecosystem, r.Name, inManifest) {
		return Decision{Origin: Placeholder, Reason: "stands for a name to be filled in"}
	}
	switch r.Ecosystem {
	case ecosystem.NPM:
		if d, ok := p.npmDecision(r); ok {
			return d
		}
	case ecosystem.PyPI:
		if d, ok := p.pythonDecision(r); ok {
			return d
		}
	case ecosystem.Golang:
		if d, ok := p.goDecision(r); ok {
			return d
		}
	}
	if d, ok := p.private(r); ok {
		return d
	}
	if r.Kind == extract.Import && ecosystem.Placeholder(r.Ecosystem, r.Name, false) && len(p.Declared(r.Ecosystem, r.Package().Name)) == 0 {
		return Decision{Origin: Placeholder, Reason: "stands for a name to be filled in"}
	}
	return Decision{Origin: Public, Reason: "a name of " + r.Ecosystem.Registry()}
}

// private decides names that must not leave the machine.
func (p *Project) private(r *extract.Reference) (Decision, bool) {
	pkg := r.Package()
	if p.o.Settings != nil {
		if setting, ok := p.o.Settings.Private(pkg); ok {
			return Decision{Origin: Private, Reason: setting, UserSaid: true}, true
		}
	}
	if pattern, ok := matchPatterns(p.o.UserPrivate, pkg); ok {
		return Decision{Origin: Private, Reason: "private = \"" + pattern + "\" of the user", UserSaid: true}, true
	}
	if p.o.PrivateFromUserOnly {
		return Decision{}, false
	}
	if pattern, ok := matchPatterns(p.o.RepoPrivate, pkg); ok {
		return Decision{Origin: Private, Reason: "private = \"" + pattern + "\" in .figment.toml",
			Claim: Claim{Text: "private = \"" + pattern + "\"", Pattern: pattern}}, true
	}
	if r.Index != "" && r.Kind != extract.Lockfile && !p.trusted(r.Ecosystem, r.Index) {
		return Decision{Origin: Private, Reason: "the index written beside it in " + r.Path,
			Claim: Claim{Path: r.Path, Text: "the index beside the name", URL: r.Index}}, true
	}
	if r.Ecosystem == ecosystem.NPM {
		scope, _, scoped := strings.Cut(r.Name, "/")
		for i := range p.npm.claims {
			c := &p.npm.claims[i]
			if c.URL == "" || p.trusted(ecosystem.NPM, c.URL) || !under(path.Dir(c.Path), r.Path) {
				continue
			}
			if c.Scope == "" || scoped && c.Scope == scope {
				key := "registry"
				if c.Scope != "" {
					key = c.Scope + ":registry"
				}
				return Decision{Origin: Private, Reason: describe("%s:%d %s", c.Path, c.Line, key),
					Claim: Claim{Path: c.Path, Line: c.Line, Text: key, URL: c.URL}}, true
			}
		}
		if p.npm.foreign[r.Name] {
			return Decision{Origin: Private, Reason: "the lock file takes it from another registry than the rest",
				Claim: Claim{Path: r.Path, Text: "another registry than the rest of the lock file", URL: r.Index}}, true
		}
	}
	return Decision{}, false
}

func (p *Project) trusted(e ecosystem.Ecosystem, url string) bool {
	return p.o.Settings != nil && p.o.Settings.Trusted(e, url)
}

func under(dir, file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

func matchPatterns(patterns []string, pkg ecosystem.Package) (string, bool) {
	for _, pattern := range patterns {
		eco, glob := ecosystem.Unknown, pattern
		if word, rest, ok := strings.Cut(pattern, ":"); ok {
			if e, known := ecosystem.Lookup(word); known {
				eco, glob = e, rest
			}
		}
		if eco != ecosystem.Unknown && eco != pkg.Ecosystem {
			continue
		}
		if hit, err := path.Match(glob, pkg.Name); err == nil && hit {
			return pattern, true
		}
		if prefix, ok := strings.CutSuffix(glob, "/**"); ok && strings.HasPrefix(pkg.Name, prefix+"/") {
			return pattern, true
		}
	}
	return "", false
}

func (p *Project) npmDecision(r *extract.Reference) (Decision, bool) {
	if f, ok := p.npm.names[r.Name]; ok && (r.Kind == extract.Import || len(p.npm.names) > 1 || r.Kind == extract.Lockfile) {
		return Decision{Origin: Local, Reason: "the project's own package, " + f}, true
	}
	if r.Kind != extract.Import {
		return Decision{}, false
	}
	spec := r.Module
	if spec == "" {
		spec = r.Name
	}
	if m, ok := ecosystem.Standard(ecosystem.NPM, spec); ok {
		return Decision{Origin: Standard, Reason: "builtin module of " + m.Of}, true
	}
	if _, ok := ecosystem.Standard(ecosystem.NPM, r.Name); ok {
		return Decision{Origin: Standard, Reason: "builtin module of Node.js"}, true
	}
	if p.npm.aliases[r.Name] {
		return Decision{Origin: Local, Reason: "the local name of an npm: alias"}, true
	}
	if p.npm.ambient[spec] && len(p.Declared(ecosystem.NPM, r.Name)) == 0 {
		return Decision{Origin: Local, Reason: "declared by the project's own types"}, true
	}
	if p.npm.imports[spec] || p.npm.imports[r.Name] || p.npm.imports[r.Name+"/"] {
		return Decision{Origin: Local, Reason: "an entry of the import map"}, true
	}
	for _, a := range p.npm.bundler {
		if spec == a || strings.HasPrefix(spec, a+"/") {
			return Decision{Origin: Local, Reason: "alias " + a + " of a bundler's configuration"}, true
		}
	}
	declared := len(p.Declared(ecosystem.NPM, r.Name)) > 0
	for _, a := range p.tsPaths(r.Path) {
		if base, ok := strings.CutPrefix(a.pattern, "\x00"); ok {
			if !declared && p.sourceAt(path.Join(base, spec)) {
				return Decision{Origin: Local, Reason: a.from}, true
			}
			continue
		}
		// The pattern "*" only says where else to look.
		if a.pattern != "*" && matchAlias(a.pattern, spec) {
			return Decision{Origin: Local, Reason: a.from}, true
		}
	}
	if c := ecosystem.CheckName(ecosystem.NPM, r.Name); c.State == ecosystem.Invalid || c.Legacy && !declared && strings.ToLower(r.Name) != r.Name {
		return Decision{Origin: Local, Reason: "no npm name can look like this: an alias"}, true
	}
	// A file of the project beside the importing one or at a root is imported by
	// its bare name only through an alias that is not visible here.
	if !declared && !strings.HasPrefix(r.Name, "@") {
		for _, dir := range []string{".", "src", "app", "lib"} {
			if first := path.Join(dir, r.Name); (p.dirs[first] || p.sourceAt(first)) && r.Module != "" && p.sourceAt(path.Join(dir, spec)) {
				return Decision{Origin: Local, Reason: "a file of the project, " + path.Join(dir, spec)}, true
			}
		}
	}
	return Decision{}, false
}

func matchAlias(pattern, spec string) bool {
	if before, after, ok := strings.Cut(pattern, "*"); ok {
		return len(spec) >= len(before)+len(after) && strings.HasPrefix(spec, before) && strings.HasSuffix(spec, after)
	}
	return pattern == spec
}

// sourceAt reports whether a module specifier leads to a file at p.
func (p *Project) sourceAt(at string) bool {
	if strings.HasPrefix(at, "..") {
		return false
	}
	if p.files[at] {
		return true
	}
	for _, ext := range []string{".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".json", ".vue", ".svelte", ".scss", ".css"} {
		if p.files[at+ext] {
			return true
		}
	}
	if p.dirs[at] {
		for _, index := range []string{"index.ts", "index.tsx", "index.js", "index.jsx", "index.d.ts", "package.json"} {
			if p.files[path.Join(at, index)] {
				return true
			}
		}
	}
	return false
}

func (p *Project) pythonDecision(r *extract.Reference) (Decision, bool) {
	if p.python.names[ecosystem.Normalize(ecosystem.PyPI, r.Name)] && r.Kind != extract.Command {
		return Decision{Origin: Local, Reason: "the project's own package"}, true
	}
	if r.Kind != extract.Import {
		return Decision{}, false
	}
	if m, ok := ecosystem.Standard(ecosystem.PyPI, r.Name); ok {
		reason := "module of " + m.Of
		if m.Gone != "" {
			reason += ", removed in Python " + m.Gone
		}
		return Decision{Origin: Standard, Reason: reason}, true
	}
	if r.Label != "" || r.Path == "-" {
		return Decision{}, false // a snippet has no files beside it
	}
	if p.python.modules[r.Name] {
		return Decision{Origin: Local, Reason: "a module of the project"}, true
	}
	for dir := path.Dir(r.Path); ; dir = path.Dir(dir) {
		at := path.Join(dir, r.Name)
		if p.files[at+".py"] || p.files[at+".pyi"] || p.files[at+".pyx"] || p.files[at+".so"] || p.files[at+".ipynb"] || p.dirs[at] && p.hasPython(at) {
			return Decision{Origin: Local, Reason: "a module of the project, " + at}, true
		}
		if dir == "." || dir == "/" {
			return Decision{}, false
		}
	}
}

func (p *Project) goDecision(r *extract.Reference) (Decision, bool) {
	if r.Kind == extract.Import {
		if _, ok := ecosystem.Standard(ecosystem.Golang, r.Name); ok {
			return Decision{Origin: Standard, Reason: "package of the Go standard library"}, true
		}
		first, _, _ := strings.Cut(r.Name, "/")
		if !strings.Contains(first, ".") && (first == "cmd" || first == "internal" || first == "vendor" || first == "runtime" || first == "unsafe" || strings.HasPrefix(r.Name, "golang.org/x/") || first == "plugin") {
			return Decision{Origin: Standard, Reason: "internal to the Go distribution"}, true
		}
	}
	for dir, m := range p.gomods {
		if m.path != "" && (r.Name == m.path || strings.HasPrefix(r.Name, m.path+"/")) {
			return Decision{Origin: Local, Reason: "module " + m.path + " in " + path.Join(dir, "go.mod")}, true
		}
	}
	if m, ok := p.goModOf(r.Path); ok {
		for old := range m.replace {
			if r.Scope != "replace" && (r.Name == old || r.Kind == extract.Import && strings.HasPrefix(r.Name, old+"/")) {
				return Decision{Origin: External, Reason: "replaced in go.mod"}, true
			}
		}
	}
	if r.Kind == extract.Import && ecosystem.Placeholder(ecosystem.Golang, r.Name, false) {
		if _, private := p.private(r); !private {
			return Decision{Origin: Placeholder, Reason: "a path of examples"}, true
		}
	}
	return Decision{}, false
}

// goModOf is the module that a file belongs to.
func (p *Project) goModOf(file string) (goModule, bool) {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if m, ok := p.gomods[dir]; ok {
			return m, true
		}
		if dir == "." || dir == "/" {
			return goModule{}, false
		}
	}
}

// GoModules lists the module paths that the project's go.mod files require,
// longest first.
func (p *Project) GoModules() []string {
	var out []string
	for name := range p.declared[ecosystem.Golang] {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return out
}
