package extract

import "bytes"

// Limits of one expression.
const (
	maxValues    = 64   // alternatives
	maxElements  = 200  // of a list
	maxValueText = 4096 // bytes of a string
	maxLoad      = 1000 // parts and values in one another
	maxLookups   = 6    // names that stand for names
	maxBracketed = 30   // brackets around one another
)

// valueMode says what an expression is read for.
type valueMode uint8

const (
	moduleValue  valueMode = iota // a name counts only if the text gives it one value
	commandValue                  // all values of a name count
)

// An evaluator reads expressions of one text.
type evaluator struct {
	s     []byte
	lang  *language
	mode  valueMode
	spent int // bytes read
	limit int // of spent
	depth int
	stop  int // members from here on are not looked at; 0: all are
	names map[string][]valueBinding
	busy  map[string]bool // names that are being looked up
	memo  map[valueUse]outcome
	cut   map[valueUse]outcome // what is known while the names around are looked up
	cuts  int                  // how often a name was not followed
}

// A valueUse is a name and where it stands; -1: wherever.
type valueUse struct {
	name string
	at   int
}

// How a text gives a value to a name.
type bindingKind uint8

const (
	assigned bindingKind = iota
	constant             // const of JavaScript
	looped               // the elements of what stands there
	appended             // more words, or more text
	handed               // a parameter of a function that a list hands its elements to
	unknown              // a parameter, or what cannot be followed
)

type valueBinding struct {
	kind bindingKind
	at   int // of the expression
	name int // the offset of the name there
	end  int // where the expression ends, if a method follows it
}

// newEvaluator reads expressions of s, and no more of it than is in proportion to
// its length.
func newEvaluator(s []byte, lang *language, mode valueMode) *evaluator {
	return &evaluator{s: s, lang: lang, mode: mode, limit: 16*len(s) + 1<<21}
}

// exhausted reports that too much was read: nothing more is.
func (e *evaluator) exhausted() bool { return e.spent > e.limit }

// spend counts bytes that were read for an expression.
func (e *evaluator) spend(bytes int) { e.spent += bytes }

// charge counts the work that looking at all of o is.
func (e *evaluator) charge(o outcome) {
	for k := range o.alts {
		e.spent += o.alts[k].count() + o.alts[k].size()/8
	}
}

func (e *evaluator) placed(o outcome, start, end int) outcome {
	out := outcome{other: o.other, load: o.load, alts: make([]value, len(o.alts))}
	for k := range o.alts {
		e.spent += o.alts[k].count()
		out.alts[k] = o.alts[k].clone()
		out.alts[k].place(start, end)
	}
	return out
}

// skip passes over white space and comments.
func (e *evaluator) skip(i int) int {
	end := e.lang.space(i)
	e.spent += end - i
	return end
}

func (e *evaluator) has(i int, w string) bool {
	return i < len(e.s) && bytes.HasPrefix(e.s[i:], []byte(w)) && e.lang.word(i) == i+len(w)
}

// hexadecimal reads n digits at i.
func hexadecimal(s []byte, i, n int) (r rune, ok bool) {
	if i+n > len(s) {
		return 0, false
	}
	for _, c := range s[i : i+n] {
		d := hexDigit(c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

func hexDigit(c byte) int {
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
func (e *evaluator) hasOne(i int, words []string) bool {
	for _, w := range words {
		if e.has(i, w) {
			return true
		}
	}
	return false
}
