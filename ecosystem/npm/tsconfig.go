package npm

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// isTSConfig reports whether a path is called like a configuration of the
// TypeScript compiler.
func isTSConfig(p string) bool {
	stem, ok := strings.CutSuffix(path.Base(p), ".json")
	if !ok {
		return false
	}
	for _, name := range []string{"tsconfig", "jsconfig"} {
		if rest, ok := strings.CutPrefix(stem, name); ok && (rest == "" || rest[0] == '.' || rest[0] == '-' || rest[0] == '_') {
			return true
		}
	}
	return false
}

// extractTSConfig reads the packages that a configuration of the TypeScript
// compiler loads: what it extends, plugins, types, and where JSX comes from.
// Names of types may be folders of the project's own where typeRoots says so.
//
// Specification: https://www.typescriptlang.org/tsconfig
func extractTSConfig(f *text.Fragment, e *extract.Emitter) error {
	var types []extract.Reference
	roots := false
	err := text.WalkJSON(f.Text, func(path []text.Key, v text.Value, low bool) {
		var flags extract.Flags
		if low {
			flags = extract.Low
		}
		n := len(path)
		switch {
		case n == 0:
		case path[0].Name == "extends" && n <= 2 && v.Kind == 's':
			tsPackage(f, v, flags, e.Reference)
		case path[0].Name != "compilerOptions" || n < 2:
		case path[1].Name == "typeRoots":
			roots = true
		case v.Kind != 's':
		case n == 2 && path[1].Name == "jsxImportSource", n == 4 && path[1].Name == "plugins" && (path[3].Name == "name" || path[3].Name == "transform"):
			tsPackage(f, v, flags, e.Reference)
		case n == 3 && path[1].Name == "types":
			tsPackage(f, v, flags|extract.TypeOnly, func(r extract.Reference) { types = append(types, r) })
		}
	})
	if !roots {
		e.All(types)
	}
	if s, ok := err.(*text.SyntaxError); ok {
		s.Lost = false // aliases are read elsewhere, and trailing commas are legal
	}
	return err
}

// tsPackage gives the package that a string of the configuration names.
func tsPackage(f *text.Fragment, v text.Value, flags extract.Flags, yield func(extract.Reference)) {
	name := specifier.Bare(v.Text)
	if name == "" || len(v.Text) < len(name) || v.Text[:len(name)] != name {
		return
	}
	r := extract.Reference{Ecosystem: ecosystem.NPM, Name: name, Kind: extract.Import, Flags: flags, Span: text.JSONPart(f.Text, v.Span, text.Span{Start: 0, End: len(name)})}
	yield(r)
}
