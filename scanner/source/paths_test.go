package source

import (
	"context"
	"errors"
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"
)

// read gives the paths that a source hands out, sorted, and its problems as
// "path: text".
func read(t testing.TB, s Source) (files, problems []string) {
	t.Helper()
	files, bad := readWhole(t, s)
	for _, p := range bad {
		if p.Why == SkippedDirectory || p.Why != "" && !p.Dropped {
			continue // told, and the report is complete all the same: TestUnread
		}
		problems = append(problems, fmt.Sprintf("%s: %s (dropped: %v)", p.Path, p.Text, p.Dropped))
	}
	return files, problems
}

// told is read with every problem, whatever comes of it.
func told(t testing.TB, s Source) (files, problems []string) {
	t.Helper()
	files, bad := readWhole(t, s)
	for _, p := range bad {
		problems = append(problems, p.Path+": "+p.Text)
	}
	return files, problems
}

func readWhole(t testing.TB, s Source) (files []string, problems []Problem) {
	t.Helper()
	var mu sync.Mutex
	bad, err := s.Files(context.Background(), func(f *File) {
		mu.Lock()
		defer mu.Unlock()
		files = append(files, f.Path)
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files, bad
}

func open(t testing.TB, o Options, args ...string) Source {
	t.Helper()
	o.Recognition = recognition
	s, err := Paths(args, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantFiles(t *testing.T, s Source, want string) {
	t.Helper()
	files, problems := read(t, s)
	if got := strings.Join(files, " "); got != want || len(problems) > 0 {
		t.Errorf("read %s\nwant %s\nproblems %q", got, want, problems)
	}
}

func TestWalk(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{
		"package.json":                 "{}",
		"src/a.py":                     "import x",
		"src/logo.png":                 "\x89PNG",
		"src/.hidden/b.py":             "",
		"node_modules/x/package.json":  "{}",
		"web/node_modules/y/index.js":  "",
		"venv/pyvenv.cfg":              "home = /usr/bin\n",
		"venv/lib/c.py":                "",
		"fakevenv/pyvenv.cfg":          "",
		"fakevenv/lib/c2.py":           "",
		"cache/CACHEDIR.TAG":           cacheTag + "\n",
		"cache/d.py":                   "",
		"faketag/CACHEDIR.TAG":         "Signature: no",
		"faketag/e.py":                 "",
		"go/go.mod":                    "module a.example/b\n\nrequire c.example/d v1.0.0\n",
		"go/vendor/modules.txt":        "# c.example/d v1.0.0\n## explicit; go 1.20\nc.example/d\n",
		"go/vendor/x/f.go":             "package x",
		"fakego/vendor/modules.txt":    "",
		"fakego/vendor/x/f2.go":        "package x",
		"py/vendor/g.py":               "",
		"rust/Cargo.toml":              "",
		"rust/target/.rustc_info.json": "{}",
		"rust/target/h.py":             "",
		"fakerust/Cargo.toml":          "",
		"fakerust/target/h2.py":        "",
		"plain/target/i.py":            "",
		"ios/Pods/j.js":                "",
		"ex/mix.exs":                   "",
		"ex/mix.lock":                  "",
		"ex/deps/k.py":                 "",
		"plain/deps/l.py":              "",
		"__pycache__/m.py":             "",
		"bin/run":                      "#!/usr/bin/env python3\n",
		"bin/data":                     "plain words",
		"reqs/requirements.txt":        "",
		"reqs/dev.in":                  "flask",
		"reqs/MANIFEST.in":             "include x",
		"conf/config.in":               "",
		"binary.py":                    "\x00\x01",
		"wide.py":                      "\xff\xfei\x00m\x00",
		"bundle.js":                    "var a=1;" + strings.Repeat("x", 6000),
		".gitignore":                   "ignored/\n*.gen.py\n!keep.gen.py\n",
		"ignored/n.py":                 "",
		"o.gen.py":                     "",
		"keep.gen.py":                  "",
		"src/.gitignore":               "/p.py\n",
		"src/p.py":                     "",
		"src/sub/p.py":                 "",
		"notes.txt":                    "",
		"link.py":                      "-> src/a.py",
		"linkdir":                      "-> src",
		"loop":                         "-> loop",
		"sub/up":                       "-> ..",
	})
	s := open(t, Options{Dir: root}, ".")
	const walked = "bin/run bundle.js fakego/vendor/x/f2.go fakerust/target/h2.py faketag/e.py fakevenv/lib/c2.py go/go.mod keep.gen.py package.json plain/deps/l.py plain/target/i.py py/vendor/g.py " +
		"reqs/dev.in reqs/requirements.txt src/.hidden/b.py src/a.py src/sub/p.py wide.py"
	wantFiles(t, s, walked)
	list := s.List()
	if !slices.IsSorted(list) {
		t.Error("the list is not sorted")
	}
	for _, p := range []string{"src/", "src/logo.png", "o.gen.py", "notes.txt", "binary.py", "loop"} {
		if !slices.Contains(list, p) {
			t.Errorf("%q is not listed", p)
		}
	}
	for _, p := range []string{"node_modules/x/package.json", "node_modules/", "ignored/", "venv/lib/c.py"} {
		if slices.Contains(list, p) {
			t.Errorf("%q is listed", p)
		}
	}
	for _, p := range []string{"node_modules/x/package.json", "src", "src/", "ignored/n.py", "."} {
		if !s.Exists(p) {
			t.Errorf("%q does not exist", p)
		}
	}
	if data, err := s.Read("node_modules/x/package.json"); err != nil || string(data) != "{}" {
		t.Errorf("reading below node_modules: %q, %v", data, err)
	}
	// Again, and it is the same.
	wantFiles(t, open(t, Options{Dir: root}, root), walked)

	wantFiles(t, open(t, Options{Dir: root, NoSource: true}, "."), "go/go.mod package.json reqs/dev.in reqs/requirements.txt")
	wantFiles(t, open(t, Options{Dir: root, NoGitignore: true}, "src", "ignored"), "ignored/n.py src/.hidden/b.py src/a.py src/p.py src/sub/p.py")
	wantFiles(t, open(t, Options{Dir: root}, "node_modules", "venv"), "node_modules/x/package.json venv/lib/c.py")
	wantFiles(t, open(t, Options{Dir: root}, "ignored", "o.gen.py", "bundle.js", "bin/data", "notes.txt"), "bin/data bundle.js ignored/n.py notes.txt o.gen.py")
	wantFiles(t, open(t, Options{Dir: root}, "src", "src/a.py", "./src/../src"), "src/.hidden/b.py src/a.py src/sub/p.py")
	wantFiles(t, open(t, Options{Dir: root}, "linkdir/sub"), "linkdir/sub/p.py")
}

func TestExclude(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{
		"docs/a.md": "", "docs/x/b.py": "", "src/docs/c.py": "", "src/d.py": "", "e.py": "", "app/docs/f.py": "",
	})
	at := func(globs ...string) (out []Exclude) {
		for _, g := range globs {
			out = append(out, Exclude{root, g})
		}
		return out
	}
	wantFiles(t, open(t, Options{Dir: root, Exclude: at("docs/**")}, "."), "app/docs/f.py e.py src/d.py src/docs/c.py")
	wantFiles(t, open(t, Options{Dir: root, Exclude: at("docs/", "*.md")}, "."), "e.py src/d.py")
	wantFiles(t, open(t, Options{Dir: root, Exclude: at("./src/d.py")}, "."), "app/docs/f.py docs/a.md docs/x/b.py e.py src/docs/c.py")
	// Named: read all the same.
	wantFiles(t, open(t, Options{Dir: root, Exclude: at("e.py", "docs/")}, "e.py", "docs"), "docs/a.md docs/x/b.py e.py")
	// Counted from a directory below, and above, the root.
	below := []Exclude{{filepath.Join(root, "src"), "/docs/**"}}
	wantFiles(t, open(t, Options{Dir: root, Exclude: below}, "."), "app/docs/f.py docs/a.md docs/x/b.py e.py src/d.py")
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "src"), Exclude: at("src/docs/**", "docs/x")}, "."), "d.py")
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "src"), Exclude: []Exclude{{filepath.Join(root, "app"), "*.py"}}}, "."), "d.py docs/c.py")
	// As another package matches.
	suffix := func(glob, p string) bool { return strings.HasSuffix(p, glob) }
	wantFiles(t, open(t, Options{Dir: root, Exclude: at(".py"), MatchPath: suffix}, "."), "docs/a.md")
}

