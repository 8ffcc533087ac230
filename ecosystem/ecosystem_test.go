package ecosystem

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	long := strings.Repeat("a", 10_000)
	for _, c := range []struct {
		e     Ecosystem
		name  string
		state State
	}{
		{NPM, "left-pad", Valid}, {NPM, "@types/node", Valid}, {NPM, "JSONStream", Valid}, {NPM, "-", Valid}, {NPM, "socket.io", Valid},
		{NPM, "fs", Stdlib}, {NPM, "", Invalid}, {NPM, ".x", Invalid}, {NPM, "_x", Invalid}, {NPM, "a b", Invalid}, {NPM, "a/b", Invalid},
		{NPM, "@a", Invalid}, {NPM, "@a/b/c", Invalid}, {NPM, "re\u0430ct", Invalid}, {NPM, "node_modules", Invalid}, {NPM, long, Invalid}, {NPM, "a\x1b[31m", Invalid},
		{PyPI, "requests", Valid}, {PyPI, "Zope.Interface", Valid}, {PyPI, "a", Valid}, {PyPI, "pathlib", Stdlib}, {PyPI, "-x", Invalid}, {PyPI, "x-", Invalid},
		{PyPI, "a b", Invalid}, {PyPI, "пакет", Invalid}, {PyPI, long, Invalid},
		{Golang, "golang.org/x/mod", Valid}, {Golang, "github.com/BurntSushi/toml", Valid}, {Golang, "gopkg.in/yaml.v3", Valid}, {Golang, "fmt", Stdlib}, {Golang, "net/http", Stdlib},
		{Golang, "foo/bar", Invalid}, {Golang, "github.com/a/b/v1", Invalid}, {Golang, "Github.com/a/b", Invalid}, {Golang, "github.com/a/b.", Invalid}, {Golang, long, Invalid},
		{Cargo, "serde", Valid}, {Cargo, "", Invalid},
	} {
		got := CheckName(c.e, c.name)
		if got.State != c.state {
			t.Errorf("%s:%.40s is %v (%s), want %v", c.e, c.name, got.State, got.Text, c.state)
		}
		if got.State == Invalid && (got.Text == "" || got.Reason == "") {
			t.Errorf("%s:%.40s is invalid without a reason", c.e, c.name)
		}
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"left-pad", "@a/b", "golang.org/x/mod", "Zope_Interface", "\xff", "a\u202eb", strings.Repeat("-", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, e := range All() {
			c := CheckName(e, name)
			if c.State == Unchecked {
				t.Fatalf("%s:%q was not checked", e, name)
			}
			if n := Normalize(e, name); Normalize(e, n) != n {
				t.Fatalf("%s: normalising %q twice differs", e, name)
			}
			Package{e, name, "1"}.PURL()
			Placeholder(e, name, true)
			ParseSpec(name, e)
		}
	})
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct {
		e        Ecosystem
		in, want string
	}{{PyPI, "Zope._-Interface", "zope-interface"}, {NPM, "JSONStream", "JSONStream"}, {Cargo, "Serde_Json", "serde-json"}, {Golang, "github.com/BurntSushi/toml", "github.com/BurntSushi/toml"}, {Composer, "A/B", "a/b"}} {
		if got := Normalize(c.e, c.in); got != c.want {
			t.Errorf("%s:%s is %s, want %s", c.e, c.in, got, c.want)
		}
	}
}

