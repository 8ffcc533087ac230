package npm

import (
	"net/url"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// extractPackageLock reads package-lock.json and npm-shrinkwrap.json, versions 1
// to 3.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
func extractPackageLock(f *text.Fragment, e *extract.Emitter) error {
	p := &packageLock{s: f.Text, e: e, names: map[string]bool{}, tree: newLockTree(), oldTree: newLockTree()}
	err := text.WalkJSON(f.Text, p.visit)
	p.flush()
	edges := p.unresolved(p.edges, p.tree)
	for i := range edges {
		p.names[edges[i].Name] = true
		e.Reference(edges[i])
	}
	// Version 2 says everything twice. What only the older half names is what
	// an older npm installs.
	for _, r := range append(p.old, p.unresolved(p.oldEdges, p.oldTree)...) {
		if !p.names[r.Name] {
			e.Reference(r)
		}
	}
	return err
}

type packageLock struct {
	s     []byte
	e     *extract.Emitter
	names map[string]bool     // of the table of packages
	old   []extract.Reference // of the tree of dependencies

	tree, oldTree   *lockTree
	edges, oldEdges []lockEdge

	open  bool // an entry is being read
	entry lockEntry
	stack []lockEntry // version 1: entries around
}

type lockEntry struct {
	ref      extract.Reference
	depth    int
	resolved text.Value
	nested   bool // below another package
	bundled  bool
	at       int        // its place in the tree
	edges    []lockEdge // what it depends on
	optional map[string]bool
	carries  map[string]bool // what its archive holds
	all      bool            // the archive holds all that it depends on
}

func (p *packageLock) visit(path []text.Key, v text.Value, low bool) {
	if len(path) == 0 {
		return
	}
	switch path[0].Name {
	case "packages":
		p.v2(path, v, low)
	case "dependencies":
		p.v1(path, v, low)
	}
}

// v2 reads the table of packages: its keys are the folders.
func (p *packageLock) v2(path []text.Key, v text.Value, low bool) {
	if len(path) == 2 && v.Kind == '{' {
		p.flush()
		key := path[1]
		i := strings.LastIndex(key.Name, "node_modules/")
		if i < 0 {
			return // the project itself, or a workspace
		}
		at := i + len("node_modules/")
		p.entry = lockEntry{at: p.tree.add(key.Name), nested: strings.Contains(key.Name[:i], "node_modules/"), ref: extract.Reference{
			Ecosystem: ecosystem.NPM, Name: key.Name[at:], Kind: extract.Lockfile, Span: text.JSONPart(p.s, key.Span, text.Span{Start: at, End: len(key.Name)}),
		}}
		if low {
			p.entry.ref.Flags |= extract.Low
		}
		p.open = true
		return
	}
	if len(path) < 3 || !p.open {
		return
	}
	if len(path) == 3 {
		p.entry.field(p.s, path[2].Name, v)
	}
	p.entry.edge(path[2:], v, low)
}

// v1 reads the tree of dependencies, which nests.
func (p *packageLock) v1(path []text.Key, v text.Value, low bool) {
	for n := len(p.stack); n > 0 && p.stack[n-1].depth >= len(path); n-- {
		p.finish(p.stack[n-1])
		p.stack = p.stack[:n-1]
	}
	n := len(path)
	if v.Kind == '{' && n >= 2 && n%2 == 0 && path[n-2].Name == "dependencies" {
		key := path[n-1]
		at := 0
		if k := len(p.stack); k > 0 {
			at = p.stack[k-1].at
		}
		at = p.oldTree.step(p.oldTree.step(at, "node_modules"), key.Name)
		p.oldTree.packages[at] = true
		l := lockEntry{at: at, depth: n, nested: n > 2, ref: extract.Reference{Ecosystem: ecosystem.NPM, Name: key.Name, Kind: extract.Lockfile, Span: key.Span}}
		if low {
			l.ref.Flags |= extract.Low
		}
		p.stack = append(p.stack, l)
		return
	}
	k := len(p.stack)
	if k == 0 {
		return
	}
	l := &p.stack[k-1]
	switch {
	case n == l.depth+1:
		l.field(p.s, path[n-1].Name, v)
	case n == l.depth+2 && path[n-2].Name == "requires":
		l.edge([]text.Key{{Name: "dependencies"}, path[n-1]}, v, low)
	}
}

// field reads one member of an entry.
func (l *lockEntry) field(s []byte, name string, v text.Value) {
	switch name {
	case "version":
		real, alias := strings.CutPrefix(v.Text, "npm:")
		if alias { // version 1
			n, c := extract.CutVersion(real)
			l.ref.Alias, l.ref.Name, l.ref.Constraint = l.ref.Name, n, c
			l.ref.Span = text.JSONPart(s, v.Span, text.Span{Start: 4, End: 4 + len(n)})
		} else if from, _ := specifier.Source(v.Text); from != extract.FromRegistry {
			l.ref.From = from
		} else {
			l.ref.Constraint = v.Text
		}
	case "name":
		if v.Kind == 's' && v.Text != l.ref.Name {
			l.ref.Alias, l.ref.Name, l.ref.Span = l.ref.Name, v.Text, v.Span
		}
	case "resolved":
		if v.Kind == 's' {
			l.resolved = v
		}
	case "inBundle", "bundled":
		l.bundled = l.bundled || v.Text == "true"
	case "link":
		if v.Text == "true" {
			l.ref.From = extract.FromWorkspace
		}
	case "dev", "devOptional":
		if v.Text == "true" {
			l.ref.Flags |= extract.Dev
		}
	case "optional":
		if v.Text == "true" {
			l.ref.Flags |= extract.Optional
		}
	}
}

// done completes the entry's references. The second one is the package whose
// archive is fetched, where the address is that of another one than the entry's.
func (l *lockEntry) done(s []byte) []extract.Reference {
	address := l.resolved.Text
	switch {
	case l.ref.From != extract.FromRegistry:
	case address == "":
		// The root's own bundled packages are fetched. Below another package they
		// come inside its archive, and none has an address of its own.
		if l.bundled && l.nested {
			l.ref.From = extract.FromBundle
		}
	case strings.HasPrefix(address, "git"), strings.HasPrefix(address, "ssh:"):
		l.ref.From = extract.FromGit
	case strings.HasPrefix(address, "file:"):
		l.ref.From = extract.FromPath
	default:
		host, name := specifier.Address(address)
		switch {
		case host == "":
		case ecosystem.PublicRegistry(ecosystem.NPM, host):
			at := strings.Index(specifier.ForwardSlashes(address), name)
			if plain, err := url.PathUnescape(name); err == nil && plain != "" && plain != l.ref.Name && at >= 0 {
				real := l.ref
				real.Public = true
				real.Name, real.Span = plain, text.JSONPart(s, l.resolved.Span, text.Span{Start: at, End: at + len(name)})
				return []extract.Reference{l.ref, real}
			}
			l.ref.Public = name != ""
		case name != "":
			l.ref.Index = host
		default:
			l.ref.From = extract.FromURL
		}
	}
	return []extract.Reference{l.ref}
}

func (p *packageLock) flush() {
	if p.open {
		p.open = false
		for _, r := range p.entry.done(p.s) {
			p.names[r.Name] = true
			p.e.Reference(r)
		}
		p.edges = p.entry.close(p.edges)
	}
	for n := len(p.stack) - 1; n >= 0; n-- {
		p.finish(p.stack[n])
	}
	p.stack = nil
}

func (p *packageLock) finish(l lockEntry) {
	p.old = append(p.old, l.done(p.s)...)
	p.oldEdges = l.close(p.oldEdges)
}
