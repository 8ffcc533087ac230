package resolve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// judge resolves files and judges every subject of one ecosystem against a
// registry that has the named packages and no other, as "name: rule severity",
// one for each thing that is wrong. A registry of "?" cannot be asked.
func judge(t *testing.T, e ecosystem.Ecosystem, registryHas string, files []string, refs ...extract.Reference) []string {
	t.Helper()
	data := map[string][]byte{}
	for i := 0; i < len(files); i += 2 {
		data[files[i]] = []byte(files[i+1])
		found := all.Formats().Read(&source.File{Path: files[i], Data: []byte(files[i+1])}).References
		refs = append(refs, found...)
	}
	p, _ := project.Load(source.Memory(all.Formats().Recognition(), data), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	has := strings.Fields(registryHas)
	subjects := resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())})
	var out []string
	for i := range subjects {
		s := &subjects[i]
		if s.Ecosystem != e {
			continue
		}
		f := &verdict.Facts{Subject: s, Imports: adapter.Find(all.Adapters(), e).Resolve, Now: time.Unix(1_800_000_000, 0)}
		ask := []string{s.Name}
		for _, c := range s.Candidates {
			if s.Guess && c.Name != s.Name && (c.How == resolve.Identity || e == ecosystem.Golang) {
				ask = append(ask, c.Name)
			}
		}
		for _, name := range ask {
			r := protocol.Record{Package: ecosystem.Package{Ecosystem: e, Name: name}, Root: protocol.Root{Kind: protocol.Official}, Status: protocol.Absent, Confirmed: true}
			if slices.Contains(has, name) {
				r.Status = protocol.Present
			}
			if registryHas == "?" {
				r.Status, r.Confirmed = protocol.Unknown, false
			}
			f.Records = append(f.Records, r)
			if r.Status == protocol.Present {
				break
			}
		}
		v := verdict.Decide(f)
		if v.Class == verdict.Unverified {
			out = append(out, s.Name+": unverified")
		}
		for _, i := range v.Issues {
			out = append(out, fmt.Sprintf("%s: %s %s", s.Name, i.Rule.ID, i.Severity))
		}
	}
	return out
}

