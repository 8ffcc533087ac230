package local

import (
	"testing"

	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// FuzzProject reads hostile configuration of a project and asks whose a name is.
func FuzzProject(f *testing.F) {
	f.Add("[project]\nname = \"a\"\n[tool.uv.workspace]\nmembers = [\"*\"]\n[tool.uv.sources]\nx = { index = \"c\" }\n", "[[index]]\nname = \"c\"\nurl = \"https://u:p@h.example\"\n", "setup(package_dir={'': 'src'})", "[options]\npackage_dir =\n  = lib\n")
	f.Add("[tool.uv]\nindex = 1\n", "index = [{}]\nextra-index-url = 3\n", "find_packages('x')", "[options.packages.find]\nwhere=..\n")
	known := source.Recognize(source.Rows{Formats: []source.Row{{Kind: source.ManifestFile, Files: text.Files{Names: []string{"pyproject.toml", "uv.toml", "setup.py", "setup.cfg", "requirements.txt"}, Lang: text.Text}}}})
	f.Fuzz(func(t *testing.T, pyproject, uv, setup, cfg string) {
		src := source.Memory(known, map[string][]byte{"pyproject.toml": []byte(pyproject), "uv.toml": []byte(uv), "m/pyproject.toml": []byte(pyproject), "setup.py": []byte(setup), "setup.cfg": []byte(cfg), "requirements.txt": []byte("-r requirements.txt\nx\n")})
		rules := Rules(func(p string) bool { return p == "requirements.txt" }, func([]byte) List {
			return List{{Kind: Included, Value: setup, Line: 1}, {Kind: IndexURL, Value: uv, Line: 2}}
		})
		p, problems := project.Load(src, nil, project.Options{Rules: []*project.Rules{rules}})
		for _, problem := range problems {
			if problem.Why == source.Crashed {
				t.Fatal(problem)
			}
		}
		for _, file := range []string{"m/pyproject.toml", "requirements.txt", "pyproject.toml"} {
			p.Decide(&extract.Reference{Ecosystem: "pypi", Name: "x", Kind: extract.Manifest, Path: file})
		}
	})
}
