package pypi

import (
	"strings"
	"testing"

	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
	"figment/scanner/text"
)

// TestRequirementsVectors holds what pip's own parser makes of lines on which
// readers have differed from it: names in order, and a piece of what is told.
func TestRequirementsVectors(t *testing.T) {
	for _, c := range []struct{ text, names, told string }{
		// Lines end where str.splitlines ends them.
		{"a # x\vb", "a b", ""},
		{"a # x\fb\x1cc\x1dd\x1ee", "a b c d e", ""},
		{"# x\u0085b\n# y\u2028c\n# z\u2029d\n# r\re\r\nf", "b c d e f", ""},
		{"a # x\x1fb", "a", ""},
		// Comments and continuations, in pip's order.
		{"# c \\\na", "a", ""},
		{"  # c \\\na", "a", ""},
		{"a # c \\\nb\nc", "a c", ""},
		{"a \\\n# c\nb", "a b", ""},
		{"a==1 \\\n    --hash=sha256:aa \\\n    # c\nb", "a b", ""},
		{"re\\\nquests", "requests", ""},
		{"re\\\vquests", "requests", ""},
		{`\a` + "\n" + `b\`, "b", ""}, // a path, on one system
		{"a#b", "", "1 line is"},
		{"\u00a0a\u00a0# c\n\u3000b\u2003#c", "a b", ""},
		{"# \x00\na", "a", ""},
		// Options.
		{"a --hash=sha256:aa -r x.txt", "a", ""},
		{"a -- b", "a", ""},
		{"-r x.txt\n-cx.txt\n--requirement=x.txt\n--requirem x.txt\n--cons x.txt", "", ""},
		{"--req x.txt", "", "1 line is"}, // ambiguous, so pip refuses it
		{"--unknown\n-x", "", "2 lines are"},
		{"--no-index=1\n-r 'open", "", "2 lines are"},
		{"a\t--hash=sha256:aa", "", "1 line is"}, // only a space parts them
		// Editable ones.
		{"-e .\n-e ./x\n-e name", "", ""},
		{"-e git+https://h/x.git#egg=a&subdirectory=s\n-egit+ssh://git@h/x#egg=b\n--editable=\"git+https://h/x.git#egg=c\"\n--edit 'svn+http://h/r#egg=d[z]'", "a b c d", ""},
		{"-e a@git+https://h/x.git\n-e \"b @ git+https://h/x.git\"", "a b", ""},
		// Paths, URLs, wheels.
		{"./x\n../y\n.\n.[dev]\na/b\n/abs\n~/z\nx.tar.gz\nx.ZIP\nx.zip[e]\nfile:./x\nhttps://h/x.tgz", "", ""},
		{"./dist/some_name-1.0-py3-none-any.whl\nhttps://h/b-1.0-1-py2.py3-none-any.whl#sha256=x", "some-name b", ""},
		{"https://h/x.zip#egg=a ; os_name=='nt'\ngit+https://h/x.git#subdirectory=s&egg=b\nHTTPS://h/x.zip#egg=c[z]", "a b c", ""},
		{"a @ https://h/x.zip#egg=other\nb@https://h/x.whl\nc @ file:///x ; os_name=='nt'", "a b c", ""},
		{"./y.zip#egg=no\nname@x.zip", "name", ""},
		{"name.zip[];os_name=='nt'", "name.zip", ""},
		// Encodings.
		{"# -*- coding: latin-1 -*-\n# caf\xe9\x85a\nb\xa0# c", "a b", ""},
		{"# coding: utf-7\na", "a", "the encoding is utf-7"},
		{"#\n# vim: set fileencoding=cp1252 :\na", "a", "the encoding is cp1252"},
		{"#\n#\n# coding: utf-7\na", "a", ""},
		{" # coding: utf-7\na", "a", ""},
		{"# coding: ascii\n# \u00e9\na", "a", "the encoding is not ascii"},
		{"# \xe9\na", "a", "the encoding is not UTF-8"},
		{"\x00\x00\xfe\xff\x00\x00\x00a\x00\x00\x00\n\x00\x00\x00b", "a b", ""},
		{"\xff\xfea\x00\n\x00b\x00", "a b", ""},
		// What is no list of requirements says so once.
		{"a=0.1=h1\nb=2=h2\nc=3=h3\n", "", "3 lines are of the form name=version=build"},
		{"_libgcc_mutex=0.1=main\n", "", "1 line is of the form name=version=build"},
		{"a=1.0\nb = 2", "", "= is no operator, write =="},
		{"a=1.0\nb c", "", "2 lines are no Python requirement and were not read"},
		{"Package Version\n------- -------\na       1.0\nb       2.0.1   /src/b\n", "", "pip list"},
		{"Package Version\nzz>= 1\na 1.0", "zz", "pip list"},
		// The environment.
		{"a==${V}\n${NAME}\nb-${X}\n-r ${DIR}/x.txt", "a", "2 lines name a package by an environment variable"},
		{"{{ cookiecutter.name }}\na", "a", ""},
		{"your-sdk\nexample-package", "your-sdk example-package", ""},
	} {
		file := &source.File{Path: "requirements.txt", Data: []byte(c.text)}
		refs, problems := File(file)
		extracttest.Check(t, file, refs)
		var names, told []string
		for _, r := range refs {
			names = append(names, r.Name)
		}
		for _, p := range problems {
			told = append(told, p.Text)
			if !p.Dropped {
				t.Errorf("%q: the problem %q does not say that something is missing", c.text, p.Text)
			}
		}
		if got := strings.Join(names, " "); got != c.names {
			t.Errorf("%q: names %q, want %q", c.text, got, c.names)
		}
		if got := strings.Join(told, "; "); (c.told == "") != (got == "") || !strings.Contains(got, c.told) {
			t.Errorf("%q: told %q, want %q", c.text, got, c.told)
		}
	}
}

// TestRequirementsIndexes: the options of a file hold for all of its names,
// those above them too, and the public index is none.
func TestRequirementsIndexes(t *testing.T) {
	for _, c := range []struct {
		text, index string
		others      bool
	}{
		{"a\n-i https://corp.example/simple --trusted-host h  # c", "https://corp.example/simple", false},
		{"--index-url=\"https://corp.example/simple\"\na", "https://corp.example/simple", false},
		{"-ihttps://one.example\n-i https://two.example\na", "https://two.example", false},
		{"--index https://corp.example\na", "https://corp.example", false},
		{"-i https://pypi.org/simple/   # c\na", "", false},
		{"-i http://pypi.python.org/simple --trusted-host pypi.python.org\na", "", false},
		{"-i https://corp.example\n-i https://pypi.org/simple\na", "", false},
		{"--extra-index-url https://corp.example\na", "", true},
		{"--extra-index-url https://pypi.org/simple\na", "", false},
		{"-f ./wheels\na", "", true},
		{"--no-index\n-f ./wheels\na", "--no-index", true},
		{"a -i https://corp.example", "", false}, // beside a requirement it does not count
		{"-e ./x --index-url https://corp.example\na", "", false},
		{"-r x.txt --index-url https://corp.example\na", "", false},
		{"a # -i https://corp.example", "", false},
		{"--index-url", "", false},
	} {
		refs, _ := File(&source.File{Path: "requirements.txt", Data: []byte(c.text)})
		for _, r := range refs {
			if r.Index != c.index || r.Others != c.others {
				t.Errorf("%q: %s has index %q, others %v; want %q, %v", c.text, r.Name, r.Index, r.Others, c.index, c.others)
			}
		}
		if len(refs) != 1 && c.text != "--index-url" {
			t.Errorf("%q: %d references", c.text, len(refs))
		}
	}
}

// TestIncludes: path, kind and place of what a file takes in.
func TestIncludes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"requirements.txt", "-r a.txt\n-ra.txt\n--requirement=b.txt\n--requirement c.txt\n-c d.txt\n--constraint e.txt\n", "a.txt a.txt b.txt c.txt -d.txt -e.txt"},
		{"web-requirements.txt", "-r \"a b.txt\" # c\n-r 'c.txt'\n--requirem=d.txt\n", "a\u00a0b.txt c.txt d.txt"},
		{"requirements.txt", "-r a.txt -r b.txt\n-c c.txt -r d.txt\n", "a.txt d.txt"},
		{"requirements.txt", "x -r a.txt\n-e . -r b.txt\n# -r c.txt\n-r\n-- -r d.txt", ""},
		{"requirements.txt", "-r \\\n  a.txt\n# x\v-r b.txt\n-r https://h.example/r.txt\n", "a.txt b.txt https://h.example/r.txt"},
		{"pyproject.toml", "[tool.setuptools.dynamic]\nversion = {file = \"v.txt\"}\ndependencies = {file = [\"a.txt\", 'b.txt']}\noptional-dependencies.dev = {file = \"c.txt\"}\nreadme = {file = \"r.md\"}\n[tool.setuptools.dynamic.optional-dependencies.test]\nfile = [\"d.txt\"]\n", "a.txt b.txt c.txt d.txt"},
		{"pyproject.toml", "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = [\"a.txt\"]\n[tool.hatch.metadata.hooks.requirements_txt.optional-dependencies]\ndev = [\"b.txt\"]\n", "a.txt b.txt"},
	} {
		f := &source.File{Path: c.name, Data: []byte(c.text)}
		var got []string
		for _, i := range table().Includes(f) {
			s := strings.ReplaceAll(i.Path, " ", "\u00a0")
			if raw := c.text[i.Span.Start:i.Span.End]; strings.Trim(raw, `"'`) != i.Path {
				t.Errorf("%q: the place of %q holds %q", c.text, i.Path, raw)
			}
			if i.Constraint {
				s = "-" + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.text, s, c.want)
		}
	}
}