func TestNamedPaths(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Tree(t, map[string]string{
		"a/app/package.json": "{}", "a/app/src/x.py": "", "a/lib/go.mod": "module x", "b/y.py": "", "b/secret.py": "s",
		"a/out.py": "-> ../b/y.py", "a/outdir": "-> ../b", "a/app/in.py": "-> src/x.py",
	})
	dir := filepath.Join(root, "a", "app")
	// Elsewhere: relative to what was named.
	s := open(t, Options{Dir: dir}, filepath.Join(root, "a", "lib"))
	wantFiles(t, s, "go.mod")
	s = open(t, Options{Dir: dir}, "../../b/y.py")
	wantFiles(t, s, "y.py")
	if !slices.Contains(s.List(), "secret.py") {
		t.Errorf("what lies beside a named file is not listed: %q", s.List())
	}
	// Several: relative to the directory of them all, and no more than they may be read.
	s = open(t, Options{Dir: dir}, ".", "../lib", "../../b/y.py")
	wantFiles(t, s, "a/app/package.json a/app/src/x.py a/lib/go.mod b/y.py")
	if !s.Exists("a/app/src") || s.Exists("a") && s.Exists("a/outdir/y.py") {
		t.Error("a directory that was not named can be seen")
	}
	if _, err := s.Read("a/out.py"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading what was not named: %v", err)
	}
	// Links that were named are followed, wherever they lead.
	s = open(t, Options{Dir: filepath.Join(root, "a")}, "out.py")
	wantFiles(t, s, "out.py")
	if _, err := s.Read("out.py"); err != nil {
		t.Error(err)
	}
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "a")}, "outdir"), "outdir/secret.py outdir/y.py")
	wantFiles(t, open(t, Options{Dir: filepath.Join(root, "a")}, "app/in.py"), "app/in.py")

	for _, arg := range []string{"nothing.py", "", "app/package.json/x", "\x00"} {
		_, err := Paths([]string{".", arg}, Options{Recognition: recognition, Dir: filepath.Join(root, "a")})
		var p *PathError
		if !errors.As(err, &p) || p.Path != arg || p.Err == nil {
			t.Errorf("%q: %v", arg, err)
		}
	}
	if _, err := Paths([]string{os.DevNull}, Options{Recognition: recognition, Dir: root}); err == nil {
		t.Error("a device can be named")
	}
	for _, p := range []string{"../b/y.py", "/etc/hosts", "src/../../x", "", "src//x.py"} {
		s := open(t, Options{Dir: dir}, ".")
		if _, err := s.Read(p); err == nil {
			t.Errorf("%q can be read", p)
		}
		if s.Exists(p) {
			t.Errorf("%q exists", p)
		}
	}
	if _, err := open(t, Options{Dir: dir}, ".").Read("no.py"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestHostileTree: nothing in a tree stops a scan, leads out of it, or is
// silently taken for read.
func TestHostileTree(t *testing.T) {
	gittest.Isolate(t)
	outside := gittest.Tree(t, map[string]string{"secret.py": "import secret", "dir/more.py": ""})
	root := gittest.Tree(t, map[string]string{
		"ok.py":          "import x",
		"out.py":         "-> " + filepath.Join(outside, "secret.py"),
		"out":            "-> " + outside,
		"up.py":          "-> ../../../../../../../../../../etc/hosts",
		"a/loop":         "-> ../a",
		"a/self.py":      "-> self.py",
		"a/ping.py":      "-> pong.py",
		"a/pong.py":      "-> ping.py",
		"dir.py/x.py":    "",
		"lfs.py":         "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
		"esc\x1b[31m.py": "",
		"package.json":   "-> /dev/zero",
		".gitignore":     "-> /dev/zero",
	})
	for name, size := range map[string]int64{"huge.py": 100 << 20, "package-lock.json": 100 << 20, "huge.min.js": 5 << 20} {
		f, err := os.Create(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if name != "huge.min.js" {
			if _, err := f.WriteString("import x\n"); err != nil {
				t.Fatal(err)
			}
			for range headSize / 64 { // text, so that it is no binary
				f.WriteString(strings.Repeat("x", 63) + "\n")
			}
		}
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	hasFIFO := exec.Command("mkfifo", filepath.Join(root, "pipe.py"), filepath.Join(root, "pipe")).Run() == nil
	deep := root
	for range maxDirDepth + 10 {
		deep = filepath.Join(deep, "d")
	}
	hasDeep := os.MkdirAll(deep, 0o755) == nil && os.WriteFile(filepath.Join(deep, "x.py"), nil, 0o644) == nil
	locked := os.Getuid() != 0
	if locked {
		gittest.Write(t, root, map[string]string{"locked.py": "", "closed/x.py": ""})
		os.Chmod(filepath.Join(root, "locked.py"), 0)
		os.Chmod(filepath.Join(root, "closed"), 0)
		defer os.Chmod(filepath.Join(root, "closed"), 0o755)
	}
	done := make(chan struct{})
	var files, problems []string
	go func() {
		defer close(done)
		files, problems = told(t, open(t, Options{Dir: root}, "."))
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("the scan does not end")
	}
	if got := strings.Join(files, " "); got != "dir.py/x.py esc\x1b[31m.py ok.py" {
		t.Errorf("read %q", got)
	}
	want := []string{"huge.py: has 100 MiB", "package-lock.json: has 100 MiB", "lfs.py: is a pointer"}
	if hasDeep {
		want = append(want, "/d: lies too deep")
	}
	if locked {
		want = append(want, "locked.py: cannot be read: permission denied", "closed: cannot be entered: permission denied")
	}
	for _, w := range want {
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, w) }) {
			t.Errorf("no problem says %q in\n%s", w, strings.Join(problems, "\n"))
		}
	}
	for _, p := range problems {
		if !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(p, w) }) && !strings.Contains(p, ": was not followed: ") && !strings.HasPrefix(p, "huge.min.js: has 5 MiB") && !strings.HasPrefix(p, ".gitignore") && !strings.HasPrefix(p, "pipe.py: is no regular file") {
			t.Errorf("an unexpected problem: %s", p)
		}
	}
	s := open(t, Options{Dir: root}, ".")
	for _, p := range []string{"out.py", "out/secret.py", "up.py", "package.json", "huge.py", "a/self.py"} {
		if data, err := s.Read(p); err == nil {
			t.Errorf("%q was read: %d bytes", p, len(data))
		}
	}
	if s.Exists("out/secret.py") {
		t.Error("a file outside exists")
	}
	if hasFIFO {
		if _, err := s.Read("pipe.py"); err == nil {
			t.Error("a pipe was read")
		}
		if _, err := Paths([]string{"pipe.py"}, Options{Recognition: recognition, Dir: root}); err == nil {
			t.Error("a pipe can be named")
		}
	}
	// Named, the binary file and the long one are complaints, and no less.
	gittest.Write(t, root, map[string]string{"bin.py": "\x00"})
	_, problems = told(t, open(t, Options{Dir: root}, "bin.py", "huge.py"))
	if len(problems) != 2 || !strings.Contains(problems[0], "holds a NUL") {
		t.Errorf("problems %q", problems)
	}
}

