package project

import (
	"path"
	"slices"
	"strings"

	"figment/internal/lazyregexp"
	"figment/scanner/extract"
)

type pathAlias struct {
	pattern string
	from    string
}

// add puts a word under a directory.
func add(m map[string]map[string]bool, dir, word string) {
	if m[dir] == nil {
		m[dir] = map[string]bool{}
	}
	m[dir][word] = true
}

// above reports whether a directory of file, or one above it, has a word.
func above(m map[string]map[string]bool, file, word string) bool {
	found := false
	if len(m) > 0 {
		up(path.Dir(file), func(dir string) bool {
			found = m[dir][word]
			return !found
		})
	}
	return found
}

// jsAlias decides a specifier that the configuration of a compiler or bundler
// leads to the project's own files.
func (p *Project) jsAlias(r *extract.Reference, spec string, declared bool) (Decision, bool) {
	if above(p.npm.aliases, r.Path, r.Name) {
		return Decision{Origin: Local, Reason: "the local name of an npm: alias"}, true
	}
	if !declared && above(p.npm.ambient, r.Path, spec) {
		return Decision{Origin: Local, Reason: "declared by the project's own types"}, true
	}
	spec, _, _ = strings.Cut(spec, "?") // "?inline" and the like are for a bundler
	var d Decision
	up(path.Dir(r.Path), func(dir string) bool {
		for _, a := range p.npm.bundler[dir] {
			if spec == a || strings.HasPrefix(spec, a+"/") {
				d = Decision{Origin: Local, Reason: "alias " + a + " of a bundler's configuration"}
				return false
			}
		}
		for _, root := range p.npm.roots[dir] {
			if !declared && p.sourceAt(path.Join(root, spec)) {
				d = Decision{Origin: Local, Reason: "a file of the project, " + path.Join(root, spec)}
				return false
			}
		}
		return true
	})
	if d.Reason != "" {
		return d, true
	}
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

// ambientModules notes the modules that a declaration file makes up:
// declare module "virtual-thing". They hold in the package that the file belongs
// to.
func (p *Project) ambientModules(f string) {
	scope := "."
	if pkg := p.nearestNPM(path.Dir(f)); pkg != nil {
		scope = pkg.dir
	}
	text, ok := p.read(f)
	if !ok {
		return
	}
	const mark = "declare module "
	for rest := string(text); ; {
		i := strings.Index(rest, mark)
		if i < 0 {
			return
		}
		rest = rest[i+len(mark):]
		if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'') {
			if name, _, ok := strings.Cut(rest[1:], rest[:1]); ok && len(name) < 300 {
				add(p.npm.ambient, scope, name)
			}
		}
	}
}

// bundlerConfig reports whether a file may set aliases in code.
func bundlerConfig(base string) bool {
	for _, b := range []string{"vite.config.", "vitest.config.", "webpack.config.", "babel.config.", "jest.config.", "rollup.config.", "next.config.", "metro.config.", "astro.config.", "nuxt.config.", "svelte.config.", "electron.vite.config."} {
		if strings.HasPrefix(base, b) {
			return true
		}
	}
	return false
}

// Where the configuration of a bundler or test runner, which is code, keeps its
// aliases, and where it says in which directories bare specifiers are looked for.
var (
	aliasTable = lazyregexp.New(`(?:\balias|\bmoduleNameMapper|\bpaths)['"]?\s*[:=]\s*([{\[])`)
	rootsTable = lazyregexp.New(`(?:\bmodules|\bmoduleDirectories|\bmodulePaths)['"]?\s*[:=]\s*\[`)
)

// bundlerAliases finds the string keys of alias tables in a configuration that
// is code: it is searched, never run.
func (p *Project) bundlerAliases(f string) {
	text, ok := p.read(f)
	if !ok {
		return
	}
	dir := path.Dir(f)
	for _, at := range aliasTable().FindAllSubmatchIndex(text, 20) {
		for _, name := range tableKeys(text[at[2]:min(len(text), at[2]+16_000)]) {
			if name = strings.Trim(name, "/*$^"); name != "" && len(p.npm.bundler[dir]) < 2000 {
				p.npm.bundler[dir] = append(p.npm.bundler[dir], name)
			}
		}
	}
	for _, at := range rootsTable().FindAllIndex(text, 20) {
		block := text[at[1]:min(len(text), at[1]+2000)]
		if end := slices.Index(block, ']'); end >= 0 {
			block = block[:end]
		}
		for _, m := range literal().FindAllSubmatch(block, 50) {
			if s := string(m[1]) + string(m[2]); s != "" && s != "node_modules" && !strings.Contains(s, "\\") {
				root := path.Join(dir, strings.ReplaceAll(s, "<rootDir>", "."))
				if !strings.HasPrefix(root, "..") && root != dir {
					p.npm.roots[dir] = append(p.npm.roots[dir], root)
				}
			}
		}
	}
}

