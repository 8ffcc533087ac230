package code

// A Language is what an evaluator knows of the language of its text. Offsets
// count in that text. A function that is nil finds nothing.
type Language struct {
	Space   func(i int) int             // the end of white space and comments
	Word    func(i int) int             // the end of a name
	Literal func(i int) (Literal, bool) // a literal; an open one ends where its first hole begins
	Hole    string                      // what opens a hole in a literal

	Tripled   bool     // three quotes open a literal, and two braces stand for one
	Adjacent  bool     // literals side by side are one
	Tuples    bool     // commas make a list, in round brackets or in none
	Constants bool     // a value is sure only of what is declared to be constant
	Loops     []string // words by which what stands in brackets goes on to a loop
	Infix     []string // words that are operators between operands

	// begins says what a word is where an operand begins.
	Begins func(word string) WordKind
	// ends reports whether a statement ends before a line that begins with c.
	Ends func(c byte) bool
	// conditional reads on behind the operand o that ends at i: a condition may
	// choose between it and another.
	Conditional func(e *Evaluator, o Outcome, i int) (Outcome, int)
	// choice gives the length of the operator at i of which one operand is the
	// value; 0: there is none. last: it is the second.
	Choice func(e *Evaluator, i int) (n int, last bool)
	// operator reads on behind the operand o in [start, i) at an operator that
	// makes a string. It gives i where there is none.
	Operator func(e *Evaluator, o Outcome, start, i int) (Outcome, int)
	// suffix reads what follows the operand o at i and calls nothing. It gives i
	// where there is nothing; done: no member can follow.
	Suffix func(e *Evaluator, o Outcome, i int) (p Outcome, next int, done bool)
	// program is the command that a member of that name holds; empty: none.
	Program func(member string) string
	// key gives the offset of the value behind the name in [i, end) of an element;
	// closing is the bracket that closes the elements.
	Key func(e *Evaluator, i, end int, closing byte) (at int, ok bool)
	// method is what a method gives; ok is false for those that are as in other
	// languages.
	Method func(e *Evaluator, c *MethodCall) (o Outcome, ok bool)
	// encloses reports whether the body of a loop goes on at at.
	Encloses func(e *Evaluator, b Binding, at int) bool
	// binding tells whether a word is given a value where it stands.
	Binding func(e *Evaluator, w *Occurrence) (b Binding, ok bool)
}

// A WordKind is what a word is where an operand begins.
type WordKind uint8

// The kinds of words.
const (
	NameWord    WordKind = iota // a name
	PrefixWord                  // an operator before an operand
	NothingWord                 // a value that is no string and no list
	UnreadWord                  // the begin of what is not read
)

// An Occurrence is a word that may be given a value.
type Occurrence struct {
	At     int    // the word
	Back   int    // the end of what stands before it on its line
	Next   int    // what follows it
	Before byte   // the last byte of what stands before it; a line end: nothing does
	After  byte   // the byte behind the one at next
	Prior  string // the word before it
}
