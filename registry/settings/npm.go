package settings

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// An npmEntry is one line of an .npmrc.
type npmEntry struct {
	key, value string
	line       int
}

// parseNPMRC reads the ini form of an .npmrc. Values are expanded by expand;
// nil leaves them as they are.
func parseNPMRC(text string, expand func(string) string) []npmEntry {
	var out []npmEntry
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			break // what follows belongs to a section, which npm does not read
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = unquoteNPM(key), unquoteNPM(value)
		if expand != nil {
			key, value = expand(key), expand(value)
		}
		out = append(out, npmEntry{key, value, n + 1})
	}
	return out
}

// unquoteNPM reads a key or a value: quotes go, ; and # begin a comment, and a
// backslash takes their meaning away.
func unquoteNPM(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		var text string
		if s[0] == '"' && json.Unmarshal([]byte(s), &text) == nil {
			return text
		}
		return s[1 : len(s)-1]
	}
	var b strings.Builder
	for i := 0; i < len(s) && s[i] != ';' && s[i] != '#'; i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\;#`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}

// expandNPM replaces ${VAR}; an unset variable stays as it is written.
func expandNPM(env *Env) func(string) string {
	return func(s string) string {
		for from := 0; ; {
			i := strings.Index(s[from:], "${")
			if i < 0 {
				return s
			}
			i += from
			j := strings.IndexByte(s[i:], '}')
			if j < 0 {
				return s
			}
			name := s[i+2 : i+j]
			v, set := env.lookup(strings.TrimSuffix(name, "?"))
			before := strings.TrimRight(s[:i], `\`)
			if escaped := (i-len(before))%2 == 1; escaped || !set && !strings.HasSuffix(name, "?") {
				from = i + j + 1
				continue
			}
			s = s[:i] + v + s[i+j+1:]
			from = i + len(v)
		}
	}
}

// npmVariable is the value of npm_config_<key>, in any case.
func npmVariable(env *Env, key string) (string, bool) {
	for _, e := range slices.Backward(npmVariables(env)) {
		if e.key == key {
			return e.value, true
		}
	}
	return "", false
}

// npmVariables are the settings in variables. Keys lose their case, except
// those bound to a URL.
func npmVariables(env *Env) []npmEntry {
	const prefix = "npm_config_"
	var out []npmEntry
	expand := expandNPM(env)
	for _, kv := range env.Environ {
		k, v, ok := strings.Cut(kv, "=")
		if !ok || v == "" || len(k) <= len(prefix) || !strings.EqualFold(k[:len(prefix)], prefix) {
			continue
		}
		key := k[len(prefix):]
		if !strings.HasPrefix(key, "//") {
			key = strings.ToLower(key[:1] + strings.ReplaceAll(key[1:], "_", "-"))
		}
		out = append(out, npmEntry{key: key, value: expand(strings.TrimSpace(v))})
	}
	return out
}

// loadNPM reads what npm would: variables, the user's .npmrc, the global one.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/npmrc
func (s *Settings) loadNPM(env *Env) {
	type file struct{ path, show string }
	var files []file
	user := filepath.Join(env.Home, ".npmrc")
	if v, ok := npmVariable(env, "userconfig"); ok {
		user = v
	}
	files = append(files, file{user, env.tilde(user)})
	if v, ok := npmVariable(env, "globalconfig"); ok {
		files = append(files, file{v, v})
	} else if v, ok := npmVariable(env, "prefix"); ok {
		p := filepath.Join(v, "etc", "npmrc")
		files = append(files, file{p, p})
	}
	registry, setting := "", ""
	scopes := map[string][2]string{}
	credentials := s.npmrc
	// The first to set a key wins: of a file, the last line.
	take := func(entries []npmEntry, where func(npmEntry) string) {
		for _, e := range slices.Backward(entries) {
			at := where(e)
			switch {
			case e.key == "registry" && registry == "":
				registry, setting = e.value, at
			case strings.HasPrefix(e.key, "@") && strings.HasSuffix(e.key, ":registry"):
				scope := strings.ToLower(strings.TrimSuffix(e.key, ":registry"))
				if _, have := scopes[scope]; !have {
					scopes[scope] = [2]string{e.value, at}
				}
			case strings.HasPrefix(e.key, "//"):
				if i := strings.LastIndex(e.key, ":"); i > 0 {
					where := strings.TrimRight(e.key[2:i], "/")
					if credentials[where] == nil {
						credentials[where] = map[string]protocol.Secret{}
					}
					if _, have := credentials[where][e.key[i+1:]]; !have {
						credentials[where][e.key[i+1:]] = protocol.NewSecret(e.value)
					}
				}
			}
		}
	}
	take(npmVariables(env), func(e npmEntry) string {
		if e.key == "registry" {
			return "npm_config_registry"
		}
		return "npm_config"
	})
	for _, f := range files {
		if text, ok := env.read(f.path); ok {
			take(parseNPMRC(text, expandNPM(env)), func(e npmEntry) string { return fmt.Sprintf("%s:%d", f.show, e.line) })
		} else if text, ok := env.claims(f.path); ok {
			s.foreign(f.show)
			s.claims = append(s.claims, NPMClaims(f.show, []byte(text))...)
		}
	}
	root := protocol.Root{Ecosystem: ecosystem.NPM, URL: officialNPM, Kind: protocol.Official, Setting: "built-in"}
	if registry != "" {
		root = makeRoot(ecosystem.NPM, registry, setting)
	}
	s.npm = protocol.Route{Roots: []protocol.Root{s.withNPMCredential(root, credentials)}, Setting: root.Setting}
	if registry != "" && checkURL("", registry) != nil {
		// Names meant for a registry that cannot be used go to no other.
		s.notice(setting, "names no registry that can be asked")
		s.npm = protocol.Route{Reason: "no-registry", Setting: setting}
	}
	for scope, v := range scopes {
		if checkURL("", v[0]) != nil {
			s.notice(v[1]+" "+scope+":registry", "names no registry that can be asked")
			s.scopes[scope] = protocol.Root{Ecosystem: ecosystem.NPM, Kind: protocol.Private, Setting: v[1]}
			continue
		}
		r := makeRoot(ecosystem.NPM, v[0], v[1])
		if r.URL != root.URL && r.Kind != protocol.Official {
			r.Kind = protocol.Private
		}
		s.scopes[scope] = s.withNPMCredential(r, credentials)
	}
}

// withNPMCredential finds the credential bound to the longest path that leads
// to the root.
func (s *Settings) withNPMCredential(r protocol.Root, credentials map[string]map[string]protocol.Secret) protocol.Root {
	u, err := url.Parse(r.URL)
	if err != nil || r.Credential.Value.Set() {
		return r
	}
	for where := strings.TrimRight(u.Host+u.Path, "/"); ; {
		if c, ok := credentials[where]; ok {
			whole := func(key string) bool { return c[key].Set() && !strings.Contains(c[key].Reveal(), "${") }
			switch {
			case whole("_authToken"):
				r.Credential = protocol.Credential{Scheme: "Bearer", Value: c["_authToken"]}
			case whole("_auth"):
				r.Credential = protocol.Credential{Scheme: "Basic", Value: c["_auth"]}
			case c["username"].Set() && c["_password"].Set():
				if pass, err := base64.StdEncoding.DecodeString(c["_password"].Reveal()); err == nil {
					r.Credential = basic(c["username"].Reveal(), string(pass))
				}
			}
			if r.Credential.Value.Set() {
				return r
			}
		}
		i := strings.LastIndexByte(where, '/')
		if i < 0 {
			return r
		}
		where = where[:i]
	}
}

// A Claim is what a scanned repository says of where names come from. It can
// make names private; it never routes.
type Claim struct {
	Ecosystem ecosystem.Ecosystem
	Scope     string // "@acme"; empty: every name
	URL       string // without userinfo
	Path      string
	Line      int
	Key       string // the setting, where it is not npm's registry
}

// Covers reports whether the claim is about a name of its ecosystem.
func (c *Claim) Covers(name string) bool {
	if c.Scope == "" {
		return true
	}
	scope, _, scoped := strings.Cut(name, "/")
	return scoped && strings.EqualFold(c.Scope, scope)
}

// Setting is where the claim stands, for people.
func (c *Claim) Setting() string {
	key := "registry"
	switch {
	case c.Key != "":
		key = c.Key
	case c.Scope != "":
		key = c.Scope + ":registry"
	}
	return fmt.Sprintf("%s:%d %s", c.Path, c.Line, key)
}

// NPMClaims reads a repository's .npmrc, without expanding anything.
func NPMClaims(file string, data []byte) []Claim {
	var out []Claim
	for _, e := range parseNPMRC(string(data), nil) {
		switch {
		case e.key == "registry":
			out = append(out, Claim{Ecosystem: ecosystem.NPM, URL: makeRoot(ecosystem.NPM, e.value, "").URL, Path: file, Line: e.line})
		case strings.HasPrefix(e.key, "@") && strings.HasSuffix(e.key, ":registry"):
			out = append(out, Claim{Ecosystem: ecosystem.NPM, Scope: strings.TrimSuffix(e.key, ":registry"), URL: makeRoot(ecosystem.NPM, e.value, "").URL, Path: file, Line: e.line})
		}
	}
	return out
}
