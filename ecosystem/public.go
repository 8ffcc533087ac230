package ecosystem

import (
	"net/url"
	"strings"
)

// publicRoots are the known spellings of the public registries: host and path
// without a final slash. Scheme, default port and letter case are no part of
// them.
var publicRoots = []struct {
	Ecosystem Ecosystem
	Roots     []string
}{
	{NPM, []string{
		"registry.npmjs.org",
		"registry.npmjs.com",   // answers as the first does
		"registry.yarnpkg.com", // an alias that Yarn 1 writes into lock files
	}},
	{PyPI, []string{
		"pypi.org/simple",
		"pypi.python.org/simple", // its name until 2018, which redirects
	}},
	{Golang, []string{"proxy.golang.org"}},
}

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
	for _, row := range publicRoots {
		if row.Ecosystem != e {
			continue
		}
		for _, known := range row.Roots {
			if root == known {
				return true
			}
		}
	}
	return false
}
