package shell_test

import "testing"

// TestTranscriptsGoOn: what a shell is given behind its prompt for more belongs to
// the command before, and what a program writes does not.
func TestTranscriptsGoOn(t *testing.T) {
	fence := func(s string) string { return "```console\n" + s + "\n```\n" }
	checkSpellings(t, []spelling{
		{"a.md", fence("$ npm i \\\n> zqx"), "zqx"},
		{"a.md", fence("$ npm i \\\n>   zqx \\\n> zqy\nadded 3 packages\n> npm x"), "zqx zqy"},
		{"a.md", fence("  $ npm i \\\n  > zqx"), "zqx"},
		{"a.md", fence("$ npm i zqx \\\n    > log.txt"), "zqx"},
		{"a.md", fence("$ npm i \\\n    zqx \\\n    zqy"), "zqx zqy"},
		{"a.md", fence("me@host:~$ npm i \\\n> zqx"), "zqx"},
		{"a.md", fence("% npm i a &&\n> npm i zqx"), "a zqx"},
		{"a.md", fence("$ for p in a b; do\n> npm i $p\n> done"), "a b"},
		{"a.md", fence("$ sh -c '\n> pip install zqx\n> '"), "zqx"},
		{"a.md", fence("$ cat > requirements.txt <<E\n> zqx\n> E"), "zqx"},
		{"a.md", fence("PS> npm i `\n>> zqx"), "zqx"},
		{"a.md", fence("PS C:\\x> npm i `\n>> zqx `\n>> zqy"), "zqx zqy"},
		{"a.md", fence("C:\\x> npm i ^\nMore? zqx"), "zqx"},
		{"a.md", fence("$ pnpm build\n> proj@1.0.0 build /x\n> tsc\n$ npm i zqx"), "zqx"},
		{"a.md", fence("$ cat <<< a\n> tsc\n$ npm i zqx"), "zqx"},
		{"a.md", fence("$ npm i \\\n>"), ""},
		{"a.md", fence(">>> os.system(\n... \"pip install zqx\")"), "zqx"},
		{"a.md", fence(">>> import os\n>>> os.system(\n... \"pip install zqx\")"), "import:os zqx"},
		{"a.md", fence("$ pip install a\n$ python\n>>> from zqx import (\n...   b)"), "a import:zqx"},
	})
}

// TestSetElsewhere: variables that tools take options from, as other shells set
// them.
func TestSetElsewhere(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", "npm_config_call=\"npx zqx\" npm exec", "zqx"},
		{"a.sh", "export npm_config_call=\"npx zqx\"\nnpm exec", "zqx"},
		{"a.bat", "set NODE_OPTIONS=--require zqx", "import:zqx"},
		{"a.bat", "set \"NODE_OPTIONS=--require zqx\"", "import:zqx"},
		{"a.bat", "set P=a b\nnpm i %P%", "a b"},
		{"package.json", `{"scripts":{"a":"set NODE_OPTIONS=-r zqx && node x"}}`, "import:zqx javascript<x"},
		{"package.json", `{"scripts":{"a":"SET NODE_OPTIONS=--import=zqx&&node x"}}`, "import:zqx javascript<x"},
		{"a.fish", "set -x NODE_OPTIONS \"--require zqx\"", "import:zqx"},
		{"a.fish", "set -gx NODE_OPTIONS --require zqx", "import:zqx"},
		{"a.fish", "set --export NODE_OPTIONS -r zqx", "import:zqx"},
		{"a.fish", "set -x FOO -r zqx; set -x; set -e", ""},
		{"a.sh", "NODE_OPTIONS+=\" -r zqx\"", "import:zqx"},
		{"a.ps1", "$env:NODE_OPTIONS = \"--require zqx\"", "import:zqx"},
		{"a.ps1", "$env:NODE_OPTIONS=\"-r zqx\"", "import:zqx"},
		{"a.ps1", "$Env:NODE_OPTIONS += \" --require zqx\"", "import:zqx"},
		{"a.ps1", "$a = 'x'\n$a += 'y'\nnpm i $a", "x y"},
	})
}

// TestBehindOtherPrograms: a script behind words of a program that runs it.
func TestBehindOtherPrograms(t *testing.T) {
	checkSpellings(t, []spelling{
		{"a.sh", "nyc bash h.txt", "shell<h.txt"},
		{"a.sh", "nyc --silent bash h.txt", "shell<h.txt"},
		{"a.sh", "c8 node i.txt", "javascript<i.txt"},
		{"a.sh", "env-cmd node g.txt", "javascript<g.txt"},
		{"a.sh", "env-cmd -f .env node g.txt", "javascript<g.txt"},
		{"a.sh", "busybox sh h.txt", "shell<h.txt"},
		{"a.sh", "systemd-run --user -p A=b bash p.txt", "shell<p.txt"},
		{"a.sh", "bash --rcfile l.txt -i", "shell<l.txt"},
		{"a.sh", "bash --init-file l.txt", "shell<l.txt"},
		{"a.sh", "coverage run o.txt", "python<o.txt"},
		{"a.sh", "coverage run --source=x -p o.txt", "python<o.txt"},
		{"a.sh", "coverage run -m zqx", ""},
		{"a.sh", "coverage report o.txt", ""},
		{"a.sh", "echo bash h.txt", ""},
		{"a.md", "```rust\nCommand::new(\"pip\").args([\"install\",\"zqx\"])\n```", "zqx"},
		{"a.md", "```rust\nCommand::new(\"npm\")\n    .args(&[\"i\", \"zqx\"])\n    .status()\n```", "zqx"},
		{"a.md", "```rust\nCommand::new(\"npm\").arg(\"i\").arg(\"a\").arg(\"b\")\n```", "a b"},
		{"a.md", "```rust\nCommand::new(\"npm\").arg(\"install\").args(vec![\"a\", \"b\"])\n```", "a b"},
		{"a.md", "```swift\nf(\"npm\")\nf(\"install\")\n```", ""},
	})
}
