package ecosystem

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	long := strings.Repeat("a", 10_000)
	for _, c := range []struct {
		e      Ecosystem
		name   string
		state  State
		reason string
		legacy bool
	}{
		{NPM, "left-pad", Valid, "", false},
		{NPM, "@scope/name", Valid, "", false},
		{NPM, "socket.io", Valid, "", false},
		{NPM, "a\x1b[31m", Invalid, "charset", false},
		{PyPI, "pathlib", Stdlib, "", false},
		{PyPI, "пакет", Invalid, "look-alike", false},
		{Golang, "foo/bar", Invalid, "shape", false},
		{Golang, "golang.org/x/mod", Valid, "", false},
		{Cargo, "", Invalid, "shape", false},
		{NPM, "@Scope/name", Valid, "", true},
		{NPM, "JSONStream", Valid, "", true},
		{NPM, "what(is)it", Valid, "", true},
		{NPM, "it's", Valid, "", true},
		{NPM, "-", Valid, "", true},
		{NPM, strings.Repeat("a", 214), Valid, "", false},
		{NPM, strings.Repeat("a", 215), Valid, "", true},
		{NPM, "fs", Stdlib, "", true},
		{NPM, "fs/promises", Invalid, "shape", false},
		{NPM, "sqlite", Valid, "", false},
		{NPM, "test", Valid, "", false},
		{NPM, "", Invalid, "shape", false},
		{NPM, " a", Invalid, "shape", false},
		{NPM, "a ", Invalid, "shape", false},
		{NPM, ".hidden", Invalid, "shape", false},
		{NPM, "_under", Invalid, "shape", false},
		{NPM, "@scope", Invalid, "shape", false},
		{NPM, "@/x", Invalid, "shape", false},
		{NPM, "@scope/", Invalid, "shape", false},
		{NPM, "@a/b/c", Invalid, "shape", false},
		{NPM, "a/b", Invalid, "shape", false},
		{NPM, "a b", Invalid, "charset", false},
		{NPM, "a\x00b", Invalid, "charset", false},
		{NPM, "node_modules", Invalid, "reserved-word", false},
		{NPM, "favicon.ico", Invalid, "reserved-word", false},
		{NPM, "r\u0435act", Invalid, "look-alike", false},
		{NPM, "rea\u200bct", Invalid, "look-alike", false},
		{NPM, "bad\xffbytes", Invalid, "look-alike", false},
		{NPM, long, Invalid, "length", false},

		{PyPI, "flask", Valid, "", false},
		{PyPI, "Flask_SQLAlchemy", Valid, "", false},
		{PyPI, "zope.interface", Valid, "", false},
		{PyPI, "2to3", Valid, "", false},
		{PyPI, "x", Valid, "", false},
		{PyPI, "asyncio", Stdlib, "", false},
		{PyPI, "distutils", Stdlib, "", false},
		{PyPI, "importlib-metadata", Valid, "", false},
		{PyPI, "", Invalid, "shape", false},
		{PyPI, "-flask", Invalid, "shape", false},
		{PyPI, "flask-", Invalid, "shape", false},
		{PyPI, "flask/x", Invalid, "charset", false},
		{PyPI, "fl ask", Invalid, "charset", false},
		{PyPI, "fl\u0430sk", Invalid, "look-alike", false},
		{PyPI, long, Invalid, "length", false},

		{Golang, "github.com/google/uuid", Valid, "", false},
		{Golang, "github.com/Masterminds/semver/v3", Valid, "", false},
		{Golang, "gopkg.in/yaml.v3", Valid, "", false},
		{Golang, "fmt", Stdlib, "", false},
		{Golang, "net/http", Stdlib, "", false},
		{Golang, "net/https", Invalid, "shape", false},
		{Golang, "jsonutil", Invalid, "shape", false},
		{Golang, "", Invalid, "shape", false},
		{Golang, "github.com/a/b/v1", Invalid, "shape", false},
		{Golang, "github.com/a/b/v02", Invalid, "shape", false},
		{Golang, "github.com/a/con", Invalid, "shape", false},
		{Golang, "github.com/a/b.", Invalid, "shape", false},
		{Golang, "GitHub.com/a/b", Invalid, "shape", false},
		{Golang, "gopkg.in/yaml", Invalid, "shape", false},
		{Golang, "g\u0456thub.com/a/b", Invalid, "look-alike", false},
		{Golang, "a.example/" + long, Invalid, "length", false},
		{Golang, long, Invalid, "length", false},

		{Cargo, "serde", Valid, "", false},
		{Gem, "", Invalid, "shape", false},
		{"made-up", "x", Valid, "", false},
		{Hex, long, Valid, "", false},
	} {
		got := CheckName(c.e, c.name)
		if got.State != c.state || got.Reason != c.reason || got.Legacy != c.legacy {
			t.Errorf("%s:%.40q: state %d %q legacy %v, want %d %q %v", c.e, c.name, got.State, got.Reason, got.Legacy, c.state, c.reason, c.legacy)
		}
		if (got.Text != "") != (got.State == Invalid) {
			t.Errorf("%s:%.40q: state %d has the text %q", c.e, c.name, got.State, got.Text)
		}
		if got.Canonical != "" && got.Canonical != Normalize(c.e, c.name) {
			t.Errorf("%s:%.40q: canonical %.40q", c.e, c.name, got.Canonical)
		}
	}
}

