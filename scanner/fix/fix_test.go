package fix

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/golden"
	"figment/scanner"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

var _ = flag.Bool("update", false, "rewrite goldens")

// findingOf makes a finding about a package at every place that names it.
func findingOf(t *testing.T, files map[string][]byte, rule string, p ecosystem.Package) *scanner.Finding {
	t.Helper()
	f := &scanner.Finding{Rule: verdict.FindRule(rule), Package: p}
	var places []scanner.Location
	for name, data := range files {
		refs := all.Formats().Read(&source.File{Path: name, Data: data}).References
		lines := text.NewLines(data)
		for _, r := range refs {
			pkg := r.Package()
			same := pkg == p
			if r.Ecosystem == ecosystem.Golang {
				same = pkg == p || strings.HasPrefix(pkg.Name, p.Name+"/")
			}
			if !same {
				continue
			}
			places = append(places, scanner.Location{
				Path: name, Kind: r.Kind.String(), Raw: r.Raw, Constraint: r.Constraint, Sum: scanner.Sum(data),
				Start: lines.At(r.Span.Start), End: lines.At(r.Span.End),
			})
		}
	}
	if len(places) == 0 {
		t.Fatalf("nothing names %v", p)
	}
	slices.SortFunc(places, func(a, b scanner.Location) int {
		return strings.Compare(a.Path+fmt.Sprintf("%08d", a.Start.Offset), b.Path+fmt.Sprintf("%08d", b.Start.Offset))
	})
	f.Primary, f.Related = places[0], places[1:]
	return f
}

// spec reads "npm:name" or "npm:name@1.0" as a package.
func spec(t *testing.T, word string) ecosystem.Package {
	t.Helper()
	eco, name, ok := strings.Cut(word, ":")
	e, known := ecosystem.Lookup(eco)
	if !ok || !known {
		t.Fatalf("bad spec %q", word)
	}
	p := ecosystem.Package{Ecosystem: e, Name: name}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		p.Name, p.Version = name[:i], name[i+1:]
	}
	return p
}

// TestGolden: each archive has a case on top ("rule old new"), files, and the
// diffs that are wanted. \r and the byte order mark are written out in them.
func TestGolden(t *testing.T) {
	golden.Txtar(t, filepath.Join("testdata", "*.txtar"), func(t *testing.T, a *txtar.Archive) string {
		files := map[string][]byte{}
		for _, f := range a.Files {
			if f.Name != "want" {
				text := strings.NewReplacer("␍\n", "\r\n", "<BOM>", "\ufeff", "<END>\n", "").Replace(string(f.Data))
				files[f.Name] = []byte(text)
			}
		}
		var out strings.Builder
		for line := range strings.Lines(string(a.Comment)) {
			words := strings.Fields(line)
			if len(words) != 3 || !strings.Contains(words[1], ":") {
				continue
			}
			f := findingOf(t, files, words[0], spec(t, words[1]))
			s := verdict.Suggestion{Package: spec(t, words[2]), Safe: true, Command: "its own command"}
			f.Suggestions = []verdict.Suggestion{s}
			edits, refusals := planner(source.Memory(all.Formats().Recognition(), files)).PlanAll(f, s)
			fmt.Fprintf(&out, "# %s", line)
			for _, e := range edits {
				onlyIntended(t, &e)
				if got := patched(t, e.Before, e.Diff()); got != string(e.After) {
					t.Errorf("the diff makes %q, the edit %q", got, e.After)
				}
				fmt.Fprintf(&out, "safe=%v refresh=%q\n%s", e.Safe, e.Refresh, e.Diff())
			}
			for _, err := range refusals {
				fmt.Fprintf(&out, "refused: %v\n", err)
			}
		}
		return strings.NewReplacer("\r", "␍", "\ufeff", "<BOM>").Replace(out.String())
	})
}

