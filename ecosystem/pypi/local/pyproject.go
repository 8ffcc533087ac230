package local

import (
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"figment/ecosystem"
	"figment/scanner/project"
	"figment/scanner/text"
)

// A manifest is what a pyproject.toml says of its directory.
type manifest struct {
	dir     string
	name    string   // normalised
	roots   []string // directories that modules are imported from
	beside  []string // directories of path dependencies
	modules []string // extension modules that only the build makes
	members []string // globs of a uv workspace
	exclude []string
	sources map[string]uvFrom // [tool.uv.sources], by normalised names
	uv      *indexes          // [tool.uv]; nil: there is none
}

// A uvFrom is where [tool.uv.sources] takes a name from.
type uvFrom struct {
	external string   // elsewhere, whatever the platform: "path", "git"; empty: from a registry
	indexes  []string // names of indexes
	lone     bool     // there is one source, and it holds everywhere
}

// tableAt looks up nested tables of a decoded TOML text.
func tableAt(m map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		m, _ = m[k].(map[string]any)
	}
	return m
}

// textOf is a decoded value that is a string; empty for any other.
func textOf(v any) string { s, _ := v.(string); return s }

func (p *projects) pyproject(f string) {
	data, ok := p.ReadText(f)
	if !ok || p.TooDeep(f, data, text.TOML) {
		return
	}
	var m map[string]any
	// What does not decode is not known; the extractor reports what is wrong.
	if toml.Unmarshal(data, &m) != nil {
		m = nil
	}
	dir := path.Dir(f)
	t := &manifest{dir: dir, sources: map[string]uvFrom{}}
	tool := tableAt(m, "tool")
	for _, n := range []string{textOf(tableAt(tool, "poetry")["name"]), textOf(tableAt(m, "project")["name"])} {
		if n != "" {
			t.name = ecosystem.Normalize(ecosystem.PyPI, n)
			p.names[t.name] = true
		}
	}
	add := func(d string) {
		if d = path.Join(dir, d); len(t.roots) < 200 && !project.Outside(d) && !strings.HasPrefix(d, "/") {
			t.roots = append(t.roots, d)
		}
	}
	for _, d := range tableAt(tool, "setuptools", "package-dir") {
		if s, ok := d.(string); ok {
			add(s)
		}
	}
	for _, w := range project.Strings(tableAt(tool, "setuptools", "packages", "find")["where"]) {
		add(w)
	}
	if list, ok := tableAt(tool, "poetry")["packages"].([]any); ok {
		for _, x := range list {
			if o, ok := x.(map[string]any); ok && textOf(o["from"]) != "" {
				add(textOf(o["from"]))
			}
		}
	}
	for _, target := range []string{"wheel", "sdist"} {
		b := tableAt(tool, "hatch", "build", "targets", target)
		for _, s := range append(project.Strings(b["packages"]), project.Strings(b["sources"])...) {
			add(path.Dir(path.Clean(s)))
			add(s)
		}
	}
	for _, s := range project.Strings(tableAt(tool, "hatch", "build")["sources"]) {
		add(s)
	}
	for _, s := range []string{
		textOf(tableAt(tool, "maturin")["python-source"]), textOf(tableAt(tool, "pdm", "build")["package-dir"]), textOf(tableAt(tool, "pdm")["package-dir"]),
	} {
		if s != "" {
			add(s)
		}
	}
	if s := textOf(tableAt(tool, "uv", "build-backend")["module-root"]); s != "" {
		add(s)
	}
	switch x := tableAt(tool, "pytest", "ini_options")["pythonpath"].(type) {
	case string:
		for _, w := range strings.Fields(x) {
			add(w)
		}
	case []any:
		for _, w := range project.Strings(x) {
			add(w)
		}
	}
	slices.Sort(t.roots)
	if s := textOf(tableAt(tool, "maturin")["module-name"]); s != "" {
		name, _, _ := strings.Cut(s, ".")
		t.modules = append(t.modules, name)
	}
	if builds(m) && t.name != "" {
		t.modules = append(t.modules, strings.ReplaceAll(t.name, "-", "_"))
	}
	t.members = project.Globs(project.Strings(tableAt(tool, "uv", "workspace")["members"]))
	t.exclude = project.Globs(project.Strings(tableAt(tool, "uv", "workspace")["exclude"]))
	if uv, ok := tool["uv"].(map[string]any); ok {
		t.uv = uvIndexes(uv, f, "tool.uv.")
	}
	for name, v := range tableAt(tool, "uv", "sources") {
		p.uvSource(t, name, v)
	}
	for _, group := range poetryTables(tool) {
		for _, v := range group {
			if o, ok := v.(map[string]any); ok && textOf(o["path"]) != "" {
				t.besides(textOf(o["path"]))
			}
		}
	}
	slices.Sort(t.beside)
	p.projects[dir] = t
}

// builds reports whether the build makes modules that are no files of Python.
func builds(m map[string]any) bool {
	words := append(project.Strings(tableAt(m, "build-system")["requires"]), textOf(tableAt(m, "build-system")["build-backend"]))
	for _, w := range words {
		w = strings.ToLower(w)
		for _, b := range []string{"maturin", "meson", "scikit-build", "scikit_build", "setuptools-rust", "setuptools_rust", "cython", "pybind11", "nanobind", "cffi", "sip"} {
			if strings.HasPrefix(w, b) {
				return true
			}
		}
	}
	return false
}

func poetryTables(tool map[string]any) []map[string]any {
	poetry := tableAt(tool, "poetry")
	out := []map[string]any{tableAt(poetry, "dependencies"), tableAt(poetry, "dev-dependencies")}
	for _, g := range tableAt(poetry, "group") {
		if o, ok := g.(map[string]any); ok {
			out = append(out, tableAt(o, "dependencies"))
		}
	}
	return out
}

func (t *manifest) besides(dir string) {
	if d := path.Join(t.dir, dir); !strings.HasPrefix(dir, "/") && !project.Outside(d) && len(t.beside) < 500 {
		t.beside = append(t.beside, d)
	}
}

// uvSource notes where uv takes a name from. A source with a marker holds for
// one platform, and on the others the name is a registry's.
func (p *projects) uvSource(t *manifest, name string, v any) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	from, kind, conditional := uvFrom{}, "", false
	for _, x := range list {
		o, _ := x.(map[string]any)
		if textOf(o["path"]) != "" {
			t.besides(textOf(o["path"]))
		}
		if s := textOf(o["index"]); s != "" {
			from.indexes = append(from.indexes, s)
		}
		conditional = conditional || o["marker"] != nil || o["extra"] != nil || o["group"] != nil
		for _, k := range []string{"workspace", "path", "git", "url"} {
			if v := o[k]; v != nil && v != false {
				kind = k
			}
		}
	}
	if from.lone = len(list) == 1 && !conditional; !conditional {
		from.external = kind
	}
	t.sources[ecosystem.Normalize(ecosystem.PyPI, name)] = from
}

// uvRoot is the project whose uv workspace a directory belongs to; nil: none.
func (p *projects) uvRoot(dir string) *manifest {
	var found *manifest
	project.Up(dir, func(d string) bool {
		t := p.projects[d]
		if t != nil && len(t.members) > 0 && (d == dir || project.Covers(t.members, d, dir) && !project.Covers(t.exclude, d, dir)) {
			found = t
		}
		return found == nil
	})
	return found
}
