package npm

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/local"
	"figment/registry/protocol"
	"figment/registry/settings"
)

// reader is how npm's configuration is read.
func reader() *settings.Reader {
	return &settings.Reader{
		Ecosystem: ecosystem.NPM, Official: official, Tool: "npm", Variable: "FIGMENT_REGISTRY_NPM", Value: "a root", Read: readSettings,
		Downloads: &settings.Downloads{Variable: "FIGMENT_NPM_DOWNLOADS_URL", Official: officialDownloads},
	}
}

// expand replaces ${VAR}; an unset variable stays as it is written.
func expand(env *settings.Env) func(string) string {
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
			v, set := env.Lookup(strings.TrimSuffix(name, "?"))
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

// variable is the value of npm_config_<key>, in any case.
func variable(env *settings.Env, key string) (string, bool) {
	for _, e := range slices.Backward(variables(env)) {
		if e.Key == key {
			return e.Value, true
		}
	}
	return "", false
}

// variables are the settings in variables. Keys lose their case, except
// those bound to a URL.
func variables(env *settings.Env) []local.Entry {
	const prefix = "npm_config_"
	var out []local.Entry
	fill := expand(env)
	for _, kv := range env.Environ {
		k, v, ok := strings.Cut(kv, "=")
		if !ok || v == "" || len(k) <= len(prefix) || !strings.EqualFold(k[:len(prefix)], prefix) {
			continue
		}
		key := k[len(prefix):]
		if !strings.HasPrefix(key, "//") {
			key = strings.ToLower(key[:1] + strings.ReplaceAll(key[1:], "_", "-"))
		}
		out = append(out, local.Entry{Key: key, Value: fill(strings.TrimSpace(v))})
	}
	return out
}

// readSettings reads what npm would: variables, the user's .npmrc, the global one.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/npmrc
func readSettings(l *settings.Loader) {
	env := l.Env
	type file struct{ path, show string }
	var files []file
	user := filepath.Join(env.Home, ".npmrc")
	if v, ok := variable(env, "userconfig"); ok {
		user = v
	}
	files = append(files, file{user, env.Tilde(user)})
	if v, ok := variable(env, "globalconfig"); ok {
		files = append(files, file{v, v})
	} else if v, ok := variable(env, "prefix"); ok {
		p := filepath.Join(v, "etc", "npmrc")
		files = append(files, file{p, p})
	}
	registry, setting := "", ""
	scopes := map[string][2]string{}
	credentials := map[string]map[string]protocol.Secret{} // by place, without a scheme
	// The first to set a key wins: of a file, the last line.
	take := func(entries []local.Entry, where func(local.Entry) string) {
		for _, e := range slices.Backward(entries) {
			at := where(e)
			switch {
			case e.Key == "registry" && registry == "":
				registry, setting = e.Value, at
			case strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry"):
				scope := strings.ToLower(strings.TrimSuffix(e.Key, ":registry"))
				if _, have := scopes[scope]; !have {
					scopes[scope] = [2]string{e.Value, at}
				}
			case strings.HasPrefix(e.Key, "//"):
				if i := strings.LastIndex(e.Key, ":"); i > 0 {
					where := strings.TrimRight(e.Key[2:i], "/")
					if credentials[where] == nil {
						credentials[where] = map[string]protocol.Secret{}
					}
					if _, have := credentials[where][e.Key[i+1:]]; !have {
						credentials[where][e.Key[i+1:]] = protocol.NewSecret(e.Value)
					}
				}
			}
		}
	}
	take(variables(env), func(e local.Entry) string {
		if e.Key == "registry" {
			return "npm_config_registry"
		}
		return "npm_config"
	})
	for _, f := range files {
		if text, ok := env.Read(f.path); ok {
			take(local.ParseNPMRC(text, expand(env)), func(e local.Entry) string { return fmt.Sprintf("%s:%d", f.show, e.Line) })
		} else if text, ok := env.Claims(f.path); ok {
			l.Foreign(f.show)
			l.Claim(local.Claims(f.show, []byte(text))...)
		}
	}
	l.Bind = func(r protocol.Root) protocol.Root { return withCredential(r, credentials) }
	l.Scopes = map[string]protocol.Root{}
	root := protocol.Root{Ecosystem: ecosystem.NPM, URL: official, Kind: protocol.Official, Setting: "built-in"}
	if registry != "" {
		root = settings.MakeRoot(ecosystem.NPM, registry, setting)
	}
	l.Route = protocol.Route{Roots: []protocol.Root{l.Bind(root)}, Setting: root.Setting}
	if registry != "" && settings.CheckURL("", registry) != nil {
		// Names meant for a registry that cannot be used go to no other.
		l.Notice(setting, "names no registry that can be asked")
		l.Route = protocol.Route{Reason: "no-registry", Setting: setting}
	}
	for scope, v := range scopes {
		if settings.CheckURL("", v[0]) != nil {
			l.Notice(v[1]+" "+scope+":registry", "names no registry that can be asked")
			l.Scopes[scope] = protocol.Root{Ecosystem: ecosystem.NPM, Kind: protocol.Private, Setting: v[1]}
			continue
		}
		r := settings.MakeRoot(ecosystem.NPM, v[0], v[1])
		if r.URL != root.URL && r.Kind != protocol.Official {
			r.Kind = protocol.Private
		}
		l.Scopes[scope] = l.Bind(r)
	}
}

// withCredential finds the credential bound to the longest path that leads
// to the root.
func withCredential(r protocol.Root, credentials map[string]map[string]protocol.Secret) protocol.Root {
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
					r.Credential = settings.Basic(c["username"].Reveal(), string(pass))
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
