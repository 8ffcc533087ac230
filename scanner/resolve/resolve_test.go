package resolve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
)

// user plays the user's settings.
type user struct{ private, trusted []string }

func (u user) Private(p ecosystem.Package) (string, bool) {
	i := slices.IndexFunc(u.private, func(s string) bool { return strings.HasPrefix(p.Name, s) })
	return "the user's settings", i >= 0
}

func (u user) Trusted(_ ecosystem.Ecosystem, url string) bool { return slices.Contains(u.trusted, url) }

// subjects resolves a project and gives a line for each subject.
func subjects(t *testing.T, files map[string]string, o project.Options) []string {
	t.Helper()
	data := map[string][]byte{}
	var refs []extract.Reference
	for p, text := range files {
		data[p] = []byte(text)
	}
	for p, text := range data {
		found, _ := extract.File(&source.File{Path: p, Data: text})
		refs = append(refs, found...)
	}
	slices.SortFunc(refs, func(a, b extract.Reference) int {
		return strings.Compare(fmt.Sprint(a.Path, a.Span), fmt.Sprint(b.Path, b.Span))
	})
	p, _ := project.Load(source.Memory(data), refs, o)
	var out []string
	for _, s := range resolve.Resolve(p, refs, resolve.Options{}) {
		line := fmt.Sprintf("%s:%s %s", s.Ecosystem, s.Name, s.Origin)
		if s.Guess {
			line += " guess"
		}
		for _, u := range s.Uses {
			if u.Undeclared {
				line += " undeclared"
				break
			}
		}
		if s.Trap != nil {
			line += " trap"
		}
		out = append(out, line)
	}
	return out
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		o     project.Options
		want  []string
	}{
		{"a declared candidate is silent", map[string]string{"requirements.txt": "opencv-python-headless\n", "a.py": "import cv2\n"}, project.Options{},
			[]string{"pypi:opencv-python-headless public"}},
		{"undeclared, the map knows it", map[string]string{"requirements.txt": "requests\n", "a.py": "import yaml\n"}, project.Options{},
			[]string{"pypi:pyyaml public guess undeclared", "pypi:requests public"}},
		{"a snippet declares nothing", map[string]string{"a.md": "```python\nimport yaml\n```\n", "requirements.txt": "requests\n"}, project.Options{},
			[]string{"pypi:pyyaml public guess", "pypi:requests public"}},
		{"identity is a guess", map[string]string{"a.py": "import some_unheard_thing\n"}, project.Options{},
			[]string{"pypi:some-unheard-thing public guess"}},
		{"parts of a namespace", map[string]string{"a.py": "from google.cloud import storage, bigquery\n"}, project.Options{},
			[]string{"pypi:google-cloud-bigquery public guess", "pypi:google-cloud-storage public guess"}},
		{"standard and own modules", map[string]string{"a.py": "import json, helper, pkg.sub\n", "helper.py": "", "pkg/sub.py": ""}, project.Options{},
			[]string{"pypi:helper local guess", "pypi:json standard guess", "pypi:pkg local guess"}},
		{"src layout and a file beside", map[string]string{"src/core/a.py": "import core.b, beside\n", "src/core/beside.py": "", "pyproject.toml": "[project]\nname=\"x\"\n"}, project.Options{},
			[]string{"pypi:beside local guess", "pypi:core local guess"}},
		{"the trap", map[string]string{"requirements.txt": "dotenv\n", "a.py": "import dotenv\n"}, project.Options{},
			[]string{"pypi:dotenv public trap", "pypi:python-dotenv public guess undeclared"}},
		{"no trap where the right one is declared", map[string]string{"requirements.txt": "dotenv\npython-dotenv\n", "a.py": "import dotenv\n"}, project.Options{},
			[]string{"pypi:dotenv public", "pypi:python-dotenv public"}},
		{"an import of a private requirement is private", map[string]string{"requirements.txt": "--index-url https://pypi.corp.example/simple\nacme-billing\n", "a.py": "import acme_billing\n"}, project.Options{},
			[]string{"pypi:acme-billing private"}},
		{"a trusted index is the user's own", map[string]string{"requirements.txt": "--index-url https://pypi.corp.example/simple\nacme-billing\n"},
			project.Options{Settings: user{trusted: []string{"https://pypi.corp.example/simple"}}}, []string{"pypi:acme-billing public"}},
		{"a private scope of the user", map[string]string{"package.json": `{"dependencies":{"@acme/x":"1"}}`, "a.ts": `import "@acme/x"`},
			project.Options{Settings: user{private: []string{"@acme/"}}}, []string{"npm:@acme/x private"}},
		{"a scope of the repository's .npmrc", map[string]string{".npmrc": "@acme:registry=https://npm.acme.example\n", "package.json": `{"dependencies":{"@acme/x":"1","left-pad":"1"}}`}, project.Options{},
			[]string{"npm:@acme/x private", "npm:left-pad public"}},
		{"the user disregards the repository", map[string]string{".npmrc": "@acme:registry=https://npm.acme.example\n", "package.json": `{"dependencies":{"@acme/x":"1"}}`},
			project.Options{PrivateFromUserOnly: true}, []string{"npm:@acme/x public"}},
		{"aliases, builtins, members", map[string]string{
			"package.json":     `{"name":"root","workspaces":["p/*"],"dependencies":{"al":"npm:real@1","ws":"workspace:*","dir":"file:./d"}}`,
			"p/m/package.json": `{"name":"member"}`,
			"tsconfig.json":    `{"extends":"./base.json"}`,
			"base.json":        `{"compilerOptions":{"paths":{"@app/*":["src/*"]}}}`,
			"a.ts":             "import \"al\"; import \"ws\"; import \"dir\"; import \"member\"; import \"@app/x\"; import \"fs\"; import \"fs/promises\"; import \"sqlite\";\n",
		}, project.Options{}, []string{
			"npm:@app/x local guess", "npm:al local guess", "npm:dir external", "npm:fs standard guess", "npm:member local guess",
			"npm:real public", "npm:sqlite public guess undeclared", "npm:ws external"}},
		{"types stand for what they describe", map[string]string{"package.json": `{"devDependencies":{"@types/estree":"1","@types/a__b":"1"}}`, "a.ts": "import type { X } from \"estree\";\nimport type { Y } from \"@a/b\";\n"}, project.Options{},
			[]string{"npm:@types/a__b public", "npm:@types/estree public"}},
		{"modules of Go", map[string]string{
			"go.mod": "module example.org/self\n\ngo 1.24\n\nrequire github.com/a/b/v2 v2.0.0\nrequire github.com/old/one v1.0.0\nreplace github.com/old/one => ./one\n",
			"a.go":   "package a\nimport (\n\"fmt\"\n\"github.com/a/b/v2/sub\"\n\"github.com/old/one/x\"\n\"example.org/self/y\"\n\"github.com/new/thing/z\"\n)\n",
		}, project.Options{}, []string{
			"golang:example.org/self/y local guess", "golang:fmt standard guess", "golang:github.com/a/b/v2 public",
			"golang:github.com/new/thing/z public guess undeclared", "golang:github.com/old/one external", "golang:github.com/old/one/x external guess"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := subjects(t, c.files, c.o)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestKnownAlias(t *testing.T) {
	for name, want := range map[string]string{"cv2": "opencv-python", "yaml": "pyyaml", "sklearn": "scikit-learn", "PIL": "pillow", "dateutil": "python-dateutil"} {
		if got, ok := resolve.KnownAlias(ecosystem.PyPI, name); !ok || got != want {
			t.Errorf("%s is %s, %v; want %s", name, got, ok, want)
		}
	}
	for _, name := range []string{"requests", "no-such-module-anywhere"} {
		if got, ok := resolve.KnownAlias(ecosystem.PyPI, name); ok {
			t.Errorf("%s is an alias of %s", name, got)
		}
	}
}
