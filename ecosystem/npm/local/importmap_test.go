package local

import (
	"strings"
	"testing"
)

func TestRailsMap(t *testing.T) {
	m := railsMap("site/config/importmap.rb", []byte("# pin \"no\"\npin \"application\"\n  pin('a', to: \"https://x.example/a.js\", preload: true)\npin \"b\",\n  preload: true,\n  to: 'http://y.example/b.js'\npin \"c\"; pin_all_from \"x\"\npin_all_from \"app/javascript/controllers\", under: \"controllers\", to: \"c\"\npin_all_from \"app/javascript/free\"\npinned \"no\"\n"))
	want := map[string]target{"application": "", "a": "https://x.example/a.js", "b": "http://y.example/b.js", "c": "", "controllers/": "app/javascript/controllers/", "controllers": "app/javascript/controllers"}
	if len(m.base) != len(want) {
		t.Errorf("%v", m.base)
	}
	for k, to := range want {
		if got, ok := m.base[k]; !ok || got != to {
			t.Errorf("%s: %q, %v", k, got, ok)
		}
	}
	for file, holds := range map[string]bool{"site/app/javascript/x.js": true, "site/lib/x.js": true, "site/webpack.js": false, "app/x.js": false} {
		if m.holds(file) != holds {
			t.Errorf("%s", file)
		}
	}
}

func TestImportMapFind(t *testing.T) {
	m := &importMap{dir: "."}
	m.fill(map[string]any{"a": "./a.js", "a/": "./a/", "a/b/": "./c/", "n": 1.0, "e": ""}, map[string]any{"./v/": map[string]any{"a": "./v.js"}, "https://x/": map[string]any{"z": "./z"}})
	for _, c := range []struct {
		file, spec, key string
		to              target
	}{
		{"x.js", "a", "a", "./a.js"}, {"x.js", "a/x", "a/", "./a/"}, {"x.js", "a/b/x", "a/b/", "./c/"}, {"v/x.js", "a", "a", "./v.js"}, {"vv/x.js", "a", "a", "./a.js"},
		{"x.js", "ab", "", ""}, {"x.js", "n", "", ""}, {"x.js", "e", "", ""}, {"x.js", "z", "", ""},
	} {
		if key, to, ok := m.find(c.file, c.spec); key != c.key || to != c.to || ok != (c.key != "") {
			t.Errorf("%s in %s: %q %q %v", c.spec, c.file, key, to, ok)
		}
	}
}

// FuzzImportMap: what is kept of an import map is bounded by its text.
func FuzzImportMap(f *testing.F) {
	for _, text := range []string{"pin \"a\", to: 'b'\npin_all_from 'c', under: 'd'\n", "<script type=importmap>{\"imports\": {\"a\": \"b\"}, \"scopes\": {\"/\": {\"c/\": \"d/\"}}}</script>", "pin \"a\",\n,\n,\n"} {
		f.Add(text, "a/b")
	}
	f.Fuzz(func(t *testing.T, text, spec string) {
		maps := append(pageMaps("a/i.html", []byte(text)), railsMap("config/importmap.rb", []byte(text)))
		n := 0
		for _, m := range maps {
			n += len(m.base) + len(m.scopes)
			m.find("a/x.js", spec)
			m.find(spec, strings.Repeat(spec, 2))
		}
		if n > len(text) {
			t.Errorf("%d entries of %d bytes", n, len(text))
		}
	})
}
