package npm_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter/adaptertest"
	"figment/ecosystem/npm"
	"figment/registry/protocol"
	"figment/registry/settings"
)

const officialNPM = "https://registry.npmjs.org"

func load(t *testing.T, e settings.Env) *settings.Settings {
	t.Helper()
	return adaptertest.Load(t, e, npm.Adapter().Settings)
}

func npmPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}
}

func TestNPM(t *testing.T) {
	files := map[string]string{"/home/u/.npmrc": `
registry=https://file.example/npm/
@acme:registry=https://npm.acme.example/
//npm.acme.example/:_authToken=${TOKEN}
//file.example/npm/:_authToken=${UNSET}
`}
	s := load(t, adaptertest.Env(files, "TOKEN=hidden-token"))
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
	if r := load(t, adaptertest.Env(files, "NPM_CONFIG_REGISTRY=https://env.example")).Route(npmPkg("x")); r.Roots[0].URL != "https://env.example" {
		t.Errorf("the variable did not win: %+v", r)
	}
}

// TestNPMSources: which of several settings is the one.
func TestNPMSources(t *testing.T) {
	user := map[string]string{"/home/u/.npmrc": "registry=https://user.example", "/etc/npmrc": "registry=https://global.example\n@g:registry=https://g.example", "/p/etc/npmrc": "registry=https://prefix.example"}
	global := map[string]string{"/etc/npmrc": user["/etc/npmrc"], "/p/etc/npmrc": user["/p/etc/npmrc"]}
	rc := func(text string) map[string]string { return map[string]string{"/home/u/.npmrc": text} }
	for name, c := range map[string]struct {
		files map[string]string
		vars  []string
		pkg   string
		url   string // empty: nobody is asked
		by    string
	}{
		"nothing":         {nil, nil, "x", officialNPM, "built-in"},
		"lower case":      {user, []string{"npm_config_registry=https://env.example"}, "x", "https://env.example", "npm_config_registry"},
		"upper case":      {user, []string{"NPM_CONFIG_REGISTRY=https://env.example"}, "x", "https://env.example", "npm_config_registry"},
		"mixed case":      {user, []string{"Npm_Config_Registry=https://env.example"}, "x", "https://env.example", "npm_config_registry"},
		"empty variable":  {user, []string{"npm_config_registry="}, "x", "https://user.example", "~/.npmrc:1"},
		"scope variable":  {user, []string{"npm_config_@acme:registry=https://acme.example"}, "@acme/x", "https://acme.example", "npm_config @acme:registry"},
		"user over":       {user, []string{"npm_config_globalconfig=/etc/npmrc"}, "x", "https://user.example", "~/.npmrc:1"},
		"global":          {global, []string{"npm_config_globalconfig=/etc/npmrc"}, "x", "https://global.example", "/etc/npmrc:1"},
		"global scope":    {user, []string{"npm_config_globalconfig=/etc/npmrc"}, "@g/x", "https://g.example", "/etc/npmrc:2 @g:registry"},
		"prefix":          {global, []string{"NPM_CONFIG_PREFIX=/p"}, "x", "https://prefix.example", "/p/etc/npmrc:1"},
		"userconfig":      {global, []string{"NPM_CONFIG_USERCONFIG=/etc/npmrc"}, "x", "https://global.example", "/etc/npmrc:1"},
		"last line":       {rc("registry=https://one.example\nregistry=https://two.example"), nil, "x", "https://two.example", "~/.npmrc:2"},
		"comments":        {rc("\ufeff; a\n# b\nregistry = https://a.example/ ; corp"), nil, "x", "https://a.example", "~/.npmrc:3"},
		"hash":            {rc("@acme:registry=https://a.example # corp"), nil, "@acme/x", "https://a.example", "~/.npmrc:1 @acme:registry"},
		"quotes":          {rc(`registry="https://a.example/"`), nil, "x", "https://a.example", "~/.npmrc:1"},
		"single quotes":   {rc(`registry='https://a.example/'`), nil, "x", "https://a.example", "~/.npmrc:1"},
		"section":         {rc("[other]\nregistry=https://a.example"), nil, "x", officialNPM, "built-in"},
		"expanded":        {rc("registry=https://${HOST}/${DIR}/"), []string{"HOST=h.example", "DIR=npm"}, "x", "https://h.example/npm", "~/.npmrc:1"},
		"set but empty":   {rc("registry=https://h.example/${DIR}"), []string{"DIR="}, "x", "https://h.example", "~/.npmrc:1"},
		"optional":        {rc("registry=https://h.example/${DIR?}"), nil, "x", "https://h.example", "~/.npmrc:1"},
		"unset":           {rc("registry=https://h.example/${DIR}"), nil, "x", "https://h.example/$%7BDIR%7D", "~/.npmrc:1"},
		"unset host":      {rc("registry=https://${HOST}/"), nil, "x", "", "~/.npmrc:1"},
		"unset scope":     {rc("@acme:registry=https://${HOST}/"), nil, "@acme/x", "", "~/.npmrc:1 @acme:registry"},
		"other scope":     {rc("@acme:registry=https://a.example/"), nil, "@acmex/x", officialNPM, "built-in"},
		"scope of public": {rc("registry=https://m.example\n@types:registry=" + officialNPM + "/"), nil, "@types/x", officialNPM, "~/.npmrc:2 @types:registry"},
	} {
		s := load(t, adaptertest.Env(c.files, c.vars...))
		r := s.Route(npmPkg(c.pkg))
		got := ""
		if len(r.Roots) > 0 {
			got = r.Roots[0].URL
		}
		if got != c.url || r.Setting != c.by || (got == "") != (r.Reason == "no-registry") {
			t.Errorf("%s: %+v", name, r)
		}
		// A name of a scope that is not public stays in, whatever becomes of
		// its URL.
		want := strings.HasSuffix(c.by, ":registry") && c.url != officialNPM
		if _, ok := s.Private(npmPkg(c.pkg)); ok != want || r.Private != want {
			t.Errorf("%s: private %v, its route %v", name, ok, r.Private)
		}
	}
}

