package local

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// A pathAlias is a pattern of specifiers that a tsconfig.json leads elsewhere.
type pathAlias struct {
	pattern string
	file    string
	from    string   // for people
	targets []string // paths of the tree with the pattern's "*"; for baseUrl the directory
	baseURL bool
	outside bool // it leads to what is not scanned
}

// add puts a word under a directory.
func add(m map[string]map[string]bool, dir, word string) {
	if m[dir] == nil {
		m[dir] = map[string]bool{}
	}
	m[dir][word] = true
}

// spokenAbove reports whether a directory of file, or one above it, has a word.
func spokenAbove(m map[string]map[string]bool, file, word string) bool {
	found := false
	if len(m) > 0 {
		project.Up(path.Dir(file), func(dir string) bool {
			found = m[dir][word]
			return !found
		})
	}
	return found
}

// saidAbove gives the file that says a word for file itself, its directory, or one
// above it; empty: none does.
func saidAbove(m map[string]map[string]string, file, word string) string {
	from := m[file][word]
	if len(m) > 0 && from == "" {
		project.Up(path.Dir(file), func(dir string) bool {
			from = m[dir][word]
			return from == ""
		})
	}
	return from
}

// say notes that a file says a word for a directory, or for a file.
func say(m map[string]map[string]string, at, word, file string) {
	if m[at] == nil {
		m[at] = map[string]string{}
	}
	if old := m[at][word]; old == "" || file < old {
		m[at][word] = file
	}
}

// jsAlias decides a specifier that the configuration of a compiler or bundler
// leads to the project's own files. An alias is followed: one that leads to
// nothing in the tree proves nothing, and what a registry would be asked for
// without it stays unverified.
func (p *projects) jsAlias(r *extract.Reference, spec string, declared bool) (project.Decision, bool) {
	if from := saidAbove(p.aliases, r.Path, r.Name); from != "" {
		return project.Decision{Origin: project.Local, Reason: "the local name of an npm: alias in " + from}, true
	}
	if d, ok := p.jsrBound(r); ok {
		return d, true
	}
	if d, ok := p.mapOf(r, spec); ok && !declared {
		return d, true
	}
	// A declaration makes the types of a module known, and brings no module.
	if f := saidAbove(p.ambient, r.Path, spec); f != "" && !declared && (r.Flags.Has(extract.TypeOnly) || isDeclaration(r.Path)) {
		return word(project.Local, "declared by the project's own types in "+f, project.Claim{Path: f, Text: "declare module " + spec, Pattern: spec}), true
	}
	spec, _, _ = strings.Cut(spec, "?") // "?inline" and the like are for a bundler
	var d, weak project.Decision
	note := func(found destination, reason string, c project.Claim) bool {
		switch {
		case found == there:
			d = project.Decision{Origin: project.Local, Reason: reason}
		case found == untold && weak.Origin != project.Local:
			weak = word(project.Local, reason, c)
		case found == nowhere && p.names[r.Name]: // a package of the tree, to be built
			if weak.Origin != project.Local {
				weak = word(project.Local, reason, c)
			}
		case found == nowhere && weak.Reason == "":
			weak = word(project.Private, reason+", which leads to nothing in the tree", c)
		}
		return found == there
	}
	project.Up(path.Dir(r.Path), func(dir string) bool {
		for i := range p.bundler[dir] {
			a := &p.bundler[dir][i]
			rest, ok := strings.CutPrefix(spec, a.name)
			if !ok || rest != "" && rest[0] != '/' {
				continue
			}
			if note(p.bundled(a, dir, rest, r.Name), "alias "+a.name+" of a bundler's configuration in "+p.Shown(a.file), project.Claim{Path: a.file, Text: "alias " + a.name, Pattern: a.name}) {
				return false
			}
		}
		for _, root := range p.roots[dir] {
			if !declared && p.sourceAt(path.Join(root, spec)) {
				d = project.Decision{Origin: project.Local, Reason: "a file of the project, " + path.Join(root, spec)}
				return false
			}
		}
		return true
	})
	if d.Reason != "" {
		return d, true
	}
	for _, a := range p.tsPaths(r.Path) {
		if a.baseURL {
			if !declared && p.sourceAt(path.Join(a.targets[0], spec)) {
				return project.Decision{Origin: project.Local, Reason: a.from}, true
			}
			continue
		}
		star, ok := matchAlias(a.pattern, spec)
		if !ok {
			continue
		}
		found := elsewhere
		for _, t := range a.targets {
			if found = p.leads(strings.Replace(t, "*", star, 1), found); found == there {
				break
			}
		}
		if a.outside {
			found = max(found, untold)
		}
		if a.pattern == "*" && found != there {
			continue // it only says where else to look
		}
		if note(found, a.from, project.Claim{Path: a.file, Text: "paths " + a.pattern, Pattern: a.pattern}) {
			return d, true
		}
	}
	if weak.Reason == "" || declared || weak.Origin == project.Private && !asked(r.Name) {
		return project.Decision{}, false
	}
	return weak, true
}

