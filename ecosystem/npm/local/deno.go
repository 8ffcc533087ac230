package local

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// A denoPackage is a directory with a deno.json.
type denoPackage struct {
	dir, file  string
	name       string
	workspaces []string
	links      []string // directories of packages that stand for those of a registry
	imports    importMap
	exports    destination
	members    map[string]string // name → file; nil: not looked for yet
}

// denoJSON reads what a configuration of Deno says of names.
//
// Specification: https://docs.deno.com/runtime/fundamentals/configuration/
func (p *projects) denoJSON(f string) {
	var m struct {
		Name      any `json:"name"`
		Workspace any `json:"workspace"`
		Imports   any `json:"imports"`
		Scopes    any `json:"scopes"`
		ImportMap any `json:"importMap"`
		Exports   any `json:"exports"`
		Links     any `json:"links"`
		Patch     any `json:"patch"` // what links was called at first
	}
	if !p.ReadJSON(f, &m) {
		return
	}
	d := &denoPackage{dir: path.Dir(f), file: f}
	left := 500
	d.exports = p.exported(d.dir, m.Exports, &left)
	d.name, _ = m.Name.(string)
	d.workspaces = members(m.Workspace, "members")
	for _, l := range append(project.Strings(m.Links), project.Strings(m.Patch)...) {
		d.links = append(d.links, path.Join(d.dir, l))
	}
	d.imports = importMap{file: f, dir: d.dir}
	d.imports.fill(m.Imports, m.Scopes)
	if to, _ := m.ImportMap.(string); to != "" && m.Imports == nil && !strings.Contains(to, "://") {
		var other struct{ Imports, Scopes any }
		if at := path.Join(d.dir, to); p.IsFile(at) && p.ReadJSON(at, &other) {
			d.imports.file, d.imports.dir = at, path.Dir(at)
			d.imports.fill(other.Imports, other.Scopes)
		}
	}
	p.deno[d.dir] = d
}

// denoOwn decides a name by the deno.json files above a file: an entry of an
// import map, the package itself, a member of its workspace, or a linked one.
func (p *projects) denoOwn(r *extract.Reference, spec string) (project.Decision, bool) {
	var d project.Decision
	nearest := ""
	project.Up(path.Dir(r.Path), func(dir string) bool {
		m := p.deno[dir]
		if m == nil {
			return true
		}
		first := nearest == ""
		if first {
			nearest = dir
		}
		mapped, ok := p.mapped(&m.imports, r, spec)
		switch {
		case ok:
			d = mapped
		case first && m.name == r.Name && m.name != "" && m.exports == there:
			d = project.Decision{Origin: project.Local, Reason: "the package it belongs to, " + p.Shown(m.file)}
		case first && m.name == r.Name && m.name != "" && m.exports == untold:
			d = word(project.Local, "the package it belongs to, "+p.Shown(m.file), project.Claim{Path: m.file, Text: "name " + m.name, Pattern: m.name})
		default:
			if file := p.denoLinked(m, r.Name); file != "" {
				d = project.Decision{Origin: project.Local, Reason: "linked by " + p.Shown(m.file) + ", " + p.Shown(file)}
			} else if len(m.workspaces) > 0 && (nearest == dir || project.Covers(m.workspaces, dir, nearest)) {
				if file := p.denoMember(m, r.Name); file != "" {
					d = project.Decision{Origin: project.Local, Reason: "a member of the workspace, " + file}
				}
			}
		}
		return d.Reason == ""
	})
	return d, d.Reason != ""
}

// denoLinked is the file of the package that takes the place of one of a
// registry; empty: there is none.
func (p *projects) denoLinked(m *denoPackage, name string) string {
	for _, dir := range m.links {
		if d := p.deno[dir]; d != nil && d.name == name {
			return d.file
		}
		if pkg := p.packages[dir]; pkg != nil && pkg.name == name {
			return pkg.file
		}
	}
	return ""
}

// denoMember is the file of the member of a workspace that has a name.
func (p *projects) denoMember(w *denoPackage, name string) string {
	if w.members == nil {
		w.members = map[string]string{}
		take := func(dir, name, file string) {
			if name != "" && file != "" && (dir == w.dir || project.Covers(w.workspaces, w.dir, dir)) && (w.members[name] == "" || file < w.members[name]) {
				w.members[name] = file
			}
		}
		for dir, m := range p.deno {
			take(dir, m.name, m.file)
		}
		for dir, pkg := range p.packages {
			if dir != w.dir {
				take(dir, pkg.name, pkg.file)
			}
		}
	}
	return w.members[name]
}

// jsrBound decides a name that a package.json, or a command of the same document,
// takes from JSR.
func (p *projects) jsrBound(r *extract.Reference) (project.Decision, bool) {
	from := saidAbove(p.jsr, r.Path, r.Name)
	if from == "" || r.Ecosystem != ecosystem.NPM {
		return project.Decision{}, false
	}
	return word(project.Local, "comes from JSR, by "+from, project.Claim{Path: from, Text: "jsr:" + r.Name, Pattern: r.Name}), true
}
