package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Commands that Python code runs, in strings and in lists of words.

// command hands over a literal command line, or a literal list of words. It
// reports whether that is all.
func (p *scanner) command(i int) bool {
	s := p.s
	i = text.White(s, i)
	if i >= len(s) {
		return true
	}
	if s[i] != '[' {
		l, ok := constant(s, i)
		if !ok || l.Open || l.Next >= len(s) || s[l.Next] != ')' && s[l.Next] != ',' {
			return false
		}
		if p.mayRunText([]byte(l.Text)) {
			p.hand(l.Fragment(p.f, text.Shell), extract.Dynamic)
		}
		return s[l.Next] == ')' || !p.e.Commands.Manager(p.e.Commands.Program(l.Text)) && !p.interpreter(l.Text)
	}
	var b text.Builder
	i++
	for words := 0; words < 200; words++ {
		i = text.White(s, i)
		if i >= len(s) {
			return false
		}
		if s[i] == ']' {
			break
		}
		if b.Len() > 0 {
			b.Escape(" ", i, 0)
		}
		if content, next, ok := literal(s, i); ok {
			word := s[content.Start:content.End]
			if bytes.ContainsAny(word, " \t'\"$`;&|<>()\\") {
				b.Escape("'", content.Start, 0)
				b.Verbatim(bytes.ReplaceAll(word, []byte("'"), []byte(" ")), content.Start)
				b.Escape("'", content.End, 0)
			} else {
				b.Verbatim(word, content.Start)
			}
			i = next
		} else if words == 0 {
			end := i
			for end < len(s) && (text.IsLetter(s[end]) || s[end] == '.') {
				end++
			}
			if end == i {
				return false
			}
			b.Escape("python", i, end-i) // sys.executable and its like
			i = end
		} else {
			return false
		}
		i = text.White(s, i)
		if i < len(s) && s[i] == ',' {
			i++
		}
	}
	if src, m := b.Done(); p.mayRunText(src) {
		p.hand(p.f.Derive(src, m, text.Shell), extract.Dynamic)
	}
	i = inside(s, i+1)
	return i < len(s) && (s[i] == ')' || s[i] == ',')
}

// mayRunText reports whether a command may install packages, or run code.
func (p *scanner) mayRunText(src []byte) bool {
	return p.e.Commands.MayInstall(src) || code.RunsCode(src) || p.e.Commands.MayInterpret(src)
}

// interpreter reports whether a text is one word, a program that is given code.
func (p *scanner) interpreter(word string) bool {
	return word != "" && !strings.ContainsAny(word, " \t\n;|&") && p.e.Commands.MayInterpret([]byte(word))
}

// commandTemplate hands over the f-string whose text begins at i as a text of the
// shell: what a hole comes out as only the program knows.
func (p *scanner) commandTemplate(i int) {
	s := p.s
	limit := min(len(s), i+code.MaxArgument)
	var b text.Builder
	from, q := i, s[i-1]
	for k := i; k < limit; k++ {
		switch s[k] {
		case '\\':
			k++
		case '{':
			end := bytes.IndexByte(s[k:limit], '}')
			if end < 0 {
				return
			}
			b.Verbatim(s[from:k], from)
			hole := "$_"
			if bytes.HasSuffix(s[k:k+end], []byte("executable")) {
				hole = "python"
			}
			b.Escape(hole, k, end+1)
			k += end
			from = k + 1
		case q:
			b.Verbatim(s[from:k], from)
			if src, m := b.Done(); p.e.Commands.MayInstall(append(bytes.Clone(src), ' ')) {
				p.hand(p.f.Derive(src, m, text.Shell), extract.Dynamic)
			}
			return
		}
	}
}

// wordList hands over the list of literals which begins with the name of a package
// manager at the quote at i, or with the option -m of Python.
func (p *scanner) wordList(i, next int) {
	s := p.s
	if i < p.listEnd {
		return
	}
	if !extract.ProgramWord(p.e.Commands, s, i+1, next-1) {
		p.shortList(i, next)
		return
	}
	if k := code.LookBack(s, i); k > 0 && s[k-1] == '[' && p.installs() {
		if at, ok := p.plainList(next); !ok {
			p.listEnd = at
			p.give(given{role: runner, at: i, value: k - 1, rest: true})
			return
		}
	}
	known := ""
	if s[i+1] == '-' {
		known = "python "
	}
	p.listBehind(known, i, next)
}

// plainList reports whether the list that goes on at i has nothing but literals,
// and where that was seen.
func (p *scanner) plainList(i int) (at int, ok bool) {
	s := p.s
	for range code.MaxElements {
		if i = inside(s, i); i < len(s) && s[i] == ',' {
			i = inside(s, i+1)
		}
		if i >= len(s) {
			return i, true
		}
		if s[i] == ']' {
			at := inside(s, i+1)
			return i, at >= len(s) || s[at] != '+'
		}
		_, next, ok := literal(s, i)
		if !ok {
			return i, false
		}
		i = next
	}
	return i, true
}

// shortList reads the sum of lists whose first ends with the literal at i:
// ["pip"] + ["install", "x"].
func (p *scanner) shortList(i, next int) {
	s := p.s
	k := inside(s, next)
	if k >= len(s) || s[k] != ']' || next-i < 4 || next-i > 60 {
		return
	}
	if k = inside(s, k+1); k >= len(s) || s[k] != '+' {
		return
	}
	if w := s[i+1 : next-1]; string(w) != "-m" && !p.e.Commands.Manager(p.e.Commands.Program(string(w))) || !p.installs() {
		return
	}
	for at := i; at > 0 && at > i-code.MaxReceiver; at-- {
		if s[at-1] == '[' {
			p.give(given{role: runner, at: i, value: at - 1, rest: true})
			return
		}
	}
}

func (p *scanner) listBehind(known string, i, next int) {
	c, after := extract.ListBehind(p.f, known, i+1, next-1, true)
	if c != nil && p.e.Commands.MayInstall(append(bytes.Clone(c.Text), ' ')) {
		p.listEnd = after
		p.hand(c, extract.Dynamic)
	}
}

// argumentsOf reads the literals of a call as words behind a command. It reports
// whether it found some.
func (p *scanner) argumentsOf(known string, i int) bool {
	i = inside(p.s, i)
	if i < len(p.s) && (p.s[i] == '[' || p.s[i] == '(') {
		i = inside(p.s, i+1)
	}
	if content, next, ok := literal(p.s, i); ok && next-content.End == 1 && content.Start-i == 1 {
		p.listBehind(known, i, next)
		return true
	}
	return false
}
