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
