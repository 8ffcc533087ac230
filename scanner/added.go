package scanner

import (
	"slices"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/resolve"
	"figment/scanner/source"
)

// Where a change is judged, a reference is new when the change added a line that
// it stands in, and the text before the change did not name the same package
// with the same constraint in the same kind of place: moving a line is silent,
// another version is not.

type oldKey struct {
	eco              ecosystem.Ecosystem
	name, constraint string
	kind             extract.Kind
	from             extract.From
}

func keyOf(r *extract.Reference) oldKey {
	return oldKey{r.Ecosystem, ecosystem.Normalize(r.Ecosystem, r.Name), r.Constraint, r.Kind, r.From}
}

// markOld marks the references of a file that its change did not bring.
func markOld(f *source.File, found []extract.Reference) {
	if f.Change == nil {
		return
	}
	left := 0
	for i := range found {
		if found[i].Old = !f.Change.Touches(found[i].Span); !found[i].Old {
			left++
		}
	}
	if left == 0 {
		return
	}
	before := map[oldKey]bool{}
	for _, old := range slices.Concat(f.Change.Before, f.Change.Moved) {
		refs, _ := extract.File(old) // what could not be read of it named nothing
		for i := range refs {
			before[keyOf(&refs[i])] = true
		}
	}
	for i := range found {
		found[i].Old = found[i].Old || before[keyOf(&found[i])]
	}
}

func countNew(refs []extract.Reference) int {
	n := 0
	for i := range refs {
		if !refs[i].Old {
			n++
		}
	}
	return n
}

// onlyNew leaves the new uses of each subject, and of the subjects those that
// have one. Old uses told how to resolve the new ones; nobody is asked about
// them.
func onlyNew(subjects []resolve.Subject) []resolve.Subject {
	isOld := func(u resolve.Use) bool { return u.Old }
	out := subjects[:0]
	for _, s := range subjects {
		if slices.ContainsFunc(s.Uses, isOld) {
			if s.Uses = slices.DeleteFunc(s.Uses, isOld); len(s.Uses) == 0 {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}
