package extract

import (
	"net/url"
	"strings"

	"figment/ecosystem"
	"figment/scanner/source"
)

// npmOfficial is where lock files point that npm wrote with its own defaults.
const npmOfficial = "https://registry.npmjs.org"

// extractPackageLock reads package-lock.json and npm-shrinkwrap.json, versions 1
// to 3.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
func extractPackageLock(f *source.Fragment, e *Emitter) error {
	p := &packageLock{e: e}
	err := walkJSON(f.Text, p.visit)
	p.flush()
	if !p.packages {
		for _, r := range p.old {
			e.Reference(r)
		}
	}
	return err
}

type packageLock struct {
	e        *Emitter
	packages bool // version 2 or 3: "dependencies" only repeats it
	old      []Reference

	open  bool // an entry is being read
	entry lockEntry
	stack []lockEntry // version 1: entries around
}

type lockEntry struct {
	ref      Reference
	depth    int
	resolved string
}

func (p *packageLock) visit(path []jsonKey, v jsonValue, low bool) {
	if len(path) == 0 {
		return
	}
	switch path[0].name {
	case "packages":
		p.packages = true
		p.old = nil
		p.v2(path, v, low)
	case "dependencies":
		if !p.packages {
			p.v1(path, v, low)
		}
	}
}

// v2 reads the table of packages: its keys are the folders.
func (p *packageLock) v2(path []jsonKey, v jsonValue, low bool) {
	if len(path) == 2 && v.kind == '{' {
		p.flush()
		key := path[1]
		i := strings.LastIndex(key.name, "node_modules/")
		if i < 0 {
			return // the project itself, or a workspace
		}
		name := key.name[i+len("node_modules/"):]
		start := key.span.End - len(name)
		p.entry = lockEntry{ref: Reference{Ecosystem: ecosystem.NPM, Name: name, Kind: Lockfile, Span: source.Span{Start: start, End: key.span.End}}}
		if low {
			p.entry.ref.Flags |= Low
		}
		p.open = true
		return
	}
	if len(path) != 3 || !p.open {
		return
	}
	p.entry.field(path[2].name, v)
}

// v1 reads the tree of dependencies, which nests.
func (p *packageLock) v1(path []jsonKey, v jsonValue, low bool) {
	for n := len(p.stack); n > 0 && p.stack[n-1].depth >= len(path); n-- {
		p.finish(p.stack[n-1])
		p.stack = p.stack[:n-1]
	}
	n := len(path)
	if v.kind == '{' && n >= 2 && n%2 == 0 && path[n-2].name == "dependencies" {
		key := path[n-1]
		l := lockEntry{depth: n, ref: Reference{Ecosystem: ecosystem.NPM, Name: key.name, Kind: Lockfile, Span: key.span}}
		if low {
			l.ref.Flags |= Low
		}
		p.stack = append(p.stack, l)
		return
	}
	if k := len(p.stack); k > 0 && n == p.stack[k-1].depth+1 {
		p.stack[k-1].field(path[n-1].name, v)
	}
}

// field reads one member of an entry.
func (l *lockEntry) field(name string, v jsonValue) {
	switch name {
	case "version":
		if from, _ := npmSpecFrom(v.text); from != FromRegistry {
			l.ref.From = from
		} else if real, ok := strings.CutPrefix(v.text, "npm:"); ok { // version 1 alias
			n, c := cutVersion(real)
			l.ref.Alias, l.ref.Name, l.ref.Constraint = l.ref.Name, n, c
			l.ref.Span = source.Span{Start: v.span.Start + 4, End: v.span.Start + 4 + len(n)}
		} else {
			l.ref.Constraint = v.text
		}
	case "name":
		if v.kind == 's' && v.text != l.ref.Name {
			l.ref.Alias, l.ref.Name, l.ref.Span = l.ref.Name, v.text, v.span
		}
	case "resolved":
		l.resolved = v.text
	case "link":
		if v.text == "true" {
			l.ref.From = FromWorkspace
		}
	case "dev", "devOptional":
		if v.text == "true" {
			l.ref.Flags |= Dev
		}
	case "optional":
		if v.text == "true" {
			l.ref.Flags |= Optional
		}
	}
}

// done completes the entry's reference.
func (l *lockEntry) done() Reference {
	switch {
	case strings.HasPrefix(l.resolved, "git"), strings.HasPrefix(l.resolved, "ssh:"):
		l.ref.From = FromGit
	case strings.HasPrefix(l.resolved, "file:"):
		l.ref.From = FromPath
	case l.ref.From == FromRegistry && l.resolved != "" && !strings.HasPrefix(l.resolved, npmOfficial+"/"):
		if u, err := url.Parse(l.resolved); err == nil && u.Host != "" {
			if strings.Contains(u.Path, "/-/") {
				l.ref.Index = u.Scheme + "://" + u.Host
			} else {
				l.ref.From = FromURL
			}
		}
	}
	return l.ref
}

func (p *packageLock) flush() {
	if p.open {
		p.open = false
		p.e.Reference(p.entry.done())
	}
	for n := len(p.stack) - 1; n >= 0; n-- {
		p.finish(p.stack[n])
	}
	p.stack = nil
}

func (p *packageLock) finish(l lockEntry) { p.old = append(p.old, l.done()) }
