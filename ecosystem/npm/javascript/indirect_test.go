package javascript_test

import (
	"strings"
	"testing"
)

// TestJavaScriptIndirect: loaders and runners that are reached by detours, and
// ordinary code that looks like them. A question mark is a problem that is told.
func TestJavaScriptIndirect(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Require in a list or an object.
		{`[require][0]('a1'); [x, require][1]('a2'); ([require])[0]('a3')`, "a1 a2 a3"},
		{`const o = {require}; o.require('a1')`, "a1"},
		{`const o = {x, require, y: 1}; o.require('a1')`, "a1"},
		{`const o = {r: require}; o.r('a1'); ({r: require}).r('a2'); ({require}).require('a3')`, "a1 a2 a3"},
		{`const [r] = [require]; r('no')`, "?"},
		{`const a = [require]; a[0]('a1')`, "a1"},
		{`const {require: r} = module; r('a1')`, "a1"},
		{`const {r} = {r: require}; r('a1')`, "a1"},
		{`global.r = require; r('a1')`, "a1"},
		{`globalThis.r = require; r('a1'); globalThis['s'] = require; s('no')`, "a1 ?"},
		{`Object.assign(global, {r: require}); r('a1')`, "a1"},
		{`(x => x('a1'))(require); (function (r) { r('a2') })(require)`, "a1 a2"},
		{`(function (a, r) { r('a1') }(1, require))`, "a1"},
		{`function f() { return require } f()('no')`, "?"},
		{`const f = () => require; f()('no')`, "?"},
		{`(c ? require : x)('a1'); (x || require)('a2'); const r = c ? require : x; r('a3')`, "a1 a2 a3"},
		{`let r; r ??= require; r('no')`, "?"},
		{`export const r = require; r('a1')`, "a1"},
		{`class A { static r = require } A.r('a1'); class B { r = require; f() { this.r('a2') } }`, "a1 a2"},
		{`function f(r = require) { r('a1') }`, "a1"},
		{`const m = new Map([['r', require]]); m.get('r')('no')`, "?"},
		// Members that load.
		{`module.constructor._load('a1'); module.constructor.createRequire(x)('a2'); require.cache`, "a1 a2"},
		{`process.mainModule.require('a1'); process.mainModule.constructor._load('a2'); process['mainModule']['require']('a3')`, "a1 a2 a3"},
		{`const {_load} = require('module'); _load('a1')`, "a1"},
		{`const {_load: l} = require('module'); l('a1')`, "a1"},
		{`const M = require('module'); M['_load']('a1'); M.prototype.require('a2')`, "a1 a2"},
		{`module.require('a1'); module.parent.require('a2'); module.children[0].require('a3'); require.cache[x].require('a4')`, "a1 a2 a3 a4"},
		{`const m = module; m.require('a1')`, "a1"},
		{`const {require: r} = process.mainModule; r('a1')`, "a1"},
		{`process.getBuiltinModule('module').createRequire(x)('a1')`, "a1"},
		{`require.extensions; import.meta.resolve('a1'); require.resolve.paths('a2'); import.meta.require('a3')`, "a1 a2 a3"},
		// Functions of functions.
		{`Reflect.apply(require, null, ['a1']); Reflect.apply(module.require, module, ['a2'])`, "a1 a2"},
		{`require.call(null, 'a1'); require.apply(null, ['a2']); require.bind(null)('a3'); require.bind(null, 'a4')()`, "a1 a2 a3 a4"},
		{`Function.prototype.call.call(require, null, 'a1'); Function.prototype.apply.call(require, null, ['a2'])`, "a1 a2"},
		{`const r = require.bind(null); r('a1'); const l = require.bind(module, 'a2'); l()`, "a1 a2"},
		{`['a1', 'a2'].map(require); ['a3'].forEach(require)`, "a1 a2 a3"},
		{`['a1', 'a2'].map(m => require(m)); ['a3'].forEach(function (m) { require(m) })`, "a1 a2 a3"},
		{`Promise.all(['a1'].map(m => import(m))); ['a2'].forEach((m) => { import(m).then(x) })`, "a1 a2"},
		{`const l = ['a1', 'a2']; l.map(require); l.forEach(m => import(m))`, "a1 a2"},
		{`for (const m of ['a1', 'a2']) require(m); for (let m of ['a3']) { import(m) }`, "a1 a2 a3"},
		{`const l = ['a1']; for (const m of l) require(m)`, "a1"},
		{`for (const m of f()) require(m)`, "?"},
		{`f().map(require)`, "?"},
		{`Promise.resolve('a1').then(require); Promise.resolve('a2').then(m => import(m))`, "a1 a2"},
		{`require(['a1'][0]); require({m: 'a2'}.m)`, "a1 a2"},
		{`const l = ['a1', 'a2']; require(l[0]); require(l[1])`, "a1 a2"},
		{`const n = {m: 'a1'}; require(n.m)`, "a1"},
		{`const a = 'a', b = '1'; require(a + b); require(` + "`${a}2`" + `)`, "a1 a2"},
		{`require(String('a1')); require('a2'.trim()); require('a3'.toString())`, "a1 a2 a3"},
		{`let n = 'a1'; require(n)`, "?"},
		// Code in strings.
		{`eval("require('a" + "1')"); eval('req' + 'uire("a2")'); (0, eval)('im' + 'port("a3")')`, "a1 a2 a3"},
		{`const c = "require('a1')"; eval(c)`, "a1"},
		{`window.eval("require('a1')"); globalThis.eval("import('a2')"); const e = eval; e("require('a3')")`, "a1 a2 a3"},
		{`Function('return import("a1")')(); new Function("return require('a2')")(); Function("x", "require('a3')")()`, "a1 a2 a3"},
		{`new Function("require", "require('a1')")(require)`, "a1"},
		{`this.constructor.constructor('return require')()('a1')`, "a1"},
		{`Function('return require')()('a1'); new Function('return this.require')()('a2'); eval('require')('a3')`, "a1 a2 a3"},
		{`(function () {}).constructor("return import('a1')")(); [].map.constructor("require('a2')")()`, "a1 a2"},
		{`vm.runInNewContext("require('a1')"); vm.runInThisContext("require('a2')"); vm.runInContext('import("a3")', x); new vm.Script("require('a4')"); vm.compileFunction("require('a5')")`, "a1 a2 a3 a4 a5"},
		{`const {runInNewContext: run} = require('vm'); run("require('a1')")`, "a1"},
		{`require('vm').runInThisContext("require('a1')")`, "a1"},
		{`new Worker("require('a1')", {eval: true}); new Worker("import('a2')", { type: 'module', eval: true })`, "a1 a2"},
		{`setTimeout("require('a1')", 1)`, "a1"},
		{"eval(`require('a1')`)", "a1"},
		{`module._compile("require('a1')", 'x')`, "a1"},
		{`import('data:text/javascript,import "a1"')`, "a1"},
		// Commands.
		{`const {execSync: e} = require('child_process'); e('npm i a1')`, "a1"},
		{`const {exec} = require('child_process'); exec('npm i a1')`, "a1"},
		{`import {execSync as e} from 'child_process'; e('npm i a1')`, "a1"},
		{`const e = require('child_process').execSync; e('npm i a1')`, "a1"},
		{`const cp = require('child_process'); const e = cp.exec; e('npm i a1'); cp['execSync']('npm i a2')`, "a1 a2"},
		{`require('child_process').exec('npm i a1'); require('child_process')['exec']('npm i a2')`, "a1 a2"},
		{`import cp from 'node:child_process'; cp['exec']('npm i a1'); cp.execSync('npm i a2')`, "a1 a2"},
		{`const run = promisify(exec); run('npm i a1'); util.promisify(cp.exec)('npm i a2')`, "a1 a2"},
		{`const cmd = 'npm i a1'; execSync(cmd)`, "a1"},
		{`const cmd = 'npm' + ' i ' + 'a1'; execSync(cmd)`, "a1"},
		{`const n = 'a1'; const cmd = 'npm i ' + n; execSync(cmd)`, "a1"},
		{`const n = 'a1'; execSync('npm i ' + n); execSync('npm i ' + n + ' a2')`, "a1 a2"},
		{"const n = 'a1'; execSync(`npm i ${n}`)", "a1"},
		{`let cmd = 'npm i a1'; execSync(cmd)`, "a1"},
		{`let cmd = 'npm i '; cmd += 'a1'; execSync(cmd)`, "a1"},
		{`execSync('npm i ' + x)`, "?"},
		{`const cmd = 'npm i ' + x; execSync(cmd)`, "?"},
		{`execSync('npm i a1 ' + x)`, "a1 ?"},
		{`execSync(['npm', 'i', 'a1'].join(' ')); execSync('npm i '.concat('a2'))`, "a1 a2"},
		{`const args = ['i', 'a1']; spawn('npm', args)`, "a1"},
		{`const c = 'npm', a = ['i', 'a1']; spawn(c, a)`, "a1"},
		{`spawnSync('npm', ['i'].concat(['a1']))`, "a1"},
		{`spawn('npm', 'i a1'.split(' '))`, "a1 ?"},
		{`spawn('sh', ['-c', 'npm i a1']); execFile('npm', ['i', 'a2'], f)`, "a1 a2"},
		{`exec.call(null, 'npm i a1'); Reflect.apply(execSync, null, ['npm i a2']); execSync.apply(null, ['npm i a3'])`, "a1 a2 a3"},
		{`['npm i a1', 'npm i a2'].forEach(c => execSync(c)); ['npm i a3'].map(execSync)`, "a1 a2 a3"},
		{`for (const c of ['npm i a1']) execSync(c)`, "a1"},
		{`execSync(c ? 'npm i a1' : 'npm i a2')`, "a1 a2"},
		{`const o = {cmd: 'npm i a1'}; execSync(o.cmd)`, "a1"},
		{`exec(String.raw` + "`npm i a1`" + `)`, "a1"},
		// Helpers.
		{`const run = (c) => execSync(c); run('npm i a1'); run("npm i " + "a2")`, "a1 a2"},
		{`function run(cmd, opts) { return execSync(cmd, opts) } run('npm i a1', {x})`, "a1"},
		{`run('npm i a1'); async function run(cmd) { await execa(cmd) }`, "a1"},
		{`const run = async function (cmd) { spawn(cmd, {shell: true}) }; run('npm i a1')`, "a1"},
		{`const run = c => execSync(c); ['npm i a1'].forEach(run); for (const c of ['npm i a2']) run(c)`, "a1 a2"},
		{`const run = c => { execSync(c) }; const go = (a, b) => run(b); go(1, 'npm i a1'); const r = run; r('npm i a2')`, "a1 a2"},
		{`function run(cwd, cmd, args) { return spawn(cmd, args, {cwd}) } run('.', 'npm', ['i', 'a1'])`, "a1"},
		{`function run(...args) { return spawn(...args) } run('npm', ['i', 'a1'])`, "a1"},
		{`const run = (c, o = {a: [1, 2]}) => new Promise((f) => { exec(c, o, f) }); run('npm i a1')`, "a1"},
		{`const o = { run(c) { execSync(c) }, go: (c) => execSync(c) }; o.run('npm i a1'); o.go('npm i a2')`, "a1 a2"},
		{`class A { run(c) { execSync(c) } static go(c) { exec(c) } } new A().run('npm i a1'); A.go('npm i a2')`, "a1 a2"},
		{`const c = require('child_process'); function run(x) { return c.exec(x) } run('npm i a1'); function re(x) { return r.exec(x) } re('npm i no')`, "a1"},
		{`exports.run = (c) => execSync(c); exports.run('npm i a1')`, "a1"},
		{`function load(n) { return require(n) } load('a1'); load('./x'); load("a" + "2")`, "a1 a2 ?"},
		{`const load = n => import(n); load('a1')`, "a1 ?"},
		{`const load = (a, n) => require(n); load(f(1, 2), 'a1'); const go = (n) => load(0, n); go('a2')`, "a1 a2 ?"},
		{`function load(n) { return require(n) } ['a1', 'a2'].map(load); ['a3'].forEach(n => load(n))`, "a1 a2 a3 ?"},
		{`function f() { function load(n) { return require(n) } load('a1') } load('no'); function g(load) { load('no') }`, "a1 ?"},
		{`function f(n) { return g(n) } f('no'); function h(n) { require('a1'); return n } h('no')`, "a1"},
		{`const o = { load(n) { return require(n) } }; p.load('no')`, "?"},
		{`function run(c) { return execSync('ls ' + c) } run('npm i no'); function go(c) { return /x/.exec(c) } go('x')`, ""},
		// Ordinary code.
		{`o.require = true; o.require; f({require: false}); o.require('no')`, ""},
		{`/x/.exec('x'); re.exec('npm i'); exec(x); run(cmd); execSync(cmd); spawn(x, y); const cmd = f(); exec(cmd)`, ""},
		{`const o = {require: true}; f(o.require); const p = {require() {}}; p.require('no')`, ""},
		{`function f(r) { r('no') } f(x); (function (r) { r('no') })(x)`, ""},
		{`const cmd = 'ls -l'; execSync(cmd); execSync('ls ' + x); execSync('git add ' + x)`, ""},
		{`new Function('a', 'return a + 1'); Function.prototype.call.call(f, x); Reflect.apply(f, null, ['no'])`, ""},
		{`['no'].map(x => f(x)); ['no'].forEach(f); for (const m of ['no']) f(m); const l = ['no']; l.map(f)`, ""},
		{`new Worker('./w.js'); new Worker(f("require('no')")); setTimeout(f, 1); setTimeout(() => {}, 1)`, ""},
		{`this.constructor.name; x.constructor('no'); const {constructor} = x`, ""},
		{`const {require: r} = x; const {exec: e} = x; e('no')`, ""},
		{`f(require); if (require) {}; typeof require === 'function'; require.cache; require.main === module; x = require.extensions`, ""},
		{`map.get('no')('no'); x[0]('no'); [f][0]('no'); ({f}).f('no')`, ""},
		{`vm.runInNewContext('1 + 1'); eval('x = 1'); eval(x); Function(x); vm.runInThisContext(x)`, ""},
	} {
		if got := shown(t, "a.js", c.text, "child_process", "module", "vm"); got != c.want {
			t.Errorf("%s\n\tgot  %q\n\twant %q", c.text, got, c.want)
		}
	}
}

// TestSigns: operators before an operand are as many as a text likes.
func TestSigns(t *testing.T) {
	n := 1 << 21
	if testing.Short() {
		n = 1 << 16
	}
	for path, text := range map[string]string{
		"a.js": "require(x || " + strings.Repeat("-", n) + "1); require('zzz')",
		"b.js": "require(x || " + strings.Repeat("void ", n/8) + "1); require('zzz')",
		"a.py": "__import__(x or " + strings.Repeat("not ", n/8) + "1); import zzz",
	} {
		if got := imported(t, path, text); strings.Join(got, " ") != "zzz" {
			t.Errorf("%s: got %v", path, got)
		}
	}
}
