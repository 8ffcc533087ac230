package python_test

import (
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// TestPythonVariables: what variables name that code sets for tools, packages and
// files.
func TestPythonVariables(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`os.environ["NODE_OPTIONS"] = "--require a1"; os.environ['PIP_REQUIREMENT'] = "a.lst"`, "a1 a.lst"},
		{`os.putenv("PIP_REQUIREMENT", "a.lst"); os.environ.setdefault("NODE_OPTIONS", "-r a1"); monkeypatch.setenv("UV_CONSTRAINT", "c.lst")`, "a1 a.lst c.lst"},
		{`run(x, env={**os.environ, "PIP_REQUIREMENT": "a.lst"}); os.environ.update(PIP_CONSTRAINT="b.lst"); run(x, env=dict(os.environ, NODE_OPTIONS="--import=a1"))`, "a1 a.lst b.lst"},
		{`run(x, env={"npm_config_package": "a1", "PYTHONSTARTUP": "s.txt"}); v = "a2"; os.environ["NODE_OPTIONS"] = "--require " + v`, "a1 a2 s.txt"},
		{`x = {"PIP_NO_INDEX": "1"}; os.environ["PIP_REQUIREMENT"]; os.environ["PIP_X"] == "no"; d.get("NODE_OPTIONS", "-r no"); NODE_OPTIONS = "-r no"`, ""},
		{`os.environ["PIP_REQUIREMENT"] = f()`, "?"},
		{`os.environ["PIP_CACHE_DIR"] = f(); os.environ["PIP_INDEX_URL"] = url; os.environ["NODE_OPTIONS"] = x`, ""},
	} {
		found := all.Formats().Read(&source.File{Path: "a.py", Data: []byte(c.text)})
		var got []string
		for _, r := range found.References {
			got = append(got, r.Name)
		}
		for _, in := range found.Includes {
			got = append(got, in.Path)
		}
		if len(found.Problems) > 0 {
			got = append(got, "?")
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.text, got, c.want)
		}
	}
}
