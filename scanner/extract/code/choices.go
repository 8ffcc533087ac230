package code

import "figment/scanner/text"

// Choices are what an expression may come out as, as far as that is seen where it
// stands: the argument of a call, the value of a constant.
type Choices struct {
	Literals []Literal
	Names    []text.Span // that stand for others
	// Other: something else may come out. What plainly is the project's own does
	// not count.
	Other bool
}

// Mark keeps what is known so far for Reset, which drops what came later: it only
// decided between choices, or was dropped itself.
func (c *Choices) Mark() (m Choices) { return *c }

// Reset drops what came after a Mark.
func (c *Choices) Reset(m Choices) {
	c.Literals, c.Names, c.Other = c.Literals[:len(m.Literals)], c.Names[:len(m.Names)], m.Other
}
