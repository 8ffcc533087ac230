package extract

import (
	"figment/ecosystem"
	"figment/scanner/source"
	"figment/scanner/text"
)

func matchTSConfig(f *text.Fragment) bool { return f.Name != "" && source.IsTSConfig(f.Name) }

// extractTSConfig reads the packages that a configuration of the TypeScript
// compiler loads: what it extends, plugins, types, and where JSX comes from.
// Names of types may be folders of the project's own where typeRoots says so.
//
// Specification: https://www.typescriptlang.org/tsconfig
func extractTSConfig(f *text.Fragment, e *Emitter) error {
	var types []Reference
	roots := false
	err := walkJSON(f.Text, func(path []jsonKey, v jsonValue, low bool) {
		var flags Flags
		if low {
			flags = Low
		}
		n := len(path)
		switch {
		case n == 0:
		case path[0].name == "extends" && n <= 2 && v.kind == 's':
			tsPackage(f, v, flags, e.Reference)
		case path[0].name != "compilerOptions" || n < 2:
		case path[1].name == "typeRoots":
			roots = true
		case v.kind != 's':
		case n == 2 && path[1].name == "jsxImportSource", n == 4 && path[1].name == "plugins" && (path[3].name == "name" || path[3].name == "transform"):
			tsPackage(f, v, flags, e.Reference)
		case n == 3 && path[1].name == "types":
			tsPackage(f, v, flags|TypeOnly, func(r Reference) { types = append(types, r) })
		}
	})
	if !roots {
		e.all(types)
	}
	if s, ok := err.(*SyntaxError); ok {
		s.Lost = false // aliases are read elsewhere, and trailing commas are legal
	}
	return err
}

// tsPackage gives the package that a string of the configuration names.
func tsPackage(f *text.Fragment, v jsonValue, flags Flags, yield func(Reference)) {
	name := bare(v.text)
	if name == "" || len(v.text) < len(name) || v.text[:len(name)] != name {
		return
	}
	r := Reference{Ecosystem: ecosystem.NPM, Name: name, Kind: Import, Flags: flags, Span: jsonPart(f.Text, v.span, text.Span{Start: 0, End: len(name)})}
	yield(r)
}
