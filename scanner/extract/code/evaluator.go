package code

import "bytes"

// Limits of one expression.
const (
	MaxValues    = 512  // alternatives
	MaxElements  = 1000 // of a list
	MaxValueText = 4096 // bytes of a string
	maxLoad      = 4000 // parts and values in one another
	maxLookups   = 40   // names that stand for names
	maxBracketed = 30   // brackets around one another
)

// Mode says what an expression is read for.
type Mode uint8

// What it may be read for.
const (
	ModuleValue  Mode = iota // a name counts only if the text gives it one value
	CommandValue             // all values of a name count
)

// An Evaluator reads expressions of one text.
type Evaluator struct {
	Source []byte
	lang   *Language
	Mode   Mode
	spent  int // bytes read
	limit  int // of spent
	depth  int
	stop   int // members from here on are not looked at; 0: all are
	names  map[string][]Binding
	busy   map[string]bool // names that are being looked up
	memo   map[use]Outcome
	cut    map[use]Outcome // what is known while the names around are looked up
	cuts   int             // how often a name was not followed
}

// A use is a name and where it stands; -1: wherever.
type use struct {
	name string
	at   int
}

// A BindingKind says how a text gives a value to a name.
type BindingKind uint8

// The ways to give it one.
const (
	Assigned BindingKind = iota
	Constant             // const of JavaScript
	Looped               // the elements of what stands there
	appended             // more words, or more text
	Handed               // a parameter of a function that a list hands its elements to
	Unknown              // a parameter, or what cannot be followed
)

// A Binding is a place that gives a value to a name.
type Binding struct {
	Kind BindingKind
	At   int  // of the expression
	Name int  // the offset of the name there
	End  int  // where the expression ends, if a method follows it
	cut  bool // there are more such places than are looked at
}

// NewEvaluator reads expressions of s, and no more of it than is in proportion to
// its length.
func NewEvaluator(s []byte, lang *Language, mode Mode) *Evaluator {
	return &Evaluator{Source: s, lang: lang, Mode: mode, limit: 16*len(s) + 1<<21}
}

// Exhausted reports that too much was read: nothing more is.
func (e *Evaluator) Exhausted() bool { return e.spent > e.limit }

// Spend counts bytes that were read for an expression.
func (e *Evaluator) Spend(bytes int) { e.spent += bytes }

// charge counts the work that looking at all of o is.
func (e *Evaluator) charge(o Outcome) {
	for k := range o.Alternatives {
		e.spent += o.Alternatives[k].count() + o.Alternatives[k].size()/8
	}
}

// Placed makes what an expression in [start, end) came out as stand there.
func (e *Evaluator) Placed(o Outcome, start, end int) Outcome {
	out := Outcome{Other: o.Other, Cut: o.Cut, load: o.load, Alternatives: make([]Value, len(o.Alternatives))}
	for k := range o.Alternatives {
		e.spent += o.Alternatives[k].count()
		out.Alternatives[k] = o.Alternatives[k].clone()
		out.Alternatives[k].place(start, end)
	}
	return out
}

// Skip passes over white space and comments.
func (e *Evaluator) Skip(i int) int {
	end := e.lang.Space(i)
	e.spent += end - i
	return end
}

// Has reports whether a whole word stands at i.
func (e *Evaluator) Has(i int, w string) bool {
	return i < len(e.Source) && bytes.HasPrefix(e.Source[i:], []byte(w)) && e.lang.Word(i) == i+len(w)
}

// Hexadecimal reads n digits at i.
func Hexadecimal(s []byte, i, n int) (r rune, ok bool) {
	if i+n > len(s) {
		return 0, false
	}
	for _, c := range s[i : i+n] {
		d := HexDigit(c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// HexDigit is the value of a hexadecimal digit; -1: it is none.
func HexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// hasOne reports whether one of the words stands at i.
func (e *Evaluator) hasOne(i int, words []string) bool {
	for _, w := range words {
		if e.Has(i, w) {
			return true
		}
	}
	return false
}
