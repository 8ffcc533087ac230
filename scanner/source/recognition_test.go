package source

import (
	"figment/scanner/text"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		path string
		kind FileKind
		lang text.Lang
	}{
		{"package.json", ManifestFile, text.JSON},
		{"web/package.json", ManifestFile, text.JSON},
		{"my-package.json", NoFile, text.Undecided},
		{"a/package-lock.json", LockFile, text.JSON},
		{"npm-shrinkwrap.json", LockFile, text.JSON},
		{"pyproject.toml", ManifestFile, text.TOML},
		{"go.mod", ManifestFile, text.Text},
		{"go.sum", NoFile, text.Undecided},
		{"requirements.txt", ManifestFile, text.Text},
		{"requirements-dev.txt", ManifestFile, text.Text},
		{"dev_requirements.txt", ManifestFile, text.Text},
		{"requirements/base.txt", ManifestFile, text.Text},
		{"a/requirements/prod/web.txt", ManifestFile, text.Text},
		{"upper-constraints.txt", ManifestFile, text.Text},
		{"dev_reqs.txt", ManifestFile, text.Text},
		{"reqs.txt", ManifestFile, text.Text},
		{"requirements.pip", ManifestFile, text.Text},
		{"dev-requirements.pip", ManifestFile, text.Text},
		{"requirements/dev.pip", ManifestFile, text.Text},
		{"requirements/base", ManifestFile, text.Text},
		{"requirements/README", Sniffed, text.Undecided},
		{"requirements/makefile", Sniffed, text.Undecided},
		{"dev_requirements", ManifestFile, text.Text},
		{"constraints", ManifestFile, text.Text},
		{"constraintsolver", Sniffed, text.Undecided},
		{"myrequirements", Sniffed, text.Undecided},
		{".yarnrc.yml", ManifestFile, text.YAML},
		{"tsconfig.json", SourceFile, text.JSON},
		{"a/tsconfig.build.json", SourceFile, text.JSON},
		{"jsconfig.json", SourceFile, text.JSON},
		{"mytsconfig.json", NoFile, text.Undecided},
		{"tsconfigs.json", NoFile, text.Undecided},
		{"requirements-dev.lock", ManifestFile, text.Text},
		{"pnpm-workspace.yaml", ManifestFile, text.YAML},
		{"prereqs.txt", NoFile, text.Undecided},
		{"myrequirements/a.txt", NoFile, text.Undecided},
		{"Cargo.lock", NoFile, text.Undecided},
		{"requirements/base.in", ManifestFile, text.Text},
		{"Requirements.txt", ManifestFile, text.Text},
		{"requirements.in", ManifestFile, text.Text},
		{"constraints.txt", ManifestFile, text.Text},
		{"constraints-3.12.txt", ManifestFile, text.Text},
		{"notes.txt", NoFile, text.Undecided},
		{"config.h.in", NoFile, text.Undecided},
		{"MANIFEST.in", NoFile, text.Undecided},
		{"requirements/MANIFEST.in", NoFile, text.Undecided},
		{"a.py", SourceFile, text.Python}, {"a.pyi", SourceFile, text.Python}, {"a.pyx", SourceFile, text.Python},
		{"a.js", SourceFile, text.JSX}, {"a.mjs", SourceFile, text.JavaScript}, {"a.jsx", SourceFile, text.JSX},
		{"a.ts", SourceFile, text.TypeScript}, {"a.d.ts", SourceFile, text.TypeScript}, {"a.tsx", SourceFile, text.TSX},
		{"a.go", SourceFile, text.Go},
		{"x.sh", ScriptFile, text.Shell}, {"x.ps1", ScriptFile, text.PowerShell}, {"x.BAT", ScriptFile, text.Cmd},
		{"README.md", DocFile, text.Markdown}, {"a.mdx", DocFile, text.Markdown}, {"a.Rmd", DocFile, text.Markdown}, {".cursor/rules/a.mdc", DocFile, text.Markdown},
		{"x.prompt.md", DocFile, text.Markdown}, {"CLAUDE.md", DocFile, text.Markdown}, {".cursorrules", DocFile, text.Markdown},
		{"bin/deploy", Sniffed, text.Undecided}, {"LICENSE", Sniffed, text.Undecided},
		{".env", NoFile, text.Undecided}, {"a.rs", NoFile, text.Undecided}, {"logo.png", NoFile, text.Undecided},
	} {
		if kind, lang := recognition.classify(c.path); kind != c.kind || lang != c.lang {
			t.Errorf("%s: %d %q, want %d %q", c.path, kind, lang, c.kind, c.lang)
		}
		if recognition.Interesting(c.path) != (c.kind != NoFile) {
			t.Errorf("%s: interesting is %v", c.path, recognition.Interesting(c.path))
		}
	}
}

