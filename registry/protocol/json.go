package protocol

import (
	"errors"
	"io"
	"iter"
	"unicode/utf16"
	"unicode/utf8"
)

// errJSON says that a text is not JSON, or nests too deeply.
var errJSON = errors.New("not JSON")

const maxDepth = 64

// A JSONReader pulls values out of a JSON text of any length without keeping
// it. Everything after the first error is a no-op, and err says which it was.
//
//	for r.Open('{'); r.More(); {
//		switch r.Key {
//		case "name": name = r.Text(200)
//		default: r.Skip()
//		}
//	}
//	r.End()
//
// A value must be consumed before the next call of More.
type JSONReader struct {
	r     io.Reader
	buf   []byte
	i, n  int
	err   error
	Key   string // of the member that More found
	quiet bool   // keys are of no interest
	depth int
	kinds [maxDepth]byte // '{' or '[' of each open level
	begun [maxDepth]bool // the level has had a member
}

// NewJSON reads a JSON text as it comes.
func NewJSON(r io.Reader) *JSONReader {
	return &JSONReader{r: r, buf: make([]byte, 16<<10)}
}

func (j *JSONReader) fail() {
	if j.err == nil {
		j.err = errJSON
	}
}

// byte gives the next byte without consuming it; 0 at the end or after an error.
func (j *JSONReader) byte() byte {
	if j.i < j.n {
		return j.buf[j.i]
	}
	if j.err != nil {
		return 0
	}
	for tries := 0; tries < 100; tries++ {
		n, err := j.r.Read(j.buf)
		j.i, j.n = 0, n
		if n > 0 {
			return j.buf[0]
		}
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			j.err = err
			return 0
		}
	}
	j.err = io.ErrNoProgress
	return 0
}

// Peek gives the first byte of the next token.
func (j *JSONReader) Peek() byte {
	for {
		switch c := j.byte(); c {
		case ' ', '\t', '\r', '\n':
			j.i++
		default:
			return c
		}
	}
}

// End demands that nothing follows.
func (j *JSONReader) End() error {
	if j.err != nil {
		return j.err
	}
	if j.depth != 0 {
		j.fail()
		return j.err
	}
	c := j.Peek()
	if j.err == io.ErrUnexpectedEOF && c == 0 {
		j.err = nil
		return nil
	}
	j.fail()
	return j.err
}

// Open enters an object or an array.
func (j *JSONReader) Open(kind byte) bool {
	if j.Peek() != kind || j.depth == maxDepth {
		j.fail()
		return false
	}
	j.i++
	j.kinds[j.depth], j.begun[j.depth] = kind, false
	j.depth++
	return true
}

// More goes to the next member of the object or array last opened, and leaves
// it when there is none. In an object key is then set.
func (j *JSONReader) More() bool {
	if j.err != nil || j.depth == 0 {
		return false
	}
	top := j.depth - 1
	closing := byte('}')
	if j.kinds[top] == '[' {
		closing = ']'
	}
	c := j.Peek()
	if c == closing {
		j.i++
		j.depth--
		return false
	}
	if j.begun[top] {
		if c != ',' {
			j.fail()
			return false
		}
		j.i++
		if j.Peek() == closing {
			j.fail()
			return false
		}
	}
	j.begun[top] = true
	if closing == '}' {
		if j.quiet {
			j.Text(0)
		} else {
			j.Key = j.Text(1 << 10)
		}
		if j.Peek() != ':' {
			j.fail()
			return false
		}
		j.i++
	}
	return j.err == nil
}

// Text reads a string and keeps at most max bytes of it.
func (j *JSONReader) Text(max int) string {
	if j.Peek() != '"' {
		j.fail()
		return ""
	}
	j.i++
	var out []byte
	for {
		if j.byte(); j.err != nil {
			return ""
		}
		// the common case: a run without escapes inside the buffer
		start := j.i
		for j.i < j.n && j.buf[j.i] != '"' && j.buf[j.i] != '\\' && j.buf[j.i] >= ' ' {
			j.i++
		}
		if room := max - len(out); room > 0 {
			out = append(out, j.buf[start:min(j.i, start+room)]...)
		}
		if j.i == j.n {
			continue
		}
		switch c := j.buf[j.i]; {
		case c == '"':
			j.i++
			return validText(out)
		case c < ' ':
			j.fail()
			return ""
		}
		j.i++
		r := j.escape()
		if len(out)+utf8.UTFMax <= max {
			out = utf8.AppendRune(out, r)
		}
	}
}