// TestCheckNameKnown asks about every name that the program itself calls
// popular: none of them may be invalid.
func TestCheckNameKnown(t *testing.T) {
	for _, e := range []Ecosystem{NPM, PyPI, Golang, Cargo, Gem, Maven, Composer, Hex} {
		file := string(e)
		data, err := os.ReadFile(filepath.Join("..", "names", "build", "lists", file+".tsv"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if c := CheckName(e, name); c.State == Invalid {
				t.Errorf("%s:%s %s", e, name, c.Text)
			}
			n++
		}
		if n < 400 {
			t.Errorf("%s has only %d names", file, n)
		}
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct {
		e          Ecosystem
		name, want string
	}{
		{PyPI, "Flask_SQLAlchemy", "flask-sqlalchemy"},
		{PyPI, "zope..interface-_x", "zope-interface-x"},
		{NPM, "JSONStream", "JSONStream"},
		{Golang, "github.com/Masterminds/semver", "github.com/Masterminds/semver"},
		{Cargo, "Serde_JSON", "serde-json"},
		{Composer, "Monolog/Monolog", "monolog/monolog"},
		{Gem, "RubyInline", "RubyInline"},
		{"made-up", "A_b", "A_b"},
	} {
		if got := Normalize(c.e, c.name); got != c.want {
			t.Errorf("%s:%s becomes %q, want %q", c.e, c.name, got, c.want)
		}
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"", "left-pad", "@a/b", "Flask_x", "github.com/a/b/v2", "fmt", "node:fs", "r\u0435act", "\xff", "pkg:npm/%40a/b@1", "npm:a@^1", "maven:g:a:1", "flask[async] >= 2; x", "\u0130", "a\u202eb", strings.Repeat("-", 300), "<x>", "a\tb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, e := range append(All(), Unknown) {
			once := Normalize(e, name)
			if twice := Normalize(e, once); twice != once {
				t.Errorf("%s: %q becomes %q, then %q", e, name, once, twice)
			}
			c := CheckName(e, name)
			if c.State == Unchecked {
				t.Errorf("%s: %q is not decided", e, name)
			}
			if c.State == Invalid && c.Reason == "" {
				t.Errorf("%s: %q is invalid without a reason", e, name)
			}
			Standard(e, name)
			Placeholder(e, name, Example)
			_ = Package{e, name, "1"}.PURL()
			if s, err := ParseSpec(name, e); err == nil && s.Package.Name == "" {
				t.Errorf("%s: %q has no name", e, name)
			}
		}
	})
}

