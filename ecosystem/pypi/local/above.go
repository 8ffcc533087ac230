package local

import (
	"path"

	"github.com/pelletier/go-toml/v2"

	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// workspace reports whether a pyproject.toml makes its directory the top of a
// uv workspace that takes the directory member, or one above it.
func workspace(file string, src []byte, member string) bool {
	src, _ = text.Decode(src)
	var m map[string]any
	if file != "pyproject.toml" || len(src) > source.MaxFile || text.TooDeep(src, text.TOML) || toml.Unmarshal(src, &m) != nil {
		return false
	}
	uv := tableAt(m, "tool", "uv", "workspace")
	members, exclude := project.Globs(project.Strings(uv["members"])), project.Globs(project.Strings(uv["exclude"]))
	for ; member != "."; member = path.Dir(member) {
		if project.Covers(members, ".", member) && !project.Covers(exclude, ".", member) {
			return true
		}
	}
	return false
}
