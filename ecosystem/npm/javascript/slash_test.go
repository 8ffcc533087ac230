package javascript_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestDifferentialSlash compares with node where a slash divides and where it
// begins a regular expression: a quote behind a slash that was misread hides
// what follows. Node only parses. A call stands in code, and not in a text, if
// the program is one with the call and none with something else in its place.
func TestDifferentialSlash(t *testing.T) {
	if os.Getenv("FIGMENT_NIGHTLY") != "1" {
		t.Skip("set FIGMENT_NIGHTLY=1 to compare generated texts with node")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: its slashes were not compared")
	}
	const programs = 30_000
	r := rand.New(rand.NewSource(20261130))
	type program struct {
		Module bool
		Parts  []string
	}
	list := make([]program, programs)
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for i := range list {
		g := &slashes{r: r, module: r.Intn(3) == 0}
		list[i] = program{g.module, g.program()}
		if err := enc.Encode(list[i]); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", "--no-warnings", "--experimental-vm-modules", "-e", slashProbe)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	refused, calls, missed, extra := 0, 0, 0, 0
	for i, p := range list {
		var a struct {
			Refused string
			Code    []bool
		}
		if err := dec.Decode(&a); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if a.Refused != "" {
			if refused++; refused <= 3 {
				t.Logf("refused: %s: %q", a.Refused, p.Parts)
			}
			continue
		}
		var b strings.Builder
		for k, part := range p.Parts {
			if k > 0 {
				fmt.Fprintf(&b, ";require('zz%d');", k)
			}
			b.WriteString(part)
		}
		path := "a.js"
		if p.Module {
			path = "a.mjs"
		}
		f := &source.File{Path: path, Data: []byte(b.String())}
		refs, _ := File(f)
		extracttest.Check(t, f, refs)
		got := map[string]bool{}
		for _, ref := range refs {
			got[ref.Name] = ref.Kind == Import && !ref.Flags.Has(Low)
		}
		for k, code := range a.Code {
			name := fmt.Sprintf("zz%d", k+1)
			if code {
				calls++
			}
			switch {
			case code && !got[name]:
				if missed++; missed <= 10 {
					t.Errorf("%d: %s is not found in %q", i, name, f.Data)
				}
			case !code && got[name]:
				if extra++; extra <= 10 {
					t.Errorf("%d: %s is a text in %q", i, name, f.Data)
				}
			}
		}
	}
	t.Logf("%d programs, %d refused by node, %d calls, %d missed, %d too many", programs, refused, calls, missed, extra)
	if missed+extra > 0 {
		t.Errorf("%d calls missed, %d too many", missed, extra)
	}
	if refused > programs/4 || calls < programs {
		t.Errorf("too little was compared")
	}
}

const slashProbe = `
const vm = require("vm"), readline = require("readline");
function parses({ Module: esm, Parts: parts }, at, other) {
  let code = parts[0];
  for (let k = 1; k < parts.length; k++) code += (k === at ? other : ";require('zz" + k + "');") + parts[k];
  try {
    if (esm) new vm.SourceTextModule(code);
    else new vm.Script("(function () {" + code + "\n})");
    return "";
  } catch (e) { return e.message || "refused"; }
}
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const p = JSON.parse(line), why = parses(p, 0);
    if (why) console.log(JSON.stringify({ Refused: why }));
    else console.log(JSON.stringify({ Code: p.Parts.slice(1).map((_, k) => parses(p, k + 1, ";@ @;") !== "") }));
  }
})();
`

// slashes makes programs of slashes behind all that may stand before one.
type slashes struct {
	r      *rand.Rand
	module bool
	await  bool // await is an operator here
	yield  bool
	fn     bool // return may stand here
	method bool // super may stand here
	strict bool
	loop   bool
	labels int
	names  int
}

func (g *slashes) gap() string {
	out := ""
	for g.r.Intn(4) == 0 {
		out += extracttest.Pick(g.r, " ", " ", "\n", "/* c */", "/*\n*/", "// '\n", "\t", "\u00a0", "\u2028", "/* \" */")
	}
	return out
}

// flat is a gap without a line end.
func (g *slashes) flat() string { return extracttest.Pick(g.r, "", "", " ", "/* ' */", "\t") }

func (g *slashes) join(parts ...string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(g.gap())
		}
		b.WriteString(p)
	}
	return b.String()
}

// regular is a regular expression in which quotes and brackets stand.
func (g *slashes) regular() string {
	return extracttest.Pick(g.r, `/"/`, `/'/g`, "/`/", `/[/"]/i`, "/[`/'\\]]/", `/\/"/`, `/}"/.x`, "/x`${/", `/\({'/`)
}

