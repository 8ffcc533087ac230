package settings_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/adapter/adaptertest"
	"figment/ecosystem/all"
	"figment/ecosystem/npm/local"
	"figment/registry/protocol"
	"figment/registry/settings"
)

const (
	officialNPM       = "https://registry.npmjs.org"
	officialPyPI      = "https://pypi.org/simple"
	officialGolang    = "https://proxy.golang.org"
	officialDownloads = "https://api.npmjs.org"
)

func load(t *testing.T, e settings.Env) *settings.Settings {
	t.Helper()
	return adaptertest.Load(t, e, adapter.Readers(all.Adapters())...)
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
	variables := map[ecosystem.Ecosystem]string{
		ecosystem.NPM: "FIGMENT_REGISTRY_NPM", ecosystem.PyPI: "FIGMENT_REGISTRY_PYPI", ecosystem.Golang: "FIGMENT_REGISTRY_GOLANG",
	}
	for _, c := range []struct {
		eco        ecosystem.Ecosystem
		v          string
		url        string // empty: an error
		kind       protocol.Kind
		credential string // user:password
	}{
		{ecosystem.NPM, "https://registry.npmjs.org", "https://registry.npmjs.org", protocol.Official, ""},
		{ecosystem.NPM, " https://registry.npmjs.org/ ", "https://registry.npmjs.org", protocol.Official, ""},
		{ecosystem.NPM, "HTTPS://Registry.NPMjs.org:443/", "https://registry.npmjs.org", protocol.Official, ""},
		{ecosystem.NPM, "https://registry.npmjs.org/copy", "https://registry.npmjs.org/copy", protocol.Mirror, ""},
		{ecosystem.NPM, "http://registry.npmjs.org", "http://registry.npmjs.org", protocol.Official, ""},
		{ecosystem.NPM, "http://127.0.0.1:8080/npm/", "http://127.0.0.1:8080/npm", protocol.Mirror, ""},
		{ecosystem.NPM, "http://[::1]:4873/", "http://[::1]:4873", protocol.Mirror, ""},
		{ecosystem.NPM, "https://u:secretpw@npm.corp.example/a/b//", "https://npm.corp.example/a/b", protocol.Mirror, "u:secretpw"},
		{ecosystem.NPM, "https://u:secret%40pw@npm.corp.example", "https://npm.corp.example", protocol.Mirror, "u:secret@pw"},
		{ecosystem.NPM, "https://secret@npm.corp.example/A%2fb", "https://npm.corp.example/A%2fb", protocol.Mirror, "secret:"},
		{ecosystem.PyPI, "https://pypi.org/simple/", "https://pypi.org/simple", protocol.Official, ""},
		{ecosystem.PyPI, "https://pypi.org", "https://pypi.org", protocol.Mirror, ""},
		{ecosystem.PyPI, "https://u:secretpw@pip.corp.example:8443/root/simple/", "https://pip.corp.example:8443/root/simple", protocol.Mirror, "u:secretpw"},
		{ecosystem.Golang, "proxy.golang.org", "https://proxy.golang.org", protocol.Official, ""},
		{ecosystem.Golang, "u:secretpw@go.corp.example/x/", "https://go.corp.example/x", protocol.Mirror, "u:secretpw"},
		{ecosystem.Golang, "file:///srv/goproxy/", "file:///srv/goproxy", protocol.Mirror, ""},
		{eco: ecosystem.NPM, v: "https://h.example/?q=secret"},
		{eco: ecosystem.NPM, v: "https://h.example/?"},
		{eco: ecosystem.NPM, v: "https://h.example/#secret"},
		{eco: ecosystem.NPM, v: "https://h.example/#"},
		{eco: ecosystem.NPM, v: "ftp://u:secret@h.example"},
		{eco: ecosystem.NPM, v: "https://"},
		{eco: ecosystem.NPM, v: "https://:8080/npm"},
		{eco: ecosystem.NPM, v: "https://u:secret@/npm"},
		{eco: ecosystem.NPM, v: "https:h.example"},
		{eco: ecosystem.NPM, v: "https://u:secret%zz@h.example"},
		{eco: ecosystem.NPM, v: "u:secret@h.example"},
		{eco: ecosystem.NPM, v: "registry.corp.example"},
		{eco: ecosystem.NPM, v: "file:///srv/npm"},
		{eco: ecosystem.NPM, v: "not a url"},
		{eco: ecosystem.PyPI, v: "https://h.example/simple?token=secret"},
		{eco: ecosystem.PyPI, v: "file:///srv/simple"},
		{eco: ecosystem.PyPI, v: "git+https://h.example"},
		{eco: ecosystem.Golang, v: "https://h.example?token=secret"},
		{eco: ecosystem.Golang, v: "https://a.example,ftp://u:secret@b.example"},
		{eco: ecosystem.Golang, v: "https://a.example|https://u:secret@/x|off"},
		{eco: ecosystem.Golang, v: "https://a.example,b.example#secret"},
	} {
		name := variables[c.eco]
		s, err := settings.Load(adaptertest.Env(nil, name+"="+c.v), adapter.Readers(all.Adapters()))
		if c.url == "" {
			var e *settings.Error
			if !errors.As(err, &e) || e.Setting != name || e.Text == "" || strings.Contains(fmt.Sprintf("%+v %#v", err, *e), "secret") {
				t.Errorf("%s=%q: error %v", name, c.v, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s=%q: %v", name, c.v, err)
			continue
		}
		route := s.Route(ecosystem.Package{Ecosystem: c.eco, Name: "x.example/y"})
		if len(route.Roots) != 1 {
			t.Errorf("%s=%q: %+v", name, c.v, route)
			continue
		}
		r := route.Roots[0]
		if r.URL != c.url || r.Kind != c.kind || r.Setting != name || r.Ecosystem != c.eco || route.Setting != name || route.Private {
			t.Errorf("%s=%q: %+v", name, c.v, route)
		}
		scheme, value := "", ""
		if c.credential != "" {
			scheme, value = "Basic", base64.StdEncoding.EncodeToString([]byte(c.credential))
		}
		if r.Credential.Scheme != scheme || r.Credential.Value.Reveal() != value {
			t.Errorf("%s=%q: the credential is not %q", name, c.v, c.credential)
		}
	}

	// An empty variable is none; a set one replaces every root of the user's
	// files, but not the scopes.
	files := map[string]string{"/home/u/.npmrc": "registry=https://file.example\n@acme:registry=https://acme.example\n//top.example/:_authToken=t\n"}
	if r := load(t, adaptertest.Env(files, "FIGMENT_REGISTRY_NPM= ")).Route(npmPkg("x")).Roots[0]; r.URL != "https://file.example" {
		t.Errorf("an empty variable: %+v", r)
	}
	s := load(t, adaptertest.Env(files, "FIGMENT_REGISTRY_NPM=https://top.example", "npm_config_registry=https://env.example",
		"FIGMENT_REGISTRY_PYPI=https://top.example/simple", "PIP_EXTRA_INDEX_URL=https://extra.example/simple", "PIP_NO_INDEX=1"))
	if r := s.Route(npmPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != "https://top.example" {
		t.Errorf("%+v", r)
	}
	if r := s.Route(npmPkg("@acme/x")); !r.Private || r.Roots[0].URL != "https://acme.example" {
		t.Errorf("%+v", r)
	}
	if r := s.Route(pypiPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != "https://top.example/simple" || r.Strategy != protocol.First {
		t.Errorf("%+v", r)
	}
	s = load(t, adaptertest.Env(nil, "FIGMENT_REGISTRY_NPM=http://127.0.0.1:1", "FIGMENT_REGISTRY_GOLANG=http://127.0.0.1:1,http://127.0.0.1:2", "FIGMENT_REGISTRY_KIND=official"))
	for _, r := range append(s.Route(npmPkg("x")).Roots, s.Route(goPkg("x.y/z")).Roots...) {
		if r.Kind != protocol.Official {
			t.Errorf("declared official, is %+v", r)
		}
	}
	var e *settings.Error
	if _, err := settings.Load(adaptertest.Env(nil, "FIGMENT_REGISTRY_KIND=real"), adapter.Readers(all.Adapters())); !errors.As(err, &e) || e.Setting != "FIGMENT_REGISTRY_KIND" {
		t.Errorf("an unknown kind: %v", err)
	}
}

// TestNPMClaims: what a repository writes is not expanded, and its userinfo is
// not repeated.
func TestNPMClaims(t *testing.T) {
	t.Setenv("TOKEN", "hidden")
	got := local.Claims("a/.npmrc", []byte("# c\n@evil:registry=https://evil.example/${TOKEN}/\nregistry=https://u:hidden@m.example/?t=hidden#hidden\n@${TOKEN}:registry=https://h.example\n"+
		"@opaque:registry=u:hidden@h.example\n@host:registry=https://${TOKEN}/\n//m.example/:_authToken=hidden\nuserconfig=/etc/x\n"))
	want := []settings.Claim{
		{Ecosystem: ecosystem.NPM, Scope: "@evil", URL: "https://evil.example/$%7BTOKEN%7D", Path: "a/.npmrc", Line: 2},
		{Ecosystem: ecosystem.NPM, Scope: "", URL: "https://m.example", Path: "a/.npmrc", Line: 3},
		{Ecosystem: ecosystem.NPM, Scope: "@${TOKEN}", URL: "https://h.example", Path: "a/.npmrc", Line: 4},
		{Ecosystem: ecosystem.NPM, Scope: "@opaque", URL: "(not a URL)", Path: "a/.npmrc", Line: 5},
		{Ecosystem: ecosystem.NPM, Scope: "@host", URL: "(not a URL)", Path: "a/.npmrc", Line: 6},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestNetrc(t *testing.T) {
	basic := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct{ netrc, url, value string }{
		{"machine pip.example login me password pw\n", "https://pip.example/simple", basic("me:pw")},
		{"machine pip.example\n\tpassword pw\n\tlogin me\n", "https://PIP.example:8443/simple", basic("me:pw")},
		{"machine other.example login o password o machine pip.example login me password pw", "https://pip.example", basic("me:pw")},
		{"machine pip.example login me password pw", "https://u:own@pip.example", basic("u:own")},
		{"machine pip.example login me password pw", "https://sub.pip.example", ""},
		{"machine pip.example login me password pw", officialPyPI, ""},
		{"machine pypi.org login me password pw", officialPyPI, ""},
		{"machine pip.example login me default login anonymous password pw", "https://pip.example", ""},
		{"machine pip.example login", "https://pip.example", ""},
	} {
		for file, vars := range map[string][]string{"/home/u/.netrc": nil, "/n": {"NETRC=/n"}} {
			s := load(t, adaptertest.Env(map[string]string{file: c.netrc}, append(vars, "PIP_INDEX_URL="+c.url, "GOPROXY="+strings.Replace(c.url, officialPyPI, officialGolang, 1))...))
			for _, r := range []protocol.Route{s.Route(pypiPkg("x")), s.Route(goPkg("x.y/z"))} {
				if r.Roots[0].Credential.Value.Reveal() != c.value {
					t.Errorf("%q for %s: the credential of %v is not %q", c.netrc, c.url, r.Roots[0].Ecosystem, c.value)
				}
			}
		}
	}
}

// TestSecrets: no form of printing shows a credential.
func TestSecrets(t *testing.T) {
	seeds := []string{"S3CRETa", "S3CRETb", "S3CRETc", "S3CRETd", "S3CRETe", "S3CRETf", "S3CRETg", "S3CRETh"}
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	files := map[string]string{
		"/home/u/.npmrc": "registry=https://u:S3CRETa@a.example/\n//b.example/:_authToken=${TOKEN}\n@s:registry=https://b.example\n" +
			"@t:registry=https://t.example\n//t.example/:_auth=" + b64("u:S3CRETc") + "\n@p:registry=https://p.example\n//p.example/:username=u\n//p.example/:_password=" + b64("S3CRETd") + "\n" +
			"@bad:registry=https://u:S3CRETe%zz@bad.example/?S3CRETe\n",
		"/home/u/.netrc":               "machine c.example login u password S3CRETf\n",
		"/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://c.example/simple\nextra-index-url = https://u:S3CRETg@x.example/simple\n  https://c.example/extra\n",
		"/home/u/.config/go/env":       "GOPROXY=https://u:S3CRETh@d.example|c.example,https://d.example?S3CRETh\n",
	}
	forbidden := []string{"S3CRET", "UzNDUkVU"}
	for _, x := range seeds {
		forbidden = append(forbidden, b64("u:"+x), b64(x))
	}
	check := func(what string, v any) {
		t.Helper()
		text := fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v)
		if j, err := json.Marshal(v); err == nil {
			text += string(j)
		}
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		text += b.String()
		for _, x := range forbidden {
			if strings.Contains(text, x) || strings.Contains(text, hex.EncodeToString([]byte(x))) {
				t.Errorf("%s: %q shows in %T", what, x, v)
			}
		}
	}
	s := load(t, adaptertest.Env(files, "TOKEN=S3CRETb"))
	check("settings", s)
	check("settings", *s)
	check("settings", struct {
		S *settings.Settings
		s settings.Settings
	}{s, *s})
	revealed := ""
	for _, p := range []ecosystem.Package{npmPkg("x"), npmPkg("@s/x"), npmPkg("@t/x"), npmPkg("@p/x"), npmPkg("@bad/x"), pypiPkg("x"), goPkg("x.y/z")} {
		r := s.Route(p)
		check(p.Name, r)
		check(p.Name, &r)
		check(p.Name, map[string]any{"route": r})
		for _, root := range r.Roots {
			check(p.Name, root)
			check(p.Name, &root)
			check(p.Name, root.Credential)
			check(p.Name, root.Credential.Value)
			check(p.Name, &root.Credential.Value)
			revealed += root.Credential.Value.Reveal() + " "
		}
		setting, _ := s.Private(p)
		check(p.Name, setting)
	}
	// The seeds did take part.
	for _, want := range []string{b64("u:S3CRETa"), "S3CRETb", b64("u:S3CRETc"), b64("u:S3CRETd"), b64("u:S3CRETf"), b64("u:S3CRETg"), b64("u:S3CRETh")} {
		if !strings.Contains(revealed, want) {
			t.Errorf("%q became no credential", want)
		}
	}
	for _, v := range []string{
		"https://u:S3CRETa@h.example/?S3CRETb", "https://u:S3CRETa@h.example/#S3CRETb", "S3CRETa://h.example", "ftp://u:S3CRETa@h.example",
		"https://u:S3CRETa%zz@h.example", "https://u:S3CRETa@/x", "u:S3CRETa@h.example?", "https://u:S3CRETa@h.example:port/", "https://h.example/S3CRETa\x7f",
	} {
		for _, name := range []string{"FIGMENT_REGISTRY_NPM", "FIGMENT_REGISTRY_PYPI", "FIGMENT_REGISTRY_GOLANG", "FIGMENT_REGISTRY_KIND"} {
			s, err := settings.Load(adaptertest.Env(files, "TOKEN=S3CRETb", name+"="+v), adapter.Readers(all.Adapters()))
			if err == nil {
				t.Errorf("%s=%q was taken", name, v)
			}
			check(name, err)
			check(name, fmt.Errorf("loading: %w", err))
			check(name, s)
		}
	}
}

func TestTrusted(t *testing.T) {
	s := load(t, adaptertest.Env(nil, "PIP_INDEX_URL=https://pip.corp.example/simple"))
	s.Allow([]string{"allowed.example", "https://whole.example:8443/npm/"})
	if !s.Trusted(ecosystem.NPM, "https://whole.example:8443/npm") || s.Trusted(ecosystem.NPM, "https://whole.example/npm") {
		t.Error("a registry is allowed by its URL")
	}
	if err := s.MarkPrivate([]string{"npm:@acme/*", "acme-*"}); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkPrivate([]string{"npn:@acme/*"}); err == nil {
		t.Error("a pattern of no ecosystem is accepted")
	}
	for url, want := range map[string]bool{
		"https://pypi.org/simple/": true, "https://pip.corp.example/simple": true, "https://allowed.example/x": true, "https://evil.example/simple": false, "corp": false,
	} {
		if got := s.Trusted(ecosystem.PyPI, url); got != want {
			t.Errorf("%s is trusted: %v", url, got)
		}
	}
	for name, want := range map[string]bool{"@acme/x": true, "@ACME/x": true, "acme-y": true, "left-pad": false} {
		if _, ok := s.Private(npmPkg(name)); ok != want {
			t.Errorf("%s is private: %v", name, ok)
		}
	}
	if r := s.Route(ecosystem.Package{Ecosystem: ecosystem.Cargo, Name: "serde"}); len(r.Roots) != 0 || r.Reason != "unsupported" {
		t.Errorf("%+v", r)
	}
}

// TestSilentSources: what is left out is not forgotten. Nothing of its value
// shows.
func TestSilentSources(t *testing.T) {
	const conf = "/home/u/.config/pip/pip.conf"
	one := "https://one.example/simple"
	for name, c := range map[string]struct {
		files    map[string]string
		vars     []string
		pkg      ecosystem.Package
		roots    int
		unusable string // setting
		notices  int
	}{
		"all usable":         {nil, []string{"PIP_EXTRA_INDEX_URL=" + one}, pypiPkg("x"), 2, "", 0},
		"no scheme":          {nil, []string{"PIP_EXTRA_INDEX_URL=pip.corp.example/S3CRET"}, pypiPkg("x"), 1, "PIP_EXTRA_INDEX_URL", 1},
		"one of two":         {nil, []string{"PIP_EXTRA_INDEX_URL=" + one + " ${S3CRET}"}, pypiPkg("x"), 2, "PIP_EXTRA_INDEX_URL", 1},
		"query":              {map[string]string{conf: "[global]\nextra-index-url = https://a.example/?t=S3CRET\n  " + one}, nil, pypiPkg("x"), 2, "~/.config/pip/pip.conf:2", 1},
		"uv":                 {nil, []string{"UV_INDEX=corp=ssh://S3CRET@h.example"}, pypiPkg("x"), 1, "UV_INDEX", 1},
		"default replaced":   {nil, []string{"PIP_EXTRA_INDEX_URL=S3CRET", "FIGMENT_REGISTRY_PYPI=" + one}, pypiPkg("x"), 1, "PIP_EXTRA_INDEX_URL", 1},
		"main index":         {nil, []string{"PIP_INDEX_URL=S3CRET"}, pypiPkg("x"), 0, "", 1},
		"go":                 {nil, []string{"GOPROXY=https://a.example,ftp://u:S3CRET@b.example"}, goPkg("x.y/z"), 1, "GOPROXY", 1},
		"go twice":           {nil, []string{"GOPROXY=https://u:S3CRET@/x|https://a.example|https://b.example?S3CRET,direct"}, goPkg("x.y/z"), 1, "GOPROXY", 2},
		"go, after direct":   {nil, []string{"GOPROXY=https://a.example,direct,ftp://b.example"}, goPkg("x.y/z"), 1, "", 0},
		"go, none usable":    {nil, []string{"GOPROXY=ftp://b.example"}, goPkg("x.y/z"), 0, "GOPROXY", 1},
		"go env file":        {map[string]string{"/home/u/.config/go/env": "GOPROXY=a.example,https://b.example#S3CRET"}, nil, goPkg("x.y/z"), 1, "~/.config/go/env GOPROXY", 1},
		"npm":                {nil, []string{"npm_config_registry=S3CRET"}, npmPkg("x"), 0, "", 1},
		"npm scope":          {nil, []string{"npm_config_@acme:registry=S3CRET"}, npmPkg("@acme/x"), 0, "", 1},
		"nothing out of use": {nil, nil, npmPkg("x"), 1, "", 0},
	} {
		s := load(t, adaptertest.Env(c.files, c.vars...))
		r := s.Route(c.pkg)
		if len(r.Roots) != c.roots || r.Unusable != c.unusable || (c.roots == 0) != (r.Reason == "no-registry") {
			t.Errorf("%s: %+v", name, r)
		}
		if got := s.Notices(); len(got) != c.notices || strings.Contains(fmt.Sprint(got), "S3CRET") {
			t.Errorf("%s: notices %q", name, got)
		}
		if c.unusable != "" && !strings.HasPrefix(s.Notices()[0], c.unusable+": ") {
			t.Errorf("%s: notices %q", name, s.Notices())
		}
	}
}

// TestVariablesUseFiles: a root that a variable names gets the credential that
// the user's files hold for that URL, and no other.
func TestVariablesUseFiles(t *testing.T) {
	basic := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	files := map[string]string{
		"/home/u/.npmrc":               "registry=https://u:inline@inline.example\n//npm.example/a/:_authToken=bound\n//npm.example/b/:_authToken=other\n",
		"/home/u/.netrc":               "machine pip.example login u password net\nmachine npm.example login u password net\nmachine go.example login u password net\nmachine proxy.golang.org login u password net\n",
		"/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://u:conf@conf.example/simple\n",
	}
	for _, c := range []struct {
		v, value string
		pkg      ecosystem.Package
	}{
		{"FIGMENT_REGISTRY_NPM=https://npm.example/a/x", "bound", npmPkg("x")},
		{"FIGMENT_REGISTRY_NPM=https://npm.example/c", "", npmPkg("x")},
		{"FIGMENT_REGISTRY_NPM=https://npm.example:8443/a", "", npmPkg("x")},
		{"FIGMENT_REGISTRY_NPM=https://inline.example/", basic("u:inline"), npmPkg("x")},
		{"FIGMENT_REGISTRY_NPM=https://inline.example/deeper", "", npmPkg("x")},
		{"FIGMENT_REGISTRY_NPM=https://u:own@npm.example/a", basic("u:own"), npmPkg("x")},
		{"FIGMENT_REGISTRY_PYPI=https://pip.example/simple", basic("u:net"), pypiPkg("x")},
		{"FIGMENT_REGISTRY_PYPI=https://conf.example/simple", basic("u:conf"), pypiPkg("x")},
		{"FIGMENT_REGISTRY_PYPI=https://other.example/simple", "", pypiPkg("x")},
		{"FIGMENT_REGISTRY_GOLANG=https://go.example|https://other.example", basic("u:net"), goPkg("x.y/z")},
		{"FIGMENT_REGISTRY_GOLANG=https://other.example,https://go.example", "", goPkg("x.y/z")},
		{"FIGMENT_REGISTRY_GOLANG=" + officialGolang, "", goPkg("x.y/z")},
	} {
		for _, kind := range []string{"", "FIGMENT_REGISTRY_KIND=official"} {
			if r := load(t, adaptertest.Env(files, c.v, kind)).Route(c.pkg); r.Roots[0].Credential.Value.Reveal() != c.value {
				t.Errorf("%s %s: the credential is not %q", c.v, kind, c.value)
			}
		}
	}
}

// TestDownloads: statistics are asked of whom the variable names, else only
// where packages come from the public registry itself.
func TestDownloads(t *testing.T) {
	const name = "FIGMENT_NPM_DOWNLOADS_URL="
	rc := map[string]string{"/home/u/.npmrc": "@acme:registry=https://acme.example\n@pub:registry=" + officialNPM + "\n//stats.example/:_authToken=t\n//api.npmjs.org/:_authToken=t"}
	for _, c := range []struct {
		vars []string
		pkg  string
		url  string
	}{
		{nil, "x", officialDownloads},
		{nil, "@other/x", officialDownloads},
		{nil, "@pub/x", officialDownloads},
		{nil, "@acme/x", ""},
		{[]string{"npm_config_registry=https://mirror.example"}, "x", ""},
		{[]string{"npm_config_registry=https://mirror.example"}, "@pub/x", ""},
		{[]string{"npm_config_registry=bad"}, "x", ""},
		{[]string{"FIGMENT_REGISTRY_NPM=http://127.0.0.1:1"}, "x", ""},
		{[]string{"FIGMENT_REGISTRY_NPM=http://127.0.0.1:1", "FIGMENT_REGISTRY_KIND=official"}, "x", ""}, // a replica sends nobody elsewhere
		{[]string{"FIGMENT_REGISTRY_NPM=" + officialNPM + "/"}, "x", officialDownloads},
		{[]string{name + "http://127.0.0.1:1/stats/"}, "x", "http://127.0.0.1:1/stats"},
		{[]string{name + "http://127.0.0.1:1/downloads"}, "x", "http://127.0.0.1:1"},
		{[]string{name + "https://u:pw@stats.example", "FIGMENT_REGISTRY_NPM=http://127.0.0.1:1"}, "x", "https://stats.example"},
		{[]string{name + "https://stats.example"}, "@acme/x", ""},
	} {
		r := load(t, adaptertest.Env(rc, c.vars...)).Route(npmPkg(c.pkg))
		if r.Downloads.URL != c.url {
			t.Errorf("%s %v: %+v", c.pkg, c.vars, r.Downloads)
		}
		if own := strings.Contains(strings.Join(c.vars, ""), "u:pw@"); r.Downloads.Credential.Value.Set() != own {
			t.Errorf("%s %v: credential %v", c.pkg, c.vars, !own)
		}
	}
	if r := load(t, adaptertest.Env(nil)).Route(pypiPkg("x")); r.Downloads.URL != "" {
		t.Errorf("PyPI: %+v", r)
	}
	for _, v := range []string{"stats.example", "ftp://S3CRET@h", "https://h/?S3CRET", "file:///S3CRET"} {
		var e *settings.Error
		if _, err := settings.Load(adaptertest.Env(nil, name+v), adapter.Readers(all.Adapters())); !errors.As(err, &e) || e.Setting != "FIGMENT_NPM_DOWNLOADS_URL" || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%s: %v", v, err)
		}
	}
}
