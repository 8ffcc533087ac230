package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// dotted reads a dotted module name at i, with blanks around its dots or not.
func (p *scanner) dotted(i int) int {
	s := p.s
	for {
		end := text.Word(s, i)
		if end == i || s[i] >= '0' && s[i] <= '9' {
			return -1
		}
		dot := p.gap(end)
		if dot >= len(s) || s[dot] != '.' {
			return end
		}
		if i = p.gap(dot + 1); i >= len(s) || !text.IsLetter(s[i]) {
			return -1
		}
	}
}

// clauseEnd reports whether a clause may end at i.
func clauseEnd(s []byte, i int) bool {
	return i >= len(s) || s[i] == '\n' || s[i] == '\r' || s[i] == '#' || s[i] == ';'
}

// importClause reads what follows "import".
func (p *scanner) importClause(i int) (int, bool) {
	s := p.s
	n := len(p.refs)
	for {
		i = p.gap(i)
		end := p.dotted(i)
		if end < 0 {
			p.refs = p.refs[:n]
			return 0, false
		}
		p.add(i, end, nil, 0)
		i = p.gap(end)
		if text.Has(s, i, "as") {
			i = p.gap(i + 2)
			e := text.Word(s, i)
			if e == i {
				p.refs = p.refs[:n]
				return 0, false
			}
			i = p.gap(e)
		}
		if i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if clauseEnd(s, i) {
			return i, true
		}
		p.refs = p.refs[:n]
		return 0, false
	}
}

// gap skips blanks and continuation lines.
func (p *scanner) gap(i int) int {
	s := p.s
	for {
		i = text.Blank(s, i)
		if i < len(s) && s[i] == '\f' {
			i++
			continue
		}
		if i+1 < len(s) && s[i] == '\\' && (s[i+1] == '\n' || s[i+1] == '\r') {
			i = text.NextLine(s, i+1)
			continue
		}
		return i
	}
}

// fromClause reads what follows "from". Relative imports and __future__ name no
// package.
func (p *scanner) fromClause(i int) (int, bool) {
	s := p.s
	i = p.gap(i)
	start := i
	for i < len(s) && s[i] == '.' {
		i++
	}
	relative := i > start
	if relative {
		i = p.gap(i)
	}
	end := i
	if !text.Has(s, i, "import") && !text.Has(s, i, "cimport") {
		if end = p.dotted(i); end < 0 {
			return 0, false
		}
	} else if !relative {
		return 0, false
	}
	at := p.gap(end)
	switch {
	case text.Has(s, at, "import"):
		at += len("import")
	case text.Has(s, at, "cimport"):
		at += len("cimport")
	default:
		return 0, false
	}
	p.fromPip = bytes.HasPrefix(s[i:end], []byte("pip"))
	names, next, ok := p.importedNames(at)
	if !ok {
		return 0, false
	}
	if !relative {
		p.add(i, end, names, 0)
	}
	return next, true
}

// importedNames reads "a, b as c", "(a, b)" or "*".
func (p *scanner) importedNames(i int) (names []string, next int, ok bool) {
	s := p.s
	i = p.gap(i)
	if i < len(s) && s[i] == '*' {
		i = p.gap(i + 1)
		return nil, i, clauseEnd(s, i)
	}
	paren := i < len(s) && s[i] == '('
	if paren {
		i++
	}
	skip := func() {
		i = p.gap(i)
		for paren && i < len(s) && (s[i] == '\n' || s[i] == '\r' || s[i] == '#') {
			if s[i] == '#' {
				i = text.LineEnd(s, i)
			} else {
				i = text.NextLine(s, i)
			}
			i = p.gap(i)
		}
	}
	for {
		skip()
		if paren && i < len(s) && s[i] == ')' {
			i++
			return names, i, len(names) > 0
		}
		end := text.Word(s, i)
		if end == i {
			// The list breaks off, which a cut text does; the module is complete.
			return names, i, len(names) > 0 && (i >= len(s) || s[i] == '.' || paren)
		}
		name := p.normal(s[i:end])
		if len(names) < 64 {
			names = append(names, name)
		}
		i = end
		skip()
		if text.Has(s, i, "as") {
			i += 2
			skip()
			end := text.Word(s, i)
			if r := roleOf(name); r != none {
				p.aliasOf(p.normal(s[i:end]), r)
			} else if name == "main" && p.fromPip {
				p.aliasOf(p.normal(s[i:end]), pipRunner)
			}
			i = end
			skip()
		}
		if i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if paren {
			if i < len(s) && s[i] == ')' {
				continue
			}
			return names, i, true
		}
		return names, i, clauseEnd(s, i)
	}
}

// add notes an import of the module that stands at [start, end).
func (p *scanner) add(start, end int, names []string, flags extract.Flags) {
	p.module(p.normal(p.s[start:end]), text.Span{Start: start, End: end}, names, flags)
}

// module notes an import of the module whose name is written at span.
func (p *scanner) module(module string, span text.Span, names []string, flags extract.Flags) {
	top, _, _ := strings.Cut(module, ".")
	if top == "__future__" {
		return
	}
	p.pip = p.pip || top == "pip"
	p.programs = p.programs || top == "sh" || top == "plumbum"
	flags |= p.flags()
	if span.Start >= p.lowFrom {
		flags |= extract.Low
	}
	if p.refs == nil {
		p.refs = make([]importedModule, 0, code.FewImports)
	}
	p.refs = append(p.refs, importedModule{module, names, span, flags})
}

// An importedModule is a reference to a module, kept small: a text may have thousands.
type importedModule struct {
	module string // dotted
	names  []string
	span   text.Span
	flags  extract.Flags
}

func (m *importedModule) reference() extract.Reference {
	top, _, _ := strings.Cut(m.module, ".")
	return extract.Reference{Ecosystem: "pypi", Name: top, Module: m.module, Names: m.names, Kind: extract.Import, Flags: m.flags, Span: m.span}
}
