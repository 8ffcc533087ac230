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
	var list any
	switch src, _ = text.Decode(src); file {
	case "pnpm-workspace.yaml":
		if len(src) > source.MaxFile {
			return false
		}
		m, err := text.YAMLMap(src)
		if err != nil {
			return false
		}
		list = m["packages"]
	case "package.json":
		list = jsonOwners(src)["workspaces"]
		if o, ok := list.(map[string]any); ok {
			list = o["packages"]
		}
	case "deno.json", "deno.jsonc":
		list = jsonOwners(src)["workspace"]
		if o, ok := list.(map[string]any); ok {
			list = o["members"]
		}
	}
	globs := project.Globs(project.Strings(list))
	for ; member != "."; member = path.Dir(member) {
		if slices.Contains(globs, member) || project.Covers(globs, ".", member) {
			return true
		}
	}
	return false
}
