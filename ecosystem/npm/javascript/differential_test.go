package javascript_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/extract/extracttest"
)

// TestDifferentialJavaScript compares with node, which runs the snippets with
// hooks in the place of its loaders.
func TestDifferentialJavaScript(t *testing.T) {
	extracttest.Differential(t, all.Formats(), 5000, func(s extracttest.Snippet) string {
		if s.Module {
			return "a.mjs"
		}
		return "a.js"
	}, snippet, "node", "--no-warnings", "--experimental-vm-modules", "-e", nodeProbe)
}

const nodeProbe = `
const vm = require("vm"), readline = require("readline");
async function one({ module: esm, code }) {
  const names = [];
  const note = (n) => { names.push(String(n)); return hollow(n); };
  const makeRequire = () => {
    const r = function (n) { return note(n); };
    r.resolve = (n) => { note(n); return n; };
    return r;
  };
  const keys = ["default", "a", "b", "c", "d", "a b", "createRequire"];
  const hollow = (n) => n === "module" || n === "node:module" ? { createRequire: makeRequire, _load: note } : { a: 1 };
  const context = vm.createContext({ console, URL });
  const stub = async (n) => {
    names.push(String(n));
    const m = new vm.SyntheticModule(keys, function () { for (const k of keys) this.setExport(k, k === "createRequire" ? makeRequire : k === "default" ? hollow(n) : 1); }, { context });
    await m.link(() => {});
    await m.evaluate();
    return m;
  };
  const require = makeRequire();
  context.require = require;
  context.global = context;
  context.module = { require, exports: {}, createRequire: makeRequire };
  context.process = { mainModule: { require } };
  require.main = context.module;
  const importModuleDynamically = stub;
  try {
    if (esm) {
      const m = new vm.SourceTextModule(code, { context, importModuleDynamically, initializeImportMeta(meta) { meta.url = "file:///x/a.mjs"; } });
      await m.link(stub);
      await m.evaluate();
    } else {
      const s = new vm.Script("(function (exports, require, module, __filename, __dirname) {" + code + "\n})", { importModuleDynamically });
      s.runInContext(context).call({}, {}, require, context.module, "/x/a.js", "/x");
    }
  } catch (e) {
    if (e instanceof SyntaxError || e.name === "SyntaxError") return { refused: true };
    if (process.env.FIGMENT_DEBUG) console.error(JSON.stringify(code), e.message);
    return { refused: true };
  }
  for (let k = 0; k < 2; k++) await new Promise((r) => setImmediate(r));
  return { names: names.filter((n) => n !== "module" && n !== "node:module") };
}
(async () => {
  process.on("unhandledRejection", () => {});
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await one(JSON.parse(line))));
  }
})();
`