var (
	literal  = lazyregexp.New(`'([^'\n]*)'|"([^"\n]*)"`)
	aliasKey = lazyregexp.New(`^\^?\(?([@~#$A-Za-z0-9_./-]+?)(?:/?\(?[.*$)\[].*)?\$?$`)
)

// tableKeys gives the keys of an object literal at the beginning of text, or
// what "find:" says in a list of objects. Keys deeper down are something else's.
func tableKeys(text []byte) []string {
	var out []string
	list := text[0] == '['
	take := func(word string) {
		if m := aliasKey().FindStringSubmatch(word); m != nil && len(out) < 500 {
			out = append(out, m[1])
		}
	}
	depth, key, find := 0, "", false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '/' && i+1 < len(text) && (text[i+1] == '/' || text[i+1] == '*'):
			end := "\n"
			if text[i+1] == '*' {
				end = "*/"
			}
			n := strings.Index(string(text[i+2:]), end)
			if n < 0 {
				return out
			}
			i += 2 + n + len(end) - 1
		case c == '\'' || c == '"' || c == '`':
			j := i + 1
			for j < len(text) && text[j] != c && (text[j] != '\n' || c == '`') {
				if text[j] == '\\' {
					j++
				}
				j++
			}
			word := string(text[i+1 : min(j, len(text))])
			if find && depth == 2 {
				take(word)
				find = false
			}
			key, i = word, j
		case c == '{' || c == '[' || c == '(':
			depth, key = depth+1, ""
		case c == '}' || c == ']' || c == ')':
			if depth--; depth <= 0 {
				return out
			}
			key = ""
		case c == ':':
			if list && depth == 2 {
				find = key == "find"
			} else if !list && depth == 1 && key != "" {
				take(key)
			}
			key = ""
		case c == ',':
			key, find = "", false
		case c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
			j := i
			for j < len(text) && (text[j] == '_' || text[j] == '$' || 'a' <= text[j] && text[j] <= 'z' || 'A' <= text[j] && text[j] <= 'Z' || '0' <= text[j] && text[j] <= '9') {
				j++
			}
			key, i = string(text[i:j]), j-1
		}
	}
	return out
}

// tsPaths are the path aliases that hold for a file: of the nearest tsconfig or
// jsconfig above it, with what it extends.
func (p *Project) tsPaths(file string) []pathAlias {
	dir := path.Dir(file)
	if a, ok := p.npm.tsconf[dir]; ok {
		return a
	}
	var out []pathAlias
	for d := dir; ; d = path.Dir(d) {
		for _, name := range []string{"tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json"} {
			if f := path.Join(d, name); p.src.Exists(f) {
				out = append(out, p.tsconfig(f, 0)...)
			}
		}
		if d == "." || d == "/" {
			break
		}
	}
	p.npm.tsconf[dir] = out
	return out
}

func (p *Project) tsconfig(f string, depth int) []pathAlias {
	if depth > 8 {
		return nil
	}
	var m struct {
		Extends         any `json:"extends"`
		CompilerOptions struct {
			BaseURL *string             `json:"baseUrl"`
			Paths   map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if !p.readJSON(f, &m) {
		return nil
	}
	var out []pathAlias
	for pattern := range m.CompilerOptions.Paths {
		out = append(out, pathAlias{pattern, f + " paths " + pattern})
	}
	if b := m.CompilerOptions.BaseURL; b != nil {
		out = append(out, pathAlias{"\x00" + path.Join(path.Dir(f), *b), f + " baseUrl"})
	}
	var parents []string
	switch e := m.Extends.(type) {
	case string:
		parents = []string{e}
	case []any:
		for _, x := range e {
			if s, ok := x.(string); ok {
				parents = append(parents, s)
			}
		}
	}
	for _, e := range parents {
		target := path.Join(path.Dir(f), e)
		if !strings.HasPrefix(e, ".") {
			target = p.inNodeModules(path.Dir(f), e)
		}
		if target == "" || strings.HasPrefix(target, "..") {
			continue
		}
		for _, t := range []string{target, target + ".json", path.Join(target, "tsconfig.json")} {
			if path.Ext(t) == ".json" && p.src.Exists(t) {
				out = append(out, p.tsconfig(t, depth+1)...)
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b pathAlias) int { return strings.Compare(a.pattern, b.pattern) })
	return out
}

func (p *Project) inNodeModules(dir, name string) string {
	for d := dir; ; d = path.Dir(d) {
		t := path.Join(d, "node_modules", name)
		for _, c := range []string{t, t + ".json"} {
			if p.src.Exists(c) {
				return t
			}
		}
		if d == "." || d == "/" {
			return ""
		}
	}
}