// onlyIntended holds the bytes outside the changes against each other.
func onlyIntended(t *testing.T, e *Edit) {
	t.Helper()
	old, now := e.Before, e.After
	for i := len(e.Changes) - 1; i >= 0; i-- {
		c := e.Changes[i]
		tail := old[c.Span.End:]
		if !bytes.HasSuffix(now, tail) {
			t.Fatalf("bytes behind %v changed", c)
		}
		now = now[:len(now)-len(tail)]
		var ok bool
		if now, ok = bytes.CutSuffix(now, []byte(c.Text)); !ok {
			t.Fatalf("%q was not written", c.Text)
		}
		old = old[:c.Span.Start]
	}
	if !bytes.Equal(old, now) {
		t.Fatal("bytes before the first change differ")
	}
}

// patched applies a unified diff, as patch would.
func patched(t *testing.T, before []byte, diff string) string {
	t.Helper()
	old := splitLines(before)
	var out strings.Builder
	at := 0
	lines := strings.SplitAfter(diff, "\n")
	for i, line := range lines {
		if i < 2 || line == "" || line[0] == '\\' {
			continue
		}
		if line[0] == '@' {
			var start, n int
			if _, err := fmt.Sscanf(line, "@@ -%d,%d", &start, &n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				start--
			}
			for ; at < start; at++ {
				out.Write(old[at])
			}
			continue
		}
		text := line[1:]
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "\\") {
			text = strings.TrimSuffix(text, "\n")
		}
		if line[0] != '+' {
			if at >= len(old) || string(old[at]) != text {
				t.Fatalf("the diff has %q where the file has another line %d:\n%s", text, at+1, diff)
			}
			at++
		}
		if line[0] != '-' {
			out.WriteString(text)
		}
	}
	for ; at < len(old); at++ {
		out.Write(old[at])
	}
	return out.String()
}

// disk puts files into a directory and opens it.
func disk(t *testing.T, files map[string]string) (string, source.Source) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	src, err := source.Paths([]string{dir}, source.Options{Recognition: all.Formats().Recognition(), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return dir, src
}

func bytesOf(files map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for n, s := range files {
		out[n] = []byte(s)
	}
	return out
}

func content(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestApplyAndUndo(t *testing.T) {
	files := map[string]string{"app/requirements.txt": "\ufeffflask\r\nreqeusts==1.3 # pinned\r\n"}
	dir, src := disk(t, files)
	f := findingOf(t, bytesOf(files), "typosquat", spec(t, "pypi:reqeusts"))
	e, err := planner(src).Plan(f, verdict.Suggestion{Package: spec(t, "pypi:requests")})
	if err != nil {
		t.Fatal(err)
	}
	undo, err := Apply(all.Formats().Recognition(), e)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "app", "requirements.txt")
	if got, want := content(t, file), "\ufeffflask\r\nrequests==1.3 # pinned\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "app", ".figment-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := Apply(all.Formats().Recognition(), e); !errors.Is(err, ErrChanged) {
		t.Errorf("applied twice: %v", err)
	}
	if err := undo.Do(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, file); got != files["app/requirements.txt"] {
		t.Errorf("after the undo: %q", got)
	}
	if err := undo.Do(); !errors.Is(err, ErrChanged) {
		t.Errorf("undone twice: %v", err)
	}
	if err := (Undo{}).Do(); err == nil {
		t.Error("nothing was undone")
	}
}

func TestPlanRefusesWhatChanged(t *testing.T) {
	files := map[string]string{"requirements.txt": "reqeusts\n"}
	dir, src := disk(t, files)
	f := findingOf(t, bytesOf(files), "typosquat", spec(t, "pypi:reqeusts"))
	s := verdict.Suggestion{Package: spec(t, "pypi:requests")}
	e, err := planner(src).Plan(f, s)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(file, []byte("reqeusts\nflask\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := planner(src).Plan(f, s); !errors.Is(err, ErrChanged) {
		t.Errorf("planned: %v", err)
	}
	if _, err := Apply(all.Formats().Recognition(), e); !errors.Is(err, ErrChanged) {
		t.Errorf("applied: %v", err)
	}
	if err := os.WriteFile(file, []byte("reqeusTs\n"), 0o644); err != nil { // of the same length
		t.Fatal(err)
	}
	if _, err := Apply(all.Formats().Recognition(), e); !errors.Is(err, ErrChanged) {
		t.Errorf("applied: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(all.Formats().Recognition(), e); !errors.Is(err, ErrChanged) {
		t.Errorf("applied: %v", err)
	}
}

func TestApplyRefuses(t *testing.T) {
	dir, _ := disk(t, map[string]string{"a.txt": "x\n", "sub/b.txt": "x\n", "yarn.lock": "x\n", ".git/config": "x\n"})
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "c.txt"), []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link.txt": "a.txt", "dir": "sub", "out": outside, "out.txt": filepath.Join(outside, "c.txt")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no links here: following them was not tested")
		}
	}
	for _, p := range []string{"link.txt", "dir/b.txt", "out/c.txt", "out.txt", "../c.txt", "/etc/hosts", "", ".", "yarn.lock", "sub/Package-Lock.json", ".git/config", "sub", "a.txt/x"} {
		_, err := Apply(all.Formats().Recognition(), Edit{Root: dir, Path: p, Before: []byte("x\n"), After: []byte("y\n")})
		var r *Refusal
		if !errors.As(err, &r) && !errors.Is(err, ErrChanged) {
			t.Errorf("%q: %v", p, err)
		}
	}
	if _, err := Apply(all.Formats().Recognition(), Edit{Path: "a.txt", Before: []byte("x\n"), After: []byte("y\n")}); err == nil {
		t.Error("an edit without a root was applied")
	}
	for _, file := range []string{filepath.Join(dir, "a.txt"), filepath.Join(dir, "sub", "b.txt"), filepath.Join(outside, "c.txt"), filepath.Join(dir, "yarn.lock")} {
		if got := content(t, file); got != "x\n" {
			t.Errorf("%s: %q", file, got)
		}
	}
}

