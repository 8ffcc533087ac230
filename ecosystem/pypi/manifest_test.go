package pypi

import (
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestPyprojectSources: where the names of a manifest come from, written as
// name, (source) unless it is the registry, @index, and + where further indexes
// are asked.
func TestPyprojectSources(t *testing.T) {
	const project = "[project]\ndependencies = [\"a\", \"b\"]\n"
	for _, c := range []struct{ what, text, want string }{
		{"uv source", "[tool.uv.sources]\na = {git = \"https://h/x\"}\n", "a(git) b"},
		{"uv source with a marker", "[tool.uv.sources]\na = {git = \"https://h/x\", marker = \"sys_platform == 'nope'\"}\nb = {path = \"../b\", extra = \"x\"}\n", "a b"},
		{"uv source with a marker first", "[tool.uv.sources.a]\nmarker = \"x\"\nworkspace = true\n", "a b"},
		{"uv source of a group", "[tool.uv.sources]\na = {url = \"https://h/a.whl\", group = \"x\"}\n", "a b"},
		{"uv index with a marker is a claim", "[tool.uv.sources]\na = {index = \"c\", marker = \"x\"}\n[[tool.uv.index]]\nname = \"c\"\nurl = \"https://c.example/s\"\nexplicit = true\n", "a@https://c.example/s b"},
		{"uv array sources", "[tool.uv.sources]\na = [{index = \"c\", marker = \"x\"}, {index = \"d\", marker = \"y\"}]\nb = [{git = \"https://h/b\"}]\n[[tool.uv.index]]\nname = \"c\"\nurl = \"https://c.example/s\"\nexplicit = true\n", "a@https://c.example/s b(git)"},
		{"uv array: git here, the registry there", "[tool.uv.sources]\na = [{git = \"https://h/x\", marker = \"x\"}, {index = \"pypi\", marker = \"y\"}]\n", "a b"},
		{"uv array of tables", "[[tool.uv.sources.a]]\ngit = \"https://h/x\"\nmarker = \"x\"\n[[tool.uv.sources.a]]\npath = \"../x\"\n", "a(path) b"},
		{"no workspace", "[tool.uv.sources]\na = {workspace = false}\n", "a b"},
		{"uv further index", "[[tool.uv.index]]\nurl = \"https://c.example/s\"\n", "a+ b+"},
		{"uv explicit index", "[[tool.uv.index]]\nname = \"c\"\nurl = \"https://c.example/s\"\nexplicit = true\n", "a b"},
		{"uv explicit index of one", "[tool.uv.sources]\na = {index = \"c\"}\n[[tool.uv.index]]\nname = \"c\"\nurl = \"https://u:p@c.example/s\"\nexplicit = true\n", "a@https://c.example/s b"},
		{"uv inline indexes", "[tool.uv]\nindex = [{name = \"c\", url = \"https://c.example/s\", explicit = true}, {name = \"d\", url = \"https://pypi.org/simple/\", default = true}]\n", "a b"},
		{"uv default index", "[[tool.uv.index]]\nname = \"c\"\nurl = \"https://c.example/s\"\ndefault = true\n", "a@https://c.example/s b@https://c.example/s"},
		{"uv default index, one from the public one", "[tool.uv.sources]\na = {index = \"p\"}\n[[tool.uv.index]]\nname = \"p\"\nurl = \"https://pypi.org/simple\"\n[[tool.uv.index]]\nname = \"c\"\nurl = \"https://c.example/s\"\ndefault = true\n", "a b@https://c.example/s"},
		{"an index only called pypi", "[tool.uv.sources]\na = {index = \"pypi\"}\n[[tool.uv.index]]\nname = \"pypi\"\nurl = \"https://c.example/s\"\nexplicit = true\n", "a@https://c.example/s b"},
		{"the public index called pypi", "[tool.uv.sources]\na = {index = \"pypi\"}\n[[tool.uv.index]]\nname = \"pypi\"\nurl = \"https://pypi.org/simple\"\nexplicit = true\n", "a b"},
		{"an index of the workspace's root", "[tool.uv.sources]\na = {index = \"corp\"}\n", "a@corp b"},
		{"uv options", "[tool.uv]\nextra-index-url = [\"https://c.example/s\"]\n", "a+ b+"},
		{"uv index-url", "[tool.uv]\nindex-url = \"https://c.example/s\"\n", "a@https://c.example/s b@https://c.example/s"},
		{"uv no-index", "[tool.uv]\nno-index = true\nfind-links = [\"./w\"]\n", "a@--no-index+ b@--no-index+"},
		{"poetry enriches", "[tool.poetry.dependencies]\na = {source = \"n\"}\nb = {git = \"https://h/b\"}\n[[tool.poetry.source]]\nname = \"n\"\nurl = \"https://n.example/s\"\npriority = \"explicit\"\n", "a@https://n.example/s b(git) a@https://n.example/s b(git)"},
		{"poetry enriches with a marker", "[tool.poetry.dependencies]\na = {path = \"../a\", markers = \"sys_platform == 'nope'\"}\n", "a b a(path)"},
		{"poetry: git here, the registry there", "[tool.poetry.dependencies]\nc = [{git = \"https://h/c\", python = \"<3.9\"}, {version = \"^1\", python = \">=3.9\"}]\n", "a b c"},
		{"poetry supplemental", "[[tool.poetry.source]]\nname = \"n\"\nurl = \"https://n.example/s\"\npriority = \"supplemental\"\n", "a+ b+"},
		{"poetry explicit", "[[tool.poetry.source]]\nname = \"n\"\nurl = \"https://n.example/s\"\npriority = \"explicit\"\n", "a b"},
		{"poetry default", "[[tool.poetry.source]]\nname = \"n\"\nurl = \"https://n.example/s\"\npriority = \"default\"\n", "a@https://n.example/s b@https://n.example/s"},
		{"poetry names the public one", "[[tool.poetry.source]]\nname = \"PyPI\"\npriority = \"primary\"\n[tool.poetry.dependencies]\nc = {version = \"1\", source = \"PyPI\"}\n", "a b c"},
		{"pdm source", "[[tool.pdm.source]]\nname = \"corp\"\nurl = \"https://u:${TOKEN}@c.example/s\"\n", "a+ b+"},
		{"pdm takes the public one's place", "[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"https://u:${TOKEN}@c.example/s\"\n", "a@https://c.example/s b@https://c.example/s"},
		{"pdm source of some", "[[tool.pdm.source]]\nname = \"corp\"\nurl = \"https://c.example/s\"\ninclude_packages = [\"a\", \"corp-*\"]\n", "a@https://c.example/s b"},
		{"rye source", "[[tool.rye.sources]]\nname = \"x\"\nurl = \"https://c.example/s\"\n", "a+ b+"},
		{"pixi", "[tool.pixi.pypi-options]\nextra-index-urls = [\"https://c.example/s\"]\n", "a+ b+"},
		{"a broken table elsewhere", "[tool.uv]\nx = = 1\n[tool.uv.sources]\na = {git = \"https://h/x\"}\n", "a(git) b"},
	} {
		text := project + c.text
		file := &source.File{Path: "pyproject.toml", Data: []byte(text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			s := r.Name
			if r.From != FromRegistry {
				s += "(" + r.From.String() + ")"
			}
			if r.Index != "" {
				s += "@" + r.Index
			}
			if r.Others {
				s += "+"
			}
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, g, c.want)
		}
	}
}

// TestPyprojectPlaces: names are found at their own bytes, escapes or not, and
// what is no requirement is told.
func TestPyprojectPlaces(t *testing.T) {
	for _, c := range []struct{ text, want, told string }{
		{"[project]\ndependencies = [\"a\", 'b>=1', \"\"\"\nc\"\"\"]\n", "2:18 a, 2:23 b, 3:1 c", ""},
		{"[project]\ndependencies = [\"\\u0061bc>=1\", \"x\\u002dy ; os_name == \\\"nt\\\"\"]\n", "2:18 abc, 2:33 x-y", ""},
		{"[project]\ndependencies = [\"your-sdk\", \"{{ x }}\", \"not a name\", \"\"]\n", "2:18 your-sdk", "1 string is no Python requirement"},
		{"[\"tool\".\"poetry\".\"dependencies\"]\n\"a.b\" = \"1\"\nc.version = \"1\"\npython = \"3\"\n", "2:2 a.b, 3:1 c", ""},
		{"[tool.poetry.requires-plugins]\np = \"1\"\n[tool.uv.extra-build-dependencies]\nx = [\"q\"]\n[tool.hatch.build.hooks.h]\ndependencies = [\"r\"]\n[tool.flit.metadata]\nrequires = [\"s\"]\n", "2:1 p, 4:7 q, 6:18 r, 8:14 s", ""},
	} {
		file := &source.File{Path: "pyproject.toml", Data: []byte(c.text)}
		refs, problems := File(file)
		extracttest.Check(t, file, refs)
		if got := extracttest.Listed(c.text, refs); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
		told := ""
		for _, p := range problems {
			told += p.Text
		}
		if (c.told == "") != (told == "") || !strings.Contains(told, c.told) {
			t.Errorf("%s\ntold %q, want %q", c.text, told, c.told)
		}
	}
}
