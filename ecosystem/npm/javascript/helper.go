package javascript

import (
	"bytes"
	"unicode/utf8"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A helper is a function that passes a parameter on to what loads or runs: its
// calls are read like calls of that. A method counts only where it runs commands,
// since any object may have a member of that name.

// maxHelperArgument bounds the place of the parameter that a helper passes on.
const maxHelperArgument = 8

// passedOn looks at a call with a role whose arguments stand at i: it may be given
// a parameter of a function around it, which is a helper then.
func (j *scanner) passedOn(i int, role role) {
	s := j.s
	if role == runner && j.member && string(s[j.word.Start:j.word.End]) == "exec" && !j.runsCommands() {
		return
	}
	i = j.skip(i)
	if bytes.HasPrefix(s[min(i, len(s)):], []byte("...")) {
		i = j.skip(i + 3)
	}
	end, escaped := wordEnd(s, i)
	if end == i || escaped || s[i] >= '0' && s[i] <= '9' {
		return
	}
	if k := j.skip(end); k >= len(s) || s[k] != ')' && s[k] != ',' {
		return
	}
	word := s[i:end]
	for n, looked := len(j.stack)-1, 0; n >= -1; n-- {
		o := &j.outside
		if n >= 0 {
			o = &j.stack[n]
		}
		if o.arrows.End > 0 && hasName(s[o.arrows.Start:o.arrows.End], word) {
			j.helper(o.arrows, word, role, n)
			return
		}
		if o.params.End == 0 {
			continue
		}
		if looked++; looked > code.MaxOperands {
			return
		}
		if hasName(s[o.params.Start:o.params.End], word) {
			j.helper(o.params, word, role, n-1)
			return
		}
	}
}

// runsCommands reports whether the exec that was read last is a member of what the
// text calls child_process by: most others are of regular expressions.
func (j *scanner) runsCommands() bool {
	s := j.s
	word := []byte("child_process")
	if near := s[max(0, j.word.Start-30):j.word.Start]; bytes.Contains(near, word) {
		return true
	}
	r := j.receiver()
	if len(r) == 0 {
		return false
	}
	for n, at := 0, 0; n < 20; n++ {
		k := bytes.Index(s[at:], word)
		if k < 0 {
			break
		}
		at += k
		if hasName(s[max(text.LineStart(s, at), at-code.MaxReceiver):at], r) {
			return true
		}
		at += len(word)
	}
	return false
}

// helper gives the role to the name of the function with the parameters, of which
// word is the one that it passes on. It stands in the bracket of that number.
func (j *scanner) helper(params text.Span, word []byte, role role, within int) {
	s := j.s
	n, ok := j.parameterOf(params, word)
	if !ok {
		return
	}
	name, member := j.functionName(params.Start)
	if name.End == 0 || member && role == require || string(s[name.Start:name.End]) == "require" || roleOf(string(s[name.Start:name.End])) == role {
		return
	}
	k := alias{role: role, owner: -1, member: member, helper: true, argument: n}
	for within = min(within, len(j.stack)-1); within >= 0 && !member; within-- {
		if o := &j.stack[within]; o.char == brace {
			k.owner, k.start = o.at, o.at
			o.owns = true
			break
		}
	}
	j.known.add(string(s[name.Start:name.End]), k)
}

// parameterOf gives the place of a word among parameters, each of which may have a
// type or a default.
func (j *scanner) parameterOf(span text.Span, word []byte) (n int, ok bool) {
	params := j.s[:span.End]
	if bytes.Contains(params[span.Start:], []byte("=>")) { // those of several functions, or a type of one
		return 0, false
	}
	depth, begins := 0, true
	for i := span.Start; i < len(params); i++ {
		if at := j.skip(i); at > i {
			i = at - 1
			continue
		}
		switch c := params[i]; {
		case c == '(' || c == '[' || c == '{' || c == '<':
			depth++
			begins = false
		case c == ')' || c == ']' || c == '}' || c == '>':
			depth--
		case c == ',' && depth == 0:
			if n++; n > maxHelperArgument {
				return 0, false
			}
			begins = true
		case c == '.':
		case begins:
			begins = false
			if end, _ := wordEnd(params, i); string(params[i:end]) == string(word) {
				return n, true
			}
		}
	}
	return 0, false
}

// ownsRequire reports whether a function around has a parameter called require.
func (j *scanner) ownsRequire() bool {
	name := []byte("require")
	for n := -1; n < len(j.stack); n++ {
		o := &j.outside
		if n >= 0 {
			o = &j.stack[n]
		}
		for _, params := range []text.Span{o.params, o.arrows} {
			if params.End == 0 || !hasName(j.s[params.Start:params.End], name) {
				continue
			}
			if _, ok := j.parameterOf(params, name); ok || bytes.Contains(j.s[params.Start:params.End], []byte("=>")) {
				return true
			}
		}
	}
	return false
}

// functionName gives the name of the function whose first parameter stands at i.
func (j *scanner) functionName(i int) (name text.Span, member bool) {
	s := j.s
	k := j.lookBack(i)
	if k > 0 && s[k-1] == '(' {
		k = j.lookBack(k - 1)
	}
	before := func(k int) text.Span {
		from := k
		for from > 0 && (text.IsLetter(s[from-1]) || s[from-1] == '$') {
			from--
		}
		return text.Span{Start: from, End: k}
	}
	is := func(w text.Span, word string) bool { return string(s[w.Start:w.End]) == word }
	w := before(k)
	if is(w, "async") {
		k = j.lookBack(w.Start)
		w = text.Span{}
	} else if is(w, "function") {
		k = j.lookBack(w.Start)
		if a := before(k); is(a, "async") {
			k = j.lookBack(a.Start)
		}
		w = text.Span{}
	}
	if w.Len() > 0 {
		switch string(s[w.Start:w.End]) {
		case "if", "for", "while", "switch", "catch", "with", "return", "await", "yield", "of", "in", "case", "default", "constructor":
			return text.Span{}, false
		}
		at := j.lookBack(w.Start)
		if at > 0 && s[at-1] == '*' {
			at = j.lookBack(at - 1)
		}
		if p := before(at); is(p, "function") {
			return w, false
		}
		return w, s[k:][0] == '(' // a method
	}
	if k == 0 || s[k-1] != '=' && s[k-1] != ':' {
		return text.Span{}, false
	}
	member = s[k-1] == ':'
	w = before(j.lookBack(k - 1))
	if w.Len() == 0 {
		return text.Span{}, false
	}
	at := j.lookBack(w.Start)
	return w, member || at > 0 && s[at-1] == '.'
}

// lookBack gives the end of the token before i, over white space and comments.
func (j *scanner) lookBack(i int) int {
	s := j.s
	for range code.MaxOperands {
		i = code.LookBack(s, i)
		head := s[max(0, i-code.MaxReceiver):i]
		if bytes.HasSuffix(head, []byte("*/")) {
			k := bytes.LastIndex(head, []byte("/*"))
			if k < 0 {
				return i
			}
			i -= len(head) - k
			continue
		}
		if _, n := utf8.DecodeLastRune(head); n > 1 && space(s, i-n) == n {
			i -= n
			continue
		}
		k := bytes.LastIndexByte(head, '\n') + 1
		if k = bytes.Index(head[k:], []byte("//")) + k; k > 0 && bytes.HasPrefix(head[k:], []byte("//")) && bytes.IndexByte(s[i:min(len(s), i+2)], '\n') >= 0 {
			i -= len(head) - k
			continue
		}
		return i
	}
	return i
}

// helps reads a use of the helper whose name is the last word and ends before i.
func (j *scanner) helps(k alias, i int, before text.Span) {
	if before.End > 0 && string(j.s[before.Start:before.End]) == "function" || !k.member && j.parameter(j.word) != -2 {
		return
	}
	c := j.callee(i, k.role)
	if c.called && k.argument > 0 {
		e := j.evaluator(code.ModuleValue)
		for range k.argument {
			at := j.skip(e.PastElement(j.skip(c.at)))
			if c.applied || at >= len(j.s) || j.s[at] != ',' || e.Exhausted() {
				return
			}
			c.at = at + 1
		}
	}
	if c.called {
		j.helping = true
		j.used(c, i, k.role, tellNever)
		j.helping = false
		return
	}
	if k.argument > 0 {
		return
	}
	if !c.member && (k.role == require || j.installs()) {
		j.assign(k.role)
	}
	start := j.word.Start
	if k.role == require {
		j.listed(start, i)
	} else {
		j.handedOn(start, i, k.role, tellNever)
	}
}
