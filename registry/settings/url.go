package settings

import (
	"encoding/base64"
	"net/url"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// CheckURL says what is wrong with a base URL, without showing it.
func CheckURL(name, v string) error {
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

// MakeRoot splits a URL from what it must not show.
func MakeRoot(eco ecosystem.Ecosystem, raw, setting string) protocol.Root {
	r := protocol.Root{Ecosystem: eco, Setting: setting}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Opaque != "" { // "user:password@host" is opaque
		return r
	}
	if u.User != nil {
		pass, _ := u.User.Password()
		r.Credential = Basic(u.User.Username(), pass)
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

// Basic is the credential of a user name and password.
func Basic(user, pass string) protocol.Credential {
	return protocol.Credential{Scheme: "Basic", Value: protocol.NewSecret(base64.StdEncoding.EncodeToString([]byte(user + ":" + pass)))}
}

// WithoutUser takes the credentials out of a URL, and leaves the rest as it is
// written.
func WithoutUser(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err == nil && u.User == nil && u.Opaque == "":
		return raw
	case err == nil && u.User != nil:
		u.User = nil
		return u.String()
	}
	// What is no URL, "https://x:${TOKEN}@host", "u:password@host", is cut by hand.
	at := strings.LastIndexByte(raw, '@')
	if at < 0 {
		return raw
	}
	if scheme, rest, ok := strings.Cut(raw, "://"); ok && len(rest) > len(raw)-at-1 {
		return scheme + "://" + raw[at+1:]
	}
	return raw[at+1:]
}