func (g *slashes) name() string {
	list := []string{"x", "y", "of", "get", "async", "as", "from", "target", "$", "\u00e9", "_a"}
	if !g.strict && !g.module {
		list = append(list, "let", "static")
		if !g.yield {
			list = append(list, "yield", "yield")
		}
	}
	if !g.module && !g.await {
		list = append(list, "await", "await")
	}
	return list[g.r.Intn(len(list))]
}

func (g *slashes) fresh() string { g.names++; return fmt.Sprintf("v%d", g.names) }

// within makes code of a function of its own.
func (g *slashes) within(await, yield, method bool, make func() string) string {
	was := *g
	g.await, g.yield, g.fn, g.loop = await, yield, true, false
	g.method = method
	out := make()
	labels, names := g.labels, g.names
	*g = was
	g.labels, g.names = labels, names
	return out
}

func (g *slashes) keyword() string {
	return extracttest.Pick(g.r, "in", "typeof", "return", "of", "case", "delete", "yield", "await", "void", "if", "while", "do", "else", "new", "function", "class", "instanceof", "x", "let")
}

func (g *slashes) expr(d int) string {
	if d <= 0 {
		return g.primary(0)
	}
	switch g.r.Intn(22) {
	case 0, 1, 2, 3, 4:
		return g.join(g.expr(d-1), "/", g.expr(d-1))
	case 5:
		return g.join(g.expr(d-1), extracttest.Pick(g.r, "+", "*", "<", ">", "&&", "||", "%", ",", "===", "!=", "^", ">>>"), g.expr(d-1))
	case 6:
		return g.join(g.expr(d-1)+" ", extracttest.Pick(g.r, "in", "instanceof"), " "+g.expr(d-1))
	case 7:
		return g.join(extracttest.Pick(g.r, "typeof ", "void ", "!", "~", "- ", "+ ", "delete "), g.primary(d-1))
	case 8:
		return g.join(extracttest.Pick(g.r, "++", "--"), g.target(d-1))
	case 9, 10:
		return g.target(d-1) + g.flat() + extracttest.Pick(g.r, "++", "--")
	case 11:
		return "(" + g.join(g.expr(d-1), "?", g.expr(d-1), ":", g.expr(d-1)) + ")"
	case 12:
		return "(" + g.join(g.target(d-1), extracttest.Pick(g.r, "=", "/=", "+=", "||="), g.expr(d-1)) + ")"
	case 13:
		return "(" + g.arrow(d-1) + ")"
	case 14:
		if g.await {
			return g.join("await"+extracttest.Pick(g.r, "", " "), g.operand(d-1))
		}
	case 15:
		if g.yield {
			return "(" + "yield" + extracttest.Pick(g.r, " ", "") + extracttest.Pick(g.r, "", g.operand(d-1)) + ")"
		}
	}
	return g.primary(d)
}

// operand is one that begins with no letter, so that nothing need stand before
// it.
func (g *slashes) operand(d int) string {
	return extracttest.Pick(g.r, g.regular(), "("+g.expr(d)+")", "[]", "{}", "`t`", "'s\"'")
}

func (g *slashes) arrow(d int) string {
	await := g.r.Intn(2) == 0
	head := ""
	if await {
		head = "async "
	}
	p := g.fresh()
	head += extracttest.Pick(g.r, p, "("+p+")", "()", "("+p+" = 1)") + g.flat() + "=>" + g.gap()
	return head + g.within(await, false, g.method, func() string {
		if g.r.Intn(2) == 0 {
			return "{" + g.statements(d) + "}"
		}
		return extracttest.Pick(g.r, g.regular(), "("+g.expr(d)+")", "({})/2", "1/2", "x/"+g.expr(d))
	})
}

func (g *slashes) target(d int) string {
	switch g.r.Intn(5) {
	case 0:
		return "x"
	case 1:
		return "y"
	case 2:
		return g.join("x", ".", g.keyword())
	case 3:
		return g.join("x", "[", g.expr(d), "]")
	}
	return "this" + g.gap() + "." + g.keyword()
}

func (g *slashes) function(d int) string {
	await, yield := g.r.Intn(3) == 0, g.r.Intn(3) == 0
	head := "function"
	if await {
		head = "async" + g.flat() + " function"
	}
	if yield {
		head += g.gap() + "*"
	}
	return head + g.gap() + extracttest.Pick(g.r, "", " "+g.fresh()) + g.gap() + "()" + g.gap() + "{" + g.within(await, yield, false, func() string { return g.statements(d) }) + "}"
}

