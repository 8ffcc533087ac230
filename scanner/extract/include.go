package extract

import (
	"cmp"

	"figment/scanner/source"
	"figment/scanner/text"
)

// An Include is a file that another one takes requirements from.
type Include struct {
	Path       string    // as written, relative to the directory of the manifest; a URL where pip would fetch one
	Constraint bool      // its names limit versions and are not installed by themselves
	Command    bool      // a command names it: where that is run the text does not say
	Written    bool      // the same file writes it, and what it writes was read
	Lang       text.Lang // a command runs it in that language; empty: it is a list of requirements
	Span       text.Span
}

// Includes are those of a file as it was read: of a manifest, and of a text whose
// commands install what a file lists.
func (t Table) Includes(f *source.File) []Include {
	if MayInclude(f.Data) {
		return t.Read(f).Includes
	}
	t.known = t.Recognition()
	if format, whole := t.including(f); format != nil {
		return format.Includes(whole)
	}
	return nil
}

// including gives the format by which f takes requirements from other files, and
// f as one fragment; nil where it takes none.
func (t Table) including(f *source.File) (*Format, *text.Fragment) {
	whole := &text.Fragment{Path: f.Path, Name: cmp.Or(f.As, f.Path)}
	format := t.first(whole, func(r *Format) bool { return r.Includes != nil })
	if format == nil {
		return nil, nil
	}
	whole.Text, whole.Map = text.Decode(f.Data)
	return format, whole
}
