package source

import (
	"context"
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rows are the texts that a source did not read: "path why", with "!" where the
// report is incomplete for it.
func rows(t *testing.T, s Source) []string {
	t.Helper()
	problems, err := s.Files(context.Background(), func(*File) {})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range problems {
		if p.Why == "" {
			t.Errorf("an ordinary problem: %s: %s", p.Path, p.Text)
		}
		mark := ""
		if p.Dropped {
			mark = "!"
		}
		out = append(out, fmt.Sprintf("%s %s%s", p.Path, p.Why, mark))
	}
	slices.Sort(out)
	return out
}

func wantRows(t *testing.T, s Source, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := rows(t, s); !slices.Equal(got, want) {
		t.Errorf("unread\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// commit makes a repository of a directory with what is in it.
func commit(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// TestUnread: whatever names packages and is not read is told, once.
func TestUnread(t *testing.T) {
	gittest.Isolate(t)
	long := "require('a');" + strings.Repeat("x", 6000) + "\nrequire('b')\n"
	files := map[string]string{
		"Podfile": "", "sub/Cargo.toml": "", "app.csproj": "", "deploy/Dockerfile.dev": "", ".github/workflows/ci.yml": "",
		"requirements.txt": "# \x00\n", "a.py": "\x00", "b.js": long, "lfs/package.json": "version https://git-lfs.github.com/spec/v1\n",
		"notes.txt": "words", "photo.png": "\x00", "tool": "\x00ELF",
		"big.sh": strings.Repeat("# words\n", 20), "ok/requirements.txt": "flask\n",
	}
	want := []string{
		"Podfile no-reader", "sub/Cargo.toml no-reader", "app.csproj no-reader", "deploy/Dockerfile.dev no-reader", ".github/workflows/ci.yml no-reader",
		"requirements.txt binary!", "a.py binary", "b.js long-lines", "lfs/package.json not-followed!", "big.sh too-large!",
	}
	root := gittest.Tree(t, files)
	wantRows(t, open(t, Options{Dir: root, MaxFileSize: 100}, "."), append(want[:7:7], "b.js too-large", want[8], want[9])...)
	os.Remove(root + "/big.sh")
	wantRows(t, open(t, Options{Dir: root}, "."), want[:9]...)
	commit(t, root)
	wantRows(t, open(t, Options{Dir: root}, "."), want[:9]...)

	// The lines of ordinary length around a long one are read.
	s := open(t, Options{Dir: root}, "b.js", ".")
	read := 0
	if _, err := open(t, Options{Dir: root}, ".").Files(context.Background(), func(f *File) {
		if f.Path != "b.js" {
			return
		}
		recognition.Split(f, func(frag *text.Fragment) {
			read++
			if text := string(frag.Text); strings.Contains(text, "'a'") || !strings.Contains(text, "'b'") || len(text) != len(f.Data) {
				t.Errorf("the text is %q", strings.TrimSpace(text))
			}
		})
	}); err != nil || read != 1 {
		t.Errorf("b.js was read %d times: %v", read, err)
	}
	// A file that is named is read whole.
	if _, err := s.Files(context.Background(), func(f *File) {
		if f.Path == "b.js" && f.Skip != nil {
			t.Error("lines of a named file are skipped")
		}
	}); err != nil {
		t.Error(err)
	}
}

// TestMarkers: a directory is passed over for a marker that is plausible, and
// what is tracked behind it is told.
func TestMarkers(t *testing.T) {
	gittest.Isolate(t)
	bait := "/requirements.txt"
	files := map[string]string{
		// plausible
		"venv/pyvenv.cfg": "home = /usr\n", "venv/lib/x.txt": "", "venv" + bait: "a",
		"cache/CACHEDIR.TAG": cacheTag + "\n", "cache" + bait: "a",
		"go/go.mod": "module m.example/x\n\nrequire (\n\tb.example/c v1.2.0\n\td.example/e v0.1.0 // indirect\n)\n", "go/vendor" + bait: "a",
		"go/vendor/modules.txt": "# b.example/c v1.2.0\n## explicit; go 1.19\nb.example/c\n# d.example/e v0.1.0\n## explicit\nd.example/e\n",
		"node_modules" + bait:   "a",
		// not
		"v1/pyvenv.cfg": "", "v1/lib/x": "", "v1" + bait: "a", "v2/pyvenv.cfg": "home = /usr\n", "v2" + bait: "a", "v3/pyvenv.cfg": "home =\n", "v3/lib/x": "", "v3" + bait: "a",
		"c1/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc54", "c1" + bait: "a",
		"g1/go.mod": "module m.example/y\n\nrequire b.example/c v1.2.0\n", "g1/vendor/modules.txt": "# b.example/c v1.3.0\n## explicit\n", "g1/vendor" + bait: "a",
		"g2/vendor/modules.txt": "# b.example/c v1.2.0\n## explicit\n", "g2/vendor" + bait: "a",
		"g3/go.mod": "module m.example/z\n", "g3/vendor/modules.txt": "## workspace\n", "g3/vendor" + bait: "a",
		"p1/vendor/composer/x": "", "p1/vendor" + bait: "a", "p2/vendor/bundle/x": "", "p2/vendor" + bait: "a",
		"r1/Cargo.toml": "", "r1/target" + bait: "a", "j1/pom.xml": "", "j1/target" + bait: "a", "e1/mix.exs": "", "e1/deps" + bait: "a",
	}
	root := gittest.Tree(t, files)
	var found []string
	collect := func() {
		found = nil
		s := open(t, Options{Dir: root}, ".")
		got, _ := read(t, s)
		for _, p := range got {
			if strings.HasSuffix(p, bait) {
				found = append(found, strings.TrimSuffix(p, bait))
			}
		}
	}
	want := "c1 e1/deps g1/vendor g2/vendor g3/vendor j1/target p1/vendor p2/vendor r1/target v1 v2 v3"
	known := []string{"r1/Cargo.toml no-reader", "j1/pom.xml no-reader", "e1/mix.exs no-reader"}
	if collect(); strings.Join(found, " ") != want {
		t.Errorf("without git: read %v, want %s", found, want)
	}
	wantRows(t, open(t, Options{Dir: root}, "."), append(known, "venv ignored", "cache ignored", "go/vendor ignored", "node_modules ignored")...)
	commit(t, root)
	if collect(); strings.Join(found, " ") != want {
		t.Errorf("with git: read %v, want %s", found, want)
	}
	// go.mod names whatever a vendor directory holds that agrees with it.
	wantRows(t, open(t, Options{Dir: root}, "."), append(known, "venv skipped-directory!", "cache skipped-directory!", "go/vendor skipped-directory", "node_modules skipped-directory!")...)
}

// TestLinks: a link, and a path that a file names, leads nowhere that the walk
// would not read by itself.
func TestLinks(t *testing.T) {
	gittest.Isolate(t)
	files := map[string]string{
		".gitignore": ".token\nsecret/\n", ".token": "ghp-deadbeef\n", "secret/reqs.txt": "ghp-deadbeef\n", "node_modules/x/reqs.txt": "ghp-deadbeef\n",
		"ok.lst": "flask\n", "deps/base.txt": "flask\n", "deps/requirements.txt": "flask\n", "AGENTS.md": "words", "src/a.py": "",
		// allowed
		"l1/requirements.txt": "-> ../deps/base.txt", "CLAUDE.md": "-> AGENTS.md", "l2/requirements.txt": "-> ../deps/requirements.txt",
		// not
		"n1/requirements.txt": "-> ../.token", "n2/requirements.txt": "-> ../secret/reqs.txt", "n3/requirements.txt": "-> ../node_modules/x/reqs.txt",
		"n4/requirements.txt": "-> ../.git/config", "n5/requirements.txt": "-> /etc/hostname", "n6/requirements.txt": "-> ../../outside", "n7/package.json": "-> package.json",
		"n8/a.py": "-> ../n1/requirements.txt", "n9/requirements.txt": "-> ../gone", "n10/requirements.txt": "-> ../src", "n11/Pipfile": "-> ../.token",
		"dir": "-> src", "logo.png": "-> .token", "node_modules2": "-> node_modules",
	}
	root := gittest.Tree(t, files)
	not := []string{"n1/requirements.txt not-followed!", "n2/requirements.txt not-followed!", "n3/requirements.txt not-followed!", "n4/requirements.txt not-followed!",
		"n5/requirements.txt not-followed!", "n6/requirements.txt not-followed!", "n7/package.json not-followed!", "n8/a.py not-followed!", "n9/requirements.txt not-followed!",
		"n11/Pipfile not-followed!", "node_modules skipped-directory!", "node_modules2 not-followed"}
	names := func(s Source) string { got, _ := read(t, s); return strings.Join(got, " ") }
	check := func(s Source) {
		t.Helper()
		// Two links lead to what is read in the same way already.
		if got := names(s); got != "AGENTS.md deps/requirements.txt l1/requirements.txt src/a.py" {
			t.Errorf("read %s", got)
		}
	}
	commit(t, root)
	check(open(t, Options{Dir: root}, "."))
	s := open(t, Options{Dir: root}, ".")
	wantRows(t, s, not...)
	for _, p := range []string{"n1/requirements.txt", "n2/requirements.txt", "n8/a.py", "logo.png", "n11/Pipfile"} {
		if data, err := s.Read(p); err == nil {
			t.Errorf("%s can be read: %q", p, data)
		}
	}
	if data, err := s.Read("l1/requirements.txt"); err != nil || string(data) != "flask\n" {
		t.Errorf("an allowed link: %q, %v", data, err)
	}
	// Follow is held to the same.
	f := s.(interface {
		Follow(from, to, as string) (*File, error)
	})
	for to, ok := range map[string]bool{"ok.lst": true, ".token": false, "secret/reqs.txt": false, "n1/requirements.txt": false, "../x": false, "/etc/hostname": false, "src": false, ".git/config": false, "node_modules/x/reqs.txt": false} {
		file, err := f.Follow("deps/requirements.txt", to, "requirements.txt")
		if (err == nil && file != nil) != ok {
			t.Errorf("Follow %s: %v, %v", to, file, err)
		}
	}
	// A tracked file leads to tracked ones only.
	if err := os.WriteFile(root+"/untracked.lst", []byte("ghp-deadbeef\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../untracked.lst", root+"/l1/constraints.txt"); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: root}, ".")
	if got := names(s); !strings.Contains(got, "l1/constraints.txt") {
		t.Errorf("a link that git does not know leads nowhere: %s", got)
	}
	cmd := exec.Command("git", "add", "l1/constraints.txt")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	wantRows(t, open(t, Options{Dir: root}, "."), append(not, "l1/constraints.txt not-followed!")...)
}

// TestKnownUnread: what has a reader is no row of what has none.
func TestKnownUnread(t *testing.T) {
	for name := range recognition.known {
		if kind, _ := recognition.classify(name); kind == ManifestFile || kind == LockFile {
			t.Errorf("%s is read", name)
		}
	}
	for p, known := range map[string]bool{".vscode/tasks.json": true, "tasks.json": false, "a/.claude/settings.local.json": true, "settings.json": false, "Procfile": true, "web/netlify.toml": true} {
		if what := recognition.knownKind(p); (what != "") != known {
			t.Errorf("%s is a %q", p, what)
		}
	}
}

// TestTooDeep holds the check of depth against depths that are known.
func TestTooDeep(t *testing.T) {
	deep := func(open string, n int) []byte { return []byte(strings.Repeat(open, n)) }
	for _, c := range []struct {
		name string
		text []byte
		lang text.Lang
		want bool
	}{
		{"json", deep("[", text.MaxLevels+1), text.JSON, true},
		{"json below", deep("[", text.MaxLevels), text.JSON, false},
		{"json objects", deep(`{"a":`, text.MaxLevels+1), text.JSON, true},
		{"json closed", deep("[]", 100_000), text.JSON, false},
		{"json string", []byte(`"` + strings.Repeat("[", 5000) + `"`), text.JSON, false},
		{"json escaped quote", []byte(`"\"` + strings.Repeat("[", 5000) + `"`), text.JSON, false},
		{"json string that ends with its line", []byte("\"\n" + strings.Repeat("[", 5000)), text.JSON, true},
		{"json comment", []byte("/*" + strings.Repeat("[", 5000) + "*/ // " + strings.Repeat("[", 5000)), text.JSON, false},
		{"toml array", append([]byte("a = "), deep("[", text.MaxLevels+1)...), text.TOML, true},
		{"toml keys", append(deep("a.", text.MaxLevels+2), "b = 1"...), text.TOML, true},
		{"toml comment", append([]byte("# "), deep("[", 5000)...), text.TOML, false},
		{"toml literal", []byte("a = '''" + strings.Repeat("[", 5000) + "'''"), text.TOML, false},
		{"toml literal with backslash", []byte(`a = '\'` + "\nb = " + strings.Repeat("[", 5000)), text.TOML, true},
		{"yaml flow", append([]byte("a: "), deep("[", text.MaxLevels+1)...), text.YAML, true},
		{"yaml dashes", append(deep("- ", text.MaxLevels+1), 'a'), text.YAML, true},
		{"yaml list", deep("- a\n", 100_000), text.YAML, false},
		{"xml", deep("<a>", text.MaxLevels+1), text.XML, true},
		{"xml closed", deep("<a></a><b/>", 100_000), text.XML, false},
	} {
		if got := text.TooDeep(c.text, c.lang); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	var b strings.Builder
	for i := range text.MaxLevels + 5 {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	if !text.TooDeep([]byte(b.String()), text.YAML) {
		t.Error("blocks of YAML are not counted")
	}
}

// TestChangeUnread: what a change touches and nobody reads is told, and a gate
// knows that the change touches it.
func TestChangeUnread(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Repository(t, map[string]string{"keep.py": "", "old/Podfile": "x", "go/go.mod": "module a.example/b\n\nrequire c.example/d v1.0.0\n"})
	gittest.Write(t, root, map[string]string{
		"Podfile": "a", "node_modules/x/package.json": "{}", "cache/CACHEDIR.TAG": cacheTag, "cache/requirements.txt": "a", "cache/logo.png": "",
		"go/vendor/modules.txt": "# c.example/d v1.0.0\n## explicit\n", "go/vendor/c.example/d/d.go": "package d",
		"requirements.txt": "# \x00\n", "long.js": strings.Repeat("x", 6000) + "\n",
	})
	gittest.Run(t, root, "add", "-f", ".")
	s := changed(t, at(root))
	wantRows(t, s, "Podfile no-reader", "cache skipped-directory!", "go/vendor skipped-directory", "long.js long-lines", "node_modules skipped-directory!", "requirements.txt binary!")
	for p, want := range map[string]bool{"cache": true, "node_modules": true, "go/vendor": false, "requirements.txt": true, "long.js": true, "keep.py": false, "old/Podfile": false} {
		if got := s.Touched(p); got != want {
			t.Errorf("the change touches %s: %v", p, got)
		}
	}
}