func TestShebang(t *testing.T) {
	for line, want := range map[string]text.Lang{
		"#!/usr/bin/python3.12\nx":              text.Python,
		"#!/usr/bin/env python3":                text.Python,
		"#!/usr/bin/env -S uv run --script":     text.Python,
		"#!/usr/bin/env -S A=1 python3 -u\n":    text.Python,
		"#! /bin/sh\n":                          text.Shell,
		"#!/bin/bash -e\r\n":                    text.Shell,
		"#!/usr/bin/env node\n":                 text.JSX,
		"#!/usr/bin/env deno run":               text.TypeScript,
		"#!/usr/bin/pwsh":                       text.PowerShell,
		"#!/usr/bin/perl":                       text.Undecided,
		"#!":                                    text.Undecided,
		"# python":                              text.Undecided,
		"#!" + strings.Repeat("x", 300) + "/sh": text.Undecided,
	} {
		if got := recognition.shebang([]byte(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		text, name string
		lang       text.Lang
	}{
		{``, "", text.Text},
		{`{"name": "x", "dependencies": {"a": "1"}}`, "package.json", text.JSON},
		{`{"name": "x", "dependencies": {}}`, "package.json", text.JSON},
		{"// package.json\n{\n  \"devDependencies\": {\n    \"a\": \"1\"", "package.json", text.JSON},
		{`"dependencies": { "a": "^1" }`, "package.json", text.JSON},
		{`{"name": "x", "scripts": {"dev": "npx y"}}`, "package.json", text.JSON},
		{`{"lockfileVersion": 3, "packages": {"": {}}}`, "package-lock.json", text.JSON},
		{`{"lockfileVersion": 1, "dependencies": {"a": {"version": "1"}}}`, "package-lock.json", text.JSON},
		{`{"version": 1, "dependencies": {"net8.0": {"A": {"type": "Direct"}}}}`, "", text.JSON},
		{`{"require": {"a/b": "^1"}, "name": "a/c", "scripts": {"x": "y"}}`, "", text.JSON},
		{`{"a": {"dependencies": {"b": "1"}}}`, "", text.JSON},
		{`{"a": "\"dependencies\": {"}`, "", text.JSON},
		{"[project]\nname = \"x\"\n", "pyproject.toml", text.TOML},
		{"# c\n[tool.poetry.dependencies]\npython = \"^3\"\n", "pyproject.toml", text.TOML},
		{"[[tool.uv.index]]\n", "pyproject.toml", text.TOML},
		{"[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n", "", text.TOML},
		{"module example.com/a\n\ngo 1.26\n", "go.mod", text.Text},
		{"module example.com/a\nrequire (\n\tb.com/c v1.0.0\n)\n", "go.mod", text.Text},
		{"module docs\n\ngo and see\n", "", text.Undecided},
		{"flask==3.0\nrequests>=2 ; python_version > '3'\n# c\n-r base.txt\nrich\n", "requirements.txt", text.Text},
		{"uvicorn[standard]~=0.30\n", "requirements.txt", text.Text},
		{"x @ https://h.example/x.whl\n", "requirements.txt", text.Text},
		{"flask\nrequests\n", "", text.Undecided}, // words, for all we know
		{"a == b\n", "", text.Undecided},
		{"pip install x==1\n", "", text.Shell},
		{"Text.\n\n```python\nimport x\n```\n", "", text.Markdown},
		{"diff --git a/x b/x\n", "", text.Diff},
		{"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n", "", text.Diff},
		{"--- not\n+++ a patch\n", "", text.Undecided},
		{"import os, sys\nimport a.b as c  # d\n", "", text.Python},
		{"from a.b import c\n", "", text.Python},
		{"from . import c\n", "", text.Python},
		{">>> import x\n", "", text.Python},
		{"def f(x):\n    return x\n", "", text.Python},
		{"import nothing from the outside world\n", "", text.Undecided},
		{"import java.util.List;\n\npublic class A {\n}\n", "", text.Undecided},
		{"import org.acme.Thing\n\nfun main() {\n}\n", "", text.Undecided},
		{"import { a } from 'b'\n", "", text.JSX},
		{"import React from \"react\";\n", "", text.JSX},
		{"import type { A } from 'b'\n", "", text.TypeScript},
		{"const x = require('y')\n", "", text.JSX},
		{"import './x.css'\n", "", text.JSX},
		{"package main\n\nimport \"fmt\"\n", "", text.Go},
		{"import (\n\t\"fmt\"\n)\n", "", text.Go},
		{"import \"github.com/a/b\"\n", "", text.Go},
		{"package com.acme;\n\nimport a.b.C;\n", "", text.Undecided},
		{"npm i x\n", "", text.Shell},
		{"$ npm i x\nadded 1 package\n", "", text.Console},
		{"PS C:\\> npm i x\n", "", text.Console},
		{"C:\\x> py -m pip install x\n", "", text.Console},
		{"(venv) me@host:~/x$ uv add x\n", "", text.Console},
		{"/usr/bin/pip3.12 install x\n", "", text.Shell},
		{"src/\n  a.txt\n", "", text.Undecided},
		{"Go to the store.\n", "", text.Undecided},
		{"go to the store and buy milk.\n", "", text.Undecided},
	} {
		if name, lang := recognition.sniff([]byte(c.text)); name != c.name || lang != c.lang {
			t.Errorf("%q: %q %q, want %q %q", c.text, name, lang, c.name, c.lang)
		}
		crlf := strings.ReplaceAll(c.text, "\n", "\r\n")
		if name, lang := recognition.sniff([]byte(crlf)); name != c.name || lang != c.lang {
			t.Errorf("with CRLF %q: %q %q, want %q %q", crlf, name, lang, c.name, c.lang)
		}
	}
}

func TestParseLang(t *testing.T) {
	for word, want := range map[string]text.Lang{"Python": text.Python, "py": text.Python, "ts": text.TypeScript, "tsx": text.TSX, "sh": text.Shell, "md": text.Markdown, "text": text.Undecided, "go": text.Go} {
		if got, ok := recognition.ParseLang(word); !ok || got.Lang != want {
			t.Errorf("%s: %q %v", word, got, ok)
		}
	}
	for _, word := range []string{"", "rust", "klingon"} {
		if got, ok := recognition.ParseLang(word); ok {
			t.Errorf("%q is taken for %q", word, got)
		}
	}
}

// TestDecide: what a whole file is.
func TestDecide(t *testing.T) {
	for _, c := range []struct {
		path, text string
		forced     text.Lang
		name       string
		lang       text.Lang
	}{
		{"a/requirements.txt", "x", "", "a/requirements.txt", text.Text},
		{"bin/run", "#!/bin/sh\n", "", "bin/run", text.Shell},
		{"a/dev.in", "flask>=3\n", "", "a/requirements.txt", text.Text},
		{"-", "flask==3\n", "", "requirements.txt", text.Text},
		{"-", `{"dependencies": {"a": "1"}}`, "", "package.json", text.JSON},
		{"-", "x = 1\n", text.Python, "", text.Python},
		{"-", `{"dependencies": {"a": "1"}}`, text.JSON, "package.json", text.JSON},
		{"a.txt", "import x\n", "", "a.txt", text.Python},
		{"a.py", "x\n", text.TypeScript, "", text.TypeScript},
		{"a.py", "x\n", text.Python, "a.py", text.Python},
	} {
		var got []*text.Fragment
		recognition.Split(&File{Path: c.path, Data: []byte(c.text), Lang: c.forced}, func(f *text.Fragment) { got = append(got, f) })
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
		name, lang := recognition.sniff(text)
		if kind, byName := recognition.classify(name); name != "" && (kind == NoFile || byName != lang) {
			t.Fatalf("%q is called %q and is %q", text, name, lang)
		}
		recognition.shebang(text)
	})
}
