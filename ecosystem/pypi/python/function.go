package python

import (
	"bytes"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A function of the text that passes a parameter on to one that runs commands or
// code is called like that one: def sh(cmd): subprocess.run(cmd, shell=True).

// A function is the head of a function. Most are never looked at: their names
// are read when they are asked for.
type function struct {
	at, open   int // its name, and its parameters; 0: they were read
	name       string
	parameters []string // without self and cls
	indent     int      // -1: there is none
}

// head reads the names of the function around the code that is read.
func (p *scanner) head() *function {
	f := &p.inside
	if f.open > 0 {
		f.name, f.parameters = string(p.s[f.at:text.Word(p.s, f.at)]), p.parameters(f.open, ')')
		f.open = 0
	}
	return f
}

// A parameter is the one that a function passes on.
type parameter struct {
	name  string
	index int
}

// maxParameters bounds how many parameters of a function are looked at.
const maxParameters = 20

// define notes the function whose head stands at i.
func (p *scanner) define(i, indent int) {
	s := p.s
	if p.passes == nil {
		return
	}
	if text.Has(s, i, "async") {
		i = p.gap(i + len("async"))
	}
	if !text.Has(s, i, "def") {
		return
	}
	at := p.gap(i + len("def"))
	end := text.Word(s, at)
	open := p.gap(end)
	if end == at || open >= len(s) || s[open] != '(' {
		return
	}
	p.inside = function{at: at, open: open + 1, indent: indent}
}

// parameters reads the names of the parameters at i.
func (p *scanner) parameters(i int, closing byte) (names []string) {
	s := p.s
	for range maxParameters {
		i = inside(s, i)
		for i < len(s) && s[i] == '*' {
			i = inside(s, i+1)
		}
		end := text.Word(s, i)
		if name := string(s[i:end]); end > i && (len(names) > 0 || name != "self" && name != "cls") {
			names = append(names, name)
		}
		c := &choices{p: p, end: min(len(s), end+code.MaxReceiver)}
		level := 0
	rest:
		for i = end; ; i++ {
			if i >= c.end {
				return names
			}
			switch ch := s[i]; {
			case ch == '(' || ch == '[' || ch == '{':
				level++
			case level == 0 && ch == closing:
				return names
			case ch == ')' || ch == ']' || ch == '}':
				level--
			case level == 0 && ch == ',':
				break rest
			}
		}
		i++
	}
	return names
}

// passedOn looks whether the first argument at i of a function of a role is made of
// a parameter of f.
func (p *scanner) passedOn(f *function, role role, i int) {
	s := p.s
	if f.name == "" || len(f.parameters) == 0 || p.passes == nil {
		return
	}
	i = inside(s, i)
	end := min(len(s), i+code.MaxReceiver)
	level := 0
	for k := i; k < end; k++ {
		switch ch := s[k]; {
		case ch == '(' || ch == '[' || ch == '{':
			level++
		case ch == ')' || ch == ']' || ch == '}':
			level--
		}
		if level < 0 || level == 0 && s[k] == ',' {
			end = k
		}
	}
	argument := s[i:end]
	words := append(bytes.ReplaceAll(argument, []byte("executable"), nil), ' ')
	if p.e.Commands.MayInstall(words) {
		return // a command whose words the function is given
	}
	if role == runner && p.e.Commands.MayName(argument) {
		if !bytes.Contains(argument, []byte("pip")) {
			return
		}
		role = pipRunner
	}
	for n, name := range f.parameters {
		if wordFrom(argument, name, 0) < 0 {
			continue
		}
		if _, known := p.passes[f.name]; !known && len(p.passes) < code.MaxAliases {
			p.passes[f.name] = parameter{name, n}
		}
		p.aliasOf(f.name, role)
		return
	}
}

// passedByLambda does so for the function without a name at i, which is called
// name: r = lambda c: subprocess.run(c, shell=True).
func (p *scanner) passedByLambda(name string, i int) {
	s := p.s
	colon := bytes.IndexByte(s[i:min(len(s), i+code.MaxReceiver)], ':')
	if colon < 0 {
		return
	}
	f := &function{name: name, parameters: p.parameters(i+len("lambda"), ':')}
	at := inside(s, i+colon+1)
	end := at
	for end < len(s) && (text.IsLetter(s[end]) || s[end] == '.') {
		end++
	}
	if end >= len(s) || s[end] != '(' {
		return
	}
	w, _ := code.WordBefore(s, end)
	if role := p.role(string(s[w.Start:w.End])); role == runner || role == evaluator {
		p.passedOn(f, role, end+1)
	}
}
