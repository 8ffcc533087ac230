package settings

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// loadPip reads what pip would: variables, then the user's and the machine's
// configuration files; and what uv would read of variables. uv asks its indexes
// before the default one and is content with the first that has a name; pip
// takes what any index has.
//
// Specification: https://pip.pypa.io/en/stable/topics/configuration/ and
// https://docs.astral.sh/uv/concepts/indexes/
func (s *Settings) loadPip(env *Env) {
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
	set("", "index-url", env.get("PIP_INDEX_URL"), "PIP_INDEX_URL")
	set("", "extra-index-url", env.get("PIP_EXTRA_INDEX_URL"), "PIP_EXTRA_INDEX_URL")
	set("", "no-index", env.get("PIP_NO_INDEX"), "PIP_NO_INDEX")
	uvDefault := env.get("UV_DEFAULT_INDEX")
	set("", "index-url", unnamed(uvDefault), "UV_DEFAULT_INDEX")
	set("", "index-url", env.get("UV_INDEX_URL"), "UV_INDEX_URL")
	files := []string{}
	if f := env.get("PIP_CONFIG_FILE"); f != "" {
		files = append(files, f)
	}
	if v := env.get("VIRTUAL_ENV"); v != "" {
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
		if text, ok := env.read(f); ok {
			for _, e := range parsePipConf(text) {
				set(e.section, e.key, e.value, fmt.Sprintf("%s:%d", env.tilde(f), e.line))
			}
		} else if text, ok := env.claims(f); ok {
			s.foreign(env.tilde(f))
			s.claimPip(env.tilde(f), parsePipConf(text))
		}
	}
	if v := get("no-index"); v.text != "" && !slices.Contains([]string{"0", "n", "no", "f", "false", "off"}, strings.ToLower(v.text)) {
		s.pypi = protocol.Route{Reason: "no-registry", Setting: v.setting}
		return
	}
	root := protocol.Root{Ecosystem: ecosystem.PyPI, URL: officialPyPI, Kind: protocol.Official, Setting: "built-in"}
	if v := get("index-url"); v.text != "" {
		raw := strings.Fields(v.text)[0]
		if checkURL("", raw) != nil {
			// Names meant for an index that cannot be used go to no other.
			s.notice(v.setting, "names no index that can be asked")
			s.pypi = protocol.Route{Reason: "no-registry", Setting: v.setting}
			return
		}
		if root = makeRoot(ecosystem.PyPI, raw, v.setting); v.setting == "UV_DEFAULT_INDEX" {
			root = uvIndex(env, strings.TrimSpace(uvDefault), v.setting)
		}
	}
	s.pypi = protocol.Route{Setting: root.Setting}
	add := func(raw, setting string, r protocol.Root) {
		if checkURL("", raw) != nil {
			s.pypi.Unusable = setting
			s.notice(setting, "an index of the list cannot be asked and is left out; what the others lack counts as unverified")
			return
		}
		if !slices.ContainsFunc(s.pypi.Roots, func(x protocol.Root) bool { return x.URL == r.URL }) {
			s.pypi.Roots = append(s.pypi.Roots, s.withNetrc(r))
		}
	}
	for _, v := range []string{"UV_INDEX", "UV_EXTRA_INDEX_URL"} {
		for _, word := range strings.Fields(env.get(v)) {
			add(unnamed(word), v, uvIndex(env, word, v))
		}
	}
	if s.pipClaim != "" { // a further index, which is not asked, may have what the others lack
		s.pypi.Unusable = s.pipClaim
	}
	add(root.URL, root.Setting, root)
	v := get("extra-index-url")
	for _, raw := range strings.Fields(v.text) {
		s.pypi.Strategy = protocol.AllOf
		add(raw, v.setting, makeRoot(ecosystem.PyPI, raw, v.setting))
	}
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

// claimPip notes what a pip.conf says that lies in the scanned tree.
func (s *Settings) claimPip(file string, entries []pipEntry) {
	for _, e := range entries {
		for _, raw := range strings.Fields(e.value) {
			c := Claim{Ecosystem: ecosystem.PyPI, URL: makeRoot(ecosystem.PyPI, raw, "").URL, Path: file, Line: e.line, Key: e.key}
			switch {
			case e.key == "index-url":
				s.claims = append(s.claims, c)
			case e.key == "extra-index-url" && !s.Trusted(ecosystem.PyPI, raw):
				s.pipClaim = c.Setting()
			}
		}
	}
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
func uvIndex(env *Env, v, setting string) protocol.Root {
	name, rest := uvName(v)
	r := makeRoot(ecosystem.PyPI, rest, setting)
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
	user, pass := env.get(key+"_USERNAME"), env.get(key+"_PASSWORD")
	if user != "" || pass != "" {
		r.Credential = basic(user, pass)
	}
	return r
}

// pipFiles are the places of pip's configuration, the user's first.
func pipFiles(env *Env) []string {
	var out []string
	switch env.GOOS {
	case "windows":
		if v := env.get("APPDATA"); v != "" {
			out = append(out, filepath.Join(v, "pip", "pip.ini"))
		}
		out = append(out, filepath.Join(env.Home, "pip", "pip.ini"))
		if v := env.get("PROGRAMDATA"); v != "" {
			out = append(out, filepath.Join(v, "pip", "pip.ini"))
		}
		return out
	case "darwin":
		out = append(out, filepath.Join(env.Home, "Library", "Application Support", "pip", "pip.conf"))
	}
	config := env.get("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(env.Home, ".config")
	}
	return append(out, filepath.Join(config, "pip", "pip.conf"), filepath.Join(env.Home, ".pip", "pip.conf"), "/etc/pip.conf", "/etc/xdg/pip/pip.conf")
}

// withNetrc adds the credential that .netrc has for the root's host.
func (s *Settings) withNetrc(r protocol.Root) protocol.Root {
	u, err := url.Parse(r.URL)
	if err != nil || r.Credential.Value.Set() || slices.Contains([]string{officialNPM, officialPyPI, officialGolang}, r.URL) {
		return r
	}
	if c, ok := s.netrc[u.Hostname()]; ok {
		r.Credential = c
	}
	return r
}

// readNetrc reads the user's .netrc: host → credential.
func readNetrc(env *Env) map[string]protocol.Credential {
	file := env.get("NETRC")
	if file == "" {
		name := ".netrc"
		if env.GOOS == "windows" {
			name = "_netrc"
		}
		file = filepath.Join(env.Home, name)
	}
	out := map[string]protocol.Credential{}
	text, ok := env.read(file) // one that the scanned tree holds has no credential of the user's
	if !ok {
		return out
	}
	words := strings.Fields(text)
	machine, login, password := "", "", ""
	keep := func() { // login and password come in either order
		if _, have := out[machine]; !have && machine != "" && password != "" {
			out[machine] = basic(login, password)
		}
		machine, login, password = "", "", ""
	}
	for i := 0; i < len(words); i++ {
		if words[i] == "default" { // of every other host: of none that the user named
			keep()
			continue
		}
		if i+1 == len(words) {
			break
		}
		switch words[i] {
		case "machine":
			keep()
			machine = strings.ToLower(words[i+1])
			i++
		case "login":
			login = words[i+1]
			i++
		case "password":
			password = words[i+1]
			i++
		case "account":
			i++
		}
	}
	keep()
	return out
}