func TestParseSpec(t *testing.T) {
	for _, c := range []struct {
		spec string
		def  Ecosystem
		want Spec
	}{
		{"npm:left-pad", Unknown, Spec{Package{NPM, "left-pad", ""}, ""}},
		{"npm:left-pad@1.3.0", Unknown, Spec{Package{NPM, "left-pad", "1.3.0"}, "1.3.0"}},
		{"left-pad@^1", NPM, Spec{Package{NPM, "left-pad", ""}, "^1"}},
		{"npm:@scope/x", Unknown, Spec{Package{NPM, "@scope/x", ""}, ""}},
		{"npm:@scope/x@^2", Unknown, Spec{Package{NPM, "@scope/x", ""}, "^2"}},
		{"@scope/x@2.0.0", NPM, Spec{Package{NPM, "@scope/x", "2.0.0"}, "2.0.0"}},
		{"pypi:flask==3.0", Unknown, Spec{Package{PyPI, "flask", "3.0"}, "==3.0"}},
		{"python:flask@3.0", Unknown, Spec{Package{PyPI, "flask", "3.0"}, "==3.0"}},
		{"pypi:flask[async]>=3,<4", Unknown, Spec{Package{PyPI, "flask", ""}, ">=3,<4"}},
		{"golang:golang.org/x/mod@v0.1.0", Unknown, Spec{Package{Golang, "golang.org/x/mod", "v0.1.0"}, "v0.1.0"}},
		{"pkg:npm/%40scope/x@2", Unknown, Spec{Package{NPM, "@scope/x", "2"}, "2"}},
		{"py:flask>=2,<3", Unknown, Spec{Package{PyPI, "flask", ""}, ">=2,<3"}},
		{"flask==3.*", PyPI, Spec{Package{PyPI, "flask", ""}, "==3.*"}},
		{"flask[async] >=2 ; python_version > '3'", PyPI, Spec{Package{PyPI, "flask", ""}, ">=2"}},
		{"go:github.com/google/uuid@v1.6.0", Unknown, Spec{Package{Golang, "github.com/google/uuid", "v1.6.0"}, "v1.6.0"}},
		{"github.com/google/uuid", Golang, Spec{Package{Golang, "github.com/google/uuid", ""}, ""}},
		{"maven:org.slf4j:slf4j-api:2.0.1", Unknown, Spec{Package{Maven, "org.slf4j:slf4j-api", "2.0.1"}, "2.0.1"}},
		{"maven:junit:junit", Unknown, Spec{Package{Maven, "junit:junit", ""}, ""}},
		{"junit:junit:4.13.2", Maven, Spec{Package{Maven, "junit:junit", "4.13.2"}, "4.13.2"}},
		{"RUST:serde", Unknown, Spec{Package{Cargo, "serde", ""}, ""}},
		{"pkg:npm/%40scope/x@2.0.0", Unknown, Spec{Package{NPM, "@scope/x", "2.0.0"}, "2.0.0"}},
		{"pkg:pypi/Flask_Cors@4.0", Unknown, Spec{Package{PyPI, "flask-cors", "4.0"}, "==4.0"}},
		{"pkg:maven/org.slf4j/slf4j-api@2.0.1", Unknown, Spec{Package{Maven, "org.slf4j:slf4j-api", "2.0.1"}, "2.0.1"}},
		{"pkg:golang/github.com/BurntSushi/toml@v1.2.0?x=y#sub", Unknown, Spec{Package{Golang, "github.com/BurntSushi/toml", "v1.2.0"}, "v1.2.0"}},
		{"pkg:golang/github.com/google/uuid@v1.6.0", NPM, Spec{Package{Golang, "github.com/google/uuid", "v1.6.0"}, "v1.6.0"}},
	} {
		got, err := ParseSpec(c.spec, c.def)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v; want %+v", c.spec, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "left-pad", "npm:", "npm: ", "nope:x", "pkg:", "pkg:nope/x", "pkg:npm"} {
		if got, err := ParseSpec(bad, Unknown); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
	if _, err := ParseSpec("==1", PyPI); err == nil {
		t.Error("a constraint without a name is read")
	}
}

func TestPURL(t *testing.T) {
	for _, c := range []struct {
		p    Package
		want string
	}{
		{Package{NPM, "left-pad", "1.3.0"}, "pkg:npm/left-pad@1.3.0"},
		{Package{NPM, "@scope/x", ""}, "pkg:npm/%40scope/x"},
		{Package{PyPI, "flask", "==3.0"}, "pkg:pypi/flask@3.0"},
		{Package{Golang, "github.com/Masterminds/semver/v3", "v3.2.0"}, "pkg:golang/github.com/Masterminds/semver/v3@v3.2.0"},
		{Package{Golang, "a.example/b c", ""}, "pkg:golang/a.example/b%20c"},
		{Package{Maven, "org.slf4j:slf4j-api", "2.0.1"}, "pkg:maven/org.slf4j/slf4j-api@2.0.1"},
		{Package{Composer, "monolog/monolog", ""}, "pkg:composer/monolog/monolog"},
		{Package{Cargo, "serde", "1.0.0"}, "pkg:cargo/serde@1.0.0"},
		{Package{Unknown, "x", ""}, "pkg:generic/x"},
	} {
		got := c.p.PURL()
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.p, got, c.want)
		}
		if c.p.Ecosystem == Unknown || c.p.Ecosystem == PyPI || strings.Contains(c.p.Name, " ") {
			continue
		}
		back, err := ParseSpec(got, Unknown)
		if err != nil || back.Package != c.p {
			t.Errorf("%s reads back as %+v, %v", got, back.Package, err)
		}
	}
	if got := (Package{NPM, "a", "1"}).String() + " " + (Package{NPM, "a", ""}).String(); got != "npm:a@1 npm:a" {
		t.Error(got)
	}
}

