package golang_test

import (
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter/adaptertest"
	"figment/ecosystem/golang"
	"figment/registry/protocol"
	"figment/registry/settings"
)

const officialGolang = "https://proxy.golang.org"

func load(t *testing.T, e settings.Env) *settings.Settings {
	t.Helper()
	return adaptertest.Load(t, e, golang.Adapter().Settings)
}

func npmPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}
}

func goPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name}
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
		{",|,", nil, nil},
		{" https://a.example/ , off , https://b.example", []string{"https://a.example"}, []bool{false}},
		{"a.example/x|direct|b.example", []string{"https://a.example/x"}, []bool{true}},
		{"https://u:p@a.example|file:///srv/go,c.example", []string{"https://a.example", "file:///srv/go", "https://c.example"}, []bool{true, false, false}},
		{"", []string{officialGolang}, []bool{false}},
	} {
		if c.v != "" {
			r := load(t, adaptertest.Env(nil, "GOPROXY=https://other.example", "FIGMENT_REGISTRY_GOLANG="+c.v)).Route(goPkg("x.y/z"))
			if len(r.Roots) != len(c.roots) || r.Setting != "FIGMENT_REGISTRY_GOLANG" {
				t.Errorf("FIGMENT_REGISTRY_GOLANG=%q: %+v", c.v, r)
			}
		}
		r := load(t, adaptertest.Env(nil, "GOPROXY="+c.v)).Route(goPkg("x.y/z"))
		if r.Strategy != protocol.GoProxy {
			t.Errorf("%q: strategy %v", c.v, r.Strategy)
		}
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
	s := load(t, adaptertest.Env(files))
	if r := s.Route(goPkg("x.y/z")); r.Roots[0].URL != "https://file.example" {
		t.Errorf("the go env file was not read: %+v", r)
	}
	for name, want := range map[string]bool{"git.acme.example/a": true, "x.corp.example/b/c": true, "github.com/a/b": false} {
		if _, ok := s.Private(goPkg(name)); ok != want {
			t.Errorf("%s is private: %v", name, ok)
		}
	}
	if setting, _ := s.Private(goPkg("git.acme.example/a")); setting != "~/.config/go/env GOPRIVATE" {
		t.Errorf("private by %q", setting)
	}
	s = load(t, adaptertest.Env(files, "GOENV=off"))
	if r := s.Route(goPkg("x.y/z")); r.Roots[0].URL != officialGolang {
		t.Errorf("GOENV=off was not heeded: %+v", r)
	}
	if _, ok := s.Private(goPkg("git.acme.example/a")); ok {
		t.Error("GOENV=off: GOPRIVATE was read")
	}
	files["/etc/go-env"] = "# a comment\r\n#GOPROXY=https://comment.example\r\nGOPROXY=https://one.example\r\nGOPROXY=https://two.example\r\n"
	for _, c := range []struct {
		vars []string
		url  string
	}{
		{[]string{"GOENV=/etc/go-env"}, "https://two.example"},
		{[]string{"GOENV=/missing"}, officialGolang},
		{[]string{"GOPROXY=https://env.example"}, "https://env.example"},
		{[]string{"GOPROXY="}, "https://file.example"},
	} {
		if r := load(t, adaptertest.Env(files, c.vars...)).Route(goPkg("x.y/z")); len(r.Roots) != 1 || r.Roots[0].URL != c.url {
			t.Errorf("%v: %+v", c.vars, r)
		}
	}
	for _, c := range []struct {
		v, name string
		want    bool
	}{
		{"GOPRIVATE=*.corp.example,github.com/acme", "a.corp.example/x", true},
		{"GOPRIVATE=*.corp.example,github.com/acme", "corp.example/x", false},
		{"GOPRIVATE=*.corp.example,github.com/acme", "github.com/acme", true},
		{"GOPRIVATE=*.corp.example,github.com/acme", "github.com/acme/x/v2", true},
		{"GOPRIVATE=*.corp.example,github.com/acme", "github.com/acmex/y", false},
		{"GOPRIVATE=github.com/*/private", "github.com/a/private/b", true},
		{"GOPRIVATE=github.com/*/private", "github.com/a/public", false},
		{"GOPRIVATE=*", "a.example/b", true},
		{"GONOPROXY=git.example", "git.example/a", true},
		{"GONOPROXY=none", "none/a", false},
	} {
		s := load(t, adaptertest.Env(nil, c.v))
		if _, ok := s.Private(goPkg(c.name)); ok != c.want {
			t.Errorf("%s: %s is private: %v", c.v, c.name, ok)
		}
		if _, ok := s.Private(npmPkg(c.name)); ok {
			t.Errorf("%s holds for npm too", c.v)
		}
	}
}