// TestNPMCredentials: a credential goes to the URL it is bound to, the longest
// path first.
func TestNPMCredentials(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	const tokens = "\n//h.example/:_authToken=top\n//h.example/a/:_authToken=mid\n//h.example/a/b/:_authToken=deep\n//h.example:8443/:_authToken=port\n"
	for _, c := range []struct{ registry, rc, scheme, value string }{
		{"https://h.example", tokens, "Bearer", "top"},
		{"https://h.example/x/y/", tokens, "Bearer", "top"},
		{"https://h.example/a", tokens, "Bearer", "mid"},
		{"https://h.example/a/bc", tokens, "Bearer", "mid"},
		{"https://h.example/a/b", tokens, "Bearer", "deep"},
		{"https://h.example/a/b/c/", tokens, "Bearer", "deep"},
		{"https://h.example/ab", tokens, "Bearer", "top"},
		{"https://h.example:8443/a", tokens, "Bearer", "port"},
		{"https://H.Example/a", tokens, "Bearer", "mid"},
		{"https://h.example:9000/a", tokens, "", ""},
		{"https://evil.example/h.example/a", tokens, "", ""},
		{"https://h.example.evil.example/a", tokens, "", ""},
		{"https://sub.h.example/a", tokens, "", ""},
		{"https://u:p@h.example/a", tokens, "Basic", b64("u:p")},
		{"https://h.example", "\n_authToken=loose", "", ""},
		{"https://h.example", "\n//h.example/:_auth=" + b64("u:p"), "Basic", b64("u:p")},
		{"https://h.example", "\n//h.example/:username=u\n//h.example/:_password=" + b64("p"), "Basic", b64("u:p")},
		{"https://h.example", "\n//h.example/:username=u\n//h.example/:_password=%", "", ""},
		{"https://h.example", "\n//h.example/:username=u", "", ""},
		{"https://h.example", "\n//h.example/:_authToken=${TOKEN}", "Bearer", "from-env"},
		{"https://h.example", "\n//h.example/:_authToken=a-${TOKEN}-z", "Bearer", "a-from-env-z"},
		{"https://h.example", "\n//h.example/:_authToken=${UNSET}", "", ""},
		{"https://h.example", "\n//h.example/:_auth=${UNSET}", "", ""},
		{"https://h.example", "\n//h.example/:_authToken=\\${TOKEN}", "", ""},
		{"https://h.example", "\n//h.example/:_authToken=old\n//h.example/:_authToken=new", "Bearer", "new"},
		{"https://h.example/a", "\n//h.example/:_authToken=top\n//h.example/a/:_authToken=${UNSET}", "Bearer", "top"},
	} {
		for _, scope := range []string{"", "@acme:"} {
			files := map[string]string{"/home/u/.npmrc": scope + "registry=" + c.registry + c.rc}
			r := load(t, adaptertest.Env(files, "TOKEN=from-env")).Route(npmPkg("@acme/x"))
			if len(r.Roots) != 1 || r.Roots[0].Credential.Scheme != c.scheme || r.Roots[0].Credential.Value.Reveal() != c.value {
				t.Errorf("%sregistry=%s%s: not %q %q", scope, c.registry, c.rc, c.scheme, c.value)
			}
		}
	}
	r := load(t, adaptertest.Env(nil, "npm_config_registry=https://h.example", "npm_config_//h.example/:_authToken=env-token")).Route(npmPkg("x"))
	if r.Roots[0].Credential.Value.Reveal() != "env-token" {
		t.Error("the credential of a variable was not found")
	}
}

