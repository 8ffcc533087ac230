package extract

import (
	"bytes"
	"strings"
)

// expression reads the expression at i, which stands in brackets.
func (e *evaluator) expression(i int) outcome {
	defer e.bracketed()()
	o, _ := e.expr(i)
	return o
}

// arguments reads the arguments of a call, from behind its bracket on.
func (e *evaluator) arguments(i int) (value, int) {
	defer e.bracketed()()
	return e.elements(i, ')')
}

// operand reads the operand at i whose method stands at stop.
func (e *evaluator) operand(i, stop int) outcome {
	defer e.bracketed()()
	return e.until(i, stop)
}

func (e *evaluator) until(i, stop int) outcome {
	was := e.stop
	e.stop = stop
	o, _ := e.term(i)
	e.stop = was
	return o
}

// pastElement passes over an element in brackets.
func (e *evaluator) pastElement(i int) int {
	defer e.bracketed()()
	return e.opaque(i)
}

// bracketed has line ends count for nothing until the function that it gives is
// called.
func (e *evaluator) bracketed() func() {
	e.depth++
	return func() { e.depth-- }
}

// expr reads the expression at i: what it may come out as, and where it ends.
func (e *evaluator) expr(i int) (outcome, int) {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxBracketed || e.spent > e.limit {
		return outcome{other: true}, len(e.s)
	}
	o, i := e.either(i)
	if i >= len(e.s) {
		return o, i
	}
	return e.lang.conditional(e, o, i)
}

func (e *evaluator) either(i int) (outcome, int) {
	o, i := e.sum(i)
	for i < len(e.s) {
		n, last := e.lang.choice(e, i)
		if n == 0 {
			return o, i
		}
		p, next := e.sum(i + n)
		if last {
			o = p
		} else {
			o.join(p)
		}
		i = next
	}
	return o, i
}

// sum reads what pluses stand between.
func (e *evaluator) sum(i int) (outcome, int) {
	s := e.s
	start := e.skip(i)
	o, i := e.term(i)
	for i < len(s) {
		end := i
		if e.lang.operator != nil {
			if p, next := e.lang.operator(e, o, start, i); next > i {
				o, i = p, next
				continue
			}
		}
		switch {
		case s[i] == '+' && i+1 < len(s) && s[i+1] != '+' && s[i+1] != '=':
			at := e.skip(i + 1)
			p, next := e.term(i + 1)
			o = concatenated(e.placed(o.filled(start, end), start, end), e.placed(p.filled(at, max(at, next)), at, max(at, next)))
			i = next
		case strings.IndexByte("-*/%<>=!|&^~", s[i]) >= 0 && !bytes.HasPrefix(s[i:], []byte("||")) && !bytes.HasPrefix(s[i:], []byte("&&")) && !bytes.HasPrefix(s[i:], []byte("=>")),
			e.hasOne(i, e.lang.infix):
			k := i + 1
			for k < len(s) && (strings.IndexByte("*/<>=!|&", s[k]) >= 0 || s[k] >= 'a' && s[k] <= 'z') {
				k++
			}
			_, next := e.term(k)
			o, i = outcome{other: true}, max(next, k)
		default:
			return o, i
		}
	}
	return o, i
}
