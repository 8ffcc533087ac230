package settings

import (
	"path/filepath"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// loadGo reads what the go command would: variables, then the file of
// "go env -w".
//
// Specification: https://go.dev/ref/mod#environment-variables
func (s *Settings) loadGo(env *Env) {
	file := map[string]string{}
	path := env.get("GOENV")
	if path == "" && env.ConfigDir != "" {
		path = filepath.Join(env.ConfigDir, "go", "env")
	}
	if path != "off" {
		if text, ok := env.read(path); ok {
			file = parseGoEnv(text)
		} else if text, ok := env.claims(path); ok {
			s.foreign(env.tilde(path))
			s.claimGo(env.tilde(path), parseGoEnv(text))
		}
	}
	get := func(name string) (string, string) {
		if v := env.get(name); v != "" {
			return v, name
		}
		if v := file[name]; v != "" {
			return v, env.tilde(path) + " " + name
		}
		return "", ""
	}
	for _, name := range []string{"GOPRIVATE", "GONOPROXY"} {
		if v, setting := get(name); v != "" && v != "none" {
			s.private = append(s.private, pattern{golang: v, setting: setting})
		}
	}
	v, setting := get("GOPROXY")
	if v == "" {
		v, setting = officialGolang, "built-in"
	}
	r, err := goProxies(v, setting, protocol.Mirror, func(entry string) error {
		if err := checkURL(setting, entry); err != nil {
			s.notice(setting, "an entry of the list cannot be asked and is left out; what the others lack counts as unverified")
			return err
		}
		return nil
	}, true)
	if err != nil {
		r = protocol.Route{Reason: "no-registry", Setting: setting}
	}
	for i := range r.Roots {
		r.Roots[i] = s.withNetrc(r.Roots[i])
	}
	s.golang = r
}

// parseGoEnv reads the file of "go env -w".
func parseGoEnv(text string) map[string]string {
	file := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(k, "#") {
			file[k] = v
		}
	}
	return file
}

// claimGo notes what such a file says that lies in the scanned tree.
func (s *Settings) claimGo(path string, file map[string]string) {
	for _, name := range []string{"GOPRIVATE", "GONOPROXY"} {
		if v := file[name]; v != "" && v != "none" {
			s.claimed = append(s.claimed, pattern{golang: v, setting: path + " " + name})
		}
	}
	for _, entry := range strings.FieldsFunc(file["GOPROXY"], func(c rune) bool { return c == ',' || c == '|' }) {
		if entry = strings.TrimSpace(entry); entry == "direct" || entry == "off" {
			return
		}
		if !strings.Contains(entry, "://") {
			entry = "https://" + entry
		}
		s.claims = append(s.claims, Claim{Ecosystem: ecosystem.Golang, URL: makeRoot(ecosystem.Golang, entry, "").URL, Path: path, Line: 1, Key: "GOPROXY"})
	}
}

// goProxies reads a GOPROXY list. direct and off end it: figment never fetches
// from an origin. Entries that check refuses are an error, or left out and
// remembered as unusable.
func goProxies(list, setting string, kind protocol.Kind, check func(string) error, lenient bool) (protocol.Route, error) {
	r := protocol.Route{Strategy: protocol.GoProxy, Setting: setting}
	for rest := list; rest != ""; {
		i := strings.IndexAny(rest, ",|")
		entry, sep := rest, byte(',')
		if i >= 0 {
			entry, sep, rest = rest[:i], rest[i], rest[i+1:]
		} else {
			rest = ""
		}
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if entry == "direct" || entry == "off" {
			break
		}
		if !strings.Contains(entry, "://") {
			entry = "https://" + entry
		}
		if err := check(entry); err != nil {
			if !lenient {
				return r, err
			}
			r.Unusable = setting
			continue
		}
		root := makeRoot(ecosystem.Golang, entry, setting)
		if kind == protocol.Official {
			root.Kind = protocol.Official
		}
		root.FallThrough = sep == '|'
		r.Roots = append(r.Roots, root)
	}
	if len(r.Roots) == 0 {
		r.Reason = "no-registry"
	}
	return r, nil
}