func TestPlaceholder(t *testing.T) {
	places := []Place{Installed, Script, Example}
	for _, s := range []string{"", "<x>", "{x}", "[x]", "$X", "%x%", "a*", "...x", "github.com/x/...", "a…", "${x}", "{{ x }}"} {
		for _, p := range places {
			if !Placeholder(PyPI, s, p) || !Placeholder(NPM, s, p) {
				t.Errorf("%q is no placeholder in place %d", s, p)
			}
		}
	}
	// A registry takes these: they stand for another name only where nothing is
	// installed.
	for _, s := range append([]string{"my-thing", "MY_PACKAGE", "Package_Name", "YOUR_PKG", "your-thing", "Your_Thing", "example-package-x", "reque...sts"}, placeholderWords...) {
		if !Placeholder(PyPI, s, Example) {
			t.Errorf("%q is no placeholder in prose", s)
		}
		if Placeholder(PyPI, s, Installed) {
			t.Errorf("%q is a placeholder where it is installed", s)
		}
	}
	for s, want := range map[string]bool{"package_name": true, "package-name": true, "PACKAGE_NAME": true, "your-package-name": true, "your_package_name": true, "github.com/user/repo": true,
		"your-package": false, "my-package": false, "your-sdk": false, "github.com/user/repo2": false, "github.com/yourname/x": false, "example": false, "my-app": false, "MY_PACKAGE": false} {
		if got := Placeholder(PyPI, s, Script); got != want {
			t.Errorf("%q in a script: %v", s, got)
		}
	}
	for _, c := range []struct {
		e    Ecosystem
		name string
		want bool
	}{
		{NPM, "@your-org/x", true}, {NPM, "@my-org/x", true}, {NPM, "@yourscope/x", true}, {NPM, "@mycompany/x", true},
		{NPM, "@your-scope/x", true}, {NPM, "@yourorg/x", true}, {JSR, "@your-org/x", true}, {NPM, "@acme/x", false},
		{Maven, "com.example:x", true}, {Maven, "com.example.shop:x", true}, {Maven, "org.example:x", true}, {Maven, "com.yourcompany:x", true}, {Maven, "com.examples:x", false},
		{Composer, "vendor/package", true}, {Composer, "monolog/monolog", false},
		{Golang, "example.com/x", true}, {Golang, "git.example.com/x", true}, {Golang, "example.org/x", true}, {Golang, "example.net/x", true}, {Golang, "notexample.com/x", false},
		{Golang, "a.example/x", true}, {Golang, "a.test/x", true}, {Golang, "a.invalid/x", true}, {Golang, "a.local/x", true},
		{Golang, "gitlab.com/yourteam/x", true}, {Golang, "github.com/google/uuid", false}, {Golang, "codeberg.org/user/x", false},
		{PyPI, "flask", false}, {PyPI, "myst-parser", false}, {NPM, "JSONStream", false}, {NPM, "foo-bar", false}, {NPM, "food", false}, {NPM, "football", false}, {NPM, "example-ci", false},
	} {
		if got := Placeholder(c.e, c.name, Example); got != c.want {
			t.Errorf("%s:%s: %v", c.e, c.name, got)
		}
		if Placeholder(c.e, c.name, Installed) || Placeholder(c.e, c.name, Script) {
			t.Errorf("%s:%s is a placeholder where it is installed", c.e, c.name)
		}
	}
	for _, host := range []string{"github.com", "gitlab.com", "bitbucket.org"} {
		for _, o := range placeholderOwners {
			if !Placeholder(Golang, host+"/"+o+"/x", Example) {
				t.Errorf("%s/%s/x is no placeholder", host, o)
			}
		}
	}
}

