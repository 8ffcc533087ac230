package settings

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/internal/disk"
	"figment/registry/protocol"
)

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

	trees  []string // the same without links, once they were asked for
	unread []unread // what was looked for and could not be read
}

// unread is a file that is there but says nothing, and why.
type unread struct{ file, reason string }

// OSEnv is the environment of the process.
func OSEnv() Env {
	home, _ := os.UserHomeDir()
	config, _ := os.UserConfigDir()
	return Env{Environ: os.Environ(), Home: home, ConfigDir: config, GOOS: runtime.GOOS, ReadFile: readFile, RealPath: filepath.EvalSymlinks}
}

// maxFile is what is read of a configuration file, in bytes.
const maxFile = 1 << 20

// readFile reads a configuration file, and does not wait for a pipe in its place.
func readFile(file string) ([]byte, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	return disk.ReadHead(file, maxFile+1)
}

// Get is a variable; its name is compared as it is.
func (e *Env) Get(name string) string {
	v, _ := e.Lookup(name)
	return v
}

// Lookup tells an empty variable from none.
func (e *Env) Lookup(name string) (string, bool) {
	for i := len(e.Environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(e.Environ[i], "="); ok && k == name {
			return v, true
		}
	}
	return "", false
}

// Load reads the settings with the readers of the ecosystems. The error, an
// *Error, is for FIGMENT_ variables that cannot be used; what the package
// managers' own files hold is taken as far as it is understood.
func Load(env Env, readers []*Reader) (*Settings, error) {
	s := &Settings{netrc: readNetrc(&env)}
	kind := protocol.Mirror
	switch v := env.Get("FIGMENT_REGISTRY_KIND"); v {
	case "", "mirror":
	case "official":
		kind = protocol.Official
	default:
		return nil, &Error{"FIGMENT_REGISTRY_KIND", "is neither official nor mirror", ""}
	}
	for _, r := range readers {
		s.officials = append(s.officials, r.Official)
	}
	for _, r := range readers {
		src := &source{reader: r}
		s.sources = append(s.sources, src)
		r.Read(&Loader{Env: &env, Found: &src.Found, s: s, eco: r.Ecosystem})
	}
	for _, src := range s.sources {
		if err := s.override(&env, src, kind); err != nil {
			return nil, err
		}
	}
	for _, src := range s.sources {
		if err := loadDownloads(&env, src); err != nil {
			return nil, err
		}
	}
	for _, u := range env.unread {
		s.notice(u.file, u.reason+", so what it says is not known here")
	}
	return s, nil
}

// override replaces the route of an ecosystem by that of its FIGMENT_REGISTRY_
// variable, if it is set.
func (s *Settings) override(env *Env, src *source, kind protocol.Kind) error {
	name := src.reader.Variable
	v := strings.TrimSpace(env.Get(name))
	if v == "" {
		return nil
	}
	read := src.reader.Override
	if read == nil {
		read = oneRoot(src.reader.Ecosystem)
	}
	r, err := read(name, v, kind)
	if err != nil {
		return err
	}
	for i := range r.Roots {
		r.Roots[i] = s.withCredential(src, r.Roots[i])
	}
	src.replace(r)
	return nil
}

// withCredential gives a root that a variable names the credential that the
// user's own files hold for it: that of the same root, or what the tool's files
// or .netrc bind to its URL.
func (s *Settings) withCredential(src *source, r protocol.Root) protocol.Root {
	for _, f := range src.Route.Roots {
		if f.URL == r.URL && !r.Credential.Value.Set() {
			r.Credential = f.Credential
		}
	}
	if src.Bind != nil {
		return src.Bind(r)
	}
	return s.withNetrc(r)
}

// replace sets a new default route and fits the scopes to it. A scope that is
// mapped to the default, the old or the new, is no different from any other name.
func (src *source) replace(r protocol.Route) {
	old := ""
	if len(src.Route.Roots) > 0 {
		old = src.Route.Roots[0].URL
	}
	for scope, root := range src.Scopes {
		if root.URL != "" && (root.URL == old || len(r.Roots) > 0 && root.URL == r.Roots[0].URL) {
			delete(src.Scopes, scope)
		}
	}
	for _, f := range src.Further {
		if f.Kind != protocol.Official && r.Unusable == "" && !slices.ContainsFunc(r.Roots, func(x protocol.Root) bool { return x.URL == f.URL }) {
			r.Unusable = f.Setting
		}
	}
	r.Unusable = cmp.Or(r.Unusable, src.Route.Unusable)
	src.Route = r
}

// loadDownloads finds out who is asked how much packages are used: nobody but
// whom the variable names, unless the packages come from the public registry
// itself.
func loadDownloads(env *Env, src *source) error {
	d := src.reader.Downloads
	if d == nil {
		return nil
	}
	if v := strings.TrimSpace(env.Get(d.Variable)); v != "" {
		if err := CheckURL(d.Variable, v); err != nil {
			return err
		}
		r := MakeRoot(src.reader.Ecosystem, v, d.Variable)
		if strings.HasPrefix(r.URL, "file:") {
			return &Error{d.Variable, "has an unknown scheme", "use https, or http on this machine"}
		}
		r.URL = strings.TrimSuffix(r.URL, "/downloads")
		src.Route.Downloads = r
		return nil
	}
	if roots := src.Route.Roots; len(roots) == 1 && roots[0].URL == src.reader.Official {
		src.Route.Downloads = protocol.Root{Ecosystem: src.reader.Ecosystem, URL: d.Official, Kind: protocol.Official, Setting: "built-in"}
	}
	return nil
}

// oneRoot reads a variable that holds one base URL.
func oneRoot(eco ecosystem.Ecosystem) func(name, v string, kind protocol.Kind) (protocol.Route, error) {
	return func(name, v string, kind protocol.Kind) (protocol.Route, error) {
		if err := CheckURL(name, v); err != nil {
			return protocol.Route{}, err
		}
		r := MakeRoot(eco, v, name)
		if strings.HasPrefix(r.URL, "file:") { // only a Go proxy can be a folder
			return protocol.Route{}, &Error{name, "has an unknown scheme", "use https, or http on this machine"}
		}
		if kind == protocol.Official {
			r.Kind = protocol.Official
		}
		return protocol.Route{Roots: []protocol.Root{r}, Setting: name}, nil
	}
}

// Tilde shows a file of the user's home as people write it.
func (e *Env) Tilde(file string) string {
	if rel, err := filepath.Rel(e.Home, file); e.Home != "" && err == nil && !strings.HasPrefix(rel, "..") {
		return "~/" + filepath.ToSlash(rel)
	}
	return file
}
