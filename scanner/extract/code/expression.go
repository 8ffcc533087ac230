package code

import (
	"bytes"
	"strings"
)

// Expression reads the expression at i, which stands in brackets.
func (e *Evaluator) Expression(i int) Outcome {
	defer e.bracketed()()
	o, _ := e.Read(i)
	return o
}

// Arguments reads the arguments of a call, from behind its bracket on.
func (e *Evaluator) Arguments(i int) (Value, int) {
	defer e.bracketed()()
	return e.elements(i, ')')
}

// Operand reads the operand at i whose method stands at stop.
func (e *Evaluator) Operand(i, stop int) Outcome {
	defer e.bracketed()()
	return e.until(i, stop)
}

func (e *Evaluator) until(i, stop int) Outcome {
	was := e.stop
	e.stop = stop
	o, _ := e.Term(i)
	e.stop = was
	return o
}

// PastElement passes over an element in brackets.
func (e *Evaluator) PastElement(i int) int {
	defer e.bracketed()()
	return e.Opaque(i)
}

// bracketed has line ends count for nothing until the function that it gives is
// called.
func (e *Evaluator) bracketed() func() {
	e.depth++
	return func() { e.depth-- }
}

// Read reads the expression at i: what it may come out as, and where it ends.
func (e *Evaluator) Read(i int) (Outcome, int) {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxBracketed || e.spent > e.limit {
		return Outcome{Other: true, Cut: true}, len(e.Source)
	}
	o, i := e.Either(i)
	if i >= len(e.Source) {
		return o, i
	}
	return e.lang.Conditional(e, o, i)
}

// Either reads operands of which one is the value, without a condition that may
// follow.
func (e *Evaluator) Either(i int) (Outcome, int) {
	o, i := e.sum(i)
	for i < len(e.Source) {
		n, last := e.lang.Choice(e, i)
		if n == 0 {
			return o, i
		}
		p, next := e.sum(i + n)
		if last {
			o = p
		} else {
			o.Join(p)
		}
		i = next
	}
	return o, i
}

// sum reads what pluses stand between.
func (e *Evaluator) sum(i int) (Outcome, int) {
	s := e.Source
	start := e.Skip(i)
	o, i := e.Term(i)
	for i < len(s) {
		end := i
		if e.lang.Operator != nil {
			if p, next := e.lang.Operator(e, o, start, i); next > i {
				o, i = p, next
				continue
			}
		}
		switch {
		case s[i] == '+' && i+1 < len(s) && s[i+1] != '+' && s[i+1] != '=':
			at := e.Skip(i + 1)
			p, next := e.Term(i + 1)
			o = Concatenated(e.Placed(o.Filled(start, end), start, end), e.Placed(p.Filled(at, max(at, next)), at, max(at, next)))
			i = next
		case strings.IndexByte("-*/%<>=!|&^~", s[i]) >= 0 && !bytes.HasPrefix(s[i:], []byte("||")) && !bytes.HasPrefix(s[i:], []byte("&&")) && !bytes.HasPrefix(s[i:], []byte("=>")),
			e.hasOne(i, e.lang.Infix):
			k := i + 1
			for k < len(s) && (strings.IndexByte("*/<>=!|&", s[k]) >= 0 || s[k] >= 'a' && s[k] <= 'z') {
				k++
			}
			_, next := e.Term(k)
			o, i = Outcome{Other: true}, max(next, k)
		default:
			return o, i
		}
	}
	return o, i
}