func TestStandard(t *testing.T) {
	for _, c := range []struct {
		e    Ecosystem
		name string
		ok   bool
		want Module
	}{
		{NPM, "fs", true, Module{Name: "fs", Of: "Node.js"}},
		{NPM, "node:fs", true, Module{Name: "fs", Of: "Node.js"}},
		{NPM, "fs/promises", true, Module{Name: "fs/promises", Of: "Node.js"}},
		{NPM, "node:test", true, Module{Name: "test", Of: "Node.js", PrefixOnly: true}},
		{NPM, "node:test/reporters", true, Module{Name: "test/reporters", Of: "Node.js", PrefixOnly: true}},
		{NPM, "sqlite", false, Module{Name: "sqlite", Of: "Node.js", PrefixOnly: true}},
		{NPM, "bench", false, Module{Name: "bench", Of: "Node.js", PrefixOnly: true}},
		{NPM, "node:nope", false, Module{}},
		{NPM, "express", false, Module{}},
		{PyPI, "json", true, Module{Name: "json", Of: "the Python standard library"}},
		{PyPI, "distutils", true, Module{Name: "distutils", Of: "the Python standard library", Gone: "3.12"}},
		{PyPI, "asyncore", true, Module{Name: "asyncore", Of: "the Python standard library", Gone: "3.12"}},
		{PyPI, "cgi", true, Module{Name: "cgi", Of: "the Python standard library", Gone: "3.13"}},
		{PyPI, "BaseHTTPServer", true, Module{Name: "BaseHTTPServer", Of: "the Python standard library", Gone: "3.6"}},
		{PyPI, "dataclasses", true, Module{Name: "dataclasses", Of: "the Python standard library", Backport: true}},
		{PyPI, "tomllib", true, Module{Name: "tomllib", Of: "the Python standard library", Backport: true}},
		{NPM, "node:sqlite", true, Module{Name: "sqlite", Of: "Node.js", PrefixOnly: true}},
		{Golang, "golang.org/x/mod", false, Module{}},
		{PyPI, "importlib_metadata", false, Module{}},
		{PyPI, "requests", false, Module{}},
		{PyPI, "", false, Module{}},
		{PyPI, "a\tb", false, Module{}},
		{Golang, "net/http", true, Module{Name: "net/http", Of: "the Go standard library"}},
		{Golang, "slices", true, Module{Name: "slices", Of: "the Go standard library"}},
		{Golang, "net/https", false, Module{}},
		{Cargo, "std", false, Module{}},
	} {
		got, ok := Standard(c.e, c.name)
		if ok != c.ok || (ok || got.PrefixOnly) && got != c.want {
			t.Errorf("%s:%q: %+v, %v", c.e, c.name, got, ok)
		}
	}
	// every line of the lists is found, and only by its whole name
	for e, text := range map[Ecosystem]string{PyPI: pythonStdlib, NPM: nodeBuiltins, Golang: goStd} {
		for line := range strings.Lines(text) {
			name, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			ask := name
			if e == NPM {
				ask = "node:" + name
			}
			if _, ok := Standard(e, ask); !ok {
				t.Errorf("%s: %s is not found", e, ask)
			}
			if _, ok := Standard(e, ask+"~"); ok {
				t.Errorf("%s: %s~ is found", e, ask)
			}
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]Ecosystem{}
	for _, e := range All() {
		r := find(e)
		if e.Title() == "" || e.Registry() == "" {
			t.Errorf("%s has no title or registry", e)
		}
		for _, w := range append([]string{string(e)}, r.Aliases...) {
			if other, dup := seen[w]; dup {
				t.Errorf("%q is %s and %s", w, other, e)
			}
			seen[w] = e
			if got, ok := Lookup(strings.ToUpper(w)); !ok || got != e {
				t.Errorf("%q is %s, want %s", w, got, e)
			}
		}
	}
	if _, ok := Lookup(""); ok {
		t.Error("no word is an ecosystem")
	}
	if u := Ecosystem("made-up"); u.Title() != "made-up" || u.Registry() != "the registry" || u.Exact() {
		t.Error("an unknown ecosystem is taken for a known one")
	}
	for e, want := range map[Ecosystem]bool{NPM: true, Golang: true, PyPI: false, Cargo: false} {
		if e.Exact() != want {
			t.Errorf("%s: exact %v", e, e.Exact())
		}
	}
}