// snippet makes a text of imports in all spellings, and of what looks like
// them.
func snippet(r *rand.Rand, n int) extracttest.Snippet {
	s := extracttest.Snippet{Module: r.Intn(3) == 0}
	var b strings.Builder
	names := 0
	name := func() string {
		names++
		return fmt.Sprintf(extracttest.Pick(r, "zz%d-%d", "@s/zz%d-%d", "zz%d-%d/sub", "zz%d.%d", "@s/zz%d_%d/a/b"), n, names)
	}
	gap := func() string { // between tokens
		out := ""
		for r.Intn(3) == 0 {
			out += extracttest.Pick(r, " ", "\n", "\t", "/* c */", "// c\n", "\u00a0", "/*\n*/", "// '\u2028", "\v", "\r\n", "/* \"require('no')\" */", "\ufeff", "//\u2029", "/**/")
			if !s.Module && r.Intn(20) == 0 {
				out += extracttest.Pick(r, "<!-- require('no')\n", "\n--> require('no')\n", "/*\n*/-->'\n")
			}
		}
		return out
	}
	space := func() string { // between words
		return extracttest.Pick(r, " ", "\t", "/**/", "\u00a0", " /* ' */ ", "\n", "\f") + gap()
	}
	join := func(parts ...string) string {
		var b strings.Builder
		for i, p := range parts {
			if i > 0 {
				b.WriteString(gap())
			}
			b.WriteString(p)
		}
		return b.String()
	}
	escape := func(c rune, template bool) string {
		switch r.Intn(7) {
		case 0:
			return fmt.Sprintf(`\u%04x`, c)
		case 1:
			return fmt.Sprintf(`\u{%x}`, c)
		case 2:
			return fmt.Sprintf(`\x%02X`, c)
		case 3:
			if !s.Module && !template {
				return fmt.Sprintf(`\%03o`, c)
			}
			return string(c)
		case 4:
			if strings.ContainsRune("bfnrtvux0123456789", c) {
				return string(c)
			}
			return `\` + string(c)
		case 5:
			return extracttest.Pick(r, "\\\n", "\\\r\n", "\\\u2028", "\\\r") + string(c)
		}
		return string(c)
	}
	quoted := func(q, text string) string {
		var b strings.Builder
		b.WriteString(q)
		often := extracttest.Pick(r, 0, 0, 3, 1)
		for _, c := range text {
			if often > 0 && r.Intn(often) == 0 {
				b.WriteString(escape(c, q == "`"))
			} else {
				b.WriteRune(c)
			}
		}
		b.WriteString(q)
		return b.String()
	}
	specifier := func() string { // where only a literal may stand
		return quoted(extracttest.Pick(r, `"`, `'`), name())
	}
	expression := func() string {
		text := name()
		q := func(s string) string { return quoted(extracttest.Pick(r, `"`, `'`, "`"), s) }
		switch r.Intn(8) {
		case 0:
			return join("(", q(text), ")")
		case 1:
			k := r.Intn(len(text) + 1)
			return join(q(text[:k]), "+", q(text[k:]))
		case 2:
			k := r.Intn(len(text) + 1)
			return join("(", q(text[:k]), "+", q(text[k:]), ")")
		case 3:
			k, m := r.Intn(len(text)+1), 0
			m = k + r.Intn(len(text)-k+1)
			return join(q(text[:k]), "+", "(", q(text[k:m]), "+", q(text[m:]), ")")
		}
		return q(text)
	}
	requires := func() string { // an expression that is require
		return extracttest.Pick(r, "require", "require", "require", join("(", "require", ")"), join("(", "0", ",", "require", ")"), join("module", ".", "require"), join("globalThis", ".", "require"),
			join("global", "?.", "require"), join("process", ".", "mainModule", ".", "require"), join("(", "(", "require", ")", ")"), "r\\u0065quire", join("module", "[", `"require"`, "]"),
			join("(", "module", ".", "require", ")"), join("require", ".", "main", ".", "require"), join("module", "?.", "[", "'require'", "]"), join("globalThis", ".", "r\\u{65}quire"),
			join("require", ".", "resolve"), join("require", "[", "'resolve'", "]"), join("require", ".", "bind", "(", "null", ")"))
	}
	call := func() string {
		if s.Module {
			return join("import", "(", expression(), ")")
		}
		switch r.Intn(12) {
		case 0:
			return join("import", "(", expression(), ")")
		case 1:
			return join("require", ".", "call", "(", "null", ",", expression(), ")")
		case 2:
			return join("require", ".", "apply", "(", "null", ",", "[", expression(), "]", ")")
		case 3:
			return join("new", "") + " " + join("require", "(", expression(), ")")
		case 4:
			return join(requires(), "?.", "(", expression(), ")")
		case 5:
			return join(requires(), "(", expression(), ",", ")")
		case 6:
			return join("module", ".", "createRequire", "(", "__filename", ")", "(", expression(), ")")
		}
		return join(requires(), "(", expression(), ")")
	}
	local := 0
	variable := func() string {
		local++
		return fmt.Sprintf("v%d%s", local, extracttest.Pick(r, "", "$", "_x", "\u00e9"))
	}
	statement := func() string {
		v := variable()
		switch k := r.Intn(21); {
		case k < 4 && s.Module:
			from := gap() + "from" + gap() + specifier()
			return extracttest.Pick(r,
				"import"+gap()+specifier(),
				"import"+space()+v+space()+from,
				"import"+gap()+join("{", "a", "as", "")+space()+v+gap()+"}"+from,
				"import"+gap()+"*"+gap()+"as"+space()+v+space()+from,
				"import"+space()+v+gap()+","+gap()+join("{", "}")+from,
				"import"+gap()+join("{", `"a b"`, "as")+space()+v+gap()+","+gap()+"}"+from,
				"export"+gap()+"*"+gap()+"as"+space()+v+space()+from,
				"export"+gap()+join("{", "a", "as")+space()+v+gap()+"}"+from,
				"import"+space()+join("{", "createRequire", "as")+space()+v+gap()+"}"+gap()+"from"+gap()+`"module";`+v+join("(", "import.meta.url", ")", "(", expression(), ")"),
			)
		case k < 8:
			return call()
		case k == 8:
			return "const " + v + gap() + "=" + gap() + call()
		case k == 9 && !s.Module:
			w := variable()
			return extracttest.Pick(r, "const ", "let ", "var ") + v + gap() + "=" + gap() + extracttest.Pick(r, "require", join("module", ".", "require"), "(0, require)", join("module", ".", "createRequire", "(", "__filename", ")")) +
				extracttest.Pick(r, "; ", ", "+w+" = 1; ", "\n;") + v + gap() + "(" + gap() + expression() + gap() + ")"
		case k == 10 && !s.Module:
			w := variable()
			return "function " + w + "() { return " + v + "(" + expression() + ") } var " + v + " = require; " + w + "()"
		case k == 11:
			return "`text require('no') ${" + gap() + call() + gap() + "} import('no')`"
		case k == 12:
			return "x = " + extracttest.Pick(r, "4", "(4)", "[4]", "{}", "function () {}", "`4`", "'4'", "class {}", "x", "this") + gap() + "/" + " " + call() + " / 2"
		case k == 13:
			return extracttest.Pick(r, "if (1)", "for (;0 < 0;) ; if (1)", "while (0) ; {}", "try { } catch (e) { } {}") + " /[\"'`]require('no')[/\\]]/g.test('')\n;" + call()
		case k == 14:
			return extracttest.Pick(r, "'require(\"no\")'", "\"import('no')\\\"require('no')\"", "/require('no')/", "`require('no')`", "// require('no')\n", "/* import('no') require('no') */ 1", "({ require(x) { }, import: 1 })",
				"class K { require() {} import() {} static #require(x) { } static { this.#require('no') } }", "var o = { require() {} }; o.require('no'); o?.require('no'); o . require('no')", "typeof require",
				"var $require = () => 1; $require('no')", "var require$ = () => 1; require$('no')", "var f = require => 1; f('no')", "1 + '/* ' + 2; // */ '\n")
		case k == 15:
			return "[" + call() + ", ..." + gap() + "[" + call() + "]]"
		case k == 19 && !s.Module:
			h, p := variable(), variable()
			list := func(parts ...string) string { // in brackets; no comments of HTML
				out := ""
				for _, part := range parts {
					out += extracttest.Pick(r, "", "", " ", "\n", "/* c */", "// c\n", "\ufeff") + part
				}
				return out
			}
			return extracttest.Pick(r,
				"function "+h+list("(", p, ")")+" { return require("+p+") } "+h+join("(", expression(), ")"),
				"const "+h+" = "+list("(", p, ")")+" => { require("+p+") }; "+h+join("(", expression(), ")"),
				"const "+h+" = "+p+" => require("+p+"); "+h+join("(", expression(), ")"),
				"const "+h+" = function ("+list("a", ",", p)+") { require("+p+") }; "+h+join("(", "1", ",", expression(), ")"),
				"var "+h+" = async ("+p+", b = 1) => import("+p+"); "+h+join("(", expression(), ")"),
				"function "+h+"("+p+") { return require("+p+") } ["+expression()+","+expression()+"].forEach("+h+")",
			)
		case k == 16:
			return "x = 0 ? {} / 1 : {} / " + call()
		case k == 17:
			return "x++ / " + call() + " / 1"
		case k == 18:
			return "(() => {\n" + call() + "\n})()"
		}
		return "{ " + call() + " }"
	}
	b.WriteString("var x = 1, o2;")
	if s.Module && r.Intn(2) == 0 {
		b.Reset()
		b.WriteString("let x = 1;")
	}
	for range 1 + r.Intn(4) {
		b.WriteString(extracttest.Pick(r, ";", ";\n", ";\r\n", "\n;", ";/* ' */", "; // \"\n"))
		b.WriteString(statement())
	}
	s.Code = b.String()
	return s
}