// TestAcceptedPlaces: where somebody accepted a name it stays.
func TestAcceptedPlaces(t *testing.T) {
	files := bytesOf(map[string]string{"a.sh": "npm i lodahs\n", "b.sh": "npm i lodahs\n"})
	f := findingOf(t, files, "typosquat", spec(t, "npm:lodahs"))
	f.Related[0].Accepted = true
	edits, refusals := planner(source.Memory(all.Formats().Recognition(), files)).PlanAll(f, verdict.Suggestion{Package: spec(t, "npm:lodash")})
	if len(edits) != 1 || edits[0].Path != "a.sh" || len(refusals) != 0 {
		t.Errorf("%+v, %v", edits, refusals)
	}
}

// TestNoRight: where no file may be made the old one stays whole.
func TestNoRight(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere: a folder without the right to write was not tested")
	}
	dir, _ := disk(t, map[string]string{"sub/a.txt": "x\n"})
	sub := filepath.Join(dir, "sub")
	if err := os.Chmod(sub, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(sub, 0o755)
	if _, err := Apply(all.Formats().Recognition(), Edit{Root: dir, Path: "sub/a.txt", Before: []byte("x\n"), After: []byte("y\n")}); err == nil {
		t.Fatal("written")
	}
	if got := content(t, filepath.Join(sub, "a.txt")); got != "x\n" {
		t.Errorf("%q", got)
	}
}

