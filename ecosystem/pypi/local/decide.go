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

// nearest is the directory of the project that a file belongs to.
func (p *projects) nearest(file string) string {
	found := "."
	project.Up(path.Dir(file), func(d string) bool {
		if p.marked[d] {
			found = d
			return false
		}
		return true
	})
	return found
}

// searchRoots are the directories below dir that modules are imported from where
// dir is a project, dir itself first.
func (p *projects) searchRoots(dir string) []string {
	if out, ok := p.roots[dir]; ok {
		return out
	}
	own := func(dir string) []string {
		out := append([]string{dir}, p.setups[dir]...)
		if t := p.projects[dir]; t != nil {
			out = append(out, t.roots...)
			for _, r := range t.roots {
				out = append(out, path.Join(r, "src"), path.Join(r, "lib"), path.Join(r, "python"))
			}
		}
		return append(out, path.Join(dir, "src"), path.Join(dir, "lib"), path.Join(dir, "python"))
	}
	out := own(dir)
	if t := p.projects[dir]; t != nil {
		for _, d := range t.beside {
			out = append(out, own(d)...)
		}
	}
	if w := p.uvRoot(dir); w != nil {
		var dirs []string
		for d := range p.projects {
			if d != dir && (d == w.dir || project.Covers(w.members, w.dir, d) && !project.Covers(w.exclude, w.dir, d)) {
				dirs = append(dirs, d)
			}
		}
		slices.Sort(dirs)
		for _, d := range dirs {
			out = append(out, own(d)...)
		}
	}
	for _, f := range p.lists[dir] {
		for _, d := range p.editables(f) {
			out = append(out, own(d)...)
		}
	}
	kept, seen := out[:0], map[string]bool{}
	for _, d := range out {
		if len(p.at[d]) > 0 && !seen[d] {
			seen[d] = true
			kept = append(kept, d)
		}
	}
	p.roots[dir] = kept
	return kept
}

// editables are the directories that a requirements file installs from.
func (p *projects) editables(f string) []string {
	if out, ok := p.editable[f]; ok {
		return out
	}
	var out []string
	data, _ := p.ReadText(f)
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		for _, flag := range []string{"--editable=", "--editable ", "-e "} {
			if rest, ok := strings.CutPrefix(line, flag); ok {
				line = "./" + strings.Trim(strings.TrimSpace(rest), `"'`)
				break
			}
		}
		line, _, _ = strings.Cut(line, ";")
		line, _, _ = strings.Cut(line, "[")
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, ".") || strings.Contains(line, "://") || len(out) == 500 {
			continue
		}
		// pip reads a path as seen from where it is started, which is mostly the
		// project's root: both are taken where a project lies there.
		for _, from := range []string{path.Dir(f), ".", path.Dir(path.Dir(f))} {
			d := path.Join(from, line)
			if !project.Outside(d) && p.marked[d] && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	p.editable[f] = out
	return out
}

func (p *projects) decide(r *extract.Reference) (project.Decision, bool) {
	switch r.Kind {
	case extract.Manifest:
		return p.required(r)
	case extract.Import:
	case extract.Lockfile:
		if t := p.projects[path.Dir(r.Path)]; r.Span.Len() == 0 && t != nil && t.name == ecosystem.Normalize(ecosystem.PyPI, r.Name) {
			return project.Decision{Origin: project.Local, Reason: "the project itself"}, true
		}
		return project.Decision{}, false
	default:
		return project.Decision{}, false
	}
	if m, ok := ecosystem.Standard(ecosystem.PyPI, r.Name); ok {
		reason := "module of " + m.Of
		if m.Gone != "" {
			reason += ", removed in Python " + m.Gone
		}
		return project.Decision{Origin: project.Standard, Reason: reason}, true
	}
	declared := len(p.Declared(ecosystem.PyPI, ecosystem.Normalize(ecosystem.PyPI, r.Name))) > 0
	if r.Path != "-" { // a text alone has no files beside it
		if d, ok := p.module(r, declared); ok {
			return d, true
		}
	}
	if host := hostOf(r); host != "" && !declared {
		return project.Decision{Origin: project.Standard, Reason: "a module of " + host + ", which no package installs"}, true
	}
	return project.Decision{}, false
}

