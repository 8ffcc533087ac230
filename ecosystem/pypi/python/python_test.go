package python_test

import (
	"strings"
	"testing"

	"figment/scanner/extract/code"
	"figment/scanner/source"
)

// TestPythonAsCPython: the ways to write what CPython imports, and what only
// looks like them.
func TestPythonAsCPython(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Names.
		{"import ｎｕｍｐｙ, ﬁle.ｘ as y\nfrom 𝐚𝐛 import c", "numpy file.x ab"},
		{"import µ", "μ"},
		{"ｉｍｐｏｒｔ no1", ""},
		{"import a1 . b, a2\\\n.b\nfrom a3\f.b import c", "a1.b a2.b a3.b"},
		// Statements.
		{"\fimport a1\n \fimport a2\nif 1: \f import a3; import a4\nx: int = 5; from a5 import b", "a1 a2 a3 a4 a5"},
		{"if lambda: 0: import a1", "a1"},
		{"\\\nimport a1\nif x[1:2]: import a2\nelse:import a3\nmatch x:\n case 1: import a4", "a1 a2 a3 a4"},
		{"from.no1 import x\nfrom... no2 import y\nfrom a1 import(b,)", "a1"},
		{"try:import a1\nexcept:import a2\nclass A: x = 1; import a3;", "a1 a2 a3"},
		// Code in strings.
		{"f\"{__import__('a1')}\"", "a1"},
		{"f'{x:{__import__(\"a1\")}}' rf\"\"\"\n{\n__import__('a2')}\n\"\"\"", "a1 a2"},
		{"f\"{f'{__import__(\"\"\"a1\"\"\")}'}\" + t\"{d[\"x\"]} {__import__(\"a2\")!r:>{w}}\"", "a1 a2"},
		{"f\"{{__import__('no1')}} {x}\" '{__import__(\"no2\")}' f'\\{__import__(\"a1\")}'", "a1"},
		{"f'''{\n__import__ # c }\n('a1')}'''", "a1"},
		{"x = f\"{a:__import__('no1')}\"; import a1", "a1"},
		{"f'\\N{LATIN SMALL LETTER A}{__import__(\"a1\")}'", "a1"},
		{"exec('import a1'); eval(\"__import__('a2')\"); exec('''\nimport a3\nfrom a4 import b\n''', {}); df.eval('import no1')", "a1 a2 a3 a4"},
		{"exec('\\x69mport a1')", "a1"},
		// Calls.
		{"import importlib as il\nil.import_module('a1')", "importlib a1"},
		{"from importlib import import_module as im\nim('a1')", "importlib a1"},
		{"def f(): return im('a1')\nim = importlib.import_module", "a1"},
		{"i = j = __import__; k = i; k('a1'); (w := __import__)('a2'); w('a3')", "a1 a2 a3"},
		{"i = __import__\n(1)\ni('a1')", "a1"},
		{"builtins.__import__('a1'); getattr(builtins, '__import__')('a2'); __builtins__['__import__']('a3'); (__import__)('a4')", "a1 a2 a3 a4"},
		{"__import__(name='a1'); import_module(package=None, name='a2'); __import__(*['a3']); __import__(**{'name': 'a4'})", "a1 a2 a3 a4"},
		{"__import__ \\\n('a1'); (__import__ # c\n # d\n ('a2'))", "a1 a2"},
		{"__import__('\\x61\\142c'); __import__('a' 'b'\nr'd'); __import__('a' + ('e')); __import__(u'a\\u0066'); __import__('''\\\nag''')", "abc abd ae af ag"},
		{"__ｉｍｐｏｒｔ__('a1')", "a1"},
		{"__import__('a.' + x); import_module(f'b.{x}'); import_module('c.%s' % x); import_module('d.{}'.format(x)); import_module(f'no{x}'); import_module('no' + x)", "a b c d"},
		{"x.__import__('a1') # __import__('no1')\n'__import__(\"no2\")'; import_module('.no3'); __import__('no 4'); __import__", "a1"},
		// Several literals, and constants.
		{"__import__('a1' if c else 'a2'); import_module(x or 'a3'); import_module(('a4' if c else ('a5')))", "a1 a2 a3 a4 a5"},
		{"__import__('a1' if f('no', ')') == 'no' else 'a2' if d else 'a3'); __import__(c and 'a4')", "a1 a2 a3 a4"},
		{"N = 'a1'\n__import__(N)\ndef f():\n  return import_module(M)\nM: str = 'a2.b'", "a1 a2.b"},
		{"N = 'a1' if c else 'a2'\n__import__(N)\nx = f(N=1)\nprint(N)", "a1 a2"},
		{"if c:\n  n = 'a1' # c\n__import__(\n n)\nimport a2", "a1 a2"},
		{"n = 'no1'\nn = 'no2'\n__import__(n)\ndef f(m): __import__(m)\nm = 'no3'\nfor k in x: __import__(k)\nk = 'no4'\no = 'no5'\no += x\n__import__(o)", ""},
		// Encodings.
		{"# -*- coding: latin-1 -*-\nimport caf\xe9", "café"},
		{"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nimport caf\xe9", "café"},
	} {
		got := strings.Join(imported(t, "a.py", c.text), " ")
		if got != c.want {
			t.Errorf("%.300q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestPythonRunTime: what no literal names is told once, unless it is a module
// of the package itself.
func TestPythonRunTime(t *testing.T) {
	for text, want := range map[string]bool{
		"__import__(x)": true,
		"import importlib\nimportlib.import_module(x)":     true,
		"from importlib import import_module as m\nm(x.y)": true,
		"import_module(name=x)":                            true,
		"import_module(f'{x}.y')":                          true,
		"import_module('a' + x)":                           true,
		"import_module('a' if c else x)":                   true,
		"import_module(*x)":                                true,
		"pytest.importorskip(x)":                           true,
		"n = f()\n__import__(n)":                           true,
		"n = 'a'\ndef f(n): __import__(n)":                 true,
		"for n in ['a', x]: __import__(n)":                 true,
		"f\"{__import__(x)}\"":                             true,
		"n = 'a'\n__import__(n); import_module('b')":       false,
		"import_module('.' + x, __package__)":              false,
		"import_module(f'.{x}', package='a')":              false,
		"import_module(f'{__package__}.{x}'); import_module(__name__ + '.x'); __import__(__name__)": false,
		"import_module('a.' + x); import_module(f'b.{x}')":                                          false,
		"def import_module(name, package=None): pass":                                               false,
		"class A:\n  def find_spec(self, x): return self.import_module(x)":                          false,
		"find_spec(x); __import__; import_module()":                                                 false,
		"'__import__(x)' # __import__(x)":                                                           false,
	} {
		_, problems := File(&source.File{Path: "a.py", Data: []byte(text)})
		if told := len(problems) == 1 && problems[0].Text == code.RunTimeModule && !problems[0].Dropped; told != want || len(problems) > 1 {
			t.Errorf("%q: told %v", text, problems)
		}
	}
}

// TestPythonEncodings: a source in an encoding that is not read is told.
func TestPythonEncodings(t *testing.T) {
	for text, told := range map[string]bool{
		"# coding: utf-7\n+AGk-mport os":           true,
		"# coding: unicode_escape\n\\u0069mport x": true,
		"\n#coding=hz\n":                           true,
		"# coding: shift_jis\nx='\x95\\'":          true,
		"# coding: gbk\nimport x":                  false,
		"# coding: UTF8\n":                         false,
		"# -*- coding: latin_1 -*-\n":              false,
		"x = 1 # coding: utf-7\n":                  false,
		"\n\n# coding: utf-7\n":                    false,
		"# Encoding is not declared here\n":        false,
	} {
		_, problems := File(&source.File{Path: "a.py", Data: []byte(text)})
		if (len(problems) > 0) != told {
			t.Errorf("%q: problems %v", text, problems)
		}
	}
}

// TestPythonSpans: the span covers the name as it is written.
func TestPythonSpans(t *testing.T) {
	for text, want := range map[string]string{
		"import ﬁle . x":               "ﬁle . x",
		"__import__('\\x61b')":         "\\x61b",
		"__import__('a' \"b\")":        "a' \"b",
		"import_module('a.b.' + x)":    "a",
		"exec('import \\x61b.c')":      "\\x61b.c",
		"f\"{__import__('ab.c')}\"":    "ab.c",
		"# coding: l1\nimport caf\xe9": "caf\xe9",
	} {
		refs, _ := File(&source.File{Path: "a.py", Data: []byte(text)})
		if len(refs) != 1 || text[refs[0].Span.Start:refs[0].Span.End] != want {
			t.Errorf("%q: got %+v, want %q", text, refs, want)
		}
	}
}

// TestScriptBlockInString: a metadata block in a string is none; one outside of
// strings is one, also beside them.
func TestScriptBlockInString(t *testing.T) {
	block := "# /// script\n# dependencies = [\"aa-a\"]\n# ///\n"
	for text, want := range map[string]int{
		block:                               1,
		"S = \"\"\"\n" + block + "\"\"\"\n": 0,
		"S = f'''\n" + block + "{x}'''\n":   0,
		"S = rb'\\\n" + strings.ReplaceAll(block, "\n", "\\\n") + "'\n": 0,
		"S = '''\n'''\n" + block + "T = \"\"\"\n\"\"\"\n":               1,
		"'''open\n" + block: 1,
	} {
		refs, _ := File(&source.File{Path: "a.py", Data: []byte(text)})
		if len(refs) != want {
			t.Errorf("%q: got %+v, want %d", text, refs, want)
		}
	}
}