func TestNewFile(t *testing.T) {
	dir := t.TempDir()
	e := Edit{Root: dir, Path: ".figment.toml", After: []byte("x = 1\n")}
	if want := "--- /dev/null\n+++ b/.figment.toml\n@@ -0,0 +1,1 @@\n+x = 1\n"; e.Diff() != want {
		t.Errorf("%q", e.Diff())
	}
	undo, err := Apply(all.Formats().Recognition(), e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(all.Formats().Recognition(), e); !errors.Is(err, ErrChanged) {
		t.Errorf("made twice: %v", err)
	}
	if err := undo.Do(); err != nil {
		t.Fatal(err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("left: %v", list)
	}
}

func TestHostileSuggestions(t *testing.T) {
	files := map[string]string{"package.json": `{"dependencies":{"lodahs":"1"}}`}
	f := findingOf(t, bytesOf(files), "typosquat", spec(t, "npm:lodahs"))
	for _, p := range []ecosystem.Package{
		{Ecosystem: ecosystem.NPM, Name: `x":"1","scripts`},
		{Ecosystem: ecosystem.NPM, Name: "x\ny"},
		{Ecosystem: ecosystem.NPM, Name: "--registry=http://h"},
		{Ecosystem: ecosystem.NPM, Name: "../x"},
		{Ecosystem: ecosystem.NPM, Name: ""},
		{Ecosystem: ecosystem.NPM, Name: "x", Version: `1"`},
		{Ecosystem: ecosystem.PyPI, Name: "x"},
	} {
		if e, err := planner(source.Memory(all.Formats().Recognition(), bytesOf(files))).Plan(f, verdict.Suggestion{Package: p}); err == nil {
			t.Errorf("%+v: %s", p, e.Diff())
		}
	}
}

func TestMerge(t *testing.T) {
	files := map[string]string{"requirements.txt": "reqeusts==1\nflaks\n"}
	src := source.Memory(all.Formats().Recognition(), bytesOf(files))
	plan := func(old, now string) Edit {
		t.Helper()
		e, err := planner(src).Plan(findingOf(t, bytesOf(files), "typosquat", spec(t, old)), verdict.Suggestion{Package: spec(t, now)})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	got, refusals := Merge([]Edit{plan("pypi:flaks", "pypi:flask"), plan("pypi:reqeusts", "pypi:requests"), plan("pypi:flaks", "pypi:flask")})
	if len(got) != 1 || len(refusals) != 0 || string(got[0].After) != "requests==1\nflask\n" {
		t.Fatalf("%q, %v", got[0].After, refusals)
	}
	_, refusals = Merge([]Edit{plan("pypi:flaks", "pypi:flask"), plan("pypi:flaks", "pypi:flake8")})
	if len(refusals) != 1 {
		t.Error("two targets for one place went together")
	}
	a, b := Edit{Path: "requirements.txt"}, Edit{Path: "requirements.txt"}
	for i, e := range []*Edit{&a, &b} {
		imports := map[string][]byte{"requirements.txt": []byte("flask\n"), "app.py": []byte("import yaml\nimport bs4\n")}
		f := findingOf(t, imports, "undeclared-import", spec(t, []string{"pypi:yaml", "pypi:bs4"}[i]))
		var err error
		if *e, err = planner(source.Memory(all.Formats().Recognition(), imports)).Plan(f, verdict.Suggestion{Package: spec(t, []string{"pypi:pyyaml", "pypi:beautifulsoup4"}[i])}); err != nil {
			t.Fatal(err)
		}
	}
	both, refusals := Merge([]Edit{a, b})
	if len(refusals) != 0 || string(both[0].After) != "flask\nbeautifulsoup4\npyyaml\n" {
		t.Errorf("%q, %v", both[0].After, refusals)
	}
}

// TestDiff: a diff of any two changes makes the new text of the old one.
func TestDiff(t *testing.T) {
	for _, before := range []string{"", "a\n", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nb", "\n\n\n", "a\r\nb\r\n"} {
		for start := 0; start <= len(before); start++ {
			for end := start; end <= min(len(before), start+5); end++ {
				for _, src := range []string{"", "x", "x\n", "\nx", "x\ny\n"} {
					changes := []Change{{text.Span{Start: start, End: end}, src}}
					if last := len(before) - 1; last > end {
						changes = append(changes, Change{text.Span{Start: last, End: last}, "z"})
					}
					e := Edit{Path: "p", Before: []byte(before), Changes: changes}
					e.After = splice(e.Before, changes)
					if got := patched(t, e.Before, e.Diff()); got != string(e.After) {
						t.Fatalf("%q %v: %q, want %q\n%s", before, changes, got, e.After, e.Diff())
					}
					e.Changes = nil
					if got := patched(t, e.Before, e.Diff()); got != string(e.After) {
						t.Fatalf("%q to %q: %q\n%s", before, e.After, got, e.Diff())
					}
				}
			}
		}
	}
}

func TestNewConstraint(t *testing.T) {
	for _, c := range []struct {
		eco          ecosystem.Ecosystem
		old, v, want string
	}{
		{ecosystem.NPM, "^1.0.0", "2.3.4", "^2.3.4"},
		{ecosystem.NPM, "1.0.0", "2.3.4", "2.3.4"},
		{ecosystem.NPM, "~ 1.0", "2.3.4", "~ 2.3.4"},
		{ecosystem.NPM, "1.x", "2.3.4", ""},
		{ecosystem.NPM, ">=1 <2", "2.3.4", ""},
		{ecosystem.NPM, "latest", "2.3.4", ""},
		{ecosystem.NPM, "<1", "2.3.4", ""},
		{ecosystem.PyPI, "==1.3", "2.3.4", "==2.3.4"},
		{ecosystem.PyPI, "<=1.3", "2.3.4", "==2.3.4"},
		{ecosystem.PyPI, ">=1,<2", "2.3.4", ""},
		{ecosystem.PyPI, "!=1", "2.3.4", ""},
		{ecosystem.Golang, "v1.0.0", "1.2.3", "v1.2.3"},
		{ecosystem.Golang, "v1.0.0", "v1.2.3", "v1.2.3"},
	} {
		got, ok := newConstraint(rules(all.Adapters(), c.eco), c.old, c.v)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s %q: %q, %v", c.eco, c.old, got, ok)
		}
	}
}

// FuzzPlan: whatever a manifest holds, an edit changes nothing but its spans,
// and what the extractors read changes only by the name.
func FuzzPlan(f *testing.F) {
	f.Add("package.json", []byte(`{"dependencies":{"lodahs":"^1","b":"npm:lodahs@2"},"scripts":{"x":"npx lodahs@1"}}`))
	f.Add("requirements.txt", []byte("lodahs[x]==1 ; python_version<'3' # c\r\n-r x\n"))
	f.Add("pyproject.toml", []byte("[project]\ndependencies=[\n 'lodahs>=1', # c\n]\n"))
	f.Add("go.mod", []byte("module x\nrequire (\n\tlodahs.example/x v1.0.0 // indirect\n)\n"))
	f.Add("x.md", []byte("```sh\nnpm i lodahs\n```\n"))
	f.Add("x.py", []byte("import lodahs.x as y\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		refs := all.Formats().Read(&source.File{Path: name, Data: data}).References
		lines := text.NewLines(data)
		src := source.Memory(all.Formats().Recognition(), map[string][]byte{name: data})
		for i := range refs {
			r := &refs[i]
			if i > 4 {
				break
			}
			fd := &scanner.Finding{Rule: verdict.FindRule("typosquat"), Package: r.Package()}
			fd.Primary = scanner.Location{Path: name, Kind: r.Kind.String(), Raw: r.Raw, Constraint: r.Constraint, Start: lines.At(r.Span.Start), End: lines.At(r.Span.End)}
			target := map[ecosystem.Ecosystem]string{ecosystem.NPM: "lodash", ecosystem.PyPI: "requests", ecosystem.Golang: "golang.org/x/mod"}[r.Ecosystem]
			e, err := planner(src).Plan(fd, verdict.Suggestion{Package: ecosystem.Package{Ecosystem: r.Ecosystem, Name: target, Version: "9.9.9"}})
			if err != nil || target == "" {
				continue
			}
			onlyIntended(t, &e)
			if diff := e.Diff(); !strings.Contains(diff, "…") && len(e.Changes) > 0 {
				if got := patched(t, e.Before, diff); got != string(e.After) {
					t.Fatalf("the diff makes %q, the edit %q", got, e.After)
				}
			}
			fd.Primary.Kind = "manifest"
			edits, _ := planner(src).Remove(fd)
			for i := range edits {
				onlyIntended(t, &edits[i])
			}
		}
	})
}

// TestRemove: a module of the standard library needs no installation.
func TestRemove(t *testing.T) {
	files := bytesOf(map[string]string{"requirements.txt": "asyncio\nflask\n", "a.py": "import asyncio\n"})
	f := findingOf(t, files, "standard-library-name", spec(t, "pypi:asyncio"))
	edits, refusals := planner(source.Memory(all.Formats().Recognition(), files)).Remove(f)
	if len(edits) != 1 || len(refusals) != 0 || string(edits[0].After) != "flask\n" || edits[0].Safe {
		t.Errorf("%+v, %v", edits, refusals)
	}
}

// TestMergeShifts: an edit that makes the text shorter or longer is no obstacle
// for one below it, whatever stands between and after.
func TestMergeShifts(t *testing.T) {
	for _, c := range []struct {
		before string
		edits  []string // old and new, in pairs
		want   string
	}{
		{"requets\naiohttpp==3\nrequests\n", []string{"requets", "requests", "aiohttpp", "aiohttp"}, "aiohttp==3\nrequests\n"},
		{"flask\nrequets\naiohttpp\nrequests\nnumpy\n", []string{"requets", "requests", "aiohttpp", "aiohttp"}, "flask\naiohttp\nrequests\nnumpy\n"},
		{"bs4\nq\nyaml\nrequests\n", []string{"bs4", "beautifulsoup4", "yaml", "pyyaml"}, "beautifulsoup4\nq\npyyaml\nrequests\n"},
		{"requets\nrequests\naiohttpp\nflaks\nflask\nbs4\n", []string{"requets", "requests", "aiohttpp", "aiohttp", "flaks", "flask", "bs4", "beautifulsoup4"}, "requests\naiohttp\nflask\nbeautifulsoup4\n"},
	} {
		files := bytesOf(map[string]string{"requirements.txt": c.before})
		var edits []Edit
		for i := 0; i < len(c.edits); i += 2 {
			e, err := planner(source.Memory(all.Formats().Recognition(), files)).Plan(findingOf(t, files, "nonexistent-package", spec(t, "pypi:"+c.edits[i])), verdict.Suggestion{Package: spec(t, "pypi:"+c.edits[i+1])})
			if err != nil {
				t.Fatal(err)
			}
			edits = append(edits, e)
		}
		for range 2 { // in either order
			got, refusals := Merge(edits)
			if len(got) != 1 || len(refusals) != 0 || string(got[0].After) != c.want {
				t.Errorf("%q: %q, %v", c.before, got[0].After, refusals)
			}
			slices.Reverse(edits)
		}
	}
}

func planner(src source.Source) Planner {
	return Planner{Source: src, Formats: all.Formats(), Adapters: all.Adapters()}
}

// TestNoRules: where nothing is known of an ecosystem's files, names are replaced
// where they stand, nothing is added and no import is changed.
func TestNoRules(t *testing.T) {
	files := bytesOf(map[string]string{"requirements.txt": "requets\n", "a.py": "import requets\n"})
	p := planner(source.Memory(all.Formats().Recognition(), files))
	p.Adapters = nil
	to := verdict.Suggestion{Package: spec(t, "pypi:requests")}
	edits, refusals := p.PlanAll(findingOf(t, files, "nonexistent-package", spec(t, "pypi:requets")), to)
	if len(edits) != 1 || string(edits[0].After) != "requests\n" || len(refusals) != 1 || !strings.Contains(refusals[0].Error(), "not that of a package") {
		t.Errorf("%+v, %v", edits, refusals)
	}
	if edits, refusals := p.PlanAll(findingOf(t, files, "undeclared-import", spec(t, "pypi:requets")), to); len(edits) != 0 || len(refusals) != 1 {
		t.Errorf("%+v, %v", edits, refusals)
	}
}
