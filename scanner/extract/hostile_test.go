package extract_test

import (
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/extract/extracttest"
)

// hostileUnits are what a text repeats to be slow.
var hostileUnits = []extracttest.Unit{
	{"a.jsx", "/*\n"}, {"a.jsx", "(/["}, {"a.jsx", "<a>("}, {"a.jsx", "<a x={"}, {"a.jsx", "<a>"}, {"a.jsx", "`${"}, {"a.jsx", "import /*"}, {"a.jsx", "import {"},
	{"a.ts", "import("}, {"a.ts", "export * from "}, {"a.ts", "((((("}, {"a.ts", "'\n"},
	{"a.go", "/*\n"}, {"a.go", "import (\n/*\n"}, {"a.go", "`\n"}, {"a.go", "import \"\n"},
	{"a.py", "f\"{"}, {"a.py", "(\nimport "}, {"a.py", "from x import ("}, {"a.py", "'''\n\"\"\"\n"}, {"a.py", "try:\n"}, {"a.py", "subprocess.run(["}, {"a.py", "# /// script\n#\n"},
	{"a.js", "require(a?"}, {"a.js", "import(`${"}, {"a.js", "const a=b?\"c\":d;require(a);"}, {"a.js", "(require=>require(x||"}, {"a.js", "function(a){require(a,"},
	{"a.py", "__import__(a if "}, {"a.py", "__import__(f\"{"}, {"a.py", "__import__('a' or a)\na='b'\n"}, {"setup.py", "install_requires=A,"}, {"setup.py", "A=[A,"}, {"setup.py", "A=['a']\ninstall_requires=A\n"}, {"setup.cfg", "[options]\ninstall_requires=a\n b\n"},
	{"a.jsx", "<a b={/"}, {"a.js", "a/"}, {"a.js", "async (x)=>"}, {"a.js", "let a,\n"},
	{"a.md", "```dockerfile\nRUN <<A\n"}, {"a.md", "```html\n<script>"}, {"a.md", "```yaml\n\"npx\","}, {"a.md", "```make\n\tnpm i $$a\\\n"},
	{"a.md", "pip install "}, {"a.md", "`npm i x` "}, {"a.md", "```\n"}, {"a.md", "> - "},
	{"package.json", "{\"a\":"}, {"package.json", "[["}, {"package.json", "/*"}, {"package-lock.json", "{\"packages\":{"}, {"pyproject.toml", "[a]\nb = [\n"}, {"pyproject.toml", "= \n"}, {"requirements.txt", "a \\\n"}, {"go.mod", "require (\n"},
}

func TestHostile(t *testing.T) { extracttest.Hostile(t, all.Formats(), hostileUnits) }
