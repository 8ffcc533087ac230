package pypi

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/registry/settings"
)

// reader is how the configuration of pip and uv is read.
func reader() *settings.Reader {
	return &settings.Reader{
		Ecosystem: ecosystem.PyPI, Official: official, Tool: "pip", Variable: "FIGMENT_REGISTRY_PYPI", Value: "a simple index", Read: readSettings,
	}
}

// readSettings reads what pip would: variables, then the user's and the machine's
// configuration files; and what uv would read of variables. uv asks its indexes
// before the default one and is content with the first that has a name; pip
// takes what any index has.
//
// Specification: https://pip.pypa.io/en/stable/topics/configuration/ and
// https://docs.astral.sh/uv/concepts/indexes/
func readSettings(l *settings.Loader) {
	env := l.Env
	claimed := "" // the setting of a further index that configuration of the scanned tree names
	type value struct{ text, setting string }
	type name struct{ section, key string }
	values := map[name]value{}
	set := func(section, key, text, setting string) {
		text = strings.TrimSpace(text)
		if _, have := values[name{section, key}]; !have && text != "" {
			values[name{section, key}] = value{text, setting}
		}
	}
	get := func(key string) value {
		for _, section := range []string{"", "install", "global"} { // "": variables
			if v, ok := values[name{section, key}]; ok {
				return v
			}
		}
		return value{}
	}
	set("", "index-url", env.Get("PIP_INDEX_URL"), "PIP_INDEX_URL")
	set("", "extra-index-url", env.Get("PIP_EXTRA_INDEX_URL"), "PIP_EXTRA_INDEX_URL")
	set("", "no-index", env.Get("PIP_NO_INDEX"), "PIP_NO_INDEX")
	uvDefault := env.Get("UV_DEFAULT_INDEX")
	set("", "index-url", unnamed(uvDefault), "UV_DEFAULT_INDEX")
	set("", "index-url", env.Get("UV_INDEX_URL"), "UV_INDEX_URL")
	files := []string{}
	if f := env.Get("PIP_CONFIG_FILE"); f != "" {
		files = append(files, f)
	}
	if v := env.Get("VIRTUAL_ENV"); v != "" {
		files = append(files, filepath.Join(v, "pip.conf"))
	}
	files = append(files, pipFiles(env)...)
	for _, f := range files {
		if f == "/dev/null" || strings.EqualFold(f, "nul") {
			files = nil // pip reads no file at all then
			break
		}
	}
	for _, f := range files {
		if text, ok := env.Read(f); ok {
			for _, e := range parsePipConf(text) {
				set(e.section, e.key, e.value, fmt.Sprintf("%s:%d", env.Tilde(f), e.line))
			}
		} else if text, ok := env.Claims(f); ok {
			l.Foreign(env.Tilde(f))
			if further := claim(l, env.Tilde(f), parsePipConf(text)); further != "" {
				claimed = further
			}
		}
	}
	// A default of uv's or PDM's own files counts where pip's say nothing; else what
	// it has may be missing at pip's.
	named, noIndex, claimedByUV := userUV(l)
	var further []userIndex
	for _, x := range append(named, userPDM(l)...) {
		if v := get("index-url"); x.replaces && v.text == "" {
			set("", "index-url", x.url, x.setting)
		} else if !x.replaces || strings.TrimSpace(v.text) != x.url {
			further = append(further, x)
		}
	}
	if claimed == "" {
		claimed = claimedByUV
	}
	if noIndex != "" {
		set("", "no-index", "1", noIndex)
	}
	if v := get("no-index"); truth(v.text) {
		l.Route = protocol.Route{Reason: "no-registry", Setting: v.setting}
		return
	}
	root := protocol.Root{Ecosystem: ecosystem.PyPI, URL: official, Kind: protocol.Official, Setting: "built-in"}
	if v := get("index-url"); v.text != "" {
		raw := strings.Fields(v.text)[0]
		if settings.CheckURL("", raw) != nil {
			// Names meant for an index that cannot be used go to no other.
			l.Notice(v.setting, "names no index that can be asked")
			l.Route = protocol.Route{Reason: "no-registry", Setting: v.setting}
			return
		}
		if root = settings.MakeRoot(ecosystem.PyPI, raw, v.setting); v.setting == "UV_DEFAULT_INDEX" {
			root = uvIndex(env, strings.TrimSpace(uvDefault), v.setting)
		}
	}
	l.Route = protocol.Route{Setting: root.Setting}
	add := func(raw, setting string, r protocol.Root) {
		if settings.CheckURL("", raw) != nil {
			l.Route.Unusable = setting
			l.Notice(setting, "an index of the list cannot be asked and is left out; what the others lack counts as unverified")
			return
		}
		if !slices.ContainsFunc(l.Route.Roots, func(x protocol.Root) bool { return x.URL == r.URL }) {
			l.Route.Roots = append(l.Route.Roots, l.Netrc(r))
		}
	}
	besides := func(raw, setting string, r protocol.Root) {
		l.Further = append(l.Further, r)
		add(raw, setting, r)
	}
	for _, v := range []string{"UV_INDEX", "UV_EXTRA_INDEX_URL"} {
		for _, word := range strings.Fields(env.Get(v)) {
			besides(unnamed(word), v, uvIndex(env, word, v))
		}
	}
	for _, x := range further {
		raw := x.url
		if x.name != "" {
			raw = x.name + "=" + raw
		}
		besides(x.url, x.setting, uvIndex(env, raw, x.setting))
	}
	if claimed != "" { // a further index, which is not asked, may have what the others lack
		l.Route.Unusable = claimed
	}
	add(root.URL, root.Setting, root)
	v := get("extra-index-url")
	for _, raw := range strings.Fields(v.text) {
		l.Route.Strategy = protocol.AllOf
		besides(raw, v.setting, settings.MakeRoot(ecosystem.PyPI, raw, v.setting))
	}
}

