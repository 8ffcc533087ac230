// Package extract turns fragments of text into references: a package name as it
// is written, the exact bytes where it stands, and the kind of that place. One
// file reads one format; formats.go is the table of them.
//
// It works on values: no file is opened, nothing is run, nothing is asked, and
// it does not decide whether a name is local, standard or private (package
// project does). Every scanner is tolerant: broken text yields what can be read
// and marks it Low. Names in the table of specifications each file cites.
package extract

import (
	"cmp"
	"iter"
	"slices"

	"figment/ecosystem"
	"figment/scanner/text"
)

// Kind is the kind of place a reference stands in.
type Kind uint8

// The kinds, strongest first. Manifest is the zero value.
const (
	Manifest Kind = iota // declared in a manifest
	Lockfile             // resolved in a lock file
	Command              // an install or run command
	Import               // imported by source code
	Mention              // comment, prose, inline code: never fails a run
)

var kindNames = [...]string{"manifest", "lockfile", "command", "import", "mention"}

func (k Kind) String() string { return kindNames[k] }

// Flags qualify a reference.
type Flags uint8

// The flags. Low means that the reference was rescued from broken text.
const (
	Optional Flags = 1 << iota
	TypeOnly
	Dynamic
	Dev
	Low
	Runs // a command that runs the package at once: npx, uvx, an MCP launcher
)

var flagNames = [...]string{"optional", "type_only", "dynamic", "dev", "low", "runs"}

// Names lists the flags that are set, in a fixed order; never nil.
func (f Flags) Names() []string {
	names := []string{}
	for i, n := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

// Has reports whether all of g are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// From says where the package comes from. Everything but FromRegistry is never
// asked of a registry.
type From uint8

// The values of From. FromRegistry is the zero value.
const (
	FromRegistry From = iota
	FromGit
	FromPath
	FromURL
	FromWorkspace
	FromBundle // inside the archive of another package
)

var fromNames = [...]string{"registry", "git", "path", "url", "workspace", "bundle"}

func (f From) String() string { return fromNames[f] }

// GlobalScope is the Scope of what a command of npm or of its like installs for
// the whole machine: no project has a say in it.
const GlobalScope = "global"

// BinScope is the Scope of a command that is asked of a registry only where no
// installed package brings it: npx, npm exec, bunx.
const BinScope = "bin"

// A Reference is one place where a text names a package.
type Reference struct {
	Ecosystem  ecosystem.Ecosystem // Unknown: listed, never asked
	Name       string              // as written: no version, extras, quotes. For imports the package part where the language has one ("@s/a" of "@s/a/sub"), the top-level module in Python, the whole path in Go
	Module     string              // imports: the whole dotted or slashed path as written; manifests: where the version is looked up, "catalog:name"; empty otherwise
	Names      []string            // what "from x import a, b" names
	Constraint string              // as written and trimmed, joined with ", "; empty: any version
	Extras     []string            // Python extras
	Marker     string              // Python environment marker
	Scope      string              // runtime (empty), dev, build, test, peer, override, constraint, indirect, self, or a group's own name: information only
	Alias      string              // the local name of "b": "npm:c@2"; Name is c
	Index      string              // registry or source as written beside the name; withholds the name from the public registry, never routes
	Path       string              // of the file
	Span       text.Span           // in the original file: exactly the name as written (imports: the whole module path)
	Raw        string              // the text under the span
	Label      string              // "fence 1": the container's word for the place

	// Big repositories hold a hundred thousand references: what is small stands
	// together.
	Kind   Kind
	Flags  Flags
	From   From
	Public bool // a lock file has it from the public registry
	Others bool // further indexes are named beside the first: absence at the first proves nothing
	Old    bool // it was there before the change that is judged: it resolves other names and is not judged itself
}

// Purl spelling of the referenced package without version.
func (r *Reference) Package() ecosystem.Package {
	return ecosystem.Package{Ecosystem: r.Ecosystem, Name: ecosystem.Normalize(r.Ecosystem, r.Name)}
}

// References are those of several files: one part for each, none empty, in the
// order in which they stand.
type References [][]Reference

// All gives each reference at its place.
func (r References) All() iter.Seq[*Reference] {
	return func(yield func(*Reference) bool) {
		for _, part := range r {
			for i := range part {
				if !yield(&part[i]) {
					return
				}
			}
		}
	}
}

// Len is the number of references.
func (r References) Len() int {
	n := 0
	for _, part := range r {
		n += len(part)
	}
	return n
}

// Sort orders the parts by path, in place, and makes one of those of one file.
// Empty ones are left out.
func (r References) Sort() References {
	r = slices.DeleteFunc(r, func(part []Reference) bool { return len(part) == 0 })
	slices.SortStableFunc(r, func(a, b []Reference) int { return cmp.Compare(a[0].Path, b[0].Path) })
	out := r[:0]
	for _, part := range r {
		if n := len(out) - 1; n >= 0 && out[n][0].Path == part[0].Path {
			out[n] = slices.Concat(out[n], part)
			continue
		}
		out = append(out, part)
	}
	clear(r[len(out):])
	return out
}
