package local

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// An npmPackage is a directory with a package.json, or with the file of a
// workspace.
type npmPackage struct {
	dir, file     string
	name, version string
	private       bool
	workspaces    []string    // globs of the members; nil: no workspace
	manager       Managers    // the one program that installs it; 0: as npm does
	engines       []string    // the programs that it says it runs in
	field         string      // the program that package.json names, with its version
	links         bool        // pnpm takes members for plain ranges too
	exports       destination // where its exports lead: elsewhere if it has none

	members map[string]*npmPackage // by name; nil: not looked for yet
}

func (p *projects) packageJSON(f string) {
	var m struct {
		Name       any `json:"name"`
		Version    any `json:"version"`
		Private    any `json:"private"`
		Workspaces any `json:"workspaces"`
		Manager    any `json:"packageManager"`
		Engines    any `json:"engines"`
		DevEngines any `json:"devEngines"`
		Exports    any `json:"exports"`
		Catalog    any `json:"catalog"`
		Catalogs   any `json:"catalogs"`
	}
	if !p.ReadJSON(f, &m) {
		return
	}
	pkg := p.npmAt(path.Dir(f))
	pkg.file = f
	pkg.name, _ = m.Name.(string)
	pkg.version, _ = m.Version.(string)
	p.names[pkg.name] = true
	pkg.private, _ = m.Private.(bool)
	left := 500
	pkg.exports = p.exported(pkg.dir, m.Exports, &left)
	if o, ok := m.Workspaces.(map[string]any); ok {
		p.catalogs(f, UsesBun, o["catalog"], o["catalogs"])
	}
	p.catalogs(f, UsesBun, m.Catalog, m.Catalogs)
	pkg.workspaces = members(m.Workspaces, "packages")
	if engines, ok := m.Engines.(map[string]any); ok && len(engines) < 100 {
		pkg.engines = slices.Sorted(maps.Keys(engines))
	}
	pkg.field, _ = m.Manager.(string)
	if pkg.field == "" {
		pkg.field = engine(m.DevEngines)
	}
	pkg.manager, pkg.links = p.manager(pkg.dir, pkg.field)
}

// members are the globs of a workspace in JSON: a list, or an object that has the
// list under key.
func members(v any, key string) []string {
	if o, ok := v.(map[string]any); ok {
		v = o[key]
	}
	return project.Globs(project.Strings(v))
}

// engine is the program that the member devEngines of a package.json names, if it
// is one only.
func engine(v any) string {
	engines, _ := v.(map[string]any)
	one, _ := engines["packageManager"].(map[string]any)
	if list, ok := engines["packageManager"].([]any); ok && len(list) == 1 {
		one, _ = list[0].(map[string]any)
	}
	name, _ := one["name"].(string)
	version, _ := one["version"].(string)
	if name == "" {
		return ""
	}
	return name + "@" + strings.TrimLeft(version, "^~>=v ")
}

// exported is where the exports of a package lead: what is built later is not
// there yet.
func (p *projects) exported(dir string, v any, left *int) destination {
	if *left--; *left < 0 {
		return untold
	}
	found := elsewhere
	switch x := v.(type) {
	case string:
		x, _, _ = strings.Cut(x, "*")
		if found = p.leads(path.Join(dir, x), found); found == nowhere {
			found = untold
		}
	case []any:
		for _, e := range x {
			found = max(found, p.exported(dir, e, left))
		}
	case map[string]any:
		for _, e := range x {
			found = max(found, p.exported(dir, e, left))
		}
	}
	return found
}

// npmAt is the package of a directory, made if there is none.
func (p *projects) npmAt(dir string) *npmPackage {
	pkg := p.packages[dir]
	if pkg == nil {
		pkg = &npmPackage{dir: dir}
		p.packages[dir] = pkg
		p.folders = append(p.folders, dir)
	}
	return pkg
}

// manager finds out which program installs the workspace of a directory, and
// whether pnpm then links members for plain ranges: up to version 8 it does
// unless it is told not to, since version 9 only where it is told to.
func (p *projects) manager(dir, field string) (by Managers, links bool) {
	has := func(name string) bool { return p.IsFile(path.Join(dir, name)) }
	starts := func(file, word string) bool {
		text, ok := p.ReadText(path.Join(dir, file))
		return ok && strings.Contains(string(text[:min(len(text), 400)]), word)
	}
	switch by := managerNamed(field); by {
	case UsesPnpm:
		_, version, _ := strings.Cut(field, "@")
		return by, strings.HasPrefix(version, "6.") || strings.HasPrefix(version, "7.") || strings.HasPrefix(version, "8.")
	case 0, UsesDeno: // by its files
	default:
		return by, false
	}
	switch {
	case has(".yarnrc.yml"):
		return UsesYarnBerry, false
	case has("pnpm-lock.yaml"):
		return UsesPnpm, starts("pnpm-lock.yaml", "lockfileVersion: 5") || starts("pnpm-lock.yaml", "lockfileVersion: '6")
	case has("pnpm-workspace.yaml"):
		return UsesPnpm, false
	case has("yarn.lock"):
		if starts("yarn.lock", berryLock) {
			return UsesYarnBerry, false
		}
		return UsesYarnClassic, false
	case has("bun.lock"), has("bun.lockb"):
		return UsesBun, false
	}
	return UsesNPM, false
}

