package npm

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem/npm/local"
	"figment/internal/lazyregexp"
	"figment/registry/settings"
)

// installers are the programs that install what lies at the roots of the scanned
// trees; 0: nothing says which.
func installers(env *settings.Env) local.Managers {
	var found local.Managers
	for _, tree := range env.Trees {
		read := func(name string) (string, bool) { return env.Claims(filepath.Join(tree, name)) }
		var m struct {
			Manager string `json:"packageManager"`
		}
		if text, ok := read("package.json"); ok {
			_ = json.Unmarshal([]byte(text), &m) // a broken one names none
		}
		found |= local.ManagersOf(m.Manager, read)
	}
	return found
}

// configurations are the user's own, in the order in which they count.
func configurations(l *settings.Loader, by local.Managers) []configuration {
	env := l.Env
	const npmrc = local.UsesNPM | local.UsesYarnClassic | local.UsesPnpm | local.UsesBun | local.UsesDeno
	var own, out []configuration
	variables := func(managers local.Managers, prefix, show string) configuration {
		return configuration{managers, prefixed(env, prefix), func(e local.Entry) string {
			if e.Key == "registry" {
				return show + "_registry"
			}
			return show
		}}
	}
	rc := env.Get("YARN_RC_FILENAME")
	if rc == "" || rc != filepath.Base(rc) {
		rc = ".yarnrc.yml"
	}
	file := func(path string) *configuration {
		kind := configOf(filepath.Base(path), rc)
		show := env.Tilde(path)
		if text, ok := env.Read(path); ok {
			fill := expand(env)
			switch kind.Managers {
			case local.UsesYarnBerry:
				fill = expandYarn(env)
			case local.UsesBun:
				fill = expandBun(env)
			}
			entries, err := kind.Read(text, fill)
			if err != nil {
				l.Notice(show, "cannot be read to its end: what more it says of registries is not known")
			}
			return &configuration{kind.Managers, identified(entries), func(e local.Entry) string { return fmt.Sprintf("%s:%d", show, e.Line) }}
		} else if text, ok := env.Claims(path); ok {
			l.Foreign(show)
			l.Claim(kind.Claims(show, []byte(text))...)
		}
		return nil
	}
	files := func(to *[]configuration, paths ...string) {
		for _, path := range paths {
			if c := file(path); c != nil {
				*to = append(*to, *c)
			}
		}
	}

	// What belongs to one program alone counts before npm's where that installs
	// the project, and behind it where nothing says so.
	berry := configuration{managers: local.UsesYarnBerry, where: func(local.Entry) string { return "YARN_NPM_REGISTRY_SERVER" }}
	for _, v := range []struct{ name, key string }{{"YARN_NPM_REGISTRY_SERVER", "registry"}, {"YARN_NPM_AUTH_TOKEN", "registry:_authToken"}, {"YARN_NPM_AUTH_IDENT", "registry:_auth"}} {
		if value := env.Get(v.name); value != "" {
			berry.entries = append(berry.entries, local.Entry{Key: v.key, Value: value})
		}
	}
	berry.entries = identified(berry.entries)
	own = append(own, berry)
	files(&own, filepath.Join(env.Home, rc))
	own = append(own, variables(local.UsesYarnClassic, "yarn_", "yarn"))
	files(&own, filepath.Join(env.Home, ".yarnrc"))
	bun := configuration{managers: local.UsesBun, where: func(local.Entry) string { return "BUN_CONFIG_REGISTRY" }}
	if value := env.Get("BUN_CONFIG_REGISTRY"); value != "" {
		bun.entries = append(bun.entries, local.Entry{Key: "registry", Value: value})
		if token := env.Get("BUN_CONFIG_TOKEN"); token != "" {
			bun.entries = append(bun.entries, local.Entry{Key: "registry:_authToken", Value: token})
		}
	}
	own = append(own, bun)
	if xdg := env.Get("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		files(&own, filepath.Join(xdg, ".bunfig.toml"))
	}
	files(&own, filepath.Join(env.Home, ".bunfig.toml"))
	own = append(own, variables(local.UsesPnpm, "pnpm_config_", "pnpm_config"))
	dir := pnpmDirectory(env)
	files(&own, filepath.Join(dir, "auth.ini"), filepath.Join(dir, "rc"), filepath.Join(dir, "config.yaml"))

	out = append(out, variables(npmrc, "npm_config_", "npm_config"))
	user := filepath.Join(env.Home, ".npmrc")
	if v, ok := variable(env, "userconfig"); ok {
		user = v
	}
	files(&out, user)
	prefix := globalPrefix(out, env)
	if v, ok := variable(env, "globalconfig"); ok {
		files(&out, v)
	} else if prefix != "" {
		files(&out, filepath.Join(prefix, "etc", "npmrc"))
	}
	if dir := npmDirectory(env); dir != "" {
		files(&out, filepath.Join(dir, "npmrc")) // built-in
	}
	if by != 0 && by&npmrc == 0 {
		// Yarn 2 and later do not read npm's. Who set a mirror there would not
		// have names asked elsewhere all the same.
		for i := range out {
			out[i].managers |= by
		}
	}
	claimAbove(l, by, rc)
	if by == 0 {
		return append(out, own...)
	}
	out = append(own, out...)
	slices.SortStableFunc(out, func(a, b configuration) int { // what the project's own program reads comes first
		return cmp.Compare(min(1, b.managers&by), min(1, a.managers&by))
	})
	return out
}

