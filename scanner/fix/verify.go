package fix

import (
	"slices"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/source"
)

// verify reads the file as it would be, and compares it with what it was: every
// reference must still be there, at its place and unchanged, but for those that
// the edit is about. An edit that an extractor reads differently would mean
// something else to the tool that owns the file as well.
func (e *Edit) verify() error {
	before := e.formats.Read(&source.File{Path: e.Path, Data: e.Before}).References
	after := e.formats.Read(&source.File{Path: e.Path, Data: e.After}).References
	more := refuse(e.Path, "the edit would change more than the name: edit it by hand")
	k := 0
	hit := make([]bool, len(e.wants))
	for i := range after {
		a := &after[i]
		if n := e.addedAt(a); n >= 0 {
			if w := &e.wants[n]; a.Kind != extract.Manifest || a.Ecosystem != w.eco || a.Package().Name != w.name || hit[n] {
				return more
			}
			hit[n] = true
			continue
		}
		for k < len(before) && e.gone(&before[k], hit) {
			k++
		}
		if k == len(before) || !e.same(&before[k], a, hit) {
			return more
		}
		k++
	}
	for k < len(before) && e.gone(&before[k], hit) {
		k++
	}
	if k != len(before) || slices.Contains(hit, false) {
		return more
	}
	return nil
}

// gone reports whether a reference is one that a change takes out.
func (e *Edit) gone(b *extract.Reference, hit []bool) bool {
	for i := range e.wants {
		w := &e.wants[i]
		if c := e.Changes[w.change]; w.gone && b.Span.Start >= c.Span.Start && b.Span.End <= c.Span.End {
			if b.Package().Name != w.name && b.Kind != extract.Mention {
				return false // another name would go with it
			}
			hit[i] = true
			return true
		}
	}
	return false
}

// addedAt gives the index of the want whose inserted text holds a reference, or
// -1.
func (e *Edit) addedAt(a *extract.Reference) int {
	for i := range e.wants {
		w := &e.wants[i]
		if !w.adds {
			continue
		}
		start := e.moved(e.Changes[w.change].Span.Start, w.change)
		if a.Span.Start >= start && a.Span.End <= start+len(e.Changes[w.change].Text) {
			return i
		}
	}
	return -1
}

// moved is where an offset of the old text is in the new one, after the changes
// before index limit.
func (e *Edit) moved(off, limit int) int {
	to := off
	for i, c := range e.Changes {
		if i < limit && c.Span.End <= off { // both count in the old text
			to += len(c.Text) - c.Span.Len()
		}
	}
	return to
}

// same reports whether a is what became of b, and notes the wants that made it
// so.
func (e *Edit) same(b, a *extract.Reference, hit []bool) bool {
	if b.Ecosystem != a.Ecosystem || b.Kind != a.Kind || b.From != a.From || b.Scope != a.Scope || b.Flags != a.Flags || b.Label != a.Label {
		return false
	}
	raw, name, constraint := b.Raw, ecosystem.Normalize(b.Ecosystem, b.Name), b.Constraint
	for i := range e.wants {
		w := &e.wants[i]
		c := &e.Changes[w.change]
		switch {
		case w.adds, w.gone:
		case w.verb:
			if b.Constraint != "" && string(e.Before[c.Span.Start:c.Span.End]) == b.Constraint && c.Span.Start >= b.Span.End && c.Span.Start-b.Span.End < maxConstraintGap && a.Constraint == c.Text {
				constraint, hit[i] = c.Text, true
			}
		case c.Span == b.Span:
			raw, name, hit[i] = c.Text, w.name, true
		}
	}
	return a.Raw == raw && a.Constraint == constraint && a.Span.Start == e.moved(b.Span.Start, len(e.Changes)) &&
		(name == "" || ecosystem.Normalize(a.Ecosystem, a.Name) == name)
}
