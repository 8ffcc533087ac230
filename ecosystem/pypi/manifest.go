package pypi

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/pypi/pep508"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// extractPyproject reads pyproject.toml: PEP 621, PEP 735, build-system, and
// the tables of Poetry, uv, PDM, Rye, Hatch, Flit and pixi.
//
// Specification: https://packaging.python.org/en/latest/specifications/pyproject-toml/
func extractPyproject(f *text.Fragment, e *extract.Emitter) error {
	p := newPyproject(f.Text)
	p.part = f.Label != ""
	if p.part {
		p.elements()
	}
	err := text.WalkTOML(f.Text, p.visit)
	p.finish(f, e)
	return err
}

// elements reads the strings of a list that begins above a part of a file. That it
// lists requirements shows one that asks for versions: others hold rules of a
// linter, or words.
func (p *pyproject) elements() {
	var list []text.TOMLValue
	sure := false
	for i := 0; i < len(p.s); i = text.NextLine(p.s, i) {
		line := p.s[i:text.LineEnd(p.s, i)]
		at := text.Blank(p.s, i)
		rest := line[min(at-i, len(line)):]
		if len(rest) == 0 || rest[0] == '#' {
			continue
		}
		if rest[0] != '"' && rest[0] != '\'' {
			break
		}
		n := bytes.IndexByte(rest[1:], rest[0])
		behind := bytes.TrimSpace(rest[min(n+2, len(rest)):])
		if n < 0 || len(behind) > 0 && behind[0] != ',' && behind[0] != '#' && behind[0] != ']' {
			break
		}
		v := text.TOMLValue{Text: string(rest[1 : n+1]), Span: text.Span{Start: at + 1, End: at + 1 + n}}
		req, ok := pep508.Parse(v.Text)
		if !ok {
			return
		}
		sure = sure || req.Constraint != ""
		list = append(list, v)
	}
	for _, v := range list {
		if sure {
			p.pep508(v, 0, "")
		}
	}
}

func newPyproject(s []byte) *pyproject {
	return &pyproject{s: s, sources: map[string]*pythonSources{}, poetries: map[string]*pythonSources{}, indexes: pythonIndexes{at: map[pythonTable]int{}}}
}

type pyproject struct {
	s        []byte
	refs     []pythonRef
	sources  map[string]*pythonSources // tool.uv.sources
	poetries map[string]*pythonSources // what Poetry says beside a name
	indexes  pythonIndexes
	poetry   *extract.Reference // the Poetry dependency that is being read
	entry    *pythonSources
	key      text.Span
	bad      int // strings that are no requirements
	first    text.Span
	commands []text.TOMLValue // strings of tools that stand together
	texts    []toolText
	part     bool      // cut out of a file: tables may begin above
	legacy   text.Span // of a configuration of tox in its older format
}

// A pythonRef is a reference that waits for the sources, which may stand below.
type pythonRef struct {
	extract.Reference
	poetry *pythonSources // of a Poetry table: its own
}

// finish reports the references with what the whole file says of their
// sources.
func (p *pyproject) finish(f *text.Fragment, e *extract.Emitter) {
	p.poetryDone()
	for i := range p.refs {
		r := &p.refs[i].Reference
		name := ecosystem.Normalize(ecosystem.PyPI, r.Name)
		own, served := p.indexes.serves(name)
		pinned := false
		switch {
		case p.refs[i].poetry != nil:
			pinned = p.refs[i].poetry.apply(r, &p.indexes, false)
		case r.From == extract.FromRegistry:
			// A [project] dependency gets from Poetry's table what no requirement
			// can say, and from uv's table where the name comes from.
			if s, ok := p.poetries[name]; ok {
				pinned = s.apply(r, &p.indexes, true)
			}
			if s, ok := p.sources[name]; ok {
				pinned = s.apply(r, &p.indexes, true) || pinned
			}
		}
		if r.From == extract.FromRegistry && r.Index == "" && !pinned {
			r.Index, r.Others = own, served || p.indexes.others()
			if own == "" {
				r.Index = p.indexes.primary()
			}
		}
		e.Reference(*r)
	}
	p.commandsDone()
	for _, t := range p.texts {
		if known := t.lang == text.Shell; known && !e.Commands.MayRun(t.text) || !known && !e.Commands.MayInstall(append(slices.Clone(t.text), ' ')) {
			continue
		}
		c := f.Derive(t.text, t.m, t.lang)
		c.Label = t.label
		e.Fragment(c, t.flags)
	}
	if p.legacy.Len() > 0 {
		e.Problem(p.legacy, "legacy_tox_ini is a configuration of tox, which figment does not read yet: what it installs was not checked", true)
	}
	if p.bad > 0 && f.Label == "" {
		text := "1 string is no Python requirement and was not read"
		if p.bad > 1 {
			text = fmt.Sprintf("%d strings are no Python requirements and were not read", p.bad)
		}
		e.Problem(p.first, text, true)
	}
}

