// Package resolve gathers references into subjects: one package name, all the
// places that name it, and all the packages that an import may mean. What goes
// in is references with the origins that package project gave them; what comes
// out is subjects, sorted, each with its candidates best first. No I/O.
package resolve

import (
	"slices"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// How says how a candidate was found.
type How string

// The ways, strongest first.
const (
	Config    How = "config"
	Declared  How = "declared"
	Installed How = "installed"
	Mapped    How = "map"
	Identity  How = "identity"
	Written   How = "written" // manifests, lock files and commands name the package itself
)

// A Candidate is a package that a subject may mean.
type Candidate struct {
	Name       string // canonical
	How        How
	Confidence string // certain, high, medium, low
}

// A Use is one reference of a subject with what resolving it found. The
// reference is the one that was resolved, unless the import of it counts for
// several modules: nobody changes it any more.
type Use struct {
	*extract.Reference
	How        How
	Further    bool // a file beside the reference's names registries that have the name too
	Undeclared bool // an import whose package no manifest in reach declares, though there is one of that ecosystem
}

// A Subject is one name with everything that refers to it.
type Subject struct {
	Ecosystem  ecosystem.Ecosystem
	Name       string // canonical name of the package: of the best candidate. A Go import path keeps the path until a candidate is proven
	Origin     project.Origin
	Decision   project.Decision
	Uses       []Use       // sorted by strength of kind, path, offset
	Candidates []Candidate // best first; never empty for public names. For Go imports the module prefixes, longest first: the first that exists is the package
	Guess      bool        // only imports name it and the name is our reading of the import: its absence denies our guess, not the author's word
	Declared   bool        // a manifest, lock file or command names the package
	Trap       *Trap       // the subject is the project named like an import that means another package
}

// Package is the subject's package without version.
func (s *Subject) Package() ecosystem.Package {
	return ecosystem.Package{Ecosystem: s.Ecosystem, Name: s.Name}
}

// Constraints lists the distinct constraints of the subject's uses as written,
// sorted; the empty one is left out. Lock files and manifests and commands
// count; mentions do not.
func (s *Subject) Constraints() []string {
	seen := map[string]bool{}
	var out []string
	for i := range s.Uses {
		u := &s.Uses[i]
		if c := u.Constraint; c != "" && u.Kind != extract.Mention && !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}
