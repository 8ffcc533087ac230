package python

import (
	"bytes"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Variables that tools take options from, as code sets them for what it runs:
// os.environ["NODE_OPTIONS"] = "--require x", env={"PIP_REQUIREMENT": "a.lst"}.

// mayBeVariable are the bytes that the variables of tools begin with.
var mayBeVariable = [256]bool{'P': true, 'U': true, 'N': true, 'B': true, 'n': true, 'p': true}

// toolVariable reports whether a variable may name packages, or files with them.
// What it does the reader of the shell knows.
func toolVariable(name []byte) bool {
	if len(name) < len("UV_X") || len(name) > 60 {
		return false
	}
	if name[0] >= 'a' && len(name) <= len("npm_config_") {
		return false
	}
	switch string(name) {
	case "NODE_OPTIONS", "BUN_OPTIONS", "PYTHONSTARTUP", "BASH_ENV":
		return true
	}
	for _, prefix := range []string{"PIP_", "UV_", "npm_config_", "NPM_CONFIG_", "pnpm_config_"} {
		if len(name) > len(prefix) && string(name[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}

// variable looks at the literal in [from, i) that may be the name of a variable
// which is given a value.
func (p *scanner) variable(from, i int) {
	s := p.s
	if i-from < 2 || !toolVariable(s[from+1:i-1]) {
		return
	}
	name, at := string(s[from+1:i-1]), inside(s, i)
	if at >= len(s) {
		return
	}
	value := 0
	switch s[at] {
	case ']':
		if at = inside(s, at+1); at+1 < len(s) && s[at] == '=' && s[at+1] != '=' {
			value = at + 1
		}
	case ':':
		if p.depth > 0 {
			value = at + 1
		}
	case ',':
		if k := code.LookBack(s, from); k > 0 && s[k-1] == '(' {
			w, _ := code.WordBefore(s, k-1)
			switch string(s[w.Start:w.End]) {
			case "putenv", "setenv", "setdefault":
				value = at + 1
			}
		}
	}
	if value > 0 {
		p.give(given{role: variable, at: from, value: value, rest: true, by: parameter{name: name}})
	}
}

// variableKeyword looks at the word in [i, end) that may be such a name in a call:
// os.environ.update(PIP_REQUIREMENT="a.lst").
func (p *scanner) variableKeyword(i, end int) {
	s := p.s
	if at := inside(s, end); at+1 < len(s) && s[at] == '=' && s[at+1] != '=' {
		p.give(given{role: variable, at: i, value: at + 1, rest: true, by: parameter{name: string(s[i:end])}})
	}
}

// setVariable hands over the command of the shell that sets the variable so.
func (p *scanner) setVariable(g *given) {
	v, _ := p.arguments(g, code.CommandValue)
	if o := &v.List[0]; o.Other && len(o.Alternatives) == 0 { // a list may be named, which the shell's reader tells
		var b text.Builder
		b.Escape("export "+g.by.name+"=\"$_\"\n", g.at, 1)
		all, places := b.Done()
		p.hand(p.f.Derive(all, places, text.Shell), g.flags)
	}
	for k := range v.List[0].Alternatives {
		a := &v.List[0].Alternatives[k]
		if a.IsList {
			continue
		}
		src, m := a.Command()
		if len(src) == 0 || len(m.Pieces()) == 0 || bytes.ContainsAny(src, "\n\"`\\") {
			continue
		}
		var b text.Builder
		b.Escape("export "+g.by.name+"=\"", m.Pieces()[0].Outer, 0)
		end := 0
		for _, q := range m.Pieces() {
			if t := src[q.Inner : q.Inner+q.InnerLen]; q.Verbatim() {
				b.Verbatim(t, q.Outer)
			} else {
				b.Escape(string(t), q.Outer, q.OuterLen)
			}
			end = q.Outer + q.OuterLen
		}
		b.Escape("\"\n", end, 0)
		all, places := b.Done()
		p.hand(p.f.Derive(all, places, text.Shell), g.flags)
	}
}
