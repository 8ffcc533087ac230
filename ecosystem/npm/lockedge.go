package npm

import (
	"slices"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/text"
)

// A lockEdge is what an entry of a lock file says it depends on. npm asks the
// registry for it where no entry of the lock file is what the package would load.
type lockEdge struct {
	at       int // the place of the entry in the tree
	key      text.Key
	spec     text.Value
	peer     bool
	flags    extract.Flags
	archived bool   // it comes inside the archive of the entry
	index    string // the registry that the entry itself comes from
}

// edge reads a member of an entry that names what it depends on. path begins
// with the member's own key.
func (l *lockEntry) edge(path []text.Key, v text.Value, low bool) {
	switch member := path[0].Name; member {
	case "dependencies", "optionalDependencies", "peerDependencies":
		if len(path) != 2 || v.Kind != 's' || strings.HasPrefix(path[1].Name, "//") {
			return
		}
		d := lockEdge{at: l.at, key: path[1], spec: v, peer: member == "peerDependencies"}
		if member == "optionalDependencies" {
			d.flags |= extract.Optional
		}
		if low {
			d.flags |= extract.Low
		}
		l.edges = append(l.edges, d)
	case "peerDependenciesMeta":
		if len(path) == 3 && path[2].Name == "optional" && v.Text == "true" {
			if l.optional == nil {
				l.optional = map[string]bool{}
			}
			l.optional[path[1].Name] = true
		}
	case "bundleDependencies", "bundledDependencies":
		switch {
		case len(path) == 1 && v.Kind == 'p':
			l.all = v.Text == "true"
		case len(path) == 2 && v.Kind == 's':
			if l.carries == nil {
				l.carries = map[string]bool{}
			}
			l.carries[v.Text] = true
		}
	}
}

// close adds the edges of an entry that is done to out.
func (l *lockEntry) close(out []lockEdge) []lockEdge {
	for _, d := range l.edges {
		d.flags |= l.ref.Flags & (extract.Dev | extract.Optional)
		if d.peer && l.optional[d.key.Name] {
			d.flags |= extract.Optional
		}
		d.index = l.ref.Index
		d.archived = !d.peer && (l.all || l.carries[d.key.Name])
		out = append(out, d)
	}
	return out
}

// unresolved gives what the entries depend on and no entry stands for: the
// first of several that say the same.
func (p *packageLock) unresolved(edges []lockEdge, tree *lockTree) []extract.Reference {
	type said struct {
		name, spec     string
		index          string
		flags          extract.Flags
		peer, archived bool
	}
	slices.SortFunc(edges, func(a, b lockEdge) int { return a.key.Span.Start - b.key.Span.Start })
	var out []extract.Reference
	seen := map[said]bool{}
	for i := range edges {
		d := &edges[i]
		s := said{d.key.Name, d.spec.Text, d.index, d.flags, d.peer, d.archived}
		if seen[s] || tree.resolves(d.at, d.key.Name) {
			continue
		}
		seen[s] = true
		for _, r := range npmRequirement(d.key, d.spec) {
			r.Kind = extract.Lockfile
			r.Flags |= d.flags
			if d.peer {
				r.Scope = "peer"
			}
			switch {
			case d.archived:
				r.From = extract.FromBundle
			case r.From == extract.FromRegistry: // a private package mostly depends on others like it
				r.Index = d.index
			}
			out = append(out, r)
		}
	}
	return out
}

// A lockTree holds the folders of a lock file, by their parents: folder 0 is the
// project.
type lockTree struct {
	ids      map[lockFolder]int
	parents  []int
	packages []bool // which folders are packages
}

type lockFolder struct {
	parent int
	name   string
}

func newLockTree() *lockTree {
	return &lockTree{ids: map[lockFolder]int{}, parents: []int{0}, packages: []bool{false}}
}

// step gives the folder of a name inside another one.
func (t *lockTree) step(parent int, name string) int {
	at := lockFolder{parent, name}
	id, ok := t.ids[at]
	if !ok {
		id = len(t.parents)
		t.ids[at] = id
		t.parents, t.packages = append(t.parents, parent), append(t.packages, false)
	}
	return id
}

// add takes in the folder of a package.
func (t *lockTree) add(folder string) int {
	at := 0
	for folder != "" {
		var name string
		if strings.HasPrefix(folder, "@") { // a scope and its package are one step
			if i := strings.IndexByte(folder, '/'); i >= 0 {
				rest := folder[i+1:]
				next, _, _ := strings.Cut(rest, "/")
				name, folder = folder[:i+1+len(next)], strings.TrimPrefix(rest[len(next):], "/")
				at = t.step(at, name)
				continue
			}
		}
		name, folder, _ = strings.Cut(folder, "/")
		at = t.step(at, name)
	}
	t.packages[at] = true
	return at
}

// maxLockLevels is how far up a package is looked for: what lies deeper is taken
// for missing, and is asked for.
const maxLockLevels = 50

// resolves reports whether a package that the folder at would load is in the
// tree: in node_modules of the folder itself or of one above it.
func (t *lockTree) resolves(at int, name string) bool {
	if t.holds(0, name) {
		return true
	}
	for n := 0; at != 0 && n < maxLockLevels; n++ {
		if t.holds(at, name) {
			return true
		}
		at = t.parents[at]
	}
	return false
}

func (t *lockTree) holds(at int, name string) bool {
	modules, ok := t.ids[lockFolder{at, "node_modules"}]
	if !ok {
		return false
	}
	id, ok := t.ids[lockFolder{modules, name}]
	return ok && t.packages[id]
}
