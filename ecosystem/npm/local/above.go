package local

import (
	"path"
	"slices"

	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// workspace reports whether a manifest makes its directory the top of a
// workspace that takes the directory member, or one above it.
func workspace(file string, src []byte, member string) bool {
	var globs []string
	switch src, _ = text.Decode(src); file {
	case "pnpm-workspace.yaml":
		if len(src) > source.MaxFile {
			return false
		}
		m, err := text.YAMLMap(src)
		if err != nil {
			return false
		}
		globs = project.Globs(project.Strings(m["packages"]))
	case "package.json":
		globs = members(jsonOwners(src)["workspaces"], "packages")
	case "deno.json", "deno.jsonc":
		globs = members(jsonOwners(src)["workspace"], "members")
	}
	for ; member != "."; member = path.Dir(member) {
		if slices.Contains(globs, member) || project.Covers(globs, ".", member) {
			return true
		}
	}
	return false
}
