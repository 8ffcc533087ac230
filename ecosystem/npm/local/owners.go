package local

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// statement is how what a file says of owners is compared before and after a
// change.
func statement(file string) *project.Statement {
	switch base := path.Base(file); {
	case base == "package.json":
		return &project.Statement{Owners: manifestOwners}
	case base == "package-lock.json" || base == "npm-shrinkwrap.json":
		return nil
	case base == "yarn.lock" || base == "pnpm-lock.yaml" || base == "bun.lock" || base == "bun.lockb":
		return &project.Statement{Owners: func([]byte) any { return nil }} // that it is there says who installs
	case base == "pnpm-workspace.yaml":
		return &project.Statement{Owners: pnpmOwners}
	case base == ".npmrc" || base == ".yarnrc" || base == ".yarnrc.yml" || base == "bunfig.toml" || base == "deno.json" || base == "deno.jsonc" || base == "importmap.rb" || base == "import_map.json" || configures(base):
		return &project.Statement{}
	case isDeclaration(base):
		return &project.Statement{Owners: ambientOwners, Quiet: true}
	case path.Ext(base) == ".json" || path.Ext(base) == ".jsonc":
		s := &project.Statement{Owners: compilerOwners}
		if !strings.HasPrefix(base, "tsconfig") && !strings.HasPrefix(base, "jsconfig") {
			s.Relevant = compilerOptions
		}
		return s
	}
	return nil
}

// jsonOwners decodes JSON with comments; nil where that cannot be done.
func jsonOwners(src []byte) map[string]any {
	if len(src) > source.MaxFile || text.TooDeep(src, text.JSON) {
		return nil
	}
	var m map[string]any
	if project.DecodeJSON(src, &m) != nil {
		return nil
	}
	return m
}

// otherwise is what a text that does not decode says: all of it.
func otherwise(text []byte) any { return string(text) }

// manifestOwners is what a package.json says of owners: everything that is no
// dependency on a registry.
func manifestOwners(data []byte) any {
	m := jsonOwners(data)
	if m == nil {
		return otherwise(data)
	}
	out := map[string]any{}
	for _, k := range []string{"name", "private", "workspaces", "packageManager", "devEngines", "engines", "exports", "imports"} {
		if v, ok := m[k]; ok {
			out[k] = v
		}
	}
	if len(project.Strings(m["workspaces"])) == 0 && m["workspaces"] == nil {
		out["version"] = m["version"] // of a member
	}
	for _, k := range []string{"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"} {
		list, _ := m[k].(map[string]any)
		for name, v := range list {
			if s, _ := v.(string); strings.ContainsAny(s, ":/") {
				out[k+" "+name] = s
			}
		}
	}
	return out
}

func pnpmOwners(src []byte) any {
	if len(src) > source.MaxFile {
		return otherwise(src)
	}
	m, err := text.YAMLMap(src)
	if err != nil {
		return otherwise(src)
	}
	for _, k := range []string{"catalog", "catalogs", "overrides", "onlyBuiltDependencies", "ignoredBuiltDependencies"} {
		delete(m, k)
	}
	return m
}

// compilerOptions reports whether a text may be, or be extended by, a
// tsconfig.json. An escape may spell any key.
func compilerOptions(text []byte) bool {
	return bytes.Contains(text, []byte(`"compilerOptions"`)) || bytes.Contains(text, []byte(`"extends"`)) || bytes.Contains(text, []byte(`\u`))
}

func compilerOwners(text []byte) any {
	m := jsonOwners(text)
	if m == nil {
		return otherwise(text)
	}
	options, _ := m["compilerOptions"].(map[string]any)
	return []any{m["extends"], options["baseUrl"], options["paths"]}
}

// ambientOwners are the modules that a declaration of types makes up.
func ambientOwners(text []byte) any {
	names := map[string]bool{}
	ambientNames(text, func(name string) { names[name] = true })
	return names
}

// aliasWords gives a word of each alias that stands for one specifier, which the
// name of the file that it leads to does not show. ok is false where no name is
// led to a file at all.
func (p *projects) aliasWords() (words []string, ok bool) {
	var out []string
	ok = len(p.bundler)+len(p.roots)+len(p.deno)+len(p.maps)+len(p.pageMaps()) > 0
	take := func(spec string) {
		for _, w := range project.Words(spec) {
			if len(out) < 10_000 {
				out = append(out, w)
			}
		}
	}
	for _, f := range p.Paths() {
		if base := path.Base(f); !strings.HasSuffix(base, ".json") || !strings.HasPrefix(base, "tsconfig") && !strings.HasPrefix(base, "jsconfig") {
			continue
		}
		for _, a := range p.tsPaths(f) {
			ok = true
			if !a.baseURL && !strings.HasSuffix(a.pattern, "*") {
				take(a.pattern)
			}
		}
	}
	for _, list := range p.bundler {
		for i := range list {
			take(list[i].name)
		}
	}
	for _, d := range p.deno {
		for k := range d.imports.base {
			take(k)
		}
	}
	for _, maps := range []map[string][]*importMap{p.maps, p.pages} {
		for _, list := range maps {
			for _, m := range list {
				for k := range m.base {
					take(k)
				}
			}
		}
	}
	for _, pkg := range p.packages {
		if pkg.exports != elsewhere {
			ok = true
			take(pkg.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), ok
}
