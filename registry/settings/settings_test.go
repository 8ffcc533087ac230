package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"figment/ecosystem"
)

func env(files map[string]string, vars ...string) Env {
	return Env{
		Environ: vars, Home: "/home/u", ConfigDir: "/home/u/.config", GOOS: "linux",
		ReadFile: func(f string) ([]byte, error) {
			if text, ok := files[f]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func load(t *testing.T, e Env) *Settings {
	t.Helper()
	s, err := Load(e)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func npmPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}
}
func pypiPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: name}
}
func goPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name}
}

func TestVariables(t *testing.T) {
	for _, c := range []struct {
		v    string
		url  string // empty: an error
		kind Kind
	}{
		{"https://registry.npmjs.org", "https://registry.npmjs.org", Official},
		{"https://registry.npmjs.org/", "https://registry.npmjs.org", Official},
		{"http://127.0.0.1:8080/npm/", "http://127.0.0.1:8080/npm", Mirror},
		{"https://u:secretpw@npm.corp.example/a/b//", "https://npm.corp.example/a/b", Mirror},
		{"https://h.example/?q=1", "", 0},
		{"https://h.example/#f", "", 0},
		{"ftp://h.example", "", 0},
		{"https://", "", 0},
		{"not a url", "", 0},
	} {
		s, err := Load(env(nil, "FIGMENT_REGISTRY_NPM="+c.v))
		if c.url == "" {
			var e *Error
			if !errors.As(err, &e) || e.Setting != "FIGMENT_REGISTRY_NPM" || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: error %v", c.v, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.v, err)
			continue
		}
		r := s.Route(npmPkg("x")).Roots[0]
		if r.URL != c.url || r.Kind != c.kind || r.Setting != "FIGMENT_REGISTRY_NPM" {
			t.Errorf("%q: %+v", c.v, r)
		}
		if strings.Contains(c.v, "secretpw") && (!r.Credential.Value.Set() || r.Credential.Scheme != "Basic") {
			t.Errorf("%q: the userinfo became no credential", c.v)
		}
	}
	s := load(t, env(nil, "FIGMENT_REGISTRY_NPM=http://127.0.0.1:1", "FIGMENT_REGISTRY_KIND=official"))
	if r := s.Route(npmPkg("x")).Roots[0]; r.Kind != Official {
		t.Errorf("declared official, is %v", r.Kind)
	}
	if _, err := Load(env(nil, "FIGMENT_REGISTRY_KIND=real")); err == nil {
		t.Error("an unknown kind was taken")
	}
}

func TestGoProxy(t *testing.T) {
	for _, c := range []struct {
		v     string
		roots []string
		fall  []bool
	}{
		{"https://a.example,https://b.example", []string{"https://a.example", "https://b.example"}, []bool{false, false}},
		{"https://a.example|b.example,direct", []string{"https://a.example", "https://b.example"}, []bool{true, false}},
		{"off", nil, nil},
		{"direct", nil, nil},
		{"", []string{officialGolang}, []bool{false}},
	} {
		r := load(t, env(nil, "GOPROXY="+c.v)).Route(goPkg("x.y/z"))
		if len(r.Roots) != len(c.roots) {
			t.Errorf("%q: %+v", c.v, r)
			continue
		}
		for i := range c.roots {
			if r.Roots[i].URL != c.roots[i] || r.Roots[i].FallThrough != c.fall[i] {
				t.Errorf("%q: root %d is %+v", c.v, i, r.Roots[i])
			}
		}
		if len(c.roots) == 0 && r.Reason != "no-registry" {
			t.Errorf("%q: reason %q", c.v, r.Reason)
		}
	}
	files := map[string]string{"/home/u/.config/go/env": "GOPROXY=https://file.example\nGOPRIVATE=git.acme.example,*.corp.example\n"}
	s := load(t, env(files))
	if r := s.Route(goPkg("x.y/z")); r.Roots[0].URL != "https://file.example" {
		t.Errorf("the go env file was not read: %+v", r)
	}
	for name, want := range map[string]bool{"git.acme.example/a": true, "x.corp.example/b/c": true, "github.com/a/b": false} {
		if _, ok := s.Private(goPkg(name)); ok != want {
			t.Errorf("%s is private: %v", name, ok)
		}
	}
	if r := load(t, env(files, "GOENV=off")).Route(goPkg("x.y/z")); r.Roots[0].URL != officialGolang {
		t.Errorf("GOENV=off was not heeded: %+v", r)
	}
}

