package shell_test

import (
	"figment/ecosystem/all"
	"fmt"
	"strings"
	"testing"

	"figment/scanner/source"
)

// TestCommandIncludes: the files whose lists commands install.
func TestCommandIncludes(t *testing.T) {
	const told = "?"
	for _, c := range []struct{ path, text, want string }{
		{"a.sh", "pip install -r deps.lst", "deps.lst"},
		{"a.sh", "pip install -rdeps.lst -c c.lst", "deps.lst c.lst(c)"},
		{"a.sh", "pip3 install --requirement=deps.lst x", "deps.lst"},
		{"a.sh", "python -m pip wheel -w out -r 'my deps.lst'", "my deps.lst"},
		{"a.sh", "pip download -qr deps.lst", "deps.lst"},
		{"a.sh", "uv pip install --requirements deps.lst --override o.lst -b b.lst", "deps.lst o.lst(c) b.lst(c)"},
		{"a.sh", "uv add -r deps.lst", "deps.lst"},
		{"a.sh", "uv run --with-requirements deps.lst main.py", "deps.lst"},
		{"a.sh", "uvx --with-requirements deps.lst ruff", "deps.lst"},
		{"a.sh", "uv tool install ruff --with-requirements deps.lst", "deps.lst"},
		{"a.sh", "pipx inject x -r deps.lst", "deps.lst"},
		{"a.sh", "pipenv install -r deps.lst", "deps.lst"},
		{"a.sh", "pip-sync deps.lst dev.lst", "deps.lst dev.lst"},
		{"a.sh", "uv pip sync deps.lst", "deps.lst"},
		{"a.sh", "pip-compile -o out.lst deps.lst", "deps.lst"},
		{"a.sh", "uv pip compile pyproject.toml -o out.lst -c c.lst", "c.lst(c)"},
		{"a.sh", "pip install -r https://h.example/r.txt", "https://h.example/r.txt"},
		{"a.sh", "pip uninstall -r deps.lst; conda install -c conda-forge x; npm i -c x", ""},
		{"a.sh", "D=/srv; pip install -r $D/deps.lst -r \"$(dirname \"$0\")/more/d.lst\"", "/srv/deps.lst more/d.lst"},
		{"a.sh", "pip install -r \"$1\"", told},
		{"a.sh", "for f in $(ls); do pip install -r $f; done", told},
		{"a.ps1", "pip install -r $PSScriptRoot\\deps.lst", "deps.lst"},
		{"a.bat", "pip install -r %1", told},
		{"a.md", "```sh\npip install -r deps.lst\n```", "deps.lst"},
		{"a.md", "```sh\npip install -r <file>\n```", ""},
		{"Dockerfile", "FROM x\nRUN pip install -r /tmp/deps.lst", ""}, // nothing reads it by its name
		{"package.json", `{"scripts":{"postinstall":"pip install -r deps.lst"}}`, "deps.lst"},
		{"a.sh", "printf 'one\\ntwo\\n' > r.txt; pip install -r r.txt", "r.txt(w)"},
		{"a.sh", "pip install -r ./r.txt -c r.txt\ncat > r.txt <<E\none\nE", "./r.txt(w) r.txt(c)(w)"},
		{"requirements.txt", "-r deps.lst", "deps.lst"},
	} {
		found := all.Formats().Read(&source.File{Path: c.path, Data: []byte(c.text)})
		var got []string
		for _, in := range found.Includes {
			s := in.Path
			if in.Constraint {
				s += "(c)"
			}
			if in.Written {
				s += "(w)"
			}
			if in.Command != (c.path != "requirements.txt") || in.Span.Len() == 0 {
				t.Errorf("%s: %+v", c.text, in)
			}
			got = append(got, s)
		}
		for _, p := range found.Problems {
			if p.Why == source.NotFollowed {
				got = append(got, told)
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: %s:\n got %s\nwant %s", c.path, c.text, g, c.want)
		}
		if again := fmt.Sprint(all.Formats().Includes(&source.File{Path: c.path, Data: []byte(c.text)})); again != fmt.Sprint(found.Includes) {
			t.Errorf("%s: %s != %v", c.text, again, found.Includes)
		}
	}
	refs, _ := File(&source.File{Path: "a.sh", Data: []byte("printf 'one\\ntwo>=2\\n' > r.txt; pip install -r r.txt")})
	if len(refs) != 2 || refs[0].Name != "one" || refs[1].Name != "two" {
		t.Errorf("what a script writes and installs: %v", refs)
	}
}