// word is a decision that rests on nothing but what a file says.
func word(o project.Origin, reason string, c project.Claim) project.Decision {
	return project.Decision{Origin: o, Reason: reason, Claim: c}
}

// asked reports whether a registry could have a package of that name.
func asked(name string) bool {
	c := ecosystem.CheckName(ecosystem.NPM, name)
	return c.State != ecosystem.Invalid && (!c.Legacy || strings.ToLower(name) == name)
}

// isDeclaration reports whether a file declares types for TypeScript.
func isDeclaration(file string) bool {
	return slices.ContainsFunc([]string{".d.ts", ".d.mts", ".d.cts"}, func(ext string) bool { return strings.HasSuffix(file, ext) })
}

// A destination says where an alias leads.
type destination uint8

const (
	elsewhere destination = iota // to packages: the alias says nothing about whose they are
	nowhere                      // to a path that is not there
	untold                       // it is not written where figment could read it
	there                        // to a file or directory of the tree
)

// leads is where a path of the tree leads that an alias names. before is what
// the alias's other paths came to.
func (p *projects) leads(at string, before destination) destination {
	at = path.Clean(at)
	switch {
	case slices.Contains(strings.Split(at, "/"), "node_modules"):
		return before
	case project.Outside(at):
		return max(before, untold)
	case p.IsDir(at), p.sourceAt(at), p.variantAt(at):
		return there
	}
	found := nowhere
	project.Up(path.Dir(at), func(dir string) bool {
		if p.IsFile(dir) && path.Ext(dir) == "" { // a link, or another repository
			found = untold
		}
		return found == nowhere
	})
	return max(before, found)
}

// matchAlias gives what the "*" of a pattern stands for in a specifier.
func matchAlias(pattern, spec string) (star string, ok bool) {
	if before, after, ok := strings.Cut(pattern, "*"); ok {
		if len(spec) < len(before)+len(after) || !strings.HasPrefix(spec, before) || !strings.HasSuffix(spec, after) {
			return "", false
		}
		return spec[len(before) : len(spec)-len(after)], true
	}
	return "", pattern == spec
}

// moduleExtensions are those that a specifier may leave out.
var moduleExtensions = []string{".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts", ".d.mts", ".d.cts", ".json", ".vue", ".svelte", ".astro", ".mdx", ".scss", ".sass", ".less", ".css"}

// sourceAt reports whether a module specifier leads to a file at p.
func (p *projects) sourceAt(at string) bool {
	if project.Outside(at) {
		return false
	}
	if p.IsFile(at) {
		return true
	}
	for _, ext := range moduleExtensions {
		if p.IsFile(at + ext) {
			return true
		}
	}
	// TypeScript writes the extension of what it makes.
	if stem, ok := strings.CutSuffix(at, ".js"); ok && (p.IsFile(stem+".ts") || p.IsFile(stem+".tsx")) || strings.HasSuffix(at, ".mjs") && p.IsFile(strings.TrimSuffix(at, ".mjs")+".mts") {
		return true
	}
	if p.IsDir(at) {
		for _, index := range []string{"index.ts", "index.tsx", "index.js", "index.jsx", "index.mjs", "index.cjs", "index.mts", "index.d.ts", "index.vue", "package.json"} {
			if p.IsFile(path.Join(at, index)) {
				return true
			}
		}
	}
	return false
}

// variantAt reports whether there is a module at a path for some platform only:
// at.ios.js and at.android.js.
func (p *projects) variantAt(at string) bool {
	at += "."
	i, _ := slices.BinarySearch(p.Paths(), at)
	for n := 0; i < len(p.Paths()) && n < 20 && strings.HasPrefix(p.Paths()[i], at); i, n = i+1, n+1 {
		if slices.Contains(moduleExtensions, path.Ext(p.Paths()[i])) {
			return true
		}
	}
	return false
}

// ambientModules notes the modules that a declaration file makes up:
// declare module "virtual-thing". They hold in the package that the file belongs
// to.
func (p *projects) ambientModules(f string) {
	scope := "."
	if pkg := p.nearestNPM(path.Dir(f)); pkg != nil {
		scope = pkg.dir
	}
	text, ok := p.ReadText(f)
	if !ok {
		return
	}
	ambientNames(text, func(name string) { say(p.ambient, scope, name, f) })
}