// pnpmWorkspace reads the file that makes a directory the root of a workspace of
// pnpm.
func (p *projects) pnpmWorkspace(f string) {
	src, ok := p.ReadText(f)
	if !ok || p.TooDeep(f, src, text.YAML) {
		return
	}
	m, err := text.YAMLMap(src)
	if err != nil {
		p.Report(source.Problem{Path: f, Text: "is not valid YAML: its workspaces are not known"})
		return
	}
	p.configuration(f)
	p.catalogs(f, UsesPnpm, m["catalog"], m["catalogs"])
	pkg := p.npmAt(path.Dir(f))
	globs := project.Globs(project.Strings(m["packages"]))
	if pkg.manager != UsesPnpm && pkg.file != "" || len(globs) == 0 {
		return // its package.json says that another program installs it
	}
	pkg.manager, pkg.workspaces = UsesPnpm, globs
	switch m["linkWorkspacePackages"] {
	case true, "true", "deep":
		pkg.links = true
	case false, "false":
		pkg.links = false
	default:
		if text, ok := p.ReadText(path.Join(pkg.dir, ".npmrc")); ok {
			for line := range strings.Lines(string(text)) {
				if k, v, ok := strings.Cut(line, "="); ok && strings.TrimSpace(k) == "link-workspace-packages" {
					v = strings.TrimSpace(v)
					pkg.links = v == "true" || v == "deep"
				}
			}
		}
	}
}

// yarnBerry reads the configuration of Yarn 2 and later.
func (p *projects) yarnBerry(f string) {
	p.configuration(f)
	if src, ok := p.ReadText(f); ok {
		if m, err := text.YAMLMap(src); err == nil { // else it was told
			p.catalogs(f, UsesYarnBerry, m["catalog"], m["catalogs"])
		}
	}
}

// nearestNPM is the package that a directory belongs to.
func (p *projects) nearestNPM(dir string) *npmPackage {
	var found *npmPackage
	project.Up(dir, func(d string) bool {
		if pkg := p.packages[d]; pkg != nil && pkg.file != "" {
			found = pkg
		}
		return found == nil
	})
	return found
}

// workspacesOf are the packages whose workspace a directory belongs to, nearest
// first.
func (p *projects) workspacesOf(dir string) []*npmPackage {
	var out []*npmPackage
	project.Up(dir, func(d string) bool {
		if w := p.packages[d]; w != nil && len(w.workspaces) > 0 && (d == dir || project.Covers(w.workspaces, d, dir)) {
			out = append(out, w)
		}
		return true
	})
	return out
}

// memberOf is the member of a workspace that has a name; of several with one
// name the first by path.
func (p *projects) memberOf(w *npmPackage, name string) *npmPackage {
	if w.members == nil {
		w.members = map[string]*npmPackage{}
		prefix := w.dir + "/"
		if w.dir == "." {
			prefix = ""
		}
		i, _ := slices.BinarySearch(p.folders, prefix)
		for ; i < len(p.folders) && strings.HasPrefix(p.folders[i], prefix); i++ {
			m := p.packages[p.folders[i]]
			if m == w || m.name == "" || w.members[m.name] != nil || !project.Covers(w.workspaces, w.dir, m.dir) {
				continue
			}
			w.members[m.name] = m
		}
		if w.manager == UsesYarnBerry && w.name != "" && w.members[w.name] == nil {
			w.members[w.name] = w // the root is a workspace like the others
		}
	}
	return w.members[name]
}

// takes reports whether the manager of workspace w takes member m for what a
// package.json asks for, rather than ask the registry. It is what npm 11, Yarn
// 1.22 and 4, pnpm 10 and Bun 1 were seen to do against a registry of our own.
func (w *npmPackage) takes(m *npmPackage, atRoot, alias bool, spec string) bool {
	spec = strings.TrimSpace(spec)
	whatever := spec == "" || spec == "*"
	switch w.manager {
	case UsesYarnClassic:
		return !alias && satisfies(m.version, spec)
	case UsesYarnBerry:
		return satisfies(m.version, spec)
	case UsesPnpm:
		return w.links && satisfies(m.version, spec)
	case UsesBun:
		return spec == "*" || atRoot && isTag(spec) || spec != "" && satisfies(m.version, spec)
	}
	return !alias && (atRoot || whatever || satisfies(m.version, spec))
}

// isTag reports whether a spec is a tag of a registry, not a range.
func isTag(spec string) bool {
	return spec != "" && !isRange(spec)
}

// isRange reports whether a word is a version or a range.
func isRange(s string) bool {
	_, err := ecosystem.NPM.System().ParseConstraint(s)
	return err == nil
}

// satisfies reports whether a version lies in a range. No version lies in none.
func satisfies(version, spec string) bool {
	if version == "" || len(spec) > 500 || len(version) > 500 {
		return false
	}
	if spec == "" {
		spec = "*"
	}
	c, err := ecosystem.NPM.System().ParseConstraint(spec)
	return err == nil && c.Match(version)
}

// npmMember decides a dependency that a package.json declares on a member of
// its own workspace.
func (p *projects) npmMember(r *extract.Reference) (project.Decision, bool) {
	dir := path.Dir(r.Path)
	for _, w := range p.workspacesOf(dir) {
		m := p.memberOf(w, r.Name)
		switch {
		case m == nil:
			continue
		case w.takes(m, w.dir == dir && r.Scope != "override", r.Alias != "", r.Constraint): // an override is for what members ask for
			return project.Decision{Origin: project.Local, Reason: "a member of the workspace, " + p.Shown(m.file)}, true
		case m.private:
			return project.Decision{Origin: project.Private, Reason: fmt.Sprintf("member-version-mismatch: %s is version %s and private", p.Shown(m.file), orNone(m.version))}, true
		}
		return project.Decision{}, false
	}
	return project.Decision{}, false
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
