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
	imports    map[string]string
	exports    destination
	members    map[string]string // name → file; nil: not looked for yet
}

func (p *projects) denoJSON(f string) {
	var m struct {
		Name      any `json:"name"`
		Workspace any `json:"workspace"`
		Imports   any `json:"imports"`
		Exports   any `json:"exports"`
	}
	if !p.ReadJSON(f, &m) {
		return
	}
	d := &denoPackage{dir: path.Dir(f), file: f, imports: map[string]string{}}
	left := 500
	d.exports = p.exported(d.dir, m.Exports, &left)
	d.name, _ = m.Name.(string)
	globs := project.Strings(m.Workspace)
	if o, ok := m.Workspace.(map[string]any); ok {
		globs = project.Strings(o["members"])
	}
	d.workspaces = project.Globs(globs)
	if imports, ok := m.Imports.(map[string]any); ok {
		for k, v := range imports {
			d.imports[k], _ = v.(string)
		}
	}
	p.deno[d.dir] = d
}

// denoOwn decides a name by the deno.json files above a file: an entry of an
// import map, the package itself, or a member of its workspace.
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
		mapped, ok := p.denoImport(m, r, spec)
		switch {
		case ok:
			d = mapped
		case first && m.name == r.Name && m.name != "" && m.exports == there:
			d = project.Decision{Origin: project.Local, Reason: "the package it belongs to, " + m.file}
		case first && m.name == r.Name && m.name != "" && m.exports == untold:
			d = word(project.Local, "the package it belongs to, "+m.file, project.Claim{Path: m.file, Text: "name " + m.name, Pattern: m.name})
		case len(m.workspaces) > 0 && (nearest == dir || project.Covers(m.workspaces, dir, nearest)):
			if file := p.denoMember(m, r.Name); file != "" {
				d = project.Decision{Origin: project.Local, Reason: "a member of the workspace, " + file}
			}
		}
		return d.Reason == ""
	})
	return d, d.Reason != ""
}

// denoImport decides a name by an import map: an entry leads to the project's own
// files, or says which package of which registry is meant.
func (p *projects) denoImport(m *denoPackage, r *extract.Reference, spec string) (project.Decision, bool) {
	for _, key := range []string{spec, r.Name, r.Name + "/"} {
		to, ok := m.imports[key]
		if !ok || to == "" {
			continue
		}
		rest := ""
		if len(spec) > len(key) && strings.HasPrefix(spec, key) {
			rest = "/" + spec[len(key):]
		}
		reason := "an entry of the import map in " + m.file
		claim := project.Claim{Path: m.file, Text: "imports " + key, Pattern: key}
		registry, name, remote := strings.Cut(to, ":")
		switch {
		case remote && registry == string(r.Ecosystem):
			name = strings.TrimPrefix(name, "/")
			if at := strings.LastIndexByte(name, '@'); at > 0 {
				name = name[:at]
			}
			if packageOf(name) == r.Name {
				continue // under its own name
			}
			return word(project.Local, reason, claim), true
		case remote:
			return word(project.Local, reason, claim), true
		}
		switch p.leads(path.Join(m.dir, to)+rest, elsewhere) {
		case there:
			return project.Decision{Origin: project.Local, Reason: reason}, true
		case untold:
			return word(project.Local, reason, claim), true
		}
		if len(p.Declared(ecosystem.NPM, r.Name)) == 0 && asked(r.Name) {
			return word(project.Private, reason+", which leads to nothing in the tree", claim), true
		}
	}
	return project.Decision{}, false
}

func (p *projects) denoMember(w *denoPackage, name string) string {
	if w.members == nil {
		w.members = map[string]string{}
		for dir, m := range p.deno {
			if m.name != "" && project.Covers(w.workspaces, w.dir, dir) && (w.members[m.name] == "" || m.file < w.members[m.name]) {
				w.members[m.name] = m.file
			}
		}
	}
	return w.members[name]
}
