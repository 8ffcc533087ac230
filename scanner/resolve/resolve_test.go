package resolve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
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

func (user) Claimed(ecosystem.Package) (string, bool) { return "", false }

func (u user) Trusted(_ ecosystem.Ecosystem, url string) bool { return slices.Contains(u.trusted, url) }

// lines resolves a project and gives a line for each subject.
func lines(t *testing.T, files map[string]string, o project.Options) []string {
	t.Helper()
	data := map[string][]byte{}
	var refs []extract.Reference
	for p, text := range files {
		data[p] = []byte(text)
	}
	for p, text := range data {
		found := all.Formats().Read(&source.File{Path: p, Data: text}).References
		refs = append(refs, found...)
	}
	slices.SortFunc(refs, func(a, b extract.Reference) int {
		return strings.Compare(fmt.Sprint(a.Path, a.Span), fmt.Sprint(b.Path, b.Span))
	})
	o.Rules = adapter.Projects(all.Adapters())
	p, _ := project.Load(source.Memory(all.Formats().Recognition(), data), extract.References{refs}, o)
	var out []string
	for _, s := range resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}) {
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
			"src/x.ts":         "",
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
			got := lines(t, c.files, c.o)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

// run resolves a project given as path, text, path, text …
func run(t *testing.T, o project.Options, files ...string) []resolve.Subject {
	t.Helper()
	m := map[string][]byte{}
	var refs []extract.Reference
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = []byte(files[i+1])
		r := all.Formats().Read(&source.File{Path: files[i], Data: []byte(files[i+1])}).References
		refs = append(refs, r...)
	}
	o.Rules = adapter.Projects(all.Adapters())
	p, _ := project.Load(source.Memory(all.Formats().Recognition(), m), extract.References{refs}, o)
	subjects := resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())})
	uses := 0
	for i := range subjects {
		s := &subjects[i]
		uses += len(s.Uses)
		if s.Origin == project.Public && len(s.Candidates) == 0 {
			t.Errorf("%s:%s has no candidates", s.Ecosystem, s.Name)
		}
	}
	if uses < len(refs) {
		t.Errorf("%d uses of %d references", uses, len(refs))
	}
	return subjects
}

func subject(t *testing.T, subjects []resolve.Subject, name string) *resolve.Subject {
	t.Helper()
	for i := range subjects {
		if subjects[i].Name == name {
			return &subjects[i]
		}
	}
	var names []string
	for _, s := range subjects {
		names = append(names, s.Name)
	}
	t.Fatalf("no subject %s among %v", name, names)
	return nil
}

// importUse is the use by an import.
func importUse(t *testing.T, s *resolve.Subject) resolve.Use {
	t.Helper()
	for _, u := range s.Uses {
		if u.Kind == extract.Import {
			return u
		}
	}
	t.Fatalf("nothing imports %s", s.Name)
	return resolve.Use{}
}

func TestPython(t *testing.T) {
	for _, c := range []struct {
		name, requires, code string
		want                 string
		how                  resolve.How
		undeclared, guess    bool
	}{
		{"best declared", "PyYAML==6.0\n", "import yaml", "pyyaml", resolve.Declared, false, false},
		{"another candidate declared", "opencv-python-headless\n", "import cv2", "opencv-python-headless", resolve.Declared, false, false},
		{"identity declared", "made-up-thing\n", "import made_up_thing.sub", "made-up-thing", resolve.Declared, false, false},
		{"tier A", "flask\n", "import yaml", "pyyaml", resolve.Mapped, true, true},
		{"tier A by dotted prefix", "flask\n", "import google.cloud.storage.blob", "google-cloud-storage", resolve.Mapped, true, true},
		{"unregistered identity", "flask\n", "import BioSQL", "biopython", resolve.Mapped, true, true},
		{"identity", "flask\n", "import quite_made_up", "quite-made-up", resolve.Identity, true, true},
		{"trap not declared", "flask\n", "import dotenv", "python-dotenv", resolve.Mapped, true, true},
		{"declared twin does not provide it", "jwt\n", "import jwt", "pyjwt", resolve.Mapped, true, true},
		{"stubs do not provide it", "types-PyYAML\n", "import yaml", "pyyaml", resolve.Mapped, true, true},
		{"optional import", "flask\n", "try:\n    import yaml\nexcept ImportError:\n    yaml = None", "pyyaml", resolve.Mapped, false, true},
		{"namespace part", "google-cloud-storage\n", "from google.cloud import storage", "google-cloud-storage", resolve.Declared, false, false},
		{"root with a distribution of its own", "apache-airflow\n", "from airflow import DAG", "apache-airflow", resolve.Declared, false, false},
		{"module of the root's distribution", "flask\n", "from airflow.models import Variable", "apache-airflow", resolve.Mapped, true, true},
		{"part of such a root", "flask\n", "import airflow.providers.amazon.aws", "apache-airflow-providers-amazon", resolve.Mapped, true, true},
		{"unlisted part of a nested namespace", "flask\n", "from google.cloud import firestore", "google-cloud-firestore", resolve.Identity, true, true},
		{"unknown part of a namespace", "azure-madeup-thing\n", "import azure.madeup.thing.deep", "azure-madeup-thing", resolve.Declared, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := subject(t, run(t, project.Options{}, "requirements.txt", c.requires, "a.py", c.code+"\n"), c.want)
			u := importUse(t, s)
			if u.How != c.how || u.Undeclared != c.undeclared || s.Guess != c.guess || s.Candidates[0].Name != c.want {
				t.Errorf("how %s undeclared %v guess %v candidates %v", u.How, u.Undeclared, s.Guess, s.Candidates)
			}
		})
	}
}

