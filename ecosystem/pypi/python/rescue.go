package python

import "figment/scanner/text"

// rescue is the second pass over broken text: every physical line that is an
// import with a complete clause counts, in doubt.
func (p *scanner) rescue() {
	have := map[int]bool{}
	for i := range p.refs {
		have[p.refs[i].span.Start] = true
	}
	second := &scanner{s: p.s, f: p.f, e: p.e, table: p.table}
	for i := 0; i < len(p.s); i = text.NextLine(p.s, i) {
		at := text.Blank(p.s, i)
		switch {
		case text.Has(p.s, at, "import"):
			second.importClause(at + len("import"))
		case text.Has(p.s, at, "from"):
			second.fromClause(at + len("from"))
		}
	}
	for _, r := range second.refs {
		if !have[r.span.Start] {
			p.refs = append(p.refs, r)
		}
	}
}

// bracketBroken reports whether a physical line inside brackets is an import
// with a complete clause, which proves that a bracket is missing.
func (p *scanner) bracketBroken(i int) bool {
	s := p.s
	if i >= len(s) || s[i] != 'i' && s[i] != 'f' {
		return false
	}
	probe := scanner{s: s, f: p.f, e: p.e, table: p.table, lowFrom: len(s) + 1}
	ok := false
	switch {
	case text.Has(s, i, "import"):
		_, ok = probe.importClause(i + len("import"))
	case text.Has(s, i, "from"):
		_, ok = probe.fromClause(i + len("from"))
	}
	return ok && len(probe.refs) > 0
}