func TestParseSpec(t *testing.T) {
	for _, c := range []struct {
		spec       string
		def        Ecosystem
		pkg        Package
		constraint string
		wrong      bool
	}{
		{"npm:left-pad", "", Package{NPM, "left-pad", ""}, "", false},
		{"npm:left-pad@1.3.0", "", Package{NPM, "left-pad", "1.3.0"}, "1.3.0", false},
		{"npm:@scope/x@^2", "", Package{NPM, "@scope/x", ""}, "^2", false},
		{"npm:@types/react", "", Package{NPM, "@types/react", ""}, "", false},
		{"python:flask==3.0", "", Package{PyPI, "flask", "3.0"}, "==3.0", false},
		{"pypi:flask[async]>=3,<4", "", Package{PyPI, "flask", ""}, ">=3,<4", false},
		{"go:golang.org/x/mod", "", Package{Golang, "golang.org/x/mod", ""}, "", false},
		{"golang:golang.org/x/mod@v0.1.0", "", Package{Golang, "golang.org/x/mod", "v0.1.0"}, "v0.1.0", false},
		{"left-pad", NPM, Package{NPM, "left-pad", ""}, "", false},
		{"pkg:npm/%40scope/x@2", "", Package{NPM, "@scope/x", "2"}, "2", false},
		{"pkg:pypi/Flask@3.0", "", Package{PyPI, "flask", "3.0"}, "==3.0", false},
		{"pkg:golang/golang.org/x/mod@v0.1.0", "", Package{Golang, "golang.org/x/mod", "v0.1.0"}, "v0.1.0", false},
		{"left-pad", "", Package{}, "", true},
		{"nope:x", "", Package{}, "", true},
		{"npm:", "", Package{}, "", true},
		{"pkg:nope/x", "", Package{}, "", true},
	} {
		got, err := ParseSpec(c.spec, c.def)
		if c.wrong != (err != nil) || err == nil && (got.Package != c.pkg || got.Constraint != c.constraint) {
			t.Errorf("%s: %+v, %v; want %+v %q", c.spec, got, err, c.pkg, c.constraint)
		}
	}
}

func TestPURL(t *testing.T) {
	for want, p := range map[string]Package{
		"pkg:npm/left-pad@1.3.0":                       {NPM, "left-pad", "1.3.0"},
		"pkg:npm/%40scope/x":                           {NPM, "@scope/x", ""},
		"pkg:pypi/flask@3.0":                           {PyPI, "flask", "==3.0"},
		"pkg:golang/github.com/BurntSushi/toml@v1.0.0": {Golang, "github.com/BurntSushi/toml", "v1.0.0"},
	} {
		if got := p.PURL(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestStandard(t *testing.T) {
	for _, c := range []struct {
		e    Ecosystem
		name string
		ok   bool
	}{
		{PyPI, "json", true}, {PyPI, "tomllib", true}, {PyPI, "distutils", true}, {PyPI, "requests", false}, {PyPI, "importlib_metadata", false},
		{NPM, "fs", true}, {NPM, "node:fs", true}, {NPM, "node:sqlite", true}, {NPM, "sqlite", false}, {NPM, "fs/promises", true}, {NPM, "left-pad", false},
		{Golang, "net/http", true}, {Golang, "golang.org/x/mod", false}, {Cargo, "std", false},
	} {
		if _, ok := Standard(c.e, c.name); ok != c.ok {
			t.Errorf("%s:%s is standard: %v", c.e, c.name, ok)
		}
	}
	if m, _ := Standard(PyPI, "distutils"); m.Gone != "3.12" {
		t.Errorf("distutils was removed in %q", m.Gone)
	}
	for _, e := range []struct {
		text string
		e    Ecosystem
	}{{pythonStdlib, PyPI}, {goStd, Golang}} {
		for line := range strings.Lines(e.text) {
			name, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if _, ok := Standard(e.e, name); !ok {
				t.Errorf("%s:%s is in the list and is not found", e.e, name)
			}
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for _, w := range append([]string{"your-package", "YOUR_PKG", "<name>", "${x}", "{{ x }}", "my-lib", "..."}, placeholderWords...) {
		if !Placeholder(NPM, w, false) {
			t.Errorf("%s is no placeholder", w)
		}
	}
	for _, o := range placeholderOwners {
		if !Placeholder(Golang, "github.com/"+o+"/repo", false) {
			t.Errorf("github.com/%s/repo is no placeholder", o)
		}
	}
	for _, c := range []struct {
		e    Ecosystem
		name string
	}{{NPM, "foo"}, {NPM, "my-dep"}, {PyPI, "bar"}} {
		if Placeholder(c.e, c.name, true) {
			t.Errorf("%s in a manifest is a placeholder", c.name)
		}
	}
	for _, name := range []string{"react", "example-ci", "football", "golang.org/x/mod"} {
		if Placeholder(NPM, name, false) {
			t.Errorf("%s is a placeholder", name)
		}
	}
}
