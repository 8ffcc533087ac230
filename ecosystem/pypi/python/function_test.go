package python_test

import "testing"

// TestPythonFunctions: functions of the text that pass a parameter on to one that
// runs commands or code, and imports that are put off.
func TestPythonFunctions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"def sh(cmd): subprocess.run(cmd, shell=True)\nsh('pip install a1')", "a1"},
		{"sh('pip install a1')\ndef sh(cmd, **k):\n  return subprocess.run(cmd, **k)\nsh(['pip', 'install', 'a2'], check=True)", "a1 a2"},
		{"def sh(*a): subprocess.run(*a)\nsh('pip install a1')", "a1"},
		{"def sh(*a): subprocess.run(a)\nsh('pip', 'install', 'a1')", "a1"},
		{"def sh(cmd, shell=True, check=False): subprocess.run(cmd, shell=shell)\nsh(cmd='pip install a1'); sh(check=True, cmd=['pip', 'install', 'a2'])", "a1 a2"},
		{"def sh(quiet, line): os.system(line)\nsh(True, 'pip install a1'); sh(line='pip install a2', quiet=1)", "a1 a2"},
		{"sh = lambda c: subprocess.run(c, shell=True)\nsh('pip install a1')", "a1"},
		{"async def sh(cmd): await asyncio.create_subprocess_shell(cmd)\nawait sh('pip install a1')", "a1"},
		{"class A:\n  def sh(self, cmd):\n    subprocess.run(cmd.split())\nA().sh('pip install a1')", "a1"},
		{"def a(x): b(x)\ndef b(y): os.system(y)\na('pip install a1')", "a1"},
		{"def sh(c): os.system('cd x && ' + c)\nsh('pip install a1')", "a1"},
		{"def pp(*args): subprocess.run([sys.executable, '-m', 'pip', *args])\npp('install', 'a1')", "a1"},
		{"def ev(c): exec(c)\nev('import a1')", "a1"},
		{"def install(p): subprocess.run(['pip', 'install', p])\ninstall('a1')", "?"},
		{"def sh(cmd): print(cmd)\nsh('pip install no')\ndef f(x): os.system(y)\nf('pip install no')\nf = lambda x: run(y)\nf('pip install no')", ""},
		{"subprocess.run('bash', input='pip install a1', text=True); subprocess.run(['python', '-'], input=b'import a2')", "a1 a2"},
		{"Popen(['sh'], stdin=PIPE).communicate('pip install a1'); p = Popen('bash', stdin=PIPE)\np.communicate(b'pip install a2'); p.stdin.write('pip install a3')", "a1 a2 a3"},
		{"Popen(['cat']).communicate('pip install no'); run('cat', input='pip install no'); f.write('pip install no'); run('bash', input=x)", ""},
		{"run([sys.executable, '-m', 'a1.b']); run([sys.executable, '-m', 'a2'])", "a1 a2"},
		{"os.execv('/usr/bin/pip', ['pip', 'install', 'a1']); os.execvp('pip', ['pip', 'install', 'a2'])", "a1 a2"},
		{"import nox\n@nox.session(python='3')\ndef t(s):\n  s.install('a1'); s.run('pip', 'install', 'a2'); s.run_always('pip', 'install', 'a3')", "a1 a2 a3 nox"},
		{"def t(s): s.install('no')", ""},
		{"def task_x(): return {'actions': ['pip install a1', ['pip', 'install', 'a2']]}", "a1 a2"},
		{"x = {'actions': ['pip install no']}", ""},
		{"lazy import a1\nlazy from a2 import b; lazy import a3\nif x: lazy import a4", "a1 a2 a3 a4"},
		{"lazy = 1\nlazy(import_x)\nlazy.x = 2\nlazy; import a1", "a1"},
	} {
		if got := shown(t, "a.py", c.text, "subprocess", "os"); got != c.want {
			t.Errorf("%q\n\tgot  %q\n\twant %q", c.text, got, c.want)
		}
	}
}
