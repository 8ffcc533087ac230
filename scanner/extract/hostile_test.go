package extract_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// hostileUnits are what a text repeats to be slow.
var hostileUnits = []struct{ path, unit string }{
	{"a.jsx", "/*\n"}, {"a.jsx", "(/["}, {"a.jsx", "<a>("}, {"a.jsx", "<a x={"}, {"a.jsx", "<a>"}, {"a.jsx", "`${"}, {"a.jsx", "import /*"}, {"a.jsx", "import {"},
	{"a.ts", "import("}, {"a.ts", "export * from "}, {"a.ts", "((((("}, {"a.ts", "'\n"},
	{"a.go", "/*\n"}, {"a.go", "import (\n/*\n"}, {"a.go", "`\n"}, {"a.go", "import \"\n"},
	{"a.py", "f\"{"}, {"a.py", "(\nimport "}, {"a.py", "from x import ("}, {"a.py", "'''\n\"\"\"\n"}, {"a.py", "try:\n"}, {"a.py", "subprocess.run(["}, {"a.py", "# /// script\n#\n"},
	{"a.sh", "pip install "}, {"a.sh", "$(pip install "}, {"a.sh", "npm i x <<E\n"}, {"a.sh", "'pip install x\n"}, {"a.ps1", "npm i x;"},
	{"a.js", "require(a?"}, {"a.js", "import(`${"}, {"a.js", "const a=b?\"c\":d;require(a);"}, {"a.js", "(require=>require(x||"}, {"a.js", "function(a){require(a,"},
	{"a.py", "__import__(a if "}, {"a.py", "__import__(f\"{"}, {"a.py", "__import__('a' or a)\na='b'\n"}, {"setup.py", "install_requires=A,"}, {"setup.py", "A=[A,"}, {"setup.py", "A=['a']\ninstall_requires=A\n"}, {"setup.cfg", "[options]\ninstall_requires=a\n b\n"},
	{"a.sh", "trap 'find . -exec "}, {"a.sh", "echo a | xargs -I% npm i % ; "}, {"a.sh", "eval env -S "}, {"a.sh", "pip install -r <(echo "}, {"a.sh", "NODE_OPTIONS=-r "},
	{"a.sh", "f(){ pip install $@;};f a;"}, {"a.sh", "alias a='b ' b=a;a b x;"}, {"a.sh", "foo python -W npm "}, {"a.sh", "docker pip "}, {"a.sh", "pip${IFS}install "}, {"a.sh", "f(){ f $@ $@;pip install $1;};f a b\n"}, {"a.sh", "sh -c 'pip install $1' _ "},
	{"a.sh", "<<a\n"}, {"a.sh", "<<a|"}, {"a.sh", "a<<"}, {"a.sh", "sh -c '"}, {"a.sh", "uv run -- "}, {"a.sh", "npx npx "}, {"a.sh", "npm_config_call='"}, {"a.sh", "export PIP_INDEX_URL=x;"}, {"a.sh", "(PIP_REQUIREMENT=x pip install x;"},
	{"a.sh", "bash a;"}, {"a.sh", "cat a|sh\n"}, {"a.sh", "sh -c \"$(cat a)\"\n"}, {"a.sh", "node <(cat "}, {"a.sh", "exec node \"$0\"\n"},
	{"a.jsx", "<a b={/"}, {"a.js", "a/"}, {"a.js", "async (x)=>"}, {"a.js", "let a,\n"},
	{"a.md", "```dockerfile\nRUN <<A\n"}, {"a.md", "```html\n<script>"}, {"a.md", "```yaml\n\"npx\","}, {"a.md", "```make\n\tnpm i $$a\\\n"},
	{"a.md", "pip install "}, {"a.md", "`npm i x` "}, {"a.md", "```\n"}, {"a.md", "> - "},
	{"package.json", "{\"a\":"}, {"package.json", "[["}, {"package.json", "/*"}, {"package-lock.json", "{\"packages\":{"}, {"pyproject.toml", "[a]\nb = [\n"}, {"pyproject.toml", "= \n"}, {"requirements.txt", "a \\\n"}, {"go.mod", "require (\n"},
}

// TestHostile: a text ends in references inside it, whatever it repeats. One
// that takes quadratic time does not end within the limit, which is far from
// what the longest takes; TestBudgets compares times.
func TestHostile(t *testing.T) {
	const hang = 5 * time.Minute
	size := 1 << 18
	switch {
	case testing.Short():
		size = 1 << 16
	case os.Getenv("FIGMENT_NIGHTLY") != "":
		size = 1 << 20
	}
	for _, c := range hostileUnits {
		done := make(chan struct{})
		go func() {
			defer close(done)
			file := &source.File{Path: c.path, Data: []byte(strings.Repeat(c.unit, size/len(c.unit)))}
			refs, _ := File(file)
			extracttest.Check(t, file, refs)
		}()
		select {
		case <-done:
		case <-time.After(hang):
			t.Fatalf("%s of %q does not end", c.path, c.unit)
		}
	}
}
