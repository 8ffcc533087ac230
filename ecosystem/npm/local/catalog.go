package local

import (
	"path"
	"strings"

	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// A catalog is a file that gives versions to the packages of a workspace, for
// which a package.json says "catalog:" or "catalog:name".
//
// Specification: https://pnpm.io/catalogs, https://yarnpkg.com/features/catalogs,
// https://bun.sh/docs/install/catalogs
type catalog struct {
	file     string
	managers Managers                     // the programs that read it
	named    map[string]map[string]string // catalog → package → what is asked for; that without a name is "default"
}

// catalogs notes the catalogs of a decoded file.
func (p *projects) catalogs(f string, by Managers, one, several any) {
	c := catalog{file: f, managers: by, named: map[string]map[string]string{}}
	take := func(name string, v any) {
		list, _ := v.(map[string]any)
		for pkg, spec := range list {
			s, ok := spec.(string)
			if !ok {
				continue
			}
			if c.named[name] == nil {
				c.named[name] = map[string]string{}
			}
			c.named[name][pkg] = strings.TrimSpace(s)
		}
	}
	if list, ok := several.(map[string]any); ok {
		for name, v := range list {
			take(name, v)
		}
	}
	take("default", one)
	if len(c.named) > 0 {
		p.cataloged[path.Dir(f)] = append(p.cataloged[path.Dir(f)], c)
	}
}

// entry is what the catalogs above a file have for a name.
func (p *projects) entry(file, name, catalog string) (spec, from string, ok bool) {
	if catalog = strings.TrimSpace(catalog); catalog == "" {
		catalog = "default"
	}
	by := p.managersOf(path.Dir(file))
	project.Up(path.Dir(file), func(dir string) bool {
		for i := range p.cataloged[dir] {
			c := &p.cataloged[dir][i]
			if by != 0 && by&c.managers == 0 {
				continue
			}
			if spec, ok = c.named[catalog][name]; ok {
				from = c.file
				return false
			}
		}
		return true
	})
	return spec, from, ok
}

// fromCatalog decides a dependency whose version a catalog gives. An entry may
// mean another package than the key's, or none of a registry.
func (p *projects) fromCatalog(r *extract.Reference) (project.Decision, bool) {
	name := strings.TrimPrefix(r.Module, catalogPrefix)
	spec, from, ok := p.entry(r.Path, r.Name, name)
	if !ok {
		return project.Decision{Origin: project.Private, Reason: "no catalog that could be read has an entry for it, where " + r.Path + " says " + r.Module}, true
	}
	if rest, ok := strings.CutPrefix(spec, "npm:"); ok {
		real, version := extract.CutVersion(strings.TrimSpace(rest))
		if real != "" && !strings.ContainsAny(real[:1], "^~<>=*") && !strings.ContainsAny(real, " |") && real != r.Name && (version != "" || !isRange(real)) {
			return project.Decision{Origin: project.Local, Reason: "the local name of " + real + ", by the catalog in " + from}, true
		}
		spec = version
	}
	if strings.HasPrefix(spec, "jsr:") {
		return project.Decision{Origin: project.Local, Reason: "comes from JSR, by the catalog in " + from}, true
	}
	if source, _ := specifier.Source(spec); source != extract.FromRegistry {
		return project.Decision{Origin: project.External, Reason: "comes from " + source.String() + ", by the catalog in " + from}, true
	}
	if r.Label != "" {
		return p.npmOwn(r)
	}
	asked := *r
	asked.Constraint = spec
	return p.npmMember(&asked)
}

const catalogPrefix = "catalog:"
