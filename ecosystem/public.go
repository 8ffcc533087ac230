package ecosystem

import (
	"net/url"
	"slices"
	"strings"
)

// PublicRegistry reports whether raw is one of the known spellings of e's
// public registry: http or https, with or without the default port, credentials
// and final slashes. What lies below the registry is not the registry.
func PublicRegistry(e Ecosystem, raw string) bool {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	port := map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	if port == "" || u.Port() != "" && u.Port() != port {
		return false
	}
	root := strings.ToLower(u.Hostname()) + strings.TrimRight(u.EscapedPath(), "/")
	r := find(e)
	return r != nil && slices.Contains(r.Public, root)
}
