package code

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// bindings finds the places that may give a value to a name.
func (e *Evaluator) bindings(name string) []Binding {
	s := e.Source
	word, member := strings.CutPrefix(name, ".")
	var out []Binding
	seen := 0
	e.spent += len(s)/8 + 1
	for from := 0; ; {
		k := bytes.Index(s[from:], []byte(word))
		if k < 0 {
			return out
		}
		k += from
		from = k + len(word)
		if k > 0 && (text.IsLetter(s[k-1]) || s[k-1] == '$') || e.lang.Word(k) != from {
			continue
		}
		if seen++; seen > maxOccurrences || len(out) >= maxBindings || e.spent > e.limit {
			return append(out, Binding{Kind: Unknown, Name: k, cut: true})
		}
		e.spent += 16
		back := k
		for back > 0 && (s[back-1] == ' ' || s[back-1] == '\t') {
			back--
		}
		before := byte('\n')
		if back > 0 {
			before = s[back-1]
		}
		if (before == '.' && !(back > 1 && s[back-2] == '.')) != member {
			continue
		}
		next := e.Skip(from)
		if next >= len(s) {
			continue
		}
		if b, ok := e.binding(k, back, next, before); ok {
			b.Name = k
			out = append(out, b)
		}
	}
}

// binding looks at the word at k, behind before, what follows it at next.
func (e *Evaluator) binding(k, back, next int, before byte) (b Binding, ok bool) {
	s := e.Source
	after := byte(0)
	if next+1 < len(s) {
		after = s[next+1]
	}
	prior := ""
	if text.IsLetter(before) {
		from := back
		for from > 0 && text.IsLetter(s[from-1]) && back-from < 20 {
			from--
		}
		prior = string(s[from:back])
	}
	switch {
	case s[next] == '+' && after == '=':
		return Binding{Kind: appended, At: next + 2}, true
	case s[next] == '.':
		at := e.Skip(next + 1)
		end := e.lang.Word(at)
		switch string(s[at:end]) {
		case "append", "extend", "insert", "push", "unshift", "add", "update":
			if open := e.Skip(end); open < len(s) && s[open] == '(' {
				return Binding{Kind: appended, At: open + 1}, true
			}
		}
		return b, false
	}
	return e.lang.Binding(e, &Occurrence{At: k, Back: back, Next: next, Before: before, After: after, Prior: prior})
}

// Typed gives the offset of the value of a name whose type stands behind the colon
// at i; 0: it is given none there.
func (e *Evaluator) Typed(i int) int {
	line := e.Source[i:text.LineEnd(e.Source, i)]
	if eq := bytes.IndexByte(line, '='); eq > 0 && (len(line) <= eq+1 || line[eq+1] != '>' && line[eq+1] != '=') {
		return i + eq + 1
	}
	return 0
}

// LineHead is what stands before i on its line, without the blanks that it begins
// with.
func (e *Evaluator) LineHead(i int) []byte {
	return bytes.TrimLeft(e.Source[text.LineStart(e.Source, i):i], " \t")
}
