package shell_test

import (
	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"fmt"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

// found writes down what a text gives: names with their indexes, the files that
// it names with the language in which they are read, "?" for what was told.
func found(path, text string) string {
	f := all.Formats().Read(&source.File{Path: path, Data: []byte(text)})
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, r := range f.References {
		s := r.Name
		if r.Kind == Import {
			s = "import:" + s
		}
		if r.Kind == Mention {
			s = "mention:" + s
		}
		if r.Index != "" {
			s += "@" + r.Index
		}
		if r.Others {
			s += "+"
		}
		if r.Scope == GlobalScope {
			s += "(g)"
		}
		add(s)
	}
	for _, in := range f.Includes {
		if in.Values {
			continue // see TestValuesOfOtherFiles
		}
		s := in.Path
		if in.Constraint {
			s += "(c)"
		}
		if in.Lang != "" {
			s = string(in.Lang) + "<" + s
		} else {
			s = "list<" + s
		}
		add(s)
	}
	for range f.Problems {
		add("?")
	}
	return strings.Join(out, " ")
}

// TestNothingSilent: spellings by which a command is told what to install or to
// run give a reference, a file to read, or a problem.
func TestNothingSilent(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		// Variables that stand for options.
		{"a.sh", "PIP_REQUIREMENT=r.lst pip install", "list<r.lst"},
		{"a.sh", "export PIP_REQUIREMENT=r.lst\npip install", "list<r.lst"},
		{"a.sh", "export PIP_REQUIREMENT='r.lst s.lst'", "list<r.lst list<s.lst"},
		{"a.sh", "env PIP_CONSTRAINT=c.lst python -m pip install x", "x list<c.lst(c)"},
		{"a.sh", "PIP_INDEX_URL=https://c.example/simple pip install x", "x@https://c.example/simple"},
		{"a.sh", "PIP_PYPI_URL=https://c.example/simple pip install x", "x@https://c.example/simple"},
		{"a.sh", "export PIP_INDEX_URL=https://c.example/simple\npip install x; pip install -i https://d.example y", "x@https://c.example/simple y@https://d.example"},
		{"a.sh", "PIP_INDEX_URL=https://c.example/simple\npip install x", "x"}, // not exported
		{"a.sh", "PIP_INDEX_URL=https://c.example/simple\nexport PIP_INDEX_URL\npip install x", "x@https://c.example/simple"},
		{"a.sh", "set -a\nPIP_INDEX_URL=https://c.example/simple\npip install x", "x@https://c.example/simple"},
		{"a.sh", "(export PIP_INDEX_URL=https://c.example/simple; pip install x)\npip install y", "x@https://c.example/simple y"},
		{"a.sh", "export PIP_INDEX_URL=https://c.example/simple; unset PIP_INDEX_URL; pip install x", "x"},
		{"a.sh", "pip install x; export PIP_INDEX_URL=https://c.example/simple", "x"},
		{"a.sh", "export PIP_INDEX_URL=https://c.example/simple; sh -c 'pip install x'", "x@https://c.example/simple"},
		{"a.sh", "env -i pip install x", "x"},
		{"a.sh", "PIP_EXTRA_INDEX_URL=https://c.example/simple pip install x", "x+"},
		{"a.sh", "pip install --extra-index-url https://c.example/simple x", "x+"},
		{"a.sh", "export UV_INDEX=https://c.example/simple; uv pip install x", "x@https://c.example/simple"},
		{"a.sh", "UV_DEFAULT_INDEX=https://c.example/simple uvx x", "x@https://c.example/simple"},
		{"a.sh", "UV_WITH=y uv run z.py", "y"},
		{"a.sh", "UV_CONSTRAINT=c.lst uv pip install x", "x list<c.lst(c)"},
		{"a.sh", "npm_config_registry=https://c.example npm i x", "x@https://c.example"},
		{"a.sh", "NPM_CONFIG_REGISTRY=https://c.example npx x", "x@https://c.example"},
		{"a.sh", "export npm_config_registry=https://c.example; pnpm add x; yarn add y; npm create z", "x@https://c.example y@https://c.example create-z@https://c.example"},
		{"a.sh", "YARN_NPM_REGISTRY_SERVER=https://c.example yarn add x", "x@https://c.example"},
		{"a.sh", "npm_config_package=x npx -c 'x -v'", "x"},
		{"a.sh", "npm_config_package=x npm exec -- y", "x"},
		{"a.sh", "export npm_config_yes=true npm_config_package=x\nnpm exec", "x"},
		{"a.sh", "npm_config_global=true npm i x", "x(g)"},
		{"a.sh", "npm_config_call='npm i y' npx", "y"},
		{"a.sh", "NODE_OPTIONS='--import=x' node a.mjs", "import:x javascript<a.mjs"},
		{"a.sh", "PYTHONSTARTUP=start.cfg python", "python<start.cfg"},
		{"a.sh", "export BASH_ENV=lib.cfg", "shell<lib.cfg"},
		{"a.sh", "PIP_REQUIREMENT=$1 pip install", "?"},
		{"a.ps1", "$env:PIP_REQUIREMENT = 'r.lst'\npip install", "list<r.lst"},
		{"a.ps1", "$env:PIP_INDEX_URL='https://c.example/simple'; pip install x", "x@https://c.example/simple"},
		{"a.bat", "set PIP_INDEX_URL=https://c.example/simple\r\npip install x", "x@https://c.example/simple"},
		{"a.bat", "set \"PIP_REQUIREMENT=r.lst\"\npip install", "list<r.lst"},
		{"package.json", `{"scripts":{"a":"PIP_REQUIREMENT=r.lst pip install","b":"cross-env npm_config_package=x npx -c x"}}`, "x list<r.lst"},

		// Modules that python runs.
		{"a.sh", "python -m zqtool --x", "import:zqtool"},
		{"a.sh", "python3 -Im zqtool.sub", "import:zqtool"},
		{"a.sh", "python -m venv .venv", "import:venv"},
		{"a.sh", "poetry run python -m zqtool; python -m zqother", "import:zqother"}, // the project declares the first
		{"a.sh", "node -r x a.js", "import:x javascript<a.js"},

		// Files that a command runs.
		{"a.sh", "bash steps.txt", "shell<steps.txt"},
		{"a.sh", "sh -eux ./install arg", "shell<./install"},
		{"a.sh", "bash -o pipefail --norc steps.txt", "shell<steps.txt"},
		{"a.sh", ". ./lib.inc; source env.setup x", "shell<./lib.inc shell<env.setup"},
		{"a.sh", ". \"$(dirname \"$0\")/lib.inc\"", "shell<lib.inc"},
		{"a.sh", "node run.txt", "javascript<run.txt"},
		{"a.sh", "node --max-old-space-size=99 --import x run.txt -r y", "import:x javascript<run.txt"},
		{"a.sh", "python tool.txt", "python<tool.txt"},
		{"a.sh", "python3 -W ignore -u tool.txt -m x", "python<tool.txt"},
		{"a.sh", "sudo -u x nohup python tool.txt &", "python<tool.txt"},
		{"a.sh", "npx tsx x.data", "tsx typescript<x.data"},
		{"a.sh", "deno run -A x.data", "typescript<x.data"},
		{"a.sh", "bun x.data", "typescript<x.data"},
		{"a.sh", "uv run --script x.data", "python<x.data"},
		{"a.sh", "bash < steps.txt", "shell<steps.txt"},
		{"a.sh", "cat steps.txt | sh", "shell<steps.txt"},
		{"a.sh", "cat steps.txt | sudo bash -s -- x", "shell<steps.txt"},
		{"a.sh", "node < run.txt; python - < tool.txt", "javascript<run.txt python<tool.txt"},
		{"a.sh", "xargs -a names.txt pip install", "?"},
		{"a.sh", "xargs npm i < names.txt", "?"},
		{"a.sh", "cat names.txt | xargs npm i", "?"},
		{"a.sh", "eval \"$(cat steps.txt)\"", "shell<steps.txt"},
		{"a.sh", "sh -c \"$(cat steps.txt)\"", "shell<steps.txt"},
		{"a.sh", "python3 -c \"$(cat x.dat)\"", "python<x.dat"},
		{"a.sh", "python3 -c \"$(<x.dat)\"", "python<x.dat"},
		{"a.sh", "node -e \"`cat x.dat`\"", "javascript<x.dat"},
		{"a.sh", "pwsh -File steps.txt; cmd /c steps.cfg", "powershell<steps.txt"},
		{"a.sh", "go run ./x.go", ""},
		{"a.sh", "curl https://x.example | bash", ""},
		{"a.sh", "bash \"$1\"; python $X; node --version; python --version; sh", ""},
		{"package.json", `{"main":"lib/start","bin":{"a":"cli","b":"./b.js"},"scripts":{"start":"node run"}}`, "javascript<lib/start javascript<cli javascript<./b.js javascript<run"},
		{"package.json", `{"bin":"cli"}`, "javascript<cli"},
		{"a", "#!/bin/sh\nexec node \"$0\" \"$@\"\nrequire('x')\n", "import:x"},
		{"b", "#!/bin/sh\n':' //; exec \"$(command -v node || command -v nodejs)\" \"$0\" \"$@\"\nrequire('x')\n", "import:x"},
		{"c", "#!/bin/sh\n'''':\nexec python3 \"$0\" \"$@\"\n'''\nimport zqx\n", "import:zqx"},
		{"d", "#!/bin/sh\n\"exec\" \"python3\" \"$0\" \"$@\"\nimport zqx\n", "import:zqx"},
		{"e.go", "//bin/true; exec go run \"$0\" \"$@\"\npackage main\nimport \"x.example/y\"\n", "import:x.example/y"},
		{"f", "#!/usr/bin/env -S node --import x\nrequire('y')\n", "import:x import:y"},

		// Code that is piped into an interpreter.
		{"a.sh", "echo \"require('x')\" | node", "import:x"},
		{"a.sh", "echo \"import('x')\" | node --input-type=module -", "import:x"},
		{"a.sh", "printf 'import zqx\\n' | python -", "import:zqx"},
		{"a.sh", "node - <<E\nrequire('x')\nE", "import:x"},
		{"a.sh", "python <<E\nimport zqx\nE", "import:zqx"},
		{"a.sh", "python3 -u - a b <<'E'\nimport zqx\nE", "import:zqx"},
		{"a.sh", "node <<< \"require('x')\"", "import:x"},
		{"a.sh", "cat <<E | node\nrequire('x')\nE", "import:x"},
		{"a.sh", "deno run - <<E\nimport 'npm:x'\nE", "import:x"},
		{"a.sh", "bun run - <<E\nimport 'x'\nE", "import:x"},
		{"a.sh", "npx tsx <<E\nimport 'x'\nE", "tsx import:x"},
		{"a.sh", "uv run - <<E\nimport zqx\nE", "import:zqx"},
		{"a.sh", "python /dev/stdin <<< 'import zqx'", "import:zqx"},
		{"a.sh", "node <(echo \"require('x')\")", "import:x"},
		{"a.sh", "ssh h python - <<E\nimport zqx\nE", "import:zqx"},
		{"a.sh", "docker exec -i c python - <<E\nimport zqx\nE", "import:zqx"},
		{"a.sh", "docker run -i python:3 python <<E\nimport zqx\nE", "import:zqx"},
		{"a.sh", "pwsh -c - <<E\nnpm i x\nE", "x"},
		{"a.sh", "python a.py <<E\nimport zqx\nE", "python<a.py"},
		{"a.sh", "base64 -d x | bash", ""},

		// Other shells.
		{"a.bat", "for %%p in (a b) do npm i %%p", "a b"},
		{"a.bat", "for %p in (a b) do npm i %p", "a b"},
		{"a.bat", "call npm i x", "x"},
		{"a.bat", "start /b \"t\" npm i x", "x"},
		{"a.bat", "start \"\" /wait npm i x", "x"},
		{"a.bat", "cmd /c \"npm i x && npm i y\"", "x y"},
		{"a.bat", "@npm i x", "x"},
		{"a.bat", "if exist a (npm i x) else npm i y", "x y"},
		{"a.bat", "set P=x\nnpm i %P%", "x"},
		{"a.bat", "npm i %P%", "?"},
		{"a.bat", "python run.dat\ncall steps.bat", "python<run.dat"},
		{"a.ps1", "& npm i x", "x"},
		{"a.ps1", "& 'npm' i x", "x"},
		{"a.ps1", "Invoke-Expression \"npm i x\"", "x"},
		{"a.ps1", "iex 'npm i x'", "x"},
		{"a.ps1", "'npm i x' | iex", "x"},
		{"a.ps1", "Start-Process npm -ArgumentList 'i','x'", "x"},
		{"a.ps1", "Start-Process -FilePath npm -ArgumentList \"i x\" -Wait", "x"},
		{"a.ps1", "saps npm -Args @('i', 'x')", "x"},
		{"a.ps1", "$a = 'i','x'\nnpm @a", "x"},
		{"a.ps1", "$a = @('i', 'x')\n& npm @a", "x"},
		{"a.ps1", "$p = 'x'\nnpm i $p", "x"},
		{"a.ps1", "npm i $p", "?"},
		{"a.ps1", "'a','b' | % { npm i $_ }", "a b"},
		{"a.ps1", "foreach ($p in 'a','b') { npm i $p }", "a b"},
		{"a.ps1", ". ./lib.inc", "powershell<./lib.inc"},
		{"a.ps1", "python run.dat", "python<run.dat"},
		{"a.md", "```make\nX := $(shell npm i x)\n```", "x"},
		{"a.md", "```make\nall:\n\tnpm i $(shell echo x)\n```", "x"},
		{"a.md", "```make\nPKG = x\nall:\n\tnpm i $(PKG)\n```", "x"},
		{"a.md", "```make\nPKG := x y\nall:\n\t@pip install ${PKG}\n```", "x y"},
		{"a.md", "```make\nall:\n\tnpm i $(PKG)\n```", "?"},
		{"a.md", "```make\n.ONESHELL:\nall:\n\tP=x\n\tnpm i $$P\n```", "x"},
		{"a.md", "```make\nall: ; npm i x\n```", "x"},
		{"a.md", "```dockerfile\nENV PIP_INDEX_URL=https://c.example/simple\nRUN pip install x\n```", "x@https://c.example/simple"},
		{"a.md", "```dockerfile\nENV PIP_REQUIREMENT r.lst\nRUN pip install\n```", "list<r.lst"},
	} {
		got := strings.Split(found(c.path, c.text), " ")
		want := strings.Split(c.want, " ")
		slices.Sort(got)
		slices.Sort(want)
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s: %q:\n got %s\nwant %s", c.path, c.text, g, w)
		}
	}
}