// truth reports whether pip takes the value of a switch for on.
func truth(v string) bool {
	return v != "" && !slices.Contains([]string{"0", "n", "no", "f", "false", "off"}, strings.ToLower(v))
}

// A pipEntry is one setting of a pip.conf: the first of its section that has a
// value.
type pipEntry struct {
	section, key, value string
	line                int
}

// parsePipConf reads the sections of a pip.conf that pip install reads. A value
// goes on in the lines below that begin with a blank.
func parsePipConf(text string) []pipEntry {
	var out []pipEntry
	section, key := "", ""
	for n, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[':
			section, key = strings.ToLower(strings.Trim(trimmed, "[] ")), ""
		case section != "global" && section != "install":
		case (line[0] == ' ' || line[0] == '\t') && key != "":
			e := &out[len(out)-1]
			if e.value == "" {
				e.line = n + 1
			}
			e.value = strings.TrimSpace(e.value + " " + trimmed)
		default:
			k, v := trimmed, ""
			if i := strings.IndexAny(trimmed, "=:"); i >= 0 {
				k, v = trimmed[:i], trimmed[i+1:]
			}
			key = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(k), "_", "-"))
			out = append(out, pipEntry{section, key, strings.TrimSpace(v), n + 1})
		}
	}
	return out
}

// claim notes what a pip.conf says that lies in the scanned tree, and gives the
// setting of a further index that it names.
func claim(l *settings.Loader, file string, entries []pipEntry) (further string) {
	for _, e := range entries {
		if e.key == "no-index" && truth(e.value) {
			l.ClaimPrivate(fmt.Sprintf("%s:%d no-index", file, e.line), func(string) bool { return true })
		}
		for _, raw := range strings.Fields(e.value) {
			c := settings.Claim{Path: file, Line: e.line, Key: e.key}
			switch {
			case e.key == "index-url":
				l.ClaimPrivate(c.Setting(), func(string) bool { return !l.Trusted(raw) })
			case e.key == "extra-index-url" && !l.Trusted(raw):
				further = c.Setting()
			}
		}
	}
	return further
}

// unnamed is the URL of uv's "name=URL".
func unnamed(v string) string {
	_, rest := uvName(v)
	return rest
}

func uvName(v string) (name, rest string) {
	if word, rest, ok := strings.Cut(v, "="); ok && !strings.ContainsAny(word, ":/") {
		return word, rest
	}
	return "", v
}

// uvIndex is the root of uv's "name=URL", with the credential that uv reads from
// variables of that name. Name and URL come from one setting of the user's.
func uvIndex(env *settings.Env, v, setting string) protocol.Root {
	name, rest := uvName(v)
	r := settings.MakeRoot(ecosystem.PyPI, rest, setting)
	if name == "" || r.Credential.Value.Set() {
		return r
	}
	key := "UV_INDEX_" + strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' {
			return c - 'a' + 'A'
		}
		if 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			return c
		}
		return '_'
	}, name)
	user, pass := env.Get(key+"_USERNAME"), env.Get(key+"_PASSWORD")
	if user != "" || pass != "" {
		r.Credential = settings.Basic(user, pass)
	}
	return r
}

// pipFiles are the places of pip's configuration, the user's first.
func pipFiles(env *settings.Env) []string {
	var out []string
	switch env.GOOS {
	case "windows":
		if v := env.Get("APPDATA"); v != "" {
			out = append(out, filepath.Join(v, "pip", "pip.ini"))
		}
		out = append(out, filepath.Join(env.Home, "pip", "pip.ini"))
		if v := env.Get("PROGRAMDATA"); v != "" {
			out = append(out, filepath.Join(v, "pip", "pip.ini"))
		}
		return out
	case "darwin":
		out = append(out, filepath.Join(env.Home, "Library", "Application Support", "pip", "pip.conf"))
	}
	config := env.Get("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(env.Home, ".config")
	}
	return append(out, filepath.Join(config, "pip", "pip.conf"), filepath.Join(env.Home, ".pip", "pip.conf"), "/etc/pip.conf", "/etc/xdg/pip/pip.conf")
}
