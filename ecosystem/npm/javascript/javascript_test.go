package javascript_test

import (
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/extract/code"
	"figment/scanner/source"
)

// TestJavaScriptAsNode: the ways to write what node loads, and what only looks
// like them. The wanted names are those that node asks for.
func TestJavaScriptAsNode(t *testing.T) {
	const u2028, u2029 = "\u2028", "\u2029"
	for _, c := range []struct{ text, want string }{
		// Escapes in specifiers.
		{`import "\u007azz"`, "zzz"},
		{`import "\u{7a}zz"; import '\x7a-b'; export * from "\u{00007A}c"`, "zzz z-b zc"},
		{`require("\172zz")`, "zzz"},
		{`require("\z\z\qz")`, "zzqz"},
		{"require('zz\\\nyy')", "zzyy"},
		{"require('zz\\\r\nyy')", "zzyy"},
		{"require('zz\\" + u2028 + "yy')", "zzyy"},
		{"require(`z\\x79x`)", "zyx"},
		{`require("\u{110000}")`, ""},
		{`import x from "@s\u002fname/sub"`, "@s/name/sub"},
		// Calls.
		{`require?.("a1")`, "a1"},
		{`(require)("a1"); ((require))("a2"); (0, require)("a3"); (0,(require))("a4")`, "a1 a2 a3 a4"},
		{"require /* c */ (\n// c\n'a1' /* c */)", "a1"},
		{`require.call(null, "a1"); require.apply(null, ["a2"]); require.bind(null)("a3")`, "a1 a2 a3"},
		{`module.require("a1"); globalThis.require("a2"); global.require("a3"); process.mainModule.require("a4"); require.main.require("a5")`, "a1 a2 a3 a4 a5"},
		{`module["require"]("a1"); globalThis?.["require"]?.("a2"); module?.require?.("a3"); (module).require("a4"); module /*.*/ . /*.*/ require("a5")`, "a1 a2 a3 a4 a5"},
		{`require("module")._load("a1"); require["resolve"]("a2"); require.resolve("a3", {paths: []})`, "module a1 a2 a3"},
		{`r\u0065quire("a1"); \u0072equire("a2")`, "a1 a2"},
		{`import { createRequire } from "module"; createRequire(import.meta.url)("a1"); createRequire(x(1)).resolve("a2")`, "module a1 a2"},
		{`import { createRequire as c } from "node:module"; const r = c(import.meta.url); r("a1")`, "a1"},
		{`import m from "node:module"; const r = m.createRequire(import.meta.url); r("a1")`, "a1"},
		{`const { createRequire: make } = require("node:module"); let q; q = make(__filename); function f() { return q("a1") }`, "a1"},
		{`const r = require; r("a1")`, "a1"},
		{`function f() { return r("a1") } const r = require`, "a1"},
		{`const r = require, s = r, t = s; t("a1")`, "a1"},
		{`const r: NodeRequire = require; r("a1")`, "a1"},
		{`var r = (0, module.require); r?.("a1")`, "a1"},
		{`const o = {}; o.r = require; o.r("a1"); const p = {q: require}; p.q("a2")`, "a1 a2"},
		{`{ const r = require; r("a1") } function f(r) { r("no1") }`, "a1"},
		{`eval("require('a1')"); (0, eval)("import('a2')")`, "a1 a2"},
		{`require(("a1")); require("a" + "1b"); require('a' + "2" + ` + "`c`" + `); import("d" + ("e"))`, "a1 a1b a2c de"},
		{`import("pkg/" + x); require("@s/p/" + x); require(` + "`q1/${x}/y`" + `); require("no-" + x); require("./" + x); require("@s/" + x)`, "pkg @s/p q1"},
		{`require("a".concat("b"))`, "ab"},
		{`require("X1"); require("@S/x2")`, "X1 @S/x2"},
		// Several literals, and constants.
		{`require(c ? "a1" : "a2"); import(c === "no" ? 'a3' : "a4"); require("a5" || "a6"); require(x ?? "a7"); require(c && "a8")`, "a1 a2 a3 a4 a5 a6 a7 a8"},
		{`require(a ? b ? "a1" : "a2" : ("a3")); require((c ? "a4" : "a5")); require((0, c, "a6")); require(c ? "a" + "7" : x)`, "a1 a2 a3 a4 a5 a6 a7"},
		{`require(f("no", ")", [1 ? 2 : 3]) ? "a1" /* : */ : "a2", x ? "no" : "no"); require(c?"a3":"a4",)`, "a1 a2 a3 a4"},
		{"require(`${x}` ? `a1` : 'a2'); require(x?.y ? 'a3' : 'a4'); require(x ? 'a5/' + y : 'no-' + y)", "a1 a2 a3 a4 a5"},
		{`const n = "a1"; require(n); const { x } = y, m = 'a2'; import(m); require.resolve(n)`, "a1 a2"},
		{`function f() { require(n) } const n = c ? "a1" : "a2"`, "a1 a2"},
		{`const n = "no1"; { const n = "a1"; require(n) } function f(n) { require(n) } const g = n => require(n), h = (n) => { require(n) }`, "a1"},
		{`const n = "a1"; f((n) => n, require(n)); const k = n; require(k)`, "a1"},
		{`let n = "no1"; require(n); { const m = "no2" } require(m); const o = "no3" + x; require(o); const a = a; require(a)`, ""},
		{`obj.require("no1"); this.#require("no2"); $require("no3"); require$("no4"); x.import("no5"); obj?.require("no6"); obj . require("no7")`, ""},
		{`f(...require("a1")); f(.../**/require("a2"))`, "a1 a2"},
		{`const f = require => require("a1"); f("no1"); const g = (require) => 1; g("no2")`, "a1"},
		{`new Worker(new URL("./w.js", import.meta.url)); new URL("pkg/w.js", import.meta.url)`, ""},
		{`import "./a.css?inline"; import x from "../b.svg?raw"`, ""},
		// Clauses.
		{`import{a}from"a1";import*as b from"a2";import c,{d}from"a3";export*from"a4";export*as e from"a5"`, "a1 a2 a3 a4 a5"},
		{`import { "a b" as c, default as d, \u0061 as e } from "a1"; export { f as "g h" } from "a2"`, "a1 a2"},
		{`import defer * as a from "a1"; import source b from "a2"; import source from "a3"; import source from from "a4"; import from from "a5"; import type from "a6"`, "a1 a2 a3 a4 a5 a6"},
		{`import a from "a1" with { type: "json" }; import("a2", { with: { type: "json" } })`, "a1 a2"},
		{"import /*" + strings.Repeat("x", 9000) + "*/ 'a1'", "a1"},
		{"import {" + strings.Repeat("aaaaaaaa,", 9000) + "} from 'a1'", "a1"},
		{"import\u00a0a\ufeff,\v{b}\ffrom\u2003'a1'" + u2028 + "import 'a2'" + u2029 + "require\u00a0(\u3000'a3')", "a1 a2 a3"},
		// Comments.
		{"// c" + u2028 + "require('a1')", "a1"},
		{"// c" + u2029 + "require('a1')", "a1"},
		{"#! require('no1')" + u2028 + "require('a1')", "a1"},
		{"<!-- require('no1')\nrequire('a1')\n--> require('no2')\n /* x */ --> require('no3')\n/*\n*/ --> require('no4')\nx --> require('a2')", "a1 a2"},
		{"export {}; a <!--b, require('a1')\nx\n--> require('a2')", "a1 a2"},
		{"require( <!-- c\n 'a1')", "a1"},
		{`/* import("no1") {import("no2").T} */ /** import("no3") */ /** {import("no4").T} */ // import("no5")`, ""},
		{"/** @type {import('a1').T} */ /** @param {Array<import(\"a2\")>} x */ /** @import { A } from 'a3' */", "a1 a2 a3"},
		{"/**\n * @import {\n *   A,\n * } from 'a1'\n * @import * as b from \"a2\"\n */", "a1 a2"},
		// Regular expressions, divisions, templates.
		{`a = b / require("a1") / c; d = /require("no1")/g`, "a1"},
		{`x = {} / require("a1") / 1; ({}) / require("a2") / 1; [{}/require("a3")/1]`, "a1 a2 a3"},
		{`x = function () {} / require("a1") / 1; x = class {} / require("a2") / 1; y = a ? 1 : {} / require("a3") / 1`, "a1 a2 a3"},
		{"{} /require('no1')/.test(x); if (x) /require('no2')/.test(x); function f() {} /require('no3')/.test(x)\nx = () => {}\n/require('no4')/.test(x)", ""},
		{`a.return /require("a1")/ 1; of /require("a2")/ 1; for (x of /require("no1")/) ;`, "a1 a2"},
		{"x = `require('no1') ${ `${ require('a1') }` } import 'no2'`; tag`require('no3')`", "a1"},
		{"`${(module.require)('a1')}${/require('no')/}`; require.call(null /* ' */, 'a2'); require.bind(/* \" */ null)('a3')", "a1 a2 a3"},
		{"a = /[/]require('no1')/; b = /\\/require('no2')/; c++ / require('a1') / 2", "a1"},
		{"'require(\"no1\")'; \"\\\"require('no2')\"; 'a\\\nrequire(\"no3\")'", ""},
	} {
		path := "a.js"
		if strings.Contains(c.text, "NodeRequire") {
			path = "a.ts"
		}
		if got := strings.Join(imported(t, path, c.text), " "); got != c.want {
			t.Errorf("%.300q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestJavaScriptSlash: what a slash is, by the tokens before it. Each text ends
// in a call that a slash hides which is misread.
func TestJavaScriptSlash(t *testing.T) {
	for _, c := range []struct{ path, text string }{
		{"a.js", "x = 1./2"}, {"a.js", "x = 1e3/2"}, {"a.js", "x = 1..y/2"}, {"a.js", "x = .5/2"}, {"a.js", "x = 0x1f/2"},
		{"a.js", "x = await/2"}, {"a.js", "x = yield/2"}, {"a.js", "x = of/2"}, {"a.js", "x = let/2"}, {"a.js", "x = this/2"}, {"a.js", "x = a.in/2"}, {"a.js", "x = a?.typeof/2"},
		{"a.mjs", "await /'/"}, {"a.js", "import 'y'\nawait /'/"}, {"a.js", "async function f() { await /'/ }"}, {"a.js", "async x => await /'/"}, {"a.js", "(async (x) => { await /'/ })"},
		{"a.js", "async function f() { x => await/2 }"}, {"a.js", "function* g() { yield /'/ }"}, {"a.js", "function* g() { function f() { yield/2 } }"}, {"a.js", "x = { async *m() { yield /'/; await /'/ }, *[x]() { yield /'/ }, async 's'() { await /'/ } }"},
		{"a.js", "a\n++\n/'/.x"}, {"a.js", "a++/2"}, {"a.js", "a\n!/'/"}, {"a.js", "break\n/'/"}, {"a.js", "var x\n/'/"}, {"a.js", "let x = f(a, b / 2 / 1), y\n/'/"}, {"a.js", "let x = 1\nf(a), b / 2"},
		{"a.js", "for (x of /'/) /'/"}, {"a.js", "for (let of of of/2) /'/"}, {"a.js", "for (of/2;;) {}"}, {"a.mjs", "for await (x of y) /'/"}, {"a.js", "if (x) /'/; a.if(x) /2"}, {"a.js", "do x; while (y) /'/"},
		{"a.js", "l: {} /'/"}, {"a.js", "(function () { l: {} /'/ })"}, {"a.js", "x = { a: {}/2 }"}, {"a.js", "x = y ? {}/2 : {}/2"}, {"a.js", "switch (x) { case {}/2: {} /'/; default: {} /'/ } /'/"},
		{"a.js", "x = `${{}/1}`"}, {"a.js", "x = `${function(){}/1}`"}, {"a.js", "x = `${{a: {}}/1}${class {}/1}`"}, {"a.jsx", "<a b={{}/1}>{{}/1}{function () {}/1}</a>"},
		{"a.js", "function f() { return\n{} /'/ }"}, {"a.js", "function f() { return {}/2 }"}, {"a.js", "x = async\nfunction f() {}\n/'/"}, {"a.js", "x = async function () {} / 2"}, {"a.js", "x = `t${y}`/2"},
		{"a.mjs", "export default class {} /'/"}, {"a.mjs", "export default async function () {} /'/"}, {"a.mjs", "export default {} / 2"}, {"a.mjs", "import 'y'\n/'/"}, {"a.mjs", "export * from 'y'\n/'/"},
		{"a.ts", "x = a!/2"}, {"a.ts", "x = a.b!/c![0]/2"}, {"a.ts", "async function f(): Promise<string> { await /'/ }"}, {"a.ts", "x = !/'/"},
		{"a.jsx", "<a b={() => c.replace(/'/g, /}/)}/>"}, {"a.jsx", "<a b={x / 2}>it's {x.replace(/'/g, '')} {y}</a>"}, {"a.jsx", "<a b={{c: `}${d}`}}>{/'/}</a>"},
	} {
		text := strings.ReplaceAll(c.text, `\n`, "\n")
		for _, tail := range []string{"\n;require('a1')", "; x = '`/'; require('a1') // /`"} {
			found := false
			f := &source.File{Path: c.path, Data: []byte(text + tail)}
			refs, _ := File(f)
			extracttest.Check(t, f, refs)
			for _, r := range refs {
				found = found || r.Name == "a1" && !r.Flags.Has(Low)
			}
			if !found {
				t.Errorf("%s: the call is not found in %q", c.path, f.Data)
			}
		}
	}
}

// TestJavaScriptRunTime: what no literal names is told once, unless it is a file
// of the project or the require of something else.
func TestJavaScriptRunTime(t *testing.T) {
	for text, want := range map[string]bool{
		`require(x)`:         true,
		`import(x)`:          true,
		`await import(x.y)`:  true,
		`require.resolve(x)`: true,
		`import { createRequire } from "module"; createRequire(import.meta.url)(x)`: true,
		`const require = createRequire(import.meta.url); require(x)`:                true,
		`const r = require; r(x)`:                             true,
		`module.require(x); x = 1`:                            true,
		`import.meta.resolve(x)`:                              true,
		`require("a" + x)`:                                    true,
		"import(`${x}/y`)":                                    true,
		"import(`@s/${x}`)":                                   true,
		`require("a".concat(b))`:                              true,
		`require(c ? "a" : x)`:                                true,
		`let n = "a"; require(n)`:                             true,
		`const n = f(); require(n)`:                           true,
		`function f(n) { require(n) }`:                        true,
		`["a", b].map(require)`:                               true,
		`require(path.join("a", x))`:                          true,
		`require(...x)`:                                       true,
		`import(["a", b].join(""))`:                           true,
		`require.apply(null, [x])`:                            true,
		`function f(a) { } require(x)`:                        true,
		`const f = require => 1; require(x)`:                  true,
		`define(function (require) { }); import(x)`:           true,
		"require(x) // " + strings.Repeat("x", 200):           true,
		strings.Repeat("a()\n", 500) + "require(x)":           true,
		`require("a"); import("b"); require("c" ? "d" : "e")`: false,
		"require(`./${x}`); require('./' + x); import(`../${x}.js`); require('@/' + x); import('#' + x)":                false,
		`require(path.join(__dirname, x)); require(path.resolve(x)); import(pathToFileURL(x)); require(join(dir, "x"))`: false,
		`require(__dirname + "/x"); import(new URL("./x", import.meta.url)); require(require.resolve("a"))`:             false,
		"import(`${__dirname}/x`); require(`${process.cwd()}/x`)":                                                       false,
		`const p = path.join(__dirname, "x"); require(p)`:                                                               false,
		`define(["require"], function (require) { require(x); f(() => require(y)) })`:                                   false,
		`(function e(t,n,r){})({1:[function(require,module,exports){ require(x) },{}]})`:                                false,
		`var f = require => require(x); g((require) => { require(x) })`:                                                 false,
		`function require(x) { } require(y)`:                                                                            false,
		`var require = window.load; require(x)`:                                                                         false,
		`class K { require(x) { } import(y) { } }; obj.require(x); ({ require(x) { } })`:                                false,
		`require(x); ` + strings.Repeat("x=1;", 200):                                                                    false,
		`require(["a"], function () { }); typeof require; require(); import()`:                                          false,
		`f(x => y(x)); var s = "require(x)"; // require(x)`:                                                             false,
	} {
		_, problems := File(&source.File{Path: "a.js", Data: []byte(text)})
		if told := len(problems) == 1 && problems[0].Text == code.RunTimeModule && !problems[0].Dropped; told != want || len(problems) > 1 {
			t.Errorf("%.200q: told %v", text, problems)
		}
	}
	for text, want := range map[string]bool{
		`declare function require(x: string): any; interface R { require(id?: string): any }`: false,
		`type T = import(x); let a: import("b").C`:                                            false,
		`const m = await import(x as string)`:                                                 true,
		`function f(a: string): Promise<void> { require(a!) }`:                                true,
	} {
		_, problems := File(&source.File{Path: "a.ts", Data: []byte(text)})
		if told := len(problems) > 0; told != want {
			t.Errorf("%.200q: told %v", text, problems)
		}
	}
}

// TestJavaScriptSpans: the span covers the specifier as it is written.
func TestJavaScriptSpans(t *testing.T) {
	for text, want := range map[string]string{
		`import "\u007azz"`:                `\u007azz`,
		`require("a" + "b")`:               `a" + "b`,
		`import("pkg/" + x)`:               `pkg`,
		`import("\x70kg/" + x)`:            `\x70kg`,
		`import("npm:\u0061b@1/x")`:        `\u0061b`,
		`import "raw-loader!\x61b/c?d"`:    `raw-loader`,
		"require(`q1/${x}/y`)":             "q1",
		"eval(\"require('\\x61b')\")":      `\x61b`,
		"/** @type {import('\\x61b').T}*/": `\x61b`,
	} {
		refs, _ := File(&source.File{Path: "a.js", Data: []byte(text)})
		if len(refs) == 0 || text[refs[0].Span.Start:refs[0].Span.End] != want {
			t.Errorf("%q: got %+v, want %q", text, refs, want)
		}
	}
}