func TestLimits(t *testing.T) {
	gittest.Isolate(t)
	src := strings.Repeat("x = 1\n", 100<<10)
	lock := `{"lockfileVersion": 3, "x": "` + strings.Repeat("x", 5<<20) + `"}`
	root := gittest.Tree(t, map[string]string{"a.py": src, "package-lock.json": lock, "big.py": strings.Repeat("y = 22\n", 700<<10), "wide.py": string(wideBytes(strings.Repeat("x = 1\n", 400<<10), false, true))})
	files, problems := told(t, open(t, Options{Dir: root}, "."))
	if strings.Join(files, " ") != "a.py package-lock.json" || len(problems) != 2 {
		t.Errorf("read %q, problems %q", files, problems)
	}
	files, problems = told(t, open(t, Options{Dir: root, MaxFileSize: 1000}, "."))
	if strings.Join(files, " ") != "package-lock.json" || len(problems) != 3 {
		t.Errorf("read %q, problems %q", files, problems)
	}
	files, problems = told(t, open(t, Options{Dir: root, MaxFileSize: 10 << 20}, "."))
	if strings.Join(files, " ") != "a.py big.py package-lock.json" || len(problems) != 1 { // UTF-16 has a limit of its own
		t.Errorf("read %q, problems %q", files, problems)
	}
}

