package npm

import (
	"fmt"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// extractPackageJSON reads the manifest of an npm package.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/package-json
func extractPackageJSON(f *text.Fragment, e *extract.Emitter) error {
	p := &packageJSON{f: f, e: e, optionalPeers: map[string]bool{}, inside: f.Label != "" && text.PartOfJSON(f.Text)}
	err := text.WalkJSON(f.Text, p.visit)
	p.finish()
	return err
}

// finish reports what only the whole text says.
func (p *packageJSON) finish() {
	for _, r := range p.peers {
		if p.optionalPeers[r.Raw] {
			r.Flags |= extract.Optional
		}
		p.e.Reference(r)
	}
	for _, late := range p.late {
		if !p.named[late.Name] {
			p.emit(late)
		}
	}
}

type packageJSON struct {
	f             *text.Fragment
	e             *extract.Emitter
	peers         []extract.Reference // Raw holds the key until Reference fills it in
	optionalPeers map[string]bool
	plain         bool // the text is not JSON: its strings have no escapes that are known here
	named         map[string]bool
	extended      text.Span           // the last key of packageExtensions that was read
	late          []extract.Reference // of names that count only where no dependency has them
	inside        bool                // cut out of a manifest: what stands outermost may be members of any object
}

// visit reads one value of a package.json: one switch over the paths that mean
// something, in the order in which they are told apart.
func (p *packageJSON) visit(path []text.Key, v text.Value, low bool) {
	if len(path) < 1 {
		return
	}
	var flags extract.Flags
	if low {
		flags = extract.Low
	}
	top := path[0].Name
	if p.inside && len(path) == 1 && v.Kind == 's' && versionLike(v.Text) && !stringMembers[top] {
		for _, r := range npmRequirement(path[0], v) {
			r.Flags |= flags
			p.emit(r)
		}
		return
	}
	switch top {
	case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
		switch {
		case len(path) > 1 && strings.HasPrefix(path[1].Name, "//"):
			return // a comment
		case len(path) == 1:
			p.wrongType(v, "{", top, "an object of names and versions")
			return
		case len(path) > 2:
			return
		case v.Kind != 's':
			p.wrongType(v, "s", top+"."+path[1].Name, "a version in quotes")
			return
		}
		if p.named == nil {
			p.named = map[string]bool{}
		}
		p.named[path[1].Name] = true
		for _, r := range npmRequirement(path[1], v) {
			r.Flags |= flags
			switch top {
			case "devDependencies":
				r.Flags |= extract.Dev
				r.Scope = "dev"
			case "optionalDependencies":
				r.Flags |= extract.Optional
			case "peerDependencies":
				r.Scope = "peer"
				r.Raw = path[1].Name
				p.peers = append(p.peers, r)
				continue
			}
			p.emit(r)
		}
	case "imports":
		if v.Kind == 's' && len(path) > 1 {
			p.imports(v, flags)
		}
	case "bundleDependencies", "bundledDependencies":
		if len(path) == 2 && v.Kind == 's' && specifier.Bare(v.Text) == v.Text {
			p.late = append(p.late, extract.Reference{Name: v.Text, Span: v.Span, Flags: flags, Scope: "bundle"})
		}
	case "devEngines":
		if n := len(path); n > 2 && n < 5 && path[1].Name == "packageManager" && v.Kind == 's' && path[n-1].Name == "name" {
			p.emitScope(extract.Reference{Name: v.Text, Span: v.Span}, flags, "build")
		}
	case "peerDependenciesMeta":
		if len(path) == 2 && v.Kind == '{' && !strings.HasPrefix(path[1].Name, "//") { // to pnpm and Yarn a peer of any version
			p.late = append(p.late, extract.Reference{Name: path[1].Name, Span: path[1].Span, Flags: flags | extract.Optional, Scope: "peer"})
		}
		if len(path) == 3 && path[2].Name == "optional" && v.Text == "true" {
			p.optionalPeers[path[1].Name] = true
		}
	case "overrides":
		if len(path) == 1 {
			p.wrongType(v, "{", top, "an object")
		} else if !strings.HasPrefix(path[len(path)-1].Name, "//") {
			p.wrongType(v, "{s", "overrides."+path[1].Name, "an object or a version in quotes")
		}
		p.override(path[1:], v, flags)
	case "resolutions":
		if len(path) == 1 {
			p.wrongType(v, "{", top, "an object")
		} else if len(path) == 2 && !strings.HasPrefix(path[1].Name, "//") {
			p.wrongType(v, "s ", "resolutions."+path[1].Name, "a version in quotes")
		}
		if len(path) == 2 && v.Kind == 's' {
			p.resolution(path[1], v, flags, true)
		}
	case "pnpm":
		p.pnpm(path[1:], v, flags)
	case "catalog":
		if len(path) == 1 {
			p.wrongType(v, "{", top, "an object of names and versions")
		}
		if len(path) == 2 && v.Kind == 's' {
			p.catalog(path[1], v, flags)
		}
	case "catalogs":
		if len(path) == 3 && v.Kind == 's' {
			p.catalog(path[2], v, flags)
		}
	case "workspaces":
		if v.Kind == 's' && (len(path) == 3 && path[1].Name == "catalog" || len(path) == 4 && path[1].Name == "catalogs") {
			p.catalog(path[len(path)-1], v, flags)
		}
	case "packageManager":
		if len(path) == 1 && v.Kind == 's' {
			if at := strings.LastIndexByte(v.Text, '@'); at > 0 {
				version, _, _ := strings.Cut(v.Text[at+1:], "+")
				p.emitScope(extract.Reference{Name: v.Text[:at], Constraint: version, Span: text.Span{Start: v.Span.Start, End: v.Span.Start + at}}, flags, "build")
			}
		}
	case "scripts":
		if len(path) == 1 {
			p.wrongType(v, "{", top, "an object of commands")
		} else if len(path) == 2 && !strings.HasPrefix(path[1].Name, "//") {
			p.wrongType(v, "s ", "scripts."+path[1].Name, "a command in quotes")
		}
		if len(path) == 2 && v.Kind == 's' && p.e.Commands.MayRun([]byte(v.Text)) {
			src, m := text.UnescapeJSON(p.f.Text[v.Span.Start:v.Span.End], v.Span.Start)
			c := p.f.Derive(src, m, text.Shell)
			c.Label = "script " + path[1].Name
			p.e.Fragment(c, flags)
		}
	}
}

// stringMembers are the members of a manifest itself that may hold what looks like a
// version.
var stringMembers = map[string]bool{"version": true, "name": true, "description": true, "packageManager": true, "homepage": true, "main": true, "license": true}

// versionLike reports whether a value can only be what somebody asks of a package.
func versionLike(s string) bool {
	switch {
	case s == "*", s == "latest", strings.HasPrefix(s, "workspace:"), strings.HasPrefix(s, "npm:"), strings.HasPrefix(s, "catalog:"):
		return true
	}
	number := strings.TrimLeft(s, "^~<>= v")
	return number != "" && number[0] >= '0' && number[0] <= '9' && strings.ContainsAny(s, ".^~")
}

// wrongType tells of a value that is of none of the kinds: npm stops at it, and
// the names that somebody meant are not read. What is empty, null or false names
// nothing; a dependency has a name, whatever its version is.
func (p *packageJSON) wrongType(v text.Value, kinds, where, want string) {
	if strings.IndexByte(kinds, v.Kind) >= 0 || p.f.Label != "" {
		return
	}
	is := "no string"
	switch v.Kind {
	case 's':
		is = "a string"
	case '{':
		is = "an object"
	case '[':
		is = "a list"
	}
	if at := text.SkipComments(p.f.Text, v.Span.End); kinds != "s" && (v.Kind == 's' && v.Text == "" || v.Text == "null" || v.Text == "false" || v.Kind == '[' && at < len(p.f.Text) && p.f.Text[at] == ']') {
		return
	}
	at := v.Span
	if at.Len() == 0 { // an empty string: its quotes
		at.Start--
		at.End++
	}
	p.e.Unread(at, source.Broken, fmt.Sprintf("%s is %s where %s belongs: what it names was not read", where, is, want))
}

// imports reads a target of the manifest's own import map: a package that code
// loads as "#x".
//
// Specification: https://nodejs.org/api/packages.html#subpath-imports
func (p *packageJSON) imports(v text.Value, flags extract.Flags) {
	specifier.Packages(v.Text, func(to specifier.Package) {
		r := extract.Reference{Ecosystem: to.Ecosystem, Name: to.Name, Constraint: to.Constraint, Kind: extract.Import, Flags: flags,
			Span: text.JSONPart(p.f.Text, v.Span, text.Span{Start: to.Start, End: to.End})}
		if whole := v.Text[to.Start:to.End]; whole != to.Name {
			r.Module = whole
		}
		p.e.Reference(r)
	})
}

// pnpm reads pnpm's own member.
func (p *packageJSON) pnpm(path []text.Key, v text.Value, flags extract.Flags) {
	if v.Kind != 's' || len(path) < 2 || strings.HasPrefix(path[len(path)-1].Name, "//") {
		return
	}
	switch path[0].Name {
	case "overrides":
		if len(path) == 2 {
			p.resolution(path[1], v, flags, false)
		}
	case "configDependencies": // installed before all others; the value is a version with its checksum
		if len(path) == 2 || len(path) == 3 && path[2].Name == "integrity" {
			version, _, _ := strings.Cut(v.Text, "+")
			p.emitScope(extract.Reference{Name: path[1].Name, Constraint: version, Span: path[1].Span}, flags, "build")
		}
	case "patchedDependencies": // "x@1.0.0": "x.patch"
		if len(path) == 2 {
			name, version := extract.CutVersion(path[1].Name)
			p.emitScope(extract.Reference{Name: name, Constraint: version, Span: p.part(path[1], 0, len(name)).Span}, flags, "override")
		}
	case "packageExtensions": // dependencies that are added to those of another package
		if key := path[1]; key.Span != p.extended {
			p.extended = key.Span
			name, constraint := extract.CutVersion(key.Name)
			p.emitScope(extract.Reference{Name: name, Constraint: constraint, Span: p.part(key, 0, len(name)).Span}, flags, "override")
		}
		if len(path) == 4 && (path[2].Name == "dependencies" || path[2].Name == "optionalDependencies" || path[2].Name == "peerDependencies") {
			for _, r := range npmRequirement(path[3], v) {
				p.emitScope(r, flags, "override")
			}
		}
	}
}

func (p *packageJSON) emit(r extract.Reference) {
	if r.Name == "" || r.From == extract.FromRegistry && ecosystem.Markup(r.Name) {
		return
	}
	r.Kind = extract.Manifest
	if r.Ecosystem == "" {
		r.Ecosystem = ecosystem.NPM
	}
	p.e.Reference(r)
}

// catalog reads an entry of a catalog.
func (p *packageJSON) catalog(key text.Key, v text.Value, flags extract.Flags) {
	if strings.HasPrefix(key.Name, "//") {
		return
	}
	for _, r := range npmRequirement(key, v) {
		p.emitScope(r, flags, "catalog")
	}
}

func (p *packageJSON) emitScope(r extract.Reference, flags extract.Flags, scope string) {
	r.Flags |= flags
	r.Scope = scope
	p.emit(r)
}

// override reads npm's overrides: nested, "." meaning the package itself, keys
// with a range.
func (p *packageJSON) override(path []text.Key, v text.Value, flags extract.Flags) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	if last.Name == "." || last.Name == "" {
		if len(path) < 2 || v.Kind != 's' {
			return
		}
		last = path[len(path)-2]
	}
	if strings.HasPrefix(last.Name, "//") {
		return
	}
	name, _ := extract.CutVersion(last.Name)
	last = p.part(last, 0, len(name))
	switch v.Kind {
	case '{': // a key whose value is an object names a package too
		p.emitScope(extract.Reference{Name: last.Name, Span: last.Span}, flags, "override")
	case 's':
		p.replace(last, v, flags)
	}
}

