package settings

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"figment/ecosystem"
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
		if line == "" || line[0] == '#' || line[0] == ';' || line[0] == '[' {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		if expand != nil {
			key, value = expand(key), expand(value)
		}
		out = append(out, npmEntry{key, value, n + 1})
	}
	return out
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
			v := env.get(strings.TrimSuffix(name, "?"))
			if v == "" && !strings.HasSuffix(name, "?") {
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
	for _, kv := range env.Environ {
		k, v, ok := strings.Cut(kv, "=")
		if ok && v != "" && strings.EqualFold(k, "npm_config_"+key) {
			return v, true
		}
	}
	return "", false
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
	credentials := map[string]map[string]string{}
	if v, ok := npmVariable(env, "registry"); ok {
		registry, setting = v, "npm_config_registry"
	}
	for _, f := range files {
		text, ok := env.read(f.path)
		if !ok {
			continue
		}
		for _, e := range parseNPMRC(text, expandNPM(env)) {
			at := fmt.Sprintf("%s:%d", f.show, e.line)
			switch {
			case e.key == "registry" && registry == "":
				registry, setting = e.value, at
			case strings.HasPrefix(e.key, "@") && strings.HasSuffix(e.key, ":registry"):
				scope := strings.TrimSuffix(e.key, ":registry")
				if _, have := scopes[scope]; !have {
					scopes[scope] = [2]string{e.value, at}
				}
			case strings.HasPrefix(e.key, "//"):
				if i := strings.LastIndex(e.key, ":"); i > 0 {
					where := strings.TrimRight(e.key[2:i], "/")
					if credentials[where] == nil {
						credentials[where] = map[string]string{}
					}
					if _, have := credentials[where][e.key[i+1:]]; !have {
						credentials[where][e.key[i+1:]] = e.value
					}
				}
			}
		}
	}
	root := Root{Ecosystem: ecosystem.NPM, URL: officialNPM, Kind: Official, Setting: "built-in"}
	if registry != "" && checkURL("", registry) == nil {
		root = makeRoot(ecosystem.NPM, registry, setting)
	}
	s.npm = Route{Roots: []Root{s.withNPMCredential(root, credentials)}, Setting: root.Setting}
	for scope, v := range scopes {
		if checkURL("", v[0]) != nil {
			continue
		}
		r := makeRoot(ecosystem.NPM, v[0], v[1])
		if r.URL != s.npm.Roots[0].URL && r.Kind != Official {
			r.Kind = Private
		}
		s.scopes[scope] = s.withNPMCredential(r, credentials)
	}
}

// withNPMCredential finds the credential bound to the longest path that leads
// to the root.
func (s *Settings) withNPMCredential(r Root, credentials map[string]map[string]string) Root {
	u, err := url.Parse(r.URL)
	if err != nil || r.Credential.Value.Set() {
		return r
	}
	for where := strings.TrimRight(u.Host+u.Path, "/"); ; {
		if c, ok := credentials[where]; ok {
			switch {
			case c["_authToken"] != "" && !strings.Contains(c["_authToken"], "${"):
				r.Credential = Credential{"Bearer", NewSecret(c["_authToken"])}
			case c["_auth"] != "":
				r.Credential = Credential{"Basic", NewSecret(c["_auth"])}
			case c["username"] != "" && c["_password"] != "":
				if pass, err := base64.StdEncoding.DecodeString(c["_password"]); err == nil {
					r.Credential = basic(c["username"], string(pass))
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
}

// NPMClaims reads a repository's .npmrc, without expanding anything.
func NPMClaims(file string, data []byte) []Claim {
	var out []Claim
	for _, e := range parseNPMRC(string(data), nil) {
		switch {
		case e.key == "registry":
			out = append(out, Claim{ecosystem.NPM, "", makeRoot(ecosystem.NPM, e.value, "").URL, file, e.line})
		case strings.HasPrefix(e.key, "@") && strings.HasSuffix(e.key, ":registry"):
			out = append(out, Claim{ecosystem.NPM, strings.TrimSuffix(e.key, ":registry"), makeRoot(ecosystem.NPM, e.value, "").URL, file, e.line})
		}
	}
	return out
}
