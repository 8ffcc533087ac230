package registry

import (
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// errJSON says that a text is not JSON, or nests too deeply.
var errJSON = errors.New("not JSON")

const maxDepth = 64

// A jsonReader pulls values out of a JSON text of any length without keeping
// it. Everything after the first error is a no-op, and err says which it was.
//
//	for r.open('{'); r.more(); {
//		switch r.key {
//		case "name": name = r.text(200)
//		default: r.skip()
//		}
//	}
//	r.end()
//
// A value must be consumed before the next call of more.
type jsonReader struct {
	r     io.Reader
	buf   []byte
	i, n  int
	err   error
	key   string // of the member that more found
	quiet bool   // keys are of no interest
	depth int
	kinds [maxDepth]byte // '{' or '[' of each open level
	begun [maxDepth]bool // the level has had a member
}

func newJSON(r io.Reader) *jsonReader {
	return &jsonReader{r: r, buf: make([]byte, 16<<10)}
}

func (j *jsonReader) fail() {
	if j.err == nil {
		j.err = errJSON
	}
}

// byte gives the next byte without consuming it; 0 at the end or after an error.
func (j *jsonReader) byte() byte {
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

// peek gives the first byte of the next token.
func (j *jsonReader) peek() byte {
	for {
		switch c := j.byte(); c {
		case ' ', '\t', '\r', '\n':
			j.i++
		default:
			return c
		}
	}
}

// end demands that nothing follows.
func (j *jsonReader) end() error {
	if j.err != nil {
		return j.err
	}
	if j.depth != 0 {
		j.fail()
		return j.err
	}
	c := j.peek()
	if j.err == io.ErrUnexpectedEOF && c == 0 {
		j.err = nil
		return nil
	}
	j.fail()
	return j.err
}

// open enters an object or an array.
func (j *jsonReader) open(kind byte) bool {
	if j.peek() != kind || j.depth == maxDepth {
		j.fail()
		return false
	}
	j.i++
	j.kinds[j.depth], j.begun[j.depth] = kind, false
	j.depth++
	return true
}

// more goes to the next member of the object or array last opened, and leaves
// it when there is none. In an object key is then set.
func (j *jsonReader) more() bool {
	if j.err != nil || j.depth == 0 {
		return false
	}
	top := j.depth - 1
	closing := byte('}')
	if j.kinds[top] == '[' {
		closing = ']'
	}
	c := j.peek()
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
		if j.peek() == closing {
			j.fail()
			return false
		}
	}
	j.begun[top] = true
	if closing == '}' {
		if j.quiet {
			j.text(0)
		} else {
			j.key = j.text(1 << 10)
		}
		if j.peek() != ':' {
			j.fail()
			return false
		}
		j.i++
	}
	return j.err == nil
}

// text reads a string and keeps at most max bytes of it.
func (j *jsonReader) text(max int) string {
	if j.peek() != '"' {
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
func (j *jsonReader) escape() rune {
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

func (j *jsonReader) hex() rune {
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

// scalar reads a number or a literal.
func (j *jsonReader) scalar() string {
	j.peek()
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

// skip passes over one value, however deep, without recursion.
func (j *jsonReader) skip() {
	base := j.depth
	j.quiet = true
	defer func() { j.quiet = false }()
	for j.err == nil {
		switch c := j.peek(); c {
		case '{', '[':
			j.open(c)
		case '"':
			j.text(0)
		default:
			j.scalar()
		}
		for j.err == nil && j.depth > base && !j.more() {
		}
		if j.depth == base {
			return
		}
	}
}

// textOr reads a string, or passes over anything else.
func (j *jsonReader) textOr(max int) string {
	if j.peek() == '"' {
		return j.text(max)
	}
	j.skip()
	return ""
}

// truth reads a boolean or a string; a string counts as true, and is returned.
func (j *jsonReader) truth(max int) (bool, string) {
	switch j.peek() {
	case '"':
		return true, j.text(max)
	case 't', 'f', 'n':
		return j.scalar() == "true", ""
	}
	j.skip()
	return false, ""
}

// object enters an object, or passes over anything else.
func (j *jsonReader) object() bool {
	if j.peek() == '{' {
		return j.open('{')
	}
	j.skip()
	return false
}

// array enters an array, or passes over anything else.
func (j *jsonReader) array() bool {
	if j.peek() == '[' {
		return j.open('[')
	}
	j.skip()
	return false
}
