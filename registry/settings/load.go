package settings

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// Official roots of the public registries, as their tools use them by default.
const (
	officialNPM    = "https://registry.npmjs.org"
	officialPyPI   = "https://pypi.org/simple"
	officialGolang = "https://proxy.golang.org"
)

// OfficialDownloads is the base URL of npm's statistics.
const OfficialDownloads = "https://api.npmjs.org"

// Env is what Load reads. OSEnv is the real one.
type Env struct {
	Environ   []string // "KEY=value"
	Home      string
	ConfigDir string // of the user, where "go env -w" writes
	GOOS      string
	ReadFile  func(string) ([]byte, error)
	// RealPath resolves links; nil: there are none.
	RealPath func(string) (string, error)
	// Trees are the roots of the scanned work trees, absolute: nothing in them is
	// the user's configuration, however it was found.
	Trees []string
}

// OSEnv is the environment of the process.
func OSEnv() Env {
	home, _ := os.UserHomeDir()
	config, _ := os.UserConfigDir()
	return Env{Environ: os.Environ(), Home: home, ConfigDir: config, GOOS: runtime.GOOS, ReadFile: os.ReadFile, RealPath: filepath.EvalSymlinks}
}

// get is a variable; its name is compared as it is.
func (e *Env) get(name string) string {
	v, _ := e.lookup(name)
	return v
}

// lookup tells an empty variable from none.
func (e *Env) lookup(name string) (string, bool) {
	for i := len(e.Environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(e.Environ[i], "="); ok && k == name {
			return v, true
		}
	}
	return "", false
}

// Settings route names to registries. Safe for concurrent use once loaded.
type Settings struct {
	npm     protocol.Route
	scopes  map[string]protocol.Root // "@acme", in lower case → its root
	pypi    protocol.Route
	golang  protocol.Route
	private []pattern // GOPRIVATE and the user's own
	claims  []Claim   // of configuration that lies in the scanned work tree
	claimed []pattern // GOPRIVATE in such configuration
	// pipClaim is the setting of a further index that such configuration names.
	pipClaim string
	allowed  []string
	netrc    map[string]protocol.Credential
	npmrc    map[string]map[string]protocol.Secret // what .npmrc binds to a URL, by its place
	notices  []string
}

// Notices are sentences for the user about settings that were left out because
// they cannot be used. They show no value.
func (s *Settings) Notices() []string { return slices.Clone(s.notices) }

func (s *Settings) notice(setting, text string) {
	s.notices = append(s.notices, setting+": "+text)
}

// A pattern makes names private: one of the user's own, or a list of the go
// command.
type pattern struct {
	names   ecosystem.PrivatePattern
	golang  string // comma list for module.MatchPrefixPatterns; empty: names counts
	setting string
}

func (x *pattern) match(p ecosystem.Package) bool {
	if x.golang != "" {
		return p.Ecosystem == ecosystem.Golang && module.MatchPrefixPatterns(x.golang, p.Name)
	}
	return x.names.Match(p)
}

// Load reads the settings. The error, an *Error, is for FIGMENT_ variables that
// cannot be used; what the package managers' own files hold is taken as far as
// it is understood.
func Load(env Env) (*Settings, error) {
	s := &Settings{scopes: map[string]protocol.Root{}, netrc: readNetrc(&env), npmrc: map[string]map[string]protocol.Secret{}}
	kind := protocol.Mirror
	switch v := env.get("FIGMENT_REGISTRY_KIND"); v {
	case "", "mirror":
	case "official":
		kind = protocol.Official
	default:
		return nil, &Error{"FIGMENT_REGISTRY_KIND", "is neither official nor mirror", ""}
	}
	s.loadNPM(&env)
	s.loadPip(&env)
	s.loadGo(&env)
	for _, o := range []struct {
		name  string
		eco   ecosystem.Ecosystem
		route *protocol.Route
	}{{"FIGMENT_REGISTRY_NPM", ecosystem.NPM, &s.npm}, {"FIGMENT_REGISTRY_PYPI", ecosystem.PyPI, &s.pypi}, {"FIGMENT_REGISTRY_GOLANG", ecosystem.Golang, &s.golang}} {
		v := strings.TrimSpace(env.get(o.name))
		if v == "" {
			continue
		}
		r, err := override(o.name, o.eco, v, kind)
		if err != nil {
			return nil, err
		}
		for i := range r.Roots {
			r.Roots[i] = s.withCredential(r.Roots[i], o.route.Roots)
		}
		if o.eco == ecosystem.NPM {
			s.replaceNPM(r)
		}
		*o.route = r
	}
	if err := s.loadDownloads(&env); err != nil {
		return nil, err
	}
	return s, nil
}

