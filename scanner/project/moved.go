package project

import (
	"bytes"
	"encoding/json"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
	"go.yaml.in/yaml/v3"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Owns reports by its path alone whether a file may say whose names are that
// others use.
func Owns(file string) bool {
	base := path.Base(file)
	switch base {
	case "pnpm-workspace.yaml", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", // npm
		"pyproject.toml", "setup.cfg", "setup.py", "manage.py", "Pipfile",
		"go.mod", "go.work":
		return true
	}
	switch path.Ext(base) {
	case ".json", ".jsonc", ".py":
		return true
	}
	return isDeclaration(base) || configures(base) || source.IsRequirements(file)
}

// configures reports whether a file is the configuration of a bundler that is
// read for aliases.
func configures(base string) bool {
	return bundlerConfig(base) || strings.HasPrefix(base, "docusaurus.config.")
}

// A Text is a file on one side of a change.
type Text struct {
	Data   []byte
	There  bool
	Unread bool // it is there and could not be read
}

// Moves lists the ecosystems in which names may have another owner since a file
// changed. A version that changed, a dependency on a registry more or less, and
// an option of a compiler change no owner.
func Moves(file string, before, now Text) []ecosystem.Ecosystem {
	base := path.Base(file)
	came := before.There != now.There
	differs := came || before.Unread || now.Unread
	same := func(owners func([]byte) any) (same bool) {
		defer func() {
			if recover() != nil {
				same = false // a parser failed: it may say anything
			}
		}()
		return !differs && reflect.DeepEqual(owners(plain(before.Data)), owners(plain(now.Data)))
	}
	whole := func(text []byte) any { return string(text) }
	npm, pypi, golang := []ecosystem.Ecosystem{ecosystem.NPM}, []ecosystem.Ecosystem{ecosystem.PyPI}, []ecosystem.Ecosystem{ecosystem.Golang}
	var in []ecosystem.Ecosystem
	owners := whole
	switch {
	case base == "package.json":
		in, owners = npm, manifestOwners
	case base == "package-lock.json" || base == "npm-shrinkwrap.json":
		return nil
	case base == "yarn.lock" || base == "pnpm-lock.yaml" || base == "bun.lock" || base == "bun.lockb":
		in, owners = npm, func([]byte) any { return nil } // that it is there says who installs
	case base == "pnpm-workspace.yaml":
		in, owners = npm, pnpmOwners
	case base == ".npmrc" || base == ".yarnrc" || base == ".yarnrc.yml" || base == "bunfig.toml" || base == "deno.json" || base == "deno.jsonc" || configures(base):
		in = npm
	case isDeclaration(base):
		in, owners = npm, ambientOwners
		differs = before.Unread || now.Unread
		if !before.There {
			before.Data = nil
		}
		if !now.There {
			now.Data = nil
		}
	case path.Ext(base) == ".json" || path.Ext(base) == ".jsonc":
		in, owners = npm, compilerOwners
		if !before.Unread && !now.Unread && !strings.HasPrefix(base, "tsconfig") && !strings.HasPrefix(base, "jsconfig") && !compilerOptions(before.Data) && !compilerOptions(now.Data) {
			return nil
		}
	case base == "pyproject.toml":
		in, owners = pypi, pyprojectOwners
	case base == "setup.py" || base == "setup.cfg" || base == "manage.py" || base == "Pipfile":
		in, owners = pypi, func([]byte) any { return nil } // that it is there makes a root
	case source.IsRequirements(file):
		in, owners = pypi, listOwners
	case path.Ext(base) == ".py":
		in, owners = pypi, pathOwners
		differs = before.Unread || now.Unread
	case base == "go.mod":
		in, owners = golang, moduleOwners
	case base == "go.work":
		in = golang
	default:
		return nil
	}
	if same(owners) {
		return nil
	}
	return in
}

func plain(src []byte) []byte {
	out, _ := text.Decode(src)
	return out
}

// jsonOwners decodes JSON with comments; nil where that cannot be done.
func jsonOwners(src []byte) map[string]any {
	if len(src) > source.MaxFile || text.TooDeep(src, text.JSON) {
		return nil
	}
	var m map[string]any
	if std, err := hujson.Standardize(slices.Clone(src)); err != nil || json.Unmarshal(std, &m) != nil {
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
	for _, k := range []string{"name", "private", "workspaces", "packageManager", "exports", "imports"} {
		if v, ok := m[k]; ok {
			out[k] = v
		}
	}
	if len(texts(m["workspaces"])) == 0 && m["workspaces"] == nil {
		out["version"] = m["version"] // of a member
	}
	for _, k := range []string{"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"} {
		list, _ := m[k].(map[string]any)
		for name, v := range list {
			if s := src(v); strings.ContainsAny(s, ":/") {
				out[k+" "+name] = s
			}
		}
	}
	return out
}

func pnpmOwners(src []byte) any {
	var m map[string]any
	if len(src) > source.MaxFile || text.TooDeep(src, text.YAML) || yaml.Unmarshal(src, &m) != nil {
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
	options := table(m, "compilerOptions")
	return []any{m["extends"], options["baseUrl"], options["paths"]}
}

// ambientOwners are the modules that a declaration of types makes up.
func ambientOwners(text []byte) any {
	names := map[string]bool{}
	ambientNames(text, func(name string) { names[name] = true })
	return names
}

// pyprojectOwners is what a pyproject.toml says of owners: everything but
// dependencies on a registry, and what tools that import nothing are told.
func pyprojectOwners(src []byte) any {
	var m map[string]any
	if len(src) > source.MaxFile || text.TooDeep(src, text.TOML) || toml.Unmarshal(src, &m) != nil {
		return otherwise(src)
	}
	project, tool := table(m, "project"), table(m, "tool")
	out := map[string]any{"name": project["name"], "build": m["build-system"]}
	for _, k := range []string{"setuptools", "hatch", "maturin", "uv", "pytest", "pdm", "flit"} {
		if v, ok := tool[k]; ok {
			out[k] = v
		}
	}
	poetry := table(tool, "poetry")
	out["poetry"] = []any{poetry["name"], poetry["packages"]}
	for i, group := range poetryTables(tool) {
		for name, v := range group {
			if o, ok := v.(map[string]any); ok {
				delete(o, "version")
				delete(o, "extras")
				if len(o) > 0 {
					out[string(rune('0'+min(i, 9)))+" "+name] = o
				}
			}
		}
	}
	return out
}

// listOwners are the lines of a list of requirements that are more than a name
// and a version.
func listOwners(text []byte) any {
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "-") || strings.HasPrefix(line, ".") {
			if !strings.HasPrefix(line, "--hash") {
				out = append(out, line)
			}
		}
	}
	slices.Sort(out)
	return out
}

var pathUse = lazyregexp.New(`\bsys\s*\.\s*path\b|\baddsitedir\b`)

// pathOwners is what a program of Python that changes where modules are looked
// for says: all of it.
func pathOwners(text []byte) any {
	if !pathUse().Match(text) {
		return ""
	}
	return otherwise(text)
}

func moduleOwners(text []byte) any {
	m := newGoModule(text)
	return []any{m.path, m.replace}
}

// AliasWords gives a word of each alias that stands for one specifier, which the
// name of the file that it leads to does not show. ok is false where no name is
// led to a file at all.
func (p *Project) AliasWords() (words []string, ok bool) {
	var out []string
	ok = len(p.npm.bundler)+len(p.npm.roots)+len(p.npm.deno) > 0
	take := func(spec string) {
		for _, w := range Words(spec) {
			if len(out) < 10_000 {
				out = append(out, w)
			}
		}
	}
	for _, f := range p.paths {
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
	for _, list := range p.npm.bundler {
		for i := range list {
			take(list[i].name)
		}
	}
	for _, d := range p.npm.deno {
		for k := range d.imports {
			take(k)
		}
	}
	for _, pkg := range p.npm.packages {
		if pkg.exports != elsewhere {
			ok = true
			take(pkg.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), ok
}

// wordy splits a text into what a word can hold.
var wordy = lazyregexp.New(`[A-Za-z0-9_\-\x{80}-\x{10FFFF}]+`)

// Words gives the longest run of letters, digits, "_" and "-" in the last element
// of a specifier or path; none where there is none.
func Words(spec string) []string {
	best := ""
	for _, w := range wordy().FindAllString(path.Base(spec), 20) {
		if len(w) > len(best) {
			best = w
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}
