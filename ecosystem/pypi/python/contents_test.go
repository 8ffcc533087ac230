package python_test

import (
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// TestFilesThatAreRun: the files that code runs, and those from which setup.py
// takes requirements, with the language in which they are read.
func TestFilesThatAreRun(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"a.py", `subprocess.run(["bash", "a.txt"]); subprocess.run("bash b.txt", shell=True); os.system(". ./c.txt")`, "a.txt:shell b.txt:shell ./c.txt:shell"},
		{"a.py", `c.run("bash a.txt"); session.run("bash", "b.txt"); os.execvp("node", ["node", "c.txt"])`, "a.txt:shell b.txt:shell c.txt:javascript"},
		{"a.py", `subprocess.run([sys.executable, "a.txt"]); x = "b.txt"; subprocess.run(["python3", x])`, "a.txt:python b.txt:python"},
		{"a.py", `runpy.run_path("a.txt"); execfile("b.txt"); runpy.run_path(path_name="c.txt")`, "a.txt:python b.txt:python c.txt:python"},
		{"a.py", `exec(open("a.txt").read()); exec(compile(open("b.txt", encoding="utf-8").read(), "no.txt", "exec"))`, "a.txt:python b.txt:python"},
		{"a.py", `exec(Path("a.txt").read_text()); exec((Path(__file__).parent / "b" / "c.txt").read_text())`, "a.txt:python b/c.txt:python"},
		{"a.py", "with open(os.path.join(here, 'a.txt')) as f:\n    code = f.read()\nexec(code, ns)", "a.txt:python"},
		{"a.py", "def read(n):\n    return open(os.path.join(here, n)).read()\nexec(read('a.txt'))\nopen('no.txt').read()", "a.txt:python"},
		{"a.py", `open("no.txt").read(); exec(x); exec(open(x).read()); run("no"); x.exec(open("no.txt").read())`, ""},
		{"setup.py", "reqs = open('a.txt').read().splitlines()\nsetup(install_requires=reqs)", "a.txt:"},
		{"setup.py", "with open('a.txt') as f:\n    reqs = [l.strip() for l in f if l]\nsetup(install_requires=reqs)", "a.txt:"},
		{"setup.py", "def reqs():\n  with io.open(os.path.join(HERE, 'a.txt')) as fh:\n    return fh.read().split()\nsetup(install_requires=reqs(), x=open('no.txt').read())", "a.txt:"},
		{"setup.py", "R = os.path.join(here, 'a.txt')\nsetup(install_requires=[str(r.req) for r in parse_requirements(R, session=x)], extras_require={'x': open(f'{here}/b.txt').readlines()})", "a.txt: b.txt:"},
		{"setup.py", "setup(install_requires=(here / 'a.txt').read_text().splitlines(), tests_require=Path('b', 'c.txt').read_text())", "a.txt: b/c.txt:"},
		{"setup.py", "setup(install_requires=open(sys.argv[1]).read())", "?"},
	} {
		found := all.Formats().Read(&source.File{Path: c.path, Data: []byte(c.text)})
		var got []string
		for _, in := range found.Includes {
			// What a sourced file sets counts as well as what it runs.
			if id := in.Path + ":" + string(in.Lang); !in.Values && !slices.Contains(got, id) {
				got = append(got, id)
			}
		}
		if len(found.Problems) > 0 {
			got = append(got, "?")
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.text, got, c.want)
		}
	}
}