func (g *slashes) member(d int) string {
	key := extracttest.Pick(g.r, g.fresh(), g.keyword(), "'s'", "7", "["+g.expr(d)+"]")
	await, yield := g.r.Intn(3) == 0, g.r.Intn(3) == 0
	head := ""
	if await {
		head = "async "
	}
	if yield {
		head += "*" + g.gap()
	}
	if head == "" {
		head = extracttest.Pick(g.r, "", "", "get ")
	}
	return head + key + g.gap() + "()" + g.gap() + "{" + g.within(await, yield, true, func() string { return g.statements(d) }) + "}"
}

func (g *slashes) class(d int) string {
	was := g.strict
	g.strict = true
	defer func() { g.strict = was }()
	out := "class" + extracttest.Pick(g.r, "", " "+g.fresh())
	if g.r.Intn(3) == 0 {
		out += " extends " + extracttest.Pick(g.r, "x", "(x)", "x.in", g.regular()+".x", "f({})") + " "
	}
	out += g.gap() + "{"
	for range g.r.Intn(3) {
		switch g.r.Intn(5) {
		case 0:
			out += g.within(false, false, true, func() string {
				if g.r.Intn(2) == 0 {
					return "static {" + g.block(d) + "}"
				}
				return extracttest.Pick(g.r, "static ", "") + g.fresh() + " = " + extracttest.Pick(g.r, g.regular(), "{}", "1/2", "x\n/2/1") + ";"
			})
		case 1:
			out += "static " + g.member(d) + g.gap()
		default:
			out += g.member(d) + g.gap()
		}
	}
	return out + "}"
}

// block is the code of a static block, in which nothing returns.
func (g *slashes) block(d int) string {
	g.fn = false
	return g.join(";", "x", "/", g.primary(d), ";")
}

func (g *slashes) primary(d int) string {
	switch g.r.Intn(26) {
	case 0:
		return extracttest.Pick(g.r, "1.", "1e3", ".5", "0x1f", "1n", "1_0", "1.5", "1.e3", "0b1", "9..x", "1e-3", "0.", "5.0.x")
	case 1:
		return extracttest.Pick(g.r, "this", "null", "true", "x", "x", "y")
	case 2:
		return extracttest.Pick(g.r, `"s'/"`, `'s"/'`, "`s'/\"`", "`a${x}'`")
	case 3, 4, 5:
		return g.regular()
	case 6:
		return "`'" + "${" + g.gap() + g.expr(d-1) + g.gap() + "}\"" + "`"
	case 7:
		return "(" + g.gap() + g.expr(d-1) + g.gap() + ")"
	case 8:
		return "[" + g.join(extracttest.Pick(g.r, "", g.expr(0)+",", "..."), g.primary(d-1)) + "]"
	case 9:
		return "(" + "{" + g.join(extracttest.Pick(g.r, "", "a:"+g.primary(0)+",", g.keyword()+":{},", "..."+g.primary(0)+","), extracttest.Pick(g.r, "", g.keyword()+":"+g.primary(d-1))) + "}" + ")"
	case 10:
		if d > 0 {
			return "(0," + g.gap() + extracttest.Pick(g.r, "{}", "{a:"+g.expr(d-1)+"}", "{"+g.member(d-1)+"}") + ")"
		}
	case 11:
		if d > 0 {
			return "(" + g.function(d-1) + g.gap() + extracttest.Pick(g.r, "", "/ 2", "/"+g.primary(d-1)) + ")"
		}
	case 12:
		if d > 0 {
			return "(" + g.class(d-1) + g.gap() + extracttest.Pick(g.r, "", "/ 2", "/"+g.primary(d-1)) + ")"
		}
	case 13:
		return g.target(d - 1)
	case 14:
		return "x" + g.gap() + "(" + extracttest.Pick(g.r, "", g.expr(d-1)) + ")"
	case 15:
		return "new " + extracttest.Pick(g.r, "x", "x()", "x.in", "(x)", "x.of()")
	case 16:
		return "x" + extracttest.Pick(g.r, "?.", " ?. ") + g.keyword()
	case 17:
		if g.module {
			return g.join("import", ".", "meta")
		}
	case 18:
		if g.method {
			return extracttest.Pick(g.r, "super.x", "super.in", "super[x]", "super.of()")
		}
	case 19:
		if g.fn {
			return "x" + g.gap() + "`'`"
		}
	default:
		return g.name()
	}
	return "x"
}