// ambientNames gives the modules that a text declares.
func ambientNames(text []byte, f func(name string)) {
	if !bytes.Contains(text, []byte("declare")) || !bytes.Contains(text, []byte("module")) {
		return
	}
	t := scanJS(text)
	for i := range t.tokens {
		if t.word(i) == "declare" && t.word(i+1) == "module" && i+2 < len(t.tokens) && t.tokens[i+2].kind == jsString {
			if name := t.word(i + 2); name != "" && len(name) < 300 {
				f(name)
			}
		}
	}
}

// tsPaths are the path aliases that hold for a file: of the nearest tsconfig or
// jsconfig above it, with what it extends.
func (p *projects) tsPaths(file string) []pathAlias {
	dir := path.Dir(file)
	if a, ok := p.tsconf[dir]; ok {
		return a
	}
	var out []pathAlias
	left := maxExtended
	for d := dir; ; d = path.Dir(d) {
		for _, f := range p.compilerConfigs(d) {
			out = append(out, p.tsconfig(f, tsBase{leaf: d, left: &left})...)
		}
		if d == "." || d == "/" {
			break
		}
	}
	p.tsconf[dir] = out
	return out
}

// compilerConfigs are the files of a directory that hold for the code in it.
func (p *projects) compilerConfigs(dir string) []string {
	out, ok := p.compilers[dir]
	if !ok {
		listed := p.IsDir(dir) // with all its files
		for _, name := range []string{"tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json"} {
			f := path.Join(dir, name)
			if p.IsFile(f) || !listed && p.Exists(f) {
				out = append(out, f)
			}
		}
		p.compilers[dir] = out
	}
	return out
}

// maxExtended bounds the tsconfig.json files that hold for one directory.
const maxExtended = 100

// A tsBase is what a tsconfig.json that extends others says about them: paths
// count from baseUrl, whichever of them sets it.
type tsBase struct {
	leaf string   // directory of the one that extends all others: ${configDir}
	urls []string // directories of baseUrl
	left *int     // how many more files are read
}

func (p *projects) tsconfig(f string, b tsBase) []pathAlias {
	if *b.left--; *b.left < 0 {
		return nil
	}
	var m struct {
		Extends         any `json:"extends"`
		CompilerOptions struct {
			BaseURL *string        `json:"baseUrl"`
			Paths   map[string]any `json:"paths"`
		} `json:"compilerOptions"`
	}
	if !p.ReadJSON(f, &m) {
		return nil
	}
	dir := path.Dir(f)
	at := func(base, to string) string {
		if rest, ok := strings.CutPrefix(to, "${configDir}"); ok {
			return path.Join(b.leaf, rest)
		}
		return path.Join(base, to)
	}
	var out []pathAlias
	if u := m.CompilerOptions.BaseURL; u != nil {
		base := at(dir, *u)
		b.urls = append(slices.Clone(b.urls), base)
		out = append(out, pathAlias{file: f, from: f + " baseUrl", targets: []string{base}, baseURL: true})
	}
	for pattern, list := range m.CompilerOptions.Paths {
		a := pathAlias{pattern: pattern, file: f, from: f + " paths " + pattern}
		for _, to := range project.Strings(list)[:min(len(project.Strings(list)), 50)] {
			for _, base := range append([]string{dir}, b.urls...) {
				if t := at(base, to); project.Outside(t) || path.IsAbs(to) {
					a.outside = true
				} else if !slices.Contains(a.targets, t) {
					a.targets = append(a.targets, t)
				}
			}
		}
		if len(a.targets) == 0 && !a.outside {
			continue
		}
		out = append(out, a)
	}
	var parents []string
	switch e := m.Extends.(type) {
	case string:
		parents = []string{e}
	case []any:
		parents = project.Strings(e)
	}
	for _, e := range parents[:min(len(parents), 20)] {
		target := path.Join(dir, e)
		if !strings.HasPrefix(e, ".") {
			target = p.inNodeModules(dir, e)
		}
		if target == "" || project.Outside(target) {
			continue
		}
		for _, t := range []string{target, target + ".json", path.Join(target, "tsconfig.json")} {
			if path.Ext(t) == ".json" && p.Exists(t) {
				out = append(out, p.tsconfig(t, b)...)
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pathAlias) int {
		return cmp.Or(strings.Compare(a.pattern, b.pattern), strings.Compare(a.file, b.file))
	})
	return out
}

func (p *projects) inNodeModules(dir, name string) string {
	for d := dir; ; d = path.Dir(d) {
		t := path.Join(d, "node_modules", name)
		for _, c := range []string{t, t + ".json"} {
			if p.Exists(c) {
				return t
			}
		}
		if d == "." || d == "/" {
			return ""
		}
	}
}
