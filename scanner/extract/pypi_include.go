package extract

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"figment/scanner/source"
	"figment/scanner/text"
)

// An Include is a file that a manifest takes requirements from.
type Include struct {
	Path       string    // as written, relative to the directory of the manifest; a URL where pip would fetch one
	Constraint bool      // its names limit versions and are not installed by themselves
	Command    bool      // a command names it: where that is run the text does not say
	Written    bool      // the same file writes it, and what it writes was read
	Lang       text.Lang // a command runs it in that language; empty: it is a list of requirements
	Span       text.Span
}

// Includes lists the files that f takes requirements from: -r and -c of a
// requirements file, and what pyproject.toml and setup.cfg leave to files. A text
// of any other name is read as a requirements file, since an included file may
// have any. Spans are those of the original file.
func Includes(f *text.Fragment) []Include {
	var out []Include
	if path.Base(f.Name) == "pyproject.toml" {
		// What is broken is told when the manifest is read.
		_ = text.WalkTOML(f.Text, func(v text.TOMLValue) {
			if !v.Table && !v.Other && v.Text != "" && dynamicFile(v.Path) {
				out = append(out, Include{Path: v.Text, Span: f.Map.Outer(v.Span)})
			}
		})
		return out
	}
	if path.Base(f.Name) == "setup.cfg" {
		return setupIncludes(f)
	}
	pipItems(f, func(it *pipItem) {
		if v := it.include; v != nil && v.text != "" {
			out = append(out, Include{Path: v.text, Constraint: v.option == pipConstraint, Span: f.Map.Outer(it.line.span(v.start, v.end))})
		}
	})
	return out
}

// Includes are those of a file as it was read: of a manifest, and of a text whose
// commands install what a file lists.
func (t Table) Includes(f *source.File) []Include {
	if manifest(f) {
		return manifestIncludes(f)
	}
	if !MayInclude(f.Data) {
		return nil
	}
	return t.Read(f).Includes
}

// manifest reports whether a file is one that takes requirements from others.
func manifest(f *source.File) bool {
	name := cmp.Or(f.As, f.Path)
	base := path.Base(name)
	return base == "pyproject.toml" || base == "setup.cfg" || source.IsRequirements(name)
}

func manifestIncludes(f *source.File) []Include {
	name := cmp.Or(f.As, f.Path)
	src, m := text.Decode(f.Data)
	return Includes(&text.Fragment{Path: f.Path, Name: name, Text: src, Map: m})
}

// dynamicFile reports whether a string of pyproject.toml names a requirements
// file: for setuptools, and for the hook of Hatch that reads such files.
func dynamicFile(p []string) bool {
	switch at := strings.Join(p[:min(len(p), 4)], "."); {
	case len(p) == 5 && at == "tool.setuptools.dynamic.dependencies", len(p) == 6 && at == "tool.setuptools.dynamic.optional-dependencies":
		return p[len(p)-1] == "file"
	case len(p) >= 6 && at == "tool.hatch.metadata.hooks" && p[4] == "requirements_txt":
		return p[5] == "files" || p[5] == "filename" || len(p) == 7 && p[5] == "optional-dependencies"
	}
	return false
}

// An Index is where a requirements file says that names are to be looked up.
type Index struct {
	Option string // index-url, extra-index-url, find-links or no-index
	URL    string // as written; empty for no-index
	Span   text.Span
}

// Indexes lists the options of a requirements file that say where names come
// from, in order. In pip they hold for the whole run, whatever file they stand
// in.
func Indexes(f *text.Fragment) []Index {
	var out []Index
	names := map[int]string{pipIndex: "index-url", pipExtra: "extra-index-url", pipLinks: "find-links", pipNoIndex: "no-index"}
	pipItems(f, func(it *pipItem) {
		if it.refused || it.args != "" || it.editable != nil {
			return
		}
		for k, v := range it.options {
			if v.option == pipIndex && slices.ContainsFunc(it.options[k+1:], func(later pipValue) bool { return later.option == pipIndex }) {
				continue // of several in a line the last counts
			}
			if name := names[v.option]; name != "" {
				out = append(out, Index{name, v.text, f.Map.Outer(it.line.span(v.start, v.end))})
			}
		}
	})
	return out
}
