package local

import (
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// A host is a program that runs code and brings modules of its own, which no
// registry has, or has under the name of something else.
type host struct {
	modules []string // specifiers; one that ends with a slash stands for all below it
	name    string   // "VS Code"
	alone   bool     // the modules can be nothing else, whatever the project shows
	beside  bool     // so are these, where the same file imports one that can be nothing else
	// What shows that the project runs in the host.
	engines  string   // a member of engines in the nearest package.json
	packages []string // declared packages
	manager  Managers // the program that installs
	files    []string // files of the importing file's directory or one above it
}

// hosts are the programs, each with a reason why its modules are not a registry's.
var hosts = []host{
	// Extensions get the programming interface of the editor from it; npm's vscode
	// was a tool for building them.
	{modules: []string{"vscode"}, name: "VS Code", engines: "vscode", packages: []string{"@types/vscode", "@types/vscode-notebook-renderer", "@vscode/test-electron", "@vscode/vsce", "vsce"}},
	{modules: []string{"atom"}, name: "Atom", engines: "atom", packages: []string{"@types/atom"}},
	// Bun is its own module; npm's bun is its installer.
	{modules: []string{"bun"}, name: "Bun", engines: "bun", packages: []string{"@types/bun", "bun-types"}, manager: UsesBun, files: []string{"bun.lock", "bun.lockb", "bunfig.toml"}},
	// k6 runs no Node.js: npm's k6 is a stub, and has none of the modules below.
	{modules: []string{"k6/http", "k6/metrics", "k6/data", "k6/execution", "k6/crypto", "k6/encoding", "k6/html", "k6/ws", "k6/websockets", "k6/browser", "k6/timers", "k6/secrets", "k6/net/", "k6/experimental/", "k6/x/"}, name: "k6", alone: true},
	{modules: []string{"k6", "k6/"}, name: "k6", beside: true, packages: []string{"@types/k6"}},
	// Atmosphere's packages are imported below this name; npm's meteor installs the
	// program and has no modules.
	{modules: []string{"meteor/"}, name: "Meteor", alone: true},
	// Electron's own copy of fs, past its archives.
	{modules: []string{"original-fs"}, name: "Electron", packages: []string{"electron", "electron-nightly"}},
	{modules: []string{"electron/main", "electron/renderer", "electron/common", "electron/utility"}, name: "Electron", packages: []string{"electron", "electron-nightly"}},
	// Modules of ember-source, which are imported by names of their own.
	{modules: []string{"@ember/application/", "@ember/application", "@ember/array", "@ember/array/", "@ember/component", "@ember/component/", "@ember/controller", "@ember/debug", "@ember/debug/", "@ember/destroyable",
		"@ember/engine", "@ember/engine/", "@ember/enumerable", "@ember/enumerable/", "@ember/error", "@ember/helper", "@ember/instrumentation", "@ember/modifier", "@ember/object", "@ember/object/", "@ember/owner", "@ember/reactive/", "@ember/renderer",
		"@ember/routing", "@ember/routing/", "@ember/runloop", "@ember/service", "@ember/template", "@ember/template-compilation", "@ember/template-compiler", "@ember/template-factory", "@ember/test", "@ember/utils", "@ember/version", "@ember/polyfills"}, name: "ember-source", packages: []string{"ember-source", "ember-cli"}},
	// Docusaurus resolves these to its own parts.
	{modules: []string{"@docusaurus/router", "@docusaurus/constants", "@docusaurus/renderRoutesToString"}, name: "Docusaurus", packages: []string{"@docusaurus/core"}},
	// Plug-ins of Adobe's programs.
	{modules: []string{"photoshop", "uxp", "indesign", "premierepro", "scenegraph", "application", "commands", "assets", "clipboard", "viewport", "interactions", "cloud"}, name: "Adobe UXP", packages: []string{"@types/photoshop", "@adobe/cc-ext-uxp-types", "@adobe-uxp-types/uxp", "@types/adobe__uxp"}},
	{modules: []string{"sketch", "sketch/"}, name: "Sketch", packages: []string{"@skpm/builder", "skpm"}},
	{modules: []string{"discourse/", "discourse-common/", "select-kit/", "admin/", "discourse-i18n"}, name: "Discourse", files: []string{"plugin.rb", "about.json"}},
}

func (h *host) has(spec string) bool {
	return slices.ContainsFunc(h.modules, func(m string) bool {
		return spec == m || strings.HasSuffix(m, "/") && len(spec) > len(m) && strings.HasPrefix(spec, m)
	})
}

// noteHost notes that a file runs in a host, by what it imports.
func (p *projects) noteHost(r *extract.Reference) {
	if r.Module == "" || r.Kind != extract.Import {
		return
	}
	for i := range hosts {
		h := &hosts[i]
		if !h.alone {
			continue
		}
		if rest, ok := strings.CutPrefix(h.modules[0], r.Name); ok && strings.HasPrefix(rest, "/") && h.has(r.Module) {
			p.hostFiles[r.Path] = h.name
		}
	}
}

// hosted decides a specifier that the program brings which runs the code, unless
// a package of that name is installed. The program itself, which packageManager
// names, is not.
func (p *projects) hosted(r *extract.Reference, spec string) (project.Decision, bool) {
	spec, _, _ = strings.Cut(spec, "?")
	installed := func(d *extract.Reference) bool { return d.Scope != "build" && d.Kind != extract.Command }
	for i := range hosts {
		h := &hosts[i]
		if !h.has(spec) {
			continue
		}
		if slices.ContainsFunc(p.Declared(ecosystem.NPM, r.Name), installed) {
			break
		}
		if h.alone {
			return project.Decision{Origin: project.Standard, Reason: "a module of " + h.name + ", which brings it"}, true
		}
		if h.beside && p.hostFiles[r.Path] == h.name {
			return project.Decision{Origin: project.Standard, Reason: "a module of " + h.name + ", which brings it: others of it are imported beside it"}, true
		}
		if by := p.shows(i, path.Dir(r.Path)); by != "" {
			return project.Decision{Origin: project.Standard, Reason: "a module of " + h.name + ", which brings it: " + by}, true
		}
	}
	return project.Decision{}, false
}

// hostAt is a host, by its place in the table, and a directory.
type hostAt struct {
	host int
	dir  string
}

// shows gives what shows that the code of a directory runs in a host; empty:
// nothing does.
func (p *projects) shows(host int, dir string) string {
	at := hostAt{host, dir}
	by, ok := p.hosts[at]
	if !ok {
		by = p.sign(&hosts[host], dir)
		p.hosts[at] = by
	}
	return by
}

func (p *projects) sign(h *host, dir string) string {
	if h.engines != "" {
		if pkg := p.nearestNPM(dir); pkg != nil && slices.Contains(pkg.engines, h.engines) {
			return "engines." + h.engines + " in " + p.Shown(pkg.file)
		}
	}
	for _, name := range h.packages {
		for _, d := range p.Declared(ecosystem.NPM, name) {
			if d.Kind == extract.Manifest && under(path.Dir(p.Place(d.Path)), dir+"/") {
				return name + " in " + d.Path
			}
		}
	}
	if h.manager != 0 && p.managersOf(dir) == h.manager {
		return "it installs the project"
	}
	found := ""
	if len(h.files) > 0 {
		project.Up(dir, func(d string) bool {
			for _, name := range h.files {
				if p.IsFile(path.Join(d, name)) {
					found = p.Shown(path.Join(d, name))
				}
			}
			return found == ""
		})
	}
	return found
}
