package extract_test

import (
	"strings"
	"testing"

	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
)

// TestCodeCommands: commands that code runs, and those in documents. Each names
// a1, or nothing behind "not: ".
func TestCodeCommands(t *testing.T) {
	for path, list := range map[string][]string{
		"a.js": {
			"await $`npm i a1`", "$({ cwd })`npm i a1`", "Bun.$`npm i a1`", "sh`npm i a1`", "execaCommand('npm i a1')", "execSync(`cd ${x} && npm i a1`)", "fork('npm', ['i', 'a1'])",
			"new Deno.Command('npm', { args: ['i', 'a1'] })", "Deno.run({ cmd: ['npm', 'i', 'a1'] })", "Bun.spawn(['npm', 'i', 'a1'])", "spawn.sync('npm', ['i', 'a1'])", "x(['npm', 'i', 'a1'].join(' '))",
			"not: x = `npm i a1`", "not: x = { npm: 'i', a1: 1 }", "not: f('npm', i, 'a1')", "not: return `npm i a1`",
		},
		"a.py": {
			"pip.main(['install', 'a1'])", "from pip import main as m\nm(['install', 'a1'])", "sys.argv = ['pip', 'install', 'a1']", "os.execvp('pip', ['pip', 'install', 'a1'])", "os.execlp('pip', 'pip', 'install', 'a1')",
			"os.spawnlp(os.P_WAIT, 'pip', 'pip', 'install', 'a1')", "os.execv(sys.executable, [sys.executable, '-m', 'pip', 'install', 'a1'])", "subprocess.run(args=['pip', 'install', 'a1'])",
			"from subprocess import run\nrun(['pip', 'install', 'a1'])", "sp.run('pip install a1'.split())", "sp.run(shlex.split('pip install a1'))", "c = ['pip', 'install'] + ['a1']",
			"asyncio.create_subprocess_exec('pip', 'install', 'a1')", "asyncio.create_subprocess_shell('pip install a1')", "pexpect.spawn('pip', ['install', 'a1'])", "sh.pip('install', 'a1')", "sh.pip.install('a1')",
			"session.install('a1')", "session.run('pip', 'install', 'a1')", "c.run('pip install a1')", "get_ipython().system('pip install a1')", "get_ipython().run_line_magic('pip', 'install a1')",
			"subprocess.run(f'{sys.executable} -m pip install a1', shell=True)", "pytest_plugins = ['a1.x']", "pytest_plugins = 'a1'",
			"not: x.install('a1')", "not: main(['install', 'a1'])", "not: print('-m', 'a1')", "not: x = {'pip': 'install', 'a1': 1}",
		},
		"a.md": {
			"``npm i a1`` does it", "Use ``` npm i a1 ``` now", "<pre>\nnpm i a1\n</pre>", "<pre><code>npm i a1\n</code></pre>", "<p>Run <code class=x>npm i a1</code></p>", "# T\n\n    npm i a1\n",
			"- ```sh\n  npm i a1\n  ```", "> ```sh\n> npm i a1\n> ```", "> - ~~~\n>   npm i a1\n>   ~~~", "~~~\nnpm i a1\n~~~", "1. a\n   ```bash\n   npm i a1\n   ```", "<pre lang=\"sh\">npm i a1</pre>",
		},
	} {
		for _, text := range list {
			text, none := strings.CutPrefix(text, "not: ")
			f := &source.File{Path: path, Data: []byte(text + "\n")}
			refs, _ := File(f)
			extracttest.Check(t, f, refs)
			found := false
			for _, r := range refs {
				found = found || r.Name == "a1"
			}
			if found == none {
				t.Errorf("%s: %q: got %v", path, text, refs)
			}
		}
	}
}

// TestRunTimeWords: what a list of words of an installing command has besides
// literals is told, and the literals behind it are read.
func TestRunTimeWords(t *testing.T) {
	for path, list := range map[string][]string{
		"a.py": {"run(['pip', 'install', p, 'a1'])", "run(['pip', 'install', *names, 'a1'])", "run([sys.executable, '-m', 'pip', 'install', f(x, 'y')[0], 'a1'])", "run(['pip', 'install', f'{x}', 'a1'])", "run(['pip', 'install', 'a1'] + names)"},
		"a.js": {"spawn('npm', ['i', ...names, 'a1'])", "spawn('npm', ['i', `${x}`, 'a1'])", "spawn('npm', ['i', x, 'a1'])"},
	} {
		for _, text := range list {
			refs, problems := File(&source.File{Path: path, Data: []byte(text + "\n")})
			if len(refs) != 1 || refs[0].Name != "a1" || len(problems) == 0 {
				t.Errorf("%s: %v, %v", text, refs, problems)
			}
		}
	}
	for path, text := range map[string]string{"a.py": "run(['npm', 'run', x])", "a.js": "spawn('npm', ['run', x])"} {
		if refs, problems := File(&source.File{Path: path, Data: []byte(text + "\n")}); len(refs)+len(problems) > 0 {
			t.Errorf("%s: %v, %v", text, refs, problems)
		}
	}
}