func (p *pyproject) visit(v text.TOMLValue) {
	path := v.Path
	if p.poetry != nil && (len(v.Keys) == 0 || !hasSpan(v.Keys, p.key)) {
		p.poetryDone()
	}
	at := func(want ...string) bool {
		if len(path) < len(want) {
			return false
		}
		for i, w := range want {
			if w != "*" && path[i] != w {
				return false
			}
		}
		return true
	}
	isString := !v.Table && !v.Other
	if p.part && len(path) == 1 && v.Index >= 0 && isString {
		switch path[0] {
		case "dependencies":
			p.pep508(v, 0, "")
		case "requires":
			p.pep508(v, 0, "build")
		case "dev-dependencies", "extra-dependencies":
			p.pep508(v, extract.Dev, "dev")
		default: // a group, or something else: a version tells
			if req, ok := pep508.Parse(v.Text); ok && req.Constraint != "" {
				p.pep508(v, 0, "")
			}
		}
		return
	}
	switch {
	case at("project", "dependencies") && len(path) == 2 && isString:
		p.pep508(v, 0, "")
	case at("project", "optional-dependencies", "*") && len(path) == 3 && isString:
		p.pep508(v, extract.Optional, path[2])
	case at("dependency-groups", "*") && len(path) == 2 && isString:
		p.pep508(v, extract.Dev, path[1])
	case at("build-system", "requires") && len(path) == 2 && isString:
		p.pep508(v, 0, "build")
	case at("tool", "uv", "dev-dependencies") && len(path) == 3 && isString,
		at("tool", "rye", "dev-dependencies") && len(path) == 3 && isString:
		p.pep508(v, extract.Dev, "dev")
	case at("tool", "pdm", "dev-dependencies", "*") && len(path) == 4 && isString:
		p.pep508(v, extract.Dev, path[3])
	case (at("tool", "uv", "constraint-dependencies") || at("tool", "uv", "override-dependencies") || at("tool", "uv", "build-constraint-dependencies")) && len(path) == 3 && isString:
		p.pep508(v, 0, "override")
	case at("tool", "uv", "extra-build-dependencies", "*") && isString && (len(path) == 4 || len(path) == 5 && path[4] == "requirement"):
		p.pep508(v, 0, "build")
	case at("tool", "hatch", "envs", "*") && len(path) == 5 && (path[4] == "dependencies" || path[4] == "extra-dependencies") && isString:
		p.pep508(v, extract.Dev, path[3])
	case at("tool", "hatch", "build") && path[len(path)-1] == "dependencies" && isString:
		p.pep508(v, 0, "build")
	case at("tool", "flit", "metadata", "requires") && len(path) == 4 && isString,
		at("tool", "flit", "metadata", "requires-extra", "*") && len(path) == 5 && isString:
		p.pep508(v, 0, "")
	case at("tool", "uv", "sources", "*") && len(path) >= 4:
		p.uvSource(v)
	case at("tool", "poetry", "dependencies", "*"):
		p.poetryValue(v, 3, 0, "")
	case at("tool", "poetry", "dev-dependencies", "*"):
		p.poetryValue(v, 3, extract.Dev, "dev")
	case at("tool", "poetry", "requires-plugins", "*"):
		p.poetryValue(v, 3, extract.Dev, "build")
	case at("tool", "poetry", "group", "*", "dependencies", "*"):
		flags := extract.Flags(extract.Dev)
		if path[3] == "main" {
			flags = 0
		}
		p.poetryValue(v, 5, flags, path[3])
	case at("tool", "pixi", "pypi-dependencies", "*"):
		p.poetryValue(v, 3, 0, "")
	case at("tool", "*"):
		p.indexes.visit(v)
		p.tool(v)
	}
}

