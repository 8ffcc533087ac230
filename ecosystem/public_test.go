package ecosystem

import "testing"

func TestPublicRegistry(t *testing.T) {
	for _, c := range []struct {
		e    Ecosystem
		url  string
		want bool
	}{
		{NPM, "https://registry.npmjs.org", true},
		{NPM, "https://registry.npmjs.org/", true},
		{NPM, "http://registry.npmjs.org", true},
		{NPM, "https://registry.npmjs.org:443/", true},
		{NPM, "http://registry.npmjs.org:80", true},
		{NPM, "HTTPS://Registry.NPMJS.org//", true},
		{NPM, "https://registry.yarnpkg.com/", true},
		{NPM, "https://registry.npmjs.com", true},
		{NPM, "https://user:pw@registry.npmjs.org/", true},
		{NPM, " https://registry.npmjs.org ", true},
		{PyPI, "https://pypi.org/simple/", true},
		{PyPI, "http://pypi.org/simple", true},
		{PyPI, "https://pypi.python.org/simple/", true},
		{Golang, "https://proxy.golang.org", true},

		{NPM, "https://registry.npmjs.org:8443", false},
		{NPM, "https://registry.npmjs.org:80", false},
		{NPM, "https://registry.npmjs.org.evil.example", false},
		{NPM, "https://registry.npmjs.org@evil.example", false},
		{NPM, "https://registry.npmjs.org/react", false},
		{NPM, "https://registry.npmjs.org?x=1", false},
		{NPM, "https://npm.pkg.github.com", false},
		{NPM, "registry.npmjs.org", false},
		{NPM, "ftp://registry.npmjs.org", false},
		{NPM, "", false},
		{PyPI, "https://pypi.org", false},
		{PyPI, "https://test.pypi.org/simple", false},
		{PyPI, "https://pypi.org/simple/../../corp", false},
		{PyPI, "https://registry.npmjs.org", false},
		{Unknown, "https://registry.npmjs.org", false},
		{Cargo, "https://index.crates.io", false},
	} {
		if got := PublicRegistry(c.e, c.url); got != c.want {
			t.Errorf("%s %q: %v, want %v", c.e, c.url, got, c.want)
		}
	}
}
