package extract

import (
	"bytes"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

// extractPyproject reads pyproject.toml: PEP 621, PEP 735, build-system, and
// the tables of Poetry, uv, PDM, Rye, Hatch and pixi.
//
// Specification: https://packaging.python.org/en/latest/specifications/pyproject-toml/
func extractPyproject(f *source.Fragment, e *Emitter) error {
	p := &pyproject{sources: map[string]Reference{}}
	err := walkTOML(f.Text, p.visit)
	p.poetryDone()
	for _, r := range p.refs {
		if s, ok := p.sources[ecosystem.Normalize(ecosystem.PyPI, r.Name)]; ok {
			r.From, r.Index = s.From, s.Index
		}
		r.Others = p.others
		e.Reference(r)
	}
	return err
}

type pyproject struct {
	refs    []Reference
	sources map[string]Reference // tool.uv.sources
	poetry  *Reference           // the Poetry dependency that is being read
	others  bool                 // the file names further indexes, asked for every name
	key     source.Span
	// versions counts those of the Poetry dependency.
	versions int
}

func (p *pyproject) visit(v tomlString) {
	path := v.path
	if p.poetry != nil && (len(v.keys) == 0 || !hasSpan(v.keys, p.key)) {
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
	isString := !v.table && !v.other
	switch {
	case at("project", "dependencies") && len(path) == 2 && isString:
		p.pep508(v, 0, "")
	case at("project", "optional-dependencies", "*") && len(path) == 3 && isString:
		p.pep508(v, Optional, path[2])
	case at("dependency-groups", "*") && len(path) == 2 && isString:
		p.pep508(v, Dev, path[1])
	case at("build-system", "requires") && len(path) == 2 && isString:
		p.pep508(v, 0, "build")
	case at("tool", "uv", "dev-dependencies") && len(path) == 3 && isString,
		at("tool", "rye", "dev-dependencies") && len(path) == 3 && isString:
		p.pep508(v, Dev, "dev")
	case at("tool", "pdm", "dev-dependencies", "*") && len(path) == 4 && isString:
		p.pep508(v, Dev, path[3])
	case (at("tool", "uv", "constraint-dependencies") || at("tool", "uv", "override-dependencies")) && len(path) == 3 && isString:
		p.pep508(v, 0, "override")
	case at("tool", "hatch", "envs", "*") && len(path) == 5 && (path[4] == "dependencies" || path[4] == "extra-dependencies") && isString:
		p.pep508(v, Dev, path[3])
	case (at("tool", "uv", "index", "url") || at("tool", "poetry", "source", "url")) && isString:
		p.others = p.others || !strings.HasPrefix(v.text, "https://pypi.org/")
	case (at("tool", "uv", "extra-index-url") || at("tool", "uv", "index-url") || at("tool", "uv", "find-links")) && isString:
		p.others = true
	case at("tool", "uv", "sources", "*") && len(path) >= 4:
		p.uvSource(v)
	case at("tool", "poetry", "dependencies", "*"):
		p.poetryValue(v, 3, 0, "")
	case at("tool", "poetry", "dev-dependencies", "*"):
		p.poetryValue(v, 3, Dev, "dev")
	case at("tool", "poetry", "group", "*", "dependencies", "*"):
		flags := Flags(Dev)
		if path[3] == "main" {
			flags = 0
		}
		p.poetryValue(v, 5, flags, path[3])
	case at("tool", "pixi", "pypi-dependencies", "*"):
		p.poetryValue(v, 3, 0, "")
	}
}

func hasSpan(spans []source.Span, s source.Span) bool {
	for _, x := range spans {
		if x == s {
			return true
		}
	}
	return false
}

func (p *pyproject) pep508(v tomlString, flags Flags, scope string) {
	req, ok := parsePEP508(v.text)
	if !ok || ecosystem.Markup(req.Name) {
		return
	}
	r := req.reference(0, Manifest)
	r.Flags, r.Scope = flags, scope
	if v.low {
		r.Flags |= Low
	}
	start := v.span.Start + req.Start
	end := v.span.Start + req.End
	if v.span.Len() != len(v.text) { // escapes: the name is searched near its place
		end = min(end, v.span.End)
	}
	r.Span = source.Span{Start: start, End: end}
	p.refs = append(p.refs, r)
}

// uvSource notes where uv takes a package from.
func (p *pyproject) uvSource(v tomlString) {
	if len(v.path) != 5 || v.table {
		return
	}
	name := ecosystem.Normalize(ecosystem.PyPI, v.path[3])
	s := p.sources[name]
	switch v.path[4] {
	case "git":
		s.From = FromGit
	case "path":
		s.From = FromPath
	case "url":
		s.From = FromURL
	case "workspace":
		s.From = FromWorkspace
	case "index":
		s.Index = v.text
	}
	p.sources[name] = s
}

// poetryValue reads one member of a Poetry table of dependencies, whose name is
// the key at depth n.
func (p *pyproject) poetryValue(v tomlString, n int, flags Flags, scope string) {
	name := v.path[n]
	if name == "python" || n >= len(v.keys) {
		return
	}
	if p.poetry == nil || p.key != v.keys[n] {
		p.poetryDone()
		p.key, p.versions = v.keys[n], 0
		p.poetry = &Reference{Ecosystem: ecosystem.PyPI, Name: name, Kind: Manifest, Flags: flags, Scope: scope, Span: v.keys[n]}
		if v.low {
			p.poetry.Flags |= Low
		}
	}
	r := p.poetry
	if len(v.path) == n+1 {
		if !v.table && !v.other && v.text != "*" {
			r.Constraint = v.text
		}
		return
	}
	switch v.path[n+1] {
	case "version":
		if v.text != "*" {
			r.Constraint = v.text
		}
		if p.versions++; p.versions > 1 {
			r.Constraint = "" // one of several, by marker
		}
	case "git":
		r.From = FromGit
	case "path":
		r.From = FromPath
	case "url":
		r.From = FromURL
	case "source":
		if !strings.EqualFold(v.text, "pypi") {
			r.Index = v.text
		}
	case "optional":
		if v.text == "true" {
			r.Flags |= Optional
		}
	case "extras":
		if !v.table {
			r.Extras = append(r.Extras, v.text)
		}
	case "markers":
		r.Marker = v.text
	}
}

func (p *pyproject) poetryDone() {
	if p.poetry != nil {
		if !ecosystem.Markup(p.poetry.Name) {
			p.refs = append(p.refs, *p.poetry)
		}
		p.poetry = nil
	}
}

// pep723 hands over the metadata block of a script.
//
// Specification: https://packaging.python.org/en/latest/specifications/inline-script-metadata/
func pep723(f *source.Fragment, e *Emitter) {
	s := f.Text
	if !bytes.Contains(s, []byte("# /// script")) {
		return
	}
	blocks := 0
	for i := 0; i < len(s); {
		line := bytes.TrimRight(s[i:lex.LineEnd(s, i)], " \t")
		next := lex.NextLine(s, i)
		if string(line) != "# /// script" {
			i = next
			continue
		}
		var b source.Builder
		end, closed := next, -1
		for k := next; k < len(s); {
			l := s[k:lex.LineEnd(s, k)]
			if !bytes.HasPrefix(l, []byte("#")) {
				break
			}
			if string(bytes.TrimRight(l, " \t")) == "# ///" {
				closed = k
			}
			k = lex.NextLine(s, k)
			end = k
		}
		if closed < 0 {
			i = end
			continue
		}
		for k := next; k < closed; {
			stop := lex.NextLine(s, k)
			at := k + 1
			if at < stop && s[at] == ' ' {
				at++
			}
			b.Verbatim(s[at:stop], at)
			k = stop
		}
		blocks++
		text, m := b.Done()
		c := f.Derive(text, m, source.TOML)
		c.Name = scriptBlock
		var flags Flags
		if blocks > 1 {
			flags = Low
		}
		e.Fragment(c, flags)
		i = end
	}
}

// scriptBlock is the name of the metadata of a script, which no file has.
const scriptBlock = "script metadata"

func extractScriptBlock(f *source.Fragment, e *Emitter) error {
	p := &pyproject{sources: map[string]Reference{}}
	err := walkTOML(f.Text, func(v tomlString) {
		switch {
		case len(v.path) == 1 && v.path[0] == "dependencies" && !v.table && !v.other:
			p.pep508(v, 0, "")
		case len(v.path) >= 4 && strings.Join(v.path[:3], ".") == "tool.uv.sources":
			p.uvSource(v)
		}
	})
	for _, r := range p.refs {
		if s, ok := p.sources[ecosystem.Normalize(ecosystem.PyPI, r.Name)]; ok {
			r.From, r.Index = s.From, s.Index
		}
		e.Reference(r)
	}
	return err
}