// module decides an import by the modules that lie in the tree.
func (p *projects) module(r *extract.Reference, declared bool) (project.Decision, bool) {
	var found string
	var said project.Claim
	project.Up(path.Dir(r.Path), func(dir string) bool {
		for i, root := range p.searchRoots(dir) {
			if p.importable(root, r, declared, i > 0, i > 0 || dir == "." || p.marked[dir]) {
				found = path.Join(root, r.Name)
				return false
			}
		}
		if t := p.projects[dir]; t != nil && slices.Contains(t.modules, r.Name) {
			found = path.Join(dir, r.Name) + ", which the build makes"
			said = project.Claim{Path: path.Join(dir, "pyproject.toml"), Text: "the build makes " + r.Name}
			return false
		}
		return true
	})
	if found == "" && !declared {
		for _, root := range p.sysPath(r.Path) {
			if p.importable(root, r, declared, true, true) {
				found = path.Join(root, r.Name)
				break
			}
		}
	}
	if found == "" {
		return project.Decision{}, false
	}
	return project.Decision{Origin: project.Local, Reason: "a module of the project, " + found, Claim: said}, true
}

// importable reports whether a module is found in root. The importing file is no
// proof of its own name. Where the name is declared as a dependency, that is what
// is meant unless the module lies where a project's own modules lie (project),
// and always before a folder without __init__.py, as in Python itself. source
// says that root holds nothing but modules.
func (p *projects) importable(root string, r *extract.Reference, declared, source, project bool) bool {
	k := p.at[root][r.Name]
	if k == 0 || declared && !project {
		return false
	}
	if k&regularPackage != 0 {
		return true
	}
	stem, _, _ := strings.Cut(path.Base(r.Path), ".")
	if k&moduleFile != 0 && (path.Dir(r.Path) != root || stem != r.Name) {
		return true
	}
	if k&folder == 0 || declared {
		return false
	}
	inside := path.Join(root, r.Name)
	if source || !strings.HasPrefix(r.Path, inside+"/") {
		return true
	}
	// A file inside of the folder does not see the folder, unless something in
	// it is imported through it.
	if _, rest, ok := strings.Cut(r.Module, "."); ok {
		next, _, _ := strings.Cut(rest, ".")
		return p.at[inside][next] != 0
	}
	return slices.ContainsFunc(r.Names, func(n string) bool { return p.at[inside][n] != 0 })
}

// named reports whether a name is that of the project that a file belongs to.
func (p *projects) named(r *extract.Reference) bool {
	t := p.projects[p.nearest(r.Path)]
	return t != nil && t.name != "" && t.name == ecosystem.Normalize(ecosystem.PyPI, r.Name)
}

// required decides a requirement: of the project itself, of what the same
// requirements file installs from a directory, or of what the root of a uv
// workspace takes from elsewhere.
func (p *projects) required(r *extract.Reference) (project.Decision, bool) {
	if r.Label != "" {
		return project.Decision{}, false
	}
	name, dir := ecosystem.Normalize(ecosystem.PyPI, r.Name), path.Dir(r.Path)
	if path.Base(r.Path) == "pyproject.toml" {
		if t := p.projects[dir]; t != nil && t.name == name {
			return project.Decision{Origin: project.Local, Reason: "the project itself"}, true
		}
		if w := p.uvRoot(dir); w != nil && w.dir != dir && r.Index == "" {
			own := false
			if t := p.projects[dir]; t != nil {
				_, own = t.sources[name]
			}
			if s := w.sources[name]; s.external != "" && !own {
				return project.Decision{Origin: project.External, Reason: fmt.Sprintf("tool.uv.sources of %s: %s", p.Shown(path.Join(w.dir, "pyproject.toml")), s.external)}, true
			}
		}
		return project.Decision{}, false
	}
	if !p.names[name] {
		return project.Decision{}, false
	}
	for _, d := range p.editables(r.Path) {
		if t := p.projects[d]; t != nil && t.name == name {
			return project.Decision{Origin: project.Local, Reason: "the project in " + d + ", which the same file installs"}, true
		}
	}
	return project.Decision{}, false
}