// TestRequirementsPlaces: lines and columns are those of the file, whatever
// pip takes for a line end.
func TestRequirementsPlaces(t *testing.T) {
	for _, c := range []struct {
		text      string
		line, col int
		name      string
	}{
		{"a\n# x\vbb", 2, 5, "bb"},
		{"# x\u2028bb", 1, 7, "bb"},
		{"a \\\n# c\n  bb", 3, 3, "bb"},
		{"# coding: latin-1\n# \xe9\x85bb", 2, 5, "bb"},
		{"-e \"git+https://h/x#egg=bb\"", 1, 25, "bb"},
		{"\u00a0bb", 1, 3, "bb"},
	} {
		refs, _ := File(&source.File{Path: "requirements.txt", Data: []byte(c.text)})
		found := false
		for _, r := range refs {
			if r.Name == c.name {
				found = true
				p := text.NewLines([]byte(c.text)).At(r.Span.Start)
				if p.Line != c.line || p.Column != c.col || r.Raw != c.name {
					t.Errorf("%q: %s at %d:%d as %q, want %d:%d", c.text, r.Name, p.Line, p.Column, r.Raw, c.line, c.col)
				}
			}
		}
		if !found {
			t.Errorf("%q: %s is not listed", c.text, c.name)
		}
	}
}