// start is an expression that may begin a statement.
func (g *slashes) start(d int) string {
	return extracttest.Pick(g.r, "x", "y", g.name()+" ", "this", "(x)", "[x]", g.regular(), "1.", "'s'", "`t`", "x()", "("+g.expr(d)+")", "x.of", "!x", g.target(d), "++x", "x++", "x--")
}

func (g *slashes) end() string { return extracttest.Pick(g.r, ";", ";", ";\n", "\n;") }

func (g *slashes) statement(d int) string {
	if d <= 0 {
		return g.join("x", "/", g.primary(0)) + ";"
	}
	switch g.r.Intn(34) {
	case 0:
		return g.join("if", "(", g.expr(d-1), ")", extracttest.Pick(g.r, g.regular()+";", g.statement(d-1), "{}"+g.regular()+";"))
	case 1:
		return g.join("if", "(", "x", ")", "{}", "else", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";", " "+g.statement(d-1)))
	case 2:
		return g.join("while", "(", "x", ")", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";"))
	case 3:
		return g.join("do", extracttest.Pick(g.r, g.regular()+";", "{}", " x;"), "while", "(", "x", ")", extracttest.Pick(g.r, "", ";", g.regular()+";"))
	case 4:
		return g.join("for", "(", extracttest.Pick(g.r, "", "x", "var "+g.fresh()), ";", extracttest.Pick(g.r, g.regular(), "x/2"), ";", extracttest.Pick(g.r, g.regular(), "x++/2"), ")", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";"))
	case 5:
		return g.join("for", "(", extracttest.Pick(g.r, "x", "let of", "const "+g.fresh(), "var [of]", "x.of", "let {of}", "of"), " of ", extracttest.Pick(g.r, g.regular(), "x/2", "of/2", "{}/2", "(/'/)"), ")", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";"))
	case 6:
		return g.join("for", "(", extracttest.Pick(g.r, "x", "const "+g.fresh(), "x.in"), " in ", extracttest.Pick(g.r, g.regular(), "x/2", "{}/2"), ")", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";"))
	case 7:
		return g.join("switch", "(", "x", ")", "{", "case", extracttest.Pick(g.r, g.regular(), "{}/2", "(x)", " x/2"), ":", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";", "x/2;"), "default", ":", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";", ""), "}", extracttest.Pick(g.r, g.regular()+";", ""))
	case 8:
		return "{" + g.statements(d-1) + "}" + g.gap() + extracttest.Pick(g.r, g.regular()+g.end(), "")
	case 9:
		g.labels++
		return fmt.Sprintf("l%d", g.labels) + g.gap() + ":" + g.gap() + extracttest.Pick(g.r, "{}"+g.gap()+g.regular()+";", g.regular()+";", "for (;;) { break "+fmt.Sprintf("l%d", g.labels)+"\n"+g.regular()+"}")
	case 10:
		return "for (;;) {" + extracttest.Pick(g.r, "break\n", "continue\n", "debugger\n") + g.regular() + "}" + g.regular() + ";"
	case 11:
		f := g.fresh()
		await, yield := g.r.Intn(3) == 0, g.r.Intn(3) == 0
		head := "function "
		if await {
			head = "async function "
		}
		if yield {
			head += "*"
		}
		return head + f + "() {" + g.within(await, yield, false, func() string { return g.statements(d - 1) }) + "}" + g.gap() + extracttest.Pick(g.r, g.regular()+";", "")
	case 12:
		was := g.strict
		g.strict = true
		defer func() { g.strict = was }()
		return "class " + g.fresh() + " {" + g.member(d-1) + "}" + g.gap() + extracttest.Pick(g.r, g.regular()+";", "")
	case 13:
		return g.join("try", "{"+g.statements(d-1)+"}", extracttest.Pick(g.r, "catch(e){}", "catch{}", "finally{}"), extracttest.Pick(g.r, g.regular()+";", ""))
	case 14:
		if g.fn {
			return extracttest.Pick(g.r, "return"+extracttest.Pick(g.r, "", " ", "\n")+g.regular()+";", "return "+g.expr(d-1)+";", "return\n{}"+g.regular()+";", "return {}/2;", "throw "+g.operand(d-1)+";", "return ++/'/.x;")
		}
	case 15:
		return extracttest.Pick(g.r, "var ", "let ") + g.fresh() + extracttest.Pick(g.r, "\n"+g.regular()+";", " = "+g.expr(d-1)+";", ", "+g.fresh()+"\n"+g.regular()+";", " = [x, y / 2 / 1];", " = x\n/2/1;", "\n++\nx;", " = f(x, y / 2), "+g.fresh()+"\n"+g.regular()+";", " = 1\nf(x, y / 2 / 1);", " = function () { var q; }, "+g.fresh()+"\n"+g.regular()+";")
	case 16:
		return extracttest.Pick(g.r, "x", "x.in", "x()", "y[0]", "(x)", "this.of") + extracttest.Pick(g.r, "\n", "/*\n*/", "//\n", "\n/**/", "\u2028") + extracttest.Pick(g.r, "++", "--") + g.gap() + g.regular() + ".x" + g.end()
	case 17:
		return extracttest.Pick(g.r, "x", "x.in", "y[0]", "this.of") + g.flat() + extracttest.Pick(g.r, "++", "--") + g.gap() + "/ " + g.primary(d-1) + " / 1" + g.end()
	case 18:
		return "x = " + g.arrow(d-1) + extracttest.Pick(g.r, ";", "\n;")
	case 19:
		return "x = () => {" + g.statements(d-1) + "}\n" + g.regular() + g.end()
	case 20:
		if g.module && !g.fn {
			return extracttest.Pick(g.r, `import "zy"`, `import x`+g.fresh()+` from "zy"`, `export * from "zy"`, `export {}`, `import "zy" with {type: "x"}`) + "\n" + g.regular() + g.end()
		}
	case 21:
		if g.await {
			return g.join("for", " await", "(", "x of "+extracttest.Pick(g.r, g.regular(), "x"), ")", extracttest.Pick(g.r, g.regular()+";", "{}"+g.regular()+";"))
		}
	case 22:
		return extracttest.Pick(g.r, "x", "x()", "this.in") + "\n!" + g.regular() + g.end()
	case 23:
		return "x = async\nfunction " + g.fresh() + "() {}\n" + g.regular() + g.end()
	case 24:
		return "x = " + g.expr(d-1) + ", y = " + extracttest.Pick(g.r, "{}", "{a: 1}", "function () {}", "class {}", "[]", "x ? {} : {}", "async function* () {}", "`t${x}`", "{in() {}}") + g.gap() + "/ " + g.primary(d-1) + g.end()
	case 25:
		return "x." + g.keyword() + g.gap() + "/" + g.gap() + g.primary(d-1) + g.end()
	case 26:
		return "(" + g.expr(d) + ")" + g.gap() + "/" + g.gap() + g.primary(d-1) + g.end()
	case 27:
		return "x = {" + extracttest.Pick(g.r, g.member(d-1), "if() {}", "in: "+g.regular(), "async() {}") + ", " + g.keyword() + ": " + g.primary(d-1) + "} / 2" + g.end()
	}
	return g.start(d-1) + g.gap() + extracttest.Pick(g.r, "/", "/", "/", "+", ",") + extracttest.Pick(g.r, " ", "\n", "") + extracttest.Pick(g.r, "x", "(x)", "2", "'s\"'", "`'`") + g.gap() + "/ " + g.primary(d-1) + g.end()
}

