package extract

import (
	"strings"
	"testing"
	"time"

	"figment/scanner/source"
)

// TestHostile: no text of a megabyte takes more than moments, whatever it
// repeats.
func TestHostile(t *testing.T) {
	for _, c := range []struct{ path, unit string }{
		{"a.jsx", "/*\n"}, {"a.jsx", "(/["}, {"a.jsx", "<a>("}, {"a.jsx", "<a x={"}, {"a.jsx", "<a>"}, {"a.jsx", "`${"}, {"a.jsx", "import /*"}, {"a.jsx", "import {"},
		{"a.ts", "import("}, {"a.ts", "export * from "}, {"a.ts", "((((("}, {"a.ts", "'\n"},
		{"a.go", "/*\n"}, {"a.go", "import (\n/*\n"}, {"a.go", "`\n"}, {"a.go", "import \"\n"},
		{"a.py", "f\"{"}, {"a.py", "(\nimport "}, {"a.py", "from x import ("}, {"a.py", "'''\n\"\"\"\n"}, {"a.py", "try:\n"}, {"a.py", "subprocess.run(["}, {"a.py", "# /// script\n#\n"},
		{"a.sh", "pip install "}, {"a.sh", "$(pip install "}, {"a.sh", "npm i x <<E\n"}, {"a.sh", "'pip install x\n"}, {"a.ps1", "npm i x;"},
		{"a.md", "pip install "}, {"a.md", "`npm i x` "}, {"a.md", "```\n"}, {"a.md", "> - "},
		{"package.json", "{\"a\":"}, {"package.json", "[["}, {"package.json", "/*"}, {"package-lock.json", "{\"packages\":{"}, {"pyproject.toml", "[a]\nb = [\n"}, {"pyproject.toml", "= \n"}, {"requirements.txt", "a \\\n"}, {"go.mod", "require (\n"},
	} {
		data := []byte(strings.Repeat(c.unit, 1<<20/len(c.unit)))
		start := time.Now()
		file := &source.File{Path: c.path, Data: data}
		refs, _ := File(file)
		check(t, file, refs)
		if d := time.Since(start); d > 40*time.Second { // what is quadratic takes minutes; the machine may be busy
			t.Errorf("%s of %q took %v", c.path, c.unit, d)
		} else if d > 2*time.Second {
			t.Logf("%s of %q took %v", c.path, c.unit, d)
		}
	}
}
