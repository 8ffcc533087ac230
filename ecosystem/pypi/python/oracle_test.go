package python_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/source"
)

const pythonProbe = `
import ast, json, os, sys
out = {}
for root, dirs, files in os.walk(sys.argv[1]):
    dirs[:] = sorted(d for d in dirs if d not in ("site-packages", "__pycache__", "lib2to3", "test"))
    for name in sorted(files):
        if not name.endswith(".py"): continue
        path = os.path.join(root, name)
        try:
            text = open(path, "rb").read()
            tree = ast.parse(text)
        except Exception:
            continue
        got = set()
        for n in ast.walk(tree):
            if isinstance(n, ast.Import):
                for a in n.names: got.add("%d %s" % (n.lineno, a.name))
            elif isinstance(n, ast.ImportFrom) and n.level == 0 and n.module != "__future__":
                got.add("%d %s" % (n.lineno, n.module))
        out[path] = sorted(got)
print(json.dumps(out))
`

// TestPythonOracle compares the scanner with Python's own parser over the
// standard library of the machine.
func TestPythonOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads the whole standard library of Python")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the Python scanner was not compared with its parser")
	}
	lib, err := exec.Command(python, "-c", "import os; print(os.path.dirname(os.__file__))").Output()
	if err != nil {
		t.Skip("python3 does not work: the Python scanner was not compared with its parser")
	}
	out, err := exec.Command(python, "-c", pythonProbe, strings.TrimSpace(string(lib))).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	hit, missed, extra := 0, 0, 0
	for path, list := range want {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		refs, _ := File(&source.File{Path: "x.py", Data: data})
		got := map[string]bool{}
		for _, r := range refs {
			if r.Kind == Import && !r.Flags.Has(Dynamic) {
				got[r.Module] = true
			}
		}
		seen := map[string]bool{}
		for _, w := range list {
			_, module, _ := strings.Cut(w, " ")
			if seen[module] {
				continue
			}
			seen[module] = true
			if got[module] {
				hit++
			} else {
				missed++
				t.Logf("missed %s in %s", w, filepath.Base(path))
			}
		}
		for m := range got {
			if !seen[m] {
				extra++
				t.Logf("extra %s in %s", m, filepath.Base(path))
			}
		}
	}
	t.Logf("%d files: %d found, %d missed, %d too many", len(want), hit, missed, extra)
	if hit < 500 || missed*1000 > hit || extra*1000 > hit {
		t.Errorf("%d found, %d missed, %d too many", hit, missed, extra)
	}
}