// replace reports what takes the place of a package. "$x" is a dependency of
// the manifest's own, "-" none at all.
func (p *packageJSON) replace(key text.Key, v text.Value, flags extract.Flags) {
	if strings.HasPrefix(v.Text, "$") || v.Text == "-" {
		return
	}
	for _, r := range npmRequirement(key, v) {
		p.emitScope(r, flags, "override")
	}
}

// resolution reads Yarn's resolutions and pnpm's overrides: the last name of a
// path counts.
func (p *packageJSON) resolution(key text.Key, v text.Value, flags extract.Flags, yarn bool) {
	if strings.HasPrefix(key.Name, "//") {
		return
	}
	start, end := pnpmSelector(key.Name)
	if yarn && start == 0 {
		start, end = yarnSelector(key.Name)
	}
	if start < end {
		p.replace(p.part(key, start, end), v, flags)
	}
}

// part is the piece of a key between two offsets of its decoded name, at its
// own place.
func (p *packageJSON) part(key text.Key, start, end int) text.Key {
	if p.plain {
		at := key.Span
		if at.Len() == len(key.Name) {
			at = text.Span{Start: at.Start + start, End: at.Start + end}
		}
		return text.Key{Name: key.Name[start:end], Span: at}
	}
	return text.Key{Name: key.Name[start:end], Span: text.JSONPart(p.f.Text, key.Span, text.Span{Start: start, End: end})}
}