// TestPythonNoManifest: without a manifest nothing is undeclared, and a snippet
// has none.
func TestPythonNoManifest(t *testing.T) {
	if u := importUse(t, subject(t, run(t, project.Options{}, "a.py", "import yaml\n"), "pyyaml")); u.Undeclared {
		t.Error("undeclared without a manifest")
	}
	if u := importUse(t, subject(t, run(t, project.Options{}, "requirements.txt", "flask\n", "README.md", "```python\nimport yaml\n```\n"), "pyyaml")); u.Undeclared {
		t.Error("undeclared in a snippet")
	}
}

func TestNamespace(t *testing.T) {
	subjects := run(t, project.Options{}, "a.py", "from google.cloud import storage, bigquery\n")
	for _, want := range []string{"google-cloud-storage", "google-cloud-bigquery"} {
		if s := subject(t, subjects, want); len(s.Uses) != 1 || s.Uses[0].How != resolve.Mapped {
			t.Errorf("%s: %+v", want, s.Uses)
		}
	}
	for _, s := range subjects {
		if s.Name == "google" || s.Name == "google-cloud" || s.Name == "google-cloud-ndb" {
			t.Errorf("the root %s is a subject", s.Name)
		}
	}
	s := subject(t, run(t, project.Options{}, "a.py", "import azure.madeup.thing\n"), "azure-madeup-thing")
	if len(s.Candidates) < 2 || s.Candidates[1].Name != "azure-madeup" {
		t.Errorf("%v", s.Candidates)
	}
}

// TestHint: "# pip install X" above an import says what it means.
func TestHint(t *testing.T) {
	for _, s := range run(t, project.Options{}, "a.py", "# pip install real-name\nimport odd_module\n") {
		if s.Name == "odd-module" && !slices.ContainsFunc(s.Candidates, func(c resolve.Candidate) bool { return c.Name == "real-name" }) {
			t.Errorf("%v", s.Candidates)
		}
	}
}

// TestPrivateImport: what a private requirement provides is private, however
// it is imported.
func TestPrivateImport(t *testing.T) {
	said := project.Options{Settings: user{private: []string{"acme-", "acme_", "@acme/", "git.acme.dev/"}}}
	for _, c := range []struct {
		name  string
		o     project.Options
		files []string
	}{
		{"identity", said, []string{"requirements.txt", "acme-core\n", "a.py", "import acme_core.sub\n"}},
		{"a name below a namespace of its own", said, []string{"requirements.txt", "acme-core\n", "a.py", "import acme.core\n"}},
		{"from a namespace of its own", said, []string{"requirements.txt", "acme-core\n", "a.py", "from acme.core import x\n"}},
		{"an index beside it", project.Options{Settings: user{}}, []string{"requirements.txt", "--index-url https://pypi.corp.dev/simple\ninner-lib\n", "a.py", "import inner_lib\n"}},
		{"a pattern of the repository", project.Options{RepoPrivate: []string{"pypi:inner-*"}}, []string{"requirements.txt", "inner-lib\n", "a.py", "import inner_lib\n"}},
		{"below a module that the map does not know", said, []string{"requirements.txt", "acme-zz-core\n", "a.py", "import acme.zz.core.x\nfrom acme.zz.core import y\n"}},
		{"not declared", said, []string{"a.py", "import acme_core\n"}},
		{"npm", said, []string{"package.json", `{"dependencies": {"@acme/a": "1"}}`, "a.ts", `import a from "@acme/a/sub"`}},
		{"npm by .npmrc", project.Options{Settings: user{}}, []string{".npmrc", "registry=https://npm.corp.dev/\n", "package.json", `{"dependencies": {"inner": "1"}}`, "a.ts", `import a from "inner"`}},
		{"go", said, []string{"go.mod", "module m.dev/x\nrequire git.acme.dev/lib v1.0.0\n", "a.go", "package a\n\nimport _ \"git.acme.dev/lib/p\"\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			imports := 0
			for _, s := range run(t, c.o, c.files...) {
				for _, u := range s.Uses {
					if u.Kind != extract.Import {
						continue
					}
					if imports++; s.Origin != project.Private {
						t.Errorf("import of %s is %s, candidates %v", u.Module, s.Origin, s.Candidates)
					}
				}
			}
			if imports == 0 {
				t.Error("no import")
			}
		})
	}
}

