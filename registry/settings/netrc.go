package settings

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"figment/registry/protocol"
)

// withNetrc adds the credential that .netrc has for the root's host.
func (s *Settings) withNetrc(r protocol.Root) protocol.Root {
	u, err := url.Parse(r.URL)
	if err != nil || r.Credential.Value.Set() || slices.Contains(s.officials, r.URL) {
		return r
	}
	if c, ok := s.netrc[u.Hostname()]; ok {
		r.Credential = c
	}
	return r
}

// readNetrc reads the user's .netrc: host → credential.
func readNetrc(env *Env) map[string]protocol.Credential {
	file := env.Get("NETRC")
	if file == "" {
		name := ".netrc"
		if env.GOOS == "windows" {
			name = "_netrc"
		}
		file = filepath.Join(env.Home, name)
	}
	out := map[string]protocol.Credential{}
	text, ok := env.Read(file) // one that the scanned tree holds has no credential of the user's
	if !ok {
		return out
	}
	words := strings.Fields(text)
	machine, login, password := "", "", ""
	keep := func() { // login and password come in either order
		if _, have := out[machine]; !have && machine != "" && password != "" {
			out[machine] = Basic(login, password)
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