// TestRules: every row of "import, not declared" with a case that fires and a
// near miss that does not.
func TestRules(t *testing.T) {
	const req = "requirements.txt"
	use := func(e ecosystem.Ecosystem, name string) []extract.Reference {
		return []extract.Reference{
			{Ecosystem: e, Name: "known", Kind: extract.Manifest, Path: "m"},
			{Ecosystem: e, Name: name, Module: name, Kind: extract.Import, Path: "a"},
		}
	}
	for _, c := range []struct {
		name  string
		eco   ecosystem.Ecosystem
		has   string
		files []string
		refs  []extract.Reference
		want  []string
	}{
		{"tier A", ecosystem.PyPI, "flask pyyaml", []string{req, "flask\n", "a.py", "import yaml\n"}, nil, []string{"pyyaml: undeclared-import note"}},
		{"tier A, declared", ecosystem.PyPI, "pyyaml", []string{req, "pyyaml\n", "a.py", "import yaml\n"}, nil, nil},
		{"tier A, no manifest", ecosystem.PyPI, "pyyaml", []string{"a.py", "import yaml\n"}, nil, nil},

		{"identity exists", ecosystem.PyPI, "flask quite-made-up", []string{req, "flask\n", "a.py", "import quite_made_up\n"}, nil, []string{"quite-made-up: undeclared-import note"}},
		{"identity exists, declared", ecosystem.PyPI, "quite-made-up", []string{req, "quite_made.up\n", "a.py", "import quite_made_up\n"}, nil, nil},

		{"a namesake exists: the mapped one is meant", ecosystem.PyPI, "flask pyjwt jwt", []string{req, "flask\n", "a.py", "import jwt\n"}, nil, []string{"pyjwt: undeclared-import note"}},
		{"the namesake is declared", ecosystem.PyPI, "pyjwt jwt", []string{req, "jwt\n", "a.py", "import jwt\n"}, nil, []string{"jwt: name-trap warning", "pyjwt: undeclared-import note"}},
		{"the mapped one is declared", ecosystem.PyPI, "pyjwt jwt", []string{req, "pyjwt\n", "a.py", "import jwt\n"}, nil, nil},

		{"identity absent", ecosystem.PyPI, "flask", []string{req, "flask\n", "a.py", "import quite_made_up\n"}, nil, []string{"quite-made-up: unresolved-import warning"}},
		{"identity could not be asked", ecosystem.PyPI, "?", []string{"a.py", "import quite_made_up\n"}, nil, []string{"quite-made-up: unverified"}},
		{"identity is a module of the project", ecosystem.PyPI, "flask", []string{req, "flask\n", "a.py", "import quite_made_up\n", "quite_made_up/__init__.py", "x = 1\n"}, nil, nil},
		{"Ruby absent", ecosystem.Gem, "known", nil, use(ecosystem.Gem, "made_up_gem"), []string{"made_up_gem: unresolved-import warning"}},
		{"Ruby, a variant exists", ecosystem.Gem, "known made-up-gem", nil, use(ecosystem.Gem, "made_up_gem"), []string{"made_up_gem: undeclared-import note"}},
		{"Rust absent", ecosystem.Cargo, "known", nil, use(ecosystem.Cargo, "made_up::X"), []string{"made-up: unresolved-import warning"}},
		{"Rust, exists", ecosystem.Cargo, "known made-up", nil, use(ecosystem.Cargo, "made_up::X"), []string{"made-up: undeclared-import note"}},

		{"npm absent", ecosystem.NPM, "", []string{"package.json", `{"name": "x", "dependencies": {}}`, "a.js", "import a from 'quite-made-up'\n"}, nil, []string{"quite-made-up: nonexistent-package error"}},
		{"npm, could not be asked", ecosystem.NPM, "?", []string{"package.json", `{"name": "x", "dependencies": {}}`, "a.js", "import a from 'quite-made-up'\n"}, nil, []string{"quite-made-up: unverified"}},
		{"npm, an odd first segment", ecosystem.NPM, "", []string{"a.js", "import a from 'Quite/Made/Up'\n"}, nil, nil},
		{"Go absent", ecosystem.Golang, "", []string{"a.go", "package a\n\nimport _ \"github.com/made/up/p\"\n"}, nil, []string{"github.com/made/up/p: nonexistent-package error"}},
		{"Go, a parent exists", ecosystem.Golang, "github.com/made/up", []string{"a.go", "package a\n\nimport _ \"github.com/made/up/p\"\n"}, nil, nil},
		{"Go, a host of its own", ecosystem.Golang, "", []string{"a.go", "package a\n\nimport _ \"git.corp.dev/made/up\"\n"}, nil, []string{"git.corp.dev/made/up: nonexistent-package note"}},
		{"pub absent", ecosystem.Pub, "known", nil, use(ecosystem.Pub, "package:made_up/x.dart"), []string{"made_up: nonexistent-package error"}},
		{"pub, exists", ecosystem.Pub, "known made_up", nil, use(ecosystem.Pub, "package:made_up/x.dart"), []string{"made_up: undeclared-import note"}},

		{"Java, nothing known", ecosystem.Maven, "known", nil, use(ecosystem.Maven, "com.acme.Thing"), nil},
		{"Java, the map knows", ecosystem.Maven, "known com.google.guava:guava", nil, use(ecosystem.Maven, "com.google.common.base.Joiner"), []string{"com.google.guava:guava: undeclared-import note"}},

		{"absent and declared", ecosystem.PyPI, "", []string{req, "quite-made-up\n", "a.py", "import quite_made_up\n"}, nil, []string{"quite-made-up: nonexistent-package error"}},
		{"absent and in a command", ecosystem.PyPI, "", []string{"README.md", "```sh\npip install quite-made-up\n```\n```python\nimport quite_made_up\n```\n"}, nil, []string{"quite-made-up: nonexistent-package error"}},
		{"absent and another one declared", ecosystem.PyPI, "quite-made", []string{req, "quite-made\n", "a.py", "import quite_made_up\n"}, nil, []string{"quite-made-up: unresolved-import warning"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(t, c.eco, c.has, c.files, c.refs...); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestLanguageRules: how npm, Go and Python write a package into an import.
func TestLanguageRules(t *testing.T) {
	for _, c := range []struct {
		name, path, code string
		want             string // subjects with public origin
	}{
		{"npm first segment", "a.js", "import 'lodash/fp/map'\n", "lodash"},
		{"npm scope", "a.js", "import '@acme-x/kit/deep'\n", "@acme-x/kit"},
		{"npm query", "a.js", "import 'pkg-a/x.svg?raw'\n", "pkg-a"},
		{"npm loader", "a.js", "import 'style-loader!css-loader!pkg-a/x.css'\n", "css-loader pkg-a style-loader"},
		{"npm relative", "a.js", "import './lodash'\n", ""},
		{"npm alias", "a.js", "import '@/lodash'\nimport '~/lodash'\nimport '#lodash'\n", ""},
		{"npm builtin", "a.js", "import 'node:fs'\nimport 'fs/promises'\n", ""},
		{"Go major version", "a.go", "package a\n\nimport _ \"github.com/a/b/v2/c\"\n", "github.com/a/b/v2/c"},
		{"Go standard", "a.go", "package a\n\nimport _ \"net/http\"\n", ""},
		{"Python dotted", "a.py", "import requests.adapters\n", "requests"},
		{"Python relative", "a.py", "from . import requests\n", ""},
		{"Python standard", "a.py", "import tomllib, distutils\n", ""},
		{"Python namespace", "a.py", "from google.cloud import storage\n", "google-cloud-storage"},
		{"Python namespace, a class of a part", "a.py", "from google.cloud.storage import Blob\n", "google-cloud-storage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refs := all.Formats().Read(&source.File{Path: c.path, Data: []byte(c.code)}).References
			p, _ := project.Load(source.Memory(all.Formats().Recognition(), map[string][]byte{c.path: []byte(c.code)}), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
			var got []string
			for _, s := range resolve.Resolve(p, extract.References{refs}, resolve.Options{Rules: adapter.Resolvers(all.Adapters())}) {
				if s.Origin == project.Public {
					got = append(got, s.Name)
				}
			}
			slices.Sort(got)
			if g := strings.Join(got, " "); g != c.want {
				t.Errorf("%q, want %q", g, c.want)
			}
		})
	}
}
