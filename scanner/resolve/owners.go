package resolve

import (
	"figment/scanner/extract"
	"figment/scanner/project"
)

// Owners gives a function that says whose the name of a reference is, as Resolve
// does: an import is also decided by what declares its package. Of several
// packages that an import may mean one that is public counts. The function is
// not for several goroutines at once.
func Owners(p *project.Project, refs extract.References, rules []*Rules) func(*extract.Reference) project.Decision {
	r := newResolver(p, refs, Options{Rules: rules})
	return func(x *extract.Reference) project.Decision {
		if x.Kind != extract.Import {
			return p.Decide(x)
		}
		r.subjects = r.subjects[:0]
		clear(r.at)
		r.reference(x)
		if len(r.subjects) == 0 {
			return p.Decide(x)
		}
		best := &r.subjects[0]
		for i := range r.subjects {
			if s := &r.subjects[i]; s.Origin == project.Public || s.Origin == project.Private && best.Origin != project.Public {
				best = s
			}
		}
		return best.Decision
	}
}
