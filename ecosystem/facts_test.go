package ecosystem

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"figment/fixtures"
)

func TestPage(t *testing.T) {
	for _, c := range []struct {
		eco        Ecosystem
		name, want string
	}{
		{"npm", "left-pad", "https://www.npmjs.com/package/left-pad"},
		{"npm", "@types/node", "https://www.npmjs.com/package/@types/node"},
		{"npm", "fs", "https://www.npmjs.com/package/fs"}, {"npm", "a/b", ""}, {"npm", "@a", ""}, {"npm", "a)(b", ""}, {"npm", "@a/..", ""}, {"npm", "", ""}, {"npm", "a b", ""}, {"npm", "a?b", ""}, {"npm", "a#b", ""},
		{"pypi", "PyYAML", "https://pypi.org/project/PyYAML/"}, {"pypi", "../x", ""},
		{"golang", "golang.org/x/mod", "https://pkg.go.dev/golang.org/x/mod"}, {"golang", "evil.example/../x", ""}, {"golang", "//evil.example", ""},
		{"cargo", "serde", "https://crates.io/crates/serde"}, {"gem", "rails", "https://rubygems.org/gems/rails"},
		{"maven", "com.google.guava:guava", "https://central.sonatype.com/artifact/com.google.guava/guava"}, {"maven", "guava", ""},
		{"nuget", "Newtonsoft.Json", "https://www.nuget.org/packages/Newtonsoft.Json"}, {"composer", "monolog/monolog", "https://packagist.org/packages/monolog/monolog"},
		{"pub", "http", "https://pub.dev/packages/http"}, {"hex", "phoenix", "https://hex.pm/packages/phoenix"}, {"jsr", "@std/path", "https://jsr.io/@std/path"},
		{"conda", "numpy", ""}, {"", "x", ""}, {"npm", strings.Repeat("a", 300), ""},
	} {
		if got := (Package{Ecosystem: c.eco, Name: c.name}).Page(); got != c.want {
			t.Errorf("%s:%s: %q, want %q", c.eco, c.name, got, c.want)
		}
	}
	var hostile []string
	for line := range strings.Lines(string(fixtures.Read("hostile-names.txt"))) {
		if s, err := strconv.Unquote(strings.TrimSpace(line)); err == nil {
			hostile = append(hostile, s)
		}
	}
	if len(hostile) < 100 {
		t.Fatalf("only %d hostile names", len(hostile))
	}
	for _, s := range hostile {
		for _, e := range All() {
			if page := (Package{Ecosystem: e, Name: s}).Page(); page != "" && !regexp.MustCompile(`^https://[a-z.]+/[A-Za-z0-9._~@/-]+$`).MatchString(page) {
				t.Errorf("%s:%q: %s", e, s, page)
			}
		}
	}
}

// TestPinned: a constraint of one version, and every other.
func TestPinned(t *testing.T) {
	for _, c := range []struct {
		eco    Ecosystem
		text   string
		locked bool
		want   string
	}{
		{"npm", "1.2.3", false, "1.2.3"}, {"npm", "=1.2.3", false, "1.2.3"}, {"npm", "v1.2.3-rc.1+b", false, "1.2.3-rc.1+b"},
		{"npm", "^1.2.3", false, ""}, {"npm", "1.2", false, ""}, {"npm", "1.x.3", false, ""}, {"npm", "1..3", false, ""}, {"npm", "latest", true, ""}, {"npm", "1.2.3 || 2", false, ""},
		{"pypi", "==1.0", false, "1.0"}, {"pypi", "===1!2.0.post1", false, "1!2.0.post1"}, {"pypi", "==1.*", false, ""}, {"pypi", "1.0", false, ""}, {"pypi", "1.0", true, "1.0"}, {"pypi", "==1.0, <2", false, ""},
		{"golang", "v1.2.3", false, "1.2.3"}, {"golang", "v0.0.0-20200101000000-abcdefabcdef", false, "0.0.0-20200101000000-abcdefabcdef"}, {"golang", "latest", false, ""}, {"golang", "v1", false, ""}, {"golang", "1.2.3", false, ""},
		{"cargo", "1.2.3", false, ""}, {"cargo", "1.2.3", true, "1.2.3"}, {"composer", "v1.2", true, "1.2"},
		{"npm", "", true, ""}, {"pypi", "==", false, ""}, {"pypi", "==1.0\x1b", false, ""}, {"pypi", "==" + strings.Repeat("1", 200), false, ""},
	} {
		if got := c.eco.Pinned(c.text, c.locked); got != c.want {
			t.Errorf("%s %q (%v): %q, want %q", c.eco, c.text, c.locked, got, c.want)
		}
	}
}

// TestForges: paths above a project on known hosts, and links to repositories.
func TestForges(t *testing.T) {
	for path, want := range map[string]int{"github.com/a/b": 3, "GitHub.com/a": 3, "k8s.io/api": 2, "git.acme.dev/a/b": 0, "github.community/a": 0, "": 0} {
		if got := ForgeDepth(path); got != want {
			t.Errorf("%q: %d, want %d", path, got, want)
		}
	}
	for host, want := range map[string]bool{"github.com": true, "www.github.com": true, "gitlab.acme.dev": true, "k8s.io": false, "": false} {
		if got := Forge(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

// TestOSVWords: OSV's word leads back, and the standard library is there where a
// package may be named like a module of it.
func TestOSVWords(t *testing.T) {
	for i := range table {
		r := &table[i]
		if r.Import == NoWeight {
			t.Errorf("%s: nothing is said of an import", r.Ecosystem)
		}
		if r.OSV != "" && FromOSV(r.OSV+":x") != r.Ecosystem {
			t.Errorf("OSV's %q means %s", r.OSV, FromOSV(r.OSV))
		}
		if taken, _ := r.Ecosystem.StandardNames(); taken && r.Stdlib == nil {
			t.Errorf("%s has no standard library", r.Ecosystem)
		}
	}
	for _, e := range []Ecosystem{Unknown, "swift"} {
		if e.Import() != NoWeight || e.OSV() != "" || e.Install("x", "") != "" || FromOSV("") != Unknown {
			t.Errorf("%q is known", e)
		}
	}
}
