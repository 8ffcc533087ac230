package settings_test

import (
	"errors"
	"os"
	"path/filepath"
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

// TestTree: what lies in the scanned tree is the repository's word, whichever
// variable of the user's leads to it.
func TestTree(t *testing.T) {
	const tree = "/work/repo"
	npmrc := "registry=https://npm.evil.example/\n@acme:registry=https://npm.acme.example/\n//npm.evil.example/:_authToken=hidden\n"
	pipconf := "[global]\nindex-url = https://u:hidden@pip.evil.example/simple\n"
	for name, c := range map[string]struct {
		files   map[string]string
		vars    []string
		claimed []ecosystem.Package
	}{
		"userconfig":      {map[string]string{tree + "/ci/npmrc": npmrc}, []string{"npm_config_userconfig=" + tree + "/ci/npmrc"}, []ecosystem.Package{npmPkg("x"), npmPkg("@ACME/y")}},
		"globalconfig":    {map[string]string{tree + "/npmrc": npmrc}, []string{"npm_config_globalconfig=" + tree + "/npmrc"}, []ecosystem.Package{npmPkg("x")}},
		"prefix":          {map[string]string{tree + "/.node/etc/npmrc": npmrc}, []string{"npm_config_prefix=" + tree + "/.node"}, []ecosystem.Package{npmPkg("x")}},
		"home":            {map[string]string{tree + "/.home/.npmrc": npmrc}, []string{"HOME=" + tree + "/.home"}, []ecosystem.Package{npmPkg("x")}},
		"virtualenv":      {map[string]string{tree + "/.venv/pip.conf": pipconf}, []string{"VIRTUAL_ENV=" + tree + "/.venv"}, []ecosystem.Package{pypiPkg("x")}},
		"PIP_CONFIG_FILE": {map[string]string{tree + "/pip.conf": pipconf}, []string{"PIP_CONFIG_FILE=" + tree + "/pip.conf"}, []ecosystem.Package{pypiPkg("x")}},
		"XDG_CONFIG_HOME": {map[string]string{tree + "/.config/pip/pip.conf": pipconf}, []string{"XDG_CONFIG_HOME=" + tree + "/.config"}, []ecosystem.Package{pypiPkg("x")}},
		"dots":            {map[string]string{"/work/other/../repo/pip.conf": pipconf}, []string{"PIP_CONFIG_FILE=/work/other/../repo/pip.conf"}, []ecosystem.Package{pypiPkg("x")}},
		"link":            {map[string]string{"/work/link/pip.conf": pipconf}, []string{"PIP_CONFIG_FILE=/work/link/pip.conf"}, []ecosystem.Package{pypiPkg("x")}},
		"GOENV":           {map[string]string{tree + "/goenv": "GOPROXY=https://go.evil.example\n"}, []string{"GOENV=" + tree + "/goenv"}, []ecosystem.Package{goPkg("git.acme.example/x")}},
		"GOPRIVATE":       {map[string]string{tree + "/goenv": "GOPRIVATE=git.acme.example\n"}, []string{"GOENV=" + tree + "/goenv"}, []ecosystem.Package{goPkg("git.acme.example/x")}},
	} {
		e := adaptertest.Env(c.files, c.vars...)
		e.Trees = []string{"/somewhere/else", tree}
		if v, ok := e.Lookup("HOME"); ok {
			e.Home = v
		}
		e.RealPath = func(p string) (string, error) {
			if rest, ok := strings.CutPrefix(p, "/work/link"); ok {
				return tree + rest, nil
			}
			return filepath.Clean(p), nil
		}
		s := load(t, e)
		for _, p := range []ecosystem.Package{npmPkg("x"), npmPkg("@acme/y"), pypiPkg("x"), goPkg("git.acme.example/x")} {
			r := s.Route(p)
			if len(r.Roots) != 1 || r.Roots[0].Kind != protocol.Official || r.Roots[0].Credential.Value.Set() {
				t.Errorf("%s: %s is routed by the tree: %+v", name, p, r)
			}
			if _, ok := s.Private(p); ok {
				t.Errorf("%s: %s is private by the tree's word as if by the user's", name, p)
			}
			setting, ok := s.Claimed(p)
			want := slices.ContainsFunc(c.claimed, func(x ecosystem.Package) bool {
				return x.Ecosystem == p.Ecosystem
			})
			if ok != want || ok && (setting == "" || strings.Contains(setting, "hidden")) {
				t.Errorf("%s: %s is claimed: %v %q", name, p, ok, setting)
			}
		}
		if len(s.Notices()) != 1 || strings.Contains(s.Notices()[0], "hidden") {
			t.Errorf("%s: the notices are %q", name, s.Notices())
		}
		// The same files are the user's where another tree is scanned.
		e.Trees = []string{"/work/repository"}
		if len(load(t, e).Notices()) != 0 {
			t.Errorf("%s: files outside of the tree are disregarded", name)
		}
	}
}

// TestTreeFurtherIndex: a further index that only the tree names is not asked,
// and what the others lack may be there.
func TestTreeFurtherIndex(t *testing.T) {
	e := adaptertest.Env(map[string]string{"/w/.venv/pip.conf": "[install]\nextra-index-url =\n  https://more.example/simple\n", "/w/netrc": "machine pip.corp.example login u password p"},
		"VIRTUAL_ENV=/w/.venv", "NETRC=/w/netrc", "PIP_INDEX_URL=https://pip.corp.example/simple")
	e.Trees = []string{"/w"}
	s := load(t, e)
	r := s.Route(pypiPkg("x"))
	if len(r.Roots) != 1 || r.Roots[0].URL != "https://pip.corp.example/simple" || r.Unusable == "" || r.Roots[0].Credential.Value.Set() {
		t.Errorf("%+v", r)
	}
	if _, ok := s.Claimed(pypiPkg("x")); ok {
		t.Error("a further index keeps every name in")
	}
}

func TestSafePath(t *testing.T) {
	tree := t.TempDir()
	bin, link := filepath.Join(tree, "node_modules", ".bin"), filepath.Join(t.TempDir(), "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	list := []string{bin, ".", "", "bin", filepath.Join(tree, "not", "there"), "/usr/bin", filepath.Join(tree, "..", filepath.Base(tree), "x"), "/bin"}
	if err := os.Symlink(bin, link); err == nil {
		list = append(list, link)
	} else if !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		t.Fatal(err)
	}
	got := settings.SafePath(strings.Join(list, string(filepath.ListSeparator)), tree)
	want := settings.SafePath(strings.Join([]string{"/usr/bin", "/bin"}, string(filepath.ListSeparator)))
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzSettings: no configuration file stops the reading, and none that lies in
// the scanned tree routes a name or gives a credential.
func FuzzSettings(f *testing.F) {
	f.Add("registry=https://npm.evil.example/\n@a:registry=https://x.example\n//x.example/:_authToken=${T}\n", "[global]\nindex-url = https://pip.evil.example/simple\n  more\n", "GOPROXY=https://go.evil.example|direct\nGOPRIVATE=*\n", "machine x login y password z", "@a/b")
	f.Add("[x]\n\"a\"=\\;\n", "[install\n extra-index-url=\n  https://a b", "GOPRIVATE=[\n", "machine", "git.acme.example/[")
	f.Fuzz(func(t *testing.T, npmrc, pipconf, goenv, netrc, name string) {
		files := map[string]string{"/home/u/.npmrc": npmrc, "/home/u/.config/pip/pip.conf": pipconf, "/home/u/.config/go/env": goenv, "/home/u/.netrc": netrc}
		for _, trees := range [][]string{nil, {"/home"}} {
			e := adaptertest.Env(files)
			e.Trees = trees
			s, err := settings.Load(e, adapter.Readers(all.Adapters()))
			if err != nil {
				t.Fatal(err) // only variables are errors
			}
			for _, eco := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
				p := ecosystem.Package{Ecosystem: eco, Name: name}
				s.Private(p)
				s.Claimed(p)
				r := s.Route(p)
				for _, root := range r.Roots {
					if trees != nil && (root.Kind != protocol.Official || root.Credential.Value.Set()) {
						t.Errorf("%s is routed to %s by the tree", p, root.URL)
					}
				}
			}
		}
		if n := len(local.Claims("x", []byte(npmrc))); n > strings.Count(npmrc, "\n")+1 {
			t.Errorf("%d claims", n)
		}
	})
}
