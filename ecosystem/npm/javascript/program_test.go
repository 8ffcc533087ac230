package javascript_test

import (
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// TestJavaScriptPrograms: programs of node that code starts, what they are told to
// load, and variables of the environment.
func TestJavaScriptPrograms(t *testing.T) {
	const cp = `const { execSync, spawn, fork, execFile, exec } = require('child_process');`
	for _, c := range []struct{ text, want string }{
		{`execSync("NODE_OPTIONS='-r a1' node x"); exec("npm_config_package=a2 npx x")`, "a1 a2"},
		{`execSync('node -r a1 x.js'); execSync("node --import=a2 x.js")`, "a1 a2"},
		{`spawn('node', ['-e', "require('a1')"]); spawn(process.execPath, ['-p', 'require("a2")'])`, "a1 a2"},
		{`spawn('node', ['-r', 'a1', 'x.js']); execFile(process.execPath, ['--import', 'a2', '--require=a3', 'x.js'])`, "a1 a2 a3"},
		{`fork('x.js', [], {execArgv: ['-r', 'a1']}); new Worker('./w.js', {execArgv: ['--import', 'a2']})`, "a1 a2"},
		{`spawn('x', [], {env: {...process.env, NODE_OPTIONS: '--require a1'}}); exec('x', {env: {NODE_OPTIONS: "-r a2"}})`, "a1 a2"},
		{`process.env.NODE_OPTIONS = '--require a1'; process.env['NODE_OPTIONS'] = "-r a2"`, "a1 a2"},
		{"process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS} --require a1`", "a1"},
		{`process.env.npm_config_package = 'a1'; env.NODE_OPTIONS = o + ' -r a2'`, "a1 a2"},
		{`spawn('sh', ['-c', "node -e 'require(\"a1\")'"])`, "a1"},
		{`process.env.FOO = 'npm i no'; x.NODE_OPTIONS = '-r no'; process.env.NODE_OPTIONS == '-r no'; exec('ls -l /x'); exec("git commit -m 'a b'")`, ""},
		{`fork('x'); new Worker('./w.js'); /a-b/.exec('c -d e/f'); fork(saga)`, ""},
	} {
		if got := shown(t, "a.js", cp+c.text, "child_process"); got != c.want {
			t.Errorf("%s\n\tgot  %q\n\twant %q", c.text, got, c.want)
		}
	}
}

// TestJavaScriptLoaders: loaders besides require, and require with the assertions of
// TypeScript.
func TestJavaScriptLoaders(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`(require as any)("a1"); (require as NodeRequire)("a2"); (require satisfies X)("a3"); (require as unknown as (x: string) => any)('a4')`, "a1 a2 a3 a4"},
		{`(globalThis.require as any)("a1"); (module as any).require("a2"); (globalThis as any)["require"]("a3"); (require as any).resolve("a4")`, "a1 a2 a3 a4"},
		{`const r = require as any; r("a1"); const q = (require as NodeRequire); q("a2")`, "a1 a2"},
		{`import { register } from "node:module"; register("a1", import.meta.url); register("./x")`, "a1"},
		{`require("module").register("a1"); module.register("a2"); const m = require('node:module'); m.register('a3')`, "a1 a2 a3"},
		{`jest.requireActual("a1"); jest.requireMock("a2"); jest.createMockFromModule("a3"); jest.unstable_mockModule("a4", f); jest.setMock("a5", {}); jest.requireActual<typeof import('a6')>('a6')`, "a1 a2 a3 a4 a5 a6"},
		{`await vi.importActual("a1"); vi.importMock("a2"); vi.doMock("a3"); vi.hoisted(() => import("a4")); vi.mock(import("a5"))`, "a1 a2 a3 a4 a5"},
		{`__non_webpack_require__("a1"); const r = __non_webpack_require__; r("a2")`, "a1 a2"},
		{`const proxyquire = require('proxyquire'); proxyquire("a1", {no: {}}); proxyquire.noCallThru()("./x", {})`, "a1 proxyquire"},
		{`const rewire = require("rewire"); rewire("a1"); rewire("./x")`, "a1 rewire"},
		{`app.register("no"); register("no"); rewire("no"); x.requireActual("no"); (x as any).require("no"); (f as any)("no"); require.resolve.paths`, ""},
	} {
		if got := shown(t, "a.ts", c.text, "child_process", "module"); got != c.want {
			t.Errorf("%s\n\tgot  %q\n\twant %q", c.text, got, c.want)
		}
	}
}

// TestJavaScriptFiles: files that are loaded or run, by names that need not say
// that they are code.
func TestJavaScriptFiles(t *testing.T) {
	const cp = `const { execSync, spawn, fork } = require('child_process');`
	for _, c := range []struct{ text, want string }{
		{`require('./six.txt'); require("../lib/a.dat"); import('./b.txt'); import './c.txt'`, "../lib/a.dat ./b.txt ./six.txt"},
		{`execSync('bash i.txt'); spawn('bash', ['j.txt']); execSync('. ./k.txt')`, "./k.txt i.txt j.txt"},
		{`fork('k.txt'); new Worker('./w.txt'); spawn('node', ['-r', './c.txt', 'd.dat'])`, "./c.txt ./w.txt d.dat k.txt"},
		{`fork('./a', [], {execArgv: ['-r', './e.txt']})`, "./a ./e.txt"},
		{`require('./x.css'); require('./x.json'); require('./x.node'); require('./x.svg'); require('./x.woff2'); require('./x.js'); require('./x'); require('./x.txt?raw'); require('x.txt'); require('./' + y + '.txt')`, ""},
	} {
		found := all.Formats().Read(&source.File{Path: "a.js", Data: []byte(cp + c.text)})
		var got []string
		for _, in := range found.Includes {
			if in.Values { // what a sourced file sets counts as well
				continue
			}
			if in.Lang == "" || !in.Command {
				t.Errorf("%s: %+v", c.text, in)
			}
			got = append(got, in.Path)
		}
		slices.Sort(got)
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s\n\tgot  %q\n\twant %q", c.text, got, c.want)
		}
	}
}
