package javascript

import (
	"bytes"
	"slices"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// next is the place of what is opened next, with what is known around it. It is
// open once push was called.
func (j *scanner) next(char byte) *opened {
	n := len(j.stack)
	inside := j.function()
	j.stack = slices.Grow(j.stack, 1)
	o := &j.stack[:n+1][n]
	*o = opened{char: char, inside: inside, list: j.list}
	return o
}

func (j *scanner) push() bool {
	if len(j.stack) >= maxNesting {
		j.broken = true
		return false
	}
	j.stack = j.stack[:len(j.stack)+1]
	return true
}

func (j *scanner) open(i int) int {
	c := j.s[i]
	o := j.next(c)
	o.at, o.ternary, o.target = i, j.ternary, j.target
	switch c {
	case paren:
		o.call = j.prev == ')' || j.prev == ']' || j.prev == '"' || j.prev == '}'
		if w := j.word; w.End > 0 && !j.member {
			switch string(j.s[w.Start:w.End]) {
			case "if", "while", "for", "with":
				o.ctrl = true
			case "await":
				o.ctrl = j.prior.End > 0 && string(j.s[j.prior.Start:j.prior.End]) == "for"
			case "switch", "catch":
				o.call = true
				j.head |= block
				j.body, j.bodyAt = noBody, -1
			case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "yield", "else", "do", "default", "extends":
			default:
				o.call = true
			}
		} else if w.End > 0 {
			o.call = true
		}
		if j.factory == i+1 {
			o.made = i + 1
		}
		if j.loose && (j.prev == ']' || j.prev == ')') {
			j.looseCall(i)
		}
		o.head = j.heading()
	case bracket:
		w := j.word
		if j.prev == '.' {
			w = j.recv
		} else if j.prev == ')' {
			w = j.inner
		}
		if i+1 < len(j.s) && j.prev != '=' && j.prev != '(' && j.prev != ',' {
			switch holder := w.End > 0 && holder(j.s[w.Start:w.End]); {
			case holder:
				j.property(i, true)
			case (j.s[i+1] == '"' || j.s[i+1] == '\'') && (w.End > 0 || j.prev == ']' || j.prev == ')'):
				j.property(i, j.prev == ']' && bytes.HasSuffix(j.s[:i-2], []byte("ainModule")))
			}
		}
		o.head = j.naming()
	case brace:
		if w := j.word; w.End > 0 && string(j.s[w.Start:w.End]) == "try" {
			o.try = true
			j.try++
		}
		switch {
		case j.body != noBody && j.bodyAt == len(j.stack):
			o.expr, o.body = j.body&operand != 0, true
			if j.body&classBody == 0 {
				o.inside = j.bodyFn
			}
			j.body = noBody
		case j.prev == ')', j.prev == arrow:
			o.body = true // of a method, and of switch and catch: their names hold in them
			switch {
			case j.prev == arrow:
				o.inside = j.arrowFn
			case j.head&block == 0:
				o.inside = j.head & (async | generator)
			}
		default:
			o.expr = j.operandNext()
		}
	}
	o.inBody, o.bodyAt = j.body, j.bodyAt
	around := j.around()
	o.own = around.own || around.ownArrow
	if o.body && j.params.End > 0 {
		o.params = j.params
		o.own = o.own || hasName(j.s[o.params.Start:o.params.End], []byte("require"))
		j.params = text.Span{}
	}
	j.push()
	j.ternary = 0
	if c == brace && !o.expr {
		if w := j.word; w.End > 0 && j.decl != 0 && j.name.End == 0 && !j.member {
			j.around().decl = j.decl // const { a } = b, c = 1
		}
		j.target, j.decl, j.typed = target{}, 0, false
	}
	j.prev, j.word = c, text.Span{}
	return i + 1
}

func (j *scanner) close(i int) int {
	c := j.s[i]
	n := len(j.stack)
	j.tokenAt = i + 1
	if n == 0 {
		j.broken = true
		j.prev, j.word = c, text.Span{}
		return i + 1
	}
	o := &j.stack[n-1] // it stays there until something is opened
	match := c == ')' && o.char == paren || c == ']' && o.char == bracket || c == '}' && (o.char == brace || o.char == template || o.char == element)
	if !match {
		j.broken = true
		// A stray bracket closes what it fits, if that is near.
		for k := n - 1; k >= 0 && k >= n-3; k-- {
			if p := j.stack[k].char; c == ')' && p == paren || c == ']' && p == bracket || c == '}' && p == brace {
				j.stack = j.stack[:k]
				break
			}
		}
		j.prev, j.word = c, text.Span{}
		return i + 1
	}
	j.stack = j.stack[:n-1]
	j.list, j.head = o.list, o.head
	if c == ')' && j.body != noBody && j.bodyAt == n-1 {
		j.bodyFn = o.head & (async | generator)
	}
	if o.try {
		j.try--
	}
	next := i + 1
	if j.nestedCode && n == 1 {
		j.stop, next = i+1, len(j.s)
	}
	switch o.char {
	case template:
		next := j.template(i + 1)
		if len(j.stack) == 0 || j.stack[len(j.stack)-1].char != template || j.s[min(next, len(j.s))-1] == '`' {
			j.prev, j.word = '"', text.Span{}
		}
		return next
	case element:
		return j.children(i+1, o.elem)
	}
	if o.owns {
		j.closeOwner(o.at, i)
	}
	j.closeConsts(o.consts, i)
	if c == ')' {
		j.params = text.Span{Start: o.at + 1, End: min(i, o.at+1+code.MaxParameters)}
	}
	j.ternary, j.target, j.body, j.bodyAt = o.ternary, o.target, o.inBody, o.bodyAt
	j.inner = text.Span{}
	if c == ')' && !o.call && !o.ctrl {
		j.inner = j.word
		if i+1 < len(j.s) && (j.s[i+1] == '.' || j.s[i+1] == '[' || j.s[i+1] == '?') && j.word.End > 0 {
			if w, ok := j.asserted(o.at); ok {
				j.inner = w
			}
		}
	}
	switch {
	case o.ctrl:
		c = ';'
	case c == '}' && o.expr:
		c = '"'
	case c == '}':
		c = ';'
		j.target, j.decl = target{}, o.decl
	}
	j.prev, j.word = c, text.Span{}
	if o.made > 0 {
		j.use(i+1, require, tellSure)
	}
	return next
}
