package verdict

import (
	"fmt"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/resolve"
)

// maxSuggestions is how many replacements a finding offers.
const maxSuggestions = 3

// suggest ranks what the author may have meant: the package that an import name
// stands for, the same name in another ecosystem, then the nearest popular
// names.
func suggest(f *Facts) []Suggestion {
	s := f.Subject
	var out []Suggestion
	if alias, ok := alias(f); ok {
		out = append(out, Suggestion{
			Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: alias},
			Reason:  fmt.Sprintf("provides the module `%s`", aliasWord(s)),
			Safe:    true,
			Command: s.Ecosystem.Install(alias, ""),
		})
	}
	for _, e := range f.Elsewhere {
		if onlyImported(s) {
			break // code of one language does not load packages of another
		}
		out = append(out, Suggestion{
			Package: ecosystem.Package{Ecosystem: e, Name: s.Name},
			Reason:  fmt.Sprintf("a package of this name is on %s", e.Registry()),
			Command: e.Install(s.Name, ""),
		})
	}
	out = append(out, nearSuggestions(f)...)
	return dedupe(out)
}

func dedupe(in []Suggestion) []Suggestion {
	var out []Suggestion
	for _, s := range in {
		dup := false
		for _, o := range out {
			dup = dup || o.Package == s.Package
		}
		if !dup && len(out) < maxSuggestions {
			out = append(out, s)
		}
	}
	return out
}

func nearSuggestions(f *Facts) []Suggestion {
	if f.Known {
		return nil
	}
	s := f.Subject
	var out []Suggestion
	for _, m := range f.Matches {
		// A name within the name says what it was made of, not what was meant.
		if m.Name == "" || m.Name == s.Name || m.Edit == names.EditContains || len(out) == maxSuggestions || gone(f, m.Name) {
			continue
		}
		reason := matchReason(m)
		if !f.IndexDate.IsZero() {
			reason += " (index of " + f.IndexDate.Format(time.DateOnly) + ")"
		}
		out = append(out, Suggestion{
			Package: ecosystem.Package{Ecosystem: s.Ecosystem, Name: m.Name},
			Reason:  reason,
			Command: s.Ecosystem.Install(m.Name, ""),
		})
	}
	return out
}

// gone reports whether a package was asked about and is not to be had: nobody is
// sent there.
func gone(f *Facts, name string) bool {
	for i := range f.Targets {
		if t := &f.Targets[i]; t.Package.Name == name {
			return t.Status == protocol.Absent || t.Status == protocol.Removed
		}
	}
	return false
}

// matchReason says why a match is suggested.
func matchReason(m names.Match) string {
	how := "two edits away"
	switch m.Edit {
	case names.EditSeparator:
		how = "the same but for separators"
	case names.EditOrder:
		how = "the same words in another order"
	case names.EditSkeleton, names.EditLook:
		how = "looks the same"
	case names.EditPlural:
		how = "the same but for a plural"
	case names.EditScope:
		how = "the same in another scope"
	case names.EditAlias:
		how = "what people call `" + m.Via + "`"
	case names.EditCompound, names.EditAffix:
		how = "the same but for a generic word"
	case names.EditConflate:
		how = "one of two names that were joined"
	case names.EditDigits:
		how = "the same but for digits"
	case names.EditOwner:
		how = "the known package of that name"
	case names.EditTwo:
	default:
		how = "one edit away"
	}
	if m.Rank > 0 {
		how += fmt.Sprintf(", popular name number %d", m.Rank)
	}
	return how
}

// alias is the package that the subject's name stands for when it is really the
// name of a module.
func alias(f *Facts) (string, bool) {
	if a, ok := f.Imports.KnownAlias(aliasWord(f.Subject)); ok && a != f.Subject.Name {
		return a, true
	}
	return "", false
}

// aliasWord is the name as the author wrote it: modules are looked up so.
func aliasWord(s *resolve.Subject) string {
	for i := range s.Uses {
		if s.Uses[i].Kind != extract.Mention {
			return s.Uses[i].Name
		}
	}
	return s.Name
}

// cause says in a few words why such a name may have been written; empty if
// nothing is known.
func cause(f *Facts) string {
	s := f.Subject
	if a, ok := alias(f); ok {
		return fmt.Sprintf("`%s` is the import name of `%s`", aliasWord(s), a)
	}
	if len(f.Elsewhere) > 0 {
		return "a package of this name is on " + f.Elsewhere[0].Registry()
	}
	if len(f.Matches) > 0 && !f.Known {
		return difference(f.Subject.Name, f.Matches[0])
	}
	return ""
}

// onlyImported reports whether nothing but imports names the subject.
func onlyImported(s *resolve.Subject) bool {
	for i := range s.Uses {
		if s.Uses[i].Kind != extract.Import {
			return false
		}
	}
	return len(s.Uses) > 0
}