func validText(b []byte) string {
	s := string(b)
	if utf8.ValidString(s) {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = append(out, r)
	}
	return string(out)
}

// escape reads what follows a backslash.
func (j *JSONReader) escape() rune {
	c := j.byte()
	if j.err != nil {
		return 0
	}
	j.i++
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		r := j.hex()
		if !utf16.IsSurrogate(r) {
			return r
		}
		// The second half follows as another escape, or the first is void.
		if j.byte() != '\\' {
			return utf8.RuneError
		}
		j.i++
		if j.byte() != 'u' {
			return j.escape()
		}
		j.i++
		return utf16.DecodeRune(r, j.hex())
	}
	j.fail()
	return 0
}

func (j *JSONReader) hex() rune {
	var r rune
	for range 4 {
		c := j.byte()
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			j.fail()
			return 0
		}
		j.i++
		r = r<<4 | rune(c)
	}
	return r
}

// Scalar reads a number or a literal.
func (j *JSONReader) Scalar() string {
	j.Peek()
	var out [64]byte
	n := 0
	for {
		c := j.byte()
		word := 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E'
		if !word || n == len(out) {
			break
		}
		out[n] = c
		n++
		j.i++
	}
	s := string(out[:n])
	if j.err == io.ErrUnexpectedEOF && j.depth == 0 && n > 0 {
		j.err = nil // the whole text is one scalar
	}
	switch {
	case s == "true", s == "false", s == "null":
	case n < len(out) && number(s):
	default:
		j.fail()
	}
	return s
}

// number reports whether s is a number by JSON's grammar.
func number(s string) bool {
	digits := func() bool {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	if s != "" && s[0] == '0' {
		s = s[1:]
	} else if !digits() {
		return false
	}
	if s != "" && s[0] == '.' {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}

// Skip passes over one value, however deep, without recursion.
func (j *JSONReader) Skip() {
	base := j.depth
	j.quiet = true
	defer func() { j.quiet = false }()
	for j.err == nil {
		switch c := j.Peek(); c {
		case '{', '[':
			j.Open(c)
		case '"':
			j.Text(0)
		default:
			j.Scalar()
		}
		for j.err == nil && j.depth > base && !j.More() {
		}
		if j.depth == base {
			return
		}
	}
}

// TextOr reads a string, or passes over anything else.
func (j *JSONReader) TextOr(max int) string {
	if j.Peek() == '"' {
		return j.Text(max)
	}
	j.Skip()
	return ""
}

// Truth reads a boolean or a string; a string counts as true, and is returned.
func (j *JSONReader) Truth(max int) (bool, string) {
	switch j.Peek() {
	case '"':
		return true, j.Text(max)
	case 't', 'f', 'n':
		return j.Scalar() == "true", ""
	}
	j.Skip()
	return false, ""
}

// Object enters an object, or passes over anything else.
func (j *JSONReader) Object() bool {
	if j.Peek() == '{' {
		return j.Open('{')
	}
	j.Skip()
	return false
}

// Array enters an array, or passes over anything else.
func (j *JSONReader) Array() bool {
	if j.Peek() == '[' {
		return j.Open('[')
	}
	j.Skip()
	return false
}

// Members goes through an object, by its keys, or passes over anything else. The
// value of each has to be consumed in its turn, and the loop must not be left before
// its end.
func (j *JSONReader) Members() iter.Seq[string] {
	return func(yield func(string) bool) {
		for in := j.Object(); in && j.More() && yield(j.Key); {
		}
	}
}

// Elements goes through an array as Members through an object.
func (j *JSONReader) Elements() func(yield func() bool) {
	return func(yield func() bool) {
		for in := j.Array(); in && j.More() && yield(); {
		}
	}
}
