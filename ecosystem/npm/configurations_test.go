package npm_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"figment/ecosystem/adapter/adaptertest"
	"figment/ecosystem/npm/local"
	"figment/scanner/text"
)

// TestOtherManagers: what the files and variables of Yarn, pnpm and Bun say of
// registries, and which of several programs counts.
func TestOtherManagers(t *testing.T) {
	type files map[string]string
	yarn := files{"/home/u/.yarnrc.yml": "npmRegistryServer: \"https://${HOST:-y.example}/\"\nnpmAuthToken: ${TOKEN}\nnpmScopes:\n  acme:\n    npmRegistryServer: https://a.example/npm/\n    npmAuthIdent: me:pw\n  other:\n    npmRegistryServer: https://b.example\nnpmRegistries:\n  \"//b.example\":\n    npmAuthToken: b-token\n"}
	with := func(a files, name, text string) files {
		out := maps.Clone(a)
		out[name] = text
		return out
	}
	manifest := func(manager string) string { return `{"packageManager": "` + manager + `"}` }
	for name, c := range map[string]struct {
		files files
		vars  []string
		pkg   string
		url   string // empty: nobody is asked
		token string
		by    string
	}{
		"berry default":         {with(yarn, "/w/package.json", manifest("yarn@4.9.2")), []string{"TOKEN=hush"}, "x", "https://y.example", "hush", "~/.yarnrc.yml:1"},
		"berry variable":        {with(yarn, "/w/package.json", manifest("yarn@4.9.2")), []string{"HOST=h.example"}, "x", "https://h.example", "", "~/.yarnrc.yml:1"},
		"berry environment":     {with(yarn, "/w/package.json", manifest("yarn@4.9.2")), []string{"YARN_NPM_REGISTRY_SERVER=https://e.example", "YARN_NPM_AUTH_TOKEN=e"}, "x", "https://e.example", "e", "YARN_NPM_REGISTRY_SERVER"},
		"berry by its lock":     {with(yarn, "/w/yarn.lock", "__metadata:\n  version: 8\n"), nil, "x", "https://y.example", "", "~/.yarnrc.yml:1"},
		"npm does not read it":  {with(yarn, "/w/package.json", manifest("npm@11.0.0")), nil, "x", officialNPM, "", "built-in"},
		"but a scope stays in":  {with(yarn, "/w/package.json", manifest("npm@11.0.0")), nil, "@acme/x", "https://a.example/npm", "bWU6cHc=", "~/.yarnrc.yml:5 @acme:registry"},
		"nothing decides":       {with(yarn, "/home/u/.npmrc", "registry=https://n.example"), nil, "x", "https://n.example", "", "~/.npmrc:1"},
		"berry without its own": {files{"/home/u/.npmrc": "registry=https://n.example", "/w/package.json": manifest("yarn@4.9.2")}, nil, "x", "https://n.example", "", "~/.npmrc:1"},
		"token of a URL":        {yarn, nil, "@other/x", "https://b.example", "b-token", "~/.yarnrc.yml:8 @other:registry"},
		"no token":              {files{"/home/u/.yarnrc.yml": "npmScopes: {acme: {npmRegistryServer: 'https://a.example'}}"}, nil, "@acme/x", "", "", "~/.yarnrc.yml:1 @acme:registry"},
		"token unset":           {files{"/home/u/.yarnrc.yml": "npmScopes: {acme: {npmRegistryServer: 'https://a.example', npmAuthToken: '${UNSET}'}}"}, nil, "@acme/x", "", "", "~/.yarnrc.yml:1 @acme:registry"},
		"yarn 1":                {files{"/home/u/.yarnrc": "# c\nregistry \"https://one.example/\"\n", "/w/yarn.lock": "# yarn lockfile v1"}, nil, "x", "https://one.example", "", "~/.yarnrc:2"},
		"yarn 1 variable":       {files{"/w/yarn.lock": "# yarn lockfile v1"}, []string{"YARN_REGISTRY=https://v.example"}, "x", "https://v.example", "", "yarn_registry"},
		"yarn 1 reads npm's":    {files{"/home/u/.npmrc": "registry=https://n.example", "/w/yarn.lock": "# yarn lockfile v1"}, nil, "x", "https://n.example", "", "~/.npmrc:1"},
		"bun table":             {files{"/home/u/.bunfig.toml": "[install]\nregistry = { url = \"https://b.example/\", token = \"$TOKEN\" }\n", "/w/bun.lock": ""}, []string{"TOKEN=hush"}, "x", "https://b.example", "hush", "~/.bunfig.toml:2"},
		"bun text":              {files{"/home/u/.bunfig.toml": "[install]\nregistry = \"https://me:pw@b.example/\"\n", "/w/bun.lock": ""}, nil, "x", "https://b.example", "bWU6cHc=", "~/.bunfig.toml:2"},
		"bun scope":             {files{"/home/u/.bunfig.toml": "[install.scopes]\nacme = { url = \"https://a.example\", username = \"me\", password = \"pw\" }\n"}, nil, "@acme/x", "https://a.example", "bWU6cHc=", "~/.bunfig.toml:2 @acme:registry"},
		"bun of XDG":            {files{"/x/.bunfig.toml": "[install]\nregistry = \"https://x.example/\"\n", "/w/bun.lock": ""}, []string{"XDG_CONFIG_HOME=/x"}, "x", "https://x.example", "", "/x/.bunfig.toml:2"},
		"bun variable":          {files{"/w/bun.lock": ""}, []string{"BUN_CONFIG_REGISTRY=https://v.example", "BUN_CONFIG_TOKEN=t"}, "x", "https://v.example", "t", "BUN_CONFIG_REGISTRY"},
		"pnpm rc":               {files{"/home/u/.config/pnpm/rc": "registry=https://p.example\n", "/w/pnpm-lock.yaml": ""}, nil, "x", "https://p.example", "", "~/.config/pnpm/rc:1"},
		"pnpm config.yaml":      {files{"/home/u/.config/pnpm/config.yaml": "registries:\n  default: https://p.example\n", "/w/pnpm-lock.yaml": ""}, nil, "x", "https://p.example", "", "~/.config/pnpm/config.yaml:2"},
		"pnpm auth.ini":         {files{"/home/u/.npmrc": "registry=https://n.example\n", "/home/u/.config/pnpm/auth.ini": "//n.example/:_authToken=pt\n", "/w/pnpm-lock.yaml": ""}, nil, "x", "https://n.example", "pt", "~/.npmrc:1"},
		"pnpm variable":         {files{"/w/pnpm-lock.yaml": ""}, []string{"PNPM_CONFIG_REGISTRY=https://v.example"}, "x", "https://v.example", "", "pnpm_config_registry"},
		"JSR":                   {nil, nil, "@jsr/std__path", "", "", "built-in @jsr:registry"},
		"JSR by the user":       {files{"/home/u/.npmrc": "@jsr:registry=https://npm.jsr.io"}, nil, "@jsr/std__path", "https://npm.jsr.io", "", "~/.npmrc:1 @jsr:registry"},
		"prefix of the user":    {files{"/home/u/.npmrc": "prefix=~/.g", "/home/u/.g/etc/npmrc": "registry=https://g.example"}, nil, "x", "https://g.example", "", "~/.g/etc/npmrc:1"},
		"PREFIX":                {files{"/p/etc/npmrc": "registry=https://g.example"}, []string{"PREFIX=/p"}, "x", "https://g.example", "", "/p/etc/npmrc:1"},
		"node":                  {files{"/opt/n/etc/npmrc": "registry=https://g.example", "/opt/n/bin/node": ""}, []string{"PATH=/w/bin" + string(filepath.ListSeparator) + "/opt/n/bin"}, "x", "https://g.example", "", "/opt/n/etc/npmrc:1"},
		"node of the tree":      {files{"/w/etc/npmrc": "registry=https://g.example", "/w/bin/node": ""}, []string{"PATH=/w/bin"}, "x", officialNPM, "", "built-in"},
	} {
		e := adaptertest.Env(c.files, c.vars...)
		e.Trees = []string{"/w"}
		e.RealPath = func(f string) (string, error) {
			_, err := e.ReadFile(f)
			return f, err
		}
		s := load(t, e)
		r := s.Route(npmPkg(c.pkg))
		got, token := "", ""
		if len(r.Roots) > 0 {
			got, token = r.Roots[0].URL, r.Roots[0].Credential.Value.Reveal()
		}
		if got != c.url || token != c.token || r.Setting != c.by {
			t.Errorf("%s: %q %q %+v", name, got, token, r)
		}
		if _, ok := s.Private(npmPkg(c.pkg)); ok != strings.HasPrefix(c.pkg, "@") {
			t.Errorf("%s: private %v", name, ok)
		}
	}
}

