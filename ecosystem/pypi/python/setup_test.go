package python_test

import (
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestSetup: what setuptools installs for setup.py and setup.cfg. told says that
// something was not read.
func TestSetup(t *testing.T) {
	for _, c := range []struct {
		path, text, want string
		told             bool
	}{
		{"setup.py", "setup(install_requires=['a1>=1', \"a2[x]; python_version<'3'\", 'a3 @ https://h.io/a.whl'], setup_requires='s1\\ns2', tests_require=('t1',))", "a1 a2 a3 s1 s2 t1", false},
		{"setup.py", "setup(\n  install_requires = REQ + ['a2'] , # c\n  extras_require={'x': ['e1'], 'y': REQ2})\nREQ = [\n  'a1', # c\n]\nREQ2: list = ['no']", "a1 a2 e1", true},
		{"setup.py", "install_requires = ['a1']\nif x: install_requires.append('a2')\ninstall_requires += ['a3'] if c else ['a4']\nsetup(install_requires=install_requires)", "a1 a2 a3 a4", false},
		{"setup.py", "d = {'install_requires': ['a1'], \"extras_require\": dict(x=['e1'], y=list(('e2',)))}\nd['tests_require'] = ['t1']\nsetup(**d)", "a1 e1 e2 t1", false},
		{"setup.py", "setup(install_requires=['a1==%s' % v, 'a2>={}'.format(v), f'a3=={v}', 'a4<' + v, 'a5' 'b'])", "a1 a2 a3 a4 a5b", false},
		{"setup.py", "setup(install_requires=['a1' + x, f'{y}', 'a2'])", "a2", true},
		{"setup.py", "setup(install_requires=read())", "", true},
		{"setup.py", "setup(install_requires=[x for x in open('names')])", "", false},
		{"setup.py", "setup(install_requires=['a1', x])", "a1", true},
		{"setup.py", "setup(install_requires=X)\nX = Y\nY = X", "", false},
		{"setup.py", "setup(install_requires=open('requirements.txt').read().splitlines())", "", false},
		{"setup.py", "setup(install_requires=open('requirements.txt').readlines() + more())", "", true},
		{"setup.py", "setup(install_requires=['!!'])", "", true},
		{"setup.py", "s = \"install_requires=['no']\" # install_requires=['no']\nif install_requires == ['no']: pass\nsetup(install_requires=[])", "", false},
		{"setup.cfg", "[options]\ninstall_requires =\n  a1>=1\n\n# c\n  ; c\n\ta2; python_version < '3'\nsetup-requires: s1; s2\n[options.extras_require]\nx = e1\n  e2\n[other]\ninstall_requires = no", "a1 a2 e1 e2 s1 s2", false},
		{"setup.cfg", "[metadata]\nname = no\n[options]\nInstall_Requires=a1\npackages = no\n[options.package_data]\nx = no", "a1", false},
		{"setup.cfg", "[options]\ninstall_requires = file: reqs/x.txt", "", false},
		{"setup.cfg", "[options]\ninstall_requires =\n  !!\n  a1", "a1", true},
		{"requirements", "a1\n", "a1", false},
		{"requirements-dev", "a1==2\n", "a1", false},
	} {
		f := &source.File{Path: c.path, Data: []byte(c.text)}
		refs, problems := File(f)
		extracttest.Check(t, f, refs)
		var names []string
		for _, r := range refs {
			if r.Kind == Manifest {
				names = append(names, r.Name)
			}
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != c.want || (len(problems) > 0) != c.told {
			t.Errorf("%s %q: got %q, want %q; told %v", c.path, c.text, got, c.want, problems)
		}
	}
}

// TestSetupIncludes: the files that setup.cfg names are included.
func TestSetupIncludes(t *testing.T) {
	text := "[options]\ninstall_requires = file: a.txt, b/c.txt\nname = file: no.txt\n[options.extras_require]\nx = file:\n  d.txt\n"
	var got []string
	for _, in := range all.Formats().Includes(&source.File{Path: "x/setup.cfg", Data: []byte(text)}) {
		if text[in.Span.Start:in.Span.End] != in.Path {
			t.Errorf("%s stands at %v", in.Path, in.Span)
		}
		got = append(got, in.Path)
	}
	if want := []string{"a.txt", "b/c.txt", "d.txt"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestScripts: scripts whose name alone says what they are.
func TestScripts(t *testing.T) {
	for path, text := range map[string]string{
		".husky/pre-commit": "npm i one\n", "web/.githooks/pre-push": "npm i one\n", ".envrc": "npm i one\n", "a.fish": "if true\n npm i one\nend\n",
		"a.bats": "@test \"x y\" {\n  run npm i one\n}\n", "a.ipy": "%pip install one\n", ".bashrc": "npm i one\n",
	} {
		if !all.Formats().Recognition().Interesting(path) {
			t.Errorf("%s is not read", path)
		}
		refs, problems := File(&source.File{Path: path, Data: []byte(text)})
		if len(refs) != 1 || refs[0].Name != "one" || len(problems) > 0 {
			t.Errorf("%s: %v %v", path, refs, problems)
		}
	}
	refs, _ := File(&source.File{Path: ".husky/pre-commit", Data: []byte("#!/usr/bin/env node\nrequire('one')\n")})
	if len(refs) != 1 || refs[0].Kind != Import {
		t.Errorf("a hook in JavaScript: %v", refs)
	}
}

func FuzzSetup(f *testing.F) {
	extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), "setup.py", "setup.cfg")
}
