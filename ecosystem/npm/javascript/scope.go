package javascript

import (
	"bytes"
	"unicode/utf8"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A constant is a declaration with const: its name, and where its value stands.
type constant struct {
	name  text.Span
	value int
	owner int // the offset of the brace of its block; -1: the whole text
	end   int // of its block; 0 while that is open
	next  int // the declaration before it in the same block, from 1; 0: none
}

// A use is a call whose argument may come out as what a name stands for.
type use struct {
	name  text.Span
	at    int // the call
	flags extract.Flags
	// inside is the offset of the innermost function around the call that has a
	// parameter of that name; -2: none.
	inside int
	tell   tell // where no literal is found
}

// declare notes a declaration with const whose value stands at i.
func (j *scanner) declare(name text.Span, i int) {
	k := constant{name: name, value: i, owner: -1}
	for n := len(j.stack) - 1; n >= 0; n-- {
		if o := &j.stack[n]; o.char == brace {
			k.owner, k.next = o.at, o.consts
			o.consts = len(j.consts) + 1
			break
		}
	}
	j.consts = append(j.consts, k)
}

// closeConsts ends the declarations of the block that ends at end.
func (j *scanner) closeConsts(head, end int) {
	for head > 0 {
		k := &j.consts[head-1]
		k.end, head = end, k.next
	}
}

// around is the innermost bracket that is open.
func (j *scanner) around() *opened {
	if n := len(j.stack); n > 0 {
		return &j.stack[n-1]
	}
	return &j.outside
}

// arrow notes the parameters of the function whose => stands at i.
func (j *scanner) arrow(i int) {
	params := j.word
	if j.prev == ')' {
		params = j.params
	} else if k := j.params.End + 1; j.params.End > 0 && k < i && i-k < code.MaxReceiver { // behind its type
		if k = j.skip(k); k < i && j.s[k] == ':' && !bytes.ContainsAny(j.s[k:i], ";=") {
			params = j.params
		}
	}
	if params.End == 0 {
		return
	}
	j.arrowFn = 0
	if j.head&async != 0 || j.prev == ')' && j.head&asyncCall != 0 {
		j.arrowFn = async
	}
	if k := j.skip(i + 2); k < len(j.s) && j.s[k] == '{' {
		j.params = params
		return
	}
	j.around().inArrow, j.around().arrowFn = true, j.arrowFn
	o := j.around()
	if o.arrows.End == 0 {
		o.arrows, o.arrowsAt = params, i
	}
	o.arrows.End = min(params.End, o.arrows.Start+code.MaxParameters)
	o.ownArrow = o.ownArrow || hasName(j.s[params.Start:params.End], []byte("require"))
}

// endArrows ends the functions without braces in the innermost bracket.
func (j *scanner) endArrows() {
	o := j.around()
	o.arrows, o.ownArrow, o.inArrow = text.Span{}, false, false
}

// ownRequire notes that the text gives require a meaning of its own: the value
// at i, unless a createRequire makes it.
func (j *scanner) ownRequire(name text.Span, i int) {
	if string(j.s[name.Start:name.End]) != "require" || j.member && name == j.word {
		return
	}
	if !bytes.Contains(j.s[i:min(len(j.s), i+code.MaxReceiver)], []byte("reateRequire")) {
		j.known.own = true
	}
}

// parameter gives the offset of the innermost function around here that has a
// parameter called like the word at name; -2: none.
func (j *scanner) parameter(name text.Span) int {
	word := j.s[name.Start:name.End]
	for n, looked := len(j.stack)-1, 0; n >= 0; n-- {
		o := &j.stack[n]
		if o.arrows.End > 0 && hasName(j.s[o.arrows.Start:o.arrows.End], word) {
			return o.arrowsAt
		}
		if o.params.End == 0 {
			continue
		}
		if looked++; looked > code.MaxOperands || hasName(j.s[o.params.Start:o.params.End], word) {
			return o.at
		}
	}
	if o := &j.outside; o.arrows.End > 0 && hasName(j.s[o.arrows.Start:o.arrows.End], word) {
		return o.arrowsAt
	}
	return -2
}

// resolveUses reads the constants that calls waited for.
func (j *scanner) resolveUses() {
	if len(j.uses) == 0 {
		return
	}
	byName := map[string][]int{}
	for _, u := range j.uses {
		byName[string(j.s[u.name.Start:u.name.End])] = nil
	}
	for k := range j.consts {
		name := string(j.s[j.consts[k].name.Start:j.consts[k].name.End])
		if list, ok := byName[name]; ok {
			byName[name] = append(list, k)
		}
	}
	for name, list := range byName {
		if len(list) > code.MaxAlternatives { // none is certainly meant: all of its values count
			byName[name] = nil
		}
	}
	known := map[int]*choices{} // by declaration
	for _, u := range j.uses {
		if !j.constUse(u.name, u, byName, known, 0) {
			j.give(given{role: require, at: u.at, value: u.name.Start, rest: true, flags: u.flags, tell: u.tell})
		}
	}
}

// constUse loads what the constant called name stands for where u is. It reports
// whether that is all.
func (j *scanner) constUse(name text.Span, u use, byName map[string][]int, known map[int]*choices, depth int) bool {
	best := -1
	list := byName[string(j.s[name.Start:name.End])]
	for _, k := range list {
		if d := &j.consts[k]; d.owner > u.inside && u.at >= d.owner && (d.end == 0 || u.at < d.end) && (best < 0 || d.owner > j.consts[best].owner) {
			best = k
		}
	}
	if best < 0 || depth > 4 {
		return false
	}
	c := known[best]
	if c == nil {
		read, _ := j.choices(j.consts[best].value)
		c = &read
		known[best] = c
	}
	for k := range c.Literals {
		j.load(c.Literals[k], u.flags)
	}
	all := !c.Other
	for _, other := range c.Names {
		all = j.constUse(other, u, byName, known, depth+1) && all
	}
	return all
}

// hasName reports whether a whole word stands in a text.
func hasName(text, word []byte) bool {
	for at := 0; ; {
		k := bytes.Index(text[at:], word)
		if k < 0 {
			return false
		}
		at += k
		end, _ := wordEnd(text, at)
		before := byte(' ')
		if at > 0 {
			before = text[at-1]
		}
		if before >= utf8.RuneSelf {
			if _, n := utf8.DecodeLastRune(text[:at]); space(text, at-n) == n {
				before = ' '
			}
		}
		if end == at+len(word) && before != '.' && before != '$' && before < 0x80 && !extract.IsAlnum(before) && before != '_' {
			return true
		}
		at += len(word)
	}
}