// FuzzConfig: no configuration stops its reader, entries stand on lines of it,
// and there are no more than it has bytes.
func FuzzConfig(f *testing.F) {
	for _, src := range []string{
		"registry \"https://x.example\"\n\"@a:registry\" https://y\n--install.registry 'z'\n", "npmRegistryServer: x\nnpmScopes:\n  a: {npmRegistryServer: y, npmAuthToken: t}\nnpmRegistries:\n  //h/p: {npmAuthIdent: 'a:b'}\n",
		"[install]\nregistry = {url=\"x\", token=\"$T\"}\n[install.scopes]\n\"@a\" = \"y\"\n", "registries:\n  default: x\n  '@a': y\nregistry: z\n", "registry=${X:-y}\n@a:registry=\\${Y}\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lines := text.NewLines([]byte(src)).Count()
		for _, name := range []string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", "pnpm-workspace.yaml"} {
			c, ok := local.ConfigOf(name)
			if !ok {
				t.Fatal(name)
			}
			entries, _ := c.Read(src, nil)
			if len(entries) > len(src) {
				t.Errorf("%s: %d entries of %d bytes", name, len(entries), len(src))
			}
			for _, e := range entries {
				if e.Line < 1 || e.Line > lines {
					t.Errorf("%s: %+v", name, e)
				}
			}
			local.Claims(name, []byte(src))
		}
		local.ManagersOf(src, func(string) (string, bool) { return src, true })
	})
}

