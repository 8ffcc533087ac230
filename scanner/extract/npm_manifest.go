package extract

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/source"
)

func named(names ...string) func(*source.Fragment) bool {
	return func(f *source.Fragment) bool {
		base := path.Base(f.Name)
		for _, n := range names {
			if base == n && f.Name != "" {
				return true
			}
		}
		return false
	}
}

// extractPackageJSON reads the manifest of an npm package.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/package-json
func extractPackageJSON(f *source.Fragment, e *Emitter) error {
	p := &packageJSON{f: f, e: e, optionalPeers: map[string]bool{}}
	err := walkJSON(f.Text, p.visit)
	for _, r := range p.peers {
		if p.optionalPeers[r.Raw] {
			r.Flags |= Optional
		}
		e.Reference(r)
	}
	return err
}

type packageJSON struct {
	f             *source.Fragment
	e             *Emitter
	peers         []Reference // Raw holds the key until Reference fills it in
	optionalPeers map[string]bool
}

func (p *packageJSON) visit(path []jsonKey, v jsonValue, low bool) {
	if len(path) < 1 {
		return
	}
	var flags Flags
	if low {
		flags = Low
	}
	top := path[0].name
	switch top {
	case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
		if len(path) != 2 || v.kind != 's' {
			return
		}
		r := npmRequirement(path[1], v)
		r.Flags |= flags
		switch top {
		case "devDependencies":
			r.Flags |= Dev
			r.Scope = "dev"
		case "optionalDependencies":
			r.Flags |= Optional
		case "peerDependencies":
			r.Scope = "peer"
			r.Raw = path[1].name
			p.peers = append(p.peers, r)
			return
		}
		p.emit(r)
	case "peerDependenciesMeta":
		if len(path) == 3 && path[2].name == "optional" && v.text == "true" {
			p.optionalPeers[path[1].name] = true
		}
	case "overrides":
		p.override(path[1:], v, flags)
	case "resolutions":
		if len(path) == 2 && v.kind == 's' {
			p.resolution(path[1], v, flags, "/")
		}
	case "pnpm":
		if len(path) == 3 && path[1].name == "overrides" && v.kind == 's' {
			p.resolution(path[2], v, flags, ">")
		}
	case "catalog":
		if len(path) == 2 && v.kind == 's' {
			p.emitScope(npmRequirement(path[1], v), flags, "catalog")
		}
	case "catalogs":
		if len(path) == 3 && v.kind == 's' {
			p.emitScope(npmRequirement(path[2], v), flags, "catalog")
		}
	case "workspaces":
		if v.kind == 's' && (len(path) == 3 && path[1].name == "catalog" || len(path) == 4 && path[1].name == "catalogs") {
			p.emitScope(npmRequirement(path[len(path)-1], v), flags, "catalog")
		}
	case "packageManager":
		if len(path) == 1 && v.kind == 's' {
			if at := strings.LastIndexByte(v.text, '@'); at > 0 {
				version, _, _ := strings.Cut(v.text[at+1:], "+")
				p.emitScope(Reference{Name: v.text[:at], Constraint: version, Span: source.Span{Start: v.span.Start, End: v.span.Start + at}}, flags, "build")
			}
		}
	case "scripts":
		if len(path) == 2 && v.kind == 's' && MayInstall([]byte(v.text)) {
			text, m := unescapeMap(p.f.Text[v.span.Start:v.span.End], v.span.Start)
			c := p.f.Derive(text, m, source.Shell)
			c.Label = "script " + path[1].name
			p.e.Fragment(c, flags)
		}
	}
}

func (p *packageJSON) emit(r Reference) {
	if r.Name == "" || r.From == FromRegistry && ecosystem.Markup(r.Name) {
		return
	}
	r.Kind = Manifest
	if r.Ecosystem == "" {
		r.Ecosystem = ecosystem.NPM
	}
	p.e.Reference(r)
}

func (p *packageJSON) emitScope(r Reference, flags Flags, scope string) {
	r.Flags |= flags
	r.Scope = scope
	p.emit(r)
}

// override reads npm's overrides: nested, "." meaning the package itself, keys
// with a range.
func (p *packageJSON) override(path []jsonKey, v jsonValue, flags Flags) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	if last.name == "." || last.name == "" {
		if len(path) < 2 || v.kind != 's' {
			return
		}
		last = path[len(path)-2]
	} else if v.kind == '{' {
		// A key whose value is an object names a package too.
		name, _ := cutVersion(last.name)
		p.emitScope(Reference{Name: name, Span: source.Span{Start: last.span.Start, End: last.span.Start + len(name)}}, flags, "override")
		return
	}
	if v.kind != 's' || strings.HasPrefix(v.text, "$") {
		return
	}
	name, _ := cutVersion(last.name)
	last.name = name
	last.span.End = last.span.Start + len(name)
	p.emitScope(npmRequirement(last, v), flags, "override")
}

