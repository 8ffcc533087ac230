package source

import (
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		path string
		kind fileKind
		lang Lang
	}{
		{"package.json", manifestFile, JSON},
		{"web/package.json", manifestFile, JSON},
		{"my-package.json", noFile, Undecided},
		{"a/package-lock.json", lockFile, JSON},
		{"npm-shrinkwrap.json", lockFile, JSON},
		{"pyproject.toml", manifestFile, TOML},
		{"go.mod", manifestFile, Text},
		{"go.sum", noFile, Undecided},
		{"requirements.txt", manifestFile, Text},
		{"requirements-dev.txt", manifestFile, Text},
		{"dev_requirements.txt", manifestFile, Text},
		{"requirements/base.txt", manifestFile, Text},
		{"a/requirements/prod/web.txt", manifestFile, Text},
		{"upper-constraints.txt", manifestFile, Text},
		{"dev_reqs.txt", manifestFile, Text},
		{"reqs.txt", manifestFile, Text},
		{"requirements.pip", manifestFile, Text},
		{"dev-requirements.pip", manifestFile, Text},
		{"requirements/dev.pip", manifestFile, Text},
		{"requirements/base", manifestFile, Text},
		{"requirements/README", sniffed, Undecided},
		{"requirements/makefile", sniffed, Undecided},
		{"dev_requirements", manifestFile, Text},
		{"constraints", manifestFile, Text},
		{"constraintsolver", sniffed, Undecided},
		{"myrequirements", sniffed, Undecided},
		{".yarnrc.yml", manifestFile, YAML},
		{"tsconfig.json", sourceFile, JSON},
		{"a/tsconfig.build.json", sourceFile, JSON},
		{"jsconfig.json", sourceFile, JSON},
		{"mytsconfig.json", noFile, Undecided},
		{"tsconfigs.json", noFile, Undecided},
		{"requirements-dev.lock", manifestFile, Text},
		{"pnpm-workspace.yaml", manifestFile, YAML},
		{"prereqs.txt", noFile, Undecided},
		{"myrequirements/a.txt", noFile, Undecided},
		{"Cargo.lock", noFile, Undecided},
		{"requirements/base.in", manifestFile, Text},
		{"Requirements.txt", manifestFile, Text},
		{"requirements.in", manifestFile, Text},
		{"constraints.txt", manifestFile, Text},
		{"constraints-3.12.txt", manifestFile, Text},
		{"notes.txt", noFile, Undecided},
		{"config.h.in", noFile, Undecided},
		{"MANIFEST.in", noFile, Undecided},
		{"requirements/MANIFEST.in", noFile, Undecided},
		{"a.py", sourceFile, Python}, {"a.pyi", sourceFile, Python}, {"a.pyx", sourceFile, Python},
		{"a.js", sourceFile, JSX}, {"a.mjs", sourceFile, JavaScript}, {"a.jsx", sourceFile, JSX},
		{"a.ts", sourceFile, TypeScript}, {"a.d.ts", sourceFile, TypeScript}, {"a.tsx", sourceFile, TSX},
		{"a.go", sourceFile, Go},
		{"x.sh", scriptFile, Shell}, {"x.ps1", scriptFile, PowerShell}, {"x.BAT", scriptFile, Cmd},
		{"README.md", docFile, Markdown}, {"a.mdx", docFile, Markdown}, {"a.Rmd", docFile, Markdown}, {".cursor/rules/a.mdc", docFile, Markdown},
		{"x.prompt.md", docFile, Markdown}, {"CLAUDE.md", docFile, Markdown}, {".cursorrules", docFile, Markdown},
		{"bin/deploy", sniffed, Undecided}, {"LICENSE", sniffed, Undecided},
		{".env", noFile, Undecided}, {"a.rs", noFile, Undecided}, {"logo.png", noFile, Undecided},
	} {
		if kind, lang := classify(c.path); kind != c.kind || lang != c.lang {
			t.Errorf("%s: %d %q, want %d %q", c.path, kind, lang, c.kind, c.lang)
		}
		if Interesting(c.path) != (c.kind != noFile) {
			t.Errorf("%s: interesting is %v", c.path, Interesting(c.path))
		}
	}
}