// withCredential gives a root that a variable names the credential that the
// user's own files hold for it: that of the same root, or what .npmrc or .netrc
// binds to its URL.
func (s *Settings) withCredential(r protocol.Root, files []protocol.Root) protocol.Root {
	for _, f := range files {
		if f.URL == r.URL && !r.Credential.Value.Set() {
			r.Credential = f.Credential
		}
	}
	if r.Ecosystem == ecosystem.NPM {
		return s.withNPMCredential(r, s.npmrc)
	}
	return s.withNetrc(r)
}

// replaceNPM fits the scopes to a new default root. A scope that is mapped to
// the default, the old or the new, is no different from any other name.
func (s *Settings) replaceNPM(r protocol.Route) {
	old := ""
	if len(s.npm.Roots) > 0 {
		old = s.npm.Roots[0].URL
	}
	for scope, root := range s.scopes {
		if root.URL != "" && (root.URL == old || root.URL == r.Roots[0].URL) {
			delete(s.scopes, scope)
		}
	}
}

// loadDownloads finds out who is asked how much npm packages are used: nobody
// but whom the variable names, unless npm packages come from the public registry
// itself.
func (s *Settings) loadDownloads(env *Env) error {
	const name = "FIGMENT_NPM_DOWNLOADS_URL"
	if v := strings.TrimSpace(env.get(name)); v != "" {
		if err := checkURL(name, v); err != nil {
			return err
		}
		r := makeRoot(ecosystem.NPM, v, name)
		if strings.HasPrefix(r.URL, "file:") {
			return &Error{name, "has an unknown scheme", "use https, or http on this machine"}
		}
		r.URL = strings.TrimSuffix(r.URL, "/downloads")
		s.npm.Downloads = r
		return nil
	}
	if len(s.npm.Roots) == 1 && s.npm.Roots[0].URL == officialNPM {
		s.npm.Downloads = protocol.Root{Ecosystem: ecosystem.NPM, URL: OfficialDownloads, Kind: protocol.Official, Setting: "built-in"}
	}
	return nil
}

// override is the route of a FIGMENT_REGISTRY_ variable.
func override(name string, eco ecosystem.Ecosystem, v string, kind protocol.Kind) (protocol.Route, error) {
	if eco == ecosystem.Golang {
		return goProxies(v, name, kind, func(entry string) error { return checkURL(name, entry) }, false)
	}
	if err := checkURL(name, v); err != nil {
		return protocol.Route{}, err
	}
	r := makeRoot(eco, v, name)
	if strings.HasPrefix(r.URL, "file:") { // only a Go proxy can be a folder
		return protocol.Route{}, &Error{name, "has an unknown scheme", "use https, or http on this machine"}
	}
	if kind == protocol.Official {
		r.Kind = protocol.Official
	}
	return protocol.Route{Roots: []protocol.Root{r}, Setting: name}, nil
}

// checkURL says what is wrong with a base URL, without showing it.
func checkURL(name, v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return &Error{name, "is not a URL", "https://registry.example/path"}
	case u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "file":
		return &Error{name, "has an unknown scheme", "use https, or http on this machine"}
	case u.Opaque != "" || u.Scheme != "file" && u.Hostname() == "":
		return &Error{name, "has no host", "https://registry.example/path"}
	case u.RawQuery != "" || u.ForceQuery:
		return &Error{name, "has a query", "give the base URL only"}
	case strings.Contains(v, "#"): // also an empty one
		return &Error{name, "has a fragment", "give the base URL only"}
	}
	return nil
}