func hasSpan(spans []text.Span, s text.Span) bool {
	for _, x := range spans {
		if x == s {
			return true
		}
	}
	return false
}

func (p *pyproject) pep508(v text.TOMLValue, flags extract.Flags, scope string) {
	req, ok := pep508.Parse(v.Text)
	if !ok {
		if !strings.ContainsAny(v.Text, "{}<$%") && strings.TrimSpace(v.Text) != "" { // a template's hole
			if p.bad++; p.bad == 1 {
				p.first = v.Span
			}
		}
		return
	}
	r := req.Reference(0, extract.Manifest)
	r.Flags, r.Scope = flags, scope
	if v.Low {
		r.Flags |= extract.Low
	}
	r.Span = text.TOMLPart(p.s, v, req.Start, req.End)
	p.refs = append(p.refs, pythonRef{Reference: r})
}

// uvSource notes where uv takes a package from.
func (p *pyproject) uvSource(v text.TOMLValue) {
	if len(v.Path) != 5 || v.Table {
		return
	}
	name := ecosystem.Normalize(ecosystem.PyPI, v.Path[3])
	if p.sources[name] == nil {
		p.sources[name] = &pythonSources{}
	}
	p.sources[name].set(v, v.Path[4])
}

// poetryValue reads one member of a Poetry table of dependencies, whose name is
// the key at depth n.
func (p *pyproject) poetryValue(v text.TOMLValue, n int, flags extract.Flags, scope string) {
	name := v.Path[n]
	if name == "python" || n >= len(v.Keys) {
		return
	}
	if p.poetry == nil || p.key != v.Keys[n] {
		p.poetryDone()
		p.key, p.entry = v.Keys[n], &pythonSources{}
		p.poetry = &extract.Reference{Ecosystem: ecosystem.PyPI, Name: name, Kind: extract.Manifest, Flags: flags, Scope: scope, Span: v.Keys[n]}
		if v.Low {
			p.poetry.Flags |= extract.Low
		}
	}
	r := p.poetry
	if len(v.Path) == n+1 {
		if !v.Table && !v.Other {
			p.entry.set(v, "version")
		}
		return
	}
	p.entry.set(v, v.Path[n+1])
	switch v.Path[n+1] {
	case "optional":
		if v.Text == "true" {
			r.Flags |= extract.Optional
		}
	case "extras":
		if !v.Table {
			r.Extras = append(r.Extras, v.Text)
		}
	case "markers":
		r.Marker = v.Text
	}
}

func (p *pyproject) poetryDone() {
	if p.poetry == nil {
		return
	}
	r := *p.poetry
	if len(p.entry.list) == 1 {
		if c := p.entry.list[0].version; c != "*" {
			r.Constraint = c
		}
	}
	name := ecosystem.Normalize(ecosystem.PyPI, r.Name)
	if have := p.poetries[name]; have != nil { // in several groups
		have.list = append(have.list, p.entry.list...)
	} else {
		p.poetries[name] = &pythonSources{list: slices.Clone(p.entry.list)}
	}
	p.refs = append(p.refs, pythonRef{r, p.entry})
	p.poetry, p.entry = nil, nil
}

func extractScriptBlock(f *text.Fragment, e *extract.Emitter) error {
	p := newPyproject(f.Text)
	err := text.WalkTOML(f.Text, func(v text.TOMLValue) {
		switch {
		case len(v.Path) == 1 && v.Path[0] == "dependencies" && !v.Table && !v.Other:
			p.pep508(v, 0, "")
		case len(v.Path) >= 4 && strings.Join(v.Path[:3], ".") == "tool.uv.sources":
			p.uvSource(v)
		case len(v.Path) >= 2 && v.Path[0] == "tool":
			p.indexes.visit(v)
		}
	})
	p.finish(f, e)
	return err
}