func TestNPM(t *testing.T) {
	files := map[string]string{"/home/u/.npmrc": `
registry=https://file.example/npm/
@acme:registry=https://npm.acme.example/
//npm.acme.example/:_authToken=${TOKEN}
//file.example/npm/:_authToken=${UNSET}
`}
	s := load(t, env(files, "TOKEN=hidden-token"))
	r := s.Route(npmPkg("left-pad"))
	if r.Roots[0].URL != "https://file.example/npm" || r.Roots[0].Setting != "~/.npmrc:2" || r.Private || r.Roots[0].Credential.Value.Set() {
		t.Errorf("default route %+v", r)
	}
	r = s.Route(npmPkg("@acme/x"))
	if !r.Private || r.Roots[0].URL != "https://npm.acme.example" || r.Roots[0].Credential.Value.Reveal() != "hidden-token" {
		t.Errorf("scope route %+v", r)
	}
	if setting, ok := s.Private(npmPkg("@acme/x")); !ok || !strings.Contains(setting, "~/.npmrc:3") {
		t.Errorf("@acme/x is private by %q, %v", setting, ok)
	}
	if r := load(t, env(files, "NPM_CONFIG_REGISTRY=https://env.example")).Route(npmPkg("x")); r.Roots[0].URL != "https://env.example" {
		t.Errorf("the variable did not win: %+v", r)
	}
	claims := NPMClaims("a/.npmrc", []byte("@evil:registry=https://evil.example/${TOKEN}/\n"))
	if len(claims) != 1 || strings.Contains(claims[0].URL, "hidden") || claims[0].Scope != "@evil" || claims[0].Line != 1 {
		t.Errorf("claims %+v", claims)
	}
}

func TestPip(t *testing.T) {
	files := map[string]string{
		"/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://u:pw@pip.corp.example/simple/\nextra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n",
	}
	r := load(t, env(files)).Route(pypiPkg("x"))
	if len(r.Roots) != 3 || r.Strategy != AllOf || r.Roots[0].URL != "https://pip.corp.example/simple" || !r.Roots[0].Credential.Value.Set() || r.Roots[2].URL != "https://two.example/simple" {
		t.Errorf("%+v", r)
	}
	if r := load(t, env(files, "PIP_INDEX_URL=https://env.example/simple", "PIP_CONFIG_FILE=/dev/null")).Route(pypiPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != "https://env.example/simple" {
		t.Errorf("%+v", r)
	}
	if r := load(t, env(nil, "PIP_NO_INDEX=1")).Route(pypiPkg("x")); len(r.Roots) != 0 || r.Reason == "" {
		t.Errorf("%+v", r)
	}
	if r := load(t, env(nil)).Route(pypiPkg("x")); r.Roots[0].Kind != Official || r.Roots[0].URL != officialPyPI {
		t.Errorf("%+v", r)
	}
	s := load(t, env(map[string]string{"/home/u/.netrc": "machine pip.example login me password netrc-pw\n"}, "PIP_INDEX_URL=https://pip.example/simple"))
	if !s.Route(pypiPkg("x")).Roots[0].Credential.Value.Set() {
		t.Error("the credential of .netrc was not found")
	}
}

// TestSecrets: no form of printing shows a credential.
func TestSecrets(t *testing.T) {
	files := map[string]string{
		"/home/u/.npmrc": "registry=https://user:S3CRET@a.example/\n//b.example/:_authToken=S3CRET\n@s:registry=https://b.example\n",
		"/home/u/.netrc": "machine c.example login l password S3CRET\n",
	}
	s := load(t, env(files, "PIP_INDEX_URL=https://u:S3CRET@c.example/simple", "GOPROXY=https://u:S3CRET@d.example"))
	for _, v := range []any{s, *s, s.Route(npmPkg("x")), s.Route(npmPkg("@s/x")), s.Route(pypiPkg("x")), s.Route(goPkg("x.y/z")), s.Route(npmPkg("x")).Roots[0].Credential} {
		text := fmt.Sprintf("%v %+v %#v %s", v, v, v, v)
		if j, err := json.Marshal(v); err == nil {
			text += string(j)
		}
		if strings.Contains(text, "S3CRET") || strings.Contains(text, "UzNDUkVU") {
			t.Errorf("a credential shows in %T", v)
		}
	}
}

func TestTrusted(t *testing.T) {
	s := load(t, env(nil, "PIP_INDEX_URL=https://pip.corp.example/simple"))
	s.Allow([]string{"allowed.example"})
	s.MarkPrivate([]string{"npm:@acme/*", "acme-*"})
	for url, want := range map[string]bool{
		"https://pypi.org/simple/": true, "https://pip.corp.example/simple": true, "https://allowed.example/x": true, "https://evil.example/simple": false, "corp": false,
	} {
		if got := s.Trusted(ecosystem.PyPI, url); got != want {
			t.Errorf("%s is trusted: %v", url, got)
		}
	}
	for name, want := range map[string]bool{"@acme/x": true, "acme-y": true, "left-pad": false} {
		if _, ok := s.Private(npmPkg(name)); ok != want {
			t.Errorf("%s is private: %v", name, ok)
		}
	}
	if r := s.Route(ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: "serde"}); len(r.Roots) != 0 || r.Reason != "unsupported" {
		t.Errorf("%+v", r)
	}
}