// makeRoot splits a URL from what it must not show.
func makeRoot(eco ecosystem.Ecosystem, raw, setting string) protocol.Root {
	r := protocol.Root{Ecosystem: eco, Setting: setting}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Opaque != "" { // "user:password@host" is opaque
		return r
	}
	if u.User != nil {
		pass, _ := u.User.Password()
		r.Credential = basic(u.User.Username(), pass)
		u.User = nil
	}
	u.RawQuery, u.Fragment, u.ForceQuery = "", "", false
	u.Host = strings.ToLower(u.Host) // one origin is written one way
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	r.URL = strings.TrimRight(u.String(), "/")
	if ecosystem.PublicRegistry(eco, r.URL) {
		r.Kind = protocol.Official
	}
	return r
}

func basic(user, pass string) protocol.Credential {
	return protocol.Credential{Scheme: "Basic", Value: protocol.NewSecret(base64.StdEncoding.EncodeToString([]byte(user + ":" + pass)))}
}

// Allow adds hosts that may be asked although only the scanned project names
// them.
func (s *Settings) Allow(hosts []string) { s.allowed = append(s.allowed, hosts...) }

// MarkPrivate adds the user's own patterns of private names, "npm:@acme/*". The
// error is that of the first pattern that cannot be meant.
func (s *Settings) MarkPrivate(patterns []string) error {
	for _, text := range patterns {
		p, err := ecosystem.ParsePrivate(text)
		if err != nil {
			return fmt.Errorf("private = %q %w", text, err)
		}
		s.private = append(s.private, pattern{names: p, setting: "private = \"" + text + "\""})
	}
	return nil
}

// Private reports whether the user's own settings make a name private, and
// which of them does.
func (s *Settings) Private(p ecosystem.Package) (setting string, ok bool) {
	if p.Ecosystem == ecosystem.NPM {
		if scope, _, found := strings.Cut(p.Name, "/"); found {
			if root, mapped := s.scopes[strings.ToLower(scope)]; mapped && root.Kind == protocol.Private {
				return root.Setting + " " + scope + ":registry", true
			}
		}
	}
	for _, x := range s.private {
		if x.match(p) {
			return x.setting, true
		}
	}
	return "", false
}

// Trusted reports whether a base URL that the scanned project names is one that
// the user's own settings name too, or the public registry, or allowed by hand.
func (s *Settings) Trusted(eco ecosystem.Ecosystem, raw string) bool {
	r := makeRoot(eco, raw, "")
	if r.URL == "" || r.Kind == protocol.Official {
		return r.Kind == protocol.Official
	}
	for _, route := range []*protocol.Route{&s.npm, &s.pypi, &s.golang} {
		for _, root := range route.Roots {
			if root.URL == r.URL {
				return true
			}
		}
	}
	for _, root := range s.scopes {
		if root.URL == r.URL {
			return true
		}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return false
	}
	for _, h := range s.allowed {
		if strings.EqualFold(h, u.Host) || strings.EqualFold(h, u.Hostname()) {
			return true
		}
	}
	return false
}

// Route says who is asked about a name.
func (s *Settings) Route(p ecosystem.Package) protocol.Route {
	switch p.Ecosystem {
	case ecosystem.NPM:
		if scope, _, ok := strings.Cut(p.Name, "/"); ok {
			if root, mapped := s.scopes[strings.ToLower(scope)]; mapped {
				if root.URL == "" {
					return protocol.Route{Private: true, Reason: "no-registry", Setting: root.Setting + " " + scope + ":registry"}
				}
				r := protocol.Route{Roots: []protocol.Root{root}, Private: root.Kind == protocol.Private, Setting: root.Setting + " " + scope + ":registry"}
				if !r.Private {
					r.Downloads = s.npm.Downloads
				}
				return r
			}
		}
		return s.npm
	case ecosystem.PyPI:
		return s.pypi
	case ecosystem.Golang:
		return s.golang
	}
	return protocol.Route{Reason: "unsupported"}
}

// tilde shows a file of the user's home as people write it.
func (e *Env) tilde(file string) string {
	if rel, err := filepath.Rel(e.Home, file); e.Home != "" && err == nil && !strings.HasPrefix(rel, "..") {
		return "~/" + filepath.ToSlash(rel)
	}
	return file
}
