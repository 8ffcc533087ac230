package local

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"figment/internal/lazyregexp"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// statement is how what a file says of owners is compared before and after a
// change.
func statement(file string, isList func(string) bool) *project.Statement {
	switch base := path.Base(file); {
	case base == "pyproject.toml":
		return &project.Statement{Owners: pyprojectOwners}
	case base == "uv.toml":
		return &project.Statement{}
	case base == "setup.py" || base == "setup.cfg":
		return &project.Statement{Owners: setupOwners}
	case base == "manage.py" || base == "Pipfile":
		return &project.Statement{Owners: func([]byte) any { return nil }} // that it is there makes a root
	case isList(file):
		return &project.Statement{Owners: listOwners}
	case path.Ext(base) == ".py":
		return &project.Statement{Owners: pathOwners, Quiet: true}
	}
	return nil
}

// otherwise is what a text that does not decode says: all of it.
func otherwise(text []byte) any { return string(text) }

// pyprojectOwners is what a pyproject.toml says of owners: everything but
// dependencies on a registry, and what tools that import nothing are told.
func pyprojectOwners(src []byte) any {
	var m map[string]any
	if len(src) > source.MaxFile || text.TooDeep(src, text.TOML) || toml.Unmarshal(src, &m) != nil {
		return otherwise(src)
	}
	project, tool := tableAt(m, "project"), tableAt(m, "tool")
	out := map[string]any{"name": project["name"], "build": m["build-system"]}
	for _, k := range []string{"setuptools", "hatch", "maturin", "uv", "pytest", "pdm", "flit"} {
		if v, ok := tool[k]; ok {
			out[k] = v
		}
	}
	poetry := tableAt(tool, "poetry")
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

// setupOwners is what a setup.py or setup.cfg says: all of it, if it names
// directories of packages; that it is there makes a root.
func setupOwners(text []byte) any {
	if !setupUse().Match(text) {
		return nil
	}
	return otherwise(text)
}

var setupUse = lazyregexp.New(`\bpackage[_-]dir\b|\bfind_(?:namespace_)?packages\b|(?m)^where\s*=`)

var pathUse = lazyregexp.New(`\bsys\s*\.\s*path\b|\baddsitedir\b`)

// pathOwners is what a program of Python that changes where modules are looked
// for says: all of it.
func pathOwners(text []byte) any {
	if !bytes.Contains(text, []byte("path")) && !bytes.Contains(text, []byte("addsitedir")) || !pathUse().Match(text) {
		return ""
	}
	return otherwise(text)
}