// TestCancel: the scan ends at once, and says that it is incomplete.
func TestCancel(t *testing.T) {
	gittest.Isolate(t)
	files := map[string]string{}
	for i := range 500 {
		files[fmt.Sprintf("d%d/f%d.py", i%20, i)] = "import x"
	}
	root := gittest.Tree(t, files)
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	n := 0
	problems, err := open(t, Options{Dir: root}, ".").Files(ctx, func(*File) {
		mu.Lock()
		n++
		mu.Unlock()
		cancel()
		time.Sleep(time.Millisecond)
	})
	if err != nil || n == 0 || n > 100 {
		t.Errorf("%d files after the end, %v", n, err)
	}
	if len(problems) != 1 || !problems[0].Dropped {
		t.Errorf("problems %v", problems)
	}
}

func TestMemory(t *testing.T) {
	s := Memory(recognition, map[string][]byte{"a/package.json": []byte("{}"), "a/b/x.py": nil, "logo.png": nil, "Makefile": []byte("x:\n\tpip install y\n"), "run": []byte("#!/bin/sh\n")})
	wantFiles(t, s, "a/b/x.py a/package.json run")
	if got := strings.Join(s.List(), " "); got != "Makefile a/ a/b/ a/b/x.py a/package.json logo.png run" {
		t.Errorf("list %s", got)
	}
	if !s.Exists("a/b") || !s.Exists("a") || !s.Exists("logo.png") || !s.Exists(".") || s.Exists("a/x") {
		t.Error("what exists is wrong")
	}
	if _, err := s.Read("no"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if files, _ := read(t, Memory(recognition, nil)); len(files) != 0 {
		t.Errorf("out of nothing came %q", files)
	}
}

func TestLangOf(t *testing.T) {
	for name, want := range map[string]text.Lang{"requirements.txt": text.Text, "a/package-lock.json": text.Text, "package.json": text.Text, "a.py": text.Python, "x.sh": text.Shell, "Makefile": text.Undecided, "x.png": text.Undecided} {
		if got := recognition.LangOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestStdin(t *testing.T) {
	for name, want := range map[string]string{"": "-", "src/a.py": "src/a.py", "./a.py": "a.py", "/home/me/a.py": "home/me/a.py", "../../a.py": "a.py", "/": "-", "-": "-"} {
		s := Stdin(recognition, []byte("x"), name, Label{Lang: text.Go})
		var got []*File
		problems, err := s.Files(context.Background(), func(f *File) { got = append(got, f) })
		if err != nil || len(problems) != 0 || len(got) != 1 || got[0].Path != want || got[0].Origin != FromStdin || got[0].Lang != text.Go {
			t.Errorf("%q: %+v %v %v", name, got, problems, err)
		}
		if data, err := s.Read(want); err != nil || string(data) != "x" {
			t.Errorf("%q: %q %v", name, data, err)
		}
	}
	long := []byte(strings.Repeat("import x\n", MaxStdin/9+10))
	var got *File
	problems, err := Stdin(recognition, long, "", Label{}).Files(context.Background(), func(f *File) { got = f })
	if err != nil || len(problems) != 1 || !problems[0].Dropped || len(got.Data) > MaxStdin || got.Data[len(got.Data)-1] != '\n' {
		t.Errorf("%v %v, %d bytes", problems, err, len(got.Data))
	}
}

// wideBytes is s in UTF-16.
func wideBytes(s string, big, mark bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}
