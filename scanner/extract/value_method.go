package extract

// A methodCall is a call of a method of o.
type methodCall struct {
	o               outcome
	receiver        string // the name of o, if it has one
	name            string
	arguments       value
	start, dot, end int // of o, of what follows it, of the call
}

// first is the first argument.
func (c *methodCall) first() outcome {
	if len(c.arguments.list) > 0 {
		return c.arguments.list[0]
	}
	return outcome{other: true}
}

// method is what a call of a method gives.
func (e *evaluator) method(c *methodCall) outcome {
	if o, ok := e.lang.method(e, c); ok {
		return o
	}
	o := c.o
	switch c.name {
	case "strip", "rstrip", "lstrip", "trim", "trimEnd", "trimStart", "toString", "valueOf", "encode", "decode", "copy", "values", "normalize", "lower", "toLowerCase", "slice", "filter", "flat", "reverse", "sort", "expandtabs":
		return o
	case "split", "splitlines":
		return o.words()
	case "concat":
		for _, a := range c.arguments.list {
			o = concatenated(e.placed(o.filled(c.start, c.dot), c.start, c.dot), e.placed(a.filled(c.dot, c.end), c.dot, c.end))
		}
		return o
	case "get", "pop", "at":
		if first := c.first(); len(first.alts) == 1 {
			if l, ok := first.alts[0].whole(); ok && !l.open {
				return o.index(l.text, -1)
			}
		}
		return o.index("", -1)
	case "resolve", "from", "freeze", "dedent", "quote", "of", "fspath", "fsencode":
		return c.first()
	}
	return outcome{other: true}
}

// words are the lists of the words of strings.
func (o outcome) words() outcome {
	out := outcome{other: o.other}
	for k := range o.alts {
		if o.alts[k].isSet {
			out.other = true
		} else {
			out.add(o.alts[k].split())
		}
	}
	return out
}

// joined joins the elements of lists by a separator, which is a comma unless one
// is given.
func (o outcome) joined(separator outcome, given bool) outcome {
	sep := ","
	if len(separator.alts) == 1 {
		if l, ok := separator.alts[0].whole(); ok && !l.open {
			sep = l.text
		}
	} else if separator.other && given {
		return outcome{other: true}
	}
	if o.other && len(o.alts) == 0 {
		return outcome{other: true}
	}
	return o.glued(sep)
}

// function is what a call of a function gives.
func (e *evaluator) function(name string, a value) outcome {
	if len(a.list) == 0 {
		return outcome{other: true}
	}
	switch name {
	case "str", "String", "list", "tuple", "sorted", "set", "frozenset", "reversed", "iter", "enumerate", "bytes", "bytearray", "compile", "dedent", "quote", "raw":
		return a.list[0]
	case "split":
		return a.list[0].words()
	case "dict":
		return outcome{alts: []value{a}}
	}
	return outcome{other: true}
}
