package pypi

import (
	"bytes"
	"strings"

	"figment/ecosystem/pypi/local"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// pyprojectIncludes lists the files that pyproject.toml leaves requirements to.
func pyprojectIncludes(f *text.Fragment) (out []extract.Include) {
	// What is broken is told when the manifest is read.
	_ = text.WalkTOML(f.Text, func(v text.TOMLValue) {
		if v.Table || v.Other || v.Text == "" {
			return
		}
		if dynamicFile(v.Path) {
			out = append(out, extract.Include{Path: v.Text, Span: f.Map.Outer(v.Span)})
		} else if path, at, constraint, ok := toolInclude(v); ok {
			out = append(out, extract.Include{Path: path, Constraint: constraint, Span: f.Map.Outer(text.TOMLPart(f.Text, v, at, at+len(path)))})
		}
	})
	return out
}

// requirementsIncludes lists the files that a requirements file names by -r and -c.
func requirementsIncludes(f *text.Fragment) (out []extract.Include) {
	pipItems(f, func(it *pipItem) {
		if v := it.include; v != nil && v.text != "" {
			out = append(out, extract.Include{Path: v.text, Constraint: v.option == pipConstraint, Span: f.Map.Outer(it.line.span(v.start, v.end))})
		}
	})
	return out
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

// readList reads what a list of requirements says besides its requirements.
func readList(data []byte) local.List {
	if !bytes.Contains(data, []byte("-")) {
		return nil
	}
	var out local.List
	lines := text.NewLines(data)
	add := func(it *pipItem, v *pipValue, kind local.OptionKind) {
		out = append(out, local.Option{Kind: kind, Value: settings.WithoutUser(v.text), Line: lines.At(it.line.whole.Start).Line})
	}
	pipItems(&text.Fragment{Text: data}, func(it *pipItem) {
		if it.include != nil {
			add(it, it.include, local.Included)
		}
		for i := range it.options {
			switch v := &it.options[i]; v.option {
			case pipIndex:
				add(it, v, local.IndexURL)
			case pipExtra:
				add(it, v, local.ExtraIndexURL)
			case pipNoIndex:
				add(it, v, local.NoIndex)
			case pipLinks:
				add(it, v, local.FindLinks)
			}
		}
	})
	return out
}
