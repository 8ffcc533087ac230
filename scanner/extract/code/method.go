package code

// A MethodCall is a call of a method of o.
type MethodCall struct {
	Of              Outcome
	Receiver        string // the name of o, if it has one
	Name            string
	Arguments       Value
	start, dot, end int // of o, of what follows it, of the call
}

// First is the first argument.
func (c *MethodCall) First() Outcome {
	if len(c.Arguments.List) > 0 {
		return c.Arguments.List[0]
	}
	return Outcome{Other: true}
}

// method is what a call of a method gives.
func (e *Evaluator) method(c *MethodCall) Outcome {
	if o, ok := e.lang.Method(e, c); ok {
		return o
	}
	o := c.Of
	switch c.Name {
	case "strip", "rstrip", "lstrip", "trim", "trimEnd", "trimStart", "toString", "valueOf", "encode", "decode", "copy", "values", "normalize", "lower", "toLowerCase", "slice", "filter", "flat", "reverse", "sort", "expandtabs":
		return o
	case "split", "splitlines":
		return o.Words()
	case "concat":
		for _, a := range c.Arguments.List {
			o = Concatenated(e.Placed(o.Filled(c.start, c.dot), c.start, c.dot), e.Placed(a.Filled(c.dot, c.end), c.dot, c.end))
		}
		return o
	case "get", "pop", "at":
		if first := c.First(); len(first.Alternatives) == 1 {
			if l, ok := first.Alternatives[0].Literal(); ok && !l.Open {
				return o.index(l.Text, -1)
			}
		}
		return o.index("", -1)
	case "resolve", "from", "freeze", "dedent", "quote", "of", "fspath", "fsencode":
		return c.First()
	}
	return Outcome{Other: true}
}

// Words are the lists of the words of strings.
func (o Outcome) Words() Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut}
	for k := range o.Alternatives {
		if o.Alternatives[k].IsList {
			out.Other = true
		} else {
			out.add(o.Alternatives[k].split())
		}
	}
	return out
}

// Joined joins the elements of lists by a separator, which is a comma unless one
// is given.
func (o Outcome) Joined(separator Outcome, given bool) Outcome {
	sep := ","
	if len(separator.Alternatives) == 1 {
		if l, ok := separator.Alternatives[0].Literal(); ok && !l.Open {
			sep = l.Text
		}
	} else if separator.Other && given {
		return Outcome{Other: true}
	}
	if o.Other && len(o.Alternatives) == 0 {
		return Outcome{Other: true, Cut: o.Cut}
	}
	return o.Glued(sep)
}

// function is what a call of a function gives.
func (e *Evaluator) function(name string, a Value) Outcome {
	if len(a.List) == 0 {
		return Outcome{Other: true}
	}
	switch name {
	case "str", "String", "list", "tuple", "sorted", "set", "frozenset", "reversed", "iter", "enumerate", "bytes", "bytearray", "compile", "dedent", "quote", "raw":
		return a.List[0]
	case "split":
		return a.List[0].Words()
	case "dict":
		return Outcome{Alternatives: []Value{a}}
	}
	return Outcome{Other: true}
}
