package pypi

import (
	"slices"
	"strings"
	"testing"

	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// TestTools: requirements and commands in the tables of tools. told says that
// something was not read.
func TestTools(t *testing.T) {
	for _, c := range []struct {
		text, want string
		told       bool
	}{
		// Requirements.
		{"[tool.cibuildwheel]\ntest-requires = [\"aa\", \"bb>=1\"]", "aa bb", false},
		{"[tool.cibuildwheel.linux]\ntest-requires = \"aa bb==1 # c\"", "aa bb", false},
		{"[[tool.cibuildwheel.overrides]]\nselect = \"x\"\ntest-requires = \"aa\"", "aa", false},
		{"[tool.tox]\nrequires = [\"tox>=4\", \"aa\"]\n[tool.tox.env_run_base]\ndeps = [\"bb\", \"-r dev.txt\"]\n[tool.tox.env.lint]\ndeps = [\"cc[x]\"]", "aa bb cc tox", false},
		{"[tool.tox]\nlegacy_tox_ini = \"\"\"\n[testenv]\ndeps = aa\n\"\"\"", "", true},
		{"[tool.briefcase.app.x]\nrequires = [\"aa\"]\ntest_requires = [\"bb\"]\n[tool.briefcase.app.x.macOS]\nrequires = [\"cc\", \"./local\"]", "aa bb cc", false},
		{"[tool.pytest.ini_options]\nrequired_plugins = [\"aa\", \"bb>=1\"]", "aa bb", false},
		{"[tool.pytest.ini_options]\nrequired_plugins = \"aa bb>=1\"", "aa bb", false},
		{"[tool.pdm]\nplugins = [\"aa\"]\n[tool.pdm.resolution.overrides]\nbb = \"1.0\"\ncc = \"https://h.example/x.whl\"", "aa bb cc", false},
		{"[[tool.uv.dependency-metadata]]\nname = \"x\"\nrequires-dist = [\"aa\"]", "aa", false},
		{"[tool.hatch.env]\nrequires = [\"aa\"]\n[tool.hatch.envs.t.overrides]\nmatrix.v.dependencies = [\"bb\", {value = \"cc\", if = [\"1\"]}]", "aa bb cc", false},
		{"[tool.pixi.feature.f.pypi-dependencies]\naa = \"*\"", "aa", false},
		// Commands.
		{"[tool.cibuildwheel]\nbefore-all = \"pip install aa\"\nbefore-build = [\"npm i bb\", \"pip install cc\"]", "aa bb cc", false},
		{"[tool.cibuildwheel.macos]\nbefore-test = \"pip install \\\"aa\\\" && pip install bb\"", "aa bb", false},
		{"[tool.hatch.envs.default.scripts]\nsetup = \"pip install aa\"\nall = [\"pip install bb\", \"npx cc\"]", "aa bb cc", false},
		{"[tool.hatch.envs.default]\npre-install-commands = [\"pip install aa\"]\npost-install-commands = [\"pip install bb\"]", "aa bb", false},
		{"[tool.poe.tasks]\na = \"pip install aa\"\nb.cmd = \"pip install bb\"\nc.shell = \"\"\"\npip install cc\nnpm i dd\n\"\"\"\nd = [\"pip install ee\", {cmd = \"pip install ff\"}]\ne.sequence = [{shell = \"npm i gg\"}]", "aa bb cc dd ee ff gg", false},
		{"[tool.poe.tasks.a]\nhelp = \"pip install no\"\nscript = \"m:f\"", "", false},
		{"[tool.pdm.scripts]\na = \"pip install aa\"\nb = {cmd = [\"pip\", \"install\", \"bb\"]}\nc = {composite = [\"pip install cc\"]}\npost_install = \"npm i dd\"", "aa bb cc dd", false},
		{"[tool.taskipy.tasks]\na = \"pip install aa\"\nb = {cmd = \"pip install bb\", help = \"pip install no\"}", "aa bb", false},
		{"[tool.rye.scripts]\na = \"pip install aa\"\nb = [\"pip\", \"install\", \"bb\"]\nc = {chain = [\"pip install cc\"]}", "aa bb cc", false},
		{"[tool.pixi.tasks]\na = \"pip install aa\"\nb = {cmd = \"pip install bb\"}\n[tool.pixi.feature.t.tasks]\nc = \"npm i cc\"", "aa bb cc", false},
		{"[tool.tox.env_run_base]\ncommands = [[\"pip\", \"install\", \"aa\"], [\"python\", \"-m\", \"pip\", \"install\", \"bb\"]]\ncommands_pre = [[\"npm\", \"i\", \"cc\"]]", "aa bb cc", false},
		{"[tool.semantic_release]\nbuild_command = \"pip install aa && python -m build\"", "aa build", false},
		{"[tool.unknown]\nrun-first = \"pip install aa\"\n[tool.unknown.x]\nlist = [\"npm i bb\"]", "aa bb", false},
		// Neither.
		{"[tool.mypy]\nexclude = [\"pip\", \"npm install\"]\n[tool.x]\ndescription = \"Use it as pip does when it should install, and add nothing\"\n[project]\ndescription = \"pip install no\"", "", false},
		{"[tool.poetry.scripts]\npip-install = \"pip.install:main\"", "", false},
	} {
		f := &source.File{Path: "pyproject.toml", Data: []byte(c.text)}
		refs, problems := File(f)
		extracttest.Check(t, f, refs)
		var names []string
		for _, r := range refs {
			names = append(names, r.Name)
			if raw := c.text[r.Span.Start:r.Span.End]; raw != r.Name {
				t.Errorf("%q: %s stands at %q", c.text, r.Name, raw)
			}
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != c.want || (len(problems) > 0) != c.told {
			t.Errorf("%q: got %q, want %q; told %v", c.text, got, c.want, problems)
		}
	}
}
