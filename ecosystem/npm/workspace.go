package npm

import (
	"figment/scanner/extract"
	"figment/scanner/text"
)

// extractPnpmWorkspace reads what pnpm-workspace.yaml says of versions:
// catalogs, overrides and extensions, as in the member pnpm of package.json; and
// those of .yarnrc.yml, which has some of the same members. Yarn takes its
// plugins from elsewhere than the registry.
//
// Specification: https://pnpm.io/pnpm-workspace_yaml,
// https://yarnpkg.com/configuration/yarnrc
func extractPnpmWorkspace(f *text.Fragment, e *extract.Emitter) error {
	r := pnpmReader{&packageJSON{f: f, e: e, plain: true, optionalPeers: map[string]bool{}}}
	return text.WalkYAML(f.Text, r.scalar)
}

type pnpmReader struct{ p *packageJSON }

// scalar reads a setting. Settings have the names that they have below pnpm in
// package.json.
func (w pnpmReader) scalar(path []text.Key, v text.Value) {
	if len(path) == 0 {
		return
	}
	switch path[0].Name {
	case "catalog", "catalogs":
		w.p.visit(path, v, false)
	case "overrides", "packageExtensions", "configDependencies", "patchedDependencies":
		w.p.visit(append([]text.Key{{Name: "pnpm"}}, path...), v, false)
	}
}