func (g *slashes) statements(d int) string {
	out := ""
	for range 1 + g.r.Intn(2) {
		out += extracttest.Pick(g.r, "", "\n", " ") + g.statement(d)
	}
	return out
}

// program gives the parts of a program between which calls stand.
func (g *slashes) program() []string {
	g.await, g.fn = g.module, !g.module
	parts := []string{"x;"}
	if g.module && g.r.Intn(2) == 0 {
		parts[0] += "export default " + extracttest.Pick(g.r, "{} / 2", g.regular(), "function () {} "+g.regular(), "class {} "+g.regular(), "async function () {} "+g.regular(), "async function* () { yield/'/ } "+g.regular())
	}
	for range 1 + g.r.Intn(3) {
		s := g.statement(3)
		parts = append(parts, s+extracttest.Pick(g.r, "", " // \" ' ` \n", "\n"))
		if g.r.Intn(4) == 0 { // the next call stands in a text
			parts[len(parts)-1] += extracttest.Pick(g.r, "x = `'", "/* \"", "x = /", "// `", "x = '")
			last := parts[len(parts)-1]
			parts = append(parts, map[byte]string{'\'': "`;", '"': "*/", '/': "/;", '`': "\n"}[last[len(last)-1]])
			if strings.HasSuffix(last, "x = '") {
				parts[len(parts)-1] = "';"
			}
		}
	}
	return append(parts, extracttest.Pick(g.r, "", "/'/;")+"x = '`';\n")
}
