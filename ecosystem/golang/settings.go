package golang

import (
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/registry/settings"
)

// reader is how the configuration of the go command is read.
func reader() *settings.Reader {
	return &settings.Reader{
		Ecosystem: ecosystem.Golang, Official: official, Tool: "go", Variable: "FIGMENT_REGISTRY_GOLANG", Value: "a GOPROXY list", Read: readSettings,
		Override: func(variable, value string, kind protocol.Kind) (protocol.Route, error) {
			return proxies(value, variable, kind, func(entry string) error { return settings.CheckURL(variable, entry) }, false)
		},
	}
}

// matcher tells what a list of the go command, as in GOPRIVATE, matches.
func matcher(list string) func(name string) bool {
	return func(name string) bool { return module.MatchPrefixPatterns(list, name) }
}

// readSettings reads what the go command would: variables, then the file of
// "go env -w".
//
// Specification: https://go.dev/ref/mod#environment-variables
func readSettings(l *settings.Loader) {
	env := l.Env
	file := map[string]string{}
	path := env.Get("GOENV")
	if path == "" && env.ConfigDir != "" {
		path = filepath.Join(env.ConfigDir, "go", "env")
	}
	if path != "off" {
		if text, ok := env.Read(path); ok {
			file = parseGoEnv(text)
		} else if text, ok := env.Claims(path); ok {
			l.Foreign(env.Tilde(path))
			claim(l, env.Tilde(path), parseGoEnv(text))
		}
	}
	get := func(name string) (string, string) {
		if v := env.Get(name); v != "" {
			return v, name
		}
		if v := file[name]; v != "" {
			return v, env.Tilde(path) + " " + name
		}
		return "", ""
	}
	for _, name := range []string{"GOPRIVATE", "GONOPROXY"} {
		if v, setting := get(name); v != "" && v != "none" {
			l.Private(setting, matcher(v))
		}
	}
	v, setting := get("GOPROXY")
	if v == "" {
		v, setting = official, "built-in"
	}
	r, err := proxies(v, setting, protocol.Mirror, func(entry string) error {
		if err := settings.CheckURL(setting, entry); err != nil {
			l.Notice(setting, "an entry of the list cannot be asked and is left out; what the others lack counts as unverified")
			return err
		}
		return nil
	}, true)
	if err != nil {
		r = protocol.Route{Reason: "no-registry", Setting: setting}
	}
	for i := range r.Roots {
		r.Roots[i] = l.Netrc(r.Roots[i])
	}
	l.Route = r
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

// claim notes what such a file says that lies in the scanned tree.
func claim(l *settings.Loader, path string, file map[string]string) {
	for _, name := range []string{"GOPRIVATE", "GONOPROXY"} {
		if v := file[name]; v != "" && v != "none" {
			l.ClaimPrivate(path+" "+name, matcher(v))
		}
	}
	for _, entry := range strings.FieldsFunc(file["GOPROXY"], func(c rune) bool { return c == ',' || c == '|' }) {
		if entry = strings.TrimSpace(entry); entry == "direct" || entry == "off" {
			return
		}
		if !strings.Contains(entry, "://") {
			entry = "https://" + entry
		}
		l.Claim(settings.Claim{Ecosystem: ecosystem.Golang, URL: settings.MakeRoot(ecosystem.Golang, entry, "").URL, Path: path, Line: 1, Key: "GOPROXY"})
	}
}

// proxies reads a GOPROXY list. direct and off end it: figment never fetches
// from an origin. Entries that check refuses are an error, or left out and
// remembered as unusable.
func proxies(list, setting string, kind protocol.Kind, check func(string) error, lenient bool) (protocol.Route, error) {
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
		root := settings.MakeRoot(ecosystem.Golang, entry, setting)
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
