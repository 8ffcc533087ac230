package npm

import (
	"encoding/base64"
	"net/url"
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
func variables(env *settings.Env) []local.Entry { return prefixed(env, "npm_config_") }

// prefixed are the settings in variables whose names begin so, in any case.
func prefixed(env *settings.Env, prefix string) []local.Entry {
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

// A configuration is what one place says of registries. Of those that were read
// the first to set a key wins; in one, the last line.
type configuration struct {
	managers local.Managers // the programs that read it
	entries  []local.Entry
	where    func(local.Entry) string
}

// readSettings reads what npm, pnpm, Yarn and Bun would: their variables, the
// user's files, the global ones. A scope that any of them maps stays in; the
// default registry is that of the program that installs the scanned project.
//
// Specification: https://docs.npmjs.com/cli/configuring-npm/npmrc,
// https://pnpm.io/settings, https://yarnpkg.com/configuration/yarnrc,
// https://classic.yarnpkg.com/lang/en/docs/yarnrc/,
// https://bun.sh/docs/runtime/bunfig
func readSettings(l *settings.Loader) {
	m := mapping{scopes: map[string]scopeRegistry{}, bound: map[string]map[string]protocol.Secret{}, credentials: map[string]map[string]protocol.Secret{}}
	by := installers(l.Env)
	for _, c := range configurations(l, by) {
		m.take(c, by)
	}
	l.Bind = func(r protocol.Root) protocol.Root { return withCredential(r, m.credentials) }
	l.Scopes = map[string]protocol.Root{}
	root := protocol.Root{Ecosystem: ecosystem.NPM, URL: official, Kind: protocol.Official, Setting: "built-in"}
	if m.registry != "" {
		root = settings.MakeRoot(ecosystem.NPM, m.registry, m.setting)
		m.bind(&root, "registry")
	}
	l.Route = protocol.Route{Roots: []protocol.Root{l.Bind(root)}, Setting: root.Setting}
	if m.registry != "" && settings.CheckURL("", m.registry) != nil {
		// Names meant for a registry that cannot be used go to no other.
		l.Notice(m.setting, "names no registry that can be asked")
		l.Route = protocol.Route{Reason: "no-registry", Setting: m.setting}
	}
	for scope, v := range m.scopes {
		kept := protocol.Root{Ecosystem: ecosystem.NPM, Kind: protocol.Private, Setting: v.setting}
		if settings.CheckURL("", v.url) != nil {
			l.Notice(v.setting+" "+scope+":registry", "names no registry that can be asked")
			l.Scopes[scope] = kept
			continue
		}
		r := settings.MakeRoot(ecosystem.NPM, v.url, v.setting)
		if r.URL != root.URL && r.Kind != protocol.Official {
			r.Kind = protocol.Private
		}
		m.bind(&r, scope)
		if r = l.Bind(r); r.Kind == protocol.Private && !v.npm && !r.Credential.Value.Set() {
			r = kept // Yarn and Bun keep tokens in places that are not read: nobody is asked in vain
		}
		l.Scopes[scope] = r
	}
	if _, ok := l.Scopes[ecosystem.JSRScope]; !ok { // JSR serves it, and npm would answer with a stranger's package
		l.Scopes[ecosystem.JSRScope] = protocol.Root{Ecosystem: ecosystem.NPM, Kind: protocol.Private, Setting: "built-in"}
	}
}

// A mapping is what all configurations come to.
type mapping struct {
	registry, setting string
	scopes            map[string]scopeRegistry
	bound             map[string]map[string]protocol.Secret // by scope, or "registry"
	credentials       map[string]map[string]protocol.Secret // by place, without a scheme
}

// A scopeRegistry is where the packages of a scope come from.
type scopeRegistry struct {
	url, setting string
	npm          bool // npm reads it
}

// take adds what a configuration says. by are the programs that install the
// project; 0: it is not known.
func (m *mapping) take(c configuration, by local.Managers) {
	counts := by == 0 || c.managers&by != 0
	keep := func(into map[string]map[string]protocol.Secret, at string, e local.Entry, key string) {
		if into[at] == nil {
			into[at] = map[string]protocol.Secret{}
		}
		if _, have := into[at][key]; !have {
			into[at][key] = protocol.NewSecret(e.Value)
		}
	}
	set, scoped := m.registry != "", map[string]bool{}
	for scope := range m.scopes {
		scoped[scope] = true
	}
	for _, e := range slices.Backward(c.entries) {
		i := strings.LastIndexByte(e.Key, ':')
		switch {
		case e.Key == "registry":
			if m.registry == "" && counts {
				m.registry, m.setting = e.Value, c.where(e)
			}
		case strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry"):
			scope := strings.ToLower(strings.TrimSuffix(e.Key, ":registry"))
			if _, have := m.scopes[scope]; !have {
				m.scopes[scope] = scopeRegistry{e.Value, c.where(e), c.managers&local.UsesNPM != 0}
			}
		case strings.HasPrefix(e.Key, "//") && i > 0:
			keep(m.credentials, strings.TrimRight(e.Key[2:i], "/"), e, e.Key[i+1:])
		case strings.HasPrefix(e.Key, "registry:"):
			if !set && counts { // a credential goes to the registry that its own file names
				keep(m.bound, "registry", e, e.Key[i+1:])
			}
		case strings.HasPrefix(e.Key, "@") && i > 0:
			if scope := strings.ToLower(e.Key[:i]); !scoped[scope] {
				keep(m.bound, scope, e, e.Key[i+1:])
			}
		}
	}
}

// bind gives a root the credential that its own file holds for a scope, or for
// "registry".
func (m *mapping) bind(r *protocol.Root, about string) {
	c := m.bound[about]
	whole := func(key string) bool {
		return c[key].Set() && !strings.Contains(c[key].Reveal(), "${") && !strings.HasPrefix(c[key].Reveal(), "$")
	}
	switch {
	case r.Credential.Value.Set():
	case whole("_authToken"):
		r.Credential = protocol.Credential{Scheme: "Bearer", Value: c["_authToken"]}
	case whole("_auth"):
		r.Credential = protocol.Credential{Scheme: "Basic", Value: c["_auth"]}
	case whole("username") && whole("password"):
		r.Credential = settings.Basic(c["username"].Reveal(), c["password"].Reveal())
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
