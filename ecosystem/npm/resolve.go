package npm

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/resolve"
)

// resolveRules is how the imports of JavaScript name packages: the package is
// written in the specifier.
func resolveRules() *resolve.Rules {
	return &resolve.Rules{Ecosystem: ecosystem.NPM, Begin: func(in resolve.Scope) *resolve.Imports {
		return &resolve.Imports{Import: func(x *extract.Reference) []resolve.Meaning { return []resolve.Meaning{meaning(in, x)} }}
	}}
}

func meaning(in resolve.Scope, x *extract.Reference) resolve.Meaning {
	name, how := x.Name, resolve.Identity
	declared := len(in.Declared(ecosystem.NPM, name)) > 0
	if !declared {
		types := typesPackage(name)
		if len(in.Declared(ecosystem.NPM, types)) > 0 && typed(x) {
			name, declared = types, true // a declaration package stands for it
		}
	}
	if declared {
		how = resolve.Declared
	}
	return resolve.Meaning{Name: name, Candidates: []resolve.Candidate{{Name: name, How: how, Confidence: "certain"}}, Undeclared: !declared}
}

// typed reports whether an import may be one of types alone: a compiler of
// TypeScript leaves out what nothing but types is taken from.
func typed(x *extract.Reference) bool {
	if x.Flags.Has(extract.TypeOnly) {
		return true
	}
	switch strings.ToLower(path.Ext(x.Path)) {
	case ".ts", ".tsx", ".mts", ".cts":
		return !x.Flags.Has(extract.Dynamic)
	}
	return false
}

// typesPackage is where DefinitelyTyped keeps the types of a package.
func typesPackage(name string) string {
	if scope, pkg, ok := strings.Cut(strings.TrimPrefix(name, "@"), "/"); ok && strings.HasPrefix(name, "@") {
		return "@types/" + scope + "__" + pkg
	}
	return "@types/" + name
}