func TestShebang(t *testing.T) {
	for line, want := range map[string]Lang{
		"#!/usr/bin/python3.12\nx":              Python,
		"#!/usr/bin/env python3":                Python,
		"#!/usr/bin/env -S uv run --script":     Python,
		"#!/usr/bin/env -S A=1 python3 -u\n":    Python,
		"#! /bin/sh\n":                          Shell,
		"#!/bin/bash -e\r\n":                    Shell,
		"#!/usr/bin/env node\n":                 JSX,
		"#!/usr/bin/env deno run":               TypeScript,
		"#!/usr/bin/pwsh":                       PowerShell,
		"#!/usr/bin/perl":                       Undecided,
		"#!":                                    Undecided,
		"# python":                              Undecided,
		"#!" + strings.Repeat("x", 300) + "/sh": Undecided,
	} {
		if got := shebang([]byte(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		text, name string
		lang       Lang
	}{
		{``, "", Text},
		{`{"name": "x", "dependencies": {"a": "1"}}`, "package.json", JSON},
		{`{"name": "x", "dependencies": {}}`, "package.json", JSON},
		{"// package.json\n{\n  \"devDependencies\": {\n    \"a\": \"1\"", "package.json", JSON},
		{`"dependencies": { "a": "^1" }`, "package.json", JSON},
		{`{"name": "x", "scripts": {"dev": "npx y"}}`, "package.json", JSON},
		{`{"lockfileVersion": 3, "packages": {"": {}}}`, "package-lock.json", JSON},
		{`{"lockfileVersion": 1, "dependencies": {"a": {"version": "1"}}}`, "package-lock.json", JSON},
		{`{"version": 1, "dependencies": {"net8.0": {"A": {"type": "Direct"}}}}`, "", JSON},
		{`{"require": {"a/b": "^1"}, "name": "a/c", "scripts": {"x": "y"}}`, "", JSON},
		{`{"a": {"dependencies": {"b": "1"}}}`, "", JSON},
		{`{"a": "\"dependencies\": {"}`, "", JSON},
		{"[project]\nname = \"x\"\n", "pyproject.toml", TOML},
		{"# c\n[tool.poetry.dependencies]\npython = \"^3\"\n", "pyproject.toml", TOML},
		{"[[tool.uv.index]]\n", "pyproject.toml", TOML},
		{"[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n", "", TOML},
		{"module example.com/a\n\ngo 1.26\n", "go.mod", Text},
		{"module example.com/a\nrequire (\n\tb.com/c v1.0.0\n)\n", "go.mod", Text},
		{"module docs\n\ngo and see\n", "", Undecided},
		{"flask==3.0\nrequests>=2 ; python_version > '3'\n# c\n-r base.txt\nrich\n", "requirements.txt", Text},
		{"uvicorn[standard]~=0.30\n", "requirements.txt", Text},
		{"x @ https://h.example/x.whl\n", "requirements.txt", Text},
		{"flask\nrequests\n", "", Undecided}, // words, for all we know
		{"a == b\n", "", Undecided},
		{"pip install x==1\n", "", Shell},
		{"Text.\n\n```python\nimport x\n```\n", "", Markdown},
		{"diff --git a/x b/x\n", "", Diff},
		{"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n", "", Diff},
		{"--- not\n+++ a patch\n", "", Undecided},
		{"import os, sys\nimport a.b as c  # d\n", "", Python},
		{"from a.b import c\n", "", Python},
		{"from . import c\n", "", Python},
		{">>> import x\n", "", Python},
		{"def f(x):\n    return x\n", "", Python},
		{"import nothing from the outside world\n", "", Undecided},
		{"import java.util.List;\n\npublic class A {\n}\n", "", Undecided},
		{"import org.acme.Thing\n\nfun main() {\n}\n", "", Undecided},
		{"import { a } from 'b'\n", "", JSX},
		{"import React from \"react\";\n", "", JSX},
		{"import type { A } from 'b'\n", "", TypeScript},
		{"const x = require('y')\n", "", JSX},
		{"import './x.css'\n", "", JSX},
		{"package main\n\nimport \"fmt\"\n", "", Go},
		{"import (\n\t\"fmt\"\n)\n", "", Go},
		{"import \"github.com/a/b\"\n", "", Go},
		{"package com.acme;\n\nimport a.b.C;\n", "", Undecided},
		{"npm i x\n", "", Shell},
		{"$ npm i x\nadded 1 package\n", "", Console},
		{"PS C:\\> npm i x\n", "", Console},
		{"C:\\x> py -m pip install x\n", "", Console},
		{"(venv) me@host:~/x$ uv add x\n", "", Console},
		{"/usr/bin/pip3.12 install x\n", "", Shell},
		{"src/\n  a.txt\n", "", Undecided},
		{"Go to the store.\n", "", Undecided},
		{"go to the store and buy milk.\n", "", Undecided},
	} {
		if name, lang := sniff([]byte(c.text)); name != c.name || lang != c.lang {
			t.Errorf("%q: %q %q, want %q %q", c.text, name, lang, c.name, c.lang)
		}
		crlf := strings.ReplaceAll(c.text, "\n", "\r\n")
		if name, lang := sniff([]byte(crlf)); name != c.name || lang != c.lang {
			t.Errorf("with CRLF %q: %q %q, want %q %q", crlf, name, lang, c.name, c.lang)
		}
	}
}

func TestParseLang(t *testing.T) {
	for word, want := range map[string]Lang{"Python": Python, "py": Python, "ts": TypeScript, "tsx": TSX, "sh": Shell, "md": Markdown, "text": Undecided, "go": Go} {
		if got, ok := ParseLang(word); !ok || got != want {
			t.Errorf("%s: %q %v", word, got, ok)
		}
	}
	for _, word := range []string{"", "rust", "klingon"} {
		if got, ok := ParseLang(word); ok {
			t.Errorf("%q is taken for %q", word, got)
		}
	}
}

// TestDecide: what a whole file is.
func TestDecide(t *testing.T) {
	for _, c := range []struct {
		path, text string
		forced     Lang
		name       string
		lang       Lang
	}{
		{"a/requirements.txt", "x", "", "a/requirements.txt", Text},
		{"bin/run", "#!/bin/sh\n", "", "bin/run", Shell},
		{"a/dev.in", "flask>=3\n", "", "a/requirements.txt", Text},
		{"-", "flask==3\n", "", "requirements.txt", Text},
		{"-", `{"dependencies": {"a": "1"}}`, "", "package.json", JSON},
		{"-", "x = 1\n", Python, "", Python},
		{"-", `{"dependencies": {"a": "1"}}`, JSON, "package.json", JSON},
		{"a.txt", "import x\n", "", "a.txt", Python},
		{"a.py", "x\n", TypeScript, "", TypeScript},
		{"a.py", "x\n", Python, "a.py", Python},
	} {
		var got []*Fragment
		Split(&File{Path: c.path, Data: []byte(c.text), Lang: c.forced}, func(f *Fragment) { got = append(got, f) })
		if len(got) != 1 || got[0].Name != c.name || got[0].Lang != c.lang || got[0].Path != c.path {
			t.Errorf("%s %q: %+v, want %q %q", c.path, c.text, got, c.name, c.lang)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, s := range []string{`{"a": {"b": [1, "\""]}} // x`, "[tool.x]\n[[a]] # b", "module a\nrequire (", "a[b]>=1", "PS C:\\> npm i", "import a, b as c", "--- a\n+++ b\n@@ "} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		name, lang := sniff(text)
		if kind, byName := classify(name); name != "" && (kind == noFile || byName != lang) {
			t.Fatalf("%q is called %q and is %q", text, name, lang)
		}
		shebang(text)
		commentTitle(text)
		lineTitle(string(text))
		if title := infoTitle(string(text)); strings.HasPrefix(title, "/") || strings.Contains(title, "..") {
			t.Fatalf("%q names %q", text, title)
		}
	})
}
