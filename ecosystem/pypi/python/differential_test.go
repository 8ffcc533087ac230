package python_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/extract/extracttest"
)

// TestDifferentialPython compares with CPython, which parses the snippets and
// runs them with a function in the place of __import__.
func TestDifferentialPython(t *testing.T) {
	extracttest.Differential(t, all.Formats(), 5000, func(extracttest.Snippet) string { return "a.py" }, snippet, "python3", "-c", pythonRun)
}

const pythonRun = `
import ast, builtins, json, sys, types, warnings
warnings.simplefilter("ignore")
own = {"importlib", "builtins"}
def one(code):
    names = []
    class Hollow(types.ModuleType):
        def __getattr__(self, k):
            if k.startswith("__"): raise AttributeError(k)
            return self
        def __call__(self, *a, **k): return self
    def note(name, *a, **k):
        names.append(name)
        return Hollow("x")
    lib = Hollow("importlib"); lib.import_module = note
    own_builtins = Hollow("builtins")
    def load(name, globals=None, locals=None, fromlist=(), level=0):
        if level: return Hollow("x")
        if name == "importlib": return lib
        if name == "builtins": return own_builtins
        names.append(name)
        return Hollow("x")
    table = dict(vars(builtins)); table["__import__"] = load
    own_builtins.__dict__["__import__"] = load
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return {"refused": True}
    for n in ast.walk(tree):
        if isinstance(n, ast.Import): names.extend(a.name for a in n.names)
        elif isinstance(n, ast.ImportFrom) and n.level == 0 and n.module != "__future__": names.append(n.module)
    try:
        exec(compile(code, "a.py", "exec"), {"__builtins__": table, "__name__": "a", "__package__": "p"})
    except Exception as e:
        return {"refused": True, "why": repr(e)}
    return {"names": [n for n in names if n not in own]}
for line in sys.stdin:
    print(json.dumps(one(json.loads(line)["code"])))
`