// resolution reads Yarn's resolutions and pnpm's overrides: the last name of a
// path counts.
func (p *packageJSON) resolution(key jsonKey, v jsonValue, flags Flags, sep string) {
	name := key.name
	at := 0
	if sep == ">" {
		if i := strings.LastIndexByte(name, '>'); i >= 0 {
			at = i + 1
		}
	} else {
		parts := strings.Split(name, "/")
		n := len(parts)
		take := 1
		if n > 1 && strings.HasPrefix(parts[n-2], "@") {
			take = 2
		}
		at = len(name) - len(strings.Join(parts[n-take:], "/"))
	}
	bare, _ := cutVersion(strings.TrimSpace(name[at:]))
	at += strings.Index(name[at:], bare)
	k := jsonKey{bare, source.Span{Start: key.span.Start + at, End: key.span.Start + at + len(bare)}}
	p.emitScope(npmRequirement(k, v), flags, "override")
}

// cutVersion splits "x@range" and "@s/x@range".
func cutVersion(s string) (name, constraint string) {
	if i := strings.LastIndexByte(s, '@'); i > 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// npmRequirement reads a member "name": "spec".
func npmRequirement(key jsonKey, v jsonValue) Reference {
	r := Reference{Ecosystem: ecosystem.NPM, Name: key.name, Span: key.span, Kind: Manifest}
	spec := strings.TrimSpace(v.text)
	lead := strings.Index(v.text, spec)
	switch from, constraint := npmSpecFrom(spec); {
	case strings.HasPrefix(spec, "npm:"), strings.HasPrefix(spec, "jsr:"):
		name, constraint := cutVersion(spec[4:])
		if strings.HasPrefix(spec, "jsr:") {
			r.Ecosystem = ecosystem.JSR
			if !strings.HasPrefix(name, "@") { // "@s/x": "jsr:^1"
				r.Constraint = spec[4:]
				return r
			}
		}
		if name == "" || strings.ContainsAny(name[:1], "0123456789^~<>=*") { // "npm:^1" of Deno and Yarn: the key is the name
			r.Constraint = spec[4:]
			return r
		}
		if name != key.name {
			r.Alias = key.name
		}
		r.Name, r.Constraint = name, constraint
		if v.span.Len() == len(v.text) {
			r.Span = source.Span{Start: v.span.Start + lead + 4, End: v.span.Start + lead + 4 + len(name)}
		}
	case strings.HasPrefix(spec, "catalog:"):
	case strings.HasPrefix(spec, "patch:"):
		inner := strings.TrimPrefix(spec, "patch:")
		inner, _, _ = strings.Cut(inner, "#")
		_, r.Constraint = cutVersion(inner)
		r.Constraint = strings.TrimPrefix(strings.ReplaceAll(r.Constraint, "%3A", ":"), "npm:")
	default:
		r.From, r.Constraint = from, constraint
	}
	return r
}

// npmSpecFrom says what a spec names: a range or tag of the registry, or
// another source.
func npmSpecFrom(spec string) (From, string) {
	switch {
	case spec == "":
		return FromRegistry, ""
	case strings.HasPrefix(spec, "workspace:"):
		return FromWorkspace, ""
	case strings.HasPrefix(spec, "file:"), strings.HasPrefix(spec, "link:"), strings.HasPrefix(spec, "portal:"),
		strings.HasPrefix(spec, "./"), strings.HasPrefix(spec, "../"), strings.HasPrefix(spec, "/"), strings.HasPrefix(spec, "~/"), spec == ".":
		return FromPath, ""
	case strings.HasPrefix(spec, "git+"), strings.HasPrefix(spec, "git:"), strings.HasPrefix(spec, "git@"), strings.HasPrefix(spec, "ssh:"),
		strings.HasPrefix(spec, "github:"), strings.HasPrefix(spec, "gitlab:"), strings.HasPrefix(spec, "bitbucket:"), strings.HasPrefix(spec, "gist:"):
		return FromGit, ""
	case strings.HasPrefix(spec, "http://"), strings.HasPrefix(spec, "https://"):
		return FromURL, ""
	}
	if i := strings.IndexByte(spec, '/'); i > 0 && !strings.HasPrefix(spec, "@") && !strings.ContainsAny(spec[:i], " <>=^~|*:") {
		return FromGit, "" // user/repo
	}
	return FromRegistry, spec
}
