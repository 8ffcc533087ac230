package git

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ignoredBy asks the rules of one file about a path and every directory above
// it, as a walk does.
func ignoredBy(lists []*IgnoreList, p string, dir, fold bool) bool {
	parts := strings.Split(p, "/")
	for i := range parts {
		if Ignored(lists, strings.Join(parts[:i+1], "/"), i < len(parts)-1 || dir, fold) {
			return true
		}
	}
	return false
}

func TestIgnoreRules(t *testing.T) {
	for _, c := range []struct {
		rules string
		yes   string // ignored paths; a final slash says directory
		no    string
	}{
		{"a.py", "a.py x/a.py", "aa.py a.pyc"},
		{"/a.py", "a.py", "x/a.py"},
		{"x/a.py", "x/a.py", "y/x/a.py"},
		{"build/", "build/ x/build/ build/a.py", "build x/build"},
		{"*.lock", "a.lock x/.lock", "a.lockx"},
		{"a/*/c", "a/b/c", "a/b/b/c a/c"},
		{"**/c", "c a/c a/b/c", "a/bc"},
		{"a/**/c", "a/c a/b/c a/b/b/c", "x/a/c a/bc"},
		{"a/**", "a/b a/b/c", "a/ x/a/b"},
		{"a**c", "abbc ac", "a/c"},
		{"[a-c].py", "b.py", "d.py"},
		{"[!a-c].py", "d.py", "b.py"},
		{"[^a].py", "b.py", "a.py"},
		{"[]x].py", "].py x.py", "a.py"},
		{"[[:digit:]x].py", "3.py x.py", "d.py"},
		{"[[:nonsense:]].py [ab", "", "a.py ["},
		{`a\*.py`, "a*.py", "ab.py"},
		{`\#x`, "#x", "x"},
		{`\!x`, "!x", "x"},
		{"# x", "", "x"},
		{"x   ", "x", "x\u00a0"},
		{`x\ `, "x\u0020", "x"},
		{"x\r\ny", "x y", ""},
		{"\xef\xbb\xbfx", "x", ""},
		{"*.py\n!keep.py", "a.py", "keep.py x/keep.py"},
		{"x/\n!x/keep.py", "x/keep.py", ""}, // nothing is revived below an ignored directory
		{"x/*\n!x/keep.py", "x/a.py", "x/keep.py"},
		{"!a.py\na.py", "a.py", ""},
		{"/", "", "a.py x/"},
		{"!", "", "a.py"},
		{`x\`, "", `x x\`},
		{"café", "café", "cafe"},
	} {
		lists := []*IgnoreList{ParseIgnore("", []byte(c.rules), false, 100)}
		for _, p := range strings.Split(c.yes, " ") {
			if p != "" && !strings.HasPrefix(c.rules, `x\ `) && !ignoredBy(lists, strings.TrimSuffix(p, "/"), strings.HasSuffix(p, "/"), false) {
				t.Errorf("%q does not ignore %q", c.rules, p)
			}
		}
		for _, p := range strings.Split(c.no, " ") {
			if p != "" && ignoredBy(lists, strings.TrimSuffix(p, "/"), strings.HasSuffix(p, "/"), false) {
				t.Errorf("%q ignores %q", c.rules, p)
			}
		}
	}
	fold := []*IgnoreList{ParseIgnore("", []byte("Build/\n*.LOCK\n[a-c]x"), true, 100)}
	for _, p := range []string{"build/x", "a.lock", "BX"} {
		if !ignoredBy(fold, p, false, true) {
			t.Errorf("regardless of case, %q is not ignored", p)
		}
	}
	deep := []*IgnoreList{ParseIgnore("x/y", []byte("!a.py\n/b.py"), false, 100), ParseIgnore("", []byte("a.py"), false, 100)}
	for p, want := range map[string]bool{"a.py": true, "x/a.py": true, "x/y/a.py": false, "x/y/b.py": true, "x/y/z/b.py": false, "x/yy/b.py": false} {
		if got := ignoredBy(deep, p, false, false); got != want {
			t.Errorf("two files of rules: %q ignored is %v", p, got)
		}
	}
}

func TestIgnoreTrailingBlank(t *testing.T) {
	l := []*IgnoreList{ParseIgnore("", []byte(`x\ `), false, 10)}
	if !Ignored(l, "x ", false, false) || Ignored(l, "x", false, false) {
		t.Error("an escaped blank at the end does not count")
	}
}

// TestIgnoreOracle compares the rules with git's own on trees of random rules
// and names.
func TestIgnoreOracle(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed: it is what the rules are compared with")
	}
	seed := uint64(1)
	for round := range 12 {
		rnd := rand.New(rand.NewPCG(seed, uint64(round)))
		root := t.TempDir()
		run := func(stdin string, args ...string) []byte {
			cmd := exec.Command(git, args...)
			cmd.Dir, cmd.Stdin = root, strings.NewReader(stdin)
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "XDG_CONFIG_HOME="+root)
			out, err := cmd.Output()
			if err != nil && len(out) == 0 && args[0] != "check-ignore" {
				t.Fatalf("git %v: %v", args, err)
			}
			return out
		}
		run("", "init", "-q", ".")
		var dirs, files []string
		dirs = append(dirs, "")
		for range 25 {
			d := path.Join(dirs[rnd.IntN(len(dirs))], randomName(rnd))
			if strings.Count(d, "/") < 4 && !slices.Contains(dirs, d) {
				dirs = append(dirs, d)
			}
		}
		for _, d := range dirs {
			if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(d)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for range 120 {
			f := path.Join(dirs[rnd.IntN(len(dirs))], randomName(rnd))
			if !slices.Contains(dirs, f) && os.WriteFile(filepath.Join(root, filepath.FromSlash(f)), nil, 0o644) == nil {
				files = append(files, f)
			}
		}
		rules := map[string]string{}
		for _, d := range dirs {
			if d != "" && rnd.IntN(3) > 0 {
				continue
			}
			var b strings.Builder
			for range 1 + rnd.IntN(6) {
				b.WriteString(randomRule(rnd) + "\n")
			}
			rules[d] = b.String()
			name := filepath.Join(root, filepath.FromSlash(d), ".gitignore")
			if err := os.WriteFile(name, []byte(rules[d]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		paths := append(slices.Clone(files), dirs[1:]...)
		answer := run(strings.Join(paths, "\x00")+"\x00", "check-ignore", "--no-index", "-z", "--stdin")
		want := map[string]bool{}
		for p := range bytes.SplitSeq(answer, []byte{0}) {
			want[string(p)] = true
		}
		for i, p := range paths {
			isDir := i >= len(files)
			if got := walkIgnored(rules, p, isDir); got != want[p] {
				t.Errorf("round %d: %q (directory: %v) ignored is %v, git says %v\n%s", round, p, isDir, got, want[p], describe(rules, p))
			}
		}
	}
}

// walkIgnored decides as a walk does: from the top down, with the rules of each
// directory that is entered.
func walkIgnored(rules map[string]string, p string, isDir bool) bool {
	var lists []*IgnoreList
	parts := strings.Split(p, "/")
	for i := range parts {
		dir := strings.Join(parts[:i], "/")
		if text, ok := rules[dir]; ok {
			lists = append([]*IgnoreList{ParseIgnore(dir, []byte(text), false, 1000)}, lists...)
		}
		if Ignored(lists, strings.Join(parts[:i+1], "/"), i < len(parts)-1 || isDir, false) {
			return true
		}
	}
	return false
}

func describe(rules map[string]string, p string) string {
	var b strings.Builder
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		key := dir
		if key == "." {
			key = ""
		}
		if text, ok := rules[key]; ok {
			fmt.Fprintf(&b, "%q: %q\n", key, text)
		}
		if dir == "." {
			return b.String()
		}
	}
}

func randomName(r *rand.Rand) string {
	words := []string{"a", "b", "ab", "abc", "a.py", "b.py", "ab.lock", "c", "build", "#x", "!y", "x y", "A", "[a]", "a*b", "foobar", "foo", "bar"}
	return words[r.IntN(len(words))]
}

func randomRule(r *rand.Rand) string {
	parts := []string{"a", "b", "ab", "abc", "*", "**", "?", "*.py", "a*", "*b", "[ab]", "[!a]", "[a-c]*", `\a`, `\#x`, "#x", "!y", `\!y`, "x y", "build", "foo", "foo**", "**bar",
		"a**b", "[[:alpha:]]", "[[:upper:]]", "[]a]", "[a", `a\`, "[a]", `\[a\]`, `a\*b`, "*a*", "a?", "?*?", "foo*bar", "***", "[^b]"}
	var p []string
	for range 1 + r.IntN(3) {
		p = append(p, parts[r.IntN(len(parts))])
	}
	rule := strings.Join(p, "/")
	if r.IntN(4) == 0 {
		rule = "/" + rule
	}
	if r.IntN(4) == 0 {
		rule += "/"
	}
	if r.IntN(5) == 0 {
		rule += "  "
	}
	if r.IntN(4) == 0 {
		rule = "!" + rule
	}
	return rule
}

// slowGlob is what matchGlob does, tried out in every way.
func slowGlob(tokens []globToken, s string) bool {
	if len(tokens) == 0 {
		return s == ""
	}
	t := &tokens[0]
	switch t.kind {
	case globStar:
		for i := 0; ; i++ {
			if slowGlob(tokens[1:], s[i:]) {
				return true
			}
			if i == len(s) || s[i] == '/' {
				return false
			}
		}
	case globDeep:
		for i := 0; i <= len(s); i++ {
			if slowGlob(tokens[1:], s[i:]) {
				return true
			}
		}
		return false
	case globDirs:
		if slowGlob(tokens[1:], s) {
			return true
		}
		for i := 0; i < len(s); i++ {
			if s[i] == '/' && slowGlob(tokens[1:], s[i+1:]) {
				return true
			}
		}
		return false
	}
	return s != "" && t.takes(s[0]) && slowGlob(tokens[1:], s[1:])
}

func FuzzIgnore(f *testing.F) {
	f.Add("a/**/b*c\n!x\n[a-z]/\n", "a/x/bzc", false)
	f.Add("**/a/*/[!b]?\\*", "q/a/b/cd*", true)
	f.Add("foo**/bar", "foobar", false)
	f.Fuzz(func(t *testing.T, rules, p string, dir bool) {
		if len(rules) > 2000 || len(p) > 500 {
			return
		}
		for _, fold := range []bool{false, true} {
			l := ParseIgnore("", []byte(rules), fold, 100)
			Ignored([]*IgnoreList{l}, p, dir, fold)
			if len(p) > 24 || fold {
				continue
			}
			for _, r := range l.rules {
				wild := 0
				for _, k := range r.tokens {
					if k.kind >= globStar {
						wild++
					}
				}
				if r.tokens == nil || wild > 4 {
					continue
				}
				if got, want := matchGlob(r.tokens, p, false), slowGlob(r.tokens, p); got != want {
					t.Fatalf("%q and %q: %v, tried out: %v", rules, p, got, want)
				}
			}
		}
	})
}

func BenchmarkIgnore(b *testing.B) {
	l := []*IgnoreList{ParseIgnore("", []byte("*.pyc\n__pycache__/\n/dist\n**/generated/**\n*.egg-info/\nbuild/\n.env\ndocs/_build\n"), false, 100)}
	for b.Loop() {
		Ignored(l, "src/package/module/handlers/service.py", false, false)
	}
}