// snippet makes a text of imports in all spellings, and of what looks like
// them.
func snippet(r *rand.Rand, n int) extracttest.Snippet {
	names := 0
	name := func() string {
		names++
		return fmt.Sprintf(extracttest.Pick(r, "zz%d_%d", "zz%d_%d", "zz%d_%d.sub", "Zz%d_%d.a.b"), n, names)
	}
	gap := func() string { // inside a line
		out := ""
		for r.Intn(3) == 0 {
			out += extracttest.Pick(r, " ", "\t", "\f", "\\\n", "\\\r\n", "  ")
		}
		return out
	}
	space := func() string { return extracttest.Pick(r, " ", "\t", " \\\n", "\f") + gap() }
	wide := func() string { // inside brackets
		out := gap()
		for r.Intn(4) == 0 {
			out += extracttest.Pick(r, "\n", "# c\n", "# import no\n", "\n\n  ", "# ')\"\n", "\r\n") + gap()
		}
		return out
	}
	written := func(name string) string { // an identifier, perhaps in other letters
		if r.Intn(4) > 0 {
			return name
		}
		var b strings.Builder
		for i, c := range name {
			switch {
			case i > 0 && c >= 'a' && c <= 'z' && r.Intn(2) == 0:
				b.WriteRune('ａ' + c - 'a')
			case c == 'b' && i == 0:
				b.WriteString("𝐛")
			case c == '.':
				b.WriteString(gap() + "." + gap())
			default:
				b.WriteRune(c)
			}
		}
		return b.String()
	}
	str := func(text, q string) string {
		var b strings.Builder
		prefix := extracttest.Pick(r, "", "", "", "u", "r", "R", "f", "rF", "U")
		b.WriteString(prefix)
		b.WriteString(q)
		often := extracttest.Pick(r, 0, 0, 2)
		for _, c := range text {
			if often == 0 || strings.ContainsAny(prefix, "rR") || r.Intn(often) > 0 {
				b.WriteRune(c)
				continue
			}
			b.WriteString(extracttest.Pick(r, fmt.Sprintf(`\x%02x`, c), fmt.Sprintf(`\u%04X`, c), fmt.Sprintf(`\U%08x`, c), fmt.Sprintf(`\%03o`, c), "\\\n"+string(c), "\\\r\n"+string(c)))
		}
		b.WriteString(q)
		return b.String()
	}
	quote := func() string { return extracttest.Pick(r, `"`, `'`, `"""`, `'''`) }
	constant := func() string {
		text := name()
		k := r.Intn(len(text) + 1)
		a, b := str(text[:k], quote()), str(text[k:], quote())
		switch r.Intn(7) {
		case 0:
			return a + wide() + " " + b
		case 1:
			return a + wide() + "+" + wide() + b
		case 2:
			return "(" + wide() + a + wide() + " " + b + wide() + ")"
		case 3:
			return a + wide() + "+" + wide() + "(" + b + ")"
		}
		return str(text, quote())
	}
	function := func() string {
		return extracttest.Pick(r, "__import__", "__import__", "importlib.import_module", "importlib"+gap()+"."+gap()+"import_module", "im", "builtins.__import__", "getattr(builtins, '__import__')", "(__import__)", "(w := __import__)",
			"__ｉｍｐｏｒｔ__", "il.import_module", "second")
	}
	call := func() string {
		f := function()
		arg := constant()
		switch r.Intn(8) {
		case 0:
			arg = "name" + wide() + "=" + wide() + arg
		case 1:
			arg = "*[" + wide() + arg + "]"
		case 2:
			arg = "**{'name':" + wide() + arg + "}"
		case 3:
			arg += wide() + ","
		}
		return f + gap() + "(" + wide() + arg + wide() + ")"
	}
	module := func() string { return written(name()) }
	as := func() string { return extracttest.Pick(r, "", "", space()+"as"+space()+"x") }
	simple := func() string {
		switch r.Intn(13) {
		case 0:
			return "import" + space() + module() + as() + gap() + "," + gap() + module() + as()
		case 1:
			return "from" + space() + module() + space() + "import" + extracttest.Pick(r, " a", " a as b, c", "(a)", "(a,\n b as c, # import no\n)", space()+"a")
		case 2:
			return "from" + gap() + "." + gap() + "no" + space() + "import a"
		case 3:
			return call()
		case 4: // an f-string as every version reads it: other quotes and no escapes inside
			return `f"{` + extracttest.Pick(r, "__import__", "im", "importlib.import_module") + "('" + name() + `')` + extracttest.Pick(r, "", "!r", ":>10", ":{4}", " =", ` if 1 else {'}': 1}`) + `}"`
		case 5:
			return `f'''text {{__import__("no")}} {` + "\n" + `__import__("` + name() + `") } {f"{im('` + name() + `')}"}'''`
		case 6:
			return extracttest.Pick(r, `'import no'`, `"__import__('no')"`, `'''`+"\nimport no\n"+`'''`, `r"\"; __import__('no')"`, `'\'; __import__("no")'`, "# import no", `f"{{__import__('no')}}"`, `b'''__import__("no")'''`, `f"{1:__import__('no')}" if 0 else 1`,
				"x = lambda y: y", "d = {'import': 1}", "import_no = 1", "x.__imports__('no') if 0 else 0", "f'{x!r:^{4}}'", `f"{'import no'}"`)
		case 7:
			return "exec(" + wide() + extracttest.Pick(r, `"import `, `"""`+"\nimport ") + name() + "\"" + gap() + ")"
		case 9: // a function that passes its parameter on
			return extracttest.Pick(r, "ev", "evl") + "(" + wide() + extracttest.Pick(r, "", "c"+gap()+"="+gap()) + `"import ` + name() + `"` + wide() + ")"
		case 8:
			return "x = [" + wide() + call() + wide() + "," + wide() + "'import no'" + "]"
		}
		return "import" + space() + module() + as()
	}
	fix := func(s string) string { return strings.Replace(s, "\"\"\"\nimport ", "'''\nimport ", 1) }
	line := func() string {
		s := simple()
		if strings.HasPrefix(s, "exec(") && strings.Contains(s, "\"\"\"") { // the quote that opened it closes it
			s = fix(s)
			k := strings.LastIndexByte(s, '"')
			s = s[:k] + "'''" + s[k+1:]
		}
		if r.Intn(4) == 0 && !strings.HasPrefix(s, "#") {
			s += gap() + ";" + gap() + "import" + space() + module()
		}
		return s + extracttest.Pick(r, "", gap(), " # import no")
	}
	var b strings.Builder
	b.WriteString("import importlib, builtins, importlib as il\nfrom importlib import import_module as im\nsecond = importlib.import_module\ndef ev(c):\n  exec(c)\nevl = lambda c: ev(c)\n")
	for range 1 + r.Intn(4) {
		l := line()
		decoy := strings.HasPrefix(l, "#")
		switch k := r.Intn(10); {
		case decoy:
			b.WriteString(l)
		case k == 0:
			b.WriteString("if 1:" + gap() + l)
		case k == 1:
			b.WriteString("if lambda: 0:" + gap() + l)
		case k == 2:
			b.WriteString("try:\n  " + l + "\nexcept ImportError:" + gap() + l)
		case k == 3:
			b.WriteString("def f():\n\t" + l + "\nf()")
		case k == 4:
			b.WriteString("class K:" + gap() + l)
		case k == 5:
			b.WriteString("\f" + l)
		case k == 6:
			b.WriteString("for x in 'a':\n  if x[0:1]: " + l)
		case k == 7:
			b.WriteString("match 1:\n case 1: " + l)
		default:
			b.WriteString(l)
		}
		b.WriteString(extracttest.Pick(r, "\n", "\n", "\r\n", "\n\n"))
	}
	return extracttest.Snippet{Code: b.String()}
}