// configOf is the kind of a configuration file by its base name; rc is what
// Yarn's is called.
func configOf(base, rc string) local.Config {
	if base == rc {
		base = ".yarnrc.yml"
	}
	kind, _ := local.ConfigOf(base)
	return kind
}

// claimAbove notes what configuration says that lies above the scanned trees, as far up
// as the programs look that install the project: Yarn without an end, pnpm to the
// nearest workspace. The nearest file of a kind counts that speaks of a scope. In
// the user's home it was read.
func claimAbove(l *settings.Loader, by local.Managers, rc string) {
	reads := func(managers local.Managers) bool { return by == 0 || by&managers != 0 }
	for _, tree := range l.Trees {
		said := map[string]bool{}
		take := func(file string, as local.Managers) bool {
			text, ok := l.Read(file)
			if !ok {
				return false
			}
			for _, c := range configOf(filepath.Base(file), rc).Claims(l.Tilde(file), []byte(text)) {
				key := fmt.Sprint(as, c.Scope)
				if !said[key] {
					l.Claim(c)
				}
				said[key] = true
			}
			return true
		}
		workspace := false
		for _, dir := range l.Above(tree) {
			if reads(local.UsesPnpm) && !workspace {
				if workspace = take(filepath.Join(dir, "pnpm-workspace.yaml"), local.UsesPnpm); workspace && dir != l.Home {
					take(filepath.Join(dir, ".npmrc"), local.UsesPnpm)
				}
			}
			if dir == l.Home {
				continue
			}
			if reads(local.UsesYarnBerry) {
				take(filepath.Join(dir, rc), local.UsesYarnBerry)
			}
			if reads(local.UsesYarnClassic) {
				take(filepath.Join(dir, ".yarnrc"), local.UsesYarnClassic)
				take(filepath.Join(dir, ".npmrc"), local.UsesYarnClassic)
			}
		}
	}
}

// globalPrefix is the directory of npm's global files: what a variable or the
// user's file says, else that of the node which is run.
func globalPrefix(read []configuration, env *settings.Env) string {
	for _, c := range read {
		for _, e := range slices.Backward(c.entries) {
			if e.Key == "prefix" && e.Value != "" {
				if rest, ok := strings.CutPrefix(e.Value, "~/"); ok {
					return filepath.Join(env.Home, rest)
				}
				return e.Value
			}
		}
	}
	if v := env.Get("PREFIX"); v != "" {
		return v
	}
	node := program(env, "node")
	if node == "" {
		return ""
	}
	if env.GOOS == "windows" {
		return filepath.Dir(node)
	}
	return filepath.Dir(filepath.Dir(node))
}

// npmDirectory is where npm itself lies, with the settings that whoever packed it
// put beside it.
func npmDirectory(env *settings.Env) string {
	if npm := program(env, "npm"); filepath.Base(npm) == "npm-cli.js" { // bin/npm-cli.js
		return filepath.Dir(filepath.Dir(npm))
	}
	return ""
}

// program is the real path of a program on PATH, of those directories that the
// scanned tree has no hand in.
func program(env *settings.Env, name string) string {
	if env.RealPath == nil {
		return ""
	}
	if env.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(settings.SafePath(env.Get("PATH"), env.Trees...)) {
		if file, err := env.RealPath(filepath.Join(dir, name)); err == nil && !settings.Within(file, env.Trees...) {
			return file
		}
	}
	return ""
}

// pnpmDirectory is where pnpm keeps the user's own settings.
func pnpmDirectory(env *settings.Env) string {
	switch xdg := env.Get("XDG_CONFIG_HOME"); {
	case filepath.IsAbs(xdg):
		return filepath.Join(xdg, "pnpm")
	case env.GOOS == "darwin":
		return filepath.Join(env.Home, "Library", "Preferences", "pnpm")
	case env.GOOS == "windows":
		if local := env.Get("LOCALAPPDATA"); local != "" {
			return filepath.Join(local, "pnpm", "config")
		}
	}
	return filepath.Join(env.Home, ".config", "pnpm")
}

// identified brings user names and passwords into npm's form: Yarn takes them
// as they are, or in base 64.
func identified(entries []local.Entry) []local.Entry {
	for i := range entries {
		if e := &entries[i]; strings.HasSuffix(e.Key, ":_auth") && strings.Contains(e.Value, ":") {
			e.Value = base64.StdEncoding.EncodeToString([]byte(e.Value))
		}
	}
	return entries
}

var yarnVariable = lazyregexp.New(`\\?\$\{([0-9A-Za-z_]+)(?:(:)?-([^}]*))?\}`)

// expandYarn replaces ${VAR}, ${VAR-default} and ${VAR:-default}, which stands for
// an empty variable as well. An unset variable without a default stays as it is
// written: Yarn stops at it.
func expandYarn(env *settings.Env) func(string) string {
	return func(s string) string {
		return yarnVariable().ReplaceAllStringFunc(s, func(m string) string {
			if m[0] == '\\' {
				return m[1:]
			}
			part := yarnVariable().FindStringSubmatch(m)
			v, set := env.Lookup(part[1])
			switch {
			case set && (v != "" || part[2] == ""):
				return v
			case strings.Contains(m, "-"):
				return part[3]
			}
			return m
		})
	}
}

var bunVariable = lazyregexp.New(`\$(?:\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_]+))`)

// expandBun replaces $VAR and ${VAR}; an unset variable stays as it is written.
func expandBun(env *settings.Env) func(string) string {
	return func(s string) string {
		return bunVariable().ReplaceAllStringFunc(s, func(m string) string {
			if v, ok := env.Lookup(strings.Trim(m, "${}")); ok {
				return v
			}
			return m
		})
	}
}