// TestScopesOfTheDefault: a scope that is mapped to where every name comes from
// is no claim of privacy.
func TestScopesOfTheDefault(t *testing.T) {
	rc := func(text string) map[string]string { return map[string]string{"/home/u/.npmrc": text} }
	const mirror, top = "https://mirror.example/npm", "http://127.0.0.1:1/npm"
	both := "registry=" + mirror + "/\n@acme:registry=" + mirror + "\n"
	for name, c := range map[string]struct {
		files   map[string]string
		vars    []string
		url     string
		kind    protocol.Kind
		private bool
	}{
		"same mirror":              {rc(both), nil, mirror, protocol.Mirror, false},
		"another path":             {rc(both + "registry=https://mirror.example/other\n"), nil, mirror, protocol.Private, true},
		"replaced with it":         {rc(both), []string{"FIGMENT_REGISTRY_NPM=" + top}, top, protocol.Mirror, false},
		"scope of the variable":    {rc("@acme:registry=" + top), []string{"FIGMENT_REGISTRY_NPM=" + top, "FIGMENT_REGISTRY_KIND=official"}, top, protocol.Official, false},
		"scope of the public":      {rc("@acme:registry=" + officialNPM), []string{"FIGMENT_REGISTRY_NPM=" + top}, top, protocol.Mirror, false},
		"private stays private":    {rc("@acme:registry=" + mirror), []string{"FIGMENT_REGISTRY_NPM=" + top}, mirror, protocol.Private, true},
		"public beside a mirror":   {rc("registry=" + mirror + "\n@acme:registry=" + officialNPM), nil, officialNPM, protocol.Official, false},
		"variable is the mirror's": {rc("@acme:registry=" + mirror), []string{"npm_config_registry=" + mirror + "/"}, mirror, protocol.Mirror, false},
	} {
		s := load(t, adaptertest.Env(c.files, c.vars...))
		r := s.Route(npmPkg("@acme/x"))
		_, private := s.Private(npmPkg("@acme/x"))
		if len(r.Roots) != 1 || r.Roots[0].URL != c.url || r.Roots[0].Kind != c.kind || r.Private != c.private || private != c.private {
			t.Errorf("%s: private %v, %+v", name, private, r)
		}
	}
}
