package local

import (
	"bytes"
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// An importMap says where bare specifiers lead that code of a directory imports.
type importMap struct {
	file string // which says so
	dir  string // from which its paths count
	// base holds for all code, the others for code below a path.
	base   map[string]target
	scopes []importScope
	from   []string // directories whose code it holds for; none: all below dir
	bare   []string // directories whose files are imported by their names alone
}

type importScope struct {
	below   string // path of the tree
	entries map[string]target
}

// A target is what a specifier is led to: a path, a URL, another specifier.
// Empty: it is worked out elsewhere.
type target string

// Limits of one import map, and of the files that are searched for them.
const (
	maxMapped   = 5000
	maxPages    = 2000
	maxPageMap  = 1 << 20
	maxPageMaps = 100 // of a directory
)

// add notes an entry.
func (m *importMap) add(into map[string]target, key string, to target) {
	if len(into) < maxMapped {
		into[key] = to
	}
}

// fill reads the members of an import map, decoded.
//
// Specification: https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
func (m *importMap) fill(imports, scopes any) {
	if m.base == nil {
		m.base = map[string]target{}
	}
	entries := func(into map[string]target, v any) {
		list, _ := v.(map[string]any)
		for k, to := range list {
			if s, ok := to.(string); ok && s != "" {
				m.add(into, k, target(s))
			}
		}
	}
	entries(m.base, imports)
	list, _ := scopes.(map[string]any)
	for below, v := range list {
		if strings.Contains(below, ":") || len(m.scopes) == 1000 {
			continue // of code that comes from elsewhere
		}
		s := importScope{below: path.Join(m.dir, below), entries: map[string]target{}}
		entries(s.entries, v)
		m.scopes = append(m.scopes, s)
	}
	slices.SortFunc(m.scopes, func(a, b importScope) int { // the narrowest first
		return cmp.Or(cmp.Compare(len(b.below), len(a.below)), strings.Compare(a.below, b.below))
	})
}

// holds reports whether the map is one for the code of a file.
func (m *importMap) holds(file string) bool {
	return under(m.dir, file) && (len(m.from) == 0 || slices.ContainsFunc(m.from, func(d string) bool { return under(d, file) }))
}

// find gives the entry for a specifier in a file: the same one, or the longest
// that is a beginning of it and ends with a slash.
func (m *importMap) find(file, spec string) (key string, to target, ok bool) {
	in := func(entries map[string]target) bool {
		if to, ok = entries[spec]; ok {
			key = spec
			return true
		}
		for i := len(spec) - 1; i >= 0; i-- {
			if spec[i] != '/' {
				continue
			}
			if to, ok = entries[spec[:i+1]]; ok {
				key = spec[:i+1]
				return true
			}
		}
		return false
	}
	for i := range m.scopes {
		if under(m.scopes[i].below, file) && in(m.scopes[i].entries) {
			return key, to, true
		}
	}
	return key, to, in(m.base)
}

// mapped decides a name by an import map: an entry leads to the project's own
// files, or says which package of which registry is meant.
func (p *projects) mapped(m *importMap, r *extract.Reference, spec string) (project.Decision, bool) {
	key, to, ok := m.find(r.Path, spec)
	if !ok {
		return project.Decision{}, false
	}
	rest := ""
	if len(spec) > len(key) {
		rest = "/" + spec[len(key):]
	}
	reason := "an entry of the import map in " + p.Shown(m.file)
	claim := project.Claim{Path: m.file, Text: "imports " + key, Pattern: key}
	registry, name, remote := strings.Cut(string(to), ":")
	switch {
	case to == "":
		return word(project.Local, reason, claim), len(p.Declared(ecosystem.NPM, r.Name)) == 0
	case remote && registry == string(r.Ecosystem):
		name = strings.TrimPrefix(name, "/")
		if at := strings.LastIndexByte(name, '@'); at > 0 {
			name = name[:at]
		}
		if packageOf(name) == r.Name {
			return project.Decision{}, false // under its own name
		}
		return word(project.Local, reason, claim), true
	case remote, strings.HasPrefix(string(to), "//"):
		return word(project.Local, reason, claim), true
	}
	at := path.Join(m.dir, string(to)) + rest
	if strings.HasPrefix(string(to), "/") { // from the top of a site, whose folder is not known
		at = strings.TrimPrefix(path.Clean(string(to))+rest, "/")
		if p.leads(path.Join(m.dir, at), elsewhere) == there {
			at = path.Join(m.dir, at)
		} else if p.leads(at, elsewhere) != there {
			return word(project.Local, reason, claim), len(p.Declared(ecosystem.NPM, r.Name)) == 0
		}
	}
	switch p.leads(at, elsewhere) {
	case there:
		return project.Decision{Origin: project.Local, Reason: reason}, true
	case untold:
		return word(project.Local, reason, claim), true
	}
	if len(p.Declared(ecosystem.NPM, r.Name)) == 0 && asked(r.Name) {
		return word(project.Private, reason+", which leads to nothing in the tree", claim), true
	}
	return project.Decision{}, false
}

// mapOf decides a name by the import maps of Rails and of pages.
func (p *projects) mapOf(r *extract.Reference, spec string) (d project.Decision, ok bool) {
	pages := p.pageMaps()
	project.Up(path.Dir(r.Path), func(dir string) bool {
		for _, m := range p.maps[dir] {
			if m.holds(r.Path) {
				if d, ok = p.mapped(m, r, spec); ok {
					return false
				}
			}
		}
		for _, m := range pages[dir] {
			if m.file == r.Path || !isPage(r.Path) {
				if d, ok = p.mapped(m, r, spec); ok {
					return false
				}
			}
		}
		return true
	})
	return d, ok
}

var (
	rubyPin  = lazyregexp.New(`(?m)^[ \t]*(pin|pin_all_from)[ \t(]+["']([^"'\n]+)["']((?:[^\n]*,[ \t]*\n)*[^\n]*)`)
	rubyWord = lazyregexp.New(`\b(to|under):[ \t\n]*["']([^"'\n]*)["']`)
)

// railsMap reads the import map of an application of Rails. It is Ruby: its
// plain statements are read, and nothing is run.
//
// Specification: https://github.com/rails/importmap-rails
func (p *projects) railsMap(f string) {
	src, ok := p.ReadText(f)
	if !ok {
		return
	}
	m := railsMap(f, src)
	if len(m.base) > 0 {
		p.maps[m.dir] = append(p.maps[m.dir], m)
	}
	p.roots[m.dir] = append(p.roots[m.dir], m.bare...)
}

func railsMap(f string, src []byte) *importMap {
	m := &importMap{file: f, dir: path.Dir(path.Dir(f)), base: map[string]target{}}
	for _, dir := range []string{"app", "lib", "vendor", "public", "engines"} {
		m.from = append(m.from, path.Join(m.dir, dir))
	}
	for _, s := range rubyPin().FindAllSubmatch(src[:min(len(src), maxConfig)], maxMapped) {
		name, options := string(s[2]), map[string]string{}
		for _, o := range rubyWord().FindAllSubmatch(s[3], 10) {
			options[string(o[1])] = string(o[2])
		}
		if string(s[1]) == "pin" {
			to := target("")
			if u := options["to"]; strings.Contains(u, "://") {
				to = target(u)
			}
			m.add(m.base, name, to) // an asset of a gem, mostly
			continue
		}
		if under := strings.Trim(options["under"], "/"); under != "" {
			m.add(m.base, under+"/", target(name+"/"))
			m.add(m.base, under, target(name))
		} else if to := path.Join(m.dir, name); len(m.bare) < 50 && !project.Outside(to) {
			m.bare = append(m.bare, to)
		}
	}
	return m
}

// isPage reports whether a file is a page of the web.
func isPage(f string) bool {
	ext := strings.ToLower(path.Ext(f))
	return ext == ".html" || ext == ".htm"
}

var pageMap = lazyregexp.New(`(?is)<script\b[^>]*\btype\s*=\s*["']?importmap["']?[^>]*>(.*?)</script`)

// pageMaps are the import maps of the tree's pages, by directory. They are looked
// for when the first name asks for them.
func (p *projects) pageMaps() map[string][]*importMap {
	if p.pages != nil {
		return p.pages
	}
	p.pages = map[string][]*importMap{}
	n := 0
	for _, f := range p.Paths() {
		if !isPage(f) {
			continue
		}
		if n++; n > maxPages {
			break
		}
		src, ok := p.ReadText(f)
		if !ok || !bytes.Contains(src, []byte("importmap")) {
			continue
		}
		if dir := path.Dir(f); len(p.pages[dir]) < maxPageMaps {
			p.pages[dir] = append(p.pages[dir], pageMaps(f, src)...)
		}
	}
	return p.pages
}

func pageMaps(f string, src []byte) []*importMap {
	var out []*importMap
	for _, s := range pageMap().FindAllSubmatch(src[:min(len(src), maxPageMap)], 20) {
		var v struct{ Imports, Scopes any }
		if text.TooDeep(s[1], text.JSON) || json.Unmarshal(s[1], &v) != nil {
			continue // a browser reads none of it either
		}
		m := &importMap{file: f, dir: path.Dir(f)}
		m.fill(v.Imports, v.Scopes)
		if len(m.base)+len(m.scopes) > 0 {
			out = append(out, m)
		}
	}
	return out
}
