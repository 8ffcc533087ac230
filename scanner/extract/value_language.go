package extract

// A language is what an evaluator knows of the language of its text. Offsets
// count in that text. A function that is nil finds nothing.
type language struct {
	space   func(i int) int             // the end of white space and comments
	word    func(i int) int             // the end of a name
	literal func(i int) (literal, bool) // a literal; an open one ends where its first hole begins
	hole    string                      // what opens a hole in a literal

	tripled   bool     // three quotes open a literal, and two braces stand for one
	adjacent  bool     // literals side by side are one
	tuples    bool     // commas make a list, in round brackets or in none
	constants bool     // a value is sure only of what is declared to be constant
	loops     []string // words by which what stands in brackets goes on to a loop
	infix     []string // words that are operators between operands

	// begins says what a word is where an operand begins.
	begins func(word string) wordKind
	// ends reports whether a statement ends before a line that begins with c.
	ends func(c byte) bool
	// conditional reads on behind the operand o that ends at i: a condition may
	// choose between it and another.
	conditional func(e *evaluator, o outcome, i int) (outcome, int)
	// choice gives the length of the operator at i of which one operand is the
	// value; 0: there is none. last: it is the second.
	choice func(e *evaluator, i int) (n int, last bool)
	// operator reads on behind the operand o in [start, i) at an operator that
	// makes a string. It gives i where there is none.
	operator func(e *evaluator, o outcome, start, i int) (outcome, int)
	// suffix reads what follows the operand o at i and calls nothing. It gives i
	// where there is nothing; done: no member can follow.
	suffix func(e *evaluator, o outcome, i int) (p outcome, next int, done bool)
	// program is the command that a member of that name holds; empty: none.
	program func(member string) string
	// key gives the offset of the value behind the name in [i, end) of an element;
	// closing is the bracket that closes the elements.
	key func(e *evaluator, i, end int, closing byte) (at int, ok bool)
	// method is what a method gives; ok is false for those that are as in other
	// languages.
	method func(e *evaluator, c *methodCall) (o outcome, ok bool)
	// encloses reports whether the body of a loop goes on at at.
	encloses func(e *evaluator, b valueBinding, at int) bool
	// binding tells whether a word is given a value where it stands.
	binding func(e *evaluator, w *occurrence) (b valueBinding, ok bool)
}

// A wordKind is what a word is where an operand begins.
type wordKind uint8

const (
	nameWord    wordKind = iota // a name
	prefixWord                  // an operator before an operand
	nothingWord                 // a value that is no string and no list
	unreadWord                  // the begin of what is not read
)

// An occurrence is a word that may be given a value.
type occurrence struct {
	at     int    // the word
	back   int    // the end of what stands before it on its line
	next   int    // what follows it
	before byte   // the last byte of what stands before it; a line end: nothing does
	after  byte   // the byte behind the one at next
	prior  string // the word before it
}