func TestNPM(t *testing.T) {
	subjects := run(t, project.Options{},
		"package.json", `{"dependencies": {"react": "18"}, "devDependencies": {"@types/estree": "1", "@types/acme__kit": "1"}}`,
		"a.ts", "import r from \"react/jsx\"\nimport type { Node } from \"estree\"\nimport type { K } from \"@acme/kit\"\nimport e from \"express\"\nimport { x } from \"node:fs\"\n",
		"b.ts", "import e from \"express/lib\"\n",
		"c.ts", "import { parse } from \"estree\"\n", "d.mjs", "import { parse } from \"estree\"\n")
	if u := importUse(t, subject(t, subjects, "react")); u.How != resolve.Declared || u.Undeclared {
		t.Errorf("%+v", u)
	}
	for _, n := range []string{"@types/estree", "@types/acme__kit"} {
		if u := importUse(t, subject(t, subjects, n)); u.How != resolve.Declared || u.Undeclared {
			t.Errorf("%s: %+v", n, u)
		}
	}
	if s := subject(t, subjects, "estree"); len(s.Uses) != 1 || !importUse(t, s).Undeclared { // without a compiler that leaves types out, they would have to run
		t.Errorf("%+v", s)
	}
	s := subject(t, subjects, "express")
	if u := importUse(t, s); u.How != resolve.Identity || !u.Undeclared || len(s.Uses) != 2 || !s.Guess || s.Declared {
		t.Errorf("%+v", s)
	}
}

func TestGo(t *testing.T) {
	subjects := run(t, project.Options{},
		"go.mod", "module m.dev/x\n\nrequire (\n\tgithub.com/a/b v1.0.0\n\tgithub.com/a/b/v2 v2.0.0\n)\n",
		"a.go", "package a\n\nimport (\n\t_ \"fmt\"\n\t_ \"github.com/a/b/c\"\n\t_ \"github.com/a/b/v2/c\"\n\t_ \"github.com/q/r/s\"\n\t_ \"github.com/a/bc\"\n)\n")
	for name, module := range map[string]string{"github.com/a/b": "github.com/a/b/c", "github.com/a/b/v2": "github.com/a/b/v2/c"} {
		if u := importUse(t, subject(t, subjects, name)); u.How != resolve.Declared || u.Undeclared || u.Name != module {
			t.Errorf("%s: %+v", name, u)
		}
	}
	if s := subject(t, subjects, "github.com/q/r/s"); len(s.Candidates) != 2 || s.Candidates[1].Name != "github.com/q/r" || !importUse(t, s).Undeclared {
		t.Errorf("%+v", s)
	}
	if s := subject(t, subjects, "github.com/a/bc"); s.Declared {
		t.Errorf("%+v", s)
	}
	if s := subject(t, subjects, "fmt"); s.Origin != project.Standard {
		t.Errorf("%+v", s)
	}
}

// TestJoin: uses of one package are one subject, sorted, whatever the order.
func TestJoin(t *testing.T) {
	s := subject(t, run(t, project.Options{}, "b.py", "import flask\n", "a.py", "import flask\n", "requirements.txt", "Flask>=2\n", "more-requirements.txt", "flask<4\n"), "flask")
	var got []string
	for _, u := range s.Uses {
		got = append(got, u.Kind.String()+" "+u.Path)
	}
	want := []string{"manifest more-requirements.txt", "manifest requirements.txt", "import a.py", "import b.py"}
	if !slices.Equal(got, want) || s.Guess || !s.Declared {
		t.Errorf("%v guess %v declared %v", got, s.Guess, s.Declared)
	}
	if c := s.Constraints(); !slices.Equal(c, []string{"<4", ">=2"}) {
		t.Errorf("%q", c)
	}
	if s.Package() != (ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "flask"}) {
		t.Error(s.Package())
	}
}

func TestKnownAlias(t *testing.T) {
	for name, want := range map[string]string{"cv2": "opencv-python", "yaml": "pyyaml", "sklearn": "scikit-learn", "dotenv": "python-dotenv", "PIL": "pillow", "dateutil": "python-dateutil", "requests": "", "flask": "", "quite-made-up": ""} {
		if got, ok := adapter.Find(all.Adapters(), ecosystem.PyPI).Resolve.KnownAlias(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	if _, ok := adapter.Find(all.Adapters(), ecosystem.NPM).Resolve.KnownAlias("cv2"); ok {
		t.Error("npm has no aliases")
	}
}
