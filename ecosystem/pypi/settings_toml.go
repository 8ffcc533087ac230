package pypi

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"figment/ecosystem/pypi/local"
	"figment/registry/settings"
	"figment/scanner/text"
)

// A userIndex is an index that the user's configuration of a tool names.
type userIndex struct {
	url, name, setting string
	replaces           bool // stands in for the public index
}

// uvFiles are the places of uv's configuration, the user's first.
func uvFiles(env *settings.Env) []string {
	if off := env.Get("UV_NO_CONFIG"); off != "" && off != "0" && !strings.EqualFold(off, "false") {
		return nil
	}
	if f := env.Get("UV_CONFIG_FILE"); f != "" {
		return []string{f}
	}
	if env.GOOS == "windows" {
		var out []string
		for _, v := range []string{"APPDATA", "PROGRAMDATA"} {
			if dir := env.Get(v); dir != "" {
				out = append(out, filepath.Join(dir, "uv", "uv.toml"))
			}
		}
		return out
	}
	out := []string{filepath.Join(configHome(env), "uv", "uv.toml")}
	if dirs := env.Get("XDG_CONFIG_DIRS"); dirs != "" {
		for _, dir := range strings.Split(dirs, ":") {
			if filepath.IsAbs(dir) {
				out = append(out, filepath.Join(dir, "uv", "uv.toml"))
			}
		}
	} else {
		out = append(out, "/etc/xdg/uv/uv.toml")
	}
	return append(out, "/etc/uv/uv.toml")
}

// pdmFiles are the places of PDM's configuration, the user's first.
func pdmFiles(env *settings.Env) []string {
	if f := env.Get("PDM_CONFIG_FILE"); f != "" {
		return []string{f}
	}
	switch env.GOOS {
	case "windows":
		if dir := env.Get("LOCALAPPDATA"); dir != "" {
			return []string{filepath.Join(dir, "pdm", "pdm", "config.toml")}
		}
		return nil
	case "darwin":
		return []string{filepath.Join(env.Home, "Library", "Application Support", "pdm", "config.toml"), "/Library/Application Support/pdm/config.toml"}
	}
	return []string{filepath.Join(configHome(env), "pdm", "config.toml"), "/etc/xdg/pdm/config.toml"}
}

// configHome is where programs keep what the user sets.
func configHome(env *settings.Env) string {
	if dir := env.Get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(env.Home, ".config")
}

// tomlSettings decodes configuration of the user's own. A text that cannot be
// decoded is told: what it says of indexes is not known.
func tomlSettings(l *settings.Loader, file, src string) map[string]any {
	var m map[string]any
	if text.TooDeep([]byte(src), text.TOML) || toml.Unmarshal([]byte(src), &m) != nil {
		l.Notice(l.Tilde(file), "is no TOML that can be read: the indexes in it are not known")
		return nil
	}
	return m
}

// userUV reads the indexes of uv's own files. claimed is the setting of a further
// index in a file that lies in the scanned tree, or above it.
func userUV(l *settings.Loader) (out []userIndex, none, claimed string) {
	for _, f := range uvFiles(l.Env) {
		if src, ok := l.Read(f); ok {
			list, no := uvIndexList(tomlSettings(l, f, src), l.Tilde(f))
			out = append(out, list...)
			if no != "" && none == "" {
				none = l.Tilde(f) + " " + no
			}
		} else if src, ok := l.Claims(f); ok {
			l.Foreign(l.Tilde(f))
			claimed = cmp.Or(claimUV(l, f, tomlSettings(l, f, src)), claimed)
		}
	}
	return out, none, cmp.Or(claimed, uvAbove(l))
}

// claimUV notes what settings of uv say that are not the user's own, and gives
// the setting of a further index that they name.
func claimUV(l *settings.Loader, f string, m map[string]any) (further string) {
	list, none := uvIndexList(m, l.Tilde(f))
	for _, x := range list {
		switch {
		case l.Trusted(x.url):
		case x.replaces:
			l.ClaimPrivate(x.setting, func(string) bool { return !l.Trusted(x.url) })
		default:
			further = x.setting
		}
	}
	if none != "" {
		l.ClaimPrivate(l.Tilde(f)+" "+none, func(string) bool { return true })
	}
	return further
}

// uvAbove notes the settings of uv in the nearest directory above each scanned
// tree that has any, where the tree has none at its top: uv looks upward for them
// without an end. Who wrote them is not known.
func uvAbove(l *settings.Loader) (further string) {
	if l.Get("UV_CONFIG_FILE") != "" || len(uvFiles(l.Env)) == 0 {
		return "" // uv looks for none
	}
	at := func(dir string, read func(string) (string, bool)) (file string, m map[string]any) {
		file = filepath.Join(dir, "uv.toml")
		if src, ok := read(file); ok {
			return file, tomlSettings(l, file, src)
		}
		file = filepath.Join(dir, "pyproject.toml")
		src, ok := read(file)
		if !ok || !strings.Contains(src, "uv") {
			return "", nil
		}
		tool, _ := tomlSettings(l, file, src)["tool"].(map[string]any)
		uv, ok := tool["uv"].(map[string]any)
		if !ok {
			return "", nil
		}
		return file, uv
	}
	for _, tree := range l.Trees {
		if file, _ := at(tree, l.Claims); file != "" {
			continue
		}
		for _, dir := range l.Above(tree) {
			if file, m := at(dir, l.Read); file != "" {
				further = cmp.Or(claimUV(l, file, m), further)
				break
			}
		}
	}
	return further
}

// uvIndexList lists the indexes that uv searches for every name.
func uvIndexList(m map[string]any, file string) (out []userIndex, none string) {
	list, none := local.UVIndexes(m)
	for _, x := range list {
		if !x.Explicit && !strings.HasSuffix(x.Key, "find-links") {
			out = append(out, userIndex{x.URL, x.Name, strings.TrimSpace(file + " " + x.Key + " " + x.Name), x.Replaces})
		}
	}
	return out, none
}

// userPDM reads the indexes of PDM's own files: one that stands in for PyPI, and
// further ones, which PDM asks for every name.
func userPDM(l *settings.Loader) (out []userIndex) {
	if raw := strings.TrimSpace(l.Get("PDM_PYPI_URL")); raw != "" {
		out = append(out, userIndex{raw, "", "PDM_PYPI_URL", true})
	}
	for _, f := range pdmFiles(l.Env) {
		src, ok := l.Read(f)
		if !ok {
			continue
		}
		pypi, _ := tomlSettings(l, f, src)["pypi"].(map[string]any)
		if raw, _ := pypi["url"].(string); raw != "" {
			out = append(out, userIndex{raw, "", l.Tilde(f) + " pypi.url", true})
		}
		for _, name := range slices.Sorted(maps.Keys(pypi)) {
			o, _ := pypi[name].(map[string]any)
			if raw, _ := o["url"].(string); raw != "" {
				out = append(out, userIndex{raw, name, l.Tilde(f) + " pypi." + name + ".url", false})
			}
		}
	}
	return out
}