// TestAboveTheTree: what Yarn and pnpm find above the scanned tree keeps names in
// and routes none, and what npm does not read there says nothing.
func TestAboveTheTree(t *testing.T) {
	const server = "npmRegistryServer: https://a.example\nnpmScopes: {acme: {npmRegistryServer: 'https://b.example', npmAuthToken: t}}\n"
	berry, npm := `{"packageManager": "yarn@4.9.2"}`, `{"packageManager": "npm@11.0.0"}`
	for name, c := range map[string]struct {
		files   map[string]string
		vars    []string
		pkg     string
		claimed string
	}{
		"berry":             {map[string]string{"/home/u/w/.yarnrc.yml": server, "/home/u/w/p/package.json": berry}, nil, "x", "~/w/.yarnrc.yml:1 npmRegistryServer"},
		"nothing decides":   {map[string]string{"/home/u/w/.yarnrc.yml": server}, nil, "x", "~/w/.yarnrc.yml:1 npmRegistryServer"},
		"far above":         {map[string]string{"/.yarnrc.yml": server, "/home/u/w/p/package.json": berry}, nil, "x", "/.yarnrc.yml:1 npmRegistryServer"},
		"a nearer one":      {map[string]string{"/.yarnrc.yml": server, "/home/u/w/.yarnrc.yml": "npmRegistryServer: https://registry.npmjs.org"}, nil, "x", ""},
		"npm":               {map[string]string{"/home/u/w/.yarnrc.yml": server, "/home/u/w/.npmrc": "registry=https://a.example", "/home/u/w/p/package.json": npm}, nil, "x", ""},
		"yarn 1":            {map[string]string{"/home/u/w/.npmrc": "@acme:registry=https://a.example", "/home/u/w/p/yarn.lock": "# yarn lockfile v1"}, nil, "@acme/x", "~/w/.npmrc:1 @acme:registry"},
		"yarn 1, its own":   {map[string]string{"/home/u/w/.yarnrc": `registry "https://a.example"`, "/home/u/w/p/yarn.lock": "# yarn lockfile v1"}, nil, "x", "~/w/.yarnrc:1 registry"},
		"pnpm":              {map[string]string{"/home/u/w/pnpm-workspace.yaml": "registries:\n  default: https://a.example\n", "/home/u/w/p/pnpm-lock.yaml": ""}, nil, "x", "~/w/pnpm-workspace.yaml:2 registries.default"},
		"pnpm's other file": {map[string]string{"/home/u/w/pnpm-workspace.yaml": "", "/home/u/w/.npmrc": "registry=https://a.example", "/home/u/w/p/pnpm-lock.yaml": ""}, nil, "x", "~/w/.npmrc:1 registry"},
		"no pnpm workspace": {map[string]string{"/home/u/w/.npmrc": "registry=https://a.example", "/home/u/w/p/pnpm-lock.yaml": ""}, nil, "x", ""},
		"another name":      {map[string]string{"/home/u/w/corp.yml": server, "/home/u/w/p/package.json": berry}, []string{"YARN_RC_FILENAME=corp.yml"}, "x", "~/w/corp.yml:1 npmRegistryServer"},
	} {
		e := adaptertest.Env(c.files, append(c.vars, "TOKEN=hush")...)
		e.Trees = []string{"/home/u/w/p"}
		s := load(t, e)
		if got, _ := s.Claimed(npmPkg(c.pkg)); got != c.claimed {
			t.Errorf("%s: %q", name, got)
		}
		if r := s.Route(npmPkg(c.pkg)); len(r.Roots) != 1 || r.Roots[0].URL != officialNPM || r.Roots[0].Credential.Value.Set() {
			t.Errorf("%s: %+v", name, r)
		}
	}
	e := adaptertest.Env(map[string]string{"/home/u/corp.yml": server}, "YARN_RC_FILENAME=corp.yml")
	if r := load(t, e).Route(npmPkg("@acme/x")); len(r.Roots) != 1 || r.Roots[0].URL != "https://b.example" {
		t.Errorf("the user's file by another name: %+v", r)
	}
}
